//! Reports change after they came: placed by an answer, edited, taken back, parted from an incident.

use crate::{
    app::{
        author::Author,
        holding, neighbors,
        reporting::{self, Became, Said},
        telling,
        turn::Turn,
    },
    domain::{
        directory::Purpose,
        effect::Urgency,
        ids::MessageId,
        incident::{self, Incident, Status},
        place::{Found, Place},
        prompt::Prompt,
        report::{Kind, Report},
        role::Role,
        timestamp::Timestamp,
    },
    store::ReportRow,
};

/// A reporter has said where it is: the report may turn out to belong to an incident that is open already.
pub async fn placed(
    turn: &mut Turn<'_>,
    author: &Author,
    mut row: ReportRow,
    place: Place,
) -> anyhow::Result<()> {
    row.body.place = Some(place);
    let Some(mut incident) = turn.tx.incident(&row.incident).await? else {
        return Ok(());
    };
    if !incident.status.is_open() {
        return Ok(());
    }
    let others: Vec<Incident> = reporting::open_near(turn, &row.body)
        .await?
        .into_iter()
        .filter(|other| other.id != incident.id)
        .collect();
    let rules = turn.app.policy.joining;
    let found = incident::joins(&row.body, incident.kind, turn.now, &others, &rules);
    if let Some(found) = found.filter(|_| incident.reports == 1) {
        let other = found.incident.clone();
        row.incident = other.id.clone();
        row.areas.clone_from(&other.areas);
        row.loose = !found.is_tight;
        turn.tx.save_report(&row).await?;
        incident.status = Status::Merged;
        incident.changed_at = turn.now;
        turn.tx.save_incident(&incident).await?;
        turn.tx.close_incident(&incident.id, turn.now).await?;
        telling::show_card(turn, &incident);
        let prompt = Prompt::CountedAs {
            handle: other.handle.to_string(),
        };
        turn.say(author.alone(turn.app)?, prompt, Urgency::Answer);
        reporting::refresh(turn, other, Some(turn.now), false).await?;
        return Ok(());
    }
    turn.tx.save_report(&row).await?;
    let incident = reporting::refresh(turn, incident, Some(turn.now), false).await?;
    neighbors::received(turn, author, &incident)
}

/// The sender changed their message: the report says now what the message says now.
pub async fn edited(
    turn: &mut Turn<'_>,
    author: &Author,
    sent_at: Timestamp,
    original: &MessageId,
    text: &str,
) -> anyhow::Result<Became> {
    let Some(mut row) = turn.tx.report_from(author.room_ref(), original).await? else {
        // It was no report before; it may be one now.
        let reads_here = author
            .room
            .as_ref()
            .is_none_or(|room| room.purpose == Purpose::Response);
        if reads_here && !reporting::is_left_alone(text) {
            let said = Said {
                answers: None,
                author,
                message: original,
                sent_at,
            };
            // What is held of it is what it says now.
            holding::taken_back(turn, author, original).await?;
            return reporting::read(turn, &said, text, None, false).await;
        }
        return Ok(Became::Unread);
    };
    if !author.hashes.matches(&row.sender) {
        return Ok(Became::Report);
    }
    let Some(incident) = turn.tx.incident(&row.incident).await? else {
        return Ok(Became::Report);
    };
    let mut parsed = reporting::parse(turn, author, sent_at, text, false, row.body.place.as_ref());
    let is_report = matches!(parsed.kind, Kind::Sighting | Kind::Update)
        && parsed.score >= turn.app.policy.min_score;
    if !is_report {
        withdrawn(turn, author, original).await?;
        return Ok(Became::Report);
    }
    let said = Said {
        author,
        message: original,
        sent_at,
        answers: None,
    };
    if holding::holds_back_words(turn, &said, text, &mut parsed).await? {
        withdrawn(turn, author, original).await?;
        return Ok(Became::Report);
    }
    let known = row.body.place.take();
    row.firsthand = reporting::is_firsthand(turn, &said, &parsed.report);
    row.body = parsed.report;
    if parsed.found == Found::Nothing {
        row.body.place = known;
    }
    turn.tx.save_report(&row).await?;
    if incident.status.is_open() {
        reporting::refresh(turn, incident, None, true).await?;
    }
    Ok(Became::Report)
}

/// The sender took their message back: so is the report; an unchecked incident without reports ends with it.
pub async fn withdrawn(
    turn: &mut Turn<'_>,
    author: &Author,
    original: &MessageId,
) -> anyhow::Result<()> {
    let Some(mut row) = turn.tx.report_from(author.room_ref(), original).await? else {
        holding::taken_back(turn, author, original).await?;
        return Ok(());
    };
    // Networks differ in who may take a message back; here it is its author, or a moderator.
    if !author.hashes.matches(&row.sender) && author.role < Role::Moderator {
        return Ok(());
    }
    row.withdrawn = true;
    row.body = Report::default();
    turn.tx.save_report(&row).await?;
    let Some(incident) = turn.tx.incident(&row.incident).await? else {
        return Ok(());
    };
    if !incident.status.is_open() {
        return Ok(());
    }
    let is_last = turn.tx.reports_of(&incident.id).await?.is_empty();
    if !is_last || incident.status == Status::Confirmed {
        if !is_last {
            reporting::refresh(turn, incident, None, true).await?;
        }
        return Ok(());
    }
    take_back(turn, incident).await
}

/// An incident ends without having been checked, and what was said of it is taken back.
pub async fn take_back(turn: &mut Turn<'_>, mut incident: Incident) -> anyhow::Result<()> {
    if incident.status.is_open() {
        incident.status = Status::Dismissed;
        incident.changed_at = turn.now;
        turn.tx.save_incident(&incident).await?;
        turn.tx.close_incident(&incident.id, turn.now).await?;
        telling::show_card(turn, &incident);
    }
    telling::taken_back(turn, &incident).await
}

/// Parts the last loosely joined report from an incident: it opens its own.
pub async fn part(
    turn: &mut Turn<'_>,
    author: &Author,
    incident: Incident,
) -> anyhow::Result<bool> {
    let reports = turn.tx.reports_of(&incident.id).await?;
    let Some(mut row) = reports.into_iter().rev().find(|row| row.loose) else {
        return Ok(false);
    };
    let mut other = reporting::open_incident(turn, author, &row.body, row.received_at).await?;
    if let Some(place) = &row.body.place {
        other.areas = place.areas.clone();
    }
    row.incident = other.id.clone();
    row.areas.clone_from(&other.areas);
    row.loose = false;
    turn.tx.save_report(&row).await?;
    reporting::refresh(turn, other, None, false).await?;
    reporting::refresh(turn, incident, None, false).await?;
    Ok(true)
}
