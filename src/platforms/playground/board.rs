//! What was written in the town, as the pages show it: messages by thread, and the latest changes. In memory, and bounded.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use crate::domain::timestamp::Timestamp;

/// Messages kept in one thread; older ones are forgotten.
pub const KEPT_MESSAGES: usize = 500;
/// Changes kept for pages that were away for a moment; whoever missed more gets everything anew.
const KEPT_CHANGES: usize = 256;
/// Different emojis on one message.
const MAX_REACTIONS: usize = 20;

/// Why somebody may not do something, as a code that the page has words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Nobody of that name lives here.
    UnknownPerson,
    /// There is no such room.
    UnknownRoom,
    /// There is no such message, or no longer.
    UnknownMessage,
    /// They are not in that room.
    NotInRoom,
    /// The message is somebody else's.
    NotYours,
    /// Phones can only send texts.
    OnlyTexts,
    /// Nothing is written.
    Empty,
    /// Too much is written.
    TooLong,
    /// Too many messages wait for the bot.
    Busy,
}

impl Refused {
    /// The code as the page gets it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownPerson => "unknown_person",
            Self::UnknownRoom => "unknown_room",
            Self::UnknownMessage => "unknown_message",
            Self::NotInRoom => "not_in_room",
            Self::NotYours => "not_yours",
            Self::OnlyTexts => "only_texts",
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::Busy => "busy",
        }
    }
}

/// A message on the board.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    id: String,
    /// A person's id or a phone's number; nobody if the bot wrote it.
    who: Option<String>,
    at: Timestamp,
    /// The parts, each with whether it is strong.
    spans: Vec<(String, bool)>,
    reply_to: Option<String>,
    reactions: Vec<Reaction>,
    edited: bool,
    redacted: bool,
    /// The bot has taken it in.
    taken: bool,
}

/// One emoji on a message, and who put it there.
#[derive(Debug, Clone, Serialize)]
struct Reaction {
    key: String,
    by: Vec<String>,
}

/// One message as it is now, new or changed.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    thread: String,
    message: Message,
}

impl Message {
    /// A new message; nobody means the bot.
    #[must_use]
    pub fn new(
        id: &str,
        who: Option<&str>,
        at: Timestamp,
        spans: Vec<(String, bool)>,
        reply_to: Option<&str>,
    ) -> Self {
        Self {
            id: id.to_owned(),
            who: who.map(ToOwned::to_owned),
            at,
            spans,
            reply_to: reply_to.map(ToOwned::to_owned),
            reactions: Vec::new(),
            edited: false,
            redacted: false,
            taken: who.is_none(),
        }
    }
}

/// All that was written. A thread is a room, or the talk of one person or phone with the bot (`@ana`).
pub struct Board {
    threads: BTreeMap<String, VecDeque<Message>>,
    changes: VecDeque<(u64, Change)>,
    changed: u64,
}

impl Board {
    /// A board with these threads, all empty.
    pub fn new(threads: impl Iterator<Item = String>) -> Self {
        Self {
            threads: threads.map(|thread| (thread, VecDeque::new())).collect(),
            changes: VecDeque::new(),
            changed: 0,
        }
    }

    /// Every thread with its messages, oldest first.
    #[must_use]
    pub const fn threads(&self) -> &BTreeMap<String, VecDeque<Message>> {
        &self.threads
    }

    /// How many changes there were.
    #[must_use]
    pub const fn changed(&self) -> u64 {
        self.changed
    }

    /// The changes after the given one; nothing is known if that was never, or too long ago.
    #[must_use]
    pub fn since(&self, seen: Option<u64>) -> Option<impl Iterator<Item = (u64, &Change)>> {
        let oldest = self.changes.front().map_or(self.changed + 1, |(n, _)| *n);
        let seen = seen.filter(|seen| *seen <= self.changed && seen + 1 >= oldest)?;
        Some(
            self.changes
                .iter()
                .filter(move |(n, _)| *n > seen)
                .map(|(n, change)| (*n, change)),
        )
    }

