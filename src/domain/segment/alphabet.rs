//! The alphabet of text messages (GSM 03.38): a text within it has 160 characters a segment, any other only 70.

use unicode_normalization::UnicodeNormalization as _;

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// How many of the 160 places a text takes; `None` if one of its characters is outside the alphabet.
#[must_use]
pub fn septets(text: &str) -> Option<usize> {
    text.chars().map(septets_of).sum()
}

/// How many places one character takes: two if it needs the escape before it.
pub(super) fn septets_of(letter: char) -> Option<usize> {
    if BASIC.contains(letter) {
        Some(1)
    } else if EXTENDED.contains(letter) {
        Some(2)
    } else {
        None
    }
}

/// The text with every character outside the alphabet replaced by its nearest one: `á` by `a`, `“` by `"`, `·` by `-`.
/// Emoji are left out. Letters of other scripts stay as they are: words matter more than segments.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            _ if septets_of(letter).is_some() => folded.push(letter),
            '‘' | '’' | '´' | '`' => folded.push('\''),
            '“' | '”' | '«' | '»' => folded.push('"'),
            '–' | '—' | '·' | '•' | '−' => folded.push('-'),
            '…' => folded.push_str("..."),
            '\u{a0}' | '\u{202f}' | '\t' => folded.push(' '),
            _ if is_emoji(letter) => {}
            _ => match letter.nfkd().next() {
                Some(base) if septets_of(base).is_some() => folded.push(base),
                _ => folded.push(letter),
            },
        }
    }
    folded
}

const fn is_emoji(letter: char) -> bool {
    matches!(letter, '\u{200d}' | '\u{2190}'..='\u{2bff}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_has_128_places_but_escape_and_ten_extended() {
        assert_eq!(BASIC.chars().count(), 127);
        assert_eq!(EXTENDED.chars().count(), 10);
    }

    #[test]
    fn accents_that_cost_ninety_characters_are_folded_and_others_kept() {
        assert_eq!(
            fold("Aquí está la señal · sí…"),
            "Aqui esta la señal - si..."
        );
        assert_eq!(fold("⚠️ café “Ñandú”"), " café \"Ñandu\"");
        assert_eq!(septets(&fold("El Burrito Mercado, Cesár Chávez")), Some(32));
    }

    #[test]
    fn what_cannot_be_folded_stays_and_has_no_septets() {
        assert_eq!(fold("ኢትዮጵያ"), "ኢትዮጵያ");
        assert_eq!(septets("ኢ"), None);
        assert_eq!(septets("[1]"), Some(5));
    }
}
