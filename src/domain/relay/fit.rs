//! Names and words made fit to be passed on: nothing hidden, nobody called together, nothing that looks like the bot's own words, no
//! number plate, no house number.

use unicode_normalization::char::is_combining_mark;

use super::MARK;
use crate::domain::{
    parse::{Parsed, masked},
    place::{Found, Place},
};

/// The longest name, in letters.
const NAME: usize = 40;
/// A name with so many digits is a telephone number.
const DIGITS: usize = 7;
/// The longest text, in letters; what is longer ends with an ellipsis.
const TEXT: usize = 2_000;
/// Marks on one letter beyond which it is no writing any more.
const MARKS: usize = 2;
/// How many words may stand between a house number and the kind of its street: "3417 E 27th Ave".
const BETWEEN: usize = 3;

/// The name that somebody chose, in one short line; `None` if nothing of it is left, or if it is a number by which they could be
/// called.
#[must_use]
pub fn name(chosen: &str) -> Option<String> {
    let shown: String = without_hidden(chosen)
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        // What calls together, looks like markup, or ends the name.
        .filter(|c| !matches!(*c, '@' | '*' | '`' | '<' | '>' | ':' | MARK))
        .collect();
    let words: Vec<&str> = shown.split_whitespace().collect();
    let short: String = words.join(" ").chars().take(NAME).collect();
    let short = short.trim_end();
    let digits = chosen.chars().filter(char::is_ascii_digit).count();
    (digits < DIGITS && short.chars().any(char::is_alphanumeric)).then(|| short.to_owned())
}

/// What somebody wrote, as others may hear it. Every further line begins with [`MARK`], so that none of it looks like something the
/// bot says itself.
#[must_use]
pub fn words(text: &str, parsed: Option<&Parsed>) -> String {
    let text = masked(text);
    let text = without_houses(&text, parsed);
    let text = without_hidden(&text);
    let text = nobody_called(&text);
    let mut short: String = text.trim().chars().take(TEXT).collect();
    if text.trim().chars().nth(TEXT).is_some() {
        short.push('…');
    }
    let lines = short.lines().map(str::trim_end);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    lines.join(&format!("\n{MARK} "))
}

/// The longest emojis are families and flags of some 35 bytes.
const EMOJI: usize = 64;

/// Whether a reaction is an emoji and not a word.
#[must_use]
pub fn is_emoji(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= EMOJI
        && !key.chars().any(|c| {
            c.is_alphabetic()
                || c.is_whitespace()
                || c.is_control()
                || matches!(c, '<' | '@' | ':' | '/')
        })
}

/// Without control characters, signs that turn the direction of writing, and piles of marks.
fn without_hidden(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(
                c,
                '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}'
            )
    };
    let mut piled = 0;
    text.chars()
        .filter(|c| !is_hidden(*c))
        .filter(|c| {
            let is_mark = is_combining_mark(*c) && !matches!(c, '\u{fe00}'..='\u{fe0f}');
            piled = if is_mark { piled + 1 } else { 0 };
            piled <= MARKS
        })
        .collect()
}

/// Words by which a whole room is called, taken apart.
fn nobody_called(text: &str) -> String {
    let mut said = text.to_owned();
    for call in ["@room", "@here", "@everyone", "@channel"] {
        let lower = said.to_ascii_lowercase();
        for (at, _) in lower
            .match_indices(call)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
        {
            said.replace_range(at..=at, "@ ");
        }
    }
    said
}

/// House numbers as hundred-blocks (PRODUCT, privacy floor 5): `3417 Bloomington` is `34xx Bloomington`.
fn without_houses(text: &str, parsed: Option<&Parsed>) -> String {
    let known = parsed.map(numbers).unwrap_or_default();
    let words = words_in(text);
    let mut said = String::with_capacity(text.len());
    let mut at = 0;
    for (n, word) in words.iter().enumerate() {
        let Some(number) = house_number(word.text) else {
            continue;
        };
        let is_house =
            known.contains(&number) || is_before_a_street(&words[n + 1..], text, word.to);
        if is_house {
            said.push_str(&text[at..word.from]);
            if number >= 100 {
                said.push_str(&(number / 100).to_string());
            }
            said.push_str("xx");
            at = word.to;
        }
    }
    said.push_str(&text[at..]);
    said
}

/// The house numbers that were understood.
fn numbers(parsed: &Parsed) -> Vec<u32> {
    let of = |place: &Place| place.number.filter(|number| *number >= 1);
    match &parsed.found {
        Found::One(place) => of(place).into_iter().collect(),
        Found::Several(places) => places.iter().filter_map(of).collect(),
        _ => Vec::new(),
    }
}

