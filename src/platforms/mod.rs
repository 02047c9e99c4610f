//! What carries messages: the [`Platform`] trait, what a platform can do, and the one way in, [`Inbox`].
//!
//! # How to add a platform
//! 1. A folder `platforms/x/` with `mod.rs` and `convert.rs`; implement [`Platform`]. Translate, decide nothing.
//! 2. A section in `config`, with doc comments.
//! 3. One line in `startup.rs`, behind a cargo feature.
//! 4. Two test tables with recorded data, incoming and outgoing.
//!
//! Nothing else changes. If something else must change, the design is wrong: stop and say so.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};
pub use tokio_util::sync::CancellationToken as Stop;

use crate::domain::{
    effect::Urgency,
    envelope::{Envelope, PersonRef, PlatformKind, RoomRef},
    ids::{Checkpoint, EffectId, MessageId},
    role::Role,
    sending::PersonFate,
    timestamp::Timestamp,
    words::Words,
};
use rooms::{RoomState, RoomWork};

#[cfg(feature = "sms")]
mod door;
#[cfg(feature = "matrix")]
pub mod matrix;
#[cfg(any(feature = "matrix", feature = "signal"))]
mod own_words;
#[cfg(any(feature = "sms", feature = "signal"))]
mod pace;
pub mod playground;
pub mod rooms;
#[cfg(feature = "signal")]
pub mod signal;
#[cfg(feature = "sms")]
pub mod sms;
#[cfg(feature = "sms")]
pub mod smsgate;
#[cfg(any(feature = "sms", feature = "signal"))]
mod told;

/// What a platform can do; asked before an effect is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// Longest text in one message, in characters.
    pub max_text: usize,
    /// Emojis can be put on messages.
    pub reactions: bool,
    /// Messages can be changed after sending.
    pub edits: bool,
    /// Messages can answer others.
    pub replies: bool,
    /// Messages can be taken back.
    pub redactions: bool,
    /// The bot can write to one person alone.
    pub direct: bool,
    /// A person writing directly may subscribe to alerts by naming an area, as by text message.
    pub subscriptions: bool,
    /// How many lanes may be carried out at the same time.
    pub parallel: usize,
    /// Every message costs money: it is counted in segments, and budget, quiet hours and caps hold.
    pub metered: bool,
    /// A provider keeps copies that it can be told to forget ([`Deed::Erase`]).
    pub erases: bool,
    /// The provider answers STOP, START and HELP in the carriers' own words: the bot must not answer them as well.
    pub answers_carrier_words: bool,
    /// What is given twice under one effect id arrives once. Where this is not so, a try whose end is unknown is a [`Doubt`].
    pub drops_repeats: bool,
    /// The network or the carrier slows senders down, so that an alert may wait: one that has not left when its incident ends is
    /// called off.
    pub throttled: bool,
    /// Rooms can be looked at, made and changed: [`Platform::rooms`], [`Platform::arrange`].
    pub arranges: bool,
    /// There are rooms that hold rooms: [`rooms::NewRoom::is_space`], [`rooms::RoomWork::Place`].
    pub nests: bool,
    /// People can be kept out of rooms where the bot has the power ([`Deed::Exclude`]).
    pub excludes: bool,
}

impl Capabilities {
    /// What text messages can do, whoever carries them: words to one person at a time, paid for. Eleven segments at most, as
    /// Twilio takes them.
    pub const TEXTS: Self = Self {
        max_text: 1600,
        reactions: false,
        edits: false,
        replies: false,
        redactions: false,
        direct: true,
        subscriptions: true,
        parallel: 1,
        metered: true,
        erases: false,
        answers_carrier_words: false,
        drops_repeats: false,
        throttled: true,
        arranges: false,
        nests: false,
        excludes: false,
    };
}

/// Where a delivery goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A room.
    Room(RoomRef),
    /// One person.
    Person(PersonRef),
    /// The provider itself.
    Provider,
}

/// What is to be done, with words chosen and message ids known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Say something new.
    Say {
        /// The words; do not rephrase them.
        words: Words,
        /// The message it answers.
        reply_to: Option<MessageId>,
    },
    /// Change an earlier message of the bot's.
    Edit {
        /// Which.
        message: MessageId,
        /// What it should say now.
        words: Words,
    },
    /// Put an emoji on a message.
    React {
        /// Which.
        message: MessageId,
        /// The emoji.
        emoji: String,
    },
    /// Take an earlier message of the bot's back.
    Redact {
        /// Which.
        message: MessageId,
    },
    /// Keep a person out of the room, or let them in again. What is so already is done.
    Exclude {
        /// Whom.
        person: PersonRef,
        /// Out or in.
        is_out: bool,
    },
    /// Have the provider forget a message and what came with it. Already forgotten is done.
    Erase {
        /// Which.
        message: MessageId,
    },
}

