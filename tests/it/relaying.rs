//! Talk is passed on among the rooms of an area where moderators want it: once, marked, under the writer's name, and never kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use tocsin::{
    domain::{
        directory::Purpose,
        ids::{AreaId, MessageId},
        policy::Policy,
        relay::Relay,
        role::Role,
    },
    platforms::{Deed, Retry},
};

use crate::town::{
    Setup, Town, databases::Database, log::Log, platform::Heard, room, run_test, run_test_in,
};

const ONE: &str = "#powderhorn-1";
const TWO: &str = "#powderhorn-2";
const THREE: &str = "#powderhorn-3";
const DESK: &str = "#moderators";

/// Three rooms of a neighborhood hear all that is said in one of them.
fn setup() -> Setup {
    let area = AreaId::new("mpls/powderhorn-park");
    Setup {
        policy: Policy {
            relays: BTreeMap::from([(area, Relay::Chat)]),
            ..Policy::default()
        },
        rooms: vec![room(
            THREE,
            Purpose::Response,
            &["mpls/powderhorn-park"],
            "es",
        )],
        ..Setup::default()
    }
}

async fn run_chatting(story: impl AsyncFn(&mut Town)) {
    run_test_in(setup(), story).await;
}

/// What the three rooms heard since they were last asked.
fn heard(town: &Town) -> [String; 3] {
    [ONE, TWO, THREE].map(|room| town.heard_in(room))
}

fn same(words: &str) -> [String; 3] {
    [String::new(), words.to_owned(), words.to_owned()]
}

#[tokio::test]
async fn moderators_switch_it_on_and_off_and_the_rooms_are_told() {
    run_test(async |town: &mut Town| {
        town.says("ana", ONE, "good morning neighbors").await;
        assert_eq!(town.heard_in(TWO), "", "it is off");
        town.says("zed", ONE, "!relay chat").await;
        assert!(town.told("zed").contains("moderator"));
        town.says("mo", DESK, "!relay powderhorn park chat").await;
        assert!(
            town.heard_in(DESK).ends_with(
                "has what is said in the rooms of Powderhorn Park passed on among them."
            )
        );
        assert!(town.heard_in(ONE).starts_with(
            "From now on what is said here is also heard in powderhorn-2, with your name"
        ));
        assert!(town.heard_in(TWO).contains("powderhorn-1"));
        town.says("ana", ONE, "good morning neighbors").await;
        assert_eq!(town.heard_in(TWO), "» Ana: good morning neighbors");
        // Again nobody is told again, and a restart forgets nothing.
        town.says("mo", DESK, "!retransmitir powderhorn park charla")
            .await;
        town.heard_in(DESK);
        town.restart().await;
        town.says("ben", TWO, "morning!").await;
        assert_eq!(town.heard_in(ONE), "» Ben: morning!");
        assert_eq!(town.heard_in("#whittier-1"), "", "another area");
        town.says("mo", DESK, "!relay alerts powderhorn park").await;
        assert!(town.heard_in(DESK).contains("only alerts"));
        for room in [ONE, TWO] {
            assert!(
                town.heard_in(room)
                    .starts_with("From now on what is said here stays here.")
            );
        }
        town.says("ana", ONE, "anybody here?").await;
        assert_eq!(town.heard_in(TWO), "");
        town.says("mo", DESK, "!relay chat").await;
        assert!(town.told("mo").contains("Which rooms"));
        town.says("mo", DESK, "!log").await;
        assert!(town.told("mo").contains("passed on"));
    })
    .await;
}

