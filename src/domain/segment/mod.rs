//! What a text message costs: how networks cut it into segments, each of which is paid for.
//!
//! A text within the phones' own alphabet (GSM 03.38, 7 bits a place) has 160 places in one segment; a single other character
//! turns the whole text into UCS-2 with 70 (3GPP 23.038). Joined segments carry a header, which leaves 153 and 67 (3GPP 23.040).

mod alphabet;
mod parts;
mod smart;
#[cfg(test)]
mod tests;

use unicode_segmentation::UnicodeSegmentation as _;

pub use alphabet::{fold, septets};
pub use parts::parts;
pub use smart::smart;

/// What fits into one segment of the phones' alphabet, in septets.
pub const ONE_SEGMENT: usize = 160;

/// In which alphabet a text travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// The phones' own alphabet: seven bits a place.
    Gsm7,
    /// UTF-16, for everything else.
    Ucs2,
}

impl Encoding {
    /// The alphabet a text needs.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if septets(text).is_some() {
            Self::Gsm7
        } else {
            Self::Ucs2
        }
    }

    /// How many units a text may have to travel in one segment: septets, or UTF-16 units.
    #[must_use]
    pub const fn alone(self) -> usize {
        match self {
            Self::Gsm7 => ONE_SEGMENT,
            Self::Ucs2 => 70,
        }
    }

    /// How many units each of several joined segments carries.
    #[must_use]
    pub const fn joined(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    /// How many units one character takes.
    fn units(self, letter: char) -> usize {
        match self {
            // Asked only of texts that are within the alphabet.
            Self::Gsm7 => alphabet::septets_of(letter).unwrap_or_default(),
            Self::Ucs2 => letter.len_utf16(),
        }
    }
}

/// A text as it is cut for the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segments {
    /// The alphabet it travels in.
    pub encoding: Encoding,
    /// How many segments are paid for; an empty text is one too.
    pub segments: u32,
    /// Its whole length without headers: septets, or UTF-16 units.
    pub units: usize,
    /// How full each segment is, in the same units.
    pub fill: Vec<usize>,
}

/// Counts the segments of a text exactly as it is. An escape is never cut from its character, a pair of UTF-16 units never
/// apart, and what a reader sees as one character (a flag, a family, a letter with its accents) stays in one segment unless it
/// is longer than one.
#[must_use]
pub fn count(text: &str) -> Segments {
    let encoding = Encoding::of(text);
    let units = text.chars().map(|letter| encoding.units(letter)).sum();
    let fill = if units <= encoding.alone() {
        vec![units]
    } else {
        joined(text, encoding)
    };
    Segments {
        encoding,
        segments: u32::try_from(fill.len()).unwrap_or(u32::MAX),
        units,
        fill,
    }
}

/// How full the segments of a text are that does not fit into one.
fn joined(text: &str, encoding: Encoding) -> Vec<usize> {
    let units = |letters: &str| -> usize { letters.chars().map(|c| encoding.units(c)).sum() };
    let room = encoding.joined();
    let mut fill = Vec::new();
    let mut open = 0;
    let mut add = |piece: usize| {
        if open + piece > room {
            fill.push(open);
            open = 0;
        }
        open += piece;
    };
    for seen in text.graphemes(true).flat_map(as_phones_see) {
        // Line ends are two characters to every phone, and what is longer than a segment must be cut somewhere.
        if units(seen) > room || seen == "\r\n" {
            seen.chars().for_each(|letter| add(encoding.units(letter)));
        } else {
            add(units(seen));
        }
    }
    fill.push(open);
    fill
}

/// A grapheme by today's rules in the pieces that phones and providers' counters see: to them a skin tone colours an emoji
/// and stands alone after anything else, a second tone included.
fn as_phones_see(grapheme: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut begin = 0;
    let mut takes_tone = false;
    for (at, letter) in grapheme.char_indices() {
        if is_skin_tone(letter) {
            if !takes_tone && at > begin {
                pieces.push(&grapheme[begin..at]);
                begin = at;
            }
            takes_tone = false;
        } else if at == begin || is_emoji_base(letter) {
            takes_tone = is_emoji_base(letter);
        }
    }
    pieces.push(&grapheme[begin..]);
    pieces
}

const fn is_skin_tone(letter: char) -> bool {
    matches!(letter, '\u{1f3fb}'..='\u{1f3ff}')
}

/// Roughly what can be shown in a skin tone: pictures, but not the letters that make flags.
const fn is_emoji_base(letter: char) -> bool {
    matches!(letter, '\u{261d}' | '\u{26f9}' | '\u{270a}'..='\u{270d}' | '\u{1f300}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1faff}')
}
