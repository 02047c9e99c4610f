//! Verifiers decide; exactly those who should hear of it do, once.

use tocsin::domain::ids::MessageId;

use crate::town::{Town, run_test};

const ROSA: &str = "+16125550111";

/// A report at Lake & Bloomington in Powderhorn 1; everything said so far is read.
async fn reported(town: &Town) -> MessageId {
    let message = town
        .says(
            "ana",
            "#powderhorn-1",
            "4 agents in vests at Lake & Bloomington, 2 black suvs",
        )
        .await;
    for room in [
        "#powderhorn-1",
        "#powderhorn-2",
        "#phillips-es",
        "#verifiers",
    ] {
        assert!(!town.heard_in(room).is_empty(), "{room}");
    }
    message
}

async fn subscribed(town: &Town) {
    town.texts(ROSA, "Powderhorn Park").await;
    assert!(town.phone(ROSA).contains("Powderhorn"));
}

#[tokio::test]
async fn a_confirmed_report_reaches_rooms_the_city_and_phones_and_its_end_the_same_ones() {
    run_test(async |town: &mut Town| {
        subscribed(town).await;
        let message = reported(town).await;
        town.says("vera", "#verifiers", "ok k7 i'm across the street")
            .await;
        assert!(
            town.heard_in("#verifiers")
                .starts_with("edit: K7 confirmed")
        );
        let source = town.heard_in("#powderhorn-1");
        assert!(source.contains("reply: ✅ CONFIRMED 2:14pm"), "{source}");
        assert!(source.contains(&format!("✅ on {message}")), "{source}");
        let sibling = town.heard_in("#powderhorn-2");
        assert!(sibling.starts_with("reply: ✅ CONFIRMED"), "{sibling}");
        let spanish = town.heard_in("#phillips-es");
        assert!(spanish.starts_with("reply: ✅ CONFIRMADO"), "{spanish}");
        let city = town.heard_in("#city");
        assert!(
            city.contains("CONFIRMED") && !city.contains("Lake"),
            "the city hears the neighborhood only: {city}"
        );
        let text = town.phone(ROSA);
        assert!(
            text.starts_with("CONFIRMED") && text.contains("Lake & Bloomington"),
            "{text}"
        );
        assert!(town.told("ana").contains("K7"), "thanks");

        town.says("vera", "#verifiers", "clear k7").await;
        assert!(town.heard_in("#verifiers").starts_with("edit: K7 cleared"));
        for room in ["#powderhorn-1", "#powderhorn-2", "#city"] {
            assert!(
                town.heard_in(room).starts_with("reply: K7 over 2:14pm"),
                "{room}"
            );
        }
        assert!(town.heard_in("#phillips-es").starts_with("reply: K7"));
        assert!(town.phone(ROSA).starts_with("K7 over"));
    })
    .await;
}

#[tokio::test]
async fn a_dismissal_is_told_only_where_it_was_alerted() {
    run_test(async |town: &mut Town| {
        let message = reported(town).await;
        town.says("vera", "#verifiers", "no k7 only the gas company")
            .await;
        assert!(
            town.heard_in("#verifiers")
                .starts_with("edit: K7 dismissed")
        );
        assert_eq!(town.heard_in("#powderhorn-1"), format!("☑️ on {message}"));
        assert!(town.heard_in("#powderhorn-2").starts_with("reply: "));
        assert!(town.heard_in("#phillips-es").starts_with("reply: "));
    })
    .await;
}

