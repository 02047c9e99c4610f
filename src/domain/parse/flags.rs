//! What in a message may expose or endanger someone, so that moderators see it before it goes on.

use serde::{Deserialize, Serialize};

/// What of a person stands in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pii {
    /// A private person's name.
    Name,
    /// A private telephone number; an organization's hotline is none.
    Phone,
    /// The exact home of a named or described private person, or of an agent.
    HomeAddress,
}

/// What the holds need to know of a message (see the hold rules in the product's design).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Flags {
    /// What of persons is in it; sorted, each once.
    pub pii: Vec<Pii>,
    /// A wish or call for violence, whoever it is against.
    pub threat: bool,
    /// A call to block, chase or surround.
    pub interference: bool,
}
