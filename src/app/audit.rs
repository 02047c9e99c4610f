//! The log of what moderators do: kept by the name they are called by, and told in the moderators' rooms.

use anyhow::Context;

use crate::{
    app::{author::Author, telling, turn::Turn},
    domain::{
        deed::{Act, Deed},
        prompt::Prompt,
    },
};

/// How many acts `log` tells.
const TOLD: u32 = 10;

/// Writes an act of the author's down and tells the moderators.
pub async fn note(turn: &mut Turn<'_>, author: &Author, deed: Deed) -> anyhow::Result<()> {
    let act = Act {
        who: author.called(turn.app),
        deed,
        at: turn.now,
    };
    let id = turn.app.keyring.derived_id("act", turn.cause());
    turn.tx
        .note_act(&id, &act)
        .await
        .context("Cannot write an act down")?;
    telling::tell_moderators(turn, None, &Prompt::Acted(act));
    Ok(())
}

/// What moderators did lately, newest first.
pub async fn latest(turn: &mut Turn<'_>) -> anyhow::Result<Prompt> {
    let now = turn.now;
    let acts = turn
        .tx
        .latest_acts(TOLD)
        .await
        .context("Cannot read the log")?;
    Ok(Prompt::Log { acts, now })
}
