//! Colors for a terminal, and none anywhere else.

/// How words are set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    /// With the terminal's own colors.
    Colors,
    /// Not at all.
    Plain,
}

impl Paint {
    /// Colors only on a terminal whose owner does not refuse them (<https://no-color.org>).
    pub(super) const fn for_output(is_terminal: bool, is_refused: bool) -> Self {
        if is_terminal && !is_refused {
            Self::Colors
        } else {
            Self::Plain
        }
    }

    fn set(self, code: &str, words: &str) -> String {
        match self {
            Self::Colors if !words.is_empty() => format!("\u{1b}[{code}m{words}\u{1b}[0m"),
            Self::Colors | Self::Plain => words.to_owned(),
        }
    }

    /// What matters most.
    pub(super) fn strong(self, words: &str) -> String {
        self.set("1", words)
    }

    /// Labels.
    pub(super) fn label(self, words: &str) -> String {
        self.set("36", words)
    }

    /// What is wrong or missing.
    pub(super) fn warning(self, words: &str) -> String {
        self.set("33", words)
    }
}
