//! Places along one street: hundred-blocks, "between A and B", house numbers.

use crate::domain::{
    parse::tokens::TokenKind,
    place::{
        Found, Place, PlaceKind, Point,
        gazetteer::{Gazetteer, NEAR_CORNER, PRIMARY},
        mention::Mention,
        phrases::Span,
        search::Search,
        spelling::Slip,
        street::point_of_number,
        words::Around,
    },
};

/// A place along a street, as written; streets by their places among the mentions.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Along {
    /// "3300 blk of pillsbury".
    Hundred { street: usize, number: u32 },
    /// "36th ave between 31st and 32nd".
    Between { street: usize, ends: (usize, usize) },
    /// "alley btwn 17th & 18th ave, 31st to 32nd".
    Within {
        one: (usize, usize),
        other: (usize, usize),
    },
    /// "2781 15th ave s".
    House { street: usize, number: u32 },
}

/// Two streets farther apart than this, in metres, bound no block.
const LONGEST: f64 = 1_700.0;

impl Search<'_> {
    /// The blocks and addresses named, in order.
    pub(super) fn along(&self) -> Vec<(Along, Span)> {
        let mut found = Vec::new();
        for at in 0..self.asked.tokens.len() {
            if self.marks.is(at, Around::Block) {
                found.extend(self.hundred(at));
            }
        }
        for n in 0..self.mentions.len() {
            found.extend(self.bounded(n));
        }
        for (n, mention) in self.mentions.iter().enumerate() {
            found.extend(self.house(n, mention));
        }
        found
    }

    /// "3300 blk of pillsbury", "cuadra 3000 de la 12", "Pillsbury, 3300 block"; `block` is the word for it.
    fn hundred(&self, block: usize) -> Option<(Along, Span)> {
        let (number, at) = (block.saturating_sub(2)..block)
            .rev()
            .chain(block + 1..block + 4)
            .find_map(|at| Some((self.hundreds(at)?, at)))?;
        let (first, last) = (at.min(block), at.max(block));
        let usable = |mention: &Mention| {
            !(mention.is_bare || mention.span.from <= last && first < mention.span.to)
        };
        let after = self.mentions.iter().position(|mention| {
            usable(mention)
                && mention.span.from > last
                && mention.span.from - last <= 5
                && (last + 1..mention.span.from).all(|at| self.is_small(at))
        });
        let before = || {
            self.mentions.iter().rposition(|mention| {
                usable(mention)
                    && mention.span.to <= first
                    && first - mention.span.to <= 3
                    && (mention.span.to..first).all(|at| self.is_small(at))
            })
        };
        let only = || {
            let mut sure = (0..self.mentions.len())
                .filter(|n| self.mentions.get(*n).is_some_and(Mention::is_sure));
            sure.next().filter(|_| sure.next().is_none())
        };
        let street = after.or_else(before).or_else(only)?;
        let named = self.mentions.get(street)?.span;
        let span = Span {
            from: first.min(named.from),
            to: (last + 1).max(named.to),
        };
        Some((Along::Hundred { street, number }, span))
    }

    /// "3300", "33 hundred".
    fn hundreds(&self, at: usize) -> Option<u32> {
        let token = self.asked.tokens.get(at).filter(|_| self.is_open(at))?;
        let number = token
            .number
            .filter(|_| token.kind == TokenKind::Number || token.text.ends_with("00s"))?;
        if self.text(at + 1) == "hundred" {
            return Some(number * 100);
        }
        (100..=99_999).contains(&number).then_some(number)
    }

    fn is_small(&self, at: usize) -> bool {
        self.marks.is_any(
            at,
            &[
                Around::At,
                Around::Beside,
                Around::Article,
                Around::Filler,
                Around::Block,
            ],
        )
    }

    /// A street between two others, from mention `n` on.
    fn bounded(&self, n: usize) -> Option<(Along, Span)> {
        let mention = |at: usize| self.mentions.get(n + at);
        let (a, b, c) = (mention(0)?, mention(1)?, mention(2)?);
        let span = |last: &Mention| Span {
            from: a.span.from,
            to: last.span.to,
        };
        if self.is_between(a.span.to, b.span.from) && self.is_and(b, c) {
            let along = Along::Between {
                street: n,
                ends: (n + 1, n + 2),
            };
            return Some((along, span(c)));
        }
        // "43rd ave … the alley, 54th to 55th"
        let is_loose = b.is_numbered
            && c.is_numbered
            && b.span.from - a.span.to <= 14
            && c.span.from == b.span.to + 1
            && matches!(self.text(b.span.to), "to" | "-" | "thru" | "a")
            && a.is_sure()
            && !self.has_stop(a.span.to, b.span.from)
            && !self.city.corners(&a.streets, &b.streets).is_empty()
            && !self.city.corners(&a.streets, &c.streets).is_empty();
        if is_loose {
            let along = Along::Between {
                street: n,
                ends: (n + 1, n + 2),
            };
            return Some((along, span(c)));
        }
        let is_led = (a.span.from.saturating_sub(3)..a.span.from)
            .any(|at| self.marks.is(at, Around::Between))
            && self.is_between(a.span.from.saturating_sub(3), a.span.from);
        if !is_led || !self.is_and(a, b) {
            return None;
        }
        if let Some(d) = mention(3).filter(|d| self.is_and(c, d)) {
            let along = Along::Within {
                one: (n, n + 1),
                other: (n + 2, n + 3),
            };
            return Some((along, span(d)));
        }
        let on = b.span.to..c.span.from;
        (on.len() <= 4
            && on
                .clone()
                .all(|at| self.is_small(at) || self.text(at) == ","))
        .then(|| {
            let along = Along::Between {
                street: n + 2,
                ends: (n, n + 1),
            };
            (along, span(c))
        })
    }

    /// Whether "between" stands in a few small words.
    fn is_between(&self, from: usize, to: usize) -> bool {
        to - from <= 5
            && (from..to).any(|at| self.marks.is(at, Around::Between))
            && (from..to)
                .filter(|at| !self.marks.is(*at, Around::Between))
                .count()
                <= 3
            && !(from..to).any(|at| self.marks.is(at, Around::And) && self.text(at) == "&")
    }

    /// "31st and 32nd", "31st to 32nd".
    fn is_and(&self, one: &Mention, other: &Mention) -> bool {
        let between = one.span.to..other.span.from;
        (1..=3).contains(&between.len())
            && between.clone().all(|at| {
                self.marks.is_any(at, &[Around::And, Around::Article])
                    || matches!(self.text(at), "to" | "a" | "-")
            })
    }

    /// "2781 15th ave s", "1515 e lake", "la Bloomington 3120".
    fn house(&self, n: usize, mention: &Mention) -> Option<(Along, Span)> {
        if mention.is_bare || mention.slip > Slip::Sound {
            return None;
        }
        // "3124 oakland": an everyday word too, if the number can hardly be a year.
        let is_certain = |number: u32| {
            mention.is_typed
                || mention.side.is_some()
                || !mention.is_everyday
                || self.asked.is_field
                || (2_100..10_000).contains(&number)
        };
        let number = |at: usize| {
            let token = self.asked.tokens.get(at).filter(|_| self.is_open(at))?;
            let is_house = token.kind == TokenKind::Number && (3..=5).contains(&token.digits);
            token.number.filter(|number| is_house && *number >= 100)
        };
        let start = mention.span.from;
        if let Some(at) = start.checked_sub(1)
            && let Some(number) = number(at)
            && (is_certain(number))
        {
            let span = Span {
                from: at,
                to: mention.span.to,
            };
            return Some((Along::House { street: n, number }, span));
        }
        // "la 2500 de (la) elliot": a round number is the block.
        let is_of = start >= 3
            && self.text(start - 1) == "de"
            && matches!(self.text(start - 3), "la" | "el");
        if is_of && let Some(number) = number(start - 2) {
            let span = Span {
                from: start - 3,
                to: mention.span.to,
            };
            let along = if number % 100 == 0 {
                Along::Hundred { street: n, number }
            } else {
                Along::House { street: n, number }
            };
            return Some((along, span));
        }
        if let Some(found) = self.house_after(n, mention) {
            return Some(found);
        }
        if !is_certain(0) {
            return None;
        }
        let after = if self.text(mention.span.to) == "#" {
            mention.span.to + 1
        } else {
            mention.span.to
        };
        let is_led = matches!(
            self.text(mention.span.from),
            "la" | "el" | "calle" | "avenida"
        ) || after > mention.span.to;
        let is_counting = self.marks.is_any(
            after + 1,
            &[Around::Counted, Around::NoStreet, Around::Block],
        );
        let number = number(after).filter(|_| is_led && !is_counting)?;
        let span = Span {
            from: mention.span.from,
            to: after + 1,
        };
        Some((Along::House { street: n, number }, span))
    }

    pub(super) fn along_place(&self, along: Along) -> Found {
        let streets = |n: usize| {
            self.mentions
                .get(n)
                .map_or(&[][..], |mention| mention.streets.as_slice())
        };
        let places = match along {
            Along::Hundred { street, number } => self.numbered(street, number, PlaceKind::Block),
            Along::House { street, number } => self.numbered(street, number, PlaceKind::Address),
            Along::Between { street, ends } => {
                self.city
                    .between(streets(street), streets(ends.0), streets(ends.1))
            }
            Along::Within { one, other } => self.city.within(
                (streets(one.0), streets(one.1)),
                (streets(other.0), streets(other.1)),
            ),
        };
        self.settle(places)
    }

    /// The block or house of a number on each of a mention's streets that has it.
    fn numbered(&self, street: usize, number: u32, kind: PlaceKind) -> Vec<Place> {
        let Some(mention) = self.mentions.get(street) else {
            return Vec::new();
        };
        let mut places: Vec<Place> = mention
            .streets
            .iter()
            .filter_map(|at| self.city.numbered(*at, number, mention.side, kind))
            .collect();
        let is_there = |place: &Place| {
            place.city.as_ref().is_some_and(|city| {
                self.hints.sections.iter().any(|at| {
                    self.city
                        .sections
                        .get(*at)
                        .is_some_and(|section| &section.city == city)
                })
            })
        };
        if places.iter().any(is_there) {
            places.retain(is_there);
        }
        places
    }
}

