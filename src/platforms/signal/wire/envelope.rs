//! What the daemon hands over: one envelope, with only what is read here.

use serde_json::Value;

use crate::{
    domain::sensitive::Sensitive,
    platforms::signal::wire::{
        field,
        ids::{FileId, Uuid},
    },
};

/// A notification `receive`.
#[derive(Debug, Clone)]
pub struct Received {
    /// For which account: its number. Every client of a daemon hears of all its accounts.
    pub account: Option<Sensitive<String>>,
    /// What came; missing where not even the sender could be read.
    pub envelope: Option<SignalEnvelope>,
    /// The kind of a failure to read what came, such as `InvalidMessageException`.
    pub exception: Option<String>,
}

impl Received {
    /// The group in which somebody said something, if it is that.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        match &self.envelope.as_ref()?.says {
            Says::Data(data) => data.group.as_ref()?.id.as_deref(),
            _ => None,
        }
    }

    /// Reads `params` of a notification, wrapped as a subscription's or not.
    #[must_use]
    pub fn read(params: &Value) -> Self {
        let wrapped = field::object(params, "result").filter(|_| params.get("envelope").is_none());
        let params = wrapped.unwrap_or(params);
        Self {
            account: field::text(params, "account").map(|number| number.to_owned().into()),
            envelope: field::object(params, "envelope").map(SignalEnvelope::read),
            exception: field::object(params, "exception").map(kind_of_failure),
        }
    }
}

/// The class's name if it looks like one; anything else may be somebody's words.
fn kind_of_failure(exception: &Value) -> String {
    field::text(exception, "type")
        .filter(|name| name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric()))
        .unwrap_or("unknown")
        .to_owned()
}

/// One envelope.
#[derive(Debug, Clone)]
pub struct SignalEnvelope {
    /// Who sent it. Without one it cannot be answered for.
    pub source: Option<Uuid>,
    /// What they call themselves.
    pub name: Option<Sensitive<String>>,
    /// When, by the sender's clock.
    pub timestamp: Option<i64>,
    /// When the server took it.
    pub server_received: Option<i64>,
    /// What is in it.
    pub says: Says,
}

/// What an envelope holds.
#[derive(Debug, Clone)]
pub enum Says {
    /// A message, a reaction, a deletion, a change of a group.
    Data(Box<Data>),
    /// A changed message.
    Edit(Box<Edit>),
    /// What the account's owner sent from another device.
    Sent(Box<Sent>),
    /// Messages arrived or were read.
    Receipt(Vec<i64>),
    /// Something that is not listened to; its name.
    Other(&'static str),
}

/// A changed message.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The revision that was changed, by its timestamp.
    pub target: Option<i64>,
    /// The new one.
    pub data: Data,
}

/// What the account's owner sent from another device.
#[derive(Debug, Clone)]
pub struct Sent {
    /// To whom, if not to a group.
    pub to: Option<Uuid>,
    /// The message, if it was a new one.
    pub data: Data,
    /// The change, if it was one.
    pub edit: Option<Edit>,
}

/// One message and what hangs on it.
#[derive(Debug, Clone, Default)]
pub struct Data {
    /// What names it.
    pub timestamp: Option<i64>,
    /// Its words, placeholders and all.
    pub text: Option<Sensitive<String>>,
    /// The group it was written in.
    pub group: Option<GroupInfo>,
    /// The message it answers.
    pub quote: Option<Quote>,
    /// An emoji on another message.
    pub reaction: Option<Reaction>,
    /// An own message that is taken back, by its timestamp.
    pub remote_delete: Option<i64>,
    /// Somebody's message that an admin took away.
    pub admin_delete: Option<Target>,
    /// People named in the text.
    pub mentions: Vec<Mention>,
    /// How parts of the text look.
    pub styles: Vec<Style>,
    /// Files that came with it.
    pub attachments: Vec<Attachment>,
    /// Files of quotes and previews, which the daemon fetches as well.
    pub more_files: Vec<FileId>,
    /// It answers somebody's story.
    pub is_about_story: bool,
}

/// Where a message was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupInfo {
    /// The group's id. A message that has none was not written to the bot alone either.
    pub id: Option<String>,
    /// It tells that the group changed.
    pub is_update: bool,
}

/// A message that is answered.
#[derive(Debug, Clone, Copy)]
pub struct Quote {
    /// Which.
    pub target: Target,
}

/// A message by what names it, as far as it is told.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Who wrote it.
    pub author: Option<Uuid>,
    /// When.
    pub timestamp: Option<i64>,
}

/// An emoji on a message.
#[derive(Debug, Clone)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// Which message.
    pub target: Target,
    /// It was taken off again.
    pub is_removed: bool,
}

/// A person named in a text.
#[derive(Debug, Clone, Copy)]
pub struct Mention {
    /// Who.
    pub who: Option<Uuid>,
    /// Where their placeholder stands.
    pub span: Span,
}

/// How a part of a text looks.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Set like code.
    pub is_monospace: bool,
    /// Which part.
    pub span: Span,
}

/// A part of a text, in UTF-16 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub start: usize,
    /// How long it is.
    pub length: usize,
}

/// A file that came.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Its name in the daemon's folder, if it was fetched.
    pub id: Option<FileId>,
    /// It is not a file but the whole text of a long message.
    pub is_long_text: bool,
    /// How many bytes it has.
    pub size: Option<i64>,
}

impl SignalEnvelope {
    fn read(envelope: &Value) -> Self {
        Self {
            source: Uuid::at(envelope, "sourceUuid").or_else(|| Uuid::at(envelope, "source")),
            name: field::text(envelope, "sourceName").map(|name| name.to_owned().into()),
            timestamp: field::moment(envelope, "timestamp"),
            server_received: field::moment(envelope, "serverReceivedTimestamp"),
            says: Says::read(envelope),
        }
    }
}

