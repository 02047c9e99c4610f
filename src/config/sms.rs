//! `[sms]`: text messages behind our phone numbers, and who carries them.

use std::collections::BTreeMap;

use axum::http::Uri;
use secrecy::{ExposeSecret, SecretString};

use super::{
    reader::Section,
    secrets::{Environment, secret},
    smsgate::{self, GateConfig},
};

/// Where Twilio's API answers.
pub const TWILIO: &str = "https://api.twilio.com";

/// `[sms]`: text messages.
#[derive(Debug, Clone)]
pub struct SmsConfig {
    /// The numbers people text, `+16125550100`.
    pub numbers: Vec<String>,
    /// The address under which the provider reaches our web server, without a slash at the end; that of `[web]`, unless it takes
    /// another way.
    pub public_url: String,
    /// Whether the provider answers STOP, START and HELP by itself, as Twilio does.
    pub answers_carrier_words: bool,
    /// Segments a second that one number may send.
    pub rate: f64,
    /// Who carries them.
    pub provider: Provider,
}

impl SmsConfig {
    /// The account at Twilio, if that is who carries them.
    #[must_use]
    pub const fn twilio(&self) -> Option<&TwilioConfig> {
        match &self.provider {
            Provider::Twilio(account) => Some(account),
            Provider::Gate(_) => None,
        }
    }
}

/// Who carries text messages.
#[derive(Debug, Clone)]
pub enum Provider {
    /// Twilio, or somebody who speaks its API.
    Twilio(TwilioConfig),
    /// A phone that runs SMSGate.
    Gate(GateConfig),
}

/// `[sms.twilio]`.
#[derive(Debug, Clone)]
pub struct TwilioConfig {
    /// The account: `AC` and 32 digits; a UUID elsewhere.
    pub account_sid: String,
    /// Its auth tokens, from `auth_token_file` or `TOCSIN_TWILIO_AUTH_TOKEN`, at least one. The first is used, all are believed.
    pub auth_tokens: Vec<SecretString>,
    /// Where the API answers, without a slash at the end.
    pub api_base: String,
    /// The Messaging Service that sends, instead of the numbers themselves.
    pub messaging_service: Option<String>,
    /// Keys that sign web hooks instead of the auth token, by their ids; from `shared_keys_file` or `TOCSIN_TWILIO_SHARED_KEYS`.
    pub shared_keys: BTreeMap<String, SecretString>,
    /// The WhatsApp address, if there is one.
    pub whatsapp: Option<WhatsAppConfig>,
}

/// `[sms.twilio.whatsapp]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatsAppConfig {
    /// Our address there: `whatsapp:+16125550100`.
    pub from: String,
    /// The template for people who have not written for a day; its only place `{{1}}` takes the words.
    pub template_sid: Option<String>,
}

/// Reads `[sms]`; `None` if it cannot be used.
pub(super) fn sms(
    section: Section,
    environment: Environment,
    public_url: Option<&str>,
) -> Option<SmsConfig> {
    let mut numbers = section.texts("numbers");
    for number in &numbers {
        if !is_number(number) {
            let message = format!(
                "`{number}` is not a phone number: write it with its country, \"+16125550100\""
            );
            section.problem("numbers", message);
        }
    }
    let hint = "write the address under which the provider reaches this server, \"https://tocsin.example.org\"";
    let public_url = match public_url {
        Some(url) if !section.has("public_url") => Some(url.to_owned()),
        _ => section.needed("public_url", hint),
    };
    let public_url = public_url
        .map(|url| url.trim_end_matches('/').to_owned())
        .filter(|url| is_good_url(&section, "public_url", url))
        .filter(|url| has_good_name(&section, url));
    let answers_carrier_words = section.flag("answers_carrier_words");
    let rate = section.number("rate", 0.1, 1000.0).unwrap_or(1.0);
    let (has_twilio, has_gate) = (section.has("twilio"), section.has("gate"));
    if !has_twilio && !has_gate {
        section.problem(
            "",
            "nobody carries the messages: write a section [sms.twilio] or [sms.gate]",
        );
    }
    if has_twilio && has_gate {
        section.problem("gate", "stands beside [sms.twilio]: take one of them out");
    }
    let twilio = section
        .section("twilio")
        .and_then(|inner| twilio_account(inner, environment));
    let gate = section
        .section("gate")
        .and_then(|inner| smsgate::gate(inner, environment));
    if let Some(gate) = gate.as_ref().filter(|_| numbers.is_empty()) {
        numbers.push(gate.number.clone());
    }
    let has_whatsapp = twilio
        .as_ref()
        .is_some_and(|twilio| twilio.whatsapp.is_some());
    if numbers.is_empty() && !has_whatsapp && !has_gate {
        section.problem(
            "numbers",
            "is missing: write the numbers people text, [\"+16125550100\"]; those of a Messaging Service too",
        );
    }
    section.done();
    Some(SmsConfig {
        numbers,
        public_url: public_url?,
        answers_carrier_words: answers_carrier_words.unwrap_or(true),
        rate,
        provider: twilio.map(Provider::Twilio).or(gate.map(Provider::Gate))?,
    })
}

