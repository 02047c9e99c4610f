//! The one way out: claims what is owed, has it carried out, settles. At least once; platforms drop repeats by effect id.
//!
//! Lanes (rooms and persons) are carried out side by side, each in order. Results are settled together with the next claim, in
//! one transaction, so that a burst costs one commit for several messages. Alerts have the homeserver to themselves: what else
//! is owed goes when none is under way, or little by little when that takes long.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::Context;
use tokio::{task::JoinSet, time::Instant};
use tracing::{info, warn};

use crate::{
    app::{App, turn::Turn},
    domain::{
        effect::{Act, Anchor, Effect, Post, PostKind, Target, Urgency},
        envelope::PlatformKind,
        ids::{EffectId, MessageId},
        prompt::Prompt,
        route,
        timestamp::Timestamp,
    },
    phrasebook::Style,
    platforms::{Deed, Delivery, Destination, PerformError, Receipt, Retry, Stop},
    store::{Claimed, Tx, Wanted},
};

/// How long a claim holds. Longer than any send takes; after a crash the next process waits at most this long.
const CLAIM: Duration = Duration::from_secs(60);
/// The longest one send may take before it is tried again.
const PATIENCE: Duration = Duration::from_secs(45);
/// First pause after a failure; doubles to `PAUSE_MAX`.
const PAUSE: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// While alerts are under way, cards, answers and reactions wait, but not longer than this; then they go one at a time.
const OTHERS_WAIT: Duration = Duration::from_secs(2);
/// How long the loop sleeps at most when nothing rings.
const NAP: Duration = Duration::from_secs(1);

/// One finished delivery.
struct Outcome {
    claimed: Claimed,
    lane: String,
    result: Result<Receipt, PerformError>,
}

/// Carries out what is owed until `stop`, then waits for what is under way.
pub async fn run(app: Arc<App>, stop: Stop) {
    let mut outbox = Outbox {
        app,
        under_way: JoinSet::new(),
        lanes: BTreeMap::new(),
        alerts_since: None,
    };
    let mut finished = Vec::new();
    loop {
        let is_stopping = stop.is_cancelled();
        let wait = match outbox.settle_and_claim(&mut finished, is_stopping).await {
            Ok(wait) => wait,
            Err(error) => {
                warn!(error = %format!("{error:#}"), "the outbox cannot reach the store; it goes on by itself");
                Some(NAP)
            }
        };
        if is_stopping && outbox.lanes.is_empty() && finished.is_empty() {
            return;
        }
        let app = Arc::clone(&outbox.app);
        tokio::select! {
            Some(done) = outbox.under_way.join_next(), if !outbox.under_way.is_empty() => {
                finished.extend(done.ok());
                while let Some(done) = outbox.under_way.try_join_next() {
                    finished.extend(done.ok());
                }
            }
            () = app.bell.notified() => {}
            () = stop.cancelled(), if !is_stopping => {}
            () = tokio::time::sleep(wait.unwrap_or(NAP)) => {}
        }
    }
}

struct Outbox {
    app: Arc<App>,
    under_way: JoinSet<Outcome>,
    /// The lanes under way, with the urgency of what is carried out there.
    lanes: BTreeMap<String, Urgency>,
    /// Since when alerts have been under way without a break.
    alerts_since: Option<Instant>,
}

impl Outbox {
    /// Writes down what finished, claims what can be carried out now, and says how long there is nothing to do.
    async fn settle_and_claim(
        &mut self,
        finished: &mut Vec<Outcome>,
        is_stopping: bool,
    ) -> anyhow::Result<Option<Duration>> {
        let app = Arc::clone(&self.app);
        let now = app.clock.now();
        let mut tx = app
            .store
            .begin()
            .await
            .context("Cannot begin a transaction")?;
        for outcome in finished.iter() {
            settle(&app, &mut tx, outcome, now).await?;
        }
        let platforms = app.held();
        let ready = if is_stopping {
            Vec::new()
        } else {
            self.claim(&mut tx, &platforms, finished, now).await?
        };
        let next_due = if ready.is_empty() {
            tx.next_due(&platforms).await?
        } else {
            None
        };
        tx.commit().await.context("Cannot commit")?;
        for outcome in finished.drain(..) {
            self.lanes.remove(&outcome.lane);
            log_outcome(&app, &outcome, now);
        }
        let has_ready = !ready.is_empty();
        for (claimed, prepared) in ready {
            self.start(claimed, prepared);
        }
        Ok(if has_ready {
            None
        } else {
            next_due.map(|due| due.since(now).clamp(Duration::from_millis(50), NAP))
        })
    }

