//! Who has another cross-signing identity than before: a reset, or somebody else in between. The intake is told of everybody; it
//! knows who has a role.
//!
//! Seen are people with whom the bot is in an encrypted room; of others the homeserver tells no keys. What is kept of them, in a
//! file beside the session, are keyed hashes of their user id and of their master key.

use std::{
    collections::BTreeMap,
    fs, io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::StreamExt;
use hmac::{Hmac, Mac};
use matrix_sdk::{encryption::identities::UserIdentity, ruma::UserId};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    clock::Clock,
    domain::{
        envelope::{Content, Envelope, Guise, Origin, PersonRef, PlatformKind, Trouble},
        ids::EnvelopeId,
        role::Role,
    },
    platforms::{
        Inbox, Stop,
        matrix::{
            error::patience,
            sync::{LONG_POLL, Session, View},
        },
    },
};

/// Whose master key is which, hashed.
pub struct Identities {
    path: PathBuf,
    key: Zeroizing<[u8; 32]>,
    known: Mutex<BTreeMap<String, String>>,
    clock: Arc<dyn Clock>,
}

impl Identities {
    /// What an earlier process remembered; nothing if that cannot be read.
    #[must_use]
    pub fn open(path: PathBuf, key: [u8; 32], clock: Arc<dyn Clock>) -> Self {
        let known = fs::read_to_string(&path)
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok());
        Self {
            path,
            key: Zeroizing::new(key),
            known: Mutex::new(known.unwrap_or_default()),
            clock,
        }
    }

    /// Remembers somebody's master key; whether it is another than before.
    fn is_another(&self, user: &UserId, master: &str) -> bool {
        let (name, now) = (
            self.hash("user", user.as_str()),
            self.hash("master", master),
        );
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.insert(name, now.clone());
        before.is_some_and(|before| before != now)
    }

    /// Puts it where the next process finds it.
    fn keep(&self) -> io::Result<()> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let next = self.path.with_extension("next");
        fs::write(&next, serde_json::to_string(&*known)?)?;
        fs::rename(next, &self.path)
    }

    fn hash(&self, what: &str, text: &str) -> String {
        // A key of 32 bytes is always taken.
        let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(self.key.as_slice())
        else {
            return String::new();
        };
        mac.update(what.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        let bytes = mac.finalize().into_bytes();
        bytes[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Watches until `stop`.
pub async fn watch(session: &Session, inbox: &Inbox, stop: &Stop) {
    let Some(updates) = stop
        .run_until_cancelled(session.client.encryption().user_identities_stream())
        .await
    else {
        return;
    };
    let Ok(updates) = updates else {
        tracing::warn!("Nobody's Matrix keys can be watched: there is no encryption");
        return;
    };
    let mut updates = std::pin::pin!(updates);
    while let Some(Some(update)) = stop.run_until_cancelled(updates.next()).await {
        for identity in update.new.values().chain(update.changed.values()) {
            if stop
                .run_until_cancelled(Box::pin(look(session, inbox, identity)))
                .await
                .is_none()
            {
                return;
            }
        }
        if session.identities.keep().is_err() {
            tracing::warn!(
                "Cannot write down whose Matrix keys were seen; the folder of its data is full or read-only"
            );
        }
    }
}

async fn look(session: &Session, inbox: &Inbox, identity: &UserIdentity) {
    let user = identity.user_id();
    let master = identity.master_key().get_first_key();
    let Some(master) = master.map(|key| key.to_base64()) else {
        return;
    };
    if user == session.me || !session.identities.is_another(user, &master) {
        return;
    }
    let now = session.identities.clock.now();
    let name = session
        .identities
        .hash("changed", &format!("{user} {master}"));
    let envelope = Envelope {
        id: EnvelopeId::new(format!("keys/{name}/{}", now.as_ms())),
        origin: Origin::Direct,
        sender: PersonRef::new(PlatformKind::Matrix, user.as_str()),
        standing: standing(session, user).await,
        member: None,
        sent_at: now,
        content: Content::Trouble(Trouble::KeysChanged),
        guise: Guise::default(),
    };
    let mut waits = patience();
    while inbox.accept(vec![envelope.clone()], None).await.is_err() {
        tokio::time::sleep(waits.next().unwrap_or(LONG_POLL)).await;
    }
}

/// The highest role that power levels give somebody in any of the bot's rooms.
async fn standing(session: &Session, user: &UserId) -> Option<Role> {
    let mut highest = None;
    for room in session.client.joined_rooms() {
        if let Some(view) = View::of(session, &room).await {
            highest = highest.max(view.role(user.as_str()));
        }
    }
    highest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn only_another_key_is_news_and_nobody_can_be_read_from_the_file() -> anyhow::Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("identities.json");
        let ana = <&UserId>::try_from("@ana:example.org")?;
        let identities = Identities::open(path.clone(), [7; 32], Arc::new(SystemClock));
        assert!(!identities.is_another(ana, "first"));
        assert!(!identities.is_another(ana, "first"));
        identities.keep()?;
        assert!(!fs::read_to_string(&path)?.contains("ana"));
        let again = Identities::open(path, [7; 32], Arc::new(SystemClock));
        assert!(again.is_another(ana, "second"));
        assert!(!again.is_another(ana, "second"));
        Ok(())
    }
}
