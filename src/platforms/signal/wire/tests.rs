//! Lines of every shape, and of none.

use super::*;

fn line_of(json: &str) -> Line {
    Line::read(json.as_bytes()).unwrap()
}

#[test]
fn an_answer_is_known_by_its_number_however_that_is_written() {
    for json in [
        r#"{"jsonrpc":"2.0","result":25,"id":"7"}"#,
        r#"{"id":7,"result":25}"#,
        r#"{"result":25,"error":null,"id":"7","more":{}}"#,
    ] {
        assert_eq!(glance(json.as_bytes()), Glance::Answer, "{json}");
        let Line::Answer { id: 7, result } = line_of(json) else {
            panic!("{json}");
        };
        assert_eq!(result.unwrap(), 25, "{json}");
    }
    let Line::Answer { result, .. } = line_of(r#"{"id":"7"}"#) else {
        panic!("no answer");
    };
    assert!(result.unwrap().is_null());
    let refused = r#"{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not implemented","data":null},"id":"7"}"#;
    let Line::Answer { result, .. } = line_of(refused) else {
        panic!("no answer");
    };
    assert_eq!(result.unwrap_err().refusal(), Refusal::NotImplemented);
}

#[test]
fn a_line_is_told_at_a_glance() {
    let typing = r#"{"jsonrpc":"2.0","method":"receive","params":{"envelope":{"sourceUuid":"x","typingMessage":{"action":"STARTED"}}}}"#;
    let says_so = r#"{"method":"receive","params":{"envelope":{"dataMessage":{"message":"\"typingMessage\":{}"}}}}"#;
    let unread = r#"{"method":"receive","params":{"exception":{"type":"X"},"envelope":{"typingMessage":{}}}}"#;
    for (line, kind) in [
        (typing, Glance::Typing),
        (says_so, Glance::Receive),
        (unread, Glance::Receive),
        (r#"{"method":"receive"}"#, Glance::Receive),
        (r#"{"method":"receive","params":[1]}"#, Glance::Receive),
        (
            r#"{"jsonrpc":"2.0","method":"callEvent","params":{}}"#,
            Glance::Other,
        ),
        (
            r#"{"jsonrpc":"2.0","error":{"code":-32700},"id":null}"#,
            Glance::Other,
        ),
        (r#"{"id":"words","result":1}"#, Glance::Garbage),
        (r#"{"hello":"world"}"#, Glance::Garbage),
        ("HTTP/1.1 400 Bad Request", Glance::Garbage),
        (
            r#"{"method":"x","method":"receive","params":{}}"#,
            Glance::Receive,
        ),
        ("[]", Glance::Garbage),
        ("5", Glance::Garbage),
        ("", Glance::Garbage),
        ("{", Glance::Garbage),
    ] {
        assert_eq!(glance(line.as_bytes()), kind, "{line}");
    }
}

#[test]
fn lines_that_are_none_are_not_read() {
    let deep = "[".repeat(100_000);
    for line in ["", "x", "[]", "null", "{\"id\":", deep.as_str()] {
        assert!(Line::read(line.as_bytes()).is_none(), "{:.20}", line);
    }
    assert!(Line::read(b"{\"method\":\"receive\",\"params\":{\"account\":\"\xff\"}}").is_none());
    for line in [r#"{"method":"receive"}"#, "{}", r#"{"method":"x"}"#] {
        assert!(matches!(line_of(line), Line::Other), "{line}");
    }
}

#[test]
fn a_request_is_one_line() {
    let params = serde_json::json!({ "message": "one\ntwo", "groupId": "G=" });
    let line = line(3, "send", &params);
    let (end, body) = line.split_last().unwrap();
    assert_eq!(*end, b'\n');
    assert!(!body.contains(&b'\n'));
    let sent: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(
        sent,
        serde_json::json!({ "jsonrpc": "2.0", "method": "send", "params": params, "id": "3" })
    );
}

#[test]
fn a_new_group_and_its_members_are_told() {
    let result = serde_json::json!({
        "groupId": "Ov8B0ZqPqGd/kRqahw++qVxMhvLCPrhpC/MCmwhJWnY=", "timestamp": 1_795_312_738_420_i64,
        "results": [
            { "recipientAddress": { "uuid": "029f52e1-9972-4f38-890f-f1ff4be00790", "number": null, "username": null }, "type": "SUCCESS" },
            { "recipientAddress": null, "type": "RATE_LIMIT_FAILURE", "token": "t", "retryAfterSeconds": 60 },
            { "recipientAddress": {}, "type": "OF_THE_FUTURE" },
            null,
        ],
    });
    let sent = Sent::read(&result);
    assert_eq!(sent.timestamp, Some(1_795_312_738_420));
    assert!(sent.group.is_some());
    let fates: Vec<Fate> = sent.missed().map(|result| result.fate).collect();
    assert_eq!(fates, [Fate::RateLimited, Fate::Failed]);
    assert!(Sent::read(&serde_json::json!({})).results.is_empty());
}

#[test]
fn nothing_personal_is_printed() {
    let line = r#"{"method":"receive","params":{"account":"+16125550100","envelope":{"sourceUuid":"aff2ebea-6220-48ef-8ee9-a6073d08c973",
        "sourceNumber":"+16125550123","sourceName":"Ana","dataMessage":{"message":"4 agents","quote":{"text":"quoted"}}}}}"#;
    let printed = format!("{:?}", line_of(line));
    for personal in ["+1612", "aff2ebea", "Ana", "agents", "quoted"] {
        assert!(!printed.contains(personal), "{personal} in {printed}");
    }
}
