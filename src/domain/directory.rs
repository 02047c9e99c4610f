//! Who and what there is: the rooms with their areas and purposes, the areas with their names and neighbors,
//! and the people with roles. Read from config; asked by routing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::{
    door::Lead,
    envelope::{PersonRef, RoomRef},
    ids::AreaId,
    on_call::OnCall,
    role::Role,
    services::Organizations,
    split::Blueprint,
    timestamp::Timestamp,
};

/// What a room is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Rapid response: people report and hear here. An area may have several, its siblings.
    Response,
    /// Verifiers see cards here.
    Verifiers,
    /// Moderators hear of holds and trouble here.
    Moderators,
    /// Alerts only; the bot posts, nobody is read.
    Info,
    /// The whole city: confirmed incidents, neighborhood precision.
    City,
    /// Mutual aid; not parsed for sightings.
    Aid,
    /// Shifts; not parsed for sightings.
    Shifts,
    /// The bot never parses or stores anything here.
    Planning,
    /// Liaisons of the neighborhoods: the same calm picture as the whole city has; who is let in is one of them.
    Liaison,
    /// No room to write in but one that holds rooms, where a network has such a thing: a Space on Matrix.
    Space,
}

impl Purpose {
    /// The name as stored and as written in settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Response => "response",
            Self::Verifiers => "verifiers",
            Self::Moderators => "moderators",
            Self::Info => "info",
            Self::City => "city",
            Self::Aid => "aid",
            Self::Shifts => "shifts",
            Self::Planning => "planning",
            Self::Liaison => "liaison",
            Self::Space => "space",
        }
    }

    /// Whether who comes into such a room is welcomed: not where moderators are, and not where the bot has no business.
    #[must_use]
    pub const fn welcomes(self) -> bool {
        !matches!(self, Self::Moderators | Self::Planning | Self::Space)
    }

    /// The role of whoever is let into such a room: those of verifiers, moderators and liaisons are closed.
    #[must_use]
    pub const fn gives(self) -> Option<Role> {
        match self {
            Self::Verifiers => Some(Role::Verifier),
            Self::Moderators => Some(Role::Moderator),
            Self::Liaison => Some(Role::Liaison),
            _ => None,
        }
    }

    /// Whether rooms of this purpose get siblings when they fill up: where neighbors are.
    #[must_use]
    pub const fn has_siblings(self) -> bool {
        matches!(
            self,
            Self::Response | Self::Info | Self::Aid | Self::Shifts | Self::City
        )
    }

    /// Whether the bot says anything there and looks after who is in it.
    #[must_use]
    pub const fn is_spoken_in(self) -> bool {
        !matches!(self, Self::Planning | Self::Space)
    }

    /// Whether a community has such a room, and not each of its neighborhoods.
    #[must_use]
    pub const fn is_of_city(self) -> bool {
        matches!(self, Self::City | Self::Liaison | Self::Space)
    }
}

/// A room the bot knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Where it is.
    pub room: RoomRef,
    /// What moderators call it.
    pub name: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The areas it serves; empty means all.
    pub areas: BTreeSet<AreaId>,
    /// The language the bot speaks there.
    pub language: String,
}

impl Room {
    /// Whether this room serves any of these areas; a room without areas serves all.
    #[must_use]
    pub fn serves(&self, areas: &[AreaId]) -> bool {
        self.areas.is_empty() || areas.iter().any(|area| self.areas.contains(area))
    }
}

/// An area as people call it, and the areas it touches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Area {
    /// `Powderhorn Park`.
    pub name: String,
    /// The name where letters are few, if it has a shorter one: `Lowry Hill E`.
    pub short: Option<String>,
    /// Areas that share a border.
    pub adjacent: BTreeSet<AreaId>,
}

/// A role that config gives to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Who.
    pub person: PersonRef,
    /// May do what.
    pub role: Role,
    /// Where; empty means everywhere.
    pub areas: BTreeSet<AreaId>,
    /// The name they are called by in the log.
    pub name: Option<String>,
    /// Until when; for good if it is not said.
    pub until: Option<Timestamp>,
}

impl Appointment {
    /// Whether its term is not over.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| until > now)
    }
}

/// Rooms, areas, appointments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    /// Every room the bot knows, in config order.
    pub rooms: Vec<Room>,
    /// Every area of the city.
    pub areas: BTreeMap<AreaId, Area>,
    /// Roles given by config.
    pub people: Vec<Appointment>,
    /// Organizations that help.
    pub services: Organizations,
    /// Who can be asked to go and look, in config order.
    pub on_call: Vec<OnCall>,
    /// The rooms that a neighborhood gets when it is set up, from `rooms.toml`.
    pub blueprints: Vec<Blueprint>,
    /// Where doors lead by hand, from `doors.toml`.
    pub doors: Vec<(AreaId, Lead)>,
}

impl Directory {
    /// The room at that address, if the bot knows it.
    #[must_use]
    pub fn room(&self, room: &RoomRef) -> Option<&Room> {
        self.rooms.iter().find(|known| &known.room == room)
    }

    /// What people call an area; its id if it has no name.
    #[must_use]
    pub fn area_name<'a>(&'a self, area: &'a AreaId) -> &'a str {
        self.areas
            .get(area)
            .map_or(area.as_str(), |known| known.name.as_str())
    }

    /// What an area is called where letters are few.
    #[must_use]
    pub fn short_name<'a>(&'a self, area: &'a AreaId) -> &'a str {
        self.areas
            .get(area)
            .and_then(|known| known.short.as_deref())
            .unwrap_or_else(|| self.area_name(area))
    }

    /// Rooms of a purpose that serve any of these areas, in config order.
    pub fn serving<'a>(
        &'a self,
        purpose: Purpose,
        areas: &'a [AreaId],
    ) -> impl Iterator<Item = &'a Room> {
        self.rooms
            .iter()
            .filter(move |room| room.purpose == purpose && room.serves(areas))
    }

    /// The role config gives a person at that time: for any of these areas; of any area where `areas` is `None`.
    #[must_use]
    pub fn appointed(&self, person: &PersonRef, areas: Option<&[AreaId]>, now: Timestamp) -> Role {
        self.people
            .iter()
            .filter(|entry| &entry.person == person && entry.holds(now))
            .filter(|entry| {
                areas.is_none_or(|areas| {
                    entry.areas.is_empty() || areas.iter().any(|area| entry.areas.contains(area))
                })
            })
            .map(|entry| entry.role)
            .max()
            .unwrap_or_default()
    }
}
