//! Messages that are taken in together come to the same as one after another: what people hear, and every row that stays.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use tocsin::domain::{
    envelope::{Content, Envelope, Guise, Origin, PersonRef, PlatformKind},
    ids::{EnvelopeId, MessageId},
    policy::Policy,
    sensitive::Sensitive,
    timestamp::Timestamp,
};

use crate::town::{Town, run_test_with};

/// So many wait together, and so often.
const GROUP: usize = 48;
const GROUPS: u64 = 7;
const PEOPLE: u64 = 22;

const PLACES: [&str; 4] = [
    "34th and Bloomington",
    "Lake & Pillsbury",
    "Cedar & 6th",
    "Calle 38 y Chicago",
];
/// `@` stands for a place, `#` for the id of an open incident. Reports stand here more than once, so that many join one.
const TEXTS: [&str; 71] = [
    "4 agents at @",
    "4 agents at @",
    "2 vans at @, POLICE vests",
    "2 vans at @",
    "3 agents @",
    "🚨 6 agents @",
    "S 4 A knocking on doors L @ U POLICE vest T now E 2 dark SUVs",
    "¿Es cierto lo de @? Vi 3 camionetas",
    "vi 3 agentes en @",
    "Laba gaari @",
    "saw 2 agents at @ just now",
    "5 agents in vests at @",
    "2 cars at @",
    "2 agents near Lake",
    "4 agents outside the school",
    "ICE at the library",
    "3 agents on Chicago",
    "they left",
    "they left @",
    "still there",
    "still there, 2 vans",
    "+1 #",
    "# they have 3 vans now",
    "# 2 more agents",
    "+1 #",
    "1",
    "2",
    "3",
    "1",
    "yes",
    "Y",
    "no",
    "HELP",
    "STOP",
    "stop texting me",
    "quítame",
    "ALTO",
    "START",
    "INICIO",
    "START",
    "55407",
    "55408",
    "55454",
    "55407",
    "Powderhorn Park",
    "Whittier",
    "area Whittier",
    "add Powderhorn Park",
    "Phillips",
    "add Phillips",
    "area Lyndale",
    "alerts off",
    "alerts near",
    "pause 8h",
    "resume",
    "lang es",
    "lang en",
    "where @",
    "news",
    "forget me",
    "forget me",
    "yes",
    "thank you all, stay warm",
    "gracias a todos",
    "4 ICE agents at @, someone should shoot them",
    "my cousin says there are agents at @",
    "black tahoe parked at @",
    "4 agents at @, my name is Rosa",
    "3 agents at @, plate MN ABC 123",
    "hola",
    "",
];

/// splitmix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }
}

fn number(n: usize) -> String {
    format!("+161255501{n:02}")
}

/// What somebody sends, or a message of before once more.
fn message(
    dice: &mut Dice,
    earlier: &[Envelope],
    handles: &[String],
    nth: usize,
    at: Timestamp,
) -> Envelope {
    if !earlier.is_empty() && dice.below(12) == 0 {
        return earlier[earlier.len() - 1 - dice.below(earlier.len().min(GROUP))].clone();
    }
    let place = PLACES[dice.below(PLACES.len())];
    let none = "K7".to_owned();
    let handle = match handles {
        [] => &none,
        some => &some[dice.below(some.len())],
    };
    let text = TEXTS[dice.below(TEXTS.len())]
        .replace('@', place)
        .replace('#', handle);
    let message = MessageId::new(format!("SM{nth}"));
    let content = if text.is_empty() {
        Content::Media {
            message: message.clone(),
        }
    } else {
        Content::Text {
            text: Sensitive::new(text),
            message: message.clone(),
            reply_to: None,
            answers: None,
        }
    };
    Envelope {
        id: EnvelopeId::new(message.as_str()),
        origin: Origin::Direct,
        sender: PersonRef::new(PlatformKind::Sms, number(dice.below(PEOPLE as usize))),
        standing: None,
        member: None,
        sent_at: at,
        content,
        guise: Guise::default(),
    }
}

/// What came of a script.
#[derive(Debug, Default)]
struct Outcome {
    /// What was heard, by place; the changes of a message after its first words are left out, for several in one are one.
    heard: BTreeMap<String, Vec<String>>,
    rows: BTreeMap<&'static str, Vec<String>>,
    /// Who has left at least once: what was owed to them before and not sent yet is dropped.
    left: Vec<String>,
}

const TABLES: [&str; 9] = [
    "envelopes",
    "incidents",
    "reports",
    "questions",
    "talks",
    "stops",
    "subscribers",
    "heard",
    "holds",
];

/// Without what is sealed: no two seals are the same. With keys of which areas stays.
fn unsealed(row: &str) -> String {
    let fields = row.split('|').map(|field| match field.split_once('.') {
        Some((labels, _)) if field.starts_with('~') => labels,
        _ => field,
    });
    let row = fields.collect::<Vec<_>>().join("|");
    let mut plain = String::new();
    let mut digits = String::new();
    for c in row.chars().chain(['|']) {
        if c.is_ascii_hexdigit() {
            digits.push(c);
            continue;
        }
        plain.push_str(if digits.len() > 80 { "sealed" } else { &digits });
        digits.clear();
        plain.push(c);
    }
    plain
}

/// What is sealed in the rows of incidents and reports, opened.
const OPENED: &str = "opened";

