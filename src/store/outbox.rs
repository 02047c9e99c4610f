//! The outbox: what is owed to the outside, who is carrying it out, and what became of it.
//!
//! An effect is `queued` or `sending` (claimed; `due_at` is when the claim runs out). Done, it leaves the table and only its id
//! stays in `owed`; given up, it waits in `dead` until moderators are told. A lane's effects go one after another: its head is
//! the one being sent, else the most urgent, else the oldest; until the head is due, the lane waits.

use std::{collections::BTreeSet, sync::LazyLock, time::Duration};

use crate::{
    domain::{
        effect::{Act, Effect, Post, PostKind, Target, Urgency},
        envelope::PlatformKind,
        ids::EffectId,
        relay::Passing,
        timestamp::Timestamp,
    },
    keyring::areas::AreaKeys,
    store::{
        On, ROWS, Result, StoreError, Tx, from_json, list, rows_at_once,
        seals::{bound, seal},
        sized, to_json, to_u32,
    },
};

const TABLE: &str = "effects";

/// An effect that is ours to carry out until the claim runs out.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// What.
    pub effect: Effect,
    /// How often it was claimed, this time included.
    pub attempts: u32,
    /// When it was owed.
    pub created_at: Timestamp,
    /// Since when there is an earlier try whose end is unknown: it may have been sent.
    pub doubt_since: Option<Timestamp>,
}

/// What to claim. A bare number: so many, of any urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// At most so many.
    pub limit: u32,
    /// Only what is not more urgent than this.
    pub from: Urgency,
    /// Only what is at least as urgent as this.
    pub up_to: Urgency,
}

impl From<u32> for Wanted {
    fn from(limit: u32) -> Self {
        Self {
            limit,
            from: Urgency::Alert,
            up_to: Urgency::Talk,
        }
    }
}

/// An effect that was given up.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadEffect {
    /// What.
    pub effect: Effect,
    /// Why, as a code.
    pub code: String,
}

/// How much waits, of one platform and urgency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Depth {
    /// The platform.
    pub platform: PlatformKind,
    /// The urgency's rank.
    pub urgency: i64,
    /// How many wait; those being sent right now are not counted.
    pub queued: i64,
    /// Since when the oldest of them waits.
    pub oldest_at: Option<Timestamp>,
}

/// How many effects one statement inserts, the largest first; each its own prepared statement.
const ROWS_AT_ONCE: [usize; 7] = [40, 8, 5, 4, 3, 2, 1];
static NEW_IDS: LazyLock<[String; ROWS_AT_ONCE.len()]> = LazyLock::new(|| {
    ROWS_AT_ONCE.map(|rows| {
        let row = |n: usize| format!("(${}, $1)", n + 2);
        format!(
            "INSERT INTO owed (id, owed_at) VALUES {} ON CONFLICT (id) DO NOTHING RETURNING id",
            list(rows, row)
        )
    })
});
static INSERT: LazyLock<[String; ROWS_AT_ONCE.len()]> = LazyLock::new(|| {
    ROWS_AT_ONCE.map(|rows| {
        let row = |n: usize| {
            let first = n * 10 + 2;
            let columns = list(10, |column| format!("${}", first + column));
            format!("({columns}, $1, $1, 'queued', '', 0, '')")
        };
        format!(
            "INSERT INTO effects (id, seq, lane, platform, urgency, target, act, edits, alerts, expires_at, created_at, due_at, state, \
             owner, attempts, code) VALUES {}",
            list(rows, row)
        )
    })
});

