//! Incidents for which people are asked to go and look, and how many go.

use crate::{
    domain::{
        ids::{IncidentId, SenderHash},
        timestamp::Timestamp,
    },
    store::{Result, Tx},
};

const BEGIN: &str = "INSERT INTO calls (incident, so_far, next_at) VALUES ($1, 0, $2) ON CONFLICT (incident) DO NOTHING";
const DUE: &str =
    "SELECT incident, so_far FROM calls WHERE next_at <= $1 ORDER BY next_at, incident LIMIT 100";
const ANY_DUE: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT incident FROM calls WHERE next_at <= $1 LIMIT 1) AS due";
const GO_ON: &str = "UPDATE calls SET so_far = $2, next_at = $3 WHERE incident = $1";
const END: &str = "DELETE FROM calls WHERE incident = $1";
const GOES: &str = "INSERT INTO goers (incident, person, noted_at) VALUES ($1, $2, $3) ON CONFLICT (incident, person) DO NOTHING";
const IS_GOING: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM goers WHERE incident = $1 AND person IN ($2, $3)";
const NOBODY_GOES: &str = "DELETE FROM goers WHERE incident = $1";

impl Tx {
    /// Begins to ask people about an incident, at that moment; once for each incident.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn begin_call(&mut self, incident: &IncidentId, at: Timestamp) -> Result<()> {
        aside!(self, |conn| sqlx::query(BEGIN)
            .bind(incident.as_str())
            .bind(at.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Whether anybody is to be asked by now.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn has_due_calls(&mut self, now: Timestamp) -> Result<bool> {
        let due: i64 = aside!(self, |conn| sqlx::query_scalar(ANY_DUE)
            .bind(now.as_ms())
            .fetch_one(conn)
            .await?);
        Ok(due > 0)
    }

    /// The incidents about which the next people are to be asked by now, and how many were asked so far.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn due_calls(&mut self, now: Timestamp) -> Result<Vec<(IncidentId, usize)>> {
        let rows: Vec<(String, i64)> = aside!(self, |conn| sqlx::query_as(DUE)
            .bind(now.as_ms())
            .fetch_all(conn)
            .await?);
        Ok(rows
            .into_iter()
            .map(|(incident, asked)| {
                let asked = usize::try_from(asked).unwrap_or_default();
                (IncidentId::new(incident), asked)
            })
            .collect())
    }

    /// So many were asked; the next at that moment.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn go_on_calling(
        &mut self,
        incident: &IncidentId,
        asked: usize,
        next_at: Timestamp,
    ) -> Result<()> {
        aside!(self, |conn| sqlx::query(GO_ON)
            .bind(incident.as_str())
            .bind(i64::try_from(asked).unwrap_or(i64::MAX))
            .bind(next_at.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Nobody else is asked about an incident.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn end_call(&mut self, incident: &IncidentId) -> Result<()> {
        aside!(self, |conn| sqlx::query(END)
            .bind(incident.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Notes that somebody goes; false if that was noted before, under their hash of today or of yesterday.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_going(
        &mut self,
        incident: &IncidentId,
        [today, yesterday]: [&SenderHash; 2],
        now: Timestamp,
    ) -> Result<bool> {
        let known: i64 = aside!(self, |conn| sqlx::query_scalar(IS_GOING)
            .bind(incident.as_str())
            .bind(today.as_str())
            .bind(yesterday.as_str())
            .fetch_one(conn)
            .await?);
        if known > 0 {
            return Ok(false);
        }
        aside!(self, |conn| sqlx::query(GOES)
            .bind(incident.as_str())
            .bind(today.as_str())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(true)
    }

    /// Forgets who went, once an incident is over.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn forget_goers(&mut self, incident: &IncidentId) -> Result<()> {
        aside!(self, |conn| sqlx::query(NOBODY_GOES)
            .bind(incident.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }
}