    /// Claims alerts and their ends first, then what else there is room for.
    async fn claim(
        &mut self,
        tx: &mut Tx,
        platforms: &[PlatformKind],
        finished: &[Outcome],
        now: Timestamp,
    ) -> anyhow::Result<Vec<(Claimed, Prepared)>> {
        let app = Arc::clone(&self.app);
        let mut under_way = self.lanes.clone();
        for outcome in finished {
            under_way.remove(&outcome.lane);
        }
        let most: usize = platforms
            .iter()
            .filter_map(|platform| app.capabilities(*platform))
            .map(|can| can.parallel)
            .sum();
        let mut ready = Vec::new();
        for up_to in [Urgency::AllClear, Urgency::Mark] {
            let room = if up_to == Urgency::AllClear {
                most.saturating_sub(under_way.len())
            } else {
                self.room_for_others(&under_way, most)
            };
            if room == 0 {
                continue;
            }
            let busy: Vec<String> = under_way.keys().cloned().collect();
            let wanted = Wanted {
                limit: u32::try_from(room).unwrap_or(u32::MAX),
                up_to,
            };
            for claimed in tx
                .claim(platforms, &busy, &app.owner, now, CLAIM, wanted)
                .await?
            {
                let prepared = prepare(&app, tx, &claimed, now).await?;
                under_way.insert(claimed.effect.target.lane(), claimed.effect.urgency);
                ready.push((claimed, prepared));
            }
        }
        Ok(ready)
    }

    /// How many more things that are no alerts may be carried out now. They never take all there is, so that an alert that
    /// comes meanwhile does not queue behind them at the homeserver.
    fn room_for_others(&mut self, under_way: &BTreeMap<String, Urgency>, most: usize) -> usize {
        let alerts = under_way
            .values()
            .filter(|urgency| is_alarming(**urgency))
            .count();
        let others = under_way.len() - alerts;
        if alerts == 0 {
            self.alerts_since = None;
            return most.div_ceil(2).saturating_sub(others);
        }
        let since = *self.alerts_since.get_or_insert_with(Instant::now);
        usize::from(since.elapsed() >= OTHERS_WAIT && others == 0 && under_way.len() < most)
    }

    fn start(&mut self, claimed: Claimed, prepared: Prepared) {
        let lane = claimed.effect.target.lane();
        self.lanes.insert(lane.clone(), claimed.effect.urgency);
        let app = Arc::clone(&self.app);
        self.under_way.spawn(async move {
            let result = match prepared {
                Prepared::Ready(delivery) => {
                    perform(&app, claimed.effect.target.platform(), *delivery).await
                }
                Prepared::Nothing => Ok(Receipt::default()),
                Prepared::Dead(code) => Err(PerformError {
                    code,
                    retry: Retry::Never,
                    source: None,
                }),
            };
            Outcome {
                claimed,
                lane,
                result,
            }
        });
    }
}

/// Whether others wait for it.
fn is_alarming(urgency: Urgency) -> bool {
    urgency <= Urgency::AllClear
}

