//! What follows from an incident's state: cards for verifiers, alerts for rooms and phones, and their end.

use std::collections::BTreeSet;

use crate::{
    app::{App, author::Author, calling, texting, turn::Turn},
    domain::{
        directory::{Purpose, Room},
        effect::{Act, Anchor, Mark, Post, PostKind, Target, Urgency},
        envelope::RoomRef,
        ids::{AreaId, MessageId},
        incident::{Incident, Status},
        place::Precision,
        prompt::{Prompt, Summary},
        role::Role,
        route,
        timestamp::Timestamp,
    },
    store::ReportRow,
};

/// How many areas an alert names at most; a corner of four neighborhoods is still one line on a phone.
pub(super) const AREAS_NAMED: usize = 3;

/// The incident as an audience may hear it.
pub fn summary(app: &App, incident: &Incident, precision: Precision) -> Summary {
    let areas = named_areas(app, incident);
    let mut summary = Summary {
        handle: incident.handle.to_string(),
        status: incident.status,
        areas: areas
            .into_iter()
            .take(AREAS_NAMED)
            .map(|area| app.directory().area_name(area).to_owned())
            .collect(),
        place: incident.place().and_then(|place| {
            let said = place.said(precision)?;
            // Verifiers see which places rest on a suggestion only.
            Some(if place.is_sure() {
                said
            } else {
                format!("{said}?")
            })
        }),
        size: incident.report.size,
        unit: incident.report.unit.clone(),
        equipment: incident.report.equipment.clone(),
        activity: incident.report.activity.clone(),
        seen_at: incident.report.seen.at,
        changed_at: incident.changed_at,
        reports: incident.reports,
        firsthand: incident.firsthand,
        rooms: incident.rooms,
        going: incident.going,
        missing: incident.missing(),
    };
    if precision == Precision::Area {
        // The city hears what and how many, not who stands where in what.
        summary.equipment.other.clear();
    }
    summary
}

/// The areas to name: those at the very place, and of these, if any, those that the network has rooms for; to its people a
/// border street is their side of it.
fn named_areas<'a>(app: &App, incident: &'a Incident) -> Vec<&'a AreaId> {
    let primary = incident
        .place()
        .map(|place| place.primary.as_slice())
        .filter(|areas| !areas.is_empty());
    let areas: Vec<&AreaId> = primary.unwrap_or(&incident.areas).iter().collect();
    let is_ours = |area: &&AreaId| {
        app.directory()
            .rooms
            .iter()
            .any(|room| room.areas.contains(*area))
    };
    let ours: Vec<&AreaId> = areas.iter().copied().filter(is_ours).collect();
    if ours.is_empty() { areas } else { ours }
}

fn post(incident: &Incident, kind: PostKind) -> Post {
    Post {
        about: (&incident.id).into(),
        kind,
    }
}

/// Shows verifiers how things stand: a new card, or the old one changed in place.
pub fn show_card(turn: &mut Turn<'_>, incident: &Incident) {
    let prompt = Prompt::Card(Box::new(summary(turn.app, incident, Precision::Full)));
    for room in verifier_rooms(turn.app, &incident.areas) {
        let act = Act::Edit {
            post: post(incident, PostKind::Card),
            prompt: prompt.clone(),
        };
        turn.owe(Target::Room(room), act, Urgency::Card);
    }
}

/// Asks or tells the verifiers of an incident something, in answer to its card.
pub fn tell_verifiers(turn: &mut Turn<'_>, incident: &Incident, prompt: &Prompt) {
    for room in verifier_rooms(turn.app, &incident.areas) {
        let reply_to = Some(Anchor::Post(post(incident, PostKind::Card)));
        let act = Act::Say {
            prompt: prompt.clone(),
            reply_to,
            post: None,
        };
        turn.owe(Target::Room(room), act, Urgency::Card);
    }
}

/// Tells the moderators something; with a reason, never again for the same.
pub fn tell_moderators(turn: &mut Turn<'_>, once: Option<&str>, prompt: &Prompt) {
    let app = turn.app;
    tell_rooms(
        turn,
        route::moderators(&app.directory()).collect(),
        once,
        prompt,
    );
}

