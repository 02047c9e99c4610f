//! Pieces of way → streets: joined by name and nearness, drawn with few points, and where they meet.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use geo::{LineString, Simplify};

use super::collected::{Collected, Piece};
use crate::domain::{
    parse::tokens::folded,
    place::{FlatMap, Point},
};

/// Lines may move by so many metres to become lighter.
const TOLERANCE: f64 = 3.0;
/// Parts of one name so near each other, in metres, are one street that is interrupted.
const ONE_STREET: f64 = 1_000.0;
/// Crossings of the same two streets so near each other are one corner: the two sides of a wide street.
const ONE_CORNER: f64 = 60.0;
/// Languages whose names are always kept, as the bot speaks them.
const SPOKEN: [&str; 4] = ["en", "es", "so", "hmn"];

/// A street of the new city.
#[derive(Debug, Clone, Default)]
pub(super) struct NewStreet {
    pub name: String,
    pub aliases: BTreeSet<String>,
    pub lines: Vec<Vec<Point>>,
    pub houses: Vec<(u32, Point)>,
    nodes: BTreeSet<i64>,
}

/// The streets, where they meet, and in which languages they are named.
#[derive(Debug, Clone, Default)]
pub(super) struct StreetNet {
    pub streets: Vec<NewStreet>,
    /// The lower index first.
    pub corners: Vec<(usize, usize, Point)>,
    pub languages: Vec<String>,
}

/// Joins what was collected.
pub(super) fn network(collected: &Collected, map: FlatMap) -> StreetNet {
    let mut by_name: BTreeMap<String, Vec<&Piece>> = BTreeMap::new();
    for piece in &collected.pieces {
        let key = folded(&piece.names.name);
        if !key.is_empty() {
            by_name.entry(key).or_default().push(piece);
        }
    }
    for corner in &collected.corners {
        for name in &corner.streets {
            by_name.entry(folded(name)).or_default();
        }
    }
    let languages = languages(&by_name);
    let mut streets = Vec::new();
    for (key, pieces) in &by_name {
        if pieces.is_empty() {
            streets.push(street_without_a_line(key, collected));
        }
        for part in parts(pieces) {
            streets.push(street(&part, &languages, map));
        }
    }
    let corners = corners(collected, &streets, map);
    StreetNet {
        streets,
        corners,
        languages,
    }
}

/// Languages in which at least one name in twenty is known, and those that the bot speaks.
fn languages(by_name: &BTreeMap<String, Vec<&Piece>>) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for pieces in by_name.values() {
        let codes: BTreeSet<&str> = pieces
            .iter()
            .flat_map(|piece| {
                let names = piece.names.translations.iter();
                let other = names.filter(|(_, name)| **name != piece.names.name);
                other.map(|(code, _)| code.as_str())
            })
            .collect();
        for code in codes {
            *counts.entry(code).or_default() += 1;
        }
    }
    counts
        .into_iter()
        .filter(|(code, count)| SPOKEN.contains(code) || count * 20 >= by_name.len())
        .map(|(code, _)| code.to_owned())
        .collect()
}

fn street_without_a_line(key: &str, collected: &Collected) -> NewStreet {
    let name = collected
        .corners
        .iter()
        .flat_map(|corner| &corner.streets)
        .find(|name| folded(name) == key);
    NewStreet {
        name: name.cloned().unwrap_or_default(),
        ..NewStreet::default()
    }
}

/// Pieces of one name, parted where they are too far from each other to be one street.
fn parts<'a>(pieces: &[&'a Piece]) -> Vec<Vec<&'a Piece>> {
    let mut leader: Vec<usize> = (0..pieces.len()).collect();
    let mut by_node: HashMap<i64, usize> = HashMap::new();
    for (at, piece) in pieces.iter().enumerate() {
        for node in &piece.nodes {
            match by_node.get(node) {
                Some(other) => join(&mut leader, at, *other),
                None => {
                    by_node.insert(*node, at);
                }
            }
        }
    }
    let mut parts: BTreeMap<usize, Vec<&Piece>> = BTreeMap::new();
    for (at, piece) in pieces.iter().enumerate() {
        parts.entry(find(&leader, at)).or_default().push(piece);
    }
    let mut parts: Vec<Vec<&Piece>> = parts.into_values().collect();
    let mut at = 0;
    while at < parts.len() {
        let near = (at + 1..parts.len()).find(|other| is_near(&parts[at], &parts[*other]));
        match near {
            Some(other) => {
                let more = parts.swap_remove(other);
                parts[at].extend(more);
            }
            None => at += 1,
        }
    }
    parts.sort_by(|a, b| first_of(a).total_cmp(&first_of(b)));
    parts
}

/// What orders the parts of one name: the southernmost point, so that the order of the file does not matter.
fn first_of(part: &[&Piece]) -> f64 {
    part.iter()
        .flat_map(|piece| &piece.points)
        .map(|point| point.lat)
        .fold(f64::MAX, f64::min)
}

