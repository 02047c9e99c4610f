//! A burst of chat with reports in it, said by many while the bot is killed or the homeserver is away, and the proof afterwards
//! that every report was taken in once and every alert is there once and in order.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
    time::Duration,
};

use reqwest::Method;
use serde_json::{Value, json};
use tocsin::{
    config::Config,
    domain::{
        ids::AreaId,
        parse::{Reader, Reading},
        place::{PlaceKind, Precision},
        report::{Certainty, Kind},
        timestamp::Timestamp,
    },
};

use crate::{
    homeserver::{Homeserver, Person, Secretive, until, until_within},
    program::{Running, Site, SiteRoom},
};

const POWDERHORN: &str = "mpls/powderhorn-park";
const WHITTIER: &str = "mpls/whittier";
/// How long the bot may take to get through a burst, on a busy machine.
const DRAINED: Duration = Duration::from_secs(300);

/// Numbers that can be had again by their seed.
pub struct Dice(u64);

impl Dice {
    /// By `TOCSIN_TEST_SEED`, else by chance.
    pub fn thrown() -> (Self, u64) {
        let seed = std::env::var("TOCSIN_TEST_SEED").map_or_else(
            |_| {
                let mut bytes = [0; 8];
                getrandom::fill(&mut bytes).unwrap();
                u64::from_le_bytes(bytes)
            },
            |seed| seed.parse().expect("TOCSIN_TEST_SEED is a number"),
        );
        (Self(seed), seed)
    }

    /// A number below `end` (splitmix64).
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }

    fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap()
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for n in (1..items.len()).rev() {
            items.swap(n, self.index(n + 1));
        }
    }
}

/// A corner that makes an incident of its own.
#[derive(Debug, Clone)]
pub struct Corner {
    words: String,
    name: String,
    area: String,
}

const TALK: [&str; 8] = [
    "thanks everyone, see you soon",
    "good morning neighbors",
    "the soup last night was so good",
    "is the meeting still on",
    "love this block so much",
    "my dog says hello",
    "sorry wrong chat",
    "ok sounds good to me",
];

/// Corners in one area only, and that what is meant as talk is read as talk.
fn corners(site: &Site) -> &'static [Corner] {
    static CORNERS: OnceLock<Vec<Corner>> = OnceLock::new();
    CORNERS.get_or_init(|| {
        let config = Config::load_with(&site.path(""), &|_| None).unwrap();
        let reader = config.reader().unwrap();
        for talk in TALK {
            let parsed = read(&reader, talk, &[]);
            assert!(
                matches!(parsed.kind, Kind::Chatter | Kind::Question) || parsed.score < 0.5,
                "read as more than talk: {talk}"
            );
        }
        let text = std::fs::read_to_string(site.path("cities/twin-cities/streets.csv")).unwrap();
        let mut streets: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for line in text.lines().filter(|line| line.starts_with("S,")) {
            let fields: Vec<&str> = line.split(',').collect();
            let at: f64 = fields[3].parse().unwrap_or_default();
            let is_here = match fields[2] {
                "NS" => (-93.290..-93.240).contains(&at),
                "EW" => (44.928..44.965).contains(&at),
                _ => false,
            };
            if is_here {
                streets.entry(fields[2]).or_default().push(fields[1]);
            }
        }
        let mut corners: Vec<Corner> = Vec::new();
        for avenue in &streets["NS"] {
            for street in &streets["EW"] {
                corners.extend(corner(&reader, avenue, street));
            }
        }
        let mut names = BTreeSet::new();
        corners.retain(|corner| names.insert(corner.name.clone()));
        assert!(corners.len() >= 100, "only {} corners", corners.len());
        corners
    })
}

/// Reports at so many corners of Powderhorn, each with the name that alerts have for the corner; and talk.
pub fn reports(site: &Site, how_many: usize) -> (Vec<(String, String)>, &'static [&'static str]) {
    let here = corners(site).iter().filter(|one| one.area == POWDERHORN);
    let reports: Vec<_> = here
        .take(how_many)
        .map(|corner| (corner.words.clone(), corner.name.clone()))
        .collect();
    assert_eq!(reports.len(), how_many, "too few corners");
    (reports, &TALK)
}

fn read(reader: &Reader, text: &str, near: &[AreaId]) -> tocsin::domain::parse::Parsed {
    let sent_at = Timestamp::from_ms(1_768_508_040_000);
    reader.read(
        text,
        &Reading {
            sent_at,
            near,
            is_reply: false,
            earlier: None,
        },
    )
}

