//! Incidents, and who heard of them.

use std::{collections::BTreeSet, sync::LazyLock};

use crate::{
    domain::{
        effect::Target,
        envelope::RoomRef,
        handle::{FIRST_HANDLES, Handle},
        ids::{AreaId, IncidentId, SenderHash},
        incident::{Incident, Status},
        place::Point,
        timestamp::Timestamp,
    },
    keyring::areas::AreaKeys,
    store::{
        ROWS, Result, StoreError, Tx, from_json, from_word,
        known::{Around, Incidents},
        list, rows_at_once,
        seals::{bound, seal},
        sized, to_json, to_u32, to_word,
    },
};

const TABLE: &str = "incidents";

/// The columns of [`IncidentRow`], in order.
macro_rules! incidents_where {
    ($rest:literal) => {
        concat!(
            "SELECT id, handle, kind, status, report, areas, opened_at, news_at, changed_at, reports, firsthand, rooms, going \
             FROM incidents WHERE ",
            $rest
        )
    };
}

/// An incident as its table has it: id, handle, kind, status, report, areas, opened, news and changed at, then four counts.
type IncidentRow = (
    String,
    String,
    String,
    String,
    String,
    String,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
    i64,
);

static SAVE_ALL: LazyLock<[String; ROWS]> = LazyLock::new(|| {
    sized(|rows| {
        let row = |n: usize| {
            let columns = list(15, |column| format!("${}", n * 15 + column + 1));
            format!("({columns})")
        };
        format!(
            "INSERT INTO incidents
            (id, handle, kind, status, report, areas, opened_at, news_at, changed_at, reports, firsthand, rooms, going, lat, lon)
            VALUES {}
            ON CONFLICT (id) DO UPDATE SET handle = excluded.handle, kind = excluded.kind, status = excluded.status,
            report = excluded.report, areas = excluded.areas, opened_at = excluded.opened_at, news_at = excluded.news_at,
            changed_at = excluded.changed_at, reports = excluded.reports, firsthand = excluded.firsthand,
            rooms = excluded.rooms, going = excluded.going, lat = excluded.lat, lon = excluded.lon, coarse = FALSE
            RETURNING closed_at",
            list(rows, row)
        )
    })
});
const NOTE_CONFIRMED: &str =
    "UPDATE incidents SET confirmed_at = $2 WHERE id = $1 AND confirmed_at IS NULL";
const CONFIRMED_SINCE: &str = "SELECT id FROM incidents WHERE confirmed_at >= $1";
const CHANGED_SINCE: &str = incidents_where!("changed_at >= $1 ORDER BY opened_at, id");
const BY_ID: &str = incidents_where!("id = $1");
const BY_HANDLE: &str =
    incidents_where!("closed_at IS NULL AND handle = $1 ORDER BY opened_at DESC, id LIMIT 1");
const OPEN_SINCE: &str =
    incidents_where!("closed_at IS NULL AND news_at >= $1 ORDER BY news_at DESC, id");
const OPEN_NEAR: &str = incidents_where!(
    "closed_at IS NULL AND news_at >= $1 AND lat BETWEEN $2 AND $3 AND lon BETWEEN $4 AND $5 ORDER BY news_at DESC, id"
);
const OPEN_IN_ROOM: &str = incidents_where!(
    "closed_at IS NULL AND news_at >= $1 AND id IN (SELECT incident FROM reports WHERE platform = $2 AND room = $3
    AND withdrawn = FALSE) ORDER BY news_at DESC, id"
);
const OPEN_BY_SENDER: &str = incidents_where!(
    "closed_at IS NULL AND news_at >= $1 AND id IN (SELECT incident FROM reports WHERE sender IN ($2, $3)
    AND withdrawn = FALSE) ORDER BY news_at DESC, id"
);
const SILENT: &str = incidents_where!(
    "closed_at IS NULL AND news_at < $1 AND status IN ('unverified', 'corroborated', 'confirmed') ORDER BY news_at, id"
);
const FORGOTTEN: &str = incidents_where!(
    "closed_at IS NULL AND news_at < $1 AND status = 'stale' ORDER BY news_at, id"
);
const HANDLES: &str = "SELECT handle FROM incidents WHERE closed_at IS NULL OR opened_at >= $1";
/// Two halves, so that each has its index.
const HANDLES_TAKEN: &str = "SELECT handle FROM incidents
        WHERE closed_at IS NULL AND handle IN ($2, $3, $4, $5, $6, $7, $8, $9)
    UNION SELECT handle FROM incidents
        WHERE closed_at IS NOT NULL AND opened_at >= $1 AND handle IN ($2, $3, $4, $5, $6, $7, $8, $9)";
