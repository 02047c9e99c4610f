//! The connection to the daemon, and everything that can go wrong with it.

use std::{io, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;
use tocsin::platforms::signal::{
    link::{Address, CallError, Ended, Link, LinkError},
    wire::{Group, Refusal, Uuid},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, UnixListener},
    sync::watch,
};

use super::daemon::{Daemon, Does, crowded_group};

/// Longer than any answer of the pretend daemon takes.
const PATIENCE: Duration = Duration::from_secs(30);
/// Long enough for a request to be written.
const A_WHILE: Duration = Duration::from_secs(2);
/// Shorter than any answer that is not given.
const HASTE: Duration = Duration::from_millis(50);

const GROUP: &str = "R0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0c=";

/// What went into the sink.
#[derive(Clone)]
struct Kept(watch::Sender<Vec<Vec<u8>>>);

impl Kept {
    fn new() -> Self {
        Self(watch::Sender::new(Vec::new()))
    }

    fn sink(&self) -> impl FnMut(&[u8]) -> io::Result<()> + Send + 'static {
        let kept = self.clone();
        move |line: &[u8]| {
            kept.0.send_modify(|lines| lines.push(line.to_vec()));
            Ok(())
        }
    }

    async fn at_least(&self, n: usize) -> Vec<Vec<u8>> {
        let mut kept = self.0.subscribe();
        kept.wait_for(|lines| lines.len() >= n)
            .await
            .unwrap()
            .clone()
    }
}

async fn link(daemon: &Daemon) -> Link {
    linked(daemon, &Kept::new()).await
}

