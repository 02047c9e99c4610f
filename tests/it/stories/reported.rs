//! A report by text, seen by a second one on Signal, confirmed on Matrix, heard and ended on all three.

use super::scene::{JUAN, ROSA, Scene};

const REPORT: &str = "3 agents in tac vests at Lake and Pillsbury, 2 dark suvs";
const SEEN_TOO: &str = "officers lake/pillsbury 3 guys";
const AT_A_HOUSE: &str = "5 officers in vests knocking at 2650 pillsbury ave";

async fn story(scene: Scene) {
    let bot = scene.begin().await;

    scene.texts(JUAN, REPORT).await;
    let thanks = scene.phone(JUAN, "passed on as").await;
    assert!(thanks.contains("Whittier, Lake & Pillsbury"), "{thanks}");
    let handle = scene.card("Lake & Pillsbury").await;
    scene.sees(&scene.dora, &scene.room, "UNCONFIRMED").await;
    scene.hears(&scene.ana, &scene.group, "UNCONFIRMED").await;
    assert_eq!(
        scene.stand_in.accepted(ROSA).await.len(),
        1,
        "by text only what is confirmed"
    );

    let seen = scene.signals(&scene.ana, &scene.group, SEEN_TOO).await;
    scene.marked(&scene.ana, seen, "➕").await;
    scene
        .sees(&scene.vera, &scene.verifiers, "corroborated")
        .await;

    scene
        .says(&scene.vera, &scene.verifiers, &format!("ok {handle}"))
        .await;
    scene.sees(&scene.dora, &scene.room, "✅").await;
    scene.hears(&scene.ana, &scene.group, "✅").await;
    let alert = scene.phone(ROSA, "CONFIRMED").await;
    assert!(
        alert.contains("Lake & Pillsbury") && alert.contains("612-555-0100"),
        "{alert}"
    );
    scene.phone(JUAN, "is confirmed").await;
    scene.is_told(&scene.ana, "onfirmed").await;

    // A house becomes its block in all that leaves.
    scene.signals(&scene.ana, &scene.group, AT_A_HOUSE).await;
    let house = scene.card("2650").await;
    let told = scene.sees(&scene.dora, &scene.room, "2600 block").await;
    assert!(!told["content"]["body"].as_str().unwrap().contains("2650"));
    scene
        .says(&scene.vera, &scene.verifiers, &format!("ok {house}"))
        .await;
    assert!(!scene.phone(ROSA, "2600").await.contains("2650"));

    scene
        .says(&scene.vera, &scene.verifiers, &format!("clear {handle}"))
        .await;
    let over = format!("{handle} over");
    scene
        .sees(&scene.dora, &scene.room, &format!("{over} "))
        .await;
    let end = scene.hears(&scene.ana, &scene.group, &over).await;
    assert!(end.quote.is_some(), "the end answers the alert");
    scene.phone(ROSA, &over).await;
    // Each once.
    let texts = scene.stand_in.accepted(ROSA).await;
    let about: Vec<&String> = texts.iter().filter(|text| text.contains(&handle)).collect();
    assert_eq!(about.len(), 2, "the alarm and its end");
    assert_eq!(scene.said(&scene.dora, &scene.room, &over).await, 1);
    scene
        .ends(bot, &["tac vests", "3 guys", "knocking at"])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_becomes_an_alert_on_three_networks_and_ends_on_all() {
    story(Scene::set().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_becomes_an_alert_on_three_networks_on_postgres() {
    story(Scene::on_postgres().await).await;
}