/// Tells those of these areas something; all of them, if it is about no area.
pub fn tell_moderators_of(turn: &mut Turn<'_>, areas: &[AreaId], prompt: &Prompt) {
    let app = turn.app;
    tell_rooms(
        turn,
        route::moderators_of(&app.directory(), areas),
        None,
        prompt,
    );
}

fn tell_rooms(turn: &mut Turn<'_>, rooms: Vec<&Room>, once: Option<&str>, prompt: &Prompt) {
    for room in rooms {
        let target = Target::Room(room.room.clone());
        let act = Act::Say {
            prompt: prompt.clone(),
            reply_to: None,
            post: None,
        };
        match once {
            Some(reason) => turn.owe_once(reason.to_owned(), target, act, Urgency::Card),
            None => turn.owe(target, act, Urgency::Card),
        }
    }
}

fn verifier_rooms(app: &App, areas: &[AreaId]) -> Vec<RoomRef> {
    route::verifiers(&app.directory(), areas)
        .iter()
        .map(|room| room.room.clone())
        .collect()
}

/// Sends an unconfirmed report to the siblings, where the gate lets it and it is fresh; each room hears it once.
pub async fn label(
    turn: &mut Turn<'_>,
    incident: &Incident,
    reports: &[ReportRow],
) -> anyhow::Result<()> {
    let is_waiting = matches!(incident.status, Status::Unverified | Status::Corroborated);
    let is_firsthand = reports
        .iter()
        .any(|row| row.firsthand && route::may_be_labelled(&row.body));
    let may_leave = is_firsthand && route::may_be_labelled(&incident.report);
    // Nobody gets an alarm about something long past: after downtime only verifiers see it.
    let seen_at = incident.report.seen.at.unwrap_or(incident.opened_at);
    let is_fresh = turn.now.since(seen_at) <= turn.app.policy.stale_after;
    if !(is_waiting && may_leave && is_fresh) {
        return Ok(());
    }
    let app = turn.app;
    let sources: BTreeSet<&RoomRef> = reports.iter().filter_map(|row| row.room.as_ref()).collect();
    let newest = reports.last().and_then(|row| row.room.as_ref());
    let hearers = route::unconfirmed(&app.directory(), &app.policy, incident, newest)
        .into_iter()
        .filter(|hearing| !sources.contains(&hearing.room.room))
        .map(|hearing| Hearer {
            target: Target::Room(hearing.room.room.clone()),
            precision: hearing.precision,
            reply_to: None,
        })
        .collect();
    alert(turn, incident, hearers).await
}

/// A room or phone to alert.
struct Hearer {
    target: Target,
    precision: Precision,
    reply_to: Option<Anchor>,
}

/// Alerts rooms and phones, except those that have heard already.
async fn alert(
    turn: &mut Turn<'_>,
    incident: &Incident,
    hearers: Vec<Hearer>,
) -> anyhow::Result<()> {
    let targets: Vec<Target> = hearers.iter().map(|one| one.target.clone()).collect();
    let mut fresh = turn
        .tx
        .note_all_heard(&incident.id, &targets, turn.now)
        .await?;
    let reason = confirmed_once(turn, incident).await?;
    for hearer in hearers {
        let act = Act::Say {
            prompt: alert_prompt(turn.app, incident, hearer.precision),
            reply_to: hearer.reply_to,
            post: Some(post(incident, PostKind::Alert)),
        };
        if incident.status == Status::Confirmed {
            turn.owe_once(reason.clone(), hearer.target, act, Urgency::Alert);
        } else if fresh.remove(&hearer.target.lane()) {
            turn.owe(hearer.target, act, Urgency::Alert);
        }
    }
    Ok(())
}

/// What an alert that something is confirmed is owed for. Also when it went stale and is confirmed anew, who has heard it has
/// heard it; but not when that was taken back.
async fn confirmed_once(turn: &mut Turn<'_>, incident: &Incident) -> anyhow::Result<String> {
    if incident.status != Status::Confirmed {
        return Ok(String::new());
    }
    Ok(
        match turn.tx.undone(&incident.id, Status::Confirmed).await? {
            0 => format!("confirmed/{}", incident.id),
            times => format!("confirmed/{}/{times}", incident.id),
        },
    )
}

