//! Matrix events as envelopes, and words as Matrix message contents: pure, on JSON, so that tables can test it.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    config::platforms::MatrixRoles,
    domain::{
        envelope::{Content, Envelope, Guise, Media, Origin, PersonRef, PlatformKind},
        ids::{EnvelopeId, MessageId},
        role::Role,
        sensitive::Sensitive,
        timestamp::Timestamp,
        words::Words,
    },
    platforms::{matrix::text, own_words::own_words},
};

/// Stands in the content of all that the bot says, so that no two bots of this kind ever answer each other.
pub const MARK: &str = "org.tocsin.said";

/// An event as the homeserver gives it, decrypted if need be; only what is read here.
#[derive(Debug, Deserialize)]
pub struct MatrixEvent {
    #[serde(rename = "type")]
    kind: String,
    /// Its id.
    pub event_id: String,
    /// Who sent it.
    pub sender: String,
    #[serde(default)]
    origin_server_ts: i64,
    #[serde(default)]
    state_key: Option<String>,
    #[serde(default)]
    redacts: Option<String>,
    #[serde(default)]
    content: Value,
    #[serde(default)]
    unsigned: Unsigned,
}

#[derive(Debug, Default, Deserialize)]
struct Unsigned {
    /// The bot's own membership when the event was sent.
    #[serde(default)]
    membership: Option<String>,
    /// What a state said before.
    #[serde(default)]
    prev_content: Value,
}

/// Where events come from.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    /// The room, or a conversation with one person.
    pub origin: &'a Origin,
    /// The bot's own user id.
    pub me: &'a str,
    /// When the bot joined, if the homeserver does not say it with every event.
    pub joined_at: Option<i64>,
}

impl MatrixEvent {
    /// Reads an event; `None` if it is none.
    #[must_use]
    pub fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// Whether it is meant for the bot's eyes: sent by someone else while the bot was in the room.
    /// To the bot alone people also write while their invite is still open.
    #[must_use]
    pub fn concerns(&self, source: &Source<'_>) -> bool {
        let is_state = self.state_key.is_some();
        let is_told = matches!(source.origin, Origin::Room(_)) && self.passage().is_some();
        if self.sender == source.me || (is_state && !is_told) {
            return false;
        }
        match (self.unsigned.membership.as_deref(), source.origin) {
            (Some("join"), _) | (Some("invite"), Origin::Direct) | (None, Origin::Direct) => true,
            (Some(_), _) => false,
            (None, Origin::Room(_)) => source
                .joined_at
                .is_none_or(|joined| self.origin_server_ts >= joined),
        }
    }

    /// Whether its words are still encrypted.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.kind == "m.room.encrypted" && self.content.get("ciphertext").is_some()
    }

    /// The envelope that it makes, if it says anything to the bot.
    #[must_use]
    pub fn envelope(self, source: &Source<'_>, standing: Option<Role>) -> Option<Envelope> {
        let content = self.says(source.me)?;
        let media = self.media(&content);
        let mut envelope = self.envelope_of(content, source, standing);
        envelope.guise.media = media;
        Some(envelope)
    }

    /// The envelope of an event that could not be decrypted in time.
    #[must_use]
    pub fn unreadable(self, source: &Source<'_>) -> Envelope {
        self.envelope_of(Content::Unreadable, source, None)
    }

    fn envelope_of(
        self,
        content: Content,
        source: &Source<'_>,
        standing: Option<Role>,
    ) -> Envelope {
        Envelope {
            id: EnvelopeId::new(self.event_id),
            origin: source.origin.clone(),
            sender: PersonRef::new(PlatformKind::Matrix, self.sender),
            standing: standing.filter(|_| matches!(source.origin, Origin::Room(_))),
            member: None,
            sent_at: Timestamp::from_ms(self.origin_server_ts),
            content,
            guise: Guise::default(),
        }
    }

    /// Somebody came, or asks to be let in. A change of name or picture is none.
    fn passage(&self) -> Option<Content> {
        if self.kind != "m.room.member" || self.state_key.as_deref() != Some(&*self.sender) {
            return None;
        }
        let before = at(&self.unsigned.prev_content, &["membership"]);
        match (at(&self.content, &["membership"])?, before) {
            ("join", Some("join")) => None,
            ("join", _) => Some(Content::Came),
            ("knock", _) => Some(Content::Asks),
            _ => None,
        }
    }

    fn says(&self, me: &str) -> Option<Content> {
        if self.content.get(MARK).is_some() {
            return None;
        }
        match self.kind.as_str() {
            "m.room.message" => self.message(me),
            "m.reaction" => self.reaction(),
            "m.room.member" => self.passage(),
            "m.room.redaction" => {
                let gone = self
                    .redacts
                    .as_deref()
                    .or_else(|| at(&self.content, &["redacts"]))?;
                Some(Content::Redaction {
                    original: MessageId::new(gone),
                })
            }
            _ => None,
        }
    }

    fn message(&self, me: &str) -> Option<Content> {
        let relation = self.content.get("m.relates_to");
        let replaces = relation.filter(|r| at(r, &["rel_type"]) == Some("m.replace"));
        if let Some(replaces) = replaces {
            return Some(Content::Edit {
                original: MessageId::new(at(replaces, &["event_id"])?),
                text: words_of(self.content.get("m.new_content")?, me)?,
            });
        }
        if is_file(&self.content) && words_of(&self.content, me).is_none() {
            return Some(Content::Media {
                message: MessageId::new(&self.event_id),
            });
        }
        Some(Content::Text {
            text: words_of(&self.content, me)?,
            message: MessageId::new(&self.event_id),
            reply_to: relation.and_then(answered).map(MessageId::new),
            answers: None,
        })
    }

    /// Whether a file came with it.
    fn media(&self, content: &Content) -> Media {
        match content {
            Content::Media { .. } => Media::Alone,
            Content::Text { .. } if is_file(&self.content) => Media::Beside,
            _ => Media::None,
        }
    }

    fn reaction(&self) -> Option<Content> {
        let relation = self.content.get("m.relates_to")?;
        if at(relation, &["rel_type"]) != Some("m.annotation") {
            return None;
        }
        Some(Content::Reaction {
            target: MessageId::new(at(relation, &["event_id"])?),
            key: at(relation, &["key"])?.to_owned(),
        })
    }
}

fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v str> {
    path.iter()
        .try_fold(value, |value, key| value.get(key))?
        .as_str()
}

/// The message that a relation answers. Within a thread, clients name the thread's latest message for the sake of old
/// clients; what is meant then is the thread's root.
fn answered(relation: &Value) -> Option<&str> {
    let in_thread = at(relation, &["rel_type"]) == Some("m.thread");
    let fallback = relation.get("is_falling_back").and_then(Value::as_bool);
    let direct = at(relation, &["m.in_reply_to", "event_id"]);
    if in_thread && (fallback == Some(true) || direct.is_none()) {
        return at(relation, &["event_id"]);
    }
    direct
}

/// Whether a message is a picture, a recording or another file.
fn is_file(content: &Value) -> bool {
    let kind = at(content, &["msgtype"]);
    matches!(kind, Some("m.image" | "m.video" | "m.audio" | "m.file"))
}

/// What a person wrote: text, or the caption of a picture. Notices are what bots say; they are not listened to.
fn words_of(content: &Value, me: &str) -> Option<Sensitive<String>> {
    let body = at(content, &["body"])?;
    match at(content, &["msgtype"])? {
        "m.text" => {}
        _ if is_file(content) => {
            // Without a file name of its own, the body is the file's name and not a caption.
            at(content, &["filename"]).filter(|name| *name != body)?;
        }
        _ => return None,
    }
    let words = own_words(body);
    if words.is_empty() {
        return None;
    }
    let html = at(content, &["formatted_body"]);
    Some(Sensitive::new(text::addressed(&words, html, me)))
}

/// The role that a power level gives; `None`: the room's creator, whose power has no limit.
#[must_use]
pub fn role_of(level: Option<i64>, roles: MatrixRoles) -> Option<Role> {
    let reaches =
        |least: Option<i64>| least.is_some_and(|least| level.is_none_or(|level| level >= least));
    if reaches(roles.moderator) {
        Some(Role::Moderator)
    } else if reaches(roles.verifier) {
        Some(Role::Verifier)
    } else {
        None
    }
}

/// The content of a new message. It is `m.text` and not `m.notice`: clients do not notify about notices, and alerts must.
#[must_use]
pub fn said(words: &Words, reply_to: Option<&MessageId>) -> Value {
    let mut content = spoken(words);
    if let Some(message) = reply_to {
        content["m.relates_to"] = json!({ "m.in_reply_to": { "event_id": message.as_str() } });
    }
    content
}

/// The content of a message that replaces the words of an earlier one. Clients that know no edits show the body: `* …`.
#[must_use]
pub fn edited(message: &MessageId, words: &Words) -> Value {
    let new = spoken(words);
    let mut content = new.clone();
    content["body"] = json!(format!("* {}", words.plain()));
    if let Some(html) = at(&new, &["formatted_body"]) {
        content["formatted_body"] = json!(format!("* {html}"));
    }
    content["m.new_content"] = new;
    content["m.relates_to"] = json!({ "rel_type": "m.replace", "event_id": message.as_str() });
    content
}

/// The content of a reaction.
#[must_use]
pub fn reacted(message: &MessageId, emoji: &str) -> Value {
    json!({
        "m.relates_to": { "rel_type": "m.annotation", "event_id": message.as_str(), "key": emoji },
        MARK: true,
    })
}

/// Words as a message; HTML only where something is strong. It mentions nobody, whatever the words look like.
fn spoken(words: &Words) -> Value {
    let mut content =
        json!({ "msgtype": "m.text", "body": words.plain(), "m.mentions": {}, MARK: true });
    if words.spans().any(|(_, strong)| strong) {
        content["format"] = json!("org.matrix.custom.html");
        content["formatted_body"] = json!(words.html());
    }
    content
}

#[cfg(test)]
mod tests;
