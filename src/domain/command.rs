//! What people can tell the bot to do: one table row each, for parsing, permission and help alike.
//!
//! # How to add a command
//! 1. A variant in [`Verb`] (or [`Wish`], for what concerns the writer alone) and a row in [`COMMANDS`]: name, aliases in every
//!    language, role, which series of ids it takes, which words may follow.
//! 2. Its mention in the help of `prompts/<language>/answers.ftl`.
//! 3. An arm in `app/moderation.rs`, or in `app/neighbors`.
//! 4. A transcript or feature test.

mod carrier;
mod table;
mod wish;

pub use self::{
    carrier::{CarrierWord, carrier_word, is_carriers_own, language_of_word, says_no, says_yes},
    table::{COMMANDS, CommandSpec, RoomVerb, Verb, is_everybody},
    wish::{AlertsWanted, Wish, language_named, pause_hours},
};
use crate::domain::{
    handle::{Handle, Series},
    incident::Verdict,
    role::Role,
    slips,
};

/// What stands around a text and decides whether it can be a command.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// Written to the bot alone: no prefix is needed.
    pub is_direct: bool,
    /// The handle of what this answers, such as the incident of a card or alert; the id may then be left out.
    pub answers: Option<&'a Handle>,
    /// Whether a thing of that handle is open and visible to the writer.
    pub is_open: &'a dyn Fn(&Handle) -> bool,
}

/// What a line turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A command, with what it is about, if it takes an id, and the words that follow.
    Command {
        /// Which.
        verb: Verb,
        /// Who may.
        role: Role,
        /// About which thing.
        handle: Option<Handle>,
        /// The rest of the line, as written.
        rest: String,
    },
    /// Something said about an open incident: `K7 they moved to 31st`.
    About {
        /// Which incident.
        handle: Handle,
        /// What is said of it.
        text: String,
    },
    /// A command about an id that is not open.
    NoSuchId {
        /// The id as typed.
        handle: Handle,
    },
    /// Addressed to the bot, nearly a command.
    Mistyped {
        /// The nearest command, as help shows it.
        usage: String,
    },
    /// Not a command: read it as a report.
    Free {
        /// The text, without the prefix that addressed the bot.
        text: String,
    },
}

/// Reads one line. Case, accents, punctuation and order do not matter (`ok k7` = `k7 ok`); one typo is forgiven in words of
/// four or more letters. Only a line that is addressed to the bot, is a bare verb and id, or answers a card can be a command.
#[must_use]
pub fn parse(text: &str, setting: Setting<'_>) -> Line {
    let (is_addressed, body) = addressed(text);
    let free = || Line::Free {
        text: if is_addressed {
            body.to_owned()
        } else {
            text.to_owned()
        },
    };
    let tokens = tokens(body);
    if tokens.is_empty() {
        return free();
    }
    with_id(body, &tokens, is_addressed, setting)
        .or_else(|| in_answer(body, &tokens, setting))
        .or_else(|| without_id(body, &tokens, is_addressed, setting))
        .or_else(|| mistyped(&tokens, is_addressed))
        .unwrap_or_else(free)
}

/// What has the form of an id where an id can stand: among the first three words of a line.
#[must_use]
pub fn handles_in(text: &str) -> Vec<Handle> {
    tokens(addressed(text).1)
        .iter()
        .take(3)
        .filter_map(Token::handle)
        .collect()
}

/// A word of a line: folded for comparing, and where it ends in the original.
#[derive(Debug)]
struct Token {
    word: String,
    end: usize,
    /// Whether it begins an address: `@k7:example.org` names somebody and no incident.
    is_address: bool,
}

impl Token {
    fn handle(&self) -> Option<Handle> {
        Handle::parse(&self.word).filter(|_| !self.is_address)
    }
}

/// Takes a leading `!`, `/`, `.` or `@tocsin` off; tells whether there was one.
fn addressed(text: &str) -> (bool, &str) {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix(['!', '/', '.']) {
        // "..." or "!!" at the start of a message addresses nobody.
        if rest.starts_with(char::is_alphanumeric) || rest.starts_with(['+', '?']) {
            return (true, rest);
        }
    }
    let mention = text
        .get(..7)
        .filter(|start| start.eq_ignore_ascii_case("@tocsin"));
    match mention {
        Some(_) => (true, text[7..].trim_start_matches([':', ',', ' '])),
        None => (false, text),
    }
}

