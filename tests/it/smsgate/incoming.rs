//! What the phone posts: events become envelopes, forged ones nothing.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use tocsin::{domain::ids::Checkpoint, platforms::Stop};

use super::{
    EFFECT, KEY, NOW, ROSA,
    desk::{Desk, listen, received, until},
    phone::phone,
};

/// Events as the app posts them, and what is made of each.
#[tokio::test]
async fn what_the_phone_posts_becomes_envelopes() {
    let (_, address) = phone().await;
    let desk = Desk::new(&address).await.open();
    let with = |path: &str, value: Value| {
        let mut hook = received("4 agents at Lake");
        hook["payload"][path] = value;
        hook
    };
    let without_sender = {
        let mut hook = received("as older versions have it");
        hook["payload"].as_object_mut().unwrap().remove("sender");
        hook
    };
    let mms = |attachments: Value, body: Value| {
        json!({"id": "h", "deviceId": "d1", "event": "mms:downloaded", "payload": {
            "messageId": "17", "sender": "+16125550111", "simNumber": 1, "body": body, "subject": null,
            "attachments": attachments, "receivedAt": "2026-01-15T20:13:00Z"
        }})
    };
    let picture = json!([{"partId": 3, "contentType": "image/jpeg", "name": "a.jpg", "size": 9, "data": "/9j/"}]);
    let news = |event: &str, reason: &str| {
        json!({"id": "h", "deviceId": "d1", "event": event, "payload": {
            "messageId": EFFECT, "sender": "+16125550100", "recipient": ROSA, "simNumber": 1, "partsCount": 1,
            "reason": reason, "sentAt": "2026-01-15T20:13:59.000Z"
        }})
    };
    let mut foreign = news("sms:sent", "");
    foreign["payload"]["messageId"] = json!("V3sSq0JufY9uWBLreFUt-");
    let table: Vec<(Value, &[&str])> = vec![
        (
            received("4 agents at Lake"),
            &["+16125550111 30s ago: 4 agents at Lake"],
        ),
        (
            with("sender", json!("+52 55 5555 0111")),
            &["+525555550111 30s ago: 4 agents at Lake"],
        ),
        (
            without_sender,
            &["+16125550111 30s ago: as older versions have it"],
        ),
        // Of tomorrow, or of no moment at all: now.
        (
            with("receivedAt", json!("2026-01-15T23:00:00Z")),
            &["+16125550111 0s ago: 4 agents at Lake"],
        ),
        (
            with("receivedAt", Value::Null),
            &["+16125550111 0s ago: 4 agents at Lake"],
        ),
        (
            with("message", json!("a\u{0}b")),
            &["+16125550111 30s ago: ab"],
        ),
        (with("message", json!("  ")), &[]),
        // Another card of the same phone is somebody's own.
        (with("simNumber", json!(2)), &[]),
        (
            with("simNumber", Value::Null),
            &["+16125550111 30s ago: 4 agents at Lake"],
        ),
        // Machines, and ourselves.
        (with("sender", json!("BANK")), &[]),
        (with("sender", json!("55501")), &[]),
        (with("sender", json!("+16125550100")), &[]),
        (
            mms(picture.clone(), json!("look at this")),
            &[
                "+16125550111 60s ago: look at this",
                "+16125550111 60s ago: a file",
            ],
        ),
        (mms(picture, Value::Null), &["+16125550111 60s ago: a file"]),
        (
            mms(json!([]), json!("sent to a group")),
            &["+16125550111 60s ago: sent to a group"],
        ),
        (news("sms:sent", ""), &["+16125550111 sent 0 None"]),
        (
            news("sms:delivered", ""),
            &["+16125550111 delivered 0 None"],
        ),
        (news("sms:cancelled", ""), &["+16125550111 canceled 0 None"]),
        (
            news(
                "sms:failed",
                "Send result: RESULT_ERROR_NO_SERVICE (Failed because service is currently unavailable)",
            ),
            &["+16125550111 failed 4 None"],
        ),
        (
            news("sms:failed", "Delivery result from SC +16125550999: 99"),
            &["+16125550111 failed 1099 Some(Away)"],
        ),
        (
            news("sms:failed", "TTL expired"),
            &["+16125550111 canceled 0 None"],
        ),
        (foreign, &[]),
        (
            json!({"event": "system:ping", "payload": {"health": {"status": "pass"}}}),
            &[],
        ),
        (json!({"event": "of:tomorrow", "payload": {"x": [1]}}), &[]),
        (json!({"event": "app:started"}), &[]),
    ];
    for (hook, expected) in table {
        assert_eq!(desk.hook(&hook).await, 200, "{hook}");
        assert_eq!(desk.took(), expected, "{hook}");
    }
}

