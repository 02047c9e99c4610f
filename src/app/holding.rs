//! Holding back for moderators: what is held, who is told, and what becomes of it when they have decided.

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    sync::{Mutex, PoisonError},
};

use anyhow::Context;

use crate::{
    app::{
        App, audit,
        author::Author,
        neighbors,
        remit::Remit,
        reporting::{self, Said},
        telling,
        turn::Turn,
    },
    domain::{
        command::{self, Verb},
        deed::Deed,
        effect::{Act, Anchor, Post, PostKind, SealedPerson, Target, Urgency},
        envelope::Membership,
        handle::Handle,
        hold::{
            Facts, Reason,
            flood::{Counted, Flood, Floods},
            without_whom,
        },
        ids::{IncidentId, MessageId, ReportId, SubjectId},
        incident::{self, Incident},
        parse::{Parsed, Reading, has_plate, masked},
        place::{Found, Precision},
        prompt::{HoldState, Prompt, Summary},
        report::{Certainty, Kind, Report},
        role::Role,
        route,
        timestamp::Timestamp,
    },
    store::{HoldRow, ReportRow},
};

/// What comes too often, as far as this process has seen. Everything in it is hashed with a key that was made for this run.
#[derive(Default)]
pub struct Watch {
    floods: Mutex<Floods>,
    /// The same of talk that is passed on: nobody's talk keeps a report back.
    talk: Mutex<Floods>,
    key: RandomState,
}

impl Watch {
    fn count(
        &self,
        turn: &Turn<'_>,
        said: &Said<'_>,
        text: &str,
        report: Option<&Report>,
    ) -> Option<Flood> {
        let folded = command::folded(text);
        let words = folded
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(|word| self.key.hash_one(word))
            .collect();
        let counted = Counted {
            message: self.key.hash_one((said.author.platform(), said.message)),
            sender: self.key.hash_one(&said.author.person),
            room: said.author.room_ref().map(|room| self.key.hash_one(room)),
            place: report
                .and_then(|report| report.place.as_ref())
                .map(|place| self.key.hash_one(&place.name)),
            words,
            is_newcomer: is_newcomer(turn, said),
            at: turn.now,
        };
        let floods = if report.is_some() {
            &self.floods
        } else {
            &self.talk
        };
        let mut floods = floods.lock().unwrap_or_else(PoisonError::into_inner);
        floods.count(counted, &turn.app.policy.flood)
    }
}

/// Whether the writer joined the room less than a day ago. What newcomers see is looked at by verifiers before it is passed on, and
/// does not corroborate.
pub fn is_newcomer(turn: &Turn<'_>, said: &Said<'_>) -> bool {
    let is_new = |member: Membership| member.is_new(turn.now);
    said.author.role == Role::Neighbor && said.author.member.is_some_and(is_new)
}

/// Holds a report back that must not go on whatever it is news of, and tells whether it did. One that says where people shelter goes on
/// with a coarser place where that hides them. Of one that goes on, the writer hears once that its number plate stays out.
pub async fn holds_back(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    text: &str,
    parsed: &mut Parsed,
    about: Option<&Incident>,
) -> anyhow::Result<bool> {
    let is_trusted = said.author.role >= Role::Verifier;
    let flood = if is_trusted {
        None
    } else {
        let flood = turn.app.watch.count(turn, said, text, Some(&parsed.report));
        flood.filter(|flood| about.is_none() || !flood.is_only_alike)
    };
    let reason = match flood {
        Some(_) => Some(Reason::Flood),
        None => in_its_words(turn.app, text, parsed),
    };
    let reason = unless_coarsened(turn, said.author, (text, parsed), reason, about.is_some())?;
    let Some(reason) = reason else {
        if has_plate(text) {
            tell_once(turn, said.author, "plate".to_owned(), Prompt::PlateMasked)?;
        }
        return Ok(false);
    };
    let held = Held {
        reason,
        flood,
        about: about.map(|incident| incident.id.clone()),
    };
    hold(turn, said, text, &parsed.report, held).await?;
    Ok(true)
}

