//! Newcomers: who was welcomed already, and who asks to be let in where two must vouch for them.
//!
//! Of who was welcomed there is an id that nobody can make without the key; of who asks, a sealed address, and only until it is decided.

use std::collections::BTreeSet;

use crate::{
    domain::{
        effect::SealedPerson,
        handle::{Handle, Series},
        ids::SubjectId,
        timestamp::Timestamp,
    },
    store::{Result, StoreError, Tx, from_json, to_json},
};

const TABLE: &str = "askers";
const WELCOME: &str =
    "INSERT INTO welcomed (id, welcomed_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
const OPEN: &str = "SELECT id, handle, room, asks, asked_at, expires_at FROM askers
    WHERE closed_at IS NULL ORDER BY asked_at, id";
const BY_HANDLE: &str = "SELECT id, handle, room, asks, asked_at, expires_at FROM askers
    WHERE handle = $1 AND closed_at IS NULL";
const BY_ID: &str = "SELECT id, handle, room, asks, asked_at, expires_at FROM askers
    WHERE id = $1 AND closed_at IS NULL";
const RESTS: &str =
    "SELECT id FROM askers WHERE who = $1 AND (closed_at IS NULL OR closed_at > $2) LIMIT 1";
const ADD: &str =
    "INSERT INTO askers (id, who, handle, room, asks, asked_at, expires_at, closed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, NULL) ON CONFLICT (id) DO NOTHING";
const CLOSE: &str = "UPDATE askers SET closed_at = $2, expires_at = $2, asks = '' WHERE id = $1";
const IN_USE: &str = "SELECT handle FROM askers WHERE closed_at IS NULL OR closed_at > $1";
const VOUCH: &str = "INSERT INTO vouches (asker, hash, vouched_at) VALUES ($1, $2, $3)
    ON CONFLICT (asker, hash) DO NOTHING";
const VOUCHERS: &str = "SELECT hash FROM vouches WHERE asker = $1";
const NO_VOUCHES: &str = "DELETE FROM vouches WHERE asker = $1";
const FORGET_WELCOMED: &str = "DELETE FROM welcomed";
const FORGET_DECIDED: &str = "DELETE FROM askers WHERE closed_at IS NOT NULL";
const FORGET_WHO: &str = "UPDATE askers SET who = ''";
const FORGET_VOUCHES: &str = "DELETE FROM vouches";

/// Somebody who asks to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskerRow {
    /// Its own id.
    pub id: SubjectId,
    /// The id people type: `J3`.
    pub handle: Handle,
    /// The room, by its name in the store.
    pub room: String,
    /// Who.
    pub person: SealedPerson,
    /// Since when.
    pub asked_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

type Columns = (String, String, String, String, i64, i64);

fn row((id, handle, room, person, asked_at, expires_at): Columns) -> Result<AskerRow> {
    Ok(AskerRow {
        id: SubjectId::new(id),
        handle: Handle::parse(&handle).ok_or(StoreError::Unreadable { table: TABLE })?,
        room,
        person: from_json(TABLE, &person)?,
        asked_at: Timestamp::from_ms(asked_at),
        expires_at: Timestamp::from_ms(expires_at),
    })
}

impl Tx {
    /// Notes that somebody is welcomed; whether that is new.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_welcomed(&mut self, id: &str, now: Timestamp) -> Result<bool> {
        let rows = aside!(self, |conn| sqlx::query(WELCOME)
            .bind(id)
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// Everybody who asks and waits, the first first.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn open_askers(&mut self) -> Result<Vec<AskerRow>> {
        let found: Vec<Columns> = aside!(self, |conn| sqlx::query_as(OPEN).fetch_all(conn).await?);
        found.into_iter().map(row).collect()
    }

    /// Who waits under that handle.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn asker(&mut self, handle: &Handle) -> Result<Option<AskerRow>> {
        let found: Option<Columns> = aside!(self, |conn| sqlx::query_as(BY_HANDLE)
            .bind(handle.as_str())
            .fetch_optional(conn)
            .await?);
        found.map(row).transpose()
    }

    /// Who waits under that id.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn asker_with_id(&mut self, id: &SubjectId) -> Result<Option<AskerRow>> {
        let found: Option<Columns> = aside!(self, |conn| sqlx::query_as(BY_ID)
            .bind(id.as_str())
            .fetch_optional(conn)
            .await?);
        found.map(row).transpose()
    }

    /// Keeps somebody who asks; whether that is new. `who` is the same whenever the same person asks to be let into the same room. Who
    /// waits already, or of whom it was decided after `since`, is passed over.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn add_asker(&mut self, row: &AskerRow, who: &str, since: Timestamp) -> Result<bool> {
        let rests: Option<String> = aside!(self, |conn| sqlx::query_scalar(RESTS)
            .bind(who)
            .bind(since.as_ms())
            .fetch_optional(conn)
            .await?);
        if rests.is_some() {
            return Ok(false);
        }
        let person = to_json(TABLE, &row.person)?;
        let rows = aside!(self, |conn| sqlx::query(ADD)
            .bind(row.id.as_str())
            .bind(who)
            .bind(row.handle.as_str())
            .bind(row.room.as_str())
            .bind(person.as_str())
            .bind(row.asked_at.as_ms())
            .bind(row.expires_at.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// It is decided: who it was is forgotten, and who vouched. What is left goes with the purge a day later.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn close_asker(&mut self, id: &SubjectId, now: Timestamp) -> Result<()> {
        aside!(self, |conn| sqlx::query(CLOSE)
            .bind(id.as_str())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        aside!(self, |conn| sqlx::query(NO_VOUCHES)
            .bind(id.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// A handle for somebody who asks: the first that nobody has who waits or was decided of since.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn free_asker_handle(&mut self, since: Timestamp) -> Result<Option<Handle>> {
        let taken: Vec<String> = aside!(self, |conn| sqlx::query_scalar(IN_USE)
            .bind(since.as_ms())
            .fetch_all(conn)
            .await?);
        let taken: BTreeSet<String> = taken.into_iter().collect();
        Ok(Handle::row(Series::Asker).find(|handle| !taken.contains(handle.as_str())))
    }

    /// Notes that somebody vouches for them.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_vouch(
        &mut self,
        asker: &SubjectId,
        hash: &str,
        now: Timestamp,
    ) -> Result<()> {
        aside!(self, |conn| sqlx::query(VOUCH)
            .bind(asker.as_str())
            .bind(hash)
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Who has vouched for them: the hashes that stay.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn vouchers(&mut self, asker: &SubjectId) -> Result<Vec<String>> {
        let found: Vec<String> = aside!(self, |conn| sqlx::query_scalar(VOUCHERS)
            .bind(asker.as_str())
            .fetch_all(conn)
            .await?);
        Ok(found)
    }

    /// Forgets what was made of addresses under a key that is given up: who was welcomed, of whom it was decided, and who vouched, for
    /// the same person could not be told from another any more. Who waits, waits for two to vouch anew.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn forget_newcomers(&mut self) -> Result<()> {
        for sql in [FORGET_WELCOMED, FORGET_DECIDED, FORGET_WHO, FORGET_VOUCHES] {
            aside!(self, |conn| sqlx::query(sql)
                .execute(conn)
                .await?
                .rows_affected());
        }
        Ok(())
    }
}
