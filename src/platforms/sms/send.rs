//! Sends a message once, as far as the world allows: a lost answer is looked for before anything is sent again.

use std::time::Duration;

use crate::{
    domain::{
        ids::{EffectId, MessageId},
        segment,
        timestamp::Timestamp,
    },
    platforms::{
        Delivery, Doubt, PerformError, Receipt, Retry,
        sms::{
            Twilio,
            client::{OutboundMessage, Sender, TwilioError, Words},
            errors::{self, Remedy},
            heard::Window,
            message::Message,
            senders::WHATSAPP,
            standing::Hold,
            webhook::STATUSES,
        },
    },
};

/// How many messages to one person are looked through, and how many of them a page has.
const LOOK: (usize, u16) = (5, 100);
/// The next try takes the template.
const AT_ONCE: Retry = Retry::Later(Some(Duration::ZERO));
/// Twilio delivers no longer than 10 h, and asks for more than 5 s.
const VALIDITY: (Duration, Duration) = (Duration::from_secs(6), Duration::from_secs(36_000));

impl Twilio {
    /// Says something to one person.
    pub(super) async fn say(
        &self,
        delivery: &Delivery,
        person: &str,
        text: &str,
    ) -> Result<Receipt, PerformError> {
        let wrote_to = self.heard.number(person);
        let line = self
            .senders
            .for_person(person, wrote_to.as_deref())
            .ok_or(PerformError::new("no_sender", Retry::Never))?;
        let doubt = delivery.doubt.as_ref();
        let early = |error: PerformError| PerformError {
            // Nothing was found out: what was doubtful still is.
            is_doubtful: doubt.is_some(),
            ..error
        };
        let now = self.clock.now();
        if let Some(hold) = self.standing.stands_still(now) {
            return Err(early(held(hold, now)));
        }
        if let Some(doubt) = doubt
            && let Some(receipt) = self.look(delivery, doubt, person, text).await?
        {
            return Ok(receipt);
        }
        if let Some(hold) = self.standing.is_held(&line.sender, now) {
            return Err(early(held(hold, now)));
        }
        let words = self.words_for(person, text, now)?;
        if let Err(wait) = line.pace.take(segment::count(text).segments).await {
            return Err(early(PerformError::new("paced", Retry::Later(Some(wait)))));
        }
        self.post(delivery, person, text, words, &line.sender).await
    }

    /// Sends it, and says what became of that.
    async fn post(
        &self,
        delivery: &Delivery,
        person: &str,
        text: &str,
        words: Words<'_>,
        sender: &Sender,
    ) -> Result<Receipt, PerformError> {
        let began_at = self.clock.now();
        let (shortest, longest) = VALIDITY;
        let is_template = matches!(words, Words::Template { .. });
        let message = OutboundMessage {
            from: sender,
            to: person,
            words,
            media: &[],
            status_callback: Some(self.callback(delivery)),
            validity: delivery.expires_at.since(began_at).clamp(shortest, longest),
        };
        match self.client.send_message(&message).await {
            Ok(message) => {
                self.standing.worked(Some(sender));
                self.sent.own(&message.sid, &delivery.id);
                Ok(receipt(&message, text))
            }
            Err(TwilioError::Lost(source)) => {
                self.sent.lost(&delivery.id, began_at);
                Err(self.doubtful("answer_lost", source))
            }
            Err(TwilioError::NotSent(source)) => {
                self.standing.is_away(began_at);
                Err(PerformError {
                    source: Some(source.into()),
                    ..PerformError::new("unreachable", Retry::Later(None))
                })
            }
            Err(TwilioError::Refused {
                status,
                code,
                retry_after,
            }) => {
                let remedy = errors::remedy_of(status, code);
                self.standing.refused(remedy, Some(sender), began_at);
                self.sent.settled(&delivery.id);
                if code == errors::WINDOW_CLOSED {
                    self.heard.close(person);
                    if !is_template && self.template().is_some() {
                        return Err(PerformError::new("window_closed", AT_ONCE));
                    }
                }
                let pause = pause(remedy, retry_after, &delivery.id);
                Err(errors::refused(remedy, pause, told(status, code)))
            }
        }
    }

