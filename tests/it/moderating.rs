//! What moderators have said, together: nothing of it by one of them alone.

use std::time::Duration;

use tocsin::keyring::areas::is_sealed;

use crate::town::{Town, run_test};

const ROSA: &str = "+16125550111";
const NIGHTS: Duration = Duration::from_secs(25 * 3600);

async fn subscribed(town: &Town) {
    town.texts(ROSA, "Whittier").await;
    assert!(town.phone(ROSA).contains("Whittier"));
}

#[tokio::test]
async fn words_to_a_neighborhood_take_two_moderators_and_reach_each_room_and_phone_once() {
    run_test(async |town: &mut Town| {
        subscribed(town).await;
        town.says(
            "mo",
            "#moderators",
            "!say whittier: Meeting at six in the library.",
        )
        .await;
        let shown = town.heard_in("#moderators");
        assert!(shown.contains("proposed B1."), "{shown}");
        assert!(
            shown.contains(
                "to Whittier, 1 room and 1 phone (1 segment): \"Meeting at six in the library.\""
            ),
            "{shown}"
        );
        assert!(
            shown.contains("another moderator: ok B1 / drop B1"),
            "{shown}"
        );

        town.says("mo", "#moderators", "ok b1").await;
        assert!(
            town.told("mo")
                .contains("Another moderator has to say: ok B1")
        );
        assert_eq!(town.heard_in("#whittier-1"), "");

        let card = town.says("mia", "#moderators", "B1 ok").await;
        let shown = town.heard_in("#moderators");
        assert!(
            shown.contains("agreed to B1.") && shown.contains("done ✅"),
            "{shown}"
        );
        assert_eq!(
            town.heard_in("#whittier-1"),
            "📣 Meeting at six in the library. - Southside Watch"
        );
        assert!(town.phone(ROSA).contains("Meeting at six in the library."));
        // It is done: once more does nothing.
        town.says("max", "#moderators", "ok b1").await;
        assert!(town.told("max").contains("B1"));
        assert!(!card.as_str().is_empty());
        for table in ["proposals", "effects", "acts", "posts"] {
            let kept = town.rows(table).await.concat();
            assert!(
                !kept.contains("library"),
                "words stay in {table} once they are said"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_dropped_or_waits_for_a_day_is_never_said() {
    run_test(async |town: &mut Town| {
        town.says("mo", "#moderators", "!say all: one").await;
        town.says("mo", "#moderators", "!say all: two").await;
        let shown = town.heard_in("#moderators");
        assert!(
            shown.contains("to The city, 5 rooms and 0 phones"),
            "{shown}"
        );
        town.says("mia", "#moderators", "drop b1").await;
        let shown = town.heard_in("#moderators");
        assert!(
            shown.contains("dropped B1.") && shown.contains("· dropped"),
            "{shown}"
        );
        town.later(NIGHTS).await;
        let shown = town.heard_in("#moderators");
        assert!(
            shown.contains("B2") && shown.contains("nobody agreed within a day"),
            "{shown}"
        );
        town.says("mia", "#moderators", "ok b2").await;
        assert!(town.told("mia").contains("B2"));
    })
    .await;
}

#[tokio::test]
async fn reactions_and_answers_on_the_card_count_and_neighbors_cannot() {
    run_test(async |town: &mut Town| {
        town.says("mo", "#moderators", "!say whittier: one").await;
        assert!(!town.heard_in("#moderators").is_empty());
        let card = town.latest_in("#moderators");
        town.says("ana", "#whittier-1", "ok b1").await;
        town.says("ana", "#whittier-1", "!say whittier: mine").await;
        assert!(town.told("ana").contains("moderator"));
        town.reacts("mia", "#moderators", &card, "✅").await;
        assert!(town.heard_in("#moderators").contains("agreed to B1."));
        assert!(town.heard_in("#whittier-1").contains("one"));

        town.says("mo", "#moderators", "!say whittier: two").await;
        assert!(!town.heard_in("#moderators").is_empty());
        let card = town.latest_in("#moderators");
        town.replies("mia", "#moderators", &card, "no").await;
        assert!(town.heard_in("#moderators").contains("dropped B2."));

        town.says("mo", "#moderators", "!log").await;
        let log = town.told("mo");
        assert_eq!(
            log.lines().filter(|line| line.contains("B1")).count(),
            2,
            "{log}"
        );
        assert_eq!(
            log.lines().filter(|line| line.contains("B2")).count(),
            2,
            "{log}"
        );
    })
    .await;
}

#[tokio::test]
async fn two_moderators_wipe_an_area_and_leave_the_others() {
    run_test(async |town: &mut Town| {
        subscribed(town).await;
        town.says(
            "ana",
            "#whittier-1",
            "3 agents in vests at Lake & Pillsbury",
        )
        .await;
        town.says(
            "ben",
            "#powderhorn-1",
            "2 agents in vests at 34th and Bloomington",
        )
        .await;
        read_rooms(town);
        town.says("mo", "#moderators", "!shred nowhere").await;
        assert!(town.told("mo").contains("shred whittier"));
        town.says("mo", "#moderators", "!shred whittier").await;
        let shown = town.heard_in("#moderators");
        assert!(
            shown
                .contains("wipe all that is kept of Whittier, for good: 1 incident or report held")
                && shown.contains("1 phone that gets its alerts"),
            "{shown}"
        );
        let before = town.row_counts().await;
        let incidents = town.rows("incidents").await;
        town.says("mia", "#moderators", "ok b1").await;
        assert!(
            town.heard_in("#moderators")
                .contains("wiped all that was kept of Whittier")
        );
        let after = town.row_counts().await;
        assert_eq!((before["incidents"], after["incidents"]), (2, 1));
        assert_eq!((before["reports"], after["reports"]), (2, 1));
        assert_eq!((before["subscribers"], after["subscribers"]), (1, 0));
        town.later(Duration::from_secs(10)).await;
        let dump = town.dump().await;
        for row in incidents {
            let sealed = row.split('|').find(|value| is_sealed(value)).unwrap();
            assert_eq!(dump.contains(sealed), !row.contains("mpls/whittier"));
        }
        // What is left goes on.
        let left = town.open_handles().await;
        town.says("gus", "#verifiers", &format!("ok {}", left[0]))
            .await;
        assert!(town.heard_in("#powderhorn-1").contains("CONFIRMED"));
        read_rooms(town);
        town.told("ben");
    })
    .await;
}

fn read_rooms(town: &Town) {
    for room in [
        "#whittier-1",
        "#powderhorn-1",
        "#powderhorn-2",
        "#phillips-es",
        "#verifiers",
        "#city",
    ] {
        town.heard_in(room);
    }
}
