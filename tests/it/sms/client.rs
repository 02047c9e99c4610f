//! The client by itself: other providers, pages, files.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode, Uri},
    response::IntoResponse,
};
use secrecy::SecretString;
use serde_json::json;
use tocsin::{
    clock::Clock,
    platforms::{
        Platform,
        sms::client::{Client, Limits},
    },
};

use super::stand_in::{ACCOUNT, OURS, Served, Setup, StandIn, TOKEN, saying};

const ANA: &str = "+16125550199";

#[tokio::test]
async fn a_provider_with_a_path_and_a_uuid_is_asked_there_page_by_page() {
    let account = "6f6ab5b7-8f7f-4f7c-9a51-3f5d0ea8a1f0";
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let list = format!("/api/laml/2010-04-01/Accounts/{account}/Messages.json");
    let answer = move |uri: Uri| {
        let target = uri.path_and_query().unwrap().to_string();
        let is_second = target.contains("Page=1");
        seen.lock().unwrap().push(target);
        let next = (!is_second).then(|| format!("{list}?Page=1"));
        async move {
            Json(json!({ "sid": "3f5d0ea8", "messages": [{ "sid": "a" }], "next_page_uri": next }))
        }
    };
    let api = Served::routes(Router::new().fallback(answer)).await;
    let base = api.url("/api/laml/");
    let client = Client::new(
        &base,
        account,
        &SecretString::from(TOKEN),
        Limits::default(),
    )
    .unwrap();
    let page = client
        .messages(Some(OURS), Some("2026-01-15"), 50)
        .await
        .unwrap();
    let second = client.more(&page).await.unwrap().unwrap();
    assert!(client.more(&second).await.is_none());
    let mut setup = Setup::at(&base);
    setup.account.account_sid = account.to_owned();
    let (twilio, clock) = setup.open();
    assert!(
        twilio
            .perform(&saying("a", ANA, "x", clock.now()))
            .await
            .is_ok()
    );
    let start = format!("/api/laml/2010-04-01/Accounts/{account}/Messages.json");
    assert_eq!(
        *asked.lock().unwrap(),
        [
            format!("{start}?To=%2B16125550100&DateSent%3E=2026-01-15&PageSize=50"),
            format!("{start}?Page=1"),
            start,
        ]
    );
}

#[tokio::test]
async fn the_client_fetches_files_without_showing_its_login_elsewhere() {
    let api = StandIn::get().await;
    let client = |base: &str| {
        Client::new(base, ACCOUNT, &SecretString::from(TOKEN), Limits::default()).unwrap()
    };
    let picture = api
        .tell(
            "media",
            &json!({ "content_type": "image/jpeg", "base64": "aGVsbG8=" }),
        )
        .await;
    let (message, file) = (
        picture["message_sid"].as_str().unwrap(),
        picture["sid"].as_str().unwrap(),
    );
    // The API document knows no files themselves, so the proxy has no way to them.
    let fetched = client(&api.control).media(message, file).await.unwrap();
    assert_eq!(
        (fetched.content_type.as_str(), &fetched.bytes[..]),
        ("image/jpeg", &b"hello"[..])
    );
    assert_eq!(
        client(&api.api).media_of(message).await.unwrap()[0].sid,
        file
    );
    assert!(
        client(&api.api)
            .message("SM00000000000000000000000000000000")
            .await
            .unwrap()
            .is_none()
    );

    let store = |uri: Uri, headers: HeaderMap| async move {
        match uri.path().rsplit('/').next().unwrap_or_default() {
            "near" => (StatusCode::FOUND, [("location", "/file")]).into_response(),
            "far" => (
                StatusCode::FOUND,
                [("location", "https://files.example.org/file")],
            )
                .into_response(),
            "file" if headers.contains_key("authorization") => {
                StatusCode::IM_A_TEAPOT.into_response()
            }
            "file" => "picture".into_response(),
            _ => vec![0_u8; 6 * 1024 * 1024].into_response(),
        }
    };
    let store = Served::routes(Router::new().fallback(store)).await;
    let client = client(&store.url(""));
    assert_eq!(client.media("MM1", "near").await.unwrap().bytes, b"picture");
    assert!(client.media("MM1", "far").await.is_err());
    assert!(client.media("MM1", "large").await.is_err());
}
