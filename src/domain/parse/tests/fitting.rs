//! Fits the weights of the signs to labelled messages. Not a test of anything: run it when messages or signs are added.

use std::{collections::BTreeMap, fmt::Write as _, fs};

use serde_json::Value;

use super::reader;
use crate::domain::{
    ids::AreaId,
    parse::{
        Reading,
        evidence::Signs,
        weights::{ALWAYS, ByKind, KINDS, shares},
    },
    report::Kind,
    timestamp::Timestamp,
};

/// A sign seen in fewer messages says nothing.
const SEEN: usize = 3;
/// How strongly weights are held near zero; found by cross-validation over the files.
const HELD: f64 = 1.0;
const ROUNDS: u32 = 600;

/// The signs and kinds of the messages in the files that `TOCSIN_TRAIN` names.
fn labelled() -> Vec<(Signs, usize)> {
    let files = std::env::var("TOCSIN_TRAIN").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/corpus/dev.jsonl").to_owned()
    });
    files
        .split(',')
        .flat_map(|path| {
            let lines = fs::read_to_string(path).unwrap();
            let read = |line: &str| serde_json::from_str(line).unwrap();
            lines.lines().map(read).collect::<Vec<Value>>()
        })
        .map(|message| {
            let kind: Kind = serde_json::from_value(message["gold"]["kind"].clone()).unwrap();
            let column = KINDS.iter().position(|known| *known == kind).unwrap();
            (signs(&message), column)
        })
        .collect()
}

fn signs(message: &Value) -> Signs {
    let sent: jiff::Timestamp = message["ts"].as_str().unwrap().parse().unwrap();
    let near: Vec<AreaId> = message["channel"]["neighborhoods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| AreaId::new(id.as_str().unwrap()))
        .collect();
    let reading = Reading {
        sent_at: Timestamp::from_ms(sent.as_millisecond()),
        near: &near,
        is_reply: message["context"]["reply_to_report"] == true,
        earlier: None,
    };
    reader().signs(message["text"].as_str().unwrap(), &reading)
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
        .map(|(signs, kind)| serde_json::json!({"kind": kind, "signs": signs}).to_string())
        .collect();
    fs::write(std::env::var("TOCSIN_SIGNS").unwrap(), lines.join("\n")).unwrap();
}
