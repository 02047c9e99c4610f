//! The log of what moderators do: kept by the name they are called by, and told in the moderators' rooms.

use anyhow::Context;

use crate::{
    app::{author::Author, remit::Remit, telling, turn::Turn},
    domain::{
        deed::{Deed, Logged},
        ids::AreaId,
        prompt::Prompt,
    },
};

/// How many acts `log` tells.
const TOLD: usize = 10;
/// How many are looked through for those of one's own areas.
const LOOKED_AT: u32 = 500;

/// Writes an act of the author's down and tells the moderators of where they are one.
pub async fn note(turn: &mut Turn<'_>, author: &Author, deed: Deed) -> anyhow::Result<()> {
    let areas = Remit::of(turn, author).areas();
    note_in(turn, author, &areas, deed).await
}

/// The same of one that is about some areas, whoever did it; about none means about the whole city.
pub async fn note_in(
    turn: &mut Turn<'_>,
    author: &Author,
    areas: &[AreaId],
    deed: Deed,
) -> anyhow::Result<()> {
    let act = Logged {
        who: author.called(turn.app),
        deed,
        at: turn.now,
    };
    write_down(turn, &act, areas).await?;
    telling::tell_moderators_of(turn, areas, &Prompt::Acted(act));
    Ok(())
}

/// Writes an act down that moderators are told of in other words.
pub async fn write_down(turn: &mut Turn<'_>, act: &Logged, areas: &[AreaId]) -> anyhow::Result<()> {
    // One cause may lead to several acts.
    let cause = format!("{}/{:?}", turn.cause(), act.deed);
    let id = turn.app.keyring.derived_id("act", &cause);
    let noted = turn.tx.note_act(&id, act, areas).await;
    noted.context("Cannot write an act down")
}

/// What moderators did lately where the writer is one, newest first.
pub async fn latest(turn: &mut Turn<'_>, author: &Author) -> anyhow::Result<Prompt> {
    let (now, remit) = (turn.now, Remit::of(turn, author));
    let acts = turn
        .tx
        .latest_acts(LOOKED_AT)
        .await
        .context("Cannot read the log")?;
    let acts = acts
        .into_iter()
        .filter(|(_, areas)| remit.touches(areas))
        .map(|(act, _)| act)
        .take(TOLD)
        .collect();
    Ok(Prompt::Log { acts, now })
}