impl Gazetteer {
    /// Where one street runs between two others.
    fn between(&self, streets: &[usize], some: &[usize], others: &[usize]) -> Vec<Place> {
        let mut places = Vec::new();
        for first in self.corners(streets, some) {
            for second in self
                .corners(streets, others)
                .iter()
                .filter(|second| second.streets.0 == first.streets.0)
            {
                if first.point.metres_to(second.point) > LONGEST {
                    continue;
                }
                let (a, b, c) = (first.streets.0, first.streets.1, second.streets.1);
                let name = format!(
                    "{} between {} & {}",
                    self.shortest(a),
                    self.short(b),
                    self.short(c)
                );
                places.push(self.block(name, &[a, b, c], &[first.point, second.point]));
            }
        }
        places
    }

    /// The block that two streets bound one way and two the other.
    fn within(&self, one: (&[usize], &[usize]), other: (&[usize], &[usize])) -> Vec<Place> {
        let mut places = Vec::new();
        for first in self.corners(one.0, other.0) {
            for second in self.corners(one.1, other.1) {
                let (a, b) = first.streets;
                let (c, d) = second.streets;
                if a == c || b == d || first.point.metres_to(second.point) > LONGEST {
                    continue;
                }
                let name = format!(
                    "{} & {}, {} to {}",
                    self.short(a),
                    self.short(c),
                    self.short(b),
                    self.short(d)
                );
                places.push(self.block(name, &[a, b, c, d], &[first.point, second.point]));
            }
        }
        places
    }