async fn opened(town: &Town) -> Vec<String> {
    let mut tx = town.app.store.begin().await.expect("the store is there");
    let since = Timestamp::from_ms(0);
    let told = tx.incidents_told_since(since).await.expect("incidents");
    let open = tx.open_incidents_since(since).await.expect("incidents");
    let mut all = Vec::new();
    for incident in told.iter().map(|(incident, _)| incident).chain(&open) {
        let reports = tx.reports_of(&incident.id).await.expect("reports");
        let reports: Vec<_> = reports.iter().map(|row| (&row.id, &row.body)).collect();
        all.push(format!("{incident:?} {reports:?}"));
    }
    tx.rollback().await.expect("the store is there");
    all.sort();
    all.dedup();
    all
}

async fn outcome(town: &Town, left: Vec<String>) -> Outcome {
    let mut outcome = Outcome {
        left,
        ..Outcome::default()
    };
    // Nobody can answer them any more; whether they were swept away already is left to the real clock.
    let now = town.now().as_ms();
    town.tamper(&format!("DELETE FROM questions WHERE expires_at <= {now}"))
        .await;
    for table in TABLES {
        let rows = town.rows(table).await;
        let mut rows: Vec<String> = rows.iter().map(|row| unsealed(row)).collect();
        rows.sort();
        outcome.rows.insert(table, rows);
    }
    outcome.rows.insert(OPENED, opened(town).await);
    for n in 0..PEOPLE as usize {
        let heard = town.phone(&number(n));
        let lines = heard.lines().map(str::to_owned).collect();
        outcome.heard.insert(number(n), lines);
    }
    for room in town.rooms_there() {
        let heard = town.heard_in(&room);
        let is_told = |line: &&str| {
            if room == "#verifiers" {
                line.starts_with("reply: ")
            } else {
                !line.starts_with("edit: ")
            }
        };
        let lines = heard.lines().filter(is_told).map(str::to_owned).collect();
        outcome.heard.insert(room, lines);
    }
    outcome
}

/// Plays a script of this seed: in each group all at once, or one after another. A verifier confirms between groups.
async fn played(town: &mut Town, seed: u64, is_together: bool) -> Outcome {
    let mut dice = Dice(seed);
    let mut earlier: Vec<Envelope> = Vec::new();
    let mut left = Vec::new();
    let leaving = ["STOP", "stop texting me", "quítame", "ALTO", "forget me"];
    for _ in 0..GROUPS {
        let handles = town.open_handles().await;
        let mut group = Vec::new();
        for _ in 0..GROUP {
            let nth = earlier.len();
            let envelope = message(&mut dice, &earlier, &handles, nth, town.now());
            if let Content::Text { text, .. } = &envelope.content
                && leaving.contains(&text.expose().as_str())
            {
                left.push(envelope.sender.address.expose().clone());
            }
            earlier.push(envelope.clone());
            group.push(envelope);
        }
        if is_together {
            town.phones.offer(group).await;
        } else {
            for envelope in group {
                town.phones.offer(vec![envelope]).await;
            }
        }
        town.settle().await;
        if let Some(handle) = town.open_handles().await.first() {
            town.says("mia", "#verifiers", &format!("!ok {handle}"))
                .await;
        }
        town.later(Duration::from_secs(45 * 60)).await;
    }
    outcome(town, left).await
}

/// Whether one list is the other with some left out.
fn is_part_of(few: &[String], many: &[String]) -> bool {
    let mut rest = many.iter();
    few.iter().all(|line| rest.any(|other| other == line))
}

async fn compare(seed: u64) {
    let play = async |is_together: bool| {
        let outcomes = RefCell::new(Vec::new());
        run_test_with(Policy::default(), async |town: &mut Town| {
            let outcome = played(town, seed, is_together).await;
            outcomes.borrow_mut().push(outcome);
        })
        .await;
        outcomes.into_inner()
    };
    let (alone, together) = (play(false).await, play(true).await);
    for (one, many) in alone.iter().zip(&together) {
        assert!(!one.rows[OPENED].is_empty());
        for table in TABLES.into_iter().chain([OPENED]) {
            assert_eq!(one.rows[table], many.rows[table], "seed {seed}, {table}");
        }
        for (place, heard) in &one.heard {
            if one.left.contains(place) {
                assert!(
                    is_part_of(&many.heard[place], heard),
                    "seed {seed}, {place}: {heard:#?} {:#?}",
                    many.heard[place]
                );
            } else {
                assert_eq!(heard, &many.heard[place], "seed {seed}, {place}");
            }
        }
    }
    for one in alone.iter().chain(&together) {
        // Else both might fail in the same way.
        let is_hold = |line: &String| line.contains(" held (");
        assert!(
            one.heard["#moderators"].iter().all(is_hold),
            "{:?}",
            one.heard["#moderators"]
        );
        assert!(!one.heard["#moderators"].is_empty());
        let is_fault = |line: &String| line.contains("wrong on our side");
        assert!(!one.heard.values().flatten().any(is_fault), "seed {seed}");
    }
    let reports: Vec<usize> = alone.iter().map(|one| one.rows["reports"].len()).collect();
    assert!(reports.iter().all(|count| *count > 60), "{reports:?}");
    // What is heard does not depend on the database either.
    assert_eq!(together[0].heard, together[1].heard, "seed {seed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_taken_in_together_come_to_the_same_as_one_by_one() {
    let seed = std::env::var("TOCSIN_TEST_SEED").map_or(7, |seed| {
        seed.parse().expect("TOCSIN_TEST_SEED is a number")
    });
    compare(seed).await;
}
