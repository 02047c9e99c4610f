//! What the bot says about rooms that fill up.

use serde::{Deserialize, Serialize};

use crate::domain::split::Stage;

/// A room, and how full it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomLine {
    /// What it is called.
    pub title: String,
    /// How many places are taken.
    pub taken: u32,
    /// The most there are.
    pub limit: u32,
    /// How far it is.
    pub stage: Stage,
    /// How many ask to be let in.
    pub asking: u32,
    /// Whether the door leads there now.
    pub is_door: bool,
}

/// What is said about rooms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AboutRooms {
    /// Moderators: it is nearly full, and a sibling is ready.
    NearlyFull {
        /// The one that fills up.
        title: String,
        /// How many are in it.
        taken: u32,
        /// The most it takes.
        limit: u32,
        /// The one that is ready.
        ready: String,
        /// From so many on the door leads there.
        turns_at: u32,
    },
    /// A room: it is nearly full, and where new neighbors go.
    Full {
        /// What that one is called.
        next: String,
    },
    /// Moderators: a sibling could not be made, and what to do.
    NotMade {
        /// What it would be called.
        title: String,
        /// A short code.
        reason: String,
    },
    /// Moderators: a room could not be changed, and what to do.
    NotChanged {
        /// Which.
        title: String,
        /// A short code.
        reason: String,
        /// It should be closed to links, since it is full.
        is_full: bool,
    },
    /// Moderators: so many joined within an hour that people have to ask from now on.
    Wave {
        /// Which room.
        title: String,
        /// How many came.
        came: u32,
    },
    /// Moderators: two rooms were small for long and could be one.
    Small {
        /// The one whose people would be invited.
        from: String,
        /// To this one.
        to: String,
    },
    /// A room whose people are invited into its sibling.
    MergedDown {
        /// What that is called.
        to: String,
        /// Its link.
        link: String,
    },
    /// A moderator: how full rooms are.
    Limits {
        /// Each.
        lines: Vec<RoomLine>,
    },
    /// Moderators: a room that they asked for is there.
    Ready {
        /// What it is called.
        title: String,
        /// Its link, if it has one.
        link: String,
    },
    /// A moderator: the neighborhood has all its rooms.
    NothingToSetUp {
        /// Its name.
        area: String,
    },
    /// A moderator: the bot is in no room of that name that is nobody's yet.
    NotFound {
        /// The name.
        title: String,
    },
    /// A moderator: the bot can make rooms on no such platform, or does not know which.
    CannotMake,
    /// A moderator: which rooms do you mean?
    WhichRooms,
    /// A moderator: those have no sibling yet, it is being made.
    BeingMade {
        /// What it will be called.
        title: String,
    },
    /// A moderator: there are no two small rooms there.
    NothingToMerge,
    /// A room: what is said there and in its siblings is passed on from now on, or not any more.
    Relayed {
        /// What the siblings are called; none, if there are none yet.
        with: Vec<String>,
        /// It is.
        is_on: bool,
    },
    /// A moderator: so many cannot be meant.
    BadMark {
        /// The most that can.
        limit: u32,
    },
}
