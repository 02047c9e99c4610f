//! Who wrote the message that a moderator answers: Matrix does not say it with the answer, so it is asked for, where it matters.

use matrix_sdk::ruma::EventId;

use crate::{
    domain::{
        command,
        envelope::{Content, Envelope, Origin, PersonRef, PlatformKind},
    },
    platforms::matrix::sync::Session,
};

/// Names whom commands about a person mean that are given by answering them. Who cannot be found stays unnamed; the moderator is
/// asked whom they meant.
pub async fn name(session: &Session, envelopes: &mut [Envelope]) {
    for envelope in envelopes {
        let Envelope {
            origin: Origin::Room(room),
            content:
                Content::Text {
                    text,
                    reply_to: Some(message),
                    answers: answers @ None,
                    ..
                },
            ..
        } = envelope
        else {
            continue;
        };
        if !command::may_mean_a_person(text.expose()) {
            continue;
        }
        let Some(id) = session.rooms.id(room) else {
            continue;
        };
        let (Some(room), Ok(event)) = (
            session.client.get_room(&id),
            EventId::parse(message.as_str()),
        ) else {
            continue;
        };
        let found = Box::pin(room.event(&event, None)).await;
        let sender = found
            .ok()
            .and_then(|event| event.raw().get_field::<String>("sender").ok().flatten());
        *answers = sender.map(|sender| PersonRef::new(PlatformKind::Matrix, sender));
    }
}