fn alert_prompt(app: &App, incident: &Incident, precision: Precision) -> Prompt {
    let summary = Box::new(summary(app, incident, precision));
    Prompt::Alert {
        summary,
        hotline: app.community.hotline.clone(),
    }
}

/// Changes the alerts that are out, after the report they rest on was corrected.
pub async fn correct_alerts(turn: &mut Turn<'_>, incident: &Incident) -> anyhow::Result<()> {
    for target in turn.tx.heard(&incident.id).await? {
        if can_edit(turn.app, &target) {
            let prompt = alert_prompt(turn.app, incident, precision_for(turn.app, &target));
            let act = Act::Edit {
                post: post(incident, PostKind::Alert),
                prompt,
            };
            turn.owe(target, act, Urgency::Alert);
        }
    }
    Ok(())
}

fn precision_for(app: &App, target: &Target) -> Precision {
    match target {
        Target::Room(room)
            if app
                .directory()
                .room(room)
                .is_some_and(|known| matches!(known.purpose, Purpose::City | Purpose::Liaison)) =>
        {
            Precision::Area
        }
        _ => Precision::Block,
    }
}

/// After confirmation: everyone who should hear it, once; ✅ on the reports; thanks to their authors.
pub async fn confirmed(turn: &mut Turn<'_>, incident: &Incident) -> anyhow::Result<()> {
    let app = turn.app;
    let reports = turn.tx.reports_of(&incident.id).await?;
    let sources: Vec<RoomRef> = reports.iter().filter_map(|row| row.room.clone()).collect();
    let heard: BTreeSet<String> = turn
        .tx
        .heard(&incident.id)
        .await?
        .iter()
        .map(Target::lane)
        .collect();
    let mut hearers = Vec::new();
    for hearing in route::confirmed(&app.directory(), incident, &sources) {
        let target = Target::Room(hearing.room.room.clone());
        let reply_to = if heard.contains(&target.lane()) {
            Some(Anchor::Post(post(incident, PostKind::Alert)))
        } else {
            written_in(&reports, &hearing.room.room).map(|row| Anchor::Message(row.message.clone()))
        };
        hearers.push(Hearer {
            target,
            precision: hearing.precision,
            reply_to,
        });
    }
    alert(turn, incident, hearers).await?;
    alert_subscribers(turn, incident).await?;
    mark_reports(turn, &reports, Mark::Confirmed);
    thank(turn, incident, &reports);
    Ok(())
}

/// Alerts those who subscribed to the areas, but nobody more often a day than the policy says.
async fn alert_subscribers(turn: &mut Turn<'_>, incident: &Incident) -> anyhow::Result<()> {
    if texting::is_quiet(turn.app, turn.now) {
        return Ok(());
    }
    let day = std::time::Duration::from_secs(86_400);
    let had_enough = turn
        .tx
        .heard_often(turn.now - day, turn.app.policy.alerts_per_day)
        .await?;
    let hearers = turn
        .tx
        .subscribers(&incident.areas, right_in(incident), turn.now)
        .await?
        .into_iter()
        .map(|subscriber| Hearer {
            target: Target::Person(subscriber.person.speaking(subscriber.language)),
            precision: Precision::Block,
            reply_to: None,
        })
        .filter(|hearer| !had_enough.contains(&hearer.target.lane()))
        .collect();
    alert(turn, incident, hearers).await
}

/// The areas an incident lies right in, not only beside.
fn right_in(incident: &Incident) -> &[AreaId] {
    incident
        .place()
        .map(|place| place.primary.as_slice())
        .filter(|areas| !areas.is_empty())
        .unwrap_or(&incident.areas)
}

fn written_in<'a>(reports: &'a [ReportRow], room: &RoomRef) -> Option<&'a ReportRow> {
    reports
        .iter()
        .find(|row| row.room.as_ref() == Some(room) && row.is_written())
}

