//! Makes a group, so that whoever is cut off at any step and asks again goes on with the same one.
//!
//! A new group bears the marker as its title from the very first moment on, so it is found however early the making was cut off.
//! Then description (with the marker at its end), title, permissions, timer and link are set while nobody is in it but the bot,
//! and at last people come.

use std::time::Duration;

use serde_json::json;

use crate::{
    domain::envelope::PersonRef,
    platforms::{
        PerformError, Retry,
        rooms::{Allowed, LinkMode, NewRoom, RoomChange},
        signal::{
            daemon::Daemon,
            groups::{
                Groups,
                arrange::{End, doubtful, later},
                roster::Roster,
            },
            wire::{GroupKind, Sent, Uuid, group_kind},
        },
    },
};

/// How long it may take to make an empty group.
const CREATION: Duration = Duration::from_secs(90);

impl Groups {
    /// Makes a group, or goes on with the one that has that marker.
    pub(super) async fn make(
        &self,
        daemon: &Daemon,
        new: &NewRoom,
    ) -> Result<Roster, PerformError> {
        if new.marker.is_empty() {
            return Err(PerformError::new("no_marker", Retry::Never));
        }
        if new.is_space {
            return Err(PerformError::new("not_possible", Retry::Never));
        }
        let mut roster = match self.marked(daemon, &new.marker).await? {
            Some(begun) => begun,
            None => self.create(daemon, &new.marker).await?,
        };
        let id = roster.id.clone();
        for change in settings(new, &roster) {
            roster = self.change(daemon, &id, &change).await?;
        }
        self.lead(daemon, roster, &new.admins).await
    }

    /// The group that was begun under that marker; of several the first, so that it is the same one every time.
    async fn marked(&self, daemon: &Daemon, marker: &str) -> Result<Option<Roster>, PerformError> {
        self.list_all(daemon).await?;
        let known = self.read();
        let mut groups = known.groups.iter().flatten().map(|(_, roster)| roster);
        let found = groups.find(|roster| roster.is_member && is_marked(roster, marker));
        Ok(found.cloned())
    }

    /// Makes an empty group whose title is the marker.
    async fn create(&self, daemon: &Daemon, marker: &str) -> Result<Roster, PerformError> {
        let answer = daemon
            .call("updateGroup", json!({ "name": marker }), CREATION)
            .await;
        let answer = match answer.map_err(End::of) {
            Ok(answer) => answer,
            Err(End::Refused(refused)) => return Err(refused),
            // If the daemon does not list it, nobody has heard of it: an empty group that only Signal's server knows.
            Err(End::Unknown) => {
                let begun = self.marked(daemon, marker).await?;
                return begun.ok_or_else(|| doubtful("not_applied"));
            }
        };
        let id = Sent::read(&answer).group;
        let id = id.ok_or_else(|| later("not_done"))?;
        if group_kind(&id) != Some(GroupKind::Current) {
            // A daemon before 0.14 that cannot make a group makes one up that nobody else will ever see.
            let drop = json!({ "groupId": id, "delete": true });
            let dropped = daemon.call("quitGroup", drop, CREATION).await;
            tracing::warn!(
                is_dropped = dropped.is_ok(),
                "the daemon made up a group instead of making one: if that goes on, set its profile (`tocsin signal profile`) and update it"
            );
            return Err(later("legacy_group"));
        }
        let roster = self.listed(daemon, &id).await;
        let roster = roster.map_err(super::arrange::not_seen)?;
        roster.ok_or_else(|| doubtful("not_done"))
    }

    /// Takes the admins in, and makes those admins who are members. Who cannot be had is passed over: the state says who leads.
    async fn lead(
        &self,
        daemon: &Daemon,
        mut roster: Roster,
        admins: &[PersonRef],
    ) -> Result<Roster, PerformError> {
        let id = roster.id.clone();
        for who in [admins.to_vec()].into_iter().filter(|who| !who.is_empty()) {
            match self.change(daemon, &id, &RoomChange::Add(who)).await {
                Ok(all_in) => roster = all_in,
                Err(error) if error.retry != Retry::Never => return Err(error),
                // One who cannot be added must not keep the others out.
                Err(_) => roster = self.add_each(daemon, roster, admins).await?,
            }
        }
        let ready = admins.iter().filter(|person| {
            Uuid::of(person).is_some_and(|who| roster.members.has(who) && !roster.admins.has(who))
        });
        let ready: Vec<PersonRef> = ready.cloned().collect();
        if ready.is_empty() {
            return Ok(roster);
        }
        self.change(daemon, &id, &RoomChange::Promote(ready)).await
    }

    async fn add_each(
        &self,
        daemon: &Daemon,
        mut roster: Roster,
        people: &[PersonRef],
    ) -> Result<Roster, PerformError> {
        let id = roster.id.clone();
        for person in people {
            let alone = RoomChange::Add(vec![person.clone()]);
            match self.change(daemon, &id, &alone).await {
                Ok(with_them) => roster = with_them,
                Err(error) if error.retry != Retry::Never => return Err(error),
                Err(error) => {
                    tracing::warn!(code = error.code, "an admin of a new group cannot be added");
                }
            }
        }
        Ok(roster)
    }
}

/// Whether a group is the one of that marker.
fn is_marked(roster: &Roster, marker: &str) -> bool {
    roster.title == marker || roster.description.trim_end().ends_with(marker)
}

/// The description with the marker at its end.
fn described(new: &NewRoom) -> String {
    let text = new.description.trim_end();
    let space = if text.is_empty() { "" } else { "\n\n" };
    format!("{text}{space}{}", new.marker)
}

/// What is missing in a group that was begun, in the order in which it is to be set. What people changed since is left alone.
fn settings(new: &NewRoom, begun: &Roster) -> Vec<RoomChange> {
    let mut changes = Vec::new();
    if !begun.description.trim_end().ends_with(&new.marker) {
        changes.push(RoomChange::Description(described(new)));
    }
    if begun.title == new.marker {
        changes.push(RoomChange::Title(new.title.clone()));
    }
    if begun.may_add != Allowed::Admins {
        changes.push(RoomChange::MayAdd(Allowed::Admins));
    }
    if begun.may_edit != Allowed::Admins {
        changes.push(RoomChange::MayEdit(Allowed::Admins));
    }
    if begun.timer != new.timer {
        changes.push(RoomChange::Timer(new.timer));
    }
    // Mode and link are set at once: where there is a link, it has its mode.
    if begun.link.is_none() && new.link != LinkMode::Off {
        changes.push(RoomChange::Link(new.link));
    }
    changes
}
