//! Carries effects out: one send at a time in one room, the effect's id as transaction id, so that a repeat is one event.

use std::{sync::Arc, time::Duration};

use matrix_sdk::{
    Room, RoomState,
    config::RequestConfig,
    ruma::{
        EventId, OwnedTransactionId, UserId, api::client::redact::redact_event,
        events::room::member::MembershipState,
    },
};
use serde_json::Value;

use crate::{
    domain::{
        envelope::{PersonRef, RoomRef},
        ids::MessageId,
    },
    platforms::{
        Deed, Delivery, Destination, PerformError, Receipt, Retry,
        matrix::{arrange::Standing, convert, error::Failure, sync::Session},
    },
};

/// How long one deed may take, keys for a large room included.
const PATIENCE: Duration = Duration::from_secs(120);

/// Carries out one effect in a task of its own: should the SDK panic, the effect is tried again later.
///
/// # Errors
/// As the homeserver says.
pub async fn perform(session: Arc<Session>, delivery: Delivery) -> Result<Receipt, PerformError> {
    let task = tokio::spawn(Box::pin(async move {
        let room = find(&session, &delivery.to).await?;
        let lane = session.lane(room.room_id());
        let _one_at_a_time = lane.lock().await;
        let _sending = session.sending.begin();
        let txn = OwnedTransactionId::from(delivery.id.as_str());
        let done = tokio::time::timeout(PATIENCE, carry_out(&room, &delivery.deed, txn))
            .await
            .unwrap_or(Err(Failure::new("timeout", Retry::Later(None))));
        if let (
            Ok(_),
            Deed::Exclude {
                person,
                is_out: true,
            },
        ) = (&done, &delivery.deed)
        {
            // Syncs leave out what the bot does itself.
            let (census, person) = (&session.census, person.address.expose());
            census.hear(room.room_id(), person, Some(Standing::Banned));
        }
        done
    }));
    match task.await {
        Ok(done) => done.map_err(PerformError::from),
        Err(stopped) if stopped.is_panic() => {
            Err(Failure::new("panicked", Retry::Later(None)).into())
        }
        Err(_) => Err(Failure::new("stopped", Retry::Later(None)).into()),
    }
}

async fn find(session: &Session, to: &Destination) -> Result<Room, Failure> {
    match to {
        Destination::Room(room) => joined(session, room),
        Destination::Person(person) => direct(session, person).await,
        Destination::Provider => Err(Failure::new("cannot_erase", Retry::Never)),
    }
}

fn joined(session: &Session, room: &RoomRef) -> Result<Room, Failure> {
    let Some(id) = session.rooms.id(room) else {
        return Err(Failure::new("unknown_room", Retry::Never));
    };
    session
        .client
        .get_room(&id)
        .filter(|room| room.state() == RoomState::Joined)
        .ok_or(Failure::new("not_in_room", Retry::Never))
}

/// The conversation with one person; a new encrypted one if there is none.
async fn direct(session: &Session, person: &PersonRef) -> Result<Room, Failure> {
    let Ok(person) = UserId::parse(person.address.expose().as_str()) else {
        return Err(Failure::new("bad_address", Retry::Never));
    };
    if let Some(room) = session.rooms.direct(&session.client, &person).await? {
        return Ok(room);
    }
    let room = session
        .client
        .create_dm(&person)
        .await
        .map_err(|error| Failure::of(&error))?;
    tracing::info!(room = %room.room_id(), "Opened a Matrix room to write to one person");
    session.rooms.writes_in(person.as_str(), room.room_id());
    know_invited(&room, &person).await?;
    Ok(room)
}

