//! A town's plan as a file: reads TOML, checks who is where, and tells every mistake with its line.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::plan::{
    Line, PlannedPerson, PlannedPhone, PlannedRoom, Sample, Step, TO_THE_BOT, TownPlan,
};
use crate::domain::{directory::Purpose, role::Role};

/// The longest text in a plan, in characters.
const MAX_TEXT: usize = 1_000;
/// The most entries of one kind in a plan.
const MAX_ENTRIES: usize = 100;

/// Reads a plan and checks all of it.
///
/// # Errors
/// Every problem with the line it is in, in order.
pub fn read(text: &str) -> Result<TownPlan, Vec<(usize, String)>> {
    let file: File = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        vec![(line_of(text, at), error.message().to_owned())]
    })?;
    let mut check = Check {
        text,
        problems: Vec::new(),
    };
    let plan = file.into_plan(&mut check);
    if check.problems.is_empty() {
        Ok(plan)
    } else {
        check.problems.sort();
        Err(check.problems)
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1
}

/// Collects every problem with its line.
struct Check<'a> {
    text: &'a str,
    problems: Vec<(usize, String)>,
}

impl Check<'_> {
    fn problem<T>(&mut self, at: &Spanned<T>, problem: String) {
        self.problems
            .push((line_of(self.text, at.span().start), problem));
    }

    fn few<T>(&mut self, kind: &str, entries: &[T]) {
        if entries.len() > MAX_ENTRIES {
            self.problems.push((
                1,
                format!("more than {MAX_ENTRIES} [[{kind}]] entries; leave some out"),
            ));
        }
    }

    fn id(&mut self, id: &Spanned<String>) -> String {
        let name = id.get_ref();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
            self.problem(
                id,
                format!("{name:?} is no id; use lower-case letters, digits and -"),
            );
        } else if name == TO_THE_BOT {
            self.problem(id, format!("{TO_THE_BOT:?} is the bot's own; use another"));
        }
        name.clone()
    }

    fn words(&mut self, words: &Spanned<String>, longest: usize) -> String {
        let text = words.get_ref().trim();
        if text.is_empty() {
            self.problem(words, "nothing is written here; write some words".into());
        } else if text.chars().count() > longest {
            self.problem(words, format!("longer than {longest} characters; cut it"));
        }
        text.to_owned()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default = "title")]
    title: String,
    #[serde(default = "timezone")]
    timezone: String,
    #[serde(default)]
    hosts: Vec<String>,
    room: Vec<FileRoom>,
    person: Vec<FilePerson>,
    #[serde(default)]
    phone: Vec<FilePhone>,
    #[serde(default)]
    sample: Vec<FileSample>,
    #[serde(default)]
    opening: Vec<FileLine>,
}

fn title() -> String {
    "Playground".to_owned()
}

fn timezone() -> String {
    "UTC".to_owned()
}

