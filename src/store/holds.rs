//! What is held for moderators: fields and a reason, never words. A row goes when a moderator has decided, or after seven days.
//!
//! Nothing that a transaction knows ahead (see `known`) stands in this table, so that its statements go past all that.

use std::collections::BTreeSet;

use crate::{
    domain::{
        effect::SealedPerson,
        envelope::{PlatformKind, RoomRef},
        handle::{Handle, Series},
        hold::Reason,
        ids::{AreaId, IncidentId, MessageId, SenderHash, SubjectId},
        report::Report,
        timestamp::Timestamp,
    },
    keyring::areas::AreaKeys,
    store::{
        Result, StoreError, Tx, from_json, from_word,
        seals::{bound, seal},
        to_json, to_u32, to_word,
    },
};

const TABLE: &str = "holds";

/// Something that is held.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldRow {
    /// Its own id.
    pub id: SubjectId,
    /// The id that moderators type: `H2`.
    pub handle: Handle,
    /// Why.
    pub reason: Reason,
    /// The flood it is part of; empty: none.
    pub flood: String,
    /// The network that brought it.
    pub platform: PlatformKind,
    /// The room it was written in; `None` if it was written to the bot alone.
    pub room: Option<RoomRef>,
    /// The message that brought it.
    pub message: MessageId,
    /// Its author under the key of the day.
    pub sender: SenderHash,
    /// Where to answer its author; sealed.
    pub author: SealedPerson,
    /// What they saw, without what they are held for.
    pub body: Report,
    /// The incident of which it is news.
    pub incident: Option<IncidentId>,
    /// The areas it concerns.
    pub areas: Vec<AreaId>,
    /// A keyed hash of its words, to recognise the same text from several people.
    pub text_hash: String,
    /// How many reports are held with it; more than one in a flood.
    pub reports: u32,
    /// When it was written.
    pub sent_at: Timestamp,
    /// Since when it is held.
    pub held_at: Timestamp,
}

/// A hold as its table has it, in the order of the columns in `holds!`.
type Columns = (
    String,
    String,
    String,
    String,
    String,
    Option<String>,
    String,
    String,
    String,
    String,
    Option<String>,
    String,
    String,
    i64,
    i64,
    i64,
);

/// The columns of [`Columns`], in order.
macro_rules! holds {
    ($rest:literal) => {
        concat!(
            "SELECT id, handle, reason, flood, platform, room, message, sender, author, body, incident, areas, text_hash, reports, \
             sent_at, held_at FROM holds ",
            $rest
        )
    };
}

const SAVE: &str = "INSERT INTO holds (id, handle, reason, flood, platform, room, message, sender, author, body, incident, areas,
    text_hash, reports, sent_at, held_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    ON CONFLICT (id) DO UPDATE SET body = excluded.body, reports = excluded.reports";
const ALL: &str = holds!("ORDER BY held_at, id");
const BY_HANDLE: &str = holds!("WHERE handle = $1");
const BY_ID: &str = holds!("WHERE id = $1");
const BY_FLOOD: &str = holds!("WHERE flood = $1");
const BY_MESSAGE: &str = holds!("WHERE message = $1 AND flood = ''");
const HANDLES: &str = "SELECT handle FROM holds";
const END: &str = "DELETE FROM holds WHERE id = $1";

impl Tx {
    /// Keeps something back, or keeps a change of it.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn save_hold(&mut self, row: &HoldRow) -> Result<()> {
        let (reason, author) = (to_word(TABLE, &row.reason)?, to_json(TABLE, &row.author)?);
        let (body, areas) = (to_json(TABLE, &row.body)?, to_json(TABLE, &row.areas)?);
        let (keys, id) = (self.keys()?, row.id.as_str());
        let author = seal(&keys, &row.areas, &bound("author", id), &author)?;
        let body = seal(&keys, &row.areas, &bound("hold", id), &body)?;
        aside!(self, |conn| sqlx::query(SAVE)
            .bind(row.id.as_str())
            .bind(row.handle.as_str())
            .bind(reason.as_str())
            .bind(row.flood.as_str())
            .bind(row.platform.as_str())
            .bind(row.room.as_ref().map(|room| room.id.as_str()))
            .bind(row.message.as_str())
            .bind(row.sender.as_str())
            .bind(author.as_str())
            .bind(body.as_str())
            .bind(row.incident.as_ref().map(IncidentId::as_str))
            .bind(areas.as_str())
            .bind(row.text_hash.as_str())
            .bind(i64::from(row.reports))
            .bind(row.sent_at.as_ms())
            .bind(row.held_at.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Everything that is held, oldest first.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn holds(&mut self) -> Result<Vec<HoldRow>> {
        let rows: Vec<Columns> = aside!(self, |conn| sqlx::query_as(ALL).fetch_all(conn).await?);
        let keys = self.keys()?;
        let found = rows.into_iter().map(|row| hold(&keys, row).transpose());
        found.flatten().collect()
    }

    /// What is held under this handle.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn hold(&mut self, handle: &Handle) -> Result<Option<HoldRow>> {
        self.one_hold(BY_HANDLE, handle.as_str()).await
    }

    /// What is held under this id.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn hold_with_id(&mut self, id: &SubjectId) -> Result<Option<HoldRow>> {
        self.one_hold(BY_ID, id.as_str()).await
    }

