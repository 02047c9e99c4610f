//! Rooms that fill up: one of each.

use tocsin::domain::{
    deed::{Deed, Logged, RoomAct},
    prompt::{AboutRooms, Prompt, RoomLine},
    split::Stage,
};

use super::at;

fn title() -> String {
    "Whittier RR 3".to_owned()
}

fn next() -> String {
    "Whittier RR 4".to_owned()
}

pub fn samples() -> Vec<Prompt> {
    let line = |stage, asking, is_door| RoomLine {
        title: title(),
        taken: 930,
        limit: 1_000,
        stage,
        asking,
        is_door,
    };
    let lines = vec![
        line(Stage::Open, 0, true),
        line(Stage::Open, 12, false),
        line(Stage::Making, 0, false),
        line(Stage::Failed, 0, false),
        line(Stage::Prepared, 0, false),
        line(Stage::Retired, 0, false),
    ];
    let reason = || "not_admin".to_owned();
    let about = [
        AboutRooms::NearlyFull {
            title: title(),
            taken: 900,
            limit: 1_000,
            ready: next(),
            turns_at: 950,
        },
        AboutRooms::Full { next: next() },
        AboutRooms::NotMade {
            title: next(),
            reason: reason(),
        },
        AboutRooms::NotChanged {
            title: title(),
            reason: reason(),
            is_full: true,
        },
        AboutRooms::NotChanged {
            title: title(),
            reason: reason(),
            is_full: false,
        },
        AboutRooms::Wave {
            title: title(),
            came: 55,
        },
        AboutRooms::Small {
            from: next(),
            to: title(),
        },
        AboutRooms::MergedDown {
            to: title(),
            link: "https://signal.group/#CjQKIA".to_owned(),
        },
        AboutRooms::Limits { lines },
        AboutRooms::Limits { lines: Vec::new() },
        AboutRooms::Ready {
            title: title(),
            link: "https://signal.group/#CjQKIA".to_owned(),
        },
        AboutRooms::Ready {
            title: title(),
            link: String::new(),
        },
        AboutRooms::NothingToSetUp {
            area: "Whittier".to_owned(),
        },
        AboutRooms::NotFound { title: title() },
        AboutRooms::CannotMake,
        AboutRooms::WhichRooms,
        AboutRooms::BeingMade { title: next() },
        AboutRooms::NothingToMerge,
        AboutRooms::BadMark { limit: 1_000 },
        AboutRooms::Relayed {
            with: vec![title(), next()],
            is_on: true,
        },
        AboutRooms::Relayed {
            with: Vec::new(),
            is_on: true,
        },
        AboutRooms::Relayed {
            with: vec![title()],
            is_on: false,
        },
    ];
    let acts = [
        RoomAct::Split,
        RoomAct::Wait,
        RoomAct::Raise { to: 980 },
        RoomAct::NewLink,
        RoomAct::MergeDown { into: title() },
        RoomAct::SetUp {
            area: "Whittier".into(),
        },
        RoomAct::Adopt {
            area: "Whittier".into(),
        },
        RoomAct::Admit,
        RoomAct::Refuse,
        RoomAct::Relay { is_on: true },
        RoomAct::Relay { is_on: false },
    ];
    let acted = acts.map(|act| {
        Prompt::Acted(Logged {
            who: "Mo".into(),
            deed: Deed::Rooms {
                act,
                title: title(),
            },
            at: at(0),
        })
    });
    about.map(Prompt::Rooms).into_iter().chain(acted).collect()
}
