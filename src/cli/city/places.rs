//! Named spots → landmarks whose names mean one place: chains and stops that share a name are told apart by their street.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use geo::{BoundingRect, Contains, Distance, Euclidean, MultiPolygon};

use super::{
    collected::{Names, NewArea, Spot, flat_polygons},
    near::Near,
    streets::{NewStreet, StreetNet},
};
use crate::domain::{
    parse::tokens::folded,
    place::{FlatMap, Point, Signs},
};

/// Spots of one name so near each other, in metres, are one place.
const ONE_PLACE: f64 = 200.0;
/// A place wider than this, in metres, belongs to every area that it reaches into.
const WIDE: f64 = 150.0;
/// A place belongs to every area within so many metres, as the gazetteer has it.
const NEAR: f64 = 90.0;
/// The street by which a place is told apart runs within so many metres.
const BESIDE: f64 = 120.0;

/// A name of one word and fewer letters is too easily another word: "Story", "Gold".
const SHORT: usize = 6;
/// A longer name is a sentence: nobody writes it, and no text message holds it.
const LONG: usize = 60;

/// A place of the new city.
#[derive(Debug, Clone)]
pub(super) struct NewPlace {
    pub name: String,
    pub aliases: BTreeSet<String>,
    pub point: Point,
    /// Ids of areas, where it is wide.
    pub areas: Vec<String>,
}

/// The places, and how many had to be left out.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    pub places: Vec<NewPlace>,
    /// Names that are short or everyday words.
    pub everyday: Vec<String>,
    /// Places that nothing tells from another of the same name.
    pub alike: usize,
}

/// What names must not be mistaken for.
pub(super) struct Around<'a> {
    pub network: &'a StreetNet,
    pub near: &'a Near,
    pub signs: &'a Signs,
    pub areas: &'a [NewArea],
    /// What the city is called.
    pub city: &'a str,
    pub words: &'a HashSet<String>,
    pub map: FlatMap,
}

/// One place with its spots.
struct Cluster<'a> {
    spots: Vec<&'a Spot>,
    point: Point,
    width: f64,
}

/// Makes the places.
pub(super) fn places(spots: &[Spot], around: &Around<'_>) -> Places {
    let mut by_name: BTreeMap<String, Vec<&Spot>> = BTreeMap::new();
    for spot in spots {
        let key = folded(&spot.names.name);
        if !key.is_empty() && key.chars().count() <= LONG {
            by_name.entry(key).or_default().push(spot);
        }
    }
    let taken = taken(around);
    let shapes: Vec<(&NewArea, MultiPolygon<f64>)> = around
        .areas
        .iter()
        .map(|area| (area, flat_polygons(&area.polygons, around.map)))
        .collect();
    let mut made = Places::default();
    for (key, spots) in &by_name {
        let mut clusters = clusters(spots);
        clusters.retain(|cluster| is_in_city(cluster, &shapes, around.map));
        let is_alone = clusters.len() == 1;
        let is_short = is_short(key);
        let is_word = is_short
            || key.split(' ').all(|word| {
                around.words.contains(word) || word.chars().all(|c| c.is_ascii_digit())
            });
        if is_word && !clusters.is_empty() {
            made.everyday.push(spots[0].names.name.clone());
        }
        let mut told_apart: BTreeMap<String, Vec<NewPlace>> = BTreeMap::new();
        for cluster in clusters {
            let Some(first) = cluster.spots.first() else {
                continue;
            };
            let (names, kind) = (&first.names, first.kind.as_str());
            let bare = is_alone && !is_word && !taken.contains(key);
            let mut place = NewPlace {
                name: names.name.clone(),
                aliases: BTreeSet::new(),
                point: cluster.point,
                areas: reached(&cluster, &shapes, around.map),
            };
            if bare {
                place.aliases = other_names(&cluster.spots, around, &taken);
                made.places.push(place);
                continue;
            }
            let by = if is_alone {
                kind.to_owned()
            } else {
                beside(cluster.point, around).map_or_else(String::new, |street| street.name.clone())
            };
            let is_told_already = key.split(' ').any(|word| word == folded(&by));
            if by.is_empty() || is_told_already && is_alone {
                made.alike += usize::from(!is_word);
                continue;
            }
            // What stands in brackets may be left out by those who write; where the bare name means something else it must not.
            place.name = match (is_alone, is_word || taken.contains(key)) {
                (true, _) => format!("{} {by}", names.name),
                (false, true) => format!("{} on {by}", names.name),
                (false, false) => format!("{} ({by})", names.name),
            };
            place.aliases = apart(names, &by, around.signs);
            told_apart.entry(by).or_default().push(place);
        }
        for mut same in told_apart.into_values() {
            match (same.pop(), same.len()) {
                (Some(place), 0) => made.places.push(place),
                (_, rest) => made.alike += rest + 1,
            }
        }
    }
    drop_shared_aliases(&mut made.places);
    made.places.sort_by(|a, b| {
        let by_point = a
            .point
            .lat
            .total_cmp(&b.point.lat)
            .then(a.point.lon.total_cmp(&b.point.lon));
        a.name.cmp(&b.name).then(by_point)
    });
    made
}

/// Whether a name is one word and too easily another.
fn is_short(key: &str) -> bool {
    !key.contains(' ') && key.chars().count() < SHORT
}

