//! A [`Summary`] in parts: where, who, what they do, with what, when, how many saw it, what is missing.

use fluent_bundle::FluentArgs;

use super::voice::{Voice, plural, shown};
use crate::domain::{
    incident::Status,
    prompt::Summary,
    report::{Activity, Field, Range, Vehicle},
};

impl Voice<'_> {
    /// The verifiers' line: everything that is known.
    pub(super) fn card_facts(&self, summary: &Summary) -> String {
        let mut parts = vec![self.head(summary)];
        parts.extend(self.areas(summary));
        parts.extend(summary.place.as_deref().map(|place| self.own(place)));
        parts.extend(self.who(summary));
        parts.extend(self.doing(summary));
        parts.extend(self.vehicles_described(summary));
        parts.extend(self.gear(summary));
        parts.extend(self.seen(summary));
        parts.push(self.counts(summary));
        if summary.going > 0 {
            parts.push(self.counted("going-count", Range::exactly(summary.going)));
        }
        parts.extend(self.fields(&summary.missing));
        parts.join(self.dot())
    }

    /// The moderators' line about something held: what is known of it.
    pub(super) fn hold_facts(&self, summary: &Summary) -> String {
        let parts = [
            self.areas(summary),
            summary.place.as_deref().map(|place| self.own(place)),
            self.who(summary),
            self.doing(summary),
            self.vehicles_described(summary),
            self.gear(summary),
            self.seen(summary),
        ];
        parts
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(self.dot())
    }

    /// What rooms and phones hear: where, how many, what they do. Of these, the most important that may be said.
    pub(super) fn alert_facts(&self, summary: &Summary) -> String {
        let mut parts = vec![
            (1, self.areas(summary)),
            (0, summary.place.as_deref().map(|place| self.own(place))),
            (2, self.how_many(summary)),
            (3, self.doing(summary)),
        ];
        parts.retain(|(_, part)| part.is_some());
        let mut ranks: Vec<_> = parts.iter().map(|(rank, _)| *rank).collect();
        ranks.sort_unstable();
        ranks.truncate(self.limits.facts);
        let said: Vec<_> = parts
            .into_iter()
            .filter(|(rank, _)| ranks.contains(rank))
            .filter_map(|(_, part)| part)
            .collect();
        said.join(self.dot())
    }

    /// The word for a status.
    pub(super) fn status(&self, status: Status) -> String {
        self.tag("status", status.as_str())
    }

    /// `K7 unverified`, `K7 confirmed 2:21pm`.
    fn head(&self, summary: &Summary) -> String {
        let mut args = FluentArgs::new();
        args.set("handle", self.own(&summary.handle));
        args.set("state", self.status(summary.status));
        args.set("clock", self.clock(summary.changed_at, summary.changed_at));
        self.text(
            match summary.status {
                Status::Unverified | Status::Corroborated | Status::Stale => "head",
                Status::Confirmed | Status::Cleared | Status::Dismissed | Status::Merged => {
                    "head-changed"
                }
            },
            &args,
        )
    }

    fn areas(&self, summary: &Summary) -> Option<String> {
        let names: Vec<_> = summary.areas.iter().map(|name| self.own(name)).collect();
        (!names.is_empty()).then(|| names.join(" / "))
    }

    /// `3 people, ICE, vests, masks`.
    fn who(&self, summary: &Summary) -> Option<String> {
        let mut parts: Vec<_> = summary
            .size
            .people
            .map(|people| self.counted("people", people))
            .into_iter()
            .collect();
        let unit = &summary.unit;
        parts.extend(unit.agency.iter().map(|tag| self.tag("agency", tag)));
        parts.extend(unit.uniform.iter().map(|tag| self.tag("uniform", tag)));
        listed(&parts)
    }

    /// `3 people, 2 vehicles, ICE`.
    fn how_many(&self, summary: &Summary) -> Option<String> {
        let mut parts = Vec::new();
        parts.extend(
            summary
                .size
                .people
                .map(|people| self.counted("people", people)),
        );
        let vehicles = summary
            .size
            .vehicles
            .or_else(|| described(&summary.equipment.vehicles));
        parts.extend(vehicles.map(|vehicles| self.counted("vehicles", vehicles)));
        parts.extend(
            summary
                .unit
                .agency
                .iter()
                .map(|tag| self.tag("agency", tag)),
        );
        listed(&parts)
    }

    fn doing(&self, summary: &Summary) -> Option<String> {
        let parts: Vec<_> = summary
            .activity
            .iter()
            .map(|activity| self.word(activity_key(*activity)))
            .collect();
        listed(&parts)
    }

    /// `2 black SUVs, 1 white Ford Transit`; with the total before it where the descriptions do not add up to it.
    fn vehicles_described(&self, summary: &Summary) -> Option<String> {
        let kinds: Vec<_> = summary
            .equipment
            .vehicles
            .iter()
            .map(|vehicle| self.vehicle(vehicle))
            .collect();
        let total = summary.size.vehicles;
        match (listed(&kinds), total) {
            (None, total) => total.map(|total| self.counted("vehicles", total)),
            (Some(kinds), Some(total)) if described(&summary.equipment.vehicles) != Some(total) => {
                Some(format!("{}: {kinds}", self.counted("vehicles", total)))
            }
            (kinds, _) => kinds,
        }
    }

    fn vehicle(&self, vehicle: &Vehicle) -> String {
        let brand = match (&vehicle.make, &vehicle.model) {
            (Some(make), Some(model)) => format!("{make} {model}"),
            (Some(name), None) | (None, Some(name)) => name.clone(),
            (None, None) => String::new(),
        };
        let body = match (&vehicle.body, brand.is_empty()) {
            (Some(body), _) => self.body(body, vehicle.count),
            (None, true) => self.body("vehicle", vehicle.count),
            (None, false) => String::new(),
        };
        let mut args = FluentArgs::new();
        args.set("shown", vehicle.count.map(shown).unwrap_or_default());
        args.set(
            "color",
            vehicle
                .color
                .as_ref()
                .map_or_else(String::new, |color| self.tag("color", color)),
        );
        args.set("brand", self.own(&brand));
        args.set("body", body);
        let spaced = self.text("vehicle", &args);
        spaced.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn body(&self, body: &str, count: Option<Range>) -> String {
        let mut args = FluentArgs::new();
        args.set(
            "count",
            plural(count.unwrap_or(Range { min: 1, max: None })),
        );
        let key = format!("body-{body}");
        let said = self.text(&key, &args);
        if said == key { self.own(body) } else { said }
    }

    fn gear(&self, summary: &Summary) -> Option<String> {
        let (weapons, other) = (&summary.equipment.weapons, &summary.equipment.other);
        let weapons = weapons.iter().map(|tag| self.tag("weapon", tag));
        let other = other.iter().map(|tag| self.tag("gear", tag));
        listed(&weapons.chain(other).collect::<Vec<_>>())
    }

    fn seen(&self, summary: &Summary) -> Option<String> {
        let mut args = FluentArgs::new();
        args.set("clock", self.clock(summary.seen_at?, summary.changed_at));
        Some(self.text("seen", &args))
    }

    /// `1 report`; `2 reports, 2 first-hand, 2 rooms`.
    fn counts(&self, summary: &Summary) -> String {
        let mut parts = vec![self.counted("reports", Range::exactly(summary.reports))];
        if summary.firsthand > 1 {
            parts.push(self.counted("firsthand", Range::exactly(summary.firsthand)));
        }
        if summary.rooms > 1 {
            parts.push(self.counted("rooms", Range::exactly(summary.rooms)));
        }
        parts.join(", ")
    }

    /// `no place, no count`: what no report has said yet.
    pub(super) fn fields(&self, missing: &[Field]) -> Option<String> {
        let parts: Vec<_> = missing
            .iter()
            .map(|field| {
                self.word(match field {
                    Field::Location => "missing-location",
                    Field::Size => "missing-size",
                    Field::Activity => "missing-activity",
                    Field::Time => "missing-time",
                })
            })
            .collect();
        listed(&parts)
    }
}

