//! A daemon that answers what a test says.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tocsin::platforms::signal::{
    daemon::Daemon,
    link::{Address, Link},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::UnixListener,
};

/// What a puppet answers: `None` hangs up without a word.
pub type Answer = Option<Result<Value, (i64, &'static str)>>;

/// A daemon on a socket of its own.
pub struct Puppet {
    _dir: TempDir,
    socket: PathBuf,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

pub const ACCOUNT: &str = "+16125550100";

impl Puppet {
    pub fn new(mut answers: impl FnMut(&str, &Value) -> Answer + Send + 'static) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("s");
        let listener = UnixListener::bind(&socket).unwrap();
        let asked: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                while let Ok(Some(line)) = lines.next_line().await {
                    let request: Value = serde_json::from_str(&line).unwrap();
                    let method = request["method"].as_str().unwrap().to_owned();
                    heard
                        .lock()
                        .unwrap()
                        .push((method.clone(), request["params"].clone()));
                    let Some(answer) = answers(&method, &request["params"]) else {
                        break;
                    };
                    let mut line = json!({ "jsonrpc": "2.0", "id": request["id"] });
                    match answer {
                        Ok(result) => line["result"] = result,
                        Err((code, message)) => {
                            line["error"] = json!({ "code": code, "message": message })
                        }
                    }
                    write
                        .write_all(format!("{line}\n").as_bytes())
                        .await
                        .unwrap();
                }
            }
        });
        Self {
            _dir: dir,
            socket,
            asked,
        }
    }

    /// A connection to it.
    pub async fn daemon(&self) -> Daemon {
        let address = Address::Unix(self.socket.clone());
        let link = Link::connect(&address, None, |_: &[u8]| -> io::Result<()> { Ok(()) })
            .await
            .unwrap();
        let daemon = Daemon::new(ACCOUNT);
        daemon.set(Some(link));
        daemon
    }

    /// What it was asked, without looking.
    pub fn asked(&self) -> Vec<(String, Value)> {
        let is_change = |(method, params): &&(String, Value)| {
            method != "listGroups"
                && !(method == "updateGroup"
                    && params.as_object().unwrap().len() == 2
                    && !params["groupId"].is_null())
        };
        self.asked
            .lock()
            .unwrap()
            .iter()
            .filter(is_change)
            .cloned()
            .collect()
    }
}
