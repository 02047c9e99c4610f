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
#[derive(Debug, Clone, Copy)]
struct Mark {
    label: Label,
    span: Span,
    /// A sign stands behind it: "S:".
    has_sign: bool,
    /// It begins a line, or a part between slashes or commas.
    begins: bool,
    /// A single letter.
    is_letter: bool,
    /// Written large.
    is_large: bool,
    /// "what", "where", "when": flyers are written so too.
    is_asking: bool,
}

/// Cuts a message into fields; empty where it is free text.
pub(crate) fn layout(tokens: &[Token], hits: &Hits) -> Layout {
    let numbered = list_marks(tokens);
    if numbered.len() >= 4 && !has_labels(tokens, hits, &numbered) {
        return cut(tokens, &numbered);
    }
    let mut marks = marks(tokens, hits);
    settle(tokens, hits, &mut marks);
    match chosen(&marks) {
        Some(marks) => cut(tokens, &marks),
        None => in_order(tokens, hits),
    }
}

/// The marks that make a layout, if there are enough of them.
fn chosen(marks: &[Mark]) -> Option<Vec<Mark>> {
    let pick = |keep: &dyn Fn(&Mark) -> bool| -> Vec<Mark> {
        marks.iter().copied().filter(|mark| keep(mark)).collect()
    };
    let signed = pick(&|mark| mark.has_sign);
    let beginning = pick(&|mark| mark.begins && (mark.is_large || !mark.is_letter));
    let large = pick(&|mark| mark.is_large);
    let words = pick(&|mark| !mark.is_letter);
    let is_report = |marks: &[Mark]| {
        marks
            .iter()
            .any(|mark| !mark.is_asking && !matches!(mark.label, Label::Location | Label::Time))
    };
    let least_signed = if signed.iter().all(|mark| !mark.is_letter) {
        2
    } else {
        3
    };
    let is_signed = distinct(&signed) >= least_signed
        && (distinct(&signed) >= 3 || signed.iter().any(|mark| mark.label == Label::Size));
    if is_signed && is_report(&signed) {
        return Some(signed);
    }
    let first = marks.first().is_some_and(|mark| mark.span.from <= 3);
    for candidates in [&large, &words] {
        let count = distinct(candidates);
        let is_once = count == candidates.len();
        if is_once && (is_in_order(candidates) && count >= 4 || count >= 5 && first) {
            return Some(candidates.clone());
        }
    }
    let starts_with_size = beginning
        .first()
        .is_some_and(|mark| mark.label == Label::Size && mark.span.from <= 3);
    let least_beginning = if starts_with_size { 3 } else { 4 };
    if distinct(&beginning) >= least_beginning
        && distinct(&beginning) == beginning.len()
        && is_report(&beginning)
    {
        return Some(beginning);
    }
    let run = in_sequence(marks);
    (!run.is_empty()).then_some(run)
}

/// The longest run of labels in their order, however they are written, from the first size on: "s 1 a parked l …".
fn in_sequence(marks: &[Mark]) -> Vec<Mark> {
    let mut found: Vec<Mark> = Vec::new();
    for mark in marks {
        let is_next = match found.last() {
            None => mark.label == Label::Size && mark.span.from <= 3,
            Some(last) => mark.label > last.label,
        };
        if is_next {
            found.push(*mark);
        }
    }
    if found.len() >= 5 { found } else { Vec::new() }
}

