//! What an operator is told after an import: what there is now, what was left out, what to do next.

use super::{Import, counted, import::Made};
use crate::config::CityFiles;

/// The lines.
pub(super) fn lines(
    made: &Made,
    files: &CityFiles,
    options: &Import,
    added: &[String],
    is_changed: bool,
) -> Vec<String> {
    let numbered = made
        .network
        .streets
        .iter()
        .filter(|street| !street.houses.is_empty());
    let bytes = files.imported.as_ref().map_or(0, |texts| {
        texts.borders.len() + texts.streets.len() + texts.corners.len() + texts.places.len()
    });
    let mut lines = vec![
        format!(
            "{}: {} areas, {} streets ({} with house numbers), {} corners, {} places; {} kB",
            made.city,
            counted(made.areas.len()),
            counted(made.network.streets.len()),
            counted(numbered.count()),
            counted(made.network.corners.len()),
            counted(made.places.places.len()),
            counted(bytes / 1_000),
        ),
        if is_changed {
            format!("written to {}", files.dir.display())
        } else {
            format!(
                "{} has all this already; nothing was written",
                files.dir.display()
            )
        },
    ];
    if !made.network.languages.is_empty() {
        lines.push(format!(
            "names also in: {}",
            made.network.languages.join(", ")
        ));
    }
    if !added.is_empty() {
        lines.push(format!(
            "new in areas.toml, at its end: {}",
            added.join(", ")
        ));
    }
    if !made.places.everyday.is_empty() {
        let some: Vec<&str> = made
            .places
            .everyday
            .iter()
            .take(8)
            .map(String::as_str)
            .collect();
        lines.push(format!(
            "{} place names are short or everyday words and count only with more words, such as their kind: {}{}",
            counted(made.places.everyday.len()),
            some.join(", "),
            if made.places.everyday.len() > some.len() {
                ", …"
            } else {
                ""
            },
        ));
    }
    if made.places.alike > 0 {
        lines.push(format!(
            "{} places were left out: nothing tells them from another of the same name",
            counted(made.places.alike)
        ));
    }
    let pointless = made
        .areas
        .iter()
        .filter(|area| area.aliases.is_empty())
        .count();
    let city = &options.city;
    lines.push(String::new());
    lines.push("What to do next:".to_owned());
    lines.push(format!(
        "  1. tocsin city check {city} --map {city}.html    and look at the map"
    ));
    lines.push(format!(
        "  2. in {}: what people call their areas, as aliases ({} have none); everyday words; street_words",
        files.dir.join("areas.toml").display(),
        counted(pointless)
    ));
    lines.push(format!(
        "  3. in {}: places that people name and the map does not",
        files.dir.join("landmarks.toml").display()
    ));
    lines.push(format!(
        "  4. in tocsin.toml: city = \"{city}\", and the areas of each room"
    ));
    if made.network.corners.is_empty() {
        lines.push("No two streets meet: reports will not be found by corner".to_owned());
    }
    lines
}
