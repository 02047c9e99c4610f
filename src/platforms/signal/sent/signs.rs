//! Signs that somebody was online.

use std::{collections::HashMap, time::Duration};

use super::{REMEMBERED, ms};
use crate::domain::timestamp::Timestamp;

/// A phone that received a later message has told of the earlier ones after this: it tells of them in order.
const SOON: Duration = Duration::from_secs(10);
/// Somebody who writes is online; so long their phone may take to fetch what waits for it, and to tell of it.
const RECEIPT: Duration = Duration::from_secs(30);
/// Earlier signs of the same person are kept at least so long apart.
const APART: Duration = Duration::from_secs(10);
/// As many as it takes to have one that is older than [`RECEIPT`], for those who write all the time.
const EARLIER: usize = 4;
/// More people's signs are not kept.
const PEOPLE: usize = 20_000;

/// A sign that somebody was online.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sign {
    /// At this time or later, by what was sent to them or by the server's clock.
    pub(super) at: i64,
    /// Whether their phone has received a message of ours of that time.
    pub(super) is_receipt: bool,
    /// From then on it says something that they have not told of anything earlier.
    pub(super) counts_from: i64,
}

impl Sign {
    /// Their phone has received a message of ours of this time.
    pub(super) fn by_receipt(at: i64, heard: Timestamp) -> Self {
        Self {
            at,
            is_receipt: true,
            counts_from: heard.as_ms() + ms(SOON),
        }
    }

    /// They wrote something.
    pub(super) fn by_writing(at: Timestamp, heard: Timestamp) -> Self {
        Self {
            at: at.as_ms(),
            is_receipt: false,
            counts_from: heard.as_ms() + ms(RECEIPT),
        }
    }
}

/// When somebody was online: last, and some times before.
struct Seen {
    heard: i64,
    last: Sign,
    /// The oldest first, and when each was heard of.
    earlier: Vec<(i64, Sign)>,
}

/// When people were online.
#[derive(Default)]
pub(super) struct Signs(HashMap<String, Seen>);

impl Signs {
    /// Notes a sign of somebody.
    pub(super) fn see(&mut self, person: &str, sign: Sign, now: Timestamp) {
        let now = now.as_ms();
        if self.0.len() >= PEOPLE && !self.0.contains_key(person) {
            let before = now - ms(REMEMBERED);
            self.0.retain(|_, seen| seen.heard > before);
            if self.0.len() >= PEOPLE {
                return;
            }
        }
        let Some(seen) = self.0.get_mut(person) else {
            let seen = Seen {
                heard: now,
                last: sign,
                earlier: vec![(now, sign)],
            };
            self.0.insert(person.to_owned(), seen);
            return;
        };
        let latest = seen.earlier.last().map_or(i64::MIN, |(heard, _)| *heard);
        if now.saturating_sub(latest) >= ms(APART) {
            if seen.earlier.len() == EARLIER {
                seen.earlier.remove(0);
            }
            seen.earlier.push((now, sign));
        }
        if sign.at >= seen.last.at {
            (seen.heard, seen.last) = (now, sign);
        }
    }

    /// Whether any sign of anybody is so.
    pub(super) fn any(&self, mut is_so: impl FnMut(&str, &Sign) -> bool) -> bool {
        self.0.iter().any(|(person, seen)| {
            let earlier = seen.earlier.iter().map(|(_, sign)| sign);
            earlier
                .chain(std::iter::once(&seen.last))
                .any(|sign| is_so(person, sign))
        })
    }
}
