//! What a pretend town is made of: rooms, people, phones, samples. Data in `bot-config/playground.toml`, so that
//! trainers can write their own.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::plan_file;
use crate::domain::{
    directory::{Appointment, Purpose, Room},
    envelope::{PersonRef, PlatformKind, RoomRef},
    ids::AreaId,
    role::Role,
};

/// The `where` of a message to the bot alone.
pub const TO_THE_BOT: &str = "tocsin";

/// A pretend town, checked.
#[derive(Debug, Clone)]
pub struct TownPlan {
    /// Its name, above the board.
    pub title: String,
    /// The timezone the board tells the time in.
    pub timezone: String,
    /// Host names under which the page may be opened besides the machine's own.
    pub hosts: Vec<String>,
    /// Its rooms, in the board's order.
    pub rooms: Vec<PlannedRoom>,
    /// Its people with a name, in the picker's order.
    pub people: Vec<PlannedPerson>,
    /// Its phones.
    pub phones: Vec<PlannedPhone>,
    /// Messages to click.
    pub samples: Vec<Sample>,
    /// Messages sent at the start.
    pub opening: Vec<Line>,
}

/// A room of the town.
#[derive(Debug, Clone)]
pub struct PlannedRoom {
    /// Its address.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The areas it serves; empty means all.
    pub areas: Vec<String>,
    /// The language the bot speaks there.
    pub language: String,
    /// The ids of the people in it.
    pub members: Vec<String>,
}

/// Somebody with a name.
#[derive(Debug, Clone)]
pub struct PlannedPerson {
    /// Their address.
    pub id: String,
    /// What they are called.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Where; empty means everywhere.
    pub areas: Vec<String>,
}

/// A phone that texts with the bot.
#[derive(Debug, Clone)]
pub struct PlannedPhone {
    /// Its number, which is its address.
    pub number: String,
    /// Whose it is.
    pub name: String,
}

/// Something somebody says somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// A person's id or a phone's number.
    pub who: String,
    /// A room's id, or `TO_THE_BOT`.
    pub place: String,
    /// The words.
    pub text: String,
}

/// A message to click.
#[derive(Debug, Clone)]
pub struct Sample {
    /// On the button.
    pub label: String,
    /// What it shows, in a few words.
    pub about: String,
    /// Its language.
    pub language: String,
    /// Who says it where; `{id}` stands for the newest open incident's id.
    pub line: Line,
    /// The step of the guided tour it is.
    pub story: Option<Step>,
}

/// The steps of the guided tour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// A neighbor reports.
    Report,
    /// A verifier confirms.
    Check,
    /// A verifier ends it.
    Clear,
}

impl TownPlan {
    /// Reads a plan as TOML and checks all of it.
    ///
    /// # Errors
    /// Every problem, one a line, each with the line of the text it is in and what to do.
    pub fn load(text: &str) -> Result<Self, String> {
        plan_file::read(text).map_err(|problems| {
            let lines: Vec<_> = problems
                .into_iter()
                .map(|(line, problem)| format!("line {line}: {problem}"))
                .collect();
            lines.join("\n")
        })
    }

    /// The rooms as the bot's directory has them.
    #[must_use]
    pub fn rooms(&self) -> Vec<Room> {
        self.rooms
            .iter()
            .map(|room| Room {
                room: RoomRef::new(PlatformKind::Playground, &room.id),
                name: room.name.clone(),
                purpose: room.purpose,
                areas: areas(&room.areas),
                language: room.language.clone(),
            })
            .collect()
    }

    /// The people with roles as the bot's directory has them.
    #[must_use]
    pub fn people(&self) -> Vec<Appointment> {
        self.people
            .iter()
            .filter(|person| person.role != Role::Neighbor)
            .map(|person| Appointment {
                until: None,
                person: PersonRef::new(PlatformKind::Playground, &person.id),
                role: person.role,
                areas: areas(&person.areas),
                name: Some(person.name.clone()),
            })
            .collect()
    }
}

fn areas(ids: &[String]) -> BTreeSet<AreaId> {
    ids.iter().map(AreaId::new).collect()
}