/// The fields between marks.
fn cut(tokens: &[Token], marks: &[Mark]) -> Layout {
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

/// Decides by what stands behind them what ambiguous letters mean: in Spanish "T" is size or time, "U" place or uniform.
fn settle(tokens: &[Token], hits: &Hits, marks: &mut [Mark]) {
    let has = |marks: &[Mark], label: Label| marks.iter().any(|mark| mark.label == label);
    let ends: Vec<usize> = (0..marks.len())
        .map(|n| marks.get(n + 1).map_or(tokens.len(), |next| next.span.from))
        .collect();
    let is_hour_named = marks.iter().any(|mark| {
        mark.label == Label::Time
            && tokens
                .get(mark.span.from)
                .is_some_and(|token| token.is("h"))
    });
    let times = marks
        .iter()
        .filter(|mark| mark.label == Label::Time && mark.is_letter)
        .count();
    if !has(marks, Label::Size) {
        let mut is_found = false;
        for (mark, end) in marks.iter_mut().zip(&ends) {
            let is_t = tokens
                .get(mark.span.from)
                .is_some_and(|token| token.is("t"));
            let is_size =
                is_hour_named || times > 1 || is_counted(tokens, hits, mark.span.to, *end);
            if is_t
                && mark.is_letter
                && !is_found
                && is_size
                && !is_time(tokens, hits, mark.span.to, *end)
            {
                mark.label = Label::Size;
                is_found = true;
            }
        }
    }
    if !has(marks, Label::Location) {
        let units = marks
            .iter()
            .filter(|mark| mark.label == Label::Unit)
            .count();
        for (mark, end) in marks.iter_mut().zip(&ends) {
            let is_u = mark.label == Label::Unit && mark.is_letter;
            if is_u
                && (units > 1 || has_place_words(tokens, mark.span.to, *end))
                && !is_worn(hits, mark.span.to, *end)
            {
                mark.label = Label::Location;
                break;
            }
        }
    }
}

fn is_time(tokens: &[Token], hits: &Hits, from: usize, to: usize) -> bool {
    (from..to).any(|at| {
        tokens.get(at).is_some_and(|token| token.is(":"))
            || hits.from(Category::Time, at).is_some_and(|hit| {
                matches!(&*hit.tag, "am" | "pm" | "now" | "ago" | "minute" | "hour")
            })
    })
}

fn is_counted(tokens: &[Token], hits: &Hits, from: usize, to: usize) -> bool {
    let is_number = (from..to).any(|at| {
        hits.from(Category::Number, at).is_some()
            || tokens.get(at).is_some_and(|token| token.digits > 0)
    });
    let is_noun = (from..to).any(|at| {
        hits.from(Category::Person, at).is_some() || hits.from(Category::Body, at).is_some()
    });
    is_number && is_noun
}

fn is_worn(hits: &Hits, from: usize, to: usize) -> bool {
    (from..to).any(|at| {
        [Category::Uniform, Category::Agency, Category::Unknown]
            .into_iter()
            .any(|category| hits.from(category, at).is_some())
    })
}

fn has_place_words(tokens: &[Token], from: usize, to: usize) -> bool {
    (from..to).any(|at| {
        tokens.get(at).is_some_and(|token| {
            token.digits > 0
                || token.is_any(&[
                    "y", "iyo", "thiab", "&", "and", "con", "esquina", "calle", "ave", "st",
                ])
        })
    })
}

fn distinct(marks: &[Mark]) -> usize {
    let mut labels: Vec<Label> = marks.iter().map(|mark| mark.label).collect();
    labels.sort_unstable();
    labels.dedup();
    labels.len()
}

fn is_in_order(marks: &[Mark]) -> bool {
    marks
        .iter()
        .zip(marks.iter().skip(1))
        .all(|(one, next)| one.label < next.label)
}

const SEPARATORS: [&str; 9] = [":", "/", "=", "-", ")", "]", ".", ";", ">"];

/// So many tokens may stand in brackets between a label and its sign: "Size (how many people):".
const REMARK: usize = 7;

fn marks(tokens: &[Token], hits: &Hits) -> Vec<Mark> {
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
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    if token.glued && before.is_some_and(|before| before.kind == TokenKind::Word) {
        return None;
    }
    let letter = letter(&token.text);
    let (label, to) = match (letter, hits.from(Category::Label, at)) {
        (Some(letter), _) => (letter, at + 1),
        (None, Some(hit)) => (word(&hit.tag)?, hit.span.to),
        (None, None) => return None,
    };
    let to = after_remark(tokens, hits, to, letter.is_some());
    let has_sign = tokens.get(to).is_some_and(|next| next.is_any(&SEPARATORS))
        && is_separator(tokens, at, to, letter.is_some());
    let mut end = to;
    while has_sign && tokens.get(end).is_some_and(|next| next.is_any(&SEPARATORS)) && end < to + 2 {
        end += 1;
    }
    let is_opened = before.is_some_and(|before| before.is_any(&["(", "["]));
    let begins = before.is_none_or(|before| {
        before.kind == TokenKind::Newline
            || before.is_any(&["•", "/", ",", ";", "-", ">", "#"]) && !token.glued
    });
    Some(Mark {
        label,
        span: Span {
            from: if is_opened { at - 1 } else { at },
            to: end,
        },
        has_sign,
        begins,
        is_letter: letter.is_some(),
        is_large: if letter.is_some() {
            token.capitals
        } else {
            token.starts_large
        },
        is_asking: token.is_any(&[
            "what", "where", "when", "who", "que", "donde", "cuando", "quien",
        ]),
    })
}

/// Where a label ends with what explains it: "Uniform/Unit", "Size (how many)".
fn after_remark(tokens: &[Token], hits: &Hits, to: usize, is_letter: bool) -> usize {
    let next = tokens.get(to);
    if next.is_some_and(|next| next.is("/"))
        && !is_letter
        && let Some(hit) = hits.from(Category::Label, to + 1)
    {
        return hit.span.to;
    }
    if next.is_some_and(|next| next.is("("))
        && let Some(close) =
            (to + 1..to + REMARK).find(|at| tokens.get(*at).is_some_and(|token| token.is(")")))
        && tokens
            .get(close + 1)
            .is_some_and(|sign| sign.is_any(&[":", "=", "-"]))
    {
        return close + 1;
    }
    to
}

/// Whether the sign behind a label makes it one: not the hyphen in "e-bike", the slash in "a/c", the dot of a sentence.
fn is_separator(tokens: &[Token], at: usize, to: usize, is_letter: bool) -> bool {
    let Some(sign) = tokens.get(to) else {
        return false;
    };
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    let opens = before.is_none_or(|before| {
        before.kind == TokenKind::Newline
            || before.kind == TokenKind::Sign && !before.is("/")
            || !tokens.get(at).is_some_and(|token| token.glued)
    });
    let begins_line = before.is_none_or(|before| {
        before.kind == TokenKind::Newline || before.is_any(&[",", ";", "•", "/", "-"])
    });
    let is_free_after = tokens.get(to + 1).is_some_and(|next| !next.glued);
    match sign.text.as_str() {
        ":" | "=" => opens,
        ";" | ">" | "." => opens && begins_line && (is_letter || is_free_after),
        ")" | "]" => {
            before.is_some_and(|before| before.is_any(&["(", "["])) || begins_line && is_letter
        }
        "-" => {
            let is_capital = is_letter
                && tokens
                    .get(at)
                    .is_some_and(|token| token.capitals && !token.glued);
            opens && (begins_line || is_capital || is_free_after)
        }
        "/" => opens && (is_letter || is_free_after) && sign.glued,
        _ => false,
    }
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

/// "1) five 2) traffic stop …", "(1) … (2) …" or "a) … b) …": the fields in their order.
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
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let begins_line = before.is_none_or(|before| before.kind == TokenKind::Newline);
        let is_opened = before.is_some_and(|before| before.is("("));
        let is_closed = tokens.get(at + 1).is_some_and(|next| {
            next.glued && (next.is_any(&[")", "."]) || begins_line && next.is_any(&[":", "-", "•"]))
        }) && (!is_opened || tokens.get(at + 1).is_some_and(|next| next.is(")")));
        // "2.5", "8.15"
        let is_decimal = tokens.get(at + 1).is_some_and(|next| next.is("."))
            && tokens
                .get(at + 2)
                .is_some_and(|next| next.glued && next.digits > 0);
        if is_next && is_closed && !is_decimal {
            marks.push(Mark {
                label: *label,
                span: Span {
                    from: if is_opened { at - 1 } else { at },
                    to: at + 2,
                },
                has_sign: true,
                begins: true,
                is_letter: false,
                is_large: false,
                is_asking: false,
            });
        }
    }
    marks
}

