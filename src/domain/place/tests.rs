//! The gazetteer of the Twin Cities as we ship it, and what is said about files that cannot be used.

mod phrasings;
mod properties;
mod twin_cities;

use std::{
    fs,
    path::Path,
    sync::{Arc, OnceLock},
};

use crate::domain::{
    ids::AreaId,
    parse::{Lexicon, Parsed, Reader, Reading},
    place::{Candidate, Found, Gazetteer, Place, PlaceKind, Point, zip_in},
    timestamp::Timestamp,
};

fn shipped(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("bot-config")
        .join(file);
    fs::read_to_string(path).unwrap()
}

/// The Twin Cities and the words that we ship.
fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| reader_with(&shipped("cities/twin-cities/landmarks.toml")))
}

/// The Twin Cities with these landmarks.
fn reader_with(landmarks: &str) -> Reader {
    let city = Gazetteer::load(
        &shipped("cities/twin-cities/areas.toml"),
        &shipped("cities/twin-cities/streets.csv"),
        landmarks,
    );
    let lexicons = ["en", "es", "so", "hmn"].map(|language| {
        Lexicon::load(language, &shipped(&format!("lexicon/{language}.toml"))).unwrap()
    });
    let city = city
        .unwrap()
        .with_zips(&shipped("cities/twin-cities/zips.csv"));
    Reader::new(lexicons.into(), Arc::new(city.unwrap()))
}

fn city() -> &'static Gazetteer {
    reader().gazetteer()
}

fn reading<'a>(near: &'a [AreaId], earlier: Option<&'a Place>) -> Reading<'a> {
    Reading {
        sent_at: Timestamp::from_ms(1_768_248_840_000),
        near,
        is_reply: earlier.is_some(),
        earlier,
    }
}

fn read(reader: &Reader, text: &str, near: &[&str], earlier: Option<&Place>) -> Parsed {
    let near: Vec<AreaId> = near.iter().map(|id| AreaId::new(*id)).collect();
    reader.read(text, &reading(&near, earlier))
}

fn parsed(text: &str, near: &[&str], earlier: Option<&Place>) -> Parsed {
    read(reader(), text, near, earlier)
}

fn explain(text: &str) -> Vec<Candidate> {
    reader().explain_place(text, &reading(&[], None))
}

pub(super) fn locate(text: &str, near: &[&str]) -> Found {
    parsed(text, near, None).found
}

fn place(text: &str, near: &[&str]) -> Place {
    match locate(text, near) {
        Found::One(place) => *place,
        other => panic!("{text}: {other:?}"),
    }
}

/// `name (area, area)`.
fn check(text: &str, near: &[&str], expect: &str) {
    let place = place(text, near);
    let mut areas: Vec<&str> = place.areas.iter().map(AreaId::as_str).collect();
    areas.sort_unstable();
    assert_eq!(
        format!("{} ({})", place.name, areas.join(", ")),
        expect,
        "{text}"
    );
}

fn names(areas: &[AreaId]) -> Vec<&str> {
    areas.iter().map(AreaId::as_str).collect()
}

#[test]
fn corners_are_found_however_they_are_written() {
    let corner = "Lake & Pillsbury (mpls/lyndale, mpls/whittier)";
    for text in [
        "pillsbury & lake",
        "lake/pillsbury",
        "Lk and Pillsbury",
        "W Lake St at Pillsbury Ave",
        "en la Lake y la Pillsbury",
        "Lake thiab Pillsbury",
    ] {
        check(text, &[], corner);
    }
    check(
        "26th & Grand NE corner",
        &[],
        "26th & Grand (mpls/whittier)",
    );
    check(
        "univ & dale",
        &["stp/frogtown"],
        "University & Dale (stp/frogtown, stp/summit-university)",
    );
    check(
        "la 31 y bloomington",
        &[],
        "31st & Bloomington (mpls/powderhorn-park)",
    );
}

