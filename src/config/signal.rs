//! `[signal]`: the daemon that holds the bot's Signal account, and how it is reached.

use std::{
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use super::reader::Section;
use crate::domain::role::Role;

/// Where the daemon listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DaemonAddress {
    /// A socket in the file system, which only its owner and group can open.
    Unix(PathBuf),
    /// A port of this machine. Whoever is on the machine can open it.
    Tcp(SocketAddr),
}

impl DaemonAddress {
    /// Reads a path that begins with `/`, or an address and port of this machine, such as `127.0.0.1:7583`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if text.starts_with('/') {
            return Some(Self::Unix(PathBuf::from(text)));
        }
        let address: SocketAddr = text.parse().ok()?;
        address.ip().is_loopback().then_some(Self::Tcp(address))
    }
}

impl fmt::Display for DaemonAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "{}", path.display()),
            Self::Tcp(address) => write!(f, "{address}"),
        }
    }
}

/// `[signal]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalConfig {
    /// Where the daemon listens, from `socket` or `tcp`.
    pub address: DaemonAddress,
    /// The bot's own number, with its country.
    pub account: String,
    /// The name people see.
    pub name: String,
    /// The picture people see.
    pub picture: Option<PathBuf>,
    /// The folder in which the daemon keeps its files (its `--config`): pictures that people send are deleted from there.
    pub daemon_dir: Option<PathBuf>,
    /// The role that admins of a group have there.
    pub admins: Role,
    /// Where what was received waits until it is taken in.
    pub data_dir: PathBuf,
}

/// Reads `[signal]`.
pub(super) fn signal(section: Section, data_dir: &Path) -> Option<SignalConfig> {
    let socket = section.text("socket").map(PathBuf::from);
    let tcp: Option<SocketAddr> =
        section.parsed("tcp", "an address with a port, such as \"127.0.0.1:7583\"");
    let address = address(&section, socket, tcp);
    let account = section
        .needed(
            "account",
            "write the bot's own number with its country, \"+16125550100\"",
        )
        .filter(|number| is_number(&section, number));
    let admins = section.choice(
        "admins",
        &[
            ("moderator", Role::Moderator),
            ("verifier", Role::Verifier),
            ("neighbor", Role::Neighbor),
        ],
    );
    let config = account.zip(address).map(|(account, address)| SignalConfig {
        address,
        account,
        name: section.text("name").unwrap_or_else(|| "tocsin".to_owned()),
        picture: picture(&section),
        daemon_dir: section.text("daemon_dir").map(PathBuf::from),
        admins: admins.unwrap_or(Role::Neighbor),
        data_dir: section
            .text("data_dir")
            .map_or_else(|| data_dir.join("signal"), PathBuf::from),
    });
    section.done();
    config
}

fn address(
    section: &Section,
    socket: Option<PathBuf>,
    tcp: Option<SocketAddr>,
) -> Option<DaemonAddress> {
    match (socket, tcp) {
        (Some(path), None) => Some(DaemonAddress::Unix(path)),
        (None, Some(address)) if address.ip().is_loopback() => {
            section.warning(
                "tcp",
                "lets everyone who has an account on this machine write in the bot's name: prefer socket",
            );
            Some(DaemonAddress::Tcp(address))
        }
        (None, Some(_)) => {
            section.problem(
                "tcp",
                "leaves this machine: the daemon asks for no password. Run it here and write 127.0.0.1, or socket",
            );
            None
        }
        (Some(_), Some(_)) => {
            section.problem("tcp", "stands beside socket: keep one of the two");
            None
        }
        (None, None) => {
            if !section.has("tcp") {
                section.problem(
                    "socket",
                    "is missing: write the path of signal-cli's socket, \"/run/signal-cli/socket\"",
                );
            }
            None
        }
    }
}

/// A picture that can be read: better found out now than when the account has been linked.
fn picture(section: &Section) -> Option<PathBuf> {
    let path = section.text("picture").map(PathBuf::from)?;
    if !path.is_file() {
        section.problem("picture", format!("{} is no file", path.display()));
    }
    Some(path)
}

