//! Tests of what is said about accounts and rooms.

use super::*;
use crate::{
    domain::envelope::{PersonRef, PlatformKind},
    platforms::signal::wire::RpcError,
};

const ACCOUNT: &str = "+16125550100";

fn bad(found: &Found) -> Option<&str> {
    match found {
        Found::Bad(text) => Some(text),
        _ => None,
    }
}

#[test]
fn a_refusal_says_what_is_wrong_with_the_account() {
    for (code, message, said) in [
        (-32_602, "Specified account does not exist", Some("link it")),
        (-32_601, "Method not implemented", None),
        (
            -3,
            "Failed to get linked devices: [401] Authorization failed!",
            Some("link it anew"),
        ),
        (
            -3,
            "Failed to get linked devices: [403] Authorization failed!",
            Some("link it anew"),
        ),
        (
            -3,
            "Failed to get linked devices: [499] x (DeprecatedVersionException)",
            Some("too old"),
        ),
        (-3, "Failed to get linked devices: Connection refused", None),
    ] {
        let error = RpcError::read(&json!({ "code": code, "message": message }));
        let found = refused(&error, ACCOUNT);
        match said {
            Some(said) => assert!(
                bad(&found).is_some_and(|text| text.contains(said)),
                "{message}"
            ),
            None => assert!(matches!(found, Found::Doubtful(_)), "{message}"),
        }
    }
}

#[test]
fn a_profile_has_a_name_or_none() {
    let of = |profile: Value| json!([{ "number": "+1", "profile": { "givenName": "x" } }, { "number": ACCOUNT, "profile": profile }]);
    for (contacts, name) in [
        (
            of(json!({ "givenName": "tocsin", "familyName": null })),
            Some("tocsin"),
        ),
        (
            of(json!({ "givenName": "Rapid", "familyName": "Response" })),
            Some("Rapid Response"),
        ),
        (of(json!({ "givenName": " ", "familyName": null })), None),
        (of(Value::Null), None),
        (json!([]), None),
        (json!({}), None),
    ] {
        assert_eq!(
            profile_name(&contacts, ACCOUNT).as_deref(),
            name,
            "{contacts}"
        );
    }
}

#[test]
fn every_room_gets_its_advice() {
    let room = RoomRef::new(
        PlatformKind::Signal,
        "RaO8xJlyzROM5m00hNFalS6esq0S+6J4KqOZ2agC9rE=",
    );
    let state = RoomState {
        room: room.clone(),
        title: "Phillips".to_owned(),
        description: String::new(),
        is_member: true,
        is_admin: true,
        members: vec![],
        pending: vec![],
        requesting: vec![],
        banned: vec![],
        admins: vec![],
        link: None,
        entry: None,
        timer: None,
        may_add: Allowed::Admins,
        may_edit: Allowed::Admins,
        may_write: Allowed::Members,
    };
    let people = |count: usize| vec![PersonRef::new(PlatformKind::Signal, "x"); count];
    for (state, kind, said) in [
        (None, "bad", "not in the group"),
        (
            Some(RoomState {
                is_member: false,
                ..state.clone()
            }),
            "bad",
            "not in the group",
        ),
        (
            Some(RoomState {
                is_admin: false,
                ..state.clone()
            }),
            "doubtful",
            "no admin",
        ),
        (
            Some(RoomState {
                is_admin: false,
                may_write: Allowed::Admins,
                ..state.clone()
            }),
            "bad",
            "may not write",
        ),
        (
            Some(RoomState {
                members: people(900),
                pending: people(51),
                ..state.clone()
            }),
            "doubtful",
            "951",
        ),
        (
            Some(RoomState {
                requesting: people(2),
                ..state.clone()
            }),
            "doubtful",
            "2 wait",
        ),
        (
            Some(RoomState {
                members: people(900),
                ..state
            }),
            "good",
            "900",
        ),
    ] {
        let found = of_room(&room, state);
        let (is, text) = match &found {
            Found::Good(text) => ("good", text),
            Found::Doubtful(text) => ("doubtful", text),
            Found::Bad(text) => ("bad", text),
        };
        assert_eq!(is, kind, "{text}");
        assert!(text.contains(said), "{text}");
    }
}
