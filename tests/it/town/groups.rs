//! The rooms of a pretend platform: who is in them, and what the bot does about them.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
};

use tocsin::{
    domain::envelope::{PersonRef, PlatformKind, RoomRef},
    platforms::{
        PerformError, Retry,
        rooms::{Allowed, LinkMode, RoomChange, RoomState, RoomWork},
    },
};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is refused so.
    Refused(&'static str),
    /// It is done, and the answer is lost.
    AnswerLost,
}

/// See the module.
#[derive(Default)]
pub struct Groups {
    rooms: Mutex<BTreeMap<String, RoomState>>,
    /// The next arrangements fail so, the first one first.
    faults: Mutex<Vec<Fault>>,
    made: Mutex<u32>,
    /// Which rooms were put into which Spaces, in order.
    placed: Mutex<Vec<(String, String)>>,
}

fn person(number: usize) -> PersonRef {
    PersonRef::new(PlatformKind::Matrix, format!("@p{number}:town"))
}

impl Groups {
    fn rooms(&self) -> MutexGuard<'_, BTreeMap<String, RoomState>> {
        self.rooms.lock().unwrap()
    }

    /// There is a room with so many people, the bot and five other admins among them.
    pub fn has(&self, id: &str, title: &str, people: usize, entry: LinkMode) {
        let state = RoomState {
            room: RoomRef::new(PlatformKind::Matrix, id),
            title: title.to_owned(),
            description: "Rapid response".to_owned(),
            is_member: true,
            is_admin: true,
            members: (0..people).map(person).collect(),
            pending: Vec::new(),
            requesting: Vec::new(),
            banned: Vec::new(),
            admins: (0..people.min(6)).map(person).collect(),
            link: Some(format!("https://rooms.example/{id}")),
            entry: Some(entry),
            timer: None,
            may_add: Allowed::Admins,
            may_edit: Allowed::Admins,
            may_write: Allowed::Members,
        };
        self.rooms().insert(id.to_owned(), state);
    }

    /// From now on so many people are there.
    pub fn fills(&self, id: &str, people: usize) {
        let mut rooms = self.rooms();
        let room = rooms.get_mut(id).expect("a room of that id");
        room.members = (0..people).map(person).collect();
    }

    /// Somebody follows a link: whether they got in.
    pub fn joins(&self, link: &str) -> bool {
        let mut rooms = self.rooms();
        let room = rooms
            .values_mut()
            .find(|room| room.link.as_deref() == Some(link));
        let Some(room) = room else { return false };
        let next = person(10_000 + room.members.len());
        match room.entry {
            Some(LinkMode::Open) => room.members.push(next),
            Some(LinkMode::Approval) => room.requesting.push(next),
            _ => return false,
        }
        true
    }

    /// Somebody asks to be let in.
    pub fn asks(&self, id: &str, who: &str) {
        let mut rooms = self.rooms();
        let room = rooms.get_mut(id).expect("a room of that id");
        let who = PersonRef::new(PlatformKind::Matrix, format!("@{who}:town"));
        if !room.requesting.contains(&who) {
            room.requesting.push(who);
        }
    }

    /// Nobody asks any more.
    pub fn asks_no_more(&self, id: &str) {
        let mut rooms = self.rooms();
        let room = rooms.get_mut(id).expect("a room of that id");
        room.requesting.clear();
    }

    /// The rooms there are, by title: how many people, how one gets in.
    pub fn all(&self) -> BTreeMap<String, (usize, Option<LinkMode>)> {
        let rooms = self.rooms();
        rooms
            .values()
            .map(|room| (room.title.clone(), (room.members.len(), room.entry)))
            .collect()
    }

    /// One of them.
    pub fn state(&self, title: &str) -> RoomState {
        let rooms = self.rooms();
        rooms
            .values()
            .find(|room| room.title == title)
            .unwrap_or_else(|| panic!("no room is called {title}"))
            .clone()
    }

    /// How many rooms were made.
    pub fn made(&self) -> u32 {
        *self.made.lock().unwrap()
    }

    /// Which rooms were put into which Spaces, by title, in order.
    pub fn placed(&self) -> Vec<(String, String)> {
        self.placed.lock().unwrap().clone()
    }

    /// The next arrangements fail so, the first one first.
    pub fn fail(&self, faults: &[Fault]) {
        *self.faults.lock().unwrap() = faults.to_vec();
    }

    pub(super) fn census(&self) -> Vec<(RoomRef, usize)> {
        let rooms = self.rooms();
        rooms
            .values()
            .map(|room| (room.room.clone(), room.census()))
            .collect()
    }

    pub(super) fn states(&self) -> Vec<RoomState> {
        self.rooms().values().cloned().collect()
    }

    pub(super) fn arrange(&self, work: &RoomWork) -> Result<RoomState, PerformError> {
        let fault = {
            let mut faults = self.faults.lock().unwrap();
            (!faults.is_empty()).then(|| faults.remove(0))
        };
        if let Some(Fault::Refused(code)) = fault {
            return Err(PerformError::new(code, Retry::Never));
        }
        let done = self.carry_out(work)?;
        if fault == Some(Fault::AnswerLost) {
            return Err(PerformError {
                is_doubtful: true,
                ..PerformError::new("timed_out", Retry::Later(Some(std::time::Duration::ZERO)))
            });
        }
        Ok(done)
    }

    fn carry_out(&self, work: &RoomWork) -> Result<RoomState, PerformError> {
        let mut rooms = self.rooms();
        match work {
            RoomWork::Make(new) => {
                let is_it = |room: &&RoomState| room.description.ends_with(&new.marker);
                if let Some(begun) = rooms.values().find(is_it) {
                    return Ok(begun.clone());
                }
                *self.made.lock().unwrap() += 1;
                let id = format!("#made-{}", rooms.len() + 1);
                let state = RoomState {
                    room: RoomRef::new(PlatformKind::Matrix, &id),
                    title: new.title.clone(),
                    description: format!("{} {}", new.description, new.marker),
                    is_member: true,
                    is_admin: true,
                    members: vec![person(0)],
                    pending: new.admins.iter().skip(1).cloned().collect(),
                    requesting: Vec::new(),
                    banned: Vec::new(),
                    admins: vec![person(0)],
                    link: (new.link != LinkMode::Off)
                        .then(|| format!("https://rooms.example/{id}")),
                    entry: Some(new.link),
                    timer: new.timer,
                    may_add: Allowed::Admins,
                    may_edit: Allowed::Admins,
                    may_write: Allowed::Members,
                };
                rooms.insert(id, state.clone());
                Ok(state)
            }
            RoomWork::Change { room, change } => {
                let state = rooms
                    .get_mut(&room.id)
                    .ok_or_else(|| PerformError::new("not_in_room", Retry::Never))?;
                match change {
                    RoomChange::Link(mode) => state.entry = Some(*mode),
                    RoomChange::MayWrite(who) => state.may_write = *who,
                    RoomChange::ResetLink => {
                        let link = state.link.take().unwrap_or_default();
                        state.link = Some(format!("{link}/new"));
                    }
                    RoomChange::Add(people) => {
                        state.requesting.retain(|one| !people.contains(one));
                        state.members.extend(people.iter().cloned());
                    }
                    RoomChange::Remove(people) => {
                        state.requesting.retain(|one| !people.contains(one));
                        state.members.retain(|one| !people.contains(one));
                    }
                    _ => return Err(PerformError::new("not_possible", Retry::Never)),
                }
                Ok(state.clone())
            }
            RoomWork::Place { room, space } => {
                let state = rooms
                    .get(&room.id)
                    .ok_or_else(|| PerformError::new("not_in_room", Retry::Never))?;
                let placed = (state.title.clone(), space.id.clone());
                self.placed.lock().unwrap().push(placed);
                Ok(state.clone())
            }
            RoomWork::Join(_) | RoomWork::Leave { .. } => {
                Err(PerformError::new("not_possible", Retry::Never))
            }
        }
    }
}
