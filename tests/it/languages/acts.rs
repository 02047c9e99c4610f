//! What moderators did, do and propose: one of each.

use tocsin::domain::{
    deed::{Deed, Logged},
    prompt::Prompt,
    proposal::{Preview, Stage},
};

use super::at;

/// Each deed once.
fn deeds() -> Vec<Deed> {
    let handle = || "B3".to_owned();
    vec![
        Deed::Proposed { handle: handle() },
        Deed::Seconded { handle: handle() },
        Deed::Dropped { handle: handle() },
        Deed::Shredded {
            area: "Whittier".into(),
        },
        Deed::Released {
            handle: "H2".to_owned(),
            incident: "K7".to_owned(),
        },
        Deed::Amended {
            handle: "H2".to_owned(),
            incident: "K7".to_owned(),
        },
    ]
}

/// Each proposal in each of its forms.
fn previews() -> Vec<Preview> {
    let say = |price: Option<&str>, is_quiet| Preview::Say {
        areas: vec!["Whittier".into(), "Lyndale".into()],
        words: "Meeting tonight at six in the library.".into(),
        rooms: 4,
        phones: 212,
        segments: 424,
        price: price.map(str::to_owned),
        is_quiet,
    };
    vec![
        say(None, false),
        say(Some("3.40"), false),
        say(None, true),
        Preview::Shred {
            area: "Whittier".into(),
            incidents: 12,
            phones: 212,
        },
        Preview::Say {
            areas: vec![],
            words: "x".into(),
            rooms: 1,
            phones: 1,
            segments: 1,
            price: None,
            is_quiet: false,
        },
    ]
}

pub fn samples() -> Vec<Prompt> {
    let acts: Vec<Logged> = deeds()
        .into_iter()
        .map(|deed| Logged {
            who: "bagotu-42".into(),
            deed,
            at: at(-3 * 24 * 60),
        })
        .collect();
    let mut samples: Vec<Prompt> = acts.iter().cloned().map(Prompt::Acted).collect();
    samples.push(Prompt::Log { acts, now: at(0) });
    samples.push(Prompt::Log {
        acts: vec![],
        now: at(0),
    });
    for preview in previews() {
        for stage in [Stage::Waits, Stage::Done, Stage::Dropped, Stage::Lapsed] {
            samples.push(Prompt::Proposal {
                handle: "B3".into(),
                who: "Mo".into(),
                preview: preview.clone(),
                stage,
            });
        }
    }
    samples.extend([
        Prompt::Proposing {
            handle: "B3".into(),
        },
        Prompt::NeedsAnother {
            handle: "B3".into(),
        },
        Prompt::TooManyProposals,
        Prompt::Broadcast {
            community: "Twin Cities".into(),
            words: "Meeting tonight at six in the library.".into(),
        },
    ]);
    samples
}
