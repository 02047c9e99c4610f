//! Appending: one write for each line, put on the disk in batches beside.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    path::Path,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::sync::Notify;

use super::{
    JournalError, Position, Reader,
    folder::Folder,
    seal::{FIRST, Head, Seal},
};
use crate::{clock::Clock, domain::timestamp::Timestamp};

/// A segment takes this much.
const SEGMENT: u64 = 4 << 20;

/// A segment that has lines is followed by another after so long, so that what was read can be deleted.
const AGE: Duration = Duration::from_secs(60);

/// How often the age is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Lines that come within this time reach the disk together.
const BATCH: Duration = Duration::from_millis(20);

/// Appends lines. There is one in all processes: it holds the folder's lock.
pub struct Writer {
    core: Arc<Core>,
    syncing: Option<JoinHandle<()>>,
    _lock: File,
}

struct Core {
    folder: Folder,
    seal: Seal,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    /// There is something to put on the disk, or it is over.
    changed: Condvar,
    /// Something was put on the disk.
    synced: Condvar,
    /// There is something to read.
    appended: Arc<Notify>,
}

struct State {
    segment: u64,
    file: Arc<File>,
    length: u64,
    since: Timestamp,
    /// Files with lines that may not be on the disk yet.
    unsynced: Vec<Arc<File>>,
    /// How many lines were appended, and how many of them are on the disk.
    appended: u64,
    on_disk: u64,
    is_over: bool,
}

impl Writer {
    /// Opens the journal in a folder, which is made if need be. It goes on in a segment of its own: whatever was torn when the
    /// last writer ended is left behind.
    ///
    /// # Errors
    /// If another process writes it, if it was written under another key, or if the disk fails.
    pub fn open(path: &Path, key: &[u8; 32], clock: Arc<dyn Clock>) -> Result<Self, JournalError> {
        let folder = Folder::make(path)?;
        let lock = folder.lock()?;
        let seal = Seal::new(key);
        let segments = folder.segments()?;
        for segment in segments.iter().rev() {
            let Some(file) = folder.open(*segment)? else {
                continue;
            };
            match seal.look(&file, *segment) {
                Ok(Head::Foreign) => return Err(folder.foreign()),
                Ok(Head::Ours) => break,
                Ok(Head::Torn) => {}
                Err(error) => return Err(folder.failed("read", error)),
            }
        }
        // Numbers go up even if the folder was emptied by hand: a position in it stays in the past.
        let now = clock.now();
        let segment = segments.last().map_or(0, |last| last + 1);
        let segment = segment.max(u64::try_from(now.as_ms()).unwrap_or(0));
        let begin = || begin(&folder, &seal, segment);
        let file = begin().map_err(|error| folder.failed("write to", error))?;
        let core = Arc::new(Core {
            folder,
            seal,
            clock,
            state: Mutex::new(State {
                segment,
                file,
                length: FIRST,
                since: now,
                unsynced: Vec::new(),
                appended: 0,
                on_disk: 0,
                is_over: false,
            }),
            changed: Condvar::new(),
            synced: Condvar::new(),
            appended: Arc::default(),
        });
        let syncing = {
            let core = Arc::clone(&core);
            thread::Builder::new()
                .name("signal-journal".to_owned())
                .spawn(move || core.sync_until_over())
        };
        Ok(Self {
            syncing: Some(syncing.map_err(|error| core.folder.failed("write to", error))?),
            core,
            _lock: lock,
        })
    }

    /// Appends a line: it is with the operating system when this returns, and on the disk soon after. It blocks no longer than
    /// one write takes.
    ///
    /// # Errors
    /// If it was not appended: the disk is full or fails, or the line is longer than 1 MiB. The journal is as it was.
    pub fn append(&self, line: &[u8]) -> io::Result<()> {
        let mut state = self.core.state();
        if state.length > SEGMENT {
            self.core.roll(&mut state)?;
        }
        let record = self.core.seal.record(line, state.segment, state.length)?;
        // What a write that failed midway has left is written over by the next one.
        state.file.write_all_at(&record, state.length)?;
        state.length += record.len() as u64;
        state.appended += 1;
        state.is_dirty();
        drop(state);
        self.core.changed.notify_one();
        self.core.appended.notify_one();
        Ok(())
    }

    /// Waits until all that was appended is on the disk. It blocks.
    pub fn sync(&self) {
        let mut state = self.core.state();
        let wanted = state.appended;
        while state.on_disk < wanted {
            self.core.changed.notify_one();
            state = wait(&self.core.synced, state, LOOK);
        }
    }

    /// Reads this journal from a position on, and is told at once of every line.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub fn reader(&self, from: Option<Position>) -> Result<Reader, JournalError> {
        let folder = self.core.folder.clone();
        let told = Arc::clone(&self.core.appended);
        Reader::new(folder, self.core.seal.clone(), from, Some(told))
    }
}

impl Drop for Writer {
    /// Puts everything on the disk.
    fn drop(&mut self) {
        self.core.state().is_over = true;
        self.core.changed.notify_one();
        // A thread that panicked has said so.
        let _ = self.syncing.take().map(JoinHandle::join);
    }
}

impl State {
    fn is_dirty(&mut self) {
        let is_listed = self
            .unsynced
            .last()
            .is_some_and(|last| Arc::ptr_eq(last, &self.file));
        if !is_listed {
            self.unsynced.push(Arc::clone(&self.file));
        }
    }
}

impl Core {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on in a new segment.
    fn roll(&self, state: &mut State) -> io::Result<()> {
        let segment = state.segment + 1;
        state.file = begin(&self.folder, &self.seal, segment)?;
        state.segment = segment;
        state.length = FIRST;
        state.since = self.clock.now();
        self.appended.notify_one();
        Ok(())
    }

    fn sync_until_over(&self) {
        loop {
            let mut state = self.state();
            if state.unsynced.is_empty() && !state.is_over {
                state = wait(&self.changed, state, LOOK);
            }
            let is_old = self.clock.now().since(state.since) >= AGE;
            if is_old
                && state.length > FIRST
                && !state.is_over
                && let Err(error) = self.roll(&mut state)
            {
                tracing::warn!(%error, "the journal of Signal cannot begin a new segment");
            }
            let files = std::mem::take(&mut state.unsynced);
            let appended = state.appended;
            let is_over = state.is_over;
            drop(state);
            for file in &files {
                if let Err(error) = file.sync_data() {
                    tracing::error!(%error, "the journal of Signal cannot be put on the disk");
                }
            }
            self.state().on_disk = appended;
            self.synced.notify_all();
            if is_over && files.is_empty() {
                return;
            }
            if !is_over && !files.is_empty() {
                thread::sleep(BATCH);
            }
        }
    }
}

/// A new segment with its beginning.
fn begin(folder: &Folder, seal: &Seal, segment: u64) -> io::Result<Arc<File>> {
    let file = folder.create(segment, &seal.head(segment)?)?;
    Ok(Arc::new(file))
}

fn wait<'g>(
    on: &Condvar,
    state: MutexGuard<'g, State>,
    at_most: Duration,
) -> MutexGuard<'g, State> {
    let (state, _is_late) = on
        .wait_timeout(state, at_most)
        .unwrap_or_else(PoisonError::into_inner);
    state
}
