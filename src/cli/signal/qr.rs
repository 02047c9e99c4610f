//! A code for a phone's camera, in the terminal and as a picture.

use std::{
    fs::{self, OpenOptions},
    io::BufWriter,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use qrcode::{Color, QrCode, render::unicode::Dense1x2};

/// How many dots of the picture a square of the code is wide.
const SCALE: usize = 8;
/// How many squares of white are around it.
const MARGIN: usize = 4;

/// A code.
pub(super) struct Qr(QrCode);

/// A picture that is removed when it is not needed any more: whoever scans it can link the account.
pub(super) struct Picture(PathBuf);

impl Qr {
    /// The code of a text.
    ///
    /// # Errors
    /// If the text is too long for one.
    pub(super) fn new(text: &str) -> anyhow::Result<Self> {
        Ok(Self(QrCode::new(text).context("Cannot draw the code")?))
    }

    /// The code in half blocks, dark on light: terminals are mostly light on dark, so what is filled is the light.
    pub(super) fn text(&self) -> String {
        let mut drawing = self.0.render::<Dense1x2>();
        drawing
            .dark_color(Dense1x2::Light)
            .light_color(Dense1x2::Dark)
            .build()
    }

    /// Writes the code as a PNG that only its owner can read.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<Picture> {
        let shown = || format!("Cannot write {}", path.display());
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir).with_context(shown)?;
        }
        let picture = Picture(path.to_owned());
        picture.remove();
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .with_context(shown)?;
        let side = (self.0.width() + 2 * MARGIN) * SCALE;
        let width = u32::try_from(side).context("The code is too large")?;
        let mut png = png::Encoder::new(BufWriter::new(file), width, width);
        png.set_color(png::ColorType::Grayscale);
        png.set_depth(png::BitDepth::Eight);
        let mut writer = png.write_header().with_context(shown)?;
        writer
            .write_image_data(&self.dots(side))
            .with_context(shown)?;
        writer.finish().with_context(shown)?;
        Ok(picture)
    }

    fn dots(&self, side: usize) -> Vec<u8> {
        let square = |dot: usize| {
            (dot / SCALE)
                .checked_sub(MARGIN)
                .filter(|at| *at < self.0.width())
        };
        let dot = |at: usize| match (square(at % side), square(at / side)) {
            (Some(x), Some(y)) if self.0[(x, y)] == Color::Dark => 0,
            _ => 255,
        };
        (0..side * side).map(dot).collect()
    }
}

impl Picture {
    fn remove(&self) {
        // There may be none.
        let _ = fs::remove_file(&self.0);
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        self.remove();
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_code_is_drawn_and_its_picture_goes_away() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("signal/link.png");
        let qr = Qr::new("sgnl://linkdevice?uuid=aff2ebea&pub_key=BQ").unwrap();
        let text = qr.text();
        assert!(text.lines().count() > 10 && text.contains('█') && text.contains('▀'));
        let picture = qr.write(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(&path).unwrap()));
        let mut reader = decoder.read_info().unwrap();
        let mut dots = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut dots).unwrap();
        let side = usize::try_from(reader.info().width).unwrap();
        assert_eq!(dots.len(), side * side);
        // White around it, and the corner's square of seven black ones.
        let edge = MARGIN * SCALE;
        assert_eq!(dots[0], 255);
        assert_eq!(dots[edge * side + edge..][..7 * SCALE], [0; 7 * SCALE]);
        assert_eq!(dots[edge * side + edge + 7 * SCALE], 255);
        // Written over what a killed process left.
        let again = qr.write(&path).unwrap();
        drop(picture);
        drop(again);
        assert!(!path.exists());
    }
}
