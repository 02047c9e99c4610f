//! How a new room is to be, made after another one: what stands in its state from the first moment on. Pure.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::platforms::{
    matrix::arrange::{
        levels::{self, Levels},
        sheet::Sheet,
        steps::{Step, described, join_rules},
    },
    rooms::NewRoom,
};

/// What a new room takes over as it is.
const TAKEN_OVER: [&str; 5] = [
    "m.room.history_visibility",
    "m.room.guest_access",
    "m.room.server_acl",
    "m.room.retention",
    "m.room.avatar",
];
const LEVELS: &str = "m.room.power_levels";

/// The state of a room that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Who may do what.
    pub levels: Value,
    /// Everything else: kind, key, content.
    pub states: Vec<(String, String, Value)>,
}

/// A Space in which the new room gets its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Home {
    /// The Space.
    pub id: String,
    /// What it says of the room that is the model.
    pub child: Value,
    /// What that room says of the Space.
    pub parent: Option<Value>,
}

impl Plan {
    /// The plan of a room: `like` another one, in the Spaces `homes`, made by `founder`, who stands above all there or is listed.
    pub fn of(
        new: &NewRoom,
        like: Option<&Sheet>,
        homes: &[Home],
        founder: &str,
        is_above: bool,
    ) -> Self {
        let model = like.map_or_else(
            || Levels::read(Some(&levels::usual()), [founder.to_owned()].into(), false),
            Sheet::levels,
        );
        let admins = new
            .admins
            .iter()
            .map(|admin| admin.address.expose().as_str());
        let mut levels = model.for_another(founder, is_above, admins);
        if new.is_space {
            // Nobody writes in a Space; clients would not show it.
            levels["events_default"] = json!(100);
        }
        let mut states = Vec::new();
        let mut add = |kind: &str, key: &str, content: Value| {
            states.push((kind.to_owned(), key.to_owned(), content));
        };
        let topic = described(&new.description, Some(&new.marker));
        add("m.room.name", "", json!({ "name": new.title }));
        add("m.room.topic", "", json!({ "topic": topic }));
        let kin = like.and_then(Sheet::kin);
        add("m.room.join_rules", "", join_rules(new.link, kin));
        for home in homes {
            if let Some(parent) = &home.parent {
                add("m.space.parent", &home.id, parent.clone());
            }
        }
        match like {
            Some(like) => {
                let taken_over = TAKEN_OVER.iter().chain(&["m.room.encryption"]);
                for kind in taken_over {
                    let content = like.content(kind).filter(|content| !is_empty(content));
                    if let Some(content) = content {
                        add(kind, "", content.clone());
                    }
                }
            }
            // What is in a Space is known to whoever is in it, and nothing is said there.
            None if new.is_space => {
                let shown = json!({ "history_visibility": "shared" });
                add("m.room.history_visibility", "", shown);
                add(
                    "m.room.guest_access",
                    "",
                    json!({ "guest_access": "forbidden" }),
                );
            }
            None => {
                let usual = json!({ "algorithm": "m.megolm.v1.aes-sha2" });
                add("m.room.encryption", "", usual);
                let since = json!({ "history_visibility": "joined" });
                add("m.room.history_visibility", "", since);
                if let Some(timer) = new.timer {
                    // The homeserver forgets, if its operator lets it; Matrix has no timer that clients keep.
                    let ms = u64::try_from(timer.as_millis()).unwrap_or(u64::MAX);
                    add("m.room.retention", "", json!({ "max_lifetime": ms }));
                }
                add(
                    "m.room.guest_access",
                    "",
                    json!({ "guest_access": "forbidden" }),
                );
            }
        }
        Self { levels, states }
    }

    /// What is missing in a room that was begun.
    pub fn left(&self, sheet: &Sheet) -> Vec<Step> {
        let states = self.states.iter();
        let missing = states.filter(|(kind, key, content)| {
            !sheet
                .content_of(kind, key)
                .is_some_and(|there| holds(there, content))
        });
        let mut steps: Vec<Step> = missing
            .map(|(kind, key, content)| Step::Set {
                kind: kind.clone(),
                key: key.clone(),
                content: content.clone(),
            })
            .collect();
        let levels = sheet.content(LEVELS);
        if !levels.is_some_and(|there| holds(there, &self.levels)) {
            let mut content = levels.cloned().unwrap_or_else(|| json!({}));
            if let (Some(content), Some(more)) = (content.as_object_mut(), self.levels.as_object())
            {
                content.extend(more.clone());
            }
            steps.push(Step::set(LEVELS, content));
        }
        steps
    }
}

/// The local part of the alias of a new room: the same for the same marker, so that a homeserver makes no second room of it.
pub fn alias(founder: &str, marker: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(founder);
    hash.update([0]);
    hash.update(marker);
    alias_of(&hash.finalize()[..6])
}

/// A local part of these bytes.
pub fn alias_of(bytes: &[u8]) -> String {
    let hex = bytes.iter().map(|byte| format!("{byte:02x}"));
    format!("tocsin-{}", hex.collect::<String>())
}

fn is_empty(content: &Value) -> bool {
    content.as_object().is_none_or(serde_json::Map::is_empty)
}

