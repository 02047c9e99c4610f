//! Counts: "3-4", "about 5", "at least 8", "a dozen", and what they count.

use crate::domain::{
    parse::{
        lexicon::{Category, Hits, number},
        salute::{Label, Layout},
        tokens::{Token, TokenKind},
    },
    place::phrases::Span,
    report::Range,
};

/// A count in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub range: Range,
    pub span: Span,
    /// "about", "at least" and the like stood before it: a count of people even without a noun.
    pub is_led: bool,
    /// "a", "one": a single thing mentioned rather than counted.
    pub is_article: bool,
}

/// The text counts are looked for in.
pub(crate) struct Counting<'a> {
    pub tokens: &'a [Token],
    pub open: &'a [bool],
    pub hits: &'a Hits,
    pub layout: &'a Layout,
}

/// What a count counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Noun {
    /// Agents for certain.
    Agents,
    /// People of some kind.
    Anyone,
    Vehicles,
    /// Neighbors, or something else entirely.
    Other,
}

/// Nothing is counted beyond this.
const MOST: u32 = 500;

impl Counting<'_> {
    fn token(&self, at: usize) -> Option<&Token> {
        self.tokens
            .get(at)
            .filter(|_| self.open.get(at).copied().unwrap_or(false))
    }

    fn is_any(&self, at: usize, texts: &[&str]) -> bool {
        self.token(at).is_some_and(|token| token.is_any(texts))
    }

    /// A plain number, in digits or words: its value, whether open-ended, its end.
    fn number(&self, at: usize) -> Option<(u32, bool, usize)> {
        let token = self.token(at)?;
        let is_times =
            token.kind == TokenKind::Mixed && token.text.get(token.digits..) == Some("x");
        if token.digits > 0 && token.digits <= 3 && (token.kind == TokenKind::Number || is_times) {
            return token
                .number
                .filter(|n| *n <= MOST)
                .map(|n| (n, false, at + 1));
        }
        let hit = self.hits.from(Category::Number, at)?;
        let (value, is_open) = number(&hit.tag)?;
        Some((value, is_open, hit.span.to))
    }

    /// The count that begins at a token.
    pub(crate) fn count(&self, start: usize) -> Option<Count> {
        let mut at = start;
        let mut is_led = false;
        let mut is_open = false;
        while let Some((to, opens)) = self.lead(at) {
            is_led = true;
            is_open |= opens;
            at = to;
        }
        let (min, opens, mut to) = self.number(at)?;
        is_open |= opens;
        let mut max = Some(min);
        if let Some((next, _, end)) = self.number(to + 1)
            && self.is_any(to, &["-", "to", "or", "o", "ama", "a"])
            && next >= min
        {
            max = Some(next);
            to = end;
        }
        if self.is_any(to, &["ish"]) {
            is_led = true;
            to += 1;
        }
        if self.is_any(to, &["+"]) && self.token(to).is_some_and(|token| token.glued) {
            is_open = true;
            is_led = true;
            to += 1;
        }
        if self.is_any(to, &["or"]) && self.is_any(to + 1, &["more", "so"]) {
            is_open |= self.is_any(to + 1, &["more"]);
            to += 2;
        }
        if self.is_any(to, &["x"]) {
            to += 1;
        }
        let is_article = min == 1
            && to == at + 1
            && self.is_any(
                at,
                &[
                    "a", "an", "one", "un", "una", "another", "single", "hal", "ib",
                ],
            );
        let range = Range {
            min,
            max: if is_open { None } else { max },
        };
        Some(Count {
            range,
            span: Span { from: start, to },
            is_led,
            is_article,
        })
    }

    /// "about", "at least", "more than" before a number; whether it leaves the count open.
    fn lead(&self, at: usize) -> Option<(usize, bool)> {
        if self.is_any(at, &["at"]) && self.is_any(at + 1, &["least"])
            || self.is_any(at, &["al"]) && self.is_any(at + 1, &["menos"])
        {
            return Some((at + 2, true));
        }
        if self.is_any(at, &["more"]) && self.is_any(at + 1, &["than"])
            || self.is_any(at, &["mas"]) && self.is_any(at + 1, &["de"])
        {
            return Some((at + 2, true));
        }
        if self.is_any(at, &["over"])
            && self.token(at + 1).is_some_and(|next| next.number.is_some())
        {
            return Some((at + 1, true));
        }
        self.is_any(
            at,
            &[
                "about",
                "around",
                "~",
                "like",
                "maybe",
                "approx",
                "approximately",
                "roughly",
                "como",
                "unos",
            ],
        )
        .then_some((at + 1, false))
    }

    /// Every count, none inside another.
    pub(crate) fn counts(&self) -> Vec<Count> {
        let mut counts = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            match self.count(at) {
                Some(count) => {
                    at = count.span.to;
                    counts.push(count);
                }
                None => at += 1,
            }
        }
        counts
    }

    /// What a count counts, looking a few words ahead over adjectives.
    fn noun(&self, count: Count) -> Option<(Noun, usize)> {
        let mut at = count.span.to;
        let mut agency = None;
        for _ in 0..6 {
            if let Some(hit) = self.hits.from(Category::Bystander, at) {
                return Some((Noun::Other, hit.span.to));
            }
            if self.is_moment(at) {
                return Some((Noun::Other, at));
            }
            let is_bus =
                self.is_any(at, &["bus"]) && self.is_any(at + 1, &["stop", "gates", "station"]);
            if is_bus
                || self.is_any(
                    at,
                    &[
                        "block", "blk", "blocks", "houses", "doors", "units", "st", "ave",
                    ],
                )
            {
                return Some((Noun::Other, at));
            }
            if let Some(hit) = self
                .hits
                .from(Category::Body, at)
                .or_else(|| self.hits.from(Category::Model, at))
            {
                return Some((Noun::Vehicles, hit.span.to));
            }
            if let Some(hit) = self.hits.from(Category::Person, at) {
                let noun = if &*hit.tag == "agent" || agency.is_some() {
                    Noun::Agents
                } else {
                    Noun::Anyone
                };
                return Some((
                    self.vehicle_after(hit.span.to)
                        .map_or(noun, |_| Noun::Vehicles),
                    hit.span.to,
                ));
            }
            if let Some(hit) = self.hits.from(Category::Agency, at) {
                agency = Some(hit.span.to);
                at = hit.span.to;
                continue;
            }
            let skipped = [Category::Color, Category::Make, Category::Uniform]
                .into_iter()
                .find_map(|category| self.hits.from(category, at))
                .map(|hit| hit.span.to);
            match skipped {
                Some(to) => at = to,
                None if self.is_any(at, &FILLER) => at += 1,
                None => break,
            }
        }
        let end = agency?;
        Some((Noun::Agents, end))
    }

    /// "2 agent vehicles" counts vehicles.
    fn vehicle_after(&self, at: usize) -> Option<Span> {
        self.hits.from(Category::Body, at).map(|hit| hit.span)
    }

    fn is_moment(&self, at: usize) -> bool {
        self.hits
            .from(Category::Time, at)
            .is_some_and(|hit| matches!(&*hit.tag, "minute" | "hour"))
            || self
                .token(at)
                .is_some_and(|token| token.glued && token.is_any(&[":", "/", "%", "$"]))
    }

    /// How many agents.
    pub(crate) fn people(&self) -> Option<Range> {
        if let Some(field) = self.layout.field(Label::Size)
            && let Some(found) = self.people_in_field(field)
        {
            return Some(found);
        }
        let mut found: Vec<(Count, Noun)> = Vec::new();
        for count in self.counts() {
            let noun = self.noun(count).map(|(noun, _)| noun);
            match noun {
                Some(Noun::Agents) => found.push((count, Noun::Agents)),
                Some(Noun::Anyone) if !self.is_victim(count.span.from) => {
                    found.push((count, Noun::Anyone))
                }
                None if count.is_led && !count.is_article && !self.is_victim(count.span.from) => {
                    found.push((count, Noun::Anyone))
                }
                None if self.stands_alone(count) => found.push((count, Noun::Anyone)),
                _ => {}
            }
        }
        found.extend(self.behind().into_iter().map(|count| (count, Noun::Agents)));
        sum(&found)
    }

    /// The size field: a bare number there counts people.
    fn people_in_field(&self, field: Span) -> Option<Range> {
        let mut total: Option<Range> = None;
        for count in self
            .counts()
            .into_iter()
            .filter(|count| field.holds(count.span.from))
        {
            match self.noun(count).map(|(noun, _)| noun) {
                Some(Noun::Vehicles | Noun::Other) => {}
                Some(Noun::Agents | Noun::Anyone) => {
                    total = Some(total.map_or(count.range, |so_far| largest(so_far, count.range)))
                }
                None if total.is_none() && !count.is_article => total = Some(count.range),
                None => {}
            }
        }
        total
    }

    /// "2 or 3" as a sentence of its own: "in alley, flashlights. 2 or 3".
    fn stands_alone(&self, count: Count) -> bool {
        let is_edge = |token: Option<&Token>| {
            token.is_none_or(|token| token.is_any(&[".", ",", "\n", ";", "!"]))
        };
        let before = count
            .span
            .from
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at));
        let is_several = count.range.max.is_none_or(|max| max > count.range.min);
        is_several
            && !count.is_article
            && is_edge(before)
            && is_edge(self.tokens.get(count.span.to))
    }

    /// "agents (3)", "HSI jackets x2".
    fn behind(&self) -> Vec<Count> {
        let mut counts = Vec::new();
        for at in 0..self.tokens.len() {
            let is_times = |text: &str| {
                text.strip_prefix('x')
                    .and_then(|digits| digits.parse::<u32>().ok())
            };
            let opens = self.is_any(at, &["("]) && self.is_any(at + 2, &[")"]);
            let is_agents_before = at.checked_sub(1).is_some_and(|before| {
                self.hits.at(Category::Person, before).is_some()
                    || self.hits.at(Category::Uniform, before).is_some()
            });
            if !is_agents_before {
                continue;
            }
            let number = if opens {
                self.token(at + 1).and_then(|token| token.number)
            } else {
                self.token(at).and_then(|token| is_times(&token.text))
            };
            if let Some(number) = number.filter(|number| *number <= MOST) {
                counts.push(Count {
                    range: Range::exactly(number),
                    span: Span {
                        from: at,
                        to: at + 1,
                    },
                    is_led: false,
                    is_article: false,
                });
            }
        }
        counts
    }

    /// Whether the counted are those who were stopped: "grabbed 2 people".
    fn is_victim(&self, at: usize) -> bool {
        (1..=3)
            .map_while(|back| at.checked_sub(back))
            .any(|before| {
                self.hits
                    .of(Category::Cue)
                    .any(|cue| &*cue.tag == "victim" && cue.span.holds(before))
            })
    }

    /// How many of their vehicles are counted without being described: "3 vehicles", "ICE vehicles x4".
    pub(crate) fn vehicles(&self) -> Option<Range> {
        let mut found: Option<Range> = None;
        for count in self.counts() {
            let Some((Noun::Vehicles, end)) = self.noun(count) else {
                continue;
            };
            let is_general = self
                .hits
                .at(Category::Body, end.saturating_sub(1))
                .is_some_and(|hit| &*hit.tag == "any");
            if is_general && !count.is_article {
                found = Some(found.map_or(count.range, |so_far| largest(so_far, count.range)));
            }
        }
        found
    }
}

