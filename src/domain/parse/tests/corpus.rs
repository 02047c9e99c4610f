//! Labelled messages, for tests that look inside the reader.

use std::{fs, path::Path};

use serde_json::Value;

use super::reader;
use crate::domain::{
    ids::AreaId,
    parse::{Parsed, Reading, evidence::Signs},
    timestamp::Timestamp,
};

/// The messages of a file.
pub(super) fn messages_of(path: &Path) -> Vec<Value> {
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
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
        is_reply: message["context"]["reply_to_report"] == true,
        earlier: None,
    };
    reader().judged(message["text"].as_str().unwrap(), &reading)
}
