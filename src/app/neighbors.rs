//! Talk with one person: where is it, which of these, subscribing to an area by naming it, stopping.

use crate::{
    app::{author::Author, correcting, reporting::Said, telling, turn::Turn},
    domain::{
        command::{self, CarrierWord},
        effect::{SealedPerson, Target, Urgency},
        ids::AreaId,
        incident::Incident,
        parse::{Parsed, Reading},
        place::{Found, Place, Precision},
        prompt::Prompt,
        report::Kind,
        role::Role,
    },
    store::{QuestionKind, QuestionRow, ReportRow, SubscriberRow},
};

/// At most this many choices fit an answer by one digit and one text message.
const CHOICES: usize = 3;

/// Obeys STOP, START and HELP where people subscribe by writing; true if it was one of them, or if the person has stopped.
pub async fn heard_carrier_word(
    turn: &mut Turn<'_>,
    author: &mut Author,
    text: &str,
) -> anyhow::Result<bool> {
    if !subscribes(turn, author) {
        return Ok(false);
    }
    let hash = turn.app.keyring.lasting(&author.person);
    // Who said STOP under an earlier key is known by their number again.
    for former in turn.app.keyring.former(&author.person) {
        turn.tx.know_again(&former, &hash).await?;
    }
    if let Some(row) = turn.tx.subscriptions_of(&hash).await?.into_iter().next() {
        author.language = row.language;
        turn.tx.note_alive(&hash, turn.now).await?;
    }
    let word = command::carrier_word(text);
    let has_stopped = turn.tx.has_stopped(&hash).await?;
    match word {
        Some(CarrierWord::Stop) => {
            if !has_stopped {
                // What was owed to them a moment ago is dropped with the rest.
                turn.write_owed().await?;
                turn.tx.unsubscribe(&hash).await?;
                turn.say(
                    author.alone(turn.app)?,
                    Prompt::Unsubscribed,
                    Urgency::Answer,
                );
            }
        }
        Some(CarrierWord::Start) if has_stopped => {
            turn.tx.restart(&hash).await?;
            hello(turn, author)?;
        }
        Some(CarrierWord::Help) if !has_stopped => {
            turn.say(
                author.alone(turn.app)?,
                Prompt::Help {
                    role: Role::Neighbor,
                },
                Urgency::Answer,
            );
        }
        // "YES" may be an answer to something else.
        _ => return Ok(false),
    }
    Ok(true)
}

fn subscribes(turn: &Turn<'_>, author: &Author) -> bool {
    author.is_direct()
        && turn
            .app
            .capabilities(author.platform())
            .is_some_and(|can| can.subscriptions)
}

fn hello(turn: &mut Turn<'_>, author: &Author) -> anyhow::Result<()> {
    let prompt = Prompt::Hello {
        community: turn.app.community.name.clone(),
    };
    turn.say(author.alone(turn.app)?, prompt, Urgency::Answer);
    Ok(())
}

/// Tells a reporter what was understood.
pub fn received(turn: &mut Turn<'_>, author: &Author, incident: &Incident) -> anyhow::Result<()> {
    let summary = Box::new(telling::summary(turn.app, incident, Precision::Block));
    turn.say(
        author.alone(turn.app)?,
        Prompt::Received { summary },
        Urgency::Answer,
    );
    Ok(())
}

/// Asks a reporter where it is, or which of several places they mean; nothing if the place is clear.
pub async fn ask_for_place(
    turn: &mut Turn<'_>,
    author: &Author,
    row: &ReportRow,
    found: &Found,
) -> anyhow::Result<()> {
    let is_exact = row.body.place.as_ref().is_some_and(Place::is_exact);
    match found {
        Found::Several(places) => ask_which_place(turn, author, row, places).await,
        _ if is_exact => Ok(()),
        _ => {
            ask(turn, author, row, Vec::new()).await?;
            turn.say(author.alone(turn.app)?, Prompt::AskPlace, Urgency::Answer);
            Ok(())
        }
    }
}

