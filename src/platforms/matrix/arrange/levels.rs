//! Power levels of a room: who may do what there, and what to write so that others may. Pure.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::platforms::rooms::Allowed;

/// What may be edited by whoever "may edit".
const DETAILS: [&str; 3] = ["m.room.name", "m.room.topic", "m.room.avatar"];
/// What is written by whoever "may write": plain and encrypted messages.
const WORDS: [&str; 2] = ["m.room.message", "m.room.encrypted"];
/// The level that creators have where they are listed as everybody else.
pub const CREATOR: i64 = 100;

/// The power levels of one room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels {
    /// The content of `m.room.power_levels`; `None`: there is none.
    content: Option<Value>,
    creators: BTreeSet<String>,
    /// Whether creators stand above all levels (room version 12 and later).
    are_above: bool,
}

impl Levels {
    /// What a room's state says.
    pub fn read(content: Option<&Value>, creators: BTreeSet<String>, are_above: bool) -> Self {
        Self {
            content: content.cloned(),
            creators,
            are_above,
        }
    }

    fn number(&self, key: &str, default: i64) -> i64 {
        let value = self.content.as_ref().and_then(|content| content.get(key));
        value.and_then(number).unwrap_or(default)
    }

    fn listed(&self, list: &str, key: &str) -> Option<i64> {
        number(self.content.as_ref()?.get(list)?.get(key)?)
    }

    /// What everybody has.
    pub fn everybody(&self) -> i64 {
        self.number("users_default", 0)
    }

    /// What somebody has; creators may have more than any number.
    pub fn of(&self, who: &str) -> i64 {
        let is_creator = self.creators.contains(who);
        if is_creator && self.are_above {
            return i64::MAX;
        }
        match &self.content {
            None if is_creator => CREATOR,
            _ => self
                .listed("users", who)
                .unwrap_or_else(|| self.everybody()),
        }
    }

    /// Whether nobody can take that person's power away.
    pub fn is_above_all(&self, who: &str) -> bool {
        self.of(who) == i64::MAX
    }

    fn state_default(&self) -> i64 {
        self.number("state_default", if self.content.is_some() { 50 } else { 0 })
    }

    /// What it takes to set state of that kind.
    pub fn to_set(&self, kind: &str) -> i64 {
        self.listed("events", kind)
            .unwrap_or_else(|| self.state_default())
    }

    fn to_say(&self, kind: &str) -> i64 {
        self.listed("events", kind)
            .unwrap_or_else(|| self.number("events_default", 0))
    }

    /// What it takes to invite.
    pub fn to_invite(&self) -> i64 {
        self.number("invite", 0)
    }

    /// What it takes to take somebody out.
    pub fn to_kick(&self) -> i64 {
        self.number("kick", 50)
    }

    /// What it takes to keep somebody out.
    pub fn to_ban(&self) -> i64 {
        self.number("ban", 50)
    }

    /// What makes an admin: enough to change the room, and more than everybody has.
    pub fn admin(&self) -> i64 {
        self.state_default().max(self.everybody().saturating_add(1))
    }

    /// Whether that person is an admin, if they are a member.
    pub fn is_admin(&self, who: &str) -> bool {
        self.of(who) >= self.admin()
    }

    fn allowed(&self, level: i64) -> Allowed {
        if level <= self.everybody() {
            Allowed::Members
        } else {
            Allowed::Admins
        }
    }

    /// Who may add members.
    pub fn may_add(&self) -> Allowed {
        self.allowed(self.to_invite())
    }

    /// Who may change title and description.
    pub fn may_edit(&self) -> Allowed {
        self.allowed(self.to_set(DETAILS[0]).max(self.to_set(DETAILS[1])))
    }

    /// Who may write.
    pub fn may_write(&self, is_encrypted: bool) -> Allowed {
        self.allowed(self.to_say(WORDS[usize::from(is_encrypted)]))
    }

    /// The content as it is, to be changed.
    fn written(&self) -> Value {
        let content = self.content.clone().filter(Value::is_object);
        content.unwrap_or_else(|| {
            // Without the event its creators alone have power, and with it whoever it lists.
            let creators = self.creators.iter().filter(|_| !self.are_above);
            let users: serde_json::Map<String, Value> =
                creators.map(|who| (who.clone(), json!(CREATOR))).collect();
            json!({ "users": users })
        })
    }

