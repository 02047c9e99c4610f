//! `[model]`: a language model on the operator's own machine, if there is one.

use std::net::IpAddr;

use axum::http::Uri;
use secrecy::SecretString;

use super::{
    reader::Section,
    secrets::{Environment, secret},
};

/// `[model]`: an endpoint of the OpenAI kind that may fill fields of reports which the rules left empty.
#[derive(Debug, Clone)]
pub struct ModelConfig {
    /// Its address up to `/v1`, without a slash at the end.
    pub url: String,
    /// What it calls the model.
    pub name: String,
    /// Its key, if it wants one, from `key_file` or `TOCSIN_MODEL_KEY`.
    pub key: Option<SecretString>,
}

/// Reads `[model]`; `None` if it cannot be used.
pub(super) fn model(section: Section, environment: Environment) -> Option<ModelConfig> {
    let url = section.needed(
        "url",
        "write the endpoint's address, \"http://127.0.0.1:8081/v1\"",
    );
    let name = section.needed("name", "write what the endpoint calls the model");
    let key = secret(&section, "key", "key_file", "TOCSIN_MODEL_KEY", environment);
    let url = url.map(|url| url.trim_end_matches('/').to_owned());
    let foreign = url.as_deref().and_then(|url| is_ours(url).err());
    if let Some(message) = &foreign {
        section.problem("url", message.clone());
    }
    section.done();
    Some(ModelConfig {
        url: url.filter(|_| foreign.is_none())?,
        name: name?,
        key,
    })
}

/// What people write must not leave the operator's machines: a loopback or private address, or a bare name such as a
/// container's.
fn is_ours(url: &str) -> Result<(), String> {
    let uri: Uri = url
        .parse()
        .map_err(|_| format!("`{url}` is not an address such as \"http://127.0.0.1:8081/v1\""))?;
    let (Some("http" | "https"), Some(host)) = (uri.scheme_str(), uri.host()) else {
        return Err(format!(
            "`{url}` is not an address such as \"http://127.0.0.1:8081/v1\""
        ));
    };
    let is_near = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private(),
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.is_unique_local(),
        Err(_) => !host.contains('.'),
    };
    if is_near {
        Ok(())
    } else {
        Err(format!(
            "`{host}` is not on this machine or its own network; what people write must not leave it, so run the model here"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn only_our_own_machines_may_read_what_people_write() {
        for good in [
            "http://127.0.0.1:8081/v1",
            "http://[::1]:8081/v1",
            "http://localhost:11434/v1",
            "http://ollama:11434/v1",
            "https://192.168.1.20/v1",
        ] {
            assert_eq!(is_ours(good), Ok(()), "{good}");
        }
        for bad in [
            "https://api.example.com/v1",
            "http://8.8.8.8/v1",
            "127.0.0.1:8081",
            "ftp://localhost/v1",
            "http:///v1",
        ] {
            assert!(is_ours(bad).is_err(), "{bad}");
        }
    }
}