const FILLER: [&str; 45] = [
    "of",
    "the",
    "these",
    "those",
    "more",
    "other",
    "different",
    "big",
    "large",
    "white",
    "plain",
    "federal",
    "armed",
    "total",
    "de",
    "la",
    "oo",
    "ah",
    "con",
    "unmarked",
    "marked",
    "tinted",
    "long",
    "male",
    "female",
    "new",
    "unidentified",
    "suspected",
    "possible",
    "visible",
    "additional",
    "ice",
    "masked",
    "young",
    "tall",
    "government",
    "gov",
    "full",
    "suspicious",
    "las",
    "los",
    "lub",
    "tus",
    "-",
    "colored",
];

fn largest(a: Range, b: Range) -> Range {
    if (b.max.unwrap_or(b.min), b.min) > (a.max.unwrap_or(a.min), a.min) {
        b
    } else {
        a
    }
}

/// Counts of people together: singles are added up, and what a "+" or "and" joins; else the largest is meant.
fn sum(found: &[(Count, Noun)]) -> Option<Range> {
    let (first, _) = found.first()?;
    let are_singles = found
        .iter()
        .all(|(count, _)| count.range == Range::exactly(1));
    if are_singles {
        let n = u32::try_from(found.len()).unwrap_or(MOST);
        return Some(Range::exactly(n));
    }
    Some(found.iter().fold(first.range, |so_far, (count, _)| {
        largest(so_far, count.range)
    }))
}
