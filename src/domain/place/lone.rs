//! One street without a cross street: too little to send anybody to, enough to ask on.

use crate::domain::place::{
    Found, Place, PlaceKind, mention::Mention, phrases::Span, search::Search, spelling::Slip,
};

impl Search<'_> {
    /// A street that is said to be where something is, without a cross street.
    pub(super) fn street_named(&self) -> Option<(usize, Span)> {
        let is_named = |mention: &Mention| {
            let is_spanish = matches!(self.text(mention.span.from), "la")
                && mention.span.to > mention.span.from + 1;
            !mention.is_bare
                && mention.slip == Slip::None
                && (mention.is_typed
                    || is_spanish
                    || self.asked.is_field
                    || !mention.is_everyday
                        && !self.is_dated(mention)
                        && (self.is_led(mention.span.from)
                            || self.is_first(mention.span.from)
                                && mention.span.to > mention.span.from + 1))
        };
        self.mentions
            .iter()
            .enumerate()
            .filter(|(_, mention)| is_named(mention))
            .min_by_key(|(_, mention)| self.role(mention.span.from))
            .map(|(at, mention)| (at, mention.span))
    }

    pub(super) fn street_alone(&self, at: usize) -> Found {
        let Some(mention) = self.mentions.get(at) else {
            return Found::Nothing;
        };
        let places: Vec<Place> = mention
            .streets
            .iter()
            .filter_map(|at| {
                let street = self.city.streets.get(*at)?;
                let end = street.lines.first().and_then(|line| line.last()).copied()?;
                let middle = self.asked.earlier.and_then(|place| place.point);
                let middle = middle.or_else(|| {
                    let near = self.asked.near.first()?;
                    let area = self.city.areas.iter().find(|area| &area.id == near)?;
                    Some(area.middle(self.city.map))
                });
                let point = middle
                    .and_then(|point| street.nearest_to(point))
                    .unwrap_or(end);
                Some(Place {
                    kind: PlaceKind::Street,
                    name: street.short.clone(),
                    streets: vec![street.name_at(point, &self.city.sections)],
                    number: None,
                    landmark: None,
                    city: self.city.city_of(*at),
                    point: Some(point),
                    areas: Vec::new(),
                    primary: Vec::new(),
                    confidence: 0.4,
                })
            })
            .collect();
        let first = places.first().cloned();
        let place = match self.settle(places) {
            Found::One(place) => Some(*place),
            Found::Several(places) => places.into_iter().next(),
            _ => first,
        };
        place.map_or(Found::Nothing, |place| {
            Found::One(Box::new(Place {
                point: None,
                confidence: 0.4,
                ..place
            }))
        })
    }
}
