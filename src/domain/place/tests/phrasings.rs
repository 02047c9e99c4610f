//! Tables of what people write and the place they mean by it.

use super::{city, locate, parsed};
use crate::domain::{
    ids::AreaId,
    place::{Found, Place, Point},
};

/// `Lake & Cedar`; `A | B` where the writer is asked; `?` where the words are not known; empty where none are read.
fn shown(found: &Found) -> String {
    match found {
        Found::Nothing => String::new(),
        Found::Unknown => "?".to_owned(),
        Found::One(place) => place.name.clone(),
        Found::Several(places) => {
            let names: Vec<&str> = places.iter().map(|place| place.name.as_str()).collect();
            names.join(" | ")
        }
    }
}

#[track_caller]
fn check(near: &[&str], table: &[(&str, &[&str])]) {
    let mut wrong = String::new();
    for (name, texts) in table {
        for text in *texts {
            let found = shown(&locate(text, near));
            if found != *name {
                wrong.push_str(&format!("{text:?}: {found:?}, not {name:?}\n"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn corners_in_every_wording_and_order() {
    check(
        &[],
        &[
            (
                "Lake & Bloomington",
                &[
                    "lake & bloomington",
                    "lk and bloomington",
                    "Bloomington/Lake",
                    "2 agents bloomington n lake",
                    "Lake x Bloomington",
                    "Lake @ Bloomington",
                    "Lake + Bloomington",
                    "E Lake St. & Bloomington Ave. S.",
                    "on Lake by Bloomington",
                    "Lake off Bloomington",
                    "bloomington just north of lake",
                    "Bloomington half a block south of Lake",
                    "on lake about a block east of bloomington",
                    "corner of Lake and Bloomington",
                    "at the corner of Bloomington & East Lake",
                    "lake street near bloomington ave",
                    "Lake St (at Bloomington)",
                    "Lake St, cross street Bloomington",
                    "Bloomington ave right before lake st",
                    "en la Lake y la Bloomington",
                    "Lake con Bloomington",
                    "la Lake esquina con Bloomington",
                    "por la Bloomington casi con Lake",
                    "Lake iyo Bloomington",
                    "isgoyska Lake iyo Bloomington",
                    "ntawm Lake thiab Bloomington",
                    "ntawm kaum Lake thiab Bloomington",
                    "Lake St Bloomington Ave",
                    "lake street crossing bloomington",
                    "ice on lake st heading west, just passed bloomington",
                ],
            ),
            (
                "38th & Chicago",
                &[
                    "38th & Chi",
                    "38 & chicago",
                    "chicago/38",
                    "38th st and chicago ave s",
                    "chicago ave at 38th",
                    "38th just west of chicago",
                    "thirty-eighth and Chicago",
                    "Thirty Eighth & Chicago",
                    "la 38 y la chicago",
                    "la treinta y ocho y Chicago",
                    "Chicago con la 38",
                    "38aad iyo Chicago",
                    "38ht and chicago",
                    "38 th & chicago",
                    "38th chicago",
                    "the NE corner of 38th and Chicago",
                    "38th and like Chicago",
                ],
            ),
            (
                "E 42nd St & 26th Ave S",
                &[
                    "on 26th ave s by 42nd",
                    "26th Ave S & 42nd",
                    "26th avenue and 42nd street",
                    "42nd st, 26th ave",
                    "26 avenida y la 42",
                    "avenida 26 con calle 42",
                ],
            ),
            (
                "31st & Nicollet",
                &[
                    "la 31 con nicollet",
                    "la treinta y uno y nicollet",
                    "31/nicollet",
                    "Nicollet @ 31st",
                    "31st and nic",
                ],
            ),
            (
                "Cedar & Riverside",
                &[
                    "Cedar iyo Riverside",
                    "Cedar & Riverside",
                    "cedar ave at riverside",
                ],
            ),
            (
                "Maryland & Payne",
                &[
                    "Payne thiab Maryland",
                    "payne & maryland",
                    "Maryland Ave & Payne",
                    "payne just south of maryland",
                ],
            ),
        ],
    );
}

#[test]
fn spelling_errors_and_spellings_by_ear() {
    check(
        &[],
        &[
            (
                "Lake & Bloomington",
                &[
                    "lake & bloomintong",
                    "Lake and Blumington",
                    "lake n blmngtn",
                    "Lake y Blomington",
                    "bloomingon and lake",
                ],
            ),
            (
                "31st & Nicollet",
                &[
                    "31st & nicolet",
                    "Nikolet y la 31",
                    "nicolett ave at 31st",
                    "31st and Nicollett",
                ],
            ),
            (
                "Franklin & Chicago",
                &[
                    "frnklin & chicago",
                    "Franklyn iyo Shikago",
                    "franlkin and chicgo",
                    "Chicago y Franclin",
                ],
            ),
            (
                "Lake & Cedar",
                &["lake and ceder", "Lake y Sedar", "Lake iyo Siidar"],
            ),
            ("Lake & Hiawatha", &["lake and hiawata", "hiawtha & lake"]),
            (
                "Larpenteur & Rice",
                &["larpentuer & rice", "Rice and Larpenter"],
            ),
            (
                "Riverside Plaza",
                &["at rivreside plaza", "riverside plazza"],
            ),
            ("Karmel Mall", &["Karmel Mal", "outside karmell mall"]),
        ],
    );
}

#[test]
fn numbers_are_never_mended() {
    check(
        &[],
        &[(
            "",
            &[
                "we need 28 and 42 boxes",
                "2 agents and 3 vans",
                "4 or 5 of them",
                "10-12 guys",
            ],
        )],
    );
}

#[test]
fn blocks_between_streets_and_addresses() {
    check(
        &[],
        &[
            (
                "3300 block of Pillsbury",
                &[
                    "3300 blk of pillsbury",
                    "the 3300 block of Pillsbury Ave",
                    "pillsbury 3300 block",
                    "Pillsbury, 3300 block",
                    "on the 3300 block, pillsbury",
                    "33 hundred block of pillsbury",
                    "cuadra 3300 de la Pillsbury",
                    "en la 3300 de Pillsbury",
                    "3300 block pillsbury ave s",
                ],
            ),
            (
                "Lake between Bloomington & Cedar",
                &[
                    "Lake entre Bloomington y Cedar",
                    "lake st between bloomington and cedar",
                    "on lake btwn bloomington & cedar",
                    "between bloomington and cedar on lake",
                    "Lake from Bloomington to Cedar",
                    "entre Bloomington y Cedar en la Lake",
                    "Lake inta u dhaxaysa Bloomington iyo Cedar",
                    "Lake nruab nrab Bloomington thiab Cedar",
                ],
            ),
            (
                "3100 block of 17th Ave S",
                &[
                    "3124 17th ave s",
                    "3124 17th Ave South",
                    "house at 3124 17th ave s",
                ],
            ),
            (
                "3100 block of Oakland",
                &[
                    "3124 oakland",
                    "3124 Oakland Ave S",
                    "la 3124 de la oakland",
                ],
            ),
            (
                "1500 block of E Lake St",
                &["1519 e lake st", "1519 East Lake Street"],
            ),
        ],
    );
}

#[test]
fn a_street_with_an_areas_name_is_no_area() {
    check(
        &[],
        &[
            ("", &["on 66th and Lyndale"]),
            (
                "900 block of E 24th St",
                &["912 e 24th", "the 900 block of E 24th"],
            ),
        ],
    );
    check(
        &["mpls/lyndale"],
        &[(
            "W 34th St & Lyndale Ave S",
            &["S: 3\nL: lyndale 34\nT: 9am"],
        )],
    );
}

#[test]
fn the_text_itself_says_which_part_of_the_city() {
    check(
        &[],
        &[
            (
                "36th Ave N & Lyndale Ave N",
                &[
                    "lyndale & 36th over north",
                    "lyndale and 36th in north minneapolis",
                    "36th & Lyndale N",
                    "36th & N Lyndale",
                    "lyndale y 36 norte",
                ],
            ),
            (
                "W 36th St & Lyndale Ave S",
                &[
                    "lyndale & 36th south minneapolis",
                    "36th & S Lyndale",
                    "36th and lyndale ave s",
                ],
            ),
            (
                "W 36th St & Lyndale Ave S | 36th Ave N & Lyndale Ave N",
                &["lyndale & 36th"],
            ),
        ],
    );
}

#[test]
fn moves_corrections_and_denials() {
    check(
        &[],
        &[
            (
                "36th & Chicago",
                &[
                    "not 38th, 36th and chicago",
                    "correction: 36th & chicago not 38th",
                    "its 36th and chicago, not 38th and chicago",
                    "not 38th & chicago, its 36th",
                    "sorry 36th & chicago",
                    "38th & chicago, wait no 36th & chicago",
                    "no en la 38 y chicago, es la 36 y chicago",
                    "they left 38th & chicago, now at 36th & chicago",
                    "moved from 38th and chicago to 36th and chicago",
                    "were at 38th & chicago now on 36th & chicago",
                ],
            ),
            (
                "31st & 3rd",
                &[
                    "gone from Lake, now at 31st & 3rd",
                    "left Lake & Chicago, now 31st & 3rd ave",
                ],
            ),
            (
                "Lake & Chicago",
                &[
                    "left lake & chicago heading toward cedar",
                    "at Lake & Chicago, going to 38th & Cedar",
                ],
            ),
        ],
    );
}

#[test]
fn everyday_words_are_no_streets_by_themselves() {
    check(
        &[],
        &[
            (
                "",
                &[
                    "kids at the park and the rice was good",
                    "in case they come back",
                    "my grand kids are in front",
                    "the state of washington",
                    "thank you george and victoria",
                    "parked on the grass",
                    "central to our case",
                    "free rice and beans",
                    "in front of the case",
                ],
            ),
            (
                "Grand & Victoria",
                &[
                    "Grand & Victoria",
                    "at grand and victoria",
                    "2 vans on Grand near Victoria",
                ],
            ),
            ("Case & Payne", &["payne & case", "case and payne"]),
        ],
    );
}

#[test]
fn places_outside_are_named_and_have_no_area() {
    for text in ["at the whipple building", "they took him to Whipple"] {
        match locate(text, &["mpls/corcoran"]) {
            Found::One(place) => assert!(place.areas.is_empty(), "{text}: {place:?}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

fn place_of(text: &str) -> Place {
    match locate(text, &[]) {
        Found::One(place) => *place,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn an_earlier_report_decides_and_is_gone_on_from() {
    let south = place_of("38th & Chicago");
    let north = place_of("26th Ave N & Penn");
    let after = |text: &str, earlier: &Place| shown(&parsed(text, &[], Some(earlier)).found);
    assert_eq!(
        after("now at lyndale & 36th", &south),
        "W 36th St & Lyndale Ave S"
    );
    assert_eq!(
        after("now at lyndale & 36th", &north),
        "36th Ave N & Lyndale Ave N"
    );
    assert_eq!(after("now on 36th", &south), "36th & Chicago");
    assert_eq!(after("correction, 37th not 38th", &south), "37th & Chicago");
    assert_eq!(after("2 more vans on 36th", &south), "36th");
    assert_eq!(after("moved to Lake & Cedar", &south), "Lake & Cedar");
    assert_eq!(after("still there", &south), "");
    let street = place_of("ICE on Lake St");
    assert_eq!(after("by Cedar ave", &street), "Lake & Cedar");
    assert_eq!(after("at 38th & chicago", &street), "38th & Chicago");
}

#[test]
fn the_words_that_name_the_place_are_told() {
    for (text, words) in [
        ("ICE at 38th & Chi, 3-4 agents", "38th & Chi"),
        (
            "Est\u{e1}n en la 31 y Bloomington \u{1f6a8}",
            "la 31 y Bloomington",
        ),
        (
            "S/ 2 men L/ 3300 blk of pillsbury U/ none",
            "3300 blk of pillsbury",
        ),
        ("two vans outside karmel mall rn", "karmel mall"),
        ("good morning", ""),
    ] {
        let said = parsed(text, &[], None).place_words;
        assert_eq!(said.map_or("", |words| &text[words]), words, "{text}");
    }
}

#[test]
fn a_border_belongs_to_both_sides() {
    let at = |text: &str| {
        let mut areas: Vec<String> = place_of(text).areas.iter().map(AreaId::to_string).collect();
        areas.sort();
        areas
    };
    assert_eq!(at("lake & bloomington").len(), 3);
    assert_eq!(at("33rd & 15th ave"), ["mpls/powderhorn-park"]);
}

#[test]
fn a_name_of_several_branches_is_settled_by_street_room_or_asked() {
    let clinic = "[[landmark]]\nname = \"Clinic One\"\npoint = [44.9484, -93.2474]\naliases = [\"the clinic\"]\n\
        [[landmark]]\nname = \"Clinic Two\"\npoint = [44.9341, -93.2626]\naliases = [\"the clinic\"]\n";
    let reader = super::reader_with(clinic);
    let found = |text: &str| shown(&super::read(&reader, text, &[], None).found);
    assert_eq!(found("agents at the clinic"), "Clinic One | Clinic Two");
    assert_eq!(found("agents at the clinic on lake"), "Clinic One");
    assert_eq!(found("agents at the clinic on 38th"), "Clinic Two");
    assert_eq!(found("agents at the clinic on Nicollet"), "?");
}

#[test]
fn what_was_considered_is_told_with_the_reason() {
    let text = "they left 38th & chicago, now at lake & cedar by karmel mall";
    let told = super::explain(text);
    let shown: Vec<String> = told
        .iter()
        .map(|candidate| format!("{} {:?}", candidate.name, candidate.why))
        .collect();
    assert_eq!(
        shown[..2],
        [
            "Lake & Cedar Taken".to_owned(),
            "Karmel Mall LessExact".to_owned()
        ][..],
        "{shown:?}"
    );
    assert!(
        shown.contains(&"38th & Chicago Left".to_owned()),
        "{shown:?}"
    );
}

#[test]
fn a_flood_of_names_is_read_too() {
    for unit in [
        "38th & chicago ",
        "lake ",
        "26 & ",
        "bloomintgon near ",
        "the cub on ",
        "between ",
        "3300 block of ",
    ] {
        let long = unit.repeat(10_000 / unit.len());
        let _ = locate(&long, &["mpls/corcoran"]);
    }
    assert_eq!(city().areas_at(Point { lat: 0.0, lon: 0.0 }, 75.0), []);
}