/// An earlier try whose end is unknown: perhaps it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// When the earliest such try began.
    pub since: Timestamp,
    /// Whether it is to be sent again if it is nowhere to be found in the end. Else it is given up: no alarm is worth
    /// a chat line twice.
    pub may_repeat: bool,
    /// The bot's other messages in the same lane that are accounted for: none of these is the one looked for.
    pub accounted: Vec<MessageId>,
}

/// One effect, ready to be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The effect's id: the same on every try, so that a platform can drop repeats.
    pub id: EffectId,
    /// Where to.
    pub to: Destination,
    /// What.
    pub deed: Deed,
    /// How much it matters. A platform that must go slower gives up reactions first and alerts never.
    pub urgency: Urgency,
    /// After this it is worth nothing: the network shall not deliver it any more either.
    pub expires_at: Timestamp,
    /// Whether it may have been sent already. A platform whose network does not drop repeats must look before it sends.
    pub doubt: Option<Doubt>,
}

/// What a platform answers when something was carried out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Receipt {
    /// The platform's number for the new message, if one was made.
    pub message: Option<MessageId>,
    /// What it cost, in segments; 0 where messages cost nothing.
    pub segments: u32,
    /// Members of the room whom it did not reach: alerts and their ends are owed to each of them alone.
    pub missed: Vec<Missed>,
    /// How the room is that was made or changed.
    pub room: Option<Box<RoomState>>,
}

/// Somebody in a room whom a message did not reach, while it reached others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// Who.
    pub person: PersonRef,
    /// After how long the network takes something for them again.
    pub after: Duration,
}

/// Whether it is worth trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// After the given time, or as the outbox sees fit.
    Later(Option<Duration>),
    /// It will not work later either.
    Never,
}

/// A platform refused, or could not be reached.
#[derive(Debug, thiserror::Error)]
#[error("cannot perform ({code})")]
pub struct PerformError {
    /// A short code for logs, metrics and moderators, such as `rate_limited`, `unreachable`, `forbidden`, `not_in_room`.
    /// Never a message text or an address.
    pub code: &'static str,
    /// Worth trying again?
    pub retry: Retry,
    /// Whether the network may have taken it all the same: the answer was lost. The next try is told so.
    pub is_doubtful: bool,
    /// What it says of the person, if it does.
    pub person: Option<PersonFate>,
    /// The cause, for the log.
    #[source]
    pub source: Option<anyhow::Error>,
}

/// What cannot even be tried, because the account is not connected yet, is tried again so soon. It costs the network nothing, and
/// an alert must not wait out the long pauses that are for networks that refuse: a process that starts, or starts again and again,
/// would not send for a minute although it is connected.
const NOT_CONNECTED: Duration = Duration::from_secs(2);

impl PerformError {
    /// The account is not connected (yet): nothing was asked of the network.
    #[must_use]
    pub const fn not_connected() -> Self {
        Self::new("unreachable", Retry::Later(Some(NOT_CONNECTED)))
    }

    /// A refusal that is known to be one: nothing was sent.
    #[must_use]
    pub const fn new(code: &'static str, retry: Retry) -> Self {
        Self {
            code,
            retry,
            is_doubtful: false,
            person: None,
            source: None,
        }
    }
}

/// A network that carries messages: Matrix, Signal, SMS.
#[async_trait]
pub trait Platform: Send + Sync {
    /// Its name.
    fn kind(&self) -> PlatformKind;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// A way in for what the network hands over by itself (web hooks), given once at the start: to every process, whoever
    /// holds the lease. Until then such a message is not acknowledged.
    fn open(&self, inbox: Inbox) {
        drop(inbox);
    }

    /// Catches up from `since`, then receives until `stop`. Reconnects by itself; returns `Err` only when it cannot go on
    /// (the lease is then given back and taken again after a pause).
    ///
    /// Acknowledge to the network, or move the checkpoint, only after [`Inbox::accept`] returned `Ok`.
    async fn listen(
        &self,
        inbox: Inbox,
        since: Option<Checkpoint>,
        stop: Stop,
    ) -> anyhow::Result<()>;

