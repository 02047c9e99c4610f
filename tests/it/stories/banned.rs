//! Who is banned on one network by a moderator on another: out of the rooms, and heard nowhere.

use super::scene::{JUAN, Scene};
use crate::homeserver::until;

const HOAX: &str = "7 agents with rifles at 26th and Nicollet, 3 vans";
const MORE: &str = "9 agents in vests at Franklin and Nicollet";
const BY_TEXT: &str = "6 agents in vests at 28th and Blaisdell";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ban_on_one_network_silences_on_all() {
    let scene = Scene::set().await;
    let bot = scene.begin().await;

    // A moderator on Matrix bans who wrote on Signal, by what they reported.
    scene.signals(&scene.eve, &scene.group, HOAX).await;
    let hoax = scene.card("26th").await;
    scene
        .says(&scene.mo, &scene.moderators, &format!("ban {hoax}"))
        .await;
    scene.sees(&scene.mo, &scene.moderators, "banned ").await;
    scene
        .hears(&scene.sam, &scene.signal_moderators, "banned ")
        .await;
    scene
        .world
        .group_becomes(&scene.group, "Eve is out", |state| !state.has(&scene.eve))
        .await;
    scene.signals(&scene.eve, &scene.bot, MORE).await;
    scene.signals(&scene.eve, &scene.bot, "help").await;

    // Who texts is banned by what they reported.
    scene.texts(JUAN, BY_TEXT).await;
    scene.phone(JUAN, "passed on as").await;
    let texted = scene.card("28th").await;
    scene
        .says(&scene.mo, &scene.moderators, &format!("ban {texted}"))
        .await;
    until("two are banned", async || {
        (scene.said(&scene.mo, &scene.moderators, "banned ").await >= 2).then_some(())
    })
    .await;
    let before = scene.stand_in.accepted(JUAN).await.len();
    scene
        .texts(JUAN, "8 agents in vests at 24th and Pillsbury")
        .await;

    // Everywhere, it takes two: one on Matrix, one on Signal.
    let rex = scene.rex.id.clone();
    scene
        .says(
            &scene.mo,
            &scene.moderators,
            &format!("!ban {rex} everywhere"),
        )
        .await;
    scene
        .hears(&scene.sam, &scene.signal_moderators, "B1")
        .await;
    scene
        .signals(&scene.sam, &scene.signal_moderators, "ok b1")
        .await;
    scene
        .sees(&scene.mo, &scene.moderators, "everywhere.")
        .await;
    until("Rex is out", async || {
        let path = format!("rooms/{}/state/m.room.member/{rex}", scene.room);
        let member = scene
            .dora
            .ask(reqwest::Method::GET, &path, serde_json::Value::Null)
            .await;
        (member["membership"] == "ban").then_some(())
    })
    .await;

    // What others write is heard; of all that the banned wrote since there is nothing.
    scene
        .signals(
            &scene.ana,
            &scene.group,
            "2 agents in vests at 27th and Grand",
        )
        .await;
    scene.sees(&scene.dora, &scene.room, "27th").await;
    for words in ["Franklin", "24th"] {
        assert_eq!(
            scene.said(&scene.vera, &scene.verifiers, words).await,
            0,
            "{words}"
        );
    }
    assert_eq!(
        scene.stand_in.accepted(JUAN).await.len(),
        before,
        "no answer"
    );
    let heard = scene.world.heard_so_far(&scene.eve).await;
    let answers = heard
        .iter()
        .filter(|one| one.from == scene.bot.uuid && one.group.is_none() && one.text.is_some());
    assert_eq!(answers.count(), 0, "no answer to who is banned");
    scene.ends(bot, &["rifles", "@rexboyle"]).await;
}
