//! Places along one street: hundred-blocks, "between A and B", house numbers.

use crate::domain::{
    ids::AreaId,
    parse::tokens::{Token, TokenKind},
    place::{
        Found, Place, PlaceKind, Point,
        gazetteer::{Gazetteer, NEAR_CORNER, PRIMARY},
        mention::Mention,
        phrases::Span,
        street::point_of_number,
    },
};

impl Gazetteer {
    /// "3300 blk of pillsbury", "36th ave between 31st and 32nd".
    pub(crate) fn block(
        &self,
        tokens: &[Token],
        mentions: &[Mention],
        near: &[AreaId],
    ) -> Option<(Place, Span)> {
        for mention in mentions {
            if let Some((number, from)) = hundred_before(tokens, mention.span.from) {
                let place = self.numbered(mention, number, near)?;
                return Some((
                    place,
                    Span {
                        from,
                        to: mention.span.to,
                    },
                ));
            }
        }
        for (n, street) in mentions.iter().enumerate() {
            let (Some(one), Some(other)) = (mentions.get(n + 1), mentions.get(n + 2)) else {
                continue;
            };
            let between = tokens.get(street.span.to..one.span.from)?;
            let and = tokens.get(one.span.to..other.span.from)?;
            let is_between = between.len() <= 2
                && between.iter().any(|token| {
                    token.is_any(&["between", "btwn", "bet", "btw", "entre", "from", "de"])
                });
            let is_and = and.len() <= 2
                && and.iter().all(|token| {
                    token.is_any(&["&", "and", "y", "to", "a", "iyo", "thiab", "-", "the", "la"])
                });
            if is_between
                && is_and
                && let Some(place) = self.between(street, one, other, near)
            {
                return Some((
                    place,
                    Span {
                        from: street.span.from,
                        to: other.span.to,
                    },
                ));
            }
        }
        None
    }

    fn between(
        &self,
        street: &Mention,
        one: &Mention,
        other: &Mention,
        near: &[AreaId],
    ) -> Option<Place> {
        let mut places = Vec::new();
        for first in self.corners(street, one) {
            for second in self
                .corners(street, other)
                .iter()
                .filter(|second| second.streets.0 == first.streets.0)
            {
                if first.point.metres_to(second.point) > 900.0 {
                    continue;
                }
                let (a, b, c) = (first.streets.0, first.streets.1, second.streets.1);
                let point = Point {
                    lat: f64::midpoint(first.point.lat, second.point.lat),
                    lon: f64::midpoint(first.point.lon, second.point.lon),
                };
                let name_at = |at: usize| {
                    self.streets
                        .get(at)
                        .map_or_else(String::new, |street| street.name_at(point, &self.sections))
                };
                let mut streets = vec![name_at(a), name_at(b), name_at(c)];
                streets.sort();
                places.push(Place {
                    kind: PlaceKind::Block,
                    name: format!(
                        "{} between {} & {}",
                        self.shortest(a),
                        self.short(b),
                        self.short(c)
                    ),
                    streets,
                    number: None,
                    landmark: None,
                    city: self.city_of(a),
                    point: Some(point),
                    areas: self.areas_at(point, NEAR_CORNER),
                    primary: self.areas_at(point, PRIMARY),
                    confidence: 0.9,
                });
            }
        }
        match self.nearest(places, near) {
            Found::One(place) => Some(*place),
            _ => None,
        }
    }

    /// `Pillsbury` where there is one, `17th Ave S` where there are several.
    fn shortest(&self, at: usize) -> &str {
        let Some(street) = self.streets.get(at) else {
            return "";
        };
        let alone = street.ordinal.is_none()
            && self
                .streets
                .iter()
                .filter(|other| other.base == street.base)
                .count()
                == 1;
        if alone { &street.short } else { &street.name }
    }

