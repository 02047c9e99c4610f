//! One message coming in, platform details left behind.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{EnvelopeId, MessageId},
    role::Role,
    sending::Progress,
    sensitive::Sensitive,
    timestamp::Timestamp,
};

/// Which network carries a message. A name only: what a platform can do is its `Capabilities`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlatformKind {
    /// Rooms on a Matrix homeserver.
    Matrix,
    /// Signal groups.
    Signal,
    /// Text messages behind a phone number.
    Sms,
    /// The pretend town in the browser.
    Playground,
}

impl PlatformKind {
    /// The name as stored in the database, in config and in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Matrix => "matrix",
            Self::Signal => "signal",
            Self::Sms => "sms",
            Self::Playground => "playground",
        }
    }

    /// Every platform there is.
    pub const ALL: [Self; 4] = [Self::Matrix, Self::Signal, Self::Sms, Self::Playground];

    /// The platform of that name, as [`Self::as_str`] gives it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for PlatformKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A conversation on a platform. Only its adapter looks into `id`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RoomRef {
    /// The network it lives on.
    pub platform: PlatformKind,
    /// The network's own name for it.
    pub id: String,
}

impl RoomRef {
    /// A room by its platform's own id.
    pub fn new(platform: PlatformKind, id: impl Into<String>) -> Self {
        Self {
            platform,
            id: id.into(),
        }
    }

    /// Reads what [`Display`](fmt::Display) writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (platform, id) = text.split_once(':')?;
        Some(Self::new(PlatformKind::from_name(platform)?, id))
    }
}

impl fmt::Display for RoomRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.platform, self.id)
    }
}

/// Someone with an address on a platform. The address is personal: it is hashed or sealed before it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PersonRef {
    /// The network they write on.
    pub platform: PlatformKind,
    /// Their address there: a Matrix user id, a Signal uuid, a phone number.
    pub address: Sensitive<String>,
}

impl PersonRef {
    /// A person by their address on a platform.
    pub fn new(platform: PlatformKind, address: impl Into<String>) -> Self {
        Self {
            platform,
            address: Sensitive::new(address.into()),
        }
    }
}

/// Where an envelope was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// In a room that others read too.
    Room(RoomRef),
    /// To the bot alone: a direct message or a text message.
    Direct,
}

/// One message coming in.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// The platform's own number for this message; with the platform it makes repeats harmless.
    pub id: EnvelopeId,
    /// Where it was written.
    pub origin: Origin,
    /// Who wrote it.
    pub sender: PersonRef,
    /// The role that the platform itself gives the sender there (Matrix power levels, Signal group admins), if any.
    pub standing: Option<Role>,
    /// Since when the sender is in the room it was written in, where the platform tells.
    pub member: Option<Membership>,
    /// When the platform says it was sent.
    pub sent_at: Timestamp,
    /// What it says.
    pub content: Content,
    /// What there is to it besides its words.
    pub guise: Guise,
}

/// What there is to a message besides its words. Used only to pass it on, and never kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Guise {
    /// The sender's name as they chose it, where the network tells.
    pub name: Option<Sensitive<String>>,
    /// Whether a file came with it.
    pub media: Media,
}

/// Whether a file came: a picture, a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Media {
    /// None; or it belongs to words that came as an envelope of their own.
    #[default]
    None,
    /// Beside words.
    Beside,
    /// Without a word.
    Alone,
}

/// Since when somebody is in a room, and since when the bot is. Where the bot is new itself, everybody may be: a community that
/// begins is no crowd of strangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The sender.
    pub since: Timestamp,
    /// The bot.
    pub ours: Timestamp,
}

/// Whoever joined a room less than this ago is new to it (PRODUCT, "Reports, incidents").
const NEWCOMER: Duration = Duration::from_secs(24 * 3600);

impl Membership {
    /// Whether the sender is new to the room; nobody is where the bot itself is that new.
    #[must_use]
    pub fn is_new(self, now: Timestamp) -> bool {
        now.since(self.since) < NEWCOMER && now.since(self.ours) >= NEWCOMER
    }
}

impl Envelope {
    /// The network it came by.
    #[must_use]
    pub const fn platform(&self) -> PlatformKind {
        self.sender.platform
    }

    /// The room it was written in, unless it was written to the bot alone.
    #[must_use]
    pub const fn room(&self) -> Option<&RoomRef> {
        match &self.origin {
            Origin::Room(room) => Some(room),
            Origin::Direct => None,
        }
    }
}

/// What an envelope says.
#[derive(Debug, Clone)]
pub enum Content {
    /// Something written, with quotes and code blocks already taken out by the adapter.
    Text {
        /// The words.
        text: Sensitive<String>,
        /// This message, as its platform numbers it.
        message: MessageId,
        /// The message it answers, if it answers one.
        reply_to: Option<MessageId>,
        /// Who wrote that, where the network tells it or the adapter has asked.
        answers: Option<PersonRef>,
    },
    /// The sender changed an earlier message of theirs.
    Edit {
        /// The message that was changed.
        original: MessageId,
        /// The new words.
        text: Sensitive<String>,
    },
    /// The sender took an earlier message back.
    Redaction {
        /// The message that is gone.
        original: MessageId,
    },
    /// An emoji on a message.
    Reaction {
        /// The message it is on.
        target: MessageId,
        /// The emoji.
        key: String,
    },
    /// A message that could not be decrypted in time; its words are lost to the bot.
    Unreadable,
    /// A picture, recording or other file came; it is neither fetched nor kept.
    Media {
        /// The message it came with.
        message: MessageId,
    },
    /// What became of a message of the bot's, as its provider tells later. May come twice and in any order.
    Progress(Progress),
    /// The bot was let into the room.
    Joined,
    /// The sender came into the room.
    Came,
    /// The sender asks to be let into the room.
    Asks,
    /// Something about the platform itself that moderators must know of.
    Trouble(Trouble),
}

/// What only people can mend. The envelope's room is where it is, its sender whom it is about, else the bot's own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The network takes nothing more until a person has shown that there is one.
    Challenge {
        /// What the network calls this challenge; it is needed for the answer.
        token: String,
    },
    /// So many people wait to be let into the room.
    Waiting {
        /// How many.
        people: u32,
    },
    /// The bot is not in the room any more.
    RoomLost,
    /// The network does not know the bot's account or device any more.
    Unlinked,
    /// Somebody has other keys than before: a new phone, or somebody else in between.
    KeysChanged,
}
