//! The phone in a drawer: SMSGate's API and web hooks, against a pretend phone that keeps what it is given.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::Sha256;
use tocsin::{
    clock::Clock,
    config::smsgate::GateConfig,
    domain::{
        envelope::{Content, Envelope, PersonRef, PlatformKind},
        ids::{Checkpoint, EffectId, MessageId},
        timestamp::Timestamp,
        words::Words,
    },
    platforms::{
        Batch, Deed, Delivery, Destination, Doubt, Inbox, NotAccepted, PerformError, Platform,
        Receipt, Retry, Stop,
        smsgate::{Gate, Waits, check},
    },
};
use tokio::sync::mpsc;

/// Thursday, 2026-01-15, 20:14 UTC.
const NOW: Timestamp = Timestamp::from_ms(1_768_508_040_000);
const ROSA: &str = "+16125550111";
const KEY: &str = "drawer-key";
const EFFECT: &str = "0123456789abcdef0123456789abcdef";

struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.0.load(Ordering::SeqCst))
    }
}

/// What the pretend phone does wrong next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Takes the message and never answers.
    AcceptThenHang,
    /// Takes the message and says that it broke.
    AcceptThenError,
    /// Takes nothing and says that it broke.
    ErrorBefore,
    /// Takes nothing and answers so.
    Refuse(u16),
}

/// What the pretend phone keeps.
#[derive(Default)]
struct Kept {
    /// What it was given to send, by number.
    messages: BTreeMap<String, Value>,
    states: BTreeMap<String, &'static str>,
    /// How often it was asked to send anything.
    sends: usize,
    hooks: BTreeMap<String, Value>,
    refreshes: Vec<Value>,
    inbox: Vec<Value>,
    faults: Vec<Fault>,
    /// As the cloud: without a list of what came in.
    has_no_list: bool,
}

type Phone = Arc<Mutex<Kept>>;

/// A phone that speaks the API as documented; its address.
async fn phone() -> (Phone, String) {
    let phone = Phone::default();
    let routes = Router::new()
        .route("/health", get(|| async { Json(json!({"status": "pass"})) }))
        .route("/messages", post(send))
        .route("/messages/{id}", get(state))
        .route("/webhooks", post(register).get(hooks))
        .route("/inbox", get(inbox))
        .route("/inbox/refresh", post(refresh))
        .with_state(Arc::clone(&phone));
    (phone, serve(routes).await)
}

async fn serve(routes: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("http://{address}")
}

fn refused(headers: &HeaderMap) -> Option<Response> {
    let login = format!("Basic {}", STANDARD.encode("sms:secret"));
    let given = headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
    (given != Some(login.as_str())).then(|| StatusCode::UNAUTHORIZED.into_response())
}

fn problem(status: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, Json(json!({"message": message}))).into_response()
}

async fn send(
    State(phone): State<Phone>,
    headers: HeaderMap,
    Json(message): Json<Value>,
) -> Response {
    if let Some(refused) = refused(&headers) {
        return refused;
    }
    let fault = {
        let mut kept = phone.lock().unwrap();
        kept.sends += 1;
        kept.faults.pop()
    };
    match fault {
        Some(Fault::ErrorBefore) => return problem(500, "failed to handle request"),
        Some(Fault::Refuse(429)) => {
            return ([("retry-after", "17")], problem(429, "slow down")).into_response();
        }
        Some(Fault::Refuse(status)) => return problem(status, "no"),
        _ => {}
    }
    let id = message["id"].as_str().unwrap().to_owned();
    {
        let mut kept = phone.lock().unwrap();
        if kept.messages.contains_key(&id) {
            return problem(409, "message with the same ID already exists");
        }
        kept.messages.insert(id.clone(), message);
        kept.states.insert(id.clone(), "Pending");
    }
    match fault {
        Some(Fault::AcceptThenHang) => std::future::pending().await,
        Some(Fault::AcceptThenError) => problem(502, "bad gateway"),
        _ => {
            let answer = json!({"id": id, "deviceId": "d1", "state": "Pending", "recipients": [], "states": {}});
            (StatusCode::ACCEPTED, Json(answer)).into_response()
        }
    }
}

