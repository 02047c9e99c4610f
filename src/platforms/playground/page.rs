//! What the browser sees of the town: the page, the stream of changes, and what people do there.
//!
//! There is no sign-in: whoever opens the page can be anybody in town. So it answers only under this machine's own names
//! (a foreign site must not reach it by pointing its name here) and takes orders only from its own page.

use std::{collections::VecDeque, convert::Infallible, net::IpAddr, sync::Arc};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request, State, rejection::JsonRejection},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::{Playground, Stop, board::Refused, town::News};

/// The largest request body.
const MAX_BODY: usize = 8 * 1024;

/// Everything comes from here and nothing from elsewhere; no inline script or style.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";

/// Path, type, content.
const FILES: [(&str, &str, &str); 6] = [
    ("/", HTML, include_str!("page/page.html")),
    (
        "/playground/page.css",
        "text/css; charset=utf-8",
        include_str!("page/page.css"),
    ),
    (
        "/playground/page.js",
        "text/javascript; charset=utf-8",
        include_str!("page/page.js"),
    ),
    (
        "/playground/words.json",
        "application/json",
        include_str!("page/words.json"),
    ),
    (
        "/playground/bell.svg",
        "image/svg+xml",
        include_str!("page/bell.svg"),
    ),
    (
        "/playground/skyline.svg",
        "image/svg+xml",
        include_str!("page/skyline.svg"),
    ),
];

type Town = State<Arc<Playground>>;

/// The page and what it asks for.
pub(super) fn routes(playground: &Arc<Playground>) -> Router {
    let mut router = Router::new()
        .route("/playground/events", get(events))
        .route("/playground/say", post(say))
        .route("/playground/react", post(react))
        .route("/playground/edit", post(edit))
        .route("/playground/redact", post(redact));
    for (path, kind, content) in FILES {
        router = router.route(path, get(([(header::CONTENT_TYPE, kind)], content)));
    }
    router
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(
            Arc::clone(playground),
            guard,
        ))
        .with_state(Arc::clone(playground))
}

/// Lets nobody in under a foreign name or by order of a foreign page, and marks every answer.
async fn guard(State(playground): Town, request: Request, next: Next) -> Response {
    let host = header_str(request.headers(), &header::HOST).or_else(|| {
        request
            .uri()
            .authority()
            .map(axum::http::uri::Authority::as_str)
    });
    let mut response = match host {
        Some(host) if playground.answers_to(host) => {
            let origin = header_str(request.headers(), &header::ORIGIN);
            if request.method() == Method::GET || origin.is_none_or(|origin| is_own(origin, host)) {
                next.run(request).await
            } else {
                failure(StatusCode::FORBIDDEN, "foreign_page")
            }
        }
        _ => failure(StatusCode::MISDIRECTED_REQUEST, "foreign_name"),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn header_str<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A page says where an order comes from; it must be the page that this server gave out.
fn is_own(origin: &str, host: &str) -> bool {
    let from = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    from.is_some_and(|from| from.eq_ignore_ascii_case(host))
}

/// The name in a `Host` header, without its port.
fn host_name(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _port)) => address,
        None => host.rsplit_once(':').map_or(host, |(name, _port)| name),
    }
}

