//! A Matrix room and a Signal group of one neighborhood hear each other's talk: what is said, answered, changed, taken back and reacted
//! to in one shows in the other, under the name its writer chose, once.

use reqwest::Method;
use serde_json::{Value, json};

use super::scene::Scene;
use crate::{
    homeserver::until,
    signal::world::{Quote, Words},
};

const ASKED: &str = "who has a shovel for the library steps";
const ASKED_BETTER: &str = "who has two shovels for the library steps";
const ANSWERED: &str = "there is one in my garage somewhere";
const ANSWERED_BETTER: &str = "there are three in my garage actually";
const APART: &str = "- what we say among us stays among us";
const LAST: &str = "see you all at the steps then";

/// What somebody wrote is noted, so that it is looked for in the end.
fn noted(scene: &Scene, words: &str) {
    scene.written.lock().unwrap().push(words.to_owned());
}

/// The bot's reaction with this emoji, in a Matrix room.
fn is_reaction(scene: &Scene, event: &Value, on: &str, emoji: &str) -> bool {
    let relation = &event["content"]["m.relates_to"];
    event["sender"] == scene.site.user
        && event["type"] == "m.reaction"
        && relation["event_id"] == on
        && relation["key"] == emoji
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_matrix_room_and_a_signal_group_hear_each_others_talk() {
    let mut scene = Scene::set().await;
    scene.site.policy = "[relays]\n\"mpls/whittier\" = \"chat\"\n".to_owned();
    scene.site.write();
    let bot = scene.begin().await;
    let (room, group) = (&scene.room, &scene.group);

    // From Matrix to Signal.
    let asked = scene.says(&scene.dora, room, ASKED).await;
    let copy = scene.hears(&scene.ana, group, ASKED).await;
    assert_eq!(copy.text.as_deref(), Some(&*format!("» Dora Vik: {ASKED}")));
    assert!(
        copy.styles
            .iter()
            .any(|part| part.style.as_deref() == Some("BOLD"))
    );
    let copied = copy.timestamp.unwrap();

    // An emoji; once it shows, the bot knows its copy for certain.
    let heart =
        json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": asked, "key": "❤️" } });
    scene.rex.send(room, "m.reaction", heart).await;
    scene.marked(&scene.ana, copied, "❤️").await;

    // Answered on Signal, it is an answer on Matrix.
    noted(&scene, ANSWERED);
    let words = Words {
        text: Some(ANSWERED.to_owned()),
        quote: Some(Quote {
            timestamp: copied,
            author: scene.bot.uuid.clone(),
            text: copy.text.clone().unwrap(),
        }),
        ..Words::default()
    };
    let answered = scene.world.say(&scene.ana, group, words).await;
    let answer = scene.sees(&scene.dora, room, ANSWERED).await;
    let content = &answer["content"];
    assert_eq!(content["body"], format!("» Ana Quispe: {ANSWERED}"));
    assert_eq!(content["m.relates_to"]["m.in_reply_to"]["event_id"], *asked);
    assert_eq!(content["m.mentions"], json!({}));
    let answer = answer["event_id"].as_str().unwrap().to_owned();

    // An emoji on Signal.
    let on = (&scene.ana, answered);
    scene.world.react(&scene.eve, group, on, "👍").await;
    scene
        .dora
        .sees(room, "👍", |event| {
            is_reaction(&scene, event, &answer, "👍")
        })
        .await;

    // Changes, both ways.
    noted(&scene, ASKED_BETTER);
    let changed = json!({
        "msgtype": "m.text",
        "body": format!("* {ASKED_BETTER}"),
        "m.new_content": { "msgtype": "m.text", "body": ASKED_BETTER },
        "m.relates_to": { "rel_type": "m.replace", "event_id": asked },
    });
    scene.dora.send(room, "m.room.message", changed).await;
    let changed = scene
        .world
        .heard_by(&scene.ana, "the change", |heard| heard.kind == "edit")
        .await;
    assert_eq!(changed.edit_of, Some(copied));
    assert_eq!(
        changed.text.as_deref(),
        Some(&*format!("» Dora Vik: {ASKED_BETTER}"))
    );
    noted(&scene, ANSWERED_BETTER);
    scene
        .world
        .edit(&scene.ana, group, answered, ANSWERED_BETTER)
        .await;
    let changed = scene.sees(&scene.dora, room, ANSWERED_BETTER).await;
    let relation = &changed["content"]["m.relates_to"];
    assert_eq!(
        (&relation["rel_type"], &relation["event_id"]),
        (&json!("m.replace"), &json!(answer))
    );

    // Deletions, both ways.
    scene.dora.redact(room, &asked).await;
    let revisions = [Some(copied), changed_at(&scene).await];
    scene
        .world
        .heard_by(&scene.ana, "the deletion", |heard| {
            heard.kind == "delete" && revisions.contains(&heard.delete_of)
        })
        .await;
    scene.world.delete(&scene.ana, group, answered).await;
    until("the copy is gone", async || {
        let path = format!("rooms/{room}/event/{answer}");
        let event = scene.dora.ask(Method::GET, &path, json!({})).await;
        event["content"]
            .as_object()
            .filter(|content| content.is_empty())
            .map(|_| ())
    })
    .await;

    // What begins with a dash stays; a picture is left out; nothing comes back.
    scene.signals(&scene.eve, group, APART).await;
    let picture =
        json!({ "msgtype": "m.image", "body": "steps.jpg", "url": "mxc://example.org/steps" });
    scene.rex.send(room, "m.room.message", picture).await;
    scene
        .hears(
            &scene.ana,
            group,
            "» Rex Boyle: (something attached was left out)",
        )
        .await;
    scene.signals(&scene.eve, group, LAST).await;
    scene.sees(&scene.dora, room, LAST).await;
    assert_eq!(scene.said(&scene.dora, room, "among us").await, 0);
    assert_eq!(scene.said(&scene.dora, room, LAST).await, 1);
    assert_eq!(
        scene.said(&scene.dora, room, "Dora Vik").await,
        0,
        "nobody is told what they said themselves"
    );
    let heard = scene.world.heard_so_far(&scene.ana).await;
    let passed_on = heard.iter().filter(|heard| {
        let text = heard.text.as_deref().unwrap_or_default();
        heard.from == scene.bot.uuid && heard.kind == "text" && text.starts_with('»')
    });
    assert_eq!(passed_on.count(), 2);
    scene.ends(bot, &["shovel", "garage", "steps.jpg"]).await;
}

/// What names the copy on Signal since it was changed.
async fn changed_at(scene: &Scene) -> Option<u64> {
    let heard = scene.world.heard_so_far(&scene.ana).await;
    let edit = heard.iter().find(|heard| heard.kind == "edit");
    edit.and_then(|edit| edit.timestamp)
}
