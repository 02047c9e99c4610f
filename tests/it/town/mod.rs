//! The pretend world of the feature tests: pretend platforms, a clock that is moved by hand, and the real store, shell and words.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use tocsin::{
    app::{App, Community, Parts, Suggest},
    cli::key,
    clock::Clock,
    config::Config,
    domain::{
        directory::{Appointment, Directory, Purpose, Room},
        door::Lead,
        envelope::{
            Content, Envelope, Guise, Media, Membership, Origin, PersonRef, PlatformKind, RoomRef,
            Trouble,
        },
        ids::{AreaId, EnvelopeId, MessageId},
        on_call::OnCall,
        policy::Policy,
        role::Role,
        sensitive::Sensitive,
        services::{Organization, Organizations, Topic},
        split::Blueprint,
        timestamp::Timestamp,
    },
    keyring::{Keyring, areas::AreaKeys},
    phrasebook::Phrasebook,
    platforms::{Platform, Stop},
    startup::settle_seals,
    store::Store,
};

pub mod databases;
pub mod groups;
pub mod keys;
pub mod log;
pub mod platform;

use databases::Database;
use platform::{Heard, Pretend};

/// Thursday, 2026-01-15, 14:14 in Minneapolis.
pub const START: Timestamp = Timestamp::from_ms(1_768_508_040_000);

/// A clock that tests move.
pub struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.0.load(Ordering::SeqCst))
    }
}

/// What is not as usual in a town.
#[derive(Clone, Default)]
pub struct Setup {
    pub policy: Policy,
    /// Suggests what the rules leave empty.
    pub suggest: Option<Arc<Suggest>>,
    /// Who can be asked to go and look.
    pub on_call: Vec<OnCall>,
    /// Rooms beside those that every town has.
    pub rooms: Vec<Room>,
    /// Where doors lead by hand.
    pub doors: Vec<(AreaId, Lead)>,
    /// Nobody reaches the pages from outside.
    pub has_no_address: bool,
    /// Rooms that a neighborhood gets besides those of the settings.
    pub blueprints: Vec<Blueprint>,
    /// Who has a role besides.
    pub people: Vec<Appointment>,
}

/// The pretend world.
pub struct Town {
    pub app: Arc<App>,
    pub rooms: Arc<Pretend>,
    pub phones: Arc<Pretend>,
    clock: Arc<HandClock>,
    next: AtomicU64,
    /// Who wrote what.
    wrote: Mutex<BTreeMap<MessageId, String>>,
    stop: Stop,
    everything: Stop,
    running: tokio::task::JoinHandle<()>,
    database: Database,
    setup: Setup,
    /// What stands in the key's file.
    key: String,
}

/// Runs a story in a fresh town, once on SQLite and once on Postgres. Fails if anything was said that the story did not read.
pub async fn run_test(story: impl AsyncFn(&mut Town)) {
    run_test_with(Policy::default(), story).await;
}

/// The same with other rules.
pub async fn run_test_with(policy: Policy, story: impl AsyncFn(&mut Town)) {
    let setup = Setup {
        policy,
        ..Setup::default()
    };
    run_test_in(setup, story).await;
}

/// The same in a town of which more is not as usual.
pub async fn run_test_in(setup: Setup, story: impl AsyncFn(&mut Town)) {
    let sqlite = Database::sqlite().await.expect("an SQLite file");
    let postgres = Database::postgres().await.expect("a Postgres database");
    for (name, database) in [("SQLite", sqlite), ("Postgres", postgres)] {
        let mut town = Town::open(setup.clone(), database).await;
        let limit = Duration::from_secs(60);
        tokio::time::timeout(limit, async {
            town.settle().await;
            story(&mut town).await;
            town.settle().await;
        })
        .await
        .unwrap_or_else(|_| panic!("on {name}: the story took longer than {limit:?}"));
        let unread = [town.rooms.unread(), town.phones.unread()].concat();
        assert!(
            unread.is_empty(),
            "on {name}: said, but read by no test: {unread:#?}"
        );
        town.close().await;
    }
}

