//! From a message that was read to a report in an incident: new, joined, corrected, withdrawn.

use std::collections::BTreeSet;

use crate::{
    app::{
        App, author::Author, calling, holding, neighbors, suggesting::Unclear, telling, turn::Turn,
        undoing,
    },
    domain::{
        command,
        effect::{Mark, SealedPerson, Target, Urgency},
        envelope::PersonRef,
        handle::{self, Handle},
        ids::{AreaId, IncidentId, MessageId, ReportId},
        incident::{self, Incident, Status, Verdict, Witness},
        parse::{Parsed, Reading},
        place::Place,
        prompt::Prompt,
        relay,
        report::{Certainty, Kind, Report, Seen, TimeBasis},
        role::Role,
        sensitive::Sensitive,
        step::Step,
        timestamp::Timestamp,
    },
    store::ReportRow,
};

/// One thing somebody said: who, as which message, when.
pub struct Said<'a> {
    /// Who.
    pub author: &'a Author,
    /// As which message.
    pub message: &'a MessageId,
    /// When.
    pub sent_at: Timestamp,
    /// Who wrote what it answers, if it answers something and the network tells.
    pub answers: Option<&'a PersonRef>,
}

/// Whether a text is not read at all: its writer began it with "-" (PRODUCT, "When the bot speaks"), or it is an alert that a
/// bot has put out, or talk that one has passed on.
pub fn is_left_alone(text: &str) -> bool {
    text.trim_start().starts_with('-') || command::is_relayed_alert(text) || relay::is_relayed(text)
}

/// What became of something that was read.
pub enum Became {
    /// A report, news of one, an answer: it has gone its way.
    Report,
    /// Nothing: it is talk.
    Talk(Box<Parsed>),
    /// It was not read.
    Unread,
}

/// Reads a text and does what follows from it. `about` is the incident it answers or names; `is_asked` says that the writer
/// called it a report in so many words, so that it is taken as one however it reads.
pub async fn read(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    text: &str,
    about: Option<Incident>,
    is_asked: bool,
) -> anyhow::Result<Became> {
    let parsed = parse_beside(turn, said, text, about.as_ref()).await?;
    let is_sure = parsed.score >= turn.app.policy.min_score;
    let about = about.filter(|incident| incident.status.is_open());
    match (parsed.kind, about) {
        (Kind::AllClear, about) if is_sure => {
            if !all_clear(turn, said, &parsed, about).await? {
                return Ok(Became::Talk(Box::new(parsed)));
            }
        }
        (Kind::Sighting | Kind::Update, Some(incident)) if is_sure => {
            news_of(turn, said, text, parsed, incident).await?;
        }
        (Kind::Update, None) if is_sure => update(turn, said, text, parsed).await?,
        (Kind::Sighting, None) if is_sure => new_report(turn, said, text, parsed).await?,
        (_, None) if is_asked => new_report(turn, said, text, parsed).await?,
        _ if holding::answered_threat(turn, said.author, text, &parsed)? => {}
        _ => {
            neighbors::spoke(turn, said, text).await?;
            return Ok(Became::Talk(Box::new(parsed)));
        }
    }
    Ok(Became::Report)
}

/// Reads a text beside what it goes on from: the incident it answers, or, where its place is open, the only one lately
/// reported from here.
async fn parse_beside(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    text: &str,
    about: Option<&Incident>,
) -> anyhow::Result<Parsed> {
    let place = about.and_then(Incident::place);
    let is_reply = about.is_some();
    let parsed = parse(turn, said.author, said.sent_at, text, is_reply, place);
    if is_reply || !parsed.has_open_place() {
        return Ok(parsed);
    }
    let recent = only_recent(turn, said.author).await?;
    let Some(place) = recent.as_ref().and_then(Incident::place) else {
        return Ok(parsed);
    };
    let place = Some(place);
    Ok(parse(turn, said.author, said.sent_at, text, false, place))
}

pub(super) fn parse(
    turn: &Turn<'_>,
    author: &Author,
    sent_at: Timestamp,
    text: &str,
    is_reply: bool,
    earlier: Option<&Place>,
) -> Parsed {
    let near = author.areas();
    let mut parsed = turn.app.reader.read(
        text,
        &Reading {
            sent_at,
            near: &near,
            is_reply,
            earlier,
        },
    );
    // Whatever a report goes on to do, what somebody else has seen is no first-hand account.
    let is_report = matches!(parsed.kind, Kind::Sighting | Kind::Update);
    if is_report && turn.app.holds.is_secondhand(text, &parsed) {
        parsed.report.certainty = Certainty::Secondhand;
    }
    parsed
}

