//! The messages that English must have, with the arguments each is given; other languages may leave any out.

/// Every message that the phrasebook asks for by name, and the names of its arguments. Tags of the parser (`uniform-vest`)
/// come on top: what has no words is said as it is.
pub(super) const MESSAGES: &[(&str, &[&str])] = &[
    ("activity-aerial", &[]),
    ("activity-chemical", &[]),
    ("activity-crowd", &[]),
    ("activity-detaining", &[]),
    ("activity-driving", &[]),
    ("activity-entering", &[]),
    ("activity-knocking", &[]),
    ("activity-leaving", &[]),
    ("activity-on-foot", &[]),
    ("activity-parked", &[]),
    ("activity-questioning", &[]),
    ("activity-staging", &[]),
    ("activity-vehicle-stop", &[]),
    ("activity-watching", &[]),
    ("alert-confirmed", ALERT),
    ("alert-corroborated", ALERT),
    ("alert-merged", ALERT),
    ("alert-unconfirmed", ALERT),
    ("alerts-confirmed", &["areas"]),
    ("alerts-near", &["areas"]),
    ("alerts-off", &["areas"]),
    ("all-clear", &["handle", "clock"]),
    ("already-so", &["handle", "state"]),
    ("area-unknown", &["example"]),
    ("areas-full", &["areas"]),
    ("ask-forget", &[]),
    ("ask-language", &[]),
    ("ask-news", &["handle", "minutes"]),
    ("ask-place", &[]),
    ("ask-same", &["handle", "place", "metres", "feet"]),
    ("ask-this-place", CHOICES),
    ("ask-which-area", CHOICES),
    ("ask-which-area-more", CHOICES),
    ("ask-which-place", CHOICES),
    ("budget-100", &[]),
    ("budget-70", &[]),
    ("budget-90", &[]),
    ("ask-zip-area", CHOICES),
    ("ask-zip-area-more", CHOICES),
    ("challenge", &["platform", "token"]),
    ("card", &["facts", "handle"]),
    ("card-closed", &["facts", "handle"]),
    ("card-confirmed", &["facts", "handle"]),
    ("clock", CLOCK),
    (
        "clock-other-day",
        &["clock", "weekday", "hour12", "hour24", "minute", "half"],
    ),
    ("cost", COST),
    ("cost-budget", COST),
    ("cost-priced", COST),
    ("counted-as", &["handle"]),
    ("dead-letter", DEAD_LETTER),
    ("dead-letter-about", DEAD_LETTER),
    ("dead-texts", DEAD_TEXTS),
    ("dead-texts-about", DEAD_TEXTS),
    ("did-you-mean", &["usage"]),
    ("dismissed", &["handle", "clock"]),
    ("distance", &[]),
    ("done", &["handle", "state"]),
    ("example", &["zip"]),
    ("firsthand", COUNT),
    ("forgotten", &[]),
    ("head", HEAD),
    ("head-changed", HEAD),
    ("hello", &["community", "example"]),
    ("help", &[]),
    ("help-moderator", &[]),
    ("help-verifier", &[]),
    ("introduction", &["community"]),
    ("invite", &["example"]),
    ("keys-changed-moderator", KEYS),
    ("keys-changed-verifier", KEYS),
    ("language-set", &[]),
    ("legal", &["hotline"]),
    ("media-not-kept", &[]),
    ("missing-activity", &[]),
    ("missing-location", &[]),
    ("missing-size", &[]),
    ("missing-time", &[]),
    ("news", NEWS),
    ("news-checked", NEWS),
    ("news-confirmed", NEWS),
    ("news-none", NEWS),
    ("news-open", &["open"]),
    ("no-such-id", &["handle"]),
    ("not-allowed", &[]),
    ("not-allowed-moderator", &[]),
    ("not-allowed-verifier", &[]),
    ("only-confirmed", &[]),
    ("our-fault", &["hotline"]),
    ("our-fault-call", &["hotline"]),
    ("paused", &["clock"]),
    ("people", COUNT),
    ("place-unknown", &[]),
    ("poisoned", &["room"]),
    ("privacy", &[]),
    ("received", &["facts", "handle"]),
    ("received-this", ASKING),
    ("received-where", ASKING),
    ("received-which", ASKING),
    ("reports", COUNT),
    ("room-lost", &["room"]),
    ("rooms", COUNT),
    ("said-over", &["handle"]),
    ("seen", &["clock"]),
    ("status-cleared", &[]),
    ("status-confirmed", &[]),
    ("status-corroborated", &[]),
    ("status-dismissed", &[]),
    ("status-merged", &[]),
    ("status-stale", &[]),
    ("status-unverified", &[]),
    ("subscribed", &["areas", "count"]),
    ("thanks", &["handle"]),
    ("unlinked", &["platform"]),
    ("unreadable", &["room"]),
    ("unsubscribed", &[]),
    ("vehicle", &["shown", "color", "brand", "body"]),
    ("vehicles", COUNT),
    ("waiting", &["room", "people"]),
    ("weekday-fri", &[]),
    ("weekday-mon", &[]),
    ("weekday-sat", &[]),
    ("weekday-sun", &[]),
    ("weekday-thu", &[]),
    ("weekday-tue", &[]),
    ("weekday-wed", &[]),
    ("where-is", &["found"]),
    ("whole-city", &[]),
    ("withdrawn", &["handle"]),
];

const ALERT: &[&str] = &["clock", "facts", "people", "tail", "handle"];
const ASKING: &[&str] = &["facts", "handle", "choices", "row", "other", "place"];
const CHOICES: &[&str] = &["choices", "row", "other", "place", "count"];
const CLOCK: &[&str] = &["hour12", "hour24", "minute", "half"];
const COST: &[&str] = &["segments", "phones", "total", "price", "left"];
const COUNT: &[&str] = &["shown", "count"];
const DEAD_LETTER: &[&str] = &["to", "what", "reason", "handle"];
const DEAD_TEXTS: &[&str] = &["count", "what", "reason", "handle"];
const KEYS: &[&str] = &["platform", "areas", "count"];
const NEWS: &[&str] = &["areas", "confirmed", "over", "checked", "ended", "open"];
const HEAD: &[&str] = &["handle", "state", "clock"];

/// Families of tags, with the arguments their messages are given.
pub(super) const FAMILIES: &[(&str, &[&str])] = &[
    ("agency-", &[]),
    ("body-", &["count"]),
    ("color-", &[]),
    ("gear-", &[]),
    ("platform-", &[]),
    ("to-", &[]),
    ("uniform-", &[]),
    ("weapon-", &[]),
    ("what-", &[]),
];

/// The arguments a message is given; `None` if nothing asks for a message of that name.
pub(super) fn arguments(key: &str) -> Option<&'static [&'static str]> {
    if let Some((_, arguments)) = MESSAGES.iter().find(|(name, _)| *name == key) {
        return Some(arguments);
    }
    FAMILIES
        .iter()
        .find(|(family, _)| key.starts_with(family))
        .map(|(_, arguments)| *arguments)
}
