//! When it was seen: clock times, "10 min ago", "right now"; relative to the message, never after it.

use std::time::Duration;

use jiff::{ToSpan, tz::TimeZone};

use crate::domain::{
    parse::{
        lexicon::{Category, Hits, number},
        tokens::{Token, TokenKind},
    },
    place::phrases::Span,
    report::{Seen, TimeBasis},
    timestamp::Timestamp,
};

/// A written time may lie so far ahead of the message: watches differ.
const AHEAD: Duration = Duration::from_secs(5 * 60);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// A time as it was written.
enum Written {
    /// Hour and minute; whether am or pm was said.
    Clock {
        hour: i8,
        minute: i8,
        half: Option<Half>,
    },
    /// So long before the message.
    Before(Duration),
    Now,
    Vague,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Am,
    Pm,
}

/// The text a time is looked for in.
pub(crate) struct When<'a> {
    pub tokens: &'a [Token],
    pub open: &'a [bool],
    pub hits: &'a Hits,
    /// The time field of a labelled report: any number there is a time.
    pub field: Option<Span>,
}

impl When<'_> {
    /// When it was seen, and the tokens that say so.
    pub(crate) fn seen(&self, sent_at: Timestamp, zone: &TimeZone) -> (Seen, Vec<Span>) {
        let Some((written, span)) = self.written() else {
            return (
                Seen {
                    at: Some(sent_at),
                    basis: TimeBasis::Assumed,
                },
                Vec::new(),
            );
        };
        let seen = match written {
            Written::Now => Seen {
                at: Some(sent_at),
                basis: TimeBasis::Now,
            },
            Written::Vague => Seen {
                at: None,
                basis: TimeBasis::Vague,
            },
            Written::Before(long) => Seen {
                at: Some(sent_at - long),
                basis: TimeBasis::Relative,
            },
            Written::Clock { hour, minute, half } => {
                match latest(hour, minute, half, sent_at, zone) {
                    Some(at) => Seen {
                        at: Some(at),
                        basis: TimeBasis::Clock,
                    },
                    None => Seen {
                        at: Some(sent_at),
                        basis: TimeBasis::Assumed,
                    },
                }
            }
        };
        (seen, vec![span])
    }

    /// The strongest statement of time: the time field, then a clock, then "ago", then "now".
    fn written(&self) -> Option<(Written, Span)> {
        if let Some(field) = self.field {
            let found =
                (field.from..field.to).find_map(|at| self.ago(at).or_else(|| self.clock(at, true)));
            if found.is_some() {
                return found;
            }
        }
        let all = 0..self.tokens.len();
        let ago = all.clone().find_map(|at| self.ago(at));
        let clock = all.clone().find_map(|at| self.clock(at, false));
        let said = |tag: &str| {
            self.hits
                .of(Category::Time)
                .find(|hit| &*hit.tag == tag)
                .map(|hit| hit.span)
        };
        ago.or(clock)
            .or_else(|| said("vague").map(|span| (Written::Vague, span)))
            .or_else(|| {
                said("now").map(|span| {
                    (
                        Written::Now,
                        Span {
                            from: span.from,
                            to: span.from,
                        },
                    )
                })
            })
    }

    fn token(&self, at: usize) -> Option<&Token> {
        self.tokens
            .get(at)
            .filter(|_| self.open.get(at).copied().unwrap_or(false))
    }

    fn tag(&self, at: usize) -> Option<(&str, usize)> {
        self.hits
            .from(Category::Time, at)
            .map(|hit| (&*hit.tag, hit.span.to))
    }

    fn is_tag(&self, at: usize, tag: &str) -> Option<usize> {
        self.hits
            .all_from(Category::Time, at)
            .find(|hit| &*hit.tag == tag)
            .map(|hit| hit.span.to)
    }

    /// A number in digits or words, and where it ends.
    fn count(&self, at: usize) -> Option<(u32, usize)> {
        let token = self.token(at)?;
        if token.kind == TokenKind::Number && token.digits <= 3 {
            return Some((token.number?, at + 1));
        }
        let hit = self.hits.from(Category::Number, at)?;
        Some((number(&hit.tag)?.0, hit.span.to))
    }

    /// "10 min ago", "for like 45 min", "hace media hora", "15 feeb dhau los".
    fn ago(&self, at: usize) -> Option<(Written, Span)> {
        let before = self.is_tag(at, "ago").or_else(|| self.is_tag(at, "during"));
        let mut next = before.unwrap_or(at);
        while before.is_some()
            && self.token(next).is_some_and(|token| {
                token.is_any(&["like", "about", "the", "last", "como", "unos", "a"])
                    && self
                        .count(next)
                        .is_none_or(|_| token.is("a") && self.is_half(next + 1))
            })
        {
            next += 1;
        }
        let (long, end) = self.duration(next)?;
        let after = self.is_tag(end, "ago");
        if before.is_none() && after.is_none() {
            return None;
        }
        Some((
            Written::Before(long),
            Span {
                from: at,
                to: after.unwrap_or(end),
            },
        ))
    }

    fn is_half(&self, at: usize) -> bool {
        self.is_tag(at, "half").is_some()
    }

    /// "10 minutes", "half an hour", "an hour", "20min".
    fn duration(&self, at: usize) -> Option<(Duration, usize)> {
        if let Some(end) = self.is_tag(at, "half") {
            let end = if self
                .token(end)
                .is_some_and(|token| token.is_any(&["an", "a"]))
            {
                end + 1
            } else {
                end
            };
            let end = self.is_tag(end, "hour")?;
            return Some((30 * MINUTE, end));
        }
        let token = self.token(at)?;
        if token.kind == TokenKind::Mixed
            && let Some(number) = token.number
            && let Some(unit) = [("min", MINUTE), ("m", MINUTE), ("hr", HOUR), ("h", HOUR)]
                .iter()
                .find(|(end, _)| token.text.get(token.digits..) == Some(*end))
        {
            return Some((number * unit.1, at + 1));
        }
        let (number, mut end) = self.count(at)?;
        if self
            .token(end)
            .is_some_and(|token| token.is("or") || token.is("-"))
            && self.count(end + 1).is_some()
        {
            end += 2;
        }
        match self.tag(end)? {
            ("minute", end) => Some((number.min(6_000) * MINUTE, end)),
            ("hour", end) => Some((number.min(100) * HOUR, end)),
            _ => None,
        }
    }

    /// "8:40a", "0815", "3pm", "at 7", "quarter past 7", "5 til 4".
    fn clock(&self, at: usize, in_field: bool) -> Option<(Written, Span)> {
        let led = self.is_tag(at, "at");
        let from = at;
        let at = led.unwrap_or(at);
        let at = if led.is_some()
            && self
                .token(at)
                .is_some_and(|token| token.is_any(&["like", "about", "~", "las"]))
        {
            at + 1
        } else {
            at
        };
        if let Some(end) = self.is_tag(at, "noon") {
            return Some((
                Written::Clock {
                    hour: 12,
                    minute: 0,
                    half: Some(Half::Pm),
                },
                Span { from, to: end },
            ));
        }
        if let Some(end) = self.is_tag(at, "midnight") {
            return Some((
                Written::Clock {
                    hour: 12,
                    minute: 0,
                    half: Some(Half::Am),
                },
                Span { from, to: end },
            ));
        }
        if let Some(found) = self.spoken(at) {
            return Some(found);
        }
        let token = self.token(at)?;
        if !matches!(token.kind, TokenKind::Number | TokenKind::Mixed)
            || self.is_part_of_a_number(at)
        {
            return None;
        }
        let number = token.number?;
        let tail = token.text.get(token.digits..).unwrap_or_default();
        let glued_half = half_of(tail);
        if !tail.is_empty() && glued_half.is_none() && tail != "h" {
            return None;
        }
        let (hour, minute, mut end, has_minutes) = match self.minutes(at) {
            Some((minute, end)) => (number, minute, end, true),
            None if token.digits >= 3 && token.digits <= 4 => {
                (number / 100, number % 100, at + 1, false)
            }
            None if token.digits <= 2 => (number, 0, at + 1, false),
            None => return None,
        };
        let mut half = glued_half.or_else(|| self.minutes_half(at));
        if half.is_none()
            && let Some((found, to)) = self.half_after(end)
        {
            half = Some(found);
            end = to;
        }
        let is_ish = self
            .token(end)
            .is_some_and(|token| token.is("ish") && token.glued);
        let is_hour_word = self.tag(end).is_some_and(|(tag, _)| tag == "hour")
            && self.half_after(end + 1).is_some();
        if is_hour_word && half.is_none() {
            half = self.half_after(end + 1).map(|(half, _)| half);
        }
        let counts_something = !is_hour_word
            && self
                .tag(end)
                .is_some_and(|(tag, _)| matches!(tag, "minute" | "hour"));
        let is_military = token.digits == 4 && token.text.starts_with('0');
        let is_time = has_minutes
            || half.is_some()
            || is_military
            || in_field
            || led.is_some() && (token.digits <= 2 || token.digits == 4) && self.ends_here(end)
            || is_ish && led.is_some();
        if !is_time || counts_something || hour > 24 || minute > 59 {
            return None;
        }
        let half = if is_military {
            Some(if hour < 12 { Half::Am } else { Half::Pm })
        } else {
            half
        };
        let (hour, minute) = (i8::try_from(hour % 24).ok()?, i8::try_from(minute).ok()?);
        Some((
            Written::Clock { hour, minute, half },
            Span {
                from,
                to: if is_ish { end + 1 } else { end },
            },
        ))
    }

    /// A bare hour after "at" ends a phrase; "at 3 houses" is no time.
    fn ends_here(&self, at: usize) -> bool {
        let Some(next) = self.token(at) else {
            return true;
        };
        let is_sign = matches!(next.kind, TokenKind::Sign | TokenKind::Newline);
        is_sign && !next.is_any(&["&", "/", "-", "+"]) || self.tag(at).is_some() || next.is("ish")
    }

    /// Part of a house number, phone number, range or label list.
    fn is_part_of_a_number(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.is_some_and(|before| {
            before.is_any(&["-", ":", "$", "#"])
                && before.glued
                && self.tokens.get(at).is_some_and(|token| token.glued)
                && at > 1
                && self
                    .tokens
                    .get(at - 2)
                    .is_some_and(|first| first.number.is_some())
        })
    }

    /// ":40" behind an hour.
    fn minutes(&self, at: usize) -> Option<(u32, usize)> {
        let colon = self
            .token(at + 1)
            .filter(|token| token.is_any(&[":", "."]) && token.glued)?;
        let minutes = self
            .token(at + 2)
            .filter(|token| token.glued && token.digits == 2)?;
        (colon.is(":") || half_of(minutes.text.get(2..).unwrap_or_default()).is_some())
            .then_some((minutes.number?, at + 3))
    }

    fn minutes_half(&self, at: usize) -> Option<Half> {
        self.minutes(at)?;
        half_of(self.token(at + 2)?.text.get(2..)?)
    }

    /// "p.m.", "de la mañana", "subaxnimo" behind a time.
    fn half_after(&self, at: usize) -> Option<(Half, usize)> {
        let (tag, end) = self.tag(at)?;
        let token = self.token(at)?;
        if token.text.len() == 1
            && !token.glued
            && !self
                .token(at + 1)
                .is_none_or(|next| next.is_any(&[".", ",", "\n", ";"]))
        {
            return None;
        }
        match tag {
            "am" => Some((Half::Am, end)),
            "pm" => Some((Half::Pm, end)),
            _ => None,
        }
    }

    /// "quarter past 7", "5 til 4", "10 to 11".
    fn spoken(&self, at: usize) -> Option<(Written, Span)> {
        let (minutes, next) = match self.is_tag(at, "quarter") {
            Some(end) => (15, end),
            None => match self.is_tag(at, "half") {
                Some(end) => (30, end),
                None => self.count(at)?,
            },
        };
        let is_before = self.is_tag(next, "before").is_some();
        let hour_at = self
            .is_tag(next, "before")
            .or_else(|| self.is_tag(next, "after"))?;
        let hour = self
            .token(hour_at)
            .filter(|token| token.digits > 0 && token.digits <= 2)?;
        let is_plausible = minutes < 60
            && (minutes % 5 == 0)
            && !(is_before && self.token(next)?.is("to") && !self.is_led(at));
        let number = hour
            .number
            .filter(|hour| (1..=12).contains(hour) && is_plausible)?;
        if self
            .token(hour_at + 1)
            .is_some_and(|token| token.kind == TokenKind::Word && self.tag(hour_at + 1).is_none())
        {
            return None;
        }
        let half = half_of(hour.text.get(hour.digits..).unwrap_or_default())
            .or_else(|| self.half_after(hour_at + 1).map(|(half, _)| half));
        let (hour, minute) = if is_before {
            ((number + 11) % 12, 60 - minutes)
        } else {
            (number % 12, minutes)
        };
        let written = Written::Clock {
            hour: i8::try_from(hour).ok()?,
            minute: i8::try_from(minute % 60).ok()?,
            half,
        };
        Some((
            written,
            Span {
                from: at,
                to: hour_at + 1,
            },
        ))
    }

    /// "10 to 11" is a time only after "at" or in the time field; else it is a count.
    fn is_led(&self, at: usize) -> bool {
        let in_field = self.field.is_some_and(|field| field.holds(at));
        in_field
            || at
                .checked_sub(1)
                .is_some_and(|before| self.is_tag(before, "at").is_some())
    }
}

