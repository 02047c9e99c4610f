//! Words seen in a city's names and in the lexicons, which decide what may be left out and what means too much.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
    path::Path,
};

use crate::domain::{parse::tokens::folded, place::direction};

/// The first or last words that many streets share.
pub(super) fn street_words(names: &BTreeSet<&str>) -> BTreeSet<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for name in names {
        let key = folded(name);
        let words: Vec<&str> = key
            .split(' ')
            .filter(|word| direction(word).is_none())
            .collect();
        if let ([first, .., last], true) = (words.as_slice(), words.len() > 1) {
            *counts.entry((*first).to_owned()).or_default() += 1;
            *counts.entry((*last).to_owned()).or_default() += 1;
        }
    }
    let many = (names.len() * 3 / 200).max(5);
    counts
        .into_iter()
        .filter(|(word, count)| *count >= many && word.chars().all(char::is_alphabetic))
        .map(|(word, _)| word)
        .collect()
}

/// Every word in the lexicons.
pub(super) fn in_lexicons(dir: &Path) -> HashSet<String> {
    fn take(value: &toml::Value, words: &mut HashSet<String>) {
        match value {
            toml::Value::String(text) => {
                words.extend(folded(text).split(' ').map(str::to_owned));
            }
            toml::Value::Array(list) => list.iter().for_each(|each| take(each, words)),
            toml::Value::Table(table) => table.values().for_each(|each| take(each, words)),
            _ => {}
        }
    }
    let mut words = HashSet::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        if let Ok(table) = text.parse::<toml::Table>() {
            take(&toml::Value::Table(table), &mut words);
        }
    }
    words
}
