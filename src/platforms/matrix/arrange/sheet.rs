//! A room as its state events tell it, whole: what is read of it before and after it is changed. Pure.

use std::collections::{BTreeMap, BTreeSet};

use matrix_sdk::ruma::{OwnedServerName, RoomAliasId, RoomId, RoomVersionId, UserId};
use serde_json::Value;

use crate::{
    domain::envelope::{PersonRef, PlatformKind, RoomRef},
    platforms::{
        matrix::arrange::levels::Levels,
        rooms::{LinkMode, RoomState},
    },
};

/// Stands in the creation of a room that the bot made, with the marker: from the very first moment on, and for ever.
pub const MARKER: &str = "org.tocsin.marker";
/// The kind of state that is set last, when a room is made to the end.
pub const MADE: &str = "org.tocsin.made";
/// How many homeservers a link names.
const ROUTES: usize = 3;

/// How somebody stands to a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In it.
    Joined,
    /// Invited.
    Invited,
    /// Asks to be let in.
    Knocking,
    /// Kept out.
    Banned,
}

impl Standing {
    /// The standing that a membership means; `None`: none.
    pub fn of(membership: &str) -> Option<Self> {
        Some(match membership {
            "join" => Self::Joined,
            "invite" => Self::Invited,
            "knock" => Self::Knocking,
            "ban" => Self::Banned,
            _ => return None,
        })
    }

    /// Whether they take a place.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Joined | Self::Invited)
    }
}

/// All of a room's state.
#[derive(Debug, Clone)]
pub struct Sheet {
    id: String,
    me: String,
    contents: BTreeMap<(String, String), Value>,
    founder: String,
    people: BTreeMap<String, Standing>,
}

impl Sheet {
    /// Reads the state events of a room.
    pub fn read(id: &str, me: &str, events: impl IntoIterator<Item = Value>) -> Self {
        let mut sheet = Self {
            id: id.to_owned(),
            me: me.to_owned(),
            contents: BTreeMap::new(),
            founder: String::new(),
            people: BTreeMap::new(),
        };
        for mut event in events {
            let kind = text(&event, "type").to_owned();
            let key = text(&event, "state_key").to_owned();
            let content = event["content"].take();
            match kind.as_str() {
                "m.room.member" => {
                    if let Some(standing) = Standing::of(text(&content, "membership")) {
                        sheet.people.insert(key, standing);
                    }
                    continue;
                }
                "m.room.create" => text(&event, "sender").clone_into(&mut sheet.founder),
                _ => {}
            }
            sheet.contents.insert((kind, key), content);
        }
        sheet
    }

    /// The content of a state event.
    pub fn content(&self, kind: &str) -> Option<&Value> {
        self.content_of(kind, "")
    }

    /// The content of a state event with a key.
    pub fn content_of(&self, kind: &str, key: &str) -> Option<&Value> {
        self.contents.get(&(kind.to_owned(), key.to_owned()))
    }

