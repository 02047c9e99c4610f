//! A small language for what people say: words, alternatives, gaps.
//!
//! | written | stands for |
//! |---|---|
//! | `word`, `a\|b_c` | this word, one of these: `a` or `b c`; `stem*` is every word that begins so |
//! | `<list>` | one of the phrases of that list of the same file |
//! | `[a\|b]`, `[<list>]` | the same, or nothing |
//! | `..`, `..6` | up to three words, up to six; never across the end of a sentence |
//! | `^`, `$` | where a sentence begins, where it ends |
//! | `#`, `#3` | a number; one of at least three digits |
//! | `Name` | a word with a capital that is not part of the place |
//!
//! Case and accents do not matter, apostrophes are left out: `don't` is `dont`.

use std::{collections::BTreeMap, ops::Range};

use crate::domain::{
    parse::tokens::{Token, TokenKind, tokens},
    place::phrases::Span,
};

/// A message as patterns see it.
pub(super) struct View<'a> {
    pub tokens: &'a [Token],
    /// Where the words of its place stand, in bytes.
    pub place: Option<Range<usize>>,
}

impl View<'_> {
    /// Whether a sentence ends with this token. Dots in a row only pause.
    fn is_end(&self, at: usize) -> bool {
        let is_dot = |at: Option<usize>| {
            at.and_then(|at| self.tokens.get(at))
                .is_some_and(|token| token.is("."))
        };
        self.tokens.get(at).is_some_and(|token| {
            token.kind == TokenKind::Newline
                || token.is_any(&["!", "?", ";"])
                || token.is(".") && !is_dot(at.checked_sub(1)) && !is_dot(Some(at + 1))
        })
    }

    /// Whether a new thought begins here: after the end of a sentence, a colon, a comma or a dash.
    fn is_start(&self, at: usize) -> bool {
        at.checked_sub(1)
            .and_then(|before| self.tokens.get(before).map(|token| (before, token)))
            .is_none_or(|(before, token)| {
                self.is_end(before) || token.is_any(&[",", ":", "-", "\"", "•"])
            })
    }

    fn is_name(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            let in_place = self
                .place
                .as_ref()
                .is_some_and(|place| place.start < token.end && token.start < place.end);
            token.kind == TokenKind::Word
                && token.starts_large
                && !token.capitals
                && token.text.chars().count() > 2
                && !in_place
        })
    }

    /// Whether what ends before `to` stands at most `reach` words before it, in the same part of a sentence.
    pub(super) fn is_before(&self, span: Span, to: usize, reach: usize) -> bool {
        span.to <= to
            && to - span.to <= reach
            && !(span.to..to)
                .any(|at| self.is_end(at) || self.tokens.get(at).is_some_and(|token| token.is(",")))
    }
}

/// A row of words; a stem ends in `*`.
type Words = Vec<String>;

/// What can stand at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice {
    Words(Words),
    /// A number of at least so many digits.
    Number(usize),
    Name,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    One(Vec<Choice>),
    Maybe(Vec<Choice>),
    Gap(usize),
    Start,
    End,
}

/// One pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Step>);

/// The lists that patterns may name, each with its phrases.
pub(super) type Lists = BTreeMap<String, Vec<Words>>;

/// A gap without a number.
const GAP: usize = 3;
/// The widest gap: beyond that words have little to do with each other.
const WIDEST: usize = 15;

/// The words of a phrase as the reader of messages sees them.
pub(super) fn words(phrase: &str) -> Result<Words, String> {
    let found: Words = phrase
        .split_whitespace()
        .flat_map(|part| {
            let (part, star) = part
                .strip_suffix('*')
                .map_or((part, ""), |stem| (stem, "*"));
            let mut words: Words = tokens(part).into_iter().map(|token| token.text).collect();
            if let Some(last) = words.last_mut() {
                last.push_str(star);
            }
            words
        })
        .collect();
    if found.is_empty() {
        return Err("has no words".to_owned());
    }
    Ok(found)
}

impl Pattern {
    /// Reads a pattern.
    pub(super) fn read(text: &str, lists: &Lists) -> Result<Self, String> {
        let mut steps = Vec::new();
        for part in text.split_whitespace() {
            steps.push(step(part, lists)?);
        }
        if !steps.iter().any(|step| matches!(step, Step::One(_))) {
            return Err(format!("{text:?} has no words"));
        }
        if matches!(steps.first(), Some(Step::Gap(_) | Step::Maybe(_))) {
            return Err(format!(
                "{text:?} begins with nothing certain: begin with a word"
            ));
        }
        Ok(Self(steps))
    }

