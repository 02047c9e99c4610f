//! Whether a program that listens on a socket keeps the contract of `docs/signal-link.md`: one finding for each clause.
//!
//! It asks for what can be asked without effect: methods are called about groups that do not exist, links that lead nowhere and
//! files that are not there, and must refuse in their own way instead of not knowing the method. Only where an operator names a
//! group for it, something is sent, edited, reacted to and deleted there.

mod clauses;
mod writing;

use std::time::Duration;

use serde_json::{Value, json};

use crate::platforms::signal::{daemon::Daemon, link::CallError, wire::RpcError};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// A group that does not exist, and whose id is well formed.
const NO_GROUP: &str = "dG9jc2luIGNvbmZvcm1hbmNlLCBubyBzdWNoIGdyb3U=";

/// What a clause is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Nothing goes without it.
    Ground,
    /// To hear what is written in groups.
    Reading,
    /// To say something in them.
    Sending,
    /// To make and change groups.
    Groups,
    /// To link the account and see to it from tocsin's command line; can be done with other tools.
    Hand,
}

/// How a clause is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// As the contract says.
    Good,
    /// The program cannot do it; the rest of tocsin goes on without it.
    Missing,
    /// It does it in another way than the contract says.
    Broken(String),
    /// It was not tried, and why.
    Untried(&'static str),
}

/// One clause and how it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Its name in the contract.
    pub name: &'static str,
    /// What it is needed for.
    pub part: Part,
    /// How it is kept.
    pub kept: Kept,
}

/// Tries every clause; `group` is one in which may be written.
pub async fn conformance(daemon: &Daemon, group: Option<&str>) -> Vec<Clause> {
    let mut found = clauses::all(daemon).await;
    // Where nothing answers there is nothing more to find out.
    if found
        .iter()
        .any(|clause| clause.part == Part::Ground && clause.kept != Kept::Good)
    {
        return found;
    }
    found.extend(writing::all(daemon, group).await);
    found
}

/// Whether the program can be used at all: it can be asked, and groups be read and written in.
#[must_use]
pub fn is_usable(clauses: &[Clause]) -> bool {
    clauses
        .iter()
        .all(|clause| match (&clause.kept, clause.part) {
            (Kept::Broken(_), _)
            | (Kept::Missing, Part::Ground | Part::Reading | Part::Sending) => false,
            (Kept::Good | Kept::Untried(_) | Kept::Missing, _) => true,
        })
}

async fn ask(daemon: &Daemon, method: &'static str, params: Value) -> Result<Value, CallError> {
    daemon.call(method, params, PATIENCE).await
}

/// What an answer means that was to be `is_right`.
fn answered(answer: Result<Value, CallError>, is_right: impl Fn(&Value) -> bool) -> Kept {
    match answer {
        Ok(result) if is_right(&result) => Kept::Good,
        Ok(result) => Kept::Broken(format!("answers {}", shape(&result))),
        Err(CallError::Refused(error)) if is_unknown(&error) => Kept::Missing,
        Err(CallError::Refused(error)) => Kept::Broken(format!("refuses with {}", error.code)),
        Err(error) => Kept::Broken(error.to_string()),
    }
}

/// What an answer means that was to be a refusal with one of these numbers.
fn refused(answer: Result<Value, CallError>, codes: &[i64]) -> Kept {
    match answer {
        Err(CallError::Refused(error)) if codes.contains(&error.code) => Kept::Good,
        Err(CallError::Refused(error)) if is_unknown(&error) => Kept::Missing,
        Err(CallError::Refused(error)) => {
            Kept::Broken(format!("refuses with {} instead of {codes:?}", error.code))
        }
        Ok(result) => Kept::Broken(format!("answers {} instead of refusing", shape(&result))),
        Err(error) => Kept::Broken(error.to_string()),
    }
}

const fn is_unknown(error: &RpcError) -> bool {
    error.code == -32_601
}

/// What an answer looks like, without what stands in it.
fn shape(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "true or false".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(_) => "a string".to_owned(),
        Value::Array(list) => match list.first() {
            None => "an empty list".to_owned(),
            Some(first) => format!("a list of {}", shape(first)),
        },
        Value::Object(fields) => {
            let names: Vec<&str> = fields.keys().map(String::as_str).collect();
            format!("an object with {}", json!(names))
        }
    }
}

#[cfg(test)]
mod tests;
