//! Steps of an incident's life that can be taken back: verdicts and merges.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{
    ids::{IncidentId, ReportId},
    incident::Status,
    timestamp::Timestamp,
};

/// How long a step can be taken back (PRODUCT, "Reports, incidents").
pub const UNDO_FOR: Duration = Duration::from_secs(10 * 60);

/// One step, and what it takes to go back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What the incident was before.
    pub was: Status,
    /// Since when it had been that.
    pub since: Timestamp,
    /// What it became.
    pub became: Status,
    /// Where its reports went, if it was merged.
    pub merged: Option<Merged>,
}

/// What a merge moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// The incident that the reports count towards now.
    pub into: IncidentId,
    /// Which reports.
    pub reports: Vec<ReportId>,
}