fn corner(reader: &Reader, avenue: &str, street: &str) -> Option<Corner> {
    let words = format!("3 agents at {avenue} and {street}");
    let mut found = BTreeSet::new();
    for near in [POWDERHORN, WHITTIER] {
        let parsed = read(reader, &words, &[AreaId::new(near)]);
        let place = parsed
            .report
            .place
            .filter(|place| place.kind == PlaceKind::Intersection)?;
        let is_sure = parsed.kind == Kind::Sighting && parsed.score >= 0.5;
        if !is_sure || parsed.report.certainty != Certainty::Firsthand {
            return None;
        }
        let [area] = place.areas.as_slice() else {
            return None;
        };
        found.insert((place.said(Precision::Block)?, area.as_str().to_owned()));
    }
    let (name, area) = found.pop_first().filter(|_| found.is_empty())?;
    Some(Corner { words, name, area })
}

/// One message of the burst.
#[derive(Debug, Clone)]
pub enum Line {
    Talk(&'static str),
    Report(Corner),
    /// Somebody else saw it too.
    Again(Corner),
}

impl Line {
    fn words(&self) -> String {
        match self {
            Self::Talk(words) => (*words).to_owned(),
            Self::Report(corner) => corner.words.clone(),
            Self::Again(corner) => format!("i see them too, {}", corner.words),
        }
    }
}

/// Four response rooms of two areas, verifiers (encrypted), moderators, and those who write there.
pub struct Neighborhood {
    pub site: Site,
    people: [Person; 2],
    vera: Secretive,
    sources: Vec<SiteRoom>,
    verifiers: String,
    moderators: String,
}

/// The people, who stay the same from round to round.
pub struct Neighbors {
    home: Homeserver,
    people: [Person; 2],
    vera: Person,
    vera_client: matrix_sdk::Client,
}

impl Neighbors {
    pub async fn on(home: &Homeserver) -> Self {
        let vera = home.person("vera").await;
        let client = Secretive::log_in(&home.url, &vera.id).await.client;
        Self {
            home: home.clone(),
            people: [home.person("ana").await, home.person("bo").await],
            vera,
            vera_client: client,
        }
    }

    /// New rooms and a new bot in them, at work.
    pub async fn settle(&self, store: Option<String>) -> (Neighborhood, Running) {
        let [ana, bo] = &self.people;
        let bot = self.home.account("tocsin").await;
        let mut rooms = Vec::new();
        for (name, area) in [
            ("Powderhorn RR 1", POWDERHORN),
            ("Powderhorn RR 2", POWDERHORN),
            ("Whittier RR 1", WHITTIER),
            ("Whittier RR 2", WHITTIER),
        ] {
            let id = ana.room("", &[&bot, &bo.id]).await;
            bo.join(&id).await;
            rooms.push(SiteRoom {
                id,
                name,
                purpose: "response",
                area,
            });
        }
        let sources = rooms.clone();
        let encryption = json!({ "type": "m.room.encryption", "state_key": "",
            "content": { "algorithm": "m.megolm.v1.aes-sha2" } });
        let options = json!({ "preset": "private_chat", "invite": [bot, self.vera.id], "initial_state": [encryption] });
        let verifiers = ana.create_room(options).await;
        self.vera.join(&verifiers).await;
        let moderators = ana.room("", &[&bot]).await;
        for (id, purpose) in [(&verifiers, "verifiers"), (&moderators, "moderators")] {
            rooms.push(SiteRoom {
                id: id.clone(),
                name: purpose,
                purpose,
                area: "",
            });
        }
        let mut site = Site::new(&self.home.url, &bot, rooms);
        if let Some(store) = store {
            site.store = store;
        }
        site.write();
        let running = site.start().await;
        for room in &site.rooms {
            until("the bot greets", async || {
                let events = ana.events(&room.id).await;
                events
                    .iter()
                    .any(|event| event["sender"] == *bot && event["state_key"].is_null())
                    .then_some(())
            })
            .await;
        }
        let vera = Secretive {
            client: self.vera_client.clone(),
        };
        let neighborhood = Neighborhood {
            site,
            people: self.people.clone(),
            vera,
            sources,
            verifiers,
            moderators,
        };
        (neighborhood, running)
    }
}

/// What was said in one room, in order, with the ids.
pub type Said = Vec<(String, Line)>;

/// A burst that is being said.
pub struct Burst {
    lines: Vec<Vec<Line>>,
    last: Vec<Corner>,
}

impl Neighborhood {
    /// So many messages, so many of them reports.
    pub fn burst(&self, dice: &mut Dice, messages: usize, reports: usize) -> Burst {
        let mut corners = corners(&self.site).to_vec();
        dice.shuffle(&mut corners);
        corners.truncate(reports);
        let last = corners.split_off(reports - self.sources.len());
        let again = corners.len() / 10;
        let mut lines: Vec<Line> = corners.iter().cloned().map(Line::Report).collect();
        let talk = messages - reports - again;
        lines.extend((0..talk).map(|_| Line::Talk(TALK[dice.index(TALK.len())])));
        dice.shuffle(&mut lines);
        let mut rooms = vec![Vec::new(); self.sources.len()];
        let mut repeated = 0;
        for line in lines {
            let room = dice.index(rooms.len());
            let corner = match &line {
                Line::Report(corner) if repeated < again => Some(corner.clone()),
                _ => None,
            };
            rooms[room].push(line);
            if let Some(corner) = corner {
                repeated += 1;
                rooms[room].push(Line::Again(corner));
            }
        }
        Burst { lines: rooms, last }
    }

