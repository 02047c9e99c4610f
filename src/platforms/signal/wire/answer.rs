//! What the daemon answers: what became of a message for each who was to have it, and refusals.

use std::time::Duration;

use serde_json::Value;

use crate::{
    domain::sensitive::Sensitive,
    platforms::signal::wire::{field, ids::Uuid},
};

/// The answer to whatever sends: `send`, `sendReaction`, `remoteDelete`, `updateGroup`, `joinGroup`.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// What names the new message. A change that changed nothing has none.
    pub timestamp: Option<i64>,
    /// A new group's id, or that of the group that was joined.
    pub group: Option<String>,
    /// What became of it, for each who was to have it; several for one person where several messages were sent.
    pub results: Vec<SendResult>,
    /// Joining waits for an admin.
    pub is_only_requested: bool,
}

/// What became of one message for one person.
#[derive(Debug, Clone)]
pub struct SendResult {
    /// Who was to have it.
    pub person: Option<Uuid>,
    /// What became of it.
    pub fate: Fate,
    /// The challenge that a human must answer before more can be sent.
    pub token: Option<Sensitive<String>>,
    /// How long to wait before it is tried again.
    pub retry_after: Option<Duration>,
}

/// What became of a message for one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The server took it.
    Sent,
    /// The server could not be asked, or its answer was lost.
    Unreached,
    /// They are not on Signal any more.
    Unregistered,
    /// Their key changed and is not trusted.
    Untrusted,
    /// Too many messages.
    RateLimited,
    /// Something else went wrong.
    Failed,
}

impl Fate {
    fn read(kind: &str) -> Self {
        match kind {
            "SUCCESS" => Self::Sent,
            "NETWORK_FAILURE" => Self::Unreached,
            "UNREGISTERED_FAILURE" => Self::Unregistered,
            "IDENTITY_FAILURE" => Self::Untrusted,
            "RATE_LIMIT_FAILURE" => Self::RateLimited,
            _ => Self::Failed,
        }
    }
}

impl Sent {
    /// Reads a result, or the `response` beside an error.
    #[must_use]
    pub fn read(result: &Value) -> Self {
        let results = field::list(result, "results").iter();
        Self {
            timestamp: field::moment(result, "timestamp"),
            group: field::text(result, "groupId").map(str::to_owned),
            results: results.filter_map(SendResult::read).collect(),
            is_only_requested: field::flag(result, "onlyRequested"),
        }
    }

    /// Those who do not have it.
    pub fn missed(&self) -> impl Iterator<Item = &SendResult> {
        self.results
            .iter()
            .filter(|result| result.fate != Fate::Sent)
    }

    /// Whether Signal took it for anybody, as far as it is told.
    #[must_use]
    pub fn reached_somebody(&self) -> bool {
        self.results.is_empty() || self.any_is(Fate::Sent)
    }

    fn all_are(&self, fate: Fate) -> bool {
        !self.results.is_empty() && self.results.iter().all(|result| result.fate == fate)
    }

    fn any_is(&self, fate: Fate) -> bool {
        self.results.iter().any(|result| result.fate == fate)
    }
}

impl SendResult {
    fn read(result: &Value) -> Option<Self> {
        let seconds = field::number(result, "retryAfterSeconds");
        Some(Self {
            person: field::object(result, "recipientAddress").and_then(|who| Uuid::at(who, "uuid")),
            fate: field::text(result, "type").map(Fate::read)?,
            token: field::text(result, "token").map(|token| token.to_owned().into()),
            retry_after: seconds
                .and_then(|seconds| u64::try_from(seconds).ok())
                .map(Duration::from_secs),
        })
    }
}

/// An error as the daemon tells it. Its message may hold names and numbers: it prints as `•••`.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the daemon refused (error {code})")]
pub struct RpcError {
    /// JSON-RPC's or signal-cli's number.
    pub code: i64,
    /// What it says.
    pub message: Sensitive<String>,
    /// What became of the message all the same, for each who was to have it.
    pub sent: Sent,
}

/// What a refusal means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Too many messages: nobody has it, and nothing more will go for a while.
    RateLimited {
        /// How long a while, if it is told.
        retry_after: Option<Duration>,
        /// The challenge that a human must answer first.
        token: Option<Sensitive<String>>,
    },
    /// The account is not in that group, or there is no such group.
    NotInRoom,
    /// Only admins may write there, and the account is none.
    MayNotWrite,
    /// That person is not on Signal (any more).
    UnknownPerson,
    /// Their key changed and is not trusted.
    Untrusted,
    /// The daemon has no such account.
    NoAccount,
    /// The daemon cannot do that at all.
    NotImplemented,
    /// What became of it is not known: it may have been done.
    Unknown {
        /// The server complained of too many requests: go slower.
        is_rate_limited: bool,
    },
    /// It will not work later either; a short code for logs.
    Never(&'static str),
}

