//! Reads what `tocsin city import` made: streets with their own lines, corners and house numbers, borders, places.

use std::collections::BTreeMap;

use csv::StringRecord;

use crate::domain::{
    ids::AreaId,
    place::{
        Point,
        area::Drawn,
        gazetteer::Landmark,
        load::Problems,
        signs::{Signs, quarter_words},
        street::{Section, Street},
    },
};

/// The text of the files in a city's folder `imported`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportedTexts {
    /// `borders.csv`: the polygons of each area, `area,polygon,ring,path`.
    pub borders: String,
    /// `streets.csv`: `street,section,name,aliases,path,houses`.
    pub streets: String,
    /// `corners.csv`: which streets meet where, `street,cross,lat,lon`.
    pub corners: String,
    /// `places.csv`: `name,lat,lon,aliases,areas`.
    pub places: String,
}

/// An outside ring and its holes.
pub(crate) type Rings = Vec<Vec<Point>>;

const BORDERS: &str = "imported/borders.csv";
const STREETS: &str = "imported/streets.csv";
const CORNERS: &str = "imported/corners.csv";
const PLACES: &str = "imported/places.csv";

/// The rows of a file with their lines, where its header is as it should be.
fn rows(
    file: &'static str,
    text: &str,
    header: &[&str],
    problems: &mut Problems,
) -> Vec<(usize, StringRecord)> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let is_good = reader
        .headers()
        .is_ok_and(|found| found.iter().eq(header.iter().copied()));
    if !is_good {
        let says = format!("the first line must be {}", header.join(","));
        problems.add(file, None, says);
        return Vec::new();
    }
    let mut found = Vec::new();
    for record in reader.into_records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                found.push((usize::try_from(line).unwrap_or(0), record));
            }
            Err(error) => {
                let line = error.position().map(csv::Position::line);
                let line = line.and_then(|line| usize::try_from(line).ok());
                problems.add(file, line, format!("cannot be read: {error}"));
            }
        }
    }
    found
}

fn list(field: &str, by: char) -> impl Iterator<Item = &str> {
    field
        .split(by)
        .map(str::trim)
        .filter(|each| !each.is_empty())
}

/// "60.17 24.94".
fn point(pair: &str) -> Option<Point> {
    let (lat, lon) = pair.trim().split_once(' ')?;
    let (lat, lon) = (lat.parse().ok()?, lon.trim().parse().ok()?);
    is_on_earth(lat, lon).then_some(Point { lat, lon })
}

fn is_on_earth(lat: f64, lon: f64) -> bool {
    (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)
}

fn points(path: &str) -> Result<Vec<Point>, String> {
    list(path, ';')
        .map(|pair| {
            point(pair).ok_or_else(|| format!("{pair:?} is not a latitude and a longitude"))
        })
        .collect()
}

fn spot(lat: &str, lon: &str) -> Result<Point, String> {
    point(&format!("{lat} {lon}"))
        .ok_or_else(|| format!("{lat:?}, {lon:?} is not a latitude and a longitude"))
}

/// The polygons of each area.
pub(crate) fn borders(
    texts: &ImportedTexts,
    problems: &mut Problems,
) -> BTreeMap<String, Vec<Rings>> {
    let mut areas: BTreeMap<String, BTreeMap<u32, Rings>> = BTreeMap::new();
    let header = ["area", "polygon", "ring", "path"];
    for (line, row) in rows(BORDERS, &texts.borders, &header, problems) {
        let (area, polygon) = (&row[0], row[1].parse::<u32>());
        match (polygon, points(&row[3])) {
            (Ok(polygon), Ok(ring)) if ring.len() >= 3 => {
                let area = areas.entry(area.to_owned()).or_default();
                area.entry(polygon).or_default().push(ring);
            }
            (_, Err(says)) => problems.add(BORDERS, Some(line), says),
            (Err(_), _) => {
                let says = format!("{:?} does not number a polygon", &row[1]);
                problems.add(BORDERS, Some(line), says);
            }
            _ => problems.add(
                BORDERS,
                Some(line),
                format!("{area}: a border has at least three points"),
            ),
        }
    }
    areas
        .into_iter()
        .map(|(area, polygons)| (area, polygons.into_values().collect()))
        .collect()
}

