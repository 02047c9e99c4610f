//! Groups, and what people do to them.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{User, World, until};

/// A group's handle.
#[derive(Clone, Debug, Deserialize)]
pub struct Group {
    /// Base64, as signal-cli says it.
    pub id: String,
}

/// How a group is on the server.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupState {
    pub revision: u32,
    pub title: String,
    pub description: String,
    /// Seconds until messages vanish; 0 for never.
    pub timer: u32,
    pub announcements_only: bool,
    pub access: Access,
    pub link: Option<Link>,
    pub members: Vec<Member>,
    pub pending: Vec<Member>,
    pub requesting: Vec<Member>,
    pub banned: Vec<Member>,
}

/// Who may: `MEMBER`, `ADMINISTRATOR`; for the link `ANY` (joins at once), `ADMINISTRATOR` (asks), `UNSATISFIABLE` (off).
#[derive(Clone, Debug, Deserialize)]
pub struct Access {
    pub attributes: String,
    pub members: String,
    pub link: String,
}

/// An invitation for all who have it.
#[derive(Clone, Debug, Deserialize)]
pub struct Link {
    pub url: String,
}

/// Somebody in one of a group's lists.
#[derive(Clone, Debug, Deserialize)]
pub struct Member {
    pub uuid: String,
    #[serde(default)]
    pub admin: bool,
}

impl GroupState {
    /// Whether somebody is a full member.
    pub fn has(&self, user: &User) -> bool {
        self.members.iter().any(|member| member.uuid == user.uuid)
    }

    /// Whether somebody is an admin.
    pub fn is_led_by(&self, user: &User) -> bool {
        self.members
            .iter()
            .any(|member| member.uuid == user.uuid && member.admin)
    }

    /// Whether somebody asked to be let in.
    pub fn is_asked_by(&self, user: &User) -> bool {
        self.requesting
            .iter()
            .any(|member| member.uuid == user.uuid)
    }
}

/// What somebody changes in a group, all at once.
#[derive(Clone, Default)]
pub struct Change(Map<String, Value>);

impl Change {
    pub fn new() -> Self {
        Self::default()
    }

    /// One of `add`, `invite`, `uninvite`, `accept` (oneself), `remove`, `promote`, `demote`, `approve`, `refuse`, `ban`, `unban`.
    pub fn people(mut self, what: &str, people: &[&User]) -> Self {
        let uuids: Vec<_> = people.iter().map(|user| &user.uuid).collect();
        self.0.insert(what.to_owned(), json!(uuids));
        self
    }

    /// One of `title`, `description`, `timer` (seconds), `announcementsOnly`, `link` (`on`, `approval`, `off`), `resetLink`,
    /// `access` (an object with `attributes`, `members`).
    pub fn set(mut self, what: &str, value: impl Into<Value>) -> Self {
        self.0.insert(what.to_owned(), value.into());
        self
    }
}

impl World {
    /// A new group: its creator is its admin, the others are full members.
    pub async fn group(&self, creator: &User, title: &str, members: &[&User]) -> Group {
        let members: Vec<_> = members.iter().map(|user| &user.uuid).collect();
        let order = json!({ "creator": creator.uuid, "title": title, "members": members });
        self.make("/group", order).await
    }

    /// How it is on the server.
    pub async fn group_state(&self, group: &Group) -> GroupState {
        let path = "/group";
        let order = json!({ "group": group.id });
        serde_json::from_value(self.ask(Method::GET, path, order).await).unwrap()
    }

    /// Waits until it is so on the server.
    pub async fn group_becomes(
        &self,
        group: &Group,
        what: &str,
        is_it: impl Fn(&GroupState) -> bool,
    ) -> GroupState {
        until(what, async || {
            Some(self.group_state(group).await).filter(&is_it)
        })
        .await
    }

    /// Somebody changes it, and those concerned are told.
    pub async fn change(&self, by: &User, group: &Group, change: Change) -> GroupState {
        self.try_change(by, group, change).await.unwrap()
    }

    /// The same where the server may refuse; what it says.
    pub async fn try_change(
        &self,
        by: &User,
        group: &Group,
        change: Change,
    ) -> Result<GroupState, String> {
        let mut order = Value::Object(change.0);
        order["by"] = json!(by.uuid);
        order["group"] = json!(group.id);
        let state = self.try_ask(Method::POST, "/change", order).await?;
        Ok(serde_json::from_value(state).unwrap())
    }

    /// Somebody opens the link: joins, or asks to. As with real phones nobody is told of one who asks.
    pub async fn join(&self, who: &User, link: &str) -> Result<GroupState, String> {
        let order = json!({ "user": who.uuid, "link": link });
        let state = self.try_ask(Method::POST, "/join", order).await?;
        Ok(serde_json::from_value(state).unwrap())
    }
}
