//! `[store]`: the database's address, its password from elsewhere.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::{
    reader::Section,
    secrets::{Environment, secret},
};

/// `[store]`.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// `sqlite:data/tocsin.db` or `postgres://…`, with the password already in it.
    pub url: SecretString,
}

/// `[store]`.
pub(super) fn store(root: &Section, data_dir: &Path, environment: Environment) -> StoreConfig {
    let url = match root.section("store") {
        Some(section) => {
            let url = stores_url(&section, environment);
            section.done();
            url
        }
        None => None,
    };
    let url = environment("TOCSIN_STORE_URL").or(url);
    StoreConfig {
        url: SecretString::from(url.unwrap_or_else(|| sqlite_in(data_dir))),
    }
}

fn stores_url(section: &Section, environment: Environment) -> Option<String> {
    let password = secret(
        section,
        "password",
        "password_file",
        "TOCSIN_STORE_PASSWORD",
        environment,
    );
    let url = section.text("url")?;
    if url.starts_with("sqlite:") {
        return Some(url);
    }
    let Some(rest) = url
        .strip_prefix("postgres://")
        .or_else(|| url.strip_prefix("postgresql://"))
    else {
        section.problem(
            "url",
            "must begin with sqlite: or postgres://, such as \"sqlite:data/tocsin.db\"",
        );
        return None;
    };
    let (user, place) = rest
        .split_once('@')
        .map_or((None, rest), |(user, place)| (Some(user), place));
    if user.is_some_and(|user| user.contains(':')) {
        section.problem("url", "has a password in it: take it out, and name its file in password_file or set TOCSIN_STORE_PASSWORD");
        return None;
    }
    Some(match (user, password) {
        (Some(user), Some(password)) => {
            format!(
                "postgres://{user}:{}@{place}",
                percent_encoded(password.expose_secret())
            )
        }
        (None, Some(_)) => {
            section.problem(
                "url",
                "has a password but no user: write postgres://user@host/database",
            );
            return None;
        }
        _ => url,
    })
}

/// The password as it may stand in an address.
fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// The database of one process, in the folder of data.
pub(super) fn sqlite_in(data_dir: &Path) -> String {
    format!("sqlite:{}", data_dir.join("tocsin.db").display())
}
