//! What a language model made of a message: a suggestion for fields that the rules left empty, never more.

use crate::domain::{
    place::Place,
    report::{Activity, Report, Size, Unit},
};

/// Values for fields of a report; empty where there is nothing to suggest.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Suggestion {
    /// The words of the message that name the place.
    pub place: Option<String>,
    /// How many.
    pub size: Size,
    /// What they do.
    pub activity: Vec<Activity>,
    /// Who.
    pub unit: Unit,
}

impl Suggestion {
    /// Fills what is empty in a report; true if anything was. `place` is what the gazetteer makes of the suggested words: it is
    /// taken as unsure, so that only verifiers hear of it until a person has said that it is right.
    pub fn fill(self, report: &mut Report, place: Option<Place>) -> bool {
        let before = report.clone();
        report.size.people = report.size.people.or(self.size.people);
        report.size.vehicles = report.size.vehicles.or(self.size.vehicles);
        if report.activity.is_empty() {
            report.activity = self.activity;
            report.activity.sort_unstable();
            report.activity.dedup();
        }
        for (said, suggested) in [
            (&mut report.unit.agency, self.unit.agency),
            (&mut report.unit.uniform, self.unit.uniform),
        ] {
            if said.is_empty() {
                *said = suggested;
                said.sort_unstable();
                said.dedup();
            }
        }
        if !report.place.as_ref().is_some_and(Place::is_exact)
            && let Some(place) = place.filter(Place::is_exact)
        {
            report.place = Some(place.suggested());
        }
        *report != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        place::PlaceKind,
        report::{Range, Seen},
        route,
    };

    fn corner() -> Place {
        Place {
            kind: PlaceKind::Intersection,
            name: "Lake & Pillsbury".to_owned(),
            streets: Vec::new(),
            number: None,
            landmark: None,
            city: None,
            point: None,
            areas: Vec::new(),
            primary: Vec::new(),
            confidence: 0.95,
        }
    }

    #[test]
    fn what_the_rules_found_stays_and_what_they_left_empty_is_filled() {
        let mut report = Report {
            size: Size {
                people: Some(Range::exactly(3)),
                vehicles: None,
            },
            activity: vec![Activity::Parked],
            seen: Seen::default(),
            ..Report::default()
        };
        let suggestion = Suggestion {
            place: None,
            size: Size {
                people: Some(Range::exactly(9)),
                vehicles: Some(Range::exactly(2)),
            },
            activity: vec![Activity::Detaining],
            unit: Unit {
                agency: vec!["ICE".to_owned()],
                uniform: Vec::new(),
            },
        };
        assert!(suggestion.fill(&mut report, None));
        assert_eq!(report.size.people, Some(Range::exactly(3)));
        assert_eq!(report.size.vehicles, Some(Range::exactly(2)));
        assert_eq!(report.activity, [Activity::Parked]);
        assert_eq!(report.unit.agency, ["ICE"]);
    }

    #[test]
    fn a_suggested_place_is_unsure_and_alone_sends_no_alert() {
        let mut report = Report::default();
        assert!(Suggestion::default().fill(&mut report, Some(corner())));
        assert!(report.place.as_ref().is_some_and(|place| !place.is_sure()));
        assert!(!route::may_be_labelled(&report));
        report.place = Some(corner());
        assert!(route::may_be_labelled(&report));
        assert!(!Suggestion::default().fill(&mut report, Some(corner())));
    }
}
