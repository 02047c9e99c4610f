//! Asking the daemon by hand, with sentences for what goes wrong.

use std::{fs, path::Path};

use anyhow::{Context as _, bail};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::{
    cli::signal::PATIENCE,
    platforms::signal::{hand::Hand, link::CallError},
};

/// Asks for something; `failure` begins the sentence of what went wrong.
///
/// # Errors
/// With that sentence.
pub(super) async fn ask(
    hand: &Hand,
    method: &'static str,
    params: Value,
    failure: &'static str,
) -> anyhow::Result<Value> {
    match hand.daemon.call(method, params, PATIENCE).await {
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
