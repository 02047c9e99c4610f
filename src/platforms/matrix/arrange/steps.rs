//! What is left to ask of the homeserver until a room is as it should be: nothing, if it is so. Pure.

use matrix_sdk::ruma::{OwnedUserId, UserId};
use serde_json::{Value, json};

use crate::{
    domain::envelope::{PersonRef, PlatformKind},
    platforms::{
        PerformError, Retry,
        matrix::arrange::{
            levels::Levels,
            sheet::{Sheet, Standing},
        },
        rooms::{LinkMode, RoomChange},
    },
};

const LEVELS: &str = "m.room.power_levels";

/// One request that changes a room.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Set a state.
    Set {
        kind: String,
        key: String,
        content: Value,
    },
    Invite(OwnedUserId),
    Kick(OwnedUserId),
    Ban(OwnedUserId),
    Unban(OwnedUserId),
}

impl Step {
    /// Sets the one state of that kind.
    pub fn set(kind: &str, content: Value) -> Self {
        Self::Set {
            kind: kind.to_owned(),
            key: String::new(),
            content,
        }
    }
}

/// The steps that are left of a change.
///
/// # Errors
/// `not_admin`, `not_a_member`, `banned`, `no_such_person`, `not_possible`: it cannot be.
pub fn left(change: &RoomChange, sheet: &Sheet) -> Result<Vec<Step>, PerformError> {
    let levels = sheet.levels();
    let here = Here {
        sheet,
        levels: &levels,
        mine: levels.of(sheet.me()),
    };
    match change {
        RoomChange::Title(title) => {
            let is_so = sheet.text("m.room.name", "name") == title;
            here.set(is_so, "m.room.name", || json!({ "name": title }))
        }
        RoomChange::Description(text) => {
            let topic = described(text, sheet.marker());
            let is_so = sheet.text("m.room.topic", "topic") == topic;
            here.set(is_so, "m.room.topic", || json!({ "topic": topic }))
        }
        // Messages stay on Matrix: there is nothing that would make them go.
        RoomChange::Timer(None) => Ok(Vec::new()),
        RoomChange::Timer(Some(_)) => Err(never("not_possible")),
        RoomChange::Link(mode) => here.link(*mode),
        // A link that leads to the room's id cannot be taken back; the alias of one that has one is changed elsewhere.
        RoomChange::ResetLink => Err(never("not_possible")),
        RoomChange::MayAdd(who) => here.set(levels.may_add() == *who, LEVELS, || {
            levels.with_adding(*who)
        }),
        RoomChange::MayEdit(who) => here.set(levels.may_edit() == *who, LEVELS, || {
            levels.with_editing(*who)
        }),
        RoomChange::MayWrite(who) => {
            let is_so = levels.may_write(sheet.is_encrypted()) == *who;
            here.set(is_so, LEVELS, || levels.with_writing(*who))
        }
        RoomChange::Add(people) => here.each(people, |here, who| here.add(who)),
        RoomChange::Remove(people) => here.each(people, |here, who| here.remove(who)),
        RoomChange::Ban(people) => here.each(people, |here, who| here.ban(who)),
        RoomChange::Unban(people) => here.each(people, |here, who| here.unban(who)),
        RoomChange::Promote(people) => here.promote(people),
        RoomChange::Demote(people) => here.demote(people),
    }
}

/// A room, and how high the bot stands in it.
struct Here<'s> {
    sheet: &'s Sheet,
    levels: &'s Levels,
    mine: i64,
}

