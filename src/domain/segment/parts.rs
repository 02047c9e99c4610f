//! Cuts a text that is too long for one message into several, numbered, at the borders of words.

use unicode_segmentation::UnicodeSegmentation as _;

/// The smallest limit that leaves room for words beside the number.
const SMALLEST: usize = 24;

/// The text as one message of at most `limit` UTF-16 units, or as several that begin with `(1/2)` and so on: networks do not keep
/// the order of messages, so a reader must be able to. Words are kept whole unless one is longer than a message; the spaces and
/// line ends at a cut are dropped. A limit under 24 is taken as 24.
#[must_use]
pub fn parts(text: &str, limit: usize) -> Vec<String> {
    let limit = limit.max(SMALLEST);
    if length(text) <= limit {
        return vec![text.to_owned()];
    }
    // One digit in the numbers for up to nine messages, two for up to 99, and so on: a longer number leaves less room.
    let mut digits = 1;
    loop {
        let number = "(/) ".len() + 2 * digits;
        let pieces = pieces(text, limit - number);
        let of = pieces.len();
        if of.to_string().len() <= digits {
            return match <[&str; 1]>::try_from(pieces) {
                // Only the spaces around it were too many.
                Ok([one]) => vec![one.to_owned()],
                Err(pieces) => (1..)
                    .zip(pieces)
                    .map(|(n, piece)| format!("({n}/{of}) {piece}"))
                    .collect(),
            };
        }
        digits += 1;
        if number + 2 >= limit {
            // Nobody writes that much by text message; a last resort that still ends.
            return pieces.into_iter().map(str::to_owned).collect();
        }
    }
}

/// The text in pieces of at most `room` units.
fn pieces(text: &str, room: usize) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while length(rest) > room {
        let at = cut(rest, room);
        found.push(rest[..at].trim_end());
        rest = rest[at..].trim_start();
    }
    if !rest.is_empty() {
        found.push(rest);
    }
    found
}

/// Where to cut a text that is longer than `room`: after the last space that fits, else between what a reader sees as
/// characters, else between characters. Never at its very beginning.
fn cut(text: &str, room: usize) -> usize {
    let fits = |at: usize| length(text[..at].trim_end()) <= room;
    let space = text
        .char_indices()
        .filter(|(_, letter)| letter.is_whitespace())
        .map(|(at, _)| at)
        .take_while(|at| fits(*at))
        .last();
    let within = |borders: &mut dyn Iterator<Item = usize>| {
        borders.skip(1).take_while(|at| fits(*at)).last()
    };
    space
        .or_else(|| within(&mut text.grapheme_indices(true).map(|(at, _)| at)))
        .or_else(|| within(&mut text.char_indices().map(|(at, _)| at)))
        .unwrap_or_else(|| text.chars().next().map_or(text.len(), char::len_utf8))
}

/// In UTF-16 units, which providers count limits in.
fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}
