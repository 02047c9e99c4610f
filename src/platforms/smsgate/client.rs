//! Asks things of SMSGate's API: the same on the phone, on a private server and in the cloud. One request each, no retries.

use std::time::Duration;

use anyhow::{Context as _, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{
    Method, RequestBuilder, Response, StatusCode,
    header::{AUTHORIZATION, HeaderValue, RETRY_AFTER},
    redirect::Policy,
};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{config::smsgate::GateConfig, domain::timestamp::Timestamp};

/// How much of an answer is read. A list of 500 long messages has some 500 KiB.
const MOST: usize = 4 << 20;
/// How many messages a page of the phone's list has at most.
pub(super) const PAGE: usize = 500;

/// Why there is no good answer.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// It cannot be reached: nothing was sent.
    #[error("cannot connect")]
    NotSent(#[source] reqwest::Error),
    /// The request left, and what became of it is unknown.
    #[error("the answer is lost")]
    Lost(#[source] anyhow::Error),
    /// It was refused.
    #[error("refused with HTTP status {status}")]
    Refused {
        /// The HTTP status.
        status: StatusCode,
        /// How long to wait, where the answer says so.
        retry_after: Option<Duration>,
    },
}

/// A message to be sent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outgoing<'a> {
    /// Chosen by us: the API takes each once.
    pub id: &'a str,
    pub phone_numbers: [&'a str; 1],
    pub text_message: Text<'a>,
    pub with_delivery_report: bool,
    /// In seconds, so that the phone's clock need not be right.
    pub ttl: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sim_number: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_id: Option<&'a str>,
}

/// Its words.
#[derive(Serialize)]
pub(super) struct Text<'a> {
    pub text: &'a str,
}

/// What the API did with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// It waits to be sent.
    Now,
    /// It had it already, by an earlier try.
    Before,
}

/// How a message stands.
#[derive(Deserialize)]
pub(super) struct State {
    /// `Pending`, `Processed`, `Sent`, `Delivered`, `Failed`, `Cancelled`.
    pub state: String,
}

/// A message in the phone's list of those that came in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed {
    pub sender: String,
    pub sim_number: Option<u8>,
    /// Called a preview, but all of a text message.
    pub content_preview: String,
    pub created_at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Hook<'a> {
    id: &'a str,
    url: &'a str,
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Refresh<'a> {
    since: String,
    until: String,
    message_types: [&'a str; 2],
    trigger_webhooks: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<&'a str>,
}

/// The phone or its server.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    device: Option<String>,
    authorization: HeaderValue,
    limit: Duration,
}

