//! `[[people]]`: roles that config gives, whatever a platform says.

use std::collections::BTreeSet;

use super::{areas::Surroundings, platforms::is_good_user, reader::Section, signal::is_uuid};
use crate::domain::{
    directory::Appointment,
    envelope::{PersonRef, PlatformKind},
    role::Role,
};

const ROLES: [(&str, Role); 2] = [("verifier", Role::Verifier), ("moderator", Role::Moderator)];

/// Reads every `[[people]]`.
pub(super) fn people(root: &Section, around: &Surroundings) -> Vec<Appointment> {
    let mut people: Vec<Appointment> = Vec::new();
    let mut seen = BTreeSet::new();
    for section in root.sections("people") {
        let platform = around.platform_of(&section);
        let person = section
            .needed("person", "write their address, \"@ana:example.org\"")
            .filter(|person| match platform {
                PlatformKind::Matrix => is_good_user(&section, "person", person),
                PlatformKind::Signal => is_signal_person(&section, person),
                _ => true,
            });
        if platform == PlatformKind::Sms {
            section.problem(
                "platform",
                "nobody has a role by text message, since a number can be forged: name an account on another platform",
            );
        }
        if !section.has("role") {
            section.problem("role", "is missing: write \"verifier\" or \"moderator\"");
        }
        let role = section.choice("role", &ROLES);
        let areas = around.city.areas_of(&section);
        let name = section.text("name");
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
            });
        }
        section.done();
    }
    people
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
