//! Whatever people or machines send: no panic, the same answer for the same text, no more work than the text is long.

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any},
    prop_assert, prop_assert_eq, prop_oneof, proptest,
    sample::select,
    test_runner::Config,
};

use super::{SENT, reader};
use crate::domain::{
    ids::AreaId,
    parse::{Parsed, Reading, tokens::tokens},
};

/// What texts are made of that mean something to a reader, or upset one.
const PIECES: [&str; 98] = [
    "ice",
    "agents",
    "agent",
    "la migra",
    "4",
    "3-4",
    "0",
    "00",
    "4294967296",
    "99999999999999999999",
    "12",
    "38th",
    "38th & ",
    "lake",
    "bloomington",
    "lake & bloomington",
    "26th ave n",
    "between",
    "the 3300 block of",
    "2781 15th ave s",
    "powderhorn",
    "st",
    "ave",
    "n",
    "e",
    "w",
    "ne",
    "and",
    "&",
    "y",
    "at",
    "by",
    "on",
    "of",
    "about",
    "at least",
    "more than",
    "a dozen",
    "x3",
    "(3)",
    "+",
    "~",
    "s:",
    "a:",
    "l:",
    "u:",
    "t:",
    "e:",
    "size",
    "location:",
    "1)",
    "10 min ago",
    "0815",
    "8:15",
    "25:99",
    "12:00 pm",
    "hace 10 minutos",
    "now",
    "noon",
    "black",
    "suvs",
    "ford",
    "tahoe",
    "plate ABC 123",
    "612-555-0143",
    "not",
    "no",
    "false alarm",
    "moved",
    "correction",
    "?",
    "!",
    "!!",
    ".",
    ",",
    "-",
    "\u{2014}",
    "\n",
    "\r\n",
    "\t",
    "\"",
    "*",
    "`",
    "\u{1f6a8}",
    "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "e\u{301}",
    "\u{301}",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\u{645}\u{631}\u{62d}\u{628}\u{627}",
    "\u{645}\u{64e}",
    "\u{4f60}\u{597d}",
    "\u{fdfa}",
    "\u{ff13}\u{ff18}",
    "\u{130}",
    "\u{1f1fa}\u{1f1f8}",
    "\u{0}",
];

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => select(&PIECES[..]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => (any::<char>(), 1..200_usize).prop_map(|(c, n)| String::from(c).repeat(n)),
    ];
    let gap = prop_oneof![3 => Just(" "), 1 => Just(""), 1 => Just("\n")];
    vec((piece, gap), 0..40).prop_map(|parts| {
        parts
            .into_iter()
            .map(|(piece, gap)| piece + gap)
            .collect::<String>()
    })
}

fn read_as(text: &str, how: u8) -> Parsed {
    let near: Vec<AreaId> = ["mpls/powderhorn-park", "stp/hamline-midway", "nowhere"]
        .iter()
        .take(usize::from(how % 4))
        .map(|id| AreaId::new(*id))
        .collect();
    reader().read(
        text,
        &Reading {
            sent_at: SENT,
            near: &near,
            is_reply: how & 4 != 0,
            earlier: None,
        },
    )
}

/// Reads a text and holds the answer against all that must be so whatever the text is.
fn check(text: &str, how: u8) -> Result<(), proptest::test_runner::TestCaseError> {
    let parsed = read_as(text, how);
    prop_assert_eq!(&parsed, &read_as(text, how));
    prop_assert!((0.0..=1.0).contains(&parsed.score), "{}", parsed.score);
    if let Some(words) = &parsed.place_words {
        prop_assert!(text.get(words.clone()).is_some(), "{words:?} of {text:?}");
    }
    let vehicles = parsed.report.equipment.vehicles.iter();
    for count in vehicles
        .filter_map(|vehicle| vehicle.count)
        .chain(parsed.report.size.people)
        .chain(parsed.report.size.vehicles)
    {
        prop_assert!(count.max.is_none_or(|max| max >= count.min), "{count:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_text_is_read_alike_each_time(text in any::<String>(), how in any::<u8>()) {
        check(&text, how)?;
    }

    #[test]
    fn any_bytes_are_read_alike_each_time(bytes in vec(any::<u8>(), 0..400), how in any::<u8>()) {
        check(&String::from_utf8_lossy(&bytes), how)?;
    }

    #[test]
    fn any_mixture_of_words_signs_and_scripts_is_read_alike_each_time(text in pieces(), how in any::<u8>()) {
        check(&text, how)?;
    }
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, cases: 12, ..Config::default() })]

    #[test]
    fn an_explanation_points_into_the_text(text in vec(select(&PIECES[..]), 0..10)) {
        let text = text.join(" ");
        let reading = Reading { sent_at: SENT, near: &[], is_reply: false, earlier: None };
        let explanation = reader().explain(&text, &reading);
        let given = explanation.words.iter().flat_map(|given| &given.words);
        for words in given {
            prop_assert!(text.get(words.clone()).is_some_and(|words| !words.is_empty()), "{words:?} of {text:?}");
        }
        prop_assert_eq!(&explanation, &reader().explain(&text, &reading));
    }

    #[test]
    fn a_very_long_word_is_only_a_word(c in any::<char>(), n in 1..60_000_usize, how in any::<u8>()) {
        check(&String::from(c).repeat(n), how)?;
    }
}

#[test]
fn texts_that_once_broke_a_reader_are_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fuzz");
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let bytes = std::fs::read(entry.path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for how in 0..8 {
            check(&text, how).unwrap_or_else(|error| panic!("{:?}: {error}", entry.path()));
        }
    }
}

/// Work is bounded because what comes after so many tokens is not read at all.
#[test]
fn what_stands_behind_a_flood_of_words_changes_nothing() {
    for piece in [
        "a ",
        "38th & ",
        "\u{1f6a8}",
        "lake and bloomington ",
        "about 3 ",
    ] {
        let flood = piece.repeat(2_000);
        let longer = flood.clone() + "4 agents at lake & bloomington 10 min ago";
        assert_eq!(read_as(&flood, 0), read_as(&longer, 0), "{piece:?}");
        assert_eq!(tokens(&flood).len(), tokens(&longer).len());
    }
}