    /// Whether there is such a message, and whether it has been taken back.
    #[must_use]
    pub fn is_redacted(&self, thread: &str, id: &str) -> Option<bool> {
        self.message(thread, id).map(|message| message.redacted)
    }

    /// The thread of a message.
    #[must_use]
    pub fn thread_of(&self, id: &str) -> Option<&str> {
        self.threads
            .iter()
            .find(|(_, messages)| messages.iter().any(|known| known.id == id))
            .map(|(thread, _)| thread.as_str())
    }

    fn message(&self, thread: &str, id: &str) -> Option<&Message> {
        self.threads
            .get(thread)?
            .iter()
            .find(|known| known.id == id)
    }

    fn message_mut(&mut self, thread: &str, id: &str) -> Option<&mut Message> {
        let messages = self.threads.get_mut(thread)?;
        messages.iter_mut().find(|known| known.id == id)
    }

    /// A message that `who` wrote (the bot, if nobody) and has not taken back.
    fn own(&mut self, thread: &str, id: &str, who: Option<&str>) -> Result<&mut Message, Refused> {
        let found = self
            .message_mut(thread, id)
            .filter(|message| !message.redacted)
            .ok_or(Refused::UnknownMessage)?;
        if found.who.as_deref() == who {
            Ok(found)
        } else {
            Err(Refused::NotYours)
        }
    }

    /// Changes the words of a message that `who` wrote; what a person changed waits for the bot again.
    pub fn rewrite(
        &mut self,
        thread: &str,
        id: &str,
        who: Option<&str>,
        spans: Vec<(String, bool)>,
    ) -> Result<(), Refused> {
        let found = self.own(thread, id, who)?;
        if who.is_none() && found.spans == spans {
            return Ok(());
        }
        found.spans = spans;
        found.edited = true;
        found.taken = who.is_none();
        self.note(thread, id);
        Ok(())
    }

    /// Takes a message back that `who` wrote: nothing is left of it but its place.
    pub fn take_back(&mut self, thread: &str, id: &str, who: Option<&str>) -> Result<(), Refused> {
        let found = self.own(thread, id, who)?;
        found.redacted = true;
        found.spans.clear();
        found.reactions.clear();
        found.reply_to = None;
        self.note(thread, id);
        Ok(())
    }

    /// Puts the tick on a message that the bot has taken in.
    pub fn tick(&mut self, thread: &str, id: &str) {
        if let Some(found) = self.message_mut(thread, id)
            && !found.redacted
        {
            found.taken = true;
            self.note(thread, id);
        }
    }

    /// Puts an emoji on a message; whether that changed anything.
    pub fn mark(&mut self, thread: &str, id: &str, who: &str, key: &str) -> Result<bool, Refused> {
        let found = self
            .message_mut(thread, id)
            .filter(|message| !message.redacted)
            .ok_or(Refused::UnknownMessage)?;
        let full = found.reactions.len() >= MAX_REACTIONS;
        match found.reactions.iter_mut().find(|known| known.key == key) {
            Some(known) if known.by.iter().any(|by| by == who) => return Ok(false),
            Some(known) => known.by.push(who.to_owned()),
            None if full => return Err(Refused::TooLong),
            None => found.reactions.push(Reaction {
                key: key.to_owned(),
                by: vec![who.to_owned()],
            }),
        }
        self.note(thread, id);
        Ok(true)
    }

    /// Puts a new message on the board; the thread's oldest makes room.
    pub fn put(&mut self, thread: &str, message: Message) {
        let id = message.id.clone();
        if let Some(messages) = self.threads.get_mut(thread) {
            if messages.len() >= KEPT_MESSAGES {
                messages.pop_front();
            }
            messages.push_back(message);
        }
        self.note(thread, &id);
    }

    /// Notes for the pages that a message is new or has changed.
    fn note(&mut self, thread: &str, id: &str) {
        let Some(message) = self.message(thread, id).cloned() else {
            return;
        };
        self.changed += 1;
        if self.changes.len() >= KEPT_CHANGES {
            self.changes.pop_front();
        }
        let thread = thread.to_owned();
        self.changes
            .push_back((self.changed, Change { thread, message }));
    }
}
