//! Fits the weights of the signs by which the kind of a message is judged, to the labelled messages in `tests/data/corpus`.
//!
//! `cargo bench --no-default-features --bench fitting` after a change of signs, cues, fields or labelled messages: prints how
//! well weights do on messages that they were not fitted to (each tenth left out in turn), then writes
//! `src/domain/parse/weights.tsv`. With `-- --try` it writes nothing; arguments are files to read instead.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde_json::{Value, json};
use tocsin::{
    config::Config,
    domain::{
        ids::AreaId,
        parse::{Reader, Reading},
        report::Kind,
        timestamp::Timestamp,
    },
};

/// Weighs for every message, whatever its signs.
const ALWAYS: &str = "always";
/// A sign seen in fewer messages says nothing; a plain word has to be seen more often.
const SEEN: usize = 3;
const WORD_SEEN: usize = 5;
/// How strongly weights are held near zero; of 0.3, 1 and 3 the best on messages left out. Plain words are many and each is seen
/// seldom: they are held twice as strongly.
const HELD: f64 = 1.0;
const WORD_HELD: f64 = 2.0;
/// Signs that never weigh more are left out of the table.
const LEAST: f64 = 0.05;
const ROUNDS: u32 = 600;
/// So many parts, each left out once.
const PARTS: usize = 10;

type ByKind = [f64; Kind::ALL.len()];

/// The signs of a message, and the place of its kind in [`Kind::ALL`].
struct Sample {
    signs: BTreeSet<String>,
    kind: usize,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_trial = arguments.iter().any(|argument| argument == "--try");
    let named = arguments
        .iter()
        .filter(|argument| !argument.starts_with("--"));
    let mut files: Vec<PathBuf> = named.map(PathBuf::from).collect();
    if files.is_empty() {
        files = shipped()?;
    }
    let reader = Config::load(Path::new("bot-config"))
        .and_then(|config| config.reader())
        .map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let mut samples = Vec::new();
    for file in &files {
        samples.extend(read(&reader, file)?);
    }
    println!("{} messages of {} files", samples.len(), files.len());
    try_out(&samples);
    if !is_trial {
        let all: Vec<&Sample> = samples.iter().collect();
        let path = "src/domain/parse/weights.tsv";
        fs::write(path, table(&fitted(&all))?).context("Cannot write the weights")?;
        println!("written to {path}");
    }
    Ok(())
}

fn shipped() -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir("tests/data/corpus").context("Cannot read tests/data/corpus")? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|ending| ending == "jsonl" || ending == "tsv")
        {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// The samples of a file: JSON lines in the form of the corpus, or short messages in a table.
fn read(reader: &Reader, file: &Path) -> anyhow::Result<Vec<Sample>> {
    let text = fs::read_to_string(file).with_context(|| format!("Cannot read {file:?}"))?;
    let is_table = file.extension().is_some_and(|ending| ending == "tsv");
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let message = if is_table {
                short(line)?
            } else {
                serde_json::from_str(line)?
            };
            sample(reader, &message)
        })
        .collect::<anyhow::Result<_>>()
        .with_context(|| format!("Cannot use {file:?}"))
}

/// A short message: the kind, `R` if it answers a report, the text.
fn short(line: &str) -> anyhow::Result<Value> {
    let mut cells = line.splitn(3, '\t');
    let mut cell = || cells.next().with_context(|| format!("three cells: {line}"));
    let (kind, reply, text) = (cell()?, cell()?, cell()?);
    Ok(json!({
        "text": text, "ts": "2026-01-12T14:14:00-06:00", "channel": { "neighborhoods": [] },
        "context": { "reply_to_report": reply == "R" }, "gold": { "kind": kind },
    }))
}

fn sample(reader: &Reader, message: &Value) -> anyhow::Result<Sample> {
    let sent: jiff::Timestamp = message["ts"].as_str().context("ts")?.parse()?;
    let near: Vec<AreaId> = message["channel"]["neighborhoods"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|id| id.as_str().map(AreaId::new))
        .collect();
    let reading = Reading {
        sent_at: Timestamp::from_ms(sent.as_millisecond()),
        near: &near,
        is_reply: message["context"]["reply_to_report"] == true,
        earlier: None,
    };
    let kind: Kind = serde_json::from_value(message["gold"]["kind"].clone())?;
    Ok(Sample {
        signs: reader.signs(message["text"].as_str().context("text")?, &reading),
        kind: Kind::ALL
            .iter()
            .position(|known| *known == kind)
            .context("kind")?,
    })
}

/// Whether a sign is a plain word of the message.
fn is_word(sign: &str) -> bool {
    sign.starts_with("word ")
}

/// The weights of signs.
type Weights = BTreeMap<String, ByKind>;

