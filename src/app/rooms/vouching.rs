//! Who asks to be let into a room where two must vouch for them: a card for each, and what is said to it.
//!
//! Who asks, the platforms tell whenever rooms are listed; rows and cards are brought to that. Of who asks there is a sealed address, until
//! it is decided or a week has gone. Whom it was decided of is not shown again for a day, however often they ask.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering,
    time::Duration,
};

use anyhow::Context;

use super::splitting;
use crate::{
    app::{App, audit, author::Author, remit::Remit, reporting::Said, roles, trust, turn::Turn},
    domain::{
        deed::{Deed, RoomAct},
        directory::{Directory, Purpose},
        effect::{Act, Post, PostKind, Target, Urgency},
        envelope::{PersonRef, RoomRef},
        ids::{AreaId, SubjectId},
        prompt::{AboutNewcomers, AboutPeople, Asking, Prompt},
        role::Role,
        route,
        split::Arrangement,
    },
    store::{AskerRow, RoomRow},
};

/// So many different people must vouch.
const NEEDED: usize = 2;
/// For so long somebody waits.
const WAITS: Duration = Duration::from_secs(7 * 86_400);
/// For so long whom it was decided of is not shown again, and their handle rests.
const REST: Duration = Duration::from_secs(86_400);
/// So many wait at the same time for one room; others are shown when those are decided of.
const AT_ONCE: usize = 9;

/// Whether two must vouch for who asks to be let into rooms of that purpose.
pub fn needs_vouching(app: &App, purpose: Purpose) -> bool {
    let directory = app.directory();
    let mut blueprints = directory.blueprints.iter();
    blueprints.any(|blueprint| blueprint.purpose == purpose && blueprint.vouch)
}

/// Brings cards to who asks, as it was just listed.
pub async fn look(
    turn: &mut Turn<'_>,
    rows: &[RoomRow],
    asks: &BTreeMap<RoomRef, Vec<PersonRef>>,
) -> anyhow::Result<()> {
    if asks.is_empty() {
        return Ok(());
    }
    let app = turn.app;
    let open = turn.tx.open_askers().await;
    let open = open.context("Cannot read who asks to be let in")?;
    let mut waiting: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut left = open.len();
    for asker in &open {
        let room = rows.iter().find(|row| row.name == asker.room);
        let place = room.and_then(|row| row.room.as_ref());
        let Some(people) = place.and_then(|place| asks.get(place)) else {
            // Of a room that is gone, or that was not listed.
            if room.is_none() {
                left -= 1;
                turn.tx.close_asker(&asker.id, turn.now).await?;
            }
            continue;
        };
        let person = app.keyring.open(&asker.person)?;
        turn.because_of(format!("asker/{}/{}", asker.id, turn.now.as_ms()));
        if !people.contains(&person) {
            left -= 1;
            close(turn, rows, asker, Asking::Gone).await?;
        } else if is_banned(turn, &person) {
            left -= 1;
            decide(turn, rows, asker, false);
            close(turn, rows, asker, Asking::Refused).await?;
        } else if asker.expires_at <= turn.now {
            left -= 1;
            decide(turn, rows, asker, false);
            close(turn, rows, asker, Asking::Lapsed).await?;
        } else {
            let hash = app.keyring.lasting(&person);
            waiting.entry(asker.room.as_str()).or_default().insert(hash);
        }
        turn.settle_cause();
    }
    for (place, people) in asks {
        let room = rows.iter().find(|row| row.room.as_ref() == Some(place));
        let Some(room) = room.filter(|row| needs_vouching(app, row.set.purpose)) else {
            continue;
        };
        let known = waiting.remove(room.name.as_str()).unwrap_or_default();
        let mut shown = known.len();
        for person in people {
            let hash = app.keyring.lasting(person);
            if shown < AT_ONCE
                && !known.contains(&hash)
                && !is_banned(turn, person)
                && add(turn, rows, room, person, &hash).await?
            {
                shown += 1;
                left += 1;
            }
        }
    }
    app.rooms.has_askers.store(left > 0, Ordering::Relaxed);
    Ok(())
}

/// Whether somebody is kept out of rooms: they are not shown, and nobody can vouch for them.
fn is_banned(turn: &Turn<'_>, person: &PersonRef) -> bool {
    let trusted = turn.trust();
    !trusted.is_empty()
        && trust::hashes(turn.app, person)
            .iter()
            .any(|hash| trusted.is_banned(hash, turn.now))
}

