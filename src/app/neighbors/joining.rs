//! Subscribing to the alerts of an area: by zip code, by name, or by choosing among several.

use super::{CHOICES, answer, areas_called, called, example};
use crate::{
    app::{App, author::Author, turn::Turn},
    domain::timestamp::Timestamp,
    domain::{command::AlertsWanted, ids::AreaId, place::zip_in, prompt::Prompt},
    store::{JoinedWith, QuestionKind, QuestionRow, SubscriberRow},
};

/// One person hears of at most so many areas.
const AREAS: usize = 3;

/// The first words to someone who reports nothing.
pub fn hello(app: &App) -> Prompt {
    Prompt::Hello {
        community: app.community.name.clone(),
        example: example(app),
    }
}

/// A message that is the name or code of an area: whoever writes it hears of that area as well. False if it is none.
/// With `is_strict` it must be nothing else, so that no report is taken for it.
pub async fn named_an_area(
    turn: &mut Turn<'_>,
    author: &Author,
    text: &str,
    is_strict: bool,
) -> anyhow::Result<bool> {
    let areas = turn.app.reader.gazetteer().area_meant(text, is_strict);
    if areas.is_empty() && (is_strict || !is_hardly_more_than_a_zip(text)) {
        return Ok(false);
    }
    join(turn, author, text, &areas, false).await?;
    Ok(true)
}

/// Whether a text is a zip code, if perhaps not one of this city: an answer to "Which neighborhood?" that deserves one.
fn is_hardly_more_than_a_zip(text: &str) -> bool {
    zip_in(text).is_some() && text.split_whitespace().count() <= 3
}

/// Has a person hear of the area they named: only of it, or of it as well.
pub async fn join(
    turn: &mut Turn<'_>,
    author: &Author,
    text: &str,
    areas: &[AreaId],
    is_only: bool,
) -> anyhow::Result<()> {
    // Who has stopped has no number here, whatever they write, until they say START.
    if turn.is_hushed() {
        return Ok(());
    }
    let is_zip = zip_in(text).is_some();
    match areas {
        [] => {
            let prompt = Prompt::AreaUnknown {
                example: example(turn.app),
            };
            answer(turn, author, prompt)
        }
        [area] => {
            let with = if is_zip {
                JoinedWith::Zip
            } else {
                JoinedWith::Name
            };
            subscribe(turn, author, area, with, is_only).await
        }
        several => ask_which_area(turn, author, several, is_zip, is_only).await,
    }
}

/// Somebody chose one of the areas they were offered.
pub async fn chose(
    turn: &mut Turn<'_>,
    author: &Author,
    area: &AreaId,
    is_only: bool,
) -> anyhow::Result<()> {
    if turn.is_hushed() {
        return Ok(());
    }
    subscribe(turn, author, area, JoinedWith::Choice, is_only).await
}

async fn ask_which_area(
    turn: &mut Turn<'_>,
    author: &Author,
    several: &[AreaId],
    is_zip: bool,
    is_only: bool,
) -> anyhow::Result<()> {
    let areas: Vec<AreaId> = several.iter().take(CHOICES).cloned().collect();
    let choices = areas
        .iter()
        .map(|area| called(turn.app, author, area))
        .collect();
    let question = QuestionRow {
        asked: author.hashes.today.clone(),
        purpose: if is_only {
            QuestionKind::OnlyArea
        } else {
            QuestionKind::Area
        },
        report: None,
        incident: None,
        choices: Vec::new(),
        area_choices: areas,
        expires_at: turn.now + turn.app.policy.question_open,
    };
    turn.tx.ask(&question).await?;
    let of = several.len();
    answer(
        turn,
        author,
        Prompt::AskWhichArea {
            choices,
            of,
            is_zip,
        },
    )
}

async fn subscribe(
    turn: &mut Turn<'_>,
    author: &Author,
    area: &AreaId,
    joined_with: JoinedWith,
    is_only: bool,
) -> anyhow::Result<()> {
    let app = turn.app;
    let hash = app.keyring.lasting(&author.person);
    let known = turn.tx.subscriptions_of(&hash).await?;
    let has_it = known.iter().any(|row| &row.area == area);
    if !is_only && !has_it && known.len() >= AREAS {
        let areas = areas_called(app, author, &known);
        return answer(turn, author, Prompt::AreasFull { areas });
    }
    // Who names an area wants to hear of it, whatever they had switched off before.
    let wanted = known
        .first()
        .map_or(AlertsWanted::Confirmed, |row| row.wanted);
    let row = SubscriberRow {
        person: app
            .keyring
            .seal(&author.person, &hash)?
            .speaking(&author.language),
        hash: hash.clone(),
        area: area.clone(),
        language: author.language.clone(),
        since: turn.now,
        joined_with,
        wanted: wanted.max(AlertsWanted::Near),
        paused_until: known
            .first()
            .map_or(Timestamp::from_ms(0), |row| row.paused_until),
    };
    turn.tx.subscribe(&row).await?;
    if is_only {
        turn.tx.keep_only(&hash, area).await?;
    }
    if !is_only && known.iter().any(|other| other.area != row.area) {
        turn.tx.want(&hash, &row.wants()).await?;
    }
    let rows = turn.tx.subscriptions_of(&hash).await?;
    let prompt = Prompt::Subscribed {
        areas: areas_called(app, author, &rows),
        per_day: app.policy.alerts_per_day,
    };
    answer(turn, author, prompt)
}
