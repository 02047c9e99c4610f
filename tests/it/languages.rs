//! What the bot says: every prompt in every language, within a text message, and never bad advice.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use std::{fs, path::Path, sync::LazyLock};

use jiff::tz::TimeZone;
use tocsin::{
    domain::{
        command::AlertsWanted,
        incident::Status,
        place::Gazetteer,
        prompt::{Kept, Listing, Prompt, Summary},
        report::{Activity, Equipment, Field, Range, Size, Unit, Vehicle},
        role::Role,
        segment::{ONE_SEGMENT, septets},
        timestamp::Timestamp,
    },
    phrasebook::{Phrasebook, Style},
};

mod acts;
mod doors;
mod holds;
mod life;
mod newcomers;
mod people;
mod rooms;

/// 2026-01-14, 2:14pm in Minneapolis.
const SEEN: i64 = 1_768_421_640_000;
const MINUTE: i64 = 60_000;

/// Read once: there are hundreds of sentences to be said.
fn book() -> &'static Phrasebook {
    static BOOK: LazyLock<Phrasebook> =
        LazyLock::new(|| Phrasebook::load(Path::new("prompts")).unwrap());
    &BOOK
}

fn zone() -> TimeZone {
    TimeZone::get("America/Chicago").unwrap()
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_ms(SEEN + minutes * MINUTE)
}

fn plain(prompt: &Prompt, language: &str, style: Style) -> String {
    book().say(prompt, language, style, &zone()).plain()
}

/// The sighting at Lake & Pillsbury of PRODUCT.
fn whittier() -> Summary {
    Summary {
        handle: "K7".into(),
        status: Status::Unverified,
        areas: vec!["Whittier".into()],
        place: Some("Lake & Pillsbury".into()),
        size: Size {
            people: Some(Range::exactly(3)),
            vehicles: Some(Range::exactly(2)),
        },
        unit: Unit {
            agency: vec![],
            uniform: vec!["vest".into()],
        },
        equipment: Equipment {
            vehicles: vec![Vehicle {
                body: Some("suv".into()),
                count: Some(Range::exactly(2)),
                ..Vehicle::default()
            }],
            ..Equipment::default()
        },
        activity: vec![],
        seen_at: Some(at(0)),
        changed_at: at(1),
        reports: 1,
        firsthand: 1,
        rooms: 1,
        going: 0,
        missing: vec![],
    }
}

fn alert(summary: Summary) -> Prompt {
    Prompt::Alert {
        summary: Box::new(summary),
        hotline: Some("612-555-0100".into()),
    }
}

/// Strings as long as a city has them.
fn long() -> Summary {
    Summary {
        areas: vec!["Sumner-Glenwood".into(), "Cedar-Isles-Dean".into()],
        place: Some("3300 block of Minnehaha Parkway West near the recreation center".into()),
        size: Size {
            people: Some(Range {
                min: 12,
                max: Some(15),
            }),
            vehicles: Some(Range { min: 6, max: None }),
        },
        unit: Unit {
            agency: vec!["LOCAL_POLICE".into(), "CBP".into()],
            uniform: vec!["plainclothes".into()],
        },
        activity: vec![
            Activity::Knocking,
            Activity::Detaining,
            Activity::VehicleStop,
        ],
        seen_at: Some(at(-5 * 24 * 60)),
        reports: 12,
        firsthand: 11,
        rooms: 10,
        going: 3,
        ..whittier()
    }
}

