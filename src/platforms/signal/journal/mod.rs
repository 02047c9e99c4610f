//! What the daemon handed over, kept until it is taken in: a folder of numbered segments with one sealed record a line.
//!
//! A daemon does not repeat what it wrote to a connection, so every line is appended here before anything else is done with it.
//! One process writes, whoever holds the lock; any may follow. A writer begins a segment of its own, so that a record which was cut
//! off by a crash neither hides what stands before it nor stops what comes after. Numbers only go up, and the newest segment is
//! never deleted: a position always means the same place.

mod folder;
mod reader;
mod seal;
mod writer;

use std::{fmt, io, path::PathBuf, str::FromStr};

pub use self::{reader::Reader, writer::Writer};
use crate::domain::ids::Checkpoint;

/// A place between two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    segment: u64,
    offset: u64,
}

impl Position {
    const fn start(segment: u64) -> Self {
        Self { segment, offset: 0 }
    }

    /// As a checkpoint: `<segment>/<offset>`.
    #[must_use]
    pub fn checkpoint(self) -> Checkpoint {
        Checkpoint::new(self.to_string())
    }

    /// The position that [`Self::checkpoint`] wrote so.
    #[must_use]
    pub fn of(checkpoint: &Checkpoint) -> Option<Self> {
        checkpoint.as_str().parse().ok()
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.segment, self.offset)
    }
}

/// What was to be a position is none.
#[derive(Debug, thiserror::Error)]
#[error("cannot read a position in the journal of Signal")]
pub struct NoPosition;

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let (segment, offset) = text.split_once('/').ok_or(NoPosition)?;
        let number = |text: &str| text.parse().map_err(|_| NoPosition);
        Ok(Self {
            segment: number(segment)?,
            offset: number(offset)?,
        })
    }
}

/// Why a journal cannot be used; it says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another process writes it.
    #[error(
        "another process keeps what comes from Signal in {}: there can be only one (`tocsin signal keep`, or tocsin itself)",
        .0.display()
    )]
    Held(PathBuf),
    /// It was written under another key.
    #[error(
        "what is kept from Signal in {} was sealed with another key file: put that key file back until all is taken in, or move \
         the folder away, which loses what has not been taken in",
        .0.display()
    )]
    WrongKey(PathBuf),
    /// The disk fails, or permissions forbid it.
    #[error("cannot {doing} {}, where what comes from Signal is kept", folder.display())]
    Io {
        /// What was being done to the folder.
        doing: &'static str,
        /// Which folder.
        folder: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

#[cfg(test)]
mod tests;
