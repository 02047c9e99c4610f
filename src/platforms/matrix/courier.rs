//! Carries what was read to the intake, in order and until it is taken in; the next sync need not wait for that.

use std::time::{Duration, Instant};

use matrix_sdk::ruma::OwnedRoomId;
use tokio::sync::mpsc;

use crate::{
    domain::{envelope::Envelope, ids::Checkpoint},
    platforms::{
        Inbox, Stop,
        matrix::{answered, error::patience, sync::Session},
    },
};

/// How many parcels may be on their way; then reading waits.
const WINDOW: usize = 16;
/// How many envelopes are handed over at once.
const BATCH: usize = 200;
/// How often a checkpoint is kept that came without envelopes; replaying half a minute of nothing costs nothing.
const EMPTY_EVERY: Duration = Duration::from_secs(30);

/// What one answer of the homeserver brought.
#[derive(Debug, Default)]
pub struct Parcel {
    /// The messages, oldest first.
    pub envelopes: Vec<Envelope>,
    /// How far the account has been read with them; `None` while something before it is not settled.
    pub reached: Option<Checkpoint>,
    /// Rooms that the envelopes say the bot was let into.
    pub entered: Vec<OwnedRoomId>,
}

/// Hands parcels over.
#[derive(Clone)]
pub struct Courier(mpsc::Sender<Parcel>);

impl Courier {
    /// A courier, and its way, to be walked in a task of its own.
    #[must_use]
    pub fn new() -> (Self, Way) {
        let (sender, parcels) = mpsc::channel(WINDOW);
        (Self(sender), Way { parcels })
    }

    /// Takes a parcel. What is given first is taken in first. Nothing happens after a stop.
    pub async fn take(&self, parcel: Parcel) {
        // The other end goes away only when the program stops; then the checkpoint makes the next start bring it again.
        let _stopped = self.0.send(parcel).await;
    }
}

/// The courier's way to the intake.
pub struct Way {
    parcels: mpsc::Receiver<Parcel>,
}

impl Way {
    /// Walks it until `stop`, or until nobody gives parcels any more. Returns the last checkpoint that was committed.
    pub async fn walk(mut self, inbox: Inbox, session: &Session, stop: Stop) -> Option<Checkpoint> {
        let mut committed = None;
        let mut last = None::<Instant>;
        while let Some(Some(mut parcel)) = stop.run_until_cancelled(self.next()).await {
            let fresh = last.is_some_and(|last| last.elapsed() < EMPTY_EVERY);
            if parcel.envelopes.is_empty() && (parcel.reached.is_none() || fresh) {
                continue;
            }
            let naming = Box::pin(answered::name(session, &mut parcel.envelopes));
            if stop.run_until_cancelled(naming).await.is_none() {
                break;
            }
            if stop
                .run_until_cancelled(offer(&inbox, &parcel))
                .await
                .is_none()
            {
                break;
            }
            for room in &parcel.entered {
                session.rooms.entered(room);
            }
            last = Some(Instant::now());
            committed = parcel.reached.or(committed);
        }
        committed
    }

    /// The next parcel, together with those that wait behind it.
    async fn next(&mut self) -> Option<Parcel> {
        let mut parcel = self.parcels.recv().await?;
        while parcel.envelopes.len() < BATCH {
            let Ok(more) = self.parcels.try_recv() else {
                break;
            };
            parcel.envelopes.extend(more.envelopes);
            parcel.reached = more.reached.or(parcel.reached);
            parcel.entered.extend(more.entered);
        }
        Some(parcel)
    }
}

/// Offers a parcel until it is accepted.
async fn offer(inbox: &Inbox, parcel: &Parcel) {
    let mut waits = patience();
    while inbox
        .accept(parcel.envelopes.clone(), parcel.reached.clone())
        .await
        .is_err()
    {
        let wait = waits.next().unwrap_or(EMPTY_EVERY);
        tracing::warn!(
            envelopes = parcel.envelopes.len(),
            wait_ms = wait.as_millis(),
            "Matrix messages were not taken in; they will be offered again"
        );
        tokio::time::sleep(wait).await;
    }
}