/// Each variant once or more. A new variant does not compile before it is added here and in [`samples`].
const fn is_sampled(prompt: &Prompt) -> bool {
    match prompt {
        Prompt::Card(_)
        | Prompt::Alert { .. }
        | Prompt::AllClear { .. }
        | Prompt::Dismissed { .. }
        | Prompt::Withdrawn { .. }
        | Prompt::AskNews { .. }
        | Prompt::AskSame { .. }
        | Prompt::SaidOver { .. }
        | Prompt::AskPlace
        | Prompt::PlaceUnknown
        | Prompt::AskWhichPlace { .. }
        | Prompt::Received { .. }
        | Prompt::CountedAs { .. }
        | Prompt::Thanks { .. }
        | Prompt::Done { .. }
        | Prompt::AlreadySo { .. }
        | Prompt::NoSuchId { .. }
        | Prompt::NotAllowed { .. }
        | Prompt::DidYouMean { .. }
        | Prompt::Help { .. }
        | Prompt::Introduction { .. }
        | Prompt::Hello { .. }
        | Prompt::ReceivedAsk { .. }
        | Prompt::Invite { .. }
        | Prompt::AskWhichArea { .. }
        | Prompt::AreaUnknown { .. }
        | Prompt::Subscribed { .. }
        | Prompt::AreasFull { .. }
        | Prompt::AlertsWanted { .. }
        | Prompt::OnlyConfirmed
        | Prompt::Paused { .. }
        | Prompt::LanguageSet
        | Prompt::AskLanguage
        | Prompt::WhereIs { .. }
        | Prompt::News { .. }
        | Prompt::AskForget
        | Prompt::Forgotten
        | Prompt::Privacy(_)
        | Prompt::Helping { .. }
        | Prompt::AskWho { .. }
        | Prompt::MediaNotKept
        | Prompt::Unsubscribed
        | Prompt::DeadLetter { .. }
        | Prompt::DeadTexts { .. }
        | Prompt::Cost { .. }
        | Prompt::BudgetBrakes { .. }
        | Prompt::Unreadable { .. }
        | Prompt::Poisoned { .. }
        | Prompt::Challenge { .. }
        | Prompt::Waiting { .. }
        | Prompt::RoomLost { .. }
        | Prompt::Unlinked { .. }
        | Prompt::KeysChanged { .. }
        | Prompt::People(_)
        | Prompt::Rooms(_)
        | Prompt::Newcomers(_)
        | Prompt::Door(_)
        | Prompt::Acted(_)
        | Prompt::Log { .. }
        | Prompt::Proposal { .. }
        | Prompt::Proposing { .. }
        | Prompt::NeedsAnother { .. }
        | Prompt::TooManyProposals
        | Prompt::Broadcast { .. }
        | Prompt::SameAs { .. }
        | Prompt::NotSameAs { .. }
        | Prompt::TakenBack { .. }
        | Prompt::NothingToUndo
        | Prompt::AskGoing { .. }
        | Prompt::Going { .. }
        | Prompt::AskMore { .. }
        | Prompt::Asked { .. }
        | Prompt::NobodyToAsk { .. }
        | Prompt::Held { .. }
        | Prompt::Coarsened
        | Prompt::PlateMasked
        | Prompt::HoldCard { .. }
        | Prompt::HoldDone { .. }
        | Prompt::HoldQueue { .. }
        | Prompt::OurFault { .. } => true,
    }
}

const STATUSES: [Status; 7] = [
    Status::Unverified,
    Status::Corroborated,
    Status::Confirmed,
    Status::Cleared,
    Status::Dismissed,
    Status::Stale,
    Status::Merged,
];

/// The longest names that areas of the Twin Cities have on phones.
fn longest_areas(n: usize) -> Vec<String> {
    static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let read = |name: &str| {
            fs::read_to_string(Path::new("bot-config/cities/twin-cities").join(name)).unwrap()
        };
        let city = Gazetteer::load(
            &read("areas.toml"),
            &read("streets.csv"),
            &read("landmarks.toml"),
        )
        .unwrap();
        let mut names: Vec<String> = city
            .areas()
            .map(|(_, area)| area.short.clone().unwrap_or_else(|| area.name.clone()))
            .collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names
    });
    NAMES.iter().take(n).cloned().collect()
}

/// What is said about a person's areas, one to three of the longest.
fn areas_samples() -> Vec<Prompt> {
    let mut samples = Vec::new();
    for n in 1..=3 {
        let areas = longest_areas(n);
        samples.extend([
            Prompt::Subscribed {
                areas: areas.clone(),
                per_day: 50,
            },
            Prompt::AreasFull {
                areas: areas.clone(),
            },
            Prompt::WhereIs {
                found: vec![("E 26th St & Bloomington Ave".to_owned(), areas); 2],
            },
        ]);
    }
    samples.push(Prompt::Paused {
        until: at(72 * 60),
        now: at(0),
    });
    samples
}

