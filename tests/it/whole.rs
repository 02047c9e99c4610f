//! The whole program against a real homeserver: the story of one report from its first word to its end, what an operator is told,
//! and that it holds out when the homeserver is not there yet or the disk is full.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    homeserver::{Homeserver, PASSWORD, Person, Secretive, Wire, until, until_within},
    program::{Running, Site, SiteRoom},
    town::databases::Database,
};

const FIRST: &str = "3 ppl tac vests outside pillsbury & lake rn, 2 dark suvs";
const SECOND: &str = "4 agents knocking on doors at 35th & bloomington";
const THIRD: &str = "4 agents w masks at the door";
const ANSWER: &str = "lake st and nicollet";
/// North and Northeast both have this corner.
const AMBIGUOUS: &str = "3 ice agents at broadway and 4th";
const FOURTH: &str = "5 officers at 2650 pillsbury ave";
const TALK: &str = "my cousin brings tamales on saturday";

/// The rooms of the story and the people in them.
struct Scene {
    site: Site,
    ana: Person,
    /// Ana's other device, for what is encrypted.
    ana_secret: Secretive,
    bo: Person,
    vera: Secretive,
    mo: Person,
    /// Plain.
    one: String,
    /// Encrypted.
    two: String,
    whittier: String,
    verifiers: String,
    moderators: String,
}

async fn encrypted_room(owner: &Person, invited: &[&str]) -> String {
    let encryption = json!({ "type": "m.room.encryption", "state_key": "",
        "content": { "algorithm": "m.megolm.v1.aes-sha2" } });
    let options =
        json!({ "preset": "private_chat", "invite": invited, "initial_state": [encryption] });
    owner.create_room(options).await
}

async fn named(home: &Homeserver, name: &str, shown: &str) -> Person {
    let person = home.person(name).await;
    let path = format!("profile/{}/displayname", person.id);
    person
        .ask(Method::PUT, &path, json!({ "displayname": shown }))
        .await;
    person
}

impl Scene {
    async fn set() -> Self {
        let home = Homeserver::get();
        let bot = home.account("tocsin").await;
        let ana = named(&home, "anaquis", "Ana Quispe").await;
        let bo = named(&home, "bolars", "Bo Larsen").await;
        let vera = named(&home, "verahill", "Vera Hill").await;
        let mo = named(&home, "mohassan", "Mo Hassan").await;
        let one = ana.room("", &[&bot, &bo.id]).await;
        bo.join(&one).await;
        let two = encrypted_room(&ana, &[&bot]).await;
        let whittier = bo.room("", &[&bot]).await;
        let verifiers = encrypted_room(&vera, &[&bot]).await;
        let moderators = mo.room("", &[&bot]).await;
        let room = |id: &str, name, purpose, area| SiteRoom {
            id: id.to_owned(),
            name,
            purpose,
            area,
        };
        let rooms = vec![
            room(&one, "Powderhorn RR 1", "response", "mpls/powderhorn-park"),
            room(&two, "Powderhorn RR 2", "response", "mpls/powderhorn-park"),
            room(&whittier, "Whittier RR", "response", "mpls/whittier"),
            room(&verifiers, "Verifiers", "verifiers", ""),
            room(&moderators, "Moderators", "moderators", ""),
        ];
        let site = Site::new(&home.url, &bot, rooms).talkative();
        site.write();
        Self {
            site,
            ana_secret: Secretive::log_in(&home.url, &ana.id).await,
            vera: Secretive::log_in(&home.url, &vera.id).await,
            ana,
            bo,
            mo,
            one,
            two,
            whittier,
            verifiers,
            moderators,
        }
    }

    /// The bot at work, known in all rooms.
    async fn begin(&self) -> Running {
        let bot = self.site.start().await.ready().await;
        for (person, room) in [
            (&self.ana, &self.one),
            (&self.bo, &self.whittier),
            (&self.mo, &self.moderators),
        ] {
            person
                .sees(room, "the greeting", |event| {
                    has(event, "Hello, this is tocsin")
                })
                .await;
        }
        self.ana_secret.sees_members(&self.two, 2).await;
        self.vera.sees_members(&self.verifiers, 2).await;
        bot
    }

    async fn marked(&self, room: &str, message: &str, mark: &str) {
        self.ana
            .sees(room, mark, |event| {
                let relation = &event["content"]["m.relates_to"];
                relation["event_id"] == message && relation["key"] == mark
            })
            .await;
    }

