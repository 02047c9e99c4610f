//! Reports about one happening: its status and life, which incident a report joins, and the ids people type.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::{
    handle::Handle,
    ids::{AreaId, IncidentId},
    place::{Place, PlaceKind},
    policy::Joining,
    report::{Field, Kind, Report},
    timestamp::Timestamp,
};

/// Where an incident's life stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Reported once, not checked.
    Unverified,
    /// Two independent first-hand senders.
    Corroborated,
    /// A verifier says so.
    Confirmed,
    /// It is over.
    Cleared,
    /// It was not what was feared.
    Dismissed,
    /// Without news for too long.
    Stale,
    /// Counted into another incident.
    Merged,
}

impl Status {
    /// The name as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Corroborated => "corroborated",
            Self::Confirmed => "confirmed",
            Self::Cleared => "cleared",
            Self::Dismissed => "dismissed",
            Self::Stale => "stale",
            Self::Merged => "merged",
        }
    }

    /// The status of that name, as [`Self::as_str`] gives it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Unverified,
            Self::Corroborated,
            Self::Confirmed,
            Self::Cleared,
            Self::Dismissed,
            Self::Stale,
            Self::Merged,
        ]
        .into_iter()
        .find(|status| status.as_str() == name)
    }

    /// Whether anything may still happen to it: its id can be typed and reports can join.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Unverified | Self::Corroborated | Self::Confirmed | Self::Stale
        )
    }
}

/// Reports about one happening.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Its own id.
    pub id: IncidentId,
    /// The id people type.
    pub handle: Handle,
    /// The kind of its reports; only reports of the same kind join.
    pub kind: Kind,
    /// Where its life stands.
    pub status: Status,
    /// The best of what its reports say, place included.
    pub report: Report,
    /// The areas it concerns: the place's, or the source room's while the place is missing.
    pub areas: Vec<AreaId>,
    /// When the first report came.
    pub opened_at: Timestamp,
    /// When something new was last heard of it.
    pub news_at: Timestamp,
    /// When its status last changed.
    pub changed_at: Timestamp,
    /// Reports counted.
    pub reports: u32,
    /// First-hand reports by different people.
    pub firsthand: u32,
    /// Rooms they came from.
    pub rooms: u32,
    /// People who go and look.
    pub going: u32,
}

impl Incident {
    /// Where it is, if known.
    #[must_use]
    pub const fn place(&self) -> Option<&Place> {
        self.report.place.as_ref()
    }
}

/// What a verifier decides about an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is so.
    Confirm,
    /// It is not what was feared.
    Dismiss,
    /// It is over.
    Clear,
    /// Nobody has heard anything for long.
    Old,
}

impl Verdict {
    /// The status it leads to.
    #[must_use]
    pub const fn leads_to(self) -> Status {
        match self {
            Self::Confirm => Status::Confirmed,
            Self::Dismiss => Status::Dismissed,
            Self::Clear => Status::Cleared,
            Self::Old => Status::Stale,
        }
    }

    /// The new status, or `None` if an incident of that status cannot take this verdict: it has it already, or is closed.
    #[must_use]
    pub fn applied_to(self, status: Status) -> Option<Status> {
        let next = self.leads_to();
        (status.is_open() && status != next).then_some(next)
    }
}

/// The incident a report joins, and how surely.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// How far the report's place is from it, in metres.
    pub metres: f64,
    /// Near enough in space and time to join without asking anyone.
    pub is_tight: bool,
}

/// The open incident a report belongs to, the nearest first: of the same kind, and near in place and time as the policy says,
/// or at the same intersection. `None`: it opens its own.
#[must_use]
pub fn joins<'a>(
    report: &Report,
    kind: Kind,
    now: Timestamp,
    open: &'a [Incident],
    rules: &Joining,
) -> Option<Match<'a>> {
    let place = report.place.as_ref().filter(|place| place.is_exact())?;
    open.iter()
        .filter(|incident| incident.status.is_open() && incident.kind == kind)
        .filter_map(|incident| matches_place(incident, place, now, rules))
        .min_by(|a, b| a.metres.total_cmp(&b.metres))
}

fn matches_place<'a>(
    incident: &'a Incident,
    place: &Place,
    now: Timestamp,
    rules: &Joining,
) -> Option<Match<'a>> {
    let known = incident.place().filter(|known| known.is_exact())?;
    let silence = now.since(incident.news_at);
    let is_same = known.kind == PlaceKind::Intersection
        && known.kind == place.kind
        && known.streets == place.streets;
    let metres = match (known.point, place.point) {
        _ if is_same => 0.0,
        (Some(a), Some(b)) => a.metres_to(b),
        _ => return None,
    };
    let is_near = metres <= rules.near_m && silence <= rules.within;
    let is_tight = metres <= rules.tight_m && silence <= rules.tight_within;
    (is_same || is_near).then_some(Match {
        incident,
        metres,
        is_tight,
    })
}

