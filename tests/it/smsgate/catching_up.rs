//! After an outage; and what operators hear of the phone.

use std::sync::atomic::Ordering;

use secrecy::SecretString;
use serde_json::json;
use tocsin::{
    clock::Clock as _,
    config::smsgate::GateConfig,
    domain::ids::Checkpoint,
    platforms::{Platform, Stop, smsgate::check},
};

use super::{
    NOW,
    desk::{Desk, config, listen, received, until},
    phone::{Fault, phone},
};
use crate::town::log::Log;

#[tokio::test]
async fn three_days_of_outage_are_caught_up() {
    let (phone, address) = phone().await;
    let minute = 60_000;
    phone.lock().unwrap().inbox = (0..1_200)
        .map(|n| {
            let at = jiff::Timestamp::from_millisecond(NOW.as_ms() - n * 3 * minute).unwrap();
            json!({
                "id": format!("text:{n}"), "type": "SMS", "sender": "6125550111", "recipient": null, "simNumber": 1,
                "contentPreview": format!("report {n}"), "createdAt": format!("{at:.3}")
            })
        })
        .collect();
    let desk = Desk::new(&address).await;
    let three_days = NOW.as_ms() - 3 * 24 * 60 * minute;
    desk.is_full.store(true, Ordering::SeqCst);
    let stop = Stop::new();
    let listening = listen(&desk, Some(Checkpoint::new(three_days.to_string())), &stop);
    until(|| desk.refused.load(Ordering::SeqCst) > 2).await;
    assert_eq!(desk.took(), [""; 0]);
    desk.is_full.store(false, Ordering::SeqCst);
    until(|| desk.checkpoint.lock().unwrap().is_some()).await;
    stop.cancel();
    listening.await.unwrap().unwrap();
    let taken = desk.took();
    assert_eq!(taken.len(), 1_200);
    assert!(taken[0].ends_with("report 1199"), "the oldest first");
    let point = desk.checkpoint.lock().unwrap().clone().unwrap();
    assert_eq!(point.as_str(), NOW.as_ms().to_string());
    let kept = phone.lock().unwrap();
    let asked = &kept.refreshes[0];
    assert_eq!(asked["triggerWebhooks"], true);
    assert_eq!(asked["until"], "2026-01-15T20:14:00.000Z");
    // The app is too old for the last one; that stops nothing.
    let events: Vec<&str> = kept
        .hooks
        .values()
        .filter_map(|hook| hook["event"].as_str())
        .collect();
    assert_eq!(
        events,
        [
            "mms:downloaded",
            "sms:delivered",
            "sms:failed",
            "sms:received",
            "sms:sent"
        ]
    );
    let urls = kept.hooks.values().map(|hook| &hook["url"]);
    assert!(
        urls.into_iter()
            .all(|url| url == "https://tocsin.example.org/gate/sms")
    );
}

#[tokio::test]
async fn what_came_before_the_bot_is_not_read_and_a_cloud_without_a_list_does_no_harm() {
    let (phone, address) = phone().await;
    phone.lock().unwrap().inbox.push(json!({
        "id": "text:1", "type": "SMS", "sender": "6125550111", "recipient": null, "simNumber": 1,
        "contentPreview": "happy birthday", "createdAt": "2026-01-14T08:00:00.000Z"
    }));
    for has_no_list in [false, true] {
        phone.lock().unwrap().has_no_list = has_no_list;
        let desk = Desk::new(&address).await;
        let stop = Stop::new();
        let listening = listen(&desk, None, &stop);
        until(|| desk.checkpoint.lock().unwrap().is_some()).await;
        stop.cancel();
        listening.await.unwrap().unwrap();
        assert_eq!(desk.took(), [""; 0]);
        assert!(desk.gate.is_up());
    }
}

#[tokio::test]
async fn a_phone_that_is_away_is_noticed_and_tried_again() {
    let desk = Desk::new("http://127.0.0.1:9").await;
    let stop = Stop::new();
    let listening = listen(&desk, None, &stop);
    until(|| !desk.gate.is_up()).await;
    assert!(!listening.is_finished());
    stop.cancel();
    listening.await.unwrap().unwrap();
    assert_eq!(desk.clock.now(), NOW);
}

#[tokio::test]
async fn the_check_says_what_to_mend() {
    let (_, address) = phone().await;
    assert!(
        check(&config(&address))
            .await
            .unwrap()
            .contains("lets us in")
    );
    let stranger = GateConfig {
        password: SecretString::from("wrong"),
        ..config(&address)
    };
    assert!(
        check(&stranger)
            .await
            .unwrap_err()
            .contains("password_file")
    );
    let elsewhere = config(&format!("{address}/3rdparty/v1"));
    assert!(check(&elsewhere).await.unwrap_err().contains("address"));
    assert!(
        check(&config("http://127.0.0.1:9"))
            .await
            .unwrap_err()
            .contains("phone on")
    );
}

#[tokio::test]
async fn neither_log_nor_errors_tell_who_wrote_what() {
    let (log, collecting) = Log::open("trace");
    let (phone, address) = phone().await;
    let desk = Desk::new(&address).await.open();
    desk.hook(&received("4 agents at Lake")).await;
    desk.posts(&received("4 agents at Lake").to_string(), "other-key", 0)
        .await;
    desk.say(None).await.unwrap();
    let mut told = String::new();
    for fault in [Fault::ErrorBefore, Fault::Refuse(400), Fault::Refuse(401)] {
        phone.lock().unwrap().faults.push(fault);
        told.push_str(&format!("{:?}", desk.say(None).await.unwrap_err()));
    }
    let nobody = Desk::new("http://127.0.0.1:9").await;
    told.push_str(&format!("{:?}", nobody.say(None).await.unwrap_err()));
    drop(collecting);
    told.push_str(&log.text());
    assert!(told.contains("does not answer"), "{told}");
    for secret in ["5550111", "agents", "CONFIRMED", "secret", "drawer-key"] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
}
