//! What people say and hear.

use std::time::Instant;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Group, PATIENCE, User, World};

/// A stretch of a text with a style, or a mention. Places are UTF-16 units.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Range {
    pub start: u32,
    pub length: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
}

/// The message that one answers to.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Quote {
    pub timestamp: u64,
    pub author: String,
    pub text: String,
}

/// A file.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    pub content_type: String,
    pub file_name: Option<String>,
    /// What a text file says.
    pub text: Option<String>,
}

/// What somebody types.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Words {
    pub text: Option<String>,
    pub styles: Vec<Range>,
    pub mentions: Vec<Range>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
    pub attachments: Vec<Attachment>,
    /// Seconds; 0 for ever.
    pub expire_timer: u32,
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        Self {
            text: Some(text.to_owned()),
            ..Self::default()
        }
    }
}

/// One thing that somebody's phone got.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Heard {
    /// `text`, `edit`, `delete`, `reaction`, `group` (changes of it), `receipt`, `other`.
    pub kind: String,
    pub from: String,
    pub group: Option<String>,
    pub timestamp: Option<u64>,
    pub text: Option<String>,
    #[serde(default)]
    pub styles: Vec<Range>,
    pub quote: Option<Quote>,
    /// Emoji, `remove`, author, timestamp.
    pub reaction: Option<Value>,
    pub edit_of: Option<u64>,
    pub delete_of: Option<u64>,
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// A copy of what another device of one's own sent.
    #[serde(default)]
    pub synced: bool,
}

/// Where something is said.
pub trait Place {
    /// The key and the value that the control API has for it.
    fn place(&self) -> (&'static str, &str);
}

impl Place for Group {
    fn place(&self) -> (&'static str, &str) {
        ("group", &self.id)
    }
}

impl Place for User {
    fn place(&self) -> (&'static str, &str) {
        ("to", &self.uuid)
    }
}

impl World {
    async fn act(&self, path: &str, who: &User, place: &impl Place, mut order: Value) -> u64 {
        let (key, place) = place.place();
        order["from"] = json!(who.uuid);
        order[key] = json!(place);
        self.ask(Method::POST, path, order).await["timestamp"]
            .as_u64()
            .unwrap()
    }

    /// Somebody writes; the message's timestamp, which with the author is its id. Written by the user of a daemon it is what the owner
    /// of the account types on the phone.
    pub async fn say(&self, who: &User, place: &impl Place, words: impl Into<Words>) -> u64 {
        let order = serde_json::to_value(words.into()).unwrap();
        self.act("/say", who, place, order).await
    }

    /// Somebody edits a message of theirs; the edit's own timestamp.
    pub async fn edit(
        &self,
        who: &User,
        place: &impl Place,
        of: u64,
        words: impl Into<Words>,
    ) -> u64 {
        let mut order = serde_json::to_value(words.into()).unwrap();
        order["of"] = json!(of);
        self.act("/edit", who, place, order).await
    }

    /// Somebody reacts to a message.
    pub async fn react(
        &self,
        who: &User,
        place: &impl Place,
        (author, of): (&User, u64),
        emoji: &str,
    ) -> u64 {
        let order = json!({ "author": author.uuid, "of": of, "emoji": emoji });
        self.act("/react", who, place, order).await
    }

    /// Somebody takes a reaction back.
    pub async fn unreact(
        &self,
        who: &User,
        place: &impl Place,
        (author, of): (&User, u64),
        emoji: &str,
    ) -> u64 {
        let order = json!({ "author": author.uuid, "of": of, "emoji": emoji, "remove": true });
        self.act("/react", who, place, order).await
    }

    /// Somebody deletes a message of theirs for all.
    pub async fn delete(&self, who: &User, place: &impl Place, of: u64) -> u64 {
        self.act("/delete", who, place, json!({ "of": of })).await
    }

    /// Somebody begins to write.
    pub async fn types(&self, who: &User, place: &impl Place) -> u64 {
        self.act("/typing", who, place, json!({})).await
    }

    /// Whether this one's phone tells that it got a message: `on`, `off`, or `hold` until it is `on` again.
    pub async fn receipts(&self, who: &User, mode: &str) {
        let order = json!({ "user": who.uuid, "mode": mode });
        self.ask(Method::POST, "/receipts", order).await;
    }

    /// All that this one heard so far.
    pub async fn heard_so_far(&self, who: &User) -> Vec<Heard> {
        self.heard_after(who, 0, 0).await.0
    }

    /// The first of what this one hears that is so.
    pub async fn heard_by(&self, who: &User, what: &str, is_it: impl Fn(&Heard) -> bool) -> Heard {
        let end = Instant::now() + PATIENCE;
        let (mut after, mut all) = (0, Vec::new());
        loop {
            let (heard, last) = self.heard_after(who, after, 2_000).await;
            if let Some(found) = heard.iter().find(|heard| is_it(heard)) {
                return found.clone();
            }
            all.extend(heard);
            after = last;
            assert!(
                Instant::now() < end,
                "not heard in {PATIENCE:?}: {what}; heard: {all:#?}"
            );
        }
    }

    async fn heard_after(&self, who: &User, after: u64, wait_ms: u64) -> (Vec<Heard>, u64) {
        let path = format!("/heard?user={}&after={after}&wait={wait_ms}", who.uuid);
        let mut answer = self.ask(Method::GET, &path, json!({})).await;
        let last = answer["last"].as_u64().unwrap();
        (
            serde_json::from_value(answer["entries"].take()).unwrap(),
            last,
        )
    }
}
