//! Any bytes as a message: reading never panics, gives the same answer twice, and names words that are in the text.

#![no_main]

use std::{path::Path, sync::OnceLock};

use libfuzzer_sys::fuzz_target;
use tocsin::{
    config::Config,
    domain::{
        ids::AreaId,
        parse::{Reader, Reading},
        timestamp::Timestamp,
    },
};

/// Monday, 12 January 2026, 14:14 in Minneapolis.
const SENT: i64 = 1_768_248_840_000;

/// The reader with the words and the city that we ship.
fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bot-config");
        Config::load_with(&shipped, &|_| None)
            .and_then(|config| config.reader())
            .unwrap_or_else(|problems| panic!("{problems:?}"))
    })
}

fuzz_target!(|bytes: &[u8]| {
    // The last byte says how it came; a corpus of plain text stays readable that way.
    let how = bytes.last().copied().unwrap_or_default();
    let text = String::from_utf8_lossy(bytes);
    let areas = ["mpls/powderhorn-park", "stp/hamline-midway", "nowhere"];
    let near: Vec<AreaId> = areas
        .iter()
        .take(usize::from(how % 4))
        .map(|id| AreaId::new(*id))
        .collect();
    let reading = Reading {
        sent_at: Timestamp::from_ms(SENT + i64::from(how) * 3_600_000),
        near: &near,
        is_reply: how & 4 != 0,
        earlier: None,
    };
    let parsed = reader().read(&text, &reading);
    assert_eq!(parsed, reader().read(&text, &reading), "read twice");
    assert!((0.0..=1.0).contains(&parsed.score), "score {}", parsed.score);
    if let Some(words) = parsed.place_words {
        assert!(text.get(words).is_some(), "place words outside the text");
    }
    assert_eq!(
        reader().locate(&text, &reading),
        reader().locate(&text, &reading),
        "located twice"
    );
});
