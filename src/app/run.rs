//! The shell's tasks, started together and stopped in order.

use std::sync::{Arc, PoisonError};

use tokio::{sync::mpsc, task::JoinSet};
use tracing::error;

use crate::{
    app::{App, intake, listening, outbox, rooms, suggesting, upkeep},
    platforms::{Inbox, Stop},
};

/// Batches that may wait at the door; platforms are slowed down beyond.
const WAITING: usize = 256;

impl App {
    /// Runs until `stop`: then nothing more is taken in, what is under way is finished, and all is given back.
    pub async fn run(self: Arc<Self>, stop: Stop) {
        let (sender, receiver) = mpsc::channel(WAITING);
        for platform in self.platforms.values() {
            platform.open(Inbox::new(platform.kind(), sender.clone()));
        }
        let mut tasks = JoinSet::new();
        for platform in self.platforms.values() {
            tasks.spawn(listening::run(
                Arc::clone(&self),
                Arc::clone(platform),
                sender.clone(),
                stop.clone(),
            ));
        }
        drop(sender);
        tasks.spawn(intake::run(Arc::clone(&self), receiver, stop.clone()));
        tasks.spawn(outbox::run(Arc::clone(&self), stop.clone()));
        tasks.spawn(upkeep::run(Arc::clone(&self), stop.clone()));
        tasks.spawn(rooms::run(Arc::clone(&self), stop.clone()));
        if let Some(suggest) = &self.suggest {
            let (sender, unclear) = mpsc::channel(suggesting::WAITING);
            *self.unclear.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
            tasks.spawn(suggesting::run(
                Arc::clone(&self),
                Arc::clone(suggest),
                unclear,
                stop.clone(),
            ));
        }
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended
                && error.is_panic()
            {
                // A part of the shell is gone: better to stop whole and be started anew than to run half.
                error!("a part of tocsin broke; it stops so that it can be started anew");
                stop.cancel();
            }
        }
        if let Err(error) = self.give_back().await {
            error!(%error, "cannot give claims back; they run out by themselves");
        }
    }

    async fn give_back(&self) -> crate::store::Result<()> {
        let mut tx = self.store.begin().await?;
        tx.unclaim(&self.owner).await?;
        tx.commit().await
    }

    /// Whether everything that is due has been carried out.
    ///
    /// # Errors
    /// If the store cannot be reached.
    pub async fn is_settled(&self) -> crate::store::Result<bool> {
        let platforms: Vec<_> = self.platforms.keys().copied().collect();
        let mut tx = self.store.begin().await?;
        let is_settled = tx.is_settled(&platforms, self.clock.now()).await?;
        tx.rollback().await?;
        Ok(is_settled)
    }

    /// Everything about rooms that is due now, once: what their keeper does all the time.
    ///
    /// # Errors
    /// If the store cannot be reached.
    pub async fn keep_rooms(&self) -> anyhow::Result<()> {
        rooms::tick(self).await
    }

    /// Everything that is due by the clock, once: what the timer does every few seconds.
    ///
    /// # Errors
    /// If the store cannot be reached.
    pub async fn tick(&self) -> anyhow::Result<()> {
        upkeep::tick(self).await
    }

    /// Forgets what is past its time, once: what the timer does every hour.
    ///
    /// # Errors
    /// If the store cannot be reached.
    pub async fn sweep(&self) -> anyhow::Result<()> {
        upkeep::sweep(self).await
    }
}

impl App {
    /// What cannot be reached right now, by name: `store`, or platforms.
    pub async fn not_ready(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.store.ping().await.is_err() {
            missing.push("store");
        }
        missing.extend(
            self.platforms
                .values()
                .filter(|platform| !platform.is_up())
                .map(|platform| platform.kind().as_str()),
        );
        missing
    }

    /// Everything that is counted, in the Prometheus text format, with the outbox as it is now.
    pub async fn metrics_text(&self) -> String {
        if let Ok(depth) = upkeep::depth(self).await {
            self.metrics.outbox(&depth, self.clock.now());
        }
        if let Ok(spent) = upkeep::spent(self).await {
            let budget = self.policy.spending.segments_per_day();
            self.metrics.budget(spent, budget);
        }
        self.metrics.store(self.store.work());
        self.metrics.platforms(&self.platforms, &self.directory());
        self.metrics.text()
    }
}
