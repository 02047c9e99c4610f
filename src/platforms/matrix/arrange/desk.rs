//! Asks the homeserver about rooms, one request at a time and each once: whoever asked tries again.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use matrix_sdk::{
    Client, RoomState,
    config::RequestConfig,
    ruma::{
        OwnedRoomAliasId, OwnedRoomId, OwnedRoomOrAliasId, OwnedServerName, RoomAliasId, RoomId,
        UserId,
        api::client::{
            alias::{create_alias, delete_alias, get_alias},
            discovery::get_capabilities,
            knock::knock_room,
            membership::{
                ban_user, invite_user, join_room_by_id_or_alias, joined_rooms, kick_user,
                leave_room, unban_user,
            },
            room::{aliases, create_room},
            state::{get_state_events, send_state_event},
        },
        events::StateEventType,
        serde::Raw,
    },
};
use serde_json::Value;

use crate::{
    domain::envelope::RoomRef,
    platforms::{
        PerformError, Retry,
        matrix::{
            arrange::{
                LATER,
                sheet::{Sheet, Standing},
                steps::{Step, never},
            },
            error::Failure,
            rooms::marker_of,
            sync::Session,
        },
    },
};

/// How long one request may take. Making a room is a dozen events, and in a large Space many must be told.
const ONCE: Duration = Duration::from_secs(60);
/// How long a room that was made or joined may take until a sync shows it.
const SIGHT: Duration = Duration::from_secs(60);

/// One try only, and the answer as it is.
macro_rules! ask {
    ($desk:expr, $request:expr) => {
        $desk
            .client()
            .send($request)
            .with_request_config(once())
            .await
            .map_err(|error| Failure::of_http(&error))
    };
}

fn once() -> RequestConfig {
    RequestConfig::new().timeout(ONCE).retry_limit(1)
}

/// The way to the homeserver.
pub struct Desk {
    pub session: Arc<Session>,
}

impl Desk {
    fn client(&self) -> &Client {
        &self.session.client
    }

    /// The bot's user id.
    pub fn me(&self) -> &UserId {
        &self.session.me
    }

    /// How the rest of the program calls a room.
    pub fn name(&self, id: &RoomId) -> RoomRef {
        self.session.rooms.name(id)
    }

    /// The id of a room.
    pub fn id(&self, room: &RoomRef) -> Result<OwnedRoomId, PerformError> {
        let id = self.session.rooms.id(room);
        id.ok_or_else(|| never("not_in_room"))
    }

    /// All of a room's state, as it is now.
    pub async fn look(&self, id: &RoomId) -> Result<Sheet, Failure> {
        let watched = self.session.rooms.is_watched(id);
        let census = &self.session.census;
        if watched {
            census.begin(id, self.name(id));
        }
        let answer = ask!(self, get_state_events::v3::Request::new(id.to_owned()));
        let answer = answer.inspect_err(|_| census.give_up(id))?;
        let events = answer.room_state.iter();
        let events = events.filter_map(|raw| serde_json::from_str(raw.json().get()).ok());
        let sheet = Sheet::read(id.as_str(), self.me().as_str(), events);
        if watched {
            census.finish(id, sheet.places(), Instant::now());
        }
        Ok(sheet)
    }

    /// The same of a room in which the bot has to be.
    pub async fn look_inside(&self, id: &RoomId) -> Result<Sheet, PerformError> {
        let sheet = self.look(id).await.map_err(not_seen)?;
        if sheet.is_member() {
            Ok(sheet)
        } else {
            Err(never("not_in_room"))
        }
    }

    /// One step.
    pub async fn take(&self, id: &RoomId, step: &Step) -> Result<(), Failure> {
        let room = id.to_owned();
        let (person, standing) = match step {
            Step::Set { kind, key, content } => {
                let body = Raw::from_json_string(content.to_string())
                    .map_err(|_| Failure::new("refused", Retry::Never))?;
                let kind = StateEventType::from(kind.as_str());
                let set = send_state_event::v3::Request::new_raw(room, kind, key.clone(), body);
                return ask!(self, set).map(drop);
            }
            Step::Invite(who) => {
                let whom = invite_user::v3::InviteUserId::new(who.clone());
                ask!(self, invite_user::v3::Request::new(room, whom.into()))?;
                (who, Some(Standing::Invited))
            }
            Step::Kick(who) => {
                ask!(self, kick_user::v3::Request::new(room, who.clone()))?;
                (who, None)
            }
            Step::Ban(who) => {
                ask!(self, ban_user::v3::Request::new(room, who.clone()))?;
                (who, Some(Standing::Banned))
            }
            Step::Unban(who) => {
                ask!(self, unban_user::v3::Request::new(room, who.clone()))?;
                (who, None)
            }
        };
        self.session.census.did(id, person.as_str(), standing);
        Ok(())
    }

    /// Makes a room.
    pub async fn create(
        &self,
        request: create_room::v3::Request,
    ) -> Result<OwnedRoomId, matrix_sdk::HttpError> {
        let answer = self.client().send(request).with_request_config(once());
        Ok(answer.await?.room_id)
    }

    /// The version that the homeserver gives new rooms.
    pub async fn usual_version(&self) -> Result<matrix_sdk::ruma::RoomVersionId, Failure> {
        let answer = ask!(self, get_capabilities::v3::Request::new())?;
        Ok(answer.capabilities.room_versions.default)
    }

    /// The rooms that the bot is in, as the homeserver knows it.
    pub async fn joined(&self) -> Result<Vec<OwnedRoomId>, Failure> {
        Ok(ask!(self, joined_rooms::v3::Request::new())?.joined_rooms)
    }

