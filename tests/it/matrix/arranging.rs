//! Rooms are looked at, made and changed, by the adapter against a real Synapse.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::{Value, json};
use tocsin::{
    domain::{
        directory::Purpose,
        envelope::{Content, PersonRef, PlatformKind, RoomRef},
    },
    platforms::{
        Destination, PerformError, Platform, Retry,
        rooms::{Allowed, LinkMode, NewRoom, RoomChange, RoomState, RoomWork},
    },
};

use super::{Bot, BotAccount, say, text};
use crate::homeserver::{Person, Wire, until, until_within};

/// What the bot may do in rooms that others make.
fn rights(bot: &str) -> Value {
    json!({ "users": { bot: 100 }, "invite": 50 })
}

fn named(id: &str) -> RoomRef {
    RoomRef::new(PlatformKind::Matrix, id)
}

fn person(id: &str) -> PersonRef {
    PersonRef::new(PlatformKind::Matrix, id)
}

fn names(people: &[PersonRef]) -> Vec<&str> {
    let names = people.iter().map(|who| who.address.expose().as_str());
    names.collect()
}

fn new(marker: &str, like: Option<&str>, link: LinkMode, admins: &[&str]) -> NewRoom {
    NewRoom {
        title: "Phillips 2".to_owned(),
        description: "Rapid response".to_owned(),
        marker: marker.to_owned(),
        like: like.map(named),
        timer: None,
        link,
        admins: admins.iter().map(|id| person(id)).collect(),
        is_space: false,
    }
}

impl Bot {
    async fn makes(&self, new: &NewRoom) -> RoomState {
        self.arranges(RoomWork::Make(new.clone())).await.unwrap()
    }

    async fn arranges(&self, work: RoomWork) -> Result<RoomState, PerformError> {
        self.matrix.arrange(&work).await
    }

    async fn changes(&self, room: &RoomRef, change: RoomChange) -> Result<RoomState, PerformError> {
        let room = room.clone();
        self.arranges(RoomWork::Change { room, change }).await
    }

    async fn changed(&self, room: &RoomRef, change: RoomChange) -> RoomState {
        let asked = format!("{change:?}");
        let state = self.changes(room, change).await;
        state.unwrap_or_else(|error| panic!("{asked}: {error}"))
    }

    async fn refuses(&self, room: &RoomRef, change: RoomChange) -> &'static str {
        code(self.changes(room, change).await)
    }

    fn census(&self, room: &RoomRef) -> Option<usize> {
        let all = self.matrix.census().into_iter();
        all.filter(|(its, _)| its == room)
            .map(|(_, places)| places)
            .next()
    }

    async fn counts(&self, room: &RoomRef, places: usize) {
        // Where a sync told something late, the next count mends it: a minute after the last, looked for twice a minute.
        let what = format!("{places} places are counted");
        until_within(Duration::from_secs(180), &what, async || {
            let counted = self.census(room);
            if counted != Some(places) {
                println!("counted {counted:?}, not {places}");
            }
            (counted == Some(places)).then_some(())
        })
        .await;
    }

    /// Waits until the room is so, as the adapter lists it.
    async fn lists(&self, room: &RoomRef, is_so: impl Fn(&RoomState) -> bool) -> RoomState {
        until("listed", async || {
            let rooms = self.matrix.rooms().await.unwrap();
            rooms
                .into_iter()
                .find(|state| state.room == *room && is_so(state))
        })
        .await
    }
}

fn code(done: Result<RoomState, PerformError>) -> &'static str {
    let error = done.unwrap_err();
    assert_eq!(error.retry, Retry::Never, "{}", error.code);
    error.code
}

/// Ana's Space with a room in it; the bot is in both and may do everything there.
struct Whittier {
    account: BotAccount,
    ana: Person,
    space: String,
    model: String,
}

