//! The whole program against a real homeserver, killed or left alone in the middle of a burst: nothing is lost, doubled or out of
//! order.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    burst::{Dice, Neighborhood, Neighbors, Said},
    homeserver::{Homeserver, until_within},
    program::{Running, Site},
    town::databases::Database,
};

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is a number"))
    })
}

/// Kills the bot at random moments: while it starts, reads, sends.
async fn killed(site: &Site, mut bot: Running, dice: &mut Dice, times: u64) -> Running {
    for _ in 0..times {
        // Some of the moments lie in the start itself.
        if dice.below(4) > 0 {
            bot = bot.ready().await;
        }
        tokio::time::sleep(Duration::from_millis(dice.below(2_500))).await;
        bot.kill();
        bot = site.start().await;
    }
    bot
}

async fn assert_faultless(what: &str, place: &Neighborhood, said: &[Said]) {
    let faults = place.faults(said).await;
    assert!(
        faults.is_empty(),
        "{what}: {} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

async fn rounds_of_kills(rounds: u64, on_postgres: bool) {
    let (mut dice, seed) = Dice::thrown();
    println!("TOCSIN_TEST_SEED={seed}");
    let home = Homeserver::get();
    let neighbors = Neighbors::on(&home).await;
    let messages = usize::try_from(number("TOCSIN_TEST_MESSAGES", 500)).unwrap();
    // On Postgres the lease of a killed process has to run out each time.
    let kills = number("TOCSIN_TEST_KILLS", if on_postgres { 2 } else { 4 });
    for round in 0..rounds {
        let began = Instant::now();
        let database = if on_postgres {
            let database = Database::postgres().await.unwrap();
            database.store.close().await;
            Some(database)
        } else {
            None
        };
        let store = database.as_ref().map(|database| database.url.clone());
        let (place, bot) = neighbors.settle(store).await;
        let burst = place.burst(&mut dice, messages, messages / 5);
        let (said, bot) =
            tokio::join!(place.say(burst), killed(&place.site, bot, &mut dice, kills));
        let said_in = began.elapsed();
        place.drain(bot, &said).await;
        let what = format!("round {round} with seed {seed}");
        assert_faultless(&what, &place, &said).await;
        println!(
            "round {round}: {messages} messages, {kills} kills, {} events by the bot, said after {:.1} s, done after {:.1} s",
            place.sent().await,
            said_in.as_secs_f64(),
            began.elapsed().as_secs_f64()
        );
        if let Some(database) = database {
            database.remove().await.unwrap();
        }
    }
}

/// `TOCSIN_TEST_ROUNDS`, `_MESSAGES`, `_KILLS` (in each round) and `_SEED` change it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_that_is_killed_loses_doubles_and_disorders_nothing() {
    rounds_of_kills(number("TOCSIN_TEST_ROUNDS", 20), false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_that_is_killed_loses_nothing_on_postgres() {
    rounds_of_kills(2, true).await;
}

/// A Synapse of its own, to be stopped and started.
struct OwnSynapse {
    dir: tempfile::TempDir,
}

impl OwnSynapse {
    fn new() -> Self {
        let base = Path::new("/dev/shm");
        let base = if base.is_dir() {
            base.to_owned()
        } else {
            std::env::temp_dir()
        };
        let dir = tempfile::Builder::new()
            .prefix("tocsin-synapse.")
            .tempdir_in(base)
            .unwrap();
        Self { dir }
    }

    fn kit(&self, word: &str) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kit/synapse.sh");
        let done = Command::new(script)
            .arg(word)
            .arg(self.dir.path().join("synapse"))
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    fn start(&self) -> Homeserver {
        let url = self.kit("start");
        let secret = std::fs::read_to_string(self.dir.path().join("synapse/secret")).unwrap();
        Homeserver::at(&url, secret.trim())
    }
}

impl Drop for OwnSynapse {
    fn drop(&mut self) {
        self.kit("stop");
    }
}

/// `TOCSIN_TEST_OUTAGE` is how many seconds the homeserver is away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_homeserver_that_is_away_for_a_while_costs_nothing() {
    let (mut dice, seed) = Dice::thrown();
    println!("TOCSIN_TEST_SEED={seed}");
    let outage = Duration::from_secs(number("TOCSIN_TEST_OUTAGE", 20));
    let synapse = OwnSynapse::new();
    let home = synapse.start();
    let neighbors = Neighbors::on(&home).await;
    let (place, bot) = neighbors.settle(None).await;
    let burst = place.burst(&mut dice, 500, 100);
    let began = Instant::now();
    let away = async {
        let before = 2_000 + dice.below(3_000);
        tokio::time::sleep(Duration::from_millis(before)).await;
        tokio::task::block_in_place(|| synapse.kit("stop"));
        until_within(
            Duration::from_secs(60),
            "the bot says that it is not ready",
            async || {
                let (status, text) = bot.page("/readyz").await;
                (status == 503 && text.contains("matrix")).then_some(())
            },
        )
        .await;
        tokio::time::sleep(outage).await;
        tokio::task::block_in_place(|| synapse.kit("start"));
        println!(
            "away after {before} ms for {outage:?}, back {:?} after the beginning",
            began.elapsed()
        );
    };
    let (said, ()) = tokio::join!(place.say(burst), away);
    place.drain(bot, &said).await;
    println!("done after {:?}", began.elapsed());
    assert_faultless(&format!("with seed {seed}"), &place, &said).await;
}
