//! What is asked of the daemon, as JSON.

use serde_json::{Value, json};
use tocsin::{
    domain::words::Words,
    platforms::signal::wire::{MessageKey, Request, To, Uuid},
};

const ANA: &str = "00000000-0000-4000-8000-0000000000a1";
const GROUP: &str = "R0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0c=";

fn ana() -> Uuid {
    Uuid::read(ANA).unwrap()
}

#[test]
fn every_deed_is_one_request() {
    let group = To::Group(GROUP.to_owned());
    let words = Words::from_marked("🚨 **ICE** at Lake");
    let message = MessageKey::new(ana(), 1_795_312_722_626);
    let expected: [(Request, &str, Value); 6] = [
        (
            Request::say(&group, &words, None),
            "send",
            json!({ "groupId": GROUP, "message": "🚨 ICE at Lake", "textStyle": ["3:3:BOLD"] }),
        ),
        (
            Request::say(&To::Person(ana()), &Words::from_marked("Thank you."), None),
            "send",
            json!({ "recipient": [ANA], "message": "Thank you." }),
        ),
        (
            Request::say(&group, &Words::from_marked("Confirmed."), Some(message)),
            "send",
            json!({
                "groupId": GROUP, "message": "Confirmed.", "quoteTimestamp": 1_795_312_722_626_i64, "quoteAuthor": ANA,
                "quoteMessage": "",
            }),
        ),
        (
            Request::edit(&group, 1_795_312_722_626, &Words::from_marked("Over.")),
            "send",
            json!({ "groupId": GROUP, "message": "Over.", "editTimestamp": 1_795_312_722_626_i64 }),
        ),
        (
            Request::react(&group, message, "👀"),
            "sendReaction",
            json!({ "groupId": GROUP, "emoji": "👀", "targetAuthor": ANA, "targetTimestamp": 1_795_312_722_626_i64 }),
        ),
        (
            Request::take_back(&group, 1_795_312_722_626),
            "remoteDelete",
            json!({ "groupId": GROUP, "targetTimestamp": 1_795_312_722_626_i64 }),
        ),
    ];
    for (request, method, params) in expected {
        assert_eq!((request.method, &request.params), (method, &params));
    }
}
