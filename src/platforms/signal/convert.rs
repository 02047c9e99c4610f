//! What the daemon hands over as envelopes: pure, so that tables of recorded lines can test it.
//!
//! An envelope is numbered `<sender>/<timestamp>`, a message `<author>/<timestamp>` of its first revision ([`Revisions`]).

use std::time::Duration;

use crate::{
    domain::{
        envelope::{Content, Envelope, Guise, Media, Origin, PlatformKind, RoomRef},
        ids::EnvelopeId,
        role::Role,
        sensitive::Sensitive,
        timestamp::Timestamp,
    },
    platforms::signal::{
        long_text::LongText,
        revisions::Revisions,
        text,
        wire::{
            Data, Edit, FileId, MessageKey, Received, Says, SentElsewhere, SignalEnvelope, Target,
            Uuid,
        },
    },
};

/// What has to be known to read what came.
pub struct Context<'a> {
    /// The account's own uuid.
    pub account: Uuid,
    /// Its number, where the daemon serves several accounts: what came for the others is not for the bot.
    pub number: Option<&'a str>,
    /// The role that being an admin of that group gives a person, if they are one.
    pub standing: &'a dyn Fn(&RoomRef, Uuid) -> Option<Role>,
    /// Which messages were edited.
    pub revisions: &'a Revisions,
}

/// What a notification comes to.
#[derive(Debug)]
pub enum Heard {
    /// For the inbox.
    Envelope(Envelope),
    /// For the inbox, once the rest of its text is fetched.
    Long(LongText),
    /// Messages reached somebody's phone, or were read there: whose timestamps, of any revision.
    Receipt {
        /// Whose phone.
        from: Uuid,
        /// Of which messages of the account's.
        timestamps: Vec<i64>,
    },
    /// The group changed; ask the daemon how.
    GroupChanged(RoomRef),
    /// Files that the daemon fetched and that can be deleted.
    Files(Vec<FileId>),
    /// Something could not be read; the kind of failure.
    Exception(String),
    /// Nothing for the bot; why, as a short code for counting.
    Ignored(&'static str),
}

/// A sender's clock that is further behind than this is wrong; else a message may have waited that long for a connection.
const WAITED_AT_MOST: Duration = Duration::from_secs(24 * 3600);

/// What a notification comes to, in order. Nothing is lost silently: whatever comes to nothing is [`Heard::Ignored`].
#[must_use]
pub fn heard(received: Received, context: &Context<'_>) -> Vec<Heard> {
    let account = received
        .account
        .as_ref()
        .map(|number| number.expose().as_str());
    if let (Some(mine), Some(account)) = (context.number, account)
        && mine != account
    {
        return vec![Heard::Ignored("other_account")];
    }
    if let Some(kind) = received.exception {
        return unreadable(received.envelope, kind, context);
    }
    let Some(envelope) = received.envelope else {
        return vec![Heard::Ignored("empty")];
    };
    let Some(sender) = envelope.source else {
        return vec![Heard::Ignored("no_uuid")];
    };
    let is_own = sender == context.account;
    let sent = Sending {
        context,
        sender,
        timestamp: envelope.timestamp,
        server_received: envelope.server_received,
        name: envelope.name.as_ref(),
    };
    match envelope.says {
        Says::Other(name) => vec![Heard::Ignored(name)],
        Says::Sent(elsewhere) if is_own => sent.elsewhere(*elsewhere),
        Says::Sent(_) => vec![Heard::Ignored("not_own")],
        _ if is_own => vec![Heard::Ignored("own")],
        Says::Receipt(timestamps) => vec![Heard::Receipt {
            from: sender,
            timestamps,
        }],
        Says::Data(data) => sent.data(*data),
        Says::Edit(edit) => sent.edit(*edit),
    }
}

/// A message whose words are lost; the room hears of it if it is known.
fn unreadable(envelope: Option<SignalEnvelope>, kind: String, context: &Context<'_>) -> Vec<Heard> {
    let mut heard = vec![Heard::Exception(kind)];
    let Some(envelope) = envelope else {
        return heard;
    };
    if let (Some(sender), Says::Data(data)) = (envelope.source, envelope.says)
        && sender != context.account
    {
        let sent = Sending {
            context,
            sender,
            timestamp: envelope.timestamp,
            server_received: envelope.server_received,
            name: None,
        };
        if let Ok(letter) = sent.letter(&data)
            && matches!(letter.origin, Origin::Room(_))
        {
            heard.push(Heard::Envelope(letter.holds("", Content::Unreadable)));
        }
    }
    heard
}

/// One envelope's sender and times.
#[derive(Clone, Copy)]
struct Sending<'a> {
    context: &'a Context<'a>,
    sender: Uuid,
    timestamp: Option<i64>,
    server_received: Option<i64>,
    name: Option<&'a Sensitive<String>>,
}

