//! When it was seen: clock times, "10 min ago", "right now"; relative to the message, never after it.

use std::time::Duration;

use jiff::{ToSpan, tz::TimeZone};

use crate::domain::{
    parse::{
        clock::{Clock, Half},
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
/// A bare hour that would lie so long ago, while its next turn is this near, tells what is going to be.
const LONG_AGO: Duration = Duration::from_secs(9 * 3_600);
const SOON: Duration = Duration::from_secs(3 * 3_600);
/// "around 6" is a time of day only if that was so recently; else it counts people.
const RECENT: Duration = Duration::from_secs(90 * 60);

/// A time as it was written.
enum Written {
    Clock(Timestamp),
    /// So long before the message.
    Before(Duration),
    Now,
    Vague,
}

/// The text a time is looked for in.
pub(crate) struct When<'a> {
    pub tokens: &'a [Token],
    pub open: &'a [bool],
    pub hits: &'a Hits,
    /// The time field of a labelled report: any number there is a time.
    pub field: Option<Span>,
}

/// The moment a message was sent, and the city's zone.
struct Sent<'a> {
    at: Timestamp,
    zone: &'a TimeZone,
}

impl When<'_> {
    /// When it was seen, and the tokens that say so.
    pub(crate) fn seen(&self, sent_at: Timestamp, zone: &TimeZone) -> (Seen, Vec<Span>) {
        let sent = Sent { at: sent_at, zone };
        let Some((written, span)) = self.written(&sent) else {
            let seen = Seen {
                at: Some(sent_at),
                basis: TimeBasis::Assumed,
            };
            return (seen, Vec::new());
        };
        let (at, basis) = match written {
            Written::Now => (Some(sent_at), TimeBasis::Now),
            Written::Vague => (None, TimeBasis::Vague),
            Written::Before(long) => (Some(sent_at - long), TimeBasis::Relative),
            Written::Clock(at) => (Some(at), TimeBasis::Clock),
        };
        (Seen { at, basis }, vec![span])
    }

    /// The strongest statement of time: the time field, then "ago", a clock, "right now", something vague, "just".
    fn written(&self, sent: &Sent<'_>) -> Option<(Written, Span)> {
        let all = Span {
            from: 0,
            to: self.tokens.len(),
        };
        if let Some(field) = self.field {
            let ago = (field.from..field.to).find_map(|at| self.ago(at));
            let found = ago
                .or_else(|| self.clock_in(field, false, sent))
                .or_else(|| self.clock_in(field, true, sent))
                .or_else(|| self.said_in(field));
            if found.is_some() {
                return found;
            }
        }
        (0..self.tokens.len())
            .find_map(|at| self.ago(at))
            .or_else(|| self.clock_in(all, false, sent))
            .or_else(|| self.said_in(all))
    }

    /// The first time of day in a part of the text that can be meant.
    fn clock_in(&self, part: Span, in_field: bool, sent: &Sent<'_>) -> Option<(Written, Span)> {
        let is_said = |tag: &str| self.hits.of(Category::Time).any(|hit| &*hit.tag == tag);
        let day = if is_said("last_night") {
            Day::LastNight
        } else if is_said("yesterday") {
            Day::Yesterday
        } else {
            Day::Latest
        };
        let mut at = part.from;
        while at < part.to {
            if let Some(clock) = self.clock(at, in_field) {
                let is_free = !in_field && self.field.is_none_or(|field| !field.holds(at));
                if let Some(moment) = sent.moment(&clock, day, is_free) {
                    return Some((Written::Clock(moment), clock.span));
                }
                at = clock.span.to.max(at + 1);
            } else {
                at += 1;
            }
        }
        None
    }

    /// "right now", "earlier", "just".
    fn said_in(&self, part: Span) -> Option<(Written, Span)> {
        let said = |tags: &[&str]| {
            self.hits
                .of(Category::Time)
                .find(|hit| tags.contains(&&*hit.tag) && part.holds(hit.span.from))
                .map(|hit| hit.span)
        };
        let mark = |span: Span| Span {
            from: span.from,
            to: span.from,
        };
        said(&["now"])
            .map(|span| (Written::Now, mark(span)))
            .or_else(|| {
                said(&["vague", "yesterday", "last_night"]).map(|span| (Written::Vague, span))
            })
            .or_else(|| said(&["just"]).map(|span| (Written::Now, mark(span))))
    }

    pub(crate) fn token(&self, at: usize) -> Option<&Token> {
        self.tokens
            .get(at)
            .filter(|_| self.open.get(at).copied().unwrap_or(false))
    }

    pub(crate) fn tag(&self, at: usize) -> Option<(&str, usize)> {
        self.hits
            .all_from(Category::Time, at)
            .find(|hit| !matches!(&*hit.tag, "at" | "during" | "plus" | "minus"))
            .map(|hit| (&*hit.tag, hit.span.to))
    }

    pub(crate) fn is_tag(&self, at: usize, tag: &str) -> Option<usize> {
        self.hits
            .all_from(Category::Time, at)
            .find(|hit| &*hit.tag == tag)
            .map(|hit| hit.span.to)
    }

    /// A number in digits or words, and where it ends.
    pub(crate) fn count(&self, at: usize) -> Option<(u32, usize)> {
        let token = self.token(at)?;
        if token.kind == TokenKind::Number && token.digits <= 3 {
            return Some((token.number?, at + 1));
        }
        let hit = self.hits.from(Category::Number, at)?;
        Some((number(&hit.tag)?.0, hit.span.to))
    }

    /// "10 min ago", "like 5 ago", "for like 45 min", "hace media hora", "15 feeb dhau los".
    fn ago(&self, at: usize) -> Option<(Written, Span)> {
        let before = self.is_tag(at, "ago").or_else(|| self.is_tag(at, "during"));
        let mut next = before.unwrap_or(at);
        for _ in 0..3 {
            let filler = self
                .hits
                .from(Category::Count, next)
                .filter(|hit| matches!(&*hit.tag, "about" | "least"))
                .map(|hit| hit.span.to)
                .or_else(|| self.is_tag(next, "at"))
                .or_else(|| {
                    self.token(next)
                        .is_some_and(|token| token.is_any(&["the", "last", "past", "~", "a"]))
                        .then_some(next + 1)
                })
                .filter(|to| {
                    before.is_some()
                        && (self.count(next).is_none() || self.duration(*to, false).is_some())
                });
            match filler {
                Some(to) if self.duration(next, false).is_none() => next = to,
                _ => break,
            }
        }
        let is_bare_allowed = self.is_tag(at, "ago").is_some();
        let (long, is_vague, mut end) = self
            .duration(next, is_bare_allowed)
            .or_else(|| {
                self.duration(next, true)
                    .filter(|(_, _, end)| self.is_tag(*end, "ago").is_some())
            })
            .or_else(|| self.minutes_ago(next))
            .or_else(|| self.past_minutes(at, next))?;
        if let Some(hit) = self.hits.from(Category::Count, end)
            && &*hit.tag == "about"
            && self.is_tag(hit.span.to, "ago").is_some()
        {
            end = hit.span.to;
        }
        let after = self.is_tag(end, "ago").or_else(|| {
            self.token(end)
                .is_some_and(|token| token.is("now"))
                .then_some(end + 1)
        });
        if before.is_none() && after.is_none() {
            return None;
        }
        let span = Span {
            from: at,
            to: after.unwrap_or(end),
        };
        Some(if is_vague {
            (Written::Vague, span)
        } else {
            (Written::Before(long), span)
        })
    }

    /// "5 ago" without a unit means minutes.
    fn minutes_ago(&self, at: usize) -> Option<(Duration, bool, usize)> {
        let (minutes, end) = self.count(at)?;
        let is_next = self
            .token(end)
            .is_some_and(|token| token.is_any(&["ago", "ish"]));
        (is_next && self.is_tag(end, "ago").is_some() && minutes < 60).then_some((
            minutes * MINUTE,
            false,
            end,
        ))
    }

    /// "for the past 15".
    fn past_minutes(&self, from: usize, at: usize) -> Option<(Duration, bool, usize)> {
        let is_past = (from..at).any(|at| {
            self.token(at)
                .is_some_and(|token| token.is_any(&["past", "last"]))
        });
        let (minutes, end) = self.count(at).filter(|_| is_past)?;
        let ends = self
            .token(end)
            .is_none_or(|token| token.kind == TokenKind::Sign);
        (ends && (2..60).contains(&minutes)).then_some((minutes * MINUTE, false, end))
    }

    /// "10 minutes", "half an hour", "an hour and a half", "20min", "1.5 hrs": how long, whether that is only a manner
    /// of speaking ("a few hours"), where it ends. A bare "hour" is one where it may be.
    fn duration(&self, at: usize, is_bare: bool) -> Option<(Duration, bool, usize)> {
        let skip = |at: usize| {
            at + usize::from(
                self.token(at)
                    .is_some_and(|token| token.is_any(&["an", "a", "de"])),
            )
        };
        for (tag, minutes) in [("half", 30), ("quarter", 15)] {
            if let Some(end) = self.is_tag(at, tag) {
                let end = if self.token(end).is_some_and(|token| token.is("of")) {
                    end + 1
                } else {
                    end
                };
                if let Some(end) = self.is_tag(skip(end), "hour") {
                    return Some((minutes * MINUTE, false, end));
                }
            }
        }
        let token = self.token(at)?;
        if token.kind == TokenKind::Mixed
            && let Some(number) = token.number
            && let Some(unit) = [("m", MINUTE), ("hr", HOUR), ("h", HOUR)]
                .iter()
                .find(|(end, _)| token.text.get(token.digits..) == Some(*end))
        {
            return Some((number.min(6_000) * unit.1, false, at + 1));
        }
        if is_bare && self.count(at).is_none() {
            return match self.unit(at)? {
                (unit, end) if unit >= MINUTE => Some(self.and_more(unit, end)),
                _ => None,
            };
        }
        let (number, end) = self.count(at)?;
        let is_open = self
            .hits
            .from(Category::Number, at)
            .is_some_and(|hit| hit.tag.ends_with('+'));
        let (tenths, end) = self.second_number(number.min(6_000), end);
        let (unit, end) = self.unit(end)?;
        let long = unit / 10 * tenths;
        let (long, _, end) = if unit == HOUR {
            self.and_more(long, end)
        } else {
            (long, false, end)
        };
        Some((long, is_open && unit == HOUR, end))
    }

    fn unit(&self, at: usize) -> Option<(Duration, usize)> {
        self.hits
            .all_from(Category::Time, at)
            .find_map(|hit| match &*hit.tag {
                "second" => Some((Duration::from_secs(1), hit.span.to)),
                "minute" => Some((MINUTE, hit.span.to)),
                "hour" => Some((HOUR, hit.span.to)),
                _ => None,
            })
    }

    /// The number in tenths: "1.5" is 15, "5-10" lies between.
    fn second_number(&self, first: u32, at: usize) -> (u32, usize) {
        let joint = self
            .token(at)
            .is_some_and(|token| token.is_any(&["-", "or", "to", "o", "a", "ama", "los"]));
        if joint && let Some((second, end)) = self.count(at + 1) {
            return ((first + second.min(6_000)) * 5, end);
        }
        let is_point = self
            .token(at)
            .is_some_and(|token| token.is(".") && token.glued);
        if is_point
            && let Some(tenth) = self
                .token(at + 1)
                .filter(|token| token.glued && token.digits == 1 && token.kind == TokenKind::Number)
        {
            return (first * 10 + tenth.number.unwrap_or(0), at + 2);
        }
        if let Some((second, end)) = self.count(at)
            && second > first
            && self.unit(end).is_some()
        {
            return ((first + second.min(6_000)) * 5, end);
        }
        (first * 10, at)
    }

    /// "and a half", "y media", "iyo bar" behind an hour.
    fn and_more(&self, long: Duration, at: usize) -> (Duration, bool, usize) {
        let is_and = self
            .token(at)
            .is_some_and(|token| token.is_any(&["and", "&", "y", "iyo", "thiab"]));
        if is_and {
            let next = at
                + 1
                + usize::from(
                    self.token(at + 1)
                        .is_some_and(|token| token.is_any(&["a", "ib"])),
                );
            if let Some(end) = self
                .is_tag(next, "half")
                .or_else(|| self.is_tag(at + 1, "half"))
            {
                return (long + HOUR / 2, false, end);
            }
            if let Some((minutes, end)) = self.count(at + 1)
                && let Some(end) = self.is_tag(end, "minute")
            {
                return (long + minutes.min(60) * MINUTE, false, end);
            }
        }
        (long, false, at)
    }
}

