//! Word lists as data: which words mean what, per language, so that a community can correct them.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::Arc,
};

use serde::Deserialize;

use crate::domain::{
    parse::tokens::Token,
    place::phrases::{Phrases, Span},
};

/// The languages that are read, most likely first.
pub(crate) const LANGUAGES: [&str; 4] = ["en", "es", "so", "hmn"];

/// What a group of words is about; the tables of a lexicon file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Category {
    Common,
    Agency,
    Uniform,
    Activity,
    Weapon,
    Gear,
    Color,
    Body,
    Make,
    Model,
    Person,
    Bystander,
    /// Who is acted upon: verbs before ("by") and behind ("been").
    Victim,
    /// Whose vehicle it is, where it is not theirs.
    Owner,
    Number,
    /// Words around numbers: "about", "at least", "or".
    Count,
    /// What is counted and is neither people nor vehicles.
    Thing,
    /// Adjectives between a count and its noun.
    Filler,
    /// Words between a denial and what it denies.
    Light,
    /// Verbs that are an activity with the right object: "took" a man, "searched" a car.
    Deed,
    /// Words that only look like something: "left side", "car wash".
    Ignore,
    Label,
    Time,
    Unknown,
    Deny,
    Cue,
}

impl Category {
    /// Whether two meanings of this category may share words.
    const fn overlaps(self) -> bool {
        matches!(
            self,
            Self::Agency
                | Self::Uniform
                | Self::Activity
                | Self::Weapon
                | Self::Gear
                | Self::Victim
                | Self::Owner
                | Self::Count
                | Self::Thing
                | Self::Filler
                | Self::Light
                | Self::Deed
                | Self::Time
                | Self::Cue
        )
    }

    /// Whether words of this category count in a message that only mixes their language in.
    const fn mixes(self) -> bool {
        !matches!(self, Self::Common | Self::Cue)
    }

    /// Whether a word of this category is none inside a phrase that is to be ignored.
    const fn is_ignorable(self) -> bool {
        !matches!(
            self,
            Self::Common | Self::Agency | Self::Label | Self::Deny | Self::Cue | Self::Ignore
        )
    }

    /// Whether English words of this category also count in a message of another language.
    const fn travels(self) -> bool {
        !matches!(
            self,
            Self::Common
                | Self::Number
                | Self::Count
                | Self::Time
                | Self::Bystander
                | Self::Deny
                | Self::Light
                | Self::Cue
        )
    }
}

/// Something in a lexicon file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LexiconProblem {
    /// The file's language.
    pub language: String,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong, in one sentence.
    pub says: String,
}

impl fmt::Display for LexiconProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}.toml:{line}: {}", self.language, self.says),
            None => write!(f, "{}.toml: {}", self.language, self.says),
        }
    }
}

/// The words of one language.
#[derive(Debug, Clone)]
pub struct Lexicon {
    language: usize,
    entries: Vec<(Category, Arc<str>, String)>,
}

#[derive(Deserialize)]
struct File {
    language: String,
    #[serde(flatten)]
    tables: BTreeMap<Category, BTreeMap<String, Vec<String>>>,
}

impl Lexicon {
    /// Reads the word lists of a language.
    ///
    /// # Errors
    /// Where the text is no such file, or a line of it cannot be used.
    pub fn load(language: &str, text: &str) -> Result<Self, Vec<LexiconProblem>> {
        let problem = |line, says: String| LexiconProblem {
            language: language.to_owned(),
            line,
            says,
        };
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| {
                text.bytes()
                    .take(span.start)
                    .filter(|byte| *byte == b'\n')
                    .count()
                    + 1
            });
            vec![problem(line, error.message().to_owned())]
        })?;
        let mut problems = Vec::new();
        if file.language != language {
            problems.push(problem(
                Some(1),
                format!("this file says it is {}, not {language}", file.language),
            ));
        }
        let at = LANGUAGES.iter().position(|known| *known == language);
        if at.is_none() {
            problems.push(problem(
                None,
                format!(
                    "the language {language} is not read; {} are",
                    LANGUAGES.join(", ")
                ),
            ));
        }
        let mut entries = Vec::new();
        for (category, meanings) in file.tables {
            for (tag, phrases) in meanings {
                if let Some(says) = wrong_tag(category, &tag) {
                    let line = text
                        .lines()
                        .position(|line| line.trim_start_matches('"').starts_with(&tag))
                        .map(|n| n + 1);
                    problems.push(problem(line, says));
                }
                let tag: Arc<str> = tag.into();
                entries.extend(
                    phrases
                        .into_iter()
                        .map(|phrase| (category, Arc::clone(&tag), phrase)),
                );
            }
        }
        match at {
            Some(language) if problems.is_empty() => Ok(Self { language, entries }),
            _ => Err(problems),
        }
    }
}

