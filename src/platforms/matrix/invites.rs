//! Invites: into configured rooms, from configured people and moderators, and to talk with someone who shares a configured room.
//! No others.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use matrix_sdk::{
    Room, RoomState,
    ruma::{
        OwnedRoomId, RoomId, RoomOrAliasId, UserId,
        api::client::state::get_state_event_for_key,
        events::{StateEventType, room::member::MembershipState},
    },
};

use crate::{
    domain::{
        directory::{Directory, Purpose},
        envelope::{Origin, PlatformKind, RoomRef},
        role::Role,
    },
    platforms::{
        Retry, Stop,
        matrix::{
            courier::{Courier, Parcel},
            error::{Failure, patience},
            sync::{self, Session},
        },
    },
};

/// How often rooms are looked up that were not found or entered before.
const LOOK_AGAIN: Duration = Duration::from_secs(60);
/// How often an answer to an invite is tried.
const TRIES: usize = 12;

/// Whose invites are accepted into any room.
#[derive(Debug, Clone, Default)]
pub struct Hosts {
    people: Vec<String>,
    /// Moderators' rooms: whoever is in one.
    desks: Vec<RoomRef>,
}

impl Hosts {
    /// Those of the settings: named ones, appointed moderators, and who is in a moderators' room.
    #[must_use]
    pub fn of(directory: &Directory, named: &[String]) -> Self {
        let appointed = directory.people.iter();
        let appointed = appointed.filter(|entry| entry.role >= Role::Moderator);
        let appointed = appointed.filter(|entry| entry.person.platform == PlatformKind::Matrix);
        let appointed = appointed.map(|entry| entry.person.address.expose().clone());
        let desks = directory.rooms.iter();
        let desks = desks.filter(|room| room.purpose == Purpose::Moderators);
        let desks = desks.map(|room| room.room.clone());
        Self {
            people: named.iter().cloned().chain(appointed).collect(),
            desks: desks
                .filter(|room| room.platform == PlatformKind::Matrix)
                .collect(),
        }
    }
}

/// What is done about an invite, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Join(&'static str),
    Decline(&'static str),
}

/// Answers an invite in a task of its own: one slow room must not hold up the others.
pub fn answer(session: &Arc<Session>, id: &RoomId) {
    {
        let mut answering = session
            .answering
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if !answering.insert(id.to_owned()) {
            return;
        }
    }
    let (session, id) = (Arc::clone(session), id.to_owned());
    let task = async move {
        settle(&session, &id).await;
        let mut answering = session
            .answering
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        answering.remove(&id);
    };
    drop(tokio::spawn(Box::pin(task)));
}

async fn settle(session: &Session, id: &RoomId) {
    let mut waits = patience();
    for _ in 0..TRIES {
        let Some(room) = session.client.get_room(id) else {
            return;
        };
        if room.state() != RoomState::Invited {
            return;
        }
        let failure = match carry_out(session, &room).await {
            Ok(()) => return,
            Err(failure) => failure,
        };
        tracing::warn!(room = %id, code = failure.code, "Cannot answer a Matrix invite");
        let asked = match failure.retry {
            Retry::Never => return,
            Retry::Later(asked) => asked,
        };
        let wait = asked.or_else(|| waits.next()).unwrap_or(LOOK_AGAIN);
        tokio::time::sleep(wait).await;
    }
}

async fn carry_out(session: &Session, room: &Room) -> Result<(), Failure> {
    let id = room.room_id();
    match verdict(session, room).await? {
        Verdict::Join(why) => {
            let joined = session.client.join_room_by_id(id).await;
            joined.map_err(|error| Failure::of(&error))?;
            tracing::info!(room = %id, why, "Accepted a Matrix invite");
        }
        Verdict::Decline(why) => {
            room.leave().await.map_err(|error| Failure::of(&error))?;
            tracing::info!(room = %id, why, "Declined a Matrix invite");
        }
    }
    Ok(())
}