/// Prompts that go to phones, in long and short.
fn phone_samples() -> Vec<Prompt> {
    let handle = || "K79".to_owned();
    let mut samples = doors::phone_samples();
    for status in STATUSES {
        for summary in [whittier(), long()] {
            samples.push(alert(Summary { status, ..summary }));
        }
    }
    for role in [Role::Neighbor, Role::Verifier, Role::Moderator] {
        samples.push(Prompt::NotAllowed { needs: role });
        samples.push(Prompt::Help { role });
    }
    let places =
        |n: usize| vec!["Lake & Nicollet lot behind the old store (Whittier)".to_owned(); n];
    let areas = || longest_areas(3);
    let example = || Some("55408".to_owned());
    for of in [3, 10] {
        for is_zip in [true, false] {
            samples.push(Prompt::AskWhichArea {
                choices: areas(),
                of,
                is_zip,
            });
        }
    }
    for wanted in [
        AlertsWanted::Off,
        AlertsWanted::Near,
        AlertsWanted::Confirmed,
    ] {
        samples.push(Prompt::AlertsWanted {
            wanted,
            areas: areas(),
        });
    }
    for (confirmed, over, checked) in [
        (0, 0, 0),
        (0, 0, 12),
        (1, 1, 0),
        (2, 2, 12),
        (12, 12, 12),
        (12, 10, 12),
        (12, 0, 0),
    ] {
        samples.push(Prompt::News {
            areas: areas(),
            confirmed,
            over,
            checked,
            open: vec!["K79 3300 block of Minnehaha Parkway West".to_owned(); 4],
        });
    }
    for choices in [places(0), places(1), places(3)] {
        samples.push(Prompt::ReceivedAsk {
            summary: Box::new(long()),
            choices,
        });
    }
    for example in [example(), None] {
        samples.extend([
            Prompt::Hello {
                community: "Twin Cities Neighborhood Rapid Response".into(),
                example: example.clone(),
            },
            Prompt::Invite {
                example: example.clone(),
            },
            Prompt::AreaUnknown { example },
        ]);
    }
    samples.extend(areas_samples());
    samples.extend([0, 1, 5].map(helping));
    samples.extend(holds::phone_samples());
    samples.extend([
        Prompt::AskWho {
            topics: ["food", "legal", "housing", "health", "ride"]
                .map(str::to_owned)
                .into(),
        },
        Prompt::AskWho { topics: vec![] },
        Prompt::AllClear {
            handle: handle(),
            at: at(44),
        },
        Prompt::Dismissed {
            handle: handle(),
            at: at(44),
        },
        Prompt::Withdrawn { handle: handle() },
        Prompt::AskPlace,
        Prompt::PlaceUnknown,
        Prompt::AskWhichPlace { choices: places(1) },
        Prompt::AskWhichPlace { choices: places(3) },
        Prompt::Received {
            summary: Box::new(long()),
        },
        Prompt::CountedAs { handle: handle() },
        Prompt::Thanks { handle: handle() },
        Prompt::Done {
            handle: handle(),
            status: Status::Dismissed,
        },
        Prompt::AlreadySo {
            handle: handle(),
            status: Status::Confirmed,
        },
        Prompt::NoSuchId { handle: handle() },
        Prompt::DidYouMean {
            usage: "alerts all/confirmed/near/off".into(),
        },
        Prompt::OnlyConfirmed,
        Prompt::LanguageSet,
        Prompt::AskLanguage,
        Prompt::AskForget,
        Prompt::Forgotten,
        Prompt::MediaNotKept,
        Prompt::Unsubscribed,
        Prompt::OurFault { hotline: None },
        Prompt::OurFault {
            hotline: Some("612-555-0100".into()),
        },
    ]);
    samples
}

/// The longest that anything may be kept.
const KEPT: Kept = Kept {
    reports_h: 72,
    incidents_d: 30,
    subscribers_d: 90,
    acts_d: 90,
};

fn helping(n: usize) -> Prompt {
    let helper = Listing {
        name: "Twin Cities Mutual Food Shelf and Pantry".into(),
        contact: "612-555-0101, Mon-Fri 9-5, Sat 10-2, ask at the front desk".into(),
        checked: "2026-01-10".into(),
    };
    Prompt::Helping {
        topic: "food".into(),
        found: vec![helper; n],
    }
}

