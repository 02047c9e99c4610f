//! A response room on a real homeserver is filled through its door, ten people a second, and the bot is killed again and again:
//! nobody is refused, no room has more than it takes, siblings are numbered without gap or repeat, and each hears an alert once.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{Client, Method, StatusCode, header, redirect};
use serde_json::{Value, json};

use crate::{
    homeserver::{Homeserver, Person, until, until_within},
    program::{Running, Site, SiteRoom},
};

/// How many a room takes.
const LIMIT: usize = 30;
/// How many come: enough that three rooms are needed.
const COMING: usize = 75;
/// How often the bot is killed: always while a room is nearly full, being made, just told of, and else at random.
const KILLS: usize = 20;

/// After how many have come, and how long after that, the bot is killed. Another each time; `TOCSIN_SEED` names one again.
fn kills() -> Vec<(usize, Duration)> {
    let seed = std::env::var("TOCSIN_SEED").map_or_else(
        |_| RandomState::new().hash_one("kills"),
        |seed| seed.parse().expect("TOCSIN_SEED is a number"),
    );
    println!("TOCSIN_SEED={seed} kills at these moments again");
    let random = |n: usize, what: &str| {
        let mut hasher = DefaultHasher::new();
        (seed, n, what).hash(&mut hasher);
        hasher.finish()
    };
    let always = [4, 21, 24, 26, 28, 31, 52, 57];
    let mut kills: Vec<(usize, Duration)> = (0..KILLS)
        .map(|n| {
            let any = random(n, "come") % u64::try_from(COMING).unwrap();
            let come = always.get(n).copied();
            let come = come.unwrap_or_else(|| usize::try_from(any).unwrap());
            (come, Duration::from_millis(random(n, "after") % 1_000))
        })
        .collect();
    kills.sort_unstable();
    kills
}

fn words(event: &Value) -> &str {
    event["content"]["body"].as_str().unwrap_or_default()
}

/// What the door gives: the room behind the link, or nothing yet.
async fn door(client: &Client, address: &str) -> Option<String> {
    let url = format!("http://{address}/join/mpls/whittier/matrix");
    let answer = client.get(url).send().await.ok()?;
    if answer.status() != StatusCode::SEE_OTHER {
        return None;
    }
    let link = answer.headers()[header::LOCATION].to_str().unwrap();
    let (_, room) = link.split_once("#/").expect("a link to a room");
    let room = room.split_once('?').map_or(room, |(room, _)| room);
    Some(room.replace('#', "%23"))
}

