//! One thing owed to the outside. Every effect is written in the transaction of its cause and waits in the outbox.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{
    envelope::{PlatformKind, RoomRef},
    ids::{EffectId, IncidentId, MessageId, SubjectId},
    prompt::Prompt,
    relay::Passing,
    split::Arrangement,
    timestamp::Timestamp,
};

/// A person the bot owes something: their address sealed with the key that lives outside the database.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SealedPerson {
    /// The network they write on.
    pub platform: PlatformKind,
    /// A keyed hash of the address, for keeping order and knowing who heard what.
    pub hash: String,
    /// The address, encrypted; only the outbox opens it, at the moment of sending.
    pub sealed: String,
    /// The language they are spoken to in, such as `es`; empty where the community's is meant.
    #[serde(default)]
    pub language: String,
}

impl SealedPerson {
    /// Nobody: where a person's address was, who is not to be written to any more.
    #[must_use]
    pub const fn nobody(platform: PlatformKind) -> Self {
        Self {
            platform,
            hash: String::new(),
            sealed: String::new(),
            language: String::new(),
        }
    }

    /// Whether there is no address to write to.
    #[must_use]
    pub const fn is_nobody(&self) -> bool {
        self.sealed.is_empty()
    }

    /// The same person, spoken to in this language.
    #[must_use]
    pub fn speaking(mut self, language: impl Into<String>) -> Self {
        self.language = language.into();
        self
    }
}

/// To whom an effect is owed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// A room.
    Room(RoomRef),
    /// One person, by direct or text message.
    Person(SealedPerson),
    /// The company between the bot and the network: to forget what it keeps of a message.
    Provider {
        /// The network it serves.
        platform: PlatformKind,
        /// The message it is about; each has a lane of its own.
        message: MessageId,
    },
    /// The bot's own account, which makes and changes rooms. That takes long, and no alert to a room waits for it.
    Account {
        /// The network it is on.
        platform: PlatformKind,
        /// The room that is made or changed, by its name in the store; each has a lane of its own.
        room: String,
    },
}

impl Target {
    /// The network it goes by.
    #[must_use]
    pub const fn platform(&self) -> PlatformKind {
        match self {
            Self::Room(room) => room.platform,
            Self::Person(person) => person.platform,
            Self::Provider { platform, .. } | Self::Account { platform, .. } => *platform,
        }
    }

    /// The queue it waits in: effects of one lane are carried out one after another, in order.
    #[must_use]
    pub fn lane(&self) -> String {
        match self {
            Self::Room(room) => room.to_string(),
            Self::Person(person) => format!("{}:person:{}", person.platform, person.hash),
            Self::Provider { platform, message } => format!("{platform}:provider:{message}"),
            Self::Account { platform, room } => format!("{platform}:account:{room}"),
        }
    }
}

/// What is to be done there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// Say something new.
    Say {
        /// What.
        prompt: Prompt,
        /// The message it answers.
        reply_to: Option<Anchor>,
        /// Under which name it can be edited, redacted or answered later.
        post: Option<Post>,
    },
    /// Change what was said there under this name; says it anew if nothing was (or can be changed).
    Edit {
        /// What was said.
        post: Post,
        /// What it should say now.
        prompt: Prompt,
    },
    /// Put an emoji on a message.
    React {
        /// The message.
        message: MessageId,
        /// Which emoji.
        mark: Mark,
    },
    /// Take back everything that was said there under this name.
    Redact {
        /// What was said.
        post: Post,
    },
    /// Keep a person out of that room, or let them in again.
    Exclude {
        /// Whom.
        person: SealedPerson,
        /// The name they are called by, should moderators have to do it by hand.
        whom: String,
        /// Out or in.
        is_out: bool,
    },
    /// Have the provider forget a message, its pictures included: what people write is not ours to leave lying about.
    Erase {
        /// The message, the bot's or a person's.
        message: MessageId,
    },
    /// Make a room, or change one.
    Arrange {
        /// Which, by its name in the store.
        room: String,
        /// What.
        work: Arrangement,
    },
    /// Pass on what somebody did in a sibling.
    Relay(Passing),
}

/// The message that a new one answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Anchor {
    /// Somebody's message.
    Message(MessageId),
    /// What the bot last said there under this name.
    Post(Post),
}

/// The name of something the bot said in a room: what it is, and about what.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Post {
    /// About what.
    pub about: SubjectId,
    /// As what.
    pub kind: PostKind,
}

