//! Text messages that a provider took: how far they got, what they cost, what is still to be forgotten there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        effect::{Act, Effect, Target, Urgency},
        envelope::PlatformKind,
        ids::{EffectId, IncidentId, MessageId},
        sending::{Progress, Stage},
        timestamp::Timestamp,
    },
    store::{
        Result, StoreError, Tx, from_json,
        seals::{bound, seal},
        to_json, to_u32,
    },
};

const TABLE: &str = "texts";

/// A message that a provider took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRow {
    /// The network.
    pub platform: PlatformKind,
    /// The provider's number for it.
    pub message: MessageId,
    /// For which effect it was sent.
    pub effect: EffectId,
    /// To which lane.
    pub lane: String,
    /// How far it got.
    pub stage: Stage,
    /// What it cost, in segments.
    pub segments: u32,
}

/// What it takes to send an alert once more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Again {
    target: Target,
    act: Act,
    is_alert: bool,
}

/// What became of a piece of news.
#[derive(Debug, Clone, PartialEq)]
pub struct Noted {
    /// Whether the message came to its end with it.
    pub is_end: bool,
    /// What is to be sent once more, if the end is no arrival and the words are still worth it.
    pub again: Option<Effect>,
}

const SAVE: &str = "INSERT INTO texts (platform, message, effect, lane, stage, code, segments, sent_at, again, again_until)
    VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9)
    ON CONFLICT (platform, message) DO UPDATE SET segments = excluded.segments, lane = excluded.lane,
    again = excluded.again, again_until = excluded.again_until RETURNING stage";
const OF_MESSAGE: &str =
    "SELECT platform, message, effect, lane, stage, segments, again, again_until FROM texts
    WHERE platform = $1 AND message = $2";
const OF_EFFECT: &str =
    "SELECT platform, message, effect, lane, stage, segments, again, again_until FROM texts
    WHERE effect = $1 ORDER BY sent_at LIMIT 1";
const OF_LANE: &str = "SELECT message FROM texts WHERE lane = $1 AND sent_at >= $2";
const ADVANCE: &str =
    "UPDATE texts SET stage = $3, code = $4, again = CASE WHEN $5 THEN '' ELSE again END
    WHERE platform = $1 AND message = $2";
const LANE_OF_EFFECT: &str = "SELECT lane FROM effects WHERE id = $1";
const UNFINISHED: &str = "SELECT platform, message FROM texts WHERE sent_at <= $1
    AND stage IN ('accepted', 'queued', 'sending', 'sent') ORDER BY sent_at LIMIT 1000";
const FORGET_AGAIN: &str = "UPDATE texts SET again = '' WHERE again <> '' AND again_until <= $1";
const SPEND: &str = "INSERT INTO spending (day, platform, segments) VALUES ($1, $2, $3)
    ON CONFLICT (day, platform) DO UPDATE SET segments = spending.segments + excluded.segments
    RETURNING segments";
const SPENT: &str =
    "SELECT CAST(COALESCE(SUM(segments), 0) AS BIGINT) FROM spending WHERE day = $1";
const UNSENT_ALERTS: &str =
    "DELETE FROM effects WHERE alerts = $1 AND platform = $2 AND state = 'queued' AND tried_at IS NULL
    AND doubt_since IS NULL RETURNING lane";
const EXPIRE_ALERTS: &str =
    "DELETE FROM effects WHERE alerts <> '' AND platform = $1 AND state = 'queued' AND tried_at IS NULL
    AND doubt_since IS NULL AND expires_at <= $2 RETURNING alerts, lane";
const UNHEAR: &str = "DELETE FROM heard WHERE incident = $1 AND lane = $2";
const BY_STAGE: &str =
    "SELECT stage, CAST(COUNT(*) AS BIGINT) FROM texts WHERE sent_at > $1 GROUP BY stage";

/// platform, message, effect, lane, stage, segments, again, again until.
type Columns = (String, String, String, String, String, i64, String, i64);