/// Only what was never tried: a try whose end is unknown may have posted the message that the later edit is to change, and
/// only trying it again tells which message that is.
const SUPERSEDE: &str = "DELETE FROM effects WHERE lane = $1 AND state = 'queued' AND attempts = 0 AND edits = $2 AND seq < $3";
/// The choice is made once, before anything changes (`MATERIALIZED`: Postgres would otherwise make it again for every row).
/// Its condition is repeated outside because another may have changed a row since.
/// `$5` is the busy lanes, each between line ends; a lane is in it if taking it out makes a difference.
const CLAIM: &str = "WITH chosen AS MATERIALIZED (SELECT head.id FROM effects head
        WHERE head.due_at <= $1 AND head.urgency <= $7 AND head.urgency >= $8 AND head.platform = $2
        AND REPLACE($5, '\n' || head.lane || '\n', '') = $5
        AND head.id = (SELECT first.id FROM effects first WHERE first.lane = head.lane
            ORDER BY first.state DESC, first.urgency, first.seq LIMIT 1)
        ORDER BY head.urgency, head.seq LIMIT $6)
    UPDATE effects SET state = 'sending', owner = $3, due_at = $4, attempts = attempts + 1,
    doubt_since = COALESCE(doubt_since, tried_at), tried_at = $1
    WHERE due_at <= $1 AND id IN (SELECT id FROM chosen)
    RETURNING id, seq, urgency, target, act, expires_at, attempts, created_at, doubt_since";
/// What waits right behind a claimed head: never tried, due, and nothing before it that is neither.
/// Edits are not taken: they are about a message that may be on its way.
const CLAIM_BEHIND: &str = "WITH chosen AS MATERIALIZED (SELECT next.id FROM effects next
        WHERE next.lane = $1 AND next.state = 'queued' AND next.urgency <= $2 AND next.attempts = 0 AND next.edits = ''
        AND next.due_at <= $3 AND NOT EXISTS (SELECT 1 FROM effects before
            WHERE before.lane = $1 AND before.state = 'queued'
            AND (before.urgency, before.seq) < (next.urgency, next.seq)
            AND (before.attempts > 0 OR before.edits <> '' OR before.due_at > $3))
        ORDER BY next.urgency, next.seq LIMIT $4)
    UPDATE effects SET state = 'sending', owner = $5, due_at = $6, attempts = attempts + 1,
    doubt_since = COALESCE(doubt_since, tried_at), tried_at = $3
    WHERE state = 'queued' AND id IN (SELECT id FROM chosen)
    RETURNING id, seq, urgency, target, act, expires_at, attempts, created_at, doubt_since";
static FORGET_ALL: LazyLock<[String; ROWS]> = LazyLock::new(|| {
    sized(|rows| {
        format!(
            "DELETE FROM effects WHERE id IN ({})",
            list(rows, |n| format!("${}", n + 1))
        )
    })
});
const UNTRY: &str =
    "UPDATE effects SET state = 'queued', owner = '', due_at = created_at, attempts = attempts - 1,
    tried_at = NULL WHERE state = 'sending' AND id = $1";
const FORGET: &str = "DELETE FROM effects WHERE id = $1";
/// A try that is known to have failed leaves no doubt behind; the claim before it is what `tried_at` tells of.
const RETRY: &str = "UPDATE effects SET state = 'queued', owner = '', due_at = $2, code = $3,
    tried_at = CASE WHEN $4 THEN tried_at ELSE NULL END WHERE id = $1";
const BURY: &str = "INSERT INTO dead (id, seq, lane, urgency, target, act, code, expires_at, died_at)
    SELECT id, seq, lane, urgency, target, act, CAST($2 AS TEXT), expires_at, CAST($3 AS BIGINT) FROM effects WHERE id = $1
    ON CONFLICT (id) DO NOTHING";
const UNTOLD: &str =
    "SELECT id, urgency, target, act, expires_at, code FROM dead ORDER BY seq LIMIT $1";
const TOLD: &str = "DELETE FROM dead WHERE id = $1";
const UNCLAIM: &str = "UPDATE effects SET state = 'queued', owner = '', due_at = created_at
    WHERE state = 'sending' AND owner = $1";
const UNCLAIM_ALL: &str = "UPDATE effects SET state = 'queued', owner = '', due_at = created_at
    WHERE state = 'sending'";
const DEPTH: &str =
    "SELECT platform, urgency, CAST(COUNT(*) AS BIGINT), MIN(created_at) FROM effects
    WHERE state = 'queued' OR due_at <= $1 GROUP BY platform, urgency ORDER BY platform, urgency";
const LEFT: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM effects head
    WHERE head.platform IN ($1, $2, $3, $4) AND (head.state = 'sending' OR (head.state = 'queued' AND head.due_at <= $5
        AND NOT EXISTS (SELECT 1 FROM effects other WHERE other.lane = head.lane
            AND (other.urgency, other.seq) < (head.urgency, head.seq))))";
