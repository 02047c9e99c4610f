//! Names of streets, landmarks and areas as they stand in a text.

use crate::domain::{
    parse::tokens::{Token, TokenKind},
    place::{gazetteer::Gazetteer, phrases::Span, street::street_type},
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
    /// `e` or `w`, where written.
    pub side: Option<char>,
    /// Whether a typing mistake had to be overlooked.
    pub is_guess: bool,
}

/// "3rd floor", "4th of July", "2nd person": ordinals that number no street.
const NO_STREET: [&str; 16] = [
    "floor",
    "grade",
    "grader",
    "graders",
    "time",
    "person",
    "one",
    "shift",
    "precinct",
    "ward",
    "day",
    "of",
    "week",
    "anniversary",
    "vehicle",
    "car",
];

/// Shortest name in which a typing mistake is overlooked.
const TYPO: usize = 6;

impl Gazetteer {
    /// The streets named in the open tokens, in order.
    pub(crate) fn mentions(&self, tokens: &[Token], open: &[bool]) -> Vec<Mention> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match self.mention(tokens, open, at) {
                Some(mention) => {
                    at = mention.span.to;
                    found.push(mention);
                }
                None => at += 1,
            }
        }
        found
    }

    /// The street named from `start` on: "e lake st", "26th ave n", "la 31", "15 avenida".
    fn mention(&self, tokens: &[Token], open: &[bool], start: usize) -> Option<Mention> {
        let is_open = |at: usize| open.get(at).copied().unwrap_or(false);
        let text = |at: usize| {
            tokens
                .get(at)
                .filter(|_| is_open(at))
                .map_or("", |token| token.text.as_str())
        };
        let mut at = start;
        let mut side = side_before(text(at));
        if side.is_some() {
            at += if text(at + 1) == "." { 2 } else { 1 };
        }
        let mut wanted_type = None;
        let mut is_spanish = false;
        if side.is_none() && matches!(text(at), "la" | "el") && self.is_name(tokens, at + 1) {
            is_spanish = true;
            at += 1;
        }
        if matches!(text(at), "calle" | "avenida") && self.is_name(tokens, at + 1) {
            wanted_type = street_type(text(at));
            is_spanish = true;
            at += 1;
        }
        if !is_open(at) {
            return None;
        }
        let (mut to, mut streets, is_number, is_guess) = self.name(tokens, at)?;
        let name_to = to;
        if wanted_type.is_none()
            && let Some(found) = street_type(text(to))
                .filter(|found| *found != "pl" && *found != "dr" && *found != "mall")
        {
            wanted_type = Some(found);
            to += 1;
            if text(to) == "."
                && tokens.get(to).is_some_and(|dot| dot.glued)
                && quarter_after(self, tokens, to + 1).is_some()
            {
                to += 1;
            }
        }
        let mut is_typed = wanted_type.is_some();
        if let Some(wanted) = wanted_type {
            keep(&mut streets, |at| {
                self.streets
                    .get(at)
                    .is_some_and(|street| street.kind == wanted)
            });
        }
        let has_sides = streets.iter().any(|at| {
            self.streets
                .get(*at)
                .is_some_and(|street| street.side.is_some())
        });
        if let Some(quarter) = quarter_after(self, tokens, to)
            .filter(|quarter| is_open(to) && (has_sides || !is_side(quarter)))
        {
            keep(&mut streets, |at| self.is_in_quarter(at, quarter));
            side = side.or_else(|| quarter.chars().next().filter(|c| matches!(c, 'e' | 'w')));
            to += 1;
            is_typed = true;
        }
        if let Some(before) = side {
            keep(&mut streets, |at| {
                self.streets
                    .get(at)
                    .is_some_and(|street| street.side == Some(before))
            });
        }
        let everyday: String = tokens
            .get(at..name_to)?
            .iter()
            .map(|token| token.text.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        Some(Mention {
            streets,
            span: Span { from: start, to },
            is_typed,
            is_bare: is_number && !is_typed && !is_spanish,
            is_everyday: !is_typed && self.everyday.contains(&everyday),
            side,
            is_guess,
        })
    }

    fn is_name(&self, tokens: &[Token], at: usize) -> bool {
        self.name(tokens, at).is_some()
            || tokens
                .get(at)
                .is_some_and(|token| token.is_any(&["calle", "avenida"]))
                && self.name(tokens, at + 1).is_some()
    }

    /// The name alone: where it ends, which streets, whether a bare number, whether guessed.
    fn name(&self, tokens: &[Token], at: usize) -> Option<(usize, Vec<usize>, bool, bool)> {
        let token = tokens.get(at)?;
        if matches!(token.kind, TokenKind::Ordinal | TokenKind::Number) {
            let is_no_street = tokens
                .get(at + 1)
                .is_some_and(|next| next.is_any(&NO_STREET));
            let number = token
                .number
                .filter(|_| token.digits <= 2 && !is_no_street)?;
            let streets = self.ordinals.get(&number)?.clone();
            return Some((at + 1, streets, token.kind == TokenKind::Number, false));
        }
        if let Some((span, _)) = self.street_names.longest(tokens, at) {
            let streets = self
                .street_names
                .at(tokens, at)
                .filter(|(other, _)| other.to == span.to)
                .map(|(_, street)| *street)
                .collect();
            return Some((span.to, streets, false, false));
        }
        if token.kind != TokenKind::Word || token.text.len() < TYPO {
            return None;
        }
        let streets: Vec<usize> = (0..self.streets.len())
            .filter(|at| {
                self.streets.get(*at).is_some_and(|street| {
                    street.ordinal.is_none() && is_nearly(&street.base, &token.text)
                })
            })
            .collect();
        (!streets.is_empty() && !self.everyday.contains(&token.text)).then_some((
            at + 1,
            streets,
            false,
            true,
        ))
    }

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

    /// The landmarks named in the open tokens.
    pub(crate) fn landmarks_named(
        &self,
        tokens: &[Token],
        open: &[bool],
    ) -> Vec<(Span, usize, bool)> {
        let mut found: Vec<(Span, usize, bool)> = Vec::new();
        for at in 0..tokens.len() {
            if !open.get(at).copied().unwrap_or(false)
                || found.last().is_some_and(|(span, ..)| span.holds(at))
            {
                continue;
            }
            if let Some((span, landmark)) = self.landmark_names.longest(tokens, at) {
                let length = |at: usize| {
                    self.landmark_names
                        .longest(tokens, at)
                        .map_or(0, |(span, _)| span.to - span.from)
                };
                if (at + 1..span.to).any(|next| length(next) > span.to - span.from) {
                    continue;
                }
                found.push((span, landmark, false));
            } else if let Some((span, landmark)) = self.landmark_nearly(tokens, at) {
                found.push((span, landmark, true));
            }
        }
        found
    }

    /// A landmark of two words, the first long and mistyped: "rivreside plaza".
    fn landmark_nearly(&self, tokens: &[Token], at: usize) -> Option<(Span, usize)> {
        let (first, second) = (tokens.get(at)?, tokens.get(at + 1)?);
        if first.text.len() < TYPO || second.text.len() < 4 {
            return None;
        }
        let wanted = format!("{} {}", first.text, second.text);
        let landmark = self.landmarks.iter().position(|landmark| {
            landmark
                .aliases
                .iter()
                .any(|alias| alias.split(' ').count() == 2 && is_nearly(alias, &wanted))
        })?;
        Some((
            Span {
                from: at,
                to: at + 2,
            },
            landmark,
        ))
    }
}

