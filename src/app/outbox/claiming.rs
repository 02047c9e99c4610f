//! Who may carry what out now. The loop claims after it has settled; a turn claims in its own transaction what it owes, so that
//! an alert leaves after one commit.
//!
//! Both look at the lanes under way only after the store lets nobody else near the outbox, and mark a lane as under way before
//! they commit. So a lane is never taken twice, and one that is under way is looked at again when it ends.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::mpsc, time::Instant};

use crate::{
    app::{
        App,
        outbox::{
            errand::{CLAIM, Errand, Outcome, Step},
            ruling::Rules,
        },
    },
    domain::{
        effect::{Act, Anchor, Effect, Urgency},
        envelope::PlatformKind,
        ids::MessageId,
        relay::Passing,
        timestamp::Timestamp,
    },
    platforms::Capabilities,
    store::{Claimed, Tx, Wanted},
};

/// While alerts are under way, cards, answers and reactions wait, but not longer than this; then they go one at a time, with a
/// rest in between: five cards a second are more than anybody reads, and alerts need the homeserver more.
const OTHERS_WAIT: Duration = Duration::from_secs(2);
const OTHERS_REST: Duration = Duration::from_millis(200);
/// How many alerts of one lane are claimed together once it has fallen behind: no commit falls between their sends.
const IN_A_ROW: u32 = 8;
/// A lane has fallen behind if its next alert has waited for so long.
const BEHIND: Duration = Duration::from_millis(20);

/// A platform that sends for money is looked at by the loop not more often than this, unless something of its own ended or time
/// has passed in which nothing happened.
const LOOK: Duration = Duration::from_secs(1);

/// What is carried out in a lane.
struct Lane {
    platform: Option<PlatformKind>,
    urgency: Urgency,
}

/// How the things that are no alerts were let through on a platform.
#[derive(Default)]
struct Pace {
    /// Since when alerts have been under way without a break.
    alerts_since: Option<Instant>,
    /// When the last other thing was let through meanwhile.
    other_at: Option<Instant>,
    /// When the loop last looked for something to claim.
    looked_at: Option<Instant>,
}

#[derive(Default)]
struct State {
    /// The lanes under way.
    lanes: BTreeMap<String, Lane>,
    /// For each platform. Each has its own places: a number that sends one text a second must not take those of rooms.
    paces: BTreeMap<PlatformKind, Pace>,
    /// Where errands go; `None` while nobody runs them.
    errands: Option<mpsc::UnboundedSender<Errand>>,
}

/// What is under way.
#[derive(Default)]
pub struct UnderWay(Mutex<State>);

impl UnderWay {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens: from now on turns may claim, and their errands come out here.
    pub fn open(&self) -> mpsc::UnboundedReceiver<Errand> {
        let (sender, errands) = mpsc::unbounded_channel();
        self.state().errands = Some(sender);
        errands
    }

    /// Turns claim nothing any more.
    pub fn close(&self) {
        self.state().errands = None;
    }

    /// Time has passed: the loop looks everywhere the next time.
    pub fn look_again(&self) {
        for pace in self.state().paces.values_mut() {
            pace.looked_at = None;
        }
    }

    /// Whether nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.state().lanes.is_empty()
    }

    /// Frees the lanes of outcomes that are being written down, or takes them back.
    fn set_free<'o>(&self, outcomes: impl Iterator<Item = &'o Outcome>, is_free: bool) {
        let mut state = self.state();
        for outcome in outcomes {
            if is_free {
                state.lanes.remove(&outcome.lane);
            } else {
                // What it was does not matter any more: it is finished, only not written down.
                let lane = Lane {
                    platform: None,
                    urgency: Urgency::Chore,
                };
                state.lanes.insert(outcome.lane.clone(), lane);
            }
        }
    }
}

/// Outcomes whose lanes count as free while the transaction that writes them down is open. Dropped without [`Self::keep`], they
/// do not any more.
pub struct Freed<'a> {
    under_way: &'a UnderWay,
    outcomes: &'a [Outcome],
    is_kept: bool,
}

impl<'a> Freed<'a> {
    /// Frees lanes; call it when the store lets nobody else near the outbox.
    pub fn of(under_way: &'a UnderWay, outcomes: &'a [Outcome]) -> Self {
        under_way.set_free(outcomes.iter(), true);
        Self {
            under_way,
            outcomes,
            is_kept: false,
        }
    }

    /// They are written down.
    pub fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for Freed<'_> {
    fn drop(&mut self) {
        if !self.is_kept {
            self.under_way.set_free(self.outcomes.iter(), false);
        }
    }
}

