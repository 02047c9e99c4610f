//! Street names as they stand in a text.

use crate::domain::{
    parse::tokens::{Token, TokenKind},
    place::{
        gazetteer::Gazetteer,
        phrases::Span,
        search::Search,
        spelling::Slip,
        street::{Runs, street_type},
        words::Around,
    },
};

/// A street as written, and the streets it may be.
#[derive(Debug, Clone)]
pub(crate) struct Mention {
    pub streets: Vec<usize>,
    pub span: Span,
    /// With "st", "ave", or a quarter: certainly a street.
    pub is_typed: bool,
    /// A number without "th": a street only beside another.
    pub is_bare: bool,
    /// An everyday word ("park"): a street only beside another.
    pub is_everyday: bool,
    /// "26th", "la 31", "twenty-sixth".
    pub is_numbered: bool,
    /// `e` or `w`, where written.
    pub side: Option<char>,
    /// How it was misspelled.
    pub slip: Slip,
}

impl Mention {
    /// Whether these words can hardly be anything but a street.
    pub(crate) fn is_sure(&self) -> bool {
        !self.is_bare && !self.is_everyday && self.slip == Slip::None
    }

    /// Whether these words are a street once "on" stands before them.
    pub(crate) fn is_sure_street(&self) -> bool {
        !self.is_bare && self.slip == Slip::None
    }
}

/// The name within a mention, without type and quarter.
struct Name {
    to: usize,
    streets: Vec<usize>,
    is_numbered: bool,
    /// Digits alone.
    is_bare: bool,
    /// A number in words or a freeway's: a street only beside another.
    is_written: bool,
    slip: Slip,
}

