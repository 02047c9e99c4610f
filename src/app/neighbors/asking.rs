//! Questions to a reporter, and what an answer by number or name means.

use super::{CHOICES, answer, answer_once, example, joining, leaving, subscribes};
use crate::{
    app::{author::Author, calling, correcting, holding, reporting::Said, telling, turn::Turn},
    domain::{
        command,
        hold::{self, Reason},
        ids::AreaId,
        incident::Incident,
        parse::Reading,
        place::{Found, Place, PlaceKind, Precision},
        prompt::Prompt,
        report::Kind,
    },
    store::{QuestionKind, QuestionRow, ReportRow},
};

/// Tells a reporter what was understood.
pub fn received(turn: &mut Turn<'_>, author: &Author, incident: &Incident) -> anyhow::Result<()> {
    let summary = Box::new(telling::summary(turn.app, incident, Precision::Block));
    answer(turn, author, Prompt::Received { summary })
}

/// Answers a new report: what was understood, where its writer can be told alone, and at most one question, for its place.
/// In text messages, both in one. Who has not subscribed is told once how to.
pub async fn acknowledge(
    turn: &mut Turn<'_>,
    author: &Author,
    row: &ReportRow,
    found: &Found,
    incident: &Incident,
) -> anyhow::Result<()> {
    let is_known = |place: &Place| place.is_exact() || place.is_coarsened();
    let is_exact = row.body.place.as_ref().is_some_and(is_known);
    let choices = match found {
        Found::Several(places) => Some(places.iter().take(CHOICES).cloned().collect()),
        _ if is_exact => None,
        _ => Some(Vec::new()),
    };
    if subscribes(turn.app, author) {
        match choices {
            None => received(turn, author, incident)?,
            Some(places) => {
                let summary = Box::new(telling::summary(turn.app, incident, Precision::Block));
                let choices = choices_called(turn, &places);
                ask(turn, author, row, places).await?;
                answer(turn, author, Prompt::ReceivedAsk { summary, choices })?;
            }
        }
    } else {
        match choices {
            None => {}
            Some(places) if places.is_empty() => {
                ask(turn, author, row, places).await?;
                answer(turn, author, Prompt::AskPlace)?;
            }
            Some(places) => ask_which_place(turn, author, row, &places).await?,
        }
        if author.is_direct() && incident.place().is_some() {
            received(turn, author, incident)?;
        }
    }
    invite(turn, author).await
}

async fn invite(turn: &mut Turn<'_>, author: &Author) -> anyhow::Result<()> {
    if !subscribes(turn.app, author) {
        return Ok(());
    }
    let hash = turn.app.keyring.lasting(&author.person);
    if turn.tx.subscriptions_of(&hash).await?.is_empty() {
        let prompt = Prompt::Invite {
            example: example(turn.app),
        };
        answer_once(turn, author, "invite".to_owned(), prompt)?;
    }
    Ok(())
}

fn choices_called(turn: &Turn<'_>, places: &[Place]) -> Vec<String> {
    let with_area = |place: &Place| {
        let area = place.primary.first().or_else(|| place.areas.first());
        let area = area
            .map(|area| format!(" ({})", turn.app.directory().area_name(area)))
            .unwrap_or_default();
        format!("{}{area}", place.name)
    };
    places.iter().map(with_area).collect()
}

async fn ask_which_place(
    turn: &mut Turn<'_>,
    author: &Author,
    row: &ReportRow,
    places: &[Place],
) -> anyhow::Result<()> {
    let places: Vec<Place> = places.iter().take(CHOICES).cloned().collect();
    let choices = choices_called(turn, &places);
    ask(turn, author, row, places).await?;
    answer(turn, author, Prompt::AskWhichPlace { choices })
}

async fn ask(
    turn: &mut Turn<'_>,
    author: &Author,
    row: &ReportRow,
    choices: Vec<Place>,
) -> anyhow::Result<()> {
    let question = QuestionRow {
        asked: author.hashes.today.clone(),
        purpose: QuestionKind::Place,
        report: Some(row.id.clone()),
        incident: Some(row.incident.clone()),
        choices,
        area_choices: Vec::new(),
        expires_at: turn.now + turn.app.policy.question_open,
    };
    Ok(turn.tx.ask(&question).await?)
}

/// Takes a text as an answer: to a question that is open to its writer, or to "Which neighborhood?", which is always open to
/// those who may subscribe. False if it answers nothing.
pub async fn answers(turn: &mut Turn<'_>, said: &Said<'_>, text: &str) -> anyhow::Result<bool> {
    if answers_question(turn, said, text).await? {
        return Ok(true);
    }
    // "Vivo en Whittier" is no report, though it names a place.
    Ok(subscribes(turn.app, said.author)
        && joining::named_an_area(turn, said.author, text, true).await?)
}

async fn answers_question(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    text: &str,
) -> anyhow::Result<bool> {
    let author = said.author;
    let asked = [&author.hashes.today, &author.hashes.yesterday];
    let Some(question) = turn.tx.question_for(&asked, turn.now).await? else {
        return Ok(false);
    };
    match question.purpose {
        QuestionKind::Place => answers_place(turn, said, text, question).await,
        QuestionKind::Going => answers_going(turn, said, text, question).await,
        _ if !subscribes(turn.app, author) => Ok(false),
        QuestionKind::Area | QuestionKind::OnlyArea => {
            let Some(n) = chosen(text, question.area_choices.len()) else {
                return Ok(false);
            };
            turn.tx.close_question(&question.asked).await?;
            let is_only = question.purpose == QuestionKind::OnlyArea;
            joining::chose(turn, author, &question.area_choices[n], is_only).await?;
            Ok(true)
        }
        QuestionKind::Forget => {
            turn.tx.close_question(&question.asked).await?;
            if chosen(text, 1).is_none() {
                return Ok(false);
            }
            leaving::forget(turn, author).await?;
            Ok(true)
        }
    }
}

