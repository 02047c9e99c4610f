//! Carries out one command; a function each.

use crate::{
    app::{
        App, audit, banning, broadcast, calling, correcting, deleting, doors,
        holding::{self, Decision},
        inquiring, merging,
        remit::{self, Remit},
        reporting::{self, Said},
        roles, rooms, seconding, shredding,
        subject::Subject,
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

/// A command as it was given.
pub struct Order<'a> {
    /// What is to be done.
    pub verb: Verb,
    /// Who may.
    pub needs: Role,
    /// About what, if it is about something.
    pub about: Option<Subject>,
    /// The words that follow.
    pub rest: &'a str,
}

/// Carries a command out, if its writer may.
pub async fn carry_out(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    order: Order<'_>,
) -> anyhow::Result<()> {
    let Order {
        verb,
        needs,
        about,
        rest,
    } = order;
    if said.author.rests && needs > Role::Neighbor {
        return roles::tell_rests(turn, said.author);
    }
    if said.author.role < needs {
        // A neighbor cannot end an incident, but what they say about it is worth hearing.
        if let (
            Verb::Decide(Verdict::Clear | Verdict::Dismiss),
            Some(Subject::Incident(incident)),
        ) = (verb, about)
        {
            return reporting::said_over(turn, said, *incident).await;
        }
        turn.say(
            said.author.alone(turn.app)?,
            Prompt::NotAllowed { needs },
            Urgency::Answer,
        );
        return Ok(());
    }
    if needs >= Role::Moderator {
        let remit = Remit::of(turn, said.author);
        let is_theirs = match &about {
            Some(Subject::Incident(incident)) => remit.touches(&incident.areas),
            Some(Subject::Hold(row)) => remit.touches(&row.areas),
            _ => true,
        };
        if !is_theirs {
            return remit::refuse(turn, said, &remit);
        }
    }
    match (verb, about) {
        (Verb::Decide(verdict), Some(Subject::Incident(incident))) => {
            decide(turn, said, verdict, *incident).await
        }
        (Verb::Corroborate, Some(Subject::Incident(incident))) => {
            reporting::corroborate(turn, said, *incident).await
        }
        (Verb::Part, Some(Subject::Incident(incident))) => part(turn, said, *incident).await,
        (Verb::Second, Some(Subject::Proposal(row))) => seconding::second(turn, said, *row).await,
        (Verb::Discard, Some(Subject::Proposal(row))) => seconding::discard(turn, said, *row).await,
        (Verb::Merge, Some(Subject::Incident(incident))) => {
            merging::merge(turn, said, *incident, rest).await
        }
        (Verb::Go, Some(Subject::Incident(incident))) => going(turn, said, *incident).await,
        (Verb::Inquire, Some(Subject::Incident(incident))) => {
            inquiring::inquire(turn, said, &incident).await
        }
        (Verb::Release, Some(Subject::Hold(row))) => {
            holding::rule(turn, said, *row, Decision::Release, "").await
        }
        (Verb::Reword, Some(Subject::Hold(row))) => {
            holding::rule(turn, said, *row, Decision::Amend, rest).await
        }
        (Verb::Withhold, Some(Subject::Hold(row))) => {
            holding::rule(turn, said, *row, Decision::Drop, "").await
        }
        (Verb::VouchFor, Some(Subject::Asker(row))) => {
            rooms::vouching::vouch(turn, said, *row).await
        }
        (Verb::TurnAway, Some(Subject::Asker(row))) => {
            rooms::vouching::refuse(turn, said, *row).await
        }
        (Verb::Held, _) => holding::queue(turn, said).await,
        (Verb::Shred, _) => shredding::propose(turn, said, rest).await,
        (Verb::Say, _) => broadcast::propose(turn, said, rest).await,
        (Verb::Cost, _) => cost(turn, said, rest).await,
        (Verb::Log, _) => log(turn, said).await,
        (Verb::Poster, _) => doors::make(turn, said, rest).await,
        (Verb::Door, _) => doors::show(turn, said, rest).await,
        (Verb::RevokeCode, _) => doors::revoke(turn, said, rest).await,
        (Verb::Roles, _) => roles::list(turn, said),
        (Verb::GiveRole | Verb::TakeRole, _) => roles::propose(turn, said, verb, rest).await,
        (Verb::Vouch, _) => roles::vouch(turn, said, rest).await,
        (Verb::Ban | Verb::Mute | Verb::Unban, about) => {
            let order = Order {
                verb,
                needs,
                about,
                rest,
            };
            banning::carry_out(turn, said, order).await
        }
        (Verb::Delete, Some(Subject::Incident(incident))) => {
            deleting::incident(turn, said, *incident).await
        }
        (Verb::Delete, Some(Subject::Said { about, handle })) => {
            deleting::broadcast(turn, said, (about, &handle)).await
        }
        (Verb::Second | Verb::Discard, Some(Subject::Said { handle, .. })) => {
            let handle = handle.to_string();
            let target = said.author.alone(turn.app)?;
            turn.say(target, Prompt::NoSuchId { handle }, Urgency::Answer);
            Ok(())
        }
        (Verb::Rooms(verb), _) => rooms::ordering::carry_out(turn, said, verb, rest, None).await,
        (Verb::Help, _) => help(turn, said),
        // What the bot knows as something else than the command is for.
        _ => Ok(()),
    }
}

/// The names of areas, as people call them.
pub fn area_names(app: &App, areas: &[AreaId]) -> Vec<String> {
    areas
        .iter()
        .map(|area| app.directory().area_name(area).to_owned())
        .collect()
}

async fn log(turn: &mut Turn<'_>, said: &Said<'_>) -> anyhow::Result<()> {
    let prompt = audit::latest(turn, said.author).await?;
    turn.say(said.author.alone(turn.app)?, prompt, Urgency::Answer);
    Ok(())
}

async fn going(turn: &mut Turn<'_>, said: &Said<'_>, incident: Incident) -> anyhow::Result<()> {
    if calling::may_go(turn.app, said.author) {
        return calling::goes(turn, said.author, incident).await;
    }
    let needs = Role::Verifier;
    turn.say(
        said.author.alone(turn.app)?,
        Prompt::NotAllowed { needs },
        Urgency::Answer,
    );
    Ok(())
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
    reporting::decide(turn, said.author, incident, verdict).await?;
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
async fn cost(turn: &mut Turn<'_>, said: &Said<'_>, rest: &str) -> anyhow::Result<()> {
    let app = turn.app;
    let (audience, words) = rest.split_once(':').unwrap_or_default();
    let areas = app.reader.gazetteer().area_meant(audience, true);
    let prompt = if areas.is_empty() && !command::is_everybody(audience) {
        let usage = command::usage_of(Verb::Cost);
        Prompt::DidYouMean { usage }
    } else {
        cost_of(turn, &areas, words.trim()).await?
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
