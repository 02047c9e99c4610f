//! The file of what was begun and how it ended: one line each, `what name number`.
//!
//! What a process wrote there is there after it was killed, but not after the machine lost its power. So the file also says of which
//! start of the machine it is, and since when it is whole: only within the same start does a line that is missing prove anything, and
//! only when who wrote before is gone for certain.

use std::{
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::{Lane, State, Try};
use crate::domain::ids::EffectId;

/// A try began: the effect, when.
pub(super) const BEGUN: &str = "b";
/// The daemon answered, and does not know the end: the effect, when.
pub(super) const ANSWERED: &str = "a";
/// A try ended: the effect, the message's timestamp.
pub(super) const ENDED: &str = "e";
/// Somebody received a message that no try is known to have made: its timestamp.
pub(super) const RECEIPT: &str = "r";
/// Of which start of the machine it is, since when it is whole.
const SINCE: &str = "s";

/// What names this start of the machine, where the system tells it.
pub(super) fn boot() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let id = id.trim();
    (!id.is_empty() && !id.contains(char::is_whitespace)).then(|| id.to_owned())
}

/// The file.
pub(super) struct Written {
    path: PathBuf,
    boot: Option<String>,
    file: Option<File>,
    /// Held as long as it is written; none if somebody else holds it.
    lock: Option<File>,
    /// How many lines it has.
    pub(super) lines: usize,
}

impl Written {
    /// A file that was not read yet.
    ///
    /// # Errors
    /// If nothing can be written there.
    pub(super) fn new(path: &Path, boot: Option<String>) -> io::Result<Self> {
        let lock = File::create(path.with_extension("lock"))?;
        Ok(Self {
            path: path.to_owned(),
            boot,
            file: None,
            lock: lock.try_lock().is_ok().then_some(lock),
            lines: 0,
        })
    }

    /// Appends a line.
    pub(super) fn append(&mut self, what: &str, name: &str, number: i64) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.write_all(format!("{what} {name} {number}\n").as_bytes())?;
            self.lines += 1;
        }
        Ok(())
    }
}

impl State {
    /// Takes up what is written.
    pub(super) fn read(&mut self) -> io::Result<()> {
        let text = match fs::read_to_string(&self.written.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for line in text.lines() {
            self.read_line(line);
        }
        Ok(())
    }

    fn read_line(&mut self, line: &str) {
        let mut parts = line.split(' ');
        let (Some(what), Some(name), Some(Ok(number))) =
            (parts.next(), parts.next(), parts.next().map(str::parse))
        else {
            // Torn by a crash.
            return;
        };
        let effect = EffectId::new(name);
        match what {
            BEGUN => self.tries.push_back(Try {
                effect,
                lane: Lane::Gone,
                began: number,
                answered: None,
                ended: None,
            }),
            ANSWERED => self.answer(&effect, number),
            ENDED => self.end(&effect, number),
            RECEIPT => {
                self.receipts.entry(number).or_default();
            }
            SINCE if self.written.lock.is_some() && self.written.boot.as_deref() == Some(name) => {
                self.whole_since = number;
            }
            _ => {}
        }
    }

    /// Writes the file anew, without what is forgotten.
    pub(super) fn rewrite(&mut self) -> io::Result<()> {
        let mut text = String::new();
        let mut lines = 0;
        let mut line = |what: &str, name: &str, number: i64| {
            // Writing into a text cannot fail.
            let _ = writeln!(text, "{what} {name} {number}");
            lines += 1;
        };
        if let Some(boot) = &self.written.boot {
            line(SINCE, boot, self.whole_since);
        }
        for one in &self.tries {
            let name = one.effect.as_str();
            line(BEGUN, name, one.began);
            if let Some(answered) = one.answered {
                line(ANSWERED, name, answered);
            }
            if let Some(ended) = one.ended {
                line(ENDED, name, ended);
            }
        }
        for timestamp in self.receipts.keys() {
            line(RECEIPT, "-", *timestamp);
        }
        let path = &self.written.path;
        let next = path.with_extension("next");
        fs::write(&next, &text)?;
        fs::rename(&next, path)?;
        self.written.file = Some(OpenOptions::new().append(true).open(path)?);
        self.written.lines = lines;
        Ok(())
    }
}
