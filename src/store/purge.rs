//! Forgetting on schedule: a rule for every table (a test asks), with limits that no setting can raise (PRODUCT, privacy
//! floor 4).

use std::time::Duration;

use crate::{
    domain::{
        ids::AreaId,
        place::{Place, PlaceKind},
        report::{Equipment, Report, Unit},
        timestamp::Timestamp,
        trust::SEAT_KEPT,
    },
    store::{
        Result, Tx, from_json,
        seals::{bound, seal},
        to_json,
    },
};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// How long things are kept. What is longer than the privacy floor allows counts as the longest allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Reports, and the exact part of incidents; at most 72 hours.
    pub reports: Duration,
    /// Coarse summaries of incidents; at most 30 days. Then only numbers stay.
    pub incidents: Duration,
    /// The numbers of messages that were taken in, against repeats; at most 30 days.
    pub seen: Duration,
    /// The ids of settled effects, against repeats; at most 30 days.
    pub effects_done: Duration,
    /// The numbers of the bot's own messages, and who heard an alert; at most 30 days.
    pub posts: Duration,
    /// Questions after they expired; at most 72 hours.
    pub questions: Duration,
    /// Subscribers after they last wrote; at most 90 days.
    pub subscribers: Duration,
    /// The log of moderators' acts; at most 90 days.
    pub acts: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            reports: 72 * HOUR,
            incidents: 30 * DAY,
            seen: 7 * DAY,
            effects_done: 7 * DAY,
            posts: 7 * DAY,
            questions: HOUR,
            subscribers: 90 * DAY,
            acts: 90 * DAY,
        }
    }
}

impl Retention {
    /// The same, with nothing longer than the privacy floor allows.
    #[must_use]
    pub fn within_limits(&self) -> Self {
        let reports = self.reports.min(72 * HOUR);
        Self {
            reports,
            // An incident is not forgotten before its reports.
            incidents: self.incidents.min(30 * DAY).max(reports),
            seen: self.seen.min(30 * DAY),
            effects_done: self.effects_done.min(30 * DAY),
            posts: self.posts.min(30 * DAY),
            questions: self.questions.min(72 * HOUR),
            subscribers: self.subscribers.min(90 * DAY),
            acts: self.acts.min(90 * DAY),
        }
    }
}

