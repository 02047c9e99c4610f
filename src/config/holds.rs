//! `holds/<language>.toml`: what holds messages back for moderators.

use std::{fs, path::Path};

use crate::domain::{hold::HoldRules, problem::Problem};

/// Reads a folder of rules, in the order of their names: those of all languages together.
pub(super) fn read(dir: &Path, problems: &mut Vec<Problem>) -> HoldRules {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    if paths.is_empty() {
        let message =
            "there are no rules here: without them threats and names of people would be passed on";
        problems.push(Problem::of_file(dir.display().to_string(), message));
    }
    let mut rules = HoldRules::default();
    for path in paths {
        let language = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let Some(text) = super::read_text(&path, problems) else {
            continue;
        };
        match HoldRules::load(&language, &text) {
            Ok(more) => rules = rules.and(more),
            Err(found) => problems.extend(found.into_iter().map(|found| Problem {
                file: path.display().to_string(),
                ..found
            })),
        }
    }
    rules
}
