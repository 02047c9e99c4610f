//! Words of the moderators to rooms and phones: previewed with what they reach and cost, then said once to each.

use crate::{
    app::{
        holding, moderation,
        remit::{self, Remit},
        reporting::Said,
        seconding, texting,
        turn::Turn,
    },
    domain::{
        command::{self, Verb},
        directory::{Purpose, Room},
        effect::{self, Post, PostKind, Target, Urgency},
        ids::AreaId,
        parse::masked,
        prompt::Prompt,
        proposal::{Preview, Proposal},
        segment,
    },
    phrasebook::Style,
    store::{ProposalRow, SubscriberRow},
};

/// `say whittier: …`, `say all: …`: shows moderators what it would be, and waits for a second of them.
pub async fn propose(turn: &mut Turn<'_>, said: &Said<'_>, rest: &str) -> anyhow::Result<()> {
    let app = turn.app;
    let (audience, words) = rest.split_once(':').unwrap_or_default();
    let areas = app.reader.gazetteer().area_meant(audience, true);
    if areas.is_empty() && !command::is_everybody(audience) {
        let usage = command::usage_of(Verb::Say);
        let prompt = Prompt::DidYouMean { usage };
        turn.say(said.author.alone(app)?, prompt, Urgency::Answer);
        return Ok(());
    }
    let remit = Remit::of(turn, said.author);
    if !remit.covers(&areas) {
        return remit::refuse(turn, said, &remit);
    }
    // It would be passed on word for word: what is held from others is not said by moderators either.
    if let Some(reason) = holding::in_words_to_all(app, words, said.sent_at) {
        let prompt = Prompt::Held { reason };
        turn.say(said.author.alone(app)?, prompt, Urgency::Answer);
        return Ok(());
    }
    // What is written on a number plate is passed on nowhere, by nobody.
    let words = masked(words.trim()).into_owned();
    seconding::propose(turn, said, Proposal::Say { areas, words }).await
}

/// What it would reach and cost now.
pub async fn preview(
    turn: &mut Turn<'_>,
    areas: &[AreaId],
    words: &str,
) -> anyhow::Result<Preview> {
    let app = turn.app;
    let is_quiet = texting::is_quiet(app, turn.now);
    let people = if is_quiet {
        Vec::new()
    } else {
        people(turn, areas).await?
    };
    let prompt = said(turn, words);
    let mut segments = 0;
    for person in &people {
        let zone = &app.community.zone;
        let text = app
            .phrasebook
            .say(&prompt, &person.language, Style::Phone, zone);
        segments += u64::from(segment::count(&segment::fold(&text.plain())).segments);
    }
    Ok(Preview::Say {
        areas: moderation::area_names(app, areas),
        words: words.to_owned(),
        rooms: u32::try_from(rooms(turn, areas).len()).unwrap_or(u32::MAX),
        phones: u32::try_from(people.len()).unwrap_or(u32::MAX),
        segments,
        price: app
            .policy
            .spending
            .cost(segments)
            .map(|price| format!("{price:.2}")),
        is_quiet,
    })
}

/// Says it: in each room once, to each phone once.
pub async fn send(
    turn: &mut Turn<'_>,
    row: &ProposalRow,
    areas: &[AreaId],
    words: &str,
) -> anyhow::Result<()> {
    let mut targets: Vec<Target> = rooms(turn, areas)
        .into_iter()
        .map(|room| Target::Room(room.room.clone()))
        .collect();
    // At night phones stay silent; the preview has said so.
    if !texting::is_quiet(turn.app, turn.now) {
        let people = people(turn, areas).await?;
        targets.extend(
            people
                .into_iter()
                .map(|row| Target::Person(row.person.speaking(row.language))),
        );
    }
    let prompt = said(turn, words);
    for target in targets {
        let act = effect::Act::Say {
            prompt: prompt.clone(),
            reply_to: None,
            post: Some(Post {
                about: row.id.clone(),
                kind: PostKind::Broadcast,
            }),
        };
        let reason = format!("broadcast/{}", row.id);
        turn.owe_once(reason, target, act, Urgency::Card);
    }
    Ok(())
}

fn said(turn: &Turn<'_>, words: &str) -> Prompt {
    Prompt::Broadcast {
        community: turn.app.community.name.clone(),
        words: words.to_owned(),
    }
}

/// The rooms where neighbors hear: of these areas, or all.
fn rooms(turn: &Turn<'_>, areas: &[AreaId]) -> Vec<Room> {
    let is_meant = |room: &&Room| match room.purpose {
        Purpose::Response | Purpose::Info => areas.is_empty() || room.serves(areas),
        Purpose::City | Purpose::Liaison => areas.is_empty(),
        _ => false,
    };
    let directory = turn.app.directory();
    directory.rooms.iter().filter(is_meant).cloned().collect()
}

async fn people(turn: &mut Turn<'_>, areas: &[AreaId]) -> anyhow::Result<Vec<SubscriberRow>> {
    let all: Vec<AreaId>;
    let areas = if areas.is_empty() {
        all = turn.app.directory().areas.keys().cloned().collect();
        &all
    } else {
        areas
    };
    Ok(turn.tx.subscribers(areas, areas, turn.now).await?)
}
