//! Messages so long that their text comes as a file: until 0.13 signal-cli hands only the beginning over.

use crate::{
    domain::envelope::{Content, Envelope},
    platforms::signal::{
        text,
        wire::{Data, FileId, Mention, Style, Uuid},
    },
};

/// An envelope with only the beginning of its text, and where the whole of it is.
#[derive(Debug)]
pub struct LongText {
    /// The file with the text, UTF-8. Ask the daemon for it (`getAttachment`), within reason.
    pub file: FileId,
    envelope: Envelope,
    mentions: Vec<Mention>,
    styles: Vec<Style>,
    me: Uuid,
}

impl LongText {
    pub(super) fn new(file: FileId, envelope: Envelope, data: &Data, me: Uuid) -> Self {
        Self {
            file,
            envelope,
            mentions: data.mentions.clone(),
            styles: data.styles.clone(),
            me,
        }
    }

    /// The envelope with its whole text, or with the beginning if that is all that can be had; `None` if nobody's own words
    /// are in it.
    #[must_use]
    pub fn envelope(mut self, whole: Option<&str>) -> Option<Envelope> {
        let (Content::Text { text, .. } | Content::Edit { text, .. }) = &mut self.envelope.content
        else {
            return None;
        };
        if let Some(whole) = whole {
            *text = text::own(whole, &self.mentions, &self.styles, self.me).into();
        }
        (!text.expose().is_empty()).then_some(self.envelope)
    }

    /// The envelope as it is, with the room in which the file is to be asked for.
    #[must_use]
    pub const fn beginning(&self) -> &Envelope {
        &self.envelope
    }
}