#[tokio::test]
async fn the_same_message_has_one_number_however_it_comes() {
    let (phone, address) = phone().await;
    let desk = Desk::new(&address).await.open();
    let mut again = received("4 agents at Lake");
    // As a retry, or as a version that posts everything twice: another hook, another hash, another zone, another spelling.
    again["id"] = json!("hook-2");
    again["payload"]["messageId"] = json!("1");
    again["payload"]["sender"] = json!("+16125550111");
    again["payload"]["receivedAt"] = json!("2026-01-15T20:13:30Z");
    desk.hook(&received("4 agents at Lake")).await;
    desk.hook(&again).await;
    phone.lock().unwrap().inbox.push(json!({
        "id": "text:-77", "type": "SMS", "sender": "6125550111", "recipient": null, "simNumber": null,
        "contentPreview": "4 agents at Lake", "createdAt": "2026-01-15T20:13:30.000Z"
    }));
    let stop = Stop::new();
    let listening = listen(&desk, Some(Checkpoint::new(NOW.as_ms().to_string())), &stop);
    until(|| desk.taken.lock().unwrap().len() == 3).await;
    stop.cancel();
    listening.await.unwrap().unwrap();
    let ids: Vec<String> = {
        let taken = desk.taken.lock().unwrap();
        taken.iter().map(|it| it.id.to_string()).collect()
    };
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert!(!ids[0].contains("5550111"));
    let mut other = received("4 agents at Lake");
    other["payload"]["receivedAt"] = json!("2026-01-15T20:13:31Z");
    desk.hook(&other).await;
    let last = desk.taken.lock().unwrap().last().unwrap().id.to_string();
    assert_ne!(last, ids[0], "said again a second later");
}

#[tokio::test]
async fn what_is_not_signed_by_the_phone_is_not_read() {
    let (_, address) = phone().await;
    let desk = Desk::new(&address).await.open();
    let body = received("4 agents at Lake").to_string();
    let seconds = NOW.as_ms() / 1000;
    assert_eq!(desk.posts(&body, "other-key", seconds).await, 401);
    assert_eq!(desk.request(&body, &[]).await, 401);
    let timestamp = seconds.to_string();
    let long = "a".repeat(8_000);
    for signature in ["", "00", "not hexadecimal", &long] {
        let headers = [
            ("X-Signature", signature),
            ("X-Timestamp", timestamp.as_str()),
        ];
        assert_eq!(desk.request(&body, &headers).await, 401);
    }
    // Repeated later, or from a clock that is wrong.
    for moment in [seconds - 301, seconds + 301, 0, i64::MAX] {
        assert_eq!(desk.posts(&body, KEY, moment).await, 401, "{moment}");
    }
    assert_eq!(desk.posts(&body, KEY, seconds - 299).await, 200);
    assert_eq!(desk.posts(&body, "new-key", seconds).await, 200);
    assert_eq!(desk.took().len(), 2);
    // Signed, and still not what it should be.
    for body in ["", "null", "{}", "[]", "{\"event\":7}", "\u{feff}{"] {
        assert_eq!(desk.posts(body, KEY, seconds).await, 400, "{body}");
    }
    let large = format!("{{\"event\":\"{}\"}}", "x".repeat(7 << 20));
    assert_eq!(desk.posts(&large, KEY, seconds).await, 413);
    assert_eq!(desk.took(), [""; 0]);
}

#[tokio::test]
async fn nothing_is_acknowledged_before_it_is_committed() {
    let (_, address) = phone().await;
    let desk = Desk::new(&address).await;
    let hook = received("4 agents at Lake");
    assert_eq!(desk.hook(&hook).await, 503, "not open yet");
    let desk = desk.open();
    desk.is_full.store(true, Ordering::SeqCst);
    assert_eq!(desk.hook(&hook).await, 503);
    assert_eq!(desk.took(), [""; 0]);
    desk.is_full.store(false, Ordering::SeqCst);
    assert_eq!(desk.hook(&hook).await, 200);
    assert_eq!(desk.took().len(), 1);
}
