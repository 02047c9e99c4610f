//! Where streets meet.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    collected::{Collected, mean},
    streets::NewStreet,
};
use crate::domain::{
    parse::tokens::folded,
    place::{FlatMap, Point},
};

/// Crossings of the same two streets so near each other are one corner: the two sides of a wide street.
const ONE_CORNER: f64 = 60.0;

/// Where streets share a node, meet at a roundabout, are said to meet, or (of a table alone) cut each other.
pub(super) fn corners(
    collected: &Collected,
    streets: &[NewStreet],
    map: FlatMap,
) -> Vec<(usize, usize, Point)> {
    let mut met: BTreeMap<(usize, usize), Vec<Point>> = BTreeMap::new();
    let mut meet = |one: usize, other: usize, point: Point| {
        let pair = (one.min(other), one.max(other));
        let is_one_name = match (streets.get(one), streets.get(other)) {
            (Some(one), Some(other)) => one.name == other.name,
            _ => true,
        };
        if !is_one_name {
            met.entry(pair).or_default().push(point);
        }
    };
    let mut at_node: HashMap<i64, Vec<usize>> = HashMap::new();
    for (at, street) in streets.iter().enumerate() {
        for node in &street.nodes {
            at_node.entry(*node).or_default().push(at);
        }
    }
    let mut seen = BTreeSet::new();
    for piece in &collected.pieces {
        for (node, point) in piece.nodes.iter().zip(&piece.points) {
            let Some(here) = at_node.get(node).filter(|here| here.len() > 1) else {
                continue;
            };
            if seen.insert(*node) {
                for (at, one) in here.iter().enumerate() {
                    for other in here.iter().skip(at + 1) {
                        meet(*one, *other, *point);
                    }
                }
            }
        }
    }
    for hub in &collected.hubs {
        let here: BTreeSet<usize> = hub
            .nodes
            .iter()
            .filter_map(|node| at_node.get(node))
            .flatten()
            .copied()
            .collect();
        for one in &here {
            for other in here.iter().filter(|other| *other > one) {
                meet(*one, *other, hub.middle);
            }
        }
    }
    let named = |name: &str, near: Point| {
        let key = folded(name);
        let metres = |street: &NewStreet| {
            let points = street.lines.iter().flatten();
            points
                .map(|point| point.metres_to(near))
                .fold(f64::MAX, f64::min)
        };
        streets
            .iter()
            .enumerate()
            .filter(|(_, street)| folded(&street.name) == key)
            .min_by(|(_, a), (_, b)| metres(a).total_cmp(&metres(b)))
            .map(|(at, _)| at)
    };
    for corner in &collected.corners {
        let [one, other] = &corner.streets;
        if let (Some(one), Some(other)) = (named(one, corner.point), named(other, corner.point)) {
            meet(one, other, corner.point);
        }
    }
    if collected.cuts_are_corners {
        for (one, other, point) in cuts(streets, map) {
            meet(one, other, point);
        }
    }
    met.into_iter()
        .flat_map(|((one, other), points)| {
            clusters(points)
                .into_iter()
                .map(move |point| (one, other, point))
        })
        .collect()
}

/// Points joined where they are one corner, in a fixed order.
fn clusters(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| a.lat.total_cmp(&b.lat).then(a.lon.total_cmp(&b.lon)));
    let mut groups: Vec<Vec<Point>> = Vec::new();
    for point in points {
        let near = groups.iter_mut().find(|group| {
            group
                .iter()
                .any(|other| other.metres_to(point) <= ONE_CORNER)
        });
        match near {
            Some(group) => group.push(point),
            None => groups.push(vec![point]),
        }
    }
    groups.iter().filter_map(|group| mean(group)).collect()
}

/// Where lines drawn by hand cut others or end at them, within 20 m.
fn cuts(streets: &[NewStreet], map: FlatMap) -> Vec<(usize, usize, Point)> {
    const SLACK: f64 = 20.0;
    let flat: Vec<Vec<Flat>> = streets
        .iter()
        .map(|street| {
            street
                .lines
                .iter()
                .map(|line| Flat::of(line, map))
                .collect()
        })
        .collect();
    let is_drawn = |at: usize| {
        streets
            .get(at)
            .is_some_and(|street| street.nodes.is_empty())
    };
    let mut found = Vec::new();
    for (one, mine) in flat.iter().enumerate().filter(|(one, _)| is_drawn(*one)) {
        for (other, theirs) in flat.iter().enumerate() {
            if other == one || other < one && is_drawn(other) {
                continue;
            }
            let pairs = mine
                .iter()
                .flat_map(|line| theirs.iter().map(move |other| (line, other)))
                .filter(|(line, other)| line.is_beside(other, SLACK));
            for (line, other_line) in pairs {
                for (a, b) in line.pieces() {
                    for (c, d) in other_line.pieces() {
                        if let Some(point) = cut(a, b, c, d, SLACK) {
                            found.push((one, other, map.globe(point)));
                        }
                    }
                }
            }
        }
    }
    found
}

/// A line on the flat map, with the box around it.
struct Flat {
    points: Vec<geo::Point<f64>>,
    low: (f64, f64),
    high: (f64, f64),
}

impl Flat {
    fn of(line: &[Point], map: FlatMap) -> Self {
        let points: Vec<geo::Point<f64>> = line.iter().map(|point| map.flat(*point)).collect();
        let (mut low, mut high) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
        for point in &points {
            low = (low.0.min(point.x()), low.1.min(point.y()));
            high = (high.0.max(point.x()), high.1.max(point.y()));
        }
        Self { points, low, high }
    }

    fn is_beside(&self, other: &Self, metres: f64) -> bool {
        self.low.0 <= other.high.0 + metres
            && other.low.0 <= self.high.0 + metres
            && self.low.1 <= other.high.1 + metres
            && other.low.1 <= self.high.1 + metres
    }

    fn pieces(&self) -> impl Iterator<Item = (geo::Point<f64>, geo::Point<f64>)> {
        self.points
            .iter()
            .copied()
            .zip(self.points.iter().skip(1).copied())
    }
}

fn cut(
    a: geo::Point<f64>,
    b: geo::Point<f64>,
    c: geo::Point<f64>,
    d: geo::Point<f64>,
    slack: f64,
) -> Option<geo::Point<f64>> {
    let (r, s) = (b - a, d - c);
    let cross = r.x() * s.y() - r.y() * s.x();
    if cross.abs() < 1e-9 {
        return None;
    }
    let t = ((c - a).x() * s.y() - (c - a).y() * s.x()) / cross;
    let u = ((c - a).x() * r.y() - (c - a).y() * r.x()) / cross;
    let (slack_t, slack_u) = (slack / r.x().hypot(r.y()), slack / s.x().hypot(s.y()));
    let is_on = (-slack_t..=1.0 + slack_t).contains(&t) && (-slack_u..=1.0 + slack_u).contains(&u);
    is_on.then(|| geo::Point::new(a.x() + t * r.x(), a.y() + t * r.y()))
}
