//! Posters of doors: made and revoked by moderators, opened by anybody. How often a code is opened is counted in memory and added
//! up when the timer ticks: so the database cannot tell when that was, and opening a page writes nothing.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use anyhow::Context;

use crate::{
    app::{
        App, audit,
        author::Author,
        moderation::area_names,
        neighbors::{answer, is_report_after_all},
        reporting::Said,
        turn::Turn,
    },
    domain::{
        command::{self, Line, Verb},
        deed::Deed,
        directory::Purpose,
        door::{self, Code, Poster},
        effect::Urgency,
        ids::AreaId,
        parse::Reading,
        place::Found,
        prompt::{AboutDoors, AboutPeople, PosterLine, Prompt},
        role::Role,
    },
    keyring::Keyring,
    store::Tx,
};

/// So many posters of an area are told.
const TOLD: u32 = 20;

/// How often codes were opened since that was last written down.
#[derive(Default)]
pub struct Openings(Mutex<BTreeMap<Code, u32>>);

impl Openings {
    fn add(&self, code: Code, times: u32) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(code).or_default();
        *count = count.saturating_add(times);
    }

    /// Openings that are not written down yet.
    fn of(&self, code: &Code) -> u32 {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(code).copied().unwrap_or_default()
    }

    fn take(&self) -> BTreeMap<Code, u32> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl App {
    /// The poster of a code, unless it was revoked.
    ///
    /// # Errors
    /// If the store cannot be reached.
    pub async fn poster(&self, code: &Code) -> anyhow::Result<Option<Poster>> {
        let mut tx = self.store.begin().await?;
        let found = tx.poster(code).await;
        tx.rollback().await?;
        found.context("Cannot read a poster")
    }

    /// Counts that somebody opened the page of a poster.
    pub fn opened(&self, poster: &Poster) {
        self.openings.add(poster.code.clone(), 1);
    }
}

/// Writes down how often codes were opened.
pub async fn tick(app: &App) -> anyhow::Result<()> {
    let counts = app.openings.take();
    if counts.is_empty() {
        return Ok(());
    }
    let written = async {
        let mut tx = app.store.begin().await?;
        count(&mut tx, &counts).await?;
        tx.commit().await
    };
    if let Err(error) = written.await {
        counts
            .into_iter()
            .for_each(|(code, times)| app.openings.add(code, times));
        return Err(error).context("Cannot count how often posters were opened");
    }
    Ok(())
}

async fn count(tx: &mut Tx, counts: &BTreeMap<Code, u32>) -> crate::store::Result<()> {
    for (code, times) in counts {
        tx.count_openings(code, *times).await?;
    }
    Ok(())
}

/// What begins like a command about doors and names no area is a report if it reads like one, and talk unless a moderator says it:
/// "door to door at 26th, 4 agents" must not be lost.
pub fn or_talk(app: &App, author: &Author, line: Line, text: &str) -> Line {
    let names_one = |rest: &str| {
        let (name, _) = in_language(rest).unwrap_or((rest, ""));
        !areas(app, rest).is_empty() || !areas(app, name).is_empty()
    };
    let is_talk =
        || author.role < Role::Moderator || is_report_after_all(app, app.clock.now(), text);
    match &line {
        Line::Command {
            verb: Verb::Door | Verb::Poster,
            rest,
            ..
        } if !names_one(rest) && is_talk() => Line::Free {
            text: text.to_owned(),
        },
        _ => line,
    }
}

fn areas(app: &App, rest: &str) -> Vec<AreaId> {
    app.reader.gazetteer().area_meant(rest, true)
}

fn say(turn: &mut Turn<'_>, said: &Said<'_>, about: AboutDoors) -> anyhow::Result<()> {
    answer(turn, said.author, Prompt::Door(about))
}

/// The one area that is meant, or the areas that could be.
fn area_meant(app: &App, rest: &str) -> Result<AreaId, Vec<AreaId>> {
    match areas(app, rest).as_slice() {
        [area] => Ok(area.clone()),
        several => Err(several.to_vec()),
    }
}

/// Says that not one area is called so.
fn say_which(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    rest: &str,
    found: &[AreaId],
) -> anyhow::Result<()> {
    if found.is_empty() {
        let name = rest.trim().to_owned();
        let about = AboutPeople::NoSuchArea { name };
        return answer(turn, said.author, Prompt::People(about));
    }
    let areas = area_names(turn.app, found);
    say(turn, said, AboutDoors::WhichArea { areas })
}

/// What stands before the name of a language, and that language.
fn in_language(rest: &str) -> Option<(&str, &'static str)> {
    let (name, language) = rest.trim().rsplit_once(char::is_whitespace)?;
    Some((name, command::language_named(language)?))
}

/// An area and a language: `whittier es`. Without one it is that of the room, else the community's.
fn meant(app: &App, said: &Said<'_>, rest: &str) -> Result<(AreaId, String), Vec<AreaId>> {
    let spoken = app.phrasebook.languages();
    let named = in_language(rest).and_then(|(name, language)| {
        let area = area_meant(app, name).ok()?;
        spoken.contains(&language).then_some((area, language))
    });
    if let Some((area, language)) = named {
        return Ok((area, language.to_owned()));
    }
    let room = said.author.room.as_ref();
    let usual = room.map_or(&app.community.language, |room| &room.language);
    area_meant(app, rest).map(|area| (area, usual.clone()))
}

