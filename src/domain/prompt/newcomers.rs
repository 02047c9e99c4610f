//! What the bot says to who is new in a room, and about who asks to be let in.

use serde::{Deserialize, Serialize};

use crate::domain::{directory::Purpose, effect::SealedPerson, sensitive::Sensitive};

/// How it stands with somebody who asks to be let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asking {
    /// They wait.
    Waits,
    /// Enough vouched for them.
    LetIn,
    /// They were refused.
    Refused,
    /// Nobody vouched in time.
    Lapsed,
    /// They ask no more, or were let in by hand.
    Gone,
}

/// What is said to newcomers and about them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AboutNewcomers {
    /// Who came into a room, alone: five lines.
    Welcome {
        /// What the room is called.
        room: String,
        /// What it is for.
        purpose: Purpose,
        /// For how many hours what a report says is kept.
        hours: u32,
        /// The community's legal hotline.
        hotline: Option<String>,
    },
    /// All who are new, in the room: one line.
    WelcomeHere {
        /// What the room is called.
        room: String,
    },
    /// Moderators and those who have a role there: somebody asks to be let in.
    Asks {
        /// `J3`.
        handle: String,
        /// What the room is called.
        room: String,
        /// Who, as long as they wait.
        person: Option<SealedPerson>,
        /// What they are called, found out when it is said; it is written nowhere.
        #[serde(skip)]
        name: Option<Sensitive<String>>,
        /// How many have vouched.
        vouched: u32,
        /// How many must.
        needed: u32,
        /// How it stands.
        stage: Asking,
    },
    /// Who vouches: they have already, or are the same person as one who has, or as who asks.
    AnotherMustVouch {
        /// `J3`.
        handle: String,
    },
    /// Moderators: somebody could not be let in or sent away.
    NotLetIn {
        /// What the room is called.
        room: String,
        /// A short code.
        reason: String,
    },
}
