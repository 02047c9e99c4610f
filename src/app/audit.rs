//! The log of what moderators do: kept by the name they are called by, and told in the moderators' rooms.

use anyhow::Context;

use crate::{
    app::{author::Author, telling, turn::Turn},
    domain::{
        deed::{Deed, Logged},
        prompt::Prompt,
    },
};

/// How many acts `log` tells.
const TOLD: u32 = 10;

/// Writes an act of the author's down and tells the moderators.
pub async fn note(turn: &mut Turn<'_>, author: &Author, deed: Deed) -> anyhow::Result<()> {
    let act = Logged {
        who: author.called(turn.app),
        deed,
        at: turn.now,
    };
    write_down(turn, &act).await?;
    telling::tell_moderators(turn, None, &Prompt::Acted(act));
    Ok(())
}

/// Writes an act down that moderators are told of in other words.
pub async fn write_down(turn: &mut Turn<'_>, act: &Logged) -> anyhow::Result<()> {
    // One cause may lead to several acts.
    let cause = format!("{}/{:?}", turn.cause(), act.deed);
    let id = turn.app.keyring.derived_id("act", &cause);
    let noted = turn.tx.note_act(&id, act).await;
    noted.context("Cannot write an act down")
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
