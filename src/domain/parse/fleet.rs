//! The vehicles of a text together: what is said twice, what only counts the others, and how many there are in all.

use crate::domain::{
    parse::{
        count::{Count, Counting, added, largest},
        lexicon::Category,
        salute::Label,
        tokens::TokenKind,
        vehicle::Bunch,
    },
    report::{Range, Vehicle},
};

/// The theirs of a text: described, and how many in all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vehicles {
    pub described: Vec<Vehicle>,
    pub total: Option<Range>,
}

impl Counting<'_> {
    /// Their vehicles.
    pub(crate) fn vehicles(&self) -> Vehicles {
        let counts = self.counts();
        let mut groups: Vec<Bunch> = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            match self
                .group(at, &counts, &groups)
                .or_else(|| self.another_color(at, &counts, &groups))
            {
                Some((found, to)) => {
                    match (groups.last_mut(), found.as_slice()) {
                        (Some(last), [only]) if self.is_same_one(last, only) => merge(last, only),
                        _ => groups.extend(found),
                    }
                    at = to.max(at + 1);
                }
                None => at += 1,
            }
        }
        self.share_color(&mut groups);
        self.loose_color(&mut groups);
        drop_repeated(&mut groups);
        let sized = self.take_sized(&mut groups);
        let pronoun = self.pronoun_count(&counts, &groups);
        let total = self
            .total(&groups)
            .into_iter()
            .chain(sized)
            .chain(pronoun)
            .reduce(largest)
            .or_else(|| self.convoy(&counts));
        if let (Some(count), [only]) = (pronoun, groups.as_mut_slice()) {
            only.vehicle.count = only.vehicle.count.or(Some(count));
        }
        fold(&mut groups);
        Vehicles {
            described: groups
                .into_iter()
                .filter(is_worth)
                .map(|group| group.vehicle)
                .collect(),
            total,
        }
    }

    /// "a dark sedan … it's a Charger", "minivan (gold, Toyota Sienna)": the same one, told in more detail.
    fn is_same_one(&self, last: &Bunch, next: &Bunch) -> bool {
        let is_single = |group: &Bunch| {
            group
                .vehicle
                .count
                .is_none_or(|count| count == Range::exactly(1))
        };
        let fits = |one: &Option<String>, other: &Option<String>| {
            one.is_none() || other.is_none() || one == other
        };
        let bodies = (last.vehicle.body.as_deref(), next.vehicle.body.as_deref());
        let is_compatible = fits(&last.vehicle.color, &next.vehicle.color)
            && fits(&last.vehicle.make, &next.vehicle.make)
            && last.vehicle.model.is_none()
            && (fits(&last.vehicle.body, &next.vehicle.body)
                || matches!(bodies, (Some("car"), _) | (Some("truck"), Some("pickup"))));
        let before = next.span.from.checked_sub(1);
        let is_said = before.is_some_and(|before| {
            self.hits
                .at(Category::Owner, before)
                .is_some_and(|hit| &*hit.tag == "is")
        });
        let is_bracketed = next.span.from - last.span.to.min(next.span.from) <= 3
            && (last.span.to..next.span.from).any(|at| self.is_any(at, &["("]));
        is_single(last) && is_single(next) && is_compatible && (is_said || is_bracketed)
    }

    /// "one charger one explorer, both black".
    fn share_color(&self, groups: &mut [Bunch]) {
        for hit in self.hits.of(Category::Color) {
            let is_both = hit.span.from.checked_sub(1).is_some_and(|before| {
                self.is_any(before, &["both", "all", "ambos", "ambas", "todos", "todas"])
            });
            if is_both {
                for group in groups.iter_mut().filter(|group| {
                    group.vehicle.color.is_none()
                        && group.span.to <= hit.span.from
                        && !group.is_general
                }) {
                    group.vehicle.color = Some(hit.tag.to_string());
                }
            }
        }
    }

    /// "one suspicious suv. black.": a color by itself belongs to the only vehicle without one.
    fn loose_color(&self, groups: &mut [Bunch]) {
        let mut plain = groups
            .iter_mut()
            .filter(|group| group.vehicle.color.is_none() && !group.is_general);
        let (Some(group), None) = (plain.next(), plain.next()) else {
            return;
        };
        let is_edge = |at: Option<usize>| {
            at.and_then(|at| self.tokens.get(at))
                .is_none_or(|token| matches!(token.kind, TokenKind::Sign | TokenKind::Newline))
        };
        let loose =
            self.hits.of(Category::Color).find(|hit| {
                hit.span.from >= group.span.to
                    && !self.layout.fields.iter().any(|(_, field)| {
                        field.holds(hit.span.from) && !field.holds(group.span.from)
                    })
                    && is_edge(hit.span.from.checked_sub(1))
                    && is_edge(Some(hit.span.to))
            });
        if let Some(hit) = loose {
            group.vehicle.color = Some(hit.tag.to_string());
        }
    }

    /// Takes out what only counts in the size field ("S: 1 car") where the vehicles themselves are described elsewhere.
    fn take_sized(&self, groups: &mut Vec<Bunch>) -> Option<Range> {
        let field = self.layout.field(Label::Size)?;
        let is_sized = |group: &Bunch| {
            field.holds(group.span.from)
                && group.vehicle.color.is_none()
                && group.vehicle.make.is_none()
        };
        if groups.iter().all(|group| field.holds(group.span.from)) {
            return None;
        }
        let sized = groups
            .iter()
            .filter(|group| is_sized(group))
            .filter_map(|group| group.vehicle.count)
            .reduce(added);
        groups.retain(|group| !is_sized(group));
        sized
    }

    /// "cars outside. 2 of them", "SUV SUV SUV 4 total".
    fn pronoun_count(&self, counts: &[Count], groups: &[Bunch]) -> Option<Range> {
        if groups.is_empty() {
            return None;
        }
        counts
            .iter()
            .filter(|count| {
                !count.is_article
                    && self
                        .noun(**count)
                        .is_some_and(|counted| self.are_vehicles(counted.head))
            })
            .map(|count| count.range)
            .reduce(largest)
    }

    /// "convoy of 5" counts vehicles even without saying so.
    fn convoy(&self, counts: &[Count]) -> Option<Range> {
        counts
            .iter()
            .filter(|count| {
                !count.is_article
                    && count.span.from.checked_sub(1).is_some_and(|before| {
                        self.hits
                            .at(Category::Owner, before)
                            .is_some_and(|hit| &*hit.tag == "convoy")
                    })
                    && self.noun(**count).is_none()
            })
            .map(|count| count.range)
            .reduce(largest)
    }

    /// How many vehicles: what was counted in general, or the sum of those described.
    fn total(&self, groups: &[Bunch]) -> Option<Range> {
        let mut general: Option<Range> = None;
        let mut sum: Option<Range> = None;
        for (n, group) in groups.iter().enumerate() {
            let Some(count) = group.vehicle.count else {
                continue;
            };
            if is_sum_of_next(groups, n) {
                general = Some(general.map_or(count, |so_far| largest(so_far, count)));
            } else if group.is_general && !self.joins(group, groups.get(n + 1)) {
                let is_added = n > 0 && self.is_on_top(group);
                if is_added {
                    sum = Some(sum.map_or(count, |so_far| added(so_far, count)));
                } else {
                    general = Some(general.map_or(count, |so_far| largest(so_far, count)));
                }
            } else {
                sum = Some(sum.map_or(count, |so_far| added(so_far, count)));
            }
        }
        let has_total = self
            .hits
            .of(Category::Count)
            .any(|hit| &*hit.tag == "total");
        match (general, sum) {
            (Some(general), Some(sum)) if !has_total && sum.min > general.min => Some(sum),
            (Some(general), _) => Some(general),
            (None, sum) => sum,
        }
    }

    /// "2 vehicles and a black van": three.
    fn joins(&self, group: &Bunch, next: Option<&Bunch>) -> bool {
        next.is_some_and(|next| {
            next.span.from == group.span.to + 1
                && self.is_any(
                    group.span.to,
                    &["and", "+", "&", "plus", "y", "iyo", "thiab"],
                )
        })
    }

    /// "and 2 more vehicles".
    fn is_on_top(&self, group: &Bunch) -> bool {
        self.count(group.span.from)
            .is_some_and(|count| count.is_added)
            || group.span.from.checked_sub(1).is_some_and(|before| {
                self.is_any(before, &["and", "+", "&", "plus", "y", "iyo", "thiab"])
            })
    }
}

