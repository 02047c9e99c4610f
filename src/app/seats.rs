//! Who was seen to be a moderator by a room or a platform, since this process started: so that one moderator alone does not ban
//! another. In memory only; after a start they count once they write.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

/// A community has far fewer moderators; beyond that the rest is not remembered.
const MOST: usize = 10_000;

/// Their hashes that stay.
#[derive(Default)]
pub struct Seats(Mutex<BTreeSet<String>>);

impl Seats {
    /// Remembers somebody.
    pub fn note(&self, hash: String) {
        let mut seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seats.len() < MOST {
            seats.insert(hash);
        }
    }

    /// Whether somebody was seen as one.
    pub fn has(&self, hash: &str) -> bool {
        let seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seats.contains(hash)
    }
}
