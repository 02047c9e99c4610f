//! Messages whose keys have not come yet: tried again when keys come and every few seconds, given up after five minutes.
//!
//! While a message waits, the checkpoint that is kept stays before it, so that it is read again after a crash. What comes after
//! it is handled meanwhile, and may be read again too; the intake counts every envelope once.

use std::{
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures_util::StreamExt;
use matrix_sdk::{
    deserialized_responses::{TimelineEvent, TimelineEventKind},
    ruma::{OwnedRoomId, events::AnySyncTimelineEvent, serde::Raw},
};

use crate::{
    domain::ids::Checkpoint,
    platforms::{
        Stop,
        matrix::{
            convert::MatrixEvent,
            courier::{Courier, Parcel},
            sync::{self, Session},
        },
    },
};

/// How long keys are waited for.
pub const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// How often a message is tried again when no key comes.
const EVERY: Duration = Duration::from_secs(5);

/// One message that cannot be read yet.
#[derive(Clone)]
struct Waiting {
    event_id: String,
    room: OwnedRoomId,
    event: Raw<AnySyncTimelineEvent>,
    since: Instant,
    /// Where reading has to begin to meet it again; `None`: at the very beginning.
    before: Option<Checkpoint>,
}

/// All messages that cannot be read yet, oldest first.
#[derive(Default)]
pub struct Parked {
    waiting: Mutex<Vec<Waiting>>,
}

impl Parked {
    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Parks a message that came with the answer after `before`.
    pub fn park(
        &self,
        room: OwnedRoomId,
        event_id: &str,
        event: &Raw<AnySyncTimelineEvent>,
        before: Option<Checkpoint>,
    ) {
        let mut waiting = self.waiting();
        if waiting.iter().any(|known| known.event_id == event_id) {
            return;
        }
        tracing::info!(room = %room, event = event_id, "A Matrix message cannot be decrypted yet; it waits for its key");
        waiting.push(Waiting {
            event_id: event_id.to_owned(),
            room,
            event: event.clone(),
            since: Instant::now(),
            before,
        });
    }

    /// How far the account counts as read when `reached` was: not past the oldest message that waits.
    #[must_use]
    pub fn settled(&self, reached: Checkpoint) -> Option<Checkpoint> {
        match self.waiting().first() {
            None => Some(reached),
            Some(oldest) => oldest.before.clone(),
        }
    }

    fn remove(&self, event_id: &str) {
        self.waiting().retain(|one| one.event_id != event_id);
    }

    /// Tries parked messages again until `stop`: when keys come, and from time to time.
    pub async fn watch(&self, session: &Session, courier: &Courier, stop: &Stop) {
        let encryption = session.client.encryption();
        let keys = async { encryption.room_keys_received_stream().await }.await;
        let mut keys = pin!(futures_util::stream::iter(keys).flatten());
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
                Some(_) = keys.next() => {}
            }
            let waiting = self.waiting().clone();
            for one in waiting {
                self.try_again(one, session, courier).await;
            }
        }
    }

    async fn try_again(&self, one: Waiting, session: &Session, courier: &Courier) {
        let Some(room) = session.client.get_room(&one.room) else {
            self.remove(&one.event_id);
            return;
        };
        let open = room
            .decrypt_event(one.event.cast_ref_unchecked(), None)
            .await
            .ok()
            .filter(|event| matches!(event.kind, TimelineEventKind::Decrypted(_)));
        let envelopes = if let Some(event) = open {
            tracing::info!(room = %one.room, event = one.event_id, "A Matrix message was decrypted late");
            late(session, &room, event).await
        } else if one.since.elapsed() >= PATIENCE {
            tracing::warn!(room = %one.room, event = one.event_id, "A Matrix message could not be decrypted in time");
            let view = sync::View::of(session, &room).await;
            view.and_then(|view| {
                Some(MatrixEvent::read(one.event.json().get())?.unreadable(&view.source(session)))
            })
            .into_iter()
            .collect()
        } else {
            return;
        };
        // First on its way, then off the list: a checkpoint past it can only be given after it.
        let parcel = Parcel {
            envelopes,
            ..Parcel::default()
        };
        courier.take(parcel).await;
        self.remove(&one.event_id);
    }
}

async fn late(
    session: &Session,
    room: &matrix_sdk::Room,
    event: TimelineEvent,
) -> Vec<crate::domain::envelope::Envelope> {
    let Some(view) = sync::View::of(session, room).await else {
        return Vec::new();
    };
    view.look_at_senders(room, std::slice::from_ref(&event))
        .await;
    match sync::read(session, &view, &event) {
        sync::Reading::Envelope(envelope) => vec![*envelope],
        sync::Reading::Nothing | sync::Reading::Locked(_) => Vec::new(),
    }
}
