//! Whether a message asks to be left alone, in any reasonable wording (SMS: "stop texting me", "quítame"). The wordings are data
//! in `optout/phrases.txt`, whose head explains how they are written.
//!
//! Conservative by its form: a phrase counts only if nothing but small talk stands beside it, so "stop sign at Lake" and "they
//! told us to stop" are reports as ever.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use crate::domain::{
    command::{folded, shares_an_end},
    slips,
};

/// How a message asks to be left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// It says nothing else.
    Whole,
    /// One of its sentences does, clearly; the others say something: if that is a report, the message is one.
    Partly,
}

/// Whether a message asks to be left alone; `None` if not.
#[must_use]
pub fn asks_to_leave(text: &str) -> Option<Leaving> {
    if is_phrase(text, false) {
        return Some(Leaving::Whole);
    }
    let mut sentences = text.split_inclusive(['.', '!', '?', ';', '\n', '…']);
    sentences
        .any(|sentence| is_phrase(sentence, true))
        .then_some(Leaving::Partly)
}

/// Longer messages say more than that.
const MOST_WORDS: usize = 24;

fn is_phrase(text: &str, is_sentence: bool) -> bool {
    let is_question = text.trim_end().ends_with('?');
    let words = words(text);
    if words.is_empty() || words.len() > MOST_WORDS {
        return false;
    }
    PHRASES.iter().any(|language| {
        // Nearly every other message ends here: it has a word that no phrase has.
        let Some(words) = language.spelled(&words) else {
            return false;
        };
        language
            .phrases
            .iter()
            .filter(|phrase| phrase.is_clear || !is_sentence)
            .filter(|phrase| !(is_question && phrase.is_statement))
            .any(|phrase| language.fits(&phrase.parts, &words))
    })
}

/// Words without case, accents, signs and apostrophes.
fn words(text: &str) -> Vec<String> {
    let plain: String = folded(text)
        .chars()
        .filter(|c| !matches!(c, '\'' | '’' | '‘' | '`' | '´' | 'ʼ'))
        .collect();
    plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

/// A few words in a row.
type Words = Vec<String>;

/// What stands at one place of a phrase: any of these, or nothing.
#[derive(Debug, Clone, Default)]
struct Part {
    choices: Vec<Words>,
    is_optional: bool,
}

#[derive(Debug)]
struct Phrase {
    parts: Vec<Part>,
    /// Whether it means the same inside of a longer message.
    is_clear: bool,
    /// Whether it means something else as a question.
    is_statement: bool,
}

#[derive(Debug, Default)]
struct Language {
    /// Every word that is in its phrases or may stand beside them.
    vocabulary: BTreeSet<String>,
    ignored: Vec<Words>,
    phrases: Vec<Phrase>,
}

static PHRASES: LazyLock<Vec<Language>> =
    LazyLock::new(|| languages(include_str!("optout/phrases.txt")));

impl Language {
    /// The words as the phrases spell them, one slip forgiven in long ones; `None` if one of them is in no phrase.
    fn spelled(&self, words: &[String]) -> Option<Vec<&str>> {
        const LONG: usize = 7;
        let near = |said: &str| {
            let mut long = self.vocabulary.iter().filter(|word| word.len() >= LONG);
            long.find(|meant| {
                meant.len().abs_diff(said.len()) <= 1
                    && shares_an_end(said, meant)
                    && slips::are_within(said, meant, 1)
            })
        };
        words
            .iter()
            .map(|said| match self.vocabulary.get(said) {
                Some(known) => Some(known.as_str()),
                None if said.len() >= LONG => near(said).map(String::as_str),
                None => None,
            })
            .collect()
    }

    /// Whether the words are these parts and nothing else but what is ignored.
    fn fits(&self, parts: &[Part], words: &[&str]) -> bool {
        let is_skipped = |ignored: &Words| {
            begins_with(words, ignored)
                .is_some_and(|rest| rest.len() < words.len() && self.fits(parts, rest))
        };
        let Some((part, later)) = parts.split_first() else {
            return words.is_empty() || self.ignored.iter().any(is_skipped);
        };
        part.choices
            .iter()
            .any(|choice| begins_with(words, choice).is_some_and(|rest| self.fits(later, rest)))
            || (part.is_optional && self.fits(later, words))
            || self.ignored.iter().any(is_skipped)
    }
}

/// What follows if a text begins with these words.
fn begins_with<'a>(words: &'a [&str], start: &Words) -> Option<&'a [&'a str]> {
    let (first, rest) = words.split_at_checked(start.len())?;
    let is_same = first.iter().zip(start).all(|(said, meant)| said == meant);
    is_same.then_some(rest)
}

/// Reads the file. A line that means nothing would be a fault of ours; a test looks for it.
fn languages(text: &str) -> Vec<Language> {
    let mut every = Language::default();
    let mut found: Vec<Language> = Vec::new();
    let mut sets: BTreeMap<&str, Vec<Words>> = BTreeMap::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with('[') {
            sets.clear();
            if line != "[every]" {
                found.push(Language::default());
            }
            continue;
        }
        let language = found.last_mut().unwrap_or(&mut every);
        if let Some((name, words)) = line.split_once(" = ") {
            let words = words.split('|').map(spaced);
            match name.trim() {
                "ignore" => language.ignored.extend(words),
                name => {
                    sets.insert(name, words.collect());
                }
            }
            continue;
        }
        language.phrases.push(phrase(line, &sets));
    }
    for language in &mut found {
        language.ignored.extend(every.ignored.iter().cloned());
    }
    found.push(every);
    for language in &mut found {
        let of_phrases = language
            .phrases
            .iter()
            .flat_map(|phrase| &phrase.parts)
            .flat_map(|part| &part.choices);
        language.vocabulary = of_phrases
            .chain(&language.ignored)
            .flatten()
            .cloned()
            .collect();
    }
    found
}

fn spaced(text: &str) -> Words {
    text.split([' ', '_'])
        .filter(|word| !word.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

fn phrase(line: &str, sets: &BTreeMap<&str, Vec<Words>>) -> Phrase {
    let (is_clear, line) = match line.strip_prefix('~') {
        Some(rest) => (false, rest),
        None => (true, line),
    };
    let (is_statement, line) = match line.trim_start().strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, line),
    };
    let parts = line
        .split_whitespace()
        .map(|written| {
            let (written, is_optional) = match written.strip_suffix('?') {
                Some(written) => (written, true),
                None => (written, false),
            };
            let mut part = Part {
                choices: Vec::new(),
                is_optional,
            };
            for choice in written.split('/') {
                match sets.get(choice) {
                    Some(set) => part.choices.extend(set.iter().cloned()),
                    None => part.choices.push(spaced(choice)),
                }
            }
            part
        })
        .collect();
    Phrase {
        parts,
        is_clear,
        is_statement,
    }
}

#[cfg(test)]
mod tests;