#[test]
fn typing_mistakes_in_long_names_are_overlooked() {
    check(
        "lake & bloomignton",
        &[],
        "Lake & Bloomington (mpls/east-phillips, mpls/midtown-phillips, mpls/powderhorn-park)",
    );
    check(
        "rivreside plaza entrance",
        &[],
        "Riverside Plaza (mpls/cedar-riverside)",
    );
}

#[test]
fn what_a_number_means_is_decided_by_what_it_crosses() {
    assert_eq!(
        place("33rd and 17th", &[]).streets,
        ["17th Ave S", "E 33rd St"]
    );
    assert_eq!(
        place("lake and 12th", &[]).streets,
        ["12th Ave S", "E Lake St"]
    );
    assert_eq!(
        place("26th & logan", &["mpls/jordan"]).streets,
        ["26th Ave N", "Logan Ave N"]
    );
}

#[test]
fn an_ambiguous_corner_is_settled_by_the_room_or_asked() {
    check(
        "lyndale & 36th",
        &["mpls/folwell"],
        "36th Ave N & Lyndale Ave N (mpls/mckinley)",
    );
    check(
        "lyndale & 36th",
        &["mpls/lyndale"],
        "W 36th St & Lyndale Ave S (mpls/east-harriet, mpls/kingfield, mpls/lyndale, mpls/south-uptown)",
    );
    let Found::Several(places) = locate("lyndale & 36th", &[]) else {
        panic!("not asked")
    };
    assert_eq!(places.len(), 2);
}

#[test]
fn blocks_and_addresses_lie_between_the_numbered_streets() {
    check(
        "3300 blk of pillsbury",
        &[],
        "3300 block of Pillsbury (mpls/lyndale)",
    );
    check(
        "the 3100 block of 17th ave s",
        &[],
        "3100 block of 17th Ave S (mpls/powderhorn-park)",
    );
    check(
        "36th ave s between 31st and 32nd",
        &[],
        "36th Ave S between 31st & 32nd (mpls/longfellow)",
    );
    let address = place("2781 15th ave s", &[]);
    assert_eq!(
        (address.kind, address.number, address.name.as_str()),
        (PlaceKind::Address, Some(2781), "2700 block of 15th Ave S")
    );
    assert_eq!(names(&address.areas), ["mpls/midtown-phillips"]);
}

#[test]
fn streets_that_do_not_cross_are_unknown() {
    assert_eq!(locate("pillsbury & blaisdell", &[]), Found::Unknown);
    assert_eq!(locate("good morning", &[]), Found::Nothing);
}

#[test]
fn a_landmark_outside_the_city_has_no_area() {
    assert!(place("at the whipple building", &[]).areas.is_empty());
}

#[test]
fn areas_are_known_by_name_alias_and_zip() {
    assert_eq!(names(&city().area_named("Whittier")), ["mpls/whittier"]);
    assert_eq!(names(&city().area_named("carag")), ["mpls/south-uptown"]);
    assert_eq!(names(&city().area_named("wittier ")), ["mpls/whittier"]);
    assert_eq!(
        names(&city().area_named("55408")),
        ["mpls/whittier", "mpls/lowry-hill-east", "mpls/lyndale"]
    );
    assert_eq!(
        city().area_named("codigo 55408-1234"),
        city().areas_of_zip("55408")
    );
    assert_eq!(city().area_named("10001"), []);
    assert_eq!(city().area_named("phillips").len(), 4);
    assert_eq!(city().area_named("the moon"), []);
}

#[test]
fn a_zip_code_is_five_digits_alone() {
    for (text, zip) in [
        ("55408", Some("55408")),
        ("my zip: 55408.", Some("55408")),
        ("55408-1234", Some("55408")),
        ("554081234", Some("55408")),
        ("612-555-0122", None),
        ("+15554", None),
        ("5540", None),
        ("554088", None),
        ("a55408", None),
        ("é55408ñ 55407", Some("55407")),
        ("", None),
    ] {
        assert_eq!(zip_in(text), zip, "{text}");
    }
}

