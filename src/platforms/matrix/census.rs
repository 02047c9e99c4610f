//! How many places are taken in the community's rooms: counted once, and kept by what the homeserver tells since.
//!
//! People are held as eight bytes each and counted as a set, so that news may repeat. While a room is counted, news of it is
//! written down and holds good afterwards: the count may be older than it. What the bot does itself is told here as well, because
//! syncs may leave it out. Nobody is asked anything when the door asks.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use matrix_sdk::{
    ruma::{
        OwnedRoomId, RoomId, api::client::membership::get_member_events,
        events::room::member::MembershipState, serde::Raw,
    },
    sync::{JoinedRoomUpdate, State},
};
use serde::Deserialize;
use tokio::sync::Notify;

use crate::{
    domain::envelope::RoomRef,
    platforms::{
        Stop,
        matrix::{arrange::Standing, error::Failure, sync::Session},
    },
};

/// How often each room is counted anew, lest something was missed.
const ANEW: Duration = Duration::from_secs(60 * 60);
/// How often it is looked whether a room is due.
const LOOK: Duration = Duration::from_secs(30);
/// At least so long after a count the next.
const REST: Duration = Duration::from_secs(60);

/// The rooms that are counted.
#[derive(Default)]
pub struct Census {
    counts: Mutex<HashMap<OwnedRoomId, Count>>,
    /// Makes one person's eight bytes.
    hasher: RandomState,
    /// There may be a room that is not counted yet.
    wake: Notify,
}

/// One room.
struct Count {
    /// As the rest of the program calls it.
    room: RoomRef,
    /// Who takes a place; `None`: not counted yet.
    places: Option<HashSet<u64>>,
    counted_at: Option<Instant>,
    /// Something may have been missed.
    is_doubtful: bool,
    /// How many counts are under way.
    under_way: usize,
    /// What was heard meanwhile.
    heard: Vec<(u64, bool)>,
}

impl Count {
    fn new(room: RoomRef) -> Self {
        Self {
            room,
            places: None,
            counted_at: None,
            is_doubtful: false,
            under_way: 0,
            heard: Vec::new(),
        }
    }

    fn hear(&mut self, person: u64, counts: bool) {
        if self.under_way > 0 {
            self.heard.push((person, counts));
        }
        if let Some(places) = &mut self.places {
            take(places, person, counts);
        }
    }

    fn end(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
        if self.under_way == 0 {
            self.heard = Vec::new();
        }
    }
}

fn take(places: &mut HashSet<u64>, person: u64, counts: bool) {
    if counts {
        places.insert(person);
    } else {
        places.remove(&person);
    }
}

