//! Who is not listened to any more, and is taken out of rooms.
//!
//! A ban is a keyed hash and its end, nothing else. From then on the bot leaves everything alone that they write, react to or report
//! on that network, text messages included (but for STOP, which everybody may say). In the rooms it is for they are taken out, where
//! the bot has the power; elsewhere moderators are told. A mute takes nobody out of a room: to let somebody speak there again after
//! a while, their address would have to be kept.
//!
//! One moderator bans from the rooms of an area; everywhere, or a moderator, takes two.

use std::{collections::BTreeSet, time::Duration};

use crate::{
    app::{
        audit,
        author::Author,
        meant::{self, Meant},
        moderation::Order,
        remit::{self, Remit},
        reporting::Said,
        roles::{answer, sealed},
        seconding,
        subject::Subject,
        telling,
        turn::Turn,
    },
    domain::{
        command::Verb,
        deed::Deed,
        directory::Room,
        effect::{Act, SealedPerson, Target, Urgency},
        envelope::PlatformKind,
        ids::AreaId,
        prompt::{AboutPeople, Prompt},
        proposal::Proposal,
        trust::{self, Ban, Reach},
        whom,
    },
};

const HOUR: Duration = Duration::from_secs(3600);

/// Bans, mutes or lets in again.
pub async fn carry_out(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    order: Order<'_>,
) -> anyhow::Result<()> {
    let words = whom::sorted(order.rest);
    let meant = match meant::find(turn, said, &words, order.about.as_ref()).await? {
        Ok(meant) => meant,
        Err(why) => return answer(turn, said, why),
    };
    if order.verb == Verb::Unban {
        return unban(turn, said, meant).await;
    }
    if meant.person.as_ref() == Some(&said.author.person) {
        return answer(turn, said, AboutPeople::Yourself);
    }
    let mut areas = turn.app.reader.gazetteer().area_meant(&words.rest, true);
    if areas.is_empty() {
        areas = said.author.areas();
    }
    if areas.is_empty() {
        areas = match &order.about {
            Some(Subject::Incident(incident)) => incident.areas.clone(),
            Some(Subject::Hold(hold)) => hold.areas.clone(),
            _ => Vec::new(),
        };
    }
    let remit = Remit::of(turn, said.author);
    if !areas.is_empty() && !words.is_everywhere && !remit.touches(&areas) {
        return remit::refuse(turn, said, &remit);
    }
    // On the border of somebody else's area only one's own is meant.
    areas.retain(|area| remit.touches(std::slice::from_ref(area)));
    if words.is_everywhere {
        areas.clear();
    }
    let is_mute = order.verb == Verb::Mute;
    let needs_two = meant.is_moderator(turn) || (words.is_everywhere && !is_mute);
    if needs_two {
        let Some(person) = sealed(turn.app, &meant)? else {
            return answer(turn, said, AboutPeople::Whom);
        };
        let hours = words.time.map(|time| time.as_secs() / 3600);
        let proposal = Proposal::Ban {
            person,
            whom: meant.called,
            areas,
            hours: if is_mute {
                Some(hours.unwrap_or(24))
            } else {
                None
            },
        };
        return seconding::propose(turn, said, proposal).await;
    }
    if is_mute {
        return mute(turn, said.author, &meant, words.time).await;
    }
    let has_rooms = !rooms(turn, platform(&meant), None).is_empty();
    let is_only_ignored = areas.is_empty() && has_rooms;
    let who = meant.called.clone();
    let out = Out {
        reach: Reach::Areas,
        areas: areas.into_iter().collect(),
        time: words.time,
    };
    ban(turn, said.author, &meant, out).await?;
    if is_only_ignored {
        answer(turn, said, AboutPeople::OnlyIgnored { who })?;
    }
    Ok(())
}

/// What two moderators agreed on.
pub async fn agreed(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    person: &SealedPerson,
    areas: &[AreaId],
    hours: Option<u64>,
) -> anyhow::Result<()> {
    let person = turn.app.keyring.open(person)?;
    let meant = Meant::of(turn, person);
    if let Some(hours) = hours {
        let time = HOUR.saturating_mul(u32::try_from(hours).unwrap_or(u32::MAX));
        return mute(turn, said.author, &meant, Some(time)).await;
    }
    let reach = if areas.is_empty() {
        Reach::Everywhere
    } else {
        Reach::Areas
    };
    let out = Out {
        reach,
        areas: areas.iter().cloned().collect(),
        time: None,
    };
    ban(turn, said.author, &meant, out).await
}

/// From where, and for how long.
struct Out {
    reach: Reach,
    areas: BTreeSet<AreaId>,
    time: Option<Duration>,
}