#[tokio::test]
async fn talk_answers_changes_and_deletions_reach_every_sibling() {
    run_chatting(async |town: &mut Town| {
        let first = town.says("ana", ONE, "who has a shovel?").await;
        assert_eq!(heard(town), same("» Ana: who has a shovel?"));
        let copies = [TWO, THREE].map(|room| town.latest_in(room));
        // Answering a copy answers the message itself, and its other copies.
        let answer = town.replies("ben", TWO, &copies[0], "I do").await;
        assert_replied(town, ONE, "» Ben: I do", Some(&first));
        assert_replied(town, THREE, "» Ben: I do", Some(&copies[1]));
        // Answering that from where it was heard.
        let third = town.latest_in(THREE);
        town.replies("cy", THREE, &third, "me too").await;
        assert_replied(town, TWO, "» Cy: me too", Some(&answer));
        town.heard_in(ONE);
        // Answering one's own room's message.
        town.replies("dee", ONE, &first, "here").await;
        assert_replied(town, TWO, "» Dee: here", Some(&copies[0]));
        town.heard_in(THREE);
        // An answer to what was not passed on stands alone.
        let own = town.says("ana", ONE, "- among us").await;
        town.replies("dee", ONE, &own, "right").await;
        assert_replied(town, TWO, "» Dee: right", None);
        town.heard_in(THREE);

        town.edits("ana", ONE, &first, "who has a snow shovel?")
            .await;
        assert_eq!(heard(town), same("edit: » Ana: who has a snow shovel?"));
        town.edits("zed", ONE, &first, "I am Ana").await;
        town.redacts("zed", ONE, &first).await;
        assert_eq!(heard(town), same(""), "only who wrote it may");
        town.redacts("ana", ONE, &first).await;
        assert_eq!(
            heard(town),
            [
                String::new(),
                format!("redacted {}", copies[0]),
                format!("redacted {}", copies[1])
            ]
        );
        town.redacts("ana", ONE, &first).await;
        town.edits("ana", ONE, &first, "once more").await;
        assert_eq!(heard(town), same(""), "what is gone stays gone");
    })
    .await;
}

/// What was said there last, and which message it answers.
fn assert_replied(town: &Town, room: &str, text: &str, to: Option<&MessageId>) {
    let heard: Vec<Heard> = town.rooms.read(room);
    let Some(Deed::Say { words, reply_to }) = heard.last().map(|one| &one.deed) else {
        panic!("nothing was said in {room}: {heard:?}");
    };
    assert_eq!(
        (words.plain().as_str(), reply_to.as_ref()),
        (text, to),
        "in {room}"
    );
}

#[tokio::test]
async fn an_answer_to_an_alert_answers_it_everywhere() {
    run_chatting(async |town: &mut Town| {
        town.says(
            "ana",
            ONE,
            "3 agents in vests at 34th and Bloomington, 2 black SUVs",
        )
        .await;
        let alerts = [TWO, THREE].map(|room| town.latest_in(room));
        for said in heard(town) {
            assert!(
                !said.contains('»'),
                "a report is alerted, not passed on: {said}"
            );
        }
        town.replies("ben", TWO, &alerts[0], "stay safe everybody")
            .await;
        assert_replied(town, THREE, "» Ben: stay safe everybody", Some(&alerts[1]));
        assert!(town.heard_in(ONE).contains("» Ben: stay safe everybody"));
        town.heard_in("#verifiers");
    })
    .await;
}

#[tokio::test]
async fn a_message_that_becomes_a_report_or_nothing_to_pass_on_is_taken_back() {
    run_chatting(async |town: &mut Town| {
        for (text, told) in [
            ("- among us", ""),
            (
                "3 agents in vests at 34th and Bloomington, 2 black SUVs",
                "",
            ),
            ("someone should shoot them", "threats"),
        ] {
            let message = town.says("ana", ONE, "hello there").await;
            town.heard_in(TWO);
            town.heard_in(THREE);
            let copy = town.latest_in(TWO);
            town.edits("ana", ONE, &message, text).await;
            assert!(
                town.heard_in(TWO).contains(&format!("redacted {copy}")),
                "{text}"
            );
            town.heard_in(THREE);
            assert!(town.told("ana").contains(told), "{text}");
        }
        town.heard_in(ONE);
        town.heard_in("#verifiers");
    })
    .await;
}

