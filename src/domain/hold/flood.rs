//! What comes too often: one sender's rate, one text from many, one text in many rooms (H6).
//!
//! Counted in memory, in each process for itself: what is counted is worth something for minutes, a restart only forgets, and no
//! ordinary message costs a statement. Senders, rooms and words are numbers that mean nothing outside the process.

use std::{
    cmp::Ordering,
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use crate::domain::timestamp::Timestamp;

/// How much is too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// One sender's reports within [`Limits::within`], at most.
    pub by_one: usize,
    /// Rooms in which one sender may write about the same.
    pub rooms: usize,
    /// People new to their room who write about the same within [`Limits::within`], from which on it is a flood.
    pub newcomers: usize,
    /// People of whom nothing is known who write the same, longer than a few words; likewise.
    pub alike: usize,
    /// How far back is looked.
    pub within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            by_one: 20,
            rooms: 3,
            newcomers: 3,
            alike: 10,
            within: Duration::from_secs(3 * 60),
        }
    }
}

/// The different words of a report. Whether two reports have most of theirs in common is asked of thousands of pairs a second in a
/// crowd, so that most answers must come without looking at each word.
#[derive(Debug, Clone, Default)]
pub struct Words {
    sorted: Vec<u64>,
    /// A bit for each word, by its last six bits: words of which the other has not even the bit are not shared.
    bits: u64,
}

impl FromIterator<u64> for Words {
    fn from_iter<T: IntoIterator<Item = u64>>(words: T) -> Self {
        let mut sorted: Vec<u64> = words.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        let bits = sorted.iter().fold(0, |bits, word| bits | 1 << (word % 64));
        Self { sorted, bits }
    }
}

impl Words {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Whether they share three in five of all words that either has.
    pub(super) fn are_like(&self, other: &Self) -> bool {
        let both = self.len() + other.len();
        let are_most = |shared: usize| shared * 5 >= (both - shared) * 3;
        let at_most =
            |one: &Self, other: &Self| one.len() - (one.bits & !other.bits).count_ones() as usize;
        both > 0
            && are_most(at_most(self, other).min(at_most(other, self)))
            && are_most(self.shared(other))
    }

    fn shared(&self, other: &Self) -> usize {
        let (mut one, mut two) = (self.sorted.as_slice(), other.sorted.as_slice());
        let mut shared = 0;
        while let ([first, rest @ ..], [second, others @ ..]) = (one, two) {
            match first.cmp(second) {
                Ordering::Less => one = rest,
                Ordering::Greater => two = others,
                Ordering::Equal => {
                    shared += 1;
                    (one, two) = (rest, others);
                }
            }
        }
        shared
    }
}

/// A report as it is counted.
#[derive(Debug, Clone)]
pub struct Counted {
    /// Its message: told twice, it counts once.
    pub message: u64,
    /// Who.
    pub sender: u64,
    /// In which room; `None`: to the bot alone.
    pub room: Option<u64>,
    /// The place it names, if it is known which.
    pub place: Option<u64>,
    /// Its words.
    pub words: Words,
    /// Whether its writer joined the room less than a day ago.
    pub is_newcomer: bool,
    /// When it came.
    pub at: Timestamp,
}

/// What a counted report turned out to be part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flood {
    /// The message that the flood began with: it names the flood.
    pub first: u64,
    /// Whether it is only that many people write alike, as neighbors do who see the same. What counts towards something known
    /// already alarms nobody anew, and copies do not corroborate: so it need not be held.
    pub is_only_alike: bool,
}

/// Texts of fewer different words are alike by chance: "ICE Lake and Chicago".
const FEW_WORDS: usize = 6;
/// No more reports than this are remembered; in a flood the oldest are forgotten first.
const MOST: usize = 2_000;

/// The reports of the last minutes.
#[derive(Debug, Default)]
pub struct Floods {
    recent: VecDeque<(Counted, u64)>,
}

impl Floods {
    /// Counts a report, and tells of what flood it is part.
    pub fn count(&mut self, report: Counted, limits: &Limits) -> Option<Flood> {
        let since = report.at - limits.within;
        while self
            .recent
            .front()
            .is_some_and(|(old, _)| old.at < since || self.recent.len() >= MOST)
        {
            self.recent.pop_front();
        }
        let mut seen = Seen::default();
        for (old, first) in &self.recent {
            let is_itself = old.message == report.message;
            let is_like = is_itself || is_alike(old, &report);
            if is_like {
                seen.first.get_or_insert(*first);
            }
            seen.is_told_again |= is_itself;
            seen.take(old, &report, is_like);
        }
        let first = seen.first.unwrap_or(report.message);
        if !seen.is_told_again {
            seen.take(&report, &report, true);
            self.recent.push_back((report.clone(), first));
        }
        let Seen {
            senders,
            newcomers,
            rooms,
            own,
            own_first,
            ..
        } = seen;
        let is_copied = senders.len() >= limits.alike && report.words.len() >= FEW_WORDS;
        let is_brigade = report.is_newcomer && newcomers.len() >= limits.newcomers;
        if is_copied || is_brigade || rooms.len() > limits.rooms {
            return Some(Flood {
                first,
                is_only_alike: !(is_brigade || rooms.len() > limits.rooms),
            });
        }
        if own > limits.by_one {
            // A sender's own flood, whatever they write.
            let begun = own_first.unwrap_or(report.message);
            return Some(Flood {
                first: begun,
                is_only_alike: false,
            });
        }
        None
    }
}

/// What is found among the reports of the last minutes.
#[derive(Default)]
struct Seen {
    /// Of what flood the earliest like it is part.
    first: Option<u64>,
    is_told_again: bool,
    /// Who wrote the same.
    senders: BTreeSet<u64>,
    newcomers: BTreeSet<u64>,
    /// Where its sender wrote the same.
    rooms: BTreeSet<u64>,
    /// How many reports its sender wrote, and the first of them.
    own: usize,
    own_first: Option<u64>,
}

impl Seen {
    fn take(&mut self, old: &Counted, report: &Counted, is_like: bool) {
        if is_like {
            self.senders.insert(old.sender);
            if old.is_newcomer {
                self.newcomers.insert(old.sender);
            }
        }
        if old.sender == report.sender {
            self.own += 1;
            self.own_first.get_or_insert(old.message);
            if is_like {
                self.rooms.extend(old.room);
            }
        }
    }
}

/// Whether two reports say the same: of one place, as far as their places are known, with three in five of all words that either
/// has in common. Reports of several corners in the same few words are not copies of each other.
fn is_alike(one: &Counted, other: &Counted) -> bool {
    let is_elsewhere = one.place.is_some() && other.place.is_some() && one.place != other.place;
    !is_elsewhere && one.words.are_like(&other.words)
}