impl Whittier {
    async fn new(model: Value) -> Self {
        let mut account = BotAccount::new().await;
        let ana = account.home.person("ana").await;
        account.config.invites_from = vec![ana.id.clone()];
        let space = ana
            .create_room(json!({
                "preset": "private_chat", "name": "Whittier", "creation_content": { "type": "m.space" },
                "invite": [account.id], "power_level_content_override": rights(&account.id),
            }))
            .await;
        let mut options = json!({
            "preset": "private_chat", "name": "Phillips", "invite": [account.id],
            "power_level_content_override": rights(&account.id), "initial_state": [
                { "type": "m.space.parent", "state_key": space, "content": { "via": ["localhost"], "canonical": true } },
                { "type": "m.room.join_rules", "state_key": "", "content": { "join_rule": "restricted",
                    "allow": [{ "type": "m.room_membership", "room_id": space }] } },
            ],
        });
        if model["room_version"] == "10" {
            options["power_level_content_override"]["users"][&ana.id] = json!(150);
        }
        for (key, value) in model.as_object().unwrap() {
            if let Some(states) = options[key].as_array_mut() {
                states.extend(value.as_array().unwrap().clone());
            } else {
                options[key] = value.clone();
            }
        }
        let model = ana.create_room(options).await;
        let child = format!("rooms/{space}/state/m.space.child/{model}");
        let content = json!({ "via": ["localhost"], "suggested": true, "order": "a" });
        ana.ask(Method::PUT, &child, content).await;
        account.serves(&model);
        Self {
            account,
            ana,
            space,
            model,
        }
    }

    async fn start(&self) -> Bot {
        let bot = self.account.start().up().await;
        bot.enters(&named(&self.model)).await;
        self.ana
            .sees_member(&self.space, &self.account.id, "join")
            .await;
        bot
    }
}

#[tokio::test]
async fn a_room_is_made_after_another_one() {
    let there = Whittier::new(json!({ "initial_state": [
        { "type": "m.room.encryption", "state_key": "", "content": { "algorithm": "m.megolm.v1.aes-sha2", "rotation_period_msgs": 50 } },
        { "type": "m.room.history_visibility", "state_key": "", "content": { "history_visibility": "invited" } },
    ]}))
    .await;
    let ben = there.account.home.person("ben").await;
    let bot = there.start().await;
    let plan = new(
        "[tocsin 1]",
        Some(&there.model),
        LinkMode::Open,
        &[&there.ana.id, &ben.id],
    );
    let made = bot.makes(&plan).await;
    assert_eq!(
        (made.title.as_str(), made.description.as_str()),
        ("Phillips 2", "Rapid response\n\n[tocsin 1]")
    );
    assert!(made.is_member && made.is_admin);
    assert_eq!(made.entry, Some(LinkMode::Open));
    assert_eq!(names(&made.members), [there.account.id.as_str()]);
    let mut admins = [there.ana.id.as_str(), ben.id.as_str()];
    admins.sort_unstable();
    assert_eq!(names(&made.pending), admins);
    let room = made.room.id.as_str();

    let again = bot.makes(&plan).await;
    assert_eq!(again, made, "the same marker is the same room");
    let other = NewRoom {
        marker: "[tocsin 2]".to_owned(),
        ..plan.clone()
    };
    assert_ne!(bot.makes(&other).await.room, made.room);

    there.ana.join(room).await;
    let ana = &there.ana;
    let state = async |kind, key| ana.state_of(room, kind, key).await;
    let encryption = state("m.room.encryption", "").await;
    assert_eq!(encryption["rotation_period_msgs"], 50);
    let history = state("m.room.history_visibility", "").await;
    assert_eq!(history["history_visibility"], "invited");
    let rules = state("m.room.join_rules", "").await;
    assert_eq!(rules["join_rule"], "restricted");
    let parent = state("m.space.parent", &there.space).await;
    assert_eq!(parent["canonical"], true);
    let child = ana.state_of(&there.space, "m.space.child", room).await;
    assert_eq!(child, json!({ "via": ["localhost"], "suggested": true }));
    let levels = state("m.room.power_levels", "").await;
    assert_eq!(levels["invite"], 50, "as in the other room");
    assert!(levels["users"].get(&there.account.id).is_none());

    // Ana made the other room: here she is an admin as soon as she is in.
    let listed = bot
        .lists(&made.room, |state| state.members.len() == 2)
        .await;
    let mut leaders = [there.account.id.as_str(), there.ana.id.as_str()];
    leaders.sort_unstable();
    assert_eq!(names(&listed.admins), leaders);
    ana.state(room, "m.room.name", json!({ "name": "Ours" }))
        .await;
    assert_eq!(
        bot.makes(&plan).await.title,
        "Ours",
        "what people changed stays"
    );

    // It is no conversation with Ana, though nobody else is in it, and nobody's until it is the community's.
    ana.say(room, "to nobody").await;
    let to = Destination::Person(person(&ana.id));
    bot.does("alone", to, say("for you alone")).await.unwrap();
    until("a room for two", async || {
        (ana.invites().await.len() == 2).then_some(())
    })
    .await;

    // By the Space people come in; others do not.
    let cleo = there.account.home.person("cleo").await;
    let link = listed.link.unwrap();
    let alias = link.strip_prefix("https://matrix.to/#/%23").unwrap();
    let path = format!("join/%23{alias}");
    let refused = cleo.ask(Method::POST, &path, json!({})).await;
    assert_eq!(refused["errcode"], "M_FORBIDDEN", "{refused}");
    ana.invite(&there.space, &cleo.id).await;
    cleo.join(&there.space).await;
    let joined = cleo.ask(Method::POST, &path, json!({})).await;
    assert_eq!(joined["room_id"], room, "the link leads there: {joined}");

    bot.matrix.heed(&[named(&there.model), made.room.clone()]);
    bot.enters(&made.room).await;
    bot.says("said", &made.room, "hello").await;
    ana.say(room, "to all").await;
    let heard = bot.hears_text("to all").await;
    assert_eq!(heard.room(), Some(&made.room));
    let all = there.account.recorder.all();
    assert!(all.iter().all(|one| text(one) != Some("to nobody")));
    bot.stop().await;
}

