//! People who asked for alerts or said STOP, and rooms the bot has introduced itself to.

use std::{collections::BTreeSet, sync::LazyLock};

use crate::{
    domain::{
        command::AlertsWanted,
        effect::SealedPerson,
        envelope::{PlatformKind, RoomRef},
        ids::AreaId,
        timestamp::Timestamp,
    },
    keyring::areas::AreaKeys,
    store::{
        FILLED, Result, StoreError, Tx, filled,
        seals::{bound, seal},
        values_at_once,
    },
};

/// With which kind of word a person joined: the record of their consent, beside when they did. Never the word itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinedWith {
    /// A zip code.
    Zip,
    /// The name of an area.
    Name,
    /// One of the choices they were offered.
    Choice,
}

impl JoinedWith {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Name => "name",
            Self::Choice => "choice",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Zip, Self::Name, Self::Choice]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

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
    /// Since when: when they consented.
    pub since: Timestamp,
    /// With which kind of word they did.
    pub joined_with: JoinedWith,
    /// Which alerts they want; the same for all their areas.
    pub wanted: AlertsWanted,
    /// Until when they want none; the same for all their areas. Long past if they did not ask for a pause.
    pub paused_until: Timestamp,
}

/// What a person wants of all their alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wants {
    /// Which alerts.
    pub wanted: AlertsWanted,
    /// None until then.
    pub paused_until: Timestamp,
    /// In which language.
    pub language: String,
}

impl SubscriberRow {
    /// What they want, beside the area.
    #[must_use]
    pub fn wants(&self) -> Wants {
        Wants {
            wanted: self.wanted,
            paused_until: self.paused_until,
            language: self.language.clone(),
        }
    }
}

type Columns = (
    String,
    String,
    String,
    String,
    String,
    i64,
    String,
    String,
    i64,
);

/// The columns of [`Columns`], in order.
macro_rules! subscribers_where {
    ($rest:literal) => {
        concat!(
            "SELECT hash, area, platform, sealed, language, since, wanted, joined_with, paused_until FROM subscribers WHERE ",
            $rest
        )
    };
}

/// How many areas one statement asks for; shorter lists are filled up by repeating.
const AREAS_AT_ONCE: usize = 8;

const SUBSCRIBE: &str = "INSERT INTO subscribers
    (hash, area, platform, sealed, language, since, alive_at, wanted, paused_until, joined_with)
    VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)
    ON CONFLICT (hash, area) DO UPDATE SET platform = excluded.platform, sealed = excluded.sealed, language = excluded.language,
    alive_at = excluded.alive_at, wanted = excluded.wanted, paused_until = excluded.paused_until";
const ONLY: &str = "DELETE FROM subscribers WHERE hash = $1 AND area <> $2";
const WANT: &str =
    "UPDATE subscribers SET wanted = $2, paused_until = $3, language = $4 WHERE hash = $1";
const UNSUBSCRIBE: &str = "DELETE FROM subscribers WHERE hash = $1";
const STOP: &str = "INSERT INTO stops (hash) VALUES ($1) ON CONFLICT (hash) DO NOTHING";
const UNSTOP: &str = "DELETE FROM stops WHERE hash = $1";
const HAS_STOPPED: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM stops WHERE hash = $1";
static NOTE_ALIVE: LazyLock<[String; FILLED.len()]> = LazyLock::new(|| {
    filled(2, |people| {
        format!("UPDATE subscribers SET alive_at = $1 WHERE hash IN ({people}) AND alive_at < $1")
    })
});
static STOPS_OF: LazyLock<[String; FILLED.len()]> = LazyLock::new(|| {
    filled(1, |people| {
        format!("SELECT hash FROM stops WHERE hash IN ({people})")
    })
});
static OF_PEOPLE: LazyLock<[String; FILLED.len()]> = LazyLock::new(|| {
    filled(1, |people| {
        subscribers_where!("hash IN (PEOPLE) ORDER BY since, area").replace("PEOPLE", people)
    })
});
const OF_PERSON: &str = subscribers_where!("hash = $1 ORDER BY since, area");
const OF_AREAS: &str = subscribers_where!(
    "area IN ($1, $2, $3, $4, $5, $6, $7, $8) AND wanted <> 'off' AND paused_until <= $9 ORDER BY since, hash, area"
);
const COUNT_ALL: &str = "SELECT CAST(COUNT(DISTINCT hash) AS BIGINT) FROM subscribers
    WHERE wanted <> 'off' AND paused_until <= $1";
const INTRODUCE: &str =
    "INSERT INTO introductions (room, introduced_at) VALUES ($1, $2) ON CONFLICT (room) DO NOTHING";

