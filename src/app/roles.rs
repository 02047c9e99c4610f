//! Roles that two moderators give and take, who holds which, and roles that rest until somebody is vouched for.
//!
//! One other moderator vouches, also for a moderator: it gives nothing that was not there, everybody in the moderators' room sees it,
//! and a community with two moderators could not go on otherwise.

use std::collections::BTreeSet;

use crate::{
    app::{
        App, audit,
        author::Author,
        meant::{self, Meant},
        moderation::area_names,
        remit::{self, Remit},
        reporting::Said,
        seconding, trust,
        turn::Turn,
    },
    domain::{
        command::{self, Verb},
        deed::Deed,
        effect::{SealedPerson, Urgency},
        ids::AreaId,
        prompt::{AboutPeople, Holder, Prompt},
        proposal::Proposal,
        role::Role,
        trust::{Grant, LONGEST_TERM},
        whom,
    },
};

/// Answers a moderator alone.
pub fn answer(turn: &mut Turn<'_>, said: &Said<'_>, about: AboutPeople) -> anyhow::Result<()> {
    let target = said.author.alone(turn.app)?;
    turn.say(target, Prompt::People(about), Urgency::Answer);
    Ok(())
}

/// Tells somebody why their role does not count, and what to do about it.
pub fn tell_rests(turn: &mut Turn<'_>, author: &Author) -> anyhow::Result<()> {
    let who = author.called(turn.app);
    let prompt = Prompt::People(AboutPeople::RoleRests { who });
    let target = author.alone(turn.app)?;
    turn.say(target, prompt, Urgency::Answer);
    Ok(())
}

/// Lists who holds which role where the writer is a moderator, and in the whole city.
pub fn list(turn: &mut Turn<'_>, said: &Said<'_>) -> anyhow::Result<()> {
    let (app, now) = (turn.app, turn.now);
    let trust = turn.trust();
    let remit = Remit::of(turn, said.author);
    let is_seen = |areas: &BTreeSet<AreaId>| {
        let areas: Vec<AreaId> = areas.iter().cloned().collect();
        remit.touches(&areas)
    };
    let mut holders = Vec::new();
    let directory = app.directory();
    let appointed = directory.people.iter();
    for entry in appointed.filter(|entry| entry.holds(now) && is_seen(&entry.areas)) {
        let hashes = trust::hashes(app, &entry.person);
        holders.push(Holder {
            who: trust::called(app, &entry.person),
            role: entry.role,
            areas: names(app, &entry.areas),
            until: entry.until,
            rests: hashes.iter().any(|hash| trust.resting.contains(hash)),
        });
    }
    let granted = trust.grants.iter();
    for grant in granted.filter(|grant| grant.until > now && is_seen(&grant.areas)) {
        let person = app.keyring.open(&grant.person)?;
        holders.push(Holder {
            who: trust::called(app, &person),
            role: grant.role,
            areas: names(app, &grant.areas),
            until: Some(grant.until),
            rests: trust.resting.contains(&grant.person.hash),
        });
    }
    holders.sort_by(|a, b| b.role.cmp(&a.role).then_with(|| a.who.cmp(&b.who)));
    answer(turn, said, AboutPeople::Roles { holders })
}

fn names(app: &App, areas: &BTreeSet<AreaId>) -> Vec<String> {
    let areas: Vec<AreaId> = areas.iter().cloned().collect();
    area_names(app, &areas)
}

