//! The daemon as the rest of the adapter asks it: over whatever connection there is at the moment.

use std::{
    sync::{PoisonError, RwLock},
    time::Duration,
};

use serde_json::{Value, json};

use crate::platforms::signal::link::{CallError, Link};

/// What is asked of the daemon itself and not of one of its accounts: it takes no account's name for these.
const OF_ITSELF: [&str; 4] = ["version", "listAccounts", "startLink", "finishLink"];

/// A daemon, connected or not, and the account that it is asked for.
pub struct Daemon {
    account: String,
    link: RwLock<Option<Link>>,
}

impl Daemon {
    /// A daemon that is asked for this account, its number with its country. Not connected yet.
    pub fn new(account: impl Into<String>) -> Self {
        Self {
            account: account.into(),
            link: RwLock::default(),
        }
    }

    /// The account's number.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// There is a connection, or none any more.
    pub fn set(&self, link: Option<Link>) {
        *self.link.write().unwrap_or_else(PoisonError::into_inner) = link;
    }

    /// Whether there is a connection.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.link().is_some()
    }

    /// Asks for something, and waits so long for the answer.
    ///
    /// # Errors
    /// If there is no connection, no answer in time, or a refusal.
    pub async fn call(
        &self,
        method: &'static str,
        params: Value,
        patience: Duration,
    ) -> Result<Value, CallError> {
        let link = self.link().ok_or(CallError::NotSent)?;
        let params = self.for_account(method, params);
        link.call(method, params, patience).await
    }

    /// Names the account: a daemon that holds several asks for that.
    fn for_account(&self, method: &str, mut params: Value) -> Value {
        let is_named = OF_ITSELF.contains(&method) || params.get("account").is_some();
        if !is_named && params.is_object() {
            params["account"] = json!(self.account);
        }
        params
    }

    fn link(&self) -> Option<Link> {
        let link = self.link.read();
        link.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_named_where_it_is_asked_for() {
        let daemon = Daemon::new("+16125550100");
        for (method, params, sent) in [
            ("version", json!({}), json!({})),
            ("startLink", json!({}), json!({})),
            (
                "listGroups",
                json!({}),
                json!({ "account": "+16125550100" }),
            ),
            (
                "send",
                json!({ "account": "+1" }),
                json!({ "account": "+1" }),
            ),
            (
                "send",
                json!({ "message": "x" }),
                json!({ "message": "x", "account": "+16125550100" }),
            ),
        ] {
            assert_eq!(daemon.for_account(method, params), sent, "{method}");
        }
    }

    #[tokio::test]
    async fn without_a_connection_nothing_is_sent() {
        let daemon = Daemon::new("+16125550100");
        let answer = daemon.call("version", json!({}), Duration::ZERO).await;
        assert!(!daemon.is_connected());
        assert!(matches!(answer, Err(CallError::NotSent)));
    }
}
