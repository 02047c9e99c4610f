//! The pretend network's own server: who is where and may do what, and what the bot has still to be told.

use std::collections::VecDeque;

use serde::Serialize;

use super::{
    board::{Board, KEPT_MESSAGES, Message, Refused},
    plan::{TO_THE_BOT, TownPlan},
};
use crate::domain::{
    directory::Purpose,
    envelope::{Content, Envelope, Guise, Origin, PersonRef, PlatformKind, RoomRef},
    ids::{EnvelopeId, MessageId},
    sensitive::Sensitive,
    timestamp::Timestamp,
    words::Words,
};

/// Envelopes that may wait for the bot before the town asks people to wait.
const MAX_WAITING: usize = 1_000;
/// The longest emoji, in bytes: some are long chains.
const MAX_EMOJI: usize = 64;
/// The longest message, in characters.
pub const MAX_TEXT: usize = 4_000;

/// An envelope on its way to the bot.
#[derive(Debug, Clone)]
struct Waiting {
    envelope: Envelope,
    thread: String,
    /// The message that gets a tick when it was taken in.
    message: Option<String>,
}

/// What a page has to be told.
pub enum News {
    /// Everything, as of that change.
    All(u64, String),
    /// What has changed, in order; perhaps nothing.
    Changes(Vec<(u64, String)>),
}

/// The town as it is now. A thread is a room, or the talk of one person or phone with the bot (`@ana`).
pub struct Town {
    plan: TownPlan,
    /// Different in every run, so that ids never repeat what an earlier run has told the bot.
    run: String,
    numbered: u64,
    board: Board,
    waiting: VecDeque<Waiting>,
    opened: bool,
}

/// A purpose as the plan writes it.
const fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Response => "response",
        Purpose::Verifiers => "verifiers",
        Purpose::Moderators => "moderators",
        Purpose::Info => "info",
        Purpose::City => "city",
        Purpose::Aid => "aid",
        Purpose::Shifts => "shifts",
        Purpose::Planning => "planning",
        Purpose::Liaison => "liaison",
        Purpose::Space => "space",
    }
}

fn direct(who: &str) -> String {
    format!("@{who}")
}

impl Town {
    /// A town where nothing has been said yet.
    #[must_use]
    pub fn new(plan: TownPlan, now: Timestamp) -> Self {
        let rooms = plan.rooms.iter().map(|room| room.id.clone());
        let people = plan.people.iter().map(|person| direct(&person.id));
        let phones = plan.phones.iter().map(|phone| direct(&phone.number));
        let board = Board::new(rooms.chain(people).chain(phones));
        Self {
            run: format!("{:x}", now.as_ms()),
            plan,
            numbered: 0,
            board,
            waiting: VecDeque::new(),
            opened: false,
        }
    }

    /// What the town is made of.
    #[must_use]
    pub const fn plan(&self) -> &TownPlan {
        &self.plan
    }