/// All of an envelope but its content.
struct Letter<'a> {
    sent: Sending<'a>,
    origin: Origin,
    key: MessageKey,
}

impl<'a> Sending<'a> {
    /// Where and when a message was written; why not, if it cannot be told.
    fn letter(self, data: &Data) -> Result<Letter<'a>, &'static str> {
        let timestamp = data.timestamp.or(self.timestamp).ok_or("no_timestamp")?;
        Ok(Letter {
            sent: self,
            // What was written in a group that is not named was not written to the bot alone.
            origin: match &data.group {
                None => Origin::Direct,
                Some(group) => Origin::Room(room(group.id.as_deref().ok_or("no_group")?)),
            },
            key: MessageKey::new(self.sender, timestamp),
        })
    }

    /// A message, a reaction, a deletion, or a change of a group.
    fn data(self, data: Data) -> Vec<Heard> {
        let mut heard = beside(&data);
        match self.letter(&data) {
            Ok(letter) => heard.extend(letter.data(data)),
            Err(why) => heard.push(Heard::Ignored(why)),
        }
        heard
    }

    fn edit(self, edit: Edit) -> Vec<Heard> {
        let mut heard = beside(&edit.data);
        match (self.letter(&edit.data), edit.target) {
            (Ok(letter), Some(target)) => heard.push(letter.edit(&edit.data, target)),
            (Ok(_), None) => heard.push(Heard::Ignored("no_target")),
            (Err(why), _) => heard.push(Heard::Ignored(why)),
        }
        heard
    }

    /// What the account's owner sent from their phone: only commands are for the bot.
    fn elsewhere(self, elsewhere: SentElsewhere) -> Vec<Heard> {
        let mut heard = beside(&elsewhere.data);
        if let Some(edit) = elsewhere.edit {
            heard.extend(beside(&edit.data));
            if let (Some(target), Some(new)) = (edit.target, edit.data.timestamp) {
                let changed = MessageKey::new(self.sender, target);
                self.context.revisions.edited(changed, new);
            }
        }
        let is_here = elsewhere.data.group.is_some() || elsewhere.to == Some(self.context.account);
        let text = elsewhere.data.text.as_ref();
        let is_command =
            text.is_some_and(|text| text.expose().trim_start().starts_with(['!', '/', '.']));
        match self.letter(&elsewhere.data) {
            Ok(letter) if is_here && is_command => heard.extend(letter.text(&elsewhere.data)),
            Ok(_) => heard.push(Heard::Ignored("own")),
            Err(why) => heard.push(Heard::Ignored(why)),
        }
        heard
    }

    /// When it was sent. The sender's clock tells how long a message waited for a connection; but it may be wrong.
    fn sent_at(self, timestamp: i64) -> Timestamp {
        let by_sender = Timestamp::from_ms(timestamp);
        let Some(server) = self.server_received.map(Timestamp::from_ms) else {
            return by_sender;
        };
        let is_plausible = by_sender <= server && server.since(by_sender) <= WAITED_AT_MOST;
        if is_plausible { by_sender } else { server }
    }
}