async fn ask_which_place(
    turn: &mut Turn<'_>,
    author: &Author,
    row: &ReportRow,
    places: &[Place],
) -> anyhow::Result<()> {
    let places: Vec<Place> = places.iter().take(CHOICES).cloned().collect();
    let app = turn.app;
    let with_area = |place: &Place| {
        let area = place.primary.first().or_else(|| place.areas.first());
        let area = area
            .map(|area| format!(" ({})", app.directory.area_name(area)))
            .unwrap_or_default();
        format!("{}{area}", place.name)
    };
    let choices = places.iter().map(with_area).collect();
    ask(turn, author, row, places).await?;
    turn.say(
        author.alone(turn.app)?,
        Prompt::AskWhichPlace { choices },
        Urgency::Answer,
    );
    Ok(())
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

/// Takes a text as the answer to a question that is open to its writer; false if there is none, or it answers nothing.
pub async fn answers_question(
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
        QuestionKind::Area if subscribes(turn, author) => {
            let Some(area) =
                chosen(text, question.area_choices.len()).map(|n| question.area_choices[n].clone())
            else {
                return Ok(false);
            };
            turn.tx.close_question(&question.asked).await?;
            subscribe(turn, author, area).await?;
            Ok(true)
        }
        QuestionKind::Area => Ok(false),
        QuestionKind::Place => answers_place(turn, said, text, question).await,
    }
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
    if let Some(n) =
        chosen(text, question.choices.len() + 1).filter(|_| !question.choices.is_empty())
    {
        turn.tx.close_question(&question.asked).await?;
        if let Some(place) = question.choices.get(n) {
            correcting::placed(turn, author, row, place.clone()).await?;
        } else {
            ask(turn, author, &row, Vec::new()).await?;
            turn.say(author.alone(turn.app)?, Prompt::AskPlace, Urgency::Answer);
        }
        return Ok(true);
    }
    let near: Vec<AreaId> = match &row.room {
        Some(room) => turn
            .app
            .directory
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
    match turn.app.reader.locate(text, &reading) {
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
            turn.say(
                author.alone(turn.app)?,
                Prompt::PlaceUnknown,
                Urgency::Answer,
            );
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// The index of the choice that a text is: `1`, `2.`, `#3`.
fn chosen(text: &str, choices: usize) -> Option<usize> {
    let digit = text.trim().trim_matches(['.', '#', ')', '(', ' ']);
    let n: usize = digit.parse().ok()?;
    (1..=choices).contains(&n).then(|| n - 1)
}

/// Something that was no report: silence in rooms; alone, an area's name subscribes where that is how people subscribe.
pub async fn spoke(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    text: &str,
    parsed: &Parsed,
) -> anyhow::Result<()> {
    let author = said.author;
    if !author.is_direct() {
        return Ok(());
    }
    if !subscribes(turn, author) {
        turn.say(
            author.alone(turn.app)?,
            Prompt::Help { role: author.role },
            Urgency::Answer,
        );
        return Ok(());
    }
    let hash = turn.app.keyring.lasting(&author.person);
    if turn.tx.has_stopped(&hash).await? {
        return Ok(());
    }
    let areas = turn.app.reader.gazetteer().area_named(text);
    let spoken = parsed
        .language
        .filter(|language| turn.app.phrasebook.languages().contains(language));
    match areas.as_slice() {
        [area] => subscribe(turn, author, area.clone()).await,
        [] => {
            let mut author_target = author.sealed(turn.app)?;
            if let Some(language) = spoken {
                author_target = author_target.speaking(language);
            }
            let prompt = Prompt::Hello {
                community: turn.app.community.name.clone(),
            };
            turn.say(Target::Person(author_target), prompt, Urgency::Answer);
            Ok(())
        }
        several => ask_which_area(turn, author, several).await,
    }
}

async fn ask_which_area(
    turn: &mut Turn<'_>,
    author: &Author,
    several: &[AreaId],
) -> anyhow::Result<()> {
    let areas: Vec<AreaId> = several.iter().take(CHOICES).cloned().collect();
    let choices = areas
        .iter()
        .map(|area| turn.app.directory.area_name(area).to_owned())
        .collect();
    let question = QuestionRow {
        asked: author.hashes.today.clone(),
        purpose: QuestionKind::Area,
        report: None,
        incident: None,
        choices: Vec::new(),
        area_choices: areas,
        expires_at: turn.now + turn.app.policy.question_open,
    };
    turn.tx.ask(&question).await?;
    turn.say(
        author.alone(turn.app)?,
        Prompt::AskWhichArea { choices },
        Urgency::Answer,
    );
    Ok(())
}

async fn subscribe(turn: &mut Turn<'_>, author: &Author, area: AreaId) -> anyhow::Result<()> {
    let hash = turn.app.keyring.lasting(&author.person);
    let person: SealedPerson = turn
        .app
        .keyring
        .seal(&author.person, &hash)?
        .speaking(&author.language);
    let name = turn.app.directory.area_name(&area).to_owned();
    let row = SubscriberRow {
        hash,
        person,
        area,
        language: author.language.clone(),
        since: turn.now,
    };
    turn.tx.subscribe(&row).await?;
    turn.say(
        author.alone(turn.app)?,
        Prompt::Subscribed { area: name },
        Urgency::Answer,
    );
    Ok(())
}
