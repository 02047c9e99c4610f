//! The gazetteer: the areas, streets and landmarks of one city, and what they say about a name or a point.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jiff::tz::TimeZone;

use crate::domain::{
    directory::Area,
    ids::AreaId,
    parse::tokens::{Token, folded},
    place::{
        AreaInfo, GazetteerProblem, ImportedTexts, Point,
        area::{Drawn, FlatMap},
        load,
        phrases::Phrases,
        spelling::Spelling,
        street::{Section, Street},
        variants,
        zips::zip_in,
    },
    slips::{self, Outline},
};

/// A corner or block belongs to every area within so many metres.
pub(crate) const NEAR_CORNER: f64 = 75.0;
/// A named place belongs to every area within so many metres.
pub(crate) const NEAR_LANDMARK: f64 = 90.0;
/// Areas so near, in metres, are the primary ones.
pub(crate) const PRIMARY: f64 = 20.0;

/// A place with a name.
#[derive(Debug, Clone)]
pub(crate) struct Landmark {
    pub name: String,
    pub aliases: Vec<String>,
    pub point: Point,
    /// Given where the place is too large for a point.
    pub areas: Option<Vec<AreaId>>,
}

/// A name of an area as it is compared with what people write.
#[derive(Debug, Clone)]
struct AreaKey {
    /// Whose: its place among the areas.
    at: usize,
    key: String,
    outline: Outline,
    /// Whether it is the name itself, not an alias.
    is_name: bool,
}

/// The areas, streets and landmarks of one city.
#[derive(Debug, Clone)]
pub struct Gazetteer {
    city: String,
    time_zone: TimeZone,
    pub(crate) sections: Vec<Section>,
    pub(crate) streets: Vec<Street>,
    pub(crate) areas: Vec<Drawn>,
    pub(crate) landmarks: Vec<Landmark>,
    pub(crate) map: FlatMap,
    /// Names that are also everyday words.
    pub(crate) everyday: HashSet<String>,
    pub(crate) street_names: Phrases<usize>,
    /// "26th" → every street with that number.
    pub(crate) ordinals: HashMap<u32, Vec<usize>>,
    pub(crate) landmark_names: Phrases<usize>,
    pub(crate) area_names: Phrases<usize>,
    /// "lake" → every street of that base.
    pub(crate) by_base: HashMap<String, Vec<usize>>,
    /// "over north" → the sections it may mean.
    pub(crate) section_names: Phrases<usize>,
    pub(crate) street_spelling: Spelling,
    /// First words of landmarks and areas.
    pub(crate) name_spelling: Spelling,
    /// Whether house numbers stand behind the street: "Mannerheimintie 12".
    pub(crate) numbers_after: bool,
    area_keys: Vec<AreaKey>,
    /// Zip codes and their areas, the largest part first.
    pub(crate) zips: Vec<(String, Vec<AreaId>)>,
}

impl Gazetteer {
    /// Reads the files of a city. All problems are told at once.
    ///
    /// # Errors
    /// Where a file cannot be read as what it should be, or names what is not there.
    pub fn load(
        areas_toml: &str,
        streets_csv: &str,
        landmarks_toml: &str,
    ) -> Result<Self, Vec<GazetteerProblem>> {
        load::gazetteer(areas_toml, streets_csv, landmarks_toml, None)
    }

