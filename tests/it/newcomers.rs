//! Who comes is welcomed, once and never in a flood; who asks to be let in where two must vouch is shown, and let in by two.

use std::{collections::BTreeSet, sync::atomic::Ordering, time::Duration};

use tocsin::{
    domain::{
        directory::{Appointment, Purpose},
        envelope::{Content, PersonRef, PlatformKind},
        policy::Policy,
        role::Role,
        split::{Blueprint, LinkMode},
    },
    platforms::Retry,
};

use crate::town::{Setup, Town, run_test, run_test_in, run_test_with};

const DESK: &str = "#moderators";
const VERIFIERS: &str = "#verifiers";
const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn who_comes_is_welcomed_once_and_alone() {
    run_test(async |town: &mut Town| {
        town.comes("ana", "#whittier-1").await;
        assert_eq!(
            town.told("ana"),
            "Welcome to whittier-1. Neighbors write here what they see, and hear what others have seen.\n\
             The bot keeps of a report what, where and when, in detail for at most 72 hours: never names, never the chat. A message \
             that begins with - is not read.\n\
             To report, write there, or here to me: how many, doing what, where, when.\n\
             Observe from a distance, do not interfere. Legal help: 612-555-0100\n\
             Be kind: everybody here is a neighbor. No names, no home addresses. For more write help or privacy."
        );
        // Again, after a restart too; for another area she is new.
        town.comes("ana", "#whittier-1").await;
        town.restart().await;
        town.comes("ana", "#whittier-1").await;
        assert_eq!(town.told("ana"), "");
        town.comes("ana", "#powderhorn-1").await;
        assert!(town.told("ana").starts_with("Welcome to powderhorn-1."));
        town.comes("ana", "#powderhorn-2").await;
        assert_eq!(town.told("ana"), "", "a sibling is the same area");
        town.comes("rosa", "#phillips-es").await;
        assert!(town.told("rosa").starts_with("Le damos la bienvenida a phillips-es."));
        // Not where the bot has no business, and not who has a role.
        town.comes("ben", "#plans").await;
        town.comes("ben", DESK).await;
        town.comes("ben", "#nobodys").await;
        town.comes("vera", "#whittier-1").await;
        let heard: Vec<String> = ["ben", "vera"].map(|who| town.told(who)).into();
        assert_eq!(heard.concat(), "");
        let counts = town.row_counts().await;
        assert_eq!(counts["welcomed"], 3);
        assert_eq!(counts["envelopes"], 0, "of who comes not even the number is kept");
        assert!(!town.dump().await.contains("@ana:town"));
    })
    .await;
}

#[tokio::test]
async fn in_a_rush_some_are_welcomed_and_the_room_stays_calm() {
    run_test(async |town: &mut Town| {
        for n in 0..80 {
            town.comes(&format!("p{n}"), "#whittier-1").await;
        }
        let mut alone = 0;
        for n in 0..80 {
            alone += usize::from(!town.told(&format!("p{n}")).is_empty());
        }
        assert_eq!(alone, 30);
        assert_eq!(
            town.heard_in("#whittier-1"),
            "Welcome to all who are new in whittier-1. How it works, what is kept, how to report: write help to me alone."
        );
        town.later(Duration::from_secs(3_700)).await;
        town.comes("late", "#whittier-1").await;
        assert!(!town.told("late").is_empty());
    })
    .await;
}

