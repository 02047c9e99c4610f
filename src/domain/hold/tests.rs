//! What is held and what is not: the product's examples, the labelled corpora, and messages written for this before any rule was.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::OnceLock,
};

use serde_json::Value;

use super::{Facts, HoldRules, Reason, flood::Words};
use crate::domain::{
    ids::AreaId,
    parse::{
        Reading,
        tests::{reader, shipped},
    },
    timestamp::Timestamp,
};

/// Monday, 12 January 2026, 14:14 in Minneapolis.
const SENT: Timestamp = Timestamp::from_ms(1_768_248_840_000);

fn rules() -> &'static HoldRules {
    static RULES: OnceLock<HoldRules> = OnceLock::new();
    RULES.get_or_init(|| {
        ["en", "es", "so", "hmn"]
            .map(|language| {
                HoldRules::load(language, &shipped(&format!("holds/{language}.toml")))
                    .unwrap_or_else(|problems| panic!("{problems:#?}"))
            })
            .into_iter()
            .fold(HoldRules::default(), HoldRules::and)
    })
}

struct Written<'a> {
    text: &'a str,
    near: Vec<AreaId>,
    sent_at: Timestamp,
    is_reply: bool,
}

fn reason_of(written: &Written<'_>) -> Option<Reason> {
    let parsed = reader().read(
        written.text,
        &Reading {
            sent_at: written.sent_at,
            near: &written.near,
            is_reply: written.is_reply,
            earlier: None,
        },
    );
    let facts = Facts {
        sent_at: written.sent_at,
        is_trusted: false,
    };
    // As news of what is known already a message is judged by its words alone.
    let in_its_words = rules().in_its_words(written.text, &parsed, &[]);
    if written.is_reply {
        return in_its_words;
    }
    in_its_words.or_else(|| rules().as_a_first_report(written.text, &parsed, facts))
}

fn reason(text: &str) -> Option<Reason> {
    reason_of(&Written {
        text,
        near: Vec::new(),
        sent_at: SENT,
        is_reply: false,
    })
}

fn lines(path: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    text.lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(ToOwned::to_owned)
        .collect()
}

/// What a labelled message is due to be held for, by its labels alone.
fn due(gold: &Value, sent_at: Timestamp) -> Option<&'static str> {
    if gold["flags"]["threat"] == true {
        return Some("threat");
    }
    let has = |value: &Value| value.as_array().is_some_and(|list| !list.is_empty());
    if has(&gold["flags"]["pii"]) {
        return Some("identity");
    }
    let seen = gold["time"]["at"].as_str().and_then(moment);
    if gold["certainty"] == "secondhand"
        || seen.is_some_and(|at| sent_at.since(at) > std::time::Duration::from_secs(7_200))
    {
        return Some("hearsay");
    }
    let idle = [
        "parked", "driving", "watching", "leaving", "staging", "on_foot",
    ];
    let is_idle = gold["activity"].as_array().is_none_or(|list| {
        list.iter()
            .all(|one| idle.contains(&one.as_str().unwrap_or_default()))
    });
    let equipment = &gold["equipment"];
    let is_described = equipment["vehicles"].as_array().is_some_and(|list| {
        list.iter().any(|one| {
            ["color", "make", "model", "plate"]
                .iter()
                .any(|key| one[key].is_string())
        })
    });
    let has_sign = has(&gold["unit"]["agency"])
        || has(&gold["unit"]["uniform"])
        || has(&equipment["weapons"])
        || has(&equipment["other"]);
    (gold["kind"] == "sighting" && is_described && is_idle && !has_sign).then_some("vehicle")
}

fn moment(text: &str) -> Option<Timestamp> {
    let moment: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp::from_ms(moment.as_millisecond()))
}

/// Of the labelled corpora: reports held without cause, threats and private identities let through.
#[test]
fn of_the_labelled_messages_threats_and_names_are_held_and_hardly_anything_else() {
    let files = [
        "tests/data/corpus/dev.jsonl",
        "tests/data/corpus/en.jsonl",
        "tests/data/corpus/mixed.jsonl",
        "tests/data/corpus/world.jsonl",
        "tests/data/unseen/third.jsonl",
        "tests/data/unseen/after.jsonl",
        "tests/data/unseen/fresh.jsonl",
    ];
    let shows = std::env::var("TOCSIN_SHOW").is_ok();
    let hearsay = lines("tests/data/holds/hearsay.txt");
    let (mut all, mut known) = (Figures::default(), Figures::default());
    for file in files {
        let mut figures = Figures::default();
        for line in lines(file) {
            let record: Value = serde_json::from_str(&line).expect("a record");
            let text = record["text"].as_str().expect("a text");
            let sent_at = moment(record["ts"].as_str().expect("a moment")).expect("a moment");
            let near = record["channel"]["neighborhoods"].as_array();
            let written = Written {
                text,
                near: near
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .map(AreaId::new)
                    .collect(),
                sent_at,
                is_reply: record["context"]["reply_to_report"] == true,
            };
            let gold = &record["gold"];
            let is_report = gold["report"] == true;
            let id = record["id"].as_str().expect("an id");
            let told = hearsay.iter().any(|one| one == id).then_some("hearsay");
            let (due, held) = (due(gold, sent_at).or(told), reason_of(&written));
            let is_miss = matches!(due, Some("threat" | "identity")) && held.is_none();
            let is_false = is_report && due.is_none() && held.is_some();
            // Not what is in the files of messages nobody learns from.
            if shows && (is_miss || is_false) && !file.contains("unseen") {
                println!("{} due {due:?} held {held:?}: {text}", record["id"]);
            }
            figures.add(is_report, due, held);
        }
        println!("{file}: {figures}");
        all.join(&figures);
        if !file.contains("unseen") {
            known.join(&figures);
        }
    }
    println!("all: {all}");
    println!("corpus: {known}");
    assert!(known.false_holds() <= 0.02, "{known}");
    assert_eq!(known.missed("threat"), 0, "{known}");
    assert_eq!(all.missed("identity"), 0, "{all}");
    // Who says in the unseen messages that they only heard of it was not read up: what is held for that is not counted there.
    let hearsay = all.falsely.get("H5").copied().unwrap_or_default();
    assert!(
        all.falsely.values().sum::<usize>() - hearsay <= all.reports / 50,
        "{all}"
    );
    assert!(all.missed("threat") <= 2, "{all}");
}

