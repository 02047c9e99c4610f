//! The samples of the product's description, and short cases of each rule.

use super::{SENT, read, read_near, reader};
use crate::domain::{
    parse::{Parsed, Reading},
    place::{Found, PlaceKind},
    report::{Activity, Field, Kind, Range, TimeBasis},
};

/// `kind place | people vehicles | activity | agency+uniform | missing`, as far as there is any.
fn shown(parsed: &Parsed) -> String {
    let range = |range: Option<Range>| match range {
        None => "-".to_owned(),
        Some(Range { min, max: None }) => format!("{min}+"),
        Some(Range {
            min,
            max: Some(max),
        }) if min == max => min.to_string(),
        Some(Range {
            min,
            max: Some(max),
        }) => format!("{min}-{max}"),
    };
    let report = &parsed.report;
    format!(
        "{:?} {} | {} {} | {:?} | {:?} | {:?}",
        parsed.kind,
        report
            .place
            .as_ref()
            .map_or("-", |place| place.name.as_str()),
        range(report.size.people),
        range(report.size.vehicles),
        report.activity,
        report
            .unit
            .agency
            .iter()
            .chain(&report.unit.uniform)
            .collect::<Vec<_>>(),
        parsed.missing,
    )
}

fn check(text: &str, expect: &str) {
    assert_eq!(
        shown(&read_near(text, &["mpls/whittier"])),
        expect,
        "{text}"
    );
}

#[test]
fn the_samples_of_the_product_are_understood() {
    let expect = "Sighting Lake & Pillsbury | 3 2 | [] | [\"tactical\", \"vest\"] | [Activity]";
    check(
        "three ppl tac vests outside pillsbury & lake rn, 2 dark suvs",
        expect,
    );
    check(
        "3 ppl tac vests outside pillsbury & lake rn, 2 dark suvs",
        expect,
    );
    check(
        "S 4 A knocking on doors L 26th & Grand NE corner U POLICE vests, one agency patch T 7:50a E sidearms",
        "Sighting 26th & Grand | 4 - | [Knocking] | [\"patch\", \"police_marking\", \"vest\"] | []",
    );
    check(
        "4 agents w masks at the door",
        "Sighting - | 4 - | [Knocking] | [\"mask\"] | [Location]",
    );
    check(
        "officers lake/pillsbury 3 guys",
        "Sighting Lake & Pillsbury | 3 - | [] | [] | [Activity]",
    );
    check(
        "4 agentes en Lake y Bloomington",
        "Sighting Lake & Bloomington | 4 - | [] | [] | [Activity]",
    );
    check(
        "4 agents in vests Lake & Bloomington 2 black suvs",
        "Sighting Lake & Bloomington | 4 2 | [] | [\"vest\"] | [Activity]",
    );
    check(
        "4 agents at Lake and Bloomington",
        "Sighting Lake & Bloomington | 4 - | [] | [] | [Activity]",
    );
}

#[test]
fn a_report_in_the_samples_is_sure_enough_to_react() {
    for text in [
        "three ppl tac vests outside pillsbury & lake rn, 2 dark suvs",
        "4 agents w masks at the door",
        "officers lake/pillsbury 3 guys",
        "4 agentes en Lake y Bloomington",
        "clear k7, agents left lake & pillsbury",
    ] {
        assert!(read(text).score >= 0.5, "{text}: {}", read(text).score);
    }
}

#[test]
fn salute_time_and_arms_are_read() {
    let parsed = read(
        "S 4 A knocking on doors L 26th & Grand NE corner U POLICE vests, one agency patch T 7:50a E sidearms",
    );
    assert_eq!(parsed.report.seen.basis, TimeBasis::Clock);
    assert_eq!(
        parsed.report.seen.at.unwrap().as_ms(),
        SENT.as_ms() - (6 * 60 + 24) * 60_000
    );
    assert_eq!(parsed.report.equipment.weapons, ["handgun"]);
    assert_eq!(parsed.report.activity, [Activity::Knocking]);
}

#[test]
fn an_answer_that_is_only_a_place_is_located() {
    let locate = |text: &str| {
        reader().locate(
            text,
            &Reading {
                sent_at: SENT,
                near: &[],
                is_reply: true,
                earlier: None,
            },
        )
    };
    let Found::One(place) = locate("by the k mart lot") else {
        panic!("not found")
    };
    assert_eq!(
        (place.name.as_str(), place.kind),
        ("Lake & Nicollet lot", PlaceKind::Place)
    );
    assert_eq!(
        place
            .areas
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["mpls/whittier"]
    );
    let Found::One(place) = locate("lake and 12th") else {
        panic!("not found")
    };
    assert_eq!(place.streets, ["12th Ave S", "E Lake St"]);
    assert_eq!(locate("somewhere over there"), Found::Unknown);
    assert_eq!(locate(""), Found::Nothing);
}

