//! An alert goes out while the provider fails in every way it can and the bot is killed again and again: never two, never none.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use serde_json::json;

use super::{
    traces::{Log, digits, digits_kept},
    world::World,
};
use crate::{sms::stand_in::StandIn, town::databases::Database};

/// Every kind of fault that the stand-in knows, one for each person.
const FAULTS: [&str; 11] = [
    "accept_then_hang",
    "accept_then_reset",
    "accept_then_500",
    "bad_json",
    "reset_before",
    "hang_before",
    "429",
    "500_before",
    "503",
    "slow_ms:300",
    // Longer than the bot waits for an answer.
    "slow_ms:1500",
];
/// As many bots at once as there are seeds.
const SEEDS: [u64; 3] = [1, 2, 3];
/// How often each bot is killed.
const KILLS: usize = 2;
/// The moments at which it is lie so far apart at most: some in the middle of a request, some while a lost message is looked for.
const LONGEST_MS: u64 = 1800;
/// Long after the last message must have been sent.
const END: Duration = Duration::from_secs(60);

/// Numbers that look random and are the same for the same seed (xorshift64*).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end
    }
}

/// Sends one alert to one person for each fault, and says what went wrong.
async fn alert(stand_in: Arc<StandIn>, database: Database, seed: u64) -> Vec<String> {
    let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let ours = format!("+1612555{:04}", 9000 + seed);
    let mut world = World::open(Arc::clone(&stand_in), database, &ours).await;
    let person = |n: usize| format!("+1612555{:04}", 1000 * seed + n as u64);
    for (n, kind) in FAULTS.iter().enumerate() {
        world.texts(&person(n), "Whittier").await;
        let count = 1 + chance.below(2);
        let fault = json!({ "kind": kind, "count": count, "to": person(n) });
        stand_in.tell("fault", &fault).await;
    }
    let report = "4 agents in vests at Lake & Pillsbury, 2 black suvs";
    world.says("ana", "#whittier-1", report).await;
    world.says_unsettled("vera", "#verifiers", "ok k7").await;
    let mut moments = Vec::new();
    for _ in 0..KILLS {
        let moment = Duration::from_millis(chance.below(LONGEST_MS));
        moments.push(moment);
        tokio::time::sleep(moment).await;
        world.crash().await;
        world.start().await;
    }
    let how = format!("seed {seed}, killed after {moments:?}");
    let mut wrong = Vec::new();
    if tokio::time::timeout(END, world.emptied("effects"))
        .await
        .is_err()
    {
        let left = world.database.rows("effects").await;
        wrong.push(format!("{how}: still to be done: {left:?}"));
    }
    for (n, kind) in FAULTS.iter().enumerate() {
        let texts = stand_in.accepted(&person(n)).await;
        let alerts = texts
            .iter()
            .filter(|text| text.starts_with("CONFIRMED"))
            .count();
        if alerts != 1 {
            let tries = world.tries(&person(n)).await;
            wrong.push(format!(
                "{how}: {kind}: {alerts} alerts in {tries} tries: {texts:?}"
            ));
        }
    }
    let kept = digits_kept(&world).await;
    if !kept.is_empty() {
        wrong.push(format!("{how}: the database keeps a number: {kept:?}"));
    }
    world.all_rooms();
    world.close().await;
    wrong
}

/// `callbacks`: how news comes, as the stand-in calls it.
async fn every_fault(callbacks: &str) {
    let (log, _collecting) = Log::open();
    let stand_in = Arc::new(StandIn::get().await);
    for is_sqlite in [true, false] {
        stand_in.tell("reset", &json!({})).await;
        stand_in
            .tell("callbacks", &json!({ "mode": callbacks }))
            .await;
        let mut alerts = Vec::new();
        for seed in SEEDS {
            let database = if is_sqlite {
                Database::sqlite().await
            } else {
                Database::postgres().await
            };
            alerts.push(alert(Arc::clone(&stand_in), database.unwrap(), seed));
        }
        let wrong = join_all(alerts).await.concat();
        assert!(
            wrong.is_empty(),
            "SQLite {is_sqlite}, news {callbacks}: {wrong:#?}"
        );
    }
    let log = log.text();
    assert!(log.contains("not delivered"), "it was collected");
    assert_eq!(digits(&log), [""; 0], "the log has a number");
}

#[tokio::test]
async fn with_news_every_alert_is_accepted_exactly_once() {
    every_fault("in-order").await;
}

#[tokio::test]
async fn without_any_news_every_alert_is_accepted_exactly_once() {
    every_fault("none").await;
}
