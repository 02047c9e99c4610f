//! Taking back what the bot relayed: on every network, wherever it was said.
//!
//! An incident whose alert is taken back ends with it, like one whose only report was withdrawn: nobody is told that it was checked,
//! since it was not. Phones keep what they got and hear that it is withdrawn. Words of moderators to rooms and phones are taken back
//! from rooms only.

use crate::{
    app::{audit, correcting, reporting::Said, turn::Turn},
    domain::{
        deed::Deed,
        effect::{Act, Post, PostKind, Target, Urgency},
        handle::Handle,
        ids::SubjectId,
        incident::Incident,
    },
};

/// Takes an incident's alerts back and ends it.
pub async fn incident(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    incident: Incident,
) -> anyhow::Result<()> {
    let handle = incident.handle.to_string();
    let areas = incident.areas.clone();
    audit::note_in(turn, said.author, &areas, Deed::Deleted { handle }).await?;
    correcting::take_back(turn, incident).await
}

/// Takes back what moderators had said to rooms.
pub async fn broadcast(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    (about, handle): (SubjectId, &Handle),
) -> anyhow::Result<()> {
    let app = turn.app;
    let handle = handle.to_string();
    audit::note(turn, said.author, Deed::Deleted { handle }).await?;
    let post = Post {
        about,
        kind: PostKind::Broadcast,
    };
    for room in &app.directory().rooms {
        let can = app.capabilities(room.room.platform);
        if can.is_some_and(|can| can.redactions) {
            // Where nothing was said there is nothing to do.
            let post = post.clone();
            let target = Target::Room(room.room.clone());
            turn.owe(target, Act::Redact { post }, Urgency::AllClear);
        }
    }
    Ok(())
}
