//! Labelled layouts: "S: 4 A: knocking …", by word, letter or number, in any order, on one line or many; and the six
//! values in their order without labels.

use crate::domain::{
    parse::{
        lexicon::{Category, Hits},
        tokens::{Token, TokenKind},
    },
    place::phrases::Span,
};

/// The six fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Label {
    Size,
    Activity,
    Location,
    Unit,
    Time,
    Equipment,
}

const ORDER: [Label; 6] = [
    Label::Size,
    Label::Activity,
    Label::Location,
    Label::Unit,
    Label::Time,
    Label::Equipment,
];

/// A message cut into fields.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    /// Each field with the tokens of its value.
    pub fields: Vec<(Label, Span)>,
    /// The tokens of the labels, which mean nothing else.
    pub labels: Vec<Span>,
}

impl Layout {
    /// The value of a field.
    pub(crate) fn field(&self, label: Label) -> Option<Span> {
        self.fields
            .iter()
            .find(|(known, _)| *known == label)
            .map(|(_, span)| *span)
    }

    /// Whether the message is laid out in fields.
    pub(crate) const fn is_used(&self) -> bool {
        !self.fields.is_empty()
    }
}

/// A label in the text, and how sure its writing makes us.
struct Mark {
    label: Label,
    span: Span,
    has_sign: bool,
}

/// Cuts a message into fields; empty where it is free text.
pub(crate) fn layout(tokens: &[Token], hits: &Hits) -> Layout {
    let mut marks = marks(tokens, hits);
    if is_spanish_letters(tokens, &marks) {
        for mark in &mut marks {
            if mark.label == Label::Time
                && tokens
                    .get(mark.span.from)
                    .is_some_and(|token| token.is("t"))
            {
                mark.label = Label::Size;
            }
        }
    }
    let units = marks
        .iter()
        .filter(|mark| mark.label == Label::Unit)
        .count();
    if units == 2
        && !marks.iter().any(|mark| mark.label == Label::Location)
        && let Some(first) = marks.iter_mut().find(|mark| mark.label == Label::Unit)
    {
        first.label = Label::Location;
    }
    let signed = distinct(marks.iter().filter(|mark| mark.has_sign));
    if signed >= 3 {
        marks.retain(|mark| mark.has_sign);
    } else if !is_in_order(&marks) {
        return in_order(tokens);
    }
    let mut layout = Layout::default();
    for (n, mark) in marks.iter().enumerate() {
        let to = marks.get(n + 1).map_or(tokens.len(), |next| next.span.from);
        if layout.field(mark.label).is_none() {
            layout.fields.push((
                mark.label,
                Span {
                    from: mark.span.to,
                    to,
                },
            ));
        }
        layout.labels.push(mark.span);
    }
    layout
}

fn distinct<'a>(marks: impl Iterator<Item = &'a Mark>) -> usize {
    let mut labels: Vec<Label> = marks.map(|mark| mark.label).collect();
    labels.sort_unstable();
    labels.dedup();
    labels.len()
}

/// Labels without signs ("S 4 A knocking …") must come in their order, at least four, each once.
fn is_in_order(marks: &[Mark]) -> bool {
    marks.len() >= 4
        && marks
            .iter()
            .zip(marks.iter().skip(1))
            .all(|(one, next)| one.label < next.label)
}

/// In Spanish "H" is the hour, and "T" then the size.
fn is_spanish_letters(tokens: &[Token], marks: &[Mark]) -> bool {
    marks.iter().any(|mark| {
        mark.label == Label::Time
            && tokens
                .get(mark.span.from)
                .is_some_and(|token| token.is("h"))
    })
}

const SEPARATORS: [&str; 7] = [":", "/", "=", "-", ")", "]", "."];

fn marks(tokens: &[Token], hits: &Hits) -> Vec<Mark> {
    let numbered = list_marks(tokens);
    if numbered.len() >= 4 {
        return numbered;
    }
    let mut marks: Vec<Mark> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match mark(tokens, hits, at) {
            Some(mark) => {
                at = mark.span.to;
                marks.push(mark);
            }
            None => at += 1,
        }
    }
    marks
}

/// The label that begins at a token.
fn mark(tokens: &[Token], hits: &Hits, at: usize) -> Option<Mark> {
    let token = tokens.get(at)?;
    let begins = at == 0
        || tokens
            .get(at - 1)
            .is_some_and(|before| before.kind != TokenKind::Word || !token.glued);
    let letter = letter(&token.text);
    let (label, to) = match (letter, hits.from(Category::Label, at)) {
        (Some(letter), _) => (letter, at + 1),
        (None, Some(hit)) => (word(&hit.tag)?, hit.span.to),
        (None, None) => return None,
    };
    let next = tokens.get(to);
    let has_sign = next.is_some_and(|next| next.is_any(&SEPARATORS))
        && is_separator(tokens, at, to, letter.is_some());
    let is_bare = if letter.is_some() {
        token.capitals
    } else {
        starts_large(tokens, at)
    };
    if !begins || !has_sign && !is_bare {
        return None;
    }
    let mut end = to;
    while has_sign && tokens.get(end).is_some_and(|next| next.is_any(&SEPARATORS)) && end < to + 2 {
        end += 1;
    }
    let from = if at > 0
        && tokens
            .get(at - 1)
            .is_some_and(|before| before.is_any(&["(", "["]))
    {
        at - 1
    } else {
        at
    };
    Some(Mark {
        label,
        span: Span { from, to: end },
        has_sign,
    })
}