/// Whether a report counts as its writer's own account. Who came today may be anybody: what they saw is shown to verifiers,
/// corroborates nothing and alerts nobody by itself.
pub(super) fn is_firsthand(turn: &Turn<'_>, said: &Said<'_>, body: &Report) -> bool {
    body.certainty == Certainty::Firsthand && !holding::is_newcomer(turn, said)
}

/// "Still there": news of the one incident it can mean, else a report of its own, so that nothing is lost.
async fn update(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    text: &str,
    parsed: Parsed,
) -> anyhow::Result<()> {
    if parsed.report.place.is_some() {
        return new_report(turn, said, text, parsed).await;
    }
    match only_recent(turn, said.author).await? {
        Some(incident) => news_of(turn, said, text, parsed, incident).await,
        None => Ok(()),
    }
}

/// The one open incident that was reported from this room lately; `None` if there are several or none.
async fn only_recent(turn: &mut Turn<'_>, author: &Author) -> anyhow::Result<Option<Incident>> {
    let since = turn.now - turn.app.policy.joining.within;
    let mut here = match author.room_ref() {
        Some(room) => turn.tx.open_incidents_in(room, since).await?,
        None => {
            turn.tx
                .open_incidents_by([&author.hashes.today, &author.hashes.yesterday], since)
                .await?
        }
    };
    Ok(if here.len() == 1 { here.pop() } else { None })
}

/// A report that answers or names an incident, or corrects the writer's own.
async fn news_of(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    text: &str,
    mut parsed: Parsed,
    incident: Incident,
) -> anyhow::Result<()> {
    if holding::holds_back(turn, said, text, &mut parsed, Some(&incident)).await? {
        return Ok(());
    }
    let own = own_report(turn, said.author, &incident).await?;
    match own {
        Some(mut row) => {
            row.body = incident::merged([&row.body, &parsed.report]);
            if parsed.report.place.is_some() {
                row.body.place = parsed.report.place;
            }
            turn.tx.save_report(&row).await?;
            counted(turn, said);
            let incident = refresh(turn, incident, Some(said.sent_at), true).await?;
            if said.author.is_direct() {
                neighbors::received(turn, said.author, &incident)?;
            }
            Ok(())
        }
        None => join(turn, said, text, parsed.report, incident, false).await,
    }
}

async fn own_report(
    turn: &mut Turn<'_>,
    author: &Author,
    incident: &Incident,
) -> anyhow::Result<Option<ReportRow>> {
    let hashes = &author.hashes;
    Ok(turn
        .tx
        .report_by(&incident.id, &hashes.today, &hashes.yesterday)
        .await?)
}

