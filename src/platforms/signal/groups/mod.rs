//! Groups: what is known of them, and everything that can be done about them.
//!
//! What is known is what the daemon listed last ([`Groups::refresh`]). The daemon lists what *it* knows: a change whose answer got
//! lost between it and Signal may have been made all the same. So after an end that is unknown, and before anything is believed to
//! be so already, the daemon is made to look at Signal (an `updateGroup` that changes nothing does that, and tells nobody), and
//! then the listing decides. Nothing is repeated blindly.

mod arrange;
mod change;
mod make;
mod news;
mod roster;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use serde_json::{Value, json};

pub use self::news::GroupNews;
use self::{
    news::{news_of, news_of_all},
    roster::Roster,
};
use crate::{
    domain::envelope::RoomRef,
    platforms::{
        rooms::RoomState,
        signal::{
            daemon::Daemon,
            link::CallError,
            wire::{Group, GroupKind, Uuid, group_kind},
        },
    },
};

/// How long a listing may take. It is read from the daemon's own memory, but of hundreds of groups.
const LISTING: Duration = Duration::from_secs(60);
/// How many groups are listed at once: ten with a thousand members each are some 700 KB.
const AT_ONCE: usize = 10;

/// The groups of one account.
#[derive(Default)]
pub struct Groups {
    known: RwLock<Known>,
    /// One thing at a time is done about groups: two that make the same room would make it twice.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Known {
    /// Whose account it is.
    me: Option<Uuid>,
    /// What was listed last; `None` before the first listing.
    groups: Option<BTreeMap<String, Roster>>,
    /// Which groups were looked at so far: that the bot is in one which was not is no news.
    seen: BTreeSet<String>,
    /// What changed since it was last told.
    news: Vec<GroupNews>,
}

impl Groups {
    /// Says whose account it is. Otherwise it is found out by the first listing of a group.
    pub fn set_account(&self, me: Uuid) {
        self.write().me = Some(me);
    }

    /// Whose account it is, if that is known.
    #[must_use]
    pub fn account(&self) -> Option<Uuid> {
        self.read().me
    }

    /// Lists all groups anew and says what changed since [`Self::news`] or this was last asked.
    ///
    /// # Errors
    /// If the daemon does not answer; what was known stays.
    pub async fn refresh(&self, daemon: &Daemon) -> Result<Vec<GroupNews>, CallError> {
        let listing = daemon.call("listGroups", json!({}), LISTING).await?;
        self.take_all(&listing, daemon.account());
        Ok(self.news())
    }

    /// Lists these groups anew, some at a time, and says what changed: of hundreds of groups with a thousand members one listing
    /// would take hundreds of megabytes to read.
    ///
    /// # Errors
    /// If the daemon does not answer; what was known stays.
    pub async fn refresh_these(
        &self,
        daemon: &Daemon,
        rooms: &[RoomRef],
    ) -> Result<Vec<GroupNews>, CallError> {
        for some in rooms.chunks(AT_ONCE) {
            let ids: Vec<&str> = some.iter().map(|room| room.id.as_str()).collect();
            let listing = daemon
                .call("listGroups", json!({ "groupId": ids }), LISTING)
                .await?;
            self.identify(&listing, daemon.account());
            let mut listed: BTreeMap<String, Roster> = Group::list(&listing)
                .into_iter()
                .map(|group| (group.id.clone(), Roster::read(&group)))
                .collect();
            drop(listing);
            for id in ids {
                self.take_one(id, listed.remove(id));
            }
        }
        Ok(self.news())
    }

    /// Lists one group anew, for when something was heard of it. It is none of the account's if it is not listed then.
    ///
    /// # Errors
    /// If the daemon does not answer; what was known stays.
    pub async fn refresh_one(
        &self,
        daemon: &Daemon,
        room: &RoomRef,
    ) -> Result<Option<RoomState>, CallError> {
        let roster = self.listed(daemon, &room.id).await?;
        let me = self.read().me;
        Ok(roster.map(|roster| roster.state(me)))
    }

    /// What changed since this was last asked, also by what was done about groups meanwhile.
    pub fn news(&self) -> Vec<GroupNews> {
        std::mem::take(&mut self.write().news)
    }

