//! Text messages beyond the sending: what they cost, how far they got, who is not to be written to any more, and what a
//! provider is to forget.

use std::time::Duration;

use anyhow::Context;

use crate::{
    app::{
        App, neighbors, telling,
        turn::{self, Turn},
    },
    domain::{
        effect::{Act, Effect, Target, Urgency},
        envelope::{PersonRef, PlatformKind},
        ids::MessageId,
        prompt::Prompt,
        route,
        sending::{PersonFate, Progress},
        spending::Brake,
        timestamp::Timestamp,
    },
    store::Tx,
};

/// A phone that was off is tried once more after this.
const ONCE_MORE: Duration = Duration::from_secs(120);
/// A provider that has told nothing of a message for so long will not any more; then it shall forget it too.
const SILENT: Duration = Duration::from_secs(24 * 3600);

/// The day of the city's calendar, counted from 1970, and the minute of its clock.
pub fn local(app: &App, at: Timestamp) -> (i64, u32) {
    let Ok(moment) = jiff::Timestamp::from_millisecond(at.as_ms()) else {
        return (at.day(), 0);
    };
    let local = moment.to_zoned(app.community.zone.clone());
    let offset = i64::from(local.offset().seconds()) * 1000;
    let day = Timestamp::from_ms(at.as_ms() + offset).day();
    let minute = u32::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute()));
    (day, minute.unwrap_or_default())
}

/// Whether alerts are not texted at this moment.
pub fn is_quiet(app: &App, now: Timestamp) -> bool {
    let quiet = app.policy.spending.quiet;
    quiet.is_some_and(|hours| hours.include(local(app, now).1))
}

/// Segments spent today, by the city's calendar; 0 where nobody counts.
pub async fn spent(app: &App, tx: &mut Tx, now: Timestamp) -> anyhow::Result<u32> {
    if app.policy.spending.segments_per_day().is_none() {
        return Ok(0);
    }
    Ok(tx.spent(local(app, now).0).await?)
}

/// Counts what was spent, and tells moderators once a day when the budget begins to brake.
pub async fn spend(
    app: &App,
    tx: &mut Tx,
    platform: PlatformKind,
    segments: u32,
    now: Timestamp,
) -> anyhow::Result<()> {
    let (day, _) = local(app, now);
    let sum = tx.spend(day, platform, segments).await?;
    app.metrics.spent(platform, segments);
    let brake = app.policy.spending.brake(sum);
    if brake == Brake::Off || brake == app.policy.spending.brake(sum.saturating_sub(segments)) {
        return Ok(());
    }
    let percent = brake.percent();
    let effects: Vec<Effect> = route::moderators(&app.directory())
        .map(|room| {
            let act = Act::Say {
                prompt: Prompt::BudgetBrakes { percent },
                reply_to: None,
                post: None,
            };
            let target = Target::Room(room.room.clone());
            once(
                app,
                &format!("budget/{day}/{percent}"),
                target,
                act,
                Urgency::Card,
                now,
            )
        })
        .collect();
    Ok(tx.owe(&effects, now).await?)
}

/// Has a provider forget a message, once.
pub async fn have_erased(
    app: &App,
    tx: &mut Tx,
    platform: PlatformKind,
    message: &MessageId,
    now: Timestamp,
) -> anyhow::Result<()> {
    if app.capabilities(platform).is_some_and(|can| can.erases) {
        let (target, act) = erasure(platform, message);
        let effect = once(app, ERASE, target, act, Urgency::Chore, now);
        tx.owe(std::slice::from_ref(&effect), now).await?;
    }
    Ok(())
}

/// Why a provider is to forget; with the message it makes the effect's id, so that it is told once.
pub const ERASE: &str = "erase";

/// What has a provider forget a message.
pub fn erasure(platform: PlatformKind, message: &MessageId) -> (Target, Act) {
    let target = Target::Provider {
        platform,
        message: message.clone(),
    };
    let act = Act::Erase {
        message: message.clone(),
    };
    (target, act)
}

