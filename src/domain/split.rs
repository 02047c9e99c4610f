//! Rooms that never fill up: when a sibling is prepared, when the door is turned to it, when a room is closed to links.
//!
//! The rooms of one purpose for the same areas on one platform are **siblings**. Each has a limit; three marks below it (PRODUCT,
//! "Rooms, doors, splits") say what happens: at the first a sibling is prepared, at the second the door leads there, at the third
//! nobody gets in by link any more. Nobody is moved. [`plan`] says what is to be done now; it is asked again whenever somebody
//! came or went, and saying it twice does nothing twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::domain::{
    directory::Purpose,
    effect::SealedPerson,
    envelope::{PlatformKind, RoomRef},
    ids::AreaId,
    timestamp::Timestamp,
};

/// Signal's storage service takes no more into a group (Signal facts); where a community does not say what it wants on other
/// platforms, the same.
pub const MOST: u32 = 1_000;

/// The marks of a room, as parts of its limit in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// A sibling is prepared.
    pub prepare: u32,
    /// The door leads elsewhere.
    pub turn: u32,
    /// Nobody gets in by link.
    pub stop: u32,
}

impl Default for Marks {
    fn default() -> Self {
        Self {
            prepare: 90,
            turn: 95,
            stop: 98,
        }
    }
}

/// How many people rooms take.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits {
    /// By platform; [`MOST`] where nothing is said.
    pub by_platform: BTreeMap<PlatformKind, u32>,
    /// Rooms with a limit of their own.
    pub by_room: BTreeMap<RoomRef, u32>,
    /// The marks.
    pub marks: Marks,
}

impl Limits {
    /// The most people a room may have.
    #[must_use]
    pub fn of(&self, room: &RoomRef) -> u32 {
        let own = self.by_room.get(room);
        own.copied().unwrap_or_else(|| self.on(room.platform))
    }

    /// The most people a new room on that platform may have.
    #[must_use]
    pub fn on(&self, platform: PlatformKind) -> u32 {
        self.by_platform.get(&platform).copied().unwrap_or(MOST)
    }
}

/// Which rooms are siblings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SetKey {
    /// On which platform.
    pub platform: PlatformKind,
    /// What they are for.
    pub purpose: Purpose,
    /// For which areas.
    pub areas: BTreeSet<AreaId>,
}

impl SetKey {
    /// A name of its own, for causes and cards.
    #[must_use]
    pub fn name(&self) -> String {
        let areas: Vec<&str> = self.areas.iter().map(AreaId::as_str).collect();
        format!(
            "{}/{}/{}",
            self.platform,
            self.purpose.as_str(),
            areas.join("+")
        )
    }
}

/// How far a sibling is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// It is being made.
    Making,
    /// It could not be made: moderators were told what to do.
    Failed,
    /// It is there; the door does not lead to it yet.
    Prepared,
    /// The door may lead to it.
    Open,
    /// The door leads to it no more: its people were invited elsewhere.
    Retired,
}

/// What was done about a room that fills up; each is done once until the room has emptied again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Told {
    /// Moderators were told that it is nearly full and that a sibling is ready.
    pub nearly: bool,
    /// The door was turned away from it, and the room told.
    pub turned: bool,
    /// Nobody gets in by link.
    pub stopped: bool,
}

/// How people get into a room by its link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkMode {
    /// Whoever has it is in.
    Open,
    /// Whoever has it asks, and an admin lets them in.
    Approval,
    /// There is none.
    Off,
}

/// A room that a neighborhood gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blueprint {
    /// What it is for.
    pub purpose: Purpose,
    /// What it is called; `{area}` stands for the neighborhood's name.
    pub title: String,
    /// What it says of itself; likewise.
    pub description: String,
    /// After how many hours messages disappear; 0: they stay.
    pub timer_h: u32,
    /// How people get in.
    pub link: LinkMode,
    /// Only admins write there.
    pub is_quiet: bool,
    /// Who asks is let in when two of those who have a role there vouch for them, in every room of that purpose.
    pub vouch: bool,
}

