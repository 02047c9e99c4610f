//! Asks the homeserver for news, and looks at them before the SDK does.
//!
//! The SDK writes its key store twice for every sync, whatever it brought: several milliseconds of work and two flushes of the
//! disk before a message can be read. Most syncs bring messages and nothing else. Those are taken as they are, and decrypted
//! where need be; for all others (keys, devices, members, invites, any change of a room) the SDK asks again from the same place
//! and gets them whole. A homeserver keeps what it gave until it is asked from a later place, so nothing is lost in between.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use matrix_sdk::{
    Room,
    config::{SyncSettings, SyncToken},
    deserialized_responses::TimelineEvent,
    ruma::{
        OneTimeKeyAlgorithm, UInt,
        api::client::{
            filter::{
                Filter as EventFilter, FilterDefinition, LazyLoadOptions, RoomEventFilter,
                RoomFilter,
            },
            sync::sync_events::v3::{Filter, JoinedRoom, Request, Response, State},
        },
        events::AnySyncTimelineEvent,
        serde::Raw,
    },
    sync::{JoinedRoomUpdate, SyncResponse},
};
use serde::{Deserialize, de::IgnoredAny};

use crate::platforms::matrix::sync::{LONG_POLL, Session};

/// How many messages of one room one sync may bring; Synapse cuts at 100. What is cut off is fetched.
const TIMELINE: u32 = 500;
/// How often the SDK syncs in any case: it also sends what it owes, such as requests for keys.
const EVERY: Duration = Duration::from_secs(60);
/// Syncs that bring something within this time follow each other too fast.
const BUSY: Duration = Duration::from_millis(80);
/// The pause after an answer that brought something, and the longest one.
const PAUSE: Duration = Duration::from_millis(30);
pub const PAUSE_MAX: Duration = Duration::from_millis(60);

/// What the homeserver last said it holds of our one-time keys.
type Keys = (
    BTreeMap<OneTimeKeyAlgorithm, UInt>,
    Option<Vec<OneTimeKeyAlgorithm>>,
);

/// Looks before the SDK does.
#[derive(Default)]
pub struct Glance {
    keys: Option<Keys>,
    /// When the SDK last synced; `None`: it must, next.
    synced_at: Option<Instant>,
    /// Whether the SDK knows the rooms.
    has_rooms: bool,
    /// Whether the last answer was read past the SDK.
    is_quiet: bool,
}

impl Glance {
    /// The news since `from`, waited for.
    ///
    /// # Errors
    /// If the homeserver cannot be asked.
    pub async fn sync(
        &mut self,
        session: &Session,
        from: Option<&str>,
    ) -> matrix_sdk::Result<SyncResponse> {
        let mut wait = if self.has_rooms {
            LONG_POLL
        } else {
            Duration::ZERO
        };
        if let (Some(from), true) = (from, self.synced_at.is_some_and(|at| at.elapsed() < EVERY)) {
            let answer = ask(session, from).await?;
            if let Some(messages) = self.only_messages(session, answer).await {
                self.is_quiet = true;
                return Ok(messages);
            }
            wait = Duration::ZERO;
        } else if self.has_rooms {
            wait = Duration::ZERO;
        }
        self.is_quiet = false;
        let token = from.map_or(SyncToken::NoToken, |from| {
            SyncToken::Specific(from.to_owned())
        });
        let settings = SyncSettings::new()
            .token(token)
            .timeout(wait)
            .full_state(!self.has_rooms)
            .filter(Filter::FilterDefinition(filter(
                session,
                from.is_some(),
                true,
            )));
        let answer = session.client.sync_once(settings).await?;
        self.has_rooms = true;
        self.synced_at = Some(Instant::now());
        Ok(answer)
    }

    /// Whether the last answer held messages and nothing else: what is known of the rooms is as it was.
    #[must_use]
    pub const fn is_quiet(&self) -> bool {
        self.is_quiet
    }

    /// The answer as the SDK would give it, if it holds messages and nothing else.
    async fn only_messages(&mut self, session: &Session, answer: Response) -> Option<SyncResponse> {
        let keys = (
            answer.device_one_time_keys_count,
            answer.device_unused_fallback_key_types,
        );
        let has_same_keys = self.keys.as_ref() == Some(&keys);
        self.keys = Some(keys);
        let rooms = answer.rooms;
        let is_quiet = has_same_keys
            && answer.to_device.is_empty()
            && answer.device_lists.is_empty()
            && answer.account_data.is_empty()
            && [rooms.invite.len(), rooms.leave.len(), rooms.knock.len()] == [0; 3]
            && rooms.join.values().all(is_quiet);
        if !is_quiet {
            return None;
        }
        let mut quiet = SyncResponse {
            next_batch: answer.next_batch,
            ..SyncResponse::default()
        };
        for (id, joined) in rooms.join {
            let room = session.client.get_room(&id)?;
            let mut update = JoinedRoomUpdate::default();
            update.timeline.limited = joined.timeline.limited;
            update.timeline.prev_batch = joined.timeline.prev_batch;
            for event in joined.timeline.events {
                let event = self.opened(&room, event).await?;
                update.timeline.events.push(event);
            }
            quiet.rooms.joined.insert(id, update);
        }
        Some(quiet)
    }

