//! Following a journal from a position on, in the process that writes it or in another one.

use std::{fs::File, path::Path, sync::Arc, time::Duration};

use tokio::sync::Notify;

use super::{
    JournalError, Position,
    folder::Folder,
    seal::{FIRST, Got, Head, Seal},
};

/// How often a journal that another process writes is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// How often one is looked at whose writer tells of every line.
const LOOK_ALL_THE_SAME: Duration = Duration::from_secs(1);

/// Reads lines one after the other.
pub struct Reader {
    folder: Folder,
    seal: Seal,
    at: Position,
    file: Option<File>,
    told: Option<Arc<Notify>>,
    /// What there was when there was nothing more to read.
    seen: Seen,
    damaged: u64,
}

/// How much there is: the length of the segment that is read, and the newest segment.
type Seen = (Option<u64>, Option<u64>);

impl Reader {
    /// Reads the journal in a folder from a position on, or from its beginning. The folder need not be there yet.
    ///
    /// # Errors
    /// If it was written under another key, or if the disk fails.
    pub fn open(path: &Path, key: &[u8; 32], from: Option<Position>) -> Result<Self, JournalError> {
        Self::new(Folder::make(path)?, Seal::new(key), from, None)
    }

    pub(super) fn new(
        folder: Folder,
        seal: Seal,
        from: Option<Position>,
        told: Option<Arc<Notify>>,
    ) -> Result<Self, JournalError> {
        let mut reader = Self {
            folder,
            seal,
            at: from.unwrap_or_default(),
            file: None,
            told,
            seen: (None, None),
            damaged: 0,
        };
        reader.find_segment()?;
        Ok(reader)
    }

    /// The next line and the position behind it, or `None` if there is none yet. It reads from the disk and does not wait.
    ///
    /// # Errors
    /// If the journal goes on under another key, or if the disk fails.
    pub fn next(&mut self) -> Result<Option<(Vec<u8>, Position)>, JournalError> {
        loop {
            // Before reading: what is appended meanwhile is news.
            let seen = self.look()?;
            if !self.find_segment()? {
                self.seen = seen;
                return Ok(None);
            }
            let mut got = self.read()?;
            let later = self.later()?;
            if later.is_some() && !matches!(got, Got::Line(..)) {
                // The segment is complete by now; perhaps it was not when it was read.
                got = self.read()?;
            }
            match (got, later) {
                (Got::Line(line, next), _) => {
                    self.at.offset = next;
                    return Ok(Some((line, self.at)));
                }
                (_, None) => {
                    self.seen = seen;
                    return Ok(None);
                }
                (Got::Damaged(next), Some(_)) => {
                    self.damaged += 1;
                    self.at.offset = next;
                }
                (rest, Some(later)) => {
                    self.damaged += u64::from(matches!(rest, Got::Torn));
                    self.at = Position::start(later);
                    self.file = None;
                }
            }
        }
    }

    /// Waits until [`Self::next`] may have something, after it had nothing.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn wait(&self) -> Result<(), JournalError> {
        while self.look()? == self.seen {
            match &self.told {
                None => tokio::time::sleep(LOOK).await,
                Some(told) => {
                    // Only to save time: what there is is looked at anyway.
                    let _ = tokio::time::timeout(LOOK_ALL_THE_SAME, told.notified()).await;
                }
            }
        }
        Ok(())
    }

    /// Deletes what stands before `position`, as soon as the writer is in another segment: within a minute or so. Call it with the
    /// position that is safely taken in, also now and then while nothing comes.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn forget_until(&self, position: Position) -> Result<(), JournalError> {
        self.folder.forget_until(position)
    }

    /// Behind the line that was read last.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.at
    }

    /// How many records were passed over because they were cut off or do not open.
    #[must_use]
    pub const fn damaged(&self) -> u64 {
        self.damaged
    }

    /// Opens the segment of the position, or the one that follows if that is gone. Whether there is one.
    fn find_segment(&mut self) -> Result<bool, JournalError> {
        while self.file.is_none() {
            let segments = self.folder.segments()?;
            let from = segments.iter().find(|segment| **segment >= self.at.segment);
            // All of them older than the position: somebody emptied the folder, and the clock was put back.
            let Some(segment) = from.or_else(|| segments.first()).copied() else {
                return Ok(false);
            };
            if segment != self.at.segment {
                self.at = Position::start(segment);
            }
            let Some(file) = self.folder.open(segment)? else {
                continue;
            };
            let head = self.seal.look(&file, segment);
            match head.map_err(|error| self.folder.failed("read", error))? {
                Head::Ours => {
                    self.at.offset = self.at.offset.max(FIRST);
                    self.file = Some(file);
                }
                Head::Foreign => return Err(self.folder.foreign()),
                Head::Torn => match segments.iter().find(|later| **later > segment) {
                    Some(later) => self.at = Position::start(*later),
                    None => return Ok(false),
                },
            }
        }
        Ok(true)
    }

    fn read(&self) -> Result<Got, JournalError> {
        let Some(file) = &self.file else {
            return Ok(Got::End);
        };
        let got = self.seal.read(file, self.at.segment, self.at.offset);
        got.map_err(|error| self.folder.failed("read", error))
    }

    /// The segment after this one.
    fn later(&self) -> Result<Option<u64>, JournalError> {
        let segments = self.folder.segments()?;
        Ok(segments.into_iter().find(|later| *later > self.at.segment))
    }

    fn look(&self) -> Result<Seen, JournalError> {
        let length = self.file.as_ref().map(File::metadata).transpose();
        let length = length.map_err(|error| self.folder.failed("read", error))?;
        let newest = self.folder.segments()?.last().copied();
        Ok((length.map(|file| file.len()), newest))
    }
}