async fn state(State(phone): State<Phone>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if let Some(refused) = refused(&headers) {
        return refused;
    }
    match phone.lock().unwrap().states.get(&id) {
        Some(state) => Json(json!({"id": id, "deviceId": "d1", "state": state})).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn register(State(phone): State<Phone>, Json(hook): Json<Value>) -> Response {
    let id = hook["id"].as_str().unwrap().to_owned();
    if hook["event"] == "sms:cancelled" {
        return problem(400, "Unsupported event");
    }
    phone.lock().unwrap().hooks.insert(id, hook);
    StatusCode::CREATED.into_response()
}

async fn hooks(State(phone): State<Phone>, headers: HeaderMap) -> Response {
    if let Some(refused) = refused(&headers) {
        return refused;
    }
    let hooks: Vec<Value> = phone.lock().unwrap().hooks.values().cloned().collect();
    Json(hooks).into_response()
}

async fn inbox(
    State(phone): State<Phone>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let kept = phone.lock().unwrap();
    if kept.has_no_list {
        return problem(501, "Inbox API is not implemented yet");
    }
    let number = |name: &str| query[name].parse::<usize>().unwrap();
    let moment = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    let (from, to) = (moment(&query["from"]), moment(&query["to"]));
    let page: Vec<&Value> = kept
        .inbox
        .iter()
        .filter(|it| (from..=to).contains(&moment(it["createdAt"].as_str().unwrap())))
        .skip(number("offset"))
        .take(number("limit"))
        .collect();
    Json(page).into_response()
}

async fn refresh(State(phone): State<Phone>, Json(request): Json<Value>) -> StatusCode {
    phone.lock().unwrap().refreshes.push(request);
    StatusCode::ACCEPTED
}

/// Our side: the platform, its web hooks mounted, and what was taken in.
struct Desk {
    gate: Arc<Gate>,
    url: String,
    inbox: Inbox,
    taken: Arc<Mutex<Vec<Envelope>>>,
    checkpoint: Arc<Mutex<Option<Checkpoint>>>,
    is_full: Arc<AtomicBool>,
    clock: Arc<HandClock>,
}

fn config(url: &str) -> GateConfig {
    GateConfig {
        url: url.to_owned(),
        username: "sms".to_owned(),
        password: SecretString::from("secret"),
        signing_keys: vec![SecretString::from("new-key"), SecretString::from(KEY)],
        number: "+16125550100".to_owned(),
        sim: Some(1),
        device: None,
        pause: Duration::from_millis(1),
    }
}

fn waits() -> Waits {
    Waits {
        connect: Duration::from_millis(500),
        answer: Duration::from_millis(300),
        turn: Duration::from_secs(1),
        ask_again: Duration::from_millis(20),
        watch: Duration::from_millis(20),
        offer_again: Duration::from_millis(10),
        ..Waits::default()
    }
}

impl Desk {
    async fn new(phone: &str) -> Self {
        Self::with(config(phone)).await
    }

    async fn with(config: GateConfig) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(NOW.as_ms())));
        let gate = Gate::new(
            config,
            "https://tocsin.example.org/",
            [5; 32],
            waits(),
            Arc::clone(&clock) as Arc<dyn Clock>,
        )
        .unwrap();
        let (sender, mut batches) = mpsc::channel::<Batch>(8);
        let inbox = Inbox::new(PlatformKind::Sms, sender);
        let desk = Self {
            url: format!("{}/gate/sms", serve(gate.routes()).await),
            gate,
            inbox,
            taken: Arc::default(),
            checkpoint: Arc::default(),
            is_full: Arc::default(),
            clock,
        };
        let (taken, checkpoint, is_full) = (
            Arc::clone(&desk.taken),
            Arc::clone(&desk.checkpoint),
            Arc::clone(&desk.is_full),
        );
        tokio::spawn(async move {
            while let Some(batch) = batches.recv().await {
                let done = if is_full.load(Ordering::SeqCst) {
                    Err(NotAccepted)
                } else {
                    taken.lock().unwrap().extend(batch.envelopes);
                    if let Some(point) = batch.checkpoint {
                        *checkpoint.lock().unwrap() = Some(point);
                    }
                    Ok(())
                };
                let _ = batch.done.send(done);
            }
        });
        desk
    }

    fn open(self) -> Self {
        self.gate.open(self.inbox.clone());
        self
    }

    /// The phone posts something, signed as it should be.
    async fn hook(&self, body: &Value) -> u16 {
        self.posts(&body.to_string(), KEY, NOW.as_ms() / 1000).await
    }

    async fn posts(&self, body: &str, key: &str, seconds: i64) -> u16 {
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        mac.update(seconds.to_string().as_bytes());
        let signature: String = mac
            .finalize()
            .into_bytes()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        self.request(
            body,
            &[
                ("X-Signature", &signature),
                ("X-Timestamp", &seconds.to_string()),
            ],
        )
        .await
    }

    async fn request(&self, body: &str, headers: &[(&str, &str)]) -> u16 {
        let mut request = reqwest::Client::new().post(&self.url).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap().status().as_u16()
    }

    /// What was taken in since this was last asked, one line each.
    fn took(&self) -> Vec<String> {
        let taken = std::mem::take(&mut *self.taken.lock().unwrap());
        taken.iter().map(told).collect()
    }

    async fn say(&self, doubt: Option<Doubt>) -> Result<Receipt, PerformError> {
        self.gate.perform(&delivery(EFFECT, doubt)).await
    }
}

