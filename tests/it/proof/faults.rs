//! An alert goes out while the provider fails in every way it can and the bot is killed again and again: never two, never none.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use serde_json::json;

use super::{
    traces::{digits, digits_kept, listen_to_log, without_durations},
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
/// So many bots at once, each with its own seed.
const BOTS: u64 = 3;
/// Each bot is killed so often, the first time at most so long after the confirmation, when most messages are being posted, then
/// at most so long after it was started anew, when lost ones are looked for.
const KILLS_MS: [u64; 2] = [150, 1800];
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
    let person = |n: usize| format!("+1612555{:04}", 100 * seed + n as u64);
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
    for longest in KILLS_MS {
        let moment = Duration::from_millis(chance.below(longest));
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
            wrong.push(format!("{how}: {kind}: {alerts} alerts in {tries} tries"));
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

/// `callbacks`: how news comes, as the stand-in calls it; `seed`: the first one.
async fn every_fault(callbacks: &str, mut seed: u64) {
    let (log, _collecting) = listen_to_log();
    let stand_in = Arc::new(StandIn::get().await);
    for is_sqlite in [true, false] {
        stand_in.tell("reset", &json!({})).await;
        stand_in
            .tell("callbacks", &json!({ "mode": callbacks }))
            .await;
        let mut alerts = Vec::new();
        for _ in 0..BOTS {
            let database = if is_sqlite {
                Database::sqlite().await
            } else {
                Database::postgres().await
            };
            alerts.push(alert(Arc::clone(&stand_in), database.unwrap(), seed));
            seed += 1;
        }
        let wrong = join_all(alerts).await.concat();
        assert!(
            wrong.is_empty(),
            "SQLite {is_sqlite}, news {callbacks}: {wrong:#?}"
        );
    }
    let log = without_durations(&log);
    assert!(log.contains("not delivered"), "it was collected");
    let numbers = log.lines().filter(|line| !digits(line).is_empty());
    assert_eq!(numbers.collect::<Vec<_>>(), [""; 0], "the log has a number");
}

#[tokio::test]
async fn with_news_every_alert_is_accepted_exactly_once() {
    every_fault("in-order", 1).await;
}

#[tokio::test]
async fn without_any_news_every_alert_is_accepted_exactly_once() {
    every_fault("none", 11).await;
}