/// A word and where it stands.
struct Word<'t> {
    text: &'t str,
    from: usize,
    to: usize,
}

fn words_in(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(Word {
                    text: &text[from..at],
                    from,
                    to: at,
                });
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// `3417`, `3417b`: up to five digits, and a letter at most.
fn house_number(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let has_few_letters = word.len() - digits.len() <= 1;
    (has_few_letters && (1..=5).contains(&digits.len()))
        .then(|| digits.parse().ok())
        .flatten()
}

/// Kinds of streets, and what short forms of them people write.
const STREETS: [&str; 26] = [
    "street",
    "st",
    "avenue",
    "ave",
    "av",
    "boulevard",
    "blvd",
    "road",
    "rd",
    "lane",
    "ln",
    "drive",
    "dr",
    "court",
    "ct",
    "place",
    "pl",
    "terrace",
    "ter",
    "parkway",
    "pkwy",
    "circle",
    "cir",
    "calle",
    "avenida",
    "trail",
];

/// Words that stand in no street's name: "150 people on Lake Street" is no address.
const NO_NAMES: [&str; 19] = [
    "at", "on", "in", "near", "by", "of", "to", "from", "the", "and", "are", "is", "en", "de",
    "por", "y", "people", "agents", "personas",
];

/// Whether a street's name comes right behind, on the same line and in the same sentence: a number of at least three digits is a
/// house's then.
fn is_before_a_street(after: &[Word<'_>], text: &str, from: usize) -> bool {
    let digits = text[..from]
        .chars()
        .rev()
        .skip_while(|c| c.is_ascii_alphabetic())
        .take_while(char::is_ascii_digit)
        .count();
    let is_one_of =
        |words: &[&str], word: &Word<'_>| words.contains(&word.text.to_lowercase().as_str());
    let street = after
        .iter()
        .take(BETWEEN + 1)
        .take_while(|word| !is_one_of(&NO_NAMES, word))
        .find(|word| is_one_of(&STREETS, word));
    let Some(street) = street.filter(|_| digits >= 3) else {
        return false;
    };
    let between = &text[from..street.from];
    !between.contains(['\n', ',', '.', ';', '?', '!', ':']) && street.from > from
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_short_line_without_tricks() {
        for (chosen, expected) in [
            ("Ana", Some("Ana")),
            ("  Ana \n Lee ", Some("Ana Lee")),
            ("Ana 🌻", Some("Ana 🌻")),
            ("@room", Some("room")),
            ("Tocsin: » Ana", Some("Tocsin Ana")),
            ("**Ana**", Some("Ana")),
            ("<b>Ana</b>", Some("bAna/b")),
            ("\u{202e}anA", Some("anA")),
            ("A\u{200b}n\u{2066}a", Some("Ana")),
            ("Z\u{300}\u{301}\u{302}\u{303}oe", Some("Z\u{300}\u{301}oe")),
            ("🌻", None),
            ("+1 612-555-0111", None),
            ("Ana 55407", Some("Ana 55407")),
            (" : ", None),
            ("", None),
        ] {
            assert_eq!(name(chosen).as_deref(), expected, "{chosen:?}");
        }
        let long = name(&"Ana ".repeat(40)).unwrap();
        assert!(
            long.chars().count() <= NAME && long.ends_with("Ana"),
            "{long}"
        );
    }

    #[test]
    fn words_hide_nothing_call_nobody_and_look_like_nothing_the_bot_says() {
        for (text, expected) in [
            ("see you at six", "see you at six"),
            ("one\ntwo", "one\n» two"),
            (
                "hi\n\n\n✅ CONFIRMED 2:21pm K7\r\n",
                "hi\n» ✅ CONFIRMED 2:21pm K7",
            ),
            ("hey @room and @Here", "hey @ room and @ Here"),
            ("it is plate MN ABC 123", "it is plate MN •••"),
            ("a\u{202e}b\u{200b}c", "abc"),
            ("👩‍👧 ok", "👩‍👧 ok"),
            (
                "3417 Bloomington Ave is open",
                "34xx Bloomington Ave is open",
            ),
            ("at 3417b E 27th St", "at 34xx E 27th St"),
            ("12 vans on 27th St", "12 vans on 27th St"),
            ("150 people on Lake Street", "150 people on Lake Street"),
            (
                "we were 150. Lake Street is calm",
                "we were 150. Lake Street is calm",
            ),
            ("we meet 2026", "we meet 2026"),
        ] {
            assert_eq!(words(text, None), expected, "{text:?}");
        }
        let long = words(&"ä".repeat(3_000), None);
        assert_eq!(long.chars().count(), TEXT + 1);
        assert!(long.ends_with('…'));
    }
}
