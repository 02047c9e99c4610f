//! What people say comes to signal-cli, and what it says comes to people.

use serde_json::json;

use super::{Room, timestamp};
use crate::signal::world::{Attachment, Quote, Range, Words};

#[tokio::test]
async fn words_with_all_that_belongs_to_them_arrive() {
    let room = Room::new().await;
    let (world, group) = (&room.world, &room.group);
    let first = world.say(&room.ben, group, "ICE at Lake").await;
    let words = Words {
        text: Some("\u{fffc} see this".to_owned()),
        styles: vec![Range {
            start: 2,
            length: 3,
            style: Some("MONOSPACE".to_owned()),
            uuid: None,
        }],
        mentions: vec![Range {
            start: 0,
            length: 1,
            style: None,
            uuid: Some(room.bot.uuid.clone()),
        }],
        quote: Some(Quote {
            timestamp: first,
            author: room.ben.uuid.clone(),
            text: "ICE at Lake".to_owned(),
        }),
        attachments: vec![Attachment {
            content_type: "text/plain".to_owned(),
            file_name: Some("plates.txt".to_owned()),
            text: Some("ABC 123".to_owned()),
        }],
        expire_timer: 3600,
    };
    let sent = world.say(&room.ana, group, words).await;
    let data = room.envelope(&room.ana, sent).await["dataMessage"].take();
    assert_eq!(data["message"], "\u{fffc} see this");
    assert_eq!(data["mentions"][0]["uuid"], room.bot.uuid.as_str());
    assert_eq!(
        data["textStyles"][0],
        json!({ "style": "MONOSPACE", "start": 2, "length": 3 })
    );
    assert_eq!(data["quote"]["id"], first);
    assert_eq!(data["quote"]["authorUuid"], room.ben.uuid.as_str());
    assert_eq!(data["expiresInSeconds"], 3600);
    let file = data["attachments"][0]["id"].as_str().unwrap();
    let path = format!("{}/attachments/{file}", room.daemon.folder);
    assert_eq!(std::fs::read_to_string(path).unwrap(), "ABC 123");
}

#[tokio::test]
async fn edits_reactions_deletions_and_long_texts_arrive() {
    let room = Room::new().await;
    let (world, group) = (&room.world, &room.group);
    let sent = world.say(&room.ana, group, "ICE at Lake").await;
    let edited = world
        .edit(&room.ana, group, sent, "ICE at Lake and 12th")
        .await;
    let edit = room.envelope(&room.ana, edited).await["editMessage"].take();
    assert_eq!(edit["targetSentTimestamp"], sent);
    assert_eq!(edit["dataMessage"]["message"], "ICE at Lake and 12th");
    assert!(room.is_ours(&edit["dataMessage"]));

    let on = (&room.ana, sent);
    let liked = world.react(&room.ben, group, on, "👍").await;
    let reaction = room.envelope(&room.ben, liked).await["dataMessage"]["reaction"].take();
    assert_eq!(reaction["emoji"], "👍");
    assert_eq!(reaction["targetSentTimestamp"], sent);
    assert_eq!(reaction["isRemove"], false);
    let unliked = world.unreact(&room.ben, group, on, "👍").await;
    let reaction = room.envelope(&room.ben, unliked).await["dataMessage"]["reaction"].take();
    assert_eq!(reaction["isRemove"], true);

    let typing = world.types(&room.ben, group).await;
    let typing = room.envelope(&room.ben, typing).await["typingMessage"].take();
    assert_eq!(typing["action"], "STARTED");

    let deleted = world.delete(&room.ana, group, sent).await;
    let data = room.envelope(&room.ana, deleted).await["dataMessage"].take();
    assert_eq!(data["remoteDelete"]["timestamp"], sent);

    let long = "Ömer saw two cars. ".repeat(200);
    let sent = world.say(&room.ana, group, long.as_str()).await;
    let data = room.envelope(&room.ana, sent).await["dataMessage"].take();
    assert!(long.starts_with(data["message"].as_str().unwrap()));
    let rest = &data["attachments"][0];
    assert_eq!(rest["contentType"], "text/x-signal-plain");
    assert_eq!(rest["size"], long.len());
}

#[tokio::test]
async fn direct_words_and_those_typed_on_the_bots_own_phone_arrive() {
    let room = Room::new().await;
    let sent = room.world.say(&room.ana, &room.bot, "to you alone").await;
    let data = room.envelope(&room.ana, sent).await["dataMessage"].take();
    assert_eq!(data["message"], "to you alone");
    assert!(data["groupInfo"].is_null());

    let typed = room.world.say(&room.bot, &room.group, "!status").await;
    let copy = room.envelope(&room.bot, typed).await["syncMessage"]["sentMessage"].take();
    assert_eq!(copy["message"], "!status");
    assert!(room.is_ours(&copy));
}

