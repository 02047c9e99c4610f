//! Names of landmarks and areas as they stand in a text.

use crate::domain::{
    parse::tokens::TokenKind,
    place::{
        Found, Place, PlaceKind, Point,
        gazetteer::{NEAR_LANDMARK, PRIMARY},
        phrases::{Phrases, Span},
        search::Search,
        spelling::Slip,
        words::Around,
    },
};

/// A landmark or area as written, and which ones it may be.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub span: Span,
    pub which: Vec<usize>,
    pub slip: Slip,
}

/// Shortest single word in which a slip is overlooked.
const SHORTEST: usize = 6;

impl Search<'_> {
    /// The landmarks named in the open tokens, in order.
    pub(super) fn landmarks(&self) -> Vec<Named> {
        let mut found: Vec<Named> = Vec::new();
        let names = &self.city.landmark_names;
        for at in 0..self.asked.tokens.len() {
            if !self.is_open(at) || found.last().is_some_and(|named| named.span.holds(at)) {
                continue;
            }
            if let Some(named) = self.exactly(names, at) {
                // "the wedge on lyndale" hides in "… wedge on lyndale": the longer name wins.
                let length = |named: &Named| named.span.to - named.span.from;
                let is_inside = (at + 1..named.span.to).any(|next| {
                    self.exactly(names, next)
                        .is_some_and(|other| length(&other) > length(&named))
                });
                if !is_inside {
                    found.push(named);
                }
            } else if let Some(named) = self.nearly(names, at) {
                found.push(named);
            }
        }
        found
    }

    fn exactly(&self, names: &Phrases<usize>, at: usize) -> Option<Named> {
        let tokens = self.asked.tokens;
        let (span, _) = names.longest(tokens, at)?;
        if !(span.from..span.to).all(|at| self.is_open(at)) {
            return None;
        }
        let mut which: Vec<usize> = names
            .at(tokens, at)
            .filter(|(other, _)| other.to == span.to)
            .map(|(_, which)| *which)
            .collect();
        which.dedup();
        Some(Named {
            span,
            which,
            slip: Slip::None,
        })
    }

    /// A name with a slip in one of its words: "rivreside plaza".
    fn nearly(&self, names: &Phrases<usize>, at: usize) -> Option<Named> {
        let tokens = self.asked.tokens;
        let token = tokens
            .get(at)
            .filter(|token| token.kind == TokenKind::Word && token.text.len() >= 4)?;
        let (slip, firsts) = if names.begins(&token.text) {
            (Slip::Typo, vec![token.text.as_str()])
        } else if !self.words.knows(&token.text) && !self.marks.has_any(at) && self.is_by_places(at)
        {
            self.city.name_spelling.like(&token.text, Slip::Sound)
        } else {
            return None;
        };
        let is_exact_first = firsts == [token.text.as_str()];
        let mut found: Option<Named> = None;
        for first in firsts {
            for (span, which) in names.nearly(first, tokens, at) {
                let is_single = span.to == at + 1;
                let is_open = (span.from..span.to).all(|at| self.is_open(at));
                if !is_open || is_single && (is_exact_first || first.len() < SHORTEST) {
                    continue;
                }
                match &mut found {
                    Some(named) if named.span.to > span.to => {}
                    Some(named) if named.span.to == span.to => {
                        if !named.which.contains(which) {
                            named.which.push(*which);
                        }
                    }
                    _ => {
                        found = Some(Named {
                            span,
                            which: vec![*which],
                            slip,
                        });
                    }
                }
            }
        }
        found
    }

    pub(super) fn landmark_place(&self, named: &Named) -> Found {
        let places: Vec<Place> = named
            .which
            .iter()
            .filter_map(|at| {
                let landmark = self.city.landmarks.get(*at)?;
                let areas_within = |metres: f64| {
                    landmark
                        .areas
                        .clone()
                        .unwrap_or_else(|| self.city.areas_at(landmark.point, metres))
                };
                let areas = areas_within(NEAR_LANDMARK);
                let city = areas
                    .first()
                    .and_then(|id| self.city.areas.iter().find(|area| &area.id == id))
                    .map(|area| area.info.city.clone());
                Some(Place {
                    kind: PlaceKind::Place,
                    name: landmark.name.clone(),
                    streets: self.streets_beside(named.span, landmark.point),
                    number: None,
                    landmark: Some(landmark.name.clone()),
                    city,
                    point: Some(landmark.point),
                    areas,
                    primary: areas_within(PRIMARY),
                    confidence: if named.slip == Slip::None { 0.9 } else { 0.75 },
                })
            })
            .collect();
        let places = self.on_named_streets(places);
        self.settle(self.not_elsewhere(named, places))
    }

    /// Without the places that are not where the text says: "the cub on clarence" is no cub on another street.
    fn not_elsewhere(&self, named: &Named, mut places: Vec<Place>) -> Vec<Place> {
        const ELSEWHERE: f64 = 500.0;
        let to = named.span.to;
        let on = self.mentions.iter().find(|mention| {
            mention.is_sure_street()
                && !self.is_dated(mention)
                && mention.span.from > to
                && mention.span.from <= to + 2
                && self.marks.is(to, Around::At)
        });
        if let Some(on) = on {
            places.retain(|place| {
                place.point.is_none_or(|point| {
                    on.streets
                        .iter()
                        .filter_map(|at| self.city.streets.get(*at))
                        .any(|street| street.metres_to(point) <= ELSEWHERE)
                })
            });
        }
        places
    }

    /// The streets said right before or behind a landmark that pass it.
    fn streets_beside(&self, span: Span, point: Point) -> Vec<String> {
        const PASSES: f64 = 250.0;
        let is_beside = |other: Span| {
            let gap = if other.from >= span.to {
                span.to..other.from
            } else {
                other.to..span.from
            };
            !other.touches(span)
                && gap.len() <= 3
                && gap.clone().all(|at| {
                    self.marks.is_any(
                        at,
                        &[
                            Around::At,
                            Around::Beside,
                            Around::And,
                            Around::Article,
                            Around::Filler,
                        ],
                    ) || self.mentions.iter().any(|mention| mention.span.holds(at))
                })
        };
        let mut streets: Vec<String> = self
            .mentions
            .iter()
            .filter(|mention| is_beside(mention.span))
            .filter(|mention| !mention.is_bare && mention.slip < Slip::Short)
            .filter_map(|mention| {
                mention
                    .streets
                    .iter()
                    .filter_map(|at| self.city.streets.get(*at))
                    .find(|street| street.metres_to(point) <= PASSES)
                    .map(|street| street.name_at(point, &self.city.sections))
            })
            .collect();
        streets.sort();
        streets.dedup();
        streets
    }

    /// "the target on lake": of several branches, those on a street that is named too.
    fn on_named_streets(&self, mut places: Vec<Place>) -> Vec<Place> {
        const BESIDE: f64 = 200.0;
        if places.len() < 2 {
            return places;
        }
        let is_on = |place: &Place| {
            place.point.is_some_and(|point| {
                self.mentions
                    .iter()
                    .filter(|mention| !mention.is_bare)
                    .flat_map(|mention| &mention.streets)
                    .filter_map(|at| self.city.streets.get(*at))
                    .any(|street| street.metres_to(point) <= BESIDE)
            })
        };
        if places.iter().any(is_on) {
            places.retain(is_on);
        }
        places
    }

    /// The neighborhoods named. Everyday words need "in" before them or "neighborhood" after, or stand alone.
    pub(super) fn area_mentions(&self) -> Vec<Named> {
        let tokens = self.asked.tokens;
        let names = &self.city.area_names;
        let mut found: Vec<Named> = Vec::new();
        for at in 0..tokens.len() {
            if !self.is_open(at) || found.last().is_some_and(|named| named.span.holds(at)) {
                continue;
            }
            let Some(named) = self.exactly(names, at).or_else(|| self.nearly_area(at)) else {
                continue;
            };
            let span = named.span;
            let is_in = self.is_led_by(span.from, Around::In);
            let is_led = is_in || self.marks.is(span.from.wrapping_sub(1), Around::Area);
            // "on Longfellow" is the street.
            let is_street = self.is_led(span.from)
                && !is_led
                && self.mentions.iter().any(|mention| mention.span == span);
            if is_street || self.is_joined_street(span) {
                continue;
            }
            let is_alone = self.asked.is_field || span.from == 0 && span.to == tokens.len();
            let is_followed = self.marks.is(span.to, Around::Area) || self.is_in_list(span);
            let is_everyday = self.city.is_everyday(&self.words_of(span.from, span.to));
            if is_everyday && !is_led && !is_followed && !is_alone {
                continue;
            }
            found.push(named);
        }
        found
    }

    /// "66th and Lyndale": a street with the name of an area, beside a number that numbers no street here.
    fn is_joined_street(&self, span: Span) -> bool {
        let is_number = |at: usize| {
            self.asked
                .tokens
                .get(at)
                .is_some_and(|token| matches!(token.kind, TokenKind::Ordinal | TokenKind::Number))
        };
        let before = span.from.checked_sub(2);
        self.marks.is(span.to, Around::And) && is_number(span.to + 1)
            || before.is_some_and(|before| {
                self.marks.is(before + 1, Around::And)
                    && (is_number(before) || before > 0 && is_number(before - 1))
            })
    }

    /// "Camden and Jordan": names of areas with "and" between them, written large.
    fn is_in_list(&self, span: Span) -> bool {
        let is_area = |at: usize| {
            self.is_open(at)
                && self
                    .asked
                    .tokens
                    .get(at)
                    .is_some_and(|token| token.starts_large)
                && self
                    .city
                    .area_names
                    .longest(self.asked.tokens, at)
                    .is_some()
        };
        let before = span.from.checked_sub(2);
        is_area(span.from)
            && (self.marks.is(span.to, Around::And) && is_area(span.to + 1)
                || before.is_some_and(|before| {
                    self.marks.is(before + 1, Around::And) && is_area(before)
                }))
    }

    fn nearly_area(&self, at: usize) -> Option<Named> {
        let token = self.asked.tokens.get(at)?;
        let is_likely =
            self.is_led_by(at, Around::In) && (token.starts_large || token.text.len() > SHORTEST);
        if !is_likely && !self.asked.is_field {
            return None;
        }
        self.nearly(&self.city.area_names, at)
    }

    /// The neighborhoods named, as one place and nothing closer.
    pub(super) fn area_place(&self) -> Found {
        let near = self.asked.near;
        let mut meant: Vec<usize> = Vec::new();
        for named in &self.areas {
            let is_near = |at: &&usize| {
                self.city
                    .areas
                    .get(**at)
                    .is_some_and(|area| near.contains(&area.id))
            };
            let here: Vec<usize> = named.which.iter().filter(is_near).copied().collect();
            meant.extend(if here.is_empty() { &named.which } else { &here });
        }
        meant.sort_unstable();
        meant.dedup();
        let areas: Vec<_> = meant
            .iter()
            .filter_map(|at| self.city.areas.get(*at))
            .collect();
        let Some(first) = areas.first() else {
            return Found::Nothing;
        };
        let names: Vec<&str> = areas.iter().map(|area| area.info.name.as_str()).collect();
        let ids: Vec<_> = areas.iter().map(|area| area.id.clone()).collect();
        Found::One(Box::new(Place {
            kind: PlaceKind::Neighborhood,
            name: names.join(" / "),
            streets: Vec::new(),
            number: None,
            landmark: None,
            city: Some(first.info.city.clone()),
            point: None,
            primary: ids.clone(),
            areas: ids,
            confidence: 0.6,
        }))
    }
}