    /// The card that says so.
    async fn card(&self, words: &str) -> Value {
        let (card, is_encrypted) = self
            .vera
            .sees(&self.verifiers, words, |event| {
                is_new(event) && has(event, words)
            })
            .await;
        assert!(is_encrypted, "a card in the open");
        card
    }

    async fn card_becomes(&self, card: &Value, words: &str) {
        self.vera
            .sees(&self.verifiers, words, |event| {
                let relation = &event["content"]["m.relates_to"];
                let new = event["content"]["m.new_content"]["body"]
                    .as_str()
                    .unwrap_or_default();
                relation["rel_type"] == "m.replace"
                    && relation["event_id"] == card["event_id"]
                    && new.contains(words)
            })
            .await;
    }
}

fn has(event: &Value, words: &str) -> bool {
    event["content"]["body"]
        .as_str()
        .is_some_and(|body| body.contains(words))
}

fn is_new(event: &Value) -> bool {
    event["content"]["m.relates_to"]["rel_type"] != "m.replace"
}

fn answers(event: &Value, message: &Value) -> bool {
    event["content"]["m.relates_to"]["m.in_reply_to"]["event_id"] == *message
}

/// A report in a plain room, confirmed by a reply, ended by a command.
async fn from_report_to_all_clear(scene: &Scene) -> String {
    let Scene {
        ana,
        ana_secret,
        bo,
        vera,
        ..
    } = scene;
    ana.say(&scene.one, TALK).await;
    let report = ana.say(&scene.one, FIRST).await;
    scene.marked(&scene.one, &report, "👀").await;
    let card = scene.card("K7 unverified").await;
    assert!(
        has(&card, "Lake & Pillsbury") && has(&card, "3 people"),
        "{card}"
    );
    let unconfirmed = |event: &Value| has(event, "UNCONFIRMED") && has(event, "Lake & Pillsbury");
    let (in_two, is_encrypted) = ana_secret.sees(&scene.two, "the alert", unconfirmed).await;
    assert!(is_encrypted, "an alert in the open");
    let in_whittier = bo.sees(&scene.whittier, "the alert", unconfirmed).await;

    let reply = json!({ "msgtype": "m.text", "body": "ok",
        "m.relates_to": { "m.in_reply_to": { "event_id": card["event_id"] } } });
    vera.send(&scene.verifiers, "m.room.message", reply).await;
    scene.card_becomes(&card, "confirmed").await;
    let report_id = json!(report);
    let confirmed = |event: &Value, to: &Value| {
        is_new(event) && has(event, "CONFIRMED") && !has(event, "UNCONFIRMED") && answers(event, to)
    };
    bo.sees(&scene.one, "confirmed", |event| {
        confirmed(event, &report_id)
    })
    .await;
    bo.sees(&scene.whittier, "confirmed", |event| {
        confirmed(event, &in_whittier["event_id"])
    })
    .await;
    ana_secret
        .sees(&scene.two, "confirmed", |event| {
            confirmed(event, &in_two["event_id"])
        })
        .await;
    scene.marked(&scene.one, &report, "✅").await;

    let talk = until("the bot writes to Ana alone", async || {
        ana.invites().await.pop()
    })
    .await;
    ana.join(&talk).await;
    ana_secret.sees_members(&talk, 2).await;
    ana_secret
        .sees(&talk, "thanks", |event| {
            has(event, "K7 is confirmed. Thank you")
        })
        .await;

    vera.say(&scene.verifiers, "clear k7").await;
    scene.card_becomes(&card, "cleared").await;
    for room in [&scene.one, &scene.whittier] {
        bo.sees(room, "the end", |event| has(event, "K7 over"))
            .await;
    }
    ana_secret
        .sees(&scene.two, "the end", |event| has(event, "K7 over"))
        .await;
    talk
}

/// A report in an encrypted room, confirmed by a reaction.
async fn confirmed_by_a_reaction(scene: &Scene) {
    let report = scene.ana_secret.say(&scene.two, SECOND).await;
    scene.marked(&scene.two, &report, "👀").await;
    let card = scene.card("35th & Bloomington").await;
    let alert = scene
        .bo
        .sees(&scene.one, "the alert", |event| {
            has(event, "UNCONFIRMED") && has(event, "35th & Bloomington")
        })
        .await;
    let check = json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": card["event_id"], "key": "✅" } });
    scene.vera.send(&scene.verifiers, "m.reaction", check).await;
    scene.card_becomes(&card, "confirmed").await;
    scene.marked(&scene.two, &report, "✅").await;
    scene
        .bo
        .sees(&scene.one, "confirmed", |event| {
            answers(event, &alert["event_id"])
        })
        .await;
}