async fn ban(turn: &mut Turn<'_>, by: &Author, meant: &Meant, out: Out) -> anyhow::Result<()> {
    let time = out.time.unwrap_or(trust::BAN).min(trust::BAN);
    let last = turn.trust().bans.get(meant.hash());
    let ban = Ban {
        hash: meant.hash().to_owned(),
        reach: out.reach,
        areas: out.areas,
        until: turn.now + time,
        since: turn.now,
        mutes: last.map_or(0, |ban| ban.mutes),
    };
    turn.save_ban(ban.clone()).await?;
    let deed = Deed::Banned {
        whom: meant.called.clone(),
        is_everywhere: out.reach == Reach::Everywhere,
    };
    let areas: Vec<AreaId> = ban.areas.iter().cloned().collect();
    audit::note_in(turn, by, &areas, deed).await?;
    exclude(turn, meant, &ban, true)
}

async fn mute(
    turn: &mut Turn<'_>,
    by: &Author,
    meant: &Meant,
    time: Option<Duration>,
) -> anyhow::Result<()> {
    let last = turn.trust().bans.get(meant.hash());
    let (step, mutes) = trust::next_mute(last, turn.now);
    let longest = trust::MUTES[trust::MUTES.len() - 1];
    let time = time.unwrap_or(step).min(longest);
    // Who is banned stays so.
    let before = last.filter(|ban| ban.holds(turn.now)).cloned();
    let until = turn.now + time;
    let ban = Ban {
        hash: meant.hash().to_owned(),
        reach: before.as_ref().map_or(Reach::Muted, |ban| ban.reach),
        until: before.as_ref().map_or(until, |ban| ban.until.max(until)),
        areas: before.map(|ban| ban.areas).unwrap_or_default(),
        since: turn.now,
        mutes,
    };
    turn.save_ban(ban).await?;
    let deed = Deed::Muted {
        whom: meant.called.clone(),
        hours: time.as_secs() / 3600,
    };
    audit::note(turn, by, deed).await
}

async fn unban(turn: &mut Turn<'_>, said: &Said<'_>, meant: Meant) -> anyhow::Result<()> {
    let now = turn.now;
    let bans = &turn.trust().bans;
    let known: Vec<Ban> = meant
        .hashes
        .iter()
        .filter_map(|hash| bans.get(hash))
        .filter(|ban| ban.holds(now))
        .cloned()
        .collect();
    if known.is_empty() {
        let who = meant.called;
        return answer(turn, said, AboutPeople::NotBanned { who });
    }
    let whom = meant.called.clone();
    audit::note(turn, said.author, Deed::Unbanned { whom }).await?;
    for ban in known {
        exclude(turn, &meant, &ban, false)?;
        let ended = Ban { until: now, ..ban };
        turn.save_ban(ended).await?;
    }
    Ok(())
}

fn platform(meant: &Meant) -> Option<PlatformKind> {
    meant.person.as_ref().map(|person| person.platform)
}

/// The rooms of a network, or of all; of these areas, or all. Planning rooms and Spaces are not the bot's to look after.
fn rooms(
    turn: &Turn<'_>,
    platform: Option<PlatformKind>,
    areas: Option<&BTreeSet<AreaId>>,
) -> Vec<Room> {
    let is_meant = |room: &&Room| {
        room.purpose.is_spoken_in()
            && platform.is_none_or(|platform| room.room.platform == platform)
            && areas.is_none_or(|areas| !room.areas.is_disjoint(areas))
    };
    let directory = turn.app.directory();
    directory.rooms.iter().filter(is_meant).cloned().collect()
}

/// Takes somebody out of the rooms a ban is for, or lets them in again; tells moderators where they have to do it.
fn exclude(turn: &mut Turn<'_>, meant: &Meant, ban: &Ban, is_out: bool) -> anyhow::Result<()> {
    let app = turn.app;
    let of_areas = match ban.reach {
        Reach::Muted => return Ok(()),
        Reach::Areas => Some(&ban.areas),
        Reach::Everywhere => None,
    };
    let concerned = rooms(turn, platform(meant), of_areas);
    let person = sealed(app, meant)?;
    let mut by_hand = Vec::new();
    for room in concerned {
        let can = app.capabilities(room.room.platform);
        match &person {
            Some(person) if can.is_some_and(|can| can.excludes) => {
                let act = Act::Exclude {
                    person: person.clone(),
                    whom: meant.called.clone(),
                    is_out,
                };
                turn.owe(Target::Room(room.room.clone()), act, Urgency::Card);
            }
            _ => by_hand.push(room.name.clone()),
        }
    }
    if !by_hand.is_empty() {
        let prompt = Prompt::People(AboutPeople::ByHand {
            who: meant.called.clone(),
            rooms: by_hand,
            is_out,
        });
        telling::tell_moderators(turn, None, &prompt);
    }
    Ok(())
}
