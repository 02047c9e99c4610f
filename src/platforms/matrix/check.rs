//! What `tocsin check` asks of a homeserver: is it there, does the login work, do the clocks agree. Leaves no device behind.

use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use matrix_sdk::reqwest::{Client, RequestBuilder, Response};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::{config::platforms::MatrixConfig, domain::timestamp::Timestamp};

/// How far the clocks may be apart: incidents are joined by minutes.
const SKEW: Duration = Duration::from_secs(30);

/// Tries the homeserver: a sentence about what was found, or what is wrong and what to do. `now` is the present moment.
#[must_use]
pub fn check(config: &MatrixConfig, now: Timestamp) -> BoxFuture<'_, Result<String, String>> {
    Box::pin(try_out(config, now))
}

async fn try_out(config: &MatrixConfig, now: Timestamp) -> Result<String, String> {
    let began = Instant::now();
    let http = Client::builder()
        .timeout(Duration::from_secs(15))
        .build()
        .map_err(|_| "Cannot make web requests on this machine".to_owned())?;
    let base = base(&http, &config.homeserver).await;
    let answer = http
        .get(format!("{base}/_matrix/client/versions"))
        .send()
        .await
        .map_err(|error| {
            let why = if error.is_timeout() { "it does not answer" } else { "no connection" };
            format!("Cannot reach the Matrix homeserver at {base}: {why}. Is the address right, and is it running?")
        })?;
    let skew = skew(&answer, now + began.elapsed());
    let versions: Value = json_of(answer).await;
    let Some(version) = versions["versions"]
        .as_array()
        .and_then(|all| all.last()?.as_str())
    else {
        return Err(format!(
            "There is something at {base}, but it is no Matrix homeserver"
        ));
    };
    if let Some(skew) = skew.filter(|skew| *skew > SKEW) {
        return Err(format!(
            "The clocks of this machine and of the Matrix homeserver are {} seconds apart: set them (NTP)",
            skew.as_secs()
        ));
    }
    log_in_and_out(&http, &base, config).await?;
    Ok(format!(
        "The Matrix homeserver speaks {version} and lets {} in",
        config.user
    ))
}

/// The address, also if only a server name was configured.
async fn base(http: &Client, homeserver: &str) -> String {
    if homeserver.contains("://") {
        return homeserver.trim_end_matches('/').to_owned();
    }
    let well_known = format!("https://{homeserver}/.well-known/matrix/client");
    let found = match http.get(well_known).send().await {
        Ok(answer) => json_of(answer).await,
        Err(_) => Value::Null,
    };
    found["m.homeserver"]["base_url"].as_str().map_or_else(
        || format!("https://{homeserver}"),
        |base| base.trim_end_matches('/').to_owned(),
    )
}

/// How far the clocks are apart, by the `Date` header.
fn skew(answer: &Response, now: Timestamp) -> Option<Duration> {
    let date = answer.headers().get("date")?.to_str().ok()?;
    let theirs = jiff::fmt::rfc2822::parse(date).ok()?;
    let apart = theirs.timestamp().as_millisecond() - now.as_ms();
    Some(Duration::from_millis(apart.unsigned_abs()))
}

async fn log_in_and_out(http: &Client, base: &str, config: &MatrixConfig) -> Result<(), String> {
    if let Some(password) = &config.password {
        let login = json!({
            "type": "m.login.password",
            "identifier": { "type": "m.id.user", "user": config.user },
            "password": password.expose_secret(),
            "initial_device_display_name": "tocsin check",
        });
        let answer = ask(http
            .post(format!("{base}/_matrix/client/v3/login"))
            .body(login.to_string()))
        .await?;
        let Some(token) = answer["access_token"].as_str() else {
            return Err("The Matrix homeserver gave no session at login".to_owned());
        };
        ask(http
            .post(format!("{base}/_matrix/client/v3/logout"))
            .bearer_auth(token)
            .body("{}"))
        .await?;
        return Ok(());
    }
    let Some(token) = &config.token else {
        return Err("The Matrix account needs a password or a token".to_owned());
    };
    let answer = ask(http
        .get(format!("{base}/_matrix/client/v3/account/whoami"))
        .bearer_auth(token.expose_secret()))
    .await?;
    if answer["user_id"].as_str() != Some(&config.user) {
        return Err(format!(
            "The Matrix token does not belong to {}",
            config.user
        ));
    }
    let device = answer["device_id"].as_str();
    if device.is_some() && device != config.device_id.as_deref() {
        return Err("The Matrix token belongs to another device than device_id says".to_owned());
    }
    Ok(())
}

async fn json_of(answer: Response) -> Value {
    let bytes = answer.bytes().await.unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

async fn ask(request: RequestBuilder) -> Result<Value, String> {
    let answer = request
        .send()
        .await
        .map_err(|_| "The connection to the Matrix homeserver broke off".to_owned())?;
    let status = answer.status();
    let body = json_of(answer).await;
    if status.is_success() {
        return Ok(body);
    }
    Err(match body["errcode"].as_str() {
        Some("M_FORBIDDEN") => "The Matrix homeserver refuses the user or password".to_owned(),
        Some("M_UNKNOWN_TOKEN") => "The Matrix homeserver does not know the token".to_owned(),
        Some("M_LIMIT_EXCEEDED") => {
            "The Matrix homeserver asks to log in less often; try again in a minute".to_owned()
        }
        Some("M_USER_DEACTIVATED") => "The Matrix account is deactivated".to_owned(),
        _ => format!(
            "The Matrix homeserver refuses the login (HTTP status {})",
            status.as_u16()
        ),
    })
}
