//! `[sms.gate]`: text messages through a phone that runs SMSGate (android-sms-gateway).

use std::{net::IpAddr, time::Duration};

use axum::http::Uri;
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    reader::Section,
    secrets::{Environment, secret},
};

/// `[sms.gate]`: a phone, or the server it is connected to.
#[derive(Debug, Clone)]
pub struct GateConfig {
    /// Where its API answers, without a slash at the end: `http://192.168.1.20:8080` for the phone itself,
    /// `https://sms.example.org/3rdparty/v1` for a private server.
    pub url: String,
    /// The user name that the app shows.
    pub username: String,
    /// Its password, from `password_file` or `TOCSIN_GATE_PASSWORD`.
    pub password: SecretString,
    /// The keys that sign what the phone posts to us, from `signing_key_file` or `TOCSIN_GATE_SIGNING_KEY`; one a line while
    /// one takes the place of another.
    pub signing_keys: Vec<SecretString>,
    /// The number of the SIM card, `+16125550100`: senders without a country are of its country.
    pub number: String,
    /// Which SIM card sends and is read, counted from 1; without it every card of the phone is read.
    pub sim: Option<u8>,
    /// Which device of the account sends and is read, where a server has several.
    pub device: Option<String>,
    /// How much time one message takes: carriers and Android stop phones that send much.
    pub pause: Duration,
}

/// How much time one message takes unless said otherwise: ten a minute, far below Android's own brake (30 in a minute) and most
/// carriers'.
const PAUSE: Duration = Duration::from_secs(6);

/// Reads `[sms.gate]`; `None` if it cannot be used.
pub(super) fn gate(section: Section, environment: Environment) -> Option<GateConfig> {
    let url = section
        .needed(
            "url",
            "write where the phone or its server answers, \"http://192.168.1.20:8080\"",
        )
        .map(|url| url.trim_end_matches('/').to_owned())
        .filter(|url| is_good_url(&section, url));
    let username = section.needed("username", "write the user name that the app shows");
    let password = needed_secret(
        &section,
        ("password", "password_file", "TOCSIN_GATE_PASSWORD"),
        environment,
    );
    let signing_key = needed_secret(
        &section,
        ("signing_key", "signing_key_file", "TOCSIN_GATE_SIGNING_KEY"),
        environment,
    );
    let number = section
        .needed(
            "number",
            "write the number of the SIM card with its country, \"+16125550100\"",
        )
        .filter(|number| is_number(&section, number));
    let sim = section.integer("sim").and_then(|sim| {
        let card = u8::try_from(sim).ok().filter(|sim| (1..=3).contains(sim));
        if card.is_none() {
            section.problem("sim", "must be 1, 2 or 3: the place of the SIM card");
        }
        card
    });
    let device = section.text("device");
    let most = (
        Duration::from_secs(600),
        "slower than that nobody is told in time",
    );
    let pause = section.duration("pause", Duration::from_secs(1), most);
    section.done();
    let signing_keys = signing_key?
        .expose_secret()
        .split_whitespace()
        .map(SecretString::from)
        .collect();
    Some(GateConfig {
        url: url?,
        username: username?,
        password: password?,
        signing_keys,
        number: number?,
        sim,
        device,
        pause: pause.unwrap_or(PAUSE),
    })
}