/// Holds back what may not be the first that is heard of something, and tells whether it did. What somebody else has seen is not
/// held: verifiers see it as such ("a checker will look"), nobody is alerted by it, and its writer is asked whether they saw it.
pub async fn holds_back_first(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    text: &str,
    parsed: &Parsed,
) -> anyhow::Result<bool> {
    let facts = Facts {
        sent_at: said.sent_at,
        is_trusted: said.author.role >= Role::Verifier,
    };
    match turn.app.holds.as_a_first_report(text, parsed, facts) {
        None => Ok(false),
        Some(Reason::Hearsay) => {
            // What its writer saw hours ago alarms nobody either, but there is nothing to ask.
            if parsed.report.certainty == Certainty::Secondhand {
                tell_why(turn, said.author, Reason::Hearsay)?;
            }
            Ok(false)
        }
        Some(reason) => {
            hold(turn, said, text, &parsed.report, Held::for_reason(reason)).await?;
            Ok(true)
        }
    }
}

/// What is left of a reason to hold: where people shelter may be told more coarsely, and then nothing is held.
fn unless_coarsened(
    turn: &mut Turn<'_>,
    author: &Author,
    (text, parsed): (&str, &mut Parsed),
    reason: Option<Reason>,
    is_news: bool,
) -> anyhow::Result<Option<Reason>> {
    if reason != Some(Reason::Shelter) {
        return Ok(reason);
    }
    let holds = &turn.app.holds;
    if is_news && !holds.is_about_a_child(text, parsed) {
        // What is known already has its place.
        parsed.report.place = None;
        parsed.found = Found::Nothing;
    } else if let Some(place) = holds.coarser(text, parsed) {
        parsed.report.place = Some(place.clone());
        parsed.found = Found::One(Box::new(place));
    } else {
        return Ok(reason);
    }
    // Nothing is to be found out about it either.
    parsed.missing.clear();
    tell_coarsened(turn, author)?;
    Ok(None)
}

/// Holds back what a message says since it was changed, and tells whether it did.
pub async fn holds_back_words(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    text: &str,
    parsed: &mut Parsed,
) -> anyhow::Result<bool> {
    let reason = in_its_words(turn.app, text, parsed);
    let reason = unless_coarsened(turn, said.author, (text, parsed), reason, false)?;
    let Some(reason) = reason else {
        return Ok(false);
    };
    hold(turn, said, text, &parsed.report, Held::for_reason(reason)).await?;
    Ok(true)
}

/// Whether talk may be passed on. Its writer is told why not, or that a number plate stays out; of a flood nobody is told. Nothing is
/// kept of it, so there is nothing for moderators to release.
pub fn lets_pass(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    text: &str,
    parsed: Option<&Parsed>,
) -> anyhow::Result<bool> {
    let is_trusted = said.author.role >= Role::Verifier;
    if !is_trusted && turn.app.watch.count(turn, said, text, None).is_some() {
        return Ok(false);
    }
    let links = &turn.app.policy.allowed_links;
    let reason = parsed.and_then(|parsed| turn.app.holds.in_talk(text, parsed, links));
    if let Some(reason) = reason {
        tell_why(turn, said.author, reason)?;
        return Ok(false);
    }
    if has_plate(text) {
        tell_once(turn, said.author, "plate".to_owned(), Prompt::PlateMasked)?;
    }
    Ok(true)
}

/// Answers a threat that is written to the bot alone and reports nothing; tells whether there was one.
pub fn answered_threat(
    turn: &mut Turn<'_>,
    author: &Author,
    text: &str,
    parsed: &Parsed,
) -> anyhow::Result<bool> {
    let is_threat =
        author.is_direct() && in_its_words(turn.app, text, parsed) == Some(Reason::Violence);
    if is_threat {
        tell_why(turn, author, Reason::Violence)?;
    }
    Ok(is_threat)
}

/// What of an answer to the bot's question must not be passed on: it is judged like what was asked about.
pub fn in_an_answer(app: &App, text: &str, parsed: &Parsed) -> Option<Reason> {
    in_its_words(app, text, parsed)
}

