//! Tables: what comes in, what goes out.

use super::*;
use crate::domain::envelope::RoomRef;

const ME: &str = "@tocsin:example.org";

fn room() -> Origin {
    Origin::Room(RoomRef::new(
        PlatformKind::Matrix,
        "#powderhorn:example.org",
    ))
}

fn source(origin: &Origin) -> Source<'_> {
    Source {
        origin,
        me: ME,
        joined_at: Some(1_000),
    }
}

/// An event of Ana's, sent while the bot was in the room.
fn event(kind: &str, content: Value) -> Value {
    json!({
        "type": kind,
        "event_id": "$1",
        "sender": "@ana:example.org",
        "origin_server_ts": 2_000,
        "unsigned": { "membership": "join" },
        "content": content,
    })
}

fn text(body: &str) -> Value {
    event(
        "m.room.message",
        json!({ "msgtype": "m.text", "body": body }),
    )
}

/// What an event says in a room, in one line; `-` if it says nothing.
fn heard_in(origin: &Origin, event: &Value) -> String {
    let event = MatrixEvent::read(&event.to_string()).unwrap();
    let source = source(origin);
    if !event.concerns(&source) {
        return "-".to_owned();
    }
    if event.is_encrypted() {
        return "locked".to_owned();
    }
    let Some(envelope) = event.envelope(&source, None) else {
        return "-".to_owned();
    };
    match envelope.content {
        Content::Text {
            text,
            message,
            reply_to,
            ..
        } => {
            let to = reply_to.map_or(String::new(), |to| format!(" -> {to}"));
            format!("{message}{to}: {}", text.expose())
        }
        Content::Edit { original, text } => format!("edit {original}: {}", text.expose()),
        Content::Redaction { original } => format!("gone {original}"),
        Content::Reaction { target, key } => format!("{key} on {target}"),
        Content::Unreadable => "unreadable".to_owned(),
        Content::Joined => "joined".to_owned(),
        Content::Came => "came".to_owned(),
        Content::Asks => "asks".to_owned(),
        Content::Trouble(trouble) => format!("{trouble:?}"),
        Content::Media { message } => format!("media {message}"),
        Content::Progress(news) => format!("{} {}", news.message, news.stage.as_str()),
    }
}

fn heard(event: &Value) -> String {
    heard_in(&room(), event)
}

#[test]
fn what_people_send_and_what_is_heard() {
    let message = |content: Value| event("m.room.message", content);
    let table = [
        (text("4 agents at Lake"), "$1: 4 agents at Lake"),
        (
            message(
                json!({ "msgtype": "m.text", "body": "> <@bo:x> is it over\n\nclear k7",
                "m.relates_to": { "m.in_reply_to": { "event_id": "$0" } } }),
            ),
            "$1 -> $0: clear k7",
        ),
        (
            message(json!({ "msgtype": "m.text", "body": "ok", "m.relates_to": {
                "rel_type": "m.thread", "event_id": "$root", "is_falling_back": true,
                "m.in_reply_to": { "event_id": "$last" } } })),
            "$1 -> $root: ok",
        ),
        (
            message(json!({ "msgtype": "m.text", "body": "ok", "m.relates_to": {
                "rel_type": "m.thread", "event_id": "$root", "is_falling_back": false,
                "m.in_reply_to": { "event_id": "$that" } } })),
            "$1 -> $that: ok",
        ),
        (
            message(json!({ "msgtype": "m.text", "body": "The Bell: ok k7",
                "format": "org.matrix.custom.html",
                "formatted_body": "<a href=\"https://matrix.to/#/@tocsin:example.org\">The Bell</a>: ok k7" })),
            "$1: !ok k7",
        ),
        (
            message(json!({ "msgtype": "m.text", "body": "* 5 agents at Lake",
                "m.new_content": { "msgtype": "m.text", "body": "5 agents at Lake" },
                "m.relates_to": { "rel_type": "m.replace", "event_id": "$0" } })),
            "edit $0: 5 agents at Lake",
        ),
        (
            message(
                json!({ "msgtype": "m.image", "body": "2 vans at Lake", "filename": "a.jpg", "url": "mxc://x/y" }),
            ),
            "$1: 2 vans at Lake",
        ),
        (
            message(json!({ "msgtype": "m.image", "body": "a.jpg", "url": "mxc://x/y" })),
            "media $1",
        ),
        (
            message(json!({ "msgtype": "m.image", "body": "a.jpg", "filename": "a.jpg" })),
            "media $1",
        ),
        (
            message(json!({ "msgtype": "m.notice", "body": "4 agents at Lake" })),
            "-",
        ),
        (
            message(json!({ "msgtype": "m.emote", "body": "waves" })),
            "-",
        ),
        (
            message(json!({ "msgtype": "m.text", "body": "> only a quote" })),
            "-",
        ),
        (
            message(json!({ "msgtype": "m.text", "body": "hear", MARK: true })),
            "-",
        ),
        (message(json!({})), "-"),
        (message(json!({ "msgtype": 1, "body": [] })), "-"),
        (
            event(
                "m.reaction",
                json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": "$0", "key": "✅" } }),
            ),
            "✅ on $0",
        ),
        (event("m.reaction", json!({})), "-"),
        (
            event("m.room.redaction", json!({ "redacts": "$0" })),
            "gone $0",
        ),
        (
            event(
                "m.room.encrypted",
                json!({ "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgA" }),
            ),
            "locked",
        ),
        (event("m.room.encrypted", json!({})), "-"),
        (event("org.example.other", json!({ "body": "hear" })), "-"),
    ];
    for (event, expected) in table {
        assert_eq!(heard(&event), expected, "{event}");
    }
}

