//! The door of an area: where whoever wants to join is led.

use crate::domain::envelope::PlatformKind;

/// One way into an area's rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// On which platform.
    pub platform: PlatformKind,
    /// Where it leads.
    pub to: LeadTo,
}

/// Where a way leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeadTo {
    /// To a room with space.
    Link {
        /// Its link.
        url: String,
        /// Whether an admin has to let people in.
        approval: bool,
    },
    /// A room is being prepared; never a full one.
    Preparing,
}
