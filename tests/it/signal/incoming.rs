//! Lines as daemons write them, and what the program makes of them: `tests/data/signal/incoming.jsonl`.
//!
//! Each case says where its line is from: recorded from signal-cli 0.13.19 (people, numbers and groups renamed), made after the
//! source of 0.14.6, or made up. One map of revisions serves them all, so that edits may refer to earlier cases.

use serde_json::Value;
use tocsin::{
    domain::{
        envelope::{Content, Envelope, Origin},
        ids::MessageId,
        role::Role,
    },
    platforms::signal::{
        convert::{Context, Heard, heard},
        revisions::Revisions,
        wire::{Line, Uuid},
    },
};

const CASES: &str = include_str!("../../data/signal/incoming.jsonl");

/// The people of the cases.
const PEOPLE: [(&str, &str); 3] = [
    ("bot", "00000000-0000-4000-8000-0000000000b0"),
    ("ana", "00000000-0000-4000-8000-0000000000a1"),
    ("ben", "00000000-0000-4000-8000-0000000000b2"),
];
const GROUP: &str = "R0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0c=";

fn person(name: &str) -> Uuid {
    let (_, uuid) = PEOPLE.iter().find(|(known, _)| *known == name).unwrap();
    Uuid::read(uuid).unwrap()
}

/// With people's names in place of their uuids.
fn named(text: &str) -> String {
    PEOPLE.iter().fold(text.to_owned(), |text, (name, uuid)| {
        text.replace(uuid, name)
    })
}

fn in_words(heard: &Heard) -> String {
    match heard {
        Heard::Envelope(envelope) => of_envelope(envelope),
        Heard::Long(long) => {
            let kind = format!("long {}", long.file.as_str());
            of_envelope(long.beginning()).replacen("text", &kind, 1)
        }
        Heard::Receipt { from, timestamps } => {
            let times: Vec<String> = timestamps.iter().map(i64::to_string).collect();
            format!("receipt by {}: {}", named(&from.text()), times.join(" "))
        }
        Heard::GroupChanged(room) => {
            assert_eq!(room.id, GROUP);
            "group changed".to_owned()
        }
        Heard::Files(files) => {
            let mut names: Vec<&str> = files.iter().map(|file| file.as_str()).collect();
            names.sort_unstable();
            format!("files {}", names.join(" "))
        }
        Heard::Exception(kind) => format!("exception {kind}"),
        Heard::Ignored(why) => format!("ignored {why}"),
    }
}

fn of_envelope(envelope: &Envelope) -> String {
    let message = |id: &MessageId| named(id.as_str());
    let (kind, rest) = match &envelope.content {
        Content::Text {
            text,
            message: own,
            reply_to,
            ..
        } => {
            assert!(envelope.id.as_str() == own.as_str());
            let answers = reply_to
                .as_ref()
                .map(|to| format!(" (answers {})", message(to)));
            (
                "text",
                format!("{}{}", text.expose(), answers.unwrap_or_default()),
            )
        }
        Content::Edit { original, text } => {
            ("edit", format!("{} {}", message(original), text.expose()))
        }
        Content::Redaction { original } => ("redaction", message(original)),
        Content::Reaction { target, key } => ("reaction", format!("{key} on {}", message(target))),
        Content::Media { message: with } => ("media", message(with)),
        Content::Unreadable => ("unreadable", String::new()),
        other => panic!("{other:?}"),
    };
    let by = named(envelope.sender.address.expose());
    let role = match envelope.standing {
        Some(role) => format!(" ({})", format!("{role:?}").to_lowercase()),
        None => String::new(),
    };
    let room = match &envelope.origin {
        Origin::Room(room) if room.id == GROUP => "group",
        Origin::Room(_) => "another group",
        Origin::Direct => "private",
    };
    let at = envelope.sent_at.as_ms();
    let id = named(envelope.id.as_str());
    format!("{kind} by {by}{role} in {room} at {at} as {id}: {rest}")
        .trim_end()
        .to_owned()
}

#[test]
fn every_recorded_line_comes_to_what_it_should() {
    let revisions = Revisions::default();
    let context = Context {
        account: person("bot"),
        number: Some("+16125550100"),
        standing: &|room, who| {
            (room.id == GROUP && who == person("ben")).then_some(Role::Moderator)
        },
        revisions: &revisions,
    };
    let mut wrong = Vec::new();
    let mut cases = 0;
    for case in CASES.lines() {
        let case: Value = serde_json::from_str(case).unwrap();
        let line = case["line"].to_string();
        let got: Vec<String> = match Line::read(line.as_bytes()).unwrap() {
            Line::Receive(received) => heard(*received, &context).iter().map(in_words).collect(),
            Line::Other => vec!["other".to_owned()],
            Line::Answer { .. } => vec!["answer".to_owned()],
        };
        let expected: Vec<&str> = case["heard"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        if got != expected {
            wrong.push(format!(
                "{}\n  expected {expected:?}\n  got      {got:?}",
                case["case"]
            ));
        }
        cases += 1;
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(cases > 50, "only {cases} cases");
}
