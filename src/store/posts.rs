//! What the bot said, by message number: to edit it, answer it, take it back, and know what a reaction is on. Never its words.

use crate::{
    domain::{
        effect::{Post, PostKind},
        ids::{IncidentId, MessageId},
        timestamp::Timestamp,
    },
    store::{Result, Tx, from_word},
};

const SAVE: &str = "INSERT INTO posts (lane, message, incident, kind, said_at, nth)
    SELECT $1, $2, $3, $4, $5, COALESCE(MAX(nth) + 1, 0) FROM posts WHERE lane = $1 AND incident = $3 AND kind = $4
    ON CONFLICT (lane, message) DO UPDATE SET incident = excluded.incident, kind = excluded.kind,
    said_at = excluded.said_at, nth = excluded.nth";
const AT: &str = "SELECT incident, kind FROM posts WHERE lane = $1 AND message = $2";
const NAMED: &str =
    "SELECT message FROM posts WHERE lane = $1 AND incident = $2 AND kind = $3 ORDER BY nth";
const LATEST: &str = "SELECT message FROM posts WHERE lane = $1 AND incident = $2 AND kind = $3 ORDER BY nth DESC LIMIT 1";

impl Tx {
    /// Remembers that a message in a lane is what the bot said under that name.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn save_post(
        &mut self,
        lane: &str,
        message: &MessageId,
        post: &Post,
        now: Timestamp,
    ) -> Result<()> {
        on!(self, |conn| sqlx::query(SAVE)
            .bind(lane)
            .bind(message.as_str())
            .bind(post.incident.as_str())
            .bind(post.kind.as_str())
            .bind(now.as_ms())
            .execute(conn)
            .await?
            .rows_affected());
        Ok(())
    }

    /// What the bot said in that message, if it was the bot.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn post_at(&mut self, lane: &str, message: &MessageId) -> Result<Option<Post>> {
        let row: Option<(String, String)> = on!(self, |conn| sqlx::query_as(AT)
            .bind(lane)
            .bind(message.as_str())
            .fetch_optional(conn)
            .await?);
        row.map(|(incident, kind)| {
            Ok(Post {
                incident: IncidentId::new(incident),
                kind: from_word::<PostKind>("posts", &kind)?,
            })
        })
        .transpose()
    }

    /// The last message the bot said under that name in a lane.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn latest_post(&mut self, lane: &str, post: &Post) -> Result<Option<MessageId>> {
        let message: Option<String> = on!(self, |conn| sqlx::query_scalar(LATEST)
            .bind(lane)
            .bind(post.incident.as_str())
            .bind(post.kind.as_str())
            .fetch_optional(conn)
            .await?);
        Ok(message.map(MessageId::new))
    }

    /// Every message the bot said under that name in a lane, oldest first.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn posts(&mut self, lane: &str, post: &Post) -> Result<Vec<MessageId>> {
        let messages: Vec<String> = on!(self, |conn| sqlx::query_scalar(NAMED)
            .bind(lane)
            .bind(post.incident.as_str())
            .bind(post.kind.as_str())
            .fetch_all(conn)
            .await?);
        Ok(messages.into_iter().map(MessageId::new).collect())
    }
}