const LATEST: &str = incidents_where!("handle = $1 ORDER BY opened_at DESC, id LIMIT 1");
const REOPEN: &str = "UPDATE incidents SET closed_at = NULL WHERE id = $1";
const FORGET_CONFIRMED: &str = "UPDATE incidents SET confirmed_at = NULL WHERE id = $1";
const CLOSE: &str = "UPDATE incidents SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL";

static NOTE_ALL_HEARD: LazyLock<[String; ROWS]> = LazyLock::new(|| {
    sized(|rows| {
        let row = |n: usize| {
            let (lane, target) = (2 * n + 3, 2 * n + 4);
            format!(
                "($1, ${lane}, ${target}, $2, (SELECT COALESCE(MAX(nth) + 1, 0) FROM heard WHERE incident = $1) + {n})"
            )
        };
        format!(
            "INSERT INTO heard (incident, lane, target, noted_at, nth) VALUES {} ON CONFLICT (incident, lane) DO NOTHING \
             RETURNING lane",
            list(rows, row)
        )
    })
});
const HEARD: &str = "SELECT target FROM heard WHERE incident = $1 ORDER BY nth";
const PASS_HEARD: &str = "INSERT INTO heard (incident, lane, target, noted_at, nth, through)
    SELECT $2, lane, target, $3, nth + (SELECT COALESCE(MAX(nth) + 1, 0) FROM heard WHERE incident = $2), $1
    FROM heard WHERE incident = $1 ON CONFLICT (incident, lane) DO NOTHING";
const HEARD_THROUGH: &str = "SELECT lane FROM heard WHERE incident = $1 AND through = $2";
const FORGET_HEARD_THROUGH: &str = "DELETE FROM heard WHERE incident = $1 AND through = $2";
const HEARD_OFTEN: &str = "SELECT lane FROM heard WHERE noted_at > $1 AND through = '' GROUP BY lane HAVING COUNT(*) >= $2";
const FORGET_HEARD: &str = "DELETE FROM heard WHERE incident = $1";

