//! Looks at rooms, makes them and changes them.
//!
//! What the homeserver says is asked for every time, whole and in one request ([`sheet`]): syncs leave out what the bot did
//! itself. From that follows what is left to do ([`steps`]), and nothing left means done; so whatever was cut off may be asked
//! again, and what others did meanwhile is not done twice. The bot does one thing at a time: power levels are written whole, and
//! two that make the same room would make it twice.

mod desk;
mod homes;
mod levels;
mod link;
mod make;
mod plan;
mod sheet;
mod steps;

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, TryStreamExt, stream};
use matrix_sdk::{
    RoomState as Presence,
    ruma::{OwnedRoomId, OwnedRoomOrAliasId, RoomId},
};

pub use self::sheet::{Sheet, Standing};
use self::{
    desk::{Desk, doubtful, later, not_seen, refused},
    steps::{Step, left, never, users},
};
use crate::{
    domain::envelope::{PersonRef, RoomRef},
    platforms::{
        PerformError, Retry,
        matrix::{error::Failure, sync::Session},
        rooms::{RoomChange, RoomState, RoomWork},
    },
};

/// How long one work may take: one request for each person.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// After what went wrong for an unknown reason it is tried again then.
const LATER: Duration = Duration::from_secs(60);
/// How many rooms are looked at at the same time.
const AT_ONCE: usize = 4;

/// How the rooms are that the bot is in: those of the community, those it made, and those with a name that it was let into.
///
/// # Errors
/// `unreachable`, `rate_limited` and the like, if the homeserver cannot be asked now.
pub async fn rooms(session: Arc<Session>) -> Result<Vec<RoomState>, PerformError> {
    let desk = Desk { session };
    let mut known = desk.session.watched().await;
    for room in desk.session.client.joined_rooms() {
        // A talk with one person has no name.
        if room.name().is_some_and(|name| !name.is_empty()) && room.active_members_count() > 1 {
            let id = room.room_id();
            known.entry(id.to_owned()).or_insert_with(|| desk.name(id));
        }
    }
    let looks = stream::iter(known).map(|(id, room)| {
        let desk = &desk;
        async move {
            match desk.look(&id).await {
                Ok(sheet) => Ok(Some(sheet.state(room))),
                // One bad room must not hide the rest.
                Err(failure) if failure.retry == Retry::Never => Ok(None),
                Err(failure) => Err(not_seen(failure)),
            }
        }
    });
    let states: Vec<Option<RoomState>> = looks.buffered(AT_ONCE).try_collect().await?;
    Ok(states.into_iter().flatten().collect())
}

/// Does something about a room and says how it is afterwards, in a task of its own: whoever asked may go away meanwhile.
///
/// # Errors
/// `not_in_room`, `not_admin`, `not_a_member`, `banned`, `last_admin`, `link_off`, `link_is_configured`, `bad_link`,
/// `waits_for_approval`, `no_such_person`, `no_marker`, `not_possible`: it cannot be. `rate_limited`, `unreachable`,
/// `not_applied`, `not_shown`, `not_done`: not now. If `is_doubtful`, it may have been done; asked again, it goes on where it was.
pub async fn arrange(session: Arc<Session>, work: RoomWork) -> Result<RoomState, PerformError> {
    let task = tokio::spawn(Box::pin(async move {
        let turn = Arc::clone(&session.turn);
        let _one_at_a_time = turn.lock().await;
        let desk = Desk { session };
        let work = Box::pin(carry_out(&desk, &work));
        let (id, sheet) = tokio::time::timeout(PATIENCE, work)
            .await
            .unwrap_or_else(|_| Err(doubtful("timeout")))?;
        Ok(sheet.state(desk.name(&id)))
    }));
    task.await
        .unwrap_or_else(|_panicked_or_stopped| Err(doubtful("stopped")))
}

async fn carry_out(desk: &Desk, work: &RoomWork) -> Result<(OwnedRoomId, Sheet), PerformError> {
    match work {
        RoomWork::Make(new) => make::make(desk, new).await,
        RoomWork::Change { room, change } => {
            let id = desk.id(room)?;
            let sheet = self::change(desk, &id, change).await?;
            Ok((id, sheet))
        }
        RoomWork::Place { room, space } => {
            let (id, space) = (desk.id(room)?, desk.id(space)?);
            let sheet = homes::place(desk, &id, &space).await?;
            Ok((id, sheet))
        }
        RoomWork::Join(link) => join(desk, link).await,
        RoomWork::Leave { room, successors } => leave(desk, room, successors).await,
    }
}

