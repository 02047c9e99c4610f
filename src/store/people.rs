//! People who asked for alerts or said STOP, and rooms the bot has introduced itself to.

use std::collections::BTreeSet;

use crate::{
    domain::{
        effect::SealedPerson,
        envelope::{PlatformKind, RoomRef},
        ids::AreaId,
        timestamp::Timestamp,
    },
    store::{Result, StoreError, Tx},
};

/// One person's wish to hear the alerts of one area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriberRow {
    /// A keyed hash of their address that stays.
    pub hash: String,
    /// Their address, sealed.
    pub person: SealedPerson,
    /// The area.
    pub area: AreaId,
    /// The language they are written to in.
    pub language: String,
    /// Since when.
    pub since: Timestamp,
}

type Columns = (String, String, String, String, String, i64);

/// How many areas one statement asks for; shorter lists are filled up by repeating.
const AREAS_AT_ONCE: usize = 8;

const SUBSCRIBE: &str =
    "INSERT INTO subscribers (hash, area, platform, sealed, language, since, alive_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6)
    ON CONFLICT (hash, area) DO UPDATE SET platform = excluded.platform, sealed = excluded.sealed,
    language = excluded.language, since = excluded.since, alive_at = excluded.alive_at";
const UNSUBSCRIBE: &str = "DELETE FROM subscribers WHERE hash = $1";
const STOP: &str = "INSERT INTO stops (hash) VALUES ($1) ON CONFLICT (hash) DO NOTHING";
const UNSTOP: &str = "DELETE FROM stops WHERE hash = $1";
const HAS_STOPPED: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM stops WHERE hash = $1";
const UNHEAR: &str = "DELETE FROM heard WHERE lane IN ($1, $2, $3, $4)";
const NOTE_ALIVE: &str = "UPDATE subscribers SET alive_at = $2 WHERE hash = $1 AND alive_at < $2";
const OF_PERSON: &str =
    "SELECT hash, area, platform, sealed, language, since FROM subscribers WHERE hash = $1
    ORDER BY since, area";
const OF_AREAS: &str = "SELECT hash, area, platform, sealed, language, since FROM subscribers
    WHERE area IN ($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY since, hash, area";
const INTRODUCE: &str =
    "INSERT INTO introductions (room, introduced_at) VALUES ($1, $2) ON CONFLICT (room) DO NOTHING";

impl Tx {
    /// Keeps a person's wish to hear of an area. Who said STOP and asks anew is not stopped any more.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn subscribe(&mut self, row: &SubscriberRow) -> Result<()> {
        on!(self, |conn| sqlx::query(UNSTOP)
            .bind(row.hash.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        on!(self, |conn| sqlx::query(SUBSCRIBE)
            .bind(row.hash.as_str())
            .bind(row.area.as_str())
            .bind(row.person.platform.as_str())
            .bind(row.person.sealed.as_str())
            .bind(row.language.as_str())
            .bind(row.since.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Forgets a person's address everywhere that their lasting hash leads to, what they were still to hear included, and
    /// keeps only the keyed hash so that they are never written to again. Owe them a last word after this, not before.
    /// True if they were subscribed.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn unsubscribe(&mut self, hash: &str) -> Result<bool> {
        let lanes = PlatformKind::ALL.map(|platform| person_lane(platform, hash));
        self.drop_lanes(&lanes).await?;
        on!(self, |conn| sqlx::query(UNHEAR)
            .bind(lanes[0].as_str())
            .bind(lanes[1].as_str())
            .bind(lanes[2].as_str())
            .bind(lanes[3].as_str())
            .execute(conn)
            .await?
            .rows_affected());
        on!(self, |conn| sqlx::query(STOP)
            .bind(hash)
            .execute(conn)
            .await?
            .rows_affected());
        let gone = on!(self, |conn| sqlx::query(UNSUBSCRIBE)
            .bind(hash)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(gone > 0)
    }

    /// Forgets a subscriber whose number cannot be reached any more. They have not said STOP: who has the number next may come.
    /// True if they were subscribed.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn forget_subscriber(&mut self, hash: &str) -> Result<bool> {
        let gone = on!(self, |conn| sqlx::query(UNSUBSCRIBE)
            .bind(hash)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(gone > 0)
    }

    /// Takes a STOP back, at the person's own word.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn restart(&mut self, hash: &str) -> Result<()> {
        on!(self, |conn| sqlx::query(UNSTOP)
            .bind(hash)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Whether a person said STOP and has not asked anew.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn has_stopped(&mut self, hash: &str) -> Result<bool> {
        let stops: i64 = on!(self, |conn| sqlx::query_scalar(HAS_STOPPED)
            .bind(hash)
            .fetch_one(conn)
            .await?);
        Ok(stops > 0)
    }

    /// Notes that a subscriber wrote, which keeps their number from being forgotten for silence.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_alive(&mut self, hash: &str, now: Timestamp) -> Result<()> {
        on!(self, |conn| sqlx::query(NOTE_ALIVE)
            .bind(hash)
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// What a person is subscribed to, oldest first.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn subscriptions_of(&mut self, hash: &str) -> Result<Vec<SubscriberRow>> {
        let rows: Vec<Columns> = on!(self, |conn| sqlx::query_as(OF_PERSON)
            .bind(hash)
            .fetch_all(conn)
            .await?);
        rows.into_iter().map(subscriber).collect()
    }

    /// Who wants to hear of any of these areas: everybody once, longest subscribed first.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn subscribers(&mut self, areas: &[AreaId]) -> Result<Vec<SubscriberRow>> {
        let mut found = Vec::new();
        let mut known = BTreeSet::new();
        for some in areas.chunks(AREAS_AT_ONCE) {
            let rows: Vec<Columns> = on!(self, |conn| {
                let mut query = sqlx::query_as(OF_AREAS);
                for area in some.iter().cycle().take(AREAS_AT_ONCE) {
                    query = query.bind(area.as_str());
                }
                query.fetch_all(conn).await?
            });
            for row in rows {
                if known.insert(row.0.clone()) {
                    found.push(subscriber(row)?);
                }
            }
        }
        if areas.len() > AREAS_AT_ONCE {
            found.sort_by(|a, b| (a.since, &a.hash).cmp(&(b.since, &b.hash)));
        }
        Ok(found)
    }

    /// Notes that the bot introduced itself to a room; false if it had.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_introduced(&mut self, room: &RoomRef, now: Timestamp) -> Result<bool> {
        let noted = on!(self, |conn| sqlx::query(INTRODUCE)
            .bind(room.to_string())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(noted == 1)
    }
}

/// The lane of a person by their hash.
fn person_lane(platform: PlatformKind, hash: &str) -> String {
    crate::domain::effect::Target::Person(SealedPerson {
        platform,
        hash: hash.to_owned(),
        sealed: String::new(),
        language: String::new(),
    })
    .lane()
}

fn subscriber(row: Columns) -> Result<SubscriberRow> {
    let (hash, area, platform, sealed, language, since) = row;
    Ok(SubscriberRow {
        person: SealedPerson {
            platform: PlatformKind::from_name(&platform).ok_or(StoreError::Unreadable {
                table: "subscribers",
            })?,
            hash: hash.clone(),
            sealed,
            language: String::new(),
        },
        hash,
        area: AreaId::new(area),
        language,
        since: Timestamp::from_ms(since),
    })
}
