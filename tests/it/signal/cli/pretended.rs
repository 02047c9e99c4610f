//! What the real signal-cli of the tests cannot show: codes that lapse, a daemon for one account, challenges, changed numbers, others
//! that speak the dialect.

use std::time::Duration;

use serde_json::{Value, json};
use tocsin::{keyring::file as key_file, platforms::signal::journal::Journal};

use super::{Desk, Said};
use crate::signal::daemon::{Asked, Daemon, Does, crowded_group};

const ACCOUNT: &str = "+16125550100";
const ANA: &str = "00000000-0000-4000-8000-0000000000a1";

fn desk(daemon: &Daemon) -> Desk {
    Desk::new(&daemon.address().to_string(), ACCOUNT, "")
}

async fn asked(daemon: &Daemon, method: &str) -> Vec<Value> {
    let asked = daemon.asked(0).await.into_iter();
    asked
        .filter(|asked| asked.method == method)
        .map(|asked| asked.params)
        .collect()
}

#[tokio::test]
async fn a_code_that_lapsed_is_shown_anew() {
    let mut codes = 0;
    let daemon = Daemon::start(move |asked: &Asked| match asked.method.as_str() {
        "listAccounts" => Does::Answers(json!([])),
        "startLink" => {
            codes += 1;
            Does::Answers(
                json!({ "deviceLinkUri": format!("sgnl://linkdevice?uuid={codes}&pub_key=x") }),
            )
        }
        "finishLink" if codes == 1 => {
            Does::Refuses(-1, "Link request timed out, please try again.", Value::Null)
        }
        "finishLink" => Does::Answers(json!({ "number": ACCOUNT })),
        "version" => Does::Answers(json!({ "version": "99.0.0" })),
        "listDevices" => Does::Answers(json!([])),
        "listContacts" => {
            Does::Answers(json!([{ "number": ACCOUNT, "profile": { "givenName": "tocsin" } }]))
        }
        "listGroups" => Does::Answers(json!([])),
        _ => Does::Answers(json!({})),
    });
    let said = desk(&daemon).says(&["signal", "link"]).await;
    assert!(said.is_good, "{}", said.all());
    said.has(&[
        "here is a new one",
        "Linked: +16125550100",
        "newer than this tocsin knows",
        "doubtful how the daemon was started",
    ]);
    let finished = asked(&daemon, "finishLink").await;
    assert_eq!(
        finished.last().unwrap(),
        &json!({ "deviceLinkUri": "sgnl://linkdevice?uuid=2&pub_key=x", "deviceName": "tocsin" })
    );
    assert_eq!(
        asked(&daemon, "updateProfile").await,
        [json!({ "account": ACCOUNT, "givenName": "Rapid response" })]
    );
}

#[tokio::test]
async fn what_comes_when_a_tool_is_done_is_kept() {
    let daemon = Daemon::start(|asked| match asked.method.as_str() {
        // It is asked for last, when all has been done.
        "listDevices" => Does::Later(json!([])),
        _ => Does::Answers(json!([])),
    });
    let desk = desk(&daemon);
    let tool = desk.command(&["signal", "groups"]).output();
    let writing = async {
        daemon.asked_for("listDevices").await;
        let said = r#"{"jsonrpc":"2.0","method":"receive","params":{"envelope":{"timestamp":1}}}"#;
        daemon.push(said).await;
        daemon.release();
    };
    let both = async { tokio::join!(tool, writing) };
    let ended = tokio::time::timeout(Duration::from_secs(60), both).await;
    let (output, ()) = ended.expect("it asks for that, and ends");
    assert!(output.unwrap().status.success());
    let key = key_file::read(&desk.path("data/tocsin.key"))
        .unwrap()
        .unwrap();
    let journal = Journal::open(&desk.path("data/signal/journal"), &key.derive("signal")).unwrap();
    let kept = journal.reader(None).read_on().unwrap();
    assert!(kept.is_some_and(|kept| kept.line.is_some()));
}

