//! What was understood, as a table for people: one field a line, within 80 columns.

use std::{fmt, ops::Range};

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::{
    cli::parse::{jsonl, paint::Paint},
    domain::{
        parse::{Evidence, Explanation, Parsed},
        place::{Candidate, Found, Place, Why},
        report::{Range as Count, Report, TimeBasis, tag},
        timestamp::Timestamp,
    },
};

/// An answer to be shown.
pub(super) struct Shown<'a> {
    pub text: &'a str,
    pub parsed: &'a Parsed,
    pub explanation: Option<&'a Explanation>,
    pub sent_at: Timestamp,
    pub zone: &'a TimeZone,
    pub min_score: f64,
    pub paint: Paint,
}

/// Columns of a terminal that nobody has widened.
const WIDTH: usize = 80;
/// Columns of the labels, with the space around them.
const LABELS: usize = 14;

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in wrapped(self.text, WIDTH - 2) {
            writeln!(f, "> {line}")?;
        }
        let kind = tag(&self.parsed.kind);
        let acted_on = jsonl::acted_on(self.parsed, self.min_score);
        let doubt = if acted_on == self.parsed.kind {
            String::new()
        } else {
            format!("; below {}, so left alone", self.min_score)
        };
        self.row(
            f,
            "kind",
            &format!("{kind} ({:.2}{doubt})", self.parsed.score),
        )?;
        self.row(f, "language", language(self.parsed.language))?;
        let report = &self.parsed.report;
        self.row(f, "size", &size(report))?;
        self.row(f, "activity", &tags(&report.activity))?;
        self.places(f)?;
        let unit = [&report.unit.agency[..], &report.unit.uniform[..]].concat();
        self.row(f, "unit", &unit.join(", "))?;
        self.row(f, "time", &self.time())?;
        self.row(f, "equipment", &equipment(report))?;
        self.row(f, "certainty", &tag(&report.certainty))?;
        self.warning(f, "would ask", &tags(&self.parsed.missing))?;
        self.warning(f, "flags", &self.flags())?;
        match self.explanation {
            Some(explanation) => self.explained(f, explanation),
            None => Ok(()),
        }
    }
}

impl Shown<'_> {
    /// A label and what belongs to it; nothing where there is nothing to say.
    fn row(&self, f: &mut fmt::Formatter<'_>, label: &str, value: &str) -> fmt::Result {
        self.painted(f, label, value, |paint, line| {
            if label == "kind" {
                paint.strong(line)
            } else {
                line.to_owned()
            }
        })
    }

    fn warning(&self, f: &mut fmt::Formatter<'_>, label: &str, value: &str) -> fmt::Result {
        self.painted(f, label, value, Paint::warning)
    }

    fn painted(
        &self,
        f: &mut fmt::Formatter<'_>,
        label: &str,
        value: &str,
        paint: impl Fn(Paint, &str) -> String,
    ) -> fmt::Result {
        let mut label = format!("  {label:<width$}", width = LABELS - 2);
        for line in wrapped(value, WIDTH - LABELS) {
            writeln!(
                f,
                "{}{}",
                self.paint.label(&label),
                paint(self.paint, &line)
            )?;
            label = " ".repeat(LABELS);
        }
        Ok(())
    }

    fn places(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.parsed.found {
            Found::Nothing => Ok(()),
            Found::Unknown => {
                self.warning(f, "location", "place words that the city does not know")
            }
            Found::One(place) => self.place(f, "location", place),
            Found::Several(places) => {
                for (n, place) in places.iter().enumerate() {
                    self.place(f, &format!("choice {}", n + 1), place)?;
                }
                Ok(())
            }
        }
    }

    fn place(&self, f: &mut fmt::Formatter<'_>, label: &str, place: &Place) -> fmt::Result {
        let number = place
            .number
            .map_or_else(String::new, |number| format!(", number {number}"));
        let city = place
            .city
            .as_ref()
            .map_or_else(String::new, |city| format!(", {city}"));
        let line = format!(
            "{}{number} ({}{city}; {:.2})",
            place.name,
            tag(&place.kind),
            place.confidence
        );
        self.row(f, label, &line)?;
        let areas: Vec<&str> = place.areas.iter().map(|area| area.as_str()).collect();
        self.row(f, "  areas", &areas.join(", "))
    }

    fn time(&self) -> String {
        let seen = &self.parsed.report.seen;
        let sent = self.clock(self.sent_at);
        match (seen.at, seen.basis) {
            (_, TimeBasis::None) => String::new(),
            (None, basis) => format!("({}; sent {sent})", tag(&basis)),
            (Some(at), basis) => format!("{} ({}; sent {sent})", self.clock(at), tag(&basis)),
        }
    }

    fn clock(&self, at: Timestamp) -> String {
        jiff::Timestamp::from_millisecond(at.as_ms())
            .unwrap_or_default()
            .to_zoned(self.zone.clone())
            .strftime("%a %d %b %H:%M")
            .to_string()
    }

    fn flags(&self) -> String {
        let flags = &self.parsed.flags;
        let mut said: Vec<String> = flags.pii.iter().map(tag).collect();
        said.extend(flags.threat.then(|| "threat".to_owned()));
        said.extend(flags.interference.then(|| "interference".to_owned()));
        said.join(", ")
    }

    fn explained(&self, f: &mut fmt::Formatter<'_>, explanation: &Explanation) -> fmt::Result {
        let words: Vec<[String; 2]> = explanation
            .words
            .iter()
            .map(|given| {
                let field = given.field.rsplit('.').next().unwrap_or(given.field);
                let value = if given.value == field {
                    field.to_owned()
                } else {
                    format!("{field} {}", given.value)
                };
                [value, self.said(&given.words)]
            })
            .collect();
        self.columns(f, "words", &words)?;
        let evidence: Vec<[String; 2]> = explanation
            .evidence
            .iter()
            .map(|Evidence { what, weight }| [format!("{weight:+.2}"), what.clone()])
            .collect();
        self.columns(f, "evidence", &evidence)?;
        let places: Vec<[String; 2]> = explanation
            .places
            .iter()
            .map(|place| [place.name.clone(), why(place)])
            .collect();
        self.columns(f, "places", &places)
    }

    /// Rows of two columns under one label, the first as wide as it must be.
    fn columns(
        &self,
        f: &mut fmt::Formatter<'_>,
        label: &str,
        rows: &[[String; 2]],
    ) -> fmt::Result {
        let half = (WIDTH - LABELS) / 2;
        let widest = rows
            .iter()
            .map(|[first, _]| width(first))
            .max()
            .unwrap_or(0);
        let first_width = widest.min(half);
        let mut label = label;
        for [first, second] in rows {
            let lefts = wrapped(first, first_width.max(1));
            let rights = wrapped(second, WIDTH - LABELS - first_width - 2);
            for n in 0..lefts.len().max(rights.len()) {
                let left = lefts.get(n).map_or("", String::as_str);
                let right = rights.get(n).map_or("", String::as_str);
                let gap = " ".repeat(first_width.saturating_sub(width(left)) + 2);
                let shown = format!("  {label:<width$}", width = LABELS - 2);
                writeln!(
                    f,
                    "{}{}",
                    self.paint.label(&shown),
                    format!("{left}{gap}{right}").trim_end()
                )?;
                label = "";
            }
        }
        Ok(())
    }

    /// The words at these places of the text.
    fn said(&self, ranges: &[Range<usize>]) -> String {
        if ranges.is_empty() {
            return "without any word".to_owned();
        }
        let said: Vec<&str> = ranges
            .iter()
            .filter_map(|range| self.text.get(range.clone()))
            .collect();
        said.join(" … ")
    }
}