fn mark_reports(turn: &mut Turn<'_>, reports: &[ReportRow], mark: Mark) {
    for row in reports.iter().filter(|row| row.is_written()) {
        if let Some(room) = &row.room {
            turn.mark(Target::Room(room.clone()), &row.message, mark);
        }
    }
}

/// Thanks the authors, each once, where they can be told alone.
fn thank(turn: &mut Turn<'_>, incident: &Incident, reports: &[ReportRow]) {
    let mut thanked = BTreeSet::new();
    for row in reports {
        let can_direct = turn
            .app
            .capabilities(row.platform)
            .is_some_and(|can| can.direct);
        if can_direct && !row.author.is_nobody() && thanked.insert(row.sender.clone()) {
            let prompt = Prompt::Thanks {
                handle: incident.handle.to_string(),
            };
            let act = Act::Say {
                prompt,
                reply_to: None,
                post: None,
            };
            let reason = format!("thanks/{}", incident.id);
            turn.owe_once(
                reason,
                Target::Person(row.author.clone()),
                act,
                Urgency::Answer,
            );
        }
    }
}

/// After the end, a dismissal or a withdrawal: exactly those who were alerted hear of it, each once.
pub async fn ended(turn: &mut Turn<'_>, incident: &Incident) -> anyhow::Result<()> {
    call_off(turn, incident).await?;
    let heard = turn.tx.heard(&incident.id).await?;
    let (handle, at) = (incident.handle.to_string(), incident.changed_at);
    let prompt = match incident.status {
        Status::Dismissed => Prompt::Dismissed { handle, at },
        _ => Prompt::AllClear { handle, at },
    };
    for target in &heard {
        let act = outcome(incident, prompt.clone());
        turn.owe(target.clone(), act, Urgency::AllClear);
    }
    if incident.status == Status::Dismissed && !heard.is_empty() {
        let reports = turn.tx.reports_of(&incident.id).await?;
        mark_reports(turn, &reports, Mark::Checked);
    }
    Ok(())
}

/// Whom the alarm has not reached yet where messages may have to wait, it does not reach any more, and neither does its end.
async fn call_off(turn: &mut Turn<'_>, incident: &Incident) -> anyhow::Result<()> {
    let app = turn.app;
    for platform in app.platforms.keys() {
        if app.capabilities(*platform).is_some_and(|can| can.throttled) {
            turn.tx.call_off_alerts(&incident.id, *platform).await?;
        }
    }
    Ok(())
}

/// Takes alerts back: redacted where the platform can, said where it cannot.
pub async fn taken_back(turn: &mut Turn<'_>, incident: &Incident) -> anyhow::Result<()> {
    call_off(turn, incident).await?;
    for target in turn.tx.heard(&incident.id).await? {
        if turn
            .app
            .capabilities(target.platform())
            .is_some_and(|can| can.redactions)
        {
            turn.owe(
                target,
                Act::Redact {
                    post: post(incident, PostKind::Alert),
                },
                Urgency::AllClear,
            );
        } else {
            turn.say(
                target,
                Prompt::Withdrawn {
                    handle: incident.handle.to_string(),
                },
                Urgency::AllClear,
            );
        }
    }
    Ok(())
}

/// After a merge: exactly those who were alerted of the one hear that it is the other, and from now on of that. Where alerts can
/// be changed, the alert says so itself, and where the other was not heard, its alert is shown when it is worked out anew.
pub async fn merged(
    turn: &mut Turn<'_>,
    incident: &Incident,
    other: &Incident,
) -> anyhow::Result<()> {
    let same_as = |precision| Prompt::SameAs {
        handle: incident.handle.to_string(),
        into: other.handle.to_string(),
        place: other.place().and_then(|place| place.said(precision)),
    };
    tell_verifiers(turn, incident, &same_as(Precision::Full));
    turn.tx
        .pass_heard(&incident.id, &other.id, turn.now)
        .await?;
    for target in turn.tx.heard(&incident.id).await? {
        let prompt = same_as(precision_for(turn.app, &target));
        let act = if can_edit(turn.app, &target) {
            Act::Edit {
                post: post(incident, PostKind::Alert),
                prompt,
            }
        } else {
            outcome(incident, prompt)
        };
        turn.owe(target, act, Urgency::AllClear);
    }
    Ok(())
}

