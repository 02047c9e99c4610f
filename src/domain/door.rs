//! The door of an area: where it leads on each platform, the codes that posters carry, and in which language it is answered.

use fluent_langneg::{NegotiationStrategy, negotiate_languages};
use unic_langid::LanguageIdentifier;

use crate::domain::{envelope::PlatformKind, ids::AreaId, timestamp::Timestamp};

/// One way through a door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// On which platform.
    pub platform: PlatformKind,
    /// Where to.
    pub to: LeadTo,
}

/// Where a way leads now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeadTo {
    /// Into a room that has space, or to our number.
    Link {
        /// The room's link as its platform gives it, or an address of ours.
        url: String,
        /// Whether somebody there has to let people in.
        approval: bool,
    },
    /// All rooms are full and the next one is not ready yet.
    Preparing,
}

/// What a poster carries and people type: eight letters and digits that nobody takes for others on a wall, in any case. No vowels,
/// so that they make no words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(String);

impl Code {
    /// How many signs a code has.
    pub const SIGNS: usize = 8;
    /// Twenty of them: without 0 o, 1 l i, 2 z (z), 5 s, 8 b (b), 9 g q (g, q), u v, r n (rn is m), and a e.
    const ALPHABET: &'static [u8; 20] = b"2346789cdfhjkmnptwxy";

    /// The code that some random bytes make; `None` if they are too few. Every code is as likely as any other: bytes that would
    /// favour some signs are passed over, about one in sixteen.
    #[must_use]
    pub fn from_noise(noise: &[u8]) -> Option<Self> {
        let even = 256 - 256 % Self::ALPHABET.len();
        let signs: String = noise
            .iter()
            .map(|byte| usize::from(*byte))
            .filter(|byte| *byte < even)
            .take(Self::SIGNS)
            .map(|byte| char::from(Self::ALPHABET[byte % Self::ALPHABET.len()]))
            .collect();
        (signs.len() == Self::SIGNS).then_some(Self(signs))
    }

    /// Reads one word that was typed: case and hyphens do not matter.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let signs: String = typed
            .trim()
            .chars()
            .filter(|sign| *sign != '-')
            .map(|sign| sign.to_ascii_lowercase())
            .collect();
        let is_ours = |sign: u8| Self::ALPHABET.contains(&sign);
        (signs.len() == Self::SIGNS && signs.bytes().all(is_ours)).then_some(Self(signs))
    }

    /// The code as it stands in addresses.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A poster on a wall, and the code that it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poster {
    /// Its code.
    pub code: Code,
    /// To the door of which area it leads.
    pub area: AreaId,
    /// In which language it is.
    pub language: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// How often its page was opened, in all.
    pub opened: u32,
}

/// A number as people write it down: `612-555-0100` for `+16125550100`; others as they are.
#[must_use]
pub fn number_shown(number: &str) -> String {
    match number.strip_prefix("+1") {
        Some(local) if local.len() == 10 && local.is_ascii() => {
            format!("{}-{}-{}", &local[..3], &local[3..6], &local[6..])
        }
        _ => number.to_owned(),
    }
}

/// Whether what follows `meet` begins with a code; "meet at six" is talk.
#[must_use]
pub fn begins_with_a_code(rest: &str) -> bool {
    parted(rest).is_some()
}

/// The code that a text begins with, and the words behind it.
#[must_use]
pub fn parted(rest: &str) -> Option<(Code, &str)> {
    let rest = rest.trim();
    let (code, words) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let code = code.trim_matches(|sign: char| !sign.is_alphanumeric());
    Some((Code::parse(code)?, words.trim()))
}

/// The path of an area's door.
#[must_use]
pub fn path(area: &AreaId) -> String {
    format!("/join/{area}")
}

/// The area a door's path means: its id, or the last part of it where only one area ends so.
#[must_use]
pub fn area_of<'a>(areas: impl Iterator<Item = &'a AreaId>, said: &str) -> Option<&'a AreaId> {
    let said = said.trim_matches('/').to_lowercase();
    let mut found = None;
    for area in areas {
        if area.as_str() == said {
            return Some(area);
        }
        if area.as_str().rsplit('/').next() == Some(said.as_str()) {
            // Two cities may have a Midway.
            found = match found {
                None => Some(Some(area)),
                Some(_) => Some(None),
            };
        }
    }
    found.flatten()
}

/// Longer lists of languages than this are nobody's wish.
const LONGEST_WISH: usize = 400;

