//! `[community]`: who runs this bot, for whom, and the city it names.

use std::{collections::BTreeSet, path::Path};

use jiff::tz::TimeZone;

use super::{
    Config,
    areas::{City, check_language},
    reader::Section,
};
use crate::domain::problem::Problem;

/// `[community]`.
#[derive(Debug, Clone)]
pub struct Community {
    /// What the bot calls the community it speaks for.
    pub name: String,
    /// The folder of its city in `bot-config/cities`.
    pub city: String,
    /// Said in every alert.
    pub legal_hotline: Option<String>,
    /// The language of rooms that name none.
    pub language: String,
    /// The zone in which times are told; the city's, unless said otherwise.
    pub time_zone: TimeZone,
}

/// A community's name is said in a text message: there must be room for the rest.
const LONGEST_NAME: usize = 40;

/// `[community]`, and the city it names.
pub(super) fn community(
    root: &Section,
    dir: &Path,
    languages: &BTreeSet<String>,
    problems: &mut Vec<Problem>,
) -> (Community, City) {
    let defaults = Config::playground().community;
    let Some(section) = root.section("community") else {
        root.problem(
            "community",
            "is missing: write a section [community] with the name and city of your community",
        );
        return (defaults, City::default());
    };
    let name = section
        .needed("name", "write what your community calls itself")
        .unwrap_or_default();
    if name.chars().count() > LONGEST_NAME {
        section.problem(
            "name",
            format!("is too long for a text message: at most {LONGEST_NAME} letters"),
        );
    }
    let city = city(&section, dir, problems);
    let language = section.text("language").unwrap_or(defaults.language);
    check_language(&section, &language, languages);
    let legal_hotline = hotline(&section);
    let time_zone = time_zone(&section).or_else(|| city.zone.clone());
    let community = Community {
        name,
        city: section.text("city").unwrap_or(defaults.city),
        legal_hotline,
        language,
        time_zone: time_zone.unwrap_or(defaults.time_zone),
    };
    section.done();
    (community, city)
}

/// The city named in the section; its folder must be there.
fn city(section: &Section, dir: &Path, problems: &mut Vec<Problem>) -> City {
    let hint = "write the name of a folder in cities/, such as \"twin-cities\"";
    let Some(name) = section.needed("city", hint) else {
        return City::default();
    };
    let folder = dir.join("cities").join(&name);
    if !folder.is_dir() {
        section.problem("city", format!("there is no folder {}", folder.display()));
        return City::default();
    }
    City::read(&folder, problems)
}

fn time_zone(section: &Section) -> Option<TimeZone> {
    let name = section.text("time_zone")?;
    let zone = TimeZone::get(&name).ok();
    if zone.is_none() {
        section.problem(
            "time_zone",
            format!("`{name}` is not a time zone: write \"America/Chicago\" or the like"),
        );
    }
    zone
}

fn hotline(section: &Section) -> Option<String> {
    let hotline = section.text("legal_hotline");
    match &hotline {
        None => section.warning(
            "legal_hotline",
            "is missing: every alert should carry the number of legal help",
        ),
        Some(number) if number.chars().count() > 20 => {
            section.problem(
                "legal_hotline",
                "is too long for a text message: write only the number",
            );
        }
        Some(_) => {}
    }
    hotline
}