fn samples() -> Vec<Prompt> {
    let mut samples = phone_samples();
    for status in STATUSES {
        samples.push(Prompt::Card(Box::new(Summary { status, ..long() })));
    }
    let dead = |handle| Prompt::DeadLetter {
        to: "phone".into(),
        what: "alert".into(),
        reason: "rate_limited".into(),
        handle,
    };
    samples.extend([
        Prompt::AskNews {
            handle: "K7".into(),
            minutes: 60,
        },
        Prompt::Challenge {
            platform: "signal".into(),
            token: "7ab8-token".into(),
        },
        Prompt::Waiting {
            room: "Whittier RR".into(),
            people: 1,
        },
        Prompt::Waiting {
            room: "Whittier RR".into(),
            people: 12,
        },
        Prompt::RoomLost {
            room: "Whittier RR".into(),
        },
        Prompt::Unlinked {
            platform: "signal".into(),
        },
        Prompt::KeysChanged {
            who: "bagotu-42".into(),
            role: Role::Moderator,
            platform: "signal".into(),
            areas: vec![],
        },
        Prompt::KeysChanged {
            who: "bagotu-42".into(),
            role: Role::Verifier,
            platform: "signal".into(),
            areas: vec!["Whittier".into(), "Lyndale".into()],
        },
        Prompt::AskSame {
            handle: "K7".into(),
            place: "Lake & 1st".into(),
            metres: 250,
        },
        Prompt::SaidOver {
            handle: "K7".into(),
        },
        Prompt::Introduction {
            community: "Twin Cities".into(),
        },
        Prompt::DeadTexts {
            count: 19_400,
            what: "alert".into(),
            reason: "expired".into(),
            handle: Some("K7".into()),
        },
        Prompt::DeadTexts {
            count: 1,
            what: "answer".into(),
            reason: "filtered".into(),
            handle: None,
        },
        Prompt::Cost {
            segments: 2,
            phones: 214,
            total: 428,
            price: Some("5.14".into()),
            left: Some(1655),
        },
        Prompt::Cost {
            segments: 1,
            phones: 1,
            total: 1,
            price: Some("0.01".into()),
            left: None,
        },
        Prompt::Cost {
            segments: 1,
            phones: 0,
            total: 0,
            price: None,
            left: None,
        },
        Prompt::BudgetBrakes { percent: 70 },
        Prompt::BudgetBrakes { percent: 90 },
        Prompt::BudgetBrakes { percent: 100 },
        // The one answer that may take two text messages.
        Prompt::Privacy(KEPT),
        dead(None),
        dead(Some("K7".into())),
        Prompt::Unreadable {
            room: "Whittier RR".into(),
        },
        Prompt::Poisoned {
            room: "person".into(),
        },
    ]);
    samples.extend(acts::samples());
    samples.extend(people::samples());
    samples.extend(rooms::samples());
    samples.extend(newcomers::samples());
    samples.extend(life::samples());
    samples.extend(holds::samples());
    samples.extend(doors::samples());
    assert!(samples.iter().all(is_sampled));
    samples
}

#[test]
fn a_card_says_what_is_known_and_what_can_be_answered() {
    let card = |summary| plain(&Prompt::Card(Box::new(summary)), "en", Style::Room);
    assert_eq!(
        card(whittier()),
        "K7 unverified · Whittier · Lake & Pillsbury · 3 people, vests · 2 SUVs · seen 2:14pm · 1 report. \
         going K7 / ok K7 / no K7"
    );
    let more = Summary {
        status: Status::Corroborated,
        reports: 2,
        firsthand: 2,
        rooms: 2,
        ..whittier()
    };
    assert!(card(more).contains("K7 corroborated · "));
    let bare = Summary {
        status: Status::Stale,
        place: None,
        size: Size::default(),
        unit: Unit::default(),
        equipment: Equipment::default(),
        seen_at: None,
        reports: 2,
        firsthand: 2,
        rooms: 2,
        missing: vec![Field::Location, Field::Time],
        ..whittier()
    };
    assert_eq!(
        card(bare),
        "K7 old, no update · Whittier · 2 reports, 2 first-hand, 2 rooms · no place, no time. going K7 / ok K7 / no K7"
    );
    let confirmed = Summary {
        status: Status::Confirmed,
        changed_at: at(7),
        ..whittier()
    };
    assert!(card(confirmed.clone()).starts_with("K7 confirmed 2:21pm · Whittier"));
    assert!(card(confirmed).ends_with(". clear K7 / no K7"));
    let over = Summary {
        status: Status::Cleared,
        changed_at: at(44),
        ..whittier()
    };
    assert!(card(over.clone()).starts_with("K7 cleared 2:58pm · "));
    assert!(card(over).ends_with("1 report."));
}