/// An effect owed outside a turn, once for its reason and target.
fn once(
    app: &App,
    reason: &str,
    target: Target,
    act: Act,
    urgency: Urgency,
    now: Timestamp,
) -> Effect {
    Effect {
        id: turn::once_id(app, reason, &target),
        target,
        act,
        urgency,
        expires_at: now + urgency.worth(),
    }
}

/// What a provider says of a person is obeyed: who told the carrier to stop has told us, a number that is gone is forgotten.
pub async fn befell(
    app: &App,
    tx: &mut Tx,
    person: &PersonRef,
    fate: PersonFate,
    now: Timestamp,
) -> anyhow::Result<()> {
    match fate {
        PersonFate::OptedOut => neighbors::cut_off(app, tx, person, now).await?,
        PersonFate::Unreachable => {
            tx.forget_subscriber(&app.keyring.lasting(person)).await?;
        }
        PersonFate::Away => {}
    }
    Ok(())
}

/// Takes in what became of a message of the bot's.
pub async fn progressed(
    turn: &mut Turn<'_>,
    person: &PersonRef,
    news: &Progress,
) -> anyhow::Result<()> {
    let (app, platform, now) = (turn.app, person.platform, turn.now);
    // Settling writes the same rows with the outbox in hand. To touch them first and ask for the outbox then, for what the end of
    // a message owes, would be to wait in a circle.
    turn.tx
        .lock_outbox()
        .await
        .context("Cannot take the turn")?;
    let noted = turn
        .tx
        .note_progress(platform, news, now)
        .await
        .context("Cannot note what became of a message")?;
    let Some(noted) = noted else { return Ok(()) };
    app.metrics.progress(platform, news.stage);
    if news.code != 0 {
        tracing::info!(%platform, message = %news.message, stage = news.stage.as_str(), code = news.code, "a message got no further");
    }
    if let Some(fate) = news.person {
        befell(app, &mut turn.tx, person, fate, now).await?;
        if fate == PersonFate::Unreachable {
            tell_unreachable(turn, news);
        }
    }
    if noted.is_end {
        have_erased(app, &mut turn.tx, platform, &news.message, now).await?;
    }
    if let (Some(PersonFate::Away), Some(again)) = (news.person, noted.again)
        && now + ONCE_MORE < again.expires_at
    {
        once_more(turn, again).await?;
    }
    Ok(())
}

/// Tells moderators that a number was taken off, not whose.
fn tell_unreachable(turn: &mut Turn<'_>, news: &Progress) {
    let prompt = Prompt::DeadTexts {
        count: 1,
        what: "message".to_owned(),
        reason: "unreachable".to_owned(),
        handle: None,
    };
    let reason = format!("unreachable/{}", news.message);
    telling::tell_moderators(turn, Some(&reason), &prompt);
}

/// Sends an alert once more to a phone that was off. Never a third time: the second one's words are worth nothing any more when
/// a third would be due.
async fn once_more(turn: &mut Turn<'_>, first: Effect) -> anyhow::Result<()> {
    let now = turn.now;
    let again = Effect {
        id: turn.app.keyring.effect_id(&format!("away/{}", first.id), 0),
        expires_at: first.expires_at.min(now + ONCE_MORE + ONCE_MORE / 2),
        ..first
    };
    turn.tx.owe(std::slice::from_ref(&again), now).await?;
    turn.tx
        .settle_retry(&again.id, now + ONCE_MORE, "away", false)
        .await?;
    Ok(())
}

/// Has providers forget messages of whose end they never told, and forgets what it would take to send alerts once more.
pub async fn sweep(app: &App, tx: &mut Tx, now: Timestamp) -> anyhow::Result<()> {
    tx.forget_again(now).await?;
    loop {
        let unfinished = tx.unfinished_texts(now - SILENT).await?;
        if unfinished.is_empty() {
            return Ok(());
        }
        for (platform, message) in unfinished {
            tx.end_text(platform, &message).await?;
            have_erased(app, tx, platform, &message, now).await?;
        }
    }
}
