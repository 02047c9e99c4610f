//! One prompt being said: in which bundle a message is found, how values from outside are made harmless, how time is told.

use fluent_bundle::{FluentArgs, FluentValue};
use jiff::{Zoned, civil::Weekday, tz::TimeZone};

use super::{Bundle, Style};
use crate::domain::{report::Range, timestamp::Timestamp};

/// How much may be said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Facts of a summary, most important first.
    pub facts: usize,
    /// Letters of a name or place that comes from outside.
    pub letters: usize,
}

impl Limits {
    pub(super) const NONE: Self = Self {
        facts: usize::MAX,
        letters: usize::MAX,
    };
}

/// Everything a prompt needs to be said.
pub(super) struct Voice<'a> {
    pub wanted: Option<&'a Bundle>,
    pub english: &'a Bundle,
    pub style: Style,
    pub zone: &'a TimeZone,
    pub limits: Limits,
}

impl Voice<'_> {
    /// A message without arguments.
    pub(super) fn word(&self, key: &str) -> String {
        self.text(key, &FluentArgs::new())
    }

    /// A message, in the wanted language if it has words for it, else in English. A key that has no words at all is said
    /// as it is: `Phrasebook::load` has made sure that there is none.
    pub(super) fn text(&self, key: &str, args: &FluentArgs) -> String {
        self.find(key, args).unwrap_or_else(|| key.to_owned())
    }

    /// The word for a tag of the parser (`vest` of the family `uniform`); a tag without words is said as it is.
    pub(super) fn tag(&self, family: &str, tag: &str) -> String {
        let key = format!("{family}-{}", tag.to_lowercase().replace('_', "-"));
        self.find(&key, &FluentArgs::new())
            .unwrap_or_else(|| self.own(&tag.replace('_', " ")))
    }

    /// The name of a room; the words for `phone` and `person`.
    pub(super) fn addressee(&self, name: &str) -> String {
        match name {
            "phone" | "person" => self.tag("to", name),
            _ => self.own(name),
        }
    }

    fn find(&self, key: &str, args: &FluentArgs) -> Option<String> {
        self.wanted
            .into_iter()
            .chain([self.english])
            .find_map(|bundle| said_in(bundle, key, args, self.style))
    }

    /// Something that comes from outside (a place, a name, what was typed): no marks, no line breaks, not too long.
    pub(super) fn own(&self, text: &str) -> String {
        let clean: String = text
            .chars()
            .filter(|letter| *letter != '*')
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .collect();
        let clean = clean.trim();
        if clean.chars().count() <= self.limits.letters {
            return clean.to_owned();
        }
        let cut: String = clean
            .chars()
            .take(self.limits.letters.saturating_sub(2))
            .collect();
        format!("{}..", cut.trim_end())
    }

    /// Words that must be said whole: no marks, no line breaks.
    pub(super) fn whole(&self, text: &str) -> String {
        Voice {
            limits: Limits::NONE,
            wanted: self.wanted,
            english: self.english,
            style: self.style,
            zone: self.zone,
        }
        .own(text)
    }

    /// What stands between the parts of a summary.
    pub(super) const fn dot(&self) -> &'static str {
        match self.style {
            Style::Room => " · ",
            Style::Phone => ", ",
        }
    }

    /// A time of day; with the weekday if it is not the day of `said_on`.
    pub(super) fn clock(&self, at: Timestamp, said_on: Timestamp) -> String {
        let (Some(at), Some(said_on)) = (self.local(at), self.local(said_on)) else {
            return String::new();
        };
        let mut args = FluentArgs::new();
        let hour12 = match at.hour() % 12 {
            0 => 12,
            hour => hour,
        };
        args.set("hour12", hour12.to_string());
        args.set("hour24", format!("{:02}", at.hour()));
        args.set("minute", format!("{:02}", at.minute()));
        args.set("half", if at.hour() < 12 { "am" } else { "pm" });
        let clock = self.text("clock", &args);
        if at.date() == said_on.date() {
            return clock;
        }
        args.set("clock", clock);
        args.set("weekday", self.word(weekday_key(at.weekday())));
        self.text("clock-other-day", &args)
    }

    fn local(&self, at: Timestamp) -> Option<Zoned> {
        let at = jiff::Timestamp::from_millisecond(at.as_ms()).ok()?;
        Some(at.to_zoned(self.zone.clone()))
    }

    /// A message about a number that may be uncertain: `$shown` is `3`, `3-4` or `6+`, `$count` decides the plural.
    pub(super) fn counted(&self, key: &str, range: Range) -> String {
        let mut args = FluentArgs::new();
        args.set("shown", shown(range));
        args.set("count", plural(range));
        self.text(key, &args)
    }
}

/// A message in one bundle; `None` if it has none or its words cannot be put together there.
fn said_in(bundle: &Bundle, key: &str, args: &FluentArgs, style: Style) -> Option<String> {
    let message = bundle.get_message(key)?;
    let phone = match style {
        Style::Phone => message.get_attribute("phone").map(|short| short.value()),
        Style::Room => None,
    };
    let mut errors = Vec::new();
    let text = bundle.format_pattern(phone.or_else(|| message.value())?, Some(args), &mut errors);
    errors.is_empty().then(|| text.into_owned())
}

/// `3`, `3-4` or `6+`.
pub(super) fn shown(range: Range) -> String {
    match range.max {
        Some(max) if max == range.min => range.min.to_string(),
        Some(max) => format!("{}-{max}", range.min),
        None => format!("{}+", range.min),
    }
}

/// The number that decides the plural of a range.
pub(super) fn plural(range: Range) -> FluentValue<'static> {
    FluentValue::from(range.max.unwrap_or(range.min.saturating_add(1)))
}

const fn weekday_key(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "weekday-mon",
        Weekday::Tuesday => "weekday-tue",
        Weekday::Wednesday => "weekday-wed",
        Weekday::Thursday => "weekday-thu",
        Weekday::Friday => "weekday-fri",
        Weekday::Saturday => "weekday-sat",
        Weekday::Sunday => "weekday-sun",
    }
}
