//! Walks siblings through their steps: rows and what is owed, in one transaction.

use std::collections::BTreeSet;

use crate::{
    app::{
        App,
        rooms::{arranging, census, counted, siblings, vouching},
        telling,
        turn::Turn,
    },
    domain::{
        directory::{Purpose, Room},
        effect::{Act, Post, PostKind, Target, Urgency},
        envelope::RoomRef,
        ids::{AreaId, SubjectId},
        prompt::{AboutNewcomers, AboutRooms, Prompt},
        route,
        split::{self, Arrangement, LinkMode, SetKey, Sibling, Stage, Step, Told},
        timestamp::Timestamp,
    },
    store::{RoomRow, RoomState},
};

/// More rounds than this are none: every step makes the next plan shorter.
const ROUNDS: usize = 20;

/// Brings the rows to what the settings say: rooms that are new there get one, those that are gone lose theirs. Tells whether
/// anything changed.
pub fn take_over(app: &App, rows: &mut Vec<RoomRow>) -> bool {
    let mut changed = false;
    let configured: Vec<&Room> = app
        .rooms
        .configured
        .rooms
        .iter()
        .filter(|room| {
            let is_of_areas = room.purpose.has_siblings() && !room.areas.is_empty();
            is_of_areas || vouching::needs_vouching(app, room.purpose)
        })
        .filter(|room| census::arranges(app, room.room.platform))
        .collect();
    let addresses: BTreeSet<String> = configured
        .iter()
        .map(|room| room.room.to_string())
        .collect();
    let is_gone = |row: &RoomRow| {
        let address = row.room.as_ref().map(ToString::to_string);
        address.as_deref() == Some(row.name.as_str()) && !addresses.contains(&row.name)
    };
    let before = rows.len();
    rows.retain(|row| !is_gone(row));
    changed |= rows.len() != before;
    for room in configured {
        let name = room.room.to_string();
        let set = SetKey {
            platform: room.room.platform,
            purpose: room.purpose,
            areas: room.areas.clone(),
        };
        match rows
            .iter()
            .position(|row| row.room.as_ref() == Some(&room.room))
        {
            Some(at) => {
                let row = &rows[at];
                let is_same = row.set == set
                    && row.state.title == room.name
                    && row.state.language == room.language;
                if is_same {
                    continue;
                }
                let mut row = rows.remove(at);
                if row.set != set {
                    row.state.sibling.number = free_number(rows, &set, &room.name);
                    row.set = set;
                }
                row.state.title.clone_from(&room.name);
                row.state.language.clone_from(&room.language);
                rows.push(row);
                changed = true;
            }
            None => {
                let number = free_number(rows, &set, &room.name);
                rows.push(RoomRow {
                    name,
                    set,
                    room: Some(room.room.clone()),
                    link: None,
                    failure: None,
                    state: state(app, number, Stage::Open, &room.name, &room.language),
                });
                changed = true;
            }
        }
    }
    changed
}

/// A room of which nothing has been heard yet.
pub fn state(app: &App, number: u32, stage: Stage, title: &str, language: &str) -> RoomState {
    RoomState {
        sibling: Sibling {
            number,
            stage,
            taken: 0,
            limit: 0,
            raised: None,
            waits: false,
            told: Told::default(),
        },
        title: title.to_owned(),
        language: language.to_owned(),
        asking: 0,
        asking_told: 0,
        entry: app.policy.rooms.entry,
        is_ours: false,
        small_since: None,
        merge_told: false,
        wave_at: None,
        tries: 0,
        is_first: false,
        is_placed: false,
        lately: Vec::new(),
    }
}

/// The number at the end of the title, if no sibling has it; else the first that is free.
pub fn free_number(rows: &[RoomRow], set: &SetKey, title: &str) -> u32 {
    let taken: BTreeSet<u32> = siblings(rows, set).into_keys().collect();
    let wished = split::numbered(title).map_or(1, |(_, number)| number);
    if !taken.contains(&wished) {
        return wished;
    }
    (1..).find(|n| !taken.contains(n)).unwrap_or(u32::MAX)
}

