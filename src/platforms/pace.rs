//! How fast one sender sends: no faster than carriers, or a phone, take it, so that what is urgent never waits behind a full
//! queue there.

use std::{
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter, clock::Clock as _};
use tokio::time::Instant;

/// The pace of one sender.
pub(super) struct Pace {
    limiter: DefaultDirectRateLimiter,
    burst: u32,
    /// How much time one segment has.
    segment: Duration,
    /// How long [`Pace::take`] waits at most.
    patience: Duration,
    /// Until when the sender is promised to those who were sent away.
    promised: Mutex<Instant>,
}

impl Pace {
    /// A pace at which each segment has so much time, and so many may leave at once after a rest.
    pub(super) fn new(segment: Duration, burst: NonZeroU32, patience: Duration) -> Self {
        let quota = Quota::with_period(segment).unwrap_or_else(|| Quota::per_second(burst));
        Self {
            limiter: RateLimiter::direct(quota.allow_burst(burst)),
            burst: burst.get(),
            segment,
            patience,
            promised: Mutex::new(Instant::now()),
        }
    }

    /// Takes the room for so many segments, waiting a little for it. If it takes longer: when to come again; those who come
    /// meanwhile are told later times, so that a thousand do not come back at the same moment.
    pub(super) async fn take(&self, segments: u32) -> Result<(), Duration> {
        let wanted = segments.clamp(1, self.burst);
        let cells = NonZeroU32::MIN.saturating_add(wanted - 1);
        let until = Instant::now() + self.patience;
        loop {
            // Never more than the burst is wanted, so the outer result is always good.
            let Ok(Err(early)) = self.limiter.check_n(cells) else {
                return Ok(());
            };
            let wait = early.wait_time_from(self.limiter.clock().now());
            if Instant::now() + wait > until {
                return Err(self.promise(wait, wanted));
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Takes the room for one segment if it is there now.
    #[cfg(feature = "signal")]
    pub(super) fn try_take(&self) -> bool {
        self.limiter.check().is_ok()
    }

    fn promise(&self, wait: Duration, segments: u32) -> Duration {
        let now = Instant::now();
        let mut promised = self.promised.lock().unwrap_or_else(PoisonError::into_inner);
        let from = (*promised).max(now + wait);
        *promised = from + self.segment * segments;
        from - now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BURST: NonZeroU32 = NonZeroU32::new(10).unwrap();

    fn pace(segment: Duration, patience: Duration) -> Pace {
        Pace::new(segment, BURST, patience)
    }

    #[tokio::test]
    async fn who_is_sent_away_is_told_a_time_of_his_own() {
        let pace = pace(Duration::from_secs(10), Duration::ZERO);
        for _ in 0..BURST.get() {
            assert_eq!(pace.take(1).await, Ok(()));
        }
        let first = pace.take(1).await.unwrap_err();
        let second = pace.take(2).await.unwrap_err();
        let third = pace.take(1).await.unwrap_err();
        assert!(first > Duration::from_secs(8) && first <= Duration::from_secs(10));
        assert!(second > first + Duration::from_secs(8));
        assert!(third > second + Duration::from_secs(18));
    }

    #[tokio::test]
    async fn a_short_wait_is_waited_for() {
        let pace = pace(Duration::from_millis(5), Duration::from_secs(2));
        for _ in 0..300 {
            assert_eq!(pace.take(1).await, Ok(()));
        }
    }

    #[tokio::test]
    async fn a_text_longer_than_the_burst_goes_too() {
        let pace = pace(Duration::from_secs(1), Duration::ZERO);
        assert_eq!(pace.take(24).await, Ok(()));
        assert!(pace.take(1).await.is_err());
    }
}
