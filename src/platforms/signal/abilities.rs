//! What the daemon can do: asked of it, not assumed.
//!
//! signal-cli answers every method it knows of with an error if nothing is given to it, and "no such method" otherwise. So each
//! is asked with nothing to do. A daemon that can do less within a method (say, cannot edit) says so in the answer to
//! `capabilities`, a method of ours that signal-cli does not know: `{"edits": false}`.

use std::{
    sync::{PoisonError, RwLock},
    time::Duration,
};

use serde_json::{Value, json};

use super::{
    link::{CallError, Link},
    wire::Refusal,
};
use crate::platforms::Capabilities;

/// What an account on Signal can do when the daemon can do everything. Bodies over 2,000 bytes go as a file, up to 64 KiB (facts:
/// message size).
const ALL: Capabilities = Capabilities {
    max_text: 16_000,
    reactions: true,
    edits: true,
    replies: true,
    redactions: true,
    direct: true,
    subscriptions: false,
    parallel: 4,
    metered: false,
    erases: false,
    answers_carrier_words: false,
    drops_repeats: false,
    throttled: true,
    arranges: true,
    nests: false,
    excludes: true,
};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// A group's id that is none: nothing can happen.
const NO_GROUP: &str = "-";

/// What the daemon can do.
pub(super) struct Abilities(RwLock<Capabilities>);

impl Default for Abilities {
    fn default() -> Self {
        Self(RwLock::new(ALL))
    }
}

impl Abilities {
    /// As far as is known.
    pub(super) fn capabilities(&self) -> Capabilities {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Asks the daemon. What it does not answer stays as it was.
    pub(super) async fn ask(&self, link: &Link, account: &str) {
        // Another daemon, or a newer one, may be able to do more than the one before.
        let before = self.capabilities();
        let mut can = ALL;
        for (method, ability, was) in [
            (
                "sendReaction",
                &mut can.reactions as &mut bool,
                before.reactions,
            ),
            ("remoteDelete", &mut can.redactions, before.redactions),
            ("updateGroup", &mut can.arranges, before.arranges),
        ] {
            let nothing = json!({ "account": account, "groupId": NO_GROUP });
            match link.call(method, nothing, PATIENCE).await {
                Ok(_) => {}
                Err(CallError::Refused(error)) => {
                    *ability = error.refusal() != Refusal::NotImplemented;
                }
                Err(_) => *ability = was,
            }
        }
        match link
            .call("capabilities", json!({ "account": account }), PATIENCE)
            .await
        {
            Ok(said) => narrow(&mut can, &said),
            Err(CallError::Refused(_)) => {}
            Err(_) => return,
        }
        // People are kept out by changing the group.
        can.excludes = can.arranges;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = can;
    }
}

/// Takes away what the daemon says it cannot do.
fn narrow(can: &mut Capabilities, said: &Value) {
    let cannot = |what: &str| said.get(what).and_then(Value::as_bool) == Some(false);
    can.edits &= !cannot("edits");
    can.reactions &= !cannot("reactions");
    can.replies &= !cannot("quotes");
    can.redactions &= !cannot("deletions");
    can.direct &= !cannot("direct");
    can.arranges &= !cannot("groups");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_can_say_that_it_does_less() {
        let mut can = ALL;
        narrow(
            &mut can,
            &json!({ "edits": false, "groups": false, "x": 1, "direct": true }),
        );
        assert!(!can.edits && !can.arranges && can.direct && can.reactions);
        let mut all = ALL;
        narrow(&mut all, &json!([]));
        assert_eq!(all, ALL);
    }
}
