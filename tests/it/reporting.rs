//! A message becomes a report: what is seen in rooms, by verifiers, by the reporter.

use std::time::Duration;

use tocsin::domain::{
    envelope::Content,
    ids::MessageId,
    policy::{Gate, Policy},
    sensitive::Sensitive,
};

use crate::town::{Town, run_test, run_test_with};

const STORY: &str = "3 ppl tac vests outside pillsbury & lake rn, 2 dark suvs";

fn minutes(n: u64) -> Duration {
    Duration::from_secs(60 * n)
}

/// What is heard everywhere after the story's message in a room of Powderhorn.
fn read_first_report(town: &Town, message: &MessageId) {
    assert_eq!(town.heard_in("#powderhorn-1"), format!("👀 on {message}"));
    let card = town.heard_in("#verifiers");
    assert!(card.starts_with("K7 unverified · Whittier"), "{card}");
    assert!(
        card.contains("Lake & Pillsbury") && card.contains("3 people"),
        "{card}"
    );
    for room in ["#powderhorn-2", "#whittier-1"] {
        let alert = town.heard_in(room);
        assert!(
            alert.contains("UNCONFIRMED") && alert.contains("Lake & Pillsbury"),
            "{room}: {alert}"
        );
        assert!(
            alert.contains("612-555-0100") && alert.contains("K7"),
            "{room}: {alert}"
        );
    }
}

#[tokio::test]
async fn a_report_gets_eyes_a_card_and_a_labelled_alert_among_the_siblings() {
    run_test(async |town: &mut Town| {
        let message = town.says("ana", "#powderhorn-1", STORY).await;
        read_first_report(town, &message);
    })
    .await;
}

#[tokio::test]
async fn the_same_message_offered_again_is_one_report() {
    run_test(async |town: &mut Town| {
        let message = town.says("ana", "#powderhorn-1", STORY).await;
        read_first_report(town, &message);
        let again = Content::Text {
            text: Sensitive::new(STORY.to_owned()),
            message: message.clone(),
            reply_to: None,
            answers: None,
        };
        town.does("ana", Some("#powderhorn-1"), message.as_str(), again)
            .await;
        assert_eq!(town.heard_in("#verifiers"), "");
    })
    .await;
}

#[tokio::test]
async fn ordinary_talk_meets_silence() {
    run_test(async |town: &mut Town| {
        for text in [
            "good morning neighbors!",
            "thanks everyone, stay warm",
            "ice on the sidewalk by the library, careful",
            "k9 unit here",
            "does anyone have a snow shovel I can borrow?",
            "!hlep",
        ] {
            town.says("ana", "#powderhorn-1", text).await;
        }
        assert!(
            town.told("ana").contains("help"),
            "a mistyped command is answered alone"
        );
    })
    .await;
}

#[tokio::test]
async fn a_message_that_starts_with_a_dash_is_not_read() {
    run_test(async |town: &mut Town| {
        town.says("ana", "#powderhorn-1", &format!("- {STORY}"))
            .await;
    })
    .await;
}

#[tokio::test]
async fn where_plans_are_made_nothing_is_read_or_kept() {
    run_test(async |town: &mut Town| {
        town.says("ana", "#plans", STORY).await;
        town.says("ana", "#nobody-knows-this-room", STORY).await;
    })
    .await;
}

#[tokio::test]
async fn the_gate_verify_keeps_everything_among_verifiers() {
    let strict = Policy {
        gate: Gate::Verify,
        ..Policy::default()
    };
    run_test_with(strict, async |town: &mut Town| {
        let message = town.says("ana", "#powderhorn-1", STORY).await;
        assert_eq!(town.heard_in("#powderhorn-1"), format!("👀 on {message}"));
        assert!(town.heard_in("#verifiers").contains("K7 unverified"));
    })
    .await;
}

