//! Rooms that fill up get a sibling, the door turns to it, nobody is told twice, whatever breaks in between.

use std::time::Duration;

use tocsin::{
    domain::{door::LeadTo, envelope::PlatformKind, ids::AreaId, policy::Policy, split::LinkMode},
    platforms::rooms::Allowed,
};

use crate::town::{Town, groups::Fault, run_test, run_test_with};

const WHITTIER: &str = "#whittier-1";
const DESK: &str = "#moderators";

/// The rooms of Whittier can be made and changed; so many people are in the first.
async fn filled(town: &mut Town, people: usize) {
    town.rooms
        .arranges
        .store(true, std::sync::atomic::Ordering::SeqCst);
    town.rooms
        .groups
        .has(WHITTIER, "whittier-1", people, LinkMode::Open);
    town.rooms.listened_to().await;
    town.later(Duration::from_secs(60)).await;
    town.looked().await;
}

/// A town where many may come at once.
async fn run_calm(story: impl AsyncFn(&mut Town)) {
    let mut policy = Policy::default();
    policy.rooms.join_wave = 0;
    run_test_with(policy, story).await;
}

async fn fills(town: &Town, people: usize) {
    town.rooms.groups.fills(WHITTIER, people);
    town.looked().await;
}

fn door(town: &Town) -> Option<LeadTo> {
    let area = AreaId::new("mpls/whittier");
    town.app
        .lead(&area, PlatformKind::Matrix)
        .map(|lead| lead.to)
}

fn to(room: &str) -> Option<LeadTo> {
    Some(LeadTo::Link {
        url: format!("https://rooms.example/{room}"),
        approval: false,
    })
}

#[tokio::test]
async fn a_group_nearly_full_gets_a_sibling_and_the_door_turns() {
    run_calm(async |town: &mut Town| {
        filled(town, 899).await;
        assert_eq!(door(town), to(WHITTIER));
        assert_eq!(town.rooms.groups.made(), 0);

        fills(town, 900).await;
        assert_eq!(
            town.heard_in(DESK),
            "whittier-1 is at 90 % (900 of 1000). whittier-1 2 is ready: same rules, same admins. The door leads there from 950 on. \
             Answer: split now / wait / raise 975"
        );
        let made = town.rooms.groups.state("whittier-1 2");
        assert!(made.description.starts_with("Rapid response [tocsin "), "{}", made.description);
        assert_eq!(made.pending.len(), 5, "the admins are invited");
        assert_eq!(door(town), to(WHITTIER), "not before it has to");
        assert!(town.rooms.heeded().contains(&made.room.id));
        let introduced = town.heard_in(&made.room.id);
        assert!(introduced.contains("tocsin"), "{introduced}");

        fills(town, 950).await;
        assert_eq!(
            town.heard_in(WHITTIER),
            "This group is nearly full. You can stay. New neighbors land in whittier-1 2; alerts appear in both."
        );
        assert_eq!(door(town), to(&made.room.id));

        fills(town, 980).await;
        let rooms = town.rooms.groups.all();
        assert_eq!(rooms["whittier-1"], (980, Some(LinkMode::Off)));
        fills(town, 940).await;
        assert_eq!(
            town.rooms.groups.all()["whittier-1"].1,
            Some(LinkMode::Open),
            "there is room again"
        );

        // What is reported in one is heard in the other, once.
        town.says("dee", WHITTIER, "4 agents in vests at Lake & Pillsbury, 2 black suvs")
            .await;
        let sibling = town.heard_in(&made.room.id);
        assert_eq!(sibling.matches("UNCONFIRMED").count(), 1, "{sibling}");
        assert!(!town.heard_in(WHITTIER).is_empty());
        assert!(!town.heard_in("#verifiers").is_empty());
        assert_eq!(town.rooms.groups.made(), 1);
    })
    .await;
}