    /// This run's name.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.run
    }

    /// Lets the bot into every room and says the opening lines; once.
    pub fn open(&mut self, now: Timestamp) {
        if std::mem::replace(&mut self.opened, true) {
            return;
        }
        for room in self.plan.rooms.clone() {
            let id = self.next_id();
            self.tell_bot(&id, TO_THE_BOT, &room.id, now, Content::Joined, None);
        }
        for line in self.plan.opening.clone() {
            // The plan was checked: everybody is where they speak.
            let _checked = self.say(&line.who, &line.place, &line.text, None, now);
        }
    }

    // ---- people ----

    /// Somebody writes in a room, or to the bot alone.
    pub fn say(
        &mut self,
        who: &str,
        place: &str,
        text: &str,
        reply_to: Option<&str>,
        now: Timestamp,
    ) -> Result<String, Refused> {
        let thread = self.thread_for(who, place)?;
        let text = checked(text)?;
        self.room_for_one()?;
        if let Some(target) = reply_to {
            self.can_mark(who)?;
            self.board
                .is_redacted(&thread, target)
                .ok_or(Refused::UnknownMessage)?;
        }
        let id = self.next_id();
        let spans = vec![(text.to_owned(), false)];
        self.board
            .put(&thread, Message::new(&id, Some(who), now, spans, reply_to));
        let content = Content::Text {
            text: Sensitive::new(unquoted(text)),
            message: MessageId::new(&id),
            reply_to: reply_to.map(MessageId::new),
            answers: None,
        };
        self.tell_bot(&id, who, &thread, now, content, Some(&id));
        Ok(id)
    }

    /// Somebody puts an emoji on a message. The same again changes nothing.
    pub fn react(
        &mut self,
        who: &str,
        message: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<(), Refused> {
        self.can_mark(who)?;
        let thread = self.thread_of(who, message)?;
        let key = key.trim();
        if key.is_empty() {
            return Err(Refused::Empty);
        }
        if key.len() > MAX_EMOJI || key.chars().any(char::is_control) {
            return Err(Refused::TooLong);
        }
        self.room_for_one()?;
        if self.board.mark(&thread, message, who, key)? {
            let content = Content::Reaction {
                target: MessageId::new(message),
                key: key.to_owned(),
            };
            let id = self.next_id();
            self.tell_bot(&id, who, &thread, now, content, None);
        }
        Ok(())
    }

    /// Somebody changes an earlier message of theirs.
    pub fn edit(
        &mut self,
        who: &str,
        message: &str,
        text: &str,
        now: Timestamp,
    ) -> Result<(), Refused> {
        self.can_mark(who)?;
        let thread = self.thread_of(who, message)?;
        let text = checked(text)?;
        self.room_for_one()?;
        let spans = vec![(text.to_owned(), false)];
        self.board.rewrite(&thread, message, Some(who), spans)?;
        let content = Content::Edit {
            original: MessageId::new(message),
            text: Sensitive::new(unquoted(text)),
        };
        let id = self.next_id();
        self.tell_bot(&id, who, &thread, now, content, Some(message));
        Ok(())
    }

    /// Somebody takes an earlier message of theirs back.
    pub fn take_back(&mut self, who: &str, message: &str, now: Timestamp) -> Result<(), Refused> {
        self.can_mark(who)?;
        let thread = self.thread_of(who, message)?;
        self.room_for_one()?;
        self.board.take_back(&thread, message, Some(who))?;
        let content = Content::Redaction {
            original: MessageId::new(message),
        };
        let id = self.next_id();
        self.tell_bot(&id, who, &thread, now, content, None);
        Ok(())
    }

    // ---- the bot ----

    /// The thread of a room, if there is such a room.
    #[must_use]
    pub fn room_thread(&self, room: &RoomRef) -> Option<String> {
        let known = room.platform == PlatformKind::Playground
            && self.plan.rooms.iter().any(|planned| planned.id == room.id);
        known.then(|| room.id.clone())
    }

    /// The thread of a person with the bot, if there is such a person.
    #[must_use]
    pub fn person_thread(&self, person: &PersonRef) -> Option<String> {
        let address = person.address.expose();
        (person.platform == PlatformKind::Playground && self.lives_here(address))
            .then(|| direct(address))
    }

    /// The bot writes. The same id again changes nothing.
    pub fn bot_says(
        &mut self,
        thread: &str,
        id: &str,
        words: &Words,
        reply_to: Option<&str>,
        now: Timestamp,
    ) {
        if self.board.is_redacted(thread, id).is_some() {
            return;
        }
        self.board
            .put(thread, Message::new(id, None, now, spans(words), reply_to));
    }

    /// The bot changes an earlier message of its own.
    pub fn bot_edits(&mut self, thread: &str, id: &str, words: &Words) -> Result<(), Refused> {
        self.board.rewrite(thread, id, None, spans(words))
    }

    /// The bot puts an emoji on a message.
    pub fn bot_reacts(&mut self, thread: &str, id: &str, emoji: &str) -> Result<(), Refused> {
        self.board
            .mark(thread, id, TO_THE_BOT, emoji)
            .map(|_new| ())
    }

    /// The bot takes an earlier message of its own back; once taken back, it stays so.
    pub fn bot_takes_back(&mut self, thread: &str, id: &str) -> Result<(), Refused> {
        if self.board.is_redacted(thread, id) == Some(true) {
            return Ok(());
        }
        self.board.take_back(thread, id, None)
    }

    // ---- towards the bot ----

    /// The envelope that the bot must be told next.
    #[must_use]
    pub fn next_waiting(&self) -> Option<Envelope> {
        self.waiting.front().map(|waiting| waiting.envelope.clone())
    }

    /// The bot has taken that one in.
    pub fn taken_in(&mut self, id: &EnvelopeId) {
        let Some(first) = self.waiting.pop_front_if(|first| &first.envelope.id == id) else {
            return;
        };
        let Some(message) = first.message else { return };
        self.board.tick(&first.thread, &message);
    }

    // ---- towards the page ----

    /// What a page that has seen everything up to `seen` has to be told; everything if it has seen nothing, or too long ago.
    #[must_use]
    pub fn news(&self, seen: Option<u64>) -> News {
        match self.board.since(seen) {
            None => News::All(self.board.changed(), self.everything()),
            Some(changes) => {
                News::Changes(changes.map(|(at, change)| (at, json(change))).collect())
            }
        }
    }

    fn everything(&self) -> String {
        let plan = &self.plan;
        json(&serde_json::json!({
            "title": plan.title,
            "timezone": plan.timezone,
            "rooms": plan.rooms.iter().map(|room| serde_json::json!({
                "id": room.id, "name": room.name, "purpose": purpose_name(room.purpose),
                "language": room.language, "members": room.members,
            })).collect::<Vec<_>>(),
            "people": plan.people.iter().map(|person| serde_json::json!({
                "id": person.id, "name": person.name, "role": person.role,
            })).collect::<Vec<_>>(),
            "phones": plan.phones.iter().map(|phone| serde_json::json!({
                "id": phone.number, "name": phone.name,
            })).collect::<Vec<_>>(),
            "samples": plan.samples.iter().map(|sample| serde_json::json!({
                "label": sample.label, "about": sample.about, "language": sample.language,
                "who": sample.line.who, "where": sample.line.place, "text": sample.line.text,
                "story": sample.story,
            })).collect::<Vec<_>>(),
            "threads": self.board.threads(),
            "kept": KEPT_MESSAGES,
        }))
    }

    // ---- inside ----

    fn next_id(&mut self) -> String {
        self.numbered += 1;
        format!("{}-{}", self.run, self.numbered)
    }

    fn lives_here(&self, who: &str) -> bool {
        self.plan.people.iter().any(|person| person.id == who) || self.is_phone(who)
    }

    fn is_phone(&self, who: &str) -> bool {
        self.plan.phones.iter().any(|phone| phone.number == who)
    }

    fn can_mark(&self, who: &str) -> Result<(), Refused> {
        if self.is_phone(who) {
            Err(Refused::OnlyTexts)
        } else {
            Ok(())
        }
    }

    fn room_for_one(&self) -> Result<(), Refused> {
        if self.waiting.len() < MAX_WAITING {
            Ok(())
        } else {
            Err(Refused::Busy)
        }
    }

    fn thread_for(&self, who: &str, place: &str) -> Result<String, Refused> {
        if !self.lives_here(who) {
            return Err(Refused::UnknownPerson);
        }
        if place == TO_THE_BOT {
            return Ok(direct(who));
        }
        let room = self.plan.rooms.iter().find(|room| room.id == place);
        match room {
            None => Err(Refused::UnknownRoom),
            Some(room) if room.members.iter().any(|member| member == who) => Ok(room.id.clone()),
            Some(_) => Err(Refused::NotInRoom),
        }
    }

    /// The thread of a message, if that person is in it.
    fn thread_of(&self, who: &str, message: &str) -> Result<String, Refused> {
        let thread = self
            .board
            .thread_of(message)
            .ok_or(Refused::UnknownMessage)?;
        if thread == direct(who) {
            return Ok(thread.to_owned());
        }
        self.thread_for(who, thread)
            .map_err(|refused| match refused {
                Refused::UnknownRoom => Refused::NotInRoom,
                other => other,
            })
    }

    fn tell_bot(
        &mut self,
        id: &str,
        who: &str,
        thread: &str,
        now: Timestamp,
        content: Content,
        message: Option<&str>,
    ) {
        let origin = if thread.starts_with('@') {
            Origin::Direct
        } else {
            Origin::Room(RoomRef::new(PlatformKind::Playground, thread))
        };
        self.waiting.push_back(Waiting {
            envelope: Envelope {
                id: EnvelopeId::new(id),
                origin,
                sender: PersonRef::new(PlatformKind::Playground, who),
                standing: None,
                member: None,
                sent_at: now,
                content,
                guise: Guise::default(),
            },
            thread: thread.to_owned(),
            message: message.map(ToOwned::to_owned),
        });
    }
}

