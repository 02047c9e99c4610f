//! The only file that names concrete adapters: opens, wires, stops in order.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    net::SocketAddr,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use axum::Router;
use secrecy::ExposeSecret;
use tracing::info;

use crate::{
    app::{App, Community, Parts, Suggest},
    clock::{Clock, SystemClock},
    config::Config,
    domain::{directory::Directory, envelope::PlatformKind, parse::Reader, problem::Problem},
    keyring::Keyring,
    phrasebook::Phrasebook,
    platforms::{
        Platform, Stop,
        playground::{Playground, TownPlan},
    },
    store::Store,
    web::Web,
};

/// Directives of the log filter that keep libraries from telling too much.
#[must_use]
pub fn quiet() -> String {
    #[cfg(feature = "matrix")]
    let platforms = crate::platforms::matrix::QUIET;
    #[cfg(not(feature = "matrix"))]
    let platforms = "";
    #[cfg(feature = "sms")]
    let sms = crate::platforms::sms::QUIET;
    #[cfg(not(feature = "sms"))]
    let sms = "";
    [crate::store::QUIET, platforms, sms].join(",")
}

/// How long open pages may keep the server from stopping.
const GRACE: Duration = Duration::from_secs(2);

/// How tocsin was called.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder of `tocsin.toml` and the city data.
    pub config: PathBuf,
    /// Overrides `[web] listen`.
    pub listen: Option<SocketAddr>,
}

/// What was read from files, before anything is opened.
pub struct Prepared {
    /// The settings.
    pub config: Config,
    /// Understands messages.
    pub reader: Reader,
    /// Says things.
    pub phrasebook: Phrasebook,
    /// The pretend town, when nothing else is configured.
    pub town: Option<TownPlan>,
}

/// Reads everything that is in files.
///
/// # Errors
/// Every problem in them at once.
pub fn prepare(dir: &Path) -> Result<Prepared, Vec<Problem>> {
    let config = Config::load(dir)?;
    let mut problems = Vec::new();
    let reader = config.reader().map_err(|more| problems.extend(more)).ok();
    let phrasebook = Phrasebook::load(&config.prompts_dir)
        .map_err(|more| problems.extend(more))
        .ok();
    let town = config.town.as_ref().and_then(|file| {
        TownPlan::load(&file.text)
            .map_err(|message| {
                problems.push(Problem::of_file(file.path.display().to_string(), message))
            })
            .ok()
    });
    match (reader, phrasebook) {
        (Some(reader), Some(phrasebook)) if problems.is_empty() => Ok(Prepared {
            config,
            reader,
            phrasebook,
            town,
        }),
        _ => Err(problems),
    }
}

/// Runs tocsin until `stop`.
///
/// # Errors
/// With a sentence for the operator, if it cannot start.
pub async fn run(prepared: Prepared, options: &Options, stop: Stop) -> anyhow::Result<()> {
    let Prepared {
        config,
        reader,
        phrasebook,
        town,
    } = prepared;
    let keyring = Keyring::from_hex(&key(&config.key_file)?)?;
    let store = open_store(&config).await?;
    store.check_key(&keyring.check_value()).await?;
    store.take_over().await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut directory = config.directory.clone();
    let mut platforms: BTreeMap<PlatformKind, Arc<dyn Platform>> = BTreeMap::new();
    let mut routes = Router::new();
    if let Some(town) = town {
        directory = Directory {
            rooms: town.rooms(),
            people: town.people(),
            ..Directory::default()
        };
        let playground = Playground::new(town, Arc::clone(&clock));
        routes = routes.merge(playground.routes());
        platforms.insert(PlatformKind::Playground, playground);
    }
    directory.areas = reader.gazetteer().directory_areas();
    add_matrix(&config, &keyring, &mut platforms)?;
    routes = routes.merge(add_sms(&config, &clock, &mut platforms)?);
    let web = Web::bind(options.listen.unwrap_or(config.web.listen)).await?;
    let address = web.address;
    let app = App::new(Parts {
        store: store.clone(),
        keyring,
        clock,
        phrasebook,
        community: Community {
            name: config.community.name.clone(),
            hotline: config.community.legal_hotline.clone(),
            language: config.community.language.clone(),
            zone: config.community.time_zone.clone(),
        },
        reader,
        directory,
        policy: config.policy.clone(),
        platforms,
        suggest: suggest(&config)?,
    })?;
    let app = Arc::new(app);
    let serving = tokio::spawn(web.serve(Arc::clone(&app), routes, stop.clone().cancelled_owned()));
    if config.playground {
        say(&format!(
            "tocsin playground: open http://{address}/ in a browser (Ctrl-C ends it)"
        ));
    } else {
        say(&format!(
            "tocsin runs; health and metrics on http://{address}/ (/healthz, /readyz, /metrics)"
        ));
    }
    app.run(stop).await;
    // Pages that stay open must not keep the program from ending.
    let _ = tokio::time::timeout(GRACE, serving).await;
    store.close().await;
    info!("stopped");
    Ok(())
}

