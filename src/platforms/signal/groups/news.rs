//! What changed between two listings of the groups.

use std::collections::BTreeMap;

use crate::{
    domain::envelope::RoomRef,
    platforms::signal::{groups::roster::Roster, wire::Uuid},
};

/// Something that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupNews {
    /// The bot is in a group in which it was not.
    Joined(RoomRef),
    /// The bot was in that group and is not any more.
    Lost(RoomRef),
    /// Other people ask to be let in than before, or none.
    Requesting {
        /// Where.
        room: RoomRef,
        /// How many they are now.
        waiting: usize,
    },
    /// These are members now and were not before.
    Came {
        /// Where.
        room: RoomRef,
        /// Who.
        people: Vec<Uuid>,
    },
    /// There are more or fewer members and invited people.
    Census {
        /// Where.
        room: RoomRef,
        /// How many places are taken now.
        census: usize,
    },
    /// The bot may change it now, or may not any more.
    Led {
        /// Where.
        room: RoomRef,
        /// Whether it may.
        is_admin: bool,
    },
}

/// What changed of one group. `is_first`: nothing was known before, as after a start; then it is news only if somebody waits.
pub(super) fn news_of(
    before: Option<&Roster>,
    after: &Roster,
    me: Option<Uuid>,
    is_first: bool,
) -> Vec<GroupNews> {
    let room = || after.room();
    let was_member = before.is_some_and(|before| before.is_member);
    let mut news = Vec::new();
    if after.is_member && !was_member && !is_first {
        news.push(GroupNews::Joined(room()));
    }
    if was_member && !after.is_member {
        news.push(GroupNews::Lost(room()));
    }
    if !after.is_member {
        return news;
    }
    let nobody = Default::default();
    if before.map_or(&nobody, |before| &before.requesting) != &after.requesting {
        let waiting = after.requesting.len();
        news.push(GroupNews::Requesting {
            room: room(),
            waiting,
        });
    }
    let Some(before) = before.filter(|_| was_member) else {
        return news;
    };
    let came = after.members.without(&before.members, me);
    if !came.is_empty() {
        news.push(GroupNews::Came {
            room: room(),
            people: came,
        });
    }
    if before.census() != after.census() {
        let census = after.census();
        news.push(GroupNews::Census {
            room: room(),
            census,
        });
    }
    let is_admin = after.is_led_by(me);
    if before.is_led_by(me) != is_admin {
        news.push(GroupNews::Led {
            room: room(),
            is_admin,
        });
    }
    news
}

/// What changed from one listing of all groups to the next. What is not listed any more is lost.
pub(super) fn news_of_all(
    before: Option<&BTreeMap<String, Roster>>,
    after: &BTreeMap<String, Roster>,
    me: Option<Uuid>,
) -> Vec<GroupNews> {
    let is_first = before.is_none();
    let earlier = |id: &String| before.and_then(|before| before.get(id));
    let gone = before.into_iter().flatten();
    let gone = gone.filter(|(id, was)| was.is_member && !after.contains_key(*id));
    let lost = gone.map(|(_, was)| GroupNews::Lost(was.room()));
    let changed = after
        .iter()
        .flat_map(|(id, roster)| news_of(earlier(id), roster, me, is_first));
    lost.chain(changed).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{domain::envelope::PlatformKind, platforms::signal::wire::Group};

    const ME: &str = "aff2ebea-6220-48ef-8ee9-a6073d08c973";
    const BEN: &str = "565b0c11-5a5c-4b0c-9d4e-6b1f1b1d2a77";
    const CARL: &str = "4bcf0c11-5a5c-4b0c-9d4e-6b1f1b1d2a77";

    fn listing(groups: &[(&str, Value)]) -> BTreeMap<String, Roster> {
        let read = |(id, group): &(&str, Value)| {
            let mut group = group.clone();
            group["id"] = json!(id);
            let roster = Roster::read(&Group::list(&json!([group]))[0]);
            ((*id).to_owned(), roster)
        };
        groups.iter().map(read).collect()
    }

    fn group(is_member: bool, members: &[&str], requesting: &[&str]) -> Value {
        let people = |people: &[&str]| -> Value {
            people.iter().map(|who| json!({ "uuid": who })).collect()
        };
        json!({ "isMember": is_member, "members": people(members), "requestingMembers": people(requesting) })
    }

    #[test]
    fn what_changed_is_told_once() {
        let room = |id: &str| RoomRef::new(PlatformKind::Signal, id);
        let calm = || group(true, &[ME, BEN], &[]);
        let mut led = calm();
        led["members"][0]["isAdmin"] = json!(true);
        for (before, after, news) in [
            (None, vec![("a", calm())], vec![]),
            (
                None,
                vec![("a", group(true, &[ME], &[CARL]))],
                vec![GroupNews::Requesting {
                    room: room("a"),
                    waiting: 1,
                }],
            ),
            (Some(vec![("a", calm())]), vec![("a", calm())], vec![]),
            (
                Some(vec![]),
                vec![("a", calm())],
                vec![GroupNews::Joined(room("a"))],
            ),
            (
                Some(vec![("a", group(false, &[], &[]))]),
                vec![("a", group(true, &[ME], &[BEN]))],
                vec![
                    GroupNews::Joined(room("a")),
                    GroupNews::Requesting {
                        room: room("a"),
                        waiting: 1,
                    },
                ],
            ),
            (
                Some(vec![("a", calm())]),
                vec![("a", group(false, &[BEN], &[CARL]))],
                vec![GroupNews::Lost(room("a"))],
            ),
            (
                Some(vec![("a", calm())]),
                vec![],
                vec![GroupNews::Lost(room("a"))],
            ),
            (Some(vec![("a", group(false, &[], &[]))]), vec![], vec![]),
            (
                // As many as before, but others.
                Some(vec![("a", group(true, &[ME], &[BEN]))]),
                vec![("a", group(true, &[ME, BEN], &[CARL]))],
                vec![
                    GroupNews::Requesting {
                        room: room("a"),
                        waiting: 1,
                    },
                    GroupNews::Came {
                        room: room("a"),
                        people: vec![Uuid::read(BEN).unwrap()],
                    },
                    GroupNews::Census {
                        room: room("a"),
                        census: 2,
                    },
                ],
            ),
            (
                Some(vec![("a", calm())]),
                vec![("a", led.clone())],
                vec![GroupNews::Led {
                    room: room("a"),
                    is_admin: true,
                }],
            ),
            (
                Some(vec![("a", led)]),
                vec![("a", calm())],
                vec![GroupNews::Led {
                    room: room("a"),
                    is_admin: false,
                }],
            ),
        ] {
            let before = before.map(|before| listing(&before));
            let found = news_of_all(before.as_ref(), &listing(&after), Uuid::read(ME));
            assert_eq!(found, news, "{after:?}");
        }
    }
}