    /// Says it in all rooms at once, in each one message after the other; ends with one report in each.
    pub async fn say(&self, burst: Burst) -> Vec<Said> {
        let mut tasks = Vec::new();
        for (room, lines) in self.sources.iter().zip(burst.lines) {
            let (people, room) = (self.people.clone(), room.id.clone());
            tasks.push(async move {
                let mut said: Said = Vec::new();
                for line in lines {
                    let who = usize::from(matches!(line, Line::Again(_)));
                    let id = people[who].say_surely(&room, &line.words()).await;
                    said.push((id, line));
                }
                said
            });
        }
        let mut all = futures_util::future::join_all(tasks).await;
        for ((room, said), corner) in self.sources.iter().zip(&mut all).zip(burst.last) {
            let line = Line::Report(corner);
            let id = self.people[0].say_surely(&room.id, &line.words()).await;
            said.push((id, line));
        }
        all
    }

    /// Waits until the bot has done all it owes, then ends it.
    pub async fn drain(&self, bot: Running, said: &[Said]) {
        for (room, said) in self.sources.iter().zip(said) {
            let (last, _) = said.last().unwrap();
            let path = format!(
                "/_matrix/client/v1/rooms/{}/relations/{last}/m.annotation",
                room.id
            );
            until_within(DRAINED, "the last report is marked", async || {
                let answer = self.people[0].ask(Method::GET, &path, json!({})).await;
                answer["chunk"]
                    .as_array()
                    .is_some_and(|chunk| !chunk.is_empty())
                    .then_some(())
            })
            .await;
        }
        until_within(DRAINED, "the outbox is empty", async || {
            let (_, metrics) = bot.page("/metrics").await;
            let queued = metrics
                .lines()
                .filter(|line| line.starts_with("tocsin_outbox_queued{"));
            let counts: Vec<&str> = queued.filter_map(|line| line.rsplit(' ').next()).collect();
            (!counts.is_empty() && counts.iter().all(|count| *count == "0")).then_some(())
        })
        .await;
        let status = bot.stop().await;
        assert!(status.success(), "it ended with {status}");
    }

    /// Everything that is not as it must be.
    pub async fn faults(&self, said: &[Said]) -> Vec<String> {
        let mut faults = Vec::new();
        for (n, room) in self.sources.iter().enumerate() {
            let heard = Heard::of(&self.people[0].all_events(&room.id).await, &self.site.user);
            self.check_marks(room, &said[n], &heard, &mut faults);
            let expected: Vec<Vec<&str>> = said
                .iter()
                .enumerate()
                .map(|(from, said)| {
                    let reports = said.iter().filter_map(|(_, line)| match line {
                        Line::Report(corner) if self.hears(n, from, corner) => {
                            Some(corner.name.as_str())
                        }
                        _ => None,
                    });
                    reports.collect()
                })
                .collect();
            check_posts(room.name, &heard, &expected, &mut faults);
        }
        let cards = Heard::of(
            &self.vera.all_events(&self.verifiers).await,
            &self.site.user,
        );
        let expected: Vec<Vec<&str>> = said
            .iter()
            .map(|said| {
                let reports = said.iter().filter_map(|(_, line)| match line {
                    Line::Report(corner) => Some(corner.name.as_str()),
                    _ => None,
                });
                reports.collect()
            })
            .collect();
        check_posts("verifiers", &cards, &expected, &mut faults);
        for (_, line) in said.iter().flatten() {
            if let Line::Again(corner) = line
                && !cards
                    .latest_at(&corner.name)
                    .is_some_and(|card| card.contains("2 reports"))
            {
                faults.push(format!(
                    "verifiers: the card of {} does not count its second report",
                    corner.name
                ));
            }
        }
        let told = Heard::of(
            &self.people[0].all_events(&self.moderators).await,
            &self.site.user,
        );
        if told.posts.len() != 1 {
            faults.push(format!("moderators: told {} things", told.posts.len()));
        }
        faults
    }