fn find(leader: &[usize], mut at: usize) -> usize {
    while let Some(next) = leader.get(at).filter(|next| **next != at) {
        at = *next;
    }
    at
}

fn join(leader: &mut [usize], one: usize, other: usize) {
    let (one, other) = (find(leader, one), find(leader, other));
    if let Some(of) = leader.get_mut(one.max(other)) {
        *of = one.min(other);
    }
}

fn is_near(one: &[&Piece], other: &[&Piece]) -> bool {
    let some = |part: &[&Piece]| -> Vec<Point> {
        let ends = |piece: &&Piece| {
            let every = (piece.points.len() / 8).max(1);
            let some = piece.points.iter().step_by(every).copied();
            some.chain(piece.points.last().copied()).collect::<Vec<_>>()
        };
        part.iter().flat_map(ends).collect()
    };
    let others = some(other);
    some(one)
        .iter()
        .any(|a| others.iter().any(|b| a.metres_to(*b) <= ONE_STREET))
}

fn street(pieces: &[&Piece], languages: &[String], map: FlatMap) -> NewStreet {
    let mut spellings: BTreeMap<&str, usize> = BTreeMap::new();
    let mut aliases: BTreeSet<String> = BTreeSet::new();
    for piece in pieces {
        *spellings.entry(&piece.names.name).or_default() += 1;
        aliases.extend(piece.names.others.iter().cloned());
        aliases.extend(
            piece
                .names
                .translations
                .iter()
                .filter(|(code, _)| languages.contains(code))
                .map(|(_, name)| name.clone()),
        );
    }
    let most = spellings.values().copied().max().unwrap_or(0);
    let name = spellings
        .iter()
        .find(|(_, count)| **count == most)
        .map_or("", |(name, _)| *name);
    let key = folded(name);
    aliases.retain(|alias| folded(alias) != key && !folded(alias).is_empty());
    let mut lines: Vec<Vec<Point>> = chains(pieces)
        .into_iter()
        .map(|line| lighter(&line, map))
        .collect();
    lines.sort_by(|a, b| {
        let key = |line: &Vec<Point>| line.first().map_or((0.0, 0.0), |p| (p.lat, p.lon));
        let ((lat, lon), (other_lat, other_lon)) = (key(a), key(b));
        lat.total_cmp(&other_lat).then(lon.total_cmp(&other_lon))
    });
    NewStreet {
        name: name.to_owned(),
        aliases,
        lines,
        houses: Vec::new(),
        nodes: pieces
            .iter()
            .flat_map(|piece| piece.nodes.clone())
            .collect(),
    }
}

/// Pieces joined end to end where exactly two of them meet; each line runs from south to north.
fn chains(pieces: &[&Piece]) -> Vec<Vec<Point>> {
    let key = |point: &Point| (point.lat.to_bits(), point.lon.to_bits());
    let mut open: Vec<Option<Vec<Point>>> = pieces
        .iter()
        .map(|piece| (piece.points.len() >= 2).then(|| piece.points.clone()))
        .collect();
    let order = |line: &Option<Vec<Point>>| {
        let first = line.as_ref().and_then(|line| line.first());
        first.map_or((0, 0), |point| (point.lat.to_bits(), point.lon.to_bits()))
    };
    open.sort_by_key(order);
    let mut ends: HashMap<(u64, u64), Vec<usize>> = HashMap::new();
    for (at, line) in open.iter().enumerate() {
        for end in line
            .iter()
            .flat_map(|line| [line.first(), line.last()])
            .flatten()
        {
            ends.entry(key(end)).or_default().push(at);
        }
    }
    let mut done = Vec::new();
    for at in 0..open.len() {
        let Some(mut line) = open.get_mut(at).and_then(Option::take) else {
            continue;
        };
        for _ in 0..2 {
            while let Some(end) = line.last() {
                let Some([one, other]) = ends.get(&key(end)).map(Vec::as_slice) else {
                    break;
                };
                let next = [*one, *other]
                    .into_iter()
                    .find_map(|next| open.get_mut(next).and_then(Option::take));
                let Some(mut next) = next else {
                    break;
                };
                if next.last() == Some(end) {
                    next.reverse();
                }
                line.extend(next.into_iter().skip(1));
            }
            line.reverse();
        }
        let runs_south = match (line.first(), line.last()) {
            (Some(from), Some(to)) => (from.lat, from.lon) > (to.lat, to.lon),
            _ => false,
        };
        if runs_south {
            line.reverse();
        }
        done.push(line);
    }
    done
}

fn lighter(line: &[Point], map: FlatMap) -> Vec<Point> {
    let flat: LineString<f64> = line.iter().map(|point| map.flat(*point)).collect();
    flat.simplify(TOLERANCE)
        .points()
        .map(|point| map.globe(point))
        .collect()
}

/// Where streets share a node, meet at a roundabout, are said to meet, or (of a table alone) cut each other.
fn corners(
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
    groups
        .iter()
        .filter_map(|group| super::collected::mean(group))
        .collect()
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
