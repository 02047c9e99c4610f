//! From a report to its end, on both sides.

use super::{Beside, Town, body};
use crate::{
    homeserver::until,
    signal::world::{Attachment, Quote, Range, Words},
};

const REPORT: &str = "4 agents in vests at Lake & Bloomington, 2 black suvs";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_in_a_group_reaches_its_sibling_and_a_matrix_room_and_the_other_way_round() {
    let Beside {
        town, dora, room, ..
    } = Beside::new().await;
    let bot = town.begin().await;

    let report = town.world.say(&town.ana, &town.one, REPORT).await;
    town.marked(&town.ana, report, "👀").await;
    let card = town.hears(&town.vera, &town.verifiers, "unverified").await;
    let alert = town.hears(&town.cem, &town.two, "UNCONFIRMED").await;
    assert!(
        alert.styles.iter().any(|range| range.style.is_some()),
        "{alert:?}"
    );
    dora.sees(&room, "the alert", |event| {
        body(event).contains("UNCONFIRMED")
    })
    .await;
    assert_eq!(
        town.count(&town.ana, &town.one, "UNCONFIRMED").await,
        0,
        "its own room knows"
    );

    // Confirmed by a reaction on the card, once the bot knows its number (people are slower than this test): the card changes in
    // place, and everybody hears.
    until("the card is written down", async || {
        let metrics = bot.page("/metrics").await.1;
        let is_card = |line: &&str| {
            line.contains("effects_total") && line.contains("card") && line.contains("done")
        };
        metrics.lines().find(is_card).map(|_| ())
    })
    .await;
    let of = card.timestamp.unwrap();
    town.world
        .react(&town.vera, &town.verifiers, (&town.bot, of), "✅")
        .await;
    town.becomes(&town.vera, "confirmed").await;
    town.hears(&town.cem, &town.two, "CONFIRMED").await;
    town.hears(&town.ana, &town.one, "CONFIRMED").await;
    town.marked(&town.ana, report, "✅").await;
    town.is_told(&town.ana, "onfirmed").await;
    dora.sees(&room, "the confirmation", |event| {
        body(event).contains("✅")
    })
    .await;

    // Over, by answering the card.
    let over = Words {
        quote: Some(Quote {
            timestamp: of,
            author: town.bot.uuid.clone(),
            text: card.text.clone().unwrap(),
        }),
        ..Words::from("clear")
    };
    town.world.say(&town.vera, &town.verifiers, over).await;
    let end = town.hears(&town.cem, &town.two, "over").await;
    assert!(end.quote.is_some(), "the end answers the alert: {end:?}");
    dora.sees(&room, "the end", |event| body(event).contains("over"))
        .await;

    // The other way round.
    dora.say(&room, "2 agents knocking on doors at 26th & Bloomington")
        .await;
    town.hears(&town.ana, &town.one, "26th").await;
    town.hears(&town.cem, &town.two, "26th").await;
    town.hears(&town.vera, &town.verifiers, "26th").await;
    assert!(bot.stop().await.success());
    let log = town.site.log();
    for secret in [&town.ana.number, &town.bot.number, &town.ana.uuid] {
        assert!(!log.contains(secret.as_str()), "{secret} in the log");
    }
    assert!(!log.contains("black suvs"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_members_do_with_their_own_messages_is_honoured() {
    let town = Town::new().await;
    let bot = town.begin().await;
    // A dash: left alone. Quotes and code command nothing.
    town.world
        .say(&town.ana, &town.one, "- 3 agents at Lake & 10th Ave")
        .await;

    // The place is asked for alone, and answered alone.
    let asked = town
        .world
        .say(&town.ana, &town.one, "4 agents with masks at the door")
        .await;
    town.marked(&town.ana, asked, "👀").await;
    town.is_told(&town.ana, "Where?").await;
    town.world
        .say(&town.ana, &town.bot, "Lake & Bloomington")
        .await;
    town.hears(&town.cem, &town.two, "Bloomington").await;
    town.hears(&town.vera, &town.verifiers, "4 people").await;

    // Changed: the card says it.
    let report = town
        .world
        .say(&town.ana, &town.one, "2 agents at 26th & Bloomington")
        .await;
    town.hears(&town.vera, &town.verifiers, "2 people").await;
    let edited = town
        .world
        .edit(
            &town.ana,
            &town.one,
            report,
            "5 agents at 26th & Bloomington",
        )
        .await;
    town.becomes(&town.vera, "5 people").await;
    // Changed once more, as clients do: by the latest revision.
    town.world
        .edit(
            &town.ana,
            &town.one,
            edited,
            "6 agents at 26th & Bloomington",
        )
        .await;
    town.becomes(&town.vera, "6 people").await;

    // Taken back: the alert goes too.
    let alert = town.hears(&town.cem, &town.two, "26th").await;
    town.world.delete(&town.ana, &town.one, report).await;
    town.heard(&town.cem, "the alert is taken back", |heard| {
        heard.delete_of.is_some() && heard.group.as_ref() == Some(&town.two.id)
    })
    .await;
    assert!(alert.timestamp.is_some());

    // Named first, the bot is addressed; named by somebody else's quote or in code it is not.
    let mention = Words {
        mentions: vec![Range {
            start: 0,
            length: 1,
            style: None,
            uuid: Some(town.bot.uuid.clone()),
        }],
        ..Words::from("\u{fffc} help")
    };
    town.world.say(&town.ben, &town.one, mention).await;
    town.is_told(&town.ben, "Write what you see").await;

    // A picture: its words count, the file is gone, and its sender is told how to keep the original.
    let picture = Words {
        attachments: vec![Attachment {
            content_type: "text/plain".to_owned(),
            file_name: Some("secret.txt".to_owned()),
            text: Some("the picture".to_owned()),
        }],
        ..Words::from("3 agents at 31st & Bloomington")
    };
    town.world.say(&town.ben, &town.one, picture).await;
    town.hears(&town.cem, &town.two, "31st").await;
    town.is_told(&town.ben, "original").await;
    let folder = std::path::Path::new(&town.daemon.folder).join("attachments");
    until("the file is gone", async || {
        let left = std::fs::read_dir(&folder).map_or(0, Iterator::count);
        (left == 0).then_some(())
    })
    .await;
    assert_eq!(town.count(&town.cem, &town.two, "10th Ave").await, 0);
    assert!(bot.stop().await.success());
}
