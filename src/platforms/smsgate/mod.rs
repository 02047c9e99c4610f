//! Text messages through a phone in a drawer: SMSGate (android-sms-gateway) on the phone itself, or on a server it is connected to.
//!
//! | module | does |
//! |---|---|
//! | `client` | asks things of the API |
//! | `signature`, `webhook` | what it posts to us: checked, committed, answered |
//! | `convert` | web hooks and listed messages → envelopes, pure |
//! | `catch_up` | registers the web hooks; reads what none of them brought |
//! | `standing` | whether it is there |
//!
//! The number of a message is ours to choose and is taken once: a try whose answer is lost is simply made again under the number
//! of its effect, and nobody hears anything twice. The phone keeps what it sent and received in its own message app, which this
//! API cannot empty: so nothing is erased here, and the documentation says what to set on the phone.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use anyhow::Context as _;
use async_trait::async_trait;

use self::{
    client::{Client, GateError, Outgoing, Taken, Text},
    convert::Ours,
    standing::Standing,
};
use crate::{
    clock::Clock,
    config::smsgate::GateConfig,
    domain::{
        envelope::PlatformKind,
        ids::{Checkpoint, MessageId},
        segment,
    },
    platforms::{
        Capabilities, Deed, Delivery, Destination, Inbox, PerformError, Platform, Receipt, Retry,
        Stop, door::Door, pace::Pace,
    },
};

mod catch_up;
mod client;
mod convert;
pub mod signature;
mod standing;
mod webhook;

/// How long things are waited for. Tests shorten them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// Until there is a connection.
    pub connect: Duration,
    /// Until an answer is there.
    pub answer: Duration,
    /// How long a send waits for its turn; the outbox is told to come back when it takes longer.
    pub turn: Duration,
    /// How often what came in is listed.
    pub catch_up: Duration,
    /// How far back each listing reaches beyond the one before: networks hand messages over late.
    pub overlap: Duration,
    /// After how long the phone is asked again that did not answer well.
    pub ask_again: Duration,
    /// How often it is looked whether the phone is there.
    pub watch: Duration,
    /// After how long is offered again what could not be taken in.
    pub offer_again: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            answer: Duration::from_secs(20),
            turn: Duration::from_secs(3),
            catch_up: Duration::from_secs(600),
            overlap: Duration::from_secs(3600),
            ask_again: Duration::from_secs(30),
            watch: Duration::from_secs(60),
            offer_again: Duration::from_secs(5),
        }
    }
}

/// How many messages may leave at once after a rest: what waits at the phone cannot be overtaken by what is urgent.
const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(4);
/// The shortest time that a message may wait at the phone; the API takes no less.
const SHORTEST: Duration = Duration::from_secs(5);

/// A phone with our number.
pub struct Gate {
    config: GateConfig,
    public_url: String,
    key: [u8; 32],
    waits: Waits,
    clock: Arc<dyn Clock>,
    client: Client,
    pace: Pace,
    standing: Standing,
    door: Door,
}

impl Gate {
    /// A phone that reaches us under `public_url`. `key` names envelopes. Nothing is asked of it yet.
    ///
    /// # Errors
    /// If this machine cannot make web requests.
    pub fn new(
        config: GateConfig,
        public_url: &str,
        key: [u8; 32],
        waits: Waits,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Arc<Self>> {
        let client = Client::new(&config, waits.connect, waits.answer)
            .context("Cannot make web requests")?;
        Ok(Arc::new(Self {
            client,
            pace: Pace::new(config.pause, BURST, waits.turn),
            standing: Standing::default(),
            door: Door::default(),
            public_url: public_url.trim_end_matches('/').to_owned(),
            config,
            key,
            waits,
            clock,
        }))
    }

    /// Where the phone posts messages and news, to be mounted on the web server: `/gate/sms`.
    pub fn routes(self: &Arc<Self>) -> axum::Router {
        webhook::routes(self)
    }

    fn ours(&self) -> Ours<'_> {
        Ours {
            number: &self.config.number,
            sim: self.config.sim,
            key: &self.key,
        }
    }