/// A claimed effect, made ready for its platform.
enum Prepared {
    Ready(Box<Delivery>),
    /// There is nothing to do any more.
    Nothing,
    Dead(&'static str),
}

async fn prepare(
    app: &App,
    tx: &mut Tx,
    claimed: &Claimed,
    now: Timestamp,
) -> anyhow::Result<Prepared> {
    let effect = &claimed.effect;
    if effect.expires_at <= now {
        return Ok(Prepared::Dead("expired"));
    }
    let Some(can) = app.capabilities(effect.target.platform()) else {
        return Ok(Prepared::Dead("no_platform"));
    };
    let to = match &effect.target {
        Target::Room(room) => Destination::Room(room.clone()),
        Target::Person(person) => match app.keyring.open(person) {
            Ok(person) => Destination::Person(person),
            Err(_) => return Ok(Prepared::Dead("address_damaged")),
        },
    };
    let lane = effect.target.lane();
    let deed = match &effect.act {
        Act::Say {
            prompt, reply_to, ..
        } => {
            let reply_to = if can.replies {
                anchored(tx, &lane, reply_to.as_ref()).await?
            } else {
                None
            };
            Deed::Say {
                words: words(app, effect, prompt),
                reply_to,
            }
        }
        Act::Edit { post, prompt } => {
            let words = words(app, effect, prompt);
            match tx.latest_post(&lane, post).await?.filter(|_| can.edits) {
                Some(message) => Deed::Edit { message, words },
                None => Deed::Say {
                    words,
                    reply_to: None,
                },
            }
        }
        Act::React { message, mark } => Deed::React {
            message: message.clone(),
            emoji: mark.emoji(),
        },
        Act::Redact { post } => match tx.latest_post(&lane, post).await? {
            Some(message) => Deed::Redact { message },
            None => return Ok(Prepared::Nothing),
        },
    };
    Ok(Prepared::Ready(Box::new(Delivery {
        id: effect.id.clone(),
        to,
        deed,
    })))
}

async fn anchored(
    tx: &mut Tx,
    lane: &str,
    anchor: Option<&Anchor>,
) -> anyhow::Result<Option<MessageId>> {
    Ok(match anchor {
        Some(Anchor::Message(message)) => Some(message.clone()),
        Some(Anchor::Post(post)) => tx.latest_post(lane, post).await?,
        None => None,
    })
}

fn words(app: &App, effect: &Effect, prompt: &Prompt) -> crate::domain::words::Words {
    let (language, style) = match &effect.target {
        Target::Room(room) => (app.room_language(room), Style::Room),
        Target::Person(person) => {
            let language = if person.language.is_empty() {
                &app.community.language
            } else {
                &person.language
            };
            let is_phone = app
                .capabilities(person.platform)
                .is_some_and(|can| can.subscriptions);
            (
                language.as_str(),
                if is_phone { Style::Phone } else { Style::Room },
            )
        }
    };
    app.phrasebook
        .say(prompt, language, style, &app.community.zone)
}

/// One try, in a task of its own and within a time: a platform that hangs or panics must not stop the outbox.
async fn perform(
    app: &Arc<App>,
    platform: PlatformKind,
    delivery: Delivery,
) -> Result<Receipt, PerformError> {
    let Some(platform) = app.platforms.get(&platform).map(Arc::clone) else {
        return Err(PerformError {
            code: "no_platform",
            retry: Retry::Never,
            source: None,
        });
    };
    let task = tokio::spawn(async move { platform.perform(&delivery).await });
    let abort = task.abort_handle();
    match tokio::time::timeout(PATIENCE, task).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(PerformError {
            code: "panicked",
            retry: Retry::Later(None),
            source: None,
        }),
        Err(_) => {
            abort.abort();
            Err(PerformError {
                code: "timed_out",
                retry: Retry::Later(None),
                source: None,
            })
        }
    }
}

/// Writes down how a delivery went.
async fn settle(app: &App, tx: &mut Tx, outcome: &Outcome, now: Timestamp) -> anyhow::Result<()> {
    let effect = &outcome.claimed.effect;
    match &outcome.result {
        Ok(receipt) => {
            if let (Some(message), Some(post)) = (&receipt.message, posted(effect)) {
                tx.save_post(&outcome.lane, message, post, now).await?;
            }
            tx.settle_done(&effect.id, now).await?;
        }
        Err(error) => match retry_at(app, &outcome.claimed, error, now) {
            Some(due_at) => tx.settle_retry(&effect.id, due_at, error.code).await?,
            None => tx.settle_dead(&effect.id, now, error.code).await?,
        },
    }
    Ok(())
}