#[tokio::test]
async fn whatever_breaks_there_is_one_sibling_and_one_notice() {
    run_calm(async |town: &mut Town| {
        filled(town, 880).await;
        // It is made, and the answer is lost, twice; and the process is gone in between.
        town.rooms
            .groups
            .fail(&[Fault::AnswerLost, Fault::AnswerLost]);
        town.rooms.groups.fills(WHITTIER, 900);
        town.app.keep_rooms().await.expect("the store is there");
        town.restart().await;
        town.looked().await;
        town.restart().await;
        fills(town, 951).await;
        town.restart().await;
        town.looked().await;
        assert_eq!(town.rooms.groups.made(), 1);
        assert_eq!(town.rooms.groups.all().len(), 2);
        assert_eq!(town.heard_in(DESK).matches("is ready").count(), 1);
        assert_eq!(town.heard_in(WHITTIER).matches("nearly full").count(), 1);
        let made = town.rooms.groups.state("whittier-1 2").room.id;
        assert!(!town.heard_in(&made).is_empty());
        assert_eq!(door(town), to(&made));
        // It is known after a restart as well, before anybody writes.
        assert!(town.rooms.heeded().contains(&made));
    })
    .await;
}

#[tokio::test]
async fn where_the_bot_has_no_power_moderators_are_told_what_to_do() {
    run_calm(async |town: &mut Town| {
        filled(town, 100).await;
        town.rooms.groups.fail(&[Fault::Refused("not_admin")]);
        fills(town, 930).await;
        let told = town.heard_in(DESK);
        assert!(told.starts_with("⚠️ whittier-1 2 could not be made (not_admin)."), "{told}");
        town.looked().await;
        assert_eq!(town.heard_in(DESK), "", "told once");
        town.says("mo", DESK, "!limits whittier").await;
        assert_eq!(
            town.told("mo"),
            "whittier-1: 930 of 1000 (93 %), the door leads here\nwhittier-1 2: 0 of 1000 (0 %), could not be made"
        );
        // Now it has.
        town.says("mo", DESK, "!split now whittier").await;
        town.looked().await;
        let told = town.heard_in(DESK);
        assert!(told.contains("had the door turned away from whittier-1."), "{told}");
        assert_eq!(town.rooms.groups.made(), 1);
        let made = town.rooms.groups.state("whittier-1 2").room.id;
        assert!(!town.heard_in(&made).is_empty());
        assert_eq!(town.told("mo"), "whittier-1 2 is being made. The door will lead there as soon as it is ready.");
        assert!(town.heard_in(WHITTIER).starts_with("This group is nearly full"));
        assert_eq!(door(town), to(&made));
    })
    .await;
}

#[tokio::test]
async fn moderators_wait_raise_or_split_by_answering_the_card() {
    run_calm(async |town: &mut Town| {
        filled(town, 700).await;
        fills(town, 910).await;
        let card = town.latest_in(DESK);
        assert!(town.heard_in(DESK).contains("is at 91 %"));
        let made = town.rooms.groups.state("whittier-1 2").room.id;
        assert!(!town.heard_in(&made).is_empty());
        town.replies("mo", DESK, &card, "wait").await;
        assert!(
            town.heard_in(DESK)
                .contains("keeps the door at whittier-1 until nobody gets in any more")
        );
        fills(town, 960).await;
        assert_eq!(door(town), to(WHITTIER));
        town.replies("mo", DESK, &card, "raise 2000").await;
        assert_eq!(
            town.told("mo"),
            "Write a number of people between what is there now and 1000."
        );
        town.replies("mo", DESK, &card, "raise 970").await;
        assert!(
            town.heard_in(DESK)
                .contains("keeps the door at whittier-1 up to 970 people")
        );
        assert_eq!(door(town), to(WHITTIER));
        town.replies("mo", DESK, &card, "split now").await;
        town.looked().await;
        assert!(
            town.heard_in(DESK)
                .contains("had the door turned away from whittier-1")
        );
        assert!(
            town.heard_in(WHITTIER)
                .starts_with("This group is nearly full")
        );
        assert_eq!(door(town), to(&made));
        // Neighbors cannot, and in a room plain words are no command.
        town.whispers("ana", "split now whittier").await;
        assert_eq!(town.told("ana"), "That takes a moderator.");
        town.says("mo", DESK, "wait, what about the east side?")
            .await;
    })
    .await;
}

