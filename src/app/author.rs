//! Who wrote an envelope: hashes instead of an address, the role, the language, the areas of where they write.

use crate::{
    app::{App, trust, turn::Turn},
    domain::{
        directory::{Purpose, Room},
        effect::{SealedPerson, Target},
        envelope::{Envelope, Membership, Origin, PersonRef, PlatformKind, RoomRef},
        ids::AreaId,
        role::Role,
        timestamp::Timestamp,
        trust::Trust,
    },
    keyring::SenderHashes,
};

/// The writer of an envelope, as far as the shell needs to know them.
#[derive(Clone)]
pub struct Author {
    /// The address; hashed or sealed before anything is kept.
    pub person: PersonRef,
    /// Their hashes around this day.
    pub hashes: SenderHashes,
    /// What they may do here.
    pub role: Role,
    /// The role that the room or the platform gives them there.
    pub seat: Role,
    /// Whether they would have a role, but it rests until another moderator vouches for them.
    pub rests: bool,
    /// Whether they are not listened to.
    pub is_banned: bool,
    /// The room they wrote in; `None`: to the bot alone.
    pub room: Option<Room>,
    /// The language to answer in.
    pub language: String,
    /// The language that what they wrote shows, if it shows one.
    pub spoken: Option<&'static str>,
    /// Since when they are in the room, where the platform tells.
    pub member: Option<Membership>,
}

impl Author {
    /// The writer of an envelope written in a known room, or to the bot alone.
    pub fn of(turn: &Turn<'_>, envelope: &Envelope, room: Option<Room>) -> Self {
        let (app, trusted) = (turn.app, turn.trust());
        let areas: Vec<AreaId> = room
            .as_ref()
            .map(|room| room.areas.iter().cloned().collect())
            .unwrap_or_default();
        // Alone with the bot, a role of any area counts.
        let areas = room.is_some().then_some(areas.as_slice());
        let given = trust::role_of(app, trusted, &envelope.sender, areas, turn.now);
        // The rooms of verifiers, moderators and liaisons are closed: who is let in has the role.
        let by_room = room.as_ref().and_then(|room| room.purpose.gives());
        let by_room = by_room.unwrap_or_default();
        let by_seat = by_room.max(envelope.standing.unwrap_or_default());
        let role = given.max(by_seat);
        let is_known = |is: fn(&Trust, &str, Timestamp) -> bool| {
            // Where nothing is known of anybody, no hash has to be made.
            !trusted.is_empty()
                && trust::hashes(app, &envelope.sender)
                    .iter()
                    .any(|hash| is(trusted, hash, turn.now))
        };
        let rests =
            role > Role::Neighbor && is_known(|trust, hash, _| trust.resting.contains(hash));
        Self {
            is_banned: is_known(Trust::is_banned),
            rests,
            seat: by_seat,
            hashes: app.keyring.sender(&envelope.sender, envelope.sent_at),
            role: if rests { Role::Neighbor } else { role },
            language: room.as_ref().map_or_else(
                || app.community.language.clone(),
                |room| room.language.clone(),
            ),
            spoken: None,
            member: envelope.member,
            room,
            person: envelope.sender.clone(),
        }
    }

    /// Takes the language of what they just wrote for the answer, where it is plain and the bot has words in it. Short texts
    /// show none; then it stays the person's or the room's.
    pub fn speaks(&mut self, app: &App, language: Option<&'static str>) {
        self.spoken = language;
        if let Some(language) = language.filter(|one| app.phrasebook.languages().contains(one)) {
            language.clone_into(&mut self.language);
        }
    }

    /// The network they write on.
    pub const fn platform(&self) -> PlatformKind {
        self.person.platform
    }

    /// Whether they wrote to the bot alone.
    pub const fn is_direct(&self) -> bool {
        self.room.is_none()
    }

    /// The room they wrote in.
    pub fn room_ref(&self) -> Option<&RoomRef> {
        self.room.as_ref().map(|room| &room.room)
    }

    /// The areas of the room they wrote in.
    pub fn areas(&self) -> Vec<AreaId> {
        self.room
            .iter()
            .flat_map(|room| room.areas.iter().cloned())
            .collect()
    }

    /// The name they are called by in the moderators' log: what the settings call them, else one made of the hash that stays.
    pub fn called(&self, app: &App) -> String {
        trust::called(app, &self.person)
    }

    /// Their address, sealed.
    pub fn sealed(&self, app: &App) -> anyhow::Result<SealedPerson> {
        Ok(app
            .keyring
            .seal(&self.person, self.hashes.today.as_str())?
            .speaking(&self.language))
    }

    /// Where to answer them alone; in their room, where the platform knows no direct messages.
    pub fn alone(&self, app: &App) -> anyhow::Result<Target> {
        let has_direct = app
            .capabilities(self.platform())
            .is_some_and(|can| can.direct);
        match &self.room {
            Some(room) if !has_direct => Ok(Target::Room(room.room.clone())),
            _ => Ok(Target::Person(self.sealed(app)?)),
        }
    }

    /// The lanes under which the bot's posts to where they write may be found.
    pub fn lanes(&self, app: &App) -> Vec<String> {
        match &self.room {
            Some(room) => vec![Target::Room(room.room.clone()).lane()],
            None => [
                self.hashes.today.as_str(),
                self.hashes.yesterday.as_str(),
                &app.keyring.lasting(&self.person),
            ]
            .map(|hash| format!("{}:person:{hash}", self.platform()))
            .to_vec(),
        }
    }
}

/// Whether an envelope may be read at all, and the room it was written in. Rooms that the bot does not know, and rooms where
/// only the bot posts or where it must not read, are not read.
pub fn readable(app: &App, envelope: &Envelope) -> Option<Option<Room>> {
    match &envelope.origin {
        Origin::Direct => Some(None),
        Origin::Room(room) => {
            let directory = app.directory();
            let known = directory.room(room)?;
            matches!(
                known.purpose,
                Purpose::Response | Purpose::Verifiers | Purpose::Moderators | Purpose::Liaison
            )
            .then(|| Some(known.clone()))
        }
    }
}
