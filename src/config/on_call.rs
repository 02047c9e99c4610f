//! `[[oncall]]`: who can be asked to go and look, where, and in which hours.

use std::collections::BTreeSet;

use super::{
    areas::Surroundings,
    people::{is_known_person, nobody_by_text},
    policy,
    reader::Section,
};
use crate::domain::{
    envelope::{PersonRef, PlatformKind},
    on_call::OnCall,
};

/// Reads every `[[oncall]]`.
pub(super) fn on_call(root: &Section, around: &Surroundings) -> Vec<OnCall> {
    let mut people = Vec::new();
    let mut seen = BTreeSet::new();
    for section in root.sections("oncall") {
        let platform = around.platform_of(&section);
        let person = section
            .needed("person", "write their address, \"@ana:example.org\"")
            .filter(|person| is_known_person(&section, platform, person));
        if platform == PlatformKind::Sms {
            nobody_by_text(&section, "is asked to go and look");
        }
        let areas = around.city.areas_of(&section);
        let hours = policy::hours(&section, "hours");
        if let Some(person) = person {
            if !seen.insert((platform, person.clone())) {
                section.problem("person", "is on call already: keep one of the two");
            }
            people.push(OnCall {
                person: PersonRef::new(platform, person),
                areas,
                hours,
            });
        }
        section.done();
    }
    people
}