impl Tx {
    /// Saves an incident, new or changed. Whether it is closed is not touched.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn save_incident(&mut self, incident: &Incident) -> Result<()> {
        if self.known.incidents.open.contains_key(&incident.id) {
            self.known.incidents.keep(incident);
            self.known.incidents.changed.insert(incident.id.clone());
            return Ok(());
        }
        let closed = self.write_incidents(std::slice::from_ref(incident)).await?;
        if closed.iter().all(Option::is_none) {
            self.known.incidents.keep(incident);
        }
        Ok(())
    }

    /// Writes the incidents that were kept back.
    pub(super) async fn write_changed(&mut self) -> Result<()> {
        let incidents = &mut self.known.incidents;
        let changed: Vec<Incident> = std::mem::take(&mut incidents.changed)
            .iter()
            .filter_map(|id| incidents.open.get(id).cloned())
            .collect();
        self.write_incidents(&changed).await?;
        Ok(())
    }

    /// Writes incidents, and says when they were closed.
    async fn write_incidents(&mut self, incidents: &[Incident]) -> Result<Vec<Option<i64>>> {
        let keys = self.keys()?;
        let mut closed = Vec::with_capacity(incidents.len());
        for (some, sql) in rows_at_once(incidents, &SAVE_ALL) {
            let mut rows = Vec::with_capacity(some.len());
            for incident in some {
                let report = to_json(TABLE, &incident.report)?;
                let bound = bound("incident", incident.id.as_str());
                rows.push((
                    incident,
                    to_word(TABLE, &incident.kind)?,
                    seal(&keys, &incident.areas, &bound, &report)?,
                    to_json(TABLE, &incident.areas)?,
                    incident.place().and_then(|place| place.point),
                ));
            }
            closed.extend(aside!(self, |conn| {
                let mut query = sqlx::query_scalar::<_, Option<i64>>(sql);
                for (incident, kind, report, areas, point) in &rows {
                    query = query
                        .bind(incident.id.as_str())
                        .bind(incident.handle.as_str())
                        .bind(kind.as_str())
                        .bind(incident.status.as_str())
                        .bind(report.as_str())
                        .bind(areas.as_str())
                        .bind(incident.opened_at.as_ms())
                        .bind(incident.news_at.as_ms())
                        .bind(incident.changed_at.as_ms())
                        .bind(i64::from(incident.reports))
                        .bind(i64::from(incident.firsthand))
                        .bind(i64::from(incident.rooms))
                        .bind(i64::from(incident.going))
                        .bind(point.map(|point| cell(point.lat)))
                        .bind(point.map(|point| cell(point.lon)));
                }
                query.fetch_all(conn).await?
            }));
        }
        Ok(closed)
    }

    /// An incident by its id, open or not.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn incident(&mut self, id: &IncidentId) -> Result<Option<Incident>> {
        let row: Option<IncidentRow> = reading!(self, |conn| sqlx::query_as(BY_ID)
            .bind(id.as_str())
            .fetch_optional(conn)
            .await?);
        one(&*self.keys()?, row)
    }

    /// The open incident that people call by this handle.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn open_incident(&mut self, handle: &Handle) -> Result<Option<Incident>> {
        let row: Option<IncidentRow> = reading!(self, |conn| sqlx::query_as(BY_HANDLE)
            .bind(handle.as_str())
            .fetch_optional(conn)
            .await?);
        one(&*self.keys()?, row)
    }

    /// Open incidents with news since the given moment, newest news first.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn open_incidents_since(&mut self, since: Timestamp) -> Result<Vec<Incident>> {
        self.incidents(OPEN_SINCE, since).await
    }

    /// Open incidents with news since the given moment in a square of this half-width (metres) around a point, newest news
    /// first.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn open_incidents_near(
        &mut self,
        point: Point,
        metres: f64,
        since: Timestamp,
    ) -> Result<Vec<Incident>> {
        let around = Around::new(point, metres, since);
        if let Some(known) = self.known.incidents.around(&around) {
            return Ok(known);
        }
        let rows: Vec<IncidentRow> = aside!(self, |conn| sqlx::query_as(OPEN_NEAR)
            .bind(since.as_ms())
            .bind(cell(around.lat[0]))
            .bind(cell(around.lat[1]))
            .bind(cell(around.lon[0]))
            .bind(cell(around.lon[1]))
            .fetch_all(conn)
            .await?);
        let keys = self.keys()?;
        let known = &mut self.known.incidents;
        let mut told = BTreeSet::new();
        for row in rows {
            // The table has only the cell.
            let Some(incident) = incident(&keys, row)?.filter(|found| around.has(found)) else {
                continue;
            };
            told.insert(incident.id.clone());
            // What was saved here stands as it was saved, written or not.
            known.open.entry(incident.id.clone()).or_insert(incident);
        }
        known.around.push((around, told));
        Ok(known.around(&around).unwrap_or_default())
    }

    /// Open incidents with news since the given moment that were reported in a room, newest news first.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn open_incidents_in(
        &mut self,
        room: &RoomRef,
        since: Timestamp,
    ) -> Result<Vec<Incident>> {
        let rows: Vec<IncidentRow> = reading!(self, |conn| sqlx::query_as(OPEN_IN_ROOM)
            .bind(since.as_ms())
            .bind(room.platform.as_str())
            .bind(room.id.as_str())
            .fetch_all(conn)
            .await?);
        some(&*self.keys()?, rows)
    }

    /// Open incidents with news since the given moment that were reported by a sender, known by either hash, newest news
    /// first.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn open_incidents_by(
        &mut self,
        sender: [&SenderHash; 2],
        since: Timestamp,
    ) -> Result<Vec<Incident>> {
        let rows: Vec<IncidentRow> = reading!(self, |conn| sqlx::query_as(OPEN_BY_SENDER)
            .bind(since.as_ms())
            .bind(sender[0].as_str())
            .bind(sender[1].as_str())
            .fetch_all(conn)
            .await?);
        some(&*self.keys()?, rows)
    }

    /// Unverified, corroborated and confirmed incidents without news since before the given moment, longest silent first.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn silent_incidents(&mut self, before: Timestamp) -> Result<Vec<Incident>> {
        self.incidents(SILENT, before).await
    }

    /// Stale incidents without news since before the given moment: to be closed.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn forgotten_incidents(&mut self, before: Timestamp) -> Result<Vec<Incident>> {
        self.incidents(FORGOTTEN, before).await
    }

    async fn incidents(&mut self, sql: &'static str, moment: Timestamp) -> Result<Vec<Incident>> {
        let rows: Vec<IncidentRow> = reading!(self, |conn| sqlx::query_as(sql)
            .bind(moment.as_ms())
            .fetch_all(conn)
            .await?);
        some(&*self.keys()?, rows)
    }

    /// Handles that must not be given out: those of open incidents, and of those opened since the given moment.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn handles_in_use(&mut self, since: Timestamp) -> Result<BTreeSet<Handle>> {
        let handles: Vec<String> = reading!(self, |conn| sqlx::query_scalar(HANDLES)
            .bind(since.as_ms())
            .fetch_all(conn)
            .await?);
        handles.iter().map(|text| handle(text)).collect()
    }

    /// Which of these handles must not be given out, as [`Self::handles_in_use`] says.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn handles_taken(
        &mut self,
        handles: &[Handle; FIRST_HANDLES],
        since: Timestamp,
    ) -> Result<BTreeSet<Handle>> {
        let taken: Vec<String> = reading!(self, |conn| {
            let mut query = sqlx::query_scalar(HANDLES_TAKEN).bind(since.as_ms());
            for handle in handles {
                query = query.bind(handle.as_str());
            }
            query.fetch_all(conn).await?
        });
        taken.iter().map(|text| handle(text)).collect()
    }

    /// Closes an incident: its handle can be given out again, nothing joins it any more.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn close_incident(&mut self, id: &IncidentId, now: Timestamp) -> Result<()> {
        self.catch_up().await?;
        self.known.incidents = Incidents::default();
        aside!(self, |conn| sqlx::query(CLOSE)
            .bind(id.as_str())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Opens an incident that was closed; its handle is its own again.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn reopen_incident(&mut self, id: &IncidentId) -> Result<()> {
        self.catch_up().await?;
        self.known.incidents = Incidents::default();
        aside!(self, |conn| sqlx::query(REOPEN)
            .bind(id.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// The incident that was last called by this handle, open or not.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn latest_incident(&mut self, handle: &Handle) -> Result<Option<Incident>> {
        let row: Option<IncidentRow> = reading!(self, |conn| sqlx::query_as(LATEST)
            .bind(handle.as_str())
            .fetch_optional(conn)
            .await?);
        one(&*self.keys()?, row)
    }

    /// Whoever heard the alert of one incident is to hear of another from now on, as if they had heard that.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn pass_heard(
        &mut self,
        from: &IncidentId,
        to: &IncidentId,
        now: Timestamp,
    ) -> Result<()> {
        aside!(self, |conn| sqlx::query(PASS_HEARD)
            .bind(from.as_str())
            .bind(to.as_str())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// The lanes that hear of an incident only because they heard of another that was merged into it.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn heard_through(
        &mut self,
        incident: &IncidentId,
        other: &IncidentId,
    ) -> Result<BTreeSet<String>> {
        let lanes: Vec<String> = aside!(self, |conn| sqlx::query_scalar(HEARD_THROUGH)
            .bind(incident.as_str())
            .bind(other.as_str())
            .fetch_all(conn)
            .await?);
        Ok(lanes.into_iter().collect())
    }

    /// Forgets that they are to hear of it.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn forget_heard_through(
        &mut self,
        incident: &IncidentId,
        other: &IncidentId,
    ) -> Result<()> {
        aside!(self, |conn| sqlx::query(FORGET_HEARD_THROUGH)
            .bind(incident.as_str())
            .bind(other.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Forgets that an incident was confirmed: it was said by mistake.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn forget_confirmed(&mut self, incident: &IncidentId) -> Result<()> {
        reading!(self, |conn| sqlx::query(FORGET_CONFIRMED)
            .bind(incident.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Notes who heard an incident's alert; false if that was noted before.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_heard(
        &mut self,
        incident: &IncidentId,
        target: &Target,
        now: Timestamp,
    ) -> Result<bool> {
        let one = std::slice::from_ref(target);
        Ok(!self.note_all_heard(incident, one, now).await?.is_empty())
    }

    /// Notes several who hear an incident's alert, in order; the lanes of those for whom that was not noted before.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_all_heard(
        &mut self,
        incident: &IncidentId,
        targets: &[Target],
        now: Timestamp,
    ) -> Result<BTreeSet<String>> {
        let mut fresh = BTreeSet::new();
        for (some, sql) in rows_at_once(targets, &NOTE_ALL_HEARD) {
            let mut rows = Vec::with_capacity(some.len());
            for target in some {
                rows.push((target.lane(), to_json("heard", target)?));
            }
            let lanes: Vec<String> = aside!(self, |conn| {
                let mut query = sqlx::query_scalar(sql)
                    .bind(incident.as_str())
                    .bind(now.as_ms());
                for (lane, json) in &rows {
                    query = query.bind(lane.as_str()).bind(json.as_str());
                }
                query.fetch_all(conn).await?
            });
            fresh.extend(lanes);
        }
        Ok(fresh)
    }

    /// Who heard an incident's alert, in the order noted.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn heard(&mut self, incident: &IncidentId) -> Result<Vec<Target>> {
        let targets: Vec<String> = aside!(self, |conn| sqlx::query_scalar(HEARD)
            .bind(incident.as_str())
            .fetch_all(conn)
            .await?);
        targets
            .iter()
            .map(|json| from_json("heard", json))
            .collect()
    }

    /// The lanes that heard of at least so many incidents since the given moment.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn heard_often(&mut self, since: Timestamp, times: u32) -> Result<BTreeSet<String>> {
        let lanes: Vec<String> = aside!(self, |conn| sqlx::query_scalar(HEARD_OFTEN)
            .bind(since.as_ms())
            .bind(i64::from(times))
            .fetch_all(conn)
            .await?);
        Ok(lanes.into_iter().collect())
    }

    /// Notes that an incident was confirmed; the first time counts.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_confirmed(&mut self, incident: &IncidentId, now: Timestamp) -> Result<()> {
        reading!(self, |conn| sqlx::query(NOTE_CONFIRMED)
            .bind(incident.as_str())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// What was confirmed since a moment, or ended otherwise since then, oldest first; each with whether it was confirmed.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn incidents_told_since(
        &mut self,
        since: Timestamp,
    ) -> Result<Vec<(Incident, bool)>> {
        let confirmed: Vec<String> = reading!(self, |conn| sqlx::query_scalar(CONFIRMED_SINCE)
            .bind(since.as_ms())
            .fetch_all(conn)
            .await?);
        let rows: Vec<IncidentRow> = reading!(self, |conn| sqlx::query_as(CHANGED_SINCE)
            .bind(since.as_ms())
            .fetch_all(conn)
            .await?);
        let found = some(&*self.keys()?, rows)?.into_iter();
        Ok(found
            .map(|incident| {
                let was_confirmed = confirmed.iter().any(|id| id == incident.id.as_str());
                (incident, was_confirmed)
            })
            .collect())
    }

    /// Forgets who heard an incident's alert.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn forget_heard(&mut self, incident: &IncidentId) -> Result<()> {
        aside!(self, |conn| sqlx::query(FORGET_HEARD)
            .bind(incident.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }
}

fn handle(text: &str) -> Result<Handle> {
    Handle::parse(text).ok_or(StoreError::Unreadable { table: TABLE })
}

fn one(keys: &AreaKeys, row: Option<IncidentRow>) -> Result<Option<Incident>> {
    row.map_or(Ok(None), |row| incident(keys, row))
}

fn some(keys: &AreaKeys, rows: Vec<IncidentRow>) -> Result<Vec<Incident>> {
    let found = rows.into_iter().map(|row| incident(keys, row).transpose());
    found.flatten().collect()
}

/// In which cell a place is: the table knows it no better than to a hundredth of a degree, about a kilometre.
pub(super) fn cell(degrees: f64) -> f64 {
    (degrees * 100.0).floor() / 100.0
}

/// The incident of a row; `None` if it does not open.
fn incident(keys: &AreaKeys, row: IncidentRow) -> Result<Option<Incident>> {
    let (
        id,
        name,
        kind,
        status,
        report,
        areas,
        opened,
        news,
        changed,
        reports,
        firsthand,
        rooms,
        going,
    ) = row;
    let Some(report) = keys.open(&bound("incident", &id), &report) else {
        return Ok(None);
    };
    Ok(Some(Incident {
        id: IncidentId::new(id),
        handle: handle(&name)?,
        kind: from_word(TABLE, &kind)?,
        status: Status::from_name(&status).ok_or(StoreError::Unreadable { table: TABLE })?,
        report: from_json(TABLE, &report)?,
        areas: from_json::<Vec<AreaId>>(TABLE, &areas)?,
        opened_at: Timestamp::from_ms(opened),
        news_at: Timestamp::from_ms(news),
        changed_at: Timestamp::from_ms(changed),
        reports: to_u32(reports),
        firsthand: to_u32(firsthand),
        rooms: to_u32(rooms),
        going: to_u32(going),
    }))
}
