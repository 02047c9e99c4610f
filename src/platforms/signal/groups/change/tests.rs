//! Tests of single changes.

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::{domain::envelope::PlatformKind, platforms::signal::wire::Group};

const ID: &str = "RaO8xJlyzROM5m00hNFalS6esq0S+6J4KqOZ2agC9rE=";
const ANA: &str = "aff2ebea-6220-48ef-8ee9-a6073d08c973";
const BEN: &str = "565b0c11-5a5c-4b0c-9d4e-6b1f1b1d2a77";
const CARL: &str = "4bcf0c11-5a5c-4b0c-9d4e-6b1f1b1d2a77";
const DORA: &str = "00cf0c11-5a5c-4b0c-9d4e-6b1f1b1d2a77";

fn people(uuids: &[&str]) -> Vec<PersonRef> {
    let person = |uuid: &&str| PersonRef::new(PlatformKind::Signal, *uuid);
    uuids.iter().map(person).collect()
}

/// Ana leads, Ben is a member, Carl asks, Dora is banned.
fn roster(more: &[(&str, Value)]) -> Roster {
    let mut group = json!({
        "id": ID, "name": "Phillips", "description": "Rapid response", "isMember": true, "messageExpirationTime": 3600,
        "members": [{ "uuid": ANA, "isAdmin": true }, { "uuid": BEN, "isAdmin": false }],
        "pendingMembers": [], "requestingMembers": [{ "uuid": CARL }], "banned": [{ "uuid": DORA }],
        "permissionAddMember": "ONLY_ADMINS", "permissionEditDetails": "EVERY_MEMBER", "permissionSendMessage": "EVERY_MEMBER",
        "groupInviteLink": "https://signal.group/#old",
    });
    for (key, value) in more {
        group[*key] = value.clone();
    }
    Roster::read(&Group::list(&json!([group]))[0])
}

#[test]
fn every_change_has_its_parameters() {
    for (change, key, value) in [
        (RoomChange::Title("x".into()), "name", json!("x")),
        (
            RoomChange::Description("x".into()),
            "description",
            json!("x"),
        ),
        (
            RoomChange::Timer(Some(Duration::from_secs(86_400))),
            "expiration",
            json!(86_400),
        ),
        (
            RoomChange::Timer(Some(Duration::MAX)),
            "expiration",
            json!(2_147_483_647),
        ),
        (RoomChange::Timer(None), "expiration", json!(0)),
        (RoomChange::Link(LinkMode::Open), "link", json!("enabled")),
        (
            RoomChange::Link(LinkMode::Approval),
            "link",
            json!("enabled-with-approval"),
        ),
        (RoomChange::Link(LinkMode::Off), "link", json!("disabled")),
        (RoomChange::ResetLink, "resetLink", json!(true)),
        (
            RoomChange::MayAdd(Allowed::Admins),
            "setPermissionAddMember",
            json!("only-admins"),
        ),
        (
            RoomChange::MayEdit(Allowed::Members),
            "setPermissionEditDetails",
            json!("every-member"),
        ),
        (
            RoomChange::MayWrite(Allowed::Admins),
            "setPermissionSendMessages",
            json!("only-admins"),
        ),
        (
            RoomChange::Add(people(&[ANA, BEN, ANA])),
            "members",
            json!([BEN, ANA]),
        ),
        (
            RoomChange::Remove(people(&[ANA])),
            "removeMembers",
            json!([ANA]),
        ),
        (RoomChange::Promote(people(&[ANA])), "admins", json!([ANA])),
        (
            RoomChange::Demote(people(&[ANA])),
            "removeAdmins",
            json!([ANA]),
        ),
        (RoomChange::Ban(people(&[ANA])), "ban", json!([ANA])),
        (RoomChange::Unban(people(&[ANA])), "unban", json!([ANA])),
    ] {
        let params = Change::new(&change).unwrap().params(ID);
        assert_eq!(params, json!({ "groupId": ID, key: value }));
    }
}

#[test]
fn who_is_not_on_signal_is_refused() {
    for wrong in [
        PersonRef::new(PlatformKind::Matrix, "@ana:example.org"),
        PersonRef::new(PlatformKind::Signal, "+16125550100"),
    ] {
        let refused = Change::new(&RoomChange::Add(vec![wrong])).err().unwrap();
        assert_eq!(refused.code, "no_such_person");
    }
}

