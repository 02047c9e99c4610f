//! How far a long reading has come, on the terminal; silent where there is none.

use std::io::{IsTerminal, Write};

/// One line on stderr that is written over.
pub(super) struct Progress {
    is_shown: bool,
    doing: &'static str,
    shown: Option<u64>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            is_shown: std::io::stderr().is_terminal(),
            doing: "",
            shown: None,
        }
    }

    /// Begins another piece of work.
    pub(super) fn doing(&mut self, doing: &'static str) {
        self.doing = doing;
        self.shown = None;
        self.at(0, 1);
    }

    /// So much of all is done.
    pub(super) fn at(&mut self, done: u64, all: u64) {
        let percent = done.saturating_mul(100) / all.max(1);
        if self.is_shown && self.shown != Some(percent) {
            self.shown = Some(percent);
            eprint!("\r\x1b[K{}: {percent} %", self.doing);
            let _ = std::io::stderr().flush();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown && self.shown.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}
