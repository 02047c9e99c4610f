//! What was sent, and whether it was: the only memory that Signal leaves us of our own messages.
//!
//! signal-cli tells a message's timestamp (its id) in the answer, and nowhere else. When the answer is lost, because the daemon or
//! tocsin died or it came too late, these tell what became of it, in this order:
//!
//! 1. an answer that came late, or was written down just before a crash: each begin and each end is appended to a small file;
//! 2. delivery receipts, which every member's phone sends by itself: one that names a message of ours of which nobody knows, sent
//!    after the try began, by a member of that group, names this one;
//! 3. a member of the group who was evidently online later, and has sent no receipt for it: it was not sent. Somebody is evidently
//!    online who writes, or whose phone has received a later message of ours; where nothing else is said, a probe is sent that
//!    nobody sees ([`Sent::wants_probe`]).
//!
//! Else it stays in doubt.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::domain::{ids::EffectId, timestamp::Timestamp};

/// So long anything may still be asked of an earlier try: alerts expire after ten minutes, ends of alarms are tried for longer,
/// but not in doubt for so long.
const REMEMBERED: Duration = Duration::from_secs(30 * 60);
/// A phone that was online so long after the try began has fetched what was sent to it before.
const FETCHED: Duration = Duration::from_secs(10);
/// So long its receipt may take after that.
const RECEIPT: Duration = Duration::from_secs(30);
/// So long the daemon may still be at it, although nobody waits for its answer any more.
const AT_IT: Duration = Duration::from_secs(60);
/// After so long in doubt it is worth a probe, and then another one so often.
const PROBE: Duration = Duration::from_secs(15);
const PROBE_AGAIN: Duration = Duration::from_secs(60);
/// More receipts of unknown messages are not kept: a flood of them tells nothing.
const RECEIPTS: usize = 1_000;
/// More people's last signs of life are not kept.
const PEOPLE: usize = 20_000;

/// What is known of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// It was sent: the message's timestamp.
    Sent(i64),
    /// It surely was not.
    NotSent,
    /// Nobody knows.
    Unknown,
}

/// Where a try went, as far as receipts can tell.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    /// To a group.
    Group(String),
    /// To one person.
    Person(String),
    /// Unknown any more: it was begun by a process that is gone.
    Gone,
}

struct Try {
    effect: EffectId,
    lane: Lane,
    began: i64,
    /// The timestamp of the message; 0 if it was refused.
    ended: Option<i64>,
}

/// A sign that somebody was online.
#[derive(Clone, Copy)]
struct Sign {
    /// At this time or later.
    at: i64,
    /// When it was heard of.
    heard: i64,
}

/// When somebody was online: last, and twice before, at least [`RECEIPT`] apart, since who writes all the time has been there for
/// long enough too.
#[derive(Clone, Copy)]
struct Seen {
    last: Sign,
    earlier: [Sign; 2],
}

#[derive(Default)]
struct State {
    tries: VecDeque<Try>,
    /// Receipts of messages that no try is known to have made: by timestamp, from whom.
    receipts: BTreeMap<i64, BTreeSet<String>>,
    /// When people were online.
    seen: HashMap<String, Seen>,
    /// When an effect in doubt was last probed for.
    probed: HashMap<EffectId, i64>,
    file: Option<File>,
    lines: usize,
}

/// The memory of what was sent.
pub(super) struct Sent {
    path: PathBuf,
    state: Mutex<State>,
}

