//! The clauses that can be tried without effect.

use serde_json::{Value, json};

use crate::platforms::signal::{
    conformance::{Clause, Kept, NO_GROUP, Part, answered, ask, refused},
    daemon::Daemon,
};

/// The numbers of a refusal that is the caller's fault, and of one that came out only while it was done.
const HIS_OWN: [i64; 3] = [-1, -3, -32_603];

/// Says whether a field is what it is to be.
type IsRight = fn(&Value) -> bool;

/// What every group of a listing has, and whether it is what it is to be.
const FIELDS: [(&str, IsRight); 13] = [
    ("id", Value::is_string),
    ("name", is_text),
    ("description", is_text),
    ("isMember", Value::is_boolean),
    ("isBlocked", Value::is_boolean),
    ("messageExpirationTime", Value::is_number),
    ("members", Value::is_array),
    ("pendingMembers", Value::is_array),
    ("requestingMembers", Value::is_array),
    ("banned", Value::is_array),
    ("permissionAddMember", is_permission),
    ("permissionEditDetails", is_permission),
    ("permissionSendMessage", is_permission),
];

fn is_text(value: &Value) -> bool {
    value.is_string() || value.is_null()
}

fn is_permission(value: &Value) -> bool {
    matches!(value.as_str(), Some("EVERY_MEMBER" | "ONLY_ADMINS"))
}

pub(super) async fn all(daemon: &Daemon) -> Vec<Clause> {
    let mut found = ground(daemon).await;
    if found.iter().all(|clause| clause.kept == Kept::Good) {
        found.extend(reading(daemon).await);
        found.extend(sending(daemon).await);
        found.extend(groups(daemon).await);
        found.extend(hand(daemon).await);
    }
    found
}

const fn clause(part: Part, name: &'static str, kept: Kept) -> Clause {
    Clause { name, part, kept }
}

async fn ground(daemon: &Daemon) -> Vec<Clause> {
    let part = Part::Ground;
    let version = ask(daemon, "version", json!({})).await;
    // Several at once: each answer finds its question by its number, in whatever order they come.
    let at_once = tokio::join!(
        ask(daemon, "version", json!({})),
        ask(daemon, "tocsinNoSuchMethod", json!({})),
        ask(daemon, "version", json!({})),
    );
    let is_version = |answer: &Value| answer["version"].is_string();
    let numbered = match at_once {
        (Ok(first), _, Ok(last)) if is_version(&first) && is_version(&last) => Kept::Good,
        (first, _, last) => answered(first.and(last), |_| false),
    };
    // A method that nobody has is to be missing.
    let unknown = match refused(at_once.1, &[-32_601]) {
        Kept::Missing => Kept::Good,
        kept => kept,
    };
    vec![
        clause(part, "version", answered(version, is_version)),
        clause(part, "answers carry their request's id", numbered),
        clause(part, "unknown methods are refused with -32601", unknown),
    ]
}

async fn reading(daemon: &Daemon) -> Vec<Clause> {
    let part = Part::Reading;
    let listing = ask(daemon, "listGroups", json!({})).await;
    let shapes = listing
        .as_ref()
        .map_or(Kept::Untried("there is no listing"), groups_are_right);
    let one = ask(daemon, "listGroups", json!({ "groupId": [NO_GROUP] })).await;
    let one = match one {
        Ok(answer) => answered(Ok(answer), |answer| {
            answer.as_array().is_some_and(Vec::is_empty)
        }),
        refusal => refused(refusal, &HIS_OWN),
    };
    let wrong = ask(daemon, "listGroups", json!({ "account": "+999000000000" })).await;
    let wrong = match wrong {
        // One that has a single account takes no notice of its name.
        Ok(_) => Kept::Untried("it holds one account only, and takes no notice of its name"),
        refusal => refused(refusal, &[-32_602]),
    };
    let file = json!({ "id": "tocsin-no-such-file", "groupId": NO_GROUP });
    let file = ask(daemon, "getAttachment", file).await;
    vec![
        clause(part, "listGroups", answered(listing, Value::is_array)),
        clause(part, "listGroups: each group has its fields", shapes),
        clause(part, "listGroups of one group that is not there", one),
        clause(
            part,
            "an account that is not there is refused with -32602",
            wrong,
        ),
        clause(
            Part::Hand,
            "getAttachment (long messages, before 0.14)",
            refused(file, &HIS_OWN),
        ),
    ]
}

