//! Carries out what is to be done about groups, and looks afterwards.

use std::time::Duration;

use serde_json::json;

use crate::{
    domain::envelope::{PersonRef, RoomRef},
    platforms::{
        PerformError, Retry,
        rooms::{RoomChange, RoomState, RoomWork},
        signal::{
            daemon::Daemon,
            groups::{
                Groups,
                change::{Change, uuids},
                roster::Roster,
            },
            link::CallError,
            wire::{Refusal, Sent},
        },
    },
};

/// How long a change may take: it is told to each member, and people who are added are looked up one by one.
const CHANGE: Duration = Duration::from_secs(180);
/// How many people one request is about.
const HANDFUL: usize = 50;
/// How many people a group holds at most, the bot included (signal-cli: `ServiceConfig.GROUP_MAX_SIZE`; Signal's apps say the same).
const LARGEST: usize = 1001;
/// After what went wrong for an unknown reason it is tried again then.
const LATER: Duration = Duration::from_secs(60);

impl Groups {
    /// Does something about a group and says how it is afterwards.
    ///
    /// # Errors
    /// `not_in_room`, `not_admin`, `room_full`, `not_a_member`, `last_admin`, `link_off`, `bad_link`, `waits_for_approval`,
    /// `no_such_person`: it cannot be. `rate_limited`, `unreachable`, `not_applied`, `not_done`, `legacy_group`: not now. If
    /// `is_doubtful`, it may have been done; asked again, it goes on where it was.
    pub async fn arrange(
        &self,
        daemon: &Daemon,
        work: &RoomWork,
    ) -> Result<RoomState, PerformError> {
        let _turn = self.turn.lock().await;
        let roster = match work {
            RoomWork::Make(new) => self.make(daemon, new).await,
            RoomWork::Change { room, change } => self.change(daemon, &room.id, change).await,
            RoomWork::Place { .. } => Err(PerformError::new("not_possible", Retry::Never)),
            RoomWork::Join(link) => self.join(daemon, link).await,
            RoomWork::Leave { room, successors } => self.leave(daemon, room, successors).await,
        }?;
        Ok(roster.state(self.read().me))
    }

    /// Changes one group.
    pub(super) async fn change(
        &self,
        daemon: &Daemon,
        id: &str,
        change: &RoomChange,
    ) -> Result<Roster, PerformError> {
        let change = Change::new(change)?;
        let mut now = self.member_of(daemon, id).await?;
        if change.left(&now).is_none() {
            // As far as the daemon knows. Does Signal say so, too?
            now = self.looked_at(daemon, id).await?;
        }
        for part in change.parts(HANDFUL) {
            now = self.change_part(daemon, now, &part).await?;
        }
        Ok(now)
    }

    /// One request of a change, with nobody in it for whom it is so already: Signal would refuse all of it.
    async fn change_part(
        &self,
        daemon: &Daemon,
        before: Roster,
        change: &Change,
    ) -> Result<Roster, PerformError> {
        let Some(left) = change.left(&before) else {
            return Ok(before);
        };
        self.may(&left, &before)?;
        let answer = daemon
            .call("updateGroup", left.params(&before.id), CHANGE)
            .await;
        match answer.map_err(End::of) {
            Ok(_) => {
                let after = self.member_of(daemon, &before.id).await?;
                if left.is_so(&before, &after) {
                    return Ok(after);
                }
                Err(left.failure())
            }
            Err(End::Refused(refused)) => Err(refused),
            Err(End::Unknown) => {
                let after = self.looked_at(daemon, &before.id).await?;
                if left.is_so(&before, &after) {
                    return Ok(after);
                }
                // It was not done. Perhaps because it could not be: somebody else changed the group meanwhile.
                self.may(&left, &after)?;
                Err(later("not_applied"))
            }
        }
    }

    /// Whether the bot can do that there.
    fn may(&self, change: &Change, roster: &Roster) -> Result<(), PerformError> {
        let me = self.read().me;
        if change.needs_admin(roster) && me.is_some() && !roster.is_led_by(me) {
            return Err(PerformError::new("not_admin", Retry::Never));
        }
        let places = change.places();
        if places > 0 && roster.census() + places > LARGEST {
            return Err(PerformError::new("room_full", Retry::Never));
        }
        Ok(())
    }

    /// A group in which the bot is, as the daemon knows it.
    async fn member_of(&self, daemon: &Daemon, id: &str) -> Result<Roster, PerformError> {
        let roster = self.listed(daemon, id).await.map_err(not_seen)?;
        roster
            .filter(|roster| roster.is_member)
            .ok_or_else(|| PerformError::new("not_in_room", Retry::Never))
    }

    /// The same as Signal knows it: the daemon looks before it changes anything, and here there is nothing to change.
    async fn looked_at(&self, daemon: &Daemon, id: &str) -> Result<Roster, PerformError> {
        let look = daemon
            .call("updateGroup", json!({ "groupId": id }), CHANGE)
            .await;
        match look {
            // A daemon that knows that it is not in that group refuses; the listing says so, too.
            Ok(_) | Err(CallError::Refused(_)) => self.member_of(daemon, id).await,
            Err(error) => Err(not_seen(error)),
        }
    }