fn half_of(tail: &str) -> Option<Half> {
    match tail {
        "a" | "am" => Some(Half::Am),
        "p" | "pm" => Some(Half::Pm),
        _ => None,
    }
}

/// The latest moment with that time of day that is not after the message.
fn latest(
    hour: i8,
    minute: i8,
    half: Option<Half>,
    sent_at: Timestamp,
    zone: &TimeZone,
) -> Option<Timestamp> {
    let sent = jiff::Timestamp::from_millisecond(sent_at.as_ms())
        .ok()?
        .to_zoned(zone.clone());
    let hours: Vec<i8> = match half {
        Some(Half::Am) => vec![hour % 12],
        Some(Half::Pm) => vec![hour % 12 + 12],
        None if hour > 12 || hour == 0 => vec![hour],
        None => vec![hour % 12, hour % 12 + 12],
    };
    let limit = (sent_at + AHEAD).as_ms();
    let days = [sent.date(), sent.date().checked_sub(1.day()).ok()?];
    days.into_iter()
        .flat_map(|day| hours.iter().map(move |hour| day.at(*hour, minute, 0, 0)))
        .filter_map(|at| Some(at.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond()))
        .filter(|at| *at <= limit)
        .max()
        .map(|at| Timestamp::from_ms(at.min(sent_at.as_ms())))
}
