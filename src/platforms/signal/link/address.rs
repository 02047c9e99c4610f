//! Where the daemon listens, and why it cannot be reached.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
    time::timeout,
};

pub use crate::config::signal::DaemonAddress as Address;

/// Why there is no connection; it says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Nothing is there.
    #[error(
        "there is no socket {0}: is the Signal daemon running, and does it listen there (`--socket {0}`)?"
    )]
    Missing(Address),
    /// The socket's permissions forbid it.
    #[error(
        "no permission to use the socket {0}: let the daemon's group read and write it, and put the user that runs tocsin into that group"
    )]
    Forbidden(Address),
    /// Something is there, but nobody listens.
    #[error(
        "nobody listens at {0}: the Signal daemon has stopped, or has not come up yet; its own log says why"
    )]
    Refused(Address),
    /// Nobody took the connection in time.
    #[error("the Signal daemon at {0} takes no connection: it hangs or is overloaded; restart it")]
    Hangs(Address),
    /// Anything else.
    #[error("cannot connect to the Signal daemon at {0}")]
    Failed(Address, #[source] io::Error),
}

/// Both ways of a connection, and the process that listens, if that is told.
pub(super) type Halves = (
    Box<dyn AsyncRead + Send + Unpin>,
    Box<dyn AsyncWrite + Send + Unpin>,
    Option<i32>,
);

/// A daemon on the same machine answers at once.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connects to the daemon.
pub(super) async fn connect(address: &Address) -> Result<Halves, LinkError> {
    match timeout(PATIENCE, open(address)).await {
        Ok(halves) => halves.map_err(|error| LinkError::of(address, error)),
        Err(_) => Err(LinkError::Hangs(address.clone())),
    }
}

async fn open(address: &Address) -> io::Result<Halves> {
    Ok(match address {
        Address::Unix(path) => {
            let stream = UnixStream::connect(path).await?;
            let listener = stream.peer_cred().ok().and_then(|peer| peer.pid());
            let (read, write) = stream.into_split();
            (Box::new(read), Box::new(write), listener)
        }
        Address::Tcp(address) => {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let (read, write) = stream.into_split();
            (Box::new(read), Box::new(write), None)
        }
    })
}

impl LinkError {
    fn of(address: &Address, error: io::Error) -> Self {
        let address = address.clone();
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing(address),
            io::ErrorKind::PermissionDenied => Self::Forbidden(address),
            io::ErrorKind::ConnectionRefused => Self::Refused(address),
            // A unix socket whose queue is full.
            io::ErrorKind::WouldBlock => Self::Hangs(address),
            _ => Self::Failed(address, error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_is_told_what_to_do() {
        let address = Address::read("/run/s").unwrap();
        for (kind, words) in [
            (io::ErrorKind::NotFound, "there is no socket /run/s"),
            (io::ErrorKind::PermissionDenied, "no permission"),
            (io::ErrorKind::ConnectionRefused, "nobody listens"),
            (io::ErrorKind::WouldBlock, "takes no connection"),
            (io::ErrorKind::Other, "cannot connect"),
        ] {
            let told = LinkError::of(&address, kind.into()).to_string();
            assert!(told.contains(words), "{kind}: {told}");
        }
    }
}
