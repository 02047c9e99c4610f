//! What comes too often: one sender's rate, one text from many, one text in many rooms (H6).
//!
//! Counted in memory, in each process for itself: what is counted is worth something for minutes, a restart only forgets, and no
//! ordinary message costs a statement. Senders, rooms and words are numbers that mean nothing outside the process.

use std::{
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
    pub words: BTreeSet<u64>,
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
        let is_told_again = self
            .recent
            .iter()
            .any(|(old, _)| old.message == report.message);
        let like: Vec<&(Counted, u64)> = self
            .recent
            .iter()
            .filter(|(old, _)| old.message == report.message || is_alike(old, &report))
            .collect();
        let first = like.first().map_or(report.message, |(_, first)| *first);
        if !is_told_again {
            self.recent.push_back((report.clone(), first));
        }
        let own: Vec<&Counted> = self
            .recent
            .iter()
            .map(|(old, _)| old)
            .filter(|old| old.sender == report.sender)
            .collect();
        let rooms: BTreeSet<u64> = own
            .iter()
            .filter(|old| is_alike(old, &report))
            .filter_map(|old| old.room)
            .collect();
        let alike = || {
            self.recent
                .iter()
                .map(|(old, _)| old)
                .filter(|old| is_alike(old, &report))
        };
        let senders: BTreeSet<u64> = alike().map(|old| old.sender).collect();
        let newcomers: BTreeSet<u64> = alike()
            .filter(|old| old.is_newcomer)
            .map(|old| old.sender)
            .collect();
        let is_copied = senders.len() >= limits.alike && report.words.len() >= FEW_WORDS;
        let is_brigade = report.is_newcomer && newcomers.len() >= limits.newcomers;
        if is_copied || is_brigade || rooms.len() > limits.rooms {
            return Some(Flood {
                first,
                is_only_alike: !(is_brigade || rooms.len() > limits.rooms),
            });
        }
        if own.len() > limits.by_one {
            // A sender's own flood, whatever they write.
            let begun = own.first().map_or(report.message, |old| old.message);
            return Some(Flood {
                first: begun,
                is_only_alike: false,
            });
        }
        None
    }
}

/// Whether two reports say the same: of one place, as far as their places are known, with three in five of all words that either
/// has in common. Reports of several corners in the same few words are not copies of each other.
fn is_alike(one: &Counted, other: &Counted) -> bool {
    let is_elsewhere = one.place.is_some() && other.place.is_some() && one.place != other.place;
    let shared = one.words.intersection(&other.words).count();
    let all = one.words.len() + other.words.len() - shared;
    !is_elsewhere && all > 0 && shared * 5 >= all * 3
}
