//! Any bytes as a line of a Signal daemon's: reading never panics, says the same twice, and comes to something.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tocsin::platforms::signal::{
    convert::{Context, heard},
    revisions::Revisions,
    wire::{Glance, Line, Uuid, glance},
};

fuzz_target!(|bytes: &[u8]| {
    let seen = glance(bytes);
    assert_eq!(seen, glance(bytes), "glanced at twice");
    let Some(account) = Uuid::read("00000000-0000-4000-8000-0000000000b0") else {
        return;
    };
    let revisions = Revisions::default();
    let context = Context {
        account,
        number: Some("+16125550100"),
        standing: &|_, _| None,
        revisions: &revisions,
    };
    match Line::read(bytes) {
        Some(Line::Receive(received)) => {
            assert!(
                matches!(seen, Glance::Receive | Glance::Typing),
                "{seen:?} is kept from the journal"
            );
            let once = format!("{:?}", heard(*received.clone(), &context));
            assert!(once != "[]", "nothing came of it");
            assert_eq!(once, format!("{:?}", heard(*received, &context)), "heard twice");
        }
        Some(Line::Answer {
            result: Err(error), ..
        }) => drop(error.refusal()),
        Some(Line::Answer { .. } | Line::Other) | None => {}
    }
});