fn listed(parts: &[String]) -> Option<String> {
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// How many vehicles the descriptions add up to, if each says how many it stands for.
fn described(vehicles: &[Vehicle]) -> Option<Range> {
    let mut total = None;
    for vehicle in vehicles {
        let count = vehicle.count?;
        let so_far = total.unwrap_or(Range::exactly(0));
        total = Some(Range {
            min: so_far.min.saturating_add(count.min),
            max: so_far.max.zip(count.max).map(|(a, b)| a.saturating_add(b)),
        });
    }
    total
}

const fn activity_key(activity: Activity) -> &'static str {
    match activity {
        Activity::Parked => "activity-parked",
        Activity::Driving => "activity-driving",
        Activity::OnFoot => "activity-on-foot",
        Activity::Watching => "activity-watching",
        Activity::Staging => "activity-staging",
        Activity::Knocking => "activity-knocking",
        Activity::Entering => "activity-entering",
        Activity::Questioning => "activity-questioning",
        Activity::VehicleStop => "activity-vehicle-stop",
        Activity::Detaining => "activity-detaining",
        Activity::Leaving => "activity-leaving",
        Activity::Aerial => "activity-aerial",
        Activity::Chemical => "activity-chemical",
        Activity::Crowd => "activity-crowd",
    }
}
