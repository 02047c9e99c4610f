//! A pretend daemon that answers what a test says about groups.

use std::io;

use serde_json::Value;
use tocsin::platforms::signal::{daemon::Daemon, link::Link};

use crate::signal::daemon::{self, Does};

/// What a puppet answers: `None` hangs up without a word.
pub type Answer = Option<Result<Value, (i64, &'static str)>>;

/// A pretend daemon.
pub struct Puppet(daemon::Daemon);

pub const ACCOUNT: &str = "+16125550100";

impl Puppet {
    pub fn new(mut answers: impl FnMut(&str, &Value) -> Answer + Send + 'static) -> Self {
        Self(daemon::Daemon::start(move |asked| {
            match answers(&asked.method, &asked.params) {
                Some(Ok(result)) => Does::Answers(result),
                Some(Err((code, message))) => Does::Refuses(code, message, Value::Null),
                None => Does::Cuts,
            }
        }))
    }

    /// A connection to it.
    pub async fn daemon(&self) -> Daemon {
        let sink = |_: &[u8]| -> io::Result<()> { Ok(()) };
        let link = Link::connect(&self.0.address(), None, sink).await.unwrap();
        let daemon = Daemon::new(ACCOUNT);
        daemon.set(Some(link));
        daemon
    }

    /// The changes that it was asked for: all but listings and looks.
    pub async fn asked(&self) -> Vec<(String, Value)> {
        let asked = self.0.asked(0).await.into_iter();
        let asked = asked.map(|asked| (asked.method, asked.params));
        let is_change = |(method, params): &(String, Value)| {
            let is_look = method == "updateGroup"
                && params
                    .as_object()
                    .unwrap()
                    .keys()
                    .all(|key| ["account", "groupId"].contains(&key.as_str()));
            method != "listGroups" && !is_look
        };
        asked.filter(is_change).collect()
    }
}
