//! Rooms that never fill up: what is known of them, and what is done as people come.
//!
//! Which rooms there are is read from the settings and from the store, where those stand that were made or adopted since; the two
//! together are the [`Directory`] that everything else asks. How full they are, the platforms tell ([`census`]); what follows from
//! it the domain says ([`crate::domain::split`]) and [`splitting`] carries out: rows and effects in one transaction, so that a crash
//! at any step goes on where it was. What the outbox made or changed comes back as a fact in the row; the next tick draws the
//! conclusion.
//!
//! | module | does |
//! |---|---|
//! | `census` | counts, as the platforms tell |
//! | `splitting` | walks siblings through their steps |
//! | `vouching` | shows who asks to be let in where two must vouch for them |
//! | `arranging` | carries out what is to be done about a room |
//! | `leading` | says where the door leads |
//! | `placing` | puts rooms into the community's Space |
//! | `ordering` | moderators' commands about rooms |
//! | `setting_up` | makes and adopts the rooms of a neighborhood |

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;
use tracing::warn;

use crate::{
    app::{App, turn::Turn},
    domain::{
        directory::{Directory, Room},
        envelope::RoomRef,
        role::Role,
        split::{self, SetKey, Sibling, Stage},
        timestamp::Timestamp,
    },
    platforms::Stop,
    store::RoomRow,
};

pub mod arranging;
mod census;
mod flow;
mod leading;
pub mod ordering;
mod placing;
mod setting_up;
mod splitting;
pub mod vouching;

use flow::Flow;
use setting_up::Stranger;

/// How long the keeper of rooms sleeps when nothing rings.
const NAP: Duration = Duration::from_secs(1);

/// What is known of rooms.
pub struct Rooms {
    /// As the settings have it.
    configured: Directory,
    /// With the rooms that were made or adopted since.
    directory: RwLock<Arc<Directory>>,
    known: Mutex<Option<Arc<Vec<RoomRow>>>>,
    flow: Mutex<Flow>,
    bell: Notify,
    is_stirred: AtomicBool,
    /// One look at a time.
    looking: tokio::sync::Mutex<()>,
    /// The rooms that the bot was in when they were last listed.
    strangers: Mutex<Vec<Stranger>>,
    /// Whether anybody may be waiting for others to vouch for them.
    has_askers: AtomicBool,
}

impl Rooms {
    /// Those of the settings; the others are read with the first turn.
    pub fn new(configured: Directory) -> Self {
        Self {
            directory: RwLock::new(Arc::new(configured.clone())),
            configured,
            known: Mutex::default(),
            flow: Mutex::default(),
            bell: Notify::new(),
            is_stirred: AtomicBool::new(false),
            looking: tokio::sync::Mutex::default(),
            strangers: Mutex::default(),
            has_askers: AtomicBool::new(true),
        }
    }

    /// Something came of an arrangement: its row is to be looked at.
    pub fn stir(&self) {
        self.is_stirred.store(true, Ordering::Relaxed);
        self.bell.notify_one();
    }

    /// Rooms are looked at whole soon: somebody asks to be let in.
    pub fn look_soon(&self) {
        self.flow().list_soon();
        self.bell.notify_one();
    }

    /// Whether it is known of that room who asks to be let in, and told.
    pub fn looks_after(&self, room: &RoomRef) -> bool {
        let known = self.known();
        known.is_some_and(|rows| rows.iter().any(|row| row.room.as_ref() == Some(room)))
    }

    /// What stood in the store when it was last read.
    fn known(&self) -> Option<Arc<Vec<RoomRow>>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    /// The rooms that the bot was in when they were last listed.
    fn strangers(&self) -> Vec<Stranger> {
        let strangers = self.strangers.lock();
        strangers.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn directory(&self) -> Arc<Directory> {
        let directory = self.directory.read();
        Arc::clone(&directory.unwrap_or_else(PoisonError::into_inner))
    }
}

impl App {
    /// Rooms, areas, appointments, as they are now.
    pub fn directory(&self) -> Arc<Directory> {
        self.rooms.directory()
    }

