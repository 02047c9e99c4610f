//! What they do, who they are and what they carry: lexicon hits that nothing denies.

use crate::domain::{
    parse::{
        lexicon::{Category, Hit, Hits},
        salute::{Label, Layout},
        tokens::{Token, TokenKind},
    },
    place::phrases::Span,
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

/// So many words are looked back over for a denial or a subject.
const BACK: usize = 6;

/// Whether something is denied: "no vests", "didn't see any masks", "no vests or badges".
pub(crate) fn is_denied(tokens: &[Token], hits: &Hits, at: usize) -> bool {
    let mut at = at;
    for _ in 0..BACK {
        let Some(before) = at.checked_sub(1) else {
            return false;
        };
        if hits.at(Category::Deny, before).is_some() {
            return true;
        }
        let Some(token) = tokens.get(before) else {
            return false;
        };
        let is_or = token.is_any(&["or", "nor", "ni", "o", "ama", "/"]) && before > 0;
        let stepped = if is_or {
            [
                Category::Uniform,
                Category::Activity,
                Category::Weapon,
                Category::Gear,
                Category::Agency,
                Category::Person,
            ]
            .into_iter()
            .find_map(|category| hits.at(category, before - 1))
        } else {
            [Category::Light, Category::Person]
                .into_iter()
                .find_map(|category| hits.at(category, before))
        };
        match stepped {
            Some(hit) if hit.span.from < at => at = hit.span.from,
            _ => return false,
        }
    }
    false
}

/// Whether a denial stands behind: "booliis maaha".
fn is_denied_behind(hits: &Hits, to: usize) -> bool {
    hits.all_from(Category::Deny, to)
        .any(|hit| &*hit.tag == "behind")
}

/// The tags of a category that are said and not denied; sorted, each once.
pub(crate) fn said(tokens: &[Token], hits: &Hits, category: Category) -> Vec<String> {
    let found = if category == Category::Uniform {
        hits.of(category).collect()
    } else {
        longest(hits, category)
    };
    let mut tags: Vec<String> = found
        .into_iter()
        .filter(|hit| {
            !is_denied(tokens, hits, hit.span.from)
                && !is_denied_behind(hits, hit.span.to)
                && !is_doubtful(tokens, hits, hit, category)
        })
        .map(|hit| hit.tag.trim_start_matches('?').to_string())
        .collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// A word that is gear only in the right company: "dog" counted or with someone, "ram" that is no truck.
fn is_doubtful(tokens: &[Token], hits: &Hits, hit: &Hit, category: Category) -> bool {
    if category != Category::Gear {
        return false;
    }
    let before = hit.span.from.checked_sub(1);
    let is = |category, at: Option<usize>| at.is_some_and(|at| hits.at(category, at).is_some());
    let is_vehicle = is(Category::Color, before)
        || is(Category::Color, Some(hit.span.to))
        || is(Category::Make, Some(hit.span.from))
        || hits
            .at(Category::Model, hit.span.from)
            .is_some_and(|model| !model.tag.starts_with('?'))
        || tokens
            .get(hit.span.to)
            .is_some_and(|token| token.digits == 4);
    let is_worn = matches!(&*hit.tag, "handcuffs" | "zip_ties")
        && before.is_some_and(|at| {
            tokens
                .get(at)
                .is_some_and(|token| token.is_any(&["in", "en"]))
        });
    if is_worn {
        // In cuffs is who was taken.
        return true;
    }
    let is_ram = tokens
        .get(hit.span.from)
        .is_some_and(|token| token.is("ram"));
    let is_accompanied = is(Category::Number, before)
        || before.is_some_and(|at| {
            hits.at(Category::Count, at)
                .is_some_and(|word| &*word.tag == "part")
        })
        || before.is_some_and(|at| {
            tokens.get(at).is_some_and(|token| {
                token.kind == TokenKind::Number
                    || token.is_any(&[
                        "+", ",", ":", "w", "/", "with", "con", "y", "and", "iyo", "thiab",
                    ])
            })
        });
    is_ram && is_vehicle || hit.tag.starts_with('?') && !is_accompanied
}

/// The hits of a category that are no part of a longer one: "driving away" is not driving, "long guns" not just guns.
fn longest(hits: &Hits, category: Category) -> Vec<&Hit> {
    let mut widest = Span { from: 0, to: 0 };
    let mut found = Vec::new();
    for hit in hits.of(category) {
        let is_inside =
            hit.span.to < widest.to || hit.span.to == widest.to && hit.span.from > widest.from;
        if !is_inside {
            widest = hit.span;
            found.push(hit);
        }
    }
    found
}

/// What they do: activities by name, and verbs with an object that makes them one.
pub(crate) fn activities(tokens: &[Token], hits: &Hits, layout: &Layout) -> Vec<Activity> {
    let named = longest(hits, Category::Activity)
        .into_iter()
        .filter(|hit| !is_neighbors(tokens, hits, hit));
    let stops: Vec<Span> = hits
        .of(Category::Deed)
        .filter(|hit| &*hit.tag == "vehicle_stop" && has_object(tokens, hits, hit))
        .map(|hit| hit.span)
        .collect();
    let done = hits.of(Category::Deed).filter(|hit| {
        let is_stop = stops.iter().any(|stop| stop.touches(hit.span));
        has_object(tokens, hits, hit)
            && !is_neighbors(tokens, hits, hit)
            && (!is_stop || &*hit.tag != "questioning")
    });
    let has_vehicle = [Category::Body, Category::Model]
        .into_iter()
        .any(|category| hits.of(category).next().is_some());
    let equipment = layout.field(Label::Equipment);
    let mut found: Vec<Activity> = named
        .chain(done)
        .filter(|hit| !is_denied(tokens, hits, hit.span.from))
        .filter(|hit| {
            // Gas and drones that are listed are not in use.
            !equipment.is_some_and(|field| field.holds(hit.span.from))
                || !matches!(&*hit.tag, "aerial" | "chemical")
        })
        .filter_map(|hit| match &*hit.tag {
            "parked" if hit.category == Category::Deed && !has_vehicle => Some(Activity::OnFoot),
            "driving" if !has_vehicle && follows_someone(hits, hit) => Some(Activity::OnFoot),
            tag => activity(tag),
        })
        .collect();
    if taken_behind(tokens, hits) {
        found.push(Activity::Detaining);
    }
    if found.contains(&Activity::Aerial) && !has_vehicle {
        found.retain(|activity| !matches!(activity, Activity::Driving | Activity::Watching));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// "followed a delivery guy": without a vehicle around, on foot.
fn follows_someone(hits: &Hits, hit: &Hit) -> bool {
    (hit.span.to..hit.span.to + 4).any(|at| is_someone(hits, at))
        && hits
            .all_from(Category::Victim, hit.span.from)
            .any(|victim| &*victim.tag == "by")
}

/// "3 taken", "one person taken": counted or named people, and a word that something was done to them.
fn taken_behind(tokens: &[Token], hits: &Hits) -> bool {
    hits.of(Category::Victim).any(|hit| {
        let Some(before) = hit.span.from.checked_sub(1) else {
            return false;
        };
        let is_counted = tokens
            .get(before)
            .is_some_and(|token| token.kind == TokenKind::Number)
            || [Category::Number, Category::Person, Category::Bystander]
                .into_iter()
                .any(|category| hits.at(category, before).is_some());
        &*hit.tag == "been"
            && is_counted
            && tokens
                .get(hit.span.from)
                .is_some_and(|token| token.is_any(&["taken", "grabbed", "kidnapped", "abducted"]))
            && !is_denied(tokens, hits, hit.span.from)
    })
}

/// Whether it is neighbors or the writer who do it: "I'm parked across", "kids walking to school".
fn is_neighbors(tokens: &[Token], hits: &Hits, hit: &Hit) -> bool {
    if matches!(
        &*hit.tag,
        "detaining" | "vehicle_stop" | "aerial" | "chemical" | "crowd"
    ) {
        return false;
    }
    let mut at = hit.span.from;
    for _ in 0..BACK {
        let Some(before) = at.checked_sub(1) else {
            return false;
        };
        if hits
            .at(Category::Bystander, before)
            .is_some_and(|hit| &*hit.tag != "people")
        {
            return true;
        }
        match hits.at(Category::Light, before) {
            Some(light) if &*light.tag == "be" => {
                // "were" opens a clause only as "we're".
                let opens = light.span.from == 0
                    || tokens
                        .get(light.span.from - 1)
                        .is_some_and(|token| token.is_any(&[".", ",", "!", "\n", "and", "but"]));
                if opens && tokens.get(before).is_some_and(|token| token.is("were")) {
                    return true;
                }
                at = light.span.from;
            }
            _ => return false,
        }
    }
    false
}

/// So far behind a verb its object is looked for.
const OBJECT: usize = 6;

/// Whether a verb has the object that makes it an activity: took a man, searched a car, banged on a door.
fn has_object(tokens: &[Token], hits: &Hits, hit: &Hit) -> bool {
    let thing = |at: usize, tag: &str| {
        hits.all_from(Category::Thing, at)
            .any(|thing| &*thing.tag == tag)
    };
    if &*hit.tag == "parked" {
        return true;
    }
    for at in hit.span.to..hit.span.to + OBJECT {
        let Some(token) = tokens.get(at) else {
            return false;
        };
        let is_object = match &*hit.tag {
            "detaining" => is_someone(hits, at) && !is_pulled_over(hits, at),
            "questioning" => {
                is_someone(hits, at) && !is_pulled_over(hits, at) || thing(at, "papers")
            }
            "vehicle_stop"
                if tokens
                    .get(hit.span.from)
                    .is_some_and(|verb| verb.text.starts_with("pull")) =>
            {
                thing(at, "aside")
            }
            "vehicle_stop" => {
                [Category::Body, Category::Model, Category::Make]
                    .into_iter()
                    .any(|category| hits.from(category, at).is_some())
                    || hits
                        .from(Category::Owner, at)
                        .is_some_and(|owner| &*owner.tag == "civil")
            }
            "entering" => thing(at, "building") || thing(at, "door"),
            "knocking" => thing(at, "door"),
            _ => true,
        };
        if is_object {
            return true;
        }
        if thing(at, "aside") && &*hit.tag != "vehicle_stop" {
            return false;
        }
        let is_end = matches!(token.kind, TokenKind::Sign | TokenKind::Newline) && !token.is("/");
        let is_else = hits.from(Category::Activity, at).is_some()
            || hits
                .from(Category::Time, at)
                .is_some_and(|time| matches!(&*time.tag, "minute" | "hour"));
        if is_end || is_else {
            return false;
        }
    }
    false
}

/// "pulled a guy over" stops his car.
fn is_pulled_over(hits: &Hits, at: usize) -> bool {
    (at + 1..at + 4).any(|next| {
        hits.all_from(Category::Thing, next)
            .any(|thing| &*thing.tag == "aside")
    })
}

/// Someone who is no agent: "a guy", "my neighbor", "her".
fn is_someone(hits: &Hits, at: usize) -> bool {
    hits.from(Category::Person, at)
        .is_some_and(|person| &*person.tag == "anyone")
        || hits
            .from(Category::Bystander, at)
            .is_some_and(|bystander| &*bystander.tag != "speaker")
        || hits
            .all_from(Category::Victim, at)
            .any(|victim| &*victim.tag == "who")
}

/// Where POLICE stands on their clothes: "vests that say police", "POLICE HSI jackets", "police on their backs".
fn police_marks(tokens: &[Token], hits: &Hits, layout: &Layout) -> Vec<usize> {
    let worn = |at: usize| {
        hits.at(Category::Uniform, at).is_some_and(|hit| {
            matches!(
                &*hit.tag,
                "vest" | "jacket" | "patch" | "hoodie" | "helmet" | "uniform" | "tactical"
            )
        })
    };
    let says = |at: usize| {
        hits.at(Category::Light, at)
            .is_some_and(|hit| &*hit.tag == "says")
    };
    let has_clothes = (0..tokens.len()).any(worn);
    let is_mark = |at: usize, token: &Token| {
        let before_clothes = (1..=3).any(|ahead| {
            worn(at + ahead)
                && (1..ahead).all(|step| {
                    hits.at(Category::Agency, at + step).is_some()
                        || worn(at + step)
                        || tokens
                            .get(at + step)
                            .is_some_and(|token| token.is_any(&["/", "\"", "-", "on", "tactical"]))
                })
        });
        let is_said = (1..=3).map_while(|back| at.checked_sub(back)).any(says)
            || (1..=3).any(|ahead| says(at + ahead));
        let is_on_back = tokens
            .get(at + 1)
            .is_some_and(|token| token.is_any(&["on", "en"]))
            && (2..=4).any(|ahead| {
                tokens.get(at + ahead).is_some_and(|token| {
                    token.is_any(&[
                        "back", "backs", "chest", "chests", "espalda", "pecho", "them",
                    ])
                })
            });
        let in_field = layout
            .field(Label::Unit)
            .is_some_and(|field| field.holds(at))
            && hits
                .at(Category::Agency, at)
                .is_none_or(|hit| hit.span.to - hit.span.from == 1);
        before_clothes || is_said && (token.capitals || has_clothes) || is_on_back || in_field
    };
    tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.is_any(&["police", "policia", "polica", "booliis", "booliska"]))
        .filter(|(at, token)| is_mark(*at, token))
        .map(|(at, _)| at)
        .collect()
}

/// Who they are. Without a word for it, "U: none" means plain clothes.
pub(crate) fn unit(tokens: &[Token], hits: &Hits, layout: &Layout) -> Unit {
    let marks = police_marks(tokens, hits, layout);
    let mut agency: Vec<String> = hits
        .of(Category::Agency)
        .filter(|hit| {
            !is_denied(tokens, hits, hit.span.from)
                && !is_denied_behind(hits, hit.span.to)
                && !is_weather(tokens, hits, hit)
                && !marks.iter().any(|mark| hit.span.holds(*mark))
        })
        .map(|hit| hit.tag.to_string())
        .collect();
    agency.sort_unstable();
    agency.dedup();
    let mut uniform = said(tokens, hits, Category::Uniform);
    if !marks.is_empty() && !uniform.iter().any(|tag| tag == "police_marking") {
        uniform.push("police_marking".to_owned());
        uniform.sort_unstable();
    }
    let field = layout.field(Label::Unit);
    if uniform.is_empty()
        && let Some(field) = field
        && tokens.get(field.from..field.to).is_some_and(|value| {
            value.first().is_some_and(|token| {
                token.is_any(&["none", "plain", "civilian", "regular", "ninguno", "normal"])
            })
        })
    {
        uniform.push("plainclothes".to_owned());
    }
    // "U: green, Border Patrol"
    if uniform.is_empty()
        && let Some(field) = field
        && hits
            .of(Category::Color)
            .any(|hit| &*hit.tag == "green" && field.holds(hit.span.from))
    {
        uniform.push("uniform".to_owned());
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
