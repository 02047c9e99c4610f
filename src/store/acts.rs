//! Moderators' acts, for the log: who, what, when. Never anybody's words.

use crate::{
    domain::{
        deed::{Deed, Logged},
        ids::AreaId,
        timestamp::Timestamp,
    },
    store::{Result, Tx, from_json, to_json},
};

const TABLE: &str = "acts";
const NOTE: &str = "INSERT INTO acts (id, who, deed, done_at, areas) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING";
const LATEST: &str =
    "SELECT who, deed, done_at, areas FROM acts ORDER BY done_at DESC, id DESC LIMIT $1";

impl Tx {
    /// Writes an act down, with the areas it was about (none: the whole city); the same id twice is one act.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_act(&mut self, id: &str, act: &Logged, areas: &[AreaId]) -> Result<()> {
        let deed = to_json(TABLE, &act.deed)?;
        let areas = to_json(TABLE, &areas)?;
        aside!(self, |conn| sqlx::query(NOTE)
            .bind(id)
            .bind(act.who.as_str())
            .bind(deed.as_str())
            .bind(act.at.as_ms())
            .bind(areas.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// The latest acts, newest first, at most so many, each with the areas it was about.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn latest_acts(&mut self, most: u32) -> Result<Vec<(Logged, Vec<AreaId>)>> {
        let rows: Vec<(String, String, i64, String)> = aside!(self, |conn| sqlx::query_as(LATEST)
            .bind(i64::from(most))
            .fetch_all(conn)
            .await?);
        rows.into_iter()
            .map(|(who, deed, at, areas)| {
                let act = Logged {
                    who,
                    deed: from_json::<Deed>(TABLE, &deed)?,
                    at: Timestamp::from_ms(at),
                };
                Ok((act, from_json(TABLE, &areas)?))
            })
            .collect()
    }
}