async fn verdict(session: &Session, room: &Room) -> Result<Verdict, Failure> {
    if session.rooms.configured(room.room_id()).is_some() {
        return Ok(Verdict::Join("configured room"));
    }
    let invite = room
        .invite_details()
        .await
        .map_err(|error| Failure::of(&error))?;
    let inviter = invite.inviter_id;
    let mut hosts = session.hosts.people.iter();
    if hosts.any(|host| host == inviter.as_str()) {
        return Ok(Verdict::Join("configured person"));
    }
    if !room.is_direct().await.unwrap_or(false) {
        let desks = session.hosts.desks.iter();
        let desks = desks.filter_map(|desk| session.rooms.id(desk)).collect();
        return Ok(if is_in_one(session, desks, &inviter).await? {
            Verdict::Join("moderator")
        } else {
            Verdict::Decline("room is not configured")
        });
    }
    if is_in_one(session, session.rooms.ids(), &inviter).await? {
        Ok(Verdict::Join("direct, from a member of a configured room"))
    } else {
        Ok(Verdict::Decline("direct, but from a stranger"))
    }
}

/// Whether someone is in one of these rooms with the bot: by what is known, else by asking room after room.
async fn is_in_one(
    session: &Session,
    rooms: Vec<OwnedRoomId>,
    person: &UserId,
) -> Result<bool, Failure> {
    let rooms: Vec<Room> = rooms
        .iter()
        .filter_map(|id| session.client.get_room(id))
        .filter(|room| room.state() == RoomState::Joined)
        .collect();
    for room in &rooms {
        if let Ok(Some(member)) = room.get_member_no_sync(person).await
            && *member.membership() == MembershipState::Join
        {
            return Ok(true);
        }
    }
    for room in &rooms {
        let request = get_state_event_for_key::v3::Request::new(
            room.room_id().to_owned(),
            StateEventType::RoomMember,
            person.to_string(),
        );
        match session.client.send(request).await {
            Ok(answer) => {
                let membership = answer.into_content().get_field::<String>("membership");
                if membership.ok().flatten().as_deref() == Some("join") {
                    return Ok(true);
                }
            }
            Err(error) => {
                let failure = Failure::of_http(&error);
                if failure.retry != Retry::Never {
                    return Err(failure);
                }
            }
        }
    }
    Ok(false)
}

/// Keeps looking for the community's rooms that have no id yet, and knocks once at those that the bot never was in: a public
/// room lets it in without an invite. Does the same for rooms that become the community's later.
pub async fn look_after_rooms(session: &Arc<Session>, courier: &Courier, stop: &Stop) {
    let look = async {
        session.seen().await;
        let mut known = session.rooms.ids();
        for id in &known {
            enter(session, id).await;
        }
        loop {
            let again = async {
                if session.rooms.all_known() {
                    std::future::pending().await
                } else {
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
            };
            tokio::select! {
                () = session.rooms.changed() => {}
                () = again => {}
            }
            session.rooms.resolve(&session.client).await;
            let now = session.rooms.ids();
            for id in now.iter().filter(|id| !known.contains(id)) {
                enter(session, id).await;
                tell(session, courier, id).await;
            }
            known = now;
            session.census.look_again();
        }
    };
    stop.run_until_cancelled(look).await;
}

/// Tells the intake of a room that the bot was in before it became the community's: nothing else may happen there for long.
async fn tell(session: &Session, courier: &Courier, id: &RoomId) {
    let Some(room) = session.client.get_room(id) else {
        return;
    };
    let Some(configured) = session.rooms.configured(id) else {
        return;
    };
    if room.state() != RoomState::Joined {
        return;
    }
    let origin = Origin::Room(configured);
    if let Some(entered) = sync::entered(session, &room, &origin).await {
        let parcel = Parcel {
            envelopes: vec![entered],
            entered: vec![id.to_owned()],
            ..Parcel::default()
        };
        courier.take(parcel).await;
    }
}

async fn enter(session: &Arc<Session>, id: &RoomId) {
    match session.client.get_room(id).map(|room| room.state()) {
        Some(RoomState::Joined) => return,
        Some(RoomState::Invited) => return answer(session, id),
        _ if session.rooms.was_left(id) => return,
        _ => {}
    }
    let Ok(target) = RoomOrAliasId::parse(id) else {
        return;
    };
    match session.client.join_room_by_id_or_alias(&target, &[]).await {
        Ok(_) => tracing::info!(room = %id, "Joined a configured Matrix room"),
        Err(error) => tracing::warn!(
            room = %id,
            code = Failure::of(&error).code,
            "The bot is not in a configured Matrix room; invite it there"
        ),
    }
}
