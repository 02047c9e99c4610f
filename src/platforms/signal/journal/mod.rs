//! What the daemon handed over and was not taken in yet: raw lines, sealed, in files.
//!
//! Signal's server forgets a message when the daemon has it, and the daemon forgets it when it has written it into its socket. So
//! a line is appended here before anything else happens to it, by one [`Writer`] (of tocsin itself, or of `tocsin signal keep`,
//! which outlives it), and read from here by a [`Reader`], which says afterwards how far it got. What was taken in is deleted.
//!
//! A folder has segments, `<number>.lines`; each record is its length (4 bytes, little-endian), a nonce (24) and the line, sealed with
//! XChaCha20-Poly1305 together with where it stands. A record that a crash tore off is passed over: it was never handed over.

mod reader;
mod writer;

use std::{
    fmt,
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use tokio::sync::watch;

use self::writer::Open;
pub use self::{
    reader::{Kept, Reader},
    writer::Writer,
};
use crate::clock::{Clock, SystemClock};

/// A segment is closed when it is longer.
const LONG: u64 = 4 << 20;
/// A segment that is not empty is closed after this, so that what was taken in does not lie about.
const OLD: Duration = Duration::from_secs(60);
/// Longer lines are not written.
pub const LONGEST: usize = 1 << 20;
/// What another process wrote is looked for so often.
const LOOK: Duration = Duration::from_millis(25);

const LENGTH: usize = 4;
const NONCE: usize = 24;
const TAG: usize = 16;
const KEY_CHECK: &[u8] = b"tocsin's journal of lines";

/// A place in the journal: between two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    segment: u64,
    offset: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.segment, self.offset)
    }
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (segment, offset) = text.split_once('/').ok_or(())?;
        Ok(Self {
            segment: segment.parse().map_err(|_| ())?,
            offset: offset.parse().map_err(|_| ())?,
        })
    }
}

/// A folder of lines and the key they are sealed with.
#[derive(Clone)]
pub struct Journal {
    dir: PathBuf,
    cipher: XChaCha20Poly1305,
    /// Rings when a line was appended in this process.
    bell: Arc<watch::Sender<()>>,
}

impl Journal {
    /// Opens a folder, and makes it if there is none.
    ///
    /// # Errors
    /// If it cannot be made, or its lines are sealed with another key.
    pub fn open(dir: &Path, key: &[u8; 32]) -> anyhow::Result<Self> {
        let shown = dir.display();
        fs::create_dir_all(dir).with_context(|| format!("Cannot make the folder {shown}"))?;
        only_ours(dir).with_context(|| format!("Cannot close the folder {shown} to others"))?;
        let journal = Self {
            dir: dir.to_owned(),
            cipher: XChaCha20Poly1305::new(key.into()),
            bell: Arc::new(watch::Sender::new(())),
        };
        journal.check_key()?;
        Ok(journal)
    }

