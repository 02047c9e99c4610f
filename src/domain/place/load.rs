//! Reads the three files of a city into a [`Gazetteer`], and says everything that is wrong with them at once.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use serde::Deserialize;
use toml::Spanned;

use crate::domain::{
    ids::AreaId,
    parse::tokens::folded,
    place::{
        Point,
        area::{AreaInfo, Drawn, FlatMap},
        gazetteer::{Gazetteer, Landmark},
        imported::{self, ImportedTexts, Rings},
        signs::Signs,
        street::{Runs, Section, Street},
    },
};

/// Something in a city's files that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GazetteerProblem {
    /// `areas.toml`, `streets.csv`, `landmarks.toml` or `zips.csv`.
    pub file: &'static str,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong, in one sentence.
    pub says: String,
}

impl fmt::Display for GazetteerProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.says),
            None => write!(f, "{}: {}", self.file, self.says),
        }
    }
}

const AREAS: &str = "areas.toml";
const STREETS: &str = "streets.csv";
const LANDMARKS: &str = "landmarks.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AreasFile {
    city: CityEntry,
    #[serde(default)]
    section: Vec<SectionEntry>,
    #[serde(default)]
    area: Vec<AreaEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CityEntry {
    name: String,
    time_zone: Spanned<String>,
    #[serde(default)]
    everyday: Vec<String>,
    #[serde(default)]
    street_words: Vec<String>,
    #[serde(default)]
    endings: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    numbers_after: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionEntry {
    id: String,
    name: String,
    city: String,
    #[serde(default)]
    suffix: Vec<String>,
    /// How people call it besides: "over north", "northside".
    #[serde(default)]
    aliases: Vec<String>,
    east_from: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaEntry {
    id: Spanned<String>,
    name: String,
    section: String,
    short: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    zips: Vec<String>,
    #[serde(default)]
    border: Vec<BorderPoint>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum BorderPoint {
    Corner(String),
    At([f64; 2]),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LandmarksFile {
    #[serde(default)]
    landmark: Vec<LandmarkEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LandmarkEntry {
    name: Spanned<String>,
    point: [f64; 2],
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    areas: Option<Vec<String>>,
}

/// The problems found so far.
pub(super) struct Problems(Vec<GazetteerProblem>);

impl Problems {
    pub(super) fn add(&mut self, file: &'static str, line: Option<usize>, says: String) {
        self.0.push(GazetteerProblem { file, line, says });
    }
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

/// Reads the files of a city.
pub(crate) fn gazetteer(
    areas_toml: &str,
    streets_csv: &str,
    landmarks_toml: &str,
    imported: Option<&ImportedTexts>,
) -> Result<Gazetteer, Vec<GazetteerProblem>> {
    let mut problems = Problems(Vec::new());
    let areas = read_toml::<AreasFile>(AREAS, areas_toml, &mut problems);
    let landmarks = read_toml::<LandmarksFile>(LANDMARKS, landmarks_toml, &mut problems);
    let (Some(areas), Some(landmarks)) = (areas, landmarks) else {
        return Err(problems.0);
    };
    let time_zone = jiff::tz::TimeZone::get(areas.city.time_zone.get_ref());
    if time_zone.is_err() {
        let line = line_at(areas_toml, areas.city.time_zone.span().start);
        problems.add(
            AREAS,
            Some(line),
            format!("there is no time zone {}", areas.city.time_zone.get_ref()),
        );
    }
    let mut sections: Vec<Section> = areas
        .section
        .into_iter()
        .map(|entry| Section {
            suffix: entry
                .suffix
                .iter()
                .map(|word| folded(word))
                .chain([folded(&entry.name)])
                .collect(),
            names: entry
                .aliases
                .iter()
                .cloned()
                .chain([entry.city.clone(), format!("{} {}", entry.name, entry.city)])
                .collect(),
            id: entry.id,
            city: entry.city,
            east_from: entry.east_from,
        })
        .collect();
    let mut streets = read_streets(streets_csv, &sections, &mut problems);
    let mut borders = BTreeMap::new();
    if let Some(texts) = imported {
        let signs = Signs {
            words: areas
                .city
                .street_words
                .iter()
                .map(|word| folded(word))
                .collect(),
            endings: areas
                .city
                .endings
                .into_iter()
                .map(|(ending, others)| {
                    (
                        folded(&ending),
                        others.iter().map(|other| folded(other)).collect(),
                    )
                })
                .collect(),
        };
        imported::streets(texts, &signs, &mut sections, &mut streets, &mut problems);
        borders = imported::borders(texts, &mut problems);
    }
    let map = FlatMap::around(
        streets
            .iter()
            .find_map(|street| street.lines.first()?.first().copied())
            .unwrap_or(Point {
                lat: 45.0,
                lon: -93.0,
            }),
    );
    let drawn = draw_areas(
        areas_toml,
        areas.area,
        &sections,
        &streets,
        &borders,
        map,
        &mut problems,
    );
    let mut landmarks = read_landmarks(landmarks_toml, landmarks, &drawn, &mut problems);
    if let Some(texts) = imported {
        landmarks.extend(imported::places(texts, &drawn, &mut problems));
    }
    match time_zone {
        Ok(time_zone) if problems.0.is_empty() => {
            let mut gazetteer = Gazetteer::build(
                areas.city.name,
                time_zone,
                &areas.city.everyday,
                sections,
                streets,
                drawn,
                landmarks,
                map,
            );
            gazetteer.numbers_after = areas.city.numbers_after;
            Ok(gazetteer)
        }
        _ => Err(problems.0),
    }
}

fn read_toml<T: serde::de::DeserializeOwned>(
    file: &'static str,
    text: &str,
    problems: &mut Problems,
) -> Option<T> {
    toml::from_str(text)
        .map_err(|error| {
            let line = error.span().map(|span| line_at(text, span.start));
            problems.add(file, line, error.message().to_owned());
        })
        .ok()
}

fn read_streets(csv: &str, sections: &[Section], problems: &mut Problems) -> Vec<Street> {
    let mut streets: Vec<Street> = Vec::new();
    let mut known: HashMap<(usize, String), usize> = HashMap::new();
    let lines = csv
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty());
    for (n, line) in lines.filter(|(_, line)| !line.starts_with("section,")) {
        match street(line, sections) {
            Ok(street) => match known.get(&(street.section, street.name.clone())) {
                Some(at) => {
                    if let Some(first) = streets.get_mut(*at) {
                        first.lines.extend(street.lines);
                        first.aliases.extend(street.aliases);
                    }
                }
                None => {
                    known.insert((street.section, street.name.clone()), streets.len());
                    streets.push(street);
                }
            },
            Err(says) => problems.add(STREETS, Some(n + 1), says),
        }
    }
    streets
}

/// One line: `section,street,runs,at,from,to,number,aliases,path`.
fn street(line: &str, sections: &[Section]) -> Result<Street, String> {
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    let &[section, name, runs, at, from, to, number, aliases, path] = fields.as_slice() else {
        return Err(format!(
            "a street has nine fields, this line has {}",
            fields.len()
        ));
    };
    let section = sections
        .iter()
        .position(|known| known.id == section)
        .ok_or_else(|| format!("there is no section {section}"))?;
    let degrees = |text: &str| {
        text.parse::<f64>()
            .map_err(|_| format!("{text:?} is not a number of degrees"))
    };
    let (runs, drawn) = match runs {
        "NS" => {
            let lon = degrees(at)?;
            (
                Runs::NorthSouth,
                vec![
                    Point {
                        lat: degrees(from)?,
                        lon,
                    },
                    Point {
                        lat: degrees(to)?,
                        lon,
                    },
                ],
            )
        }
        "EW" => {
            let lat = degrees(at)?;
            (
                Runs::EastWest,
                vec![
                    Point {
                        lat,
                        lon: degrees(from)?,
                    },
                    Point {
                        lat,
                        lon: degrees(to)?,
                    },
                ],
            )
        }
        "path" => (Runs::Winding, path_points(path)?),
        other => {
            return Err(format!(
                "a street runs NS, EW or along a path, not {other:?}"
            ));
        }
    };
    let mut street = Street::named(name, section, runs);
    street.lines.push(drawn);
    street.aliases = aliases
        .split('|')
        .map(str::trim)
        .filter(|alias| !alias.is_empty())
        .map(str::to_owned)
        .collect();
    if !number.is_empty() {
        street.number = Some(
            number
                .parse()
                .map_err(|_| format!("{number:?} is not a house number"))?,
        );
    }
    Ok(street)
}

fn path_points(path: &str) -> Result<Vec<Point>, String> {
    path.split(';')
        .map(|pair| {
            let mut degrees = pair.split_whitespace().map(str::parse::<f64>);
            match (degrees.next(), degrees.next(), degrees.next()) {
                (Some(Ok(lat)), Some(Ok(lon)), None) => Ok(Point { lat, lon }),
                _ => Err(format!("{pair:?} is not a latitude and a longitude")),
            }
        })
        .collect()
}

fn draw_areas(
    toml: &str,
    entries: Vec<AreaEntry>,
    sections: &[Section],
    streets: &[Street],
    imported: &BTreeMap<String, Vec<Rings>>,
    map: FlatMap,
    problems: &mut Problems,
) -> Vec<Drawn> {
    let mut drawn: Vec<Drawn> = Vec::new();
    for entry in entries {
        let line = Some(line_at(toml, entry.id.span().start));
        let id = entry.id.into_inner();
        let Some((section, known)) = sections
            .iter()
            .enumerate()
            .find(|(_, known)| known.id == entry.section)
        else {
            problems.add(
                AREAS,
                line,
                format!("{id}: there is no section {}", entry.section),
            );
            continue;
        };
        let mut border = Vec::new();
        for point in &entry.border {
            match point {
                BorderPoint::At([lat, lon]) => border.push(Point {
                    lat: *lat,
                    lon: *lon,
                }),
                BorderPoint::Corner(corner) => match corner_point(corner, section, streets) {
                    Some(point) => border.push(point),
                    None => problems.add(
                        AREAS,
                        line,
                        format!(
                            "{id}: no such corner in section {}: {corner}",
                            entry.section
                        ),
                    ),
                },
            }
        }
        let polygons = match imported.get(&id) {
            Some(polygons) if entry.border.is_empty() => polygons.clone(),
            _ => vec![vec![border]],
        };
        if polygons.iter().flatten().any(|ring| ring.len() < 3) {
            problems.add(
                AREAS,
                line,
                format!("{id}: a border has at least three points"),
            );
            continue;
        }
        if drawn.iter().any(|other| other.id.as_str() == id) {
            problems.add(AREAS, line, format!("{id} is there twice"));
            continue;
        }
        let info = AreaInfo {
            name: entry.name,
            short: entry.short,
            aliases: entry.aliases,
            zips: entry.zips,
            city: known.city.clone(),
        };
        drawn.push(Drawn::of(AreaId::new(id), info, &polygons, map));
    }
    drawn
}

/// The point of a corner as borders write it: "Lake & Cedar", "54th & 34th Ave".
fn corner_point(corner: &str, section: usize, streets: &[Street]) -> Option<Point> {
    let (one, other) = corner.split_once('&')?;
    let named = |text: &str| -> Vec<&Street> {
        let wanted = Street::named(text.trim(), section, Runs::Winding);
        let full = folded(text);
        streets
            .iter()
            .filter(|street| street.section == section)
            .filter(|street| {
                let by_base = street.base == wanted.base
                    && (wanted.kind.is_empty() || wanted.kind == street.kind);
                by_base || street.aliases.iter().any(|alias| folded(alias) == full)
            })
            .collect()
    };
    let others = named(other);
    named(one)
        .into_iter()
        .find_map(|a| others.iter().find_map(|b| a.crossing(b)))
}

fn read_landmarks(
    toml: &str,
    file: LandmarksFile,
    areas: &[Drawn],
    problems: &mut Problems,
) -> Vec<Landmark> {
    let mut landmarks = Vec::new();
    for entry in file.landmark {
        let line = Some(line_at(toml, entry.name.span().start));
        let [lat, lon] = entry.point;
        if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
            problems.add(
                LANDMARKS,
                line,
                format!(
                    "{} lies outside the world; a point is [lat, lon]",
                    entry.name.get_ref()
                ),
            );
        }
        for id in entry.areas.iter().flatten() {
            if !areas.iter().any(|area| area.id.as_str() == id) {
                problems.add(
                    LANDMARKS,
                    line,
                    format!("{}: there is no area {id}", entry.name.get_ref()),
                );
            }
        }
        landmarks.push(Landmark {
            name: entry.name.into_inner(),
            aliases: entry.aliases,
            point: Point { lat, lon },
            areas: entry
                .areas
                .map(|ids| ids.into_iter().map(AreaId::new).collect()),
        });
    }
    landmarks
}