/// What is to be done about a room, as it waits in the outbox: who is in it is looked up only when it is carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrangement {
    /// Make another room like one that there is: what it is for, its rules, timer, admins.
    Sibling {
        /// Like which.
        like: RoomRef,
        /// What it is called.
        title: String,
        /// By which it is known again; see `platforms::rooms::NewRoom`.
        marker: String,
        /// How people get in.
        link: LinkMode,
    },
    /// Make a room that is like no other.
    Found {
        /// What it is called.
        title: String,
        /// What it is for.
        description: String,
        /// By which it is known again.
        marker: String,
        /// After how many hours messages disappear; 0: they stay.
        timer_h: u32,
        /// How people get in.
        link: LinkMode,
        /// Only admins write there.
        is_quiet: bool,
        /// Whose members become admins of it: the moderators' room on that platform.
        admins_of: Option<RoomRef>,
        /// It is no room to write in but one that holds rooms.
        #[serde(default)]
        is_space: bool,
    },
    /// Put a room into one that holds rooms.
    Place {
        /// Which room.
        room: RoomRef,
        /// Into which.
        space: RoomRef,
    },
    /// Another way in.
    Link {
        /// Into which room.
        room: RoomRef,
        /// Which.
        mode: LinkMode,
    },
    /// A new link; the old one leads nowhere any more.
    NewLink {
        /// To which room.
        room: RoomRef,
    },
    /// Let everybody in who asks.
    Admit {
        /// Into which room.
        room: RoomRef,
    },
    /// Let nobody in of those who ask now.
    Refuse {
        /// Into which room.
        room: RoomRef,
    },
    /// Let one in of those who ask.
    AdmitOne {
        /// Into which room.
        room: RoomRef,
        /// Whom.
        person: SealedPerson,
    },
    /// Do not let that one in.
    RefuseOne {
        /// Into which room.
        room: RoomRef,
        /// Whom.
        person: SealedPerson,
    },
}

impl Arrangement {
    /// Whether it lets people in or sends them away.
    #[must_use]
    pub const fn is_about_askers(&self) -> bool {
        matches!(
            self,
            Self::Admit { .. }
                | Self::Refuse { .. }
                | Self::AdmitOne { .. }
                | Self::RefuseOne { .. }
        )
    }
}

/// A room among its siblings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sibling {
    /// The how manieth it is, from 1.
    pub number: u32,
    /// How far it is.
    pub stage: Stage,
    /// How many places are taken.
    pub taken: u32,
    /// The most people it may have.
    pub limit: u32,
    /// The door is turned at this many, where moderators said so.
    pub raised: Option<u32>,
    /// Moderators want to wait: the door is turned only when nobody gets in any more.
    pub waits: bool,
    /// What was done.
    pub told: Told,
}

/// The part of a limit, rounded so that a mark never lies above it: the first whole number that is at least so much.
#[must_use]
pub fn part(limit: u32, percent: u32) -> u32 {
    let part = (u64::from(limit) * u64::from(percent)).div_ceil(100);
    u32::try_from(part).unwrap_or(limit).clamp(1, limit.max(1))
}

impl Sibling {
    /// From so many people on the door leads elsewhere.
    #[must_use]
    pub fn turns_at(&self, marks: Marks) -> u32 {
        let stop = self.stops_at(marks);
        if self.waits {
            return stop;
        }
        let turn = self.raised.unwrap_or_else(|| part(self.limit, marks.turn));
        turn.min(stop)
    }

    /// From so many people on nobody gets in by link.
    #[must_use]
    pub fn stops_at(&self, marks: Marks) -> u32 {
        let stop = part(self.limit, marks.stop);
        // A wish above the mark is a wish: the limit itself holds.
        self.raised
            .map_or(stop, |raised| raised.clamp(stop, self.limit))
    }

    /// How many can still come before the door is turned, with so many on their way.
    #[must_use]
    pub fn space(&self, marks: Marks, on_their_way: u32) -> u32 {
        self.turns_at(marks)
            .saturating_sub(self.taken.saturating_add(on_their_way))
    }

    /// Whether the door may lead there.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Open)
    }

    /// Whether there is such a room and people are, or will be, led there.
    #[must_use]
    pub const fn is_there(&self) -> bool {
        matches!(self.stage, Stage::Open | Stage::Prepared)
    }
}

/// One thing to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Make a sibling with this number.
    Prepare(u32),
    /// Tell moderators that this one is nearly full and that one is ready.
    TellNearly {
        /// The full one.
        full: u32,
        /// The ready one.
        ready: u32,
    },
    /// The door may lead to this one from now on.
    Open(u32),
    /// Tell this room, once, that new people go elsewhere.
    Turn(u32),
    /// Let nobody into this one by link.
    Stop(u32),
    /// People left: let others in again.
    Reopen(u32),
}

/// What is to be done about some siblings now. `expected` is how many people are about to come, by how fast they came.
#[must_use]
pub fn plan(siblings: &[Sibling], marks: Marks, expected: u32) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut siblings = siblings.to_vec();
    siblings.sort_by_key(|sibling| sibling.number);
    if !siblings.iter().any(Sibling::is_there) {
        return steps;
    }
    // The door first: whoever knocks must find one that is open.
    let has_space = |sibling: &Sibling| sibling.is_open() && sibling.space(marks, 0) > 0;
    if !siblings.iter().any(has_space)
        && let Some(next) = siblings
            .iter_mut()
            .find(|sibling| sibling.stage == Stage::Prepared)
    {
        next.stage = Stage::Open;
        steps.push(Step::Open(next.number));
    }
    let is_space_elsewhere = |number: u32| {
        siblings
            .iter()
            .any(|other| other.number != number && has_space(other))
    };
    for sibling in siblings.iter().filter(|sibling| sibling.is_open()) {
        let number = sibling.number;
        let (turns, stops) = (sibling.turns_at(marks), sibling.stops_at(marks));
        if sibling.taken >= turns && !sibling.told.turned && is_space_elsewhere(number) {
            steps.push(Step::Turn(number));
        }
        if sibling.taken >= stops && !sibling.told.stopped {
            steps.push(Step::Stop(number));
        } else if sibling.told.stopped && sibling.taken < turns {
            steps.push(Step::Reopen(number));
        }
    }
    steps.extend(preparation(&siblings, marks, expected));
    let is_nearly_full = |sibling: &&Sibling| {
        sibling.is_open()
            && !sibling.told.nearly
            && sibling.taken >= part(sibling.limit, marks.prepare)
    };
    for full in siblings.iter().filter(is_nearly_full) {
        let others = || siblings.iter().filter(|other| other.number != full.number);
        // Where many came at once the door may lead there already.
        let ready = others()
            .find(|other| other.stage == Stage::Prepared)
            .or_else(|| others().find(|other| has_space(other)));
        if let Some(ready) = ready {
            steps.push(Step::TellNearly {
                full: full.number,
                ready: ready.number,
            });
        }
    }
    steps
}

