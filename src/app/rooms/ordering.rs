//! Moderators' commands about rooms.

use std::collections::BTreeSet;

use super::{counted, keep, sets, setting_up, siblings, splitting, vouching};
use crate::{
    app::{App, audit, relaying, remit::Remit, reporting::Said, turn::Turn},
    domain::{
        command::RoomVerb,
        deed::{Deed, RoomAct},
        directory::Purpose,
        effect::{Act, PostKind, Target, Urgency},
        ids::{AreaId, MessageId},
        prompt::{AboutRooms, Prompt, RoomLine},
        role::Role,
        split::{self, Arrangement, SetKey, Sibling, Stage},
    },
    store::RoomRow,
};

/// What the bot's message, which a moderator answers, says of rooms, and about which siblings.
pub async fn card_at(
    turn: &mut Turn<'_>,
    author: &crate::app::author::Author,
    message: &MessageId,
) -> anyhow::Result<Option<(PostKind, String)>> {
    if author.role < Role::Moderator {
        return Ok(None);
    }
    for lane in author.lanes(turn.app) {
        if let Some(post) = turn.tx.post_at(&lane, message).await?
            && matches!(post.kind, PostKind::Rooms | PostKind::Waiting)
        {
            return Ok(Some((post.kind, post.about.as_str().to_owned())));
        }
    }
    Ok(None)
}

/// Carries one out. `card` names the siblings it answers about, if it answers.
pub async fn carry_out(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    verb: RoomVerb,
    rest: &str,
    card: Option<&str>,
) -> anyhow::Result<()> {
    if verb == RoomVerb::Setup {
        return setting_up::carry_out(turn, said, rest).await;
    }
    if verb == RoomVerb::Relay {
        return relaying::decide(turn, said, rest).await;
    }
    let before = turn.tx.rooms().await?;
    let mut rows = before.clone();
    splitting::take_over(turn.app, &mut rows);
    let (number, words) = number_in(rest);
    let meant = meant(turn, said, &rows, words, card, verb);
    if verb == RoomVerb::Limits {
        return limits(turn, said, &rows, &meant);
    }
    if meant.is_empty() {
        return answer(turn, said, AboutRooms::WhichRooms);
    }
    // What follows has causes of its own.
    turn.settle_cause();
    let cause = turn.cause().to_owned();
    for set in &meant {
        turn.because_of(format!("{cause}/{}", set.name()));
        let order = Order {
            set,
            verb,
            number,
            has_several: meant.len() > 1,
        };
        one(turn, said, &mut rows, &order).await?;
        turn.settle_cause();
        splitting::walk(turn, &mut rows, set)?;
    }
    turn.because_of(format!("{cause}/done"));
    turn.app.rooms.flow().list_again();
    keep(turn, &before, rows).await
}

struct Order<'o> {
    set: &'o SetKey,
    verb: RoomVerb,
    number: Option<u32>,
    has_several: bool,
}

