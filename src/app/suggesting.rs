//! Fills what the rules left empty with what a language model suggests, after the report is saved and on its way.
//!
//! Nothing waits for it: the report's alert and question have gone already. What it fills are only empty fields, shown to
//! verifiers on the card; a place that it finds alerts nobody before a person has said that it is right. The text is held in
//! memory until the answer is there, and nowhere else.

use std::{future::Future, pin::Pin, sync::Arc};

use tokio::sync::mpsc;
use tracing::warn;

use crate::{
    app::{App, reporting, turn::Turn},
    domain::{
        ids::{AreaId, ReportId},
        parse::Reading,
        place::Found,
        sensitive::Sensitive,
        suggestion::Suggestion,
        timestamp::Timestamp,
    },
    platforms::Stop,
};

/// How many messages may wait for a suggestion. More are not asked about: a slow model must not pile texts up.
pub(super) const WAITING: usize = 16;

/// What makes suggestions: a text to what it may say.
pub type Suggest =
    dyn Fn(String) -> Pin<Box<dyn Future<Output = Option<Suggestion>> + Send>> + Send + Sync;

/// A report with something missing, and its words.
#[derive(Debug)]
pub(super) struct Unclear {
    pub report: ReportId,
    pub text: Sensitive<String>,
    pub near: Vec<AreaId>,
    pub sent_at: Timestamp,
}

/// Asks for suggestions, one after another, until `stop`.
pub(super) async fn run(
    app: Arc<App>,
    suggest: Arc<Suggest>,
    mut unclear: mpsc::Receiver<Unclear>,
    stop: Stop,
) {
    loop {
        let one = tokio::select! {
            () = stop.cancelled() => return,
            one = unclear.recv() => one,
        };
        let Some(one) = one else { return };
        let asked = suggest(one.text.expose().clone());
        let Some(Some(suggestion)) = stop.run_until_cancelled(asked).await else {
            continue;
        };
        if let Err(error) = fill(&app, &one, suggestion).await {
            // Nothing is lost: the report stands as the rules read it.
            warn!(report = %one.report, error = %format!("{error:#}"), "a suggestion was not taken in");
        }
    }
}

async fn fill(app: &App, one: &Unclear, suggestion: Suggestion) -> anyhow::Result<()> {
    let mut turn = Turn::begin(app).await?;
    turn.because_of(format!("suggested/{}", one.report));
    let Some(mut row) = turn.tx.report(&one.report).await? else {
        return Ok(());
    };
    let Some(incident) = turn.tx.incident(&row.incident).await? else {
        return Ok(());
    };
    if row.withdrawn || !incident.status.is_open() {
        return Ok(());
    }
    let reading = Reading {
        sent_at: one.sent_at,
        near: &one.near,
        is_reply: false,
        earlier: None,
    };
    let located = suggestion
        .place
        .as_deref()
        .map(|words| app.reader.locate(words, &reading));
    let place = match located {
        // Where people shelter is nobody's to find out.
        Some(Found::One(place)) if !app.holds.is_shelter(&place) => Some(*place),
        _ => None,
    };
    if suggestion.fill(&mut row.body, place) {
        turn.tx.save_report(&row).await?;
        reporting::refresh(&mut turn, incident, None, true).await?;
    }
    turn.commit().await
}
