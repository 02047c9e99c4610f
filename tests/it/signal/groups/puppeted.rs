//! What only a puppet can do: made-up groups, full groups, big listings, refusals, hanging up.

use serde_json::{Value, json};
use tocsin::{
    domain::envelope::{PersonRef, PlatformKind, RoomRef},
    platforms::{
        Retry,
        rooms::{LinkMode, NewRoom, RoomChange, RoomWork},
        signal::{groups::Groups, wire::Uuid},
    },
};

use super::{
    code,
    puppet::{ACCOUNT, Answer, Puppet},
};

const ID: &str = "RaO8xJlyzROM5m00hNFalS6esq0S+6J4KqOZ2agC9rE=";
const ME: &str = "00000000-0000-4000-8000-0000000000b0";

fn who(number: usize) -> String {
    format!("00000000-0000-4000-9000-{number:012}")
}

fn person(number: usize) -> PersonRef {
    PersonRef::new(PlatformKind::Signal, who(number))
}

/// A group of so many besides the bot, in the shape of 0.14.
fn group(members: usize) -> Value {
    let me = json!({ "number": ACCOUNT, "uuid": ME, "isAdmin": true });
    let others = (1..=members).map(|number| json!({ "number": null, "uuid": who(number), "isAdmin": false, "label": "neighbor" }));
    let members: Vec<Value> = std::iter::once(me).chain(others).collect();
    json!({
        "id": ID, "name": "Phillips", "description": "", "isMember": true, "isBlocked": false, "messageExpirationTime": 0,
        "members": members, "pendingMembers": [], "requestingMembers": [], "banned": [], "permissionAddMember": "ONLY_ADMINS",
        "permissionEditDetails": "ONLY_ADMINS", "permissionSendMessage": "EVERY_MEMBER", "groupInviteLink": null,
    })
}

fn change(change: RoomChange) -> RoomWork {
    let room = RoomRef::new(PlatformKind::Signal, ID);
    RoomWork::Change { room, change }
}

fn make() -> RoomWork {
    RoomWork::Make(NewRoom {
        title: "Phillips 2".to_owned(),
        description: String::new(),
        marker: "[tocsin x]".to_owned(),
        like: None,
        is_space: false,
        timer: None,
        link: LinkMode::Off,
        admins: vec![],
    })
}

#[tokio::test]
async fn a_made_up_group_is_not_taken_for_a_group() {
    let puppet = Puppet::new(|method, _| -> Answer {
        Some(Ok(match method {
            "listGroups" => json!([]),
            "updateGroup" => {
                json!({ "groupId": "AAAAAAAAAAAAAAAAAAAAAA==", "timestamp": 1, "results": [] })
            }
            _ => json!({}),
        }))
    });
    let daemon = puppet.daemon().await;
    let refused = Groups::default()
        .arrange(&daemon, &make())
        .await
        .unwrap_err();
    assert_eq!(refused.code, "legacy_group");
    // It is dropped again.
    let (method, params) = puppet.asked().await.pop().unwrap();
    assert_eq!(
        (method.as_str(), &params["delete"]),
        ("quitGroup", &json!(true))
    );
}

#[tokio::test]
async fn a_thousand_members_are_read_and_nobody_more_is_added() {
    let puppet = Puppet::new(|_, _| Some(Ok(json!([group(1000)]))));
    let daemon = puppet.daemon().await;
    let groups = Groups::default();
    groups.refresh(&daemon).await.unwrap();
    let room = RoomRef::new(PlatformKind::Signal, ID);
    let state = groups.state(&room).unwrap();
    assert_eq!((state.census(), state.is_admin), (1001, true));
    let of = |number: usize| Uuid::read(&who(number)).unwrap();
    assert!(groups.is_member_of(&room, of(1000)) && !groups.is_member_of(&room, of(1001)));
    assert!(!groups.is_admin(&room, of(7)) && groups.is_admin(&room, Uuid::read(ME).unwrap()));
    let full = groups
        .arrange(&daemon, &change(RoomChange::Add(vec![person(2000)])))
        .await;
    assert_eq!(code(full), "room_full");
    assert_eq!(puppet.asked().await, []);
}

