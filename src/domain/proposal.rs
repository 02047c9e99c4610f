//! What takes two moderators: one proposes it, another seconds it (PRODUCT, privacy floor 9).
//!
//! # How to add one
//! A variant of [`Proposal`], how it is shown in `phrasebook/acts.rs` (`proposal-…` in `prompts/*/acts.ftl`), and an arm in
//! `app/seconding.rs` that carries it out.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{effect::SealedPerson, ids::AreaId, role::Role, timestamp::Timestamp};

/// How long a proposal waits for a second moderator.
pub const OPEN_FOR: Duration = Duration::from_secs(24 * 3600);

/// What is proposed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proposal {
    /// To have these words said to rooms and phones.
    Say {
        /// Of these areas; none means everywhere.
        areas: Vec<AreaId>,
        /// The words.
        words: String,
    },
    /// To wipe what is kept of an area.
    Shred {
        /// Which.
        area: AreaId,
    },
    /// To give somebody a role.
    GiveRole {
        /// To whom.
        person: SealedPerson,
        /// The name they are called by.
        whom: String,
        /// Which.
        role: Role,
        /// Where; none means everywhere.
        areas: Vec<AreaId>,
        /// Until when.
        until: Timestamp,
    },
    /// To take a role from somebody.
    TakeRole {
        /// From whom.
        person: SealedPerson,
        /// The name they are called by.
        whom: String,
        /// Which.
        role: Role,
        /// Where; none means wherever they hold it.
        areas: Vec<AreaId>,
    },
    /// To ban somebody from every room, or a moderator from some.
    Ban {
        /// Whom.
        person: SealedPerson,
        /// The name they are called by.
        whom: String,
        /// From these areas' rooms; none means everywhere.
        areas: Vec<AreaId>,
        /// Muted for so many hours instead.
        hours: Option<u64>,
    },
}

/// What moderators are shown of a proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preview {
    /// Words to rooms and phones.
    Say {
        /// The names of the areas; none means everywhere.
        areas: Vec<String>,
        /// The words.
        words: String,
        /// How many rooms hear them.
        rooms: u32,
        /// How many phones get them.
        phones: u32,
        /// Segments in all.
        segments: u64,
        /// What that costs, as written; nothing where no price is known.
        price: Option<String>,
        /// Phones hear nothing now, since it is night.
        is_quiet: bool,
    },
    /// All that is kept of an area, to be wiped.
    Shred {
        /// Its name.
        area: String,
        /// How many incidents and holds.
        incidents: u32,
        /// How many people get its alerts.
        phones: u32,
    },
    /// A role for somebody.
    GiveRole {
        /// The name they are called by.
        whom: String,
        /// Which.
        role: Role,
        /// The names of the areas; none means everywhere.
        areas: Vec<String>,
        /// Until when.
        until: Timestamp,
    },
    /// A role that is taken from somebody.
    TakeRole {
        /// The name they are called by.
        whom: String,
        /// Which.
        role: Role,
        /// The names of the areas; none means wherever they hold it.
        areas: Vec<String>,
    },
    /// Somebody to be banned.
    Ban {
        /// The name they are called by.
        whom: String,
        /// The names of the areas; none means everywhere.
        areas: Vec<String>,
        /// Muted for so many hours instead.
        hours: Option<u64>,
    },
}

/// How far a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A second moderator is waited for.
    Waits,
    /// It was carried out.
    Done,
    /// Somebody dropped it.
    Dropped,
    /// Nobody seconded it in time.
    Lapsed,
}
