//! Web hooks that come too often, and messages that no web hook brought.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use super::world::{World, on_both};

const ROSA: &str = "+16125550111";
const OMAR: &str = "+16125550112";
const JUAN: &str = "+16125550113";
const REPORT: &str = "4 agents in vests at Lake & Pillsbury, 2 black suvs";

#[tokio::test]
async fn the_same_web_hook_five_times_at_once_is_one_report_and_one_answer() {
    on_both(async |world: &mut World| {
        world.answer(ROSA, "Whittier").await;
        let sid = format!("SM{}", "5".repeat(32));
        let hook = json!({ "From": ROSA, "To": world.ours, "Body": REPORT, "MessageSid": sid, "SmsSid": sid });
        let hooks = (0..5).map(|_| world.posts(hook.clone()));
        for answers in join_all(hooks).await {
            assert_eq!(answers, [(200, "<Response/>".to_owned())]);
        }
        world.settle().await;
        let answer = world.phone(ROSA).await;
        assert!(answer.contains("K7") && answer.lines().count() == 1, "{answer}");
        let cards = world.heard_in("#verifiers");
        assert!(cards.contains("1 report") && cards.lines().count() == 1, "{cards}");
        assert_eq!(world.count("reports").await, 1);
        // An old one that is replayed days later is harmless as well.
        world.clock.by(Duration::from_secs(3 * 86_400));
        assert_eq!(world.posts(hook).await[0].0, 200);
        world.settle().await;
        assert_eq!(world.phone(ROSA).await, "");
        world.all_rooms();
    })
    .await;
}

const HOUR: f64 = 3600.0;

/// A message that was sent to us so many hours after the last web hook; nobody was there.
async fn missed(world: &World, hours: f64, from: &str, body: &str) {
    let params = json!({ "From": from, "To": world.ours, "Body": body });
    // The town's clock is set forward, the stand-in's is not.
    let how = json!({ "params": params, "ago_s": -hours * HOUR });
    world.stand_in.tell("inbound", &how).await;
}

#[tokio::test]
async fn three_days_without_a_bot_are_caught_up_in_order_and_once() {
    on_both(async |world: &mut World| {
        world.answer(ROSA, "Whittier").await;
        world.answer(OMAR, "Whittier").await;
        world.stop().await;
        for (hours, from, body) in [
            (71.9, JUAN, REPORT),
            (40.0, JUAN, "area Whittier"),
            (1.0, JUAN, "Powderhorn Park"),
            (30.0, OMAR, "STOP"),
        ] {
            missed(world, hours, from, body).await;
        }
        world.clock.by(Duration::from_secs(72 * 3600));
        world.start().await;
        while world.count("reports").await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        world.settle().await;
        // Each day's answers are in order; which of two days' comes first is not said, for a person has another lane each day.
        let answers = world.phone(JUAN).await;
        assert_eq!(answers.lines().count(), 3, "{answers}");
        for start in [
            "Done: Powderhorn Park.",
            "Done: Whittier.",
            "Thank you, passed on as K7",
        ] {
            assert!(
                answers.lines().any(|one| one.starts_with(start)),
                "{answers}"
            );
        }
        let subscribers = world.database.rows("subscribers").await.unwrap();
        assert!(
            subscribers.len() == 2 && subscribers.iter().all(|row| row.contains("mpls/whittier")),
            "taken in oldest first: {subscribers:?}"
        );
        assert_eq!(world.phone(OMAR).await, "", "the carrier has answered");
        assert_eq!(world.count("stops").await, 1);
        assert_eq!(
            world
                .heard_in("#verifiers")
                .matches("K7 unverified")
                .count(),
            1
        );
        assert!(world.heard_in("#whittier-1").contains("UNCONFIRMED"));
        // What web hooks brought before is listed as well; and all of it is listed again at the next start.
        world.start_anew().await;
        for number in [ROSA, OMAR, JUAN] {
            assert_eq!(world.phone(number).await, "");
        }
        assert_eq!(world.all_rooms().trim(), "");
        assert_eq!(world.count("reports").await, 1);
    })
    .await;
}
