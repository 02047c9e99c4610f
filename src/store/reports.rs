//! Reports: the fields of what one person saw, never their words.

use std::sync::{Arc, LazyLock};

use crate::{
    domain::{
        effect::SealedPerson,
        envelope::{PlatformKind, RoomRef},
        ids::{AreaId, IncidentId, MessageId, ReportId, SenderHash},
        report::Report,
        timestamp::Timestamp,
    },
    keyring::areas::AreaKeys,
    store::{
        FILLED, Result, StoreError, Tx, filled, from_json, list,
        seals::{bound, seal},
        to_json, to_u32, values_at_once,
    },
};

const TABLE: &str = "reports";

/// One report with what is needed to count it, answer its author and take it back.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportRow {
    /// Its own id.
    pub id: ReportId,
    /// The incident it is counted towards.
    pub incident: IncidentId,
    /// The room it was written in; `None` if it was written to the bot alone.
    pub room: Option<RoomRef>,
    /// The message that brought it.
    pub message: MessageId,
    /// The network that brought it.
    pub platform: PlatformKind,
    /// Its author under the key of the day.
    pub sender: SenderHash,
    /// Where to answer its author; sealed.
    pub author: SealedPerson,
    /// What they saw.
    pub body: Report,
    /// Whether they saw it themselves.
    pub firsthand: bool,
    /// Whether it was counted as the same from some way off, and may still be parted.
    pub loose: bool,
    /// A keyed hash of its words, to recognise the same text from several people.
    pub text_hash: String,
    /// When it came.
    pub received_at: Timestamp,
    /// Whether its author took it back.
    pub withdrawn: bool,
    /// The areas of its incident, with whose keys it is sealed.
    pub areas: Vec<AreaId>,
}

impl ReportRow {
    /// Whether it was written, not only clicked: only then there is a message of words to mark and answer.
    #[must_use]
    pub fn is_written(&self) -> bool {
        !self.text_hash.is_empty()
    }
}

/// A report as its table has it, in the order of the columns in `reports_where!`.
type Columns = (
    String,
    String,
    String,
    Option<String>,
    String,
    String,
    String,
    String,
    bool,
    bool,
    String,
    i64,
    bool,
    String,
);

/// The columns of [`Columns`], in order.
macro_rules! reports_where {
    ($rest:literal) => {
        concat!(
            "SELECT id, incident, platform, room, message, sender, author, body, firsthand, loose, text_hash, received_at, \
             withdrawn, areas FROM reports WHERE ",
            $rest
        )
    };
}

/// How many reports one statement inserts, the largest first; each its own prepared statement.
const ROWS_AT_ONCE: [usize; 5] = [32, 8, 4, 2, 1];
static SAVE_ALL: LazyLock<[String; ROWS_AT_ONCE.len()]> = LazyLock::new(|| {
    ROWS_AT_ONCE.map(|rows| {
        let row = |n: usize| {
            let columns = list(14, |column| format!("${}", n * 14 + column + 1));
            format!("({columns})")
        };
        format!(
            "INSERT INTO reports (id, incident, platform, room, message, sender, author, body, firsthand, loose, text_hash,
            received_at, withdrawn, areas) VALUES {}
            ON CONFLICT (id) DO UPDATE SET incident = excluded.incident, platform = excluded.platform, room = excluded.room,
            message = excluded.message, sender = excluded.sender, author = excluded.author, body = excluded.body,
            firsthand = excluded.firsthand, loose = excluded.loose, text_hash = excluded.text_hash,
            received_at = excluded.received_at, withdrawn = excluded.withdrawn,
            areas = excluded.areas",
            list(rows, row)
        )
    })
});
static COUNTED: LazyLock<[String; FILLED.len()]> = LazyLock::new(|| {
    filled(1, |people| {
        format!(
            "SELECT DISTINCT sender, incident FROM reports WHERE sender IN ({people}) AND withdrawn = FALSE"
        )
    })
});
const BY_ID: &str = reports_where!("id = $1");
const OF_INCIDENT: &str =
    reports_where!("incident = $1 AND withdrawn = FALSE ORDER BY received_at, id");
/// What an incident is worked out from: how it began and how it stands. In a flood of reports the ones between add nothing, and
/// are not even looked at: only the ends of an index are read.
const TELLING: &str = reports_where!(
    "id IN (SELECT id FROM (SELECT id FROM reports WHERE incident = $1 AND withdrawn = FALSE
            ORDER BY received_at, id LIMIT 4) AS first
        UNION SELECT id FROM (SELECT id FROM reports WHERE incident = $1 AND withdrawn = FALSE
            ORDER BY received_at DESC, id DESC LIMIT 12) AS last)
    ORDER BY received_at, id"
);
/// How many reports [`TELLING`] gives at most.
const MOST_TELLING: usize = 16;
/// How many of them are the first ones, if there are more.
const FIRST_TELLING: usize = 4;
const COUNT_OF: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM reports WHERE incident = $1 AND withdrawn = FALSE";
/// The incident is compared in a way that no index helps with: one person has few reports, an incident may have thousands.
const BY_SENDER: &str = reports_where!(
    "incident || '' = $1 AND sender IN ($2, $3) AND withdrawn = FALSE ORDER BY received_at, id LIMIT 1"
);
const FROM_ROOM: &str = reports_where!(
    "message = $1 AND platform = $2 AND room = $3 AND withdrawn = FALSE ORDER BY received_at DESC, id LIMIT 1"
);
const FROM_PERSON: &str = reports_where!(
    "message = $1 AND room IS NULL AND withdrawn = FALSE ORDER BY received_at DESC, id LIMIT 1"
);