#[test]
fn what_is_so_already_is_not_asked_for() {
    let now = roster(&[]);
    for (change, left) in [
        (RoomChange::Title("Phillips".into()), None),
        (RoomChange::Title("Phillips 2".into()), Some(None)),
        (RoomChange::Description("Rapid response".into()), None),
        (RoomChange::Timer(Some(Duration::from_secs(3600))), None),
        (RoomChange::Timer(None), Some(None)),
        // What mode a link has cannot be seen.
        (RoomChange::Link(LinkMode::Open), Some(None)),
        (RoomChange::Link(LinkMode::Approval), Some(None)),
        (RoomChange::Link(LinkMode::Off), Some(None)),
        (RoomChange::ResetLink, Some(None)),
        (RoomChange::MayAdd(Allowed::Admins), None),
        (RoomChange::MayEdit(Allowed::Admins), Some(None)),
        (RoomChange::MayWrite(Allowed::Members), None),
        (RoomChange::Add(people(&[ANA, BEN])), None),
        (RoomChange::Add(people(&[ANA, CARL])), Some(Some(CARL))),
        (RoomChange::Remove(people(&[DORA])), None),
        (RoomChange::Remove(people(&[BEN, DORA])), Some(Some(BEN))),
        (RoomChange::Remove(people(&[CARL])), Some(Some(CARL))),
        (RoomChange::Promote(people(&[ANA])), None),
        (RoomChange::Promote(people(&[ANA, BEN])), Some(Some(BEN))),
        (RoomChange::Demote(people(&[ANA, BEN])), Some(Some(ANA))),
        (RoomChange::Ban(people(&[DORA])), None),
        (RoomChange::Ban(people(&[BEN, DORA])), Some(Some(BEN))),
        (RoomChange::Unban(people(&[BEN])), None),
        (RoomChange::Unban(people(&[DORA])), Some(Some(DORA))),
    ] {
        let asked = Change::new(&change).unwrap().left(&now);
        match (asked, left) {
            (None, None) | (Some(Change::Setting(..)), Some(None)) => {}
            (Some(Change::People(_, asked)), Some(Some(one))) => {
                assert_eq!(asked, [Uuid::read(one).unwrap()], "{change:?}");
            }
            (asked, _) => panic!("{change:?}: {}", asked.is_some()),
        }
    }
}

#[test]
fn what_was_done_is_seen_in_the_listing() {
    let before = roster(&[]);
    let link = |link: Value| roster(&[("groupInviteLink", link)]);
    for (change, after, is_so) in [
        (
            RoomChange::ResetLink,
            link(json!("https://signal.group/#new")),
            true,
        ),
        (RoomChange::ResetLink, before.clone(), false),
        (RoomChange::ResetLink, link(Value::Null), true),
        (RoomChange::Link(LinkMode::Off), link(Value::Null), true),
        (RoomChange::Link(LinkMode::Off), before.clone(), false),
        (RoomChange::Link(LinkMode::Approval), before.clone(), true),
        (RoomChange::Link(LinkMode::Open), link(Value::Null), false),
        // Who was invited has been added.
        (
            RoomChange::Add(people(&[CARL])),
            roster(&[("pendingMembers", json!([{ "uuid": CARL }]))]),
            true,
        ),
        (RoomChange::Add(people(&[CARL])), before.clone(), false),
        (
            RoomChange::Remove(people(&[CARL])),
            roster(&[("requestingMembers", json!([]))]),
            true,
        ),
        // Banned, but still there.
        (
            RoomChange::Ban(people(&[BEN])),
            roster(&[("banned", json!([{ "uuid": BEN }]))]),
            false,
        ),
        (
            RoomChange::Title("new".into()),
            roster(&[("name", json!("new"))]),
            true,
        ),
    ] {
        let change_made = Change::new(&change).unwrap();
        assert_eq!(change_made.is_so(&before, &after), is_so, "{change:?}");
    }
}

#[test]
fn some_changes_are_for_admins() {
    let strict = roster(&[]);
    let open = roster(&[
        ("permissionAddMember", json!("EVERY_MEMBER")),
        ("permissionEditDetails", json!("ONLY_ADMINS")),
    ]);
    for (change, strictly, openly) in [
        (RoomChange::Title("x".into()), false, true),
        (RoomChange::Timer(None), false, true),
        (RoomChange::Add(people(&[DORA])), true, false),
        (RoomChange::Add(people(&[CARL])), true, true),
        (RoomChange::Remove(people(&[BEN])), true, true),
        (RoomChange::Promote(people(&[BEN])), true, true),
        (RoomChange::ResetLink, true, true),
        (RoomChange::MayWrite(Allowed::Admins), true, true),
    ] {
        let change_made = Change::new(&change).unwrap();
        let needed = [&strict, &open].map(|roster| change_made.needs_admin(roster));
        assert_eq!(needed, [strictly, openly], "{change:?}");
    }
}

#[test]
fn many_people_come_in_parts() {
    let crowd: Vec<String> = (0..120)
        .map(|n| format!("00000000-0000-0000-0000-{n:012}"))
        .collect();
    let crowd: Vec<&str> = crowd.iter().map(String::as_str).collect();
    let change = Change::new(&RoomChange::Add(people(&crowd))).unwrap();
    assert_eq!(change.places(), 120);
    let sizes: Vec<usize> = change.parts(50).iter().map(Change::places).collect();
    assert_eq!(sizes, [50, 50, 20]);
    let reset = Change::new(&RoomChange::ResetLink).unwrap();
    assert_eq!((reset.places(), reset.parts(50).len()), (0, 1));
}
