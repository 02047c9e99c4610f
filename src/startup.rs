//! The only file that names concrete adapters: opens, wires, stops in order.

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use axum::Router;
use secrecy::ExposeSecret;
use tracing::{info, warn};

use crate::{
    app::{App, Community, Parts, Suggest},
    clock::{Clock, SystemClock},
    config::Config,
    domain::{directory::Directory, envelope::PlatformKind, parse::Reader, problem::Problem},
    keyring::{Keyring, areas::AreaKeys, file as key_file},
    phrasebook::Phrasebook,
    platforms::{
        Platform, Stop,
        playground::{Playground, TownPlan},
    },
    store::{Store, StoreError},
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
    // Before the database: a key that cannot be read is told at once.
    let key = key_file::read_or_make(&config.key_file)?;
    let store = open_store(&config).await?;
    let keyring = fitting_key(&config.key_file, key, &store).await?;
    let areas = if config.playground {
        // What is shredded in play is to stay in a real network.
        AreaKeys::in_memory()?
    } else {
        fitting_area_keys(&config.area_keys_file, &keyring, &store).await?
    };
    let store = store.sealing(Arc::new(areas));
    settle_seals(&store).await?;
    store.take_over().await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut directory = config.directory.clone();
    let mut platforms: BTreeMap<PlatformKind, Arc<dyn Platform>> = BTreeMap::new();
    let mut routes = Router::new();
    if let Some(town) = town {
        directory = Directory {
            rooms: town.rooms(),
            people: town.people(),
            services: directory.services,
            blueprints: directory.blueprints,
            doors: directory.doors,
            ..Directory::default()
        };
        let playground = Playground::new(town, Arc::clone(&clock));
        routes = routes.merge(playground.routes());
        platforms.insert(PlatformKind::Playground, playground);
    }
    directory.areas = reader.gazetteer().directory_areas();
    add_matrix(&config, &keyring, &clock, &mut platforms)?;
    add_signal(&config, &keyring, &clock, &mut platforms)?;
    routes = routes.merge(add_sms(&config, &keyring, &clock, &mut platforms)?);
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
            public_url: public_url(&config, address),
            number: number(&config),
        },
        reader,
        holds: config.holds.clone(),
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

/// Where people reach our pages; the playground's can be opened where it runs.
fn public_url(config: &Config, address: SocketAddr) -> Option<String> {
    let own = config.playground.then(|| format!("http://{address}"));
    config.web.public_url.clone().or(own)
}

/// The number that people text.
fn number(config: &Config) -> Option<String> {
    let sms = config.sms.as_ref()?;
    sms.numbers.first().cloned()
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
    clock: &Arc<dyn Clock>,
    platforms: &mut BTreeMap<PlatformKind, Arc<dyn Platform>>,
) -> anyhow::Result<()> {
    if let Some(matrix) = &config.matrix {
        let platform = crate::platforms::matrix::Matrix::new(
            matrix.clone(),
            keyring.derive("matrix-store"),
            &config.directory,
            Arc::clone(clock),
        );
        platforms.insert(PlatformKind::Matrix, Arc::new(platform));
    }
    Ok(())
}

#[cfg(not(feature = "matrix"))]
fn add_matrix(
    config: &Config,
    _keyring: &Keyring,
    _clock: &Arc<dyn Clock>,
    _platforms: &mut BTreeMap<PlatformKind, Arc<dyn Platform>>,
) -> anyhow::Result<()> {
    if config.matrix.is_some() {
        anyhow::bail!(
            "tocsin.toml has a [matrix] section, but this tocsin was built without the cargo feature `matrix`"
        );
    }
    Ok(())
}

