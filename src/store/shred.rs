//! Wiping what is kept of an area, at once and for good (PRODUCT, privacy floor 12): its rows, and its key, without which copies of
//! the database that lie elsewhere cannot be read either.

use std::collections::BTreeSet;

use crate::{
    domain::ids::AreaId,
    store::{Result, Tx, from_json, seals::bound},
};

const INCIDENTS: &str = "SELECT id, areas FROM incidents";
const HOLDS: &str = "SELECT id, areas FROM holds";
const OWED: &str = "SELECT id, act FROM effects";
const PHONES: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM subscribers WHERE area = $1";

/// What goes with an incident.
pub(super) const OF_INCIDENT: [&str; 9] = [
    "DELETE FROM reports WHERE incident = $1",
    "DELETE FROM heard WHERE incident = $1",
    "DELETE FROM posts WHERE about = $1",
    "DELETE FROM questions WHERE incident = $1",
    "DELETE FROM steps WHERE incident = $1",
    "DELETE FROM calls WHERE incident = $1",
    "DELETE FROM goers WHERE incident = $1",
    "DELETE FROM holds WHERE incident = $1",
    "DELETE FROM incidents WHERE id = $1",
];
/// What goes with a hold.
pub(super) const OF_HOLD: [&str; 2] = [
    "DELETE FROM posts WHERE about = $1",
    "DELETE FROM holds WHERE id = $1",
];
/// What goes with the area itself.
const OF_AREA: [&str; 2] = [
    "DELETE FROM subscribers WHERE area = $1",
    "DELETE FROM counts WHERE area = $1",
];
/// What cannot be told apart by area, is of use for days only, and may hold what was said: it goes too.
const BESIDE: [&str; 5] = [
    "DELETE FROM dead",
    "UPDATE texts SET again = '' WHERE again <> ''",
    "DELETE FROM relayed",
    "DELETE FROM posts WHERE kind = 'relay'",
    "DELETE FROM effects WHERE urgency = 6 AND state = 'queued'",
];

/// How much there is of an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Incidents, and what is held.
    pub incidents: u32,
    /// People who get its alerts.
    pub phones: u32,
}

impl Tx {
    /// How much is kept of an area.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn extent_of(&mut self, area: &AreaId) -> Result<Extent> {
        let incidents = self.ids_in(INCIDENTS, "incidents", area).await?.len();
        let holds = self.ids_in(HOLDS, "holds", area).await?.len();
        let phones: i64 = on!(self, |conn| sqlx::query_scalar(PHONES)
            .bind(area.as_str())
            .fetch_one(conn)
            .await?);
        Ok(Extent {
            incidents: u32::try_from(incidents + holds).unwrap_or(u32::MAX),
            phones: crate::store::to_u32(phones),
        })
    }

    /// Deletes all that is kept of an area: its incidents with their reports and all that belongs to them, also where they touch
    /// other areas; what is held there, what is owed because of any of it, and who gets its alerts. Its key is destroyed with the
    /// commit. Call [`crate::store::Store::empty_log`] after that, so that the deleted pages go as well.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn shred(&mut self, area: &AreaId) -> Result<()> {
        self.lock_outbox().await?;
        // What is sealed for the area by mistake is not to be lost, what is not by mistake is to be.
        self.settle_strays().await?;
        let incidents = self.ids_in(INCIDENTS, "incidents", area).await?;
        let holds = self.ids_in(HOLDS, "holds", area).await?;
        let owed: Vec<(String, String)> =
            on!(self, |conn| sqlx::query_as(OWED).fetch_all(conn).await?);
        let keys = self.keys()?;
        let is_of = |act: &str| incidents.iter().chain(&holds).any(|id| act.contains(id));
        for (id, act) in &owed {
            let act = keys.open(&bound("act", id), act);
            if act.is_some_and(|act| !is_of(&act)) {
                continue;
            }
            self.each(&["DELETE FROM effects WHERE id = $1"], id)
                .await?;
        }
        for id in &incidents {
            self.each(&OF_INCIDENT, id).await?;
        }
        for id in &holds {
            self.each(&OF_HOLD, id).await?;
        }
        self.each(&OF_AREA, area.as_str()).await?;
        for sql in BESIDE {
            on!(self, |conn| sqlx::query(sql)
                .execute(conn)
                .await?
                .rows_affected());
        }
        self.end_keys_of(area).await
    }

    async fn ids_in(
        &mut self,
        sql: &'static str,
        table: &'static str,
        area: &AreaId,
    ) -> Result<BTreeSet<String>> {
        let rows: Vec<(String, String)> =
            on!(self, |conn| sqlx::query_as(sql).fetch_all(conn).await?);
        let mut ids = BTreeSet::new();
        for (id, areas) in rows {
            let areas: Vec<AreaId> = from_json(table, &areas)?;
            if areas.contains(area) {
                ids.insert(id);
            }
        }
        Ok(ids)
    }

    pub(super) async fn each(&mut self, statements: &[&'static str], id: &str) -> Result<()> {
        for sql in statements {
            on!(self, |conn| sqlx::query(*sql)
                .bind(id)
                .execute(conn)
                .await?
                .rows_affected());
        }
        Ok(())
    }
}
