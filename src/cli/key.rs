//! `tocsin key new` and `tocsin key rotate`: makes and replaces the key that people's addresses are sealed with.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use secrecy::ExposeSecret as _;

use crate::{
    config::Config,
    domain::timestamp::Timestamp,
    keyring::{Keyring, file},
    store::{
        Store,
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
    /// them again. What the old key opens afterwards is only old copies of the database.
    Rotate,
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
            let changed = rotate(&config.key_file, url, now).await?;
            let path = config.key_file.display();
            for (table, rows) in changed.iter().filter(|(_, rows)| **rows > 0) {
                println!("{table}: {rows} rows are under the new key");
            }
            println!(
                "The new key is in {path}: keep a copy of it elsewhere, and copy it to every machine that runs tocsin."
            );
            println!(
                "The old key opens old copies of the database only: destroy it together with them."
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
/// If tocsin runs, the key does not fit, or something cannot be written; then the old key still holds, or the new one waits
/// beside it and the next start takes it.
pub async fn rotate(path: &Path, url: &str, now: Timestamp) -> anyhow::Result<Changed> {
    let old = file::read(path)?
        .with_context(|| format!("There is no key at {} to replace", path.display()))?;
    let store = Store::open(url).await?;
    if store.is_in_use(now).await? {
        bail!(
            "tocsin is running on this database: stop it everywhere first; after a crash wait half a minute"
        );
    }
    let old = settle_earlier(path, old, &store).await?;
    store.check_key(&old.check_value()).await?;
    let text = old.successor()?;
    let new = Keyring::from_hex(&text)?;
    file::write_new(&file::next_to(path), &text)?;
    let changed = change_over(&store, &old, &new, now).await?;
    file::adopt_next(path)?;
    // What was deleted is to be gone from the disk, too.
    store.empty_log().await?;
    store.close().await;
    Ok(changed)
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

/// Changes the database over from one key to the other, in one transaction.
///
/// # Errors
/// If it is not under the old key, or an address in it does not open with it.
pub async fn change_over(
    store: &Store,
    old: &Keyring,
    new: &Keyring,
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
