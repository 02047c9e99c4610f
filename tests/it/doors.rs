//! Doors and posters: commands, codes, what the pages answer, what the files of a poster hold.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use reqwest::{Client, Method, Response, StatusCode, header, redirect};
use serde_json::Value;
use tocsin::{
    domain::{
        door::{Code, Lead, LeadTo},
        envelope::PlatformKind,
        ids::AreaId,
    },
    web::door,
};

use crate::town::{Town, run_test};

const MODERATORS: &str = "#moderators";
const ROOM: &str = "https://matrix.to/#/!whittier-one:example.org?via=example.org";

/// The pages of a town, served on loopback.
pub struct Site {
    pub url: String,
    client: Client,
    serving: tokio::task::JoinHandle<()>,
}

impl Site {
    pub async fn of(town: &Town) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = door::routes(Arc::clone(&town.app));
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            url,
            client,
            serving,
        }
    }

    async fn ask(&self, method: Method, path: &str, languages: &str) -> Response {
        self.client
            .request(method, format!("{}{path}", self.url))
            .header(header::ACCEPT_LANGUAGE, languages)
            .send()
            .await
            .unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path, "en-US,en;q=0.9").await
    }

    async fn page(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.text().await.unwrap()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

pub fn whittier() -> AreaId {
    AreaId::new("mpls/whittier")
}

/// Lets the door of Whittier lead into a room.
pub fn opens(town: &Town, platform: PlatformKind, url: &str, approval: bool) {
    let url = url.to_owned();
    let to = LeadTo::Link { url, approval };
    town.app.lead_to(&whittier(), platform, Some(to));
}

/// The code that somebody was told in an answer about a new poster.
fn code_in(told: &str) -> String {
    let code = told
        .split(|sign: char| !sign.is_ascii_alphanumeric())
        .find(|word| Code::parse(word).is_some());
    code.unwrap_or_else(|| panic!("no code in {told}"))
        .to_owned()
}

/// A moderator makes a poster; its code.
async fn poster(town: &Town, words: &str) -> String {
    town.says("mo", MODERATORS, &format!("!poster {words}"))
        .await;
    let told = town.told("mo");
    let code = code_in(&told);
    let noted = town.heard_in(MODERATORS);
    assert!(
        noted.contains(&format!("made the poster {code}")),
        "{noted}"
    );
    code
}

#[tokio::test]
async fn a_poster_is_made_leads_to_the_door_and_is_counted_in_total() {
    run_test(async |town: &mut Town| {
        let site = Site::of(town).await;
        town.says("mo", MODERATORS, "!door whittier").await;
        let told = town.told("mo");
        assert!(
            told.contains("https://tocsin.example.org/join/mpls/whittier"),
            "{told}"
        );
        assert!(
            told.contains("It has no posters yet: poster Whittier"),
            "{told}"
        );

        town.says("mo", MODERATORS, "!poster whittier es").await;
        let told = town.told("mo");
        let code = code_in(&told);
        assert!(
            told.contains(&format!(
                "https://tocsin.example.org/poster/{code}.pdf?paper=letter"
            )),
            "{told}"
        );
        assert!(
            town.heard_in(MODERATORS)
                .contains(&format!("made the poster {code} for Whittier"))
        );

        let shown = format!("/j/{code}");
        assert!(site.page(&shown).await.contains("<h1>Whittier</h1>"));
        // On a wall it is typed as it may.
        site.page(&format!("/j/{}", code.to_uppercase())).await;
        // Whoever only looks, and whoever changes the language, opens nothing.
        site.ask(Method::HEAD, &shown, "en").await;
        site.page(&format!("{shown}?lang=so")).await;
        let door = async |town: &mut Town| {
            town.says("mo", MODERATORS, "!door whittier").await;
            town.told("mo")
        };
        let told = door(town).await;
        assert!(
            told.contains(&format!("{code} (es) was opened 2 times")),
            "{told}"
        );
        site.page(&shown).await;
        town.app.tick().await.unwrap();
        town.restart().await;
        let told = door(town).await;
        assert!(told.contains("was opened 3 times"), "{told}");

        let rows = town.rows("posters").await;
        assert_eq!(rows.len(), 1);
        let second = poster(town, "whittier").await;
        assert_ne!(second, code);
        let told = door(town).await;
        assert!(
            told.contains(&format!("{second} (en) was opened 0 times")),
            "{told}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_revoked_code_leads_nowhere_and_the_others_stay() {
    run_test(async |town: &mut Town| {
        let site = Site::of(town).await;
        let (bad, good) = (
            poster(town, "whittier").await,
            poster(town, "whittier so").await,
        );
        town.says("mo", MODERATORS, &format!("!door revoke {bad}"))
            .await;
        assert!(
            town.told("mo")
                .contains(&format!("{bad} leads nowhere any more"))
        );
        assert!(
            town.heard_in(MODERATORS)
                .contains(&format!("revoked the poster {bad} of Whittier"))
        );
        for path in [
            format!("/j/{bad}"),
            format!("/poster/{bad}.pdf"),
            format!("/poster/{bad}.svg"),
        ] {
            assert_eq!(
                site.get(&path).await.status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
        site.page(&format!("/j/{good}")).await;
        assert_eq!(
            site.get(&format!("/poster/{good}.svg")).await.status(),
            StatusCode::OK
        );
        site.page("/join/mpls/whittier").await;

        town.says("mo", MODERATORS, &format!("!door revoke {bad}"))
            .await;
        assert!(town.told("mo").contains("No poster has the code"));
        town.says("mo", MODERATORS, "!door whittier").await;
        let told = town.told("mo");
        assert!(told.contains(&good) && !told.contains(&bad), "{told}");
        town.later(Duration::from_secs(91 * 86_400)).await;
        town.app.sweep().await.unwrap();
        assert_eq!(
            town.row_counts().await["posters"],
            1,
            "only what is valid stays"
        );
    })
    .await;
}

#[tokio::test]
async fn commands_are_understood_in_every_language_and_areas_must_be_known() {
    run_test(async |town: &mut Town| {
        for (command, language) in [
            ("flyer whittier hmong", "hmn"),
            ("cartel whittier español", "es"),
            ("boosteer whittier so", "so"),
            ("ntawv tshaj tawm whittier hmn", "hmn"),
            ("poster the wedge", "en"),
        ] {
            town.says("mo", MODERATORS, &format!("!{command}")).await;
            let code = code_in(&town.told("mo"));
            town.heard_in(MODERATORS);
            let mut tx = town.app.store.begin().await.unwrap();
            let poster = tx.poster(&Code::parse(&code).unwrap()).await.unwrap();
            tx.rollback().await.unwrap();
            assert_eq!(poster.expect(command).language, language, "{command}");
        }
        for door in ["puerta whittier", "albaab whittier", "qhov rooj whittier"] {
            town.says("mo", MODERATORS, &format!("!{door}")).await;
            assert!(town.told("mo").contains("/join/mpls/whittier"), "{door}");
        }
        for (wrong, answer) in [
            ("poster atlantis", "No neighborhood is called atlantis"),
            ("door atlantis", "No neighborhood is called atlantis"),
            ("poster phillips", "Which one: "),
        ] {
            town.says("mo", MODERATORS, &format!("!{wrong}")).await;
            let told = town.told("mo");
            assert!(told.contains(answer), "{wrong}: {told}");
        }
    })
    .await;
}

#[tokio::test]
async fn neighbors_make_no_posters_and_what_they_report_about_doors_is_read() {
    run_test(async |town: &mut Town| {
        town.says("ben", "#whittier-1", "!poster whittier").await;
        assert!(town.told("ben").contains("moderator"));
        town.texts("+16125550111", "door whittier").await;
        assert!(town.phone("+16125550111").contains("moderator"));
        assert!(town.row_counts().await["posters"] == 0);
        town.texts(
            "+16125550111",
            "door knocking 4 ICE agents Lake & Pillsbury",
        )
        .await;
        assert_eq!(town.open_handles().await.len(), 1, "a report was lost");
        // A moderator's is none the less one.
        let report = "!door knocking 4 ICE agents 38th & Cedar";
        town.says("mo", MODERATORS, report).await;
        assert!(!town.told("mo").contains("No neighborhood"));
        town.phone("+16125550111");
        for room in [
            "#whittier-1",
            "#powderhorn-1",
            "#powderhorn-2",
            "#verifiers",
        ] {
            town.heard_in(room);
        }
    })
    .await;
}

#[tokio::test]
async fn at_a_meeting_the_code_and_a_street_give_the_right_door() {
    run_test(async |town: &mut Town| {
        let code = poster(town, "powderhorn park").await;
        let phone = "+16125550111";
        for (text, area) in [
            (
                format!("meet {code}"),
                "Powderhorn Park: https://tocsin.example.org/join/mpls/powderhorn-park",
            ),
            (
                format!("Meet {}, lake & pillsbury", code.to_uppercase()),
                "/join/mpls/whittier",
            ),
            (format!("meet {code} whittier"), "/join/mpls/whittier"),
            (
                format!("kulan {code} nowhere & never"),
                "/join/mpls/powderhorn-park",
            ),
        ] {
            town.texts(phone, &text).await;
            let told = town.phone(phone);
            assert!(told.contains(area), "{text}: {told}");
        }
        town.whispers("ana", &format!("meet {code} 26th and grand"))
            .await;
        assert!(town.told("ana").contains("/join/mpls/whittier"));
        town.says("mo", MODERATORS, &format!("!door revoke {code}"))
            .await;
        town.told("mo");
        town.heard_in(MODERATORS);
        town.texts(phone, &format!("meet {code} lake & pillsbury"))
            .await;
        let told = town.phone(phone);
        // They spoke Somali last.
        assert!(told.contains("Boosteer lambarkaas leh ma jiro"), "{told}");
        town.says("ben", "#whittier-1", "meet at six at the church")
            .await;
        assert_eq!(town.told("ben"), "");
    })
    .await;
}

#[tokio::test]
async fn each_way_leads_where_the_door_leads_at_that_moment() {
    run_test(async |town: &mut Town| {
        let site = Site::of(town).await;
        let page = site.page("/join/mpls/whittier").await;
        assert!(
            !page.contains("Signal") && page.contains("sms:+16125550100?body=Whittier"),
            "{page}"
        );
        assert_eq!(
            site.get("/join/mpls/whittier/matrix").await.status(),
            StatusCode::NOT_FOUND
        );

        opens(town, PlatformKind::Matrix, ROOM, true);
        opens(
            town,
            PlatformKind::Signal,
            "https://signal.group/#CjQK",
            false,
        );
        let page = site.page("/join/whittier").await;
        assert!(
            page.contains("href=\"/join/mpls/whittier/signal\""),
            "{page}"
        );
        assert!(
            page.contains("href=\"/join/mpls/whittier/matrix\""),
            "{page}"
        );
        assert!(
            !page.contains(ROOM) && !page.contains("signal.group"),
            "a room's link stands on the page"
        );
        assert_eq!(
            page.matches("a neighbor there lets you in").count(),
            1,
            "{page}"
        );
        let to = async |path: &str| {
            let response = site.get(path).await;
            let location = response.headers().get(header::LOCATION);
            let location = location.map(|to| to.to_str().unwrap().to_owned());
            (response.status(), location.unwrap_or_default())
        };
        assert_eq!(
            to("/join/mpls/whittier/matrix").await,
            (StatusCode::SEE_OTHER, ROOM.to_owned())
        );
        let second = ROOM.replace("one", "two");
        opens(town, PlatformKind::Matrix, &second, false);
        assert_eq!(
            to("/join/whittier/matrix").await,
            (StatusCode::SEE_OTHER, second)
        );
        assert_eq!(
            to("/join/mpls/whittier/sms").await.1,
            "sms:+16125550100?body=Whittier"
        );

        town.app
            .lead_to(&whittier(), PlatformKind::Matrix, Some(LeadTo::Preparing));
        let response = site.get("/join/mpls/whittier/matrix?lang=es").await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], "20");
        let page = response.text().await.unwrap();
        assert!(
            page.contains("<meta http-equiv=\"refresh\" content=\"20\">"),
            "{page}"
        );
        assert!(page.contains("Se está preparando un grupo nuevo"), "{page}");
        assert!(
            page.contains("href=\"/join/mpls/whittier?lang=es\""),
            "{page}"
        );
        let page = site.page("/join/mpls/whittier").await;
        assert!(
            page.contains("A new room is being prepared")
                && !page.contains("http-equiv=\"refresh\""),
            "{page}"
        );
    })
    .await;
}

/// What must not be on a page: scripts, and anything from elsewhere.
fn is_bare(page: &str) {
    for forbidden in [
        "<script", "<img", "<iframe", "<form", "<object", " src=", "@import", "url(", " onclick",
        " onload",
    ] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    for link in page.split("href=\"").skip(1) {
        let is_ours = ["/", "?", "\"", "sms:", "data:,"]
            .iter()
            .any(|start| link.starts_with(start));
        assert!(is_ours, "{}", &link[..link.len().min(60)]);
    }
}

#[tokio::test]
async fn every_answer_keeps_nothing_and_loads_nothing_in_every_language() {
    run_test(async |town: &mut Town| {
        let site = Site::of(town).await;
        let code = poster(town, "whittier so").await;
        opens(
            town,
            PlatformKind::Signal,
            "https://signal.group/#CjQK",
            true,
        );
        town.app
            .lead_to(&whittier(), PlatformKind::Matrix, Some(LeadTo::Preparing));
        let paths = [
            "/join/mpls/whittier".to_owned(),
            format!("/j/{code}"),
            "/j/h7k2p9xy".to_owned(),
            "/j/<script>alert(1)<".to_owned(),
            "/join/atlantis".to_owned(),
            "/join/mpls/whittier/matrix".to_owned(),
            "/join/mpls/whittier/signal".to_owned(),
            format!("/poster/{code}.svg"),
            "/poster/nothing.pdf".to_owned(),
        ];
        for (wish, language) in [
            ("es-US,es;q=0.9,en;q=0.8", "es"),
            ("so", "so"),
            ("hmn-Latn,en;q=0.5", "hmn"),
            ("en-GB", "en"),
        ] {
            for path in &paths {
                let response = site.ask(Method::GET, path, wish).await;
                let headers = response.headers().clone();
                let has = |name: &str| {
                    headers
                        .get(name)
                        .map(|value| value.to_str().unwrap().to_owned())
                        .unwrap_or_default()
                };
                assert_eq!(has("cache-control"), "no-store", "{path}");
                assert_eq!(has("referrer-policy"), "no-referrer", "{path}");
                assert_eq!(has("x-content-type-options"), "nosniff", "{path}");
                assert!(has("x-robots-tag").contains("noindex"), "{path}");
                let policy = has("content-security-policy");
                assert!(
                    policy.starts_with("default-src 'none'; style-src 'sha256-"),
                    "{path}: {policy}"
                );
                assert!(
                    !policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"),
                    "{path}: {policy}"
                );
                assert_eq!(has("set-cookie"), "", "{path}");
                if !has("content-type").starts_with("text/html") {
                    continue;
                }
                assert_eq!(has("content-language"), language, "{path}");
                let page = response.text().await.unwrap();
                is_bare(&page);
                assert!(
                    page.contains(&format!("<html lang=\"{language}\" dir=\"ltr\">")),
                    "{path}: {page}"
                );
                for tag in [
                    "<main>",
                    "<h1>",
                    "<header>",
                    "<footer>",
                    "<title>",
                    "<nav aria-label=",
                ] {
                    assert_eq!(page.matches(tag).count(), 1, "{path}: {tag}");
                }
                assert_eq!(page.matches("hreflang=").count(), 3, "{path}");
                assert!(page.len() < 8_000, "{path}: {} bytes", page.len());
            }
        }
        // Whoever wants a language we have no words in gets that of the poster.
        let response = site.ask(Method::GET, &format!("/j/{code}"), "vi").await;
        assert_eq!(response.headers()[header::CONTENT_LANGUAGE], "so");
        let response = site
            .ask(Method::GET, &format!("/j/{code}?lang=es"), "vi")
            .await;
        assert_eq!(response.headers()[header::CONTENT_LANGUAGE], "es");
        let response = site
            .ask(Method::GET, &format!("/j/{code}?lang=tlh"), "hmn")
            .await;
        assert_eq!(response.headers()[header::CONTENT_LANGUAGE], "hmn");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_address_has_a_way_out_and_wrong_methods_are_refused() {
    run_test(async |town: &mut Town| {
        let site = Site::of(town).await;
        for path in [
            "/j/zzzzzzzz",
            "/j/h7k2p9xy",
            "/join/nowhere",
            "/join/mpls/whittier/telegram",
            "/join/mpls",
        ] {
            let response = site.get(path).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
            let page = response.text().await.unwrap();
            assert!(
                page.contains("This address leads nowhere"),
                "{path}: {page}"
            );
            assert!(page.contains("href=\"sms:+16125550100\""), "{path}: {page}");
        }
        for path in ["/join/mpls/whittier", "/j/h7k2p9xy", "/poster/h7k2p9xy.pdf"] {
            for method in [Method::POST, Method::PUT, Method::DELETE] {
                let response = site.ask(method, path, "en").await;
                assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
            }
        }
        let head = site.ask(Method::HEAD, "/join/mpls/whittier", "en").await;
        assert_eq!(head.status(), StatusCode::OK);
        let length = head.headers()[header::CONTENT_LENGTH].clone();
        assert_eq!(head.text().await.unwrap(), "");
        let page = site.page("/join/mpls/whittier").await;
        assert_eq!(length, page.len().to_string());
    })
    .await;
}

#[tokio::test]
async fn nothing_about_who_opens_a_page_is_kept_or_logged() {
    let (log, _guard) =
        crate::town::log::Log::open("tocsin=trace,axum=trace,tower=trace,hyper=debug,sqlx=warn");
    run_test(async |town: &mut Town| {
        let site = Site::of(town).await;
        let code = poster(town, "whittier").await;
        let before = town.dump().await;
        let response = site
            .client
            .get(format!("{}/j/{code}", site.url))
            .header(header::USER_AGENT, "Curious/7.1")
            .header("x-forwarded-for", "203.0.113.77")
            .header(header::ACCEPT_LANGUAGE, "so")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(town.dump().await, before, "opening a page writes nothing");
        town.app.tick().await.unwrap();
        let after = town.dump().await;
        assert!(!after.contains("Curious") && !after.contains("203.0.113.77"));
        assert!(!log.text().contains("Curious") && !log.text().contains(&code));
    })
    .await;
}

#[tokio::test]
async fn without_an_address_of_ours_there_are_no_posters() {
    let setup = crate::town::Setup {
        has_no_address: true,
        ..crate::town::Setup::default()
    };
    crate::town::run_test_in(setup, async |town: &mut Town| {
        for command in ["!poster whittier", "!door whittier"] {
            town.says("mo", MODERATORS, command).await;
            let told = town.told("mo");
            assert!(told.contains("public_url"), "{told}");
        }
    })
    .await;
}

// ---------------------------------------------------------------------------------------------------- files of posters

/// What a reader of PDF makes of one: what it found, and its first page in gray with so many dots an inch.
async fn read(file: &[u8], name: &str, dots: u32) -> (Value, Vec<u8>, usize, usize) {
    let python = std::env::var("TOCSIN_TEST_PDF").ok().filter(|path| !path.is_empty()).expect(
        "TOCSIN_TEST_PDF is not set: run tests/run, or make a reader with `tests/kit/pdf.sh start DIR` and put the path it \
         prints there",
    );
    let folder = artefacts();
    let (pdf, pgm) = (
        folder.join(format!("{name}.pdf")),
        folder.join(format!("{name}.pgm")),
    );
    std::fs::write(&pdf, file).unwrap();
    let read = tokio::process::Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kit/read-pdf.py"))
        .args([&pdf, &pgm])
        .arg(dots.to_string())
        .stderr(Stdio::inherit())
        .output()
        .await
        .unwrap();
    assert!(read.status.success());
    let picture = std::fs::read(&pgm).unwrap();
    let line = picture.iter().position(|byte| *byte == b'\n').unwrap();
    let head: Vec<usize> = String::from_utf8_lossy(&picture[2..line])
        .split_whitespace()
        .map(|number| number.parse().unwrap())
        .collect();
    let found = serde_json::from_slice(&read.stdout).unwrap();
    (found, picture[line + 1..].to_vec(), head[0], head[1])
}

pub fn artefacts() -> PathBuf {
    let folder =
        std::env::var_os("TOCSIN_TEST_ARTEFACTS").map_or_else(std::env::temp_dir, PathBuf::from);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What an independent reader finds in the square codes of a picture.
pub fn decoded(gray: &[u8], wide: usize, high: usize) -> Vec<String> {
    let mut picture =
        rqrr::PreparedImage::prepare_from_greyscale(wide, high, |x, y| gray[y * wide + x]);
    picture
        .detect_grids()
        .iter()
        .filter_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .collect()
}

/// A poster as it was fetched.
struct Printed {
    name: String,
    file: Vec<u8>,
    url: String,
    words: Vec<String>,
    size: (f64, f64),
    has_strips: bool,
}

impl Printed {
    /// What another program than ours reads on it.
    async fn is_good(&self) {
        let Self { name, url, .. } = self;
        // Strips are scanned from a hand's breadth: their codes are small.
        let dots = if self.has_strips { 240 } else { 150 };
        let (found, gray, wide, high) = read(&self.file, name, dots).await;
        assert_eq!(found["pages"], 1, "{name}");
        let is_near =
            |n: usize, expected: f64| (found["size"][n].as_f64().unwrap() - expected).abs() < 0.5;
        assert!(
            is_near(0, self.size.0) && is_near(1, self.size.1),
            "{name}: {found}"
        );
        let side = |key: &str| found[key].as_f64().unwrap();
        let is_inside = side("left") > 0.0
            && side("bottom") > 0.0
            && side("right") < self.size.0
            && side("top") < self.size.1;
        assert!(is_inside, "{name}: {found}");
        let text: Vec<&str> = found["text"].as_str().unwrap().split_whitespace().collect();
        let text = text.join(" ");
        for words in &self.words {
            assert!(text.contains(words), "{name}: no {words} in {text}");
        }
        // Nothing tells when, where or with what it was made.
        let metadata = found["metadata"].as_object().unwrap();
        assert!(metadata.keys().eq(["Title"]), "{name}: {found}");
        let codes = decoded(&gray, wide, high);
        assert!(codes.iter().all(|code| code == url), "{name}: {codes:?}");
        let least = if self.has_strips { 9 } else { 1 };
        assert!(
            codes.len() >= least,
            "{name}: {} codes could be read",
            codes.len()
        );
    }
}

#[tokio::test]
async fn a_poster_is_one_page_whose_code_and_words_can_be_read() {
    let printed = std::sync::Mutex::new(Vec::new());
    run_test(async |town: &mut Town| {
        let site = Site::of(town).await;
        let mut all = Vec::new();
        for (words, sentence, area) in [
            (
                "whittier en",
                "Neighbors here alert each other when ICE is near",
                "Whittier",
            ),
            (
                "whittier es",
                "Aquí los vecinos se avisan",
                "o mande Whittier al",
            ),
            ("whittier so", "Halkan derisku way isu digaan", "Kamarada"),
            (
                "whittier hmn",
                "Cov neeg zej zog ntawm no",
                "los yog xa Whittier rau",
            ),
            // The longest name of an area.
            (
                "nicollet island-east bank en",
                "and help one another",
                "Nicollet Island-East Bank",
            ),
        ] {
            let code = poster(town, words).await;
            let (a4, letter) = ((595.276, 841.89), (612.0, 792.0));
            let papers = [("a4", a4, false), ("letter", letter, words.ends_with("en"))];
            for (paper, size, has_strips) in papers {
                let strip = if has_strips { "&strip=1" } else { "" };
                let path = format!("/poster/{code}.pdf?paper={paper}{strip}");
                let response = site.get(&path).await;
                assert_eq!(response.status(), StatusCode::OK);
                assert_eq!(response.headers()[header::CONTENT_TYPE], "application/pdf");
                let address = format!("tocsin.example.org/j/{code}");
                let seen = [sentence, area, "Southside Watch", "612-555-0100", &address];
                all.push(Printed {
                    name: format!("poster-{}-{paper}", words.replace(' ', "-")),
                    file: response.bytes().await.unwrap().to_vec(),
                    url: format!("https://{address}"),
                    words: seen.map(ToOwned::to_owned).into(),
                    size,
                    has_strips,
                });
            }
        }
        *printed.lock().unwrap() = all;
    })
    .await;
    // Reading takes longer than a story may.
    for printed in printed.into_inner().unwrap() {
        printed.is_good().await;
    }
}

#[tokio::test]
async fn a_door_leads_by_hand_where_the_settings_say() {
    let url = "https://signal.group/#CjQKIEx".to_owned();
    let lead = Lead {
        platform: PlatformKind::Signal,
        to: LeadTo::Link {
            url: url.clone(),
            approval: true,
        },
    };
    let setup = crate::town::Setup {
        doors: vec![(whittier(), lead)],
        ..crate::town::Setup::default()
    };
    crate::town::run_test_in(setup, async |town: &mut Town| {
        let site = Site::of(town).await;
        let page = site.page("/join/whittier").await;
        assert!(page.contains("a neighbor there lets you in"), "{page}");
        let response = site.get("/join/mpls/whittier/signal").await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()[header::LOCATION], url.as_str());
        let page = site.page("/join/mpls/bancroft").await;
        assert!(!page.contains("/join/mpls/bancroft/signal"), "{page}");
    })
    .await;
}