/// What of words that moderators want to say to all must not be said.
pub fn in_words_to_all(app: &App, words: &str, sent_at: Timestamp) -> Option<Reason> {
    let reading = Reading {
        sent_at,
        near: &[],
        is_reply: false,
        earlier: None,
    };
    let parsed = app.reader.read(words, &reading);
    app.holds.in_words_to_all(words, &parsed)
}

fn in_its_words(app: &App, text: &str, parsed: &Parsed) -> Option<Reason> {
    app.holds
        .in_its_words(text, parsed, &app.policy.allowed_links)
}

/// Why something is held, and what it belongs to.
struct Held {
    reason: Reason,
    flood: Option<Flood>,
    about: Option<IncidentId>,
}

impl Held {
    const fn for_reason(reason: Reason) -> Self {
        Self {
            reason,
            flood: None,
            about: None,
        }
    }
}

async fn hold(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    text: &str,
    body: &Report,
    held: Held,
) -> anyhow::Result<()> {
    let author = said.author;
    let flood = held
        .flood
        .map(|flood| format!("{:016x}", flood.first))
        .unwrap_or_default();
    if !flood.is_empty()
        && let Some(mut row) = turn.tx.hold_of_flood(&flood).await?
    {
        row.reports += 1;
        turn.tx.save_hold(&row).await?;
        if is_worth_showing(row.reports) {
            show_card(turn, &row, HoldState::Held);
        }
        return Ok(());
    }
    let handle = free_handle(turn).await?;
    let body = without_whom(body.clone(), held.reason);
    let row = HoldRow {
        id: SubjectId::new(turn.app.keyring.derived_id("hold", turn.cause())),
        handle,
        reason: held.reason,
        flood,
        platform: author.platform(),
        room: author.room_ref().cloned(),
        message: said.message.clone(),
        sender: author.hashes.today.clone(),
        author: if turn.is_hushed() {
            SealedPerson::nobody(author.platform())
        } else {
            author.sealed(turn.app)?
        },
        incident: held.about,
        areas: reporting::areas_of(author, &body),
        body,
        text_hash: reporting::text_hash(turn.app, text, said.sent_at),
        reports: 1,
        sent_at: said.sent_at,
        held_at: turn.now,
    };
    turn.tx.save_hold(&row).await?;
    show_card(turn, &row, HoldState::Held);
    if held.reason.is_told() {
        tell_why(turn, author, held.reason)?;
    }
    Ok(())
}

/// A free handle. If ninety things wait, the oldest makes room: nobody looks at them any more.
async fn free_handle(turn: &mut Turn<'_>) -> anyhow::Result<Handle> {
    let nth = turn.tx.next("hold").await?;
    if let Some(free) = turn.tx.free_hold_handle(nth).await? {
        return Ok(free);
    }
    let oldest = turn.tx.holds().await?.into_iter().next();
    let oldest = oldest.context("Cannot find a handle for what is held")?;
    dropped(turn, &oldest).await?;
    Ok(oldest.handle)
}

/// A card that changes with every report of a flood would be a flood itself.
const fn is_worth_showing(reports: u32) -> bool {
    reports < 4 || reports.is_multiple_of(10)
}

/// Tells an author that the place stays out, where they can be told alone; once a day.
pub fn tell_coarsened(turn: &mut Turn<'_>, author: &Author) -> anyhow::Result<()> {
    tell_once(turn, author, "coarsened".to_owned(), Prompt::Coarsened)
}

/// Tells an author why, where they can be told alone; of the same reason once an hour.
pub fn tell_why(turn: &mut Turn<'_>, author: &Author, reason: Reason) -> anyhow::Result<()> {
    let hour = turn.now.as_ms() / 3_600_000;
    let once = format!("held/{}/{hour}", reason.code());
    tell_once(turn, author, once, Prompt::Held { reason })
}

fn tell_once(
    turn: &mut Turn<'_>,
    author: &Author,
    reason: String,
    prompt: Prompt,
) -> anyhow::Result<()> {
    let can_direct = turn
        .app
        .capabilities(author.platform())
        .is_some_and(|can| can.direct);
    if author.is_direct() || can_direct {
        neighbors::answer_once(turn, author, reason, prompt)?;
    }
    Ok(())
}

