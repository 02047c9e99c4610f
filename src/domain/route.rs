//! From an incident to those who must hear: which rooms, how exactly, no room twice.

use std::collections::BTreeSet;

use crate::domain::{
    directory::{Directory, Purpose, Room},
    envelope::RoomRef,
    ids::AreaId,
    incident::Incident,
    place::{Place, Precision},
    policy::{Gate, Policy},
    report::{Certainty, Report},
};

/// A room that must hear, and how exactly it may hear the place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hearing<'a> {
    /// The room.
    pub room: &'a Room,
    /// As exactly as this.
    pub precision: Precision,
}

/// Whether a report may leave its room before a verifier has looked at it: the place is sure, and exact or as exact as it may be told,
/// and the writer saw it.
#[must_use]
pub fn may_be_labelled(report: &Report) -> bool {
    let is_placed = |place: &Place| (place.is_exact() || place.is_coarsened()) && place.is_sure();
    report.place.as_ref().is_some_and(is_placed) && report.certainty == Certainty::Firsthand
}

/// The rooms that hear an unconfirmed report at once: the response rooms of its areas, and the siblings of the room it was
/// written in; only where the area's gate is `label`. The source room has read it already.
#[must_use]
pub fn unconfirmed<'a>(
    directory: &'a Directory,
    policy: &Policy,
    incident: &Incident,
    source: Option<&RoomRef>,
) -> Vec<Hearing<'a>> {
    let open: Vec<AreaId> = incident
        .areas
        .iter()
        .filter(|area| policy.gate_of(area) == Gate::Label)
        .cloned()
        .collect();
    if open.is_empty() {
        return Vec::new();
    }
    response_rooms(directory, &open, source)
        .filter(|hearing| Some(&hearing.room.room) != source)
        .collect()
}

/// The rooms that hear a confirmed incident: the response rooms of its areas and of the areas beside them, the rooms where it
/// was reported and their siblings, the alerts-only rooms, and, with the neighborhood only, the city room
/// and that of its liaisons.
#[must_use]
pub fn confirmed<'a>(
    directory: &'a Directory,
    incident: &Incident,
    sources: &[RoomRef],
) -> Vec<Hearing<'a>> {
    let around = with_adjacent(directory, &incident.areas);
    let mut seen = BTreeSet::new();
    let mut rooms = Vec::new();
    let own =
        sources.iter().map(Some).chain([None]).flat_map(|source| {
            response_rooms(directory, &incident.areas, source).collect::<Vec<_>>()
        });
    let beside = serving(directory, Purpose::Response, &around, Precision::Block);
    let info = serving(directory, Purpose::Info, &around, Precision::Block);
    let city = serving(directory, Purpose::City, &around, Precision::Area);
    let liaison = serving(directory, Purpose::Liaison, &around, Precision::Area);
    for hearing in own.chain(beside).chain(info).chain(city).chain(liaison) {
        if seen.insert(&hearing.room.room) {
            rooms.push(hearing);
        }
    }
    rooms
}

/// The verifiers' rooms of an incident; all verifiers' rooms if none serves its areas, so that no report goes unseen.
#[must_use]
pub fn verifiers<'a>(directory: &'a Directory, areas: &[AreaId]) -> Vec<&'a Room> {
    let all = || {
        directory
            .rooms
            .iter()
            .filter(|room| room.purpose == Purpose::Verifiers)
    };
    let serving: Vec<&Room> = all().filter(|room| room.serves(areas)).collect();
    if serving.is_empty() {
        all().collect()
    } else {
        serving
    }
}

/// The moderators' rooms.
pub fn moderators(directory: &Directory) -> impl Iterator<Item = &Room> {
    directory
        .rooms
        .iter()
        .filter(|room| room.purpose == Purpose::Moderators)
}

/// The moderators' rooms of these areas and of the whole city; all, if it is about no area or there is no room of it.
pub fn moderators_of<'a>(directory: &'a Directory, areas: &[AreaId]) -> Vec<&'a Room> {
    let is_theirs = |room: &&Room| areas.is_empty() || room.areas.is_empty() || room.serves(areas);
    let rooms: Vec<&Room> = moderators(directory).filter(is_theirs).collect();
    if rooms.is_empty() {
        moderators(directory).collect()
    } else {
        rooms
    }
}

fn response_rooms<'a>(
    directory: &'a Directory,
    areas: &[AreaId],
    source: Option<&RoomRef>,
) -> impl Iterator<Item = Hearing<'a>> {
    // Siblings act as one: what is said in a room concerns the other rooms of just the same areas.
    let siblings_of = source
        .and_then(|source| directory.room(source))
        .map(|room| &room.areas);
    directory
        .rooms
        .iter()
        .filter(|room| room.purpose == Purpose::Response)
        .filter(move |room| room.serves(areas) || Some(&room.areas) == siblings_of)
        .map(|room| Hearing {
            room,
            precision: Precision::Block,
        })
}

fn serving<'a>(
    directory: &'a Directory,
    purpose: Purpose,
    areas: &[AreaId],
    precision: Precision,
) -> impl Iterator<Item = Hearing<'a>> {
    directory
        .rooms
        .iter()
        .filter(move |room| room.purpose == purpose && room.serves(areas))
        .map(move |room| Hearing { room, precision })
}

fn with_adjacent(directory: &Directory, areas: &[AreaId]) -> Vec<AreaId> {
    let mut around: BTreeSet<&AreaId> = areas.iter().collect();
    for area in areas {
        around.extend(
            directory
                .areas
                .get(area)
                .into_iter()
                .flat_map(|known| &known.adjacent),
        );
    }
    around.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests;
