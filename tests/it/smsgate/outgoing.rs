//! What the phone is given to send, and what becomes of it when answers are lost.

use std::time::Duration;

use serde_json::json;
use tocsin::{
    config::smsgate::GateConfig,
    domain::ids::MessageId,
    platforms::{Deed, Delivery, Destination, Doubt, Platform, Retry},
};

use super::{
    EFFECT, NOW, ROSA,
    desk::{Desk, config, delivery, waits},
    phone::{Fault, phone},
};

#[tokio::test]
async fn a_message_goes_out_under_the_number_of_its_effect() {
    let (phone, address) = phone().await;
    let desk = Desk::new(&address).await;
    let receipt = desk.say(None).await.unwrap();
    assert_eq!(receipt.message.unwrap().as_str(), EFFECT);
    assert_eq!(receipt.segments, 1);
    let sent = phone.lock().unwrap().messages[EFFECT].clone();
    let expected = json!({
        "id": EFFECT, "phoneNumbers": [ROSA], "textMessage": {"text": "CONFIRMED 2:21pm Lake & Pillsbury"},
        "withDeliveryReport": true, "ttl": 600, "simNumber": 1
    });
    assert_eq!(sent, expected);
    let late = Delivery {
        expires_at: NOW,
        ..delivery("ffffffffffffffffffffffffffffffff", None)
    };
    let expired = desk.gate.perform(&late).await.unwrap_err();
    assert_eq!((expired.code, expired.retry), ("expired", Retry::Never));
    let erase = Delivery {
        to: Destination::Provider,
        deed: Deed::Erase {
            message: MessageId::new(EFFECT),
        },
        ..delivery(EFFECT, None)
    };
    assert_eq!(
        desk.gate.perform(&erase).await.unwrap_err().code,
        "not_possible"
    );
}

/// However an answer is lost, the phone has the message once in the end.
#[tokio::test]
async fn a_lost_answer_never_makes_two_messages_and_never_none() {
    use Fault::{AcceptThenError, AcceptThenHang, ErrorBefore, Refuse};
    for faults in [
        vec![AcceptThenHang],
        vec![AcceptThenError],
        vec![ErrorBefore],
        vec![Refuse(429)],
        vec![Refuse(401)],
        vec![ErrorBefore, AcceptThenHang],
        vec![AcceptThenError, ErrorBefore, Refuse(429)],
        vec![AcceptThenHang, AcceptThenHang],
    ] {
        for may_repeat in [true, false] {
            let (phone, address) = phone().await;
            let desk = Desk::new(&address).await;
            phone.lock().unwrap().faults = faults.iter().copied().rev().collect();
            let mut doubt = None;
            let mut tries = 0;
            let receipt = loop {
                tries += 1;
                assert!(tries < 9, "{faults:?}");
                match desk.say(doubt.clone()).await {
                    Ok(receipt) => break receipt,
                    Err(error) => {
                        assert_ne!(error.retry, Retry::Never, "{faults:?}");
                        if error.is_doubtful {
                            doubt = Some(Doubt {
                                since: NOW,
                                may_repeat,
                                accounted: Vec::new(),
                            });
                        }
                    }
                }
            };
            assert_eq!(receipt.message.unwrap().as_str(), EFFECT);
            assert_eq!(phone.lock().unwrap().messages.len(), 1, "{faults:?}");
        }
    }
}

#[tokio::test]
async fn a_try_that_nobody_remembers_makes_no_second_message() {
    let (phone, address) = phone().await;
    let desk = Desk::new(&address).await;
    // A crash between the answer and writing it down.
    for _ in 0..3 {
        desk.say(None).await.unwrap();
    }
    let kept = phone.lock().unwrap();
    assert_eq!((kept.sends, kept.messages.len()), (3, 1));
}

#[tokio::test]
async fn what_failed_at_the_phone_meanwhile_does_not_count_as_sent() {
    let (phone, address) = phone().await;
    let desk = Desk::new(&address).await;
    phone.lock().unwrap().faults.push(Fault::AcceptThenHang);
    assert!(desk.say(None).await.unwrap_err().is_doubtful);
    phone
        .lock()
        .unwrap()
        .states
        .insert(EFFECT.to_owned(), "Failed");
    let doubt = Doubt {
        since: NOW,
        may_repeat: true,
        accounted: Vec::new(),
    };
    let failed = desk.say(Some(doubt)).await.unwrap_err();
    assert_eq!((failed.code, failed.retry), ("undelivered", Retry::Never));
}

#[tokio::test]
async fn every_refusal_has_its_remedy() {
    let (phone, address) = phone().await;
    let desk = Desk::new(&address).await;
    let soon = Retry::Later(Some(waits().ask_again));
    for (status, code, retry, is_doubtful) in [
        (400, "refused", Retry::Never, false),
        (401, "forbidden", soon, false),
        (403, "forbidden", soon, false),
        (404, "wrong_url", soon, false),
        (422, "refused", Retry::Never, false),
        (302, "refused", Retry::Never, false),
        (408, "unknown", Retry::Later(None), true),
        (
            429,
            "rate_limited",
            Retry::Later(Some(Duration::from_secs(17))),
            false,
        ),
        (500, "unknown", Retry::Later(None), true),
        (503, "unknown", Retry::Later(None), true),
    ] {
        phone.lock().unwrap().faults.push(Fault::Refuse(status));
        let refused = desk.say(None).await.unwrap_err();
        assert_eq!(
            (refused.code, refused.retry, refused.is_doubtful),
            (code, retry, is_doubtful),
            "{status}"
        );
    }
    assert_eq!(phone.lock().unwrap().messages.len(), 0);
    assert!(desk.gate.is_up(), "it answers");
    let nobody = Desk::new("http://127.0.0.1:9").await;
    let away = nobody.say(None).await.unwrap_err();
    assert_eq!(
        (away.code, away.retry, away.is_doubtful),
        ("unreachable", Retry::Later(None), false)
    );
    assert!(!nobody.gate.is_up());
}

#[tokio::test]
async fn a_phone_is_not_made_to_send_faster_than_it_may() {
    let (phone, address) = phone().await;
    let desk = Desk::with(GateConfig {
        pause: Duration::from_secs(6),
        ..config(&address)
    })
    .await;
    let mut late = Vec::new();
    for n in 0..8 {
        let sent = desk
            .gate
            .perform(&delivery(&format!("{n:032x}"), None))
            .await;
        late.extend(sent.err());
    }
    assert_eq!(phone.lock().unwrap().messages.len(), 5);
    for error in late {
        let Retry::Later(Some(wait)) = error.retry else {
            panic!("{error:?}")
        };
        assert_eq!(error.code, "paced");
        assert!(wait > Duration::from_secs(4), "{wait:?}");
    }
}
