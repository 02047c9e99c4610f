//! Reads the account: one sync after the other from a checkpoint of our own, gaps filled, nothing skipped.
//!
//! The SDK's own loop sleeps a second between syncs and leaves gaps; its own token moves before anybody has handled the messages.
//! So this loop asks with its own token, which becomes the checkpoint of the intake. Rooms are held in memory only: the first
//! sync of a run asks for the full state *since the checkpoint*, which also brings the device changes and keys of the time in
//! between, and cannot be mistaken for an answer that the SDK has seen before.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use matrix_sdk::{
    Client, Room,
    deserialized_responses::{
        TimelineEvent, TimelineEventKind, VerificationLevel, VerificationState,
    },
    room::{MessagesOptions, RoomMember},
    ruma::{
        OwnedRoomId, OwnedUserId, RoomId, UserId,
        events::{AnySyncTimelineEvent, room::member::MembershipState},
        serde::Raw,
    },
    sync::{JoinedRoomUpdate, SyncResponse},
};
use tokio::sync::{Mutex as AsyncMutex, watch};

use crate::{
    config::platforms::MatrixRoles,
    domain::{
        envelope::{
            Content, Envelope, Guise, Membership, Origin, PersonRef, PlatformKind, RoomRef,
        },
        ids::{Checkpoint, EnvelopeId},
        role::Role,
        sensitive::Sensitive,
        timestamp::Timestamp,
    },
    platforms::{
        Inbox, Retry, Stop,
        matrix::{
            census::{self, Census},
            convert::{MatrixEvent, Source},
            courier::{Courier, Parcel},
            error::{Failure, patience},
            glance::{Glance, PAUSE_MAX, Pace},
            identities::{self, Identities},
            invites::{self, Hosts},
            parked::Parked,
            rooms::{Rooms, Standing},
        },
    },
};

/// How long the homeserver may keep a sync open when nothing happens.
pub const LONG_POLL: Duration = Duration::from_secs(30);
/// How many messages one page of a gap brings.
const PAGE: u32 = 100;

/// A logged-in account with what is known about its rooms.
pub struct Session {
    /// The SDK's client.
    pub client: Client,
    /// The bot's own user id.
    pub me: OwnedUserId,
    /// The rooms that matter.
    pub rooms: Rooms,
    /// Whose keys were seen.
    pub identities: Identities,
    /// Which power levels give roles.
    pub roles: MatrixRoles,
    /// Whose invites are accepted.
    pub hosts: Hosts,
    /// Whether rooms are known and messages can be sent.
    pub ready: AtomicBool,
    /// One send at a time in one room: the SDK can panic otherwise when keys of an encrypted room are renewed.
    pub lanes: Mutex<HashMap<OwnedRoomId, Arc<AsyncMutex<()>>>>,
    /// How many deeds are being carried out.
    pub sending: Sending,
    /// Invites that are being answered.
    pub answering: Mutex<HashSet<OwnedRoomId>>,
    /// Rooms whose first time is on its way to the intake.
    pub entering: Mutex<HashSet<OwnedRoomId>>,
    /// How many places are taken.
    pub census: Arc<Census>,
    /// One thing at a time is done about rooms.
    pub turn: Arc<AsyncMutex<()>>,
    /// Counts the answers of the homeserver.
    pub syncs: watch::Sender<u64>,
}

impl Session {
    /// Whether rooms are known and messages can be sent.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }

    /// Rooms whose first time is on its way to the intake.
    fn entering(&self) -> MutexGuard<'_, HashSet<OwnedRoomId>> {
        self.entering.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until rooms are known.
    pub async fn seen(&self) {
        let mut syncs = self.syncs.subscribe();
        while !self.is_ready() {
            if syncs.changed().await.is_err() {
                return;
            }
        }
    }

    /// The rooms that the bot is in, and that are the community's or were made by it, as they are called.
    pub async fn watched(&self) -> BTreeMap<OwnedRoomId, RoomRef> {
        let mut watched = BTreeMap::new();
        for room in self.client.joined_rooms() {
            let id = room.room_id();
            if self.rooms.configured(id).is_some() || self.rooms.is_made(&room).await {
                watched.insert(id.to_owned(), self.rooms.name(id));
            }
        }
        watched
    }

    /// The lane of one room.
    #[must_use]
    pub fn lane(&self, room: &RoomId) -> Arc<AsyncMutex<()>> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lanes.entry(room.to_owned()).or_default())
    }
}

/// What is being sent right now.
#[derive(Default)]
pub struct Sending(watch::Sender<usize>);