/// Which day a time of day belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    /// The latest that is not after the message.
    Latest,
    Yesterday,
    LastNight,
}

impl Sent<'_> {
    /// The moment a time of day stands for; `None` where it can only be meant otherwise. A time outside a time field
    /// (`is_free`) may be one that is still to come.
    fn moment(&self, clock: &Clock, day: Day, is_free: bool) -> Option<Timestamp> {
        let limit = (self.at + AHEAD).as_ms();
        let readings = self.readings(clock, day)?;
        let at = readings
            .iter()
            .copied()
            .filter(|at| *at <= limit)
            .max()
            .map(|at| Timestamp::from_ms(at.min(self.at.as_ms())))?;
        let since = self.at.as_ms() - at.as_ms();
        let as_ms = |long: Duration| i64::try_from(long.as_millis()).unwrap_or(i64::MAX);
        if clock.is_doubtful && day == Day::Latest && since > as_ms(RECENT) {
            return None;
        }
        let is_ahead = readings
            .iter()
            .any(|at| *at > limit && at - self.at.as_ms() <= as_ms(SOON));
        if is_free && day == Day::Latest && is_ahead && since > as_ms(LONG_AGO) {
            return None;
        }
        Some(at)
    }

    /// All moments of yesterday and today with that time of day.
    fn readings(&self, clock: &Clock, day: Day) -> Option<Vec<i64>> {
        let sent = jiff::Timestamp::from_millisecond(self.at.as_ms())
            .ok()?
            .to_zoned(self.zone.clone());
        let hour = i8::try_from(clock.hour % 24).ok()?;
        let minute = i8::try_from(clock.minute).ok()?;
        let hours: Vec<i8> = match clock.half {
            Some(Half::Am) => vec![hour % 12],
            Some(Half::Pm) => vec![hour % 12 + 12],
            None if hour > 12 || hour == 0 => vec![hour],
            None if day == Day::LastNight => vec![if hour < 5 { hour } else { hour % 12 + 12 }],
            None => vec![hour % 12, hour % 12 + 12],
        };
        let (today, yesterday) = (sent.date(), sent.date().checked_sub(1.day()).ok()?);
        let days = match day {
            Day::Latest => vec![today, yesterday],
            Day::Yesterday => vec![yesterday],
            Day::LastNight if hours.iter().all(|hour| *hour < 5) => vec![today],
            Day::LastNight => vec![yesterday],
        };
        let moments = days
            .into_iter()
            .flat_map(|day| hours.iter().map(move |hour| day.at(*hour, minute, 0, 0)));
        Some(
            moments
                .filter_map(|at| at.to_zoned(self.zone.clone()).ok())
                .map(|at| at.timestamp().as_millisecond())
                .collect(),
        )
    }
}
