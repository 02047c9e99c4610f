//! Times of day as people write them: "8:40a", "0815", "at 7", "quarter past 7", "5 til 4", "8 y media", "toddoba iyo bar".

use crate::domain::{
    parse::{
        lexicon::{Category, number},
        tokens::{Token, TokenKind},
        when::When,
    },
    place::phrases::Span,
};

/// Which half of the day was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Half {
    Am,
    Pm,
}

/// A time of day, and how it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    pub hour: u32,
    pub minute: u32,
    pub half: Option<Half>,
    pub span: Span,
    /// "around 6", which may count people instead.
    pub is_doubtful: bool,
}

impl When<'_> {
    /// The time of day that begins at a token. In a time field any number is one.
    pub(crate) fn clock(&self, at: usize, in_field: bool) -> Option<Clock> {
        if self.is_of_the_future(at) {
            return None;
        }
        let from = at;
        let (at, led) = self.lead(at);
        for (tag, hour) in [("noon", 12), ("midnight", 0)] {
            if let Some(to) = self.is_tag(at, tag) {
                return Some(Clock {
                    hour,
                    minute: 0,
                    half: None,
                    span: Span { from, to },
                    is_doubtful: false,
                });
            }
        }
        let in_field = in_field || self.field.is_some_and(|field| field.holds(at));
        let found = self
            .spoken(at, led.is_some() || in_field)
            .or_else(|| self.range(at))
            .or_else(|| self.digits(at, led, in_field))
            .or_else(|| self.words(at, led, in_field))?;
        let half = found
            .half
            .or_else(|| self.half_before(from))
            .filter(|_| found.hour <= 12);
        (found.hour <= 24 && found.minute < 60).then_some(Clock {
            half,
            span: Span {
                from,
                to: found.span.to,
            },
            ..found
        })
    }

    /// "at", "around", "a las", "since about": where the time begins, and whether the lead is as loose as "around".
    fn lead(&self, from: usize) -> (usize, Option<bool>) {
        let mut at = from;
        let mut led = None;
        for _ in 0..4 {
            if let Some(to) = self.is_tag(at, "at") {
                let is_loose = led != Some(false)
                    && to == at + 1
                    && self.token(at).is_some_and(|token| {
                        token.is_any(&["around", "about", "abt", "approx", "circa"])
                    });
                led = Some(is_loose);
                at = to;
            } else if led.is_some()
                && let Some(hit) = self.hits.from(Category::Count, at)
                && &*hit.tag == "about"
            {
                at = hit.span.to;
            } else if self.token(at).is_some_and(|token| token.is_any(&["~"])) {
                at += 1;
            } else {
                break;
            }
        }
        (at, led)
    }

    /// "until 9", "school lets out at 3": not when it was seen.
    fn is_of_the_future(&self, at: usize) -> bool {
        (1..=4)
            .filter_map(|back| at.checked_sub(back))
            .any(|before| self.is_tag(before, "future") == Some(at))
    }

    /// "8:40a", "0815", "3pm", "at 7", "around 730".
    fn digits(&self, at: usize, led: Option<bool>, in_field: bool) -> Option<Clock> {
        let token = self.token(at)?;
        if !matches!(token.kind, TokenKind::Number | TokenKind::Mixed)
            || self.is_part_of_a_number(at)
        {
            return None;
        }
        let number = token.number?;
        let tail = token.text.get(token.digits..).unwrap_or_default();
        let glued_half = half_of(tail);
        if !tail.is_empty() && glued_half.is_none() && !matches!(tail, "h" | "da" | "ka") {
            return None;
        }
        let is_strict = led.is_none() && !in_field;
        let (hour, minute, mut end, has_minutes) = match self.minutes(at, !is_strict) {
            Some((minute, end)) => (number, minute, end, true),
            None if (3..=4).contains(&token.digits) => (number / 100, number % 100, at + 1, false),
            None if token.digits <= 2 => (number, 0, at + 1, false),
            None => return None,
        };
        let (hour, minute, has_minutes) = match self.minutes_behind(end, hour, led.is_some()) {
            Some((hour, minute, to)) if !has_minutes && token.digits <= 2 => {
                end = to;
                (hour, minute, true)
            }
            _ => (hour, minute, has_minutes),
        };
        let mut half = glued_half.or_else(|| self.minutes_half(at));
        let is_clock_word = ["oclock", "hour"]
            .into_iter()
            .find_map(|tag| self.is_tag(end, tag))
            .filter(|_| led.is_some() || in_field || token.digits == 4 || has_minutes);
        let has_oclock = self.is_tag(end, "oclock").is_some();
        if has_oclock || is_clock_word.is_some_and(|to| self.is_tag(to, "ago").is_none()) {
            end = is_clock_word
                .or_else(|| self.is_tag(end, "oclock"))
                .unwrap_or(end);
        } else if let Some(to) = self.is_tag(end, "hour")
            && self.half_after(to).is_some()
        {
            end = to;
        }
        let is_hour_word = has_oclock || end > at + 1 && !has_minutes;
        let is_ish = self
            .token(end)
            .is_some_and(|token| token.is("ish") && token.glued);
        if is_ish {
            end += 1;
        }
        if half.is_none()
            && let Some((found, to)) = self.half_after(end)
        {
            (half, end) = (Some(found), to);
        }
        let counts_something = !has_minutes
            && !is_hour_word
            && self
                .tag(end)
                .is_some_and(|(tag, _)| matches!(tag, "minute" | "hour" | "second"));
        let is_military = token.digits == 4 && token.text.starts_with('0');
        let ends = match led {
            Some(true) => self.ends_here(end),
            _ => self.ends_here(end) || self.is_where(end),
        };
        // "a las 11" is always a time of day.
        let is_las = led.is_some()
            && (1..=24).contains(&hour)
            && at
                .checked_sub(1)
                .and_then(|before| self.token(before))
                .is_some_and(|before| before.is("las"))
            && !self
                .token(end)
                .is_some_and(|next| next.is_any(&["y", "con", "avenida", "ave", "calle"]));
        let is_time = has_minutes
            || is_las
            || half.is_some()
            || is_military
            || in_field
            || has_oclock
            || is_hour_word && (led.is_some() || token.digits == 4)
            || led.is_some() && ends
            || is_ish && led.is_some();
        if !is_time || counts_something || token.digits == 4 && hour > 24 {
            return None;
        }
        let half = if is_military {
            Some(if hour < 12 { Half::Am } else { Half::Pm })
        } else {
            half
        };
        let is_bare = !has_minutes && half.is_none() && !in_field && !is_hour_word && !is_ish;
        Some(Clock {
            hour: hour % 24,
            minute,
            half,
            span: Span { from: at, to: end },
            is_doubtful: is_bare && led == Some(true),
        })
    }

    /// "at eight thirty", "seven am", "a las ocho", "toddobada subaxnimo".
    fn words(&self, at: usize, led: Option<bool>, in_field: bool) -> Option<Clock> {
        let hit = self.hits.from(Category::Number, at)?;
        let (hour, is_open) = number(&hit.tag)?;
        let is_article = self
            .token(at)
            .is_some_and(|token| token.is_any(&["a", "an", "un", "another"]));
        if is_open || is_article || !(1..=12).contains(&hour) {
            return None;
        }
        let mut end = hit.span.to;
        let (mut hour, mut minute, mut has_minutes) = (hour, 0, false);
        if let Some((h, m, to)) = self.minutes_behind(end, hour, led.is_some()) {
            (hour, minute, end, has_minutes) = (h, m, to, true);
        } else if let Some(next) = self.hits.from(Category::Number, end)
            && let Some((value, false)) = number(&next.tag)
            && (10..60).contains(&value)
            && (led.is_some() || in_field)
        {
            (minute, end, has_minutes) = (value, next.span.to, true);
        }
        let clock_word = ["oclock", "hour"]
            .into_iter()
            .find_map(|tag| self.is_tag(end, tag))
            .filter(|to| self.is_tag(*to, "ago").is_none());
        let has_oclock = self.is_tag(end, "oclock").is_some();
        if let Some(to) = clock_word.filter(|_| led.is_some() || has_oclock) {
            end = to;
        }
        let half = self
            .half_after(end)
            .or_else(|| clock_word.and_then(|to| self.half_after(to)));
        if let Some((_, to)) = half {
            end = to;
        }
        let is_time = half.is_some()
            || has_oclock
            || led == Some(false) && (has_minutes || clock_word.is_some() || self.ends_here(end))
            || has_minutes && led.is_some()
            || in_field && self.ends_here(end);
        is_time.then_some(Clock {
            hour,
            minute,
            half: half.map(|(half, _)| half),
            span: Span { from: at, to: end },
            is_doubtful: false,
        })
    }

    /// "y media", "menos cuarto", "y 20", "iyo bar" behind an hour.
    fn minutes_behind(&self, at: usize, hour: u32, is_led: bool) -> Option<(u32, u32, usize)> {
        let plus = self.is_tag(at, "plus");
        let minus = self.is_tag(at, "minus");
        let next = plus.or(minus)?;
        let (minutes, end) = if let Some(end) = self.is_tag(next, "half") {
            (30, end)
        } else if let Some(end) = self.is_tag(next, "quarter") {
            (15, end)
        } else {
            let (minutes, end) = self.count(next)?;
            let is_minutes = is_led && (5..60).contains(&minutes) && self.ends_here(end);
            let unit = self.is_tag(end, "minute");
            if !is_minutes && unit.is_none() {
                return None;
            }
            (minutes, unit.unwrap_or(end))
        };
        if !(1..=12).contains(&hour) || minutes >= 60 {
            return None;
        }
        Some(if plus.is_some() {
            (hour, minutes, end)
        } else {
            ((hour + 10) % 12 + 1, 60 - minutes, end)
        })
    }

    /// "6-7am", "8 to 8:30": the start.
    fn range(&self, at: usize) -> Option<Clock> {
        let token = self
            .token(at)
            .filter(|token| token.kind == TokenKind::Number && token.digits <= 2)?;
        let hour = token.number.filter(|hour| (1..=12).contains(hour))?;
        self.token(at + 1)
            .filter(|token| token.is_any(&["-", "to", "a", "till", "til"]))?;
        if self.is_part_of_a_number(at) {
            return None;
        }
        let next = self.token(at + 2)?;
        let minutes = self.minutes(at + 2, false);
        let tail = next.text.get(next.digits..).unwrap_or_default();
        let end = minutes.map_or(at + 3, |(_, end)| end);
        let half = half_of(tail)
            .or_else(|| self.minutes_half(at + 2))
            .or_else(|| self.half_after(end).map(|(half, _)| half));
        let second = next.number.filter(|second| (1..=12).contains(second))?;
        let is_clock = next.digits <= 2 && (minutes.is_some() || half.is_some());
        if !is_clock || self.token(at + 1)?.is_any(&["til", "till"]) && hour % 5 == 0 {
            return None;
        }
        let half = half.filter(|_| second >= hour || second == 12 || hour == 12);
        Some(Clock {
            hour,
            minute: 0,
            half,
            span: Span { from: at, to: end },
            is_doubtful: false,
        })
    }

    /// A bare hour after "at" ends a phrase; "at 3 houses" is no time.
    fn ends_here(&self, at: usize) -> bool {
        let Some(next) = self.token(at) else {
            return true;
        };
        let is_sign = matches!(next.kind, TokenKind::Sign | TokenKind::Newline);
        let is_list = next.is_any(&["&", "/", "-", "+"])
            && self
                .tokens
                .get(at + 1)
                .is_none_or(|after| next.glued || after.digits > 0 || next.is("&"));
        is_sign && !is_list || self.tag(at).is_some() || next.is("ish")
    }

    /// "at 7 near the park": goes on with a word for where or how.
    fn is_where(&self, at: usize) -> bool {
        self.hits
            .all_from(Category::Count, at)
            .any(|hit| matches!(&*hit.tag, "where" | "part"))
            && self.token(at).is_none_or(|token| !token.is("of"))
    }

    /// Part of a house number, price, phone number, range or label list.
    fn is_part_of_a_number(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).and_then(|at| self.tokens.get(at)) else {
            return false;
        };
        let is_glued = self.tokens.get(at).is_some_and(|token| token.glued);
        if is_glued && before.is_any(&["$", "#"]) {
            return true;
        }
        before.is_any(&["-", ":", ".", "/"])
            && before.glued
            && is_glued
            && at > 1
            && self
                .tokens
                .get(at - 2)
                .is_some_and(|first| first.number.is_some())
    }

    /// ":40" behind an hour; also ".40" where a time is expected.
    fn minutes(&self, at: usize, is_expected: bool) -> Option<(u32, usize)> {
        let colon = self
            .token(at + 1)
            .filter(|token| token.is_any(&[":", ".", ";"]) && token.glued)?;
        let minutes = self
            .token(at + 2)
            .filter(|token| token.glued && token.digits == 2)?;
        let tail = minutes.text.get(2..).unwrap_or_default();
        let is_clock = colon.is(":")
            || half_of(tail).is_some()
            || self.half_after(at + 3).is_some()
            || is_expected && tail.is_empty();
        is_clock.then_some((minutes.number?, at + 3))
    }

    fn minutes_half(&self, at: usize) -> Option<Half> {
        self.minutes(at, false)?;
        half_of(self.token(at + 2)?.text.get(2..)?)
    }

    /// "p.m.", "de la mañana", "subaxnimo", "this morning" behind a time.
    fn half_after(&self, at: usize) -> Option<(Half, usize)> {
        let (half, end) = self.half_at(at)?;
        let token = self.token(at)?;
        if token.text.len() == 1
            && end == at + 1
            && !token.glued
            && !self
                .token(at + 1)
                .is_none_or(|next| next.is_any(&[".", ",", "\n", ";"]))
        {
            return None;
        }
        Some((half, end))
    }

    fn half_at(&self, at: usize) -> Option<(Half, usize)> {
        self.hits
            .all_from(Category::Time, at)
            .find_map(|hit| match &*hit.tag {
                "am" => Some((Half::Am, hit.span.to)),
                "pm" => Some((Half::Pm, hit.span.to)),
                _ => None,
            })
    }

    /// "this morning at 7", "esta manana a las 7".
    fn half_before(&self, at: usize) -> Option<Half> {
        (1..=4)
            .filter_map(|back| at.checked_sub(back))
            .find_map(|from| {
                let (half, end) = self.half_at(from)?;
                let is_long = self.token(from).is_some_and(|token| token.text.len() > 3);
                (is_long && end <= at && at - end <= 1).then_some(half)
            })
    }

    /// "quarter past 7", "5 til 4", "10 to 11", "diez para las ocho".
    fn spoken(&self, at: usize, is_led: bool) -> Option<Clock> {
        let (minutes, next) = match self.is_tag(at, "quarter") {
            Some(end) => (15, end),
            None => match self.is_tag(at, "half") {
                Some(end) => (30, end),
                None => self.count(at)?,
            },
        };
        let is_before = self.is_tag(next, "before").is_some();
        let mut hour_at = self
            .is_tag(next, "before")
            .or_else(|| self.is_tag(next, "after"))?;
        if self.token(hour_at)?.is_any(&["las", "la"]) {
            hour_at += 1;
        }
        let is_plain_to = self.token(next)?.is_any(&["to", "of", "before"]) && is_before;
        let is_plausible = minutes < 60
            && (minutes % 5 == 0 || minutes < 30)
            && (!is_plain_to || is_led || minutes == 15 && self.is_tag(at, "quarter").is_some());
        let (hour, hour_end) = self.hour(hour_at)?;
        let hour = Some(hour).filter(|hour| (1..=12).contains(hour) && is_plausible)?;
        let token = self.token(hour_at)?;
        let half = half_of(token.text.get(token.digits..).unwrap_or_default())
            .or_else(|| self.half_after(hour_end).map(|(half, _)| half));
        let goes_on = self.token(hour_end).is_some_and(|token| {
            token.kind == TokenKind::Word
                && self.tag(hour_end).is_none()
                && !self.is_where(hour_end)
                && minutes != 30
                && minutes != 15
        });
        if goes_on && half.is_none() {
            return None;
        }
        let (hour, minute) = if is_before {
            ((hour + 10) % 12 + 1, 60 - minutes)
        } else {
            (hour, minutes)
        };
        let end = self.half_after(hour_end).map_or(hour_end, |(_, end)| end);
        Some(Clock {
            hour,
            minute: minute % 60,
            half,
            span: Span { from: at, to: end },
            is_doubtful: false,
        })
    }

    /// An hour in digits or words.
    fn hour(&self, at: usize) -> Option<(u32, usize)> {
        let token = self.token(at)?;
        if token.digits > 0 {
            let is_hour = |token: &Token| token.digits <= 2 && token.kind != TokenKind::Ordinal;
            let has_minutes = self.minutes(at, false).is_some();
            return (is_hour(token) && !has_minutes)
                .then_some(token.number?)
                .map(|hour| (hour, at + 1));
        }
        let hit = self.hits.from(Category::Number, at)?;
        let (hour, is_open) = number(&hit.tag)?;
        (!is_open && !token.is_any(&["a", "an", "another"])).then_some((hour, hit.span.to))
    }
}

fn half_of(tail: &str) -> Option<Half> {
    match tail {
        "a" | "am" => Some(Half::Am),
        "p" | "pm" => Some(Half::Pm),
        _ => None,
    }
}