#[tokio::test]
async fn who_walks_away_leaves_no_code_behind() {
    let daemon = Daemon::start(|asked| match asked.method.as_str() {
        "listAccounts" => Does::Answers(json!([])),
        "startLink" => {
            Does::Answers(json!({ "deviceLinkUri": "sgnl://linkdevice?uuid=1&pub_key=x" }))
        }
        _ => Does::Nothing,
    });
    let desk = desk(&daemon);
    let mut tool = desk.command(&["signal", "link"]).spawn().unwrap();
    // The code is drawn before its scanning is waited for.
    daemon.asked(3).await;
    let code = desk.path("data/signal/link.png");
    assert!(code.exists());
    let interrupt = tokio::process::Command::new("kill")
        .args(["-INT", &tool.id().unwrap().to_string()])
        .status();
    assert!(interrupt.await.unwrap().success());
    assert!(!tool.wait().await.unwrap().success());
    assert!(!code.exists());
}

#[tokio::test]
async fn a_picture_goes_along_in_the_request() {
    let repo = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let picture = repo.join("tests/data/signal/picture.png");
    let more = format!("picture = \"{}\"", picture.display());
    let daemon = Daemon::obliging();
    let desk = |daemon: &Daemon| Desk::new(&daemon.address().to_string(), ACCOUNT, &more);
    let said = desk(&daemon).says(&["signal", "profile"]).await;
    assert!(said.is_good, "{}", said.all());
    let asked = asked(&daemon, "updateProfile").await;
    let sent = asked[1]["avatar"].as_str().unwrap();
    assert!(sent.starts_with("data:image/png;base64,iVBORw0K"), "{sent}");
    // A picture that is not taken does not take the name away.
    let daemon = Daemon::start(|asked| match asked.params["avatar"].is_null() {
        true => Does::Answers(json!({})),
        false => Does::Refuses(-32_603, "no room", Value::Null),
    });
    let said = desk(&daemon).says(&["signal", "profile"]).await;
    assert!(said.is_good, "{}", said.all());
    said.has(&[
        "People see the account as",
        "Cannot set the picture: no room",
    ]);
}

#[tokio::test]
async fn a_daemon_for_another_account_is_found_out() {
    let daemon = Daemon::start(|asked| match asked.method.as_str() {
        "version" => Does::Answers(json!({ "version": "99.0.0" })),
        "listContacts" => {
            Does::Answers(json!([{ "number": ACCOUNT, "profile": { "givenName": "tocsin" } }]))
        }
        "listGroups" => Does::Answers(crowded_group(
            "RaO8xJlyzROM5m00hNFalS6esq0S+6J4KqOZ2agC9rE=",
            3,
        )),
        _ => Does::Answers(json!([])),
    });
    let said = desk(&daemon).says(&["check"]).await;
    assert!(!said.is_good);
    said.has(&[
        "bad      signal: +16125550100 is in none of the groups",
        "good     signal: people see it as",
    ]);
}

#[tokio::test]
async fn what_keeps_from_linking_is_said() {
    let no_method = || Does::Refuses(-32_601, "Method not implemented", Value::Null);
    let single = Daemon::start(move |_| no_method());
    let said = desk(&single).says(&["signal", "link"]).await;
    assert!(!said.is_good);
    said.has(&["single account", "without -a"]);
    let other = Daemon::start(|asked| match asked.method.as_str() {
        "listAccounts" => Does::Answers(json!([{ "number": "+16125550199" }])),
        "startLink" => {
            Does::Answers(json!({ "deviceLinkUri": "sgnl://linkdevice?uuid=1&pub_key=x" }))
        }
        _ => Does::Answers(json!({ "number": "+16125550198" })),
    });
    let said = desk(&other).says(&["signal", "link"]).await;
    assert!(!said.is_good);
    said.has(&["has the number +16125550198, but account in [signal] is +16125550100"]);
    let stale = Daemon::start(|asked| match asked.method.as_str() {
        "listAccounts" => Does::Answers(json!([])),
        "startLink" => {
            Does::Answers(json!({ "deviceLinkUri": "sgnl://linkdevice?uuid=1&pub_key=x" }))
        }
        _ => Does::Refuses(
            -1,
            "The user +1 already exists\nDelete \"x\" before trying again.",
            Value::Null,
        ),
    });
    let desk_of_stale = desk(&stale);
    let said = desk_of_stale.says(&["signal", "link"]).await;
    assert!(!said.is_good && !desk_of_stale.path("data/signal/link.png").exists());
    said.has(&["data of that account that is not good any more"]);
    let nobody = Desk::new("/no/such/socket", ACCOUNT, "")
        .says(&["signal", "groups"])
        .await;
    assert!(!nobody.is_good);
    nobody.has(&["there is no socket /no/such/socket"]);
}