pub fn room(id: &str, purpose: Purpose, areas: &[&str], language: &str) -> Room {
    Room {
        room: RoomRef::new(PlatformKind::Matrix, id),
        name: id.trim_start_matches('#').to_owned(),
        purpose,
        areas: areas.iter().map(|area| AreaId::new(*area)).collect(),
        language: language.to_owned(),
    }
}

fn services() -> Organizations {
    let service = |name: &str, topic: &str, areas: &[&str]| Organization {
        name: name.to_owned(),
        topics: vec![topic.to_owned()],
        contact: "612-555-0101, Mon-Fri 9-5".to_owned(),
        areas: areas.iter().map(|area| AreaId::new(*area)).collect(),
        checked: "2026-01-10".to_owned(),
    };
    Organizations {
        topics: vec![
            Topic {
                id: "food".to_owned(),
                words: vec!["comida".to_owned()],
            },
            Topic {
                id: "housing".to_owned(),
                words: vec!["vivienda".to_owned()],
            },
        ],
        services: vec![
            service("City Food Shelf", "food", &[]),
            service("Whittier Food Shelf", "food", &["mpls/whittier"]),
        ],
    }
}

fn directory() -> Directory {
    let (powderhorn, whittier) = (&["mpls/powderhorn-park"][..], &["mpls/whittier"][..]);
    Directory {
        rooms: vec![
            room("#powderhorn-1", Purpose::Response, powderhorn, "en"),
            room("#powderhorn-2", Purpose::Response, powderhorn, "en"),
            room("#whittier-1", Purpose::Response, whittier, "en"),
            room(
                "#phillips-es",
                Purpose::Response,
                &["mpls/midtown-phillips"],
                "es",
            ),
            room("#city", Purpose::City, &[], "en"),
            room("#plans", Purpose::Planning, powderhorn, "en"),
            room("#verifiers", Purpose::Verifiers, &[], "en"),
            room("#moderators", Purpose::Moderators, &[], "en"),
        ],
        areas: BTreeMap::new(),
        services: services(),
        people: vec![Appointment {
            person: PersonRef::new(PlatformKind::Matrix, "@vera:town"),
            role: Role::Verifier,
            areas: [].into(),
            name: None,
            until: None,
        }],
        on_call: Vec::new(),
        blueprints: Vec::new(),
        doors: Vec::new(),
    }
}

/// What the bot of the town is made of, on these platforms.
pub async fn parts(
    store: &Store,
    key: &str,
    clock: Arc<dyn Clock>,
    platforms: BTreeMap<PlatformKind, Arc<dyn Platform>>,
) -> Parts {
    let keyring = Keyring::from_hex(key).expect("a key");
    store
        .check_key(&keyring.check_value())
        .await
        .expect("the key fits");
    let config = Config::load(Path::new("bot-config")).expect("the files load");
    let reader = config.reader().expect("the city loads");
    let mut directory = directory();
    directory.areas = reader.gazetteer().directory_areas();
    directory.blueprints = config.directory.blueprints;
    Parts {
        store: store.clone(),
        keyring,
        clock,
        phrasebook: Phrasebook::load(Path::new("prompts")).expect("the prompts load"),
        community: Community {
            name: "Southside Watch".to_owned(),
            hotline: Some("612-555-0100".to_owned()),
            language: "en".to_owned(),
            zone: reader.gazetteer().time_zone(),
            public_url: Some("https://tocsin.example.org".to_owned()),
            number: Some("+16125550100".to_owned()),
        },
        reader,
        holds: config.holds,
        directory,
        policy: Policy::default(),
        platforms,
        suggest: None,
    }
}

