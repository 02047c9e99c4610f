//! A moderator's safety number changes: the role rests until somebody else has seen that it is them.

use super::scene::Scene;
use crate::homeserver::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moderator_with_another_safety_number_has_no_role_until_vouched() {
    let scene = Scene::set().await;
    let bot = scene.begin().await;
    // He is one.
    scene
        .signals(&scene.sam, &scene.signal_moderators, "!roles")
        .await;
    scene.is_told(&scene.sam, "Nobody has a role by name").await;
    // signal-cli has been there for so long that it knows who is in which group.
    scene.world.rekey(&scene.sam).await;
    scene
        .signals(
            &scene.sam,
            &scene.signal_moderators,
            "!say all: one two three four",
        )
        .await;
    let told = scene
        .sees(&scene.mo, &scene.moderators, "new keys on Signal")
        .await;
    let body = told["content"]["body"].as_str().unwrap();
    let (_, who) = body.rsplit_once("vouch ").unwrap();
    let who = who.split_whitespace().next().unwrap().to_owned();
    assert_eq!(
        scene.said(&scene.mo, &scene.moderators, "proposed").await,
        0
    );

    // The operator lets the new keys be read; that gives no role back.
    let done = scene
        .site
        .run_with(&["signal", "trust", &scene.sam.uuid, "--yes"])
        .await;
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    scene
        .signals(
            &scene.sam,
            &scene.signal_moderators,
            "!say all: five six seven eight",
        )
        .await;
    scene.is_told(&scene.sam, "your role rests").await;
    scene
        .says(&scene.mo, &scene.moderators, &format!("!vouch {who}"))
        .await;
    scene
        .sees(&scene.mo, &scene.moderators, "vouched for")
        .await;
    scene
        .signals(
            &scene.sam,
            &scene.signal_moderators,
            "!say whittier: nine ten eleven twelve",
        )
        .await;
    scene
        .sees(&scene.mo, &scene.moderators, "proposed B1")
        .await;
    scene.says(&scene.mo, &scene.moderators, "drop b1").await;
    until("it is dropped", async || {
        (scene.said(&scene.mo, &scene.moderators, "dropped").await > 0).then_some(())
    })
    .await;
    assert_eq!(scene.said(&scene.dora, &scene.room, "nine ten").await, 0);
    scene.ends(bot, &[]).await;
}
