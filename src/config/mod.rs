//! Reads `bot-config/`: TOML, secrets from files or the environment, all problems at once.
//!
//! | file | what |
//! |---|---|
//! | `tocsin.toml` | community, store, web, platforms, rooms, people. Without it the playground runs |
//! | `playground.toml` | the pretend town of the playground; a text that the playground reads |
//! | `policy.toml` | the rules a community tunes; may be left out |
//! | `rooms.toml` | the rooms that `setup` makes for a neighborhood; may be left out |
//! | `doors.toml` | where doors lead by hand; may be left out |
//! | `services.toml` | organizations that help, for `who food`; may be left out |
//! | `cities/<city>/` | areas, streets, landmarks: texts that the gazetteer reads |
//! | `lexicon/<language>.toml` | words that the parser knows: texts that the parser reads |
//! | `holds/<language>.toml` | what holds messages back for moderators |
//!
//! Paths in these files are relative to the directory in which tocsin is started. Secrets never stand in TOML: `*_file`
//! names a file that only its owner can read, or the environment has them: `TOCSIN_MATRIX_PASSWORD`, `TOCSIN_MATRIX_TOKEN`,
//! `TOCSIN_MATRIX_RECOVERY_PASSPHRASE`, `TOCSIN_MODEL_KEY`, `TOCSIN_GATE_PASSWORD`, `TOCSIN_GATE_SIGNING_KEY`, `TOCSIN_TWILIO_AUTH_TOKEN`,
//! `TOCSIN_TWILIO_SHARED_KEYS`, `TOCSIN_STORE_PASSWORD`, `TOCSIN_STORE_URL`; `TOCSIN_WEB_LISTEN` moves the web server.

mod areas;
mod community;
mod doors;
mod holds;
mod lexicon;
mod model;
mod on_call;
mod people;
pub mod platforms;
mod policy;
mod reader;
mod rooms;
mod secrets;
mod services;
pub mod signal;
pub mod sms;
pub mod smsgate;
mod store;

use std::{
    collections::BTreeSet,
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use jiff::tz::TimeZone;
use secrecy::SecretString;

pub(crate) use self::areas::IMPORTED;
pub use self::{
    areas::CityFiles, community::Community, lexicon::LexiconFile, model::ModelConfig,
    store::StoreConfig,
};
use self::{
    areas::{City, Surroundings},
    platforms::MatrixConfig,
    reader::{Reading, Section},
    secrets::Environment,
    signal::SignalConfig,
    sms::SmsConfig,
};
use crate::domain::{
    directory::Directory, door::Lead, envelope::PlatformKind, hold::HoldRules, ids::AreaId,
    policy::Policy, problem::Problem, services::Organizations, split::Blueprint,
};

/// Everything an operator decides.
#[derive(Debug, Clone)]
pub struct Config {
    /// `[community]`: who runs this bot, for whom.
    pub community: Community,
    /// `[store]`: where incidents, effects and checkpoints are kept.
    pub store: StoreConfig,
    /// The community's secret key; it is made at the first start. Keep a copy elsewhere: without it the database is lost.
    pub key_file: PathBuf,
    /// The keys of the areas; made at the first start, changed when an area is shredded. The same on every machine.
    pub area_keys_file: PathBuf,
    /// Where the store, the key and the platforms' sessions lie, unless said otherwise.
    pub data_dir: PathBuf,
    /// The folder of what the bot says.
    pub prompts_dir: PathBuf,
    /// `[web]`: the server for health, metrics and pages.
    pub web: WebConfig,
    /// `[matrix]`, if the bot has an account there.
    pub matrix: Option<MatrixConfig>,
    /// `[signal]`, if the bot has an account there.
    pub signal: Option<SignalConfig>,
    /// `[sms]`, if people can text the bot.
    pub sms: Option<SmsConfig>,
    /// `[model]`, if a language model may fill what the rules leave empty.
    pub model: Option<ModelConfig>,
    /// Whether the playground runs: when no platform is configured.
    pub playground: bool,
    /// `playground.toml`, where the playground runs: its plan has the rooms and people then.
    pub town: Option<TownFile>,
    /// Areas, rooms and people.
    pub directory: Directory,
    /// `policy.toml`.
    pub policy: Policy,
    /// The city's files; [`CityFiles::gazetteer`] reads them.
    pub city: CityFiles,
    /// The lexicons; with the city's files [`Config::reader`] makes the parser of them.
    pub lexicon: Vec<LexiconFile>,
    /// What holds messages back for moderators.
    pub holds: HoldRules,
    /// What is probably a mistake but does not stop the start.
    pub warnings: Vec<Problem>,
}

/// `playground.toml`, for the playground to read.
#[derive(Debug, Clone)]
pub struct TownFile {
    /// Where it is.
    pub path: PathBuf,
    /// What stands in it.
    pub text: String,
}

/// `[web]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebConfig {
    /// The address the server listens on.
    pub listen: SocketAddr,
    /// The address under which people and providers reach it from outside, without a slash at the end; that of `[sms]` where it
    /// is only said there.
    pub public_url: Option<String>,
}

