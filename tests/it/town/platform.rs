//! A pretend platform: hands over what tests offer, and remembers what the bot said until a test reads it.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use tocsin::{
    domain::{
        envelope::{Envelope, PlatformKind},
        ids::{Checkpoint, EffectId, MessageId},
    },
    platforms::{
        Capabilities, Deed, Delivery, Destination, Inbox, PerformError, Platform, Receipt, Retry,
        Stop,
    },
};
use tokio::sync::watch;

/// One thing the bot did somewhere.
#[derive(Debug, Clone)]
pub struct Heard {
    pub place: String,
    pub message: Option<MessageId>,
    pub deed: Deed,
    is_read: bool,
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.deed {
            Deed::Say {
                words,
                reply_to: None,
            } => write!(f, "{}", words.plain()),
            Deed::Say {
                words,
                reply_to: Some(_),
            } => write!(f, "reply: {}", words.plain()),
            Deed::Edit { words, .. } => write!(f, "edit: {}", words.plain()),
            Deed::React { emoji, message } => write!(f, "{emoji} on {message}"),
            Deed::Redact { message } => write!(f, "redacted {message}"),
            Deed::Erase { message } => write!(f, "erased {message}"),
        }
    }
}

/// A pretend platform.
pub struct Pretend {
    kind: PlatformKind,
    inbox: watch::Sender<Option<Inbox>>,
    heard: Mutex<Vec<Heard>>,
    done: Mutex<BTreeMap<EffectId, Receipt>>,
    refuses: Mutex<Option<(&'static str, Retry)>>,
    /// After so many more deliveries to a room, one is refused so.
    refuses_one: Mutex<Option<(usize, (&'static str, Retry))>>,
    pub is_up: AtomicBool,
    /// Whether a carrier answers STOP, START and HELP before the bot can.
    pub answers_carrier_words: AtomicBool,
}

impl Pretend {
    fn new(kind: PlatformKind) -> Self {
        Self {
            kind,
            inbox: watch::Sender::new(None),
            heard: Mutex::default(),
            done: Mutex::default(),
            refuses: Mutex::default(),
            refuses_one: Mutex::default(),
            is_up: AtomicBool::new(true),
            answers_carrier_words: AtomicBool::new(false),
        }
    }

    /// Rooms with everything: reactions, edits, replies, direct messages.
    pub fn rooms() -> Self {
        Self::new(PlatformKind::Matrix)
    }

    /// Phones: text only.
    pub fn phones() -> Self {
        Self::new(PlatformKind::Sms)
    }

    /// Offers envelopes until they are taken in, as adapters do.
    pub async fn offer(&self, envelopes: Vec<Envelope>) {
        let mut inbox = self.inbox.subscribe();
        let inbox = inbox
            .wait_for(Option::is_some)
            .await
            .expect("the town runs")
            .clone()
            .expect("just seen");
        inbox.accept(envelopes, None).await.expect("taken in");
    }

    /// Whether somebody listens to it.
    pub fn is_listened_to(&self) -> bool {
        self.inbox.borrow().is_some()
    }

    /// Waits until somebody listens to it.
    pub async fn listened_to(&self) {
        self.inbox
            .subscribe()
            .wait_for(Option::is_some)
            .await
            .expect("the town runs");
    }

    /// From now on every delivery is refused so; `None` ends it.
    pub fn refuse(&self, how: Option<(&'static str, Retry)>) {
        *self.refuses.lock().unwrap() = how;
    }

    /// One delivery with an alert is refused so, after as many others.
    pub fn refuse_one_after(&self, others: usize, how: (&'static str, Retry)) {
        *self.refuses_one.lock().unwrap() = Some((others, how));
    }

    fn refusal(&self, deed: &Deed) -> Option<(&'static str, Retry)> {
        if let Some(how) = *self.refuses.lock().unwrap() {
            return Some(how);
        }
        let mut one = self.refuses_one.lock().unwrap();
        let (others, how) = one.as_mut()?;
        if !matches!(deed, Deed::Say { words, .. } if words.plain().starts_with('⚠')) {
            return None;
        }
        if *others > 0 {
            *others -= 1;
            return None;
        }
        let how = *how;
        *one = None;
        Some(how)
    }

    /// What was heard there since last read.
    pub fn read(&self, place: &str) -> Vec<Heard> {
        let mut heard = self.heard.lock().unwrap();
        let fresh = heard
            .iter_mut()
            .filter(|one| one.place == place && !one.is_read);
        fresh
            .map(|one| {
                one.is_read = true;
                one.clone()
            })
            .collect()
    }

    /// What no test has read.
    pub fn unread(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        heard
            .iter()
            .filter(|one| !one.is_read)
            .map(|one| format!("{}: {one}", one.place))
            .collect()
    }

    /// The bot's latest message there.
    pub fn latest(&self, place: &str) -> Option<MessageId> {
        let heard = self.heard.lock().unwrap();
        heard
            .iter()
            .rev()
            .find(|one| one.place == place && one.message.is_some())?
            .message
            .clone()
    }
}

#[async_trait]
impl Platform for Pretend {
    fn kind(&self) -> PlatformKind {
        self.kind
    }

    fn capabilities(&self) -> Capabilities {
        let is_room = self.kind == PlatformKind::Matrix;
        Capabilities {
            max_text: 1600,
            reactions: is_room,
            edits: is_room,
            replies: is_room,
            redactions: is_room,
            direct: true,
            subscriptions: !is_room,
            parallel: 8,
            metered: !is_room,
            erases: false,
            answers_carrier_words: self.answers_carrier_words.load(Ordering::SeqCst),
        }
    }

    async fn listen(
        &self,
        inbox: Inbox,
        _since: Option<Checkpoint>,
        stop: Stop,
    ) -> anyhow::Result<()> {
        self.inbox.send_replace(Some(inbox));
        stop.cancelled().await;
        self.inbox.send_replace(None);
        Ok(())
    }

    async fn perform(&self, delivery: &Delivery) -> Result<Receipt, PerformError> {
        if let Some((code, retry)) = self.refusal(&delivery.deed) {
            return Err(PerformError::new(code, retry));
        }
        let mut done = self.done.lock().unwrap();
        if let Some(receipt) = done.get(&delivery.id) {
            return Ok(receipt.clone());
        }
        let mut heard = self.heard.lock().unwrap();
        let is_new = matches!(delivery.deed, Deed::Say { .. });
        let message = is_new.then(|| MessageId::new(format!("$b{}", heard.len() + 1)));
        let place = match &delivery.to {
            Destination::Room(room) => room.id.clone(),
            Destination::Person(person) => person.address.expose().clone(),
            Destination::Provider => String::new(),
        };
        heard.push(Heard {
            place,
            message: message.clone(),
            deed: delivery.deed.clone(),
            is_read: false,
        });
        let receipt = Receipt {
            message,
            segments: 0,
        };
        done.insert(delivery.id.clone(), receipt.clone());
        Ok(receipt)
    }

    fn is_up(&self) -> bool {
        self.is_up.load(Ordering::SeqCst)
    }
}
