//! The dialogues of the product, as people read them: `tests/transcripts/*.txt`, played in the pretend town.
//!
//! A transcript fails on anything the bot said that it does not show, and on anything it shows that was not said. With
//! `TOCSIN_TRANSCRIPTS=write` what was said is written into the files instead, to be read and judged before it is kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

use tocsin::{domain::ids::MessageId, platforms::Deed};

use crate::town::{Town, run_test_in};

mod script;

use script::{Act, Script, Shown, Step};

const FOLDER: &str = "tests/transcripts";

macro_rules! transcripts {
    ($($name:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $name() {
                play(stringify!($name)).await;
            }
        )*

        #[test]
        fn every_transcript_is_played() {
            let played: BTreeSet<String> = [$(stringify!($name)),*].map(str::to_owned).into();
            let there = fs::read_dir(FOLDER).unwrap().map(|file| file.unwrap().path());
            let there: BTreeSet<String> = there
                .map(|file| file.file_stem().unwrap().to_string_lossy().into_owned())
                .collect();
            assert_eq!(played, there);
        }
    };
}

transcripts![
    all_clear_of_a_neighbor,
    asked_for_more,
    banned_and_let_in_again,
    confirmed_and_over,
    digest,
    dismissed,
    duplicate,
    free_text,
    gate_verify,
    going_and_looking,
    merged,
    missing_place,
    moderators_of_an_area,
    muted_for_longer_each_time,
    not_read,
    refusals_in_direct_messages,
    refusals_in_rooms,
    roles_given_and_taken,
    salute,
    sms_spanish,
    stale,
    taken_back,
    where_people_shelter,
    withdrawn,
];

async fn play(name: &str) {
    let file = PathBuf::from(FOLDER).join(format!("{name}.txt"));
    let text = fs::read_to_string(&file).unwrap();
    let setup = Script::read(&file, &text).setup;
    run_test_in(setup, async |town: &mut Town| {
        // Read anew for each database: what is written comes from the first.
        let text = fs::read_to_string(&file).unwrap();
        let script = Script::read(&file, &text);
        let mut stage = Stage::default();
        let mut said = Vec::new();
        for step in &script.steps {
            stage.act(town, &script.file, step).await;
            said.push(stage.heard(town));
        }
        if env::var("TOCSIN_TRANSCRIPTS").is_ok_and(|what| what == "write") {
            fs::write(&file, written(&text, &script, &said)).unwrap();
            return;
        }
        for (step, said) in script.steps.iter().zip(&said) {
            compare(&script.file, step, said);
        }
    })
    .await;
}

/// Who said what in which message, to answer it and to name it.
#[derive(Default)]
struct Stage {
    lines: Vec<Line>,
}

struct Line {
    place: String,
    /// Who wrote it; nobody: the bot.
    who: Option<String>,
    message: MessageId,
    text: String,
}

/// What the bot said since the last step, by place, in order.
type Said = BTreeMap<String, Vec<String>>;

impl Stage {
    async fn act(&mut self, town: &mut Town, file: &Path, step: &Step) {
        let find = |room: &str, on: &str| {
            let found = self.lines.iter().rev();
            let mut found = found.filter(|line| line.place == room && line.text.contains(on));
            let Some(line) = found.next() else {
                panic!(
                    "{}:{}: nobody said \"{on}\" in {room}",
                    file.display(),
                    step.line
                );
            };
            line.message.clone()
        };
        match &step.act {
            Act::Begins => {}
            Act::Writes { who, text, .. } if who.starts_with('+') => town.texts(who, text).await,
            Act::Writes {
                who,
                room: None,
                text,
                ..
            } => {
                town.whispers(who, text).await;
            }
            Act::Writes {
                who,
                room: Some(room),
                on,
                text,
            } => {
                let message = match on {
                    Some(on) => town.replies(who, room, &find(room, on), text).await,
                    None => town.says(who, room, text).await,
                };
                self.lines.push(Line {
                    place: room.clone(),
                    who: Some(who.clone()),
                    message,
                    text: text.clone(),
                });
            }
            Act::SendsPicture { who } => town.sends_a_picture(who).await,
            Act::Reacts {
                who,
                room,
                on,
                emoji,
            } => town.reacts(who, room, &find(room, on), emoji).await,
            Act::Edits {
                who,
                room,
                on,
                text,
            } => town.edits(who, room, &find(room, on), text).await,
            Act::Deletes { who, room, on } => town.redacts(who, room, &find(room, on)).await,
            Act::Later(time) => town.later(*time).await,
            Act::Restarts => {
                town.restart().await;
                town.settle().await;
            }
        }
    }

