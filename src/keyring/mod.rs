//! The community's secret key: keyed hashes of people, and addresses sealed so that the database alone tells nobody.
//!
//! One master key of 32 bytes lives in a file outside the database. Everything else is derived from it (HMAC-SHA-256 over a
//! label). Addresses are sealed with XChaCha20-Poly1305 under random 24-byte nonces.
//! What was reported in an area is sealed with the area's own key: see [`areas`].
//!
//! # When the key is replaced
//! Every sealed address is opened with the old key and sealed with the new one, and every hash of a known address made anew.
//! Of people who said STOP only a hash is kept, so theirs cannot be: it is hashed once more, with the new key, and the new key
//! file keeps the part of the old key that makes such hashes (`former`). A number is then recognised by going the same way,
//! and whoever has the old key alone can do nothing with what the database holds. The old key itself is kept nowhere.

pub mod areas;
pub mod file;
mod tree;

use std::sync::OnceLock;

use anyhow::{Context, bail};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;

use crate::domain::{
    effect::SealedPerson,
    envelope::PersonRef,
    ids::{EffectId, SenderHash},
    sensitive::Sensitive,
    timestamp::Timestamp,
};

/// Hashes and seals under one master key.
pub struct Keyring {
    master: SecretBox<[u8; 32]>,
    /// The keys of lasting hashes before this one, the newest first.
    former: Vec<SecretBox<[u8; 32]>>,
    /// Keys that outlived the master they were derived from, by label.
    carried: Vec<(String, SecretBox<[u8; 32]>)>,
    /// Keys that every message needs, once they were derived.
    derived: Derived,
}

/// Keys derived from the master, kept.
#[derive(Default)]
struct Derived {
    lasting: OnceLock<SecretBox<[u8; 32]>>,
    seal: OnceLock<SecretBox<[u8; 32]>>,
    ids: OnceLock<SecretBox<[u8; 32]>>,
}

/// The derived keys that stay when the master is replaced: ids, so that the same cause owes the same effect before and after, and
/// a message that comes again is known; and the Matrix device's store, whose own key cannot be changed.
const CARRIED: [&str; 3] = [IDS, "gate", "matrix-store"];

/// Makes ids of causes; says nothing of people.
const IDS: &str = "ids";

/// The hashes of one sender on the day of a message and on the day before, to recognise them across midnight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderHashes {
    /// Under the key of the message's day; the one that is stored.
    pub today: SenderHash,
    /// Under the key of the day before; only compared.
    pub yesterday: SenderHash,
}

impl SenderHashes {
    /// Whether a stored hash is this sender's.
    #[must_use]
    pub fn matches(&self, stored: &SenderHash) -> bool {
        &self.today == stored || &self.yesterday == stored
    }
}

impl Keyring {
    /// A keyring over a master key.
    #[must_use]
    pub fn new(master: [u8; 32]) -> Self {
        Self {
            master: secret(master),
            former: Vec::new(),
            carried: Vec::new(),
            derived: Derived::default(),
        }
    }

