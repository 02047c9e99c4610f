//! Names of streets on signs anywhere in the world, taken apart into what people say and what they leave out.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    parse::tokens::{TokenKind, folded, tokens},
    place::street::{Runs, Street, street_type},
};

/// How a city writes its streets; from `areas.toml`, where the importer put what it saw in the data.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signs {
    /// Words that say what kind of way it is and may be left out: "street", "calle", "rue".
    pub words: BTreeSet<String>,
    /// Other forms of a last syllable: "katu" is also "kadun", "kadulla".
    pub endings: BTreeMap<String, Vec<String>>,
}

/// What may stand between the kind of way and its name: "rue *de* Rivoli", "avenida *de la* Paz".
const PARTICLES: [&str; 16] = [
    "de", "del", "la", "las", "los", "el", "du", "des", "di", "da", "do", "dos", "das", "dei",
    "della", "d",
];

/// The short form of a direction, where a word is one.
pub(crate) fn direction(word: &str) -> Option<&'static str> {
    Some(match word {
        "n" | "north" => "n",
        "s" | "south" => "s",
        "e" | "east" => "e",
        "w" | "west" => "w",
        "ne" | "northeast" => "ne",
        "nw" | "northwest" => "nw",
        "se" | "southeast" => "se",
        "sw" | "southwest" => "sw",
        _ => return None,
    })
}

/// The words that name a quarter behind a street: "n", "north".
pub(crate) fn quarter_words(quarter: &str) -> Vec<String> {
    const LONG: [&str; 8] = [
        "north",
        "south",
        "east",
        "west",
        "northeast",
        "northwest",
        "southeast",
        "southwest",
    ];
    LONG.iter()
        .filter(|long| direction(long) == Some(quarter))
        .map(|long| (*long).to_owned())
        .chain([quarter.to_owned()])
        .collect()
}

impl Signs {
    fn is_type(&self, word: &str) -> bool {
        self.words.contains(word) || street_type(word).is_some()
    }

    /// A street of this name, and the quarter written behind it where there is one: "26th Avenue *North*".
    pub(crate) fn street(&self, name: &str, section: usize) -> (Street, Option<&'static str>) {
        let shown: Vec<&str> = name.split_whitespace().collect();
        let words: Vec<String> = shown.iter().map(|word| folded(word)).collect();
        let (mut from, mut to) = (0, words.len());
        let word = |at: usize| words.get(at).map_or("", String::as_str);
        let mut side = None;
        let mut quarter = None;
        if to > 1
            && let Some(found) = direction(word(to - 1))
        {
            to -= 1;
            if matches!(found, "e" | "w") {
                side = found.chars().next();
            } else {
                quarter = Some(found);
            }
        }
        if to - from > 1
            && let Some(found) = direction(word(from)).filter(|found| found.len() == 1)
            && !(to - from == 2 && self.is_type(word(to - 1)) && side.is_some())
        {
            let is_all_there_is = to - from == 2 && self.is_type(word(to - 1));
            if !is_all_there_is {
                from += 1;
                side = found.chars().next();
            }
        }
        let mut kind = String::new();
        let mut is_type_first = false;
        if to - from > 1 && self.is_type(word(to - 1)) {
            to -= 1;
            kind = short_type(word(to));
        } else if to - from > 1 && self.is_type(word(from)) {
            kind = short_type(word(from));
            from += 1;
            is_type_first = true;
            while to - from > 1 && PARTICLES.contains(&word(from)) {
                from += 1;
            }
        }
        let base = words.get(from..to).unwrap_or_default().join(" ");
        let short = if is_type_first {
            name.to_owned()
        } else {
            shown.get(from..to).unwrap_or_default().join(" ")
        };
        let mut street = Street::named(name, section, Runs::Winding);
        let ordinal = match tokens(&base).as_slice() {
            [only] if matches!(only.kind, TokenKind::Ordinal | TokenKind::Number) => only.number,
            _ => None,
        };
        street.base = base;
        street.short = short;
        street.kind = kind;
        street.side = side;
        street.ordinal = ordinal;
        street.number = None;
        (street, quarter)
    }

    /// Every form of a name that is looked for besides its base: the whole, without signs of its own alphabet, and with
    /// the other forms of its ending.
    pub(crate) fn forms(&self, name: &str) -> Vec<String> {
        let whole = folded(name);
        let mut forms: BTreeSet<String> = BTreeSet::new();
        for (ending, others) in &self.endings {
            if let Some(stem) = whole.strip_suffix(ending.as_str())
                && !stem.trim().is_empty()
            {
                forms.extend(others.iter().map(|other| format!("{stem}{other}")));
            }
        }
        forms.insert(whole);
        let plain: Vec<String> = forms.iter().filter_map(|form| plain(form)).collect();
        forms.extend(plain);
        forms.into_iter().collect()
    }
}

fn short_type(word: &str) -> String {
    street_type(word).unwrap_or(word).to_owned()
}

/// A name as typed without its own alphabet's letters; those that are a letter and an accent are folded already.
fn plain(name: &str) -> Option<String> {
    const LETTERS: [(char, &str); 9] = [
        ('ß', "ss"),
        ('ø', "o"),
        ('ł', "l"),
        ('đ', "d"),
        ('æ', "ae"),
        ('œ', "oe"),
        ('ı', "i"),
        ('þ', "th"),
        ('ð', "d"),
    ];
    let letter = |c: char| LETTERS.iter().find(|(odd, _)| *odd == c);
    name.chars().any(|c| letter(c).is_some()).then(|| {
        name.chars()
            .map(|c| letter(c).map_or_else(|| c.to_string(), |(_, plain)| (*plain).to_owned()))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expect: &str) {
        let signs = Signs {
            words: ["rue", "calle", "court"].map(str::to_owned).into(),
            endings: BTreeMap::new(),
        };
        let (street, quarter) = signs.street(name, 0);
        assert_eq!(
            format!(
                "{}|{}|{}|{}",
                street.base,
                street.kind,
                street.side.map_or_else(String::new, String::from),
                quarter.unwrap_or_default()
            ),
            expect,
            "{name}"
        );
    }

    #[test]
    fn what_people_leave_out_is_left_out_in_any_order() {
        check("East Lake Street", "lake|st|e|");
        check("26th Avenue North", "26th|ave||n");
        check("North Clark Street", "clark|st|n|");
        check("Oak Court", "oak|court||");
        check("Calle 10", "10|st||");
        check("Rue de Rivoli", "rivoli|rue||");
        check("Avenida de la Paz", "paz|ave||");
        check("Mannerheimintie", "mannerheimintie|||");
        check("Calle", "calle|||");
        check("North Avenue", "north|ave||");
        check("West", "west|||");
    }

    #[test]
    fn endings_and_foreign_letters_have_other_forms() {
        let signs = Signs {
            words: BTreeSet::new(),
            endings: [(
                "katu".to_owned(),
                vec!["kadun".to_owned(), "kadulla".to_owned()],
            )]
            .into(),
        };
        assert_eq!(
            signs.forms("Fredrikinkatu"),
            ["fredrikinkadulla", "fredrikinkadun", "fredrikinkatu"]
        );
        assert_eq!(signs.forms("Hauptstraße"), ["hauptstrasse", "hauptstraße"]);
        assert_eq!(signs.forms("Peña"), ["pena"]);
    }
}
