//! Which messages were taken in already: their numbers, never their words.

use std::{collections::BTreeSet, sync::LazyLock};

use crate::{
    domain::{envelope::PlatformKind, ids::EnvelopeId, timestamp::Timestamp},
    store::{FILLED, Result, Tx, filled, values_at_once},
};

const MARK_SEEN: &str = "INSERT INTO envelopes (platform, id, seen_at) VALUES ($1, $2, $3) ON CONFLICT (platform, id) DO NOTHING";
static MARK_ALL_SEEN: LazyLock<[String; FILLED.len()]> = LazyLock::new(|| {
    filled(3, |ids| {
        let rows = ids.replace(", ", ", $2), ($1, ");
        format!(
            "INSERT INTO envelopes (platform, id, seen_at) VALUES ($1, {rows}, $2) ON CONFLICT (platform, id) DO NOTHING RETURNING id"
        )
    })
});

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
        let key = (platform, id.as_str().to_owned());
        if let Some(is_new) = self.known.marked.get_mut(&key) {
            return Ok(std::mem::take(is_new));
        }
        let marked = aside!(self, |conn| sqlx::query(MARK_SEEN)
            .bind(platform.as_str())
            .bind(id.as_str())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(marked == 1)
    }

    /// Marks several envelopes of a platform ahead: [`Self::mark_seen`] then tells of each what it would have told. Those that
    /// had not been seen.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn mark_ahead(
        &mut self,
        platform: PlatformKind,
        ids: &[&EnvelopeId],
        now: Timestamp,
    ) -> Result<BTreeSet<String>> {
        let mut new = BTreeSet::new();
        for (some, sql) in values_at_once(ids, &MARK_ALL_SEEN) {
            let marked: Vec<String> = aside!(self, |conn| {
                let mut query = sqlx::query_scalar(sql)
                    .bind(platform.as_str())
                    .bind(now.as_ms());
                for id in some {
                    query = query.bind(id.as_str());
                }
                query.fetch_all(conn).await?
            });
            new.extend(marked);
        }
        for id in ids {
            let is_new = new.contains(id.as_str());
            let key = (platform, id.as_str().to_owned());
            self.known.marked.entry(key).or_insert(is_new);
        }
        Ok(new)
    }
}
