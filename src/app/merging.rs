//! Two incidents that are one: the reports of the one count towards the other.

use crate::{
    app::{
        audit,
        reporting::{self, Said},
        subject::{self, Subject},
        telling,
        turn::Turn,
        undoing,
    },
    domain::{
        command::{self, Verb},
        deed::Deed,
        effect::{Target, Urgency},
        handle::Handle,
        incident::{Incident, Status},
        prompt::Prompt,
        step::{Merged, Step},
    },
};

/// `merge M2 K7`: the reports of M2 count towards K7 from now on.
pub async fn merge(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    incident: Incident,
    rest: &str,
) -> anyhow::Result<()> {
    let alone = said.author.alone(turn.app)?;
    let handles = command::handles_in(rest);
    let Some(handle) = handles.first().filter(|one| **one != incident.handle) else {
        return did_you_mean(turn, alone, command::usage_of(Verb::Merge));
    };
    let Some(other) = other(turn, said, handle).await? else {
        let handle = handle.to_string();
        turn.say(alone, Prompt::NoSuchId { handle }, Urgency::Answer);
        return Ok(());
    };
    if incident.status == Status::Confirmed && other.status != Status::Confirmed {
        // What a verifier has confirmed does not become unconfirmed by this: the other way round it does no harm.
        let usage = format!("merge {} {}", other.handle, incident.handle);
        return did_you_mean(turn, alone, usage);
    }
    let deed = Deed::Merged {
        handle: incident.handle.to_string(),
        into: other.handle.to_string(),
    };
    let areas = [incident.areas.clone(), other.areas.clone()].concat();
    count_towards(turn, said, incident, other).await?;
    audit::note_in(turn, said.author, &areas, deed).await
}

fn did_you_mean(turn: &mut Turn<'_>, alone: Target, usage: String) -> anyhow::Result<()> {
    turn.say(alone, Prompt::DidYouMean { usage }, Urgency::Answer);
    Ok(())
}

async fn other(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    handle: &Handle,
) -> anyhow::Result<Option<Incident>> {
    let found = subject::of_handle(turn, said.author, handle).await?;
    Ok(found.and_then(Subject::incident))
}

async fn count_towards(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    mut incident: Incident,
    other: Incident,
) -> anyhow::Result<()> {
    let reports = turn.tx.reports_of(&incident.id).await?;
    let step = Step {
        was: incident.status,
        since: incident.changed_at,
        became: Status::Merged,
        merged: Some(Merged {
            into: other.id.clone(),
            reports: reports.iter().map(|row| row.id.clone()).collect(),
        }),
    };
    for mut row in reports {
        row.incident = other.id.clone();
        row.areas.clone_from(&other.areas);
        turn.tx.save_report(&row).await?;
    }
    incident.status = Status::Merged;
    incident.changed_at = turn.now;
    turn.tx.save_incident(&incident).await?;
    undoing::note(turn, said.author, &incident.id, step).await?;
    telling::show_card(turn, &incident);
    telling::merged(turn, &incident, &other).await?;
    turn.tx.end_call(&incident.id).await?;
    turn.tx.close_incident(&incident.id, turn.now).await?;
    reporting::refresh(turn, other, Some(incident.news_at), true).await?;
    Ok(())
}
