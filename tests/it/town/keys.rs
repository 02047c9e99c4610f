//! A folder with the keys of a community, as a machine has it.

use std::{fs, path::PathBuf, sync::Arc};

use tempfile::TempDir;
use tocsin::{
    cli::key::rotate,
    domain::timestamp::Timestamp,
    keyring::{Keyring, areas::AreaKeys, file},
    store::{Store, rekey::Changed},
};

/// A folder with a key in it.
pub struct Keys {
    folder: TempDir,
}

impl Keys {
    pub fn new() -> anyhow::Result<Self> {
        let keys = Self {
            folder: tempfile::tempdir()?,
        };
        file::write_new(&keys.path(), &Keyring::generate()?)?;
        Ok(keys)
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("tocsin.key")
    }

    pub fn areas(&self) -> PathBuf {
        self.folder.path().join("tocsin.areas")
    }

    /// The store with the area keys of this folder, made if there are none.
    pub fn open(&self, store: Store) -> anyhow::Result<Store> {
        Ok(store.sealing(self.area_keys()?))
    }

    /// The area keys as their file has them, made if there are none.
    pub fn area_keys(&self) -> anyhow::Result<Arc<AreaKeys>> {
        let keyring = self.read()?;
        Ok(Arc::new(
            match AreaKeys::read_file(&self.areas(), &keyring)? {
                Some(keys) => keys,
                None => AreaKeys::make(&self.areas(), &keyring)?,
            },
        ))
    }

    /// Another machine's folder, with the same keys.
    pub fn copy(&self) -> anyhow::Result<Self> {
        let other = Self {
            folder: tempfile::tempdir()?,
        };
        for (from, to) in [(self.path(), other.path()), (self.areas(), other.areas())] {
            fs::copy(from, to)?;
        }
        Ok(other)
    }

    pub async fn rotate(&self, url: &str, now: Timestamp) -> anyhow::Result<Changed> {
        rotate(&self.path(), &self.areas(), url, now).await
    }

    pub fn read(&self) -> anyhow::Result<Keyring> {
        Ok(file::read(&self.path())?.expect("a key"))
    }

    pub fn has_next(&self) -> bool {
        [self.path(), self.areas()]
            .iter()
            .any(|path| file::next_to(path).exists())
    }
}