/// A moderator makes a poster: `poster whittier es`.
pub async fn make(turn: &mut Turn<'_>, said: &Said<'_>, rest: &str) -> anyhow::Result<()> {
    let app = turn.app;
    let Some(base) = app.community.public_url.as_ref() else {
        return say(turn, said, AboutDoors::NoAddress);
    };
    let (area, language) = match meant(app, said, rest) {
        Ok(meant) => meant,
        Err(found) => return say_which(turn, said, rest, &found),
    };
    let poster = new(turn, area, language).await?;
    let area = app.directory().area_name(&poster.area).to_owned();
    let code = poster.code.to_string();
    let url = format!("{base}/poster/{code}");
    let deed = Deed::MadePoster {
        area: area.clone(),
        code: code.clone(),
    };
    audit::note(turn, said.author, deed).await?;
    say(turn, said, AboutDoors::Posters { area, code, url })
}

/// A poster with a code that no other has.
async fn new(turn: &mut Turn<'_>, area: AreaId, language: String) -> anyhow::Result<Poster> {
    let mut poster = Poster {
        code: code()?,
        area,
        language,
        made_at: turn.now,
        opened: 0,
    };
    while !turn.tx.add_poster(&poster).await? {
        poster.code = code()?;
    }
    Ok(poster)
}

fn code() -> anyhow::Result<Code> {
    loop {
        if let Some(code) = Code::from_noise(&Keyring::noise()?) {
            return Ok(code);
        }
    }
}

/// A moderator asks where a door is: `door whittier`.
pub async fn show(turn: &mut Turn<'_>, said: &Said<'_>, rest: &str) -> anyhow::Result<()> {
    let app = turn.app;
    let Some(base) = app.community.public_url.as_ref() else {
        return say(turn, said, AboutDoors::NoAddress);
    };
    let area = match area_meant(app, rest) {
        Ok(area) => area,
        Err(found) => return say_which(turn, said, rest, &found),
    };
    let posters = turn.tx.posters_of(&area, TOLD).await?;
    let posters = posters.into_iter().map(|poster| PosterLine {
        opened: poster.opened.saturating_add(app.openings.of(&poster.code)),
        code: poster.code.to_string(),
        language: poster.language,
    });
    let about = AboutDoors::Doors {
        area: app.directory().area_name(&area).to_owned(),
        url: format!("{base}{}", door::path(&area)),
        posters: posters.collect(),
    };
    say(turn, said, about)
}

/// A moderator makes a code invalid: `door revoke h7k2p9xy`.
pub async fn revoke(turn: &mut Turn<'_>, said: &Said<'_>, rest: &str) -> anyhow::Result<()> {
    let found = match door::parted(rest) {
        Some((code, _)) => turn.tx.poster(&code).await?,
        None => None,
    };
    let Some(poster) = found else {
        let code = rest.trim().to_owned();
        return say(turn, said, AboutDoors::NoSuchCode { code });
    };
    turn.tx.revoke_poster(&poster.code, turn.now).await?;
    let area = turn.app.directory().area_name(&poster.area).to_owned();
    let code = poster.code.to_string();
    let deed = Deed::RevokedCode {
        area: area.clone(),
        code: code.clone(),
    };
    audit::note(turn, said.author, deed).await?;
    say(turn, said, AboutDoors::Revoked { area, code })
}

/// Anybody at a meeting: the code on the wall, and where they live. They get the door of the area there; of the poster's where the
/// place is not understood.
pub async fn meet(turn: &mut Turn<'_>, said: &Said<'_>, rest: &str) -> anyhow::Result<()> {
    let app = turn.app;
    let (poster, words) = match door::parted(rest) {
        Some((code, words)) => (turn.tx.poster(&code).await?, words),
        None => (None, ""),
    };
    let (Some(poster), Some(base)) = (poster, app.community.public_url.as_ref()) else {
        return say(turn, said, AboutDoors::MeetUnknown);
    };
    let area = there(app, said, words, &poster.area).unwrap_or(poster.area);
    let about = AboutDoors::Meet {
        area: app.directory().short_name(&area).to_owned(),
        url: format!("{base}{}", door::path(&area)),
    };
    let target = said.author.alone(app)?;
    turn.say(target, Prompt::Door(about), Urgency::Answer);
    Ok(())
}

/// The area of a corner, an address, a landmark or a name. Streets are often borders: then the poster's area if it lies there, or
/// one that has rooms.
fn there(app: &App, said: &Said<'_>, words: &str, own: &AreaId) -> Option<AreaId> {
    if words.is_empty() {
        return None;
    }
    let reading = Reading {
        sent_at: said.sent_at,
        near: &[],
        is_reply: false,
        earlier: None,
    };
    if let Found::One(place) = app.reader.locate(words, &reading) {
        let near = [place.primary, place.areas].concat();
        if near.contains(own) {
            return Some(own.clone());
        }
        let has_rooms = |area: &&AreaId| {
            let directory = app.directory();
            let mut rooms = directory.rooms.iter();
            rooms.any(|room| room.purpose == Purpose::Response && room.areas.contains(*area))
        };
        let first = near.iter().find(has_rooms).or_else(|| near.first());
        if let Some(area) = first {
            return Some(area.clone());
        }
    }
    let mut named = app.reader.gazetteer().area_meant(words, true);
    (named.len() == 1).then(|| named.remove(0))
}
