//! Vehicles as described: color, make, model, body, how many, and whose.

use crate::domain::{
    parse::{
        count::{Count, Counting},
        details::is_denied,
        lexicon::{Category, Hits},
        salute::Label,
        tokens::{Token, TokenKind},
    },
    place::phrases::Span,
    report::{Range, Vehicle},
};

/// A vehicle, or several alike, and the words that name it.
#[derive(Debug, Clone)]
pub(crate) struct Bunch {
    pub vehicle: Vehicle,
    /// "vehicle", "cars": says nothing but how many.
    pub is_general: bool,
    /// "a van": mentioned rather than counted.
    pub is_article: bool,
    pub span: Span,
}

/// Makes and models beside a color, a count or a body: "black suburban", "ford explorer". No street is meant by them.
pub(crate) fn named(tokens: &[Token], hits: &Hits) -> Vec<Span> {
    let is = |category, at| hits.at(category, at).is_some();
    [Category::Model, Category::Make]
        .into_iter()
        .flat_map(|category| hits.of(category))
        .filter(|hit| {
            let is_counted = |at: usize| {
                tokens
                    .get(at)
                    .is_some_and(|token| token.kind == TokenKind::Number && token.digits == 1)
                    || is(Category::Number, at)
            };
            let is_behind = hit.span.from.checked_sub(1).is_some_and(|before| {
                is(Category::Color, before) || is(Category::Make, before) || is_counted(before)
            });
            let next = hit.span.to;
            let is_before = hits.from(Category::Body, next).is_some()
                || hits.from(Category::Color, next).is_some()
                || hit.category == Category::Make && hits.from(Category::Model, next).is_some();
            is_behind || is_before
        })
        .map(|hit| hit.span)
        .collect()
}

