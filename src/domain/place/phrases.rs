//! Phrases of one or more words and what they stand for; finds the longest that begins at a token.

use rustc_hash::FxHashMap;

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

/// Phrases as a tree of their words. They are ours, so that nobody can choose words that fall together in a table: a quick hash
/// will do. A single word that ends in `*` stands for every word that begins so.
#[derive(Debug, Clone)]
pub(crate) struct Phrases<T> {
    first: FxHashMap<String, usize>,
    nodes: Vec<Node<T>>,
    stems: FxHashMap<String, Vec<(String, T)>>,
}

/// What has been read of some phrases: what it means if it ends here, and which words may follow.
#[derive(Debug, Clone)]
struct Node<T> {
    meanings: Vec<T>,
    next: FxHashMap<String, usize>,
}

impl<T> Default for Phrases<T> {
    fn default() -> Self {
        Self {
            first: FxHashMap::default(),
            nodes: Vec::new(),
            stems: FxHashMap::default(),
        }
    }
}

/// Letters that a stem must have at least; stems are looked up by them.
const STEM: usize = 4;

impl<T> Phrases<T> {
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
        let words = tokens(phrase);
        let mut at: Option<usize> = None;
        for word in words.iter().filter_map(word) {
            let fresh = self.nodes.len();
            let known = match at {
                None => Some(&mut self.first),
                Some(node) => self.nodes.get_mut(node).map(|node| &mut node.next),
            };
            let Some(known) = known else { return };
            let node = *known.entry(word.to_owned()).or_insert(fresh);
            if node == fresh {
                self.nodes.push(Node {
                    meanings: Vec::new(),
                    next: FxHashMap::default(),
                });
            }
            at = Some(node);
        }
        if let Some(node) = at.and_then(|node| self.nodes.get_mut(node)) {
            node.meanings.push(meaning);
        }
    }

    /// Every phrase that begins at `at`, with its end, the shortest first.
    pub(crate) fn at<'a>(
        &'a self,
        tokens: &[Token],
        at: usize,
    ) -> impl Iterator<Item = (Span, &'a T)> + use<'a, T> {
        let mut found: Vec<(Span, &'a T)> = Vec::new();
        let first = tokens.get(at).and_then(word);
        let mut node = first
            .and_then(|first| self.first.get(first))
            .and_then(|node| self.nodes.get(*node));
        let mut to = at + 1;
        while let Some(here) = node {
            let span = Span { from: at, to };
            found.extend(here.meanings.iter().map(|meaning| (span, meaning)));
            if here.next.is_empty() {
                break;
            }
            to = over_sign(tokens, to);
            node = tokens
                .get(to)
                .and_then(word)
                .and_then(|word| here.next.get(word))
                .and_then(|node| self.nodes.get(*node));
            to += 1;
        }
        let stems = first
            .and_then(|first| Some((first, self.stems.get(first.get(..STEM)?)?)))
            .into_iter()
            .flat_map(|(first, stems)| {
                stems
                    .iter()
                    .filter(move |(stem, _)| first.starts_with(stem.as_str()))
            });
        let span = Span {
            from: at,
            to: at + 1,
        };
        found.extend(stems.map(|(_, meaning)| (span, meaning)));
        found.into_iter()
    }

    /// Whether a phrase begins with this word.
    pub(crate) fn begins(&self, word: &str) -> bool {
        self.first.contains_key(word)
    }

    /// The phrases that begin with `first`, read for the token at `at`, and go on as the text does, give or take a slip.
    pub(crate) fn nearly<'a>(
        &'a self,
        first: &str,
        tokens: &[Token],
        at: usize,
    ) -> Vec<(Span, &'a T)> {
        let mut found = Vec::new();
        let mut open: Vec<(usize, usize)> = self
            .first
            .get(first)
            .map(|node| (*node, at + 1))
            .into_iter()
            .collect();
        while let Some((node, to)) = open.pop() {
            let Some(here) = self.nodes.get(node) else {
                continue;
            };
            let span = Span { from: at, to };
            found.extend(here.meanings.iter().map(|meaning| (span, meaning)));
            let Some((token, said)) = tokens.get(to).and_then(|token| Some((token, word(token)?)))
            else {
                continue;
            };
            if let Some(next) = here.next.get(said) {
                open.push((*next, to + 1));
            } else if token.kind == TokenKind::Word {
                let like = here.next.iter().filter(|(word, _)| is_nearly(word, said));
                open.extend(like.map(|(_, next)| (*next, to + 1)));
            }
        }
        found.sort_by_key(|(span, _)| span.to);
        found
    }

    /// The first words of the phrases, for mending their spelling.
    pub(crate) fn first_words(&self) -> impl Iterator<Item = &String> {
        self.first.keys()
    }
}

impl<T: Clone> Phrases<T> {
    /// The longest phrase that begins at `at`.
    pub(crate) fn longest(&self, tokens: &[Token], at: usize) -> Option<(Span, T)> {
        self.at(tokens, at)
            .max_by_key(|(span, _)| span.to)
            .map(|(span, meaning)| (span, meaning.clone()))
    }
}

/// A token as phrases see it; hyphens and dots are passed over.
fn word(token: &Token) -> Option<&str> {
    match token.text.as_str() {
        "-" | "." | "," | "\"" | "\n" => None,
        "and" => Some("&"),
        other => Some(other),
    }
}

/// Past a hyphen, comma or dot between two words of a phrase.
fn over_sign(tokens: &[Token], at: usize) -> usize {
    let is_sign = tokens
        .get(at)
        .is_some_and(|token| token.is_any(&["-", ".", ","]));
    let is_inside = tokens
        .get(at + 1)
        .is_some_and(|token| token.kind != TokenKind::Sign);
    if is_sign && is_inside { at + 1 } else { at }
}