/// Reads `[sms.twilio]`; `None` if it cannot be used.
fn twilio_account(section: Section, environment: Environment) -> Option<TwilioConfig> {
    let api_base = section.text("api_base").map_or_else(
        || TWILIO.to_owned(),
        |url| url.trim_end_matches('/').to_owned(),
    );
    let is_good_base = is_good_url(&section, "api_base", &api_base);
    let account_sid = section
        .needed(
            "account_sid",
            "write the account's id, which begins with AC",
        )
        .filter(|sid| is_good_account(&section, sid, &api_base));
    let auth_tokens = tokens(&section, environment);
    let shared_keys = shared_keys(&section, environment);
    let messaging_service = section.text("messaging_service");
    if let Some(sid) = &messaging_service
        && !is_id(sid, "MG")
        && api_base == TWILIO
    {
        let message = format!("`{sid}` is not a Messaging Service: its id is MG and 32 digits");
        section.problem("messaging_service", message);
    }
    let whatsapp = section.section("whatsapp").and_then(whatsapp);
    section.done();
    Some(TwilioConfig {
        account_sid: account_sid?,
        auth_tokens: Some(auth_tokens).filter(|tokens| !tokens.is_empty())?,
        api_base: Some(api_base).filter(|_| is_good_base)?,
        messaging_service,
        shared_keys,
        whatsapp,
    })
}

/// The auth tokens, one a line.
fn tokens(section: &Section, environment: Environment) -> Vec<SecretString> {
    let variable = "TOCSIN_TWILIO_AUTH_TOKEN";
    let found = secret(
        section,
        "auth_token",
        "auth_token_file",
        variable,
        environment,
    );
    let Some(lines) = found else {
        if !section.has("auth_token") && !section.has("auth_token_file") {
            section.problem(
                "",
                format!("there is no auth token: put it into a file and write auth_token_file = \"its path\", or set {variable}"),
            );
        }
        return Vec::new();
    };
    let tokens = lines.expose_secret().split_whitespace();
    tokens.map(SecretString::from).collect()
}

/// The shared keys: a line each, the id and the key.
fn shared_keys(section: &Section, environment: Environment) -> BTreeMap<String, SecretString> {
    let found = secret(
        section,
        "shared_keys",
        "shared_keys_file",
        "TOCSIN_TWILIO_SHARED_KEYS",
        environment,
    );
    let mut keys = BTreeMap::new();
    let Some(lines) = found else { return keys };
    for (number, line) in lines.expose_secret().lines().enumerate() {
        let words: Vec<_> = line.split_whitespace().collect();
        match words[..] {
            [] => {}
            [id, key] => {
                keys.insert(id.to_owned(), SecretString::from(key));
            }
            _ => section.problem(
                "shared_keys_file",
                format!(
                    "line {} of it is not a key: write its id, a space, and the key",
                    number + 1
                ),
            ),
        }
    }
    keys
}

