//! `tocsin key new` and `tocsin key rotate`: makes and replaces the key that people's addresses are sealed with.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use secrecy::ExposeSecret as _;

use crate::{
    config::Config,
    domain::timestamp::Timestamp,
    keyring::{Keyring, areas::AreaKeys, file},
    store::{
        Store, StoreError,
        rekey::{Change, Changed},
    },
};

/// What to do with the key.
#[derive(Subcommand)]
pub enum KeyCommand {
    /// Makes a new key, readable by its owner only. Never writes over a file.
    New {
        /// Where to; by default where tocsin.toml says.
        file: Option<PathBuf>,
    },
    /// Puts a new key in the place of the present one, and changes the database over to it. Stop tocsin first.
    ///
    /// Every address that is kept is sealed anew. Who said STOP stays stopped: the new key file holds what is needed to know
    /// them again. The keys of the areas are replaced with it. What the old keys open afterwards is only old copies of the database.
    Rotate,
    /// Makes new keys of the areas where their file is lost on every machine. Stop tocsin first.
    ///
    /// What was reported until now, and who gets the alerts of an area, cannot be read by anybody any more and is deleted. Roles, bans,
    /// and who said STOP stay.
    Areas,
}

/// Runs it. Results for people go to standard output.
///
/// # Errors
/// With a sentence for the operator.
pub async fn run(what: &KeyCommand, config: &Path, now: Timestamp) -> anyhow::Result<()> {
    match what {
        KeyCommand::New { file: Some(path) } => new(path),
        KeyCommand::New { file: None } => new(&load(config)?.key_file),
        KeyCommand::Rotate => {
            let config = load(config)?;
            if config.playground {
                bail!("no platform is configured: the playground forgets everything by itself");
            }
            let url = config.store.url.expose_secret();
            let areas = &config.area_keys_file;
            let changed = rotate(&config.key_file, areas, url, now).await?;
            let path = config.key_file.display();
            for (table, rows) in changed.iter().filter(|(_, rows)| **rows > 0) {
                println!("{table}: {rows} rows are under the new key");
            }
            println!(
                "The new keys are in {path} and {}: copy both to every machine that runs tocsin. Keep a copy of the first elsewhere, \
                 and none of the second for longer than you need it.",
                areas.display()
            );
            println!(
                "The old keys open old copies of the database only: destroy them together with those."
            );
            Ok(())
        }
        KeyCommand::Areas => {
            let config = load(config)?;
            if config.playground {
                bail!("no platform is configured: the playground forgets everything by itself");
            }
            let (areas, url) = (&config.area_keys_file, config.store.url.expose_secret());
            let deleted = begin_areas_anew(&config.key_file, areas, url, now).await?;
            for (table, rows) in deleted {
                println!("{table}: {rows} rows could not be read any more and are deleted");
            }
            println!(
                "New keys of the areas are in {}: copy them to every machine that runs tocsin.",
                areas.display()
            );
            Ok(())
        }
    }
}

fn load(config: &Path) -> anyhow::Result<Config> {
    Config::load(config).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", lines.join("\n"))
    })
}

fn new(path: &Path) -> anyhow::Result<()> {
    file::write_new(path, &Keyring::generate()?)?;
    println!(
        "A new key is in {}. Keep a copy of it elsewhere: without it the database is worth nothing.",
        path.display()
    );
    Ok(())
}

/// Replaces the key in `path` and changes the database at `url` over. In whatever step it is cut off, the next start finds a key
/// that fits: the new one waits beside the old one until the database is changed over, in one transaction, and only then takes
/// its place.
///
/// # Errors
/// If tocsin runs, a key does not fit, or something cannot be written; then the old keys still hold, or the new ones wait
/// beside them and the next start takes them.
pub async fn rotate(
    path: &Path,
    areas: &Path,
    url: &str,
    now: Timestamp,
) -> anyhow::Result<Changed> {
    let (store, old) = unused(path, url, now).await?;
    let old_areas = match AreaKeys::read_file(areas, &old)? {
        Some(keys) => keys,
        None if store.area_keys().await?.is_some() => {
            return Err(StoreError::LostAreaKeys(areas.to_owned()).into());
        }
        None => AreaKeys::make(areas, &old)?,
    };
    let store = store.sealing(Arc::new(old_areas));
    let settled = store.settle_seals().await;
    let old_areas = settled.and_then(|_| store.sealed_with())?;
    let text = old.successor()?;
    let new = Keyring::from_hex(&text)?;
    // The area keys first: whoever finds the next key in force takes those that go with it.
    let next = file::next_to(areas);
    if next.exists() {
        file::drop_next(areas)?;
    }
    let new_areas = Arc::new(old_areas.successor(Some(&next), &new)?);
    file::write_new(&file::next_to(path), &text)?;
    let changed = change_over(&store, (&old, &new), &new_areas, now).await?;
    file::adopt_next(path)?;
    file::adopt_next(areas)?;
    // What was deleted is to be gone from the disk, too.
    store.empty_log().await?;
    store.close().await;
    Ok(changed)
}

