//! signal-cli dies, is cut off, and is linked.

use serde_json::json;

use super::Room;
use crate::signal::world::{Line, World};

#[tokio::test]
async fn what_comes_while_signal_cli_is_dead_comes_when_it_lives() {
    let mut room = Room::alone().await;
    let world = room.world.clone();
    world.daemon_kill(&room.daemon).await;
    let first = world.say(&room.ana, &room.group, "while it was dead").await;
    world.daemon_start(&room.daemon).await;
    let second = world
        .say(&room.ben, &room.group, "while nobody listened")
        .await;
    room.line = Line::to(&room.daemon).await;
    assert_eq!(
        room.envelope(&room.ana, first).await["dataMessage"]["message"],
        "while it was dead"
    );
    room.envelope(&room.ben, second).await;
    room.bot_says("back").await.unwrap();
    world
        .heard_by(&room.ana, "the bot", |heard| {
            heard.text.as_deref() == Some("back")
        })
        .await;
    world.daemon_stop(&room.daemon).await;
    world.daemon_start(&room.daemon).await;
}

#[tokio::test]
async fn signal_cli_finds_its_way_back_to_the_server() {
    let room = Room::alone().await;
    assert!(room.world.drop_connections(&room.daemon).await > 0);
    let sent = room
        .world
        .say(&room.ana, &room.group, "after the drop")
        .await;
    room.envelope(&room.ana, sent).await;

    room.world.network(&room.daemon, false).await;
    let sent = room
        .world
        .say(&room.ana, &room.group, "while it was cut off")
        .await;
    let failed = room.bot_says("nobody hears this").await;
    assert!(failed.is_err(), "{failed:?}");
    room.world.network(&room.daemon, true).await;
    room.envelope(&room.ana, sent).await;
}

#[tokio::test]
async fn signal_cli_is_linked_by_the_phone_and_unlinked() {
    let world = World::of_environment();
    let daemon = world.unlinked_daemon().await;
    let owner = world.user("tocsin").await;
    let line = Line::to(&daemon).await;
    let shown = line.call("startLink", json!({})).await;
    let uri = shown["deviceLinkUri"].as_str().unwrap();
    let params = json!({ "deviceLinkUri": uri, "deviceName": "tocsin" });
    let (linked, ()) = tokio::join!(line.call("finishLink", params), world.link(&owner, uri));
    assert_eq!(linked["number"], owner.number.as_str());
    let accounts = line.call("listAccounts", json!({})).await;
    assert_eq!(accounts[0]["number"], owner.number.as_str());

    let ana = world.user("Ana").await;
    let sent = world.say(&ana, &owner, "welcome").await;
    line.envelope("a message to the new device", |envelope| {
        envelope["timestamp"] == sent
    })
    .await;
    world.unlink(&owner).await;
    let params = json!({ "recipient": [ana.uuid], "message": "anybody?" });
    line.try_call("send", params).await.unwrap_err();
}
