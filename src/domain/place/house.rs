//! House numbers as mapped: where a number lies on its street, and numbers written behind the name.

use crate::domain::{
    ids::AreaId,
    parse::tokens::{Token, TokenKind},
    place::{
        Found, Place, PlaceKind, Point,
        gazetteer::{Gazetteer, NEAR_CORNER, PRIMARY},
        mention::Mention,
        phrases::Span,
        street::Street,
    },
};

/// Between two mapped numbers farther apart than this, in metres, a third is not guessed.
const APART: f64 = 400.0;
/// A number so little beyond the last mapped one still lies at the street's end.
const BEYOND: u32 = 60;

impl Street {
    /// Where a house number lies between those that are mapped.
    pub(crate) fn house(&self, number: u32) -> Option<Point> {
        let after = self.houses.partition_point(|(known, _)| *known < number);
        let next = self.houses.get(after);
        if let Some((known, point)) = next
            && *known == number
        {
            return Some(*point);
        }
        let before = after.checked_sub(1).and_then(|at| self.houses.get(at));
        match (before, next) {
            (Some((low, from)), Some((high, to))) if from.metres_to(*to) <= APART => {
                let part = f64::from(number - low) / f64::from(high - low);
                Some(Point {
                    lat: from.lat + part * (to.lat - from.lat),
                    lon: from.lon + part * (to.lon - from.lon),
                })
            }
            (Some((last, point)), None) if number - last <= BEYOND => Some(*point),
            (None, Some((first, point))) if first - number <= BEYOND => Some(*point),
            _ => None,
        }
    }
}

impl Gazetteer {
    /// "Mannerheimintie 12": a number behind a street that has such numbers, where the city writes them so. What follows
    /// must not be counted by it: "Mannerheimintie 3 vans" is no address.
    pub(crate) fn house_after(
        &self,
        tokens: &[Token],
        open: &[bool],
        mentions: &[Mention],
        near: &[AreaId],
    ) -> Option<(Place, Span)> {
        if !self.numbers_after {
            return None;
        }
        mentions.iter().find_map(|mention| {
            let at = mention.span.to;
            let token = tokens
                .get(at)
                .filter(|_| open.get(at).copied().unwrap_or(false))?;
            let is_alone = tokens.get(at + 1).is_none_or(|next| {
                matches!(next.kind, TokenKind::Sign | TokenKind::Newline) && !next.is("-")
            });
            let is_house = matches!(token.kind, TokenKind::Number | TokenKind::Mixed)
                && (1..=4).contains(&token.digits)
                && token.text.len() <= token.digits + 1;
            let is_sure = !mention.is_bare && !mention.is_everyday && !mention.is_guess;
            if !(is_alone && is_house && is_sure) {
                return None;
            }
            let number = token.number?;
            let places = mention
                .streets
                .iter()
                .filter_map(|street| self.house_place(*street, number))
                .collect();
            let Found::One(place) = self.nearest(places, near) else {
                return None;
            };
            let span = Span {
                from: mention.span.from,
                to: at + 1,
            };
            Some((*place, span))
        })
    }

    /// A house as rooms may hear it: its street and the nearest cross street.
    fn house_place(&self, at: usize, number: u32) -> Option<Place> {
        let street = self.streets.get(at)?;
        let point = street.house(number)?;
        let cross = street
            .corners
            .iter()
            .min_by(|(_, a), (_, b)| a.metres_to(point).total_cmp(&b.metres_to(point)))
            .and_then(|(other, _)| self.streets.get(*other));
        let name = cross.map_or_else(
            || street.name.clone(),
            |cross| format!("{} near {}", street.name, cross.name),
        );
        Some(Place {
            kind: PlaceKind::Address,
            name,
            streets: vec![street.name.clone()],
            number: Some(number),
            landmark: None,
            city: self.city_of(at),
            point: Some(point),
            areas: self.areas_at(point, NEAR_CORNER),
            primary: self.areas_at(point, PRIMARY),
            confidence: 0.9,
        })
    }
}