impl Tx {
    /// Keeps a person's wish to hear of an area; when and how they first consented stays. It takes no STOP back: only
    /// [`Self::restart`] does, at the person's own word.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn subscribe(&mut self, row: &SubscriberRow) -> Result<()> {
        let area = std::slice::from_ref(&row.area);
        let bound = bound("subscriber", row.area.as_str());
        let sealed = seal(&*self.keys()?, area, &bound, &row.person.sealed)?;
        aside!(self, |conn| sqlx::query(SUBSCRIBE)
            .bind(row.hash.as_str())
            .bind(row.area.as_str())
            .bind(row.person.platform.as_str())
            .bind(sealed.as_str())
            .bind(row.language.as_str())
            .bind(row.since.as_ms())
            .bind(row.wanted.as_str())
            .bind(row.paused_until.as_ms())
            .bind(row.joined_with.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        if let Some(known) = self.known.people.subscriptions.get_mut(&row.hash) {
            match known.iter_mut().find(|one| one.area == row.area) {
                Some(one) => {
                    *one = SubscriberRow {
                        since: one.since,
                        joined_with: one.joined_with,
                        ..row.clone()
                    };
                }
                None => known.push(row.clone()),
            }
            // As they would be read.
            for one in known.iter_mut() {
                one.person.language.clear();
            }
            known.sort_by(|a, b| (a.since, &a.area).cmp(&(b.since, &b.area)));
        }
        Ok(())
    }

    /// Ends a person's wish to hear of any area but this one.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn keep_only(&mut self, hash: &str, area: &AreaId) -> Result<()> {
        aside!(self, |conn| sqlx::query(ONLY)
            .bind(hash)
            .bind(area.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        if let Some(known) = self.known.people.subscriptions.get_mut(hash) {
            known.retain(|one| &one.area == area);
        }
        Ok(())
    }

    /// Keeps what a subscriber wants of all their alerts.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn want(&mut self, hash: &str, wants: &Wants) -> Result<()> {
        aside!(self, |conn| sqlx::query(WANT)
            .bind(hash)
            .bind(wants.wanted.as_str())
            .bind(wants.paused_until.as_ms())
            .bind(wants.language.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        let known = self.known.people.subscriptions.get_mut(hash);
        for one in known.into_iter().flatten() {
            one.wanted = wants.wanted;
            one.paused_until = wants.paused_until;
            one.language.clone_from(&wants.language);
        }
        Ok(())
    }

    /// Forgets a person's address everywhere that their lasting hash leads to, what they were still to hear included, and
    /// keeps only the keyed hash so that they are never written to again. Owe them a last word after this, not before.
    /// What is kept under the keys of the days is forgotten by [`Self::forget_traces`]. True if they were subscribed.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn unsubscribe(&mut self, hash: &str) -> Result<bool> {
        on!(self, |conn| sqlx::query(STOP)
            .bind(hash)
            .execute(conn)
            .await?
            .rows_affected());
        self.forget_subscriber(hash).await
    }

    /// The same at a person's wish to be forgotten: nothing at all stays, and they may join again. True if they were subscribed.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn forget_subscriber(&mut self, hash: &str) -> Result<bool> {
        self.forget_lanes(hash).await?;
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
        aside!(self, |conn| sqlx::query(UNSTOP)
            .bind(hash)
            .execute(conn)
            .await?
            .rows_affected());
        self.note_stop(hash, false);
        Ok(())
    }

    /// Keeps what is known of a person's STOP true.
    pub(super) fn note_stop(&mut self, hash: &str, has_stopped: bool) {
        if let Some(known) = self.known.people.stops.get_mut(hash) {
            *known = has_stopped;
        }
    }

    /// Whether a person said STOP and has not asked anew.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn has_stopped(&mut self, hash: &str) -> Result<bool> {
        if let Some(known) = self.known.people.stops.get(hash) {
            return Ok(*known);
        }
        let stops: i64 = aside!(self, |conn| sqlx::query_scalar(HAS_STOPPED)
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
        let alive = &mut self.known.people.alive;
        alive.entry(now).or_default().insert(hash.to_owned());
        Ok(())
    }

    /// Writes who was alive where that was kept back.
    pub(super) async fn write_alive(&mut self) -> Result<()> {
        for (at, people) in std::mem::take(&mut self.known.people.alive) {
            let people: Vec<String> = people.into_iter().collect();
            for (some, sql) in values_at_once(&people, &NOTE_ALIVE) {
                aside!(self, |conn| {
                    let mut query = sqlx::query(sql).bind(at.as_ms());
                    for hash in some {
                        query = query.bind(hash.as_str());
                    }
                    query.execute(conn).await?.rows_affected()
                });
            }
        }
        Ok(())
    }

    /// Learns of several people what they are subscribed to, and whether they said STOP.
    pub(super) async fn foresee_wishes(&mut self, people: &[&str]) -> Result<()> {
        for (some, sql) in values_at_once(people, &STOPS_OF) {
            let stopped: Vec<String> = reading!(self, |conn| {
                let mut query = sqlx::query_scalar(sql);
                for hash in some {
                    query = query.bind(*hash);
                }
                query.fetch_all(conn).await?
            });
            let known = &mut self.known.people.stops;
            known.extend(stopped.into_iter().map(|hash| (hash, true)));
        }
        for (some, sql) in values_at_once(people, &OF_PEOPLE) {
            let rows: Vec<Columns> = reading!(self, |conn| {
                let mut query = sqlx::query_as(sql);
                for hash in some {
                    query = query.bind(*hash);
                }
                query.fetch_all(conn).await?
            });
            let keys = self.keys()?;
            let known = &mut self.known.people.subscriptions;
            for row in rows {
                let Some(row) = subscriber(&keys, row)? else {
                    continue;
                };
                known.entry(row.hash.clone()).or_default().push(row);
            }
        }
        for hash in people {
            let known = &mut self.known.people;
            known.stops.entry((*hash).to_owned()).or_insert(false);
            known.subscriptions.entry((*hash).to_owned()).or_default();
        }
        Ok(())
    }

    /// What a person is subscribed to, oldest first.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn subscriptions_of(&mut self, hash: &str) -> Result<Vec<SubscriberRow>> {
        if let Some(known) = self.known.people.subscriptions.get(hash) {
            return Ok(known.clone());
        }
        let rows: Vec<Columns> = reading!(self, |conn| sqlx::query_as(OF_PERSON)
            .bind(hash)
            .fetch_all(conn)
            .await?);
        let keys = self.keys()?;
        let found = rows.into_iter();
        let found = found.map(|row| subscriber(&keys, row).transpose());
        found.flatten().collect()
    }