/// One report as it counts towards corroboration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Witness<'a> {
    /// Who, as a hash.
    pub sender: &'a str,
    /// The words, as a hash: copies of one text count once.
    pub text: &'a str,
    /// Saw it themself.
    pub is_firsthand: bool,
}

/// How many independent first-hand witnesses there are: different senders with different words.
#[must_use]
pub fn independent(witnesses: &[Witness<'_>]) -> u32 {
    let mut senders = BTreeSet::new();
    let mut texts = BTreeSet::new();
    let mut count = 0;
    for witness in witnesses.iter().filter(|witness| witness.is_firsthand) {
        // A sender who comes back, or a text that comes back, is not another witness.
        let is_new_sender = senders.insert(witness.sender);
        let is_new_text = witness.text.is_empty() || texts.insert(witness.text);
        count += u32::from(is_new_sender && is_new_text);
    }
    count
}

impl Incident {
    /// Takes in how many reports there are now; two independent witnesses corroborate an unverified incident.
    pub fn recount(&mut self, reports: u32, firsthand: u32, rooms: u32, now: Timestamp) {
        (self.reports, self.firsthand, self.rooms) = (reports, firsthand, rooms);
        if self.status == Status::Unverified && firsthand >= 2 {
            self.status = Status::Corroborated;
            self.changed_at = now;
        } else if self.status == Status::Corroborated && firsthand < 2 {
            self.status = Status::Unverified;
            self.changed_at = now;
        }
    }

    /// Takes in the best of what its reports say now. A place that is as good as theirs stays for as long as one of them says it:
    /// what is merged into an incident does not move it.
    pub fn say<'a>(&mut self, best: Report, reports: impl IntoIterator<Item = &'a Report>) {
        let old = std::mem::replace(&mut self.report, best).place;
        let is_said = reports
            .into_iter()
            .any(|report| old.is_some() && report.place == old);
        let rank = |place: &Place| (place.is_exact(), place.is_sure());
        if is_said && old.as_ref().map(rank) >= self.report.place.as_ref().map(rank) {
            self.report.place = old;
        }
    }

    /// What no report has said yet, most useful first.
    #[must_use]
    pub fn missing(&self) -> Vec<Field> {
        let report = &self.report;
        let lacks = [
            (
                Field::Location,
                !report
                    .place
                    .as_ref()
                    .is_some_and(|place| place.is_exact() || place.is_coarsened()),
            ),
            (
                Field::Size,
                report.size.people.is_none() && report.size.vehicles.is_none(),
            ),
            (Field::Activity, report.activity.is_empty()),
            (Field::Time, report.seen.at.is_none()),
        ];
        lacks
            .into_iter()
            .filter_map(|(field, is_missing)| is_missing.then_some(field))
            .collect()
    }
}

/// The best of several reports on one happening, oldest first: later counts, times and vehicles replace earlier ones,
/// what they do and wear adds up, and an exact place is only replaced by a correction.
#[must_use]
pub fn merged<'a>(reports: impl IntoIterator<Item = &'a Report>) -> Report {
    let mut all = Report::default();
    all.seen.basis = crate::domain::report::TimeBasis::None;
    for report in reports {
        all.size.people = report.size.people.or(all.size.people);
        all.size.vehicles = report.size.vehicles.or(all.size.vehicles);
        add(&mut all.activity, &report.activity);
        add(&mut all.unit.agency, &report.unit.agency);
        add(&mut all.unit.uniform, &report.unit.uniform);
        add(&mut all.equipment.weapons, &report.equipment.weapons);
        add(&mut all.equipment.other, &report.equipment.other);
        if report.equipment.vehicles.len() >= all.equipment.vehicles.len() {
            all.equipment
                .vehicles
                .clone_from(&report.equipment.vehicles);
        }
        if report.seen.at >= all.seen.at {
            all.seen = report.seen;
        }
        let is_better = |new: &Place| match &all.place {
            None => true,
            Some(old) => (new.is_exact(), new.is_sure()) > (old.is_exact(), old.is_sure()),
        };
        if let Some(place) = report.place.as_ref().filter(|place| is_better(place)) {
            all.place = Some(place.clone());
        }
        all.certainty = report.certainty;
    }
    all
}

fn add<T: Clone + PartialEq>(all: &mut Vec<T>, more: &[T]) {
    for item in more {
        if !all.contains(item) {
            all.push(item.clone());
        }
    }
}

#[cfg(test)]
mod tests;
