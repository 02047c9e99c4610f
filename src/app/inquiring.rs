//! A verifier asks the reporter for what is missing: ❓ on a card, `ask K7`. Once for each report.

use crate::{
    app::{neighbors, reporting::Said, turn::Turn},
    domain::{
        effect::{Act, Target, Urgency},
        incident::Incident,
        prompt::Prompt,
        report::Field,
    },
    store::{QuestionKind, QuestionRow, ReportRow},
};

/// Asks whoever reported an incident last in words, where they can be asked alone.
pub async fn inquire(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    incident: &Incident,
) -> anyhow::Result<()> {
    let reports = turn.tx.reports_of(&incident.id).await?;
    let can_direct = |row: &ReportRow| {
        let can = turn.app.capabilities(row.platform);
        can.is_some_and(|can| can.direct)
    };
    let mut last = reports.iter().rev();
    let asked = last.find(|row| row.is_written() && !row.author.is_nobody() && can_direct(row));
    let handle = incident.handle.to_string();
    let Some(row) = asked else {
        let prompt = Prompt::NobodyToAsk { handle };
        turn.say(said.author.alone(turn.app)?, prompt, Urgency::Answer);
        return Ok(());
    };
    let missing = incident.missing();
    if missing.contains(&Field::Location) {
        let question = QuestionRow {
            asked: row.sender.clone(),
            purpose: QuestionKind::Place,
            report: Some(row.id.clone()),
            incident: Some(incident.id.clone()),
            choices: Vec::new(),
            area_choices: Vec::new(),
            expires_at: turn.now + turn.app.policy.question_open,
        };
        turn.tx.ask(&question).await?;
    }
    let act = Act::Say {
        prompt: Prompt::AskMore { handle, missing },
        reply_to: None,
        post: None,
    };
    let reason = format!("inquired/{}", row.id);
    let target = Target::Person(row.author.clone());
    turn.owe_once(reason, target, act, Urgency::Answer);
    if said.author.is_direct() {
        let handle = incident.handle.to_string();
        neighbors::answer(turn, said.author, Prompt::Asked { handle })?;
    }
    Ok(())
}
