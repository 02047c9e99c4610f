//! The ids people type on any phone: a letter and one or two digits.
//!
//! # How to add a series
//! A variant of [`Series`] with its letter, and rows in [`COMMANDS`](crate::domain::command::COMMANDS) that say with which words it
//! can be used.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

/// What an id names, told by its letter (PRODUCT, "Reports, incidents").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Series {
    /// Incidents: all letters that nothing else has, but for `I L O`, which look like digits.
    Incident,
    /// What is held for moderators: `H`.
    Hold,
    /// What waits for a second moderator, broadcasts first of all: `B`.
    Proposal,
    /// Who asks to be let in and waits until two vouch for them: `J`.
    Asker,
}

impl Series {
    /// The letters of incidents. `J` was one of them before it became that of who asks to be let in: it keeps its place in the row, so
    /// that the row stays as it is, and is passed over.
    const IN_A_ROW: &'static str = "ACDEFJKMQRTUVWXYZ";
    /// The letters of incidents.
    pub const OF_INCIDENTS: &'static str = "ACDEFKMQRTUVWXYZ";

    /// What that letter names, if it names something; `N G P S` are kept for needs, offers, polls and shifts.
    #[must_use]
    pub fn of_letter(letter: char) -> Option<Self> {
        match letter {
            'H' => Some(Self::Hold),
            'B' => Some(Self::Proposal),
            'J' => Some(Self::Asker),
            _ => Self::OF_INCIDENTS
                .contains(letter)
                .then_some(Self::Incident),
        }
    }

    /// The letters of its ids, as they are counted through.
    const fn letters(self) -> &'static str {
        match self {
            Self::Incident => Self::IN_A_ROW,
            Self::Hold => "H",
            Self::Proposal => "B",
            Self::Asker => "J",
        }
    }

    /// An id as help shows it.
    #[must_use]
    pub const fn example(self) -> &'static str {
        match self {
            Self::Incident => "K7",
            Self::Hold => "H2",
            Self::Proposal => "B3",
            Self::Asker => "J3",
        }
    }
}

/// The id people type: a letter and one or two digits 1–9. It counts only while such a thing is open.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Handle(String);

/// How many handles of incidents come to mind first.
pub const FIRST_HANDLES: usize = 8;

impl Handle {
    /// Reads a handle in any case; `None` if it has not its form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_uppercase();
        let mut chars = text.chars();
        let letter = chars.next()?;
        let digits = chars.as_str();
        let fits = Series::of_letter(letter).is_some()
            && (1..=2).contains(&digits.len())
            && digits.chars().all(|digit| ('1'..='9').contains(&digit));
        fits.then_some(Self(text))
    }

    /// As people read it: `K7`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it names.
    #[must_use]
    pub fn series(&self) -> Series {
        self.0
            .chars()
            .next()
            .and_then(Series::of_letter)
            .unwrap_or(Series::Incident)
    }

    /// The `n`-th handle of an endless row in which neighbors never look or sound alike: all 153 with one digit come before any is
    /// repeated. It begins with `K7`. Those with `J` in it name no incident.
    #[must_use]
    pub fn nth_short(n: u64) -> Self {
        Self::from_parts(
            Series::Incident,
            n.wrapping_mul(61).wrapping_add(60) % 153,
            1,
        )
    }

    /// Like [`Self::nth_short`], with two digits: 1,377 of them.
    #[must_use]
    pub fn nth_long(n: u64) -> Self {
        Self::from_parts(
            Series::Incident,
            n.wrapping_mul(601).wrapping_add(17) % 1_377,
            2,
        )
    }

    /// The handles of a series that has one letter, in the order in which they are given out: `H1` to `H9`, then `H11` to `H99`.
    pub fn row(series: Series) -> impl Iterator<Item = Self> {
        (0..9)
            .map(move |n| Self::from_parts(series, n, 1))
            .chain((0..81).map(move |n| Self::from_parts(series, n, 2)))
    }

    fn from_parts(series: Series, n: u64, digits: u32) -> Self {
        let numbers = 9_u64.pow(digits);
        let letter = series
            .letters()
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

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The handles that [`free_handle`] would try first, in its order.
#[must_use]
pub fn first_handles(turn: u64) -> [Handle; FIRST_HANDLES] {
    let mut row = short_from(turn);
    std::array::from_fn(|_| row.next().unwrap_or_else(|| Handle::nth_short(turn)))
}

/// The handles with one digit from one on, without those that name something else.
fn short_from(turn: u64) -> impl Iterator<Item = Handle> {
    (0..153)
        .map(move |n| Handle::nth_short(turn + n))
        .filter(is_of_incident)
}

fn is_of_incident(handle: &Handle) -> bool {
    handle.series() == Series::Incident
}

/// A handle for a new incident: the next in the row that is not taken; with two digits once the short ones are all in use.
/// `turn` counts the incidents ever opened.
#[must_use]
pub fn free_handle(turn: u64, taken: &BTreeSet<Handle>) -> Handle {
    short_from(turn)
        .chain((0..1_377).map(|n| Handle::nth_long(turn + n)))
        .find(|handle| is_of_incident(handle) && !taken.contains(handle))
        .unwrap_or_else(|| Handle::nth_long(turn))
}

#[cfg(test)]
mod tests;
