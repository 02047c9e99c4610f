//! Who has other keys than before: a new phone, or somebody in between.
//!
//! Signal shows a changed safety number to people; a bot must look. Of ordinary members new keys are trusted, or they would be shut
//! out with every new phone. Of people with a role they never are: moderators are told, and an operator trusts them by hand
//! after somebody has asked them (`tocsin signal trust`).
//!
//! What is remembered between starts is a keyed hash of each person and of their keys: nobody can be read out of it.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::platforms::signal::wire::Uuid;

/// How much of a hash is kept: enough to tell people apart, in hexadecimal digits.
const DIGITS: usize = 32;

/// What the daemon knows of somebody's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Whose.
    pub person: Uuid,
    /// What names the keys.
    pub fingerprint: String,
    /// Nothing is sent to them, and nothing of theirs is read, before they are trusted.
    pub is_untrusted: bool,
}

/// The answer to `listIdentities`. A person has several entries while old keys are remembered; the one added last holds.
#[must_use]
pub fn identities(answer: &Value) -> Vec<Identity> {
    let mut latest: BTreeMap<Uuid, (i64, Identity)> = BTreeMap::new();
    for entry in answer.as_array().into_iter().flatten() {
        let text = |key: &str| entry.get(key).and_then(Value::as_str);
        let (Some(person), Some(fingerprint)) =
            (text("uuid").and_then(Uuid::read), text("fingerprint"))
        else {
            continue;
        };
        let added = entry
            .get("addedTimestamp")
            .and_then(Value::as_i64)
            .unwrap_or_default();
        let identity = Identity {
            person,
            fingerprint: fingerprint.to_owned(),
            is_untrusted: text("trustLevel") == Some("UNTRUSTED"),
        };
        match latest.get(&person) {
            Some((before, _)) if *before > added => {}
            _ => {
                latest.insert(person, (added, identity));
            }
        }
    }
    latest.into_values().map(|(_, identity)| identity).collect()
}

/// Whose account it is, by the answer to `listIdentities`: the account's own keys are among them, with its number.
#[must_use]
pub fn own(answer: &Value, number: &str) -> Option<Uuid> {
    let entries = answer.as_array()?.iter();
    let mut own = entries.filter(|entry| entry["number"].as_str() == Some(number));
    own.find_map(|entry| Uuid::read(entry["uuid"].as_str()?))
}

/// The keys that people had.
pub(super) struct Identities {
    path: PathBuf,
    key: Zeroizing<[u8; 32]>,
    known: Mutex<BTreeMap<String, String>>,
}

