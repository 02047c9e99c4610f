//! Who may do what, and who is not listened to: roles that two moderators give, roles that rest, bans, and what is taken back.

use std::time::Duration;

use tocsin::domain::{
    envelope::{Content, Trouble},
    nickname,
    role::Role,
};

use crate::town::{Town, run_test};

const DAY: Duration = Duration::from_secs(24 * 3600);
const MODERATORS: &str = "#moderators";
const REPORT: &str = "4 agents in vests at Lake & Pillsbury, 2 black suvs";

/// The name the bot calls somebody by.
fn called(town: &Town, who: &str) -> String {
    let person = tocsin::domain::envelope::PersonRef::new(
        tocsin::domain::envelope::PlatformKind::Matrix,
        format!("@{who}:town"),
    );
    nickname::of(&town.app.keyring.lasting(&person))
}

fn read_all(town: &Town) -> String {
    let rooms = [
        "#whittier-1",
        "#powderhorn-1",
        "#powderhorn-2",
        "#phillips-es",
        "#city",
        "#verifiers",
        MODERATORS,
    ];
    rooms.map(|room| town.heard_in(room)).join("\n")
}

/// Somebody writes `ok` under a report of Whittier; whether it was confirmed by that.
async fn confirms(town: &Town, who: &str) -> bool {
    town.says("ben", "#whittier-1", REPORT).await;
    let handles = town.open_handles().await;
    let handle = handles.last().expect("it is open");
    town.says(who, "#whittier-1", &format!("ok {handle}")).await;
    let is_confirmed = read_all(town).contains("CONFIRMED 2");
    town.says("gus", "#verifiers", &format!("no {handle}"))
        .await;
    read_all(town);
    town.told("ben");
    is_confirmed
}

async fn give(town: &Town, words: &str) -> String {
    town.says("mo", MODERATORS, &format!("!role add {words}"))
        .await;
    let shown = town.heard_in(MODERATORS);
    let handle = shown
        .split("proposed ")
        .nth(1)
        .and_then(|rest| rest.split('.').next())
        .expect("a proposal");
    town.says("mia", MODERATORS, &format!("ok {handle}")).await;
    shown + "\n" + town.heard_in(MODERATORS).as_str()
}

#[tokio::test]
async fn a_role_takes_two_moderators_holds_in_its_area_and_ends_with_its_term() {
    run_test(async |town: &mut Town| {
        assert!(!confirms(town, "ana").await, "a neighbor confirms nothing");
        assert!(town.told("ana").contains("verifier"));
        let shown = give(town, "verifier @ana:town whittier 30d").await;
        let ana = called(town, "ana");
        assert!(
            shown.contains(&format!("make {ana} verifier (Whittier) until 2026-02-14")),
            "{shown}"
        );
        assert!(shown.contains(&format!("made {ana} verifier")), "{shown}");
        assert!(!shown.contains("@ana"), "{shown}");
        assert!(confirms(town, "ana").await);
        town.says("ana", "#powderhorn-1", "!log").await;
        assert!(town.told("ana").contains("moderator"));

        town.says("mo", MODERATORS, "!roles").await;
        let roles = town.told("mo");
        assert!(
            roles.contains(&format!("{ana}: verifier, Whittier, until 2026-02-14")),
            "{roles}"
        );
        assert!(
            roles.contains("verifier, The city"),
            "vera, by the settings: {roles}"
        );

        // It is held by another start as well, and under another key.
        town.rotate_key().await;
        assert!(confirms(town, "ana").await);
        town.later(31 * DAY).await;
        assert!(!confirms(town, "ana").await);
        assert!(town.told("ana").contains("verifier"));
        town.app.sweep().await.expect("the store is there");
        town.later(DAY).await;
        town.app.sweep().await.expect("the store is there");
        assert_eq!(town.row_counts().await["roles"], 0);
        read_all(town);
    })
    .await;
}

