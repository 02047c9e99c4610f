//! The labelled corpus: counts that must not fall.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};

use super::reader;
use crate::domain::{
    ids::AreaId,
    parse::{Parsed, Reading, evidence::Signs},
    place::Found,
    report::{Field, Kind},
    timestamp::Timestamp,
};

fn messages() -> Vec<Value> {
    messages_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus/dev.jsonl"))
}

pub(super) fn messages_of(path: &Path) -> Vec<Value> {
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn strings(value: &Value) -> BTreeSet<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

fn parsed(message: &Value) -> Parsed {
    understood(message).0
}

/// What is understood of a labelled message, and the signs its kind is judged by.
pub(super) fn understood(message: &Value) -> (Parsed, Signs) {
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
        is_reply: message["context"]["reply_to_report"]
            .as_bool()
            .unwrap_or(false),
    };
    reader().understand(message["text"].as_str().unwrap(), &reading)
}

const fn is_report(kind: Kind) -> bool {
    matches!(kind, Kind::Sighting | Kind::Update | Kind::AllClear)
}

/// The areas a report goes to.
fn areas(parsed: &Parsed) -> BTreeSet<String> {
    let places = match &parsed.found {
        Found::One(place) => std::slice::from_ref(&**place),
        Found::Several(places) => places.get(..1).unwrap_or_default(),
        Found::Nothing | Found::Unknown => &[],
    };
    places
        .iter()
        .flat_map(|place| &place.areas)
        .map(ToString::to_string)
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
    fn add(&mut self, message: &Value, parsed: &Parsed) {
        let gold = &message["gold"];
        let kind: Kind = serde_json::from_value(gold["kind"].clone()).unwrap();
        let reported = is_report(parsed.kind) && parsed.score >= 0.5;
        self.all += 1;
        self.kind += u32::from(kind == parsed.kind);
        self.language += u32::from(message["lang"].as_str() == parsed.language);
        match (is_report(kind), reported) {
            (false, true) => self.false_reports += 1,
            (true, false) => self.missed_reports += 1,
            (true, true) | (false, false) => {}
        }
        let wanted = strings(&gold["location"]["neighborhoods"]);
        if is_report(kind) && !wanted.is_empty() {
            self.placed += 1;
            self.hit += u32::from(reported && !areas(parsed).is_disjoint(&wanted));
        }
    }
}

#[test]
fn the_labelled_corpus_is_read_as_well_as_before() {
    let (mut english, mut every) = (Score::default(), Score::default());
    for message in messages() {
        let parsed = parsed(&message);
        every.add(&message, &parsed);
        if message["lang"] == "en" {
            english.add(&message, &parsed);
        }
    }
    println!("english {english:?}\nevery {every:?}");
    assert!(
        english.false_reports <= 3 && english.missed_reports <= 3,
        "{english:?}"
    );
    assert!(
        english.kind >= 160 && english.hit >= 114,
        "of {} and {}: {english:?}",
        english.all,
        english.placed
    );
    assert!(
        every.false_reports <= 4 && every.missed_reports <= 6,
        "{every:?}"
    );
    assert!(
        every.kind >= 228 && every.hit >= 164 && every.language >= 228,
        "of {} and {}: {every:?}",
        every.all,
        every.placed
    );
}

/// Writes what was understood in the scorer's form: `TOCSIN_PREDICTIONS=out.jsonl cargo test predictions`; of the messages
/// in `TOCSIN_CORPUS`, if that is set.
#[test]
fn predictions_for_the_scorer_are_written_where_asked() {
    let Ok(out) = std::env::var("TOCSIN_PREDICTIONS") else {
        return;
    };
    let messages = std::env::var("TOCSIN_CORPUS")
        .map_or_else(|_| messages(), |path| messages_of(Path::new(&path)));
    let lines: Vec<String> = messages
        .iter()
        .map(|message| prediction(message, &parsed(message)).to_string())
        .collect();
    fs::write(out, lines.join("\n")).unwrap();
}

fn prediction(message: &Value, parsed: &Parsed) -> Value {
    let report = &parsed.report;
    let range = |range: Option<crate::domain::report::Range>| {
        range.map(|range| json!([range.min, range.max]))
    };
    let kind = if is_report(parsed.kind) && parsed.score < 0.5 {
        Kind::Chatter
    } else {
        parsed.kind
    };
    let place = report.place.as_ref();
    let at = report.seen.at.map(|at| {
        jiff::Timestamp::from_millisecond(at.as_ms())
            .unwrap()
            .to_string()
            .replace('Z', "+00:00")
    });
    let ask: Vec<&str> = parsed
        .missing
        .iter()
        .map(|field| match field {
            Field::Location => "location",
            Field::Size => "size",
            Field::Activity => "activity",
            Field::Time => "time",
        })
        .collect();
    let vehicles: Vec<Value> = report
        .equipment
        .vehicles
        .iter()
        .map(|vehicle| json!({"color": vehicle.color, "make": vehicle.make, "model": vehicle.model, "body": vehicle.body, "count": range(vehicle.count)}))
        .collect();
    json!({
        "id": message["id"], "lang": parsed.language.unwrap_or("en"), "kind": kind, "score": parsed.score,
        "size": {"people": range(report.size.people), "vehicles": range(report.size.vehicles)},
        "activity": report.activity,
        "location": {"kind": place.map(|place| place.kind), "raw": parsed.place_words.clone().and_then(|words| message["text"].as_str()?.get(words)), "streets": place.map(|place| place.streets.clone()),
            "place": place.and_then(|place| place.landmark.clone()), "neighborhoods": areas(parsed)},
        "unit": {"agency": report.unit.agency, "uniform": report.unit.uniform},
        "time": {"at": at, "basis": report.seen.basis},
        "equipment": {"vehicles": vehicles, "weapons": report.equipment.weapons, "other": report.equipment.other},
        "flags": parsed.flags,
        "ask": ask,
    })
}
