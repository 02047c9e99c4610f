//! A pretend phone that speaks SMSGate's API as documented, keeps what it is given, and fails on request.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// What the pretend phone does wrong next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
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
pub struct Kept {
    /// What it was given to send, by number.
    pub messages: BTreeMap<String, Value>,
    pub states: BTreeMap<String, &'static str>,
    /// How often it was asked to send anything.
    pub sends: usize,
    pub hooks: BTreeMap<String, Value>,
    pub refreshes: Vec<Value>,
    pub inbox: Vec<Value>,
    pub faults: Vec<Fault>,
    /// As the cloud: without a list of what came in.
    pub has_no_list: bool,
}

pub type Phone = Arc<Mutex<Kept>>;

/// A phone that speaks the API as documented; its address.
pub async fn phone() -> (Phone, String) {
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

pub async fn serve(routes: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("http://{address}")
}

pub fn refused(headers: &HeaderMap) -> Option<Response> {
    let login = format!("Basic {}", STANDARD.encode("sms:secret"));
    let given = headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
    (given != Some(login.as_str())).then(|| StatusCode::UNAUTHORIZED.into_response())
}

pub fn problem(status: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, Json(json!({"message": message}))).into_response()
}

pub async fn send(
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

pub async fn state(
    State(phone): State<Phone>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    if let Some(refused) = refused(&headers) {
        return refused;
    }
    match phone.lock().unwrap().states.get(&id) {
        Some(state) => Json(json!({"id": id, "deviceId": "d1", "state": state})).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

pub async fn register(State(phone): State<Phone>, Json(hook): Json<Value>) -> Response {
    let id = hook["id"].as_str().unwrap().to_owned();
    if hook["event"] == "sms:cancelled" {
        return problem(400, "Unsupported event");
    }
    phone.lock().unwrap().hooks.insert(id, hook);
    StatusCode::CREATED.into_response()
}

pub async fn hooks(State(phone): State<Phone>, headers: HeaderMap) -> Response {
    if let Some(refused) = refused(&headers) {
        return refused;
    }
    let hooks: Vec<Value> = phone.lock().unwrap().hooks.values().cloned().collect();
    Json(hooks).into_response()
}

pub async fn inbox(
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

pub async fn refresh(State(phone): State<Phone>, Json(request): Json<Value>) -> StatusCode {
    phone.lock().unwrap().refreshes.push(request);
    StatusCode::ACCEPTED
}