impl Says {
    fn read(envelope: &Value) -> Self {
        if let Some(data) = field::object(envelope, "dataMessage") {
            return Self::Data(Box::new(Data::read(data)));
        }
        if let Some(edit) = field::object(envelope, "editMessage") {
            return Self::Edit(Box::new(Edit::read(edit)));
        }
        if let Some(sync) = field::object(envelope, "syncMessage") {
            return match field::object(sync, "sentMessage") {
                Some(sent) => Self::Sent(Box::new(Sent::read(sent))),
                None => Self::Other("sync"),
            };
        }
        if let Some(receipt) = field::object(envelope, "receiptMessage") {
            let times = field::list(receipt, "timestamps").iter();
            return Self::Receipt(times.filter_map(Value::as_i64).collect());
        }
        let others = [
            ("typingMessage", "typing"),
            ("storyMessage", "story"),
            ("callMessage", "call"),
        ];
        let other = others
            .iter()
            .find(|(key, _)| field::object(envelope, key).is_some());
        Self::Other(other.map_or("empty", |(_, name)| name))
    }
}

impl Edit {
    fn read(edit: &Value) -> Self {
        Self {
            target: field::moment(edit, "targetSentTimestamp"),
            data: field::object(edit, "dataMessage")
                .map(Data::read)
                .unwrap_or_default(),
        }
    }
}

impl Sent {
    fn read(sent: &Value) -> Self {
        Self {
            to: Uuid::at(sent, "destinationUuid").or_else(|| Uuid::at(sent, "destination")),
            data: Data::read(sent),
            edit: field::object(sent, "editMessage").map(Edit::read),
        }
    }
}

impl Data {
    fn read(data: &Value) -> Self {
        let quote = field::object(data, "quote");
        let previews = field::list(data, "previews").iter();
        let quoted = quote.map_or(&[][..], |quote| field::list(quote, "attachments"));
        let more = previews
            .filter_map(|preview| field::object(preview, "image"))
            .chain(
                quoted
                    .iter()
                    .filter_map(|file| field::object(file, "thumbnail")),
            );
        Self {
            timestamp: field::moment(data, "timestamp"),
            text: field::text(data, "message").map(|text| text.to_owned().into()),
            group: field::object(data, "groupInfo").map(GroupInfo::read),
            quote: quote.map(|quote| Quote {
                target: Target::read(quote, "author", "id"),
            }),
            reaction: field::object(data, "reaction").and_then(Reaction::read),
            remote_delete: field::object(data, "remoteDelete")
                .and_then(|delete| field::moment(delete, "timestamp")),
            admin_delete: field::object(data, "adminDelete")
                .map(|delete| Target::read(delete, "targetAuthor", "targetSentTimestamp")),
            mentions: field::list(data, "mentions")
                .iter()
                .filter_map(Mention::read)
                .collect(),
            styles: field::list(data, "textStyles")
                .iter()
                .filter_map(Style::read)
                .collect(),
            attachments: field::list(data, "attachments")
                .iter()
                .map(Attachment::read)
                .collect(),
            more_files: more.filter_map(file_id).collect(),
            is_about_story: field::object(data, "storyContext").is_some(),
        }
    }

    /// Every file that the daemon may have fetched for it.
    #[must_use]
    pub fn files(&self) -> Vec<FileId> {
        let attached = self.attachments.iter().filter_map(|file| file.id.clone());
        attached.chain(self.more_files.iter().cloned()).collect()
    }
}

impl GroupInfo {
    fn read(group: &Value) -> Self {
        Self {
            id: field::text(group, "groupId")
                .filter(|id| !id.is_empty() && id.len() <= 100)
                .map(str::to_owned),
            is_update: field::text(group, "type") == Some("UPDATE"),
        }
    }
}

impl Target {
    /// The author under `author` or `…Uuid`, the timestamp under `timestamp`.
    fn read(value: &Value, author: &str, timestamp: &str) -> Self {
        Self {
            author: Uuid::at(value, &format!("{author}Uuid")).or_else(|| Uuid::at(value, author)),
            timestamp: field::moment(value, timestamp),
        }
    }
}

impl Reaction {
    /// The longest emojis are families and flags of some 35 bytes.
    const LONGEST: usize = 64;

    fn read(reaction: &Value) -> Option<Self> {
        Some(Self {
            emoji: field::text(reaction, "emoji")
                .filter(|emoji| !emoji.is_empty() && emoji.len() <= Self::LONGEST)?
                .to_owned(),
            target: Target::read(reaction, "targetAuthor", "targetSentTimestamp"),
            is_removed: field::flag(reaction, "isRemove"),
        })
    }
}

impl Mention {
    fn read(mention: &Value) -> Option<Self> {
        Some(Self {
            who: Uuid::at(mention, "uuid"),
            span: Span::read(mention)?,
        })
    }
}

impl Style {
    fn read(style: &Value) -> Option<Self> {
        Some(Self {
            is_monospace: field::text(style, "style") == Some("MONOSPACE"),
            span: Span::read(style)?,
        })
    }
}

impl Span {
    fn read(value: &Value) -> Option<Self> {
        let whole = |key| usize::try_from(field::number(value, key)?).ok();
        Some(Self {
            start: whole("start")?,
            length: whole("length")?,
        })
    }
}

impl Attachment {
    fn read(attachment: &Value) -> Self {
        Self {
            id: file_id(attachment),
            is_long_text: field::text(attachment, "contentType") == Some("text/x-signal-plain"),
            size: field::number(attachment, "size"),
        }
    }
}

fn file_id(file: &Value) -> Option<FileId> {
    field::text(file, "id").and_then(FileId::read)
}