#[test]
fn alerts_look_as_the_product_shows_them() {
    let confirmed = Summary {
        status: Status::Confirmed,
        changed_at: at(7),
        ..whittier()
    };
    assert_eq!(
        plain(&alert(whittier()), "en", Style::Room),
        "⚠️ UNCONFIRMED 2:14pm · Whittier · Lake & Pillsbury · 3 people, 2 vehicles. Not checked yet. \
         Observe from a distance, don't interfere. Legal 612-555-0100 · K7"
    );
    assert_eq!(
        plain(&alert(confirmed.clone()), "en", Style::Room),
        "✅ CONFIRMED 2:21pm · Whittier · Lake & Pillsbury · 3 people, 2 vehicles. \
         Observe from a distance, don't interfere. Legal 612-555-0100 · K7"
    );
    assert_eq!(
        plain(&alert(confirmed.clone()), "en", Style::Phone),
        "CONFIRMED 2:21pm Whittier, Lake & Pillsbury, 3 people, 2 vehicles. \
         Observe from a distance, don't interfere. Legal 612-555-0100, K7"
    );
    assert_eq!(
        plain(&alert(confirmed.clone()), "es", Style::Room),
        "✅ CONFIRMADO 2:21pm · Whittier · Lake & Pillsbury · 3 personas, 2 vehículos. \
         Observe desde lejos, no interfiera. Ayuda legal 612-555-0100 · K7"
    );
    let html = book()
        .say(&alert(confirmed), "en", Style::Room, &zone())
        .html();
    assert!(
        html.starts_with("✅ <strong>CONFIRMED</strong> 2:21pm · Whittier · Lake &amp; Pillsbury")
    );
    let over = Prompt::AllClear {
        handle: "K7".into(),
        at: at(44),
    };
    assert_eq!(
        plain(&over, "en", Style::Room),
        "K7 over 2:58pm. Nothing there now."
    );
    let wrong = Prompt::Dismissed {
        handle: "K7".into(),
        at: at(44),
    };
    assert_eq!(
        plain(&wrong, "en", Style::Room),
        "☑️ K7 checked 2:58pm: not what was feared."
    );
}

#[test]
fn the_questions_of_the_product() {
    assert_eq!(
        plain(&Prompt::AskPlace, "en", Style::Phone),
        "Where? Two streets or a place name is enough. Stay back."
    );
    let one = Prompt::AskWhichPlace {
        choices: vec!["Lake & Nicollet lot (Whittier)".into()],
    };
    assert_eq!(
        plain(&one, "en", Style::Room),
        "Lake & Nicollet lot (Whittier)? 1 yes, 2 other"
    );
    let two = Prompt::AskWhichPlace {
        choices: vec!["26th St & Grand".into(), "26th Ave & Grand".into()],
    };
    assert_eq!(
        plain(&two, "en", Style::Phone),
        "Which place? 1 26th St & Grand, 2 26th Ave & Grand, 3 other"
    );
}

#[test]
fn vehicles_people_and_gear_in_both_languages() {
    let summary = Summary {
        size: Size {
            people: Some(Range {
                min: 3,
                max: Some(4),
            }),
            vehicles: Some(Range::exactly(4)),
        },
        unit: Unit {
            agency: vec!["ICE".into(), "LOCAL_POLICE".into(), "BCA".into()],
            uniform: vec!["police_marking".into(), "rain_coat".into()],
        },
        equipment: Equipment {
            vehicles: vec![
                Vehicle {
                    color: Some("black".into()),
                    body: Some("suv".into()),
                    count: Some(Range::exactly(2)),
                    ..Vehicle::default()
                },
                Vehicle {
                    color: Some("white".into()),
                    make: Some("Ford".into()),
                    model: Some("Transit".into()),
                    body: Some("van".into()),
                    count: Some(Range::exactly(1)),
                },
            ],
            weapons: vec!["rifle".into()],
            other: vec!["k9".into()],
        },
        activity: vec![Activity::Knocking],
        ..whittier()
    };
    let card = |language| {
        plain(
            &Prompt::Card(Box::new(summary.clone())),
            language,
            Style::Room,
        )
    };
    assert_eq!(
        card("en"),
        "K7 unverified · Whittier · Lake & Pillsbury · 3-4 people, ICE, local police, BCA, marked POLICE, rain coat · \
         knocking on doors · 4 vehicles: 2 black SUVs, 1 white Ford Transit van · rifles, dogs · seen 2:14pm · 1 report. \
         going K7 / ok K7 / no K7"
    );
    assert_eq!(
        card("es"),
        "K7 sin verificar · Whittier · Lake & Pillsbury · 3-4 personas, ICE, policía local, BCA, dice POLICE, rain coat · \
         tocando puertas · 4 vehículos: 2 SUV color negro, 1 van Ford Transit color blanco · rifles, perros · \
         visto 2:14pm · 1 reporte. going K7 / ok K7 / no K7"
    );
}

