//! Who hears what, by example.

use super::*;
use crate::domain::{
    directory::Area, envelope::PlatformKind, handle::Handle, ids::IncidentId, incident::Status,
    place::PlaceKind, report::Kind, timestamp::Timestamp,
};

const POWDERHORN: &str = "mpls/powderhorn-park";
const CENTRAL: &str = "mpls/central";
const WHITTIER: &str = "mpls/whittier";

fn at(id: &str) -> RoomRef {
    RoomRef::new(PlatformKind::Matrix, id)
}

fn room(id: &str, purpose: Purpose, areas: &[&str]) -> Room {
    Room {
        room: at(id),
        name: id.to_owned(),
        purpose,
        areas: areas.iter().map(|area| AreaId::new(*area)).collect(),
        language: "en".to_owned(),
    }
}

/// Powderhorn (two siblings) touches Central; Whittier lies apart.
fn town() -> Directory {
    let beside = |ids: &[&str]| Area {
        name: String::new(),
        short: None,
        adjacent: ids.iter().map(|id| AreaId::new(*id)).collect(),
    };
    Directory {
        rooms: vec![
            room("p1", Purpose::Response, &[POWDERHORN]),
            room("p2", Purpose::Response, &[POWDERHORN]),
            room("c1", Purpose::Response, &[CENTRAL]),
            room("w1", Purpose::Response, &[WHITTIER]),
            room("info", Purpose::Info, &[POWDERHORN]),
            room("city", Purpose::City, &[]),
            room("liaisons", Purpose::Liaison, &[]),
            room("plans", Purpose::Planning, &[POWDERHORN]),
            room("check-p", Purpose::Verifiers, &[POWDERHORN]),
            room("check-w", Purpose::Verifiers, &[WHITTIER]),
            room("mods", Purpose::Moderators, &[]),
        ],
        areas: [
            (AreaId::new(POWDERHORN), beside(&[CENTRAL])),
            (AreaId::new(CENTRAL), beside(&[POWDERHORN])),
        ]
        .into(),
        people: vec![],
        services: crate::domain::services::Organizations::default(),
        on_call: vec![],
        blueprints: vec![],
        doors: vec![],
    }
}

fn incident(areas: &[&str]) -> Incident {
    let now = Timestamp::from_ms(0);
    Incident {
        id: IncidentId::new("i"),
        handle: Handle::nth_short(0),
        kind: Kind::Sighting,
        status: Status::Unverified,
        report: Report::default(),
        areas: areas.iter().map(|area| AreaId::new(*area)).collect(),
        opened_at: now,
        news_at: now,
        changed_at: now,
        reports: 1,
        firsthand: 1,
        rooms: 1,
        going: 0,
    }
}

fn names(hearings: &[Hearing<'_>]) -> Vec<String> {
    hearings
        .iter()
        .map(|hearing| hearing.room.name.clone())
        .collect()
}

#[test]
fn an_unconfirmed_report_goes_to_the_siblings_but_not_back_to_its_room() {
    let town = town();
    let rooms = unconfirmed(
        &town,
        &Policy::default(),
        &incident(&[POWDERHORN]),
        Some(&at("p1")),
    );
    assert_eq!(names(&rooms), ["p2"]);
}

#[test]
fn a_report_about_elsewhere_goes_there_and_to_the_siblings_of_its_room() {
    let town = town();
    let rooms = unconfirmed(
        &town,
        &Policy::default(),
        &incident(&[WHITTIER]),
        Some(&at("p1")),
    );
    assert_eq!(names(&rooms), ["p2", "w1"]);
}

#[test]
fn a_report_by_text_message_goes_to_all_siblings() {
    let town = town();
    assert_eq!(
        names(&unconfirmed(
            &town,
            &Policy::default(),
            &incident(&[POWDERHORN]),
            None
        )),
        ["p1", "p2"]
    );
}

#[test]
fn nothing_unconfirmed_leaves_where_the_gate_is_verify() {
    let town = town();
    let strict = Policy {
        gate: Gate::Verify,
        ..Policy::default()
    };
    assert!(unconfirmed(&town, &strict, &incident(&[POWDERHORN]), Some(&at("p1"))).is_empty());
    let mut one = Policy::default();
    one.gates.insert(AreaId::new(POWDERHORN), Gate::Verify);
    assert!(unconfirmed(&town, &one, &incident(&[POWDERHORN]), Some(&at("p1"))).is_empty());
    assert_eq!(
        names(&unconfirmed(&town, &one, &incident(&[WHITTIER]), None)),
        ["w1"]
    );
}

#[test]
fn a_confirmed_one_is_heard_around_and_by_the_city_less_exactly_and_never_where_plans_are_made() {
    let town = town();
    let rooms = confirmed(&town, &incident(&[POWDERHORN]), &[at("p1")]);
    assert_eq!(
        names(&rooms),
        ["p1", "p2", "c1", "info", "city", "liaisons"]
    );
    assert_eq!(
        rooms.last().map(|hearing| hearing.precision),
        Some(Precision::Area)
    );
    assert!(
        rooms
            .iter()
            .rev()
            .skip(2)
            .all(|hearing| hearing.precision == Precision::Block)
    );
}

#[test]
fn where_it_was_reported_the_confirmation_is_heard_too() {
    let town = town();
    let rooms = confirmed(&town, &incident(&[WHITTIER]), &[at("p1")]);
    assert_eq!(names(&rooms), ["p1", "p2", "w1", "city", "liaisons"]);
}

#[test]
fn cards_go_to_the_verifiers_of_the_area_and_to_all_of_them_where_there_are_none() {
    let town = town();
    let of = |area: &str| {
        verifiers(&town, &[AreaId::new(area)])
            .iter()
            .map(|room| room.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(WHITTIER), ["check-w"]);
    assert_eq!(of("stp/como"), ["check-p", "check-w"]);
}

#[test]
fn hearsay_and_vague_places_are_not_labelled_but_checked_first() {
    let place = |kind| Place {
        kind,
        name: "x".to_owned(),
        streets: vec![],
        number: None,
        landmark: None,
        city: None,
        point: None,
        areas: vec![],
        primary: vec![],
        confidence: 1.0,
    };
    let report = |kind, certainty| Report {
        place: Some(place(kind)),
        certainty,
        ..Report::default()
    };
    assert!(may_be_labelled(&report(
        PlaceKind::Intersection,
        Certainty::Firsthand
    )));
    assert!(!may_be_labelled(&report(
        PlaceKind::Street,
        Certainty::Firsthand
    )));
    assert!(!may_be_labelled(&report(
        PlaceKind::Intersection,
        Certainty::Secondhand
    )));
    assert!(!may_be_labelled(&Report::default()));
}
