//! `tocsin city import`: reads areas and streets, makes a gazetteer of them, tries it, and only then writes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use geo::Contains;

use super::{
    Import, areas,
    collected::{Collected, NewArea, Window, flat_polygons},
    houses,
    near::Near,
    osm,
    places::{self, Around, Places},
    progress::Progress,
    streets::{self, StreetNet},
    summary, table, whole, words,
    written::{self, Head},
};
use crate::{
    config::{CityFiles, IMPORTED},
    domain::{
        parse::tokens::folded,
        place::{FlatMap, Signs},
        problem::Problem,
    },
};

/// The file of rivers and railways, which only `city check` reads.
pub(super) const FEATURES: &str = "features.csv";

/// Makes or renews a city; what is to be told of it.
pub(super) fn import(options: &Import, config: &Path) -> Result<Vec<String>, Vec<Problem>> {
    let cities = config.join("cities");
    areas::is_folder_name(&options.city, &cities).map_err(|problem| vec![problem])?;
    let dir = cities.join(&options.city);
    let mut problems = Vec::new();
    let new_areas = areas::read(options, &mut problems);
    let old = fs::read_to_string(dir.join("areas.toml")).ok();
    if old.is_none() && options.time_zone.is_none() {
        let message = "is a new city: say its time zone, such as --time-zone Europe/Helsinki";
        problems.push(whole(&dir, message));
    }
    if dir.join("streets.csv").is_file() && !dir.join(IMPORTED).is_dir() {
        let message =
            "is a city drawn by hand: import under another name and move what you want to keep";
        problems.push(whole(&dir, message));
    }
    let mut progress = Progress::new();
    let collected = collect(options, &new_areas, &mut progress, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    progress.doing("joining streets");
    let city = options
        .city_name
        .clone()
        .or_else(|| name_in(old.as_deref()?))
        .unwrap_or_else(|| titled(&options.city));
    let made = Made::of(city, config, new_areas, &collected);
    let texts = written::texts(
        &made.areas,
        &made.network,
        &made.sections,
        &made.places.places,
        options.osm.is_some(),
    );
    let head = Head {
        city: &made.city,
        time_zone: options.time_zone.as_deref().unwrap_or("UTC"),
        everyday: &made.everyday,
        street_words: &made.street_words,
        numbers_after: houses::are_after(&made.network.streets),
    };
    let (areas_toml, added) = match old {
        Some(old) => renewed(&old, &made, &dir)?,
        None => (written::areas_toml(&head, &made.areas), Vec::new()),
    };
    let files = CityFiles {
        dir: dir.clone(),
        areas: areas_toml,
        streets: fs::read_to_string(dir.join("streets.csv")).unwrap_or_default(),
        landmarks: fs::read_to_string(dir.join("landmarks.toml"))
            .unwrap_or_else(|_| written::LANDMARKS_TOML.to_owned()),
        zips: fs::read_to_string(dir.join("zips.csv")).unwrap_or_default(),
        imported: Some(texts),
    };
    files.gazetteer()?;
    drop(progress);
    let features = written::features(&collected.features, made.map);
    let is_changed = write(&files, &features, options)?;
    Ok(summary::lines(&made, &files, options, &added, is_changed))
}

/// Everything that was asked for, from the map and the tables.
fn collect(
    options: &Import,
    areas: &[NewArea],
    progress: &mut Progress,
    problems: &mut Vec<Problem>,
) -> Collected {
    let mut collected = Collected::default();
    // A large extract is not read for nothing.
    if let Some(path) = &options.osm
        && problems.is_empty()
    {
        match osm::collect(path, Window::around(areas), progress) {
            Ok(found) => collected = found,
            Err(problem) => problems.push(problem),
        }
        if problems.is_empty() && collected.pieces.is_empty() {
            let message = "has no named street near the areas: is it of the same city?";
            problems.push(whole(path, message));
        }
    }
    if let Some(path) = &options.streets {
        collected.cuts_are_corners = options.corners.is_none();
        table::streets(path, &mut collected, problems);
    }
    if let Some(path) = &options.corners {
        table::corners(path, &mut collected, problems);
    }
    if let Some(path) = &options.places {
        table::places(path, &mut collected, problems);
    }
    if options.osm.is_none() && options.streets.is_none() && options.corners.is_none() {
        let message = "nothing says where the streets are: give --osm, or --streets and --corners";
        problems.push(whole(&options.areas, message));
    }
    collected
}

/// The new city, before it is text.
pub(super) struct Made {
    pub city: String,
    pub areas: Vec<NewArea>,
    pub network: StreetNet,
    /// The town of each street.
    pub sections: Vec<String>,
    pub places: Places,
    pub street_words: BTreeSet<String>,
    pub everyday: BTreeSet<String>,
    pub map: FlatMap,
}

impl Made {
    fn of(city: String, config: &Path, areas: Vec<NewArea>, collected: &Collected) -> Self {
        let map = FlatMap::around(Window::around(&areas).middle());
        let mut network = streets::network(collected, map);
        let mut near = Near::default();
        for (at, street) in network.streets.iter().enumerate() {
            for line in &street.lines {
                let line: Vec<geo::Point<f64>> =
                    line.iter().map(|point| map.flat(*point)).collect();
                near.add(at, &line);
            }
        }
        houses::number(&mut network.streets, &collected.houses, &near, map);
        let names: BTreeSet<&str> = network
            .streets
            .iter()
            .map(|street| street.name.as_str())
            .collect();
        let street_words = words::street_words(&names);
        let signs = Signs {
            words: street_words.clone(),
            endings: BTreeMap::new(),
        };
        let words = words::in_lexicons(&config.join("lexicon"));
        let everyday = network
            .streets
            .iter()
            .flat_map(|street| [&street.name].into_iter().chain(&street.aliases))
            .map(|name| signs.street(name, 0).0.base)
            .chain(areas.iter().map(|area| folded(&area.name)))
            .filter(|name| !name.contains(' '))
            .filter(|name| words.contains(name) || name.chars().count() < 4)
            .filter(|name| !name.chars().any(|c| c.is_ascii_digit()) && !name.is_empty())
            .collect();
        let around = Around {
            network: &network,
            near: &near,
            signs: &signs,
            areas: &areas,
            city: &city,
            words: &words,
            map,
        };
        let places = places::places(&collected.spots, &around);
        let sections = sections(&network, &areas, &city, map);
        Self {
            city,
            areas,
            sections,
            network,
            places,
            street_words,
            everyday,
            map,
        }
    }
}

/// What an earlier `areas.toml` calls the city.
fn name_in(areas_toml: &str) -> Option<String> {
    let table: toml::Table = areas_toml.parse().ok()?;
    Some(table.get("city")?.get("name")?.as_str()?.to_owned())
}

/// `st-paul` → `St Paul`.
fn titled(folder: &str) -> String {
    let words = folder.split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect()
        })
    });
    words.collect::<Vec<String>>().join(" ")
}

