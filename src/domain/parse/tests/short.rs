//! Short labelled messages, a line each: the kind, `R` if it answers a report, the text.

use std::fs;

use super::{SENT, reader};
use crate::domain::{parse::Reading, report::Kind};

/// They are there to learn from; hardly one may be misread.
#[test]
fn the_short_messages_are_of_their_kinds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/corpus/kinds.tsv");
    let text = fs::read_to_string(path).unwrap();
    let wrong: Vec<String> = text
        .lines()
        .filter_map(|line| {
            let mut cells = line.splitn(3, '\t');
            let mut cell = || cells.next().unwrap_or_else(|| panic!("{line}"));
            let (kind, reply, text) = (cell(), cell(), cell());
            let reading = Reading {
                sent_at: SENT,
                near: &[],
                is_reply: reply == "R",
                earlier: None,
            };
            let found = reader().read(text, &reading).kind;
            let wanted: Kind = serde_json::from_value(kind.into()).unwrap();
            (found != wanted).then(|| format!("{wanted:?} taken for {found:?}: {text}"))
        })
        .collect();
    let all = text.lines().count();
    assert!(
        wrong.len() * 100 <= all * 6,
        "{} of {all}: {wrong:#?}",
        wrong.len()
    );
}