#[tokio::test]
async fn people_hear_what_the_bot_does() {
    let room = Room::new().await;
    let (world, line, group) = (&room.world, &room.line, room.group.id.as_str());
    let asked = world.say(&room.ana, &room.group, "!help").await;
    let params = json!({
        "groupId": group, "message": "Report: Lake", "textStyle": ["0:6:BOLD"],
        "quoteTimestamp": asked, "quoteAuthor": room.ana.uuid, "quoteMessage": "!help",
    });
    let sent = timestamp(&line.call("send", params).await);
    let heard = world
        .heard_by(&room.ben, "the bot's words", |heard| {
            heard.timestamp == Some(sent) && heard.from == room.bot.uuid
        })
        .await;
    assert_eq!(
        (heard.kind.as_str(), heard.group.as_deref()),
        ("text", Some(group))
    );
    assert_eq!(heard.text.as_deref(), Some("Report: Lake"));
    assert_eq!(heard.styles[0].style.as_deref(), Some("BOLD"));
    assert_eq!(heard.quote.unwrap().timestamp, asked);

    line.call(
        "send",
        json!({ "groupId": group, "message": "Report: Lake St", "editTimestamp": sent }),
    )
    .await;
    let edit = world
        .heard_by(&room.ana, "the edit", |heard| heard.kind == "edit")
        .await;
    assert_eq!(edit.edit_of, Some(sent));
    assert_eq!(edit.text.as_deref(), Some("Report: Lake St"));

    let params = json!({ "groupId": group, "emoji": "👀", "targetAuthor": room.ana.uuid, "targetTimestamp": asked });
    line.call("sendReaction", params).await;
    let reaction = world
        .heard_by(&room.ana, "the reaction", |heard| heard.kind == "reaction")
        .await;
    let reaction = reaction.reaction.unwrap();
    assert_eq!(
        (&reaction["emoji"], &reaction["timestamp"]),
        (&json!("👀"), &json!(asked))
    );

    line.call(
        "remoteDelete",
        json!({ "groupId": group, "targetTimestamp": sent }),
    )
    .await;
    let delete = world
        .heard_by(&room.ana, "the deletion", |heard| heard.kind == "delete")
        .await;
    assert_eq!(delete.delete_of, Some(sent));

    let long = "Two cars, three agents. ".repeat(150);
    let params = json!({ "recipient": [room.ana.uuid], "message": long, "attachments": ["data:text/plain;filename=a.txt;base64,aGVsbG8="] });
    line.call("send", params).await;
    let heard = world
        .heard_by(&room.ana, "a long direct text", |heard| {
            heard.kind == "text" && heard.group.is_none()
        })
        .await;
    assert_eq!(heard.text.as_deref(), Some(long.as_str()));
    let file = heard
        .attachments
        .iter()
        .find(|file| file.content_type == "text/plain")
        .unwrap();
    assert_eq!(file.text.as_deref(), Some("hello"));

    let own = world
        .heard_by(&room.bot, "the bot's phone gets a copy", |heard| {
            heard.timestamp == Some(sent)
        })
        .await;
    assert!(own.synced);
}

#[tokio::test]
async fn phones_tell_what_they_got_unless_told_not_to() {
    let room = Room::new().await;
    let world = &room.world;
    world.receipts(&room.ben, "off").await;
    world.receipts(&room.ana, "hold").await;
    let sent = timestamp(&room.bot_says("are you there?").await.unwrap());
    world
        .heard_by(&room.ben, "the bot", |heard| heard.timestamp == Some(sent))
        .await;
    world
        .heard_by(&room.ana, "the bot", |heard| heard.timestamp == Some(sent))
        .await;
    let told = |line: &serde_json::Value| {
        line["params"]["envelope"]["receiptMessage"]["timestamps"][0] == sent
    };
    assert_eq!(room.line.count(told), 0);
    world.receipts(&room.ana, "on").await;
    let receipt = room
        .line
        .envelope("Ana's receipt", |envelope| {
            envelope["receiptMessage"]["timestamps"][0] == sent
        })
        .await;
    assert_eq!(receipt["sourceUuid"], room.ana.uuid.as_str());
    assert_eq!(receipt["receiptMessage"]["isDelivery"], true);
    assert_eq!(room.line.count(told), 1);
}
