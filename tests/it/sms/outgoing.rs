//! What goes out: the forms that are posted, WhatsApp's day, erasing, and other providers.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    http::{Method, StatusCode, Uri},
    response::IntoResponse,
};
use serde_json::json;
use tocsin::{
    clock::Clock,
    domain::envelope::{PlatformKind, RoomRef},
    platforms::{Deed, Destination, Platform, Retry},
};

use super::stand_in::{
    ACCOUNT, SERVICE, Served, Setup, StandIn, TEMPLATE, Taken, WHATSAPP, carried_out, erasing,
    saying,
};

const ANA: &str = "+16125550199";
const CALLBACK: &str =
    "StatusCallback=https://tocsin.example.org/bot/twilio/status?out=alert%2F1&n=1";

#[tokio::test]
async fn a_message_is_posted_with_its_sender_its_news_address_and_its_end() {
    let rows = [
        (Setup::at, "From=+16125550100"),
        (
            |api: &str| Setup::at(api).with_service(),
            "MessagingServiceSid=MGdddddddddddddddddddddddddddddddd",
        ),
    ] as [(fn(&str) -> Setup, &str); 2];
    for (setup, sender) in rows {
        let api = StandIn::get().await;
        let (twilio, clock) = setup(&api.api).open();
        let receipt = twilio
            .perform(&saying(
                "alert/1",
                ANA,
                "4 **agents** & 2 vans, ñ",
                clock.now(),
            ))
            .await
            .unwrap();
        assert!(receipt.message.unwrap().as_str().starts_with("SM"));
        assert_eq!(
            receipt.segments, 1,
            "counted by us where the service does not say"
        );
        let requests = api.requests().await;
        let [request] = &requests[..] else {
            panic!("{requests:?}");
        };
        let (start, validity) = request.rsplit_once("&ValidityPeriod=").unwrap();
        assert_eq!(
            start,
            format!(
                "POST /Messages.json To=+16125550199&{sender}&Body=4 agents & 2 vans, ñ&{CALLBACK}"
            )
        );
        let validity: u64 = validity.parse().unwrap();
        assert!((598..=600).contains(&validity), "{validity}");
    }
    assert_eq!(SERVICE.len(), 34);
}

#[tokio::test]
async fn a_validity_is_never_shorter_than_twilio_takes_nor_longer() {
    for (left, validity) in [(1, "6"), (100_000, "36000")] {
        let api = StandIn::get().await;
        let (twilio, clock) = Setup::at(&api.api).open();
        let mut delivery = saying("a", ANA, "hello", clock.now());
        delivery.expires_at = clock.now() + Duration::from_secs(left);
        twilio.perform(&delivery).await.unwrap();
        assert!(api.requests().await[0].ends_with(&format!("ValidityPeriod={validity}")));
    }
}

#[tokio::test]
async fn long_texts_cost_what_they_cost() {
    let api = StandIn::get().await;
    let (twilio, clock) = Setup::at(&api.api).open();
    for (text, segments) in [
        ("a".repeat(161), 2),
        ("ó".repeat(71), 2),
        ("a".repeat(1600), 11),
    ] {
        let receipt = twilio
            .perform(&saying("a", ANA, &text, clock.now()))
            .await
            .unwrap();
        assert_eq!(receipt.segments, segments);
    }
}

#[tokio::test]
async fn what_a_phone_cannot_do_is_refused_for_good() {
    let (twilio, clock) = Setup::at("http://127.0.0.1:9").open();
    let can = twilio.capabilities();
    assert!(can.metered && can.erases && can.subscriptions && can.answers_carrier_words);
    assert!(!can.edits && !can.reactions && !can.redactions && !can.replies);
    let mut delivery = saying("a", ANA, "x", clock.now());
    delivery.to = Destination::Room(RoomRef::new(PlatformKind::Sms, "r"));
    assert_eq!(
        twilio.perform(&delivery).await.unwrap_err().retry,
        Retry::Never
    );
    delivery.deed = Deed::React {
        message: tocsin::domain::ids::MessageId::new("SM1"),
        emoji: "👀".to_owned(),
    };
    assert_eq!(
        twilio.perform(&delivery).await.unwrap_err().code,
        "not_possible"
    );
    let whatsapp = saying("b", "whatsapp:+16125550199", "x", clock.now());
    assert_eq!(
        twilio.perform(&whatsapp).await.unwrap_err().code,
        "no_sender"
    );
}