/// "1. Size: 4": the words tell, not the numbers. And "1. I'm ok 2. they left" is no report in order.
fn has_labels(tokens: &[Token], hits: &Hits, numbered: &[Mark]) -> bool {
    let named = numbered
        .iter()
        .filter(|mark| hits.from(Category::Label, mark.span.to).is_some())
        .count();
    let begins_with_a_count = numbered.first().is_some_and(|first| {
        (first.span.to..first.span.to + 4).any(|at| {
            tokens.get(at).is_some_and(|token| token.digits > 0)
                || hits.from(Category::Number, at).is_some()
                || hits.from(Category::Person, at).is_some()
                || hits.from(Category::Body, at).is_some()
                || hits.from(Category::Unknown, at).is_some()
        })
    });
    named >= 3 || !begins_with_a_count
}

/// Six values in order without labels: "2 / parked / 33rd & chicago / masks / 8:40a / blk Suburban".
fn in_order(tokens: &[Token], hits: &Hits) -> Layout {
    let header = header(tokens);
    let from = header.map_or(0, |span| span.to);
    for cut_at in [
        Cut::Line,
        Cut::Slash,
        Cut::Glued,
        Cut::Semicolon,
        Cut::Dash,
        Cut::Comma,
    ] {
        let parts = parts(tokens, from, cut_at);
        let is_six = parts.len() == 6 || parts.len() == 5 && header.is_some();
        let is_short = parts.len() == 4
            && header
                .is_some_and(|span| tokens.get(span.from).is_some_and(|token| token.is("salt")));
        let counts = parts.first().is_some_and(|part| {
            part.to - part.from <= 8 && begins_with_a_count(tokens, hits, *part)
        });
        let is_timed = parts
            .get(4)
            .is_some_and(|part| has_time(tokens, hits, *part));
        let is_sure = match cut_at {
            Cut::Line | Cut::Slash | Cut::Semicolon => counts,
            Cut::Glued | Cut::Dash | Cut::Comma => {
                counts && is_timed && (parts.len() == 6 || header.is_some())
            }
        };
        if is_six && is_sure || is_short && counts {
            let labels: &[Label] = if is_short {
                &[Label::Size, Label::Activity, Label::Location, Label::Time]
            } else {
                &ORDER
            };
            return Layout {
                fields: labels.iter().copied().zip(parts).collect(),
                labels: header.into_iter().collect(),
            };
        }
    }
    brackets(tokens)
}

