//! Asks things of Twilio's Messages API, or of one that speaks the same. One request each, no retries: who asks knows whether
//! asking twice is harmless.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use form_urlencoded::Serializer;
use reqwest::{
    Method, RequestBuilder, Response,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER},
    redirect::Policy,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};

use crate::platforms::sms::message::{Media, Message, Page};

/// The version of the API, which every path begins with.
pub(super) const VERSION: &str = "/2010-04-01/Accounts/";

/// How long requests may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until there is a connection; nothing is sent before.
    pub connect: Duration,
    /// Until the answer to a request that changes something is there. Twilio gives up by itself after some 26 s.
    pub write: Duration,
    /// Until the answer to a request that only reads is there.
    pub read: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            write: Duration::from_secs(30),
            read: Duration::from_secs(10),
        }
    }
}

/// Why there is no good answer.
#[derive(Debug, thiserror::Error)]
pub enum TwilioError {
    /// It cannot be reached: nothing was sent.
    #[error("cannot connect")]
    NotSent(#[source] reqwest::Error),
    /// The request left, and what became of it is unknown: no answer, a broken one, or one that says that they broke.
    #[error("the answer is lost")]
    Lost(#[source] anyhow::Error),
    /// It was refused.
    #[error("refused with HTTP status {status}, code {code}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Twilio's own code; 0 if the answer has none.
        code: u32,
        /// How long to wait, where the answer says so.
        retry_after: Option<Duration>,
    },
}

/// What an answer that refuses carries. Its message could name the person and is not read.
#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    code: u32,
}

/// From whom a message is sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Sender {
    /// One of our numbers, or our WhatsApp address.
    Number(String),
    /// A Messaging Service, which picks one of its numbers.
    Service(String),
}

/// What a message says.
#[derive(Clone, PartialEq, Eq)]
pub enum Words<'a> {
    /// Free text.
    Text(&'a str),
    /// A template that was allowed beforehand, with the values of its places as JSON.
    Template {
        /// Its id.
        sid: &'a str,
        /// `{"1":"…"}`.
        variables: String,
    },
}

/// A message to be sent.
#[derive(Clone)]
pub struct OutboundMessage<'a> {
    /// From whom.
    pub from: &'a Sender,
    /// To whom: `+16125550100`, `whatsapp:+16125550100`.
    pub to: &'a str,
    /// What it says.
    pub words: Words<'a>,
    /// Addresses of pictures to go with it, at most ten.
    pub media: &'a [String],
    /// Where news of it is to be posted.
    pub status_callback: Option<String>,
    /// After this it is not delivered any more; from 1 s to 10 h.
    pub validity: Duration,
}

impl OutboundMessage<'_> {
    fn form(&self) -> String {
        let mut form = Serializer::new(String::new());
        form.append_pair("To", self.to);
        match self.from {
            Sender::Number(number) => form.append_pair("From", number),
            Sender::Service(service) => form.append_pair("MessagingServiceSid", service),
        };
        match &self.words {
            Words::Text(text) => form.append_pair("Body", text),
            Words::Template { sid, variables } => form
                .append_pair("ContentSid", sid)
                .append_pair("ContentVariables", variables),
        };
        for address in self.media {
            form.append_pair("MediaUrl", address);
        }
        if let Some(address) = &self.status_callback {
            form.append_pair("StatusCallback", address);
        }
        form.append_pair("ValidityPeriod", &self.validity.as_secs().to_string());
        form.finish()
    }
}

/// One account.
pub struct Client {
    pub(super) http: reqwest::Client,
    pub(super) base: String,
    account: String,
    authorization: HeaderValue,
    pub(super) limits: Limits,
}

