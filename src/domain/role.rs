//! Who may do what: neighbor, verifier, moderator.

use serde::{Deserialize, Serialize};

/// What a person may do; each role may do all that the ones before it may.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Anyone: reports, corroborates, asks.
    #[default]
    Neighbor,
    /// Confirms and dismisses.
    Verifier,
    /// Runs rooms and people as well.
    Moderator,
}