/// Whether the plan has a next step, or people came in a wave, or ask to be let in.
pub fn is_something_to_do(app: &App, rows: &[RoomRow], set: &SetKey, now: Timestamp) -> bool {
    let members = siblings(rows, set);
    let is_news = |row: &&RoomRow| {
        is_wave(app, row, now)
            || row.state.asking > row.state.asking_told
            || (row.failure.is_some() && row.state.sibling.stage != Stage::Failed)
    };
    members.into_values().any(|row| is_news(&row))
        || !plan(app, rows, set, now).is_empty()
        || mergeable(app, rows, set, now).is_some()
}

fn plan(app: &App, rows: &[RoomRow], set: &SetKey, now: Timestamp) -> Vec<Step> {
    // Rooms that cannot be made are not planned; the door still turns.
    let steps = split::plan(
        &counted(app, rows, set),
        app.policy.rooms.limits.marks,
        expected(app, rows, set, now),
    );
    let can = census::arranges(app, set.platform) && set.purpose.has_siblings();
    steps
        .into_iter()
        .filter(|step| can || !matches!(step, Step::Prepare(_)))
        .collect()
}

fn expected(app: &App, rows: &[RoomRow], set: &SetKey, now: Timestamp) -> u32 {
    let flow = app.rooms.flow();
    siblings(rows, set)
        .into_values()
        .filter_map(|row| row.room.as_ref())
        .map(|room| flow.expected(room, now).max(flow.on_their_way(room, now)))
        .fold(0, u32::saturating_add)
}

fn is_wave(app: &App, row: &RoomRow, now: Timestamp) -> bool {
    let wave = app.policy.rooms.join_wave;
    let Some(room) = row.room.as_ref().filter(|_| wave > 0) else {
        return false;
    };
    row.state.is_ours
        && row.state.entry == LinkMode::Open
        && row.state.sibling.is_there()
        && app.rooms.flow().in_an_hour(room, now) > wave
}

/// Draws the conclusions of what the outbox has written down.
pub async fn conclude(turn: &mut Turn<'_>, rows: &mut [RoomRow]) -> anyhow::Result<()> {
    for row in rows {
        let name = row.name.clone();
        if row.state.sibling.stage == Stage::Making
            && let Some(room) = row.room.clone()
        {
            row.state.sibling.stage = if row.state.is_first {
                Stage::Open
            } else {
                Stage::Prepared
            };
            row.state.sibling.taken = row.state.sibling.taken.max(1);
            row.state.is_ours = true;
            row.failure = None;
            turn.because_of(format!("made/{name}"));
            introduce(turn, &room, row.set.purpose).await?;
            if row.state.is_first {
                let ready = AboutRooms::Ready {
                    title: row.state.title.clone(),
                    link: row.link.clone().unwrap_or_default(),
                };
                tell(turn, &row.set, ready);
            }
            turn.settle_cause();
        }
        let Some(code) = row.failure.take() else {
            continue;
        };
        turn.because_of(format!("not-arranged/{name}/{}", turn.now.as_ms()));
        if let Some(code) = code.strip_prefix(arranging::OF_ASKERS) {
            let about = AboutNewcomers::NotLetIn {
                room: row.state.title.clone(),
                reason: code.to_owned(),
            };
            let areas: Vec<AreaId> = row.set.areas.iter().cloned().collect();
            telling::tell_moderators_of(turn, &areas, &Prompt::Newcomers(about));
            turn.settle_cause();
            continue;
        }
        let prompt = if row.state.sibling.stage == Stage::Making {
            row.state.sibling.stage = Stage::Failed;
            AboutRooms::NotMade {
                title: row.state.title.clone(),
                reason: code,
            }
        } else {
            AboutRooms::NotChanged {
                title: row.state.title.clone(),
                reason: code,
                is_full: row.state.sibling.told.stopped,
            }
        };
        tell(turn, &row.set, prompt);
        turn.settle_cause();
    }
    Ok(())
}

