//! What platforms tell of themselves and only people can mend: moderators hear of it, once in a while, on every platform.

use std::collections::BTreeSet;

use crate::{
    app::{App, audit, telling, trust, turn::Turn},
    domain::{
        deed::{Deed, Logged},
        envelope::{Envelope, PersonRef, Trouble},
        ids::AreaId,
        prompt::Prompt,
        role::Role,
    },
};

/// Tells moderators of it.
pub async fn tell(
    turn: &mut Turn<'_>,
    envelope: &Envelope,
    trouble: &Trouble,
) -> anyhow::Result<()> {
    if *trouble == Trouble::KeysChanged {
        return keys_changed(turn, envelope).await;
    }
    if let (Trouble::Waiting { .. }, Some(room)) = (trouble, envelope.room())
        && turn.app.rooms.looks_after(room)
    {
        turn.app.rooms.look_soon();
        return Ok(());
    }
    let platform = envelope.platform().to_string();
    // Standing troubles are told again every day, short ones every hour.
    let day = turn.now.day();
    let hour = turn.now.as_ms() / 3_600_000;
    let directory = turn.app.directory();
    let known = envelope.room().and_then(|room| directory.room(room));
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
        Trouble::KeysChanged => None,
    };
    if let Some((reason, prompt)) = told {
        telling::tell_moderators(turn, Some(&reason), &prompt);
    }
    Ok(())
}

/// Whose keys changed loses their role until another moderator vouches for them (PRODUCT, privacy floor 10). Only who has a role is
/// told of: of others nobody has to know that they have a new phone.
async fn keys_changed(turn: &mut Turn<'_>, envelope: &Envelope) -> anyhow::Result<()> {
    let (app, person) = (turn.app, &envelope.sender);
    let given = trust::role_of(app, turn.trust(), person, None, turn.now);
    let hashes = trust::hashes(app, person);
    let seats = hashes.iter().map(|hash| turn.trust().seat(hash, turn.now));
    let seat = seats.max().unwrap_or_default();
    let role = given.max(envelope.standing.unwrap_or_default()).max(seat);
    if role == Role::Neighbor {
        return Ok(());
    }
    // The same news again must not undo a vouching.
    let platform = envelope.platform();
    if !turn.tx.mark_seen(platform, &envelope.id, turn.now).await? {
        return Ok(());
    }
    let who = trust::called(app, person);
    let hash = app.keyring.lasting(person);
    if turn.rest_role(&hash).await? {
        let act = Logged {
            who: who.clone(),
            deed: Deed::Rests,
            at: turn.now,
        };
        audit::write_down(turn, &act, &areas_of(app, person)).await?;
    }
    let areas = areas_of(app, person);
    let prompt = Prompt::KeysChanged {
        role,
        platform: platform.to_string(),
        areas: areas
            .iter()
            .map(|area| app.directory().area_name(area).to_owned())
            .collect(),
        who,
    };
    telling::tell_moderators(turn, None, &prompt);
    Ok(())
}

/// The areas for which the settings give somebody a role.
fn areas_of(app: &App, person: &PersonRef) -> Vec<AreaId> {
    let directory = app.directory();
    let held = directory.people.iter();
    let areas: BTreeSet<&AreaId> = held
        .filter(|entry| &entry.person == person)
        .flat_map(|entry| &entry.areas)
        .collect();
    areas.into_iter().cloned().collect()
}