/// One deed that is being carried out, until it is dropped.
pub struct OneDeed<'s>(&'s Sending);

impl Sending {
    /// One more.
    #[must_use]
    pub fn begin(&self) -> OneDeed<'_> {
        self.0.send_modify(|deeds| *deeds += 1);
        OneDeed(self)
    }

    /// Waits until nothing is being sent.
    async fn end(&self) {
        // The sender lives as long as we do.
        let mut deeds = self.0.subscribe();
        let _closed = deeds.wait_for(|deeds| *deeds == 0).await;
    }
}

impl Drop for OneDeed<'_> {
    fn drop(&mut self) {
        self.0.0.send_modify(|deeds| *deeds -= 1);
    }
}

/// Why reading ended.
pub enum End {
    /// It was asked to.
    Stopped,
    /// The homeserver does not know the session any more.
    LoggedOut,
}

/// A checkpoint names the account, because a position means nothing to another one.
#[must_use]
pub fn checkpoint(me: &OwnedUserId, token: &str) -> Checkpoint {
    Checkpoint::new(format!("{me} {token}"))
}

/// The sync token in a checkpoint, if it is this account's.
#[must_use]
pub fn token<'c>(me: &OwnedUserId, checkpoint: &'c Checkpoint) -> Option<&'c str> {
    let (user, token) = checkpoint.as_str().split_once(' ')?;
    (user == me.as_str()).then_some(token)
}

/// Reads until `stop`. `since` is moved to what was committed.
pub async fn run(
    session: &Arc<Session>,
    inbox: &Inbox,
    since: &mut Option<Checkpoint>,
    up: &AtomicBool,
    stop: &Stop,
) -> End {
    let (courier, way) = Courier::new();
    let parked = Parked::default();
    // Ends the others when reading ends by itself.
    let done = stop.child_token();
    let reader = Reader {
        session,
        courier: &courier,
        parked: &parked,
        up,
    };
    let from = since
        .as_ref()
        .and_then(|since| token(&session.me, since))
        .map(ToOwned::to_owned);
    let read = async {
        let end = reader.read(from, stop).await;
        done.cancel();
        end
    };
    session.census.doubt_all();
    let (end, (), (), (), (), committed) = tokio::join!(
        read,
        parked.watch(session, &courier, &done),
        invites::look_after_rooms(session, &courier, &done),
        census::keep(session, &done),
        identities::watch(session, inbox, &done),
        way.walk(inbox.clone(), session, done.clone()),
    );
    *since = committed.or_else(|| since.take());
    end
}

struct Reader<'r> {
    session: &'r Arc<Session>,
    courier: &'r Courier,
    parked: &'r Parked,
    up: &'r AtomicBool,
}

