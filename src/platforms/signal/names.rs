//! Names of messages that tell nobody who wrote them.
//!
//! On Signal a message is named by its author's account and a time. That would keep one name of a person in reports and among the
//! envelopes that were seen for as long as these are kept, where the rest of the program has another hash of them each day. So the
//! names that leave this adapter are sealed: the same message always has the same name, and only who has the key can read
//! from it whose it is (to answer it, or to put an emoji on it). Envelopes are only hashed: nobody asks back.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce, aead::Aead};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    domain::{
        envelope::{Content, Envelope},
        ids::{EnvelopeId, MessageId},
    },
    platforms::signal::wire::MessageKey,
};

const NONCE: usize = 24;
/// How much of an envelope's hash is kept, in bytes: 2^-64 for a collision among four billion.
const HASH: usize = 16;

/// Seals names with a key of the account's.
pub(super) struct Names {
    cipher: XChaCha20Poly1305,
    key: Zeroizing<[u8; 32]>,
}

impl Names {
    /// Names under this key.
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new((&key).into()),
            key: Zeroizing::new(key),
        }
    }

    /// The name of a message. Its nonce is a keyed hash of what is sealed: so the same message has the same name, and two messages
    /// never share a nonce.
    pub(super) fn message(&self, key: MessageKey) -> MessageId {
        let text = key.text();
        let nonce: [u8; NONCE] = self.hash("message", &text);
        // Sealing a text of sixty bytes does not fail; a name that nobody can read is only good for nothing.
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), text.as_bytes())
            .unwrap_or_default();
        MessageId::new(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// The message that has this name; `None` if it was sealed with another key, or is none.
    pub(super) fn key(&self, id: &MessageId) -> Option<MessageKey> {
        let bytes = URL_SAFE_NO_PAD.decode(id.as_str()).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let text = self.cipher.decrypt(&XNonce::from(nonce), sealed).ok()?;
        MessageKey::of(&MessageId::new(String::from_utf8(text).ok()?))
    }

    /// An envelope whose names tell nobody anything.
    pub(super) fn hide(&self, mut envelope: Envelope) -> Envelope {
        let hash: [u8; HASH] = self.hash("envelope", envelope.id.as_str());
        envelope.id = EnvelopeId::new(URL_SAFE_NO_PAD.encode(hash));
        let hide = |id: &mut MessageId| {
            if let Some(key) = MessageKey::of(id) {
                *id = self.message(key);
            }
        };
        match &mut envelope.content {
            Content::Text {
                message, reply_to, ..
            } => {
                hide(message);
                reply_to.iter_mut().for_each(hide);
            }
            Content::Edit { original, .. } | Content::Redaction { original } => hide(original),
            Content::Reaction { target, .. } => hide(target),
            Content::Media { message } => hide(message),
            Content::Unreadable
            | Content::Progress(_)
            | Content::Joined
            | Content::Came
            | Content::Asks
            | Content::Trouble(_) => {}
        }
        envelope
    }

    fn hash<const N: usize>(&self, what: &str, text: &str) -> [u8; N] {
        let mut hash = [0; N];
        // A key of 32 bytes is always taken.
        if let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(self.key.as_slice()) {
            mac.update(what.as_bytes());
            mac.update(&[0]);
            mac.update(text.as_bytes());
            hash.copy_from_slice(&mac.finalize().into_bytes()[..N]);
        }
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            envelope::{Guise, Origin, PlatformKind},
            timestamp::Timestamp,
        },
        platforms::signal::wire::Uuid,
    };

    const ANA: &str = "aff2ebea-6220-48ef-8ee9-a6073d08c973";

    fn key(timestamp: i64) -> MessageKey {
        MessageKey::new(Uuid::read(ANA).unwrap(), timestamp)
    }

    #[test]
    fn a_message_has_one_name_that_only_the_key_reads() {
        let names = Names::new([7; 32]);
        let name = names.message(key(1_795_310_432_746));
        assert_eq!(name, names.message(key(1_795_310_432_746)));
        assert_ne!(name, names.message(key(1_795_310_432_747)));
        assert_eq!(names.key(&name), Some(key(1_795_310_432_746)));
        assert!(!name.as_str().contains("aff2"));
        assert_eq!(Names::new([8; 32]).key(&name), None);
        for wrong in ["", "x", ANA, &name.as_str()[1..]] {
            assert_eq!(names.key(&MessageId::new(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn nothing_of_an_envelope_names_its_sender() {
        let names = Names::new([7; 32]);
        let envelope = |content| Envelope {
            id: EnvelopeId::new(key(5).text()),
            origin: Origin::Direct,
            sender: crate::domain::envelope::PersonRef::new(PlatformKind::Signal, ANA),
            standing: None,
            member: None,
            sent_at: Timestamp::from_ms(5),
            content,
            guise: Guise::default(),
        };
        for content in [
            Content::Text {
                text: "x".to_owned().into(),
                message: key(5).id(),
                reply_to: Some(key(4).id()),
                answers: None,
            },
            Content::Edit {
                original: key(4).id(),
                text: "x".to_owned().into(),
            },
            Content::Redaction {
                original: key(4).id(),
            },
            Content::Reaction {
                target: key(4).id(),
                key: "✅".to_owned(),
            },
            Content::Media {
                message: key(5).id(),
            },
        ] {
            let hidden = names.hide(envelope(content));
            let shown = format!("{:?} {:?}", hidden.id, hidden.content);
            assert!(!shown.contains("aff2ebea"), "{shown}");
        }
    }
}
