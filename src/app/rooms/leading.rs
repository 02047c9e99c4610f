//! Where the door of an area leads now, on each platform.

use std::collections::BTreeMap;

use super::{census, counted, sets, siblings};
use crate::{
    app::App,
    domain::{
        directory::Purpose,
        door::LeadTo,
        envelope::{PlatformKind, RoomRef},
        ids::AreaId,
        split::{self, LinkMode, SetKey, Sibling},
    },
    store::RoomRow,
};

/// A room with space, and how one gets there.
pub(in crate::app) type Found = Option<(RoomRef, LeadTo)>;

impl App {
    /// Where somebody is led who goes there now: their place is theirs for a minute.
    pub(in crate::app) fn lead_into(&self, found: Found) -> LeadTo {
        let to = match found {
            Some((room, to)) => {
                let now = self.clock.now();
                self.rooms.flow().led(&room, now);
                to
            }
            None => LeadTo::Preparing,
        };
        // A door that fills up rooms does not wait for the next look.
        self.rooms.bell.notify_one();
        to
    }

    /// The sibling with most space; `Some(None)` while there is none, `None` where the area has no rooms.
    pub(in crate::app) fn room_with_space(
        &self,
        area: &AreaId,
        platform: PlatformKind,
    ) -> Option<Found> {
        let known = self.rooms.known()?;
        let live = census::live(self);
        let mut rows = known.as_ref().clone();
        let now = self.clock.now();
        {
            let mut flow = self.rooms.flow();
            for row in &mut rows {
                if let Some((room, taken)) = row
                    .room
                    .as_ref()
                    .and_then(|room| Some((room, *live.get(room)?)))
                {
                    row.state.sibling.taken = taken;
                    flow.observe(room, taken, now);
                }
            }
        }
        let set = set_of(&rows, area, platform)?;
        let members = siblings(&rows, &set);
        let on_their_way = self.on_their_way(&members);
        let all = counted(self, &rows, &set);
        let way = |sibling: &Sibling| {
            on_their_way
                .get(&sibling.number)
                .copied()
                .unwrap_or_default()
        };
        // Where this process listens it knows better than the store; until it has heard, nobody is led on an old count.
        let is_listening = self.held().contains(&platform);
        let is_counted = |row: &RoomRow| {
            let room = row.room.as_ref();
            !is_listening || room.is_some_and(|room| live.contains_key(room))
        };
        let has_link: Vec<Sibling> = all
            .into_iter()
            .filter(|sibling| {
                let row = members.get(&sibling.number);
                row.is_some_and(|row| row.link.is_some() && is_counted(row))
                    && !sibling.told.stopped
            })
            .collect();
        let found = split::door(&has_link, self.policy.rooms.limits.marks, way);
        Some(found.and_then(|sibling| {
            let row = members.get(&sibling.number)?;
            let to = LeadTo::Link {
                url: row.link.clone()?,
                approval: row.state.entry == LinkMode::Approval,
            };
            Some((row.room.clone()?, to))
        }))
    }

    fn on_their_way(&self, members: &BTreeMap<u32, &RoomRow>) -> BTreeMap<u32, u32> {
        let now = self.clock.now();
        let flow = self.rooms.flow();
        members
            .iter()
            .filter_map(|(number, row)| {
                let room = row.room.as_ref()?;
                Some((*number, flow.on_their_way(room, now)))
            })
            .collect()
    }
}

/// The response rooms of an area on a platform: those of the fewest areas beside it.
pub fn set_of(rows: &[RoomRow], area: &AreaId, platform: PlatformKind) -> Option<SetKey> {
    sets(rows)
        .into_iter()
        .filter(|set| {
            set.platform == platform && set.purpose == Purpose::Response && set.areas.contains(area)
        })
        .min_by_key(|set| set.areas.len())
}