#[tokio::test]
async fn a_missing_place_is_asked_for_and_the_answer_completes_the_report() {
    run_test(async |town: &mut Town| {
        let message = town
            .says("ana", "#whittier-1", "4 agents w masks at the door")
            .await;
        assert_eq!(town.heard_in("#whittier-1"), format!("👀 on {message}"));
        assert!(
            town.heard_in("#verifiers")
                .contains("K7 unverified · Whittier · 4 people")
        );
        assert!(town.told("ana").starts_with("Where?"));
        town.whispers("ana", "by the k mart lot").await;
        assert_eq!(
            town.told("ana"),
            "Lake & Nicollet lot (Whittier)? 1 yes, 2 other"
        );
        town.whispers("ana", "1").await;
        assert!(town.told("ana").contains("K7"));
        assert!(town.heard_in("#verifiers").contains("Lake & Nicollet"));
        assert_eq!(
            town.heard_in("#whittier-1"),
            "",
            "the room has read the report itself"
        );
    })
    .await;
}

#[tokio::test]
async fn of_several_places_that_are_meant_the_writer_chooses() {
    run_test(async |town: &mut Town| {
        town.whispers("ana", "3 ice agents knocking on doors at lyndale and 26th")
            .await;
        let choice = town.told("ana");
        assert!(
            choice.starts_with("Which place? 1 ") && choice.ends_with("3 other"),
            "{choice}"
        );
        assert!(town.heard_in("#verifiers").contains("K7 unverified"));
        for room in ["#whittier-1", "#powderhorn-1", "#powderhorn-2"] {
            assert_eq!(town.heard_in(room), "", "{room} before it is chosen");
        }
        town.whispers("ana", "1").await;
        assert!(town.told("ana").contains("Lyndale"));
        assert!(town.heard_in("#verifiers").contains("Lyndale"));
        assert!(town.heard_in("#whittier-1").contains("UNCONFIRMED"));
    })
    .await;
}

