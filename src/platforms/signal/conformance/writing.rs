//! The clauses that can be tried only by writing into a group.

use serde_json::{Value, json};

use crate::platforms::signal::{
    conformance::{Clause, Kept, Part, answered, ask},
    daemon::Daemon,
    groups::account_in,
};

const NAMES: [&str; 5] = [
    "send",
    "send with styles, as an answer",
    "send with editTimestamp",
    "sendReaction",
    "remoteDelete",
];

pub(super) async fn all(daemon: &Daemon, group: Option<&str>) -> Vec<Clause> {
    let Some(group) = group else {
        return kept([const { Kept::Untried("no group is named for it (--write)") }; 5]);
    };
    let listing = ask(daemon, "listGroups", json!({ "groupId": [group] })).await;
    let listing = listing.unwrap_or_default();
    let Some(own) = account_in(&listing, daemon.account()) else {
        return kept(
            [const { Kept::Untried("the account is not in that group, or its uuid is not told") };
                5],
        );
    };
    let own = own.text();
    let to = |params: Value| {
        let mut params = params;
        params["groupId"] = json!(group);
        params
    };
    let said = ask(
        daemon,
        "send",
        to(json!({ "message": "tocsin tries how this works: 1" })),
    )
    .await;
    let first = said.as_ref().ok().and_then(timestamp);
    let answer = to(json!({
        "message": "tocsin tries how this works: 2", "textStyle": ["0:6:BOLD", "13:3:ITALIC"], "quoteTimestamp": first,
        "quoteAuthor": own, "quoteMessage": "",
    }));
    let answer = ask(daemon, "send", answer).await;
    let second = answer.as_ref().ok().and_then(timestamp);
    let edit = to(json!({ "message": "tocsin tries how this works: 3", "editTimestamp": first }));
    let edit = ask(daemon, "send", edit).await;
    let react = to(json!({ "emoji": "👀", "targetAuthor": own, "targetTimestamp": second }));
    let react = ask(daemon, "sendReaction", react).await;
    // What was written is not to stay; an edited message is deleted by what it was first.
    let delete = ask(
        daemon,
        "remoteDelete",
        to(json!({ "targetTimestamp": second })),
    )
    .await;
    let _ = ask(
        daemon,
        "remoteDelete",
        to(json!({ "targetTimestamp": first })),
    )
    .await;
    kept([said, answer, edit, react, delete].map(|answer| answered(answer, is_sent)))
}

fn kept(kept: [Kept; 5]) -> Vec<Clause> {
    let clauses = NAMES.into_iter().zip(kept);
    let part = Part::Sending;
    clauses
        .map(|(name, kept)| Clause { name, part, kept })
        .collect()
}

fn timestamp(sent: &Value) -> Option<i64> {
    sent["timestamp"].as_i64()
}

/// A timestamp, and for each recipient what became of it.
pub(super) fn is_sent(answer: &Value) -> bool {
    let results = answer["results"].as_array();
    let is_result =
        |result: &Value| result["type"].is_string() && result["recipientAddress"].is_object();
    timestamp(answer).is_some_and(|timestamp| timestamp > 0)
        && results.is_some_and(|results| results.iter().all(is_result))
}
