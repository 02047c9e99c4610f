//! Where: a corner, block, address or landmark found in the gazetteer, and how exactly each audience may hear it.
//!
//! From the words of a text to a place:
//!
//! ```text
//! words     the small words around places: what joins, denies, leads to them (from the lexicons)
//! mention   street names, mended by `spelling` where their neighbors make a street likely
//! named     landmarks (with the `variants` of their names) and areas
//! corner    two streets beside each other;  block  hundred-blocks, "between", house numbers
//! choose    which of all these is meant; `earlier` for what goes on from another place, `lone` for a street alone
//! prior     which of several places of that name: what else is said, the place before, the room
//! ```
//!
//! `search` holds what is known during one reading. A city is read by `load` into a `gazetteer`.

mod area;
mod block;
mod choose;
mod corner;
mod earlier;
mod gazetteer;
mod house;
mod imported;
mod load;
mod lone;
mod mention;
mod named;
pub(crate) mod phrases;
mod prior;
mod search;
mod signs;
mod spelling;
mod street;
mod survey;
mod variants;
pub(crate) mod words;
mod zips;

#[cfg(test)]
mod tests;

pub use area::AreaInfo;
pub(crate) use area::FlatMap;
pub use choose::{Candidate, Why};
pub use gazetteer::Gazetteer;
pub use imported::ImportedTexts;
pub(crate) use imported::Rings;
pub use load::GazetteerProblem;
pub(crate) use search::{Asked, Located, Search};
use serde::{Deserialize, Serialize};
pub(crate) use signs::{Signs, direction};
pub(crate) use survey::{SeenArea, SeenLandmark, SeenStreet};
pub(crate) use words::PlaceWords;
pub use zips::zip_in;

use crate::domain::ids::AreaId;

/// A point on the globe, in degrees (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
}

impl Point {
    /// Metres to another point, on a sphere of mean radius 6,371,009 m (IUGG); good to 0.5 % at city distances.
    #[must_use]
    pub fn metres_to(self, other: Self) -> f64 {
        let (a, b) = (self.lat.to_radians(), other.lat.to_radians());
        let half_lat = ((b - a) / 2.0).sin();
        let half_lon = ((other.lon - self.lon).to_radians() / 2.0).sin();
        let h = half_lat * half_lat + a.cos() * b.cos() * half_lon * half_lon;
        2.0 * 6_371_009.0 * h.sqrt().min(1.0).asin()
    }
}

/// What kind of place was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// Two streets that cross.
    Intersection,
    /// A hundred-block, or one street between two others.
    Block,
    /// A house number on a street.
    Address,
    /// A named place.
    Place,
    /// A neighborhood and nothing closer.
    Neighborhood,
    /// One street and no cross street.
    Street,
}

/// How exactly an audience may hear a place (privacy floor 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precision {
    /// Verifiers: as written, house number included.
    Full,
    /// Rooms and phones: the intersection, hundred-block or public place.
    Block,
    /// City room and digest: the neighborhood only.
    Area,
}

/// A place that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// What kind of place.
    pub kind: PlaceKind,
    /// How people write it, without a house number: `Lake & Pillsbury`, `3300 block of Pillsbury`, `Karmel Mall`.
    pub name: String,
    /// Canonical street names, sorted: `E Lake St`, `Pillsbury Ave`.
    pub streets: Vec<String>,
    /// House number or hundred-block.
    pub number: Option<u32>,
    /// Canonical name of a named place.
    pub landmark: Option<String>,
    /// `Minneapolis`, `St Paul`.
    pub city: Option<String>,
    /// Where on the map, if the gazetteer knows.
    pub point: Option<Point>,
    /// Every area within 75 m (90 m for named places): a report on a border belongs to all of them.
    pub areas: Vec<AreaId>,
    /// The areas within 20 m.
    pub primary: Vec<AreaId>,
    /// 0 to 1: how sure we are that this is the place meant.
    pub confidence: f64,
}

/// The confidence of a place that only a suggestion rests on.
const SUGGESTED: f64 = 0.3;

impl Place {
    /// The same place, resting on a suggestion only.
    #[must_use]
    pub fn suggested(mut self) -> Self {
        self.confidence = self.confidence.min(SUGGESTED);
        self
    }

    /// Whether the writer's own words say so. What was only suggested is for verifiers to judge.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.confidence > SUGGESTED
    }

    /// Whether a report with this place can be routed and found: a street or a neighborhood alone cannot.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        !matches!(self.kind, PlaceKind::Neighborhood | PlaceKind::Street)
    }

    /// Whether it was made no more than a neighborhood, so that nobody is found by it: there is nothing to ask. One that a writer
    /// named has a name.
    #[must_use]
    pub const fn is_coarsened(&self) -> bool {
        matches!(self.kind, PlaceKind::Neighborhood) && self.name.is_empty()
    }

    /// The place as this audience may hear it; `None` where only the neighborhood may be said.
    /// A house number leaves as its hundred-block.
    #[must_use]
    pub fn said(&self, precision: Precision) -> Option<String> {
        match (precision, self.kind, self.number) {
            (Precision::Area, ..) => None,
            (Precision::Full, PlaceKind::Address, Some(number)) => Some(format!(
                "{number} {}",
                self.streets.first().unwrap_or(&self.name)
            )),
            (_, PlaceKind::Neighborhood, _) => None,
            _ => Some(self.name.clone()),
        }
    }
}

/// What the gazetteer makes of the place words in a text.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Found {
    /// No place words.
    #[default]
    Nothing,
    /// Place words, but nothing in the gazetteer fits well enough.
    Unknown,
    /// One place, sure enough to route by.
    One(Box<Place>),
    /// Several, far apart and about equally likely; best first, at most three.
    Several(Vec<Place>),
}
