//! How fast the phone sends: carriers and Android stop phones that send much, and what waits at the phone cannot be overtaken by
//! what is urgent.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// How many messages may leave at once after a rest.
const BURST: u32 = 5;

/// One phone's turns.
pub(super) struct Pace {
    /// How much time one message takes.
    each: Duration,
    /// How long [`Pace::take`] waits at most.
    patience: Duration,
    /// When everything that was let through has had its time.
    busy_until: Mutex<Instant>,
}

impl Pace {
    pub(super) fn new(each: Duration, patience: Duration) -> Self {
        Self {
            each,
            patience,
            busy_until: Mutex::new(Instant::now()),
        }
    }

    /// Takes the time of so many messages, waiting a little for it. If it takes longer: when to come again.
    pub(super) async fn take(&self, messages: u32) -> Result<(), Duration> {
        let wait = self.turn(messages, Instant::now())?;
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// After how long it is the turn of these.
    fn turn(&self, messages: u32, now: Instant) -> Result<Duration, Duration> {
        let mut busy_until = self
            .busy_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let from = (*busy_until).max(now);
        // After a rest a few go at once; then each waits until the ones before it have had their time.
        let wait = (from - now).saturating_sub(self.each * (BURST - 1));
        if wait > self.patience {
            return Err(wait);
        }
        *busy_until = from + self.each * messages.max(1);
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_go_at_once_and_the_others_one_by_one() {
        let seconds = Duration::from_secs;
        let pace = Pace::new(seconds(6), seconds(3));
        let now = Instant::now() + seconds(1);
        for _ in 0..BURST {
            assert_eq!(pace.turn(1, now), Ok(Duration::ZERO));
        }
        assert_eq!(pace.turn(1, now), Err(seconds(6)));
        let later = now + seconds(4);
        assert_eq!(pace.turn(3, later), Ok(seconds(2)));
        assert_eq!(pace.turn(1, later), Err(seconds(20)));
        assert_eq!(pace.turn(1, later + seconds(60)), Ok(Duration::ZERO));
    }
}
