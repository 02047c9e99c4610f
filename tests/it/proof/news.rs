//! News of messages comes in any order and twice: what is known in the end is right, and each message is forgotten once.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::world::{World, on_both};

const PEOPLE: [(&str, &str); 3] = [
    ("+16125550111", "delivered"),
    ("+16125550112", "undelivered"),
    ("+16125550113", "failed"),
];

/// The news that was posted to us, as (message, stage, status of our answer).
async fn news(world: &World) -> Vec<(String, String, u64)> {
    let log = world.stand_in.tell("log", &json!({})).await;
    let lines = log.as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    lines
        .filter(|line| line["callback"].is_string())
        .map(|line| {
            let status = line["answer"]["status"].as_u64().unwrap_or_default();
            (text(&line["sid"]), text(&line["status"]), status)
        })
        .collect()
}

/// The messages that were accepted, and for whom.
async fn accepted(world: &World) -> BTreeMap<String, String> {
    let log = world.stand_in.tell("log", &json!({})).await;
    let lines = log.as_array().unwrap().iter();
    lines
        .filter_map(|line| {
            let (sid, to) = (line["accepted"].as_str()?, line["to"].as_str()?);
            Some((sid.to_owned(), to.to_owned()))
        })
        .collect()
}

#[tokio::test]
async fn news_out_of_order_and_doubled_ends_at_the_right_stage() {
    on_both(async |world: &mut World| {
        let how = json!({ "mode": "shuffled", "dup": true });
        world.stand_in.tell("callbacks", &how).await;
        for (number, _) in PEOPLE {
            world.answer(number, "Whittier").await;
        }
        for (number, stage) in PEOPLE.into_iter().skip(1) {
            // Filtered by the carrier: not worth another try.
            let fate = json!({ "to": number, "status": stage, "code": 30007 });
            world.stand_in.tell("fate", &fate).await;
        }
        for corner in ["Lake & Pillsbury", "26th and Grand", "24th and Nicollet"] {
            let report = format!("4 agents in vests at {corner}, 2 black suvs");
            world.says("ana", "#whittier-1", &report).await;
            let cards = world.heard_in("#verifiers");
            let (handle, _) = cards.split_once(' ').expect("a card");
            world
                .says("vera", "#verifiers", &format!("ok {handle}"))
                .await;
            world.heard_in("#verifiers");
        }
        let accepted = accepted(world).await;
        assert_eq!(
            accepted.len(),
            3 + 9,
            "a confirmation and three alerts each"
        );
        // Two stages of each message, each told twice.
        let news = loop {
            let news = news(world).await;
            if news.len() >= accepted.len() * 4 {
                break news;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert!(news.iter().all(|(.., status)| *status == 200), "{news:?}");
        world.settle().await;
        let rows = world.database.rows("texts").await.unwrap();
        assert_eq!(rows.len(), accepted.len());
        let mut ends: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for row in &rows {
            // By name: … message, platform, segments, sent_at, stage.
            let columns: Vec<&str> = row.rsplitn(6, '|').collect();
            let person = &accepted[columns[4]];
            ends.entry(person).or_default().push(columns[0]);
        }
        for (number, stage) in PEOPLE {
            let mut stages = ends.remove(number).expect("texts to everybody");
            stages.sort_unstable();
            let mut wanted = vec!["delivered", stage, stage, stage];
            wanted.sort_unstable();
            assert_eq!(stages, wanted, "{number}");
        }
        world.all_is_forgotten().await;
        assert_eq!(world.count("effects").await, 0, "nothing is sent again");
        world.all_rooms();
    })
    .await;
}