/// Names that mean a street, an area or the city already.
fn taken(around: &Around<'_>) -> HashSet<String> {
    let streets = around.network.streets.iter().flat_map(|street| {
        let names = [&street.name].into_iter().chain(&street.aliases);
        names.flat_map(|name| {
            let (apart, _) = around.signs.street(name, 0);
            [folded(name), apart.base]
        })
    });
    let areas = around
        .areas
        .iter()
        .flat_map(|area| [&area.name].into_iter().chain(&area.aliases))
        .map(|name| folded(name));
    // A station is often called as its city.
    let towns = around.areas.iter().map(|area| folded(&area.town));
    let city = [folded(around.city)];
    streets.chain(areas).chain(towns).chain(city).collect()
}

fn clusters<'a>(spots: &[&'a Spot]) -> Vec<Cluster<'a>> {
    let mut spots: Vec<(&Spot, f64)> = spots.iter().map(|spot| (*spot, width(spot))).collect();
    spots.sort_by(|(a, wide), (b, other)| {
        let by_point = a
            .point
            .lat
            .total_cmp(&b.point.lat)
            .then(a.point.lon.total_cmp(&b.point.lon));
        let by_kind = (a.kind == "stop").cmp(&(b.kind == "stop"));
        other.total_cmp(wide).then(by_kind).then(by_point)
    });
    let mut found: Vec<Cluster<'_>> = Vec::new();
    for (spot, width) in spots {
        let near = found
            .iter_mut()
            .find(|known| known.point.metres_to(spot.point) <= ONE_PLACE + known.width + width);
        match near {
            Some(known) => known.spots.push(spot),
            None => found.push(Cluster {
                spots: vec![spot],
                point: spot.point,
                width,
            }),
        }
    }
    found
}

/// Metres from the middle of a place to its farthest edge.
fn width(spot: &Spot) -> f64 {
    let metres = spot.outline.iter().map(|edge| edge.metres_to(spot.point));
    metres.fold(0.0, f64::max)
}

/// Whether any area hears of what happens there.
fn is_in_city(
    cluster: &Cluster<'_>,
    shapes: &[(&NewArea, MultiPolygon<f64>)],
    map: FlatMap,
) -> bool {
    let point = map.flat(cluster.point);
    let within = NEAR + cluster.width;
    shapes.iter().any(|(_, shape)| {
        let is_beside = shape.bounding_rect().is_some_and(|around| {
            let (low, high) = (around.min(), around.max());
            (low.x - within..=high.x + within).contains(&point.x())
                && (low.y - within..=high.y + within).contains(&point.y())
        });
        is_beside && Euclidean.distance(&point, shape) <= within
    })
}

/// The areas that a wide place reaches into.
fn reached(
    cluster: &Cluster<'_>,
    shapes: &[(&NewArea, MultiPolygon<f64>)],
    map: FlatMap,
) -> Vec<String> {
    if cluster.width < WIDE {
        return Vec::new();
    }
    let edge = cluster.spots.iter().flat_map(|spot| &spot.outline);
    let edge: Vec<geo::Point<f64>> = edge.map(|point| map.flat(*point)).collect();
    shapes
        .iter()
        .filter(|(_, shape)| {
            let around = shape.bounding_rect();
            edge.iter().any(|point| {
                around.is_some_and(|around| around.contains(point)) && shape.contains(point)
            })
        })
        .map(|(area, _)| area.id.clone())
        .collect()
}

/// Other names of a place that mean nothing else.
fn other_names(spots: &[&Spot], around: &Around<'_>, taken: &HashSet<String>) -> BTreeSet<String> {
    let languages = &around.network.languages;
    spots
        .iter()
        .flat_map(|spot| {
            let translated = spot.names.translations.iter();
            let spoken = translated.filter(|(code, _)| languages.contains(code));
            spot.names.others.iter().chain(spoken.map(|(_, name)| name))
        })
        .filter(|name| {
            let key = folded(name);
            let is_word = key.split(' ').all(|word| around.words.contains(word));
            !is_short(&key)
                && !is_word
                && !taken.contains(&key)
                && key != folded(&spots[0].names.name)
        })
        .cloned()
        .collect()
}

/// The street beside a point.
fn beside<'a>(point: Point, around: &'a Around<'_>) -> Option<&'a NewStreet> {
    let (at, ..) = around
        .near
        .nearest(around.map.flat(point), BESIDE, |_| true)?;
    around.network.streets.get(at)
}

/// "alepa mannerheimintie", "cub foods lake", "cub foods on lake st".
fn apart(names: &Names, by: &str, signs: &Signs) -> BTreeSet<String> {
    let (street, _) = signs.street(by, 0);
    let name = &names.name;
    let mut streets = vec![by];
    if street.base != folded(by) && street.base.chars().any(char::is_alphabetic) {
        streets.push(&street.base);
    }
    streets
        .into_iter()
        .flat_map(|street| [format!("{name} {street}"), format!("{name} on {street}")])
        .collect()
}

/// An alias that two places share means neither.
fn drop_shared_aliases(places: &mut [NewPlace]) {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for place in places.iter() {
        let keys: BTreeSet<String> = [&place.name]
            .into_iter()
            .chain(&place.aliases)
            .map(|name| folded(name))
            .collect();
        for key in keys {
            *counts.entry(key).or_default() += 1;
        }
    }
    for place in places {
        place
            .aliases
            .retain(|alias| counts.get(&folded(alias)).is_none_or(|count| *count < 2));
    }
}
