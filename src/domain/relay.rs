//! Talk that is passed on among the response rooms of an area, its **siblings**, where moderators want it.
//!
//! What is passed on begins with [`MARK`], so that whoever reads it, person or bot, sees that it was written elsewhere: a bot of this
//! kind never reads such a text, from whomever it comes, and no loop can form. How names and words are made fit to be passed on
//! stands in the submodule `fit`.

mod fit;

use serde::{Deserialize, Serialize};

pub use self::fit::{is_emoji, name, words};
use crate::domain::{
    command::folded,
    directory::{Directory, Purpose, Room},
    effect::{Anchor, Post},
};

/// Stands before every line that is passed on, with a space behind it.
pub const MARK: char = '»';

/// How many letters at the beginning of a line may be the name of whoever passed on something that was passed on already.
const NAME_BEFORE: usize = 80;

/// What the response rooms of an area hear of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relay {
    /// Alerts, and nothing else.
    #[default]
    Alerts,
    /// All that is said there.
    Chat,
}

/// The words for it, accents and case aside; several words are joined by one space.
const NAMES: [(Relay, &[&str]); 2] = [
    (
        Relay::Chat,
        &["chat", "charla", "todo", "sheeko", "sib tham"],
    ),
    (
        Relay::Alerts,
        &["alerts", "alert", "off", "alertas", "digniin", "ceeb toom"],
    ),
];

impl Relay {
    /// The name as stored and as written in settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alerts => "alerts",
            Self::Chat => "chat",
        }
    }

    /// The mode of that name, as [`Self::as_str`] gives it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Alerts, Self::Chat]
            .into_iter()
            .find(|mode| mode.as_str() == name)
    }

    /// What a moderator wants, in whatever language, and what else they wrote: `whittier chat` is chat, and "whittier".
    #[must_use]
    pub fn wanted(rest: &str) -> Option<(Self, String)> {
        let words: Vec<&str> = rest.split_whitespace().collect();
        let plain: Vec<String> = words
            .iter()
            .map(|word| folded(word.trim_matches(|c: char| !c.is_alphanumeric())))
            .collect();
        for (mode, names) in NAMES {
            for name in names {
                let length = name.split(' ').count();
                let at = plain
                    .windows(length)
                    .position(|some| some.join(" ") == **name);
                // At either end: a neighborhood may be called like anything.
                if let Some(at) = at.filter(|at| *at == 0 || at + length == words.len()) {
                    let others = [&words[..at], &words[at + length..]].concat();
                    return Some((mode, others.join(" ")));
                }
            }
        }
        None
    }
}

/// Whether words may stand behind the command: which of the two is wanted must be said, and hardly anything else.
#[must_use]
pub fn is_wanted(rest: &str) -> bool {
    Relay::wanted(rest).is_some_and(|(_, others)| others.split_whitespace().count() <= 5)
}

/// Whether a text was passed on by a bot like this one, or by whoever carried it further: the mark stands at its beginning, or
/// behind a name. It is never read.
#[must_use]
pub fn is_relayed(text: &str) -> bool {
    let line = text.trim_start().lines().next().unwrap_or_default();
    let Some((before, after)) = line.split_once(MARK) else {
        return false;
    };
    let is_name = before.is_empty()
        || before.chars().count() <= NAME_BEFORE
            && [": ", "> ", "] ", ":** ", "**: "]
                .iter()
                .any(|end| before.ends_with(end));
    is_name && after.starts_with(' ')
}

/// The other rooms that hear what is said in a room: of just the same areas, on whatever platform.
pub fn siblings<'d>(directory: &'d Directory, room: &'d Room) -> impl Iterator<Item = &'d Room> {
    directory.rooms.iter().filter(move |other| {
        other.purpose == Purpose::Response
            && other.areas == room.areas
            && other.room != room.room
            && has_siblings(room)
    })
}

/// Whether a room can have siblings that hear what is said there.
#[must_use]
pub fn has_siblings(room: &Room) -> bool {
    room.purpose == Purpose::Response && !room.areas.is_empty()
}

/// What is passed on, made fit by [`name`] and [`words`]. Kept nowhere but sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// The writer's name as they chose it, if they have one.
    pub name: Option<String>,
    /// Their words; empty where only a picture came.
    pub words: String,
    /// Whether something came with it, which is not passed on.
    pub has_picture: bool,
}

/// A [`Talk`], encrypted for one effect; only the outbox opens it, at the moment of sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedTalk(pub String);

/// One thing passed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Passing {
    /// Somebody said something.
    Said {
        /// What.
        talk: SealedTalk,
        /// The message that it answers.
        reply_to: Option<Anchor>,
        /// Under which name it can be edited, redacted or answered later.
        post: Post,
    },
    /// They changed it; nothing is done where it was not passed on.
    Edited {
        /// What it says now.
        talk: SealedTalk,
        /// What was passed on.
        post: Post,
    },
    /// Somebody put an emoji on something; nothing is done where that is not known.
    Reacted {
        /// On what.
        on: Anchor,
        /// Which.
        emoji: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_passed_on_is_known_by_its_mark() {
        for (text, expected) in [
            ("» Ana: hi", true),
            ("  » Ana: hi\n» more", true),
            ("Tocsin: » Ana: hi", true),
            ("**Tocsin**: » Ana: hi", true),
            ("<tocsin> » Ana: hi", true),
            ("[Whittier] » Ana: hi", true),
            ("hi", false),
            ("see » there", false),
            ("«hola» dijo", false),
            ("»hola", false),
            ("hi\n» Ana: hi", false),
            ("", false),
        ] {
            assert_eq!(is_relayed(text), expected, "{text:?}");
        }
    }

    #[test]
    fn moderators_say_what_they_want_in_their_language() {
        for (rest, expected) in [
            ("whittier chat", Some((Relay::Chat, "whittier"))),
            ("chat Whittier", Some((Relay::Chat, "Whittier"))),
            ("chat", Some((Relay::Chat, ""))),
            ("whittier alerts", Some((Relay::Alerts, "whittier"))),
            (
                "Powderhorn Park: charla",
                Some((Relay::Chat, "Powderhorn Park:")),
            ),
            ("whittier sib tham", Some((Relay::Chat, "whittier"))),
            ("whittier ceeb toom", Some((Relay::Alerts, "whittier"))),
            ("whittier", None),
            ("the chat there", None),
            ("", None),
        ] {
            let expected = expected.map(|(mode, others)| (mode, others.to_owned()));
            assert_eq!(Relay::wanted(rest), expected, "{rest:?}");
        }
    }
}