/// Adds to a vehicle what is said of it later.
fn merge(vehicle: &mut Bunch, more: &Bunch) {
    let told = &more.vehicle;
    vehicle.vehicle.color = vehicle.vehicle.color.take().or_else(|| told.color.clone());
    vehicle.vehicle.make = vehicle.vehicle.make.take().or_else(|| told.make.clone());
    vehicle.vehicle.model = told.model.clone();
    vehicle.vehicle.body = told.body.clone().or_else(|| vehicle.vehicle.body.take());
    vehicle.vehicle.count = vehicle.vehicle.count.or(told.count);
    vehicle.is_general &= more.is_general;
    vehicle.span.to = more.span.to;
}

/// "3 cars: 2 explorers, 1 tahoe", "2 black suvs (tahoe, explorer)": the first counts what follows.
fn is_sum_of_next(groups: &[Bunch], n: usize) -> bool {
    let Some(first) = groups.get(n) else {
        return false;
    };
    let Some(count) = first.vehicle.count.filter(|count| count.min >= 2) else {
        return false;
    };
    if first.vehicle.model.is_some() || first.vehicle.make.is_some() {
        return false;
    }
    let is_body = |body: &Option<String>| {
        first.vehicle.body.as_deref().is_none_or(|first| {
            first == "car"
                || Some(first) == body.as_deref()
                || first == "truck" && body.as_deref() == Some("pickup")
        })
    };
    let rest: Vec<&Bunch> = groups
        .iter()
        .skip(n + 1)
        .take_while(|group| !group.is_general)
        .collect();
    let is_finer = |group: &&Bunch| {
        is_body(&group.vehicle.body)
            && (group.vehicle.model.is_some()
                || first.vehicle.color.is_none()
                || first.vehicle.body.as_deref() == Some("car"))
            && group.vehicle.count.is_some()
    };
    let sum: u32 = rest
        .iter()
        .filter_map(|group| group.vehicle.count)
        .map(|count| count.min)
        .sum();
    !rest.is_empty() && rest.iter().all(is_finer) && sum == count.min
}