impl Identities {
    /// Takes up what an earlier process remembered; a damaged line is forgotten.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn open(path: &Path, key: [u8; 32]) -> io::Result<Self> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let known = text
            .lines()
            .filter_map(|line| line.split_once(' '))
            .filter(|(person, keys)| person.len() == DIGITS && keys.len() == DIGITS)
            .map(|(person, keys)| (person.to_owned(), keys.to_owned()))
            .collect();
        Ok(Self {
            path: path.to_owned(),
            key: Zeroizing::new(key),
            known: Mutex::new(known),
        })
    }

    /// Who has other keys than are remembered, or is met for the first time with keys that are not trusted, each with a name for this
    /// very change that tells nobody whose it is. That somebody is seen for the first time says nothing else.
    pub(super) fn changed(&self, now: &[Identity]) -> Vec<(Uuid, String)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let change = |identity: &Identity| {
            let person = self.hash("person", &identity.person.text());
            let keys = self.hash("keys", &identity.fingerprint);
            let before = known.get(&person);
            let is_changed = before.map_or(identity.is_untrusted, |before| *before != keys);
            let before = before.map(String::as_str).unwrap_or_default();
            let name = self.hash("change", &format!("{person} {before} {keys}"));
            is_changed.then_some((identity.person, name))
        };
        now.iter().filter_map(change).collect()
    }

    /// From now on these are remembered.
    ///
    /// # Errors
    /// If it cannot be written down; then what changed is news again next time.
    pub(super) fn remember(&self, now: &[Identity]) -> io::Result<()> {
        let next: BTreeMap<String, String> = now
            .iter()
            .map(|identity| {
                let person = self.hash("person", &identity.person.text());
                (person, self.hash("keys", &identity.fingerprint))
            })
            .collect();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if *known != next {
            let text: String = next
                .iter()
                .map(|(person, keys)| format!("{person} {keys}\n"))
                .collect();
            let path = self.path.with_extension("next");
            fs::write(&path, text)?;
            fs::rename(&path, &self.path)?;
            *known = next;
        }
        Ok(())
    }

    fn hash(&self, what: &str, text: &str) -> String {
        // A key of 32 bytes is always taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.as_slice()) else {
            return String::new();
        };
        mac.update(what.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        let hash = mac.finalize().into_bytes();
        let mut digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        digits.truncate(DIGITS);
        digits
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ANA: &str = "aff2ebea-6220-48ef-8ee9-a6073d08c973";
    const BEN: &str = "bff2ebea-6220-48ef-8ee9-a6073d08c973";

    fn entry(who: &str, keys: &str, trust: &str, added: i64) -> Value {
        json!({ "number": null, "uuid": who, "fingerprint": keys, "trustLevel": trust, "addedTimestamp": added })
    }

    #[test]
    fn the_latest_keys_hold() {
        let read = identities(&json!([
            entry(ANA, "new", "UNTRUSTED", 9),
            entry(ANA, "old", "TRUSTED_UNVERIFIED", 5),
            entry("nobody", "x", "UNTRUSTED", 1),
            { "fingerprint": 7 },
        ]));
        assert_eq!(
            read,
            [Identity {
                person: Uuid::read(ANA).unwrap(),
                fingerprint: "new".to_owned(),
                is_untrusted: true,
            }]
        );
        assert!(identities(&json!({})).is_empty());
    }

    #[test]
    fn the_account_is_among_them() {
        let mut mine = entry(BEN, "b", "TRUSTED_VERIFIED", 1);
        mine["number"] = json!("+16125550101");
        let answer = json!([entry(ANA, "a", "TRUSTED_UNVERIFIED", 1), mine]);
        assert_eq!(own(&answer, "+16125550101"), Uuid::read(BEN));
        assert_eq!(own(&answer, "+16125550199"), None);
    }

    #[test]
    fn a_change_is_news_until_it_is_remembered() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("identities");
        let people = Identities::open(&path, [7; 32]).unwrap();
        let of = |ana: &str, trust: &str| {
            identities(&json!([
                entry(ANA, ana, trust, 1),
                entry(BEN, "b", "TRUSTED_UNVERIFIED", 1)
            ]))
        };
        let ana = Uuid::read(ANA).unwrap();
        let first = of("a", "TRUSTED_UNVERIFIED");
        assert!(people.changed(&first).is_empty());
        people.remember(&first).unwrap();
        assert!(people.changed(&of("a", "TRUSTED_VERIFIED")).is_empty());
        let other = of("a2", "UNTRUSTED");
        // A crash before it was taken in: it is news again, and the same news.
        let name = |people: &Identities| match people.changed(&other).as_slice() {
            [(who, name)] if *who == ana => name.clone(),
            changed => panic!("{changed:?}"),
        };
        let again = Identities::open(&path, [7; 32]).unwrap();
        assert_eq!(name(&people), name(&again));
        people.remember(&other).unwrap();
        let people = Identities::open(&path, [7; 32]).unwrap();
        assert!(people.changed(&other).is_empty());
        let kept = fs::read_to_string(&path).unwrap();
        assert!(!kept.contains("aff2") && !kept.contains("a2\n"), "{kept}");
        // Somebody whom the bot meets with keys that are not trusted.
        fs::remove_file(&path).unwrap();
        let people = Identities::open(&path, [7; 32]).unwrap();
        assert!(!name(&people).contains("aff2"));
    }
}
