//! The server refuses, some of it or all.

use std::time::Duration;

use serde_json::json;

use super::{Room, timestamp};
use crate::signal::world::Fault;

#[tokio::test]
async fn rate_limits_are_told_once_and_are_over() {
    let room = Room::new().await;
    let world = &room.world;
    for (status, wait) in [(413, 120), (429, 60)] {
        let fault = Fault::of_sending(status).retry_after(wait).times(1);
        world.fail(fault.for_user(&room.ana)).await;
        let params = json!({ "recipient": [room.ana.uuid], "message": "limited" });
        let error = room
            .line
            .try_call("send", params.clone())
            .await
            .unwrap_err();
        assert_eq!(error["code"], -5, "{error}");
        let result = &error["data"]["response"]["results"][0];
        assert_eq!(result["type"], "RATE_LIMIT_FAILURE", "{error}");
        room.line.call("send", params).await;
    }
}

#[tokio::test]
async fn a_challenge_has_a_token_and_can_be_answered() {
    let room = Room::new().await;
    let fault = Fault::of_sending(428).retry_after(86_400).token("solve-me");
    let fault = room.world.fail(fault.for_user(&room.ana)).await;
    let params = json!({ "recipient": [room.ana.uuid], "message": "limited" });
    let error = room
        .line
        .try_call("send", params.clone())
        .await
        .unwrap_err();
    let result = &error["data"]["response"]["results"][0];
    assert_eq!(
        (&result["token"], &result["retryAfterSeconds"]),
        (&json!("solve-me"), &json!(86_400))
    );
    let answer = json!({ "challenge": "solve-me", "captcha": "signalcaptcha://x" });
    room.line.call("submitRateLimitChallenge", answer).await;
    room.world.lift(fault).await;
    room.line.call("send", params).await;
}

#[tokio::test]
async fn some_of_a_group_are_missed() {
    let room = Room::new().await;
    let world = &room.world;
    // Before and after the group's sender key is out: one message each.
    for (round, status) in [(1, 428), (2, 404), (3, 428), (4, 404)] {
        let fault = world
            .fail(Fault::of_sending(status).for_user(&room.ana))
            .await;
        let text = format!("round {round}");
        let answer = room.bot_says(&text).await.unwrap();
        let of = |uuid: &str| {
            let results = answer["results"].as_array().unwrap();
            let found = results
                .iter()
                .find(|each| each["recipientAddress"]["uuid"] == uuid);
            found.unwrap()["type"].clone()
        };
        assert_eq!(of(&room.ben.uuid), "SUCCESS", "{answer}");
        let expected = if status == 404 {
            "UNREGISTERED_FAILURE"
        } else {
            "RATE_LIMIT_FAILURE"
        };
        assert_eq!(of(&room.ana.uuid), expected, "{answer}");
        world
            .heard_by(&room.ben, "the bot", |heard| {
                heard.text.as_ref() == Some(&text)
            })
            .await;
        world.lift(fault).await;
    }
    let sent = timestamp(&room.bot_says("all hear this").await.unwrap());
    world
        .heard_by(&room.ana, "the bot", |heard| heard.timestamp == Some(sent))
        .await;
    let missed = |text: &str| text.starts_with("round");
    let heard = world.heard_so_far(&room.ana).await;
    assert!(
        !heard
            .iter()
            .any(|heard| heard.text.as_deref().is_some_and(missed))
    );
}

#[tokio::test]
async fn what_is_done_can_be_answered_as_if_it_were_not() {
    let room = Room::alone().await;
    let world = &room.world;
    // The first message of a group goes to each alone, the next by the group's key to all at once.
    room.bot_says("first").await.unwrap();
    let fault = Fault::on("many", 500).by_daemon(&room.daemon);
    let fault = fault.although_done().delay(Duration::from_millis(20));
    let fault = world.fail(fault).await;
    let answer = room.bot_says("did it go out?").await;
    world.lift(fault).await;
    world
        .heard_by(&room.ben, "the bot all the same", |heard| {
            heard.text.as_deref() == Some("did it go out?")
        })
        .await;
    let error = answer.unwrap_err();
    assert_eq!(error["code"], -32603, "{error}");
}

#[tokio::test]
async fn a_group_cannot_be_changed_for_a_while() {
    let room = Room::alone().await;
    let fault = Fault::of_group_changes(429)
        .by_daemon(&room.daemon)
        .times(1);
    room.world.fail(fault).await;
    let params = json!({ "groupId": room.group.id, "name": "Phillips 2" });
    room.line
        .try_call("updateGroup", params.clone())
        .await
        .unwrap_err();
    room.line.call("updateGroup", params).await;
    assert_eq!(
        room.world.group_state(&room.group).await.title,
        "Phillips 2"
    );
}
