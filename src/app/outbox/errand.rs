//! One errand: the effects of one lane that were claimed together, carried out one after another.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::time::Instant;

use crate::{
    app::{App, outbox::ruling::Ruling, relaying, rooms::arranging, trust},
    domain::{
        effect::{Act, Effect, Post, Target},
        envelope::PlatformKind,
        ids::{EffectId, MessageId},
        prompt::{AboutNewcomers, Prompt},
        relay::{Passing, SealedTalk},
        sensitive::Sensitive,
        split::Arrangement,
        timestamp::Timestamp,
        words::Words,
    },
    phrasebook::Style,
    platforms::{Deed, Delivery, Destination, PerformError, Receipt, Retry, Stop},
    store::Claimed,
};

/// How long a claim holds. Longer than any send takes; after a crash the next process waits at most this long.
pub const CLAIM: Duration = Duration::from_secs(60);
/// The longest one send may take before it is tried again.
const PATIENCE: Duration = Duration::from_secs(45);
/// Later than this after the claim no further send is begun: it could outlast the claim.
const LAST_BEGIN: Duration = Duration::from_secs(10);
/// The longest that is waited for what somebody is called.
const NAMING: Duration = Duration::from_secs(3);
/// First pause after a failure; doubles to `PAUSE_MAX`.
const PAUSE: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// A claimed effect.
pub struct Step {
    /// What.
    pub claimed: Claimed,
    /// The message it is about, as far as the store has to say which.
    pub about: Option<MessageId>,
    /// Whether it may still be carried out.
    pub ruling: Ruling,
}

/// What is to be done in one lane, in order.
pub struct Errand {
    /// The lane; nobody else carries anything out there meanwhile.
    pub lane: String,
    /// The effects, at least one.
    pub steps: Vec<Step>,
}

/// How a delivery went.
pub enum Fate {
    /// It is done.
    Done(Receipt),
    /// It is to be tried again.
    Later(Timestamp, PerformError),
    /// It is given up.
    Dead(PerformError),
}

/// An errand at its end.
pub struct Outcome {
    /// The lane; free again once this is written down.
    pub lane: String,
    /// What was tried, and how it went.
    pub tried: Vec<(Claimed, Fate)>,
    /// What was not begun any more.
    pub untried: Vec<EffectId>,
}

impl Outcome {
    /// The network it went by.
    pub fn platform(&self) -> Option<PlatformKind> {
        self.tried
            .first()
            .map(|(claimed, _)| claimed.effect.target.platform())
    }
}

/// Runs an errand: one effect after another, until one has to be tried again.
pub async fn run(app: Arc<App>, errand: Errand, stop: Stop) -> Outcome {
    let began = Instant::now();
    let Errand { lane, steps } = errand;
    let mut tried = Vec::with_capacity(steps.len());
    let mut untried = Vec::new();
    for step in steps {
        let is_first = tried.is_empty();
        let is_held_up = matches!(tried.last(), Some((_, Fate::Later(..))));
        let is_late = began.elapsed() > LAST_BEGIN || stop.is_cancelled();
        if is_held_up || (is_late && !is_first) {
            untried.push(step.claimed.effect.id);
            continue;
        }
        let fate = fate(&app, &step).await;
        tried.push((step.claimed, fate));
    }
    Outcome {
        lane,
        tried,
        untried,
    }
}

async fn fate(app: &Arc<App>, step: &Step) -> Fate {
    let effect = &step.claimed.effect;
    match &step.ruling {
        Ruling::Go(_) => {}
        Ruling::Sent(receipt) => return Fate::Done(receipt.clone()),
        Ruling::Withheld(code) => return Fate::Dead(PerformError::new(code, Retry::Never)),
    }
    if let Act::Arrange { work, .. } = &effect.act {
        let result = arrange(app, step, work).await;
        return fate_of(app, step, result);
    }
    // One effect that cannot even be put into words must not stop the others.
    let name = name_in(app, effect).await;
    let ready = std::panic::catch_unwind(AssertUnwindSafe(|| deliverable(app, step, name)));
    let result = match ready.unwrap_or(Err("panicked")) {
        Ok(Some(delivery)) => perform(app, effect.target.platform(), &delivery).await,
        Ok(None) => Ok(Receipt::default()),
        Err(code) => Err(PerformError::new(code, Retry::Never)),
    };
    fate_of(app, step, result)
}