#[tokio::test]
async fn links_are_renewed_and_small_siblings_become_one() {
    run_calm(async |town: &mut Town| {
        filled(town, 920).await;
        let made = town.rooms.groups.state("whittier-1 2").room.id;
        fills(town, 955).await;
        assert!(!town.heard_in(&made).is_empty());
        assert!(!town.heard_in(DESK).is_empty());
        assert!(!town.heard_in(WHITTIER).is_empty());
        town.says("mo", DESK, "!link new whittier").await;
        town.looked().await;
        assert!(town.heard_in(DESK).contains("gave whittier-1 2 a new link"));
        assert_eq!(door(town), to(&format!("{made}/new")), "posters lead on");

        // People leave, and for a month there are few.
        fills(town, 120).await;
        town.later(Duration::from_secs(60)).await;
        town.later(Duration::from_secs(31 * 86_400)).await;
        town.looked().await;
        let told = town.heard_in(DESK);
        assert!(
            told.contains("whittier-1 2 and whittier-1 have had few people for a month."),
            "{told}"
        );
        town.says("mo", DESK, "!merge-down whittier").await;
        town.looked().await;
        assert!(
            town.heard_in(DESK)
                .contains("invited the people of whittier-1 2 into whittier-1")
        );
        let invited = town.heard_in(&made);
        assert!(
            invited.starts_with(
                "This group has become quiet. You are invited into whittier-1: https://rooms.example/"
            ),
            "{invited}"
        );
        assert_eq!(door(town), to(&format!("{WHITTIER}/new")));
    })
    .await;
}

