//! What moderators do, as it stands in the log: what and to what, never anybody's words.
//!
//! # How to add a deed
//! A variant here, a message `deed-…` in `prompts/*/acts.ftl`, an arm in `phrasebook/acts.rs`; then `audit::note` of the shell where
//! it is done.

use serde::{Deserialize, Serialize};

use crate::domain::role::Role;

/// One act of a moderator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Proposed something that takes a second moderator.
    Proposed {
        /// `B3`.
        handle: String,
    },
    /// Was the second moderator for it.
    Seconded {
        /// `B3`.
        handle: String,
    },
    /// Let something held go on.
    Released {
        /// `H2`.
        handle: String,
        /// `K7`: as news of what.
        incident: String,
    },
    /// Let it go on in other words.
    Amended {
        /// `H2`.
        handle: String,
        /// `K7`: as news of what.
        incident: String,
    },
    /// Wiped what was kept of an area.
    Shredded {
        /// Its name.
        area: String,
    },
    /// Dropped a proposal, or something held.
    Dropped {
        /// `B3` or `H2`.
        handle: String,
    },
    /// Gave somebody a role, as the second moderator.
    GaveRole {
        /// Whom, by the name they are called by; so in all that follow.
        whom: String,
        /// Which.
        role: Role,
    },
    /// Took a role from somebody, as the second moderator.
    TookRole {
        /// From whom.
        whom: String,
        /// Which.
        role: Role,
    },
    /// Has other keys than before, so their role rests.
    Rests,
    /// Said that somebody with other keys is who they were.
    Vouched {
        /// For whom.
        whom: String,
    },
    /// Banned somebody.
    Banned {
        /// Whom.
        whom: String,
        /// From every room, not only an area's.
        is_everywhere: bool,
    },
    /// Muted somebody.
    Muted {
        /// Whom.
        whom: String,
        /// For how many hours.
        hours: u64,
    },
    /// Took a ban or mute back.
    Unbanned {
        /// Whose.
        whom: String,
    },
    /// Took back what the bot had relayed.
    Deleted {
        /// `K7` or `B3`.
        handle: String,
    },
    /// Counted one incident towards another.
    Merged {
        /// `M2`.
        handle: String,
        /// `K7`.
        into: String,
    },
    /// Did something about rooms.
    Rooms {
        /// What.
        act: RoomAct,
        /// What the room is called, or the area.
        title: String,
    },
    /// Took back what was decided of an incident or merged.
    Undone {
        /// `M2`.
        handle: String,
    },
    /// Made a poster of an area's door.
    MadePoster {
        /// The area's name.
        area: String,
        /// The poster's code.
        code: String,
    },
    /// Made a poster's code invalid.
    RevokedCode {
        /// The area's name.
        area: String,
        /// The code.
        code: String,
    },
}

/// What can be done about rooms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomAct {
    /// Have the door turned now.
    Split,
    /// Have it turned only when nobody gets in any more.
    Wait,
    /// Have it turned at so many people.
    Raise {
        /// How many.
        to: u32,
    },
    /// A new link.
    NewLink,
    /// Invite its people into a sibling.
    MergeDown {
        /// What that is called.
        into: String,
    },
    /// Have the rooms of a neighborhood made.
    SetUp {
        /// Its name.
        area: String,
    },
    /// Make a room one of a neighborhood's.
    Adopt {
        /// Its name.
        area: String,
    },
    /// Let in who asks.
    Admit,
    /// Send away who asks.
    Refuse,
    /// Vouch for somebody who asks.
    VouchFor {
        /// `J3`.
        handle: String,
    },
    /// Send away one who asks where others could have vouched.
    TurnAway {
        /// `J3`.
        handle: String,
    },
    /// Have the rooms of a neighborhood hear each other's talk, or only alerts.
    Relay {
        /// All that is said.
        is_on: bool,
    },
}

/// One act as the log tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// Who, by the name they are called by.
    pub who: String,
    /// What.
    pub deed: Deed,
    /// When.
    pub at: crate::domain::timestamp::Timestamp,
}