/// Why a meaning cannot stand in this table.
fn wrong_tag(category: Category, tag: &str) -> Option<String> {
    match category {
        Category::Number if number(tag).is_none() => {
            Some(format!("{tag:?} is not a number; write 3 or 3+"))
        }
        Category::Model if tag.split('/').count() != 3 => {
            Some(format!("{tag:?} is not make/model/body"))
        }
        Category::Activity | Category::Deed
            if crate::domain::parse::details::activity(tag).is_none() =>
        {
            Some(format!("there is no activity {tag}"))
        }
        Category::Label
            if !["size", "activity", "location", "unit", "time", "equipment"].contains(&tag) =>
        {
            Some(format!("there is no field {tag}"))
        }
        _ => None,
    }
}

/// "3" → 3 and no more; "3+" → 3 and who knows.
pub(crate) fn number(tag: &str) -> Option<(u32, bool)> {
    let digits = tag.strip_suffix('+').unwrap_or(tag);
    Some((digits.parse().ok()?, digits.len() != tag.len()))
}

/// A meaning found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub category: Category,
    pub tag: Arc<str>,
    pub span: Span,
}

#[derive(Debug, Clone)]
struct Entry {
    category: Category,
    tag: Arc<str>,
    language: usize,
}

/// The lexicons of all languages, ready to be looked up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    phrases: Phrases<Entry>,
}

/// What the words of a text mean.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hits {
    hits: Vec<Hit>,
    /// Which hits of a category begin at a token.
    by_start: HashMap<(Category, usize), Vec<usize>>,
}

/// No phrase is longer than so many tokens, hyphens included.
const LONGEST: usize = 10;

impl Vocabulary {
    pub(crate) fn new(lexicons: Vec<Lexicon>) -> Self {
        let mut phrases = Phrases::default();
        for lexicon in lexicons {
            for (category, tag, phrase) in lexicon.entries {
                phrases.add(
                    &phrase,
                    Entry {
                        category,
                        tag,
                        language: lexicon.language,
                    },
                );
            }
        }
        Self { phrases }
    }

    /// The language most of the known words belong to.
    pub(crate) fn language(&self, tokens: &[Token]) -> Option<usize> {
        let mut counts = [0_usize; LANGUAGES.len()];
        for at in 0..tokens.len() {
            for (_, entry) in self.phrases.at(tokens, at) {
                if entry.category == Category::Common
                    && let Some(count) = counts.get_mut(entry.language)
                {
                    *count += 1;
                }
            }
        }
        let most = *counts.iter().max()?;
        if most == 0 {
            None
        } else {
            counts.iter().position(|count| *count == most)
        }
    }

