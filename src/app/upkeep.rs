//! On a timer: silent incidents, forgotten incidents, dead letters, and the forgetting of what is past its time.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use tracing::{info, warn};

use crate::{
    app::{App, calling, doors, outbox, seconding, telling, texting, turn::Turn},
    domain::{
        incident::Status,
        prompt::{Kept, Prompt},
        timestamp::Timestamp,
    },
    platforms::Stop,
    store::{Depth, Retention},
};

/// How often the timer ticks.
const TICK: Duration = Duration::from_secs(5);
/// How often old data is forgotten (PRODUCT, privacy floor 4).
const SWEEP: Duration = Duration::from_secs(3600);
/// A stale incident can still be ended by a verifier for this long; then it is closed in silence.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 3600);

/// Keeps house until `stop`.
pub async fn run(app: Arc<App>, stop: Stop) {
    let mut swept_at: Option<Timestamp> = None;
    while !stop.is_cancelled() {
        if let Err(error) = tick(&app).await {
            warn!(error = %format!("{error:#}"), "upkeep failed; it is tried again");
        }
        let now = app.clock.now();
        if swept_at.is_none_or(|at| now.since(at) >= SWEEP) {
            match sweep(&app).await {
                Ok(()) => swept_at = Some(now),
                Err(error) => {
                    warn!(error = %format!("{error:#}"), "cannot forget old data; it is tried again")
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

/// Everything that is due now, once.
pub async fn tick(app: &App) -> anyhow::Result<()> {
    let is_due = {
        let now = app.clock.now();
        let mut tx = app.store.begin().await?;
        let silent = tx.silent_incidents(now - app.policy.stale_after).await?;
        let forgotten = tx.forgotten_incidents(now - FORGOTTEN_AFTER).await?;
        tx.rollback().await?;
        !silent.is_empty() || !forgotten.is_empty()
    };
    if is_due {
        age_incidents(app).await?;
    }
    seconding::lapse(app).await?;
    calling::tick(app).await?;
    outbox::tell_dead(app).await?;
    doors::tick(app).await?;
    if app.has_shredded.swap(false, Ordering::Relaxed) {
        app.store.empty_log().await?;
    }
    app.store.save_area_keys();
    app.store.fold_log().await?;
    // What waited for its time is looked at, also if a clock was set.
    app.under_way.look_again();
    app.bell.notify_one();
    Ok(())
}

async fn age_incidents(app: &App) -> anyhow::Result<()> {
    let mut turn = Turn::begin(app).await?;
    let silent = turn
        .tx
        .silent_incidents(turn.now - app.policy.stale_after)
        .await?;
    for mut incident in silent {
        turn.because_of(format!(
            "stale/{}/{}",
            incident.id,
            incident.news_at.as_ms()
        ));
        incident.status = Status::Stale;
        incident.changed_at = turn.now;
        turn.tx.save_incident(&incident).await?;
        telling::show_card(&mut turn, &incident);
        let minutes = turn.now.since(incident.news_at).as_secs() / 60;
        let minutes = u32::try_from(minutes).unwrap_or(u32::MAX);
        let prompt = Prompt::AskNews {
            handle: incident.handle.to_string(),
            minutes,
        };
        telling::tell_verifiers(&mut turn, &incident, &prompt);
        turn.settle_cause();
    }
    let forgotten = turn
        .tx
        .forgotten_incidents(turn.now - FORGOTTEN_AFTER)
        .await?;
    for incident in forgotten {
        turn.tx.close_incident(&incident.id, turn.now).await?;
    }
    turn.commit().await
}

/// What waits in the outbox now.
pub async fn depth(app: &App) -> anyhow::Result<Vec<Depth>> {
    let mut tx = app.store.begin().await?;
    let depth = tx.outbox_depth(app.clock.now()).await?;
    tx.rollback().await?;
    Ok(depth)
}

/// What text messages have cost today, in segments.
pub async fn spent(app: &App) -> anyhow::Result<u32> {
    let (day, _) = texting::local(app, app.clock.now());
    let mut tx = app.store.begin().await?;
    let spent = tx.spent(day).await?;
    tx.rollback().await?;
    Ok(spent)
}

fn retention(app: &App) -> Retention {
    Retention {
        reports: app.policy.keep_reports,
        incidents: app.policy.keep_incidents,
        ..Retention::default()
    }
}

/// How long things are really kept, for who asks.
pub fn kept(app: &App) -> Kept {
    let keep = retention(app).within_limits();
    let whole =
        |time: Duration, unit: u64| u32::try_from(time.as_secs() / unit).unwrap_or(u32::MAX);
    Kept {
        reports_h: whole(keep.reports, 3600),
        incidents_d: whole(keep.incidents, 86_400),
        subscribers_d: whole(keep.subscribers, 86_400),
        acts_d: whole(keep.acts, 86_400),
    }
}

/// Forgets what is past its time.
pub async fn sweep(app: &App) -> anyhow::Result<()> {
    let now = app.clock.now();
    let keep = retention(app);
    let mut tx = app.store.begin().await?;
    texting::sweep(app, &mut tx, now).await?;
    let forgotten = tx.purge(now, &keep).await?;
    // What another process shredded is to be gone here too, even if nobody writes to this one.
    tx.learn_destroyed().await?;
    tx.settle_strays().await?;
    tx.commit().await?;
    app.store.empty_log().await?;
    app.store.fade_area_keys();
    for (table, rows) in forgotten.iter().filter(|(_, rows)| *rows > 0) {
        info!(table, rows, "forgotten");
    }
    Ok(())
}