/// Shows somebody who asks; whether they are new.
async fn add(
    turn: &mut Turn<'_>,
    rows: &[RoomRow],
    room: &RoomRow,
    person: &PersonRef,
    hash: &str,
) -> anyhow::Result<bool> {
    let app = turn.app;
    let since = turn.now - REST;
    let Some(handle) = turn.tx.free_asker_handle(since).await? else {
        return Ok(false);
    };
    // Its name is of this asking, so that a later one gets a card of its own; and not of the person.
    let id = format!("{handle}/{}/{}", room.name, turn.now.as_ms());
    let id = app.keyring.derived_id("asker", &id);
    let who = format!("{}/{hash}", room.name);
    let who = app.keyring.derived_id("asks", &who);
    let asker = AskerRow {
        id: SubjectId::new(id),
        handle,
        room: room.name.clone(),
        person: app.keyring.seal(person, hash)?,
        asked_at: turn.now,
        expires_at: turn.now + WAITS,
    };
    let added = turn.tx.add_asker(&asker, &who, since).await;
    if !added.context("Cannot keep who asks to be let in")? {
        return Ok(false);
    }
    turn.because_of(format!("asks/{}/{}", asker.id, turn.now.as_ms()));
    show(turn, rows, &asker, 0, Asking::Waits);
    turn.settle_cause();
    Ok(true)
}

/// Somebody vouches for who asks; the second lets them in.
pub async fn vouch(turn: &mut Turn<'_>, said: &Said<'_>, asker: AskerRow) -> anyhow::Result<()> {
    let app = turn.app;
    let rows = known(turn).await?;
    let Some(room) = rows.iter().find(|row| row.name == asker.room) else {
        return Ok(());
    };
    if !stands_for(turn, said.author, room) {
        return not_allowed(turn, said);
    }
    let own = hashes_of(app, &said.author.person);
    let person = app.keyring.open(&asker.person)?;
    if own.contains(&app.keyring.lasting(&person)) {
        return roles::answer(turn, said, AboutPeople::Yourself);
    }
    if is_banned(turn, &person) {
        decide(turn, &rows, &asker, false);
        return close(turn, &rows, &asker, Asking::Refused).await;
    }
    let vouchers = turn.tx.vouchers(&asker.id).await?;
    if vouchers.iter().any(|hash| own.contains(hash)) {
        let handle = asker.handle.to_string();
        let about = AboutNewcomers::AnotherMustVouch { handle };
        let target = said.author.alone(app)?;
        turn.say(target, Prompt::Newcomers(about), Urgency::Answer);
        return Ok(());
    }
    let hash = app.keyring.lasting(&said.author.person);
    turn.tx.note_vouch(&asker.id, &hash, turn.now).await?;
    let handle = asker.handle.to_string();
    note(turn, said, room, RoomAct::VouchFor { handle }).await?;
    let vouched = vouchers.len() + 1;
    if vouched < NEEDED {
        show(turn, &rows, &asker, vouched, Asking::Waits);
        return Ok(());
    }
    decide(turn, &rows, &asker, true);
    close(turn, &rows, &asker, Asking::LetIn).await
}

/// Somebody does not want them let in.
pub async fn refuse(turn: &mut Turn<'_>, said: &Said<'_>, asker: AskerRow) -> anyhow::Result<()> {
    let rows = known(turn).await?;
    let Some(room) = rows.iter().find(|row| row.name == asker.room) else {
        return Ok(());
    };
    if !stands_for(turn, said.author, room) {
        return not_allowed(turn, said);
    }
    let handle = asker.handle.to_string();
    note(turn, said, room, RoomAct::TurnAway { handle }).await?;
    decide(turn, &rows, &asker, false);
    close(turn, &rows, &asker, Asking::Refused).await
}

async fn known(turn: &mut Turn<'_>) -> anyhow::Result<Vec<RoomRow>> {
    let mut rows = turn.tx.rooms().await.context("Cannot read the rooms")?;
    splitting::take_over(turn.app, &mut rows);
    Ok(rows)
}