impl Sent {
    /// Takes up what an earlier process wrote down.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub(super) fn open(path: &Path, now: Timestamp) -> io::Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let sent = Self {
            path: path.to_owned(),
            state: Mutex::default(),
        };
        {
            let mut state = sent.state();
            for line in text.lines() {
                state.read(line);
            }
            state.forget(now);
            state.rewrite(path)?;
        }
        Ok(sent)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A try begins. Written down before anything leaves.
    ///
    /// # Errors
    /// If it cannot be written down; then nothing may be sent.
    pub(super) fn begins(&self, effect: &EffectId, lane: Lane, now: Timestamp) -> io::Result<()> {
        let mut state = self.state();
        state.forget(now);
        if state.lines > 2 * (state.tries.len() + state.receipts.len()) + 2_000 {
            state.rewrite(&self.path)?;
        }
        state.write(&format!("b {effect} {}\n", now.as_ms()))?;
        state.tries.push_back(Try {
            effect: effect.clone(),
            lane,
            began: now.as_ms(),
            ended: None,
        });
        Ok(())
    }

    /// A try has ended: the message's timestamp, or none if it was surely not sent.
    pub(super) fn ended(&self, effect: &EffectId, timestamp: Option<i64>) {
        let mut state = self.state();
        let ended = timestamp.unwrap_or_default();
        // What cannot be written down is only missing after a crash.
        let _ = state.write(&format!("e {effect} {ended}\n"));
        state.end(effect, ended);
    }

    /// Somebody's phone has received messages of ours.
    pub(super) fn received(&self, person: &str, timestamps: &[i64], now: Timestamp) {
        let mut state = self.state();
        for timestamp in timestamps {
            if state.knows(*timestamp) {
                // Their phone fetches in order: it has been there since that message was sent.
                let sign = Sign {
                    at: *timestamp,
                    heard: now.as_ms(),
                };
                state.sign_of_life(person, sign);
                continue;
            }
            if !state.receipts.contains_key(timestamp) {
                // Whose it is need not be kept; that it came must outlive a crash.
                let _ = state.write(&format!("r - {timestamp}\n"));
            }
            let from = state.receipts.entry(*timestamp).or_default();
            from.insert(person.to_owned());
        }
        while state.receipts.len() > RECEIPTS {
            state.receipts.pop_first();
        }
    }

    /// Somebody was online then, by the server's clock: what is read later says nothing of now.
    pub(super) fn is_alive(&self, person: &str, at: Timestamp, now: Timestamp) {
        let sign = Sign {
            at: at.as_ms(),
            heard: now.as_ms(),
        };
        self.state().sign_of_life(person, sign);
    }

    /// Whether it is time to find out who of those a try went to is online, by a message that nobody sees. It counts as done.
    pub(super) fn wants_probe(&self, effect: &EffectId, since: Timestamp, now: Timestamp) -> bool {
        let mut state = self.state();
        if now.since(since) < PROBE {
            return false;
        }
        let before = state.probed.get(effect).copied();
        let is_time = before.is_none_or(|before| now.as_ms() - before >= ms(PROBE_AGAIN));
        if is_time {
            state.probed.insert(effect.clone(), now.as_ms());
        }
        is_time
    }

    /// What became of a try that began at `since`. `hears` says whether a person is one of those it went to; `others_hear` whether
    /// they are among those of another lane.
    pub(super) fn find(
        &self,
        effect: &EffectId,
        since: Timestamp,
        now: Timestamp,
        hears: &dyn Fn(&str) -> bool,
        others_hear: &dyn Fn(&Lane, &str) -> bool,
    ) -> Found {
        let state = self.state();
        let known = state.tries.iter().rev().find(|one| &one.effect == effect);
        match known.map(|one| one.ended) {
            Some(Some(0)) => return Found::NotSent,
            Some(Some(timestamp)) => return Found::Sent(timestamp),
            Some(None) | None => {}
        }
        let began = known.map_or(since.as_ms(), |one| one.began);
        // After a crash it is not known any more from whom a receipt was.
        let is_mine = |timestamp: i64, from: &BTreeSet<String>| {
            (from.is_empty() || from.iter().any(|person| hears(person)))
                && !state.tries.iter().any(|other| {
                    // Of tries under way at once, the one that began last before the message was made it.
                    &other.effect != effect
                        && other.ended.is_none()
                        && other.began > began
                        && other.began <= timestamp
                        && from.iter().all(|person| others_hear(&other.lane, person))
                })
        };
        let received = state
            .receipts
            .range(began..)
            .find(|(timestamp, from)| !state.knows(**timestamp) && is_mine(**timestamp, from));
        if let Some((timestamp, _)) = received {
            return Found::Sent(*timestamp);
        }
        let was_online = state.seen.iter().any(|(person, seen)| {
            std::iter::once(seen.last)
                .chain(seen.earlier)
                .any(|sign| sign.at > began + ms(FETCHED) && now.as_ms() > sign.heard + ms(RECEIPT))
                && hears(person)
        });
        if was_online && now.as_ms() - began >= ms(AT_IT) {
            Found::NotSent
        } else {
            Found::Unknown
        }
    }
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl State {
    fn read(&mut self, line: &str) {
        let mut parts = line.split(' ');
        let (Some(what), Some(effect), Some(Ok(number))) =
            (parts.next(), parts.next(), parts.next().map(str::parse))
        else {
            // Torn by a crash.
            return;
        };
        let effect = EffectId::new(effect);
        match what {
            "b" => self.tries.push_back(Try {
                effect,
                lane: Lane::Gone,
                began: number,
                ended: None,
            }),
            "e" => self.end(&effect, number),
            "r" => {
                self.receipts.entry(number).or_default();
            }
            _ => {}
        }
    }

    fn end(&mut self, effect: &EffectId, ended: i64) {
        self.receipts.remove(&ended);
        let last = self
            .tries
            .iter_mut()
            .rev()
            .find(|one| &one.effect == effect);
        if let Some(last) = last {
            last.ended = Some(ended);
        }
    }

    fn knows(&self, timestamp: i64) -> bool {
        self.tries.iter().any(|one| one.ended == Some(timestamp))
    }

    fn sign_of_life(&mut self, person: &str, sign: Sign) {
        if self.seen.len() >= PEOPLE && !self.seen.contains_key(person) {
            let before = sign.heard - ms(REMEMBERED);
            self.seen.retain(|_, seen| seen.last.heard > before);
            if self.seen.len() >= PEOPLE {
                return;
            }
        }
        let seen = self.seen.entry(person.to_owned()).or_insert(Seen {
            last: sign,
            earlier: [sign; 2],
        });
        if sign.heard - seen.earlier[1].heard > ms(RECEIPT) {
            seen.earlier = [seen.earlier[1], sign];
        }
        if sign.at >= seen.last.at {
            seen.last = sign;
        }
    }

    fn forget(&mut self, now: Timestamp) {
        let before = now.as_ms() - ms(REMEMBERED);
        while self.tries.front().is_some_and(|one| one.began < before) {
            self.tries.pop_front();
        }
        self.receipts = self.receipts.split_off(&before);
        self.probed.retain(|_, at| *at >= before);
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.write_all(line.as_bytes())?;
            self.lines += 1;
        }
        Ok(())
    }

    /// Writes the file anew, without what is forgotten.
    fn rewrite(&mut self, path: &Path) -> io::Result<()> {
        let next = path.with_extension("next");
        let mut text = String::new();
        for one in &self.tries {
            use std::fmt::Write as _;
            // Writing into a text cannot fail.
            let _ = writeln!(text, "b {} {}", one.effect, one.began);
            if let Some(ended) = one.ended {
                let _ = writeln!(text, "e {} {ended}", one.effect);
            }
        }
        for timestamp in self.receipts.keys() {
            use std::fmt::Write as _;
            let _ = writeln!(text, "r - {timestamp}");
        }
        std::fs::write(&next, &text)?;
        std::fs::rename(&next, path)?;
        self.lines = self.tries.len() + self.receipts.len();
        self.file = Some(OpenOptions::new().append(true).open(path)?);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