async fn one(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    rows: &mut [RoomRow],
    order: &Order<'_>,
) -> anyhow::Result<()> {
    let set = order.set;
    let Some(fullest) = fullest(turn.app, rows, set) else {
        return Ok(());
    };
    let title = splitting::title(rows, set, fullest.number);
    match order.verb {
        RoomVerb::Split => {
            for row in open_rows(rows, set) {
                row.state.sibling.waits = false;
                row.state.sibling.raised = Some(row.state.sibling.taken.max(1));
            }
            splitting::try_again(turn, rows, set);
            note(turn, said, RoomAct::Split, title.clone()).await?;
            let is_ready = |row: &&RoomRow| row.state.sibling.stage == Stage::Prepared;
            if siblings(rows, set).into_values().any(|row| is_ready(&row)) {
                return Ok(());
            }
            let newest = siblings(rows, set).into_keys().next_back().unwrap_or(1);
            let being_made = siblings(rows, set)
                .into_values()
                .find(|row| row.state.sibling.stage == Stage::Making)
                .map_or_else(
                    || split::title(&title, newest + 1),
                    |row| row.state.title.clone(),
                );
            answer(turn, said, AboutRooms::BeingMade { title: being_made })
        }
        RoomVerb::Wait => {
            for row in open_rows(rows, set) {
                row.state.sibling.waits = true;
                row.state.sibling.raised = None;
            }
            note(turn, said, RoomAct::Wait, title).await
        }
        RoomVerb::Raise => {
            let to = order.number.unwrap_or_default();
            if to <= fullest.taken || to > fullest.limit {
                let limit = fullest.limit;
                return answer(turn, said, AboutRooms::BadMark { limit });
            }
            if let Some(row) = splitting::of(rows, set, fullest.number) {
                row.state.sibling.raised = Some(to);
                row.state.sibling.waits = false;
            }
            note(turn, said, RoomAct::Raise { to }, title).await
        }
        RoomVerb::NewLink => {
            for row in there(rows, set).filter(|row| row.link.is_some()) {
                splitting::change(turn, row, |room| Arrangement::NewLink { room });
                note(turn, said, RoomAct::NewLink, row.state.title.clone()).await?;
            }
            Ok(())
        }
        RoomVerb::Admit | RoomVerb::Refuse => {
            let is_in = order.verb == RoomVerb::Admit;
            // Where two must vouch, one word is not enough.
            let app = turn.app;
            let is_vouched = vouching::needs_vouching(app, set.purpose);
            for row in there(rows, set).filter(|row| row.state.asking > 0 && !is_vouched) {
                if is_in {
                    splitting::change(turn, row, |room| Arrangement::Admit { room });
                } else {
                    splitting::change(turn, row, |room| Arrangement::Refuse { room });
                }
                let act = if is_in {
                    RoomAct::Admit
                } else {
                    RoomAct::Refuse
                };
                note(turn, said, act, row.state.title.clone()).await?;
            }
            for row in rows.iter_mut().filter(|row| &row.set == set) {
                row.state.asking = 0;
                row.state.asking_told = 0;
            }
            Ok(())
        }
        RoomVerb::MergeDown => merge_down(turn, said, rows, order).await,
        RoomVerb::Limits | RoomVerb::Setup | RoomVerb::Relay => Ok(()),
    }
}

/// Invites the people of the later of two small siblings into the earlier one. Nobody is moved; the door leads there no more.
async fn merge_down(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    rows: &mut [RoomRow],
    order: &Order<'_>,
) -> anyhow::Result<()> {
    let set = order.set;
    let marks = turn.app.policy.rooms.limits.marks;
    let all = counted(turn.app, rows, set);
    // Moderators may do it sooner than the bot would propose it.
    let long_ago = turn.now - split::SMALL_FOR;
    let pair = split::mergeable(&all, marks, turn.now, |_| Some(long_ago));
    let Some((stays, goes)) = pair.map(|(stays, goes)| (stays.number, goes.number)) else {
        if order.has_several {
            return Ok(());
        }
        return answer(turn, said, AboutRooms::NothingToMerge);
    };
    let to = splitting::title(rows, set, stays);
    let link = splitting::of(rows, set, stays).and_then(|row| row.link.clone());
    let Some(row) = splitting::of(rows, set, goes) else {
        return Ok(());
    };
    row.state.sibling.stage = Stage::Retired;
    let title = row.state.title.clone();
    if let Some(room) = row.room.clone() {
        let prompt = Prompt::Rooms(AboutRooms::MergedDown {
            to: to.clone(),
            link: link.unwrap_or_default(),
        });
        let act = Act::Say {
            prompt,
            reply_to: None,
            post: None,
        };
        turn.owe(Target::Room(room), act, Urgency::Card);
    }
    note(turn, said, RoomAct::MergeDown { into: to }, title).await
}

fn open_rows<'r>(
    rows: &'r mut [RoomRow],
    set: &'r SetKey,
) -> impl Iterator<Item = &'r mut RoomRow> {
    rows.iter_mut()
        .filter(move |row| &row.set == set && row.state.sibling.is_open())
}

fn there<'r>(rows: &'r [RoomRow], set: &'r SetKey) -> impl Iterator<Item = &'r RoomRow> {
    rows.iter()
        .filter(move |row| &row.set == set && row.state.sibling.is_there())
}

/// The open sibling that has least space left.
fn fullest(app: &App, rows: &[RoomRow], set: &SetKey) -> Option<Sibling> {
    let marks = app.policy.rooms.limits.marks;
    counted(app, rows, set)
        .into_iter()
        .filter(Sibling::is_open)
        .filter(|sibling| !sibling.told.turned)
        .min_by_key(|sibling| sibling.space(marks, 0))
        .or_else(|| counted(app, rows, set).into_iter().find(Sibling::is_open))
}

