//! Asking people to go and look: at most five, nearest first; the next five after three minutes, until somebody goes or it is
//! decided. Whoever goes is a number on the card and nothing else.

use crate::{
    app::{App, author::Author, telling, texting, turn::Turn},
    domain::{
        effect::{Act, Target, Urgency},
        incident::{Incident, Status},
        on_call::{self, AT_ONCE, NEXT_AFTER, OnCall},
        place::Precision,
        prompt::Prompt,
        role::Role,
    },
    store::{QuestionKind, QuestionRow},
};

/// Has people asked about an incident that was just opened.
pub async fn begin(turn: &mut Turn<'_>, incident: &Incident) -> anyhow::Result<()> {
    if turn.app.directory().on_call.is_empty() {
        return Ok(());
    }
    turn.tx.begin_call(&incident.id, turn.now).await?;
    go_on(turn, incident, 0).await
}

/// Asks the next people where nobody has said that they go.
pub async fn tick(app: &App) -> anyhow::Result<()> {
    if app.directory().on_call.is_empty() {
        return Ok(());
    }
    let is_due = {
        let mut tx = app.store.begin().await?;
        let is_due = tx.has_due_calls(app.clock.now()).await?;
        tx.rollback().await?;
        is_due
    };
    if !is_due {
        return Ok(());
    }
    let mut turn = Turn::begin(app).await?;
    for (id, asked) in turn.tx.due_calls(turn.now).await? {
        turn.because_of(format!("call/{id}/{asked}"));
        match turn.tx.incident(&id).await?.filter(is_wanted) {
            Some(incident) => go_on(&mut turn, &incident, asked).await?,
            None => turn.tx.end_call(&id).await?,
        }
        turn.settle_cause();
    }
    turn.commit().await
}

/// Whether anybody is still needed to look.
const fn is_wanted(incident: &Incident) -> bool {
    matches!(incident.status, Status::Unverified | Status::Corroborated) && incident.going == 0
}

/// Asks the next people after so many.
async fn go_on(turn: &mut Turn<'_>, incident: &Incident, asked: usize) -> anyhow::Result<()> {
    let app = turn.app;
    let (_, minute) = texting::local(app, turn.now);
    let directory = app.directory();
    let near = on_call::nearest(&directory, &incident.areas, minute);
    let reports = turn.tx.reports_of(&incident.id).await?;
    let mut seen = asked;
    for one in near.iter().skip(asked).take(AT_ONCE) {
        seen += 1;
        let hashes = app.keyring.sender(&one.person, turn.now);
        // Who reported it is there already.
        if !reports.iter().any(|row| hashes.matches(&row.sender)) {
            ask(turn, incident, one).await?;
        }
    }
    if seen < near.len() {
        turn.tx
            .go_on_calling(&incident.id, seen, turn.now + NEXT_AFTER)
            .await?;
    } else {
        turn.tx.end_call(&incident.id).await?;
    }
    Ok(())
}

async fn ask(turn: &mut Turn<'_>, incident: &Incident, one: &OnCall) -> anyhow::Result<()> {
    let app = turn.app;
    let hashes = app.keyring.sender(&one.person, turn.now);
    let question = QuestionRow {
        asked: hashes.today.clone(),
        purpose: QuestionKind::Going,
        report: None,
        incident: Some(incident.id.clone()),
        choices: Vec::new(),
        area_choices: Vec::new(),
        expires_at: turn.now + app.policy.question_open,
    };
    // Who has just been asked something else about a report of their own answers that first.
    let open = [&hashes.today, &hashes.yesterday];
    if turn.tx.question_for(&open, turn.now).await?.is_none() {
        turn.tx.ask(&question).await?;
    }
    let person = app
        .keyring
        .seal(&one.person, hashes.today.as_str())?
        .speaking(&app.community.language);
    let act = Act::Say {
        prompt: Prompt::AskGoing {
            summary: Box::new(telling::summary(app, incident, Precision::Block)),
        },
        reply_to: None,
        post: None,
    };
    let reason = format!("call/{}", incident.id);
    turn.owe_once(reason, Target::Person(person), act, Urgency::Answer);
    Ok(())
}

/// Whether somebody may say that they go: who checks reports, and who can be asked.
pub fn may_go(app: &App, author: &Author) -> bool {
    let is_asked = |one: &OnCall| one.person == author.person;
    author.role >= Role::Verifier || app.directory().on_call.iter().any(is_asked)
}

/// Somebody goes and looks: the card says how many do, they hear how, and nobody else is asked.
pub async fn goes(
    turn: &mut Turn<'_>,
    author: &Author,
    mut incident: Incident,
) -> anyhow::Result<()> {
    let hashes = [&author.hashes.today, &author.hashes.yesterday];
    if turn.tx.note_going(&incident.id, hashes, turn.now).await? {
        incident.going += 1;
        turn.tx.save_incident(&incident).await?;
        turn.tx.end_call(&incident.id).await?;
        telling::show_card(turn, &incident);
    }
    let prompt = Prompt::Going {
        handle: incident.handle.to_string(),
        decides: author.role >= Role::Verifier,
    };
    turn.say(author.alone(turn.app)?, prompt, Urgency::Answer);
    Ok(())
}
