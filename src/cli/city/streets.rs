//! Pieces of way → streets: joined by name and nearness, drawn with few points.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use geo::{LineString, Simplify};

use super::{
    collected::{Collected, Piece},
    corners,
};
use crate::domain::{
    parse::tokens::folded,
    place::{FlatMap, Point},
};

/// Lines may move by so many metres to become lighter.
const TOLERANCE: f64 = 3.0;
/// Parts of one name so near each other, in metres, are one street that is interrupted.
const ONE_STREET: f64 = 1_000.0;
/// Languages whose names are always kept, as the bot speaks them.
const SPOKEN: [&str; 4] = ["en", "es", "so", "hmn"];

/// A street of the new city.
#[derive(Debug, Clone, Default)]
pub(super) struct NewStreet {
    pub name: String,
    pub aliases: BTreeSet<String>,
    pub lines: Vec<Vec<Point>>,
    pub houses: Vec<(u32, Point)>,
    pub nodes: BTreeSet<i64>,
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
    let corners = corners::corners(collected, &streets, map);
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
