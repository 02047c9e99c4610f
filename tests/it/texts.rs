//! Text messages cost money, may be lost on the way, and go to people who can leave: the outbox's side of it.

use std::{sync::Arc, time::Duration};

use tocsin::{
    domain::{
        envelope::Content,
        ids::MessageId,
        policy::Policy,
        sending::{PersonFate, Progress, Stage},
        spending::{HoursOfDay, Spending},
    },
    platforms::{PerformError, Retry},
};

use crate::town::{Town, run_test, run_test_with};

const ROSA: &str = "+16125550111";
const JUAN: &str = "+16125550112";
const REPORT: &str = "4 agents in vests at 34th St and Bloomington Ave, 2 black suvs";

async fn subscribes(town: &Town, number: &str) {
    town.texts(number, "Powderhorn Park").await;
    assert!(town.phone(number).contains("Powderhorn"));
}

fn read_rooms(town: &Town) {
    for room in [
        "#powderhorn-1",
        "#powderhorn-2",
        "#phillips-es",
        "#whittier-1",
        "#city",
        "#verifiers",
    ] {
        town.heard_in(room);
    }
    town.told("ana");
    town.told("vera");
}

async fn confirmed(town: &Town) {
    town.says("ana", "#powderhorn-1", REPORT).await;
    town.says("vera", "#verifiers", "ok k7").await;
}

async fn cleared(town: &Town) {
    town.says("vera", "#verifiers", "clear k7").await;
}

/// The answer is lost: nobody knows whether it was sent.
fn lost() -> PerformError {
    PerformError {
        is_doubtful: true,
        ..PerformError::new("no_answer", Retry::Later(Some(Duration::from_secs(30))))
    }
}

fn news(town: &Town, number: &str, stage: Stage, person: Option<PersonFate>) -> Content {
    let (effect, message) = town.phones.latest_delivery(number).expect("one was tried");
    Content::Progress(Progress {
        message: message.unwrap_or_else(|| MessageId::new("SM-lost")),
        effect: Some(effect),
        stage,
        code: if person.is_some() { 30003 } else { 0 },
        person,
    })
}

