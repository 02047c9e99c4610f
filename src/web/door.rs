//! The doors of areas: `/join/mpls/whittier`, `/j/h7k2p9xy`, and the posters that lead there.
//!
//! A page is one answer without scripts, cookies or anything from elsewhere, in the language the browser asks for. Nothing is
//! written down about who opens it; of a poster's code it is counted that it was opened. A link into a room is not on the page: it
//! leads to `/join/…/signal`, and only then the room with most space is chosen, so that no open tab leads into a full one.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use tracing::warn;

use super::{
    page::{Other, Page, Way, guard},
    poster,
};
use crate::{
    app::App,
    domain::{
        door::{self, Code, Lead, LeadTo, Poster},
        envelope::PlatformKind,
        ids::AreaId,
        prompt::{AboutDoors, Prompt},
    },
    phrasebook::Style,
};

/// Seconds after which a page looks again whether a room is ready.
const AGAIN: u32 = 20;

/// The routes of doors and posters.
pub fn routes(app: Arc<App>) -> Router {
    Router::new()
        .route("/join/{*path}", get(join))
        .route("/j/{code}", get(by_code))
        .route("/poster/{file}", get(poster::file))
        .with_state(app)
}

/// What may stand behind the `?`.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    lang: Option<String>,
}

/// The page of an area, or one way through its door.
async fn join(
    State(app): State<Arc<App>>,
    Path(path): Path<String>,
    Query(asked): Query<Asked>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let words = Speaker::of(&app, asked.lang.as_deref(), &headers, None);
    let path = path.trim_end_matches('/');
    let directory = app.directory();
    let areas = || directory.areas.keys();
    if let Some(area) = door::area_of(areas(), path) {
        return words.door(area);
    }
    let way = path.rsplit_once('/').and_then(|(area, platform)| {
        let platform = PlatformKind::from_name(platform)?;
        Some((door::area_of(areas(), area)?, platform))
    });
    match way {
        Some((area, platform)) => words.way(area, platform, method != Method::HEAD),
        None => words.lost(),
    }
}

/// The page that a poster leads to.
async fn by_code(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let poster = match found(&app, &code).await {
        Ok(poster) => poster,
        Err(response) => return response,
    };
    let words = Speaker::of(&app, asked.lang.as_deref(), &headers, poster.as_ref());
    let Some(poster) = poster.filter(|poster| app.directory().areas.contains_key(&poster.area))
    else {
        return words.lost();
    };
    // Whoever only looks whether it is there, and whoever changes the language, does not open it.
    if method != Method::HEAD && asked.lang.is_none() {
        app.opened(&poster);
    }
    words.door(&poster.area)
}

/// The poster that somebody asks for, or what to answer when that cannot be told.
pub(super) async fn found(app: &App, code: &str) -> Result<Option<Poster>, Response> {
    let Some(code) = Code::parse(code) else {
        return Ok(None);
    };
    app.poster(&code).await.map_err(|error| {
        warn!(error = %format!("{error:#}"), "a poster cannot be looked up");
        (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "5")],
        )
            .into_response()
    })
}

/// Says things in the language of whoever looks.
pub(super) struct Speaker<'a> {
    app: &'a App,
    language: String,
    /// Whether they chose it themselves: then links keep it.
    is_chosen: bool,
}

impl<'a> Speaker<'a> {
    /// The language somebody chose; else what their browser asks for; else their poster's; else the community's.
    pub(super) fn of(
        app: &'a App,
        asked: Option<&str>,
        headers: &HeaderMap,
        poster: Option<&Poster>,
    ) -> Self {
        let spoken = app.phrasebook.languages();
        let chosen = asked.filter(|language| spoken.contains(language));
        let wish = || {
            let wish = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
            door::language(wish, &spoken)
        };
        let language = chosen
            .map(ToOwned::to_owned)
            .or_else(wish)
            .or_else(|| poster.map(|poster| poster.language.clone()))
            .unwrap_or_else(|| app.community.language.clone());
        Self {
            app,
            language,
            is_chosen: chosen.is_some(),
        }
    }

    /// In that language, whoever looks.
    pub(super) fn in_language(app: &'a App, language: String) -> Self {
        Self {
            app,
            language,
            is_chosen: true,
        }
    }

    pub(super) fn say(&self, about: AboutDoors) -> String {
        self.say_in(&self.language, about)
    }

    fn say_in(&self, language: &str, about: AboutDoors) -> String {
        let zone = &self.app.community.zone;
        let words = self
            .app
            .phrasebook
            .say(&Prompt::Door(about), language, Style::Room, zone);
        words.plain()
    }

    /// Our number as people write it.
    pub(super) fn number(&self) -> Option<String> {
        self.app.community.number.as_deref().map(door::number_shown)
    }

    fn area(&self, area: &AreaId) -> String {
        self.app.directory().area_name(area).to_owned()
    }

    /// An address of ours as it stands in a link: a proxy may serve us under a path.
    fn link(&self, path: &str) -> String {
        let base = self.app.community.public_url.as_deref().unwrap_or_default();
        let base = base
            .split_once("://")
            .and_then(|(_, rest)| rest.split_once('/'))
            .map_or_else(String::new, |(_, path)| format!("/{path}"));
        let language = if self.is_chosen {
            format!("?lang={}", self.language)
        } else {
            String::new()
        };
        format!("{base}{path}{language}")
    }