impl Counting<'_> {
    /// "a maroon one", "otra gris": one more of the kind named last.
    pub(crate) fn another_color(
        &self,
        at: usize,
        counts: &[Count],
        known: &[Bunch],
    ) -> Option<(Vec<Bunch>, usize)> {
        let hit = self.hits.from(Category::Color, at)?;
        let last = known.last()?;
        let count = self.count_before(at, at, counts)?;
        let is_one = self.is_any(hit.span.to, &["one", "ones"]);
        let ends = self.tokens.get(hit.span.to).is_none_or(|next| {
            next.kind != TokenKind::Word || self.hits.from(Category::Light, hit.span.to).is_some()
        });
        let is_another = count.is_added && count.span.to == at && ends;
        (is_one || is_another).then(|| {
            let to = hit.span.to + usize::from(is_one);
            let group = Bunch {
                vehicle: Vehicle {
                    color: Some(hit.tag.to_string()),
                    body: last.vehicle.body.clone(),
                    count: Some(count.range),
                    ..Vehicle::default()
                },
                is_general: false,
                is_article: count.is_article,
                span: Span {
                    from: count.span.from,
                    to,
                },
            };
            (vec![group], to)
        })
    }

    /// The vehicles whose model or body begins at a token, and where their words end.
    pub(crate) fn group(
        &self,
        at: usize,
        counts: &[Count],
        known: &[Bunch],
    ) -> Option<(Vec<Bunch>, usize)> {
        let mut vehicle = Vehicle::default();
        let mut to = self.nouns(at, &mut vehicle)?;
        let begin = self.adjectives_before(at, &mut vehicle);
        let is_plural = self
            .tokens
            .get(to.saturating_sub(1))
            .is_some_and(|token| is_plural(&token.text));
        let count = self.count_before(begin, at, counts);
        to = self.adjectives_after(to, &mut vehicle);
        if let Some(make) = self.hits.from(Category::Make, to)
            && vehicle.color.is_some()
            && vehicle.make.is_none()
        {
            // "troca negra ford"
            vehicle.make = Some(make.tag.to_string());
            to = make.span.to;
        }
        if self.is_any(to, &["ah"])
            && vehicle.model.is_none()
            && self.hits.from(Category::Model, to + 1).is_some()
                | self.hits.from(Category::Make, to + 1).is_some()
        {
            let color = vehicle.color.clone();
            to = self.nouns(to + 1, &mut vehicle).unwrap_or(to);
            vehicle.color = vehicle.color.or(color);
        }
        let from = count.map_or(begin, |count| count.span.from);
        if self.is_bus_line(count, at, is_plural) {
            return Some((Vec::new(), to));
        }
        let is_general = vehicle.body.as_deref() == Some("any");
        let is_told = vehicle.color.is_some() || vehicle.model.is_some() || vehicle.make.is_some();
        if is_denied(self.tokens, self.hits, from)
            || self.is_not_theirs(from, to, is_told, is_plural)
            || count.is_none() && self.is_known(begin, &vehicle, known)
        {
            return Some((Vec::new(), to));
        }
        if let Some((split, end)) = self.split(to, &vehicle, count) {
            let groups = split
                .into_iter()
                .map(|vehicle| Bunch {
                    vehicle,
                    is_general: false,
                    is_article: false,
                    span: Span { from, to: end },
                })
                .collect();
            return Some((groups, end));
        }
        let behind = self.behind(to);
        vehicle.count = behind.or(count.map(|count| count.range)).or_else(|| {
            let is_listed = self
                .layout
                .field(Label::Equipment)
                .is_some_and(|field| field.holds(at));
            let is_marked = (begin..at).any(|at| {
                self.hits.at(Category::Filler, at).is_some()
                    && self.token(at).is_some_and(|token| token.text.len() > 5)
            });
            ((is_told || is_listed || is_marked) && !is_plural).then_some(Range::exactly(1))
        });
        if is_general {
            vehicle.body = None;
        }
        let mut groups = Vec::new();
        if let Some(other) = self.shared_noun(from, &vehicle, counts) {
            groups.push(other);
        }
        groups.push(Bunch {
            vehicle,
            is_general: is_general && !is_told,
            is_article: count.is_none_or(|count| count.is_article),
            span: Span { from, to },
        });
        Some((groups, to))
    }

    /// "the 14 bus" is a line, not fourteen buses.
    fn is_bus_line(&self, count: Option<Count>, at: usize, is_plural: bool) -> bool {
        let is_bus = self
            .hits
            .from(Category::Body, at)
            .is_some_and(|hit| &*hit.tag == "bus");
        is_bus && !is_plural && count.is_some_and(|count| count.range.min > 1)
    }

    /// The count that ends where a group begins, inside its adjectives, or a filler word before.
    fn count_before(&self, begin: usize, noun: usize, counts: &[Count]) -> Option<Count> {
        let after = counts.partition_point(|count| count.span.to <= noun);
        let count = counts.get(after.checked_sub(1)?).copied()?;
        let is_next = count.span.to >= begin
            || begin - count.span.to <= 4
                && (count.span.to..begin).all(|at| {
                    self.is_any(at, &["-", "of", "de"])
                        || self.hits.at(Category::Filler, at).is_some()
                        || self.hits.at(Category::Agency, at).is_some()
                        || self.hits.at(Category::Person, at).is_some()
                });
        is_next.then_some(count)
    }

    /// "a black and a white suv": the first has the noun of the second.
    fn shared_noun(&self, from: usize, vehicle: &Vehicle, counts: &[Count]) -> Option<Bunch> {
        let joined = from
            .checked_sub(1)
            .filter(|at| self.is_any(*at, &["and", "&", "y", "iyo", "thiab", "/", ","]))
            .unwrap_or(from);
        let color = self.hits.at(Category::Color, joined.checked_sub(1)?)?;
        let is_free = vehicle.color.as_deref() != Some(&*color.tag);
        let count = self.count_before(color.span.from, color.span.from, counts)?;
        (is_free && count.span.to == color.span.from).then(|| Bunch {
            vehicle: Vehicle {
                color: Some(color.tag.to_string()),
                count: Some(count.range),
                ..vehicle.clone()
            },
            is_general: false,
            is_article: false,
            span: Span {
                from: count.span.from,
                to: joined,
            },
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
                if hit.tag.starts_with('?')
                    && !is_vehicle
                    && !self.is_like_a_car(at, hit.span.to, false)
                {
                    break;
                }
                let mut parts = hit
                    .tag
                    .trim_start_matches('?')
                    .split('/')
                    .map(str::to_owned);
                (vehicle.make, vehicle.model, vehicle.body) = (
                    parts.next(),
                    parts.next().filter(|model| !model.is_empty()),
                    parts.next(),
                );
                is_vehicle = true;
                at = hit.span.to;
            } else if let Some(hit) = self.hits.from(Category::Body, at).filter(|hit| {
                // "se van", "van saliendo" is a verb.
                let is_verb = self
                    .hits
                    .at(Category::Activity, at)
                    .is_some_and(|activity| matches!(&*activity.tag, "leaving" | "driving"));
                if is_verb {
                    return false;
                }
                vehicle.body.is_none()
                    || vehicle.model.is_some()
                    || &*hit.tag == "any"
                    || matches!(vehicle.body.as_deref(), Some("car" | "any"))
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
                vehicle.make = Some(hit.tag.to_string());
                at = hit.span.to;
                if self.hits.from(Category::Model, at).is_none()
                    && self.hits.from(Category::Body, at).is_none()
                {
                    // "a black ford" is a car; "Ford" alone may be anything.
                    return self.is_like_a_car(from, at, true).then_some(at);
                }
            } else if is_vehicle
                && self.is_any(at, &["-", "/"])
                && self.hits.from(Category::Model, at + 1).is_some()
                && vehicle.model.is_none()
            {
                at += 1;
            } else {
                break;
            }
        }
        is_vehicle.then_some(at)
    }

    /// A word that is also something else ("escape", "edge") is a car beside a color, a make, a count or a body.
    fn is_like_a_car(&self, from: usize, to: usize, or_article: bool) -> bool {
        let is_color_before = from.checked_sub(1).is_some_and(|before| {
            self.hits.at(Category::Color, before).is_some()
                || self.hits.at(Category::Make, before).is_some()
                || self
                    .hits
                    .at(Category::Number, before)
                    .is_some_and(|hit| hit.span.to == from && (or_article || &*hit.tag != "1"))
                || self
                    .tokens
                    .get(before)
                    .is_some_and(|token| token.kind == TokenKind::Number && token.digits <= 2)
                || self.tokens.get(before).is_some_and(is_year)
        });
        is_color_before
            || self.hits.from(Category::Body, to).is_some()
            || self
                .hits
                .from(
                    Category::Color,
                    if self.is_any(to, &["(", ","]) {
                        to + 1
                    } else {
                        to
                    },
                )
                .is_some_and(|hit| self.hits.from(Category::Uniform, hit.span.to).is_none())
    }

    fn adjectives_before(&self, at: usize, vehicle: &mut Vehicle) -> usize {
        let mut begin = at;
        while let Some(before) = begin.checked_sub(1) {
            if let Some(hit) = self.hits.at(Category::Color, before) {
                if vehicle.color.is_none() || vehicle.color.as_deref() == Some("dark") {
                    vehicle.color = Some(hit.tag.to_string());
                } else if &*hit.tag != "dark" {
                    break;
                }
                begin = hit.span.from;
            } else if let Some(hit) = self.hits.at(Category::Make, before) {
                if vehicle.model.is_none() {
                    vehicle.make = Some(hit.tag.to_string());
                }
                begin = hit.span.from;
            } else if let Some(hit) = self.hits.at(Category::Filler, before) {
                begin = hit.span.from;
            } else if self.tokens.get(before).is_some_and(is_year) {
                begin = before;
            } else {
                break;
            }
        }
        begin
    }

    fn adjectives_after(&self, from: usize, vehicle: &mut Vehicle) -> usize {
        if vehicle
            .color
            .as_deref()
            .is_some_and(|color| color != "dark")
        {
            return from;
        }
        let mut at = from;
        while at < from + 4
            && (self
                .tokens
                .get(at)
                .is_some_and(|token| token.is_any(&["(", ",", "-"]) || is_year(token))
                || self
                    .hits
                    .from(Category::Filler, at)
                    .is_some_and(|hit| hit.span.to == at + 1))
        {
            at += 1;
        }
        let Some(hit) = self.hits.from(Category::Color, at) else {
            return from;
        };
        let is_of_something_else = [
            Category::Model,
            Category::Body,
            Category::Uniform,
            Category::Make,
            Category::Color,
            Category::Person,
        ]
        .into_iter()
        .any(|category| {
            let next = hit.span.to;
            if self.is_any(next, &["ah"]) {
                return false;
            }
            self.hits.from(category, next).is_some()
                || (next..next + 2).contains(&at) && self.hits.from(category, next + 1).is_some()
        });
        let lists_colors = self.is_any(hit.span.to, &[",", "/", "and", "&"])
            && self.hits.from(Category::Color, hit.span.to + 1).is_some();
        let is_light = |tag: &str| tag == "dark" && vehicle.color.is_some();
        if is_of_something_else && !self.is_two_words(hit.span.to)
            || lists_colors
            || is_light(&hit.tag)
        {
            return from;
        }
        let dark = self
            .hits
            .from(Category::Color, hit.span.to)
            .filter(|next| &*next.tag == "dark");
        vehicle.color = Some(hit.tag.to_string());
        dark.map_or(hit.span.to, |dark| dark.span.to)
    }

    /// "azul oscuro": the second color word only shades the first.
    fn is_two_words(&self, at: usize) -> bool {
        self.hits
            .from(Category::Color, at)
            .is_some_and(|hit| &*hit.tag == "dark")
    }

    /// "2 Explorers (blk, blue)", "2 Durangos (1 black 1 red)", "two suvs, one black one white": one of each.
    fn split(
        &self,
        at: usize,
        vehicle: &Vehicle,
        count: Option<Count>,
    ) -> Option<(Vec<Vehicle>, usize)> {
        if vehicle.color.is_some() {
            return None;
        }
        let is_open = self.is_any(at, &["("]);
        let is_listed = is_open || self.is_any(at, &[",", ":", "-"]);
        let mut next = if is_listed { at + 1 } else { at };
        let mut colors: Vec<(String, Range)> = Vec::new();
        let mut counts = 0;
        let mut so_many = Range::exactly(1);
        while next < at + 14 {
            if let Some(hit) = self.hits.from(Category::Color, next) {
                colors.push((hit.tag.to_string(), so_many));
                so_many = Range::exactly(1);
                next = hit.span.to;
            } else if let Some(count) = self.count(next).filter(|count| {
                !count.is_led
                    && (count.range == Range::exactly(1)
                        || self.hits.from(Category::Color, count.span.to).is_some())
            }) {
                counts += 1;
                so_many = count.range;
                next = count.span.to;
            } else if self.is_any(
                next,
                &[
                    ",", "and", "&", "/", "y", "iyo", "thiab", "the", "other", "la", "el", "otra",
                    "otro",
                ],
            ) {
                next += 1;
            } else {
                break;
            }
        }
        let closes = !is_open || self.is_any(next, &[")"]);
        let names_more = [
            Category::Model,
            Category::Body,
            Category::Make,
            Category::Uniform,
        ]
        .into_iter()
        .any(|category| self.hits.from(category, next).is_some());
        let is_told = count.is_some_and(|count| {
            u32::try_from(colors.len()).is_ok_and(|colors| count.range == Range::exactly(colors))
        });
        let is_split = colors.len() >= 2 && (is_open || is_told || counts + 1 >= colors.len());
        (is_split && closes && !names_more).then(|| {
            let one = |(color, count)| Vehicle {
                color: Some(color),
                count: Some(count),
                body: vehicle.body.clone().filter(|body| body != "any"),
                ..vehicle.clone()
            };
            let end = if is_open { next + 1 } else { next };
            (colors.into_iter().map(one).collect(), end)
        })
    }

    /// "the suv", after one was described, is the same one.
    fn is_known(&self, begin: usize, vehicle: &Vehicle, known: &[Bunch]) -> bool {
        let is_same = |group: &Bunch| {
            let alike = |one: &Option<String>, other: &Option<String>| {
                one.is_none() || other.is_none() || one == other
            };
            let general = |body: &Option<String>| {
                body.as_deref()
                    .is_none_or(|body| matches!(body, "any" | "car"))
            };
            alike(&group.vehicle.color, &vehicle.color)
                && alike(&group.vehicle.model, &vehicle.model)
                && (general(&vehicle.body)
                    || general(&group.vehicle.body)
                    || group.vehicle.body == vehicle.body)
        };
        let is_pointed_at = begin.checked_sub(1).is_some_and(|before| {
            self.hits
                .at(Category::Owner, before)
                .is_some_and(|hit| &*hit.tag == "same")
        }) || self
            .hits
            .at(Category::Owner, begin)
            .is_some_and(|hit| &*hit.tag == "same");
        is_pointed_at && known.iter().any(is_same)
    }

    /// The car that was stopped or followed, a neighbor's, the school bus, the ambulance.
    fn is_not_theirs(&self, begin: usize, end: usize, is_told: bool, is_plural: bool) -> bool {
        let owner = |at: usize| self.hits.at(Category::Owner, at).map(|hit| &*hit.tag);
        let is_civil = (begin..end)
            .chain(begin.checked_sub(1))
            .any(|at| owner(at) == Some("civil"));
        if is_civil {
            return true;
        }
        let mut at = begin;
        for _ in 0..3 {
            let Some(before) = at.checked_sub(1) else {
                break;
            };
            match owner(before) {
                Some("stopped" | "own") => return true,
                Some("their") => return !is_told && !is_plural,
                Some("inside") => {
                    let is_bystanders = before
                        .checked_sub(1)
                        .is_some_and(|who| self.hits.at(Category::Bystander, who).is_some());
                    return is_bystanders || !is_told && at == begin && !self.is_article(begin);
                }
                _ => {}
            }
            if self.is_article(before) || self.is_any(before, &["of", "de"]) {
                at = before;
            } else {
                break;
            }
        }
        let is_held = self.is_any(end, &["pulled", "stopped", "boxed", "parado", "parada"])
            && begin.checked_sub(1).is_some_and(|before| {
                self.is_any(before, &["has", "have", "had", "got", "with", "tienen"])
            });
        if owner(begin) == Some("own") || is_held {
            return true;
        }
        // "a red civic being pulled over"
        let mut next = end;
        while next < end + 3 && self.hits.from(Category::Light, next).is_some() {
            next += 1;
        }
        self.hits
            .all_from(Category::Owner, next)
            .any(|hit| &*hit.tag == "stopped_by" || next > end && &*hit.tag == "stopped")
    }

    fn is_article(&self, at: usize) -> bool {
        self.is_any(
            at,
            &[
                "a", "an", "the", "un", "una", "el", "la", "ib", "hal", "one", "this", "some",
                "their",
            ],
        )
    }
}

fn is_plural(word: &str) -> bool {
    word.ends_with('s') && !word.ends_with("us") && !word.ends_with("ss") || word == "gawaari"
}

fn is_year(token: &Token) -> bool {
    token.kind == TokenKind::Number
        && token.digits == 4
        && token
            .number
            .is_some_and(|year| (1990..=2030).contains(&year))
}