fn spans(words: &Words) -> Vec<(String, bool)> {
    words
        .spans()
        .map(|(text, strong)| (text.to_owned(), strong))
        .collect()
}

fn checked(text: &str) -> Result<&str, Refused> {
    let text = text.trim();
    if text.is_empty() {
        Err(Refused::Empty)
    } else if text.chars().count() > MAX_TEXT {
        Err(Refused::TooLong)
    } else {
        Ok(text)
    }
}

/// The text without quoted lines (`> …`) and code (between backquotes): what others said, or what is shown as an example, is not
/// said by the sender.
fn unquoted(text: &str) -> String {
    let mut fenced = false;
    let lines: Vec<_> = text
        .lines()
        .filter(|line| {
            let fence = line.trim_start().starts_with("```");
            fenced ^= fence;
            !fence && !fenced && !line.trim_start().starts_with('>')
        })
        .collect();
    let text = lines.join("\n");
    let pieces: Vec<_> = text.split('`').collect();
    if pieces.len() % 2 == 0 {
        // A single backquote that nothing closes is no code.
        return text.trim().to_owned();
    }
    let said: String = pieces.into_iter().step_by(2).collect();
    said.trim().to_owned()
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn what_others_said_is_not_said_by_the_sender() {
        let check = |text: &str, said: &str| assert_eq!(unquoted(text), said);
        check("3 agents at lake", "3 agents at lake");
        check("> 3 agents at lake\nis this true?", "is this true?");
        check("try `ok K7` there", "try  there");
        check("```\nok K7\n```\nlike that", "like that");
        check("it`s cold", "it`s cold");
        check("> only a quote", "");
    }
}
