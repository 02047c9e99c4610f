//! `services.toml`: organizations that help, by what with, and what people call that.

use super::{areas::City, reader::Section};
use crate::domain::{
    command::folded,
    services::{Organization, Organizations, Topic},
};

/// A contact is said in a text message beside the name.
const LONGEST_CONTACT: usize = 60;
const LONGEST_NAME: usize = 40;

/// The whole file.
pub(super) fn services(root: &Section, city: &City) -> Organizations {
    let mut topics: Vec<Topic> = Vec::new();
    for section in root.sections("topics") {
        let id = section.needed("id", "write a short word for it, such as \"food\"");
        let words = section
            .texts("words")
            .iter()
            .map(|word| folded(word))
            .collect();
        if let Some(id) = id {
            if topics.iter().any(|topic| topic.id == id) {
                section.problem(
                    "id",
                    "is the id of another topic already: put their words together",
                );
            }
            topics.push(Topic { id, words });
        }
        section.done();
    }
    let services = root
        .sections("services")
        .into_iter()
        .filter_map(|section| service(section, city, &topics))
        .collect();
    Organizations { topics, services }
}

fn service(section: Section, city: &City, topics: &[Topic]) -> Option<Organization> {
    let name = short(
        &section,
        "name",
        "write what the organization calls itself",
        LONGEST_NAME,
    );
    let contact = short(
        &section,
        "contact",
        "write how it is reached and when, such as \"612-555-0101, Mon-Fri 9-5\"",
        LONGEST_CONTACT,
    );
    let helps_with = section.texts("topics");
    if helps_with.is_empty() {
        section.problem(
            "topics",
            "is missing: write what it helps with, such as [\"food\"]",
        );
    }
    for topic in &helps_with {
        if !topics.iter().any(|known| &known.id == topic) {
            section.problem(
                "topics",
                format!("`{topic}` is not one of the [[topics]] above: add it there with what people call it"),
            );
        }
    }
    let areas = city.areas_of(&section);
    let checked = section.needed(
        "checked",
        "write the day somebody last made sure of it, \"2026-01-10\"",
    );
    if let Some(day) = &checked
        && day.parse::<jiff::civil::Date>().is_err()
    {
        section.problem(
            "checked",
            format!("`{day}` is not a day: write \"2026-01-10\""),
        );
    }
    section.done();
    Some(Organization {
        name: name?,
        topics: helps_with,
        contact: contact?,
        areas,
        checked: checked?,
    })
}

fn short(section: &Section, key: &'static str, hint: &str, most: usize) -> Option<String> {
    let text = section.needed(key, hint)?;
    if text.chars().count() > most {
        section.problem(
            key,
            format!("is too long for a text message: at most {most} letters"),
        );
    }
    Some(text)
}