/// `+` and 7 to 15 digits.
fn is_number(section: &Section, number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    let is_good =
        (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_good {
        section.problem(
            "account",
            format!(
                "`{number}` is not a phone number: write it with its country, \"+16125550100\""
            ),
        );
    }
    is_good
}

/// The 32 bytes of a group's id as the daemon writes them, in base64 with padding.
pub(super) fn is_group(id: &str) -> bool {
    id.len() == 44
        && id.ends_with('=')
        && id[..43]
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// `8c78cd2a-16ff-427d-83dc-1a5e36ce713d`, in small letters.
pub(super) fn is_uuid(person: &str) -> bool {
    let parts: Vec<_> = person.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12]
        && person
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::reader::Reading;
    use super::*;

    fn read(text: &str) -> (Option<SignalConfig>, Vec<String>, usize) {
        let reading = Reading::new(Path::new("tocsin.toml"), text);
        let table = reading.parse();
        let root = reading.root(&table);
        let config = root
            .section("signal")
            .and_then(|section| signal(section, Path::new("data")));
        drop(root);
        let (problems, warnings) = reading.into_found();
        let problems = problems.iter().map(ToString::to_string).collect();
        (config, problems, warnings.len())
    }

    const GOOD: &str = "[signal]\nsocket = \"/run/signal.sock\"\naccount = \"+16125550100\"\n";

    #[test]
    fn an_account_needs_little() {
        let (config, problems, warnings) = read(GOOD);
        let config = config.unwrap();
        assert_eq!((problems, warnings), (vec![], 0));
        assert_eq!(
            config.address,
            DaemonAddress::Unix("/run/signal.sock".into())
        );
        assert_eq!(config.admins, Role::Neighbor);
        assert_eq!(config.data_dir, Path::new("data/signal"));
        let (config, problems, warnings) =
            read(&GOOD.replace("socket = \"/run/signal.sock\"", "tcp = \"127.0.0.1:7583\""));
        assert!(config.is_some() && problems.is_empty() && warnings == 1);
    }

    #[test]
    fn every_mistake_is_told() {
        for (from, to, told) in [
            ("+16125550100", "16125550100", "not a phone number"),
            ("socket = \"/run/signal.sock\"", "", "socket"),
            (
                "socket = \"/run/signal.sock\"",
                "tcp = \"192.168.1.2:7583\"",
                "leaves this machine",
            ),
            ("[signal]", "[signal]\ntcp = \"127.0.0.1:1\"", "keep one"),
            ("[signal]", "[signal]\npicture = \"/no/such\"", "is no file"),
            ("[signal]", "[signal]\nadmins = \"king\"", "king"),
            ("[signal]", "[signal]\nnumber = \"x\"", "number"),
        ] {
            let (_, problems, _) = read(&GOOD.replace(from, to));
            assert!(
                problems.iter().any(|problem| problem.contains(told)),
                "{to}: {problems:?}"
            );
        }
    }

    #[test]
    fn only_this_machine_is_meant() {
        for text in ["/run/signal-cli/socket", "127.0.0.1:7583", "[::1]:7583"] {
            assert_eq!(DaemonAddress::read(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "signal.sock",
            "192.168.0.2:7583",
            "0.0.0.0:7583",
            "example.org:7583",
            "127.0.0.1",
        ] {
            assert_eq!(DaemonAddress::read(text), None, "{text}");
        }
    }

    #[test]
    fn groups_and_people_have_ids_of_a_shape() {
        assert!(is_group("RaO8xJlyzROM5m00hNFalS6esq0S+6J4KqOZ2agC9rE="));
        assert!(!is_group("AAAAAAAAAAAAAAAAAAAAAA=="));
        assert!(!is_group("!whittier:example.org"));
        assert!(is_uuid("aff2ebea-6220-48ef-8ee9-a6073d08c973"));
        assert!(!is_uuid("+16125550100"));
        assert!(!is_uuid("aff2ebea622048ef8ee9a6073d08c973"));
    }
}
