//! The pretend town that runs when no platform is configured: its rooms and the people with roles.

use std::collections::BTreeSet;

use crate::domain::{
    directory::{Appointment, Directory, Purpose, Room},
    envelope::{PersonRef, PlatformKind, RoomRef},
    ids::AreaId,
    role::Role,
};

/// Two rooms in Powderhorn, one in Whittier, the verifiers and the moderators; Vera verifies, Mo moderates.
pub(super) fn directory() -> Directory {
    let room = |id: &str, name: &str, purpose, areas: &[&str]| Room {
        room: RoomRef::new(PlatformKind::Playground, id),
        name: name.to_owned(),
        purpose,
        areas: areas.iter().map(|area| AreaId::new(*area)).collect(),
        language: "en".to_owned(),
    };
    let person = |address: &str, role| Appointment {
        person: PersonRef::new(PlatformKind::Playground, address),
        role,
        areas: BTreeSet::new(),
    };
    Directory {
        rooms: vec![
            room(
                "powderhorn-1",
                "Powderhorn RR 1",
                Purpose::Response,
                &["mpls/powderhorn-park"],
            ),
            room(
                "powderhorn-2",
                "Powderhorn RR 2",
                Purpose::Response,
                &["mpls/powderhorn-park"],
            ),
            room(
                "whittier-1",
                "Whittier RR",
                Purpose::Response,
                &["mpls/whittier"],
            ),
            room("verifiers", "Verifiers", Purpose::Verifiers, &[]),
            room("moderators", "Moderators", Purpose::Moderators, &[]),
        ],
        people: vec![
            person("vera", Role::Verifier),
            person("mo", Role::Moderator),
        ],
        ..Directory::default()
    }
}
