//! The keys of the areas: what was reported in an area is sealed with the area's own, so that it can be destroyed with that.
//!
//! The keys stand in a file of their own outside the database, itself sealed with the community's key. In a tree every area has
//! its key without anything being written; only destroying one changes the file. Each key of an area has a [`Label`], made of the
//! area's name and how many keys it had before. What concerns several areas needs the keys of all of them, so destroying any of
//! them destroys it; what concerns none, or cannot be told apart by area (what is owed, what was asked), is sealed with the key of
//! no area, which is replaced whenever an area's is destroyed.
//!
//! # What a sealed text looks like
//! `~` label `,` label `.` nonce and ciphertext. It has no digit in it (the alphabet is letters and signs), so that nobody mistakes
//! it for a number by chance. It is bound to the row it stands in and to its labels by associated data. What does not begin with
//! `~` was never sealed: rows of earlier versions, which are sealed at the next start.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    path::{Path, PathBuf},
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use anyhow::{Context as _, bail};
use base64::{
    Engine as _, alphabet,
    engine::{GeneralPurpose, general_purpose},
};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use secrecy::{ExposeSecret as _, SecretBox};

use super::{Keyring, file, fill, hex, key_of, mac_with, secret, tree::Tree, unhex};
use crate::domain::ids::AreaId;

/// Which key: that of an area after so many others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(u64);