/// Makes new area keys for a database whose own are lost, and deletes what cannot be opened any more. Returns how much, by table.
///
/// # Errors
/// If tocsin runs, a key does not fit, the area keys are there, or something cannot be written.
pub async fn begin_areas_anew(
    path: &Path,
    areas: &Path,
    url: &str,
    now: Timestamp,
) -> anyhow::Result<Changed> {
    let (store, keyring) = unused(path, url, now).await?;
    let keys = match AreaKeys::read_file(areas, &keyring)? {
        Some(keys) if store.area_keys().await? == Some(keys.name()) => bail!(
            "{} holds this database's area keys: nothing is lost. `tocsin key rotate` replaces them",
            areas.display()
        ),
        Some(keys) => keys,
        None => AreaKeys::make(areas, &keyring)?,
    };
    let store = store.sealing(Arc::new(keys));
    let settled = store.begin_area_keys_anew().await?;
    store.empty_log().await?;
    store.close().await;
    Ok(settled.deleted)
}

/// The database, which nobody uses, and its key.
async fn unused(path: &Path, url: &str, now: Timestamp) -> anyhow::Result<(Store, Keyring)> {
    let key =
        file::read(path)?.with_context(|| format!("There is no key at {}", path.display()))?;
    let store = Store::open(url).await?;
    if store.is_in_use(now).await? {
        bail!(
            "tocsin is running on this database: stop it everywhere first; after a crash wait half a minute"
        );
    }
    let key = settle_earlier(path, key, &store).await?;
    store.check_key(&key.check_value()).await?;
    Ok((store, key))
}

/// The key in use, after an earlier rotation that was cut off.
async fn settle_earlier(path: &Path, old: Keyring, store: &Store) -> anyhow::Result<Keyring> {
    let Some(next) = file::read(&file::next_to(path))? else {
        return Ok(old);
    };
    if store.is_under(&next.check_value()).await? {
        file::adopt_next(path)?;
        return Ok(next);
    }
    file::drop_next(path)?;
    Ok(old)
}

/// For how many days, tomorrow included, a sender's hash of the day is made anew, so that open questions and counts go on:
/// reports live for three days. What is older is hashed once more and recognised by nobody.
const DAYS: u32 = 5;

/// Changes the database over from one key to the other, and to other area keys, in one transaction.
///
/// # Errors
/// If it is not under the old key, or an address in it does not open with it.
pub async fn change_over(
    store: &Store,
    (old, new): (&Keyring, &Keyring),
    area_keys: &Arc<AreaKeys>,
    now: Timestamp,
) -> anyhow::Result<Changed> {
    let mut tx = store.begin().await?;
    tx.lock_intake().await?;
    tx.lock_outbox().await?;
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for sealed in tx.sealed_people().await? {
        let person = old.open(&sealed)?;
        let lasting = old.lasting(&person);
        if !seen.insert(lasting.clone()) {
            continue;
        }
        known.insert(lasting, new.lasting(&person));
        for days in 0..=DAYS {
            // From tomorrow on, for clocks that differ.
            let day = now + DAY - DAY * days;
            known.insert(
                old.sender(&person, day).today.as_str().to_owned(),
                new.sender(&person, day).today.as_str().to_owned(),
            );
        }
    }
    let change = Change {
        area_keys,
        reseal: &|sealed| {
            let person = old.open(sealed)?;
            Ok(new.seal(&person, &sealed.hash)?.speaking(&sealed.language))
        },
        rehash: &|hash| {
            let anew = known.get(hash).cloned();
            anew.unwrap_or_else(|| new.rehashed(hash))
        },
    };
    let changed = tx
        .rekey((&old.check_value(), &new.check_value()), &change)
        .await?;
    tx.commit().await?;
    Ok(changed)
}

const DAY: Duration = Duration::from_secs(24 * 3600);
