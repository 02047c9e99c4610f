//! Posters to print: `/poster/h7k2p9xy.pdf` and `.svg`, with `?paper=a4` and `?strip=1`, in the language the poster was made in.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use self::sheet::{Paper, Said, Sheet};
use super::{
    door::{self, Speaker},
    page,
};
use crate::{
    app::App,
    domain::{
        door::Poster,
        prompt::{AboutDoors, Prompt},
    },
    phrasebook::Style,
};

mod letters;
mod pdf;
mod sheet;
mod svg;

/// What may stand behind the `?`.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    paper: Option<String>,
    strip: Option<String>,
}

/// The files of a poster. Whoever has its code may print it again.
pub(super) async fn file(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Response {
    let (code, kind) = file.rsplit_once('.').unwrap_or((&file, ""));
    let poster = match door::found(&app, code).await {
        Ok(poster) => poster,
        Err(response) => return response,
    };
    let lost = || Speaker::of(&app, None, &headers, None).lost();
    let (Some(poster), Some(base)) = (poster, app.community.public_url.as_deref()) else {
        return lost();
    };
    let said = said(&app, &poster, base);
    let paper = match wanted
        .paper
        .as_deref()
        .map(str::to_ascii_lowercase)
        .as_deref()
    {
        Some("a4") => Paper::A4,
        _ => Paper::Letter,
    };
    let has_strips = wanted.strip.is_some_and(|strip| strip != "0");
    let Some(sheet) = sheet::sheet(&said, paper, has_strips) else {
        return lost();
    };
    let title = title(&app, &poster, &said);
    let name = format!("{}-{}", said.area, poster.language);
    match kind {
        "pdf" => {
            let file = pdf::file(&sheet, &title, &poster.language);
            answer(file, "application/pdf", &name, "pdf")
        }
        "svg" => drawn(&sheet, &title, &poster.language, &name),
        _ => lost(),
    }
}

fn drawn(sheet: &Sheet, title: &str, language: &str, name: &str) -> Response {
    match svg::file(sheet, title, language) {
        Ok(file) => answer(file, "image/svg+xml", name, "svg"),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn answer(file: impl IntoResponse, kind: &'static str, name: &str, ending: &str) -> Response {
    let mut response = file.into_response();
    let headers = response.headers_mut();
    page::guard(headers);
    if ending == "pdf" {
        // Readers of PDF inside browsers are pages with scripts of their own.
        headers.remove(header::CONTENT_SECURITY_POLICY);
        headers.remove(header::X_FRAME_OPTIONS);
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let name: String = name
        .to_lowercase()
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    if let Ok(named) = HeaderValue::from_str(&format!("inline; filename=\"{name}.{ending}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, named);
    }
    response
}

fn title(app: &App, poster: &Poster, said: &Said) -> String {
    Speaker::in_language(app, poster.language.clone()).say(AboutDoors::Title {
        area: said.area.clone(),
        community: said.community.clone(),
    })
}

/// What the poster says.
fn said(app: &App, poster: &Poster, base: &str) -> Said {
    let words = Speaker::in_language(app, poster.language.clone());
    let area = app.directory().area_name(&poster.area).to_owned();
    let url = format!("{base}/j/{}", poster.code);
    let address = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let word = app.directory().short_name(&poster.area).to_owned();
    let text_to = Prompt::Door(AboutDoors::TextTo { word });
    let zone = &app.community.zone;
    let text_to = app
        .phrasebook
        .say(&text_to, &poster.language, Style::Room, zone);
    Said {
        community: app.community.name.clone(),
        what: words.say(AboutDoors::What),
        scan: words.say(AboutDoors::Scan),
        text_to: text_to
            .spans()
            .map(|(text, is_strong)| (text.to_owned(), is_strong))
            .collect(),
        number: words.number(),
        or_type: words.say(AboutDoors::OrType),
        address: address.to_owned(),
        area,
        url,
    }
}
