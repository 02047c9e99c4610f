//! Why a message was understood as it was: which words gave which field, what spoke for the kind, which places lost.
//!
//! An explanation looks at the reader from outside. Words are taken out of the text one by one, as long as the same is
//! understood without them; the words that are left gave the field. So it is true whatever the rules are, and a new rule
//! needs no line here.

use std::ops::Range;

use crate::domain::{
    parse::{Parsed, Reader, Reading, language::Spoken},
    place::{Candidate, Found, Place},
    report::{Range as Count, Seen, tag},
};

/// Why a message was understood as it was.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explanation {
    /// Which words gave which field.
    pub words: Vec<Given>,
    /// What spoke for and against the kind.
    pub evidence: Vec<Evidence>,
    /// The places that were considered, best first, and why each was taken or not.
    pub places: Vec<Candidate>,
}

/// A value, and the fewest words that give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The field, as predictions name it: `size.people`, `activity`.
    pub field: &'static str,
    /// What was understood: `4`, `knocking`.
    pub value: String,
    /// Where the words stand in the text, in bytes.
    pub words: Vec<Range<usize>>,
}

/// Something that spoke for or against the kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// What it was.
    pub what: String,
    /// What it added to the score, or took from it.
    pub weight: f64,
}

/// Stands where a word was taken out: a letter that no word has.
const GAP: &str = "\u{2ad}";
/// An explanation reads the text at most so often per value; what cannot be taken out by then stays.
const MOST_READINGS: usize = 600;

impl Reader {
    /// Why [`Reader::read`] understands a message as it does. Slow: it reads the message again and again.
    #[must_use]
    pub fn explain(&self, text: &str, reading: &Reading<'_>) -> Explanation {
        let trial = Trial::new(self, text, reading);
        let parsed = self.read(text, reading);
        Explanation {
            words: trial.given(&parsed),
            evidence: self
                .because(text, reading)
                .into_iter()
                .map(|(what, weight)| Evidence { what, weight })
                .collect(),
            places: self.explain_place(text, reading),
        }
    }
}

/// A text whose words can be taken out.
struct Trial<'a> {
    reader: &'a Reader,
    text: &'a str,
    reading: &'a Reading<'a>,
    spoken: Spoken,
    words: Vec<Range<usize>>,
}

/// What is to stay the same.
type Stays<'a> = dyn Fn(&Parsed) -> bool + 'a;

impl<'a> Trial<'a> {
    fn new(reader: &'a Reader, text: &'a str, reading: &'a Reading<'a>) -> Self {
        Self {
            reader,
            text,
            reading,
            spoken: reader.spoken(text),
            words: words(text),
        }
    }

    fn all(&self) -> Vec<bool> {
        vec![true; self.words.len()]
    }

    /// Reads the text with only some of its words, in the language of all of it.
    fn read(&self, kept: &[bool]) -> Parsed {
        let mut rest = String::with_capacity(self.text.len());
        let mut at = 0;
        for (word, is_kept) in self.words.iter().zip(kept) {
            rest.push_str(self.text.get(at..word.start).unwrap_or_default());
            rest.push_str(if *is_kept {
                self.text.get(word.clone()).unwrap_or_default()
            } else {
                GAP
            });
            at = word.end;
        }
        rest.push_str(self.text.get(at..).unwrap_or_default());
        self.reader
            .understand(&rest, Some(self.spoken), self.reading)
            .0
    }

    /// The fewest of the open words with which something stays as it is: larger pieces are taken out first, the later
    /// before the earlier.
    fn needed(&self, open: &[bool], stays: &Stays<'_>) -> Vec<bool> {
        let mut kept = open.to_vec();
        let mut left = MOST_READINGS;
        let mut piece = self.words.len();
        while piece > 0 {
            for from in (0..self.words.len()).step_by(piece).rev() {
                let mut fewer = kept.clone();
                for is_kept in fewer.iter_mut().skip(from).take(piece) {
                    *is_kept = false;
                }
                if fewer == kept {
                    continue;
                }
                if left == 0 {
                    return kept;
                }
                left -= 1;
                if stays(&self.read(&fewer)) {
                    kept = fewer;
                }
            }
            piece /= 2;
        }
        kept
    }

