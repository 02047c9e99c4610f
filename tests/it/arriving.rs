//! People arrive on a real homeserver: who knocks is let in by two who vouch, who comes is welcomed once and alone, many who come at once
//! keep no alert waiting, and who was there before the bot is left alone.

use std::{collections::BTreeMap, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    homeserver::{Homeserver, Person, Secretive, until, until_within},
    program::{Running, Site, SiteRoom},
};

/// So many are welcomed alone within an hour.
const ALONE: usize = 30;

fn has(event: &Value, words: &str) -> bool {
    let body = event["content"]["body"].as_str();
    body.is_some_and(|body| body.contains(words))
}

fn is_changed_to(event: &Value, words: &str) -> bool {
    let relation = &event["content"]["m.relates_to"];
    let new = event["content"]["m.new_content"]["body"].as_str();
    relation["rel_type"] == "m.replace" && new.is_some_and(|new| new.contains(words))
}

struct Scene {
    home: Homeserver,
    site: Site,
    mo: Person,
    vera: Person,
    vic: Person,
    /// Was in the response room before the bot.
    ana: Person,
    response: String,
    verifiers: String,
    moderators: String,
    /// A room that the bot is in and that is not the community's yet.
    chat: String,
}

impl Scene {
    async fn set() -> Self {
        let home = Homeserver::get();
        let bot = home.account("tocsin").await;
        let mo = home.person("mo").await;
        let vera = home.person("vera").await;
        let vic = home.person("vic").await;
        let ana = home.person("ana").await;
        let power = json!({ "users": { bot.as_str(): 100 } });
        let open = |name: &str| {
            json!({ "preset": "public_chat", "name": name, "invite": [bot],
                "power_level_content_override": power })
        };
        let response = mo.create_room(open("Whittier RR")).await;
        let chat = mo.create_room(open("Whittier Chat")).await;
        ana.join(&response).await;
        ana.join(&chat).await;
        home.log_in(&bot).await.join(&chat).await;
        let knock = json!({ "type": "m.room.join_rules", "state_key": "", "content": { "join_rule": "knock" } });
        let mut closed = open("Whittier verifiers");
        closed["preset"] = json!("private_chat");
        closed["room_version"] = json!("10");
        // In this version who makes a room has their power as others have.
        closed["power_level_content_override"]["users"][&mo.id] = json!(100);
        closed["initial_state"] = json!([knock]);
        closed["invite"] = json!([bot, vera.id, vic.id]);
        let verifiers = mo.create_room(closed).await;
        for person in [&vera, &vic] {
            person.join(&verifiers).await;
        }
        let moderators = mo.room("", &[&bot]).await;
        let room = |id: &str, name, purpose, area| SiteRoom {
            id: id.to_owned(),
            name,
            purpose,
            area,
        };
        let rooms = vec![
            room(&response, "Whittier RR", "response", "mpls/whittier"),
            room(
                &verifiers,
                "Whittier verifiers",
                "verifiers",
                "mpls/whittier",
            ),
            room(&moderators, "Moderators", "moderators", ""),
        ];
        let mut site = Site::new(&home.url, &bot, rooms).talkative();
        site.policy = "[rooms]\njoin_wave = 200\n".to_owned();
        site.write();
        let vouch = "[[room]]\npurpose = \"verifiers\"\ntitle = \"{area} verifiers\"\ndescription = \"Those who go and look.\"\n\
             link = \"approval\"\nvouch = true\n";
        std::fs::write(site.path("rooms.toml"), vouch).unwrap();
        Self {
            home,
            site,
            mo,
            vera,
            vic,
            ana,
            response,
            verifiers,
            moderators,
            chat,
        }
    }

    async fn begin(&self) -> Running {
        let bot = self.site.start().await.ready().await;
        let greeted = |event: &Value| has(event, "Hello, this is tocsin");
        self.mo
            .sees(&self.moderators, "the greeting", greeted)
            .await;
        bot
    }

    async fn secretive(&self, name: &str) -> (Person, Secretive) {
        let person = self.home.person(name).await;
        let secret = Secretive::log_in(&self.home.url, &person.id).await;
        (person, secret)
    }

    /// The bot's words to somebody alone, in the one room that they were invited to for it.
    async fn welcomes(&self, (person, secret): &(Person, Secretive), words: &str) -> String {
        let talk = until("the bot writes to a newcomer", async || {
            person.invites().await.pop()
        })
        .await;
        person.join(&talk).await;
        secret.sees_members(&talk, 2).await;
        let (_, is_encrypted) = secret
            .sees(&talk, "the welcome", |event| has(event, words))
            .await;
        assert!(is_encrypted, "a welcome in the open");
        talk
    }
}