#[test]
fn times_are_local_and_name_another_day() {
    let seen = |minutes| {
        let summary = Summary {
            seen_at: Some(at(minutes)),
            ..whittier()
        };
        plain(&Prompt::Card(Box::new(summary)), "en", Style::Room)
    };
    assert!(seen(-14 * 60 - 9).contains("seen 12:05am"));
    assert!(seen(-2 * 60 - 13).contains("seen 12:01pm"));
    assert!(seen(-15 * 60).contains("seen Tue 11:14pm"));
}

#[test]
fn every_prompt_has_its_words_in_english_and_spanish() {
    let book = book();
    assert_eq!(book.gaps("es"), Vec::<String>::new());
    for language in ["en", "es"] {
        for prompt in samples() {
            for style in [Style::Room, Style::Phone] {
                let words = book.say(&prompt, language, style, &zone()).plain();
                assert!(
                    !words.contains(['{', '}', '$']) && words.contains(' '),
                    "{prompt:?}: {words}"
                );
                assert!(
                    !words.contains("  ") && !words.contains("()"),
                    "{prompt:?}: {words}"
                );
            }
        }
    }
}

#[test]
fn every_tag_of_the_guideline_has_words() {
    let book = book();
    let tags = [
        (
            "agency",
            "ice ero hsi cbp dhs fbi atf usms fed local-police",
        ),
        (
            "uniform",
            "vest mask tactical police-marking plainclothes badge jacket hoodie camo uniform patch helmet",
        ),
        (
            "weapon",
            "firearm rifle handgun shotgun taser pepper-spray pepper-ball tear-gas baton flashbang",
        ),
        (
            "gear",
            "battering-ram shield zip-ties handcuffs helicopter drone k9 camera radio earpiece flashlight",
        ),
        (
            "color",
            "black white gray silver blue red green tan brown maroon gold dark",
        ),
        (
            "body",
            "suv sedan van minivan pickup truck car bus wagon vehicle",
        ),
    ];
    for language in ["en", "es"] {
        for (family, names) in tags {
            for name in names.split(' ') {
                let key = format!("{family}-{name}");
                assert!(book.has(language, &key), "{language}: {key} is missing");
            }
        }
    }
}

#[test]
fn a_text_message_is_one_segment() {
    let book = book();
    for language in book.languages() {
        for prompt in phone_samples() {
            let words = book.say(&prompt, language, Style::Phone, &zone()).plain();
            let length =
                septets(&words).unwrap_or_else(|| panic!("{language}: not GSM-7: {words}"));
            assert!(length <= ONE_SEGMENT, "{language}: {length}: {words}");
        }
    }
}

/// Two segments hold 153 places each: seven are needed to join them again.
#[test]
fn what_is_said_of_privacy_is_two_segments_at_most() {
    for language in book().languages() {
        let words = plain(&Prompt::Privacy(KEPT), language, Style::Phone);
        let length = septets(&words).unwrap_or_else(|| panic!("{language}: not GSM-7: {words}"));
        assert!(length <= 2 * 153, "{language}: {length}: {words}");
    }
}

