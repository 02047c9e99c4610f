//! Whom to turn to: organizations by what they help with (PRODUCT, `who X`). Never persons. Read from config.

use std::collections::BTreeSet;

use crate::domain::{command::folded, ids::AreaId, slips};

/// What people ask for, and the words they use for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topic {
    /// `food`, as services name it.
    pub id: String,
    /// What people call it, in any language; folded.
    pub words: Vec<String>,
}

/// An organization that helps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organization {
    /// What it calls itself.
    pub name: String,
    /// What it helps with.
    pub topics: Vec<String>,
    /// How it is reached and when, as it is to be said.
    pub contact: String,
    /// For whom; empty means everybody.
    pub areas: BTreeSet<AreaId>,
    /// The day somebody last made sure of it, `2026-01-10`.
    pub checked: String,
}

/// The directory of services.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organizations {
    /// What can be asked for, in the order in which it is offered.
    pub topics: Vec<Topic>,
    /// Who helps.
    pub services: Vec<Organization>,
}

impl Organizations {
    /// The topic people mean, one slip forgiven in words of four or more letters.
    #[must_use]
    pub fn meant(&self, text: &str) -> Option<&Topic> {
        let said = folded(text.trim().trim_end_matches(['?', '!', '.']));
        let is_called = |topic: &&Topic, slips: bool| {
            let words = topic.words.iter().chain([&topic.id]);
            words.into_iter().any(|word| {
                *word == said
                    || (slips && word.chars().count() >= 4 && slips::are_within(word, &said, 1))
            })
        };
        self.topics
            .iter()
            .find(|topic| is_called(topic, false))
            .or_else(|| self.topics.iter().find(|topic| is_called(topic, true)))
    }

    /// Who helps with it: those for these areas first, then those for everybody. Those for other areas are left out, unless no
    /// area is known.
    #[must_use]
    pub fn helping(&self, topic: &Topic, areas: &[AreaId]) -> Vec<&Organization> {
        let is_for = |service: &&Organization| service.topics.contains(&topic.id);
        let is_near =
            |service: &Organization| areas.iter().any(|area| service.areas.contains(area));
        let mut found: Vec<&Organization> = self
            .services
            .iter()
            .filter(is_for)
            .filter(|service| service.areas.is_empty() || areas.is_empty() || is_near(service))
            .collect();
        found.sort_by_key(|service| !is_near(service));
        found
    }

    /// What can be asked for and has somebody who helps.
    #[must_use]
    pub fn offered(&self) -> Vec<&str> {
        self.topics
            .iter()
            .filter(|topic| !self.helping(topic, &[]).is_empty())
            .map(|topic| topic.id.as_str())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn services() -> Organizations {
        let topic = |id: &str, words: &[&str]| Topic {
            id: id.to_owned(),
            words: words.iter().map(|word| (*word).to_owned()).collect(),
        };
        let service = |name: &str, areas: &[&str]| Organization {
            name: name.to_owned(),
            topics: vec!["food".to_owned()],
            contact: "612-555-0101".to_owned(),
            areas: areas.iter().map(|area| AreaId::new(*area)).collect(),
            checked: "2026-01-10".to_owned(),
        };
        Organizations {
            topics: vec![
                topic("food", &["comida", "groceries"]),
                topic("legal", &["abogado"]),
            ],
            services: vec![
                service("City Shelf", &[]),
                service("Whittier Shelf", &["mpls/whittier"]),
                service("Lyndale Shelf", &["mpls/lyndale"]),
            ],
        }
    }

    #[test]
    fn a_topic_is_meant_in_any_language_with_one_slip() {
        let services = services();
        let meant = |text| services.meant(text).map(|topic| topic.id.as_str());
        assert_eq!(meant("Food?"), Some("food"));
        assert_eq!(meant("comida"), Some("food"));
        assert_eq!(meant("grocerys"), None, "two slips");
        assert_eq!(meant("grocries"), Some("food"));
        assert_eq!(meant("ana garcia"), None);
    }

    #[test]
    fn those_near_come_first_and_those_of_others_not_at_all() {
        let services = services();
        let topic = services.meant("food").unwrap();
        let names = |areas: &[AreaId]| -> Vec<String> {
            let found = services.helping(topic, areas);
            found.iter().map(|service| service.name.clone()).collect()
        };
        assert_eq!(
            names(&[AreaId::new("mpls/whittier")]),
            ["Whittier Shelf", "City Shelf"]
        );
        assert_eq!(names(&[]).len(), 3);
        assert_eq!(services.offered(), ["food"]);
    }
}