impl Label {
    /// Of an area, after so many that were destroyed.
    fn of(area: &str, nth: u32) -> Self {
        let mac = mac_with(b"area", &[area, &nth.to_string()]);
        let (first, _) = mac.split_at(8);
        Self(first.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)))
    }

    /// Reads one, as it is written.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let is_whole = text.len() == 16 && text.bytes().all(|byte| (b'a'..=b'p').contains(&byte));
        is_whole.then(|| {
            let digits = text.bytes().map(|byte| u64::from(byte - b'a'));
            Self(digits.fold(0, |n, digit| n << 4 | digit))
        })
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for nth in (0..16).rev() {
            let digit = self.0 >> (4 * nth) & 15;
            let digit = u8::try_from(digit).unwrap_or_default();
            write!(f, "{}", char::from(b'a' + digit))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The keys of all areas.
pub struct AreaKeys {
    /// Where they are kept; nowhere, if they are to be gone with the process.
    path: Option<PathBuf>,
    /// What their file is sealed with.
    wrap: SecretBox<[u8; 32]>,
    kept: RwLock<Kept>,
}

struct Kept {
    /// Tells these keys from others; says nothing of them.
    name: String,
    tree: Tree,
    /// Whose key is gone.
    destroyed: BTreeSet<Label>,
    /// Nothing is sealed with these any more: their end is being written down.
    retired: BTreeSet<Label>,
    /// With which label an area is sealed now.
    current: HashMap<String, Label>,
    /// Keys that were worked out, by the labels before a sealed text.
    known: HashMap<String, SecretBox<[u8; 32]>>,
    /// Keys of no area that are destroyed, in memory only and for an hour at most: another process may not know yet and still seal
    /// what is owed with one.
    fading: HashMap<Label, SecretBox<[u8; 32]>>,
    /// Whether the file is as it should be.
    is_saved: bool,
}

/// What begins a sealed text.
const MARK: char = '~';
/// The area of what concerns none.
const NONE: &str = "";
const TITLE: &str = "tocsin area keys 1";
/// What binds the file's contents to what it is.
const FILE: &str = "area keys";

/// Letters and signs, no digits.
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_!*()+/;:<>";

fn letters() -> GeneralPurpose {
    // The alphabet is a constant of 64 different letters: the other branch is never taken.
    let alphabet = alphabet::Alphabet::new(LETTERS).unwrap_or(alphabet::URL_SAFE);
    GeneralPurpose::new(&alphabet, general_purpose::NO_PAD)
}

/// Whether a text is sealed.
#[must_use]
pub fn is_sealed(text: &str) -> bool {
    text.starts_with(MARK)
}

/// The labels of a sealed text.
#[must_use]
pub fn labels_of(text: &str) -> Option<Vec<Label>> {
    let (labels, _) = text.strip_prefix(MARK)?.split_once('.')?;
    labels.split(',').map(Label::from_text).collect()
}

impl AreaKeys {
    /// Keys that are gone with the process.
    ///
    /// # Errors
    /// If the machine has no randomness to give.
    pub fn in_memory() -> anyhow::Result<Self> {
        let kept = Kept::new(Tree::new(Keyring::noise()?), BTreeSet::new())?;
        Ok(Self::over(None, Keyring::noise()?, kept))
    }

    /// Makes keys and their file.
    ///
    /// # Errors
    /// If there is such a file already, or it cannot be written.
    pub fn make(path: &Path, keyring: &Keyring) -> anyhow::Result<Self> {
        let kept = Kept::new(Tree::new(Keyring::noise()?), BTreeSet::new())?;
        let keys = Self::over(Some(path.to_owned()), keyring.wrap_key(), kept);
        file::write_new(path, &keys.text()?)?;
        Ok(keys)
    }

    /// Keys to take the place of these, in a file of their own: of the same areas, and without those that were destroyed. `None`
    /// leaves them in memory.
    ///
    /// # Errors
    /// If there is such a file already, or it cannot be written.
    pub fn successor(&self, path: Option<&Path>, keyring: &Keyring) -> anyhow::Result<Self> {
        let destroyed = self.read().destroyed.clone();
        let mut tree = Tree::new(Keyring::noise()?);
        for label in &destroyed {
            tree.destroy(label.0);
        }
        let kept = Kept::new(tree, destroyed)?;
        let keys = Self::over(path.map(Path::to_owned), keyring.wrap_key(), kept);
        if let Some(path) = path {
            file::write_new(path, &keys.text()?)?;
        }
        Ok(keys)
    }

    /// Reads the file, if there is one. A next one beside it, which fits the key, takes its place first: a replacement of the key was
    /// cut off.
    ///
    /// # Errors
    /// If it cannot be read, others may read it, or it was sealed with another key.
    pub fn read_file(path: &Path, keyring: &Keyring) -> anyhow::Result<Option<Self>> {
        let next = file::next_to(path);
        if let Some(text) = file::read_text(&next)?
            && Self::from_text(path, keyring, &text).is_ok()
        {
            file::adopt_next(path)?;
        }
        let Some(text) = file::read_text(path)? else {
            return Ok(None);
        };
        let keys = Self::from_text(path, keyring, &text).with_context(|| {
            format!(
                "{} is not the file of area keys that goes with this key: put back the two that belong together",
                path.display()
            )
        })?;
        Ok(Some(keys))
    }

    fn over(path: Option<PathBuf>, wrap: [u8; 32], kept: Kept) -> Self {
        Self {
            path,
            wrap: secret(wrap),
            kept: RwLock::new(kept),
        }
    }

    /// Tells these keys from others; the database keeps it, to know its own.
    #[must_use]
    pub fn name(&self) -> String {
        self.read().name.clone()
    }

    /// Where they are kept.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Which keys were destroyed.
    #[must_use]
    pub fn destroyed(&self) -> BTreeSet<Label> {
        self.read().destroyed.clone()
    }

    /// Seals a text for these areas (none: for the community), bound to where it stands.
    ///
    /// # Errors
    /// If the machine has no randomness to give.
    pub fn seal(&self, areas: &[AreaId], bound: &str, text: &str) -> anyhow::Result<String> {
        let labels = self.labels(areas);
        self.seal_under(&labels, bound, text)
    }

    /// Seals a text under labels.
    ///
    /// # Errors
    /// If one of their keys was destroyed, or the machine has no randomness to give.
    pub fn seal_under(&self, labels: &[Label], bound: &str, text: &str) -> anyhow::Result<String> {
        let header = header(labels);
        let cipher = self
            .cipher(&header)
            .context("A key to seal with was destroyed")?;
        Ok(format!(
            "{MARK}{header}.{}",
            sealed(&cipher, &header, bound, text)?
        ))
    }

    /// Opens a sealed text; one that was never sealed is returned as it is. `None` if its key was destroyed, or it does not belong
    /// where it stands.
    #[must_use]
    pub fn open(&self, bound: &str, text: &str) -> Option<String> {
        let Some(text) = text.strip_prefix(MARK) else {
            return Some(text.to_owned());
        };
        let (header, text) = text.split_once('.')?;
        opened(&self.cipher(header)?, header, bound, text)
    }

    /// With which labels these areas are sealed now.
    #[must_use]
    pub fn labels(&self, areas: &[AreaId]) -> Vec<Label> {
        let mut names: Vec<&str> = areas.iter().map(AreaId::as_str).collect();
        if names.is_empty() {
            names.push(NONE);
        }
        let kept = self.read();
        let known: Option<Vec<Label>> = names
            .iter()
            .map(|name| kept.current.get(*name).copied())
            .collect();
        drop(kept);
        let mut labels = known.unwrap_or_else(|| {
            let mut kept = self.write();
            names.iter().map(|name| kept.current(name)).collect()
        });
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    /// From now on nothing is sealed any more with the key of an area and that of no area. Returns what is to be destroyed when
    /// that is certain.
    #[must_use]
    pub fn retire(&self, area: &AreaId) -> BTreeSet<Label> {
        let mut kept = self.write();
        let ends = [area.as_str(), NONE].map(|name| kept.current(name));
        kept.retired.extend(ends);
        kept.current.clear();
        ends.into()
    }

    /// Takes [`Self::retire`] back: it was not written down.
    pub fn reinstate(&self, labels: &BTreeSet<Label>) {
        let mut kept = self.write();
        kept.retired.retain(|label| !labels.contains(label));
        kept.current.clear();
    }

    /// Destroys keys: in memory at once, and on the disk. What was destroyed before stays so.
    ///
    /// # Errors
    /// If the file cannot be written; [`Self::save`] tries again.
    pub fn destroy(&self, labels: &BTreeSet<Label>) -> anyhow::Result<()> {
        let mut kept = self.write();
        if labels.is_subset(&kept.destroyed) {
            return Ok(());
        }
        kept.destroyed.extend(labels);
        let of_none: BTreeSet<Label> = (0..=kept.destroyed.len())
            .map(|nth| Label::of(NONE, u32::try_from(nth).unwrap_or(u32::MAX)))
            .collect();
        for label in labels {
            if let Some(key) = kept.tree.key(label.0).filter(|_| of_none.contains(label)) {
                kept.fading.insert(*label, secret(key));
            }
            kept.tree.destroy(label.0);
            kept.retired.remove(label);
        }
        kept.current.clear();
        kept.known.clear();
        kept.is_saved = false;
        drop(kept);
        self.save()
    }

    /// Writes the file, if it is not as it should be.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self) -> anyhow::Result<()> {
        if self.read().is_saved {
            return Ok(());
        }
        if let Some(path) = &self.path {
            file::replace(path, &self.text()?)?;
        }
        self.write().is_saved = true;
        Ok(())
    }

    /// Forgets keys that were kept for processes that did not know yet.
    pub fn fade(&self) {
        let mut kept = self.write();
        if !kept.fading.is_empty() {
            kept.fading.clear();
            kept.known.clear();
        }
    }

    fn cipher(&self, header: &str) -> Option<XChaCha20Poly1305> {
        let of = |key: &SecretBox<[u8; 32]>| XChaCha20Poly1305::new(&(*key.expose_secret()).into());
        if let Some(key) = self.read().known.get(header) {
            return Some(of(key));
        }
        let labels: Option<Vec<Label>> = header.split(',').map(Label::from_text).collect();
        let mut kept = self.write();
        let key = secret(kept.key(&labels?)?);
        let cipher = of(&key);
        kept.known.insert(header.to_owned(), key);
        Some(cipher)
    }

    fn text(&self) -> anyhow::Result<String> {
        let mut text = String::new();
        let kept = self.read();
        text.push_str(&format!("name {}\n", kept.name));
        for (depth, way, seed) in kept.tree.nodes() {
            text.push_str(&format!("node {depth} {} {}\n", Label(way), hex(seed)));
        }
        for label in &kept.destroyed {
            text.push_str(&format!("destroyed {label}\n"));
        }
        drop(kept);
        let cipher = XChaCha20Poly1305::new(&(*self.wrap.expose_secret()).into());
        let mut nonce = [0_u8; 24];
        fill(&mut nonce)?;
        let payload = Payload {
            msg: text.as_bytes(),
            aad: FILE.as_bytes(),
        };
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| anyhow::anyhow!("Cannot seal the area keys"))?;
        Ok(format!("{TITLE}\n{}{}", hex(&nonce), hex(&sealed)))
    }

    fn from_text(path: &Path, keyring: &Keyring, text: &str) -> anyhow::Result<Self> {
        let (title, digits) = text.split_once('\n').unwrap_or_default();
        if title.trim() != TITLE {
            bail!("It holds no area keys");
        }
        let bytes = unhex(digits.trim()).context("It is damaged")?;
        let Some((nonce, bytes)) = bytes.split_first_chunk::<24>() else {
            bail!("It is damaged");
        };
        let wrap = keyring.wrap_key();
        let payload = Payload {
            msg: bytes,
            aad: FILE.as_bytes(),
        };
        let text = XChaCha20Poly1305::new(&wrap.into())
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| anyhow::anyhow!("It does not open with the key"))?;
        let text = String::from_utf8(text).context("It is damaged")?;
        let kept = Kept::from_lines(&text)?;
        Ok(Self::over(Some(path.to_owned()), wrap, kept))
    }

    fn read(&self) -> RwLockReadGuard<'_, Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Kept> {
        self.kept.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for AreaKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AreaKeys(•••)")
    }
}

