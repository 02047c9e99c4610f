//! Groups as `listGroups` tells them, before and since 0.14.

use serde_json::Value;

use crate::{
    domain::sensitive::Sensitive,
    platforms::signal::wire::{
        field,
        ids::{GroupKind, Uuid, group_kind},
    },
};

/// One group that the account knows.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its id, which is the room's.
    pub id: String,
    /// What kind the id names; `None` if it is no group's.
    pub kind: Option<GroupKind>,
    /// Its title.
    pub name: Sensitive<String>,
    /// Its description.
    pub description: Sensitive<String>,
    /// Whether the account is in it. Groups that were left stay in the list.
    pub is_member: bool,
    /// Whether the account blocked it.
    pub is_blocked: bool,
    /// Who is in it, the account included.
    pub members: Vec<Member>,
    /// How many were asked in and have not answered. They count as members where room is scarce.
    pub pending: Vec<Option<Uuid>>,
    /// Who asks to be let in.
    pub requesting: Vec<Option<Uuid>>,
    /// Who may not come back.
    pub banned: Vec<Option<Uuid>>,
    /// Who may add members.
    pub add_members: Permission,
    /// Who may change title, description and timer.
    pub edit_details: Permission,
    /// Who may write.
    pub write: Permission,
    /// The link by which it is joined, if there is one.
    pub invite_link: Option<Sensitive<String>>,
    /// After how many seconds messages disappear; 0: never.
    pub expiration_seconds: i64,
}

/// Someone in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Who; `None` where it is not told.
    pub who: Option<Uuid>,
    /// Whether they are an admin.
    pub is_admin: bool,
}

/// Who may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Everybody in the group.
    EveryMember,
    /// Its admins.
    OnlyAdmins,
    /// It is not told.
    Unknown,
}

impl Group {
    /// Reads the answer of `listGroups`; what has no id is left out.
    #[must_use]
    pub fn list(result: &Value) -> Vec<Self> {
        let groups = result.as_array().map_or(&[][..], Vec::as_slice);
        groups.iter().filter_map(Self::read).collect()
    }

    fn read(group: &Value) -> Option<Self> {
        let id = field::text(group, "id").filter(|id| !id.is_empty())?;
        let owned = |key| field::text(group, key).unwrap_or("").to_owned();
        // Until 0.13 admins stand in a list of their own; since 0.14 each member says it, and the list stays for a while.
        let mut admins = people(group, "admins");
        admins.sort_unstable();
        let member = |member: &Value| {
            let who = Uuid::at(member, "uuid");
            let is_listed = who.is_some() && admins.binary_search(&who).is_ok();
            Member {
                who,
                is_admin: field::flag(member, "isAdmin") || is_listed,
            }
        };
        Some(Self {
            id: id.to_owned(),
            kind: group_kind(id),
            name: owned("name").into(),
            description: owned("description").into(),
            is_member: field::flag(group, "isMember"),
            is_blocked: field::flag(group, "isBlocked"),
            members: field::list(group, "members").iter().map(member).collect(),
            pending: people(group, "pendingMembers"),
            requesting: people(group, "requestingMembers"),
            banned: people(group, "banned"),
            add_members: Permission::at(group, "permissionAddMember"),
            edit_details: Permission::at(group, "permissionEditDetails"),
            write: Permission::at(group, "permissionSendMessage"),
            invite_link: field::text(group, "groupInviteLink").map(|link| link.to_owned().into()),
            expiration_seconds: field::number(group, "messageExpirationTime").unwrap_or(0),
        })
    }

    /// How many places of the group are taken: those asked in count (storage-service, `GroupValidator`).
    #[must_use]
    pub fn taken(&self) -> usize {
        self.members.len() + self.pending.len()
    }

    /// Whether that person is an admin of it.
    #[must_use]
    pub fn is_admin(&self, person: Uuid) -> bool {
        self.members
            .iter()
            .any(|member| member.is_admin && member.who == Some(person))
    }

    /// Whether that person is in it.
    #[must_use]
    pub fn has(&self, person: Uuid) -> bool {
        self.members.iter().any(|member| member.who == Some(person))
    }
}

/// People of a list, one entry each, also for those whose uuid is not told.
fn people(group: &Value, key: &str) -> Vec<Option<Uuid>> {
    let people = field::list(group, key).iter();
    people.map(|person| Uuid::at(person, "uuid")).collect()
}

impl Permission {
    fn at(group: &Value, key: &str) -> Self {
        match field::text(group, key) {
            Some("EVERY_MEMBER") => Self::EveryMember,
            Some("ONLY_ADMINS") => Self::OnlyAdmins,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ANA: &str = "aff2ebea-6220-48ef-8ee9-a6073d08c973";
    const BEN: &str = "565b0c11-5a5c-4b0c-9d4e-6b1f1b1d2a77";
    const ID: &str = "RaO8xJlyzROM5m00hNFalS6esq0S+6J4KqOZ2agC9rE=";

    #[test]
    fn admins_are_found_in_both_shapes() {
        let old = json!([{
            "id": ID, "name": "Phillips", "description": null, "isMember": true, "isBlocked": false, "messageExpirationTime": 0,
            "members": [{ "number": null, "uuid": ANA }, { "number": null, "uuid": BEN }, { "number": "+1", "uuid": null }],
            "pendingMembers": [{ "number": null, "uuid": BEN }], "requestingMembers": [], "admins": [{ "number": null, "uuid": ANA }],
            "banned": [], "permissionAddMember": "ONLY_ADMINS", "permissionEditDetails": "EVERY_MEMBER",
            "permissionSendMessage": "SOMETHING_NEW", "groupInviteLink": null,
        }]);
        let new = json!([{
            "id": ID, "members": [
                { "number": null, "uuid": ANA, "isAdmin": true, "labelEmoji": "🔔", "label": "dispatch" },
                { "number": null, "uuid": BEN, "isAdmin": false },
            ],
        }]);
        for groups in [Group::list(&old), Group::list(&new)] {
            let [group] = groups.as_slice() else {
                panic!("one group");
            };
            assert!(group.is_admin(Uuid::read(ANA).unwrap()));
            assert!(!group.is_admin(Uuid::read(BEN).unwrap()));
            assert!(group.has(Uuid::read(BEN).unwrap()));
            assert_eq!(group.kind, Some(GroupKind::Current));
        }
        let group = &Group::list(&old)[0];
        assert_eq!(group.taken(), 4);
        assert_eq!(
            (group.add_members, group.edit_details, group.write),
            (
                Permission::OnlyAdmins,
                Permission::EveryMember,
                Permission::Unknown
            )
        );
        assert!(!format!("{group:?}").contains("Phillips"));
    }

    #[test]
    fn what_is_no_list_of_groups_is_empty() {
        for wrong in [
            json!(null),
            json!({}),
            json!([1, "x", null, {}, { "id": "" }]),
        ] {
            assert!(Group::list(&wrong).is_empty(), "{wrong}");
        }
    }
}