impl Letter<'_> {
    fn holds(&self, suffix: &str, content: Content) -> Envelope {
        let Sending {
            sender, context, ..
        } = self.sent;
        let standing = match &self.origin {
            Origin::Room(room) => (context.standing)(room, sender),
            Origin::Direct => None,
        };
        Envelope {
            id: EnvelopeId::new(self.key.text() + suffix),
            origin: self.origin.clone(),
            sender: sender.person(),
            standing,
            member: None,
            sent_at: self.sent.sent_at(self.key.timestamp),
            content,
            guise: Guise {
                name: self.sent.name.cloned(),
                media: Media::None,
            },
        }
    }

    fn data(&self, data: Data) -> Vec<Heard> {
        if data.is_about_story {
            return vec![Heard::Ignored("story")];
        }
        if let Some(reaction) = data.reaction {
            return vec![match self.first(reaction.target) {
                _ if reaction.is_removed => Heard::Ignored("reaction_removed"),
                None => Heard::Ignored("no_target"),
                Some(target) => Heard::Envelope(self.holds(
                    "",
                    Content::Reaction {
                        target: target.id(),
                        key: reaction.emoji,
                    },
                )),
            }];
        }
        if let Some(timestamp) = data.remote_delete {
            let gone = MessageKey::new(self.sent.sender, timestamp);
            return vec![Heard::Envelope(self.redaction(gone))];
        }
        if let Some(target) = data.admin_delete {
            return vec![match self.first(target) {
                None => Heard::Ignored("no_target"),
                // It counts as taken back by who wrote it. That the sender is an admin is checked by the daemon
                // (signal-cli 0.14.6, `IncomingMessageHandler.isNotAllowedToSendToGroup`).
                Some(gone) => Heard::Envelope(Envelope {
                    sender: gone.author.person(),
                    standing: None,
                    ..self.redaction(gone)
                }),
            }];
        }
        self.message(&data)
    }

    /// What somebody wrote, and what came with it.
    fn message(&self, data: &Data) -> Vec<Heard> {
        let mut heard: Vec<Heard> = self.text(data).into_iter().collect();
        if has_files(data) {
            let message = self.key.id();
            let mut envelope = self.holds("/media", Content::Media { message });
            if heard.is_empty() {
                envelope.guise.media = Media::Alone;
            }
            heard.push(Heard::Envelope(envelope));
        }
        let is_update = data.group.as_ref().is_some_and(|group| group.is_update);
        if heard.is_empty() && !is_update {
            heard.push(Heard::Ignored("nothing_said"));
        }
        heard
    }

    fn text(&self, data: &Data) -> Option<Heard> {
        let answered = data.quote.and_then(|quote| self.first(quote.target));
        let content = |text: String| Content::Text {
            text: text.into(),
            message: self.key.id(),
            reply_to: answered.map(MessageKey::id),
            answers: answered.map(|key| key.author.person()),
        };
        self.worded(data, content)
    }

    fn edit(&self, data: &Data, target: i64) -> Heard {
        let changed = MessageKey::new(self.sent.sender, target);
        let revisions = self.sent.context.revisions;
        let original = revisions.edited(changed, self.key.timestamp).id();
        let content = |text: String| Content::Edit {
            original,
            text: text.into(),
        };
        self.worded(data, content)
            .unwrap_or(Heard::Ignored("nothing_said"))
    }

    /// The envelope of what somebody wrote in their own words, if there are any.
    fn worded(&self, data: &Data, content: impl FnOnce(String) -> Content) -> Option<Heard> {
        let me = self.sent.context.account;
        let text = data.text.as_ref().map_or("", |text| text.expose());
        let words = text::own(text, &data.mentions, &data.styles, me);
        let is_empty = words.is_empty();
        let mut envelope = self.holds("", content(words));
        if has_files(data) {
            envelope.guise.media = Media::Beside;
        }
        if let Some(file) = rest_of(data, text) {
            return Some(Heard::Long(LongText::new(file, envelope, data, me)));
        }
        (!is_empty).then_some(Heard::Envelope(envelope))
    }

    fn redaction(&self, gone: MessageKey) -> Envelope {
        let original = self.sent.context.revisions.first(gone).id();
        self.holds("", Content::Redaction { original })
    }

    /// The first revision of a message that is named.
    fn first(&self, target: Target) -> Option<MessageKey> {
        let named = MessageKey::new(target.author?, target.timestamp?);
        Some(self.sent.context.revisions.first(named))
    }
}

/// Whether files came with it; the text of a long message is none.
fn has_files(data: &Data) -> bool {
    data.attachments.iter().any(|file| !file.is_long_text)
}

/// What there is to do about a message whatever it says.
fn beside(data: &Data) -> Vec<Heard> {
    let mut heard = Vec::new();
    if let Some(group) = &data.group
        && group.is_update
        && let Some(id) = &group.id
    {
        heard.push(Heard::GroupChanged(room(id)));
    }
    let files = data.files();
    if !files.is_empty() {
        heard.push(Heard::Files(files));
    }
    heard
}

/// The file that has a long message's whole text, if what came as its text is only the beginning (signal-cli until 0.13).
fn rest_of(data: &Data, text: &str) -> Option<FileId> {
    let is_longer = |size: Option<i64>| {
        size.and_then(|size| usize::try_from(size).ok())
            .is_none_or(|size| size > text.len())
    };
    data.attachments
        .iter()
        .find(|file| file.is_long_text && is_longer(file.size))?
        .id
        .clone()
}

fn room(id: &str) -> RoomRef {
    RoomRef::new(PlatformKind::Signal, id)
}

#[cfg(test)]
mod tests;