#[tokio::test]
async fn a_room_after_none_and_one_after_a_plain_one() {
    let there = Whittier::new(json!({ "room_version": "10" })).await;
    let bot = there.start().await;
    let alone = bot
        .makes(&new(
            "[a]",
            None,
            LinkMode::Approval,
            &["@nobody:nowhere.invalid"],
        ))
        .await;
    assert_eq!(alone.entry, Some(LinkMode::Approval));
    assert_eq!(alone.pending, [], "who cannot be had is passed over");
    let mine = there.account.home.log_in(&there.account.id).await;
    let state = async |room: &str, kind| mine.state_of(room, kind, "").await;
    let encryption = state(&alone.room.id, "m.room.encryption").await;
    assert_eq!(encryption["algorithm"], "m.megolm.v1.aes-sha2");
    // Where it may not put rooms into the Space, the room is made all the same.
    let levels = json!({ "users": {}, "invite": 0 });
    there
        .ana
        .state(&there.space, "m.room.power_levels", levels)
        .await;
    let plain = bot
        .makes(&new("[b]", Some(&there.model), LinkMode::Off, &[]))
        .await;
    assert_eq!((plain.entry, plain.link), (Some(LinkMode::Off), None));
    let encryption = state(&plain.room.id, "m.room.encryption").await;
    assert_eq!(encryption, Value::Null);
    let child = mine.state_of(&there.space, "m.space.child", &plain.room.id);
    assert_eq!(child.await, Value::Null);
    let opened = bot
        .changed(&plain.room, RoomChange::Link(LinkMode::Open))
        .await;
    assert_eq!(opened.entry, Some(LinkMode::Open));
    let rules = state(&plain.room.id, "m.room.join_rules").await;
    assert_eq!(
        rules["join_rule"], "restricted",
        "open to those it would have been open to"
    );
    let no_marker = RoomWork::Make(new("", None, LinkMode::Off, &[]));
    assert_eq!(code(bot.arranges(no_marker).await), "no_marker");
    let elsewhere = RoomWork::Make(new("[c]", Some("!elsewhere"), LinkMode::Off, &[]));
    assert_eq!(code(bot.arranges(elsewhere).await), "not_in_room");
    bot.stop().await;
}

#[tokio::test]
async fn a_making_that_is_cut_off_anywhere_goes_on_with_the_same_room() {
    let mut there = Whittier::new(json!({})).await;
    let wire = Wire::to(&there.account.home.url).await;
    there.account.config.homeserver.clone_from(&wire.url);
    let mine = there.account.home.log_in(&there.account.id).await;
    let mut bot = there.start().await;
    let mut created = 0;
    for nth in 1.. {
        let mut was_cut = false;
        for is_passed_on in [true, false] {
            let marker = format!("[tocsin {nth} {is_passed_on}]");
            let plan = new(
                &marker,
                Some(&there.model),
                LinkMode::Open,
                &[&there.ana.id],
            );
            wire.cut_at(nth, is_passed_on);
            let cut = bot.arranges(RoomWork::Make(plan.clone())).await;
            // Every other time the bot is killed as well, and knows no more than the homeserver.
            let is_killed = (nth % 2 == 0) == is_passed_on;
            if is_killed {
                bot.kill().await;
                was_cut |= wire.mend();
                bot = there.account.start().up().await;
            } else {
                was_cut |= wire.mend();
            }
            if let Err(error) = &cut {
                assert!(matches!(error.retry, Retry::Later(_)), "{}", error.code);
                assert!(
                    error.is_doubtful || error.code == "not_applied",
                    "{}",
                    error.code
                );
            }
            let made = until("it is made", async || {
                bot.arranges(RoomWork::Make(plan.clone())).await.ok()
            })
            .await;
            created += 1;
            assert_eq!(made.title, "Phillips 2");
            assert_eq!(names(&made.pending), [there.ana.id.as_str()], "{nth}");
            let room = made.room.id.as_str();
            assert_eq!(
                mine.state_of(room, "org.tocsin.made", "").await["marker"],
                marker
            );
            let child = mine.state_of(&there.space, "m.space.child", room).await;
            assert_eq!(child["via"], json!(["localhost"]), "{nth}");
            assert_eq!(
                mine.joined().await.len(),
                2 + created,
                "one room at cut {nth}, passed on: {is_passed_on}"
            );
        }
        if !was_cut {
            assert!(nth > 8, "it was cut off everywhere");
            break;
        }
    }
    bot.stop().await;
}

