//! A connection by hand, beside the one of a running tocsin: for `tocsin check` and `tocsin signal`.
//!
//! Whoever connects takes what waits on the server (`--receive-mode=on-connection`). So what comes here while tocsin does not run goes
//! into its journal, as if tocsin had received it; while it runs, it gets the same by itself.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;

use crate::{
    config::signal::{DaemonAddress, SignalConfig},
    domain::{directory::Directory, envelope::PlatformKind, timestamp::Timestamp},
    platforms::signal::{
        check::{Found, check},
        daemon::Daemon,
        journal::Journal,
        keep::Keeping,
        link::Link,
    },
};

/// So long nothing may have come before it hangs up, if nobody else keeps what comes.
const CALM: Duration = Duration::from_secs(1);
/// So long that is waited for.
const RESTLESS: Duration = Duration::from_secs(15);
/// So long the daemon may take to find out that it is connected to Signal.
const CONNECTS: Duration = Duration::from_secs(10);
/// So long the daemon may take to hang up as well.
const GRACE: Duration = Duration::from_secs(20);
/// The same, where somebody wants it to end at once.
const HASTE: Duration = Duration::from_secs(2);

/// A connection. Close it: only then what came meanwhile is kept for certain.
pub struct Hand {
    /// Who is asked.
    pub daemon: Daemon,
    link: Link,
    /// Keeps what comes, if nobody else does.
    keeping: Option<Keeping>,
}

impl Hand {
    /// Connects to the daemon of tocsin.toml. `key` seals what comes.
    ///
    /// # Errors
    /// With a sentence of what is wrong.
    pub async fn open(signal: &SignalConfig, key: &[u8; 32]) -> anyhow::Result<Self> {
        let dir = signal.data_dir.join("journal");
        let keeping = Keeping::new(Journal::open(&dir, key)?);
        let link = Link::connect(&signal.address, None, keeping.sink()).await?;
        Ok(Self::over(link, &signal.account, Some(keeping)))
    }

    /// Connects to some other daemon. What comes from there is not kept.
    ///
    /// # Errors
    /// With a sentence of what is wrong.
    pub async fn open_elsewhere(address: &DaemonAddress, account: &str) -> anyhow::Result<Self> {
        let link = Link::connect(address, None, |_: &[u8]| Ok(())).await?;
        Ok(Self::over(link, account, None))
    }

    fn over(link: Link, account: &str, keeping: Option<Keeping>) -> Self {
        let daemon = Daemon::new(account);
        daemon.set(Some(link.clone()));
        Self {
            daemon,
            link,
            keeping,
        }
    }

    /// Does something with the connection, and has what comes meanwhile kept.
    pub async fn with<T>(&self, work: impl Future<Output = T>) -> T {
        let Some(keeping) = &self.keeping else {
            return work.await;
        };
        tokio::select! {
            biased;
            done = work => done,
            // It never ends.
            () = keeping.run() => std::future::pending().await,
        }
    }

    /// Tries the daemon, the account, and the groups of tocsin.toml.
    pub async fn check(&self, directory: &Directory, now: Timestamp) -> Vec<Found> {
        let rooms = directory.rooms.iter().map(|room| room.room.clone());
        let rooms: Vec<_> = rooms
            .filter(|room| room.platform == PlatformKind::Signal)
            .collect();
        let checking = check(&self.daemon, &rooms, self.link.listener(), now);
        self.with(checking).await
    }

    /// Hangs up when all that waited on the server has come.
    ///
    /// # Errors
    /// If the disk does not keep it.
    pub async fn close(self) -> anyhow::Result<()> {
        let alone = self.keeping.as_ref().filter(|keeping| keeping.has_right());
        if let Some(keeping) = alone {
            // Messages come as soon as the daemon is connected to Signal, which is so when it can answer this; whatever it answers.
            let asked = Instant::now();
            let _ = self.daemon.call("listDevices", json!({}), CONNECTS).await;
            let calm = CALM.max(asked.elapsed());
            keeping.is_quiet(calm, RESTLESS).await;
        }
        self.hang_up(GRACE).await
    }

    /// Hangs up at once: what the daemon has handed over is kept, what it has in hand may be lost.
    ///
    /// # Errors
    /// If the disk does not keep it.
    pub async fn break_off(self) -> anyhow::Result<()> {
        self.hang_up(HASTE).await
    }

    async fn hang_up(&self, grace: Duration) -> anyhow::Result<()> {
        self.link.close_within(grace).await;
        let kept = self.keeping.as_ref().map_or(Ok(()), Keeping::tick);
        kept.context("Cannot keep what came from Signal meanwhile")
    }
}
