//! Reads TOML field by field and notes every problem with its line; serde would stop at the first one of a table.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    ops::Range,
    path::Path,
    str::FromStr,
    time::Duration,
};

use toml::de::{DeTable, DeValue};

use crate::domain::problem::{Problem, line_at};

/// One TOML file being read.
pub(super) struct Reading<'a> {
    file: String,
    text: &'a str,
    problems: RefCell<Vec<Problem>>,
    warnings: RefCell<Vec<Problem>>,
    /// How many of the problems are errors of syntax.
    broken: Cell<usize>,
}

/// One table of it. Ask for every field it may have, then call [`Section::done`].
pub(super) struct Section<'a> {
    reading: &'a Reading<'a>,
    path: String,
    table: &'a DeTable<'a>,
    span: Option<Range<usize>>,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Reading<'a> {
    /// A file and its text.
    pub(super) fn new(file: &Path, text: &'a str) -> Self {
        Self {
            file: file.display().to_string(),
            text,
            problems: RefCell::default(),
            warnings: RefCell::default(),
            broken: Cell::new(0),
        }
    }

    /// The TOML in it, as much of it as can be made out.
    pub(super) fn parse(&self) -> DeTable<'a> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let message = format!("this is not TOML: {}", error.message());
            self.note(error.span(), String::new(), message);
        }
        self.broken.set(self.problems.borrow().len());
        table.into_inner()
    }

    /// The whole file as one table.
    pub(super) fn root(&'a self, table: &'a DeTable<'a>) -> Section<'a> {
        Section {
            reading: self,
            path: String::new(),
            table,
            span: None,
            asked: RefCell::default(),
        }
    }

    /// What was found: problems, and warnings that do not stop the start. Where the TOML itself is broken, only that is
    /// told: half the fields seem to be missing then, and naming them would hide the cause.
    pub(super) fn into_found(self) -> (Vec<Problem>, Vec<Problem>) {
        let mut problems = self.problems.into_inner();
        if self.broken.get() > 0 {
            problems.truncate(self.broken.get());
        }
        (problems, self.warnings.into_inner())
    }

    fn note(&self, span: Option<Range<usize>>, field: String, message: String) {
        self.problems
            .borrow_mut()
            .push(self.at(span, field, message));
    }

    fn at(&self, span: Option<Range<usize>>, field: String, message: String) -> Problem {
        Problem {
            file: self.file.clone(),
            line: span.map(|span| line_at(self.text, span.start)),
            field,
            message,
        }
    }
}

impl<'a> Section<'a> {
    /// Notes a problem with a field; it points at the field if it is there, else at the table.
    pub(super) fn problem(&self, key: &str, message: impl Into<String>) {
        self.reading
            .note(self.span_of(key), self.path_of(key), message.into());
    }

    /// Notes something that is probably a mistake but does not stop the start.
    pub(super) fn warning(&self, key: &str, message: impl Into<String>) {
        let warning = self
            .reading
            .at(self.span_of(key), self.path_of(key), message.into());
        self.reading.warnings.borrow_mut().push(warning);
    }

    /// Whether a field is there.
    pub(super) fn has(&self, key: &'static str) -> bool {
        self.value(key).is_some()
    }

    /// A text; `None` if it is missing, empty or something else.
    pub(super) fn text(&self, key: &'static str) -> Option<String> {
        match self.value(key)? {
            DeValue::String(text) if text.trim().is_empty() => {
                self.problem(key, "is empty: write a value or take the line out");
                None
            }
            DeValue::String(text) => Some(text.trim().to_owned()),
            other => {
                self.wrong_type(key, "a text in quotes", other);
                None
            }
        }
    }

    /// A text that must be there; `hint` says what to write.
    pub(super) fn needed(&self, key: &'static str, hint: &str) -> Option<String> {
        if !self.has(key) {
            self.problem(key, format!("is missing: {hint}"));
        }
        self.text(key)
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, key: &'static str) -> Option<bool> {
        match self.value(key)? {
            DeValue::Boolean(flag) => Some(*flag),
            other => {
                self.wrong_type(key, "true or false, without quotes", other);
                None
            }
        }
    }

    /// A whole number.
    pub(super) fn integer(&self, key: &'static str) -> Option<i64> {
        match self.value(key)? {
            DeValue::Integer(digits) => {
                let number = i64::from_str_radix(digits.as_str(), digits.radix()).ok();
                if number.is_none() {
                    self.problem(key, "is too large a number");
                }
                number
            }
            other => {
                self.wrong_type(key, "a whole number, without quotes", other);
                None
            }
        }
    }

    /// A number within bounds.
    pub(super) fn number(&self, key: &'static str, low: f64, high: f64) -> Option<f64> {
        let number = match self.value(key)? {
            DeValue::Integer(digits) => digits
                .as_str()
                .parse()
                .ok()
                .filter(|_| digits.radix() == 10),
            DeValue::Float(digits) => digits.as_str().parse().ok(),
            other => {
                self.wrong_type(key, "a number, without quotes", other);
                return None;
            }
        };
        let fits = number.filter(|number: &f64| (low..=high).contains(number));
        if fits.is_none() {
            self.problem(key, format!("must be a number from {low} to {high}"));
        }
        fits
    }

