//! Forms and listed messages → envelopes; pure. Where a number is registered (city, state, ZIP) is never read.

use crate::{
    domain::{
        envelope::{Content, Envelope, Guise, Origin, PersonRef, PlatformKind},
        ids::{EffectId, EnvelopeId, MessageId},
        sending::{Progress, Stage},
        sensitive::Sensitive,
        timestamp::Timestamp,
    },
    platforms::sms::{
        errors,
        form::{Fault, Form},
        message::{Message, is_sid},
    },
};

/// A text message that somebody sent us.
pub(super) struct Inbound {
    /// Its number.
    pub sid: String,
    /// The account it came to.
    pub account: String,
    /// The Messaging Service it came through, if any.
    pub service: Option<String>,
    /// Who sent it; empty where they hide it.
    pub from: Sensitive<String>,
    /// Which of our addresses it came to.
    pub to: Sensitive<String>,
    /// What it says.
    pub text: Sensitive<String>,
    /// Whether files came with it.
    pub has_media: bool,
}

impl Inbound {
    /// Reads what a web hook posts.
    pub(super) fn of_form(form: &Form) -> Result<Self, Fault> {
        let media = form.one("NumMedia")?.unwrap_or("0");
        let media: u32 = media.trim().parse().map_err(|_| "NumMedia is no number")?;
        let body = form.one("Body")?.unwrap_or_default();
        let text = if body.is_empty() {
            place(form)?
        } else {
            body.to_owned()
        };
        Ok(Self {
            sid: sid_of(form)?.to_owned(),
            account: form.needed("AccountSid")?.to_owned(),
            service: form.one("MessagingServiceSid")?.map(str::to_owned),
            from: clean(form.one("From")?.unwrap_or_default()),
            to: clean(form.needed("To")?),
            text: clean(&text),
            has_media: media > 0,
        })
    }

    /// Reads a message of a list; `None` if it is not one that somebody sent us, or says nothing.
    pub(super) fn of_message(message: Message, account: &str) -> Option<(Self, Timestamp)> {
        let at = message.created_at()?;
        let has_media = message.has_media();
        let text = message
            .body
            .unwrap_or_else(|| Sensitive::new(String::new()));
        // An empty text was emptied by us: it has been read.
        let is_of_use = message.direction == "inbound"
            && is_sid(&message.sid)
            && (has_media || !text.expose().is_empty());
        is_of_use.then_some(())?;
        let inbound = Self {
            sid: message.sid,
            account: account.to_owned(),
            service: None,
            from: clean(message.from?.expose()),
            to: clean(message.to?.expose()),
            text: clean(text.expose()),
            has_media,
        };
        Some((inbound, at))
    }

    /// The envelopes it makes: its words, and that a file came; a file without words makes only the second.
    pub(super) fn envelopes(self, at: Timestamp) -> Vec<Envelope> {
        let message = MessageId::new(&self.sid);
        let sender = PersonRef {
            platform: PlatformKind::Sms,
            address: self.from,
        };
        let envelope = |id: &str, content| Envelope {
            id: EnvelopeId::new(id),
            origin: Origin::Direct,
            sender: sender.clone(),
            standing: None,
            member: None,
            sent_at: at,
            content,
            guise: Guise::default(),
        };
        let mut envelopes = Vec::new();
        if !self.has_media || !self.text.expose().trim().is_empty() {
            let content = Content::Text {
                text: self.text,
                message: message.clone(),
                reply_to: None,
                answers: None,
            };
            envelopes.push(envelope(&self.sid, content));
        }
        if self.has_media {
            let id = format!("{}/media", self.sid);
            envelopes.push(envelope(&id, Content::Media { message }));
        }
        envelopes
    }
}

/// The words of a place that was shared on a map, as WhatsApp has them; empty if there are none.
fn place(form: &Form) -> Result<String, Fault> {
    let parts = [form.one("Label")?, form.one("Address")?];
    let words: Vec<_> = parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    Ok(words.join(", "))
}

/// News of a message of ours.
pub(super) struct Status {
    /// The account it was sent from.
    pub account: String,
    /// To whom.
    pub to: String,
    /// From which of our addresses.
    pub from: String,
    /// The Messaging Service that sent it, if any.
    pub service: Option<String>,
    /// What became of it; `None` if that is a word we do not know.
    pub progress: Option<Progress>,
}

impl Status {
    /// Reads what a web hook posts, and what stands in its address.
    pub(super) fn of_form(form: &Form, query: &Form) -> Result<Self, Fault> {
        let sid = sid_of(form)?;
        let word = match form.one("MessageStatus")? {
            Some(word) => word,
            None => form.needed("SmsStatus")?,
        };
        let code = form.one("ErrorCode")?.unwrap_or_default();
        let code = if code.is_empty() {
            0
        } else {
            code.parse().map_err(|_| "ErrorCode is no number")?
        };
        let effect = query
            .one("out")?
            .filter(|id| !id.is_empty())
            .map(EffectId::new);
        let progress = Stage::from_name(word).map(|stage| Progress {
            message: MessageId::new(sid),
            effect,
            stage,
            code,
            person: errors::remedy(code)
                .filter(|_| stage.is_lost())
                .and_then(|remedy| remedy.person),
        });
        Ok(Self {
            account: form.needed("AccountSid")?.to_owned(),
            to: form.needed("To")?.to_owned(),
            from: form.one("From")?.unwrap_or_default().to_owned(),
            service: form.one("MessagingServiceSid")?.map(str::to_owned),
            progress,
        })
    }
}

/// The envelope of news about a message of ours: each stage counts once.
pub(super) fn progress_envelope(to: &str, progress: Progress, at: Timestamp) -> Envelope {
    Envelope {
        id: EnvelopeId::new(format!("{}/{}", progress.message, progress.stage.as_str())),
        origin: Origin::Direct,
        sender: PersonRef::new(PlatformKind::Sms, to),
        standing: None,
        member: None,
        sent_at: at,
        content: Content::Progress(progress),
        guise: Guise::default(),
    }
}

/// The message's number; both of its names must agree.
fn sid_of(form: &Form) -> Result<&str, Fault> {
    let old = form.one("SmsSid")?;
    let sid = form.needed("MessageSid")?;
    if old.is_some_and(|old| old != sid) {
        return Err("two message numbers");
    }
    if is_sid(sid) {
        Ok(sid)
    } else {
        Err("no message number")
    }
}

/// Without NUL, which Postgres cannot keep.
fn clean(text: &str) -> Sensitive<String> {
    Sensitive::new(text.replace('\0', ""))
}