    /// The block of a number on the likeliest of a mention's streets.
    fn numbered(&self, mention: &Mention, hundred: u32, near: &[AreaId]) -> Option<Place> {
        let places: Vec<Place> = mention
            .streets
            .iter()
            .filter_map(|at| {
                let number = hundred / 100 * 100;
                let point = point_of_number(
                    &self.streets,
                    &self.sections,
                    *at,
                    number + 50,
                    mention.side,
                )?;
                let street = self.streets.get(*at)?;
                Some(Place {
                    kind: PlaceKind::Block,
                    name: format!("{number} block of {}", self.shortest_at(*at, point)),
                    streets: vec![street.name_at(point, &self.sections)],
                    number: Some(number),
                    landmark: None,
                    city: self.city_of(*at),
                    point: Some(point),
                    areas: self.areas_at(point, NEAR_CORNER),
                    primary: self.areas_at(point, PRIMARY),
                    confidence: 0.9,
                })
            })
            .collect();
        match self.nearest(places, near) {
            Found::One(place) => Some(*place),
            Found::Several(places) if near.is_empty() => places.into_iter().next(),
            _ => None,
        }
    }

    /// As [`Self::shortest`], with E or W where house numbers begin twice.
    fn shortest_at(&self, at: usize, point: Point) -> String {
        let Some(street) = self.streets.get(at) else {
            return String::new();
        };
        let full = street.name_at(point, &self.sections);
        if full == street.name {
            self.shortest(at).to_owned()
        } else {
            full
        }
    }

    /// "2781 15th ave s", "1515 e lake".
    pub(crate) fn address(
        &self,
        tokens: &[Token],
        open: &[bool],
        mentions: &[Mention],
        near: &[AreaId],
    ) -> Option<(Place, Span)> {
        for mention in mentions {
            let Some(before) = mention.span.from.checked_sub(1) else {
                continue;
            };
            let Some(token) = tokens
                .get(before)
                .filter(|_| open.get(before).copied().unwrap_or(false))
            else {
                continue;
            };
            let is_house = token.kind == TokenKind::Number && (3..=4).contains(&token.digits);
            let is_certain = mention.is_typed
                || mention.side.is_some()
                || !mention.is_everyday && !mention.is_bare;
            let Some(number) = token.number.filter(|_| is_house && is_certain) else {
                continue;
            };
            let Some(block) = self.numbered(mention, number, near) else {
                continue;
            };
            let streets = block.streets.clone();
            let exact = mention.streets.iter().find(|at| {
                self.streets.get(**at).is_some_and(|street| {
                    block.point.is_some_and(|point| {
                        streets.contains(&street.name_at(point, &self.sections))
                    })
                })
            });
            let point = exact
                .and_then(|at| {
                    point_of_number(&self.streets, &self.sections, *at, number, mention.side)
                })
                .or(block.point);
            let place = Place {
                kind: PlaceKind::Address,
                number: Some(number),
                areas: point.map_or_else(Vec::new, |point| self.areas_at(point, NEAR_CORNER)),
                primary: point.map_or_else(Vec::new, |point| self.areas_at(point, PRIMARY)),
                point,
                ..block
            };
            return Some((
                place,
                Span {
                    from: before,
                    to: mention.span.to,
                },
            ));
        }
        None
    }
}

/// The hundred-block said before a street: "3300 blk of", "cuadra 3000 de la", "the 3100 block of".
fn hundred_before(tokens: &[Token], street: usize) -> Option<(u32, usize)> {
    let mut number = None;
    let mut has_block = false;
    let mut at = street;
    for _ in 0..5 {
        at = at.checked_sub(1)?;
        let token = tokens.get(at)?;
        if token.is_any(&["block", "blk", "cuadra", "bloque"]) {
            has_block = true;
            if number.is_some() {
                break;
            }
        } else if token.kind == TokenKind::Number
            && (2..=4).contains(&token.digits)
            && number.is_none()
        {
            number = token.number.map(|number| (number, at));
            if has_block {
                break;
            }
        } else if !token.is_any(&["of", "on", "de", "la", "the", "el"]) {
            break;
        }
    }
    number.filter(|_| has_block)
}