    fn level_of(&self, who: Allowed) -> i64 {
        match who {
            Allowed::Members => self.everybody(),
            Allowed::Admins => self.admin(),
        }
    }

    /// What to write so that these may add members.
    pub fn with_adding(&self, who: Allowed) -> Value {
        let mut content = self.written();
        content["invite"] = json!(self.level_of(who));
        content
    }

    /// What to write so that these may change title, description and picture.
    pub fn with_editing(&self, who: Allowed) -> Value {
        let mut content = self.written();
        let level = self.level_of(who);
        for kind in DETAILS {
            let is_so = self.allowed(self.to_set(kind)) == who;
            if !is_so {
                list(&mut content, "events")[kind] = json!(level);
            }
        }
        content
    }

    /// What to write so that these may write.
    pub fn with_writing(&self, who: Allowed) -> Value {
        let mut content = self.written();
        content["events_default"] = json!(self.level_of(who));
        if let Some(events) = list(&mut content, "events").as_object_mut() {
            for kind in WORDS {
                events.remove(kind);
            }
        }
        content
    }

    /// What to write so that these people have that level; `None`: what everybody has.
    pub fn with_people<'p>(
        &self,
        people: impl Iterator<Item = &'p str>,
        level: Option<i64>,
    ) -> Value {
        let mut content = self.written();
        let Some(users) = list(&mut content, "users").as_object_mut() else {
            return content;
        };
        for person in people {
            match level {
                Some(level) => users.insert(person.to_owned(), json!(level)),
                None => users.remove(person),
            };
        }
        content
    }

    /// The levels of a new room as here: of people only those who are admins there, and those whose mouth was shut here.
    /// `founder` makes it, and is listed unless creators stand above all.
    pub fn for_another<'p>(
        &self,
        founder: &str,
        is_above: bool,
        admins: impl Iterator<Item = &'p str>,
    ) -> Value {
        let mut content = self.written();
        let shut = content["users"].take();
        let shut = shut.as_object().into_iter().flatten();
        let mut users: serde_json::Map<String, Value> = shut
            .filter(|(_, level)| number(level).is_some_and(|level| level < self.everybody()))
            .map(|(who, level)| (who.clone(), level.clone()))
            .collect();
        for admin in admins.filter(|admin| *admin != founder) {
            let here = self.of(admin);
            let level = if here == i64::MAX { CREATOR } else { here };
            users.insert(admin.to_owned(), json!(level.max(self.admin())));
        }
        users.remove(founder);
        if !is_above {
            // No level may be out of the founder's reach.
            let highest = numbers(&content).chain(users.values().filter_map(number));
            let level = highest.fold(CREATOR, i64::max);
            users.insert(founder.to_owned(), json!(level));
        }
        content["users"] = Value::Object(users);
        content
    }
}

/// The levels of a room that is made after none: admins may change it and add people, everybody may write.
pub fn usual() -> Value {
    json!({
        "users_default": 0, "events_default": 0, "state_default": 50, "invite": 50, "kick": 50, "ban": 50, "redact": 50,
        "events": {
            "m.room.power_levels": 50, "m.room.history_visibility": 100, "m.room.encryption": 100,
            "m.room.server_acl": 100, "m.room.tombstone": 100,
        },
    })
}