/// Folds case and accents, for comparing only.
#[must_use]
pub fn folded(text: &str) -> String {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

fn tokens(text: &str) -> Vec<Token> {
    let is_part = |c: char| c.is_alphanumeric() || c == '+' || c == '?' || c == '\'';
    let mut tokens = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (is_part(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                tokens.push(Token {
                    word: folded(&text[from..at]),
                    end: at,
                    is_address: text[..from].ends_with('@'),
                });
                start = None;
            }
            _ => {}
        }
    }
    tokens
}

fn rest_after(body: &str, token: Option<&Token>) -> String {
    let at = token.map_or(0, |token| token.end);
    body[at..]
        .trim_start_matches(|c: char| !c.is_alphanumeric() && c != '@')
        .trim_end()
        .to_owned()
}

fn command(spec: &CommandSpec, handle: Option<&Handle>, rest: String) -> Line {
    Line::Command {
        verb: spec.verb,
        role: spec.role,
        handle: handle.cloned(),
        rest,
    }
}

/// `ok k7`, `k7 ok`, `me too k7`, `k7 text`.
fn with_id(body: &str, tokens: &[Token], is_addressed: bool, setting: Setting<'_>) -> Option<Line> {
    let (at, handle) = tokens
        .iter()
        .take(3)
        .enumerate()
        .find_map(|(at, token)| Some((at, token.handle()?)))?;
    let is_open = (setting.is_open)(&handle);
    let is_about = |spec: &&CommandSpec| spec.about == Some(handle.series());
    if at > 0 {
        let said = join(&tokens[..at]);
        let rest = rest_after(body, tokens.get(at));
        let spec = COMMANDS
            .iter()
            .filter(is_about)
            .find(|spec| spec.is_called(&said, spec.forgives) && (spec.rest)(&rest))?;
        // What is taken back may have ended something.
        if !is_open && spec.verb != Verb::Undo {
            // Only a bare verb and id is sure to be meant; "no t3 today" is talk.
            return (tokens.len() == at + 1 || is_addressed).then_some(Line::NoSuchId { handle });
        }
        return Some(command(spec, Some(&handle), rest));
    }
    for words in [3, 2, 1] {
        let Some(said) = tokens.get(1..=words) else {
            continue;
        };
        let said = join(said);
        let rest = rest_after(body, tokens.get(words));
        if let Some(spec) = COMMANDS
            .iter()
            .filter(is_about)
            .find(|spec| spec.is_called(&said, spec.forgives) && (spec.rest)(&rest))
        {
            if !is_open && spec.verb != Verb::Undo {
                return (tokens.len() == words + 1).then_some(Line::NoSuchId { handle });
            }
            return Some(command(spec, Some(&handle), rest));
        }
    }
    (is_open && handle.series() == Series::Incident).then(|| Line::About {
        handle,
        text: rest_after(body, tokens.first()),
    })
}

/// An answer to a card or alert: the id may be left out.
fn in_answer(body: &str, tokens: &[Token], setting: Setting<'_>) -> Option<Line> {
    let handle = setting.answers?;
    for words in [3, 2, 1] {
        let Some(said) = tokens.get(..words) else {
            continue;
        };
        let said = join(said);
        let rest = rest_after(body, tokens.get(words - 1));
        if let Some(spec) = COMMANDS
            .iter()
            .filter(|spec| spec.about == Some(handle.series()))
            .find(|spec| {
                spec.is_called(&said, spec.forgives && tokens.len() == words) && (spec.rest)(&rest)
            })
        {
            return Some(command(spec, Some(handle), rest));
        }
    }
    (handle.series() == Series::Incident).then(|| Line::About {
        handle: handle.clone(),
        text: body.to_owned(),
    })
}

