//! `doors.toml`: where doors lead by hand, as long as the bot counts no rooms of an area itself.

use super::{areas::City, reader::Section};
use crate::domain::{
    door::{Lead, LeadTo},
    envelope::PlatformKind,
    ids::AreaId,
};

const PLATFORMS: [(&str, PlatformKind); 2] = [
    ("signal", PlatformKind::Signal),
    ("matrix", PlatformKind::Matrix),
];

/// The whole file.
pub(super) fn doors(root: &Section, city: &City) -> Vec<(AreaId, Lead)> {
    let mut doors: Vec<(AreaId, Lead)> = Vec::new();
    for section in root.sections("door") {
        let areas = city.areas_of(&section);
        if areas.is_empty() {
            section.problem(
                "areas",
                "is missing: write whose door it is, such as [\"mpls/whittier\"]",
            );
        }
        if !section.has("platform") {
            section.problem("platform", "is missing: write \"signal\" or \"matrix\"");
        }
        let platform = section.choice("platform", &PLATFORMS);
        let link = section.needed(
            "link",
            "write the group's or room's invitation link as its app shows it",
        );
        let approval = section.flag("approval").unwrap_or_default();
        if let (Some(platform), Some(url)) = (platform, link) {
            if !begins_as_it_should(platform, &url) {
                section.problem("link", way_out(platform));
            }
            for area in areas {
                let is_twice = doors
                    .iter()
                    .any(|(known, lead)| (known, lead.platform) == (&area, platform));
                if is_twice {
                    section.problem(
                        "areas",
                        format!(
                            "`{area}` has a door on this platform already: a door leads to one link"
                        ),
                    );
                }
                let to = LeadTo::Link {
                    url: url.clone(),
                    approval,
                };
                doors.push((area, Lead { platform, to }));
            }
        }
        section.done();
    }
    doors
}

fn begins_as_it_should(platform: PlatformKind, url: &str) -> bool {
    let start = match platform {
        PlatformKind::Signal => "https://signal.group/#",
        _ => "https://matrix.to/#/",
    };
    url.strip_prefix(start)
        .is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}

const fn way_out(platform: PlatformKind) -> &'static str {
    match platform {
        PlatformKind::Signal => {
            "is no link to a Signal group: those begin with https://signal.group/#"
        }
        _ => "is no link to a Matrix room: those begin with https://matrix.to/#/",
    }
}
