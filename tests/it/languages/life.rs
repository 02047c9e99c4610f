//! The life of incidents: one of each.

use tocsin::domain::{
    deed::{Deed, Logged},
    incident::Status,
    prompt::Prompt,
    report::Field,
};

use super::{at, long, whittier};

pub fn samples() -> Vec<Prompt> {
    let handle = || "M22".to_owned();
    let into = || "K77".to_owned();
    let mut samples = vec![
        Prompt::SameAs {
            handle: handle(),
            into: into(),
            place: None,
        },
        Prompt::SameAs {
            handle: handle(),
            into: into(),
            place: Some("3300 block of Minnehaha Parkway West near the recreation center".into()),
        },
        Prompt::NotSameAs {
            handle: handle(),
            into: into(),
        },
        Prompt::NothingToUndo,
        Prompt::AskGoing {
            summary: Box::new(whittier()),
        },
        Prompt::AskGoing {
            summary: Box::new(long()),
        },
        Prompt::Going {
            handle: handle(),
            decides: false,
        },
        Prompt::Going {
            handle: handle(),
            decides: true,
        },
        Prompt::AskMore {
            handle: handle(),
            missing: vec![],
        },
        Prompt::AskMore {
            handle: handle(),
            missing: vec![Field::Location, Field::Size, Field::Activity, Field::Time],
        },
        Prompt::Asked { handle: handle() },
        Prompt::NobodyToAsk { handle: handle() },
    ];
    samples.extend(
        [Status::Confirmed, Status::Cleared, Status::Dismissed].map(|was| Prompt::TakenBack {
            handle: handle(),
            was,
        }),
    );
    samples.extend(
        [
            Deed::Merged {
                handle: handle(),
                into: into(),
            },
            Deed::Undone { handle: handle() },
        ]
        .map(|deed| {
            Prompt::Acted(Logged {
                who: "bagotu-42".into(),
                deed,
                at: at(0),
            })
        }),
    );
    samples
}
