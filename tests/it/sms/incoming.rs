//! What comes in: web hooks, news, and what only the list knows.

use std::{fmt::Write as _, sync::atomic::Ordering};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::json;
use sha1::Sha1;
use sha2::Sha256;
use tocsin::{
    clock::Clock,
    domain::{
        envelope::{Content, Envelope},
        ids::{EffectId, MessageId},
        sending::{PersonFate, Progress, Stage},
    },
    platforms::Platform,
};

use super::stand_in::{
    ACCOUNT, OURS, PUBLIC, SERVICE, Served, Setup, StandIn, TOKEN, Taken, WHATSAPP,
};

const SID: &str = "SMbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// What a web hook posts.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// Posts a body with a good signature of its fields.
async fn posted(to: &Served, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut text = format!("{PUBLIC}{path}");
    for (key, value) in &sorted {
        let _ = write!(text, "{key}{value}");
    }
    let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(TOKEN.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let answer = reqwest::Client::new()
        .post(to.url(path))
        .header("X-Twilio-Signature", signature)
        .form(fields)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_web_hook_may_be_signed_with_a_shared_key_instead() {
    let (twilio, _clock) = Setup::at("http://127.0.0.1:9").open();
    let (inbox, taken) = Taken::open();
    twilio.open(inbox);
    let ours = Served::routes(twilio.routes()).await;
    let text = format!(
        "{PUBLIC}/twilio/smsAccountSid{ACCOUNT}BodyholaFrom+16125550199MessageSid{SID}To{OURS}"
    );
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(b"shared").unwrap();
    mac.update(text.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    for (key, status) in [("key-1", 200), ("key-2", 403)] {
        let fields = [
            ("MessageSid", SID),
            ("AccountSid", ACCOUNT),
            ("From", "+16125550199"),
            ("To", OURS),
            ("Body", "hola"),
        ];
        let request = reqwest::Client::new()
            .post(ours.url("/twilio/sms"))
            .header("X-Twilio-Signature", &signature)
            .header(
                "X-Twilio-Webhooks-Signature-Settings",
                format!("key={key},algorithm=HMAC_SHA256"),
            )
            .form(&fields);
        assert_eq!(request.send().await.unwrap().status().as_u16(), status);
    }
    assert_eq!(taken.all().len(), 1);
}

async fn raw(to: &Served, method: Method, kind: &str, body: Vec<u8>) -> u16 {
    let request = reqwest::Client::new()
        .request(method, to.url("/twilio/sms"))
        .header("Content-Type", kind)
        .header("X-Twilio-Signature", "KYo77alAI0FNNSS51NpeRji/ObU=")
        .body(body);
    request.send().await.unwrap().status().as_u16()
}

/// An envelope in one line: id, sender, what it says.
pub fn line(envelope: &Envelope) -> String {
    let what = match &envelope.content {
        Content::Text { text, message, .. } => format!("{} says {}", message, text.expose()),
        Content::Media { message } => format!("{message} has a file"),
        other => format!("{other:?}"),
    };
    format!(
        "{} from {}: {what}",
        envelope.id,
        envelope.sender.address.expose()
    )
}

#[tokio::test]
async fn messages_become_envelopes() {
    let rows: [(Fields, &[&str]); 10] = [
        (
            &[("Body", "4 agents at Lake")],
            &["SMb from +16125550199: SMb says 4 agents at Lake"],
        ),
        (
            &[
                ("Body", "here"),
                ("NumMedia", "1"),
                ("MediaUrl0", "https://api.twilio.com/x"),
                ("MediaContentType0", "image/jpeg"),
            ],
            &[
                "SMb from +16125550199: SMb says here",
                "SMb/media from +16125550199: SMb has a file",
            ],
        ),
        (
            &[("Body", ""), ("NumMedia", "2")],
            &["SMb/media from +16125550199: SMb has a file"],
        ),
        (
            &[
                ("From", "whatsapp:+16125550199"),
                ("To", WHATSAPP),
                ("Body", "hola"),
                ("ProfileName", "Ana"),
                ("WaId", "16125550199"),
            ],
            &["SMb from whatsapp:+16125550199: SMb says hola"],
        ),
        (
            &[
                ("From", "whatsapp:US.13491208655302741918"),
                ("To", WHATSAPP),
                ("Body", "hola"),
            ],
            &["SMb from whatsapp:US.13491208655302741918: SMb says hola"],
        ),
        (
            &[
                ("From", "rcs:+16125550199"),
                ("To", "rcs:tocsin_agent"),
                ("MessagingServiceSid", SERVICE),
                ("Body", "hola"),
            ],
            &["SMb from rcs:+16125550199: SMb says hola"],
        ),
        (
            &[
                ("From", "whatsapp:+16125550199"),
                ("To", WHATSAPP),
                ("Body", ""),
                ("Label", "Cup Foods"),
                ("Address", "38th and Chicago"),
                ("Latitude", "44.9"),
            ],
            &["SMb from whatsapp:+16125550199: SMb says Cup Foods, 38th and Chicago"],
        ),
        (
            &[
                ("Body", "a\0b"),
                ("FromCity", "MINNEAPOLIS"),
                ("SomethingNew", "1"),
            ],
            &["SMb from +16125550199: SMb says ab"],
        ),
        (&[("Body", "")], &["SMb from +16125550199: SMb says "]),
        (&[("From", ""), ("Body", "from nobody")], &[]),
    ];
    let (twilio, _clock) = Setup::at("http://127.0.0.1:9")
        .with_service()
        .with_whatsapp(None)
        .open();
    let (inbox, taken) = Taken::open();
    twilio.open(inbox);
    let ours = Served::routes(twilio.routes()).await;
    for (fields, expected) in rows {
        let mut form = vec![
            ("MessageSid", SID),
            ("SmsSid", SID),
            ("AccountSid", ACCOUNT),
        ];
        for usual in [("From", "+16125550199"), ("To", OURS), ("NumMedia", "0")] {
            if !fields.iter().any(|(key, _)| *key == usual.0) {
                form.push(usual);
            }
        }
        form.extend_from_slice(fields);
        let answer = posted(&ours, "/twilio/sms", &form).await;
        assert_eq!(answer, (200, "<Response/>".to_owned()), "{fields:?}");
        let lines: Vec<_> = taken.all().iter().map(line).collect();
        let lines: Vec<_> = lines.iter().map(|line| line.replace(SID, "SMb")).collect();
        assert_eq!(lines, expected);
    }
}

#[tokio::test]
async fn news_becomes_envelopes_and_unknown_words_are_let_go() {
    let (twilio, clock) = Setup::at("http://127.0.0.1:9").open();
    let (inbox, taken) = Taken::open();
    twilio.open(inbox);
    let ours = Served::routes(twilio.routes()).await;
    let path = "/twilio/status?out=alert%2F1&n=1";
    let base = [
        ("MessageSid", SID),
        ("SmsSid", SID),
        ("AccountSid", ACCOUNT),
        ("From", OURS),
        ("To", "+16125550199"),
    ];
    let progress = |stage, code, person| Progress {
        message: MessageId::new(SID),
        effect: Some(EffectId::new("alert/1")),
        stage,
        code,
        person,
    };
    let rows: [(Fields, Option<Progress>); 7] = [
        (
            &[("MessageStatus", "sent")],
            Some(progress(Stage::Sent, 0, None)),
        ),
        (
            &[
                ("MessageStatus", "delivered"),
                ("RawDlrDoneDate", "2601152014"),
            ],
            Some(progress(Stage::Delivered, 0, None)),
        ),
        (
            &[("SmsStatus", "accepted")],
            Some(progress(Stage::Accepted, 0, None)),
        ),
        (
            &[("MessageStatus", "failed"), ("ErrorCode", "21610")],
            Some(progress(Stage::Failed, 21610, Some(PersonFate::OptedOut))),
        ),
        (
            &[("MessageStatus", "undelivered"), ("ErrorCode", "30003")],
            Some(progress(Stage::Undelivered, 30003, Some(PersonFate::Away))),
        ),
        (&[("MessageStatus", "partially_delivered")], None),
        (&[("MessageStatus", "received")], None),
    ];
    for (fields, expected) in rows {
        let form: Vec<_> = base.iter().chain(fields).copied().collect();
        assert_eq!(
            posted(&ours, path, &form).await,
            (200, "<Response/>".to_owned()),
            "{fields:?}"
        );
        let found: Vec<_> = taken
            .all()
            .into_iter()
            .map(|envelope| (envelope.id.to_string(), envelope.sender, envelope.content))
            .collect();
        match (&found[..], expected) {
            ([], None) => {}
            ([(id, sender, Content::Progress(news))], Some(expected)) => {
                assert_eq!(*news, expected);
                assert_eq!(*id, format!("{SID}/{}", expected.stage.as_str()));
                assert_eq!(sender.address.expose(), "+16125550199");
            }
            other => panic!("{fields:?}: {other:?}"),
        }
    }
    assert!(twilio.is_up());
    // A carrier that knows nothing of us: nothing more is sent from this number for a while.
    let form: Vec<_> = base
        .iter()
        .chain(&[("MessageStatus", "failed"), ("ErrorCode", "30034")])
        .copied()
        .collect();
    assert_eq!(posted(&ours, path, &form).await.0, 200);
    let error = twilio
        .perform(&super::stand_in::saying(
            "a",
            "+16125550199",
            "x",
            clock.now(),
        ))
        .await
        .unwrap_err();
    assert_eq!(error.code, "not_registered");
}

#[tokio::test]
async fn hostile_requests_are_refused_and_taken_in_by_nobody() {
    let (twilio, _clock) = Setup::at("http://127.0.0.1:9").open();
    let (inbox, taken) = Taken::open();
    twilio.open(inbox);
    let ours = Served::routes(twilio.routes()).await;
    let form = "application/x-www-form-urlencoded";
    assert_eq!(raw(&ours, Method::GET, form, vec![]).await, 405);
    assert_eq!(raw(&ours, Method::PUT, form, vec![]).await, 405);
    assert_eq!(
        raw(&ours, Method::POST, "application/json", b"{}".to_vec()).await,
        415
    );
    assert_eq!(
        raw(&ours, Method::POST, form, vec![b'a'; 1 << 20]).await,
        413
    );
    assert_eq!(
        raw(
            &ours,
            Method::POST,
            form,
            "a=1&".repeat(10_000).into_bytes()
        )
        .await,
        400
    );
    assert_eq!(
        raw(&ours, Method::POST, form, b"Body=%FF".to_vec()).await,
        400
    );
    assert_eq!(
        raw(&ours, Method::POST, form, vec![0xff, 0xfe, b'=']).await,
        400
    );
    assert_eq!(raw(&ours, Method::POST, form, vec![]).await, 403);
    assert_eq!(
        raw(&ours, Method::POST, form, b"Body=%zz&%=&=&&==".to_vec()).await,
        403
    );
    let base = [
        ("MessageSid", SID),
        ("AccountSid", ACCOUNT),
        ("From", "+16125550199"),
        ("To", OURS),
        ("Body", "x"),
    ];
    let with = |more: &[(&'static str, &'static str)]| -> Vec<_> {
        base.iter().chain(more).copied().collect()
    };
    let without = |key: &str| -> Vec<_> {
        base.iter()
            .filter(|(name, _)| *name != key)
            .copied()
            .collect()
    };
    let instead =
        |key: &'static str, value: &'static str| [without(key), vec![(key, value)]].concat();
    // Signed well, and still not for us or not to be understood.
    let rows = [
        (with(&[("MessageSid", "SM1")]), 400),
        (with(&[("MessageSid", SID)]), 400),
        (with(&[("To", "+16125550101")]), 400),
        (with(&[("From", "+16125550198")]), 400),
        (with(&[("Body", "y")]), 400),
        (with(&[("SmsSid", "SM1")]), 400),
        (with(&[("NumMedia", "many")]), 400),
        (with(&[("NumMedia", "-1")]), 400),
        (without("MessageSid"), 400),
        (without("AccountSid"), 400),
        (without("To"), 400),
        (instead("MessageSid", "../../x"), 400),
        (
            instead("AccountSid", "ACbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"),
            403,
        ),
        (instead("To", "+16125550177"), 403),
        (instead("To", "rcs:somebody"), 403),
    ];
    for (fields, status) in rows {
        assert_eq!(
            posted(&ours, "/twilio/sms", &fields).await.0,
            status,
            "{fields:?}"
        );
    }
    let status = |word: &'static str, code: &'static str| {
        with(&[("MessageStatus", word), ("ErrorCode", code)])
    };
    assert_eq!(
        posted(&ours, "/twilio/status", &status("failed", "x"))
            .await
            .0,
        400
    );
    assert_eq!(
        posted(&ours, "/twilio/status?out=a&out=b", &status("sent", ""))
            .await
            .0,
        400
    );
    assert_eq!(taken.all().len(), 0);
    // A good one passes, with its query as it came.
    assert_eq!(
        posted(&ours, "/twilio/sms?b=2&a=%2f", &with(&[])).await.0,
        200
    );
    assert_eq!(taken.all().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_committed_is_not_acknowledged() {
    let api = StandIn::get().await;
    let (twilio, _clock) = Setup::at(&api.api).open();
    let ours = Served::routes(twilio.routes()).await;
    let hello = json!({ "From": "+16125550199", "To": OURS, "Body": "hola", "MessageSid": SID, "SmsSid": SID });
    assert_eq!(
        api.posts(&ours, hello.clone(), 1).await[0].0,
        503,
        "before the intake is there"
    );
    let (inbox, taken) = Taken::open();
    twilio.open(inbox);
    taken.is_broken.store(true, Ordering::SeqCst);
    assert_eq!(api.posts(&ours, hello.clone(), 1).await[0].0, 503);
    taken.is_broken.store(false, Ordering::SeqCst);
    let answers = api.posts(&ours, hello, 5).await;
    assert!(
        answers
            .iter()
            .all(|answer| *answer == (200, "<Response/>".to_owned()))
    );
    let all = taken.all();
    assert!(
        all.len() == 5 && all.iter().all(|envelope| envelope.id.as_str() == SID),
        "one number for all repeats"
    );
}
