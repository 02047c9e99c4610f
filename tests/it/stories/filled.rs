//! A Signal group fills up: the bot makes its sibling through signal-cli, the door turns to it, the full group is told and closed,
//! and what is reported in one is heard in the other.

use reqwest::{Client, StatusCode, header, redirect};

use super::scene::Scene;
use crate::{homeserver::until, signal::world::Change};

/// Where the door of Whittier leads on Signal, if it leads anywhere now.
async fn door(client: &Client, address: &str) -> Option<String> {
    let url = format!("http://{address}/join/mpls/whittier/signal");
    let answer = client.get(url).send().await.ok()?;
    (answer.status() == StatusCode::SEE_OTHER).then(|| {
        answer.headers()[header::LOCATION]
            .to_str()
            .unwrap()
            .to_owned()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_signal_group_gets_a_sibling_and_the_door_turns() {
    let mut scene = Scene::set().await;
    // Three are in it, and five is all it takes.
    scene.site.policy = "[rooms]\nsignal = 5\njoin_wave = 0\n".to_owned();
    scene.site.write();
    let open = Change::new().set("link", "on");
    scene.world.change(&scene.ana, &scene.group, open).await;
    let bot = scene.begin().await;
    let client = Client::builder()
        .redirect(redirect::Policy::none())
        .build()
        .unwrap();
    let first = until("the door leads into the group", async || {
        door(&client, &bot.address).await
    })
    .await;
    for name in ["Cleo Marsh", "Dina Roth"] {
        let user = scene.world.user(name).await;
        let joined = scene.world.join(&user, &first).await;
        assert!(joined.unwrap().has(&user), "{name}");
    }
    scene
        .hears(
            &scene.ana,
            &scene.group,
            "This group is nearly full. You can stay. New neighbors land in Whittier SG 2",
        )
        .await;
    scene
        .sees(&scene.mo, &scene.moderators, "Whittier SG 2 is ready")
        .await;
    let second = until("the door leads elsewhere", async || {
        door(&client, &bot.address)
            .await
            .filter(|link| *link != first)
    })
    .await;
    let late = scene.world.user("Lena Ort").await;
    until("the full group's link is off", async || {
        scene.world.join(&late, &first).await.err()
    })
    .await;
    let joined = scene.world.join(&late, &second).await.unwrap();
    assert!(joined.has(&late));

    scene
        .signals(
            &scene.eve,
            &scene.group,
            "4 agents in vests at Lake & Pillsbury, 2 black suvs",
        )
        .await;
    scene
        .world
        .heard_by(&late, "the alert", |heard| {
            let text = heard.text.as_deref().unwrap_or_default();
            heard.from == scene.bot.uuid && text.contains("UNCONFIRMED")
        })
        .await;
    let status = bot.stop().await;
    assert!(status.success(), "{status}");
}
