//! One record of a segment: its length, and the line sealed so that it opens only with the key, in its own place.
//!
//! ```text
//! segment  = "TSJ1" record(empty) record*
//! record   = length:u32le nonce[24] ciphertext tag[16]        length counts what follows it
//! ```

use std::{fs::File, io, os::unix::fs::FileExt};

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};

/// Longest line.
pub(super) const LONGEST: usize = 1 << 20;

const MAGIC: &[u8; 4] = b"TSJ1";
const LENGTH: usize = 4;
const NONCE: usize = 24;
const TAG: usize = 16;
const SMALLEST: usize = NONCE + TAG;

/// Where a segment's first line is: behind the magic number and an empty record, which tells whose key it is.
pub(super) const FIRST: u64 = (MAGIC.len() + LENGTH + SMALLEST) as u64;

/// Seals and opens records.
#[derive(Clone)]
pub(super) struct Seal(XChaCha20Poly1305);

/// What is in a place.
pub(super) enum Got {
    /// A line, and where the next one begins.
    Line(Vec<u8>, u64),
    /// Nothing yet.
    End,
    /// Part of a record: it is being written, or its writing was cut off.
    Torn,
    /// A whole record that does not open, and where the next one begins.
    Damaged(u64),
}

/// What a segment begins with.
pub(super) enum Head {
    /// It is a segment under this key.
    Ours,
    /// It has no beginning.
    Torn,
    /// It is under another key, or is no segment at all.
    Foreign,
}

impl Seal {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    /// A segment's beginning.
    pub(super) fn head(&self, segment: u64) -> io::Result<Vec<u8>> {
        let mut head = MAGIC.to_vec();
        head.extend(self.record(b"", segment, MAGIC.len() as u64)?);
        Ok(head)
    }

    /// A line as a record for that place.
    pub(super) fn record(&self, line: &[u8], segment: u64, offset: u64) -> io::Result<Vec<u8>> {
        if line.len() > LONGEST {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|error| io::Error::other(error.to_string()))?;
        let aad = place(segment, offset);
        let payload = Payload {
            msg: line,
            aad: &aad,
        };
        let sealed = self
            .0
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| io::ErrorKind::InvalidInput)?;
        let length = u32::try_from(NONCE + sealed.len()).map_err(io::Error::other)?;
        Ok([&length.to_le_bytes()[..], &nonce, &sealed].concat())
    }

    /// What a segment begins with.
    pub(super) fn look(&self, file: &File, segment: u64) -> io::Result<Head> {
        let mut head = [0; FIRST as usize];
        if read_at(file, &mut head, 0)? < head.len() {
            return Ok(Head::Torn);
        }
        let is_ours = head.starts_with(MAGIC)
            && matches!(self.read(file, segment, MAGIC.len() as u64)?, Got::Line(line, FIRST) if line.is_empty());
        Ok(if is_ours { Head::Ours } else { Head::Foreign })
    }

    /// What is in a place of a segment.
    pub(super) fn read(&self, file: &File, segment: u64, offset: u64) -> io::Result<Got> {
        let mut length = [0; LENGTH];
        match read_at(file, &mut length, offset)? {
            0 => return Ok(Got::End),
            LENGTH => {}
            _ => return Ok(Got::Torn),
        }
        let length = u32::from_le_bytes(length) as usize;
        if !(SMALLEST..=SMALLEST + LONGEST).contains(&length) {
            return Ok(Got::Torn);
        }
        let mut sealed = vec![0; length];
        if read_at(file, &mut sealed, offset + LENGTH as u64)? < length {
            return Ok(Got::Torn);
        }
        let next = offset + (LENGTH + length) as u64;
        let aad = place(segment, offset);
        let (nonce, msg) = sealed.split_at(NONCE);
        let payload = Payload { msg, aad: &aad };
        let opened = self.0.decrypt(XNonce::from_slice(nonce), payload);
        Ok(opened.map_or(Got::Damaged(next), |line| Got::Line(line, next)))
    }
}

/// What ties a record to its place, so that none can be put elsewhere.
fn place(segment: u64, offset: u64) -> [u8; 16] {
    let mut place = [0; 16];
    place[..8].copy_from_slice(&segment.to_le_bytes());
    place[8..].copy_from_slice(&offset.to_le_bytes());
    place
}

/// Reads until the buffer is full or the file ends; how much was read.
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