fn post(row: &HoldRow) -> Post {
    Post {
        about: row.id.clone(),
        kind: PostKind::Hold,
    }
}

/// Shows moderators what is held, or what became of it.
fn show_card(turn: &mut Turn<'_>, row: &HoldRow, state: HoldState) {
    let prompt = Prompt::HoldCard {
        summary: Box::new(summary(turn.app, row)),
        reason: row.reason,
        state,
    };
    let rooms: Vec<_> = route::moderators_of(&turn.app.directory(), &row.areas)
        .into_iter()
        .map(|room| room.room.clone())
        .collect();
    for room in rooms {
        let act = Act::Edit {
            post: post(row),
            prompt: prompt.clone(),
        };
        turn.owe(Target::Room(room), act, Urgency::Card);
    }
}

fn summary(app: &App, row: &HoldRow) -> Summary {
    let report = &row.body;
    Summary {
        handle: row.handle.to_string(),
        status: incident::Status::Unverified,
        areas: row
            .areas
            .iter()
            .take(telling::AREAS_NAMED)
            .map(|area| app.directory().area_name(area).to_owned())
            .collect(),
        place: report
            .place
            .as_ref()
            .and_then(|place| place.said(Precision::Full)),
        size: report.size,
        unit: report.unit.clone(),
        equipment: report.equipment.clone(),
        activity: report.activity.clone(),
        seen_at: report.seen.at,
        changed_at: row.held_at,
        reports: row.reports,
        firsthand: 0,
        rooms: 0,
        going: 0,
        missing: Vec::new(),
    }
}

/// What a moderator says about something held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It goes on.
    Release,
    /// It goes on in other words.
    Amend,
    /// It goes nowhere.
    Drop,
}

/// Carries out what a moderator says about something held.
pub async fn rule(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    row: HoldRow,
    decision: Decision,
    words: &str,
) -> anyhow::Result<()> {
    let handle = row.handle.to_string();
    let areas = row.areas.clone();
    let state = match decision {
        Decision::Release => released(turn, row, None).await?,
        Decision::Amend => {
            if words.trim().is_empty() {
                let usage = command::usage_of(Verb::Reword);
                let prompt = Prompt::DidYouMean { usage };
                turn.say(said.author.alone(turn.app)?, prompt, Urgency::Answer);
                return Ok(());
            }
            let reading = Reading {
                sent_at: row.sent_at,
                near: &row.areas,
                is_reply: false,
                earlier: row.body.place.as_ref(),
            };
            let parsed = turn.app.reader.read(words, &reading);
            // A moderator's hand slips too: what would be held from anybody is held from them.
            if let Some(reason) = in_its_words(turn.app, &masked(words), &parsed) {
                let prompt = Prompt::Held { reason };
                turn.say(said.author.alone(turn.app)?, prompt, Urgency::Answer);
                return Ok(());
            }
            let body = amended(&row, parsed);
            released(turn, row, Some(body)).await?
        }
        Decision::Drop => {
            dropped(turn, &row).await?;
            HoldState::Dropped
        }
    };
    let deed = match (decision, &state) {
        (Decision::Amend, HoldState::Released { handle: incident }) => Deed::Amended {
            handle: handle.clone(),
            incident: incident.clone(),
        },
        (_, HoldState::Released { handle: incident }) => Deed::Released {
            handle: handle.clone(),
            incident: incident.clone(),
        },
        _ => Deed::Dropped {
            handle: handle.clone(),
        },
    };
    audit::note_in(turn, said.author, &areas, deed).await?;
    // In rooms the card says it; alone with the bot one wants an answer.
    if said.author.is_direct() {
        let prompt = Prompt::HoldDone { handle, state };
        turn.say(said.author.alone(turn.app)?, prompt, Urgency::Answer);
    }
    Ok(())
}

/// The moderator's words, and of the report what they leave unsaid about how it is known and since when.
fn amended(row: &HoldRow, parsed: Parsed) -> Report {
    let mut body = parsed.report;
    body.place = body.place.or_else(|| row.body.place.clone());
    body.seen = row.body.seen;
    if row.body.certainty != Certainty::Firsthand {
        body.certainty = row.body.certainty;
    }
    body
}

