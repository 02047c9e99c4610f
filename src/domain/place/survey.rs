//! A whole city as a tool sees it: every area with its rings, every street with its lines, every landmark.

use crate::domain::{
    ids::AreaId,
    place::{
        AreaInfo, Point,
        area::FlatMap,
        gazetteer::{Gazetteer, NEAR_LANDMARK},
        imported::Rings,
    },
};

/// An area with its polygons.
pub(crate) struct SeenArea<'a> {
    pub id: &'a AreaId,
    pub info: &'a AreaInfo,
    /// Its polygons, each an outside ring and holes; every ring ends where it began.
    pub polygons: Vec<Rings>,
}

/// A street with its lines.
pub(crate) struct SeenStreet<'a> {
    pub name: &'a str,
    pub lines: &'a [Vec<Point>],
    /// How many corners the map gives it; `None` where they follow from the lines.
    pub corners: Option<usize>,
    at: usize,
}

/// A landmark.
pub(crate) struct SeenLandmark<'a> {
    pub name: &'a str,
    pub point: Point,
    /// Whether it lies in or near an area, or is said to.
    pub has_area: bool,
}

impl Gazetteer {
    /// The flat map on which the city is measured.
    pub(crate) const fn flat_map(&self) -> FlatMap {
        self.map
    }

    /// Every area, in the order of its file.
    pub(crate) fn seen_areas(&self) -> Vec<SeenArea<'_>> {
        self.areas
            .iter()
            .map(|area| SeenArea {
                id: &area.id,
                info: &area.info,
                polygons: area.polygons(self.map),
            })
            .collect()
    }

    /// Every street, in the order of its file.
    pub(crate) fn seen_streets(&self) -> Vec<SeenStreet<'_>> {
        self.streets
            .iter()
            .enumerate()
            .map(|(at, street)| SeenStreet {
                name: &street.name,
                lines: &street.lines,
                corners: street.mapped.map(|_| street.corners.len()),
                at,
            })
            .collect()
    }

    /// Whether a street crosses any other.
    pub(crate) fn crosses_any(&self, street: &SeenStreet<'_>) -> bool {
        let Some(this) = self.streets.get(street.at) else {
            return false;
        };
        !this.corners.is_empty()
            || self
                .streets
                .iter()
                .enumerate()
                .any(|(at, other)| at != street.at && this.crossing(other).is_some())
    }

    /// Every landmark, in the order of its file.
    pub(crate) fn seen_landmarks(&self) -> Vec<SeenLandmark<'_>> {
        self.landmarks
            .iter()
            .map(|landmark| SeenLandmark {
                name: &landmark.name,
                point: landmark.point,
                has_area: landmark.areas.is_some()
                    || !self.areas_at(landmark.point, NEAR_LANDMARK).is_empty(),
            })
            .collect()
    }
}
