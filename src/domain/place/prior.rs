//! Which of several places is meant: what else the text names, where the talk was before, and which room it is.

use crate::domain::{
    ids::AreaId,
    place::{
        Found, Gazetteer, Place, PlaceKind, Point,
        gazetteer::{NEAR_CORNER, PRIMARY},
        search::Search,
        words::Around,
    },
};

/// Candidates so near each other, in metres, are one place.
pub(crate) const SAME_SPOT: f64 = 150.0;
/// Farther away than this, in metres, nothing speaks for a place.
const FAR: f64 = 20_000.0;

/// What the text itself says of the part of the city.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hints {
    pub sections: Vec<usize>,
    pub areas: Vec<AreaId>,
}

impl Search<'_> {
    /// Parts of the city and neighborhoods that are named beside the place.
    pub(super) fn hints_named(&self) -> Hints {
        let mut hints = Hints::default();
        for at in 0..self.asked.tokens.len() {
            if !self.is_open(at) {
                continue;
            }
            // "the northeast corner" is no part of the city.
            let said = self
                .city
                .section_names
                .at(self.asked.tokens, at)
                .filter(|(span, _)| {
                    span.to > span.from + 1 || !self.marks.is(span.to, Around::Filler)
                });
            hints.sections.extend(said.map(|(_, section)| *section));
        }
        for named in &self.areas {
            let is_street = self
                .mentions
                .iter()
                .any(|mention| mention.span.touches(named.span));
            if !is_street {
                let ids = named.which.iter().filter_map(|at| self.city.areas.get(*at));
                hints.areas.extend(ids.map(|area| area.id.clone()));
            }
        }
        hints
    }

    /// Metres to a place from what was known before, the surest knowledge first.
    fn priors(&self, point: Point) -> [Option<f64>; 3] {
        let areas = |ids: &[AreaId]| (!ids.is_empty()).then(|| self.city.metres_to_any(point, ids));
        let earlier = self.asked.earlier.and_then(|place| match place.point {
            Some(before) => Some(before.metres_to(point)),
            None => areas(&place.areas),
        });
        [areas(&self.hints.areas), earlier, areas(self.asked.near)]
    }

    /// One of several places if something decides between them, else all of them.
    pub(super) fn settle(&self, places: Vec<Place>) -> Found {
        let mut found = self.decide(places);
        match &mut found {
            Found::One(place) => self.city.fill_areas(place),
            Found::Several(places) => {
                for place in places {
                    self.city.fill_areas(place);
                }
            }
            Found::Nothing | Found::Unknown => {}
        }
        found
    }

    fn decide(&self, mut places: Vec<Place>) -> Found {
        let Some(first) = places.first().cloned() else {
            return Found::Unknown;
        };
        if places.iter().all(|place| is_same(&first, place)) {
            return Found::One(Box::new(first));
        }
        let known: Vec<[Option<f64>; 3]> = places
            .iter()
            .map(|place| place.point.map_or([None; 3], |point| self.priors(point)))
            .collect();
        for prior in 0..3 {
            let metres = |at: &usize| -> f64 {
                known
                    .get(*at)
                    .and_then(|known| known.get(prior).copied().flatten())
                    .unwrap_or(FAR)
            };
            let mut order: Vec<usize> = (0..places.len()).collect();
            order.sort_by(|a, b| metres(a).total_cmp(&metres(b)));
            let Some(nearest) = order.first().copied().filter(|at| metres(at) < FAR) else {
                continue;
            };
            let best = places
                .get(nearest)
                .cloned()
                .unwrap_or_else(|| first.clone());
            let next = order
                .iter()
                .find(|at| places.get(**at).is_some_and(|place| !is_same(&best, place)))
                .map_or(FAR, metres);
            if is_decided(metres(&nearest), next) {
                let confidence = best.confidence - 0.1;
                return Found::One(Box::new(Place { confidence, ..best }));
            }
            if prior == 2
                || known
                    .iter()
                    .all(|known| known.get(2).copied().flatten().is_none())
            {
                let mut sorted: Vec<Place> = order
                    .iter()
                    .filter_map(|at| places.get(*at).cloned())
                    .collect();
                std::mem::swap(&mut places, &mut sorted);
                break;
            }
        }
        several(places)
    }
}

impl Gazetteer {
    /// The areas of a corner, block or house, where they are not known yet.
    fn fill_areas(&self, place: &mut Place) {
        let is_exact = matches!(
            place.kind,
            PlaceKind::Intersection | PlaceKind::Block | PlaceKind::Address
        );
        if let Some(point) = place.point.filter(|_| is_exact && place.areas.is_empty()) {
            place.areas = self.areas_at(point, NEAR_CORNER);
            place.primary = self.areas_at(point, PRIMARY);
        }
    }
}

/// Whether a place so near is meant though another lies there.
fn is_decided(near: f64, next: f64) -> bool {
    near <= 1_500.0 && next - near >= 600.0
        || near <= 4_000.0 && next - near >= 1_500.0 && next >= near * 2.0
}

fn is_same(one: &Place, other: &Place) -> bool {
    match (one.point, other.point) {
        (Some(a), Some(b)) => a.metres_to(b) <= SAME_SPOT,
        _ => false,
    }
}

/// At most three places, each spot once, none more likely than the others.
fn several(places: Vec<Place>) -> Found {
    let mut apart: Vec<Place> = Vec::new();
    for place in places {
        if !apart.iter().any(|other| is_same(other, &place)) {
            apart.push(place);
        }
    }
    let confidence = 1.0 / f64::from(u8::try_from(apart.len()).unwrap_or(u8::MAX));
    apart.truncate(3);
    for place in &mut apart {
        place.confidence = confidence;
    }
    Found::Several(apart)
}