#[derive(Default)]
struct Figures {
    reports: usize,
    falsely: BTreeMap<&'static str, usize>,
    due: BTreeMap<&'static str, (usize, usize)>,
}

impl Figures {
    fn add(&mut self, is_report: bool, due: Option<&'static str>, held: Option<Reason>) {
        self.reports += usize::from(is_report);
        if let Some(due) = due {
            let (held_of, of) = self.due.entry(due).or_default();
            *held_of += usize::from(held.is_some());
            *of += 1;
        } else if let (true, Some(held)) = (is_report, held) {
            *self.falsely.entry(held.code()).or_default() += 1;
        }
    }

    fn join(&mut self, other: &Self) {
        self.reports += other.reports;
        for (code, n) in &other.falsely {
            *self.falsely.entry(code).or_default() += n;
        }
        for (due, (held, of)) in &other.due {
            let sum = self.due.entry(due).or_default();
            *sum = (sum.0 + held, sum.1 + of);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    fn false_holds(&self) -> f64 {
        self.falsely.values().sum::<usize>() as f64 / self.reports.max(1) as f64
    }

    fn missed(&self, due: &str) -> usize {
        self.due.get(due).map_or(0, |(held, of)| of - held)
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:.2} % of {} reports held without cause {:?}; due and held: {:?}",
            100.0 * self.false_holds(),
            self.reports,
            self.falsely,
            self.due
        )
    }
}

/// The messages written for the holds: half of them were looked at while the rules were written, half were not.
#[test]
fn of_messages_written_for_it_most_are_held_for_what_they_are() {
    let shows = std::env::var("TOCSIN_SHOW").unwrap_or_default();
    for (file, is_open) in [("tuning", true), ("unseen", false)] {
        let mut figures: BTreeMap<String, [usize; 3]> = BTreeMap::new();
        for line in lines(&format!("tests/data/holds/{file}.tsv")) {
            let mut parts = line.splitn(3, '\t');
            let (code, language, text) = (
                parts.next().unwrap_or_default(),
                parts.next().unwrap_or_default(),
                parts.next().unwrap_or_default(),
            );
            let held = reason(text).map_or("-", Reason::code);
            if is_open && held != code && !shows.is_empty() {
                println!("due {code} held {held} [{language}] {text}");
            }
            for key in [code.to_owned(), format!("{code} {language}")] {
                let [right, held_at_all, of] = figures.entry(key).or_default();
                *right += usize::from(held == code);
                *held_at_all += usize::from(held != "-");
                *of += 1;
            }
        }
        println!("{file}: held for just that, held at all, of");
        for (key, numbers) in &figures {
            println!("  {key:8} {numbers:?}");
        }
        if let Some([_, held, of]) = figures.get("-") {
            assert!(
                held * 50 <= *of * 2,
                "{file}: {held} of {of} innocent messages are held"
            );
        }
    }
}

/// Most pairs are told apart by their bits; what they say must be what all the words say.
#[test]
fn words_are_compared_as_if_each_were_looked_at() {
    let mut state = 7_u64;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let mut alike = 0;
    for _ in 0..20_000 {
        // From few different words, so that many are shared, with bits that fall together.
        let mut some =
            || -> BTreeSet<u64> { (0..next() % 12).map(|_| (next() % 14) * 37).collect() };
        let (one, other) = (some(), some());
        let shared = one.intersection(&other).count();
        let all = one.len() + other.len() - shared;
        let are_alike = all > 0 && shared * 5 >= all * 3;
        let (first, second): (Words, Words) =
            (one.into_iter().collect(), other.into_iter().collect());
        assert_eq!(first.are_like(&second), are_alike);
        alike += usize::from(are_alike);
    }
    assert!(alike > 100, "{alike} pairs were alike");
}

#[test]
fn where_people_shelter_is_coarsened_or_held() {
    let place = |text: &str| {
        let reading = Reading {
            sent_at: SENT,
            near: &[],
            is_reply: false,
            earlier: None,
        };
        let parsed = reader().read(text, &reading);
        assert_eq!(
            rules().in_its_words(text, &parsed, &[]),
            Some(Reason::Shelter),
            "{text}"
        );
        rules().coarser(text, &parsed)
    };
    for text in [
        "two families are hiding in the basement of the church at 31st and Chicago, agents outside",
        "hay gente escondida en la iglesia de la 31 y Chicago, 3 agentes afuera",
    ] {
        let place = place(text).unwrap_or_else(|| panic!("{text}: no place"));
        assert!(place.is_coarsened() && !place.areas.is_empty(), "{text}");
        assert!(place.point.is_none() && place.streets.is_empty(), "{text}");
    }
    let block = place("agents outside, people hiding in unit 5B at 2200 Elliot").unwrap();
    assert_eq!(block.number, Some(2200));
    assert!(!block.is_coarsened());
    for text in [
        "my son is still at the school at 31st and Chicago, agents outside",
        "mi hija todavia esta en la escuela, agentes en la 31 y Chicago",
        "agents outside, people hiding in a basement somewhere",
    ] {
        assert_eq!(place(text), None, "{text}");
    }
}
