//! Says a [`Prompt`] in a language, from the Fluent files in `prompts/`; falls back to English per message.
//!
//! The files are read at run time, so that a community can correct its own words without a compiler.
//!
//! # How to add a language
//! 1. Copy `prompts/en` to `prompts/<language>`, named by its BCP 47 tag (`so`, `hmn`, `es`).
//! 2. Translate. Keep the `$names`; a message that is left out is said in English.
//! 3. Run `tests/run languages`: it lists what is missing and what would not fit into one text message.
//!
//! # How the files are written
//! `**` around words makes them strong where the platform can. A message may have an attribute `.phone` with shorter words
//! for text messages; [`Style::Phone`] takes it, drops marks and emoji, and folds what would leave the alphabet of text
//! messages (`á` becomes `a`), so that the words themselves can be spelled properly.

mod acts;
mod doors;
mod keys;
mod load;
mod newcomers;
mod people;
mod prompts;
mod relay;
mod rooms;
mod summary;
mod voice;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::Path,
};

use fluent_bundle::{FluentResource, concurrent::FluentBundle};
use jiff::tz::TimeZone;

use self::voice::{Limits, Voice};
use crate::domain::{
    problem::Problem,
    prompt::Prompt,
    relay::Talk,
    segment::{ONE_SEGMENT, fold, septets},
    words::Words,
};

/// The words of one language.
type Bundle = FluentBundle<FluentResource>;

/// A language: its words, and the `$names` each of its messages uses.
struct Language {
    bundle: Bundle,
    uses: BTreeMap<String, BTreeSet<String>>,
}

/// For what the words are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Style {
    /// A room or direct message: emoji, strong parts, full sentences.
    #[default]
    Room,
    /// A text message: plain, and one segment of 160 characters wherever possible.
    Phone,
}

/// The words of every language there is.
pub struct Phrasebook {
    english: Language,
    others: BTreeMap<String, Language>,
}

impl fmt::Debug for Phrasebook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Phrasebook")
            .field(&self.languages())
            .finish()
    }
}

/// How much a text message is shortened, try by try, until it fits into one segment.
const TIGHTER: [Limits; 9] = [
    Limits::NONE,
    Limits {
        facts: 3,
        letters: 60,
    },
    Limits {
        facts: 2,
        letters: 60,
    },
    Limits {
        facts: 2,
        letters: 40,
    },
    Limits {
        facts: 2,
        letters: 30,
    },
    Limits {
        facts: 1,
        letters: 40,
    },
    Limits {
        facts: 1,
        letters: 24,
    },
    Limits {
        facts: 1,
        letters: 18,
    },
    Limits {
        facts: 1,
        letters: 12,
    },
];

impl Phrasebook {
    /// Reads every `<dir>/<language>/*.ftl`.
    ///
    /// # Errors
    /// Every problem there is: no English, a message that English lacks, a line that is not Fluent, a `$name` that
    /// the message is not given.
    pub fn load(dir: &Path) -> Result<Self, Vec<Problem>> {
        load::load(dir)
    }

    /// The languages there are words in, English first.
    #[must_use]
    pub fn languages(&self) -> Vec<&str> {
        std::iter::once("en")
            .chain(self.others.keys().map(String::as_str))
            .collect()
    }

    /// Whether a language has words of its own for a message.
    #[must_use]
    pub fn has(&self, language: &str, key: &str) -> bool {
        let known = match language {
            "en" => Some(&self.english),
            _ => self.others.get(language),
        };
        known.is_some_and(|known| known.uses.contains_key(key))
    }

    /// What a language leaves to English, one message an item, and the messages that use other `$names` than English does.
    #[must_use]
    pub fn gaps(&self, language: &str) -> Vec<String> {
        let Some(known) = self.others.get(language) else {
            return Vec::new();
        };
        self.english
            .uses
            .iter()
            .filter_map(|(key, english)| match known.uses.get(key) {
                None => Some(format!("{key} is missing")),
                Some(own) if own != english => {
                    Some(format!("{key} uses {own:?}, English {english:?}"))
                }
                Some(_) => None,
            })
            .collect()
    }

    /// The words for a prompt. Moments are told in `zone`. An unknown language is English.
    #[must_use]
    pub fn say(&self, prompt: &Prompt, language: &str, style: Style, zone: &TimeZone) -> Words {
        let said = |limits| {
            Voice {
                wanted: self.bundle(language),
                english: &self.english.bundle,
                style,
                zone,
                limits,
            }
            .prompt(prompt)
        };
        match style {
            Style::Room => Words::from_marked(&said(Limits::NONE)),
            Style::Phone => {
                let plain = |limits| fold(&said(limits).replace("**", "")).trim().to_owned();
                let fits =
                    |text: &String| septets(text).is_some_and(|length| length <= ONE_SEGMENT);
                let text = TIGHTER.into_iter().map(plain).find(fits);
                Words::from_marked(&text.unwrap_or_else(|| plain(Limits::NONE)))
            }
        }
    }

    /// The words for talk that is passed on.
    #[must_use]
    pub fn pass_on(&self, talk: &Talk, language: &str) -> Words {
        relay::passed_on(talk, |key| {
            let zone = &TimeZone::UTC;
            Voice {
                wanted: self.bundle(language),
                english: &self.english.bundle,
                style: Style::Room,
                zone,
                limits: Limits::NONE,
            }
            .word(key)
        })
    }

    /// The bundle of a language, or of its main part: `es` for `es-MX`.
    fn bundle(&self, language: &str) -> Option<&Bundle> {
        self.others
            .get(language)
            .or_else(|| self.others.get(language.split(['-', '_']).next()?))
            .map(|known| &known.bundle)
    }
}
