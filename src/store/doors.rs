//! Posters of doors: codes, and how often each was opened in all.

use crate::{
    domain::{
        door::{Code, Poster},
        ids::AreaId,
        timestamp::Timestamp,
    },
    store::{Result, StoreError, Tx, to_u32},
};

const TABLE: &str = "posters";
const ADD: &str = "INSERT INTO posters (code, area, language, made_at, revoked_at, opened)
    VALUES ($1, $2, $3, $4, NULL, 0) ON CONFLICT (code) DO NOTHING";
const VALID: &str = "SELECT code, area, language, made_at, opened FROM posters
    WHERE code = $1 AND revoked_at IS NULL";
const OF_AREA: &str = "SELECT code, area, language, made_at, opened FROM posters
    WHERE area = $1 AND revoked_at IS NULL ORDER BY made_at DESC, code LIMIT $2";
const REVOKE: &str = "UPDATE posters SET revoked_at = $2 WHERE code = $1 AND revoked_at IS NULL";
const COUNT: &str = "UPDATE posters SET opened = opened + $2 WHERE code = $1";

type Columns = (String, String, String, i64, i64);

fn row((code, area, language, made_at, opened): Columns) -> Result<Poster> {
    Ok(Poster {
        code: Code::parse(&code).ok_or(StoreError::Unreadable { table: TABLE })?,
        area: AreaId::new(area),
        language,
        made_at: Timestamp::from_ms(made_at),
        opened: to_u32(opened),
    })
}

impl Tx {
    /// Keeps a new poster; whether its code was free.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn add_poster(&mut self, poster: &Poster) -> Result<bool> {
        let rows = aside!(self, |conn| sqlx::query(ADD)
            .bind(poster.code.as_str())
            .bind(poster.area.as_str())
            .bind(poster.language.as_str())
            .bind(poster.made_at.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// The poster of that code, unless it was revoked.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn poster(&mut self, code: &Code) -> Result<Option<Poster>> {
        let found: Option<Columns> = aside!(self, |conn| sqlx::query_as(VALID)
            .bind(code.as_str())
            .fetch_optional(conn)
            .await?);
        found.map(row).transpose()
    }

    /// The valid posters of an area, the newest first, at most so many.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn posters_of(&mut self, area: &AreaId, most: u32) -> Result<Vec<Poster>> {
        let found: Vec<Columns> = aside!(self, |conn| sqlx::query_as(OF_AREA)
            .bind(area.as_str())
            .bind(i64::from(most))
            .fetch_all(conn)
            .await?);
        found.into_iter().map(row).collect()
    }

    /// Makes a code invalid.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn revoke_poster(&mut self, code: &Code, now: Timestamp) -> Result<()> {
        aside!(self, |conn| sqlx::query(REVOKE)
            .bind(code.as_str())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Adds to how often a poster's page was opened.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn count_openings(&mut self, code: &Code, times: u32) -> Result<()> {
        aside!(self, |conn| sqlx::query(COUNT)
            .bind(code.as_str())
            .bind(i64::from(times))
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }
}
