//! Where people shelter is told more coarsely, where that hides it, and held where it does not (PRODUCT, H8: "coarsened or held").
//!
//! Of a report only its fields go on, never its words: a room in a hotel or who hides in a church is in no field. What could show it
//! is the place. Of an address its hundred-block is left, of everything else the neighborhood.

use super::{HoldRules, Reason, pattern::View, rules::Subject};
use crate::domain::{
    parse::{Parsed, tokens::tokens},
    place::{Found, Place, PlaceKind},
    report::Report,
};

impl HoldRules {
    /// The place of a first report that says where people shelter, as it may be told; `None` where no coarser place hides them, and
    /// the report has to be held.
    #[must_use]
    pub fn coarser(&self, text: &str, parsed: &Parsed) -> Option<Place> {
        match &parsed.found {
            Found::One(place) if !self.is_about_a_child(text, parsed) => coarsened(place),
            _ => None,
        }
    }

    /// Whether it says that a child is at a school: everybody there knows which child, however the place is told.
    #[must_use]
    pub fn is_about_a_child(&self, text: &str, parsed: &Parsed) -> bool {
        let tokens = tokens(text);
        let view = View {
            tokens: &tokens,
            place: parsed.place_words.clone(),
        };
        self.says(Subject::Child, &view)
    }
}

/// A place without what shows the house: of an address its hundred-block, of everything else the neighborhood. `None` if it lies in
/// none.
#[must_use]
pub fn coarsened(place: &Place) -> Option<Place> {
    if place.areas.is_empty() {
        return None;
    }
    if place.kind == PlaceKind::Address {
        return Some(block_of(place.clone()));
    }
    Some(neighborhood_of(place.clone()))
}

fn block_of(place: Place) -> Place {
    Place {
        kind: PlaceKind::Block,
        number: place.number.map(|number| number / 100 * 100),
        landmark: None,
        ..place
    }
}

fn neighborhood_of(place: Place) -> Place {
    Place {
        kind: PlaceKind::Neighborhood,
        name: String::new(),
        landmark: None,
        streets: Vec::new(),
        number: None,
        point: None,
        ..place
    }
}

/// What may be kept of a report that is held for this reason: where it would show who somebody is or where they shelter, the place
/// is coarser.
#[must_use]
pub fn without_whom(mut report: Report, reason: Reason) -> Report {
    report.place = report.place.map(|place| match reason {
        Reason::Identity | Reason::Shelter if place.kind == PlaceKind::Address => block_of(place),
        Reason::Shelter if place.landmark.is_some() => neighborhood_of(place),
        _ => place,
    });
    report
}