#[tokio::test]
async fn two_hundred_who_come_keep_no_alert_waiting() {
    run_test(async |town: &mut Town| {
        town.rooms.places(4);
        town.rooms.refuse(Some(("unreachable", Retry::Later(None))));
        let came = (0..200).map(|n| town.coming(&format!("p{n}"), "#whittier-1"));
        town.rooms.offer(came.collect()).await;
        town.says("ana", "#powderhorn-1", "4 agents at 34th and Bloomington")
            .await;
        town.rooms.refuse(None);
        town.later(Duration::from_secs(120)).await;
        let said: Vec<String> = town.rooms.fresh().iter().map(ToString::to_string).collect();
        let welcomes = said.iter().filter(|one| one.starts_with("Welcome")).count();
        assert_eq!(
            welcomes, 31,
            "30 alone, and once for all others in the room: {said:?}"
        );
        let before = said.iter().position(|one| one.contains("CONFIRMED"));
        let before = before.unwrap_or_else(|| panic!("no alert: {said:?}"));
        let before = said[..before]
            .iter()
            .filter(|one| one.starts_with("Welcome"))
            .count();
        assert!(
            before <= 2,
            "at most as many as had a place already: {said:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_community_may_do_without() {
    let mut policy = Policy::default();
    policy.rooms.welcome = false;
    run_test_with(policy, async |town: &mut Town| {
        town.comes("ana", "#whittier-1").await;
        assert_eq!(town.told("ana"), "");
    })
    .await;
}

/// The rooms can be made and changed; three people verify.
async fn arranged(town: &mut Town) {
    town.rooms.arranges.store(true, Ordering::SeqCst);
    let groups = &town.rooms.groups;
    groups.has(VERIFIERS, "verifiers", 3, LinkMode::Approval);
    groups.has(DESK, "moderators", 3, LinkMode::Off);
    town.rooms.listened_to().await;
    town.looked().await;
}

fn people_of(town: &Town, title: &str) -> (usize, usize) {
    let state = town.rooms.groups.state(title);
    (state.members.len(), state.requesting.len())
}

#[tokio::test]
async fn two_people_let_in_who_asks() {
    run_test(async |town: &mut Town| {
        arranged(town).await;
        town.asks("dana", VERIFIERS).await;
        let asks = "J1 · @dana:town asks to join verifiers. Do you know them? vouch J1 / refuse J1 (2 people must vouch)";
        assert_eq!(town.heard_in(DESK), asks);
        assert_eq!(town.heard_in(VERIFIERS), asks);
        assert!(!town.dump().await.contains("@dana:town"), "sealed only");
        let card = town.latest_in(VERIFIERS);

        // A neighbor is not asked, and one person counts once.
        town.says("ana", "#whittier-1", "vouch J1").await;
        town.whispers("ana", "vouch J1").await;
        assert_eq!(town.told("ana"), "Nothing called J1 is open here.");
        town.says("mo", DESK, "vouch J1").await;
        let once = "edit: J1 · @dana:town asks to join verifiers. 1 of 2 have vouched. vouch J1 / refuse J1";
        let told = town.heard_in(DESK);
        assert!(told.contains(once), "{told}");
        assert!(told.contains("vouched for J1 to join verifiers"), "{told}");
        assert_eq!(town.heard_in(VERIFIERS), once);
        town.says("mo", DESK, "vouch J1").await;
        assert_eq!(town.told("mo"), "J1 needs somebody else to vouch.");
        town.says("mo", DESK, "!admit").await;
        assert!(town.told("mo").starts_with("Which rooms do you mean?"), "one word is not enough");
        town.restart().await;
        town.looked().await;
        assert_eq!(people_of(town, "verifiers"), (3, 1));

        town.reacts("vic", VERIFIERS, &card, "👍").await;
        town.looked().await;
        assert_eq!(people_of(town, "verifiers"), (4, 0));
        let done = "edit: J1 · verifiers: vouched for by 2 people and let in.";
        assert_eq!(town.heard_in(VERIFIERS), done);
        assert!(town.heard_in(DESK).contains(done));
        let counts = town.row_counts().await;
        assert_eq!(counts["vouches"], 0);
        let kept = town.rows("askers").await.join("\n");
        assert!(!kept.contains("sealed"), "{kept}");
    })
    .await;
}

#[tokio::test]
async fn who_is_refused_or_asks_no_more_is_forgotten() {
    run_test(async |town: &mut Town| {
        arranged(town).await;
        town.asks("dana", VERIFIERS).await;
        town.asks("eli", VERIFIERS).await;
        let card = town.latest_in(DESK);
        town.heard_in(DESK);
        town.heard_in(VERIFIERS);
        // Who asks cannot vouch for themselves, whatever they are elsewhere.
        town.replies("mo", DESK, &card, "refuse").await;
        town.looked().await;
        assert!(
            town.heard_in(DESK)
                .contains("edit: J2 · verifiers: refused.")
        );
        assert_eq!(people_of(town, "verifiers"), (3, 1));
        // For a day nobody is bothered with them again.
        town.asks("eli", VERIFIERS).await;
        town.rooms.groups.asks_no_more(VERIFIERS);
        town.later(Duration::from_secs(600)).await;
        town.looked().await;
        let told = town.heard_in(DESK);
        assert_eq!(
            told,
            "edit: J1 · verifiers: does not ask any more, or was let in by hand."
        );
        town.later(DAY + DAY).await;
        town.asks("eli", VERIFIERS).await;
        assert!(town.heard_in(DESK).starts_with("J1 · @eli:town asks"));
        // Nobody says anything for a week.
        town.later(8 * DAY).await;
        town.looked().await;
        assert!(town.heard_in(DESK).contains("nobody vouched in time"));
        assert_eq!(people_of(town, "verifiers"), (3, 0));
        let kept = town.rows("askers").await.join("\n");
        assert!(!kept.contains("sealed"), "{kept}");
        town.heard_in(VERIFIERS);
    })
    .await;
}

#[tokio::test]
async fn nobody_vouches_for_who_is_banned() {
    run_test(async |town: &mut Town| {
        arranged(town).await;
        town.says("mo", DESK, "!ban @eve:town whittier").await;
        town.asks("eve", VERIFIERS).await;
        assert!(!town.heard_in(DESK).contains("asks to join"));
        town.asks("eli", VERIFIERS).await;
        assert!(town.heard_in(DESK).starts_with("J1 · @eli:town asks"));
        town.says("mo", DESK, "!ban @eli:town whittier").await;
        town.later(Duration::from_secs(400)).await;
        town.looked().await;
        let told = town.heard_in(DESK);
        assert!(told.contains("edit: J1 · verifiers: refused."), "{told}");
        assert_eq!(people_of(town, "verifiers"), (3, 1));
        town.heard_in(VERIFIERS);
        town.heard_in("#whittier-1");
    })
    .await;
}

#[tokio::test]
async fn a_second_account_of_the_same_person_does_not_count() {
    let entry = |who: &str| Appointment {
        person: PersonRef::new(PlatformKind::Matrix, format!("@{who}:town")),
        role: Role::Verifier,
        areas: [].into(),
        name: Some("Kim".to_owned()),
        until: None,
    };
    let setup = Setup {
        people: vec![entry("kim"), entry("kim2"), entry("kim3")],
        ..Setup::default()
    };
    run_test_in(setup, async |town: &mut Town| {
        arranged(town).await;
        town.asks("kim3", VERIFIERS).await;
        town.asks("dana", VERIFIERS).await;
        town.whispers("kim", "vouch J1").await;
        assert!(town.told("kim").contains("yourself"), "she asks herself");
        town.whispers("kim", "vouch J2").await;
        town.whispers("kim2", "vouch J2").await;
        assert_eq!(town.told("kim2"), "J2 needs somebody else to vouch.");
        assert_eq!(people_of(town, "verifiers"), (3, 2));
        town.heard_in(DESK);
        town.heard_in(VERIFIERS);
    })
    .await;
}

#[tokio::test]
async fn where_the_bot_may_not_let_in_moderators_are_told() {
    run_test(async |town: &mut Town| {
        arranged(town).await;
        town.asks("dana", VERIFIERS).await;
        town.says("mo", DESK, "vouch J1").await;
        town.rooms
            .groups
            .fail(&[crate::town::groups::Fault::Refused("not_admin")]);
        town.says("vic", VERIFIERS, "J1 vouch").await;
        town.looked().await;
        let told = town.heard_in(DESK);
        assert!(
            told.contains(
                "⚠️ Who asks to join verifiers could not be let in or sent away (not_admin)."
            ),
            "{told}"
        );
        town.heard_in(VERIFIERS);
    })
    .await;
}

#[tokio::test]
async fn planning_rooms_are_neither_read_nor_kept_also_siblings_and_new_ones() {
    let planning = Blueprint {
        purpose: Purpose::Planning,
        title: "{area} planning".to_owned(),
        description: "Plans".to_owned(),
        timer_h: 0,
        link: LinkMode::Off,
        is_quiet: false,
        vouch: false,
    };
    let setup = Setup {
        blueprints: vec![planning],
        ..Setup::default()
    };
    run_test_in(setup, async |town: &mut Town| {
        arranged(town).await;
        town.says("mo", DESK, "!setup longfellow planning").await;
        town.looked().await;
        let told = town.heard_in(DESK);
        assert!(told.contains("Longfellow planning is ready."), "{told}");
        let made = town.rooms.groups.state("Longfellow planning").room.id;
        town.rooms
            .groups
            .has("#second", "Longfellow planning 2", 40, LinkMode::Open);
        town.later(Duration::from_secs(400)).await;
        town.says(
            "mo",
            DESK,
            "!setup longfellow planning: Longfellow planning 2",
        )
        .await;
        let told = town.heard_in(DESK);
        assert!(
            told.contains("made Longfellow planning 2 a room of Longfellow"),
            "{told}"
        );
        let before = all_rows(town).await;
        for room in [made.as_str(), "#second", "#plans"] {
            assert!(town.rooms.heeded().contains(&room.to_owned()), "{room}");
            town.comes("new", room).await;
            town.does("newer", Some(room), "$asks", Content::Asks).await;
            for text in [
                "4 agents in vests at Lake & Pillsbury, 2 black suvs",
                "!report 4 agents at Lake & Pillsbury",
                "!help",
                "confirm K7",
            ] {
                let message = town.says("dee", room, text).await;
                town.edits("dee", room, &message, "6 agents").await;
                town.reacts("mo", room, &message, "✅").await;
                town.replies("ana", room, &message, "going").await;
                town.redacts("dee", room, &message).await;
            }
            town.shows("dee", room, "").await;
            town.shows("dee", room, "3 agents at Lake & Pillsbury")
                .await;
            assert_eq!(town.heard_in(room), "");
        }
        let after = all_rows(town).await;
        assert_eq!(after, before, "no row was added, changed or taken away");
        assert_eq!(
            ["dee", "new", "mo", "ana"].map(|who| town.told(who)),
            [""; 4]
        );
        // The same words where they are read.
        town.says(
            "dee",
            "#whittier-1",
            "4 agents in vests at Lake & Pillsbury, 2 black suvs",
        )
        .await;
        assert_ne!(all_rows(town).await, before);
        assert!(town.heard_in("#whittier-1").contains('👀'));
        town.heard_in(VERIFIERS);
    })
    .await;
}

/// Everything that is kept, but for how often anything was looked at, and until when this process is the one that looks.
async fn all_rows(town: &Town) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let tables = town.row_counts().await.into_keys();
    for table in tables.filter(|table| !["counters", "leases"].contains(&table.as_str())) {
        let rows = town.rows(&table).await.into_iter();
        all.extend(rows.map(|row| format!("{table}|{row}")));
    }
    all
}
