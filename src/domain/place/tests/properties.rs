//! What holds of every text, however odd.

use proptest::prelude::*;

use super::parsed;
use crate::domain::place::Found;

/// Words around which places are read, in any order.
const WORDS: [&str; 40] = [
    "lake",
    "38th",
    "38",
    "chicago",
    "&",
    "and",
    "y",
    "iyo",
    "thiab",
    "la",
    "between",
    "entre",
    "block",
    "3300",
    "2820",
    "de",
    "the",
    "cub",
    "not",
    "no",
    "now",
    "moved",
    "left",
    "from",
    "to",
    "n",
    "e",
    "st",
    "ave",
    "bloomintgon",
    "park",
    "in",
    "powderhorn",
    ",",
    ".",
    "\n",
    "northeast",
    "S:",
    "L:",
    "\u{1f6a8}",
];

fn checked(text: &str) -> Result<(), TestCaseError> {
    let near = ["mpls/corcoran", "stp/frogtown"];
    let first = parsed(text, &near, None);
    prop_assert_eq!(&first, &parsed(text, &near, None));
    if let Some(words) = &first.place_words {
        prop_assert!(
            text.get(words.clone())
                .is_some_and(|words| !words.is_empty())
        );
    }
    let places = match &first.found {
        Found::One(place) => std::slice::from_ref(&**place),
        Found::Several(places) => {
            prop_assert!((2..=3).contains(&places.len()));
            places.as_slice()
        }
        Found::Nothing | Found::Unknown => &[],
    };
    for place in places {
        prop_assert!((0.0..=1.0).contains(&place.confidence));
        prop_assert!(place.primary.iter().all(|area| place.areas.contains(area)));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_read_the_same_twice(text in any::<String>()) {
        checked(&text)?;
    }

    #[test]
    fn any_heap_of_place_words_is_read(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..25)) {
        checked(&words.join(" "))?;
        checked(&words.concat())?;
    }
}
