//! The small words around places, as the lexicons list them: what joins two streets, what says "between", "not", "now".

use std::collections::HashSet;

use crate::domain::{
    parse::tokens::{Token, TokenKind, folded},
    place::phrases::Phrases,
};

/// What a small word does beside the name of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Around {
    /// Joins two streets whatever they look like: "&", "and", "y", "iyo", "thiab".
    And,
    /// Sets one street beside another: "at", "near", "north of".
    Beside,
    /// Means nothing between two streets: "just", "corner", "half a block".
    Filler,
    /// "the", "la".
    Article,
    /// "between", "from" before the ends of a block.
    Between,
    /// Says that a place follows: "at", "on", "en", "ku", "ntawm".
    At,
    /// Says that an area follows: "in", "near", "around", "en".
    In,
    /// "not" before a place: it is not that one.
    Denied,
    /// "left", "gone from": they were there.
    Left,
    /// "heading to": they are not there yet.
    Toward,
    /// "now at": they are there.
    Now,
    /// "moved", "correction": what follows counts more.
    Moved,
    /// "block", "cuadra".
    Block,
    /// "neighborhood", "barrio": an area's name stands beside it.
    Area,
    /// "floor", "grade": a number before it numbers no street.
    NoStreet,
    /// "agents", "vans": a bare number before it counts them.
    Counted,
    /// "calle", "jidka": what follows is a street.
    Street,
}

const EVERY: [(&str, Around); 17] = [
    ("and", Around::And),
    ("beside", Around::Beside),
    ("filler", Around::Filler),
    ("article", Around::Article),
    ("between", Around::Between),
    ("at", Around::At),
    ("in", Around::In),
    ("denied", Around::Denied),
    ("left", Around::Left),
    ("toward", Around::Toward),
    ("now", Around::Now),
    ("moved", Around::Moved),
    ("block", Around::Block),
    ("area", Around::Area),
    ("no_street", Around::NoStreet),
    ("counted", Around::Counted),
    ("street", Around::Street),
];

impl Around {
    /// The meaning of a line in the `[place]` table of a lexicon.
    pub(crate) fn named(tag: &str) -> Option<Self> {
        EVERY
            .iter()
            .find_map(|(name, around)| (*name == tag).then_some(*around))
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// The small words of all languages; people mix them, so they are not told apart.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlaceWords {
    around: Phrases<Around>,
    ordinals: Phrases<u32>,
    known: HashSet<String>,
}

impl PlaceWords {
    pub(crate) fn add(&mut self, around: Around, phrase: &str) {
        self.around.add(phrase, around);
    }

    /// A word of the lexicons is no misspelled name.
    pub(crate) fn add_known(&mut self, phrase: &str) {
        if !phrase.contains(' ') {
            self.known.insert(folded(phrase));
        }
    }

    pub(crate) fn knows(&self, word: &str) -> bool {
        self.known.contains(word)
    }

    /// "twenty-sixth", "veintiseis".
    pub(crate) fn add_ordinal(&mut self, number: u32, phrase: &str) {
        self.ordinals.add(phrase, number);
    }

    /// The number written out at a token, and where it ends.
    pub(crate) fn ordinal(&self, tokens: &[Token], at: usize) -> Option<(usize, u32)> {
        self.ordinals
            .longest(tokens, at)
            .map(|(span, number)| (span.to, number))
    }

    /// What every token of a text does.
    pub(crate) fn marks(&self, tokens: &[Token]) -> Marks {
        let mut bits = vec![0_u32; tokens.len()];
        for at in 0..tokens.len() {
            for (span, around) in self.around.at(tokens, at) {
                for bit in bits.iter_mut().take(span.to).skip(span.from) {
                    *bit |= around.bit();
                }
            }
            let Some(token) = tokens.get(at).filter(|token| token.kind == TokenKind::Sign) else {
                continue;
            };
            let around = match token.text.as_str() {
                "," | "-" | ":" => Around::Beside,
                "." | "(" | "\"" => Around::Filler,
                _ => continue,
            };
            if let Some(bit) = bits.get_mut(at) {
                *bit |= around.bit();
            }
        }
        Marks { bits }
    }
}

/// What the tokens of a text do beside places.
#[derive(Debug, Clone)]
pub(crate) struct Marks {
    bits: Vec<u32>,
}

impl Marks {
    pub(crate) fn is(&self, at: usize, around: Around) -> bool {
        self.bits
            .get(at)
            .is_some_and(|bits| bits & around.bit() != 0)
    }

    /// Whether a token is one of the small words at all.
    pub(crate) fn has_any(&self, at: usize) -> bool {
        self.bits.get(at).is_some_and(|bits| *bits != 0)
    }

    pub(crate) fn is_any(&self, at: usize, around: &[Around]) -> bool {
        around.iter().any(|around| self.is(at, *around))
    }

    /// The nearest token before `at` that is not passed over.
    pub(crate) fn before(&self, at: usize, over: &[Around]) -> Option<usize> {
        (at.saturating_sub(4)..at)
            .rev()
            .find(|before| !self.is_any(*before, over))
    }
}
