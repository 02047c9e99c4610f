//! Makes a room, so that whoever is cut off at any step and asks again goes on with the same one.
//!
//! The marker stands in the room's creation, which is its first moment and never changes, and names its alias, under which the
//! homeserver makes no second one. Everything else stands in its state from the first moment on, too; then it gets its place in
//! the Spaces, admins are invited (what they may do is written down beforehand, so they may as soon as they are in), and at last
//! the room is marked as made: from then on it is left as people have it.

use matrix_sdk::ruma::{
    OwnedRoomId, RoomAliasId, RoomId,
    api::{client::room::create_room, error::ErrorKind},
};
use serde_json::json;

use crate::platforms::{
    PerformError, Retry,
    matrix::{
        arrange::{
            desk::{Desk, doubtful, later, not_seen, raw, refused},
            homes::{self, Model},
            plan::{self, Plan},
            sheet::{self, MADE, MARKER, Sheet},
            steps::{Step, never},
        },
        error::Failure,
    },
    rooms::{NewRoom, RoomChange},
};

/// Makes a room, or goes on with the one that has that marker.
///
/// # Errors
/// See [`super::arrange`].
pub async fn make(desk: &Desk, new: &NewRoom) -> Result<(OwnedRoomId, Sheet), PerformError> {
    if new.marker.is_empty() {
        return Err(never("no_marker"));
    }
    let begun = marked(desk, &new.marker).await?;
    let (id, model) = match begun {
        Some(id) => (id, None),
        None => {
            let model = homes::model(desk, new.like.as_ref()).await?;
            (create(desk, new, &model).await?, Some(model))
        }
    };
    desk.session.rooms.made(&id);
    desk.session.census.look_again();
    desk.sees(&id).await?;
    let sheet = desk.look_inside(&id).await?;
    if sheet.is_complete() {
        return Ok((id, sheet));
    }
    let model = match model {
        Some(model) => model,
        None => homes::model(desk, new.like.as_ref()).await?,
    };
    complete(desk, &id, &sheet, new, &model).await?;
    let sheet = desk.look_inside(&id).await?;
    Ok((id, sheet))
}

