//! What a person can ask for themselves: areas, alerts, a pause, a language. The words they may use for it.

use super::{folded, is_near};

/// What a person asks for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wish {
    /// Alerts of this area instead of those so far.
    Area,
    /// Alerts of this area as well.
    Add,
    /// Which alerts.
    Alerts,
    /// No alerts for some hours.
    Pause,
    /// The pause is over.
    Resume,
    /// Another language.
    Language,
    /// In which area is this?
    Where,
    /// What happened today?
    News,
    /// Which organization helps with this?
    Who,
    /// Forget everything about me.
    Forget,
    /// What is kept, and who can read along.
    Privacy,
    /// The door that belongs to a poster's code and the place where one lives.
    Meet,
}

/// Which alerts a person wants.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum AlertsWanted {
    /// None, until they ask again.
    Off,
    /// Confirmed ones right in their areas.
    Near,
    /// Confirmed ones in their areas or at their borders: what people get who choose nothing.
    Confirmed,
    /// Unconfirmed ones as well; not where messages cost (PRODUCT, the gate).
    All,
}

impl AlertsWanted {
    /// The name as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Near => "near",
            Self::Confirmed => "confirmed",
            Self::All => "all",
        }
    }

    /// The level of that name, as [`Self::as_str`] gives it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Off, Self::Near, Self::Confirmed, Self::All]
            .into_iter()
            .find(|level| level.as_str() == name)
    }

    /// The level people call so, in any of the languages, one typo forgiven.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        const NAMES: [(AlertsWanted, &[&str]); 4] = [
            (
                AlertsWanted::Off,
                &[
                    "off", "no", "none", "ninguna", "nada", "apagar", "maya", "dami", "tsis", "kaw",
                ],
            ),
            (
                AlertsWanted::Near,
                &[
                    "near", "nearby", "cerca", "cercanas", "dhow", "u dhow", "ze",
                ],
            ),
            (
                AlertsWanted::Confirmed,
                &[
                    "confirmed",
                    "on",
                    "yes",
                    "si",
                    "confirmadas",
                    "confirmada",
                    "la xaqiijiyay",
                    "haa",
                    "paub tseeb",
                    "qhib",
                ],
            ),
            (
                AlertsWanted::All,
                &[
                    "all",
                    "everything",
                    "todas",
                    "todo",
                    "dhammaan",
                    "txhua",
                    "tag nrho",
                ],
            ),
        ];
        let said = words(text);
        NAMES
            .into_iter()
            .find(|(_, names)| names.iter().any(|name| is_near(name, &said, 4, 1)))
            .map(|(level, _)| level)
    }
}

/// At most this many words follow a command that names a place or area; more is talk.
const NAME_WORDS: usize = 6;
/// How many words a topic has at most: "kws lij choj" is a lawyer.
const TOPIC_WORDS: usize = 3;

pub(super) fn names_one(rest: &str) -> bool {
    (1..=NAME_WORDS).contains(&rest.split_whitespace().count())
}

/// What organizations help with has a short name: "who is there" is a question, "who legal help" asks for one.
pub(super) fn names_topic(rest: &str) -> bool {
    (1..=TOPIC_WORDS).contains(&rest.split_whitespace().count())
}

pub(super) fn is_about_alerts(rest: &str) -> bool {
    rest.is_empty() || AlertsWanted::named(rest).is_some()
}

pub(super) fn is_pause(rest: &str) -> bool {
    pause_hours(rest).is_some()
}

pub(super) fn is_language(rest: &str) -> bool {
    rest.is_empty() || language_named(rest).is_some()
}

/// A pause without a number lasts so many hours.
const PAUSE: u32 = 8;

/// How many hours a pause is to last: `8h`, `8 horas`, `2 dias`, nothing for eight hours; at most 72 and at least one.
#[must_use]
pub fn pause_hours(text: &str) -> Option<u32> {
    const HOURS: [&str; 14] = [
        "",
        "h",
        "hr",
        "hrs",
        "hour",
        "hours",
        "hora",
        "horas",
        "saac",
        "saacadood",
        "saacado",
        "teev",
        "xuab moos",
        "xuabmoos",
    ];
    const DAYS: [&str; 11] = [
        "d", "day", "days", "dia", "dias", "maalin", "maalmood", "maalmo", "hnub", "night", "noche",
    ];
    let said = words(text);
    if said.is_empty() {
        return Some(PAUSE);
    }
    let lead = ["for ", "por ", "muddo "];
    let said = lead
        .iter()
        .find_map(|lead| said.strip_prefix(lead))
        .unwrap_or(&said);
    let digits = said.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = said.split_at(digits);
    let unit = unit.trim();
    let number: u32 = match number {
        "" => return None,
        number => number.parse().unwrap_or(u32::MAX),
    };
    let hours = if HOURS.contains(&unit) {
        number
    } else if DAYS.contains(&unit) {
        number.saturating_mul(24)
    } else {
        return None;
    };
    Some(hours.clamp(1, 72))
}

/// The language people call so: its code, its name in any of them, one typo forgiven.
#[must_use]
pub fn language_named(text: &str) -> Option<&'static str> {
    const NAMES: [(&str, &[&str]); 4] = [
        (
            "en",
            &[
                "en",
                "eng",
                "english",
                "ingles",
                "ingiriisi",
                "askiv",
                "lus askiv",
            ],
        ),
        (
            "es",
            &[
                "es",
                "esp",
                "spanish",
                "espanol",
                "castellano",
                "isbaanish",
                "mev",
            ],
        ),
        ("so", &["so", "som", "somali", "soomaali", "af soomaali"]),
        ("hmn", &["hmn", "hmong", "hmoob", "lus hmoob"]),
    ];
    let said = words(text);
    NAMES
        .into_iter()
        .find(|(_, names)| names.iter().any(|name| is_near(name, &said, 5, 1)))
        .map(|(code, _)| code)
}

/// A text's words without case, accents and signs, by one space.
fn words(text: &str) -> String {
    folded(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_read_in_any_wording_and_kept_in_bounds() {
        for (text, hours) in [
            ("8h", Some(8)),
            ("8 h", Some(8)),
            ("", Some(8)),
            ("12", Some(12)),
            ("2 hours", Some(2)),
            ("8 horas", Some(8)),
            ("2 días", Some(48)),
            ("4 saac", Some(4)),
            ("for 3 hours", Some(3)),
            ("0h", Some(1)),
            ("900h", Some(72)),
            ("99999999999999h", Some(72)),
            ("until noon", None),
            ("the car", None),
        ] {
            assert_eq!(pause_hours(text), hours, "{text}");
        }
    }

    #[test]
    fn levels_and_languages_have_names_in_every_language() {
        assert_eq!(AlertsWanted::named("Cerca"), Some(AlertsWanted::Near));
        assert_eq!(
            AlertsWanted::named("confirmd"),
            Some(AlertsWanted::Confirmed)
        );
        assert_eq!(AlertsWanted::named("TODAS"), Some(AlertsWanted::All));
        assert_eq!(AlertsWanted::named("maya"), Some(AlertsWanted::Off));
        assert_eq!(AlertsWanted::named("agents at Lake"), None);
        assert_eq!(language_named("Español"), Some("es"));
        assert_eq!(language_named("hmoob"), Some("hmn"));
        assert_eq!(language_named("somalii"), Some("so"));
        assert_eq!(language_named("no"), None);
    }
}