/// A level: old rooms may give it as text.
fn number(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

fn numbers(content: &Value) -> impl Iterator<Item = i64> {
    let single = content.as_object().into_iter().flatten();
    let single = single.filter_map(|(_, value)| number(value));
    let events = content["events"].as_object().into_iter().flatten();
    single.chain(events.filter_map(|(_, value)| number(value)))
}

fn list<'c>(content: &'c mut Value, key: &str) -> &'c mut Value {
    if !content[key].is_object() {
        content[key] = json!({});
    }
    &mut content[key]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(content: &Value, are_above: bool) -> Levels {
        Levels::read(
            Some(content),
            BTreeSet::from(["@bot:x".to_owned()]),
            are_above,
        )
    }

    #[test]
    fn what_is_not_written_is_as_matrix_says() {
        let none = Levels::read(None, BTreeSet::from(["@bot:x".to_owned()]), false);
        assert_eq!((none.of("@bot:x"), none.of("@ana:x")), (100, 0));
        assert_eq!(none.to_set("m.room.name"), 0);
        assert!(
            !none.is_admin("@ana:x"),
            "where everybody may change all, nobody is an admin"
        );
        let empty = levels(&json!({}), false);
        assert_eq!(
            empty.of("@bot:x"),
            0,
            "with the event, a creator is who it lists"
        );
        assert_eq!(empty.to_set("m.room.name"), 50);
        assert_eq!(
            (empty.to_invite(), empty.to_kick(), empty.to_ban()),
            (0, 50, 50)
        );
        assert_eq!(empty.may_add(), Allowed::Members);
        assert_eq!(empty.may_edit(), Allowed::Admins);
        assert_eq!(empty.may_write(true), Allowed::Members);
        let above = levels(&json!({}), true);
        assert!(above.is_above_all("@bot:x") && above.is_admin("@bot:x"));
        let old = levels(
            &json!({ "users": { "@ana:x": " 50 " }, "state_default": "50" }),
            false,
        );
        assert!(old.is_admin("@ana:x"), "old rooms give levels as text");
    }

    #[test]
    fn what_is_allowed_is_so_afterwards_and_nothing_else_changes() {
        let before = json!({
            "users": { "@bot:x": 100, "@ana:x": 50 }, "invite": 50, "events": { "m.room.name": 0, "m.room.message": 50, "odd": 7 },
            "org.odd": "kept",
        });
        for who in [Allowed::Members, Allowed::Admins] {
            let here = levels(&before, false);
            let adding = levels(&here.with_adding(who), false);
            assert_eq!(adding.may_add(), who);
            let editing = levels(&here.with_editing(who), false);
            assert_eq!(editing.may_edit(), who);
            let writing = levels(&here.with_writing(who), false);
            assert_eq!(
                (writing.may_write(true), writing.may_write(false)),
                (who, who)
            );
            for after in [adding, editing, writing] {
                let content = after.content.unwrap();
                assert_eq!(content["users"], before["users"]);
                assert_eq!(content["org.odd"], "kept");
                assert_eq!(content["events"]["odd"], 7);
            }
        }
    }

    #[test]
    fn people_get_power_and_lose_it() {
        let here = levels(&json!({ "users": { "@bot:x": 100 } }), false);
        let more = levels(
            &here.with_people(["@ana:x"].into_iter(), Some(here.admin())),
            false,
        );
        assert!(more.is_admin("@ana:x") && more.is_admin("@bot:x"));
        let less = levels(&more.with_people(["@ana:x"].into_iter(), None), false);
        assert_eq!(less, here);
        let none = Levels::read(None, BTreeSet::from(["@bot:x".to_owned()]), false);
        let first = levels(&none.with_people(["@ana:x"].into_iter(), Some(1)), false);
        assert_eq!(
            (first.of("@bot:x"), first.of("@ana:x")),
            (100, 1),
            "nobody loses what they had"
        );
    }

    #[test]
    fn a_room_made_after_another_has_its_levels_and_its_own_people() {
        let here = levels(
            &json!({
                "users": { "@old:x": 100, "@ana:x": 75, "@shut:x": -1, "@bot:x": 100 }, "invite": 50,
                "events": { "m.room.tombstone": 150 },
            }),
            false,
        );
        let admins = || ["@ana:x", "@new:x", "@bot:x"].into_iter();
        let above = here.for_another("@bot:x", true, admins());
        assert_eq!(
            above["users"],
            json!({ "@ana:x": 75, "@new:x": 50, "@shut:x": -1 })
        );
        assert_eq!(above["invite"], 50);
        let listed = here.for_another("@bot:x", false, admins());
        assert_eq!(
            listed["users"]["@bot:x"], 150,
            "nothing is out of its reach"
        );
        let mut creators = here;
        creators.are_above = true;
        creators.creators = BTreeSet::from(["@new:x".to_owned()]);
        let after = creators.for_another("@bot:x", true, admins());
        assert_eq!(
            after["users"]["@new:x"], CREATOR,
            "who stood above all is listed high"
        );
    }
}