#[tokio::test]
async fn a_challenge_is_answered() {
    let daemon = Daemon::start(|asked| match asked.params["captcha"].as_str() {
        Some("signalcaptcha://good") => Does::Answers(json!({})),
        _ => Does::Refuses(-6, "Captcha rejected", Value::Null),
    });
    let desk = desk(&daemon);
    let said = desk
        .says(&["signal", "challenge", "7ab8-token", "signalcaptcha://good"])
        .await;
    assert!(said.is_good, "{}", said.all());
    let said = desk
        .says(&["signal", "challenge", "7ab8-token", "signalcaptcha://bad"])
        .await;
    assert!(!said.is_good);
    said.has(&["solve a new one"]);
    let said = desk
        .says(&["signal", "challenge", "7ab8-token", "https://example.org"])
        .await;
    assert!(!said.is_good);
    said.has(&["begins with signalcaptcha://"]);
    let asked = asked(&daemon, "submitRateLimitChallenge").await;
    assert_eq!(asked.len(), 2);
    assert_eq!(
        asked[0],
        json!({ "account": ACCOUNT, "challenge": "7ab8-token", "captcha": "signalcaptcha://good" })
    );
}

#[tokio::test]
async fn a_number_is_trusted_only_when_somebody_says_so() {
    let daemon = Daemon::start(|asked| match asked.method.as_str() {
        "listIdentities" => Does::Answers(json!([
            { "uuid": ANA, "safetyNumber": "11111 22222", "trustLevel": "TRUSTED_UNVERIFIED", "addedTimestamp": 1 },
            { "uuid": ANA, "safetyNumber": "33333 44444", "trustLevel": "UNTRUSTED", "addedTimestamp": 2 },
        ])),
        _ => Does::Answers(json!({})),
    });
    let desk = desk(&daemon);
    // Nobody types yes.
    let said = desk.says(&["signal", "trust", ANA]).await;
    assert!(!said.is_good);
    said.has(&[
        "33333 44444",
        "UNTRUSTED",
        "in person",
        "Nothing was trusted",
    ]);
    assert!(asked(&daemon, "trust").await.is_empty());
    let said = desk.says(&["signal", "trust", ANA, "--yes"]).await;
    assert!(said.is_good, "{}", said.all());
    let trusted =
        json!({ "account": ACCOUNT, "recipient": ANA, "verifiedSafetyNumber": "33333 44444" });
    assert_eq!(asked(&daemon, "trust").await, [trusted]);
}

/// The conformance test of the contract, against a daemon that is not the one of the settings.
async fn tried(desk: &Desk, daemon: &Daemon) -> Said {
    let socket = daemon.address().to_string();
    let words = [
        "signal",
        "conformance",
        "--socket",
        &socket,
        "--account",
        ACCOUNT,
    ];
    desk.says(&words).await
}

#[tokio::test]
async fn another_that_speaks_the_dialect_is_tried() {
    // One that reads and sends, and can do nothing about groups.
    let less = |asked: &Asked| match asked.method.as_str() {
        "version" => Does::Answers(json!({ "version": "presage 0.7" })),
        "listGroups" if asked.params["groupId"].is_null() && asked.params["account"] == ACCOUNT => {
            Does::Answers(json!([]))
        }
        "listGroups" if asked.params["account"] != ACCOUNT => {
            Does::Refuses(-32_602, "no such account", Value::Null)
        }
        "listGroups" => Does::Answers(json!([])),
        "send" | "sendReaction" => Does::Refuses(-1, "Group not found", Value::Null),
        _ => Does::Refuses(-32_601, "Method not implemented", Value::Null),
    };
    let daemon = Daemon::start(less);
    let desk = desk(&daemon);
    let said = tried(&desk, &daemon).await;
    assert!(said.is_good, "{}", said.all());
    said.has(&[
        "missing  groups   updateGroup",
        "missing  by hand  remoteDelete",
        "good     sending  send",
    ]);
    // One that answers in a way of its own.
    let daemon = Daemon::start(move |asked| match asked.method.as_str() {
        "listGroups" => Does::Answers(json!({ "groups": [] })),
        _ => less(asked),
    });
    let said = tried(&desk, &daemon).await;
    assert!(!said.is_good);
    said.has(&["broken   reading  listGroups: answers an object with [\"groups\"]"]);
    // One that knows nothing.
    let daemon = Daemon::obliging();
    let said = tried(&desk, &daemon).await;
    assert!(!said.is_good);
    said.has(&["broken   ground   version"]);
}
