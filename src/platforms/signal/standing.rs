//! Whether all is well with the account, what was counted, and what the operator is told if it is not.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{domain::timestamp::Timestamp, platforms::told::Told};

/// A daemon that comes back has read what waited for it after this, being added to groups included.
pub(super) const SETTLES: Duration = Duration::from_secs(30);

/// How the account stands.
#[derive(Default)]
pub(super) struct Standing {
    up: AtomicBool,
    told: Told,
    /// Since when the daemon has been answering.
    since: Mutex<Option<Instant>>,
    version: Mutex<Option<String>>,
    /// Lines that came to nothing, by why.
    passed_over: Mutex<BTreeMap<String, u64>>,
}

impl Standing {
    /// Whether the daemon answers.
    pub(super) fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }

    /// It answers, or does not any more.
    pub(super) fn set_up(&self, is_up: bool) {
        self.up.store(is_up, Ordering::Relaxed);
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = is_up.then(Instant::now);
        if is_up {
            for what in ["connect", "greet", "ended", "hangs"] {
                self.told.is_over(what);
            }
        }
    }

    /// Whether the daemon has been there for so long that it has read what waited for it.
    pub(super) fn is_settled(&self) -> bool {
        let since = *self.since.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() >= SETTLES)
    }

    /// Tells the operator what is wrong, once an hour.
    pub(super) fn tell(&self, what: &'static str, sentence: &str, now: Timestamp) {
        if self.told.is_news(what, now) {
            tracing::warn!("Signal: {sentence}");
        }
    }

    /// Notes the daemon's version; whether it is another than before.
    pub(super) fn is_new_version(&self, version: &str) -> bool {
        let mut known = self.version.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = known.as_deref() != Some(version);
        *known = Some(version.to_owned());
        is_new
    }

    /// Counts something that came to nothing.
    pub(super) fn count(&self, why: &str) {
        let mut counts = self
            .passed_over
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *counts.entry(why.to_owned()).or_default() += 1;
    }

    /// What was counted.
    pub(super) fn counts(&self) -> BTreeMap<String, u64> {
        self.passed_over
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
