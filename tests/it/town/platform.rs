//! A pretend platform: hands over what tests offer, and remembers what the bot said until a test reads it.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use tocsin::{
    domain::{
        envelope::{Envelope, PersonRef, PlatformKind, RoomRef},
        ids::{Checkpoint, EffectId, MessageId},
    },
    platforms::{
        Capabilities, Deed, Delivery, Destination, Doubt, Inbox, Missed, PerformError, Platform,
        Receipt, Retry, Stop,
        rooms::{RoomState, RoomWork},
    },
};
use tokio::sync::watch;

use super::groups::Groups;

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
            Deed::Exclude { person, is_out } => {
                let how = if *is_out { "out" } else { "in again" };
                write!(f, "{}: {how}", person.address.expose())
            }
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
    /// Every delivery to a person fails so.
    fails: Mutex<Option<Failure>>,
    /// What was tried: to whom, for which effect, under which number it was sent, with which doubt.
    tried: Mutex<Vec<Tried>>,
    /// Deliveries to persons do not end as long as this is so.
    hangs: watch::Sender<bool>,
    hung: watch::Sender<usize>,
    erases: AtomicBool,
    excludes: AtomicBool,
    /// Whom messages to a room do not reach.
    misses: Mutex<BTreeMap<String, Vec<Missed>>>,
    /// What is given twice arrives twice.
    repeats: AtomicBool,
    places: AtomicUsize,
    /// Whether a carrier answers STOP, START and HELP before the bot can.
    pub answers_carrier_words: AtomicBool,
    /// Whether rooms can be made and changed, and what they are like.
    pub arranges: AtomicBool,
    pub groups: Groups,
    /// The rooms that the bot was told matter.
    heeded: Mutex<Vec<RoomRef>>,
}

/// Makes the error of a delivery that fails.
pub type Failure = Arc<dyn Fn() -> PerformError + Send + Sync>;

/// One try.
struct Tried {
    place: String,
    effect: EffectId,
    message: Option<MessageId>,
    doubt: Option<Doubt>,
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
            fails: Mutex::default(),
            tried: Mutex::default(),
            hangs: watch::Sender::new(false),
            hung: watch::Sender::new(0),
            erases: AtomicBool::new(false),
            excludes: AtomicBool::new(true),
            misses: Mutex::default(),
            repeats: AtomicBool::new(kind == PlatformKind::Sms),
            places: AtomicUsize::new(8),
            answers_carrier_words: AtomicBool::new(false),
            arranges: AtomicBool::new(false),
            groups: Groups::default(),
            heeded: Mutex::default(),
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

