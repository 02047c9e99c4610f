//! Lines made up by a machine; recorded ones are in `tests/it/signal`.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::platforms::signal::wire::{Line, glance};

const ACCOUNT: &str = "00000000-0000-4000-8000-0000000000b0";
const ANA: &str = "00000000-0000-4000-8000-0000000000a1";

fn hear(line: &[u8]) -> Option<Vec<Heard>> {
    let revisions = Revisions::default();
    let context = Context {
        account: Uuid::read(ACCOUNT).unwrap(),
        number: Some("+16125550100"),
        standing: &|_, _| None,
        revisions: &revisions,
    };
    let _ = glance(line);
    match Line::read(line)? {
        Line::Receive(received) => Some(heard(*received, &context)),
        Line::Answer { result, .. } => {
            let _ = result.map_err(|error| error.refusal());
            None
        }
        Line::Other => None,
    }
}

#[test]
fn a_long_message_is_read_whole_or_as_far_as_it_came() {
    let line = json!({ "method": "receive", "params": { "envelope": {
        "sourceUuid": ANA, "timestamp": 5, "dataMessage": {
            "timestamp": 5, "message": "\u{fffc} 4 ag", "mentions": [{ "uuid": ACCOUNT, "start": 0, "length": 1 }],
            "attachments": [{ "contentType": "text/x-signal-plain", "id": "a.txt", "size": 3000 }],
    } } } });
    let long = || {
        let heard = hear(line.to_string().as_bytes()).unwrap();
        let long = heard.into_iter().find_map(|heard| match heard {
            Heard::Long(long) => Some(long),
            _ => None,
        });
        long.unwrap()
    };
    for (whole, words) in [
        (Some("\u{fffc} 4 agents at Lake"), Some("!4 agents at Lake")),
        (None, Some("!4 ag")),
    ] {
        let text = long()
            .envelope(whole)
            .map(|envelope| match envelope.content {
                Content::Text { text, .. } => text.into_inner(),
                other => panic!("{other:?}"),
            });
        assert_eq!(text.as_deref(), words, "{whole:?}");
    }
}

/// Who somebody says they are, and whether a file came with or without words.
#[test]
fn names_and_files_come_beside_the_words() {
    let heard = |data: Value| -> Vec<(Option<String>, Media)> {
        let mut data = data;
        data["timestamp"] = 5.into();
        let line = json!({ "jsonrpc": "2.0", "method": "receive", "params": { "envelope": {
            "sourceUuid": "00000000-0000-4000-8000-0000000000a1", "sourceName": "Ana Lee", "timestamp": 5, "dataMessage": data,
        } } });
        let heard = hear(line.to_string().as_bytes()).unwrap();
        let envelopes = heard.into_iter().filter_map(|heard| match heard {
            Heard::Envelope(envelope) => Some(envelope.guise),
            _ => None,
        });
        envelopes
            .map(|guise| (guise.name.map(Sensitive::into_inner), guise.media))
            .collect()
    };
    let ana = || Some("Ana Lee".to_owned());
    let file = json!([{ "contentType": "image/jpeg", "id": "a.jpg" }]);
    assert_eq!(heard(json!({ "message": "hi" })), [(ana(), Media::None)]);
    assert_eq!(
        heard(json!({ "message": "hi", "attachments": file })),
        [(ana(), Media::Beside), (ana(), Media::None)]
    );
    assert_eq!(
        heard(json!({ "message": null, "attachments": file })),
        [(ana(), Media::Alone)]
    );
}

/// Any JSON, mostly made of the dialect's own names.
fn any_json() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "envelope",
        "result",
        "exception",
        "account",
        "source",
        "sourceUuid",
        "timestamp",
        "serverReceivedTimestamp",
        "dataMessage",
        "editMessage",
        "syncMessage",
        "sentMessage",
        "receiptMessage",
        "typingMessage",
        "message",
        "groupInfo",
        "groupId",
        "type",
        "quote",
        "id",
        "author",
        "authorUuid",
        "text",
        "mentions",
        "uuid",
        "start",
        "length",
        "textStyles",
        "style",
        "attachments",
        "contentType",
        "size",
        "reaction",
        "emoji",
        "targetAuthorUuid",
        "targetSentTimestamp",
        "isRemove",
        "remoteDelete",
        "adminDelete",
        "timestamps",
        "destinationUuid",
        "storyContext",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-3_i64..40).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            ACCOUNT,
            ANA,
            "UPDATE",
            "MONOSPACE",
            "text/x-signal-plain",
            "+16125550100",
            "!\u{fffc}> ```🚨"
        ])
        .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 12, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..12).prop_map(|members| Value::Object(
                members
                    .into_iter()
                    .map(|(k, v)| (k.to_owned(), v))
                    .collect()
            )),
        ]
    })
}

/// A notification whose envelope has at least the right shape on the outside.
fn notification() -> impl Strategy<Value = Value> {
    (any_json(), any_json(), any_json(), any::<bool>()).prop_map(|(data, edit, other, is_data)| {
        let inner = if is_data {
            json!({ "sourceUuid": ANA, "timestamp": 5, "dataMessage": data, "editMessage": edit, "syncMessage": other })
        } else {
            json!({ "sourceUuid": ACCOUNT, "timestamp": 5, "editMessage": edit, "syncMessage": { "sentMessage": data } })
        };
        json!({ "jsonrpc": "2.0", "method": "receive", "params": { "envelope": inner } })
    })
}

proptest! {
    #[test]
    fn no_bytes_break_the_reading(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = hear(&bytes);
    }

    #[test]
    fn no_json_breaks_the_reading(line in any_json()) {
        let _ = hear(line.to_string().as_bytes());
    }

    #[test]
    fn whatever_is_told_of_a_message_comes_to_something(line in notification()) {
        let heard = hear(line.to_string().as_bytes()).unwrap();
        prop_assert!(!heard.is_empty());
    }
}