#[test]
fn a_message_that_only_names_an_area_means_it() {
    let meant = |text: &str, is_strict| -> Vec<String> {
        let areas = city().area_meant(text, is_strict);
        areas.iter().map(ToString::to_string).collect()
    };
    for text in [
        "Whittier",
        "wittier please",
        "Vivo en Whittier",
        "I live in Whittier, thanks",
        "hola soy de Whittier",
    ] {
        assert_eq!(meant(text, true), ["mpls/whittier"], "{text}");
    }
    assert_eq!(meant("my zip is 55454", true), ["mpls/cedar-riverside"]);
    assert_eq!(
        meant("send it to 55454 ok", false),
        ["mpls/cedar-riverside"]
    );
    for text in [
        "send it to 55454 ok",
        "3 agents at 55454",
        "3 agents in Whittier",
        "agents in Whittier now",
        "Lake & Pillsbury",
        "hay migra en Whittier",
        "",
    ] {
        assert!(meant(text, true).is_empty(), "{text}");
    }
}

#[test]
fn every_area_has_a_zip_code_and_wrong_lines_are_told() {
    let (codes, left_out) = city().zip_cover();
    assert!(codes > 30 && left_out.is_empty(), "{left_out:?}");
    assert_eq!(city().example_zip(), Some("55408"));
    let wrong = "zip,areas\n55408,mpls/whittier\n5540,mpls/whittier\n55408,mpls/lyndale\n55409,mpls/atlantis\n55410\n55411,\n";
    let problems: Vec<String> = city()
        .clone()
        .with_zips(wrong)
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        problems,
        [
            "zips.csv:3: \"5540\" is not a zip code of five digits",
            "zips.csv:4: 55408 is there twice",
            "zips.csv:5: there is no area mpls/atlantis",
            "zips.csv:6: a line has a code and its areas: 55408,mpls/whittier|mpls/lyndale",
            "zips.csv:7: 55411 has no areas",
        ]
    );
}

#[test]
fn neighbors_touch_both_ways() {
    let areas = city().directory_areas();
    for (id, area) in &areas {
        assert!(!area.adjacent.is_empty(), "{id} has no neighbors");
        assert!(!area.adjacent.contains(id));
        for other in &area.adjacent {
            assert!(
                areas
                    .get(other)
                    .is_some_and(|other| other.adjacent.contains(id)),
                "{id} and {other}"
            );
        }
    }
    let powderhorn = areas.get(&AreaId::new("mpls/powderhorn-park")).unwrap();
    assert!(powderhorn.adjacent.contains(&AreaId::new("mpls/corcoran")));
}

#[test]
fn every_area_holds_a_place_of_its_own() {
    for (id, info) in city().areas() {
        let found = city().area_named(&info.name);
        assert!(found.contains(id), "{id} is not found by its name");
    }
    let nowhere = Point { lat: 0.0, lon: 0.0 };
    assert_eq!(city().areas_at(nowhere, 75.0), []);
}

#[test]
fn all_problems_of_a_city_are_told_at_once_with_their_lines() {
    let areas = "[city]\nname = \"X\"\ntime_zone = \"Nowhere/Atall\"\n[[section]]\nid = \"S\"\nname = \"s\"\ncity = \"X\"\n\
        [[area]]\nid = \"x/a\"\nname = \"A\"\nsection = \"S\"\nborder = [\"1st & Oak\", [1.0, 2.0], [1.0, 3.0]]\n";
    let streets = "section,street,runs,at,from,to,number,aliases,path\nS,Oak St,NS,x,1,2,,,\nQ,Elm St,NS,1,1,2,,,\n";
    let problems = Gazetteer::load(
        areas,
        streets,
        "[[landmark]]\nname = \"L\"\npoint = [100.0, 0.0]\n",
    )
    .unwrap_err();
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "areas.toml:3: there is no time zone Nowhere/Atall",
            "streets.csv:2: \"x\" is not a number of degrees",
            "streets.csv:3: there is no section Q",
            "areas.toml:9: x/a: no such corner in section S: 1st & Oak",
            "areas.toml:9: x/a: a border has at least three points",
            "landmarks.toml:2: L lies outside the world; a point is [lat, lon]",
        ]
    );
}
