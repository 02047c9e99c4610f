//! What takes two moderators: proposing, seconding, dropping, and what lapses.

use anyhow::Context;

use crate::{
    app::{
        App, audit, banning, broadcast,
        moderation::area_names,
        remit::{self, Remit},
        reporting::Said,
        roles, shredding,
        turn::Turn,
    },
    domain::{
        deed::Deed,
        effect::{Act, Post, PostKind, Target, Urgency},
        ids::{AreaId, SubjectId},
        prompt::{AboutPeople, Prompt},
        proposal::{self, Preview, Proposal, Stage},
        route,
        trust::Grant,
    },
    store::ProposalRow,
};

/// A handle rests for a day after use, so that a late "ok B3" never meets another proposal.
const REST: std::time::Duration = std::time::Duration::from_secs(86_400);

/// Keeps a proposal and shows it to the moderators.
pub async fn propose(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    proposal: Proposal,
) -> anyhow::Result<()> {
    let app = turn.app;
    let Some(handle) = turn.tx.free_proposal_handle(turn.now - REST).await? else {
        // Ninety wait or were closed within a day: that is no neighborhood any more.
        turn.say(
            said.author.alone(app)?,
            Prompt::TooManyProposals,
            Urgency::Answer,
        );
        return Ok(());
    };
    let row = ProposalRow {
        id: SubjectId::new(app.keyring.derived_id("proposal", turn.cause())),
        handle,
        proposer: app.keyring.lasting(&said.author.person),
        who: said.author.called(app),
        proposal,
        proposed_at: turn.now,
        expires_at: turn.now + proposal::OPEN_FOR,
    };
    turn.tx
        .add_proposal(&row)
        .await
        .context("Cannot keep a proposal")?;
    let handle = row.handle.to_string();
    audit::note_in(
        turn,
        said.author,
        &areas_of(&row.proposal),
        Deed::Proposed {
            handle: handle.clone(),
        },
    )
    .await?;
    if said.author.is_direct() {
        let prompt = Prompt::Proposing { handle };
        turn.say(said.author.alone(app)?, prompt, Urgency::Answer);
    }
    show(turn, &row, Stage::Waits).await
}

/// A moderator agrees: another than who proposed it makes it happen.
pub async fn second(turn: &mut Turn<'_>, said: &Said<'_>, row: ProposalRow) -> anyhow::Result<()> {
    let app = turn.app;
    let handle = row.handle.to_string();
    let hash = app.keyring.lasting(&said.author.person);
    if concerns(&row.proposal, &hash) {
        return roles::answer(turn, said, AboutPeople::Yourself);
    }
    let remit = Remit::of(turn, said.author);
    if !remit::may_second(&remit, &row.proposal) {
        return remit::refuse(turn, said, &remit);
    }
    if row.proposer == hash {
        let prompt = Prompt::NeedsAnother { handle };
        turn.say(said.author.alone(app)?, prompt, Urgency::Answer);
        return Ok(());
    }
    let areas = areas_of(&row.proposal);
    audit::note_in(turn, said.author, &areas, Deed::Seconded { handle }).await?;
    show(turn, &row, Stage::Done).await?;
    turn.tx.close_proposal(&row.id, turn.now).await?;
    match &row.proposal {
        Proposal::Say { areas, words } => broadcast::send(turn, &row, areas, words).await,
        Proposal::Shred { area } => shredding::carry_out(turn, said, area).await,
        Proposal::GiveRole {
            person,
            whom,
            role,
            areas,
            until,
        } => {
            let grant = Grant {
                person: person.clone(),
                role: *role,
                areas: areas.iter().cloned().collect(),
                until: *until,
            };
            roles::give(turn, said, grant, whom.clone()).await
        }
        Proposal::TakeRole {
            person,
            whom,
            role,
            areas,
        } => roles::take(turn, said, (person, whom), *role, areas).await,
        Proposal::Ban {
            person,
            areas,
            hours,
            ..
        } => banning::agreed(turn, said, person, areas, *hours).await,
    }
}

