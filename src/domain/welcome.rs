//! Who comes into a room is welcomed: alone, or all who are new together in the room, or not, when too many come at once.
//!
//! Every welcome costs: alone, the patience of the network, which takes a bot that writes to many strangers for a nuisance; in the room,
//! everybody's attention. So both are counted, in memory. Nobody's name is in it.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use crate::domain::{
    envelope::{PlatformKind, RoomRef},
    timestamp::Timestamp,
};

/// What is counted, is counted within this.
pub const HOUR: Duration = Duration::from_secs(3_600);
/// So many are welcomed alone on one platform within an hour, at most: one in two minutes.
pub const ALONE: usize = 30;
/// More than this within an hour are a wave, where the policy has none.
pub const WAVE: u32 = 50;

/// How somebody is welcomed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Alone.
    Alone,
    /// All who are new, in the room, shortly.
    Here,
    /// Not at all.
    Not,
}

/// Who came and who was welcomed lately, as numbers.
#[derive(Debug, Default)]
pub struct Counted {
    came: BTreeMap<RoomRef, VecDeque<Timestamp>>,
    alone: BTreeMap<PlatformKind, VecDeque<Timestamp>>,
    here: BTreeMap<RoomRef, Timestamp>,
}

impl Counted {
    /// Somebody came to a room, and people there can be written to alone, or not: how to welcome them. More than `wave` within an hour
    /// are a wave; 0: [`WAVE`].
    pub fn manner(
        &mut self,
        room: &RoomRef,
        can_direct: bool,
        wave: u32,
        now: Timestamp,
    ) -> Manner {
        let came = self.came.entry(room.clone()).or_default();
        came.push_back(now);
        forget(came, now);
        let wave = if wave == 0 { WAVE } else { wave };
        let is_wave = u32::try_from(came.len()).unwrap_or(u32::MAX) > wave;
        let alone = self.alone.entry(room.platform).or_default();
        forget(alone, now);
        if can_direct && alone.len() < ALONE {
            return Manner::Alone;
        }
        let is_recent = self
            .here
            .get(room)
            .is_some_and(|last| now.since(*last) < HOUR);
        if is_wave || is_recent {
            return Manner::Not;
        }
        Manner::Here
    }

    /// Somebody was welcomed so.
    pub fn welcomed(&mut self, room: &RoomRef, manner: Manner, now: Timestamp) {
        match manner {
            Manner::Alone => self.alone.entry(room.platform).or_default().push_back(now),
            Manner::Here => {
                self.here.insert(room.clone(), now);
            }
            Manner::Not => {}
        }
    }
}

fn forget(times: &mut VecDeque<Timestamp>, now: Timestamp) {
    while times.front().is_some_and(|at| now.since(*at) >= HOUR) {
        times.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_768_508_040_000);

    fn room() -> RoomRef {
        RoomRef::new(PlatformKind::Matrix, "!whittier")
    }

    /// So many come at the same moment, and all are welcomed as that says: alone, in the room, not.
    fn come(counted: &mut Counted, many: usize, can_direct: bool, now: Timestamp) -> [usize; 3] {
        let mut manners = [0; 3];
        for _ in 0..many {
            let manner = counted.manner(&room(), can_direct, 50, now);
            counted.welcomed(&room(), manner, now);
            manners[manner as usize] += 1;
        }
        manners
    }

    #[test]
    fn a_few_are_welcomed_alone_and_of_many_some() {
        let mut counted = Counted::default();
        assert_eq!(come(&mut counted, 10, true, NOW), [10, 0, 0]);
        assert_eq!(
            come(&mut counted, 30, true, NOW),
            [20, 1, 9],
            "once for all others"
        );
        assert_eq!(come(&mut counted, 5, true, NOW + HOUR), [5, 0, 0]);
    }

    #[test]
    fn in_a_wave_the_room_hears_nothing() {
        let mut counted = Counted::default();
        assert_eq!(come(&mut counted, 49, true, NOW), [30, 1, 18]);
        let later = NOW + HOUR / 2;
        let mut other = Counted::default();
        for _ in 0..60 {
            other.manner(&room(), true, 50, NOW);
        }
        assert_eq!(come(&mut other, 40, true, later), [30, 0, 10]);
        assert_eq!(come(&mut other, 5, false, later), [0, 0, 5]);
        assert_eq!(
            come(&mut other, 2, false, later + HOUR),
            [0, 1, 1],
            "it is over"
        );
    }
}
