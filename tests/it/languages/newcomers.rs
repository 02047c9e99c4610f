//! Newcomers: one of each.

use tocsin::domain::{
    deed::{Deed, Logged, RoomAct},
    directory::Purpose,
    effect::SealedPerson,
    envelope::PlatformKind,
    prompt::{AboutNewcomers, Asking, Prompt},
    sensitive::Sensitive,
};

use super::at;

fn room() -> String {
    "Whittier verifiers".to_owned()
}

fn handle() -> String {
    "J3".to_owned()
}

pub fn samples() -> Vec<Prompt> {
    let purposes = [
        Purpose::Response,
        Purpose::Verifiers,
        Purpose::Info,
        Purpose::Aid,
        Purpose::Shifts,
        Purpose::City,
    ];
    let welcomes = purposes.into_iter().flat_map(|purpose| {
        [Some("612-555-0100".to_owned()), None].map(|hotline| AboutNewcomers::Welcome {
            room: room(),
            purpose,
            hours: 72,
            hotline,
        })
    });
    let stages = [
        (Asking::Waits, 0),
        (Asking::Waits, 1),
        (Asking::LetIn, 2),
        (Asking::Refused, 0),
        (Asking::Lapsed, 1),
        (Asking::Gone, 0),
    ];
    let asks = stages.map(|(stage, vouched)| AboutNewcomers::Asks {
        handle: handle(),
        room: room(),
        person: Some(SealedPerson::nobody(PlatformKind::Matrix)),
        name: (vouched > 0).then(|| Sensitive::new("@dana:example.org".to_owned())),
        vouched,
        needed: 2,
        stage,
    });
    let others = [
        AboutNewcomers::WelcomeHere { room: room() },
        AboutNewcomers::AnotherMustVouch { handle: handle() },
        AboutNewcomers::NotLetIn {
            room: room(),
            reason: "not_admin".to_owned(),
        },
    ];
    let acts = [
        RoomAct::VouchFor { handle: handle() },
        RoomAct::TurnAway { handle: handle() },
    ];
    let acted = acts.map(|act| {
        let deed = Deed::Rooms { act, title: room() };
        let who = "Mo".to_owned();
        Prompt::Acted(Logged {
            who,
            deed,
            at: at(0),
        })
    });
    welcomes
        .chain(asks)
        .chain(others)
        .map(Prompt::Newcomers)
        .chain(acted)
        .collect()
}