/// A sibling is prepared when those that are there have less space left than the tenth of one that the first mark leaves, or
/// than people are about to need; one at a time.
fn preparation(siblings: &[Sibling], marks: Marks, expected: u32) -> Option<Step> {
    let is_under_way = |sibling: &Sibling| matches!(sibling.stage, Stage::Making | Stage::Failed);
    if siblings.iter().any(is_under_way) {
        return None;
    }
    let newest = siblings.last()?;
    let there = siblings.iter().filter(|sibling| sibling.is_there());
    let space: u32 = there
        .clone()
        .map(|sibling| sibling.space(marks, 0))
        .fold(0, u32::saturating_add);
    let is_nearly_full = |sibling: &Sibling| {
        sibling.taken >= part(sibling.limit, marks.prepare)
            || sibling.taken >= sibling.turns_at(marks)
    };
    let all_nearly_full = there.clone().all(is_nearly_full);
    (all_nearly_full || space < expected).then_some(Step::Prepare(newest.number + 1))
}

/// Where the door leads: to the open sibling with most space, the earliest of equals; where all are full, to one that is
/// prepared, though it is not said yet that it is open. `on_their_way` says how many were sent to each lately and have not arrived
/// yet.
#[must_use]
pub fn door(
    siblings: &[Sibling],
    marks: Marks,
    on_their_way: impl Fn(&Sibling) -> u32,
) -> Option<&Sibling> {
    let space = |sibling: &Sibling| sibling.space(marks, on_their_way(sibling));
    let best_of = |stage: Stage| {
        siblings
            .iter()
            .filter(|sibling| sibling.stage == stage && space(sibling) > 0)
            .max_by_key(|sibling| (space(sibling), std::cmp::Reverse(sibling.number)))
    };
    best_of(Stage::Open).or_else(|| best_of(Stage::Prepared))
}

/// Rooms with fewer people than this are small (PRODUCT, "Rooms, doors, splits").
pub const FEW: u32 = 300;
/// Two that were small for so long may become one (the same).
pub const SMALL_FOR: Duration = Duration::from_secs(30 * 86_400);

/// Two siblings that were small for long, the one to stay first: the later one's people would be invited to the earlier one.
/// Only where all of them fit in without its being nearly full. `small_since` says since when a room has had few people.
#[must_use]
pub fn mergeable(
    siblings: &[Sibling],
    marks: Marks,
    now: Timestamp,
    small_since: impl Fn(&Sibling) -> Option<Timestamp>,
) -> Option<(&Sibling, &Sibling)> {
    let is_small = |sibling: &&Sibling| {
        sibling.is_open()
            && sibling.taken < FEW
            && small_since(sibling).is_some_and(|since| now.since(since) >= SMALL_FOR)
    };
    let mut small: Vec<&Sibling> = siblings.iter().filter(is_small).collect();
    small.sort_by_key(|sibling| sibling.number);
    let (stays, goes) = (*small.first()?, *small.last()?);
    let together = stays.taken.saturating_add(goes.taken);
    (stays.number != goes.number && together < part(stays.limit, marks.prepare))
        .then_some((stays, goes))
}

/// The title of a sibling: that of the first with the number; `Whittier RR` and `Whittier RR 1` are followed by
/// `Whittier RR 2`.
#[must_use]
pub fn title(like: &str, number: u32) -> String {
    let base = numbered(like).map_or(like, |(base, _)| base);
    if number <= 1 {
        return base.to_owned();
    }
    format!("{base} {number}")
}

/// The number at the end of a title, if it is one of a sibling: up to three digits, so that years are none.
#[must_use]
pub fn numbered(title: &str) -> Option<(&str, u32)> {
    let (base, number) = title.trim().rsplit_once(' ')?;
    let is_plain = number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.parse().ok().filter(|number| *number > 0)?;
    (is_plain && !base.is_empty()).then_some((base, number))
}

#[cfg(test)]
mod tests;
