//! What a transaction knows already, and what it has not written yet.
//!
//! Messages that are taken in together ask once for what each of them needs to know ([`Tx::foresee`]) and write once what they
//! change: what is kept back here is written before anything else of the database is asked ([`Tx::catch_up`]) and before the
//! commit. What is known is what the database would answer: whoever changes a table keeps this true or forgets it. A statement
//! that says nothing of this (`on!`) writes first and forgets afterwards; those that messages need most say more: `reading!`
//! changes nothing that is known, and `aside!` has nothing to do with it or looks after it by itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    domain::{
        envelope::PlatformKind,
        ids::{IncidentId, SenderHash},
        incident::Incident,
        place::Point,
        timestamp::Timestamp,
    },
    store::{QuestionRow, ReportRow, Result, SubscriberRow, Tx, reports},
};

/// What is known and what is kept back.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Envelopes that were marked as seen ahead; true until that is asked for, and false for those that had been seen.
    pub marked: BTreeMap<(PlatformKind, String), bool>,
    pub people: People,
    pub incidents: Incidents,
    pub reports: Reports,
}

/// What is known of people, by their hashes. What is not there is not known; `None` and empty lists are.
#[derive(Debug, Default)]
pub(super) struct People {
    /// Whether they said STOP.
    pub stops: BTreeMap<String, bool>,
    /// What they are subscribed to, oldest first.
    pub subscriptions: BTreeMap<String, Vec<SubscriberRow>>,
    /// The language they wrote in last, and when.
    pub languages: BTreeMap<SenderHash, Option<(String, Timestamp)>>,
    /// The question to them.
    pub questions: BTreeMap<SenderHash, Option<QuestionRow>>,
    /// Not written yet: who wrote, by when.
    pub alive: BTreeMap<Timestamp, BTreeSet<String>>,
    /// Not written yet: whose language is another.
    pub spoke: BTreeSet<SenderHash>,
    /// Not written yet: who is asked something else, or nothing any more.
    pub asked: BTreeSet<SenderHash>,
}

/// What is known of open incidents.
#[derive(Debug, Default)]
pub(super) struct Incidents {
    /// Some that are open, as they stand.
    pub open: BTreeMap<IncidentId, Incident>,
    /// Those of them that were saved here.
    pub saved: BTreeSet<IncidentId>,
    /// Not written yet.
    pub changed: BTreeSet<IncidentId>,
    /// What the database said was open around a point; what was saved since is looked at anew.
    pub around: Vec<(Around, BTreeSet<IncidentId>)>,
}

/// What is known of reports.
#[derive(Debug, Default)]
pub(super) struct Reports {
    /// Of an incident, what it is worked out from, and how many there are.
    pub telling: BTreeMap<IncidentId, (Arc<Vec<ReportRow>>, u32)>,
    /// Towards which incidents the reports of a person count that were not withdrawn.
    pub counted: BTreeMap<SenderHash, BTreeSet<IncidentId>>,
    /// Not written yet.
    pub added: Vec<ReportRow>,
}

/// A square around a point, and since when there must be news.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Around {
    pub since: Timestamp,
    pub lat: [f64; 2],
    pub lon: [f64; 2],
}

impl Around {
    pub fn new(point: Point, metres: f64, since: Timestamp) -> Self {
        // A degree of latitude is 111.2 km; one of longitude shrinks with the cosine of the latitude.
        let up = metres / 111_195.0;
        let across = up / point.lat.to_radians().cos().max(0.01);
        Self {
            since,
            lat: [point.lat - up, point.lat + up],
            lon: [point.lon - across, point.lon + across],
        }
    }

    pub fn has(&self, incident: &Incident) -> bool {
        let point = incident.place().and_then(|place| place.point);
        point.is_some_and(|point| {
            incident.news_at >= self.since
                && (self.lat[0]..=self.lat[1]).contains(&point.lat)
                && (self.lon[0]..=self.lon[1]).contains(&point.lon)
        })
    }
}

impl Incidents {
    /// The open incidents around a point, newest news first, if that was asked before.
    pub fn around(&self, around: &Around) -> Option<Vec<Incident>> {
        let (_, told) = self.around.iter().find(|(asked, _)| asked == around)?;
        let untouched = told.difference(&self.saved);
        let mut found: Vec<&Incident> = untouched
            .chain(&self.saved)
            .filter_map(|id| self.open.get(id))
            .filter(|incident| !self.saved.contains(&incident.id) || around.has(incident))
            .collect();
        found.sort_by(|a, b| b.news_at.cmp(&a.news_at).then_with(|| a.id.cmp(&b.id)));
        Some(found.into_iter().cloned().collect())
    }

    /// An open incident as it was saved.
    pub fn keep(&mut self, incident: &Incident) {
        self.saved.insert(incident.id.clone());
        self.open.insert(incident.id.clone(), incident.clone());
    }
}

impl Reports {
    /// Counts a new report.
    pub fn add(&mut self, row: &ReportRow) {
        if let Some(incidents) = self.counted.get_mut(&row.sender) {
            incidents.insert(row.incident.clone());
        }
        if let Some(telling) = self.telling.get_mut(&row.incident) {
            tell(telling, row);
        }
        self.added.push(row.clone());
    }

    /// What the database says that an incident is worked out from; what it was not told yet is added.
    pub fn learn(&mut self, incident: &IncidentId, rows: Vec<ReportRow>, count: u32) {
        let mut telling = (Arc::new(rows), count);
        for row in self.added.iter().filter(|row| &row.incident == incident) {
            tell(&mut telling, row);
        }
        self.telling.insert(incident.clone(), telling);
    }

    /// Forgets what is known; what is kept back must have been written.
    pub fn forget(&mut self) {
        self.telling.clear();
        self.counted.clear();
    }
}

/// Adds a report to those that an incident is worked out from: the first few and the last of all are among them before and after.
fn tell((rows, count): &mut (Arc<Vec<ReportRow>>, u32), row: &ReportRow) {
    let rows = Arc::make_mut(rows);
    let at =
        rows.partition_point(|other| (other.received_at, &other.id) < (row.received_at, &row.id));
    rows.insert(at, row.clone());
    *count += 1;
    reports::keep_telling(rows);
}

impl Known {
    /// Forgets what is known; what is kept back must have been written. What was marked ahead stays so.
    pub fn forget(&mut self) {
        self.people = People::default();
        self.incidents = Incidents::default();
        self.reports.forget();
    }
}

impl Tx {
    /// Writes what was kept back.
    ///
    /// # Errors
    /// If the database refuses.
    pub(super) async fn catch_up(&mut self) -> Result<()> {
        if !self.known.reports.added.is_empty() {
            self.write_added().await?;
        }
        if !self.known.incidents.changed.is_empty() {
            self.write_changed().await?;
        }
        let people = &self.known.people;
        if !people.asked.is_empty() {
            self.write_asked().await?;
        }
        let people = &self.known.people;
        if !people.spoke.is_empty() {
            self.write_spoke().await?;
        }
        let people = &self.known.people;
        if !people.alive.is_empty() {
            self.write_alive().await?;
        }
        Ok(())
    }
}