    /// The marker of a room that the bot is in, if it made that.
    pub async fn marker(&self, id: &RoomId) -> Result<Option<String>, Failure> {
        if let Some(room) = self.client().get_room(id)
            && let Some(known) = marker_of(&room).await
        {
            return Ok(known);
        }
        match self.look(id).await {
            Ok(sheet) => Ok(sheet.marker().map(ToOwned::to_owned)),
            // One bad room must not stop the rest.
            Err(failure) if failure.retry == Retry::Never => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// What an alias leads to.
    pub async fn behind(&self, alias: &RoomAliasId) -> Result<Option<OwnedRoomId>, Failure> {
        match ask!(self, get_alias::v3::Request::new(alias.to_owned())) {
            Ok(answer) => Ok(Some(answer.room_id)),
            Err(failure) if failure.code == "not_found" => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// The aliases on this homeserver that lead to a room.
    pub async fn aliases(&self, id: &RoomId) -> Result<Vec<OwnedRoomAliasId>, Failure> {
        Ok(ask!(self, aliases::v3::Request::new(id.to_owned()))?.aliases)
    }

    /// Lets an alias lead to a room.
    pub async fn add_alias(&self, alias: &RoomAliasId, id: &RoomId) -> Result<(), Failure> {
        ask!(
            self,
            create_alias::v3::Request::new(alias.to_owned(), id.to_owned())
        )
        .map(drop)
    }

    /// Lets an alias lead nowhere.
    pub async fn drop_alias(&self, alias: &RoomAliasId) -> Result<(), Failure> {
        match ask!(self, delete_alias::v3::Request::new(alias.to_owned())) {
            Err(failure) if failure.code != "not_found" => Err(failure),
            _ => Ok(()),
        }
    }

    /// Joins a room; which it is.
    pub async fn join(
        &self,
        target: OwnedRoomOrAliasId,
        via: Vec<OwnedServerName>,
    ) -> Result<OwnedRoomId, Failure> {
        let mut request = join_room_by_id_or_alias::v3::Request::new(target);
        request.via = via;
        Ok(ask!(self, request)?.room_id)
    }

    /// Asks to be let in.
    pub async fn knock(
        &self,
        target: OwnedRoomOrAliasId,
        via: Vec<OwnedServerName>,
    ) -> Result<(), Failure> {
        let mut request = knock_room::v3::Request::new(target);
        request.via = via;
        ask!(self, request).map(drop)
    }

    /// Leaves a room.
    pub async fn leave(&self, id: &RoomId) -> Result<(), Failure> {
        ask!(self, leave_room::v3::Request::new(id.to_owned()))?;
        self.session.census.forget(id);
        Ok(())
    }

    /// Waits until a sync shows that the bot is in a room: until then nothing can be said there.
    pub async fn sees(&self, id: &RoomId) -> Result<(), PerformError> {
        let mut syncs = self.session.syncs.subscribe();
        let shown = async {
            loop {
                let room = self.client().get_room(id);
                if room.is_some_and(|room| room.state() == RoomState::Joined) {
                    return;
                }
                if syncs.changed().await.is_err() {
                    return std::future::pending().await;
                }
            }
        };
        tokio::time::timeout(SIGHT, shown)
            .await
            .map_err(|_| doubtful("not_shown"))
    }
}

/// Not now.
pub const fn later(code: &'static str) -> PerformError {
    PerformError::new(code, Retry::Later(Some(LATER)))
}

/// Not now, and perhaps it was done.
pub fn doubtful(code: &'static str) -> PerformError {
    PerformError {
        is_doubtful: true,
        ..later(code)
    }
}

/// What a refusal to look means for whoever wanted to: of an earlier try, the end may still be unknown.
pub fn not_seen(failure: Failure) -> PerformError {
    let failure = match failure.code {
        // Members may always look.
        "forbidden" => Failure::new("not_in_room", Retry::Never),
        _ => failure,
    };
    PerformError {
        is_doubtful: failure.is_lost(),
        ..refused(failure)
    }
}

/// What a refusal means for whoever asked for a change.
pub fn refused(failure: Failure) -> PerformError {
    let code = match failure.code {
        "forbidden" => "not_admin",
        "not_found" => "not_in_room",
        code => code,
    };
    let retry = match failure.retry {
        Retry::Later(after) => Retry::Later(Some(after.unwrap_or(LATER))),
        Retry::Never => Retry::Never,
    };
    PerformError {
        code,
        retry,
        ..PerformError::from(failure)
    }
}

/// The body of a request in JSON, as a type that is checked nowhere.
pub fn raw<T>(value: &Value) -> Result<Raw<T>, PerformError> {
    Raw::from_json_string(value.to_string()).map_err(|_| never("refused"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_homeserver_says_has_a_code_and_a_time() {
        let wait = Duration::from_secs(7);
        let failure = |code, after| Failure::new(code, after);
        for (told, code, retry, is_doubtful) in [
            (
                refused(failure("forbidden", Retry::Never)),
                "not_admin",
                Retry::Never,
                false,
            ),
            (
                refused(failure("rate_limited", Retry::Later(Some(wait)))),
                "rate_limited",
                Retry::Later(Some(wait)),
                false,
            ),
            (
                not_seen(failure("forbidden", Retry::Never)),
                "not_in_room",
                Retry::Never,
                false,
            ),
            (
                not_seen(failure("not_found", Retry::Never)),
                "not_in_room",
                Retry::Never,
                false,
            ),
            (
                not_seen(failure("unreachable", Retry::Later(None))),
                "unreachable",
                Retry::Later(Some(LATER)),
                true,
            ),
        ] {
            assert_eq!((told.code, told.retry), (code, retry));
            assert_eq!(told.is_doubtful, is_doubtful, "{code}");
        }
    }
}
