//! The rules that communities tune, as plain values with the defaults of PRODUCT. `config` fills them from `policy.toml`.

use std::time::Duration;

use serde::Deserialize;

use crate::domain::{
    hold::flood::Limits,
    relay::Relay,
    spending::Spending,
    split::{self, LinkMode},
};

/// Whether an unconfirmed report leaves the source room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Gate {
    /// A complete first-hand report goes to the area's response siblings at once, labelled UNCONFIRMED.
    #[default]
    Label,
    /// Nothing leaves the source room and the verifiers' room before confirmation.
    Verify,
}

/// When reports are about the same happening.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Joining {
    /// A report this near (metres) may join an open incident.
    pub near_m: f64,
    /// Up to this long after the incident's last news.
    pub within: Duration,
    /// This near (metres) and within `tight_within`, it joins silently.
    pub tight_m: f64,
    /// See `tight_m`.
    pub tight_within: Duration,
}

impl Default for Joining {
    fn default() -> Self {
        Self {
            near_m: 300.0,
            within: Duration::from_secs(20 * 60),
            tight_m: 150.0,
            tight_within: Duration::from_secs(10 * 60),
        }
    }
}

/// What holds for rooms that fill up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRules {
    /// How many people they take, and from when on what is done.
    pub limits: split::Limits,
    /// When more people than this join a room within an hour, an admin has to let people in from then on; 0: never.
    pub join_wave: u32,
    /// How people get into rooms of which the network does not show it.
    pub entry: LinkMode,
    /// Who comes into a room is welcomed.
    pub welcome: bool,
}

impl Default for RoomRules {
    fn default() -> Self {
        Self {
            limits: split::Limits::default(),
            join_wave: 50,
            entry: LinkMode::Open,
            welcome: true,
        }
    }
}

/// The rules in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The gate of every area that has none of its own.
    pub gate: Gate,
    /// Areas with a gate of their own.
    pub gates: std::collections::BTreeMap<crate::domain::ids::AreaId, Gate>,
    /// What the response rooms of an area hear of each other.
    pub relay: Relay,
    /// Areas where that is otherwise.
    pub relays: std::collections::BTreeMap<crate::domain::ids::AreaId, Relay>,
    /// When reports join.
    pub joining: Joining,
    /// Without news for this long an incident is stale.
    pub stale_after: Duration,
    /// An alert older than this is not sent any more.
    pub alert_expires: Duration,
    /// Alerts to one subscriber in 24 hours, at most.
    pub alerts_per_day: u32,
    /// Below this score a message is left alone.
    pub min_score: f64,
    /// Report detail is forgotten after this; at most 72 h.
    pub keep_reports: Duration,
    /// An incident's coarse summary is forgotten after this; at most 30 days.
    pub keep_incidents: Duration,
    /// A question to a reporter is open for this long.
    pub question_open: Duration,
    /// How long a role that two moderators gave is held, where they do not say.
    pub role_term: Duration,
    /// Reaction marks in the source room.
    pub marks: bool,
    /// What text messages may cost, and when alerts are not texted.
    pub spending: Spending,
    /// From when on reports are a flood.
    pub flood: Limits,
    /// What holds for rooms that fill up.
    pub rooms: RoomRules,
    /// Links that ask for money or lead to other groups and may be shared all the same.
    pub allowed_links: Vec<String>,
}

impl Policy {
    /// The gate of an area.
    #[must_use]
    pub fn gate_of(&self, area: &crate::domain::ids::AreaId) -> Gate {
        self.gates.get(area).copied().unwrap_or(self.gate)
    }

    /// What the response rooms of an area hear of each other.
    #[must_use]
    pub fn relay_of(&self, area: &crate::domain::ids::AreaId) -> Relay {
        self.relays.get(area).copied().unwrap_or(self.relay)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            gate: Gate::Label,
            gates: std::collections::BTreeMap::new(),
            relay: Relay::default(),
            relays: std::collections::BTreeMap::new(),
            joining: Joining::default(),
            stale_after: Duration::from_secs(60 * 60),
            alert_expires: Duration::from_secs(10 * 60),
            alerts_per_day: 6,
            min_score: 0.5,
            keep_reports: Duration::from_secs(72 * 3600),
            keep_incidents: Duration::from_secs(30 * 86_400),
            question_open: Duration::from_secs(30 * 60),
            role_term: crate::domain::trust::TERM,
            marks: true,
            spending: Spending::default(),
            flood: Limits::default(),
            rooms: RoomRules::default(),
            allowed_links: Vec::new(),
        }
    }
}
