//! Reports: the fields of what one person saw, never their words.

use crate::{
    domain::{
        effect::SealedPerson,
        envelope::{PlatformKind, RoomRef},
        ids::{IncidentId, MessageId, ReportId, SenderHash},
        report::Report,
        timestamp::Timestamp,
    },
    store::{Result, StoreError, Tx, from_json, to_json, to_u32},
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
);

/// The columns of [`Columns`], in order.
macro_rules! reports_where {
    ($rest:literal) => {
        concat!(
            "SELECT id, incident, platform, room, message, sender, author, body, firsthand, loose, text_hash, received_at, \
             withdrawn FROM reports WHERE ",
            $rest
        )
    };
}

const SAVE: &str = "INSERT INTO reports (id, incident, platform, room, message, sender, author, body, firsthand, loose, text_hash,
    received_at, withdrawn) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    ON CONFLICT (id) DO UPDATE SET incident = excluded.incident, platform = excluded.platform, room = excluded.room,
    message = excluded.message, sender = excluded.sender, author = excluded.author, body = excluded.body,
    firsthand = excluded.firsthand, loose = excluded.loose, text_hash = excluded.text_hash,
    received_at = excluded.received_at, withdrawn = excluded.withdrawn";
const BY_ID: &str = reports_where!("id = $1");
const OF_INCIDENT: &str =
    reports_where!("incident = $1 AND withdrawn = FALSE ORDER BY received_at, id");
/// What an incident is worked out from: how it began and how it stands. In a flood of reports the ones between add nothing.
const TELLING: &str = reports_where!(
    "incident = $1 AND withdrawn = FALSE AND (id IN (SELECT id FROM reports WHERE incident = $1 AND withdrawn = FALSE
        ORDER BY received_at, id LIMIT 4)
    OR id IN (SELECT id FROM reports WHERE incident = $1 AND withdrawn = FALSE ORDER BY received_at DESC, id DESC LIMIT 12))
    ORDER BY received_at, id"
);
/// How many reports [`TELLING`] gives at most.
const MOST_TELLING: usize = 16;
const COUNT_OF: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM reports WHERE incident = $1 AND withdrawn = FALSE";
const BY_SENDER: &str = reports_where!(
    "incident = $1 AND sender IN ($2, $3) AND withdrawn = FALSE ORDER BY received_at, id LIMIT 1"
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
        let author = to_json(TABLE, &row.author)?;
        let body = to_json(TABLE, &row.body)?;
        on!(self, |conn| sqlx::query(SAVE)
            .bind(row.id.as_str())
            .bind(row.incident.as_str())
            .bind(row.platform.as_str())
            .bind(row.room.as_ref().map(|room| room.id.as_str()))
            .bind(row.message.as_str())
            .bind(row.sender.as_str())
            .bind(author)
            .bind(body)
            .bind(row.firsthand)
            .bind(row.loose)
            .bind(row.text_hash.as_str())
            .bind(row.received_at.as_ms())
            .bind(row.withdrawn)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// A report by its id, withdrawn or not.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn report(&mut self, id: &ReportId) -> Result<Option<ReportRow>> {
        let row: Option<Columns> = on!(self, |conn| sqlx::query_as(BY_ID)
            .bind(id.as_str())
            .fetch_optional(conn)
            .await?);
        row.map(report).transpose()
    }

    /// The reports of an incident that were not withdrawn, oldest first.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn reports_of(&mut self, incident: &IncidentId) -> Result<Vec<ReportRow>> {
        let rows: Vec<Columns> = on!(self, |conn| sqlx::query_as(OF_INCIDENT)
            .bind(incident.as_str())
            .fetch_all(conn)
            .await?);
        rows.into_iter().map(report).collect()
    }

    /// The reports that an incident is worked out from, oldest first: all of them, or the first and the latest of very many; and
    /// how many there are.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn telling_reports_of(
        &mut self,
        incident: &IncidentId,
    ) -> Result<(Vec<ReportRow>, u32)> {
        let rows: Vec<Columns> = on!(self, |conn| sqlx::query_as(TELLING)
            .bind(incident.as_str())
            .fetch_all(conn)
            .await?);
        let count = if rows.len() < MOST_TELLING {
            i64::try_from(rows.len()).unwrap_or(i64::MAX)
        } else {
            on!(self, |conn| sqlx::query_scalar(COUNT_OF)
                .bind(incident.as_str())
                .fetch_one(conn)
                .await?)
        };
        let rows: Result<Vec<_>> = rows.into_iter().map(report).collect();
        Ok((rows?, to_u32(count)))
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
        let row: Option<Columns> = on!(self, |conn| sqlx::query_as(BY_SENDER)
            .bind(incident.as_str())
            .bind(today.as_str())
            .bind(yesterday.as_str())
            .fetch_optional(conn)
            .await?);
        row.map(report).transpose()
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
            Some(room) => on!(self, |conn| sqlx::query_as(FROM_ROOM)
                .bind(message.as_str())
                .bind(room.platform.as_str())
                .bind(room.id.as_str())
                .fetch_optional(conn)
                .await?),
            None => on!(self, |conn| sqlx::query_as(FROM_PERSON)
                .bind(message.as_str())
                .fetch_optional(conn)
                .await?),
        };
        row.map(report).transpose()
    }
}

fn report(row: Columns) -> Result<ReportRow> {
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
    ) = row;
    let platform =
        PlatformKind::from_name(&platform).ok_or(StoreError::Unreadable { table: TABLE })?;
    Ok(ReportRow {
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
    })
}
