//! The making of a group is cut off at every request there is, in every way, and goes on with the same group.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tocsin::{
    domain::envelope::{PersonRef, PlatformKind},
    platforms::{
        rooms::{LinkMode, NewRoom, RoomWork},
        signal::groups::Groups,
    },
};

use super::puppet::{ACCOUNT, Answer, Puppet};

const ME: &str = "00000000-0000-4000-8000-0000000000b0";
const ANA: &str = "00000000-0000-4000-8000-0000000000a1";
const MARKER: &str = "[tocsin 0a1b2c3d]";

/// How a request is cut off.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cut {
    /// It is not done, and said to have failed.
    Failed,
    /// It is done, and said to have failed.
    DoneButFailed,
    /// It is done, and the daemon dies.
    DoneAndDied,
    /// It is not done, and the daemon dies.
    Died,
}

/// What a daemon and Signal's server know together.
#[derive(Default)]
struct Model {
    groups: Vec<Value>,
    requests: usize,
    cut: Option<(usize, Cut)>,
}

impl Model {
    fn asked(&mut self, method: &str, params: &Value) -> Answer {
        self.requests += 1;
        let cut = self
            .cut
            .filter(|(at, _)| *at == self.requests)
            .map(|(_, cut)| cut);
        let answer = match cut {
            Some(Cut::Failed | Cut::Died) => json!({}),
            _ => self.done(method, params),
        };
        match cut {
            None => Some(Ok(answer)),
            Some(Cut::Failed | Cut::DoneButFailed) => {
                Some(Err((-32_603, "Failed to send message: x (IOException)")))
            }
            Some(Cut::Died | Cut::DoneAndDied) => None,
        }
    }

    fn done(&mut self, method: &str, params: &Value) -> Value {
        if method == "listGroups" {
            return json!(self.groups);
        }
        assert_eq!(method, "updateGroup");
        let Some(id) = params["groupId"].as_str() else {
            let number = u8::try_from(self.groups.len()).unwrap();
            let id = format!("{}=", char::from(b'A' + number).to_string().repeat(43));
            self.groups.push(json!({
                "id": id, "name": params["name"], "description": "", "isMember": true, "messageExpirationTime": 0,
                "members": [{ "number": ACCOUNT, "uuid": ME, "isAdmin": true }], "permissionAddMember": "EVERY_MEMBER",
                "permissionEditDetails": "EVERY_MEMBER", "permissionSendMessage": "EVERY_MEMBER", "groupInviteLink": null,
            }));
            return json!({ "groupId": id, "timestamp": 1, "results": [] });
        };
        let group = self
            .groups
            .iter_mut()
            .find(|group| group["id"] == id)
            .unwrap();
        for (from, to) in [
            ("name", "name"),
            ("description", "description"),
            ("expiration", "messageExpirationTime"),
        ] {
            if !params[from].is_null() {
                group[to] = params[from].clone();
            }
        }
        for (from, to) in [
            ("setPermissionAddMember", "permissionAddMember"),
            ("setPermissionEditDetails", "permissionEditDetails"),
        ] {
            if params[from] == "only-admins" {
                group[to] = json!("ONLY_ADMINS");
            }
        }
        if !params["link"].is_null() {
            group["groupInviteLink"] = json!("https://signal.group/#Cj");
        }
        let members = group["members"].as_array_mut().unwrap();
        for member in params["members"].as_array().into_iter().flatten() {
            assert!(
                !members.iter().any(|there| there["uuid"] == *member),
                "the server refuses who is there already"
            );
            members.push(json!({ "uuid": member, "isAdmin": false }));
        }
        for admin in params["admins"].as_array().into_iter().flatten() {
            members
                .iter_mut()
                .filter(|there| there["uuid"] == *admin)
                .for_each(|there| there["isAdmin"] = json!(true));
        }
        json!({})
    }
}

/// How many requests a making took, cut off once.
async fn make(cut: Option<(usize, Cut)>) -> usize {
    let model = Arc::new(Mutex::new(Model {
        cut,
        ..Model::default()
    }));
    let answering = Arc::clone(&model);
    let puppet = Puppet::new(move |method, params| answering.lock().unwrap().asked(method, params));
    let new = RoomWork::Make(NewRoom {
        title: "Phillips 2".to_owned(),
        description: "Rapid response".to_owned(),
        marker: MARKER.to_owned(),
        like: None,
        is_space: false,
        timer: Some(Duration::from_secs(86_400)),
        link: LinkMode::Approval,
        admins: vec![PersonRef::new(PlatformKind::Signal, ANA)],
    });
    let first = Groups::default()
        .arrange(&puppet.daemon().await, &new)
        .await;
    let requests = model.lock().unwrap().requests;
    if cut.is_none() {
        first.unwrap();
    } else if let Err(error) = first {
        assert!(
            matches!(error.retry, tocsin::platforms::Retry::Later(_)),
            "{cut:?}: {}",
            error.code
        );
    }
    model.lock().unwrap().cut = None;
    // Another process, which knows nothing of the first.
    let made = Groups::default()
        .arrange(&puppet.daemon().await, &new)
        .await
        .unwrap();
    let model = model.lock().unwrap();
    assert_eq!(model.groups.len(), 1, "{cut:?}");
    assert_eq!(
        (made.title.as_str(), made.description.as_str()),
        ("Phillips 2", "Rapid response\n\n[tocsin 0a1b2c3d]"),
        "{cut:?}"
    );
    assert_eq!(
        (
            made.timer.unwrap().as_secs(),
            made.admins.len(),
            made.members.len()
        ),
        (86_400, 2, 2),
        "{cut:?}"
    );
    assert!(made.link.is_some(), "{cut:?}");
    requests
}

#[tokio::test]
async fn it_goes_on_with_the_same_group() {
    let requests = make(None).await;
    assert!(requests > 20, "{requests}");
    for at in 1..=requests {
        for cut in [Cut::Failed, Cut::DoneButFailed, Cut::DoneAndDied, Cut::Died] {
            make(Some((at, cut))).await;
        }
    }
}
