//! How wide letters are: the two faces of Helvetica that every reader of PDF has, in the letters of western Europe.
//!
//! The widths are those of Adobe's metrics files of the fourteen standard fonts, in thousandths of the size, from the letter 32 on.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A face of the letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Helvetica.
    Plain,
    /// Helvetica Bold.
    Bold,
}

/// What stands in the place of a letter that there is none of.
const NONE: char = '?';

/// The letters 128 to 159; the others of the first 256 have the numbers they have in Unicode.
const SPECIAL: [(char, u8); 27] = [
    ('\u{20ac}', 128),
    ('\u{201a}', 130),
    ('\u{192}', 131),
    ('\u{201e}', 132),
    ('\u{2026}', 133),
    ('\u{2020}', 134),
    ('\u{2021}', 135),
    ('\u{2c6}', 136),
    ('\u{2030}', 137),
    ('\u{160}', 138),
    ('\u{2039}', 139),
    ('\u{152}', 140),
    ('\u{17d}', 142),
    ('\u{2018}', 145),
    ('\u{2019}', 146),
    ('\u{201c}', 147),
    ('\u{201d}', 148),
    ('\u{2022}', 149),
    ('\u{2013}', 150),
    ('\u{2014}', 151),
    ('\u{2dc}', 152),
    ('\u{2122}', 153),
    ('\u{161}', 154),
    ('\u{203a}', 155),
    ('\u{153}', 156),
    ('\u{17e}', 158),
    ('\u{178}', 159),
];

/// The number of a letter in these faces (WinAnsi).
fn number(letter: char) -> Option<u8> {
    match u32::from(letter) {
        32..=126 | 161..=172 | 174..=255 => u8::try_from(u32::from(letter)).ok(),
        _ => SPECIAL
            .iter()
            .find(|(special, _)| *special == letter)
            .map(|(_, number)| *number),
    }
}

/// A text in letters that there are: others lose their accents, or become a question mark.
pub fn writable(text: &str) -> String {
    let letter = |letter: char| -> Vec<char> {
        if number(letter).is_some() {
            return vec![letter];
        }
        if letter.is_whitespace() {
            return vec![' '];
        }
        let plain: Vec<char> = letter
            .nfkd()
            .filter(|part| !is_combining_mark(*part))
            .collect();
        if !plain.is_empty() && plain.iter().all(|part| number(*part).is_some()) {
            return plain;
        }
        vec![NONE]
    };
    text.nfc().flat_map(letter).collect()
}

/// The bytes of a text in these faces; it is [`writable`].
pub fn bytes(text: &str) -> Vec<u8> {
    text.chars().filter_map(number).collect()
}

/// How wide a text is, in points.
pub fn width(text: &str, face: Face, size: f32) -> f32 {
    let widths = match face {
        Face::Plain => &PLAIN,
        Face::Bold => &BOLD,
    };
    let units: u32 = bytes(text)
        .iter()
        .map(|letter| u32::from(widths[usize::from(letter.saturating_sub(32))]))
        .sum();
    // Exact: a text has few letters.
    #[expect(clippy::cast_precision_loss, reason = "below 2^24")]
    let units = units as f32;
    units * size / 1000.0
}

#[rustfmt::skip]
const PLAIN: [u16; 224] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, 350,
    556, 350, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 350, 611, 350,
    350, 222, 222, 333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 350, 500, 667,
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333,
    400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611,
    667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
];

#[rustfmt::skip]
const BOLD: [u16; 224] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584, 350,
    556, 350, 278, 556, 500, 1000, 556, 556, 333, 1000, 667, 333, 1000, 350, 611, 350,
    350, 278, 278, 500, 500, 350, 556, 1000, 333, 1000, 556, 333, 944, 350, 500, 667,
    278, 333, 556, 556, 556, 556, 280, 556, 333, 737, 370, 556, 584, 333, 737, 333,
    400, 584, 333, 333, 333, 611, 556, 278, 333, 333, 365, 556, 834, 834, 834, 611,
    722, 722, 722, 722, 722, 722, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889, 556, 556, 556, 556, 556, 278, 278, 278, 278,
    611, 611, 611, 611, 611, 611, 611, 584, 611, 611, 611, 611, 611, 556, 611, 556,
];