    async fn say(
        &self,
        delivery: &Delivery,
        to: &str,
        text: &str,
    ) -> Result<Receipt, PerformError> {
        let id = delivery.id.as_str();
        let receipt = Receipt {
            message: Some(MessageId::new(id)),
            segments: segment::count(text).segments,
            ..Receipt::default()
        };
        if delivery.doubt.is_some() {
            // Not needed against repeats, the number sees to that; but what came through needs no turn, and what failed meanwhile
            // must not count as sent.
            match self.client.state(id).await {
                Ok(Some(state)) if state.state == "Failed" => {
                    return Err(PerformError::new("undelivered", Retry::Never));
                }
                Ok(Some(_)) => return Ok(receipt),
                Ok(None) => {}
                Err(error) => {
                    let mut error = self.refusal(error);
                    error.is_doubtful = true;
                    return Err(error);
                }
            }
        }
        self.pace
            .take(receipt.segments)
            .await
            .map_err(|wait| PerformError::new("paced", Retry::Later(Some(wait))))?;
        let left = delivery.expires_at.since(self.clock.now());
        if left.is_zero() {
            return Err(PerformError::new("expired", Retry::Never));
        }
        let message = Outgoing {
            id,
            phone_numbers: [to],
            text_message: Text { text },
            with_delivery_report: true,
            ttl: left.max(SHORTEST).as_secs(),
            sim_number: self.config.sim,
            device_id: self.config.device.as_deref(),
        };
        match self.client.send(&message).await {
            Ok(Taken::Now | Taken::Before) => {
                self.standing.reached(true);
                Ok(receipt)
            }
            Err(error) => Err(self.refusal(error)),
        }
    }

    /// What an error means for the effect.
    fn refusal(&self, error: GateError) -> PerformError {
        self.standing.failed(&error, self.clock.now());
        let (code, retry, is_doubtful) = match &error {
            GateError::NotSent(_) => ("unreachable", Retry::Later(None), false),
            GateError::Lost(_) => ("unknown", Retry::Later(None), true),
            GateError::Refused {
                status,
                retry_after,
            } => match status.as_u16() {
                401 | 403 => ("forbidden", Retry::Later(Some(self.waits.ask_again)), false),
                404 | 405 => ("wrong_url", Retry::Later(Some(self.waits.ask_again)), false),
                408 => ("unknown", Retry::Later(None), true),
                429 => ("rate_limited", Retry::Later(*retry_after), false),
                // A redirect, or a message that the API does not understand.
                _ => ("refused", Retry::Never, false),
            },
        };
        let mut refusal = PerformError::new(code, retry);
        refusal.is_doubtful = is_doubtful;
        refusal.source = Some(error.into());
        refusal
    }
}

/// What `tocsin check` tries: whether the phone or its server answers and lets us in.
///
/// # Errors
/// With what to mend.
pub async fn check(config: &GateConfig) -> Result<String, String> {
    let waits = Waits::default();
    let client = Client::new(config, waits.connect, waits.answer).map_err(|e| format!("{e:#}"))?;
    match client.hooks().await {
        Ok(hooks) => Ok(format!(
            "the phone answers and lets us in; {hooks} web hooks are registered, tocsin registers its own when it runs"
        )),
        Err(GateError::NotSent(_)) => Err(
            "nothing answers at [sms.gate] url: is the phone on, in the network, and the app's server started?".to_owned(),
        ),
        Err(GateError::Refused { status, .. }) if matches!(status.as_u16(), 401 | 403) => {
            Err("it refuses: check username and password_file in [sms.gate]".to_owned())
        }
        Err(GateError::Refused { status, .. }) if status.as_u16() == 404 => Err(
            "it does not know the address: a server wants /3rdparty/v1 at the end of url in [sms.gate], a phone does not"
                .to_owned(),
        ),
        Err(error) => Err(format!("it does not answer well: {error}")),
    }
}

#[async_trait]
impl Platform for Gate {
    fn kind(&self) -> PlatformKind {
        PlatformKind::Sms
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            parallel: 2,
            // Its message numbers are ours; but what failed meanwhile must be seen.
            drops_repeats: false,
            ..Capabilities::TEXTS
        }
    }

    fn open(&self, inbox: Inbox) {
        self.door.open(inbox);
    }

    async fn listen(
        &self,
        inbox: Inbox,
        since: Option<Checkpoint>,
        stop: Stop,
    ) -> anyhow::Result<()> {
        self.keep_up(&inbox, since, &stop).await;
        Ok(())
    }

    async fn perform(&self, delivery: &Delivery) -> Result<Receipt, PerformError> {
        match (&delivery.deed, &delivery.to) {
            (Deed::Say { words, .. }, Destination::Person(person)) => {
                self.say(delivery, person.address.expose(), &words.plain())
                    .await
            }
            (Deed::Say { .. }, _) => Err(PerformError::new("not_in_room", Retry::Never)),
            (
                Deed::Edit { .. }
                | Deed::React { .. }
                | Deed::Redact { .. }
                | Deed::Exclude { .. }
                | Deed::Erase { .. },
                _,
            ) => Err(PerformError::new("not_possible", Retry::Never)),
        }
    }

    fn is_up(&self) -> bool {
        self.standing.is_up()
    }
}