/// A report without a place, asked for in the conversation `talk`.
async fn asked_where(scene: &Scene, talk: &str) {
    let report = scene.ana.say(&scene.one, THIRD).await;
    scene.marked(&scene.one, &report, "👀").await;
    scene
        .ana_secret
        .sees(talk, "the question", |event| {
            has(event, "Where? Two streets or a place name")
        })
        .await;
    scene.ana_secret.say(talk, ANSWER).await;
    scene
        .ana_secret
        .sees(talk, "the thanks", |event| {
            has(event, "Thank you, passed on") && has(event, "Lake & Nicollet")
        })
        .await;
    scene
        .bo
        .sees(&scene.whittier, "the alert", |event| {
            has(event, "UNCONFIRMED") && has(event, "Lake & Nicollet")
        })
        .await;
}

/// A report with a place that may be either of two, offered in the conversation `talk`.
async fn asked_which(scene: &Scene, talk: &str) {
    let report = scene.ana.say(&scene.one, AMBIGUOUS).await;
    scene.marked(&scene.one, &report, "👀").await;
    let card = scene.card("ICE").await;
    scene
        .ana_secret
        .sees(talk, "the choice", |event| {
            has(event, "Which place? 1 ") && has(event, "3 other")
        })
        .await;
    scene.ana_secret.say(talk, "1").await;
    scene
        .ana_secret
        .sees(talk, "the thanks", |event| {
            has(event, "Thank you, passed on") && has(event, "Broadway")
        })
        .await;
    scene.card_becomes(&card, "Broadway").await;
}

/// An address stays with the verifiers.
async fn told_by_the_block(scene: &Scene) {
    scene.bo.say(&scene.one, FOURTH).await;
    let card = scene.card("5 people").await;
    assert!(has(&card, "2650"), "{card}");
    let alert = scene
        .bo
        .sees(&scene.whittier, "the alert", |event| {
            has(event, "UNCONFIRMED") && has(event, "5 people")
        })
        .await;
    assert!(has(&alert, "2600 block") && !has(&alert, "2650"), "{alert}");
}

async fn story(scene: &Scene) {
    let bot = scene.begin().await;
    let talk = from_report_to_all_clear(scene).await;
    confirmed_by_a_reaction(scene).await;
    asked_where(scene, &talk).await;
    asked_which(scene, &talk).await;
    told_by_the_block(scene).await;
    let status = bot.stop().await;
    assert!(status.success(), "it ended with {status}");
    // No room heard more than the story tells.
    let said = |events: Vec<Value>| {
        let bodies = events
            .into_iter()
            .filter(|event| event["sender"] == *scene.site.user && is_new(event));
        bodies
            .filter_map(|event| event["content"]["body"].as_str().map(ToOwned::to_owned))
            .collect::<Vec<_>>()
    };
    // Greeting; confirmed, over; unconfirmed, confirmed.
    let one = said(scene.bo.all_events(&scene.one).await);
    assert_eq!(one.len(), 5, "{one:#?}");
    // Greeting; unconfirmed, confirmed, over; at Lake & Nicollet; in the 2600 block.
    let whittier = said(scene.bo.all_events(&scene.whittier).await);
    assert_eq!(whittier.len(), 6, "{whittier:#?}");
    // Greeting; unconfirmed, confirmed, over; its own report, confirmed; at Lake & Nicollet; what its sibling reported from far
    // away; in the 2600 block.
    let two = said(scene.ana_secret.all_events(&scene.two).await);
    assert_eq!(two.len(), 8, "{two:#?}");
    let moderators = said(scene.mo.all_events(&scene.moderators).await);
    assert_eq!(moderators.len(), 1, "{moderators:#?}");
}

/// What of people and their words stands in a text that must not hold any.
fn leaks<'n>(scene: &'n Scene, text: &str) -> Vec<&'n str> {
    let mut needles = vec![
        FIRST,
        SECOND,
        THIRD,
        ANSWER,
        FOURTH,
        TALK,
        "tac vests",
        "tamales",
        "w masks",
        PASSWORD,
    ];
    needles.extend([
        "Ana Quispe",
        "Bo Larsen",
        "Vera Hill",
        "Mo Hassan",
        "anaquis",
        "bolars",
        "verahill",
        "mohassan",
    ]);
    needles.extend([&scene.ana, &scene.bo, &scene.mo].map(|person| person.id.as_str()));
    let folded = text.to_lowercase();
    needles.retain(|needle| folded.contains(&needle.to_lowercase()));
    needles
}

