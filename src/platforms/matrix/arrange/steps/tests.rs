//! What is left of a change, by how a room is.

use std::time::Duration;

use super::*;
use crate::platforms::rooms::Allowed;

const ME: &str = "@bot:x";

fn event(kind: &str, key: &str, content: Value) -> Value {
    json!({ "type": kind, "state_key": key, "sender": ME, "content": content })
}

/// A room that the bot made, where it has 100; Ana 50, Ben a member, Cleo asks, Dan is banned, Eve is invited.
fn events() -> Vec<Value> {
    let person = |who: &str, membership: &str| {
        event("m.room.member", who, json!({ "membership": membership }))
    };
    vec![
        event(
            "m.room.create",
            "",
            json!({ "room_version": "10", "org.tocsin.marker": "[m 1]" }),
        ),
        event("m.room.name", "", json!({ "name": "Phillips" })),
        event("m.room.topic", "", json!({ "topic": "Watch\n\n[m 1]" })),
        event(
            "m.room.power_levels",
            "",
            json!({ "users": { ME: 100, "@ana:x": 50, "@gone:x": 50 }, "invite": 50 }),
        ),
        event(
            "m.room.join_rules",
            "",
            json!({ "join_rule": "restricted", "allow": [{ "type": "m.room_membership", "room_id": "!space" }] }),
        ),
        person(ME, "join"),
        person("@ana:x", "join"),
        person("@ben:x", "join"),
        person("@cleo:x", "knock"),
        person("@dan:x", "ban"),
        person("@eve:x", "invite"),
        person("@gone:x", "leave"),
    ]
}

fn sheet(change: impl FnOnce(&mut Vec<Value>)) -> Sheet {
    let mut events = events();
    change(&mut events);
    Sheet::read("!r:x", ME, events)
}

fn people(names: &[&str]) -> Vec<PersonRef> {
    let person = |name: &&str| PersonRef::new(PlatformKind::Matrix, format!("@{name}:x"));
    names.iter().map(person).collect()
}

fn user(name: &str) -> OwnedUserId {
    UserId::parse(format!("@{name}:x")).unwrap()
}

fn steps(change: RoomChange) -> Vec<Step> {
    left(&change, &sheet(|_| {})).unwrap()
}

fn code(change: &RoomChange, sheet: &Sheet) -> &'static str {
    left(change, sheet).unwrap_err().code
}

#[test]
fn what_is_so_takes_no_step() {
    for change in [
        RoomChange::Title("Phillips".into()),
        RoomChange::Description("Watch".into()),
        RoomChange::Description("Watch\n\n[m 1]".into()),
        RoomChange::Timer(None),
        RoomChange::Link(LinkMode::Open),
        RoomChange::MayAdd(Allowed::Admins),
        RoomChange::MayEdit(Allowed::Admins),
        RoomChange::MayWrite(Allowed::Members),
        RoomChange::Add(people(&["ana", "ben", "eve"])),
        RoomChange::Remove(people(&["dan", "gone", "nobody"])),
        RoomChange::Promote(people(&["ana", "bot"])),
        RoomChange::Demote(people(&["ben", "nobody"])),
        RoomChange::Ban(people(&["dan"])),
        RoomChange::Unban(people(&["ana", "nobody"])),
    ] {
        assert_eq!(steps(change.clone()), [], "{change:?}");
    }
}

#[test]
fn what_is_not_so_takes_one_step_for_each() {
    for (change, wanted) in [
        (
            RoomChange::Title("Lake".into()),
            vec![Step::set("m.room.name", json!({ "name": "Lake" }))],
        ),
        (
            RoomChange::Description("Look \n".into()),
            vec![Step::set(
                "m.room.topic",
                json!({ "topic": "Look\n\n[m 1]" }),
            )],
        ),
        (
            RoomChange::Add(people(&["cleo", "ana", "new", "new"])),
            vec![Step::Invite(user("cleo")), Step::Invite(user("new"))],
        ),
        (
            RoomChange::Remove(people(&["ana", "cleo", "eve", "gone"])),
            vec![
                Step::Kick(user("ana")),
                Step::Kick(user("cleo")),
                Step::Kick(user("eve")),
            ],
        ),
        (
            RoomChange::Ban(people(&["ben", "nobody"])),
            vec![Step::Ban(user("ben")), Step::Ban(user("nobody"))],
        ),
        (
            RoomChange::Unban(people(&["dan"])),
            vec![Step::Unban(user("dan"))],
        ),
        (
            RoomChange::Promote(people(&["ana", "ben", "eve"])),
            vec![Step::set(
                LEVELS,
                json!({ "users": { ME: 100, "@ana:x": 50, "@gone:x": 50, "@ben:x": 50, "@eve:x": 50 }, "invite": 50 }),
            )],
        ),
        (
            RoomChange::Demote(people(&["ana", "gone"])),
            vec![Step::set(
                LEVELS,
                json!({ "users": { ME: 100 }, "invite": 50 }),
            )],
        ),
    ] {
        assert_eq!(steps(change.clone()), wanted, "{change:?}");
    }
}

