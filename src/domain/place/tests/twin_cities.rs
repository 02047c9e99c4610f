//! What holds for the Twin Cities as we ship them: nothing of either city is left out, and no name of a place lies.

use std::collections::{BTreeMap, BTreeSet};

use super::{city, locate};
use crate::domain::{
    ids::AreaId,
    parse::tokens::folded,
    place::{
        Found, PlaceKind,
        gazetteer::{Landmark, NEAR_LANDMARK},
    },
};

/// Where a text lies: `area, area`.
fn areas_of(text: &str) -> String {
    let found = locate(text, &[]);
    let Found::One(place) = found else {
        return format!("{found:?}");
    };
    let ids: BTreeSet<&str> = place.areas.iter().map(AreaId::as_str).collect();
    ids.into_iter().collect::<Vec<_>>().join(", ")
}

fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|(text, expect)| (text, expect, areas_of(text)))
        .filter(|(_, expect, found)| *expect != found)
        .map(|(text, expect, found)| format!("{text:?}: {found}, not {expect}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn names(landmark: &Landmark) -> impl Iterator<Item = &String> {
    [&landmark.name].into_iter().chain(&landmark.aliases)
}

#[test]
fn both_cities_are_whole() {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, info) in city().areas() {
        *count.entry(info.city.as_str()).or_default() += 1;
    }
    let expect = BTreeMap::from([("Minneapolis", 87), ("St Paul", 17)]);
    assert_eq!(count, expect);
    assert!(city().streets.len() >= 600, "{}", city().streets.len());
    assert!(city().landmarks.len() >= 450, "{}", city().landmarks.len());
}

#[test]
fn a_landmark_lies_in_an_area_or_says_that_it_lies_outside() {
    for landmark in &city().landmarks {
        let near = city().areas_at(landmark.point, NEAR_LANDMARK);
        match &landmark.areas {
            None => assert!(!near.is_empty(), "{} lies nowhere", landmark.name),
            Some(given) => {
                let far = given.iter().find(|id| {
                    city().metres_to_any(landmark.point, std::slice::from_ref(id)) > 1_500.0
                });
                assert_eq!(far, None, "{} is far from its area", landmark.name);
            }
        }
    }
}

#[test]
fn only_stores_of_one_chain_share_a_name() {
    let mut meant: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for landmark in &city().landmarks {
        for name in names(landmark) {
            meant
                .entry(folded(name))
                .or_default()
                .insert(&landmark.name);
        }
    }
    for (name, landmarks) in meant.iter().filter(|(_, landmarks)| landmarks.len() > 1) {
        assert!(
            CHAINS.contains(&name.as_str()),
            "{name:?} means {landmarks:?}"
        );
    }
}

/// Chains with several stores.
const CHAINS: [&str; 9] = [
    "target",
    "cub",
    "the cub",
    "el cub",
    "cub foods",
    "aldi",
    "lunds",
    "kowalskis",
    "mississippi market",
];

#[test]
fn no_landmark_goes_by_an_everyday_word() {
    let everyday = [
        "the park",
        "park",
        "school",
        "the school",
        "church",
        "the church",
        "station",
        "library",
        "the library",
        "clinic",
        "hospital",
        "the hospital",
        "store",
        "mall",
        "the mall",
        "walmart",
        "home depot",
        "menards",
        "costco",
        "clues",
        "skyline",
        "first avenue",
        "face to face",
        "open arms",
        "holy land",
        "modern times",
        "us bank",
        "la clinica",
        "uscis",
        "towers",
        "the towers",
        "the corner",
        "bridge",
        "the bridge",
        "jail",
        "court",
        "the stop",
        "gas station",
    ];
    for landmark in &city().landmarks {
        for name in names(landmark) {
            assert!(
                !everyday.contains(&folded(name).as_str()),
                "{} goes by {name:?}",
                landmark.name
            );
        }
    }
}

#[test]
fn a_place_outside_both_cities_is_known_and_in_no_area() {
    for text in [
        "at the whipple",
        "outside mall of america",
        "fort snelling station",
        "at rosedale",
    ] {
        assert_eq!(areas_of(text), "", "{text}");
    }
}

