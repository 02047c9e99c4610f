//! Carries out one command; a function each.

use crate::{
    app::{
        correcting,
        reporting::{self, Said},
        turn::Turn,
    },
    domain::{
        command::Verb,
        effect::Urgency,
        incident::{Incident, Verdict},
        prompt::Prompt,
        role::Role,
    },
};

/// Carries a command out, if its writer may.
pub async fn carry_out(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    verb: Verb,
    needs: Role,
    incident: Option<Incident>,
) -> anyhow::Result<()> {
    // A neighbor cannot end an incident, but what they say about it is worth hearing.
    let ends = matches!(verb, Verb::Decide(Verdict::Clear | Verdict::Dismiss));
    if said.author.role < needs
        && ends
        && let Some(incident) = incident
    {
        return reporting::said_over(turn, said, incident).await;
    }
    if said.author.role < needs {
        turn.say(
            said.author.alone(turn.app)?,
            Prompt::NotAllowed { needs },
            Urgency::Answer,
        );
        return Ok(());
    }
    match (verb, incident) {
        (Verb::Decide(verdict), Some(incident)) => decide(turn, said, verdict, incident).await,
        (Verb::Corroborate, Some(incident)) => reporting::corroborate(turn, said, incident).await,
        (Verb::Part, Some(incident)) => part(turn, said, incident).await,
        (Verb::Help, _) => help(turn, said),
        (Verb::Report | Verb::Own(_), _) | (_, None) => Ok(()),
    }
}

async fn decide(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    verdict: Verdict,
    incident: Incident,
) -> anyhow::Result<()> {
    let handle = incident.handle.to_string();
    let Some(status) = verdict.applied_to(incident.status) else {
        if said.author.is_direct() {
            let prompt = Prompt::AlreadySo {
                handle,
                status: incident.status,
            };
            turn.say(said.author.alone(turn.app)?, prompt, Urgency::Answer);
        }
        return Ok(());
    };
    reporting::decide(turn, incident, verdict).await?;
    // In rooms the card says it; alone with the bot one wants an answer.
    if said.author.is_direct() {
        turn.say(
            said.author.alone(turn.app)?,
            Prompt::Done { handle, status },
            Urgency::Answer,
        );
    }
    Ok(())
}

async fn part(turn: &mut Turn<'_>, said: &Said<'_>, incident: Incident) -> anyhow::Result<()> {
    let prompt = Prompt::NoSuchId {
        handle: incident.handle.to_string(),
    };
    if !correcting::part(turn, said.author, incident).await? && said.author.is_direct() {
        turn.say(said.author.alone(turn.app)?, prompt, Urgency::Answer);
    }
    Ok(())
}

fn help(turn: &mut Turn<'_>, said: &Said<'_>) -> anyhow::Result<()> {
    turn.say(
        said.author.alone(turn.app)?,
        Prompt::Help {
            role: said.author.role,
        },
        Urgency::Answer,
    );
    Ok(())
}
