//! Signs that no honest report needs: control characters, writing turned round, letters of two scripts in one word.

use unicode_normalization::char::is_combining_mark;

/// Marks on one letter beyond which it is no writing any more.
const MARKS: usize = 3;

/// Whether a text hides or disguises something.
pub(super) fn is_odd(text: &str) -> bool {
    has_controls(text) || has_hidden_breaks(text) || is_overloaded(text) || mixes_scripts(text)
}

/// Control characters, signs that turn the direction of writing, or letters that nobody sees. Flags of regions are written with such
/// letters behind a black flag; nothing else is.
fn has_controls(text: &str) -> bool {
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_unseen = |c: char| matches!(c, '\u{e0001}' | '\u{e0020}'..='\u{e007e}');
    text.chars().any(|c| is_control(c) || turns(c))
        || text.chars().any(is_unseen) && !text.contains('\u{1f3f4}')
}

/// Invisible signs between two letters: words cut so that no filter sees them.
fn has_hidden_breaks(text: &str) -> bool {
    let is_hidden = |c: char| {
        matches!(
            c,
            '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
        )
    };
    let letters: Vec<char> = text.chars().collect();
    letters
        .windows(3)
        .filter(|three| {
            three[0].is_ascii_alphabetic() && is_hidden(three[1]) && three[2].is_ascii_alphabetic()
        })
        .count()
        > 1
}

/// Letters buried under marks.
fn is_overloaded(text: &str) -> bool {
    let mut marks = 0;
    text.chars().any(|c| {
        marks = if is_combining_mark(c) && !is_variation(c) {
            marks + 1
        } else {
            0
        };
        marks > MARKS
    })
}

const fn is_variation(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{20e3}')
}

/// A word of Latin letters and of letters that only look like them.
fn mixes_scripts(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).any(|word| {
        let is_alike = |c: char| matches!(c, '\u{370}'..='\u{52f}');
        word.chars().any(|c| c.is_ascii_alphabetic()) && word.chars().any(is_alike)
    })
}
