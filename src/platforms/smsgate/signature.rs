//! Whether a web hook comes from our phone: an HMAC over its body and the moment of sending.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use crate::domain::timestamp::Timestamp;

/// The header with the signature: hexadecimal HMAC-SHA-256.
pub const SIGNATURE: &str = "x-signature";
/// The header with the moment of sending, in seconds since 1970.
pub const TIMESTAMP: &str = "x-timestamp";

/// How far the phone's clock and ours may be apart. Each try is signed anew, so nothing honest is older.
const WINDOW: Duration = Duration::from_secs(300);

/// What is wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forged {
    /// It is not signed by our key.
    Signature,
    /// It is, but too old or from the future: somebody repeats it, or a clock is wrong.
    Moment,
}

/// Checks the signature over `body` and then its moment.
///
/// # Errors
/// What is wrong.
pub fn check(
    keys: &[SecretString],
    body: &[u8],
    (signature, timestamp): (&str, &str),
    now: Timestamp,
) -> Result<(), Forged> {
    let signature = unhex(signature.trim()).ok_or(Forged::Signature)?;
    // Every key is tried, and each comparison takes the same time however much of it is right.
    let is_signed = keys
        .iter()
        .map(|key| {
            signed(key, body, timestamp)
                .verify_slice(&signature)
                .is_ok()
        })
        .fold(false, |any, one| any | one);
    if !is_signed {
        return Err(Forged::Signature);
    }
    let seconds: i64 = timestamp.parse().map_err(|_| Forged::Moment)?;
    let moment = Timestamp::from_ms(seconds.saturating_mul(1000));
    if now.since(moment).max(moment.since(now)) > WINDOW {
        return Err(Forged::Moment);
    }
    Ok(())
}

fn signed(key: &SecretString, body: &[u8], timestamp: &str) -> Hmac<Sha256> {
    let mut mac = keyed(key.expose_secret().as_bytes());
    mac.update(body);
    mac.update(timestamp.as_bytes());
    mac
}

/// An HMAC under a key.
pub(super) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    Hmac::<Sha256>::new_from_slice(key).expect("any length")
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
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

    const NOW: Timestamp = Timestamp::from_ms(1_768_508_040_000);
    const BODY: &[u8] = br#"{"event":"system:ping"}"#;
    /// Made with another implementation: HMAC-SHA-256 of the body and "1768508040" under "drawer-key".
    const GOOD: &str = "891bcc88a97f4a0ecebafc5d02da1088859a15178dda18fb5f21cca0fd932e64";

    fn keys(keys: &[&str]) -> Vec<SecretString> {
        keys.iter().map(|key| SecretString::from(*key)).collect()
    }

    #[test]
    fn what_the_phone_signed_is_believed_under_any_of_our_keys() {
        let parts = (GOOD, "1768508040");
        assert_eq!(check(&keys(&["drawer-key"]), BODY, parts, NOW), Ok(()));
        assert_eq!(
            check(&keys(&["new-key", "drawer-key"]), BODY, parts, NOW),
            Ok(())
        );
        let upper = GOOD.to_uppercase();
        let parts = (upper.as_str(), "1768508040");
        assert_eq!(check(&keys(&["drawer-key"]), BODY, parts, NOW), Ok(()));
    }

    #[test]
    fn anything_else_is_not() {
        let drawer = keys(&["drawer-key"]);
        let bad = Err(Forged::Signature);
        let long = "0".repeat(200_000);
        for signature in ["", "zz", &GOOD[..62], &long, &"é".repeat(32)] {
            assert_eq!(check(&drawer, BODY, (signature, "1768508040"), NOW), bad);
        }
        assert_eq!(check(&drawer, b"{}", (GOOD, "1768508040"), NOW), bad);
        assert_eq!(check(&drawer, BODY, (GOOD, "1768508041"), NOW), bad);
        assert_eq!(
            check(&keys(&["other"]), BODY, (GOOD, "1768508040"), NOW),
            bad
        );
        assert_eq!(check(&[], BODY, (GOOD, "1768508040"), NOW), bad);
    }

    #[test]
    fn a_request_of_another_moment_is_not() {
        let drawer = keys(&["drawer-key"]);
        let at = |later: i64| {
            let now = Timestamp::from_ms(NOW.as_ms() + later * 1000);
            check(&drawer, BODY, (GOOD, "1768508040"), now)
        };
        assert_eq!((at(300), at(-300)), (Ok(()), Ok(())));
        assert_eq!(
            (at(301), at(-301)),
            (Err(Forged::Moment), Err(Forged::Moment))
        );
    }
}
