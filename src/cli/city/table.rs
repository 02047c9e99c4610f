//! Areas, streets, corners and places from CSV that people write by hand or export from a spreadsheet.

use std::path::Path;

use csv::StringRecord;

use super::{
    areas::slug,
    collected::{Collected, NamedCorner, Names, NewArea, Piece, Spot},
    whole,
};
use crate::domain::{place::Point, problem::Problem};

/// A file's rows with named fields.
struct Rows<'a> {
    path: &'a Path,
    header: StringRecord,
    rows: Vec<(u32, StringRecord)>,
}

impl<'a> Rows<'a> {
    /// Reads a file. `needed` must be among its fields; a line that begins with # is passed over.
    fn read(path: &'a Path, needed: &[&str], problems: &mut Vec<Problem>) -> Option<Self> {
        let reader = csv::ReaderBuilder::new()
            .comment(Some(b'#'))
            .trim(csv::Trim::All)
            .flexible(true)
            .from_path(path);
        let mut reader = match reader {
            Ok(reader) => reader,
            Err(error) => {
                problems.push(whole(path, format!("cannot be read: {error}")));
                return None;
            }
        };
        let header: StringRecord = match reader.headers() {
            Ok(header) => header
                .iter()
                .map(|field| field.trim_start_matches('\u{feff}').to_lowercase())
                .collect(),
            Err(error) => {
                problems.push(whole(path, format!("cannot be read: {error}")));
                return None;
            }
        };
        let missing: Vec<&str> = needed
            .iter()
            .copied()
            .filter(|field| !header.iter().any(|known| known == *field))
            .collect();
        if !missing.is_empty() {
            let message = format!("its first line must name the field {}", missing.join(", "));
            problems.push(whole(path, message));
            return None;
        }
        let mut rows = Vec::new();
        for record in reader.into_records() {
            match record {
                Ok(record) => rows.push((line_of(record.position()).unwrap_or(0), record)),
                Err(error) => problems.push(Problem {
                    line: line_of(error.position()),
                    ..whole(path, format!("cannot be read: {error}"))
                }),
            }
        }
        Some(Self { path, header, rows })
    }

    fn get<'r>(&self, row: &'r StringRecord, field: &str) -> &'r str {
        self.header
            .iter()
            .position(|known| known == field)
            .and_then(|at| row.get(at))
            .unwrap_or("")
    }

    fn problem(&self, line: u32, message: impl Into<String>) -> Problem {
        Problem {
            line: Some(line),
            ..whole(self.path, message)
        }
    }

    fn point(&self, row: &StringRecord) -> Result<Point, String> {
        point(self.get(row, "lat"), self.get(row, "lon"))
    }
}

fn line_of(position: Option<&csv::Position>) -> Option<u32> {
    u32::try_from(position?.line()).ok()
}

fn point(lat: &str, lon: &str) -> Result<Point, String> {
    let bad = || format!("`{lat}`, `{lon}` is not a latitude and a longitude in degrees");
    let (Ok(lat), Ok(lon)) = (lat.parse::<f64>(), lon.parse::<f64>()) else {
        return Err(bad());
    };
    if lat.abs() <= 90.0 && lon.abs() <= 180.0 {
        Ok(Point { lat, lon })
    } else {
        Err(bad())
    }
}

/// "60.17 24.94; 60.18 24.95".
fn points(path: &str) -> Result<Vec<Point>, String> {
    path.split(';')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (lat, lon) = pair.split_once([' ', ',']).unwrap_or((pair, ""));
            point(lat.trim(), lon.trim())
        })
        .collect()
}

/// Names parted by ; or |.
pub(super) fn listed(text: &str) -> Vec<String> {
    text.split([';', '|'])
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `id,name,aliases,path`; rows of one id are polygons of one area.
pub(super) fn areas(path: &Path, problems: &mut Vec<Problem>) -> Vec<NewArea> {
    let mut areas: Vec<NewArea> = Vec::new();
    let Some(rows) = Rows::read(path, &["name", "path"], problems) else {
        return areas;
    };
    for (line, row) in &rows.rows {
        let name = rows.get(row, "name");
        let id = match rows.get(row, "id") {
            "" => slug(name),
            id => id.to_owned(),
        };
        let mut ring = match points(rows.get(row, "path")) {
            Ok(ring) => ring,
            Err(message) => {
                problems.push(rows.problem(*line, message));
                continue;
            }
        };
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        if name.is_empty() {
            problems.push(rows.problem(*line, "has no name"));
        } else if ring.len() < 3 {
            problems.push(rows.problem(*line, "a border has at least three points"));
        } else if let Some(known) = areas.iter_mut().find(|known| known.id == id) {
            known.polygons.push(vec![ring]);
        } else {
            areas.push(NewArea {
                id,
                name: name.to_owned(),
                aliases: listed(rows.get(row, "aliases")),
                town: rows.get(row, "town").to_owned(),
                polygons: vec![vec![ring]],
            });
        }
    }
    areas
}

/// `street,aliases,path`; rows of one street are pieces of it.
pub(super) fn streets(path: &Path, collected: &mut Collected, problems: &mut Vec<Problem>) {
    let Some(rows) = Rows::read(path, &["street", "path"], problems) else {
        return;
    };
    for (line, row) in &rows.rows {
        let name = rows.get(row, "street");
        match points(rows.get(row, "path")) {
            Ok(points) if !name.is_empty() => collected.pieces.push(Piece {
                names: Names {
                    name: name.to_owned(),
                    others: listed(rows.get(row, "aliases")).into_iter().collect(),
                    ..Names::default()
                },
                nodes: Vec::new(),
                points,
            }),
            Ok(_) => problems.push(rows.problem(*line, "has no name")),
            Err(message) => problems.push(rows.problem(*line, message)),
        }
    }
}

/// `street,cross,lat,lon`.
pub(super) fn corners(path: &Path, collected: &mut Collected, problems: &mut Vec<Problem>) {
    let Some(rows) = Rows::read(path, &["street", "cross", "lat", "lon"], problems) else {
        return;
    };
    for (line, row) in &rows.rows {
        let streets = [rows.get(row, "street"), rows.get(row, "cross")];
        match rows.point(row) {
            Ok(point) if streets.iter().all(|name| !name.is_empty()) => {
                collected.corners.push(NamedCorner {
                    streets: streets.map(str::to_owned),
                    point,
                });
            }
            Ok(_) => problems.push(rows.problem(*line, "a corner has two streets")),
            Err(message) => problems.push(rows.problem(*line, message)),
        }
    }
}

/// `name,lat,lon,aliases`.
pub(super) fn places(path: &Path, collected: &mut Collected, problems: &mut Vec<Problem>) {
    let Some(rows) = Rows::read(path, &["name", "lat", "lon"], problems) else {
        return;
    };
    for (line, row) in &rows.rows {
        let name = rows.get(row, "name");
        match rows.point(row) {
            Ok(point) if !name.is_empty() => collected.spots.push(Spot {
                names: Names {
                    name: name.to_owned(),
                    others: listed(rows.get(row, "aliases")).into_iter().collect(),
                    ..Names::default()
                },
                kind: rows.get(row, "kind").to_owned(),
                point,
                outline: Vec::new(),
            }),
            Ok(_) => problems.push(rows.problem(*line, "has no name")),
            Err(message) => problems.push(rows.problem(*line, message)),
        }
    }
}
