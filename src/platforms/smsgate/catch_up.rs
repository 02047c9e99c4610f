//! Registers the web hooks, and reads what no web hook brought: while we were away, or after the phone gave up (it tries for two
//! days). What was taken in already is dropped by the intake.

use std::time::Duration;

use tracing::warn;

use crate::{
    domain::{envelope::Envelope, ids::Checkpoint, timestamp::Timestamp},
    platforms::{
        Inbox, Stop,
        smsgate::{
            Gate,
            client::{GateError, PAGE},
            webhook::PATH,
        },
    },
};

/// What the phone shall post, and under which of our names for it. `mms:received` comes before the words of a message with
/// pictures and is not needed.
const HOOKS: [(&str, &str); 6] = [
    ("tocsin-sms-received", "sms:received"),
    ("tocsin-mms-downloaded", "mms:downloaded"),
    ("tocsin-sms-sent", "sms:sent"),
    ("tocsin-sms-delivered", "sms:delivered"),
    ("tocsin-sms-failed", "sms:failed"),
    ("tocsin-sms-cancelled", "sms:cancelled"),
];
/// After so many pages something is wrong.
const PAGES: usize = 200;

impl Gate {
    /// Registers, catches up now and every few minutes, and looks whether the phone is there in between; until `stop`.
    pub(super) async fn keep_up(&self, inbox: &Inbox, since: Option<Checkpoint>, stop: &Stop) {
        // Nothing that came before the bot was there is read: nobody meant it for the bot.
        let mut since = since
            .and_then(|point| point.as_str().parse().ok().map(Timestamp::from_ms))
            .unwrap_or_else(|| self.clock.now());
        let mut is_registered = false;
        loop {
            let round = async {
                if !is_registered {
                    self.register().await?;
                    is_registered = true;
                }
                self.catch_up(inbox, since).await
            };
            let wait = match stop.run_until_cancelled(round).await {
                None => return,
                Some(Ok(until)) => {
                    self.standing.reached(true);
                    since = until;
                    self.waits.catch_up
                }
                Some(Err(error)) => {
                    self.standing.failed(&error, self.clock.now());
                    self.waits.ask_again
                }
            };
            if stop.run_until_cancelled(self.watch(wait)).await.is_none() {
                return;
            }
        }
    }

    /// Looks now and then whether the phone is there, for so long.
    async fn watch(&self, time: Duration) {
        let mut left = time;
        while left > Duration::ZERO {
            let pause = left.min(self.waits.watch);
            tokio::time::sleep(pause).await;
            left -= pause;
            if left > Duration::ZERO {
                self.standing.reached(self.client.is_there().await);
            }
        }
    }

    async fn register(&self) -> Result<(), GateError> {
        let url = format!("{}{PATH}", self.public_url);
        for (id, event) in HOOKS {
            match self.client.register(id, event, &url).await {
                // An older app does not know some events.
                Err(GateError::Refused { status, .. }) if status.as_u16() == 400 => {
                    if self.standing.told.is_news(event, self.clock.now()) {
                        warn!(
                            event,
                            "the phone does not post this event: it may be too old, or public_url not https://"
                        );
                    }
                }
                done => done?,
            }
        }
        Ok(())
    }

    /// Offers everything that came since then, and says until when that was everything.
    async fn catch_up(&self, inbox: &Inbox, since: Timestamp) -> Result<Timestamp, GateError> {
        let now = self.clock.now();
        let from = since - self.waits.overlap;
        match self.client.refresh(from, now).await {
            // An older app, or a server that has no such thing.
            Err(GateError::Refused { status, .. })
                if matches!(status.as_u16(), 400 | 404 | 501) => {}
            done => done?,
        }
        let found = self.listed(from, now).await?;
        let until = now.max(since);
        let point = Checkpoint::new(until.as_ms().to_string());
        inbox.accept_all(found, point, self.waits.offer_again).await;
        Ok(until)
    }

    async fn listed(&self, from: Timestamp, now: Timestamp) -> Result<Vec<Envelope>, GateError> {
        let mut found = Vec::new();
        for page in 0..PAGES {
            let Some(listed) = self.client.inbox(from, now, page * PAGE).await? else {
                break;
            };
            for message in &listed {
                found.extend(self.ours().listed(message, now));
            }
            if listed.len() < PAGE {
                break;
            }
        }
        Ok(found)
    }
}