fn why(place: &Candidate) -> String {
    let why = match place.why {
        Why::Taken => "taken",
        Why::Asked => "as likely as another: people are asked",
        Why::Denied => "the text says that it is not there",
        Why::Left => "the text says that they were there before",
        Why::Toward => "the text says that they are on their way there",
        Why::LessExact => "another place is closer or surer",
        Why::Later => "another is named before it, or is the newer one",
        Why::Unknown => "the city does not know it",
    };
    format!("{:.2} {why}", place.confidence)
}

fn language(code: Option<&str>) -> &'static str {
    match code {
        Some("en") => "English",
        Some("es") => "Spanish",
        Some("so") => "Somali",
        Some("hmn") => "Hmong",
        _ => "not clear; the person's or room's is taken",
    }
}

fn size(report: &Report) -> String {
    let people = report
        .size
        .people
        .map(|count| format!("people {}", counted(count)));
    let vehicles = report
        .size
        .vehicles
        .map(|count| format!("vehicles {}", counted(count)));
    [people, vehicles]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

fn counted(count: Count) -> String {
    match count.max {
        None => format!("{} or more", count.min),
        Some(max) if max == count.min => max.to_string(),
        Some(max) => format!("{} to {max}", count.min),
    }
}

fn equipment(report: &Report) -> String {
    let vehicles = report
        .equipment
        .vehicles
        .iter()
        .map(|vehicle| vehicle.described(counted));
    let rest = [&report.equipment.weapons[..], &report.equipment.other[..]].concat();
    vehicles.chain(rest).collect::<Vec<_>>().join(", ")
}

fn tags(values: &[impl Serialize]) -> String {
    values.iter().map(tag).collect::<Vec<_>>().join(", ")
}

/// Columns that words take, nearly: marks that stand on a letter take none. Signs that could move a terminal's cursor are
/// never printed ([`wrapped`]).
fn width(words: &str) -> usize {
    words
        .chars()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .count()
}

/// Words in lines of at most `columns`; longer words are cut. No control characters are left.
fn wrapped(words: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => {
                let letters: Vec<char> = word.chars().collect();
                lines.extend(
                    letters
                        .chunks(columns)
                        .map(|part| part.iter().collect::<String>()),
                );
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_cut_and_escapes_do_not_reach_the_terminal() {
        assert_eq!(wrapped("ab cd efghijkl", 5), ["ab cd", "efghi", "jkl"]);
        assert_eq!(wrapped("a\u{1b}[2Jb", 10), ["a [2Jb"]);
        assert!(wrapped(" ", 5).is_empty());
    }
}
