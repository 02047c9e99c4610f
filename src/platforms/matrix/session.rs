//! The bot's session: login or restore, the store of keys beside it, cross-signing and recovery.
//!
//! A device and its keys belong together: a device whose keys are lost is never used again, a new one is made. What is kept:
//! `session.json` and `keys/` (the SDK's crypto store, encrypted with a key derived from the community's). Rooms are not kept
//! but asked for at every start: one sync with full state costs a second or two once, while the SDK's own store for them costs
//! several transactions for every message.

use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use matrix_sdk::{
    Client, SessionMeta, SessionTokens, SqliteCryptoStore, SqliteStoreConfig,
    authentication::matrix::MatrixSession,
    config::{RequestConfig, StoreConfig},
    cross_process_lock::CrossProcessLockConfig,
    encryption::{BackupDownloadStrategy, EncryptionSettings, recovery::RecoveryState},
    ruma::{OwnedUserId, UserId, api::client::keys::get_keys},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    config::platforms::MatrixConfig,
    platforms::{Retry, matrix::error::Failure},
};

/// How many seconds a new device may take to be trusted, before that is worth a warning.
const LOOKS: u32 = 60;

/// Why there is no session.
pub enum NoSession {
    /// The homeserver cannot be asked right now.
    Later(Failure),
    /// It will not work without somebody's doing.
    Never(anyhow::Error),
}

impl From<anyhow::Error> for NoSession {
    fn from(error: anyhow::Error) -> Self {
        Self::Never(error)
    }
}

fn refused(error: &matrix_sdk::Error, what: &'static str) -> NoSession {
    let failure = Failure::of(error);
    match failure.retry {
        Retry::Later(_) if !failure.is_logged_out() => NoSession::Later(failure),
        _ => NoSession::Never(anyhow::anyhow!("{what} ({})", failure.code)),
    }
}

/// Makes sure that no other process uses the same keys, as long as the file is held.
///
/// # Errors
/// If another process does, or the directory cannot be written.
pub fn lock(data_dir: &Path) -> anyhow::Result<File> {
    fs::create_dir_all(data_dir)
        .and_then(|()| fs::set_permissions(data_dir, fs::Permissions::from_mode(0o700)))
        .with_context(|| format!("Cannot make the directory {}", data_dir.display()))?;
    let path = data_dir.join("lock");
    let file = File::create(&path).with_context(|| format!("Cannot write {}", path.display()))?;
    if file.try_lock().is_err() {
        bail!(
            "Another tocsin already uses the Matrix keys in {}; stop it, or give this one a data_dir of its own",
            data_dir.display()
        );
    }
    Ok(file)
}

/// Where things are kept.
struct Paths {
    session: PathBuf,
    keys: PathBuf,
}

impl Paths {
    fn of(config: &MatrixConfig) -> Self {
        Self {
            session: config.data_dir.join("session.json"),
            keys: config.data_dir.join("keys"),
        }
    }

    fn has_keys(&self) -> bool {
        self.keys.join("matrix-sdk-crypto.sqlite3").exists()
    }

    fn forget(&self) -> anyhow::Result<()> {
        for (what, result) in [
            (&self.session, fs::remove_file(&self.session)),
            (&self.keys, fs::remove_dir_all(&self.keys)),
        ] {
            if let Err(error) = result
                && error.kind() != std::io::ErrorKind::NotFound
            {
                return Err(error).with_context(|| format!("Cannot remove {}", what.display()));
            }
        }
        Ok(())
    }
}

/// Writes a file that only the bot's own account on the machine can read, whole or not at all.
///
/// # Errors
/// If it cannot be written.
pub fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let fresh = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&fresh)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    };
    write().with_context(|| format!("Cannot write {}", path.display()))
}

/// Forgets a session that the homeserver does not know any more.
///
/// # Errors
/// If its files cannot be removed.
pub fn forget(config: &MatrixConfig) -> anyhow::Result<()> {
    Paths::of(config).forget()
}

/// A client that is logged in: the session of the last run if there is one, else a new one.
///
/// # Errors
/// See [`NoSession`].
pub async fn open(config: &MatrixConfig, store_key: &[u8; 32]) -> Result<Client, NoSession> {
    let user = UserId::parse(config.user.as_str())
        .with_context(|| "The Matrix user id must look like @tocsin:example.org")?;
    let paths = Paths::of(config);
    let kept = kept_session(&paths, &user, config)?;
    if kept.is_none() {
        paths.forget()?;
    }
    let client = client(config, &paths, store_key).await?;
    match (kept, &config.password, &config.token) {
        (Some(session), ..) => {
            client
                .restore_session(session)
                .await
                .map_err(|error| refused(&error, "Cannot restore the Matrix session"))?;
        }
        (None, Some(password), _) => log_in(&client, &user, password, config).await?,
        (None, None, Some(token)) => use_token(&client, &user, token, config).await?,
        (None, None, None) => {
            return Err(NoSession::Never(anyhow::anyhow!(
                "The Matrix account needs a password or a token"
            )));
        }
    }
    let session = client
        .matrix_auth()
        .session()
        .context("The Matrix login gave no session")?;
    let text = serde_json::to_string(&session).context("Cannot write the Matrix session down")?;
    write_private(&paths.session, &text)?;
    Ok(client)
}