impl Here<'_> {
    /// Whether the bot's power is enough.
    fn has(&self, level: i64) -> Result<(), PerformError> {
        if self.mine >= level {
            Ok(())
        } else {
            Err(never("not_admin"))
        }
    }

    fn set(
        &self,
        is_so: bool,
        kind: &str,
        content: impl FnOnce() -> Value,
    ) -> Result<Vec<Step>, PerformError> {
        if is_so {
            return Ok(Vec::new());
        }
        self.has(self.levels.to_set(kind))?;
        Ok(vec![Step::set(kind, content())])
    }

    fn link(&self, mode: LinkMode) -> Result<Vec<Step>, PerformError> {
        if mode == LinkMode::Approval && !self.sheet.knows_knocking() {
            return Err(never("not_possible"));
        }
        let is_so = self.sheet.entry() == mode;
        self.set(is_so, "m.room.join_rules", || {
            join_rules(mode, self.sheet.kin())
        })
    }

    fn each(
        &self,
        people: &[PersonRef],
        step: impl Fn(&Self, &UserId) -> Result<Option<Step>, PerformError>,
    ) -> Result<Vec<Step>, PerformError> {
        let mut steps = Vec::new();
        for who in users(people)? {
            steps.extend(step(self, &who)?);
        }
        Ok(steps)
    }

    /// Whether the bot stands above that person, and is not them.
    fn is_above(&self, who: &UserId) -> Result<(), PerformError> {
        if who == self.sheet.me() {
            return Err(never("not_possible"));
        }
        if self.mine > self.levels.of(who.as_str()) {
            Ok(())
        } else {
            Err(never("not_admin"))
        }
    }

    fn add(&self, who: &UserId) -> Result<Option<Step>, PerformError> {
        match self.sheet.standing(who.as_str()) {
            Some(Standing::Joined | Standing::Invited) => return Ok(None),
            Some(Standing::Banned) => return Err(never("banned")),
            Some(Standing::Knocking) | None => {}
        }
        self.has(self.levels.to_invite())?;
        Ok(Some(Step::Invite(who.to_owned())))
    }

    fn remove(&self, who: &UserId) -> Result<Option<Step>, PerformError> {
        match self.sheet.standing(who.as_str()) {
            Some(Standing::Banned) | None => return Ok(None),
            Some(_) => {}
        }
        self.has(self.levels.to_kick())?;
        self.is_above(who)?;
        Ok(Some(Step::Kick(who.to_owned())))
    }

    fn ban(&self, who: &UserId) -> Result<Option<Step>, PerformError> {
        if self.sheet.standing(who.as_str()) == Some(Standing::Banned) {
            return Ok(None);
        }
        self.has(self.levels.to_ban())?;
        self.is_above(who)?;
        Ok(Some(Step::Ban(who.to_owned())))
    }

    fn unban(&self, who: &UserId) -> Result<Option<Step>, PerformError> {
        if self.sheet.standing(who.as_str()) != Some(Standing::Banned) {
            return Ok(None);
        }
        self.has(self.levels.to_ban().max(self.levels.to_kick()))?;
        Ok(Some(Step::Unban(who.to_owned())))
    }

    fn promote(&self, people: &[PersonRef]) -> Result<Vec<Step>, PerformError> {
        let people = users(people)?;
        let people: Vec<&str> = people
            .iter()
            .map(|who| who.as_str())
            .filter(|who| !self.levels.is_admin(who) || self.sheet.standing(who).is_none())
            .collect();
        let is_here = |who: &&str| self.sheet.standing(who).is_some_and(Standing::counts);
        if !people.iter().all(is_here) {
            return Err(never("not_a_member"));
        }
        self.has(self.levels.admin())?;
        self.set(people.is_empty(), LEVELS, || {
            let level = self.levels.admin();
            self.levels.with_people(people.iter().copied(), Some(level))
        })
    }

    fn demote(&self, people: &[PersonRef]) -> Result<Vec<Step>, PerformError> {
        let people = users(people)?;
        let people: Vec<&UserId> = people
            .iter()
            .map(AsRef::as_ref)
            .filter(|who: &&UserId| self.levels.is_admin(who.as_str()))
            .collect();
        for who in &people {
            if self.levels.is_above_all(who.as_str()) {
                return Err(never("not_possible"));
            }
            self.is_above(who)?;
        }
        self.set(people.is_empty(), LEVELS, || {
            let people = people.iter().map(|who| who.as_str());
            self.levels.with_people(people, None)
        })
    }
}

/// How a room lets people in; `kin`: the rooms whose members may come in without more.
///
/// They stay written while the door is shut: else nobody would know afterwards for whom it was open.
pub fn join_rules(mode: LinkMode, kin: Option<&Value>) -> Value {
    let rule = match (mode, kin) {
        (LinkMode::Open, Some(_)) => "restricted",
        (LinkMode::Open, None) => "public",
        (LinkMode::Approval, _) => "knock",
        (LinkMode::Off, _) => "invite",
    };
    let mut content = json!({ "join_rule": rule });
    if let Some(kin) = kin {
        content["allow"] = kin.clone();
    }
    content
}

/// A description with the marker at its end, if there is one.
pub fn described(text: &str, marker: Option<&str>) -> String {
    let text = text.trim_end();
    match marker {
        Some(marker) if !text.ends_with(marker) => {
            let space = if text.is_empty() { "" } else { "\n\n" };
            format!("{text}{space}{marker}")
        }
        _ => text.to_owned(),
    }
}

/// The user ids of people, each once.
///
/// # Errors
/// `no_such_person` if somebody is not a person of Matrix.
pub fn users(people: &[PersonRef]) -> Result<Vec<OwnedUserId>, PerformError> {
    let mut users = Vec::with_capacity(people.len());
    for person in people {
        let user = UserId::parse(person.address.expose().as_str()).ok();
        let user = user.filter(|_| person.platform == PlatformKind::Matrix);
        let user = user.ok_or_else(|| never("no_such_person"))?;
        if !users.contains(&user) {
            users.push(user);
        }
    }
    Ok(users)
}

/// It cannot be.
pub const fn never(code: &'static str) -> PerformError {
    PerformError::new(code, Retry::Never)
}

#[cfg(test)]
mod tests;