/// Values are shortened where they must be; the sentences themselves have to leave room for them.
#[test]
fn a_text_message_leaves_room_for_what_it_tells() {
    let book = book();
    let areas = longest_areas(1);
    let first: String = areas[0].chars().take(16).collect();
    let telling = [
        Prompt::Subscribed {
            areas: areas.clone(),
            per_day: 6,
        },
        Prompt::AlertsWanted {
            wanted: AlertsWanted::Near,
            areas: areas.clone(),
        },
        Prompt::News {
            areas,
            confirmed: 12,
            over: 10,
            checked: 12,
            open: vec!["K7 Lake & Pillsbury".to_owned()],
        },
    ];
    for language in book.languages() {
        for prompt in &telling {
            let words = book.say(prompt, language, Style::Phone, &zone()).plain();
            assert!(words.contains(&first), "{language}: {words}");
        }
    }
}

/// A phone hears its own language, not half of it in English.
#[test]
fn every_language_has_words_for_what_phones_hear() {
    let book = book();
    for language in ["es", "so", "hmn"] {
        let missing: Vec<String> = book
            .gaps(language)
            .into_iter()
            .filter(|gap| gap.ends_with(" is missing"))
            .filter(|gap| {
                let rooms_only = [
                    "ask-news",
                    "ask-same",
                    "said-over",
                    "dead-letter",
                    "unreadable",
                    "budget-",
                    "cost",
                    "dead-texts",
                    "poisoned",
                    "challenge",
                    "waiting",
                    "room-lost",
                    "unlinked",
                    "keys-changed",
                    "platform-",
                    "card",
                    "head",
                    "introduction",
                    "missing-",
                    "what-",
                    "to-",
                    "uniform-",
                    "weapon-",
                    "gear-",
                    "color-",
                    "body-",
                    "vehicle ",
                ];
                !rooms_only.iter().any(|key| gap.starts_with(key))
            })
            .collect();
        assert!(missing.is_empty(), "{language}: {missing:#?}");
    }
    for language in ["so", "hmn"] {
        for prompt in phone_samples() {
            let words = book.say(&prompt, language, Style::Phone, &zone()).plain();
            assert!(words.is_ascii(), "{language}: {words}");
        }
    }
    for prompt in phone_samples() {
        let words = book.say(&prompt, "es", Style::Phone, &zone()).plain();
        assert!(!words.contains(['á', 'í', 'ó', 'ú']), "{words}");
    }
}

#[test]
fn what_must_be_shortened_keeps_place_hotline_and_id() {
    let words = plain(&alert(long()), "es", Style::Phone);
    assert!(
        words.starts_with("SIN CONFIRMAR vie 2:14pm 3300 block of Minnehaha"),
        "{words}"
    );
    assert!(
        words.ends_with("no interfiera. Ayuda legal 612-555-0100, K7"),
        "{words}"
    );
}

#[test]
fn every_alert_carries_the_hotline_and_the_advice_to_keep_away() {
    let book = book();
    let advice = [
        ("en", "observe from a distance"),
        ("es", "observe desde lejos"),
        ("so", "meel fog ka fiiri"),
        ("hmn", "saib deb deb"),
    ];
    for language in book.languages() {
        let own = advice.iter().find(|(name, _)| *name == language);
        let (_, own) = own.unwrap_or_else(|| panic!("{language}: write its advice into this test"));
        for status in [
            Status::Unverified,
            Status::Corroborated,
            Status::Stale,
            Status::Confirmed,
        ] {
            for style in [Style::Room, Style::Phone] {
                for summary in [whittier(), long()] {
                    let words = book.say(
                        &alert(Summary { status, ..summary }),
                        language,
                        style,
                        &zone(),
                    );
                    let words = words.plain().to_lowercase();
                    // A message that a language leaves out is said in English, whole.
                    assert!(
                        words.contains(own) || words.contains(advice[0].1),
                        "{language}: {words}"
                    );
                    assert!(words.contains("612-555-0100"), "{language}: {words}");
                }
            }
        }
    }
}

