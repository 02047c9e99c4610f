//! Counts, as the platforms tell: the number of places taken at every tick, the whole room now and then.

use std::{collections::BTreeMap, sync::PoisonError};

use tracing::info;

use super::{Rooms, note_few, setting_up::Stranger, vouching::needs_vouching};
use crate::{
    app::App,
    domain::{
        envelope::{PersonRef, PlatformKind, RoomRef},
        split::LinkMode,
    },
    platforms::rooms::RoomState,
    store::RoomRow,
};

/// What was heard of rooms.
#[derive(Default)]
pub struct News {
    taken: BTreeMap<RoomRef, u32>,
    seen: BTreeMap<RoomRef, Seen>,
    /// Who asks to be let in where two must vouch for them.
    pub asks: BTreeMap<RoomRef, Vec<PersonRef>>,
}

struct Seen {
    link: Option<String>,
    entry: Option<LinkMode>,
    asking: u32,
    is_ours: bool,
}

/// Asks the platforms whose rooms this process looks after.
pub async fn look(app: &App) -> News {
    let now = app.clock.now();
    let mut news = News::default();
    let held = app.held();
    let is_missing = app.rooms.known().is_some_and(|rows| {
        let lacks = |row: &RoomRow| row.link.is_none() && !row.state.sibling.told.stopped;
        rows.iter()
            .any(|row| row.room.is_some() && row.state.sibling.is_there() && lacks(row))
    });
    let is_listing_due = !held.is_empty() && app.rooms.flow().is_listing_due(now, is_missing);
    for kind in held {
        let Some(platform) = app.platforms.get(&kind) else {
            continue;
        };
        if !platform.capabilities().arranges {
            continue;
        }
        if is_listing_due {
            match platform.rooms().await {
                Ok(states) => {
                    app.rooms.met(kind, &states);
                    news.seen.extend(states.iter().map(seen));
                    let directory = app.directory();
                    for state in states.into_iter().filter(|state| state.is_member) {
                        let known = directory.room(&state.room);
                        if known.is_some_and(|room| needs_vouching(app, room.purpose)) {
                            news.asks.insert(state.room, state.requesting);
                        }
                    }
                }
                Err(error) => {
                    info!(platform = %kind, code = error.code, "rooms cannot be listed; it is tried again");
                    app.rooms.flow().list_again();
                }
            }
        }
    }
    news.taken = live(app);
    let mut flow = app.rooms.flow();
    for (room, taken) in &news.taken {
        flow.observe(room, *taken, now);
    }
    flow.forget(now);
    news
}

impl Rooms {
    /// These are the rooms of a platform that the bot is in.
    fn met(&self, platform: PlatformKind, states: &[RoomState]) {
        let strangers = self.strangers.lock();
        let mut strangers = strangers.unwrap_or_else(PoisonError::into_inner);
        strangers.retain(|one| one.platform() != platform);
        strangers.extend(states.iter().filter_map(Stranger::of));
    }
}

/// How many places are taken right now, as the platforms have heard.
pub fn live(app: &App) -> BTreeMap<RoomRef, u32> {
    let arranging = app
        .platforms
        .values()
        .filter(|platform| platform.capabilities().arranges);
    arranging
        .flat_map(|platform| platform.census())
        .map(|(room, taken)| (room, u32::try_from(taken).unwrap_or(u32::MAX)))
        .collect()
}

fn seen(state: &RoomState) -> (RoomRef, Seen) {
    let seen = Seen {
        link: state.link.clone(),
        entry: state.entry,
        asking: u32::try_from(state.requesting.len()).unwrap_or(u32::MAX),
        is_ours: state.is_member && state.is_admin,
    };
    (state.room.clone(), seen)
}

/// Writes into the rows what was heard.
pub fn apply(app: &App, rows: &mut [RoomRow], news: &News) {
    let now = app.clock.now();
    for row in rows {
        let Some(room) = row.room.clone() else {
            continue;
        };
        if let Some(taken) = news.taken.get(&room) {
            row.state.sibling.taken = *taken;
            row.state.lately = app.rooms.flow().lately(&room, now);
            note_few(row, now);
        }
        if let Some(seen) = news.seen.get(&room) {
            row.state.is_ours = seen.is_ours;
            row.state.asking = seen.asking;
            row.state.asking_told = row.state.asking_told.min(seen.asking);
            if seen.link.is_some() || seen.entry == Some(LinkMode::Off) {
                row.link.clone_from(&seen.link);
            }
            note_entry(row, seen, app.policy.rooms.entry);
        }
    }
}

/// How people get in, while the room is not full: as the network shows it; where it does not, whoever asks shows it.
fn note_entry(row: &mut RoomRow, seen: &Seen, usual: LinkMode) {
    if row.state.sibling.told.stopped {
        return;
    }
    match seen.entry {
        Some(LinkMode::Off) => {}
        Some(entry) => row.state.entry = entry,
        None if seen.asking > 0 => row.state.entry = LinkMode::Approval,
        None if row.state.entry == LinkMode::Off => row.state.entry = usual,
        None => {}
    }
}

/// Whether that platform's rooms can be made and changed.
pub fn arranges(app: &App, platform: PlatformKind) -> bool {
    app.capabilities(platform).is_some_and(|can| can.arranges)
}
