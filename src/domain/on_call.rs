//! Who can be asked to go and look: at most five people at a time, nearest first, and only in their hours.

use std::collections::BTreeSet;

use crate::domain::{directory::Directory, envelope::PersonRef, ids::AreaId, spending::HoursOfDay};

/// How many are asked at once.
pub const AT_ONCE: usize = 5;

/// How long they have before the next are asked.
pub const NEXT_AFTER: std::time::Duration = std::time::Duration::from_secs(3 * 60);

/// One person who can be asked to go and look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnCall {
    /// Who.
    pub person: PersonRef,
    /// Where; empty means everywhere.
    pub areas: BTreeSet<AreaId>,
    /// In which hours; at any, if none are named.
    pub hours: Option<HoursOfDay>,
}

/// The people to ask about something in these areas at this minute of the day, nearest first: those whose areas are there, then those whose
/// areas are beside, in the order of the settings; nobody twice.
#[must_use]
pub fn nearest<'a>(directory: &'a Directory, areas: &[AreaId], minute: u32) -> Vec<&'a OnCall> {
    let beside: BTreeSet<&AreaId> = areas
        .iter()
        .filter_map(|area| directory.areas.get(area))
        .flat_map(|area| &area.adjacent)
        .collect();
    let is_there =
        |one: &&OnCall| one.areas.is_empty() || areas.iter().any(|area| one.areas.contains(area));
    let is_beside = |one: &&OnCall| one.areas.iter().any(|area| beside.contains(area));
    let is_awake = |one: &&OnCall| one.hours.is_none_or(|hours| hours.include(minute));
    let all = || directory.on_call.iter().filter(is_awake);
    let mut seen = BTreeSet::new();
    all()
        .filter(is_there)
        .chain(all().filter(is_beside))
        .filter(|one| seen.insert((one.person.platform, one.person.address.expose())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{directory::Area, envelope::PlatformKind};

    fn one(who: &str, areas: &[&str], hours: Option<(u32, u32)>) -> OnCall {
        OnCall {
            person: PersonRef::new(PlatformKind::Matrix, who),
            areas: areas.iter().map(|area| AreaId::new(*area)).collect(),
            hours: hours.map(|(from, until)| HoursOfDay {
                from: from * 60,
                until: until * 60,
            }),
        }
    }

    fn asked(people: Vec<OnCall>, hour: u32) -> Vec<String> {
        let near = Area {
            adjacent: [AreaId::new("beside")].into(),
            ..Area::default()
        };
        let directory = Directory {
            on_call: people,
            blueprints: Vec::new(),
            areas: [(AreaId::new("here"), near)].into(),
            ..Directory::default()
        };
        nearest(&directory, &[AreaId::new("here")], hour * 60)
            .iter()
            .map(|one| one.person.address.expose().clone())
            .collect()
    }

    #[test]
    fn who_is_there_comes_before_who_is_beside_and_nobody_comes_twice() {
        let people = vec![
            one("@far", &["far"], None),
            one("@beside", &["beside"], None),
            one("@here", &["here", "beside"], None),
            one("@here", &["beside"], None),
            one("@everywhere", &[], None),
        ];
        assert_eq!(asked(people, 12), ["@here", "@everywhere", "@beside"]);
    }

    #[test]
    fn nobody_is_asked_outside_their_hours() {
        let people = || {
            vec![
                one("@evening", &[], Some((18, 22))),
                one("@night", &[], Some((22, 6))),
                one("@always", &[], None),
            ]
        };
        assert_eq!(asked(people(), 18), ["@evening", "@always"]);
        assert_eq!(asked(people(), 22), ["@night", "@always"]);
        assert_eq!(asked(people(), 5), ["@night", "@always"]);
        assert_eq!(asked(people(), 6), ["@always"]);
    }
}
