//! How many agents: which of the counts in a text are theirs, and which of those are to be added up.

use crate::domain::{
    parse::{
        count::{Count, Counted, Counting, Noun, added, largest},
        details::is_denied,
        lexicon::Category,
        salute::Label,
        tokens::TokenKind,
    },
    place::phrases::Span,
    report::Range,
};

/// A count of people, and where its noun ends.
#[derive(Debug, Clone, Copy)]
struct Bunch {
    count: Count,
    noun: Option<Noun>,
    /// The noun's last word, to tell "2 men and a woman" from a repetition.
    head: Option<Span>,
    to: usize,
}

impl Counting<'_> {
    /// How many agents.
    pub(crate) fn people(&self) -> Option<Range> {
        if let Some(field) = self.layout.field(Label::Size)
            && let Some(found) = self.total_in(field, true)
        {
            return Some(found);
        }
        let all = Span {
            from: 0,
            to: self.tokens.len(),
        };
        self.total_in(all, false)
    }

    /// The people counted in a part of the text. In a size field a bare number counts people.
    fn total_in(&self, part: Span, is_field: bool) -> Option<Range> {
        let mut sure: Vec<Bunch> = Vec::new();
        let mut led: Vec<Bunch> = Vec::new();
        let mut weak: Vec<Bunch> = Vec::new();
        let mut police: Vec<Bunch> = Vec::new();
        let behind = self.behind_people(part);
        for count in self.counts().into_iter().filter(|count| {
            part.holds(count.span.from)
                && !behind
                    .iter()
                    .any(|group| group.count.span.holds(count.span.from))
        }) {
            let counted = self.noun(count);
            let group = Bunch {
                count,
                noun: counted.map(|counted| counted.noun),
                head: counted.map(|counted| counted.head),
                to: counted.map_or(count.span.to, |counted| counted.head.to),
            };
            match counted {
                Some(Counted {
                    noun: Noun::Other | Noun::Vehicles,
                    ..
                }) => {}
                Some(Counted { noun, head }) => {
                    let is_denied =
                        count.is_article && is_denied(self.tokens, self.hits, count.span.from);
                    if is_denied
                        || self.is_victim(count, noun, head)
                        || noun == Noun::Anyone && self.are_vehicles(head)
                    {
                        continue;
                    }
                    match noun {
                        Noun::Police => police.push(group),
                        Noun::Clothes => weak.push(group),
                        _ => sure.push(group),
                    }
                }
                None if self.is_taken(count.span) => {}
                None if is_field && !self.is_mentioned(count) => weak.push(group),
                None if count.is_led && !count.is_article => led.push(group),
                None if count.is_added && (!sure.is_empty() || !weak.is_empty()) => {
                    if sure.is_empty() {
                        weak.push(group);
                    } else {
                        sure.push(group);
                    }
                }
                None if self.stands_alone(count) => sure.push(group),
                None if self.begins_a_clause(count)
                    || self.ends_a_clause(count)
                    || !self.layout.is_used() && count.span.from > 0 && self.is_sentence(count) =>
                {
                    weak.push(group);
                }
                None => {}
            }
        }
        sure.extend(behind);
        if let Some(chosen) = [sure, led, weak, police]
            .into_iter()
            .find(|groups| !groups.is_empty())
        {
            let first = chosen.first().is_some_and(|group| group.count.is_added);
            let together = self.together(&chosen);
            // "an agent with a shotgun, 2 others with him"
            return Some(if first && !is_field && self.is_one() {
                added(together, Range::exactly(1))
            } else {
                together
            });
        }
        (!is_field && self.is_one()).then_some(Range::exactly(1))
    }

    /// "of them", "total" behind vehicles counts these.
    pub(crate) fn are_vehicles(&self, head: Span) -> bool {
        let is_pronoun = self
            .hits
            .at(Category::Person, head.from)
            .is_some_and(|hit| {
                self.count_word(hit.span.from, "total").is_some()
                    || self.count_word(hit.span.from, "pronoun").is_some()
            });
        is_pronoun
            && (0..head.from)
                .rev()
                .take(40)
                .find_map(|at| {
                    let is_vehicle = self.hits.from(Category::Body, at).is_some()
                        || self.hits.from(Category::Model, at).is_some();
                    let is_person = self.hits.from(Category::Person, at).is_some();
                    (is_vehicle || is_person).then_some(is_vehicle)
                })
                .unwrap_or(false)
            && !self
                .layout
                .field(Label::Size)
                .is_some_and(|field| field.holds(head.from))
    }

    /// "guy in the passenger seat": one man, where nobody else is counted.
    fn is_one(&self) -> bool {
        self.hits.of(Category::Person).any(|hit| {
            let at = hit.span.from;
            let before = at.checked_sub(1);
            let is_definite = before.is_some_and(|before| {
                self.hits
                    .at(Category::Owner, before)
                    .is_some_and(|owner| matches!(&*owner.tag, "same" | "own" | "their"))
                    || self.hits.at(Category::Person, before).is_some()
                    || self.hits.at(Category::Bystander, before).is_some()
            });
            let is_agent_like = (hit.span.to..hit.span.to + 7).any(|next| {
                [Category::Uniform, Category::Agency, Category::Weapon]
                    .into_iter()
                    .any(|category| self.hits.from(category, next).is_some())
            }) || (hit.span.to..hit.span.to + 3)
                .any(|next| self.hits.from(Category::Activity, next).is_some());
            self.count_word(at, "single").is_some()
                && is_agent_like
                && !is_definite
                && !self.is_object(at)
                && !self.is_taken(hit.span)
                && !is_denied(self.tokens, self.hits, at)
                && self.hits.from(Category::Body, hit.span.to).is_none()
        })
    }

    /// "se bajaron tres", "waa shan", "three of": a bare number that ends a clause behind a verb.
    fn ends_a_clause(&self, count: Count) -> bool {
        let ends = self.is_clause_end(count.span.to);
        let is_behind_verb = count.span.from.checked_sub(1).is_some_and(|before| {
            self.hits.at(Category::Activity, before).is_some()
                || self
                    .hits
                    .at(Category::Count, before)
                    .is_some_and(|hit| &*hit.tag == "there")
        });
        ends && is_behind_verb && !count.is_article && count.range.min <= 60
    }

    /// Counts of people together: what is listed is added up, else the largest is meant.
    fn together(&self, groups: &[Bunch]) -> Range {
        let is_single = |group: &Bunch| group.count.range == Range::exactly(1);
        let mut best: Option<Range> = None;
        let mut run: Option<(Range, &Bunch)> = None;
        for group in groups {
            run = match run {
                Some((sum, before)) if self.adds(before, group) => {
                    Some((added(sum, group.count.range), group))
                }
                Some((sum, before)) if self.is_part_of(before, group) => Some((sum, before)),
                _ => Some((group.count.range, group)),
            };
            if let Some((sum, _)) = run {
                best = Some(best.map_or(sum, |best| largest(best, sum)));
            }
        }
        let singles = groups.iter().filter(|group| is_single(group)).count();
        match u32::try_from(singles) {
            Ok(singles) if singles as usize == groups.len() => Range::exactly(singles),
            _ => best.unwrap_or(Range::exactly(1)),
        }
    }

    /// Whether a group comes on top of the one before it: "3 agents + 1 in the car", "2 men and a woman".
    fn adds(&self, before: &Bunch, group: &Bunch) -> bool {
        if self.is_subset(before, group) {
            return false;
        }
        if group.count.is_added {
            return true;
        }
        let between = self
            .tokens
            .get(before.to..group.count.span.from)
            .unwrap_or_default();
        if between
            .iter()
            .any(|token| token.kind == TokenKind::Newline || token.is_any(&[".", "!", "?", ";"]))
            || between.len() > 8
        {
            return false;
        }
        let is_joined = between.last().is_some_and(|token| {
            token.is_any(&["and", "&", "+", ",", "y", "iyo", "thiab", "with"])
        }) || between.is_empty();
        let is_comma = between.last().is_some_and(|token| token.is(","));
        match (before.noun, group.noun) {
            (Some(_), Some(_)) => {
                is_joined
                    && (before.head.map(|head| self.words(head))
                        != group.head.map(|head| self.words(head))
                        || !is_comma)
            }
            (None, None) => is_joined && !between.is_empty(),
            (Some(_), None) => {
                is_joined
                    && !is_comma
                    && self
                        .hits
                        .from(Category::Count, group.count.span.to)
                        .is_some_and(|hit| &*hit.tag == "where")
            }
            (None, Some(_)) => false,
        }
    }

    /// "8 agents, 2 with rifles", "one of them": already counted.
    fn is_subset(&self, before: &Bunch, group: &Bunch) -> bool {
        let is_smaller = group.count.range.min < before.count.range.min;
        let is_marked = self.count_word(group.to, "part").is_some()
            || self.count_word(group.count.span.to, "part").is_some();
        is_smaller && is_marked && !group.count.is_added
    }

    fn is_part_of(&self, before: &Bunch, group: &Bunch) -> bool {
        self.is_subset(before, group)
    }

    fn words(&self, span: Span) -> Vec<&str> {
        self.tokens
            .get(span.from..span.to)
            .unwrap_or_default()
            .iter()
            .map(|token| token.text.trim_end_matches('s'))
            .collect()
    }

    /// "2 or 3" as a sentence of its own: "in alley, flashlights. 2 or 3".
    fn stands_alone(&self, count: Count) -> bool {
        let is_several = count.range.max.is_none_or(|max| max > count.range.min);
        is_several
            && !count.is_article
            && self.is_clause_start(count.span.from)
            && self.is_clause_end(count.span.to)
    }

    /// "a" and "un" only mention what they stand before; "one" and "uno" count.
    fn is_mentioned(&self, count: Count) -> bool {
        count.is_article && self.is_any(count.span.from, &["a", "an", "un", "una"])
    }

    fn is_clause_end(&self, at: usize) -> bool {
        self.tokens
            .get(at)
            .is_none_or(|token| token.is_any(&[".", ",", "\n", ";", "!"]))
    }

    /// "agents at the corner. three." or "4 I think.": a plain number as a sentence of its own.
    fn is_sentence(&self, count: Count) -> bool {
        let begins = count.span.from.checked_sub(1).is_none_or(|before| {
            self.tokens
                .get(before)
                .is_some_and(|token| token.is_any(&[".", "!", "?", "\n"]))
        });
        let to = self
            .count_word(count.span.to, "about")
            .unwrap_or(count.span.to);
        let is_end = self
            .tokens
            .get(to)
            .is_none_or(|token| token.is_any(&[".", "!", "\n"]));
        begins && is_end && !count.is_article && count.range.min <= 30
    }

    /// "3 in plain clothes", "2 at the door": a bare number that begins a clause and goes on with where, what or how.
    fn begins_a_clause(&self, count: Count) -> bool {
        let at = count.span.to;
        let goes_on = self.count_word(at, "where").is_some()
            || self.hits.from(Category::Activity, at).is_some()
            || !count.is_article && self.count_word(at, "part").is_some();
        let is_number = !count.is_article
            || self
                .token(count.span.from)
                .is_some_and(|token| token.is_any(&["one", "uno", "mid", "hal"]));
        let is_introduced = count
            .span
            .from
            .checked_sub(1)
            .is_some_and(|before| self.hits.at(Category::Count, before).is_some());
        let is_both = self.is_any(count.span.from, &["both", "ambos", "ambas"]);
        is_number
            && !is_both
            && count.range.min <= 60
            && goes_on
            && (self.is_clause_start(count.span.from) || is_introduced)
    }

    fn is_clause_start(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).and_then(|at| self.tokens.get(at)) else {
            return true;
        };
        before.kind == TokenKind::Newline
            || before.is_any(&[".", ",", ";", "!", ":", "-", "•", "(", "and", "&", "y"])
    }

    /// "agents (3)", "HSI jackets x2", "agents: 4".
    fn behind_people(&self, part: Span) -> Vec<Bunch> {
        let mut groups = Vec::new();
        for category in [Category::Person, Category::Uniform, Category::Agency] {
            for hit in self.hits.of(category) {
                let is_loose =
                    category != Category::Person && self.is_any(hit.span.to, &[":", "=", "-"]);
                if !part.holds(hit.span.from) || is_loose {
                    continue;
                }
                if let Some(range) = self.behind(hit.span.to) {
                    let span = Span {
                        from: hit.span.to,
                        to: hit.span.to + 2,
                    };
                    groups.push(Bunch {
                        count: Count {
                            range,
                            span,
                            is_led: false,
                            is_article: false,
                            is_added: false,
                        },
                        noun: Some(Noun::Agents),
                        head: Some(hit.span),
                        to: span.to,
                    });
                }
            }
        }
        groups
    }

    /// Whether the counted are those who were stopped: "grabbed 2 people", "two men in cuffs", "tackled a man".
    fn is_victim(&self, count: Count, noun: Noun, head: Span) -> bool {
        if matches!(noun, Noun::Agents | Noun::Police | Noun::Clothes) {
            return false;
        }
        let is_doer = count
            .span
            .from
            .checked_sub(1)
            .is_some_and(|before| self.is_any(before, &["by", "por"]));
        !is_doer && self.is_object(count.span.from) || self.is_taken(head)
    }

    /// Something is done to whom a phrase that begins here names.
    fn is_object(&self, at: usize) -> bool {
        for back in 1..=4 {
            let Some(before) = at.checked_sub(back) else {
                return false;
            };
            let Some(token) = self.tokens.get(before) else {
                return false;
            };
            if self.is_done_to(before) {
                return true;
            }
            if matches!(token.kind, TokenKind::Sign | TokenKind::Newline) && !token.is("&") {
                return false;
            }
        }
        false
    }

    /// Whether a verb that is done to someone holds this token.
    fn is_done_to(&self, at: usize) -> bool {
        (at.saturating_sub(3)..=at).any(|start| {
            self.hits
                .all_from(Category::Victim, start)
                .any(|hit| &*hit.tag == "by" && hit.span.holds(at))
        })
    }

    /// What stands behind says that something was done to them: "2 men detained".
    fn is_taken(&self, head: Span) -> bool {
        let mut at = head.to;
        while at < head.to + 3 && self.hits.from(Category::Light, at).is_some() {
            at += 1;
        }
        let Some(hit) = self
            .hits
            .all_from(Category::Victim, at)
            .find(|hit| &*hit.tag == "been")
        else {
            return false;
        };
        // "two guys arrested a woman" did it themselves.
        let next = hit.span.to;
        !(self.is_any(
            next,
            &[
                "a", "an", "someone", "somebody", "him", "her", "them", "our", "my",
            ],
        ) && at == head.to)
    }
}
