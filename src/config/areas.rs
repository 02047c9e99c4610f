//! The city's files, the ids of its areas, and the rooms that serve them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use jiff::tz::TimeZone;

use super::{
    reader::{Section, suggestion},
    signal,
};
use crate::domain::{
    directory::{Area, Purpose, Room},
    envelope::{PlatformKind, RoomRef},
    ids::AreaId,
    place::{Gazetteer, ImportedTexts},
    problem::Problem,
};

/// The folder of what `tocsin city import` makes.
pub(crate) const IMPORTED: &str = "imported";

/// The text of a city's files, for the gazetteer to read; empty where a file is not there.
#[derive(Debug, Clone, Default)]
pub struct CityFiles {
    /// `bot-config/cities/<city>`.
    pub dir: PathBuf,
    /// `areas.toml`.
    pub areas: String,
    /// `streets.csv`.
    pub streets: String,
    /// `landmarks.toml`.
    pub landmarks: String,
    /// `zips.csv`: which areas a zip code covers.
    pub zips: String,
    /// The folder `imported`, where `tocsin city import` made one.
    pub imported: Option<ImportedTexts>,
}

impl CityFiles {
    /// Reads the files in a city's folder; what cannot be read becomes a problem. Beside `imported`, streets and landmarks
    /// of one's own may be left out.
    pub(crate) fn read(dir: &Path, problems: &mut Vec<Problem>) -> Self {
        let is_imported = dir.join(IMPORTED).is_dir();
        let mut text = |name: &str, is_needed: bool| {
            let path = dir.join(name);
            fs::read_to_string(&path).unwrap_or_else(|error| {
                if is_needed || error.kind() != std::io::ErrorKind::NotFound {
                    let message = format!("cannot be read: {error}");
                    problems.push(Problem::of_file(path.display().to_string(), message));
                }
                String::new()
            })
        };
        Self {
            dir: dir.to_owned(),
            areas: text("areas.toml", true),
            streets: text("streets.csv", !is_imported),
            landmarks: text("landmarks.toml", !is_imported),
            zips: text("zips.csv", false),
            imported: is_imported.then(|| ImportedTexts {
                borders: text("imported/borders.csv", true),
                streets: text("imported/streets.csv", true),
                corners: text("imported/corners.csv", true),
                places: text("imported/places.csv", true),
            }),
        }
    }

    /// The gazetteer in these files.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn gazetteer(&self) -> Result<Gazetteer, Vec<Problem>> {
        let loaded = match &self.imported {
            Some(imported) => {
                Gazetteer::load_imported(&self.areas, &self.streets, &self.landmarks, imported)
            }
            None => Gazetteer::load(&self.areas, &self.streets, &self.landmarks),
        };
        loaded
            .and_then(|city| city.with_zips(&self.zips))
            .map_err(|found| {
                found
                    .into_iter()
                    .map(|found| Problem {
                        line: found.line.and_then(|line| u32::try_from(line).ok()),
                        ..Problem::of_file(
                            self.dir.join(found.file).display().to_string(),
                            found.says,
                        )
                    })
                    .collect()
            })
    }
}

/// What the rest of the config needs to know of a city.
#[derive(Default)]
pub(super) struct City {
    pub files: CityFiles,
    pub areas: BTreeMap<AreaId, Area>,
    pub zone: Option<TimeZone>,
}

impl City {
    /// Reads a city's files; what is missing or broken becomes a problem.
    pub(super) fn read(dir: &Path, problems: &mut Vec<Problem>) -> Self {
        let before = problems.len();
        let files = CityFiles::read(dir, problems);
        let known = problems.len();
        let mut city = Self {
            files,
            ..Self::default()
        };
        if known > before {
            return city;
        }
        match city.files.gazetteer() {
            Ok(gazetteer) => {
                city.zone = Some(gazetteer.time_zone());
                city.areas = gazetteer.directory_areas();
            }
            Err(found) => problems.extend(found),
        }
        city
    }

    /// Whether there is such an area; notes a problem if not. Every id passes while the city itself cannot be read.
    pub(super) fn check_area(&self, section: &Section, key: &str, area: &str) {
        if self.areas.is_empty() || self.areas.contains_key(&AreaId::new(area)) {
            return;
        }
        let file = self.files.dir.join("areas.toml");
        let meant = suggestion(area, self.areas.keys().map(AreaId::as_str));
        section.problem(
            key,
            format!(
                "there is no area `{area}`{meant} {} lists them",
                file.display()
            ),
        );
    }

    /// The field `areas` of a section.
    pub(super) fn areas_of(&self, section: &Section) -> BTreeSet<AreaId> {
        let areas = section.texts("areas");
        for area in &areas {
            self.check_area(section, "areas", area);
        }
        areas.into_iter().map(AreaId::new).collect()
    }
}

const PURPOSES: [(&str, Purpose); 10] = [
    ("response", Purpose::Response),
    ("verifiers", Purpose::Verifiers),
    ("moderators", Purpose::Moderators),
    ("info", Purpose::Info),
    ("city", Purpose::City),
    ("aid", Purpose::Aid),
    ("shifts", Purpose::Shifts),
    ("planning", Purpose::Planning),
    ("liaison", Purpose::Liaison),
    ("space", Purpose::Space),
];

