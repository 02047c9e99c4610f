//! What becomes of a message after a provider took it: how far it got, and what its end says of the person.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{EffectId, MessageId};

/// How far a message got. Later stages are greater; the last three are ends without arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The provider has it and looks for a sender.
    Accepted,
    /// It waits at the provider.
    Queued,
    /// It is on its way to the carrier.
    Sending,
    /// The carrier has it.
    Sent,
    /// It reached the phone.
    Delivered,
    /// It was opened.
    Read,
    /// It did not reach the phone.
    Undelivered,
    /// It was never sent.
    Failed,
    /// It was called off.
    Canceled,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 9] = [
        Self::Accepted,
        Self::Queued,
        Self::Sending,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Undelivered,
        Self::Failed,
        Self::Canceled,
    ];

    /// The name as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Undelivered => "undelivered",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    /// The stage of that name, as [`Self::as_str`] gives it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == name)
    }

    /// Whether it did not arrive and will not any more.
    #[must_use]
    pub const fn is_lost(self) -> bool {
        matches!(self, Self::Undelivered | Self::Failed | Self::Canceled)
    }

    /// Whether nothing but "read" can follow.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Delivered | Self::Read) || self.is_lost()
    }

    /// Whether this is news after `known`. News comes twice and in any order: the further stage holds, and an end stays
    /// (accepted < queued < sending < sent < delivered < read; failed, undelivered and canceled are final).
    #[must_use]
    pub fn follows(self, known: Self) -> bool {
        match (known, self) {
            (Self::Delivered, Self::Read) => true,
            (known, _) if known.is_end() => false,
            (known, next) => next > known,
        }
    }
}

/// What a failure says of the person, not of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonFate {
    /// They told the carrier to stop: they are never written to again, on no occasion.
    OptedOut,
    /// The number cannot be reached: it is wrong, a landline, or gone.
    Unreachable,
    /// The phone is off or unknown right now: once more later may work.
    Away,
}

/// News about one message of the bot's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The message, by the provider's number.
    pub message: MessageId,
    /// The effect it was sent for, where the provider says that too: so a message whose acceptance was never heard of is found.
    pub effect: Option<EffectId>,
    /// How far it got.
    pub stage: Stage,
    /// The provider's code of a failure, for logs and metrics; 0 if there is none.
    pub code: u32,
    /// What the failure says of the person.
    pub person: Option<PersonFate>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The furthest stage after all this news.
    fn after(news: &[Stage]) -> Stage {
        news.iter().copied().fold(Stage::Accepted, |known, next| {
            if next.follows(known) { next } else { known }
        })
    }

    #[test]
    fn news_in_any_order_ends_the_same() {
        use Stage::{Delivered, Queued, Read, Sending, Sent};
        let orders = [
            [Queued, Sending, Sent, Delivered],
            [Delivered, Sent, Sending, Queued],
            [Sent, Delivered, Queued, Sent],
            [Delivered, Delivered, Queued, Sending],
        ];
        for order in orders {
            assert_eq!(after(&order), Delivered, "{order:?}");
        }
        assert_eq!(after(&[Read, Delivered]), Read);
        assert_eq!(after(&[Delivered, Read]), Read);
    }

    #[test]
    fn an_end_stays() {
        for end in [Stage::Failed, Stage::Undelivered, Stage::Canceled] {
            for next in Stage::ALL {
                assert!(!next.follows(end), "{next:?} after {end:?}");
            }
            assert!(end.follows(Stage::Sent));
        }
        assert!(!Stage::Failed.follows(Stage::Delivered));
    }

    #[test]
    fn names_are_read_back() {
        for stage in Stage::ALL {
            assert_eq!(Stage::from_name(stage.as_str()), Some(stage));
        }
        assert_eq!(Stage::from_name("scheduled"), None);
    }
}