/// The session of the last run, if its keys are still there and it is this user's. A configured token replaces its own.
fn kept_session(
    paths: &Paths,
    user: &UserId,
    config: &MatrixConfig,
) -> anyhow::Result<Option<MatrixSession>> {
    let Ok(text) = fs::read_to_string(&paths.session) else {
        return Ok(None);
    };
    let mut session: MatrixSession = serde_json::from_str(&text).with_context(|| {
        format!(
            "{} is damaged; remove it to log in anew",
            paths.session.display()
        )
    })?;
    if session.meta.user_id != user {
        bail!(
            "The Matrix data directory belongs to another account; give this one a data_dir of its own"
        );
    }
    if !paths.has_keys() {
        tracing::warn!(
            device = %session.meta.device_id,
            "The keys of the Matrix device are lost; a new device will be made"
        );
        return Ok(None);
    }
    if let (None, Some(token), Some(device)) = (&config.password, &config.token, &config.device_id)
    {
        if session.meta.device_id.as_str() != device {
            tracing::info!(
                "The configured Matrix token belongs to another device; it is used from now on"
            );
            return Ok(None);
        }
        token
            .expose_secret()
            .clone_into(&mut session.tokens.access_token);
    }
    Ok(Some(session))
}

async fn client(
    config: &MatrixConfig,
    paths: &Paths,
    store_key: &[u8; 32],
) -> Result<Client, NoSession> {
    fs::create_dir_all(&paths.keys)
        .with_context(|| format!("Cannot make the directory {}", paths.keys.display()))?;
    let keys = SqliteStoreConfig::new(&paths.keys)
        .key(Some(store_key))
        .pool_max_size(4);
    let keys = SqliteCryptoStore::open_with_config(&keys)
        .await
        .with_context(|| {
            format!(
                "Cannot open the Matrix keys in {}: were they made under another key?",
                paths.keys.display()
            )
        })?;
    let builder = Client::builder();
    let builder = if config.homeserver.contains("://") {
        builder.homeserver_url(&config.homeserver)
    } else {
        builder.server_name_or_homeserver_url(&config.homeserver)
    };
    builder
        .store_config(StoreConfig::new(CrossProcessLockConfig::SingleProcess).crypto_store(keys))
        .cross_process_store_config(CrossProcessLockConfig::SingleProcess)
        .request_config(requests())
        .with_encryption_settings(EncryptionSettings {
            auto_enable_cross_signing: true,
            auto_enable_backups: true,
            backup_download_strategy: BackupDownloadStrategy::AfterDecryptionFailure,
        })
        .build()
        .await
        .map_err(|error| match error {
            matrix_sdk::ClientBuildError::Url(_)
            | matrix_sdk::ClientBuildError::InvalidServerName => NoSession::Never(anyhow::anyhow!(
                "The address of the Matrix homeserver is not a web address"
            )),
            matrix_sdk::ClientBuildError::Http(error) => NoSession::Later(Failure::of_http(&error)),
            _ => NoSession::Later(Failure::new("unreachable", Retry::Later(None))),
        })
}

/// Requests are tried three times; sends only once, because the outbox tries them again.
fn requests() -> RequestConfig {
    RequestConfig::new()
        .timeout(Duration::from_secs(30))
        .retry_limit(3)
        .max_retry_time(Duration::from_secs(10))
}

async fn log_in(
    client: &Client,
    user: &UserId,
    password: &SecretString,
    config: &MatrixConfig,
) -> Result<(), NoSession> {
    let answer = client
        .matrix_auth()
        .login_username(user.as_str(), password.expose_secret())
        .initial_device_display_name(&config.device_name)
        .send()
        .await
        .map_err(|error| refused(&error, "The Matrix homeserver refuses the user or password"))?;
    tracing::info!(device = %answer.device_id, "Logged in to Matrix with a new device");
    Ok(())
}