/// Errands that were claimed in a transaction. Dropped without [`Self::go`], their lanes are free again.
pub struct Errands<'a> {
    under_way: &'a UnderWay,
    waiting: Vec<Errand>,
}

impl Errands<'_> {
    /// Sends them on their way; call it after commit.
    pub fn go(mut self) {
        let Some(errands) = self.under_way.state().errands.clone() else {
            return;
        };
        self.waiting.reverse();
        while let Some(errand) = self.waiting.pop() {
            if let Err(mpsc::error::SendError(errand)) = errands.send(errand) {
                self.waiting.push(errand);
                return;
            }
        }
    }
}

impl Drop for Errands<'_> {
    fn drop(&mut self) {
        let mut state = self.under_way.state();
        for errand in &self.waiting {
            state.lanes.remove(&errand.lane);
        }
    }
}

/// Where to look for something to claim.
pub enum Where<'a> {
    /// On these platforms: a turn owes something there.
    On(&'a BTreeSet<PlatformKind>),
    /// Everywhere, as the loop does; something has just ended on these.
    Everywhere(&'a BTreeSet<PlatformKind>),
}

/// Claims alerts and their ends first, then what else there is room for. `is_behind` says that several alerts are known to
/// wait for the same lane.
pub async fn claim<'a>(
    app: &'a App,
    tx: &mut Tx,
    now: Timestamp,
    is_behind: bool,
    place: Where<'_>,
) -> anyhow::Result<Errands<'a>> {
    let under_way = &app.under_way;
    let mut errands = Errands {
        under_way,
        waiting: Vec::new(),
    };
    if under_way.state().errands.is_none() {
        return Ok(errands);
    }
    for platform in app.held() {
        let Some(can) = app.capabilities(platform) else {
            continue;
        };
        if !is_worth_a_look(&mut under_way.state(), platform, can.metered, &place) {
            continue;
        }
        let (going, _) = lanes_of(&under_way.state(), platform);
        let mut rules = Rules::with_going(u32::try_from(going).unwrap_or(u32::MAX));
        for (from, up_to) in [
            (Urgency::Alert, Urgency::AllClear),
            (Urgency::Card, Urgency::Talk),
        ] {
            let (room, busy) = {
                let mut state = under_way.state();
                let room = if up_to == Urgency::AllClear {
                    room_for_alerts(&state, platform, &can)
                } else {
                    room_for_others(&mut state, platform, can.parallel)
                };
                (room, state.lanes.keys().cloned().collect::<Vec<_>>())
            };
            if room == 0 {
                continue;
            }
            let wanted = Wanted {
                limit: u32::try_from(room).unwrap_or(u32::MAX),
                from,
                up_to,
            };
            for claimed in tx
                .claim(&[platform], &busy, &app.owner, now, CLAIM, wanted)
                .await?
            {
                let lane = claimed.effect.target.lane();
                let urgency = claimed.effect.urgency;
                under_way.state().lanes.insert(
                    lane.clone(),
                    Lane {
                        platform: Some(platform),
                        urgency,
                    },
                );
                errands.waiting.push(Errand {
                    lane,
                    steps: Vec::new(),
                });
                let steps = steps(app, tx, &mut rules, claimed, now, is_behind).await?;
                if let Some(errand) = errands.waiting.last_mut() {
                    errand.steps = steps;
                }
            }
        }
    }
    Ok(errands)
}

/// Whether something may have become due there. Each look is two statements: rooms should not pay for phones.
fn is_worth_a_look(
    state: &mut State,
    platform: PlatformKind,
    is_metered: bool,
    place: &Where<'_>,
) -> bool {
    match place {
        Where::On(some) => some.contains(&platform),
        Where::Everywhere(_) if !is_metered => true,
        Where::Everywhere(ended) => {
            let pace = state.paces.entry(platform).or_default();
            let is_due = pace.looked_at.is_none_or(|at| at.elapsed() >= LOOK);
            if is_due || ended.contains(&platform) {
                pace.looked_at = Some(Instant::now());
                return true;
            }
            false
        }
    }
}

/// How many lanes of a platform are under way, and in how many of them an alert.
fn lanes_of(state: &State, platform: PlatformKind) -> (usize, usize) {
    let lanes = || {
        state
            .lanes
            .values()
            .filter(|lane| lane.platform == Some(platform))
    };
    let alerts = lanes().filter(|lane| is_alarming(lane.urgency)).count();
    (lanes().count(), alerts)
}