    /// Where the kept words stand; neighbors with nothing but signs between them as one.
    fn ranges(&self, kept: &[bool]) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut was_kept = false;
        for (word, is_kept) in self.words.iter().zip(kept) {
            match ranges.last_mut() {
                Some(last) if *is_kept && was_kept => last.end = word.end,
                _ if *is_kept => ranges.push(word.clone()),
                _ => {}
            }
            was_kept = *is_kept;
        }
        ranges
    }

    fn value(&self, field: &'static str, value: impl Into<String>, stays: &Stays<'_>) -> Given {
        Given {
            field,
            value: value.into(),
            words: self.ranges(&self.needed(&self.all(), stays)),
        }
    }

    fn given(&self, parsed: &Parsed) -> Vec<Given> {
        let report = &parsed.report;
        let mut given = Vec::new();
        given.push(self.value("kind", tag(&parsed.kind), &|now| {
            now.kind == parsed.kind && now.score >= parsed.score.min(SURE)
        }));
        if let Some(people) = report.size.people {
            given.push(self.value("size.people", counted(people), &|now| {
                now.report.size.people == Some(people)
            }));
        }
        if let Some(vehicles) = report.size.vehicles {
            given.push(self.value("size.vehicles", counted(vehicles), &|now| {
                now.report.size.vehicles == Some(vehicles)
            }));
        }
        for activity in &report.activity {
            given.push(self.value("activity", tag(activity), &|now| {
                now.report.activity.contains(activity)
            }));
        }
        if let Some(name) = named(&parsed.found) {
            given.push(self.value("location", name, &|now| is_same(&now.found, &parsed.found)));
        }
        for agency in &report.unit.agency {
            given.push(self.value("unit.agency", agency, &|now| {
                now.report.unit.agency.contains(agency)
            }));
        }
        for uniform in &report.unit.uniform {
            given.push(self.value("unit.uniform", uniform, &|now| {
                now.report.unit.uniform.contains(uniform)
            }));
        }
        if is_stated(&report.seen) {
            given.push(self.value("time", tag(&report.seen.basis), &|now| {
                now.report.seen == report.seen
            }));
        }
        for vehicle in &report.equipment.vehicles {
            given.push(
                self.value("equipment.vehicles", vehicle.described(counted), &|now| {
                    now.report.equipment.vehicles.contains(vehicle)
                }),
            );
        }
        for weapon in &report.equipment.weapons {
            given.push(self.value("equipment.weapons", weapon, &|now| {
                now.report.equipment.weapons.contains(weapon)
            }));
        }
        for other in &report.equipment.other {
            given.push(self.value("equipment.other", other, &|now| {
                now.report.equipment.other.contains(other)
            }));
        }
        if report.certainty != Default::default() {
            given.push(self.value("certainty", tag(&report.certainty), &|now| {
                now.report.certainty == report.certainty
            }));
        }
        for pii in &parsed.flags.pii {
            given.push(self.value("flags.pii", tag(pii), &|now| now.flags.pii.contains(pii)));
        }
        if parsed.flags.threat {
            given.push(self.value("flags.threat", "threat", &|now| now.flags.threat));
        }
        if parsed.flags.interference {
            given.push(self.value("flags.interference", "interference", &|now| {
                now.flags.interference
            }));
        }
        given
    }
}

/// At this score nobody doubts a kind; the words up to it are enough of an explanation.
const SURE: f64 = 0.5;

/// The words of a text, in bytes: letters and digits, with accents and apostrophes inside them.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut is_inside = false;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let is_letter =
            c.is_alphanumeric() || is_inside && unicode_normalization::char::is_combining_mark(c);
        match words.last_mut() {
            Some(last) if is_letter && is_inside => last.end = end,
            _ if is_letter => words.push(at..end),
            _ => {}
        }
        is_inside = is_letter;
    }
    words
}

fn places(found: &Found) -> &[Place] {
    match found {
        Found::One(place) => std::slice::from_ref(&**place),
        Found::Several(places) => places,
        Found::Nothing | Found::Unknown => &[],
    }
}

fn named(found: &Found) -> Option<String> {
    let names: Vec<&str> = places(found)
        .iter()
        .map(|place| place.name.as_str())
        .collect();
    (!names.is_empty()).then(|| names.join(" or "))
}

fn is_same(now: &Found, then: &Found) -> bool {
    let (now, then) = (places(now), places(then));
    now.len() == then.len()
        && now.iter().zip(then).all(|(now, then)| {
            (now.kind, &now.name, now.number, &now.areas)
                == (then.kind, &then.name, then.number, &then.areas)
        })
}

fn is_stated(seen: &Seen) -> bool {
    use crate::domain::report::TimeBasis;
    !matches!(seen.basis, TimeBasis::Assumed | TimeBasis::None)
}

/// `4`, `3-4`, `5+`.
fn counted(count: Count) -> String {
    match count.max {
        None => format!("{}+", count.min),
        Some(max) if max == count.min => max.to_string(),
        Some(max) => format!("{}-{max}", count.min),
    }
}
