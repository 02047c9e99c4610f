//! Words to and from Signal's text: plain, with a list of which parts look how, counted in UTF-16 units.

use crate::{
    domain::words::Words,
    platforms::{
        own_words::own_words,
        signal::wire::{Mention, Span, Style, Uuid},
    },
};

/// Stands in a text where somebody is named.
const PLACEHOLDER: char = '\u{fffc}';

/// What somebody wrote in their own words: without quoted lines, without code, without the people they name.
///
/// If it begins by naming `me`, the rest has `!` in front, so that the command parser sees it as addressed to the bot.
/// What a message quotes comes beside its text and is never part of it. Signal does not mark what is forwarded.
#[must_use]
pub fn own(text: &str, mentions: &[Mention], styles: &[Style], me: Uuid) -> String {
    let mut holes: Vec<Span> = mentions.iter().map(|mention| mention.span).collect();
    let code = styles.iter().filter(|style| style.is_monospace);
    holes.extend(code.map(|style| style.span));
    let kept = without(text, holes);
    let words = own_words(&kept);
    if is_named_first(text, mentions, me) {
        let rest = words.trim_start_matches([':', ',']).trim_start();
        return format!("!{rest}");
    }
    words
}

/// The text without the parts in `holes` and without placeholders. Words on both sides of a hole stay apart.
fn without(text: &str, mut holes: Vec<Span>) -> String {
    holes.sort_unstable_by_key(|hole| hole.start);
    let mut holes = holes.into_iter().peekable();
    let mut kept = String::with_capacity(text.len());
    let mut at = 0_usize;
    // Where the holes that were begun so far end.
    let mut hole_ends = 0_usize;
    let mut is_apart = true;
    for c in text.chars() {
        while let Some(hole) = holes.next_if(|hole| hole.start <= at) {
            hole_ends = hole_ends.max(hole.start.saturating_add(hole.length));
        }
        if at < hole_ends || c == PLACEHOLDER {
            is_apart = false;
        } else {
            let is_joined = c.is_alphanumeric() && kept.ends_with(char::is_alphanumeric);
            if !is_apart && is_joined {
                kept.push(' ');
            }
            is_apart = true;
            kept.push(c);
        }
        at += c.len_utf16();
    }
    kept
}

/// Whether nothing but blanks stands before the first place where `me` is named.
fn is_named_first(text: &str, mentions: &[Mention], me: Uuid) -> bool {
    let mine = mentions.iter().filter(|mention| mention.who == Some(me));
    let Some(first) = mine.map(|mention| mention.span.start).min() else {
        return false;
    };
    let mut at = 0;
    for c in text.chars() {
        if at >= first {
            return at == first;
        }
        if !c.is_whitespace() {
            return false;
        }
        at += c.len_utf16();
    }
    false
}

/// The words as a message's text, and its strong parts as signal-cli wants them: `start:length:BOLD`.
#[must_use]
pub fn spoken(words: &Words) -> (String, Vec<String>) {
    let mut text = String::new();
    let mut styles = Vec::new();
    let mut at = 0;
    for (part, is_strong) in words.spans() {
        let length: usize = part.encode_utf16().count();
        if is_strong {
            styles.push(format!("{at}:{length}:BOLD"));
        }
        at += length;
        text.push_str(part);
    }
    (text, styles)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(digit: &str) -> Uuid {
        Uuid::read(&format!("{}-6220-48ef-8ee9-a6073d08c973", digit.repeat(8))).unwrap()
    }

    fn names(digit: &str, start: usize) -> Mention {
        Mention {
            who: Some(person(digit)),
            span: Span { start, length: 1 },
        }
    }

    fn code(start: usize, length: usize) -> Style {
        Style {
            is_monospace: true,
            span: Span { start, length },
        }
    }

    const ME: &str = "1";
    const ANA: &str = "2";

    #[test]
    fn people_are_not_taken_along_and_the_bot_is_addressed() {
        for (text, mentions, words) in [
            ("4 agents at Lake", vec![], "4 agents at Lake"),
            ("\u{fffc} see this", vec![names(ME, 0)], "!see this"),
            ("  \u{fffc}: ok k7", vec![names(ME, 2)], "!ok k7"),
            ("\u{fffc}", vec![names(ME, 0)], "!"),
            ("hello \u{fffc} ok", vec![names(ME, 6)], "hello  ok"),
            ("\u{fffc} ok k7", vec![names(ANA, 0)], "ok k7"),
            ("with\u{fffc}Ana", vec![names(ANA, 4)], "with Ana"),
            (
                "\u{fffc}\u{fffc} ok",
                vec![names(ANA, 0), names(ME, 1)],
                "ok",
            ),
            ("🚨 \u{fffc} ok", vec![names(ANA, 3)], "🚨  ok"),
            ("🚨\u{fffc} ok", vec![names(ANA, 1)], "🚨 ok"),
            ("\u{fffc} nobody is named", vec![], "nobody is named"),
            ("ok", vec![names(ME, 7)], "ok"),
            ("ok", vec![names(ME, usize::MAX)], "ok"),
            ("", vec![names(ME, 0)], ""),
            ("\u{fffc} > quoted\nmine", vec![names(ME, 0)], "!mine"),
        ] {
            assert_eq!(own(text, &mentions, &[], person(ME)), words, "{text:?}");
        }
    }

    #[test]
    fn quotes_and_code_are_not_somebodys_own_words() {
        for (text, styles, words) in [
            ("> ok k7\nno", vec![], "no"),
            ("a ```ok k7``` b", vec![], "a  b"),
            ("say ok k7 please", vec![code(4, 5)], "say  please"),
            ("ok k7", vec![code(0, 5)], ""),
            ("ok k7", vec![code(0, usize::MAX)], ""),
            ("ok k7", vec![code(1, usize::MAX), code(0, 1)], ""),
            ("🚨🚨ok", vec![code(0, 4)], "ok"),
        ] {
            assert_eq!(own(text, &[], &styles, person(ME)), words, "{text:?}");
        }
    }

    #[test]
    fn strong_words_are_counted_in_utf_16() {
        for (marked, text, styles) in [
            ("plain", "plain", vec![]),
            ("**Report**: 4", "Report: 4", vec!["0:6:BOLD"]),
            (
                "🚨 **ICE** á **k7**",
                "🚨 ICE á k7",
                vec!["3:3:BOLD", "9:2:BOLD"],
            ),
            ("", "", vec![]),
        ] {
            let (said, bold) = spoken(&Words::from_marked(marked));
            assert_eq!(
                (said.as_str(), bold),
                (text, styles.iter().map(|s| (*s).to_owned()).collect())
            );
        }
    }
}
