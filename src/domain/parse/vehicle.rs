//! Vehicles as described: colour, make, model, body, how many.

use crate::domain::{
    parse::{
        count::{Count, Counting},
        lexicon::Category,
        tokens::Token,
    },
    report::{Range, Vehicle},
};

/// Words around a vehicle that describe without telling.
const FILLER: [&str; 17] = [
    "unmarked",
    "tinted",
    "ford",
    "big",
    "large",
    "new",
    "newer",
    "older",
    "light",
    "ah",
    "oo",
    "marked",
    "suspicious",
    "unidentified",
    "parked",
    "the",
    "colored",
];

impl Counting<'_> {
    /// The vehicles described, in order.
    pub(crate) fn described(&self) -> Vec<Vehicle> {
        let counts = self.counts();
        let mut found: Vec<Vehicle> = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            match self.group(at, &counts) {
                Some((vehicles, to)) => {
                    found.extend(vehicles);
                    at = to.max(at + 1);
                }
                None => at += 1,
            }
        }
        self.share_color(&mut found);
        found
    }

    /// "one charger one explorer, both black".
    fn share_color(&self, vehicles: &mut [Vehicle]) {
        for at in 0..self.tokens.len() {
            let is_both = self
                .tokens
                .get(at)
                .is_some_and(|token| token.is_any(&["both", "all", "ambos"]));
            if let Some(color) = self.hits.from(Category::Color, at + 1).filter(|_| is_both) {
                for vehicle in vehicles
                    .iter_mut()
                    .filter(|vehicle| vehicle.color.is_none())
                {
                    vehicle.color = Some(color.tag.to_string());
                }
            }
        }
    }

    /// The vehicle whose model or body begins at a token.
    fn group(&self, at: usize, counts: &[Count]) -> Option<(Vec<Vehicle>, usize)> {
        let mut vehicle = Vehicle::default();
        let mut to = self.nouns(at, &mut vehicle)?;
        let begin = self.adjectives_before(at, &mut vehicle);
        let plural = self
            .tokens
            .get(to.saturating_sub(1))
            .is_some_and(|token| token.text.ends_with('s') && !token.is("bus"));
        let count = counts.iter().find(|count| {
            count.span.to == begin
                || count.span.to <= begin && self.is_only_filler(count.span.to, begin)
        });
        to = self.adjectives_after(to, &mut vehicle);
        if self.is_not_theirs(count.map_or(begin, |count| count.span.from), to) {
            return Some((Vec::new(), to));
        }
        if let Some((split, end)) = self.split(to, &vehicle) {
            return Some((split, end));
        }
        let is_told = vehicle.color.is_some() || vehicle.model.is_some() || vehicle.make.is_some();
        let times = self.times_after(to);
        vehicle.count = times
            .or(count.map(|count| count.range))
            .or_else(|| (is_told && !plural).then_some(Range::exactly(1)));
        let is_general = vehicle.body.as_deref() == Some("any");
        if is_general {
            vehicle.body = None;
        }
        let is_worth = is_told
            || vehicle.body.is_some() && vehicle.count.is_some()
            || vehicle.body.as_deref() == Some("suv");
        Some((if is_worth { vec![vehicle] } else { Vec::new() }, to))
    }

    /// "x4" behind a noun.
    fn times_after(&self, at: usize) -> Option<Range> {
        let token = self.tokens.get(at)?;
        token
            .text
            .strip_prefix('x')?
            .parse()
            .ok()
            .filter(|n| *n <= 50)
            .map(Range::exactly)
    }

    fn is_only_filler(&self, from: usize, to: usize) -> bool {
        from < to
            && to - from <= 2
            && self.tokens.get(from..to).is_some_and(|gap| {
                gap.iter().all(|token| {
                    token.is_any(&FILLER)
                        || token.is_any(&[
                            "of",
                            "big",
                            "more",
                            "other",
                            "different",
                            "de",
                            "lub",
                            "-",
                        ])
                })
            })
    }

    /// Model and body words from a token on; where they end.
    fn nouns(&self, from: usize, vehicle: &mut Vehicle) -> Option<usize> {
        let mut at = from;
        let mut is_vehicle = false;
        loop {
            if let Some(hit) = self
                .hits
                .from(Category::Model, at)
                .filter(|_| vehicle.model.is_none())
            {
                let mut parts = hit.tag.split('/').map(str::to_owned);
                (vehicle.make, vehicle.model, vehicle.body) =
                    (parts.next(), parts.next(), parts.next());
                is_vehicle = true;
                at = hit.span.to;
            } else if let Some(hit) = self.hits.from(Category::Body, at).filter(|hit| {
                vehicle.body.is_none()
                    || vehicle.model.is_some()
                    || &*hit.tag == "any"
                    || vehicle.body.as_deref() == Some("car")
            }) {
                if vehicle.model.is_none() && (vehicle.body.is_none() || &*hit.tag != "any") {
                    vehicle.body = Some(hit.tag.to_string());
                }
                is_vehicle = true;
                at = hit.span.to;
            } else if let Some(hit) = self
                .hits
                .from(Category::Make, at)
                .filter(|_| !is_vehicle && vehicle.make.is_none())
            {
                let next = hit.span.to;
                if self.hits.from(Category::Model, next).is_none()
                    && self.hits.from(Category::Body, next).is_none()
                {
                    return None;
                }
                vehicle.make = Some(hit.tag.to_string());
                at = next;
            } else {
                break;
            }
        }
        let is_stop = self.tokens.get(at).is_some_and(|token| {
            token.is_any(&[
                "stop", "gates", "station", "lane", "stops", "wash", "alarm", "seat", "accident",
                "crash",
            ])
        });
        (is_vehicle && !is_stop).then_some(at)
    }

    fn adjectives_before(&self, at: usize, vehicle: &mut Vehicle) -> usize {
        let mut begin = at;
        while let Some(before) = begin.checked_sub(1) {
            if let Some(hit) = self.hits.at(Category::Color, before) {
                if vehicle.color.is_none()
                    || hit.span.from + 1 == hit.span.to && vehicle.color.as_deref() == Some("dark")
                {
                    vehicle.color = Some(hit.tag.to_string());
                } else if &*hit.tag != "dark" {
                    break;
                }
                begin = hit.span.from;
            } else if let Some(hit) = self
                .hits
                .at(Category::Make, before)
                .filter(|_| vehicle.model.is_none())
            {
                vehicle.make = Some(hit.tag.to_string());
                begin = hit.span.from;
            } else if self
                .tokens
                .get(before)
                .is_some_and(|token| token.is_any(&FILLER))
                || self.hits.at(Category::Make, before).is_some()
            {
                begin = before;
            } else {
                break;
            }
        }
        begin
    }

    fn adjectives_after(&self, from: usize, vehicle: &mut Vehicle) -> usize {
        let mut at = from;
        if vehicle.color.is_some() {
            return at;
        }
        while self
            .tokens
            .get(at)
            .is_some_and(|token| token.is_any(&["oo", "(", ",", "ah"]))
            && at < from + 2
        {
            at += 1;
        }
        if let Some(hit) = self.hits.from(Category::Color, at)
            && self.hits.from(Category::Model, hit.span.to).is_none()
            && self.hits.from(Category::Body, hit.span.to).is_none()
            && self.hits.from(Category::Uniform, hit.span.to).is_none()
            && self.hits.from(Category::Make, hit.span.to).is_none()
            && !(self
                .tokens
                .get(hit.span.to)
                .is_some_and(|token| token.is(","))
                && self.hits.from(Category::Color, hit.span.to + 1).is_some())
        {
            vehicle.color = Some(hit.tag.to_string());
            return hit.span.to;
        }
        from
    }

    /// "2 Explorers (blk, blue)", "2 Durangos (1 black 1 red)": one of each.
    fn split(&self, at: usize, vehicle: &Vehicle) -> Option<(Vec<Vehicle>, usize)> {
        if vehicle.color.is_some() || !self.tokens.get(at).is_some_and(|token| token.is("(")) {
            return None;
        }
        let end = (at..self.tokens.len().min(at + 12))
            .find(|at| self.tokens.get(*at).is_some_and(|token| token.is(")")))?;
        let colors: Vec<String> = self
            .hits
            .of(Category::Color)
            .filter(|hit| hit.span.from > at && hit.span.to <= end)
            .map(|hit| hit.tag.to_string())
            .collect();
        let is_named = [Category::Model, Category::Body]
            .into_iter()
            .any(|category| {
                self.hits
                    .of(category)
                    .any(|hit| hit.span.from > at && hit.span.to <= end)
            });
        (colors.len() >= 2 && !is_named).then(|| {
            let one = |color| Vehicle {
                color: Some(color),
                count: Some(Range::exactly(1)),
                ..vehicle.clone()
            };
            (colors.into_iter().map(one).collect(), end + 1)
        })
    }

    /// The car that was stopped, or followed, is not theirs.
    fn is_not_theirs(&self, begin: usize, end: usize) -> bool {
        const STOPPED: [&str; 26] = [
            "over",
            "following",
            "in",
            "of",
            "searching",
            "searched",
            "off",
            "stopped",
            "stopping",
            "pararon",
            "parando",
            "revisando",
            "school",
            "joojiyeen",
            "tow",
            "fire",
            "driver",
            "window",
            "behind",
            "food",
            "into",
            "landscaping",
            "roofing",
            "work",
            "siguiendo",
            "detuvieron",
        ];
        let before = |back: usize| begin.checked_sub(back).and_then(|at| self.tokens.get(at));
        let is_article = before(1).is_some_and(|token| {
            token.is_any(&["a", "the", "una", "un", "their", "his", "her", "my"])
        });
        let is_one = self
            .tokens
            .get(begin)
            .is_some_and(|token| token.is_any(&["a", "una", "un", "one", "the"]));
        let led = if is_article { before(2) } else { before(1) };
        let is_led = led.is_some_and(|token| token.is_any(&STOPPED))
            && (is_article
                || is_one
                || led.is_some_and(|token| {
                    token.is_any(&[
                        "school",
                        "tow",
                        "fire",
                        "work",
                        "landscaping",
                        "roofing",
                        "food",
                        "following",
                        "siguiendo",
                        "searching",
                        "revisando",
                        "parando",
                        "joojiyeen",
                    ])
                }));
        let watched = led.is_some_and(|token| token.is_any(&["in", "into"]));
        let is_described = self
            .hits
            .of(Category::Model)
            .any(|hit| hit.span.from >= begin && hit.span.to <= end)
            || self
                .hits
                .of(Category::Color)
                .any(|hit| hit.span.from >= begin && hit.span.to <= end);
        let is_sitting = watched && (is_described || !is_one && !is_article);
        is_led && !is_sitting
            || self
                .tokens
                .get(begin)
                .is_some_and(|token| token.is_any(&["school", "work", "landscaping", "roofing"]))
            || watched && !is_described
    }
}

/// How many vehicles: what was counted in general, or the sum of those described.
pub(crate) fn total(
    general: Option<Range>,
    described: &[Vehicle],
    tokens: &[Token],
) -> Option<Range> {
    let has_total = tokens.iter().any(|token| token.is("total"));
    let sum = described
        .iter()
        .filter_map(|vehicle| vehicle.count)
        .reduce(|a, b| Range {
            min: a.min.saturating_add(b.min),
            max: a.max.zip(b.max).map(|(a, b)| a.saturating_add(b)),
        });
    match (general, sum) {
        (Some(general), Some(sum)) if !has_total && sum.min > general.min => Some(sum),
        (Some(general), _) => Some(general),
        (None, sum) => sum,
    }
}