impl Client {
    /// Where the settings say. Nothing is asked yet.
    pub(super) fn new(
        config: &GateConfig,
        connect: Duration,
        limit: Duration,
    ) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .connect_timeout(connect)
            .redirect(Policy::none())
            .build()?;
        let login = STANDARD.encode(format!(
            "{}:{}",
            config.username,
            config.password.expose_secret()
        ));
        let mut authorization = HeaderValue::try_from(format!("Basic {login}"))?;
        authorization.set_sensitive(true);
        Ok(Self {
            http,
            base: config.url.clone(),
            device: config.device.clone(),
            authorization,
            limit,
        })
    }

    /// Hands a message over. Numbers are those that people wrote from: the phone need not judge them.
    pub(super) async fn send(&self, message: &Outgoing<'_>) -> Result<Taken, GateError> {
        let request = self
            .request(Method::POST, "/messages?skipPhoneValidation=true")
            .json(message);
        match self.answer(request).await {
            Ok(_) => Ok(Taken::Now),
            Err(GateError::Refused { status, .. }) if status == StatusCode::CONFLICT => {
                Ok(Taken::Before)
            }
            Err(error) => Err(error),
        }
    }

    /// How a message stands; `None` if it never came.
    pub(super) async fn state(&self, id: &str) -> Result<Option<State>, GateError> {
        let request = self.request(Method::GET, &format!("/messages/{id}"));
        match self.answer(request).await {
            Ok(answer) => Ok(Some(read(answer).await?)),
            Err(GateError::Refused { status, .. }) if status == StatusCode::NOT_FOUND => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Has an event posted to an address. The same id again replaces what was there.
    pub(super) async fn register(&self, id: &str, event: &str, url: &str) -> Result<(), GateError> {
        let hook = Hook {
            id,
            url,
            event,
            device_id: self.device.as_deref(),
        };
        let request = self.request(Method::POST, "/webhooks").json(&hook);
        self.answer(request).await.map(drop)
    }

    /// How many events are posted somewhere; also tells whether user name and password are right.
    pub(super) async fn hooks(&self) -> Result<usize, GateError> {
        let answer = self.answer(self.request(Method::GET, "/webhooks")).await?;
        let hooks: Vec<serde::de::IgnoredAny> = read(answer).await?;
        Ok(hooks.len())
    }

    /// Has the phone look through its own messages for those that it missed, and post them.
    pub(super) async fn refresh(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<(), GateError> {
        let refresh = Refresh {
            since: written(since),
            until: written(until),
            message_types: ["SMS", "MMS"],
            trigger_webhooks: true,
            device_id: self.device.as_deref(),
        };
        let request = self.request(Method::POST, "/inbox/refresh").json(&refresh);
        self.answer(request).await.map(drop)
    }

    /// A page of the text messages that came in since then; `None` where there is no such list, as in the cloud.
    pub(super) async fn inbox(
        &self,
        since: Timestamp,
        until: Timestamp,
        offset: usize,
    ) -> Result<Option<Vec<Listed>>, GateError> {
        // Nothing in it needs escaping: the moments are in UTC.
        let path = format!(
            "/inbox?type=SMS&limit={PAGE}&offset={offset}&from={}&to={}",
            written(since),
            written(until)
        );
        let request = self.request(Method::GET, &path);
        match self.answer(request).await {
            Ok(answer) => Ok(Some(read(answer).await?)),
            Err(GateError::Refused { status, .. })
                if status == StatusCode::NOT_FOUND || status == StatusCode::NOT_IMPLEMENTED =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether anything answers there.
    pub(super) async fn is_there(&self) -> bool {
        let request = self.request(Method::GET, "/health");
        request.send().await.is_ok()
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.base))
            .timeout(self.limit)
            .header(AUTHORIZATION, self.authorization.clone())
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Response, GateError> {
        let answer = request.send().await.map_err(|error| {
            if error.is_connect() || error.is_builder() {
                GateError::NotSent(error.without_url())
            } else {
                GateError::Lost(error.without_url().into())
            }
        })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        // What it says of the reason may hold the number and is not read.
        if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED {
            return Err(GateError::Lost(anyhow::anyhow!("HTTP status {status}")));
        }
        let retry_after = answer
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        Err(GateError::Refused {
            status,
            retry_after,
        })
    }
}

/// The answer's JSON.
async fn read<T: DeserializeOwned>(mut answer: Response) -> Result<T, GateError> {
    let reading = async {
        let mut bytes = Vec::new();
        while let Some(more) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
            if bytes.len() + more.len() > MOST {
                bail!("the answer is too large");
            }
            bytes.extend_from_slice(&more);
        }
        // The parser's own complaint may quote what was written.
        serde_json::from_slice(&bytes)
            .ok()
            .context("the answer is not what it should be")
    };
    reading.await.map_err(GateError::Lost)
}

/// A moment as the API reads it: with milliseconds and a zone.
fn written(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_ms()).unwrap_or_default();
    format!("{at:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_have_milliseconds_and_a_zone() {
        assert_eq!(
            written(Timestamp::from_ms(1_768_508_040_000)),
            "2026-01-15T20:14:00.000Z"
        );
    }
}
