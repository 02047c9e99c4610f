//! What text messages may cost, and when they are silent: the budget's brake and quiet hours (PRODUCT, "SMS").

use crate::domain::{
    effect::{Act, Effect, Urgency},
    prompt::Prompt,
};

/// Hours of every day, such as those in which no alerts go to phones, in minutes after midnight of the city's clock; may span
/// midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoursOfDay {
    /// From this minute on, inclusive.
    pub from: u32,
    /// Until this minute, exclusive.
    pub until: u32,
}

impl HoursOfDay {
    /// Whether this minute of the day lies in them. Equal ends mean never.
    #[must_use]
    pub const fn include(self, minute: u32) -> bool {
        if self.from <= self.until {
            minute >= self.from && minute < self.until
        } else {
            minute >= self.from || minute < self.until
        }
    }
}

/// What a community spends on text messages.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spending {
    /// The price of one segment sent, carrier fees included, in the community's currency.
    pub price: Option<f64>,
    /// What a day may cost, in the same currency; without it nothing brakes.
    pub budget: Option<f64>,
    /// When alerts are not texted.
    pub quiet: Option<HoursOfDay>,
}

impl Spending {
    /// The budget in segments; `None` if there is no limit.
    #[must_use]
    pub fn segments_per_day(&self) -> Option<u32> {
        let (budget, price) = (self.budget?, self.price?);
        if price <= 0.0 {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to the range of u32"
        )]
        Some((budget / price).floor().clamp(0.0, f64::from(u32::MAX)) as u32)
    }

    /// What so many segments cost.
    #[must_use]
    pub fn cost(&self, segments: u64) -> Option<f64> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "2^52 segments are more than there are phones"
        )]
        self.price.map(|price| price * segments as f64)
    }

    /// How hard the budget brakes when so much is spent.
    #[must_use]
    pub fn brake(&self, spent: u32) -> Brake {
        let Some(most) = self.segments_per_day() else {
            return Brake::Off;
        };
        let share = u64::from(spent) * 100;
        let most = u64::from(most);
        if share >= most * 100 {
            Brake::CriticalOnly
        } else if share >= most * 90 {
            Brake::ConfirmedOnly
        } else if share >= most * 70 {
            Brake::Warned
        } else {
            Brake::Off
        }
    }
}

/// How hard the budget brakes; later ones brake harder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Brake {
    /// Not at all.
    Off,
    /// From 70 % on: everything goes, moderators know.
    Warned,
    /// From 90 % on: confirmed alerts, their ends, and what a report needs.
    ConfirmedOnly,
    /// From 100 % on: only what concerns the whole city, and what must never be missing.
    CriticalOnly,
}

impl Brake {
    /// The share of the budget at which it begins, in percent.
    #[must_use]
    pub const fn percent(self) -> u32 {
        match self {
            Self::Off => 0,
            Self::Warned => 70,
            Self::ConfirmedOnly => 90,
            Self::CriticalOnly => 100,
        }
    }

    /// Whether an effect that costs money may still leave.
    ///
    /// Two things are never held back, whatever they cost: the end of an alarm to those who were alarmed, and the one word that
    /// a person who wants to hear nothing more is owed. A question without which a report is lost goes as long as alerts do.
    #[must_use]
    pub fn lets(self, effect: &Effect) -> bool {
        let prompt = match &effect.act {
            Act::Say { prompt, .. } | Act::Edit { prompt, .. } => prompt,
            Act::React { .. }
            | Act::Redact { .. }
            | Act::Exclude { .. }
            | Act::Erase { .. }
            | Act::Arrange { .. }
            | Act::Relay(_) => {
                return true;
            }
        };
        if effect.urgency == Urgency::AllClear || matches!(prompt, Prompt::Unsubscribed) {
            return true;
        }
        let is_needed = matches!(
            prompt,
            Prompt::AskPlace | Prompt::AskWhichPlace { .. } | Prompt::PlaceUnknown
        );
        match self {
            Self::Off | Self::Warned => true,
            Self::ConfirmedOnly => effect.urgency == Urgency::Alert || is_needed,
            Self::CriticalOnly => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        effect::{SealedPerson, Target},
        envelope::PlatformKind,
        ids::EffectId,
        timestamp::Timestamp,
    };

    fn spending(budget: f64, price: f64) -> Spending {
        Spending {
            price: Some(price),
            budget: Some(budget),
            quiet: None,
        }
    }

    fn effect(prompt: Prompt, urgency: Urgency) -> Effect {
        let person = SealedPerson {
            platform: PlatformKind::Sms,
            hash: String::new(),
            sealed: String::new(),
            language: String::new(),
        };
        Effect {
            id: EffectId::new("e"),
            target: Target::Person(person),
            act: Act::Say {
                prompt,
                reply_to: None,
                post: None,
            },
            urgency,
            expires_at: Timestamp::from_ms(0),
        }
    }

    #[test]
    fn the_brake_follows_the_budget() {
        let day = spending(1.0, 0.01);
        assert_eq!(day.segments_per_day(), Some(100));
        for (spent, brake) in [
            (0, Brake::Off),
            (69, Brake::Off),
            (70, Brake::Warned),
            (89, Brake::Warned),
            (90, Brake::ConfirmedOnly),
            (99, Brake::ConfirmedOnly),
            (100, Brake::CriticalOnly),
            (5000, Brake::CriticalOnly),
        ] {
            assert_eq!(day.brake(spent), brake, "{spent}");
        }
        assert_eq!(Spending::default().brake(u32::MAX), Brake::Off);
        assert_eq!(spending(0.0, 0.01).brake(0), Brake::CriticalOnly);
    }

    #[test]
    fn what_leaves_at_which_brake() {
        let help = || {
            effect(
                Prompt::Help {
                    role: crate::domain::role::Role::Neighbor,
                },
                Urgency::Answer,
            )
        };
        let alarm = || effect(Prompt::AskPlace, Urgency::Alert);
        let end = || {
            effect(
                Prompt::Withdrawn {
                    handle: "K7".to_owned(),
                },
                Urgency::AllClear,
            )
        };
        let question = || effect(Prompt::AskPlace, Urgency::Answer);
        let stopped = || effect(Prompt::Unsubscribed, Urgency::Answer);
        let all = |brake: Brake| {
            [help(), alarm(), question(), end(), stopped()].map(|effect| brake.lets(&effect))
        };
        assert_eq!(all(Brake::Off), [true; 5]);
        assert_eq!(all(Brake::Warned), [true; 5]);
        assert_eq!(all(Brake::ConfirmedOnly), [false, true, true, true, true]);
        assert_eq!(all(Brake::CriticalOnly), [false, false, false, true, true]);
    }

    #[test]
    fn quiet_hours_may_span_midnight() {
        let night = HoursOfDay {
            from: 22 * 60,
            until: 6 * 60,
        };
        let siesta = HoursOfDay {
            from: 13 * 60,
            until: 15 * 60,
        };
        for (minute, at_night, at_noon) in [
            (0, true, false),
            (359, true, false),
            (360, false, false),
            (13 * 60, false, true),
            (15 * 60, false, false),
            (22 * 60 - 1, false, false),
            (22 * 60, true, false),
        ] {
            assert_eq!(night.include(minute), at_night, "{minute}");
            assert_eq!(siesta.include(minute), at_noon, "{minute}");
        }
        let never = HoursOfDay {
            from: 60,
            until: 60,
        };
        assert!(!never.include(60));
    }
}
