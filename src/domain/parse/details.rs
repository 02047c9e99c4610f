//! What they do, who they are and what they carry: lexicon hits that nothing denies.

use crate::domain::{
    parse::{
        lexicon::{Category, Hit, Hits},
        salute::{Label, Layout},
        tokens::{Token, TokenKind},
    },
    report::{Activity, Unit},
};

/// The activity of that name, as lexicons write it.
pub(crate) fn activity(tag: &str) -> Option<Activity> {
    Some(match tag {
        "parked" => Activity::Parked,
        "driving" => Activity::Driving,
        "on_foot" => Activity::OnFoot,
        "watching" => Activity::Watching,
        "staging" => Activity::Staging,
        "knocking" => Activity::Knocking,
        "entering" => Activity::Entering,
        "questioning" => Activity::Questioning,
        "vehicle_stop" => Activity::VehicleStop,
        "detaining" => Activity::Detaining,
        "leaving" => Activity::Leaving,
        "aerial" => Activity::Aerial,
        "chemical" => Activity::Chemical,
        "crowd" => Activity::Crowd,
        _ => return None,
    })
}

/// Whether a denial stands up to two words before, in the same clause.
pub(crate) fn is_denied(tokens: &[Token], hits: &Hits, at: usize) -> bool {
    (1..=2)
        .map_while(|back| at.checked_sub(back))
        .take_while(|before| {
            tokens
                .get(*before)
                .is_some_and(|token| !matches!(token.kind, TokenKind::Sign | TokenKind::Newline))
        })
        .any(|before| hits.at(Category::Deny, before).is_some())
}

/// The tags of a category that are said and not denied; sorted, each once.
pub(crate) fn said(tokens: &[Token], hits: &Hits, category: Category) -> Vec<String> {
    let mut tags: Vec<String> = hits
        .of(category)
        .filter(|hit| !is_denied(tokens, hits, hit.span.from))
        .map(|hit| hit.tag.to_string())
        .collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// What they do.
pub(crate) fn activities(tokens: &[Token], hits: &Hits) -> Vec<Activity> {
    let mut found: Vec<Activity> = said(tokens, hits, Category::Activity)
        .iter()
        .filter_map(|tag| activity(tag))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Who they are. Without a word for it, "U: none" means plain clothes.
pub(crate) fn unit(tokens: &[Token], hits: &Hits, layout: &Layout) -> Unit {
    let mut agency: Vec<String> = hits
        .of(Category::Agency)
        .filter(|hit| !is_denied(tokens, hits, hit.span.from) && !is_weather(tokens, hits, hit))
        .map(|hit| hit.tag.to_string())
        .collect();
    agency.sort_unstable();
    agency.dedup();
    let mut uniform = said(tokens, hits, Category::Uniform);
    let field = layout.field(Label::Unit);
    if uniform.is_empty()
        && let Some(field) = field
        && tokens
            .get(field.from..field.to)
            .is_some_and(|value| value.first().is_some_and(|token| token.is("none")))
    {
        uniform.push("plainclothes".to_owned());
    }
    if uniform.iter().any(|tag| tag == "mask") && field.is_none() {
        uniform.retain(|tag| tag != "plainclothes");
    }
    Unit { agency, uniform }
}

/// How far around "ice" the weather is looked for.
const AROUND: usize = 9;

/// Whether an agency word is the frozen kind: "ice on the sidewalk", and nothing of agents nearby.
pub(crate) fn is_weather(tokens: &[Token], hits: &Hits, hit: &Hit) -> bool {
    if !tokens
        .get(hit.span.from)
        .is_some_and(|token| token.is("ice"))
    {
        return false;
    }
    let is_near = |other: &Hit| other.span.from.abs_diff(hit.span.from) <= AROUND;
    let is_cold = hits
        .of(Category::Cue)
        .any(|cue| &*cue.tag == "weather" && is_near(cue));
    let is_agents = hits
        .of(Category::Person)
        .any(|person| &*person.tag == "agent")
        || hits.of(Category::Uniform).next().is_some()
        || hits.of(Category::Model).next().is_some()
        || hits.of(Category::Activity).any(|activity| {
            matches!(
                &*activity.tag,
                "detaining" | "knocking" | "questioning" | "vehicle_stop"
            )
        });
    is_cold && !is_agents
}
