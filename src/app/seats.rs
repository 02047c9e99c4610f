//! Who was seen to have a role by a room or a platform, since this process started: so that one moderator alone does not ban another,
//! and new keys of who was let into a closed room are noticed. In memory only; after a start they count once they write.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::domain::role::Role;

/// A community has far fewer of them; beyond that the rest is not remembered.
const MOST: usize = 10_000;

/// Their highest roles, by the hash that stays.
#[derive(Default)]
pub struct Seats(Mutex<BTreeMap<String, Role>>);

impl Seats {
    /// Remembers somebody.
    pub fn note(&self, hash: String, role: Role) {
        let mut seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seats.len() < MOST || seats.contains_key(&hash) {
            let held = seats.entry(hash).or_default();
            *held = role.max(*held);
        }
    }

    /// The role somebody was seen to have.
    pub fn role(&self, hash: &str) -> Role {
        let seats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seats.get(hash).copied().unwrap_or_default()
    }
}
