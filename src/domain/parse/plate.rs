//! Number plates and phone numbers: recognised only to be left out.

use std::borrow::Cow;

use crate::domain::{
    parse::tokens::{Token, TokenKind, tokens},
    place::phrases::Span,
};

/// The tokens that are, or may be, number plates and phone numbers. Nothing else reads them.
pub(crate) fn plates(tokens: &[Token]) -> Vec<Span> {
    let mut found = only_plates(tokens);
    found.extend((0..tokens.len()).filter_map(|at| phone(tokens, at)));
    found
}

/// What stands for what was written on a plate.
const MASK: &str = "•••";

/// Whether a number plate is written in a text.
#[must_use]
pub fn has_plate(text: &str) -> bool {
    !written(&tokens(text)).is_empty()
}

/// The text without what is written on number plates: `plate MN •••`. The state's letters stay, they are on thousands of cars.
/// Whatever passes on words of people asks this first.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    let tokens = tokens(text);
    let mut spans: Vec<(usize, usize)> = written(&tokens)
        .into_iter()
        .filter_map(|span| {
            let last = tokens.get(span.to.checked_sub(1)?)?;
            Some((tokens.get(span.from)?.start, last.end))
        })
        .collect();
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    spans.sort_unstable();
    let mut said = String::with_capacity(text.len());
    let mut at = 0;
    for (from, to) in spans {
        if from >= at {
            said.push_str(text.get(at..from).unwrap_or_default());
            said.push_str(MASK);
        }
        at = at.max(to);
    }
    said.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(said)
}

/// The words that announce a plate.
fn is_cue(token: &Token) -> bool {
    token.is_any(&[
        "plate",
        "plates",
        "pl8",
        "plt",
        "lic",
        "license",
        "licence",
        "placa",
        "placas",
        "tag",
        "tags",
        "taarikada",
        "taarikadda",
        "taarikaha",
        "lambarka",
        "lambarkiisu",
        "matricula",
        "tablilla",
        "daim",
        "paib",
        "nplej",
    ])
}

/// The plates that are written, also in small letters behind a word that announces them. What only looks like one there may be
/// part of a place, so that reading does without these.
fn written(tokens: &[Token]) -> Vec<Span> {
    let mut found = only_plates(tokens);
    found.retain(|span| phone(tokens, span.from).is_none());
    for (at, _) in tokens.iter().enumerate().filter(|(_, token)| is_cue(token)) {
        let pair = (at + 1..at + 1 + ANNOUNCED).find_map(|from| in_small_letters(tokens, from));
        found.extend(pair);
    }
    found
}

/// How far behind the word that announces it a plate in small letters may stand.
const ANNOUNCED: usize = 5;

/// `abc 123`, `123-abc`, `abc1234`.
fn in_small_letters(tokens: &[Token], at: usize) -> Option<Span> {
    let first = tokens.get(at)?;
    if first.kind == TokenKind::Mixed && (5..=8).contains(&first.text.len()) {
        return Some(Span {
            from: at,
            to: at + 1,
        });
    }
    let hyphen = usize::from(tokens.get(at + 1).is_some_and(|token| token.is("-")));
    let second = tokens.get(at + 1 + hyphen)?;
    let letters = |token: &Token| {
        token.kind == TokenKind::Word
            && token.text.len() == 3
            && !token.is_any(&[
                "the", "and", "for", "was", "has", "off", "not", "are", "was", "por", "con", "del",
                "iyo",
            ])
    };
    let digits = |token: &Token| token.kind == TokenKind::Number && (3..=4).contains(&token.digits);
    let fits = letters(first) && digits(second) || digits(first) && letters(second);
    fits.then_some(Span {
        from: at,
        to: at + 2 + hyphen,
    })
}

fn only_plates(tokens: &[Token]) -> Vec<Span> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if is_cue(token) {
            found.extend(behind_cue(tokens, at + 1));
        }
        if is_plate_alone(tokens, at) {
            found.push(Span {
                from: at,
                to: at + 1,
            });
        }
        if let Some(span) = letters_and_digits(tokens, at) {
            found.push(span);
        }
    }
    found
}

/// Up to four tokens behind "plate" that look like parts of one.
fn behind_cue(tokens: &[Token], from: usize) -> Option<Span> {
    let mut at = from;
    while tokens.get(at).is_some_and(|token| {
        token.is_any(&[
            "#", ":", "-", "is", "no", "number", "mn", "wi", "il", "tx", "was", "starts", "with",
            "de", "it", "its", ",",
        ])
    }) && at < from + 4
    {
        at += 1;
    }
    let begin = at;
    while at < begin + 4
        && tokens
            .get(at)
            .is_some_and(|token| is_part(token) || token.is("-") && token.glued)
    {
        at += 1;
    }
    let has_digits = tokens.get(begin..at).is_some_and(|parts| {
        parts
            .iter()
            .any(|part| part.digits > 0 || part.kind == TokenKind::Mixed)
    });
    (at > begin && has_digits).then_some(Span {
        from: begin,
        to: at,
    })
}

/// A piece of a plate: capitals or digits, two to four of them, or both mixed.
fn is_part(token: &Token) -> bool {
    match token.kind {
        TokenKind::Number => (2..=4).contains(&token.digits),
        TokenKind::Word => token.capitals && (2..=4).contains(&token.text.len()),
        TokenKind::Mixed => (3..=8).contains(&token.text.len()),
        _ => false,
    }
}

/// `ABC123` in capitals.
fn is_plate_alone(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| {
        let digits = token.text.bytes().filter(u8::is_ascii_digit).count();
        token.kind == TokenKind::Mixed
            && token.capitals
            && (5..=8).contains(&token.text.len())
            && digits >= 2
            && token.text.len() - digits >= 2
    })
}

/// `ABC 123`, `ABC-123`, `123 ABC` in capitals.
fn letters_and_digits(tokens: &[Token], at: usize) -> Option<Span> {
    let first = tokens.get(at)?;
    let hyphen = usize::from(tokens.get(at + 1).is_some_and(|token| token.is("-")));
    let second = tokens.get(at + 1 + hyphen)?;
    let letters =
        |token: &Token| token.kind == TokenKind::Word && token.capitals && token.text.len() == 3;
    let digits = |token: &Token| token.kind == TokenKind::Number && token.digits == 3;
    let known = |token: &Token| {
        token.is_any(&[
            "ice", "cbp", "hsi", "ero", "dhs", "fbi", "atf", "mpd", "suv",
        ])
    };
    let fits = letters(first) && !known(first) && digits(second)
        || digits(first) && letters(second) && !known(second);
    fits.then_some(Span {
        from: at,
        to: at + 2 + hyphen,
    })
}

/// `612-555-0143` and the like.
pub(crate) fn phone(tokens: &[Token], at: usize) -> Option<Span> {
    let group = |at: usize, digits: usize| {
        tokens
            .get(at)
            .is_some_and(|token| token.kind == TokenKind::Number && token.digits == digits)
    };
    let gap = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|token| token.is_any(&["-", ".", ")", "/"]))
    };
    if group(at, 10) || group(at, 11) || group(at, 7) {
        return Some(Span {
            from: at,
            to: at + 1,
        });
    }
    let mut next = at;
    for digits in [3, 3] {
        if !group(next, digits) {
            return None;
        }
        next += 1;
        while gap(next) && next < at + 6 {
            next += 1;
        }
    }
    group(next, 4).then_some(Span {
        from: at,
        to: next + 1,
    })
}
