//! Corners: two street names near each other, and which crossing of which streets they mean.

use crate::domain::{
    parse::tokens::TokenKind,
    place::{
        Found, Place, PlaceKind, Point, gazetteer::Gazetteer, mention::Mention, phrases::Span,
        prior::SAME_SPOT, search::Search, spelling::Slip, street::Runs, words::Around,
    },
};

/// A corner that may be meant.
#[derive(Debug, Clone)]
pub(crate) struct Corner {
    pub streets: (usize, usize),
    pub point: Point,
}

/// How two street names stand beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// Other words between them, but not many: "on 33rd st going west, just passed 13th".
    Loose,
    /// "at", "north of", or nothing at all.
    Joined,
    /// "&", "and", "/".
    Tight,
}

/// Two street names near each other, by their places among the mentions.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub one: usize,
    pub other: usize,
    pub span: Span,
    pub gap: Gap,
    pub corners: Vec<Corner>,
    /// Whether "st" or "ave" had to be overlooked.
    pub is_bent: bool,
}

/// Tokens between two street names that are still a pair.
const LOOSE: usize = 14;
/// Small words between two street names.
const JOINED: usize = 9;

impl Search<'_> {
    /// Street names close together that cross somewhere, or that are written as a corner and do not.
    pub(super) fn pairs(&self) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for (n, one) in self.mentions.iter().enumerate() {
            for (m, other) in self.mentions.iter().enumerate().skip(n + 1).take(3) {
                let Some(gap) = self.gap(one, other) else {
                    continue;
                };
                let mut corners = self.city.corners(&one.streets, &other.streets);
                let mut is_bent = false;
                if corners.is_empty() && gap > Gap::Loose && (one.is_typed || other.is_typed) {
                    corners = self
                        .city
                        .corners(&self.namesakes(one), &self.namesakes(other));
                    is_bent = true;
                }
                if gap > Gap::Loose || !corners.is_empty() {
                    self.keep_hinted(&mut corners);
                    pairs.push(Pair {
                        one: n,
                        other: m,
                        span: Span {
                            from: one.span.from,
                            to: other.span.to,
                        },
                        gap,
                        corners,
                        is_bent,
                    });
                }
            }
        }
        pairs
    }

    fn namesakes(&self, mention: &Mention) -> Vec<usize> {
        mention
            .streets
            .first()
            .map_or_else(Vec::new, |at| self.city.namesakes(*at).to_vec())
    }

    /// "in northeast": corners there, if there are any.
    fn keep_hinted(&self, corners: &mut Vec<Corner>) {
        let is_there = |corner: &Corner| {
            [corner.streets.0, corner.streets.1].iter().any(|at| {
                self.city
                    .streets
                    .get(*at)
                    .is_some_and(|street| self.hints.sections.contains(&street.section))
            })
        };
        if corners.iter().any(is_there) {
            corners.retain(is_there);
        }
    }

    /// How two mentions stand beside each other, if they can be one corner.
    fn gap(&self, one: &Mention, other: &Mention) -> Option<Gap> {
        const PASSED: [Around; 4] = [Around::And, Around::Beside, Around::Article, Around::Filler];
        let (from, to) = (one.span.to, other.span.from);
        let between = || from..to;
        let is_field = self.asked.is_field;
        if from == to {
            let is_plain = |mention: &Mention| mention.is_typed || mention.is_numbered;
            return ((!one.is_bare && !other.is_bare || is_field && one.is_bare != other.is_bare)
                && one.slip.max(other.slip) < Slip::Short
                && (is_plain(one) || is_plain(other) || is_field))
                .then_some(Gap::Joined);
        }
        let is_tight = to - from <= 4
            && between().any(|at| self.marks.is(at, Around::And))
            && between().all(|at| self.marks.is_any(at, &[Around::And, Around::Article]));
        if is_tight {
            return (!(one.is_bare && other.is_bare) || is_field).then_some(Gap::Tight);
        }
        if one.is_bare || other.is_bare {
            return None;
        }
        let is_joined = to - from <= JOINED
            && between().all(|at| self.marks.is_any(at, &PASSED))
            && between().any(|at| self.marks.is_any(at, &[Around::And, Around::Beside]))
            && !self.has_stop(from, to);
        if is_joined {
            return (one.slip.max(other.slip) < Slip::Short
                || between().any(|at| self.marks.is(at, Around::And)))
            .then_some(Gap::Joined);
        }
        let is_plain = |mention: &Mention| {
            mention.is_sure()
                || mention.is_everyday
                    && mention.slip == Slip::None
                    && self.is_large_and_led(mention)
        };
        let is_loose = to - from <= LOOSE
            && is_plain(one)
            && is_plain(other)
            && (one.is_sure() || other.is_sure())
            && !between().any(|at| self.marks.is(at, Around::Denied))
            && !self.has_stop(from, to);
        is_loose.then_some(Gap::Loose)
    }

    /// "on Columbus": an everyday word that is written like a name and led like a place.
    fn is_large_and_led(&self, mention: &Mention) -> bool {
        let is_large = self
            .asked
            .tokens
            .get(mention.span.from)
            .is_some_and(|token| token.starts_large);
        is_large && self.is_led(mention.span.from)
    }

    /// Whether a sentence or line ends between two tokens. "St." ends none.
    pub(super) fn has_stop(&self, from: usize, to: usize) -> bool {
        (from..to).any(|at| {
            let Some(token) = self.asked.tokens.get(at) else {
                return true;
            };
            let after_short = at == from && self.is_glued(at);
            token.kind == TokenKind::Newline
                || token.is_any(&["!", "?", ";"])
                || token.is(".") && !after_short
        })
    }

    pub(super) fn corner_place(&self, pair: &Pair) -> Found {
        let (Some(one), Some(other)) = (self.mentions.get(pair.one), self.mentions.get(pair.other))
        else {
            return Found::Unknown;
        };
        let mut confidence = match pair.gap {
            Gap::Tight | Gap::Joined => 0.95,
            Gap::Loose => 0.7,
        };
        for slip in [one.slip, other.slip] {
            confidence -= match slip {
                Slip::None => 0.0,
                Slip::Typo => 0.15,
                Slip::Sound | Slip::Short => 0.2,
            };
        }
        if pair.is_bent {
            confidence -= 0.2;
        }
        if self.is_only_everyday(pair) {
            confidence -= 0.3;
        }
        let places = pair
            .corners
            .iter()
            .map(|corner| self.city.corner(corner, confidence))
            .collect();
        self.settle(places)
    }

    /// "park and central": two everyday words that nothing marks as a place.
    pub(super) fn is_only_everyday(&self, pair: &Pair) -> bool {
        let is_everyday = |at: usize| {
            self.mentions
                .get(at)
                .is_some_and(|mention| mention.is_everyday)
        };
        let is_large = |at: usize| {
            self.mentions
                .get(at)
                .and_then(|mention| self.asked.tokens.get(mention.span.from))
                .is_some_and(|token| token.starts_large)
        };
        is_everyday(pair.one)
            && is_everyday(pair.other)
            && !self.asked.is_field
            && !self.is_led(pair.span.from)
            && !(is_large(pair.one) && is_large(pair.other))
            && pair.span.from > 0
    }
}

