//! How fast the account sends: as fast as Signal lets it, found out by trying.
//!
//! Signal does not publish how much a group may be written to (facts: limits). So the pace halves when it refuses for being too
//! many (413, 429, 428), and recovers slowly while it does not. What must wait, waits in the outbox, alerts first; reactions are
//! given up instead, since they are worth nothing later.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    domain::effect::Urgency,
    platforms::{PerformError, Retry, pace::Pace},
};

/// The time that each message has at best: five a second. A city's alert to all siblings of a neighborhood leaves at once.
const BEST: Duration = Duration::from_millis(200);
/// The time that each message has at worst.
const WORST: Duration = Duration::from_secs(60);
/// How many may leave at once after a rest.
const BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);
/// So long without refusal, and the pace recovers a step.
const CALM: Duration = Duration::from_secs(60);
/// One step: a tenth less time for each message.
const STEP: f64 = 0.9;
/// Talk that is passed on gets at most every second turn, and not all that may leave at once after a rest: alerts find room.
const TALK: u32 = 2;
const TALK_BURST: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);
/// While each message has more time than this, no talk is passed on: the little that Signal takes is for what matters.
const TALK_UNTIL: Duration = Duration::from_millis(800);
/// How long a message waits for its turn before the outbox takes it back.
const PATIENCE: Duration = Duration::from_secs(2);

/// The pace of the account.
pub(super) struct Rate(Mutex<State>);

struct State {
    each: Duration,
    pace: Arc<Pace>,
    talk: Arc<Pace>,
    /// When it last became slower or faster.
    changed: Instant,
}

impl Default for Rate {
    fn default() -> Self {
        Self(Mutex::new(State {
            each: BEST,
            pace: Arc::new(pace(BEST, PATIENCE)),
            talk: Arc::new(talk(BEST)),
            changed: Instant::now(),
        }))
    }
}

fn pace(each: Duration, patience: Duration) -> Pace {
    // Slowed down, there is no burst either: it would be refused again.
    let burst = if each > BEST { NonZeroU32::MIN } else { BURST };
    Pace::new(each, burst, patience)
}

fn talk(each: Duration) -> Pace {
    let burst = if each > BEST {
        NonZeroU32::MIN
    } else {
        TALK_BURST
    };
    Pace::new(each * TALK, burst, Duration::ZERO)
}

impl Rate {
    /// Waits for its turn, or says when to come again. A reaction that would have to wait is given up.
    pub(super) async fn take(&self, urgency: Urgency) -> Result<(), PerformError> {
        let pace = self.recovered(Instant::now());
        if urgency == Urgency::Talk {
            return self.take_for_talk(&pace);
        }
        if urgency == Urgency::Mark {
            return match pace.try_take() {
                true => Ok(()),
                false => Err(PerformError::new("shed", Retry::Never)),
            };
        }
        pace.take(1)
            .await
            .map_err(|wait| PerformError::new("paced", Retry::Later(Some(wait))))
    }

    /// Talk never waits in front of others; it comes again.
    fn take_for_talk(&self, pace: &Pace) -> Result<(), PerformError> {
        let (each, talk) = {
            let state = self.state();
            (state.each, Arc::clone(&state.talk))
        };
        if each <= TALK_UNTIL && talk.try_take() && pace.try_take() {
            return Ok(());
        }
        let wait = (each * TALK).min(CALM);
        Err(PerformError::new("paced", Retry::Later(Some(wait))))
    }

    /// Signal refused for being too many: half as fast from now on.
    pub(super) fn refused(&self) {
        let mut state = self.state();
        let slower = state.each.saturating_mul(2).min(WORST);
        state.set(slower, Instant::now());
    }

    /// The time that each message has now.
    #[cfg(test)]
    pub(super) fn each(&self) -> Duration {
        self.state().each
    }

    fn recovered(&self, now: Instant) -> Arc<Pace> {
        let mut state = self.state();
        let calm = now.saturating_duration_since(state.changed);
        let steps = calm.as_secs() / CALM.as_secs();
        if state.each > BEST && steps > 0 {
            let steps = i32::try_from(steps).unwrap_or(i32::MAX);
            let faster = state.each.mul_f64(STEP.powi(steps)).max(BEST);
            state.set(faster, now);
        }
        Arc::clone(&state.pace)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn set(&mut self, each: Duration, now: Instant) {
        self.each = each;
        self.changed = now;
        self.pace = Arc::new(pace(each, PATIENCE));
        self.talk = Arc::new(talk(each));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_halves_and_recovers() {
        let rate = Rate::default();
        rate.refused();
        rate.refused();
        assert_eq!(rate.each(), BEST * 4);
        let later = Instant::now() + CALM * 3 + Duration::from_secs(1);
        rate.recovered(later);
        assert!(rate.each() < BEST * 3 && rate.each() > BEST);
        rate.recovered(later + CALM * 60);
        assert_eq!(rate.each(), BEST);
        for _ in 0..40 {
            rate.refused();
        }
        assert_eq!(rate.each(), WORST);
    }

    #[tokio::test]
    async fn a_burst_of_talk_leaves_room_for_alerts() {
        let rate = Rate::default();
        let mut passed = 0;
        for _ in 0..100 {
            passed += usize::from(rate.take(Urgency::Talk).await.is_ok());
        }
        assert!(
            (10..20).contains(&passed),
            "{passed} were passed on at once"
        );
        let state = Arc::clone(&rate.state().pace);
        for _ in 0..5 {
            assert!(state.try_take(), "an alert would have to wait");
        }
        for _ in 0..3 {
            rate.refused();
        }
        let talk = rate.take(Urgency::Talk).await.unwrap_err();
        assert_eq!(talk.code, "paced");
        assert!(rate.take(Urgency::Alert).await.is_ok());
    }

    #[tokio::test]
    async fn reactions_are_given_up_and_alerts_wait() {
        let rate = Rate::default();
        for _ in 0..12 {
            rate.refused();
        }
        assert!(rate.take(Urgency::Alert).await.is_ok());
        let mark = rate.take(Urgency::Mark).await.unwrap_err();
        assert_eq!((mark.code, mark.retry), ("shed", Retry::Never));
        let alert = rate.take(Urgency::Alert).await.unwrap_err();
        assert_eq!(alert.code, "paced");
        assert!(matches!(alert.retry, Retry::Later(Some(wait)) if wait > PATIENCE));
    }
}