#[tokio::test]
async fn two_that_make_the_same_room_make_one() {
    let there = Whittier::new(json!({})).await;
    let bot = there.start().await;
    let plan = new("[tocsin 7]", Some(&there.model), LinkMode::Off, &[]);
    let (one, other) = tokio::join!(bot.makes(&plan), bot.makes(&plan));
    assert_eq!(one, other);
    bot.stop().await;
}

/// Everything that can be changed, in a room of a given version where the bot has 100 and Ana made it.
async fn changes(version: &str) {
    let mut account = BotAccount::new().await;
    let home = account.home.clone();
    let (ana, ben, cleo) = (
        home.person("ana").await,
        home.person("ben").await,
        home.person("cleo").await,
    );
    let room = ana
        .create_room(json!({
            "preset": "private_chat", "name": "Phillips", "room_version": version, "invite": [account.id],
            "power_level_content_override": { "users": { (&account.id): 100, (&ana.id): 150 }, "invite": 50 },
        }))
        .await;
    changes_in(&mut account, &room, &ana, &ben, &cleo).await;
}

async fn changes_in(
    account: &mut BotAccount,
    room: &str,
    ana: &Person,
    ben: &Person,
    cleo: &Person,
) {
    let here = account.serves(room);
    let bot = account.start().up().await;
    bot.enters(&here).await;
    let set = |change| bot.changed(&here, change);
    let who = |people: &[&Person]| -> Vec<PersonRef> {
        people.iter().map(|one| person(&one.id)).collect()
    };
    for _ in 0..2 {
        let state = set(RoomChange::Title("Lake".into())).await;
        assert_eq!(state.title, "Lake");
        let state = set(RoomChange::Description("Watch".into())).await;
        assert_eq!(state.description, "Watch");
        for allowed in [Allowed::Members, Allowed::Admins] {
            assert_eq!(set(RoomChange::MayAdd(allowed)).await.may_add, allowed);
            assert_eq!(set(RoomChange::MayEdit(allowed)).await.may_edit, allowed);
        }
        set(RoomChange::Timer(None)).await;
    }
    let before = ana.events(room).await.len();
    set(RoomChange::Title("Lake".into())).await;
    set(RoomChange::Promote(who(&[ana]))).await;
    assert_eq!(
        ana.events(room).await.len(),
        before,
        "what is so already is not done again"
    );

    // People come by invitation, and go.
    let state = set(RoomChange::Add(who(&[ben, cleo, ana]))).await;
    assert_eq!((state.members.len(), state.pending.len()), (2, 2));
    ben.join(room).await;
    let state = bot.lists(&here, |state| state.members.len() == 3).await;
    assert_eq!(names(&state.pending), [cleo.id.as_str()]);
    let state = set(RoomChange::Promote(who(&[ben]))).await;
    assert!(state.admins.contains(&person(&ben.id)));
    ben.state(room, "m.room.topic", json!({ "topic": "by Ben" }))
        .await;
    let state = set(RoomChange::Demote(who(&[ben]))).await;
    assert!(!state.admins.contains(&person(&ben.id)));
    set(RoomChange::MayWrite(Allowed::Admins)).await;
    let path = format!("rooms/{room}/send/m.room.message/m1");
    let words = json!({ "msgtype": "m.text", "body": "may I?" });
    let refused = ben.ask(Method::PUT, &path, words.clone()).await;
    assert_eq!(refused["errcode"], "M_FORBIDDEN");
    set(RoomChange::MayWrite(Allowed::Members)).await;
    let taken = ben.ask(Method::PUT, &path, words).await;
    assert!(taken["event_id"].is_string(), "{taken}");
    let state = set(RoomChange::Remove(who(&[ben, cleo]))).await;
    assert_eq!((state.members.len(), state.pending.len()), (2, 0));
    let state = set(RoomChange::Ban(who(&[ben]))).await;
    assert_eq!(state.banned, who(&[ben]));
    assert_eq!(
        bot.refuses(&here, RoomChange::Add(who(&[ben]))).await,
        "banned"
    );
    let state = set(RoomChange::Unban(who(&[ben]))).await;
    assert_eq!(state.banned, []);

    // What cannot be.
    for (change, wanted) in [
        (
            RoomChange::Timer(Some(Duration::from_secs(60))),
            "not_possible",
        ),
        (RoomChange::ResetLink, "not_possible"),
        (RoomChange::Promote(who(&[cleo])), "not_a_member"),
    ] {
        assert_eq!(bot.refuses(&here, change).await, wanted);
    }
    let elsewhere = named("!elsewhere");
    let title = RoomChange::Title("x".into());
    assert_eq!(bot.refuses(&elsewhere, title.clone()).await, "not_in_room");

    // Ana takes its power away.
    let levels = json!({ "users": { (&ana.id): 150 }, "invite": 50 });
    let levels = if ana.state_of(room, "m.room.create", "").await["room_version"] == "12" {
        json!({ "users": {}, "invite": 50 })
    } else {
        levels
    };
    ana.state(room, "m.room.power_levels", levels).await;
    assert_eq!(bot.refuses(&here, title.clone()).await, "not_admin");
    let state = bot.lists(&here, |state| !state.is_admin).await;
    assert!(state.is_member);
    ana.kick(room, &account.id).await;
    assert_eq!(bot.refuses(&here, title).await, "not_in_room");
    bot.stop().await;
}