/// The name under which a new message of this effect is remembered.
const fn posted(effect: &Effect) -> Option<&Post> {
    match &effect.act {
        Act::Say { post, .. } => post.as_ref(),
        Act::Edit { post, .. } => Some(post),
        Act::React { .. } | Act::Redact { .. } => None,
    }
}

/// When to try again; `None` if it is not worth it.
fn retry_at(
    app: &App,
    claimed: &Claimed,
    error: &PerformError,
    now: Timestamp,
) -> Option<Timestamp> {
    let Retry::Later(wish) = error.retry else {
        return None;
    };
    let doubled = PAUSE
        .saturating_mul(1 << claimed.attempts.saturating_sub(1).min(6))
        .min(PAUSE_MAX);
    // Up to a quarter more or less, so that many lanes do not come back at the same moment.
    let spread = app
        .keyring
        .share(claimed.effect.id.as_str(), claimed.attempts);
    let pause = wish.unwrap_or_else(|| doubled.mul_f64(0.75 + spread / 2.0));
    let due_at = now + pause;
    // A last try at the end is better than none; after that it is a dead letter.
    (now < claimed.effect.expires_at).then_some(due_at.min(claimed.effect.expires_at))
}

fn log_outcome(app: &App, outcome: &Outcome, now: Timestamp) {
    let effect: &EffectId = &outcome.claimed.effect.id;
    let platform = outcome.claimed.effect.target.platform();
    match &outcome.result {
        Ok(_) => {
            let age = now.since(outcome.claimed.created_at);
            app.metrics
                .effect(platform, outcome.claimed.effect.urgency, "done", age);
        }
        Err(error) => {
            app.metrics.effect(
                platform,
                outcome.claimed.effect.urgency,
                error.code,
                Duration::ZERO,
            );
            let cause = error.source.as_ref().map(|cause| format!("{cause:#}"));
            info!(%effect, %platform, code = error.code, cause, attempts = outcome.claimed.attempts, "not delivered");
        }
    }
}

/// Tells moderators of dead letters, each once. A dead letter about a dead letter is only logged; reactions are not worth a word.
pub async fn tell_dead(app: &App) -> anyhow::Result<()> {
    let mut turn = Turn::begin(app).await?;
    let dead = turn.tx.untold_dead(50).await?;
    let rooms: Vec<_> = route::moderators(&app.directory)
        .map(|room| room.room.clone())
        .collect();
    for letter in dead {
        turn.because_of(format!("dead/{}", letter.effect.id));
        let Some((what, post)) = description(&letter.effect) else {
            continue;
        };
        warn!(effect = %letter.effect.id, what, code = %letter.code, "a dead letter");
        let handle = match post {
            Some(post) => turn
                .tx
                .incident(&post.incident)
                .await?
                .map(|incident| incident.handle.to_string()),
            None => None,
        };
        let to = match &letter.effect.target {
            Target::Room(room) => app
                .directory
                .room(room)
                .map_or_else(String::new, |known| known.name.clone()),
            Target::Person(_) => "person".to_owned(),
        };
        for room in &rooms {
            let prompt = Prompt::DeadLetter {
                to: to.clone(),
                what: what.to_owned(),
                reason: letter.code.clone(),
                handle: handle.clone(),
            };
            turn.say(Target::Room(room.clone()), prompt, Urgency::Card);
        }
        turn.settle_cause().await?;
    }
    turn.commit().await
}

fn description(effect: &Effect) -> Option<(&'static str, Option<&Post>)> {
    let post = match &effect.act {
        Act::Say {
            prompt: Prompt::DeadLetter { .. },
            ..
        }
        | Act::React { .. } => return None,
        Act::Say { post, .. } => post.as_ref(),
        Act::Edit { post, .. } | Act::Redact { post } => Some(post),
    };
    let what = match (post.map(|post| post.kind), effect.urgency) {
        (Some(PostKind::Alert), _) => "alert",
        (Some(PostKind::Outcome), _) => "all_clear",
        (Some(PostKind::Card), _) => "card",
        (None, Urgency::Answer) => "answer",
        (None, _) => "message",
    };
    Some((what, post))
}
