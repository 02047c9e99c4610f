//! Which versions of signal-cli Signal still lets in.
//!
//! Signal refuses clients that are old, without saying when (signal-cli's README: "releases older than three months may not work";
//! 0.13.19 was refused half a year after its release). A daemon does not say when it was released, so that stands here, for the
//! versions known when this tocsin was built. Of a newer one only that is known: it must be updated as often as the others.

use std::time::Duration;

use jiff::civil::{Date, date};

use crate::{domain::timestamp::Timestamp, platforms::signal::check::Found};

/// What a version is: its first three numbers.
type Version = [u32; 3];

/// Since when what tocsin needs is there: how long to wait is told with every rate limit (its changelog).
const OLDEST: Version = [0, 14, 3];

/// What is known to have been released, and when (its tags).
const RELEASES: [(Version, Date); 4] = [
    ([0, 14, 3], date(2026, 4, 22)),
    ([0, 14, 4], date(2026, 5, 23)),
    ([0, 14, 5], date(2026, 6, 11)),
    ([0, 14, 6], date(2026, 7, 12)),
];

/// Older ones may be refused.
const FRESH: Duration = Duration::from_secs(92 * 24 * 3600);

const UPDATE: &str = "install the newest signal-cli (docs/signal.md), and do so every three months";

/// What is to be said about that version today.
pub(super) fn judge(version: &str, now: Timestamp) -> Found {
    let Some(numbers) = numbers(version) else {
        return Found::Doubtful(format!(
            "the daemon says that its version is {version}, which is no version of signal-cli: if it is another program, try \
             `tocsin signal conformance`"
        ));
    };
    if numbers < OLDEST {
        return Found::Bad(format!(
            "signal-cli {version} is too old, Signal refuses it: {UPDATE}"
        ));
    }
    let released = RELEASES.iter().find(|(known, _)| *known == numbers);
    let Some((_, released)) = released else {
        return Found::Good(format!(
            "signal-cli {version}, which is newer than this tocsin knows; update it every three months"
        ));
    };
    let age = now.since(midnight(*released));
    if age > FRESH {
        return Found::Doubtful(format!(
            "signal-cli {version} was released on {released}, more than three months ago, and Signal may refuse it any day: {UPDATE}"
        ));
    }
    Found::Good(format!("signal-cli {version}, released on {released}"))
}

/// `0.14.4.1` is `[0, 14, 4]`.
fn numbers(version: &str) -> Option<Version> {
    let mut parts = version.trim().split(['.', '-', '+']);
    let mut next = || parts.next()?.parse().ok();
    Some([next()?, next()?, next()?])
}

fn midnight(day: Date) -> Timestamp {
    let midnight = day.to_zoned(jiff::tz::TimeZone::UTC);
    Timestamp::from_ms(midnight.map_or(0, |midnight| midnight.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_good_for_three_months() {
        let july = midnight(date(2026, 7, 20));
        let november = midnight(date(2026, 11, 27));
        for (version, now, kind, said) in [
            ("0.13.19", july, "bad", "too old"),
            ("0.14.2", july, "bad", "too old"),
            ("0.9.9", july, "bad", "too old"),
            ("0.14.3", july, "good", "released on 2026-04-22"),
            ("0.14.3", november, "doubtful", "more than three months"),
            ("0.14.4.1", july, "good", "released on 2026-05-23"),
            ("0.14.6", july, "good", "released on 2026-07-12"),
            ("0.14.6", november, "doubtful", "released on 2026-07-12"),
            ("0.14.7-SNAPSHOT", november, "good", "newer"),
            ("0.15.0", november, "good", "newer"),
            ("1.0.0", november, "good", "newer"),
            ("unknown", july, "doubtful", "no version"),
            ("presage 0.7", july, "doubtful", "no version"),
            ("", july, "doubtful", "no version"),
        ] {
            let found = judge(version, now);
            let (is, text) = match &found {
                Found::Good(text) => ("good", text),
                Found::Doubtful(text) => ("doubtful", text),
                Found::Bad(text) => ("bad", text),
            };
            assert_eq!(is, kind, "{version}: {text}");
            assert!(text.contains(said), "{version}: {text}");
        }
    }
}