/// "They left": a verifier's word ends it, its only reporter takes it back, anyone else's is passed to the verifiers. Tells whether
/// there was something that could be over.
async fn all_clear(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    parsed: &Parsed,
    about: Option<Incident>,
) -> anyhow::Result<bool> {
    let incident = match about {
        Some(incident) => Some(incident),
        None => match &parsed.report.place {
            Some(_) => {
                let open = open_near(turn, &parsed.report).await?;
                let rules = turn.app.policy.joining;
                incident::joins(&parsed.report, Kind::Sighting, turn.now, &open, &rules)
                    .map(|found| found.incident.clone())
            }
            None => only_recent(turn, said.author).await?,
        },
    };
    match incident {
        Some(incident) => {
            said_over(turn, said, incident).await?;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Somebody says that an incident is over, or was nothing.
pub async fn said_over(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    mut incident: Incident,
) -> anyhow::Result<()> {
    let is_only_reporter =
        incident.reports == 1 && own_report(turn, said.author, &incident).await?.is_some();
    counted(turn, said);
    if said.author.role >= Role::Verifier
        || (is_only_reporter && incident.status == Status::Unverified)
    {
        let handle = incident.handle.to_string();
        decide(turn, said.author, incident, Verdict::Clear).await?;
        if said.author.is_direct() {
            let status = Status::Cleared;
            let done = Prompt::Done { handle, status };
            turn.say(said.author.alone(turn.app)?, done, Urgency::Answer);
        }
        return Ok(());
    }
    incident.news_at = incident.news_at.max(said.sent_at);
    turn.tx.save_incident(&incident).await?;
    let prompt = Prompt::SaidOver {
        handle: incident.handle.to_string(),
    };
    telling::tell_verifiers(turn, &incident, &prompt);
    Ok(())
}

/// The open incidents that a report may join, judged by where it is.
pub(super) async fn open_near(
    turn: &mut Turn<'_>,
    report: &Report,
) -> anyhow::Result<Vec<Incident>> {
    let Some(point) = report.place.as_ref().and_then(|place| place.point) else {
        return Ok(Vec::new());
    };
    let policy = &turn.app.policy;
    let since = turn.now - policy.stale_after.max(policy.joining.within);
    Ok(turn
        .tx
        .open_incidents_near(point, policy.joining.near_m.max(1.0), since)
        .await?)
}

/// A report of its own: it joins the incident it belongs to, or opens one.
async fn new_report(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    text: &str,
    mut parsed: Parsed,
) -> anyhow::Result<()> {
    turn.app.metrics.report(said.author.platform());
    let open = open_near(turn, &parsed.report).await?;
    let rules = turn.app.policy.joining;
    let found = incident::joins(&parsed.report, Kind::Sighting, turn.now, &open, &rules);
    let about = found.as_ref().map(|found| found.incident);
    if holding::holds_back(turn, said, text, &mut parsed, about).await? {
        return Ok(());
    }
    if let Some(found) = found {
        let (incident, metres, is_tight) = (found.incident.clone(), found.metres, found.is_tight);
        // Without a place of its own there is nothing to compare.
        if !is_tight && parsed.report.place.is_some() {
            ask_same(turn, &incident, &parsed.report, metres);
        }
        return join(turn, said, text, parsed.report, incident, !is_tight).await;
    }
    if holding::holds_back_first(turn, said, text, &parsed).await? {
        return Ok(());
    }
    let incident = open_incident(turn, said.author, &parsed.report, said.sent_at).await?;
    let row = row(turn, said, text, parsed.report, &incident, false)?;
    turn.tx.add_report(&row).await?;
    if !parsed.missing.is_empty() {
        turn.wonder(Unclear {
            report: row.id.clone(),
            text: Sensitive::new(text.to_owned()),
            near: said.author.areas(),
            sent_at: said.sent_at,
        });
    }
    marked(turn, said, Mark::Seen);
    let row = [row];
    let incident = shape(turn, incident, (&row, 1), None, false).await?;
    calling::begin(turn, &incident).await?;
    neighbors::acknowledge(turn, said.author, &row[0], &parsed.found, &incident).await
}

fn ask_same(turn: &mut Turn<'_>, incident: &Incident, report: &Report, metres: f64) {
    let place = report
        .place
        .as_ref()
        .map(|place| place.name.clone())
        .unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few hundred metres"
    )]
    let metres = metres.round() as u32;
    let prompt = Prompt::AskSame {
        handle: incident.handle.to_string(),
        place,
        metres,
    };
    telling::tell_verifiers(turn, incident, &prompt);
}

/// Opens an incident for a first report; [`refresh`] saves it.
pub(super) async fn open_incident(
    turn: &mut Turn<'_>,
    author: &Author,
    report: &Report,
    sent_at: Timestamp,
) -> anyhow::Result<Incident> {
    let areas = areas_of(author, report);
    open_incident_in(turn, areas, author.room.is_some(), report, sent_at).await
}

/// The same, where only its areas are known and whether it was written in a room.
pub(super) async fn open_incident_in(
    turn: &mut Turn<'_>,
    areas: Vec<AreaId>,
    has_room: bool,
    report: &Report,
    sent_at: Timestamp,
) -> anyhow::Result<Incident> {
    // A handle rests for a day after use, so that a late "ok K7" never meets another incident.
    let day = std::time::Duration::from_secs(86_400);
    let nth = turn.tx.next("incident").await?;
    let handle = free_handle(turn, nth, turn.now - day).await?;
    let id = IncidentId::new(turn.app.keyring.derived_id("incident", turn.cause()));
    Ok(Incident {
        id,
        handle,
        kind: Kind::Sighting,
        status: Status::Unverified,
        report: report.clone(),
        areas,
        opened_at: turn.now,
        news_at: sent_at.min(turn.now),
        changed_at: turn.now,
        reports: 1,
        firsthand: u32::from(report.certainty == Certainty::Firsthand),
        rooms: u32::from(has_room),
        going: 0,
    })
}

/// The handle for the `nth` incident. Mostly the first that comes to mind is free, and not all that are taken have to be known.
async fn free_handle(turn: &mut Turn<'_>, nth: u64, since: Timestamp) -> anyhow::Result<Handle> {
    let first = handle::first_handles(nth);
    let taken = turn.tx.handles_taken(&first, since).await?;
    if let Some(free) = first.iter().find(|handle| !taken.contains(*handle)) {
        return Ok(free.clone());
    }
    let taken = turn.tx.handles_in_use(since).await?;
    Ok(handle::free_handle(nth, &taken))
}

/// The areas a report concerns: its place's; its room's, while the place is missing or outside the city.
pub(super) fn areas_of(author: &Author, report: &Report) -> Vec<AreaId> {
    match &report.place {
        Some(place) if !place.areas.is_empty() => place.areas.clone(),
        _ => author.areas(),
    }
}

fn row(
    turn: &Turn<'_>,
    said: &Said<'_>,
    text: &str,
    body: Report,
    incident: &Incident,
    loose: bool,
) -> anyhow::Result<ReportRow> {
    let author = said.author;
    Ok(ReportRow {
        id: ReportId::new(turn.app.keyring.derived_id("report", turn.cause())),
        incident: incident.id.clone(),
        areas: incident.areas.clone(),
        room: author.room_ref().cloned(),
        message: said.message.clone(),
        platform: author.platform(),
        sender: author.hashes.today.clone(),
        author: if turn.is_hushed() {
            SealedPerson::nobody(author.platform())
        } else {
            author.sealed(turn.app)?
        },
        firsthand: is_firsthand(turn, said, &body),
        text_hash: text_hash(turn.app, text, said.sent_at),
        body,
        loose,
        received_at: turn.now,
        withdrawn: false,
    })
}

/// A keyed hash of a text's words, to recognise the same text from several people; empty where there are none.
pub(super) fn text_hash(app: &App, text: &str, sent_at: Timestamp) -> String {
    let words = command::folded(text)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    if words.is_empty() {
        String::new()
    } else {
        app.keyring.text(&words, sent_at)
    }
}

fn counted(turn: &mut Turn<'_>, said: &Said<'_>) {
    marked(turn, said, Mark::Counted);
}

/// Puts a mark on a message in a room. Newcomers get none before somebody has checked: a crowd of them must not be able to fill a
/// room with marks.
fn marked(turn: &mut Turn<'_>, said: &Said<'_>, mark: Mark) {
    if let Some(room) = said.author.room_ref()
        && !holding::is_newcomer(turn, said)
    {
        turn.mark(Target::Room(room.clone()), said.message, mark);
    }
}

/// Counts a report towards an open incident.
async fn join(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    text: &str,
    body: Report,
    incident: Incident,
    loose: bool,
) -> anyhow::Result<()> {
    let mut row = row(turn, said, text, body, &incident, loose)?;
    let hashes = &said.author.hashes;
    let known = turn
        .tx
        .witness(&incident.id, &hashes.today, &hashes.yesterday)
        .await?;
    if let Some(known) = known {
        // The same person across midnight is the same witness.
        row.sender = known;
    }
    turn.tx.add_report(&row).await?;
    counted(turn, said);
    joined(turn, said, incident).await
}

/// A report was counted towards an incident: its writer is told where they can be told alone, and the incident worked out anew.
async fn joined(turn: &mut Turn<'_>, said: &Said<'_>, incident: Incident) -> anyhow::Result<()> {
    if said.author.is_direct() {
        let prompt = Prompt::CountedAs {
            handle: incident.handle.to_string(),
        };
        turn.say(said.author.alone(turn.app)?, prompt, Urgency::Answer);
    }
    refresh(turn, incident, Some(said.sent_at), false).await?;
    Ok(())
}

/// "+1": a first-hand witness without words of their own.
pub async fn corroborate(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    incident: Incident,
) -> anyhow::Result<()> {
    if own_report(turn, said.author, &incident).await?.is_some() {
        return Ok(());
    }
    let seen = Seen {
        at: Some(said.sent_at),
        basis: TimeBasis::Now,
    };
    let body = Report {
        seen,
        ..Report::default()
    };
    let row = row(turn, said, "", body, &incident, false)?;
    turn.tx.add_report(&row).await?;
    joined(turn, said, incident).await
}

/// Works an incident out anew from its reports, shows it, and alerts whom it now concerns. With `corrects`, alerts that are out
/// are changed where they say something else now.
pub async fn refresh(
    turn: &mut Turn<'_>,
    incident: Incident,
    news_at: Option<Timestamp>,
    corrects: bool,
) -> anyhow::Result<Incident> {
    let (reports, count) = turn.tx.telling_reports_of(&incident.id).await?;
    shape(turn, incident, (&reports, count), news_at, corrects).await
}

/// The same, where its reports, and how many there are, are at hand.
async fn shape(
    turn: &mut Turn<'_>,
    mut incident: Incident,
    (reports, count_of): (&[ReportRow], u32),
    news_at: Option<Timestamp>,
    corrects: bool,
) -> anyhow::Result<Incident> {
    let witnesses: Vec<Witness<'_>> = reports
        .iter()
        .map(|row| Witness {
            sender: row.sender.as_str(),
            text: &row.text_hash,
            is_firsthand: row.firsthand,
        })
        .collect();
    let rooms: BTreeSet<_> = reports.iter().filter_map(|row| row.room.as_ref()).collect();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (mut firsthand, mut rooms) = (incident::independent(&witnesses), count(rooms.len()));
    let bodies = reports.iter().map(|row| &row.body);
    let report = if count_of > count(reports.len()) {
        // Of very many only some are at hand: what was known of the others stays.
        firsthand = firsthand.max(incident.firsthand);
        rooms = rooms.max(incident.rooms);
        incident::merged(std::iter::once(&incident.report).chain(bodies))
    } else {
        incident::merged(bodies)
    };
    incident.recount(count_of, firsthand, rooms, turn.now);
    incident.say(report, reports.iter().map(|row| &row.body));
    if let Some(place) = incident.place().filter(|place| !place.areas.is_empty()) {
        incident.areas = place.areas.clone();
    }
    if let Some(news_at) = news_at {
        incident.news_at = incident.news_at.max(news_at.min(turn.now));
        if incident.status == Status::Stale {
            incident.status = if incident.firsthand >= 2 {
                Status::Corroborated
            } else {
                Status::Unverified
            };
            incident.changed_at = turn.now;
        }
    }
    turn.tx.save_incident(&incident).await?;
    telling::show_card(turn, &incident);
    if corrects {
        telling::correct_alerts(turn, &incident).await?;
    }
    telling::label(turn, &incident, reports).await?;
    Ok(incident)
}

/// Carries a verdict out: the state, the card, and everyone who must hear of it.
pub async fn decide(
    turn: &mut Turn<'_>,
    author: &Author,
    mut incident: Incident,
    verdict: Verdict,
) -> anyhow::Result<()> {
    let Some(next) = verdict.applied_to(incident.status) else {
        return Ok(());
    };
    let step = Step {
        was: incident.status,
        since: incident.changed_at,
        became: next,
        merged: None,
    };
    undoing::note(turn, author, &incident.id, step).await?;
    incident.status = next;
    incident.changed_at = turn.now;
    if verdict == Verdict::Confirm {
        incident.news_at = turn.now;
    }
    turn.tx.save_incident(&incident).await?;
    turn.app.metrics.verdict(next);
    telling::show_card(turn, &incident);
    match next {
        Status::Confirmed => {
            turn.tx.note_confirmed(&incident.id, turn.now).await?;
            telling::confirmed(turn, &incident).await?;
        }
        Status::Cleared | Status::Dismissed => {
            telling::ended(turn, &incident).await?;
            if incident.going > 0 {
                turn.tx.forget_goers(&incident.id).await?;
            }
            turn.tx.close_incident(&incident.id, turn.now).await?;
        }
        _ => {}
    }
    Ok(())
}
