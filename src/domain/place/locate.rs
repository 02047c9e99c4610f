//! Place words in a text → the place meant: corners, blocks, addresses, landmarks, areas.

use crate::domain::{
    ids::AreaId,
    parse::tokens::Token,
    place::{
        Found, Place, PlaceKind,
        corner::{Pair, best_pair},
        gazetteer::{Gazetteer, NEAR_LANDMARK, PRIMARY},
        mention::Mention,
        phrases::Span,
    },
};

/// What was found, and which tokens said it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Located {
    pub found: Found,
    /// Tokens that belong to place words: their numbers count nothing.
    pub used: Vec<Span>,
}

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
        let address = self
            .address(tokens, open, mentions, near)
            .or_else(|| self.house_after(tokens, open, mentions, near));
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
