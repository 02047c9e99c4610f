//! What was sent, and whether it was: the only memory that Signal leaves us of our own messages.
//!
//! signal-cli tells a message's timestamp (its id) in the answer, and nowhere else. When the answer is lost, because the daemon or
//! tocsin died or it came too late, or says that the daemon does not know either, these tell what became of it, in this order:
//!
//! 1. an answer that came late, or was written down just before a crash: each begin and each end is appended to a small file
//!    ([`written`]); what was owed when tocsin crashed and has no begin there was never handed to the daemon;
//! 2. delivery receipts, which every member's phone sends by itself: one that names a message of ours of which nobody knows, sent
//!    while the try went on, by a member of that group, names this one;
//! 3. a member of the group who was evidently online later, and has sent no receipt for it: it was not sent. Somebody is evidently
//!    online who writes, or whose phone has received a later message of ours; where nothing else is said, a probe is sent that
//!    nobody sees ([`Sent::wants_probe`]).
//!
//! If none does for two minutes, though Signal took a probe for that group, all phones there are off. An alert is sent once more
//! then ([`Sent::may_repeat`]): heard twice is better than not at all.

mod signs;
mod written;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use self::{
    signs::{Sign, Signs},
    written::Written,
};
use crate::domain::{ids::EffectId, timestamp::Timestamp};

/// So long anything may still be asked of an earlier try: alerts expire after ten minutes, ends of alarms are tried for longer,
/// but not in doubt for so long.
const REMEMBERED: Duration = Duration::from_secs(30 * 60);
/// A phone that was online so long after the try began has fetched what was sent to it before.
const FETCHED: Duration = Duration::from_secs(10);
/// So long the daemon may still be at it, if it has not answered.
const AT_IT: Duration = Duration::from_secs(60);
/// A try that the daemon has answered is worth a probe after so long in doubt: it is over.
const PROBE_ANSWERED: Duration = Duration::from_secs(4);
/// Another one is.
const PROBE: Duration = Duration::from_secs(15);
/// A probe that was taken is not followed by another one for so long.
const PROBE_AGAIN: Duration = Duration::from_secs(60);
/// One that was refused is.
const PROBE_REFUSED: Duration = Duration::from_secs(15);
/// After so long in doubt what may be repeated is.
const REPEAT: Duration = Duration::from_secs(120);
/// More receipts of unknown messages are not kept: a flood of them tells nothing.
const RECEIPTS: usize = 1_000;

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
    /// When the daemon answered that it does not know the end: it is not at it any more.
    answered: Option<i64>,
    /// The timestamp of the message; 0 if it was refused.
    ended: Option<i64>,
}

impl Try {
    /// Whether a message of this timestamp can be this try's.
    fn spans(&self, timestamp: i64) -> bool {
        self.began <= timestamp && self.answered.is_none_or(|answered| timestamp <= answered)
    }
}

/// A probe for a try in doubt.
#[derive(Clone, Copy)]
struct Probe {
    /// The next one may be sent then.
    next: i64,
    /// When Signal took one.
    taken: Option<i64>,
}

struct State {
    tries: VecDeque<Try>,
    /// Receipts of messages that no try is known to have made: by timestamp, from whom.
    receipts: BTreeMap<i64, BTreeSet<String>>,
    /// When people were online.
    signs: Signs,
    /// What was probed for.
    probed: HashMap<EffectId, Probe>,
    /// From this moment on every try that was begun is among `tries`.
    whole_since: i64,
    written: Written,
}

/// The memory of what was sent.
pub(super) struct Sent(Mutex<State>);

