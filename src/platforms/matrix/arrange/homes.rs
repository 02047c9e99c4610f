//! The Spaces that a room is in: found, and given.

use std::collections::BTreeSet;

use matrix_sdk::ruma::{OwnedRoomId, RoomId};
use serde_json::{Value, json};

use crate::{
    domain::envelope::RoomRef,
    platforms::{
        PerformError, Retry,
        matrix::arrange::{
            desk::{Desk, not_seen},
            make::step_failed,
            plan::Home,
            sheet::Sheet,
            steps::{Step, never},
        },
    },
};

const CHILD: &str = "m.space.child";
const PARENT: &str = "m.space.parent";

/// The room that a new one is made after, and the Spaces that both are in.
#[derive(Default)]
pub struct Model {
    pub sheet: Option<Sheet>,
    pub homes: Vec<Home>,
}

/// Looks at the room that a new one is made after, and at its Spaces.
pub async fn model(desk: &Desk, like: Option<&RoomRef>) -> Result<Model, PerformError> {
    let Some(like) = like else {
        return Ok(Model::default());
    };
    let id = desk.id(like)?;
    let sheet = desk.look_inside(&id).await?;
    // A Space knows its rooms, but not every room knows its Spaces; and what the bot joined just now, no sync may have shown.
    let known = desk.session.client.joined_rooms().into_iter();
    let known = known.filter(|room| room.is_space());
    let told = sheet.keys(PARENT).filter_map(|id| RoomId::parse(id).ok());
    let spaces: BTreeSet<OwnedRoomId> = known
        .map(|room| room.room_id().to_owned())
        .chain(told)
        .collect();
    let mut homes = Vec::new();
    for space in &spaces {
        homes.extend(home(desk, space, &id, &sheet).await?);
    }
    Ok(Model {
        sheet: Some(sheet),
        homes,
    })
}

/// What a Space is to a room, if the room is in it and the bot may put another one there.
async fn home(
    desk: &Desk,
    space: &RoomId,
    room: &RoomId,
    sheet: &Sheet,
) -> Result<Option<Home>, PerformError> {
    let there = match desk.look(space).await {
        Ok(there) => there,
        Err(failure) if failure.retry == Retry::Never => return Ok(None),
        Err(failure) => return Err(not_seen(failure)),
    };
    let child = there
        .content_of(CHILD, room.as_str())
        .filter(|child| leads(child));
    let parent = sheet
        .content_of(PARENT, space.as_str())
        .filter(|parent| leads(parent));
    if child.is_none() && parent.is_none() {
        return Ok(None);
    }
    let levels = there.levels();
    if !there.is_member() || levels.of(there.me()) < levels.to_set(CHILD) {
        tracing::warn!(space = %space, "The bot may not add rooms to a Matrix Space that one of its rooms is in");
        return Ok(None);
    }
    Ok(Some(Home {
        id: space.to_string(),
        child: child.cloned().unwrap_or_else(|| json!({})),
        parent: parent.cloned(),
    }))
}

/// Whether a bond between a Space and a room holds: one that was untied names no homeservers.
fn leads(bond: &Value) -> bool {
    bond["via"].as_array().is_some_and(|via| !via.is_empty())
}

/// Puts the room into a Space.
pub async fn give_place(desk: &Desk, id: &RoomId, home: &Home) -> Result<(), PerformError> {
    let Ok(space) = RoomId::parse(home.id.as_str()) else {
        return Ok(());
    };
    let mut content = home.child.clone();
    content["via"] = json!([desk.me().server_name()]);
    // Where it stands among the others is for people to say.
    if let Some(content) = content.as_object_mut() {
        content.remove("order");
    }
    let child = Step::Set {
        kind: CHILD.to_owned(),
        key: id.to_string(),
        content,
    };
    match desk.take(&space, &child).await {
        Err(failure) if failure.retry == Retry::Never => {
            tracing::warn!(space = %space, code = failure.code, "A Matrix Space does not take a new room");
            Ok(())
        }
        done => done.map_err(step_failed),
    }
}

/// Puts a room that there is into a Space that there is. The Space lists it; the room names the Space where the bot may write that.
///
/// # Errors
/// `not_admin` if the bot may not add rooms to the Space. See [`super::arrange`] for the rest.
pub async fn place(desk: &Desk, id: &RoomId, space: &RoomId) -> Result<Sheet, PerformError> {
    let there = desk.look_inside(space).await?;
    let levels = there.levels();
    let is_listed = there.content_of(CHILD, id.as_str()).is_some_and(leads);
    if !is_listed && levels.of(there.me()) < levels.to_set(CHILD) {
        return Err(never("not_admin"));
    }
    let sheet = desk.look_inside(id).await?;
    let via = json!({ "via": [desk.me().server_name()] });
    if !is_listed {
        let child = Step::Set {
            kind: CHILD.to_owned(),
            key: id.to_string(),
            content: via.clone(),
        };
        desk.take(space, &child).await.map_err(step_failed)?;
    }
    let its = sheet.levels();
    let is_named = sheet.content_of(PARENT, space.as_str()).is_some_and(leads);
    if is_named || its.of(sheet.me()) < its.to_set(PARENT) {
        return Ok(sheet);
    }
    let mut content = via;
    // A room has one Space that it belongs to before all others.
    if sheet.keys(PARENT).next().is_none() {
        content["canonical"] = json!(true);
    }
    let parent = Step::Set {
        kind: PARENT.to_owned(),
        key: space.to_string(),
        content,
    };
    desk.take(id, &parent).await.map_err(step_failed)?;
    desk.look_inside(id).await
}
