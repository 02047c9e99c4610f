//! `[[people]]`: roles that config gives, whatever a platform says.

use std::collections::BTreeSet;

use jiff::{civil::Date, tz::TimeZone};

use super::{areas::Surroundings, platforms::is_good_user, reader::Section, signal::is_uuid};
use crate::domain::{
    directory::Appointment,
    envelope::{PersonRef, PlatformKind},
    role::Role,
    timestamp::Timestamp,
};

const ROLES: [(&str, Role); 3] = [
    ("liaison", Role::Liaison),
    ("verifier", Role::Verifier),
    ("moderator", Role::Moderator),
];

/// Reads every `[[people]]`.
pub(super) fn people(root: &Section, around: &Surroundings) -> Vec<Appointment> {
    let mut people: Vec<Appointment> = Vec::new();
    let mut seen = BTreeSet::new();
    for section in root.sections("people") {
        let platform = around.platform_of(&section);
        let person = section
            .needed("person", "write their address, \"@ana:example.org\"")
            .filter(|person| is_known_person(&section, platform, person));
        if platform == PlatformKind::Sms {
            nobody_by_text(&section, "has a role");
        }
        if !section.has("role") {
            section.problem(
                "role",
                "is missing: write \"verifier\", \"moderator\" or \"liaison\"",
            );
        }
        let role = section.choice("role", &ROLES);
        let areas = around.city.areas_of(&section);
        let name = section.text("name");
        let until = section.text("until").and_then(|text| {
            let until = end_of_day(&text);
            if until.is_none() {
                section.problem(
                    "until",
                    format!("`{text}` is not a day: write \"2026-12-31\""),
                );
            }
            until
        });
        if let (Some(person), Some(role)) = (person, role) {
            if !seen.insert((platform, person.clone(), areas.clone())) {
                section.problem(
                    "person",
                    "has an entry for these areas already: keep one of the two",
                );
            }
            people.push(Appointment {
                person: PersonRef::new(platform, person),
                role,
                areas,
                name,
                until,
            });
        }
        section.done();
    }
    people
}

/// When a day is over everywhere on earth: at noon of the next one in UTC.
fn end_of_day(text: &str) -> Option<Timestamp> {
    let day: Date = text.parse().ok()?;
    let end = day.tomorrow().ok()?.at(12, 0, 0, 0);
    let end = end.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp::from_ms(end.timestamp().as_millisecond()))
}

/// Whether that is how people are known there.
pub(super) fn is_known_person(section: &Section, platform: PlatformKind, person: &str) -> bool {
    match platform {
        PlatformKind::Matrix => is_good_user(section, "person", person),
        PlatformKind::Signal => is_signal_person(section, person),
        PlatformKind::Sms | PlatformKind::Playground => true,
    }
}

/// What takes trust is nothing for phone numbers.
pub(super) fn nobody_by_text(section: &Section, what: &str) {
    section.problem(
        "platform",
        format!(
            "nobody {what} by text message, since a number can be forged: name an account on another platform"
        ),
    );
}

/// On Signal people are known by an id, since numbers are hidden and change.
fn is_signal_person(section: &Section, person: &str) -> bool {
    let is_good = is_uuid(person);
    if !is_good {
        section.problem(
            "person",
            format!("`{person}` is not a person's id on Signal: `tocsin signal groups --people` lists those of a group"),
        );
    }
    is_good
}
