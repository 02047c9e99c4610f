//! Who comes: how many were led to each room and have not arrived yet, and how fast people came lately. Numbers in memory, of this
//! process; nobody's name. How many came within the hour is kept with the room, so that a wave is one also after a restart.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{MutexGuard, PoisonError},
    time::Duration,
};

use super::Rooms;
use crate::domain::{envelope::RoomRef, timestamp::Timestamp};

/// Whoever was led to a room and is not there after this went elsewhere.
const PATIENCE: Duration = Duration::from_secs(60);
/// As many as came within this are expected to come while a sibling is made.
const AHEAD: Duration = Duration::from_secs(20);
/// A wave is measured by the hour (PRODUCT, "Rooms, doors, splits").
const HOUR: Duration = Duration::from_secs(3_600);
/// How many came is kept by pieces of the hour of this length.
const PIECE: Duration = Duration::from_secs(5 * 60);
/// Counts alone are saved this often.
const SAVE: Duration = Duration::from_secs(10);
/// Rooms are looked at whole this often: links, who asks, whether the bot has the power.
const LISTING: Duration = Duration::from_secs(5 * 60);
/// The same while the link of some room is not known.
const SOONER: Duration = Duration::from_secs(30);
/// The same while somebody asks to be let in: of many who ask at once, all are seen in one look.
const SOONEST: Duration = Duration::from_secs(5);

/// See the module.
#[derive(Default)]
pub struct Flow {
    taken: BTreeMap<RoomRef, u32>,
    on_their_way: BTreeMap<RoomRef, VecDeque<Timestamp>>,
    came: BTreeMap<RoomRef, VecDeque<(Timestamp, u32)>>,
    saved_at: Option<Timestamp>,
    listed_at: Option<Timestamp>,
    is_wanted: bool,
}

