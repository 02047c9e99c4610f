//! The life of incidents, by example.

use std::time::Duration;

use super::*;
use crate::domain::{
    place::Point,
    report::{Certainty, Range},
};

const NOW: Timestamp = Timestamp::from_ms(1_768_000_000_000);

fn minutes(n: u64) -> Duration {
    Duration::from_secs(60 * n)
}

fn corner(name: &str, lat: f64) -> Place {
    Place {
        kind: PlaceKind::Intersection,
        name: name.to_owned(),
        streets: name.split(" & ").map(str::to_owned).collect(),
        number: None,
        landmark: None,
        city: None,
        point: Some(Point { lat, lon: -93.28 }),
        areas: vec![AreaId::new("mpls/whittier")],
        primary: vec![],
        confidence: 1.0,
    }
}

fn report_at(place: Option<Place>) -> Report {
    Report {
        place,
        ..Report::default()
    }
}

fn incident_at(place: Place, news_at: Timestamp) -> Incident {
    Incident {
        id: IncidentId::new("i"),
        handle: crate::domain::handle::Handle::parse("K7").unwrap(),
        kind: Kind::Sighting,
        status: Status::Unverified,
        areas: place.areas.clone(),
        report: report_at(Some(place)),
        opened_at: news_at,
        news_at,
        changed_at: news_at,
        reports: 1,
        firsthand: 1,
        rooms: 1,
    }
}

fn joined(metres: f64, after: Duration) -> Option<bool> {
    let open = [incident_at(corner("Lake & Pillsbury", 44.948), NOW - after)];
    // One degree of latitude is 111,195 m on the sphere used.
    let report = report_at(Some(corner(
        "28th & Pillsbury",
        44.948 + metres / 111_195.0,
    )));
    joins(&report, Kind::Sighting, NOW, &open, &Joining::default()).map(|found| found.is_tight)
}

#[test]
fn near_and_soon_joins_silently() {
    assert_eq!(joined(140.0, minutes(9)), Some(true));
}

#[test]
fn a_little_further_or_later_joins_and_is_asked_about() {
    assert_eq!(joined(200.0, minutes(9)), Some(false));
    assert_eq!(joined(140.0, minutes(15)), Some(false));
}

#[test]
fn too_far_or_too_late_is_another_incident() {
    assert_eq!(joined(310.0, minutes(1)), None);
    assert_eq!(joined(10.0, minutes(21)), None);
}

#[test]
fn the_same_intersection_joins_while_the_incident_is_open() {
    let open = [incident_at(
        corner("Lake & Pillsbury", 44.948),
        NOW - minutes(50),
    )];
    let report = report_at(Some(corner("Lake & Pillsbury", 44.948)));
    let found = joins(&report, Kind::Sighting, NOW, &open, &Joining::default()).unwrap();
    assert!(!found.is_tight);
}

#[test]
fn other_kinds_and_closed_incidents_are_not_joined() {
    let mut open = [incident_at(corner("Lake & Pillsbury", 44.948), NOW)];
    let report = report_at(Some(corner("Lake & Pillsbury", 44.948)));
    assert_eq!(
        joins(&report, Kind::Need, NOW, &open, &Joining::default()),
        None
    );
    open[0].status = Status::Cleared;
    assert_eq!(
        joins(&report, Kind::Sighting, NOW, &open, &Joining::default()),
        None
    );
}

#[test]
fn the_nearest_incident_is_joined() {
    let open = [
        incident_at(corner("26th & Pillsbury", 44.950), NOW),
        incident_at(corner("Lake & Pillsbury", 44.948), NOW),
    ];
    let report = report_at(Some(corner("29th & Pillsbury", 44.9485)));
    let found = joins(&report, Kind::Sighting, NOW, &open, &Joining::default()).unwrap();
    assert_eq!(found.incident.place().unwrap().name, "Lake & Pillsbury");
}

#[test]
fn two_people_with_their_own_words_are_two_witnesses() {
    let witness = |sender, text, is_firsthand| Witness {
        sender,
        text,
        is_firsthand,
    };
    let count = |witnesses: &[Witness<'_>]| independent(witnesses);
    assert_eq!(
        count(&[witness("a", "x", true), witness("b", "y", true)]),
        2
    );
    assert_eq!(
        count(&[witness("a", "x", true), witness("a", "y", true)]),
        1,
        "the same person twice"
    );
    assert_eq!(
        count(&[witness("a", "x", true), witness("b", "x", true)]),
        1,
        "the same text twice"
    );
    assert_eq!(
        count(&[witness("a", "x", true), witness("b", "y", false)]),
        1,
        "hearsay"
    );
    assert_eq!(
        count(&[witness("a", "", true), witness("b", "", true)]),
        2,
        "reactions have no words"
    );
}

#[test]
fn a_second_witness_corroborates_and_losing_them_takes_it_back() {
    let mut incident = incident_at(corner("Lake & Pillsbury", 44.948), NOW);
    incident.recount(2, 2, 2, NOW);
    assert_eq!(incident.status, Status::Corroborated);
    incident.recount(1, 1, 1, NOW);
    assert_eq!(incident.status, Status::Unverified);
    incident.status = Status::Confirmed;
    incident.recount(3, 3, 2, NOW);
    assert_eq!(
        incident.status,
        Status::Confirmed,
        "a verifier's word stands"
    );
}

#[test]
fn verdicts_move_open_incidents_once() {
    assert_eq!(
        Verdict::Confirm.applied_to(Status::Unverified),
        Some(Status::Confirmed)
    );
    assert_eq!(
        Verdict::Confirm.applied_to(Status::Stale),
        Some(Status::Confirmed)
    );
    assert_eq!(Verdict::Confirm.applied_to(Status::Confirmed), None);
    assert_eq!(Verdict::Clear.applied_to(Status::Dismissed), None);
    assert_eq!(
        Verdict::Dismiss.applied_to(Status::Confirmed),
        Some(Status::Dismissed)
    );
}

#[test]
fn reports_add_up() {
    let mut first = report_at(Some(corner("Lake & Pillsbury", 44.948)));
    first.size.people = Some(Range::exactly(3));
    first.unit.uniform = vec!["vest".to_owned()];
    let mut second = report_at(None);
    second.size.people = Some(Range::exactly(4));
    second.unit.uniform = vec!["vest".to_owned(), "mask".to_owned()];
    second.certainty = Certainty::Firsthand;
    let all = merged([&first, &second]);
    assert_eq!(all.size.people, Some(Range::exactly(4)));
    assert_eq!(all.unit.uniform, ["vest", "mask"]);
    assert_eq!(all.place.unwrap().name, "Lake & Pillsbury");
}
