//! Both processes killed at any moment of a burst: each report counts once, each alert is there once.

use std::time::{Duration, Instant};

use super::Town;
use crate::{
    burst::{self, Dice},
    homeserver::until_within,
};

/// How long it may take to get through the burst, on a busy machine.
const DRAINED: Duration = Duration::from_secs(240);
/// How long what was said before may come after what was said last: it comes in order, but for what `tocsin signal keep` held ready
/// when tocsin was killed.
const BEHIND: Duration = Duration::from_secs(15);
/// A message that signal-cli has taken from the server and not written to its socket yet dies with it: one at most for each of
/// the two times that it is killed.
const DIES_WITH_SIGNAL_CLI: usize = 2;
const REPORTS: usize = 40;
const MESSAGES: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_killed_in_a_burst_each_report_counts_once_and_each_alert_is_there_once() {
    let (mut dice, seed) = Dice::thrown();
    eprintln!("TOCSIN_TEST_SEED={seed}");
    let town = Town::new().await;
    let (mut reports, talk) = burst::reports(&town.site, REPORTS + 1);
    let (last, last_corner) = reports.pop().unwrap();
    let _keeper = town.site.spawn(&["signal", "keep"]);
    let mut bot = Some(town.begin().await);

    // Reports among talk, in any order.
    let mut lines: Vec<String> = reports.iter().map(|(words, _)| words.clone()).collect();
    while lines.len() < MESSAGES {
        let n = usize::try_from(dice.below(talk.len() as u64)).unwrap();
        lines.push(talk[n].to_owned());
    }
    for n in (1..lines.len()).rev() {
        let other = usize::try_from(dice.below(n as u64 + 1)).unwrap();
        lines.swap(n, other);
    }
    // Two of each are killed, at places of the burst that the dice choose, and start again a little later.
    let mut kills: Vec<(u64, bool)> = Vec::new();
    for is_daemon in [false, true, false, true] {
        kills.push((dice.below(MESSAGES as u64 - 20) + 10, is_daemon));
    }
    for (n, words) in lines.iter().enumerate() {
        let writer = if n % 2 == 0 { &town.ana } else { &town.ben };
        town.world.say(writer, &town.one, words.as_str()).await;
        for (_, is_daemon) in kills.iter().filter(|(at, _)| *at == n as u64) {
            if *is_daemon {
                town.world.daemon_kill(&town.daemon).await;
                town.world.daemon_start(&town.daemon).await;
            } else {
                bot.take().unwrap().kill();
                bot = Some(town.site.start().await);
            }
        }
    }

    // Within a group all keeps its order: when the last report is there, everything is.
    town.world.say(&town.ana, &town.one, last.as_str()).await;
    // Every report is told in the sibling group and shown to the verifiers, but for what died with signal-cli.
    for (who, group, mark) in [
        (&town.cem, &town.two, "UNCONFIRMED"),
        (&town.vera, &town.verifiers, "unverified"),
    ] {
        let what = format!("{mark} of the last report (TOCSIN_TEST_SEED={seed})");
        until_within(DRAINED, &what, async || {
            let is_there = town.count_with(who, group, mark, &last_corner).await > 0;
            is_there.then_some(())
        })
        .await;
        let end = Instant::now() + BEHIND;
        loop {
            let mut missing = Vec::new();
            for (_, corner) in &reports {
                if town.count_with(who, group, mark, corner).await == 0 {
                    missing.push(corner);
                }
            }
            if missing.is_empty() {
                break;
            }
            if Instant::now() > end {
                assert!(
                    missing.len() <= DIES_WITH_SIGNAL_CLI,
                    "{mark} missing (TOCSIN_TEST_SEED={seed}): {missing:?}"
                );
                break;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
    let mut told = 0;
    for (_, corner) in &reports {
        let alerts = town
            .count_with(&town.cem, &town.two, "UNCONFIRMED", corner)
            .await;
        assert!(
            alerts <= 1,
            "{corner} {alerts} times (TOCSIN_TEST_SEED={seed})"
        );
        told += alerts;
    }
    assert_eq!(
        town.count(&town.cem, &town.two, "UNCONFIRMED").await,
        told + 1,
        "alerts in all (TOCSIN_TEST_SEED={seed})"
    );
    assert!(bot.take().unwrap().stop().await.success());
}
