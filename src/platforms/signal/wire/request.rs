//! What is asked of the daemon.

use serde_json::{Map, Value, json};

use crate::{
    domain::words::Words,
    platforms::signal::{
        text::spoken,
        wire::ids::{MessageKey, Uuid},
    },
};

/// A method and its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Its name.
    pub method: &'static str,
    /// Its parameters, an object.
    pub params: Value,
}

/// To whom a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// A group, by its id.
    Group(String),
    /// One person.
    Person(Uuid),
}

impl Request {
    /// Says something, perhaps as an answer to a message.
    #[must_use]
    pub fn say(to: &To, words: &Words, answers: Option<MessageKey>) -> Self {
        let mut params = to.params();
        put_words(&mut params, words);
        if let Some(key) = answers {
            params.insert("quoteTimestamp".to_owned(), key.timestamp.into());
            params.insert("quoteAuthor".to_owned(), key.author.text().into());
            // Other people's words are not repeated.
            params.insert("quoteMessage".to_owned(), "".into());
        }
        Self::new("send", params)
    }

    /// Changes a message of the account's own; `revision` is the timestamp of what it says now.
    #[must_use]
    pub fn edit(to: &To, revision: i64, words: &Words) -> Self {
        let mut params = to.params();
        put_words(&mut params, words);
        params.insert("editTimestamp".to_owned(), revision.into());
        Self::new("send", params)
    }

    /// Puts an emoji on a message.
    #[must_use]
    pub fn react(to: &To, target: MessageKey, emoji: &str) -> Self {
        let mut params = to.params();
        params.insert("emoji".to_owned(), emoji.into());
        params.insert("targetAuthor".to_owned(), target.author.text().into());
        params.insert("targetTimestamp".to_owned(), target.timestamp.into());
        Self::new("sendReaction", params)
    }

    /// Takes a message of the account's own back.
    #[must_use]
    pub fn take_back(to: &To, revision: i64) -> Self {
        let mut params = to.params();
        params.insert("targetTimestamp".to_owned(), revision.into());
        Self::new("remoteDelete", params)
    }

    fn new(method: &'static str, params: Map<String, Value>) -> Self {
        Self {
            method,
            params: Value::Object(params),
        }
    }
}

impl To {
    fn params(&self) -> Map<String, Value> {
        let (key, value) = match self {
            Self::Group(id) => ("groupId", json!(id)),
            Self::Person(person) => ("recipient", json!([person.text()])),
        };
        Map::from_iter([(key.to_owned(), value)])
    }
}

fn put_words(params: &mut Map<String, Value>, words: &Words) {
    let (text, styles) = spoken(words);
    params.insert("message".to_owned(), text.into());
    if !styles.is_empty() {
        params.insert("textStyle".to_owned(), styles.into());
    }
}

/// A request as a line of its own, with the line's end. JSON has no line ends outside of strings, and inside they are escaped.
#[must_use]
pub fn line(id: u64, method: &str, params: &Value) -> Vec<u8> {
    let request =
        json!({ "jsonrpc": "2.0", "method": method, "params": params, "id": id.to_string() });
    let mut line = request.to_string().into_bytes();
    line.push(b'\n');
    line
}
