//! A group as it was last listed, kept small: hundreds of groups with a thousand members each are held all the time.

use std::time::Duration;

use crate::{
    domain::envelope::{PersonRef, PlatformKind, RoomRef},
    platforms::{
        rooms::{Allowed, LinkMode, RoomState},
        signal::wire::{Group, Permission, Uuid},
    },
};

/// Stands for somebody whose uuid is not told: they take a place all the same.
const NAMELESS: &str = "?";

/// One group. People stand in order of their uuid.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Roster {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) is_member: bool,
    pub(super) members: Crowd,
    pub(super) pending: Crowd,
    pub(super) requesting: Crowd,
    pub(super) banned: Crowd,
    pub(super) admins: Crowd,
    pub(super) link: Option<String>,
    pub(super) timer: Option<Duration>,
    pub(super) may_add: Allowed,
    pub(super) may_edit: Allowed,
    pub(super) may_write: Allowed,
}

/// People of one kind in a group.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Crowd {
    known: Box<[Uuid]>,
    /// Those whose uuid is not told.
    nameless: usize,
}

impl Crowd {
    fn new(people: impl Iterator<Item = Option<Uuid>>) -> Self {
        let mut nameless = 0;
        let mut known: Vec<Uuid> = people
            .filter_map(|person| {
                nameless += usize::from(person.is_none());
                person
            })
            .collect();
        known.sort_unstable();
        known.dedup();
        Self {
            known: known.into(),
            nameless,
        }
    }

    /// Whether that person is among them.
    pub(super) fn has(&self, person: Uuid) -> bool {
        self.known.binary_search(&person).is_ok()
    }

    /// Those of them who are not among the others, and are not that one.
    pub(super) fn without(&self, others: &Self, one: Option<Uuid>) -> Vec<Uuid> {
        let known = self.known.iter().copied();
        known
            .filter(|person| Some(*person) != one && !others.has(*person))
            .collect()
    }

    /// How many they are.
    pub(super) const fn len(&self) -> usize {
        self.known.len() + self.nameless
    }

    fn people(&self) -> Vec<PersonRef> {
        let known = self.known.iter().map(|person| person.person());
        let nameless = PersonRef::new(PlatformKind::Signal, NAMELESS);
        known
            .chain(std::iter::repeat_n(nameless, self.nameless))
            .collect()
    }
}

impl Roster {
    /// Takes over what a listing says.
    pub(super) fn read(group: &Group) -> Self {
        let seconds = u64::try_from(group.expiration_seconds).unwrap_or(0);
        let admins = group.members.iter().filter(|member| member.is_admin);
        Self {
            id: group.id.clone(),
            title: group.name.expose().clone(),
            description: group.description.expose().clone(),
            is_member: group.is_member,
            members: Crowd::new(group.members.iter().map(|member| member.who)),
            pending: Crowd::new(group.pending.iter().copied()),
            requesting: Crowd::new(group.requesting.iter().copied()),
            banned: Crowd::new(group.banned.iter().copied()),
            admins: Crowd::new(admins.map(|member| member.who)),
            link: group.invite_link.as_ref().map(|link| link.expose().clone()),
            timer: (seconds > 0).then(|| Duration::from_secs(seconds)),
            may_add: allowed(group.add_members),
            may_edit: allowed(group.edit_details),
            may_write: allowed(group.write),
        }
    }

    /// How many places are taken.
    pub(super) const fn census(&self) -> usize {
        self.members.len() + self.pending.len()
    }

    /// Whether the account, if it is known who that is, may change it.
    pub(super) fn is_led_by(&self, me: Option<Uuid>) -> bool {
        self.is_member && me.is_some_and(|me| self.admins.has(me))
    }

    /// Which room it is.
    pub(super) fn room(&self) -> RoomRef {
        RoomRef::new(PlatformKind::Signal, self.id.clone())
    }

    /// How it is, in the words of the rest of the program.
    pub(super) fn state(&self, me: Option<Uuid>) -> RoomState {
        RoomState {
            room: self.room(),
            title: self.title.clone(),
            description: self.description.clone(),
            is_member: self.is_member,
            is_admin: self.is_led_by(me),
            members: self.members.people(),
            pending: self.pending.people(),
            requesting: self.requesting.people(),
            banned: self.banned.people(),
            admins: self.admins.people(),
            link: self.link.clone(),
            entry: self.link.is_none().then_some(LinkMode::Off),
            timer: self.timer,
            may_add: self.may_add,
            may_edit: self.may_edit,
            may_write: self.may_write,
        }
    }
}

