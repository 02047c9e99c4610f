//! Names as people really spell them: slips of the keyboard, by ear, and cut short. Never numbers.

use std::collections::{BTreeSet, HashMap};

use crate::domain::slips;

/// How a name was misspelled, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Slip {
    /// As it should be.
    None,
    /// One or two letters off: `Bloomignton`.
    Typo,
    /// Written as it sounds: `Nikolet`.
    Sound,
    /// Cut short: `Frnklin`, `Henn`.
    Short,
}

#[derive(Debug, Clone)]
struct Known {
    name: String,
    length: usize,
    letters: u32,
}

/// The single words of which names are made, ready to be found by a wrong spelling.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spelling {
    by_letter: HashMap<char, Vec<Known>>,
    by_sound: HashMap<String, Vec<String>>,
}

/// Shortest name whose spelling is mended.
const SHORTEST: usize = 5;
/// From so many letters on, two slips are overlooked.
const LONG: usize = 8;

impl Spelling {
    pub(crate) fn new(names: impl IntoIterator<Item = String>) -> Self {
        let names: BTreeSet<String> = names
            .into_iter()
            .filter(|name| name.len() >= SHORTEST && name.chars().all(|c| c.is_ascii_alphabetic()))
            .collect();
        let mut spelling = Self::default();
        for name in names {
            if let Some(sound) = sound(&name) {
                let alike = spelling.by_sound.entry(sound).or_default();
                alike.push(name.clone());
            }
            let Some(first) = name.chars().next() else {
                continue;
            };
            spelling.by_letter.entry(first).or_default().push(Known {
                length: name.len(),
                letters: letters(&name),
                name,
            });
        }
        spelling
    }

    /// The names that a word may be, all with the smallest slip that explains it, and none with a greater one than `most`.
    pub(crate) fn like(&self, word: &str, most: Slip) -> (Slip, Vec<&str>) {
        if word.len() < 3 || !word.chars().all(|c| c.is_ascii_alphabetic()) {
            return (Slip::None, Vec::new());
        }
        let same_letter = word
            .chars()
            .next()
            .and_then(|first| self.by_letter.get(&first))
            .map_or(&[][..], Vec::as_slice);
        let drawn = letters(word);
        let typos: Vec<&str> = same_letter
            .iter()
            .filter(|known| {
                let most = overlooked(known.length);
                known.length.abs_diff(word.len()) <= 2
                    && (known.letters & !drawn).count_ones() <= most
                    && (drawn & !known.letters).count_ones() <= most
                    && is_nearly(&known.name, word)
            })
            .map(|known| known.name.as_str())
            .collect();
        if !typos.is_empty() {
            return (Slip::Typo, typos);
        }
        if most < Slip::Sound {
            return (Slip::None, Vec::new());
        }
        if let Some(alike) = sound(word).and_then(|sound| self.by_sound.get(&sound)) {
            let names = alike
                .iter()
                .filter(|name| name.len().abs_diff(word.len()) <= 3)
                .map(String::as_str)
                .collect::<Vec<_>>();
            if !names.is_empty() {
                return (Slip::Sound, names);
            }
        }
        if most < Slip::Short {
            return (Slip::None, Vec::new());
        }
        let short: Vec<&str> = same_letter
            .iter()
            .filter(|known| is_cut_short(&known.name, word))
            .map(|known| known.name.as_str())
            .collect();
        (Slip::Short, short)
    }
}

/// Same first letter and a slip or two apart, by the length of the name.
pub(crate) fn is_nearly(name: &str, word: &str) -> bool {
    if name.len() < SHORTEST
        || word.len() + 1 < SHORTEST
        || name.chars().next() != word.chars().next()
    {
        return false;
    }
    let most = overlooked(name.len()) as usize;
    slips::are_within(name, word, most)
}

/// How many slips are overlooked in a name.
const fn overlooked(length: usize) -> u32 {
    if length >= LONG { 2 } else { 1 }
}

