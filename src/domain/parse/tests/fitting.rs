//! Fits the weights of the signs to labelled messages. Not a test of anything: run it when messages or signs are added.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::corpus::{messages_of, understood};
use crate::domain::{
    parse::{
        evidence::Signs,
        weights::{ALWAYS, ByKind, KINDS, shares},
    },
    report::Kind,
};

/// A sign seen in fewer messages says nothing.
const SEEN: usize = 3;
/// How strongly weights are held near zero; found by cross-validation over the files.
const HELD: f64 = 1.0;
const ROUNDS: u32 = 600;

/// The signs and kinds of the messages in the files that `TOCSIN_TRAIN` names, or of all labelled ones that we ship.
fn labelled() -> Vec<(Signs, usize)> {
    let shipped = || {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/corpus");
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| {
                path.extension()
                    .is_some_and(|ending| ending == "jsonl" || ending == "tsv")
            })
            .collect();
        paths.sort_unstable();
        paths
    };
    let paths = std::env::var("TOCSIN_TRAIN").map_or_else(
        |_| shipped(),
        |paths| paths.split(',').map(PathBuf::from).collect(),
    );
    let all = paths.iter().flat_map(|path| {
        if path.extension().is_some_and(|ending| ending == "tsv") {
            short(path)
        } else {
            messages_of(path)
        }
    });
    all.map(|message| (understood(&message).1, column(&message["gold"]["kind"])))
        .collect()
}

/// The place of a kind in [`KINDS`].
fn column(kind: &Value) -> usize {
    let kind: Kind = serde_json::from_value(kind.clone()).unwrap();
    KINDS.iter().position(|known| *known == kind).unwrap()
}

/// Short messages, a line each: the kind, `R` if it answers a report, the text.
fn short(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    let message = |line: &str| {
        let mut cells = line.splitn(3, '\t');
        let mut cell = || cells.next().unwrap_or_else(|| panic!("{line}"));
        let (kind, reply, text) = (cell(), cell(), cell());
        json!({
            "text": text, "ts": "2026-01-12T14:14:00-06:00", "channel": {"neighborhoods": []},
            "context": {"reply_to_report": reply == "R"}, "gold": {"kind": kind},
        })
    };
    text.lines().map(message).collect()
}

/// The short messages are there to learn from; hardly one may be misread.
#[test]
fn the_short_messages_are_of_their_kinds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/corpus/kinds.tsv");
    let messages = short(Path::new(path));
    let wrong: Vec<String> = messages
        .iter()
        .filter_map(|message| {
            let kind = understood(message).0.kind;
            let wanted = KINDS[column(&message["gold"]["kind"])];
            (kind != wanted).then(|| format!("{wanted:?} taken for {kind:?}: {}", message["text"]))
        })
        .collect();
    assert!(
        wrong.len() * 100 <= messages.len() * 5,
        "{} of {}: {wrong:#?}",
        wrong.len(),
        messages.len()
    );
}

#[test]
#[ignore = "writes weights.tsv"]
fn weights_are_fitted() {
    let labelled = labelled();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::from([(ALWAYS, SEEN)]);
    for (signs, _) in &labelled {
        for sign in signs {
            *seen.entry(sign.as_ref()).or_default() += 1;
        }
    }
    let names: Vec<&str> = seen
        .iter()
        .filter(|(_, seen)| **seen >= SEEN)
        .map(|(name, _)| *name)
        .collect();
    let rows: Vec<(Vec<usize>, usize)> = labelled
        .iter()
        .map(|(signs, kind)| {
            let columns = names
                .iter()
                .enumerate()
                .filter(|(_, name)| **name == ALWAYS || signs.contains(**name))
                .map(|(at, _)| at)
                .collect();
            (columns, *kind)
        })
        .collect();
    let weights = fitted(&rows, names.len());
    let mut table = "sign".to_owned();
    for kind in KINDS {
        write!(
            table,
            "\t{}",
            serde_json::to_value(kind).unwrap().as_str().unwrap()
        )
        .unwrap();
    }
    table.push('\n');
    for (name, weights) in names.iter().zip(&weights) {
        table.push_str(name);
        for weight in weights {
            write!(table, "\t{weight:.2}").unwrap();
        }
        table.push('\n');
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/domain/parse/weights.tsv");
    fs::write(path, table).unwrap();
}

/// Weights that make the labels most likely, held near zero: gradients with a step for each weight.
fn fitted(rows: &[(Vec<usize>, usize)], signs: usize) -> Vec<ByKind> {
    let mut weights = vec![ByKind::default(); signs];
    let mut past = vec![ByKind::default(); signs];
    for _ in 0..ROUNDS {
        let mut slopes: Vec<ByKind> = weights.iter().map(|row| row.map(|w| w * HELD)).collect();
        for (columns, kind) in rows {
            let mut sums = ByKind::default();
            for column in columns {
                for (sum, weight) in sums.iter_mut().zip(&weights[*column]) {
                    *sum += weight;
                }
            }
            let mut errors = shares(sums);
            errors[*kind] -= 1.0;
            for column in columns {
                for (slope, error) in slopes[*column].iter_mut().zip(&errors) {
                    *slope += error;
                }
            }
        }
        for ((row, slope), past) in weights.iter_mut().zip(&slopes).zip(&mut past) {
            for ((weight, slope), past) in row.iter_mut().zip(slope).zip(past) {
                *past += slope * slope;
                *weight -= 0.3 * slope / (past.sqrt() + 1e-9);
            }
        }
    }
    weights
}

/// Writes the signs of messages where asked, to try other ways of weighing: `TOCSIN_SIGNS=out.jsonl`.
#[test]
#[ignore = "writes a file"]
fn signs_are_written() {
    let lines: Vec<String> = labelled()
        .iter()
        .map(|(signs, kind)| json!({"kind": kind, "signs": signs}).to_string())
        .collect();
    fs::write(std::env::var("TOCSIN_SIGNS").unwrap(), lines.join("\n")).unwrap();
}