/// signal-cli's and JSON-RPC's numbers (`SignalJsonRpcCommandHandler`, `JsonRpcResponse`).
mod code {
    pub(super) const USER: i64 = -1;
    pub(super) const UNTRUSTED_KEY: i64 = -4;
    pub(super) const RATE_LIMIT: i64 = -5;
    pub(super) const CAPTCHA_REJECTED: i64 = -6;
    pub(super) const PARSE: i64 = -32_700;
    pub(super) const INVALID_REQUEST: i64 = -32_600;
    pub(super) const NO_METHOD: i64 = -32_601;
    pub(super) const INVALID_PARAMS: i64 = -32_602;
}

/// How signal-cli begins what it says with its error -1 (`lib/…/api/*Exception.java`), and what that means.
const USER_ERRORS: [(&str, Refusal); 6] = [
    ("Group not found", Refusal::NotInRoom),
    ("User is not a member in group", Refusal::NotInRoom),
    (
        "User is not allowed to send message to group",
        Refusal::MayNotWrite,
    ),
    ("Unregistered user", Refusal::UnknownPerson),
    ("Invalid group id", Refusal::Never("bad_group_id")),
    ("No recipients given", Refusal::Never("no_recipient")),
];

impl RpcError {
    /// Reads the member `error` of an answer.
    #[must_use]
    pub fn read(error: &Value) -> Self {
        let response =
            field::object(error, "data").and_then(|data| field::object(data, "response"));
        Self {
            code: field::number(error, "code").unwrap_or(0),
            message: field::text(error, "message")
                .unwrap_or("")
                .to_owned()
                .into(),
            sent: response.map(Sent::read).unwrap_or_default(),
        }
    }