/// Weights that make the labels most likely, held near zero: gradients with a step for each weight.
fn fitted(samples: &[&Sample]) -> Weights {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::from([(ALWAYS, SEEN)]);
    for sample in samples {
        for sign in &sample.signs {
            *seen.entry(sign).or_default() += 1;
        }
    }
    let names: Vec<&str> = seen
        .iter()
        .filter(|(name, seen)| **seen >= if is_word(name) { WORD_SEEN } else { SEEN })
        .map(|(name, _)| *name)
        .collect();
    let places: BTreeMap<&str, usize> = names.iter().copied().zip(0..).collect();
    let columns: Vec<Vec<usize>> = samples
        .iter()
        .map(|sample| {
            let signs = sample.signs.iter().map(String::as_str).chain([ALWAYS]);
            signs.filter_map(|sign| places.get(sign).copied()).collect()
        })
        .collect();
    let mut weights = vec![ByKind::default(); names.len()];
    let mut past = vec![ByKind::default(); names.len()];
    for _ in 0..ROUNDS {
        let mut slopes: Vec<ByKind> = weights
            .iter()
            .zip(&names)
            .map(|(row, name)| {
                let held = if is_word(name) { WORD_HELD } else { HELD };
                row.map(|weight| weight * held)
            })
            .collect();
        for (sample, columns) in samples.iter().zip(&columns) {
            let mut errors = shares(sum(columns.iter().map(|column| &weights[*column])));
            errors[sample.kind] -= 1.0;
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
    names.into_iter().map(str::to_owned).zip(weights).collect()
}

fn sum<'w>(weights: impl Iterator<Item = &'w ByKind>) -> ByKind {
    let mut sums = ByKind::default();
    for row in weights {
        for (sum, weight) in sums.iter_mut().zip(row) {
            *sum += weight;
        }
    }
    sums
}

/// Sums of weights as shares of 1.
fn shares(sums: ByKind) -> ByKind {
    let most = sums.iter().copied().fold(f64::MIN, f64::max);
    let powers = sums.map(|sum| (sum - most).exp());
    let all: f64 = powers.iter().sum();
    powers.map(|power| power / all)
}

/// The likeliest kind; a report if reports are likelier than all else.
fn judged(weights: &Weights, sample: &Sample) -> usize {
    let signs = sample.signs.iter().map(String::as_str).chain([ALWAYS]);
    let likely = shares(sum(signs.filter_map(|sign| weights.get(sign))));
    let reports: f64 = likely[..Kind::REPORTS].iter().sum();
    let among = if reports >= 0.5 {
        0..Kind::REPORTS
    } else {
        Kind::REPORTS..Kind::ALL.len()
    };
    among
        .max_by(|a, b| likely[*a].total_cmp(&likely[*b]))
        .unwrap_or(Kind::ALL.len() - 1)
}

/// Fits without each part in turn, and prints what the weights make of it.
fn try_out(samples: &[Sample]) {
    let mut confused = [[0_u32; Kind::ALL.len()]; Kind::ALL.len()];
    for part in 0..PARTS {
        let others: Vec<&Sample> = samples
            .iter()
            .enumerate()
            .filter(|(at, _)| at % PARTS != part)
            .map(|(_, sample)| sample)
            .collect();
        let weights = fitted(&others);
        for sample in samples.iter().skip(part).step_by(PARTS) {
            confused[sample.kind][judged(&weights, sample)] += 1;
        }
    }
    let of = |is_so: &dyn Fn(usize, usize) -> bool| -> f64 {
        let mut count = 0;
        for (gold, row) in confused.iter().enumerate() {
            for (found, cell) in row.iter().enumerate() {
                count += if is_so(gold, found) { *cell } else { 0 };
            }
        }
        f64::from(count)
    };
    let mut scores = 0.0;
    for (at, row) in confused.iter().enumerate() {
        let right = of(&|gold, found| gold == at && found == at);
        let either = of(&|gold, found| (gold == at) != (found == at));
        let score = 2.0 * right / (2.0 * right + either);
        scores += score;
        println!("{:?}: F1 {score:.3}, {:?}", Kind::ALL[at], row);
    }
    let both = of(&|gold, found| gold < Kind::REPORTS && found < Kind::REPORTS);
    println!(
        "left out and read: kind macro-F1 {:.3}; report precision {:.3}, recall {:.3}",
        scores / 8.0,
        both / of(&|_, found| found < Kind::REPORTS),
        both / of(&|gold, _| gold < Kind::REPORTS)
    );
}

fn table(weights: &Weights) -> anyhow::Result<String> {
    let mut table = "sign".to_owned();
    for kind in Kind::ALL {
        let kind = serde_json::to_value(kind)?;
        write!(table, "\t{}", kind.as_str().unwrap_or_default())?;
    }
    table.push('\n');
    for (name, weights) in weights {
        if weights.iter().all(|weight| weight.abs() < LEAST) {
            continue;
        }
        table.push_str(name);
        for weight in weights {
            write!(table, "\t{weight:.2}")?;
        }
        table.push('\n');
    }
    Ok(table)
}
