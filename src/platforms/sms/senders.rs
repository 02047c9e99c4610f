//! From which of our addresses a person is written to, each with its own pace.

use std::{hash::Hasher, num::NonZeroU32, time::Duration};

use rustc_hash::FxHasher;

use crate::{
    config::sms::{SmsConfig, TwilioConfig},
    platforms::{pace::Pace, sms::client::Sender},
};

/// What WhatsApp addresses begin with.
pub(super) const WHATSAPP: &str = "whatsapp:";

/// How many segments may leave at once after a rest. The provider queues them; more would make an alert wait there.
const BURST: u32 = 10;

/// A pace of so many segments a second.
fn pace(rate: f64, patience: Duration) -> Pace {
    let burst = NonZeroU32::MIN.saturating_add((rate.ceil() as u32).max(BURST) - 1);
    Pace::new(
        Duration::from_secs_f64(1.0 / rate.max(0.001)),
        burst,
        patience,
    )
}

/// One of our addresses.
pub(super) struct Line {
    /// Its name at the provider.
    pub sender: Sender,
    /// How fast it sends.
    pub pace: Pace,
}

/// Our addresses.
pub(super) struct Senders {
    phones: Vec<Line>,
    whatsapp: Option<Line>,
    rate: f64,
}

impl Senders {
    /// The configured ones. A Messaging Service sends as fast as its numbers do together.
    pub(super) fn new(config: &SmsConfig, account: &TwilioConfig, patience: Duration) -> Self {
        let line = |sender, rate| Line {
            sender,
            pace: pace(rate, patience),
        };
        let together = config.rate * config.numbers.len().max(1) as f64;
        let phones = match &account.messaging_service {
            Some(service) => vec![line(Sender::Service(service.clone()), together)],
            None => config
                .numbers
                .iter()
                .map(|number| line(Sender::Number(number.clone()), config.rate))
                .collect(),
        };
        // WhatsApp takes 80 messages a second from a number; carriers' limits do not hold there.
        let whatsapp = account
            .whatsapp
            .as_ref()
            .map(|whatsapp| line(Sender::Number(whatsapp.from.clone()), 80.0));
        Self {
            phones,
            whatsapp,
            rate: together,
        }
    }

    /// The address to write to a person from: the one they wrote to last, else always the same one.
    pub(super) fn for_person(&self, person: &str, wrote_to: Option<&str>) -> Option<&Line> {
        if person.starts_with(WHATSAPP) {
            return self.whatsapp.as_ref();
        }
        let known = wrote_to.and_then(|number| {
            let is_it = |line: &&Line| matches!(&line.sender, Sender::Number(own) if own == number);
            self.phones.iter().find(is_it)
        });
        known.or_else(|| {
            let mut hasher = FxHasher::default();
            hasher.write(person.as_bytes());
            let count = self.phones.len().max(1) as u64;
            self.phones
                .get(usize::try_from(hasher.finish() % count).ok()?)
        })
    }

    /// How many people are written to at the same time: enough for the pace, were an answer to take half a second.
    pub(super) fn parallel(&self) -> usize {
        (self.rate.ceil() as usize).clamp(4, 32)
    }
}