/// Changes one room.
async fn change(desk: &Desk, id: &RoomId, change: &RoomChange) -> Result<Sheet, PerformError> {
    let before = desk.look_inside(id).await?;
    if matches!(change, RoomChange::ResetLink) {
        make::new_alias(desk, id, &before).await?;
        return desk.look_inside(id).await;
    }
    let steps = left(change, &before)?;
    if steps.is_empty() {
        return Ok(before);
    }
    let failed = take_all(desk, id, &steps).await;
    let after = desk.look_inside(id).await?;
    // Others may have done it, or made it impossible.
    if left(change, &after)?.is_empty() {
        return Ok(after);
    }
    Err(match failed {
        None => later("not_done"),
        Some((_, failure)) if failure.is_lost() => later("not_applied"),
        Some((Step::Invite(_), failure)) if failure.code == "not_found" => never("no_such_person"),
        Some((_, failure)) => refused(failure),
    })
}

/// Takes all steps; what one person is refused must not hold up the others. The failure that counts most.
async fn take_all(desk: &Desk, id: &RoomId, steps: &[Step]) -> Option<(Step, Failure)> {
    let mut failed = None;
    for step in steps {
        if let Err(failure) = desk.take(id, step).await {
            let is_final = failure.retry == Retry::Never;
            failed = Some((step.clone(), failure));
            if !is_final {
                break;
            }
        }
    }
    failed
}

/// Joins by a link.
async fn join(desk: &Desk, link: &str) -> Result<(OwnedRoomId, Sheet), PerformError> {
    let (target, via) = link::target(link).ok_or_else(|| never("bad_link"))?;
    let failure = match desk.join(target.clone(), via.clone()).await {
        Ok(id) => return joined(desk, id).await,
        Err(failure) => failure,
    };
    if failure.is_lost() {
        return Err(doubtful("unreachable"));
    }
    match failure.code {
        "not_found" | "refused" => Err(never("bad_link")),
        "forbidden" => Err(ask_in(desk, target, via).await),
        _ => Err(refused(failure)),
    }
}

/// Asks to be let in where one cannot just come in; how it stands then.
async fn ask_in(
    desk: &Desk,
    target: OwnedRoomOrAliasId,
    via: Vec<matrix_sdk::ruma::OwnedServerName>,
) -> PerformError {
    let id = RoomId::parse(target.as_str()).ok();
    let room = id.and_then(|id| desk.session.client.get_room(&id));
    if room.is_some_and(|room| room.state() == Presence::Knocked) {
        return never("waits_for_approval");
    }
    match desk.knock(target, via).await {
        Ok(()) => never("waits_for_approval"),
        Err(failure) if failure.retry == Retry::Never => never("link_off"),
        Err(failure) if failure.is_lost() => doubtful("unreachable"),
        Err(failure) => refused(failure),
    }
}

async fn joined(desk: &Desk, id: OwnedRoomId) -> Result<(OwnedRoomId, Sheet), PerformError> {
    desk.sees(&id).await?;
    let sheet = desk.look_inside(&id).await?;
    Ok((id, sheet))
}

/// Leaves a room. If the bot is its last admin while others are in it, successors are made first.
async fn leave(
    desk: &Desk,
    room: &RoomRef,
    successors: &[PersonRef],
) -> Result<(OwnedRoomId, Sheet), PerformError> {
    let id = desk.id(room)?;
    let before = match desk.look(&id).await {
        Ok(sheet) => sheet,
        // It was never there.
        Err(failure) if failure.retry == Retry::Never => return Err(never("not_in_room")),
        Err(failure) => return Err(not_seen(failure)),
    };
    if !before.is_member() {
        return Ok((id, before));
    }
    let is_admin = before.levels().is_admin(before.me());
    if is_admin && before.other_admins().next().is_none() && before.others().next().is_some() {
        if users(successors)?.is_empty() {
            return Err(never("last_admin"));
        }
        change(desk, &id, &RoomChange::Promote(successors.to_vec())).await?;
    }
    match desk.leave(&id).await {
        Ok(()) => {}
        Err(failure) if failure.is_lost() => {
            let after = desk.look(&id).await.map_err(not_seen)?;
            if after.is_member() {
                return Err(later("not_applied"));
            }
            desk.session.census.forget(&id);
        }
        Err(failure) => return Err(refused(failure)),
    }
    Ok((id, before.without_me()))
}