impl Rooms {
    pub(super) fn flow(&self) -> MutexGuard<'_, Flow> {
        self.flow.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flow {
    /// Takes over how many there are now: whoever was on their way has arrived.
    pub fn observe(&mut self, room: &RoomRef, taken: u32, now: Timestamp) {
        let before = self.taken.insert(room.clone(), taken);
        let Some(more) = before.and_then(|before| taken.checked_sub(before)) else {
            return;
        };
        if more == 0 {
            return;
        }
        if let Some(waiting) = self.on_their_way.get_mut(room) {
            let arrived = usize::try_from(more).unwrap_or(usize::MAX);
            waiting.drain(..arrived.min(waiting.len()));
        }
        let came = self.came.entry(room.clone()).or_default();
        came.push_back((now, more));
        while came.front().is_some_and(|(at, _)| now.since(*at) >= HOUR) {
            came.pop_front();
        }
    }

    /// How many came within the hour, by pieces of it, to be kept.
    pub fn lately(&self, room: &RoomRef, now: Timestamp) -> Vec<(Timestamp, u32)> {
        let mut pieces: Vec<(Timestamp, u32)> = Vec::new();
        let came = self.came.get(room).into_iter().flatten();
        for (at, many) in came.filter(|(at, _)| now.since(*at) < HOUR) {
            match pieces.last_mut() {
                Some((since, sum)) if at.since(*since) < PIECE => *sum = sum.saturating_add(*many),
                _ => pieces.push((*at, *many)),
            }
        }
        pieces
    }

    /// An earlier process kept this within the hour: how many came, and how many were there when it was kept. Who came since came now.
    pub fn recall(
        &mut self,
        room: &RoomRef,
        lately: &[(Timestamp, u32)],
        taken: u32,
        now: Timestamp,
    ) {
        // Who came while the bot was away for long came at nobody knows what time.
        if lately.last().is_none_or(|(at, _)| now.since(*at) >= HOUR) {
            return;
        }
        let came = self.came.entry(room.clone()).or_default();
        for (n, piece) in lately.iter().enumerate() {
            came.insert(n, *piece);
        }
        if let Some(there) = self.taken.remove(room) {
            self.taken.insert(room.clone(), taken);
            self.observe(room, there, now);
        } else {
            self.taken.insert(room.clone(), taken);
        }
    }

    /// Somebody was led there.
    pub fn led(&mut self, room: &RoomRef, now: Timestamp) {
        self.on_their_way
            .entry(room.clone())
            .or_default()
            .push_back(now);
    }

    /// How many were led there and have not arrived.
    pub fn on_their_way(&self, room: &RoomRef, now: Timestamp) -> u32 {
        let waiting = self.on_their_way.get(room);
        let waiting = waiting.map_or(0, |all| {
            all.iter().filter(|at| now.since(**at) < PATIENCE).count()
        });
        u32::try_from(waiting).unwrap_or(u32::MAX)
    }

    /// Forgets those who went elsewhere.
    pub fn forget(&mut self, now: Timestamp) {
        for waiting in self.on_their_way.values_mut() {
            waiting.retain(|at| now.since(*at) < PATIENCE);
        }
    }

    /// How many came there just now.
    pub fn expected(&self, room: &RoomRef, now: Timestamp) -> u32 {
        self.came_within(room, AHEAD, now)
    }

    /// How many came there within an hour.
    pub fn in_an_hour(&self, room: &RoomRef, now: Timestamp) -> u32 {
        self.came_within(room, HOUR, now)
    }

    fn came_within(&self, room: &RoomRef, span: Duration, now: Timestamp) -> u32 {
        let came = self.came.get(room).into_iter().flatten();
        came.filter(|(at, _)| now.since(*at) < span)
            .map(|(_, many)| *many)
            .fold(0, u32::saturating_add)
    }

    /// Whether counts alone may be saved again.
    pub fn may_save(&self, now: Timestamp) -> bool {
        self.saved_at.is_none_or(|at| now.since(at) >= SAVE)
    }

    /// They were saved.
    pub const fn saved(&mut self, now: Timestamp) {
        self.saved_at = Some(now);
    }

    /// Whether rooms are to be looked at whole; says so once. Sooner where something is missing.
    pub fn is_listing_due(&mut self, now: Timestamp, is_missing: bool) -> bool {
        let pause = match (self.is_wanted, is_missing) {
            (true, _) => SOONEST,
            (_, true) => SOONER,
            _ => LISTING,
        };
        let is_due = self.listed_at.is_none_or(|at| now.since(at) >= pause);
        if is_due {
            self.listed_at = Some(now);
            self.is_wanted = false;
        }
        is_due
    }

    /// Has rooms looked at whole soon.
    pub const fn list_soon(&mut self) {
        self.is_wanted = true;
    }

    /// Has rooms looked at whole at the next tick.
    pub const fn list_again(&mut self) {
        self.listed_at = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::envelope::PlatformKind;

    fn room() -> RoomRef {
        RoomRef::new(PlatformKind::Matrix, "#r:x")
    }

    fn minute(n: i64) -> Timestamp {
        Timestamp::from_ms(1_800_000_000_000 + n * 60_000)
    }

    #[test]
    fn a_wave_is_one_also_after_a_restart() {
        let mut flow = Flow::default();
        for n in 0..=30 {
            flow.observe(&room(), 100 + u32::try_from(n).unwrap(), minute(n));
        }
        assert_eq!(flow.in_an_hour(&room(), minute(30)), 30);
        let kept = flow.lately(&room(), minute(30));
        assert_eq!(kept.len(), 6, "{kept:?}");

        // The next process may have counted before it reads what was kept, or after.
        for is_before in [true, false] {
            let mut next = Flow::default();
            let count = |next: &mut Flow| next.observe(&room(), 140, minute(32));
            if is_before {
                count(&mut next);
            }
            next.recall(&room(), &kept, 130, minute(32));
            count(&mut next);
            assert_eq!(
                next.in_an_hour(&room(), minute(32)),
                40,
                "ten came meanwhile"
            );
            assert_eq!(next.in_an_hour(&room(), minute(95)), 0);
        }
        let mut late = Flow::default();
        late.recall(&room(), &kept, 130, minute(300));
        late.observe(&room(), 240, minute(300));
        assert_eq!(
            late.in_an_hour(&room(), minute(300)),
            0,
            "nobody knows when they came"
        );
    }
}
