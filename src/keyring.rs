//! The community's secret key: keyed hashes of people, and addresses sealed so that the database alone tells nobody.
//!
//! One master key of 32 bytes lives in a file outside the database. Everything else is derived from it (HMAC-SHA-256 over a
//! label). Addresses are sealed with XChaCha20-Poly1305 under random 24-byte nonces.

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
}

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
            master: SecretBox::new(Box::new(master)),
        }
    }

    /// Reads a key of 64 hexadecimal digits.
    ///
    /// # Errors
    /// If it is not that.
    pub fn from_hex(text: &str) -> anyhow::Result<Self> {
        let bytes = unhex(text.trim()).context("The key is not hexadecimal")?;
        let Ok(master) = <[u8; 32]>::try_from(bytes) else {
            bail!("The key has not 64 hexadecimal digits");
        };
        Ok(Self::new(master))
    }

    /// A new random master key, as 64 hexadecimal digits.
    ///
    /// # Errors
    /// If the machine has no randomness to give.
    pub fn generate() -> anyhow::Result<String> {
        let mut master = [0_u8; 32];
        fill(&mut master)?;
        Ok(hex(&master))
    }

    /// A value that only this key makes, kept in the database to recognise a wrong key at start.
    #[must_use]
    pub fn check_value(&self) -> String {
        hex(&self.mac(&["check"]))
    }

    /// A key of 32 bytes for another store (such as the Matrix crypto store), derived under a label.
    #[must_use]
    pub fn derive(&self, label: &str) -> [u8; 32] {
        self.mac(&["derive", label])
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
        hex(&self.mac(&["lasting", person.platform.as_str(), person.address.expose()])[..16])
    }

    /// A hash of a message's words, to recognise the same text from several people; useless without the key.
    #[must_use]
    pub fn text(&self, normalised: &str, at: Timestamp) -> String {
        hex(&self.mac(&["text", &at.day().to_string(), normalised])[..12])
    }

    /// The id of the `n`-th effect of a cause: the same cause always owes the same effects.
    #[must_use]
    pub fn effect_id(&self, cause: &str, n: usize) -> EffectId {
        EffectId::new(hex(&self.mac(&["effect", cause, &n.to_string()])[..16]))
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
        hex(&self.mac(&["id", label, cause])[..12])
    }

    /// Seals a person's address under a hash that names their lane.
    ///
    /// # Errors
    /// If the machine has no randomness to give.
    pub fn seal(&self, person: &PersonRef, hash: &str) -> anyhow::Result<SealedPerson> {
        let mut nonce = [0_u8; 24];
        fill(&mut nonce)?;
        let sealed = self
            .cipher()
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: person.address.expose().as_bytes(),
                    aad: person.platform.as_str().as_bytes(),
                },
            )
            .map_err(|_| anyhow::anyhow!("Cannot seal an address"))?;
        Ok(SealedPerson {
            platform: person.platform,
            hash: hash.to_owned(),
            sealed: format!("{}{}", hex(&nonce), hex(&sealed)),
            language: String::new(),
        })
    }

    /// Opens a sealed address.
    ///
    /// # Errors
    /// If it was sealed under another key or was changed.
    pub fn open(&self, person: &SealedPerson) -> anyhow::Result<PersonRef> {
        let bytes = unhex(&person.sealed).context("A sealed address is damaged")?;
        let Some((nonce, sealed)) = bytes.split_first_chunk::<24>() else {
            bail!("A sealed address is damaged");
        };
        let address = self
            .cipher()
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: sealed,
                    aad: person.platform.as_str().as_bytes(),
                },
            )
            .map_err(|_| anyhow::anyhow!("A sealed address does not open with this key"))?;
        let address = String::from_utf8(address).context("A sealed address is damaged")?;
        Ok(PersonRef {
            platform: person.platform,
            address: Sensitive::new(address),
        })
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.mac(&["seal"]).into())
    }

    fn mac(&self, parts: &[&str]) -> [u8; 32] {
        mac_with(self.master.expose_secret(), parts)
    }
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
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
    }
}