/// After a merge was taken back: the same people hear that. Whoever knew of the other only by the merge does not hear of it any
/// more, unless it was confirmed meanwhile.
pub async fn parted(
    turn: &mut Turn<'_>,
    incident: &Incident,
    other: &Incident,
    merged_at: Timestamp,
) -> anyhow::Result<()> {
    let is_told = other.status == Status::Confirmed && other.changed_at >= merged_at;
    let through = turn.tx.heard_through(&other.id, &incident.id).await?;
    for target in turn.tx.heard(&incident.id).await? {
        let act = if can_edit(turn.app, &target) {
            Act::Edit {
                post: post(incident, PostKind::Alert),
                prompt: alert_prompt(turn.app, incident, precision_for(turn.app, &target)),
            }
        } else {
            let prompt = Prompt::NotSameAs {
                handle: incident.handle.to_string(),
                into: other.handle.to_string(),
            };
            outcome(incident, prompt)
        };
        turn.owe(target.clone(), act, Urgency::AllClear);
        let can = turn.app.capabilities(target.platform());
        let is_shown = through.contains(&target.lane()) && can.is_some_and(|can| can.redactions);
        if is_shown && !is_told {
            let post = post(other, PostKind::Alert);
            turn.owe(target, Act::Redact { post }, Urgency::AllClear);
        }
    }
    if !is_told {
        turn.tx
            .forget_heard_through(&other.id, &incident.id)
            .await?;
    }
    Ok(())
}

fn can_edit(app: &App, target: &Target) -> bool {
    app.capabilities(target.platform())
        .is_some_and(|can| can.edits)
}

/// What is said of an alert that is out, in answer to it.
fn outcome(incident: &Incident, prompt: Prompt) -> Act {
    Act::Say {
        prompt,
        reply_to: Some(Anchor::Post(post(incident, PostKind::Alert))),
        post: Some(post(incident, PostKind::Outcome)),
    }
}

/// After a verdict was taken back: exactly those who were alerted hear so, each once.
pub async fn taken_back_verdict(
    turn: &mut Turn<'_>,
    incident: &Incident,
    was: Status,
) -> anyhow::Result<()> {
    for target in turn.tx.heard(&incident.id).await? {
        let handle = incident.handle.to_string();
        let act = outcome(incident, Prompt::TakenBack { handle, was });
        turn.owe(target, act, Urgency::AllClear);
    }
    Ok(())
}

/// The incident that a message reported.
pub async fn reported_at(
    turn: &mut Turn<'_>,
    author: &Author,
    message: &MessageId,
) -> anyhow::Result<Option<Incident>> {
    match turn.tx.report_from(author.room_ref(), message).await? {
        Some(row) => Ok(turn.tx.incident(&row.incident).await?),
        None => Ok(None),
    }
}

/// Whether the writer can know an incident: they check reports or can be asked to, it was reported or heard where they write, or they
/// reported it.
pub async fn is_visible(
    turn: &mut Turn<'_>,
    author: &Author,
    incident: &Incident,
) -> anyhow::Result<bool> {
    // A liaison sees what is confirmed, wherever it is.
    let is_confirmed = incident.status == Status::Confirmed;
    if calling::may_go(turn.app, author) || (author.role >= Role::Liaison && is_confirmed) {
        return Ok(true);
    }
    let lanes = author.lanes(turn.app);
    if turn
        .tx
        .heard(&incident.id)
        .await?
        .iter()
        .any(|target| lanes.contains(&target.lane()))
    {
        return Ok(true);
    }
    let reports = turn.tx.reports_of(&incident.id).await?;
    let is_here = |row: &ReportRow| row.room.is_some() && row.room.as_ref() == author.room_ref();
    Ok(reports
        .iter()
        .any(|row| is_here(row) || author.hashes.matches(&row.sender)))
}
