//! The files of the keys: made once, readable by their owner only, and replaced so that a crash leaves either, never none.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use tracing::info;

use super::Keyring;

/// Reads the key; makes it if there is none yet.
///
/// # Errors
/// If it cannot be read or made, is no key, or others may read it.
pub fn read_or_make(path: &Path) -> anyhow::Result<Keyring> {
    match read(path)? {
        Some(keyring) => Ok(keyring),
        None => {
            let text = Keyring::generate()?;
            write_new(path, &text)?;
            info!(file = %path.display(), "made a new key; keep a copy of it elsewhere, without it the database is lost");
            Keyring::from_hex(&text)
        }
    }
}

/// Reads a key, if there is one.
///
/// # Errors
/// If it cannot be read, is no key, or others may read it.
pub fn read(path: &Path) -> anyhow::Result<Option<Keyring>> {
    let Some(text) = read_text(path)? else {
        return Ok(None);
    };
    let keyring =
        Keyring::from_hex(&text).with_context(|| format!("{} holds no key", path.display()))?;
    Ok(Some(keyring))
}

/// What stands in a file of keys, if there is one.
///
/// # Errors
/// If it cannot be read, or others may read it.
pub fn read_text(path: &Path) -> anyhow::Result<Option<String>> {
    let file = path.display();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("Cannot read the key {file}")),
    };
    let mode = fs::metadata(path)
        .with_context(|| format!("Cannot look at {file}"))?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        bail!("The key {file} can be read by others: run chmod 600 {file}");
    }
    Ok(Some(text))
}

/// Writes a new key file, for its owner only, and waits until it is on the disk. Never writes over one.
///
/// # Errors
/// If there is one already, or it cannot be written.
pub fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    let file = path.display();
    if let Some(folder) = folder_of(path) {
        fs::create_dir_all(folder)
            .with_context(|| format!("Cannot make the folder {}", folder.display()))?;
    }
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    let mut out = match made {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{file} is there already: a key is never written over, name another file")
        }
        made => made.with_context(|| format!("Cannot make the key {file}"))?,
    };
    writeln!(out, "{text}")
        .and_then(|()| out.sync_all())
        .and_then(|()| sync_folder(path))
        .with_context(|| format!("Cannot write the key {file}"))
}

/// Puts other text in the place of a file in one step, and writes over what stood there. (A disk that moves what is written, or a
/// file system that copies, may keep it for a while all the same.)
///
/// # Errors
/// If it cannot be written; then the file is as it was.
pub fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let file = path.display();
    let former = OpenOptions::new().write(true).open(path);
    let length = fs::metadata(path).map_or(0, |meta| meta.len());
    let new = beside(path, ".new");
    match fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("Cannot remove {}", new.display()));
        }
        _ => {}
    }
    write_new(&new, text)?;
    fs::rename(&new, path)
        .and_then(|()| sync_folder(path))
        .with_context(|| format!("Cannot replace {file}"))?;
    if let Ok(mut former) = former {
        // What counts is done: the new file is in place.
        let zeros = vec![0; usize::try_from(length).unwrap_or_default()];
        let _ = former.write_all(&zeros).and_then(|()| former.sync_all());
    }
    Ok(())
}

/// Whether a file may be replaced: whether there may be another beside it.
///
/// # Errors
/// If not, with what to do.
pub fn check_replaceable(path: &Path) -> anyhow::Result<()> {
    let probe = beside(path, ".probe");
    let made = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&probe);
    made.and_then(|_| fs::remove_file(&probe)).with_context(|| {
        format!(
            "Cannot write beside {}: the keys of areas change when an area is shredded. Name a file in a folder that tocsin may write as \
             area_keys_file",
            path.display()
        )
    })
}

/// Where the next key waits beside the present one while the database is changed over.
#[must_use]
pub fn next_to(path: &Path) -> PathBuf {
    beside(path, ".next")
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(ending);
    PathBuf::from(name)
}

/// Puts the next key in the place of the present one, in one step.
///
/// # Errors
/// If the files cannot be moved; then both are still there.
pub fn adopt_next(path: &Path) -> anyhow::Result<()> {
    fs::rename(next_to(path), path)
        .and_then(|()| sync_folder(path))
        .with_context(|| format!("Cannot put the new key in the place of {}", path.display()))
}

/// Throws a next key away that the database was never changed over to.
///
/// # Errors
/// If it cannot be removed.
pub fn drop_next(path: &Path) -> anyhow::Result<()> {
    let next = next_to(path);
    fs::remove_file(&next).with_context(|| format!("Cannot remove {}", next.display()))
}

fn folder_of(path: &Path) -> Option<&Path> {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
}

/// A new name is on the disk only when its folder is.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    File::open(folder_of(path).unwrap_or(Path::new(".")))?.sync_all()
}
