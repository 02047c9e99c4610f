//! The dialect: one JSON object a line, both ways. Pure; nothing here knows of sockets.
//!
//! It is read with patience: fields that are missing, null, of another type or not known are as if they were not there, so that
//! a newer daemon, or another one that speaks the same dialect, loses no message. Written against signal-cli 0.13.19 (recorded
//! lines) and 0.14.6 (its source: `src/main/java/org/asamk/signal/json`).

mod answer;
mod envelope;
mod field;
mod group;
mod ids;
mod request;

use serde::Deserialize;
use serde_json::Value;

pub use self::{
    answer::{Fate, Refusal, RpcError, SendResult, Sent},
    envelope::{
        Attachment, Data, Edit, GroupInfo, Mention, Quote, Reaction, Received, Says,
        Sent as SentElsewhere, SignalEnvelope, Span, Style, Target,
    },
    group::{Group, Member, Permission},
    ids::{FileId, GroupKind, MessageKey, Uuid, group_kind},
    request::{Request, To, line},
};

/// One line of the daemon's, read.
#[derive(Debug)]
pub enum Line {
    /// The answer to a request.
    Answer {
        /// The request's number.
        id: u64,
        /// What was answered.
        result: Result<Value, RpcError>,
    },
    /// Something came.
    Receive(Box<Received>),
    /// Something that is not listened to.
    Other,
}

/// What a line is, without reading what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glance {
    /// Something came: to be kept before anything else.
    Receive,
    /// Somebody began or stopped typing: it says nothing.
    Typing,
    /// An answer.
    Answer,
    /// Something else that a daemon of this dialect may say.
    Other,
    /// No line of this dialect.
    Garbage,
}

/// A line's outermost members. The others are passed over without being kept.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    method: Value,
    #[serde(default)]
    id: Value,
    #[serde(default)]
    jsonrpc: Value,
}

/// Lines about typing are shorter than this.
const SHORT: usize = 4096;

/// What a line is.
#[must_use]
pub fn glance(line: &[u8]) -> Glance {
    let Ok(head) = serde_json::from_slice::<Head>(line) else {
        // Members that are there twice, for one; the reading is not so particular.
        return match Line::read(line) {
            Some(Line::Receive(_)) => Glance::Receive,
            Some(Line::Answer { .. }) => Glance::Answer,
            Some(Line::Other) => Glance::Other,
            None => Glance::Garbage,
        };
    };
    match head.method.as_str() {
        Some("receive") if is_typing(line) => Glance::Typing,
        Some("receive") => Glance::Receive,
        Some(_) => Glance::Other,
        None if number(&head.id).is_some() => Glance::Answer,
        None if head.jsonrpc.is_string() => Glance::Other,
        None => Glance::Garbage,
    }
}

fn is_typing(line: &[u8]) -> bool {
    if line.len() > SHORT {
        return false;
    }
    let Some(Line::Receive(received)) = Line::read(line) else {
        return false;
    };
    let says = received.envelope.map(|envelope| envelope.says);
    received.exception.is_none() && matches!(says, Some(Says::Other("typing")))
}

/// A request's number, which comes back as it was sent: a string; other daemons may make a number of it.
fn number(id: &Value) -> Option<u64> {
    id.as_u64().or_else(|| id.as_str()?.parse().ok())
}

impl Line {
    /// Reads a line, with or without its end; `None` if it is no JSON object.
    #[must_use]
    pub fn read(line: &[u8]) -> Option<Self> {
        let mut value: Value = serde_json::from_slice(line).ok()?;
        if !value.is_object() {
            return None;
        }
        if let Some(method) = field::text(&value, "method") {
            let params = field::object(&value, "params").filter(|_| method == "receive");
            return Some(params.map_or(Self::Other, |params| {
                Self::Receive(Box::new(Received::read(params)))
            }));
        }
        let Some(id) = value.get("id").and_then(number) else {
            return Some(Self::Other);
        };
        let error = value.get("error").filter(|error| !error.is_null());
        let result = match error {
            Some(error) => Err(RpcError::read(error)),
            None => Ok(value.get_mut("result").map_or(Value::Null, Value::take)),
        };
        Some(Self::Answer { id, result })
    }
}

#[cfg(test)]
mod tests;