impl Gazetteer {
    /// Where any of some streets crosses any of others.
    pub(crate) fn corners(&self, some: &[usize], others: &[usize]) -> Vec<Corner> {
        let mut corners = Vec::new();
        for a in some {
            for b in others.iter().filter(|b| *b != a) {
                let (Some(first), Some(second)) = (self.streets.get(*a), self.streets.get(*b))
                else {
                    continue;
                };
                for point in first.crossings(second) {
                    corners.push(Corner {
                        streets: (*a, *b),
                        point,
                    });
                }
            }
        }
        corners
    }

    /// A corner as a place; settling it finds its areas.
    pub(crate) fn corner(&self, corner: &Corner, confidence: f64) -> Place {
        let (a, b) = corner.streets;
        let name_at = |at: usize| {
            self.streets.get(at).map_or_else(String::new, |street| {
                street.name_at(corner.point, &self.sections)
            })
        };
        let mut streets = vec![name_at(a), name_at(b)];
        let is_east_west = |at: usize| {
            self.streets
                .get(at)
                .is_some_and(|street| street.runs == Runs::EastWest)
        };
        // On a map of any shape the alphabet decides, so that a corner has one name.
        let is_later = match (self.streets.get(a), self.streets.get(b)) {
            (Some(a), Some(b)) => a.mapped.is_some() && b.mapped.is_some() && a.name > b.name,
            _ => false,
        };
        let (first, second) = if is_east_west(b) && !is_east_west(a) || is_later {
            (b, a)
        } else {
            (a, b)
        };
        let name = if self.is_said_shortly(a, b) {
            format!("{} & {}", self.short(first), self.short(second))
        } else {
            format!("{} & {}", name_at(first), name_at(second))
        };
        streets.sort();
        Place {
            kind: PlaceKind::Intersection,
            name,
            streets,
            number: None,
            landmark: None,
            city: self.city_of(a),
            point: Some(corner.point),
            areas: Vec::new(),
            primary: Vec::new(),
            confidence,
        }
    }

    pub(crate) fn short(&self, at: usize) -> &str {
        self.streets
            .get(at)
            .map_or("", |street| street.short.as_str())
    }

    pub(crate) fn city_of(&self, street: usize) -> Option<String> {
        let section = self.streets.get(street)?.section;
        self.sections
            .get(section)
            .map(|section| section.city.clone())
    }

    /// Whether two short names mean one corner only.
    fn is_said_shortly(&self, a: usize, b: usize) -> bool {
        let corners = self.corners(self.namesakes(a), self.namesakes(b));
        let first = corners.first().map(|corner| corner.point);
        corners
            .iter()
            .all(|corner| first.is_some_and(|first| first.metres_to(corner.point) <= SAME_SPOT))
    }
}