/// In which town each street lies: that of the area around its middle, or the first.
fn sections(network: &StreetNet, areas: &[NewArea], city: &str, map: FlatMap) -> Vec<String> {
    let towns = areas::towns(areas, city);
    let first = towns.first().cloned().unwrap_or_default();
    if towns.len() < 2 {
        return vec![first; network.streets.len()];
    }
    let shapes: Vec<_> = areas
        .iter()
        .map(|area| (area, flat_polygons(&area.polygons, map)))
        .collect();
    network
        .streets
        .iter()
        .map(|street| {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for point in street.lines.iter().flatten() {
                let point = map.flat(*point);
                if let Some((area, _)) = shapes.iter().find(|(_, shape)| shape.contains(&point)) {
                    *counts.entry(areas::town_of(area, city)).or_default() += 1;
                }
            }
            let most = counts.into_iter().max_by_key(|(_, count)| *count);
            most.map_or_else(|| first.clone(), |(town, _)| town.to_owned())
        })
        .collect()
}

/// The operator's own `areas.toml` with the areas and sections that it does not have yet.
fn renewed(old: &str, made: &Made, dir: &Path) -> Result<(String, Vec<String>), Vec<Problem>> {
    let path = dir.join("areas.toml");
    let table: toml::Table = old
        .parse()
        .map_err(|error: toml::de::Error| vec![whole(&path, error.message())])?;
    let known = |list: &str| -> BTreeSet<String> {
        let entries = table.get(list).and_then(toml::Value::as_array);
        let ids = entries
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.get("id")?.as_str());
        ids.map(str::to_owned).collect()
    };
    let (sections, ids) = (known("section"), known("area"));
    let mut text = old.to_owned();
    for town in areas::towns(&made.areas, &made.city) {
        if !sections.contains(&town) {
            text.push_str(&written::section_entry(&town));
        }
    }
    let mut added = Vec::new();
    for area in made.areas.iter().filter(|area| !ids.contains(&area.id)) {
        text.push_str(&written::area_entry(area, &made.city));
        added.push(area.id.clone());
    }
    Ok((text, added))
}

/// Writes what has changed; whether anything has.
fn write(files: &CityFiles, features: &str, options: &Import) -> Result<bool, Vec<Problem>> {
    let none = Default::default();
    let texts = files.imported.as_ref().unwrap_or(&none);
    let folder = files.dir.join(IMPORTED);
    let made = [
        (folder.join("borders.csv"), texts.borders.as_str()),
        (folder.join("streets.csv"), &texts.streets),
        (folder.join("corners.csv"), &texts.corners),
        (folder.join("places.csv"), &texts.places),
        (folder.join(FEATURES), features),
    ];
    let is_there = |path: &Path, text: &str| fs::read_to_string(path).is_ok_and(|old| old == text);
    let own = [
        (files.dir.join("areas.toml"), files.areas.as_str()),
        (files.dir.join("landmarks.toml"), &files.landmarks),
    ];
    if made
        .iter()
        .chain(&own)
        .all(|(path, text)| is_there(path, text))
    {
        return Ok(false);
    }
    if folder.exists() && !options.force {
        let message = "is there already and would change: say --force to write over it; areas.toml and landmarks.toml are kept";
        return Err(vec![whole(&folder, message)]);
    }
    fs::create_dir_all(&folder)
        .map_err(|error| vec![whole(&folder, format!("cannot be made: {error}"))])?;
    for (path, text) in made.iter().chain(&own) {
        // First beside it: a full disk leaves the old file whole.
        let beside = path.with_extension("new");
        fs::write(&beside, text)
            .and_then(|()| fs::rename(&beside, path))
            .map_err(|error| vec![whole(path, format!("cannot be written: {error}"))])?;
    }
    Ok(true)
}
