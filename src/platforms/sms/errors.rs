//! What each of Twilio's error codes means and what is done about it: one table.

use std::time::Duration;

use crate::{
    domain::sending::PersonFate,
    platforms::{PerformError, Retry},
};

/// How much stands still when a code says that sending on is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stops {
    /// Only the message itself.
    Nothing,
    /// Everything that would be sent from the same sender.
    Sender,
    /// Everything that would be asked of the account.
    Whole,
}

/// What is done about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remedy {
    /// Its name in logs, metrics and for moderators.
    pub name: &'static str,
    /// Whether the message is worth another try; `Some` with the pause.
    pub again: Option<Duration>,
    /// What stands still meanwhile; for as long as `again`.
    pub stops: Stops,
    /// What it says of the person.
    pub person: Option<PersonFate>,
    /// Whether operators must hear of it, with what they can do.
    pub advice: Option<&'static str>,
}

impl Remedy {
    const fn never(name: &'static str) -> Self {
        Self {
            name,
            again: None,
            stops: Stops::Nothing,
            person: None,
            advice: None,
        }
    }

    const fn later(name: &'static str, seconds: u64) -> Self {
        Self {
            again: Some(Duration::from_secs(seconds)),
            ..Self::never(name)
        }
    }

    const fn person(name: &'static str, fate: PersonFate) -> Self {
        Self {
            person: Some(fate),
            ..Self::never(name)
        }
    }

    const fn stops(self, stops: Stops) -> Self {
        Self { stops, ..self }
    }

    const fn advice(self, advice: &'static str) -> Self {
        Self {
            advice: Some(advice),
            ..self
        }
    }
}

/// A person wrote to us on WhatsApp more than a day ago: only a template goes.
pub const WINDOW_CLOSED: u32 = 63016;
/// Deleting is too early: delivery has not ended.
pub const TOO_EARLY: u32 = 20009;

/// Wrong credentials, or an account that is closed. Asked again after five minutes: more often could lock the account.
const ACCOUNT: Remedy = Remedy::later("account_stopped", 300)
    .stops(Stops::Whole)
    .advice("check account_sid and the auth token in [sms.twilio], and that the account is not suspended");
/// The one remedy for a pause that the provider asks for.
const RATE: Remedy = Remedy::later("rate_limited", 2);

/// What Twilio's codes mean, from its pages on errors; the rows follow section 2.4 of our notes on it.
const TABLE: &[(&[u32], Remedy)] = &[
    (&[20429], RATE),
    (&[20003, 20005, 30002], ACCOUNT),
    (
        &[21211, 21614, 21635, 30005, 30006],
        Remedy::person("number_unreachable", PersonFate::Unreachable),
    ),
    (
        &[21408],
        Remedy::never("country_not_enabled")
            .advice("allow the country in Twilio's geographic permissions, or remove the person"),
    ),
    (
        &[21610],
        Remedy::person("opted_out", PersonFate::OptedOut),
    ),
    (
        &[21611, 30001, 30022, 30023, 30027],
        Remedy::later("queue_full", 60)
            .stops(Stops::Sender)
            .advice("the sender's queue or day limit is full: lower `rate` in [sms], or get a sender that may send more"),
    ),
    (
        &[21602, 21603, 21604, 21609, 21617, 21624],
        Remedy::never("our_fault").advice("tocsin asked for something that Twilio refuses; please report it"),
    ),
    (
        &[21606, 21701, 21703, 21704],
        Remedy::later("sender_unusable", 300)
            .stops(Stops::Sender)
            .advice("the number or Messaging Service in [sms] cannot send: check that it belongs to the account"),
    ),
    (
        &[30003, 30008],
        Remedy {
            person: Some(PersonFate::Away),
            ..Remedy::later("phone_away", 120)
        },
    ),
    (
        &[30004, 30007],
        Remedy::never("filtered").advice("a carrier filters our texts: look at their wording and at the registration"),
    ),
    (
        &[30024, 30032, 30034],
        Remedy::later("not_registered", 300)
            .stops(Stops::Sender)
            .advice("the sender is not registered with the carriers (A2P 10DLC, toll-free verification)"),
    ),
    // The adapter sends a template instead where there is one.
    (&[WINDOW_CLOSED], Remedy::never("window_closed")),
    (&[63018], Remedy::later("rate_limited", 60)),
    // Deleting before delivery has ended. Tried for as long as a chore is worth it.
    (&[TOO_EARLY], Remedy::later("too_early", 60)),
    (
        &[11200, 11205, 11217, 12300],
        Remedy::never("web_hook_failed")
            .advice("Twilio cannot use what tocsin answers: check public_url in [sms] and the proxy before it"),
    ),
];

/// What is done about a code; `None` if the table does not know it.
#[must_use]
pub fn remedy(code: u32) -> Option<Remedy> {
    TABLE
        .iter()
        .find(|(codes, _)| codes.contains(&code))
        .map(|(_, remedy)| *remedy)
}

/// What is done about an answer that refuses to take a message: by its code, else by its HTTP status.
#[must_use]
pub fn remedy_of(status: u16, code: u32) -> Remedy {
    remedy(code).unwrap_or(match status {
        429 => RATE,
        // The path of a new message has nothing in it but the account.
        401 | 403 | 404 => ACCOUNT,
        300..=399 => Remedy::later("redirected", 300)
            .stops(Stops::Whole)
            .advice("api_base in [sms.twilio] leads somewhere else now"),
        _ => Remedy::never("refused"),
    })
}

/// The refusal as the outbox wants it. `retry_after` is what the provider asked for; it is heard up to an hour.
#[must_use]
pub fn refused(
    remedy: Remedy,
    retry_after: Option<Duration>,
    source: anyhow::Error,
) -> PerformError {
    let longest = Duration::from_secs(3600);
    let retry = match remedy.again {
        None => Retry::Never,
        Some(pause) => Retry::Later(Some(retry_after.unwrap_or(pause).min(longest))),
    };
    PerformError {
        person: remedy.person,
        source: Some(source),
        ..PerformError::new(remedy.name, retry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_in_two_rows() {
        let mut codes: Vec<u32> = TABLE
            .iter()
            .flat_map(|(codes, _)| *codes)
            .copied()
            .collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }

    #[test]
    fn what_stands_still_is_always_tried_again() {
        for (codes, remedy) in TABLE {
            assert!(
                remedy.stops == Stops::Nothing || remedy.again.is_some(),
                "{codes:?}"
            );
        }
    }

    #[test]
    fn unknown_codes_are_judged_by_their_status() {
        assert_eq!(remedy_of(429, 0).name, "rate_limited");
        assert_eq!(remedy_of(401, 0).name, "account_stopped");
        assert_eq!(remedy_of(404, 20404).name, "account_stopped");
        assert_eq!(remedy_of(302, 0).stops, Stops::Whole);
        assert_eq!(remedy_of(400, 99_999), Remedy::never("refused"));
        assert_eq!(remedy_of(400, 21610).person, Some(PersonFate::OptedOut));
    }

    #[test]
    fn a_wish_to_wait_is_heard_up_to_an_hour() {
        let wait = |seconds| {
            let error = refused(
                RATE,
                Some(Duration::from_secs(seconds)),
                anyhow::anyhow!("x"),
            );
            error.retry
        };
        assert_eq!(wait(7), Retry::Later(Some(Duration::from_secs(7))));
        assert_eq!(wait(99_999), Retry::Later(Some(Duration::from_secs(3600))));
    }
}
