//! The playground in a real browser: the whole story on the real program, looked at on a desk, in the dark and on a phone.
//!
//! `TOCSIN_TEST_CHROMEDRIVER` is the URL of a running chromedriver (`tests/run` starts one). Screenshots go to
//! `TOCSIN_TEST_ARTEFACTS`.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, Locator, key::Key};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

const STORY: &str = "3 ppl tac vests outside pillsbury & lake rn, 2 dark suvs";
const PATIENCE: Duration = Duration::from_secs(60);

/// The real program in a folder of its own, without a configuration.
pub struct Program {
    pub url: String,
    _child: Child,
    _folder: tempfile::TempDir,
}

impl Program {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for shipped in ["bot-config", "prompts"] {
            let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(shipped);
            std::os::unix::fs::symlink(source, folder.path().join(shipped)).unwrap();
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_tocsin"))
            .args(["--listen", "127.0.0.1:0"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = timeout(PATIENCE, lines.next_line()).await;
        let line = line.expect("a line with the address in time").unwrap();
        let line = line.expect("a line with the address before the end");
        let url = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"));
        Self {
            url: url.expect("an address in the line").to_owned(),
            _child: child,
            _folder: folder,
        }
    }
}

/// What the browser pretends to be.
pub enum Screen {
    Desk,
    Dark,
    Phone(u32, u32),
}

/// A browser with the town open.
pub struct Browser {
    pub client: Client,
    _profile: tempfile::TempDir,
}

/// The browser that is asked for.
fn wanted(screen: &Screen, profile: &Path) -> Map<String, Value> {
    let mut arguments: Vec<String> = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=en-US",
    ]
    .map(ToOwned::to_owned)
    .into();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    let mut options = json!({});
    match screen {
        Screen::Desk => arguments.push("--blink-settings=preferredColorScheme=1".to_owned()),
        Screen::Dark => arguments.push("--blink-settings=preferredColorScheme=0".to_owned()),
        Screen::Phone(width, height) => {
            options["mobileEmulation"] = json!({
                "deviceMetrics": {"width": width, "height": height, "pixelRatio": 2.0, "touch": true},
            });
        }
    }
    options["args"] = json!(arguments);
    let wanted = json!({
        "browserName": "chrome",
        "goog:chromeOptions": options,
        "timeouts": {"script": PATIENCE.as_millis()},
    });
    match wanted {
        Value::Object(wanted) => wanted,
        _ => unreachable!("written as an object above"),
    }
}

impl Browser {
    /// A browser with the town open.
    pub async fn open(url: &str, screen: Screen) -> Self {
        let browser = Self::bare(url, screen).await;
        browser.until("document.body.dataset.ready === 'yes'").await;
        browser
    }