#[tokio::test]
async fn a_number_answers_who_wrote_to_it_and_sends_no_faster_than_its_pace() {
    let api = StandIn::get().await;
    let mut setup = Setup::at(&api.api);
    setup.config.numbers = ["+16125550100", "+16125550101", "+16125550102"]
        .map(str::to_owned)
        .into();
    setup.config.rate = 0.1;
    setup.waits.turn = Duration::ZERO;
    let (twilio, clock) = setup.open();
    let (inbox, _taken) = Taken::open();
    twilio.open(inbox);
    let ours = Served::routes(twilio.routes()).await;
    let hello = json!({ "From": ANA, "To": "+16125550102", "Body": "hola" });
    assert_eq!(api.posts(&ours, hello, 1).await[0].0, 200);
    for n in 0..10 {
        twilio
            .perform(&saying(&n.to_string(), ANA, "hola", clock.now()))
            .await
            .unwrap();
    }
    let requests = api.requests().await;
    assert!(
        requests
            .iter()
            .all(|request| request.contains("From=+16125550102&")),
        "{requests:?}"
    );
    let error = twilio
        .perform(&saying("last", ANA, "hola", clock.now()))
        .await
        .unwrap_err();
    assert_eq!((error.code, error.is_doubtful), ("paced", false));
    let Retry::Later(Some(wait)) = error.retry else {
        panic!("{error:?}");
    };
    assert!(wait > Duration::from_secs(3));
    assert_eq!(api.accepted(ANA).await.len(), 10);
}

/// A WhatsApp API: free text is refused with 63016, templates are taken. The forms that came.
async fn outside_the_day() -> (Served, Arc<Mutex<Vec<String>>>) {
    let forms = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&forms);
    let answer = move |body: String| {
        let seen = Arc::clone(&seen);
        async move {
            let is_template = body.contains("ContentSid=");
            seen.lock().unwrap().push(body);
            if is_template {
                let made = json!({ "sid": format!("MM{}", "1".repeat(32)), "num_segments": "1", "status": "queued" });
                (StatusCode::CREATED, Json(made)).into_response()
            } else {
                (StatusCode::BAD_REQUEST, Json(json!({ "code": 63016 }))).into_response()
            }
        }
    };
    (Served::routes(Router::new().fallback(answer)).await, forms)
}

#[tokio::test]
async fn whatsapp_gets_a_template_when_the_person_wrote_too_long_ago() {
    let (api, forms) = outside_the_day().await;
    let person = "whatsapp:+16125550199";
    let (twilio, clock) = Setup::at(&api.url("")).with_whatsapp(Some(TEMPLATE)).open();
    let alert = saying("a", person, "4 \"agents\"", clock.now());
    // Nothing is known of them: free text is tried, then the template; from then on the template at once.
    assert!(
        carried_out(&twilio, &clock, alert.clone(), true)
            .await
            .is_ok()
    );
    assert!(twilio.perform(&alert).await.is_ok());
    let forms = forms.lock().unwrap().clone();
    assert_eq!(forms.len(), 3, "{forms:?}");
    assert!(
        forms[0].starts_with("To=whatsapp%3A%2B16125550199&From=whatsapp%3A%2B16125550100&Body=")
    );
    for form in &forms[1..] {
        let wanted = format!(
            "&ContentSid={TEMPLATE}&ContentVariables=%7B%221%22%3A%224+%5C%22agents%5C%22%22%7D&"
        );
        assert!(form.contains(&wanted) && !form.contains("Body="), "{form}");
    }
}

