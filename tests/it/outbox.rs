//! Nothing owed is lost, doubled or out of order, whatever the networks do.

use std::time::Duration;

use tocsin::{
    domain::policy::{Joining, Policy},
    platforms::Retry,
};

use crate::town::{Town, run_test, run_test_with};

const REPORT: &str = "4 agents in vests at Lake & Bloomington, 2 black suvs";

fn read_all(town: &Town) -> String {
    [
        "#powderhorn-1",
        "#powderhorn-2",
        "#phillips-es",
        "#verifiers",
    ]
    .map(|room| town.heard_in(room))
    .join("\n")
}

#[tokio::test]
async fn what_a_network_refuses_for_now_is_delivered_once_later() {
    run_test(async |town: &mut Town| {
        town.rooms.refuse(Some(("unreachable", Retry::Later(None))));
        town.says("ana", "#powderhorn-1", REPORT).await;
        assert_eq!(read_all(town).trim(), "");
        town.rooms.refuse(None);
        town.later(Duration::from_secs(120)).await;
        let said = read_all(town);
        assert_eq!(
            said.matches("⚠️").count(),
            2,
            "one for each other room: {said}"
        );
        assert_eq!(said.matches("K7 unverified").count(), 1, "{said}");
    })
    .await;
}

#[tokio::test]
async fn an_alert_nobody_could_deliver_for_ten_minutes_is_not_sent_any_more_and_moderators_know() {
    run_test(async |town: &mut Town| {
        town.rooms.refuse(Some(("unreachable", Retry::Later(None))));
        town.says("ana", "#powderhorn-1", REPORT).await;
        town.later(Duration::from_secs(11 * 60)).await;
        town.rooms.refuse(None);
        town.later(Duration::from_secs(60)).await;
        let said = read_all(town);
        assert!(!said.contains("⚠️"), "{said}");
        assert!(
            said.contains("K7 unverified"),
            "the verifiers still see it: {said}"
        );
        let moderators = town.heard_in("#moderators");
        assert_eq!(
            moderators.lines().count(),
            2,
            "one line for each alert, none for reactions: {moderators}"
        );
        assert!(moderators.contains("K7"), "{moderators}");
    })
    .await;
}

#[tokio::test]
async fn what_never_works_is_told_to_moderators_once() {
    run_test(async |town: &mut Town| {
        town.rooms.refuse(Some(("forbidden", Retry::Never)));
        town.says("ana", "#powderhorn-1", REPORT).await;
        town.rooms.refuse(None);
        town.later(Duration::from_secs(5)).await;
        let moderators = town.heard_in("#moderators");
        assert_eq!(
            moderators.lines().count(),
            3,
            "two alerts and the card: {moderators}"
        );
        assert!(
            !moderators.contains("agents"),
            "no message text: {moderators}"
        );
        town.later(Duration::from_secs(5)).await;
        assert_eq!(town.heard_in("#moderators"), "");
    })
    .await;
}

#[tokio::test]
async fn a_restart_delivers_what_was_owed_before() {
    run_test(async |town: &mut Town| {
        town.rooms.refuse(Some(("unreachable", Retry::Later(None))));
        town.says("ana", "#powderhorn-1", REPORT).await;
        town.restart().await;
        town.rooms.refuse(None);
        town.later(Duration::from_secs(120)).await;
        let said = read_all(town);
        assert_eq!(
            said.matches("⚠️").count(),
            2,
            "one for each other room: {said}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_message_we_fail_on_is_set_aside_blocks_nothing_and_moderators_know() {
    run_test(async |town: &mut Town| {
        town.tamper("ALTER TABLE incidents RENAME TO elsewhere")
            .await;
        town.says("ana", "#powderhorn-1", REPORT).await;
        town.tamper("ALTER TABLE elsewhere RENAME TO incidents")
            .await;
        let moderators = town.heard_in("#moderators");
        assert_eq!(moderators.lines().count(), 1, "{moderators}");
        assert!(
            moderators.contains("powderhorn-1") && !moderators.contains("agents"),
            "{moderators}"
        );
        town.says("ben", "#powderhorn-1", REPORT).await;
        assert!(read_all(town).contains("K7 unverified"));
    })
    .await;
}

#[tokio::test]
async fn of_two_processes_one_holds_the_account_and_the_other_takes_over() {
    run_test(async |town: &mut Town| {
        let second = town.second_process().await;
        town.says("ana", "#powderhorn-1", REPORT).await;
        assert!(read_all(town).contains("K7 unverified"));
        assert!(
            !second.is_listened_to() && second.unread().is_empty(),
            "the account is held by the first"
        );
        town.stop_first().await;
        second.listened_to().await;
    })
    .await;
}

/// Every report an incident of its own, and no reactions.
fn apart() -> Policy {
    let joining = Joining {
        near_m: 0.0,
        tight_m: 0.0,
        ..Joining::default()
    };
    Policy {
        marks: false,
        joining,
        ..Policy::default()
    }
}

/// Reports at corners in Powderhorn, and the words by which each is found again.
const CORNERS: [&str; 12] = [
    "10th",
    "11th",
    "12th",
    "13th",
    "14th",
    "15th",
    "16th",
    "17th",
    "18th",
    "Elliot",
    "Chicago",
    "Bloomington",
];

/// Every statement is a round trip and every commit a flush of the disk; alerts are as fast as these are few.
#[tokio::test]
async fn a_report_asks_little_of_the_database() {
    run_test_with(apart(), async |town: &mut Town| {
        let mut least = (u64::MAX, u64::MAX);
        for corner in &CORNERS[..5] {
            // Upkeep and leases run beside it, but not beside all of these.
            let text = format!("4 agents in vests at 35th St and {corner} Ave");
            let work = town.work_for("ana", "#powderhorn-1", &text).await;
            least = (least.0.min(work.0), least.1.min(work.1));
        }
        assert_eq!(town.heard_in("#powderhorn-2").matches("⚠️").count(), 5);
        assert_eq!(town.heard_in("#verifiers").lines().count(), 5);
        println!("one report: {} statements, {} commits", least.0, least.1);
        // On Postgres three more, to wait for other processes.
        assert!(least.0 <= 32 && least.1 <= 3, "one report: {least:?}");
    })
    .await;
}

#[tokio::test]
async fn alerts_that_wait_for_one_room_keep_their_order_when_one_is_refused() {
    run_test_with(apart(), async |town: &mut Town| {
        town.rooms
            .refuse_one_after(3, ("rate_limited", Retry::Later(None)));
        let texts = CORNERS.map(|corner| format!("4 agents in vests at 35th St and {corner} Ave"));
        town.says_many("#powderhorn-1", texts.into_iter()).await;
        let before = town.heard_in("#powderhorn-2");
        assert_eq!(
            before.matches("⚠️").count(),
            3,
            "the fourth holds the rest: {before}"
        );
        town.later(Duration::from_secs(10)).await;
        let alerts = format!("{before}\n{}", town.heard_in("#powderhorn-2"));
        let found: Vec<usize> = CORNERS
            .iter()
            .map(|corner| alerts.find(&format!("& {corner}")).expect(corner))
            .collect();
        assert!(found.is_sorted(), "in the order of the reports: {alerts}");
        assert_eq!(
            alerts.matches("⚠️").count(),
            CORNERS.len(),
            "each once: {alerts}"
        );
        town.heard_in("#verifiers");
    })
    .await;
}