    /// How a group was listed last.
    #[must_use]
    pub fn state(&self, room: &RoomRef) -> Option<RoomState> {
        let known = self.read();
        let roster = known.groups.as_ref()?.get(&room.id)?;
        Some(roster.state(known.me))
    }

    /// How all groups were listed last.
    #[must_use]
    pub fn states(&self) -> Vec<RoomState> {
        let known = self.read();
        let groups = known.groups.iter().flatten();
        groups.map(|(_, roster)| roster.state(known.me)).collect()
    }

    /// How many places are taken in each group that the bot is in.
    #[must_use]
    pub fn censuses(&self) -> Vec<(RoomRef, usize)> {
        let known = self.read();
        let groups = known.groups.iter().flatten().map(|(_, roster)| roster);
        let groups = groups.filter(|roster| roster.is_member);
        groups
            .map(|roster| (roster.room(), roster.census()))
            .collect()
    }

    /// Whether the bot is in that group.
    #[must_use]
    pub fn is_in(&self, room: &RoomRef) -> bool {
        self.of(&room.id, |roster| roster.is_member)
    }

    /// Whether that person is in a group in which the bot is, too.
    #[must_use]
    pub fn is_member_of(&self, room: &RoomRef, person: Uuid) -> bool {
        self.of(&room.id, |roster| {
            roster.is_member && roster.members.has(person)
        })
    }

    /// Whether that person may change a group in which the bot is, too.
    #[must_use]
    pub fn is_admin(&self, room: &RoomRef, person: Uuid) -> bool {
        self.of(&room.id, |roster| roster.is_led_by(Some(person)))
    }

    fn of(&self, id: &str, is_so: impl Fn(&Roster) -> bool) -> bool {
        let known = self.read();
        let roster = known.groups.as_ref().and_then(|groups| groups.get(id));
        roster.is_some_and(is_so)
    }

    /// Lists one group anew.
    async fn listed(&self, daemon: &Daemon, id: &str) -> Result<Option<Roster>, CallError> {
        let listing = daemon
            .call("listGroups", json!({ "groupId": [id] }), LISTING)
            .await?;
        let group = Group::list(&listing)
            .into_iter()
            .find(|group| group.id == id);
        let roster = group.as_ref().map(Roster::read);
        self.identify(&listing, daemon.account());
        self.take_one(id, roster.clone());
        Ok(roster)
    }

    fn take_all(&self, listing: &Value, account: &str) {
        self.identify(listing, account);
        // What an old daemon made up because it could not make a real group is nowhere but there.
        let groups = Group::list(listing).into_iter();
        let groups = groups.filter(|group| group_kind(&group.id) != Some(GroupKind::Legacy));
        let groups: BTreeMap<String, Roster> = groups
            .map(|group| (group.id.clone(), Roster::read(&group)))
            .collect();
        let mut known = self.write();
        let news = news_of_all(known.groups.as_ref(), &groups, known.me);
        known.seen.extend(groups.keys().cloned());
        known.news.extend(news);
        known.groups = Some(groups);
    }

    fn identify(&self, listing: &Value, account: &str) {
        let is_known = self.read().me.is_some();
        if let Some(me) = (!is_known).then(|| account_in(listing, account)).flatten() {
            self.set_account(me);
        }
    }

    fn take_one(&self, id: &str, roster: Option<Roster>) {
        let mut known = self.write();
        let me = known.me;
        let is_first = known.seen.insert(id.to_owned());
        let groups = known.groups.get_or_insert_default();
        let news = match roster {
            Some(roster) => {
                let before = groups.get(id);
                let news = news_of(before, &roster, me, is_first);
                groups.insert(id.to_owned(), roster);
                news
            }
            None => {
                let gone = groups.remove(id).filter(|was| was.is_member);
                let lost = gone.map(|was| GroupNews::Lost(was.room()));
                lost.into_iter().collect()
            }
        };
        known.news.extend(news);
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose account it is, by what `listGroups` says: of others the number is hidden, the account's own never is.
#[must_use]
pub fn account_in(listing: &Value, account: &str) -> Option<Uuid> {
    let groups = listing.as_array()?.iter();
    let lists = groups.flat_map(|group| [&group["members"], &group["pendingMembers"]]);
    let people = lists.filter_map(Value::as_array).flatten();
    let mut own = people.filter(|person| person["number"].as_str() == Some(account));
    own.find_map(|person| Uuid::read(person["uuid"].as_str()?))
}