/// Sees to it that the SDK knows the person who was just invited, or they would be sent no key.
///
/// A sync can show a room that is only half made. Whoever then asks for its members gets them without the invited person, and
/// the SDK takes the list for complete; the invite is the bot's own doing, which syncs leave out. An answer that was under way
/// meanwhile can be old too, so the list is asked for until the person is on it.
async fn know_invited(room: &Room, person: &UserId) -> Result<(), Failure> {
    for _ in 0..3 {
        room.mark_members_missing();
        room.sync_members()
            .await
            .map_err(|error| Failure::of(&error))?;
        let member = room
            .get_member_no_sync(person)
            .await
            .map_err(|error| Failure::of(&error))?;
        let is_there = member.is_some_and(|member| {
            matches!(
                member.membership(),
                MembershipState::Invite | MembershipState::Join
            )
        });
        if is_there {
            return Ok(());
        }
    }
    // They may have declined at once; the next try finds that out.
    Err(Failure::new("invite_unseen", Retry::Later(None)))
}

async fn carry_out(room: &Room, deed: &Deed, txn: OwnedTransactionId) -> Result<Receipt, Failure> {
    match deed {
        Deed::Say { words, reply_to } => {
            let content = convert::said(words, reply_to.as_ref());
            send(room, "m.room.message", content, txn).await
        }
        Deed::Edit { message, words } => {
            send(room, "m.room.message", convert::edited(message, words), txn).await?;
            // The message stays the one that was there first: an edit of an edit is shown by no client.
            Ok(Receipt::default())
        }
        Deed::React { message, emoji } => {
            let content = convert::reacted(message, emoji);
            match send(room, "m.reaction", content, txn).await {
                Err(failure) if failure.code == "already_there" => Ok(Receipt::default()),
                done => done,
            }
        }
        Deed::Redact { message } => redact(room, message, txn).await,
        Deed::Exclude { person, is_out } => exclude(room, person, *is_out).await,
        Deed::Erase { .. } => Err(Failure::new("cannot_erase", Retry::Never)),
    }
}

/// Bans somebody from a room, or lets them in again. They are not invited: they know where the door is.
async fn exclude(room: &Room, person: &PersonRef, is_out: bool) -> Result<Receipt, Failure> {
    let Ok(user) = UserId::parse(person.address.expose().as_str()) else {
        return Err(Failure::new("bad_address", Retry::Never));
    };
    if user == *room.own_user_id() {
        return Err(Failure::new("not_possible", Retry::Never));
    }
    let member = room.get_member(&user).await;
    let member = member.map_err(|error| Failure::of(&error))?;
    let is_banned =
        member.is_some_and(|member| matches!(member.membership(), MembershipState::Ban));
    if is_banned == is_out {
        return Ok(Receipt::default());
    }
    let done = if is_out {
        room.ban_user(&user, None).await
    } else {
        room.unban_user(&user, None).await
    };
    done.map_err(|error| Failure::of(&error))?;
    Ok(Receipt::default())
}

/// One try only: the outbox tries again, and keeps the order.
fn once() -> RequestConfig {
    RequestConfig::new()
        .timeout(Duration::from_secs(30))
        .retry_limit(1)
}

async fn send(
    room: &Room,
    kind: &str,
    content: Value,
    txn: OwnedTransactionId,
) -> Result<Receipt, Failure> {
    let sent = room
        .send_raw(kind, content)
        .with_transaction_id(&txn)
        .with_request_config(once())
        .await
        .map_err(|error| Failure::of(&error))?;
    Ok(Receipt {
        message: Some(MessageId::new(sent.response.event_id.as_str())),
        ..Receipt::default()
    })
}

async fn redact(
    room: &Room,
    message: &MessageId,
    txn: OwnedTransactionId,
) -> Result<Receipt, Failure> {
    let event =
        EventId::parse(message.as_str()).map_err(|_| Failure::new("bad_id", Retry::Never))?;
    let request = redact_event::v3::Request::new(room.room_id().to_owned(), event, txn);
    room.client()
        .send(request)
        .with_request_config(once())
        .await
        .map_err(|error| Failure::of_http(&error))?;
    Ok(Receipt::default())
}