/// Which letters a word has, as bits.
fn letters(word: &str) -> u32 {
    word.bytes()
        .filter(u8::is_ascii_lowercase)
        .fold(0, |bits, byte| bits | 1 << (byte - b'a'))
}

/// The beginning of a name ("univ"), or its letters without most vowels ("frnklin", "blmngtn").
fn is_cut_short(name: &str, word: &str) -> bool {
    if name.len() < word.len() + 2 {
        return false;
    }
    if name.starts_with(word) {
        return true;
    }
    if word.len() < 4 || name.len() < 6 {
        return false;
    }
    let mut rest = word.chars().peekable();
    let mut before = None;
    let mut lost = 0;
    for c in name.chars() {
        if rest.peek() == Some(&c) {
            rest.next();
        } else if !is_vowel(c) && before != Some(c) {
            lost += 1;
        }
        before = Some(c);
    }
    rest.peek().is_none() && lost <= 1
}

const fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

/// A word by its sound, in a way that English, Spanish and Somali spellings share; `None` if too little is left to tell.
fn sound(word: &str) -> Option<String> {
    if word.len() < SHORTEST {
        return None;
    }
    let letters: Vec<char> = word.chars().collect();
    let mut key = String::with_capacity(word.len());
    let mut at = 0;
    let push = |key: &mut String, c: char| {
        if !key.ends_with(c) {
            key.push(c);
        }
    };
    while let Some(&c) = letters.get(at) {
        let next = letters.get(at + 1).copied();
        at += 1;
        match (c, next) {
            ('c' | 's', Some('h')) => {
                at += 1;
                push(&mut key, 'x');
            }
            ('p', Some('h')) => {
                at += 1;
                push(&mut key, 'f');
            }
            ('t', Some('h')) => {
                at += 1;
                push(&mut key, 't');
            }
            ('c', Some('e' | 'i' | 'y')) | ('s' | 'z', _) => push(&mut key, 's'),
            ('c' | 'k' | 'q', _) => push(&mut key, 'k'),
            ('x', _) => {
                push(&mut key, 'k');
                push(&mut key, 's');
            }
            ('b' | 'v', _) => push(&mut key, 'b'),
            ('h' | 'j' | 'y', Some(_)) if at == 1 => push(&mut key, 'h'),
            ('j', _) => push(&mut key, 'h'),
            ('a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'w' | 'h', _) => push(&mut key, '.'),
            (other, _) => push(&mut key, other),
        }
    }
    let key = key.trim_end_matches('.').to_owned();
    (key.len() >= SHORTEST).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelling() -> Spelling {
        let names = "bloomington nicollet chicago cedar franklin hennepin university hiawatha payne lyndale maryland portland \
            minnehaha lexington snelling riverside pillsbury blaisdell";
        Spelling::new(names.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn names_are_known_however_they_are_spelled() {
        let cases = [
            ("bloomignton", "bloomington"),
            ("bloomintong", "bloomington"),
            ("blumington", "bloomington"),
            ("nicolet", "nicollet"),
            ("nikolet", "nicollet"),
            ("chicgo", "chicago"),
            ("shikaago", "chicago"),
            ("sedar", "cedar"),
            ("ceder", "cedar"),
            ("frnklin", "franklin"),
            ("frankiln", "franklin"),
            ("jenepin", "hennepin"),
            ("henn", "hennepin"),
            ("univ", "university"),
            ("hiawata", "hiawatha"),
            ("minehaha", "minnehaha"),
            ("blmngtn", "bloomington"),
            ("blaisdale", "blaisdell"),
        ];
        for (word, name) in cases {
            assert_eq!(spelling().like(word, Slip::Short).1, [name], "{word}");
        }
    }

    #[test]
    fn other_words_are_left_alone() {
        for word in [
            "paint", "agents", "black", "minutes", "children", "12", "line",
        ] {
            assert!(
                spelling().like(word, Slip::Short).1.is_empty(),
                "{word}: {:?}",
                spelling().like(word, Slip::Short)
            );
        }
    }
}