    /// What it means. Whatever is not known to be a refusal is [`Refusal::Unknown`]: it may have been done.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self.code {
            code::RATE_LIMIT => self.rate_limited(),
            code::UNTRUSTED_KEY => Refusal::Untrusted,
            code::CAPTCHA_REJECTED => Refusal::Never("captcha_rejected"),
            code::NO_METHOD => Refusal::NotImplemented,
            code::INVALID_PARAMS if self.says("account") => Refusal::NoAccount,
            code::INVALID_PARAMS | code::INVALID_REQUEST | code::PARSE => {
                Refusal::Never("bad_request")
            }
            code::USER => self.user_error(),
            // -3 (input and output), -32603 (anything unforeseen) and whatever comes later. A group's message has often
            // gone out already when the copy for the account's own devices fails.
            _ => self.unknown(),
        }
    }

    /// Whether the account does not know this device any more, or is gone (signal-cli, `AuthorizationFailedException`; seen with
    /// the mock after the phone removed the device). What was being sent may have gone out all the same: to a group it goes
    /// without a login, the copy for the account's own phone with one.
    #[must_use]
    pub fn is_unlinked(&self) -> bool {
        self.says("AuthorizationFailed") || self.says("Authorization failed")
    }

    fn user_error(&self) -> Refusal {
        let message = self.message.expose();
        let known = USER_ERRORS
            .into_iter()
            .find(|(beginning, _)| message.starts_with(beginning));
        if let Some((_, refusal)) = known {
            return refusal;
        }
        // "Failed to send message": nobody got it, each for a reason of their own.
        if self.sent.results.is_empty() {
            Refusal::Never("refused")
        } else if self.sent.any_is(Fate::Sent) || self.sent.any_is(Fate::Unreached) {
            self.unknown()
        } else if self.sent.any_is(Fate::RateLimited) {
            self.rate_limited()
        } else if self.sent.all_are(Fate::Unregistered) {
            Refusal::UnknownPerson
        } else if self.sent.any_is(Fate::Untrusted) {
            Refusal::Untrusted
        } else {
            Refusal::Never("refused")
        }
    }

    fn rate_limited(&self) -> Refusal {
        let results = self.sent.results.iter();
        Refusal::RateLimited {
            retry_after: results.clone().filter_map(|one| one.retry_after).max(),
            token: results.clone().find_map(|one| one.token.clone()),
        }
    }

    fn unknown(&self) -> Refusal {
        Refusal::Unknown {
            is_rate_limited: self.says("[413]")
                || self.says("[429]")
                || self.says("RateLimit")
                || self.sent.any_is(Fate::RateLimited),
        }
    }

    fn says(&self, words: &str) -> bool {
        self.message.expose().contains(words)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn result(kind: &str) -> Value {
        json!({ "recipientAddress": { "uuid": "aff2ebea-6220-48ef-8ee9-a6073d08c973" }, "type": kind })
    }

    #[test]
    fn every_refusal_has_its_meaning() {
        let plain = Refusal::Unknown {
            is_rate_limited: false,
        };
        let slower = Refusal::Unknown {
            is_rate_limited: true,
        };
        for (code, message, kinds, meaning) in [
            (-1, "Group not found: AAAA=", &[][..], Refusal::NotInRoom),
            (
                -1,
                "User is not a member in group: N (I)",
                &[],
                Refusal::NotInRoom,
            ),
            (
                -1,
                "User is not allowed to send message to group: N (I)",
                &[],
                Refusal::MayNotWrite,
            ),
            (
                -1,
                "Invalid group id: Failed to decode groupId",
                &[],
                Refusal::Never("bad_group_id"),
            ),
            (
                -1,
                "No recipients given",
                &[],
                Refusal::Never("no_recipient"),
            ),
            (-1, "something else", &[], Refusal::Never("refused")),
            (
                -1,
                "Failed to send message",
                &["UNREGISTERED_FAILURE"],
                Refusal::UnknownPerson,
            ),
            (
                -1,
                "Failed to send message",
                &["NETWORK_FAILURE"],
                plain.clone(),
            ),
            (
                -1,
                "Failed to send message",
                &["UNREGISTERED_FAILURE", "NETWORK_FAILURE"],
                plain.clone(),
            ),
            (
                -1,
                "Failed to send message",
                &["RATE_LIMIT_FAILURE", "NETWORK_FAILURE"],
                slower.clone(),
            ),
            (
                -1,
                "Failed to send message",
                &["IDENTITY_FAILURE", "UNREGISTERED_FAILURE"],
                Refusal::Untrusted,
            ),
            (
                -1,
                "Failed to send message",
                &["INVALID_PRE_KEY_FAILURE"],
                Refusal::Never("refused"),
            ),
            (-3, "Unable to check: [404]", &[], plain.clone()),
            (
                -4,
                "Failed to send message due to untrusted identities",
                &[],
                Refusal::Untrusted,
            ),
            (-6, "", &[], Refusal::Never("captcha_rejected")),
            (
                -32_601,
                "Method not implemented",
                &[],
                Refusal::NotImplemented,
            ),
            (
                -32_602,
                "Specified account does not exist",
                &[],
                Refusal::NoAccount,
            ),
            (
                -32_602,
                "Method requires valid account parameter",
                &[],
                Refusal::NoAccount,
            ),
            (-32_602, "other", &[], Refusal::Never("bad_request")),
            (
                -32_603,
                "Failed requirement. (IllegalArgumentException)",
                &[],
                plain.clone(),
            ),
            (
                -32_603,
                "Failed to send message: [413] Rate Limited (RateLimitException)",
                &[],
                slower,
            ),
            (0, "", &[], plain),
        ] {
            let results: Vec<Value> = kinds.iter().map(|kind| result(kind)).collect();
            let error = json!({ "code": code, "message": message, "data": { "response": { "results": results } } });
            assert_eq!(
                RpcError::read(&error).refusal(),
                meaning,
                "{code} {message} {kinds:?}"
            );
        }
    }

    #[test]
    fn a_rate_limit_tells_how_long_and_what_must_be_solved() {
        let mut second = result("RATE_LIMIT_FAILURE");
        second["token"] = json!("7ab8-token");
        second["retryAfterSeconds"] = json!(86_400);
        let error = json!({ "code": -5, "message": "x", "data": { "response": { "results": [result("RATE_LIMIT_FAILURE"), second] } } });
        let limited = Refusal::RateLimited {
            retry_after: Some(Duration::from_secs(86_400)),
            token: Some("7ab8-token".to_owned().into()),
        };
        assert_eq!(RpcError::read(&error).refusal(), limited);
        let bare = RpcError::read(&json!({ "code": -5, "message": "x", "data": null }));
        let unknown_how_long = Refusal::RateLimited {
            retry_after: None,
            token: None,
        };
        assert_eq!(bare.refusal(), unknown_how_long);
    }

    #[test]
    fn a_removed_device_is_seen() {
        let of = |message: &str| RpcError::read(&json!({ "code": -32_603, "message": message }));
        let lost = "Failed to send message: [401] Authorization failed! (AuthorizationFailedException) (UnexpectedErrorException)";
        assert!(of(lost).is_unlinked());
        assert!(matches!(of(lost).refusal(), Refusal::Unknown { .. }));
        assert!(!of("Failed to send message: [413] Rate Limited").is_unlinked());
    }

    #[test]
    fn nothing_personal_is_printed() {
        let error = json!({ "code": -1, "message": "User is not a member in group: Phillips (x)", "data": { "response": { "results": [result("SUCCESS")] } } });
        let printed = format!("{:?}", RpcError::read(&error));
        assert!(
            !printed.contains("Phillips") && !printed.contains("aff2ebea"),
            "{printed}"
        );
    }
}
