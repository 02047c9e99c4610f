//! The house rules that a compiler does not know: who may import whom, a pure domain, one name for each thing.

#![expect(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use regex::Regex;

/// What each part of the house may import besides itself (ARCHITECTURE, "Which way imports point").
/// `platforms` stands for its `mod.rs`: the trait, the inbox, and what they are made of.
const MAY_IMPORT: [(&str, &[&str]); 12] = [
    ("domain", &[]),
    ("clock", &["domain"]),
    ("keyring", &["domain"]),
    ("phrasebook", &["domain"]),
    ("config", &["domain"]),
    ("store", &["domain", "keyring"]),
    (
        "cli",
        &["domain", "config", "keyring", "platforms", "store"],
    ),
    ("model", &["domain", "config"]),
    ("platforms", &["domain", "config", "clock"]),
    (
        "app",
        &[
            "domain",
            "store",
            "phrasebook",
            "config",
            "clock",
            "keyring",
            "platforms",
        ],
    ),
    ("web", &["app", "domain", "phrasebook", "config"]),
    (
        "startup",
        &[
            "app",
            "clock",
            "config",
            "domain",
            "keyring",
            "model",
            "phrasebook",
            "platforms",
            "store",
            "web",
        ],
    ),
];

/// Words that name something else here, or nothing; HOUSE 5.1, third column. As whole names of types.
const TAKEN: &str = "Bridge Channel Network Transport Connector Chat Group Portal User Member Contact Account Event \
    Update Payload Message Sighting Ticket Geo Location Zone Region District Alert Case Rule Mapping Subscription \
    Action Job Task Notification Dispatch String Template Text Shard Partition Fork Manager Service Util Helper";

/// What has no place in a pure domain.
const IMPURE: [&str; 14] = [
    "async ",
    ".await",
    "tokio",
    "sqlx",
    "reqwest",
    "axum",
    "matrix_sdk",
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "SystemTime",
    "Instant",
    "getrandom",
];

/// A source file: its path from the crate's root, and its lines without comments.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The part of the house it belongs to: `store` for `src/store/rooms.rs`, `clock` for `src/clock.rs`.
    fn part(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or_default();
        let part = inside.split('/').next().unwrap_or_default();
        part.strip_suffix(".rs").unwrap_or(part)
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs")
            || self.path.contains("/tests/")
            || self.path.starts_with("tests/")
    }

    fn code(&self) -> String {
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        self.text
            .lines()
            .filter(is_code)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The code before a test module at the end of the file.
    fn shipped_code(&self) -> String {
        let code = self.code();
        match code.find("#[cfg(test)]\nmod ") {
            Some(at) => code[..at].to_owned(),
            None => code,
        }
    }
}

fn sources(root: &str) -> Vec<Source> {
    let mut folders = vec![PathBuf::from(root)];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder)
            .unwrap()
            .flatten()
            .map(|entry| entry.path())
        {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let path = path.to_str().unwrap().replace('\\', "/");
                sources.push(Source { path, text });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!sources.is_empty(), "no sources in {root}");
    sources
}

/// Every path that begins with `crate::`, with braces taken apart: `crate::{a::B, c::{D, E}}` is `a::B`, `c::D`, `c::E`.
fn crate_paths(code: &str) -> Vec<String> {
    let start = Regex::new(r"\bcrate::").unwrap();
    start
        .find_iter(code)
        .flat_map(|found| taken_apart("", &code[found.end()..]).0)
        .collect()
}

