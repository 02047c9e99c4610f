//! Other ways to write the name of a landmark, made when a city is loaded, so that its file need not list them.

use std::collections::BTreeSet;

use crate::domain::parse::tokens::folded;

/// Words that people write in several ways; each may stand for the others.
const ALIKE: [&[&str]; 16] = [
    &["high school", "hs", "high"],
    &["middle school", "ms", "middle"],
    &["elementary school", "elementary", "elem", "school"],
    &[
        "station",
        "stn",
        "light rail station",
        "light rail",
        "lrt",
        "lrt station",
        "train station",
    ],
    &["transit center", "transit ctr", "transit station"],
    &["recreation center", "rec center", "rec", "rec ctr"],
    &["community center", "comm center", "community ctr"],
    &["center", "centre", "ctr"],
    &["co op", "coop"],
    &["library", "lib"],
    &["hospital", "hosp"],
    &["saint", "st"],
    &["street", "st"],
    &["avenue", "ave", "av"],
    &["apartments", "apts", "apt", "apartment"],
    &["market", "mkt"],
];

/// More variants of one name than this are not made.
const MOST: usize = 24;

/// Every way to write the name or an alias of a landmark.
pub(crate) fn of_landmark(name: &str, aliases: &[String]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    // "Powderhorn Park (park)": what stands in brackets tells namesakes apart, nobody says it.
    let said = name.split('(').next().unwrap_or(name);
    for name in [name, said]
        .into_iter()
        .chain(aliases.iter().map(String::as_str))
    {
        let mut made = BTreeSet::from([folded(name)]);
        for alike in ALIKE {
            let more: Vec<String> = made
                .iter()
                .flat_map(|name| alternatives(name, alike))
                .collect();
            made.extend(more);
            if made.len() > MOST {
                break;
            }
        }
        found.insert(name.to_owned());
        found.extend(made.into_iter().filter(|name| !name.is_empty()));
    }
    found
}

/// A name with one of these words replaced by the others. The name does not become a bare common word.
fn alternatives(name: &str, alike: &[&str]) -> Vec<String> {
    let padded = format!(" {name} ");
    let Some(said) = alike
        .iter()
        .find(|word| padded.contains(&format!(" {word} ")))
    else {
        return Vec::new();
    };
    alike
        .iter()
        .filter(|other| *other != said)
        .map(|other| padded.replacen(&format!(" {said} "), &format!(" {other} "), 1))
        .map(|made| made.trim().to_owned())
        .filter(|made| made.contains(' '))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, aliases: &[&str], expect: &[&str]) {
        let aliases: Vec<String> = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        let made = of_landmark(name, &aliases);
        for wanted in expect {
            assert!(made.contains(*wanted), "{name}: {wanted} not in {made:?}");
        }
    }

    #[test]
    fn names_are_made_in_the_ways_people_write_them() {
        check(
            "Edison High School",
            &[],
            &["edison high school", "edison hs", "edison high"],
        );
        check("Powderhorn Park (park)", &[], &["powderhorn park"]);
        check(
            "46th St Station",
            &[],
            &["46th street station", "46th st light rail", "46th st lrt"],
        );
        check(
            "Seward Co-op",
            &["the co-op"],
            &["seward co op", "seward coop"],
        );
    }
}