/// An envelope in a line.
fn told(envelope: &Envelope) -> String {
    let from = envelope.sender.address.expose();
    let ago = NOW.since(envelope.sent_at).as_secs();
    match &envelope.content {
        Content::Text { text, .. } => format!("{from} {ago}s ago: {}", text.expose()),
        Content::Media { .. } => format!("{from} {ago}s ago: a file"),
        Content::Progress(progress) => format!(
            "{from} {} {} {:?}",
            progress.stage.as_str(),
            progress.code,
            progress.person
        ),
        other => panic!("{other:?}"),
    }
}

fn delivery(id: &str, doubt: Option<Doubt>) -> Delivery {
    Delivery {
        id: EffectId::new(id),
        to: Destination::Person(PersonRef::new(PlatformKind::Sms, ROSA)),
        deed: Deed::Say {
            words: Words::from_marked("**CONFIRMED** 2:21pm Lake & Pillsbury"),
            reply_to: None,
        },
        expires_at: NOW + Duration::from_secs(600),
        doubt,
    }
}

fn received(message: &str) -> Value {
    json!({
        "id": "hook-1", "webhookId": "tocsin-sms-received", "deviceId": "d1", "event": "sms:received",
        "payload": {
            "messageId": "5f1c77a0", "message": message, "sender": "6125550111", "phoneNumber": "6125550111",
            "recipient": "+16125550100", "simNumber": 1, "receivedAt": "2026-01-15T14:13:30.000-06:00"
        }
    })
}

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
        assert_eq!(error.code, "rate_limited");
        assert!(wait > Duration::from_secs(4), "{wait:?}");
    }
}

fn listen(
    desk: &Desk,
    since: Option<Checkpoint>,
    stop: &Stop,
) -> tokio::task::JoinHandle<anyhow::Result<()>> {
    let (gate, inbox, stop) = (Arc::clone(&desk.gate), desk.inbox.clone(), stop.clone());
    tokio::spawn(async move { gate.listen(inbox, since, stop).await })
}

async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..500 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come to it");
}

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
    tokio::time::sleep(Duration::from_millis(100)).await;
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

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn neither_log_nor_errors_tell_who_wrote_what() {
    let log = Log::default();
    let writer = log.clone();
    let collector = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let collecting = tracing::subscriber::set_default(collector);
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
    told.push_str(&String::from_utf8_lossy(&log.0.lock().unwrap()));
    assert!(told.contains("does not answer"), "{told}");
    for secret in ["5550111", "agents", "CONFIRMED", "secret", "drawer-key"] {
        assert!(!told.contains(secret), "{secret}: {told}");
    }
}

/// The real program with a `[sms.gate]`, as an operator would run it.
struct Program {
    process: std::process::Child,
    folder: tempfile::TempDir,
    address: String,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _waited = self.process.wait();
    }
}