#[tokio::test]
async fn the_next_try_after_a_lost_answer_is_told_of_the_doubt_and_of_what_is_accounted_for() {
    run_test(async |town: &mut Town| {
        subscribes(town, ROSA).await;
        town.phones.fails(Some(Arc::new(lost)));
        confirmed(town).await;
        let began = town.now();
        assert_eq!(town.phone(ROSA), "");
        assert_eq!(
            town.phones.doubts(ROSA).last(),
            Some(&None),
            "the first try is no doubt"
        );
        town.phones.fails(None);
        town.later(Duration::from_secs(40)).await;
        let doubts = town.phones.doubts(ROSA);
        let doubt = doubts.last().and_then(Option::as_ref).expect("in doubt");
        assert_eq!(doubt.since, began);
        assert!(doubt.may_repeat, "an alert is worth a second text");
        assert_eq!(town.phone(ROSA).matches("K7").count(), 1);
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn an_answer_of_which_the_end_is_unknown_is_not_worth_a_second_text() {
    run_test(async |town: &mut Town| {
        town.texts(ROSA, "help").await;
        assert!(!town.phone(ROSA).is_empty());
        let (_, first) = town.phones.latest_delivery(ROSA).expect("it was sent");
        town.phones.fails(Some(Arc::new(lost)));
        town.texts(ROSA, "help").await;
        town.phones.fails(None);
        town.later(Duration::from_secs(40)).await;
        let doubts = town.phones.doubts(ROSA);
        let doubt = doubts.last().and_then(Option::as_ref).expect("in doubt");
        assert!(!doubt.may_repeat);
        assert_eq!(
            doubt.accounted,
            Vec::from_iter(first),
            "the first answer, in the same words, is not the one that is looked for"
        );
        town.phone(ROSA);
    })
    .await;
}

#[tokio::test]
async fn a_try_that_is_known_to_have_failed_leaves_no_doubt() {
    run_test(async |town: &mut Town| {
        subscribes(town, ROSA).await;
        let refused = || PerformError::new("rate_limited", Retry::Later(None));
        town.phones.fails(Some(Arc::new(refused)));
        confirmed(town).await;
        town.phones.fails(None);
        town.later(Duration::from_secs(60)).await;
        assert!(town.phones.doubts(ROSA).iter().all(Option::is_none));
        assert_eq!(town.phone(ROSA).matches("K7").count(), 1);
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn news_of_a_message_whose_answer_was_lost_settles_it_and_nothing_is_sent_again() {
    run_test(async |town: &mut Town| {
        subscribes(town, ROSA).await;
        town.phones.fails(Some(Arc::new(lost)));
        confirmed(town).await;
        town.phones.fails(None);
        let tried = town.phones.doubts(ROSA).len();
        let sent = news(town, ROSA, Stage::Sent, None);
        town.phones_hear(ROSA, sent.clone()).await;
        town.phones_hear(ROSA, sent).await;
        town.later(Duration::from_secs(120)).await;
        assert_eq!(
            town.phones.doubts(ROSA).len(),
            tried,
            "nothing was tried again"
        );
        assert_eq!(town.phone(ROSA), "");
        // It was alerted, so it hears the end.
        cleared(town).await;
        assert!(town.phone(ROSA).contains("K7 over"));
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn after_a_crash_in_the_middle_of_a_send_the_next_one_is_in_doubt() {
    run_test(async |town: &mut Town| {
        subscribes(town, ROSA).await;
        town.phones.hangs(true);
        town.says("ana", "#powderhorn-1", REPORT).await;
        town.says_unsettled("vera", "#verifiers", "ok k7").await;
        town.phones.hung().await;
        town.crash().await;
        town.phones.hangs(false);
        town.start().await;
        town.later(Duration::from_secs(61)).await;
        let doubts = town.phones.doubts(ROSA);
        assert!(doubts.last().is_some_and(Option::is_some), "{doubts:?}");
        assert_eq!(town.phone(ROSA).matches("K7").count(), 1);
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn who_told_the_carrier_to_stop_hears_nothing_more_of_anything() {
    run_test(async |town: &mut Town| {
        subscribes(town, ROSA).await;
        let opted_out = || PerformError {
            person: Some(PersonFate::OptedOut),
            ..PerformError::new("opted_out", Retry::Never)
        };
        town.phones.fails(Some(Arc::new(opted_out)));
        confirmed(town).await;
        town.phones.fails(None);
        cleared(town).await;
        town.texts(ROSA, "Powderhorn Park?").await;
        town.later(Duration::from_secs(60)).await;
        assert_eq!(town.phone(ROSA), "");
        assert_eq!(town.heard_in("#moderators"), "", "nobody has to be told");
        let rows = town.row_counts().await;
        assert_eq!((rows["subscribers"], rows["stops"]), (0, 1));
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn a_carriers_late_news_of_a_stop_or_of_a_gone_number_is_obeyed() {
    run_test(async |town: &mut Town| {
        subscribes(town, ROSA).await;
        subscribes(town, JUAN).await;
        confirmed(town).await;
        assert!(town.phone(ROSA).contains("K7") && town.phone(JUAN).contains("K7"));
        let stopped = news(town, ROSA, Stage::Undelivered, Some(PersonFate::OptedOut));
        town.phones_hear(ROSA, stopped).await;
        let gone = news(
            town,
            JUAN,
            Stage::Undelivered,
            Some(PersonFate::Unreachable),
        );
        town.phones_hear(JUAN, gone).await;
        let rows = town.row_counts().await;
        assert_eq!((rows["subscribers"], rows["stops"]), (0, 1));
        cleared(town).await;
        assert_eq!(town.phone(ROSA), "");
        town.phone(JUAN);
        assert!(town.heard_in("#moderators").contains("unreachable"));
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn a_phone_that_was_off_is_alerted_once_more_and_not_a_third_time() {
    run_test(async |town: &mut Town| {
        subscribes(town, ROSA).await;
        confirmed(town).await;
        assert_eq!(town.phone(ROSA).matches("K7").count(), 1);
        let off = news(town, ROSA, Stage::Undelivered, Some(PersonFate::Away));
        town.phones_hear(ROSA, off.clone()).await;
        town.phones_hear(ROSA, off).await;
        assert_eq!(town.phone(ROSA), "", "not at once");
        town.later(Duration::from_secs(125)).await;
        assert_eq!(town.phone(ROSA).matches("K7").count(), 1);
        let off = news(town, ROSA, Stage::Undelivered, Some(PersonFate::Away));
        town.phones_hear(ROSA, off).await;
        town.later(Duration::from_secs(300)).await;
        assert_eq!(town.phone(ROSA), "");
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn news_in_any_order_or_about_nothing_of_ours_does_no_harm() {
    run_test(async |town: &mut Town| {
        subscribes(town, ROSA).await;
        for stage in [
            Stage::Delivered,
            Stage::Queued,
            Stage::Sent,
            Stage::Delivered,
        ] {
            let told = news(town, ROSA, stage, None);
            town.phones_hear(ROSA, told).await;
        }
        let unknown = Content::Progress(Progress {
            message: MessageId::new("SM-nobody's"),
            effect: None,
            stage: Stage::Failed,
            code: 30008,
            person: Some(PersonFate::Unreachable),
        });
        town.phones_hear(ROSA, unknown).await;
        assert!(town.dump().await.contains("delivered"));
        assert_eq!(town.row_counts().await["subscribers"], 1);
    })
    .await;
}

#[tokio::test]
async fn providers_are_told_to_forget_what_people_write_and_what_has_arrived() {
    run_test(async |town: &mut Town| {
        town.phones.erases(true);
        town.texts(ROSA, "Powderhorn Park").await;
        town.phone(ROSA);
        let delivered = news(town, ROSA, Stage::Delivered, None);
        town.phones_hear(ROSA, delivered.clone()).await;
        town.phones_hear(ROSA, delivered).await;
        let erased = town.phones.erased();
        assert_eq!(
            erased.lines().count(),
            2,
            "hers and ours, each once: {erased}"
        );
    })
    .await;
}

#[tokio::test]
async fn what_a_provider_never_told_the_end_of_is_forgotten_there_after_a_day() {
    run_test(async |town: &mut Town| {
        town.phones.erases(true);
        town.texts(ROSA, "Powderhorn Park").await;
        town.phone(ROSA);
        assert_eq!(town.phones.erased().lines().count(), 1);
        town.later(Duration::from_secs(25 * 3600)).await;
        town.app.sweep().await.unwrap();
        town.later(Duration::from_secs(1)).await;
        assert_eq!(town.phones.erased().lines().count(), 1);
    })
    .await;
}

fn costing(budget: f64) -> Policy {
    Policy {
        spending: Spending {
            price: Some(0.01),
            budget: Some(budget),
            quiet: None,
        },
        ..Policy::default()
    }
}

#[tokio::test]
async fn the_budget_warns_then_keeps_to_confirmed_alerts_then_to_their_ends() {
    // Ten segments a day.
    run_test_with(costing(0.1), async |town: &mut Town| {
        subscribes(town, ROSA).await;
        for _ in 0..6 {
            town.texts(ROSA, "help").await;
            town.phone(ROSA);
        }
        assert!(town.heard_in("#moderators").contains("70 %"));
        town.texts(ROSA, "help").await;
        assert!(!town.phone(ROSA).is_empty(), "all goes up to 90 %");
        confirmed(town).await;
        assert!(town.phone(ROSA).contains("K7"));
        assert!(town.heard_in("#moderators").contains("90 %"));
        town.texts(ROSA, "help").await;
        assert_eq!(town.phone(ROSA), "", "small talk waits for tomorrow");
        subscribes_in_silence(town, JUAN).await;
        town.says("ana", "#powderhorn-1", "3 agents at 38th St and 15th Ave")
            .await;
        let card = town.heard_in("#verifiers");
        let (before, _) = card.rsplit_once(" unverified").expect("a card");
        let handle = before
            .split_whitespace()
            .next_back()
            .expect("an id")
            .to_owned();
        town.says("vera", "#verifiers", &format!("ok {handle}"))
            .await;
        let heard = format!("{}\n{}", town.phone(ROSA), town.phone(JUAN));
        assert_eq!(heard.trim().lines().count(), 1, "the last of ten: {heard}");
        let mut moderators = town.heard_in("#moderators");
        town.later(Duration::from_secs(5)).await;
        moderators += town.heard_in("#moderators").as_str();
        assert!(moderators.contains("is spent"), "{moderators}");
        assert!(
            moderators.contains("1 phone did not get: alert"),
            "{moderators}"
        );
        cleared(town).await;
        assert!(
            town.phone(ROSA).contains("K7 over"),
            "the end of an alarm always goes"
        );
        // Tomorrow is another day.
        town.later(Duration::from_secs(24 * 3600)).await;
        town.texts(ROSA, "help").await;
        assert!(!town.phone(ROSA).is_empty());
        town.heard_in("#moderators");
        town.phone(JUAN);
        read_rooms(town);
    })
    .await;
}

async fn subscribes_in_silence(town: &Town, number: &str) {
    town.texts(number, "Powderhorn Park").await;
    assert_eq!(town.phone(number), "");
}

#[tokio::test]
async fn in_quiet_hours_phones_are_not_alarmed_and_hear_no_end_but_answers() {
    let policy = Policy {
        spending: Spending {
            quiet: Some(HoursOfDay {
                from: 14 * 60,
                until: 15 * 60,
            }),
            ..Spending::default()
        },
        ..Policy::default()
    };
    // The town's clock says 14:14.
    run_test_with(policy, async |town: &mut Town| {
        subscribes(town, ROSA).await;
        confirmed(town).await;
        cleared(town).await;
        assert_eq!(town.phone(ROSA), "");
        town.texts(ROSA, "help").await;
        assert!(!town.phone(ROSA).is_empty());
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn whom_the_alarm_did_not_reach_hears_no_end_of_it_and_moderators_know_how_many() {
    run_test(async |town: &mut Town| {
        subscribes(town, ROSA).await;
        subscribes(town, JUAN).await;
        let refused = || PerformError::new("unreachable", Retry::Later(None));
        town.phones.fails(Some(Arc::new(refused)));
        confirmed(town).await;
        town.later(Duration::from_secs(11 * 60)).await;
        town.phones.fails(None);
        town.later(Duration::from_secs(5)).await;
        cleared(town).await;
        town.later(Duration::from_secs(5)).await;
        assert_eq!(town.phone(ROSA), "");
        assert_eq!(town.phone(JUAN), "");
        let moderators = town.heard_in("#moderators");
        assert!(
            moderators.contains("2 phones did not get: alert about K7"),
            "{moderators}"
        );
        assert_eq!(moderators.lines().count(), 1, "{moderators}");
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn an_alert_that_is_over_before_its_turn_is_called_off_with_its_end() {
    run_test(async |town: &mut Town| {
        subscribes(town, ROSA).await;
        subscribes(town, JUAN).await;
        town.phones.places(1);
        town.phones.hangs(true);
        town.says("ana", "#powderhorn-1", REPORT).await;
        town.says_unsettled("vera", "#verifiers", "ok k7").await;
        town.phones.hung().await;
        town.says_unsettled("vera", "#verifiers", "clear k7").await;
        town.phones.hangs(false);
        town.settle().await;
        let heard = [town.phone(ROSA), town.phone(JUAN)];
        let alarmed: Vec<_> = heard.iter().filter(|said| !said.is_empty()).collect();
        assert_eq!(
            alarmed.len(),
            1,
            "one was on its way, the other not: {heard:?}"
        );
        assert!(alarmed[0].contains("K7 over"), "{heard:?}");
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn an_alert_that_was_only_refused_so_far_is_called_off_too() {
    run_test(async |town: &mut Town| {
        subscribes(town, ROSA).await;
        let refused = || PerformError::new("paced", Retry::Later(None));
        town.phones.fails(Some(Arc::new(refused)));
        confirmed(town).await;
        cleared(town).await;
        town.phones.fails(None);
        town.later(Duration::from_secs(120)).await;
        assert_eq!(town.phone(ROSA), "", "nobody is alarmed when it is over");
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn an_alert_that_may_have_been_heard_is_followed_by_its_end() {
    run_test(async |town: &mut Town| {
        subscribes(town, ROSA).await;
        town.phones.fails(Some(Arc::new(lost)));
        confirmed(town).await;
        cleared(town).await;
        town.phones.fails(None);
        town.later(Duration::from_secs(120)).await;
        assert!(town.phone(ROSA).contains("K7 over"));
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn the_same_message_five_times_at_once_is_one_report_and_one_answer() {
    run_test(async |town: &mut Town| {
        town.texts_five_times_at_once(ROSA, "4 agents at 34th and Bloomington")
            .await;
        assert_eq!(town.phone(ROSA).matches("K7").count(), 1);
        let cards = town.heard_in("#verifiers");
        assert_eq!(cards.matches("K7 unverified").count(), 1, "{cards}");
        assert!(cards.contains("1 report"), "{cards}");
        read_rooms(town);
    })
    .await;
}

#[tokio::test]
async fn one_bad_message_in_a_crowd_does_not_hold_up_the_others() {
    run_test(async |town: &mut Town| {
        town.tamper("ALTER TABLE incidents RENAME TO elsewhere")
            .await;
        town.text_together(&[
            (ROSA, "4 agents at 34th and Bloomington"),
            (JUAN, "Powderhorn Park"),
        ])
        .await;
        town.tamper("ALTER TABLE elsewhere RENAME TO incidents")
            .await;
        assert!(town.phone(JUAN).contains("Powderhorn"));
        assert!(town.phone(ROSA).contains("wrong on our side"));
        assert_eq!(town.heard_in("#moderators").lines().count(), 1);
    })
    .await;
}

#[tokio::test]
async fn moderators_hear_what_a_text_would_cost_before_any_is_sent() {
    run_test_with(costing(0.5), async |town: &mut Town| {
        subscribes(town, ROSA).await;
        subscribes(town, JUAN).await;
        let asks = async |who: &str, text: &str| {
            town.says(who, "#moderators", text).await;
            town.told(who)
        };
        assert_eq!(
            asks("mia", "!cost powderhorn park: Meeting Thu 6:30pm at the park").await,
            "One segment to 2 phones: 2 to pay for, 0.02 in all; today's budget has 48 left. Nothing was sent."
        );
        let long = "Meeting. ".repeat(30);
        assert_eq!(
            asks("mia", &format!("!cost all: {long}")).await,
            "2 segments to 2 phones: 4 to pay for, 0.04 in all; today's budget has 48 left. Nothing was sent."
        );
        assert!(asks("mia", "!cost whittier: hello").await.contains("0 phones"));
        assert!(asks("mia", "!cost nowhere: hello").await.contains("cost whittier"));
        town.says("ana", "#powderhorn-1", "!cost all: hello").await;
        let refused = town.told("ana");
        assert!(!refused.is_empty() && !refused.contains("phones"), "{refused}");
        assert_eq!(town.phone(ROSA), "");
    })
    .await;
}