    /// The keys of all state events of a kind.
    pub fn keys<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = &'s str> {
        let states = self.contents.keys().filter(move |(its, _)| its == kind);
        states.map(|(_, key)| key.as_str())
    }

    /// One text in the content of a state event; empty if it is not there.
    pub fn text(&self, kind: &str, field: &str) -> &str {
        self.content(kind)
            .map_or("", |content| text(content, field))
    }

    /// How somebody stands to the room.
    pub fn standing(&self, who: &str) -> Option<Standing> {
        self.people.get(who).copied()
    }

    /// Everybody who takes a place.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        let taken = self.people.iter().filter(|(_, standing)| standing.counts());
        taken.map(|(who, _)| who.as_str())
    }

    /// Whether the bot is in it.
    pub fn is_member(&self) -> bool {
        self.standing(&self.me) == Some(Standing::Joined)
    }

    /// Who the bot is.
    pub fn me(&self) -> &str {
        &self.me
    }

    /// The room's version; the first has none.
    fn version(&self) -> RoomVersionId {
        let version = self.text("m.room.create", "room_version");
        RoomVersionId::try_from(version).unwrap_or(RoomVersionId::V1)
    }

    /// Whether people can knock there at all.
    pub fn knows_knocking(&self) -> bool {
        let rules = self.version().rules();
        rules.is_none_or(|rules| rules.authorization.knocking)
    }

    /// Who may do what.
    pub fn levels(&self) -> Levels {
        let mut creators = BTreeSet::from([self.founder.clone()]);
        let are_above = are_above(&self.version());
        if are_above {
            let more = self.content("m.room.create");
            let more = more.and_then(|content| content["additional_creators"].as_array());
            let more = more.into_iter().flatten().filter_map(Value::as_str);
            creators.extend(more.map(ToOwned::to_owned));
        }
        Levels::read(self.content("m.room.power_levels"), creators, are_above)
    }

    /// The marker under which the bot made it.
    pub fn marker(&self) -> Option<&str> {
        let marker = self.text("m.room.create", MARKER);
        (self.founder == self.me && !marker.is_empty()).then_some(marker)
    }

    /// Whether it was made to the end.
    pub fn is_complete(&self) -> bool {
        self.marker()
            .is_some_and(|marker| self.text(MADE, "marker") == marker)
    }

    /// Whether messages are encrypted.
    pub fn is_encrypted(&self) -> bool {
        !self.text("m.room.encryption", "algorithm").is_empty()
    }

    /// The rooms whose members may come in, whether or not the door is open now.
    pub fn kin(&self) -> Option<&Value> {
        let allow = self.content("m.room.join_rules")?.get("allow")?;
        allow
            .as_array()
            .is_some_and(|rooms| !rooms.is_empty())
            .then_some(allow)
    }

    /// How people get in.
    pub fn entry(&self) -> LinkMode {
        match self.text("m.room.join_rules", "join_rule") {
            "public" | "restricted" => LinkMode::Open,
            "knock" | "knock_restricted" => LinkMode::Approval,
            _ => LinkMode::Off,
        }
    }

    /// Members who may change it.
    fn admins(&self) -> impl Iterator<Item = &str> {
        let levels = self.levels();
        self.with(Standing::Joined)
            .filter(move |who| levels.is_admin(who))
    }

    /// Other members who may change it.
    pub fn other_admins(&self) -> impl Iterator<Item = &str> {
        self.admins().filter(|who| *who != self.me)
    }

    /// Other members.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        self.with(Standing::Joined).filter(|who| *who != self.me)
    }

    fn with(&self, standing: Standing) -> impl Iterator<Item = &str> {
        let those = self.people.iter().filter(move |(_, its)| **its == standing);
        those.map(|(who, _)| who.as_str())
    }

    /// The homeservers through which it is found: the bot's own, then those of admins.
    fn routes(&self) -> Vec<OwnedServerName> {
        let mut routes: Vec<OwnedServerName> = Vec::new();
        for who in std::iter::once(self.me.as_str()).chain(self.admins()) {
            if let Ok(user) = <&UserId>::try_from(who)
                && !routes.iter().any(|known| known == user.server_name())
            {
                routes.push(user.server_name().to_owned());
            }
            if routes.len() == ROUTES {
                break;
            }
        }
        routes
    }

    /// The link by which people get in, if they can.
    fn link(&self) -> Option<String> {
        if self.entry() == LinkMode::Off {
            return None;
        }
        let alias = RoomAliasId::parse(self.text("m.room.canonical_alias", "alias"));
        if let Ok(alias) = alias {
            return Some(alias.matrix_to_uri().to_string());
        }
        let id = RoomId::parse(self.id.as_str()).ok()?;
        Some(id.matrix_to_uri_via(self.routes()).to_string())
    }

    /// How it is, in the words of the rest of the program.
    pub fn state(&self, room: RoomRef) -> RoomState {
        let levels = self.levels();
        let people = |standing| self.with(standing).map(person).collect();
        RoomState {
            room,
            title: self.text("m.room.name", "name").to_owned(),
            description: self.text("m.room.topic", "topic").to_owned(),
            is_member: self.is_member(),
            is_admin: self.is_member() && levels.is_admin(&self.me),
            members: people(Standing::Joined),
            pending: people(Standing::Invited),
            requesting: people(Standing::Knocking),
            banned: people(Standing::Banned),
            admins: self.admins().map(person).collect(),
            link: self.link(),
            entry: Some(self.entry()),
            timer: None,
            may_add: levels.may_add(),
            may_edit: levels.may_edit(),
            may_write: levels.may_write(self.is_encrypted()),
        }
    }

    /// The same after the bot left.
    pub fn without_me(mut self) -> Self {
        self.people.remove(&self.me);
        self
    }
}

/// Whether creators of a room of that version stand above all levels. Versions unknown here come later than all that are known.
pub fn are_above(version: &RoomVersionId) -> bool {
    version
        .rules()
        .is_none_or(|rules| rules.authorization.explicitly_privilege_room_creators)
}

fn person(who: &str) -> PersonRef {
    PersonRef::new(PlatformKind::Matrix, who)
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or("")
}