#[tokio::test]
async fn without_a_template_whatsapp_is_silent_outside_the_day() {
    let (api, forms) = outside_the_day().await;
    let (twilio, clock) = Setup::at(&api.url("")).with_whatsapp(None).open();
    let alert = saying("a", "whatsapp:US.13491208655302741918", "x", clock.now());
    for _ in 0..2 {
        let error = twilio.perform(&alert).await.unwrap_err();
        assert_eq!((error.code, error.retry), ("window_closed", Retry::Never));
    }
    assert_eq!(forms.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn whatsapp_takes_free_text_for_a_day_after_a_message() {
    let api = StandIn::get().await;
    let person = "whatsapp:+16125550199";
    let (twilio, clock) = Setup::at(&api.api).with_whatsapp(Some(TEMPLATE)).open();
    let (inbox, _taken) = Taken::open();
    twilio.open(inbox);
    let ours = Served::routes(twilio.routes()).await;
    let hello = json!({ "From": person, "To": WHATSAPP, "Body": "hola" });
    assert_eq!(api.posts(&ours, hello, 1).await[0].0, 200);
    twilio
        .perform(&saying("a", person, "one", clock.now()))
        .await
        .unwrap();
    clock.by(Duration::from_secs(24 * 3600));
    twilio
        .perform(&saying("b", person, "two", clock.now()))
        .await
        .unwrap();
    let requests = api.requests().await;
    assert!(
        requests[0].contains("Body=one")
            && requests[1].contains("ContentVariables={\"1\":\"two\"}"),
        "{requests:?}"
    );
}

#[tokio::test]
async fn a_message_is_erased_with_its_files_when_its_time_has_come() {
    let api = StandIn::get().await;
    let mut setup = Setup::at(&api.api);
    setup.waits.too_early = Duration::from_millis(50);
    let (twilio, clock) = setup.open();
    let sent = twilio
        .perform(&saying("a", ANA, "hello", clock.now()))
        .await
        .unwrap();
    let sid = sent.message.unwrap();
    // The stand-in needs a moment to deliver it: until then it is too early.
    let mut early = 0;
    while let Err(error) = twilio.perform(&erasing(sid.as_str(), clock.now())).await {
        assert_eq!((error.code, error.is_doubtful), ("too_early", false));
        early += 1;
        assert!(early < 200, "it is never time");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(twilio.is_up());
    // What is gone is done; files of a picture message go first.
    let picture = json!({ "content_type": "image/jpeg", "base64": "aGVsbG8=" });
    let picture = api.tell("media", &picture).await;
    let (message, file) = (
        picture["message_sid"].as_str().unwrap(),
        picture["sid"].as_str().unwrap(),
    );
    twilio
        .perform(&erasing(message, clock.now()))
        .await
        .unwrap();
    twilio
        .perform(&erasing(sid.as_str(), clock.now()))
        .await
        .unwrap();
    let requests = api.requests().await;
    assert!(
        requests.contains(&format!("DELETE /Messages/{message}/Media/{file}.json")),
        "{requests:?}"
    );
    let bad = twilio
        .perform(&erasing("../Messages", clock.now()))
        .await
        .unwrap_err();
    assert_eq!(bad.code, "bad_id");
}

#[tokio::test]
async fn what_may_not_be_deleted_is_emptied() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let answer = move |method: Method, uri: Uri, body: String| {
        seen.lock()
            .unwrap()
            .push(format!("{method} {} {body}", uri.path()));
        async move {
            if method == Method::DELETE {
                (StatusCode::BAD_REQUEST, Json(json!({ "code": 20001 }))).into_response()
            } else {
                Json(json!({})).into_response()
            }
        }
    };
    let api = Served::routes(Router::new().fallback(answer)).await;
    let (twilio, clock) = Setup::at(&api.url("")).open();
    twilio.perform(&erasing("SM1", clock.now())).await.unwrap();
    let path = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages/SM1.json");
    assert_eq!(
        *asked.lock().unwrap(),
        [format!("DELETE {path} "), format!("POST {path} Body=")]
    );
}
