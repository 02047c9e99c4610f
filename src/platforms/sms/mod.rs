//! Text messages by Twilio, or by somebody who speaks its API; WhatsApp by the same way.
//!
//! | module | does |
//! |---|---|
//! | `client`, `media`, `message` | asks things of the API |
//! | `errors` | what its error codes mean: one table |
//! | `signature`, `form`, `webhook` | what it posts to us: checked, committed, answered |
//! | `convert` | forms and listed messages → envelopes, pure |
//! | `catch_up` | lists what no web hook brought |
//! | `send`, `sent` | sends once; looks for what was lost |
//! | `senders`, `standing`, `heard` | from which number, how fast, whether at all, and whether WhatsApp takes free text |
//! | `erase` | has the provider forget |
//! | `check` | what `tocsin check` tries |
//!
//! Twilio does not drop what it is given twice. So a try whose answer is lost ends in doubt; the next one first looks in the
//! list of messages, and sends again only when nothing has been there for two minutes and the outbox allows it.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use async_trait::async_trait;

use crate::{
    clock::Clock,
    config::sms::{SmsConfig, TwilioConfig},
    domain::{envelope::PlatformKind, ids::Checkpoint},
    platforms::{
        Capabilities, Deed, Delivery, Destination, Inbox, PerformError, Platform, Receipt, Retry,
        Stop,
        door::Door,
        sms::{
            client::{Client, Limits},
            heard::Heard,
            senders::Senders,
            sent::Sent,
            signature::Secrets,
            standing::Standing,
        },
    },
};

mod catch_up;
mod check;
pub mod client;
mod convert;
mod erase;
pub mod errors;
mod form;
mod heard;
pub mod media;
pub mod message;
mod send;
mod senders;
mod sent;
pub mod signature;
mod standing;
mod webhook;

pub use check::check;

/// What the log filter needs to keep the libraries of web requests quiet.
pub const QUIET: &str = "reqwest=info,hyper_util=info";

/// How long things are waited for. Tests shorten them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// How long requests may take.
    pub limits: Limits,
    /// After how long a lost message is looked for, again and again.
    pub look_again: Duration,
    /// For how long a lost message may still appear in the list: Twilio itself gives a request up after some 26 s.
    pub give_up_looking: Duration,
    /// How far Twilio's clock and ours may be apart.
    pub skew: Duration,
    /// How long a send waits for its turn; the outbox is told to come back when it takes longer.
    pub turn: Duration,
    /// How often what was sent to us is listed.
    pub catch_up: Duration,
    /// How far back each listing reaches beyond the one before.
    pub overlap: Duration,
    /// After how long a deletion that came too early is tried again.
    pub too_early: Duration,
}

impl Default for Waits {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            look_again: Duration::from_secs(30),
            give_up_looking: Duration::from_secs(120),
            skew: Duration::from_secs(60),
            turn: Duration::from_secs(3),
            catch_up: Duration::from_secs(600),
            overlap: Duration::from_secs(900),
            too_early: Duration::from_secs(60),
        }
    }
}

/// One account at Twilio, with the numbers that are ours.
pub struct Twilio {
    config: SmsConfig,
    account: TwilioConfig,
    waits: Waits,
    clock: Arc<dyn Clock>,
    client: Client,
    secrets: Secrets,
    senders: Senders,
    standing: Standing,
    heard: Heard,
    sent: Sent,
    door: Door,
}

impl Twilio {
    /// An account. Nothing is asked of it yet.
    ///
    /// # Errors
    /// If it has no auth token, or this machine cannot make web requests.
    pub fn new(
        config: SmsConfig,
        account: TwilioConfig,
        waits: Waits,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Arc<Self>> {
        let token = account
            .auth_tokens
            .first()
            .context("There is no auth token")?;
        let client = Client::new(&account.api_base, &account.account_sid, token, waits.limits)
            .context("Cannot make web requests")?;
        Ok(Arc::new(Self {
            client,
            secrets: Secrets {
                tokens: account.auth_tokens.clone(),
                keys: account.shared_keys.clone(),
            },
            senders: Senders::new(&config, &account, waits.turn),
            standing: Standing::default(),
            heard: Heard::default(),
            sent: Sent::default(),
            door: Door::default(),
            config,
            account,
            waits,
            clock,
        }))
    }

    /// Where Twilio posts messages and news, to be mounted on the web server: `/twilio/sms`, `/twilio/status`.
    pub fn routes(self: &Arc<Self>) -> axum::Router {
        webhook::routes(self)
    }
}

#[async_trait]
impl Platform for Twilio {
    fn kind(&self) -> PlatformKind {
        PlatformKind::Sms
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            parallel: self.senders.parallel(),
            erases: true,
            answers_carrier_words: self.config.answers_carrier_words,
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
            (Deed::Erase { message }, _) => self.erase(message.as_str()).await,
            (Deed::Say { .. }, _) => Err(PerformError::new("not_in_room", Retry::Never)),
            (
                Deed::Edit { .. } | Deed::React { .. } | Deed::Redact { .. } | Deed::Exclude { .. },
                _,
            ) => Err(PerformError::new("not_possible", Retry::Never)),
        }
    }

    fn is_up(&self) -> bool {
        self.standing.is_up(self.clock.now())
    }
}
