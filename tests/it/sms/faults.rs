//! Lost answers, refusals, and what is done about them: never two messages for one, never none.

use std::time::Duration;

use axum::{Json, Router, http::StatusCode, routing::post};
use serde_json::{Value, json};
use tocsin::{
    clock::Clock,
    domain::{ids::MessageId, sending::PersonFate},
    platforms::{Doubt, Platform, Retry},
};

use super::stand_in::{Served, Setup, StandIn, carried_out, saying};

const ANA: &str = "+16125550199";
const ALERT: &str = "CONFIRMED 2:21pm Whittier, Lake & Pillsbury. Observe from a distance. K7";

/// Sends one alert while the API fails once in this way; the texts that were accepted in the end.
async fn after(fault: &str, may_repeat: bool) -> Vec<String> {
    let api = StandIn::get().await;
    let (twilio, clock) = Setup::at(&api.api).open();
    api.fails(fault).await;
    let alert = saying(
        "alert-1",
        ANA,
        ALERT,
        clock.now() + Duration::from_secs(3600),
    );
    let receipt = carried_out(&twilio, &clock, alert, may_repeat)
        .await
        .unwrap();
    assert!(
        receipt.message.is_some() && receipt.segments == 1,
        "{fault}: {receipt:?}"
    );
    api.accepted(ANA).await
}

#[tokio::test]
async fn an_accepted_message_whose_answer_is_lost_is_found_and_not_sent_again() {
    for fault in [
        "accept_then_hang",
        "accept_then_reset",
        "accept_then_500",
        "bad_json",
    ] {
        for may_repeat in [true, false] {
            assert_eq!(after(fault, may_repeat).await, [ALERT], "{fault}");
        }
    }
}

#[tokio::test]
async fn a_message_that_was_not_accepted_is_sent_in_the_end() {
    for fault in [
        "reset_before",
        "hang_before",
        "429",
        "500_before",
        "503",
        "slow_ms:300",
    ] {
        assert_eq!(after(fault, true).await, [ALERT], "{fault}");
    }
}

#[tokio::test]
async fn what_may_not_be_repeated_is_given_up_when_it_is_nowhere() {
    let api = StandIn::get().await;
    let (twilio, clock) = Setup::at(&api.api).open();
    api.fails("500_before").await;
    let chat = saying("chat-1", ANA, "Thank you.", clock.now());
    let error = carried_out(&twilio, &clock, chat, false).await.unwrap_err();
    assert_eq!((error.code, error.retry), ("unknown", Retry::Never));
    assert_eq!(api.accepted(ANA).await, [""; 0]);
}

#[tokio::test]
async fn nothing_is_sent_again_before_two_minutes_of_looking_even_after_a_restart() {
    let api = StandIn::get().await;
    api.fails("500_before").await;
    let (twilio, clock) = Setup::at(&api.api).open();
    let since = clock.now();
    let mut alert = saying("alert-1", ANA, ALERT, since);
    let error = twilio.perform(&alert).await.unwrap_err();
    assert!(error.is_doubtful);
    assert_eq!(error.retry, Retry::Later(Some(Duration::from_secs(30))));
    let doubt = Doubt {
        since,
        may_repeat: true,
        accounted: Vec::new(),
    };
    alert.doubt = Some(doubt);
    let (twilio, clock) = Setup::at(&api.api).open();
    clock.by(Duration::from_secs(110));
    let error = twilio.perform(&alert).await.unwrap_err();
    assert!(error.is_doubtful && error.code == "unconfirmed");
    assert_eq!(api.accepted(ANA).await, [""; 0]);
    clock.by(Duration::from_secs(11));
    assert!(twilio.perform(&alert).await.is_ok());
    assert_eq!(api.accepted(ANA).await, [ALERT]);
}

#[tokio::test]
async fn an_equal_message_that_is_accounted_for_is_not_taken_for_the_lost_one() {
    let api = StandIn::get().await;
    let (twilio, clock) = Setup::at(&api.api).open();
    let first = saying("thanks-1", ANA, "Thank you.", clock.now());
    let known = twilio.perform(&first).await.unwrap().message.unwrap();
    api.fails("500_before").await;
    let second = saying("thanks-2", ANA, "Thank you.", clock.now());
    // By this process itself.
    let receipt = carried_out(&twilio, &clock, second.clone(), true)
        .await
        .unwrap();
    assert_ne!(receipt.message.as_ref(), Some(&known));
    // By the store, for a process that was started anew.
    let (twilio, clock) = Setup::at(&api.api).open();
    let accounted: Vec<MessageId> = [known].into_iter().chain(receipt.message).collect();
    let mut third = saying("thanks-3", ANA, "Thank you.", clock.now());
    third.doubt = Some(Doubt {
        since: clock.now(),
        may_repeat: false,
        accounted,
    });
    assert_eq!(
        twilio.perform(&third).await.unwrap_err().code,
        "unconfirmed"
    );
}