/// One line for the person at the terminal.
fn say(line: &str) {
    // Nobody may be reading; that is no reason to stop.
    let _ = writeln!(std::io::stdout(), "{line}");
}

async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let url = config.store.url.expose_secret();
    let store = Store::open(url).await?;
    if !config.playground {
        return Ok(store);
    }
    // The pretend town forgets its chats when it stops; what was made of them must not outlive them.
    store.close().await;
    drop(store);
    let file = url.trim_start_matches("sqlite:");
    for suffix in ["", "-wal", "-shm"] {
        match fs::remove_file(format!("{file}{suffix}")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error)
                    .with_context(|| format!("Cannot start the town anew: remove {file}"));
            }
            _ => {}
        }
    }
    Ok(Store::open(url).await?)
}

#[cfg(feature = "matrix")]
fn add_matrix(
    config: &Config,
    keyring: &Keyring,
    platforms: &mut BTreeMap<PlatformKind, Arc<dyn Platform>>,
) -> anyhow::Result<()> {
    if let Some(matrix) = &config.matrix {
        let rooms = config.directory.rooms.iter().map(|room| room.room.clone());
        let rooms = rooms
            .filter(|room| room.platform == PlatformKind::Matrix)
            .collect();
        let platform = crate::platforms::matrix::Matrix::new(
            matrix.clone(),
            keyring.derive("matrix-store"),
            rooms,
        );
        platforms.insert(PlatformKind::Matrix, Arc::new(platform));
    }
    Ok(())
}

#[cfg(not(feature = "matrix"))]
fn add_matrix(
    config: &Config,
    _keyring: &Keyring,
    _platforms: &mut BTreeMap<PlatformKind, Arc<dyn Platform>>,
) -> anyhow::Result<()> {
    if config.matrix.is_some() {
        bail!(
            "tocsin.toml has a [matrix] section, but this tocsin was built without the cargo feature `matrix`"
        );
    }
    Ok(())
}

/// Text messages; what their provider posts to us is mounted on the web server.
#[cfg(feature = "sms")]
fn add_sms(
    config: &Config,
    clock: &Arc<dyn Clock>,
    platforms: &mut BTreeMap<PlatformKind, Arc<dyn Platform>>,
) -> anyhow::Result<Router> {
    use crate::{
        config::sms::Provider,
        platforms::sms::{Twilio, Waits},
    };
    let Some(sms) = &config.sms else {
        return Ok(Router::new());
    };
    match &sms.provider {
        Provider::Twilio(account) => {
            let clock = Arc::clone(clock);
            let platform = Twilio::new(sms.clone(), account.clone(), Waits::default(), clock)?;
            let routes = platform.routes();
            platforms.insert(PlatformKind::Sms, platform);
            Ok(routes)
        }
    }
}

#[cfg(not(feature = "sms"))]
fn add_sms(
    config: &Config,
    _clock: &Arc<dyn Clock>,
    _platforms: &mut BTreeMap<PlatformKind, Arc<dyn Platform>>,
) -> anyhow::Result<Router> {
    if config.sms.is_some() {
        bail!(
            "tocsin.toml has an [sms] section, but this tocsin was built without the cargo feature `sms`"
        );
    }
    Ok(Router::new())
}

/// What a configured language model suggests.
#[cfg(feature = "model")]
fn suggest(config: &Config) -> anyhow::Result<Option<Arc<Suggest>>> {
    let Some(settings) = &config.model else {
        return Ok(None);
    };
    let model = Arc::new(crate::model::Model::new(settings, &config.prompts_dir)?);
    Ok(Some(Arc::new(move |text: String| {
        let model = Arc::clone(&model);
        Box::pin(async move { model.suggest(&text).await })
    })))
}

