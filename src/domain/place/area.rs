//! The areas: names, zip codes, and borders as polygons; which areas lie at or near a point.

use geo::{Contains, Distance, Euclidean, LineString, MultiPolygon, Polygon};

use crate::domain::{
    ids::AreaId,
    place::{Point, imported::Rings},
};

/// What is known of an area besides its border.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaInfo {
    /// `Powderhorn Park`.
    pub name: String,
    /// The name where letters are few, if it has a shorter one: `Lowry Hill E`.
    pub short: Option<String>,
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
    border: MultiPolygon<f64>,
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

    /// A point in metres from the origin, east and north.
    pub(crate) fn flat(self, point: Point) -> geo::Point<f64> {
        geo::Point::new(
            (point.lon - self.origin.lon) * self.metres_per_lon,
            (point.lat - self.origin.lat) * METRES_PER_LAT,
        )
    }
}

impl FlatMap {
    /// Where on the globe a point of the flat map lies.
    pub(crate) fn globe(self, point: geo::Point<f64>) -> Point {
        Point {
            lat: self.origin.lat + point.y() / METRES_PER_LAT,
            lon: self.origin.lon + point.x() / self.metres_per_lon,
        }
    }
}

impl Drawn {
    /// An area of any number of polygons, each an outside ring and its holes.
    pub(crate) fn of(id: AreaId, info: AreaInfo, polygons: &[Rings], map: FlatMap) -> Self {
        let line = |ring: &Vec<Point>| -> LineString<f64> {
            ring.iter().map(|point| map.flat(*point)).collect()
        };
        let border: MultiPolygon<f64> = polygons
            .iter()
            .filter_map(|rings| {
                let (outside, holes) = rings.split_first()?;
                Some(Polygon::new(
                    line(outside),
                    holes.iter().map(line).collect(),
                ))
            })
            .collect();
        let (mut box_min, mut box_max) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
        for coord in border.iter().flat_map(|each| each.exterior().coords()) {
            box_min = (box_min.0.min(coord.x), box_min.1.min(coord.y));
            box_max = (box_max.0.max(coord.x), box_max.1.max(coord.y));
        }
        Self {
            id,
            info,
            border,
            box_min,
            box_max,
        }
    }

    /// The middle of the area.
    pub(crate) fn middle(&self, map: FlatMap) -> Point {
        map.globe(geo::Point::new(
            f64::midpoint(self.box_min.0, self.box_max.0),
            f64::midpoint(self.box_min.1, self.box_max.1),
        ))
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
            self.border
                .iter()
                .flat_map(|each| [each.exterior()].into_iter().chain(each.interiors()))
                .map(|ring| Euclidean.distance(&at, ring))
                .fold(f64::MAX, f64::min)
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

    /// The polygons on the globe, each ring ending where it began.
    pub(crate) fn polygons(&self, map: FlatMap) -> Vec<Rings> {
        let ring = |line: &LineString<f64>| -> Vec<Point> {
            line.points().map(|point| map.globe(point)).collect()
        };
        self.border
            .iter()
            .map(|each| {
                [each.exterior()]
                    .into_iter()
                    .chain(each.interiors())
                    .map(ring)
                    .collect()
            })
            .collect()
    }
}