#[tokio::test]
async fn rooms_of_the_newest_version_are_changed() {
    // Creators must not be listed there.
    let mut account = BotAccount::new().await;
    let home = account.home.clone();
    let (ana, ben, cleo) = (
        home.person("ana").await,
        home.person("ben").await,
        home.person("cleo").await,
    );
    let room = ana
        .create_room(json!({
            "preset": "private_chat", "name": "Phillips", "room_version": "12", "invite": [account.id],
            "power_level_content_override": rights(&account.id),
        }))
        .await;
    changes_in(&mut account, &room, &ana, &ben, &cleo).await;
}

#[tokio::test]
async fn rooms_of_an_older_version_are_changed() {
    changes("10").await;
}

#[tokio::test]
async fn whoever_knocks_is_let_in_or_refused_and_a_shut_door_lets_nobody_in() {
    let there = Whittier::new(json!({})).await;
    let bot = there.start().await;
    let home = &there.account.home;
    let (ben, cleo, dan) = (
        home.person("ben").await,
        home.person("cleo").await,
        home.person("dan").await,
    );
    let made = bot.makes(&new("[k]", None, LinkMode::Approval, &[])).await;
    let room = made.room.clone();
    let alias = made.link.unwrap();
    let alias = alias
        .strip_prefix("https://matrix.to/#/")
        .unwrap()
        .to_owned();
    for one in [&ben, &cleo] {
        let path = format!("knock/{alias}");
        let asked = one
            .ask(Method::POST, &path, json!({ "reason": "neighbor" }))
            .await;
        assert_eq!(asked["room_id"], room.id.as_str(), "{asked}");
    }
    let state = bot.lists(&room, |state| state.requesting.len() == 2).await;
    assert_eq!(state.census(), 1, "who asks takes no place");
    bot.counts(&room, 1).await;
    let state = bot
        .changed(&room, RoomChange::Add(vec![person(&ben.id)]))
        .await;
    assert_eq!(names(&state.pending), [ben.id.as_str()]);
    bot.counts(&room, 2).await;
    let state = bot
        .changed(&room, RoomChange::Remove(vec![person(&cleo.id)]))
        .await;
    assert_eq!(state.requesting, []);
    ben.join(&room.id).await;
    bot.lists(&room, |state| state.members.len() == 2).await;

    let join = async |who: &Person| {
        let answer = who
            .ask(Method::POST, &format!("join/{alias}"), json!({}))
            .await;
        answer["room_id"] == room.id.as_str()
    };
    assert!(!join(&dan).await, "one has to ask");
    let state = bot.changed(&room, RoomChange::Link(LinkMode::Open)).await;
    assert_eq!(state.entry, Some(LinkMode::Open));
    assert!(join(&dan).await);
    let state = bot.changed(&room, RoomChange::Link(LinkMode::Off)).await;
    assert_eq!((state.entry, state.link), (Some(LinkMode::Off), None));
    assert!(!join(&cleo).await);
    bot.counts(&room, 3).await;

    // Another link: the old one leads nowhere any more.
    let before = bot.changed(&room, RoomChange::Link(LinkMode::Open)).await;
    let after = bot.changed(&room, RoomChange::ResetLink).await;
    assert_ne!(after.link, before.link);
    assert!(!join(&cleo).await, "by the old link");
    let fresh = after.link.unwrap();
    let fresh = fresh.strip_prefix("https://matrix.to/#/").unwrap();
    let joined = cleo
        .ask(Method::POST, &format!("join/{fresh}"), json!({}))
        .await;
    assert_eq!(joined["room_id"], room.id.as_str(), "{joined}");
    bot.stop().await;
}