/// How many more alerts may be carried out now. Where sending is slow, a place is left to answers: a reporter who is asked
/// "Where?" after ten minutes has gone home.
fn room_for_alerts(state: &State, platform: PlatformKind, can: &Capabilities) -> usize {
    let (all, alerts) = lanes_of(state, platform);
    let most = can.parallel;
    let places = if can.metered && most > 1 {
        most - 1
    } else {
        most
    };
    most.saturating_sub(all).min(places.saturating_sub(alerts))
}

/// How many more things that are no alerts may be carried out now. They never take all there is, so that an alert that
/// comes meanwhile does not queue behind them at the homeserver.
fn room_for_others(state: &mut State, platform: PlatformKind, most: usize) -> usize {
    let (all, alerts) = lanes_of(state, platform);
    let others = all - alerts;
    let pace = state.paces.entry(platform).or_default();
    if alerts == 0 {
        (pace.alerts_since, pace.other_at) = (None, None);
        return most.div_ceil(2).saturating_sub(others);
    }
    let since = *pace.alerts_since.get_or_insert_with(Instant::now);
    let has_rested = pace.other_at.is_none_or(|at| at.elapsed() >= OTHERS_REST);
    let may_go = since.elapsed() >= OTHERS_WAIT && has_rested && others == 0;
    if !may_go || all >= most {
        return 0;
    }
    pace.other_at = Some(Instant::now());
    1
}

/// Whether others wait for it.
fn is_alarming(urgency: Urgency) -> bool {
    urgency <= Urgency::AllClear
}

/// The claimed head of a lane, and what else may go right behind it.
async fn steps(
    app: &App,
    tx: &mut Tx,
    rules: &mut Rules,
    head: Claimed,
    now: Timestamp,
    is_behind: bool,
) -> anyhow::Result<Vec<Step>> {
    let lane = head.effect.target.lane();
    let has_more = is_alarming(head.effect.urgency)
        && head.attempts == 1
        && (is_behind || now.since(head.created_at) >= BEHIND);
    let about = look_up(app, tx, &lane, &head.effect).await?;
    let ruling = rules.on(app, tx, &head, now).await?;
    let mut steps = vec![Step {
        claimed: head,
        about,
        ruling,
    }];
    if !has_more {
        return Ok(steps);
    }
    let mut unfit = Vec::new();
    for next in tx
        .claim_behind(&lane, &app.owner, now, CLAIM, IN_A_ROW - 1)
        .await?
    {
        if let (Some(about), true) = (stands_alone(app, &next.effect), unfit.is_empty()) {
            let ruling = rules.on(app, tx, &next, now).await?;
            steps.push(Step {
                claimed: next,
                about,
                ruling,
            });
        } else {
            unfit.push(next.effect.id);
        }
    }
    tx.settle_untried(&unfit).await?;
    Ok(steps)
}

/// The message an effect is about, if that does not depend on what goes before it in its lane.
fn stands_alone(app: &App, effect: &Effect) -> Option<Option<MessageId>> {
    match &effect.act {
        Act::Say { reply_to: None, .. } => Some(None),
        Act::Say {
            reply_to: Some(Anchor::Message(message)),
            ..
        } => Some(Some(message.clone()).filter(|_| replies(app, effect.target.platform()))),
        _ => None,
    }
}

fn replies(app: &App, platform: PlatformKind) -> bool {
    app.capabilities(platform).is_some_and(|can| can.replies)
}

/// The message an effect is about, as far as the store has to say which.
async fn look_up(
    app: &App,
    tx: &mut Tx,
    lane: &str,
    effect: &Effect,
) -> anyhow::Result<Option<MessageId>> {
    let platform = effect.target.platform();
    Ok(match &effect.act {
        Act::Say {
            reply_to: Some(anchor),
            ..
        }
        | Act::Relay(Passing::Said {
            reply_to: Some(anchor),
            ..
        }) if replies(app, platform) => anchored(tx, lane, anchor).await?,
        Act::Relay(Passing::Reacted { on, .. }) => anchored(tx, lane, on).await?,
        Act::Edit { post, .. } | Act::Relay(Passing::Edited { post, .. })
            if app.capabilities(platform).is_some_and(|can| can.edits) =>
        {
            tx.latest_post(lane, post).await?
        }
        Act::Redact { post } => tx.latest_post(lane, post).await?,
        Act::Say { .. }
        | Act::Edit { .. }
        | Act::React { .. }
        | Act::Exclude { .. }
        | Act::Erase { .. }
        | Act::Arrange { .. }
        | Act::Relay(_) => None,
    })
}

async fn anchored(tx: &mut Tx, lane: &str, anchor: &Anchor) -> anyhow::Result<Option<MessageId>> {
    Ok(match anchor {
        Anchor::Message(message) => Some(message.clone()),
        Anchor::Post(post) => tx.latest_post(lane, post).await?,
    })
}