#[tokio::test]
async fn nobody_agrees_to_a_role_of_their_own_and_two_take_it_away() {
    run_test(async |town: &mut Town| {
        give(town, "moderator @ana:town everywhere").await;
        town.says("mo", MODERATORS, "!role add moderator @ana:town 999d")
            .await;
        let shown = town.heard_in(MODERATORS);
        assert!(
            shown.contains("until 2027-01-15"),
            "a year at most: {shown}"
        );
        town.says("ana", MODERATORS, "ok b2").await;
        assert!(town.told("ana").contains("about yourself"));
        town.says("mia", MODERATORS, "drop b2").await;

        town.says("mo", MODERATORS, "!role remove verifier @ana:town")
            .await;
        assert!(town.told("mo").contains("is not verifier by name"));
        town.says("mo", MODERATORS, "!role remove moderator @ana:town")
            .await;
        town.says("mia", MODERATORS, "ok b3").await;
        let shown = town.heard_in(MODERATORS);
        assert!(shown.contains("took moderator from"), "{shown}");
        town.whispers("ana", "log").await;
        assert!(town.told("ana").contains("That takes a moderator"));

        town.says("mo", MODERATORS, "!role add verifier @ana:town atlantis")
            .await;
        assert!(
            town.told("mo")
                .contains("No neighborhood is called atlantis")
        );
        town.says("mo", MODERATORS, "!role add verifier").await;
        assert!(town.told("mo").contains("Whom do you mean?"));
        town.says("ben", "#whittier-1", "!role add verifier @ben:town")
            .await;
        assert!(town.told("ben").contains("That takes a moderator"));
    })
    .await;
}

#[tokio::test]
async fn a_liaison_hears_of_the_whole_city_and_decides_nothing() {
    run_test(async |town: &mut Town| {
        give(town, "liaison @lia:town everywhere").await;
        town.says("ben", "#whittier-1", REPORT).await;
        let handle = town.open_handles().await.pop().expect("it is open");
        town.says("vera", "#verifiers", &format!("ok {handle}"))
            .await;
        read_all(town);
        town.told("ben");
        town.says("lia", "#powderhorn-1", "!news").await;
        let news = town.told("lia");
        assert!(news.contains(&handle), "{news}");
        town.says("gus", "#powderhorn-1", "!news").await;
        let news = town.told("gus");
        assert!(
            !news.contains(&handle),
            "a neighbor hears of their own: {news}"
        );
        town.says("lia", "#powderhorn-1", &format!("clear {handle}"))
            .await;
        read_all(town);
        town.told("lia");
        assert_eq!(town.open_handles().await, [handle]);
    })
    .await;
}