#[tokio::test]
async fn rooms_are_joined_by_link_and_left() {
    let there = Whittier::new(json!({})).await;
    let (ana, me) = (&there.ana, there.account.id.as_str());
    let bot = there.start().await;
    let alias = there.account.alias("open");
    let open = ana
        .create_room(json!({
            "preset": "public_chat", "room_alias_name": alias, "power_level_content_override": rights(me),
        }))
        .await;
    let link = format!("https://matrix.to/#/%23{alias}:localhost");
    for _ in 0..2 {
        let state = bot.arranges(RoomWork::Join(link.clone())).await.unwrap();
        assert_eq!((state.room.id.as_str(), state.is_member), (&*open, true));
    }
    let closed = ana.room("", &[]).await;
    let knocking = ana
        .create_room(json!({ "preset": "private_chat", "initial_state": [
            { "type": "m.room.join_rules", "state_key": "", "content": { "join_rule": "knock" } } ] }))
        .await;
    for (link, wanted) in [
        (
            format!("https://matrix.to/#/{closed}?via=localhost"),
            "link_off",
        ),
        (knocking.clone(), "waits_for_approval"),
        (knocking.clone(), "waits_for_approval"),
        ("#nowhere-at-all:localhost".to_owned(), "bad_link"),
        ("https://signal.group/#Cj".to_owned(), "bad_link"),
    ] {
        assert_eq!(code(bot.arranges(RoomWork::Join(link)).await), wanted);
    }
    ana.sees_member(&knocking, me, "knock").await;

    let leave = |room: &str, successors: &[&str]| RoomWork::Leave {
        room: named(room),
        successors: successors.iter().map(|id| person(id)).collect(),
    };
    let state = bot.arranges(leave(&open, &[])).await.unwrap();
    assert!(!state.is_member);
    assert!(!bot.arranges(leave(&open, &[])).await.unwrap().is_member);
    assert_eq!(code(bot.arranges(leave(&closed, &[])).await), "not_in_room");

    // Where it leads alone, somebody else has to, first.
    let own = bot.makes(&new("[own]", None, LinkMode::Open, &[])).await;
    ana.join(&own.room.id).await;
    bot.lists(&own.room, |state| state.members.len() == 2).await;
    let alone = bot.arranges(leave(&own.room.id, &[])).await;
    assert_eq!(code(alone), "last_admin");
    let led = bot.arranges(leave(&own.room.id, &[&ana.id])).await.unwrap();
    assert!(!led.is_member);
    ana.state(&own.room.id, "m.room.name", json!({ "name": "Ana's" }))
        .await;
    ana.sees_member(&own.room.id, me, "leave").await;
    bot.stop().await;
}

/// Does something with people one after the other, ten a second.
async fn ten_a_second<F: Future<Output = ()>>(people: &[Person], act: impl Fn(Person) -> F) {
    let begun = Instant::now();
    let mut acts = Vec::new();
    for (nth, one) in (0_u32..).zip(people) {
        let due = Duration::from_millis(100) * nth;
        tokio::time::sleep(due.saturating_sub(begun.elapsed())).await;
        acts.push(act(one.clone()));
        if acts.len() == 5 {
            futures_util::future::join_all(acts.drain(..)).await;
        }
    }
    futures_util::future::join_all(acts).await;
}