    /// An event, decrypted if it can be; `None` if the SDK had better look at it.
    async fn opened(
        &mut self,
        room: &Room,
        event: Raw<AnySyncTimelineEvent>,
    ) -> Option<TimelineEvent> {
        if !Shape::of(&event)?.is_encrypted() {
            return Some(TimelineEvent::from_plaintext(event));
        }
        let opened = room
            .decrypt_event(event.cast_ref_unchecked(), None)
            .await
            .ok()?;
        if opened.kind.is_utd() {
            // The SDK asks for the key when it syncs.
            self.synced_at = None;
        }
        Some(opened)
    }
}

async fn ask(session: &Session, from: &str) -> matrix_sdk::Result<Response> {
    let mut request = Request::new();
    request.since = Some(from.to_owned());
    request.timeout = Some(LONG_POLL);
    request.use_state_after = true;
    // Members are asked for by the SDK alone: Synapse tells each of them only once where they are loaded lazily.
    request.filter = Some(Filter::FilterDefinition(filter(session, true, false)));
    let patience = session
        .client
        .request_config()
        .timeout(LONG_POLL + Duration::from_secs(30));
    Ok(session
        .client
        .send(request)
        .with_request_config(patience)
        .await?)
}

/// Whether a room has messages only: no state, nobody came or went.
fn is_quiet(room: &JoinedRoom) -> bool {
    let (State::Before(state) | State::After(state)) = &room.state else {
        return false;
    };
    state.is_empty()
        && room.summary.is_empty()
        && room.account_data.is_empty()
        && room
            .timeline
            .events
            .iter()
            .all(|event| Shape::of(event).is_some_and(|shape| shape.is_message()))
}

/// What tells a message from other events.
#[derive(Deserialize)]
struct Shape {
    #[serde(rename = "type")]
    kind: String,
    state_key: Option<IgnoredAny>,
}

impl Shape {
    fn of(event: &Raw<AnySyncTimelineEvent>) -> Option<Self> {
        event.deserialize_as_unchecked().ok()
    }

    fn is_encrypted(&self) -> bool {
        self.kind == "m.room.encrypted"
    }

    fn is_message(&self) -> bool {
        self.state_key.is_none()
            && matches!(
                self.kind.as_str(),
                "m.room.message" | "m.reaction" | "m.room.encrypted"
            )
    }
}

/// Only what is needed: timelines without the bot's own messages (else each send would end a sync), state of those who speak.
fn filter(session: &Session, with_history: bool, with_members: bool) -> FilterDefinition {
    let mut timeline = RoomEventFilter::default();
    timeline.limit = Some(UInt::from(if with_history { TIMELINE } else { 1 }));
    timeline.not_senders = vec![session.me.clone()];
    let mut room = RoomFilter::default();
    if with_members {
        room.state.lazy_load_options = LazyLoadOptions::Enabled {
            include_redundant_members: false,
        };
    }
    room.timeline = timeline;
    room.ephemeral = RoomEventFilter::ignore_all();
    room.account_data = RoomEventFilter::ignore_all();
    let mut filter = FilterDefinition::default();
    filter.room = room;
    filter.presence = EventFilter::ignore_all();
    filter
}

/// When to ask again. What an answer brings is mostly answered within some milliseconds, and what the bot says would end a sync
/// that already waits: the homeserver would work it out for nothing, just when it has the alert to hand out. So a little pause
/// follows every answer that brought something. In a burst, when every message would end a sync of its own, it grows, and the
/// next sync brings several at once.
#[derive(Default)]
pub struct Pace {
    last: Option<Instant>,
    pause: Duration,
}

impl Pace {
    /// How long to wait after an answer that came now.
    pub fn after(&mut self, brought_something: bool) -> Duration {
        let now = Instant::now();
        let is_busy = self.last.is_some_and(|last| now - last < BUSY + self.pause);
        self.pause = match (brought_something, is_busy) {
            (false, _) => Duration::ZERO,
            (true, false) => PAUSE,
            (true, true) => (self.pause * 2).clamp(PAUSE, PAUSE_MAX),
        };
        self.last = Some(now);
        self.pause
    }
}
