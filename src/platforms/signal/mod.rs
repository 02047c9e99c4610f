//! Signal groups, through a daemon that speaks signal-cli's JSON-RPC dialect (`docs/signal-link.md`).
//!
//! | module | does |
//! |---|---|
//! | `wire` | the dialect, read and written; pure |
//! | `link`, `daemon` | the line to the daemon; asks things of it |
//! | `journal`, `keep` | keeps what came, sealed, until it is taken in |
//! | `listen` | daemon → journal → inbox; looks at groups and keys |
//! | `convert`, `text`, `revisions`, `long_text` | what came → envelopes, pure |
//! | `names` | names of messages that tell nobody who wrote them |
//! | `send`, `sent`, `rate` | carries effects out, each message once, as fast as Signal lets us |
//! | `groups` | how groups are, and changes of them |
//! | `identity`, `keys` | who has other keys than before; whose are trusted |
//! | `abilities` | what the daemon can do |
//! | `standing` | whether all is well, and what the operator is told if not |
//! | `hand` | a connection by hand: `tocsin check`, `tocsin signal` |
//! | `check`, `conformance` | what `tocsin check` and `tocsin signal conformance` try |
//!
//! The daemon acknowledges to Signal what it has written into its socket, so whatever came is written down before anything else
//! happens to it. Nothing of signal-cli is linked: whoever speaks the dialect can stand behind the socket.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    sync::{
        Arc, OnceLock, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::Context as _;
use async_trait::async_trait;
use tokio::sync::Notify;
use zeroize::Zeroizing;

use self::{
    abilities::Abilities, daemon::Daemon, groups::Groups, identity::Identities, names::Names,
    rate::Rate, revisions::Revisions, sent::Sent, standing::Standing, wire::Uuid,
};
use crate::{
    clock::Clock,
    config::signal::SignalConfig,
    domain::{
        directory::{Directory, Purpose},
        envelope::{Content, Envelope, Guise, Origin, PlatformKind, RoomRef, Trouble},
        ids::{Checkpoint, EnvelopeId},
        role::Role,
    },
    platforms::{
        Capabilities, Delivery, Inbox, PerformError, Platform, Receipt, Stop,
        rooms::{RoomState, RoomWork},
    },
};

mod abilities;
pub mod check;
pub mod conformance;
pub mod convert;
pub mod daemon;
pub mod groups;
pub mod hand;
pub mod identity;
pub mod journal;
pub mod keep;
mod keys;
pub mod link;
mod listen;
pub mod long_text;
mod names;
mod rate;
pub mod revisions;
mod send;
mod sent;
mod standing;
pub mod text;
pub mod wire;

/// Who is trusted with more than a neighbor, as far as the adapter has to know: their new keys are never trusted by itself.
#[derive(Debug, Default)]
pub struct Holders {
    /// People whom config gives a role.
    people: BTreeSet<Uuid>,
    /// Groups whose members have one: those of verifiers, moderators and liaisons; more may be made or adopted.
    closed: RwLock<BTreeMap<RoomRef, Role>>,
}

impl Holders {
    /// Those of a directory.
    #[must_use]
    pub fn of(directory: &Directory) -> Self {
        let rooms = directory.rooms.iter();
        let rooms = rooms.filter(|room| room.room.platform == PlatformKind::Signal);
        let closed = rooms.filter_map(|room| Some((room.room.clone(), room.purpose.gives()?)));
        Self {
            people: directory
                .people
                .iter()
                .filter_map(|entry| Uuid::of(&entry.person))
                .collect(),
            closed: RwLock::new(closed.collect()),
        }
    }
}

