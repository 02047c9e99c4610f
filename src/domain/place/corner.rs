//! Corners: two street names near each other, and which crossing of which streets they mean.

use crate::domain::{
    ids::AreaId,
    parse::tokens::{Token, TokenKind},
    place::{
        Found, Place, PlaceKind, Point,
        gazetteer::{Gazetteer, NEAR_CORNER, PRIMARY},
        mention::Mention,
        phrases::Span,
        street::Runs,
    },
};

/// A corner that may be meant.
pub(crate) struct Corner {
    pub streets: (usize, usize),
    pub point: Point,
}

/// Two street names near each other.
pub(crate) struct Pair<'a> {
    pub one: &'a Mention,
    pub other: &'a Mention,
    pub is_direct: bool,
    pub corners: Vec<Corner>,
}

/// Tokens between two street names that are still a pair.
const LOOSE: usize = 14;
/// Candidates so near each other, in metres, are one place.
const SAME_SPOT: f64 = 150.0;

impl Gazetteer {
    /// Street names close together that cross somewhere, or that are written as a corner and do not.
    pub(crate) fn pairs<'a>(&self, tokens: &[Token], mentions: &'a [Mention]) -> Vec<Pair<'a>> {
        let mut pairs = Vec::new();
        for (n, one) in mentions.iter().enumerate() {
            for other in mentions.iter().skip(n + 1).take(3) {
                let gap = tokens.get(one.span.to..other.span.from).unwrap_or_default();
                let is_direct = is_connector(gap);
                let is_sure = |mention: &Mention| {
                    !mention.is_bare && !mention.is_everyday && !mention.is_guess
                };
                let is_loose = gap.len() <= LOOSE
                    && is_sure(one)
                    && is_sure(other)
                    && !gap.iter().any(|token| token.kind == TokenKind::Newline);
                if !is_direct && !is_loose
                    || (one.is_bare || other.is_bare)
                        && !(is_tight(gap) && !(one.is_bare && other.is_bare))
                {
                    continue;
                }
                let corners = self.corners(one, other);
                if is_direct || !corners.is_empty() {
                    pairs.push(Pair {
                        one,
                        other,
                        is_direct,
                        corners,
                    });
                }
            }
        }
        pairs
    }

    pub(crate) fn corners(&self, one: &Mention, other: &Mention) -> Vec<Corner> {
        let mut corners = Vec::new();
        for a in &one.streets {
            for b in &other.streets {
                let (Some(first), Some(second)) = (self.streets.get(*a), self.streets.get(*b))
                else {
                    continue;
                };
                if a == b {
                    continue;
                }
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

    pub(crate) fn corner_place(&self, pair: &Pair<'_>, near: &[AreaId]) -> Found {
        let base = if pair.is_direct { 0.95 } else { 0.7 };
        let guess = if pair.one.is_guess || pair.other.is_guess {
            0.15
        } else {
            0.0
        };
        let places = pair
            .corners
            .iter()
            .map(|corner| self.corner(corner, base - guess))
            .collect();
        self.nearest(places, near)
    }

    /// One of several places, if the room's areas or their nearness decide it.
    pub(crate) fn nearest(&self, mut places: Vec<Place>, near: &[AreaId]) -> Found {
        let metres = |place: &Place| {
            place
                .point
                .map_or(f64::MAX, |point| self.metres_to_any(point, near))
        };
        if !near.is_empty() {
            places.sort_by(|a, b| metres(a).total_cmp(&metres(b)));
        }
        let Some(first) = places.first().cloned() else {
            return Found::Unknown;
        };
        let is_same = |place: &Place| match (first.point, place.point) {
            (Some(a), Some(b)) => a.metres_to(b) <= SAME_SPOT,
            _ => false,
        };
        let rest: Vec<&Place> = places
            .iter()
            .skip(1)
            .filter(|place| !is_same(place))
            .collect();
        let Some(second) = rest.first() else {
            return Found::One(Box::new(first));
        };
        if !near.is_empty() && metres(&first) <= 1_500.0 && metres(second) - metres(&first) >= 600.0
        {
            let confidence = first.confidence - 0.1;
            return Found::One(Box::new(Place {
                confidence,
                ..first
            }));
        }
        let confidence = 1.0 / f64::from(u8::try_from(rest.len() + 1).unwrap_or(u8::MAX));
        let several = std::iter::once(&first).chain(rest).take(3);
        Found::Several(
            several
                .map(|place| Place {
                    confidence,
                    ..place.clone()
                })
                .collect(),
        )
    }

    fn corner(&self, corner: &Corner, confidence: f64) -> Place {
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
            areas: self.areas_at(corner.point, NEAR_CORNER),
            primary: self.areas_at(corner.point, PRIMARY),
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
        let same = |at: usize| -> Vec<usize> {
            let base = self.streets.get(at).map(|street| street.base.as_str());
            (0..self.streets.len())
                .filter(|other| self.streets.get(*other).map(|street| street.base.as_str()) == base)
                .collect()
        };
        let mention = |streets: Vec<usize>| Mention {
            streets,
            span: Span { from: 0, to: 0 },
            is_typed: false,
            is_bare: false,
            is_everyday: false,
            side: None,
            is_guess: false,
        };
        let corners = self.corners(&mention(same(a)), &mention(same(b)));
        let first = corners.first().map(|corner| corner.point);
        corners
            .iter()
            .all(|corner| first.is_some_and(|first| first.metres_to(corner.point) <= SAME_SPOT))
    }
}

/// The pair that is meant: the first that crosses; after "moved" or "now" the last.
pub(crate) fn best_pair<'p, 'm>(
    tokens: &[Token],
    pairs: &'p [Pair<'m>],
    is_direct: bool,
) -> Option<&'p Pair<'m>> {
    let mut fitting = pairs
        .iter()
        .filter(|pair| pair.is_direct == is_direct && !pair.corners.is_empty());
    let has_moved = tokens
        .iter()
        .any(|token| token.is_any(&["moved", "correction"]));
    let is_denied = |pair: &&Pair<'_>| {
        pair.one
            .span
            .from
            .checked_sub(1)
            .and_then(|at| tokens.get(at))
            .is_some_and(|token| token.is_any(&["not", "from"]))
    };
    if has_moved {
        fitting.rfind(|pair| !is_denied(pair))
    } else {
        fitting.next()
    }
}

