//! What was collected from maps and tables, before it becomes a gazetteer.

use std::collections::{BTreeMap, BTreeSet};

use geo::{MultiPolygon, Orient, orient::Direction};

use crate::domain::place::{FlatMap, Point, Rings};

/// An area as its file gives it.
#[derive(Debug, Clone)]
pub(super) struct NewArea {
    pub id: String,
    pub name: String,
    pub aliases: Vec<String>,
    /// The city or town it lies in.
    pub town: String,
    pub polygons: Vec<Rings>,
}

/// The names of something on a map.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    pub name: String,
    /// Other names in the language of the place: short, old, alternative.
    pub others: BTreeSet<String>,
    /// Its name in other languages, by their codes.
    pub translations: BTreeMap<String, String>,
}

/// A piece of a street. Pieces that share a node meet there.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub names: Names,
    pub nodes: Vec<i64>,
    pub points: Vec<Point>,
}

/// A roundabout or the like without a name: the streets that touch it meet.
#[derive(Debug, Clone)]
pub(super) struct Hub {
    pub nodes: Vec<i64>,
    pub middle: Point,
}

/// A place with a name.
#[derive(Debug, Clone)]
pub(super) struct Spot {
    pub names: Names,
    /// What it is, as people may add behind its name: "station", "school".
    pub kind: String,
    pub point: Point,
    /// Its outline, where it is more than a point.
    pub outline: Vec<Point>,
}

/// A house number.
#[derive(Debug, Clone)]
pub(super) struct House {
    pub street: String,
    pub number: u32,
    pub point: Point,
}

/// A river, shore or railway: borders follow them, people do not name corners by them.
#[derive(Debug, Clone)]
pub(super) struct Feature {
    pub kind: &'static str,
    pub name: String,
    pub points: Vec<Point>,
}

/// A corner said by the names of its streets.
#[derive(Debug, Clone)]
pub(super) struct NamedCorner {
    pub streets: [String; 2],
    pub point: Point,
}

/// Everything together.
#[derive(Debug, Clone, Default)]
pub(super) struct Collected {
    pub pieces: Vec<Piece>,
    pub hubs: Vec<Hub>,
    pub spots: Vec<Spot>,
    pub houses: Vec<House>,
    pub features: Vec<Feature>,
    pub corners: Vec<NamedCorner>,
    /// Whether a line drawn by hand makes a corner where it cuts another: where no corners are named.
    pub cuts_are_corners: bool,
}

/// The rectangle of the map that matters: around the areas, and a little more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub south: f64,
    pub west: f64,
    pub north: f64,
    pub east: f64,
}

impl Window {
    /// Degrees around the areas that are still taken: about 500 m.
    const MARGIN: f64 = 0.005;

    pub(super) fn around(areas: &[NewArea]) -> Self {
        let mut window = Self {
            south: 90.0,
            west: 180.0,
            north: -90.0,
            east: -180.0,
        };
        for point in areas
            .iter()
            .flat_map(|area| area.polygons.iter().flatten().flatten())
        {
            window.south = window.south.min(point.lat - Self::MARGIN);
            window.north = window.north.max(point.lat + Self::MARGIN);
            window.west = window.west.min(point.lon - 2.0 * Self::MARGIN);
            window.east = window.east.max(point.lon + 2.0 * Self::MARGIN);
        }
        window
    }

    pub(super) fn holds(self, lat: f64, lon: f64) -> bool {
        (self.south..=self.north).contains(&lat) && (self.west..=self.east).contains(&lon)
    }

    pub(super) fn middle(self) -> Point {
        Point {
            lat: f64::midpoint(self.south, self.north),
            lon: f64::midpoint(self.west, self.east),
        }
    }
}

/// The middle of some points.
pub(super) fn mean(points: &[Point]) -> Option<Point> {
    let count = f64::from(
        u32::try_from(points.len())
            .ok()
            .filter(|count| *count > 0)?,
    );
    Some(Point {
        lat: points.iter().map(|point| point.lat).sum::<f64>() / count,
        lon: points.iter().map(|point| point.lon).sum::<f64>() / count,
    })
}

/// Polygons on the flat map, their rings turned as geometry wants them; files turn them either way.
pub(super) fn flat_polygons(polygons: &[Rings], map: FlatMap) -> MultiPolygon<f64> {
    let ring = |points: &Vec<Point>| points.iter().map(|point| map.flat(*point)).collect();
    polygons
        .iter()
        .filter_map(|rings| {
            let (outside, holes) = rings.split_first()?;
            let holes = holes.iter().map(ring).collect();
            Some(geo::Polygon::new(ring(outside), holes).orient(Direction::Default))
        })
        .collect()
}
