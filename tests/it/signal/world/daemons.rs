//! Running signal-clis: the one that all tests share, and those that a test has for itself.

use std::{
    io::Write as _,
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{User, World};

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
    /// Ends one that a test has for itself with the last copy of this.
    #[serde(skip)]
    ending: Option<Arc<Ending>>,
}

/// Ends a signal-cli when nobody has it any more: each takes 200 MB.
#[derive(Debug)]
struct Ending {
    /// `HOST:PORT` of the control API.
    control: String,
    name: String,
}

impl Drop for Ending {
    fn drop(&mut self) {
        let body = json!({ "name": self.name }).to_string();
        let Ok(mut stream) = TcpStream::connect(&self.control) else {
            return;
        };
        // Not waited for, and if it fails the world ends it.
        drop(write!(
            stream,
            "POST /daemon/end HTTP/1.1\r\nHost: world\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
    }
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

impl World {
    /// The signal-cli that all tests share.
    pub async fn daemon(&self) -> Daemon {
        let all = self.ask(Method::GET, "/daemons", Value::Null).await;
        let all: Vec<Daemon> = serde_json::from_value(all).unwrap();
        all.into_iter().find(|each| each.name == "bot").unwrap()
    }

    /// Another signal-cli, with an account of its own; it ends when the test does.
    pub async fn own_daemon(&self) -> Daemon {
        self.other_daemon(json!({ "name": fresh() })).await
    }

    /// Another signal-cli that is not linked yet.
    pub async fn unlinked_daemon(&self) -> Daemon {
        self.other_daemon(json!({ "name": fresh(), "link": false }))
            .await
    }

    async fn other_daemon(&self, order: Value) -> Daemon {
        let mut daemon: Daemon = self.make("/daemon", order).await;
        let control = self.control.trim_start_matches("http://").to_owned();
        let name = daemon.name.clone();
        daemon.ending = Some(Arc::new(Ending { control, name }));
        daemon
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
