//! What the bot said, by message number: to edit it, answer it, take it back, and know what a reaction is on. Never its words.

use std::sync::LazyLock;

use crate::{
    domain::{
        effect::{Post, PostKind},
        ids::{MessageId, SubjectId},
        timestamp::Timestamp,
    },
    store::{ROWS, Result, Tx, from_word, list, rows_at_once, sized},
};

static SAVE_ALL: LazyLock<[String; ROWS]> = LazyLock::new(|| {
    sized(|rows| {
        let row = |n: usize| {
            let first = n * 4 + 2;
            let [lane, message, about, kind] =
                std::array::from_fn(|column| format!("${}", first + column));
            format!(
                "({lane}, {message}, {about}, {kind}, $1, (SELECT COALESCE(MAX(nth) + 1, 0) FROM posts \
                 WHERE lane = {lane} AND about = {about} AND kind = {kind}))"
            )
        };
        format!(
            "INSERT INTO posts (lane, message, about, kind, said_at, nth) VALUES {} \
             ON CONFLICT (lane, message) DO UPDATE SET about = excluded.about, kind = excluded.kind, \
             said_at = excluded.said_at, nth = excluded.nth",
            list(rows, row)
        )
    })
});
const AT: &str = "SELECT about, kind FROM posts WHERE lane = $1 AND message = $2";
const NAMED: &str =
    "SELECT message FROM posts WHERE lane = $1 AND about = $2 AND kind = $3 ORDER BY nth";
const LATEST: &str = "SELECT message FROM posts WHERE lane = $1 AND about = $2 AND kind = $3 ORDER BY nth DESC LIMIT 1";

/// A message in a lane, and the name under which the bot said it.
#[derive(Debug, Clone, Copy)]
pub struct PostRow<'a> {
    /// The lane.
    pub lane: &'a str,
    /// The message.
    pub message: &'a MessageId,
    /// The name.
    pub post: &'a Post,
}

impl PostRow<'_> {
    /// Whether both are what the bot said under one name in one lane.
    fn is_named_as(&self, other: &Self) -> bool {
        self.lane == other.lane && self.post == other.post
    }
}

impl Tx {
    /// Remembers several messages as what the bot said, in order.
    ///
    /// # Errors
    /// If the database refuses.
    pub async fn save_posts(&mut self, rows: &[PostRow<'_>], now: Timestamp) -> Result<()> {
        // Which of two under one name is the latest can only be told in two statements.
        let is_repeated = |n: usize| rows[..n].iter().any(|row| row.is_named_as(&rows[n]));
        let at_once = if (1..rows.len()).any(is_repeated) {
            1
        } else {
            ROWS
        };
        for (some, sql) in rows
            .chunks(at_once)
            .flat_map(|some| rows_at_once(some, &SAVE_ALL))
        {
            aside!(self, |conn| {
                let mut query = sqlx::query(sql).bind(now.as_ms());
                for row in some {
                    query = query
                        .bind(row.lane)
                        .bind(row.message.as_str())
                        .bind(row.post.about.as_str())
                        .bind(row.post.kind.as_str());
                }
                query.execute(conn).await?.rows_affected()
            });
        }
        Ok(())
    }

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
        let row = PostRow {
            lane,
            message,
            post,
        };
        self.save_posts(&[row], now).await
    }

    /// What the bot said in that message, if it was the bot.
    ///
    /// # Errors
    /// If the database refuses or the row cannot be read.
    pub async fn post_at(&mut self, lane: &str, message: &MessageId) -> Result<Option<Post>> {
        let row: Option<(String, String)> = aside!(self, |conn| sqlx::query_as(AT)
            .bind(lane)
            .bind(message.as_str())
            .fetch_optional(conn)
            .await?);
        row.map(|(about, kind)| {
            Ok(Post {
                about: SubjectId::new(about),
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
        let message: Option<String> = aside!(self, |conn| sqlx::query_scalar(LATEST)
            .bind(lane)
            .bind(post.about.as_str())
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
        let messages: Vec<String> = aside!(self, |conn| sqlx::query_scalar(NAMED)
            .bind(lane)
            .bind(post.about.as_str())
            .bind(post.kind.as_str())
            .fetch_all(conn)
            .await?);
        Ok(messages.into_iter().map(MessageId::new).collect())
    }
}
