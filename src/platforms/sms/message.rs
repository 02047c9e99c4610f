//! Messages as the API gives them.

use serde::{Deserialize, Deserializer};

use crate::domain::{sensitive::Sensitive, timestamp::Timestamp};

/// One message. Fields that say nothing to us are left where they are, so that new ones break nothing.
#[derive(Debug, Clone, Deserialize)]
pub struct Message {
    /// Its number.
    pub sid: String,
    /// From whom; empty until a Messaging Service has picked a sender.
    #[serde(default, deserialize_with = "hidden")]
    pub from: Option<Sensitive<String>>,
    /// To whom.
    #[serde(default, deserialize_with = "hidden")]
    pub to: Option<Sensitive<String>>,
    /// What it says; empty where it was redacted.
    #[serde(default, deserialize_with = "hidden")]
    pub body: Option<Sensitive<String>>,
    /// `inbound`, or how it came to be sent.
    #[serde(default)]
    pub direction: String,
    /// How far it got.
    #[serde(default)]
    pub status: String,
    /// How many segments it is made of, as a number in a text; `"0"` while that is not known.
    #[serde(default)]
    pub num_segments: Option<String>,
    /// How many files came with it, as a number in a text.
    #[serde(default)]
    pub num_media: Option<String>,
    /// When it was made, as in an e-mail: `Thu, 15 Jan 2026 20:14:00 +0000`.
    #[serde(default)]
    pub date_created: Option<String>,
}

impl Message {
    /// When it was made, if that can be read.
    #[must_use]
    pub fn created_at(&self) -> Option<Timestamp> {
        let text = self.date_created.as_deref()?;
        let read = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text);
        read.ok().map(|at| Timestamp::from_ms(at.as_millisecond()))
    }

    /// How many segments it is made of; `None` while that is not known.
    #[must_use]
    pub fn segments(&self) -> Option<u32> {
        let number = self.num_segments.as_deref()?.parse().ok()?;
        (number > 0).then_some(number)
    }

    /// Whether files came with it.
    #[must_use]
    pub fn has_media(&self) -> bool {
        let number = self
            .num_media
            .as_deref()
            .and_then(|text| text.parse::<u32>().ok());
        number.is_some_and(|number| number > 0)
    }
}

/// A text that must not be shown.
fn hidden<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Sensitive<String>>, D::Error> {
    let text: Option<String> = Option::deserialize(from)?;
    Ok(text.map(Sensitive::new))
}

/// One page of a list, newest first.
#[derive(Debug, Clone, Deserialize)]
pub struct Page {
    /// The messages on it.
    pub messages: Vec<Message>,
    /// Where the next page is; relative.
    #[serde(default)]
    pub next_page_uri: Option<String>,
}

/// Something that came with a message.
#[derive(Debug, Clone, Deserialize)]
pub struct Media {
    /// Its number.
    pub sid: String,
}

/// Whether this can be the number of a message: letters, digits and dashes, so that it stays one part of a path.
#[must_use]
pub fn is_sid(sid: &str) -> bool {
    !sid.is_empty()
        && sid.len() <= 64
        && sid
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
