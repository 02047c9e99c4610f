//! Place words in a text → the place meant: corners, blocks, addresses, landmarks, areas.

use crate::domain::{
    ids::AreaId,
    parse::tokens::{Token, TokenKind},
    place::{
        Found, Place, PlaceKind, Point,
        gazetteer::{Gazetteer, NEAR_CORNER, NEAR_LANDMARK, PRIMARY},
        mention::Mention,
        phrases::Span,
        street::Runs,
    },
};

/// What was found, and which tokens said it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Located {
    pub found: Found,
    /// Tokens that belong to place words: their numbers count nothing.
    pub used: Vec<Span>,
}

/// A corner that may be meant.
pub(crate) struct Corner {
    pub streets: (usize, usize),
    pub point: Point,
}

/// Two street names near each other.
struct Pair<'a> {
    one: &'a Mention,
    other: &'a Mention,
    is_direct: bool,
    corners: Vec<Corner>,
}

/// Tokens between two street names that are still a pair.
const LOOSE: usize = 14;
/// Candidates so near each other, in metres, are one place.
const SAME_SPOT: f64 = 150.0;

impl Gazetteer {
    /// The place meant by the open tokens. `near` are the areas of the room.
    pub(crate) fn locate(&self, tokens: &[Token], open: &[bool], near: &[AreaId]) -> Located {
        let mentions = self.mentions(tokens, open);
        let landmarks = self.landmarks_named(tokens, open);
        let mut used: Vec<Span> = mentions
            .iter()
            .filter(|mention| !mention.is_bare && !mention.is_everyday && !mention.is_guess)
            .map(|mention| mention.span)
            .collect();
        used.extend(landmarks.iter().map(|(span, ..)| *span));
        let pairs = self.pairs(tokens, &mentions);
        let found = self.choose(tokens, open, near, &mentions, &landmarks, &pairs, &mut used);
        Located { found, used }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one question over all that was found"
    )]
    fn choose(
        &self,
        tokens: &[Token],
        open: &[bool],
        near: &[AreaId],
        mentions: &[Mention],
        landmarks: &[(Span, usize, bool)],
        pairs: &[Pair<'_>],
        used: &mut Vec<Span>,
    ) -> Found {
        let direct = best_pair(tokens, pairs, true);
        let over_pair = |span: Span| {
            direct.is_some_and(|pair| span.touches(pair.one.span) && span.touches(pair.other.span))
        };
        if let Some((_, landmark, _)) = landmarks.iter().find(|(span, ..)| over_pair(*span)) {
            return self.landmark_place(*landmark, false);
        }
        if let Some((place, span)) = self.block(tokens, mentions, near) {
            used.push(span);
            return Found::One(Box::new(place));
        }
        let address = self.address(tokens, open, mentions, near);
        if let Some((place, span)) = address {
            used.push(span);
            let beside = landmarks
                .iter()
                .find(|(at, landmark, _)| at.touches(span) || self.is_at(*landmark, &place));
            return match beside {
                Some((_, landmark, _)) => self.landmark_place(*landmark, false),
                None => Found::One(Box::new(place)),
            };
        }
        if let Some(pair) = direct {
            used.extend([pair.one.span, pair.other.span]);
            return self.corner_place(pair, near);
        }
        if let Some((_, landmark, is_guess)) = landmarks.first() {
            return self.landmark_place(*landmark, *is_guess);
        }
        if let Some(pair) = best_pair(tokens, pairs, false) {
            return self.corner_place(pair, near);
        }
        let crossed = pairs
            .iter()
            .any(|pair| pair.is_direct && !pair.one.is_bare && !pair.other.is_bare);
        if crossed {
            return Found::Unknown;
        }
        if let Some(found) = self.area_place(tokens, open, near) {
            return found;
        }
        self.street_alone(tokens, mentions)
    }

    /// Street names close together that cross somewhere, or that are written as a corner and do not.
    fn pairs<'a>(&self, tokens: &[Token], mentions: &'a [Mention]) -> Vec<Pair<'a>> {
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
                if !is_direct && !is_loose || one.is_bare && other.is_bare {
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
                if let Some(point) = first.crossing(second) {
                    corners.push(Corner {
                        streets: (*a, *b),
                        point,
                    });
                }
            }
        }
        corners
    }

    fn corner_place(&self, pair: &Pair<'_>, near: &[AreaId]) -> Found {
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
        let (first, second) = if is_east_west(b) && !is_east_west(a) {
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

    fn is_at(&self, landmark: usize, place: &Place) -> bool {
        match (self.landmarks.get(landmark), place.point) {
            (Some(landmark), Some(point)) => landmark.point.metres_to(point) <= 300.0,
            _ => false,
        }
    }

    fn landmark_place(&self, at: usize, is_guess: bool) -> Found {
        let Some(landmark) = self.landmarks.get(at) else {
            return Found::Nothing;
        };
        let areas = landmark
            .areas
            .clone()
            .unwrap_or_else(|| self.areas_at(landmark.point, NEAR_LANDMARK));
        let primary = landmark
            .areas
            .clone()
            .unwrap_or_else(|| self.areas_at(landmark.point, PRIMARY));
        let city = areas
            .first()
            .and_then(|id| self.areas.iter().find(|area| &area.id == id))
            .map(|area| area.info.city.clone());
        Found::One(Box::new(Place {
            kind: PlaceKind::Place,
            name: landmark.name.clone(),
            streets: Vec::new(),
            number: None,
            landmark: Some(landmark.name.clone()),
            city,
            point: Some(landmark.point),
            areas,
            primary,
            confidence: if is_guess { 0.75 } else { 0.9 },
        }))
    }

    /// A neighborhood and nothing closer. Everyday words need "in" before them or "neighborhood" after.
    fn area_place(&self, tokens: &[Token], open: &[bool], near: &[AreaId]) -> Option<Found> {
        let mut meant: Vec<usize> = Vec::new();
        for at in 0..tokens.len() {
            if !open.get(at).copied().unwrap_or(false) {
                continue;
            }
            let Some((span, _)) = self.area_names.longest(tokens, at) else {
                continue;
            };
            let words: Vec<&str> = tokens
                .get(span.from..span.to)?
                .iter()
                .map(|token| token.text.as_str())
                .collect();
            let before = at.checked_sub(1).and_then(|at| tokens.get(at));
            let is_led = before.is_some_and(|before| {
                before.is_any(&["in", "over", "around", "near", "en", "above", "across"])
            });
            let is_alone = span.from == 0 && span.to == tokens.len();
            let is_followed = tokens
                .get(span.to)
                .is_some_and(|next| next.is_any(&["neighborhood", "area", "hood"]));
            if self.everyday.contains(&words.join(" ")) && !is_led && !is_followed && !is_alone {
                continue;
            }
            let mut named: Vec<usize> = self
                .area_names
                .at(tokens, at)
                .filter(|(other, _)| other.to == span.to)
                .map(|(_, area)| *area)
                .collect();
            if named.len() > 1 {
                let is_near = |at: &usize| {
                    self.areas
                        .get(*at)
                        .is_some_and(|area| near.contains(&area.id))
                };
                if named.iter().any(is_near) {
                    named.retain(is_near);
                }
            }
            meant.extend(named);
        }
        meant.sort_unstable();
        meant.dedup();
        let first = self.areas.get(*meant.first()?)?;
        let areas: Vec<AreaId> = meant
            .iter()
            .filter_map(|at| Some(self.areas.get(*at)?.id.clone()))
            .collect();
        let names: Vec<&str> = meant
            .iter()
            .filter_map(|at| Some(self.areas.get(*at)?.info.name.as_str()))
            .collect();
        Some(Found::One(Box::new(Place {
            kind: PlaceKind::Neighborhood,
            name: names.join(" / "),
            streets: Vec::new(),
            number: None,
            landmark: None,
            city: Some(first.info.city.clone()),
            point: None,
            primary: areas.clone(),
            areas,
            confidence: 0.6,
        })))
    }

    /// One street without a cross street.
    fn street_alone(&self, tokens: &[Token], mentions: &[Mention]) -> Found {
        let is_led = |at: usize| {
            let before = at.checked_sub(1).and_then(|at| tokens.get(at));
            before.is_some_and(|before| {
                before.is_any(&[
                    "on",
                    "along",
                    "near",
                    "at",
                    "off",
                    "patrolling",
                    "down",
                    "up",
                    "por",
                    "en",
                    "la",
                ])
            })
        };
        let named = mentions.iter().find(|mention| {
            let spanish = tokens
                .get(mention.span.from)
                .is_some_and(|token| token.is("la"))
                && mention.span.to > mention.span.from + 1;
            !mention.is_bare
                && !mention.is_guess
                && (mention.is_typed
                    || spanish
                    || is_led(mention.span.from) && !mention.is_everyday)
        });
        let Some(at) = named.and_then(|mention| mention.streets.first()) else {
            return Found::Nothing;
        };
        let Some(street) = self.streets.get(*at) else {
            return Found::Nothing;
        };
        let point = street.lines.first().and_then(|line| line.last()).copied();
        Found::One(Box::new(Place {
            kind: PlaceKind::Street,
            name: street.short.clone(),
            streets: point.map_or_else(Vec::new, |point| {
                vec![street.name_at(point, &self.sections)]
            }),
            number: None,
            landmark: None,
            city: self.city_of(*at),
            point: None,
            areas: Vec::new(),
            primary: Vec::new(),
            confidence: 0.4,
        }))
    }
}

/// The pair that is meant: the first that crosses; after "moved" or "now" the last.
fn best_pair<'p, 'm>(
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
