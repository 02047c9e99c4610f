//! Whether the phone answers, and what operators were told.

use std::sync::atomic::{AtomicBool, Ordering};

use tracing::{error, info, warn};

use crate::{
    domain::timestamp::Timestamp,
    platforms::{smsgate::client::GateError, told::Told},
};

/// How things stand with the phone.
#[derive(Default)]
pub(super) struct Standing {
    is_away: AtomicBool,
    /// What operators were told.
    pub told: Told,
}

impl Standing {
    /// Whether it answered when it was last asked.
    pub(super) fn is_up(&self) -> bool {
        !self.is_away.load(Ordering::Relaxed)
    }

    /// It answered, or did not.
    pub(super) fn reached(&self, is_there: bool) {
        let was_away = self.is_away.swap(!is_there, Ordering::Relaxed);
        match (was_away, is_there) {
            (true, true) => info!("the phone of [sms.gate] answers again"),
            (false, false) => warn!(
                "the phone of [sms.gate] does not answer: is it on, in the network, and the app running?"
            ),
            _ => {}
        }
    }

    /// An answer was not good.
    pub(super) fn failed(&self, error: &GateError, now: Timestamp) {
        match error {
            GateError::NotSent(_) => self.reached(false),
            GateError::Lost(_) => {}
            GateError::Refused { status, .. } => {
                self.reached(true);
                if matches!(status.as_u16(), 401 | 403) && self.told.is_news("refused", now) {
                    error!("the phone of [sms.gate] refuses: check username and password_file");
                }
            }
        }
    }
}
