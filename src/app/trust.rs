//! Who is trusted with what, held in memory: every message asks, and nothing is asked of the database for it.
//!
//! A turn learns with its place in the queue whether another process changed anything ([`crate::store::Tx::lock_intake`]); only then
//! it is read anew. What a turn changes itself counts at once, and for everybody else when it is committed.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;

use crate::{
    app::{App, author::Author, turn::Turn},
    domain::{
        envelope::PersonRef,
        ids::AreaId,
        nickname,
        role::Role,
        timestamp::Timestamp,
        trust::{Ban, Grant, Trust},
    },
};

/// What this process knows, and as of which change.
#[derive(Default)]
pub struct Memory(Mutex<Option<(i64, Arc<Trust>)>>);

impl Memory {
    /// What is known, if that is how things stand after so many changes.
    pub fn at(&self, version: i64) -> Option<Arc<Trust>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref()
            .filter(|(known, _)| *known == version)
            .map(|(_, trust)| Arc::clone(trust))
    }

    /// How things stand after so many changes; `None` where that cannot be told.
    pub fn keep(&self, known: Option<(i64, Arc<Trust>)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

impl Turn<'_> {
    /// Gives a role, or the same with another term.
    pub async fn give_role(&mut self, grant: Grant) -> anyhow::Result<()> {
        let given = self.tx.give_role(&grant).await;
        given.context("Cannot give a role")?;
        self.trust_anew().give(grant);
        Ok(())
    }

    /// Takes a role away.
    pub async fn take_role(&mut self, grant: &Grant) -> anyhow::Result<()> {
        let taken = self.tx.take_role(grant).await;
        taken.context("Cannot take a role away")?;
        self.trust_anew().take(grant);
        Ok(())
    }

    /// Lets somebody's role rest; whether it did not rest before.
    pub async fn rest_role(&mut self, hash: &str) -> anyhow::Result<bool> {
        if self.trust().resting.contains(hash) {
            return Ok(false);
        }
        let rests = self.tx.rest_role(hash, self.now).await;
        rests.context("Cannot let a role rest")?;
        Ok(self.trust_anew().resting.insert(hash.to_owned()))
    }

    /// Lets somebody's role count again; whether it rested.
    pub async fn rest_no_more(&mut self, hashes: &[String]) -> anyhow::Result<bool> {
        let mut rested = false;
        for hash in hashes {
            if self.trust().resting.contains(hash) {
                let ended = self.tx.rest_no_more(hash).await;
                ended.context("Cannot let a role count again")?;
                rested |= self.trust_anew().resting.remove(hash);
            }
        }
        Ok(rested)
    }

    /// Notes which role a room or a platform gives a writer, where that is news.
    pub async fn note_seat(&mut self, author: &Author) -> anyhow::Result<()> {
        if author.seat == Role::Neighbor {
            return Ok(());
        }
        let hash = self.app.keyring.lasting(&author.person);
        if let Some(seat) = self.trust().seat_to_note(&hash, author.seat, self.now) {
            let noted = self.tx.note_seat(&hash, seat.role, seat.seen_at).await;
            noted.context("Cannot note a role")?;
            self.trust_anew().seats.insert(hash, seat);
        }
        Ok(())
    }

    /// Keeps a ban.
    pub async fn save_ban(&mut self, ban: Ban) -> anyhow::Result<()> {
        let saved = self.tx.save_ban(&ban).await;
        saved.context("Cannot keep a ban")?;
        self.trust_anew().bans.insert(ban.hash.clone(), ban);
        Ok(())
    }
}

/// Under which hashes somebody may be known: the one that stays, and those that earlier keys made of it.
pub fn hashes(app: &App, person: &PersonRef) -> Vec<String> {
    let mut hashes = vec![app.keyring.lasting(person)];
    hashes.extend(app.keyring.former(person));
    hashes
}

/// The name somebody is called by in the moderators' log: what the settings call them, else one made of the hash that stays.
pub fn called(app: &App, person: &PersonRef) -> String {
    let directory = app.directory();
    let mut entries = directory.people.iter();
    entries
        .find_map(|entry| entry.name.clone().filter(|_| &entry.person == person))
        .unwrap_or_else(|| nickname::of(&app.keyring.lasting(person)))
}

/// What somebody may do beside what a platform or a room gives them: for any of these areas; of any area where it is `None`.
pub fn role_of(
    app: &App,
    trust: &Trust,
    person: &PersonRef,
    areas: Option<&[AreaId]>,
    now: Timestamp,
) -> Role {
    let appointed = app.directory().appointed(person, areas, now);
    if trust.grants.is_empty() {
        return appointed;
    }
    hashes(app, person)
        .iter()
        .map(|hash| trust.granted(hash, areas, now))
        .max()
        .unwrap_or_default()
        .max(appointed)
}
