//! Matrix rooms, by matrix-sdk.
//!
//! | module | does |
//! |---|---|
//! | `session` | login or restore, keys, recovery |
//! | `sync` | reads the account from our own checkpoint, fills gaps |
//! | `glance` | asks for news; shows them to the SDK only if they are more than messages |
//! | `courier` | hands envelopes to the intake, in order |
//! | `parked` | waits for the keys of messages that cannot be read yet |
//! | `rooms`, `invites` | which room is which; what invites are accepted |
//! | `identities`, `answered` | who has other keys than before; whom a moderator answers |
//! | `send` | carries effects out |
//! | `arrange` | looks at rooms, makes them and changes them |
//! | `census` | how many places are taken in each |
//! | `convert`, `text` | JSON ↔ envelopes and effects, pure |
//! | `check` | what `tocsin check` tries |
//!
//! What leaves here is as every platform gives it: a message that begins with the bot's name or a mention of it comes as the
//! rest of the words with `!` in front; quotes, code and notices are gone; a room is called as it is configured, id or alias.
//! All SDK futures are boxed in this crate, so that their code is generated once (see `docs/`: it costs minutes otherwise).

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::Context;
use async_trait::async_trait;
use tokio::sync::{Mutex as AsyncMutex, watch};
use zeroize::Zeroizing;

use crate::{
    clock::Clock,
    config::platforms::MatrixConfig,
    domain::{
        directory::Directory,
        envelope::{PersonRef, PlatformKind, RoomRef},
        ids::Checkpoint,
    },
    platforms::{
        Capabilities, Delivery, Inbox, PerformError, Platform, Receipt, Stop,
        matrix::{
            census::Census,
            error::patience,
            identities::Identities,
            invites::Hosts,
            rooms::Rooms,
            session::NoSession,
            sync::{End, Sending, Session},
        },
        rooms::{RoomState, RoomWork},
    },
};

mod answered;
mod arrange;
mod census;
mod check;
mod convert;
mod courier;
mod error;
mod glance;
mod identities;
mod invites;
mod parked;
mod rooms;
mod send;
mod session;
mod sync;
mod text;

pub use check::check;

/// What the log filter needs to keep the SDK quiet: its messages name rooms and people, and what matters is said here.
pub const QUIET: &str = "matrix_sdk=off,matrix_sdk_base=off,matrix_sdk_crypto=off,matrix_sdk_sqlite=off,matrix_sdk_common=off";

/// One Matrix account. It connects when it is listened to.
pub struct Matrix {
    config: MatrixConfig,
    store_key: Zeroizing<[u8; 32]>,
    rooms: RwLock<Vec<RoomRef>>,
    hosts: Hosts,
    clock: Arc<dyn Clock>,
    session: RwLock<Option<Arc<Session>>>,
    census: Arc<Census>,
    turn: Arc<AsyncMutex<()>>,
    up: AtomicBool,
}

impl Matrix {
    /// An account that serves the rooms of a directory. Nothing is asked of the homeserver yet.
    #[must_use]
    pub fn new(
        config: MatrixConfig,
        store_key: [u8; 32],
        directory: &Directory,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let rooms = directory.rooms.iter().map(|room| room.room.clone());
        let rooms = rooms.filter(|room| room.platform == PlatformKind::Matrix);
        Self {
            hosts: Hosts::of(directory, &config.invites_from),
            config,
            store_key: Zeroizing::new(store_key),
            rooms: RwLock::new(rooms.collect()),
            clock,
            session: RwLock::new(None),
            census: Arc::default(),
            turn: Arc::default(),
            up: AtomicBool::new(false),
        }
    }

    fn set_session(&self, session: Option<Arc<Session>>) {
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = session;
    }

    /// The session, once rooms are known.
    fn session(&self) -> Option<Arc<Session>> {
        let session = self.session.read().unwrap_or_else(PoisonError::into_inner);
        session.clone().filter(|session| session.is_ready())
    }

    /// The community's rooms, as they are called.
    fn heeded(&self) -> Vec<RoomRef> {
        let rooms = self.rooms.read().unwrap_or_else(PoisonError::into_inner);
        rooms.clone()
    }

