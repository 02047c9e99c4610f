//! Where a network is not quite reliable: rooms in which a try's end is unknown, members whom a message does not reach, and what
//! only people can mend.

use std::{sync::Arc, time::Duration};

use tocsin::{
    domain::{
        envelope::{Content, Trouble},
        role::Role,
    },
    platforms::{PerformError, Retry},
};

use crate::town::{Town, run_test};

const REPORT: &str = "4 agents in vests at Lake & Bloomington, 2 black suvs";
const MODERATORS: &str = "#moderators";

fn lost() -> PerformError {
    PerformError {
        is_doubtful: true,
        ..PerformError::new("no_answer", Retry::Later(Some(Duration::from_secs(5))))
    }
}

fn read_all(town: &Town) -> String {
    let rooms = [
        "#powderhorn-1",
        "#powderhorn-2",
        "#phillips-es",
        "#verifiers",
        "#city",
    ];
    rooms.map(|room| town.heard_in(room)).join("\n")
}

#[tokio::test]
async fn where_repeats_arrive_twice_the_next_try_is_told_of_the_doubt() {
    run_test(async |town: &mut Town| {
        town.rooms.repeats(true);
        town.rooms.fails(Some(Arc::new(lost)));
        town.says("ana", "#powderhorn-1", REPORT).await;
        let began = town.now();
        assert_eq!(town.rooms.doubts("#powderhorn-2"), [None]);
        town.rooms.fails(None);
        town.later(Duration::from_secs(6)).await;
        let doubts = town.rooms.doubts("#powderhorn-2");
        let doubt = doubts.last().and_then(Option::as_ref).expect("in doubt");
        assert_eq!(doubt.since, began);
        assert!(doubt.may_repeat, "an alert");
        let doubts = town.rooms.doubts("#verifiers");
        let card = doubts.last().and_then(Option::as_ref).expect("in doubt");
        assert!(!card.may_repeat, "a card is no alert");
        read_all(town);
    })
    .await;
}

#[tokio::test]
async fn an_alert_that_misses_members_of_a_room_is_owed_to_each_of_them_alone() {
    run_test(async |town: &mut Town| {
        town.rooms.repeats(true);
        let wait = Duration::from_secs(90);
        town.rooms.misses("#powderhorn-2", &["gus", "hana"], wait);
        town.rooms.misses("#verifiers", &["vera"], wait);
        town.says("ana", "#powderhorn-1", REPORT).await;
        assert_eq!(
            (town.told("gus"), town.told("hana")),
            (String::new(), String::new())
        );
        town.later(Duration::from_secs(60)).await;
        assert_eq!(
            town.told("gus"),
            "",
            "not before the network takes it again"
        );
        town.later(Duration::from_secs(31)).await;
        for who in ["gus", "hana"] {
            let told = town.told(who);
            assert!(
                told.contains("UNCONFIRMED") && told.contains("K7"),
                "{who}: {told}"
            );
            assert_eq!(told.lines().count(), 1, "{who}: {told}");
        }
        assert_eq!(town.told("vera"), "", "cards are looked up, not sent after");
        // Whoever missed the alarm, and its end too, hears that as well; nothing that is over is sent as an alarm.
        town.says("vera", "#verifiers", "ok k7").await;
        town.says("vera", "#verifiers", "clear k7").await;
        town.later(Duration::from_secs(91)).await;
        let told = town.told("gus");
        assert!(told.contains("K7 over"), "{told}");
        assert!(
            !told.contains("✅"),
            "confirmed, but over before it could be told: {told}"
        );
        town.told("hana");
        town.told("ana");
        read_all(town);
    })
    .await;
}

/// Something that a platform tells of a room, or of itself.
async fn tell(town: &Town, who: &str, room: Option<&str>, number: &str, trouble: Trouble) {
    let content = Content::Trouble(trouble);
    town.does(who, room, number, content).await;
}

#[tokio::test]
async fn moderators_hear_of_what_only_people_can_mend_and_not_of_the_same_every_minute() {
    run_test(async |town: &mut Town| {
        let token = || Trouble::Challenge {
            token: "7ab8-token".to_owned(),
        };
        tell(town, "bot", None, "$t1", token()).await;
        let told = town.heard_in(MODERATORS);
        assert!(
            told.contains("tocsin signal challenge 7ab8-token"),
            "{told}"
        );
        tell(town, "bot", None, "$t2", token()).await;
        assert_eq!(town.heard_in(MODERATORS), "");

        let waiting = |people| Trouble::Waiting { people };
        tell(town, "bot", Some("#whittier-1"), "$t3", waiting(3)).await;
        let told = town.heard_in(MODERATORS);
        assert!(
            told.contains("3 people wait") && told.contains("whittier-1"),
            "{told}"
        );
        tell(town, "bot", Some("#whittier-1"), "$t4", waiting(3)).await;
        assert_eq!(town.heard_in(MODERATORS), "");
        tell(town, "bot", Some("#whittier-1"), "$t5", waiting(4)).await;
        assert!(town.heard_in(MODERATORS).contains("4 people wait"));
        tell(town, "bot", Some("#somewhere-else"), "$t6", waiting(4)).await;
        assert_eq!(town.heard_in(MODERATORS), "", "not one of ours");

        tell(town, "bot", Some("#whittier-1"), "$t7", Trouble::RoomLost).await;
        let told = town.heard_in(MODERATORS);
        assert!(told.contains("not in whittier-1 any more"), "{told}");
        tell(town, "bot", None, "$t8", Trouble::Unlinked).await;
        let told = town.heard_in(MODERATORS);
        assert!(told.contains("lost its account"), "{told}");
        tell(town, "bot", None, "$t9", Trouble::Unlinked).await;
        assert_eq!(town.heard_in(MODERATORS), "");
        town.later(Duration::from_secs(3_600)).await;
        tell(town, "bot", None, "$t10", Trouble::Unlinked).await;
        assert!(town.heard_in(MODERATORS).contains("lost its account"));
    })
    .await;
}

#[tokio::test]
async fn new_keys_are_told_of_people_with_a_role_only() {
    run_test(async |town: &mut Town| {
        town.stands("gus", Role::Moderator, Trouble::KeysChanged)
            .await;
        let told = town.heard_in(MODERATORS);
        assert!(told.contains("A moderator has new keys"), "{told}");
        tell(town, "ana", None, "$t1", Trouble::KeysChanged).await;
        assert_eq!(town.heard_in(MODERATORS), "");
        tell(town, "vera", None, "$t2", Trouble::KeysChanged).await;
        let told = town.heard_in(MODERATORS);
        assert!(told.contains("A verifier has new keys"), "{told}");
        assert!(!told.contains("vera"), "nobody is named: {told}");
        // The same once more is a repeat; another change is news.
        tell(town, "vera", None, "$t2", Trouble::KeysChanged).await;
        assert_eq!(town.heard_in(MODERATORS), "");
    })
    .await;
}