impl Kept {
    fn new(tree: Tree, destroyed: BTreeSet<Label>) -> anyhow::Result<Self> {
        let mut name = [0_u8; 8];
        fill(&mut name)?;
        let name = Label(u64::from_le_bytes(name)).to_string();
        Ok(Self::over(name, tree, destroyed))
    }

    fn over(name: String, tree: Tree, destroyed: BTreeSet<Label>) -> Self {
        Self {
            name,
            tree,
            destroyed,
            retired: BTreeSet::new(),
            current: HashMap::new(),
            known: HashMap::new(),
            fading: HashMap::new(),
            is_saved: true,
        }
    }

    fn from_lines(text: &str) -> anyhow::Result<Self> {
        let mut kept = Self::over(String::new(), Tree::empty(), BTreeSet::new());
        let label = |text: &str| Label::from_text(text).context("A line of it is damaged");
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["name", name] => kept.name = (*name).to_owned(),
                ["node", depth, way, digits] => {
                    let depth = depth.parse().context("A line of it is damaged")?;
                    if !kept.tree.put(depth, label(way)?.0, key_of(digits)?) {
                        bail!("A line of it is damaged");
                    }
                }
                ["destroyed", text] => {
                    kept.destroyed.insert(label(text)?);
                }
                _ => bail!("It has a line that this version does not know"),
            }
        }
        Ok(kept)
    }

    /// The label an area is sealed with now.
    fn current(&mut self, area: &str) -> Label {
        if let Some(label) = self.current.get(area) {
            return *label;
        }
        let label = (0..)
            .map(|nth| Label::of(area, nth))
            .find(|label| !self.retired.contains(label) && self.tree.has(label.0))
            .unwrap_or(Label::of(area, 0));
        self.current.insert(area.to_owned(), label);
        label
    }

    /// The key of labels: the one's own, or one made of those of all.
    fn key(&self, labels: &[Label]) -> Option<[u8; 32]> {
        let keys: Option<Vec<[u8; 32]>> = labels
            .iter()
            .map(|label| {
                let fading = self.fading.get(label).map(|key| *key.expose_secret());
                self.tree.key(label.0).or(fading)
            })
            .collect();
        let keys = keys?;
        let (first, rest) = keys.split_first()?;
        Some(
            rest.iter()
                .fold(*first, |key, other| mac_with(&key, &["and", &hex(other)])),
        )
    }
}