    /// Reads a key file: 64 hexadecimal digits, and below them what was carried over from earlier keys: lines `former` with 64
    /// digits, the newest first, and lines `keep` with a label and 64 digits.
    ///
    /// # Errors
    /// If it is not that.
    pub fn from_hex(text: &str) -> anyhow::Result<Self> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut keyring = Self::new(key_of(lines.next().unwrap_or_default())?);
        for line in lines {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["former", digits] => keyring.former.push(secret(key_of(digits)?)),
                ["keep", label, digits] => {
                    let key = secret(key_of(digits)?);
                    keyring.carried.push(((*label).to_owned(), key));
                }
                _ => bail!("The key has a line that is neither `former` nor `keep`"),
            }
        }
        Ok(keyring)
    }

    /// A new random key to take the place of this one, as the text of its file.
    ///
    /// # Errors
    /// If the machine has no randomness to give.
    pub fn successor(&self) -> anyhow::Result<String> {
        let mut text = Self::generate()?;
        let former = std::iter::once(self.lasting_key())
            .chain(self.former.iter().map(|key| *key.expose_secret()));
        for key in former {
            text.push_str(&format!("\nformer {}", hex(&key)));
        }
        for label in CARRIED {
            text.push_str(&format!("\nkeep {label} {}", hex(&self.derive(label))));
        }
        Ok(text)
    }

    /// A new random master key, as 64 hexadecimal digits.
    ///
    /// # Errors
    /// If the machine has no randomness to give.
    pub fn generate() -> anyhow::Result<String> {
        Ok(hex(&Self::noise()?))
    }

    /// 32 random bytes.
    ///
    /// # Errors
    /// If the machine has no randomness to give.
    pub fn noise() -> anyhow::Result<[u8; 32]> {
        let mut noise = [0_u8; 32];
        fill(&mut noise)?;
        Ok(noise)
    }

    /// A value that only this key makes, kept in the database to recognise a wrong key at start.
    #[must_use]
    pub fn check_value(&self) -> String {
        hex(&self.mac(&["check"]))
    }

    /// A key of 32 bytes for another store (such as the Matrix crypto store), derived under a label. It stays when the master is
    /// replaced, if the label is in `CARRIED`.
    #[must_use]
    pub fn derive(&self, label: &str) -> [u8; 32] {
        let carried = self.carried.iter().find(|(name, _)| name == label);
        carried.map_or_else(
            || self.mac(&["derive", label]),
            |(_, key)| *key.expose_secret(),
        )
    }

    /// What the file of the area keys is sealed with.
    fn wrap_key(&self) -> [u8; 32] {
        self.mac(&["area-keys"])
    }

    /// The sender's hashes around the moment of a message (privacy floor 2: a daily sub-key).
    #[must_use]
    pub fn sender(&self, person: &PersonRef, at: Timestamp) -> SenderHashes {
        let of_day = |day: i64| {
            let day_key = self.mac(&["sender-day", &day.to_string()]);
            SenderHash::new(hex(&mac_with(
                &day_key,
                &[person.platform.as_str(), person.address.expose()],
            )[..16]))
        };
        SenderHashes {
            today: of_day(at.day()),
            yesterday: of_day(at.day() - 1),
        }
    }

    /// A hash of a person that stays: only for subscribers, role-holders and the ban set.
    #[must_use]
    pub fn lasting(&self, person: &PersonRef) -> String {
        lasting_under(&self.lasting_key(), person)
    }

    /// Under which other hashes this person may have said STOP: one for each earlier key. Empty if there was none.
    #[must_use]
    pub fn former(&self, person: &PersonRef) -> Vec<String> {
        if self.former.is_empty() {
            return Vec::new();
        }
        let keys: Vec<[u8; 32]> = std::iter::once(self.lasting_key())
            .chain(self.former.iter().map(|key| *key.expose_secret()))
            .collect();
        (1..keys.len())
            .map(|old| {
                // Hashed by the key of its time, then once more by each that came after.
                let newer = keys[..old].iter().rev();
                newer.fold(lasting_under(&keys[old], person), |hash, key| {
                    rehashed_under(key, &hash)
                })
            })
            .collect()
    }

    /// What becomes under this key of a hash that an earlier key made of an unknown address.
    #[must_use]
    pub fn rehashed(&self, hash: &str) -> String {
        rehashed_under(&self.lasting_key(), hash)
    }

    fn lasting_key(&self) -> [u8; 32] {
        let kept = &self.derived.lasting;
        *kept
            .get_or_init(|| secret(self.mac(&["lasting"])))
            .expose_secret()
    }

    /// A hash of a message's words, to recognise the same text from several people; useless without the key.
    #[must_use]
    pub fn text(&self, normalised: &str, at: Timestamp) -> String {
        hex(&self.mac(&["text", &at.day().to_string(), normalised])[..12])
    }

    /// The id of the `n`-th effect of a cause: the same cause always owes the same effects.
    #[must_use]
    pub fn effect_id(&self, cause: &str, n: usize) -> EffectId {
        EffectId::new(hex(&self.id(&["effect", cause, &n.to_string()])[..16]))
    }

    /// A number from 0 to 1 that looks random but is the same for the same cause; spreads retries.
    #[must_use]
    pub fn share(&self, cause: &str, n: u32) -> f64 {
        let bytes = self.mac(&["share", cause, &n.to_string()]);
        f64::from(u16::from_le_bytes([bytes[0], bytes[1]])) / f64::from(u16::MAX)
    }

    /// An id of our own made from a platform's; used for reports and incidents.
    #[must_use]
    pub fn derived_id(&self, label: &str, cause: &str) -> String {
        hex(&self.id(&["id", label, cause])[..12])
    }

    fn id(&self, parts: &[&str]) -> [u8; 32] {
        let kept = &self.derived.ids;
        let key = kept.get_or_init(|| secret(self.derive(IDS)));
        mac_with(key.expose_secret(), parts)
    }

    /// Seals a person's address under a hash that names their lane.
    ///
    /// # Errors
    /// If the machine has no randomness to give.
    pub fn seal(&self, person: &PersonRef, hash: &str) -> anyhow::Result<SealedPerson> {
        let sealed = self.close(person.address.expose(), person.platform.as_str());
        Ok(SealedPerson {
            platform: person.platform,
            hash: hash.to_owned(),
            sealed: sealed.context("Cannot seal an address")?,
            language: String::new(),
        })
    }

    /// Opens a sealed address.
    ///
    /// # Errors
    /// If it was sealed under another key or was changed.
    pub fn open(&self, person: &SealedPerson) -> anyhow::Result<PersonRef> {
        let address = self.disclose(&person.sealed, person.platform.as_str());
        Ok(PersonRef {
            platform: person.platform,
            address: Sensitive::new(address.context("Cannot open a sealed address")?),
        })
    }

    /// Seals a text for one effect: it opens for no other.
    ///
    /// # Errors
    /// If the machine has no randomness to give.
    pub fn seal_text(&self, text: &str, effect: &str) -> anyhow::Result<String> {
        let sealed = self.close(text, &format!("text:{effect}"));
        sealed.context("Cannot seal a text")
    }

    /// Opens a text that was sealed for this effect.
    ///
    /// # Errors
    /// If it was sealed for another, or under another key, or was changed.
    pub fn open_text(&self, sealed: &str, effect: &str) -> anyhow::Result<String> {
        let text = self.disclose(sealed, &format!("text:{effect}"));
        text.context("Cannot open a sealed text")
    }

    /// Seals for what `bound_to` names: it opens for nothing else.
    fn close(&self, plain: &str, bound_to: &str) -> anyhow::Result<String> {
        let mut nonce = [0_u8; 24];
        fill(&mut nonce)?;
        let payload = Payload {
            msg: plain.as_bytes(),
            aad: bound_to.as_bytes(),
        };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| anyhow::anyhow!("It cannot be encrypted"))?;
        Ok(format!("{}{}", hex(&nonce), hex(&sealed)))
    }

    fn disclose(&self, sealed: &str, bound_to: &str) -> anyhow::Result<String> {
        let bytes = unhex(sealed).context("It is damaged")?;
        let Some((nonce, sealed)) = bytes.split_first_chunk::<24>() else {
            bail!("It is damaged");
        };
        let payload = Payload {
            msg: sealed,
            aad: bound_to.as_bytes(),
        };
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), payload);
        let plain = plain.map_err(|_| anyhow::anyhow!("It does not open with this key"))?;
        String::from_utf8(plain).context("It is damaged")
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        let kept = &self.derived.seal;
        let key = kept.get_or_init(|| secret(self.mac(&["seal"])));
        XChaCha20Poly1305::new(&(*key.expose_secret()).into())
    }

    fn mac(&self, parts: &[&str]) -> [u8; 32] {
        mac_with(self.master.expose_secret(), parts)
    }
}

