//! Carries out one command; a function each.

use crate::{
    app::{
        correcting,
        reporting::{self, Said},
        texting,
        turn::Turn,
    },
    domain::{
        command::{self, Verb},
        effect::Urgency,
        ids::AreaId,
        incident::{Incident, Verdict},
        prompt::Prompt,
        role::Role,
        segment,
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
        (Verb::Report | Verb::Own(_) | Verb::Cost, _) | (_, None) => Ok(()),
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

/// Tells what a text would cost, before anybody thinks of sending it: `cost whittier: …`, `cost all: …`.
pub async fn cost(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    needs: Role,
    rest: &str,
) -> anyhow::Result<()> {
    let app = turn.app;
    let prompt = if said.author.role < needs {
        Prompt::NotAllowed { needs }
    } else {
        let (audience, words) = rest.split_once(':').unwrap_or_default();
        let areas = app.reader.gazetteer().area_meant(audience, true);
        if areas.is_empty() && !command::is_everybody(audience) {
            let usage = command::usage_of(Verb::Cost);
            Prompt::DidYouMean { usage }
        } else {
            cost_of(turn, &areas, words.trim()).await?
        }
    };
    turn.say(said.author.alone(app)?, prompt, Urgency::Answer);
    Ok(())
}

/// What these words would cost, to the subscribers of these areas; of all, if there are none.
async fn cost_of(turn: &mut Turn<'_>, areas: &[AreaId], words: &str) -> anyhow::Result<Prompt> {
    let app = turn.app;
    let phones = turn.tx.count_subscribers(areas, turn.now).await?;
    let segments = segment::count(&segment::fold(words)).segments;
    let total = u64::from(segments) * u64::from(phones);
    let spending = &app.policy.spending;
    let spent = turn.tx.spent(texting::local(app, turn.now).0).await?;
    Ok(Prompt::Cost {
        segments,
        phones,
        total,
        price: spending.cost(total).map(|price| format!("{price:.2}")),
        left: spending
            .segments_per_day()
            .map(|budget| budget.saturating_sub(spent)),
    })
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