/// `!help`, `!report 4 agents …`, `area whittier`; in direct messages without a prefix. A command counts only with words behind
/// it that it can take: "area is full of agents" is something to read.
fn without_id(
    body: &str,
    tokens: &[Token],
    is_addressed: bool,
    setting: Setting<'_>,
) -> Option<Line> {
    if setting.is_direct
        && let [word] = tokens
        && language_named(&word.word).is_some()
    {
        // "ES" alone, as the first message offers it.
        let spec = COMMANDS
            .iter()
            .find(|spec| spec.verb == Verb::Own(Wish::Language))?;
        return Some(command(spec, None, word.word.clone()));
    }
    if !is_addressed && !setting.is_direct {
        return None;
    }
    for words in [3, 2, 1] {
        let Some(said) = tokens.get(..words) else {
            continue;
        };
        let called = join(said);
        let rest = rest_after(body, said.last());
        let is_meant = |spec: &&CommandSpec| {
            spec.about.is_none()
                && spec.is_called(&called, setting.is_direct && spec.forgives)
                && (spec.rest)(&rest)
        };
        if let Some(spec) = COMMANDS.iter().find(is_meant) {
            return Some(command(spec, None, rest));
        }
    }
    None
}

/// Whether a whole text says to take back what it answers.
#[must_use]
pub fn says_undo(text: &str) -> bool {
    let said = join(&tokens(addressed(text).1));
    COMMANDS
        .iter()
        .filter(|spec| spec.verb == Verb::Undo)
        .any(|spec| spec.words().any(|name| name == said))
}

/// Whether a text is the name of a command to the letter, and nothing else.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let said = join(&tokens(text));
    COMMANDS
        .iter()
        .any(|spec| spec.words().any(|name| name == said))
}

fn mistyped(tokens: &[Token], is_addressed: bool) -> Option<Line> {
    if !is_addressed || tokens.len() > 3 {
        return None;
    }
    let word = &tokens.first()?.word;
    // The nearest: "hepl" is "help" sooner than "held".
    let nearest = |typos| {
        COMMANDS
            .iter()
            .find(|spec| spec.words().any(|name| is_near(name, word, 3, typos)))
    };
    let spec = nearest(1).or_else(|| nearest(2))?;
    Some(Line::Mistyped {
        usage: spec.usage(),
    })
}