    /// What the bot said since last asked.
    fn heard(&mut self, town: &Town) -> Said {
        let mut said = Said::new();
        for platform in [&town.rooms, &town.phones] {
            for heard in platform.fresh() {
                let place = heard.place.strip_prefix('@').map_or_else(
                    || heard.place.clone(),
                    |person| person.trim_end_matches(":town").to_owned(),
                );
                let line = match &heard.deed {
                    Deed::React { emoji, message } => {
                        let who = self
                            .line(&place, message)
                            .and_then(|line| line.who.as_deref());
                        format!("{emoji} on {}", who.unwrap_or("nobody"))
                    }
                    Deed::Redact { message } => {
                        let text = self.line(&place, message).map(|line| line.text.as_str());
                        format!("takes back: {}", text.unwrap_or("nothing"))
                    }
                    _ => heard.to_string(),
                };
                self.remember(&place, heard.message, &heard.deed);
                said.entry(place).or_default().push(line);
            }
        }
        said
    }

    fn line(&self, place: &str, message: &MessageId) -> Option<&Line> {
        let mut there = self.lines.iter().filter(|line| line.place == place);
        there.find(|line| line.message == *message)
    }

    fn remember(&mut self, place: &str, message: Option<MessageId>, deed: &Deed) {
        match (deed, message) {
            (Deed::Say { words, .. }, Some(message)) => self.lines.push(Line {
                place: place.to_owned(),
                who: None,
                message,
                text: words.plain(),
            }),
            (Deed::Edit { message, words }, _) => {
                let mut there = self.lines.iter_mut().filter(|line| line.place == place);
                if let Some(line) = there.find(|line| line.message == *message) {
                    line.text = words.plain();
                }
            }
            _ => {}
        }
    }
}

/// # Panics
/// With file and line, if the bot said something else than what is shown.
fn compare(file: &Path, step: &Step, said: &Said) {
    let mut shown: BTreeMap<&str, Vec<&Shown>> = BTreeMap::new();
    for one in &step.shown {
        shown.entry(&one.place).or_default().push(one);
    }
    let file = file.display();
    let places: BTreeSet<&str> = shown
        .keys()
        .copied()
        .chain(said.keys().map(String::as_str))
        .collect();
    for place in places {
        let mut said = said.get(place).into_iter().flatten();
        for one in shown.remove(place).unwrap_or_default() {
            let Some(text) = said.next() else {
                panic!("{file}:{}: not said in {place}:\n  {}", one.line, one.text);
            };
            assert!(
                one.is(text),
                "{file}:{}: in {place}\n  shown: {}\n  said:  {text}",
                one.line,
                one.text
            );
        }
        if let Some(text) = said.next() {
            panic!(
                "{file}:{}: said in {place} and not shown:\n  {text}",
                step.line
            );
        }
    }
}

/// The transcript with what was said; lines that fit stay as they are.
fn written(text: &str, script: &Script, said: &[Said]) -> String {
    let mut lines: Vec<Vec<String>> = text.lines().map(|line| vec![line.to_owned()]).collect();
    let mut before = Vec::new();
    for (step, said) in script.steps.iter().zip(said) {
        let mut fresh = Vec::new();
        for (place, texts) in said {
            let mut shown = step.shown.iter().filter(|one| one.place == *place);
            for text in texts {
                let text = match shown.next() {
                    Some(one) if one.is(text) => &one.text,
                    _ => text,
                };
                fresh.push(format!("{place} < {}", text.replace('\n', "\n  ")));
            }
        }
        for one in &step.shown {
            let goes_on = text
                .lines()
                .skip(one.line)
                .take_while(|line| line.starts_with(' '));
            for line in 0..=goes_on.count() {
                lines[one.line - 1 + line].clear();
            }
        }
        match step.line.checked_sub(1) {
            Some(line) => lines[line].extend(fresh),
            None => before = fresh,
        }
    }
    let mut all = [before, lines.concat()].concat().join("\n");
    all.push('\n');
    all
}
