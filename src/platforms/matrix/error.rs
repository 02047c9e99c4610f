//! What went wrong at the homeserver, as short codes: what the server wrote could name people and never leaves this module.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use matrix_sdk::{
    Error, HttpError,
    ruma::api::error::{ErrorKind, RetryAfter},
};

use crate::platforms::{PerformError, Retry};

/// The waits between tries at something that must succeed one day: 1 s doubling to a minute, with jitter, for ever.
#[must_use]
pub fn patience() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs(1))
        .with_max_delay(Duration::from_secs(60))
        .with_jitter()
        .without_max_times()
        .build()
}

/// What a failure means for whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// A short code.
    pub code: &'static str,
    /// Whether to try again.
    pub retry: Retry,
    /// The HTTP status, if the server answered.
    pub status: Option<u16>,
}

impl Failure {
    /// A failure without an answer from the server.
    #[must_use]
    pub const fn new(code: &'static str, retry: Retry) -> Self {
        Self {
            code,
            retry,
            status: None,
        }
    }

    /// Reads an error of the SDK's.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        match error {
            Error::Http(error) => Self::of_http(error),
            Error::WrongRoomState(_) => Self::new("not_in_room", Retry::Never),
            Error::AuthenticationRequired => Self::new("logged_out", Retry::Later(None)),
            Error::OlmError(_) | Error::MegolmError(_) | Error::NoOlmMachine => {
                Self::new("encryption", Retry::Later(None))
            }
            Error::CryptoStoreError(_) | Error::StateStore(_) | Error::Io(_) => {
                Self::new("key_store", Retry::Later(None))
            }
            Error::Identifier(_) => Self::new("bad_id", Retry::Never),
            _ => Self::new("matrix", Retry::Later(None)),
        }
    }

    /// Reads an error of one request.
    #[must_use]
    pub fn of_http(error: &HttpError) -> Self {
        if let HttpError::Cached(error) = error {
            return Self::of_http(error);
        }
        let Some(answer) = error.as_client_api_error() else {
            // No connection, or an answer that is no Matrix answer, as from a proxy in front of a stopped homeserver.
            return Self::new("unreachable", Retry::Later(None));
        };
        let status = answer.status_code.as_u16();
        let (code, retry) = match answer.error_kind() {
            Some(ErrorKind::LimitExceeded(limit)) => {
                let after = match limit.retry_after {
                    Some(RetryAfter::Delay(delay)) => Some(delay),
                    _ => None,
                };
                ("rate_limited", Retry::Later(after))
            }
            Some(ErrorKind::UnknownToken(_) | ErrorKind::MissingToken) => {
                ("logged_out", Retry::Later(None))
            }
            Some(ErrorKind::UserDeactivated) => ("deactivated", Retry::Never),
            Some(ErrorKind::Forbidden) => ("forbidden", Retry::Never),
            Some(ErrorKind::NotFound) => ("not_found", Retry::Never),
            Some(ErrorKind::TooLarge) => ("too_large", Retry::Never),
            Some(ErrorKind::DuplicateAnnotation) => ("already_there", Retry::Never),
            _ if status == 429 => ("rate_limited", Retry::Later(None)),
            _ if status >= 500 => ("unreachable", Retry::Later(None)),
            _ => ("refused", Retry::Never),
        };
        Self {
            code,
            retry,
            status: Some(status),
        }
    }

    /// Whether the answer was lost, or it could not be given: what was asked for may have been done.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.code == "unreachable"
    }

    /// Whether the homeserver does not know the session any more.
    #[must_use]
    pub fn is_logged_out(&self) -> bool {
        self.code == "logged_out"
    }
}

impl From<Failure> for PerformError {
    fn from(failure: Failure) -> Self {
        Self {
            code: failure.code,
            retry: failure.retry,
            // A homeserver drops what it is given twice.
            is_doubtful: false,
            person: None,
            source: failure
                .status
                .map(|status| anyhow::anyhow!("The homeserver answered with HTTP status {status}")),
        }
    }
}