fn join(tokens: &[Token]) -> String {
    tokens
        .iter()
        .map(|token| token.word.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether two words begin or end alike. Words of three or more letters of which one is the other with one slip do; it is asked
/// first because it costs next to nothing.
#[must_use]
pub fn shares_an_end(one: &str, other: &str) -> bool {
    one.chars().next() == other.chars().next()
        || one.chars().next_back() == other.chars().next_back()
}

/// Whether `word` is `name` with at most `typos` slips, in words of at least `from` letters.
fn is_near(name: &str, word: &str, from: usize, typos: usize) -> bool {
    if name == word {
        return true;
    }
    // Bytes first: they are cheap to count, and nearly every word ends here.
    if name.len().abs_diff(word.len()) > 4 * typos {
        return false;
    }
    let (long, wide) = (name.chars().count(), word.chars().count());
    long >= from
        && wide >= from
        && long.abs_diff(wide) <= typos
        && (typos > 1 || shares_an_end(name, word))
        && slips::are_within(name, word, typos)
}

impl CommandSpec {
    fn words(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// Whether people call it so; with one typo forgiven in words of four or more letters.
    fn is_called(&self, said: &str, forgives: bool) -> bool {
        self.words()
            .any(|name| name == said || (forgives && is_near(name, said, 4, 1)))
    }

    /// As help shows it: `ok K7`, `pause 8h`.
    #[must_use]
    pub fn usage(&self) -> String {
        if self.verb == Verb::Merge {
            return format!("{} M2 K7", self.name);
        }
        if let Some(series) = self.about {
            return format!("{} {}", self.name, series.example());
        }
        let with = match self.verb {
            Verb::Own(Wish::Alerts) => " near",
            Verb::Own(Wish::Pause) => " 8h",
            Verb::Own(Wish::Language) => " es",
            Verb::Own(Wish::Meet) | Verb::RevokeCode => " h7k2p9xy",
            Verb::Poster => " whittier es",
            Verb::Cost | Verb::Say => " whittier: ...",
            Verb::Shred | Verb::Door => " whittier",
            Verb::GiveRole | Verb::TakeRole => " verifier @ana:example.org whittier",
            Verb::Vouch | Verb::Ban | Verb::Unban => " @ana:example.org",
            Verb::Mute => " 24h @ana:example.org",
            Verb::Rooms(RoomVerb::Relay) => " whittier chat",
            _ => "",
        };
        format!("{}{with}", self.name)
    }
}

/// How a command is used, as help shows it.
#[must_use]
pub fn usage_of(verb: Verb) -> String {
    let spec = COMMANDS.iter().find(|spec| spec.verb == verb);
    spec.map(CommandSpec::usage).unwrap_or_default()
}

/// Whether a text begins with a command about a person, who may then be named by answering them: adapters whose network does not
/// tell who is answered ask for it only then.
#[must_use]
pub fn may_mean_a_person(text: &str) -> bool {
    let (is_addressed, body) = addressed(text);
    let tokens = tokens(body);
    is_addressed
        && [3, 2, 1].into_iter().any(|words| {
            let called = tokens.get(..words).map(join).unwrap_or_default();
            COMMANDS
                .iter()
                .filter(|spec| spec.verb.is_about_a_person())
                .any(|spec| spec.is_called(&called, false))
        })
}

/// The command that a short text begins like, where what follows does not fit: `alerts sometimes`, `pause until noon`. For
/// texts of which nothing else is known.
#[must_use]
pub fn nearly(text: &str) -> Option<String> {
    let tokens = tokens(addressed(text).1);
    let first = tokens.first().filter(|_| tokens.len() <= 3)?;
    COMMANDS
        .iter()
        .filter(|spec| spec.about.is_none())
        .find(|spec| spec.is_called(&first.word, spec.forgives))
        .map(CommandSpec::usage)
}

/// Whether a text is an alert that a bot like this one has put out: it begins with an alert's sign and ends with an id. Such a
/// text, from another bot or copied by a person, is never read as a report: so no loop can form, and no echo counts twice.
#[must_use]
pub fn is_relayed_alert(text: &str) -> bool {
    let text = text.trim();
    let has_sign = ["⚠", "✅", "☑"].iter().any(|sign| text.starts_with(sign));
    let last = text
        .rsplit(|c: char| !c.is_ascii_alphanumeric())
        .find(|word| !word.is_empty());
    has_sign && last.is_some_and(|word| Handle::parse(word).is_some())
}

/// What a reaction on what the bot posted means, by what that is about: 👀 ➕ "I see it too", ✅ confirm or agree, ❌ dismiss or
/// drop, ❓ ask the reporter.
#[must_use]
pub fn of_reaction(emoji: &str, about: Series) -> Option<(Verb, Role)> {
    // Clients differ in whether they add U+FE0F, the request for a colored picture.
    match (about, emoji.trim_end_matches('\u{fe0f}')) {
        (Series::Incident, "👀" | "➕") => Some((Verb::Corroborate, Role::Neighbor)),
        (Series::Incident, "✅") => Some((Verb::Decide(Verdict::Confirm), Role::Verifier)),
        (Series::Incident, "❌") => Some((Verb::Decide(Verdict::Dismiss), Role::Verifier)),
        (Series::Incident, "❓" | "❔") => Some((Verb::Inquire, Role::Verifier)),
        (Series::Proposal, "✅") => Some((Verb::Second, Role::Moderator)),
        (Series::Proposal, "❌") => Some((Verb::Discard, Role::Moderator)),
        (Series::Hold, "✅") => Some((Verb::Release, Role::Moderator)),
        (Series::Hold, "❌") => Some((Verb::Withhold, Role::Moderator)),
        (Series::Asker, "👍" | "✅") => Some((Verb::VouchFor, Role::Verifier)),
        (Series::Asker, "👎" | "❌") => Some((Verb::TurnAway, Role::Verifier)),
        _ => None,
    }
}

/// What a reaction means on the word that people wait to be let into a room that lets in whom one moderator says.
#[must_use]
pub fn of_reaction_on_waiting(emoji: &str) -> Option<RoomVerb> {
    match emoji.trim_end_matches('\u{fe0f}') {
        "👍" | "✅" => Some(RoomVerb::Admit),
        "👎" | "❌" => Some(RoomVerb::Refuse),
        _ => None,
    }
}

/// Whether a reaction means anything on anything.
#[must_use]
pub fn is_meant(emoji: &str) -> bool {
    [
        Series::Incident,
        Series::Hold,
        Series::Proposal,
        Series::Asker,
    ]
    .into_iter()
    .any(|series| of_reaction(emoji, series).is_some())
}

#[cfg(test)]
mod tests;