    /// The words with which it can begin, if they are all known to the letter.
    pub(super) fn first_words(&self) -> Option<Vec<&str>> {
        let Step::One(choices) = self.0.first()? else {
            return None;
        };
        choices
            .iter()
            .map(|choice| match choice {
                Choice::Words(words) => words
                    .first()
                    .map(String::as_str)
                    .filter(|word| !word.ends_with('*')),
                Choice::Number(_) | Choice::Name => None,
            })
            .collect()
    }

    /// Where it ends if it begins at a token; the shortest way.
    pub(super) fn at(&self, view: &View<'_>, at: usize) -> Option<Span> {
        let to = follow(&self.0, view, at)?;
        Some(Span { from: at, to })
    }
}

fn step(part: &str, lists: &Lists) -> Result<Step, String> {
    if part == "^" {
        return Ok(Step::Start);
    }
    if part == "$" {
        return Ok(Step::End);
    }
    if let Some(width) = part.strip_prefix("..") {
        let width = if width.is_empty() {
            Ok(GAP)
        } else {
            width.parse().map_err(|_| ())
        };
        return match width {
            Ok(width) if (1..=WIDEST).contains(&width) => Ok(Step::Gap(width)),
            _ => Err(format!("{part:?}: a gap is .. or ..1 to ..{WIDEST}")),
        };
    }
    if let Some(inside) = part.strip_prefix('[') {
        let inside = inside
            .strip_suffix(']')
            .ok_or_else(|| format!("{part:?} has no closing bracket"))?;
        return Ok(Step::Maybe(choices(inside, lists)?));
    }
    Ok(Step::One(choices(part, lists)?))
}

fn choices(part: &str, lists: &Lists) -> Result<Vec<Choice>, String> {
    let mut found = Vec::new();
    for choice in part.split('|') {
        if choice == "Name" {
            found.push(Choice::Name);
        } else if let Some(digits) = choice.strip_prefix('#') {
            let digits = if digits.is_empty() {
                Ok(1)
            } else {
                digits.parse()
            };
            let digits = digits.map_err(|_| format!("{choice:?}: a number is # or #3"))?;
            found.push(Choice::Number(digits));
        } else if let Some(name) = choice
            .strip_prefix('<')
            .and_then(|name| name.strip_suffix('>'))
        {
            let list = lists.get(name);
            let list = list.ok_or_else(|| format!("there is no list {name:?}"))?;
            found.extend(list.iter().cloned().map(Choice::Words));
        } else {
            let words = words(&choice.replace('_', " "))
                .map_err(|_| format!("{part:?} has an empty choice"))?;
            found.push(Choice::Words(words));
        }
    }
    Ok(found)
}

fn follow(steps: &[Step], view: &View<'_>, at: usize) -> Option<usize> {
    let Some((step, rest)) = steps.split_first() else {
        return Some(at);
    };
    let one_of = |choices: &[Choice]| {
        choices
            .iter()
            .filter_map(|choice| choice.after(view, at))
            .find_map(|next| follow(rest, view, next))
    };
    match step {
        Step::One(choices) => one_of(choices),
        Step::Maybe(choices) => one_of(choices).or_else(|| follow(rest, view, at)),
        Step::Gap(width) => (at..=at + width)
            .take_while(|next| *next == at || !view.is_end(next - 1))
            .find_map(|next| follow(rest, view, next)),
        Step::Start => view.is_start(at).then(|| follow(rest, view, at)).flatten(),
        Step::End => (at >= view.tokens.len() || view.is_end(at))
            .then(|| follow(rest, view, at))
            .flatten(),
    }
}

impl Choice {
    /// Where it ends if it stands there.
    fn after(&self, view: &View<'_>, at: usize) -> Option<usize> {
        let is_there = match self {
            Self::Words(words) => return after(words, view, at),
            Self::Name => view.is_name(at),
            Self::Number(digits) => view
                .tokens
                .get(at)
                .is_some_and(|token| token.kind == TokenKind::Number && token.digits >= *digits),
        };
        is_there.then_some(at + 1)
    }
}

/// Where a row of words ends if it stands there.
fn after(words: &Words, view: &View<'_>, at: usize) -> Option<usize> {
    let is_there = |(n, word): (usize, &String)| {
        view.tokens.get(at + n).is_some_and(|token| {
            word.strip_suffix('*')
                .map_or_else(|| token.is(word), |stem| token.text.starts_with(stem))
        })
    };
    words
        .iter()
        .enumerate()
        .all(is_there)
        .then_some(at + words.len())
}
