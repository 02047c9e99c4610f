//! What takes two moderators: one proposes it, another seconds it (PRODUCT, privacy floor 9).
//!
//! # How to add one
//! A variant of [`Proposal`], how it is shown in `phrasebook/acts.rs` (`proposal-…` in `prompts/*/acts.ftl`), and an arm in
//! `app/seconding.rs` that carries it out.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::ids::AreaId;

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