#[test]
fn a_redaction_of_an_older_room_version_names_its_event_outside_the_content() {
    let mut event = event("m.room.redaction", json!({}));
    event["redacts"] = json!("$0");
    assert_eq!(heard(&event), "gone $0");
}

#[test]
fn state_and_the_bots_own_messages_are_not_heard() {
    let mut own = text("CONFIRMED");
    own["sender"] = json!(ME);
    assert_eq!(heard(&own), "-");
    let mut state = text("a state event of that type");
    state["state_key"] = json!("");
    assert_eq!(heard(&state), "-");
}

#[test]
fn who_comes_and_who_knocks_is_told_of_and_nothing_else_of_members() {
    let member = |now: &str, before: Option<&str>| {
        let mut event = event("m.room.member", json!({ "membership": now }));
        event["state_key"] = event["sender"].clone();
        if let Some(before) = before {
            event["unsigned"]["prev_content"] = json!({ "membership": before });
        }
        event
    };
    let table = [
        ("join", None, "came"),
        ("join", Some("invite"), "came"),
        ("join", Some("leave"), "came"),
        // Another name or picture.
        ("join", Some("join"), "-"),
        ("knock", None, "asks"),
        ("leave", Some("join"), "-"),
        ("invite", None, "-"),
        ("ban", Some("join"), "-"),
    ];
    for (now, before, expected) in table {
        assert_eq!(heard(&member(now, before)), expected, "{now} {before:?}");
    }
    // Not of somebody else, not of those who were there before the bot, not beside rooms, not of the bot.
    let mut by_another = member("join", None);
    by_another["state_key"] = json!("@bo:example.org");
    assert_eq!(heard(&by_another), "-");
    let mut earlier = member("join", None);
    earlier["unsigned"]["membership"] = json!("leave");
    assert_eq!(heard(&earlier), "-");
    earlier["unsigned"] = json!({});
    earlier["origin_server_ts"] = json!(999);
    assert_eq!(heard(&earlier), "-");
    assert_eq!(heard_in(&Origin::Direct, &member("join", None)), "-");
    let mut own = member("join", None);
    (own["sender"], own["state_key"]) = (json!(ME), json!(ME));
    assert_eq!(heard(&own), "-");
}

#[test]
fn what_was_said_before_the_bot_came_is_not_heard() {
    let mut before = text("old");
    before["unsigned"]["membership"] = json!("leave");
    assert_eq!(heard(&before), "-");
    before["unsigned"]["membership"] = json!("invite");
    assert_eq!(heard(&before), "-");
    assert_eq!(
        heard_in(&Origin::Direct, &before),
        "$1: old",
        "someone opens a conversation by writing"
    );
    let mut unsaid = text("no membership given");
    unsaid["unsigned"] = json!({});
    assert_eq!(heard(&unsaid), "$1: no membership given");
    unsaid["origin_server_ts"] = json!(999);
    assert_eq!(heard(&unsaid), "-");
}