fn assert_discreet(scene: &Scene, database: &str) {
    let log = scene.site.log();
    assert!(log.contains("DEBUG"), "the log was to be full");
    assert_eq!(leaks(scene, &log), [""; 0], "in the log");
    // An address that was reported is no line of a log, either.
    for line in log.lines() {
        let words =
            line.split(|one: char| !one.is_ascii_alphanumeric() && one != '_' && one != '-');
        assert!(
            words.into_iter().all(|word| word != "2650"),
            "an address in the log: {line}"
        );
    }
    assert!(database.len() > 10_000, "there is a database");
    assert_eq!(leaks(scene, database), [""; 0], "in the database");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_story_of_a_report_and_nothing_of_people_is_kept_or_logged() {
    let scene = Scene::set().await;
    story(&scene).await;
    let mut database = String::new();
    for suffix in ["", "-wal", "-shm"] {
        let file = scene.site.path(&format!("data/tocsin.db{suffix}"));
        database.push_str(&String::from_utf8_lossy(
            &fs::read(file).unwrap_or_default(),
        ));
    }
    assert_discreet(&scene, &database);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_story_of_a_report_on_postgres() {
    let database = Database::postgres().await.unwrap();
    let mut scene = Scene::set().await;
    scene.site.store.clone_from(&database.url);
    story(&scene).await;
    assert_discreet(&scene, &database.dump().await.unwrap());
    database.remove().await.unwrap();
}

/// A bot with Ana in one room, and one for moderators.
async fn with_ana() -> (Homeserver, Site, Person, String) {
    let home = Homeserver::get();
    let bot = home.account("tocsin").await;
    let ana = home.person("ana").await;
    let room = ana.room("", &[&bot]).await;
    let moderators = ana.room("", &[&bot]).await;
    let rooms = vec![
        SiteRoom {
            id: room.clone(),
            name: "Powderhorn",
            purpose: "response",
            area: "mpls/powderhorn-park",
        },
        SiteRoom {
            id: moderators,
            name: "Moderators",
            purpose: "moderators",
            area: "",
        },
    ];
    let site = Site::new(&home.url, &bot, rooms);
    site.write();
    (home, site, ana, room)
}

/// Says something that is a report and waits until the bot has seen it.
async fn reports(ana: &Person, room: &str, words: &str) {
    let report = ana.say(room, words).await;
    until_within(Duration::from_secs(150), "👀", async || {
        let events = ana.events(room).await;
        events
            .iter()
            .any(|event| event["content"]["m.relates_to"]["event_id"] == report)
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn check_says_what_is_good_and_what_is_bad() {
    let (_home, mut site, ..) = with_ana().await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let good = site.run("check").await;
    let said = text(&good.stdout);
    assert!(good.status.success(), "{said}{}", text(&good.stderr));
    for line in [
        "good     files: 2 rooms",
        "good     database: opens",
        "good     matrix: The Matrix homeserver speaks",
    ] {
        assert!(said.contains(line), "{line} is missing in:\n{said}");
    }
    site.write_with_password("wrong");
    let wrong = site.run("check").await;
    assert_eq!(wrong.status.code(), Some(1));
    assert!(
        text(&wrong.stdout)
            .contains("bad      matrix: The Matrix homeserver refuses the user or password"),
        "{}",
        text(&wrong.stdout)
    );
    site.homeserver = "http://127.0.0.1:9".to_owned();
    site.write();
    let gone = site.run("check").await;
    assert_eq!(gone.status.code(), Some(1));
    assert!(
        text(&gone.stdout).contains("bad      matrix: Cannot reach the Matrix homeserver"),
        "{}",
        text(&gone.stdout)
    );
}

#[tokio::test]
async fn a_homeserver_that_is_not_there_yet_is_waited_for() {
    let (home, mut site, ana, room) = with_ana().await;
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    site.homeserver = format!("http://{address}");
    site.write();
    let mut bot = site.start().await;
    until("it says why it waits", async || {
        site.log()
            .contains("Cannot log in to the Matrix homeserver")
            .then_some(())
    })
    .await;
    let (status, text) = bot.page("/readyz").await;
    assert_eq!((status, text.as_str()), (503, "not ready: matrix\n"));
    assert_eq!(bot.page("/healthz").await.0, 200);
    assert!(bot.is_running());
    let _wire = Wire::at(&home.url, &address).await;
    let bot = bot.ready().await;
    ana.sees(&room, "the greeting", |event| {
        has(event, "Hello, this is tocsin")
    })
    .await;
    reports(&ana, &room, SECOND).await;
    assert!(bot.stop().await.success());
}

#[tokio::test]
async fn a_second_process_on_the_same_file_is_refused() {
    let (_home, site, ..) = with_ana().await;
    let (_, mut second, ..) = with_ana().await;
    second.store.clone_from(&site.store);
    let bot = site.start().await;
    let refused = second.run("run").await;
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        why.contains("another tocsin process is using the database")
            && why.contains("stop it first"),
        "{why}"
    );
    assert!(bot.stop().await.success());
}

/// A disk that can be full: a small one of its own where the machine lets us mount one, else a limit on the size of files.
enum Disk {
    Own(PathBuf),
    Limit,
}

impl Disk {
    fn for_data(data: &Path) -> (Self, Command) {
        fs::create_dir_all(data).unwrap();
        let mount = "mount -t tmpfs -o size=16m,mode=700 tmpfs \"$0\" && exec \"$@\"";
        let in_namespace = |words: &[&str]| {
            let mut command = Command::new("unshare");
            command
                .args(["--user", "--map-root-user", "--mount", "sh", "-c", mount])
                .arg(data)
                .args(words);
            command
        };
        if in_namespace(&["true"])
            .output()
            .is_ok_and(|done| done.status.success())
        {
            return (Self::Own(data.to_owned()), in_namespace(&[]));
        }
        let mut limited = Command::new("sh");
        limited.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]);
        (Self::Limit, limited)
    }

    fn ballast(data: &Path, pid: u32) -> PathBuf {
        let inside = data.strip_prefix("/").unwrap();
        Path::new("/proc")
            .join(pid.to_string())
            .join("root")
            .join(inside)
            .join("ballast")
    }

    fn limit(pid: u32, bytes: &str) {
        let limit = format!("--fsize={bytes}:");
        let done = Command::new("prlimit")
            .args(["--pid", &pid.to_string(), &limit])
            .status()
            .unwrap();
        assert!(done.success(), "prlimit is needed to try a full disk");
    }

    fn fill(&self, pid: u32) {
        match self {
            Self::Own(data) => {
                let mut ballast = fs::File::create(Self::ballast(data, pid)).unwrap();
                for size in [65_536, 1] {
                    while ballast.write_all(&vec![7; size]).is_ok() {}
                }
            }
            Self::Limit => Self::limit(pid, "1"),
        }
    }

    fn make_room(&self, pid: u32) {
        match self {
            Self::Own(data) => fs::remove_file(Self::ballast(data, pid)).unwrap(),
            Self::Limit => Self::limit(pid, "unlimited"),
        }
    }
}

#[tokio::test]
async fn a_full_disk_is_said_and_waited_out() {
    let (_home, site, ana, room) = with_ana().await;
    let (disk, outer) = Disk::for_data(&site.path("data"));
    let mut bot = site.start_in(Some(outer)).await.ready().await;
    ana.sees(&room, "the greeting", |event| {
        has(event, "Hello, this is tocsin")
    })
    .await;
    reports(&ana, &room, FIRST).await;
    disk.fill(bot.pid());
    // The database's log still has some room, until it has been written full.
    let mut said = Vec::new();
    until("the log says that the disk is full", async || {
        let street = 31 + said.len() % 12;
        let words = format!(
            "{} agents knocking on doors at {street}th & bloomington",
            2 + said.len() % 7
        );
        said.push(ana.say(&room, &words).await);
        let log = site.log();
        (log.contains("not taken in") && log.contains("the disk of the database is full"))
            .then_some(())
    })
    .await;
    assert!(bot.is_running());
    assert_eq!(bot.page("/healthz").await.0, 200);
    disk.make_room(bot.pid());
    until_within(
        Duration::from_secs(150),
        "all that was said meanwhile is taken up",
        async || {
            let events = ana.all_events(&room).await;
            let is_marked = |id: &String| {
                let mut marks = events.iter().map(|event| &event["content"]["m.relates_to"]);
                marks.any(|mark| mark["event_id"] == *id && mark["rel_type"] == "m.annotation")
            };
            said.iter().all(is_marked).then_some(())
        },
    )
    .await;
    reports(&ana, &room, FOURTH).await;
    assert!(bot.stop().await.success());
}