#[tokio::test]
async fn places_are_counted_while_people_come_and_go() {
    let there = Whittier::new(json!({})).await;
    let bot = there.start().await;
    let made = bot.makes(&new("[c]", None, LinkMode::Open, &[])).await;
    let room = made.room;
    bot.counts(&room, 1).await;
    let mut people = Vec::new();
    for _ in 0..40 {
        people.push(there.account.home.person("neighbor").await);
    }
    let id = room.id.as_str();
    ten_a_second(&people, |one| async move { one.join(id).await }).await;
    bot.counts(&room, 41).await;
    // Some go while others say something, one is put out, one is invited: by the bot itself, which syncs leave out.
    let (gone, stay) = people.split_at(15);
    tokio::join!(
        ten_a_second(gone, |one| async move { one.leave(id).await }),
        ten_a_second(stay, |one| async move {
            one.say(id, "here").await;
        }),
    );
    bot.counts(&room, 26).await;
    bot.changed(&room, RoomChange::Ban(vec![person(&stay[0].id)]))
        .await;
    assert_eq!(bot.census(&room), Some(25));
    bot.changed(&room, RoomChange::Add(vec![person(&there.ana.id)]))
        .await;
    assert_eq!(bot.census(&room), Some(26));
    let listed = bot.lists(&room, |_| true).await;
    assert_eq!(listed.census(), 26, "as the homeserver counts");
    bot.kill().await;

    // While it was away, people went; it counts anew.
    for one in &stay[1..4] {
        one.leave(id).await;
    }
    let bot = there.account.start().up().await;
    bot.counts(&room, 23).await;
    bot.counts(&named(&there.model), 2).await;
    bot.stop().await;
}

#[tokio::test]
async fn a_room_that_becomes_the_communitys_is_read_from_then_on() {
    let mut account = BotAccount::new().await;
    let ana = account.home.person("ana").await;
    account.config.invites_from = vec![ana.id.clone()];
    let first = ana.room("", &[&account.id]).await;
    let here = account.serves(&first);
    let bot = account.start().up().await;
    bot.enters(&here).await;
    let ben = account.home.person("ben").await;
    let later = ana.room("", &[&account.id, &ben.id]).await;
    ben.join(&later).await;
    ana.sees_member(&later, &account.id, "join").await;
    ana.say(&later, "none of its business").await;
    ana.say(&first, "its business").await;
    bot.hears_text("its business").await;

    let there = named(&later);
    bot.matrix.heed(&[here.clone(), there.clone()]);
    bot.enters(&there).await;
    ana.say(&later, "now it is").await;
    let heard = bot.hears_text("now it is").await;
    assert_eq!(heard.room(), Some(&there));
    bot.counts(&there, 3).await;

    // One that nobody invited it to yet, and by alias.
    let alias = account.alias("later");
    let third = ben.room(&alias, &[]).await;
    let third_ref = named(&format!("#{alias}:localhost"));
    bot.matrix
        .heed(&[here.clone(), there.clone(), third_ref.clone()]);
    ben.invite(&third, &account.id).await;
    bot.enters(&third_ref).await;
    let reset = bot.refuses(&third_ref, RoomChange::ResetLink).await;
    assert_eq!(reset, "link_is_configured");

    // And one that is none any more.
    bot.matrix.heed(&[here.clone(), third_ref.clone()]);
    ana.say(&later, "not any more").await;
    ana.say(&first, "still").await;
    bot.hears_text("still").await;
    bot.stop().await;

    // After a restart it is told again, before it listens.
    let all = [here.clone(), there.clone(), third_ref];
    ana.say(&first, "while it was away").await;
    ana.say(&later, "there as well").await;
    account.rooms.truncate(1);
    let bot = account.start();
    bot.matrix.heed(&all);
    let bot = bot.up().await;
    let heard = bot.hears_text("there as well").await;
    assert_eq!(heard.room(), Some(&there));
    let texts: Vec<String> = account
        .recorder
        .all()
        .iter()
        .filter_map(|one| text(one).map(ToOwned::to_owned))
        .collect();
    assert!(
        !texts
            .iter()
            .any(|text| text == "not any more" || text == "none of its business"),
        "{texts:?}"
    );
    let joined = account.recorder.all();
    let joined = joined
        .iter()
        .filter(|one| matches!(one.content, Content::Joined));
    assert_eq!(joined.count(), 3, "each room is entered once");
    bot.stop().await;
}

