//! What can be done about rooms themselves: to look at them, make them, open and close them, let people in and out.
//!
//! A platform that can do this says so in its `Capabilities::arranges`. Every change is looked at afterwards: what is answered is
//! how the room is, not what was asked for. Whoever makes rooms gives each a [`NewRoom::marker`], so that after a crash or a lost
//! answer the room that was made already is found instead of made twice.

use std::time::Duration;

use crate::domain::envelope::{PersonRef, RoomRef};
pub use crate::domain::split::LinkMode;

/// A room that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRoom {
    /// What it is called.
    pub title: String,
    /// What it is for, shown to its members.
    pub description: String,
    /// Stands at the end of the description and in no other room's: makes the making repeatable.
    pub marker: String,
    /// The room that it is made after: where a platform has more to a room than is said here (encryption, rights, who may read
    /// what was said before, its place among other rooms), it is as there. `None`: as the platform has it by itself.
    pub like: Option<RoomRef>,
    /// After how long messages disappear; `None`: they stay.
    pub timer: Option<Duration>,
    /// How people get in.
    pub link: LinkMode,
    /// Who becomes admin beside the bot, as soon as they are members.
    pub admins: Vec<PersonRef>,
    /// It is no room to write in but one that holds rooms: only where `Capabilities::nests`.
    pub is_space: bool,
}

/// Who may do something in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// Every member.
    Members,
    /// Admins.
    Admins,
}

/// A change of one room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomChange {
    /// Another title.
    Title(String),
    /// Another description.
    Description(String),
    /// After how long messages disappear; `None`: they stay.
    Timer(Option<Duration>),
    /// How people get in by link.
    Link(LinkMode),
    /// A new link; the old one leads nowhere any more.
    ResetLink,
    /// Who may add members.
    MayAdd(Allowed),
    /// Who may change title, picture, description and timer.
    MayEdit(Allowed),
    /// Who may write: with [`Allowed::Admins`] it is for announcements only.
    MayWrite(Allowed),
    /// Takes people in; who asked to be let in is approved by it.
    Add(Vec<PersonRef>),
    /// Takes people out; who asked to be let in is refused by it.
    Remove(Vec<PersonRef>),
    /// Makes members admins.
    Promote(Vec<PersonRef>),
    /// Makes admins members.
    Demote(Vec<PersonRef>),
    /// Keeps people out for good.
    Ban(Vec<PersonRef>),
    /// Lets people ask again.
    Unban(Vec<PersonRef>),
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomWork {
    /// Make a room, or go on with one that was begun under the same marker.
    Make(NewRoom),
    /// Change one.
    Change {
        /// Which.
        room: RoomRef,
        /// How.
        change: RoomChange,
    },
    /// Put a room into one that holds rooms: only where `Capabilities::nests`.
    Place {
        /// Which.
        room: RoomRef,
        /// Into which.
        space: RoomRef,
    },
    /// Join the room behind a link.
    Join(String),
    /// Leave one; these become admins if the bot was the last.
    Leave {
        /// Which.
        room: RoomRef,
        /// Who is to be admin after the bot.
        successors: Vec<PersonRef>,
    },
}

/// How a room is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomState {
    /// Which.
    pub room: RoomRef,
    /// What it is called.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Whether the bot is in it.
    pub is_member: bool,
    /// Whether the bot may change it.
    pub is_admin: bool,
    /// Who is in it, the bot included.
    pub members: Vec<PersonRef>,
    /// Who was invited and has not answered yet.
    pub pending: Vec<PersonRef>,
    /// Who asked to be let in.
    pub requesting: Vec<PersonRef>,
    /// Who is kept out.
    pub banned: Vec<PersonRef>,
    /// Who may change it.
    pub admins: Vec<PersonRef>,
    /// The link by which people get in.
    pub link: Option<String>,
    /// How people get in by it; `None` where the network does not show it.
    pub entry: Option<LinkMode>,
    /// After how long messages disappear.
    pub timer: Option<Duration>,
    /// Who may add members.
    pub may_add: Allowed,
    /// Who may change its title and the like.
    pub may_edit: Allowed,
    /// Who may write.
    pub may_write: Allowed,
}

impl RoomState {
    /// How many places are taken: invited people count, people who ask do not (Signal's storage service counts so when it refuses
    /// to go beyond its limit).
    #[must_use]
    pub const fn census(&self) -> usize {
        self.members.len() + self.pending.len()
    }
}
