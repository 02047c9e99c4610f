//! `tocsin city`: brings in any city from open data, checks it and draws it.
//!
//! ```text
//! geojson, table   areas, and streets, corners and places without OpenStreetMap
//! osm              the same from an extract, in two passes over the file
//! streets, corners, houses, places, words   raw ways and points → what the gazetteer keeps
//! import           all of it, written as a folder that the bot loads
//! check, draw      what is wrong with a city, and a map to look at
//! ```

mod areas;
mod check;
mod collected;
mod corners;
mod draw;
mod findings;
mod geojson;
mod houses;
mod import;
mod near;
mod osm;
mod osm_names;
mod places;
mod progress;
mod streets;
mod summary;
mod table;
mod words;
mod written;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::domain::problem::Problem;

/// What to do with a city.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum CityCommand {
    /// Makes a city's folder from areas in GeoJSON or CSV and streets from an OpenStreetMap extract or CSV.
    Import(Box<Import>),
    /// Shows overlaps, gaps, borders along no street, and other doubts; draws a map of the city.
    Check(Check),
}

/// `tocsin city import`.
#[derive(Debug, Clone, clap::Args)]
pub struct Import {
    /// The city's folder in cities: small letters, digits and hyphens, such as helsinki.
    pub city: String,
    /// The areas: a GeoJSON file of polygons in degrees, or CSV with id,name,aliases,path.
    #[arg(long)]
    pub areas: PathBuf,
    /// An OpenStreetMap extract (.osm.pbf): streets, corners, house numbers, places.
    #[arg(long)]
    pub osm: Option<PathBuf>,
    /// Streets as CSV: street,aliases,path.
    #[arg(long)]
    pub streets: Option<PathBuf>,
    /// Corners as CSV: street,cross,lat,lon.
    #[arg(long)]
    pub corners: Option<PathBuf>,
    /// Places as CSV: name,lat,lon,aliases.
    #[arg(long)]
    pub places: Option<PathBuf>,
    /// The city's time zone, such as Europe/Helsinki; needed once.
    #[arg(long)]
    pub time_zone: Option<String>,
    /// What the city is called, if not as its folder.
    #[arg(long)]
    pub city_name: Option<String>,
    /// The property of a feature that is its id.
    #[arg(long, default_value = "id")]
    pub id: String,
    /// The property of a feature that is its name.
    #[arg(long, default_value = "name")]
    pub name: String,
    /// The property of a feature with its other names: a list, or a text parted by ; or |.
    #[arg(long, default_value = "aliases")]
    pub aliases: String,
    /// The property of a feature that says in which city or town it lies, where the areas are of several.
    #[arg(long)]
    pub town: Option<String>,
    /// Writes over what an earlier import made. Files written by hand are kept in any case.
    #[arg(long)]
    pub force: bool,
}

/// `tocsin city check`.
#[derive(Debug, Clone, clap::Args)]
pub struct Check {
    /// The city's folder in cities; the configured city unless named.
    pub city: Option<String>,
    /// Draws the city into this HTML file.
    #[arg(long)]
    pub map: Option<PathBuf>,
    /// Borders may leave every known street for so many metres before it is told.
    #[arg(long, default_value_t = 300.0)]
    pub stretch: f64,
}

/// Does it, and prints what came of it.
#[must_use]
pub fn run(command: &CityCommand, config: &Path) -> ExitCode {
    let done = match command {
        CityCommand::Import(options) => import::import(options, config),
        CityCommand::Check(options) => check::check(options, config),
    };
    match done {
        Ok(told) => {
            let mut out = std::io::stdout().lock();
            for line in told {
                // Whoever reads may have seen enough: `| head`.
                let _ = writeln!(out, "{line}");
            }
            ExitCode::SUCCESS
        }
        Err(problems) => {
            for problem in &problems {
                eprintln!("{problem}");
            }
            eprintln!("tocsin: {} problem(s) above", problems.len());
            ExitCode::FAILURE
        }
    }
}

/// A problem with a file as a whole.
fn whole(path: &Path, message: impl Into<String>) -> Problem {
    Problem::of_file(path.display().to_string(), message)
}

/// 12345 as 12,345.
fn counted(number: usize) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}
