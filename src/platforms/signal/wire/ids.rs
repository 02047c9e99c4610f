//! Names of people, groups, messages and files on Signal.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::{
    domain::{
        envelope::{PersonRef, PlatformKind},
        ids::MessageId,
    },
    platforms::signal::wire::field,
};

/// A person's account (ACI). It stays the same whatever their number is; numbers are mostly hidden. Prints as `•••`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uuid(u128);

/// How many hexadecimal digits stand between the hyphens.
const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

impl Uuid {
    /// Nobody: no account has it.
    pub const NOBODY: Self = Self(0);

    /// Reads the usual form, `aff2ebea-6220-48ef-8ee9-a6073d08c973`, in either case.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut bits = 0_u128;
        for length in GROUPS {
            let part = parts.next().filter(|part| part.len() == length)?;
            for digit in part.chars() {
                bits = bits << 4 | u128::from(digit.to_digit(16)?);
            }
        }
        parts.next().is_none().then_some(Self(bits))
    }

    /// The usual form in lower case. Never pass it to a log.
    #[must_use]
    pub fn text(self) -> String {
        let digits = format!("{:032x}", self.0);
        let mut rest = digits.as_str();
        let parts = GROUPS.map(|length| {
            let (part, after) = rest.split_at(length);
            rest = after;
            part
        });
        parts.join("-")
    }

    /// This person as the rest of the program knows them.
    #[must_use]
    pub fn person(self) -> PersonRef {
        PersonRef::new(PlatformKind::Signal, self.text())
    }

    /// Whose address it is; `None` if it is not one of Signal's.
    #[must_use]
    pub fn of(person: &PersonRef) -> Option<Self> {
        let is_ours = person.platform == PlatformKind::Signal;
        is_ours.then(|| Self::read(person.address.expose()))?
    }

    /// The uuid in a field of its own.
    pub(super) fn at(value: &Value, key: &str) -> Option<Self> {
        field::text(value, key).and_then(Self::read)
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

/// What kind of group an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupKind {
    /// A group of today: 32 bytes.
    Current,
    /// A group from before 2020, or one that an old daemon made up because it could not make a real one: 16 bytes. Nobody
    /// else sees the latter.
    Legacy,
}

/// What kind of group a base64 id names; `None` if it names none.
#[must_use]
pub fn group_kind(id: &str) -> Option<GroupKind> {
    match STANDARD.decode(id).ok()?.len() {
        32 => Some(GroupKind::Current),
        16 => Some(GroupKind::Legacy),
        _ => None,
    }
}

/// What names a message everywhere on Signal: who wrote it, and when by the writer's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageKey {
    /// Who wrote it.
    pub author: Uuid,
    /// When, in milliseconds since 1970.
    pub timestamp: i64,
}

impl MessageKey {
    /// The message of that author at that time.
    #[must_use]
    pub const fn new(author: Uuid, timestamp: i64) -> Self {
        Self { author, timestamp }
    }

    /// As the rest of the program numbers it: `<uuid>/<timestamp>`.
    #[must_use]
    pub fn id(self) -> MessageId {
        MessageId::new(self.text())
    }

    /// The message that [`Self::id`] numbers so.
    #[must_use]
    pub fn of(id: &MessageId) -> Option<Self> {
        let (author, timestamp) = id.as_str().split_once('/')?;
        Some(Self::new(Uuid::read(author)?, timestamp.parse().ok()?))
    }

    /// `<uuid>/<timestamp>`.
    #[must_use]
    pub fn text(self) -> String {
        format!("{}/{}", self.author.text(), self.timestamp)
    }
}

/// A file in the daemon's folder `attachments`. It is a plain name: nothing outside of that folder can be meant by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileId(String);

impl FileId {
    /// Longer names are none.
    const LONGEST: usize = 200;

    /// Takes a name that has nothing in it but ASCII letters, digits, `-`, `_` and dots, none of them in front.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let is_file = !name.is_empty()
            && name.len() <= Self::LONGEST
            && !name.starts_with('.')
            && name.chars().all(is_plain);
        is_file.then(|| Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: &str = "aff2ebea-6220-48ef-8ee9-a6073d08c973";

    #[test]
    fn a_uuid_is_read_strictly_and_said_in_lower_case() {
        assert_eq!(Uuid::read(ANA).unwrap().text(), ANA);
        assert_eq!(Uuid::read(&ANA.to_uppercase()).unwrap().text(), ANA);
        let nil = "00000000-0000-0000-0000-000000000001";
        assert_eq!(Uuid::read(nil).unwrap().text(), nil);
        for wrong in [
            "",
            "+14154962546",
            "aff2ebea622048ef8ee9a6073d08c973",
            "aff2ebea-6220-48ef-8ee9-a6073d08c97",
            "aff2ebea-6220-48ef-8ee9-a6073d08c973-",
            "aff2ebea-6220-48ef-8ee9-a6073d08c97g",
            "PNI:aff2ebea-6220-48ef-8ee9-a6073d08c973",
            "+ff2ebea-6220-48ef-8ee9-a6073d08c973",
            "äff2ebe-6220-48ef-8ee9-a6073d08c973",
        ] {
            assert!(Uuid::read(wrong).is_none(), "{wrong:?}");
        }
        assert_eq!(format!("{:?}", Uuid::read(ANA)), "Some(•••)");
    }

    #[test]
    fn a_message_has_one_number() {
        let key = MessageKey::new(Uuid::read(ANA).unwrap(), 1_795_310_432_746);
        assert_eq!(key.id().as_str(), format!("{ANA}/1795310432746"));
        assert_eq!(MessageKey::of(&key.id()), Some(key));
        for wrong in ["", "/", "1795310432746", "x/1", &format!("{ANA}/x")] {
            assert_eq!(MessageKey::of(&MessageId::new(wrong)), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_legacy_group_is_seen_by_its_id() {
        for (id, kind) in [
            (
                "RaO8xJlyzROM5m00hNFalS6esq0S+6J4KqOZ2agC9rE=",
                Some(GroupKind::Current),
            ),
            ("AAAAAAAAAAAAAAAAAAAAAA==", Some(GroupKind::Legacy)),
            ("AAAA", None),
            ("", None),
            ("notbase64!", None),
        ] {
            assert_eq!(group_kind(id), kind, "{id}");
        }
    }

    #[test]
    fn a_file_is_named_inside_its_folder() {
        assert!(FileId::read("d718cb73-0b5b-4c6e-9f3c-6a8a3c0f7f3a.txt").is_some());
        assert!(FileId::read("a_b-C.tar.gz").is_some());
        for wrong in [
            "", ".", "..", "../x", "a/b", "a\\b", ".x", "a\0", "ä", "a b",
        ] {
            assert!(FileId::read(wrong).is_none(), "{wrong:?}");
        }
        assert!(FileId::read(&"a".repeat(201)).is_none());
    }
}
