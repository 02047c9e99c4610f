//! The adapter between the pretend daemon and an inbox: what the real signal-cli of the tests does not do by itself.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tocsin::{
    clock::SystemClock,
    config::signal::SignalConfig,
    domain::{
        directory::{Directory, Purpose, Room},
        envelope::{Content, Envelope, PlatformKind, RoomRef, Trouble},
        role::Role,
    },
    platforms::{Inbox, Platform, Stop, signal::Signal},
};
use tokio::sync::mpsc;

use crate::signal::daemon::{Asked, Daemon, Does};

const ACCOUNT: &str = "+16125550100";
const BOT: &str = "00000000-0000-4000-8000-0000000000b0";
const VERA: &str = "00000000-0000-4000-8000-0000000000a1";
const BEN: &str = "00000000-0000-4000-8000-0000000000b2";
const VERIFIERS: &str = "R0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0c=";

/// The adapter at work. What it hands over is taken in.
struct Desk {
    signal: Arc<Signal>,
    taken: mpsc::UnboundedReceiver<Envelope>,
    stop: Stop,
    _folder: TempDir,
}

impl Desk {
    fn new(daemon: &Daemon) -> Self {
        let folder = TempDir::new().unwrap();
        let config = SignalConfig {
            address: daemon.address(),
            account: ACCOUNT.to_owned(),
            name: "tocsin".to_owned(),
            picture: None,
            daemon_dir: None,
            admins: Role::Neighbor,
            data_dir: folder.path().to_owned(),
        };
        let directory = Directory {
            rooms: vec![Room {
                room: RoomRef::new(PlatformKind::Signal, VERIFIERS),
                name: "Verifiers".to_owned(),
                purpose: Purpose::Verifiers,
                areas: BTreeSet::new(),
                language: "en".to_owned(),
            }],
            ..Directory::default()
        };
        let signal = Signal::new(config, [7; 32], &directory, Arc::new(SystemClock));
        let signal = Arc::new(signal);
        let (intake, mut batches) = mpsc::channel(8);
        let (tell, taken) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(batch) = batches.recv().await {
                let batch: tocsin::platforms::Batch = batch;
                batch.envelopes.into_iter().for_each(|one| {
                    // The test may have seen enough.
                    let _ = tell.send(one);
                });
                let _ = batch.done.send(Ok(()));
            }
        });
        let stop = Stop::new();
        let (listening, until) = (Arc::clone(&signal), stop.clone());
        let inbox = Inbox::new(PlatformKind::Signal, intake);
        tokio::spawn(async move { listening.listen(inbox, None, until).await });
        Self {
            signal,
            taken,
            stop,
            _folder: folder,
        }
    }

    /// The next envelope that is so.
    async fn takes(&mut self, is_it: impl Fn(&Envelope) -> bool) -> Envelope {
        let next = async {
            loop {
                let envelope = self.taken.recv().await.unwrap();
                if is_it(&envelope) {
                    return envelope;
                }
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), next)
            .await
            .expect("it is handed over")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn group() -> Value {
    json!([{
        "id": VERIFIERS, "name": "Verifiers", "description": "", "isMember": true, "isBlocked": false,
        "messageExpirationTime": 0, "pendingMembers": [], "requestingMembers": [], "banned": [], "admins": [],
        "members": [{ "number": ACCOUNT, "uuid": BOT }, { "number": null, "uuid": VERA }],
    }])
}

fn identity(who: &str, keys: &str, trust: &str) -> Value {
    json!({ "number": null, "uuid": who, "fingerprint": keys, "trustLevel": trust, "addedTimestamp": 1 })
}

#[tokio::test]
async fn new_keys_of_somebody_let_in_among_verifiers_are_told_and_not_trusted() {
    let is_new = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_new);
    let daemon = Daemon::start(move |asked: &Asked| match asked.method.as_str() {
        "version" => Does::Answers(json!({ "version": "0.14.6" })),
        "listGroups" => Does::Answers(group()),
        "listIdentities" if seen.load(Ordering::SeqCst) => Does::Answers(json!([
            identity(VERA, "vera's new", "UNTRUSTED"),
            identity(BEN, "ben's new", "UNTRUSTED"),
        ])),
        "listIdentities" => Does::Answers(json!([
            identity(VERA, "vera's", "TRUSTED_UNVERIFIED"),
            identity(BEN, "ben's", "TRUSTED_UNVERIFIED"),
        ])),
        _ => Does::Answers(json!({})),
    });
    let mut desk = Desk::new(&daemon);
    desk.takes(|envelope| matches!(envelope.content, Content::Joined))
        .await;
    // Her keys change, and the next news of a group has everybody looked at.
    is_new.store(true, Ordering::SeqCst);
    let news = json!({ "jsonrpc": "2.0", "method": "receive", "params": { "account": ACCOUNT, "envelope": {
        "sourceUuid": BEN, "timestamp": 1_795_310_432_746_i64,
        "dataMessage": { "timestamp": 1_795_310_432_746_i64, "message": null,
            "groupInfo": { "groupId": VERIFIERS, "type": "UPDATE" } } } } });
    daemon.push(&news.to_string()).await;
    // A role may be one that moderators gave: who of them has one, the application knows.
    let is_news =
        |envelope: &Envelope| matches!(envelope.content, Content::Trouble(Trouble::KeysChanged));
    let told = [desk.takes(is_news).await, desk.takes(is_news).await];
    assert_ne!(told[0].id, told[1].id, "two pieces of news");
    let told = told.map(|told| (told.sender.address.expose().clone(), told.standing));
    let by_rooms = [
        (VERA.to_owned(), Some(Role::Verifier)),
        (BEN.to_owned(), None),
    ];
    assert!(by_rooms.iter().all(|one| told.contains(one)), "{told:?}");
    let asked = daemon.asked(0).await;
    let trusted = |asked: &Asked| asked.method == "trust" && asked.params["recipient"] == VERA;
    assert!(!asked.iter().any(trusted));
}