/// Whether each group has what a group has; the first thing that is missing.
pub(super) fn groups_are_right(listing: &Value) -> Kept {
    let groups = listing.as_array().map_or(&[][..], Vec::as_slice);
    if groups.is_empty() {
        return Kept::Untried("the account is in no group");
    }
    for group in groups {
        let wrong = FIELDS
            .iter()
            .find(|(key, is_right)| !is_right(&group[*key]));
        if let Some((key, _)) = wrong {
            return Kept::Broken(format!("a group's {key} is missing or of another kind"));
        }
        let members = group["members"].as_array().map_or(&[][..], Vec::as_slice);
        if members.iter().any(|member| !is_text(&member["uuid"])) {
            return Kept::Broken("a member's uuid is of another kind".to_owned());
        }
        let says_who_leads = members.iter().all(|member| member["isAdmin"].is_boolean());
        if !group["admins"].is_array() && !says_who_leads {
            return Kept::Broken(
                "neither admins nor members' isAdmin say who leads a group".to_owned(),
            );
        }
    }
    Kept::Good
}

async fn sending(daemon: &Daemon) -> Vec<Clause> {
    let part = Part::Sending;
    let to = |more: Value| {
        let mut params = json!({ "groupId": NO_GROUP });
        params
            .as_object_mut()
            .zip(more.as_object())
            .into_iter()
            .for_each(|(params, more)| {
                params.extend(more.clone());
            });
        params
    };
    let target = "00000000-0000-4000-8000-000000000001";
    let say = ask(
        daemon,
        "send",
        to(json!({ "message": "tocsin conformance" })),
    )
    .await;
    let react = to(json!({ "emoji": "👀", "targetAuthor": target, "targetTimestamp": 1 }));
    let react = ask(daemon, "sendReaction", react).await;
    let delete = ask(daemon, "remoteDelete", to(json!({ "targetTimestamp": 1 }))).await;
    let nobody = ask(daemon, "send", json!({ "message": "tocsin conformance" })).await;
    vec![
        clause(
            part,
            "send: an unknown group is refused with -1",
            refused(say, &[-1]),
        ),
        clause(
            part,
            "send: no recipient is refused with -1",
            refused(nobody, &[-1, -32_602]),
        ),
        clause(
            Part::Hand,
            "sendReaction: an unknown group is refused",
            refused(react, &HIS_OWN),
        ),
        clause(
            Part::Hand,
            "remoteDelete: an unknown group is refused",
            refused(delete, &HIS_OWN),
        ),
    ]
}

async fn groups(daemon: &Daemon) -> Vec<Clause> {
    let part = Part::Groups;
    let update = ask(daemon, "updateGroup", json!({ "groupId": NO_GROUP })).await;
    let join = ask(
        daemon,
        "joinGroup",
        json!({ "uri": "https://example.org/tocsin" }),
    )
    .await;
    let quit = ask(daemon, "quitGroup", json!({ "groupId": NO_GROUP })).await;
    vec![
        clause(
            part,
            "updateGroup: an unknown group is refused with -1",
            refused(update, &[-1]),
        ),
        clause(
            part,
            "joinGroup: what is no link is refused with -1",
            refused(join, &[-1]),
        ),
        clause(
            part,
            "quitGroup: an unknown group is refused with -1",
            refused(quit, &[-1]),
        ),
    ]
}

async fn hand(daemon: &Daemon) -> Vec<Clause> {
    let part = Part::Hand;
    let accounts = ask(daemon, "listAccounts", json!({})).await;
    let is_numbers = |answer: &Value| {
        let mut accounts = answer.as_array().into_iter().flatten();
        answer.is_array() && accounts.all(|account| account["number"].is_string())
    };
    let contacts = json!({ "recipient": [daemon.account()], "allRecipients": true });
    let contacts = ask(daemon, "listContacts", contacts).await;
    let identities = ask(daemon, "listIdentities", json!({})).await;
    let trust = ask(daemon, "trust", json!({ "recipient": "tocsin" })).await;
    let finish = ask(
        daemon,
        "finishLink",
        json!({ "deviceLinkUri": "sgnl://linkdevice?uuid=tocsin" }),
    )
    .await;
    let devices = ask(daemon, "listDevices", json!({})).await;
    let avatar = json!({ "avatar": "/no/such/picture/of/tocsin" });
    let avatar = ask(daemon, "updateProfile", avatar).await;
    vec![
        clause(
            part,
            "listAccounts (linking)",
            answered(accounts, is_numbers),
        ),
        clause(
            part,
            "startLink, finishLink (linking)",
            refused(finish, &HIS_OWN),
        ),
        clause(
            part,
            "listDevices (tocsin check)",
            answered(devices, Value::is_array),
        ),
        clause(
            part,
            "listContacts (tocsin check)",
            answered(contacts, Value::is_array),
        ),
        clause(part, "updateProfile (linking)", refused(avatar, &HIS_OWN)),
        clause(
            part,
            "listIdentities (safety numbers)",
            answered(identities, Value::is_array),
        ),
        clause(part, "trust (safety numbers)", refused(trust, &HIS_OWN)),
        clause(
            part,
            "submitRateLimitChallenge (challenges)",
            Kept::Untried("every try counts on Signal's server"),
        ),
    ]
}
