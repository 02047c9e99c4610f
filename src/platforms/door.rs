//! How what networks post to us comes in: requests are read within bounds, and the way into the intake is the one that was opened
//! at the start.

use std::{
    sync::{PoisonError, RwLock},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, StatusCode},
};

use crate::{
    domain::envelope::Envelope,
    platforms::{Inbox, NotAccepted},
};

/// The way in of an adapter whose network posts by itself; closed until the shell runs.
#[derive(Default)]
pub(super) struct Door(RwLock<Option<Inbox>>);

impl Door {
    /// Opens it.
    pub(super) fn open(&self, inbox: Inbox) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(inbox);
    }

    /// Has envelopes committed within a time; the network is to be answered before it runs out.
    ///
    /// # Errors
    /// If that is not known to be done. What is committed after all is harmless when it is offered again.
    pub(super) async fn take_in(
        &self,
        envelopes: Vec<Envelope>,
        patience: Duration,
    ) -> Result<(), NotAccepted> {
        let inbox = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let inbox = inbox.ok_or(NotAccepted)?;
        tokio::time::timeout(patience, inbox.accept(envelopes, None))
            .await
            .unwrap_or(Err(NotAccepted))
    }
}

/// A request's body, if it has at most so many bytes and is there in time; else the status that says which it was.
pub(super) async fn arrived(
    body: Body,
    most: usize,
    patience: Duration,
) -> Result<Bytes, StatusCode> {
    match tokio::time::timeout(patience, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

/// A header that is there more than once, or is no text: whoever sent it does not mean one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ambiguous;

/// The one value of a header, if it is there.
pub(super) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Result<Option<&'h str>, Ambiguous> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(Ambiguous);
    }
    first
        .map(|value| value.to_str().map_err(|_| Ambiguous))
        .transpose()
}