/// Whether everything that is wanted is there; more may be.
fn holds(there: &Value, wanted: &Value) -> bool {
    let mut fields = wanted.as_object().into_iter().flatten();
    fields.all(|(field, value)| there.get(field) == Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::envelope::{PersonRef, PlatformKind},
        platforms::rooms::LinkMode,
    };

    const ME: &str = "@bot:x";

    fn new(link: LinkMode) -> NewRoom {
        NewRoom {
            title: "Phillips 2".to_owned(),
            description: "Watch".to_owned(),
            marker: "[m 2]".to_owned(),
            like: None,
            timer: None,
            link,
            admins: vec![PersonRef::new(PlatformKind::Matrix, "@ana:x")],
            is_space: false,
        }
    }

    fn sheet(states: &[(&str, Value)]) -> Sheet {
        let events = states.iter().map(|(kind, content)| {
            json!({ "type": kind, "state_key": "", "sender": ME, "content": content })
        });
        Sheet::read("!r:x", ME, events.collect::<Vec<_>>())
    }

    fn found<'p>(plan: &'p Plan, kind: &str) -> Option<&'p Value> {
        let mut states = plan.states.iter();
        states
            .find(|(its, ..)| its == kind)
            .map(|(.., content)| content)
    }

    #[test]
    fn a_room_after_another_is_like_it() {
        let allow = json!([{ "type": "m.room_membership", "room_id": "!space" }]);
        let like = sheet(&[
            ("m.room.create", json!({ "room_version": "12" })),
            (
                "m.room.join_rules",
                json!({ "join_rule": "restricted", "allow": allow }),
            ),
            (
                "m.room.history_visibility",
                json!({ "history_visibility": "invited" }),
            ),
            ("m.room.retention", json!({ "max_lifetime": 1 })),
            ("m.room.avatar", json!({})),
            (
                "m.room.power_levels",
                json!({ "invite": 50, "users": { "@ben:x": 50 } }),
            ),
        ]);
        let home = Home {
            id: "!space".to_owned(),
            child: json!({}),
            parent: Some(json!({ "via": ["x"], "canonical": true })),
        };
        let plan = Plan::of(&new(LinkMode::Open), Some(&like), &[home], ME, true);
        assert_eq!(
            plan.levels,
            json!({ "invite": 50, "users": { "@ana:x": 50 } })
        );
        assert_eq!(
            found(&plan, "m.room.topic").unwrap()["topic"],
            "Watch\n\n[m 2]"
        );
        assert_eq!(
            found(&plan, "m.room.join_rules").unwrap(),
            &json!({ "join_rule": "restricted", "allow": allow })
        );
        assert_eq!(
            found(&plan, "m.room.history_visibility").unwrap()["history_visibility"],
            "invited"
        );
        assert!(found(&plan, "m.room.retention").is_some());
        assert_eq!(found(&plan, "m.room.avatar"), None);
        assert_eq!(
            found(&plan, "m.room.encryption"),
            None,
            "as the other one: in the clear"
        );
        assert_eq!(found(&plan, "m.space.parent").unwrap()["canonical"], true);
    }

    #[test]
    fn a_room_after_none_is_encrypted() {
        let plan = Plan::of(&new(LinkMode::Approval), None, &[], ME, false);
        assert!(found(&plan, "m.room.encryption").is_some());
        assert_eq!(
            found(&plan, "m.room.join_rules").unwrap()["join_rule"],
            "knock"
        );
        assert_eq!(plan.levels["users"], json!({ "@ana:x": 50, ME: 100 }));
    }

    #[test]
    fn a_space_is_no_room_to_write_in() {
        let space = NewRoom {
            is_space: true,
            ..new(LinkMode::Open)
        };
        let plan = Plan::of(&space, None, &[], ME, true);
        assert_eq!(found(&plan, "m.room.encryption"), None);
        assert_eq!(plan.levels["events_default"], 100);
    }

    #[test]
    fn a_room_with_a_timer_asks_to_be_forgotten() {
        let room = NewRoom {
            timer: Some(std::time::Duration::from_secs(3_600)),
            ..new(LinkMode::Open)
        };
        let plan = Plan::of(&room, None, &[], ME, true);
        assert_eq!(
            found(&plan, "m.room.retention").unwrap(),
            &json!({ "max_lifetime": 3_600_000 })
        );
        let plan = Plan::of(&new(LinkMode::Open), None, &[], ME, true);
        assert_eq!(found(&plan, "m.room.retention"), None);
    }

    #[test]
    fn only_what_is_missing_is_set() {
        let plan = Plan::of(&new(LinkMode::Off), None, &[], ME, true);
        let mut states: Vec<(&str, Value)> = vec![("m.room.create", json!({}))];
        let begun = sheet(&states);
        assert_eq!(plan.left(&begun).len(), plan.states.len() + 1);
        for (kind, _, content) in &plan.states {
            states.push((kind, content.clone()));
        }
        let mut levels = plan.levels.clone();
        levels["more"] = json!(1);
        states.push((LEVELS, levels));
        assert_eq!(plan.left(&sheet(&states)), []);
    }

    #[test]
    fn an_alias_is_the_same_for_the_same_marker_only() {
        assert_eq!(alias(ME, "[m 1]"), alias(ME, "[m 1]"));
        assert_ne!(alias(ME, "[m 1]"), alias(ME, "[m 2]"));
        assert_ne!(alias(ME, "[m 1]"), alias("@other:x", "[m 1]"));
        assert!(alias(ME, "[m 1]").starts_with("tocsin-"));
    }
}