/// The paths at the start of `rest`, and how much of it they take.
fn taken_apart(prefix: &str, rest: &str) -> (Vec<String>, usize) {
    let word = rest
        .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .unwrap_or(rest.len());
    let path = format!("{prefix}{}", &rest[..word]);
    if let Some(after) = rest[word..].strip_prefix("::") {
        let (paths, taken) = taken_apart(&format!("{path}::"), after);
        return (paths, word + 2 + taken);
    }
    if word > 0 || !rest.starts_with('{') {
        return (vec![path], word);
    }
    let mut paths = Vec::new();
    let mut at = 1;
    while at < rest.len() && !rest[at..].starts_with('}') {
        if rest[at..].starts_with(|letter: char| letter.is_alphanumeric() || letter == '_') {
            let (more, taken) = taken_apart(prefix, &rest[at..]);
            paths.extend(more);
            at += taken;
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    (paths, at + 1)
}

/// What a file imports and may not.
fn forbidden_imports(source: &Source) -> Vec<String> {
    let part = source.part();
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == part) else {
        return Vec::new();
    };
    let is_known = |name: &str| MAY_IMPORT.iter().any(|(known, _)| *known == name);
    let is_forbidden = |path: &String| {
        let mut names = path.split("::");
        let (to, inner) = (
            names.next().unwrap_or_default(),
            names.next().unwrap_or_default(),
        );
        if !is_known(to) || to == part {
            return false;
        }
        let is_adapter = to == "platforms"
            && Path::new("src/platforms").join(inner).exists()
            && !inner.is_empty();
        // What runs is wired in one place; tools by hand are about one adapter each.
        !allowed.contains(&to) || (is_adapter && !["cli", "startup"].contains(&part))
    };
    crate_paths(&source.code())
        .into_iter()
        .filter(is_forbidden)
        .collect()
}

fn say(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn imports_point_one_way() {
    say(sources("src")
        .iter()
        .flat_map(|source| {
            forbidden_imports(source)
                .into_iter()
                .map(|path| format!("{}: may not import crate::{path}", source.path))
        })
        .collect());
}

#[test]
fn a_planted_import_is_found() {
    let planted = |path: &str, text: &str| {
        forbidden_imports(&Source {
            path: path.to_owned(),
            text: text.to_owned(),
        })
    };
    assert_eq!(
        planted(
            "src/domain/x.rs",
            "use crate::{config::Config, domain::{ids::A, b}};"
        ),
        ["config::Config"]
    );
    assert_eq!(
        planted("src/web/x.rs", "fn a(b: crate::store::Tx) {}"),
        ["store::Tx"]
    );
    assert_eq!(
        planted(
            "src/app/x.rs",
            "use crate::platforms::{Inbox, matrix::Matrix};"
        ),
        ["platforms::matrix::Matrix"]
    );
    assert_eq!(
        planted(
            "src/app/x.rs",
            "/// [`crate::web`]\nuse crate::{store::Tx, clock::Clock};"
        ),
        [""; 0]
    );
    assert_eq!(
        planted("src/startup.rs", "use crate::platforms::matrix::Matrix;"),
        [""; 0]
    );
}

#[test]
fn every_part_of_the_house_has_its_rule() {
    let lib = fs::read_to_string("src/lib.rs").unwrap();
    let modules = Regex::new(r"(?m)^pub mod (\w+);").unwrap();
    for module in modules.captures_iter(&lib) {
        let name = &module[1];
        assert!(
            MAY_IMPORT.iter().any(|(known, _)| *known == name),
            "{name}: say in tidy.rs what it may import"
        );
    }
}

#[test]
fn the_domain_is_pure() {
    let mut found = Vec::new();
    for source in sources("src/domain")
        .iter()
        .filter(|source| !source.is_test())
    {
        let code = source.shipped_code();
        for impure in IMPURE.iter().filter(|impure| code.contains(*impure)) {
            found.push(format!(
                "{}: `{}` has no place in the domain",
                source.path,
                impure.trim()
            ));
        }
    }
    say(found);
}

#[test]
fn every_module_begins_by_saying_what_it_is() {
    let all = sources("src").into_iter().chain(sources("tests"));
    say(all
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| {
            format!(
                "{}: begin it with `//! ` and its one responsibility",
                source.path
            )
        })
        .collect());
}

#[test]
fn each_thing_has_its_one_name() {
    let types = Regex::new(r"\b(?:struct|enum|trait|type|union)\s+(\w+)").unwrap();
    let mut found = Vec::new();
    // An adapter translates, so it also speaks its network's own language.
    let is_adapter = |source: &Source| {
        source.path.starts_with("src/platforms/") && source.path != "src/platforms/mod.rs"
    };
    for source in sources("src")
        .into_iter()
        .filter(|source| !is_adapter(source))
    {
        for name in types
            .captures_iter(&source.code())
            .map(|found| found[1].to_owned())
        {
            if TAKEN.split_whitespace().any(|taken| taken == name) {
                found.push(format!(
                    "{}: a type is called {name}; see the twelve words in lib.rs",
                    source.path
                ));
            }
        }
    }
    say(found);
}

#[test]
fn sql_is_written_in_the_store_alone() {
    let sql =
        Regex::new(r#"sqlx|"\s*(?:SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE)\s"#)
            .unwrap();
    say(sources("src")
        .iter()
        .filter(|source| source.part() != "store" && sql.is_match(&source.code()))
        .map(|source| format!("{}: SQL belongs into src/store", source.path))
        .collect());
}

#[test]
fn exceptions_from_lints_give_their_reason() {
    let allow = Regex::new(r"#!?\[allow\b").unwrap();
    let all = sources("src").into_iter().chain(sources("tests"));
    say(all
        .filter(|source| allow.is_match(&source.code()))
        .map(|source| format!("{}: write #[expect(…, reason = \"…\")]", source.path))
        .collect());
}

#[test]
fn what_the_bot_says_stands_in_prompts() {
    let literal = Regex::new(r#"Words::from_marked\(\s*(?:&?format!\(\s*)?""#).unwrap();
    say(sources("src")
        .iter()
        .filter(|source| source.part() != "phrasebook" && !source.is_test())
        .filter(|source| literal.is_match(&source.shipped_code()))
        .map(|source| format!("{}: words belong into prompts/*/*.ftl", source.path))
        .collect());
}
