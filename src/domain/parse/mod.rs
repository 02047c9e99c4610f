//! Text → [`Parsed`]: what kind of message, which SALUTE fields, what is missing. Never fails, whatever the text.

pub(crate) mod tokens;

use crate::domain::{
    ids::AreaId,
    place::Found,
    report::{Field, Kind, Report},
    timestamp::Timestamp,
};

/// What is known about a message besides its words.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    /// When it was sent; times in it are read relative to this.
    pub sent_at: Timestamp,
    /// The areas of the room it was written in, nearest meaning first; empty for direct messages.
    pub near: &'a [AreaId],
    /// Whether it answers an earlier report, so that its place may be left unsaid.
    pub is_reply: bool,
}

/// What was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// What the message is for.
    pub kind: Kind,
    /// The SALUTE fields; `report.place` is filled when [`Parsed::found`] is one place.
    pub report: Report,
    /// What the place words point at.
    pub found: Found,
    /// What would make it useful and is missing, most useful first.
    pub missing: Vec<Field>,
    /// 0 to 1: how sure we are of `kind`. Below the policy's threshold the message is left alone.
    pub score: f64,
    /// `en`, `es`, `so` or `hmn`, where the text shows it.
    pub language: Option<&'static str>,
}