/// Proposes that somebody gets a role or loses it.
pub async fn propose(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    verb: Verb,
    rest: &str,
) -> anyhow::Result<()> {
    let app = turn.app;
    let mut words = whom::sorted(rest);
    let Some(role) = words.role else {
        let usage = command::usage_of(verb);
        let target = said.author.alone(app)?;
        turn.say(target, Prompt::DidYouMean { usage }, Urgency::Answer);
        return Ok(());
    };
    let name = std::mem::take(&mut words.rest);
    let mut areas = if words.is_everywhere || name.is_empty() {
        Vec::new()
    } else {
        app.reader.gazetteer().area_meant(&name, true)
    };
    if areas.is_empty() && !name.is_empty() {
        return answer(turn, said, AboutPeople::NoSuchArea { name });
    }
    if verb == Verb::GiveRole && areas.is_empty() && !words.is_everywhere {
        areas = said.author.areas();
    }
    let remit = Remit::of(turn, said.author);
    if verb == Verb::GiveRole && areas.is_empty() && !words.is_everywhere {
        areas = remit.areas();
    }
    // To take a role away wherever somebody has it, one has to be a moderator of all that.
    if !remit.covers(&areas) {
        return remit::refuse(turn, said, &remit);
    }
    let meant = match meant::find(turn, said, &words, None).await? {
        Ok(meant) => meant,
        Err(why) => return answer(turn, said, why),
    };
    let Some(person) = sealed(app, &meant)? else {
        return answer(turn, said, AboutPeople::Whom);
    };
    let whom = meant.called;
    let proposal = if verb == Verb::GiveRole {
        let term = words.time.unwrap_or(app.policy.role_term);
        Proposal::GiveRole {
            person,
            whom,
            role,
            areas,
            until: turn.now + term.min(LONGEST_TERM),
        }
    } else {
        let held = turn.trust().held(&person.hash, role, &set(&areas));
        if held.is_empty() {
            return answer(turn, said, AboutPeople::HoldsNoRole { who: whom, role });
        }
        Proposal::TakeRole {
            person,
            whom,
            role,
            areas,
        }
    };
    seconding::propose(turn, said, proposal).await
}

/// Somebody's address, sealed under the hash that stays.
pub fn sealed(app: &App, meant: &Meant) -> anyhow::Result<Option<SealedPerson>> {
    let person = meant.person.as_ref();
    person
        .map(|person| app.keyring.seal(person, meant.hash()))
        .transpose()
}

fn set(areas: &[AreaId]) -> BTreeSet<AreaId> {
    areas.iter().cloned().collect()
}

/// Gives the role that two moderators agreed on.
pub async fn give(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    grant: Grant,
    whom: String,
) -> anyhow::Result<()> {
    let role = grant.role;
    let areas: Vec<AreaId> = grant.areas.iter().cloned().collect();
    turn.give_role(grant).await?;
    audit::note_in(turn, said.author, &areas, Deed::GaveRole { whom, role }).await
}

/// Takes the role away that two moderators agreed on: in these areas, or wherever it is held.
pub async fn take(
    turn: &mut Turn<'_>,
    said: &Said<'_>,
    (person, whom): (&SealedPerson, &str),
    role: Role,
    areas: &[AreaId],
) -> anyhow::Result<()> {
    let (of, areas) = (areas, set(areas));
    for held in turn.trust().held(&person.hash, role, &areas) {
        turn.take_role(&held).await?;
        let left: BTreeSet<AreaId> = held.areas.difference(&areas).cloned().collect();
        if !areas.is_empty() && !left.is_empty() {
            let rest = Grant {
                areas: left,
                ..held
            };
            turn.give_role(rest).await?;
        }
    }
    let whom = whom.to_owned();
    audit::note_in(turn, said.author, of, Deed::TookRole { whom, role }).await
}

/// A moderator has seen that somebody with other keys is who they were.
pub async fn vouch(turn: &mut Turn<'_>, said: &Said<'_>, rest: &str) -> anyhow::Result<()> {
    let words = whom::sorted(rest);
    let meant = match meant::find(turn, said, &words, None).await? {
        Ok(meant) => meant,
        Err(why) => return answer(turn, said, why),
    };
    let whom = meant.called;
    if !turn.rest_no_more(&meant.hashes).await? {
        return answer(turn, said, AboutPeople::NothingRests { who: whom });
    }
    audit::note(turn, said.author, Deed::Vouched { whom }).await
}