/// Takes out what only counted the vehicles that follow; its color is theirs.
fn fold(groups: &mut Vec<Bunch>) {
    let mut n = 0;
    while n < groups.len() {
        if is_sum_of_next(groups, n) {
            let first = groups.remove(n);
            for group in groups.iter_mut().skip(n) {
                if group.vehicle.color.is_none() {
                    group.vehicle.color.clone_from(&first.vehicle.color);
                }
            }
        }
        n += 1;
    }
}

/// "loading a man into a van … white Sprinter": what was only mentioned is what is described elsewhere.
fn drop_repeated(groups: &mut Vec<Bunch>) {
    let is_plain = |group: &Bunch| {
        group.vehicle.color.is_none()
            && group.vehicle.make.is_none()
            && group.vehicle.body.is_some()
            && group
                .vehicle
                .count
                .is_none_or(|count| count == Range::exactly(1))
            && group.is_article
    };
    let described: Vec<Option<String>> = groups
        .iter()
        .filter(|group| group.vehicle.color.is_some() || group.vehicle.model.is_some())
        .map(|group| group.vehicle.body.clone())
        .collect();
    groups.retain(|group| {
        let is_said_again = described.contains(&group.vehicle.body)
            || group.vehicle.body.as_deref() == Some("car") && !described.is_empty();
        !is_plain(group) || !is_said_again
    });
}

/// Worth naming: described, or at least counted.
fn is_worth(group: &Bunch) -> bool {
    let vehicle = &group.vehicle;
    !group.is_general
        && (vehicle.color.is_some()
            || vehicle.model.is_some()
            || vehicle.make.is_some()
            || vehicle.body.is_some() && vehicle.count.is_some()
            || matches!(
                vehicle.body.as_deref(),
                Some("suv" | "van" | "minivan" | "pickup" | "sedan")
            ))
}
