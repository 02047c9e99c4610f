//! House numbers: put on their street's line, and thinned to where they bend.

use std::collections::{BTreeMap, HashMap};

use super::{collected::House, near::Near, streets::NewStreet};
use crate::domain::{
    parse::tokens::folded,
    place::{FlatMap, Point},
};

/// A house farther from its street, in metres, is taken for another's.
const FROM_STREET: f64 = 200.0;
/// A number may lie so many metres from where its neighbors put it.
const TOLERANCE: f64 = 20.0;
/// Numbers are kept at least every so many metres: the gazetteer guesses none between two that are 400 m apart.
const SPACING: f64 = 250.0;

/// Gives each street its numbers.
pub(super) fn number(streets: &mut [NewStreet], houses: &[House], near: &Near, map: FlatMap) {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, street) in streets.iter().enumerate() {
        let names = [&street.name].into_iter().chain(&street.aliases);
        for name in names {
            by_name.entry(folded(name)).or_default().push(at);
        }
    }
    let mut on: BTreeMap<usize, BTreeMap<u32, Vec<geo::Point<f64>>>> = BTreeMap::new();
    let mut keys: HashMap<&str, String> = HashMap::new();
    for house in houses {
        let key = keys
            .entry(&house.street)
            .or_insert_with(|| folded(&house.street));
        let Some(named) = by_name.get(key.as_str()) else {
            continue;
        };
        let found = near.nearest(map.flat(house.point), FROM_STREET, |at| named.contains(&at));
        if let Some((street, _, point)) = found {
            let numbers = on.entry(street).or_default();
            numbers.entry(house.number).or_default().push(point);
        }
    }
    for (at, numbers) in on {
        let numbered: Vec<(u32, geo::Point<f64>)> = numbers
            .into_iter()
            .filter_map(|(number, points)| Some((number, middle(points)?)))
            .collect();
        if let Some(street) = streets.get_mut(at) {
            street.houses = thinned(&numbered)
                .into_iter()
                .map(|(number, point)| (number, map.globe(point)))
                .collect();
        }
    }
}

/// The middle one, so that one house on the wrong end of the street does not move the number.
fn middle(mut points: Vec<geo::Point<f64>>) -> Option<geo::Point<f64>> {
    points.sort_by(|a, b| a.x().total_cmp(&b.x()).then(a.y().total_cmp(&b.y())));
    points.get(points.len() / 2).copied()
}

/// Only the numbers without which another would be guessed wrongly.
fn thinned(numbers: &[(u32, geo::Point<f64>)]) -> Vec<(u32, geo::Point<f64>)> {
    let mut keep = vec![false; numbers.len()];
    let mut open = Vec::new();
    if let Some(last) = numbers.len().checked_sub(1) {
        keep[0] = true;
        keep[last] = true;
        open.push((0, last));
    }
    while let Some((from, to)) = open.pop() {
        let (Some((low, a)), Some((high, b))) = (numbers.get(from), numbers.get(to)) else {
            continue;
        };
        let off = |at: usize| {
            numbers.get(at).map_or(0.0, |(number, point)| {
                let part = f64::from(number - low) / f64::from((high - low).max(1));
                let guess = *a + (*b - *a) * part;
                (guess.x() - point.x()).hypot(guess.y() - point.y())
            })
        };
        let worst = (from + 1..to).max_by(|one, other| off(*one).total_cmp(&off(*other)));
        let is_long = (b.x() - a.x()).hypot(b.y() - a.y()) > SPACING;
        let split = match worst {
            Some(worst) if off(worst) > TOLERANCE => Some(worst),
            Some(_) if is_long => Some(from.midpoint(to)),
            _ => None,
        };
        if let Some(split) = split {
            keep[split] = true;
            open.extend([(from, split), (split, to)]);
        }
    }
    let kept = numbers.iter().zip(keep);
    kept.filter(|(_, is_kept)| *is_kept)
        .map(|(number, _)| *number)
        .collect()
}

/// Whether numbers stand behind the street here: where streets begin at 1 and are short, as in most of the world.
pub(super) fn are_after(streets: &[NewStreet]) -> bool {
    let mut last: Vec<u32> = streets
        .iter()
        .filter_map(|street| {
            street
                .houses
                .last()
                .map(|(number, _): &(u32, Point)| *number)
        })
        .collect();
    last.sort_unstable();
    last.get(last.len() / 2).is_some_and(|middle| *middle < 300)
}
