//! The areas of a new city: read, checked against each other, and made lighter.

use std::{collections::BTreeMap, fs, path::Path};

use geo::Simplify;

use super::{
    Import,
    collected::{NewArea, flat_polygons},
    geojson, table, whole,
};
use crate::domain::{
    parse::tokens::folded,
    place::{FlatMap, Point, Rings},
    problem::Problem,
};

/// Borders may move by so many metres to become lighter; reports count within 75 m.
const TOLERANCE: f64 = 2.0;

/// Reads the areas, from CSV or GeoJSON as the file is named.
pub(super) fn read(options: &Import, problems: &mut Vec<Problem>) -> Vec<NewArea> {
    let path = options.areas.as_path();
    let is_table = path.extension().is_some_and(|ending| ending == "csv");
    let mut areas = if is_table {
        table::areas(path, problems)
    } else {
        match fs::read_to_string(path) {
            Ok(text) => geojson::areas(path, &text, options, problems),
            Err(error) => {
                problems.push(whole(path, format!("cannot be read: {error}")));
                Vec::new()
            }
        }
    };
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for area in &areas {
        *seen.entry(&area.id).or_default() += 1;
    }
    for (id, times) in seen.into_iter().filter(|(_, times)| *times > 1) {
        let message = format!(
            "{times} areas have the id `{id}`: say --id and a property that differs, or give them names that differ"
        );
        problems.push(whole(path, message));
    }
    areas.sort_by(|a, b| a.id.cmp(&b.id));
    for area in &mut areas {
        area.polygons = area.polygons.iter().filter_map(lighter).collect();
    }
    areas
}

/// An id from a name: `Etu-Töölö` → `etu-toolo`.
pub(super) fn slug(name: &str) -> String {
    folded(name)
        .replace('&', "and")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join("-")
}

/// A polygon with fewer points; holes too small to matter are left out.
fn lighter(rings: &Rings) -> Option<Rings> {
    let first: Point = *rings.first()?.first()?;
    let map = FlatMap::around(first);
    let polygons = flat_polygons(std::slice::from_ref(rings), map);
    let polygon = polygons.iter().next()?;
    let polygon = polygon.simplify(TOLERANCE);
    let ring = |line: &geo::LineString<f64>| -> Vec<Point> {
        let mut points: Vec<Point> = line.points().map(|point| map.globe(point)).collect();
        points.pop();
        points
    };
    let mut light = vec![ring(polygon.exterior())];
    light.extend(polygon.interiors().iter().map(ring));
    let is_whole = light.first().is_some_and(|outside| outside.len() >= 3);
    light.retain(|ring| ring.len() >= 3);
    if is_whole {
        Some(light)
    } else {
        Some(rings.clone())
    }
}

/// The towns of the areas, in order; one with the city's name where none is said.
pub(super) fn towns(areas: &[NewArea], city: &str) -> Vec<String> {
    let mut towns: Vec<String> = areas
        .iter()
        .map(|area| town_of(area, city).to_owned())
        .collect();
    towns.sort();
    towns.dedup();
    towns
}

/// The town of an area.
pub(super) fn town_of<'a>(area: &'a NewArea, city: &'a str) -> &'a str {
    if area.town.is_empty() {
        city
    } else {
        &area.town
    }
}

/// Whether a name could be a folder's.
pub(super) fn is_folder_name(city: &str, cities: &Path) -> Result<(), Problem> {
    let is_good = !city.is_empty()
        && city
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if is_good {
        Ok(())
    } else {
        let message =
            format!("`{city}` cannot name a folder here: use small letters, digits, hyphens");
        Err(whole(cities, message))
    }
}