/// A number in what was written, and the rest of it.
fn number_in(rest: &str) -> (Option<u32>, String) {
    let mut number = None;
    let mut words = Vec::new();
    for word in rest.split_whitespace() {
        match word.replace([',', '.'], "").parse() {
            Ok(found) if number.is_none() => number = Some(found),
            _ => words.push(word),
        }
    }
    (number, words.join(" "))
}

/// Which siblings are meant: those of the message that is answered, of the area that is named, of the room it is written in; else
/// those that moderators were told of and nothing was decided about.
fn meant(
    turn: &Turn<'_>,
    said: &Said<'_>,
    rows: &[RoomRow],
    words: String,
    card: Option<&str>,
    verb: RoomVerb,
) -> Vec<SetKey> {
    let app = turn.app;
    let all: Vec<SetKey> = sets(rows).into_iter().collect();
    let remit = Remit::of(turn, said.author);
    let may = |set: &&SetKey| {
        let areas: Vec<AreaId> = set.areas.iter().cloned().collect();
        remit.covers(&areas)
    };
    if let Some(name) = card {
        let named = all.iter().filter(|set| set.name() == name);
        return named.filter(may).cloned().collect();
    }
    let is_response = |set: &&SetKey| verb == RoomVerb::Limits || set.purpose == Purpose::Response;
    if !words.is_empty() {
        let areas: BTreeSet<AreaId> = app
            .reader
            .gazetteer()
            .area_meant(&words, true)
            .into_iter()
            .collect();
        let named = all
            .iter()
            .filter(|set| set.areas.iter().any(|area| areas.contains(area)));
        return named.filter(is_response).filter(may).cloned().collect();
    }
    if verb == RoomVerb::Limits {
        return all.iter().filter(may).cloned().collect();
    }
    let here = said.author.room_ref();
    let own = rows
        .iter()
        .find(|row| row.room.is_some() && row.room.as_ref() == here)
        .map(|row| row.set.clone());
    if let Some(own) = own {
        return Some(own).iter().filter(may).cloned().collect();
    }
    let is_pending = |set: &&SetKey| {
        siblings(rows, set).values().any(|row| match verb {
            RoomVerb::Admit | RoomVerb::Refuse => {
                row.state.asking > 0 && !vouching::needs_vouching(app, set.purpose)
            }
            RoomVerb::MergeDown => row.state.merge_told,
            _ => row.state.sibling.told.nearly && !row.state.sibling.told.turned,
        })
    };
    let pending: Vec<SetKey> = all.iter().filter(may).filter(is_pending).cloned().collect();
    // One is meant; several could be.
    if pending.len() == 1 {
        pending
    } else {
        Vec::new()
    }
}

fn limits(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    rows: &[RoomRow],
    meant: &[SetKey],
) -> anyhow::Result<()> {
    let app = turn.app;
    let live = super::census::live(app);
    let mut lines = Vec::new();
    for set in meant {
        let all = counted(app, rows, set);
        let door =
            split::door(&all, app.policy.rooms.limits.marks, |_| 0).map(|sibling| sibling.number);
        for sibling in &all {
            let Some(row) = siblings(rows, set).get(&sibling.number).copied() else {
                continue;
            };
            let taken = row.room.as_ref().and_then(|room| live.get(room).copied());
            lines.push(RoomLine {
                title: row.state.title.clone(),
                taken: taken.unwrap_or(sibling.taken),
                limit: sibling.limit,
                stage: sibling.stage,
                asking: row.state.asking,
                is_door: set.purpose == Purpose::Response && door == Some(sibling.number),
            });
        }
    }
    answer(turn, said, AboutRooms::Limits { lines })
}

pub(in crate::app) fn answer(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    about: AboutRooms,
) -> anyhow::Result<()> {
    let target = said.author.alone(turn.app)?;
    turn.say(target, Prompt::Rooms(about), Urgency::Answer);
    Ok(())
}

pub(super) async fn note(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    act: RoomAct,
    title: String,
) -> anyhow::Result<()> {
    audit::note(turn, said.author, Deed::Rooms { act, title }).await
}
