//! A pretend daemon on a unix socket: it answers by script, pushes lines, and misbehaves when told to.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tocsin::platforms::signal::link::Address;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::{broadcast, watch},
};

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub id: Value,
    pub method: String,
    pub params: Value,
}

/// What the daemon does about a request.
#[derive(Debug, Clone)]
pub enum Does {
    /// Answers with a result.
    Answers(Value),
    /// Refuses: code, message, data.
    Refuses(i64, &'static str, Value),
    /// Says nothing, ever.
    Nothing,
    /// Keeps the answer until [`Daemon::release`].
    Later(Value),
    /// Writes these bytes as they are.
    Raw(Vec<u8>),
    /// Cuts the line.
    Cuts,
    /// Reads and writes nothing any more.
    Hangs,
}

type Script = dyn FnMut(&Asked) -> Does + Send;

struct Shared {
    script: Mutex<Box<Script>>,
    asked: watch::Sender<Vec<Asked>>,
    pushed: broadcast::Sender<Vec<u8>>,
    released: watch::Sender<bool>,
    clients: watch::Sender<usize>,
}

/// The daemon. It stops when it is dropped.
pub struct Daemon {
    shared: Arc<Shared>,
    path: PathBuf,
    task: tokio::task::JoinHandle<()>,
    _folder: TempDir,
}

impl Daemon {
    /// Listens on a socket of its own; does what `script` says about each request.
    pub fn start(script: impl FnMut(&Asked) -> Does + Send + 'static) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("signal.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let shared = Arc::new(Shared {
            script: Mutex::new(Box::new(script)),
            asked: watch::Sender::new(Vec::new()),
            pushed: broadcast::Sender::new(4096),
            released: watch::Sender::new(false),
            clients: watch::Sender::new(0),
        });
        let serving = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            let mut clients = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let pushed = serving.pushed.subscribe();
                clients.spawn(serve(stream, Arc::clone(&serving), pushed));
                serving.clients.send_modify(|clients| *clients += 1);
            }
        });
        Self {
            shared,
            path,
            task,
            _folder: folder,
        }
    }

    /// Answers everything with `{}`.
    pub fn obliging() -> Self {
        Self::start(|_| Does::Answers(json!({})))
    }

    pub fn address(&self) -> Address {
        Address::Unix(self.path.clone())
    }

    /// Writes a line to every client, as soon as there is one.
    pub async fn push(&self, line: &str) {
        self.push_raw(format!("{line}\n").into_bytes()).await;
    }

    /// Writes bytes to every client, as soon as there is one.
    pub async fn push_raw(&self, bytes: Vec<u8>) {
        let mut clients = self.shared.clients.subscribe();
        clients.wait_for(|clients| *clients > 0).await.unwrap();
        self.shared.pushed.send(bytes).unwrap();
    }

    /// Waits until at least `n` requests came, and gives all there are.
    pub async fn asked(&self, n: usize) -> Vec<Asked> {
        let mut asked = self.shared.asked.subscribe();
        asked
            .wait_for(|asked| asked.len() >= n)
            .await
            .unwrap()
            .clone()
    }

    /// Waits until this was asked for.
    pub async fn asked_for(&self, method: &str) {
        let mut asked = self.shared.asked.subscribe();
        asked
            .wait_for(|asked| asked.iter().any(|one| one.method == method))
            .await
            .unwrap();
    }

    /// Gives the answers that were kept.
    pub fn release(&self) {
        self.shared.released.send_replace(true);
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One client, until it has shut its side and every answer that is not kept is given.
async fn serve(stream: UnixStream, shared: Arc<Shared>, mut pushed: broadcast::Receiver<Vec<u8>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut released = shared.released.subscribe();
    let mut kept: Vec<Vec<u8>> = Vec::new();
    loop {
        let bytes = tokio::select! {
            line = lines.next_line() => match line {
                Ok(Some(line)) => match shared.does(&line) {
                    Does::Answers(result) => answer(&line, "result", result),
                    Does::Refuses(code, message, data) => {
                        answer(&line, "error", json!({ "code": code, "message": message, "data": data }))
                    }
                    Does::Later(result) => {
                        kept.push(answer(&line, "result", result));
                        continue;
                    }
                    Does::Nothing => continue,
                    Does::Raw(bytes) => bytes,
                    Does::Cuts => return,
                    Does::Hangs => std::future::pending().await,
                },
                _ => {
                    // What is still to be handed over comes before the end.
                    while let Ok(bytes) = pushed.try_recv() {
                        if write.write_all(&bytes).await.is_err() {
                            return;
                        }
                    }
                    return;
                }
            },
            Ok(bytes) = pushed.recv() => bytes,
            true = async { released.wait_for(|released| *released).await.is_ok() }, if !kept.is_empty() => {
                // The latest first: answers come in any order.
                kept.drain(..).rev().flatten().collect()
            }
        };
        if write.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

impl Shared {
    fn does(&self, line: &str) -> Does {
        let request: Value = serde_json::from_str(line).unwrap();
        let asked = Asked {
            id: request["id"].clone(),
            method: request["method"].as_str().unwrap().to_owned(),
            params: request["params"].clone(),
        };
        let does = (self.script.lock().unwrap())(&asked);
        self.asked.send_modify(|all| all.push(asked));
        does
    }
}

fn answer(request: &str, member: &str, value: Value) -> Vec<u8> {
    let request: Value = serde_json::from_str(request).unwrap();
    let mut answer = json!({ "jsonrpc": "2.0", "id": request["id"] });
    answer[member] = value;
    format!("{answer}\n").into_bytes()
}

/// The answer of `listGroups` for one group with so many members, as 0.14 gives it.
pub fn crowded_group(id: &str, members: usize) -> Value {
    let uuid = |n: usize| format!("00000000-0000-4000-8000-{n:012x}");
    let member = |n: usize| json!({ "number": null, "uuid": uuid(n), "isAdmin": n < 2, "labelEmoji": "🔔", "label": "dispatch" });
    let admin = |n: usize| json!({ "number": null, "uuid": uuid(n) });
    json!([{
        "id": id, "name": "Phillips rapid response", "description": "", "isMember": true, "isBlocked": false,
        "messageExpirationTime": 0, "members": (0..members).map(member).collect::<Vec<_>>(), "pendingMembers": [],
        "requestingMembers": [], "admins": (0..2).map(admin).collect::<Vec<_>>(), "banned": [],
        "permissionAddMember": "ONLY_ADMINS", "permissionEditDetails": "ONLY_ADMINS", "permissionSendMessage": "EVERY_MEMBER",
        "groupInviteLink": null,
    }])
}
