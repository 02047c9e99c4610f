//! `tocsin city check`: loads a city as the bot does, tells what is doubtful, and draws it.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use super::{
    Check,
    collected::Feature,
    counted, draw,
    findings::{Doubt, Finding, Seen},
    import::FEATURES,
    whole,
};
use crate::{
    config::{CityFiles, Config, IMPORTED},
    domain::{
        place::{Gazetteer, Point},
        problem::Problem,
    },
};

/// So many findings of a kind are told; the rest are counted and are on the map.
const TOLD: usize = 12;

/// Checks a city; what is to be told of it.
pub(super) fn check(options: &Check, config: &Path) -> Result<Vec<String>, Vec<Problem>> {
    let dir = folder(options, config)?;
    let started = Instant::now();
    let mut problems = Vec::new();
    let files = CityFiles::read(&dir, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let gazetteer = files.gazetteer()?;
    let load = started.elapsed();
    let seen = Seen::of(&gazetteer, features(&dir));
    let findings = seen.findings(&gazetteer, options.stretch);
    let corners: usize = seen
        .streets
        .iter()
        .filter_map(|street| street.corners)
        .sum();
    let corners = match corners / 2 {
        0 => "corners by their lines".to_owned(),
        corners => format!("{} corners", counted(corners)),
    };
    let mut lines = vec![format!(
        "good     {}: {} areas, {} streets, {corners}, {} landmarks; loaded in {} ms",
        gazetteer.city(),
        counted(seen.areas.len()),
        counted(seen.streets.len()),
        counted(seen.landmarks.len()),
        load.as_millis()
    )];
    lines.extend(zips(&gazetteer));
    lines.extend(told(&findings));
    if let Some(path) = &options.map {
        let page = draw::page(gazetteer.city(), &seen, &findings);
        fs::write(path, page)
            .map_err(|error| vec![whole(path, format!("cannot be written: {error}"))])?;
        lines.push(format!(
            "map      {}: open it in a browser; it needs nothing else",
            path.display()
        ));
    }
    Ok(lines)
}

/// The city's folder: as named, else the configured one.
fn folder(options: &Check, config: &Path) -> Result<PathBuf, Vec<Problem>> {
    let cities = config.join("cities");
    let dir = match &options.city {
        Some(city) => cities.join(city),
        None => Config::load(config)?.city.dir,
    };
    if dir.is_dir() {
        return Ok(dir);
    }
    let entries = fs::read_dir(&cities).into_iter().flatten().flatten();
    let mut known: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    known.sort();
    let message = format!("is not there; there is {}", known.join(", "));
    Err(vec![whole(&dir, message)])
}

/// Rivers, shores and railways, where an import found them.
fn features(dir: &Path) -> Vec<Feature> {
    let text = fs::read_to_string(dir.join(IMPORTED).join(FEATURES)).unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let point = |pair: &str| {
        let (lat, lon) = pair.split_once(' ')?;
        Some(Point {
            lat: lat.parse().ok()?,
            lon: lon.parse().ok()?,
        })
    };
    reader
        .records()
        .flatten()
        .filter(|row| row.len() == 3)
        .map(|row| Feature {
            kind: if &row[0] == "rail" { "rail" } else { "water" },
            name: row[1].to_owned(),
            points: row[2].split(';').filter_map(point).collect(),
        })
        .collect()
}

/// Whether people can name every area by its zip code; nothing where a city has no codes.
fn zips(gazetteer: &Gazetteer) -> Option<String> {
    let (codes, left_out) = gazetteer.zip_cover();
    match left_out.as_slice() {
        _ if codes == 0 => None,
        [] => Some(format!("good     {codes} zip codes lead to every area")),
        some => {
            let some: Vec<&str> = some.iter().map(|id| id.as_str()).collect();
            Some(format!(
                "doubtful no zip code leads to {}: zips.csv lists them",
                some.join(", ")
            ))
        }
    }
}

/// The findings as lines, with what is well where there are none.
fn told(findings: &[Finding]) -> Vec<String> {
    const KINDS: [(Doubt, &str, &str); 6] = [
        (Doubt::Overlap, "no two areas overlap", "overlaps"),
        (Doubt::Gap, "no land between areas is left out", "gaps"),
        (Doubt::Name, "every name and alias means one area", "names"),
        (
            Doubt::Border,
            "borders between areas follow streets, rivers or railways",
            "borders",
        ),
        (
            Doubt::Landmark,
            "every landmark lies in an area",
            "landmarks",
        ),
        (Doubt::Street, "every street crosses another", "streets"),
    ];
    let mut lines = Vec::new();
    for (doubt, well, many) in KINDS {
        let of: Vec<&Finding> = findings.iter().filter(|each| each.doubt == doubt).collect();
        if of.is_empty() {
            lines.push(format!("good     {well}"));
        }
        for finding in of.iter().take(TOLD) {
            let at = match finding
                .shape
                .first()
                .and_then(|line| line.get(line.len() / 2))
            {
                Some(point) => format!(" ({:.5}, {:.5})", point.lat, point.lon),
                None => String::new(),
            };
            lines.push(format!("doubtful {}{at}", finding.says));
        }
        if of.len() > TOLD {
            lines.push(format!(
                "doubtful … and {} more {many}; the map shows all",
                counted(of.len() - TOLD)
            ));
        }
    }
    lines
}