    /// All ways into an area.
    fn door(&self, area: &AreaId) -> Response {
        let ways: Vec<Way> = self
            .app
            .leads(area)
            .iter()
            .map(|lead| self.way_shown(area, lead))
            .collect();
        let mut paragraphs = vec![self.say(AboutDoors::What)];
        if ways.is_empty() {
            paragraphs.push(self.say(AboutDoors::NoRoom));
        }
        let choose = (!ways.is_empty()).then(|| self.say(AboutDoors::Choose));
        Page {
            title: self.say(AboutDoors::Title {
                area: self.area(area),
                community: self.app.community.name.clone(),
            }),
            heading: self.area(area),
            paragraphs,
            choose,
            ways,
            ..self.blank()
        }
        .answer(StatusCode::OK)
    }

    fn way_shown(&self, area: &AreaId, lead: &Lead) -> Way {
        let platform = lead.platform;
        let number = self.number().unwrap_or_default();
        let number = unbroken(&number);
        let name = self.say(AboutDoors::Way { platform, number });
        let mut notes = vec![self.say(AboutDoors::WayFor { platform })];
        let mut href = self.link(&format!("{}/{platform}", door::path(area)));
        let mut look = "";
        match &lead.to {
            LeadTo::Preparing => {
                notes = vec![self.say(AboutDoors::PreparingNote)];
                look = " waits";
            }
            LeadTo::Link { url, approval } => {
                if *approval {
                    notes.push(self.say(AboutDoors::Approval));
                }
                if url.starts_with("sms:") {
                    // A number does not fill up, and phones open it sooner from a link than from an answer.
                    href.clone_from(url);
                    look = " plain";
                }
            }
        }
        Way {
            href,
            name,
            notes,
            look,
        }
    }

    /// One way into an area: to the room with most space at this moment.
    fn way(&self, area: &AreaId, platform: PlatformKind, is_taken: bool) -> Response {
        let lead = if is_taken {
            self.app.lead(area, platform)
        } else {
            let leads = self.app.leads(area);
            leads.into_iter().find(|lead| lead.platform == platform)
        };
        match lead.map(|lead| lead.to) {
            None => self.lost(),
            Some(LeadTo::Preparing) => self.preparing(area),
            Some(LeadTo::Link { url, .. }) => match HeaderValue::from_str(&url) {
                Ok(url) => {
                    let mut response =
                        (StatusCode::SEE_OTHER, [(header::LOCATION, url)]).into_response();
                    guard(response.headers_mut());
                    response
                }
                Err(_) => self.lost(),
            },
        }
    }

    fn preparing(&self, area: &AreaId) -> Response {
        let link = |name, path: String, look| Way {
            href: path,
            name: self.say(name),
            notes: Vec::new(),
            look,
        };
        let page = Page {
            title: self.say(AboutDoors::Title {
                area: self.area(area),
                community: self.app.community.name.clone(),
            }),
            heading: self.say(AboutDoors::Preparing),
            paragraphs: vec![self.say(AboutDoors::PreparingHow)],
            again: Some(AGAIN),
            ways: vec![
                link(AboutDoors::LookAgain, String::new(), ""),
                link(
                    AboutDoors::OtherWays,
                    self.link(&door::path(area)),
                    " plain",
                ),
            ],
            ..self.blank()
        };
        let mut response = page.answer(StatusCode::SERVICE_UNAVAILABLE);
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(AGAIN));
        response
    }

    /// Nothing is known of that address.
    pub(super) fn lost(&self) -> Response {
        let number = self.number();
        let ways = number.iter().map(|number| Way {
            href: format!(
                "sms:{}",
                self.app.community.number.as_deref().unwrap_or_default()
            ),
            name: self.say(AboutDoors::Way {
                platform: PlatformKind::Sms,
                number: unbroken(number),
            }),
            notes: vec![self.say(AboutDoors::LostNumber {
                number: unbroken(number),
            })],
            look: " plain",
        });
        let page = Page {
            title: self.say(AboutDoors::Lost),
            heading: self.say(AboutDoors::Lost),
            paragraphs: vec![self.say(AboutDoors::LostHow)],
            ways: ways.collect(),
            ..self.blank()
        };
        page.answer(StatusCode::NOT_FOUND)
    }

    /// What every page has.
    fn blank(&self) -> Page<'_> {
        let spoken = self.app.phrasebook.languages();
        let others = spoken.into_iter().filter(|tag| *tag != self.language);
        let legal = self.app.community.hotline.clone();
        let legal = legal.map(|hotline| self.say(AboutDoors::Legal { hotline }));
        Page {
            language: &self.language,
            title: String::new(),
            again: None,
            community: &self.app.community.name,
            languages_label: self.say(AboutDoors::Languages),
            languages: others
                .map(|tag| Other {
                    tag: tag.to_owned(),
                    name: self.say_in(tag, AboutDoors::LanguageName),
                })
                .collect(),
            heading: String::new(),
            paragraphs: Vec::new(),
            choose: None,
            ways: Vec::new(),
            small: legal
                .into_iter()
                .chain([self.say(AboutDoors::KeepsNothing)])
                .collect(),
        }
    }
}

/// A number that no line ends in: word joiners, which nobody sees or hears, beside its hyphens.
fn unbroken(number: &str) -> String {
    number.replace('-', "\u{2060}-\u{2060}")
}
