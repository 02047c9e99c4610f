//! The folder of a journal: numbered segments, and a lock for the one that writes.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::{JournalError, Position};

/// Segments are called so, after their numbers.
const ENDING: &str = "lines";

/// A journal's folder.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// The folder, made if it is not there; for its owner alone.
    pub(super) fn make(path: &Path) -> Result<Self, JournalError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(|error| Self(path.to_owned()).failed("make the folder", error))?;
        Ok(Self(path.to_owned()))
    }

    /// The lock of the one that writes; it is free again when the file is dropped, or its process ends.
    pub(super) fn lock(&self) -> Result<File, JournalError> {
        let path = self.0.join("lock");
        let file = private()
            .open(&path)
            .map_err(|error| self.failed("lock", error))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(JournalError::Held(self.0.clone())),
            Err(TryLockError::Error(error)) => Err(self.failed("lock", error)),
        }
    }

    /// The numbers of the segments, in order. A folder that is not there has none.
    pub(super) fn segments(&self) -> Result<Vec<u64>, JournalError> {
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.failed("list", error)),
        };
        let number = |path: PathBuf| -> Option<u64> {
            let is_segment = path.extension().is_some_and(|ending| ending == ENDING);
            is_segment.then(|| path.file_stem()?.to_str()?.parse().ok())?
        };
        let mut numbers: Vec<u64> = entries
            .filter_map(|entry| number(entry.ok()?.path()))
            .collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// A segment to be read; `None` if it is gone.
    pub(super) fn open(&self, segment: u64) -> Result<Option<File>, JournalError> {
        match File::open(self.path(segment)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed("open", error)),
        }
    }

    /// A new segment that begins so. It is there with its whole beginning or not at all, and stays if the machine stops now.
    pub(super) fn create(&self, segment: u64, head: &[u8]) -> io::Result<File> {
        let new = self.0.join("new");
        let file = private().truncate(true).open(&new)?;
        file.write_all_at(head, 0)?;
        file.sync_all()?;
        fs::rename(new, self.path(segment))?;
        File::open(&self.0)?.sync_all()?;
        Ok(file)
    }

    /// Deletes what was read before `position`. The newest segment stays: it is being written.
    pub(super) fn forget_until(&self, position: Position) -> Result<(), JournalError> {
        let segments = self.segments()?;
        let Some((_newest, older)) = segments.split_last() else {
            return Ok(());
        };
        for segment in older {
            let path = self.path(*segment);
            let is_read = *segment < position.segment
                || *segment == position.segment
                    && fs::metadata(&path).is_ok_and(|file| file.len() <= position.offset);
            if is_read
                && let Err(error) = fs::remove_file(&path)
                && error.kind() != io::ErrorKind::NotFound
            {
                return Err(self.failed("delete from", error));
            }
        }
        Ok(())
    }

    pub(super) fn failed(&self, doing: &'static str, error: io::Error) -> JournalError {
        JournalError::Io {
            doing,
            folder: self.0.clone(),
            source: error,
        }
    }

    pub(super) fn foreign(&self) -> JournalError {
        JournalError::WrongKey(self.0.clone())
    }

    fn path(&self, segment: u64) -> PathBuf {
        self.0.join(format!("{segment}.{ENDING}"))
    }
}

/// A file for its owner alone.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600);
    options
}
