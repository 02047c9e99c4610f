//! Rooms that may fill up, and their siblings.
//!
//! Whoever carries something out about a room writes down only what came of it (where the room is, its link, why it failed); what
//! that means is decided by the shell in its next turn.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        envelope::RoomRef,
        split::{LinkMode, SetKey, Sibling},
        timestamp::Timestamp,
    },
    store::{Result, StoreError, Tx, from_json, to_json, to_u32},
};

const TABLE: &str = "rooms";
const ALL: &str =
    "SELECT name, siblings, nth, room, link, failure, state FROM rooms ORDER BY siblings, nth";
const SAVE: &str = "INSERT INTO rooms (name, siblings, nth, room, link, failure, state) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (name) DO UPDATE SET siblings = excluded.siblings, nth = excluded.nth, room = excluded.room,
    link = excluded.link, failure = excluded.failure, state = excluded.state";
const MADE: &str = "UPDATE rooms SET room = $2, link = $3, failure = NULL WHERE name = $1";
const FAILED: &str = "UPDATE rooms SET failure = $2 WHERE name = $1";
const DROP: &str = "DELETE FROM rooms WHERE name = $1";

/// A room that may fill up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRow {
    /// Its own name: the address of a room that was there, the marker of one that is made.
    pub name: String,
    /// Whose sibling it is.
    pub set: SetKey,
    /// Where it is, once it is there.
    pub room: Option<RoomRef>,
    /// The link by which people get in.
    pub link: Option<String>,
    /// Why what was last asked could not be done: a short code.
    pub failure: Option<String>,
    /// Everything else.
    pub state: RoomState,
}

/// What changes of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomState {
    /// How it stands among its siblings.
    pub sibling: Sibling,
    /// What people call it.
    pub title: String,
    /// The language the bot speaks there.
    pub language: String,
    /// How many ask to be let in.
    pub asking: u32,
    /// How many of them moderators were told of.
    pub asking_told: u32,
    /// How people get in by link while it is not full.
    pub entry: LinkMode,
    /// Whether the bot may change it.
    pub is_ours: bool,
    /// Since when it has few people.
    pub small_since: Option<Timestamp>,
    /// Whether moderators were told that it could become one with another.
    pub merge_told: bool,
    /// When so many joined that people have to ask since.
    pub wave_at: Option<Timestamp>,
    /// How often its making was begun.
    pub tries: u32,
    /// Whether it is the first of its siblings and open as soon as it is there.
    #[serde(default)]
    pub is_first: bool,
    /// How many came within the hour, by pieces of it.
    #[serde(default)]
    pub lately: Vec<(Timestamp, u32)>,
    /// Whether it was put into the community's Space.
    #[serde(default)]
    pub is_placed: bool,
}

type Columns = (
    String,
    String,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
    String,
);

fn row((name, set, number, room, link, failure, state): Columns) -> Result<RoomRow> {
    let room = match room {
        Some(room) => Some(RoomRef::parse(&room).ok_or(StoreError::Unreadable { table: TABLE })?),
        None => None,
    };
    let mut state: RoomState = from_json(TABLE, &state)?;
    state.sibling.number = to_u32(number);
    Ok(RoomRow {
        name,
        set: from_json(TABLE, &set)?,
        room,
        link,
        failure,
        state,
    })
}

impl Tx {
    /// All of them, siblings together and by number.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn rooms(&mut self) -> Result<Vec<RoomRow>> {
        let found: Vec<Columns> = aside!(self, |conn| sqlx::query_as(ALL).fetch_all(conn).await?);
        found.into_iter().map(row).collect()
    }

    /// Keeps a room as it is.
    ///
    /// # Errors
    /// If the database refuses, such as a second room of the same number among its siblings.
    pub async fn save_room(&mut self, row: &RoomRow) -> Result<()> {
        let set = to_json(TABLE, &row.set)?;
        let state = to_json(TABLE, &row.state)?;
        let room = row.room.as_ref().map(ToString::to_string);
        aside!(self, |conn| sqlx::query(SAVE)
            .bind(row.name.as_str())
            .bind(set.as_str())
            .bind(i64::from(row.state.sibling.number))
            .bind(room.as_deref())
            .bind(row.link.as_deref())
            .bind(row.failure.as_deref())
            .bind(state.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Notes where a room is and how people get in, after it was made or changed.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_arranged(
        &mut self,
        name: &str,
        room: &RoomRef,
        link: Option<&str>,
    ) -> Result<()> {
        aside!(self, |conn| sqlx::query(MADE)
            .bind(name)
            .bind(room.to_string())
            .bind(link)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Notes why a room could not be made or changed.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_not_arranged(&mut self, name: &str, code: &str) -> Result<()> {
        aside!(self, |conn| sqlx::query(FAILED)
            .bind(name)
            .bind(code)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Forgets a room; what was said there stays.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn drop_room(&mut self, name: &str) -> Result<()> {
        aside!(self, |conn| sqlx::query(DROP)
            .bind(name)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }
}