#[tokio::test]
async fn neighbors_cannot_confirm() {
    run_test(async |town: &mut Town| {
        reported(town).await;
        town.says("ben", "#powderhorn-2", "ok k7").await;
        assert!(!town.told("ben").is_empty(), "told alone what it takes");
        town.reacts(
            "ben",
            "#powderhorn-2",
            &town.latest_in("#powderhorn-2"),
            "✅",
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_reply_or_a_reaction_to_the_card_needs_no_id() {
    run_test(async |town: &mut Town| {
        reported(town).await;
        let card = town.latest_in("#verifiers");
        town.replies("vera", "#verifiers", &card, "ok").await;
        assert!(
            town.heard_in("#verifiers")
                .starts_with("edit: K7 confirmed")
        );
        for room in ["#powderhorn-1", "#powderhorn-2", "#phillips-es", "#city"] {
            assert!(town.heard_in(room).contains("CONFIRM"), "{room}");
        }
        town.told("ana");
        town.reacts("vera", "#verifiers", &card, "❌").await;
        assert!(
            town.heard_in("#verifiers")
                .starts_with("edit: K7 dismissed")
        );
        for room in ["#powderhorn-1", "#powderhorn-2", "#phillips-es", "#city"] {
            assert!(town.heard_in(room).contains("reply: "), "{room}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_reaction_of_a_second_witness_corroborates() {
    run_test(async |town: &mut Town| {
        reported(town).await;
        town.reacts(
            "ben",
            "#powderhorn-2",
            &town.latest_in("#powderhorn-2"),
            "👀",
        )
        .await;
        assert!(
            town.heard_in("#verifiers")
                .starts_with("edit: K7 corroborated")
        );
        town.reacts(
            "ana",
            "#powderhorn-2",
            &town.latest_in("#powderhorn-2"),
            "👀",
        )
        .await;
        assert_eq!(
            town.heard_in("#verifiers"),
            "",
            "who reported it is no second witness"
        );
    })
    .await;
}

#[tokio::test]
async fn confirming_twice_says_nothing_twice() {
    run_test(async |town: &mut Town| {
        reported(town).await;
        town.whispers("vera", "ok k7").await;
        assert!(town.told("vera").contains("K7"));
        for room in [
            "#verifiers",
            "#powderhorn-1",
            "#powderhorn-2",
            "#phillips-es",
            "#city",
        ] {
            assert!(!town.heard_in(room).is_empty(), "{room}");
        }
        town.told("ana");
        town.whispers("vera", "k7 ok").await;
        assert!(town.told("vera").contains("K7"), "that was so already");
    })
    .await;
}

#[tokio::test]
async fn a_report_by_text_message_reaches_the_rooms_and_hides_the_number() {
    run_test(async |town: &mut Town| {
        town.texts(ROSA, "4 agentes en Lake y Bloomington").await;
        assert!(town.phone(ROSA).contains("K7"));
        let mut said = town.heard_in("#verifiers");
        for room in ["#powderhorn-1", "#powderhorn-2", "#phillips-es"] {
            said += town.heard_in(room).as_str();
        }
        assert!(
            said.contains("UNCONFIRMED") && !said.contains("555-0111") && !said.contains("5550111"),
            "{said}"
        );
        town.texts(ROSA, "STOP").await;
        assert!(!town.phone(ROSA).is_empty());
        town.texts(ROSA, "hola").await;
        assert_eq!(town.phone(ROSA), "", "who stopped is never written to");
    })
    .await;
}

#[tokio::test]
async fn nobody_gets_more_than_six_alerts_a_day() {
    run_test(async |town: &mut Town| {
        subscribed(town).await;
        let corners = ["31st", "32nd", "33rd", "34th", "35th", "36th", "37th"];
        let mut texts = 0;
        for (n, street) in corners.iter().enumerate() {
            // Far enough apart in time that none joins another.
            town.later(std::time::Duration::from_secs(25 * 60)).await;
            let report = format!(
                "{} ICE agents knocking on doors at {street} St and 11th Ave S",
                n + 2
            );
            town.says("ana", "#powderhorn-1", &report).await;
            let card = town.heard_in("#verifiers");
            let handle = card
                .lines()
                .find(|line| line.contains(" unverified "))
                .and_then(|line| line.split(' ').next());
            town.says(
                "vera",
                "#verifiers",
                &format!("ok {}", handle.unwrap_or_else(|| panic!("{card}"))),
            )
            .await;
            let phone = town.phone(ROSA);
            texts += phone
                .lines()
                .filter(|line| line.starts_with("CONFIRMED"))
                .count();
            for room in [
                "#powderhorn-1",
                "#powderhorn-2",
                "#phillips-es",
                "#city",
                "#verifiers",
            ] {
                town.heard_in(room);
            }
            town.told("ana");
        }
        assert_eq!(texts, 6);
        town.later(std::time::Duration::from_secs(3600)).await;
        town.heard_in("#verifiers");
    })
    .await;
}

#[tokio::test]
async fn what_went_stale_and_is_confirmed_anew_is_not_alerted_again() {
    run_test(async |town: &mut Town| {
        reported(town).await;
        town.says("vera", "#verifiers", "ok k7").await;
        for room in [
            "#verifiers",
            "#powderhorn-1",
            "#powderhorn-2",
            "#phillips-es",
            "#city",
        ] {
            assert!(!town.heard_in(room).is_empty(), "{room}");
        }
        town.told("ana");
        town.later(std::time::Duration::from_secs(61 * 60)).await;
        assert!(town.heard_in("#verifiers").contains("K7"));
        town.says("vera", "#verifiers", "ok k7").await;
        assert!(
            town.heard_in("#verifiers")
                .starts_with("edit: K7 confirmed")
        );
        assert_eq!(town.heard_in("#powderhorn-2"), "");
    })
    .await;
}
