//! What platforms tell of themselves and only people can mend: moderators hear of it, once in a while, on every platform.

use crate::{
    app::{telling, turn::Turn},
    domain::{
        directory::Appointment,
        envelope::{Envelope, Trouble},
        prompt::Prompt,
        role::Role,
    },
};

/// Tells moderators of it.
pub fn tell(turn: &mut Turn<'_>, envelope: &Envelope, trouble: &Trouble) {
    let platform = envelope.platform().to_string();
    // Standing troubles are told again every day, short ones every hour.
    let day = turn.now.day();
    let hour = turn.now.as_ms() / 3_600_000;
    let known = envelope
        .room()
        .and_then(|room| turn.app.directory.room(room));
    let room = known.map(|room| room.name.clone());
    let told = match trouble {
        Trouble::Challenge { token } => Some((
            format!("challenge/{token}"),
            Prompt::Challenge {
                platform,
                token: token.clone(),
            },
        )),
        Trouble::Unlinked => Some((
            format!("unlinked/{platform}/{hour}"),
            Prompt::Unlinked { platform },
        )),
        // Of groups that are not ours nobody has to hear.
        Trouble::Waiting { people } => room.map(|room| {
            let people = *people;
            (
                format!("waiting/{room}/{people}/{hour}"),
                Prompt::Waiting { room, people },
            )
        }),
        Trouble::RoomLost => {
            room.map(|room| (format!("lost/{room}/{day}"), Prompt::RoomLost { room }))
        }
        Trouble::KeysChanged => keys_changed(turn, envelope)
            .map(|prompt| (format!("keys/{platform}/{}", envelope.id), prompt)),
    };
    if let Some((reason, prompt)) = told {
        telling::tell_moderators(turn, Some(&reason), &prompt);
    }
}

/// Only who has a role is told of: of others nobody has to know that they have a new phone.
fn keys_changed(turn: &Turn<'_>, envelope: &Envelope) -> Option<Prompt> {
    let directory = &turn.app.directory;
    let held: Vec<&Appointment> = directory
        .people
        .iter()
        .filter(|entry| entry.person == envelope.sender)
        .collect();
    let role = held
        .iter()
        .map(|entry| entry.role)
        .chain(envelope.standing)
        .max()
        .filter(|role| *role > Role::Neighbor)?;
    let areas = held
        .iter()
        .flat_map(|entry| &entry.areas)
        .map(|area| directory.area_name(area).to_owned())
        .collect();
    Some(Prompt::KeysChanged {
        role,
        platform: envelope.platform().to_string(),
        areas,
    })
}