#[tokio::test]
async fn many_are_added_in_parts() {
    let mut there = 0;
    let puppet = Puppet::new(move |method, params| {
        if let Some(added) = params["members"].as_array() {
            assert_eq!(method, "updateGroup");
            there += added.len();
        }
        Some(Ok(json!([group(there)])))
    });
    let daemon = puppet.daemon().await;
    let crowd: Vec<PersonRef> = (1..=120).map(person).collect();
    let state = Groups::default()
        .arrange(&daemon, &change(RoomChange::Add(crowd)))
        .await
        .unwrap();
    assert_eq!(state.census(), 121);
    let sizes: Vec<usize> = puppet
        .asked()
        .await
        .iter()
        .map(|(_, params)| params["members"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [50, 50, 20]);
}

#[tokio::test]
async fn refusals_have_their_codes() {
    for (error, code_of, retry) in [
        (
            (-1, "The user +16125550199 is not registered."),
            "no_such_person",
            Retry::Never,
        ),
        (
            (-1, "User is not a member in group: x"),
            "not_in_room",
            Retry::Never,
        ),
        (
            (-32_601, "Method not implemented"),
            "not_possible",
            Retry::Never,
        ),
        (
            (-32_602, "Specified account does not exist"),
            "no_account",
            Retry::Later(Some(std::time::Duration::from_secs(60))),
        ),
        (
            (-5, "rate limit"),
            "rate_limited",
            Retry::Later(Some(std::time::Duration::from_secs(60))),
        ),
    ] {
        let puppet = Puppet::new(move |method, params| {
            Some(match method {
                "updateGroup" if !params["name"].is_null() => Err(error),
                _ => Ok(json!([group(1)])),
            })
        });
        let daemon = puppet.daemon().await;
        let refused = Groups::default()
            .arrange(&daemon, &change(RoomChange::Title("new".into())))
            .await
            .unwrap_err();
        assert_eq!(
            (refused.code, refused.retry, refused.is_doubtful),
            (code_of, retry, false)
        );
    }
}

#[tokio::test]
async fn a_daemon_that_hangs_up_leaves_doubt() {
    let puppet = Puppet::new(|method, _| match method {
        "listGroups" => Some(Ok(json!([group(1)]))),
        _ => None,
    });
    let daemon = puppet.daemon().await;
    let lost = Groups::default()
        .arrange(&daemon, &change(RoomChange::Title("new".into())))
        .await
        .unwrap_err();
    assert_eq!((lost.code, lost.is_doubtful), ("unreachable", true));
    assert!(matches!(lost.retry, Retry::Later(_)));
}

#[tokio::test]
async fn an_admin_who_cannot_be_added_does_not_keep_the_others_out() {
    let mut state = group(0);
    let puppet = Puppet::new(move |method, params| {
        if let Some(members) = params["members"].as_array() {
            if members.iter().any(|member| *member == who(2)) {
                return Some(Err((-1, "The user x is not registered.")));
            }
            for member in members {
                state["members"]
                    .as_array_mut()
                    .unwrap()
                    .push(json!({ "uuid": member, "isAdmin": false }));
            }
        }
        if let Some(name) = params["name"].as_str() {
            state["name"] = json!(name);
            if params["groupId"].is_null() {
                return Some(Ok(json!({ "groupId": ID, "timestamp": 1, "results": [] })));
            }
        }
        if let Some(description) = params["description"].as_str() {
            state["description"] = json!(description);
        }
        for admin in params["admins"].as_array().into_iter().flatten() {
            let members = state["members"].as_array_mut().unwrap();
            members
                .iter_mut()
                .filter(|member| member["uuid"] == *admin)
                .for_each(|member| member["isAdmin"] = json!(true));
        }
        Some(Ok(if method == "listGroups" {
            json!([state])
        } else {
            json!({})
        }))
    });
    let daemon = puppet.daemon().await;
    let RoomWork::Make(mut new) = make() else {
        unreachable!()
    };
    new.admins = (1..=3).map(person).collect();
    let made = Groups::default()
        .arrange(&daemon, &RoomWork::Make(new))
        .await
        .unwrap();
    assert_eq!(made.title, "Phillips 2");
    assert!(
        made.admins.contains(&person(1))
            && made.admins.contains(&person(3))
            && !made.members.contains(&person(2))
    );
}
