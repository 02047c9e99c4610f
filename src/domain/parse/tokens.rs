//! Text → tokens: lower case, without accents and markup, numbers recognised. Everything else here reads tokens.

use std::ops::Range;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Longer messages are read up to here; a report is never that long.
const MOST_TOKENS: usize = 1_200;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters only: `agents`.
    Word,
    /// Digits only: `38`.
    Number,
    /// Digits with an ordinal ending: `38th`.
    Ordinal,
    /// Letters and digits: `rav4`, `8am`, `35w`.
    Mixed,
    /// One sign: `&`.
    Sign,
    /// The end of a line.
    Newline,
}

/// A word, number or sign of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Lower case, no accents, no apostrophes.
    pub text: String,
    /// What it is made of.
    pub kind: TokenKind,
    /// The number it is or begins with.
    pub number: Option<u32>,
    /// Whether it follows the token before without a space.
    pub glued: bool,
    /// Whether it was written in capitals only.
    pub capitals: bool,
    /// Whether it began with a capital.
    pub starts_large: bool,
    /// How many digits it begins with.
    pub digits: usize,
    /// Where it begins in the text, in bytes.
    pub start: usize,
    /// Where it ends in the text, in bytes.
    pub end: usize,
}

impl Token {
    /// Whether the token is this word or sign.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.text == text
    }

    /// Whether the token is one of these words or signs.
    #[must_use]
    pub fn is_any(&self, texts: &[&str]) -> bool {
        texts.contains(&self.text.as_str())
    }
}

/// Cuts a text into tokens. Never fails; linear in the length of the text.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut word = Spelled::default();
    let mut glued = false;
    for (start, whole) in text.char_indices() {
        if found.len() >= MOST_TOKENS {
            break;
        }
        let end = start + whole.len_utf8();
        decompose_compatible(whole, |c| {
            if is_invisible(c) || !c.is_ascii() && is_combining_mark(c) {
                return;
            }
            if c.is_alphanumeric() {
                word.push(c, start, end);
                return;
            }
            if is_apostrophe(c) && !word.is_empty() {
                return;
            }
            if !word.is_empty() {
                push_word(&mut found, &word, glued);
                word.clear();
                glued = true;
            }
            if c == '\n' || c == '\r' {
                push_sign(&mut found, "\n", TokenKind::Newline, false, start..end);
                glued = false;
            } else if c.is_whitespace() {
                glued = false;
            } else {
                push_sign(&mut found, sign(c), TokenKind::Sign, glued, start..end);
                glued = true;
            }
        });
    }
    if !word.is_empty() {
        push_word(&mut found, &word, glued);
    }
    found
}

/// A word being read, and where its letters stand in the text.
#[derive(Default)]
struct Spelled {
    letters: String,
    starts: Vec<usize>,
    end: usize,
}

impl Spelled {
    fn push(&mut self, c: char, start: usize, end: usize) {
        self.letters.push(c);
        self.starts.push(start);
        self.end = end;
    }

    fn clear(&mut self) {
        self.letters.clear();
        self.starts.clear();
    }

    const fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// Where a letter begins; after the last one, where the word ends.
    fn start(&self, letter: usize) -> usize {
        self.starts.get(letter).copied().unwrap_or(self.end)
    }
}

/// Markup and zero-width signs are read over: `*S*ize` is `size`.
const fn is_invisible(c: char) -> bool {
    matches!(c, '*' | '`' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ad}')
}

const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2bc}' | '\u{b4}')
}

/// A sign as text; dashes are one, everything without a meaning here is `•`.
fn sign(c: char) -> &'static str {
    match c {
        '-' | '\u{2010}'..='\u{2015}' => "-",
        '&' => "&",
        '+' => "+",
        '/' | '\\' | '|' => "/",
        '@' => "@",
        ',' => ",",
        '.' => ".",
        ':' => ":",
        ';' => ";",
        '(' => "(",
        ')' => ")",
        '[' => "[",
        ']' => "]",
        '!' | '\u{a1}' => "!",
        '?' | '\u{bf}' => "?",
        '=' => "=",
        '~' => "~",
        '#' => "#",
        '"' | '\u{201c}' | '\u{201d}' | '\'' | '\u{2018}' | '\u{2019}' => "\"",
        '>' => ">",
        '$' => "$",
        '%' => "%",
        _ => "•",
    }
}

fn push_sign(
    found: &mut Vec<Token>,
    text: &str,
    kind: TokenKind,
    glued: bool,
    range: Range<usize>,
) {
    found.push(Token {
        text: text.to_owned(),
        kind,
        number: None,
        glued,
        capitals: false,
        starts_large: false,
        digits: 0,
        start: range.start,
        end: range.end,
    });
}

