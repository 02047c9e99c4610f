//! The server fails: refuses, is slow, is away, is full.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Daemon, Group, User, World};

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
    pub fn by_daemon(self, daemon: &Daemon) -> Self {
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
