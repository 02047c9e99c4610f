//! Tests of how answers are judged.

use super::{clauses::groups_are_right, writing::is_sent, *};

#[test]
fn answers_and_refusals_are_told_apart() {
    let refusal = |code: i64| {
        Err(CallError::Refused(RpcError::read(
            &json!({ "code": code, "message": "x" }),
        )))
    };
    for (kept, is) in [
        (answered(Ok(json!([])), Value::is_array), Kept::Good),
        (
            answered(Ok(json!({ "secret": 1 })), Value::is_array),
            Kept::Broken("answers an object with [\"secret\"]".to_owned()),
        ),
        (answered(refusal(-32_601), Value::is_array), Kept::Missing),
        (
            answered(refusal(-1), Value::is_array),
            Kept::Broken("refuses with -1".to_owned()),
        ),
        (refused(refusal(-1), &[-1]), Kept::Good),
        (refused(refusal(-32_601), &[-1]), Kept::Missing),
        (
            refused(refusal(-3), &[-1]),
            Kept::Broken("refuses with -3 instead of [-1]".to_owned()),
        ),
        (
            refused(Ok(json!([1])), &[-1]),
            Kept::Broken("answers a list of a number instead of refusing".to_owned()),
        ),
    ] {
        assert_eq!(kept, is);
    }
}

#[test]
fn a_group_without_its_fields_is_broken() {
    let right = json!({
        "id": "x", "name": "x", "description": null, "isMember": true, "isBlocked": false, "messageExpirationTime": 0,
        "members": [{ "uuid": "x", "number": null }], "pendingMembers": [], "requestingMembers": [], "admins": [], "banned": [],
        "permissionAddMember": "ONLY_ADMINS", "permissionEditDetails": "EVERY_MEMBER", "permissionSendMessage": "EVERY_MEMBER",
        "groupInviteLink": null, "more": 1,
    });
    assert_eq!(groups_are_right(&json!([right])), Kept::Good);
    assert!(matches!(groups_are_right(&json!([])), Kept::Untried(_)));
    for (key, wrong) in [
        ("id", Value::Null),
        ("members", json!({})),
        ("permissionAddMember", json!("SOMEBODY")),
        ("messageExpirationTime", json!("0")),
        ("admins", Value::Null),
        ("members", json!([{ "uuid": 1 }])),
    ] {
        let mut group = right.clone();
        group[key] = wrong;
        assert!(
            matches!(groups_are_right(&json!([right, group])), Kept::Broken(_)),
            "{key}"
        );
    }
    let mut since = right.clone();
    since["admins"] = Value::Null;
    since["members"] = json!([{ "uuid": "x", "isAdmin": true }]);
    assert_eq!(groups_are_right(&json!([since])), Kept::Good);
}

#[test]
fn what_was_sent_has_a_timestamp_and_results() {
    let result = json!({ "recipientAddress": { "uuid": "x" }, "type": "SUCCESS" });
    assert!(is_sent(&json!({ "timestamp": 1, "results": [result] })));
    assert!(is_sent(&json!({ "timestamp": 1, "results": [] })));
    for wrong in [
        json!({}),
        json!({ "timestamp": 1 }),
        json!({ "timestamp": 0, "results": [] }),
        json!({ "timestamp": 1, "results": [1] }),
    ] {
        assert!(!is_sent(&wrong), "{wrong}");
    }
}

#[test]
fn without_reading_and_sending_it_is_of_no_use() {
    let with = |part, kept| {
        [Clause {
            name: "x",
            part,
            kept,
        }]
    };
    for (clauses, usable) in [
        (with(Part::Ground, Kept::Good), true),
        (with(Part::Ground, Kept::Missing), false),
        (with(Part::Reading, Kept::Missing), false),
        (with(Part::Sending, Kept::Missing), false),
        (with(Part::Groups, Kept::Missing), true),
        (with(Part::Hand, Kept::Missing), true),
        (with(Part::Hand, Kept::Broken("x".to_owned())), false),
        (with(Part::Sending, Kept::Untried("x")), true),
    ] {
        assert_eq!(is_usable(&clauses), usable, "{clauses:?}");
    }
}