fn fate_of(app: &App, step: &Step, result: Result<Receipt, PerformError>) -> Fate {
    match result {
        Ok(receipt) => Fate::Done(receipt),
        Err(error) => match retry_at(app, &step.claimed, &error, app.clock.now()) {
            Some(due_at) => Fate::Later(due_at, error),
            None => Fate::Dead(error),
        },
    }
}

/// The effect made ready for its platform; `None` if there is nothing to do any more; else why it cannot be done.
fn deliverable(
    app: &App,
    step: &Step,
    name: Option<Sensitive<String>>,
) -> Result<Option<Delivery>, &'static str> {
    let effect = &step.claimed.effect;
    if effect.expires_at <= app.clock.now() {
        return Err("expired");
    }
    if app.capabilities(effect.target.platform()).is_none() {
        return Err("no_platform");
    }
    let to = match &effect.target {
        Target::Room(room) => Destination::Room(room.clone()),
        Target::Person(person) => match app.keyring.open(person) {
            Ok(person) => Destination::Person(person),
            Err(_) => return Err("address_damaged"),
        },
        Target::Provider { .. } | Target::Account { .. } => Destination::Provider,
    };
    let about = step.about.clone();
    let deed = match &effect.act {
        Act::Say { prompt, .. } => Deed::Say {
            words: words(app, effect, &with_name(prompt, name)),
            reply_to: about,
        },
        Act::Edit { prompt, .. } => {
            let words = words(app, effect, &with_name(prompt, name));
            match about {
                Some(message) => Deed::Edit { message, words },
                None => Deed::Say {
                    words,
                    reply_to: None,
                },
            }
        }
        Act::React { message, mark } => Deed::React {
            message: message.clone(),
            emoji: mark.emoji().to_owned(),
        },
        Act::Redact { .. } => match about {
            Some(message) => Deed::Redact { message },
            None => return Ok(None),
        },
        Act::Exclude { person, is_out, .. } => match app.keyring.open(person) {
            Ok(person) => Deed::Exclude {
                person,
                is_out: *is_out,
            },
            Err(_) => return Err("address_damaged"),
        },
        Act::Erase { message } => Deed::Erase {
            message: message.clone(),
        },
        Act::Relay(passing) => match passed_on(app, effect, passing, about)? {
            Some(deed) => deed,
            None => return Ok(None),
        },
        // That has a way of its own.
        Act::Arrange { .. } => return Ok(None),
    };
    Ok(Some(Delivery {
        id: effect.id.clone(),
        to,
        deed,
        urgency: effect.urgency,
        expires_at: effect.expires_at,
        doubt: match &step.ruling {
            Ruling::Go(doubt) => doubt.clone(),
            Ruling::Sent(_) | Ruling::Withheld(_) => None,
        },
    }))
}

/// What somebody is called whom the words are about, where their network calls them anything: asked for when it is said, so that no name
/// waits in the outbox. Else the name that the bot gives them.
async fn name_in(app: &App, effect: &Effect) -> Option<Sensitive<String>> {
    let (Act::Say { prompt, .. } | Act::Edit { prompt, .. }) = &effect.act else {
        return None;
    };
    let Prompt::Newcomers(AboutNewcomers::Asks {
        person: Some(person),
        ..
    }) = prompt
    else {
        return None;
    };
    let person = app.keyring.open(person).ok()?;
    let asked = match app.platforms.get(&person.platform) {
        Some(platform) => {
            let asked = AssertUnwindSafe(platform.called(&person)).catch_unwind();
            let asked = tokio::time::timeout(NAMING, asked).await;
            asked.ok().and_then(Result::ok).flatten()
        }
        None => None,
    };
    let name = asked.unwrap_or_else(|| trust::called(app, &person));
    Some(Sensitive::new(name))
}