    /// Carries out one effect. The words are already chosen; do not rephrase them.
    /// Never called concurrently for one lane (room or person); called concurrently for different ones.
    async fn perform(&self, delivery: &Delivery) -> Result<Receipt, PerformError>;

    /// The rooms that the bot is or was in, as they are now.
    async fn rooms(&self) -> Result<Vec<RoomState>, PerformError> {
        Err(PerformError::new("not_possible", Retry::Never))
    }

    /// Does something about a room itself, looks at it afterwards and says how it is. Asked again after an unknown end
    /// (`is_doubtful`), it goes on where it was.
    async fn arrange(&self, work: &RoomWork) -> Result<RoomState, PerformError> {
        let _ = work;
        Err(PerformError::new("not_possible", Retry::Never))
    }

    /// These are the community's rooms from now on, those of the settings and those that were made or adopted since. What is
    /// written in others is none of the bot's business.
    fn heed(&self, rooms: &[RoomRef]) {
        let _ = rooms;
    }

    /// What people on that network call somebody, where it tells: for whoever has to know whom they let in. It is said and not kept.
    async fn called(&self, person: &PersonRef) -> Option<String> {
        let _ = person;
        None
    }

    /// Whoever is in these rooms has that role by it, from now on; those of the settings included.
    fn trust(&self, closed: &[(RoomRef, Role)]) {
        let _ = closed;
    }

    /// What came in and was nothing for the bot, or could not be read, by why: counted since the start, for metrics.
    fn passed_over(&self) -> BTreeMap<String, u64> {
        BTreeMap::new()
    }

    /// How many places are taken in each room, invited people included, as last heard: asked before the door leads anybody there,
    /// so it must cost nothing and be as fresh as what the network has told.
    fn census(&self) -> Vec<(RoomRef, usize)> {
        Vec::new()
    }

    /// Whether the network is reachable right now, for `/readyz` and metrics.
    fn is_up(&self) -> bool;
}

/// Why an envelope was not taken in: nothing was committed; offer it again later.
#[derive(Debug, thiserror::Error)]
#[error("cannot take envelopes in right now")]
pub struct NotAccepted;

/// A batch on its way to the intake.
pub struct Batch {
    /// By which platform.
    pub platform: PlatformKind,
    /// The messages, oldest first.
    pub envelopes: Vec<Envelope>,
    /// How far the account has been read once these are taken in.
    pub checkpoint: Option<Checkpoint>,
    /// Told after commit.
    pub done: oneshot::Sender<Result<(), NotAccepted>>,
}

/// How many listed messages are handed over at once.
const HANDFUL: usize = 50;

/// The one way in.
#[derive(Clone)]
pub struct Inbox {
    platform: PlatformKind,
    intake: mpsc::Sender<Batch>,
}

impl Inbox {
    /// A way in for one platform, into the intake that reads the other end.
    #[must_use]
    pub const fn new(platform: PlatformKind, intake: mpsc::Sender<Batch>) -> Self {
        Self { platform, intake }
    }

    /// Hands envelopes over, oldest first, with the checkpoint that is reached with them. Returns `Ok` after all their
    /// consequences and the checkpoint are committed, in one transaction. Repeats are harmless: each envelope counts once.
    ///
    /// # Errors
    /// If nothing could be committed; offer the same again later.
    pub async fn accept(
        &self,
        envelopes: Vec<Envelope>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<(), NotAccepted> {
        let (done, committed) = oneshot::channel();
        let batch = Batch {
            platform: self.platform,
            envelopes,
            checkpoint,
            done,
        };
        self.intake.send(batch).await.map_err(|_| NotAccepted)?;
        committed.await.map_err(|_| NotAccepted)?
    }

    /// Hands over what was listed, oldest first and in handfuls, each until it is taken in; the checkpoint goes with the last.
    /// Between two offers of the same it rests for `pause`.
    pub async fn accept_all(
        &self,
        mut envelopes: Vec<Envelope>,
        checkpoint: Checkpoint,
        pause: Duration,
    ) {
        envelopes.sort_by_key(|envelope| envelope.sent_at);
        let mut rest = envelopes.as_slice();
        loop {
            let (some, others) = rest.split_at(rest.len().min(HANDFUL));
            let reached = others.is_empty().then(|| checkpoint.clone());
            while self.accept(some.to_vec(), reached.clone()).await.is_err() {
                tracing::info!(platform = %self.platform, "what was listed could not be taken in; it is offered again");
                tokio::time::sleep(pause).await;
            }
            rest = others;
            if rest.is_empty() {
                return;
            }
        }
    }
}
