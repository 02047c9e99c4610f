//! Which language a message is written in: by the everyday words of each lexicon, and by how unknown words are spelled.
//!
//! A short text that shows nothing has no language; the caller falls back to the person's or the room's.

use crate::domain::parse::{
    lexicon::{Category, LANGUAGES, Vocabulary},
    tokens::{Token, TokenKind},
};

/// The languages of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Spoken {
    /// The language it is written in, as a place in [`LANGUAGES`].
    pub main: Option<usize>,
    /// The languages whose words it uses enough to be read in them: people mix.
    pub mixed: [bool; LANGUAGES.len()],
}

const SPANISH: usize = 1;
const SOMALI: usize = 2;
const HMONG: usize = 3;

/// What one known word weighs; a word shared by languages is shared out.
const WORD: u32 = 60;
/// What the words of a language weigh, in tenths: the fewer others use them, the more.
const SPRINKLED: [u32; LANGUAGES.len()] = [10, 13, 20, 20];
/// What one word weighs that is only spelled like a language.
const SPELLED: u32 = 40;
/// Below this nothing is known of the language.
const LEAST: u32 = 60;
/// From here a second language is read too.
const MIXED: u32 = 110;

impl Vocabulary {
    /// The languages of a message.
    pub(crate) fn spoken(&self, tokens: &[Token]) -> Spoken {
        let mut weights = [0_u32; LANGUAGES.len()];
        for (at, token) in tokens.iter().enumerate() {
            if token.kind != TokenKind::Word {
                continue;
            }
            let mut knows = [false; LANGUAGES.len()];
            for (_, entry) in self.at(tokens, at) {
                if entry.category == Category::Common
                    && let Some(knows) = knows.get_mut(entry.language)
                {
                    *knows = true;
                }
            }
            let many = u32::try_from(knows.iter().filter(|knows| **knows).count()).unwrap_or(1);
            let (each, hold) = WORD.checked_div(many).map_or_else(
                || (SPELLED, spelled(&token.text).map_or([false; 4], only)),
                |each| (each, knows),
            );
            for (weight, _) in weights.iter_mut().zip(hold).filter(|(_, holds)| *holds) {
                *weight += each;
            }
        }
        let mut mixed = weights.map(|weight| weight >= MIXED);
        // English words are sprinkled into every other language, hardly the other way round.
        for (weight, tenths) in weights.iter_mut().zip(SPRINKLED) {
            *weight = *weight * tenths / 10;
        }
        let most = weights.iter().max().copied().unwrap_or(0);
        let main = (most >= LEAST)
            .then(|| weights.iter().rposition(|weight| *weight == most))
            .flatten();
        if let Some(mixed) = main.and_then(|main| mixed.get_mut(main)) {
            *mixed = true;
        }
        Spoken { main, mixed }
    }
}

fn only(language: usize) -> [bool; LANGUAGES.len()] {
    let mut hold = [false; LANGUAGES.len()];
    if let Some(hold) = hold.get_mut(language) {
        *hold = true;
    }
    hold
}

/// The language a word that no list knows is spelled like.
fn spelled(word: &str) -> Option<usize> {
    if !word.is_ascii() || word.len() < 3 {
        return None;
    }
    if is_hmong(word) {
        Some(HMONG)
    } else if is_somali(word) {
        Some(SOMALI)
    } else if is_spanish(word) {
        Some(SPANISH)
    } else {
        None
    }
}

/// One syllable: consonants no other language begins with, vowels, and the tone as a last letter.
fn is_hmong(word: &str) -> bool {
    const STARTS: [&str; 30] = [
        "nts", "ntx", "nph", "npl", "nrh", "nch", "nkh", "nth", "nqh", "tsh", "txh", "hml", "hny",
        "hn", "hm", "hl", "nt", "nk", "nq", "nr", "np", "nc", "ny", "ts", "tx", "dh", "kh", "qh",
        "xy", "rh",
    ];
    let Some(body) = word.strip_suffix(['b', 'j', 'v', 's', 'g', 'm', 'd']) else {
        return false;
    };
    let Some(start) = STARTS.iter().find(|start| body.starts_with(**start)) else {
        return false;
    };
    let vowels = body.get(start.len()..).unwrap_or_default();
    matches!(
        vowels,
        "a" | "e" | "i" | "o" | "u" | "w" | "ai" | "au" | "aw" | "ee" | "ia" | "oo" | "ua"
    )
}

/// Long vowels are written double, and `x` and `q` stand anywhere.
fn is_somali(word: &str) -> bool {
    let bytes = word.as_bytes();
    let long = ["aa", "ii", "uu"].iter().any(|vowel| word.contains(vowel));
    let throat = bytes
        .windows(2)
        .any(|pair| matches!(pair, b"xa" | b"xi" | b"xu" | b"qa" | b"qo" | b"dh" | b"qi"));
    let ends = [
        "ka", "ta", "ga", "da", "yo", "ay", "een", "aan", "ayaa", "ku", "tii", "kii", "nimo",
    ]
    .iter()
    .any(|end| word.ends_with(end));
    long && (throat || ends || word.ends_with(['a', 'y', 'o'])) || throat && ends && word.len() > 4
}

/// Endings of verbs and nouns.
fn is_spanish(word: &str) -> bool {
    const ENDS: [&str; 22] = [
        "ando", "iendo", "aron", "ieron", "cion", "ciones", "mente", "ados", "adas", "idos", "ito",
        "itos", "ita", "itas", "ero", "eros", "amos", "emos", "aban", "adora", "dades", "arle",
    ];
    word.len() > 5 && ENDS.iter().any(|end| word.ends_with(end))
}

#[cfg(test)]
mod tests {
    use crate::domain::parse::tests::read;

    fn check(language: Option<&str>, texts: &[&str]) {
        for text in texts {
            assert_eq!(read(text).language, language, "{text}");
        }
    }

    #[test]
    fn the_language_is_told_by_everyday_words() {
        check(
            Some("en"),
            &[
                "they are outside the laundromat",
                "anyone know what is going on",
                "ICE at the gas station, be careful out there",
            ],
        );
        check(
            Some("es"),
            &[
                "hay dos camionetas afuera de la tienda",
                "ya se fueron gracias a dios",
                "alguien sabe que pasa en la escuela",
                "MIGRA EN LA LAKE Y CEDAR",
            ],
        );
        check(
            Some("so"),
            &[
                "waxaan arkay laba gaari oo madow",
                "way tageen hadda",
                "qof ma og yahay waxa socda",
                "albaabka ayay garaacayaan",
            ],
        );
        check(
            Some("hmn"),
            &[
                "kuv pom ob lub tsheb dub",
                "lawv mus lawm",
                "puas muaj leej twg paub",
            ],
        );
    }

    #[test]
    fn mixed_messages_have_the_language_of_most_of_their_words() {
        check(
            Some("es"),
            &[
                "cuidado vecinos, hay unmarked cars en la esquina",
                "Size: como 4 / Activity: tocando puertas / Location: Lake y Cedar",
            ],
        );
        check(
            Some("so"),
            &["waxaan arkay 3 agents oo wata masks Cedar iyo Franklin bus stop"],
        );
        check(
            Some("hmn"),
            &["kuv pom 2 black SUVs nres ntawm Maryland thiab White Bear"],
        );
    }

    #[test]
    fn a_text_that_shows_nothing_has_no_language() {
        check(
            None,
            &["", "38th & Chicago", "👍", "ICE", "K7", "612-555-0143"],
        );
    }
}
