//! The sections of the platforms: `[matrix]`.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::{
    reader::Section,
    secrets::{Environment, secret},
};

/// `[matrix]`: the bot's account on a Matrix homeserver.
#[derive(Debug, Clone)]
pub struct MatrixConfig {
    /// Where the homeserver answers, `https://matrix.example.org`, or its bare name, `example.org`.
    pub homeserver: String,
    /// The bot's account: `@tocsin:example.org`.
    pub user: String,
    /// Its password, from `password_file` or `TOCSIN_MATRIX_PASSWORD`.
    pub password: Option<SecretString>,
    /// An access token instead of a password, from `token_file` or `TOCSIN_MATRIX_TOKEN`.
    pub token: Option<SecretString>,
    /// The device the token belongs to.
    pub device_id: Option<String>,
    /// What unlocks the account's recovery storage, from `recovery_passphrase_file` or `TOCSIN_MATRIX_RECOVERY_PASSPHRASE`.
    pub recovery_passphrase: Option<SecretString>,
    /// Where sessions and keys are kept.
    pub data_dir: PathBuf,
    /// What people see in the bot's list of devices.
    pub device_name: String,
    /// People whose invitations are accepted, besides those into configured rooms.
    pub invites_from: Vec<String>,
    /// Which power levels give which role.
    pub roles: MatrixRoles,
}

/// `[matrix.roles]`: power levels that give roles in their own room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MatrixRoles {
    /// From this level on: moderator. Without it levels make nobody a moderator.
    pub moderator: Option<i64>,
    /// From this level on: verifier. Without it levels make nobody a verifier.
    pub verifier: Option<i64>,
}

/// Reads `[matrix]`.
pub(super) fn matrix(section: Section, data_dir: &Path, environment: Environment) -> MatrixConfig {
    let homeserver = section
        .needed(
            "homeserver",
            "write the homeserver's address, \"https://matrix.example.org\"",
        )
        .filter(|address| is_good_address(&section, address));
    let user = section
        .needed("user", "write the bot's account, \"@tocsin:example.org\"")
        .filter(|user| is_good_user(&section, "user", user));
    let password = secret(
        &section,
        "password",
        "password_file",
        "TOCSIN_MATRIX_PASSWORD",
        environment,
    );
    let token = secret(
        &section,
        "token",
        "token_file",
        "TOCSIN_MATRIX_TOKEN",
        environment,
    );
    let device_id = section.text("device_id");
    check_login(
        &section,
        password.is_some(),
        token.is_some(),
        device_id.is_some(),
    );
    let recovery_passphrase = secret(
        &section,
        "recovery_passphrase",
        "recovery_passphrase_file",
        "TOCSIN_MATRIX_RECOVERY_PASSPHRASE",
        environment,
    );
    let invites_from = section.texts("invites_from");
    for user in &invites_from {
        is_good_user(&section, "invites_from", user);
    }
    let matrix = MatrixConfig {
        homeserver: homeserver.unwrap_or_default(),
        user: user.unwrap_or_default(),
        password,
        token,
        device_id,
        recovery_passphrase,
        data_dir: section
            .text("data_dir")
            .map_or_else(|| data_dir.join("matrix"), PathBuf::from),
        device_name: section
            .text("device_name")
            .unwrap_or_else(|| "tocsin".to_owned()),
        invites_from,
        roles: section.section("roles").map(roles).unwrap_or_default(),
    };
    section.done();
    matrix
}

/// Notes what is missing to log in. A secret that was named but cannot be read has its own problem already.
fn check_login(section: &Section, has_password: bool, has_token: bool, has_device: bool) {
    let named = ["password", "password_file", "token", "token_file"]
        .into_iter()
        .any(|key| section.has(key));
    if !has_password && !has_token && !named {
        section.problem(
            "",
            "there is no password: put it into a file and write password_file = \"its path\", or set TOCSIN_MATRIX_PASSWORD",
        );
    }
    if has_token && !has_password && !has_device {
        section.problem(
            "device_id",
            "is missing: a token belongs to a device; write that device's id",
        );
    }
}

fn roles(section: Section) -> MatrixRoles {
    let roles = MatrixRoles {
        moderator: section.integer("moderator"),
        verifier: section.integer("verifier"),
    };
    if let (Some(moderator), Some(verifier)) = (roles.moderator, roles.verifier)
        && moderator < verifier
    {
        section.problem(
            "moderator",
            "is below verifier: a moderator may do all that a verifier may",
        );
    }
    section.done();
    roles
}

/// `https://…`, `http://` on this machine, or a bare name.
fn is_good_address(section: &Section, address: &str) -> bool {
    let (secure, rest) = match address.split_once("://") {
        Some(("https", rest)) => (true, rest),
        Some(("http", rest)) => (false, rest),
        None if address.contains('.') => (true, address),
        _ => {
            section.problem(
                "homeserver",
                format!("`{address}` is not an address: begin it with https://"),
            );
            return false;
        }
    };
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.is_empty() || authority.contains(['@', ' ', '?', '#']) {
        section.problem(
            "homeserver",
            "is not an address: write only https:// and the server's name",
        );
        return false;
    }
    let local = ["localhost", "127.", "[::1]"];
    if !secure && !local.iter().any(|start| authority.starts_with(start)) {
        section.problem(
            "homeserver",
            "would send the password unencrypted: write https:// (http:// is only for this machine)",
        );
        return false;
    }
    true
}

/// `@name:server`.
pub(super) fn is_good_user(section: &Section, key: &'static str, user: &str) -> bool {
    let parts = user.strip_prefix('@').and_then(|rest| rest.split_once(':'));
    let good = parts.is_some_and(|(name, server)| !name.is_empty() && !server.is_empty())
        && !user.contains(char::is_whitespace);
    if !good {
        section.problem(
            key,
            format!("`{user}` is not a Matrix account: write \"@name:server\""),
        );
    }
    good
}
