//! The real program with a phone in a drawer, as an operator would run it.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{
    KEY, ROSA,
    desk::{received, until},
    phone::{Phone, phone},
};

/// The real program with a `[sms.gate]`, as an operator would run it.
struct Program {
    process: std::process::Child,
    folder: tempfile::TempDir,
    address: String,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _waited = self.process.wait();
    }
}

impl Program {
    async fn start(phone: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repo = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["cities", "holds", "lexicon"] {
            let link = folder.path().join(name);
            std::os::unix::fs::symlink(repo.join("bot-config").join(name), link).unwrap();
        }
        let port = {
            let probe = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            probe.local_addr().unwrap().port()
        };
        let address = format!("http://127.0.0.1:{port}");
        let settings = format!(
            "data_dir = \"{data}\"\nprompts_dir = \"{prompts}\"\n\
             [web]\nlisten = \"127.0.0.1:{port}\"\n\
             [community]\nname = \"Southside Watch\"\ncity = \"twin-cities\"\nlegal_hotline = \"612-555-0100\"\n\
             [sms]\npublic_url = \"{address}\"\n\
             [sms.gate]\nurl = \"{phone}\"\nusername = \"sms\"\nnumber = \"+16125550100\"\nsim = 1\npause = \"1 s\"\n",
            data = folder.path().join("data").display(),
            prompts = repo.join("prompts").display(),
        );
        std::fs::write(folder.path().join("tocsin.toml"), settings).unwrap();
        let program = Self {
            process: run(folder.path()),
            folder,
            address,
        };
        program.ready().await;
        program
    }

    /// Killed, and started on what it left behind.
    async fn restart(&mut self, between: impl AsyncFnOnce(&std::path::Path)) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        between(self.folder.path()).await;
        self.process = run(self.folder.path());
        self.ready().await;
    }

    async fn ready(&self) {
        let ready = format!("{}/readyz", self.address);
        for _ in 0..600 {
            let answer = reqwest::get(&ready).await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it does not get ready: {}", self.log());
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Rosa texts; the phone posts it.
    async fn texts(&self, text: &str) {
        #[expect(
            clippy::disallowed_methods,
            reason = "the program has the machine's clock"
        )]
        let now = jiff::Timestamp::now();
        let mut hook = received(text);
        hook["payload"]["receivedAt"] = json!(format!("{now:.3}"));
        let (body, seconds) = (hook.to_string(), now.as_second().to_string());
        let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        mac.update(seconds.as_bytes());
        let bytes = mac.finalize().into_bytes();
        let signature: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let answer = reqwest::Client::new()
            .post(format!("{}/gate/sms", self.address))
            .header("X-Signature", signature)
            .header("X-Timestamp", seconds)
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
    }
}

/// The program, as it is called with these settings.
fn tocsin(folder: &std::path::Path) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tocsin"));
    command
        .arg("--config")
        .arg(folder)
        .env("TOCSIN_GATE_PASSWORD", "secret")
        .env("TOCSIN_GATE_SIGNING_KEY", KEY);
    command
}

fn run(folder: &std::path::Path) -> std::process::Child {
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join("log"))
        .unwrap();
    tocsin(folder)
        .stdout(std::process::Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// `tocsin key rotate`: whether it did, and what it told.
fn rotate_key(folder: &std::path::Path) -> (bool, String) {
    let output = tocsin(folder).args(["key", "rotate"]).output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(told).unwrap())
}

/// What the phone was given to send, without numbers.
fn given(phone: &Phone) -> Vec<String> {
    let kept = phone.lock().unwrap();
    let text = |message: &Value| message["textMessage"]["text"].as_str().unwrap().to_owned();
    kept.messages.values().map(text).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_in_a_drawer_serves_a_pilot() {
    let (phone, address) = phone().await;
    let mut program = Program::start(&address).await;
    until(|| phone.lock().unwrap().hooks.len() == 5).await;
    program.texts("Powderhorn Park").await;
    until(|| given(&phone).iter().any(|text| text.contains("Powderhorn"))).await;
    let before = given(&phone).len();
    // No company answers STOP here: tocsin does, once, and then is silent.
    program.texts("STOP").await;
    until(|| given(&phone).len() == before + 1).await;
    program.texts("STOP").await;
    program.texts("Powderhorn Park").await;
    // Under another key she is known all the same.
    let (done, told) = rotate_key(program.folder.path());
    assert!(!done && told.contains("stop it"), "{told}");
    program
        .restart(async |folder| {
            let key = folder.join("data/tocsin.key");
            let old = std::fs::read_to_string(&key).unwrap();
            let (done, told) = rotate_key(folder);
            assert!(done, "{told}");
            assert_ne!(std::fs::read_to_string(&key).unwrap(), old);
        })
        .await;
    program.texts("Powderhorn Park").await;
    // What is said to one person keeps its order: had anything been owed for all that, it would be there before this answer.
    program.texts("START").await;
    until(|| {
        given(&phone)
            .iter()
            .any(|text| text.contains("Southside Watch"))
    })
    .await;
    assert_eq!(given(&phone).len(), before + 2, "{:?}", given(&phone));
    let kept = phone.lock().unwrap();
    assert!(
        kept.messages
            .values()
            .all(|message| message["phoneNumbers"] == json!([ROSA]))
    );
    assert!(!program.log().contains("5550111"), "{}", program.log());
}
