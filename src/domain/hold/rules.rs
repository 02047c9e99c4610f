//! The rules of one language or of several, as their files have them.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use toml::Spanned;

use super::pattern::{self, Lists, Pattern, View};
use crate::domain::{
    place::phrases::Span,
    problem::{Problem, line_at},
};

/// What a group of patterns is about; the tables of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    Violence,
    Identity,
    Interference,
    Hearsay,
    Solicitation,
    /// What people say of where somebody shelters.
    Shelter,
    /// A child at a school.
    Child,
    /// Names of such places.
    Place,
    Odd,
    /// Signs that a vehicle is an agency's.
    Official,
}

/// How far before a pattern a word that turns it into its opposite may stand.
const BEFORE: usize = 4;

/// Patterns of one subject in one language.
#[derive(Debug, Clone)]
pub(super) struct Sayings {
    subject: Subject,
    says: Index,
    /// What takes the meaning from a pattern that it touches.
    unless: Index,
    /// What takes the meaning from a pattern that it stands before.
    before: Index,
}

/// Patterns by the word they begin with.
#[derive(Debug, Clone, Default)]
struct Index {
    by_word: FxHashMap<String, Vec<Pattern>>,
    others: Vec<Pattern>,
}

impl Index {
    fn new(patterns: Vec<Pattern>) -> Self {
        let mut index = Self::default();
        for pattern in patterns {
            let first: Option<Vec<String>> = pattern
                .first_words()
                .map(|words| words.into_iter().map(ToOwned::to_owned).collect());
            match first {
                Some(mut words) => {
                    words.sort();
                    words.dedup();
                    for word in words {
                        index.by_word.entry(word).or_default().push(pattern.clone());
                    }
                }
                None => index.others.push(pattern),
            }
        }
        index
    }

    fn found<'a>(&'a self, view: &'a View<'_>) -> impl Iterator<Item = Span> + 'a {
        view.tokens.iter().enumerate().flat_map(move |(at, token)| {
            let known = self.by_word.get(&token.text).into_iter().flatten();
            known
                .chain(&self.others)
                .filter_map(move |pattern| pattern.at(view, at))
        })
    }
}

impl Sayings {
    /// Whether the message says so, and does not say the opposite.
    pub(super) fn is_in(&self, view: &View<'_>) -> bool {
        self.says.found(view).any(|said| {
            !self.unless.found(view).any(|other| other.touches(said))
                && !self
                    .before
                    .found(view)
                    .any(|other| view.is_before(other, said.from, BEFORE))
        })
    }
}

/// What holds messages back, in all languages.
#[derive(Debug, Clone, Default)]
pub struct HoldRules {
    groups: Vec<Sayings>,
    pub(super) money: Vec<String>,
    pub(super) invites: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    language: String,
    #[serde(default)]
    lists: BTreeMap<String, Vec<Spanned<String>>>,
    #[serde(default)]
    links: Links,
    #[serde(default)]
    violence: Patterns,
    #[serde(default)]
    identity: Patterns,
    #[serde(default)]
    interference: Patterns,
    #[serde(default)]
    hearsay: Patterns,
    #[serde(default)]
    solicitation: Patterns,
    #[serde(default)]
    shelter: Patterns,
    #[serde(default)]
    child: Patterns,
    #[serde(default)]
    place: Patterns,
    #[serde(default)]
    odd: Patterns,
    #[serde(default)]
    official: Patterns,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Links {
    money: Vec<Spanned<String>>,
    invites: Vec<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Patterns {
    says: Vec<Spanned<String>>,
    unless: Vec<Spanned<String>>,
    before: Vec<Spanned<String>>,
}

/// Collects what is wrong with a file.
struct Checked<'a> {
    language: &'a str,
    text: &'a str,
    problems: Vec<Problem>,
}

impl Checked<'_> {
    fn problem(&mut self, at: Option<usize>, field: &str, message: String) {
        self.problems.push(Problem {
            file: format!("{}.toml", self.language),
            line: at.map(|at| line_at(self.text, at)),
            field: field.to_owned(),
            message,
        });
    }

    fn patterns(&mut self, field: &str, lists: &Lists, given: Vec<Spanned<String>>) -> Index {
        let mut found = Vec::new();
        for one in given {
            match Pattern::read(one.get_ref(), lists) {
                Ok(pattern) => found.push(pattern),
                Err(message) => self.problem(Some(one.span().start), field, message),
            }
        }
        Index::new(found)
    }

    fn group(
        &mut self,
        (subject, name): (Subject, &str),
        lists: &Lists,
        given: Patterns,
    ) -> Sayings {
        Sayings {
            subject,
            says: self.patterns(&format!("{name}.says"), lists, given.says),
            unless: self.patterns(&format!("{name}.unless"), lists, given.unless),
            before: self.patterns(&format!("{name}.before"), lists, given.before),
        }
    }

    fn hosts(&mut self, field: &str, given: Vec<Spanned<String>>) -> Vec<String> {
        let mut found = Vec::new();
        for one in given {
            let host = one.get_ref().trim().to_lowercase();
            if host.contains("://") || !host.contains('.') || host.contains(char::is_whitespace) {
                let message = format!(
                    "{host:?} is not the beginning of a link: write example.org or example.org/path"
                );
                self.problem(Some(one.span().start), field, message);
            } else {
                found.push(host);
            }
        }
        found
    }
}

impl HoldRules {
    /// Reads the rules of a language.
    ///
    /// # Errors
    /// Everything that is wrong with them, with its line.
    pub fn load(language: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let mut checked = Checked {
            language,
            text,
            problems: Vec::new(),
        };
        let file: File = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => {
                let at = error.span().map(|span| span.start);
                checked.problem(at, "", error.message().to_owned());
                return Err(checked.problems);
            }
        };
        if file.language != language {
            let message = format!("this file says it is {}, not {language}", file.language);
            checked.problem(Some(0), "language", message);
        }
        let mut lists = Lists::new();
        for (name, phrases) in file.lists {
            let mut found = Vec::new();
            for phrase in phrases {
                match pattern::words(phrase.get_ref()) {
                    Ok(words) => found.push(words),
                    Err(message) => {
                        let field = format!("lists.{name}");
                        checked.problem(Some(phrase.span().start), &field, message);
                    }
                }
            }
            lists.insert(name, found);
        }
        let groups = [
            ((Subject::Violence, "violence"), file.violence),
            ((Subject::Identity, "identity"), file.identity),
            ((Subject::Interference, "interference"), file.interference),
            ((Subject::Hearsay, "hearsay"), file.hearsay),
            ((Subject::Solicitation, "solicitation"), file.solicitation),
            ((Subject::Shelter, "shelter"), file.shelter),
            ((Subject::Child, "child"), file.child),
            ((Subject::Place, "place"), file.place),
            ((Subject::Odd, "odd"), file.odd),
            ((Subject::Official, "official"), file.official),
        ];
        let groups = groups
            .into_iter()
            .map(|(named, given)| checked.group(named, &lists, given))
            .collect();
        let rules = Self {
            groups,
            money: checked.hosts("links.money", file.links.money),
            invites: checked.hosts("links.invites", file.links.invites),
        };
        if checked.problems.is_empty() {
            Ok(rules)
        } else {
            Err(checked.problems)
        }
    }

    /// The rules of both: people mix languages, so those of all are asked.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.groups.extend(other.groups);
        self.money.extend(other.money);
        self.invites.extend(other.invites);
        self
    }

    pub(super) fn groups(&self, subject: Subject) -> impl Iterator<Item = &Sayings> {
        self.groups
            .iter()
            .filter(move |group| group.subject == subject)
    }
}
