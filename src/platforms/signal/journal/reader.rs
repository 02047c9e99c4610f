//! Reads lines from any place on, and deletes what was taken in.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
};

use tokio::sync::watch;

use super::{Journal, LENGTH, LOOK, Position, next_after};

/// Reads lines, and deletes what was taken in.
pub struct Reader {
    journal: Journal,
    pub(super) at: Position,
    file: Option<(u64, File)>,
    heard: watch::Receiver<()>,
}

/// A line, or what is left of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The line; `None` if it is damaged.
    pub line: Option<Vec<u8>>,
    /// The place after it.
    pub then: Position,
}

impl Reader {
    pub(super) const fn new(journal: Journal, at: Position, heard: watch::Receiver<()>) -> Self {
        Self {
            journal,
            at,
            file: None,
            heard,
        }
    }

    /// The next line, if there is one already.
    ///
    /// # Errors
    /// If the files cannot be read.
    pub fn read_on(&mut self) -> io::Result<Option<Kept>> {
        loop {
            if let Some(kept) = self.next_here()? {
                self.at = kept.then;
                return Ok(Some(kept));
            }
            // Only the last segment is still written to; looked at before the end of this one is believed.
            let later = self.journal.segments()?;
            let Some(next) = later.into_iter().find(|one| *one > self.at.segment) else {
                return Ok(None);
            };
            if let Some(kept) = self.next_here()? {
                self.at = kept.then;
                return Ok(Some(kept));
            }
            self.file = None;
            self.at = Position {
                segment: next,
                offset: 0,
            };
        }
    }

    fn next_here(&mut self) -> io::Result<Option<Kept>> {
        let at = self.at;
        let Some(file) = self.file()? else {
            return Ok(None);
        };
        let end = file.metadata()?.len();
        if at.offset + LENGTH as u64 > end {
            return Ok(None);
        }
        let mut length = [0; LENGTH];
        file.seek(SeekFrom::Start(at.offset))?;
        file.read_exact(&mut length)?;
        let length = u32::from_le_bytes(length);
        let Some(then) = next_after(at.offset, length).filter(|then| *then <= end) else {
            return Ok(None);
        };
        let mut record = vec![0; length as usize];
        file.read_exact(&mut record)?;
        Ok(Some(Kept {
            line: self.journal.unseal(&record, at),
            then: Position {
                segment: at.segment,
                offset: then,
            },
        }))
    }

    /// The segment that is read; none if it was deleted or is not there yet.
    fn file(&mut self) -> io::Result<Option<&mut File>> {
        let segment = self.at.segment;
        if self.file.as_ref().is_none_or(|(open, _)| *open != segment) {
            match File::open(self.journal.path(segment)) {
                Ok(file) => self.file = Some((segment, file)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(self.file.as_mut().map(|(_, file)| file))
    }

    /// Waits until there may be another line.
    pub async fn wait(&mut self) {
        // A process of its own may write; then nothing rings here.
        let _rang_or_not = tokio::time::timeout(LOOK, self.heard.changed()).await;
    }

    /// What was read so far is not needed any more.
    ///
    /// # Errors
    /// If it cannot be deleted.
    pub fn forget_read(&self) -> io::Result<()> {
        self.forget_until(self.at)
    }

    /// What stands before that place is not needed any more.
    ///
    /// # Errors
    /// If it cannot be deleted.
    pub fn forget_until(&self, position: Position) -> io::Result<()> {
        for segment in self.journal.segments()? {
            if segment < position.segment {
                match fs::remove_file(self.journal.path(segment)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}