    /// A length of time such as `"90 s"`, `"60 min"`, `"72 h"`, `"30 d"`, from `low` to `high` with its reason.
    pub(super) fn duration(
        &self,
        key: &'static str,
        low: Duration,
        high: (Duration, &str),
    ) -> Option<Duration> {
        let text = self.text(key)?;
        let Some(duration) = read_duration(&text) else {
            self.problem(
                key,
                format!("`{text}` is not a length of time: write \"60 min\", \"72 h\" or \"30 d\""),
            );
            return None;
        };
        if duration < low {
            self.problem(key, format!("must be at least {}", shown(low)));
            return None;
        }
        let (high, reason) = high;
        if duration > high {
            self.problem(key, format!("must be at most {}{reason}", shown(high)));
            return None;
        }
        Some(duration)
    }

    /// One of a few names.
    pub(super) fn choice<T: Copy>(&self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let found = choices.iter().find(|(name, _)| *name == text);
        if found.is_none() {
            self.unknown_choice(key, &text, choices);
        }
        found.map(|(_, value)| *value)
    }

    /// Says which names there are, and which was probably meant.
    pub(super) fn unknown_choice<T>(&self, key: &str, text: &str, choices: &[(&str, T)]) {
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        let meant = suggestion(text, names.iter().copied());
        self.problem(
            key,
            format!(
                "there is no `{text}`{meant} Write one of: {}",
                names.join(", ")
            ),
        );
    }

    /// A value that reads itself from text, such as an address.
    pub(super) fn parsed<T: FromStr>(&self, key: &'static str, form: &str) -> Option<T> {
        let text = self.text(key)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.problem(key, format!("`{text}` is not {form}"));
        }
        parsed
    }

    /// A list of texts.
    pub(super) fn texts(&self, key: &'static str) -> Vec<String> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let DeValue::Array(list) = value else {
            self.wrong_type(key, "a list of texts: [\"one\", \"two\"]", value);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for each in list.iter() {
            match each.get_ref() {
                DeValue::String(text) => texts.push(text.trim().to_owned()),
                other => self.wrong_type(key, "a list of texts: [\"one\", \"two\"]", other),
            }
        }
        texts
    }

    /// Every field of a table whose names are data, with the text of each.
    pub(super) fn entries(&self) -> Vec<(String, String)> {
        self.table
            .iter()
            .filter_map(|(key, value)| {
                let key = key.get_ref().to_string();
                match value.get_ref() {
                    DeValue::String(text) => Some((key, text.trim().to_owned())),
                    other => {
                        self.wrong_type(&key, "a text in quotes", other);
                        None
                    }
                }
            })
            .collect()
    }

    /// A table in this one.
    pub(super) fn section(&self, key: &'static str) -> Option<Section<'a>> {
        match self.value(key)? {
            DeValue::Table(table) => Some(self.inner(self.path_of(key), table, self.span_of(key))),
            other => {
                self.wrong_type(key, &format!("a table: [{}]", self.path_of(key)), other);
                None
            }
        }
    }

    /// A list of tables in this one; they count from 1.
    pub(super) fn sections(&self, key: &'static str) -> Vec<Section<'a>> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let form = format!("a list of tables: [[{key}]]");
        let DeValue::Array(list) = value else {
            self.wrong_type(key, &form, value);
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (index, each) in list.iter().enumerate() {
            match each.get_ref() {
                DeValue::Table(table) => {
                    let path = format!("{}[{}]", self.path_of(key), index + 1);
                    sections.push(self.inner(path, table, Some(each.span())));
                }
                other => self.wrong_type(key, &form, other),
            }
        }
        sections
    }

    /// Notes every field that nobody asked for.
    pub(super) fn done(self) {
        let asked = self.asked.borrow();
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if !asked.contains(name) {
                let meant = suggestion(name, asked.iter().copied());
                self.problem(
                    name,
                    format!("there is no such field{meant} Take it out or correct its name"),
                );
            }
        }
    }

    fn value(&self, key: &'static str) -> Option<&'a DeValue<'a>> {
        self.asked.borrow_mut().insert(key);
        self.table.get(key).map(|value| value.get_ref())
    }

    fn inner(&self, path: String, table: &'a DeTable<'a>, span: Option<Range<usize>>) -> Self {
        Section {
            reading: self.reading,
            path,
            table,
            span,
            asked: RefCell::default(),
        }
    }

    fn span_of(&self, key: &str) -> Option<Range<usize>> {
        let found = self.table.keys().find(|known| known.get_ref() == key);
        found.map(toml::Spanned::span).or_else(|| self.span.clone())
    }

    fn path_of(&self, key: &str) -> String {
        match (self.path.as_str(), key) {
            ("", key) => key.to_owned(),
            (path, "") => path.to_owned(),
            (path, key) => format!("{path}.{key}"),
        }
    }

    fn wrong_type(&self, key: &str, wanted: &str, found: &DeValue) {
        self.problem(
            key,
            format!("must be {wanted}; here is {}", found.type_str()),
        );
    }
}

/// ` Did you mean X?` where one of the names is near, else a full stop.
pub(super) fn suggestion<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> String {
    names
        .map(|name| (strsim::jaro_winkler(text, name), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(
            || ".".to_owned(),
            |(_, name)| format!(". Did you mean `{name}`?"),
        )
}

fn read_duration(text: &str) -> Option<Duration> {
    let span: jiff::Span = text.parse().ok()?;
    let days = jiff::SpanRelativeTo::days_are_24_hours();
    Duration::try_from(span.to_duration(days).ok()?).ok()
}

fn shown(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        s if s % 86_400 == 0 && s > 3 * 86_400 => format!("{} d", s / 86_400),
        s if s % 3_600 == 0 => format!("{} h", s / 3_600),
        s if s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}