    /// The meanings of the open tokens in a message of that language. Words of another language count too where the
    /// message shows that it is mixed in.
    pub(crate) fn hits(&self, tokens: &[Token], open: &[bool], language: usize) -> Hits {
        let found: Vec<Vec<(Span, &Entry)>> = (0..tokens.len())
            .map(|at| {
                if open.get(at).copied().unwrap_or(false) {
                    self.phrases.at(tokens, at).collect()
                } else {
                    Vec::new()
                }
            })
            .collect();
        let spoken = spoken(&found, tokens, language);
        let mut hits: Vec<Hit> = Vec::new();
        let mut ignored = Span { from: 0, to: 0 };
        let mut ends: BTreeMap<(Category, Option<Arc<str>>), usize> = BTreeMap::new();
        for (at, mut here) in found.into_iter().enumerate() {
            let is_long = tokens
                .get(at)
                .is_some_and(|token| token.text.len() >= ENGLISH_TIME);
            let is_own = |entry: &Entry| {
                entry.language == language
                    || entry.language == 0
                        && (entry.category.travels() || is_long && entry.category == Category::Time)
            };
            let has_own = here
                .iter()
                .any(|(_, entry)| is_own(entry) && entry.category != Category::Common);
            here.retain(|(_, entry)| {
                is_own(entry)
                    || !has_own && entry.category.mixes() && spoken.contains(&entry.language)
            });
            here.sort_by_key(|(span, _)| std::cmp::Reverse(span.to));
            if let Some((span, _)) = here
                .iter()
                .find(|(_, entry)| entry.category == Category::Ignore)
                && span.to > ignored.to
            {
                ignored = *span;
            }
            for (span, entry) in here {
                let is_covered = ignored.from <= span.from && span.to <= ignored.to;
                if is_covered && entry.category.is_ignorable() {
                    continue;
                }
                let key = (
                    entry.category,
                    entry.category.overlaps().then(|| Arc::clone(&entry.tag)),
                );
                if ends.get(&key).is_some_and(|end| *end > span.from) {
                    continue;
                }
                ends.insert(key, span.to);
                hits.push(Hit {
                    category: entry.category,
                    tag: Arc::clone(&entry.tag),
                    span,
                });
            }
        }
        Hits::new(hits)
    }
}

/// English words of time count in every language from so many letters on: "min ago".
const ENGLISH_TIME: usize = 3;

/// Letters that a word must have to show by itself that its language is spoken.
const TELLING: usize = 5;

/// The languages besides the main one that a message is mixed with: a long word or a phrase of theirs that is no word
/// of the main language, or two of their common words.
fn spoken(found: &[Vec<(Span, &Entry)>], tokens: &[Token], language: usize) -> Vec<usize> {
    let mut signs = [0_u8; LANGUAGES.len()];
    for here in found {
        let is_known = here.iter().any(|(_, entry)| entry.language == language);
        if is_known {
            continue;
        }
        for (span, entry) in here {
            let words = tokens.get(span.from..span.to).unwrap_or_default();
            let letters: usize = words.iter().map(|token| token.text.len()).sum();
            let sign = if entry.category == Category::Common {
                1
            } else if entry.language != 0 && entry.category.travels() && letters >= TELLING {
                2
            } else {
                0
            };
            if let Some(signs) = signs.get_mut(entry.language) {
                *signs = signs.saturating_add(sign);
            }
        }
    }
    (0..LANGUAGES.len())
        .filter(|other| *other != language && signs.get(*other).is_some_and(|signs| *signs >= 2))
        .collect()
}

impl Hits {
    fn new(hits: Vec<Hit>) -> Self {
        let mut by_start: HashMap<(Category, usize), Vec<usize>> = HashMap::new();
        for (n, hit) in hits.iter().enumerate() {
            by_start
                .entry((hit.category, hit.span.from))
                .or_default()
                .push(n);
        }
        Self { hits, by_start }
    }

    /// The hits of a category, in order.
    pub(crate) fn of(&self, category: Category) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |hit| hit.category == category)
    }

    /// The hit of a category that holds a token.
    pub(crate) fn at(&self, category: Category, at: usize) -> Option<&Hit> {
        (at.saturating_sub(LONGEST)..=at).find_map(|start| {
            self.all_from(category, start)
                .find(|hit| hit.span.holds(at))
        })
    }

    /// The first hit of a category that begins at a token.
    pub(crate) fn from(&self, category: Category, at: usize) -> Option<&Hit> {
        self.all_from(category, at).next()
    }

    /// Every hit of a category that begins at a token.
    pub(crate) fn all_from(&self, category: Category, at: usize) -> impl Iterator<Item = &Hit> {
        self.by_start
            .get(&(category, at))
            .into_iter()
            .flatten()
            .filter_map(|hit| self.hits.get(*hit))
    }

    /// Whether this was said.
    pub(crate) fn has(&self, category: Category, tag: &str) -> bool {
        self.of(category).any(|hit| &*hit.tag == tag)
    }

    /// Whether a cue was said.
    pub(crate) fn cue(&self, tag: &str) -> bool {
        self.has(Category::Cue, tag)
    }
}
