//! House numbers as mapped: where a number lies on its street, and numbers written behind the name.

use crate::domain::{
    parse::tokens::TokenKind,
    place::{
        Place, PlaceKind, Point,
        block::Along,
        gazetteer::{Gazetteer, NEAR_CORNER, PRIMARY},
        mention::Mention,
        phrases::Span,
        search::Search,
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

impl Search<'_> {
    /// "Mannerheimintie 12": a number behind a street that has such numbers, where the city writes them so. What follows
    /// must not be counted by it: "Mannerheimintie 3 vans" is no address.
    pub(super) fn house_after(&self, n: usize, mention: &Mention) -> Option<(Along, Span)> {
        if !self.city.numbers_after || !mention.is_sure() {
            return None;
        }
        let tokens = self.asked.tokens;
        let at = mention.span.to;
        let token = tokens.get(at).filter(|_| self.is_open(at))?;
        let is_alone = tokens.get(at + 1).is_none_or(|next| {
            matches!(next.kind, TokenKind::Sign | TokenKind::Newline) && !next.is("-")
        });
        let is_house = matches!(token.kind, TokenKind::Number | TokenKind::Mixed)
            && (1..=4).contains(&token.digits)
            && token.text.len() <= token.digits + 1;
        let number = token.number.filter(|_| is_alone && is_house)?;
        let mut houses = mention.streets.iter();
        houses.find(|street| self.city.house_place(**street, number).is_some())?;
        let span = Span {
            from: mention.span.from,
            to: at + 1,
        };
        Some((Along::House { street: n, number }, span))
    }
}

impl Gazetteer {
    /// A house as rooms may hear it: its street and the nearest cross street.
    pub(super) fn house_place(&self, at: usize, number: u32) -> Option<Place> {
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
