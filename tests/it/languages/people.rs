//! What is said about roles and bans: one of each.

use tocsin::domain::{
    deed::{Deed, Logged},
    prompt::{AboutPeople, Holder, Prompt},
    proposal::{Preview, Stage},
    role::Role,
};

use super::at;

fn who() -> String {
    "bagotu-42".into()
}

/// Each deed about people once.
fn deeds() -> Vec<Deed> {
    vec![
        Deed::GaveRole {
            whom: who(),
            role: Role::Liaison,
        },
        Deed::TookRole {
            whom: who(),
            role: Role::Verifier,
        },
        Deed::Rests,
        Deed::Vouched { whom: who() },
        Deed::Banned {
            whom: who(),
            is_everywhere: false,
        },
        Deed::Banned {
            whom: who(),
            is_everywhere: true,
        },
        Deed::Muted {
            whom: who(),
            hours: 24,
        },
        Deed::Unbanned { whom: who() },
        Deed::Deleted {
            handle: "K7".into(),
        },
    ]
}

fn previews() -> Vec<Preview> {
    let ban = |areas: &[&str], hours| Preview::Ban {
        whom: who(),
        areas: areas.iter().map(|area| (*area).to_owned()).collect(),
        hours,
    };
    vec![
        Preview::GiveRole {
            whom: who(),
            role: Role::Moderator,
            areas: vec!["Whittier".into()],
            until: at(90 * 24 * 60),
        },
        Preview::TakeRole {
            whom: who(),
            role: Role::Verifier,
            areas: vec![],
        },
        ban(&[], None),
        ban(&["Whittier"], Some(24)),
    ]
}

fn holders() -> Vec<Holder> {
    let holder = |until, rests| Holder {
        who: who(),
        role: Role::Verifier,
        areas: vec!["Whittier".into(), "Lyndale".into()],
        until,
        rests,
    };
    let until = Some(at(24 * 60));
    let mut holders = vec![
        holder(None, false),
        holder(None, true),
        holder(until, false),
        holder(until, true),
    ];
    for role in [Role::Neighbor, Role::Liaison, Role::Moderator] {
        holders.push(Holder {
            role,
            areas: vec![],
            ..holder(None, false)
        });
    }
    holders
}

pub fn samples() -> Vec<Prompt> {
    let mut samples: Vec<Prompt> = deeds()
        .into_iter()
        .map(|deed| {
            Prompt::Acted(Logged {
                who: "Mo".into(),
                deed,
                at: at(0),
            })
        })
        .collect();
    samples.extend(previews().into_iter().map(|preview| Prompt::Proposal {
        handle: "B3".into(),
        who: "Mo".into(),
        preview,
        stage: Stage::Waits,
    }));
    let rooms = || vec!["Whittier RR 1".into(), "Whittier RR 2".into()];
    let about = [
        AboutPeople::Roles { holders: holders() },
        AboutPeople::Roles { holders: vec![] },
        AboutPeople::Whom,
        AboutPeople::NotKnown { who: who() },
        AboutPeople::NoSuchArea {
            name: "Whitier".into(),
        },
        AboutPeople::HoldsNoRole {
            who: who(),
            role: Role::Verifier,
        },
        AboutPeople::NothingRests { who: who() },
        AboutPeople::NotBanned { who: who() },
        AboutPeople::SeveralAuthors {
            handle: "K7".into(),
        },
        AboutPeople::NotYours {
            areas: vec!["Whittier".into(), "Lyndale".into()],
        },
        AboutPeople::Yourself,
        AboutPeople::OnlyIgnored { who: who() },
        AboutPeople::RoleRests { who: who() },
        AboutPeople::ByHand {
            who: who(),
            rooms: rooms(),
            is_out: true,
        },
        AboutPeople::ByHand {
            who: who(),
            rooms: rooms(),
            is_out: false,
        },
    ];
    samples.extend(about.map(Prompt::People));
    for role in [Role::Liaison, Role::Verifier, Role::Moderator] {
        samples.push(Prompt::NotAllowed { needs: role });
        samples.push(Prompt::KeysChanged {
            role,
            platform: "signal".into(),
            areas: vec!["Whittier".into()],
            who: who(),
        });
    }
    samples.push(Prompt::Help {
        role: Role::Liaison,
    });
    samples
}
