//! The bot behind a number at the stand-in: it can be killed and started anew on the same database, at the same address.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tocsin::{
    app::{App, Parts},
    clock::Clock,
    domain::{
        envelope::{Content, Envelope, Guise, Origin, PersonRef, PlatformKind, RoomRef},
        ids::{EnvelopeId, MessageId},
        segment,
        sensitive::Sensitive,
    },
    platforms::{
        Platform, Stop,
        sms::{Twilio, Waits, client::Limits},
    },
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    sms::stand_in::{Ahead, OURS, Setup, StandIn},
    town::{self, databases::Database, platform::Pretend},
};

/// Rooms of the town.
const ROOMS: [&str; 7] = [
    "#powderhorn-1",
    "#powderhorn-2",
    "#whittier-1",
    "#phillips-es",
    "#verifiers",
    "#moderators",
    "#city",
];
/// After so long the claims and leases of a process that was killed have run out.
const RUN_OUT: Duration = Duration::from_secs(61);

/// The bot, and everything around it.
pub struct World {
    pub stand_in: Arc<StandIn>,
    pub app: Arc<App>,
    pub rooms: Arc<Pretend>,
    pub clock: Arc<Ahead>,
    pub database: Database,
    /// The bot's number.
    pub ours: String,
    /// Where its web hooks are.
    pub address: SocketAddr,
    served: JoinHandle<()>,
    running: JoinHandle<()>,
    stop: Stop,
    next: AtomicU64,
    /// How many texts came in.
    arrived: AtomicUsize,
    /// How many texts to each phone were read.
    read: Mutex<BTreeMap<String, usize>>,
}

/// Little patience: Twilio itself is in no hurry, the stand-in is next door.
fn waits() -> Waits {
    Waits {
        limits: Limits {
            connect: Duration::from_secs(5),
            write: Duration::from_secs(1),
            read: Duration::from_secs(10),
        },
        look_again: Duration::from_millis(500),
        give_up_looking: Duration::from_secs(4),
        // Where a test sets the clock forward, the stand-in's stays behind.
        skew: Duration::from_secs(600),
        too_early: Duration::from_millis(100),
        ..Waits::default()
    }
}

/// Runs a story on both databases, each with an empty stand-in.
pub async fn on_both(story: impl AsyncFn(&mut World)) {
    let stand_in = Arc::new(StandIn::get().await);
    let sqlite = Database::sqlite().await.expect("an SQLite file");
    let postgres = Database::postgres().await.expect("a Postgres database");
    for (name, database) in [("SQLite", sqlite), ("Postgres", postgres)] {
        stand_in.tell("reset", &json!({})).await;
        let mut world = World::open(Arc::clone(&stand_in), database, OURS).await;
        let limit = Duration::from_secs(60);
        tokio::time::timeout(limit, story(&mut world))
            .await
            .unwrap_or_else(|_| panic!("on {name}: the story took longer than {limit:?}"));
        world.close().await;
    }
}

impl World {
    /// A bot that begins.
    pub async fn open(stand_in: Arc<StandIn>, database: Database, ours: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (rooms, clock) = (Arc::new(Pretend::rooms()), Arc::new(Ahead::default()));
        let twilio = twilio(&stand_in, address, ours, &clock);
        let app = app(&database, &rooms, &twilio, &clock).await;
        let stop = Stop::new();
        Self {
            served: serve(listener, &twilio),
            running: tokio::spawn(Arc::clone(&app).run(stop.clone())),
            stand_in,
            app,
            rooms,
            clock,
            database,
            ours: ours.to_owned(),
            address,
            stop,
            next: AtomicU64::new(1),
            arrived: AtomicUsize::new(0),
            read: Mutex::default(),
        }
    }

    /// The process is killed: nothing is finished, nothing given back, nobody answers web hooks.
    pub async fn crash(&mut self) {
        self.running.abort();
        self.served.abort();
        let _killed = (&mut self.running).await;
        let _killed = (&mut self.served).await;
    }

