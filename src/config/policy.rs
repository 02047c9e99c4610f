//! `policy.toml`: the rules a community tunes. What is not written keeps the default.

use std::time::Duration;

use super::{areas::City, reader::Section};
use crate::domain::{
    envelope::PlatformKind,
    hold::flood::Limits,
    ids::AreaId,
    policy::{Gate, Joining, Policy, RoomRules},
    relay::Relay,
    spending::{HoursOfDay, Spending},
    split::{LinkMode, MOST},
    trust::LONGEST_TERM,
};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

const ENTRIES: [(&str, LinkMode); 2] = [("open", LinkMode::Open), ("approval", LinkMode::Approval)];
const GATES: [(&str, Gate); 2] = [("label", Gate::Label), ("verify", Gate::Verify)];
const RELAYS: [(&str, Relay); 2] = [("alerts", Relay::Alerts), ("chat", Relay::Chat)];

/// Reads the whole file.
pub(super) fn policy(section: Section, city: &City) -> Policy {
    let default = Policy::default();
    let keep = section.section("keep").map(kept).unwrap_or_default();
    let (allowed_links, flood) = section.section("holds").map(holds).unwrap_or_default();
    let policy = Policy {
        gate: section.choice("gate", &GATES).unwrap_or(default.gate),
        gates: section
            .section("gates")
            .map(|gates| by_area(&gates, city, &GATES))
            .unwrap_or_default(),
        relay: section.choice("relay", &RELAYS).unwrap_or(default.relay),
        relays: section
            .section("relays")
            .map(|relays| by_area(&relays, city, &RELAYS))
            .unwrap_or_default(),
        joining: section.section("joining").map(joining).unwrap_or_default(),
        stale_after: section
            .duration("stale_after", 5 * MINUTE, (DAY, ""))
            .unwrap_or(default.stale_after),
        alert_expires: section
            .duration(
                "alert_expires",
                MINUTE,
                (HOUR, ": nobody is helped by an older alarm"),
            )
            .unwrap_or(default.alert_expires),
        alerts_per_day: section
            .number("alerts_per_day", 1.0, 50.0)
            .map_or(default.alerts_per_day, whole),
        min_score: section
            .number("min_score", 0.0, 1.0)
            .unwrap_or(default.min_score),
        keep_reports: keep.0.unwrap_or(default.keep_reports),
        keep_incidents: keep.1.unwrap_or(default.keep_incidents),
        question_open: section
            .duration("question_open", MINUTE, (DAY, ""))
            .unwrap_or(default.question_open),
        role_term: section
            .duration(
                "role_term",
                DAY,
                (LONGEST_TERM, ": then somebody has to think about it again"),
            )
            .unwrap_or(default.role_term),
        marks: section.flag("marks").unwrap_or(default.marks),
        spending: section.section("texts").map(spending).unwrap_or_default(),
        allowed_links,
        flood,
        rooms: section.section("rooms").map(rooms).unwrap_or_default(),
    };
    section.done();
    policy
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the limits were checked"
)]
fn whole(number: f64) -> u32 {
    number.round() as u32
}

/// `[keep]`: the maxima are the privacy floor's, not the operator's.
fn kept(section: Section) -> (Option<Duration>, Option<Duration>) {
    const FLOOR: &str = ": the privacy floor cannot be raised";
    let kept = (
        section.duration("reports", HOUR, (72 * HOUR, FLOOR)),
        section.duration("incidents", HOUR, (30 * DAY, FLOOR)),
    );
    if let (Some(reports), Some(incidents)) = kept
        && incidents < reports
    {
        section.problem(
            "incidents",
            "is shorter than `reports`: reports belong to incidents",
        );
    }
    section.done();
    kept
}

fn joining(section: Section) -> Joining {
    let default = Joining::default();
    let joining = Joining {
        near_m: section
            .number("near_metres", 0.0, 5_000.0)
            .unwrap_or(default.near_m),
        within: section
            .duration("within", MINUTE, (DAY, ""))
            .unwrap_or(default.within),
        tight_m: section
            .number("tight_metres", 0.0, 5_000.0)
            .unwrap_or(default.tight_m),
        tight_within: section
            .duration("tight_within", MINUTE, (DAY, ""))
            .unwrap_or(default.tight_within),
    };
    if joining.tight_m > joining.near_m {
        section.problem(
            "tight_metres",
            "is above near_metres: reports that join silently are the nearer ones",
        );
    }
    if joining.tight_within > joining.within {
        section.problem(
            "tight_within",
            "is above within: reports that join silently are the sooner ones",
        );
    }
    section.done();
    joining
}