/// What was held goes on as if it had come now: it joins an open incident or opens one.
async fn released(
    turn: &mut Turn<'_>,
    row: HoldRow,
    body: Option<Report>,
) -> anyhow::Result<HoldState> {
    let row = HoldRow {
        body: body.unwrap_or_else(|| row.body.clone()),
        ..row
    };
    let body = row.body.clone();
    let known = match &row.incident {
        Some(id) => turn.tx.incident(id).await?,
        None => None,
    };
    let found = match known.filter(|incident| incident.status.is_open()) {
        Some(incident) => Some((incident, false)),
        None => {
            let open = reporting::open_near(turn, &body).await?;
            let rules = turn.app.policy.joining;
            incident::joins(&body, Kind::Sighting, turn.now, &open, &rules)
                .map(|found| (found.incident.clone(), !found.is_tight))
        }
    };
    let (incident, loose) = match found {
        Some(found) => found,
        None => {
            let has_room = row.room.is_some();
            let areas = row.areas.clone();
            let opened =
                reporting::open_incident_in(turn, areas, has_room, &body, turn.now).await?;
            (opened, false)
        }
    };
    let report = ReportRow {
        id: ReportId::new(turn.app.keyring.derived_id("report", row.id.as_str())),
        incident: incident.id.clone(),
        areas: incident.areas.clone(),
        room: row.room.clone(),
        message: row.message.clone(),
        platform: row.platform,
        sender: row.sender.clone(),
        author: row.author.clone(),
        firsthand: body.certainty == Certainty::Firsthand,
        text_hash: row.text_hash.clone(),
        body,
        loose,
        received_at: turn.now,
        withdrawn: false,
    };
    turn.tx.add_report(&report).await?;
    let incident = reporting::refresh(turn, incident, Some(turn.now), false).await?;
    turn.tx.end_hold(&row.id).await?;
    let as_incident = incident.handle.to_string();
    let state = HoldState::Released {
        handle: as_incident.clone(),
    };
    show_card(turn, &row, state.clone());
    let can_direct = turn
        .app
        .capabilities(row.platform)
        .is_some_and(|can| can.direct);
    if can_direct && !row.author.is_nobody() && row.reason.is_told() {
        let prompt = Prompt::CountedAs {
            handle: as_incident,
        };
        turn.say(Target::Person(row.author.clone()), prompt, Urgency::Answer);
    }
    Ok(state)
}

async fn dropped(turn: &mut Turn<'_>, row: &HoldRow) -> anyhow::Result<()> {
    turn.tx.end_hold(&row.id).await?;
    show_card(turn, row, HoldState::Dropped);
    Ok(())
}

/// An author took back what is held of theirs; tells whether there was something.
pub async fn taken_back(
    turn: &mut Turn<'_>,
    author: &Author,
    original: &MessageId,
) -> anyhow::Result<bool> {
    let Some(row) = turn.tx.hold_from(author.room_ref(), original).await? else {
        return Ok(false);
    };
    if author.hashes.matches(&row.sender) || author.role >= Role::Moderator {
        dropped(turn, &row).await?;
    }
    Ok(true)
}

/// The queue: all that waits for a moderator.
pub async fn queue(turn: &mut Turn<'_>, said: &Said<'_>) -> anyhow::Result<()> {
    let rows = turn.tx.holds().await?;
    let remit = Remit::of(turn, said.author);
    let waiting = rows
        .iter()
        .filter(|row| remit.touches(&row.areas))
        .map(|row| {
            let area = row.areas.first();
            let area = area.map(|area| turn.app.directory().area_name(area).to_owned());
            (row.handle.to_string(), row.reason, area)
        })
        .collect();
    let prompt = Prompt::HoldQueue { waiting };
    match said.author.room_ref() {
        // Where the cards are, everybody may hear it.
        Some(room) => {
            let act = Act::Say {
                prompt,
                reply_to: Some(Anchor::Message(said.message.clone())),
                post: None,
            };
            turn.owe(Target::Room(room.clone()), act, Urgency::Answer);
        }
        None => turn.say(said.author.alone(turn.app)?, prompt, Urgency::Answer),
    }
    Ok(())
}