    /// Takes over what stands in the store, and tells the platforms which rooms matter.
    pub(super) fn know_rooms(&self, rows: Vec<RoomRow>) {
        let directory = Arc::new(with_made(&self.rooms.configured, &rows));
        if self.rooms.known().is_none() {
            self.recall(&rows);
        }
        let before = self.directory();
        *self
            .rooms
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(rows));
        if before.rooms == directory.rooms {
            return;
        }
        *self
            .rooms
            .directory
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::clone(&directory);
        let closed: Vec<(RoomRef, Role)> = directory
            .rooms
            .iter()
            .filter_map(|room| Some((room.room.clone(), room.purpose.gives()?)))
            .collect();
        for platform in self.platforms.values() {
            platform.trust(&closed);
            let rooms: Vec<RoomRef> = directory
                .rooms
                .iter()
                .map(|room| room.room.clone())
                .filter(|room| room.platform == platform.kind())
                .collect();
            platform.heed(&rooms);
        }
    }
}

impl App {
    /// Goes on from what an earlier process counted.
    fn recall(&self, rows: &[RoomRow]) {
        let now = self.clock.now();
        let mut flow = self.rooms.flow();
        for row in rows {
            if let (Some(room), true) = (&row.room, row.state.sibling.taken > 0) {
                flow.recall(room, &row.state.lately, row.state.sibling.taken, now);
            }
        }
    }
}

fn with_made(configured: &Directory, rows: &[RoomRow]) -> Directory {
    let mut directory = configured.clone();
    for row in rows {
        let is_there = !matches!(row.state.sibling.stage, Stage::Making | Stage::Failed);
        if let (Some(room), true) = (&row.room, is_there)
            && directory.room(room).is_none()
        {
            directory.rooms.push(Room {
                room: room.clone(),
                name: row.state.title.clone(),
                purpose: row.set.purpose,
                areas: row.set.areas.clone(),
                language: row.state.language.clone(),
            });
        }
    }
    directory
}

/// Keeps rooms until `stop`.
pub async fn run(app: Arc<App>, stop: Stop) {
    while !stop.is_cancelled() {
        if let Err(error) = tick(&app).await {
            warn!(error = %format!("{error:#}"), "rooms could not be looked after; it is tried again");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = app.rooms.bell.notified() => {}
            () = tokio::time::sleep(NAP) => {}
        }
    }
}

/// Everything about rooms that is due now, once.
pub async fn tick(app: &App) -> anyhow::Result<()> {
    let _looking = app.rooms.looking.lock().await;
    let news = census::look(app).await;
    let is_stirred = app.rooms.is_stirred.swap(false, Ordering::Relaxed);
    if !is_stirred && !is_due(app, &news) {
        return Ok(());
    }
    let done = look_after(app, &news).await;
    if done.is_err() {
        // What was stirred is still to be looked at.
        app.rooms.is_stirred.store(true, Ordering::Relaxed);
    }
    done
}

/// Whether a transaction is worth it: the counts alone are not, more often than now and then.
fn is_due(app: &App, news: &census::News) -> bool {
    let Some(known) = app.rooms.known() else {
        return true;
    };
    let mut rows = known.as_ref().clone();
    let is_new = splitting::take_over(app, &mut rows);
    census::apply(app, &mut rows, news);
    let now = app.clock.now();
    let is_asked = {
        let has_askers = app.rooms.has_askers.load(Ordering::Relaxed);
        let mut asks = news.asks.values();
        (!news.asks.is_empty() && has_askers) || asks.any(|people| !people.is_empty())
    };
    let has_steps = || {
        sets(&rows)
            .into_iter()
            .any(|set| splitting::is_something_to_do(app, &rows, &set, now))
    };
    let is_more_than_counts = || {
        let mut counted = rows.clone();
        for (row, known) in counted.iter_mut().zip(known.iter()) {
            row.state.sibling.taken = known.state.sibling.taken;
            row.state.small_since = known.state.small_since;
            row.state.lately.clone_from(&known.state.lately);
        }
        counted != *known
    };
    let is_filling = || {
        let marks = app.policy.rooms.limits.marks;
        rows.iter().zip(known.iter()).any(|(row, known)| {
            let taken = row.state.sibling.taken;
            taken != known.state.sibling.taken
                && taken >= split::part(limit(app, row), marks.prepare)
        })
    };
    is_new
        || placing::is_something_to_do(app, &rows)
        || is_asked
        || has_steps()
        || is_filling()
        || (rows != *known && (is_more_than_counts() || app.rooms.flow().may_save(now)))
}

