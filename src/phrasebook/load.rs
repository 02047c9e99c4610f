//! Reads the Fluent files and finds everything that is wrong with them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use fluent_bundle::{FluentError, FluentResource};
use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement,
};
use unic_langid::LanguageIdentifier;

use super::{Bundle, Language, Phrasebook, keys};
use crate::domain::problem::{Problem, line_at};

/// The folder in `prompts` that holds what a language model is told, and nothing to say.
const NO_LANGUAGE: &str = "llm";

/// The folder is `prompts`, a folder a language.
pub(super) fn load(dir: &Path) -> Result<Phrasebook, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut bundles = BTreeMap::new();
    for folder in listed(dir, &mut problems) {
        let name = name_of(&folder);
        if !folder.is_dir() || name.starts_with('.') || name == NO_LANGUAGE {
            continue;
        }
        match name.parse::<LanguageIdentifier>() {
            Ok(language) => {
                bundles.insert(name, read_language(&folder, language, &mut problems));
            }
            Err(_) => problems.push(Problem::of_file(
                folder.display().to_string(),
                "this folder's name is not a language tag: call it `es`, `so`, `hmn`, …",
            )),
        }
    }
    let english = bundles.remove("en");
    match &english {
        Some(english) => problems.extend(missing_in_english(dir, english)),
        None => problems.push(Problem::of_file(
            dir.display().to_string(),
            "there is no `en` folder: English must be there, other languages fall back to it",
        )),
    }
    match english {
        Some(english) if problems.is_empty() => Ok(Phrasebook {
            english,
            others: bundles,
        }),
        _ => {
            problems.sort();
            Err(problems)
        }
    }
}

fn missing_in_english(dir: &Path, english: &Language) -> Vec<Problem> {
    keys::MESSAGES
        .iter()
        .filter(|(key, _)| {
            english
                .bundle
                .get_message(key)
                .is_none_or(|message| message.value().is_none())
        })
        .map(|(key, _)| Problem {
            field: (*key).to_owned(),
            ..Problem::of_file(
                dir.join("en").display().to_string(),
                "this message is missing in English: write it into one of the files there",
            )
        })
        .collect()
}

fn read_language(
    folder: &Path,
    language: LanguageIdentifier,
    problems: &mut Vec<Problem>,
) -> Language {
    let mut bundle = Bundle::new_concurrent(vec![language]);
    let mut uses = BTreeMap::new();
    // Isolation marks are invisible, but push a text message from 160 to 70 characters a segment.
    bundle.set_use_isolating(false);
    for path in listed(folder, problems) {
        if path.extension().is_none_or(|ending| ending != "ftl") {
            continue;
        }
        let file = path.display().to_string();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                problems.push(Problem::of_file(file, format!("cannot be read: {error}")));
                continue;
            }
        };
        let resource = parsed(&file, text, problems);
        check_messages(&file, &resource, &mut uses, problems);
        add(&mut bundle, &file, resource, problems);
    }
    Language { bundle, uses }
}

fn parsed(file: &str, text: String, problems: &mut Vec<Problem>) -> FluentResource {
    FluentResource::try_new(text).unwrap_or_else(|(resource, errors)| {
        problems.extend(errors.iter().map(|error| Problem {
            line: Some(line_at(resource.source(), error.pos.start)),
            ..Problem::of_file(file, format!("this is not Fluent: {error}"))
        }));
        resource
    })
}

fn add(bundle: &mut Bundle, file: &str, resource: FluentResource, problems: &mut Vec<Problem>) {
    let errors = bundle.add_resource(resource).err().unwrap_or_default();
    problems.extend(errors.into_iter().map(|error| match error {
        FluentError::Overriding { id, .. } => Problem {
            field: id,
            ..Problem::of_file(file, "this message is there twice: keep one of the two")
        },
        other => Problem::of_file(file, other.to_string()),
    }));
}

/// Messages nobody asks for (mistyped keys), and arguments that the message is not given.
fn check_messages(
    file: &str,
    resource: &FluentResource,
    uses: &mut BTreeMap<String, BTreeSet<String>>,
    problems: &mut Vec<Problem>,
) {
    for entry in resource.entries() {
        let Entry::Message(message) = entry else {
            continue;
        };
        let key = message.id.name;
        let mut problem = |says: String| {
            problems.push(Problem {
                line: line_of(resource.source(), key),
                field: key.to_owned(),
                ..Problem::of_file(file, says)
            });
        };
        let Some(given) = keys::arguments(key) else {
            problem(
                "nothing says this message: correct its name, or write it as a term (-name)"
                    .to_owned(),
            );
            continue;
        };
        let patterns = message
            .value
            .iter()
            .chain(message.attributes.iter().map(|attribute| &attribute.value));
        let used: BTreeSet<&str> = patterns.flat_map(variables).collect();
        for name in used.iter().filter(|name| !given.contains(name)) {
            let can_use = match given {
                [] => "it is given no values".to_owned(),
                _ => format!("it can use ${}", given.join(", $")),
            };
            problem(format!("${name} is unknown in this message: {can_use}"));
        }
        let used = used.into_iter().map(ToOwned::to_owned).collect();
        uses.insert(key.to_owned(), used);
    }
}

/// The `$names` in a pattern.
fn variables<'a>(pattern: &Pattern<&'a str>) -> Vec<&'a str> {
    pattern
        .elements
        .iter()
        .flat_map(|element| match element {
            PatternElement::TextElement { .. } => Vec::new(),
            PatternElement::Placeable { expression } => in_expression(expression),
        })
        .collect()
}

fn in_expression<'a>(expression: &Expression<&'a str>) -> Vec<&'a str> {
    match expression {
        Expression::Inline(inline) => in_inline(inline),
        Expression::Select { selector, variants } => {
            let mut names = in_inline(selector);
            names.extend(
                variants
                    .iter()
                    .flat_map(|variant| variables(&variant.value)),
            );
            names
        }
    }
}

fn in_inline<'a>(inline: &InlineExpression<&'a str>) -> Vec<&'a str> {
    let in_call = |call: &CallArguments<&'a str>| {
        let mut names: Vec<_> = call.positional.iter().flat_map(in_inline).collect();
        names.extend(call.named.iter().flat_map(|named| in_inline(&named.value)));
        names
    };
    match inline {
        InlineExpression::VariableReference { id } => vec![id.name],
        InlineExpression::Placeable { expression } => in_expression(expression),
        InlineExpression::FunctionReference { arguments, .. } => in_call(arguments),
        InlineExpression::TermReference { arguments, .. } => {
            arguments.as_ref().map(in_call).unwrap_or_default()
        }
        InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. }
        | InlineExpression::MessageReference { .. } => Vec::new(),
    }
}

/// The line on which a message begins.
fn line_of(text: &str, key: &str) -> Option<u32> {
    text.lines()
        .position(|line| {
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start().starts_with('='))
        })
        .and_then(|index| u32::try_from(index + 1).ok())
}

fn listed(dir: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    match fs::read_dir(dir) {
        Ok(entries) => {
            let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
            paths.sort();
            paths
        }
        Err(error) => {
            problems.push(Problem::of_file(
                dir.display().to_string(),
                format!("cannot be read: {error}"),
            ));
            Vec::new()
        }
    }
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
