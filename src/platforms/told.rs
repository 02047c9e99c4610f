//! What operators were told, so that the log does not say the same for every message.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::domain::timestamp::Timestamp;

/// What was told is not told again for so long.
const AGAIN: Duration = Duration::from_secs(3600);

/// What was told, and when.
#[derive(Default)]
pub(super) struct Told(Mutex<HashMap<&'static str, Timestamp>>);

impl Told {
    /// Whether this was not told within the last hour; it counts as told from now on.
    pub(super) fn is_news(&self, what: &'static str, now: Timestamp) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = told.get(what).copied();
        let is_news = last.is_none_or(|last| now.since(last) >= AGAIN);
        if is_news {
            told.insert(what, now);
        }
        is_news
    }

    /// It is over: the next time it is news again.
    pub(super) fn is_over(&self, what: &'static str) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(what);
    }
}
