//! What a person wishes for themselves, one function each: areas, alerts, a pause, a language, being forgotten.

use super::{answer, areas_called, is_report, joining, leaving, news, subscribes};
use crate::{
    app::{
        App,
        author::Author,
        doors,
        reporting::{self, Said},
        turn::Turn,
        upkeep,
    },
    domain::{
        command::{self, AlertsWanted, Wish},
        parse::Reading,
        prompt::Prompt,
        timestamp::Timestamp,
    },
    store::{QuestionKind, QuestionRow, SubscriberRow, Wants},
};

/// Carries out a wish. `rest` is what followed the command's name in `text`.
pub async fn wished(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    wish: Wish,
    rest: &str,
    text: &str,
) -> anyhow::Result<()> {
    let author = said.author;
    match wish {
        Wish::Privacy => {
            let kept = upkeep::kept(turn.app);
            return answer(turn, author, Prompt::Privacy(kept));
        }
        Wish::Who => return who(turn, said, rest, text).await,
        Wish::News => return news::today(turn, author).await,
        Wish::Where => return where_is(turn, said, rest, text).await,
        Wish::Meet => return doors::meet(turn, said, rest).await,
        Wish::Language if author.is_direct() => return speak(turn, author, rest).await,
        _ => {}
    }
    if !subscribes(turn.app, author) {
        return answer(turn, author, Prompt::Help { role: author.role });
    }
    if matches!(wish, Wish::Area | Wish::Add) {
        return area(turn, said, wish, rest, text).await;
    }
    if wish == Wish::Forget {
        return ask_forget(turn, author).await;
    }
    let hash = turn.app.keyring.lasting(&author.person);
    let rows = turn.tx.subscriptions_of(&hash).await?;
    let Some(row) = rows.first() else {
        let hello = joining::hello(turn.app);
        return answer(turn, author, hello);
    };
    match wish {
        Wish::Alerts => alerts(turn, author, &rows, row.wants(), rest).await,
        Wish::Pause => pause(turn, author, row, rest).await,
        Wish::Resume => leaving::resume(turn, author, &rows, false).await,
        _ => Ok(()),
    }
}

/// Whether what looks like a command is a report after all: "area Lake & Pillsbury, 4 agents" must not be lost.
pub fn is_report_after_all(app: &App, sent_at: Timestamp, text: &str) -> bool {
    let reading = Reading {
        sent_at,
        near: &[],
        is_reply: false,
        earlier: None,
    };
    let parsed = app.reader.read(text, &reading);
    let says_more = parsed.report.size.people.is_some()
        || parsed.report.size.vehicles.is_some()
        || !parsed.report.activity.is_empty()
        || !parsed.report.unit.agency.is_empty();
    is_report(app, &parsed) && says_more
}

async fn area(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    wish: Wish,
    rest: &str,
    text: &str,
) -> anyhow::Result<()> {
    if is_report_after_all(turn.app, said.sent_at, text) {
        reporting::read(turn, said, text, None, false).await?;
        return Ok(());
    }
    let areas = turn.app.reader.gazetteer().area_meant(rest, false);
    joining::join(turn, said.author, rest, &areas, wish == Wish::Area).await
}

/// The name of a place that is not known here has hardly more words.
const NAME: usize = 3;

async fn where_is(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    rest: &str,
    text: &str,
) -> anyhow::Result<()> {
    if is_report_after_all(turn.app, said.sent_at, text) {
        reporting::read(turn, said, text, None, false).await?;
        return Ok(());
    }
    match news::places(turn, said, rest) {
        Some(found) => answer(turn, said.author, Prompt::WhereIs { found }),
        None if rest.split_whitespace().count() <= NAME => {
            answer(turn, said.author, Prompt::PlaceUnknown)
        }
        // "Which lawyer hotline is best to call?" asks for no place.
        None => {
            reporting::read(turn, said, text, None, false).await?;
            Ok(())
        }
    }
}