    /// A process starts on the same database, at the same address, with all of its memory new.
    pub async fn start(&mut self) {
        if self.database.file().is_none() {
            // Other processes may live there: what the dead one held is free only when that has run out.
            self.clock.by(RUN_OUT);
        }
        let listener = TcpListener::bind(self.address).await.unwrap();
        let twilio = twilio(&self.stand_in, self.address, &self.ours, &self.clock);
        self.app = app(&self.database, &self.rooms, &twilio, &self.clock).await;
        self.app.store.take_over().await.expect("the store is ours");
        self.stop = Stop::new();
        self.served = serve(listener, &twilio);
        self.running = tokio::spawn(Arc::clone(&self.app).run(self.stop.clone()));
    }

    /// The process ends in good order.
    pub async fn stop(&mut self) {
        self.stop.cancel();
        (&mut self.running)
            .await
            .expect("no part of the shell broke");
        self.served.abort();
        let _ended = (&mut self.served).await;
    }

    /// Ends in good order and starts again; what was missed meanwhile is caught up.
    pub async fn start_anew(&mut self) {
        let looked = self.looks().await;
        self.stop().await;
        self.start().await;
        while self.looks().await == looked {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.settle().await;
    }

    /// How often what was sent to us was listed.
    async fn looks(&self) -> usize {
        let requests = self.stand_in.requests().await;
        let is_look =
            |one: &&String| one.starts_with("GET /Messages.json") && one.contains("DateSent");
        requests.iter().filter(is_look).count()
    }

    /// Ends, and leaves nothing behind.
    pub async fn close(mut self) {
        if !self.running.is_finished() {
            self.stop().await;
        }
        self.database.remove().await.expect("the database goes");
    }

    /// Waits until everything that is due has been carried out.
    pub async fn settle(&self) {
        while !self.app.is_settled().await.expect("the store is there") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// A phone sends a text: a signed web hook brings it, and is answered with nothing.
    pub async fn texts(&self, from: &str, body: &str) {
        self.arrived.fetch_add(1, Ordering::SeqCst);
        let answers = self
            .posts(json!({ "From": from, "To": self.ours, "Body": body }))
            .await;
        assert_eq!(answers, [(200, "<Response/>".to_owned())], "{body}");
        self.settle().await;
    }

    /// The same, and what that phone hears then.
    pub async fn answer(&self, from: &str, body: &str) -> String {
        self.texts(from, body).await;
        self.phone(from).await
    }

    /// Has the stand-in sign a web hook and post it; what we answered.
    pub async fn posts(&self, params: Value) -> Vec<(u64, String)> {
        let url = format!("http://{}/twilio/sms", self.address);
        let how = json!({ "url": url, "params": params });
        let told = self.stand_in.tell("inbound", &how).await;
        let answers = told["answers"].as_array().unwrap().iter();
        let answer = |answer: &Value| {
            let body = answer["body"].as_str().unwrap_or_default();
            (
                answer["status"].as_u64().unwrap_or_default(),
                body.to_owned(),
            )
        };
        answers.map(answer).collect()
    }

    /// What was accepted for a phone since it was last asked, one line each; every text is one segment.
    pub async fn phone(&self, number: &str) -> String {
        let accepted = self.stand_in.accepted(number).await;
        for text in &accepted {
            assert_eq!(segment::count(text).segments, 1, "{text}");
        }
        let mut read = self.read.lock().unwrap();
        let before = read.insert(number.to_owned(), accepted.len());
        accepted[before.unwrap_or_default()..].join("\n")
    }

    /// How often somebody was tried to be written to.
    pub async fn tries(&self, number: &str) -> usize {
        let start = format!("POST /Messages.json To={number}&");
        let requests = self.stand_in.requests().await;
        requests
            .iter()
            .filter(|one| one.starts_with(&start))
            .count()
    }

    /// Waits until the provider was told to forget every message, ours and theirs, and fails if it was told so twice of one.
    pub async fn all_is_forgotten(&self) {
        loop {
            let log = self.stand_in.tell("log", &json!({})).await;
            let lines = log.as_array().unwrap();
            let accepted: BTreeSet<&str> = lines
                .iter()
                .filter_map(|line| line["accepted"].as_str())
                .collect();
            let deleted: Vec<&str> = lines
                .iter()
                .filter(|line| line["method"] == "DELETE")
                .filter_map(|line| line["path"].as_str()?.rsplit('/').next())
                .map(|name| name.trim_end_matches(".json"))
                .collect();
            let sids: BTreeSet<&str> = deleted.iter().copied().collect();
            assert_eq!(sids.len(), deleted.len(), "forgotten twice: {deleted:?}");
            let theirs = self.arrived.load(Ordering::SeqCst);
            if sids.len() == accepted.len() + theirs && sids.is_superset(&accepted) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Someone writes in a room; it is taken in, and nobody waits for what follows.
    pub async fn says_unsettled(&self, who: &str, room: &str, text: &str) {
        let number = format!("$m{}", self.next.fetch_add(1, Ordering::SeqCst));
        let content = Content::Text {
            text: Sensitive::new(text.to_owned()),
            message: MessageId::new(&number),
            reply_to: None,
            answers: None,
        };
        let envelope = Envelope {
            id: EnvelopeId::new(&number),
            origin: Origin::Room(RoomRef::new(PlatformKind::Matrix, room)),
            sender: PersonRef::new(PlatformKind::Matrix, format!("@{who}:town")),
            standing: None,
            member: None,
            sent_at: self.clock.now(),
            content,
            guise: Guise::default(),
        };
        self.rooms.offer(vec![envelope]).await;
    }

    /// Someone writes in a room.
    pub async fn says(&self, who: &str, room: &str, text: &str) {
        self.says_unsettled(who, room, text).await;
        self.settle().await;
    }

    /// What was said in a room since it was last asked.
    pub fn heard_in(&self, room: &str) -> String {
        let heard = self.rooms.read(room);
        let lines: Vec<_> = heard.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    /// What was said in all rooms since they were last asked.
    pub fn all_rooms(&self) -> String {
        ROOMS.map(|room| self.heard_in(room)).join("\n")
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> usize {
        self.database.rows(table).await.expect("its rows").len()
    }

    /// Waits until a table has no row.
    pub async fn emptied(&self, table: &str) {
        while self.count(table).await > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn twilio(stand_in: &StandIn, address: SocketAddr, ours: &str, clock: &Arc<Ahead>) -> Arc<Twilio> {
    let mut setup = Setup::at(&stand_in.api);
    setup.config.public_url = format!("http://{address}");
    setup.config.numbers = vec![ours.to_owned()];
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Twilio::new(setup.config, setup.account, waits(), clock).unwrap()
}

async fn app(
    database: &Database,
    rooms: &Arc<Pretend>,
    twilio: &Arc<Twilio>,
    clock: &Arc<Ahead>,
) -> Arc<App> {
    let platforms: BTreeMap<PlatformKind, Arc<dyn Platform>> = BTreeMap::from([
        (PlatformKind::Matrix, Arc::clone(rooms) as Arc<dyn Platform>),
        (PlatformKind::Sms, Arc::clone(twilio) as Arc<dyn Platform>),
    ]);
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    let key = "07".repeat(32);
    let mut parts: Parts = town::parts(&database.store, &key, clock, platforms).await;
    // As in the product's examples.
    parts.community.name = "Tocsin".to_owned();
    Arc::new(App::new(parts).expect("the parts fit"))
}

fn serve(listener: TcpListener, twilio: &Arc<Twilio>) -> JoinHandle<()> {
    let routes = twilio.routes();
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() })
}