#[tokio::test]
async fn a_question_is_asked_in_the_language_of_the_message() {
    run_test(async |town: &mut Town| {
        let message = town
            .says(
                "ana",
                "#whittier-1",
                "hay 4 agentes de la migra con mascaras en la puerta",
            )
            .await;
        assert_eq!(town.heard_in("#whittier-1"), format!("👀 on {message}"));
        assert!(town.heard_in("#verifiers").contains("K7 unverified"));
        let question = town.told("ana");
        assert!(
            question.starts_with("¿Dónde") || question.starts_with("Donde"),
            "{question}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_second_report_of_the_same_counts_and_corroborates() {
    run_test(async |town: &mut Town| {
        let first = town.says("ana", "#powderhorn-1", STORY).await;
        read_first_report(town, &first);
        let second = town
            .says("ben", "#whittier-1", "officers lake/pillsbury 3 guys")
            .await;
        assert_eq!(town.heard_in("#whittier-1"), format!("➕ on {second}"));
        let card = town.heard_in("#verifiers");
        assert!(card.starts_with("edit: K7 corroborated"), "{card}");
        assert!(card.contains("2 reports"), "{card}");
    })
    .await;
}

#[tokio::test]
async fn the_same_person_or_the_same_text_does_not_corroborate() {
    run_test(async |town: &mut Town| {
        let first = town.says("ana", "#powderhorn-1", STORY).await;
        read_first_report(town, &first);
        town.says(
            "ana",
            "#powderhorn-1",
            "still 3 officers at pillsbury and lake",
        )
        .await;
        assert!(town.heard_in("#powderhorn-1").starts_with("➕"));
        assert!(town.heard_in("#verifiers").contains("K7 unverified"));
        town.says("ben", "#powderhorn-2", STORY).await;
        assert!(town.heard_in("#powderhorn-2").starts_with("➕"));
        assert!(
            town.heard_in("#verifiers").contains("K7 unverified"),
            "copied words are no witness"
        );
    })
    .await;
}

#[tokio::test]
async fn a_report_some_way_off_is_counted_and_asked_about_and_can_be_parted() {
    run_test(async |town: &mut Town| {
        town.says("ana", "#whittier-1", "3 agents at Lake & Pillsbury")
            .await;
        town.heard_in("#whittier-1");
        town.heard_in("#verifiers");
        town.says(
            "ben",
            "#whittier-1",
            "2 agents on foot at 29th and Pleasant",
        )
        .await;
        assert!(town.heard_in("#whittier-1").starts_with("➕"));
        let asked = town.heard_in("#verifiers");
        assert!(
            asked.contains("29th & Pleasant") && asked.contains("new K7"),
            "{asked}"
        );
        town.says("vera", "#verifiers", "new k7").await;
        let cards = town.heard_in("#verifiers");
        assert!(
            cards.contains("29th & Pleasant") && cards.contains("edit: K7 unverified"),
            "{cards}"
        );
    })
    .await;
}

#[tokio::test]
async fn an_edit_corrects_the_report_and_the_alerts_that_are_out() {
    run_test(async |town: &mut Town| {
        let message = town.says("ana", "#powderhorn-1", STORY).await;
        read_first_report(town, &message);
        town.edits(
            "ana",
            "#powderhorn-1",
            &message,
            &STORY.replace("3 ppl", "5 ppl"),
        )
        .await;
        assert!(town.heard_in("#verifiers").contains("5 people"));
        for room in ["#powderhorn-2", "#whittier-1"] {
            let edit = town.heard_in(room);
            assert!(
                edit.starts_with("edit: ") && edit.contains("5 people"),
                "{edit}"
            );
        }
        town.edits("ben", "#powderhorn-1", &message, "nothing at all")
            .await;
        assert_eq!(
            town.heard_in("#verifiers"),
            "",
            "only its author can change a report"
        );
    })
    .await;
}

#[tokio::test]
async fn a_report_taken_back_takes_its_alerts_back() {
    run_test(async |town: &mut Town| {
        let message = town.says("ana", "#powderhorn-1", STORY).await;
        read_first_report(town, &message);
        town.redacts("ben", "#powderhorn-1", &message).await;
        assert_eq!(
            town.heard_in("#verifiers"),
            "",
            "somebody else's message is not theirs to take back"
        );
        town.redacts("ana", "#powderhorn-1", &message).await;
        assert!(
            town.heard_in("#verifiers")
                .starts_with("edit: K7 dismissed")
        );
        for room in ["#powderhorn-2", "#whittier-1"] {
            assert!(town.heard_in(room).starts_with("redacted $b"));
        }
        town.says("vera", "#verifiers", "ok k7").await;
        assert!(town.told("vera").contains("K7"), "it is not open any more");
    })
    .await;
}

#[tokio::test]
async fn the_reporters_own_all_clear_ends_what_only_they_reported() {
    run_test(async |town: &mut Town| {
        let message = town.says("ana", "#powderhorn-1", STORY).await;
        read_first_report(town, &message);
        town.replies(
            "ana",
            "#powderhorn-1",
            &message,
            "false alarm, it was the gas company",
        )
        .await;
        assert!(town.heard_in("#powderhorn-1").starts_with("➕"));
        assert!(town.heard_in("#verifiers").starts_with("edit: K7 cleared"));
        for room in ["#powderhorn-2", "#whittier-1"] {
            assert!(town.heard_in(room).starts_with("reply: K7 over"));
        }
    })
    .await;
}

#[tokio::test]
async fn somebody_elses_all_clear_is_passed_to_the_verifiers() {
    run_test(async |town: &mut Town| {
        let message = town.says("ana", "#powderhorn-1", STORY).await;
        read_first_report(town, &message);
        let alert = town.latest_in("#whittier-1");
        town.replies("dee", "#whittier-1", &alert, "they left, all clear")
            .await;
        assert!(town.heard_in("#whittier-1").starts_with("➕"));
        assert!(town.heard_in("#verifiers").starts_with("reply: K7"));
    })
    .await;
}

#[tokio::test]
async fn hearsay_waits_for_the_verifiers() {
    run_test(async |town: &mut Town| {
        town.says(
            "ana",
            "#powderhorn-1",
            "my friend says there are 3 ICE agents at Lake and Bloomington",
        )
        .await;
        assert!(town.heard_in("#powderhorn-1").starts_with("👀"));
        assert_eq!(
            town.told("ana"),
            "Did you see it yourself? If not, a checker will look."
        );
        assert!(town.heard_in("#verifiers").contains("K7 unverified"));
        assert_eq!(town.heard_in("#powderhorn-2"), "");
    })
    .await;
}

#[tokio::test]
async fn a_house_number_is_for_verifiers_only() {
    run_test(async |town: &mut Town| {
        town.says(
            "ana",
            "#powderhorn-1",
            "2 agents knocking at 3417 Bloomington Ave now",
        )
        .await;
        town.heard_in("#powderhorn-1");
        let card = town.heard_in("#verifiers");
        assert!(card.contains("3417"), "{card}");
        let alert = town.heard_in("#powderhorn-2");
        assert!(alert.contains("3400") && !alert.contains("3417"), "{alert}");
    })
    .await;
}

#[tokio::test]
async fn an_hour_without_news_makes_it_stale_and_asks_once() {
    run_test(async |town: &mut Town| {
        let message = town.says("ana", "#powderhorn-1", STORY).await;
        read_first_report(town, &message);
        town.later(minutes(61)).await;
        let card = town.heard_in("#verifiers");
        assert!(
            card.contains("edit: K7") && card.contains("reply: K7"),
            "{card}"
        );
        town.later(minutes(61)).await;
        assert_eq!(town.heard_in("#verifiers"), "");
    })
    .await;
}

#[tokio::test]
async fn news_without_a_place_belongs_to_the_one_report_it_can_mean() {
    run_test(async |town: &mut Town| {
        const ROSA: &str = "+16125550111";
        town.texts(ROSA, "3 agents at Lake & Pillsbury").await;
        assert!(town.phone(ROSA).contains("K7"));
        assert!(town.heard_in("#verifiers").contains("3 people"));
        assert!(town.heard_in("#whittier-1").contains("UNCONFIRMED"));
        town.texts(ROSA, "still there, 5 agents now").await;
        let answer = town.phone(ROSA);
        assert!(
            answer.contains("K7: ") && answer.contains("5 people"),
            "{answer}"
        );
        let card = town.heard_in("#verifiers");
        assert!(
            card.starts_with("edit: K7 unverified") && card.contains("5 people"),
            "{card}"
        );
        assert!(
            town.heard_in("#whittier-1").contains("edit: "),
            "the alert that is out says 5 now"
        );
    })
    .await;
}

#[tokio::test]
async fn an_alert_put_out_by_another_bot_or_copied_is_no_report() {
    run_test(async |town: &mut Town| {
        let message = town.says("ana", "#powderhorn-1", STORY).await;
        town.heard_in("#powderhorn-1");
        town.heard_in("#verifiers");
        let alert = town.heard_in("#whittier-1");
        town.heard_in("#powderhorn-2");
        town.says("otherbot", "#powderhorn-2", &alert).await;
        town.says("otherbot", "#phillips-es", &alert).await;
        town.edits("ana", "#powderhorn-1", &message, STORY).await;
        town.heard_in("#verifiers");
        town.heard_in("#whittier-1");
        town.heard_in("#powderhorn-2");
    })
    .await;
}

#[tokio::test]
async fn unreadable_messages_are_told_once_an_hour_and_room() {
    run_test(async |town: &mut Town| {
        for number in ["$u1", "$u2", "$u3"] {
            town.does("ana", Some("#powderhorn-1"), number, Content::Unreadable)
                .await;
        }
        assert_eq!(town.heard_in("#moderators").lines().count(), 1);
    })
    .await;
}

#[tokio::test]
async fn of_a_flood_of_reports_none_is_lost_and_what_the_first_said_is_kept() {
    run_test(async |town: &mut Town| {
        town.says(
            "ana",
            "#powderhorn-1",
            "6 agents with rifles at 34th and Bloomington",
        )
        .await;
        for n in 0..30 {
            let text = format!("agents in vests at 34th and Bloomington, {n}");
            town.says(&format!("neighbor{n}"), "#powderhorn-2", &text)
                .await;
        }
        let cards = town.heard_in("#verifiers");
        let last = cards.lines().last().unwrap_or_default();
        assert!(last.contains("31 reports"), "{last}");
        assert!(
            last.contains("6 people") && last.contains("rifle"),
            "{last}"
        );
        assert!(last.contains("2 rooms"), "{last}");
        for room in [
            "#powderhorn-1",
            "#powderhorn-2",
            "#phillips-es",
            "#city",
            "#moderators",
        ] {
            town.heard_in(room);
        }
    })
    .await;
}