/// Adds the streets and where they meet. A quarter behind a name makes a section of its own: "26th Avenue North".
pub(crate) fn streets(
    texts: &ImportedTexts,
    signs: &Signs,
    sections: &mut Vec<Section>,
    streets: &mut Vec<Street>,
    problems: &mut Problems,
) {
    let first = streets.len();
    let header = ["street", "section", "name", "aliases", "path", "houses"];
    for (line, row) in rows(STREETS, &texts.streets, &header, problems) {
        let at = streets.len();
        if row[0].parse() != Ok(at - first + 1) {
            let says = format!("streets are numbered in order: {}", at - first + 1);
            problems.add(STREETS, Some(line), says);
        }
        match street(&row, at, signs, sections) {
            Ok(street) => streets.push(street),
            Err(says) => problems.add(STREETS, Some(line), says),
        }
    }
    let header = ["street", "cross", "lat", "lon"];
    for (line, row) in rows(CORNERS, &texts.corners, &header, problems) {
        let at = |field: &str| {
            let at = field.parse::<usize>().ok()?.checked_sub(1)? + first;
            (at < streets.len()).then_some(at)
        };
        match (at(&row[0]), at(&row[1]), spot(&row[2], &row[3])) {
            (Some(one), Some(other), Ok(point)) => {
                for (here, there) in [(one, other), (other, one)] {
                    if let Some(street) = streets.get_mut(here) {
                        street.corners.push((there, point));
                    }
                }
            }
            (.., Err(says)) => problems.add(CORNERS, Some(line), says),
            _ => {
                let says = format!("there is no street {} or {}", &row[0], &row[1]);
                problems.add(CORNERS, Some(line), says);
            }
        }
    }
    for street in streets.iter_mut().skip(first) {
        street.corners.sort_by_key(|(other, _)| *other);
    }
}

fn street(
    row: &StringRecord,
    at: usize,
    signs: &Signs,
    sections: &mut Vec<Section>,
) -> Result<Street, String> {
    let section = sections
        .iter()
        .position(|known| known.id == row[1])
        .ok_or_else(|| format!("there is no section {}", &row[1]))?;
    let (mut street, quarter) = signs.street(&row[2], section);
    if let Some(quarter) = quarter {
        street.section = quarter_section(sections, section, quarter);
    }
    let aliases: Vec<&str> = list(&row[3], '|').collect();
    street.aliases = [&row[2]]
        .into_iter()
        .chain(aliases)
        .flat_map(|name| {
            let mut forms = signs.forms(name);
            let (other, _) = signs.street(name, section);
            if other.ordinal.is_none() {
                forms.push(other.base);
            }
            forms
        })
        .collect();
    street.aliases.sort();
    street.aliases.dedup();
    street.lines = list(&row[4], '|').map(points).collect::<Result<_, _>>()?;
    street.houses = list(&row[5], ';')
        .map(|house| {
            let bad = || format!("{house:?} is not a house number, a latitude and a longitude");
            let (number, at) = house.split_once(' ').ok_or_else(bad)?;
            Ok((
                number.parse().map_err(|_| bad())?,
                point(at).ok_or_else(bad)?,
            ))
        })
        .collect::<Result<_, String>>()?;
    street.mapped = Some(at);
    Ok(street)
}

/// The section of a quarter in another, made where it is not there.
fn quarter_section(sections: &mut Vec<Section>, of: usize, quarter: &str) -> usize {
    let (id, city) = sections.get(of).map_or_else(Default::default, |section| {
        (format!("{} {quarter}", section.id), section.city.clone())
    });
    if let Some(at) = sections.iter().position(|known| known.id == id) {
        return at;
    }
    sections.push(Section {
        id,
        city,
        suffix: quarter_words(quarter),
        names: Vec::new(),
        east_from: None,
    });
    sections.len() - 1
}

/// The named places.
pub(crate) fn places(
    texts: &ImportedTexts,
    areas: &[Drawn],
    problems: &mut Problems,
) -> Vec<Landmark> {
    let mut landmarks = Vec::new();
    let header = ["name", "lat", "lon", "aliases", "areas"];
    for (line, row) in rows(PLACES, &texts.places, &header, problems) {
        let ids: Vec<&str> = list(&row[4], '|').collect();
        for id in &ids {
            if !areas.iter().any(|area| area.id.as_str() == *id) {
                problems.add(PLACES, Some(line), format!("there is no area {id}"));
            }
        }
        match spot(&row[1], &row[2]) {
            Ok(point) => landmarks.push(Landmark {
                name: row[0].to_owned(),
                aliases: list(&row[3], '|').map(str::to_owned).collect(),
                point,
                areas: (!ids.is_empty()).then(|| ids.into_iter().map(AreaId::new).collect()),
            }),
            Err(says) => problems.add(PLACES, Some(line), says),
        }
    }
    landmarks
}
