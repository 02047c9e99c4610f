//! Which messages were taken in already: their numbers, never their words.

use crate::{
    domain::{envelope::PlatformKind, ids::EnvelopeId, timestamp::Timestamp},
    store::{Result, Tx},
};

const MARK_SEEN: &str = "INSERT INTO envelopes (platform, id, seen_at) VALUES ($1, $2, $3) ON CONFLICT (platform, id) DO NOTHING";

impl Tx {
    /// Marks an envelope as seen; false if it was seen before.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn mark_seen(
        &mut self,
        platform: PlatformKind,
        id: &EnvelopeId,
        now: Timestamp,
    ) -> Result<bool> {
        let marked = on!(self, |conn| sqlx::query(MARK_SEEN)
            .bind(platform.as_str())
            .bind(id.as_str())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(marked == 1)
    }
}