    /// Reads the files of a city that was imported from a map, with what its people wrote by hand beside it.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_imported(
        areas_toml: &str,
        streets_csv: &str,
        landmarks_toml: &str,
        imported: &ImportedTexts,
    ) -> Result<Self, Vec<GazetteerProblem>> {
        load::gazetteer(areas_toml, streets_csv, landmarks_toml, Some(imported))
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "called once, by load, with all that it read"
    )]
    pub(crate) fn build(
        city: String,
        time_zone: TimeZone,
        everyday: &[String],
        sections: Vec<Section>,
        streets: Vec<Street>,
        areas: Vec<Drawn>,
        landmarks: Vec<Landmark>,
        map: FlatMap,
    ) -> Self {
        let mut street_names = Phrases::default();
        let mut ordinals: HashMap<u32, Vec<usize>> = HashMap::new();
        let mut by_base: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, street) in streets.iter().enumerate() {
            by_base.entry(street.base.clone()).or_default().push(at);
            match street.ordinal {
                Some(ordinal) => ordinals.entry(ordinal).or_default().push(at),
                None => street_names.add(&street.base, at),
            }
            for alias in street
                .aliases
                .iter()
                .filter(|alias| folded(alias) != street.base)
            {
                street_names.add(alias, at);
            }
        }
        let mut landmark_names = Phrases::default();
        for (at, landmark) in landmarks.iter().enumerate() {
            for name in variants::of_landmark(&landmark.name, &landmark.aliases) {
                landmark_names.add(&name, at);
            }
        }
        let mut section_names = Phrases::default();
        for (at, section) in sections.iter().enumerate() {
            for name in &section.names {
                section_names.add(name, at);
            }
        }
        let mut area_names = Phrases::default();
        let mut area_keys = Vec::new();
        for (at, area) in areas.iter().enumerate() {
            let names = [&area.info.name].into_iter().chain(&area.info.aliases);
            area_keys.extend(names.enumerate().map(|(nth, name)| {
                let key = name_key(name);
                AreaKey {
                    at,
                    outline: Outline::of(&key),
                    key,
                    is_name: nth == 0,
                }
            }));
            for name in [&area.info.name].into_iter().chain(&area.info.aliases) {
                area_names.add(name, at);
            }
        }
        let street_words = streets.iter().filter(|street| street.ordinal.is_none());
        let street_spelling = Spelling::new(
            street_words.filter_map(|street| street.base.split(' ').next().map(str::to_owned)),
        );
        let name_spelling = Spelling::new(
            landmark_names
                .first_words()
                .chain(area_names.first_words())
                .cloned(),
        );
        let mut city = Self {
            by_base,
            section_names,
            street_spelling,
            name_spelling,
            city,
            time_zone,
            sections,
            streets,
            areas,
            landmarks,
            map,
            everyday: everyday.iter().map(|word| folded(word)).collect(),
            street_names,
            ordinals,
            landmark_names,
            area_names,
            numbers_after: false,
            area_keys,
            zips: Vec::new(),
        };
        city.zips = city.zips_of_areas();
        city
    }

    /// What the city is called.
    #[must_use]
    pub fn city(&self) -> &str {
        &self.city
    }

    /// The city's time zone.
    #[must_use]
    pub fn time_zone(&self) -> TimeZone {
        self.time_zone.clone()
    }

    /// Every area, in the order of the file.
    pub fn areas(&self) -> impl Iterator<Item = (&AreaId, &AreaInfo)> {
        self.areas.iter().map(|area| (&area.id, &area.info))
    }

    /// The areas that share a border with this one, or nearly so (75 m).
    #[must_use]
    pub fn adjacent(&self, area: &AreaId) -> BTreeSet<AreaId> {
        let Some(area) = self.areas.iter().find(|known| &known.id == area) else {
            return BTreeSet::new();
        };
        self.areas
            .iter()
            .filter(|other| other.id != area.id && area.is_beside(other, NEAR_CORNER))
            .map(|other| other.id.clone())
            .collect()
    }

    /// Every area with its name and neighbors, for the [`Directory`](crate::domain::directory::Directory).
    #[must_use]
    pub fn directory_areas(&self) -> BTreeMap<AreaId, Area> {
        self.areas
            .iter()
            .map(|area| {
                (
                    area.id.clone(),
                    Area {
                        name: area.info.name.clone(),
                        short: area.info.short.clone(),
                        adjacent: self.adjacent(&area.id),
                    },
                )
            })
            .collect()
    }

    /// The areas within so many metres of a point, nearest first.
    #[must_use]
    pub fn areas_at(&self, point: Point, metres: f64) -> Vec<AreaId> {
        let mut near: Vec<(f64, &AreaId)> = self
            .areas
            .iter()
            .filter_map(|area| Some((area.metres_to(point, self.map, metres)?, &area.id)))
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)));
        near.into_iter().map(|(_, id)| id.clone()).collect()
    }

    /// The areas that a person may mean by a name, an alias or a zip code; an exact name comes alone.
    #[must_use]
    pub fn area_named(&self, text: &str) -> Vec<AreaId> {
        if let Some(zip) = zip_in(text) {
            return self.areas_of_zip(zip).to_vec();
        }
        let wanted = name_key(text);
        if wanted.is_empty() {
            return Vec::new();
        }
        let named = |is_meant: &dyn Fn(&AreaKey) -> bool| -> Vec<AreaId> {
            let mut found: Vec<usize> = self
                .area_keys
                .iter()
                .filter(|key| is_meant(key))
                .map(|key| key.at)
                .collect();
            found.dedup();
            found
                .into_iter()
                .filter_map(|at| self.areas.get(at))
                .map(|area| area.id.clone())
                .collect()
        };
        let is_id = self
            .areas
            .iter()
            .find(|area| area.id.as_str() == text.trim());
        if let Some(area) = is_id {
            return vec![area.id.clone()];
        }
        let exact = named(&|key| key.is_name && key.key == wanted);
        if !exact.is_empty() {
            return exact;
        }
        let alias = named(&|key| key.key == wanted);
        if !alias.is_empty() {
            return alias;
        }
        let most = 1 + wanted.len() / 10;
        let outline = Outline::of(&wanted);
        named(&|key| {
            wanted.len() >= 6
                && key.outline.may_be_within(outline, most)
                && slips::are_within(&key.key, &wanted, most)
        })
    }

    /// Whether a street's or area's name is also an everyday word.
    pub(crate) fn is_everyday(&self, words: &str) -> bool {
        self.everyday.contains(words)
    }

    /// Whether the name of one of the cities begins at a token: "st paul" is no street type.
    pub(crate) fn is_city_at(&self, tokens: &[Token], at: usize) -> bool {
        self.section_names
            .longest(tokens, at)
            .is_some_and(|(span, _)| span.to > at + 1)
    }

    /// The streets with the same base as one.
    pub(crate) fn namesakes(&self, at: usize) -> &[usize] {
        self.streets
            .get(at)
            .and_then(|street| self.by_base.get(&street.base))
            .map_or(&[], Vec::as_slice)
    }

    /// Metres from a point to the nearest of some areas; at most 20 km.
    pub(crate) fn metres_to_any(&self, point: Point, ids: &[AreaId]) -> f64 {
        const FAR: f64 = 20_000.0;
        self.areas
            .iter()
            .filter(|area| ids.contains(&area.id))
            .filter_map(|area| area.metres_to(point, self.map, FAR))
            .fold(FAR, f64::min)
    }
}

/// A name without case, accents, signs and the words that people add or leave out.
fn name_key(name: &str) -> String {
    folded(name)
        .split(' ')
        .filter(|word| {
            !matches!(
                *word,
                "&" | "the" | "neighborhood" | "barrio" | "mpls" | "minneapolis"
            )
        })
        .map(|word| if word == "saint" { "st" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}