/// `[holds]`: links that need no look, and how many reports of one sender are no flood yet.
fn holds(section: Section) -> (Vec<String>, Limits) {
    let mut flood = Limits::default();
    if let Some(most) = section.number("reports_by_one", 3.0, 100_000.0) {
        flood.by_one = usize::try_from(whole(most)).unwrap_or(usize::MAX);
    }
    let links = section.texts("allowed_links");
    if links
        .iter()
        .any(|link| link.contains("://") || !link.contains('.'))
    {
        section.problem(
            "allowed_links",
            "has something that is not the beginning of a link: write \"example.org\" or \"example.org/path\"",
        );
    }
    section.done();
    let links = links.iter().map(|link| link.to_lowercase()).collect();
    (links, flood)
}

/// `[rooms]`: how many people rooms take, and from when on what is done.
fn rooms(section: Section) -> RoomRules {
    let mut rules = RoomRules::default();
    let platforms = [
        ("signal", PlatformKind::Signal),
        ("matrix", PlatformKind::Matrix),
        ("playground", PlatformKind::Playground),
    ];
    for (key, platform) in platforms {
        if let Some(most) = section.number(key, 5.0, 100_000.0) {
            rules.limits.by_platform.insert(platform, whole(most));
        }
    }
    if rules
        .limits
        .by_platform
        .get(&PlatformKind::Signal)
        .is_some_and(|most| *most > MOST)
    {
        section.problem("signal", "is above 1000: Signal takes no more into a group");
    }
    let marks = &mut rules.limits.marks;
    for (key, mark) in [
        ("prepare", &mut marks.prepare),
        ("turn", &mut marks.turn),
        ("stop", &mut marks.stop),
    ] {
        if let Some(percent) = section.number(key, 10.0, 100.0) {
            *mark = whole(percent);
        }
    }
    if !(marks.prepare <= marks.turn && marks.turn <= marks.stop) {
        section.problem(
            "turn",
            "lies not between prepare and stop: first a sibling is made, then the door turned to it, then the room closed",
        );
    }
    if let Some(wave) = section.number("join_wave", 0.0, 100_000.0) {
        rules.join_wave = whole(wave);
    }
    if let Some(entry) = section.choice("entry", &ENTRIES) {
        rules.entry = entry;
    }
    if let Some(welcome) = section.flag("welcome") {
        rules.welcome = welcome;
    }
    section.done();
    rules
}

/// `[texts]`: what text messages may cost.
fn spending(section: Section) -> Spending {
    let price = section.number("price_per_segment", 0.0, 10.0);
    let budget = section.number("budget_per_day", 0.0, 1_000_000.0);
    if budget.is_some() && price.is_none_or(|price| price <= 0.0) {
        section.problem(
            "budget_per_day",
            "needs a price: write price_per_segment = 0.012, what one segment costs you with carrier fees",
        );
    }
    let spending = Spending {
        price,
        budget,
        quiet: hours(&section, "quiet"),
    };
    section.done();
    spending
}

/// `quiet = "22:00-06:00"`.
pub(super) fn hours(section: &Section, key: &'static str) -> Option<HoursOfDay> {
    let written = section.text(key)?;
    let minute = |clock: &str| -> Option<u32> {
        let (hour, minute) = clock.trim().split_once(':')?;
        let (hour, minute) = (hour.parse::<u32>().ok()?, minute.parse::<u32>().ok()?);
        (hour < 24 && minute < 60).then_some(hour * 60 + minute)
    };
    let hours = written
        .split_once('-')
        .and_then(|(from, until)| Some((minute(from)?, minute(until)?)));
    let Some((from, until)) = hours else {
        section.problem(
            key,
            format!("`{written}` is no span of hours: write \"22:00-06:00\""),
        );
        return None;
    };
    Some(HoursOfDay { from, until })
}

/// `[gates]`, `[relays]`: area = one of the choices.
fn by_area<T: Copy>(
    section: &Section,
    city: &City,
    choices: &[(&'static str, T)],
) -> std::collections::BTreeMap<AreaId, T> {
    let mut chosen = std::collections::BTreeMap::new();
    for (area, name) in section.entries() {
        city.check_area(section, &area, &area);
        match choices.iter().find(|(known, _)| *known == name) {
            Some((_, choice)) => {
                chosen.insert(AreaId::new(area), *choice);
            }
            None => section.unknown_choice(&area, &name, choices),
        }
    }
    chosen
}