    /// A block from one corner to another. A long one belongs to every area it passes.
    fn block(&self, name: String, streets: &[usize], ends: &[Point; 2]) -> Place {
        const STEP: f64 = 250.0;
        let [from, to] = ends;
        let along = |part: f64| Point {
            lat: from.lat + part * (to.lat - from.lat),
            lon: from.lon + part * (to.lon - from.lon),
        };
        let middle = along(0.5);
        let mut steps = vec![0.5];
        let metres = from.metres_to(*to);
        if metres > 2.0 * STEP {
            let mut part = STEP / metres / 2.0;
            while part < 1.0 {
                steps.push(part);
                part += STEP / metres;
            }
        }
        let areas_within = |within: f64| {
            let mut areas = Vec::new();
            for id in steps
                .iter()
                .flat_map(|part| self.areas_at(along(*part), within))
            {
                if !areas.contains(&id) {
                    areas.push(id);
                }
            }
            areas
        };
        let mut names: Vec<String> = streets
            .iter()
            .filter_map(|at| self.streets.get(*at))
            .map(|street| street.name_at(middle, &self.sections))
            .collect();
        names.sort();
        Place {
            kind: PlaceKind::Block,
            name,
            streets: names,
            number: None,
            landmark: None,
            city: streets.first().and_then(|at| self.city_of(*at)),
            point: Some(middle),
            areas: areas_within(NEAR_CORNER),
            primary: areas_within(PRIMARY),
            confidence: 0.9,
        }
    }

    /// A house or hundred-block on a street, if the street has that number.
    fn numbered(
        &self,
        at: usize,
        number: u32,
        side: Option<char>,
        kind: PlaceKind,
    ) -> Option<Place> {
        let street = self.streets.get(at)?;
        if street.mapped.is_some() && kind == PlaceKind::Address {
            return self.house_place(at, number);
        }
        let hundred = number / 100 * 100;
        let (said, sought) = match kind {
            PlaceKind::Address => (number, number),
            _ => (hundred, hundred + 50),
        };
        let point = point_of_number(&self.streets, &self.sections, at, sought, side)?;
        Some(Place {
            kind,
            name: format!("{hundred} block of {}", self.shortest_at(at, point)),
            streets: vec![street.name_at(point, &self.sections)],
            number: Some(said),
            landmark: None,
            city: self.city_of(at),
            point: Some(point),
            areas: Vec::new(),
            primary: Vec::new(),
            confidence: 0.9,
        })
    }

    /// `Pillsbury` where there is one, `17th Ave S` where there are several.
    fn shortest(&self, at: usize) -> &str {
        let Some(street) = self.streets.get(at) else {
            return "";
        };
        let alone = street.ordinal.is_none() && self.namesakes(at).len() == 1;
        if alone { &street.short } else { &street.name }
    }

    /// As [`Self::shortest`], with E or W where house numbers begin twice.
    fn shortest_at(&self, at: usize, point: Point) -> String {
        let Some(street) = self.streets.get(at) else {
            return String::new();
        };
        let full = street.name_at(point, &self.sections);
        if full == street.name {
            self.shortest(at).to_owned()
        } else {
            full
        }
    }
}