    fn check_key(&self) -> anyhow::Result<()> {
        let path = self.dir.join("key-check");
        let here = Position {
            segment: 0,
            offset: 0,
        };
        match fs::read(&path) {
            Ok(sealed) if self.unseal(&sealed, here).is_some() => Ok(()),
            Ok(_) if self.is_empty()? => self.write_key_check(&path, here),
            Ok(_) => anyhow::bail!(
                "What was received from Signal and not taken in yet, in {}, is sealed with another key: put the key file back, or \
                 delete the folder to go on without it",
                self.dir.display()
            ),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.write_key_check(&path, here)
            }
            Err(error) => Err(error).with_context(|| format!("Cannot read {}", path.display())),
        }
    }

    fn write_key_check(&self, path: &Path, here: Position) -> anyhow::Result<()> {
        let sealed = self.seal(KEY_CHECK, here)?;
        let next = self.dir.join(format!("key-check.{}", std::process::id()));
        fs::write(&next, sealed)
            .and_then(|()| fs::rename(&next, path))
            .with_context(|| format!("Cannot write into {}", self.dir.display()))
    }

    /// Whether nothing waits in it, as after a stop: then a new key may take over.
    fn is_empty(&self) -> anyhow::Result<bool> {
        for segment in self.segments().context("Cannot list the journal")? {
            let length = fs::metadata(self.path(segment)).map_or(0, |file| file.len());
            if length > 0 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The right to append; `None` if another process has it.
    ///
    /// # Errors
    /// If the folder cannot be written to.
    pub fn writer(&self) -> anyhow::Result<Option<Writer>> {
        let path = self.dir.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(|| format!("Cannot write {}", path.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Ok(None),
            Err(fs::TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("Cannot lock {}", path.display()));
            }
        }
        let open = self.next_segment().context("Cannot open the journal")?;
        Ok(Some(Writer::new(self.clone(), open, lock)))
    }

    /// Reads on from a position that was reached before; from the beginning without one.
    #[must_use]
    pub fn reader(&self, from: Option<Position>) -> Reader {
        let at = from.unwrap_or(Position {
            segment: 0,
            offset: 0,
        });
        Reader::new(self.clone(), at, self.bell.subscribe())
    }

    fn path(&self, segment: u64) -> PathBuf {
        self.dir.join(format!("{segment:020}.lines"))
    }

    /// The numbers of the segments that are there, the oldest first.
    fn segments(&self) -> io::Result<Vec<u64>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".lines"));
            found.extend(number.and_then(|number| number.parse::<u64>().ok()));
        }
        found.sort_unstable();
        Ok(found)
    }

    /// A segment of the writer's own: what a crash tore off at the end of the last one is left behind, and no place in it ever
    /// comes to mean another line. A place may be on the disk, with what was taken in, before the line that stood there is.
    fn next_segment(&self) -> io::Result<Open> {
        let last = self.segments()?.pop();
        self.new_segment(last.unwrap_or(0))
    }

    /// Numbers grow with time, also after the folder was deleted: a position is never taken for another.
    fn new_segment(&self, after: u64) -> io::Result<Open> {
        let now = SystemClock.now().as_ms();
        let segment = u64::try_from(now).unwrap_or(0).max(after + 1);
        let file = OpenOptions::new()
            .create_new(true)
            .append(true)
            .open(self.path(segment))?;
        Ok(Open {
            segment,
            file,
            length: 0,
            since: std::time::Instant::now(),
            is_dirty: false,
        })
    }

    fn seal(&self, line: &[u8], at: Position) -> io::Result<Vec<u8>> {
        let mut nonce = [0_u8; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| io::Error::other("no randomness"))?;
        let place = place(at);
        let sealed = self
            .cipher
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: line,
                    aad: &place,
                },
            )
            .map_err(|_| io::Error::other("cannot seal a line"))?;
        Ok([&nonce[..], &sealed].concat())
    }

    fn unseal(&self, record: &[u8], at: Position) -> Option<Vec<u8>> {
        let (nonce, sealed) = record.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let place = place(at);
        self.cipher
            .decrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: sealed,
                    aad: &place,
                },
            )
            .ok()
    }
}

fn place(at: Position) -> [u8; 16] {
    let mut place = [0; 16];
    place[..8].copy_from_slice(&at.segment.to_le_bytes());
    place[8..].copy_from_slice(&at.offset.to_le_bytes());
    place
}

#[cfg(unix)]
fn only_ours(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn only_ours(_dir: &Path) -> io::Result<()> {
    Ok(())
}

/// Where a record of that length ends; `None` if no record has such a length.
fn next_after(at: u64, length: u32) -> Option<u64> {
    let is_good = (NONCE + TAG..=NONCE + TAG + LONGEST).contains(&usize::try_from(length).ok()?);
    is_good.then(|| at + LENGTH as u64 + u64::from(length))
}

#[cfg(test)]
mod tests;
