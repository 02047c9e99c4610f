//! Puts rooms into the community's Space, where a network has such a thing and the community one of them.
//!
//! Those of neighbors only: that there is a room of verifiers, moderators or liaisons concerns nobody who is not in it.

use std::collections::BTreeMap;

use super::splitting;
use crate::{
    app::{App, turn::Turn},
    domain::{
        directory::Purpose,
        envelope::{PlatformKind, RoomRef},
        split::{Arrangement, Stage},
    },
    store::RoomRow,
};

/// The Space of each platform that has one.
fn spaces(rows: &[RoomRow]) -> BTreeMap<PlatformKind, RoomRef> {
    let spaces = rows.iter().filter(|row| row.set.purpose == Purpose::Space);
    let there = spaces.filter(|row| row.state.sibling.stage == Stage::Open);
    there
        .filter_map(|row| Some((row.set.platform, row.room.clone()?)))
        .collect()
}

/// A room that is not in its Space yet, and the Space.
fn missing(app: &App, rows: &[RoomRow]) -> Vec<(usize, RoomRef)> {
    let spaces = spaces(rows);
    if spaces.is_empty() {
        return Vec::new();
    }
    let is_left = |row: &RoomRow| {
        row.set.purpose.has_siblings()
            && row.room.is_some()
            && row.state.sibling.is_there()
            && !row.state.is_placed
    };
    let can = |platform| app.capabilities(platform).is_some_and(|can| can.nests);
    rows.iter()
        .enumerate()
        .filter(|(_, row)| is_left(row) && can(row.set.platform))
        .filter_map(|(at, row)| Some((at, spaces.get(&row.set.platform)?.clone())))
        .collect()
}

/// Whether there is one.
pub fn is_something_to_do(app: &App, rows: &[RoomRow]) -> bool {
    !missing(app, rows).is_empty()
}

/// Owes all of them their places, once. What the network refuses stands in the log: the door leads there all the same.
pub fn place(turn: &mut Turn<'_>, rows: &mut [RoomRow]) {
    for (at, space) in missing(turn.app, rows) {
        let row = &mut rows[at];
        row.state.is_placed = true;
        turn.because_of(format!("placed/{}/{space}", row.name));
        splitting::change(turn, row, |room| Arrangement::Place { room, space });
        turn.settle_cause();
    }
}