/// The kinds of posts that are remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PostKind {
    /// The verifiers' card of an incident.
    Card,
    /// An alert in a room or on a phone.
    Alert,
    /// The confirmation, all-clear or correction of an alert.
    Outcome,
    /// Moderators see here what is held.
    Hold,
    /// Moderators see here what waits for a second of them.
    Proposal,
    /// What moderators had said to rooms and phones.
    Broadcast,
    /// Moderators see here that rooms fill up; the subject is the name of the siblings.
    Rooms,
    /// Moderators see here that people wait to be let in; the subject is the name of the siblings.
    Waiting,
    /// Moderators and those with a role there see here that somebody asks to be let in.
    Asker,
    /// What somebody said in a sibling; the subject is their message.
    Relay,
}

impl Post {
    /// The incident it is about, if it is about one.
    #[must_use]
    pub fn incident(&self) -> Option<IncidentId> {
        self.kind
            .is_of_incident()
            .then(|| IncidentId::new(self.about.as_str()))
    }
}

impl PostKind {
    /// Whether posts of this kind are about incidents.
    #[must_use]
    pub const fn is_of_incident(self) -> bool {
        matches!(self, Self::Card | Self::Alert | Self::Outcome)
    }

    /// The name as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Alert => "alert",
            Self::Outcome => "outcome",
            Self::Hold => "hold",
            Self::Proposal => "proposal",
            Self::Broadcast => "broadcast",
            Self::Rooms => "rooms",
            Self::Waiting => "waiting",
            Self::Asker => "asker",
            Self::Relay => "relay",
        }
    }
}

/// The emojis the bot puts on messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// 👀 A report was understood.
    Seen,
    /// ➕ It was counted towards an open incident.
    Counted,
    /// ✅ Confirmed.
    Confirmed,
    /// ☑️ Checked and not what was feared.
    Checked,
}

impl Mark {
    /// The emoji itself.
    #[must_use]
    pub const fn emoji(self) -> &'static str {
        match self {
            Self::Seen => "👀",
            Self::Counted => "➕",
            Self::Confirmed => "✅",
            Self::Checked => "☑️",
        }
    }
}

/// How much an effect matters; the smaller goes first, within its lane and across lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Urgency {
    /// Alerts, unconfirmed or confirmed.
    Alert,
    /// The end of an alert.
    AllClear,
    /// Verifiers' cards.
    Card,
    /// Answers to commands and questions to reporters.
    Answer,
    /// Reactions.
    Mark,
    /// What nobody waits for, such as having a provider forget.
    Chore,
    /// Talk that is passed on: it never goes before anything else.
    Talk,
}

impl Urgency {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 7] = [
        Self::Alert,
        Self::AllClear,
        Self::Card,
        Self::Answer,
        Self::Mark,
        Self::Chore,
        Self::Talk,
    ];

    /// The rank as stored; 0 goes first.
    #[must_use]
    pub const fn rank(self) -> i64 {
        self as i64
    }

    /// How long an effect of this urgency is worth carrying out; after that it becomes a dead letter.
    /// Alerts: 10 minutes (PRODUCT, SMS: "nobody gets a two-hour-old alarm"). Chores: 14 days, as long as a provider may answer
    /// "too early" (SMS facts, 20009). Talk: 10 minutes; who reads it later cannot answer any more.
    #[must_use]
    pub const fn worth(self) -> Duration {
        Duration::from_secs(match self {
            Self::Alert => 10 * 60,
            Self::AllClear | Self::Card => 6 * 3600,
            Self::Answer => 30 * 60,
            Self::Mark => 10 * 60,
            Self::Chore => 14 * 24 * 3600,
            Self::Talk => 10 * 60,
        })
    }
}

/// One thing owed to the outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Made from its cause: the same cause makes the same id.
    pub id: EffectId,
    /// To whom.
    pub target: Target,
    /// What.
    pub act: Act,
    /// How soon.
    pub urgency: Urgency,
    /// After this it is a dead letter.
    pub expires_at: Timestamp,
}

/// What the domain wants done, before the shell gives it an id and a deadline.
#[derive(Debug, Clone, PartialEq)]
pub struct Owed {
    /// To whom.
    pub target: Target,
    /// What.
    pub act: Act,
    /// How soon.
    pub urgency: Urgency,
    /// What it is owed for, if it must never be owed to this target again for the same: `confirmed/<incident>`.
    pub once: Option<String>,
}
