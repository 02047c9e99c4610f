//! The rooms of a neighborhood: made as the settings describe them, or adopted.
//!
//! `setup whittier` makes what it does not have yet, on every platform or on the one that is named. `setup whittier: Whittier Chat`
//! adopts a room that the bot was let into, for reports unless another purpose is named: `setup whittier aid: Whittier Helps`.
//! `setup city` does the same for the rooms that the whole community has.

use std::collections::BTreeSet;

use super::{keep, ordering, splitting};
use crate::{
    app::{App, moderation::area_names, remit::Remit, reporting::Said, turn::Turn},
    domain::{
        command::folded,
        deed::RoomAct,
        directory::{Directory, Purpose},
        effect::{Act, Target, Urgency},
        envelope::{PlatformKind, RoomRef},
        ids::AreaId,
        prompt::AboutRooms,
        split::{Arrangement, Blueprint, SetKey, Stage},
    },
    platforms::rooms::RoomState,
    store::RoomRow,
};

/// A room that the bot is in and that is nobody's yet.
#[derive(Debug, Clone)]
pub struct Stranger {
    room: RoomRef,
    title: String,
    taken: u32,
    link: Option<String>,
    is_ours: bool,
}

impl Stranger {
    /// If the bot is in it.
    pub fn of(state: &RoomState) -> Option<Self> {
        state.is_member.then(|| Self {
            room: state.room.clone(),
            title: state.title.clone(),
            taken: u32::try_from(state.census()).unwrap_or(u32::MAX),
            link: state.link.clone(),
            is_ours: state.is_admin,
        })
    }

    /// The network it is on.
    pub const fn platform(&self) -> PlatformKind {
        self.room.platform
    }
}

const PURPOSES: [Purpose; 9] = [
    Purpose::Response,
    Purpose::Verifiers,
    Purpose::Info,
    Purpose::Aid,
    Purpose::Shifts,
    Purpose::Planning,
    Purpose::City,
    Purpose::Liaison,
    Purpose::Space,
];
/// How the whole community is called in a command, beside its own name; plain letters.
const WHOLE: [&str; 8] = [
    "city",
    "everywhere",
    "ciudad",
    "todos",
    "magaalada",
    "magaalo",
    "nroog",
    "zos",
];

/// What was asked for.
struct Wish {
    /// For these neighborhoods; for the whole community if there are none.
    areas: BTreeSet<AreaId>,
    is_of_city: bool,
    platform: Option<PlatformKind>,
    purpose: Option<Purpose>,
}

fn wish(app: &App, words: &str) -> Wish {
    let mut wish = Wish {
        areas: BTreeSet::new(),
        is_of_city: false,
        platform: None,
        purpose: None,
    };
    let mut rest = Vec::new();
    for word in words.split_whitespace() {
        let plain = folded(word);
        let platform = PlatformKind::from_name(&plain);
        let purpose = PURPOSES.into_iter().find(|one| one.as_str() == plain);
        // `setup city`: all that the city has.
        let purpose = purpose.filter(|purpose| *purpose != Purpose::City);
        match (platform, purpose) {
            (Some(platform), _) => wish.platform = Some(platform),
            (None, Some(purpose)) => wish.purpose = Some(purpose),
            (None, None) => rest.push(word),
        }
    }
    let rest = rest.join(" ");
    let plain = folded(&rest);
    let is_whole = WHOLE.contains(&plain.as_str())
        || plain == folded(&app.community.name)
        // `setup liaison`: there is only one.
        || (plain.is_empty() && wish.purpose.is_some_and(Purpose::is_of_city));
    wish.is_of_city = is_whole;
    if !is_whole {
        let named = app.reader.gazetteer().area_meant(&rest, true);
        wish.areas = named.into_iter().collect();
    }
    wish
}

/// Carries it out.
pub async fn carry_out(turn: &mut Turn<'_>, said: &Said<'_>, rest: &str) -> anyhow::Result<()> {
    let app = turn.app;
    let (words, title) = match rest.split_once(':') {
        Some((words, title)) => (words, Some(title.trim())),
        None => (rest, None),
    };
    let wish = wish(app, words);
    let areas: Vec<AreaId> = wish.areas.iter().cloned().collect();
    if (areas.is_empty() && !wish.is_of_city) || !Remit::of(turn, said.author).covers(&areas) {
        return ordering::answer(turn, said, AboutRooms::WhichRooms);
    }
    let before = turn.tx.rooms().await?;
    let mut rows = before.clone();
    splitting::take_over(app, &mut rows);
    let done = match title {
        Some(title) => adopt(turn, &mut rows, &wish, title),
        None => make(turn, &mut rows, &wish),
    };
    let names = if wish.is_of_city {
        app.community.name.clone()
    } else {
        area_names(app, &areas).join(", ")
    };
    match done {
        Ok(titles) if titles.is_empty() => {
            ordering::answer(turn, said, AboutRooms::NothingToSetUp { area: names })?;
        }
        Ok(titles) => {
            let is_new = |row: &&RoomRow| {
                row.name.starts_with("adopted/")
                    && !before.iter().any(|known| known.name == row.name)
            };
            for row in rows.iter().filter(is_new) {
                if let Some(room) = &row.room {
                    splitting::introduce(turn, room, row.set.purpose).await?;
                }
            }
            let act = match title {
                Some(_) => RoomAct::Adopt { area: names },
                None => RoomAct::SetUp { area: names },
            };
            ordering::note(turn, said, act, titles.join(", ")).await?;
        }
        Err(about) => ordering::answer(turn, said, about)?,
    }
    app.rooms.flow().list_again();
    keep(turn, &before, rows).await
}