#[tokio::test]
async fn who_cannot_be_reached_is_known_not_to_have_got_it() {
    let (twilio, clock) = Setup::at("http://127.0.0.1:9").open();
    let error = twilio
        .perform(&saying("a", ANA, ALERT, clock.now()))
        .await
        .unwrap_err();
    assert_eq!((error.code, error.is_doubtful), ("unreachable", false));
    assert!(!twilio.is_up());
    assert!(
        !format!("{error:?}").contains("555"),
        "no number in an error"
    );
}

/// An API that refuses every message with one code.
async fn refusing(status: u16, code: u32) -> Served {
    let status = StatusCode::from_u16(status).unwrap();
    let answer = move || async move {
        let body: Json<Value> =
            Json(json!({ "code": code, "message": "no", "status": status.as_u16() }));
        (status, body)
    };
    Served::routes(Router::new().fallback(post(answer))).await
}

/// Codes, the HTTP status they come with, and what follows: the name, the pause before another try, whether the sender stops,
/// what it says of the person.
type Row = (
    &'static [u32],
    u16,
    &'static str,
    Option<Duration>,
    bool,
    Option<PersonFate>,
);

#[tokio::test]
async fn every_code_of_the_table_has_its_remedy() {
    use PersonFate::{Away, OptedOut, Unreachable};
    let later = |seconds| Some(Duration::from_secs(seconds));
    let rows: [Row; 14] = [
        (&[20429], 429, "rate_limited", later(2), false, None),
        (
            &[20003, 30002],
            401,
            "account_stopped",
            later(300),
            true,
            None,
        ),
        (&[20404], 404, "account_stopped", later(300), true, None),
        (
            &[21211, 21614, 21635, 30005, 30006],
            400,
            "number_unreachable",
            None,
            false,
            Some(Unreachable),
        ),
        (&[21408], 400, "country_not_enabled", None, false, None),
        (&[21610], 400, "opted_out", None, false, Some(OptedOut)),
        (
            &[21611, 30001, 30022, 30023, 30027],
            400,
            "queue_full",
            later(60),
            true,
            None,
        ),
        (
            &[21602, 21603, 21604, 21609, 21617, 21624],
            400,
            "our_fault",
            None,
            false,
            None,
        ),
        (
            &[21606, 21701, 21703, 21704],
            400,
            "sender_unusable",
            later(300),
            true,
            None,
        ),
        (
            &[30003, 30008],
            400,
            "phone_away",
            later(120),
            false,
            Some(Away),
        ),
        (&[30004, 30007], 400, "filtered", None, false, None),
        (
            &[30034, 30032, 30024],
            400,
            "not_registered",
            later(300),
            true,
            None,
        ),
        (&[63016], 400, "window_closed", None, false, None),
        (&[63018], 400, "rate_limited", later(60), false, None),
    ];
    for (codes, status, name, pause, stops, person) in rows {
        for code in codes {
            let api = refusing(status, *code).await;
            let (twilio, clock) = Setup::at(&api.url("")).open();
            let one = saying("a", ANA, ALERT, clock.now());
            let error = twilio.perform(&one).await.unwrap_err();
            assert_eq!((error.code, error.person), (name, person), "{code}");
            assert!(!error.is_doubtful, "{code}");
            match (error.retry, pause) {
                (Retry::Never, None) => {}
                // Up to a second more, so that not all come back at once.
                (Retry::Later(Some(wait)), Some(pause)) => {
                    assert!(
                        wait >= pause && wait < pause + Duration::from_secs(1),
                        "{code}: {wait:?}"
                    );
                }
                other => panic!("{code}: {other:?}"),
            }
            assert_eq!(twilio.is_up(), !stops, "{code}");
        }
    }
}

#[tokio::test]
async fn a_stopped_account_is_not_asked_again_until_its_time() {
    let api = StandIn::get().await;
    let mut setup = Setup::at(&api.api);
    setup.account.auth_tokens = vec!["wrong".into()];
    let (twilio, clock) = setup.open();
    let alert = saying("a", ANA, ALERT, clock.now());
    for _ in 0..3 {
        let error = twilio.perform(&alert).await.unwrap_err();
        assert_eq!((error.code, error.is_doubtful), ("account_stopped", false));
    }
    assert!(!twilio.is_up());
    assert_eq!(api.requests().await, [""; 0]);
    clock.by(Duration::from_secs(301));
    assert_eq!(
        twilio.perform(&alert).await.unwrap_err().code,
        "account_stopped"
    );
}

#[tokio::test]
async fn a_doubt_stays_a_doubt_while_nothing_can_be_found_out() {
    let api = refusing(401, 20003).await;
    let (twilio, clock) = Setup::at(&api.url("")).open();
    let mut alert = saying("a", ANA, ALERT, clock.now());
    assert!(!twilio.perform(&alert).await.unwrap_err().is_doubtful);
    alert.doubt = Some(Doubt {
        since: clock.now(),
        may_repeat: true,
        accounted: Vec::new(),
    });
    assert!(twilio.perform(&alert).await.unwrap_err().is_doubtful);
    clock.by(Duration::from_secs(301));
    let error = twilio.perform(&alert).await.unwrap_err();
    assert!(error.is_doubtful && error.code == "cannot_look");
}