const NEXT_DUE: &str =
    "SELECT MIN(head.due_at) FROM effects head WHERE head.platform IN ($1, $2, $3, $4)
    AND head.id = (SELECT first.id FROM effects first WHERE first.lane = head.lane
        ORDER BY first.state DESC, first.urgency, first.seq LIMIT 1)";
const DROP_LANES: &str = "DELETE FROM effects WHERE state = 'queued' AND lane IN ($1, $2, $3, $4)";
const DROP_DEAD: &str = "DELETE FROM dead WHERE lane IN ($1, $2, $3, $4)";

/// id, seq, urgency, target, act, expires at, attempts, created at, doubt since.
type ClaimedRow = (String, i64, i64, String, String, i64, i64, i64, Option<i64>);
/// id, urgency, target, act, expires at, code.
type DeadRow = (String, i64, String, String, i64, String);

/// An effect ready to be inserted.
struct New<'a> {
    effect: &'a Effect,
    seq: i64,
    lane: String,
    target: String,
    act: String,
    edits: String,
    alerts: &'a str,
}

impl Tx {
    /// Queues effects in order. An id that was ever queued is passed over. An edit takes the place of queued edits of the same
    /// post in the same lane.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn owe(&mut self, effects: &[Effect], now: Timestamp) -> Result<()> {
        if effects.is_empty() {
            return Ok(());
        }
        let count = i64::try_from(effects.len()).unwrap_or(i64::MAX);
        let mut seq = self.advance("outbox", count).await? - count;
        self.stand_at_outbox().await?;
        let keys = self.keys()?;
        let mut rest = effects;
        for (size, sql) in ROWS_AT_ONCE.into_iter().zip(NEW_IDS.iter()) {
            while let Some((some, others)) = rest.split_at_checked(size) {
                let mut ids: BTreeSet<String> = self.note_owed(sql, some, now).await?;
                let mut rows = Vec::with_capacity(some.len());
                for effect in some {
                    if ids.remove(effect.id.as_str()) {
                        rows.push(new(&keys, effect, seq)?);
                    }
                    seq += 1;
                }
                self.insert(&rows, now).await?;
                rest = others;
            }
        }
        Ok(())
    }

    /// Notes ids as owed and returns those that were not before.
    async fn note_owed(
        &mut self,
        sql: &'static str,
        effects: &[Effect],
        now: Timestamp,
    ) -> Result<BTreeSet<String>> {
        let ids: Vec<String> = aside!(self, |conn| {
            let mut query = sqlx::query_scalar(sql).bind(now.as_ms());
            for effect in effects {
                query = query.bind(effect.id.as_str());
            }
            query.fetch_all(conn).await?
        });
        Ok(ids.into_iter().collect())
    }

    async fn insert(&mut self, rows: &[New<'_>], now: Timestamp) -> Result<()> {
        let mut rest = rows;
        for (size, sql) in ROWS_AT_ONCE.into_iter().zip(INSERT.iter()) {
            while let Some((some, others)) = rest.split_at_checked(size) {
                aside!(self, |conn| {
                    let mut query = sqlx::query(sql.as_str()).bind(now.as_ms());
                    for row in some {
                        query = query
                            .bind(row.effect.id.as_str())
                            .bind(row.seq)
                            .bind(row.lane.as_str())
                            .bind(row.effect.target.platform().as_str())
                            .bind(row.effect.urgency.rank())
                            .bind(row.target.as_str())
                            .bind(row.act.as_str())
                            .bind(row.edits.as_str())
                            .bind(row.alerts)
                            .bind(row.effect.expires_at.as_ms());
                    }
                    query.execute(conn).await?.rows_affected()
                });
                rest = others;
            }
        }
        for row in rows.iter().filter(|row| !row.edits.is_empty()) {
            aside!(self, |conn| sqlx::query(SUPERSEDE)
                .bind(row.lane.as_str())
                .bind(row.edits.as_str())
                .bind(row.seq)
                .execute(conn)
                .await?
                .rows_affected());
        }
        Ok(())
    }

    /// It is done: only its id is kept.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn settle_done(&mut self, id: &EffectId, _now: Timestamp) -> Result<()> {
        self.settle_all_done(std::slice::from_ref(id)).await
    }

    async fn forget(&mut self, id: &EffectId) -> Result<()> {
        aside!(self, |conn| sqlx::query(FORGET)
            .bind(id.as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// They are done: only their ids are kept.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn settle_all_done(&mut self, ids: &[EffectId]) -> Result<()> {
        if !ids.is_empty() {
            self.lock_outbox().await?;
        }
        for (some, sql) in rows_at_once(ids, &FORGET_ALL) {
            aside!(self, |conn| {
                let mut query = sqlx::query(sql);
                for id in some {
                    query = query.bind(id.as_str());
                }
                query.execute(conn).await?.rows_affected()
            });
        }
        Ok(())
    }

    /// They were claimed, but not begun: as if they never had been.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn settle_untried(&mut self, ids: &[EffectId]) -> Result<()> {
        for id in ids {
            self.lock_outbox().await?;
            aside!(self, |conn| sqlx::query(UNTRY)
                .bind(id.as_str())
                .execute(conn)
                .await?
                .rows_affected());
        }
        Ok(())
    }

    /// It did not work, or nobody knows whether it did (`is_doubtful`); try again from the given moment on.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn settle_retry(
        &mut self,
        id: &EffectId,
        due_at: Timestamp,
        code: &str,
        is_doubtful: bool,
    ) -> Result<()> {
        self.lock_outbox().await?;
        aside!(self, |conn| sqlx::query(RETRY)
            .bind(id.as_str())
            .bind(due_at.as_ms())
            .bind(code)
            .bind(is_doubtful)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// It will not work; [`Tx::untold_dead`] gives it once more, for the moderators.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn settle_dead(&mut self, id: &EffectId, now: Timestamp, code: &str) -> Result<()> {
        self.lock_outbox().await?;
        aside!(self, |conn| sqlx::query(BURY)
            .bind(id.as_str())
            .bind(code)
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        self.forget(id).await
    }

    /// Claims the wanted number of due effects of these platforms, one platform after another, at most one of each lane (its head),
    /// the most urgent first.
    /// Lanes in `busy` and lanes with an effect that is being sent are passed over. The claims run out at `now + lease`; what
    /// was not settled by then can be claimed again.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn claim(
        &mut self,
        platforms: &[PlatformKind],
        busy: &[String],
        owner: &str,
        now: Timestamp,
        lease: Duration,
        wanted: impl Into<Wanted>,
    ) -> Result<Vec<Claimed>> {
        self.lock_outbox().await?;
        let wanted = wanted.into();
        let mut passed_over = String::new();
        for lane in busy {
            passed_over.push('\n');
            passed_over.push_str(lane);
            passed_over.push('\n');
        }
        let mut rows: Vec<ClaimedRow> = Vec::new();
        for platform in platforms {
            let left = i64::from(wanted.limit) - i64::try_from(rows.len()).unwrap_or(i64::MAX);
            if left <= 0 {
                break;
            }
            rows.extend(aside!(self, |conn| sqlx::query_as::<_, ClaimedRow>(CLAIM)
                .bind(now.as_ms())
                .bind(platform.as_str())
                .bind(owner)
                .bind((now + lease).as_ms())
                .bind(passed_over.as_str())
                .bind(left)
                .bind(wanted.up_to.rank())
                .bind(wanted.from.rank())
                .fetch_all(conn)
                .await?));
        }
        self.claimed(rows).await
    }

    /// Claims alerts and their ends that wait right behind the head of a lane that was claimed in this transaction, in order,
    /// to be carried out after it. Only what was never tried, and nothing past an edit.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn claim_behind(
        &mut self,
        lane: &str,
        owner: &str,
        now: Timestamp,
        lease: Duration,
        limit: u32,
    ) -> Result<Vec<Claimed>> {
        self.lock_outbox().await?;
        let rows: Vec<ClaimedRow> = aside!(self, |conn| sqlx::query_as(CLAIM_BEHIND)
            .bind(lane)
            .bind(Urgency::AllClear.rank())
            .bind(now.as_ms())
            .bind(i64::from(limit))
            .bind(owner)
            .bind((now + lease).as_ms())
            .fetch_all(conn)
            .await?);
        self.claimed(rows).await
    }

    /// Claimed rows as effects, in their order.
    async fn claimed(&mut self, mut rows: Vec<ClaimedRow>) -> Result<Vec<Claimed>> {
        rows.sort_unstable_by_key(|row| (row.2, row.1));
        let keys = self.keys()?;
        let mut claimed = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, _, urgency, target, act, expires_at, attempts, created_at, doubt_since) = row;
            let id = EffectId::new(id);
            match effect(&keys, &id, urgency, &target, &act, expires_at) {
                Ok(effect) => claimed.push(Claimed {
                    effect,
                    attempts: to_u32(attempts),
                    created_at: Timestamp::from_ms(created_at),
                    doubt_since: doubt_since.map(Timestamp::from_ms),
                }),
                Err(_) => {
                    // What another version wrote must not hold up its lane for ever.
                    tracing::error!(effect = %id, "an effect cannot be read by this version and is given up");
                    self.forget(&id).await?;
                }
            }
        }
        Ok(claimed)
    }

    /// How much waits, by platform and urgency.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn outbox_depth(&mut self, now: Timestamp) -> Result<Vec<Depth>> {
        let rows: Vec<(String, i64, i64, Option<i64>)> = aside!(self, |conn| sqlx::query_as(DEPTH)
            .bind(now.as_ms())
            .fetch_all(conn)
            .await?);
        rows.into_iter()
            .map(|(platform, urgency, queued, oldest_at)| {
                Ok(Depth {
                    platform: PlatformKind::from_name(&platform)
                        .ok_or(StoreError::Unreadable { table: TABLE })?,
                    urgency,
                    queued,
                    oldest_at: oldest_at.map(Timestamp::from_ms),
                })
            })
            .collect()
    }

    /// Whether nothing of these platforms is due or being sent.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn is_settled(&mut self, platforms: &[PlatformKind], now: Timestamp) -> Result<bool> {
        let names = names(platforms);
        let left: i64 = aside!(self, |conn| sqlx::query_scalar(LEFT)
            .bind(names[0])
            .bind(names[1])
            .bind(names[2])
            .bind(names[3])
            .bind(now.as_ms())
            .fetch_one(conn)
            .await?);
        Ok(left == 0)
    }

    /// When there will next be something to claim for these platforms, if nothing is settled or owed before: the earliest
    /// moment at which a lane's head is due or a claim runs out.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn next_due(&mut self, platforms: &[PlatformKind]) -> Result<Option<Timestamp>> {
        let names = names(platforms);
        let due_at: Option<i64> = aside!(self, |conn| sqlx::query_scalar(NEXT_DUE)
            .bind(names[0])
            .bind(names[1])
            .bind(names[2])
            .bind(names[3])
            .fetch_one(conn)
            .await?);
        Ok(due_at.map(Timestamp::from_ms))
    }

    /// Dead effects of which moderators were not told, oldest first. They are told now: what they held is forgotten.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn untold_dead(&mut self, limit: u32) -> Result<Vec<DeadEffect>> {
        self.lock_outbox().await?;
        let rows: Vec<DeadRow> = aside!(self, |conn| sqlx::query_as(UNTOLD)
            .bind(i64::from(limit))
            .fetch_all(conn)
            .await?);
        let keys = self.keys()?;
        let mut dead = Vec::with_capacity(rows.len());
        for (id, urgency, target, act, expires_at, code) in rows {
            let id = EffectId::new(id);
            aside!(self, |conn| sqlx::query(TOLD)
                .bind(id.as_str())
                .execute(conn)
                .await?
                .rows_affected());
            match effect(&keys, &id, urgency, &target, &act, expires_at) {
                Ok(effect) => dead.push(DeadEffect { effect, code }),
                Err(_) => {
                    tracing::error!(effect = %id, "a dead effect cannot be read by this version");
                }
            }
        }
        Ok(dead)
    }

    /// Gives back the claims of all processes.
    ///
    /// # Errors
    /// If the database refuses.
    pub(super) async fn unclaim_all(&mut self) -> Result<()> {
        self.lock_outbox().await?;
        aside!(self, |conn| sqlx::query(UNCLAIM_ALL)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Gives back the claims of a process at its end.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn unclaim(&mut self, owner: &str) -> Result<()> {
        self.lock_outbox().await?;
        aside!(self, |conn| sqlx::query(UNCLAIM)
            .bind(owner)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Drops what waits in these lanes, and what lies dead in them.
    pub(super) async fn drop_lanes(&mut self, lanes: &[String; 4]) -> Result<()> {
        self.lock_outbox().await?;
        for sql in [DROP_LANES, DROP_DEAD] {
            aside!(self, |conn| sqlx::query(sql)
                .bind(lanes[0].as_str())
                .bind(lanes[1].as_str())
                .bind(lanes[2].as_str())
                .bind(lanes[3].as_str())
                .execute(conn)
                .await?
                .rows_affected());
        }
        Ok(())
    }

    /// Stands alone at the outbox until the end of the transaction. Two claimers at once could otherwise each take an effect
    /// of the same lane: a second, more urgent one may be owed between their looks.
    ///
    /// # Errors
    /// If another held it for too long, or the database cannot be reached.
    pub async fn lock_outbox(&mut self) -> Result<()> {
        if matches!(self.on, On::Postgres(_)) && !self.holds_outbox {
            self.advance("outbox", 0).await?;
            self.stand_at_outbox().await?;
        }
        Ok(())
    }

    /// The outbox is ours. On Postgres others may have had it until now and settled what changes people: what is known of them
    /// may not be true any more.
    async fn stand_at_outbox(&mut self) -> Result<()> {
        if matches!(self.on, On::Postgres(_)) && !self.holds_outbox {
            self.catch_up().await?;
            self.known.forget();
        }
        self.holds_outbox = true;
        Ok(())
    }
}

/// The names of platforms, filled up to as many as there are.
fn names(platforms: &[PlatformKind]) -> [&'static str; PlatformKind::ALL.len()] {
    let mut names = [""; PlatformKind::ALL.len()];
    for (name, platform) in names.iter_mut().zip(platforms) {
        *name = platform.as_str();
    }
    names
}

fn new<'a>(keys: &AreaKeys, effect: &'a Effect, seq: i64) -> Result<New<'a>> {
    let (bound, act) = (
        bound("act", effect.id.as_str()),
        to_json(TABLE, &effect.act)?,
    );
    Ok(New {
        effect,
        seq,
        lane: effect.target.lane(),
        target: to_json(TABLE, &effect.target)?,
        act: seal(keys, &[], &bound, &act)?,
        edits: match &effect.act {
            Act::Edit { post, .. } | Act::Relay(Passing::Edited { post, .. }) => name(post),
            _ => String::new(),
        },
        alerts: alerts(effect),
    })
}

/// The incident of which an effect is the alert; empty for all else.
fn alerts(effect: &Effect) -> &str {
    match (&effect.act, effect.urgency) {
        (
            Act::Say {
                post: Some(post), ..
            },
            Urgency::Alert,
        ) if post.kind == PostKind::Alert => post.about.as_str(),
        _ => "",
    }
}

/// A post's name in one column.
fn name(post: &Post) -> String {
    format!("{}:{}", post.kind.as_str(), post.about)
}

fn effect(
    keys: &AreaKeys,
    id: &EffectId,
    urgency: i64,
    target: &str,
    act: &str,
    expires_at: i64,
) -> Result<Effect> {
    let act = keys.open(&bound("act", id.as_str()), act);
    let act = act.ok_or(StoreError::Unreadable { table: TABLE })?;
    Ok(Effect {
        id: id.clone(),
        target: from_json::<Target>(TABLE, target)?,
        act: from_json::<Act>(TABLE, &act)?,
        urgency: urgency_of(urgency).ok_or(StoreError::Unreadable { table: TABLE })?,
        expires_at: Timestamp::from_ms(expires_at),
    })
}

fn urgency_of(rank: i64) -> Option<Urgency> {
    Urgency::ALL
        .into_iter()
        .find(|urgency| urgency.rank() == rank)
}
