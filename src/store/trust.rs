//! Who is trusted with what beside the settings: roles that moderators gave, roles that rest, bans.
//!
//! Every message needs it, so the shell holds it in memory ([`Trust`]) and asks here only when it changed: what
//! [`Tx::lock_intake`] returns changes with every [`Tx::note_trust_changed`], in whatever process that was.

use std::collections::BTreeSet;

use crate::{
    domain::{
        effect::SealedPerson,
        envelope::PlatformKind,
        ids::AreaId,
        role::Role,
        timestamp::Timestamp,
        trust::{Ban, CLIMBS_WITHIN, Grant, Seat, Trust},
    },
    store::{On, Result, StoreError, Tx, from_json, from_word, to_json, to_u32, to_word},
};

const ROLES: &str = "SELECT hash, role, areas, platform, sealed, until_at FROM roles ORDER BY hash";
const GIVE: &str = "INSERT INTO roles (hash, role, areas, platform, sealed, until_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (hash, role, areas) DO UPDATE SET sealed = excluded.sealed, until_at = excluded.until_at";
const TAKE: &str = "DELETE FROM roles WHERE hash = $1 AND role = $2 AND areas = $3";
const RESTING: &str = "SELECT hash FROM resting";
const REST: &str =
    "INSERT INTO resting (hash, since_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
const REST_NO_MORE: &str = "DELETE FROM resting WHERE hash = $1";
const SEATS: &str = "SELECT hash, role, seen_at FROM seats";
const SEAT: &str = "INSERT INTO seats (hash, role, seen_at) VALUES ($1, $2, $3)
    ON CONFLICT (hash) DO UPDATE SET role = excluded.role, seen_at = excluded.seen_at";
const BANS: &str = "SELECT hash, reach, areas, until_at, since_at, mutes FROM bans";
const BAN: &str = "INSERT INTO bans (hash, reach, areas, until_at, since_at, mutes, forget_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (hash) DO UPDATE SET reach = excluded.reach, areas = excluded.areas, until_at = excluded.until_at,
    since_at = excluded.since_at, mutes = excluded.mutes, forget_at = excluded.forget_at";
/// Far above what counts the turns, so that both fit one number.
const CHANGED: &str = "UPDATE counters SET value = value + 4294967296 WHERE name = 'intake'";

type BanColumns = (String, String, String, i64, i64, i64);

impl Tx {
    /// All of it.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn trust(&mut self) -> Result<Trust> {
        let roles: Vec<(String, String, String, String, String, i64)> =
            aside!(self, |conn| sqlx::query_as(ROLES).fetch_all(conn).await?);
        let resting: Vec<String> = aside!(self, |conn| sqlx::query_scalar(RESTING)
            .fetch_all(conn)
            .await?);
        let bans: Vec<BanColumns> =
            aside!(self, |conn| sqlx::query_as(BANS).fetch_all(conn).await?);
        let seats: Vec<(String, String, i64)> =
            aside!(self, |conn| sqlx::query_as(SEATS).fetch_all(conn).await?);
        let mut trust = Trust {
            resting: resting.into_iter().collect(),
            ..Trust::default()
        };
        for (hash, role, seen_at) in seats {
            let seat = Seat {
                role: from_word("seats", &role)?,
                seen_at: Timestamp::from_ms(seen_at),
            };
            trust.seats.insert(hash, seat);
        }
        for (hash, role, areas, platform, sealed, until) in roles {
            trust.grants.push(Grant {
                person: SealedPerson {
                    platform: PlatformKind::from_name(&platform)
                        .ok_or(StoreError::Unreadable { table: "roles" })?,
                    hash,
                    sealed,
                    language: String::new(),
                },
                role: from_word("roles", &role)?,
                areas: from_json::<BTreeSet<AreaId>>("roles", &areas)?,
                until: Timestamp::from_ms(until),
            });
        }
        for (hash, reach, areas, until, since, mutes) in bans {
            let ban = Ban {
                hash: hash.clone(),
                reach: from_word("bans", &reach)?,
                areas: from_json("bans", &areas)?,
                until: Timestamp::from_ms(until),
                since: Timestamp::from_ms(since),
                mutes: to_u32(mutes),
            };
            trust.bans.insert(hash, ban);
        }
        Ok(trust)
    }

    /// Has every process read it anew at its next turn, but for those that know of this change. `version` is what
    /// [`Tx::lock_intake`] told; what it will tell is returned.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_trust_changed(&mut self, version: i64) -> Result<i64> {
        if matches!(self.on, On::Sqlite(_)) {
            // No other process has the file.
            return Ok(version);
        }
        aside!(self, |conn| sqlx::query(CHANGED)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(version + 1)
    }

    /// Gives a role, or the same with another term.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn give_role(&mut self, grant: &Grant) -> Result<()> {
        let role = to_word("roles", &grant.role)?;
        let areas = to_json("roles", &grant.areas)?;
        aside!(self, |conn| sqlx::query(GIVE)
            .bind(grant.person.hash.as_str())
            .bind(role.as_str())
            .bind(areas.as_str())
            .bind(grant.person.platform.as_str())
            .bind(grant.person.sealed.as_str())
            .bind(grant.until.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Takes a role away.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn take_role(&mut self, grant: &Grant) -> Result<()> {
        let role = to_word("roles", &grant.role)?;
        let areas = to_json("roles", &grant.areas)?;
        aside!(self, |conn| sqlx::query(TAKE)
            .bind(grant.person.hash.as_str())
            .bind(role.as_str())
            .bind(areas.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Lets somebody's role rest.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn rest_role(&mut self, hash: &str, now: Timestamp) -> Result<()> {
        aside!(self, |conn| sqlx::query(REST)
            .bind(hash)
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Lets it count again.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn rest_no_more(&mut self, hash: &str) -> Result<()> {
        aside!(self, |conn| sqlx::query(REST_NO_MORE)
            .bind(hash)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Notes that somebody was seen to have a role by a room or a group.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_seat(&mut self, hash: &str, role: Role, now: Timestamp) -> Result<()> {
        let role = to_word("seats", &role)?;
        aside!(self, |conn| sqlx::query(SEAT)
            .bind(hash)
            .bind(role.as_str())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Keeps a ban, or one that has ended for as long as it makes the next mute longer.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn save_ban(&mut self, ban: &Ban) -> Result<()> {
        let reach = to_word("bans", &ban.reach)?;
        let areas = to_json("bans", &ban.areas)?;
        let forget_at = ban.until.max(ban.since + CLIMBS_WITHIN);
        aside!(self, |conn| sqlx::query(BAN)
            .bind(ban.hash.as_str())
            .bind(reach.as_str())
            .bind(areas.as_str())
            .bind(ban.until.as_ms())
            .bind(ban.since.as_ms())
            .bind(i64::from(ban.mutes))
            .bind(forget_at.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }
}
