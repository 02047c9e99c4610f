//! A Signal of the tests' own: people with phones, groups, a server that can fail, and the real signal-cli as a linked device of the bot.
//!
//! `tests/kit/signal.sh` starts it, `tests/kit/signal/README.md` says what it can and cannot. Every test makes people and groups of its own:
//! all share one signal-cli. A test that kills it, cuts its network, or wants messages to wait for it, takes one [`World::own_daemon`].

mod daemons;
mod faults;
mod groups;
mod line;
mod words;

use std::time::{Duration, Instant};

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

pub use self::{
    daemons::Daemon,
    faults::Fault,
    groups::{Change, Group},
    line::Line,
    words::{Attachment, Heard, Place, Quote, Range, Words},
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

    /// Somebody new whose profile has this name.
    pub async fn user(&self, name: &str) -> User {
        self.make("/user", json!({ "name": name })).await
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

    /// Somebody has a new phone: other keys, and so another safety number with everybody.
    pub async fn rekey(&self, user: &User) {
        self.ask(Method::POST, "/rekey", json!({ "user": user.uuid }))
            .await;
    }

    /// Removes every linked device on the user's phone.
    pub async fn unlink(&self, user: &User) {
        self.ask(Method::POST, "/unlink", json!({ "user": user.uuid }))
            .await;
    }
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