/// Begins to make what the neighborhood lacks.
fn make(
    turn: &mut Turn<'_>,
    rows: &mut Vec<RoomRow>,
    wish: &Wish,
) -> Result<Vec<String>, AboutRooms> {
    let app = turn.app;
    let directory = app.directory();
    let blueprints = &directory.blueprints;
    let platforms: Vec<PlatformKind> = app
        .platforms
        .keys()
        .copied()
        .filter(|platform| super::census::arranges(app, *platform))
        .filter(|platform| wish.platform.is_none_or(|wished| wished == *platform))
        .collect();
    if platforms.is_empty() || blueprints.is_empty() {
        return Err(AboutRooms::CannotMake);
    }
    let mut titles = Vec::new();
    for platform in platforms {
        for blueprint in blueprints {
            let is_meant = wish
                .purpose
                .is_none_or(|wished| wished == blueprint.purpose)
                && wish.is_of_city == blueprint.purpose.is_of_city();
            let can = blueprint.purpose != Purpose::Space
                || app.capabilities(platform).is_some_and(|can| can.nests);
            if !is_meant || !can {
                continue;
            }
            let set = SetKey {
                platform,
                purpose: blueprint.purpose,
                areas: wish.areas.clone(),
            };
            if has(rows, &directory, &set) {
                continue;
            }
            titles.push(begin(turn, rows, &directory, &set, blueprint));
        }
    }
    Ok(titles)
}

/// Whether there is such a room: in the store, being made included, or in the settings.
fn has(rows: &[RoomRow], directory: &Directory, set: &SetKey) -> bool {
    rows.iter().any(|row| &row.set == set)
        || directory.rooms.iter().any(|room| {
            room.room.platform == set.platform
                && room.purpose == set.purpose
                && room.areas == set.areas
        })
}

fn begin(
    turn: &mut Turn<'_>,
    rows: &mut Vec<RoomRow>,
    directory: &Directory,
    set: &SetKey,
    blueprint: &Blueprint,
) -> String {
    let app = turn.app;
    let names: Vec<&str> = set
        .areas
        .iter()
        .map(|area| directory.short_name(area))
        .collect();
    let named = |text: &str| {
        let text = text.replace("{community}", &app.community.name);
        text.replace("{area}", &names.join(" / "))
    };
    let title = named(&blueprint.title);
    let name = splitting::marker(app, set, 1);
    let language = &app.community.language;
    let mut row = RoomRow {
        name: name.clone(),
        set: set.clone(),
        room: None,
        link: None,
        failure: None,
        state: splitting::state(app, 1, Stage::Making, &title, language),
    };
    row.state.entry = blueprint.link;
    row.state.is_first = true;
    rows.push(row);
    let mut desks = directory
        .rooms
        .iter()
        .filter(|room| room.purpose == Purpose::Moderators && room.room.platform == set.platform);
    let work = Arrangement::Found {
        title: title.clone(),
        description: named(&blueprint.description),
        marker: name.clone(),
        timer_h: blueprint.timer_h,
        link: blueprint.link,
        is_quiet: blueprint.is_quiet,
        admins_of: desks.next().map(|room| room.room.clone()),
        is_space: blueprint.purpose == Purpose::Space,
    };
    let target = Target::Account {
        platform: set.platform,
        room: name.clone(),
    };
    turn.owe(target, Act::Arrange { room: name, work }, Urgency::Card);
    title
}

/// Takes over a room that the bot is in.
fn adopt(
    turn: &Turn<'_>,
    rows: &mut Vec<RoomRow>,
    wish: &Wish,
    title: &str,
) -> Result<Vec<String>, AboutRooms> {
    let app = turn.app;
    let wanted = folded(title);
    let directory = app.directory();
    let is_new = |stranger: &Stranger| {
        directory.room(&stranger.room).is_none()
            && !rows
                .iter()
                .any(|row| row.room.as_ref() == Some(&stranger.room))
    };
    let found: Vec<Stranger> = app
        .rooms
        .strangers()
        .into_iter()
        .filter(|stranger| folded(&stranger.title) == wanted && is_new(stranger))
        .filter(|stranger| {
            wish.platform
                .is_none_or(|wished| wished == stranger.room.platform)
        })
        .collect();
    let [stranger] = found.as_slice() else {
        return Err(AboutRooms::NotFound {
            title: title.to_owned(),
        });
    };
    let set = SetKey {
        platform: stranger.room.platform,
        purpose: wish.purpose.unwrap_or(if wish.is_of_city {
            Purpose::City
        } else {
            Purpose::Response
        }),
        areas: wish.areas.clone(),
    };
    let number = splitting::free_number(rows, &set, &stranger.title);
    let language = &app.community.language;
    let mut state = splitting::state(app, number, Stage::Open, &stranger.title, language);
    state.sibling.taken = stranger.taken;
    state.is_ours = stranger.is_ours;
    rows.push(RoomRow {
        name: format!("adopted/{}", stranger.room),
        set,
        room: Some(stranger.room.clone()),
        link: stranger.link.clone(),
        failure: None,
        state,
    });
    Ok(vec![stranger.title.clone()])
}