#[test]
fn the_words_never_advise_to_follow_block_surround_or_confront() {
    let bad = [
        (
            "en",
            "follow|block|surround|confront|chase|intercept|stop them|box in|swarm",
        ),
        (
            "es",
            "sigan|siga|sígal|seguirl|persig|bloque|rodee|rodea|confront|enfrent|impid|cerque",
        ),
        ("so", "raac|daba gal|hor istaag|xannib|hareer|iska hor"),
        ("hmn", "raws qab|caum|thaiv|vij|tawm tsam"),
    ];
    for folder in fs::read_dir("prompts").unwrap().flatten() {
        let language = folder.file_name().to_string_lossy().into_owned();
        // What a model is told is English.
        let language = if language == "llm" {
            "en".to_owned()
        } else {
            language
        };
        let own = bad.iter().find(|(name, _)| *name == language);
        let (_, own) = own.unwrap_or_else(|| panic!("{language}: write its words into this test"));
        for file in fs::read_dir(folder.path()).unwrap().flatten() {
            let text = fs::read_to_string(file.path()).unwrap();
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                let said = line.split_once('=').map_or(line, |(_, said)| said);
                // A bad word may have any ending, but begins where a word begins.
                let words = said
                    .to_lowercase()
                    .replace(|letter: char| !letter.is_alphanumeric(), " ");
                let words = format!(" {words}");
                for word in own.split('|').chain(bad[0].1.split('|')) {
                    assert!(
                        !words.contains(&format!(" {word}")),
                        "{}: `{word}` in: {line}",
                        file.path().display()
                    );
                }
            }
        }
    }
}

#[test]
fn what_comes_from_outside_cannot_add_marks_or_lines() {
    let summary = Summary {
        place: Some("**Lake**\n**& Pillsbury**".into()),
        ..whittier()
    };
    let words = book().say(&alert(summary), "en", Style::Room, &zone());
    let strong: Vec<_> = words.spans().filter(|(_, strong)| *strong).collect();
    assert_eq!(strong, [("UNCONFIRMED", true)]);
    assert!(words.plain().contains("· Lake & Pillsbury ·"));
}

#[test]
fn a_message_or_language_that_is_missing_is_said_in_english() {
    let said_over = Prompt::SaidOver {
        handle: "K7".into(),
    };
    let english = "K7: a neighbor says it is over. clear K7 if it is.";
    assert_eq!(plain(&said_over, "so", Style::Room), english);
    assert_eq!(plain(&said_over, "xx", Style::Room), english);
    assert_eq!(
        plain(&said_over, "es-MX", Style::Room),
        "K7: un vecino dice que ya terminó. clear K7 si es así."
    );
}

#[test]
fn everything_wrong_in_a_prompt_file_is_said_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    for language in ["en", "es"] {
        fs::create_dir(dir.path().join(language)).unwrap();
        for file in fs::read_dir(Path::new("prompts").join(language))
            .unwrap()
            .flatten()
        {
            fs::copy(
                file.path(),
                dir.path().join(language).join(file.file_name()),
            )
            .unwrap();
        }
    }
    let answers = dir.path().join("en/answers.ftl");
    let english = fs::read_to_string(&answers).unwrap();
    fs::write(&answers, english.replace("ask-place =", "ask-plase =")).unwrap();
    let spanish = dir.path().join("es/alerts.ftl");
    let text = "all-clear = { $handel } termino\nthis is not fluent\ndistance = Lejos.\ndistance = Lejos.\n";
    fs::write(&spanish, text).unwrap();
    let problems = Phrasebook::load(dir.path()).unwrap_err();
    let start = format!("{}/", dir.path().display());
    let found: Vec<_> = problems
        .iter()
        .map(|each| each.to_string().replace(&start, ""))
        .collect();
    assert_eq!(
        found,
        [
            "en: ask-place: this message is missing in English: write it into one of the files there",
            "en/answers.ftl:3: ask-plase: nothing says this message: correct its name, or write it as a term (-name)",
            "es/alerts.ftl: distance: this message is there twice: keep one of the two",
            "es/alerts.ftl:1: all-clear: $handel is unknown in this message: it can use $handle, $clock",
            "es/alerts.ftl:2: this is not Fluent: Expected a token starting with \"=\"",
        ]
    );
}

#[test]
fn one_phrasebook_serves_every_thread() {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<Phrasebook>();
}

#[test]
fn languages_are_listed_with_what_they_leave_to_english() {
    let book = book();
    assert_eq!(book.languages(), ["en", "es", "hmn", "so"]);
    for language in ["so", "hmn"] {
        let gaps = book.gaps(language);
        assert!(
            !gaps.iter().any(|gap| gap.starts_with("alert-confirmed")),
            "{language}: {gaps:?}"
        );
    }
}