/// What is not told is open to members, as it is in a new group.
const fn allowed(permission: Permission) -> Allowed {
    match permission {
        Permission::OnlyAdmins => Allowed::Admins,
        Permission::EveryMember | Permission::Unknown => Allowed::Members,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ID: &str = "RaO8xJlyzROM5m00hNFalS6esq0S+6J4KqOZ2agC9rE=";
    const ANA: &str = "aff2ebea-6220-48ef-8ee9-a6073d08c973";
    const BEN: &str = "565b0c11-5a5c-4b0c-9d4e-6b1f1b1d2a77";
    const CARL: &str = "4bcf0c11-5a5c-4b0c-9d4e-6b1f1b1d2a77";

    fn roster(group: &Value) -> Roster {
        Roster::read(&Group::list(&json!([group]))[0])
    }

    #[test]
    fn both_shapes_of_a_listing_say_the_same() {
        let before = json!({
            "id": ID, "name": "Phillips", "description": "Rapid response", "isMember": true, "isBlocked": false,
            "messageExpirationTime": 604_800, "members": [{ "number": "+1", "uuid": ANA }, { "number": null, "uuid": BEN }],
            "pendingMembers": [{ "number": null, "uuid": CARL }], "requestingMembers": [], "admins": [{ "number": "+1", "uuid": ANA }],
            "banned": [], "permissionAddMember": "ONLY_ADMINS", "permissionEditDetails": "EVERY_MEMBER",
            "permissionSendMessage": "ONLY_ADMINS", "groupInviteLink": "https://signal.group/#Cj",
        });
        let mut since = before.clone();
        since["members"] = json!([
            { "number": "+1", "uuid": ANA, "isAdmin": true, "label": "dispatch", "labelEmoji": "🔔" },
            { "number": null, "uuid": BEN, "isAdmin": false },
        ]);
        since.as_object_mut().unwrap().remove("admins");
        let me = Uuid::read(ANA);
        let state = roster(&before).state(me);
        assert_eq!(state, roster(&since).state(me));
        let person = |uuid: &str| PersonRef::new(PlatformKind::Signal, uuid);
        assert_eq!(
            state,
            RoomState {
                room: RoomRef::new(PlatformKind::Signal, ID),
                title: "Phillips".to_owned(),
                description: "Rapid response".to_owned(),
                is_member: true,
                is_admin: true,
                members: vec![person(BEN), person(ANA)],
                pending: vec![person(CARL)],
                requesting: vec![],
                banned: vec![],
                admins: vec![person(ANA)],
                link: Some("https://signal.group/#Cj".to_owned()),
                entry: None,
                timer: Some(Duration::from_secs(604_800)),
                may_add: Allowed::Admins,
                may_edit: Allowed::Members,
                may_write: Allowed::Admins,
            }
        );
        assert_eq!(state.census(), 3);
        assert!(!roster(&before).state(Uuid::read(BEN)).is_admin);
        assert!(!roster(&before).state(None).is_admin);
    }

    #[test]
    fn who_has_no_uuid_takes_a_place() {
        let roster = roster(&json!({
            "id": ID, "isMember": true, "members": [{ "uuid": ANA, "isAdmin": true }, { "uuid": ANA }, { "number": "+1" }],
            "pendingMembers": [{}, { "uuid": null }], "messageExpirationTime": -1,
        }));
        assert_eq!(roster.census(), 4);
        assert_eq!(roster.state(None).census(), 4);
        assert_eq!(roster.timer, None);
        assert_eq!(roster.state(None).link, None);
    }

    #[test]
    fn a_group_that_was_left_is_led_by_nobody_here() {
        let mut group =
            json!({ "id": ID, "isMember": true, "members": [{ "uuid": ANA, "isAdmin": true }] });
        assert!(roster(&group).is_led_by(Uuid::read(ANA)));
        group["isMember"] = json!(false);
        assert!(!roster(&group).is_led_by(Uuid::read(ANA)));
    }
}