/// A plain yes or no, written alone, to whether somebody goes and looks. No needs no answer.
async fn answers_going(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    text: &str,
    question: QuestionRow,
) -> anyhow::Result<bool> {
    if said.author.is_direct() && command::says_no(text) {
        turn.tx.close_question(&question.asked).await?;
        return Ok(true);
    }
    if !said.author.is_direct() || chosen(text, 1).is_none() {
        return Ok(false);
    }
    turn.tx.close_question(&question.asked).await?;
    let incident = match &question.incident {
        Some(id) => turn.tx.incident(id).await?,
        None => None,
    };
    let Some(incident) = incident.filter(|incident| incident.status.is_open()) else {
        return Ok(false);
    };
    calling::goes(turn, said.author, incident).await?;
    Ok(true)
}

async fn answers_place(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    text: &str,
    question: QuestionRow,
) -> anyhow::Result<bool> {
    let author = said.author;
    let report = match &question.report {
        Some(id) => turn.tx.report(id).await?,
        None => None,
    };
    let Some(row) = report.filter(|row| !row.withdrawn) else {
        turn.tx.close_question(&question.asked).await?;
        return Ok(false);
    };
    // In a room only the writer's own room can answer; alone, everything they write may.
    if !author.is_direct() && author.room_ref() != row.room.as_ref() {
        return Ok(false);
    }
    let is_this = question.choices.len() == 1 && chosen(text, 1).is_some();
    let n = if is_this {
        Some(0)
    } else {
        chosen(text, question.choices.len() + 1)
    };
    if let Some(n) = n.filter(|_| !question.choices.is_empty()) {
        turn.tx.close_question(&question.asked).await?;
        if let Some(place) = question.choices.get(n) {
            let place = if turn.app.holds.is_shelter(place) {
                hold::coarsened(place).unwrap_or_else(|| place.clone())
            } else {
                place.clone()
            };
            correcting::placed(turn, author, row, place).await?;
        } else {
            ask(turn, author, &row, Vec::new()).await?;
            answer(turn, author, Prompt::AskPlace)?;
        }
        return Ok(true);
    }
    let near: Vec<AreaId> = match &row.room {
        Some(room) => turn
            .app
            .directory()
            .room(room)
            .map(|room| room.areas.iter().cloned().collect()),
        None => None,
    }
    .unwrap_or_default();
    let reading = Reading {
        sent_at: said.sent_at,
        near: &near,
        is_reply: false,
        earlier: row.body.place.as_ref(),
    };
    // A whole new report is not an answer.
    let parsed = turn.app.reader.read(text, &reading);
    let is_report = parsed.kind == Kind::Sighting && parsed.score >= turn.app.policy.min_score;
    let says_more = parsed.report.size.people.is_some() || !parsed.report.activity.is_empty();
    if is_report && says_more {
        return Ok(false);
    }
    let is_sheltered = match holding::in_an_answer(turn.app, text, &parsed) {
        Some(Reason::Shelter) => true,
        Some(reason) => {
            holding::tell_why(turn, author, reason)?;
            return Ok(true);
        }
        None => false,
    };
    match turn.app.reader.locate(text, &reading) {
        Found::One(place) if is_sheltered || turn.app.holds.is_shelter(&place) => {
            turn.tx.close_question(&question.asked).await?;
            match hold::coarsened(&place) {
                Some(place) => {
                    correcting::placed(turn, author, row, place).await?;
                    holding::tell_coarsened(turn, author)?;
                }
                None => holding::tell_why(turn, author, Reason::Shelter)?,
            }
            Ok(true)
        }
        // A name may be meant otherwise than it is understood; two streets that cross may not.
        Found::One(place) if is_to_be_confirmed(author, &question, &place) => {
            ask_which_place(turn, author, &row, &[*place]).await?;
            Ok(true)
        }
        Found::One(place) if place.is_exact() => {
            turn.tx.close_question(&question.asked).await?;
            correcting::placed(turn, author, row, *place).await?;
            Ok(true)
        }
        Found::Several(places) => {
            ask_which_place(turn, author, &row, &places).await?;
            Ok(true)
        }
        _ if author.is_direct() => {
            answer(turn, author, Prompt::PlaceUnknown)?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// Whether somebody who can be asked alone named a place by a landmark, for the first time.
fn is_to_be_confirmed(author: &Author, question: &QuestionRow, place: &Place) -> bool {
    author.is_direct() && question.choices.is_empty() && place.kind == PlaceKind::Place
}

/// The index of the choice that a text is: `1`, `2.`, `#3`; where there is one, also a plain yes.
fn chosen(text: &str, choices: usize) -> Option<usize> {
    let said = text
        .trim()
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_owned();
    if choices == 1 && (command::says_yes(&said) || command::folded(&said) == "y") {
        return Some(0);
    }
    let n: usize = said.parse().ok()?;
    (1..=choices).contains(&n).then(|| n - 1)
}
