//! A page of a door: what every one has, and what an answer must carry so that nothing of a reader is kept or told.

use std::sync::LazyLock;

use askama::Template;
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("pages/door.css");

/// What a browser may do with a page: show it, in our own style.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// What every answer carries: nothing is kept on the way, nothing is told to where a link leads, nothing else is loaded.
pub fn guard(headers: &mut HeaderMap) {
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let robots = HeaderValue::from_static("noindex, nofollow, noarchive");
    headers.insert("x-robots-tag", robots);
    if let Ok(policy) = HeaderValue::from_str(&POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Which way a language is written.
pub fn direction(language: &str) -> &'static str {
    let main = language.split('-').next().unwrap_or_default();
    match main {
        "ar" | "fa" | "he" | "ps" | "ur" | "yi" | "dv" | "ckb" => "rtl",
        _ => "ltr",
    }
}

/// A page before it is HTML.
#[derive(Template)]
#[template(path = "door.html", config = "src/web/askama.toml")]
pub struct Page<'a> {
    pub language: &'a str,
    pub title: String,
    /// After how many seconds it opens itself again.
    pub again: Option<u32>,
    pub community: &'a str,
    pub languages_label: String,
    pub languages: Vec<Other>,
    pub heading: String,
    pub paragraphs: Vec<String>,
    pub choose: Option<String>,
    pub ways: Vec<Way>,
    pub small: Vec<String>,
}

impl Page<'_> {
    /// The page as it is sent.
    pub fn answer(&self, status: StatusCode) -> Response {
        let Ok(text) = self.render() else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        let mut response = (status, kind, text).into_response();
        let headers = response.headers_mut();
        guard(headers);
        if let Ok(language) = HeaderValue::from_str(self.language) {
            headers.insert(header::CONTENT_LANGUAGE, language);
        }
        headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
        response
    }
}

/// A link to the same page in another language.
pub struct Other {
    pub tag: String,
    pub name: String,
}

/// A large link.
pub struct Way {
    pub href: String,
    pub name: String,
    pub notes: Vec<String>,
    /// Further classes of the style.
    pub look: &'static str,
}