impl Playground {
    fn answers_to(&self, host: &str) -> bool {
        let name = host_name(host);
        let own = name.eq_ignore_ascii_case("localhost")
            || name
                .parse()
                .is_ok_and(|address: IpAddr| address.is_loopback());
        own || self
            .town()
            .plan()
            .hosts
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Say {
    who: String,
    #[serde(rename = "where")]
    place: String,
    text: String,
    reply_to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct React {
    who: String,
    message: String,
    key: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    who: String,
    message: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Redact {
    who: String,
    message: String,
}

type Body<T> = Result<Json<T>, JsonRejection>;

async fn say(State(playground): Town, body: Body<Say>) -> Response {
    act(&playground, body, |say| {
        let now = playground.clock.now();
        let reply_to = say.reply_to.as_deref();
        let mut town = playground.town();
        town.say(&say.who, &say.place, &say.text, reply_to, now)
            .map(Some)
    })
}

async fn react(State(playground): Town, body: Body<React>) -> Response {
    act(&playground, body, |react| {
        let now = playground.clock.now();
        let mut town = playground.town();
        town.react(&react.who, &react.message, &react.key, now)
            .map(|()| None)
    })
}

async fn edit(State(playground): Town, body: Body<Edit>) -> Response {
    act(&playground, body, |edit| {
        let now = playground.clock.now();
        let mut town = playground.town();
        town.edit(&edit.who, &edit.message, &edit.text, now)
            .map(|()| None)
    })
}

async fn redact(State(playground): Town, body: Body<Redact>) -> Response {
    act(&playground, body, |redact| {
        let now = playground.clock.now();
        let mut town = playground.town();
        town.take_back(&redact.who, &redact.message, now)
            .map(|()| None)
    })
}

/// Does what somebody asked for, and answers with the new message's id if there is one.
fn act<T>(
    playground: &Playground,
    body: Body<T>,
    deed: impl FnOnce(T) -> Result<Option<String>, Refused>,
) -> Response {
    let asked = match body {
        Ok(Json(asked)) => asked,
        Err(rejection) => {
            let code = match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => "too_long",
                _ => "malformed",
            };
            return failure(rejection.status(), code);
        }
    };
    match deed(asked) {
        Ok(message) => {
            playground.changed();
            Json(serde_json::json!({ "message": message })).into_response()
        }
        Err(refused) => failure(status(refused), refused.code()),
    }
}

const fn status(refused: Refused) -> StatusCode {
    match refused {
        Refused::UnknownPerson | Refused::UnknownRoom | Refused::UnknownMessage => {
            StatusCode::NOT_FOUND
        }
        Refused::NotInRoom | Refused::NotYours | Refused::OnlyTexts => StatusCode::FORBIDDEN,
        Refused::Empty | Refused::TooLong => StatusCode::UNPROCESSABLE_ENTITY,
        Refused::Busy => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn failure(status: StatusCode, code: &'static str) -> Response {
    (status, Json(serde_json::json!({ "error": code }))).into_response()
}

/// The stream of one page: everything first, or what it missed if it was away for a moment only, then every change.
async fn events(State(playground): Town, headers: HeaderMap) -> Response {
    let Ok(permit) = Arc::clone(&playground.pages).try_acquire_owned() else {
        return failure(StatusCode::SERVICE_UNAVAILABLE, "busy");
    };
    let run = playground.town().run().to_owned();
    let seen = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok())
        .and_then(|id| id.strip_prefix(run.as_str())?.strip_prefix('.'))
        .and_then(|seen| seen.parse().ok());
    let page = Page {
        pulse: playground.pulse.subscribe(),
        playground,
        run,
        seen,
        ready: VecDeque::new(),
        _permit: permit,
    };
    Sse::new(page.stream())
        .keep_alive(KeepAlive::default())
        .into_response()
}

/// One open page.
struct Page {
    playground: Arc<Playground>,
    pulse: watch::Receiver<Stop>,
    run: String,
    seen: Option<u64>,
    ready: VecDeque<Event>,
    _permit: OwnedSemaphorePermit,
}

impl Page {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut page| async move {
            let event = page.next().await?;
            Some((Ok(event), page))
        })
    }

    /// The next event; nothing once the town is closed.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            let stop = self.pulse.borrow_and_update().clone();
            self.look();
            if !self.ready.is_empty() {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                changed = self.pulse.changed() => changed.ok()?,
            }
        }
    }

    fn look(&mut self) {
        let news = self.playground.town().news(self.seen);
        match news {
            News::All(at, state) => self.tell("state", at, &state),
            News::Changes(changes) => {
                for (at, change) in changes {
                    self.tell("change", at, &change);
                }
            }
        }
    }

    fn tell(&mut self, kind: &str, at: u64, json: &str) {
        self.seen = Some(at);
        let event = Event::default()
            .event(kind)
            .id(format!("{}.{at}", self.run))
            .data(json);
        self.ready.push_back(event);
    }
}

#[cfg(test)]
mod tests {
    use super::{host_name, is_own};

    #[test]
    fn a_host_has_a_name_and_perhaps_a_port() {
        let check = |host: &str, name: &str| assert_eq!(host_name(host), name);
        check("127.0.0.1:8080", "127.0.0.1");
        check("localhost", "localhost");
        check("[::1]:8080", "::1");
        check("[::1]", "::1");
        check("127.0.0.1.evil.example:80", "127.0.0.1.evil.example");
    }

    #[test]
    fn only_the_own_page_gives_orders() {
        assert!(is_own("http://127.0.0.1:8080", "127.0.0.1:8080"));
        assert!(!is_own("http://evil.example", "127.0.0.1:8080"));
        assert!(!is_own("http://127.0.0.1:9", "127.0.0.1:8080"));
        assert!(!is_own("null", "127.0.0.1:8080"));
    }
}
