//! Which Matrix room is which: the configured ones by id or alias, conversations with one person, everything else.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

use matrix_sdk::{
    Client, Room, RoomMemberships, RoomState,
    deserialized_responses::RawAnySyncOrStrippedState,
    ruma::{
        OwnedRoomId, OwnedUserId, RoomAliasId, RoomId, UserId,
        api::error::ErrorKind,
        events::{StateEventType, room::power_levels::UserPowerLevel},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Notify;

use crate::{
    config::platforms::MatrixRoles,
    domain::{
        envelope::{Origin, PlatformKind, RoomRef},
        role::Role,
    },
    platforms::{
        Retry,
        matrix::{arrange::Sheet, convert, error::Failure, session::write_private},
    },
};

/// What is remembered of rooms between runs, in `rooms.json`. No person is named in it.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
struct Kept {
    /// What aliases pointed to when they were last asked for.
    #[serde(default)]
    aliases: BTreeMap<String, OwnedRoomId>,
    /// Configured rooms that the intake knows the bot to be in.
    #[serde(default)]
    entered: BTreeSet<OwnedRoomId>,
    /// Configured rooms that the bot was put out of; it does not push itself back in.
    #[serde(default)]
    left: BTreeSet<OwnedRoomId>,
}

#[derive(Default)]
struct State {
    kept: Kept,
    /// The community's rooms, as they are called.
    heeded: Vec<RoomRef>,
    /// How often that changed.
    changes: u64,
    /// Those of them whose ids are known.
    by_id: HashMap<OwnedRoomId, RoomRef>,
    /// Whether the bot made a room, of those that were looked at.
    made: HashMap<OwnedRoomId, bool>,
    /// Where people last wrote to the bot alone.
    direct: HashMap<OwnedUserId, OwnedRoomId>,
}

/// The rooms that matter.
pub struct Rooms {
    file: PathBuf,
    state: Mutex<State>,
    changed: Notify,
}

impl Rooms {
    /// The community's rooms, with what the last run knew of them.
    #[must_use]
    pub fn new(heeded: Vec<RoomRef>, file: PathBuf) -> Self {
        let kept = std::fs::read_to_string(&file)
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let state = Mutex::new(State {
            kept,
            heeded,
            ..State::default()
        });
        Self {
            file,
            state,
            changed: Notify::new(),
        }
    }

    /// These are the community's rooms from now on. Those that are called by their id are known at once.
    pub fn heed(&self, rooms: Vec<RoomRef>) {
        {
            let mut state = self.state();
            if state.heeded == rooms {
                return;
            }
            state.by_id.retain(|_, room| rooms.contains(room));
            for room in &rooms {
                if let Ok(id) = RoomId::parse(room.id.as_str()) {
                    state.by_id.insert(id, room.clone());
                }
            }
            state.heeded = rooms;
            state.changes += 1;
        }
        self.changed.notify_one();
    }

    /// Waits until other rooms are the community's than before.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// How often that changed.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.state().changes
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change_kept(&self, change: impl FnOnce(&mut Kept) -> bool) {
        let kept = {
            let mut state = self.state();
            if !change(&mut state.kept) {
                return;
            }
            state.kept.clone()
        };
        let saved = serde_json::to_string(&kept)
            .map_err(anyhow::Error::from)
            .and_then(|text| write_private(&self.file, &text));
        if let Err(error) = saved {
            tracing::warn!("{error:#}");
        }
    }

    /// Finds the ids of all configured rooms that have none yet. Aliases that cannot be asked for now keep their old meaning.
    pub async fn resolve(&self, client: &Client) {
        let heeded = self.state().heeded.clone();
        for room in &heeded {
            if self.state().by_id.values().any(|known| known == room) {
                continue;
            }
            if let Some(id) = self.id_of(client, room).await {
                let mut state = self.state();
                if state.heeded.contains(room) {
                    state.by_id.insert(id, room.clone());
                }
            }
        }
    }

    async fn id_of(&self, client: &Client, room: &RoomRef) -> Option<OwnedRoomId> {
        if let Ok(id) = RoomId::parse(room.id.as_str()) {
            return Some(id);
        }
        let Ok(alias) = RoomAliasId::parse(room.id.as_str()) else {
            tracing::error!(room = %room.id, "A configured Matrix room is neither an id (!…) nor an alias (#…)");
            return None;
        };
        match client.resolve_room_alias(&alias).await {
            Ok(answer) => {
                self.change_kept(|kept| {
                    kept.aliases
                        .insert(room.id.clone(), answer.room_id.clone())
                        .as_ref()
                        != Some(&answer.room_id)
                });
                Some(answer.room_id)
            }
            Err(error) => {
                let old = self.state().kept.aliases.get(&room.id).cloned();
                let gone = matches!(error.client_api_error_kind(), Some(ErrorKind::NotFound));
                tracing::warn!(
                    room = %room.id,
                    code = Failure::of_http(&error).code,
                    known = old.is_some(),
                    "Cannot look a Matrix room alias up"
                );
                old.filter(|_| !gone)
            }
        }
    }

    /// Whether every configured room has an id.
    #[must_use]
    pub fn all_known(&self) -> bool {
        let state = self.state();
        state.by_id.len() >= state.heeded.len()
    }

    /// The ids of the configured rooms.
    #[must_use]
    pub fn ids(&self) -> Vec<OwnedRoomId> {
        self.state().by_id.keys().cloned().collect()
    }

    /// The room as it is configured, if it is.
    #[must_use]
    pub fn configured(&self, id: &RoomId) -> Option<RoomRef> {
        self.state().by_id.get(id).cloned()
    }

    /// The id of a room as it is configured, or an id itself.
    #[must_use]
    pub fn id(&self, room: &RoomRef) -> Option<OwnedRoomId> {
        let state = self.state();
        let configured = state.by_id.iter().find(|(_, known)| *known == room);
        match configured {
            Some((id, _)) => Some(id.clone()),
            None => RoomId::parse(room.id.as_str()).ok(),
        }
    }

    /// How the rest of the program calls a room.
    #[must_use]
    pub fn name(&self, id: &RoomId) -> RoomRef {
        let configured = self.configured(id);
        configured.unwrap_or_else(|| RoomRef::new(PlatformKind::Matrix, id.as_str()))
    }

    /// The bot made this room.
    pub fn made(&self, id: &RoomId) {
        self.state().made.insert(id.to_owned(), true);
    }

    /// Whether a room is the community's, or was made by the bot as far as that was looked at.
    #[must_use]
    pub fn is_watched(&self, id: &RoomId) -> bool {
        let state = self.state();
        state.by_id.contains_key(id) || state.made.get(id) == Some(&true)
    }

    /// Whether the bot made a room, in which it is, for others to be in.
    pub async fn is_made(&self, room: &Room) -> bool {
        if let Some(known) = self.state().made.get(room.room_id()) {
            return *known;
        }
        let Some(marker) = marker_of(room).await else {
            return false;
        };
        let is_made = marker.is_some();
        let mut state = self.state();
        *state
            .made
            .entry(room.room_id().to_owned())
            .or_insert(is_made)
    }

    /// Where messages of this room come from; `None` if the bot has no business there.
    ///
    /// # Errors
    /// If the homeserver has to be asked who is in the room, and cannot.
    pub async fn origin(&self, room: &Room) -> Result<Option<Origin>, Failure> {
        if let Some(configured) = self.configured(room.room_id()) {
            return Ok(Some(Origin::Room(configured)));
        }
        if self.is_made(room).await {
            return Ok(None);
        }
        let is_direct = others_in(room).await?.is_some();
        Ok(is_direct.then_some(Origin::Direct))
    }

    /// Remembers where a person writes to the bot alone.
    pub fn writes_in(&self, person: &str, room: &RoomId) {
        if let Ok(person) = UserId::parse(person) {
            self.state().direct.insert(person, room.to_owned());
        }
    }

    /// The conversation with one person: where they last wrote, else a room that is marked as one with them.
    ///
    /// # Errors
    /// If there was one and the person left it, or if the homeserver cannot be asked.
    pub async fn direct(&self, client: &Client, person: &UserId) -> Result<Option<Room>, Failure> {
        let written = self.state().direct.get(person).cloned();
        let written = written.and_then(|id| client.get_room(&id));
        let rooms = client.joined_rooms().into_iter().filter(|room| {
            let targets = room.direct_targets();
            let is_marked = targets.iter().any(|one| one.as_user_id() == Some(person));
            is_marked || room.heroes().iter().any(|hero| hero.user_id == person)
        });
        let mut was_left = false;
        for room in written.into_iter().chain(rooms) {
            if room.state() != RoomState::Joined
                || self.configured(room.room_id()).is_some()
                || self.is_made(&room).await
            {
                continue;
            }
            match others_in(&room).await? {
                Some(Other::One(other)) if other == person => return Ok(Some(room)),
                Some(Other::Nobody) => was_left = true,
                _ => {}
            }
        }
        if was_left {
            return Err(Failure::new("direct_declined", Retry::Never));
        }
        Ok(None)
    }

    /// Whether the intake was already told that the bot is in this room.
    #[must_use]
    pub fn has_entered(&self, id: &RoomId) -> bool {
        self.state().kept.entered.contains(id)
    }

    /// Remembers that the intake knows the bot to be in this room.
    pub fn entered(&self, id: &RoomId) {
        self.change_kept(|kept| {
            let left = kept.left.remove(id);
            kept.entered.insert(id.to_owned()) || left
        });
    }

    /// Remembers that the bot is not in this room any more.
    pub fn left(&self, id: &RoomId) {
        if self.configured(id).is_none() {
            return;
        }
        tracing::warn!(room = %id, "The bot is no longer in a configured Matrix room; it has to be invited again");
        self.change_kept(|kept| {
            let entered = kept.entered.remove(id);
            kept.left.insert(id.to_owned()) || entered
        });
    }

    /// Whether the bot was put out of this room.
    #[must_use]
    pub fn was_left(&self, id: &RoomId) -> bool {
        self.state().kept.left.contains(id)
    }
}

/// The marker under which the bot made a room, if it did; `None`: it is not known how that began.
pub async fn marker_of(room: &Room) -> Option<Option<String>> {
    let event = room.get_state_event(StateEventType::RoomCreate, "").await;
    let RawAnySyncOrStrippedState::Sync(event) = event.ok()?? else {
        return None;
    };
    let event: Value = event.deserialize_as_unchecked().ok()?;
    let id = room.room_id().as_str();
    let sheet = Sheet::read(id, room.own_user_id().as_str(), [event]);
    Some(sheet.marker().map(ToOwned::to_owned))
}

/// Who is in a room of at most two.
enum Other {
    One(OwnedUserId),
    Nobody,
}

/// Who else is in a room or invited to it; `None` if there are several.
async fn others_in(room: &Room) -> Result<Option<Other>, Failure> {
    // Homeservers count a room's members in a sync when they change; after a start they have to be asked.
    if room.active_members_count() > 2 {
        return Ok(None);
    }
    let heroes = room.heroes();
    if let (2, [hero]) = (room.active_members_count(), heroes.as_slice()) {
        return Ok(Some(Other::One(hero.user_id.clone())));
    }
    let members = room
        .members(RoomMemberships::ACTIVE)
        .await
        .map_err(|error| Failure::of(&error))?;
    let mut others = members
        .iter()
        .map(|member| member.user_id())
        .filter(|id| *id != room.own_user_id());
    Ok(match (others.next(), others.next()) {
        (None, _) => Some(Other::Nobody),
        (Some(other), None) => Some(Other::One(other.to_owned())),
        (Some(_), Some(_)) => None,
    })
}

/// The roles that power levels give in one room, read once for many messages.
pub struct Standing {
    levels: Option<matrix_sdk::ruma::events::room::power_levels::RoomPowerLevels>,
    roles: MatrixRoles,
}

impl Standing {
    /// Reads the room's power levels, if roles come from them and it is a room of many.
    pub async fn of(room: &Room, origin: &Origin, roles: MatrixRoles) -> Self {
        let asked = roles.moderator.is_some() || roles.verifier.is_some();
        let levels = if asked && matches!(origin, Origin::Room(_)) {
            room.power_levels().await.ok()
        } else {
            None
        };
        Self { levels, roles }
    }

    /// The role of a sender.
    #[must_use]
    pub fn role(&self, sender: &str) -> Option<Role> {
        let sender = <&UserId>::try_from(sender).ok()?;
        let level = match self.levels.as_ref()?.for_user(sender) {
            UserPowerLevel::Infinite => None,
            UserPowerLevel::Int(level) => Some(i64::from(level)),
            _ => return None,
        };
        convert::role_of(level, self.roles)
    }
}