impl Program {
    async fn start(phone: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repo = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["cities", "lexicon"] {
            let link = folder.path().join(name);
            std::os::unix::fs::symlink(repo.join("bot-config").join(name), link).unwrap();
        }
        let port = {
            let probe = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            probe.local_addr().unwrap().port()
        };
        let address = format!("http://127.0.0.1:{port}");
        let settings = format!(
            "data_dir = \"{data}\"\nprompts_dir = \"{prompts}\"\n\
             [web]\nlisten = \"127.0.0.1:{port}\"\n\
             [community]\nname = \"Southside Watch\"\ncity = \"twin-cities\"\nlegal_hotline = \"612-555-0100\"\n\
             [sms]\npublic_url = \"{address}\"\n\
             [sms.gate]\nurl = \"{phone}\"\nusername = \"sms\"\nnumber = \"+16125550100\"\nsim = 1\npause = \"1 s\"\n",
            data = folder.path().join("data").display(),
            prompts = repo.join("prompts").display(),
        );
        std::fs::write(folder.path().join("tocsin.toml"), settings).unwrap();
        let program = Self {
            process: run(folder.path()),
            folder,
            address,
        };
        program.ready().await;
        program
    }

    /// Killed, and started on what it left behind.
    async fn restart(&mut self, between: impl AsyncFnOnce(&std::path::Path)) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        between(self.folder.path()).await;
        self.process = run(self.folder.path());
        self.ready().await;
    }

    async fn ready(&self) {
        let ready = format!("{}/readyz", self.address);
        for _ in 0..600 {
            let answer = reqwest::get(&ready).await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it does not get ready: {}", self.log());
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Rosa texts; the phone posts it.
    async fn texts(&self, text: &str) {
        #[expect(
            clippy::disallowed_methods,
            reason = "the program has the machine's clock"
        )]
        let now = jiff::Timestamp::now();
        let mut hook = received(text);
        hook["payload"]["receivedAt"] = json!(format!("{now:.3}"));
        let (body, seconds) = (hook.to_string(), now.as_second().to_string());
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        mac.update(seconds.as_bytes());
        let bytes = mac.finalize().into_bytes();
        let signature: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let answer = reqwest::Client::new()
            .post(format!("{}/gate/sms", self.address))
            .header("X-Signature", signature)
            .header("X-Timestamp", seconds)
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
    }
}

/// The program, as it is called with these settings.
fn tocsin(folder: &std::path::Path) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tocsin"));
    command
        .arg("--config")
        .arg(folder)
        .env("TOCSIN_GATE_PASSWORD", "secret")
        .env("TOCSIN_GATE_SIGNING_KEY", KEY);
    command
}

fn run(folder: &std::path::Path) -> std::process::Child {
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("log"))
        .unwrap();
    tocsin(folder)
        .stdout(std::process::Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// `tocsin key rotate`: whether it did, and what it told.
fn rotate_key(folder: &std::path::Path) -> (bool, String) {
    let output = tocsin(folder).args(["key", "rotate"]).output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(told).unwrap())
}

/// What the phone was given to send, without numbers.
fn given(phone: &Phone) -> Vec<String> {
    let kept = phone.lock().unwrap();
    let text = |message: &Value| message["textMessage"]["text"].as_str().unwrap().to_owned();
    kept.messages.values().map(text).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_in_a_drawer_serves_a_pilot() {
    let (phone, address) = phone().await;
    let mut program = Program::start(&address).await;
    until(|| phone.lock().unwrap().hooks.len() == 5).await;
    program.texts("Powderhorn Park").await;
    until(|| given(&phone).iter().any(|text| text.contains("Powderhorn"))).await;
    let before = given(&phone).len();
    // No company answers STOP here: tocsin does, once, and then is silent.
    program.texts("STOP").await;
    until(|| given(&phone).len() == before + 1).await;
    program.texts("STOP").await;
    program.texts("Powderhorn Park").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(given(&phone).len(), before + 1, "{:?}", given(&phone));
    // Under another key she is known all the same.
    let (done, told) = rotate_key(program.folder.path());
    assert!(!done && told.contains("stop it"), "{told}");
    program
        .restart(async |folder| {
            let key = folder.join("data/tocsin.key");
            let old = std::fs::read_to_string(&key).unwrap();
            let (done, told) = rotate_key(folder);
            assert!(done, "{told}");
            assert_ne!(std::fs::read_to_string(&key).unwrap(), old);
        })
        .await;
    program.texts("Powderhorn Park").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(given(&phone).len(), before + 1, "{:?}", given(&phone));
    program.texts("START").await;
    until(|| given(&phone).len() > before + 1).await;
    let kept = phone.lock().unwrap();
    assert!(
        kept.messages
            .values()
            .all(|message| message["phoneNumbers"] == json!([ROSA]))
    );
    assert!(!program.log().contains("5550111"), "{}", program.log());
}
