//! What in a message may expose or endanger someone, so that moderators see it before it goes on.

use serde::{Deserialize, Serialize};

use crate::domain::{
    parse::{
        details::is_denied,
        lexicon::{Category, Hits, Vocabulary},
        plate::phone,
        tokens::{Token, TokenKind},
    },
    place::phrases::Span,
};

/// What of a person stands in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pii {
    /// A private person's name.
    Name,
    /// A private telephone number; an organization's hotline is none.
    Phone,
    /// The exact home of a named or described private person, or of an agent.
    HomeAddress,
}

/// What the holds need to know of a message (see the hold rules in the product's design).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Flags {
    /// What of persons is in it; sorted, each once.
    pub pii: Vec<Pii>,
    /// A wish or call for violence, whoever it is against.
    pub threat: bool,
    /// A call to block, chase or surround.
    pub interference: bool,
}

/// The message as it is looked through for what exposes or endangers someone.
pub(crate) struct Exposing<'a> {
    pub vocabulary: &'a Vocabulary,
    pub tokens: &'a [Token],
    pub hits: &'a Hits,
    /// Where the place words stand: names there are streets.
    pub place: &'a [Span],
}

/// How far before its telephone number an organization may be named, and how far after.
const NAMED: (usize, usize) = (8, 4);
/// How many tokens may stand between a home word, or a name, and a house number.
const HOUSE: usize = 8;

impl Exposing<'_> {
    /// All that has to be looked at.
    pub(crate) fn flags(&self) -> Flags {
        let names = self.names();
        let pii = [
            (Pii::Name, !names.is_empty()),
            (Pii::Phone, self.has_private_phone()),
            (Pii::HomeAddress, self.has_home(&names)),
        ];
        Flags {
            pii: pii
                .into_iter()
                .filter_map(|(pii, is_so)| is_so.then_some(pii))
                .collect(),
            threat: self.is_threat(),
            interference: self.said(Category::Interference, "sure").next().is_some(),
        }
    }

    pub(super) fn spans(&self, category: Category, tag: &str) -> impl Iterator<Item = Span> {
        self.hits
            .of(category)
            .filter(move |hit| &*hit.tag == tag)
            .map(|hit| hit.span)
    }

    /// What is said of a table, neither denied nor part of harmless words.
    fn said(&self, category: Category, tag: &str) -> impl Iterator<Item = Span> {
        self.spans(category, tag).filter(move |span| {
            !is_denied(self.tokens, self.hits, span.from)
                && !self
                    .spans(category, "harmless")
                    .any(|harmless| harmless.touches(*span))
        })
    }

    /// Where the names of private persons stand.
    fn names(&self) -> Vec<usize> {
        let words = self
            .tokens
            .iter()
            .filter(|token| token.kind == TokenKind::Word);
        let capitals = words
            .clone()
            .filter(|token| token.capitals && token.text.len() > 1)
            .count();
        let words = words.count();
        let marks = NameMarks::of(self);
        (0..self.tokens.len())
            .filter(|at| self.is_name(*at, &marks, words > 3 && capitals * 2 > words))
            .collect()
    }

    fn is_name(&self, at: usize, marks: &NameMarks, shouts: bool) -> bool {
        let Some(token) = self.tokens.get(at) else {
            return false;
        };
        let is = |marks: &[bool]| marks.get(at).copied().unwrap_or(false);
        let is_large = token.starts_large && !shouts;
        let is_given = is(&marks.given) || self.is_given_possessive(token, at);
        let is_led = is(&marks.sure) || is(&marks.led);
        if token.kind != TokenKind::Word
            || token.text.len() < 2
            || !(is_led || is_given && is_large)
            || is(&marks.placed)
            || is(&marks.public)
            || is(&marks.related)
        {
            return false;
        }
        if is_given && is_led {
            return true;
        }
        if is_given {
            return !self.is_by_a_street(at);
        }
        let is_unknown = !self
            .vocabulary
            .at(self.tokens, at)
            .any(|(_, entry)| entry.category != Category::Naming);
        is_unknown && (is(&marks.sure) || is_large && !token.capitals && !self.is_by_a_street(at))
    }

    /// "Luis's" is read as "luiss"; "Vang's Auto" is a shop.
    fn is_given_possessive(&self, token: &Token, at: usize) -> bool {
        token.starts_large
            && !self
                .tokens
                .get(at + 1)
                .is_some_and(|next| next.starts_large)
            && token.text.len() > 4
            && token
                .text
                .strip_suffix('s')
                .is_some_and(|name| self.vocabulary.is_given(name))
    }

    /// "Marion & University": a corner, even where the gazetteer is not sure of it.
    fn is_by_a_street(&self, at: usize) -> bool {
        let is_joint = |at: Option<usize>| {
            at.and_then(|at| self.tokens.get(at)).is_some_and(|token| {
                token.is_any(&["&", "/", "st", "street", "ave", "avenue", "blvd", "pkwy"])
            })
        };
        is_joint(at.checked_sub(1)) || is_joint(Some(at + 1))
    }

    /// A telephone number that is nobody's hotline.
    fn has_private_phone(&self) -> bool {
        let mut phones = (0..self.tokens.len()).filter_map(|at| phone(self.tokens, at));
        let Some(first) = phones.next() else {
            return false;
        };
        let is_free = self.tokens.get(first.from..first.to).is_some_and(|parts| {
            parts.iter().any(|part| {
                part.is_any(&["800", "888", "877", "866", "855", "844", "833"])
                    || part.text.starts_with("1800")
                    || part.text.starts_with("1888")
            })
        });
        !is_free
            && !self.spans(Category::Naming, "organization").any(|span| {
                span.to <= first.from && first.from - span.to < NAMED.0
                    || span.from >= first.to && span.from - first.to < NAMED.1
            })
    }

    /// A house number beside a home word or a name.
    fn has_home(&self, names: &[usize]) -> bool {
        let homes: Vec<Span> = self.spans(Category::Naming, "home").collect();
        (0..self.tokens.len()).any(|at| {
            self.is_house(at)
                && (homes
                    .iter()
                    .any(|home| home.from < at + HOUSE && at < home.to + HOUSE)
                    || names
                        .iter()
                        .any(|name| *name < at && at - name <= HOUSE / 2))
        })
    }

    /// A number that can be a house's: three to five digits before a word, no telephone's, no time's, no plate's.
    fn is_house(&self, at: usize) -> bool {
        let number = |at: usize| {
            self.tokens.get(at).is_some_and(|token| {
                token.kind == TokenKind::Number && (3..=5).contains(&token.digits)
            })
        };
        let joins = |at: Option<usize>| {
            at.and_then(|at| self.tokens.get(at))
                .is_some_and(|token| token.is_any(&["-", ":", "/", "$", "#"]))
        };
        number(at)
            && phone(self.tokens, at).is_none()
            && !joins(at.checked_sub(1))
            && !joins(Some(at + 1))
            && !self
                .tokens
                .get(at + 1)
                .is_some_and(|next| next.is_any(&["block", "blk", "cuadra", "bloque"]))
            && !self
                .hits
                .from(Category::Time, at + 1)
                .is_some_and(|hit| matches!(&*hit.tag, "am" | "pm" | "minute" | "hour"))
            && !number(at + 1)
            && !at.checked_sub(1).is_some_and(number)
    }
}