impl Sent {
    /// Takes up what an earlier process wrote down.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub(super) fn open(path: &Path, now: Timestamp) -> io::Result<Self> {
        Self::open_in(path, now, written::boot())
    }

    fn open_in(path: &Path, now: Timestamp, boot: Option<String>) -> io::Result<Self> {
        let mut state = State {
            tries: VecDeque::new(),
            receipts: BTreeMap::new(),
            signs: Signs::default(),
            probed: HashMap::new(),
            whole_since: now.as_ms(),
            written: Written::new(path, boot)?,
        };
        state.read()?;
        state.forget(now);
        state.rewrite()?;
        Ok(Self(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A try begins. Written down before anything leaves.
    ///
    /// # Errors
    /// If it cannot be written down; then nothing may be sent.
    pub(super) fn begins(&self, effect: &EffectId, lane: Lane, now: Timestamp) -> io::Result<()> {
        let mut state = self.state();
        state.forget(now);
        if state.written.lines > 2 * (state.tries.len() + state.receipts.len()) + 2_000 {
            state.rewrite()?;
        }
        state
            .written
            .append(written::BEGUN, effect.as_str(), now.as_ms())?;
        state.tries.push_back(Try {
            effect: effect.clone(),
            lane,
            began: now.as_ms(),
            answered: None,
            ended: None,
        });
        Ok(())
    }

    /// A try has ended: the message's timestamp, or none if it was surely not sent.
    pub(super) fn ended(&self, effect: &EffectId, timestamp: Option<i64>) {
        let mut state = self.state();
        let ended = timestamp.unwrap_or_default();
        // What cannot be written down is only missing after a crash.
        let _ = state.written.append(written::ENDED, effect.as_str(), ended);
        state.end(effect, ended);
    }

    /// The daemon has answered a try, and does not know its end either.
    pub(super) fn unsure(&self, effect: &EffectId, now: Timestamp) {
        let mut state = self.state();
        let _ = state
            .written
            .append(written::ANSWERED, effect.as_str(), now.as_ms());
        state.answer(effect, now.as_ms());
    }

    /// Somebody's phone has received messages of ours.
    pub(super) fn received(&self, person: &str, timestamps: &[i64], now: Timestamp) {
        let mut state = self.state();
        for timestamp in timestamps {
            // Their phone fetches in order: it has been there since that message was sent. Whose message it is may be known
            // later only: the answer to what was sent comes after the first receipts.
            let sign = Sign::by_receipt(*timestamp, now);
            state.signs.see(person, sign, now);
            if state.knows(*timestamp) {
                continue;
            }
            if !state.receipts.contains_key(timestamp) {
                // Whose it is need not be kept; that it came must outlive a crash.
                let _ = state.written.append(written::RECEIPT, "-", *timestamp);
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
        let sign = Sign::by_writing(at, now);
        self.state().signs.see(person, sign, now);
    }

    /// Whether it is time to find out who of those a try went to is online, by a message that nobody sees. It counts as done.
    pub(super) fn wants_probe(&self, effect: &EffectId, since: Timestamp, now: Timestamp) -> bool {
        let mut state = self.state();
        let now = now.as_ms();
        let known = state.last(effect);
        let (from, wait) = match known.map(|one| (one.began, one.answered)) {
            Some((_, Some(answered))) => (answered, PROBE_ANSWERED),
            Some((began, None)) => (began, PROBE),
            None => (since.as_ms(), PROBE),
        };
        if now - from < ms(wait) {
            return false;
        }
        let probe = state.probed.entry(effect.clone()).or_insert(Probe {
            next: now,
            taken: None,
        });
        let is_time = now >= probe.next;
        if is_time {
            probe.next = now + ms(PROBE_AGAIN);
        }
        is_time
    }

    /// What became of a probe: whether Signal took it.
    pub(super) fn probed(&self, effect: &EffectId, is_taken: bool, now: Timestamp) {
        if let Some(probe) = self.state().probed.get_mut(effect) {
            if is_taken {
                probe.taken = Some(now.as_ms());
            } else {
                probe.next = now.as_ms() + ms(PROBE_REFUSED);
            }
        }
    }

    /// Whether what was tried at `since` and is worth repeating is to be sent again, although nobody knows whether it was sent:
    /// two minutes in doubt, Signal takes messages for those it goes to, and it was not repeated yet.
    pub(super) fn may_repeat(&self, effect: &EffectId, since: Timestamp, now: Timestamp) -> bool {
        let state = self.state();
        let mut open = state
            .tries
            .iter()
            .filter(|one| &one.effect == effect && one.ended.is_none());
        let (first, second) = (open.next(), open.next());
        let began = first.map_or(since.as_ms(), |one| one.began);
        let is_open = state
            .probed
            .get(effect)
            .and_then(|probe| probe.taken)
            .is_some_and(|taken| taken > began);
        second.is_none() && is_open && now.as_ms() - began >= ms(REPEAT)
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
        let known = state.last(effect);
        match known.map(|one| one.ended) {
            Some(Some(0)) => return Found::NotSent,
            Some(Some(timestamp)) => return Found::Sent(timestamp),
            Some(None) => {}
            // It was claimed, and what claimed it ended before it began.
            None if since.as_ms() >= state.whole_since => return Found::NotSent,
            None => {}
        }
        let now = now.as_ms();
        let began = known.map_or(since.as_ms(), |one| one.began);
        let answered = known.and_then(|one| one.answered);
        // After a crash it is not known any more from whom a receipt was.
        let is_mine = |timestamp: i64, from: &BTreeSet<String>| {
            (from.is_empty() || from.iter().any(|person| hears(person)))
                && !state.tries.iter().any(|other| {
                    // Of tries under way at once, the one that began last before the message was made it.
                    &other.effect != effect
                        && other.ended.is_none()
                        && other.began > began
                        && other.spans(timestamp)
                        && from.iter().all(|person| others_hear(&other.lane, person))
                })
        };
        let received = state
            .receipts
            .range(began..=answered.unwrap_or(i64::MAX))
            .find(|(timestamp, from)| !state.knows(**timestamp) && is_mine(**timestamp, from));
        if let Some((timestamp, _)) = received {
            return Found::Sent(*timestamp);
        }
        // What a phone received after the daemon had answered was sent later than this.
        let later = |sign: &Sign| {
            sign.at > began + ms(FETCHED)
                || sign.is_receipt && answered.is_some_and(|answered| sign.at > answered)
        };
        let was_online = state
            .signs
            .any(|person, sign| sign.counts_from <= now && later(sign) && hears(person));
        if was_online && (answered.is_some() || now - began >= ms(AT_IT)) {
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
    fn last(&self, effect: &EffectId) -> Option<&Try> {
        self.tries.iter().rev().find(|one| &one.effect == effect)
    }

    fn last_mut(&mut self, effect: &EffectId) -> Option<&mut Try> {
        let mut tries = self.tries.iter_mut().rev();
        tries.find(|one| &one.effect == effect)
    }

    fn end(&mut self, effect: &EffectId, ended: i64) {
        self.receipts.remove(&ended);
        if let Some(last) = self.last_mut(effect) {
            last.ended = Some(ended);
        }
    }

    fn answer(&mut self, effect: &EffectId, at: i64) {
        if let Some(last) = self.last_mut(effect) {
            last.answered = Some(at);
        }
    }

    fn knows(&self, timestamp: i64) -> bool {
        self.tries.iter().any(|one| one.ended == Some(timestamp))
    }

    fn forget(&mut self, now: Timestamp) {
        let before = now.as_ms() - ms(REMEMBERED);
        while self.tries.front().is_some_and(|one| one.began < before) {
            self.tries.pop_front();
        }
        self.whole_since = self.whole_since.max(before);
        self.receipts = self.receipts.split_off(&before);
        self.probed.retain(|_, probe| probe.next >= before);
    }
}

#[cfg(test)]
mod tests;
