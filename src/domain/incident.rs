//! Reports about one happening: its status and life, which incident a report joins, and the ids people type.

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{AreaId, IncidentId},
    place::Place,
    report::{Kind, Report},
    timestamp::Timestamp,
};

/// Where an incident's life stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Reported once, not checked.
    Unverified,
    /// Two independent first-hand senders.
    Corroborated,
    /// A verifier says so.
    Confirmed,
    /// It is over.
    Cleared,
    /// It was not what was feared.
    Dismissed,
    /// Without news for too long.
    Stale,
    /// Counted into another incident.
    Merged,
}

impl Status {
    /// The name as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Corroborated => "corroborated",
            Self::Confirmed => "confirmed",
            Self::Cleared => "cleared",
            Self::Dismissed => "dismissed",
            Self::Stale => "stale",
            Self::Merged => "merged",
        }
    }

    /// The status of that name, as [`Self::as_str`] gives it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Unverified,
            Self::Corroborated,
            Self::Confirmed,
            Self::Cleared,
            Self::Dismissed,
            Self::Stale,
            Self::Merged,
        ]
        .into_iter()
        .find(|status| status.as_str() == name)
    }

    /// Whether anything may still happen to it: its id can be typed and reports can join.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Unverified | Self::Corroborated | Self::Confirmed | Self::Stale
        )
    }
}

/// Reports about one happening.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Its own id.
    pub id: IncidentId,
    /// The id people type.
    pub handle: Handle,
    /// The kind of its reports; only reports of the same kind join.
    pub kind: Kind,
    /// Where its life stands.
    pub status: Status,
    /// The best of what its reports say, place included.
    pub report: Report,
    /// The areas it concerns: the place's, or the source room's while the place is missing.
    pub areas: Vec<AreaId>,
    /// When the first report came.
    pub opened_at: Timestamp,
    /// When something new was last heard of it.
    pub news_at: Timestamp,
    /// When its status last changed.
    pub changed_at: Timestamp,
    /// Reports counted.
    pub reports: u32,
    /// First-hand reports by different people.
    pub firsthand: u32,
    /// Rooms they came from.
    pub rooms: u32,
}

impl Incident {
    /// Where it is, if known.
    #[must_use]
    pub const fn place(&self) -> Option<&Place> {
        self.report.place.as_ref()
    }
}

/// The id people type for an incident: a letter and one or two digits 1–9. No `I L O` (they look like digits); `N G P S H B`
/// belong to needs, offers, polls, shifts, holds and broadcasts (PRODUCT, "Reports, incidents").
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Handle(String);

impl Handle {
    /// The letters of incidents.
    pub const LETTERS: &'static str = "ACDEFJKMQRTUVWXYZ";

    /// Reads a handle in any case; `None` if it has not its form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_uppercase();
        let mut chars = text.chars();
        let letter = chars.next()?;
        let digits = chars.as_str();
        let fits = Self::LETTERS.contains(letter)
            && (1..=2).contains(&digits.len())
            && digits.chars().all(|digit| ('1'..='9').contains(&digit));
        fits.then_some(Self(text))
    }

    /// As people read it: `K7`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The `n`-th handle of an endless row in which neighbors never look or sound alike: all 153 with one digit come
    /// before any is repeated. It begins with `K7`.
    #[must_use]
    pub fn nth_short(n: u64) -> Self {
        Self::from_parts(n.wrapping_mul(61).wrapping_add(60) % 153, 1)
    }

    /// Like [`Self::nth_short`], with two digits: 1,377 of them.
    #[must_use]
    pub fn nth_long(n: u64) -> Self {
        Self::from_parts(n.wrapping_mul(601).wrapping_add(17) % 1_377, 2)
    }

    fn from_parts(n: u64, digits: u32) -> Self {
        let numbers = 9_u64.pow(digits);
        let letter = Self::LETTERS
            .chars()
            .nth(usize::try_from(n / numbers).unwrap_or(0))
            .unwrap_or('K');
        let mut rest = n % numbers;
        let mut number = String::new();
        for _ in 0..digits {
            number.insert(
                0,
                char::from_digit(u32::try_from(rest % 9).unwrap_or(0) + 1, 10).unwrap_or('1'),
            );
            rest /= 9;
        }
        Self(format!("{letter}{number}"))
    }
}

impl std::fmt::Display for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