#[cfg(not(feature = "model"))]
fn suggest(config: &Config) -> anyhow::Result<Option<Arc<Suggest>>> {
    if config.model.is_some() {
        bail!(
            "tocsin.toml has a [model] section, but this tocsin was built without the cargo feature `model`"
        );
    }
    Ok(None)
}

/// The community's key; made at the first start, readable by its owner only.
fn key(path: &Path) -> anyhow::Result<String> {
    let file = path.display();
    match fs::read_to_string(path) {
        Ok(text) => {
            let mode = fs::metadata(path)
                .with_context(|| format!("Cannot look at {file}"))?
                .permissions()
                .mode();
            if mode & 0o077 != 0 {
                bail!("The key {file} can be read by others: run chmod 600 {file}");
            }
            Ok(text)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make_key(path),
        Err(error) => Err(error).with_context(|| format!("Cannot read the key {file}")),
    }
}

fn make_key(path: &Path) -> anyhow::Result<String> {
    let file = path.display();
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("Cannot make the folder {}", folder.display()))?;
    }
    let key = Keyring::generate()?;
    let mut out = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("Cannot make the key {file}"))?;
    writeln!(out, "{key}")
        .and_then(|()| out.sync_all())
        .with_context(|| format!("Cannot write the key {file}"))?;
    info!(%file, "made a new key; keep a copy of it elsewhere, without it the database is lost");
    Ok(key)
}

/// One line of `tocsin check`.
pub enum Finding {
    /// As it should be.
    Good(String),
    /// Probably a mistake.
    Doubtful(String),
    /// Must be mended.
    Bad(String),
}

/// Tries everything that can be tried before a start: files, key, database, homeserver, clocks.
pub async fn check(dir: &Path) -> Vec<Finding> {
    let prepared = match prepare(dir) {
        Ok(prepared) => prepared,
        Err(problems) => {
            return problems
                .iter()
                .map(|problem| Finding::Bad(problem.to_string()))
                .collect();
        }
    };
    let config = &prepared.config;
    let mut findings: Vec<Finding> = config
        .warnings
        .iter()
        .map(|warning| Finding::Doubtful(warning.to_string()))
        .collect();
    let rooms = config.directory.rooms.len();
    let areas = prepared.reader.gazetteer().areas().count();
    let languages = prepared.phrasebook.languages().join(", ");
    findings.push(Finding::Good(format!(
        "files: {rooms} rooms, {areas} areas, words in {languages}"
    )));
    if config.playground {
        findings.push(Finding::Good(
            "no platform is configured: `tocsin` runs the playground".to_owned(),
        ));
        return findings;
    }
    findings.push(check_key_and_store(config).await);
    findings.extend(check_matrix(config).await);
    findings.extend(check_sms(config).await);
    findings
}

async fn check_key_and_store(config: &Config) -> Finding {
    let tried = async {
        let keyring = Keyring::from_hex(&key(&config.key_file)?)?;
        let store = Store::open(config.store.url.expose_secret()).await?;
        store.check_key(&keyring.check_value()).await?;
        store.close().await;
        anyhow::Ok(())
    };
    match tried.await {
        Ok(()) => Finding::Good("database: opens, and the key fits".to_owned()),
        Err(error) => Finding::Bad(format!("database: {error:#}")),
    }
}

#[cfg(feature = "matrix")]
async fn check_matrix(config: &Config) -> Vec<Finding> {
    let Some(matrix) = &config.matrix else {
        return Vec::new();
    };
    let now = SystemClock.now();
    vec![match crate::platforms::matrix::check(matrix, now).await {
        Ok(good) => Finding::Good(format!("matrix: {good}")),
        Err(bad) => Finding::Bad(format!("matrix: {bad}")),
    }]
}

#[cfg(not(feature = "matrix"))]
async fn check_matrix(_config: &Config) -> Vec<Finding> {
    Vec::new()
}

#[cfg(feature = "sms")]
async fn check_sms(config: &Config) -> Vec<Finding> {
    use crate::{config::sms::Provider, platforms::sms};
    let Some(settings) = &config.sms else {
        return Vec::new();
    };
    let found = match &settings.provider {
        Provider::Twilio(account) => sms::check(account).await,
    };
    vec![match found {
        Ok(good) => Finding::Good(format!("sms: {good}")),
        Err(bad) => Finding::Bad(format!("sms: {bad}")),
    }]
}

#[cfg(not(feature = "sms"))]
async fn check_sms(_config: &Config) -> Vec<Finding> {
    Vec::new()
}