#[tokio::test]
async fn a_homeserver_that_is_in_a_hurry_says_for_how_long() {
    let there = Whittier::new(json!({})).await;
    let admin = there.account.home.admin().await;
    let bot = there.start().await;
    let path = format!(
        "/_synapse/admin/v1/users/{}/override_ratelimit",
        there.account.id
    );
    let slow = json!({ "messages_per_second": 1, "burst_count": 1 });
    admin.ask(Method::POST, &path, slow).await;
    let room = named(&there.model);
    let mut refusal = None;
    for nth in 0..20 {
        let title = RoomChange::Title(format!("Phillips {nth}"));
        if let Err(error) = bot.changes(&room, title).await {
            refusal = Some(error);
            break;
        }
    }
    let refusal = refusal.unwrap();
    assert_eq!((refusal.code, refusal.is_doubtful), ("rate_limited", false));
    let Retry::Later(Some(wait)) = refusal.retry else {
        panic!("it is not said for how long");
    };
    assert!(
        wait < Duration::from_secs(30),
        "as the homeserver says: {wait:?}"
    );
    admin.ask(Method::DELETE, &path, json!({})).await;
    bot.changed(&room, RoomChange::Title("Phillips".into()))
        .await;
    bot.stop().await;
}

#[tokio::test]
async fn a_space_is_made_and_rooms_get_their_places_in_it() {
    let mut account = BotAccount::new().await;
    let (ana, ben) = (
        account.home.person("ana").await,
        account.home.person("ben").await,
    );
    let desk = ana.room("", &[&account.id]).await;
    account.serves_as(&desk, Purpose::Moderators);
    let bot = account.start().up().await;
    bot.enters(&named(&desk)).await;
    let space = bot
        .makes(&NewRoom {
            title: "All of us".to_owned(),
            is_space: true,
            ..new("[s]", None, LinkMode::Open, &[&ana.id])
        })
        .await;
    let id = space.room.id.as_str();
    ana.join(id).await;
    assert_eq!(
        ana.state_of(id, "m.room.create", "").await["type"],
        "m.space"
    );
    assert_eq!(
        ana.state_of(id, "m.room.power_levels", "").await["events_default"],
        100
    );
    let timed = NewRoom {
        timer: Some(Duration::from_secs(86_400)),
        ..new("[r]", None, LinkMode::Open, &[&ana.id])
    };
    let room = bot.makes(&timed).await.room;
    ana.join(&room.id).await;
    let retention = ana.state_of(&room.id, "m.room.retention", "").await;
    assert_eq!(retention["max_lifetime"], 86_400_000);

    // A room of theirs: a moderator invites the bot, and it is one that could be adopted.
    let theirs = ana
        .create_room(
            json!({ "preset": "private_chat", "name": "Longfellow Chat", "invite": [account.id] }),
        )
        .await;
    ana.sees_member(&theirs, &account.id, "join").await;
    let listed = bot.lists(&named(&theirs), |_| true).await;
    assert_eq!(listed.title, "Longfellow Chat");
    let strange = ben
        .create_room(
            json!({ "preset": "private_chat", "name": "Not yours", "invite": [account.id] }),
        )
        .await;
    ben.sees_member(&strange, &account.id, "leave").await;

    let place = |room: &RoomRef| RoomWork::Place {
        room: room.clone(),
        space: space.room.clone(),
    };
    for _ in 0..2 {
        for one in [&room, &named(&theirs)] {
            let state = bot.arranges(place(one)).await.unwrap();
            assert_eq!(&state.room, one);
        }
    }
    let child = ana.state_of(id, "m.space.child", &room.id).await;
    assert_eq!(child["via"], json!(["localhost"]));
    let parent = ana.state_of(&room.id, "m.space.parent", id).await;
    assert_eq!(parent["canonical"], true);
    let child = ana.state_of(id, "m.space.child", &theirs).await;
    assert_eq!(
        child["via"],
        json!(["localhost"]),
        "where it may not name the Space, it is listed"
    );
    // Who it was made for finds both by looking into the Space.
    let path = format!("/_matrix/client/v1/rooms/{id}/hierarchy");
    let seen = ana.ask(Method::GET, &path, json!({})).await;
    let rooms = seen["rooms"].as_array().unwrap();
    assert_eq!(rooms.len(), 3, "{seen}");
    // Not into a Space where it may not.
    let foreign = ana
        .create_room(
            json!({ "preset": "private_chat", "name": "Elsewhere", "invite": [account.id],
            "creation_content": { "type": "m.space" } }),
        )
        .await;
    ana.sees_member(&foreign, &account.id, "join").await;
    let refused = bot
        .arranges(RoomWork::Place {
            room,
            space: named(&foreign),
        })
        .await;
    assert_eq!(code(refused), "not_admin");
    bot.stop().await;
}