    /// Whether a room hears of what is reported from another one.
    fn hears(&self, room: usize, from: usize, corner: &Corner) -> bool {
        let here = self.sources[room].area;
        room != from && (here == corner.area || here == self.sources[from].area)
    }

    fn check_marks(&self, room: &SiteRoom, said: &Said, heard: &Heard, faults: &mut Vec<String>) {
        let mut marks = heard.marks.clone();
        for (id, line) in said {
            let marks = marks.remove(id).unwrap_or_default();
            let expected: &[&str] = match line {
                Line::Talk(_) => &[],
                Line::Report(_) => &["👀"],
                Line::Again(_) => &["➕"],
            };
            if marks != expected {
                faults.push(format!(
                    "{}: marked {marks:?} instead of {expected:?}: {}",
                    room.name,
                    line.words()
                ));
            }
        }
        if !marks.is_empty() {
            faults.push(format!(
                "{}: marks on what nobody said here: {marks:?}",
                room.name
            ));
        }
    }

    /// How many events the bot sent.
    pub async fn sent(&self) -> usize {
        let mut count = 0;
        for room in &self.site.rooms {
            let events = self.people[0].all_events(&room.id).await;
            count += events
                .iter()
                .filter(|event| event["sender"] == *self.site.user && event["state_key"].is_null())
                .count();
        }
        count
    }
}

/// What the bot posted in one room.
#[derive(Default)]
struct Heard {
    /// Id and words of new messages, in order.
    posts: Vec<(String, String)>,
    /// The latest words of edited messages.
    edits: BTreeMap<String, String>,
    marks: BTreeMap<String, Vec<String>>,
    unreadable: usize,
}

impl Heard {
    fn of(events: &[Value], bot: &str) -> Self {
        let mut heard = Self::default();
        for event in events
            .iter()
            .filter(|event| event["sender"] == bot && event["state_key"].is_null())
        {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let content = &event["content"];
            let relation = &content["m.relates_to"];
            match (
                event["type"].as_str().unwrap_or_default(),
                relation["rel_type"].as_str(),
            ) {
                ("m.reaction", _) => {
                    heard
                        .marks
                        .entry(text(&relation["event_id"]))
                        .or_default()
                        .push(text(&relation["key"]));
                }
                ("m.room.message", Some("m.replace")) => {
                    heard.edits.insert(
                        text(&relation["event_id"]),
                        text(&content["m.new_content"]["body"]),
                    );
                }
                ("m.room.message", _) => heard
                    .posts
                    .push((text(&event["event_id"]), text(&content["body"]))),
                _ => heard.unreadable += 1,
            }
        }
        heard
    }

    fn latest_at(&self, place: &str) -> Option<&str> {
        let (id, words) = self
            .posts
            .iter()
            .find(|(_, words)| is_about(words, place))?;
        Some(self.edits.get(id).unwrap_or(words))
    }
}

fn is_about(words: &str, place: &str) -> bool {
    words
        .split(" · ")
        .any(|part| part.trim_end_matches('.') == place)
}

/// Each expected post once, and those from one source in the order of their reports. `expected` has one list for each source.
fn check_posts(room: &str, heard: &Heard, expected: &[Vec<&str>], faults: &mut Vec<String>) {
    if heard.unreadable > 0 {
        faults.push(format!(
            "{room}: {} events cannot be read",
            heard.unreadable
        ));
    }
    let greetings = heard
        .posts
        .iter()
        .filter(|(_, words)| words.starts_with("Hello, this is tocsin"))
        .count();
    if greetings != 1 {
        faults.push(format!("{room}: {greetings} greetings"));
    }
    let mut known = greetings;
    for places in expected {
        let mut positions = Vec::new();
        for place in places {
            let at: Vec<usize> = (0..heard.posts.len())
                .filter(|n| is_about(&heard.posts[*n].1, place))
                .collect();
            if at.len() != 1 {
                faults.push(format!("{room}: {place} is there {} times", at.len()));
            }
            known += at.len();
            positions.extend(at.first().map(|at| (*at, *place)));
        }
        for pair in positions.windows(2) {
            if pair[0].0 > pair[1].0 {
                faults.push(format!(
                    "{room}: {} came before {}, reported earlier",
                    pair[1].1, pair[0].1
                ));
            }
        }
    }
    if known != heard.posts.len() {
        faults.push(format!(
            "{room}: {} posts, {known} accounted for",
            heard.posts.len()
        ));
    }
}