fn english() -> String {
    "en".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRoom {
    id: Spanned<String>,
    name: Spanned<String>,
    purpose: Purpose,
    #[serde(default)]
    areas: Vec<String>,
    #[serde(default = "english")]
    language: String,
    #[serde(default)]
    members: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FilePerson {
    id: Spanned<String>,
    name: Spanned<String>,
    #[serde(default)]
    role: Role,
    #[serde(default)]
    areas: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FilePhone {
    number: Spanned<String>,
    name: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSample {
    label: Spanned<String>,
    #[serde(default)]
    about: String,
    #[serde(default = "english")]
    language: String,
    who: Spanned<String>,
    #[serde(rename = "where")]
    place: Spanned<String>,
    text: Spanned<String>,
    story: Option<Spanned<Step>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileLine {
    who: Spanned<String>,
    #[serde(rename = "where")]
    place: Spanned<String>,
    text: Spanned<String>,
}

impl File {
    fn into_plan(self, check: &mut Check) -> TownPlan {
        check.few("room", &self.room);
        check.few("person", &self.person);
        check.few("phone", &self.phone);
        check.few("sample", &self.sample);
        check.few("opening", &self.opening);
        let people = people(self.person, check);
        let phones = phones(self.phone, &people, check);
        let rooms = rooms(self.room, &people, check);
        let who_is_where = WhoIsWhere {
            addresses: people
                .iter()
                .map(|person| person.id.clone())
                .chain(phones.iter().map(|phone| phone.number.clone()))
                .collect(),
            rooms: rooms
                .iter()
                .map(|room| (room.id.clone(), room.members.clone()))
                .collect(),
        };
        let samples = samples(self.sample, &who_is_where, check);
        let opening = self
            .opening
            .iter()
            .map(|line| who_is_where.line(&line.who, &line.place, &line.text, check))
            .collect();
        TownPlan {
            title: self.title,
            timezone: self.timezone,
            hosts: self.hosts,
            rooms,
            people,
            phones,
            samples,
            opening,
        }
    }
}

fn people(entries: Vec<FilePerson>, check: &mut Check) -> Vec<PlannedPerson> {
    let mut seen = BTreeSet::new();
    entries
        .into_iter()
        .map(|entry| {
            let id = check.id(&entry.id);
            if !seen.insert(id.clone()) {
                check.problem(&entry.id, format!("{id:?} is there twice; rename one"));
            }
            PlannedPerson {
                id,
                name: check.words(&entry.name, 40),
                role: entry.role,
                areas: entry.areas,
            }
        })
        .collect()
}

fn phones(
    entries: Vec<FilePhone>,
    people: &[PlannedPerson],
    check: &mut Check,
) -> Vec<PlannedPhone> {
    let mut seen: BTreeSet<_> = people.iter().map(|person| person.id.clone()).collect();
    entries
        .into_iter()
        .map(|entry| {
            let number = entry.number.get_ref().clone();
            let fits = |c: char| c.is_ascii_digit() || "+- ()".contains(c);
            let digits = number.chars().filter(char::is_ascii_digit).count();
            if !number.chars().all(fits) || !(3..=15).contains(&digits) {
                check.problem(
                    &entry.number,
                    format!("{number:?} is no phone number; write it like 612-555-0111"),
                );
            }
            if !seen.insert(number.clone()) {
                check.problem(&entry.number, format!("{number:?} is there twice"));
            }
            PlannedPhone {
                number,
                name: check.words(&entry.name, 40),
            }
        })
        .collect()
}

fn rooms(entries: Vec<FileRoom>, people: &[PlannedPerson], check: &mut Check) -> Vec<PlannedRoom> {
    let mut seen = BTreeSet::new();
    entries
        .into_iter()
        .map(|entry| {
            let id = check.id(&entry.id);
            if !seen.insert(id.clone()) {
                check.problem(&entry.id, format!("{id:?} is there twice; rename one"));
            }
            for member in &entry.members {
                let name = member.get_ref();
                if !people.iter().any(|person| &person.id == name) {
                    check.problem(
                        member,
                        format!("{name:?} lives nowhere; add a [[person]] with that id"),
                    );
                }
            }
            PlannedRoom {
                id,
                name: check.words(&entry.name, 40),
                purpose: entry.purpose,
                areas: entry.areas,
                language: entry.language,
                members: entry.members.into_iter().map(Spanned::into_inner).collect(),
            }
        })
        .collect()
}

fn samples(entries: Vec<FileSample>, town: &WhoIsWhere, check: &mut Check) -> Vec<Sample> {
    let mut steps = BTreeSet::new();
    entries
        .into_iter()
        .map(|entry| {
            if let Some(story) = &entry.story
                && !steps.insert(*story.get_ref())
            {
                check.problem(story, "this step of the tour is there twice".into());
            }
            Sample {
                label: check.words(&entry.label, 40),
                about: entry.about,
                language: entry.language,
                line: town.line(&entry.who, &entry.place, &entry.text, check),
                story: entry.story.map(Spanned::into_inner),
            }
        })
        .collect()
}

/// Who can write where.
struct WhoIsWhere {
    addresses: BTreeSet<String>,
    rooms: BTreeMap<String, Vec<String>>,
}

impl WhoIsWhere {
    fn line(
        &self,
        who: &Spanned<String>,
        place: &Spanned<String>,
        text: &Spanned<String>,
        check: &mut Check,
    ) -> Line {
        let name = who.get_ref();
        if !self.addresses.contains(name) {
            check.problem(who, format!("{name:?} is no person and no phone"));
        } else if place.get_ref() != TO_THE_BOT {
            match self.rooms.get(place.get_ref()) {
                None => check.problem(
                    place,
                    format!(
                        "no room has the id {:?}; for the bot alone write {TO_THE_BOT:?}",
                        place.get_ref()
                    ),
                ),
                Some(members) if !members.contains(name) => check.problem(
                    place,
                    format!("{name:?} is not in this room; add them to its members"),
                ),
                Some(_) => {}
            }
        }
        Line {
            who: name.clone(),
            place: place.get_ref().clone(),
            text: check.words(text, MAX_TEXT),
        }
    }
}