#[tokio::test]
async fn whose_keys_changed_has_no_role_until_somebody_vouches() {
    run_test(async |town: &mut Town| {
        let vera = called(town, "vera");
        let changed = || Content::Trouble(Trouble::KeysChanged);
        town.does("vera", None, "$keys", changed()).await;
        let told = town.heard_in(MODERATORS);
        assert!(told.contains(&format!("say: vouch {vera}")), "{told}");
        assert!(!confirms(town, "vera").await);
        assert!(town.told("vera").contains("your role rests"));
        town.restart().await;
        assert!(!confirms(town, "vera").await);
        assert!(town.told("vera").contains(&format!("vouch {vera}")));
        town.whispers("mo", "roles").await;
        assert!(town.told("mo").contains("That takes a moderator"));
        town.says("mo", MODERATORS, "!roles").await;
        assert!(town.told("mo").contains("rests until somebody says"));

        town.says("mo", MODERATORS, &format!("!vouch {vera}")).await;
        let told = town.heard_in(MODERATORS);
        assert!(told.contains(&format!("vouched for {vera}")), "{told}");
        // The same news once more is no news.
        town.does("vera", None, "$keys", changed()).await;
        assert!(confirms(town, "vera").await);
        town.says("mo", MODERATORS, "!vouch @vera:town").await;
        assert!(town.told("mo").contains("Nothing rests"));
        town.says("mo", MODERATORS, "!log").await;
        let log = town.told("mo");
        assert!(
            log.contains("their role rests") && log.contains("vouched for"),
            "{log}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_moderator_whose_keys_changed_does_not_second_anything() {
    run_test(async |town: &mut Town| {
        town.stands("mia", Role::Moderator, Trouble::KeysChanged)
            .await;
        assert!(
            town.heard_in(MODERATORS)
                .contains("A moderator has new keys")
        );
        town.says("mo", MODERATORS, "!say whittier: Meeting at six.")
            .await;
        let card = town.latest_in(MODERATORS);
        town.heard_in(MODERATORS);
        town.says("mia", MODERATORS, "ok b1").await;
        assert!(town.told("mia").contains("your role rests"));
        town.reacts("mia", MODERATORS, &card, "✅").await;
        town.says("mia", MODERATORS, "!vouch @mia:town").await;
        assert!(town.told("mia").contains("your role rests"));
        assert_eq!(town.heard_in("#whittier-1"), "");
        assert_eq!(town.heard_in(MODERATORS), "");
    })
    .await;
}

#[tokio::test]
async fn who_is_banned_is_not_listened_to_and_is_out_of_the_rooms_of_the_area() {
    run_test(async |town: &mut Town| {
        let words = town.says("eve", "#whittier-1", "you are all fools").await;
        town.says("mo", MODERATORS, "hello").await;
        town.does("mo", Some("#whittier-1"), "$x", Content::Unreadable)
            .await;
        town.heard_in(MODERATORS);
        town.replies("ana", "#whittier-1", &words, "!ban").await;
        assert!(town.told("ana").contains("That takes a moderator"));
        give(town, "moderator @ana:town whittier").await;
        town.replies("ana", "#whittier-1", &words, "!ban").await;
        let eve = called(town, "eve");
        let told = town.heard_in(MODERATORS);
        assert!(told.contains(&format!("banned {eve}.")), "{told}");
        assert_eq!(town.heard_in("#whittier-1"), "@eve:town: out");
        assert_eq!(town.heard_in("#powderhorn-1"), "");

        town.says("eve", "#powderhorn-1", REPORT).await;
        town.whispers("eve", "help").await;
        assert_eq!(read_all(town).trim(), "");
        assert!(town.open_handles().await.is_empty());
        assert!(!town.dump().await.contains("@eve:town"));
    })
    .await;
}

#[tokio::test]
async fn a_ban_outlives_the_key_and_can_be_taken_back() {
    run_test(async |town: &mut Town| {
        town.says("mo", MODERATORS, "!ban @eve:town whittier").await;
        read_all(town);
        town.rotate_key().await;
        town.says("eve", "#powderhorn-1", REPORT).await;
        assert_eq!(read_all(town).trim(), "");
        town.says("mo", MODERATORS, "!unban @eve:town").await;
        assert_eq!(town.heard_in("#whittier-1"), "@eve:town: in again");
        assert!(town.heard_in(MODERATORS).contains("in again"));
        town.says("eve", "#powderhorn-1", REPORT).await;
        assert_eq!(town.open_handles().await.len(), 1);
        read_all(town);
        town.says("mo", MODERATORS, "!unban @eve:town").await;
        assert!(town.told("mo").contains("is not banned"));
    })
    .await;
}

#[tokio::test]
async fn everywhere_and_moderators_take_two() {
    run_test(async |town: &mut Town| {
        town.says("mo", MODERATORS, "!ban @eve:town everywhere")
            .await;
        assert!(town.heard_in(MODERATORS).contains("(The city)"));
        assert_eq!(read_all(town).trim(), "");
        town.says("mia", MODERATORS, "ok b1").await;
        let told = town.heard_in(MODERATORS);
        assert!(told.contains("everywhere."), "{told}");
        for room in [
            "#whittier-1",
            "#powderhorn-1",
            "#powderhorn-2",
            "#phillips-es",
            "#city",
            "#verifiers",
        ] {
            assert_eq!(town.heard_in(room), "@eve:town: out", "{room}");
        }
        assert_eq!(
            town.heard_in("#plans"),
            "",
            "planning is none of the bot's business"
        );
        assert!(told.contains("@eve:town: out"), "{told}");

        // Mia was seen to be a moderator by the room; that is known after a restart, too.
        town.restart().await;
        town.says("mo", MODERATORS, "!ban @mia:town whittier").await;
        assert!(town.heard_in(MODERATORS).contains("B2"));
        town.says("mia", MODERATORS, "drop b2").await;
        assert!(town.told("mia").contains("about yourself"));
        town.says("max", MODERATORS, "drop b2").await;
        assert!(town.heard_in(MODERATORS).contains("dropped"));
        town.says("mo", MODERATORS, "!ban @mo:town").await;
        assert!(town.told("mo").contains("about yourself"));
    })
    .await;
}

#[tokio::test]
async fn mutes_climb_and_end_by_themselves() {
    run_test(async |town: &mut Town| {
        let words = town.says("eve", "#whittier-1", "la la la").await;
        give(town, "moderator @ana:town whittier").await;
        for (hours, days) in [(24, 1), (168, 7), (720, 1)] {
            town.replies("ana", "#whittier-1", &words, "!mute").await;
            let told = town.heard_in(MODERATORS);
            assert!(told.contains(&format!("for {hours} h")), "{told}");
            assert_eq!(town.heard_in("#whittier-1"), "", "nobody is taken out");
            town.later(days * DAY).await;
        }
        town.says("eve", "#whittier-1", REPORT).await;
        assert!(town.open_handles().await.is_empty());
        town.later(29 * DAY).await;
        town.says("eve", "#whittier-1", REPORT).await;
        assert_eq!(town.open_handles().await.len(), 1);
        read_all(town);
        town.says("mo", MODERATORS, "!mute 2h @eve:town").await;
        assert!(town.heard_in(MODERATORS).contains("for 2 h"));
        town.later(Duration::from_secs(3 * 3600)).await;
        read_all(town);
        for _ in 0..3 {
            town.later(31 * DAY).await;
            town.app.sweep().await.expect("the store is there");
        }
        assert_eq!(town.row_counts().await["bans"], 0);
        read_all(town);
    })
    .await;
}

#[tokio::test]
async fn who_texts_is_banned_by_what_they_reported_and_may_still_leave() {
    run_test(async |town: &mut Town| {
        const EVE: &str = "+16125550199";
        town.texts(EVE, REPORT).await;
        let handle = town.open_handles().await.pop().expect("it is open");
        town.phone(EVE);
        town.heard_in("#verifiers");
        read_all(town);
        town.says("mo", MODERATORS, &format!("ban {handle}")).await;
        let told = town.heard_in(MODERATORS);
        assert!(told.contains("banned "), "{told}");
        town.texts(EVE, "3 agents at Lake & Bloomington").await;
        assert_eq!(town.phone(EVE), "");
        assert_eq!(town.open_handles().await.len(), 1);
        town.texts(EVE, "STOP").await;
        assert!(!town.phone(EVE).is_empty());
        read_all(town);
    })
    .await;
}

#[tokio::test]
async fn where_the_bot_has_no_power_moderators_are_told() {
    run_test(async |town: &mut Town| {
        town.rooms.excludes(false);
        town.says("mo", MODERATORS, "!ban @eve:town whittier").await;
        let told = town.heard_in(MODERATORS);
        assert!(
            told.contains("out of whittier-1. Please do it by hand"),
            "{told}"
        );
        town.rooms.excludes(true);
        town.rooms
            .refuse(Some(("forbidden", tocsin::platforms::Retry::Never)));
        town.says("mo", MODERATORS, "!ban @ivy:town powderhorn park")
            .await;
        town.rooms.refuse(None);
        town.later(Duration::from_secs(5)).await;
        let told = town.heard_in(MODERATORS);
        assert!(
            told.contains("out of powderhorn-1. Please do it by hand"),
            "{told}"
        );
        town.says("mo", MODERATORS, "!ban @max:town").await;
        assert!(town.told("mo").contains("stays in the rooms"));
        town.heard_in(MODERATORS);
    })
    .await;
}

#[tokio::test]
async fn what_was_relayed_is_taken_back_everywhere() {
    run_test(async |town: &mut Town| {
        town.texts("+16125550111", "Whittier").await;
        town.phone("+16125550111");
        town.says("ben", "#powderhorn-1", REPORT).await;
        let handle = town.open_handles().await.pop().expect("it is open");
        town.says("vera", "#verifiers", &format!("ok {handle}"))
            .await;
        let alert = town.latest_in("#whittier-1");
        read_all(town);
        town.told("ben");
        assert!(town.phone("+16125550111").contains("CONFIRMED"));
        town.says("vera", "#verifiers", &format!("delete {handle}"))
            .await;
        assert!(town.told("vera").contains("moderator"));
        town.says("mo", MODERATORS, &format!("delete {handle}"))
            .await;
        let told = town.heard_in(MODERATORS);
        assert!(told.contains(&format!("took {handle} back")), "{told}");
        assert!(
            town.heard_in("#whittier-1")
                .contains(&format!("redacted {alert}"))
        );
        assert!(town.heard_in("#city").contains("redacted"));
        assert!(!town.phone("+16125550111").is_empty());
        assert!(town.open_handles().await.is_empty());
        read_all(town);

        town.says("mo", MODERATORS, "!say whittier: Meeting at six.")
            .await;
        town.says("mia", MODERATORS, "ok b1").await;
        let said = town.latest_in("#whittier-1");
        town.phone("+16125550111");
        read_all(town);
        give(town, "moderator @ana:town whittier").await;
        town.replies("ana", "#whittier-1", &said, "delete").await;
        assert_eq!(town.heard_in("#whittier-1"), format!("redacted {said}"));
        assert!(town.heard_in(MODERATORS).contains("took B1 back"));
    })
    .await;
}

#[tokio::test]
async fn that_somebody_was_seen_among_moderators_is_forgotten_after_a_month() {
    run_test(async |town: &mut Town| {
        town.says("mia", MODERATORS, "hello").await;
        let seats = town.rows("seats").await;
        assert_eq!(seats.len(), 1);
        assert!(!seats.concat().contains("mia"), "a hash and nothing else");
        town.rotate_key().await;
        town.says("mo", MODERATORS, "!ban @mia:town whittier").await;
        assert!(town.heard_in(MODERATORS).contains("B1"));
        town.says("mo", MODERATORS, "drop b1").await;
        for _ in 0..2 {
            town.later(16 * DAY).await;
            town.app.sweep().await.expect("the store is there");
        }
        assert_eq!(town.row_counts().await["seats"], 0);
        read_all(town);
    })
    .await;
}

#[tokio::test]
async fn who_is_banned_takes_back_their_own_words_and_nobody_elses() {
    run_test(async |town: &mut Town| {
        let at_34th = "4 agents in vests at 34th and Bloomington";
        let own = town.says("eve", "#powderhorn-1", at_34th).await;
        let handle = town.open_handles().await.pop().expect("it is open");
        let others = town
            .says(
                "ben",
                "#powderhorn-1",
                "3 agents in vests at 38th and Chicago",
            )
            .await;
        town.says("mo", MODERATORS, &format!("ban {handle}")).await;
        read_all(town);
        for original in [own, others] {
            let id = format!("$gone-{original}");
            town.does(
                "eve",
                Some("#powderhorn-1"),
                &id,
                Content::Redaction { original },
            )
            .await;
        }
        let open = town.open_handles().await;
        assert_eq!(open.len(), 1, "Ben's stays");
        assert!(!open.contains(&handle));
        assert!(town.heard_in("#powderhorn-2").contains("redacted"));
        read_all(town);
    })
    .await;
}

#[tokio::test]
async fn a_moderator_of_one_area_sees_and_says_nothing_of_another() {
    run_test(async |town: &mut Town| {
        give(town, "moderator @ana:town whittier").await;
        town.says(
            "ben",
            "#powderhorn-1",
            "4 agents in vests at 34th and Bloomington, follow that van",
        )
        .await;
        town.told("ben");
        town.says("mo", MODERATORS, "!ban @eve:town powderhorn park")
            .await;
        read_all(town);
        // What is held there is not theirs, also alone with the bot.
        town.whispers("ana", "held").await;
        assert!(town.told("ana").contains("Nothing is held"));
        town.whispers("ana", "ok h1").await;
        assert!(
            town.told("ana")
                .contains("You are a moderator of Whittier.")
        );
        town.whispers("ana", "log").await;
        let log = town.told("ana");
        assert!(log.contains("made ") && !log.contains("banned"), "{log}");
        for words in [
            "say powderhorn park: one",
            "say all: one",
            "shred powderhorn park",
        ] {
            town.whispers("ana", words).await;
            let told = town.told("ana");
            assert!(
                told.contains("You are a moderator of Whittier."),
                "{words}: {told}"
            );
        }
        town.whispers("ana", "say whittier: one").await;
        assert!(town.told("ana").contains("B2"));
        assert!(town.heard_in(MODERATORS).contains("proposed B2"));
        town.says("mo", MODERATORS, "ok b2").await;
        assert!(town.heard_in("#whittier-1").contains("one"));
        read_all(town);
    })
    .await;
}