impl Tx {
    /// Notes that a provider took a message for an effect, and in which lane, if that may be kept. What news told of it before
    /// stays; true if that was its end.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn save_text(
        &mut self,
        effect: &Effect,
        lane: &str,
        message: &MessageId,
        segments: u32,
        now: Timestamp,
    ) -> Result<bool> {
        let is_worth_it = effect.urgency <= Urgency::AllClear;
        let again = if is_worth_it {
            let again = Again {
                target: effect.target.clone(),
                act: effect.act.clone(),
                is_alert: effect.urgency == Urgency::Alert,
            };
            let bound = bound("again", effect.id.as_str());
            seal(&*self.keys()?, &[], &bound, &to_json(TABLE, &again)?)?
        } else {
            String::new()
        };
        let stage: String = aside!(self, |conn| sqlx::query_scalar(SAVE)
            .bind(effect.target.platform().as_str())
            .bind(message.as_str())
            .bind(effect.id.as_str())
            .bind(lane)
            .bind(Stage::Accepted.as_str())
            .bind(i64::from(segments))
            .bind(now.as_ms())
            .bind(again)
            .bind(effect.expires_at.as_ms())
            .fetch_one(conn)
            .await?);
        Ok(stage_of(&stage)?.is_end())
    }

    /// The message that was sent for an effect, as far as that is known.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn text_for(&mut self, effect: &EffectId) -> Result<Option<SentRow>> {
        let row: Option<Columns> = aside!(self, |conn| sqlx::query_as(OF_EFFECT)
            .bind(effect.as_str())
            .fetch_optional(conn)
            .await?);
        Ok(row.map(text).transpose()?.map(|(row, ..)| row))
    }

    /// The messages to a lane since then.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn texts_in(&mut self, lane: &str, since: Timestamp) -> Result<Vec<MessageId>> {
        let rows: Vec<String> = aside!(self, |conn| sqlx::query_scalar(OF_LANE)
            .bind(lane)
            .bind(since.as_ms())
            .fetch_all(conn)
            .await?);
        Ok(rows.into_iter().map(MessageId::new).collect())
    }

    /// Notes news about a message. News that is older than what is known, or about nothing of ours, changes nothing: `None`.
    /// A message that was not known is, from now on, if the news names an effect that waits for its end.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn note_progress(
        &mut self,
        platform: PlatformKind,
        news: &Progress,
        now: Timestamp,
    ) -> Result<Option<Noted>> {
        let row: Option<Columns> = aside!(self, |conn| sqlx::query_as(OF_MESSAGE)
            .bind(platform.as_str())
            .bind(news.message.as_str())
            .fetch_optional(conn)
            .await?);
        let (again, again_until) = match row {
            Some(row) => {
                let (known, again, until) = text(row)?;
                if !news.stage.follows(known.stage) {
                    return Ok(None);
                }
                // What does not open any more is not sent once more.
                let again = self
                    .keys()?
                    .open(&bound("again", known.effect.as_str()), &again);
                (again.unwrap_or_default(), until)
            }
            None => {
                if !self.adopt(platform, news, now).await? {
                    return Ok(None);
                }
                (String::new(), now)
            }
        };
        aside!(self, |conn| sqlx::query(ADVANCE)
            .bind(platform.as_str())
            .bind(news.message.as_str())
            .bind(news.stage.as_str())
            .bind(i64::from(news.code))
            .bind(news.stage.is_end())
            .execute(conn)
            .await?
            .rows_affected());
        let is_lost = news.stage.is_lost() && again_until > now && !again.is_empty();
        let again = match (is_lost, &news.effect) {
            (true, Some(effect)) => Some(effect_again(&again, effect, again_until)?),
            _ => None,
        };
        Ok(Some(Noted {
            is_end: news.stage.is_end(),
            again,
        }))
    }

    /// Takes a message that is only known from news for one of ours, if its effect is still to be done.
    async fn adopt(
        &mut self,
        platform: PlatformKind,
        news: &Progress,
        now: Timestamp,
    ) -> Result<bool> {
        let Some(effect) = &news.effect else {
            return Ok(false);
        };
        let lane: Option<String> = aside!(self, |conn| sqlx::query_scalar(LANE_OF_EFFECT)
            .bind(effect.as_str())
            .fetch_optional(conn)
            .await?);
        let Some(lane) = lane else { return Ok(false) };
        aside!(self, |conn| sqlx::query(SAVE)
            .bind(platform.as_str())
            .bind(news.message.as_str())
            .bind(effect.as_str())
            .bind(lane)
            .bind(Stage::Accepted.as_str())
            .bind(0_i64)
            .bind(now.as_ms())
            .bind("")
            .bind(now.as_ms())
            .fetch_one(conn)
            .await
            .map(|_row| ())?);
        Ok(true)
    }

    /// Messages sent before a moment of whose end nothing was heard, at most a thousand.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn unfinished_texts(
        &mut self,
        before: Timestamp,
    ) -> Result<Vec<(PlatformKind, MessageId)>> {
        let rows: Vec<(String, String)> = aside!(self, |conn| sqlx::query_as(UNFINISHED)
            .bind(before.as_ms())
            .fetch_all(conn)
            .await?);
        rows.into_iter()
            .map(|(platform, message)| Ok((platform_of(&platform)?, MessageId::new(message))))
            .collect()
    }

    /// They are taken for ended; nothing more is waited for.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn end_text(&mut self, platform: PlatformKind, message: &MessageId) -> Result<()> {
        aside!(self, |conn| sqlx::query(ADVANCE)
            .bind(platform.as_str())
            .bind(message.as_str())
            .bind(Stage::Canceled.as_str())
            .bind(0_i64)
            .bind(true)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Forgets what it would take to send alerts once more that are worth nothing any more.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn forget_again(&mut self, now: Timestamp) -> Result<()> {
        aside!(self, |conn| sqlx::query(FORGET_AGAIN)
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Counts segments to a day of the city; returns the day's sum on that network.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn spend(&mut self, day: i64, platform: PlatformKind, segments: u32) -> Result<u32> {
        let sum: i64 = aside!(self, |conn| sqlx::query_scalar(SPEND)
            .bind(day)
            .bind(platform.as_str())
            .bind(i64::from(segments))
            .fetch_one(conn)
            .await?);
        Ok(to_u32(sum))
    }

    /// Segments spent on a day of the city.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn spent(&mut self, day: i64) -> Result<u32> {
        let sum: i64 = aside!(self, |conn| sqlx::query_scalar(SPENT)
            .bind(day)
            .fetch_one(conn)
            .await?);
        Ok(to_u32(sum))
    }

    /// Calls off the alerts of an incident that surely were not sent on that network: who has not heard the alarm need not hear its
    /// end. Returns how many.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn call_off_alerts(
        &mut self,
        incident: &IncidentId,
        platform: PlatformKind,
    ) -> Result<usize> {
        self.lock_outbox().await?;
        let lanes: Vec<String> = aside!(self, |conn| sqlx::query_scalar(UNSENT_ALERTS)
            .bind(incident.as_str())
            .bind(platform.as_str())
            .fetch_all(conn)
            .await?);
        for lane in &lanes {
            self.note_unheard(incident, lane).await?;
        }
        Ok(lanes.len())
    }

    /// Takes alerts that surely were not sent in their time out of a network's queues. Returns how many, by incident.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn expire_alerts(
        &mut self,
        platform: PlatformKind,
        now: Timestamp,
    ) -> Result<BTreeMap<IncidentId, u32>> {
        self.lock_outbox().await?;
        let gone: Vec<(String, String)> = aside!(self, |conn| sqlx::query_as(EXPIRE_ALERTS)
            .bind(platform.as_str())
            .bind(now.as_ms())
            .fetch_all(conn)
            .await?);
        let mut count = BTreeMap::new();
        for (incident, lane) in gone {
            let incident = IncidentId::new(incident);
            self.note_unheard(&incident, &lane).await?;
            *count.entry(incident).or_default() += 1;
        }
        Ok(count)
    }

    /// A lane did not hear the alert of an incident after all.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn note_unheard(&mut self, incident: &IncidentId, lane: &str) -> Result<()> {
        aside!(self, |conn| sqlx::query(UNHEAR)
            .bind(incident.as_str())
            .bind(lane)
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// How many messages sent since then are at which stage.
    ///
    /// # Errors
    /// If the database refuses or a row cannot be read.
    pub async fn texts_by_stage(&mut self, since: Timestamp) -> Result<Vec<(Stage, u32)>> {
        let rows: Vec<(String, i64)> = aside!(self, |conn| sqlx::query_as(BY_STAGE)
            .bind(since.as_ms())
            .fetch_all(conn)
            .await?);
        rows.into_iter()
            .map(|(stage, count)| Ok((stage_of(&stage)?, to_u32(count))))
            .collect()
    }
}

fn text(row: Columns) -> Result<(SentRow, String, Timestamp)> {
    let (platform, message, effect, lane, stage, segments, again, again_until) = row;
    let row = SentRow {
        platform: platform_of(&platform)?,
        message: MessageId::new(message),
        effect: EffectId::new(effect),
        lane,
        stage: stage_of(&stage)?,
        segments: to_u32(segments),
    };
    Ok((row, again, Timestamp::from_ms(again_until)))
}

fn platform_of(name: &str) -> Result<PlatformKind> {
    PlatformKind::from_name(name).ok_or(StoreError::Unreadable { table: TABLE })
}

fn stage_of(name: &str) -> Result<Stage> {
    Stage::from_name(name).ok_or(StoreError::Unreadable { table: TABLE })
}

fn effect_again(again: &str, effect: &EffectId, until: Timestamp) -> Result<Effect> {
    let again: Again = from_json(TABLE, again)?;
    Ok(Effect {
        id: effect.clone(),
        target: again.target,
        act: again.act,
        urgency: if again.is_alert {
            Urgency::Alert
        } else {
            Urgency::AllClear
        },
        expires_at: until,
    })
}