pub async fn introduce(
    turn: &mut Turn<'_>,
    room: &RoomRef,
    purpose: Purpose,
) -> anyhow::Result<()> {
    if purpose.is_spoken_in() && turn.tx.note_introduced(room, turn.now).await? {
        let prompt = Prompt::Introduction {
            community: turn.app.community.name.clone(),
        };
        turn.say(Target::Room(room.clone()), prompt, Urgency::Answer);
    }
    Ok(())
}

/// Carries out what the plan says until it says nothing more.
pub fn walk(turn: &mut Turn<'_>, rows: &mut Vec<RoomRow>, set: &SetKey) -> anyhow::Result<()> {
    for _ in 0..ROUNDS {
        let steps = plan(turn.app, rows, set, turn.now);
        if steps.is_empty() {
            break;
        }
        for step in steps {
            turn.because_of(format!(
                "rooms/{}/{step:?}/{}",
                set.name(),
                turn.now.as_ms()
            ));
            carry_out(turn, rows, set, step);
            turn.settle_cause();
        }
    }
    waves_and_askers(turn, rows, set);
    propose_merging(turn, rows, set);
    Ok(())
}

/// One step. Commands take the same.
pub fn carry_out(turn: &mut Turn<'_>, rows: &mut Vec<RoomRow>, set: &SetKey, step: Step) {
    let marks = turn.app.policy.rooms.limits.marks;
    match step {
        Step::Prepare(number) => prepare(turn, rows, set, number),
        Step::Open(number) => {
            if let Some(row) = of(rows, set, number) {
                row.state.sibling.stage = Stage::Open;
            }
        }
        Step::TellNearly { full, ready } => {
            let ready = title(rows, set, ready);
            let limit = limit(turn.app, rows, set, full);
            if let Some(row) = of(rows, set, full) {
                row.state.sibling.told.nearly = true;
                let mut sibling = row.state.sibling.clone();
                sibling.limit = limit;
                let prompt = AboutRooms::NearlyFull {
                    title: row.state.title.clone(),
                    taken: sibling.taken,
                    limit,
                    ready,
                    turns_at: sibling.turns_at(marks),
                };
                tell(turn, set, prompt);
            }
        }
        Step::Turn(number) => {
            let next = split::door(&counted(turn.app, rows, set), marks, |_| 0)
                .map(|sibling| sibling.number)
                .filter(|next| *next != number)
                .map(|next| title(rows, set, next));
            if let (Some(row), Some(next)) = (of(rows, set, number), next) {
                row.state.sibling.told.turned = true;
                if let Some(room) = row.room.clone() {
                    let prompt = Prompt::Rooms(AboutRooms::Full { next });
                    // Once for each room, however often it fills up again.
                    turn.owe_once(
                        "full".to_owned(),
                        Target::Room(room),
                        Act::Say {
                            prompt,
                            reply_to: None,
                            post: None,
                        },
                        Urgency::Card,
                    );
                }
            }
        }
        Step::Stop(number) => {
            if let Some(row) = of(rows, set, number) {
                row.state.sibling.told.stopped = true;
                change_link(turn, row, LinkMode::Off);
            }
        }
        Step::Reopen(number) => {
            if let Some(row) = of(rows, set, number) {
                row.state.sibling.told.stopped = false;
                let entry = row.state.entry;
                change_link(turn, row, entry);
            }
        }
    }
}

