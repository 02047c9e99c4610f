//! The sections of `tocsin.toml` that describe platforms, with secrets already read.

use std::path::PathBuf;

use secrecy::SecretString;

/// The Matrix account that the bot uses.
#[derive(Debug, Clone)]
pub struct MatrixConfig {
    /// The homeserver's address, such as `https://matrix.example.org`, or its bare name.
    pub homeserver: String,
    /// The bot's user id, such as `@tocsin:example.org`.
    pub user: String,
    /// The account's password; or a token.
    pub password: Option<SecretString>,
    /// An access token; or a password.
    pub token: Option<SecretString>,
    /// The device that the token belongs to.
    pub device_id: Option<String>,
    /// Opens the account's secret storage, so that a new device of the bot is trusted at once.
    pub recovery_passphrase: Option<SecretString>,
    /// Where the keys of encrypted rooms and the session are kept.
    pub data_dir: PathBuf,
    /// What the bot's device is called in the account's list of devices.
    pub device_name: String,
    /// User ids of people whose invites are accepted into any room.
    pub invites_from: Vec<String>,
    /// Which power levels give which roles.
    pub roles: MatrixRoles,
}

/// From which power level on somebody has a role in the room they write in; `None`: power levels do not give that role.
#[derive(Debug, Clone, Copy, Default)]
pub struct MatrixRoles {
    /// Moderators.
    pub moderator: Option<i64>,
    /// Verifiers.
    pub verifier: Option<i64>,
}