/// Whom to turn to. "Who is at the door? 4 agents at Lake" asks for no organization.
async fn who(turn: &mut Turn<'_>, said: &Said<'_>, rest: &str, text: &str) -> anyhow::Result<()> {
    let (app, author) = (turn.app, said.author);
    let services = &app.directory().services;
    if let Some(topic) = services.meant(rest) {
        let areas = match author.is_direct() {
            true => {
                let hash = app.keyring.lasting(&author.person);
                let rows = turn.tx.subscriptions_of(&hash).await?;
                rows.into_iter().map(|row| row.area).collect()
            }
            false => author.areas(),
        };
        let found = services.helping(topic, &areas);
        let found = found.into_iter().cloned().map(Into::into).collect();
        let topic = topic.id.clone();
        return answer(turn, author, Prompt::Helping { topic, found });
    }
    if rest.split_whitespace().count() > NAME || is_report_after_all(turn.app, said.sent_at, text) {
        reporting::read(turn, said, text, None, false).await?;
        return Ok(());
    }
    let topics = services
        .offered()
        .into_iter()
        .map(ToOwned::to_owned)
        .collect();
    answer(turn, author, Prompt::AskWho { topics })
}

async fn alerts(
    turn: &mut Turn<'_>,
    author: &Author,
    rows: &[SubscriberRow],
    wants: Wants,
    rest: &str,
) -> anyhow::Result<()> {
    let wanted = AlertsWanted::named(rest).unwrap_or(wants.wanted);
    if wanted == AlertsWanted::All {
        return answer(turn, author, Prompt::OnlyConfirmed);
    }
    let wants = Wants { wanted, ..wants };
    for row in rows.iter().take(1) {
        turn.tx.want(&row.hash, &wants).await?;
    }
    let areas = areas_called(turn.app, author, rows);
    answer(turn, author, Prompt::AlertsWanted { wanted, areas })
}

async fn pause(
    turn: &mut Turn<'_>,
    author: &Author,
    row: &SubscriberRow,
    rest: &str,
) -> anyhow::Result<()> {
    let hours = command::pause_hours(rest).unwrap_or(1);
    let now = turn.now;
    let until = now + std::time::Duration::from_secs(u64::from(hours) * 3600);
    let wants = Wants {
        paused_until: until,
        ..row.wants()
    };
    turn.tx.want(&row.hash, &wants).await?;
    answer(turn, author, Prompt::Paused { until, now })
}

/// Another language from now on. Newcomers are greeted in it, as the first message says.
async fn speak(turn: &mut Turn<'_>, author: &Author, rest: &str) -> anyhow::Result<()> {
    let Some(language) = command::language_named(rest)
        .filter(|language| turn.app.phrasebook.languages().contains(language))
    else {
        return answer(turn, author, Prompt::AskLanguage);
    };
    let mut author = author.clone();
    language.clone_into(&mut author.language);
    let hash = turn.app.keyring.lasting(&author.person);
    let rows = turn.tx.subscriptions_of(&hash).await?;
    if let Some(row) = rows.first() {
        let wants = Wants {
            language: language.to_owned(),
            ..row.wants()
        };
        turn.tx.want(&hash, &wants).await?;
        return answer(turn, &author, Prompt::LanguageSet);
    }
    if !subscribes(turn.app, &author) {
        return answer(turn, &author, Prompt::LanguageSet);
    }
    let today = author.hashes.today.clone();
    turn.tx.note_language(&today, language, turn.now).await?;
    let hello = joining::hello(turn.app);
    answer(turn, &author, hello)
}

async fn ask_forget(turn: &mut Turn<'_>, author: &Author) -> anyhow::Result<()> {
    let question = QuestionRow {
        asked: author.hashes.today.clone(),
        purpose: QuestionKind::Forget,
        report: None,
        incident: None,
        choices: Vec::new(),
        area_choices: Vec::new(),
        expires_at: turn.now + turn.app.policy.question_open,
    };
    turn.tx.ask(&question).await?;
    answer(turn, author, Prompt::AskForget)
}
