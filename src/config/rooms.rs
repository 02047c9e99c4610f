//! `rooms.toml`: the rooms that a neighborhood gets.

use std::time::Duration;

use super::reader::Section;
use crate::domain::{
    directory::Purpose,
    split::{Blueprint, LinkMode},
};

const PURPOSES: [(&str, Purpose); 9] = [
    ("response", Purpose::Response),
    ("verifiers", Purpose::Verifiers),
    ("info", Purpose::Info),
    ("aid", Purpose::Aid),
    ("shifts", Purpose::Shifts),
    ("planning", Purpose::Planning),
    ("city", Purpose::City),
    ("liaison", Purpose::Liaison),
    ("space", Purpose::Space),
];
const LINKS: [(&str, LinkMode); 3] = [
    ("open", LinkMode::Open),
    ("approval", LinkMode::Approval),
    ("off", LinkMode::Off),
];
/// The longest and shortest that Signal's timers go (Signal facts: whole seconds, four weeks in its own menu).
const LONGEST: Duration = Duration::from_secs(28 * 86_400);
const SHORTEST: Duration = Duration::from_secs(3_600);

/// The whole file.
pub(super) fn blueprints(root: &Section) -> Vec<Blueprint> {
    let mut blueprints: Vec<Blueprint> = Vec::new();
    for section in root.sections("room") {
        if let Some(blueprint) = blueprint(&section) {
            let is_twice = blueprints
                .iter()
                .any(|known| known.purpose == blueprint.purpose);
            if is_twice {
                section.problem(
                    "purpose",
                    "has a room already: there is one room of each, and siblings when it fills up",
                );
            }
            blueprints.push(blueprint);
        }
        section.done();
    }
    blueprints
}

fn blueprint(section: &Section) -> Option<Blueprint> {
    if !section.has("purpose") {
        section.problem(
            "purpose",
            "is missing: write what the room is for, such as \"response\"",
        );
    }
    let purpose = section.choice("purpose", &PURPOSES);
    let title = section.needed("title", "write what it is called, such as \"{area} RR\"");
    if let (Some(title), Some(purpose)) = (&title, purpose)
        && !purpose.is_of_city()
        && !title.contains("{area}")
    {
        section.problem(
            "title",
            "says not which neighborhood: write {area} where its name stands",
        );
    }
    let description = section.text("description").unwrap_or_default();
    if description.len() > 400 {
        section.problem("description", "is too long: at most 400 letters");
    }
    let timer = section.duration(
        "timer",
        SHORTEST,
        (LONGEST, ": longer timers Signal does not show"),
    );
    let link = section.choice("link", &LINKS).unwrap_or(LinkMode::Open);
    let is_quiet = section.flag("quiet").unwrap_or_default();
    let vouch = section.flag("vouch").unwrap_or_default();
    if vouch && link == LinkMode::Open {
        section.problem(
            "vouch",
            "needs a room that people have to ask for: write link = \"approval\"",
        );
    }
    Some(Blueprint {
        purpose: purpose?,
        title: title?,
        description,
        timer_h: timer.map_or(0, |timer| {
            u32::try_from(timer.as_secs() / 3_600).unwrap_or_default()
        }),
        link,
        is_quiet,
        vouch,
    })
}
