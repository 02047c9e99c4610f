//! Lists what people sent us and offers it to the intake: what a web hook did not bring (while we were away, or Twilio could not
//! reach us) is found here. What was taken in already is dropped there by its number.

use std::time::Duration;

use tracing::warn;

use crate::{
    domain::{envelope::Envelope, ids::Checkpoint, timestamp::Timestamp},
    platforms::{
        Inbox, Stop,
        sms::{
            Twilio,
            client::TwilioError,
            convert::Inbound,
            errors::{self, Stops},
        },
    },
};

/// How many messages a page has.
const PAGE: u16 = 200;
/// After so many pages of one number something is wrong.
const PAGES: usize = 1000;
/// How long to wait before what could not be taken in is offered again.
const OFFER_AGAIN: Duration = Duration::from_secs(5);
/// How long to wait before the provider is asked again after a failure.
const ASK_AGAIN: Duration = Duration::from_secs(30);

impl Twilio {
    /// Catches up now and every few minutes, until `stop`.
    pub(super) async fn keep_up(&self, inbox: &Inbox, since: Option<Checkpoint>, stop: &Stop) {
        // Nothing that came before the bot was there is read: nobody meant it for the bot.
        let mut since = since
            .and_then(|point| read(&point))
            .unwrap_or_else(|| self.clock.now());
        loop {
            let wait = match stop.run_until_cancelled(self.catch_up(inbox, since)).await {
                None => return,
                Some(Ok(until)) => {
                    since = until;
                    self.waits.catch_up
                }
                Some(Err(error)) => {
                    self.tell(&error);
                    ASK_AGAIN.min(self.waits.catch_up)
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Offers everything that was sent to us since then, and says until when that was everything.
    async fn catch_up(&self, inbox: &Inbox, since: Timestamp) -> Result<Timestamp, TwilioError> {
        let began_at = self.clock.now();
        let found = self.sent_to_us(since - self.waits.overlap).await?;
        self.standing.worked(None);
        // A number may have had a message from before our clock said so; the overlap covers that.
        let until = began_at.max(since);
        inbox.accept_all(found, written(until), OFFER_AGAIN).await;
        Ok(until)
    }

    async fn sent_to_us(&self, since: Timestamp) -> Result<Vec<Envelope>, TwilioError> {
        let whatsapp = self.account.whatsapp.as_ref();
        let numbers = self.config.numbers.iter();
        let mut found = Vec::new();
        for number in numbers.chain(whatsapp.map(|whatsapp| &whatsapp.from)) {
            self.sent_to(number, since, &mut found).await?;
        }
        Ok(found)
    }

    async fn sent_to(
        &self,
        number: &str,
        since: Timestamp,
        found: &mut Vec<Envelope>,
    ) -> Result<(), TwilioError> {
        let day = day(since);
        let mut page = self.client.messages(Some(number), Some(&day), PAGE).await?;
        for _ in 0..PAGES {
            let next = page.next_page_uri.clone();
            let is_last = next.is_none();
            let messages = std::mem::take(&mut page.messages);
            for message in messages {
                let Some((inbound, at)) = Inbound::of_message(message, &self.account.account_sid)
                else {
                    continue;
                };
                if at < since || inbound.from.expose().is_empty() {
                    continue;
                }
                self.heard
                    .note(inbound.from.expose(), inbound.to.expose(), at);
                found.extend(inbound.envelopes(at));
            }
            if is_last {
                return Ok(());
            }
            match self.client.more(&page).await {
                Some(more) => page = more?,
                None => return Ok(()),
            }
            if page.next_page_uri == next {
                break;
            }
        }
        warn!("the list of messages has no end; the rest of it is not read");
        Ok(())
    }

    fn tell(&self, error: &TwilioError) {
        let now = self.clock.now();
        match error {
            TwilioError::Refused { status, code, .. } => {
                let remedy = errors::remedy_of(*status, *code);
                if remedy.stops == Stops::Whole {
                    self.standing.refused(remedy, None, now);
                }
            }
            TwilioError::NotSent(_) | TwilioError::Lost(_) => self.standing.is_away(now),
        }
        if self.standing.told.is_news("cannot_list", now) {
            warn!(%error, "cannot list what was sent to us; it is tried again");
        }
    }
}

/// The day of a moment, as the list is asked for it.
fn day(at: Timestamp) -> String {
    moment(at).strftime("%Y-%m-%d").to_string()
}

fn moment(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.as_ms()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}

/// A moment as a checkpoint.
fn written(at: Timestamp) -> Checkpoint {
    Checkpoint::new(moment(at).to_string())
}

fn read(point: &Checkpoint) -> Option<Timestamp> {
    let at: jiff::Timestamp = point.as_str().parse().ok()?;
    Some(Timestamp::from_ms(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_read_back() {
        let at = Timestamp::from_ms(1_768_508_040_123);
        assert_eq!(written(at).as_str(), "2026-01-15T20:14:00.123Z");
        assert_eq!(read(&written(at)), Some(at));
        assert_eq!(read(&Checkpoint::new("yesterday")), None);
        assert_eq!(day(at), "2026-01-15");
    }
}