    /// Logs in, for as long as it takes.
    async fn open(&self) -> anyhow::Result<Arc<Session>> {
        let mut waits = patience();
        loop {
            match session::open(&self.config, &self.store_key).await {
                Ok(client) => {
                    let me = client.user_id().context("The Matrix login gave no user")?;
                    let rooms = Rooms::new(self.heeded(), self.config.data_dir.join("rooms.json"));
                    rooms.resolve(&client).await;
                    return Ok(Arc::new(Session {
                        me: me.to_owned(),
                        client,
                        rooms,
                        identities: Identities::open(
                            self.config.data_dir.join("identities.json"),
                            *self.store_key,
                            Arc::clone(&self.clock),
                        ),
                        roles: self.config.roles,
                        hosts: self.hosts.clone(),
                        ready: AtomicBool::new(false),
                        lanes: Mutex::new(HashMap::new()),
                        sending: Sending::default(),
                        answering: Mutex::new(HashSet::new()),
                        entering: Mutex::new(HashSet::new()),
                        census: Arc::clone(&self.census),
                        turn: Arc::clone(&self.turn),
                        syncs: watch::Sender::default(),
                    }));
                }
                Err(NoSession::Never(error)) => return Err(error),
                Err(NoSession::Later(failure)) => {
                    let wait = waits.next().unwrap_or_default();
                    tracing::warn!(
                        code = failure.code,
                        status = failure.status,
                        wait_ms = wait.as_millis(),
                        "Cannot log in to the Matrix homeserver; trying again"
                    );
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    async fn listen_until(
        &self,
        inbox: &Inbox,
        mut since: Option<Checkpoint>,
        stop: &Stop,
    ) -> anyhow::Result<()> {
        let _only_we = session::lock(&self.config.data_dir)?;
        loop {
            let Some(session) = stop.run_until_cancelled(self.open()).await else {
                return Ok(());
            };
            let session = session?;
            self.set_session(Some(Arc::clone(&session)));
            // They may have become others while it was logging in.
            session.rooms.heed(self.heeded());
            let secure = tokio::spawn(secure(Arc::clone(&session), self.config.clone()));
            let end = sync::run(&session, inbox, &mut since, &self.up, stop).await;
            secure.abort();
            self.set_session(None);
            match end {
                End::Stopped => return Ok(()),
                End::LoggedOut => {
                    tracing::warn!(
                        "The Matrix homeserver does not know the bot's session any more; logging in anew"
                    );
                    session::forget(&self.config)?;
                }
            }
        }
    }
}

/// Makes the bot's device trusted, beside the reading.
async fn secure(session: Arc<Session>, config: MatrixConfig) {
    while !session.is_ready() {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    if let Err(error) = session::secure(&session.client, &config).await {
        tracing::warn!("{error:#}");
    }
}

#[async_trait]
impl Platform for Matrix {
    fn kind(&self) -> PlatformKind {
        PlatformKind::Matrix
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            max_text: 16_000,
            reactions: true,
            edits: true,
            replies: true,
            redactions: true,
            direct: true,
            subscriptions: false,
            metered: false,
            erases: false,
            answers_carrier_words: false,
            drops_repeats: true,
            throttled: false,
            arranges: true,
            nests: true,
            excludes: true,
            parallel: 8,
        }
    }

    async fn listen(
        &self,
        inbox: Inbox,
        since: Option<Checkpoint>,
        stop: Stop,
    ) -> anyhow::Result<()> {
        let ended = self.listen_until(&inbox, since, &stop).await;
        self.set_session(None);
        self.up.store(false, Ordering::Relaxed);
        ended
    }

    async fn perform(&self, delivery: &Delivery) -> Result<Receipt, PerformError> {
        let Some(session) = self.session() else {
            return Err(PerformError::not_connected());
        };
        send::perform(session, delivery.clone()).await
    }

    async fn rooms(&self) -> Result<Vec<RoomState>, PerformError> {
        let Some(session) = self.session() else {
            return Err(PerformError::not_connected());
        };
        Box::pin(arrange::rooms(session)).await
    }

    async fn arrange(&self, work: &RoomWork) -> Result<RoomState, PerformError> {
        let Some(session) = self.session() else {
            return Err(PerformError::not_connected());
        };
        arrange::arrange(session, work.clone()).await
    }

    /// The user id: names that people choose, others can choose as well.
    async fn called(&self, person: &PersonRef) -> Option<String> {
        Some(person.address.expose().clone())
    }

    /// Best called before [`Platform::listen`]: what is written in a room before it is the community's is not read.
    fn heed(&self, rooms: &[RoomRef]) {
        let ours = rooms.iter();
        let ours = ours.filter(|room| room.platform == PlatformKind::Matrix);
        let ours: Vec<RoomRef> = ours.cloned().collect();
        {
            let mut rooms = self.rooms.write().unwrap_or_else(PoisonError::into_inner);
            rooms.clone_from(&ours);
        }
        let session = self.session.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = session.as_ref() {
            session.rooms.heed(ours);
        }
    }

    fn census(&self) -> Vec<(RoomRef, usize)> {
        self.census.all()
    }

    fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }
}
