//! Wiping what is kept of an area: two moderators, and nothing of it can be called back.

use std::sync::atomic::Ordering;

use crate::{
    app::{
        App, audit, moderation,
        remit::{self, Remit},
        reporting::Said,
        seconding,
        turn::Turn,
    },
    domain::{
        command::{self, Verb},
        deed::Deed,
        effect::Urgency,
        ids::AreaId,
        prompt::Prompt,
        proposal::{Preview, Proposal},
    },
};

/// `shred whittier`: proposes it. An area must be named in full; no other reading of the words is tried.
pub async fn propose(turn: &mut Turn<'_>, said: &Said<'_>, rest: &str) -> anyhow::Result<()> {
    let app = turn.app;
    let mut areas = app.reader.gazetteer().area_meant(rest, true);
    let (Some(area), true) = (areas.pop(), areas.is_empty()) else {
        let usage = command::usage_of(Verb::Shred);
        let prompt = Prompt::DidYouMean { usage };
        turn.say(said.author.alone(app)?, prompt, Urgency::Answer);
        return Ok(());
    };
    let remit = Remit::of(turn, said.author);
    if !remit.covers(std::slice::from_ref(&area)) {
        return remit::refuse(turn, said, &remit);
    }
    seconding::propose(turn, said, Proposal::Shred { area }).await
}

/// How much it would be.
pub async fn preview(turn: &mut Turn<'_>, area: &AreaId) -> anyhow::Result<Preview> {
    let extent = turn.tx.extent_of(area).await?;
    Ok(Preview::Shred {
        area: area_name(turn.app, area),
        incidents: extent.incidents,
        phones: extent.phones,
    })
}

/// Wipes it. The deleted pages of the database go with the next tick of the upkeep. Its key goes with the commit; other processes
/// learn of it as of a change of who is trusted.
pub async fn carry_out(turn: &mut Turn<'_>, said: &Said<'_>, area: &AreaId) -> anyhow::Result<()> {
    turn.tx.shred(area).await?;
    turn.trust_anew();
    turn.app.has_shredded.store(true, Ordering::Relaxed);
    let deed = Deed::Shredded {
        area: area_name(turn.app, area),
    };
    audit::note_in(turn, said.author, std::slice::from_ref(area), deed).await
}

fn area_name(app: &App, area: &AreaId) -> String {
    moderation::area_names(app, std::slice::from_ref(area)).concat()
}
