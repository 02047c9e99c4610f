//! Taking back what was decided or merged, for ten minutes. A verdict is taken back by whoever may give one, a merge by a
//! moderator. `undo K7`, or `undo` in answer to its card, takes back the last step of K7, whoever took it; `undo` alone the
//! writer's own last one.

use anyhow::Context;

use crate::{
    app::{
        audit,
        author::Author,
        reporting::{self, Said},
        telling,
        turn::Turn,
    },
    domain::{
        deed::Deed,
        effect::Urgency,
        handle::Handle,
        ids::IncidentId,
        incident::{Incident, Status},
        prompt::Prompt,
        role::Role,
        step::{Merged, Step, UNDO_FOR},
    },
    store::StepRow,
};

/// Notes a step, so that it can be taken back.
pub async fn note(
    turn: &mut Turn<'_>,
    author: &Author,
    incident: &IncidentId,
    step: Step,
) -> anyhow::Result<()> {
    // Of neighbors nothing lasting is kept, also not when they take their own report for over.
    let actor = if author.role >= Role::Verifier {
        turn.app.keyring.lasting(&author.person)
    } else {
        String::new()
    };
    let row = StepRow {
        id: turn.app.keyring.derived_id("step", turn.cause()),
        incident: incident.clone(),
        actor,
        step,
        done_at: turn.now,
    };
    turn.tx.note_step(&row).await.context("Cannot note a step")
}

/// Takes the last step back, if it is not too old and the writer may.
pub async fn undo(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    handle: Option<&Handle>,
) -> anyhow::Result<()> {
    if said.author.role < Role::Verifier {
        return refuse(
            turn,
            said,
            Prompt::NotAllowed {
                needs: Role::Verifier,
            },
        );
    }
    let Some((row, incident)) = last(turn, said.author, handle).await? else {
        return refuse(turn, said, Prompt::NothingToUndo);
    };
    if row.step.merged.is_some() && said.author.role < Role::Moderator {
        return refuse(
            turn,
            said,
            Prompt::NotAllowed {
                needs: Role::Moderator,
            },
        );
    }
    turn.tx.note_undone(&row.id).await?;
    let handle = incident.handle.to_string();
    let areas = incident.areas.clone();
    let status = row.step.was;
    let is_merge = row.step.merged.is_some();
    match &row.step.merged {
        Some(merged) => part_again(turn, incident, &row.step, merged).await?,
        None => take_back(turn, incident, &row.step).await?,
    }
    if said.author.is_direct() {
        let handle = handle.clone();
        let done = Prompt::Done { handle, status };
        turn.say(said.author.alone(turn.app)?, done, Urgency::Answer);
    }
    if is_merge || said.author.role >= Role::Moderator {
        audit::note_in(turn, said.author, &areas, Deed::Undone { handle }).await?;
    }
    Ok(())
}

fn refuse(turn: &mut Turn<'_>, said: &Said<'_>, prompt: Prompt) -> anyhow::Result<()> {
    turn.say(said.author.alone(turn.app)?, prompt, Urgency::Answer);
    Ok(())
}

/// The step that is meant, with its incident as it stands, if nothing has changed that since.
async fn last(
    turn: &mut Turn<'_>,
    author: &Author,
    handle: Option<&Handle>,
) -> anyhow::Result<Option<(StepRow, Incident)>> {
    let since = turn.now - UNDO_FOR;
    let row = match handle {
        Some(handle) => match turn.tx.latest_incident(handle).await? {
            Some(incident) => turn.tx.last_step_of(&incident.id, since).await?,
            None => None,
        },
        None => {
            let actor = turn.app.keyring.lasting(&author.person);
            turn.tx.last_step_by(&actor, since).await?
        }
    };
    let Some(row) = row else { return Ok(None) };
    let incident = turn.tx.incident(&row.incident).await?;
    Ok(incident
        .filter(|incident| incident.status == row.step.became)
        .map(|incident| (row, incident)))
}

/// A verdict is taken back: the incident is what it was, and whoever was told hears so once.
async fn take_back(turn: &mut Turn<'_>, mut incident: Incident, step: &Step) -> anyhow::Result<()> {
    incident.status = step.was;
    incident.changed_at = step.since;
    incident.news_at = incident.news_at.max(turn.now);
    turn.tx.save_incident(&incident).await?;
    if !step.became.is_open() {
        turn.tx.reopen_incident(&incident.id).await?;
    }
    telling::show_card(turn, &incident);
    match step.became {
        Status::Confirmed => {
            turn.tx.forget_confirmed(&incident.id).await?;
            telling::correct_alerts(turn, &incident).await?;
            telling::taken_back_verdict(turn, &incident, step.became).await
        }
        Status::Cleared | Status::Dismissed => {
            telling::taken_back_verdict(turn, &incident, step.became).await
        }
        _ => Ok(()),
    }
}

/// A merge is taken back: the reports count towards their own incident again, which has its id back.
async fn part_again(
    turn: &mut Turn<'_>,
    mut incident: Incident,
    step: &Step,
    merged: &Merged,
) -> anyhow::Result<()> {
    for id in &merged.reports {
        let row = turn.tx.report(id).await?;
        // What was parted by hand since stays where it is.
        if let Some(mut row) = row.filter(|row| row.incident == merged.into) {
            row.incident = incident.id.clone();
            row.areas.clone_from(&incident.areas);
            turn.tx.save_report(&row).await?;
        }
    }
    let merged_at = incident.changed_at;
    incident.status = step.was;
    incident.changed_at = step.since;
    turn.tx.save_incident(&incident).await?;
    turn.tx.reopen_incident(&incident.id).await?;
    let other = turn.tx.incident(&merged.into).await?;
    if let Some(other) = &other {
        telling::parted(turn, &incident, other, merged_at).await?;
    }
    reporting::refresh(turn, incident, None, false).await?;
    if let Some(other) = other.filter(|other| other.status.is_open()) {
        reporting::refresh(turn, other, None, true).await?;
    }
    Ok(())
}