#[test]
fn corners_all_over_lie_in_their_neighborhoods() {
    check(&[
        (
            "Lake & Bloomington",
            "mpls/east-phillips, mpls/midtown-phillips, mpls/powderhorn-park",
        ),
        ("26th Ave N & Penn Ave N", "mpls/jordan"),
        ("W Broadway & Logan", "mpls/jordan, mpls/willard-hay"),
        ("29th Ave NE & Johnson", "mpls/audubon-park"),
        ("4th St SE & 14th Ave SE", "mpls/marcy-holmes"),
        ("19th Ave SE & Como", "mpls/como"),
        ("Raymond & Como", "stp/st-anthony-park"),
        ("Raymond & University", "stp/st-anthony-park"),
        ("Snelling & Minnehaha", "stp/hamline-midway"),
        ("Grand & Lexington", "stp/summit-hill"),
        (
            "Snelling & Randolph",
            "stp/highland-park, stp/macalester-groveland",
        ),
        ("W 7th & Randolph", "stp/west-seventh"),
        ("George & Stryker", "stp/west-side"),
        ("Payne & Case", "stp/payne-phalen"),
        ("E 7th & Arcade", "stp/daytons-bluff"),
        ("White Bear & Maryland", "stp/greater-east-side"),
        ("McKnight & Upper Afton", "stp/battle-creek"),
        ("Rice & Maryland", "stp/north-end"),
        ("Kellogg & Robert", "stp/downtown-st-paul"),
    ]);
}

#[test]
fn freeways_and_parkways_cross_streets() {
    check(&[
        (
            "35W & Lake",
            "mpls/central, mpls/lyndale, mpls/phillips-west, mpls/whittier",
        ),
        ("I-94 & Snelling", "stp/union-park"),
        ("35E & Maryland", "stp/north-end"),
        (
            "Minnehaha Pkwy & Cedar",
            "mpls/hale, mpls/keewaydin, mpls/northrop",
        ),
        ("Hiawatha & 46th", "mpls/ericsson, mpls/hiawatha"),
        (
            "Olson & Penn",
            "mpls/harrison, mpls/near-north, mpls/willard-hay",
        ),
    ]);
}

#[test]
fn parts_of_the_cities_are_known_by_what_people_call_them() {
    let named = |text: &str| -> Vec<String> {
        let ids = city().area_named(text);
        ids.iter().map(ToString::to_string).collect()
    };
    for (text, id) in [
        ("the Wedge", "mpls/lowry-hill-east"),
        ("CARAG", "mpls/south-uptown"),
        ("ECCO", "mpls/east-bde-maka-ska"),
        ("West Bank", "mpls/cedar-riverside"),
        ("Little Mogadishu", "mpls/cedar-riverside"),
        ("Dinkytown", "mpls/marcy-holmes"),
        ("Frogtown", "stp/frogtown"),
        ("Rondo", "stp/summit-university"),
        ("Mac-Groveland", "stp/macalester-groveland"),
        ("Mac Grove", "stp/macalester-groveland"),
        ("SAP", "stp/st-anthony-park"),
        ("Crocus Hill", "stp/summit-hill"),
        ("District del Sol", "stp/west-side"),
        ("Merriam Park", "stp/union-park"),
        ("Steven's Square", "mpls/stevens-square"),
    ] {
        assert_eq!(named(text), [id], "{text}");
    }
    for (text, many) in [
        ("Phillips", 4),
        ("Uptown", 3),
        ("East Side", 3),
        ("the Midway", 2),
        ("Greater Longfellow", 4),
        ("Nokomis East", 4),
        ("Northeast Minneapolis", 13),
    ] {
        assert_eq!(named(text).len(), many, "{text}: {:?}", named(text));
    }
}

#[test]
fn a_named_place_is_a_place() {
    let found = locate("3 trucks behind karmel mall", &[]);
    let Found::One(place) = found else {
        panic!("{found:?}")
    };
    assert_eq!(
        (place.kind, place.landmark.as_deref()),
        (PlaceKind::Place, Some("Karmel Mall"))
    );
}
