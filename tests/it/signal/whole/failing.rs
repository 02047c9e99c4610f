//! A server that refuses, a daemon that dies, an account that is gone: nothing lost, nothing doubled, and a sentence each.

use super::{Beside, Town, body};
use crate::{homeserver::until, signal::world::Fault};

const REPORT: &str = "4 agents in vests at Lake & Bloomington, 2 black suvs";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_for_being_too_many_an_alert_waits_and_is_sent_once() {
    for status in [413, 429] {
        let town = Town::new().await;
        let bot = town.begin().await;
        let fault = Fault::of_sending(status)
            .by_daemon(&town.daemon)
            .retry_after(1);
        let fault = town.world.fail(fault).await;
        let report = town.world.say(&town.ana, &town.one, REPORT).await;
        until("a refusal is logged", async || {
            town.site.log().contains("not delivered").then_some(())
        })
        .await;
        town.world.lift(fault).await;
        town.hears(&town.cem, &town.two, "UNCONFIRMED").await;
        town.hears(&town.vera, &town.verifiers, "unverified").await;
        assert!(report > 0);
        assert_eq!(
            town.count(&town.cem, &town.two, "UNCONFIRMED").await,
            1,
            "{status}"
        );
        assert!(bot.stop().await.success());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_challenge_is_told_to_moderators_with_its_token() {
    let town = Town::new().await;
    let bot = town.begin().await;
    let fault = Fault::of_sending(428)
        .by_daemon(&town.daemon)
        .for_user(&town.cem)
        .token("7ab8-token")
        .retry_after(2);
    town.world.fail(fault).await;
    town.world.say(&town.ana, &town.one, REPORT).await;
    town.hears(
        &town.mo,
        &town.moderators,
        "tocsin signal challenge 7ab8-token",
    )
    .await;
    assert!(bot.stop().await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_an_alert_misses_in_a_group_hears_it_alone() {
    let town = Town::new().await;
    let bot = town.begin().await;
    let fault = Fault::of_sending(429)
        .by_daemon(&town.daemon)
        .for_user(&town.cem)
        .retry_after(1);
    let fault = town.world.fail(fault).await;
    town.world.say(&town.ana, &town.one, REPORT).await;
    // Ben is in both groups; he hears it there.
    town.hears(&town.ben, &town.two, "UNCONFIRMED").await;
    // It is lifted only when what was for Cem has been refused and given up.
    until("the refusal is settled", async || {
        let metrics = bot.page("/metrics").await.1;
        let of_alerts = |line: &&str| line.contains("effects_total") && line.contains("alert");
        let done = metrics
            .lines()
            .find(|line| of_alerts(line) && line.contains("done"));
        done.map(|_| ())
    })
    .await;
    town.world.lift(fault).await;
    town.is_told(&town.cem, "UNCONFIRMED").await;
    assert_eq!(town.count(&town.ben, &town.two, "UNCONFIRMED").await, 1);
    assert_eq!(town.count(&town.cem, &town.two, "UNCONFIRMED").await, 0);
    assert!(bot.stop().await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_end_is_found_out_and_the_alert_is_there_once() {
    let town = Town::new().await;
    let bot = town.begin().await;
    // The copy for the bot's own phone is refused: signal-cli answers -32603, but the group has the message.
    let fault = Fault::of_sending(500)
        .by_daemon(&town.daemon)
        .for_user(&town.bot);
    let fault = town.world.fail(fault).await;
    town.world.say(&town.ana, &town.one, REPORT).await;
    town.hears(&town.cem, &town.two, "UNCONFIRMED").await;
    until("the doubt is logged", async || {
        town.site.log().contains("unknown").then_some(())
    })
    .await;
    town.world.lift(fault).await;
    // The end of the alert answers it: its number was found.
    town.world.say(&town.vera, &town.verifiers, "ok k7").await;
    let end = town.hears(&town.cem, &town.two, "CONFIRMED").await;
    assert!(end.text.is_some());
    assert_eq!(town.count(&town.cem, &town.two, "UNCONFIRMED").await, 1);
    assert!(bot.stop().await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_off_restarted_or_out_of_the_group_nothing_is_lost_and_people_are_told() {
    let town = Town::new().await;
    let bot = town.begin().await;
    assert!(town.world.drop_connections(&town.daemon).await > 0);
    town.world.say(&town.ana, &town.one, REPORT).await;
    town.hears(&town.cem, &town.two, "UNCONFIRMED").await;

    // Written while neither runs: it waits on the server.
    assert!(bot.stop().await.success());
    town.world.daemon_kill(&town.daemon).await;
    town.world
        .say(&town.ana, &town.one, "2 agents at 26th & Bloomington")
        .await;
    let bot = town.site.start().await;
    assert!(
        !bot.is_ready().await,
        "without its daemon the bot is not ready"
    );
    town.world.daemon_start(&town.daemon).await;
    let bot = bot.ready().await;
    town.hears(&town.cem, &town.two, "26th").await;

    // Put out of a group: moderators hear of it.
    let out = crate::signal::world::Change::new().people("remove", &[&town.bot]);
    town.world.change(&town.ana, &town.one, out).await;
    town.hears(&town.mo, &town.moderators, "not in Signal RR 1 any more")
        .await;
    let log = town.site.log();
    assert!(
        log.contains("there is no socket") || log.contains("nobody listens"),
        "{log}"
    );
    assert!(bot.stop().await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_lost_its_device_is_told_of_on_the_other_platforms() {
    let beside = Beside::new().await;
    let town = &beside.town;
    let bot = town.begin().await;
    town.world.unlink(&town.bot).await;
    // What is to be sent now finds out.
    beside.dora.say(&beside.room, REPORT).await;
    beside
        .dora
        .sees(&beside.moderators, "the loss", |event| {
            body(event).contains("lost its account on Signal")
        })
        .await;
    assert!(town.site.log().contains("tocsin signal link"));
    until("the bot is not ready", async || {
        (!bot.is_ready().await).then_some(())
    })
    .await;
    assert!(bot.stop().await.success());
}