async fn look_after(app: &App, news: &census::News) -> anyhow::Result<()> {
    let mut turn = Turn::begin(app).await?;
    let before = turn.tx.rooms().await?;
    let mut rows = before.clone();
    splitting::take_over(app, &mut rows);
    census::apply(app, &mut rows, news);
    splitting::conclude(&mut turn, &mut rows).await?;
    for set in sets(&rows) {
        splitting::walk(&mut turn, &mut rows, &set)?;
    }
    placing::place(&mut turn, &mut rows);
    vouching::look(&mut turn, &rows, &news.asks).await?;
    keep(&mut turn, &before, rows).await?;
    app.rooms.flow().saved(turn.now);
    turn.commit().await
}

/// Saves what changed and has every process know it.
pub(super) async fn keep(
    turn: &mut Turn<'_>,
    before: &[RoomRow],
    rows: Vec<RoomRow>,
) -> anyhow::Result<()> {
    let names: BTreeSet<&String> = rows.iter().map(|row| &row.name).collect();
    for gone in before.iter().filter(|row| !names.contains(&row.name)) {
        turn.tx.drop_room(&gone.name).await?;
    }
    for row in &rows {
        if !before.contains(row) {
            turn.tx.save_room(row).await?;
        }
    }
    if before != rows.as_slice() {
        turn.rooms_anew(rows);
    }
    Ok(())
}

/// All there are siblings of.
fn sets(rows: &[RoomRow]) -> BTreeSet<SetKey> {
    rows.iter().map(|row| row.set.clone()).collect()
}

/// The siblings of a set, by their number.
fn siblings<'r>(rows: &'r [RoomRow], set: &SetKey) -> BTreeMap<u32, &'r RoomRow> {
    rows.iter()
        .filter(|row| &row.set == set)
        .map(|row| (row.state.sibling.number, row))
        .collect()
}

/// The same as the domain wants them, with the limits of the policy.
fn counted(app: &App, rows: &[RoomRow], set: &SetKey) -> Vec<Sibling> {
    siblings(rows, set)
        .into_values()
        .map(|row| {
            let mut sibling = row.state.sibling.clone();
            sibling.limit = limit(app, row);
            sibling
        })
        .collect()
}

/// The most people a room may have.
fn limit(app: &App, row: &RoomRow) -> u32 {
    let limits = &app.policy.rooms.limits;
    match &row.room {
        Some(room) => limits.of(room),
        None => limits.on(row.set.platform),
    }
}

impl Turn<'_> {
    /// These are the rooms from the commit on.
    pub(super) fn rooms_anew(&mut self, rows: Vec<RoomRow>) {
        self.trust_anew();
        self.rooms = Some(rows);
    }
}

/// When people have been few for how long, a room is one of those that may become one.
fn note_few(row: &mut RoomRow, now: Timestamp) {
    let is_small = row.state.sibling.is_open() && row.state.sibling.taken < split::FEW;
    row.state.small_since = match (is_small, row.state.small_since) {
        (true, Some(since)) => Some(since),
        (true, None) => Some(now),
        (false, _) => None,
    };
    row.state.merge_told &= is_small;
}