    /// Looks for a message whose answer was lost: found, or surely not sent, or an error until that is known.
    async fn look(
        &self,
        delivery: &Delivery,
        doubt: &Doubt,
        person: &str,
        text: &str,
    ) -> Result<Option<Receipt>, PerformError> {
        let found = self
            .find(delivery, doubt, person, text)
            .await
            .map_err(|error| self.doubtful("cannot_look", error.into()))?;
        if let Some(message) = found {
            self.standing.worked(None);
            self.sent.own(&message.sid, &delivery.id);
            return Ok(Some(receipt(&message, text)));
        }
        let last_try = self.sent.last_lost(&delivery.id);
        let since = last_try.map_or(doubt.since, |last| last.max(doubt.since));
        if self.clock.now().since(since) < self.waits.give_up_looking {
            return Err(self.doubtful("unconfirmed", anyhow::anyhow!("Not in the list yet")));
        }
        self.sent.settled(&delivery.id);
        if doubt.may_repeat {
            Ok(None)
        } else {
            Err(PerformError::new("unknown", Retry::Never))
        }
    }

    /// The message in the provider's list, if it is there: to the same person, with the same words, made since then, and not
    /// known to be another one. All recent ones are asked for, not only those of a day: one that waits has no date yet.
    async fn find(
        &self,
        delivery: &Delivery,
        doubt: &Doubt,
        person: &str,
        text: &str,
    ) -> Result<Option<Message>, TwilioError> {
        let since = doubt.since - self.waits.skew;
        let is_it = |message: &Message| {
            let body = message
                .body
                .as_ref()
                .map_or("", |body| body.expose().trim());
            let is_said = body == text.trim()
                // A template has words around ours.
                || (person.starts_with(WHATSAPP) && !text.trim().is_empty() && body.contains(text.trim()));
            is_said
                && message.direction != "inbound"
                && message.created_at().is_none_or(|at| at >= since)
                && !doubt
                    .accounted
                    .iter()
                    .any(|other| other.as_str() == message.sid)
                && !self.sent.is_of_another(&message.sid, &delivery.id)
        };
        let (pages, size) = LOOK;
        let mut page = self.client.messages(Some(person), None, size).await?;
        for _ in 1..pages {
            if let Some(at) = page.messages.iter().position(&is_it) {
                return Ok(Some(page.messages.swap_remove(at)));
            }
            let is_old = |message: &Message| message.created_at().is_some_and(|at| at < since);
            if page.messages.last().is_none_or(is_old) {
                return Ok(None);
            }
            match self.client.more(&page).await {
                Some(next) => page = next?,
                None => return Ok(None),
            }
        }
        Ok(page.messages.into_iter().find(is_it))
    }

    /// Free text, or the template where a person on WhatsApp takes no free text any more.
    fn words_for<'a>(
        &'a self,
        person: &str,
        text: &'a str,
        now: Timestamp,
    ) -> Result<Words<'a>, PerformError> {
        if !person.starts_with(WHATSAPP) || self.heard.window(person, now) != Window::Closed {
            return Ok(Words::Text(text));
        }
        let sid = self
            .template()
            .ok_or(PerformError::new("window_closed", Retry::Never))?;
        let variables = serde_json::json!({ "1": text }).to_string();
        Ok(Words::Template { sid, variables })
    }

    fn template(&self) -> Option<&str> {
        self.account.whatsapp.as_ref()?.template_sid.as_deref()
    }

    /// Where news of this message is to be posted; it carries the effect, so that a lost answer is found by it.
    fn callback(&self, delivery: &Delivery) -> String {
        let attempt = if delivery.doubt.is_some() { "2" } else { "1" };
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("out", delivery.id.as_str())
            .append_pair("n", attempt)
            .finish();
        format!("{}{STATUSES}?{query}", self.config.public_url)
    }

    fn doubtful(&self, code: &'static str, source: anyhow::Error) -> PerformError {
        PerformError {
            is_doubtful: true,
            source: Some(source),
            ..PerformError::new(code, Retry::Later(Some(self.waits.look_again)))
        }
    }
}

/// A refusal for the log; its words could name the person.
pub(super) fn told(status: u16, code: u32) -> anyhow::Error {
    anyhow::anyhow!("Twilio answered with HTTP status {status}, code {code}")
}

/// Nothing is tried while a sender or the account stands still.
pub(super) fn held(hold: Hold, now: Timestamp) -> PerformError {
    PerformError::new(hold.name, Retry::Later(Some(hold.until.since(now))))
}

/// What the provider asked for, and up to a second more, so that not all come back at once.
fn pause(remedy: Remedy, retry_after: Option<Duration>, effect: &EffectId) -> Option<Duration> {
    let pause = retry_after.or(remedy.again)?;
    let spread: u64 = effect.as_str().bytes().map(u64::from).sum();
    Some(pause + Duration::from_millis(spread * 37 % 1000))
}

fn receipt(message: &Message, text: &str) -> Receipt {
    Receipt {
        message: Some(MessageId::new(&message.sid)),
        segments: message
            .segments()
            .unwrap_or_else(|| segment::count(text).segments),
        ..Receipt::default()
    }
}
