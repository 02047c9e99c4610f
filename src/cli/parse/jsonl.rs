//! What was understood, as one JSON object in the schema that `tests/data/corpus/score.py` reads. Plates are never in it.

use std::{collections::BTreeSet, ops::Range};

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::domain::{
    parse::{Explanation, Parsed},
    place::Found,
    report::{Kind, Range as Count},
    timestamp::Timestamp,
};

/// The kind by which the bot acts: what is no sure report is left alone as chatter.
pub(super) fn acted_on(parsed: &Parsed, min_score: f64) -> Kind {
    if parsed.kind.is_report() && parsed.score < min_score {
        Kind::Chatter
    } else {
        parsed.kind
    }
}

/// The areas a report goes to: those of its place; of several places those of the likeliest.
pub(super) fn areas(parsed: &Parsed) -> BTreeSet<String> {
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

/// One line of predictions.
#[must_use]
pub fn prediction(
    id: &Value,
    text: &str,
    parsed: &Parsed,
    min_score: f64,
    zone: &TimeZone,
) -> Value {
    let report = &parsed.report;
    let place = report.place.as_ref();
    let raw = parsed.place_words.clone().and_then(|words| text.get(words));
    let vehicles: Vec<Value> = report
        .equipment
        .vehicles
        .iter()
        .map(|vehicle| {
            json!({
                "color": vehicle.color, "make": vehicle.make, "model": vehicle.model, "body": vehicle.body,
                "count": range(vehicle.count),
            })
        })
        .collect();
    json!({
        "id": id,
        "lang": parsed.language.unwrap_or("en"),
        "kind": acted_on(parsed, min_score),
        "score": parsed.score,
        "size": {"people": range(report.size.people), "vehicles": range(report.size.vehicles)},
        "activity": report.activity,
        "location": {
            "raw": raw,
            "kind": place.map(|place| place.kind),
            "streets": place.map(|place| &place.streets),
            "number": place.and_then(|place| place.number),
            "place": place.and_then(|place| place.landmark.as_ref()),
            "city": place.and_then(|place| place.city.as_ref()),
            "neighborhoods": areas(parsed),
            "primary": place.map(|place| &place.primary),
        },
        "unit": report.unit,
        "time": {"at": report.seen.at.map(|at| written(at, zone)), "basis": report.seen.basis},
        "equipment": {"vehicles": vehicles, "weapons": report.equipment.weapons, "other": report.equipment.other},
        "flags": parsed.flags,
        "ask": parsed.missing,
        "certainty": report.certainty,
    })
}

/// Why it was understood so; the scorer passes over it.
#[must_use]
pub fn explanation(text: &str, explanation: &Explanation) -> Value {
    let said = |ranges: &[Range<usize>]| -> Vec<String> {
        ranges
            .iter()
            .filter_map(|range| text.get(range.clone()).map(str::to_owned))
            .collect()
    };
    let words: Vec<Value> = explanation
        .words
        .iter()
        .map(|given| json!({"field": given.field, "value": given.value, "words": said(&given.words)}))
        .collect();
    let evidence: Vec<Value> = explanation
        .evidence
        .iter()
        .map(|evidence| json!({"what": evidence.what, "weight": evidence.weight}))
        .collect();
    json!({"words": words, "evidence": evidence, "places": explanation.places})
}

fn range(range: Option<Count>) -> Option<[Option<u32>; 2]> {
    range.map(|range| [Some(range.min), range.max])
}

/// A moment with the offset of a zone, as the corpus has it.
fn written(at: Timestamp, zone: &TimeZone) -> String {
    jiff::Timestamp::from_millisecond(at.as_ms())
        .unwrap_or_default()
        .to_zoned(zone.clone())
        .strftime("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}