impl Town {
    /// A town on that database.
    pub async fn open(setup: Setup, database: Database) -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(START.as_ms())));
        let rooms = Arc::new(Pretend::rooms());
        let phones = Arc::new(Pretend::phones());
        let key = "07".repeat(32);
        let store = &database.store;
        let app = Self::app(setup.clone(), store, &key, &clock, &rooms, &phones).await;
        let stop = Stop::new();
        let running = tokio::spawn(Arc::clone(&app).run(stop.clone()));
        Self {
            app,
            rooms,
            phones,
            clock,
            next: AtomicU64::new(1),
            wrote: Mutex::default(),
            stop,
            everything: Stop::new(),
            running,
            database,
            setup,
            key,
        }
    }

    async fn app(
        setup: Setup,
        store: &Store,
        key: &str,
        clock: &Arc<HandClock>,
        rooms: &Arc<Pretend>,
        phones: &Arc<Pretend>,
    ) -> Arc<App> {
        let platforms: BTreeMap<PlatformKind, Arc<dyn Platform>> = BTreeMap::from([
            (PlatformKind::Matrix, Arc::clone(rooms) as Arc<dyn Platform>),
            (PlatformKind::Sms, Arc::clone(phones) as Arc<dyn Platform>),
        ]);
        let clock = Arc::clone(clock) as Arc<dyn Clock>;
        let mut parts = Parts {
            policy: setup.policy,
            suggest: setup.suggest,
            ..parts(store, key, clock, platforms).await
        };
        parts.directory.on_call = setup.on_call;
        parts.directory.blueprints.extend(setup.blueprints);
        parts.directory.people.extend(setup.people);
        parts.directory.rooms.extend(setup.rooms);
        parts.directory.doors = setup.doors;
        if setup.has_no_address {
            parts.community.public_url = None;
        }
        Arc::new(App::new(parts).expect("the parts fit"))
    }

    /// Ends it.
    pub async fn close(self) {
        self.stop.cancel();
        self.everything.cancel();
        if !self.running.is_finished() {
            self.running.await.expect("no part of the shell broke");
        }
        self.database.remove().await.expect("the database goes");
    }

    /// Stops the shell as a crash would leave the database, and starts it anew on the same one.
    pub async fn restart(&mut self) {
        if !self.stop.is_cancelled() {
            self.stop_first().await;
        }
        self.begin().await;
    }

    /// Stops the shell, changes the database over to a new key as `tocsin key rotate` does, and starts anew under that.
    pub async fn rotate_key(&mut self) {
        self.stop_first().await;
        let old = Keyring::from_hex(&self.key).expect("a key");
        self.key = old.successor().expect("a new key");
        let new = Keyring::from_hex(&self.key).expect("a key");
        let store = &self.database.store;
        let areas = self.keys().successor(None, &new);
        let areas = areas.expect("new area keys");
        let areas = Arc::new(areas);
        key::change_over(store, (&old, &new), &areas, self.now())
            .await
            .expect("the database is changed over");
        self.database.store = store.clone().sealing(areas);
        self.restart().await;
        self.settle().await;
    }

    /// Another process on the same database, with its own connection to the rooms; it runs until the town closes.
    pub async fn second_process(&self) -> Arc<Pretend> {
        // The first must hold the accounts before another can try for them.
        self.rooms.listened_to().await;
        self.phones.listened_to().await;
        let rooms = Arc::new(Pretend::rooms());
        let phones = Arc::new(Pretend::phones());
        let app = Self::app(
            self.setup.clone(),
            &self.database.store,
            &self.key,
            &self.clock,
            &rooms,
            &phones,
        )
        .await;
        tokio::spawn(app.run(self.everything.clone()));
        rooms
    }

    /// Another process on the same database that has a file of area keys of its own, as on another machine.
    pub async fn second_process_sealing(&self, keys: Arc<AreaKeys>) -> (Arc<App>, Arc<Pretend>) {
        self.rooms.listened_to().await;
        self.phones.listened_to().await;
        let (rooms, phones) = (Arc::new(Pretend::rooms()), Arc::new(Pretend::phones()));
        let store = self.database.store.clone().sealing(keys);
        let setup = self.setup.clone();
        let app = Self::app(setup, &store, &self.key, &self.clock, &rooms, &phones).await;
        tokio::spawn(Arc::clone(&app).run(self.everything.clone()));
        (app, rooms)
    }

    /// A copy of the database as it is now, made while the bot is stopped.
    pub async fn back_up(&mut self) -> Database {
        self.stop_first().await;
        let keys = self.keys();
        self.database.store.close().await;
        let copy = self.database.copy().await.expect("a copy");
        let store = Store::open(&self.database.url).await.expect("it opens");
        self.database.store = store.sealing(keys);
        self.restart().await;
        copy
    }

    /// Puts a copy in the place of the database, and starts on it as the program does.
    pub async fn restore(&mut self, mut copy: Database) {
        self.stop_first().await;
        let keys = self.keys();
        copy.store = copy.store.clone().sealing(keys);
        let lost = std::mem::replace(&mut self.database, copy);
        lost.remove().await.expect("the database goes");
        settle_seals(&self.database.store)
            .await
            .expect("the keys fit");
        self.restart().await;
        self.settle().await;
    }

    /// What it seals with.
    pub fn keys(&self) -> Arc<AreaKeys> {
        let keys = self.database.store.sealed_with();
        keys.expect("the store has area keys")
    }

    /// Stops the first process.
    pub async fn stop_first(&mut self) {
        self.stop.cancel();
        (&mut self.running)
            .await
            .expect("no part of the shell broke");
    }

    /// The present moment of the town.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Time passes; what is due then happens.
    pub async fn later(&mut self, time: Duration) {
        self.clock.0.fetch_add(
            i64::try_from(time.as_millis()).expect("a short time"),
            Ordering::SeqCst,
        );
        // A lease is not meant to run out while nobody moves.
        self.app.tick().await.expect("the store is there");
        self.rooms_are_kept().await;
        self.settle().await;
    }

    /// Waits until everything that is due has been carried out.
    pub async fn settle(&self) {
        while !self.app.is_settled().await.expect("the store is there") {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn number(&self) -> String {
        format!("$m{}", self.next.fetch_add(1, Ordering::SeqCst))
    }

    /// Someone writes in a room; the number of their message.
    pub async fn says(&self, who: &str, room: &str, text: &str) -> MessageId {
        self.writes(who, Some(room), text, None).await
    }

    /// The same of whom the platform tells since when they are there.
    pub async fn newcomer_says(
        &self,
        who: &str,
        room: &str,
        text: &str,
        since: Timestamp,
    ) -> MessageId {
        let envelope = self.said(who, room, text);
        let message = MessageId::new(envelope.id.as_str());
        self.offer_of_newcomer(envelope, since).await;
        message
    }

    /// The same person changes what they wrote.
    pub async fn newcomer_edits(
        &self,
        who: &str,
        room: &str,
        original: &MessageId,
        text: &str,
        since: Timestamp,
    ) {
        let content = Content::Edit {
            original: original.clone(),
            text: Sensitive::new(text.to_owned()),
        };
        let envelope = Envelope {
            content,
            ..self.said(who, room, text)
        };
        self.offer_of_newcomer(envelope, since).await;
    }

    async fn offer_of_newcomer(&self, envelope: Envelope, since: Timestamp) {
        let ours = START - Duration::from_secs(30 * 86_400);
        let member = Some(Membership { since, ours });
        self.rooms
            .offer(vec![Envelope { member, ..envelope }])
            .await;
        self.settle().await;
    }

    /// Someone writes in a room that this process has the account of; not waited for further than it is taken in.
    pub async fn says_to(&self, process: &Pretend, who: &str, room: &str, text: &str) {
        process.offer(vec![self.said(who, room, text)]).await;
    }

    /// Someone answers a message in a room.
    pub async fn replies(&self, who: &str, room: &str, to: &MessageId, text: &str) -> MessageId {
        self.writes(who, Some(room), text, Some(to.clone())).await
    }

    /// Someone with an account in the rooms writes to the bot alone.
    pub async fn whispers(&self, who: &str, text: &str) -> MessageId {
        self.writes(who, None, text, None).await
    }

    /// Someone sends a text message.
    pub async fn texts(&self, number: &str, text: &str) {
        self.phones.offer(vec![self.text(number, text)]).await;
        self.settle().await;
    }

    /// News about a message to a phone.
    pub async fn phones_hear(&self, number: &str, content: Content) {
        let sender = PersonRef::new(PlatformKind::Sms, number);
        let id = self.number();
        self.give(&self.phones, &id, Origin::Direct, sender, content)
            .await;
    }

    /// Several text messages that wait at the door together.
    pub async fn text_together(&self, texts: &[(&str, &str)]) {
        let envelopes = texts.iter().map(|(number, text)| self.text(number, text));
        self.offer_together(envelopes.collect()).await;
    }

    /// The same message five times at the same moment, as a network in trouble repeats it.
    pub async fn texts_five_times_at_once(&self, number: &str, text: &str) {
        self.offer_together(vec![self.text(number, text); 5]).await;
    }

    /// A text message, not sent yet.
    fn text(&self, number: &str, text: &str) -> Envelope {
        let sender = PersonRef::new(PlatformKind::Sms, number);
        self.written(Origin::Direct, sender, text)
    }

    /// Something written in a room, not sent yet.
    fn said(&self, who: &str, room: &str, text: &str) -> Envelope {
        let room = RoomRef::new(PlatformKind::Matrix, room);
        let sender = PersonRef::new(PlatformKind::Matrix, format!("@{who}:town"));
        self.written(Origin::Room(room), sender, text)
    }

    fn written(&self, origin: Origin, sender: PersonRef, text: &str) -> Envelope {
        let message = MessageId::new(self.number());
        let guise = guise_of(&sender);
        Envelope {
            id: EnvelopeId::new(message.as_str()),
            origin,
            sender,
            standing: None,
            member: None,
            sent_at: self.now(),
            content: Content::Text {
                text: Sensitive::new(text.to_owned()),
                message,
                reply_to: None,
                answers: None,
            },
            guise,
        }
    }

    async fn offer_together(&self, envelopes: Vec<Envelope>) {
        let offers = envelopes
            .into_iter()
            .map(|envelope| self.phones.offer(vec![envelope]));
        futures_util::future::join_all(offers).await;
        self.settle().await;
    }

    /// Someone writes in a room, and nobody waits for what follows.
    pub async fn says_unsettled(&self, who: &str, room: &str, text: &str) {
        self.rooms.offer(vec![self.said(who, room, text)]).await;
    }

    /// The process is killed: nothing is finished, nothing given back.
    pub async fn crash(&mut self) {
        self.running.abort();
        let _killed = (&mut self.running).await;
    }

    /// A process starts on the same database.
    pub async fn start(&mut self) {
        self.database
            .store
            .take_over()
            .await
            .expect("the store is ours");
        self.begin().await;
    }

    async fn begin(&mut self) {
        self.app = Self::app(
            self.setup.clone(),
            &self.database.store,
            &self.key,
            &self.clock,
            &self.rooms,
            &self.phones,
        )
        .await;
        self.stop = Stop::new();
        self.running = tokio::spawn(Arc::clone(&self.app).run(self.stop.clone()));
    }

    /// Someone sends a picture without words by text message.
    pub async fn sends_a_picture(&self, number: &str) {
        let message = MessageId::new(self.number());
        let sender = PersonRef::new(PlatformKind::Sms, number);
        let content = Content::Media {
            message: message.clone(),
        };
        self.give(
            &self.phones,
            message.as_str(),
            Origin::Direct,
            sender,
            content,
        )
        .await;
    }

    /// Remembers who wrote a message; who wrote the one it answers.
    fn wrote_it(
        &self,
        who: &str,
        message: &MessageId,
        reply_to: Option<&MessageId>,
    ) -> Option<PersonRef> {
        let mut wrote = self.wrote.lock().expect("no writer broke");
        wrote.insert(message.clone(), who.to_owned());
        let who = wrote.get(reply_to?)?;
        Some(PersonRef::new(PlatformKind::Matrix, format!("@{who}:town")))
    }

    async fn writes(
        &self,
        who: &str,
        room: Option<&str>,
        text: &str,
        reply_to: Option<MessageId>,
    ) -> MessageId {
        let message = MessageId::new(self.number());
        let answers = self.wrote_it(who, &message, reply_to.as_ref());
        let content = Content::Text {
            text: Sensitive::new(text.to_owned()),
            message: message.clone(),
            reply_to,
            answers,
        };
        self.does(who, room, message.as_str(), content).await;
        message
    }

    /// Someone puts an emoji on a message.
    pub async fn reacts(&self, who: &str, room: &str, target: &MessageId, key: &str) {
        let content = Content::Reaction {
            target: target.clone(),
            key: key.to_owned(),
        };
        self.does(who, Some(room), &self.number(), content).await;
    }

    /// The news that someone comes into a room.
    pub fn coming(&self, who: &str, room: &str) -> Envelope {
        let mut envelope = self.said(who, room, "");
        envelope.content = Content::Came;
        envelope
    }

    /// Someone comes into a room.
    pub async fn comes(&self, who: &str, room: &str) {
        self.does(who, Some(room), &self.number(), Content::Came)
            .await;
    }

    /// Someone asks to be let into a room.
    pub async fn asks(&mut self, who: &str, room: &str) {
        self.rooms.groups.asks(room, who);
        self.does(who, Some(room), &self.number(), Content::Asks)
            .await;
        // However many ask, rooms are looked at only now and then.
        self.later(Duration::from_secs(6)).await;
        self.looked().await;
    }

    /// The keeper of rooms looks. As the process does: where Postgres breaks a tie of two transactions, the same is tried again.
    async fn rooms_are_kept(&self) {
        for tries in 1.. {
            match self.app.keep_rooms().await {
                Ok(()) => break,
                Err(error) => assert!(tries < 5, "rooms cannot be kept: {error:#}"),
            }
        }
    }

    /// The keeper of rooms looks, what it owes is carried out, and it looks again.
    pub async fn looked(&self) {
        for _ in 0..3 {
            self.rooms_are_kept().await;
            self.settle().await;
        }
    }

    /// Someone changes their message.
    pub async fn edits(&self, who: &str, room: &str, original: &MessageId, text: &str) {
        let content = Content::Edit {
            original: original.clone(),
            text: Sensitive::new(text.to_owned()),
        };
        self.does(who, Some(room), &self.number(), content).await;
    }

    /// Someone takes their message back.
    pub async fn redacts(&self, who: &str, room: &str, original: &MessageId) {
        self.does(
            who,
            Some(room),
            &self.number(),
            Content::Redaction {
                original: original.clone(),
            },
        )
        .await;
    }

    /// The same by somebody to whom the platform gives a role there.
    pub async fn redacts_as(&self, role: Role, who: &str, room: &str, original: &MessageId) {
        let envelope = Envelope {
            standing: Some(role),
            content: Content::Redaction {
                original: original.clone(),
            },
            ..self.said(who, room, "")
        };
        self.rooms.offer(vec![envelope]).await;
        self.settle().await;
    }

    /// The same content under the same number, as a network repeats it after a lost answer.
    pub async fn does(&self, who: &str, room: Option<&str>, number: &str, content: Content) {
        let sender = PersonRef::new(PlatformKind::Matrix, format!("@{who}:town"));
        let origin = room.map_or(Origin::Direct, |room| {
            Origin::Room(RoomRef::new(PlatformKind::Matrix, room))
        });
        self.give(&self.rooms, number, origin, sender, content)
            .await;
    }

    /// A platform tells of somebody who has a role by a room.
    pub async fn stands(&self, who: &str, role: Role, trouble: Trouble) {
        let number = self.number();
        let envelope = Envelope {
            id: EnvelopeId::new(number),
            origin: Origin::Direct,
            sender: PersonRef::new(PlatformKind::Matrix, format!("@{who}:town")),
            standing: Some(role),
            member: None,
            sent_at: self.now(),
            content: Content::Trouble(trouble),
            guise: Guise::default(),
        };
        self.rooms.offer(vec![envelope]).await;
        self.settle().await;
    }

    async fn give(
        &self,
        by: &Pretend,
        number: &str,
        origin: Origin,
        sender: PersonRef,
        content: Content,
    ) {
        let guise = guise_of(&sender);
        let envelope = Envelope {
            id: EnvelopeId::new(number),
            origin,
            sender,
            standing: None,
            member: None,
            sent_at: self.now(),
            content,
            guise,
        };
        by.offer(vec![envelope]).await;
        self.settle().await;
    }

    /// What was heard in a room since it was last asked, one line each: `text`, `edit: text`, `👀 on $m1`, `redacted $b2`.
    pub fn heard_in(&self, room: &str) -> String {
        lines(self.rooms.read(room))
    }

    /// What a person heard alone since it was last asked.
    pub fn told(&self, who: &str) -> String {
        lines(self.rooms.read(&format!("@{who}:town")))
    }

    /// What a phone heard since it was last asked.
    pub fn phone(&self, number: &str) -> String {
        lines(self.phones.read(number))
    }

    /// How many rows each table has.
    pub async fn row_counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for table in self.database.tables().await.expect("the tables") {
            let rows = self.database.rows(&table).await.expect("its rows").len();
            counts.insert(table, rows);
        }
        counts
    }

    /// Every row of a table as one text.
    pub async fn rows(&self, table: &str) -> Vec<String> {
        self.database.rows(table).await.expect("its rows")
    }

    /// The ids of all open incidents.
    pub async fn open_handles(&self) -> Vec<String> {
        let mut tx = self.app.store.begin().await.expect("the store is there");
        let open = tx.open_incidents_since(Timestamp::from_ms(0)).await;
        tx.rollback().await.expect("the store is there");
        let mut handles: Vec<String> = open
            .expect("the incidents")
            .iter()
            .map(|incident| incident.handle.to_string())
            .collect();
        handles.sort();
        handles
    }

    /// The names of all rooms.
    pub fn rooms_there(&self) -> Vec<String> {
        let directory = self.app.directory();
        let rooms = directory.rooms.iter();
        rooms.map(|room| room.room.id.to_string()).collect()
    }

    /// All that a thief of the database would read.
    pub async fn dump(&self) -> String {
        self.database.dump().await.expect("a dump")
    }

    /// Runs a statement behind the program's back.
    pub async fn tamper(&self, sql: &str) {
        self.database.tamper(sql).await.expect("the statement runs");
    }

    /// Many messages of one neighbor in a room, offered together.
    pub async fn says_many(&self, room: &str, texts: impl Iterator<Item = String>) {
        let envelopes: Vec<Envelope> = texts.map(|text| self.said("ana", room, &text)).collect();
        for batch in envelopes.chunks(500) {
            self.rooms.offer(batch.to_vec()).await;
        }
        self.settle().await;
    }

    /// Several things that are written in a room, offered together.
    pub async fn say_together(&self, room: &str, texts: &[(&str, &str)]) {
        let said = texts.iter().map(|(who, text)| self.said(who, room, text));
        self.rooms.offer(said.collect()).await;
        self.settle().await;
    }

    /// Someone sends a picture to a room, with or without words.
    pub async fn shows(&self, who: &str, room: &str, words: &str) {
        let mut envelope = self.said(who, room, words);
        if words.is_empty() {
            envelope.guise.media = Media::Alone;
            envelope.content = Content::Media {
                message: MessageId::new(envelope.id.as_str()),
            };
        } else {
            envelope.guise.media = Media::Beside;
        }
        self.rooms.offer(vec![envelope]).await;
        self.settle().await;
    }

    /// Someone without a name, or with this one, writes in a room.
    pub async fn says_as(&self, name: Option<&str>, who: &str, room: &str, text: &str) {
        let mut envelope = self.said(who, room, text);
        envelope.guise.name = name.map(|name| name.to_owned().into());
        self.rooms.offer(vec![envelope]).await;
        self.settle().await;
    }

    /// Someone writes in a room, and nobody looks at the database until that is long carried out: what it was asked to do then,
    /// statements and commits.
    pub async fn work_for(&self, who: &str, room: &str, text: &str) -> (u64, u64) {
        let work = self.app.store.work();
        let before = (work.statements(), work.commits());
        self.rooms.offer(vec![self.said(who, room, text)]).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        (work.statements() - before.0, work.commits() - before.1)
    }

    /// The number of the bot's latest message in a room.
    pub fn latest_in(&self, room: &str) -> MessageId {
        self.rooms.latest(room).expect("the bot has spoken there")
    }
}

/// People are called by their address: `@ana:town` is Ana.
fn guise_of(sender: &PersonRef) -> Guise {
    let local = sender.address.expose().trim_start_matches('@');
    let local = local.split(':').next().unwrap_or_default();
    let mut letters = local.chars();
    let first = letters.next().filter(char::is_ascii_alphabetic);
    Guise {
        name: first
            .map(|first| format!("{}{}", first.to_ascii_uppercase(), letters.as_str()).into()),
        media: Media::None,
    }
}

fn lines(heard: Vec<Heard>) -> String {
    heard
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}