impl Default for WebConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
        }
    }
}

/// The folder in `prompts` that is no language: what a language model is told.
const MODEL_PROMPTS: &str = "llm";

const NO_PLATFORM: &str = "no platform is configured that these could be on: write a section [matrix] or [signal], or take them out to \
    start the playground";

impl Config {
    /// Reads a folder such as `bot-config`. Without a `tocsin.toml` in it the playground is configured.
    ///
    /// # Errors
    /// Every problem there is, in the order of files and lines.
    pub fn load(dir: &Path) -> Result<Self, Vec<Problem>> {
        Self::load_with(dir, &|name| std::env::var(name).ok())
    }

    /// [`Config::load`], asking `environment` for variables.
    ///
    /// # Errors
    /// Every problem there is, in the order of files and lines.
    pub fn load_with(
        dir: &Path,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Vec<Problem>> {
        if !dir.is_dir() {
            let message = "is not a folder: start tocsin in the folder that holds it, or name it with --config";
            return Err(vec![Problem::of_file(dir.display().to_string(), message)]);
        }
        let mut problems = Vec::new();
        let main = dir.join("tocsin.toml");
        let (mut config, city) = match read_text(&main, &mut problems) {
            Some(text) => load_main(dir, &main, &text, environment, &mut problems),
            None => playground_in(dir, &mut problems),
        };
        config.lexicon = lexicon::read(&dir.join("lexicon"), &mut problems);
        config.holds = holds::read(&dir.join("holds"), &mut problems);
        config.policy = load_policy(&dir.join("policy.toml"), &city, &mut problems);
        config.directory.blueprints = load_blueprints(&dir.join("rooms.toml"), &mut problems);
        config.directory.doors = load_doors(&dir.join("doors.toml"), &city, &mut problems);
        config.directory.services = load_services(&dir.join("services.toml"), &city, &mut problems);
        config.web.listen = listen_from(environment, config.web.listen, &mut problems);
        if config.playground {
            config.town = town(&dir.join("playground.toml"), &mut problems);
        }
        config.city = city.files;
        config.directory.areas = city.areas;
        if problems.is_empty() {
            Ok(config)
        } else {
            problems.sort();
            problems.dedup();
            Err(problems)
        }
    }

    /// The playground on embedded SQLite, before any file is read.
    #[must_use]
    pub fn playground() -> Self {
        let data_dir = PathBuf::from("data/playground");
        Self {
            community: Community {
                name: "Twin Cities playground".to_owned(),
                city: "twin-cities".to_owned(),
                legal_hotline: Some("612-555-0100".to_owned()),
                language: "en".to_owned(),
                time_zone: TimeZone::get("America/Chicago").unwrap_or(TimeZone::UTC),
            },
            store: StoreConfig {
                url: SecretString::from(store::sqlite_in(&data_dir)),
            },
            key_file: data_dir.join("tocsin.key"),
            area_keys_file: data_dir.join("tocsin.areas"),
            data_dir,
            prompts_dir: PathBuf::from("prompts"),
            web: WebConfig::default(),
            matrix: None,
            signal: None,
            sms: None,
            model: None,
            playground: true,
            town: None,
            directory: Directory::default(),
            policy: Policy::default(),
            city: CityFiles::default(),
            lexicon: Vec::new(),
            holds: HoldRules::default(),
            warnings: Vec::new(),
        }
    }
}

fn playground_in(dir: &Path, problems: &mut Vec<Problem>) -> (Config, City) {
    let mut config = Config::playground();
    let city = City::read(&dir.join("cities").join(&config.community.city), problems);
    if let Some(zone) = &city.zone {
        config.community.time_zone = zone.clone();
    }
    (config, city)
}

fn load_main(
    dir: &Path,
    path: &Path,
    text: &str,
    environment: Environment,
    problems: &mut Vec<Problem>,
) -> (Config, City) {
    let reading = Reading::new(path, text);
    let table = reading.parse();
    let root = reading.root(&table);
    let (config, city) = read_main(&root, dir, environment, problems);
    root.done();
    let (found, warnings) = reading.into_found();
    problems.extend(found);
    (Config { warnings, ..config }, city)
}

fn read_main(
    root: &Section,
    dir: &Path,
    environment: Environment,
    problems: &mut Vec<Problem>,
) -> (Config, City) {
    let data_dir = PathBuf::from(root.text("data_dir").unwrap_or_else(|| "data".to_owned()));
    let prompts_dir = PathBuf::from(
        root.text("prompts_dir")
            .unwrap_or_else(|| "prompts".to_owned()),
    );
    let languages = languages_in(&prompts_dir);
    let (community, city) = community::community(root, dir, &languages, problems);
    let matrix = root
        .section("matrix")
        .map(|section| platforms::matrix(section, &data_dir, environment));
    let model = root
        .section("model")
        .and_then(|section| model::model(section, environment));
    let is_playground = ["matrix", "signal", "sms"]
        .into_iter()
        .all(|platform| !root.has(platform));
    let mut web = web(root, is_playground);
    let has_signal = root.has("signal");
    let signal = root
        .section("signal")
        .and_then(|section| signal::signal(section, &data_dir));
    let has_sms = root.has("sms");
    let sms = root
        .section("sms")
        .and_then(|section| sms::sms(section, environment, web.public_url.as_deref()));
    web.public_url = web
        .public_url
        .or_else(|| sms.as_ref().map(|sms| sms.public_url.clone()));
    let platforms: Vec<_> = [
        (matrix.is_some(), PlatformKind::Matrix),
        (has_signal, PlatformKind::Signal),
        (has_sms, PlatformKind::Sms),
    ]
    .into_iter()
    .filter_map(|(is_there, kind)| is_there.then_some(kind))
    .collect();
    let playground = platforms.is_empty();
    for list in ["rooms", "people", "oncall"] {
        if playground && root.has(list) {
            root.problem(list, NO_PLATFORM);
        }
    }
    let around = Surroundings {
        city: &city,
        platforms,
        languages: &languages,
        language: &community.language,
    };
    let directory = Directory {
        rooms: areas::rooms(root, &around),
        people: people::people(root, &around),
        on_call: on_call::on_call(root, &around),
        ..Directory::default()
    };
    let config = Config {
        store: store::store(root, &data_dir, environment),
        key_file: key_file(root, "key_file", data_dir.join("tocsin.key")),
        area_keys_file: key_file(root, "area_keys_file", data_dir.join("tocsin.areas")),
        web,
        community,
        data_dir,
        prompts_dir,
        matrix,
        signal,
        sms,
        model,
        playground,
        town: None,
        directory,
        policy: Policy::default(),
        city: CityFiles::default(),
        lexicon: Vec::new(),
        holds: HoldRules::default(),
        warnings: Vec::new(),
    };
    (config, city)
}

/// `key_file` and `area_keys_file`: may be missing before the first start, but nobody else may read them.
fn key_file(root: &Section, name: &'static str, usual: PathBuf) -> PathBuf {
    let path = root.text(name).map_or(usual, PathBuf::from);
    if path.exists()
        && let Err(message) = secrets::only_its_owner_reads(&path)
    {
        root.problem(name, message);
    }
    path
}

/// `[web]`.
fn web(root: &Section, playground: bool) -> WebConfig {
    let Some(section) = root.section("web") else {
        return WebConfig::default();
    };
    let listen = section
        .parsed(
            "listen",
            "an address with a port, such as \"127.0.0.1:8080\"",
        )
        .unwrap_or(WebConfig::default().listen);
    if playground && !listen.ip().is_loopback() {
        section.warning(
            "listen",
            "opens the playground to everyone who can reach this machine",
        );
    }
    let public_url = section
        .text("public_url")
        .map(|url| url.trim_end_matches('/').to_owned())
        .filter(|url| sms::is_good_url(&section, "public_url", url));
    section.done();
    WebConfig { listen, public_url }
}

/// `TOCSIN_WEB_LISTEN` wins over the file: a container knows better where it can be reached.
fn listen_from(
    environment: Environment,
    listen: SocketAddr,
    problems: &mut Vec<Problem>,
) -> SocketAddr {
    const VARIABLE: &str = "TOCSIN_WEB_LISTEN";
    match environment(VARIABLE).map(|text| text.parse()) {
        None => listen,
        Some(Ok(listen)) => listen,
        Some(Err(_)) => {
            let message = "is not an address with a port, such as 127.0.0.1:8080";
            problems.push(Problem::of_file(VARIABLE, message));
            listen
        }
    }
}

fn town(path: &Path, problems: &mut Vec<Problem>) -> Option<TownFile> {
    let text = read_text(path, problems);
    if text.is_none() {
        let message =
            "is missing: it describes the playground, which runs while no platform is configured";
        problems.push(Problem::of_file(path.display().to_string(), message));
    }
    Some(TownFile {
        path: path.to_owned(),
        text: text?,
    })
}

fn load_policy(path: &Path, city: &City, problems: &mut Vec<Problem>) -> Policy {
    let Some(text) = read_text(path, problems) else {
        return Policy::default();
    };
    let reading = Reading::new(path, &text);
    let table = reading.parse();
    let policy = policy::policy(reading.root(&table), city);
    problems.extend(reading.into_found().0);
    policy
}

fn load_blueprints(path: &Path, problems: &mut Vec<Problem>) -> Vec<Blueprint> {
    let Some(text) = read_text(path, problems) else {
        return Vec::new();
    };
    let reading = Reading::new(path, &text);
    let table = reading.parse();
    let root = reading.root(&table);
    let blueprints = rooms::blueprints(&root);
    root.done();
    problems.extend(reading.into_found().0);
    blueprints
}

fn load_doors(path: &Path, city: &City, problems: &mut Vec<Problem>) -> Vec<(AreaId, Lead)> {
    let Some(text) = read_text(path, problems) else {
        return Vec::new();
    };
    let reading = Reading::new(path, &text);
    let table = reading.parse();
    let root = reading.root(&table);
    let doors = doors::doors(&root, city);
    root.done();
    problems.extend(reading.into_found().0);
    doors
}

fn load_services(path: &Path, city: &City, problems: &mut Vec<Problem>) -> Organizations {
    let Some(text) = read_text(path, problems) else {
        return Organizations::default();
    };
    let reading = Reading::new(path, &text);
    let table = reading.parse();
    let root = reading.root(&table);
    let services = services::services(&root, city);
    root.done();
    problems.extend(reading.into_found().0);
    services
}

/// The languages that have prompts; empty where the folder cannot be read, which the phrasebook will say.
fn languages_in(prompts: &Path) -> BTreeSet<String> {
    let folders = fs::read_dir(prompts).into_iter().flatten().flatten();
    folders
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name != MODEL_PROMPTS)
        .collect()
}

/// The text of a file; `None` if there is no such file. One that cannot be read is a problem.
fn read_text(path: &Path, problems: &mut Vec<Problem>) -> Option<String> {
    match fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            problems.push(Problem::of_file(
                path.display().to_string(),
                format!("cannot be read: {error}"),
            ));
            None
        }
    }
}
