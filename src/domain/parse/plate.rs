//! Number plates and phone numbers: recognised only to be left out.

use crate::domain::{
    parse::tokens::{Token, TokenKind},
    place::phrases::Span,
};

/// The tokens that are, or may be, number plates and phone numbers. Nothing else reads them.
pub(crate) fn plates(tokens: &[Token]) -> Vec<Span> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.is_any(&[
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
        ]) {
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
        if let Some(span) = phone(tokens, at) {
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
