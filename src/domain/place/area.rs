//! The areas: names, zip codes, and borders as polygons; which areas lie at or near a point.

use geo::{Contains, Distance, Euclidean, LineString, Polygon};

use crate::domain::{ids::AreaId, place::Point};

/// What is known of an area besides its border.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaInfo {
    /// `Powderhorn Park`.
    pub name: String,
    /// Other names people use, some shared by several areas ("Phillips").
    pub aliases: Vec<String>,
    /// Zip codes that cover some of it.
    pub zips: Vec<String>,
    /// The city it belongs to, as its section says.
    pub city: String,
}

/// An area with its border in metres.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    pub id: AreaId,
    pub info: AreaInfo,
    border: Polygon<f64>,
    box_min: (f64, f64),
    box_max: (f64, f64),
}

/// A flat map in metres around one latitude; good to a few centimetres over a city.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FlatMap {
    origin: Point,
    metres_per_lon: f64,
}

const METRES_PER_LAT: f64 = 111_195.0;

impl FlatMap {
    pub(crate) fn around(origin: Point) -> Self {
        Self {
            origin,
            metres_per_lon: METRES_PER_LAT * origin.lat.to_radians().cos(),
        }
    }

    fn flat(self, point: Point) -> geo::Point<f64> {
        geo::Point::new(
            (point.lon - self.origin.lon) * self.metres_per_lon,
            (point.lat - self.origin.lat) * METRES_PER_LAT,
        )
    }
}

impl FlatMap {
    fn round(self, x: f64, y: f64) -> Point {
        Point {
            lat: self.origin.lat + y / METRES_PER_LAT,
            lon: self.origin.lon + x / self.metres_per_lon,
        }
    }
}

impl Drawn {
    pub(crate) fn new(id: AreaId, info: AreaInfo, border: &[Point], map: FlatMap) -> Self {
        let line: LineString<f64> = border.iter().map(|point| map.flat(*point)).collect();
        let (mut box_min, mut box_max) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
        for coord in line.coords() {
            box_min = (box_min.0.min(coord.x), box_min.1.min(coord.y));
            box_max = (box_max.0.max(coord.x), box_max.1.max(coord.y));
        }
        Self {
            id,
            info,
            border: Polygon::new(line, Vec::new()),
            box_min,
            box_max,
        }
    }

    /// The middle of the area.
    pub(crate) fn middle(&self, map: FlatMap) -> Point {
        map.round(
            f64::midpoint(self.box_min.0, self.box_max.0),
            f64::midpoint(self.box_min.1, self.box_max.1),
        )
    }

    /// Metres from a point to the area; 0 inside. `None` if farther than `within`.
    pub(crate) fn metres_to(&self, point: Point, map: FlatMap, within: f64) -> Option<f64> {
        let at = map.flat(point);
        let outside = at.x() < self.box_min.0 - within
            || at.y() < self.box_min.1 - within
            || at.x() > self.box_max.0 + within
            || at.y() > self.box_max.1 + within;
        if outside {
            return None;
        }
        let metres = if self.border.contains(&at) {
            0.0
        } else {
            Euclidean.distance(&at, self.border.exterior())
        };
        (metres <= within).then_some(metres)
    }

    /// Whether two areas share a border, or come within `metres` of each other.
    pub(crate) fn is_beside(&self, other: &Self, metres: f64) -> bool {
        let apart = self.box_min.0 > other.box_max.0 + metres
            || other.box_min.0 > self.box_max.0 + metres
            || self.box_min.1 > other.box_max.1 + metres
            || other.box_min.1 > self.box_max.1 + metres;
        !apart && Euclidean.distance(&self.border, &other.border) <= metres
    }
}