/// The language among these that a browser's `Accept-Language` asks for first; `None` if it wants none of them.
#[must_use]
pub fn language(wish: &str, spoken: &[&str]) -> Option<String> {
    if wish.len() > LONGEST_WISH {
        return None;
    }
    let mut wanted: Vec<(f32, LanguageIdentifier)> = wish
        .split(',')
        .filter_map(|item| {
            let (tag, weight) = item.split_once(';').unwrap_or((item, ""));
            let weight = match weight.trim().strip_prefix("q=") {
                Some(weight) => weight.trim().parse::<f32>().ok()?,
                None => 1.0,
            };
            let tag: LanguageIdentifier = known_as(tag.trim()).parse().ok()?;
            (weight > 0.0 && weight.is_finite()).then_some((weight, tag))
        })
        .collect();
    // Equals keep their order.
    wanted.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let wanted: Vec<LanguageIdentifier> = wanted.into_iter().map(|(_, tag)| tag).collect();
    let spoken: Vec<LanguageIdentifier> =
        spoken.iter().filter_map(|tag| tag.parse().ok()).collect();
    negotiate_languages(&wanted, &spoken, None, NegotiationStrategy::Lookup)
        .first()
        .map(ToString::to_string)
}

/// Browsers name Hmong by its two large dialects; our words are for both.
fn known_as(tag: &str) -> &str {
    match tag
        .split('-')
        .next()
        .map(str::to_ascii_lowercase)
        .as_deref()
    {
        Some("mww" | "hnj" | "blu") => "hmn",
        _ => tag,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_makes_signs_that_can_be_typed_back() {
        let noise: Vec<u8> = (0..=255).collect();
        for part in noise.windows(12) {
            let Some(code) = Code::from_noise(part) else {
                assert!(part.iter().filter(|byte| **byte < 240).count() < Code::SIGNS);
                continue;
            };
            let typed = format!(" {}-{} ", &code.as_str()[..4], &code.as_str()[4..]).to_uppercase();
            assert_eq!(Code::parse(&typed), Some(code));
        }
        assert_eq!(Code::from_noise(&[255; 64]), None);
        assert_eq!(Code::from_noise(&[0; 7]), None);
    }

    #[test]
    fn every_sign_is_as_likely_as_any_other() {
        let mut counts = std::collections::BTreeMap::new();
        for byte in 0..=255_u8 {
            for sign in Code::from_noise(&[byte; 8])
                .into_iter()
                .flat_map(|code| code.0.into_bytes())
            {
                *counts.entry(sign).or_insert(0) += 1;
            }
        }
        assert_eq!(counts.len(), 20);
        assert!(
            counts.values().all(|count| *count == 12 * Code::SIGNS),
            "{counts:?}"
        );
    }

    #[test]
    fn what_is_no_code_is_talk() {
        for talk in [
            "",
            "at six",
            "whittier",
            "h7k2p9x",
            "h7k2p9xyy",
            "h7k2p0xy",
            "ł7k2p9xy",
        ] {
            assert!(!begins_with_a_code(talk), "{talk}");
        }
        let (code, words) = parted("H7K2-P9XY, lake & pillsbury").unwrap();
        assert_eq!((code.as_str(), words), ("h7k2p9xy", "lake & pillsbury"));
    }

    #[test]
    fn an_area_is_meant_by_its_id_or_by_an_end_that_is_its_own() {
        let areas = ["mpls/whittier", "mpls/midway", "stp/midway"].map(AreaId::new);
        let of = |said| area_of(areas.iter(), said).map(AreaId::as_str);
        assert_eq!(of("mpls/whittier"), Some("mpls/whittier"));
        assert_eq!(of("Whittier/"), Some("mpls/whittier"));
        assert_eq!(of("stp/midway"), Some("stp/midway"));
        assert_eq!(of("midway"), None);
        assert_eq!(of(""), None);
        assert_eq!(of("mpls"), None);
    }

    #[test]
    fn browsers_are_answered_in_the_first_language_they_want() {
        const SPOKEN: [&str; 4] = ["en", "es", "hmn", "so"];
        for (wish, expected) in [
            ("es-MX,es;q=0.9,en;q=0.8", Some("es")),
            ("fr-FR, fr;q=0.9, en;q=0.8, es;q=0.7", Some("en")),
            ("en;q=0.2, so-SO", Some("so")),
            ("mww-Latn-US, en;q=0.5", Some("hmn")),
            ("hmn", Some("hmn")),
            ("EN-us", Some("en")),
            ("de", None),
            ("*", None),
            ("es;q=0, en;q=0.1", Some("en")),
            ("es;q=nan, so;q=0.3", Some("so")),
            ("es;q=x", None),
            (";;,,q=1", None),
            ("", None),
        ] {
            assert_eq!(language(wish, &SPOKEN).as_deref(), expected, "{wish}");
        }
        assert_eq!(language(&"es,".repeat(200), &SPOKEN), None);
    }
}
