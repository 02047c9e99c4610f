//! Talk that is passed on: where moderators want it, and which message was. Never its words.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{
    domain::{
        envelope::RoomRef,
        ids::{AreaId, MessageId, SenderHash, SubjectId},
        relay::Relay,
        timestamp::Timestamp,
    },
    store::{ROWS, Result, StoreError, Tx, list, rows_at_once, sized},
};

const RELAYS: &str = "SELECT area, relay FROM relays";
const SET: &str = "INSERT INTO relays (area, relay) VALUES ($1, $2)
    ON CONFLICT (area) DO UPDATE SET relay = excluded.relay";
static NOTE: LazyLock<[String; ROWS]> = LazyLock::new(|| {
    sized(|rows| {
        let row = |n: usize| {
            let columns = list(4, |column| format!("${}", n * 4 + column + 2));
            format!("({columns}, $1)")
        };
        format!(
            "INSERT INTO relayed (id, room, message, sender, said_at) VALUES {} ON CONFLICT (id) DO NOTHING",
            list(rows, row)
        )
    })
});
const RELAYED: &str = "SELECT room, message, sender FROM relayed WHERE id = $1";
const FORGET: &str = "DELETE FROM relayed WHERE id = $1";

/// A message that was passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayedRow {
    /// What its copies are about.
    pub id: SubjectId,
    /// Where it was written.
    pub room: RoomRef,
    /// Which it is there.
    pub message: MessageId,
    /// By whom, under the key of the day.
    pub sender: SenderHash,
}

impl Tx {
    /// What moderators decided, by area.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn relays(&mut self) -> Result<BTreeMap<AreaId, Relay>> {
        let rows: Vec<(String, String)> =
            aside!(self, |conn| sqlx::query_as(RELAYS).fetch_all(conn).await?);
        rows.into_iter()
            .map(|(area, relay)| {
                let relay = Relay::from_name(&relay);
                Ok((
                    AreaId::new(area),
                    relay.ok_or(StoreError::Unreadable { table: "relays" })?,
                ))
            })
            .collect()
    }

    /// Keeps what moderators decided for an area.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn set_relay(&mut self, area: &AreaId, relay: Relay) -> Result<()> {
        aside!(self, |conn| sqlx::query(SET)
            .bind(area.as_str())
            .bind(relay.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Remembers messages as passed on.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_relayed(&mut self, rows: &[RelayedRow], now: Timestamp) -> Result<()> {
        for (some, sql) in rows_at_once(rows, &NOTE) {
            aside!(self, |conn| {
                let mut query = sqlx::query(sql).bind(now.as_ms());
                for row in some {
                    query = query
                        .bind(row.id.as_str())
                        .bind(row.room.to_string())
                        .bind(row.message.as_str())
                        .bind(row.sender.as_str());
                }
                query.execute(conn).await?.rows_affected()
            });
        }
        Ok(())
    }

    /// The message that was passed on under that name.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn relayed(&mut self, id: &SubjectId) -> Result<Option<RelayedRow>> {
        let row: Option<(String, String, String)> = aside!(self, |conn| sqlx::query_as(RELAYED)
            .bind(id.as_str())
            .fetch_optional(conn)
            .await?);
        let Some((room, message, sender)) = row else {
            return Ok(None);
        };
        let room = RoomRef::parse(&room).ok_or(StoreError::Unreadable { table: "relayed" })?;
        Ok(Some(RelayedRow {
            id: id.clone(),
            room,
            message: MessageId::new(message),
            sender: SenderHash::new(sender),
        }))
    }

    /// Forgets that a message was passed on: it was taken back.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn forget_relayed(&mut self, id: &SubjectId) -> Result<()> {
        aside!(self, |conn| sqlx::query(FORGET)
            .bind(id.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }
}
