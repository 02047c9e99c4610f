//! Who may do what: neighbor, liaison, verifier, moderator.

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
    /// Sees the whole city calmly: the day's news of every area, and what is confirmed in any of them. Decides nothing.
    Liaison,
    /// Confirms and dismisses.
    Verifier,
    /// Runs rooms and people as well.
    Moderator,
}
