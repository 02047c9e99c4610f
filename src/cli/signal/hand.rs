//! A connection of the operator's own to the daemon, beside the one of a running tocsin.
//!
//! Whoever connects takes what waits on the server (`--receive-mode=on-connection`). So what comes here while tocsin does not run goes
//! into its journal, as if tocsin had received it; while it runs, it gets the same by itself.

use std::{fs, io, path::Path, sync::Arc};

use anyhow::{Context as _, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::{
    cli::signal::PATIENCE,
    config::{
        Config,
        signal::{DaemonAddress, SignalConfig},
    },
    domain::{envelope::PlatformKind, timestamp::Timestamp},
    keyring::file as key_file,
    platforms::signal::{
        check::{Found, check},
        daemon::Daemon,
        journal::{Journal, Writer},
        link::{Address, CallError, Link},
    },
};

/// A connection.
pub(super) struct Hand {
    /// Who is asked.
    pub(super) daemon: Daemon,
    link: Link,
    /// Keeps what comes meanwhile, if nobody else does.
    writer: Option<Arc<Writer>>,
}

impl Hand {
    /// Connects to the daemon of tocsin.toml.
    ///
    /// # Errors
    /// With a sentence of what is wrong.
    pub(super) async fn open(config: &Config, signal: &SignalConfig) -> anyhow::Result<Self> {
        let key = key_file::read_or_make(&config.key_file)?;
        let journal = Journal::open(&signal.data_dir.join("journal"), &key.derive("signal"))?;
        let Some(writer) = journal.writer()? else {
            // Whoever has it gets the same lines as we do.
            return Self::connect(&signal.address, &signal.account, |_: &[u8]| Ok(())).await;
        };
        let writer = Arc::new(writer);
        let keeper = Arc::clone(&writer);
        let keep = move |line: &[u8]| keeper.append(line);
        let mut hand = Self::connect(&signal.address, &signal.account, keep).await?;
        hand.writer = Some(writer);
        Ok(hand)
    }

    /// Connects to some other daemon. What comes from there is not kept.
    ///
    /// # Errors
    /// With a sentence of what is wrong.
    pub(super) async fn open_elsewhere(
        address: &DaemonAddress,
        account: &str,
    ) -> anyhow::Result<Self> {
        Self::connect(address, account, |_: &[u8]| Ok(())).await
    }

    async fn connect(
        address: &DaemonAddress,
        account: &str,
        keep: impl FnMut(&[u8]) -> io::Result<()> + Send + 'static,
    ) -> anyhow::Result<Self> {
        let address = match address {
            DaemonAddress::Unix(path) => Address::Unix(path.clone()),
            DaemonAddress::Tcp(address) => Address::Tcp(*address),
        };
        let link = Link::connect(&address, None, keep).await?;
        let daemon = Daemon::new(account);
        daemon.set(Some(link.clone()));
        Ok(Self {
            daemon,
            link,
            writer: None,
        })
    }

    /// Hangs up: what the daemon has handed over already is kept before.
    ///
    /// # Errors
    /// If the disk does not keep it.
    pub(super) async fn close(self) -> anyhow::Result<()> {
        self.link.close().await;
        match &self.writer {
            Some(writer) => writer
                .tick()
                .context("Cannot keep what came from Signal meanwhile"),
            None => Ok(()),
        }
    }

    /// Asks for something; `failure` begins the sentence of what went wrong.
    ///
    /// # Errors
    /// With that sentence.
    pub(super) async fn ask(
        &self,
        method: &'static str,
        params: Value,
        failure: &'static str,
    ) -> anyhow::Result<Value> {
        match self.daemon.call(method, params, PATIENCE).await {
            Ok(answer) => Ok(answer),
            // The terminal is the operator's: here they may read what the daemon says.
            Err(CallError::Refused(error)) => {
                bail!(
                    "{failure}: {} (error {})",
                    error.message.expose(),
                    error.code
                )
            }
            Err(error) => Err(error).context(failure),
        }
    }

    /// What `tocsin check` finds.
    pub(super) async fn check(&self, config: &Config, now: Timestamp) -> Vec<Found> {
        let rooms = config.directory.rooms.iter().map(|room| room.room.clone());
        let rooms: Vec<_> = rooms
            .filter(|room| room.platform == PlatformKind::Signal)
            .collect();
        check(&self.daemon, &rooms, None, now).await
    }
}

/// A picture within the request.
pub(super) fn data_uri(picture: &Path) -> anyhow::Result<String> {
    let shown = picture.display();
    let bytes = fs::read(picture).with_context(|| format!("Cannot read {shown}"))?;
    let kind = match bytes.as_slice() {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => "image/webp",
        _ => bail!("{shown} is no picture that Signal shows: make it a PNG or JPEG"),
    };
    Ok(format!("data:{kind};base64,{}", STANDARD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_says_what_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("picture");
        for (bytes, uri) in [
            (&b"\x89PNG\r\n"[..], Some("data:image/png;base64,iVBORw0K")),
            (b"\xff\xd8\xff\xe0", Some("data:image/jpeg;base64,/9j/4A==")),
            (
                b"RIFF....WEBPVP8 ",
                Some("data:image/webp;base64,UklGRi4uLi5XRUJQVlA4IA=="),
            ),
            (b"GIF89a", None),
            (b"", None),
        ] {
            fs::write(&path, bytes).unwrap();
            assert_eq!(data_uri(&path).ok().as_deref(), uri);
        }
        assert!(data_uri(&dir.path().join("none")).is_err());
    }
}