#[cfg(feature = "signal")]
fn add_signal(
    config: &Config,
    keyring: &Keyring,
    clock: &Arc<dyn Clock>,
    platforms: &mut BTreeMap<PlatformKind, Arc<dyn Platform>>,
) -> anyhow::Result<()> {
    if let Some(signal) = &config.signal {
        let platform = crate::platforms::signal::Signal::new(
            signal.clone(),
            keyring.derive("signal"),
            &config.directory,
            Arc::clone(clock),
        );
        platforms.insert(PlatformKind::Signal, Arc::new(platform));
    }
    Ok(())
}

#[cfg(not(feature = "signal"))]
fn add_signal(
    config: &Config,
    _keyring: &Keyring,
    _clock: &Arc<dyn Clock>,
    _platforms: &mut BTreeMap<PlatformKind, Arc<dyn Platform>>,
) -> anyhow::Result<()> {
    if config.signal.is_some() {
        anyhow::bail!(
            "tocsin.toml has a [signal] section, but this tocsin was built without the cargo feature `signal`"
        );
    }
    Ok(())
}

/// Text messages; what their provider posts to us is mounted on the web server.
#[cfg(feature = "sms")]
fn add_sms(
    config: &Config,
    keyring: &Keyring,
    clock: &Arc<dyn Clock>,
    platforms: &mut BTreeMap<PlatformKind, Arc<dyn Platform>>,
) -> anyhow::Result<Router> {
    use crate::{
        config::sms::Provider,
        platforms::{
            sms::{self, Twilio},
            smsgate::{self, Gate},
        },
    };
    let Some(settings) = &config.sms else {
        return Ok(Router::new());
    };
    let clock = Arc::clone(clock);
    match &settings.provider {
        Provider::Twilio(account) => {
            let waits = sms::Waits::default();
            let platform = Twilio::new(settings.clone(), account.clone(), waits, clock)?;
            let routes = platform.routes();
            platforms.insert(PlatformKind::Sms, platform);
            Ok(routes)
        }
        Provider::Gate(phone) => {
            let (url, key) = (&settings.public_url, keyring.derive("gate"));
            let platform = Gate::new(phone.clone(), url, key, smsgate::Waits::default(), clock)?;
            let routes = platform.routes();
            platforms.insert(PlatformKind::Sms, platform);
            Ok(routes)
        }
    }
}

