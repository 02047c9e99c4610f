//! Dead letters: what could not be carried out, told to moderators once.

use tracing::warn;

use crate::{
    app::{App, turn::Turn},
    domain::{
        effect::{Act, Effect, Post, PostKind, Target, Urgency},
        prompt::Prompt,
        route,
    },
};

/// Tells moderators of dead letters, each once. A dead letter about a dead letter is only logged; reactions are not worth a word.
pub async fn tell_dead(app: &App) -> anyhow::Result<()> {
    let mut turn = Turn::begin(app).await?;
    let dead = turn.tx.untold_dead(50).await?;
    let rooms: Vec<_> = route::moderators(&app.directory)
        .map(|room| room.room.clone())
        .collect();
    for letter in dead {
        turn.because_of(format!("dead/{}", letter.effect.id));
        let Some((what, post)) = description(&letter.effect) else {
            continue;
        };
        warn!(effect = %letter.effect.id, what, code = %letter.code, "a dead letter");
        let handle = match post {
            Some(post) => turn
                .tx
                .incident(&post.incident)
                .await?
                .map(|incident| incident.handle.to_string()),
            None => None,
        };
        let to = match &letter.effect.target {
            Target::Room(room) => app
                .directory
                .room(room)
                .map_or_else(String::new, |known| known.name.clone()),
            Target::Person(_) | Target::Provider { .. } => "person".to_owned(),
        };
        for room in &rooms {
            let prompt = Prompt::DeadLetter {
                to: to.clone(),
                what: what.to_owned(),
                reason: letter.code.clone(),
                handle: handle.clone(),
            };
            turn.say(Target::Room(room.clone()), prompt, Urgency::Card);
        }
        turn.settle_cause();
    }
    turn.commit().await
}

fn description(effect: &Effect) -> Option<(&'static str, Option<&Post>)> {
    let post = match &effect.act {
        Act::Say {
            prompt: Prompt::DeadLetter { .. },
            ..
        }
        | Act::React { .. }
        | Act::Erase { .. } => return None,
        Act::Say { post, .. } => post.as_ref(),
        Act::Edit { post, .. } | Act::Redact { post } => Some(post),
    };
    let what = match (post.map(|post| post.kind), effect.urgency) {
        (Some(PostKind::Alert), _) => "alert",
        (Some(PostKind::Outcome), _) => "all_clear",
        (Some(PostKind::Card), _) => "card",
        (None, Urgency::Answer) => "answer",
        (None, _) => "message",
    };
    Some((what, post))
}