#[tokio::test]
async fn reactions_are_passed_on_once_each() {
    run_chatting(async |town: &mut Town| {
        let first = town.says("ana", ONE, "we have cake").await;
        let copies = [TWO, THREE].map(|room| town.latest_in(room));
        heard(town);
        town.reacts("ben", TWO, &copies[0], "❤️").await;
        town.reacts("cy", TWO, &copies[0], "❤️").await;
        town.reacts("dee", ONE, &first, "❤️").await;
        assert_eq!(
            heard(town),
            [
                format!("❤️ on {first}"),
                format!("❤️ on {}", copies[0]),
                format!("❤️ on {}", copies[1])
            ]
        );
        town.reacts("dee", ONE, &first, "👍").await;
        assert_eq!(
            heard(town),
            [
                String::new(),
                format!("👍 on {}", copies[0]),
                format!("👍 on {}", copies[1])
            ]
        );
        // Words are no emojis, and what was not passed on is nowhere else.
        town.reacts("dee", ONE, &first, "call 612-555-0111").await;
        let own = town.says("ana", ONE, "- among us").await;
        town.reacts("dee", ONE, &own, "👍").await;
        assert_eq!(heard(town), same(""));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_for_others_stays_where_it_is() {
    run_chatting(async |town: &mut Town| {
        for text in [
            "- not for the others",
            "  -dinner at six",
            "» Ana: said elsewhere",
            "Tocsin: » Ana: said elsewhere",
            "✅ CONFIRMED 2:21pm · Powderhorn Park · 3 people · K7",
            "!news",
            "@tocsin thank you",
        ] {
            town.says("ana", ONE, text).await;
            assert_eq!(
                [TWO, THREE].map(|room| town.heard_in(room)),
                ["", ""],
                "{text}"
            );
        }
        town.heard_in(ONE);
        town.told("ana");
        // Rooms for other things are not siblings.
        town.says("ana", "#plans", "hello").await;
        town.says("vera", "#verifiers", "hello").await;
        town.says("ana", "#whittier-1", "hello").await;
        assert_eq!(heard(town), same(""));
    })
    .await;
}

#[tokio::test]
async fn what_is_held_is_not_passed_on_and_its_writer_hears_why() {
    run_chatting(async |town: &mut Town| {
        for (text, why) in [
            ("someone should shoot them", "We don't pass on threats"),
            (
                "Zenobia lives at 3417 Bloomington Ave",
                "it could expose someone",
            ),
            ("call me at 612-555-0111", "it could expose someone"),
        ] {
            town.says("ana", ONE, text).await;
            assert_eq!(heard(town), same(""), "{text}");
            let told = town.told("ana");
            assert!(told.contains(why) || told.is_empty(), "{text}: {told}");
        }
        // A name alone exposes nobody; plates and house numbers are left out.
        town.says("ana", ONE, "thank you Maria").await;
        assert_eq!(heard(town), same("» Ana: thank you Maria"));
        town.says("ben", ONE, "whose plate is MN ABC 123, the lights are on")
            .await;
        let [one, two, three] = heard(town);
        assert!(
            ![one.as_str(), &two, &three].concat().contains("ABC"),
            "{two}"
        );
        assert!(two.starts_with("» Ben: whose plate is MN •••"), "{two}");
        town.told("ben");
        town.says(
            "ana",
            ONE,
            "bring it to the library at 3417 Bloomington Ave",
        )
        .await;
        let [_, two, _] = heard(town);
        assert!(
            two.contains("34xx Bloomington") && !two.contains("3417"),
            "{two}"
        );
        town.heard_in(DESK);
        town.heard_in("#verifiers");
    })
    .await;
}

#[tokio::test]
async fn who_is_banned_or_muted_is_not_passed_on_but_may_take_back() {
    run_chatting(async |town: &mut Town| {
        let said = town.says("zed", ONE, "hello").await;
        heard(town);
        town.says("mo", DESK, "!mute 24h @zed:town").await;
        town.heard_in(DESK);
        town.says("zed", ONE, "can you hear me?").await;
        town.reacts("zed", ONE, &said, "👍").await;
        town.edits("zed", ONE, &said, "changed").await;
        assert_eq!(heard(town), same(""));
        town.redacts("zed", ONE, &said).await;
        let [_, two, three] = heard(town);
        assert!(two.starts_with("redacted") && three.starts_with("redacted"));
    })
    .await;
}

#[tokio::test]
async fn pictures_are_left_out_and_names_made_fit() {
    run_chatting(async |town: &mut Town| {
        town.shows("ana", ONE, "look at this snow").await;
        assert_eq!(
            heard(town),
            [
                "",
                "» Ana: look at this snow (something attached was left out)",
                "» Ana: look at this snow (se dejó fuera lo adjunto)"
            ]
        );
        town.shows("ana", ONE, "").await;
        let [_, two, _] = heard(town);
        assert_eq!(two, "» Ana: (something attached was left out)");
        assert!(
            town.told("ana").contains("original"),
            "once, how to keep it"
        );
        for (name, shown) in [
            (None, "A neighbor"),
            (Some(" \u{202e}@room\n✅: "), "room ✅"),
            (Some("***"), "A neighbor"),
        ] {
            town.says_as(name, "ana", ONE, "hi\n✅ CONFIRMED at Lake")
                .await;
            let [_, two, three] = heard(town);
            assert_eq!(two, format!("» {shown}: hi\n» ✅ CONFIRMED at Lake"));
            assert!(three.starts_with("» "));
        }
    })
    .await;
}

#[tokio::test]
async fn one_persons_flood_is_not_passed_on() {
    run_chatting(async |town: &mut Town| {
        let texts: Vec<String> = (0..30)
            .map(|n| format!("thought number {n} of mine today"))
            .collect();
        let said: Vec<(&str, &str)> = texts.iter().map(|text| ("ana", text.as_str())).collect();
        town.say_together(ONE, &said).await;
        assert_eq!(town.heard_in(TWO).lines().count(), 20);
        assert_eq!(town.heard_in(THREE).lines().count(), 20);
        town.says("ben", ONE, "goodness").await;
        assert_eq!(heard(town), same("» Ben: goodness"));
        town.later(Duration::from_secs(4 * 60)).await;
        town.says("ana", ONE, "sorry").await;
        assert_eq!(heard(town), same("» Ana: sorry"));
    })
    .await;
}

#[tokio::test]
async fn an_alert_goes_before_talk_that_waited_longer() {
    run_chatting(async |town: &mut Town| {
        let texts: Vec<String> = (0..15).map(|n| format!("chatter number {n}")).collect();
        let mut said: Vec<(&str, &str)> = texts.iter().map(|text| ("ana", text.as_str())).collect();
        said.push((
            "ben",
            "3 agents in vests at 34th and Bloomington, 2 black SUVs",
        ));
        town.say_together(ONE, &said).await;
        for room in [TWO, THREE] {
            let heard = town.heard_in(room);
            assert!(heard.starts_with('⚠'), "{room}: {heard}");
            assert_eq!(
                heard
                    .lines()
                    .filter(|line| line.starts_with("» Ana: chatter"))
                    .count(),
                15
            );
        }
        town.heard_in(ONE);
        town.heard_in("#verifiers");
    })
    .await;
}

#[tokio::test]
async fn nothing_that_was_said_is_kept() {
    let (log, _collecting) = Log::open("trace");
    let setup = Setup {
        policy: Policy {
            flood: tocsin::domain::hold::flood::Limits {
                by_one: 100_000,
                ..Policy::default().flood
            },
            ..setup().policy
        },
        ..setup()
    };
    run_test_in(setup, async |town: &mut Town| {
        let before = town.row_counts().await;
        let talk = (0..200).map(|n| format!("good morning neighbors, quixotic thought number {n}"));
        town.says_many(ONE, talk).await;
        let after = town.row_counts().await;
        let more = |table: &str| after[table] - before[table];
        assert_eq!((more("effects"), more("dead")), (0, 0));
        assert_eq!(
            [
                more("relayed"),
                more("posts"),
                more("owed"),
                more("envelopes")
            ],
            [200, 400, 400, 200]
        );
        let grown: BTreeSet<&String> = after
            .keys()
            .filter(|table| after[*table] != before[*table])
            .collect();
        assert!(
            grown.iter().all(
                |table| ["relayed", "posts", "owed", "envelopes", "counters"]
                    .contains(&table.as_str())
            ),
            "{grown:?}"
        );
        let dump = town.dump().await;
        // Three letters alone are found in what is sealed by chance.
        assert!(!dump.contains("quixotic") && !dump.contains("\"Ana\""));
        heard(town);

        // While it waits it is sealed; when nobody took it in time nothing of it is left, and no moderator hears of it.
        town.rooms.refuse(Some(("unreachable", Retry::Later(None))));
        town.says_unsettled("ana", ONE, "quixotic again").await;
        let waiting = town.dump().await;
        assert!(
            waiting.contains("effects|")
                && !waiting.contains("quixotic")
                && !waiting.contains("\"Ana\"")
        );
        assert_eq!(town.row_counts().await["effects"], before["effects"] + 2);
        town.later(Duration::from_secs(11 * 60)).await;
        town.rooms.refuse(None);
        town.later(Duration::from_secs(60)).await;
        let left = town.row_counts().await;
        assert_eq!(
            (left["effects"], left["dead"]),
            (before["effects"], before["dead"])
        );
        assert_eq!(heard(town), same(""));
        town.later(Duration::from_secs(73 * 3600)).await;
        town.app.sweep().await.expect("swept");
        assert_eq!(town.row_counts().await["relayed"], 0);
    })
    .await;
    let log = log.text();
    assert!(!log.contains("quixotic"), "the log holds what was said");
}

#[tokio::test]
async fn killed_on_the_way_it_is_said_once() {
    run_chatting(async |town: &mut Town| {
        town.rooms.refuse(Some(("unreachable", Retry::Later(None))));
        town.says_unsettled("ana", ONE, "is it on?").await;
        town.crash().await;
        town.rooms.refuse(None);
        town.start().await;
        town.later(Duration::from_secs(61)).await;
        assert_eq!(heard(town), same("» Ana: is it on?"));
        town.restart().await;
        town.later(Duration::from_secs(61)).await;
        assert_eq!(heard(town), same(""));
    })
    .await;
}

/// Two bots, each with rooms of its own, sit in a room together: what one passes on the other does not pass on.
#[tokio::test]
async fn two_bots_in_one_room_make_no_loop() {
    run_chatting(async |town: &mut Town| {
        let other = Town::open(setup(), Database::sqlite().await.expect("an SQLite file")).await;
        other.settle().await;
        town.says("ana", ONE, "hello from here").await;
        // Their second rooms are the same room.
        let mut said: Vec<(bool, String)> = Vec::new();
        for _ in 0..3 {
            for (from, to, is_ours) in [(&*town, &other, true), (&other, &*town, false)] {
                for heard in from.rooms.read(TWO) {
                    if let Deed::Say { words, .. } = &heard.deed {
                        said.push((is_ours, words.plain()));
                        to.says("tocsin", TWO, &words.plain()).await;
                        // Some carry it further under a name of their own.
                        to.says("carrier", TWO, &format!("Tocsin: {}", words.plain()))
                            .await;
                    }
                }
            }
        }
        assert_eq!(said, [(true, "» Ana: hello from here".to_owned())]);
        assert_eq!(
            heard(town),
            [
                String::new(),
                String::new(),
                "» Ana: hello from here".to_owned()
            ]
        );
        assert_eq!(heard(&other), same(""));
        other.close().await;
    })
    .await;
}

/// Where it is off, an ordinary message costs what it always cost.
#[tokio::test]
async fn an_ordinary_message_costs_nothing_more_where_it_is_off() {
    let worked = async |town: &mut Town| {
        town.says("ana", ONE, "good morning").await;
        town.work_for("ana", ONE, "good morning again").await;
        town.work_for("ana", ONE, "and once more").await
    };
    run_test(async |town: &mut Town| {
        let never = worked(town).await;
        town.says("mo", DESK, "!relay whittier chat").await;
        town.heard_in(DESK);
        town.heard_in("#whittier-1");
        let elsewhere = worked(town).await;
        assert_eq!(never, elsewhere);
    })
    .await;
}

/// A moderator may take a copy away; the others go with it.
#[tokio::test]
async fn a_moderator_takes_a_copy_away() {
    run_chatting(async |town: &mut Town| {
        town.says("ana", ONE, "hello").await;
        let copies = [TWO, THREE].map(|room| town.latest_in(room));
        heard(town);
        town.redacts("ben", TWO, &copies[0]).await;
        assert_eq!(heard(town), same(""), "nobody else may");
        town.redacts_as(Role::Moderator, "mia", TWO, &copies[0])
            .await;
        assert_eq!(
            heard(town),
            [
                String::new(),
                format!("redacted {}", copies[0]),
                format!("redacted {}", copies[1])
            ]
        );
    })
    .await;
}