/// A secret that must be there. One that was named but cannot be read has its own problem already.
fn needed_secret(
    section: &Section,
    (name, file, variable): (&'static str, &'static str, &'static str),
    environment: Environment,
) -> Option<SecretString> {
    let found = secret(section, name, file, variable, environment);
    if found.is_none() && !section.has(name) && !section.has(file) {
        let message = format!(
            "there is no {name}: put it into a file and write {file} = \"its path\", or set {variable}"
        );
        section.problem("", message);
    }
    found
}

/// `+` and 7 to 15 digits.
fn is_number(section: &Section, number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    let is_good =
        (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_good {
        let message = format!(
            "`{number}` is not a phone number: write it with its country, \"+16125550100\""
        );
        section.problem("number", message);
    }
    is_good
}

/// `https://` anywhere, `http://` only to this machine and to addresses that stay within a house.
fn is_good_url(section: &Section, url: &str) -> bool {
    let uri: Option<Uri> = url.parse().ok();
    let Some((uri, host)) = uri
        .as_ref()
        .and_then(|uri| uri.host().map(|host| (uri, host)))
    else {
        section.problem(
            "url",
            format!("`{url}` is not an address: begin it with https:// or http://"),
        );
        return false;
    };
    let has_login = uri
        .authority()
        .is_some_and(|authority| authority.as_str().contains('@'));
    if has_login || uri.query().is_some() || url.contains('#') {
        section.problem(
            "url",
            "is more than an address: write only the server's name and a path if it has one",
        );
        return false;
    }
    match uri.scheme_str() {
        Some("https") => true,
        Some("http") if is_this_machine(host) => true,
        Some("http") if is_in_the_house(host) => {
            section.warning(
                "url",
                "sends messages and the password unencrypted through your own network: whoever is in it can read them",
            );
            true
        }
        Some("http") => {
            section.problem(
                "url",
                "would send messages and the password unencrypted: write https://, or reach the phone within your own network",
            );
            false
        }
        _ => {
            section.problem(
                "url",
                format!("`{url}` is not an address: begin it with https:// or http://"),
            );
            false
        }
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

fn is_in_the_house(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse() {
        Ok(IpAddr::V4(address)) => address.is_private() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => address.is_unique_local() || address.is_unicast_link_local(),
        Err(_) => host.ends_with(".local") || host.ends_with(".lan") || !host.contains('.'),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::reader::Reading;
    use super::*;

    fn read(text: &str) -> (Option<GateConfig>, Vec<String>, usize) {
        let reading = Reading::new(Path::new("tocsin.toml"), text);
        let table = reading.parse();
        let root = reading.root(&table);
        let secrets = |name: &str| match name {
            "TOCSIN_GATE_PASSWORD" => Some("secret".to_owned()),
            "TOCSIN_GATE_SIGNING_KEY" => Some("new-key\nold-key".to_owned()),
            _ => None,
        };
        let config = root
            .section("gate")
            .and_then(|section| gate(section, &secrets));
        drop(root);
        let (problems, warnings) = reading.into_found();
        let problems = problems.iter().map(ToString::to_string).collect();
        (config, problems, warnings.len())
    }

    const GOOD: &str =
        "[gate]\nurl = \"http://127.0.0.1:8080/\"\nusername = \"sms\"\nnumber = \"+16125550100\"\n";

    #[test]
    fn a_phone_needs_little() {
        let (config, problems, warnings) = read(GOOD);
        let config = config.unwrap();
        assert_eq!((problems, warnings), (vec![], 0));
        assert_eq!(config.url, "http://127.0.0.1:8080");
        assert_eq!(config.signing_keys.len(), 2);
        assert_eq!(
            (config.sim, config.device, config.pause),
            (None, None, PAUSE)
        );
        let (config, problems, _) = read(&format!(
            "{GOOD}sim = 2\ndevice = \"abc\"\npause = \"10 s\"\n"
        ));
        let config = config.unwrap();
        assert_eq!(problems, [""; 0]);
        assert_eq!(config.sim, Some(2));
        assert_eq!(config.pause, Duration::from_secs(10));
    }

    #[test]
    fn every_mistake_is_told() {
        for (from, to, told) in [
            (
                "http://127.0.0.1:8080/",
                "http://example.org",
                "unencrypted",
            ),
            (
                "http://127.0.0.1:8080/",
                "https://me@example.org",
                "more than",
            ),
            ("http://127.0.0.1:8080/", "phone", "not an address"),
            ("+16125550100", "6125550100", "not a phone number"),
            ("username", "user", "is missing"),
            ("[gate]", "[gate]\nsim = 7", "1, 2 or 3"),
            (
                "[gate]",
                "[gate]\npassword = \"x\"",
                "secrets do not belong",
            ),
        ] {
            let (_, problems, _) = read(&GOOD.replace(from, to));
            assert!(
                problems.iter().any(|problem| problem.contains(told)),
                "{to}: {problems:?}"
            );
        }
        let (config, problems, warnings) =
            read(&GOOD.replace("127.0.0.1:8080/", "192.168.1.20:8080"));
        assert!(config.is_some() && problems.is_empty() && warnings == 1);
    }
}
