//! The one way out: claims what is owed, has it carried out, settles. At least once; platforms drop repeats by effect id.
//!
//! Lanes (rooms and persons) are carried out side by side, each in order. What a turn owes is claimed in the turn's own
//! transaction where its lane is free, so that it leaves after one commit. Results are settled together with the next claim, in
//! one transaction, and a lane that has fallen behind sends several alerts in a row: a burst costs one commit for many messages,
//! and none falls between two sends. Alerts have the homeserver to themselves: what else is owed goes when none is under way, or
//! little by little when that takes long.
//!
//! | module | does |
//! |---|---|
//! | `claiming` | who may carry what out now |
//! | `errand` | carries out what was claimed of one lane |
//! | `ruling` | whether it may still be carried out |
//! | `settling` | writes down how it went |
//! | `dead` | tells moderators what could not be carried out |

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use tokio::{sync::mpsc, task::JoinSet};
use tracing::{info, warn};

use crate::{
    app::{
        App,
        outbox::{
            claiming::Freed,
            errand::{Errand, Fate, Outcome},
        },
    },
    domain::{effect::Act, timestamp::Timestamp},
    platforms::Stop,
};

mod claiming;
mod dead;
mod errand;
mod ruling;
mod settling;

pub use claiming::{UnderWay, Where, claim};
pub use dead::tell_dead;

/// How long the loop sleeps at most when nothing rings.
const NAP: Duration = Duration::from_secs(1);

/// Carries out what is owed until `stop`, then waits for what is under way.
pub async fn run(app: Arc<App>, stop: Stop) {
    let errands = app.under_way.open();
    let (sender, outcomes) = mpsc::unbounded_channel();
    let outbox = Outbox {
        app: Arc::clone(&app),
        outcomes,
        finished: Vec::new(),
        stop: stop.clone(),
    };
    // Side by side, so that an alert never waits for what is being written down.
    tokio::join!(carry_out(app, errands, sender, stop), outbox.look_after());
}

/// Starts errands as they come, until nobody can claim any more and the last one has ended.
async fn carry_out(
    app: Arc<App>,
    mut errands: mpsc::UnboundedReceiver<Errand>,
    outcomes: mpsc::UnboundedSender<Outcome>,
    stop: Stop,
) {
    let mut running = JoinSet::new();
    let mut is_open = true;
    while is_open || !running.is_empty() {
        tokio::select! {
            errand = errands.recv(), if is_open => match errand {
                Some(errand) => {
                    running.spawn(errand::run(Arc::clone(&app), errand, stop.clone()));
                }
                None => is_open = false,
            },
            Some(done) = running.join_next(), if !running.is_empty() => match done {
                Ok(outcome) => {
                    // The other end is there until nothing is under way.
                    let _ended = outcomes.send(outcome);
                }
                // Without its outcome the lane would count as under way for ever: better to stop whole.
                Err(error) => {
                    if let Ok(panic) = error.try_into_panic() {
                        std::panic::resume_unwind(panic);
                    }
                }
            },
        }
    }
}

/// How long ends of messages that cost money are gathered before they are written down together.
const GATHER: Duration = Duration::from_millis(25);

struct Outbox {
    app: Arc<App>,
    outcomes: mpsc::UnboundedReceiver<Outcome>,
    /// Errands that ended and are not settled yet.
    finished: Vec<Outcome>,
    stop: Stop,
}

impl Outbox {
    async fn look_after(mut self) {
        loop {
            let is_stopping = self.stop.is_cancelled();
            if is_stopping {
                self.app.under_way.close();
            }
            let wait = match self.settle_and_claim(is_stopping).await {
                Ok(wait) => wait,
                Err(error) => {
                    warn!(error = %format!("{error:#}"), "the outbox cannot reach the store; it goes on by itself");
                    NAP
                }
            };
            if is_stopping && self.finished.is_empty() && self.app.under_way.is_idle() {
                return;
            }
            tokio::select! {
                Some(outcome) = self.outcomes.recv() => self.finished.push(outcome),
                () = self.app.bell.notified() => {}
                () = self.stop.cancelled(), if !is_stopping => {}
                () = tokio::time::sleep(wait) => self.app.under_way.look_again(),
            }
            self.gather().await;
        }
    }

    /// Takes what has finished by now. Where messages go one by one and for money nobody waits for the next so much that each
    /// end would be worth a commit: more of them are waited for.
    async fn gather(&mut self) {
        let until = tokio::time::Instant::now() + GATHER;
        loop {
            while let Ok(outcome) = self.outcomes.try_recv() {
                self.finished.push(outcome);
            }
            let is_metered = |outcome: &Outcome| {
                let can = outcome
                    .platform()
                    .and_then(|platform| self.app.capabilities(platform));
                can.is_some_and(|can| can.metered)
            };
            if self.finished.is_empty() || !self.finished.iter().all(is_metered) {
                return;
            }
            tokio::select! {
                Some(outcome) = self.outcomes.recv() => self.finished.push(outcome),
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep_until(until) => return,
            }
        }
    }

    /// Writes down what finished, claims what can be carried out now, and says how long there is nothing to do.
    async fn settle_and_claim(&mut self, is_stopping: bool) -> anyhow::Result<Duration> {
        let app = Arc::clone(&self.app);
        let now = app.clock.now();
        let mut tx = app
            .store
            .begin()
            .await
            .context("Cannot begin a transaction")?;
        tx.lock_outbox().await.context("Cannot take the turn")?;
        let freed = Freed::of(&app.under_way, &self.finished);
        settling::settle(&app, &mut tx, &self.finished, now).await?;
        let errands = if is_stopping {
            None
        } else {
            let ended = self.finished.iter().filter_map(Outcome::platform).collect();
            Some(claim(&app, &mut tx, now, false, Where::Everywhere(&ended)).await?)
        };
        // What is under way rings by itself when it ends.
        let next_due = if app.under_way.is_idle() {
            tx.next_due(&app.held()).await?
        } else {
            None
        };
        tx.commit().await.context("Cannot commit")?;
        freed.keep();
        if let Some(errands) = errands {
            errands.go();
        }
        let arranged = |outcome: &Outcome| {
            let mut tried = outcome.tried.iter();
            tried.any(|(claimed, _)| matches!(claimed.effect.act, Act::Arrange { .. }))
        };
        if self.finished.iter().any(arranged) {
            app.rooms.stir();
        }
        for outcome in self.finished.drain(..) {
            log_outcome(&app, &outcome, now);
        }
        Ok(next_due.map_or(NAP, |due| {
            due.since(now).clamp(Duration::from_millis(50), NAP)
        }))
    }
}

fn log_outcome(app: &App, outcome: &Outcome, now: Timestamp) {
    for (claimed, fate) in &outcome.tried {
        let effect = &claimed.effect;
        let platform = effect.target.platform();
        match fate {
            Fate::Done(_) => {
                let age = now.since(claimed.created_at);
                app.metrics.effect(platform, effect.urgency, "done", age);
            }
            Fate::Later(_, error) | Fate::Dead(error) => {
                app.metrics
                    .effect(platform, effect.urgency, error.code, Duration::ZERO);
                let cause = error.source.as_ref().map(|cause| format!("{cause:#}"));
                info!(effect = %effect.id, %platform, code = error.code, cause, attempts = claimed.attempts, "not delivered");
            }
        }
    }
}