fn secret(key: [u8; 32]) -> SecretBox<[u8; 32]> {
    SecretBox::new(Box::new(key))
}

fn key_of(digits: &str) -> anyhow::Result<[u8; 32]> {
    let bytes = unhex(digits).context("The key is not hexadecimal")?;
    let Ok(key) = <[u8; 32]>::try_from(bytes) else {
        bail!("The key has not 64 hexadecimal digits");
    };
    Ok(key)
}

fn lasting_under(key: &[u8], person: &PersonRef) -> String {
    let parts = ["person", person.platform.as_str(), person.address.expose()];
    hex(&mac_with(key, &parts)[..16])
}

fn rehashed_under(key: &[u8], hash: &str) -> String {
    hex(&mac_with(key, &["hash", hash])[..16])
}

/// HMAC-SHA-256 over parts, each preceded by its length so that no two lists collide.
fn mac_with(key: &[u8], parts: &[&str]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

fn fill(bytes: &mut [u8]) -> anyhow::Result<()> {
    getrandom::fill(bytes)
        .map_err(|e| anyhow::anyhow!("Cannot get randomness from the machine: {e}"))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::envelope::PlatformKind;

    fn day(n: i64) -> Timestamp {
        Timestamp::from_ms(n * 86_400_000 + 1)
    }

    #[test]
    fn the_same_sender_three_days_apart_has_two_ids() {
        let keyring = Keyring::new([1; 32]);
        let ana = PersonRef::new(PlatformKind::Sms, "+16125550111");
        let (first, later) = (
            keyring.sender(&ana, day(100)),
            keyring.sender(&ana, day(103)),
        );
        assert_ne!(first.today, later.today);
        assert!(!later.matches(&first.today));
    }

    #[test]
    fn a_sealed_text_opens_for_its_effect_alone() {
        let (one, two) = (Keyring::new([1; 32]), Keyring::new([2; 32]));
        let sealed = one.seal_text("see you at six", "e1").unwrap();
        assert!(
            !sealed.contains("six") && sealed != one.seal_text("see you at six", "e1").unwrap()
        );
        assert_eq!(one.open_text(&sealed, "e1").unwrap(), "see you at six");
        assert!(one.open_text(&sealed, "e2").is_err());
        assert!(two.open_text(&sealed, "e1").is_err());
        assert!(one.open_text("", "e1").is_err());
    }

    #[test]
    fn a_sender_is_known_across_midnight() {
        let keyring = Keyring::new([1; 32]);
        let ana = PersonRef::new(PlatformKind::Sms, "+16125550111");
        let before = keyring.sender(&ana, day(100));
        assert!(keyring.sender(&ana, day(101)).matches(&before.today));
    }

    #[test]
    fn another_key_makes_other_hashes_and_opens_nothing() {
        let (one, two) = (Keyring::new([1; 32]), Keyring::new([2; 32]));
        let ana = PersonRef::new(PlatformKind::Sms, "+16125550111");
        assert_ne!(one.sender(&ana, day(1)), two.sender(&ana, day(1)));
        assert_ne!(one.check_value(), two.check_value());
        let sealed = one.seal(&ana, "lane").unwrap();
        assert!(!sealed.sealed.contains("6125550111"));
        assert_eq!(one.open(&sealed).unwrap(), ana);
        assert!(two.open(&sealed).is_err());
    }

    #[test]
    fn a_made_key_can_be_read_back() {
        let text = Keyring::generate().unwrap();
        assert_eq!(text.len(), 64);
        assert!(Keyring::from_hex(&format!("{text}\n")).is_ok());
        assert!(Keyring::from_hex("zz").is_err());
        assert!(Keyring::from_hex("").is_err());
        assert!(Keyring::from_hex(&format!("{text}\nlater {text}")).is_err());
    }

    #[test]
    fn a_stop_is_found_under_every_key_that_came_after() {
        let ana = PersonRef::new(PlatformKind::Sms, "+16125550111");
        let mut keyring = Keyring::new([1; 32]);
        assert!(keyring.former(&ana).is_empty());
        // What the database keeps for a stop under each key so far, the oldest first.
        let mut kept: Vec<String> = Vec::new();
        for _ in 0..3 {
            kept.push(keyring.lasting(&ana));
            let next = Keyring::from_hex(&keyring.successor().unwrap()).unwrap();
            kept = kept.iter().map(|hash| next.rehashed(hash)).collect();
            let mut found = next.former(&ana);
            found.reverse();
            assert_eq!(found, kept);
            assert_ne!(next.lasting(&ana), keyring.lasting(&ana));
            keyring = next;
        }
    }

    #[test]
    fn a_successor_opens_nothing_old_but_makes_the_same_ids() {
        let old = Keyring::new([1; 32]);
        let text = old.successor().unwrap();
        let new = Keyring::from_hex(&text).unwrap();
        let ana = PersonRef::new(PlatformKind::Sms, "+16125550111");
        assert!(new.open(&old.seal(&ana, "lane").unwrap()).is_err());
        assert!(
            !text.contains(&hex(&[1; 32])),
            "the old key is kept nowhere"
        );
        assert_eq!(old.effect_id("cause", 1), new.effect_id("cause", 1));
        assert_eq!(
            old.derived_id("incident", "a"),
            new.derived_id("incident", "a")
        );
        for label in CARRIED {
            let last = Keyring::from_hex(&new.successor().unwrap()).unwrap();
            assert_eq!(old.derive(label), last.derive(label), "{label}");
        }
        assert_ne!(old.check_value(), new.check_value());
    }
}
