//! Places that go on from another: a correction ("not 38th, 36th"), a move after an earlier report, a cross street named later.

use crate::domain::place::{
    Found, Place, PlaceKind,
    choose::{AREA, Guess, LOOSE_CORNER, Meant, Role},
    phrases::Span,
    search::Search,
    spelling::Slip,
    words::Around,
};

impl Search<'_> {
    /// "not 38th & Chicago, 36th": the corner of one of those streets and the new one; so also after an earlier report.
    pub(super) fn replacements(&self, options: &[Guess]) -> Vec<Guess> {
        let is_settled = options
            .iter()
            .any(|option| option.rank < AREA && option.role != Role::Denied);
        if is_settled {
            return Vec::new();
        }
        let mut streets: Vec<usize> = Vec::new();
        let mut within: Vec<Span> = Vec::new();
        for option in options {
            if let Meant::Corner(at) = option.meant
                && let Some(corner) = self.pairs.get(at).and_then(|pair| pair.corners.first())
            {
                within.push(option.span);
                streets.extend([corner.streets.0, corner.streets.1]);
            }
        }
        let is_completed = self
            .asked
            .earlier
            .is_some_and(|place| place.kind == PlaceKind::Street);
        let is_correction = !within.is_empty()
            || is_completed
            || (0..self.asked.tokens.len()).any(|at| {
                self.marks
                    .is_any(at, &[Around::Moved, Around::Now, Around::Denied])
            });
        if streets.is_empty() {
            streets = self.streets_before();
        }
        let new = self.mentions.iter().position(|mention| {
            let is_answer = self.asked.is_field && mention.slip < Slip::Short;
            (mention.is_sure() || is_correction && mention.is_everyday || is_answer)
                && !within.iter().any(|span| span.touches(mention.span))
                && self.role(mention.span.from) != Role::Denied
        });
        let (Some(new), true) = (new, is_correction) else {
            return Vec::new();
        };
        let span = self
            .mentions
            .get(new)
            .map_or(Span { from: 0, to: 0 }, |mention| mention.span);
        streets
            .into_iter()
            .map(|kept| Guess {
                meant: Meant::Replaced { kept, new },
                span,
                role: Role::Plain,
                rank: LOOSE_CORNER,
            })
            .collect()
    }

    /// The streets of the earlier corner, or the street that was named without a cross street.
    pub(super) fn streets_before(&self) -> Vec<usize> {
        const THERE: f64 = 50.0;
        let Some(earlier) = self
            .asked
            .earlier
            .filter(|place| matches!(place.kind, PlaceKind::Intersection | PlaceKind::Street))
        else {
            return Vec::new();
        };
        (0..self.city.streets.len())
            .filter(|at| {
                self.city.streets.get(*at).is_some_and(|street| {
                    // "E Lake St" is Lake St.
                    let is_named = earlier.streets.iter().any(|name| {
                        name.strip_suffix(&street.name)
                            .is_some_and(|side| matches!(side, "" | "E " | "W "))
                    });
                    is_named
                        && earlier
                            .point
                            .is_none_or(|point| street.metres_to(point) <= THERE)
                })
            })
            .collect()
    }

    /// The corner of a street that is kept and a new one, if it lies near the place before.
    pub(super) fn replaced_place(&self, kept: usize, new: usize) -> Found {
        const NEAR: f64 = 1_000.0;
        let Some(mention) = self.mentions.get(new) else {
            return Found::Nothing;
        };
        if mention.streets.contains(&kept) {
            return Found::Nothing;
        }
        let corners = self.city.corners(&[kept], &mention.streets);
        let before = self.asked.earlier.and_then(|place| place.point);
        let places: Vec<Place> = corners
            .iter()
            .filter(|corner| before.is_none_or(|before| before.metres_to(corner.point) <= NEAR))
            .map(|corner| self.city.corner(corner, 0.55))
            .collect();
        if places.is_empty() {
            return Found::Nothing;
        }
        self.settle(places)
    }
}
