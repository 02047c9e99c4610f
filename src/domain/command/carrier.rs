//! The words that belong to the telephone carriers, and ours beside them.

use super::folded;

/// The words that belong to the telephone carriers, and ours beside them; matched only when they are the whole message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarrierWord {
    /// Nothing more, ever.
    Stop,
    /// Take it back.
    Start,
    /// How does this work?
    Help,
}

/// The carrier word that a whole message is, if it is one (PRODUCT, "Commands"). "STOP this" is not an opt-out.
#[must_use]
pub fn carrier_word(text: &str) -> Option<CarrierWord> {
    let word = bare(text);
    match word.as_str() {
        "stop" | "stopall" | "unsubscribe" | "cancel" | "end" | "quit" | "revoke" | "optout"
        | "alto" | "parar" | "baja" | "salir" | "jooji" => Some(CarrierWord::Stop),
        "start" | "unstop" | "yes" | "inicio" => Some(CarrierWord::Start),
        "help" | "info" | "ayuda" | "caawi" => Some(CarrierWord::Help),
        _ => None,
    }
}

/// Whether a text is a word that the carriers themselves obey, so that their answer to it is on its way: the English ones,
/// alone, in any case (SMS facts: ALTO and the like are ours only).
#[must_use]
pub fn is_carriers_own(text: &str) -> bool {
    const WORDS: [&str; 13] = [
        "STOP",
        "STOPALL",
        "UNSUBSCRIBE",
        "CANCEL",
        "END",
        "QUIT",
        "REVOKE",
        "OPTOUT",
        "START",
        "YES",
        "UNSTOP",
        "HELP",
        "INFO",
    ];
    let word = text.trim();
    WORDS.iter().any(|own| own.eq_ignore_ascii_case(word))
}

/// Whether a whole message is a plain yes, in any of our languages.
#[must_use]
pub fn says_yes(text: &str) -> bool {
    matches!(bare(text).as_str(), "yes" | "si" | "haa" | "yog")
}

/// Whether a whole message is a plain no, in any of our languages.
#[must_use]
pub fn says_no(text: &str) -> bool {
    matches!(bare(text).as_str(), "no" | "maya" | "tsis yog")
}

/// The language that a carrier word of ours is in; the carriers' own are everybody's.
#[must_use]
pub fn language_of_word(text: &str) -> Option<&'static str> {
    match bare(text).as_str() {
        "alto" | "parar" | "baja" | "salir" | "inicio" | "ayuda" => Some("es"),
        "jooji" | "caawi" => Some("so"),
        _ => None,
    }
}

/// One word without case, accents, and what people put before and behind it.
fn bare(text: &str) -> String {
    folded(text.trim())
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_owned()
}