/// "SALUTE:", "S/A/L/U/T/E", "[SALUTE]", "SALUTE report:" at the beginning.
fn header(tokens: &[Token]) -> Option<Span> {
    let first = tokens
        .iter()
        .take(5)
        .position(|token| token.is_any(&["salute", "salt"]));
    let (from, mut to) = if let Some(at) = first {
        (at, at + 1)
    } else {
        let letters = tokens
            .iter()
            .take(12)
            .take_while(|token| letter(&token.text).is_some() || token.is_any(&["/", "-", "."]))
            .count();
        (letters >= 9).then_some((0, letters))?
    };
    while tokens.get(to).is_some_and(|token| {
        token.is_any(&[
            ":", "-", "]", ")", ".", "report", "reporte", "update", "/", "•",
        ]) || token.kind == TokenKind::Newline
    }) {
        to += 1;
    }
    Some(Span { from, to })
}

fn begins_with_a_count(tokens: &[Token], hits: &Hits, part: Span) -> bool {
    (part.from..part.to.min(part.from + 3)).any(|at| {
        tokens
            .get(at)
            .is_some_and(|token| token.number.is_some() && token.digits <= 3)
            || hits.from(Category::Number, at).is_some()
            || hits.from(Category::Unknown, at).is_some()
    })
}

fn has_time(tokens: &[Token], hits: &Hits, part: Span) -> bool {
    (part.from..part.to).any(|at| {
        tokens.get(at).is_some_and(|token| token.digits > 0)
            || hits.from(Category::Time, at).is_some()
            || hits.from(Category::Unknown, at).is_some()
    })
}

/// What parts six values from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Line,
    /// A slash with space before it.
    Slash,
    /// Any slash.
    Glued,
    Semicolon,
    /// A dash with space around it.
    Dash,
    Comma,
}

/// The text cut at one kind of sign.
fn parts(tokens: &[Token], begin: usize, cut_at: Cut) -> Vec<Span> {
    let mut parts = Vec::new();
    let mut from = begin;
    for (at, token) in tokens.iter().enumerate().skip(begin) {
        let is_free_after = tokens.get(at + 1).is_none_or(|next| !next.glued);
        let is_cut = match cut_at {
            Cut::Line => token.kind == TokenKind::Newline,
            Cut::Slash => token.is("/") && !token.glued,
            Cut::Glued => token.is("/"),
            Cut::Semicolon => token.is(";"),
            Cut::Dash => token.is("-") && !token.glued && is_free_after,
            Cut::Comma => token.is(","),
        };
        if is_cut {
            parts.push(Span { from, to: at });
            from = at + 1;
        }
    }
    parts.push(Span {
        from,
        to: tokens.len(),
    });
    parts.retain(|part| {
        tokens.get(part.from..part.to).is_some_and(|words| {
            words
                .iter()
                .any(|token| !token.is_any(&["-", "•", "\n", "."]))
        })
    });
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