    /// A browser with any page open.
    pub async fn bare(url: &str, screen: Screen) -> Self {
        let driver = std::env::var("TOCSIN_TEST_CHROMEDRIVER").ok();
        let driver = driver.filter(|url| !url.is_empty()).expect(
            "TOCSIN_TEST_CHROMEDRIVER is not set: run tests/run, or start one with `tests/kit/chromium.sh start DIR` and \
             put the URL it prints there",
        );
        let profile = tempfile::tempdir().unwrap();
        let wanted = wanted(&screen, profile.path());
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&driver)
            .await
            .expect("a browser behind TOCSIN_TEST_CHROMEDRIVER");
        if matches!(screen, Screen::Desk | Screen::Dark) {
            // The window's own frame comes on top of the page.
            let frame = "return [outerWidth - innerWidth, outerHeight - innerHeight]";
            let frame = client.execute(frame, Vec::new()).await.unwrap();
            let side = |n: usize| u32::try_from(frame[n].as_u64().unwrap()).unwrap();
            client
                .set_window_size(1400 + side(0), 900 + side(1))
                .await
                .unwrap();
        }
        client.goto(url).await.unwrap();
        Self {
            client,
            _profile: profile,
        }
    }

    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Waits until the page changes so that this holds.
    pub async fn until(&self, condition: &str) {
        let script = format!(
            "const done = arguments[0];
             const holds = () => {{ try {{ return {condition}; }} catch {{ return false; }} }};
             if (holds()) {{ done(true); return; }}
             const watch = new MutationObserver(() => {{ if (holds()) {{ watch.disconnect(); done(true); }} }});
             watch.observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }});"
        );
        if let Err(error) = self.client.execute_async(&script, Vec::new()).await {
            self.picture("failed").await;
            let seen = self.run("return document.body.innerText").await;
            panic!(
                "never came true: {condition}\n{error}\n{}",
                seen.as_str().unwrap_or("")
            );
        }
    }

    /// Waits until that thread shows a message with these words, found by `selector` within the message.
    pub async fn shows(&self, thread: &str, selector: &str, words: &str) {
        let message = format!("[data-thread=\"{thread}\"] .message{selector}");
        self.until(&format!(
            "[...document.querySelectorAll({message:?})].some((node) => node.textContent.includes({words:?}))"
        ))
        .await;
    }

    async fn click(&self, selector: &str) {
        let found = self.client.find(Locator::Css(selector)).await;
        found.expect(selector).click().await.expect(selector);
    }

    /// Types into the box of that thread, and sends with Enter.
    pub async fn types(&self, thread: &str, text: &str) {
        let selector = format!("[data-thread=\"{thread}\"] textarea");
        let field = self.client.find(Locator::Css(&selector)).await.unwrap();
        let line = format!("{text}{}", char::from(Key::Enter));
        field.send_keys(&line).await.unwrap();
    }

    /// Presses Enter where the focus is.
    async fn enters(&self) {
        let focused = self.client.active_element().await.unwrap();
        let enter = char::from(Key::Enter).to_string();
        focused.send_keys(&enter).await.unwrap();
    }

    pub async fn becomes(&self, who: &str) {
        let picker = self.client.find(Locator::Css("#you")).await.unwrap();
        picker.select_by_value(who).await.unwrap();
    }

    async fn tour_is_at(&self, step: &str) {
        self.until(&format!(
            "document.getElementById('tour').dataset.step === {step:?}"
        ))
        .await;
    }

    /// From now on notes on the page whose phone has buzzed.
    async fn watch_phones(&self) {
        self.run(
            "new MutationObserver((changes) => changes.forEach(({ target }) => {
                 if (target.classList.contains('buzz')) document.body.dataset.buzzed = target.dataset.thread;
             })).observe(document.body, { subtree: true, attributes: true, attributeFilter: ['class'] });",
        )
        .await;
    }

    pub async fn picture(&self, name: &str) {
        let folder = std::env::var_os("TOCSIN_TEST_ARTEFACTS")
            .map_or_else(std::env::temp_dir, PathBuf::from);
        std::fs::create_dir_all(&folder).unwrap();
        // Nothing may be half faded in.
        let settled = "const done = arguments[0];
             Promise.all(document.getAnimations().map((each) => each.finished.catch(() => {}))).then(() => done(true));";
        self.client
            .execute_async(settled, Vec::new())
            .await
            .unwrap();
        let picture = self.client.screenshot().await.unwrap();
        std::fs::write(folder.join(format!("playground-{name}.png")), picture).unwrap();
    }

    pub async fn fits(&self) {
        let over = self
            .run("return document.documentElement.scrollWidth - window.innerWidth")
            .await;
        assert!(over.as_i64().unwrap() <= 0, "{over} pixels too wide");
    }

    pub async fn close(self) {
        self.client.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_message_becomes_an_alert_on_the_board_and_ends() {
    let program = Program::start().await;
    let desk = Browser::open(&program.url, Screen::Desk).await;
    desk.watch_phones().await;
    desk.tour_is_at("report").await;
    desk.shows("@612-555-0122", ".from-bot", "Whittier").await;
    desk.picture("1-opened").await;

    desk.becomes("ana").await;
    desk.types("powderhorn-1", STORY).await;
    desk.shows("powderhorn-1", ".own .tick.taken", "✓").await;
    desk.shows("powderhorn-1", ".own .reactions", "👀").await;
    desk.shows("verifiers", ".card.sign-unconfirmed", "Lake & Pillsbury")
        .await;
    desk.shows("powderhorn-2", ".sign-unconfirmed", "UNCONFIRMED")
        .await;
    desk.shows("whittier-1", ".sign-unconfirmed", "UNCONFIRMED")
        .await;
    desk.tour_is_at("check").await;
    desk.picture("2-unconfirmed").await;

    desk.click("[data-thread=verifiers] .away button").await;
    let handle = desk
        .run("return document.querySelector('.card .text strong').textContent")
        .await;
    let handle = handle.as_str().unwrap().to_lowercase();
    desk.types("verifiers", &format!("ok {handle}")).await;
    desk.shows("verifiers", ".card.sign-confirmed", "confirmed")
        .await;
    desk.shows("powderhorn-1", ".from-person .reactions", "✅")
        .await;
    desk.shows("whittier-1", ".sign-confirmed", "CONFIRMED")
        .await;
    desk.shows("@612-555-0122", ".sign-confirmed", "CONFIRMED")
        .await;
    desk.until("document.body.dataset.buzzed === '@612-555-0122'")
        .await;
    desk.tour_is_at("clear").await;
    desk.picture("3-confirmed").await;

    desk.types("verifiers", &format!("clear {handle}")).await;
    desk.shows("whittier-1", ".sign-over", "over").await;
    desk.shows("@612-555-0122", ".sign-over", "over").await;
    desk.shows("verifiers", ".card.sign-over", "cleared").await;
    desk.tour_is_at("done").await;
    desk.picture("4-cleared").await;
    desk.close().await;

    // The same town, seen by others who come late.
    let dark = Browser::open(&program.url, Screen::Dark).await;
    dark.tour_is_at("done").await;
    dark.shows("whittier-1", ".sign-over", "over").await;
    dark.picture("5-dark").await;
    dark.close().await;
}

#[tokio::test]
async fn a_missing_place_is_asked_for_and_answered() {
    let program = Program::start().await;
    let desk = Browser::open(&program.url, Screen::Desk).await;
    desk.becomes("ben").await;
    desk.types("powderhorn-2", "4 agents w masks at the door")
        .await;
    desk.shows("powderhorn-2", ".own .reactions", "👀").await;
    desk.shows("@ben", ".from-bot", "Where? Two streets").await;
    desk.types("@ben", "31st and bloomington").await;
    desk.shows("@ben", ".from-bot", "31st & Bloomington").await;
    desk.shows("powderhorn-1", ".sign-unconfirmed", "31st & Bloomington")
        .await;
    desk.close().await;
}

#[tokio::test]
async fn of_several_places_the_writer_chooses_by_number() {
    let program = Program::start().await;
    let desk = Browser::open(&program.url, Screen::Desk).await;
    desk.becomes("dee").await;
    // North and Northeast both have this corner.
    desk.types("whittier-1", "3 ice agents at broadway and 4th")
        .await;
    desk.shows("whittier-1", ".own .reactions", "👀").await;
    desk.shows("@dee", ".from-bot", "Which place? 1 ").await;
    desk.picture("13-which-place").await;
    desk.types("@dee", "1").await;
    desk.shows("@dee", ".from-bot", "Thank you, passed on")
        .await;
    desk.shows("verifiers", ".card", "Broadway").await;
    desk.close().await;
}

#[tokio::test]
async fn on_a_phone_one_room_shows_at_a_time_and_the_others_count() {
    let program = Program::start().await;
    let phone = Browser::open(&program.url, Screen::Phone(360, 740)).await;
    phone.fits().await;
    let shown =
        "[...document.querySelectorAll('.panel')].filter((panel) => panel.checkVisibility())";
    let count = phone.run(&format!("return {shown}.length")).await;
    assert_eq!(count, 1);
    phone.picture("6-phone-opened").await;

    // The sample writes itself, in the right room, as the right person.
    phone.click("#tour-do").await;
    let field = phone.client.active_element().await.unwrap();
    assert_eq!(field.prop("value").await.unwrap().as_deref(), Some(STORY));
    phone.enters().await;
    phone.shows("powderhorn-1", ".own .reactions", "👀").await;
    phone
        .until("document.querySelector('#tabs [data-thread=verifiers] .count').textContent === '1'")
        .await;
    phone.picture("7-phone-reported").await;
    phone.click("#tabs [data-thread=verifiers]").await;
    phone
        .until("!document.querySelector('#tabs [data-thread=verifiers] .count')")
        .await;

    // The card itself offers the answer.
    let offered = "[...document.querySelectorAll('[data-thread=verifiers] .card .command')]";
    phone
        .run(&format!(
            "{offered}.find((one) => one.textContent.startsWith('ok')).click()"
        ))
        .await;
    phone.enters().await;
    phone
        .shows("verifiers", ".card.sign-confirmed", "confirmed")
        .await;
    let picked = phone
        .run("return document.getElementById('you').value")
        .await;
    assert_eq!(picked, "vera");
    phone
        .until("document.querySelector('#tabs [data-thread=\"@612-555-0122\"] .count') !== null")
        .await;
    phone.click("#tabs [data-thread=\"@612-555-0122\"]").await;
    phone
        .shows("@612-555-0122", ".sign-confirmed", "CONFIRMED")
        .await;
    phone.picture("8-phone-confirmed").await;
    phone.close().await;

    let small = Browser::open(&program.url, Screen::Phone(320, 568)).await;
    small.fits().await;
    small.picture("9-phone-small").await;
    small.close().await;
    let spanish = format!("{}?lang=es", program.url);
    let small = Browser::open(&spanish, Screen::Phone(320, 568)).await;
    small.fits().await;
    small.picture("10-phone-small-spanish").await;
    small.close().await;
}

#[tokio::test]
async fn everything_is_done_by_keyboard() {
    let program = Program::start().await;
    let desk = Browser::open(&program.url, Screen::Desk).await;
    let press = async |keys: &[Key]| {
        let focused = desk.client.active_element().await.unwrap();
        let keys: String = keys.iter().map(|key| char::from(*key)).collect();
        focused.send_keys(&keys).await.unwrap();
    };
    let label = "document.activeElement.getAttribute('aria-label')";

    desk.becomes("ana").await;
    desk.types("powderhorn-1", "4 agents w masks at the door")
        .await;
    desk.shows("powderhorn-1", ".own .reactions", "👀").await;
    desk.shows("@ana", ".from-bot", "Where?").await;
    // Back from the box to the newest message, on to its tools.
    press(&[Key::Shift, Key::Tab]).await;
    desk.until("document.activeElement.classList.contains('own')")
        .await;
    press(&[Key::Tab]).await;
    desk.until(&format!("{label}.startsWith('React with 👀')"))
        .await;
    press(&[Key::Tab, Key::Enter]).await;
    desk.shows("powderhorn-1", ".own .reactions", "➕").await;
    desk.until("document.activeElement.classList.contains('own')")
        .await;

    // Reply, changed one's mind, change the message, take it back.
    for (tool, then) in [
        ("Reply", "cancel"),
        ("Change", "edit"),
        ("Take back", "gone"),
    ] {
        desk.run("document.querySelector('.own').focus()").await;
        while desk.run(&format!("return {label}")).await != tool {
            press(&[Key::Tab]).await;
        }
        press(&[Key::Enter]).await;
        let context = "document.querySelector('[data-thread=powderhorn-1] .context').hidden";
        match then {
            "cancel" => {
                desk.until(&format!("!{context}")).await;
                press(&[Key::Escape]).await;
                desk.until(context).await;
            }
            "edit" => {
                desk.until(&format!("!{context}")).await;
                desk.types("powderhorn-1", ", 31st & bloomington").await;
                desk.shows("powderhorn-1", ".own .edited", "(edited)").await;
                desk.shows("verifiers", ".card", "Bloomington").await;
            }
            _ => {
                desk.shows("powderhorn-1", ".own.redacted", "Taken back")
                    .await
            }
        }
    }
    desk.picture("11-keyboard").await;
    desk.close().await;
}