#[test]
fn the_event_id_is_the_envelopes_and_power_counts_in_rooms_only() {
    let read = |origin: &Origin| {
        let event = MatrixEvent::read(&text("hello").to_string()).unwrap();
        event
            .envelope(&source(origin), Some(Role::Moderator))
            .unwrap()
    };
    let envelope = read(&room());
    assert_eq!(envelope.id, EnvelopeId::new("$1"));
    assert_eq!(envelope.sent_at, Timestamp::from_ms(2_000));
    assert_eq!(
        envelope.sender,
        PersonRef::new(PlatformKind::Matrix, "@ana:example.org")
    );
    assert_eq!(envelope.standing, Some(Role::Moderator));
    assert_eq!(
        read(&Origin::Direct).standing,
        None,
        "everybody has power in their own room"
    );
}

#[test]
fn power_levels_give_the_configured_roles() {
    let both = MatrixRoles {
        moderator: Some(50),
        verifier: Some(10),
    };
    let table = [
        (Some(0), both, None),
        (Some(10), both, Some(Role::Verifier)),
        (Some(49), both, Some(Role::Verifier)),
        (Some(50), both, Some(Role::Moderator)),
        (None, both, Some(Role::Moderator)),
        (Some(100), MatrixRoles::default(), None),
        (None, MatrixRoles::default(), None),
        (
            Some(100),
            MatrixRoles {
                moderator: None,
                verifier: Some(50),
            },
            Some(Role::Verifier),
        ),
    ];
    for (level, roles, expected) in table {
        assert_eq!(role_of(level, roles), expected, "{level:?} {roles:?}");
    }
}

#[test]
fn words_become_message_contents() {
    let plain = Words::from_marked("K7 over 2:58pm.");
    let strong = Words::from_marked("**CONFIRMED** · Lake & Pillsbury");
    let card = MessageId::new("$card");
    assert_eq!(
        said(&plain, None),
        json!({ "msgtype": "m.text", "body": "K7 over 2:58pm.", "m.mentions": {}, MARK: true })
    );
    assert_eq!(
        said(&strong, Some(&card)),
        json!({ "msgtype": "m.text", "body": "CONFIRMED · Lake & Pillsbury", "m.mentions": {}, MARK: true,
            "format": "org.matrix.custom.html",
            "formatted_body": "<strong>CONFIRMED</strong> · Lake &amp; Pillsbury",
            "m.relates_to": { "m.in_reply_to": { "event_id": "$card" } } })
    );
    assert_eq!(
        edited(&card, &plain),
        json!({ "msgtype": "m.text", "body": "* K7 over 2:58pm.", "m.mentions": {}, MARK: true,
            "m.new_content": { "msgtype": "m.text", "body": "K7 over 2:58pm.", "m.mentions": {}, MARK: true },
            "m.relates_to": { "rel_type": "m.replace", "event_id": "$card" } })
    );
    assert_eq!(
        reacted(&card, "👀"),
        json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": "$card", "key": "👀" }, MARK: true })
    );
}

#[test]
fn what_the_bot_says_another_such_bot_does_not_hear() {
    let words = Words::from_marked("**ALERT** at Lake");
    let card = MessageId::new("$card");
    for (kind, content) in [
        ("m.room.message", said(&words, None)),
        ("m.room.message", edited(&card, &words)),
        ("m.reaction", reacted(&card, "👀")),
    ] {
        assert_eq!(heard(&event(kind, content)), "-");
    }
}

#[test]
fn nothing_in_the_logs_tells_what_was_said() {
    let event = MatrixEvent::read(&text("4 agents at Lake").to_string()).unwrap();
    let envelope = event.envelope(&source(&room()), None).unwrap();
    let shown = format!("{envelope:?}");
    assert!(!shown.contains("Lake") && !shown.contains("ana"), "{shown}");
}

#[test]
fn a_file_is_told_beside_its_words_or_alone() {
    let origin = room();
    for (content, media) in [
        (json!({ "msgtype": "m.text", "body": "hi" }), Media::None),
        (
            json!({ "msgtype": "m.image", "body": "look", "filename": "a.jpg" }),
            Media::Beside,
        ),
        (
            json!({ "msgtype": "m.file", "body": "a.pdf" }),
            Media::Alone,
        ),
    ] {
        let event = event("m.room.message", content.clone());
        let event = MatrixEvent::read(&event.to_string()).unwrap();
        let envelope = event.envelope(&source(&origin), None).unwrap();
        assert_eq!(envelope.guise.media, media, "{content}");
    }
}
