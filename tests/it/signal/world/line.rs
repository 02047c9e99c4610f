//! A plain connection to signal-cli: raw lines, without any code of the adapter.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{UnixStream, unix::OwnedWriteHalf},
    sync::watch,
};

use super::{Daemon, PATIENCE};

/// One connection. It hears what everybody says to that account, also other tests' people.
pub struct Line {
    writer: tokio::sync::Mutex<OwnedWriteHalf>,
    lines: Arc<Mutex<Vec<Value>>>,
    count: watch::Receiver<usize>,
    account: Option<String>,
    last: AtomicU64,
}

impl Line {
    /// Connects: from here on signal-cli takes what waits on the server.
    pub async fn to(daemon: &Daemon) -> Self {
        let stream = UnixStream::connect(&daemon.socket).await.unwrap();
        let (reader, writer) = stream.into_split();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (counter, count) = watch::channel(0);
        let sink = Arc::clone(&lines);
        tokio::spawn(async move {
            let mut reader = BufReader::new(reader).lines();
            while let Ok(Some(line)) = reader.next_line().await {
                let mut lines = sink.lock().unwrap();
                lines.push(serde_json::from_str(&line).unwrap());
                counter.send_replace(lines.len());
            }
        });
        Self {
            writer: tokio::sync::Mutex::new(writer),
            lines,
            count,
            account: daemon.account.clone(),
            last: AtomicU64::new(0),
        }
    }

    /// Calls a method for the daemon's account; its result.
    pub async fn call(&self, method: &str, params: Value) -> Value {
        match self.try_call(method, params).await {
            Ok(result) => result,
            Err(error) => panic!("{method}: {error}"),
        }
    }

    /// Calls a method; its result or its error.
    pub async fn try_call(&self, method: &str, mut params: Value) -> Result<Value, Value> {
        let id = self.last.fetch_add(1, Ordering::Relaxed).to_string();
        if let Some(account) = &self.account {
            params["account"] = json!(account);
        }
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.writer
            .lock()
            .await
            .write_all(format!("{request}\n").as_bytes())
            .await
            .unwrap();
        let answer = self.line(method, |line| line["id"] == id.as_str()).await;
        match answer.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(answer["result"].clone()),
        }
    }

    /// The first envelope that is so.
    pub async fn envelope(&self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let line = self
            .line(what, |line| {
                line["method"] == "receive" && is_it(&line["params"]["envelope"])
            })
            .await;
        line["params"]["envelope"].clone()
    }

    /// The first line that is so.
    async fn line(&self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let mut count = self.count.clone();
        let found = async {
            loop {
                count.borrow_and_update();
                let found = self
                    .lines
                    .lock()
                    .unwrap()
                    .iter()
                    .find(|line| is_it(line))
                    .cloned();
                if let Some(found) = found {
                    return Some(found);
                }
                if count.changed().await.is_err() {
                    return None;
                }
            }
        };
        match tokio::time::timeout(PATIENCE, found).await {
            Ok(Some(found)) => found,
            Ok(None) => panic!("{what}: signal-cli hung up"),
            Err(_) => panic!(
                "{what}: not in {PATIENCE:?}; came: {:#?}",
                self.lines.lock().unwrap()
            ),
        }
    }

    /// How many lines so far are so.
    pub fn count(&self, is_it: impl Fn(&Value) -> bool) -> usize {
        self.lines
            .lock()
            .unwrap()
            .iter()
            .filter(|line| is_it(line))
            .count()
    }
}