impl Reader<'_> {
    async fn read(&self, mut from: Option<String>, stop: &Stop) -> End {
        let mut waits = patience();
        let mut glance = Glance::default();
        let mut pace = Pace::default();
        let mut views = Views::new();
        let mut changes = 0;
        loop {
            let sync = Box::pin(glance.sync(self.session, from.as_deref()));
            let answer = match stop.run_until_cancelled(sync).await {
                None => return End::Stopped,
                Some(answer) => answer,
            };
            match answer {
                Ok(answer) => {
                    waits = patience();
                    let wait = pace.after(!answer.rooms.joined.is_empty());
                    let next = answer.next_batch.clone();
                    let of_rooms = self.session.rooms.changes();
                    if !glance.is_quiet() || of_rooms != changes {
                        changes = of_rooms;
                        views.clear();
                    }
                    if !glance.is_quiet() {
                        for (id, update) in &answer.rooms.joined {
                            self.session.census.hear_update(id, update);
                        }
                    }
                    let take = self.take(answer, from.as_deref(), &mut views);
                    if stop.run_until_cancelled(take).await.is_none() {
                        return End::Stopped;
                    }
                    from = Some(next);
                    if !self.up.swap(true, Ordering::Relaxed) {
                        tracing::info!("Matrix is up");
                    }
                    if !wait.is_zero() && stop.run_until_cancelled(self.pause(wait)).await.is_none()
                    {
                        return End::Stopped;
                    }
                }
                Err(error) => {
                    let failure = Failure::of(&error);
                    if failure.is_logged_out() {
                        return End::LoggedOut;
                    }
                    let wait = self.rest(failure, waits.next());
                    if stop
                        .run_until_cancelled(tokio::time::sleep(wait))
                        .await
                        .is_none()
                    {
                        return End::Stopped;
                    }
                }
            }
        }
    }

    /// Waits, and then also for what is being sent, but not for long.
    async fn pause(&self, wait: Duration) {
        tokio::time::sleep(wait).await;
        let rest = PAUSE_MAX.saturating_sub(wait);
        let _too_long = tokio::time::timeout(rest, self.session.sending.end()).await;
    }

    /// Says that the homeserver cannot be read, and how long to wait.
    fn rest(&self, failure: Failure, wait: Option<Duration>) -> Duration {
        let asked = match failure.retry {
            Retry::Later(asked) => asked,
            Retry::Never => None,
        };
        let wait = asked.or(wait).unwrap_or(LONG_POLL);
        self.up.store(false, Ordering::Relaxed);
        tracing::warn!(
            code = failure.code,
            status = failure.status,
            wait_ms = wait.as_millis(),
            "Cannot read from the Matrix homeserver; trying again"
        );
        wait
    }

    /// Puts on its way what one answer brought. `from` is the token it was asked with; without one, messages are history.
    async fn take(&self, answer: SyncResponse, from: Option<&str>, views: &mut Views) {
        self.session.ready.store(true, Ordering::Relaxed);
        self.session.syncs.send_modify(|syncs| *syncs += 1);
        for id in answer.rooms.left.keys() {
            self.session.rooms.left(id);
            self.session.census.forget(id);
            self.session.entering().remove(id);
        }
        for id in answer.rooms.invited.keys() {
            invites::answer(self.session, id);
        }
        let mut parcel = Parcel::default();
        let mut heard = Vec::new();
        for (id, update) in &answer.rooms.joined {
            let Some(room) = self.session.client.get_room(id) else {
                continue;
            };
            let Some(view) = self.view(&room, views).await else {
                continue;
            };
            if let Some(entered) = entered(self.session, &room, &view.origin).await {
                parcel.envelopes.push(entered);
                parcel.entered.push(id.clone());
            }
            if let Some(from) = from {
                self.fill_gap(&room, &view, update, from).await;
                view.look_at_senders(&room, &update.timeline.events).await;
                heard.push(self.envelopes(&view, &update.timeline.events, Some(from)));
            }
        }
        parcel.envelopes.extend(in_order(heard));
        parcel.reached = self
            .parked
            .settled(checkpoint(&self.session.me, &answer.next_batch));
        self.courier.take(parcel).await;
    }

    /// What has to be known of a room, looked up once for as long as nothing but messages comes.
    async fn view(&self, room: &Room, views: &mut Views) -> Option<Arc<View>> {
        if let Some(view) = views.get(room.room_id()) {
            return Some(Arc::clone(view));
        }
        let view = Arc::new(View::of(self.session, room).await?);
        if matches!(view.origin, Origin::Room(_)) {
            views.insert(room.room_id().to_owned(), Arc::clone(&view));
        }
        Some(view)
    }

    /// Fetches what was cut off between `from` and the timeline of an answer, page by page, oldest first.
    async fn fill_gap(&self, room: &Room, view: &View, update: &JoinedRoomUpdate, from: &str) {
        if !update.timeline.limited {
            return;
        }
        let known: HashSet<_> = update
            .timeline
            .events
            .iter()
            .filter_map(TimelineEvent::event_id)
            .collect();
        let mut at = from.to_owned();
        loop {
            let page = self.page(room, &at).await;
            let met = page
                .chunk
                .iter()
                .filter_map(TimelineEvent::event_id)
                .any(|id| known.contains(&id));
            let end = page.end.filter(|_| !page.chunk.is_empty() && !met);
            view.look_at_senders(room, &page.chunk).await;
            let parcel = Parcel {
                envelopes: self.envelopes(view, &page.chunk, Some(from)),
                ..Parcel::default()
            };
            tracing::debug!(room = %room.room_id(), events = page.chunk.len(), "Filled a gap in a Matrix room");
            self.courier.take(parcel).await;
            match end {
                Some(end) if end != at => at = end,
                _ => return,
            }
        }
    }

    /// One page of a room's messages after `at`; asked for until it comes.
    async fn page(&self, room: &Room, at: &str) -> matrix_sdk::room::Messages {
        let mut waits = patience();
        loop {
            let mut options = MessagesOptions::forward().from(at);
            options.limit = PAGE.into();
            match room.messages(options).await {
                Ok(page) => return page,
                Err(error) => {
                    let failure = Failure::of(&error);
                    if failure.retry == Retry::Never {
                        tracing::error!(room = %room.room_id(), code = failure.code, "The Matrix homeserver refuses older messages");
                        return matrix_sdk::room::Messages::default();
                    }
                    let wait = self.rest(failure, waits.next());
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    /// What events say to the bot, in their order. Those that cannot be decrypted are parked.
    fn envelopes(
        &self,
        view: &View,
        events: &[TimelineEvent],
        from: Option<&str>,
    ) -> Vec<Envelope> {
        let mut envelopes = Vec::with_capacity(events.len());
        for event in events {
            match read(self.session, view, event) {
                Reading::Nothing => {}
                Reading::Envelope(envelope) => envelopes.push(*envelope),
                Reading::Locked(event_id) => self.parked.park(
                    view.room.clone(),
                    &event_id,
                    event.raw(),
                    from.map(|from| checkpoint(&self.session.me, from)),
                ),
            }
        }
        envelopes
    }
}

/// The envelope that tells of a configured room which the bot is in for the first time.
pub async fn entered(session: &Session, room: &Room, origin: &Origin) -> Option<Envelope> {
    let id = room.room_id();
    if !matches!(origin, Origin::Room(_)) || session.rooms.has_entered(id) {
        return None;
    }
    let member = room.get_member_no_sync(&session.me).await.ok()??;
    if !session.entering().insert(id.to_owned()) {
        return None;
    }
    let join = member.event();
    let event_id = join.event_id().map_or("", |id| id.as_str());
    let sent_at = join.origin_server_ts().map_or(0, |ts| i64::from(ts.get()));
    tracing::info!(room = %id, "The bot is in a configured Matrix room for the first time");
    Some(Envelope {
        id: EnvelopeId::new(format!("joined {id} {event_id}")),
        origin: origin.clone(),
        sender: PersonRef::new(PlatformKind::Matrix, session.me.as_str()),
        standing: None,
        member: None,
        sent_at: Timestamp::from_ms(sent_at),
        content: Content::Joined,
        guise: Guise::default(),
    })
}

/// Configured rooms, looked at.
type Views = HashMap<OwnedRoomId, Arc<View>>;

/// Somebody who wrote in a room.
#[derive(Debug, Clone, Default)]
struct Writer {
    /// Since when they are there, where the room tells.
    since: Option<Timestamp>,
    /// The name they chose.
    name: Option<Sensitive<String>>,
}

/// What has to be known of a room to read its messages.
pub struct View {
    room: OwnedRoomId,
    origin: Origin,
    joined_at: Option<i64>,
    standing: Standing,
    /// What is known of people who wrote.
    writers: Mutex<HashMap<OwnedUserId, Writer>>,
}

impl View {
    /// Looks at a room; `None` if the bot has no business there.
    pub async fn of(session: &Session, room: &Room) -> Option<Self> {
        let mut waits = patience();
        let origin = loop {
            match session.rooms.origin(room).await {
                Ok(origin) => break origin?,
                Err(failure) if failure.retry == Retry::Never => return None,
                Err(failure) => {
                    tracing::warn!(room = %room.room_id(), code = failure.code, "Cannot ask who is in a Matrix room");
                    tokio::time::sleep(waits.next().unwrap_or(LONG_POLL)).await;
                }
            }
        };
        let standing = Standing::of(room, &origin, session.roles).await;
        let member = room.get_member_no_sync(&session.me).await.ok().flatten();
        let joined_at = member
            .filter(|member| *member.membership() == MembershipState::Join)
            .and_then(|member| member.event().origin_server_ts())
            .map(|ts| i64::from(ts.get()));
        Some(Self {
            room: room.room_id().to_owned(),
            origin,
            joined_at,
            standing,
            writers: Mutex::default(),
        })
    }

    /// Learns what the senders of these events are called and since when they are in the room: each is looked up once.
    pub async fn look_at_senders(&self, room: &Room, events: &[TimelineEvent]) {
        if !matches!(self.origin, Origin::Room(_)) {
            return;
        }
        for event in events {
            let Ok(Some(sender)) = event.raw().get_field::<OwnedUserId>("sender") else {
                continue;
            };
            if self.known().contains_key(&sender) {
                continue;
            }
            let member = room.get_member_no_sync(&sender).await.ok().flatten();
            let writer = Writer {
                since: member.as_ref().and_then(joined_at),
                name: member
                    .as_ref()
                    .and_then(|member| member.display_name())
                    .map(|name| name.to_owned().into()),
            };
            self.known().insert(sender, writer);
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<OwnedUserId, Writer>> {
        self.writers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of somebody, if they were looked up.
    fn writer(&self, sender: &str) -> Writer {
        let Ok(sender) = <&UserId>::try_from(sender) else {
            return Writer::default();
        };
        self.known().get(sender).cloned().unwrap_or_default()
    }

    /// Since when somebody is in the room, if the room tells.
    fn membership(&self, writer: &Writer) -> Option<Membership> {
        Some(Membership {
            since: writer.since?,
            ours: Timestamp::from_ms(self.joined_at?),
        })
    }

    /// The role that power levels give somebody there.
    #[must_use]
    pub fn role(&self, user: &str) -> Option<Role> {
        self.standing.role(user)
    }

    /// The room as the source of events.
    #[must_use]
    pub fn source<'s>(&'s self, session: &'s Session) -> Source<'s> {
        Source {
            origin: &self.origin,
            me: session.me.as_str(),
            joined_at: self.joined_at,
        }
    }
}

/// When somebody joined. A change of their name or picture is no joining, and hides when that was: they count as there for long.
fn joined_at(member: &RoomMember) -> Option<Timestamp> {
    let event = member.event().as_sync()?.as_original()?;
    let before = event.unsigned.prev_content.as_ref();
    let was_there = before.is_some_and(|before| before.membership == MembershipState::Join);
    (*member.membership() == MembershipState::Join && !was_there)
        .then(|| Timestamp::from_ms(i64::from(event.origin_server_ts.get())))
}

/// What one event says to the bot.
pub enum Reading {
    /// Nothing.
    Nothing,
    /// This.
    Envelope(Box<Envelope>),
    /// It cannot be decrypted; its id.
    Locked(String),
}

/// Reads one event of a room.
#[must_use]
pub fn read(session: &Session, view: &View, timeline: &TimelineEvent) -> Reading {
    let raw: &Raw<AnySyncTimelineEvent> = timeline.raw();
    let Some(event) = MatrixEvent::read(raw.json().get()) else {
        return Reading::Nothing;
    };
    let source = view.source(session);
    if !event.concerns(&source) {
        return Reading::Nothing;
    }
    if event.is_encrypted() {
        return Reading::Locked(event.event_id);
    }
    if let TimelineEventKind::Decrypted(decrypted) = &timeline.kind
        && decrypted.encryption_info.verification_state
            == VerificationState::Unverified(VerificationLevel::MismatchedSender)
    {
        tracing::warn!(room = %view.room, event = event.event_id, "A Matrix message is not from who it says; it is not read");
        return Reading::Nothing;
    }
    if view.origin == Origin::Direct {
        session.rooms.writes_in(&event.sender, &view.room);
    }
    let standing = view.standing.role(&event.sender);
    let writer = view.writer(&event.sender);
    let member = view.membership(&writer);
    event
        .envelope(&source, standing)
        .map_or(Reading::Nothing, |envelope| {
            let guise = Guise {
                name: writer.name,
                ..envelope.guise
            };
            Reading::Envelope(Box::new(Envelope {
                member,
                guise,
                ..envelope
            }))
        })
}

/// The messages of several rooms by time, each room's own order kept.
fn in_order(rooms: Vec<Vec<Envelope>>) -> Vec<Envelope> {
    let mut timed = Vec::with_capacity(rooms.iter().map(Vec::len).sum());
    for room in rooms {
        let mut latest = Timestamp::from_ms(i64::MIN);
        for envelope in room {
            latest = latest.max(envelope.sent_at);
            timed.push((latest, envelope));
        }
    }
    timed.sort_by_key(|(at, _)| *at);
    timed.into_iter().map(|(_, envelope)| envelope).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64, id: &str) -> Envelope {
        Envelope {
            id: EnvelopeId::new(id),
            origin: Origin::Room(RoomRef::new(PlatformKind::Matrix, "!r")),
            sender: PersonRef::new(PlatformKind::Matrix, "@a:x"),
            standing: None,
            member: None,
            sent_at: Timestamp::from_ms(ms),
            content: Content::Unreadable,
            guise: Guise::default(),
        }
    }

    #[test]
    fn rooms_are_merged_by_time_and_keep_their_own_order() {
        let merged = in_order(vec![
            vec![at(10, "a1"), at(5, "a2"), at(30, "a3")],
            vec![at(7, "b1"), at(20, "b2")],
        ]);
        let ids: Vec<&str> = merged.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["b1", "a1", "a2", "b2", "a3"]);
    }

    #[test]
    fn a_checkpoint_of_another_account_is_not_used() {
        let ana = OwnedUserId::try_from("@ana:x").unwrap();
        let bo = OwnedUserId::try_from("@bo:x").unwrap();
        let kept = checkpoint(&ana, "s1_2");
        assert_eq!(token(&ana, &kept), Some("s1_2"));
        assert_eq!(token(&bo, &kept), None);
    }
}