    /// What is held of this flood.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn hold_of_flood(&mut self, flood: &str) -> Result<Option<HoldRow>> {
        self.one_hold(BY_FLOOD, flood).await
    }

    /// What is held of a message in a room, or of one written to the bot alone.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn hold_from(
        &mut self,
        room: Option<&RoomRef>,
        message: &MessageId,
    ) -> Result<Option<HoldRow>> {
        let found = self.one_hold(BY_MESSAGE, message.as_str()).await?;
        Ok(found.filter(|row| row.room.as_ref() == room))
    }

    async fn one_hold(&mut self, sql: &'static str, value: &str) -> Result<Option<HoldRow>> {
        let row: Option<Columns> = aside!(self, |conn| sqlx::query_as(sql)
            .bind(value)
            .fetch_optional(conn)
            .await?);
        let keys = self.keys()?;
        row.map_or(Ok(None), |row| hold(&keys, row))
    }

    /// A handle that nothing held has: the `nth` of the row, or the next that is free, so that one rests before it is used again.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn free_hold_handle(&mut self, nth: u64) -> Result<Option<Handle>> {
        let taken: Vec<String> = aside!(self, |conn| sqlx::query_scalar(HANDLES)
            .fetch_all(conn)
            .await?);
        let taken: BTreeSet<String> = taken.into_iter().collect();
        let is_free = |handle: &Handle| !taken.contains(handle.as_str());
        let row: Vec<Handle> = Handle::row(Series::Hold).collect();
        // The short ones first, each in its turn.
        let (short, long) = row.split_at(9);
        let in_turn = |handles: &[Handle]| {
            let from = usize::try_from(nth).unwrap_or(0) % handles.len().max(1);
            let (before, after) = handles.split_at(from);
            after.iter().chain(before).find(|one| is_free(one)).cloned()
        };
        Ok(in_turn(short).or_else(|| in_turn(long)))
    }

    /// Forgets something that is held no longer.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn end_hold(&mut self, id: &SubjectId) -> Result<()> {
        aside!(self, |conn| sqlx::query(END)
            .bind(id.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }
}

/// What a row holds; `None` if it does not open.
fn hold(keys: &AreaKeys, row: Columns) -> Result<Option<HoldRow>> {
    let (
        id,
        handle,
        reason,
        flood,
        platform,
        room,
        message,
        sender,
        author,
        body,
        incident,
        areas,
        text_hash,
        reports,
        sent_at,
        held_at,
    ) = row;
    let opened = (
        keys.open(&bound("author", &id), &author),
        keys.open(&bound("hold", &id), &body),
    );
    let (Some(author), Some(body)) = opened else {
        return Ok(None);
    };
    let platform =
        PlatformKind::from_name(&platform).ok_or(StoreError::Unreadable { table: TABLE })?;
    Ok(Some(HoldRow {
        id: SubjectId::new(id),
        handle: Handle::parse(&handle).ok_or(StoreError::Unreadable { table: TABLE })?,
        reason: from_word(TABLE, &reason)?,
        flood,
        platform,
        room: room.map(|id| RoomRef::new(platform, id)),
        message: MessageId::new(message),
        sender: SenderHash::new(sender),
        author: from_json(TABLE, &author)?,
        body: from_json(TABLE, &body)?,
        incident: incident.map(IncidentId::new),
        areas: from_json(TABLE, &areas)?,
        text_hash,
        reports: to_u32(reports),
        sent_at: Timestamp::from_ms(sent_at),
        held_at: Timestamp::from_ms(held_at),
    }))
}