/// What becomes of a table's rows in the end.
#[derive(Debug, Clone, Copy)]
pub enum Fate {
    /// Rows are deleted by this statement, which is given the moment that lies so far back.
    Forget(&'static str, fn(&Retention) -> Duration),
    /// Rows stay, for this reason.
    Keep(&'static str),
}

/// The rule of every table.
pub const FATES: &[(&str, Fate)] = &[
    (
        "reports",
        Fate::Forget("DELETE FROM reports WHERE received_at <= $1", |keep| {
            keep.reports
        }),
    ),
    (
        "holds",
        // The privacy floor's seven days.
        Fate::Forget("DELETE FROM holds WHERE held_at <= $1", |_| 7 * DAY),
    ),
    (
        "incidents",
        Fate::Forget("DELETE FROM incidents WHERE opened_at <= $1", |keep| {
            keep.incidents
        }),
    ),
    (
        "counts",
        Fate::Keep("numbers of incidents by day, area, kind and status, and nothing else"),
    ),
    (
        "heard",
        Fate::Forget("DELETE FROM heard WHERE noted_at <= $1", |keep| keep.posts),
    ),
    (
        "posts",
        Fate::Forget("DELETE FROM posts WHERE said_at <= $1", |keep| keep.posts),
    ),
    (
        "questions",
        Fate::Forget("DELETE FROM questions WHERE expires_at <= $1", |keep| {
            keep.questions
        }),
    ),
    (
        "effects",
        // Only what no process carries out any more, such as for a platform that was taken out of the settings. Talk (6) goes as
        // soon as it is worth nothing: it holds what somebody said, sealed.
        Fate::Forget(
            "DELETE FROM effects WHERE expires_at <= $1 OR (urgency = 6 AND expires_at <= $1 + 86400000)",
            |_| DAY,
        ),
    ),
    (
        "texts",
        Fate::Forget("DELETE FROM texts WHERE sent_at <= $1", |keep| keep.posts),
    ),
    (
        "spending",
        Fate::Keep("numbers of segments by day and network, and nothing else"),
    ),
    (
        "dead",
        Fate::Forget("DELETE FROM dead WHERE died_at <= $1", |_| 3 * DAY),
    ),
    (
        "owed",
        Fate::Forget("DELETE FROM owed WHERE owed_at <= $1", |keep| {
            keep.effects_done
        }),
    ),
    (
        "subscribers",
        Fate::Forget("DELETE FROM subscribers WHERE alive_at <= $1", |keep| {
            keep.subscribers
        }),
    ),
    (
        "talks",
        // As long as the key of the day is of use.
        Fate::Forget("DELETE FROM talks WHERE noted_at <= $1", |_| DAY),
    ),
    (
        "stops",
        Fate::Keep("a keyed hash, so that who said STOP is never written to again"),
    ),
    (
        "acts",
        Fate::Forget("DELETE FROM acts WHERE done_at <= $1", |keep| keep.acts),
    ),
    (
        "posters",
        // A valid one is a code, an area and a number; of whoever opened it nothing is kept.
        Fate::Forget("DELETE FROM posters WHERE revoked_at <= $1", |_| 90 * DAY),
    ),
    (
        "proposals",
        Fate::Forget("DELETE FROM proposals WHERE expires_at <= $1", |_| 3 * DAY),
    ),
    (
        "rooms",
        Fate::Keep("rooms and how many people are in them, and nobody's name or address"),
    ),
    (
        "relays",
        Fate::Keep("what moderators decided for an area, and nothing else"),
    ),
    (
        "relayed",
        // As long as people change or take back what they wrote; later their hash is another.
        Fate::Forget("DELETE FROM relayed WHERE said_at <= $1", |_| 3 * DAY),
    ),
    (
        "roles",
        Fate::Forget("DELETE FROM roles WHERE until_at <= $1", |_| DAY),
    ),
    (
        "resting",
        Fate::Keep("a keyed hash of who had a role, which must not count again by itself"),
    ),
    (
        "seats",
        Fate::Forget("DELETE FROM seats WHERE seen_at <= $1", |_| SEAT_KEPT),
    ),
    (
        "welcomed",
        Fate::Forget("DELETE FROM welcomed WHERE welcomed_at <= $1", |_| 30 * DAY),
    ),
    (
        "askers",
        // Who waits, a day after it lapsed; of who waits no more, what was left, a day after it was decided.
        Fate::Forget("DELETE FROM askers WHERE expires_at <= $1", |_| DAY),
    ),
    (
        "vouches",
        Fate::Forget("DELETE FROM vouches WHERE vouched_at <= $1", |_| 8 * DAY),
    ),
    (
        "bans",
        Fate::Forget("DELETE FROM bans WHERE forget_at <= $1", |_| DAY),
    ),
    (
        "steps",
        // They can be taken back for ten minutes; how often one was matters as long as the incident may be open.
        Fate::Forget("DELETE FROM steps WHERE done_at <= $1", |_| 3 * DAY),
    ),
    (
        "calls",
        Fate::Forget("DELETE FROM calls WHERE next_at <= $1", |_| DAY),
    ),
    (
        "goers",
        Fate::Forget("DELETE FROM goers WHERE noted_at <= $1", |_| DAY),
    ),
    (
        "envelopes",
        Fate::Forget("DELETE FROM envelopes WHERE seen_at <= $1", |keep| {
            keep.seen
        }),
    ),
    (
        "leases",
        Fate::Forget("DELETE FROM leases WHERE held_until <= $1", |_| DAY),
    ),
    (
        "introductions",
        Fate::Keep("a room's id, so that it is greeted once"),
    ),
    (
        "checkpoints",
        Fate::Keep("one row for each platform, overwritten"),
    ),
    ("counters", Fate::Keep("one number for each name")),
    ("settings", Fate::Keep("facts about the installation")),
    (
        "_sqlx_migrations",
        Fate::Keep("which changes of the tables were made"),
    ),
];

const EXACT: &str = "SELECT id, report, areas FROM incidents WHERE coarse = FALSE AND news_at <= $1 ORDER BY id LIMIT 500";
const COARSEN: &str =
    "UPDATE incidents SET report = $2, lat = NULL, lon = NULL, coarse = TRUE WHERE id = $1";
const ENDING: &str = "SELECT opened_at, areas, kind, status FROM incidents WHERE opened_at <= $1";
const COUNT: &str =
    "INSERT INTO counts (day, area, kind, status, incidents) VALUES ($1, $2, $3, $4, 1)
    ON CONFLICT (day, area, kind, status) DO UPDATE SET incidents = counts.incidents + 1";

impl Tx {
    /// One sweep: deletes what is past its time, makes incidents coarse that had no news for as long as reports are kept, and
    /// counts those that go. Returns the rows deleted by table. Call [`crate::store::Store::empty_log`] after the commit.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn purge(
        &mut self,
        now: Timestamp,
        keep: &Retention,
    ) -> Result<Vec<(&'static str, u64)>> {
        let keep = keep.within_limits();
        self.lock_intake().await?;
        self.lock_outbox().await?;
        self.count_ending(now - keep.incidents).await?;
        let mut deleted = Vec::new();
        for (table, rule) in FATES {
            if let Fate::Forget(sql, how_long) = rule {
                let before = now - how_long(&keep);
                let rows = on!(self, |conn| sqlx::query(*sql)
                    .bind(before.as_ms())
                    .execute(conn)
                    .await?
                    .rows_affected());
                deleted.push((*table, rows));
            }
        }
        self.coarsen(now - keep.reports).await?;
        Ok(deleted)
    }

    async fn coarsen(&mut self, before: Timestamp) -> Result<()> {
        loop {
            let rows: Vec<(String, String, String)> = on!(self, |conn| sqlx::query_as(EXACT)
                .bind(before.as_ms())
                .fetch_all(conn)
                .await?);
            if rows.is_empty() {
                return Ok(());
            }
            let keys = self.keys()?;
            for (id, report, areas) in rows {
                let (areas, bound): (Vec<AreaId>, _) =
                    (from_json("incidents", &areas)?, bound("incident", &id));
                let report = keys.open(&bound, &report).unwrap_or_default();
                // What cannot be read cannot be made coarse: it goes.
                let report =
                    from_json("incidents", &report).map_or_else(|_| Report::default(), coarse);
                let report = seal(&keys, &areas, &bound, &to_json("incidents", &report)?)?;
                on!(self, |conn| sqlx::query(COARSEN)
                    .bind(id.as_str())
                    .bind(report)
                    .execute(conn)
                    .await?
                    .rows_affected());
            }
        }
    }

    async fn count_ending(&mut self, before: Timestamp) -> Result<()> {
        let rows: Vec<(i64, String, String, String)> = on!(self, |conn| sqlx::query_as(ENDING)
            .bind(before.as_ms())
            .fetch_all(conn)
            .await?);
        for (opened_at, areas, kind, status) in rows {
            let mut areas: Vec<AreaId> = from_json("incidents", &areas).unwrap_or_default();
            if areas.is_empty() {
                areas.push(AreaId::new(""));
            }
            for area in areas {
                on!(self, |conn| sqlx::query(COUNT)
                    .bind(Timestamp::from_ms(opened_at).day())
                    .bind(area.as_str())
                    .bind(kind.as_str())
                    .bind(status.as_str())
                    .execute(conn)
                    .await?
                    .rows_affected());
            }
        }
        Ok(())
    }
}

/// What may be kept of an incident once its reports are gone: how many, what, when, which agency, which area. No street, no
/// vehicle, no clothing.
fn coarse(report: Report) -> Report {
    Report {
        place: report.place.map(|place| Place {
            kind: PlaceKind::Neighborhood,
            name: String::new(),
            streets: Vec::new(),
            number: None,
            landmark: None,
            city: place.city,
            point: None,
            areas: place.areas,
            primary: place.primary,
            confidence: place.confidence,
        }),
        unit: Unit {
            agency: report.unit.agency,
            uniform: Vec::new(),
        },
        equipment: Equipment::default(),
        size: report.size,
        activity: report.activity,
        seen: report.seen,
        certainty: report.certainty,
    }
}