fn header(labels: &[Label]) -> String {
    let mut labels = labels.to_vec();
    labels.sort_unstable();
    labels.dedup();
    let labels: Vec<String> = labels.iter().map(ToString::to_string).collect();
    labels.join(",")
}

fn bound_to(header: &str, bound: &str) -> String {
    format!("{header}.{bound}")
}

fn sealed(
    cipher: &XChaCha20Poly1305,
    header: &str,
    bound: &str,
    text: &str,
) -> anyhow::Result<String> {
    let mut nonce = [0_u8; 24];
    fill(&mut nonce)?;
    let bound = bound_to(header, bound);
    let payload = Payload {
        msg: text.as_bytes(),
        aad: bound.as_bytes(),
    };
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| anyhow::anyhow!("Cannot seal a text"))?;
    Ok(letters().encode([nonce.as_slice(), &sealed].concat()))
}

fn opened(cipher: &XChaCha20Poly1305, header: &str, bound: &str, text: &str) -> Option<String> {
    let bytes = letters().decode(text).ok()?;
    let (nonce, sealed) = bytes.split_first_chunk::<24>()?;
    let bound = bound_to(header, bound);
    let payload = Payload {
        msg: sealed,
        aad: bound.as_bytes(),
    };
    let text = cipher.decrypt(&XNonce::from(*nonce), payload).ok()?;
    String::from_utf8(text).ok()
}
