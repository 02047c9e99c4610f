//! What Twilio posts to us: messages, and news of ours. Checked, committed, and only then answered; the answer is always empty,
//! since everything that is said leaves through the outbox.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::post,
};
use tracing::{debug, warn};

use crate::{
    domain::envelope::Envelope,
    platforms::{
        door::{self, Ambiguous},
        sms::{
            Twilio,
            client::Sender,
            convert::{self, Inbound, Status},
            errors::{self, Stops},
            form::{Fault, Form, MAX_BODY},
            signature::{SETTINGS, SIGNATURE, Seal, Signed},
        },
    },
};

/// Where messages are posted, below the public address.
pub const MESSAGES: &str = "/twilio/sms";
/// Where news of our messages is posted, below the public address.
pub const STATUSES: &str = "/twilio/status";

/// Twilio waits 15 s for an answer. Until then the message must be committed, or it has to offer it again.
const PATIENCE: Duration = Duration::from_secs(12);
/// How long a request may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(5);

/// Why a request is not answered with 200.
enum Refusal {
    /// It is not one of Twilio's, or not for us; it will not be one later either.
    Bad(StatusCode, Fault),
    /// It could not be taken in right now.
    NotNow,
}

impl From<Ambiguous> for Refusal {
    fn from(_: Ambiguous) -> Self {
        UNSIGNED
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Bad(StatusCode::BAD_REQUEST, fault)
    }
}

/// The routes of the web hooks.
pub(super) fn routes(twilio: &Arc<Twilio>) -> Router {
    Router::new()
        .route(MESSAGES, post(message))
        .route(STATUSES, post(status))
        .with_state(Arc::clone(twilio))
}

async fn message(State(twilio): State<Arc<Twilio>>, request: Request) -> Response {
    answered(twilio.take_message(request).await)
}

async fn status(State(twilio): State<Arc<Twilio>>, request: Request) -> Response {
    answered(twilio.take_status(request).await)
}

fn answered(taken: Result<(), Refusal>) -> Response {
    match taken {
        Ok(()) => ([(CONTENT_TYPE, "text/xml")], "<Response/>").into_response(),
        Err(Refusal::NotNow) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(Refusal::Bad(status, fault)) => {
            debug!(status = status.as_u16(), fault, "a web hook was refused");
            status.into_response()
        }
    }
}

impl Twilio {
    async fn take_message(&self, request: Request) -> Result<(), Refusal> {
        let (form, _query) = self.signed_form(request, MESSAGES).await?;
        let inbound = Inbound::of_form(&form)?;
        if inbound.account != self.account.account_sid
            || !self.is_ours(inbound.to.expose(), inbound.service.as_deref())
        {
            return Err(Refusal::Bad(StatusCode::FORBIDDEN, "not for us"));
        }
        if inbound.from.expose().is_empty() {
            // Nobody can be answered, and nobody could be told apart from others.
            warn!("a message without a sender was let go");
            return Ok(());
        }
        let now = self.clock.now();
        self.heard
            .note(inbound.from.expose(), inbound.to.expose(), now);
        self.take_in(inbound.envelopes(now)).await
    }

    async fn take_status(&self, request: Request) -> Result<(), Refusal> {
        let (form, query) = self.signed_form(request, STATUSES).await?;
        let status = Status::of_form(&form, &query)?;
        if status.account != self.account.account_sid {
            return Err(Refusal::Bad(StatusCode::FORBIDDEN, "not for us"));
        }
        let Some(progress) = status.progress else {
            // A word that came after this was written, or one for messages that came in.
            return Ok(());
        };
        let now = self.clock.now();
        if progress.stage.is_lost()
            && let Some(remedy) = errors::remedy(progress.code)
        {
            if progress.code == errors::WINDOW_CLOSED {
                self.heard.close(&status.to);
            }
            let sender = match status.service {
                Some(service) => Sender::Service(service),
                None => Sender::Number(status.from),
            };
            if remedy.stops != Stops::Nothing || remedy.advice.is_some() {
                self.standing.refused(remedy, Some(&sender), now);
            }
        }
        self.take_in(vec![convert::progress_envelope(&status.to, progress, now)])
            .await
    }

    /// The form of a request that Twilio signed, and what stands in its address.
    async fn signed_form(&self, request: Request, path: &str) -> Result<(Form, Form), Refusal> {
        let (head, body) = request.into_parts();
        if !is_form(&head.headers) {
            return Err(Refusal::Bad(StatusCode::UNSUPPORTED_MEDIA_TYPE, "no form"));
        }
        let bytes = door::arrived(body, MAX_BODY, ARRIVAL)
            .await
            .map_err(|status| Refusal::Bad(status, "too large or too slow"))?;
        let form = Form::read(&bytes)?;
        let query = head.uri.query();
        // One configured address, and of the request only its query, byte for byte: what proxies say of it can be made up.
        let url = match query {
            Some(query) => format!("{}{path}?{query}", self.config.public_url),
            None => format!("{}{path}", self.config.public_url),
        };
        let seal = Seal {
            signature: door::header(&head.headers, SIGNATURE)?.ok_or(UNSIGNED)?,
            settings: door::header(&head.headers, SETTINGS)?,
        };
        if !self
            .secrets
            .have_signed(&url, Signed::Form(form.fields()), seal)
        {
            if self
                .standing
                .told
                .is_news("bad_signature", self.clock.now())
            {
                warn!(
                    "a web hook was not signed by the account: if it is Twilio's, check the auth token and public_url in [sms]"
                );
            }
            return Err(UNSIGNED);
        }
        Ok((form, Form::read(query.unwrap_or_default().as_bytes())?))
    }

    /// Has envelopes committed.
    async fn take_in(&self, envelopes: Vec<Envelope>) -> Result<(), Refusal> {
        self.door.take_in(envelopes, PATIENCE).await.map_err(|_| {
            let told = &self.standing.told;
            if told.is_news("not_taken_in", self.clock.now()) {
                warn!(
                    "a web hook could not be taken in; Twilio is told to offer it again, and what it does not is listed later"
                );
            }
            Refusal::NotNow
        })
    }

    /// Whether this is an address of ours.
    fn is_ours(&self, to: &str, service: Option<&str>) -> bool {
        let whatsapp = self.account.whatsapp.as_ref();
        self.config.numbers.iter().any(|number| number == to)
            || whatsapp.is_some_and(|whatsapp| whatsapp.from == to)
            // A sender of RCS has no number; the Messaging Service tells that it is ours.
            || (to.starts_with("rcs:") && service.is_some() && service == self.account.messaging_service.as_deref())
    }
}

const UNSIGNED: Refusal = Refusal::Bad(StatusCode::FORBIDDEN, "not signed by the account");

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind
        .and_then(|kind| kind.split(';').next())
        .unwrap_or_default();
    kind.trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