impl Census {
    fn counts(&self) -> MutexGuard<'_, HashMap<OwnedRoomId, Count>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hash(&self, person: &str) -> u64 {
        self.hasher.hash_one(person)
    }

    /// How many places are taken in each room.
    #[must_use]
    pub fn all(&self) -> Vec<(RoomRef, usize)> {
        let counts = self.counts();
        let counted = counts.values().filter_map(|count| {
            let places = count.places.as_ref()?;
            Some((count.room.clone(), places.len()))
        });
        counted.collect()
    }

    /// A count of a room begins: what is heard of it from now on holds good against its outcome.
    pub fn begin(&self, id: &RoomId, room: RoomRef) {
        let mut counts = self.counts();
        let count = counts
            .entry(id.to_owned())
            .or_insert_with(|| Count::new(room.clone()));
        count.room = room;
        count.under_way += 1;
    }

    /// A count came to an end.
    pub fn finish<'p>(&self, id: &RoomId, people: impl Iterator<Item = &'p str>, now: Instant) {
        let mut places: HashSet<u64> = people.map(|person| self.hash(person)).collect();
        let mut counts = self.counts();
        let Some(count) = counts.get_mut(id) else {
            return;
        };
        for (person, counts) in &count.heard {
            take(&mut places, *person, *counts);
        }
        count.places = Some(places);
        count.counted_at = Some(now);
        count.is_doubtful = false;
        count.end();
    }

    /// A count came to nothing.
    pub fn give_up(&self, id: &RoomId) {
        if let Some(count) = self.counts().get_mut(id) {
            count.end();
        }
    }

    /// The bot is not in that room any more.
    pub fn forget(&self, id: &RoomId) {
        self.counts().remove(id);
    }

    /// Somebody stands otherwise to a room than before.
    pub fn hear(&self, id: &RoomId, person: &str, standing: Option<Standing>) {
        let person = self.hash(person);
        let counts = standing.is_some_and(Standing::counts);
        if let Some(count) = self.counts().get_mut(id) {
            count.hear(person, counts);
        }
    }

    /// The bot itself let somebody in or out. Older news of the same person may still be on its way by a sync and undo that, so the
    /// room is counted again soon.
    pub fn did(&self, id: &RoomId, person: &str, standing: Option<Standing>) {
        self.hear(id, person, standing);
        if let Some(count) = self.counts().get_mut(id) {
            count.is_doubtful = true;
        }
    }

    /// Takes in what a sync tells of a room.
    pub fn hear_update(&self, id: &RoomId, update: &JoinedRoomUpdate) {
        if !self.counts().contains_key(id) {
            // The bot may be there for the first time.
            self.wake.notify_one();
            return;
        }
        let timeline = update.timeline.events.iter();
        let timeline = timeline.filter_map(|event| Membership::read(event.raw()));
        match &update.state {
            State::Before(state) => {
                let state = state.iter().filter_map(Membership::read);
                self.hear_all(id, state.chain(timeline));
                if update.timeline.limited {
                    self.doubt(id);
                }
            }
            // How it is in the end comes last.
            State::After(state) => {
                let state = state.iter().filter_map(Membership::read);
                self.hear_all(id, timeline.chain(state));
            }
        }
    }

    fn hear_all(&self, id: &RoomId, news: impl Iterator<Item = Membership>) {
        for one in news {
            let standing = Standing::of(&one.content.membership);
            self.hear(id, &one.state_key, standing);
        }
    }

    fn doubt(&self, id: &RoomId) {
        if let Some(count) = self.counts().get_mut(id) {
            count.is_doubtful = true;
        }
        self.wake.notify_one();
    }

    /// All rooms are to be counted anew, because nothing was heard for a while; until then, the old counts are the best there are.
    pub fn doubt_all(&self) {
        for count in self.counts().values_mut() {
            count.is_doubtful = true;
            count.counted_at = None;
        }
        self.wake.notify_one();
    }

    /// There may be other rooms than before.
    pub fn look_again(&self) {
        self.wake.notify_one();
    }

    fn is_due(&self, id: &RoomId, now: Instant) -> bool {
        let counts = self.counts();
        let Some(count) = counts.get(id) else {
            return true;
        };
        let Some(at) = count.counted_at else {
            return true;
        };
        let rest = if count.is_doubtful { REST } else { ANEW };
        now.duration_since(at) >= rest
    }
}

/// A membership as it comes in a sync.
#[derive(Deserialize)]
struct Membership {
    #[serde(rename = "type")]
    kind: String,
    state_key: String,
    content: MembershipContent,
}

#[derive(Deserialize)]
struct MembershipContent {
    #[serde(default)]
    membership: String,
}

impl Membership {
    fn read<T>(event: &Raw<T>) -> Option<Self> {
        // Most events are none, and that shows without reading them whole.
        if !event.json().get().contains("m.room.member") {
            return None;
        }
        let read: Self = event.deserialize_as_unchecked().ok()?;
        (read.kind == "m.room.member").then_some(read)
    }
}