#[tokio::test]
async fn a_group_that_speaks_is_one_the_bot_was_added_to() {
    let is_in = Arc::new(AtomicBool::new(false));
    let added = Arc::clone(&is_in);
    let daemon = Daemon::start(move |asked: &Asked| match asked.method.as_str() {
        "version" => Does::Answers(json!({ "version": "0.14.6" })),
        "listGroups" => {
            let mut listed = group();
            listed[0]["isMember"] = added.load(Ordering::SeqCst).into();
            Does::Answers(listed)
        }
        _ => Does::Answers(json!([])),
    });
    let mut desk = Desk::new(&daemon);
    // It has looked, and is in no group.
    daemon.asked_for("listDevices").await;
    is_in.store(true, Ordering::SeqCst);
    let since = Instant::now();
    let silent = json!({ "jsonrpc": "2.0", "method": "receive", "params": { "account": ACCOUNT, "envelope": {
        "sourceUuid": BEN, "timestamp": 1_795_310_432_746_i64,
        "dataMessage": { "timestamp": 1_795_310_432_746_i64, "message": null,
            "groupInfo": { "groupId": VERIFIERS, "type": "DELIVER" } } } } });
    daemon.push(&silent.to_string()).await;
    desk.takes(|envelope| matches!(envelope.content, Content::Joined))
        .await;
    let took = since.elapsed();
    assert!(took.as_secs() < 20, "it looks anyway after 30 s: {took:?}");
}

#[tokio::test]
async fn what_the_daemon_cannot_do_is_asked_of_it() {
    let daemon = Daemon::start(|asked: &Asked| match asked.method.as_str() {
        "version" => Does::Answers(json!({ "version": "presage 0.7" })),
        "listGroups" => Does::Answers(group()),
        "capabilities" => Does::Answers(json!({ "edits": false })),
        "updateGroup" => Does::Refuses(-32_601, "Method not implemented", Value::Null),
        "sendReaction" | "remoteDelete" => Does::Refuses(-1, "No recipients given", Value::Null),
        _ => Does::Answers(json!([])),
    });
    let mut desk = Desk::new(&daemon);
    desk.takes(|envelope| matches!(envelope.content, Content::Joined))
        .await;
    let can = desk.signal.capabilities();
    assert!(can.reactions && can.redactions && can.direct);
    assert!(!can.edits && !can.arranges);
}