/// One Signal account. It connects when it is listened to.
pub struct Signal {
    config: SignalConfig,
    key: Zeroizing<[u8; 32]>,
    /// The community's groups; more may be made or adopted.
    rooms: RwLock<Vec<RoomRef>>,
    holders: Holders,
    clock: Arc<dyn Clock>,
    daemon: Daemon,
    groups: Groups,
    revisions: Revisions,
    names: Names,
    rate: Rate,
    abilities: Abilities,
    standing: Standing,
    /// What is remembered between starts; opened when it is listened to.
    memory: OnceLock<Memory>,
    account: RwLock<Option<Uuid>>,
    inbox: OnceLock<Inbox>,
    /// Groups and keys are to be looked at.
    look: Notify,
    /// How many came into groups.
    came: AtomicU64,
}

/// What is remembered between starts.
struct Memory {
    sent: Arc<Sent>,
    identities: Identities,
}

impl Signal {
    /// An account that serves the groups of a directory. `key` seals what is kept. Nothing is asked of the daemon yet.
    #[must_use]
    pub fn new(
        config: SignalConfig,
        key: [u8; 32],
        directory: &Directory,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let rooms = directory.rooms.iter().filter(|room| {
            room.room.platform == PlatformKind::Signal && room.purpose != Purpose::Planning
        });
        Self {
            daemon: Daemon::new(config.account.clone()),
            rooms: RwLock::new(rooms.map(|room| room.room.clone()).collect()),
            holders: Holders::of(directory),
            names: Names::new(key),
            key: Zeroizing::new(key),
            config,
            clock,
            groups: Groups::default(),
            revisions: Revisions::default(),
            rate: Rate::default(),
            abilities: Abilities::default(),
            standing: Standing::default(),
            memory: OnceLock::new(),
            account: RwLock::default(),
            inbox: OnceLock::new(),
            look: Notify::new(),
            came: AtomicU64::default(),
        }
    }