/// What is known of each token when names are looked for.
struct NameMarks {
    /// It is a given name.
    given: Vec<bool>,
    /// It stands behind words that only a name can follow.
    sure: Vec<bool>,
    /// It stands behind words that a name often follows.
    led: Vec<bool>,
    /// It stands behind a public office.
    public: Vec<bool>,
    /// It belongs to a place.
    placed: Vec<bool>,
    /// It is a title or says who someone is to the writer.
    related: Vec<bool>,
}

impl NameMarks {
    fn of(exposing: &Exposing<'_>) -> Self {
        let many = exposing.tokens.len();
        let marked = |spans: &mut dyn Iterator<Item = Span>| {
            let mut marks = vec![false; many];
            for span in spans {
                for mark in marks.iter_mut().take(span.to).skip(span.from) {
                    *mark = true;
                }
            }
            marks
        };
        let naming = |tag| exposing.spans(Category::Naming, tag);
        let related = marked(&mut naming("relation"));
        // Titles, relations and dots may stand between a cue and the name: "call Mrs. Yang".
        let behind = |span: Span| {
            let mut to = span.to;
            while related.get(to) == Some(&true)
                || exposing
                    .tokens
                    .get(to)
                    .is_some_and(|token| token.is_any(&[".", ":", "\"", ","]))
            {
                to += 1;
            }
            Span {
                from: span.to,
                to: to + 1,
            }
        };
        Self {
            given: marked(&mut naming("given")),
            sure: marked(&mut naming("sure").map(behind)),
            led: marked(&mut naming("maybe").chain(naming("relation")).map(behind)),
            public: marked(&mut naming("public").map(|span| Span {
                from: span.to,
                to: span.to + 2,
            })),
            placed: marked(&mut exposing.place.iter().copied()),
            related,
        }
    }
}
