//! The pretend town as a platform: what people do there becomes envelopes, what the bot does appears on the page.

use std::{collections::BTreeSet, net::SocketAddr, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tocsin::{
    clock::SystemClock,
    domain::{
        directory::Purpose,
        effect::Urgency,
        envelope::{Content, Envelope, Origin, PersonRef, PlatformKind, RoomRef},
        ids::{EffectId, MessageId},
        role::Role,
        words::Words,
    },
    platforms::{
        Batch, Deed, Delivery, Destination, Inbox, NotAccepted, Platform, Retry, Stop,
        playground::{Playground, TownPlan},
    },
};
use tokio::{sync::mpsc, time::timeout};

const SHIPPED: &str = include_str!("../../bot-config/playground.toml");
const SMALL: &str = r#"
hosts = ["training.example.org"]
[[room]]
id = "east"
name = "East"
purpose = "response"
areas = ["mpls/east"]
members = ["ana", "ben"]
[[room]]
id = "checkers"
name = "Checkers"
purpose = "verifiers"
members = ["vera"]
[[person]]
id = "ana"
name = "Ana"
[[person]]
id = "ben"
name = "Ben"
[[person]]
id = "vera"
name = "Vera"
role = "verifier"
areas = ["mpls/east"]
[[phone]]
number = "612-555-0111"
name = "Rosa’s phone"
"#;

/// A town with its web server, and the other end of its inbox in the test's hand.
struct World {
    playground: Arc<Playground>,
    address: SocketAddr,
    web: reqwest::Client,
    intake: mpsc::Receiver<Batch>,
    stop: Stop,
}

impl World {
    async fn new(plan: &str) -> Self {
        let plan = TownPlan::load(plan).unwrap();
        let rooms = plan.rooms.len();
        let playground = Playground::new(plan, Arc::new(SystemClock));
        let (sender, intake) = mpsc::channel(8);
        let stop = Stop::new();
        let (listening, until) = (Arc::clone(&playground), stop.clone());
        tokio::spawn(async move {
            let inbox = Inbox::new(PlatformKind::Playground, sender);
            listening.listen(inbox, None, until).await.unwrap();
        });
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let routes = playground.routes();
        tokio::spawn(async move { axum::serve(socket, routes).await.unwrap() });
        let mut world = Self {
            playground,
            address,
            web: reqwest::Client::new(),
            intake,
            stop,
        };
        for _ in 0..rooms {
            let joined = world.heard().await;
            assert!(matches!(joined.content, Content::Joined));
        }
        world
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn does(&self, what: &str, body: Value) -> (u16, Value) {
        let url = self.url(&format!("/playground/{what}"));
        let answer = self.web.post(url).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn says(&self, who: &str, place: &str, text: &str) -> String {
        let said = json!({"who": who, "where": place, "text": text});
        let (status, answer) = self.does("say", said).await;
        assert_eq!(status, 200, "{answer}");
        answer["message"].as_str().unwrap().to_owned()
    }

    /// The next envelope, taken in.
    async fn heard(&mut self) -> Envelope {
        let mut batch = self.offered().await;
        batch.done.send(Ok(())).unwrap();
        assert_eq!(batch.platform, PlatformKind::Playground);
        assert_eq!(batch.envelopes.len(), 1);
        batch.envelopes.remove(0)
    }

    async fn offered(&mut self) -> Batch {
        let next = timeout(Duration::from_secs(10), self.intake.recv()).await;
        next.expect("an envelope within 10 s").unwrap()
    }

    async fn performs(&self, id: &str, to: Destination, deed: Deed) -> Option<MessageId> {
        let id = EffectId::new(id);
        let receipt = self
            .playground
            .perform(&Delivery {
                id,
                to,
                deed,
                urgency: Urgency::Alert,
                expires_at: tocsin::domain::timestamp::Timestamp::from_ms(i64::MAX),
                doubt: None,
            })
            .await;
        receipt.unwrap().message
    }

    async fn page(&self) -> Page {
        self.page_since("").await
    }

    async fn page_since(&self, seen: &str) -> Page {
        let mut asked = self.web.get(self.url("/playground/events"));
        if !seen.is_empty() {
            asked = asked.header("last-event-id", seen);
        }
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Page {
            answer,
            read: String::new(),
        }
    }
}

/// An open page: its events.
struct Page {
    answer: reqwest::Response,
    read: String,
}

impl Page {
    /// Kind, id, data of the next event; nothing if the town has closed.
    async fn next(&mut self) -> Option<(String, String, Value)> {
        loop {
            if let Some(end) = self.read.find("\n\n") {
                let event: String = self.read.drain(..end + 2).collect();
                let field = |name: &str| {
                    let line = event.lines().find(|line| line.starts_with(name))?;
                    Some(line[name.len()..].trim().to_owned())
                };
                let Some(data) = field("data:") else { continue };
                let data = serde_json::from_str(&data).unwrap();
                return Some((field("event:")?, field("id:")?, data));
            }
            let more = timeout(Duration::from_secs(10), self.answer.chunk()).await;
            let more = more.expect("an event within 10 s").ok().flatten()?;
            self.read.push_str(std::str::from_utf8(&more).unwrap());
        }
    }

    /// The next change that fits.
    async fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let (kind, _, data) = self.next().await.expect("an open page");
            if kind == "change" && fits(&data["message"]) {
                return data;
            }
        }
    }
}

fn east() -> Destination {
    Destination::Room(RoomRef::new(PlatformKind::Playground, "east"))
}

fn person(address: &str) -> Destination {
    Destination::Person(PersonRef::new(PlatformKind::Playground, address))
}

fn say(text: &str) -> Deed {
    Deed::Say {
        words: Words::from_marked(text),
        reply_to: None,
    }
}

#[test]
fn the_shipped_town_has_its_rooms_people_and_a_tour() {
    let plan = TownPlan::load(SHIPPED).unwrap();
    let rooms = plan.rooms();
    let of = |purpose| rooms.iter().filter(|room| room.purpose == purpose).count();
    assert_eq!(of(Purpose::Response), 3);
    assert_eq!(of(Purpose::Verifiers), 1);
    assert_eq!(of(Purpose::Moderators), 1);
    let roles: Vec<_> = plan.people().into_iter().map(|who| who.role).collect();
    assert_eq!(roles, [Role::Verifier, Role::Moderator, Role::Moderator]);
    assert_eq!(plan.samples.iter().filter(|s| s.story.is_some()).count(), 3);
}

#[test]
fn every_mistake_in_a_plan_is_told_with_its_line() {
    let broken = SMALL
        .replace(r#"["ana", "ben"]"#, r#"["ana", "bert"]"#)
        .replace("612-555-0111", "call me")
        + "[[opening]]\nwho = \"vera\"\nwhere = \"east\"\ntext = \"hi\"\n";
    let told = TownPlan::load(&broken).unwrap_err();
    insta::assert_snapshot!(told, @r#"
    line 8: "bert" lives nowhere; add a [[person]] with that id
    line 26: "call me" is no phone number; write it like 612-555-0111
    line 30: "vera" is not in this room; add them to its members
    "#);
    let told = TownPlan::load("[[room]]\nid = \"x\"\npurpos = 1\n").unwrap_err();
    assert!(told.starts_with("line "), "{told}");
}

#[test]
fn the_page_says_everything_in_both_languages() {
    let words: Value = serde_json::from_str(include_str!(
        "../../src/platforms/playground/page/words.json"
    ))
    .unwrap();
    let keys = |language: &str| {
        let words = words[language].as_object().unwrap();
        words.keys().cloned().collect::<BTreeSet<_>>()
    };
    let known = keys("en");
    assert_eq!(known, keys("es"));
    let script = include_str!("../../src/platforms/playground/page/page.js");
    let html = include_str!("../../src/platforms/playground/page/page.html");
    for (text, before) in [(script, " t(\""), (script, "(t(\""), (html, "data-word=\"")] {
        for asked in text.split(before).skip(1) {
            let key = asked.split('"').next().unwrap();
            assert!(known.contains(key), "the page has no words for {key}");
        }
    }
}

#[tokio::test]
async fn what_somebody_says_in_a_room_becomes_an_envelope_and_gets_a_tick() {
    let mut world = World::new(SMALL).await;
    let mut page = world.page().await;
    let id = world.says("ana", "east", " 3 ppl at lake\n> quoted ").await;
    let shown = page.until(|message| message["who"] == "ana").await;
    assert_eq!(shown["thread"], "east");
    assert_eq!(shown["message"]["taken"], false);
    let envelope = world.heard().await;
    assert_eq!(envelope.id.as_str(), id);
    assert_eq!(envelope.room().unwrap().id, "east");
    assert_eq!(envelope.sender.address.expose(), "ana");
    let Content::Text {
        text,
        message,
        reply_to,
        ..
    } = envelope.content
    else {
        panic!("no text")
    };
    assert_eq!(text.expose(), "3 ppl at lake");
    assert_eq!(message.as_str(), id);
    assert_eq!(reply_to, None);
    let ticked = page.until(|message| message["taken"] == true).await;
    assert_eq!(ticked["message"]["id"], id.as_str());
}

#[tokio::test]
async fn what_is_not_taken_in_is_offered_again_in_the_same_order() {
    let mut world = World::new(SMALL).await;
    let first = world.says("ana", "east", "one").await;
    let second = world.says("ben", "east", "two").await;
    let refused = world.offered().await;
    refused.done.send(Err(NotAccepted)).unwrap();
    assert_eq!(world.heard().await.id.as_str(), first);
    assert_eq!(world.heard().await.id.as_str(), second);
}

#[tokio::test]
async fn a_phone_writes_to_the_bot_alone_and_is_answered_there() {
    let mut world = World::new(SMALL).await;
    world.says("612-555-0111", "tocsin", "hola").await;
    let envelope = world.heard().await;
    assert_eq!(envelope.origin, Origin::Direct);
    assert_eq!(envelope.sender.address.expose(), "612-555-0111");
    let mut page = world.page().await;
    page.next().await;
    world
        .performs("e1", person("612-555-0111"), say("Tocsin"))
        .await;
    let answer = page.until(|message| message["who"].is_null()).await;
    assert_eq!(answer["thread"], "@612-555-0111");
    let said = json!({"who": "612-555-0111", "where": "east", "text": "hi"});
    assert_eq!(world.does("say", said).await.0, 403);
}

#[tokio::test]
async fn replies_edits_reactions_and_take_backs_are_told() {
    let mut world = World::new(SMALL).await;
    let id = world.says("ana", "east", "three agents").await;
    world.heard().await;
    let reply = json!({"who": "ben", "where": "east", "text": "where?", "reply_to": id});
    assert_eq!(world.does("say", reply).await.0, 200);
    let Content::Text { reply_to, .. } = world.heard().await.content else {
        panic!("no text")
    };
    assert_eq!(reply_to.unwrap().as_str(), id);

    let react = json!({"who": "ben", "message": id, "key": "👀"});
    assert_eq!(world.does("react", react.clone()).await.0, 200);
    assert_eq!(world.does("react", react).await.0, 200);
    let Content::Reaction { target, key } = world.heard().await.content else {
        panic!("no reaction")
    };
    assert_eq!((target.as_str(), key.as_str()), (id.as_str(), "👀"));

    let edit = json!({"who": "ana", "message": id, "text": "four agents"});
    assert_eq!(world.does("edit", edit).await.0, 200);
    let Content::Edit { original, text } = world.heard().await.content else {
        panic!("no edit")
    };
    assert_eq!(
        (original.as_str(), text.expose().as_str()),
        (id.as_str(), "four agents")
    );

    let redact = json!({"who": "ana", "message": id});
    assert_eq!(world.does("redact", redact.clone()).await.0, 200);
    let Content::Redaction { original } = world.heard().await.content else {
        panic!("no redaction")
    };
    assert_eq!(original.as_str(), id);
    assert_eq!(world.does("redact", redact).await.0, 404);
}

#[tokio::test]
async fn nobody_does_what_only_others_may() {
    let world = World::new(SMALL).await;
    let id = world.says("ana", "east", "three agents").await;
    let say =
        |who: &str, place: &str, text: &str| json!({"who": who, "where": place, "text": text});
    let edit = json!({"who": "ben", "message": id, "text": "x"});
    let react = |who: &str| json!({"who": who, "message": id, "key": "👀"});
    let redact = json!({"who": "ana", "message": "no"});
    let long = "x".repeat(4001);
    for (what, body, status, code) in [
        ("say", say("zoe", "east", "x"), 404, "unknown_person"),
        ("say", say("ana", "west", "x"), 404, "unknown_room"),
        ("say", say("vera", "east", "x"), 403, "not_in_room"),
        ("say", say("ana", "east", " "), 422, "empty"),
        ("say", say("ana", "east", &long), 422, "too_long"),
        ("say", json!({"who": "ana"}), 422, "malformed"),
        ("edit", edit, 403, "not_yours"),
        ("react", react("vera"), 403, "not_in_room"),
        ("react", react("612-555-0111"), 403, "only_texts"),
        ("redact", redact, 404, "unknown_message"),
    ] {
        let (got, answer) = world.does(what, body.clone()).await;
        assert_eq!(
            (got, answer["error"].as_str()),
            (status, Some(code)),
            "{body}"
        );
    }
}

#[tokio::test]
async fn the_bot_says_edits_reacts_answers_and_takes_back_each_once() {
    let mut world = World::new(SMALL).await;
    let asked = world.says("ana", "east", "three agents").await;
    world.heard().await;
    let answer = Deed::Say {
        words: Words::from_marked("**K7** at <Lake>"),
        reply_to: Some(MessageId::new(&asked)),
    };
    let first = world.performs("e1", east(), answer.clone()).await.unwrap();
    let again = world.performs("e1", east(), answer).await.unwrap();
    assert_eq!(first, again);
    let react = Deed::React {
        message: MessageId::new(&asked),
        emoji: "👀".to_owned(),
    };
    world.performs("e2", east(), react.clone()).await;
    world.performs("e2", east(), react).await;
    let edit = Deed::Edit {
        message: first.clone(),
        words: Words::from_marked("**K7** over"),
    };
    world.performs("e3", east(), edit.clone()).await;
    world.performs("e3", east(), edit).await;

    let (kind, _, state) = world.page().await.next().await.unwrap();
    assert_eq!(kind, "state");
    let shown = state["threads"]["east"].as_array().unwrap();
    assert_eq!(shown.len(), 2);
    assert_eq!(
        shown[0]["reactions"],
        json!([{"key": "👀", "by": ["tocsin"]}])
    );
    assert_eq!(shown[1]["spans"], json!([["K7", true], [" over", false]]));
    assert_eq!(shown[1]["reply_to"], asked.as_str());
    assert_eq!(shown[1]["edited"], true);

    let redact = Deed::Redact {
        message: first.clone(),
    };
    world.performs("e4", east(), redact.clone()).await;
    world.performs("e4", east(), redact).await;
    let (_, _, state) = world.page().await.next().await.unwrap();
    assert_eq!(state["threads"]["east"][1]["redacted"], true);
    assert_eq!(state["threads"]["east"][1]["spans"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_done_in_this_town_will_not_work_later_either() {
    let world = World::new(SMALL).await;
    let nowhere = Destination::Room(RoomRef::new(PlatformKind::Playground, "west"));
    let gone = Deed::Redact {
        message: MessageId::new("gone"),
    };
    for (to, deed, code) in [
        (nowhere, say("hi"), "not_in_room"),
        (person("zoe"), say("hi"), "not_in_room"),
        (east(), gone, "unknown_message"),
    ] {
        let id = EffectId::new("e");
        let failed = world
            .playground
            .perform(&Delivery {
                id,
                to,
                deed,
                urgency: Urgency::Alert,
                expires_at: tocsin::domain::timestamp::Timestamp::from_ms(i64::MAX),
                doubt: None,
            })
            .await;
        let failed = failed.unwrap_err();
        assert_eq!((failed.code, failed.retry), (code, Retry::Never));
    }
}

#[tokio::test]
async fn a_page_that_was_away_hears_what_it_missed_or_everything() {
    let mut world = World::new(SMALL).await;
    let mut page = world.page().await;
    let (kind, _, _) = page.next().await.unwrap();
    assert_eq!(kind, "state");
    world.says("ana", "east", "one").await;
    let (kind, seen, change) = page.next().await.unwrap();
    assert_eq!(kind, "change");
    assert_eq!(change["message"]["spans"][0][0], "one");
    drop(page);
    world.heard().await;
    world.says("ana", "east", "two").await;
    let mut back = world.page_since(&seen).await;
    assert_eq!(back.next().await.unwrap().0, "change");
    let other_run = seen.replace('.', "0.");
    let mut stranger = world.page_since(&other_run).await;
    assert_eq!(stranger.next().await.unwrap().0, "state");
}

#[tokio::test]
async fn pages_end_when_the_town_closes() {
    let world = World::new(SMALL).await;
    let mut page = world.page().await;
    assert_eq!(page.next().await.unwrap().0, "state");
    world.stop.cancel();
    assert!(page.next().await.is_none());
}

#[tokio::test]
async fn a_thread_keeps_its_last_five_hundred_messages() {
    let world = World::new(SMALL).await;
    for n in 0..510 {
        world
            .performs(&format!("e{n}"), east(), say(&n.to_string()))
            .await;
    }
    let (_, _, state) = world.page().await.next().await.unwrap();
    let kept = state["threads"]["east"].as_array().unwrap();
    assert_eq!(kept.len(), 500);
    assert_eq!(kept[0]["spans"][0][0], "10");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let world = World::new(SMALL).await;
    let said = json!({"who": "ana", "where": "east", "text": "x".repeat(9_000)});
    let (status, answer) = world.does("say", said).await;
    assert_eq!((status, answer["error"].as_str()), (413, Some("too_long")));
}

#[tokio::test]
async fn foreign_names_and_foreign_pages_are_refused() {
    let world = World::new(SMALL).await;
    let port = world.address.port();
    for (host, status) in [
        (format!("127.0.0.1:{port}"), 200),
        (format!("localhost:{port}"), 200),
        (format!("[::1]:{port}"), 200),
        ("training.example.org".to_owned(), 200),
        ("evil.example".to_owned(), 421),
        (format!("127.0.0.1.evil.example:{port}"), 421),
    ] {
        let asked = world.web.get(world.url("/")).header("host", &host);
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{host}");
        let policy = answer.headers()["content-security-policy"].to_str();
        assert!(policy.unwrap().contains("default-src 'none'"));
    }
    let said = json!({"who": "ana", "where": "east", "text": "hi"});
    for (origin, status) in [
        (format!("http://127.0.0.1:{port}"), 200),
        ("http://evil.example".to_owned(), 403),
        ("null".to_owned(), 403),
    ] {
        let asked = world.web.post(world.url("/playground/say"));
        let answer = asked.header("origin", &origin).json(&said).send().await;
        assert_eq!(answer.unwrap().status().as_u16(), status, "{origin}");
    }
    let form = world
        .web
        .post(world.url("/playground/say"))
        .body(said.to_string());
    assert_eq!(form.send().await.unwrap().status().as_u16(), 415);
}
