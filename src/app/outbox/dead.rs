//! Dead letters: what could not be carried out, told to moderators once.

use std::collections::BTreeMap;

use tracing::warn;

use crate::{
    app::{App, telling, turn::Turn},
    domain::{
        effect::{Act, Effect, Post, PostKind, Target, Urgency},
        envelope::PlatformKind,
        ids::IncidentId,
        prompt::{AboutNewcomers, AboutPeople, Prompt},
    },
};

/// How many are told of at a time.
const AT_ONCE: u32 = 1000;

/// Tells moderators of dead letters, each once; phones are counted, not listed. A dead letter about a dead letter is only logged;
/// reactions are not worth a word.
pub async fn tell_dead(app: &App) -> anyhow::Result<()> {
    let mut turn = Turn::begin(app).await?;
    let mut phones = expired(&mut turn).await?;
    for letter in turn.tx.untold_dead(AT_ONCE).await? {
        turn.because_of(format!("dead/{}", letter.effect.id));
        if let Act::Exclude { whom, is_out, .. } = &letter.effect.act {
            warn!(effect = %letter.effect.id, what = "exclude", code = %letter.code, "a dead letter");
            by_hand(&mut turn, &letter.effect, whom, *is_out);
            turn.settle_cause();
            continue;
        }
        if let Act::Arrange { .. } = &letter.effect.act {
            // Moderators are told by who wanted it, with what they can do.
            warn!(effect = %letter.effect.id, what = "arrange", code = %letter.code, "a dead letter");
            continue;
        }
        let Some((what, post)) = description(&letter.effect) else {
            continue;
        };
        warn!(effect = %letter.effect.id, what, code = %letter.code, "a dead letter");
        let incident = post.and_then(Post::incident);
        let to = match &letter.effect.target {
            Target::Room(room) => app
                .directory()
                .room(room)
                .map_or_else(String::new, |known| known.name.clone()),
            Target::Person(_) if is_metered(app, letter.effect.target.platform()) => {
                *phones.entry((what, letter.code, incident)).or_default() += 1;
                continue;
            }
            Target::Person(_) | Target::Provider { .. } | Target::Account { .. } => {
                "person".to_owned()
            }
        };
        let prompt = Prompt::DeadLetter {
            to,
            what: what.to_owned(),
            reason: letter.code,
            handle: handle(&mut turn, incident.as_ref()).await?,
        };
        telling::tell_moderators(&mut turn, None, &prompt);
        turn.settle_cause();
    }
    let now = turn.now.as_ms();
    for ((what, code, incident), count) in phones {
        let about = incident.as_ref().map_or("", IncidentId::as_str);
        turn.because_of(format!("dead-texts/{now}/{what}/{code}/{about}"));
        let prompt = Prompt::DeadTexts {
            count,
            what: what.to_owned(),
            reason: code,
            handle: handle(&mut turn, incident.as_ref()).await?,
        };
        telling::tell_moderators(&mut turn, None, &prompt);
        turn.settle_cause();
    }
    turn.commit().await
}

/// Where the bot has not the power to keep somebody out, moderators have.
fn by_hand(turn: &mut Turn<'_>, effect: &Effect, whom: &str, is_out: bool) {
    let Target::Room(room) = &effect.target else {
        return;
    };
    let directory = turn.app.directory();
    let known = directory.room(room);
    let prompt = Prompt::People(AboutPeople::ByHand {
        who: whom.to_owned(),
        rooms: known.map(|room| room.name.clone()).into_iter().collect(),
        is_out,
    });
    telling::tell_moderators(turn, None, &prompt);
}

/// How many phones missed something: what, why, and about which incident.
type Phones = BTreeMap<(&'static str, String, Option<IncidentId>), u32>;

/// Takes alerts that waited too long for their turn out of the queues of numbers, all at once: there may be thousands.
async fn expired(turn: &mut Turn<'_>) -> anyhow::Result<Phones> {
    let mut phones = Phones::new();
    let (app, now) = (turn.app, turn.now);
    let metered = app.platforms.keys().filter(|one| is_metered(app, **one));
    for platform in metered {
        for (incident, count) in turn.tx.expire_alerts(*platform, now).await? {
            warn!(%platform, %incident, count, "alerts waited too long and are given up");
            phones.insert(("alert", "expired".to_owned(), Some(incident)), count);
        }
    }
    Ok(phones)
}

fn is_metered(app: &App, platform: PlatformKind) -> bool {
    app.capabilities(platform).is_some_and(|can| can.metered)
}

async fn handle(
    turn: &mut Turn<'_>,
    incident: Option<&IncidentId>,
) -> anyhow::Result<Option<String>> {
    let Some(incident) = incident else {
        return Ok(None);
    };
    let incident = turn.tx.incident(incident).await?;
    Ok(incident.map(|incident| incident.handle.to_string()))
}

fn description(effect: &Effect) -> Option<(&'static str, Option<&Post>)> {
    let post = match &effect.act {
        Act::Say {
            // Whom a welcome does not reach, wanted no letter of the bot's.
            prompt:
                Prompt::DeadLetter { .. }
                | Prompt::DeadTexts { .. }
                | Prompt::Newcomers(AboutNewcomers::Welcome { .. }),
            ..
        }
        | Act::React { .. }
        | Act::Exclude { .. }
        | Act::Erase { .. }
        | Act::Arrange { .. }
        // Talk is not worth a word to moderators.
        | Act::Relay(_) => return None,
        Act::Say { post, .. } => post.as_ref(),
        Act::Edit { post, .. } | Act::Redact { post } => Some(post),
    };
    let what = match (post.map(|post| post.kind), effect.urgency) {
        (Some(PostKind::Alert), _) => "alert",
        (Some(PostKind::Outcome), _) => "all_clear",
        (Some(PostKind::Card | PostKind::Proposal | PostKind::Hold | PostKind::Asker), _) => "card",
        (Some(PostKind::Broadcast | PostKind::Rooms | PostKind::Waiting | PostKind::Relay), _) => {
            "message"
        }
        (None, Urgency::Answer) => "answer",
        (None, _) => "message",
    };
    Some((what, post))
}
