//! Whether the phone answers, and what operators were told.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tracing::{error, info, warn};

use crate::{domain::timestamp::Timestamp, platforms::smsgate::client::GateError};

/// What was told is not told again for so long.
const TOLD: Duration = Duration::from_secs(3600);

/// How things stand with the phone.
#[derive(Default)]
pub(super) struct Standing(Mutex<State>);

#[derive(Default)]
struct State {
    is_away: bool,
    told: HashMap<&'static str, Timestamp>,
}

impl Standing {
    /// Whether it answered when it was last asked.
    pub(super) fn is_up(&self) -> bool {
        !self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_away
    }

    /// It answered, or did not.
    pub(super) fn reached(&self, is_there: bool) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.is_away == is_there {
            state.is_away = !is_there;
            if is_there {
                info!("the phone of [sms.gate] answers again");
            } else {
                warn!(
                    "the phone of [sms.gate] does not answer: is it on, in the network, and the app running?"
                );
            }
        }
    }

    /// An answer was not good.
    pub(super) fn failed(&self, error: &GateError, now: Timestamp) {
        match error {
            GateError::NotSent(_) => self.reached(false),
            GateError::Lost(_) => {}
            GateError::Refused { status, .. } => {
                self.reached(true);
                if matches!(status.as_u16(), 401 | 403) && self.is_news("refused", now) {
                    error!("the phone of [sms.gate] refuses: check username and password_file");
                }
            }
        }
    }

    /// Whether this is worth telling now.
    pub(super) fn is_news(&self, what: &'static str, now: Timestamp) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = state.told.get(what);
        let is_news = last.is_none_or(|last| now.since(*last) > TOLD);
        if is_news {
            state.told.insert(what, now);
        }
        is_news
    }
}