#[test]
fn ordinary_talk_is_left_alone() {
    for text in [
        "anyone up for coffee tomorrow?",
        "thanks everyone, stay warm",
        "ice on the sidewalk at 26th & Grand, watch your step",
        "shoot me a text",
        "car alarm went off all night on Grand",
        "my keys are gone now",
        "lost cat near Powderhorn, gray, answers to Momo",
        "who has a ladder I can borrow",
        "k9 unit here",
        "car broke down at Lake and Lyndale, need a jump",
        "two guys from Comcast are at 35th and Harriet fixing the line",
        "the ice cream truck on 38th makes me happy",
        "my husband was detained in 2019, I know how it feels",
        "Officers, please pin the message about SALUTE",
        "What should I do if ICE comes to my door?",
        "the bus is late again",
        "love you all",
        "lol",
        "",
        "meeting moved to 7",
        "call me 612-555-0143",
    ] {
        let parsed = read_near(text, &["mpls/whittier"]);
        let is_report = parsed.kind.is_report();
        assert!(
            !is_report || parsed.score < 0.5,
            "{text}: {:?} {}",
            parsed.kind,
            parsed.score
        );
    }
}

#[test]
fn reports_in_other_words_are_understood() {
    check(
        "heads up: unmarked white Explorer w/ two guys in plate carriers idling at 35th and 4th ave",
        "Sighting E 35th St & 4th Ave S | 2 1 | [Parked] | [\"vest\"] | []",
    );
    check(
        "SALUTE S-5 A-raid L-1830 E 35th St U-HSI T-1345 E-battering ram",
        "Sighting 1800 block of E 35th St | 5 - | [Entering] | [\"HSI\"] | []",
    );
    check(
        "5-6 agents with POLICE ICE vests knocking at 3rd floor apartments, 2615 Park Ave, right now",
        "Sighting 2600 block of Park | 5-6 - | [Knocking] | [\"ICE\", \"police_marking\", \"vest\"] | []",
    );
    check(
        "clear at Lake and Pillsbury, nobody there",
        "AllClear Lake & Pillsbury | - - | [] | [] | []",
    );
    check(
        "they are still at pillsbury and 26th, 8 of them now",
        "Update 26th & Pillsbury | 8 - | [] | [] | []",
    );
    check(
        "not ICE, just a film crew at 25th and Nicollet",
        "AllClear 25th & Nicollet | - - | [] | [] | []",
    );
    check(
        "la migra anda por Chicago y Lake, traen chalecos y hay como 6 carros",
        "Sighting Lake & Chicago | - 6 | [] | [\"ICE\", \"vest\"] | [Activity]",
    );
    check(
        "gente, hay 3 camionetas sospechosas en la 38 y la Chicago",
        "Sighting 38th & Chicago | - 3 | [] | [] | [Activity]",
    );
    check(
        "35W and Lake: 3 SUVs with lights pulled someone over",
        "Sighting Lake & I-35W | - 3 | [VehicleStop] | [] | []",
    );
    check(
        "anyone seeing agents near South High?",
        "Question South High School | - - | [] | [] | []",
    );
    check(
        "man with a gun robbed the gas station on Lake and Chicago, police are there",
        "Chatter Lake & Chicago | 1 - | [] | [\"LOCAL_POLICE\"] | []",
    );
}

#[test]
fn plates_are_never_kept() {
    let text = "black tahoe plate MN ABC 123 and a van QZX-000, XYZ1234 at lake & cedar";
    let shown = format!("{:?}", read(text)).to_lowercase();
    for part in ["abc", "qzx", "xyz1234", "1234", "zx-0"] {
        assert!(!shown.contains(part), "{part} in {shown}");
    }
}

#[test]
fn a_place_that_is_only_a_street_is_asked_for() {
    let parsed = read("ICE on Lake St!!!");
    assert_eq!(parsed.kind, Kind::Sighting);
    assert_eq!(
        parsed.missing,
        [Field::Location, Field::Size, Field::Activity]
    );
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}") {
        let parsed = read(&text);
        proptest::prop_assert!((0.0..=1.0).contains(&parsed.score));
    }

    #[test]
    fn no_mixture_of_known_words_makes_it_panic(words in proptest::collection::vec(proptest::sample::select(vec![
        "S", "A:", "L", "U", "T", "E", "1)", "3-4", "agents", "ice", "lake", "&", "38th", "st", "ave", "n", "between", "block", "of", "3300",
        "10", "min", "ago", "7:50a", "quarter", "past", "half", "black", "tahoe", "(", ")", "[", "]", "/", "\n", "plate", "ABC", "123", "x2", "la", "y", "?",
    ]), 0..40)) {
        let _ = read(&words.join(" "));
    }

    #[test]
    fn no_time_lies_in_the_future(hour in 0_u32..30, minute in 0_u32..70, half in proptest::sample::select(vec!["", "a", "pm", " p.m."])) {
        let parsed = read(&format!("4 agents lake & cedar at {hour}:{minute:02}{half}"));
        proptest::prop_assert!(parsed.report.seen.at.is_none_or(|at| at <= SENT));
    }
}
