//! Carries out what is to be done about a room: looks up what it needs, has the platform do it, and keeps what came of it.

use anyhow::Context;

use crate::{
    app::App,
    domain::{
        effect::{Act, Effect},
        envelope::RoomRef,
        split::Arrangement,
    },
    platforms::{
        PerformError, Platform, Receipt, Retry,
        rooms::{Allowed, NewRoom, RoomChange, RoomState, RoomWork},
    },
    store::Tx,
};

/// Stands before the code of what was about who asks to be let in, as long as it is not told.
pub const OF_ASKERS: &str = "askers/";

/// Does it. Asked again after an unknown end, it goes on where it was: a room is known by its marker, a change by looking.
///
/// # Errors
/// With what the platform says, or `not_in_room` if the bot is not where it should be.
pub async fn carry_out(
    app: &App,
    platform: &dyn Platform,
    work: &Arrangement,
) -> Result<Receipt, PerformError> {
    let state = match ready(app, platform, work).await? {
        Ready::Work(work) => platform.arrange(&work).await?,
        Ready::Is(state) => *state,
    };
    let is_quiet = matches!(work, Arrangement::Found { is_quiet: true, .. });
    let state = if is_quiet && state.may_write != Allowed::Admins {
        let change = RoomWork::Change {
            room: state.room,
            change: RoomChange::MayWrite(Allowed::Admins),
        };
        platform.arrange(&change).await?
    } else {
        state
    };
    Ok(Receipt {
        room: Some(Box::new(state)),
        ..Receipt::default()
    })
}

enum Ready {
    Work(Box<RoomWork>),
    /// There is nothing left to do.
    Is(Box<RoomState>),
}

async fn ready(
    app: &App,
    platform: &dyn Platform,
    work: &Arrangement,
) -> Result<Ready, PerformError> {
    let change = |room: &RoomRef, change| {
        Ready::Work(Box::new(RoomWork::Change {
            room: room.clone(),
            change,
        }))
    };
    Ok(match work {
        Arrangement::Sibling {
            like,
            title,
            marker,
            link,
        } => {
            let from = like;
            let like = state_of(platform, from).await?;
            let description = without_marker(&like.description).to_owned();
            Ready::Work(Box::new(RoomWork::Make(NewRoom {
                title: title.clone(),
                description,
                marker: marker.clone(),
                timer: like.timer,
                link: *link,
                admins: like.admins,
                like: Some(from.clone()),
                is_space: false,
            })))
        }
        Arrangement::Found {
            title,
            description,
            marker,
            timer_h,
            link,
            is_quiet: _,
            admins_of,
            is_space,
        } => Ready::Work(Box::new(RoomWork::Make(NewRoom {
            title: title.clone(),
            description: description.clone(),
            marker: marker.clone(),
            timer: (*timer_h > 0)
                .then(|| std::time::Duration::from_secs(u64::from(*timer_h) * 3_600)),
            link: *link,
            like: None,
            is_space: *is_space,
            admins: match admins_of {
                Some(desk) => state_of(platform, desk).await?.members,
                None => Vec::new(),
            },
        }))),
        Arrangement::Link { room, mode } => change(room, RoomChange::Link(*mode)),
        Arrangement::Place { room, space } => Ready::Work(Box::new(RoomWork::Place {
            room: room.clone(),
            space: space.clone(),
        })),
        Arrangement::NewLink { room } => change(room, RoomChange::ResetLink),
        Arrangement::Admit { room } => {
            let state = state_of(platform, room).await?;
            if state.requesting.is_empty() {
                return Ok(Ready::Is(Box::new(state)));
            }
            change(room, RoomChange::Add(state.requesting))
        }
        Arrangement::Refuse { room } => {
            let state = state_of(platform, room).await?;
            if state.requesting.is_empty() {
                return Ok(Ready::Is(Box::new(state)));
            }
            change(room, RoomChange::Remove(state.requesting))
        }
        Arrangement::AdmitOne { room, person } | Arrangement::RefuseOne { room, person } => {
            let state = state_of(platform, room).await?;
            let person = app
                .keyring
                .open(person)
                .map_err(|_| PerformError::new("address_damaged", Retry::Never))?;
            if !state.requesting.contains(&person) {
                return Ok(Ready::Is(Box::new(state)));
            }
            let people = vec![person];
            if matches!(work, Arrangement::AdmitOne { .. }) {
                change(room, RoomChange::Add(people))
            } else {
                change(room, RoomChange::Remove(people))
            }
        }
    })
}

async fn state_of(platform: &dyn Platform, room: &RoomRef) -> Result<RoomState, PerformError> {
    let rooms = platform.rooms().await?;
    rooms
        .into_iter()
        .find(|state| &state.room == room && state.is_member)
        .ok_or_else(|| PerformError::new("not_in_room", Retry::Never))
}

/// A description without the marker of an earlier making: `Rapid response [tocsin 0a1b2c3d]`.
fn without_marker(description: &str) -> &str {
    let text = description.trim_end();
    let marked = text
        .strip_suffix(']')
        .and_then(|text| text.rsplit_once("[tocsin "))
        .filter(|(_, hash)| hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    marked.map_or(text, |(text, _)| text.trim_end())
}

/// Writes down what came of it. The shell's next tick says what that means.
pub async fn settled(
    app: &App,
    tx: &mut Tx,
    effect: &Effect,
    end: Result<&Receipt, &PerformError>,
) -> anyhow::Result<()> {
    let Act::Arrange { room, work } = &effect.act else {
        return Ok(());
    };
    match end {
        // It is a room all the same, and its door leads there.
        Err(error) if matches!(work, Arrangement::Place { .. }) => {
            tracing::warn!(
                code = error.code,
                "a room could not be put into the community's Space"
            );
        }
        Ok(receipt) => {
            if let Some(state) = &receipt.room {
                tx.note_arranged(room, &state.room, state.link.as_deref())
                    .await
                    .context("Cannot note where a room is")?;
            }
        }
        Err(error) => {
            let code = if work.is_about_askers() {
                format!("{OF_ASKERS}{}", error.code)
            } else {
                error.code.to_owned()
            };
            tx.note_not_arranged(room, &code)
                .await
                .context("Cannot note why a room could not be arranged")?;
        }
    }
    app.rooms.flow().list_again();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::without_marker;

    #[test]
    fn a_marker_is_not_inherited() {
        for (description, own) in [
            ("Rapid response\n\n[tocsin 0a1b2c3d]", "Rapid response"),
            ("[tocsin 0a1b2c3d]", ""),
            ("Rapid response", "Rapid response"),
            ("see [tocsin docs]", "see [tocsin docs]"),
        ] {
            assert_eq!(without_marker(description), own);
        }
    }
}
