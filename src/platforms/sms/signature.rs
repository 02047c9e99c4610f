//! Whether a request comes from Twilio: its signature over our public address and what it carries.

use std::{collections::BTreeMap, fmt::Write as _};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The header of the signature.
pub const SIGNATURE: &str = "X-Twilio-Signature";
/// The header that says with which key and how it was made, where that is not the auth token and SHA-1.
pub const SETTINGS: &str = "X-Twilio-Webhooks-Signature-Settings";

/// The longest signature is one of SHA-256 in base64.
const LONGEST: usize = 44;

/// What a signature is checked with.
pub struct Secrets {
    /// The account's auth tokens: while one is replaced, both are good.
    pub tokens: Vec<SecretString>,
    /// Shared keys by their ids.
    pub keys: BTreeMap<String, SecretString>,
}

/// What a request carries.
#[derive(Debug, Clone, Copy)]
pub enum Signed<'a> {
    /// The decoded fields of a form.
    Form(&'a [(String, String)]),
    /// Anything else, byte for byte; its hash stands in the address.
    Raw(&'a [u8]),
}

/// The two headers, as they came.
#[derive(Debug, Clone, Copy)]
pub struct Seal<'a> {
    /// [`SIGNATURE`].
    pub signature: &'a str,
    /// [`SETTINGS`].
    pub settings: Option<&'a str>,
}

impl Secrets {
    /// Whether the seal is the account's over this address and content. `url` is the public address with the query exactly as
    /// it came; never one made of what a proxy says it is. Takes the same time for a nearly right seal as for a wrong one.
    #[must_use]
    pub fn have_signed(&self, url: &str, content: Signed<'_>, seal: Seal<'_>) -> bool {
        if seal.signature.len() > LONGEST {
            return false;
        }
        let Ok(signature) = STANDARD.decode(seal.signature) else {
            return false;
        };
        let rest = match content {
            Signed::Form(fields) => joined(fields),
            Signed::Raw(bytes) if is_hash_of(url, bytes) => String::new(),
            Signed::Raw(_) => return false,
        };
        let settings = Settings::of(seal.settings);
        let secrets: Vec<&SecretString> = match settings.key {
            Some(key) => self.keys.get(key).into_iter().collect(),
            None => self.tokens.iter().collect(),
        };
        spellings(url).iter().any(|url| {
            let text = format!("{url}{rest}");
            secrets.iter().any(|secret| {
                let secret = secret.expose_secret().as_bytes();
                match settings.algorithm {
                    "HMAC_SHA1" => is_mac::<Hmac<Sha1>>(secret, &text, &signature),
                    "HMAC_SHA256" => is_mac::<Hmac<Sha256>>(secret, &text, &signature),
                    _ => false,
                }
            })
        })
    }
}

/// The content of [`SETTINGS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings<'a> {
    /// The id of the shared key; `None` for the auth token.
    pub key: Option<&'a str>,
    /// The name of the algorithm, as it came; only known ones are good.
    pub algorithm: &'a str,
}

impl<'a> Settings<'a> {
    /// Reads `key=…,algorithm=…`; without it the auth token and SHA-1 are meant.
    #[must_use]
    pub fn of(header: Option<&'a str>) -> Self {
        let field = |name: &str| {
            header?
                .split(',')
                .filter_map(|part| part.split_once('='))
                .find(|(key, _)| key.trim() == name)
                .map(|(_, value)| value.trim())
                .filter(|value| !value.is_empty())
        };
        Self {
            key: field("key"),
            algorithm: field("algorithm").unwrap_or("HMAC_SHA1"),
        }
    }
}

/// Compares in constant time.
fn is_mac<M: Mac + KeyInit>(secret: &[u8], text: &str, signature: &[u8]) -> bool {
    <M as KeyInit>::new_from_slice(secret).is_ok_and(|mut mac| {
        mac.update(text.as_bytes());
        mac.verify_slice(signature).is_ok()
    })
}

/// Keys in order, the values of each in order and once, nothing between them.
fn joined(fields: &[(String, String)]) -> String {
    let mut sorted: Vec<&(String, String)> = fields.iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut text = String::with_capacity(1024);
    for (key, value) in sorted {
        text.push_str(key);
        text.push_str(value);
    }
    text
}

/// Whether the query names the SHA-256 of these bytes, in lower case as Twilio writes it.
fn is_hash_of(url: &str, bytes: &[u8]) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let Some(named) = query
        .split('&')
        .find_map(|field| field.strip_prefix("bodySHA256="))
    else {
        return false;
    };
    let mut hash = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing into a String cannot fail.
        let _written = write!(hash, "{byte:02x}");
    }
    named == hash
}

/// The address as it is, and with its port left out or, where it has none, the usual one added: Twilio signs either.
fn spellings(url: &str) -> [String; 2] {
    let whole = || [url.to_owned(), url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else {
        return whole();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let after_brackets = host.rfind(']').map_or(0, |at| at + 1);
    let other = match host[after_brackets..].rfind(':') {
        Some(_) => authority
            .rsplit_once(':')
            .map_or(authority, |(bare, _)| bare)
            .to_owned(),
        None if scheme == "https" => format!("{authority}:443"),
        None => format!("{authority}:80"),
    };
    [url.to_owned(), format!("{scheme}://{other}{tail}")]
}
