//! What is held for moderators instead of being passed on, and why (PRODUCT, "Held for moderators, not relayed").
//!
//! The words and patterns are data, one file a language in `bot-config/holds/`; what a pattern may say stands in `pattern`. Here is
//! only what each reason rests on. `flood` counts what comes too often.

mod coarse;
pub mod flood;
mod links;
mod odd;
mod pattern;
mod rules;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::{
    coarse::{coarsened, without_whom},
    rules::HoldRules,
};
use self::{
    pattern::View,
    rules::{Sayings, Subject},
};
use crate::domain::{
    parse::{Parsed, Pii, has_plate, tokens::tokens},
    place::{Found, Place, PlaceKind},
    report::{Activity, Certainty, Kind, Report},
    timestamp::Timestamp,
};

/// Why something is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// H1: a threat, a call for violence or revenge.
    Violence,
    /// H2: it could expose a person.
    Identity,
    /// H3: a plate or a described car, and no official sign.
    Vehicle,
    /// H4: a call to block, box in, chase or swarm.
    Interference,
    /// H5: the writer did not see it, or hours ago.
    Hearsay,
    /// H6: too often, too alike, in too many rooms.
    Flood,
    /// H7: links that ask for money or lead to other groups.
    Solicitation,
    /// H8: where people shelter or are cared for, or a child's school.
    Shelter,
    /// H9: hidden or mixed signs, or orders to the bot.
    Odd,
}

impl Reason {
    /// All of them, by code.
    pub const ALL: [Self; 9] = [
        Self::Violence,
        Self::Identity,
        Self::Vehicle,
        Self::Interference,
        Self::Hearsay,
        Self::Flood,
        Self::Solicitation,
        Self::Shelter,
        Self::Odd,
    ];

    /// The code in PRODUCT's table.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Violence => "H1",
            Self::Identity => "H2",
            Self::Vehicle => "H3",
            Self::Interference => "H4",
            Self::Hearsay => "H5",
            Self::Flood => "H6",
            Self::Solicitation => "H7",
            Self::Shelter => "H8",
            Self::Odd => "H9",
        }
    }

    /// The name as stored and as prompts know it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Violence => "violence",
            Self::Identity => "identity",
            Self::Vehicle => "vehicle",
            Self::Interference => "interference",
            Self::Hearsay => "hearsay",
            Self::Flood => "flood",
            Self::Solicitation => "solicitation",
            Self::Shelter => "shelter",
            Self::Odd => "odd",
        }
    }

    /// Whether its author is told: whoever floods is not taught how to do it better.
    #[must_use]
    pub const fn is_told(self) -> bool {
        !matches!(self, Self::Flood)
    }

    /// Whether it is about the words themselves, so that they are kept back wherever they were to go. The others only keep a first
    /// report from being shared: as news of what is known already it counts.
    #[must_use]
    pub const fn is_about_words(self) -> bool {
        !matches!(self, Self::Vehicle | Self::Hearsay | Self::Flood)
    }
}

/// What is known about a message besides its words.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Whether its writer checks reports themself.
    pub is_trusted: bool,
}

/// What was seen longer ago than this is hearsay (PRODUCT, H5).
const OLD: Duration = Duration::from_secs(2 * 3600);

/// The reasons that are about words, in the order in which they are asked. Where people shelter comes last: it may be told more
/// coarsely, which mends nothing else.
const IN_WORDS: [Reason; 6] = [
    Reason::Violence,
    Reason::Identity,
    Reason::Interference,
    Reason::Solicitation,
    Reason::Odd,
    Reason::Shelter,
];

impl HoldRules {
    /// What of a message's words must not be passed on, whatever it is news of and whoever wrote it.
    #[must_use]
    pub fn in_its_words(
        &self,
        text: &str,
        parsed: &Parsed,
        allowed_links: &[String],
    ) -> Option<Reason> {
        let tokens = tokens(text);
        let view = View {
            tokens: &tokens,
            place: parsed.place_words.clone(),
        };
        IN_WORDS.into_iter().find(|reason| match reason {
            Reason::Solicitation => {
                self.has_untrusted_link(text, allowed_links)
                    || self.says(Subject::Solicitation, &view)
            }
            reason => self.is_in_words(*reason, text, parsed, &view),
        })
    }

    /// The same for talk among neighbors: a name alone exposes nobody there. With a telephone number, a home or an accusation it does.
    #[must_use]
    pub fn in_talk(&self, text: &str, parsed: &Parsed, allowed_links: &[String]) -> Option<Reason> {
        if parsed.flags.pii != [Pii::Name] {
            return self.in_its_words(text, parsed, allowed_links);
        }
        let mut parsed = parsed.clone();
        parsed.flags.pii.clear();
        self.in_its_words(text, &parsed, allowed_links)
    }

