//! Steps of incidents that can be taken back, and those that were.

use crate::{
    domain::{ids::IncidentId, incident::Status, step::Step, timestamp::Timestamp},
    store::{Result, Tx, from_json, to_json, to_u32},
};

const TABLE: &str = "steps";
const NOTE: &str = "INSERT INTO steps (id, nth, incident, actor, became, step, done_at, undone)
    VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE) ON CONFLICT (id) DO NOTHING";
const LAST_OF: &str = "SELECT id, incident, actor, step, done_at FROM steps
    WHERE incident = $1 AND done_at > $2 AND undone = FALSE ORDER BY nth DESC LIMIT 1";
const LAST_BY: &str = "SELECT id, incident, actor, step, done_at FROM steps
    WHERE actor = $1 AND done_at > $2 AND undone = FALSE ORDER BY nth DESC LIMIT 1";
const UNDO: &str = "UPDATE steps SET undone = TRUE WHERE id = $1";
const UNDONE: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM steps
    WHERE incident = $1 AND became = $2 AND undone = TRUE";

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    /// Its own id.
    pub id: String,
    /// Of which incident.
    pub incident: IncidentId,
    /// Who took it: the lasting hash of their address; empty for neighbors, of whom nothing lasting is kept.
    pub actor: String,
    /// What it was.
    pub step: Step,
    /// When.
    pub done_at: Timestamp,
}

type Columns = (String, String, String, String, i64);

fn row((id, incident, actor, step, done_at): Columns) -> Result<StepRow> {
    Ok(StepRow {
        id,
        incident: IncidentId::new(incident),
        actor,
        step: from_json(TABLE, &step)?,
        done_at: Timestamp::from_ms(done_at),
    })
}

impl Tx {
    /// Notes a step; the same id twice is one step.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_step(&mut self, row: &StepRow) -> Result<()> {
        let step = to_json(TABLE, &row.step)?;
        let nth = self.advance("step", 1).await?;
        aside!(self, |conn| sqlx::query(NOTE)
            .bind(row.id.as_str())
            .bind(nth)
            .bind(row.incident.as_str())
            .bind(row.actor.as_str())
            .bind(row.step.became.as_str())
            .bind(step.as_str())
            .bind(row.done_at.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// The latest step of an incident since a moment that was not taken back.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn last_step_of(
        &mut self,
        incident: &IncidentId,
        since: Timestamp,
    ) -> Result<Option<StepRow>> {
        let found: Option<Columns> = aside!(self, |conn| sqlx::query_as(LAST_OF)
            .bind(incident.as_str())
            .bind(since.as_ms())
            .fetch_optional(conn)
            .await?);
        found.map(row).transpose()
    }

    /// The latest step that somebody took since a moment and that was not taken back.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn last_step_by(&mut self, actor: &str, since: Timestamp) -> Result<Option<StepRow>> {
        let found: Option<Columns> = aside!(self, |conn| sqlx::query_as(LAST_BY)
            .bind(actor)
            .bind(since.as_ms())
            .fetch_optional(conn)
            .await?);
        found.map(row).transpose()
    }

    /// Notes that a step was taken back.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_undone(&mut self, id: &str) -> Result<()> {
        aside!(self, |conn| sqlx::query(UNDO)
            .bind(id)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// How often an incident became that and it was taken back.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn undone(&mut self, incident: &IncidentId, became: Status) -> Result<u32> {
        let count: i64 = aside!(self, |conn| sqlx::query_scalar(UNDONE)
            .bind(incident.as_str())
            .bind(became.as_str())
            .fetch_one(conn)
            .await?);
        Ok(to_u32(count))
    }
}