#[test]
fn a_door_that_was_shut_opens_for_the_same_people() {
    let mut now = sheet(|_| {});
    for (mode, rule) in [
        (LinkMode::Off, "invite"),
        (LinkMode::Approval, "knock"),
        (LinkMode::Open, "restricted"),
    ] {
        let [Step::Set { content, .. }] = &left(&RoomChange::Link(mode), &now).unwrap()[..] else {
            panic!("one state is set");
        };
        assert_eq!(content["join_rule"], rule);
        assert_eq!(content["allow"][0]["room_id"], "!space");
        let rules = event("m.room.join_rules", "", content.clone());
        now = sheet(|events| events.push(rules));
        assert_eq!(now.entry(), mode);
        assert_eq!(now.state(room()).link.is_none(), mode == LinkMode::Off);
    }
    let open = join_rules(LinkMode::Open, None);
    assert_eq!(open, json!({ "join_rule": "public" }));
}

fn room() -> crate::domain::envelope::RoomRef {
    crate::domain::envelope::RoomRef::new(PlatformKind::Matrix, "!r:x")
}

#[test]
fn what_cannot_be_says_why() {
    let here = sheet(|_| {});
    let signal = vec![PersonRef::new(PlatformKind::Signal, "@ana:x")];
    for (change, wanted) in [
        (
            RoomChange::Timer(Some(Duration::from_secs(9))),
            "not_possible",
        ),
        (RoomChange::ResetLink, "not_possible"),
        (RoomChange::Add(people(&["dan"])), "banned"),
        (RoomChange::Add(signal), "no_such_person"),
        (RoomChange::Promote(people(&["nobody"])), "not_a_member"),
        (RoomChange::Promote(people(&["gone"])), "not_a_member"),
        (RoomChange::Promote(people(&["cleo"])), "not_a_member"),
        (RoomChange::Remove(people(&["bot"])), "not_possible"),
        (RoomChange::Ban(people(&["bot"])), "not_possible"),
        (RoomChange::Demote(people(&["bot"])), "not_possible"),
    ] {
        assert_eq!(code(&change, &here), wanted, "{change:?}");
    }
    let old = sheet(|events| events[0]["content"]["room_version"] = json!("5"));
    let knock = RoomChange::Link(LinkMode::Approval);
    assert_eq!(code(&knock, &old), "not_possible");
}

#[test]
fn who_has_no_power_is_not_admin() {
    let weak = sheet(|events| {
        events[3]["content"]["users"] = json!({ "@ana:x": 50, "@ben:x": 100 });
    });
    for change in [
        RoomChange::Title("Lake".into()),
        RoomChange::Link(LinkMode::Off),
        RoomChange::MayWrite(Allowed::Admins),
        RoomChange::Add(people(&["cleo"])),
        RoomChange::Remove(people(&["eve"])),
        RoomChange::Ban(people(&["eve"])),
        RoomChange::Unban(people(&["dan"])),
        RoomChange::Promote(people(&["eve"])),
        RoomChange::Demote(people(&["ana"])),
    ] {
        assert_eq!(code(&change, &weak), "not_admin", "{change:?}");
    }
    let equal = sheet(|events| events[3]["content"]["users"]["@ana:x"] = json!(100));
    for change in [
        RoomChange::Remove(people(&["ana"])),
        RoomChange::Demote(people(&["ana"])),
    ] {
        assert_eq!(code(&change, &equal), "not_admin", "{change:?}");
    }
}

#[test]
fn creators_stand_above_all_since_version_12() {
    let new = sheet(|events| {
        events[0]["content"]["room_version"] = json!("12");
        events[0]["content"]["additional_creators"] = json!(["@ana:x"]);
        events[3]["content"]["users"] = json!({});
    });
    let demote = RoomChange::Demote(people(&["ana"]));
    assert_eq!(code(&demote, &new), "not_possible");
    assert_eq!(
        left(&RoomChange::Remove(people(&["ben"])), &new)
            .unwrap()
            .len(),
        1
    );
    let state = new.state(room());
    assert!(state.is_admin);
    let admins: Vec<&str> = state
        .admins
        .iter()
        .map(|who| who.address.expose().as_str())
        .collect();
    assert_eq!(admins, ["@ana:x", ME]);
}

#[test]
fn a_room_is_told_whole() {
    let state = sheet(|_| {}).state(room());
    let names = |people: &[PersonRef]| -> Vec<String> {
        let addresses = people.iter().map(|who| who.address.expose().clone());
        addresses.collect()
    };
    assert_eq!(state.title, "Phillips");
    assert_eq!(state.description, "Watch\n\n[m 1]");
    assert_eq!(names(&state.members), ["@ana:x", "@ben:x", ME]);
    assert_eq!(names(&state.pending), ["@eve:x"]);
    assert_eq!(names(&state.requesting), ["@cleo:x"]);
    assert_eq!(names(&state.banned), ["@dan:x"]);
    assert_eq!(names(&state.admins), ["@ana:x", ME]);
    assert_eq!(state.census(), 4);
    assert_eq!(state.entry, Some(LinkMode::Open));
    assert_eq!(
        state.link.as_deref(),
        Some("https://matrix.to/#/!r:x?via=x")
    );
    let aliased = sheet(|events| {
        events.push(event(
            "m.room.canonical_alias",
            "",
            json!({ "alias": "#phillips:x" }),
        ));
    });
    assert_eq!(
        aliased.state(room()).link.as_deref(),
        Some("https://matrix.to/#/%23phillips:x")
    );
    let foreign = sheet(|events| events[0]["sender"] = json!("@other:x"));
    assert_eq!(
        foreign.marker(),
        None,
        "somebody else can write anybody's marker down"
    );
}