/// Somebody knocks; two vouch; they come in and are welcomed, once.
async fn vouched_for(scene: &Scene) {
    let dana = scene.secretive("dana").await;
    let path = format!("knock/{}", scene.verifiers);
    dana.0.ask(Method::POST, &path, json!({})).await;
    let asks = format!("J1 · {} asks to join Whittier verifiers", dana.0.id);
    let card = scene
        .vera
        .sees(&scene.verifiers, "the card", |event| has(event, &asks))
        .await;
    scene
        .mo
        .sees(&scene.moderators, "the card", |event| has(event, &asks))
        .await;

    scene.mo.say(&scene.moderators, "vouch j1").await;
    scene
        .vera
        .sees(&scene.verifiers, "one has vouched", |event| {
            is_changed_to(event, "1 of 2 have vouched")
        })
        .await;
    assert_eq!(dana.0.invites().await.len(), 0, "one is not enough");
    let thumb = json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": card["event_id"], "key": "👍" } });
    scene.vic.send(&scene.verifiers, "m.reaction", thumb).await;
    let invite = until("she is let in", async || dana.0.invites().await.pop()).await;
    assert_eq!(invite, scene.verifiers);
    scene
        .vera
        .sees(&scene.verifiers, "the end of it", |event| {
            is_changed_to(event, "vouched for by 2 people and let in")
        })
        .await;
    dana.0.join(&scene.verifiers).await;
    // Who is in the verifiers' room has its role by that: she knows what it is from who vouched, and is welcomed as others are.
    let talk = scene
        .welcomes(
            &dana,
            "Welcome to Whittier verifiers. Those who go and look meet here.",
        )
        .await;

    // Again, and elsewhere in the same neighborhood: no second time. Who comes after her is a sign that she was seen.
    dana.0.join(&scene.response).await;
    dana.0.leave(&scene.response).await;
    dana.0.join(&scene.response).await;
    let late = scene.secretive("late").await;
    late.0.join(&scene.response).await;
    scene.welcomes(&late, "Welcome to Whittier RR.").await;
    assert_eq!(dana.0.invites().await.len(), 0, "no second room");
    let said = dana.1.all_events(&talk).await;
    let welcomes = said.iter().filter(|event| has(event, "Welcome to"));
    assert_eq!(welcomes.count(), 1);
}

/// A room that the bot is in becomes the community's: who was in it before, and who came while it was not, hear nothing.
async fn adopted(scene: &mut Scene, bot: Running) -> Running {
    let mut there = Vec::new();
    for n in 0..5 {
        let person = scene.home.person(&format!("there{n}")).await;
        person.join(&scene.chat).await;
        there.push(person);
    }
    // What was before this, the bot has seen as well.
    let report = "3 agents in vests at Lake & Nicollet";
    scene.ana.say(&scene.response, report).await;
    scene
        .vera
        .sees(&scene.verifiers, "the card", |event| {
            has(event, "Lake & Nicollet")
        })
        .await;
    let status = bot.stop().await;
    assert!(status.success(), "{status}");
    scene.site.rooms.push(SiteRoom {
        id: scene.chat.clone(),
        name: "Whittier Chat",
        purpose: "response",
        area: "mpls/whittier",
    });
    scene.site.write();
    let bot = scene.begin().await;
    scene
        .ana
        .sees(&scene.chat, "the greeting", |event| {
            has(event, "Hello, this is tocsin")
        })
        .await;
    let next = scene.secretive("next").await;
    next.0.join(&scene.chat).await;
    scene.welcomes(&next, "Welcome to Whittier Chat.").await;
    for person in there.iter().chain([&scene.ana]) {
        assert_eq!(person.invites().await.len(), 0, "{}", person.id);
    }
    bot
}

/// More come at once than are welcomed alone; a report meanwhile is heard before they all are.
async fn a_rush(scene: &Scene) {
    let mut people = Vec::new();
    for n in 0..ALONE + 10 {
        people.push(scene.home.person(&format!("rush{n}")).await);
    }
    for person in &people {
        person.join(&scene.response).await;
    }
    scene
        .ana
        .say(
            &scene.response,
            "4 agents in vests at Lake & Pillsbury, 2 black suvs",
        )
        .await;
    scene
        .ana
        .sees(&scene.chat, "the alert", |event| {
            has(event, "UNCONFIRMED") && has(event, "Lake & Pillsbury")
        })
        .await;
    let invited = async || {
        let mut invited = 0;
        for person in &people {
            invited += person.invites().await.len();
        }
        invited
    };
    println!(
        "when the alert was heard, {} of {} had been welcomed",
        invited().await,
        people.len()
    );
    scene
        .ana
        .sees(&scene.response, "one line for all", |event| {
            has(event, "Welcome to all who are new in Whittier RR.")
        })
        .await;
    // One was welcomed alone before, since the start.
    until_within(Duration::from_secs(180), "all are invited", async || {
        (invited().await >= ALONE - 1).then_some(())
    })
    .await;
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for event in scene.ana.all_events(&scene.response).await {
        let body = event["content"]["body"].as_str().unwrap_or_default();
        *lines.entry(body.to_owned()).or_default() += 1;
    }
    let welcomes = lines.iter().filter(|(body, _)| body.starts_with("Welcome"));
    assert_eq!(
        welcomes.map(|(_, many)| many).sum::<usize>(),
        1,
        "{lines:?}"
    );
    assert_eq!(invited().await, ALONE - 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_arrives_is_let_in_by_two_and_welcomed_once() {
    let mut scene = Scene::set().await;
    let bot = scene.begin().await;
    vouched_for(&scene).await;
    let bot = adopted(&mut scene, bot).await;
    a_rush(&scene).await;
    let status = bot.stop().await;
    assert!(status.success(), "{status}");
    let log = scene.site.log();
    assert!(!log.contains("@dana-") && !log.contains("@rush"), "{log}");
}