    /// Who wants to hear now of something that concerns these areas and lies right in those of `within`: everybody once, longest
    /// subscribed first. Who wants only what is near hears of their own areas; who paused or wants none is left out.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn subscribers(
        &mut self,
        areas: &[AreaId],
        within: &[AreaId],
        now: Timestamp,
    ) -> Result<Vec<SubscriberRow>> {
        let keys = self.keys()?;
        let mut found = Vec::new();
        let mut known = BTreeSet::new();
        for some in areas.chunks(AREAS_AT_ONCE) {
            let rows: Vec<Columns> = reading!(self, |conn| {
                let mut query = sqlx::query_as(OF_AREAS);
                for area in some.iter().cycle().take(AREAS_AT_ONCE) {
                    query = query.bind(area.as_str());
                }
                query.bind(now.as_ms()).fetch_all(conn).await?
            });
            for row in rows {
                let Some(row) = subscriber(&keys, row)? else {
                    continue;
                };
                let is_near = row.wanted != AlertsWanted::Near || within.contains(&row.area);
                if is_near && known.insert(row.hash.clone()) {
                    found.push(row);
                }
            }
        }
        if areas.len() > AREAS_AT_ONCE {
            found.sort_by(|a, b| (a.since, &a.hash).cmp(&(b.since, &b.hash)));
        }
        Ok(found)
    }

    /// How many people would hear now of something in these areas; with none, in any.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn count_subscribers(&mut self, areas: &[AreaId], now: Timestamp) -> Result<u32> {
        if !areas.is_empty() {
            let people = self.subscribers(areas, areas, now).await?;
            return Ok(u32::try_from(people.len()).unwrap_or(u32::MAX));
        }
        let count: i64 = reading!(self, |conn| sqlx::query_scalar(COUNT_ALL)
            .bind(now.as_ms())
            .fetch_one(conn)
            .await?);
        Ok(crate::store::to_u32(count))
    }

    /// Notes that the bot introduced itself to a room; false if it had.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_introduced(&mut self, room: &RoomRef, now: Timestamp) -> Result<bool> {
        let noted = reading!(self, |conn| sqlx::query(INTRODUCE)
            .bind(room.to_string())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(noted == 1)
    }
}

/// The subscriber of a row; `None` if it does not open.
fn subscriber(keys: &AreaKeys, row: Columns) -> Result<Option<SubscriberRow>> {
    const UNREADABLE: StoreError = StoreError::Unreadable {
        table: "subscribers",
    };
    let (hash, area, platform, sealed, language, since, wanted, joined_with, paused_until) = row;
    let Some(sealed) = keys.open(&bound("subscriber", &area), &sealed) else {
        return Ok(None);
    };
    Ok(Some(SubscriberRow {
        person: SealedPerson {
            platform: PlatformKind::from_name(&platform).ok_or(UNREADABLE)?,
            hash: hash.clone(),
            sealed,
            language: String::new(),
        },
        hash,
        area: AreaId::new(area),
        language,
        since: Timestamp::from_ms(since),
        joined_with: JoinedWith::from_name(&joined_with).ok_or(UNREADABLE)?,
        wanted: AlertsWanted::from_name(&wanted).ok_or(UNREADABLE)?,
        paused_until: Timestamp::from_ms(paused_until),
    }))
}