fn push_word(found: &mut Vec<Token>, word: &Spelled, glued: bool) {
    let written = word.letters.as_str();
    let text = written.to_lowercase();
    let capitals =
        written.chars().any(char::is_uppercase) && !written.chars().any(char::is_lowercase);
    let starts_large = written.chars().next().is_some_and(char::is_uppercase);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (head, tail) = text.split_at(digits);
    let number = head.parse().ok();
    let whole = word.start(0)..word.end;
    let token = |text: &str, kind, number, glued, digits, range: Range<usize>| Token {
        text: text.to_owned(),
        kind,
        number,
        glued,
        capitals,
        starts_large,
        digits,
        start: range.start,
        end: range.end,
    };
    if let Some(number) = labelled(written) {
        // "S2": a label and its value
        let cut = word.start(1);
        let label = text.get(..1).unwrap_or_default();
        let value = number.parse().ok();
        let kind = TokenKind::Number;
        found.push(token(
            label,
            TokenKind::Word,
            None,
            glued,
            0,
            whole.start..cut,
        ));
        found.push(token(
            number,
            kind,
            value,
            true,
            number.len(),
            cut..whole.end,
        ));
    } else if digits == 0 {
        let kind = if text.chars().any(|c| c.is_ascii_digit()) {
            TokenKind::Mixed
        } else {
            TokenKind::Word
        };
        found.push(token(&text, kind, None, glued, 0, whole));
    } else if tail.is_empty() {
        let kind = TokenKind::Number;
        found.push(token(&text, kind, number, glued, digits, whole));
    } else if is_ordinal_ending(tail) && digits <= 3 {
        let kind = TokenKind::Ordinal;
        found.push(token(&text, kind, number, glued, digits, whole));
    } else if tail.len() >= 3 && tail.chars().all(char::is_alphabetic) {
        // "3guys", "20ish", "10min"
        let cut = word.start(digits);
        let kind = TokenKind::Number;
        found.push(token(head, kind, number, glued, digits, whole.start..cut));
        found.push(token(tail, TokenKind::Word, None, true, 0, cut..whole.end));
    } else {
        let kind = TokenKind::Mixed;
        found.push(token(&text, kind, number, glued, digits, whole));
    }
}

/// "38th", with the slips of quick thumbs; Spanish "38va", Somali "38aad".
fn is_ordinal_ending(tail: &str) -> bool {
    matches!(
        tail,
        "st" | "nd"
            | "rd"
            | "th"
            | "ht"
            | "tg"
            | "rth"
            | "tth"
            | "thh"
            | "va"
            | "ra"
            | "da"
            | "ta"
            | "ma"
            | "na"
            | "ava"
            | "aad"
            | "ths"
    )
}

/// The digits behind a capital S or T that is glued to them.
fn labelled(word: &str) -> Option<&str> {
    let digits = word.strip_prefix(['S', 'T'])?;
    let is_number =
        !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && (word.starts_with('S') && digits.len() <= 2 || digits.len() >= 3))
        .then_some(digits)
}

/// A name as its tokens in one line, for comparing names.
#[must_use]
pub fn folded(text: &str) -> String {
    let words: Vec<String> = tokens(text)
        .into_iter()
        .filter(|token| {
            !matches!(token.kind, TokenKind::Sign | TokenKind::Newline) || token.is("&")
        })
        .map(|token| token.text)
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let texts: Vec<String> = tokens(text).into_iter().map(|token| token.text).collect();
        assert_eq!(texts.join(" "), expect, "{text:?}");
    }

    #[test]
    fn words_numbers_and_signs_are_told_apart() {
        check("38th & Chi, 3-4 agents", "38th & chi , 3 - 4 agents");
        check("*S*ize: 2", "size : 2");
        check("**Size:** 8\u{2013}10", "size : 8 - 10");
        check("they're ¿dónde?", "theyre ? donde ?");
        check("3guys 20ish 8am rav4 35W", "3 guys 20 ish 8am rav4 35w");
        check("a\nb", "a \n b");
    }

    #[test]
    fn a_token_knows_where_it_stands_in_the_text() {
        let text = "Est\u{e1}n en 38th\u{2019}s & \u{ff13}\u{ff18}guys \u{1f6a8} *Lake*";
        let shown: Vec<&str> = tokens(text)
            .iter()
            .map(|token| &text[token.start..token.end])
            .collect();
        assert_eq!(
            shown,
            [
                "Est\u{e1}n",
                "en",
                "38th\u{2019}s",
                "&",
                "\u{ff13}\u{ff18}",
                "guys",
                "\u{1f6a8}",
                "Lake"
            ]
        );
    }

    #[test]
    fn a_flood_of_words_is_cut() {
        assert!(tokens(&"a ".repeat(100_000)).len() <= MOST_TOKENS + 1);
    }
}