/// Makes a sibling like the newest one there is.
fn prepare(turn: &mut Turn<'_>, rows: &mut Vec<RoomRow>, set: &SetKey, number: u32) {
    let there: Vec<&RoomRow> = siblings(rows, set).into_values().collect();
    let like = there
        .iter()
        .rev()
        .find(|row| row.state.sibling.is_there() && row.room.is_some());
    let Some((like, row)) = like.and_then(|row| Some((row.room.clone()?, (*row).clone()))) else {
        return;
    };
    let title = split::title(&row.state.title, number);
    let name = marker(turn.app, set, number);
    let entry = row.state.entry;
    let mut made = RoomRow {
        name: name.clone(),
        set: set.clone(),
        room: None,
        link: None,
        failure: None,
        state: state(turn.app, number, Stage::Making, &title, &row.state.language),
    };
    made.state.entry = entry;
    made.state.tries = 1;
    rows.push(made);
    owe_sibling(turn, &name, like, title, entry);
}

/// Tries once more to make one that could not be made.
pub fn try_again(turn: &mut Turn<'_>, rows: &mut [RoomRow], set: &SetKey) -> bool {
    let like = siblings(rows, set)
        .into_values()
        .rev()
        .find(|row| row.state.sibling.is_there() && row.room.is_some())
        .and_then(|row| row.room.clone());
    let failed = rows
        .iter_mut()
        .find(|row| &row.set == set && row.state.sibling.stage == Stage::Failed);
    let (Some(row), Some(like)) = (failed, like) else {
        return false;
    };
    row.state.sibling.stage = Stage::Making;
    row.state.tries += 1;
    let (name, title, entry) = (row.name.clone(), row.state.title.clone(), row.state.entry);
    owe_sibling(turn, &name, like, title, entry);
    true
}

fn owe_sibling(turn: &mut Turn<'_>, name: &str, like: RoomRef, title: String, link: LinkMode) {
    let target = Target::Account {
        platform: like.platform,
        room: name.to_owned(),
    };
    let work = Arrangement::Sibling {
        like,
        title,
        marker: name.to_owned(),
        link,
    };
    let act = Act::Arrange {
        room: name.to_owned(),
        work,
    };
    turn.owe(target, act, Urgency::Card);
}

/// Says of which siblings which it is, and nothing to others; the same for the same.
pub fn marker(app: &App, set: &SetKey, number: u32) -> String {
    let id = app
        .keyring
        .derived_id("room", &format!("{}/{number}", set.name()));
    let short: String = id.chars().take(8).collect();
    format!("[tocsin {short}]")
}

/// Owes a change of a room.
pub fn change(turn: &mut Turn<'_>, row: &RoomRow, work: impl FnOnce(RoomRef) -> Arrangement) {
    let Some(room) = row.room.clone() else {
        return;
    };
    let target = Target::Account {
        platform: room.platform,
        room: row.name.clone(),
    };
    let act = Act::Arrange {
        room: row.name.clone(),
        work: work(room),
    };
    turn.owe(target, act, Urgency::Card);
}

fn change_link(turn: &mut Turn<'_>, row: &RoomRow, mode: LinkMode) {
    if census::arranges(turn.app, row.set.platform) {
        change(turn, row, |room| Arrangement::Link { room, mode });
    }
}

/// Where people come in a wave they have to ask; who asks is told to moderators.
fn waves_and_askers(turn: &mut Turn<'_>, rows: &mut [RoomRow], set: &SetKey) {
    let now = turn.now;
    for row in rows.iter_mut().filter(|row| &row.set == set) {
        if is_wave(turn.app, row, now)
            && let Some(room) = &row.room
        {
            let came = turn.app.rooms.flow().in_an_hour(room, now);
            turn.because_of(format!("wave/{}/{}", row.name, now.as_ms()));
            row.state.entry = LinkMode::Approval;
            row.state.wave_at = Some(now);
            if !row.state.sibling.told.stopped {
                change_link(turn, row, LinkMode::Approval);
            }
            let title = row.state.title.clone();
            tell(turn, set, AboutRooms::Wave { title, came });
            turn.settle_cause();
        }
        // Told at the first, and whenever twice as many wait.
        let (asking, told) = (row.state.asking, row.state.asking_told);
        if asking > told && asking >= told.saturating_mul(2) {
            row.state.asking_told = asking;
            turn.because_of(format!("asking/{}/{}", row.name, now.as_ms()));
            // Where two must vouch, each of them has a card.
            if !vouching::needs_vouching(turn.app, set.purpose) {
                tell_waiting(turn, set, &row.state.title, asking);
            }
            turn.settle_cause();
        } else if asking > told {
            // Nothing to be said yet, and nothing to look at again either.
            row.state.asking_told = told.max(1);
        }
    }
}

