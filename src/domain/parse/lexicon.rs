//! Word lists as data: which words mean what, per language, so that a community can correct them.

use std::{collections::BTreeMap, fmt, sync::Arc};

use rustc_hash::FxHashMap;
use serde::Deserialize;

use crate::domain::{
    parse::{
        language::Spoken,
        tokens::{Token, tokens},
    },
    place::{
        PlaceWords,
        phrases::{Phrases, Span},
        words::Around,
    },
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
    Place,
    Ordinal,
    Threat,
    Interference,
    Naming,
}

impl Category {
    const fn bit(self) -> u64 {
        1 << self as u64
    }

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
                | Self::Threat
                | Self::Interference
                | Self::Naming
        )
    }

    /// Whether words of this category say what a message is for, not what is in it.
    const fn is_sign(self) -> bool {
        matches!(
            self,
            Self::Cue | Self::Threat | Self::Interference | Self::Naming
        )
    }

    /// Whether words of this category count in a message that only mixes their language in.
    const fn mixes(self) -> bool {
        !matches!(self, Self::Common) && !self.is_sign()
    }

    /// Whether a word of this category is none inside a phrase that is to be ignored.
    const fn is_ignorable(self) -> bool {
        !matches!(
            self,
            Self::Common
                | Self::Agency
                | Self::Label
                | Self::Deny
                | Self::Ignore
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
                | Self::Count
                | Self::Time
                | Self::Bystander
                | Self::Deny
                | Self::Light
                | Self::Cue
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

/// What the words of threats are; the lexicon says what each is for.
const THREAT: [&str; 23] = [
    "sure", "wish", "urge", "call", "doom", "bound", "aimed", "planned", "violent", "strike",
    "verb", "hurl", "bring", "armed", "menace", "fate", "weapon", "target", "property", "thing",
    "told", "fear", "harmless",
];

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
        Category::Ordinal if tag.parse::<u32>().is_err() => {
            Some(format!("{tag:?} is not a number"))
        }
        Category::Place if Around::named(tag).is_none() => {
            Some(format!("places know no words of the kind {tag}"))
        }
        Category::Label
            if !["size", "activity", "location", "unit", "time", "equipment"].contains(&tag) =>
        {
            Some(format!("there is no field {tag}"))
        }
        Category::Threat if !THREAT.contains(&tag) => Some(format!("a threat has no {tag}")),
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
    place_words: PlaceWords,
}

/// What the words of a text mean.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hits {
    /// In the order of the tokens at which they begin.
    hits: Vec<Hit>,
    /// Where in `hits` those of each token begin, and where those of the last end.
    starts: Vec<usize>,
    /// Of which categories hits begin at each token, as bits.
    begin: Vec<u64>,
    /// Of which categories there are hits at all, as bits.
    all: u64,
}

/// No phrase is longer than so many tokens, hyphens included.
const LONGEST: usize = 10;

/// Every phrase of a text in whatever language, in the order of the tokens at which they begin: looked up once, for the
/// language and for each reading of the hits.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    phrases: Vec<(Span, &'a Entry)>,
    /// Where in `phrases` those of each token begin, and where those of the last end.
    starts: Vec<usize>,
}

impl<'a> Known<'a> {
    /// The phrases that begin at a token.
    pub(crate) fn at(&self, at: usize) -> &[(Span, &'a Entry)] {
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(from), Some(to)) => self.phrases.get(*from..*to).unwrap_or_default(),
            _ => &[],
        }
    }
}

impl Vocabulary {
    pub(crate) fn new(lexicons: Vec<Lexicon>) -> Self {
        let mut phrases = Phrases::default();
        let mut place_words = PlaceWords::default();
        for lexicon in lexicons {
            for (category, tag, phrase) in lexicon.entries {
                match category {
                    Category::Place => {
                        if let Some(around) = Around::named(&tag) {
                            place_words.add(around, &phrase);
                        }
                        continue;
                    }
                    Category::Ordinal => {
                        if let Ok(number) = tag.parse() {
                            place_words.add_ordinal(number, &phrase);
                        }
                        continue;
                    }
                    _ => place_words.add_known(&phrase),
                }
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
        Self {
            phrases,
            place_words,
        }
    }

    /// The small words around places, of all languages.
    pub(crate) const fn place_words(&self) -> &PlaceWords {
        &self.place_words
    }

    /// The phrases that begin at a token, in whatever language.
    pub(crate) fn at<'a>(
        &'a self,
        tokens: &'a [Token],
        at: usize,
    ) -> impl Iterator<Item = (Span, &'a Entry)> {
        self.phrases.at(tokens, at)
    }

    /// The phrases of a text, in whatever language.
    pub(crate) fn known(&self, tokens: &[Token]) -> Known<'_> {
        let mut known = Known {
            phrases: Vec::with_capacity(tokens.len()),
            starts: Vec::with_capacity(tokens.len() + 1),
        };
        for at in 0..tokens.len() {
            known.starts.push(known.phrases.len());
            known.phrases.extend(self.phrases.at(tokens, at));
        }
        known.starts.push(known.phrases.len());
        known
    }

