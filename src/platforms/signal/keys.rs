//! Looks at people's keys, and trusts new ones of those who have no role.
//!
//! Whose keys are others is told of everybody: a role may be one that moderators gave, which only the application knows, and it keeps
//! what it is told of others to itself. New keys are trusted after that, so that nothing is heard of them before their role rests.

use std::time::Duration;

use serde_json::json;

use super::{
    Signal,
    identity::{self, Identity},
    wire::Uuid,
};
use crate::domain::{
    envelope::{Content, Envelope, Trouble},
    ids::EnvelopeId,
};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

impl Signal {
    /// Looks at everybody's keys, and tells of those that are others than before. What it saw is to be remembered once that is taken in
    /// ([`Signal::remember_keys`]).
    pub(super) async fn told_of_keys(&self) -> (Vec<Envelope>, Vec<Identity>) {
        let nothing = (Vec::new(), Vec::new());
        let Some(memory) = self.memory.get() else {
            return nothing;
        };
        let Ok(answer) = self
            .daemon
            .call("listIdentities", json!({}), PATIENCE)
            .await
        else {
            return nothing;
        };
        self.know_account(identity::own(&answer, &self.config.account));
        let known = identity::identities(&answer);
        let told = memory
            .identities
            .changed(&known)
            .into_iter()
            .map(|(person, change)| {
                let content = Content::Trouble(Trouble::KeysChanged);
                let envelope = self.of_our_own(None, Some(person), content);
                Envelope {
                    // Several at once are several, and one that is told again is the same.
                    id: EnvelopeId::new(format!("keys/{change}")),
                    standing: self.role_by_groups(person),
                    ..envelope
                }
            })
            .collect();
        (told, known)
    }

    /// Remembers keys that were looked at: what is told of them is taken in. Trusts new ones of ordinary members.
    pub(super) async fn remember_keys(&self, known: &[Identity]) {
        let memory = self.memory.get().filter(|_| !known.is_empty());
        if let Some(Err(error)) = memory.map(|memory| memory.identities.remember(known)) {
            self.tell_operator(
                "identities",
                &format!("cannot remember people's keys: {error}"),
            );
        }
        // Before the daemon has read to whom which groups belong, nobody can be said to have no role.
        if self.standing.is_settled() {
            for person in untrusted(known).filter(|person| self.holds_no_role(*person)) {
                self.trust(person).await;
            }
        }
    }

    /// Finds out whose account it is: by its groups, or by its own keys.
    pub(super) async fn find_account(&self) -> Option<Uuid> {
        self.know_account(self.groups.account());
        if self.account().is_none()
            && let Ok(answer) = self
                .daemon
                .call("listIdentities", json!({}), PATIENCE)
                .await
        {
            self.know_account(identity::own(&answer, &self.config.account));
        }
        self.account()
    }

    /// Whether a member whose keys are new is going to be trusted; a person with a role is not.
    pub(super) fn trusts(&self, person: Uuid) -> bool {
        self.look.notify_one();
        self.holds_no_role(person)
    }

    async fn trust(&self, person: Uuid) {
        let params = json!({ "recipient": person.text(), "trustAllKnownKeys": true });
        match self.daemon.call("trust", params, PATIENCE).await {
            Ok(_) => tracing::info!(
                "trusting a member's new keys; they have no role by groups or settings"
            ),
            Err(error) => self.tell_operator("trust", &format!("cannot trust new keys: {error}")),
        }
    }
}

fn untrusted(known: &[Identity]) -> impl Iterator<Item = Uuid> {
    known
        .iter()
        .filter(|identity| identity.is_untrusted)
        .map(|identity| identity.person)
}