impl Search<'_> {
    /// The streets named in the open tokens, in order.
    pub(super) fn mentions(&self) -> Vec<Mention> {
        let mut found: Vec<Mention> = Vec::new();
        let mut at = 0;
        while at < self.asked.tokens.len() {
            let follows = found.last().is_some_and(|before| before.span.to == at);
            match self.mention(at, follows) {
                Some(mention) => {
                    at = mention.span.to;
                    found.push(mention);
                }
                None => at += 1,
            }
        }
        found
    }

    /// The street named from `start` on: "e lake st", "26th ave n", "la 31", "15 avenida". One that `follows` another
    /// begins with no "n", which joins the two.
    fn mention(&self, start: usize, follows: bool) -> Option<Mention> {
        if !self.is_open(start) {
            return None;
        }
        let mut at = start;
        let before = self
            .quarter_before(start)
            .filter(|_| !(follows && self.text(start) == "n"));
        if before.is_some() {
            at += if self.text(at + 1) == "." { 2 } else { 1 };
        }
        let mut wanted_type = None;
        let mut is_spanish = false;
        if before.is_none() && matches!(self.text(at), "la" | "el") && self.is_name(at + 1) {
            is_spanish = true;
            at += 1;
        }
        let is_said = self.marks.is(at, Around::Street);
        if is_said && self.is_name(at + 1) {
            wanted_type = street_type(self.text(at));
            is_spanish = true;
            at += 1;
        }
        let Name {
            mut to,
            mut streets,
            is_numbered,
            is_bare,
            is_written,
            slip,
        } = self.name(at)?;
        let name_to = to;
        if wanted_type.is_none()
            && let Some(found) = street_type(self.text(to))
                .filter(|found| *found != "pl" && *found != "dr" && *found != "mall")
            && !self.city.is_city_at(self.asked.tokens, to)
        {
            wanted_type = Some(found);
            to += 1;
            if self.text(to) == "." && self.is_glued(to) && self.quarter_after(to + 1).is_some() {
                to += 1;
            }
        }
        let mut is_typed = wanted_type.is_some() || is_said;
        if let Some(wanted) = wanted_type {
            keep(&mut streets, |at| {
                self.city
                    .streets
                    .get(at)
                    .is_some_and(|street| street.kind == wanted)
            });
        }
        let mut side = None;
        if let Some(quarter) = before {
            side = quarter
                .chars()
                .next()
                .filter(|c| matches!(c, 'e' | 'w') && quarter.len() < 5);
            is_typed |= quarter.len() <= 2 && slip == Slip::None && !is_bare;
            keep(&mut streets, |at| self.city.has_quarter(at, quarter));
        }
        let has_sides = streets.iter().any(|at| {
            self.city
                .streets
                .get(*at)
                .is_some_and(|street| street.side.is_some())
        });
        if let Some(quarter) = self.quarter_after(to).filter(|quarter| {
            let fits = streets.iter().any(|at| self.city.has_quarter(*at, quarter));
            self.is_open(to) && (has_sides || wanted_type.is_some() || !is_side(quarter) && fits)
        }) {
            keep(&mut streets, |at| self.city.is_in_quarter(at, quarter));
            side = side.or_else(|| quarter.chars().next().filter(|c| matches!(c, 'e' | 'w')));
            to += 1;
            is_typed = true;
        }
        if let Some(wanted) = side {
            keep(&mut streets, |at| {
                self.city
                    .streets
                    .get(at)
                    .is_some_and(|street| street.side == Some(wanted))
            });
        }
        let is_everyday = !is_typed
            && (is_written && !is_spanish || self.city.is_everyday(&self.words_of(at, name_to)));
        Some(Mention {
            streets,
            span: Span { from: start, to },
            is_typed,
            is_bare: is_bare && !is_typed && !is_spanish,
            is_everyday,
            is_numbered,
            side,
            slip,
        })
    }

    fn is_name(&self, at: usize) -> bool {
        self.name(at).is_some() || self.marks.is(at, Around::Street) && self.name(at + 1).is_some()
    }

    fn name(&self, at: usize) -> Option<Name> {
        if !self.is_open(at) {
            return None;
        }
        self.numbered_name(at)
            .or_else(|| self.lettered_name(at))
            .or_else(|| self.misspelled_name(at))
    }

    /// "38th", "38", "38 th", "thirty-eighth".
    fn numbered_name(&self, at: usize) -> Option<Name> {
        let token = self.asked.tokens.get(at)?;
        let (mut to, number, mut is_bare, is_written) = match token.kind {
            TokenKind::Ordinal => (at + 1, token.number?, false, false),
            TokenKind::Number if token.digits <= 2 => (at + 1, token.number?, true, false),
            TokenKind::Word => {
                let (to, number) = self.words.ordinal(self.asked.tokens, at)?;
                (to, number, false, true)
            }
            _ => return None,
        };
        if is_bare && matches!(self.text(to), "th" | "nd" | "rd") {
            is_bare = false;
            to += 1;
        }
        let is_counted = self.marks.is(to, Around::Counted) && (is_bare || number <= 4);
        let is_other = self.is_open(to) && (self.marks.is(to, Around::NoStreet) || is_counted);
        if is_other || self.is_money(at) {
            return None;
        }
        Some(Name {
            to,
            streets: self.city.ordinals.get(&number)?.clone(),
            is_numbered: true,
            is_bare,
            is_written,
            slip: Slip::None,
        })
    }

    fn is_money(&self, at: usize) -> bool {
        at.checked_sub(1)
            .is_some_and(|before| matches!(self.text(before), "$" | "#"))
    }

    fn lettered_name(&self, at: usize) -> Option<Name> {
        let tokens = self.asked.tokens;
        let (span, _) = self.city.street_names.longest(tokens, at)?;
        if !(span.from..span.to).all(|at| self.is_open(at)) {
            return None;
        }
        let streets = self
            .city
            .street_names
            .at(tokens, at)
            .filter(|(other, _)| other.to == span.to)
            .map(|(_, street)| *street)
            .collect();
        let is_number = tokens
            .get(at)
            .is_some_and(|token| token.kind == TokenKind::Number);
        Some(Name {
            to: span.to,
            streets,
            is_numbered: false,
            is_bare: false,
            // A freeway has a number, which is no street by itself: "94 and Cedar".
            is_written: is_number && span.to == at + 1,
            slip: Slip::None,
        })
    }

    /// A name with a slip, where its neighbors make a street likely.
    fn misspelled_name(&self, at: usize) -> Option<Name> {
        let tokens = self.asked.tokens;
        let token = tokens
            .get(at)
            .filter(|token| token.kind == TokenKind::Word)?;
        if self.words.knows(&token.text) || self.marks.has_any(at) || !self.is_by_places(at) {
            return None;
        }
        let most = if self.is_joined(at) {
            Slip::Short
        } else {
            Slip::Sound
        };
        let (slip, names) = self.city.street_spelling.like(&token.text, most);
        let mut to = at + 1;
        let mut streets = Vec::new();
        for name in names {
            for (span, street) in self.city.street_names.nearly(name, tokens, at) {
                if span.to > to {
                    streets.clear();
                    to = span.to;
                }
                if span.to == to && !streets.contains(street) {
                    streets.push(*street);
                }
            }
        }
        (!streets.is_empty()).then_some(Name {
            to,
            streets,
            is_numbered: false,
            is_bare: false,
            is_written: false,
            slip,
        })
    }

    /// Whether the words around a token are such as stand around places.
    pub(super) fn is_by_places(&self, at: usize) -> bool {
        const BEFORE: [Around; 4] = [Around::And, Around::Beside, Around::At, Around::Between];
        let before = self.before(at);
        before.is_none_or(|before| self.marks.is_any(before, &BEFORE) || self.text(before) == "\n")
            || self.marks.is_any(at + 1, &[Around::And, Around::Beside])
            || street_type(self.text(at + 1)).is_some()
    }

    /// Whether an "and" stands beside a token, or a street's type behind it.
    fn is_joined(&self, at: usize) -> bool {
        self.before(at)
            .is_some_and(|before| self.marks.is(before, Around::And))
            || self.marks.is(at + 1, Around::And)
            || street_type(self.text(at + 1)).is_some()
    }

    /// The token before, articles passed over.
    fn before(&self, at: usize) -> Option<usize> {
        self.marks.before(at, &[Around::Article])
    }

    /// The quarter written before a street: "e lake", "n 26th", "northeast broadway".
    fn quarter_before(&self, at: usize) -> Option<&str> {
        let word = self.text(at);
        let is_quarter = is_side(word)
            || self
                .city
                .sections
                .iter()
                .any(|section| section.suffix.iter().any(|suffix| suffix == word));
        let next = if self.text(at + 1) == "." {
            at + 2
        } else {
            at + 1
        };
        if !is_quarter {
            return None;
        }
        let name = self.name(next).or_else(|| {
            self.name(next + 1)
                .filter(|_| self.marks.is(next, Around::Street))
        })?;
        name.streets
            .iter()
            .any(|street| self.city.has_quarter(*street, word))
            .then_some(word)
    }

    /// The quarter written behind a street. "NE corner" is a corner, "n 31st" an "and".
    fn quarter_after(&self, at: usize) -> Option<&str> {
        let word = self.asked.tokens.get(at)?;
        let is_quarter = is_side(&word.text)
            || self
                .city
                .sections
                .iter()
                .any(|section| section.suffix.contains(&word.text));
        if !is_quarter {
            return None;
        }
        let next = self.asked.tokens.get(at + 1);
        let is_corner = next.is_some_and(|next| {
            next.is_any(&[
                "corner", "side", "bound", "crn", "cnr", ":", "=", "from", "of", "on", "towards",
                "toward", "end",
            ])
        });
        let is_and = word.text.len() == 1
            && next.is_some_and(|next| self.city.is_street_start(next))
            && (word.text == "n" || !self.marks.is(at + 1, Around::And));
        let is_moving = at > 0
            && self
                .asked
                .tokens
                .get(at - 1)
                .is_some_and(|before| before.is_any(&["heading", "going"]));
        let is_with = word.text == "w" && next.is_some_and(|next| next.glued && next.is("/"));
        (!is_corner && !is_and && !is_moving && !is_with).then_some(word.text.as_str())
    }
}

