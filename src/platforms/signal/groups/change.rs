//! One change of a group: what is asked of the daemon, whom it is about still, and whether it is so now. Pure.

use serde_json::{Value, json};

use crate::{
    domain::envelope::PersonRef,
    platforms::{
        PerformError, Retry,
        rooms::{Allowed, LinkMode, RoomChange},
        signal::{groups::roster::Roster, wire::Uuid},
    },
};

/// A change with people by their uuids.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// A setting of the group, and the parameter that asks for it.
    Setting(RoomChange, &'static str, Value),
    /// What happens to people.
    People(Deal, Vec<Uuid>),
}

/// What happens to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deal {
    Add,
    Remove,
    Promote,
    Demote,
    Ban,
    Unban,
}

impl Deal {
    /// The parameter that asks for it.
    const fn parameter(self) -> &'static str {
        match self {
            Self::Add => "members",
            Self::Remove => "removeMembers",
            Self::Promote => "admins",
            Self::Demote => "removeAdmins",
            Self::Ban => "ban",
            Self::Unban => "unban",
        }
    }

    /// Whether it is so for that person.
    fn is_so(self, roster: &Roster, person: Uuid) -> bool {
        let is_in = roster.members.has(person) || roster.pending.has(person);
        match self {
            Self::Add => is_in,
            Self::Remove => !is_in && !roster.requesting.has(person),
            Self::Promote => roster.admins.has(person),
            Self::Demote => !roster.admins.has(person),
            Self::Ban => roster.banned.has(person) && !is_in,
            Self::Unban => !roster.banned.has(person),
        }
    }
}

impl Change {
    /// Takes the change apart.
    ///
    /// # Errors
    /// `no_such_person` if somebody is not a person of Signal.
    pub(super) fn new(change: &RoomChange) -> Result<Self, PerformError> {
        let setting = |key, value| Ok(Self::Setting(change.clone(), key, value));
        let people = |deal, people: &[PersonRef]| Ok(Self::People(deal, uuids(people)?));
        match change {
            RoomChange::Title(title) => setting("name", json!(title)),
            RoomChange::Description(description) => setting("description", json!(description)),
            RoomChange::Timer(timer) => setting("expiration", json!(seconds(*timer))),
            RoomChange::Link(mode) => setting("link", json!(link(*mode))),
            RoomChange::ResetLink => setting("resetLink", json!(true)),
            RoomChange::MayAdd(who) => setting("setPermissionAddMember", json!(allowed(*who))),
            RoomChange::MayEdit(who) => setting("setPermissionEditDetails", json!(allowed(*who))),
            RoomChange::MayWrite(who) => setting("setPermissionSendMessages", json!(allowed(*who))),
            RoomChange::Add(whom) => people(Deal::Add, whom),
            RoomChange::Remove(whom) => people(Deal::Remove, whom),
            RoomChange::Promote(whom) => people(Deal::Promote, whom),
            RoomChange::Demote(whom) => people(Deal::Demote, whom),
            RoomChange::Ban(whom) => people(Deal::Ban, whom),
            RoomChange::Unban(whom) => people(Deal::Unban, whom),
        }
    }

    /// What is left to be asked for, seen how the group is: nothing, if it is so already. A link's mode cannot be seen, so that
    /// is asked for in any case.
    pub(super) fn left(&self, roster: &Roster) -> Option<Self> {
        match self {
            Self::Setting(RoomChange::Link(LinkMode::Open | LinkMode::Approval), ..) => {
                Some(self.clone())
            }
            Self::Setting(change, ..) => (!is_set(change, roster)).then(|| self.clone()),
            Self::People(deal, people) => {
                let left = people.iter().copied();
                let left: Vec<Uuid> = left.filter(|person| !deal.is_so(roster, *person)).collect();
                (!left.is_empty()).then_some(Self::People(*deal, left))
            }
        }
    }