/// The same prompt with the name in it.
fn with_name(prompt: &Prompt, called: Option<Sensitive<String>>) -> Prompt {
    let mut prompt = prompt.clone();
    if let Prompt::Newcomers(AboutNewcomers::Asks { name, .. }) = &mut prompt {
        *name = called;
    }
    prompt
}

/// What is to be done to pass something on; `None` if there is nothing (any more) that it could be done to.
fn passed_on(
    app: &App,
    effect: &Effect,
    passing: &Passing,
    about: Option<MessageId>,
) -> Result<Option<Deed>, &'static str> {
    let words = |talk: &SealedTalk| {
        let Target::Room(room) = &effect.target else {
            return Err("not_in_room");
        };
        let talk = relaying::opened(app, talk, effect.id.as_str()).ok_or("text_damaged")?;
        Ok(app.phrasebook.pass_on(&talk, &app.room_language(room)))
    };
    Ok(match (passing, about) {
        (Passing::Said { talk, .. }, reply_to) => Some(Deed::Say {
            words: words(talk)?,
            reply_to,
        }),
        (Passing::Edited { talk, .. }, Some(message)) => Some(Deed::Edit {
            message,
            words: words(talk)?,
        }),
        (Passing::Reacted { emoji, .. }, Some(message)) => Some(Deed::React {
            message,
            emoji: emoji.clone(),
        }),
        (Passing::Edited { .. } | Passing::Reacted { .. }, None) => None,
    })
}

fn words(app: &App, effect: &Effect, prompt: &Prompt) -> Words {
    let (language, style) = match &effect.target {
        Target::Room(room) => (app.room_language(room), Style::Room),
        Target::Provider { .. } | Target::Account { .. } => {
            (app.community.language.clone(), Style::Room)
        }
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
                language.clone(),
                if is_phone { Style::Phone } else { Style::Room },
            )
        }
    };
    app.phrasebook
        .say(prompt, &language, style, &app.community.zone)
}

/// One try, within a time: a platform that hangs or panics must not stop the outbox.
async fn perform(
    app: &App,
    platform: PlatformKind,
    delivery: &Delivery,
) -> Result<Receipt, PerformError> {
    let Some(platform) = app.platforms.get(&platform) else {
        return Err(PerformError::new("no_platform", Retry::Never));
    };
    within_patience(platform.perform(delivery)).await
}

/// One try to make or change a room, likewise.
async fn arrange(app: &App, step: &Step, work: &Arrangement) -> Result<Receipt, PerformError> {
    let effect = &step.claimed.effect;
    if effect.expires_at <= app.clock.now() {
        return Err(PerformError::new("expired", Retry::Never));
    }
    let Some(platform) = app.platforms.get(&effect.target.platform()) else {
        return Err(PerformError::new("no_platform", Retry::Never));
    };
    let attempt = arranging::carry_out(app, platform.as_ref(), work);
    within_patience(attempt).await
}

async fn within_patience(
    attempt: impl Future<Output = Result<Receipt, PerformError>>,
) -> Result<Receipt, PerformError> {
    let attempt = AssertUnwindSafe(attempt).catch_unwind();
    match tokio::time::timeout(PATIENCE, attempt).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(unknown("panicked")),
        Err(_) => Err(unknown("timed_out")),
    }
}

/// It broke off in the middle: it may have been sent.
fn unknown(code: &'static str) -> PerformError {
    PerformError {
        is_doubtful: true,
        ..PerformError::new(code, Retry::Later(None))
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

/// The name under which a new message of this effect is remembered.
pub const fn posted(effect: &Effect) -> Option<&Post> {
    match &effect.act {
        Act::Say { post, .. } => post.as_ref(),
        Act::Edit { post, .. }
        | Act::Relay(Passing::Said { post, .. } | Passing::Edited { post, .. }) => Some(post),
        Act::React { .. }
        | Act::Redact { .. }
        | Act::Exclude { .. }
        | Act::Erase { .. }
        | Act::Arrange { .. }
        | Act::Relay(Passing::Reacted { .. }) => None,
    }
}