    /// Joins by a link.
    async fn join(&self, daemon: &Daemon, link: &str) -> Result<Roster, PerformError> {
        if let Some(roster) = self.behind(daemon, link).await? {
            return Ok(roster);
        }
        let answer = daemon
            .call("joinGroup", json!({ "uri": link }), CHANGE)
            .await;
        match answer.map_err(End::of) {
            Ok(answer) => {
                let id = Sent::read(&answer).group;
                let id = id.ok_or_else(|| later("not_done"))?;
                let roster = self.listed(daemon, &id).await.map_err(not_seen)?;
                roster.ok_or_else(|| later("not_done"))
            }
            Err(End::Refused(refused)) => Err(refused),
            Err(End::Unknown) => match self.behind(daemon, link).await? {
                Some(roster) => Ok(roster),
                None => Err(doubtful("not_applied")),
            },
        }
    }

    /// The group behind a link, if the bot is in it.
    async fn behind(&self, daemon: &Daemon, link: &str) -> Result<Option<Roster>, PerformError> {
        self.list_all(daemon).await?;
        let known = self.read();
        let mut groups = known.groups.iter().flatten().map(|(_, roster)| roster);
        let found = groups.find(|roster| {
            let same = |its: &String| fragment(its).is_some() && fragment(its) == fragment(link);
            roster.is_member && roster.link.as_ref().is_some_and(same)
        });
        Ok(found.cloned())
    }

    /// Lists all groups; what is news stays for later.
    ///
    /// # Errors
    /// If the daemon does not answer; what was known stays.
    pub async fn list_all(&self, daemon: &Daemon) -> Result<(), PerformError> {
        let listing = daemon.call("listGroups", json!({}), super::LISTING).await;
        self.take_all(&listing.map_err(not_seen)?, daemon.account());
        Ok(())
    }

    /// Leaves a group.
    async fn leave(
        &self,
        daemon: &Daemon,
        room: &RoomRef,
        successors: &[PersonRef],
    ) -> Result<Roster, PerformError> {
        let successors = uuids(successors)?;
        let before = self.listed(daemon, &room.id).await.map_err(not_seen)?;
        let before = before.ok_or_else(|| PerformError::new("not_in_room", Retry::Never))?;
        if !before.is_member {
            return Ok(before);
        }
        let mut params = json!({ "groupId": room.id });
        if !successors.is_empty() {
            params["admins"] = successors.iter().map(|person| person.text()).collect();
        }
        let answer = daemon.call("quitGroup", params, CHANGE).await;
        let end = answer.map_err(End::of);
        if let Err(End::Refused(refused)) = end {
            return Err(refused);
        }
        if end.is_err() {
            // Makes it look at Signal; it refuses if it is out.
            let look = json!({ "groupId": room.id });
            match daemon.call("updateGroup", look, CHANGE).await {
                Ok(_) | Err(CallError::Refused(_)) => {}
                Err(error) => return Err(not_seen(error)),
            }
        }
        match self.listed(daemon, &room.id).await.map_err(not_seen)? {
            Some(after) if after.is_member => Err(later("not_done")),
            Some(after) => Ok(after),
            None => Ok(Roster {
                is_member: false,
                ..before
            }),
        }
    }
}

/// Why a call did not end well.
pub(super) enum End {
    /// It was not done, and that is known.
    Refused(PerformError),
    /// It may have been done.
    Unknown,
}

impl End {
    pub(super) fn of(error: CallError) -> Self {
        let refusal = match &error {
            CallError::Refused(refusal) => refusal,
            CallError::NoAnswer(_) => return Self::Unknown,
            CallError::NotSent => return Self::Refused(later("unreachable")),
        };
        let message = refusal.message.expose();
        // How `updateGroup`, `quitGroup` and `joinGroup` say it (signal-cli's commands of that name).
        for (part, code) in [
            ("You need to specify a new admin", "last_admin"),
            ("Group link is not valid", "link_off"),
            ("Group link is invalid", "bad_link"),
            ("Group link was created with an incompatible", "bad_link"),
            ("Link is not a signal group", "bad_link"),
            ("Pending admin approval", "waits_for_approval"),
            ("is not registered", "no_such_person"),
        ] {
            if refusal.code == -1 && message.contains(part) {
                return Self::Refused(PerformError::new(code, Retry::Never));
            }
        }
        let (code, retry) = match refusal.refusal() {
            Refusal::Unknown { .. } => return Self::Unknown,
            Refusal::RateLimited { retry_after, .. } => {
                let after = retry_after.unwrap_or(LATER);
                ("rate_limited", Retry::Later(Some(after)))
            }
            Refusal::NotInRoom => ("not_in_room", Retry::Never),
            Refusal::MayNotWrite => ("not_admin", Retry::Never),
            Refusal::UnknownPerson => ("no_such_person", Retry::Never),
            Refusal::Untrusted => ("untrusted", Retry::Never),
            Refusal::NoAccount => ("no_account", Retry::Later(Some(LATER))),
            Refusal::NotImplemented => ("not_possible", Retry::Never),
            Refusal::Never(code) => (code, Retry::Never),
        };
        Self::Refused(PerformError::new(code, retry))
    }
}

/// Not now.
pub(super) const fn later(code: &'static str) -> PerformError {
    PerformError::new(code, Retry::Later(Some(LATER)))
}

/// Not now, and perhaps it was done.
pub(super) fn doubtful(code: &'static str) -> PerformError {
    PerformError {
        is_doubtful: true,
        ..later(code)
    }
}

/// The daemon cannot be asked how it is.
pub(super) fn not_seen(error: CallError) -> PerformError {
    PerformError {
        source: Some(error.into()),
        ..doubtful("unreachable")
    }
}

/// What a link leads to stands behind its `#`.
fn fragment(link: &str) -> Option<&str> {
    let (_, fragment) = link.split_once('#')?;
    (!fragment.is_empty()).then_some(fragment)
}
