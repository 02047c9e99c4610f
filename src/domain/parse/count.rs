//! Counts: "3-4", "about 5", "at least 8", "a dozen", "dos o tres", "ob peb", and the noun that each of them counts.

use crate::domain::{
    parse::{
        lexicon::{Category, Hits, number},
        salute::Layout,
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
    /// "+ 1", "another", "2 more": comes on top of what was counted before.
    pub is_added: bool,
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
pub(crate) enum Noun {
    /// Agents for certain.
    Agents,
    /// Local police: counted only where nobody else is.
    Police,
    /// People of some kind.
    Anyone,
    /// Known by what they wear: "3 vests".
    Clothes,
    Vehicles,
    /// Neighbors, or something else entirely.
    Other,
}

/// A noun behind a count, and the tokens of its last word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    pub noun: Noun,
    pub head: Span,
}

/// Nothing is counted beyond this.
pub(crate) const MOST: u32 = 500;

/// "at least about": so many lead words may stand before a number. A chain of them must not be read again from each of them.
const MOST_LEADS: usize = 3;

/// So many words may stand between a count and its noun.
const FAR: usize = 7;

impl Counting<'_> {
    pub(crate) fn token(&self, at: usize) -> Option<&Token> {
        self.tokens
            .get(at)
            .filter(|_| self.open.get(at).copied().unwrap_or(false))
    }

    pub(crate) fn is_any(&self, at: usize, texts: &[&str]) -> bool {
        self.token(at).is_some_and(|token| token.is_any(texts))
    }

    /// The end of a count word of this meaning that begins at a token.
    pub(crate) fn count_word(&self, at: usize, tag: &str) -> Option<usize> {
        self.hits
            .all_from(Category::Count, at)
            .find(|hit| &*hit.tag == tag)
            .map(|hit| hit.span.to)
    }

    /// A plain number, in digits or words: its value, whether open-ended, its end.
    fn number(&self, at: usize) -> Option<(u32, bool, usize)> {
        let token = self.token(at)?;
        let tail = token.text.get(token.digits..).unwrap_or_default();
        let is_plain = token.kind == TokenKind::Number || tail == "x";
        if token.digits > 0 && token.digits <= 3 && is_plain && !self.is_part(at) {
            return token
                .number
                .filter(|n| (1..=MOST).contains(n) && !token.text.starts_with('0'))
                .map(|n| (n, false, at + 1));
        }
        let hit = self.hits.from(Category::Number, at)?;
        let (value, is_open) = number(&hit.tag)?;
        Some((value, is_open, hit.span.to))
    }

    /// Part of a clock time, a price, a date, or the number of a house, a floor or a bus line.
    fn is_part(&self, at: usize) -> bool {
        let glued = |at: usize, signs: &[&str]| {
            self.tokens
                .get(at)
                .is_some_and(|token| token.glued && token.is_any(signs))
        };
        let is_number = |at: usize| {
            self.tokens
                .get(at)
                .is_some_and(|token| token.glued && token.digits > 0)
        };
        let before = at.checked_sub(1);
        let is_glued = self.tokens.get(at).is_some_and(|token| token.glued);
        let is_behind = is_glued
            && before.is_some_and(|before| {
                self.tokens
                    .get(before)
                    .is_some_and(|token| token.is_any(&["$", "#"]))
                    || glued(before, &[":", "."])
                        && before
                            .checked_sub(1)
                            .and_then(|first| self.tokens.get(first))
                            .is_some_and(|first| first.digits > 0)
            });
        let is_numbered = before.is_some_and(|before| {
            self.hits
                .at(Category::Thing, before)
                .is_some_and(|hit| &*hit.tag == "numbered" && hit.span.to == at)
                && !self.is_counted_anyway(at + 1)
        });
        is_behind
            || is_numbered
            || glued(at + 1, &[":", "."]) && is_number(at + 2)
            || glued(at + 1, &["%"])
    }

    /// "unit 3 agents" is no unit number: a noun of ours follows.
    fn is_counted_anyway(&self, at: usize) -> bool {
        [Category::Person, Category::Body, Category::Model]
            .into_iter()
            .any(|category| self.hits.from(category, at).is_some())
    }

    /// The count that begins at a token.
    pub(crate) fn count(&self, start: usize) -> Option<Count> {
        let (mut at, mut is_led, mut is_open, mut is_between) = (start, false, false, false);
        let mut is_added = false;
        for _ in 0..MOST_LEADS {
            if let Some(to) = self.count_word(at, "least") {
                (at, is_led, is_open) = (to, true, true);
            } else if let Some(to) = self.count_word(at, "about") {
                (at, is_led) = (to, true);
            } else if let Some(to) = self.count_word(at, "between") {
                (at, is_between) = (to, true);
            } else if let Some(to) = self.count_word(at, "added") {
                (at, is_added) = (to, true);
            } else if self.is_any(at, &["~", ">"]) {
                is_open |= self.is_any(at, &[">"]);
                (at, is_led) = (at + 1, true);
            } else {
                break;
            }
        }
        let Some((first, opens, mut to)) = self.number(at) else {
            return is_added.then(|| self.another(start, at)).flatten();
        };
        let is_article = first == 1
            && to == at + 1
            && self.token(at).is_some_and(|token| {
                token.digits == 0 && (!is_led || token.is_any(&["a", "an", "un", "una", "another"]))
            });
        is_open |= opens;
        let (mut min, mut max) = (first, Some(first));
        if let Some((next, end)) = self.second(to, first, is_between, is_article) {
            (min, max) = (first.min(next), Some(first.max(next)));
            to = end;
        }
        if let Some(end) = self.count_word(to, "about")
            && self.is_any(to, &["ish", "or", "so", "mas", "give"])
        {
            (is_led, to) = (true, end);
        }
        let plus = self.tokens.get(to).filter(|token| token.is("+"));
        if plus.is_some_and(|plus| plus.glued || self.number(to + 1).is_none()) {
            (is_open, is_led, to) = (true, true, to + 1);
        }
        let more = self.count_word(to, "more").or_else(|| {
            // "15 plus suvs"
            let is_plus = self.is_any(to, &["plus"]) && self.number(to + 1).is_none();
            (is_plus && self.is_counted_anyway(to + 1)).then_some(to + 1)
        });
        if let Some(end) = more {
            (is_open, to) = (true, end);
        }
        if self.is_any(to, &["x"]) {
            to += 1;
        }
        if let Some(end) = self.count_word(to, "added") {
            (is_added, to) = (true, end);
        }
        is_added |= start
            .checked_sub(1)
            .is_some_and(|before| self.is_any(before, &["+"]));
        Some(Count {
            range: Range {
                min,
                max: if is_open { None } else { max },
            },
            span: Span { from: start, to },
            is_led,
            is_article,
            is_added,
        })
    }

    /// "another" without a number is one more.
    fn another(&self, from: usize, to: usize) -> Option<Count> {
        self.count_word(from, "another").map(|_| Count {
            range: Range::exactly(1),
            span: Span { from, to },
            is_led: false,
            is_article: true,
            is_added: true,
        })
    }

    /// The other end of a range: "-4", "or 6", "and 8" after "between", or simply the next number, "5 6 guys".
    fn second(
        &self,
        at: usize,
        first: u32,
        is_between: bool,
        is_article: bool,
    ) -> Option<(u32, usize)> {
        if is_article {
            return None;
        }
        let maybe = if self.is_any(at, &[","]) { at + 1 } else { at };
        let maybe = self
            .count_word(maybe, "maybe")
            .or_else(|| (maybe == at).then_some(at));
        if let Some(maybe) = maybe
            && let Some((next, _, end)) = self.number(maybe)
            && (next == first + 1 || maybe > at && next > first && next <= first * 2)
        {
            return Some((next, end));
        }
        let is_slash = self.is_any(at, &["/"]);
        let is_and = is_between && self.is_any(at, &["and", "&", "y", "iyo", "thiab"]);
        // "8 a 10" is Spanish, also between English words.
        let is_a = self.is_any(at, &["a"])
            && self.token(at + 1).is_some_and(|next| next.digits > 0)
            && at
                .checked_sub(1)
                .and_then(|at| self.token(at))
                .is_some_and(|one| one.digits > 0);
        let begin = if is_slash || is_and || is_a || self.is_any(at, &["-"]) {
            at + 1
        } else {
            self.count_word(at, "or")?
        };
        let (next, _, end) = self.number(begin)?;
        let fits = if is_slash {
            next == first + 1
        } else {
            next > first && next <= first * 3 + 5
                || !self.is_any(at, &["-"]) && next + 2 >= first && next != first
        };
        fits.then_some((next, end))
    }

    /// Every count, none inside another.
    pub(crate) fn counts(&self) -> Vec<Count> {
        let mut counts = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            match self.count(at) {
                Some(count) => {
                    at = count.span.to.max(at + 1);
                    counts.push(count);
                }
                None => at += 1,
            }
        }
        counts
    }

    /// What a count counts, looking a few words ahead over adjectives.
    pub(crate) fn noun(&self, count: Count) -> Option<Counted> {
        let mut at = count.span.to;
        let mut agency: Option<Counted> = None;
        let mut clothes: Option<Span> = None;
        let mut is_leading = true;
        for _ in 0..FAR {
            if let Some(noun) = self.noun_at(at, agency) {
                return Some(noun);
            }
            if let Some(hit) = self.hits.from(Category::Agency, at) {
                let noun = if &*hit.tag == "LOCAL_POLICE" {
                    Noun::Police
                } else {
                    Noun::Agents
                };
                agency = Some(Counted {
                    noun,
                    head: hit.span,
                });
                at = hit.span.to;
                continue;
            }
            if let Some(hit) = self.hits.from(Category::Uniform, at) {
                clothes = clothes.or(is_leading.then_some(hit.span));
                at = hit.span.to;
                continue;
            }
            let skipped = [Category::Color, Category::Make, Category::Filler]
                .into_iter()
                .find_map(|category| self.hits.from(category, at))
                .map(|hit| hit.span.to);
            match skipped {
                Some(to) => at = to,
                None if self.is_any(at, &["-"]) => at += 1,
                None => break,
            }
            is_leading &= agency.is_none();
        }
        let is_mention = count.is_article
            && self
                .token(count.span.from)
                .is_some_and(|token| token.is_any(&["a", "an", "un", "una"]));
        let clothed = clothes.map(|head| Counted {
            noun: Noun::Clothes,
            head,
        });
        agency.or(clothed).filter(|_| !is_mention)
    }

    /// The noun that begins at a token, if one does.
    fn noun_at(&self, at: usize, agency: Option<Counted>) -> Option<Counted> {
        let other = |head| {
            Some(Counted {
                noun: Noun::Other,
                head,
            })
        };
        if let Some(hit) = self
            .hits
            .from(Category::Bystander, at)
            .filter(|hit| &*hit.tag != "speaker")
        {
            return other(hit.span);
        }
        if self.is_moment(at)
            || self
                .hits
                .from(Category::Thing, at)
                .is_some_and(|hit| &*hit.tag != "numbered")
        {
            return other(Span {
                from: at,
                to: at + 1,
            });
        }
        if let Some(hit) = self
            .hits
            .from(Category::Body, at)
            .or_else(|| self.hits.from(Category::Model, at))
        {
            return Some(Counted {
                noun: Noun::Vehicles,
                head: hit.span,
            });
        }
        let hit = self.hits.from(Category::Person, at)?;
        if let Some(body) = self.hits.from(Category::Body, hit.span.to) {
            // "2 agent vehicles"
            return Some(Counted {
                noun: Noun::Vehicles,
                head: body.span,
            });
        }
        let noun = match (&*hit.tag, agency) {
            (_, Some(agency)) => agency.noun,
            ("agent", None) => Noun::Agents,
            ("police", None) => Noun::Police,
            (_, None) => Noun::Anyone,
        };
        Some(Counted {
            noun,
            head: hit.span,
        })
    }

    fn is_moment(&self, at: usize) -> bool {
        self.hits
            .from(Category::Time, at)
            .is_some_and(|hit| matches!(&*hit.tag, "minute" | "hour" | "am" | "pm" | "second"))
    }

    /// "agents (3)", "HSI jackets x2", "vehicles: 2" behind a noun that ends before this token.
    pub(crate) fn behind(&self, at: usize) -> Option<Range> {
        let token = self.token(at)?;
        let small = |at: usize| {
            self.token(at)
                .filter(|token| token.kind == TokenKind::Number && token.digits <= 2)
                .and_then(|token| token.number)
                .filter(|n| *n > 0)
        };
        if let Some(number) = token
            .text
            .strip_prefix('x')
            .and_then(|digits| digits.parse::<u32>().ok())
        {
            return (1..=99).contains(&number).then(|| Range::exactly(number));
        }
        if token.is("x") {
            return small(at + 1).map(Range::exactly);
        }
        if self.count_word(at, "many").is_some() {
            return Some(Range { min: 5, max: None });
        }
        if token.is("(") {
            let count = self.count(at + 1)?;
            return self.is_any(count.span.to, &[")"]).then_some(count.range);
        }
        if token.is_any(&[":", "=", "-"]) {
            let count = self.count(at + 1)?;
            let ends = self.tokens.get(count.span.to).is_none_or(|next| {
                next.is_any(&[",", ";", ".", "/", ")"]) || next.kind == TokenKind::Newline
            });
            return (ends && !count.is_article).then_some(count.range);
        }
        None
    }
}

/// The larger of two counts.
pub(crate) fn largest(a: Range, b: Range) -> Range {
    if (b.max.unwrap_or(u32::MAX).min(b.min * 2), b.min)
        > (a.max.unwrap_or(u32::MAX).min(a.min * 2), a.min)
    {
        b
    } else {
        a
    }
}

/// Two counts together.
pub(crate) fn added(a: Range, b: Range) -> Range {
    Range {
        min: a.min.saturating_add(b.min),
        max: a.max.zip(b.max).map(|(a, b)| a.saturating_add(b)),
    }
}
