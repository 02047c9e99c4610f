//! Phrases of one or more words and what they stand for; finds the longest that begins at a token.

use std::collections::HashMap;

use crate::domain::{
    parse::tokens::{Token, TokenKind, tokens},
    place::spelling::is_nearly,
};

/// Where a phrase was found: tokens `from..to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub from: usize,
    pub to: usize,
}

impl Span {
    pub(crate) const fn touches(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }

    pub(crate) const fn holds(self, at: usize) -> bool {
        self.from <= at && at < self.to
    }
}

/// Phrases by their first word. A last word that ends in `*` stands for every word that begins so.
#[derive(Debug, Clone)]
pub(crate) struct Phrases<T> {
    by_first: HashMap<String, Vec<(Vec<String>, T)>>,
    stems: HashMap<String, Vec<(String, T)>>,
}

impl<T> Default for Phrases<T> {
    fn default() -> Self {
        Self {
            by_first: HashMap::new(),
            stems: HashMap::new(),
        }
    }
}

/// Letters that a stem must have at least; stems are looked up by them.
const STEM: usize = 4;

impl<T: Clone> Phrases<T> {
    /// Adds a phrase. Hyphens inside it are optional, "and" is "&".
    pub(crate) fn add(&mut self, phrase: &str, meaning: T) {
        if let Some(stem) = phrase.strip_suffix('*') {
            let words: Vec<Token> = tokens(stem);
            if let [only] = words.as_slice()
                && let Some(key) = only.text.get(..STEM)
            {
                self.stems
                    .entry(key.to_owned())
                    .or_default()
                    .push((only.text.clone(), meaning));
                return;
            }
        }
        let words: Vec<String> = tokens(phrase)
            .into_iter()
            .filter_map(|token| word(&token))
            .collect();
        if let Some(first) = words.first() {
            self.by_first
                .entry(first.clone())
                .or_default()
                .push((words, meaning));
        }
    }

    /// Every phrase that begins at `at`, with its end.
    pub(crate) fn at<'a>(
        &'a self,
        tokens: &'a [Token],
        at: usize,
    ) -> impl Iterator<Item = (Span, &'a T)> {
        let first = tokens.get(at).and_then(word);
        let phrases = first
            .as_ref()
            .and_then(|first| self.by_first.get(first))
            .into_iter()
            .flatten();
        let stems = first
            .as_ref()
            .and_then(|first| first.get(..STEM))
            .and_then(|key| self.stems.get(key))
            .into_iter()
            .flatten()
            .filter(move |(stem, _)| {
                first
                    .as_ref()
                    .is_some_and(|first| first.starts_with(stem.as_str()))
            })
            .map(move |(_, meaning)| {
                (
                    Span {
                        from: at,
                        to: at + 1,
                    },
                    meaning,
                )
            });
        phrases
            .filter_map(move |(words, meaning)| {
                Some((
                    Span {
                        from: at,
                        to: end_of(words, tokens, at)?,
                    },
                    meaning,
                ))
            })
            .chain(stems)
    }

    /// Whether a phrase begins with this word.
    pub(crate) fn begins(&self, word: &str) -> bool {
        self.by_first.contains_key(word)
    }

    /// The phrases that begin with `first`, read for the token at `at`, and go on as the text does, give or take a slip.
    pub(crate) fn nearly<'a>(
        &'a self,
        first: &str,
        tokens: &'a [Token],
        at: usize,
    ) -> impl Iterator<Item = (Span, &'a T)> {
        self.by_first
            .get(first)
            .into_iter()
            .flatten()
            .filter_map(move |(words, meaning)| {
                let mut to = at + 1;
                for wanted in words.iter().skip(1) {
                    let token = tokens.get(to)?;
                    if word(token).as_ref() != Some(wanted) && !is_nearly(wanted, &token.text) {
                        return None;
                    }
                    to += 1;
                }
                Some((Span { from: at, to }, meaning))
            })
    }

    /// The first words of the phrases, for mending their spelling.
    pub(crate) fn first_words(&self) -> impl Iterator<Item = &String> {
        self.by_first.keys()
    }

    /// The longest phrase that begins at `at`.
    pub(crate) fn longest(&self, tokens: &[Token], at: usize) -> Option<(Span, T)> {
        self.at(tokens, at)
            .max_by_key(|(span, _)| span.to)
            .map(|(span, meaning)| (span, meaning.clone()))
    }
}

/// A token as phrases see it; hyphens and dots are passed over.
fn word(token: &Token) -> Option<String> {
    match token.text.as_str() {
        "-" | "." | "," | "\"" | "\n" => None,
        "and" => Some("&".to_owned()),
        _ => Some(token.text.clone()),
    }
}

/// Where the phrase ends if it stands at `at`. Hyphens, commas and dots between its words are passed over.
fn end_of(words: &[String], tokens: &[Token], at: usize) -> Option<usize> {
    let mut next = at;
    for (n, wanted) in words.iter().enumerate() {
        if n > 0
            && tokens
                .get(next)
                .is_some_and(|token| token.is_any(&["-", ".", ","]))
            && token_follows(tokens, next)
        {
            next += 1;
        }
        if word(tokens.get(next)?).as_ref() != Some(wanted) {
            return None;
        }
        next += 1;
    }
    Some(next)
}

fn token_follows(tokens: &[Token], at: usize) -> bool {
    tokens
        .get(at + 1)
        .is_some_and(|token| token.kind != TokenKind::Sign)
}
