//! What the bot says: every prompt in every language, within a text message, and never bad advice.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where it cannot go on"
)]

use std::path::Path;

use jiff::tz::TimeZone;
use tocsin::{
    domain::{
        gsm7::{ONE_SEGMENT, septets},
        incident::Status,
        prompt::{Prompt, Summary},
        report::{Activity, Equipment, Field, Range, Size, Unit, Vehicle},
        role::Role,
        timestamp::Timestamp,
    },
    phrasebook::{Phrasebook, Style},
};

/// 2026-01-14, 2:14pm in Minneapolis.
const SEEN: i64 = 1_768_421_640_000;
const MINUTE: i64 = 60_000;

fn book() -> Phrasebook {
    Phrasebook::load(Path::new("prompts")).unwrap()
}

fn zone() -> TimeZone {
    TimeZone::get("America/Chicago").unwrap()
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_ms(SEEN + minutes * MINUTE)
}

fn plain(prompt: &Prompt, language: &str, style: Style) -> String {
    book().say(prompt, language, style, &zone()).plain()
}

/// The sighting at Lake & Pillsbury of PRODUCT.
fn whittier() -> Summary {
    Summary {
        handle: "K7".into(),
        status: Status::Unverified,
        areas: vec!["Whittier".into()],
        place: Some("Lake & Pillsbury".into()),
        size: Size {
            people: Some(Range::exactly(3)),
            vehicles: Some(Range::exactly(2)),
        },
        unit: Unit {
            agency: vec![],
            uniform: vec!["vest".into()],
        },
        equipment: Equipment {
            vehicles: vec![Vehicle {
                body: Some("suv".into()),
                count: Some(Range::exactly(2)),
                ..Vehicle::default()
            }],
            ..Equipment::default()
        },
        activity: vec![],
        seen_at: Some(at(0)),
        changed_at: at(1),
        reports: 1,
        firsthand: 1,
        rooms: 1,
        missing: vec![],
    }
}

fn alert(summary: Summary) -> Prompt {
    Prompt::Alert {
        summary: Box::new(summary),
        hotline: Some("612-555-0100".into()),
    }
}

#[test]
fn a_card_says_what_is_known_and_what_can_be_answered() {
    let card = |summary| plain(&Prompt::Card(Box::new(summary)), "en", Style::Room);
    assert_eq!(
        card(whittier()),
        "K7 unverified · Whittier · Lake & Pillsbury · 3 people, vests · 2 SUVs · seen 2:14pm · 1 report. \
         ok K7 / no K7 / clear K7"
    );
}