fn not_allowed(turn: &mut Turn<'_>, said: &Said<'_>) -> anyhow::Result<()> {
    let needs = Role::Verifier;
    let target = said.author.alone(turn.app)?;
    turn.say(target, Prompt::NotAllowed { needs }, Urgency::Answer);
    Ok(())
}

async fn note(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    room: &RoomRow,
    act: RoomAct,
) -> anyhow::Result<()> {
    let title = room.state.title.clone();
    let deed = Deed::Rooms { act, title };
    audit::note_in(turn, said.author, &areas_of(room), deed).await
}

fn areas_of(room: &RoomRow) -> Vec<AreaId> {
    room.set.areas.iter().cloned().collect()
}

/// Whether somebody is a verifier or moderator where that room is: by the room they write in, by the settings, by what two moderators gave.
fn stands_for(turn: &Turn<'_>, author: &Author, room: &RoomRow) -> bool {
    let areas = areas_of(room);
    let is_here = author.room.as_ref().is_some_and(|own| {
        author.seat >= Role::Verifier && (areas.is_empty() || own.serves(&areas))
    });
    let given = || {
        trust::role_of(
            turn.app,
            turn.trust(),
            &author.person,
            Some(&areas),
            turn.now,
        )
    };
    let whole_city = || author.role >= Role::Moderator && Remit::of(turn, author).covers(&areas);
    !author.rests && (is_here || given() >= Role::Verifier || whole_city())
}

/// The hashes of somebody and of the other accounts that the settings call by the same name.
fn hashes_of(app: &App, person: &PersonRef) -> BTreeSet<String> {
    let directory = app.directory();
    let entries = || directory.people.iter();
    let name = entries()
        .find(|entry| &entry.person == person)
        .and_then(|entry| entry.name.as_ref());
    let others = entries().filter(|entry| name.is_some() && entry.name.as_ref() == name);
    others
        .map(|entry| &entry.person)
        .chain([person])
        .map(|person| app.keyring.lasting(person))
        .collect()
}

/// Has the platform let them in, or not.
fn decide(turn: &mut Turn<'_>, rows: &[RoomRow], asker: &AskerRow, is_in: bool) {
    let person = asker.person.clone();
    if let Some(room) = rows.iter().find(|row| row.name == asker.room) {
        splitting::change(turn, room, |room| {
            if is_in {
                Arrangement::AdmitOne { room, person }
            } else {
                Arrangement::RefuseOne { room, person }
            }
        });
    }
}

async fn close(
    turn: &mut Turn<'_>,
    rows: &[RoomRow],
    asker: &AskerRow,
    stage: Asking,
) -> anyhow::Result<()> {
    show(turn, rows, asker, NEEDED, stage);
    let closed = turn.tx.close_asker(&asker.id, turn.now).await;
    closed.context("Cannot close who asked to be let in")
}

/// Shows how it stands, to moderators and to those who verify there: a new card, or the old one changed in place.
fn show(turn: &mut Turn<'_>, rows: &[RoomRow], asker: &AskerRow, vouched: usize, stage: Asking) {
    let Some(room) = rows.iter().find(|row| row.name == asker.room) else {
        return;
    };
    let is_waiting = stage == Asking::Waits;
    let about = AboutNewcomers::Asks {
        handle: asker.handle.to_string(),
        room: room.state.title.clone(),
        person: is_waiting.then(|| asker.person.clone()),
        name: None,
        vouched: u32::try_from(vouched).unwrap_or(u32::MAX),
        needed: u32::try_from(NEEDED).unwrap_or(u32::MAX),
        stage,
    };
    let post = Post {
        about: asker.id.clone(),
        kind: PostKind::Asker,
    };
    for place in judges(&turn.app.directory(), &areas_of(room)) {
        let prompt = Prompt::Newcomers(about.clone());
        let post = post.clone();
        turn.owe(
            Target::Room(place),
            Act::Edit { post, prompt },
            Urgency::Card,
        );
    }
}

/// The rooms in which those are who may say something to it.
fn judges(directory: &Directory, areas: &[AreaId]) -> Vec<RoomRef> {
    let verifiers = route::verifiers(directory, areas);
    let mut rooms: Vec<RoomRef> = Vec::new();
    for room in route::moderators_of(directory, areas)
        .into_iter()
        .chain(verifiers)
    {
        if !rooms.contains(&room.room) {
            rooms.push(room.room.clone());
        }
    }
    rooms
}