/// Whether the sign behind a label makes it one: not the hyphen in "e-bike", the slash in "a/c", the dot of a sentence.
fn is_separator(tokens: &[Token], at: usize, to: usize, is_letter: bool) -> bool {
    let Some(sign) = tokens.get(to) else {
        return false;
    };
    let opens = at == 0
        || tokens.get(at - 1).is_some_and(|before| {
            before.kind == TokenKind::Newline
                || before.kind == TokenKind::Sign && !before.is("/")
                || !tokens.get(at).is_some_and(|token| token.glued)
        });
    match sign.text.as_str() {
        ":" | "=" => opens,
        ")" | "]" => {
            at > 0
                && tokens
                    .get(at - 1)
                    .is_some_and(|before| before.is_any(&["(", "["]))
        }
        "-" => {
            let begins_line = at == 0
                || tokens.get(at - 1).is_some_and(|before| {
                    before.kind == TokenKind::Newline || before.is_any(&[",", ";", "•"])
                });
            let is_capital = is_letter
                && tokens
                    .get(at)
                    .is_some_and(|token| token.capitals && !token.glued);
            opens
                && (begins_line || is_capital || tokens.get(to + 1).is_some_and(|next| !next.glued))
        }
        "/" => {
            opens && (is_letter || tokens.get(to + 1).is_some_and(|next| !next.glued)) && sign.glued
        }
        _ => false,
    }
}

/// Without a sign, a word is a label only if it was written large.
fn starts_large(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.starts_large)
}

fn letter(text: &str) -> Option<Label> {
    Some(match text {
        "s" => Label::Size,
        "a" => Label::Activity,
        "l" => Label::Location,
        "u" => Label::Unit,
        "t" | "h" => Label::Time,
        "e" => Label::Equipment,
        _ => return None,
    })
}

fn word(tag: &str) -> Option<Label> {
    Some(match tag {
        "size" => Label::Size,
        "activity" => Label::Activity,
        "location" => Label::Location,
        "unit" => Label::Unit,
        "time" => Label::Time,
        "equipment" => Label::Equipment,
        _ => return None,
    })
}

/// "1) five 2) traffic stop …" or "a) … b) …": the fields in their order.
fn list_marks(tokens: &[Token]) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Some(label) = ORDER.get(marks.len()) else {
            break;
        };
        let wanted_letter = ["a", "b", "c", "d", "e", "f"].get(marks.len());
        let is_next = token.number == u32::try_from(marks.len() + 1).ok()
            && token.kind == TokenKind::Number
            || wanted_letter.is_some_and(|letter| token.is(letter));
        let is_closed = tokens
            .get(at + 1)
            .is_some_and(|next| next.is_any(&[")", "."]) && next.glued);
        let is_opened = at > 0 && tokens.get(at - 1).is_some_and(|before| before.is("("));
        if is_next && is_closed && !is_opened {
            marks.push(Mark {
                label: *label,
                span: Span {
                    from: at,
                    to: at + 2,
                },
                has_sign: true,
            });
        }
    }
    marks
}

/// Six values in order without labels: "2 / parked / 33rd & chicago / masks / 8:40a / blk Suburban".
fn in_order(tokens: &[Token]) -> Layout {
    let header = tokens
        .iter()
        .take(4)
        .any(|token| token.is_any(&["salute", "salt"]));
    for by_line in [true, false] {
        let mut parts = parts(tokens, by_line);
        let head = parts.first().copied().filter(|part| {
            tokens
                .get(part.from..part.to)
                .is_some_and(|part| part.iter().any(|token| token.is("salute")) && part.len() <= 4)
        });
        if head.is_some() {
            parts.remove(0);
        }
        let fits = parts.len() == 6 || parts.len() == 5 && header;
        if fits && begins_with_a_count(tokens, parts.first().copied()) {
            let fields = ORDER.into_iter().zip(parts).collect();
            return Layout {
                fields,
                labels: head.into_iter().collect(),
            };
        }
    }
    brackets(tokens)
}

fn begins_with_a_count(tokens: &[Token], part: Option<Span>) -> bool {
    let Some(part) = part else { return false };
    let words = tokens.get(part.from..part.to).unwrap_or_default();
    words.len() <= 10
        && words
            .iter()
            .take(4)
            .any(|token| token.number.is_some() || token.kind == TokenKind::Word)
}

/// The text cut at line ends, or at slashes with space around them.
fn parts(tokens: &[Token], by_line: bool) -> Vec<Span> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, token) in tokens.iter().enumerate() {
        let is_cut = if by_line {
            token.kind == TokenKind::Newline
        } else {
            token.is("/") && !token.glued
        };
        if is_cut {
            parts.push(Span { from, to: at });
            from = at + 1;
        }
        if !by_line
            && token.is("]")
            && tokens
                .get(at.wrapping_sub(1))
                .is_some_and(|before| before.is("salute"))
        {
            from = at + 1;
        }
    }
    parts.push(Span {
        from,
        to: tokens.len(),
    });
    if let Some(first) = parts.first_mut()
        && tokens
            .get(first.from)
            .is_some_and(|token| token.is("salute"))
        && first.to > first.from + 1
    {
        first.from += 1;
    }
    parts.retain(|part| part.to > part.from);
    parts
}

/// "[3] [detain] [Victoria & University] [ERO] [11:48] [white Pacifica]".
fn brackets(tokens: &[Token]) -> Layout {
    let mut parts = Vec::new();
    let mut from = None;
    for (at, token) in tokens.iter().enumerate() {
        if token.is("[") {
            from = Some(at + 1);
        } else if token.is("]")
            && let Some(from) = from.take()
        {
            parts.push(Span { from, to: at });
        }
    }
    if parts.len() == 6 {
        Layout {
            fields: ORDER.into_iter().zip(parts).collect(),
            labels: Vec::new(),
        }
    } else {
        Layout::default()
    }
}