async fn use_token(
    client: &Client,
    user: &OwnedUserId,
    token: &SecretString,
    config: &MatrixConfig,
) -> Result<(), NoSession> {
    let Some(device) = &config.device_id else {
        return Err(NoSession::Never(anyhow::anyhow!(
            "A Matrix token needs the device_id that it belongs to"
        )));
    };
    let session = MatrixSession {
        meta: SessionMeta {
            user_id: user.clone(),
            device_id: device.as_str().into(),
        },
        tokens: SessionTokens {
            access_token: token.expose_secret().to_owned(),
            refresh_token: None,
        },
    };
    let refuses = |error| refused(&error, "The Matrix homeserver refuses the token");
    if has_keys_elsewhere(client, &session)
        .await
        .map_err(refuses)?
    {
        return Err(NoSession::Never(anyhow::anyhow!(
            "The keys of Matrix device {device} are not here; give the token of a new device, or a password"
        )));
    }
    client.restore_session(session).await.map_err(refuses)
}

/// Whether the device has published keys that our fresh store cannot have. Asked by a client without any, which publishes none.
async fn has_keys_elsewhere(client: &Client, session: &MatrixSession) -> matrix_sdk::Result<bool> {
    let asking = Client::builder()
        .homeserver_url(client.homeserver())
        .request_config(requests())
        .build()
        .await
        .map_err(|_| matrix_sdk::Error::InsufficientData)?;
    asking.restore_session(session.clone()).await?;
    let mut query = get_keys::v3::Request::new();
    query
        .device_keys
        .insert(session.meta.user_id.clone(), Vec::new());
    let known = asking.send(query).await?;
    Ok(known
        .device_keys
        .get(&session.meta.user_id)
        .is_some_and(|devices| devices.contains_key(&session.meta.device_id)))
}

/// Sees to it that the bot's device is trusted and that its secrets can be recovered. Safe to repeat.
///
/// # Errors
/// With a sentence for the operator; the bot works without, but clients show its device as unverified.
pub async fn secure(client: &Client, config: &MatrixConfig) -> anyhow::Result<()> {
    let encryption = client.encryption();
    encryption.wait_for_e2ee_initialization_tasks().await;
    let key_file = config.data_dir.join("recovery-key.txt");
    let pending = config.data_dir.join("recovery-pending");
    let recovery = encryption.recovery();
    match recovery.state() {
        RecoveryState::Enabled if pending.exists() => {
            let key = recovery
                .reset_key()
                .await
                .map_err(|_| anyhow::anyhow!("Cannot renew the recovery key"))?;
            keep_recovery_key(&key_file, &pending, &key)?;
        }
        RecoveryState::Enabled => {}
        RecoveryState::Incomplete => {
            let key = match &config.recovery_passphrase {
                Some(passphrase) => passphrase.expose_secret().to_owned(),
                None => fs::read_to_string(&key_file).context(
                    "The Matrix account has a recovery key that tocsin does not know: give it as recovery_passphrase",
                )?,
            };
            recovery.recover(key.trim()).await.map_err(|_| {
                anyhow::anyhow!(
                    "The recovery passphrase does not open the Matrix account's secrets"
                )
            })?;
            tracing::info!("The Matrix device is trusted again by the recovery key");
        }
        RecoveryState::Disabled | RecoveryState::Unknown => {
            enable_recovery(client, config, &key_file, &pending).await?;
        }
    }
    // The signature comes back with the next look at the account's own devices.
    for _ in 0..LOOKS {
        let device = encryption.get_own_device().await.ok().flatten();
        if device.is_some_and(|device| device.is_cross_signed_by_owner()) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    bail!("The bot's Matrix device is not cross-signed; newer clients will not share keys with it")
}

async fn enable_recovery(
    client: &Client,
    config: &MatrixConfig,
    key_file: &Path,
    pending: &Path,
) -> anyhow::Result<()> {
    let recovery = client.encryption().recovery();
    let failed = |_| anyhow::anyhow!("Cannot set up recovery for the Matrix account");
    if let Some(passphrase) = &config.recovery_passphrase {
        recovery
            .enable()
            .with_passphrase(passphrase.expose_secret())
            .await
            .map_err(failed)?;
        tracing::info!(
            "Recovery is set up for the Matrix account, under the configured passphrase"
        );
        return Ok(());
    }
    // Should the program be killed before the key is written down, the next start makes a new one.
    write_private(pending, "")?;
    let key = recovery.enable().await.map_err(failed)?;
    keep_recovery_key(key_file, pending, &key)
}

fn keep_recovery_key(key_file: &Path, pending: &Path, key: &str) -> anyhow::Result<()> {
    write_private(key_file, &format!("{key}\n"))?;
    fs::remove_file(pending).with_context(|| format!("Cannot remove {}", pending.display()))?;
    tracing::warn!(
        file = %key_file.display(),
        "The Matrix account's recovery key was written down; keep a copy in a safe place"
    );
    Ok(())
}