    /// The community's groups, as they are now.
    fn served(&self) -> Vec<RoomRef> {
        let rooms = self.rooms.read();
        rooms.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes up what an earlier process remembered.
    fn remember(&self) -> anyhow::Result<()> {
        if self.memory.get().is_some() {
            return Ok(());
        }
        let dir = &self.config.data_dir;
        let of = |name: &str| dir.join(name);
        let memory = fs::create_dir_all(dir)
            .and_then(|()| {
                io::Result::Ok(Memory {
                    sent: Arc::new(Sent::open(&of("sent"), self.clock.now())?),
                    identities: Identities::open(&of("identities"), *self.key)?,
                })
            })
            .with_context(|| format!("Cannot use the folder {}", dir.display()))?;
        if let Ok(text) = fs::read_to_string(of("account")) {
            self.know_account(Uuid::read(text.trim()));
        }
        // Another could only have set it meanwhile to the same.
        let _ = self.memory.set(memory);
        Ok(())
    }

    fn sent(&self) -> Result<&Arc<Sent>, PerformError> {
        self.memory
            .get()
            .map(|memory| &memory.sent)
            .ok_or(PerformError::not_connected())
    }

    /// The account's own uuid, once it is known.
    fn account(&self) -> Option<Uuid> {
        *self.account.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers whose account it is: without it the bot's own messages could not be told from others'.
    fn know_account(&self, account: Option<Uuid>) {
        let Some(account) = account.filter(|account| Some(*account) != self.account()) else {
            return;
        };
        *self.account.write().unwrap_or_else(PoisonError::into_inner) = Some(account);
        self.groups.set_account(account);
        // It is found out again if it cannot be written.
        let _ = fs::write(self.config.data_dir.join("account"), account.text());
    }

    /// Whether new keys of that person may be trusted without anybody asking them.
    fn holds_no_role(&self, person: Uuid) -> bool {
        !self.holders.people.contains(&person) && self.role_by_groups(person).is_none()
    }

    /// The highest role that groups give a person: as one of their admins, or as one who was let into a closed one.
    fn role_by_groups(&self, person: Uuid) -> Option<Role> {
        let rooms = self.served();
        let mut rooms = rooms.iter();
        let by_admins = rooms
            .any(|room| self.groups.is_admin(room, person))
            .then_some(self.config.admins);
        let closed = self.holders.closed.read();
        let closed = closed.unwrap_or_else(PoisonError::into_inner);
        let by_closed = closed
            .iter()
            .filter(|(room, _)| self.groups.is_member_of(room, person))
            .map(|(_, role)| *role);
        by_closed
            .chain(by_admins)
            .max()
            .filter(|role| *role > Role::Neighbor)
    }

    /// An envelope about the account or a group, not from anybody. Its number says when it was made: the intake knows what is
    /// told again too often.
    fn of_our_own(&self, room: Option<RoomRef>, about: Option<Uuid>, content: Content) -> Envelope {
        let now = self.clock.now();
        let kind = match &content {
            Content::Joined => "joined",
            Content::Came => "came",
            Content::Trouble(Trouble::KeysChanged) => "keys",
            _ => "trouble",
        };
        let about = about.or(self.account()).unwrap_or(Uuid::NOBODY);
        let place = room.as_ref().map_or("", |room| room.id.as_str());
        let mut id = format!("{kind}/{place}/{}", now.as_ms());
        if matches!(content, Content::Came) {
            // Several may come at the same moment, and who it is stands in no number.
            let nth = self.came.fetch_add(1, Ordering::Relaxed);
            id = format!("{id}/{nth}");
        }
        Envelope {
            id: EnvelopeId::new(id),
            origin: room.map_or(Origin::Direct, Origin::Room),
            sender: about.person(),
            standing: None,
            member: None,
            sent_at: now,
            content,
            guise: Guise::default(),
        }
    }

    /// Tells moderators, on every platform, of what only people can mend.
    fn tell(&self, trouble: Trouble) {
        let Some(inbox) = self.inbox.get().cloned() else {
            return;
        };
        let envelope = self.of_our_own(None, None, Content::Trouble(trouble));
        tokio::spawn(async move {
            // What the store cannot take now is found again soon.
            let _ = inbox.accept(vec![envelope], None).await;
        });
    }
}

#[async_trait]
impl Platform for Signal {
    fn kind(&self) -> PlatformKind {
        PlatformKind::Signal
    }

    fn capabilities(&self) -> Capabilities {
        self.abilities.capabilities()
    }

    fn open(&self, inbox: Inbox) {
        // It is opened once.
        let _ = self.inbox.set(inbox);
    }

    async fn listen(
        &self,
        inbox: Inbox,
        since: Option<Checkpoint>,
        stop: Stop,
    ) -> anyhow::Result<()> {
        let ended = self.read(&inbox, since, &stop).await;
        self.standing.set_up(false);
        ended
    }

    async fn perform(&self, delivery: &Delivery) -> Result<Receipt, PerformError> {
        self.carry_out(delivery).await
    }

    async fn rooms(&self) -> Result<Vec<RoomState>, PerformError> {
        self.groups.list_all(&self.daemon).await?;
        // What changed is news for the watching loop.
        self.look.notify_one();
        Ok(self.groups.states())
    }

    async fn arrange(&self, work: &RoomWork) -> Result<RoomState, PerformError> {
        let done = self.groups.arrange(&self.daemon, work).await;
        // What changed is news for the watching loop.
        self.look.notify_one();
        done
    }

    fn heed(&self, rooms: &[RoomRef]) {
        *self.rooms.write().unwrap_or_else(PoisonError::into_inner) = rooms.to_vec();
        self.look.notify_one();
    }

    fn trust(&self, closed: &[(RoomRef, Role)]) {
        let ours = closed.iter();
        let ours = ours.filter(|(room, _)| room.platform == PlatformKind::Signal);
        let mut closed = self.holders.closed.write();
        let closed = closed.as_deref_mut();
        if let Ok(closed) = closed {
            *closed = ours.cloned().collect();
        }
    }

    fn passed_over(&self) -> BTreeMap<String, u64> {
        self.standing.counts()
    }

    fn census(&self) -> Vec<(RoomRef, usize)> {
        self.groups.censuses()
    }

    fn is_up(&self) -> bool {
        self.standing.is_up()
    }
}
