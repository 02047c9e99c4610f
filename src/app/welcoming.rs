//! Welcomes who comes into a room: once for each person and area, alone where that can be, at a bounded rate, after all else that is said.
//!
//! That they were welcomed is remembered by an id made of their address and the areas, under the key; nothing else is kept of them.
//! How many came lately is counted in memory ([`Counted`]).

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::Context;

use crate::{
    app::{App, author::Author, trust, turn::Turn, upkeep},
    domain::{
        directory::Room,
        effect::{Target, Urgency},
        envelope::{Envelope, RoomRef},
        ids::AreaId,
        prompt::{AboutNewcomers, Prompt},
        role::Role,
        welcome::{Counted, Manner},
    },
};

/// Who came longer ago, while the bot did not hear of it, has found their way.
const FRESH: Duration = Duration::from_secs(86_400);

/// Counts whom it welcomes.
#[derive(Default)]
pub struct Greeter(Mutex<Counted>);

impl Greeter {
    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody came into a room.
pub async fn came(turn: &mut Turn<'_>, envelope: &Envelope, room: &RoomRef) -> anyhow::Result<()> {
    let app = turn.app;
    let directory = app.directory();
    let Some(room) = directory
        .room(room)
        .filter(|room| app.policy.rooms.welcome && room.purpose.welcomes())
    else {
        return Ok(());
    };
    let person = &envelope.sender;
    // Who has a role elsewhere knows the network, and who is banned is put out anyway.
    let given = trust::role_of(app, turn.trust(), person, None, turn.now);
    let is_known = given.max(envelope.standing.unwrap_or_default()) > Role::Neighbor;
    let author = Author::of(turn, envelope, Some(room.clone()));
    let is_fresh = turn.now.since(envelope.sent_at) < FRESH;
    if is_known || author.is_banned || !is_fresh {
        return Ok(());
    }
    let can_direct = app
        .capabilities(room.room.platform)
        .is_some_and(|can| can.direct);
    let wave = app.policy.rooms.join_wave;
    let manner = app
        .greeter
        .counted()
        .manner(&room.room, can_direct, wave, turn.now);
    if manner == Manner::Not {
        return Ok(());
    }
    let id = welcome_id(app, room, &author);
    let is_first = turn.tx.note_welcomed(&id, turn.now).await;
    if !is_first.context("Cannot note who is welcomed")? {
        return Ok(());
    }
    app.greeter.counted().welcomed(&room.room, manner, turn.now);
    let name = room.name.clone();
    let purpose = room.purpose;
    let (target, about) = if manner == Manner::Alone {
        let about = AboutNewcomers::Welcome {
            room: name,
            purpose,
            hours: upkeep::kept(app).reports_h,
            hotline: app.community.hotline.clone(),
        };
        (Target::Person(author.sealed(app)?), about)
    } else {
        let about = AboutNewcomers::WelcomeHere { room: name };
        (Target::Room(room.room.clone()), about)
    };
    // After alerts, cards and answers: nobody waits for it.
    turn.say(target, Prompt::Newcomers(about), Urgency::Chore);
    Ok(())
}

/// The same for the same person in rooms of the same areas.
fn welcome_id(app: &App, room: &Room, author: &Author) -> String {
    let areas: Vec<&str> = room.areas.iter().map(AreaId::as_str).collect();
    let person = app.keyring.lasting(&author.person);
    app.keyring
        .derived_id("welcome", &format!("{}/{person}", areas.join("+")))
}