impl Tx {
    /// Saves a report, new or changed.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn save_report(&mut self, row: &ReportRow) -> Result<()> {
        self.catch_up().await?;
        self.known.reports.forget();
        self.write_reports(std::slice::from_ref(row)).await
    }

    /// Adds a report that is new.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn add_report(&mut self, row: &ReportRow) -> Result<()> {
        let added = &self.known.reports.added;
        if added.iter().any(|other| other.id == row.id) {
            return self.save_report(row).await;
        }
        self.known.reports.add(row);
        Ok(())
    }

    /// Writes the reports that were kept back.
    pub(super) async fn write_added(&mut self) -> Result<()> {
        let added = std::mem::take(&mut self.known.reports.added);
        self.write_reports(&added).await
    }

    async fn write_reports(&mut self, rows: &[ReportRow]) -> Result<()> {
        let keys = self.keys()?;
        let mut rest = rows;
        for (size, sql) in ROWS_AT_ONCE.into_iter().zip(SAVE_ALL.iter()) {
            while let Some((some, others)) = rest.split_at_checked(size) {
                let mut rows = Vec::with_capacity(size);
                for row in some {
                    let (id, author) = (row.id.as_str(), to_json(TABLE, &row.author)?);
                    let body = to_json(TABLE, &row.body)?;
                    rows.push((
                        row,
                        seal(&keys, &row.areas, &bound("author", id), &author)?,
                        seal(&keys, &row.areas, &bound("report", id), &body)?,
                        to_json(TABLE, &row.areas)?,
                    ));
                }
                aside!(self, |conn| {
                    let mut query = sqlx::query(sql.as_str());
                    for (row, author, body, areas) in &rows {
                        query = query
                            .bind(row.id.as_str())
                            .bind(row.incident.as_str())
                            .bind(row.platform.as_str())
                            .bind(row.room.as_ref().map(|room| room.id.as_str()))
                            .bind(row.message.as_str())
                            .bind(row.sender.as_str())
                            .bind(author.as_str())
                            .bind(body.as_str())
                            .bind(row.firsthand)
                            .bind(row.loose)
                            .bind(row.text_hash.as_str())
                            .bind(row.received_at.as_ms())
                            .bind(row.withdrawn)
                            .bind(areas.as_str());
                    }
                    query.execute(conn).await?.rows_affected()
                });
                rest = others;
            }
        }
        Ok(())
    }

    /// Learns towards which incidents the reports of several people count.
    pub(super) async fn foresee_reports(&mut self, people: &[&SenderHash]) -> Result<()> {
        for (some, sql) in values_at_once(people, &COUNTED) {
            let rows: Vec<(String, String)> = reading!(self, |conn| {
                let mut query = sqlx::query_as(sql);
                for sender in some {
                    query = query.bind(sender.as_str());
                }
                query.fetch_all(conn).await?
            });
            let known = &mut self.known.reports.counted;
            for (sender, incident) in rows {
                let incidents = known.entry(SenderHash::new(sender)).or_default();
                incidents.insert(IncidentId::new(incident));
            }
        }
        let known = &mut self.known.reports.counted;
        for sender in people {
            known.entry((*sender).clone()).or_default();
        }
        Ok(())
    }

    /// A report by its id, withdrawn or not.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn report(&mut self, id: &ReportId) -> Result<Option<ReportRow>> {
        let row: Option<Columns> = reading!(self, |conn| sqlx::query_as(BY_ID)
            .bind(id.as_str())
            .fetch_optional(conn)
            .await?);
        one(&*self.keys()?, row)
    }

    /// The reports of an incident that were not withdrawn, oldest first.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn reports_of(&mut self, incident: &IncidentId) -> Result<Vec<ReportRow>> {
        let rows: Vec<Columns> = reading!(self, |conn| sqlx::query_as(OF_INCIDENT)
            .bind(incident.as_str())
            .fetch_all(conn)
            .await?);
        some(&*self.keys()?, rows)
    }

    /// The reports that an incident is worked out from, oldest first: all of them, or the first and the latest of very many; and
    /// how many there are.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn telling_reports_of(
        &mut self,
        incident: &IncidentId,
    ) -> Result<(Arc<Vec<ReportRow>>, u32)> {
        if let Some((rows, count)) = self.known.reports.telling.get(incident) {
            return Ok((Arc::clone(rows), *count));
        }
        self.learn_telling(incident).await?;
        let telling = self.known.reports.telling.get(incident).cloned();
        Ok(telling.unwrap_or_default())
    }

    async fn learn_telling(&mut self, incident: &IncidentId) -> Result<()> {
        let rows: Vec<Columns> = aside!(self, |conn| sqlx::query_as(TELLING)
            .bind(incident.as_str())
            .fetch_all(conn)
            .await?);
        let count = if rows.len() < MOST_TELLING {
            i64::try_from(rows.len()).unwrap_or(i64::MAX)
        } else {
            aside!(self, |conn| sqlx::query_scalar(COUNT_OF)
                .bind(incident.as_str())
                .fetch_one(conn)
                .await?)
        };
        let rows = some(&*self.keys()?, rows)?;
        self.known.reports.learn(incident, rows, to_u32(count));
        Ok(())
    }

    /// Under which hash one person reported of an incident first: that of today or of yesterday; `None` if they did not.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn witness(
        &mut self,
        incident: &IncidentId,
        today: &SenderHash,
        yesterday: &SenderHash,
    ) -> Result<Option<SenderHash>> {
        let known = &self.known.reports.counted;
        let counts = |sender: &SenderHash| Some(known.get(sender)?.contains(incident));
        match (counts(today), counts(yesterday)) {
            (Some(false), Some(false)) => Ok(None),
            (Some(true), Some(false)) => Ok(Some(today.clone())),
            (Some(false), Some(true)) => Ok(Some(yesterday.clone())),
            _ => {
                let row = self.report_by(incident, today, yesterday).await?;
                Ok(row.map(|row| row.sender))
            }
        }
    }

    /// What one person reported of an incident first, under their hash of today or of yesterday.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn report_by(
        &mut self,
        incident: &IncidentId,
        today: &SenderHash,
        yesterday: &SenderHash,
    ) -> Result<Option<ReportRow>> {
        let row: Option<Columns> = reading!(self, |conn| sqlx::query_as(BY_SENDER)
            .bind(incident.as_str())
            .bind(today.as_str())
            .bind(yesterday.as_str())
            .fetch_optional(conn)
            .await?);
        one(&*self.keys()?, row)
    }

    /// The report made from a message in a room, or written to the bot alone; `None` if there is none or it was withdrawn.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn report_from(
        &mut self,
        room: Option<&RoomRef>,
        message: &MessageId,
    ) -> Result<Option<ReportRow>> {
        let row: Option<Columns> = match room {
            Some(room) => reading!(self, |conn| sqlx::query_as(FROM_ROOM)
                .bind(message.as_str())
                .bind(room.platform.as_str())
                .bind(room.id.as_str())
                .fetch_optional(conn)
                .await?),
            None => reading!(self, |conn| sqlx::query_as(FROM_PERSON)
                .bind(message.as_str())
                .fetch_optional(conn)
                .await?),
        };
        one(&*self.keys()?, row)
    }
}

