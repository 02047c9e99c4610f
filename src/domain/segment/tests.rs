//! The segments of 465 texts that two libraries agree on, and what holds for every text.

use proptest::prelude::*;
use serde::Deserialize;

use super::{Encoding, ONE_SEGMENT, Segments, count, fold, parts, septets, smart};

/// 465 texts as Twilio's and another library cut them; they agree on all.
const VECTORS: &str = include_str!("../../../tests/data/twilio/segments.json");

#[derive(Deserialize)]
struct File {
    count: usize,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    text: String,
    encoding: String,
    segments: u32,
    units: usize,
    segment_units: Vec<usize>,
    smart: Smart,
}

#[derive(Deserialize)]
struct Smart {
    encoding: String,
    segments: u32,
    units: usize,
}

fn name(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Gsm7 => "GSM-7",
        Encoding::Ucs2 => "UCS-2",
    }
}

#[test]
fn every_known_text_is_cut_as_the_networks_cut_it() {
    let file: File = serde_json::from_str(VECTORS).unwrap();
    assert_eq!((file.count, file.vectors.len()), (465, 465));
    let mut wrong = Vec::new();
    for vector in file.vectors {
        let Segments {
            encoding,
            segments,
            units,
            fill,
        } = count(&vector.text);
        let known = (&*vector.encoding, vector.segments, vector.units);
        if (name(encoding), segments, units) != known {
            wrong.push(format!(
                "{}: {encoding:?} {segments} {units}, not {known:?}",
                vector.name
            ));
        }
        // A letter with eighty accents is longer than a segment. The library leaves the first one empty and puts 81 units into
        // the second, which no network carries; we cut it where it must be cut.
        let expected = match &*vector.name {
            "long zalgo grapheme" => vec![67, 14],
            _ => vector.segment_units,
        };
        if fill != expected {
            wrong.push(format!("{}: {fill:?}, not {expected:?}", vector.name));
        }
        let sent = count(&smart(&vector.text));
        let known = (
            &*vector.smart.encoding,
            vector.smart.segments,
            vector.smart.units,
        );
        if (name(sent.encoding), sent.segments, sent.units) != known {
            wrong.push(format!("{} (smart): {sent:?}, not {known:?}", vector.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_odd_character_turns_the_whole_text() {
    let plain = "a".repeat(ONE_SEGMENT);
    assert_eq!(count(&plain).segments, 1);
    assert_eq!(count(&format!("{plain}á")).segments, 3);
    assert_eq!(count(&fold(&format!("{plain}á"))).segments, 2);
}

#[test]
fn an_escape_goes_whole_into_the_next_segment() {
    assert_eq!(count(&"€".repeat(153)).fill, [152, 152, 2]);
    assert_eq!(count(&"😀".repeat(36)).fill, [66, 6]);
}

#[test]
fn smart_encoding_makes_look_alikes_plain_and_leaves_accents() {
    assert_eq!(smart("Su’aal “x” – 6ª… ＡＢ９"), "Su'aal \"x\" - 6ª... AB9");
    assert_eq!(smart("a\u{a0}b\u{200b}c"), "a  bc");
    assert_eq!(smart("¡aquí! 😀"), "¡aquí! 😀");
    assert_eq!(smart("plain [text] ~ 100 %"), "plain [text] ~ 100 %");
}

#[test]
fn a_long_text_is_numbered_and_cut_between_words() {
    assert_eq!(parts("short", 160), ["short"]);
    assert_eq!(
        parts("one two three four five six seven", 24),
        ["(1/2) one two three four", "(2/2) five six seven"]
    );
    assert_eq!(
        parts("first line is here\nsecond line", 24),
        ["(1/2) first line is here", "(2/2) second line"]
    );
}

#[test]
fn a_word_longer_than_a_message_is_cut_between_what_readers_see_as_characters() {
    assert_eq!(
        parts(&"x".repeat(30), 24),
        [
            format!("(1/2) {}", "x".repeat(18)),
            format!("(2/2) {}", "x".repeat(12))
        ]
    );
    let flags = "🇺🇸".repeat(7);
    assert_eq!(
        parts(&flags, 24),
        [
            format!("(1/2) {}", "🇺🇸".repeat(4)),
            format!("(2/2) {}", "🇺🇸".repeat(3))
        ]
    );
}

#[test]
fn ten_messages_have_longer_numbers() {
    let cut = parts(&"seventeen letters ".repeat(12), 24);
    assert_eq!(cut.len(), 24);
    assert_eq!(cut[0], "(1/24) seventeen");
    assert_eq!(cut[23], "(24/24) letters");
}

/// Texts of plain, costly and joined characters.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z€\\[\\]^ \n]{0,400}",
        "[a-zá😀🇺🇸👩‍\u{301}\u{200d}\r\n ]{0,300}",
    ]
}

proptest! {
    #[test]
    fn segments_hold_all_of_a_text_and_never_too_much(text in texts()) {
        let cut = count(&text);
        prop_assert_eq!(cut.fill.iter().sum::<usize>(), cut.units);
        prop_assert_eq!(cut.fill.len(), cut.segments as usize);
        let room = if cut.segments == 1 { cut.encoding.alone() } else { cut.encoding.joined() };
        prop_assert!(cut.fill.iter().all(|units| *units <= room));
        prop_assert!(cut.segments == 1 || cut.fill.iter().all(|units| *units > 0));
        prop_assert_eq!(septets(&text).is_some(), cut.encoding == Encoding::Gsm7);
        let least = cut.units.div_ceil(room).max(1);
        prop_assert!(cut.fill.len() >= least);
    }

    #[test]
    fn smart_encoding_never_costs_the_alphabet(text in texts()) {
        if septets(&text.replace(['\u{c}', '\t'], "")).is_some() {
            prop_assert_eq!(count(&smart(&text)).encoding, Encoding::Gsm7);
        }
    }

    #[test]
    fn parts_fit_and_lose_no_word(text in texts(), limit in 24_usize..200) {
        let cut = parts(&text, limit);
        let said = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
        let whole: String = cut
            .iter()
            .map(|part| match (cut.len(), part.split_once(") ")) {
                (2.., Some((_, words))) => said(words),
                _ => said(part),
            })
            .collect();
        prop_assert_eq!(whole, said(&text));
        prop_assert!(cut.iter().all(|part| part.encode_utf16().count() <= limit), "{:?}", cut);
    }
}