    /// The rooms that the bot was told matter.
    pub fn heeded(&self) -> Vec<String> {
        let heeded = self.heeded.lock().unwrap();
        heeded.iter().map(|room| room.id.clone()).collect()
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

    /// From now on every delivery is refused so; `None` ends it. What is refused for good is still taken for the moderators' room:
    /// the process itself looks every few seconds for what they are to hear, and a notice of it would be lost there.
    pub fn refuse(&self, how: Option<(&'static str, Retry)>) {
        *self.refuses.lock().unwrap() = how;
    }

    /// One delivery with an alert is refused so, after as many others.
    pub fn refuse_one_after(&self, others: usize, how: (&'static str, Retry)) {
        *self.refuses_one.lock().unwrap() = Some((others, how));
    }

    /// From now on every delivery to a person fails so; `None` ends it.
    pub fn fails(&self, how: Option<Failure>) {
        *self.fails.lock().unwrap() = how;
    }

    /// From now on deliveries to persons do not end, until this is taken back.
    pub fn hangs(&self, is_so: bool) {
        self.hangs.send_replace(is_so);
    }

    /// Waits until a delivery hangs.
    pub async fn hung(&self) {
        let mut hung = self.hung.subscribe();
        hung.wait_for(|hung| *hung > 0).await.expect("it is there");
    }

    /// Whether the provider keeps copies that it can be told to forget.
    pub fn erases(&self, is_so: bool) {
        self.erases.store(is_so, Ordering::SeqCst);
    }

    /// Whether the bot has the power to keep people out of rooms.
    pub fn excludes(&self, is_so: bool) {
        self.excludes.store(is_so, Ordering::SeqCst);
    }

    /// From now on new messages to a room do not reach these people, who can be reached again after a while.
    pub fn misses(&self, room: &str, people: &[&str], after: Duration) {
        let missed = people.iter().map(|who| Missed {
            person: PersonRef::new(self.kind, format!("@{who}:town")),
            after,
        });
        let mut misses = self.misses.lock().unwrap();
        misses.insert(room.to_owned(), missed.collect());
    }

    /// Whether what is given twice arrives twice.
    pub fn repeats(&self, is_so: bool) {
        self.repeats.store(is_so, Ordering::SeqCst);
    }

    /// How many deliveries go side by side.
    pub fn places(&self, places: usize) {
        self.places.store(places, Ordering::SeqCst);
    }

    /// What the provider was told to forget since last asked.
    pub fn erased(&self) -> String {
        let erased = self.read("");
        erased
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The doubts of all tries to write to somebody, in order.
    pub fn doubts(&self, place: &str) -> Vec<Option<Doubt>> {
        let tried = self.tried.lock().unwrap();
        tried
            .iter()
            .filter(|one| one.place == place)
            .map(|one| one.doubt.clone())
            .collect()
    }

    /// The effect of the latest try to write to somebody, and the number of what was sent.
    pub fn latest_delivery(&self, place: &str) -> Option<(EffectId, Option<MessageId>)> {
        let tried = self.tried.lock().unwrap();
        let one = tried.iter().rev().find(|one| one.place == place)?;
        Some((one.effect.clone(), one.message.clone()))
    }

    /// A delivery to a person that hangs or fails, as a test wants it.
    async fn trouble(&self, delivery: &Delivery) -> Result<(), PerformError> {
        let place = match &delivery.to {
            Destination::Person(person) => person.address.expose().clone(),
            Destination::Room(room) if self.repeats.load(Ordering::SeqCst) => room.id.clone(),
            Destination::Room(_) | Destination::Provider => return Ok(()),
        };
        self.tried.lock().unwrap().push(Tried {
            place,
            effect: delivery.id.clone(),
            message: None,
            doubt: delivery.doubt.clone(),
        });
        let mut hangs = self.hangs.subscribe();
        if *hangs.borrow_and_update() {
            self.hung.send_modify(|hung| *hung += 1);
            let _ended = hangs.wait_for(|hangs| !hangs).await;
        }
        let fails = self.fails.lock().unwrap().clone();
        fails.map_or(Ok(()), |fails| Err(fails()))
    }

    fn refusal(&self, delivery: &Delivery) -> Option<(&'static str, Retry)> {
        let is_moderators =
            matches!(&delivery.to, Destination::Room(room) if room.id == "#moderators");
        if let Some(how) = *self.refuses.lock().unwrap()
            && !(how.1 == Retry::Never && is_moderators)
        {
            return Some(how);
        }
        let deed = &delivery.deed;
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

    /// What was heard anywhere since last read.
    pub fn fresh(&self) -> Vec<Heard> {
        let mut heard = self.heard.lock().unwrap();
        let fresh = heard.iter_mut().filter(|one| !one.is_read);
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
            parallel: self.places.load(Ordering::SeqCst),
            metered: !is_room,
            erases: self.erases.load(Ordering::SeqCst),
            answers_carrier_words: self.answers_carrier_words.load(Ordering::SeqCst),
            drops_repeats: !self.repeats.load(Ordering::SeqCst),
            throttled: self.repeats.load(Ordering::SeqCst),
            arranges: self.arranges.load(Ordering::SeqCst),
            nests: is_room,
            excludes: is_room && self.excludes.load(Ordering::SeqCst),
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
        if let Some((code, retry)) = self.refusal(delivery) {
            return Err(PerformError::new(code, retry));
        }
        self.trouble(delivery).await?;
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
        if let Some(tried) = self.tried.lock().unwrap().last_mut()
            && tried.effect == delivery.id
        {
            tried.message.clone_from(&message);
        }
        heard.push(Heard {
            place,
            message: message.clone(),
            deed: delivery.deed.clone(),
            is_read: false,
        });
        let missed = match &delivery.to {
            Destination::Room(room) => self.misses.lock().unwrap().get(&room.id).cloned(),
            Destination::Person(_) | Destination::Provider => None,
        };
        let receipt = Receipt {
            message,
            segments: u32::from(self.kind == PlatformKind::Sms),
            missed: missed.unwrap_or_default(),
            room: None,
        };
        done.insert(delivery.id.clone(), receipt.clone());
        Ok(receipt)
    }

    async fn rooms(&self) -> Result<Vec<RoomState>, PerformError> {
        Ok(self.groups.states())
    }

    async fn arrange(&self, work: &RoomWork) -> Result<RoomState, PerformError> {
        self.groups.arrange(work)
    }

    fn census(&self) -> Vec<(RoomRef, usize)> {
        self.groups.census()
    }

    async fn called(&self, person: &PersonRef) -> Option<String> {
        (self.kind == PlatformKind::Matrix).then(|| person.address.expose().clone())
    }

    fn heed(&self, rooms: &[RoomRef]) {
        *self.heeded.lock().unwrap() = rooms.to_vec();
    }

    fn is_up(&self) -> bool {
        self.is_up.load(Ordering::SeqCst)
    }
}