#[cfg(not(feature = "sms"))]
fn add_sms(
    config: &Config,
    _keyring: &Keyring,
    _clock: &Arc<dyn Clock>,
    _platforms: &mut BTreeMap<PlatformKind, Arc<dyn Platform>>,
) -> anyhow::Result<Router> {
    if config.sms.is_some() {
        anyhow::bail!(
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
        anyhow::bail!(
            "tocsin.toml has a [model] section, but this tocsin was built without the cargo feature `model`"
        );
    }
    Ok(None)
}

/// The key that the database is under. It may be the next one, if the machine stopped while the key was replaced: the database
/// was changed over, but the file was not moved into its place yet.
///
/// # Errors
/// If the database is under neither.
pub async fn fitting_key(path: &Path, key: Keyring, store: &Store) -> anyhow::Result<Keyring> {
    if let Some(next) = key_file::read(&key_file::next_to(path))? {
        if store.is_under(&next.check_value()).await? {
            key_file::adopt_next(path)?;
            info!("a replacement of the key had been cut off; it is done now");
            return Ok(next);
        }
        warn!(
            "a replacement of the key was begun and changed nothing: run `tocsin key rotate` again when tocsin is stopped"
        );
    }
    store.check_key(&key.check_value()).await?;
    Ok(key)
}

/// The area keys that the database is sealed with; made if it is sealed with none yet.
///
/// # Errors
/// If they are not there or do not fit, or their file cannot be changed.
pub async fn fitting_area_keys(
    path: &Path,
    keyring: &Keyring,
    store: &Store,
) -> anyhow::Result<AreaKeys> {
    let keys = match AreaKeys::read_file(path, keyring)? {
        Some(keys) => keys,
        None if store.area_keys().await?.is_some() => {
            return Err(StoreError::LostAreaKeys(path.to_owned()).into());
        }
        None => {
            let keys = AreaKeys::make(path, keyring)?;
            info!(
                file = %path.display(),
                "made the keys of the areas; copy them to every machine that runs tocsin on this database, and keep them out of its backups"
            );
            keys
        }
    };
    key_file::check_replaceable(path)?;
    Ok(keys)
}

/// Puts right what the database holds sealed, and tells the operator what there was to do, each in one sentence.
///
/// # Errors
/// If the area keys are not this database's, or it refuses.
pub async fn settle_seals(store: &Store) -> anyhow::Result<()> {
    let settled = store.settle_seals().await?;
    if !settled.sealed.is_empty() {
        info!(
            rows = %counted(&settled.sealed),
            "sealed with the keys of areas what an earlier version had kept in clear"
        );
    }
    if !settled.deleted.is_empty() {
        warn!(
            rows = %counted(&settled.deleted),
            "this database is older than the file of area keys: what it held of areas that were shredded since, and what was waiting \
             then, cannot be read by anybody and is deleted"
        );
    }
    if !settled.sealed.is_empty() || !settled.deleted.is_empty() {
        store.empty_log().await?;
    }
    Ok(())
}

fn counted(rows: &BTreeMap<&'static str, u64>) -> String {
    let rows = rows
        .iter()
        .map(|(table, rows)| format!("{rows} in {table}"));
    rows.collect::<Vec<_>>().join(", ")
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
    findings.extend(check_signal(config).await);
    findings.extend(check_sms(config).await);
    findings
}

async fn check_key_and_store(config: &Config) -> Finding {
    let tried = async {
        let key = key_file::read_or_make(&config.key_file)?;
        let store = Store::open(config.store.url.expose_secret()).await?;
        let keyring = fitting_key(&config.key_file, key, &store).await?;
        let areas = fitting_area_keys(&config.area_keys_file, &keyring, &store).await?;
        let known = store.area_keys().await?;
        if known.is_some_and(|name| name != areas.name()) {
            return Err(anyhow::Error::new(StoreError::WrongAreaKeys)
                .context(format!("{} does not fit", config.area_keys_file.display())));
        }
        store.close().await;
        anyhow::Ok(())
    };
    match tried.await {
        Ok(()) => Finding::Good("database: opens, and the keys fit".to_owned()),
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

#[cfg(feature = "signal")]
async fn check_signal(config: &Config) -> Vec<Finding> {
    use crate::platforms::signal::{check::Found, hand::Hand};
    let Some(settings) = &config.signal else {
        return Vec::new();
    };
    let now = SystemClock.now();
    let tried = async {
        let key = key_file::read_or_make(&config.key_file)?;
        let hand = Hand::open(settings, &key.derive("signal")).await?;
        let found = hand.check(&config.directory, now).await;
        hand.close().await?;
        anyhow::Ok(found)
    };
    match tried.await {
        Ok(found) => found
            .into_iter()
            .map(|found| match found {
                Found::Good(line) => Finding::Good(format!("signal: {line}")),
                Found::Doubtful(line) => Finding::Doubtful(format!("signal: {line}")),
                Found::Bad(line) => Finding::Bad(format!("signal: {line}")),
            })
            .collect(),
        Err(error) => vec![Finding::Bad(format!("signal: {error:#}"))],
    }
}

#[cfg(not(feature = "signal"))]
async fn check_signal(_config: &Config) -> Vec<Finding> {
    Vec::new()
}

#[cfg(feature = "sms")]
async fn check_sms(config: &Config) -> Vec<Finding> {
    use crate::{
        config::sms::Provider,
        platforms::{sms, smsgate},
    };
    let Some(settings) = &config.sms else {
        return Vec::new();
    };
    let found = match &settings.provider {
        Provider::Twilio(account) => sms::check(account).await,
        Provider::Gate(phone) => smsgate::check(phone).await,
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