/// Tells moderators that people wait: one word or reaction lets them in.
fn tell_waiting(turn: &mut Turn<'_>, set: &SetKey, title: &str, people: u32) {
    let prompt = Prompt::Waiting {
        room: title.to_owned(),
        people,
    };
    let post = Post {
        about: SubjectId::new(set.name()),
        kind: PostKind::Waiting,
    };
    let areas: Vec<AreaId> = set.areas.iter().cloned().collect();
    for room in route::moderators_of(&turn.app.directory(), &areas) {
        let act = Act::Say {
            prompt: prompt.clone(),
            reply_to: None,
            post: Some(post.clone()),
        };
        turn.owe(Target::Room(room.room.clone()), act, Urgency::Card);
    }
}

fn mergeable(app: &App, rows: &[RoomRow], set: &SetKey, now: Timestamp) -> Option<(u32, u32)> {
    let members = siblings(rows, set);
    let since = |sibling: &Sibling| {
        let row = members.get(&sibling.number)?;
        row.state.small_since.filter(|_| !row.state.merge_told)
    };
    let all = counted(app, rows, set);
    split::mergeable(&all, app.policy.rooms.limits.marks, now, since)
        .map(|(stays, goes)| (stays.number, goes.number))
}

/// Two that were small for long: moderators are asked, once.
fn propose_merging(turn: &mut Turn<'_>, rows: &mut [RoomRow], set: &SetKey) {
    let Some((stays, goes)) = mergeable(turn.app, rows, set, turn.now) else {
        return;
    };
    let (to, from) = (title(rows, set, stays), title(rows, set, goes));
    turn.because_of(format!("small/{}/{goes}/{}", set.name(), turn.now.as_ms()));
    if let Some(row) = of(rows, set, goes) {
        row.state.merge_told = true;
    }
    tell(turn, set, AboutRooms::Small { from, to });
    turn.settle_cause();
}

/// Tells moderators something about siblings; what they answer to it is about those.
pub fn tell(turn: &mut Turn<'_>, set: &SetKey, about: AboutRooms) {
    let post = Post {
        about: SubjectId::new(set.name()),
        kind: PostKind::Rooms,
    };
    let prompt = Prompt::Rooms(about);
    let areas: Vec<AreaId> = set.areas.iter().cloned().collect();
    for room in route::moderators_of(&turn.app.directory(), &areas) {
        let act = Act::Say {
            prompt: prompt.clone(),
            reply_to: None,
            post: Some(post.clone()),
        };
        turn.owe(Target::Room(room.room.clone()), act, Urgency::Card);
    }
}

/// The sibling of that number.
pub fn of<'r>(rows: &'r mut [RoomRow], set: &SetKey, number: u32) -> Option<&'r mut RoomRow> {
    rows.iter_mut()
        .find(|row| &row.set == set && row.state.sibling.number == number)
}

/// What the sibling of that number is called.
pub fn title(rows: &[RoomRow], set: &SetKey, number: u32) -> String {
    siblings(rows, set)
        .get(&number)
        .map(|row| row.state.title.clone())
        .unwrap_or_default()
}

fn limit(app: &App, rows: &[RoomRow], set: &SetKey, number: u32) -> u32 {
    siblings(rows, set)
        .get(&number)
        .map_or(split::MOST, |row| super::limit(app, row))
}
