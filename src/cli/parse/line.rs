//! One text to read, as it stands on a line: plain, or as JSON in the form of the corpus.

use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::{ids::AreaId, timestamp::Timestamp};

/// A text, and what its line says about it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub id: Value,
    pub text: String,
    pub sent_at: Option<Timestamp>,
    pub near: Option<Vec<AreaId>>,
    pub is_reply: Option<bool>,
}

/// A line of the corpus; whatever else stands in it is left alone.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    id: Value,
    text: String,
    ts: Option<String>,
    channel: Option<Source>,
    context: Option<Thread>,
}

#[derive(Deserialize)]
struct Source {
    neighborhoods: Option<Vec<AreaId>>,
}

#[derive(Deserialize)]
struct Thread {
    reply_to_report: Option<bool>,
}

impl Line {
    /// A text of which nothing else is known; it is called by its number.
    pub(super) fn plain(text: &str, number: usize) -> Self {
        Self {
            id: Value::from(number.to_string()),
            text: text.to_owned(),
            sent_at: None,
            near: None,
            is_reply: None,
        }
    }

    /// What stands on a line; `None` if nothing does. A line that begins with a brace is JSON.
    pub(super) fn read(line: &str, number: usize) -> anyhow::Result<Option<Self>> {
        if line.trim().is_empty() {
            return Ok(None);
        }
        if !line.trim_start().starts_with('{') {
            return Ok(Some(Self::plain(line, number)));
        }
        let written: Written = serde_json::from_str(line)
            .context("this is no message as JSON: {\"text\": …, \"ts\": …}")?;
        let plain = Self::plain(&written.text, number);
        Ok(Some(Self {
            id: if written.id.is_null() {
                plain.id
            } else {
                written.id
            },
            sent_at: written.ts.as_deref().map(sent_at).transpose()?,
            near: written.channel.and_then(|channel| channel.neighborhoods),
            is_reply: written.context.and_then(|context| context.reply_to_report),
            ..plain
        }))
    }
}

fn sent_at(ts: &str) -> anyhow::Result<Timestamp> {
    let at: jiff::Timestamp = ts
        .parse()
        .with_context(|| format!("ts: {ts} is no moment: write 2026-01-12T14:14:00-06:00"))?;
    Ok(Timestamp::from_ms(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_corpus_says_when_and_where_it_was_written() {
        let line = Line::read(
            r#"{"id": "x-1", "text": "ICE", "ts": "2026-01-12T14:14:00-06:00", "lang": "en",
               "channel": {"room": "P", "neighborhoods": ["a/b"]}, "context": {"reply_to_report": true}}"#,
            7,
        )
        .unwrap()
        .unwrap();
        assert_eq!(line.id, "x-1");
        assert_eq!(line.sent_at, Some(Timestamp::from_ms(1_768_248_840_000)));
        assert_eq!(line.near, Some(vec![AreaId::new("a/b")]));
        assert_eq!(line.is_reply, Some(true));
    }

    #[test]
    fn plain_lines_are_numbered_and_empty_ones_passed_over() {
        assert_eq!(
            Line::read("2 suvs", 7).unwrap(),
            Some(Line::plain("2 suvs", 7))
        );
        assert_eq!(Line::read("  ", 8).unwrap(), None);
        assert!(Line::read("{no json", 9).is_err());
    }
}