    /// Whether it is so afterwards, as far as a listing shows.
    pub(super) fn is_so(&self, before: &Roster, after: &Roster) -> bool {
        match self {
            Self::Setting(RoomChange::ResetLink, ..) => {
                after.link.is_none() || after.link != before.link
            }
            Self::Setting(change, ..) => is_set(change, after),
            Self::People(deal, people) => people.iter().all(|person| deal.is_so(after, *person)),
        }
    }

    /// Whether only an admin may do it.
    pub(super) fn needs_admin(&self, roster: &Roster) -> bool {
        let allowed = match self {
            Self::Setting(
                RoomChange::Title(_) | RoomChange::Description(_) | RoomChange::Timer(_),
                ..,
            ) => roster.may_edit,
            // Whoever may add members; but to approve is for admins.
            Self::People(Deal::Add, people)
                if !people.iter().any(|person| roster.requesting.has(*person)) =>
            {
                roster.may_add
            }
            _ => Allowed::Admins,
        };
        allowed == Allowed::Admins
    }

    /// How many places it takes.
    pub(super) const fn places(&self) -> usize {
        match self {
            Self::People(Deal::Add, people) => people.len(),
            _ => 0,
        }
    }

    /// The same in parts of at most `size` people.
    pub(super) fn parts(&self, size: usize) -> Vec<Self> {
        match self {
            Self::People(deal, people) => {
                let parts = people.chunks(size);
                parts
                    .map(|part| Self::People(*deal, part.to_vec()))
                    .collect()
            }
            Self::Setting(..) => vec![self.clone()],
        }
    }

    /// The parameters of `updateGroup`.
    pub(super) fn params(&self, id: &str) -> Value {
        let (key, value) = match self {
            Self::Setting(_, key, value) => (*key, value.clone()),
            Self::People(deal, people) => {
                let people: Value = people.iter().map(|person| person.text()).collect();
                (deal.parameter(), people)
            }
        };
        let mut params = json!({ "groupId": id });
        params[key] = value;
        params
    }

    /// Why it is not so although the daemon says that it was done.
    pub(super) const fn failure(&self) -> PerformError {
        match self {
            // Who is not a member is passed over.
            Self::People(Deal::Promote, _) => PerformError::new("not_a_member", Retry::Never),
            _ => PerformError::new("not_done", Retry::Later(None)),
        }
    }
}

/// The uuids of people.
///
/// # Errors
/// `no_such_person` if somebody is not a person of Signal.
pub(super) fn uuids(people: &[PersonRef]) -> Result<Vec<Uuid>, PerformError> {
    let uuids = people.iter().map(Uuid::of).collect::<Option<Vec<_>>>();
    let mut uuids = uuids.ok_or_else(|| PerformError::new("no_such_person", Retry::Never))?;
    uuids.sort_unstable();
    uuids.dedup();
    Ok(uuids)
}

/// Whether a setting is so; what was reset is never known to be.
fn is_set(change: &RoomChange, roster: &Roster) -> bool {
    match change {
        RoomChange::Title(title) => roster.title == *title,
        RoomChange::Description(description) => roster.description == *description,
        RoomChange::Timer(timer) => seconds(roster.timer) == seconds(*timer),
        RoomChange::Link(mode) => roster.link.is_none() == (*mode == LinkMode::Off),
        RoomChange::MayAdd(who) => roster.may_add == *who,
        RoomChange::MayEdit(who) => roster.may_edit == *who,
        RoomChange::MayWrite(who) => roster.may_write == *who,
        _ => false,
    }
}

/// A timer in the daemon's words. It takes 32 bits with a sign; Signal itself ends at four weeks.
fn seconds(timer: Option<std::time::Duration>) -> u64 {
    timer.map_or(0, |timer| {
        timer.as_secs().min(i32::MAX.unsigned_abs().into())
    })
}

const fn link(mode: LinkMode) -> &'static str {
    match mode {
        LinkMode::Open => "enabled",
        LinkMode::Approval => "enabled-with-approval",
        LinkMode::Off => "disabled",
    }
}

const fn allowed(who: Allowed) -> &'static str {
    match who {
        Allowed::Members => "every-member",
        Allowed::Admins => "only-admins",
    }
}

#[cfg(test)]
mod tests;