/// The areas that a proposal is about; none: the whole city.
fn areas_of(proposal: &Proposal) -> Vec<AreaId> {
    match proposal {
        Proposal::Say { areas, .. }
        | Proposal::GiveRole { areas, .. }
        | Proposal::TakeRole { areas, .. }
        | Proposal::Ban { areas, .. } => areas.clone(),
        Proposal::Shred { area } => vec![area.clone()],
    }
}

/// Whether a proposal is about that person: then others decide.
fn concerns(proposal: &Proposal, hash: &str) -> bool {
    match proposal {
        Proposal::Say { .. } | Proposal::Shred { .. } => false,
        Proposal::GiveRole { person, .. }
        | Proposal::TakeRole { person, .. }
        | Proposal::Ban { person, .. } => person.hash == hash,
    }
}

/// A moderator drops it, whoever proposed it.
pub async fn discard(turn: &mut Turn<'_>, said: &Said<'_>, row: ProposalRow) -> anyhow::Result<()> {
    let hash = turn.app.keyring.lasting(&said.author.person);
    if concerns(&row.proposal, &hash) && row.proposer != hash {
        return roles::answer(turn, said, AboutPeople::Yourself);
    }
    let handle = row.handle.to_string();
    let areas = areas_of(&row.proposal);
    audit::note_in(turn, said.author, &areas, Deed::Dropped { handle }).await?;
    close(turn, &row, Stage::Dropped).await
}

/// Closes what nobody has seconded in time.
pub async fn lapse(app: &App) -> anyhow::Result<()> {
    let is_due = {
        let mut tx = app.store.begin().await?;
        let lapsed = tx.lapsed_proposals(app.clock.now()).await?;
        tx.rollback().await?;
        !lapsed.is_empty()
    };
    if !is_due {
        return Ok(());
    }
    let mut turn = Turn::begin(app).await?;
    for row in turn.tx.lapsed_proposals(turn.now).await? {
        turn.because_of(format!("lapsed/{}", row.id));
        close(&mut turn, &row, Stage::Lapsed).await?;
        turn.settle_cause();
    }
    turn.commit().await
}

async fn close(turn: &mut Turn<'_>, row: &ProposalRow, stage: Stage) -> anyhow::Result<()> {
    show(turn, row, stage).await?;
    turn.tx.close_proposal(&row.id, turn.now).await?;
    Ok(())
}

/// Shows how a proposal stands, in every moderators' room: a new card, or the old one changed in place.
async fn show(turn: &mut Turn<'_>, row: &ProposalRow, stage: Stage) -> anyhow::Result<()> {
    let preview = preview(turn, &row.proposal).await?;
    let prompt = Prompt::Proposal {
        handle: row.handle.to_string(),
        who: row.who.clone(),
        preview,
        stage,
    };
    let post = Post {
        about: row.id.clone(),
        kind: PostKind::Proposal,
    };
    for room in route::moderators_of(&turn.app.directory(), &areas_of(&row.proposal)) {
        let target = Target::Room(room.room.clone());
        let (post, prompt) = (post.clone(), prompt.clone());
        turn.owe(target, Act::Edit { post, prompt }, Urgency::Card);
    }
    Ok(())
}

async fn preview(turn: &mut Turn<'_>, proposal: &Proposal) -> anyhow::Result<Preview> {
    match proposal {
        Proposal::Say { areas, words } => broadcast::preview(turn, areas, words).await,
        Proposal::Shred { area } => shredding::preview(turn, area).await,
        Proposal::GiveRole {
            whom,
            role,
            areas,
            until,
            ..
        } => Ok(Preview::GiveRole {
            whom: whom.clone(),
            role: *role,
            areas: area_names(turn.app, areas),
            until: *until,
        }),
        Proposal::TakeRole {
            whom, role, areas, ..
        } => Ok(Preview::TakeRole {
            whom: whom.clone(),
            role: *role,
            areas: area_names(turn.app, areas),
        }),
        Proposal::Ban {
            whom, areas, hours, ..
        } => Ok(Preview::Ban {
            whom: whom.clone(),
            areas: area_names(turn.app, areas),
            hours: *hours,
        }),
    }
}