/// The room that was begun under that marker; of several the first, so that it is the same one every time.
async fn marked(desk: &Desk, marker: &str) -> Result<Option<OwnedRoomId>, PerformError> {
    let mut joined = desk.joined().await.map_err(not_seen)?;
    joined.sort();
    for id in joined {
        let its = desk.marker(&id).await.map_err(not_seen)?;
        if its.as_deref() == Some(marker) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Makes the room with everything that stands in it from its first moment on.
async fn create(desk: &Desk, new: &NewRoom, model: &Model) -> Result<OwnedRoomId, PerformError> {
    let version = desk.usual_version().await.map_err(not_seen)?;
    let is_above = sheet::are_above(&version);
    let me = desk.me();
    let plan = Plan::of(
        new,
        model.sheet.as_ref(),
        &model.homes,
        me.as_str(),
        is_above,
    );
    let alias = plan::alias(me.as_str(), &new.marker);
    let mut request = create_room::v3::Request::new();
    request.room_version = Some(version);
    request.preset = Some(create_room::v3::RoomPreset::PrivateChat);
    let mut creation = json!({ MARKER: new.marker });
    if new.is_space {
        creation["type"] = json!("m.space");
    }
    request.creation_content = Some(raw(&creation)?);
    request.power_level_content_override = Some(raw(&plan.levels)?);
    for (kind, key, content) in &plan.states {
        let state = json!({ "type": kind, "state_key": key, "content": content });
        request.initial_state.push(raw(&state)?);
    }
    request.room_alias_name = Some(alias.clone());
    let mut made = desk.create(request.clone()).await;
    if made
        .as_ref()
        .is_err_and(|error| Failure::of_http(error).code == "forbidden")
    {
        // A homeserver may keep aliases for itself.
        request.room_alias_name = None;
        made = desk.create(request).await;
    }
    let error = match made {
        Ok(id) => {
            tracing::info!(room = %id, "Made a Matrix room");
            return Ok(id);
        }
        Err(error) => error,
    };
    if matches!(error.client_api_error_kind(), Some(ErrorKind::RoomInUse)) {
        return taken(desk, new, &alias).await;
    }
    let failure = Failure::of_http(&error);
    if !failure.is_lost() {
        return Err(refused(failure));
    }
    let begun = marked(desk, &new.marker).await?;
    begun.ok_or_else(|| doubtful("not_applied"))
}

/// The alias is there already. It leads to the room that an earlier try made, or that is being made right now.
async fn taken(desk: &Desk, new: &NewRoom, alias: &str) -> Result<OwnedRoomId, PerformError> {
    if let Some(begun) = marked(desk, &new.marker).await? {
        return Ok(begun);
    }
    // Perhaps the homeserver came no further than the alias. If it does after all, the room is found by its marker next time.
    let alias = format!("#{alias}:{}", desk.me().server_name());
    let alias = RoomAliasId::parse(alias).map_err(|_| never("refused"))?;
    if let Some(id) = desk.behind(&alias).await.map_err(not_seen)? {
        tracing::warn!(room = %id, "A Matrix room was only half made by the homeserver; it is made anew");
        desk.drop_alias(&alias).await.map_err(refused)?;
    }
    Err(doubtful("not_applied"))
}

/// Does what is left to do in a room that was begun.
async fn complete(
    desk: &Desk,
    id: &RoomId,
    begun: &Sheet,
    new: &NewRoom,
    model: &Model,
) -> Result<(), PerformError> {
    let is_above = begun.levels().is_above_all(begun.me());
    let plan = Plan::of(
        new,
        model.sheet.as_ref(),
        &model.homes,
        begun.me(),
        is_above,
    );
    for step in plan.left(begun) {
        desk.take(id, &step).await.map_err(step_failed)?;
    }
    for home in &model.homes {
        homes::give_place(desk, id, home).await?;
    }
    invite(desk, id, begun, new).await?;
    let made = Step::set(MADE, json!({ "marker": new.marker }));
    desk.take(id, &made).await.map_err(step_failed)
}

/// All steps may be repeated.
pub fn step_failed(failure: Failure) -> PerformError {
    if failure.is_lost() {
        doubtful("unreachable")
    } else {
        refused(failure)
    }
}

/// Invites the admins. Who cannot be had is passed over: the state says who leads.
async fn invite(
    desk: &Desk,
    id: &RoomId,
    begun: &Sheet,
    new: &NewRoom,
) -> Result<(), PerformError> {
    for admin in &new.admins {
        let change = RoomChange::Add(vec![admin.clone()]);
        let steps = match super::steps::left(&change, begun) {
            Ok(steps) => steps,
            Err(error) => {
                tracing::warn!(
                    code = error.code,
                    "An admin of a new Matrix room cannot be invited"
                );
                continue;
            }
        };
        for step in steps {
            match desk.take(id, &step).await {
                Err(failure) if failure.retry == Retry::Never => {
                    tracing::warn!(
                        code = failure.code,
                        "An admin of a new Matrix room cannot be invited"
                    );
                }
                done => done.map_err(step_failed)?,
            }
        }
    }
    Ok(())
}

/// Gives a room that has an alias another one, and lets all others lead nowhere.
///
/// # Errors
/// `not_possible` if it has none: a link to the room's own id cannot be taken back; `link_is_configured` if the settings call the
/// room by an alias. See [`super::arrange`] for the rest.
pub async fn new_alias(desk: &Desk, id: &RoomId, sheet: &Sheet) -> Result<(), PerformError> {
    const CANONICAL: &str = "m.room.canonical_alias";
    if sheet.text(CANONICAL, "alias").is_empty() {
        return Err(never("not_possible"));
    }
    if desk.name(id).id.starts_with('#') {
        return Err(never("link_is_configured"));
    }
    let levels = sheet.levels();
    if levels.of(sheet.me()) < levels.to_set(CANONICAL) {
        return Err(never("not_admin"));
    }
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).map_err(|_| later("no_chance"))?;
    let alias = format!("#{}:{}", plan::alias_of(&bytes), desk.me().server_name());
    let alias = RoomAliasId::parse(alias).map_err(|_| never("refused"))?;
    desk.add_alias(&alias, id).await.map_err(step_failed)?;
    let canonical = Step::set(CANONICAL, json!({ "alias": alias }));
    desk.take(id, &canonical).await.map_err(step_failed)?;
    for old in desk.aliases(id).await.map_err(step_failed)? {
        if old != alias {
            desk.drop_alias(&old).await.map_err(step_failed)?;
        }
    }
    Ok(())
}