/// Same first letter and one slip apart.
fn is_nearly(name: &str, text: &str) -> bool {
    name.len() >= TYPO
        && name.len().abs_diff(text.len()) <= 1
        && name.chars().next() == text.chars().next()
        && strsim::osa_distance(name, text) == 1
}

/// Keeps what fits, or everything if nothing does.
fn keep(streets: &mut Vec<usize>, fits: impl Fn(usize) -> bool) {
    if streets.iter().any(|at| fits(*at)) {
        streets.retain(|at| fits(*at));
    }
}

fn side_before(word: &str) -> Option<char> {
    match word {
        "e" | "east" => Some('e'),
        "w" | "west" => Some('w'),
        "s" | "south" => Some('s'),
        "n" | "north" => Some('n'),
        _ => None,
    }
}

fn is_side(word: &str) -> bool {
    matches!(word, "e" | "w" | "east" | "west")
}

/// The quarter written behind a street. "NE corner" is a corner, "n 31st" an "and".
fn quarter_after<'a>(gazetteer: &Gazetteer, tokens: &'a [Token], at: usize) -> Option<&'a str> {
    let word = tokens.get(at)?;
    let is_quarter = gazetteer
        .sections
        .iter()
        .any(|section| section.suffix.contains(&word.text))
        || is_side(&word.text);
    let next = tokens.get(at + 1);
    let is_corner = next.is_some_and(|next| {
        next.is_any(&[
            "corner", "side", "bound", "crn", "cnr", ":", "=", "from", "of", "on", "towards",
            "toward",
        ])
    });
    let is_and = word.text.len() == 1 && next.is_some_and(|next| gazetteer.is_street_start(next));
    let is_moving = at > 0
        && tokens
            .get(at - 1)
            .is_some_and(|before| before.is_any(&["heading", "going"]));
    let is_with = next.is_some_and(|next| next.glued && next.is("/"));
    (is_quarter && !is_corner && !is_and && !is_moving && !is_with).then_some(word.text.as_str())
}

impl Gazetteer {
    fn is_street_start(&self, token: &Token) -> bool {
        matches!(token.kind, TokenKind::Ordinal | TokenKind::Number)
            || self
                .street_names
                .longest(std::slice::from_ref(token), 0)
                .is_some()
    }
}