fn whatsapp(section: Section) -> Option<WhatsAppConfig> {
    let from = section.needed(
        "from",
        "write our WhatsApp address, \"whatsapp:+16125550100\"",
    );
    let from = from.filter(|from| {
        let is_good = from.strip_prefix("whatsapp:").is_some_and(is_number);
        if !is_good {
            let message =
                format!("`{from}` is not a WhatsApp address: write \"whatsapp:+16125550100\"");
            section.problem("from", message);
        }
        is_good
    });
    let template_sid = section.text("template_sid");
    if let Some(sid) = &template_sid
        && !is_id(sid, "HX")
    {
        let message = format!("`{sid}` is not a template: its id is HX and 32 digits");
        section.problem("template_sid", message);
    }
    section.done();
    Some(WhatsAppConfig {
        from: from?,
        template_sid,
    })
}

/// A number with its country: `+` and 7 to 15 digits, or a short code of 5 or 6.
fn is_number(text: &str) -> bool {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match text.strip_prefix('+') {
        Some(digits) => {
            is_digits(digits) && (7..=15).contains(&digits.len()) && !digits.starts_with('0')
        }
        None => is_digits(text) && (5..=6).contains(&text.len()),
    }
}

/// Two letters and 32 hexadecimal digits.
fn is_id(text: &str, letters: &str) -> bool {
    text.strip_prefix(letters).is_some_and(|digits| {
        digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Twilio's own accounts have their form; others, such as UUIDs, must only fit into a path.
fn is_good_account(section: &Section, sid: &str, api_base: &str) -> bool {
    let is_good = if api_base == TWILIO {
        is_id(sid, "AC")
    } else {
        sid.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if !is_good {
        let message = format!("`{sid}` is not an account: its id is AC and 32 digits");
        section.problem("account_sid", message);
    }
    is_good
}

/// Twilio posts nothing to a server with an underscore in its name (21609).
fn has_good_name(section: &Section, url: &str) -> bool {
    let uri: Option<Uri> = url.parse().ok();
    let is_good = uri.is_some_and(|uri| uri.host().is_some_and(|host| !host.contains('_')));
    if !is_good {
        section.problem(
            "public_url",
            "has an underscore in the server's name, which Twilio refuses: use another name",
        );
    }
    is_good
}

/// An address of ours or the provider's: https, or http on this machine; no query, no name or password.
pub(super) fn is_good_url(section: &Section, key: &'static str, url: &str) -> bool {
    let uri: Option<Uri> = url.parse().ok();
    let host = uri.as_ref().and_then(|uri| uri.host());
    let (Some(uri), Some(host)) = (&uri, host) else {
        section.problem(
            key,
            format!("`{url}` is not an address: begin it with https://"),
        );
        return false;
    };
    let has_more = uri.query().is_some()
        || url.contains('#')
        || uri
            .authority()
            .is_some_and(|authority| authority.as_str().contains('@'));
    if has_more {
        section.problem(
            key,
            "is more than an address: write only https://, the server's name, and a path if it has one",
        );
        return false;
    }
    let is_near = host == "localhost" || host == "[::1]" || host.starts_with("127.");
    match uri.scheme_str() {
        Some("https") => true,
        Some("http") if is_near => true,
        Some("http") => {
            section.problem(
                key,
                "would let others read the messages on their way: write https:// (http:// is only for this machine)",
            );
            false
        }
        _ => {
            section.problem(
                key,
                format!("`{url}` is not an address: begin it with https://"),
            );
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_id, is_number};

    #[test]
    fn numbers_have_their_country_or_are_short_codes() {
        for good in [
            "+16125550100",
            "+525555550100",
            "+4930555010",
            "55501",
            "612555",
        ] {
            assert!(is_number(good), "{good}");
        }
        for bad in [
            "6125550100",
            "+1 612 555 0100",
            "+1612555010000000",
            "+0612555010",
            "",
            "+",
            "STOP",
            "+1612555010a",
        ] {
            assert!(!is_number(bad), "{bad}");
        }
    }

    #[test]
    fn ids_are_two_letters_and_32_digits() {
        assert!(is_id(&format!("MG{}", "a1".repeat(16)), "MG"));
        assert!(!is_id(&format!("MG{}", "a1".repeat(16)), "AC"));
        assert!(!is_id("MG123", "MG"));
        assert!(!is_id(&format!("MG{}", "g".repeat(32)), "MG"));
    }
}
