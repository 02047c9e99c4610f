//! For which areas somebody is a moderator. What is elsewhere is somebody else's: they neither see what was done there nor do anything
//! there, and nothing is said there by them.

use std::collections::BTreeSet;

use crate::{
    app::{author::Author, moderation::area_names, reporting::Said, roles, trust, turn::Turn},
    domain::{ids::AreaId, prompt::AboutPeople, proposal::Proposal, role::Role},
};

/// Where somebody is a moderator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remit {
    /// In the whole city.
    City,
    /// In some areas.
    Areas(BTreeSet<AreaId>),
}

impl Remit {
    /// That of a writer: by the room they write in, by the settings, by what two moderators gave.
    pub fn of(turn: &Turn<'_>, author: &Author) -> Self {
        let (app, now) = (turn.app, turn.now);
        let by_room = author
            .room
            .iter()
            .filter(|_| author.seat >= Role::Moderator)
            .map(|room| &room.areas);
        let directory = app.directory();
        let by_settings = directory
            .people
            .iter()
            .filter(|entry| entry.person == author.person && entry.holds(now))
            .filter(|entry| entry.role >= Role::Moderator)
            .map(|entry| &entry.areas);
        let grants = &turn.trust().grants;
        let hashes = if grants.is_empty() {
            Vec::new()
        } else {
            trust::hashes(app, &author.person)
        };
        let by_two = grants
            .iter()
            .filter(|grant| grant.role >= Role::Moderator && grant.until > now)
            .filter(|grant| hashes.contains(&grant.person.hash))
            .map(|grant| &grant.areas);
        let mut areas = BTreeSet::new();
        for some in by_room.chain(by_settings).chain(by_two) {
            if some.is_empty() {
                return Self::City;
            }
            areas.extend(some.iter().cloned());
        }
        Self::Areas(areas)
    }

    /// Whether all of these areas are theirs; no area at all means the whole city.
    pub fn covers(&self, areas: &[AreaId]) -> bool {
        match self {
            Self::City => true,
            Self::Areas(own) => !areas.is_empty() && areas.iter().all(|area| own.contains(area)),
        }
    }

    /// Whether what is about these areas is theirs to see; what is about none concerns everybody.
    pub fn touches(&self, areas: &[AreaId]) -> bool {
        match self {
            Self::City => true,
            Self::Areas(own) => areas.is_empty() || areas.iter().any(|area| own.contains(area)),
        }
    }

    /// The areas; none for the whole city.
    pub fn areas(&self) -> Vec<AreaId> {
        match self {
            Self::City => Vec::new(),
            Self::Areas(own) => own.iter().cloned().collect(),
        }
    }
}

/// Whether somebody may agree to a proposal. Whom to ban everywhere, everybody may: that is for every moderator to say.
pub fn may_second(remit: &Remit, proposal: &Proposal) -> bool {
    match proposal {
        Proposal::Say { areas, .. }
        | Proposal::GiveRole { areas, .. }
        | Proposal::TakeRole { areas, .. } => remit.covers(areas),
        Proposal::Shred { area } => remit.covers(std::slice::from_ref(area)),
        Proposal::Ban { areas, .. } => remit.touches(areas),
    }
}

/// Tells a moderator that it is not theirs to do.
pub fn refuse(turn: &mut Turn<'_>, said: &Said<'_>, remit: &Remit) -> anyhow::Result<()> {
    let areas = area_names(turn.app, &remit.areas());
    roles::answer(turn, said, AboutPeople::NotYours { areas })
}