impl Client {
    /// An account at `base`, such as `https://api.twilio.com` or `https://example.signalwire.com/api/laml`.
    ///
    /// # Errors
    /// If this machine cannot make web requests.
    pub fn new(
        base: &str,
        account: &str,
        token: &SecretString,
        limits: Limits,
    ) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .connect_timeout(limits.connect)
            .redirect(Policy::none())
            .build()?;
        let login = STANDARD.encode(format!("{account}:{}", token.expose_secret()));
        let mut authorization = HeaderValue::try_from(format!("Basic {login}"))?;
        authorization.set_sensitive(true);
        Ok(Self {
            http,
            base: base.trim_end_matches('/').to_owned(),
            account: account.to_owned(),
            authorization,
            limits,
        })
    }

    /// Sends a message. If the answer is [lost](TwilioError::Lost), look before sending it again.
    ///
    /// # Errors
    /// If it was refused, not sent, or perhaps sent.
    pub async fn send_message(
        &self,
        message: &OutboundMessage<'_>,
    ) -> Result<Message, TwilioError> {
        let request = self.request(Method::POST, &self.url("/Messages.json"));
        json(answer(form(request, message.form())).await?).await
    }

    /// The newest messages to an address, newest first; `since` is a day, `2026-01-31`. More pages by [`Client::more`].
    ///
    /// # Errors
    /// If it was refused or there is no answer.
    pub async fn messages(
        &self,
        to: Option<&str>,
        since: Option<&str>,
        page_size: u16,
    ) -> Result<Page, TwilioError> {
        let query = list_query(to, since, page_size);
        self.get(&format!("{}?{query}", self.url("/Messages.json")))
            .await
    }

    /// The page after this one; `None` if it was the last.
    ///
    /// # Errors
    /// If it was refused or there is no answer.
    pub async fn more(&self, page: &Page) -> Option<Result<Page, TwilioError>> {
        // Page addresses are relative, with or without the path of our base. Only their end is used: the credentials go
        // nowhere but to our base.
        let next = page.next_page_uri.as_deref()?;
        let at = next.find(VERSION)?;
        Some(self.get(&format!("{}{}", self.base, &next[at..])).await)
    }

    /// One message; `None` if there is none.
    ///
    /// # Errors
    /// If it was refused or there is no answer.
    pub async fn message(&self, sid: &str) -> Result<Option<Message>, TwilioError> {
        known(self.get(&self.url(&format!("/Messages/{sid}.json"))).await)
    }

    /// Empties the text of a message.
    ///
    /// # Errors
    /// If it was refused or there is no answer.
    pub async fn redact(&self, sid: &str) -> Result<(), TwilioError> {
        let request = self.request(Method::POST, &self.url(&format!("/Messages/{sid}.json")));
        answer(form(request, "Body=".to_owned())).await.map(drop)
    }

    /// Deletes a message.
    ///
    /// # Errors
    /// If it was refused or there is no answer.
    pub async fn delete(&self, sid: &str) -> Result<(), TwilioError> {
        self.remove(&format!("/Messages/{sid}.json")).await
    }

    /// What came with a message: at most ten.
    ///
    /// # Errors
    /// If it was refused or there is no answer.
    pub async fn media_of(&self, sid: &str) -> Result<Vec<Media>, TwilioError> {
        #[derive(Deserialize)]
        struct List {
            media_list: Vec<Media>,
        }
        let list: List = self
            .get(&self.url(&format!("/Messages/{sid}/Media.json")))
            .await?;
        Ok(list.media_list)
    }

    /// Deletes one thing that came with a message.
    ///
    /// # Errors
    /// If it was refused or there is no answer.
    pub async fn delete_media(&self, sid: &str, media: &str) -> Result<(), TwilioError> {
        self.remove(&format!("/Messages/{sid}/Media/{media}.json"))
            .await
    }

    /// An address of this account.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{VERSION}{}{path}", self.base, self.account)
    }

    /// A request with our credentials: only ever to [`Client::url`] or a page of it.
    pub(super) fn request(&self, method: Method, url: &str) -> RequestBuilder {
        let patience = if method == Method::GET {
            self.limits.read
        } else {
            self.limits.write
        };
        self.http
            .request(method, url)
            .timeout(patience)
            .header(AUTHORIZATION, self.authorization.clone())
    }

    async fn get<T: DeserializeOwned>(&self, url: &str) -> Result<T, TwilioError> {
        json(answer(self.request(Method::GET, url)).await?).await
    }

    async fn remove(&self, path: &str) -> Result<(), TwilioError> {
        answer(self.request(Method::DELETE, &self.url(path)))
            .await
            .map(drop)
    }
}

fn list_query(to: Option<&str>, since: Option<&str>, page_size: u16) -> String {
    let mut query = Serializer::new(String::new());
    if let Some(to) = to {
        query.append_pair("To", to);
    }
    if let Some(since) = since {
        query.append_pair("DateSent>", since);
    }
    query.append_pair("PageSize", &page_size.to_string());
    query.finish()
}

/// `None` instead of the refusal that says that there is no such thing.
fn known<T>(answer: Result<T, TwilioError>) -> Result<Option<T>, TwilioError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(TwilioError::Refused { status: 404, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn form(request: RequestBuilder, form: String) -> RequestBuilder {
    request
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form)
}

/// The answer, if it is a good one.
pub(super) async fn answer(request: RequestBuilder) -> Result<Response, TwilioError> {
    judged(request.send().await.map_err(unanswered)?).await
}

/// Why there is no answer. Addresses hold phone numbers: they have no place in an error that may be logged.
pub(super) fn unanswered(error: reqwest::Error) -> TwilioError {
    let error = error.without_url();
    if error.is_connect() || error.is_builder() {
        TwilioError::NotSent(error)
    } else {
        TwilioError::Lost(error.into())
    }
}

/// An answer, if it is a good one.
pub(super) async fn judged(answer: Response) -> Result<Response, TwilioError> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    if status.is_server_error() || status.is_informational() {
        return Err(lost(&format!(
            "The answer was HTTP status {}",
            status.as_u16()
        )));
    }
    let retry_after = answer
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    // Without a readable code the status has to do.
    let refusal: Option<Refusal> = answer.json().await.ok();
    Err(TwilioError::Refused {
        status: status.as_u16(),
        code: refusal.map_or(0, |refusal| refusal.code),
        retry_after,
    })
}

pub(super) fn lost(why: &str) -> TwilioError {
    TwilioError::Lost(anyhow::anyhow!("{why}"))
}

async fn json<T: DeserializeOwned>(answer: Response) -> Result<T, TwilioError> {
    answer
        .json()
        .await
        .map_err(|error| TwilioError::Lost(error.without_url().into()))
}