    /// The same for what moderators say to all, word for word, by the hands of two. They may name a telephone number or a link:
    /// hotlines and funds are what such words are for.
    #[must_use]
    pub fn in_words_to_all(&self, text: &str, parsed: &Parsed) -> Option<Reason> {
        let tokens = tokens(text);
        let view = View {
            tokens: &tokens,
            place: parsed.place_words.clone(),
        };
        let mut parsed = parsed.clone();
        parsed.flags.pii.retain(|pii| *pii != Pii::Phone);
        IN_WORDS
            .into_iter()
            .filter(|reason| *reason != Reason::Solicitation)
            .find(|reason| self.is_in_words(*reason, text, &parsed, &view))
    }

    fn is_in_words(&self, reason: Reason, text: &str, parsed: &Parsed, view: &View<'_>) -> bool {
        match reason {
            Reason::Violence => parsed.flags.threat || self.says(Subject::Violence, view),
            Reason::Identity => !parsed.flags.pii.is_empty() || self.says(Subject::Identity, view),
            Reason::Interference => self.says(Subject::Interference, view),
            Reason::Shelter => {
                self.says(Subject::Shelter, view)
                    || self.says(Subject::Child, view)
                    || self.is_at_shelter(parsed)
            }
            Reason::Odd => odd::is_odd(text) || self.says(Subject::Odd, view),
            _ => false,
        }
    }

    /// Whether its writer tells what somebody else has seen.
    #[must_use]
    pub fn is_secondhand(&self, text: &str, parsed: &Parsed) -> bool {
        let tokens = tokens(text);
        let view = View {
            tokens: &tokens,
            place: parsed.place_words.clone(),
        };
        parsed.report.certainty == Certainty::Secondhand || self.says(Subject::Hearsay, &view)
    }

    /// Why a message may not be the first that is heard of something: nobody saw it, or what was seen need not be theirs.
    #[must_use]
    pub fn as_a_first_report(&self, text: &str, parsed: &Parsed, facts: Facts) -> Option<Reason> {
        if facts.is_trusted {
            return None;
        }
        let is_old = |at| facts.sent_at.since(at) > OLD;
        if parsed.report.seen.at.is_some_and(is_old) || self.is_secondhand(text, parsed) {
            return Some(Reason::Hearsay);
        }
        let tokens = tokens(text);
        let view = View {
            tokens: &tokens,
            place: parsed.place_words.clone(),
        };
        let is_described = has_plate(text) || is_described(&parsed.report);
        // News of a car goes on from what was seen before.
        let is_first = parsed.kind != Kind::Update;
        let is_unsure = is_first && is_described && is_without_sign(&parsed.report);
        (is_unsure && !self.says(Subject::Official, &view)).then_some(Reason::Vehicle)
    }

    /// Whether the very place that was named is one of those.
    fn is_at_shelter(&self, parsed: &Parsed) -> bool {
        matches!(&parsed.found, Found::One(place) if self.is_shelter(place))
    }

    /// Whether a place is one where people shelter or are cared for.
    #[must_use]
    pub fn is_shelter(&self, place: &Place) -> bool {
        let Some(landmark) = place.landmark.as_ref() else {
            return false;
        };
        let tokens = tokens(landmark);
        place.kind == PlaceKind::Place
            && self.says(
                Subject::Place,
                &View {
                    tokens: &tokens,
                    place: None,
                },
            )
    }

    fn says(&self, subject: Subject, view: &View<'_>) -> bool {
        self.groups(subject)
            .any(|group: &Sayings| group.is_in(view))
    }
}

/// Whether one could recognise the car by what is said of it.
fn is_described(report: &Report) -> bool {
    report
        .equipment
        .vehicles
        .iter()
        .any(|vehicle| vehicle.color.is_some() || vehicle.make.is_some() || vehicle.model.is_some())
}

/// Whether nothing that was understood shows that it is an agency's.
fn is_without_sign(report: &Report) -> bool {
    let is_idle = |activity: &Activity| {
        matches!(
            activity,
            Activity::Parked
                | Activity::Driving
                | Activity::Watching
                | Activity::Leaving
                | Activity::Staging
                | Activity::OnFoot
        )
    };
    report.unit.agency.is_empty()
        && report.unit.uniform.is_empty()
        && report.equipment.weapons.is_empty()
        && report.equipment.other.is_empty()
        && report.activity.iter().all(is_idle)
}

#[cfg(test)]
mod tests;