async fn linked(daemon: &Daemon, kept: &Kept) -> Link {
    Link::connect(&daemon.address(), None, kept.sink())
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

fn note(n: usize) -> String {
    json!({ "jsonrpc": "2.0", "method": "receive", "params": { "envelope": { "timestamp": n } } })
        .to_string()
}

#[tokio::test]
async fn answers_find_their_callers_in_whatever_order_they_come() {
    let daemon = Daemon::start(|asked| Does::Later(asked.params["n"].clone()));
    let link = link(&daemon).await;
    let calls = (0..20).map(|n| {
        let link = link.clone();
        tokio::spawn(async move {
            link.call("echo", json!({ "n": n }), PATIENCE)
                .await
                .unwrap()
        })
    });
    let calls: Vec<_> = calls.collect();
    daemon.asked(20).await;
    daemon.release();
    for (n, call) in calls.into_iter().enumerate() {
        assert_eq!(call.await.unwrap(), n);
    }
}

#[tokio::test]
async fn a_refusal_is_told_as_it_is() {
    let daemon = Daemon::start(|_| Does::Refuses(-1, "Group not found: x", Value::Null));
    let refused = link(&daemon).await.call("send", json!({}), PATIENCE).await;
    let Err(CallError::Refused(error)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(error.refusal(), Refusal::NotInRoom);
}

#[tokio::test]
async fn an_answer_after_patience_is_not_lost() {
    let daemon = Daemon::start(|_| Does::Later(json!({ "timestamp": 5 })));
    let link = link(&daemon).await;
    // Handed over first, so that patience does not end before it is written.
    let call = {
        let link = link.clone();
        tokio::spawn(async move { link.call("send", json!({}), A_WHILE).await })
    };
    daemon.asked(1).await;
    let Err(CallError::NoAnswer(Some(late))) = call.await.unwrap() else {
        panic!("answered");
    };
    daemon.release();
    let answer = late.answer().await.unwrap().unwrap();
    assert_eq!(answer["timestamp"], 5);
    // The connection is as good as before.
    assert!(link.call("version", json!({}), PATIENCE).await.is_ok());
}

#[tokio::test]
async fn a_cut_line_leaves_it_unknown_what_was_done() {
    let daemon = Daemon::start(|_| Does::Cuts);
    let link = link(&daemon).await;
    let call = link.call("send", json!({}), PATIENCE).await;
    assert!(matches!(call, Err(CallError::NoAnswer(None))), "{call:?}");
    assert_eq!(link.ended().await, Ended::ByDaemon);
    assert!(link.is_over());
    let after = link.call("send", json!({}), PATIENCE).await;
    assert!(matches!(after, Err(CallError::NotSent)), "{after:?}");
}

#[tokio::test]
async fn half_an_answer_is_none() {
    let mut is_first = true;
    let daemon = Daemon::start(move |_| {
        if std::mem::replace(&mut is_first, false) {
            Does::Raw(br#"{"jsonrpc":"2.0","id":"1","result":{"timest"#.to_vec())
        } else {
            Does::Cuts
        }
    });
    let link = link(&daemon).await;
    let (first, second) = tokio::join!(
        link.call("send", json!({}), PATIENCE),
        link.call("send", json!({}), PATIENCE)
    );
    for call in [first, second] {
        assert!(matches!(call, Err(CallError::NoAnswer(None))), "{call:?}");
    }
    // Nothing that was understood ever came.
    assert_eq!(link.ended().await, Ended::NotTheDialect);
}

#[tokio::test]
async fn a_late_answer_that_can_never_come_is_told_to_be_none() {
    let daemon = Daemon::start(|asked| match asked.method.as_str() {
        "send" => Does::Nothing,
        _ => Does::Cuts,
    });
    let link = link(&daemon).await;
    let call = {
        let link = link.clone();
        tokio::spawn(async move { link.call("send", json!({}), A_WHILE).await })
    };
    daemon.asked(1).await;
    let Err(CallError::NoAnswer(Some(late))) = call.await.unwrap() else {
        panic!("answered");
    };
    let _ = link.call("stop", json!({}), PATIENCE).await;
    assert!(late.answer().await.is_none());
}

#[tokio::test]
async fn a_daemon_that_hangs_is_not_waited_for_and_what_it_never_got_was_not_sent() {
    let daemon = Daemon::start(|_| Does::Hangs);
    let link = link(&daemon).await;
    let first = link.call("send", json!({}), HASTE).await;
    assert!(
        matches!(
            first,
            Err(CallError::NoAnswer(Some(_)) | CallError::NotSent)
        ),
        "{first:?}"
    );
    // More than the socket holds: the next ones stay here, and can be withdrawn.
    let big = json!({ "message": "x".repeat(4 << 20) });
    let stuck = link.call("send", big, A_WHILE).await;
    assert!(
        matches!(stuck, Err(CallError::NoAnswer(Some(_)))),
        "{stuck:?}"
    );
    for _ in 0..3 {
        let behind = link.call("send", json!({}), HASTE).await;
        assert!(matches!(behind, Err(CallError::NotSent)), "{behind:?}");
    }
    link.close().await;
    assert_eq!(link.ended().await, Ended::ByUs);
}

#[tokio::test]
async fn what_comes_by_itself_is_kept_as_it_came_but_typing_is_not() {
    let daemon = Daemon::obliging();
    let kept = Kept::new();
    let _link = linked(&daemon, &kept).await;
    let odd = r#"{"method" : "receive", "params":{"subscription":0,"result":{"envelope":{}}} , "more": "ä" }"#;
    let typing = r#"{"jsonrpc":"2.0","method":"receive","params":{"envelope":{"typingMessage":{"action":"STARTED"}}}}"#;
    let other = r#"{"jsonrpc":"2.0","method":"callEvent","params":{}}"#;
    for line in [&note(1), typing, other, odd, "", "no JSON", &note(2)] {
        daemon.push(line).await;
    }
    let lines = kept.at_least(3).await;
    assert_eq!(
        lines,
        [note(1).as_bytes(), odd.as_bytes(), note(2).as_bytes()]
    );
}

#[tokio::test]
async fn lines_come_whole_out_of_any_pieces() {
    let daemon = Daemon::obliging();
    let kept = Kept::new();
    let link = linked(&daemon, &kept).await;
    let bytes = format!("{}\n{}\n", note(1), note(2)).into_bytes();
    for piece in bytes.chunks(7) {
        daemon.push_raw(piece.to_vec()).await;
    }
    assert_eq!(
        kept.at_least(2).await,
        [note(1).as_bytes(), note(2).as_bytes()]
    );
    assert_eq!(link.garbage(), 0);
}

#[tokio::test]
async fn a_line_that_is_too_long_is_counted_and_the_next_one_kept() {
    let daemon = Daemon::obliging();
    let kept = Kept::new();
    let link = linked(&daemon, &kept).await;
    let long =
        json!({ "jsonrpc": "2.0", "method": "receive", "params": { "x": "x".repeat(3 << 20) } });
    daemon.push(&long.to_string()).await;
    daemon.push(&note(1)).await;
    assert_eq!(kept.at_least(1).await, [note(1).as_bytes()]);
    assert_eq!(link.too_long(), 1);
}

#[tokio::test]
async fn a_sink_that_fails_is_offered_the_same_line_again() {
    let daemon = Daemon::obliging();
    let kept = Kept::new();
    let mut sink = kept.sink();
    let mut failures = 1;
    let failing = move |line: &[u8]| {
        if failures > 0 {
            failures -= 1;
            return Err(io::ErrorKind::StorageFull.into());
        }
        sink(line)
    };
    let _link = Link::connect(&daemon.address(), None, failing).await;
    daemon.push(&note(1)).await;
    daemon.push(&note(2)).await;
    assert_eq!(
        kept.at_least(2).await,
        [note(1).as_bytes(), note(2).as_bytes()]
    );
}

#[tokio::test]
async fn closing_keeps_what_the_daemon_still_hands_over() {
    let daemon = Daemon::obliging();
    let kept = Kept::new();
    let link = linked(&daemon, &kept).await;
    for n in 0..100 {
        daemon.push(&note(n)).await;
    }
    link.close().await;
    assert_eq!(link.ended().await, Ended::ByUs);
    assert_eq!(kept.0.borrow().len(), 100);
    let after = link.call("send", json!({}), PATIENCE).await;
    assert!(matches!(after, Err(CallError::NotSent)), "{after:?}");
}

#[tokio::test]
async fn a_thousand_members_come_in_one_answer() {
    let daemon = Daemon::start(|_| Does::Answers(crowded_group(GROUP, 1000)));
    let answer = link(&daemon)
        .await
        .call("listGroups", json!({}), PATIENCE)
        .await;
    let groups = Group::list(&answer.unwrap());
    let [group] = groups.as_slice() else {
        panic!("one group");
    };
    assert_eq!(group.taken(), 1000);
    let person = |n| Uuid::read(&format!("00000000-0000-4000-8000-{n:012x}")).unwrap();
    assert!(group.is_admin(person(1)) && !group.is_admin(person(2)));
    assert!(group.has(person(999)) && !group.has(person(1000)));
}

#[tokio::test]
async fn the_account_is_named_where_a_daemon_serves_several() {
    let daemon = Daemon::obliging();
    let account = Some("+16125550100".to_owned());
    let link = Link::connect(&daemon.address(), account, |_| Ok(())).await;
    let link = link.unwrap_or_else(|error| panic!("{error}"));
    link.call("send", json!({ "message": "x" }), PATIENCE)
        .await
        .unwrap();
    link.call("send", json!({ "account": "+1" }), PATIENCE)
        .await
        .unwrap();
    let asked = daemon.asked(2).await;
    assert_eq!(asked[0].method, "send");
    assert_eq!(
        asked[0].params,
        json!({ "account": "+16125550100", "message": "x" })
    );
    assert_eq!(asked[1].params, json!({ "account": "+1" }));
    assert_ne!(asked[0].id, asked[1].id);
}

#[tokio::test]
async fn a_connection_closes_when_nobody_holds_it() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("s");
    let listener = UnixListener::bind(&path).unwrap();
    let link = Link::connect(&Address::Unix(path), None, |_| Ok(()))
        .await
        .ok();
    let (mut stream, _) = listener.accept().await.unwrap();
    drop(link);
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    assert!(all.is_empty());
}

#[tokio::test]
async fn what_is_no_daemon_of_this_dialect_is_said_to_be_none() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = Address::Tcp(listener.local_addr().unwrap());
    let link = Link::connect(&address, None, |_| Ok(())).await;
    let link = link.unwrap_or_else(|error| panic!("{error}"));
    let (mut stream, _) = listener.accept().await.unwrap();
    stream
        .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        .await
        .unwrap();
    let ended = link.ended().await;
    assert_eq!(ended, Ended::NotTheDialect);
    assert!(ended.to_string().contains("--socket"), "{ended}");
}

#[tokio::test]
async fn why_there_is_no_connection_is_said() {
    let folder = TempDir::new().unwrap();
    let missing = Address::Unix(folder.path().join("missing"));
    let told = Link::connect(&missing, None, |_| Ok(())).await.err();
    assert!(matches!(told, Some(LinkError::Missing(_))), "{told:?}");

    // A socket that somebody left behind.
    let left = folder.path().join("left");
    drop(UnixListener::bind(&left).unwrap());
    let told = Link::connect(&Address::Unix(left), None, |_| Ok(()))
        .await
        .err();
    assert!(matches!(told, Some(LinkError::Refused(_))), "{told:?}");

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = Address::Tcp(listener.local_addr().unwrap());
    drop(listener);
    let told = Link::connect(&address, None, |_| Ok(())).await.err();
    assert!(matches!(told, Some(LinkError::Refused(_))), "{told:?}");
}