/// Leaves of reports in their order those that [`TELLING`] would give.
pub(super) fn keep_telling(rows: &mut Vec<ReportRow>) {
    if let Some(between @ 1..) = rows.len().checked_sub(MOST_TELLING) {
        rows.drain(FIRST_TELLING..FIRST_TELLING + between);
    }
}

fn one(keys: &AreaKeys, row: Option<Columns>) -> Result<Option<ReportRow>> {
    row.map_or(Ok(None), |row| report(keys, row))
}

fn some(keys: &AreaKeys, rows: Vec<Columns>) -> Result<Vec<ReportRow>> {
    let found = rows.into_iter().map(|row| report(keys, row).transpose());
    found.flatten().collect()
}

/// The report of a row; `None` if it does not open.
fn report(keys: &AreaKeys, row: Columns) -> Result<Option<ReportRow>> {
    let (
        id,
        incident,
        platform,
        room,
        message,
        sender,
        author,
        body,
        firsthand,
        loose,
        text_hash,
        at,
        withdrawn,
        areas,
    ) = row;
    let opened = (
        keys.open(&bound("author", &id), &author),
        keys.open(&bound("report", &id), &body),
    );
    let (Some(author), Some(body)) = opened else {
        return Ok(None);
    };
    let platform =
        PlatformKind::from_name(&platform).ok_or(StoreError::Unreadable { table: TABLE })?;
    Ok(Some(ReportRow {
        id: ReportId::new(id),
        incident: IncidentId::new(incident),
        room: room.map(|id| RoomRef::new(platform, id)),
        message: MessageId::new(message),
        platform,
        sender: SenderHash::new(sender),
        author: from_json(TABLE, &author)?,
        body: from_json(TABLE, &body)?,
        firsthand,
        loose,
        text_hash,
        received_at: Timestamp::from_ms(at),
        withdrawn,
        areas: from_json(TABLE, &areas)?,
    }))
}
