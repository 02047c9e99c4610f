//! Writes down how errands went: what was said, what it cost, what is tried again, what is given up, and who is not to be
//! written to any more.

use crate::{
    app::{
        App,
        outbox::errand::{Fate, Outcome, posted},
        rooms::arranging,
        texting,
    },
    domain::{
        effect::{Act, Effect, PostKind, Target, Urgency},
        prompt::Prompt,
        timestamp::Timestamp,
    },
    platforms::{Missed, PerformError, Receipt},
    store::{PostRow, Tx},
};

/// Writes down how errands went.
pub async fn settle(
    app: &App,
    tx: &mut Tx,
    outcomes: &[Outcome],
    now: Timestamp,
) -> anyhow::Result<()> {
    let (mut posts, mut done, mut untried) = (Vec::new(), Vec::new(), Vec::new());
    for outcome in outcomes {
        for (claimed, fate) in &outcome.tried {
            let effect = &claimed.effect;
            match fate {
                Fate::Done(receipt) => {
                    if let (Some(message), Some(post)) = (&receipt.message, posted(effect)) {
                        posts.push(PostRow {
                            lane: &outcome.lane,
                            message,
                            post,
                        });
                    }
                    arranging::settled(app, tx, effect, Ok(receipt)).await?;
                    note_cost(app, tx, effect, receipt, now).await?;
                    owe_missed(app, tx, effect, &receipt.missed, now).await?;
                    done.push(effect.id.clone());
                }
                Fate::Later(due_at, error) => {
                    tx.settle_retry(&effect.id, *due_at, error.code, error.is_doubtful)
                        .await?;
                }
                Fate::Dead(error) => {
                    arranging::settled(app, tx, effect, Err(error)).await?;
                    give_up(app, tx, effect, &outcome.lane, error, now).await?;
                }
            }
        }
        untried.extend(outcome.untried.iter().cloned());
    }
    tx.save_posts(&posts, now).await?;
    tx.settle_all_done(&done).await?;
    tx.settle_untried(&untried).await?;
    Ok(())
}

/// An alert, or its end, that did not reach some members of a room is owed to each of them alone.
async fn owe_missed(
    app: &App,
    tx: &mut Tx,
    effect: &Effect,
    missed: &[Missed],
    now: Timestamp,
) -> anyhow::Result<()> {
    let (Target::Room(room), Urgency::Alert | Urgency::AllClear) = (&effect.target, effect.urgency)
    else {
        return Ok(());
    };
    let (Act::Say { prompt, .. } | Act::Edit { prompt, .. }) = &effect.act else {
        return Ok(());
    };
    let mut owed = Vec::with_capacity(missed.len());
    for Missed { person, after } in missed {
        let today = app.keyring.sender(person, now).today;
        let sealed = app.keyring.seal(person, today.as_str())?;
        let cause = format!("missed/{}/{}", effect.id, today.as_str());
        let again = Effect {
            id: app.keyring.effect_id(&cause, 0),
            target: Target::Person(sealed.speaking(app.room_language(room))),
            act: Act::Say {
                prompt: prompt.clone(),
                reply_to: None,
                post: posted(effect).cloned(),
            },
            urgency: effect.urgency,
            expires_at: effect.expires_at,
        };
        owed.push((again, now + *after));
    }
    let effects: Vec<Effect> = owed.iter().map(|(effect, _)| effect.clone()).collect();
    tx.owe(&effects, now).await?;
    for (effect, due_at) in &owed {
        tx.settle_retry(&effect.id, *due_at, "missed", false)
            .await?;
    }
    Ok(())
}

/// What was sent for money is remembered by its number, and counted.
async fn note_cost(
    app: &App,
    tx: &mut Tx,
    effect: &Effect,
    receipt: &Receipt,
    now: Timestamp,
) -> anyhow::Result<()> {
    let platform = effect.target.platform();
    let is_metered = app.capabilities(platform).is_some_and(|can| can.metered);
    let (true, Some(message)) = (is_metered, &receipt.message) else {
        return Ok(());
    };
    // Taken by a provider, it cost at least one, also where only its news was heard.
    let segments = receipt.segments.max(1);
    // Of who is forgotten not even the last word leaves a trace.
    let is_goodbye = matches!(
        &effect.act,
        Act::Say {
            prompt: Prompt::Unsubscribed | Prompt::Forgotten,
            ..
        }
    );
    let lane = if is_goodbye {
        String::new()
    } else {
        effect.target.lane()
    };
    let is_over = tx.save_text(effect, &lane, message, segments, now).await?;
    if is_over {
        texting::have_erased(app, tx, platform, message, now).await?;
    }
    texting::spend(app, tx, platform, segments, now).await
}

async fn give_up(
    app: &App,
    tx: &mut Tx,
    effect: &Effect,
    lane: &str,
    error: &PerformError,
    now: Timestamp,
) -> anyhow::Result<()> {
    if let (Act::Say { post: Some(post), .. }, Target::Person(_), Urgency::Alert) =
        (&effect.act, &effect.target, effect.urgency)
        && post.kind == PostKind::Alert
        && let Some(incident) = post.incident()
        // In doubt it may have been heard; then its end is heard too.
        && !error.is_doubtful
    {
        tx.note_unheard(&incident, lane).await?;
    }
    // Nobody has to be told that a person who stopped hears nothing, or that small talk became too dear or was not passed on.
    let is_as_wished = match error.code {
        "opted_out" => true,
        "over_budget" => effect.urgency > Urgency::AllClear,
        // Nothing is kept of talk that could not be passed on.
        _ => matches!(effect.act, Act::Relay(_)),
    };
    if is_as_wished {
        tx.settle_all_done(std::slice::from_ref(&effect.id)).await?;
    } else {
        tx.settle_dead(&effect.id, now, error.code).await?;
    }
    if let (Some(fate), Target::Person(person)) = (error.person, &effect.target)
        && let Ok(person) = app.keyring.open(person)
    {
        texting::befell(app, tx, &person, fate, now).await?;
    }
    Ok(())
}
