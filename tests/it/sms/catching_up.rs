//! Catching up: what no web hook brought is found in the list.

use std::time::Duration;

use axum::{Json, Router, http::Uri};
use serde_json::{Value, json};
use tocsin::{
    clock::Clock,
    domain::ids::Checkpoint,
    platforms::{Platform, Stop},
};

use super::{
    incoming::line,
    stand_in::{OURS, Served, Setup, StandIn, Taken, saying},
};

fn listed(
    sid: &str,
    ago: Duration,
    now: tocsin::domain::timestamp::Timestamp,
    more: &Value,
) -> Value {
    let at = jiff::Timestamp::from_millisecond((now - ago).as_ms()).unwrap();
    let mut message = json!({
        "sid": sid, "from": "+16125550199", "to": OURS, "body": "4 agents", "direction": "inbound", "status": "received",
        "num_media": "0", "num_segments": "1", "date_created": at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string(),
    });
    for (key, value) in more.as_object().unwrap() {
        message[key] = value.clone();
    }
    message
}

#[tokio::test]
async fn three_days_of_outage_are_caught_up_by_listing() {
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    let mut setup = Setup::at("");
    let now = setup_now();
    let pages = [
        vec![
            listed("SM5", hours(1), now, &json!({})),
            listed(
                "SM4",
                hours(2),
                now,
                &json!({ "direction": "outbound-api" }),
            ),
            listed(
                "SM3",
                hours(20),
                now,
                &json!({ "body": "", "num_media": "1" }),
            ),
        ],
        vec![
            listed("SM2", hours(70), now, &json!({})),
            listed("SM1", hours(71), now, &json!({ "body": "" })),
            listed("SM0", hours(73), now, &json!({ "body": "too old" })),
        ],
    ];
    let asked = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = std::sync::Arc::clone(&asked);
    let list = move |uri: Uri| {
        let query = uri.query().unwrap_or_default().to_owned();
        let (page, next) = if query.contains("Page=1") {
            (pages[1].clone(), Value::Null)
        } else {
            (pages[0].clone(), json!(format!("{}?Page=1", uri.path())))
        };
        seen.lock().unwrap().push(query);
        async move { Json(json!({ "messages": page, "next_page_uri": next })) }
    };
    let api = Served::routes(Router::new().fallback(list)).await;
    setup.account.api_base = api.url("");
    let (twilio, clock) = setup.open();
    let (inbox, taken) = Taken::open();
    let since = jiff::Timestamp::from_millisecond((now - hours(72)).as_ms()).unwrap();
    let since = Checkpoint::new(since.to_string());
    let stop = Stop::new();
    let listening = {
        let (twilio, stop) = (twilio.clone(), stop.clone());
        tokio::spawn(async move { twilio.listen(inbox, Some(since), stop).await })
    };
    while taken.checkpoints.lock().unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    listening.await.unwrap().unwrap();
    let lines: Vec<_> = taken.all().iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "SM2 from +16125550199: SM2 says 4 agents",
            "SM3/media from +16125550199: SM3 has a file",
            "SM5 from +16125550199: SM5 says 4 agents",
        ]
    );
    let day =
        jiff::Timestamp::from_millisecond((now - hours(72) - Duration::from_secs(900)).as_ms())
            .unwrap();
    let asked = asked.lock().unwrap().clone();
    assert_eq!(
        asked[0],
        format!(
            "To=%2B16125550100&DateSent%3E={}&PageSize=200",
            day.strftime("%Y-%m-%d")
        )
    );
    let point: jiff::Timestamp = taken.checkpoints.lock().unwrap()[0]
        .as_str()
        .parse()
        .unwrap();
    assert!(point.as_millisecond() >= now.as_ms() && point.as_millisecond() <= clock.now().as_ms());
}

fn setup_now() -> tocsin::domain::timestamp::Timestamp {
    tocsin::clock::SystemClock.now()
}

#[tokio::test]
async fn the_list_of_the_stand_in_is_read_and_a_fresh_bot_reads_nothing_old() {
    let api = StandIn::get().await;
    let (twilio, clock) = Setup::at(&api.api).open();
    twilio
        .perform(&saying("a", "+16125550199", "x", clock.now()))
        .await
        .unwrap();
    let (inbox, taken) = Taken::open();
    let stop = Stop::new();
    let listening = {
        let (twilio, stop) = (twilio.clone(), stop.clone());
        tokio::spawn(async move { twilio.listen(inbox, None, stop).await })
    };
    while taken.checkpoints.lock().unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    listening.await.unwrap().unwrap();
    assert_eq!(taken.all().len(), 0);
    assert!(twilio.is_up());
}
