//! A pretend town in the browser: rooms, phones, people. A real platform on the real pipeline.
//!
//! `Town` is the pretend network's own server; `page` is what the browser sees of it. What people write there goes the way
//! of every message, and what the bot does comes back by [`Platform::perform`]. It runs when nothing else is configured, and
//! wherever moderators train.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{Notify, Semaphore, watch};

use super::{
    Capabilities, Deed, Delivery, Destination, Inbox, PerformError, Platform, Receipt, Retry, Stop,
};
use crate::{
    clock::Clock,
    domain::{
        envelope::PlatformKind,
        ids::{Checkpoint, MessageId},
    },
};

mod board;
mod page;
mod plan;
mod plan_file;
mod town;

use board::Refused;
pub use plan::{Line, PlannedPerson, PlannedPhone, PlannedRoom, Sample, Step, TownPlan};
use town::Town;

/// How long to wait before an envelope that could not be taken in is offered again.
const OFFER_AGAIN: Duration = Duration::from_secs(1);
/// Pages that may be open at the same time.
const MAX_PAGES: usize = 64;

/// The pretend town as a platform.
pub struct Playground {
    town: Mutex<Town>,
    clock: Arc<dyn Clock>,
    /// Something waits for the bot.
    outgoing: Notify,
    /// Something has changed for the pages; holds what ends them.
    pulse: watch::Sender<Stop>,
    pages: Arc<Semaphore>,
}

impl Playground {
    /// A town where nothing has been said yet; it opens when the bot begins to listen.
    #[must_use]
    pub fn new(town: TownPlan, clock: Arc<dyn Clock>) -> Arc<Self> {
        let town = Town::new(town, clock.now());
        Arc::new(Self {
            town: Mutex::new(town),
            clock,
            outgoing: Notify::new(),
            pulse: watch::Sender::new(Stop::new()),
            pages: Arc::new(Semaphore::new(MAX_PAGES)),
        })
    }

    /// The page and what it asks for, to be mounted on the web server.
    pub fn routes(self: &Arc<Self>) -> axum::Router {
        page::routes(self)
    }

    fn town(&self) -> MutexGuard<'_, Town> {
        // A panic cannot leave the town half changed in a way that matters more than going on.
        self.town.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the pages and the listener that something has changed.
    fn changed(&self) {
        self.pulse.send_modify(|_stop| {});
        self.outgoing.notify_one();
    }

    fn carry_out(&self, delivery: &Delivery) -> Result<Receipt, PerformError> {
        let now = self.clock.now();
        let mut town = self.town();
        let thread = match &delivery.to {
            Destination::Room(room) => town.room_thread(room),
            Destination::Person(person) => town.person_thread(person),
            Destination::Provider => None,
        };
        let thread = thread.ok_or_else(|| never("not_in_room"))?;
        let message = match &delivery.deed {
            Deed::Say { words, reply_to } => {
                let id = format!("tocsin-{}", delivery.id);
                let reply_to = reply_to.as_ref().map(MessageId::as_str);
                town.bot_says(&thread, &id, words, reply_to, now);
                Some(MessageId::new(id))
            }
            Deed::Edit { message, words } => {
                town.bot_edits(&thread, message.as_str(), words)
                    .map_err(refused)?;
                None
            }
            Deed::React { message, emoji } => {
                town.bot_reacts(&thread, message.as_str(), emoji)
                    .map_err(refused)?;
                None
            }
            Deed::Redact { message } => {
                town.bot_takes_back(&thread, message.as_str())
                    .map_err(refused)?;
                None
            }
            Deed::Exclude { .. } => return Err(never("not_possible")),
            Deed::Erase { .. } => return Err(never("cannot_erase")),
        };
        Ok(Receipt {
            message,
            ..Receipt::default()
        })
    }
}

fn refused(refused: Refused) -> PerformError {
    never(refused.code())
}

const fn never(code: &'static str) -> PerformError {
    PerformError::new(code, Retry::Never)
}

#[async_trait]
impl Platform for Playground {
    fn kind(&self) -> PlatformKind {
        PlatformKind::Playground
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            max_text: town::MAX_TEXT,
            reactions: true,
            edits: true,
            replies: true,
            redactions: true,
            direct: true,
            subscriptions: true,
            parallel: 8,
            metered: false,
            erases: false,
            answers_carrier_words: false,
            drops_repeats: true,
            throttled: false,
            arranges: false,
            nests: false,
            excludes: false,
        }
    }

    async fn listen(
        &self,
        inbox: Inbox,
        _since: Option<Checkpoint>,
        stop: Stop,
    ) -> anyhow::Result<()> {
        self.town().open(self.clock.now());
        self.pulse.send_replace(stop.clone());
        loop {
            let waiting = self.town().next_waiting();
            let Some(envelope) = waiting else {
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    () = self.outgoing.notified() => continue,
                }
            };
            let id = envelope.id.clone();
            let accepted = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                accepted = inbox.accept(vec![envelope], None) => accepted,
            };
            if accepted.is_ok() {
                self.town().taken_in(&id);
                self.pulse.send_modify(|_stop| {});
            } else {
                tracing::warn!(envelope = %id, "not taken in; offered again soon");
                tokio::select! {
                    () = stop.cancelled() => return Ok(()),
                    () = tokio::time::sleep(OFFER_AGAIN) => {}
                }
            }
        }
    }

    async fn perform(&self, delivery: &Delivery) -> Result<Receipt, PerformError> {
        let receipt = self.carry_out(delivery)?;
        self.changed();
        Ok(receipt)
    }

    fn is_up(&self) -> bool {
        true
    }
}