/// Goes through the door until it leads somewhere, and in there. Being refused there is a failure: the door said there is room.
async fn comes(client: Client, address: Arc<Mutex<String>>, person: Arc<Person>) -> String {
    // Most wait through many kills: all come within seconds, and after each start nobody is led before members are counted.
    let deadline = Instant::now() + Duration::from_secs(400);
    let room = loop {
        let now = address.lock().unwrap().clone();
        if let Some(room) = door(&client, &now).await {
            break room;
        }
        assert!(Instant::now() < deadline, "the door leads nowhere");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let answer = person
        .ask(Method::POST, &format!("join/{room}"), json!({}))
        .await;
    let id = answer["room_id"].as_str();
    id.unwrap_or_else(|| panic!("{room} refused: {answer}"))
        .to_owned()
}

async fn started(site: &Site, address: &Mutex<String>) -> Running {
    let bot = site.start().await.ready().await;
    address.lock().unwrap().clone_from(&bot.address);
    bot
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_filled_through_its_door_gets_siblings_and_none_overflows() {
    let home = Homeserver::get();
    let bot_id = home.account("tocsin").await;
    let mo = home.person("mo").await;
    let options = json!({ "preset": "public_chat", "name": "Whittier RR", "invite": [bot_id],
        "power_level_content_override": { "users": { bot_id.as_str(): 100 } } });
    let first = mo.create_room(options).await;
    let desk = mo.room("", &[&bot_id]).await;
    let room = |id: &str, name, purpose, area| SiteRoom {
        id: id.to_owned(),
        name,
        purpose,
        area,
    };
    let mut site = Site::new(
        &home.url,
        &bot_id,
        vec![
            room(&first, "Whittier RR", "response", "mpls/whittier"),
            room(&desk, "Moderators", "moderators", ""),
        ],
    );
    site.policy = format!("[rooms]\nmatrix = {LIMIT}\njoin_wave = 0\n");
    site.write();
    let mut people = Vec::with_capacity(COMING);
    for n in 0..COMING {
        people.push(Arc::new(home.person(&format!("n{n}")).await));
    }

    let address = Arc::new(Mutex::new(String::new()));
    let mut bot = started(&site, &address).await;
    let client = Client::builder()
        .redirect(redirect::Policy::none())
        .timeout(Duration::from_secs(5))
        .build()
        .unwrap();
    let come = Arc::new(AtomicUsize::new(0));
    let coming = {
        let (people, address, client, come) = (
            people.clone(),
            Arc::clone(&address),
            client.clone(),
            Arc::clone(&come),
        );
        tokio::spawn(async move {
            let mut pace = tokio::time::interval(Duration::from_millis(100));
            let mut tasks = Vec::new();
            for person in people {
                pace.tick().await;
                let (client, address, come) =
                    (client.clone(), Arc::clone(&address), Arc::clone(&come));
                tasks.push(tokio::spawn(async move {
                    let room = comes(client, address, Arc::clone(&person)).await;
                    come.fetch_add(1, Ordering::SeqCst);
                    (room, person)
                }));
            }
            let mut there: BTreeMap<String, Vec<Arc<Person>>> = BTreeMap::new();
            for task in tasks {
                let (room, person) = task.await.unwrap();
                there.entry(room).or_default().push(person);
            }
            there
        })
    };
    for (kill, after) in kills() {
        until_within(Duration::from_secs(180), "people come", async || {
            (come.load(Ordering::SeqCst) >= kill || coming.is_finished()).then_some(())
        })
        .await;
        // Not waited for anything that happens then: where it is cut off is to be left to chance.
        tokio::time::sleep(after).await;
        bot.kill();
        bot = started(&site, &address).await;
    }
    let there = coming.await.unwrap();
    assert_eq!(there.values().map(Vec::len).sum::<usize>(), COMING);

    // As the homeserver has it, asked by somebody in each room.
    let mut titles = BTreeSet::new();
    for (id, people) in &there {
        let someone = &people[0];
        let answer = someone
            .ask(
                Method::GET,
                &format!("rooms/{id}/joined_members"),
                json!({}),
            )
            .await;
        let many = answer["joined"].as_object().unwrap().len();
        assert!(many <= LIMIT, "{id} has {many}");
        let name = someone.state_of(id, "m.room.name", "").await;
        titles.insert(name["name"].as_str().unwrap().to_owned());
    }
    assert_eq!(titles.len(), there.len(), "{titles:?}");
    assert!(titles.len() >= 3, "{titles:?}");
    for (n, title) in titles.iter().enumerate() {
        let wanted = if n == 0 {
            "Whittier RR".to_owned()
        } else {
            format!("Whittier RR {}", n + 1)
        };
        assert_eq!(title, &wanted);
    }
    // The bot made no room twice, also none that nobody was led to.
    let made = titles_of(&home, &bot_id).await;
    let distinct: BTreeSet<&String> = made.iter().collect();
    assert_eq!(distinct.len(), made.len(), "{made:?}");

    // One who was there first reports; each sibling hears it once.
    let reporter = &there[&first][0];
    reporter
        .say(
            &first,
            "4 agents in vests at Lake & Pillsbury, 2 black suvs",
        )
        .await;
    for (id, people) in there.iter().filter(|(id, _)| **id != first) {
        let alert = people[0]
            .sees(id, "the alert", |event| {
                words(event).contains("UNCONFIRMED")
            })
            .await;
        assert!(words(&alert).contains("Lake & Pillsbury"));
    }
    // Long enough for a second one to come, were there one.
    until("all is carried out", async || {
        let (_, metrics) = bot.page("/metrics").await;
        metrics.contains("tocsin_").then_some(())
    })
    .await;
    for (id, people) in &there {
        let events = people[0].all_events(id).await;
        let said = |what: &str| {
            events
                .iter()
                .filter(|event| words(event).contains(what))
                .count()
        };
        assert_eq!(said("UNCONFIRMED"), usize::from(*id != first), "{id}");
        assert!(said("This group is nearly full") <= 1, "{id}");
    }
    let told = mo.all_events(&first).await;
    let notices = told
        .iter()
        .filter(|event| words(event).contains("This group is nearly full"));
    assert_eq!(notices.count(), 1);
    let status = bot.stop().await;
    assert!(status.success(), "{status}");
}

/// What all rooms are called that the bot is in, those without a name left out.
async fn titles_of(home: &Homeserver, bot_id: &str) -> Vec<String> {
    let admin = home.admin().await;
    let bot = admin
        .ask(
            Method::GET,
            &format!("/_synapse/admin/v1/users/{bot_id}/joined_rooms"),
            json!({}),
        )
        .await;
    let mut titles = Vec::new();
    for id in bot["joined_rooms"].as_array().into_iter().flatten() {
        let id = id.as_str().unwrap();
        let room = admin
            .ask(
                Method::GET,
                &format!("/_synapse/admin/v1/rooms/{id}"),
                json!({}),
            )
            .await;
        if let Some(name) = room["name"].as_str() {
            titles.push(name.to_owned());
        }
    }
    assert!(titles.len() >= 3, "{titles:?}");
    titles
}