#[tokio::test]
async fn a_wave_is_one_across_a_restart() {
    run_test(async |town: &mut Town| {
        filled(town, 100).await;
        fills(town, 140).await;
        town.later(Duration::from_secs(60)).await;
        town.looked().await;
        town.restart().await;
        assert_eq!(town.heard_in(DESK), "", "forty are no wave");
        fills(town, 155).await;
        let told = town.heard_in(DESK);
        assert!(
            told.starts_with("55 people joined whittier-1 within an hour."),
            "{told}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_wave_switches_approval_on_and_moderators_let_people_in() {
    run_test(async |town: &mut Town| {
        filled(town, 100).await;
        fills(town, 140).await;
        assert_eq!(town.heard_in(DESK), "", "forty are no wave");
        fills(town, 155).await;
        let told = town.heard_in(DESK);
        assert!(
            told.starts_with("55 people joined whittier-1 within an hour."),
            "{told}"
        );
        let link = format!("https://rooms.example/{WHITTIER}");
        assert_eq!(
            town.rooms.groups.state("whittier-1").entry,
            Some(LinkMode::Approval)
        );
        assert_eq!(
            door(town),
            Some(LinkTo::approval(&link)),
            "the door says so"
        );
        for _ in 0..3 {
            assert!(town.rooms.groups.joins(&link));
        }
        town.later(Duration::from_secs(600)).await;
        let told = town.heard_in(DESK);
        assert!(
            told.starts_with("3 people wait to be let into whittier-1."),
            "{told}"
        );
        town.says("mo", DESK, "!admit whittier").await;
        town.looked().await;
        assert!(
            town.heard_in(DESK)
                .contains("let in who asked for whittier-1")
        );
        let state = town.rooms.groups.state("whittier-1");
        assert_eq!((state.members.len(), state.requesting.len()), (158, 0));

        // A reaction on the word of it does the same, a moderator's only.
        assert!(town.rooms.groups.joins(&link));
        town.later(Duration::from_secs(600)).await;
        let card = town.latest_in(DESK);
        let told = town.heard_in(DESK);
        assert!(
            told.starts_with(
                "1 person waits to be let into whittier-1. To let all in answer admit"
            ),
            "{told}"
        );
        town.reacts("mo", DESK, &card, "🎉").await;
        town.reacts("mo", DESK, &card, "👍").await;
        town.looked().await;
        assert!(town.heard_in(DESK).contains("let in who asked"));
        let state = town.rooms.groups.state("whittier-1");
        assert_eq!((state.members.len(), state.requesting.len()), (159, 0));
    })
    .await;
}

struct LinkTo;

impl LinkTo {
    fn approval(url: &str) -> LeadTo {
        LeadTo::Link {
            url: url.to_owned(),
            approval: true,
        }
    }
}

#[tokio::test]
async fn in_a_rush_through_the_door_no_room_overflows_and_nobody_is_sent_to_a_full_one() {
    let mut policy = Policy::default();
    policy
        .rooms
        .limits
        .by_platform
        .insert(PlatformKind::Matrix, 30);
    policy.rooms.join_wave = 0;
    run_test_with(policy, async |town: &mut Town| {
        filled(town, 6).await;
        let mut waited = 0;
        for n in 0..100 {
            // Ten come at a time, before the bot hears of any of them.
            let mut links = Vec::new();
            for _ in 0..10 {
                match door(town) {
                    Some(LeadTo::Link { url, .. }) => links.push(url),
                    Some(LeadTo::Preparing) => waited += 1,
                    None => panic!("there is a door"),
                }
            }
            for link in links {
                assert!(town.rooms.groups.joins(&link), "{link} is closed");
            }
            town.looked().await;
            for (title, (people, _)) in town.rooms.groups.all() {
                assert!(people <= 30, "round {n}: {title} has {people}");
            }
            if town.rooms.groups.all().len() >= 5 {
                break;
            }
        }
        let all = town.rooms.groups.all();
        assert!(all.len() >= 5, "{all:?}");
        assert!(waited < 10, "{waited} found all rooms full");
        let titles: Vec<_> = all.keys().map(String::as_str).collect();
        assert_eq!(
            titles[..4],
            ["whittier-1", "whittier-1 2", "whittier-1 3", "whittier-1 4"]
        );
        // Every sibling hears an alert once.
        town.says(
            "dee",
            WHITTIER,
            "4 agents in vests at Lake & Pillsbury, 2 black suvs",
        )
        .await;
        for title in all.keys() {
            let room = town.rooms.groups.state(title).room.id;
            let heard = town.heard_in(&room);
            let alerts = heard.matches("UNCONFIRMED").count();
            assert_eq!(alerts, usize::from(room != WHITTIER), "{title}: {heard}");
        }
        assert!(!town.heard_in(DESK).is_empty());
        assert!(!town.heard_in("#verifiers").is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_neighborhood_gets_its_rooms_and_those_it_has_are_adopted() {
    run_calm(async |town: &mut Town| {
        filled(town, 100).await;
        town.rooms
            .groups
            .has(DESK, "moderators", 4, LinkMode::Off);
        // The neighbors of Longfellow have a group; the bot was let in.
        town.rooms
            .groups
            .has("#theirs", "Longfellow Chat", 40, LinkMode::Open);
        town.says("mo", DESK, "!setup longfellow: Longfellow Chat").await;
        let first = town.told("mo");
        town.later(Duration::from_secs(400)).await;
        if first.is_empty() {
            assert!(town.heard_in(DESK).contains("made Longfellow Chat a room of Longfellow"));
        } else {
            assert!(first.starts_with("The bot is in no room called Longfellow Chat"), "{first}");
            town.says("mo", DESK, "!setup longfellow: longfellow chat").await;
            let told = town.heard_in(DESK);
            assert!(told.contains("made Longfellow Chat a room of Longfellow."), "{told}");
        }
        assert!(town.rooms.heeded().contains(&"#theirs".to_owned()));
        town.says("dee", "#theirs", "4 agents in vests at Lake & 36th, 2 black suvs")
            .await;
        assert!(town.heard_in("#theirs").contains('👀'));
        assert!(!town.heard_in("#verifiers").is_empty());

        town.says("mo", DESK, "!setup longfellow").await;
        town.looked().await;
        let told = town.heard_in(DESK);
        assert!(
            told.contains("has rooms made for Longfellow: Longfellow verifiers, Longfellow alerts, Longfellow mutual aid."),
            "{told}"
        );
        assert!(told.contains("Longfellow alerts is ready: https://rooms.example/"), "{told}");
        let alerts = town.rooms.groups.state("Longfellow alerts");
        assert_eq!(alerts.may_write, Allowed::Admins, "only the bot writes there");
        let aid = town.rooms.groups.state("Longfellow mutual aid");
        assert_eq!(aid.entry, Some(LinkMode::Approval));
        assert_eq!(aid.pending.len(), 3, "the moderators are invited");
        for title in ["Longfellow verifiers", "Longfellow alerts", "Longfellow mutual aid"] {
            let room = town.rooms.groups.state(title).room.id;
            assert!(!town.heard_in(&room).is_empty(), "{title}");
        }
        town.says("mo", DESK, "!setup longfellow").await;
        assert_eq!(town.told("mo"), "Longfellow has all its rooms.");
        town.restart().await;
        town.looked().await;
        assert!(town.rooms.heeded().contains(&"#theirs".to_owned()));
        assert_eq!(town.rooms.groups.made(), 3);
    })
    .await;
}

#[tokio::test]
async fn the_community_gets_its_rooms_and_those_of_neighbors_stand_in_its_space() {
    run_calm(async |town: &mut Town| {
        filled(town, 100).await;
        town.rooms.groups.has(DESK, "moderators", 4, LinkMode::Off);
        town.says("mo", DESK, "!setup city").await;
        town.looked().await;
        let told = town.heard_in(DESK);
        // There is a room for the whole city in the settings.
        assert!(
            told.contains(
                "has rooms made for Southside Watch: Southside Watch liaisons, Southside Watch rooms."
            ),
            "{told}"
        );
        assert!(told.contains("Southside Watch rooms is ready: https://rooms.example/"), "{told}");
        let space = town.rooms.groups.state("Southside Watch rooms").room.id;
        let liaisons = town.rooms.groups.state("Southside Watch liaisons");
        assert_eq!(liaisons.entry, Some(LinkMode::Off), "who is let in is one of them");
        assert_eq!(town.heard_in(&space), "", "nothing is said in a Space");
        assert!(!town.heard_in(&liaisons.room.id).is_empty(), "it introduces itself");
        let placed = |title: &str| (title.to_owned(), space.clone());
        assert_eq!(town.rooms.groups.placed(), [placed("whittier-1")]);

        // What is made later gets its place as well, and what concerns nobody else does not.
        town.says("mo", DESK, "!setup longfellow").await;
        fills(town, 900).await;
        let mut all = town.rooms.groups.placed();
        all.sort();
        assert_eq!(
            all,
            [
                placed("Longfellow RR"),
                placed("Longfellow alerts"),
                placed("Longfellow mutual aid"),
                placed("whittier-1"),
                placed("whittier-1 2"),
            ]
        );
        town.says("mo", DESK, "!setup city").await;
        assert_eq!(town.told("mo"), "Southside Watch has all its rooms.");

        // The calm picture: what is confirmed, and no more of the place than the neighborhood.
        let report = "4 agents in vests at Lake & Pillsbury, 2 black suvs";
        town.says("dee", WHITTIER, report).await;
        assert_eq!(town.heard_in(&liaisons.room.id), "");
        let card = town.latest_in("#verifiers");
        town.replies("vera", "#verifiers", &card, "ok").await;
        assert!(town.told("dee").starts_with("K7 is confirmed."));
        let heard = town.heard_in(&liaisons.room.id);
        assert!(heard.contains("CONFIRMED") && heard.contains("Whittier"), "{heard}");
        assert!(!heard.contains("Pillsbury"), "{heard}");
        assert_eq!(town.heard_in("#city"), heard);
        // Nothing is read there but commands.
        town.heard_in("#verifiers");
        town.says("lia", &liaisons.room.id, report).await;
        assert_eq!(town.heard_in("#verifiers"), "");
        town.says("lia", &liaisons.room.id, "!news").await;
        let news = town.told("lia");
        assert_eq!(news, "The city today: 1 confirmed. Now: K7 Lyndale, Whittier.");
        for (title, _) in town.rooms.groups.all() {
            town.heard_in(&town.rooms.groups.state(&title).room.id);
        }
        // The bot is not at home in the Space.
        town.says("lia", &space, report).await;
        assert_eq!(town.heard_in(&space), "");
    })
    .await;
}

#[tokio::test]
async fn only_moderators_of_the_whole_city_set_up_its_rooms() {
    run_calm(async |town: &mut Town| {
        filled(town, 100).await;
        town.rooms.groups.has(DESK, "moderators", 4, LinkMode::Off);
        town.says("vera", "#verifiers", "!setup city").await;
        town.looked().await;
        assert_eq!(town.rooms.groups.made(), 0);
        assert_eq!(town.told("vera"), "That takes a moderator.");
        town.says("mo", DESK, "!setup nowhere").await;
        assert!(town.told("mo").starts_with("Which rooms do you mean?"));
        town.says("mo", DESK, "!setup southside watch liaison")
            .await;
        town.looked().await;
        assert_eq!(town.rooms.groups.made(), 1);
        // The bot was let into a room of theirs.
        town.rooms
            .groups
            .has("#all", "All of us", 40, LinkMode::Open);
        town.later(Duration::from_secs(400)).await;
        town.looked().await;
        town.says("mo", DESK, "!setup city: All of us").await;
        let told = town.heard_in(DESK);
        assert!(
            told.contains("made All of us a room of Southside Watch."),
            "{told}"
        );
        let liaisons = town.rooms.groups.state("Southside Watch liaisons").room.id;
        for room in [liaisons.as_str(), "#all"] {
            assert!(town.heard_in(room).starts_with("Hello, this is tocsin"));
        }
    })
    .await;
}
