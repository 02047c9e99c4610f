//! What may be left of a person: nothing that is, or could be, a number.

use std::time::Duration;

use tocsin::{clock::Clock, domain::timestamp::Timestamp, startup};
use tracing::subscriber::DefaultGuard;

use super::world::World;
use crate::town::log::Log;

/// So many digits in a row are a number that could be called.
const RUN: usize = 7;

/// What the program logs when it is asked for much.
pub fn listen_to_log() -> (Log, DefaultGuard) {
    Log::open(&format!("debug,{}", startup::quiet()))
}

/// A log without the durations that sqlx tells of slow statements, to the nanosecond.
pub fn without_durations(log: &Log) -> String {
    let is_duration = |field: &str| {
        let (name, value) = field.split_once('=').unwrap_or_default();
        let value = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == 'µ');
        ["elapsed", "elapsed_secs", "acquired_after_secs"].contains(&name)
            && value.parse::<f64>().is_ok_and(|time| time < 100_000.0)
    };
    let text = log.text();
    let lines = text.lines().map(|line| {
        let fields = line.split(' ').filter(|field| !is_duration(field));
        fields.collect::<Vec<_>>().join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The runs of seven or more digits in a text, apart from those inside an id of ours or of the provider: 16 or more digits to
/// the base of 16 in one word (`SM` and the like before them), where any seven in a row can be decimal ones by chance.
pub fn digits(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter(|word| !is_id(word))
        .flat_map(|word| word.split(|c: char| !c.is_ascii_digit()))
        .filter(|run| run.len() >= RUN)
        .map(str::to_owned)
        .collect()
}

fn is_id(word: &str) -> bool {
    let hex = ["SM", "MM", "AC"]
        .iter()
        .find_map(|start| word.strip_prefix(start))
        .unwrap_or(word);
    hex.len() >= 16
        && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
        && hex.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// The runs of seven or more digits in all that a database keeps. Three things are digits and no numbers: moments, milliseconds
/// since 1970, that lie within a month of now; how many nanoseconds each migration took, in sqlx's own table; and our own counters
/// of turns, whose upper half counts changes of who is trusted.
pub async fn digits_kept(world: &World) -> Vec<String> {
    let (now, month) = (world.clock.now(), Duration::from_secs(31 * 86_400));
    let is_moment = |run: &String| {
        let at = run.parse().map(Timestamp::from_ms);
        run.len() == 13 && at.is_ok_and(|at| at >= now - month && at <= now + month)
    };
    let mut found = Vec::new();
    for table in world.database.tables().await.expect("the tables") {
        if ["_sqlx_migrations", "counters"].contains(&table.as_str()) {
            continue;
        }
        for row in world.database.rows(&table).await.expect("its rows") {
            let runs = digits(&row).into_iter().filter(|run| !is_moment(run));
            found.extend(runs.map(|run| format!("{table}: {run}")));
        }
    }
    found
}

#[test]
fn a_number_is_found_in_any_writing_and_an_id_is_none() {
    for text in [
        "+16125550111",
        "to=6125550111,",
        "tel:5550111",
        "x5550111",
        "%2B16125550111",
    ] {
        assert_eq!(digits(text).len(), 1, "{text}");
    }
    for text in [
        "SM0123456789abcdef0123456789abcdef",
        "2026-01-15T20:14:00.123456Z",
        "612-555-0100",
    ] {
        assert_eq!(digits(text).len(), 0, "{text}");
    }
}
