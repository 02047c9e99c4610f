//! Listens to each platform while this process holds its lease; gives it back and takes it again when something breaks.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use backon::BackoffBuilder;
use tokio::sync::mpsc;
use tracing::{info, warn};

use crate::{
    app::App,
    platforms::{Batch, Inbox, Platform, Stop},
};

/// How long a lease holds without renewal; another process takes over within this time.
const LEASE: Duration = Duration::from_secs(15);
/// How often it is renewed.
const RENEWAL: Duration = Duration::from_secs(5);

/// Listens to one platform until `stop`.
pub async fn run(
    app: Arc<App>,
    platform: Arc<dyn Platform>,
    intake: mpsc::Sender<Batch>,
    stop: Stop,
) {
    let kind = platform.kind();
    let lease = format!("listen/{kind}");
    let pauses = backon::ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs(1))
        .with_max_delay(Duration::from_secs(30))
        .without_max_times();
    let mut pause = pauses.build();
    while !stop.is_cancelled() {
        if is_ours(&app, &lease).await {
            info!(platform = %kind, "holding the account");
            app.set_held(kind, true);
            let started = app.clock.now();
            let inbox = Inbox::new(kind, intake.clone());
            if let Err(error) = hold(&app, &platform, &lease, inbox, &stop).await {
                warn!(platform = %kind, error = %format!("{error:#}"), "listening was interrupted; it is taken up again");
            }
            app.set_held(kind, false);
            let _ = app.store.release_lease(&lease, &app.owner).await;
            if app.clock.now().since(started) > Duration::from_secs(60) {
                pause = pauses.build();
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause.next().unwrap_or(LEASE)) => {}
        }
    }
}

async fn is_ours(app: &App, lease: &str) -> bool {
    match app
        .store
        .hold_lease(lease, &app.owner, app.clock.now(), LEASE)
        .await
    {
        Ok(is_ours) => is_ours,
        Err(error) => {
            warn!(lease, %error, "cannot ask for the lease");
            false
        }
    }
}

/// Listens while the lease can be renewed.
async fn hold(
    app: &Arc<App>,
    platform: &Arc<dyn Platform>,
    lease: &str,
    inbox: Inbox,
    stop: &Stop,
) -> anyhow::Result<()> {
    let mut tx = app
        .store
        .begin()
        .await
        .context("Cannot begin a transaction")?;
    let since = tx
        .checkpoint(platform.kind())
        .await
        .context("Cannot read the checkpoint")?;
    tx.rollback().await.context("Cannot end a transaction")?;
    let stop_listening = stop.child_token();
    let mut listening = {
        let (platform, stop) = (Arc::clone(platform), stop_listening.clone());
        tokio::spawn(async move { platform.listen(inbox, since, stop).await })
    };
    let mut renewed_at = app.clock.now();
    let outcome = loop {
        tokio::select! {
            ended = &mut listening => return ended.context("Listening broke off")?,
            () = tokio::time::sleep(RENEWAL) => {
                let now = app.clock.now();
                match app.store.hold_lease(lease, &app.owner, now, LEASE).await {
                    Ok(true) => renewed_at = now,
                    Ok(false) => break Err(anyhow::anyhow!("Another process holds the account now")),
                    // The store is away: ours until the lease runs out.
                    Err(_) if now.since(renewed_at) < LEASE - RENEWAL => {}
                    Err(error) => break Err(error).context("Cannot renew the lease"),
                }
            }
        }
    };
    stop_listening.cancel();
    let _ = listening.await;
    outcome
}
