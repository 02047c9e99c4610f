//! A new city as the text of its files.

use std::collections::BTreeSet;

use csv::Writer;

use super::{
    areas::{town_of, towns},
    collected::{Feature, NewArea},
    places::NewPlace,
    streets::StreetNet,
};
use crate::domain::place::{FlatMap, ImportedTexts, Point};

const MADE: &str = "# Made by `tocsin city import`, which writes over it. Corrections belong into areas.toml and landmarks.toml.\n";
const SOURCE: &str = "# Contains data from OpenStreetMap, (c) its contributors, under the Open Database License 1.0: openstreetmap.org/copyright\n";

/// Five decimals are a meter.
fn degrees(value: f64) -> String {
    let text = format!("{value:.5}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

fn pair(point: &Point) -> String {
    format!("{} {}", degrees(point.lat), degrees(point.lon))
}

fn path(points: &[Point]) -> String {
    let mut pairs: Vec<String> = points.iter().map(pair).collect();
    pairs.dedup();
    pairs.join(";")
}

/// A file of rows under a header.
fn table<const N: usize>(
    is_osm: bool,
    header: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    // Writing into memory does not fail.
    let _ = writer.write_record(header);
    for row in rows {
        let _ = writer.write_record(row);
    }
    let rows = writer.into_inner().unwrap_or_default();
    let source = if is_osm { SOURCE } else { "" };
    format!("{MADE}{source}{}", String::from_utf8_lossy(&rows))
}

fn joined(names: &BTreeSet<String>) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.join("|")
}

/// The files that the gazetteer reads. `section_of` says in which town each street lies.
pub(super) fn texts(
    areas: &[NewArea],
    network: &StreetNet,
    section_of: &[String],
    places: &[NewPlace],
    is_osm: bool,
) -> ImportedTexts {
    let borders = areas.iter().flat_map(|area| {
        area.polygons
            .iter()
            .enumerate()
            .flat_map(move |(polygon, rings)| {
                rings.iter().enumerate().map(move |(ring, points)| {
                    [
                        area.id.clone(),
                        polygon.to_string(),
                        ring.to_string(),
                        path(points),
                    ]
                })
            })
    });
    let streets = network.streets.iter().enumerate().map(|(at, street)| {
        let lines: Vec<String> = street.lines.iter().map(|line| path(line)).collect();
        let houses: Vec<String> = street
            .houses
            .iter()
            .map(|(number, point)| format!("{number} {}", pair(point)))
            .collect();
        [
            (at + 1).to_string(),
            section_of.get(at).cloned().unwrap_or_default(),
            street.name.clone(),
            joined(&street.aliases),
            lines.join("|"),
            houses.join(";"),
        ]
    });
    let corners = network.corners.iter().map(|(one, other, point)| {
        [
            (one + 1).to_string(),
            (other + 1).to_string(),
            degrees(point.lat),
            degrees(point.lon),
        ]
    });
    let places = places.iter().map(|place| {
        [
            place.name.clone(),
            degrees(place.point.lat),
            degrees(place.point.lon),
            joined(&place.aliases),
            place.areas.join("|"),
        ]
    });
    ImportedTexts {
        borders: table(false, ["area", "polygon", "ring", "path"], borders),
        streets: table(
            is_osm,
            ["street", "section", "name", "aliases", "path", "houses"],
            streets,
        ),
        corners: table(is_osm, ["street", "cross", "lat", "lon"], corners),
        places: table(is_osm, ["name", "lat", "lon", "aliases", "areas"], places),
    }
}

/// Rivers, shores and railways, for `tocsin city check` alone.
pub(super) fn features(features: &[Feature], map: FlatMap) -> String {
    use geo::Simplify;
    let mut rows: Vec<[String; 3]> = features
        .iter()
        .filter(|feature| feature.points.len() > 1)
        .map(|feature| {
            let line: geo::LineString<f64> = feature
                .points
                .iter()
                .map(|point| map.flat(*point))
                .collect();
            let light: Vec<Point> = line
                .simplify(5.0)
                .points()
                .map(|point| map.globe(point))
                .collect();
            [feature.kind.to_owned(), feature.name.clone(), path(&light)]
        })
        .collect();
    rows.sort();
    rows.dedup();
    table(true, ["kind", "name", "path"], rows.into_iter())
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn list<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<String> = names.map(|name| quoted(name)).collect();
    format!("[{}]", names.join(", "))
}

/// What `areas.toml` begins with.
pub(super) struct Head<'a> {
    pub city: &'a str,
    pub time_zone: &'a str,
    pub everyday: &'a BTreeSet<String>,
    pub street_words: &'a BTreeSet<String>,
    pub numbers_after: bool,
}

/// A new `areas.toml`, for the operator to go on with.
pub(super) fn areas_toml(head: &Head<'_>, areas: &[NewArea]) -> String {
    let mut text = format!(
        "# The areas of {city}. This file is yours: a later import adds new areas and sections, and changes nothing else.\n\
         # Borders are in imported/borders.csv; an area with a border of its own here, [[lat, lon], ...], does not need one there.\n\n\
         [city]\nname = {name}\ntime_zone = {zone}\n\
         # Names of streets or areas that are also everyday words: alone they mean nothing, beside another street they do.\n\
         everyday = {everyday}\n\
         # Words for a kind of street that people leave out: \"street\", \"rue\". Found in the data; correct them.\n\
         street_words = {words}\n\
         # Other forms of the end of a name, where a language has them: endings = {{ katu = [\"kadun\", \"kadulla\"] }}\n\
         # Whether house numbers stand behind the street (Mannerheimintie 12) or before it (2781 15th Ave).\n\
         numbers_after = {after}\n",
        city = head.city,
        name = quoted(head.city),
        zone = quoted(head.time_zone),
        everyday = list(head.everyday.iter()),
        words = list(head.street_words.iter()),
        after = head.numbers_after,
    );
    for town in towns(areas, head.city) {
        text.push_str(&section_entry(&town));
    }
    for area in areas {
        text.push_str(&area_entry(area, head.city));
    }
    text
}

/// One town or city.
pub(super) fn section_entry(town: &str) -> String {
    format!(
        "\n[[section]]\nid = {0}\nname = {0}\ncity = {0}\n",
        quoted(town)
    )
}

/// One area.
pub(super) fn area_entry(area: &NewArea, city: &str) -> String {
    format!(
        "\n[[area]]\nid = {}\nname = {}\nsection = {}\naliases = {}\n",
        quoted(&area.id),
        quoted(&area.name),
        quoted(town_of(area, city)),
        list(area.aliases.iter()),
    )
}

/// A new `landmarks.toml`.
pub(super) const LANDMARKS_TOML: &str = "\
# Places that people name and the map does not have, or has under another name. This file is yours; no import changes it.
# A place belongs to every area within 90 m of its point, or to `areas` where it is larger than that.
#
# [[landmark]]
# name = \"Karmel Mall\"
# point = [44.9497, -93.2836]
# aliases = [\"karmel\", \"the somali mall\"]
";