impl Gazetteer {
    fn is_in_quarter(&self, street: usize, quarter: &str) -> bool {
        let Some(street) = self.streets.get(street) else {
            return false;
        };
        let section = self.sections.get(street.section);
        section.is_some_and(|section| section.suffix.iter().any(|suffix| suffix == quarter))
            || street
                .side
                .is_some_and(|side| quarter.starts_with(side) && quarter.len() != 2)
    }

    /// Whether a quarter can be said of a street: its own, or E and W where the corner decides.
    fn has_quarter(&self, street: usize, quarter: &str) -> bool {
        let is_by_corner = self.streets.get(street).is_some_and(|street| {
            street.runs == Runs::EastWest
                && street.side.is_none()
                && self
                    .sections
                    .get(street.section)
                    .is_some_and(|section| section.east_from.is_some())
        });
        is_side(quarter) && is_by_corner || self.is_in_quarter(street, quarter)
    }

    fn is_street_start(&self, token: &Token) -> bool {
        matches!(token.kind, TokenKind::Ordinal | TokenKind::Number)
            || self
                .street_names
                .longest(std::slice::from_ref(token), 0)
                .is_some()
    }
}

/// Keeps what fits, or everything if nothing does.
fn keep(streets: &mut Vec<usize>, fits: impl Fn(usize) -> bool) {
    if streets.iter().any(|at| fits(*at)) {
        streets.retain(|at| fits(*at));
    }
}

fn is_side(word: &str) -> bool {
    matches!(word, "e" | "w" | "east" | "west")
}
