//! The whole bot, killed at random moments and cut off from its homeserver: every report counts once, every alert is heard once.
//!
//! `TOCSIN_TEST_CRASH_ROUNDS` says how many rounds of kills (2 unless it says otherwise), `TOCSIN_TEST_OUTAGE` how many
//! seconds the homeserver is gone (60).

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    homeserver::{Homeserver, Person, Wire},
    process::{AREAS, Corner, Served, Settings},
};

/// Messages in one round, and how many of them are reports.
const MESSAGES: usize = 500;
const REPORTS: usize = 100;
/// Messages that are sent at the same time.
const IN_FLIGHT: usize = 8;

fn number(variable: &str, default: u64) -> u64 {
    env::var(variable)
        .ok()
        .map_or(default, |text| text.parse().unwrap())
}

fn random(below: u64) -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    u64::from_le_bytes(bytes) % below
}

/// A town of four rooms: reports are written in one, heard in its sibling and at the verifiers'.
struct Town {
    ana: Person,
    bot: String,
    source: String,
    sibling: String,
    verifiers: String,
    settings: Settings,
    corners: Vec<Corner>,
}

impl Town {
    /// The bot reaches the homeserver at `url`.
    async fn new(home: &Homeserver, url: &str) -> Self {
        let bot = home.account("tocsin").await;
        let ana = home.person("ana").await;
        let source = ana.room("", &[&bot]).await;
        let sibling = ana.room("", &[&bot]).await;
        let verifiers = ana.room("", &[&bot]).await;
        let served = |room, name, purpose, areas| Served {
            room,
            name,
            purpose,
            areas,
        };
        let rooms = [
            served(source.as_str(), "Source", "response", AREAS.as_slice()),
            served(sibling.as_str(), "Sibling", "response", AREAS.as_slice()),
            served(verifiers.as_str(), "Verifiers", "verifiers", &[]),
        ];
        let settings = Settings::new(env!("CARGO_BIN_EXE_tocsin"), url, &bot, &rooms);
        let mut corners = Corner::all(&AREAS);
        corners.truncate(REPORTS);
        Self {
            ana,
            bot,
            source,
            sibling,
            verifiers,
            settings,
            corners,
        }
    }

    async fn is_entered(&self) {
        for room in [&self.source, &self.sibling, &self.verifiers] {
            let greeted =
                |one: &Value| one["sender"] == self.bot.as_str() && one["type"] == "m.room.message";
            self.ana.sees(room, "the bot's greeting", greeted).await;
        }
    }

    /// Sends the whole burst: reports among talk.
    async fn burst(&self) {
        let in_flight = Arc::new(Semaphore::new(IN_FLIGHT));
        let mut sends = JoinSet::new();
        for n in 0..MESSAGES {
            let every = MESSAGES / REPORTS;
            let words = if n % every == 0 {
                self.corners[n / every].report()
            } else {
                format!("see you at the block party, bring chairs ({n})")
            };
            let turn = Arc::clone(&in_flight).acquire_owned().await.unwrap();
            let (ana, room) = (self.ana.clone(), self.source.clone());
            sends.spawn(async move {
                ana.say(&room, &words).await;
                drop(turn);
            });
        }
        sends.join_all().await;
    }

    /// What the bot said in a room, oldest first, as the places that it is about.
    async fn places_in(&self, room: &str) -> Vec<usize> {
        let events = self.ana.all_events(room).await;
        let said = events
            .iter()
            .filter(|one| one["sender"] == self.bot.as_str());
        let bodies = said.filter(|one| one["content"].get("m.new_content").is_none());
        bodies.filter_map(|one| self.place_of(one)).collect()
    }

    fn place_of(&self, event: &Value) -> Option<usize> {
        let words = event["content"]["body"].as_str()?;
        self.corners.iter().position(|corner| corner.is_in(words))
    }

    /// Waits until nothing new is said any more, and all is said.
    async fn is_drained(&self) {
        let end = Instant::now() + Duration::from_secs(300);
        loop {
            let heard = self.places_in(&self.sibling).await.len();
            let cards = self.places_in(&self.verifiers).await.len();
            if heard >= REPORTS && cards >= REPORTS {
                break;
            }
            assert!(
                Instant::now() < end,
                "{heard} alerts and {cards} cards of {REPORTS} after five minutes"
            );
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        // What would be said twice is said soon.
        tokio::time::sleep(Duration::from_secs(3)).await;
    }

    /// Everything once, in the order in which the homeserver has the reports.
    async fn is_as_it_should_be(&self) {
        let events = self.ana.all_events(&self.source).await;
        let reported: Vec<usize> = events
            .iter()
            .filter(|one| one["sender"] == self.ana.id.as_str())
            .filter_map(|one| self.place_of(one))
            .collect();
        assert_eq!(reported.len(), REPORTS);
        assert_eq!(
            self.places_in(&self.sibling).await,
            reported,
            "alerts in the sibling room"
        );
        assert_eq!(
            self.places_in(&self.verifiers).await,
            reported,
            "cards in the verifiers' room"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_and_again_the_bot_loses_nothing_and_repeats_nothing() {
    let home = Homeserver::get();
    for round in 0..number("TOCSIN_TEST_CRASH_ROUNDS", 2) {
        let town = Town::new(&home, &home.url).await;
        let bot = town.settings.start();
        town.is_entered().await;
        let is_sent = AtomicBool::new(false);
        let kills = async {
            let mut bot = bot;
            let mut kills = 0;
            while !is_sent.load(Ordering::Relaxed) || kills < 5 {
                tokio::time::sleep(Duration::from_millis(200 + random(2_500))).await;
                bot.kill();
                bot = town.settings.start();
                kills += 1;
            }
            (kills, bot)
        };
        let burst = async {
            town.burst().await;
            is_sent.store(true, Ordering::Relaxed);
        };
        let ((kills, bot), ()) = tokio::join!(kills, burst);
        town.is_drained().await;
        town.is_as_it_should_be().await;
        println!(
            "round {round}: killed {kills} times, {REPORTS} reports of {MESSAGES} messages, all once and in order"
        );
        bot.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_homeserver_that_is_gone_for_a_minute_costs_nothing_but_the_minute() {
    let home = Homeserver::get();
    let wire = Wire::to(&home.url).await;
    let town = Town::new(&home, &wire.url).await;
    let bot = town.settings.start();
    town.is_entered().await;
    let outage = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        let half = Duration::from_secs(number("TOCSIN_TEST_OUTAGE", 60)) / 2;
        // First a proxy that finds no homeserver, then nobody at all.
        wire.cut(true);
        tokio::time::sleep(half).await;
        let address = wire.url.trim_start_matches("http://").to_owned();
        drop(wire);
        tokio::time::sleep(half).await;
        Wire::at(&home.url, &address).await
    };
    let (_wire, ()) = tokio::join!(outage, town.burst());
    town.is_drained().await;
    town.is_as_it_should_be().await;
    bot.stop().await;
}
