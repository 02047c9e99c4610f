//! Word lists as data: which words mean what, per language, so that a community can correct them.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::Arc,
};

use serde::Deserialize;

use crate::domain::{
    parse::{
        language::Spoken,
        tokens::{Token, tokens},
    },
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
    Number,
    Label,
    Time,
    Unknown,
    Deny,
    Cue,
    Threat,
    Interference,
    Naming,
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
                | Self::Cue
                | Self::Threat
                | Self::Interference
                | Self::Naming
        )
    }

    /// Whether English words of this category also count in a message of another language.
    const fn travels(self) -> bool {
        !matches!(
            self,
            Self::Common
                | Self::Number
                | Self::Time
                | Self::Bystander
                | Self::Deny
                | Self::Cue
                | Self::Threat
                | Self::Interference
                | Self::Naming
        )
    }
}

impl Category {
    /// Whether words of this category count in whatever language of a message they stand.
    const fn mixes(self) -> bool {
        matches!(
            self,
            Self::Cue
                | Self::Activity
                | Self::Uniform
                | Self::Person
                | Self::Threat
                | Self::Interference
                | Self::Naming
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
        Category::Activity if crate::domain::parse::details::activity(tag).is_none() => {
            Some(format!("there is no activity {tag}"))
        }
        Category::Label
            if !["size", "activity", "location", "unit", "time", "equipment"].contains(&tag) =>
        {
            Some(format!("there is no field {tag}"))
        }
        Category::Threat if !["sure", "verb", "target", "wish", "harmless"].contains(&tag) => {
            Some(format!("a threat has no {tag}"))
        }
        Category::Interference if !["sure", "harmless"].contains(&tag) => {
            Some(format!("interference has no {tag}"))
        }
        Category::Naming
            if ![
                "sure",
                "maybe",
                "relation",
                "public",
                "given",
                "home",
                "organization",
            ]
            .contains(&tag) =>
        {
            Some(format!("naming has no {tag}"))
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
pub(crate) struct Entry {
    pub category: Category,
    pub tag: Arc<str>,
    pub language: usize,
}

impl Entry {
    /// Names, and calls for violence or interference, are heeded in whatever language they stand among others.
    fn is_heeded_anywhere(&self) -> bool {
        matches!(
            (self.category, &*self.tag),
            (Category::Naming, "given")
                | (
                    Category::Threat | Category::Interference,
                    "sure" | "harmless"
                )
        )
    }
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

    /// The phrases that begin at a token, in whatever language.
    pub(crate) fn at<'a>(
        &'a self,
        tokens: &'a [Token],
        at: usize,
    ) -> impl Iterator<Item = (Span, &'a Entry)> {
        self.phrases.at(tokens, at)
    }

    /// Whether a word is a given name.
    pub(crate) fn is_given(&self, name: &str) -> bool {
        self.phrases
            .at(&tokens(name), 0)
            .any(|(_, entry)| entry.category == Category::Naming && &*entry.tag == "given")
    }

    /// The meanings of the open tokens in a message of those languages.
    pub(crate) fn hits(&self, tokens: &[Token], open: &[bool], spoken: Spoken) -> Hits {
        let language = spoken.main.unwrap_or(0);
        let mut hits: Vec<Hit> = Vec::new();
        let mut ends: BTreeMap<(Category, Option<Arc<str>>), usize> = BTreeMap::new();
        for at in 0..tokens.len() {
            if !open.get(at).copied().unwrap_or(false) {
                continue;
            }
            let mut here: Vec<(Span, &Entry)> = self
                .phrases
                .at(tokens, at)
                .filter(|(_, entry)| {
                    entry.language == language
                        || entry.language == 0 && entry.category.travels()
                        || entry.category.mixes() && spoken.mixed.get(entry.language) == Some(&true)
                        || entry.is_heeded_anywhere()
                })
                .collect();
            here.sort_by_key(|(span, _)| std::cmp::Reverse(span.to));
            for (span, entry) in here {
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
