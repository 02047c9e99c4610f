//! The labelled corpus through `tocsin parse`: counts that must not fall; and what the table looks like.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use serde_json::Value;

use crate::{
    cli::parse::{jsonl, line::Line, paint::Paint, table::Shown},
    config::Config,
    domain::{
        ids::AreaId,
        parse::{Parsed, Reader, Reading},
        report::Kind,
        timestamp::Timestamp,
    },
};

/// Monday, 12 January 2026, 14:14 in Minneapolis.
const SENT: Timestamp = Timestamp::from_ms(1_768_248_840_000);
const MIN_SCORE: f64 = 0.5;

fn in_house(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The reader with the city and the words that we ship.
fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| {
        Config::load_with(&in_house("bot-config"), &|_| None)
            .and_then(|config| config.reader())
            .unwrap_or_else(|problems| panic!("{problems:#?}"))
    })
}

fn parsed(line: &Line) -> Parsed {
    reader().read(
        &line.text,
        &Reading {
            sent_at: line.sent_at.unwrap_or(SENT),
            near: line.near.as_deref().unwrap_or_default(),
            is_reply: line.is_reply.unwrap_or(false),
            earlier: None,
        },
    )
}

/// The lines of a file of labelled messages, each with its labels.
fn labelled(path: &Path) -> Vec<(Line, Value)> {
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .enumerate()
        .filter_map(|(at, written)| {
            let line = Line::read(written, at + 1).unwrap()?;
            Some((line, serde_json::from_str(written).unwrap()))
        })
        .collect()
}

fn prediction(line: &Line) -> Value {
    let zone = reader().gazetteer().time_zone();
    jsonl::prediction(&line.id, &line.text, &parsed(line), MIN_SCORE, &zone)
}

fn strings(value: &Value) -> BTreeSet<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

#[derive(Default, Debug)]
struct Score {
    all: u32,
    kind: u32,
    false_reports: u32,
    missed_reports: u32,
    placed: u32,
    hit: u32,
    language: u32,
}

impl Score {
    fn add(&mut self, labels: &Value, predicted: &Value) {
        let gold = &labels["gold"];
        let is_report = |kind: &Value| {
            serde_json::from_value::<Kind>(kind.clone())
                .unwrap()
                .is_report()
        };
        let reported = is_report(&predicted["kind"]);
        self.all += 1;
        self.kind += u32::from(gold["kind"] == predicted["kind"]);
        self.language += u32::from(labels["lang"] == predicted["lang"]);
        match (is_report(&gold["kind"]), reported) {
            (false, true) => self.false_reports += 1,
            (true, false) => self.missed_reports += 1,
            (true, true) | (false, false) => {}
        }
        let wanted = strings(&gold["location"]["neighborhoods"]);
        if is_report(&gold["kind"]) && !wanted.is_empty() {
            let areas = strings(&predicted["location"]["neighborhoods"]);
            self.placed += 1;
            self.hit += u32::from(reported && !areas.is_disjoint(&wanted));
        }
    }
}

fn scored(file: &str) -> Score {
    let mut score = Score::default();
    for (line, labels) in labelled(&in_house(file)) {
        score.add(&labels, &prediction(&line));
    }
    score
}

/// Counts that must not get worse: at most so many false and so many missed reports; at least so many right kinds, right
/// neighborhoods and right languages.
#[test]
fn labelled_messages_are_read_as_well_as_before() {
    for (file, worst) in [
        ("corpus/dev.jsonl", [2, 2, 234, 171, 238]),
        ("corpus/en.jsonl", [8, 4, 300, 176, 313]),
        ("corpus/world.jsonl", [3, 4, 222, 142, 226]),
        ("corpus/mixed.jsonl", [5, 4, 285, 176, 297]),
        ("unseen/fresh.jsonl", [8, 9, 278, 178, 297]),
        ("unseen/after.jsonl", [9, 3, 170, 48, 198]),
        ("unseen/third.jsonl", [6, 3, 274, 150, 297]),
    ] {
        let score = scored(&format!("tests/data/{file}"));
        println!("{file} {score:?}");
        let [false_reports, missed_reports, kind, hit, language] = worst;
        assert!(
            score.false_reports <= false_reports
                && score.missed_reports <= missed_reports
                && score.kind >= kind
                && score.hit >= hit
                && score.language >= language,
            "{file}: {score:?}, not {worst:?}"
        );
    }
}

/// As `tests/score` does with the program: `TOCSIN_PREDICTIONS=out.jsonl cargo test predictions`; of the messages in
/// `TOCSIN_CORPUS`, if that is set.
#[test]
fn predictions_for_the_scorer_are_written_where_asked() {
    let Ok(out) = std::env::var("TOCSIN_PREDICTIONS") else {
        return;
    };
    let corpus = std::env::var("TOCSIN_CORPUS")
        .map_or_else(|_| in_house("tests/data/corpus/dev.jsonl"), PathBuf::from);
    let lines: Vec<String> = labelled(&corpus)
        .iter()
        .map(|(line, _)| prediction(line).to_string())
        .collect();
    fs::write(out, lines.join("\n")).unwrap();
}

fn shown(text: &str, near: &[&str], is_explained: bool) -> String {
    let near: Vec<AreaId> = near.iter().map(|id| AreaId::new(*id)).collect();
    let reading = Reading {
        sent_at: SENT,
        near: &near,
        is_reply: false,
        earlier: None,
    };
    let zone = reader().gazetteer().time_zone();
    let explanation = is_explained.then(|| reader().explain(text, &reading));
    Shown {
        text,
        parsed: &reader().read(text, &reading),
        explanation: explanation.as_ref(),
        sent_at: SENT,
        zone: &zone,
        min_score: MIN_SCORE,
        paint: Paint::Plain,
    }
    .to_string()
}

const SEEN: &str =
    "4 ICE agents in vests knocking on doors, Lake & Bloomington, 10 min ago. 2 black suvs";

#[test]
fn the_table_names_every_field_within_eighty_columns() {
    let table = shown(SEEN, &[], false);
    println!("{table}");
    for expected in [
        "kind        sighting",
        "language    English",
        "size        people 4, vehicles 2",
        "activity    knocking",
        "location    Lake & Bloomington (intersection, Minneapolis",
        "unit        ICE, vest",
        "time        Mon 12 Jan 14:04 (relative; sent Mon 12 Jan 14:14)",
        "equipment   2 black suv",
    ] {
        assert!(table.contains(expected), "{expected}\n{table}");
    }
    for line in table.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn an_explanation_shows_which_words_gave_which_field() {
    let table = shown(SEEN, &[], true);
    println!("{table}");
    let has = |field: &str, words: &str| {
        table
            .lines()
            .any(|line| line.contains(field) && line.contains(words))
    };
    for (field, words) in [
        ("people 4", "4 ICE"),
        ("activity knocking", "knocking"),
        ("location Lake & Bloomington", "Lake & Bloomington"),
        ("uniform vest", "vests"),
        ("time relative", "10 min ago"),
        ("2 black suv", "2 black suvs"),
    ] {
        assert!(has(field, words), "{field}: {words}\n{table}");
    }
}

#[test]
fn a_place_that_lost_is_explained() {
    let table = shown(
        "ICE at Lake & Bloomington, was at 38th & Chicago",
        &[],
        true,
    );
    println!("{table}");
    assert!(table.contains("38th & Chicago"), "{table}");
    assert!(table.contains("another"), "{table}");
}

#[test]
fn what_is_missing_and_not_clear_is_shown() {
    let table = shown("ice agents here now", &[], false);
    assert!(table.contains("would ask   location, size"), "{table}");
}
