//! The Matrix adapter against a real Synapse, with an intake that records.

use std::{
    collections::{BTreeSet, HashSet},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::Method;
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;
use tocsin::{
    clock::SystemClock,
    config::platforms::{MatrixConfig, MatrixRoles},
    domain::{
        directory::{Directory, Purpose, Room},
        effect::Urgency,
        envelope::{Content, Envelope, Origin, PersonRef, PlatformKind, RoomRef},
        ids::{Checkpoint, EffectId, MessageId},
        role::Role,
        timestamp::Timestamp,
        words::Words,
    },
    platforms::{
        Batch, Deed, Delivery, Destination, Inbox, NotAccepted, PerformError, Platform, Receipt,
        Retry, Stop,
        matrix::{Matrix, check},
    },
};
use tokio::{sync::mpsc, task::JoinHandle};

use crate::homeserver::{Homeserver, PASSWORD, Person, Secretive, Wire, until};

mod arranging;

const STORE_KEY: [u8; 32] = [7; 32];

/// An intake that writes down what it is given, and counts each envelope once, as the real one does.
#[derive(Default)]
struct Recorder {
    heard: Mutex<Vec<Envelope>>,
    checkpoint: Mutex<Option<Checkpoint>>,
    repeats: AtomicUsize,
    refuses: AtomicBool,
    refused: AtomicUsize,
}

impl Recorder {
    async fn record(self: Arc<Self>, mut batches: mpsc::Receiver<Batch>) {
        while let Some(batch) = batches.recv().await {
            if self.refuses.load(Ordering::SeqCst) {
                self.refused.fetch_add(1, Ordering::SeqCst);
                batch.done.send(Err(NotAccepted)).ok();
                continue;
            }
            {
                let mut heard = self.heard.lock().unwrap();
                for envelope in batch.envelopes {
                    if heard.iter().any(|known| known.id == envelope.id) {
                        self.repeats.fetch_add(1, Ordering::SeqCst);
                    } else {
                        heard.push(envelope);
                    }
                }
                if batch.checkpoint.is_some() {
                    *self.checkpoint.lock().unwrap() = batch.checkpoint;
                }
            }
            batch.done.send(Ok(())).ok();
        }
    }

    fn all(&self) -> Vec<Envelope> {
        self.heard.lock().unwrap().clone()
    }
}

/// The bot's account on the homeserver, with what survives a restart.
struct BotAccount {
    home: Homeserver,
    id: String,
    dir: TempDir,
    config: MatrixConfig,
    rooms: Vec<Room>,
    recorder: Arc<Recorder>,
}

impl BotAccount {
    async fn new() -> Self {
        let home = Homeserver::get();
        let id = home.account("tocsin").await;
        let dir = TempDir::new().unwrap();
        let config = MatrixConfig {
            homeserver: home.url.clone(),
            user: id.clone(),
            password: Some(SecretString::from(PASSWORD)),
            token: None,
            device_id: None,
            recovery_passphrase: None,
            data_dir: dir.path().join("matrix"),
            device_name: "tocsin".to_owned(),
            invites_from: Vec::new(),
            roles: MatrixRoles::default(),
        };
        Self {
            home,
            id,
            dir,
            config,
            rooms: Vec::new(),
            recorder: Arc::default(),
        }
    }

    /// Configures a room; as it will be called.
    fn serves(&mut self, room: &str) -> RoomRef {
        self.serves_as(room, Purpose::Response)
    }

    fn serves_as(&mut self, room: &str, purpose: Purpose) -> RoomRef {
        let room = RoomRef::new(PlatformKind::Matrix, room);
        self.rooms.push(Room {
            room: room.clone(),
            name: "Served".to_owned(),
            purpose,
            areas: BTreeSet::new(),
            language: "en".to_owned(),
        });
        room
    }

    fn data(&self, file: &str) -> PathBuf {
        self.config.data_dir.join(file)
    }

    fn alias(&self, name: &str) -> String {
        let unique = self.id.trim_start_matches('@').split(':').next().unwrap();
        format!("{name}-{unique}")
    }

    fn start(&self) -> Bot {
        self.start_with(STORE_KEY)
    }

    fn start_with(&self, key: [u8; 32]) -> Bot {
        let matrix = Arc::new(Matrix::new(
            self.config.clone(),
            key,
            &Directory {
                rooms: self.rooms.clone(),
                ..Directory::default()
            },
            Arc::new(SystemClock),
        ));
        let (intake, batches) = mpsc::channel(1);
        let recording = tokio::spawn(Arc::clone(&self.recorder).record(batches));
        let stop = Stop::new();
        let since = self.recorder.checkpoint.lock().unwrap().clone();
        let listening = tokio::spawn({
            let (matrix, stop) = (Arc::clone(&matrix), stop.clone());
            let inbox = Inbox::new(PlatformKind::Matrix, intake);
            async move { matrix.listen(inbox, since, stop).await }
        });
        Bot {
            matrix,
            stop,
            listening,
            recording,
            recorder: Arc::clone(&self.recorder),
        }
    }
}

/// The adapter at work.
struct Bot {
    matrix: Arc<Matrix>,
    stop: Stop,
    listening: JoinHandle<anyhow::Result<()>>,
    recording: JoinHandle<()>,
    recorder: Arc<Recorder>,
}

impl Bot {
    async fn up(self) -> Self {
        until("the bot is up", async || self.matrix.is_up().then_some(())).await;
        self
    }

    /// Waits for an envelope.
    async fn hears(&self, what: &str, wanted: impl Fn(&Envelope) -> bool) -> Envelope {
        until(what, async || self.recorder.all().into_iter().find(&wanted)).await
    }

    /// Waits for a text.
    async fn hears_text(&self, words: &str) -> Envelope {
        self.hears(words, |envelope| text(envelope) == Some(words))
            .await
    }

    async fn enters(&self, room: &RoomRef) {
        self.hears("joined", |envelope| {
            matches!(envelope.content, Content::Joined) && envelope.room() == Some(room)
        })
        .await;
    }

    async fn does(&self, id: &str, to: Destination, deed: Deed) -> Result<Receipt, PerformError> {
        let delivery = Delivery {
            id: EffectId::new(id),
            to,
            deed,
            urgency: Urgency::Alert,
            expires_at: Timestamp::from_ms(i64::MAX),
            doubt: None,
        };
        self.matrix.perform(&delivery).await
    }

    async fn says(&self, id: &str, room: &RoomRef, words: &str) -> MessageId {
        let deed = Deed::Say {
            words: Words::from_marked(words),
            reply_to: None,
        };
        let done = self.does(id, Destination::Room(room.clone()), deed).await;
        done.unwrap().message.unwrap()
    }

    async fn stop(self) {
        self.stop.cancel();
        self.listening.await.unwrap().unwrap();
        self.recording.abort();
    }

    /// As by SIGKILL: nothing is finished.
    async fn kill(self) {
        self.listening.abort();
        assert!(self.listening.await.is_err_and(|end| end.is_cancelled()));
        self.recording.abort();
    }

    /// Why it cannot listen.
    async fn fails(self) -> String {
        let ended = tokio::time::timeout(Duration::from_secs(60), self.listening).await;
        format!("{:#}", ended.unwrap().unwrap().unwrap_err())
    }
}

fn text(envelope: &Envelope) -> Option<&str> {
    match &envelope.content {
        Content::Text { text, .. } => Some(text.expose()),
        _ => None,
    }
}

fn body(words: &'static str) -> impl Fn(&Value) -> bool {
    move |event| event["content"]["body"] == words
}

fn say(words: &str) -> Deed {
    Deed::Say {
        words: Words::from_marked(words),
        reply_to: None,
    }
}

/// A bot in one plain room with Ana.
async fn in_a_room() -> (BotAccount, Person, String, RoomRef, Bot) {
    let mut account = BotAccount::new().await;
    let ana = account.home.person("ana").await;
    let room = ana.room("", &[&account.id]).await;
    let here = account.serves(&room);
    let bot = account.start().up().await;
    bot.enters(&here).await;
    (account, ana, room, here, bot)
}

#[tokio::test]
async fn a_plain_room_works_both_ways() {
    let mut account = BotAccount::new().await;
    let ana = account.home.person("ana").await;
    let alias = account.alias("powderhorn");
    let room = ana.room(&alias, &[]).await;
    ana.say(&room, "said before the bot came").await;
    let here = account.serves(&format!("#{alias}:localhost"));
    let bot = account.start().up().await;
    ana.invite(&room, &account.id).await;
    bot.enters(&here).await;

    let said = ana.say(&room, "4 agents at Lake and Bloomington").await;
    let heard = bot.hears_text("4 agents at Lake and Bloomington").await;
    assert_eq!(heard.id.as_str(), said);
    assert_eq!(
        heard.origin,
        Origin::Room(here.clone()),
        "the room is called as it is configured"
    );
    assert_eq!(
        heard.sender,
        PersonRef::new(PlatformKind::Matrix, ana.id.as_str())
    );

    let message = bot
        .says("e1", &here, "**UNCONFIRMED** Lake & Bloomington")
        .await;
    let seen = ana
        .sees(&room, "alert", body("UNCONFIRMED Lake & Bloomington"))
        .await;
    assert_eq!(seen["event_id"], message.as_str());
    assert_eq!(seen["content"]["msgtype"], "m.text");
    assert_eq!(
        seen["content"]["formatted_body"],
        "<strong>UNCONFIRMED</strong> Lake &amp; Bloomington"
    );

    let again = bot
        .says("e1", &here, "**UNCONFIRMED** Lake & Bloomington")
        .await;
    assert_eq!(again, message, "the same effect twice is one message");

    ana.say(&room, "thank you").await;
    bot.hears_text("thank you").await;
    let texts: Vec<Envelope> = account
        .recorder
        .all()
        .into_iter()
        .filter(|one| text(one).is_some())
        .collect();
    assert_eq!(texts.len(), 2, "nothing from before, nothing of its own");
    bot.stop().await;
}

#[tokio::test]
async fn replies_edits_redactions_and_reactions_come_in() {
    let (_account, ana, room, _here, bot) = in_a_room().await;
    let first = ana.say(&room, "4 agents at Lake").await;
    ana.send(
        &room,
        "m.room.message",
        json!({ "msgtype": "m.text", "body": "> <@x:y> 4 agents at Lake\n\nnow 5",
        "m.relates_to": { "m.in_reply_to": { "event_id": first } } }),
    )
    .await;
    let reply = bot.hears_text("now 5").await;
    assert!(
        matches!(reply.content, Content::Text { reply_to: Some(to), .. } if to.as_str() == first)
    );

    ana.send(
        &room,
        "m.room.message",
        json!({ "msgtype": "m.text", "body": "* 6 agents at Lake",
        "m.new_content": { "msgtype": "m.text", "body": "6 agents at Lake" },
        "m.relates_to": { "rel_type": "m.replace", "event_id": first } }),
    )
    .await;
    let edit = bot
        .hears("edit", |one| matches!(one.content, Content::Edit { .. }))
        .await;
    assert!(
        matches!(edit.content, Content::Edit { original, text } if original.as_str() == first && text.expose() == "6 agents at Lake")
    );

    ana.send(
        &room,
        "m.reaction",
        json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": first, "key": "✅" } }),
    )
    .await;
    let reaction = bot
        .hears("reaction", |one| {
            matches!(one.content, Content::Reaction { .. })
        })
        .await;
    assert!(
        matches!(reaction.content, Content::Reaction { target, key } if target.as_str() == first && key == "✅")
    );

    ana.redact(&room, &first).await;
    let gone = bot
        .hears("redaction", |one| {
            matches!(one.content, Content::Redaction { .. })
        })
        .await;
    assert!(matches!(gone.content, Content::Redaction { original } if original.as_str() == first));

    ana.send(
        &room,
        "m.room.message",
        json!({ "msgtype": "m.notice", "body": "I am a bot" }),
    )
    .await;
    ana.say(&room, "after the notice").await;
    bot.hears_text("after the notice").await;
    assert!(
        bot.recorder
            .all()
            .iter()
            .all(|one| text(one) != Some("I am a bot"))
    );
    bot.stop().await;
}

#[tokio::test]
async fn replies_edits_redactions_and_reactions_go_out() {
    let (_account, ana, room, here, bot) = in_a_room().await;
    let report = ana.say(&room, "4 agents at Lake").await;
    bot.hears_text("4 agents at Lake").await;
    let to = || Destination::Room(here.clone());
    let eyes = Deed::React {
        message: MessageId::new(&report),
        emoji: "👀".to_owned(),
    };
    bot.does("r1", to(), eyes.clone()).await.unwrap();
    let seen = ana
        .sees(&room, "reaction", |one| one["type"] == "m.reaction")
        .await;
    assert_eq!(seen["content"]["m.relates_to"]["key"], "👀");
    let repeated = bot.does("r2", to(), eyes).await;
    assert!(repeated.is_ok(), "an emoji that is there already is there");

    let reply = Deed::Say {
        words: Words::from_marked("K7 **unverified**"),
        reply_to: Some(MessageId::new(&report)),
    };
    let card = bot.does("s1", to(), reply).await.unwrap().message.unwrap();
    let seen = ana.sees(&room, "card", body("K7 unverified")).await;
    assert_eq!(
        seen["content"]["m.relates_to"]["m.in_reply_to"]["event_id"],
        report.as_str()
    );

    let edit = Deed::Edit {
        message: card.clone(),
        words: Words::from_marked("K7 **confirmed**"),
    };
    bot.does("e1", to(), edit).await.unwrap();
    let path = format!("rooms/{room}/event/{card}");
    until("the card shows its new words", async || {
        let now = ana.ask(Method::GET, &path, json!({})).await;
        let new = &now["unsigned"]["m.relations"]["m.replace"]["content"]["m.new_content"];
        (new["body"] == "K7 confirmed" && new["formatted_body"] == "K7 <strong>confirmed</strong>")
            .then_some(())
    })
    .await;

    let gone = Deed::Redact {
        message: card.clone(),
    };
    bot.does("d1", to(), gone.clone()).await.unwrap();
    bot.does("d1", to(), gone).await.unwrap();
    let now = ana.ask(Method::GET, &path, json!({})).await;
    assert!(now["content"].get("body").is_none(), "taken back: {now}");
    assert!(
        bot.recorder
            .all()
            .iter()
            .all(|one| text(one) != Some("K7 unverified")),
        "its own words are not heard"
    );
    bot.stop().await;
}

/// A bot and Ana, who encrypts, in one encrypted room. The wire is Ana's.
async fn in_an_encrypted_room() -> (BotAccount, Secretive, String, RoomRef, Bot, Wire) {
    let mut account = BotAccount::new().await;
    let wire = Wire::to(&account.home.url).await;
    let ana = account.home.person("ana").await;
    let encryption = json!({ "type": "m.room.encryption", "state_key": "",
        "content": { "algorithm": "m.megolm.v1.aes-sha2" } });
    let options =
        json!({ "preset": "private_chat", "invite": [account.id], "initial_state": [encryption] });
    let room = ana.create_room(options).await;
    let here = account.serves(&room);
    let ana = Secretive::log_in(&wire.url, &ana.id).await;
    let bot = account.start().up().await;
    bot.enters(&here).await;
    ana.sees_members(&room, 2).await;
    (account, ana, room, here, bot, wire)
}

#[tokio::test]
async fn an_encrypted_room_works_both_ways() {
    let (_account, ana, room, here, bot, _wire) = in_an_encrypted_room().await;
    let said = ana.say(&room, "4 agents at Lake").await;
    let heard = bot.hears_text("4 agents at Lake").await;
    assert_eq!(heard.id.as_str(), said);
    assert_eq!(heard.origin, Origin::Room(here.clone()));

    let card = bot.says("c1", &here, "K7 **unverified**").await;
    let (seen, encrypted) = ana.sees(&room, "card", body("K7 unverified")).await;
    assert!(
        encrypted,
        "nothing is said in the open in an encrypted room"
    );
    assert_eq!(
        seen["content"]["formatted_body"],
        "K7 <strong>unverified</strong>"
    );
    assert_eq!(
        bot.says("c1", &here, "K7 **unverified**").await,
        card,
        "one event also when encrypted anew"
    );

    let edit = Deed::Edit {
        message: card.clone(),
        words: Words::from_marked("K7 confirmed"),
    };
    bot.does("e1", Destination::Room(here.clone()), edit)
        .await
        .unwrap();
    let (edited, encrypted) = ana.sees(&room, "edit", body("* K7 confirmed")).await;
    assert!(encrypted);
    assert_eq!(edited["content"]["m.relates_to"]["event_id"], card.as_str());

    ana.send(
        &room,
        "m.room.message",
        json!({ "msgtype": "m.text", "body": "* 5 agents",
        "m.new_content": { "msgtype": "m.text", "body": "5 agents" },
        "m.relates_to": { "rel_type": "m.replace", "event_id": said } }),
    )
    .await;
    bot.hears("edit", |one| {
        matches!(&one.content, Content::Edit { original, text }
        if original.as_str() == said && text.expose() == "5 agents")
    })
    .await;
    let gone = Deed::Redact { message: card };
    bot.does("d1", Destination::Room(here.clone()), gone)
        .await
        .unwrap();
    bot.stop().await;
}

#[tokio::test]
async fn a_message_whose_key_comes_late_is_heard_when_it_decrypts() {
    let (account, ana, room, _here, bot, wire) = in_an_encrypted_room().await;
    wire.keep_keys();
    let said = ana.say(&room, "4 agents at Lake").await;
    // What comes meanwhile is not held up; and a crash must not lose what waits.
    ana.send(
        &room,
        "m.reaction",
        json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": said, "key": "👀" } }),
    )
    .await;
    bot.hears("reaction", |one| {
        matches!(one.content, Content::Reaction { .. })
    })
    .await;
    assert!(account.recorder.all().iter().all(|one| text(one).is_none()));
    bot.kill().await;
    let bot = account.start().up().await;
    wire.release_keys().await;
    let heard = bot.hears_text("4 agents at Lake").await;
    assert_eq!(heard.id.as_str(), said);
    ana.say(&room, "and 2 vans").await;
    bot.hears_text("and 2 vans").await;
    bot.stop().await;
}

#[tokio::test]
async fn encrypted_messages_sent_while_the_bot_was_down_are_heard() {
    let (account, ana, room, here, bot, _wire) = in_an_encrypted_room().await;
    ana.say(&room, "before").await;
    bot.hears_text("before").await;
    bot.stop().await;
    for n in 0..20 {
        ana.say(&room, &format!("offline {n}")).await;
    }
    let bot = account.start().up().await;
    bot.hears_text("offline 19").await;
    let texts: Vec<String> = account
        .recorder
        .all()
        .iter()
        .filter_map(|one| text(one).map(ToOwned::to_owned))
        .collect();
    let expected: Vec<String> = std::iter::once("before".to_owned())
        .chain((0..20).map(|n| format!("offline {n}")))
        .collect();
    assert_eq!(texts, expected);
    bot.says("after", &here, "still readable").await;
    assert!(
        ana.sees(&room, "after the restart", body("still readable"))
            .await
            .1
    );
    bot.stop().await;
}

#[tokio::test]
async fn the_bots_device_is_cross_signed_and_survives_restarts() {
    let (account, ana, _room, _here, bot) = in_a_room().await;
    until("cross-signed", async || {
        is_cross_signed(&ana.keys_of(&account.id).await, &account.id).then_some(())
    })
    .await;
    until("recovery key", async || {
        account.data("recovery-key.txt").exists().then_some(())
    })
    .await;
    let devices = device_ids(&ana, &account.id).await;
    assert_eq!(devices.len(), 1);
    bot.stop().await;
    let bot = account.start().up().await;
    assert_eq!(
        device_ids(&ana, &account.id).await,
        devices,
        "the session was restored"
    );
    bot.stop().await;
    for file in ["session.json", "recovery-key.txt"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(account.data(file))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn lost_keys_mean_a_new_device_that_is_trusted_by_the_recovery_key() {
    let (account, ana, room, here, bot) = in_a_room().await;
    until("recovery key", async || {
        account.data("recovery-key.txt").exists().then_some(())
    })
    .await;
    let before = device_ids(&ana, &account.id).await;
    bot.stop().await;
    std::fs::remove_dir_all(account.data("keys")).unwrap();
    ana.say(&room, "sent while the keys were lost").await;
    let bot = account.start().up().await;
    bot.hears_text("sent while the keys were lost").await;
    bot.says("x", &here, "back").await;
    until("the new device is cross-signed", async || {
        let keys = ana.keys_of(&account.id).await;
        let devices = keys["device_keys"][&account.id].as_object()?;
        let new = devices.iter().find(|(id, _)| !before.contains(*id))?;
        signed_by_owner(&keys, &account.id, new.1).then_some(())
    })
    .await;
    bot.stop().await;
}

async fn device_ids(asking: &Person, who: &str) -> HashSet<String> {
    let keys = asking.keys_of(who).await;
    keys["device_keys"][who]
        .as_object()
        .map(|devices| devices.keys().cloned().collect())
        .unwrap_or_default()
}

fn is_cross_signed(keys: &Value, who: &str) -> bool {
    let devices = keys["device_keys"][who].as_object();
    devices.is_some_and(|devices| {
        !devices.is_empty()
            && devices
                .values()
                .all(|device| signed_by_owner(keys, who, device))
    })
}

fn signed_by_owner(keys: &Value, who: &str, device: &Value) -> bool {
    let Some(own) = keys["self_signing_keys"][who]["keys"]
        .as_object()
        .and_then(|keys| keys.keys().next())
    else {
        return false;
    };
    device["signatures"][who].get(own).is_some()
}

#[tokio::test]
async fn only_expected_invites_are_accepted() {
    let mut account = BotAccount::new().await;
    let (ana, bo, stranger) = (
        account.home.person("ana").await,
        account.home.person("bo").await,
        account.home.person("stranger").await,
    );
    let room = ana.room("", &[&account.id]).await;
    let here = account.serves(&room);
    account.config.invites_from = vec![bo.id.clone()];
    let bot = account.start().up().await;
    bot.enters(&here).await;

    let direct =
        |who: &str| json!({ "preset": "trusted_private_chat", "is_direct": true, "invite": [who] });
    let strange = stranger.room("", &[&account.id]).await;
    let strange_direct = stranger.create_room(direct(&account.id)).await;
    let other = ana.room("", &[&account.id]).await;
    let trusted = bo.room("", &[&account.id]).await;
    let talk = ana.create_room(direct(&account.id)).await;
    ana.say(&talk, "can you hear me").await;
    stranger.sees_member(&strange, &account.id, "leave").await;
    stranger
        .sees_member(&strange_direct, &account.id, "leave")
        .await;
    ana.sees_member(&other, &account.id, "leave").await;
    bo.sees_member(&trusted, &account.id, "join").await;
    ana.sees_member(&talk, &account.id, "join").await;

    let heard = bot.hears_text("can you hear me").await;
    assert_eq!(heard.origin, Origin::Direct);
    bo.join_in(&ana, &trusted).await;
    ana.say(&trusted, "three of us here").await;
    ana.say(&room, "the end").await;
    bot.hears_text("the end").await;
    assert!(
        account
            .recorder
            .all()
            .iter()
            .all(|one| text(one) != Some("three of us here")),
        "a room that is not configured"
    );
    bot.stop().await;
}

impl Person {
    /// Brings someone else into a room.
    async fn join_in(&self, other: &Self, room: &str) {
        self.invite(room, &other.id).await;
        other.join(room).await;
    }
}

#[tokio::test]
async fn a_bot_that_is_put_out_waits_for_a_new_invite() {
    let (account, ana, room, here, bot) = in_a_room().await;
    ana.kick(&room, &account.id).await;
    until("it knows", async || {
        let refused = bot
            .does(
                &format!("k{}", nonce()),
                Destination::Room(here.clone()),
                say("anyone?"),
            )
            .await;
        refused
            .is_err_and(|error| {
                error.retry == Retry::Never && matches!(error.code, "not_in_room" | "forbidden")
            })
            .then_some(())
    })
    .await;
    bot.stop().await;
    let bot = account.start().up().await;
    ana.sees_member(&room, &account.id, "leave").await;
    ana.say(&room, "behind its back").await;
    ana.invite(&room, &account.id).await;
    until("it is back", async || {
        let joined = account
            .recorder
            .all()
            .iter()
            .filter(|one| matches!(one.content, Content::Joined))
            .count();
        (joined == 2).then_some(())
    })
    .await;
    ana.say(&room, "welcome back").await;
    bot.hears_text("welcome back").await;
    assert!(
        account
            .recorder
            .all()
            .iter()
            .all(|one| text(one) != Some("behind its back"))
    );
    bot.stop().await;
}

fn nonce() -> usize {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

#[tokio::test]
async fn the_bot_writes_to_one_person_in_one_encrypted_room() {
    let (account, ana, _room, _here, bot) = in_a_room().await;
    let to = || Destination::Person(PersonRef::new(PlatformKind::Matrix, ana.id.as_str()));
    bot.does("d1", to(), say("Where? Two streets are enough."))
        .await
        .unwrap();
    let secretive = Secretive::log_in(&account.home.url, &ana.id).await;
    let talk = until("an invite", async || ana.invites().await.pop()).await;
    ana.join(&talk).await;
    secretive.sees_members(&talk, 2).await;
    bot.does("d2", to(), say("Thank you.")).await.unwrap();
    assert!(secretive.sees(&talk, "thanks", body("Thank you.")).await.1);
    let answer = secretive.say(&talk, "by the k mart lot").await;
    let heard = bot.hears_text("by the k mart lot").await;
    assert_eq!(heard.origin, Origin::Direct);
    assert_eq!(heard.standing, None);
    let seen = Deed::React {
        message: MessageId::new(&answer),
        emoji: "👀".to_owned(),
    };
    bot.does("d3", to(), seen).await.unwrap();
    bot.stop().await;

    let bot = account.start().up().await;
    bot.does("d4", to(), say("Still here.")).await.unwrap();
    secretive
        .sees(&talk, "after the restart", body("Still here."))
        .await;
    assert_eq!(ana.invites().await.len(), 0, "no second room");

    ana.leave(&talk).await;
    until("it is not asked again", async || {
        let refused = bot
            .does(&format!("l{}", nonce()), to(), say("Hello?"))
            .await;
        refused
            .is_err_and(|error| error.code == "direct_declined" && error.retry == Retry::Never)
            .then_some(())
    })
    .await;
    bot.stop().await;
}

#[tokio::test]
async fn a_room_that_is_seen_half_made_is_still_readable_for_whom_it_is_made() {
    let mut account = BotAccount::new().await;
    let ana = account.home.person("ana").await;
    let room = ana.room("", &[&account.id]).await;
    let here = account.serves(&room);
    let wire = Wire::to(&account.home.url).await;
    account.config.homeserver.clone_from(&wire.url);
    let secretive = Secretive::log_in(&account.home.url, &ana.id).await;
    let bot = account.start().up().await;
    bot.enters(&here).await;
    wire.hide_invites();
    let to = Destination::Person(PersonRef::new(PlatformKind::Matrix, ana.id.as_str()));
    bot.does("d1", to, say("Where? Two streets are enough."))
        .await
        .unwrap();
    let talk = until("an invite", async || ana.invites().await.pop()).await;
    ana.join(&talk).await;
    secretive.sees_members(&talk, 2).await;
    let question = secretive
        .sees(&talk, "question", body("Where? Two streets are enough."))
        .await;
    assert!(question.1, "in the open");
    bot.stop().await;
}

#[tokio::test]
async fn power_levels_give_roles() {
    let mut account = BotAccount::new().await;
    account.config.roles = MatrixRoles {
        moderator: Some(50),
        verifier: Some(10),
    };
    let (ana, bo, cy) = (
        account.home.person("ana").await,
        account.home.person("bo").await,
        account.home.person("cy").await,
    );
    let room = ana.room("", &[&account.id]).await;
    let here = account.serves(&room);
    ana.join_in(&bo, &room).await;
    ana.join_in(&cy, &room).await;
    let bot = account.start().up().await;
    bot.enters(&here).await;
    for who in [&ana, &bo, &cy] {
        who.say(&room, &format!("first {}", who.id)).await;
    }
    let standing =
        async |who: &Person, nth: &str| bot.hears_text(&format!("{nth} {}", who.id)).await.standing;
    assert_eq!(
        standing(&ana, "first").await,
        Some(Role::Moderator),
        "the room's creator"
    );
    assert_eq!(standing(&bo, "first").await, None);
    let mut levels = ana
        .ask(
            Method::GET,
            &format!("rooms/{room}/state/m.room.power_levels/"),
            json!({}),
        )
        .await;
    levels["users"][&bo.id] = json!(10);
    levels["users"][&cy.id] = json!(50);
    ana.state(&room, "m.room.power_levels", levels).await;
    for who in [&bo, &cy] {
        who.say(&room, &format!("second {}", who.id)).await;
    }
    assert_eq!(standing(&bo, "second").await, Some(Role::Verifier));
    assert_eq!(standing(&cy, "second").await, Some(Role::Moderator));
    bot.stop().await;
}

#[tokio::test]
async fn what_was_sent_while_the_bot_was_down_is_heard_once_and_in_order() {
    let (account, ana, room, _here, bot) = in_a_room().await;
    ana.say(&room, "before").await;
    bot.hears_text("before").await;
    bot.kill().await;
    for n in 0..250 {
        ana.say(&room, &format!("offline {n}")).await;
    }
    let bot = account.start().up().await;
    bot.hears_text("offline 249").await;
    ana.say(&room, "after").await;
    bot.hears_text("after").await;
    let texts: Vec<String> = account
        .recorder
        .all()
        .iter()
        .filter_map(|one| text(one).map(ToOwned::to_owned))
        .collect();
    let mut expected = vec!["before".to_owned()];
    expected.extend((0..250).map(|n| format!("offline {n}")));
    expected.push("after".to_owned());
    assert_eq!(texts, expected);
    bot.stop().await;
}

#[tokio::test]
async fn what_the_intake_refuses_is_offered_again_and_survives_a_crash() {
    let (account, ana, room, _here, bot) = in_a_room().await;
    account.recorder.refuses.store(true, Ordering::SeqCst);
    ana.say(&room, "offered twice").await;
    until("refused", async || {
        (account.recorder.refused.load(Ordering::SeqCst) > 0).then_some(())
    })
    .await;
    account.recorder.refuses.store(false, Ordering::SeqCst);
    bot.hears_text("offered twice").await;

    account.recorder.refuses.store(true, Ordering::SeqCst);
    let refused = account.recorder.refused.load(Ordering::SeqCst);
    ana.say(&room, "in flight at the crash").await;
    until("refused", async || {
        (account.recorder.refused.load(Ordering::SeqCst) > refused).then_some(())
    })
    .await;
    bot.kill().await;
    account.recorder.refuses.store(false, Ordering::SeqCst);
    let bot = account.start().up().await;
    bot.hears_text("in flight at the crash").await;
    assert_eq!(
        account
            .recorder
            .all()
            .iter()
            .filter(|one| text(one).is_some())
            .count(),
        2
    );
    bot.stop().await;
}

#[tokio::test]
async fn rate_limits_and_refusals_are_told_apart() {
    let (account, ana, room, here, bot) = in_a_room().await;
    let admin = account.home.admin().await;
    let limit = format!("/_synapse/admin/v1/users/{}/override_ratelimit", account.id);
    admin
        .ask(
            Method::POST,
            &limit,
            json!({ "messages_per_second": 1, "burst_count": 1 }),
        )
        .await;
    let mut limited = None;
    for n in 0..20 {
        let done = bot
            .does(
                &format!("m{n}"),
                Destination::Room(here.clone()),
                say("again"),
            )
            .await;
        if let Err(error) = done {
            limited = Some(error);
            break;
        }
    }
    let limited = limited.unwrap();
    assert_eq!(limited.code, "rate_limited");
    assert!(
        matches!(limited.retry, Retry::Later(Some(after)) if after > Duration::ZERO),
        "{:?}",
        limited.retry
    );
    admin
        .ask(
            Method::POST,
            &limit,
            json!({ "messages_per_second": 0, "burst_count": 0 }),
        )
        .await;

    let mut levels = ana
        .ask(
            Method::GET,
            &format!("rooms/{room}/state/m.room.power_levels/"),
            json!({}),
        )
        .await;
    levels["events_default"] = json!(50);
    ana.state(&room, "m.room.power_levels", levels).await;
    let refused = bot
        .does("f1", Destination::Room(here.clone()), say("may I?"))
        .await
        .unwrap_err();
    assert_eq!((refused.code, refused.retry), ("forbidden", Retry::Never));
    let nowhere = RoomRef::new(PlatformKind::Matrix, "!nowhere:localhost");
    let lost = bot
        .does("f2", Destination::Room(nowhere), say("hello?"))
        .await
        .unwrap_err();
    assert_eq!((lost.code, lost.retry), ("not_in_room", Retry::Never));
    let nobody = Destination::Person(PersonRef::new(PlatformKind::Matrix, "nobody"));
    let bad = bot.does("f3", nobody, say("hello?")).await.unwrap_err();
    assert_eq!((bad.code, bad.retry), ("bad_address", Retry::Never));
    bot.stop().await;
}

#[tokio::test]
async fn an_unreachable_homeserver_is_waited_for() {
    let mut account = BotAccount::new().await;
    let ana = account.home.person("ana").await;
    let room = ana.room("", &[&account.id]).await;
    let here = account.serves(&room);
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    account.config.homeserver = format!("http://{address}");
    let bot = account.start();
    let early = bot
        .does("u1", Destination::Room(here.clone()), say("hello"))
        .await
        .unwrap_err();
    // It was not even tried: soon again.
    assert_eq!(
        (early.code, early.retry),
        ("unreachable", Retry::Later(Some(Duration::from_secs(2))))
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!bot.listening.is_finished() && !bot.matrix.is_up());

    let wire = Wire::at(&account.home.url, &address).await;
    let bot = bot.up().await;
    bot.enters(&here).await;
    wire.cut(true);
    until("it is down", async || (!bot.matrix.is_up()).then_some(())).await;
    let down = bot
        .does("u2", Destination::Room(here.clone()), say("hello"))
        .await
        .unwrap_err();
    assert_eq!((down.code, down.retry), ("unreachable", Retry::Later(None)));
    ana.say(&room, "sent while it was away").await;
    wire.cut(false);
    bot.hears_text("sent while it was away").await;
    let bot = bot.up().await;
    bot.does("u2", Destination::Room(here.clone()), say("hello"))
        .await
        .unwrap();
    bot.stop().await;
}

#[tokio::test]
async fn wrong_keys_wrong_passwords_and_second_processes_are_said() {
    let (mut account, _ana, _room, _here, bot) = in_a_room().await;
    let second = account.start().fails().await;
    assert!(
        second.contains("Another tocsin already uses the Matrix keys"),
        "{second}"
    );
    bot.stop().await;
    let wrong_key = account.start_with([9; 32]).fails().await;
    assert!(
        wrong_key.contains("were they made under another key?"),
        "{wrong_key}"
    );
    account.config.password = Some(SecretString::from("wrong"));
    account.config.data_dir = account.dir.path().join("fresh");
    let wrong_password = account.start().fails().await;
    assert!(
        wrong_password.contains("refuses the user or password"),
        "{wrong_password}"
    );
    assert!(!Path::new(&account.data("session.json")).exists());
}

#[tokio::test]
async fn a_session_that_the_homeserver_forgot_is_made_anew() {
    let (account, ana, room, here, bot) = in_a_room().await;
    let kept: Value =
        serde_json::from_str(&std::fs::read_to_string(account.data("session.json")).unwrap())
            .unwrap();
    let token = kept["access_token"].as_str().unwrap();
    let logout = format!("{}/_matrix/client/v3/logout", account.home.url);
    reqwest::Client::new()
        .post(logout)
        .bearer_auth(token)
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    ana.say(&room, "are you there").await;
    bot.hears_text("are you there").await;
    until("it speaks again", async || {
        bot.does("again", Destination::Room(here.clone()), say("yes"))
            .await
            .ok()
    })
    .await;
    bot.stop().await;
}

#[tokio::test]
async fn a_token_works_instead_of_a_password_but_not_without_its_keys() {
    let mut account = BotAccount::new().await;
    let ana = account.home.person("ana").await;
    let room = ana.room("", &[&account.id]).await;
    let here = account.serves(&room);
    let login = json!({ "type": "m.login.password", "password": PASSWORD,
        "identifier": { "type": "m.id.user", "user": account.id } });
    let answer = ana.ask(Method::POST, "login", login).await;
    account.config.password = None;
    account.config.token = Some(SecretString::from(answer["access_token"].as_str().unwrap()));
    account.config.device_id = Some(answer["device_id"].as_str().unwrap().to_owned());
    let bot = account.start().up().await;
    bot.enters(&here).await;
    until("cross-signed", async || {
        is_cross_signed(&ana.keys_of(&account.id).await, &account.id).then_some(())
    })
    .await;
    bot.stop().await;
    std::fs::remove_dir_all(account.data("keys")).unwrap();
    let lost = account.start().fails().await;
    assert!(lost.contains("give the token of a new device"), "{lost}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "the homeserver's clock is the machine's"
)]
fn now() -> Timestamp {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap())
}

#[tokio::test]
async fn check_says_what_is_wrong_and_leaves_no_device() {
    let mut account = BotAccount::new().await;
    let ana = account.home.person("ana").await;
    let fine = check(&account.config, now()).await.unwrap();
    assert!(fine.contains("lets @tocsin-"), "{fine}");
    assert_eq!(device_ids(&ana, &account.id).await.len(), 0);
    let skewed = check(&account.config, now() + Duration::from_secs(3600))
        .await
        .unwrap_err();
    assert!(skewed.contains("clocks"), "{skewed}");
    account.config.password = Some(SecretString::from("wrong"));
    let wrong = check(&account.config, now()).await.unwrap_err();
    assert!(wrong.contains("refuses the user or password"), "{wrong}");
    account.config.homeserver = "http://127.0.0.1:9".to_owned();
    let gone = check(&account.config, now()).await.unwrap_err();
    assert!(
        gone.contains("Cannot reach the Matrix homeserver"),
        "{gone}"
    );
}
