//! What authors and moderators hear of what is held: one of each.

use tocsin::domain::{
    hold::Reason,
    prompt::{HoldState, Prompt, Summary},
};

use super::long;

/// What authors hear, also by text message.
pub fn phone_samples() -> Vec<Prompt> {
    let mut samples: Vec<Prompt> = Reason::ALL
        .into_iter()
        .map(|reason| Prompt::Held { reason })
        .collect();
    samples.extend([Prompt::PlateMasked, Prompt::Coarsened]);
    samples
}

/// What moderators see.
pub fn samples() -> Vec<Prompt> {
    let released = || HoldState::Released {
        handle: "K7".to_owned(),
    };
    let mut samples = Vec::new();
    for reason in Reason::ALL {
        for (state, reports) in [
            (HoldState::Held, 1),
            (HoldState::Held, 40),
            (released(), 1),
            (HoldState::Dropped, 1),
        ] {
            let summary = Box::new(Summary {
                handle: "H2".to_owned(),
                reports,
                ..long()
            });
            samples.push(Prompt::HoldCard {
                summary,
                reason,
                state,
            });
        }
    }
    for state in [released(), HoldState::Dropped] {
        let handle = "H2".to_owned();
        samples.push(Prompt::HoldDone { handle, state });
    }
    let waiting = |n: usize| {
        let one = (
            "H2".to_owned(),
            Reason::Violence,
            Some("Whittier".to_owned()),
        );
        vec![one; n]
    };
    for n in [0, 1, 3] {
        samples.push(Prompt::HoldQueue {
            waiting: waiting(n),
        });
    }
    samples
}
