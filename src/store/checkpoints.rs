//! How far each platform's account has been read, and named counters.

use crate::{
    domain::{envelope::PlatformKind, ids::Checkpoint, timestamp::Timestamp},
    store::{Result, Tx},
};

const CHECKPOINT: &str = "SELECT checkpoint FROM checkpoints WHERE platform = $1";
const SAVE_CHECKPOINT: &str = "INSERT INTO checkpoints (platform, checkpoint, saved_at) VALUES ($1, $2, $3)
    ON CONFLICT (platform) DO UPDATE SET checkpoint = excluded.checkpoint, saved_at = excluded.saved_at";
const NEXT: &str = "INSERT INTO counters (name, value) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING value";

impl Tx {
    /// How far this platform's account has been read.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn checkpoint(&mut self, platform: PlatformKind) -> Result<Option<Checkpoint>> {
        let checkpoint: Option<String> = aside!(self, |conn| sqlx::query_scalar(CHECKPOINT)
            .bind(platform.as_str())
            .fetch_optional(conn)
            .await?);
        Ok(checkpoint.map(Checkpoint::new))
    }

    /// Saves how far this platform's account has been read.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn save_checkpoint(
        &mut self,
        platform: PlatformKind,
        checkpoint: &Checkpoint,
        now: Timestamp,
    ) -> Result<()> {
        aside!(self, |conn| sqlx::query(SAVE_CHECKPOINT)
            .bind(platform.as_str())
            .bind(checkpoint.as_str())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// The next value of a named counter; the first is 0. `intake` and `outbox` are taken.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn next(&mut self, counter: &str) -> Result<u64> {
        let value = self.advance(counter, 1).await?;
        Ok(u64::try_from(value - 1).unwrap_or(0))
    }

    /// Moves a counter on and says where it is now. Until the end of the transaction nobody else can.
    pub(super) async fn advance(&mut self, counter: &str, by: i64) -> Result<i64> {
        Ok(aside!(self, |conn| sqlx::query_scalar(NEXT)
            .bind(counter)
            .bind(by)
            .fetch_one(conn)
            .await?))
    }
}