/// Counts rooms that are due, until `stop`.
pub async fn keep(session: &Session, stop: &Stop) {
    let census = &session.census;
    let work = async {
        session.seen().await;
        loop {
            let watched = session.watched().await;
            census.counts().retain(|id, _| watched.contains_key(id));
            for (id, room) in watched {
                if census.is_due(&id, Instant::now()) {
                    count(session, &id, room).await;
                }
            }
            tokio::select! {
                () = census.wake.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    };
    stop.run_until_cancelled(work).await;
}

async fn count(session: &Session, id: &RoomId, room: RoomRef) {
    let census = &session.census;
    census.begin(id, room);
    let mut request = get_member_events::v3::Request::new(id.to_owned());
    request.not_membership = Some(MembershipState::Leave);
    match session.client.send(request).await {
        Ok(answer) => {
            let people = answer.chunk.iter().filter_map(Membership::read);
            let people: Vec<String> = people
                .filter(|one| Standing::of(&one.content.membership).is_some_and(Standing::counts))
                .map(|one| one.state_key)
                .collect();
            census.finish(id, people.iter().map(String::as_str), Instant::now());
        }
        Err(error) => {
            census.give_up(id);
            tracing::warn!(room = %id, code = Failure::of_http(&error).code, "Cannot count who is in a Matrix room");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::envelope::PlatformKind;

    fn id() -> OwnedRoomId {
        RoomId::parse("!r:x").unwrap()
    }

    fn room() -> RoomRef {
        RoomRef::new(PlatformKind::Matrix, "#r:x")
    }

    fn counted(people: &[&str]) -> Census {
        let census = Census::default();
        census.begin(&id(), room());
        census.finish(&id(), people.iter().copied(), Instant::now());
        census
    }

    #[test]
    fn what_the_bot_did_is_counted_again_lest_older_news_undid_it() {
        let census = counted(&["@ana:x"]);
        census.did(&id(), "@ben:x", Some(Standing::Joined));
        assert_eq!(places(&census), Some(2));
        // That ben asked to be let in is told late.
        census.hear(&id(), "@ben:x", None);
        assert!(census.is_due(&id(), Instant::now() + REST));
    }

    fn places(census: &Census) -> Option<usize> {
        let all = census.all();
        all.first().map(|(_, places)| *places)
    }

    #[test]
    fn joins_and_leaves_count_once() {
        let census = counted(&["@ana:x", "@ben:x"]);
        assert_eq!(places(&census), Some(2));
        for (person, standing, then) in [
            ("@cleo:x", Some(Standing::Invited), 3),
            ("@cleo:x", Some(Standing::Joined), 3),
            ("@cleo:x", Some(Standing::Joined), 3),
            ("@dan:x", Some(Standing::Knocking), 3),
            ("@ana:x", Some(Standing::Banned), 2),
            ("@ben:x", None, 1),
            ("@ben:x", None, 1),
        ] {
            census.hear(&id(), person, standing);
            assert_eq!(places(&census), Some(then), "{person}");
        }
    }

    #[test]
    fn what_is_heard_during_a_count_holds_good_after_it() {
        let census = Census::default();
        census.hear(&id(), "@nobody:x", Some(Standing::Joined));
        census.begin(&id(), room());
        assert_eq!(census.all(), [], "nothing is said before it is known");
        census.hear(&id(), "@cleo:x", Some(Standing::Joined));
        census.hear(&id(), "@ana:x", None);
        census.finish(&id(), ["@ana:x", "@ben:x"].into_iter(), Instant::now());
        assert_eq!(places(&census), Some(2), "Ben and Cleo");
        census.begin(&id(), room());
        census.finish(&id(), ["@ana:x"].into_iter(), Instant::now());
        assert_eq!(places(&census), Some(1), "the next count stands by itself");
        census.begin(&id(), room());
        census.hear(&id(), "@ben:x", Some(Standing::Joined));
        census.give_up(&id());
        assert_eq!(places(&census), Some(2));
    }

    #[test]
    fn a_room_is_counted_when_it_is_due() {
        let census = counted(&[]);
        let at = census.counts()[&id()].counted_at.unwrap();
        assert!(!census.is_due(&id(), at + REST));
        assert!(census.is_due(&id(), at + ANEW));
        census.doubt(&id());
        assert!(!census.is_due(&id(), at));
        assert!(census.is_due(&id(), at + REST));
        census.doubt_all();
        assert!(census.is_due(&id(), at));
        assert_eq!(places(&census), Some(0), "the old count is still told");
        census.forget(&id());
        assert_eq!(census.all(), []);
    }

    #[test]
    fn how_it_is_in_the_end_counts() {
        let census = counted(&["@bot:x"]);
        let event = |who: &str, membership: &str| {
            let event = serde_json::json!({
                "type": "m.room.member", "state_key": who, "sender": who, "event_id": "$e", "origin_server_ts": 1,
                "content": { "membership": membership },
            });
            event.to_string()
        };
        let mut update = JoinedRoomUpdate::default();
        let timeline = |json: String| {
            matrix_sdk::deserialized_responses::TimelineEvent::from_plaintext(
                Raw::from_json_string(json).unwrap(),
            )
        };
        update.timeline.events = vec![
            timeline(event("@ana:x", "join")),
            timeline(event("@ben:x", "join")),
            timeline(serde_json::json!({ "type": "m.room.message", "content": { "body": "m.room.member" } }).to_string()),
        ];
        update.state = State::After(vec![
            Raw::from_json_string(event("@ana:x", "ban")).unwrap(),
            Raw::from_json_string(event("@cut:x", "join")).unwrap(),
        ]);
        census.hear_update(&id(), &update);
        assert_eq!(
            places(&census),
            Some(3),
            "the bot, Ben, and who was cut off"
        );
        update.state = State::Before(vec![
            Raw::from_json_string(event("@ben:x", "leave")).unwrap(),
        ]);
        update.timeline.limited = true;
        census.hear_update(&id(), &update);
        assert_eq!(places(&census), Some(4), "Ana came after all");
        assert!(census.counts()[&id()].is_doubtful);
    }
}
