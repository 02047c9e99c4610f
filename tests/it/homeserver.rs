//! A real homeserver for tests, the people on it, and a wire that can be cut or slowed between it and somebody.

use std::{
    fmt::Write as _,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use hmac::{Hmac, KeyInit, Mac};
use matrix_sdk::{
    Client, Room, config::SyncSettings, encryption::EncryptionSettings, ruma::RoomId,
};
use reqwest::Method;
use serde_json::{Value, json};
use sha1::Sha1;

/// Every test account's password.
pub const PASSWORD: &str = "correct horse battery";

/// The Synapse that `tests/run` started.
#[derive(Clone)]
pub struct Homeserver {
    pub url: String,
    secret: String,
    http: reqwest::Client,
}

impl Homeserver {
    /// The one that the environment names.
    pub fn get() -> Self {
        let missing = "the Matrix tests need a Synapse: run them by tests/run, or start one with \
             tests/kit/synapse.sh and set TOCSIN_TEST_SYNAPSE (its address) and TOCSIN_TEST_SYNAPSE_SECRET (its secret file)";
        let url = std::env::var("TOCSIN_TEST_SYNAPSE").expect(missing);
        let secret = std::env::var("TOCSIN_TEST_SYNAPSE_SECRET").expect(missing);
        Self {
            url: url.trim_end_matches('/').to_owned(),
            // The file that holds it, or the secret itself.
            secret: std::fs::read_to_string(&secret)
                .unwrap_or(secret)
                .trim()
                .to_owned(),
            http: reqwest::Client::new(),
        }
    }

    /// A Synapse in the folder of a `tests/kit/synapse.sh`.
    pub fn at(url: &str, secret: &str) -> Self {
        Self {
            url: url.to_owned(),
            secret: secret.to_owned(),
            http: reqwest::Client::new(),
        }
    }

    /// A new account whose name begins so; its user id.
    pub async fn account(&self, name: &str) -> String {
        self.register(name, false).await["user_id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// A new account with a session.
    pub async fn person(&self, name: &str) -> Person {
        self.person_of(&self.register(name, false).await)
    }

    /// A new account that may change other accounts' rate limits.
    pub async fn admin(&self) -> Person {
        self.person_of(&self.register("admin", true).await)
    }

    /// Somebody's own account, by a session beside the one that is tested.
    pub async fn log_in(&self, id: &str) -> Person {
        let login = json!({
            "type": "m.login.password", "password": PASSWORD, "identifier": { "type": "m.id.user", "user": id },
        });
        let url = format!("{}/_matrix/client/v3/login", self.url);
        let answer = self.http.post(url).json(&login).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        self.person_of(&json!({ "user_id": id, "access_token": answer["access_token"] }))
    }

    fn person_of(&self, registered: &Value) -> Person {
        Person {
            id: registered["user_id"].as_str().unwrap().to_owned(),
            token: registered["access_token"].as_str().unwrap().to_owned(),
            home: self.clone(),
        }
    }

    async fn register(&self, name: &str, admin: bool) -> Value {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let run = u64::from(std::process::id());
        let user = format!(
            "{name}-{run:x}-{}-{:x}",
            COUNT.fetch_add(1, Ordering::Relaxed),
            nanos()
        );
        let url = format!("{}/_synapse/admin/v1/register", self.url);
        let nonce: Value = self
            .http
            .get(&url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let nonce = nonce["nonce"].as_str().unwrap();
        let mut mac = Hmac::<Sha1>::new_from_slice(self.secret.as_bytes()).unwrap();
        let rights = if admin { "admin" } else { "notadmin" };
        mac.update([nonce, &user, PASSWORD, rights].join("\0").as_bytes());
        let mut hex = String::new();
        for byte in mac.finalize().into_bytes() {
            write!(hex, "{byte:02x}").unwrap();
        }
        let body = json!({ "nonce": nonce, "username": user, "password": PASSWORD, "admin": admin, "mac": hex });
        let answer = self.http.post(&url).json(&body).send().await.unwrap();
        assert!(
            answer.status().is_success(),
            "cannot register: {}",
            answer.status()
        );
        answer.json().await.unwrap()
    }
}

fn nanos() -> u32 {
    // Accounts of different runs on one server must not collide when process ids repeat.
    static START: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *START.get_or_init(|| {
        let mut bytes = [0_u8; 4];
        getrandom::fill(&mut bytes).unwrap();
        u32::from_le_bytes(bytes)
    })
}

/// Waits until something is there; fails with what was awaited.
pub async fn until<T>(what: &str, found: impl AsyncFnMut() -> Option<T>) -> T {
    until_within(Duration::from_secs(60), what, found).await
}

/// Waits so long until something is there; fails with what was awaited.
pub async fn until_within<T>(
    limit: Duration,
    what: &str,
    mut found: impl AsyncFnMut() -> Option<T>,
) -> T {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = found().await {
            return found;
        }
        assert!(Instant::now() < end, "waited {limit:?} in vain: {what}");
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}

/// Somebody with a plain client: encrypts nothing.
#[derive(Clone)]
pub struct Person {
    pub id: String,
    token: String,
    home: Homeserver,
}

impl Person {
    /// One request of the client-server API; its answer, also if that is an error.
    pub async fn ask(&self, method: Method, path: &str, body: Value) -> Value {
        let url = if path.starts_with("/_") {
            format!("{}{path}", self.home.url)
        } else {
            format!("{}/_matrix/client/v3/{path}", self.home.url)
        };
        let request = self
            .home
            .http
            .request(method.clone(), url)
            .bearer_auth(&self.token);
        let request = if method == Method::GET {
            request
        } else {
            request.json(&body)
        };
        request.send().await.unwrap().json().await.unwrap()
    }

    pub async fn create_room(&self, options: Value) -> String {
        let answer = self.ask(Method::POST, "createRoom", options).await;
        answer["room_id"]
            .as_str()
            .unwrap_or_else(|| panic!("no room: {answer}"))
            .to_owned()
    }

    /// A private room, with an alias if `alias` is not empty; people are invited.
    pub async fn room(&self, alias: &str, invited: &[&str]) -> String {
        let mut options = json!({ "preset": "private_chat", "invite": invited });
        if !alias.is_empty() {
            options["room_alias_name"] = json!(alias);
        }
        self.create_room(options).await
    }

    pub async fn invite(&self, room: &str, who: &str) {
        self.ask(
            Method::POST,
            &format!("rooms/{room}/invite"),
            json!({ "user_id": who }),
        )
        .await;
    }

    pub async fn join(&self, room: &str) {
        let answer = self
            .ask(Method::POST, &format!("join/{room}"), json!({}))
            .await;
        assert!(answer["room_id"].is_string(), "cannot join: {answer}");
    }

    pub async fn leave(&self, room: &str) {
        self.ask(Method::POST, &format!("rooms/{room}/leave"), json!({}))
            .await;
    }

    pub async fn kick(&self, room: &str, who: &str) {
        self.ask(
            Method::POST,
            &format!("rooms/{room}/kick"),
            json!({ "user_id": who }),
        )
        .await;
    }

    /// Sends any event; its id.
    pub async fn send(&self, room: &str, kind: &str, content: Value) -> String {
        static TXN: AtomicU64 = AtomicU64::new(0);
        let path = format!(
            "rooms/{room}/send/{kind}/t{}",
            TXN.fetch_add(1, Ordering::Relaxed)
        );
        let answer = self.ask(Method::PUT, &path, content).await;
        answer["event_id"]
            .as_str()
            .unwrap_or_else(|| panic!("not sent: {answer}"))
            .to_owned()
    }

    pub async fn say(&self, room: &str, words: &str) -> String {
        self.send(
            room,
            "m.room.message",
            json!({ "msgtype": "m.text", "body": words }),
        )
        .await
    }

    /// Says something, again and again until the homeserver has taken it; then it is there once.
    pub async fn say_surely(&self, room: &str, words: &str) -> String {
        static TXN: AtomicU64 = AtomicU64::new(0);
        let path = format!(
            "{}/_matrix/client/v3/rooms/{room}/send/m.room.message/s{}",
            self.home.url,
            TXN.fetch_add(1, Ordering::Relaxed)
        );
        let content = json!({ "msgtype": "m.text", "body": words });
        until_within(Duration::from_secs(300), "it is said", async || {
            let request = self.home.http.put(&path).bearer_auth(&self.token);
            let answer = request.json(&content).send().await.ok()?;
            let answer: Value = answer.json().await.ok()?;
            answer["event_id"].as_str().map(ToOwned::to_owned)
        })
        .await
    }

    /// Every event of a room that one may see, oldest first.
    pub async fn all_events(&self, room: &str) -> Vec<Value> {
        let mut events = Vec::new();
        let mut from = String::new();
        loop {
            let path = format!("rooms/{room}/messages?dir=f&limit=500{from}");
            let answer = self.ask(Method::GET, &path, json!({})).await;
            events.extend(answer["chunk"].as_array().cloned().unwrap_or_default());
            match answer["end"].as_str() {
                Some(end) => from = format!("&from={end}"),
                None => return events,
            }
        }
    }

    pub async fn redact(&self, room: &str, event: &str) {
        self.ask(
            Method::PUT,
            &format!("rooms/{room}/redact/{event}/r{}", event.len()),
            json!({}),
        )
        .await;
    }

    pub async fn state(&self, room: &str, kind: &str, content: Value) {
        let answer = self
            .ask(Method::PUT, &format!("rooms/{room}/state/{kind}/"), content)
            .await;
        assert!(answer["event_id"].is_string(), "no state: {answer}");
    }

    /// The content of a state event of a room; null if there is none.
    pub async fn state_of(&self, room: &str, kind: &str, key: &str) -> Value {
        let path = format!("rooms/{room}/state/{kind}/{key}");
        let answer = self.ask(Method::GET, &path, json!({})).await;
        if answer["errcode"].is_string() {
            Value::Null
        } else {
            answer
        }
    }

    /// The rooms that one is in.
    pub async fn joined(&self) -> Vec<String> {
        let answer = self.ask(Method::GET, "joined_rooms", json!({})).await;
        let rooms = answer["joined_rooms"].as_array().unwrap().iter();
        rooms.map(|id| id.as_str().unwrap().to_owned()).collect()
    }

    /// The latest hundred events of a room, oldest first.
    pub async fn events(&self, room: &str) -> Vec<Value> {
        let answer = self
            .ask(
                Method::GET,
                &format!("rooms/{room}/messages?dir=b&limit=100"),
                json!({}),
            )
            .await;
        let mut events = answer["chunk"].as_array().cloned().unwrap_or_default();
        events.reverse();
        events
    }

    /// Waits for an event in a room.
    pub async fn sees(&self, room: &str, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        until(what, async || {
            self.events(room).await.into_iter().find(&wanted)
        })
        .await
    }

    /// Waits until somebody's membership is as given.
    pub async fn sees_member(&self, room: &str, who: &str, membership: &str) {
        until(membership, async || {
            let path = format!("rooms/{room}/state/m.room.member/{who}");
            let member = self.ask(Method::GET, &path, json!({})).await;
            (member["membership"] == membership).then_some(())
        })
        .await;
    }

    /// Rooms that one is invited to.
    pub async fn invites(&self) -> Vec<String> {
        // Synapse answers the same first sync from memory for two minutes; another filter makes it another one.
        static NTH: AtomicU64 = AtomicU64::new(1);
        let limit = NTH.fetch_add(1, Ordering::Relaxed);
        let path =
            format!("sync?timeout=0&filter={{\"room\":{{\"timeline\":{{\"limit\":{limit}}}}}}}");
        let sync = self.ask(Method::GET, &path, json!({})).await;
        let invites = sync["rooms"]["invite"].as_object();
        invites
            .map(|rooms| rooms.keys().cloned().collect())
            .unwrap_or_default()
    }

    /// The devices of somebody with their keys, and the self-signing key.
    pub async fn keys_of(&self, who: &str) -> Value {
        self.ask(
            Method::POST,
            "keys/query",
            json!({ "device_keys": { who: [] } }),
        )
        .await
    }
}

/// Somebody with a client that encrypts.
pub struct Secretive {
    pub client: Client,
}

impl Secretive {
    /// Logs in; `url` may be a [`Wire`]'s.
    pub async fn log_in(url: &str, user: &str) -> Self {
        let client = Client::builder()
            .homeserver_url(url)
            .with_encryption_settings(EncryptionSettings {
                auto_enable_cross_signing: true,
                ..EncryptionSettings::default()
            })
            .build()
            .await
            .unwrap();
        client
            .matrix_auth()
            .login_username(user, PASSWORD)
            .send()
            .await
            .unwrap();
        client
            .encryption()
            .wait_for_e2ee_initialization_tasks()
            .await;
        let me = Self { client };
        me.sync().await;
        me
    }

    pub async fn sync(&self) {
        self.client
            .sync_once(SyncSettings::new().timeout(Duration::ZERO))
            .await
            .unwrap();
    }

    pub fn room(&self, id: &str) -> Room {
        self.client
            .get_room(<&RoomId>::try_from(id).unwrap())
            .unwrap()
    }

    /// Waits until a room is encrypted and has so many members, as this client sees it.
    pub async fn sees_members(&self, id: &str, count: usize) {
        until("members", async || {
            self.sync().await;
            let members = self
                .room(id)
                .members(matrix_sdk::RoomMemberships::JOIN)
                .await
                .unwrap();
            (members.len() >= count).then_some(())
        })
        .await;
    }

    pub async fn say(&self, room: &str, words: &str) -> String {
        self.send(
            room,
            "m.room.message",
            json!({ "msgtype": "m.text", "body": words }),
        )
        .await
    }

    pub async fn send(&self, room: &str, kind: &str, content: Value) -> String {
        let sent = self.room(room).send_raw(kind, content).await.unwrap();
        sent.response.event_id.to_string()
    }

    /// Every event of a room, decrypted where that is possible, oldest first.
    pub async fn all_events(&self, room: &str) -> Vec<Value> {
        self.sync().await;
        let mut options = matrix_sdk::room::MessagesOptions::forward();
        let mut events = Vec::new();
        loop {
            options.limit = 500_u16.into();
            let page = self.room(room).messages(options).await.unwrap();
            let values = page.chunk.iter();
            events.extend(
                values.map(|event| -> Value { event.raw().deserialize_as_unchecked().unwrap() }),
            );
            match page.end {
                Some(end) => options = matrix_sdk::room::MessagesOptions::forward().from(&*end),
                None => return events,
            }
        }
    }

    /// Waits for an event that this client can decrypt; and whether it came encrypted.
    pub async fn sees(
        &self,
        room: &str,
        what: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> (Value, bool) {
        until(what, async || {
            self.sync().await;
            let options = matrix_sdk::room::MessagesOptions::backward();
            let page = self.room(room).messages(options).await.unwrap();
            page.chunk.into_iter().find_map(|event| {
                let value: Value = event.raw().deserialize_as_unchecked().unwrap();
                wanted(&value).then(|| (value, event.encryption_info().is_some()))
            })
        })
        .await
    }
}

/// What goes through a [`Wire`], and what does not.
#[derive(Default)]
struct Flow {
    target: String,
    /// Nothing goes through.
    cut: AtomicBool,
    /// Messages between devices (keys!) are acknowledged and kept back.
    keeps_keys: AtomicBool,
    /// Everything is cut off at the so-manieth request about rooms, after that was passed on or before.
    cut_at: Mutex<Option<(usize, bool)>>,
    /// Nobody is seen to be invited, until members have been asked for once; rooms that are made meanwhile count as unfinished.
    hides_invites: AtomicBool,
    asked: tokio::sync::Notify,
    kept: Mutex<Vec<(Method, String, String, Bytes)>>,
}

/// Stands between a client and the homeserver.
pub struct Wire {
    pub url: String,
    flow: Arc<Flow>,
    http: reqwest::Client,
    task: tokio::task::JoinHandle<()>,
}

impl Wire {
    pub async fn to(target: &str) -> Self {
        Self::at(target, "127.0.0.1:0").await
    }

    /// On a given address.
    pub async fn at(target: &str, address: &str) -> Self {
        let flow = Arc::new(Flow {
            target: target.to_owned(),
            ..Flow::default()
        });
        let http = reqwest::Client::new();
        let app = Router::new()
            .fallback(pass)
            .with_state((Arc::clone(&flow), http.clone()));
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            url,
            flow,
            http,
            task,
        }
    }

    /// Cuts it or mends it; a cut wire answers as a proxy whose homeserver is gone.
    pub fn cut(&self, cut: bool) {
        self.flow.cut.store(cut, Ordering::SeqCst);
    }

    /// Cuts it at the `nth` request about rooms from now on, counted from 1, after or before that reached the homeserver.
    pub fn cut_at(&self, nth: usize, is_passed_on: bool) {
        *self.flow.cut_at.lock().unwrap() = Some((nth, is_passed_on));
    }

    /// Does not cut it any more. Whether it was cut meanwhile.
    pub fn mend(&self) -> bool {
        let planned = self.flow.cut_at.lock().unwrap().take();
        self.cut(false);
        planned.is_none()
    }

    /// Keeps keys back from now on.
    pub fn keep_keys(&self) {
        self.flow.keeps_keys.store(true, Ordering::SeqCst);
    }

    /// Shows the next room that is made as a sync can show it while it is being made: with nobody invited yet.
    pub fn hide_invites(&self) {
        self.flow.hides_invites.store(true, Ordering::SeqCst);
    }

    /// Lets the kept keys go.
    pub async fn release_keys(&self) {
        self.flow.keeps_keys.store(false, Ordering::SeqCst);
        let kept: Vec<_> = std::mem::take(&mut *self.flow.kept.lock().unwrap());
        assert!(!kept.is_empty(), "no keys were kept back");
        for (method, path, authorization, body) in kept {
            let request = self
                .http
                .request(method, format!("{}{path}", self.flow.target));
            let request = request.header("authorization", authorization).body(body);
            assert!(request.send().await.unwrap().status().is_success());
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Flow {
    /// Whether to cut everything off at this request, and if so, whether after it.
    fn cuts(&self, path: &str) -> Option<bool> {
        let about_rooms = [
            "/createRoom",
            "/state",
            "/invite",
            "/joined_rooms",
            "/directory/",
        ];
        if !about_rooms.iter().any(|part| path.contains(part)) {
            return None;
        }
        let mut planned = self.cut_at.lock().unwrap();
        let (left, is_passed_on) = (*planned)?;
        if left > 1 {
            *planned = Some((left - 1, is_passed_on));
            return None;
        }
        *planned = None;
        self.cut.store(true, Ordering::SeqCst);
        Some(is_passed_on)
    }
}

async fn pass(
    State((flow, http)): State<(Arc<Flow>, reqwest::Client)>,
    request: Request,
) -> Response {
    if flow.cut.load(Ordering::SeqCst) {
        let page = "<html>Bad Gateway</html>";
        return (StatusCode::BAD_GATEWAY, [("connection", "close")], page).into_response();
    }
    let cut = flow.cuts(request.uri().path());
    if cut == Some(false) {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.to_string();
    let authorization = parts
        .headers
        .get("authorization")
        .map_or("", |value| value.to_str().unwrap());
    if flow.keeps_keys.load(Ordering::SeqCst) && path.contains("/sendToDevice/") {
        let one = (parts.method, path, authorization.to_owned(), body);
        flow.kept.lock().unwrap().push(one);
        return axum::Json(json!({})).into_response();
    }
    let mut onward = http
        .request(parts.method, format!("{}{path}", flow.target))
        .body(body);
    for name in ["authorization", "content-type"] {
        if let Some(value) = parts.headers.get(name) {
            onward = onward.header(name, value);
        }
    }
    let Ok(answer) = onward.send().await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    if cut.is_some() {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let status = answer.status();
    let kind = answer.headers().get("content-type").cloned();
    let mut bytes = answer.bytes().await.unwrap_or_default();
    if flow.hides_invites.load(Ordering::SeqCst) {
        let asks_members = path
            .split('?')
            .next()
            .is_some_and(|path| path.ends_with("/members"));
        if asks_members || path.contains("/sync") {
            let mut answer: Value = serde_json::from_slice(&bytes).unwrap();
            without_invites(&mut answer);
            bytes = Bytes::from(answer.to_string());
        }
        if asks_members {
            flow.hides_invites.store(false, Ordering::SeqCst);
            flow.asked.notify_one();
        } else if path.contains("/createRoom") {
            flow.asked.notified().await;
        }
    }
    let mut response = (status, bytes).into_response();
    if let Some(kind) = kind {
        response.headers_mut().insert("content-type", kind);
    }
    response
}

/// Takes out of an answer that anybody was invited to a room.
fn without_invites(answer: &mut Value) {
    match answer {
        Value::Array(values) => {
            values.retain(|value| value["content"]["membership"] != "invite");
            values.iter_mut().for_each(without_invites);
        }
        Value::Object(fields) => {
            for gone in ["m.heroes", "m.invited_member_count"] {
                fields.remove(gone);
            }
            fields.values_mut().for_each(without_invites);
        }
        _ => {}
    }
}