/// Whether the gap joins even a bare number to a street: "Chicago y 33", "31/cedar"; not "the 7-11 on franklin".
fn is_tight(gap: &[Token]) -> bool {
    gap.iter().all(|token| {
        token.is_any(&[
            "&", "+", "/", "n", "x", "and", "y", "e", "la", "iyo", "thiab", "con",
        ])
    })
}

/// Whether the tokens between two street names make them a corner.
fn is_connector(gap: &[Token]) -> bool {
    const WORDS: [&str; 46] = [
        "&",
        "+",
        "/",
        "@",
        ",",
        "-",
        "n",
        "and",
        "y",
        "e",
        "iyo",
        "thiab",
        "con",
        "x",
        "at",
        "by",
        "near",
        "on",
        "off",
        "of",
        "from",
        "crossing",
        "the",
        "la",
        "el",
        "corner",
        "st",
        "street",
        "cross",
        "eastbound",
        "westbound",
        "northbound",
        "southbound",
        "esquina",
        "ave",
        "just",
        "past",
        "btw",
        "w",
        "ke",
        "with",
        "around",
        "close",
        "to",
        "in",
        "between",
    ];
    (1..=3).contains(&gap.len())
        && gap.iter().all(|token| token.is_any(&WORDS))
        && !gap
            .iter()
            .all(|token| token.is_any(&["the", "la", "el", "st", "ave", "street", "to"]))
}
