//! Looking at groups, splitting one by hand, and the contract, with the real signal-cli.

use serde_json::{Value, json};
use tocsin::{keyring::file as key_file, platforms::signal::journal::Journal};

use super::Desk;
use crate::signal::world::{self, Group, Line, User, World, until};

/// A signal-cli of one's own and its account.
async fn alone() -> (World, world::Daemon, User) {
    let world = World::of_environment();
    let daemon = world.own_daemon().await;
    let bot = daemon.user();
    (world, daemon, bot)
}

/// Makes the bot an admin of a group, and waits until signal-cli knows it.
async fn lead(world: &World, daemon: &world::Daemon, group: &Group, ana: &User) {
    let bot = daemon.user();
    let line = Line::to(daemon).await;
    world
        .change(ana, group, world::Change::new().people("promote", &[&bot]))
        .await;
    until("signal-cli knows that it leads", async || {
        let listed = line
            .call("listGroups", json!({ "groupId": group.id }))
            .await;
        let admins = listed[0]["admins"].as_array().cloned().unwrap_or_default();
        admins
            .iter()
            .any(|admin| admin["uuid"] == bot.uuid.as_str())
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_group_is_split_by_hand() {
    let (world, daemon, bot) = alone().await;
    let ana = world.user("Ana").await;
    let ben = world.user("Ben").await;
    let group = world.group(&ana, "Phillips", &[&ben, &bot]).await;
    let settings = world::Change::new()
        .set("timer", 86_400)
        .set("description", "For reports");
    world.change(&ana, &group, settings).await;
    lead(&world, &daemon, &group, &ana).await;
    let room = format!(
        "[[rooms]]\nplatform = \"signal\"\nroom = \"{}\"\nname = \"Phillips\"\npurpose = \"moderators\"",
        group.id
    );
    let desk = Desk::new(&daemon.socket, &bot.number, &room);

    let listed = desk.says(&["signal", "groups", "--people"]).await;
    assert!(listed.is_good, "{}", listed.all());
    let row = listed
        .out
        .lines()
        .find(|line| line.starts_with(&group.id))
        .unwrap();
    assert_eq!(
        row.split_whitespace().skip(1).collect::<Vec<_>>(),
        ["3", "yes", "0", "off", "Phillips"]
    );
    let person = listed
        .out
        .lines()
        .find(|line| line.contains(&ana.uuid))
        .unwrap();
    assert!(
        person.contains("admin") && person.contains("Ana"),
        "{person}"
    );

    let checked = desk.says(&["check"]).await;
    checked.has(&[
        "good     signal: \"Phillips\": 3 members",
        "good     signal: Signal knows this device",
    ]);

    let made = desk.says(&["signal", "sibling", &group.id]).await;
    assert!(made.is_good, "{}", made.all());
    made.has(&[
        "\"Phillips 2\" is there: 2 members",
        "2 admins",
        "https://signal.group/#",
        "[[rooms]]",
        "platform = \"signal\"",
    ]);
    let id = made
        .out
        .split("room = \"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let sibling = Group { id: id.to_owned() };
    let server = world.group_state(&sibling).await;
    assert_eq!(
        (
            server.title.as_str(),
            server.timer,
            server.access.link.as_str()
        ),
        ("Phillips 2", 86_400, "ADMINISTRATOR")
    );
    assert!(server.description.starts_with("For reports\n\n[tocsin ") && server.is_led_by(&ana));
    // The same again is the same group, not another.
    let again = desk
        .says(&["signal", "sibling", &group.id, "--title", "Phillips 2"])
        .await;
    again.has(&[&sibling.id]);
    // Without a title it is the next one.
    desk.says(&["signal", "sibling", &group.id, "--link", "off"])
        .await
        .has(&["\"Phillips 3\"", "Link: none"]);
}

#[tokio::test]
async fn the_real_signal_cli_keeps_the_contract() {
    let (world, daemon, bot) = alone().await;
    let ana = world.user("Ana").await;
    let group = world.group(&ana, "Phillips", &[&bot]).await;
    lead(&world, &daemon, &group, &ana).await;
    let desk = Desk::new(&daemon.socket, &bot.number, "");
    let plain = desk.says(&["signal", "conformance"]).await;
    assert!(plain.is_good, "{}", plain.all());
    assert!(
        !plain.out.contains("broken") && !plain.out.contains("missing"),
        "{}",
        plain.out
    );
    plain.has(&[
        "good     ground   version",
        "good     groups   updateGroup",
        "untried  sending  send with editTimestamp",
    ]);
    let written = desk
        .says(&["signal", "conformance", "--write", &group.id])
        .await;
    assert!(written.is_good, "{}", written.all());
    written.has(&[
        "good     sending  send with editTimestamp",
        "good     sending  remoteDelete",
        "good     sending  sendReaction",
    ]);
}

#[tokio::test]
async fn what_comes_while_a_tool_is_connected_is_kept() {
    let (world, daemon, bot) = alone().await;
    let ana = world.user("Ana").await;
    let mut said = Vec::new();
    for number in 0..20 {
        said.push(
            world
                .say(&ana, &bot, format!("message {number}").as_str())
                .await,
        );
    }
    let desk = Desk::new(&daemon.socket, &bot.number, "");
    let listed = desk.says(&["signal", "groups"]).await;
    assert!(listed.is_good, "{}", listed.all());
    let key = key_file::read(&desk.path("data/tocsin.key"))
        .unwrap()
        .unwrap();
    let journal = Journal::open(&desk.path("data/signal/journal"), &key.derive("signal")).unwrap();
    let mut reader = journal.reader(None);
    let mut kept = Vec::new();
    while let Some(line) = reader.read_on().unwrap() {
        let line: Value = serde_json::from_slice(&line.line.unwrap()).unwrap();
        kept.extend(line["params"]["envelope"]["timestamp"].as_u64());
    }
    // Every message is in the journal, or still comes to whoever connects next.
    let line = Line::to(&daemon).await;
    for timestamp in said
        .into_iter()
        .filter(|timestamp| !kept.contains(timestamp))
    {
        line.envelope("what was said", |envelope| {
            envelope["timestamp"] == timestamp
        })
        .await;
    }
}
