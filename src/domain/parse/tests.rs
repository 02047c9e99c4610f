//! What the reader makes of messages: the samples of the product's description. The labelled corpus is read in `cli/parse`.

mod exposing;
mod fields;
mod kinds;
mod robust;
mod samples;
mod short;
mod violence;

use std::{
    fs,
    path::Path,
    sync::{Arc, OnceLock},
};

use crate::domain::{
    ids::AreaId,
    parse::{Lexicon, Parsed, Reader, Reading},
    place::Gazetteer,
    timestamp::Timestamp,
};

/// Monday, 12 January 2026, 14:14 in Minneapolis.
const SENT: Timestamp = Timestamp::from_ms(1_768_248_840_000);

pub(crate) fn shipped(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("bot-config")
        .join(path);
    fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
}

/// The reader with the city and the words that we ship.
pub(crate) fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| {
        let lexicons = ["en", "es", "so", "hmn"].map(|language| {
            Lexicon::load(language, &shipped(&format!("lexicon/{language}.toml")))
                .unwrap_or_else(|problems| panic!("{problems:#?}"))
        });
        Reader::new(lexicons.into(), gazetteer())
    })
}

/// The Twin Cities as we ship them.
fn gazetteer() -> Arc<Gazetteer> {
    static GAZETTEER: OnceLock<Arc<Gazetteer>> = OnceLock::new();
    let city = |file: &str| shipped(&format!("cities/twin-cities/{file}"));
    Arc::clone(GAZETTEER.get_or_init(|| {
        let loaded = Gazetteer::load(
            &city("areas.toml"),
            &city("streets.csv"),
            &city("landmarks.toml"),
        );
        Arc::new(loaded.unwrap_or_else(|problems| {
            panic!(
                "{}",
                problems
                    .iter()
                    .map(|problem| format!("{problem}\n"))
                    .collect::<String>()
            )
        }))
    }))
}

/// Reads a text as written in the rooms of these areas.
pub(super) fn read_near(text: &str, near: &[&str]) -> Parsed {
    let near: Vec<AreaId> = near.iter().map(|id| AreaId::new(*id)).collect();
    reader().read(
        text,
        &Reading {
            sent_at: SENT,
            near: &near,
            is_reply: false,
            earlier: None,
        },
    )
}

pub(super) fn read(text: &str) -> Parsed {
    read_near(text, &[])
}
