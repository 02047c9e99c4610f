//! What the bot says about roles, and about who is not listened to. People are called by names that tell nothing, never by an
//! address.

use serde::{Deserialize, Serialize};

use crate::domain::{role::Role, timestamp::Timestamp};

/// Somebody who holds a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The name they are called by.
    pub who: String,
    /// Which.
    pub role: Role,
    /// The names of the areas; none means everywhere.
    pub areas: Vec<String>,
    /// Until when, if it has a term.
    pub until: Option<Timestamp>,
    /// Whether it rests until another moderator vouches for them.
    pub rests: bool,
}

/// What is said about people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AboutPeople {
    /// A moderator: who holds which role. Who has one by a room alone is not on it.
    Roles {
        /// Who.
        holders: Vec<Holder>,
    },
    /// A moderator: whom do you mean?
    Whom,
    /// A moderator: nobody of that name is known.
    NotKnown {
        /// The name.
        who: String,
    },
    /// A moderator: no area is called so.
    NoSuchArea {
        /// What was written.
        name: String,
    },
    /// A moderator: they do not hold that role.
    HoldsNoRole {
        /// The name they are called by.
        who: String,
        /// Which.
        role: Role,
    },
    /// A moderator: their role does not rest, or they have none.
    NothingRests {
        /// The name they are called by.
        who: String,
    },
    /// A moderator: they are listened to.
    NotBanned {
        /// The name they are called by.
        who: String,
    },
    /// A moderator: several people reported that.
    SeveralAuthors {
        /// `K7`.
        handle: String,
    },
    /// A moderator: that is in another area than theirs.
    NotYours {
        /// The names of theirs.
        areas: Vec<String>,
    },
    /// A moderator: that is you.
    Yourself,
    /// A moderator: the bot does not listen to them any more, but takes them out of no room, since none was meant.
    OnlyIgnored {
        /// The name they are called by.
        who: String,
    },
    /// Whoever has a role that rests: what to do about it.
    RoleRests {
        /// The name they are called by.
        who: String,
    },
    /// Moderators: where the bot has not the power, they have to do it themselves.
    ByHand {
        /// The name they are called by.
        who: String,
        /// The names of the rooms.
        rooms: Vec<String>,
        /// Out of them, or in again.
        is_out: bool,
    },
}
