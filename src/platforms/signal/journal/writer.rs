//! Appends lines: one process at a time.

use std::{
    fs::File,
    io::{self, Write},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::{Journal, LONG, LONGEST, OLD, Position};

/// The segment that is written.
pub(super) struct Open {
    pub(super) segment: u64,
    pub(super) file: File,
    pub(super) length: u64,
    pub(super) since: Instant,
    pub(super) is_dirty: bool,
}

/// Appends lines. There is one at a time, also among processes.
pub struct Writer {
    journal: Journal,
    open: Mutex<Open>,
    /// Held as long as it is there.
    _lock: File,
}

impl Writer {
    pub(super) const fn new(journal: Journal, open: Open, lock: File) -> Self {
        Self {
            journal,
            open: Mutex::new(open),
            _lock: lock,
        }
    }

    pub(super) fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends a line. After it returned, it outlives a crash of the process; of the machine after [`Self::tick`].
    ///
    /// # Errors
    /// If it cannot be written; nothing of it stays then.
    pub fn append(&self, line: &[u8]) -> io::Result<()> {
        if line.len() > LONGEST {
            return Err(io::Error::other("the line is too long"));
        }
        let mut open = self.open();
        if open.length > LONG {
            open.file.sync_data()?;
            *open = self.journal.new_segment(open.segment)?;
        }
        let at = Position {
            segment: open.segment,
            offset: open.length,
        };
        let sealed = self.journal.seal(line, at)?;
        let length = u32::try_from(sealed.len()).map_err(io::Error::other)?;
        let record = [&length.to_le_bytes()[..], &sealed].concat();
        if let Err(error) = open.file.write_all(&record) {
            // What was written of it must not stand before the next one.
            if open.file.set_len(at.offset).is_err() {
                *open = self.journal.new_segment(open.segment)?;
            }
            return Err(error);
        }
        open.length += record.len() as u64;
        open.is_dirty = true;
        drop(open);
        self.journal.bell.send_replace(());
        Ok(())
    }

    /// Has the disk keep what was appended, and closes a segment that has been open for long. Blocks; call it several times a second.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn tick(&self) -> io::Result<()> {
        let mut open = self.open();
        if open.is_dirty {
            let file = open.file.try_clone()?;
            open.is_dirty = false;
            drop(open);
            file.sync_data()?;
            open = self.open();
        }
        let is_old = open.since.elapsed() > OLD;
        drop(open);
        if is_old { self.roll() } else { Ok(()) }
    }

    /// Closes the segment, if anything is in it: what was taken in of it can be deleted then.
    ///
    /// # Errors
    /// If the disk refuses.
    pub fn roll(&self) -> io::Result<()> {
        let mut open = self.open();
        if open.length > 0 {
            *open = self.journal.new_segment(open.segment)?;
            drop(open);
            self.journal.bell.send_replace(());
        }
        Ok(())
    }
}