    /// Whether a word is a given name.
    pub(crate) fn is_given(&self, name: &str) -> bool {
        self.phrases
            .at(&tokens(name), 0)
            .any(|(_, entry)| entry.category == Category::Naming && &*entry.tag == "given")
    }

    /// The meanings of the open tokens in a message of those languages. Words of another language count too where the
    /// message shows that it is mixed in.
    pub(crate) fn hits(tokens: &[Token], known: &Known<'_>, open: &[bool], spoken: Spoken) -> Hits {
        let language = spoken.main.unwrap_or(0);
        let at = |at: usize| {
            if open.get(at).copied().unwrap_or(false) {
                known.at(at)
            } else {
                &[]
            }
        };
        let sprinkled = sprinkled((0..tokens.len()).map(at), tokens, language);
        let mut hits: Vec<Hit> = Vec::new();
        let mut ignored = Span { from: 0, to: 0 };
        let mut ends: FxHashMap<(Category, Option<&str>), usize> = FxHashMap::default();
        let mut here: Vec<(Span, &Entry)> = Vec::new();
        for (at, found) in (0..tokens.len()).map(|place| (place, at(place))) {
            if found.is_empty() {
                continue;
            }
            here.clear();
            here.extend(found);
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
                .any(|(_, entry)| is_own(entry) && entry.category.mixes());
            here.retain(|(_, entry)| {
                let is_mixed = spoken.mixed.get(entry.language) == Some(&true);
                is_own(entry)
                    || is_mixed && entry.category.is_sign()
                    || entry.is_heeded_anywhere()
                    || !has_own
                        && entry.category.mixes()
                        && (is_mixed || sprinkled.contains(&entry.language))
            });
            here.sort_by_key(|(span, _)| std::cmp::Reverse(span.to));
            if let Some((span, _)) = here
                .iter()
                .find(|(_, entry)| entry.category == Category::Ignore)
                && span.to > ignored.to
            {
                ignored = *span;
            }
            for (span, entry) in here.drain(..) {
                let is_covered = ignored.from <= span.from && span.to <= ignored.to;
                if is_covered && entry.category.is_ignorable() {
                    continue;
                }
                let key = (
                    entry.category,
                    entry.category.overlaps().then_some(&*entry.tag),
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
        Hits::new(hits, tokens.len())
    }
}

/// English words of time count in every language from so many letters on: "min ago".
const ENGLISH_TIME: usize = 3;

/// Letters that a word must have to show by itself that its language is spoken.
const TELLING: usize = 5;

/// The languages besides the main one that a message is mixed with: a long word or a phrase of theirs that is no word
/// of the main language, or two of their common words.
fn sprinkled<'a>(
    found: impl Iterator<Item = &'a [(Span, &'a Entry)]>,
    tokens: &[Token],
    language: usize,
) -> Vec<usize> {
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
    /// Hits in the order of the tokens at which they begin, of a text of so many tokens.
    fn new(hits: Vec<Hit>, tokens: usize) -> Self {
        let mut starts = Vec::with_capacity(tokens + 1);
        let mut begin = vec![0; tokens];
        let mut all = 0;
        for (n, hit) in hits.iter().enumerate() {
            while starts.len() <= hit.span.from {
                starts.push(n);
            }
            all |= hit.category.bit();
            if let Some(begin) = begin.get_mut(hit.span.from) {
                *begin |= hit.category.bit();
            }
        }
        starts.resize(tokens + 1, hits.len());
        Self {
            hits,
            starts,
            begin,
            all,
        }
    }

    fn begins(&self, category: Category, at: usize) -> bool {
        self.begin
            .get(at)
            .is_some_and(|begin| begin & category.bit() != 0)
    }

    /// The hits of a category, in order.
    pub(crate) fn of(&self, category: Category) -> impl Iterator<Item = &Hit> {
        let hits = if self.all & category.bit() == 0 {
            &[]
        } else {
            self.hits.as_slice()
        };
        hits.iter().filter(move |hit| hit.category == category)
    }

    /// The hit of a category that holds a token.
    pub(crate) fn at(&self, category: Category, at: usize) -> Option<&Hit> {
        if self.all & category.bit() == 0 {
            return None;
        }
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
        let range = match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(from), Some(to)) if self.begins(category, at) => *from..*to,
            _ => 0..0,
        };
        self.hits
            .get(range)
            .unwrap_or_default()
            .iter()
            .filter(move |hit| hit.category == category)
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