/// What rooms and people are read with.
pub(super) struct Surroundings<'a> {
    pub city: &'a City,
    /// Platforms that are configured; the first is meant where none is named.
    pub platforms: Vec<PlatformKind>,
    /// Languages there are prompts in.
    pub languages: &'a BTreeSet<String>,
    /// The language of rooms that name none.
    pub language: &'a str,
}

impl Surroundings<'_> {
    /// The field `platform` of a section.
    pub(super) fn platform_of(&self, section: &Section) -> PlatformKind {
        let all = [
            PlatformKind::Matrix,
            PlatformKind::Signal,
            PlatformKind::Sms,
        ];
        let named = section.choice("platform", &all.map(|kind| (kind.as_str(), kind)));
        let Some(first) = self.platforms.first() else {
            return PlatformKind::Playground;
        };
        let named = named.unwrap_or(*first);
        if !self.platforms.contains(&named) {
            section.problem(
                "platform",
                format!("`{named}` is not configured: write a [{named}] section"),
            );
        }
        named
    }

    /// The field `language` of a section.
    pub(super) fn language_of(&self, section: &Section) -> String {
        let language = section
            .text("language")
            .unwrap_or_else(|| self.language.to_owned());
        if section.has("language") {
            check_language(section, &language, self.languages);
        }
        language
    }
}

/// Notes a problem if there are no prompts in a language.
pub(super) fn check_language(section: &Section, language: &str, languages: &BTreeSet<String>) {
    if !languages.is_empty() && !languages.contains(language) {
        let known: Vec<_> = languages.iter().map(String::as_str).collect();
        section.problem(
            "language",
            format!(
                "there are no prompts in `{language}`: write one of {}",
                known.join(", ")
            ),
        );
    }
}

/// Reads every `[[rooms]]`.
pub(super) fn rooms(root: &Section, around: &Surroundings) -> Vec<Room> {
    let mut rooms: Vec<Room> = Vec::new();
    let mut first: BTreeMap<RoomRef, usize> = BTreeMap::new();
    for (index, section) in root.sections("rooms").into_iter().enumerate() {
        let room = room(&section, around);
        if let Some(room) = room {
            if let Some(earlier) = first.get(&room.room) {
                section.problem(
                    "room",
                    format!("is rooms[{earlier}] already: a room has one entry"),
                );
            } else {
                first.insert(room.room.clone(), index + 1);
                rooms.push(room);
            }
        }
        section.done();
    }
    warn_of_gaps(root, &rooms);
    rooms
}

fn room(section: &Section, around: &Surroundings) -> Option<Room> {
    let platform = around.platform_of(section);
    let id = section.needed(
        "room",
        "write the room's own id: on Matrix it begins with \"!\", of Signal groups `tocsin signal groups` lists them",
    );
    let name = section.needed("name", "write what moderators call it");
    if !section.has("purpose") {
        section.problem(
            "purpose",
            "is missing: write what the room is for, such as \"response\"",
        );
    }
    let purpose = section.choice("purpose", &PURPOSES);
    let areas = around.city.areas_of(section);
    let language = around.language_of(section);
    if areas.is_empty()
        && let Some(Purpose::Response | Purpose::Info | Purpose::Aid | Purpose::Shifts) = purpose
    {
        section.problem(
            "areas",
            "is missing: write the areas this room serves, [\"mpls/whittier\"]",
        );
    }
    let id = id.filter(|id| is_good_room(section, platform, id))?;
    Some(Room {
        room: RoomRef::new(platform, id),
        name: name?,
        purpose: purpose?,
        areas,
        language,
    })
}

fn is_good_room(section: &Section, platform: PlatformKind, id: &str) -> bool {
    if platform == PlatformKind::Sms {
        section.problem(
            "platform",
            "text messages have no rooms: people join by writing to the number. Take this entry out",
        );
        return false;
    }
    let problem = match platform {
        PlatformKind::Matrix if !id.starts_with('!') => format!(
            "`{id}` is not a room id: it begins with \"!\" (Element: room settings, Advanced, Internal room ID)"
        ),
        PlatformKind::Signal if !signal::is_group(id) => format!(
            "`{id}` is not a group's id: it has 44 letters and ends with \"=\" (`tocsin signal groups` lists them)"
        ),
        _ => return true,
    };
    section.problem("room", problem);
    false
}

/// Rooms that nobody watches over: allowed, but hardly meant.
fn warn_of_gaps(root: &Section, rooms: &[Room]) {
    if rooms.is_empty() {
        return;
    }
    if !rooms.iter().any(|room| room.purpose == Purpose::Moderators) {
        root.warning("rooms", "no room has the purpose \"moderators\": nobody is told when something cannot be delivered");
    }
    let watched = |area: &AreaId| {
        rooms.iter().any(|room| {
            room.purpose == Purpose::Verifiers && room.serves(std::slice::from_ref(area))
        })
    };
    let unwatched: BTreeSet<_> = rooms
        .iter()
        .filter(|room| room.purpose == Purpose::Response)
        .flat_map(|room| &room.areas)
        .filter(|area| !watched(area))
        .map(AreaId::as_str)
        .collect();
    if !unwatched.is_empty() {
        let list: Vec<_> = unwatched.into_iter().collect();
        root.warning(
            "rooms",
            format!(
                "no verifiers' room serves {}: reports there cannot be confirmed",
                list.join(", ")
            ),
        );
    }
}
