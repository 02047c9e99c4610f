//! The outbox: what is owed to the outside, who is carrying it out, and what became of it.
//!
//! An effect is `queued`, `sending` (claimed; `due_at` is when the claim runs out), `done` or `dead`. A lane's effects go one
//! after another: its head is the one with the smallest urgency and number, and while one is being sent, or the head is not yet
//! due, the lane waits.

use std::{fmt::Write as _, sync::LazyLock, time::Duration};

use crate::{
    domain::{
        effect::{Act, Effect, Post, Target, Urgency},
        envelope::PlatformKind,
        ids::EffectId,
        timestamp::Timestamp,
    },
    store::{On, Result, StoreError, Tx, from_json, to_json, to_u32},
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

/// How many effects one statement inserts.
const ROWS_AT_ONCE: usize = 40;
static INSERT_ONE: LazyLock<String> = LazyLock::new(|| insert(1));
static INSERT_MANY: LazyLock<String> = LazyLock::new(|| insert(ROWS_AT_ONCE));

fn insert(rows: usize) -> String {
    let mut sql = String::from(
        "INSERT INTO effects (id, seq, lane, platform, urgency, target, act, edits, created_at, due_at, expires_at, state, \
         owner, attempts, code, told) VALUES ",
    );
    for row in 0..rows {
        let comma = if row == 0 { "" } else { ", " };
        let n = |column: usize| row * 10 + column;
        write!(
            sql,
            "{comma}(${}, ${}, ${}, ${}, ${}, ${}, ${}, ${}, ${}, ${}, ${}, 'queued', '', 0, '', FALSE)",
            n(1), n(2), n(3), n(4), n(5), n(6), n(7), n(8), n(9), n(9), n(10)
        )
        .unwrap_or_default();
    }
    sql.push_str(" ON CONFLICT (id) DO NOTHING");
    sql
}

/// Queued edits of what a newer edit will change anyway. Only an edit that was really inserted (its number is new) does that.
const SUPERSEDE: &str = "UPDATE effects SET state = 'done', settled_at = $1, code = 'superseded', lane = '', target = '', act = '', edits = ''
    WHERE settled_at IS NULL AND edits <> '' AND state = 'queued' AND EXISTS (SELECT 1 FROM effects newer
        WHERE newer.settled_at IS NULL AND newer.edits <> '' AND newer.lane = effects.lane AND newer.edits = effects.edits
        AND newer.seq > effects.seq AND newer.seq >= $2)";
/// The conditions are repeated outside because on Postgres another may have changed a row since it was chosen.
/// `$8` is the busy lanes, each between line ends; a lane is in it if taking it out makes a difference.
const CLAIM: &str = "UPDATE effects SET state = 'sending', owner = $6, due_at = $7, attempts = attempts + 1
    WHERE settled_at IS NULL AND due_at <= $1 AND id IN (SELECT head.id FROM effects head
        WHERE head.settled_at IS NULL AND head.due_at <= $1 AND head.platform IN ($2, $3, $4, $5)
        AND REPLACE($8, '\n' || head.lane || '\n', '') = $8
        AND NOT EXISTS (SELECT 1 FROM effects other WHERE other.settled_at IS NULL AND other.lane = head.lane
            AND other.state = 'sending' AND other.due_at > $1)
        AND NOT EXISTS (SELECT 1 FROM effects other WHERE other.settled_at IS NULL AND other.lane = head.lane
            AND (other.urgency, other.seq) < (head.urgency, head.seq))
        ORDER BY head.urgency, head.seq LIMIT $9)
    RETURNING id, seq, urgency, target, act, expires_at, attempts, created_at";
const DONE: &str = "UPDATE effects SET state = 'done', settled_at = $2, owner = '', lane = '', target = '', act = '', edits = ''
    WHERE id = $1 AND settled_at IS NULL";
const RETRY: &str = "UPDATE effects SET state = 'queued', owner = '', due_at = $2, code = $3
    WHERE id = $1 AND settled_at IS NULL";
const DEAD: &str =
    "UPDATE effects SET state = 'dead', settled_at = $2, owner = '', edits = '', code = $3
    WHERE id = $1 AND settled_at IS NULL";
const UNREADABLE: &str = "UPDATE effects SET state = 'dead', settled_at = $2, owner = '', code = 'unreadable', told = TRUE,
    lane = '', target = '', act = '', edits = '' WHERE id = $1";
const UNTOLD: &str = "SELECT id, urgency, target, act, expires_at, code FROM effects
    WHERE state = 'dead' AND told = FALSE ORDER BY seq LIMIT $1";
const TOLD: &str = "UPDATE effects SET told = TRUE, lane = '', target = '', act = '' WHERE id = $1";
const UNCLAIM: &str = "UPDATE effects SET state = 'queued', owner = '', due_at = created_at
    WHERE settled_at IS NULL AND state = 'sending' AND owner = $1";
const DEPTH: &str = "SELECT platform, urgency, CAST(COUNT(*) AS BIGINT), MIN(created_at) FROM effects
    WHERE settled_at IS NULL AND (state = 'queued' OR due_at <= $1) GROUP BY platform, urgency ORDER BY platform, urgency";
const NEXT_DUE: &str = "SELECT MIN(head.due_at) FROM effects head
    WHERE head.settled_at IS NULL AND head.platform IN ($1, $2, $3, $4)
    AND (head.state = 'sending' OR NOT EXISTS (SELECT 1 FROM effects other
        WHERE other.settled_at IS NULL AND other.lane = head.lane
        AND (other.state = 'sending' OR (other.urgency, other.seq) < (head.urgency, head.seq))))";
const LEFT: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM effects head
    WHERE head.settled_at IS NULL AND head.platform IN ($1, $2, $3, $4)
    AND (head.state = 'sending' OR (head.due_at <= $5 AND NOT EXISTS (SELECT 1 FROM effects other
        WHERE other.settled_at IS NULL AND other.lane = head.lane AND (other.urgency, other.seq) < (head.urgency, head.seq))))";
const DROP_LANES: &str = "UPDATE effects SET state = 'done', settled_at = created_at, code = 'stopped', lane = '', target = '', act = '', edits = ''
    WHERE lane IN ($1, $2, $3, $4) AND ((settled_at IS NULL AND state = 'queued') OR (state = 'dead' AND told = FALSE))";

/// id, seq, urgency, target, act, expires at, attempts, created at.
type ClaimedRow = (String, i64, i64, String, String, i64, i64, i64);
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
        let first = self.advance("outbox", count).await? - count;
        self.holds_outbox = true;
        let mut edits = false;
        for (chunk, at) in effects
            .chunks(ROWS_AT_ONCE)
            .zip((0_i64..).step_by(ROWS_AT_ONCE))
        {
            let rows: Vec<New<'_>> = chunk
                .iter()
                .zip(first + at..)
                .map(|(effect, seq)| new(effect, seq))
                .collect::<Result<_>>()?;
            edits |= rows.iter().any(|row| !row.edits.is_empty());
            if rows.len() == ROWS_AT_ONCE {
                self.insert(INSERT_MANY.as_str(), &rows, now).await?;
            } else {
                for row in rows {
                    self.insert(INSERT_ONE.as_str(), &[row], now).await?;
                }
            }
        }
        if edits {
            on!(self, |conn| sqlx::query(SUPERSEDE)
                .bind(now.as_ms())
                .bind(first)
                .execute(conn)
                .await?
                .rows_affected());
        }
        Ok(())
    }

    async fn insert(&mut self, sql: &'static str, rows: &[New<'_>], now: Timestamp) -> Result<()> {
        on!(self, |conn| {
            let mut query = sqlx::query(sql);
            for row in rows {
                query = query
                    .bind(row.effect.id.as_str())
                    .bind(row.seq)
                    .bind(row.lane.as_str())
                    .bind(row.effect.target.platform().as_str())
                    .bind(row.effect.urgency.rank())
                    .bind(row.target.as_str())
                    .bind(row.act.as_str())
                    .bind(row.edits.as_str())
                    .bind(now.as_ms())
                    .bind(row.effect.expires_at.as_ms());
            }
            query.execute(conn).await?.rows_affected()
        });
        Ok(())
    }

    /// It is done: only its id is kept.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn settle_done(&mut self, id: &EffectId, now: Timestamp) -> Result<()> {
        self.lock_outbox().await?;
        on!(self, |conn| sqlx::query(DONE)
            .bind(id.as_str())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// It did not work; try again from the given moment on.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn settle_retry(
        &mut self,
        id: &EffectId,
        due_at: Timestamp,
        code: &str,
    ) -> Result<()> {
        self.lock_outbox().await?;
        on!(self, |conn| sqlx::query(RETRY)
            .bind(id.as_str())
            .bind(due_at.as_ms())
            .bind(code)
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
        on!(self, |conn| sqlx::query(DEAD)
            .bind(id.as_str())
            .bind(now.as_ms())
            .bind(code)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Claims up to `limit` due effects of these platforms, at most one of each lane (its head), the most urgent first. Lanes
    /// in `busy` and lanes with an effect that is being sent are passed over. The claims run out at `now + lease`; what was
    /// not settled by then can be claimed again.
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
        limit: u32,
    ) -> Result<Vec<Claimed>> {
        self.lock_outbox().await?;
        let names = names(platforms);
        let mut passed_over = String::new();
        for lane in busy {
            passed_over.push('\n');
            passed_over.push_str(lane);
            passed_over.push('\n');
        }
        let mut rows: Vec<ClaimedRow> = on!(self, |conn| sqlx::query_as(CLAIM)
            .bind(now.as_ms())
            .bind(names[0])
            .bind(names[1])
            .bind(names[2])
            .bind(names[3])
            .bind(owner)
            .bind((now + lease).as_ms())
            .bind(passed_over.as_str())
            .bind(i64::from(limit))
            .fetch_all(conn)
            .await?);
        rows.sort_unstable_by_key(|row| (row.2, row.1));
        let mut claimed = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, _, urgency, target, act, expires_at, attempts, created_at) = row;
            let id = EffectId::new(id);
            match effect(&id, urgency, &target, &act, expires_at) {
                Ok(effect) => claimed.push(Claimed {
                    effect,
                    attempts: to_u32(attempts),
                    created_at: Timestamp::from_ms(created_at),
                }),
                Err(_) => self.bury_unreadable(&id, now).await?,
            }
        }
        Ok(claimed)
    }

    /// An effect that an older or newer version wrote must not hold up its lane for ever.
    async fn bury_unreadable(&mut self, id: &EffectId, now: Timestamp) -> Result<()> {
        tracing::error!(effect = %id, "an effect cannot be read by this version and is given up");
        on!(self, |conn| sqlx::query(UNREADABLE)
            .bind(id.as_str())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// How much waits, by platform and urgency.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn outbox_depth(&mut self, now: Timestamp) -> Result<Vec<Depth>> {
        let rows: Vec<(String, i64, i64, Option<i64>)> = on!(self, |conn| sqlx::query_as(DEPTH)
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
        let left: i64 = on!(self, |conn| sqlx::query_scalar(LEFT)
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
        let due_at: Option<i64> = on!(self, |conn| sqlx::query_scalar(NEXT_DUE)
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
        let rows: Vec<DeadRow> = on!(self, |conn| sqlx::query_as(UNTOLD)
            .bind(i64::from(limit))
            .fetch_all(conn)
            .await?);
        let mut dead = Vec::with_capacity(rows.len());
        for (id, urgency, target, act, expires_at, code) in rows {
            let id = EffectId::new(id);
            on!(self, |conn| sqlx::query(TOLD)
                .bind(id.as_str())
                .execute(conn)
                .await?
                .rows_affected());
            match effect(&id, urgency, &target, &act, expires_at) {
                Ok(effect) => dead.push(DeadEffect { effect, code }),
                Err(_) => {
                    tracing::error!(effect = %id, "a dead effect cannot be read by this version");
                }
            }
        }
        Ok(dead)
    }

    /// Gives back the claims of a process: at its start and its end.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn unclaim(&mut self, owner: &str) -> Result<()> {
        self.lock_outbox().await?;
        on!(self, |conn| sqlx::query(UNCLAIM)
            .bind(owner)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Drops what waits in these lanes, and what lies dead in them.
    pub(super) async fn drop_lanes(&mut self, lanes: &[String; 4]) -> Result<()> {
        self.lock_outbox().await?;
        on!(self, |conn| sqlx::query(DROP_LANES)
            .bind(lanes[0].as_str())
            .bind(lanes[1].as_str())
            .bind(lanes[2].as_str())
            .bind(lanes[3].as_str())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Stands alone at the outbox until the end of the transaction. Two claimers at once could otherwise each take an effect
    /// of the same lane: a second, more urgent one may be owed between their looks.
    pub(super) async fn lock_outbox(&mut self) -> Result<()> {
        if matches!(self.on, On::Postgres(_)) && !self.holds_outbox {
            self.advance("outbox", 0).await?;
            self.holds_outbox = true;
        }
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

fn new(effect: &Effect, seq: i64) -> Result<New<'_>> {
    Ok(New {
        effect,
        seq,
        lane: effect.target.lane(),
        target: to_json(TABLE, &effect.target)?,
        act: to_json(TABLE, &effect.act)?,
        edits: match &effect.act {
            Act::Edit { post, .. } => name(post),
            _ => String::new(),
        },
    })
}

/// A post's name in one column.
fn name(post: &Post) -> String {
    format!("{}:{}", post.kind.as_str(), post.incident)
}

fn effect(id: &EffectId, urgency: i64, target: &str, act: &str, expires_at: i64) -> Result<Effect> {
    Ok(Effect {
        id: id.clone(),
        target: from_json::<Target>(TABLE, target)?,
        act: from_json::<Act>(TABLE, act)?,
        urgency: urgency_of(urgency).ok_or(StoreError::Unreadable { table: TABLE })?,
        expires_at: Timestamp::from_ms(expires_at),
    })
}

fn urgency_of(rank: i64) -> Option<Urgency> {
    [
        Urgency::Alert,
        Urgency::AllClear,
        Urgency::Card,
        Urgency::Answer,
        Urgency::Mark,
    ]
    .into_iter()
    .find(|urgency| urgency.rank() == rank)
}
