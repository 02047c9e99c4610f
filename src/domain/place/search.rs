//! One search for the place meant in a text: what is named in it, what may be meant, and what is.

use serde::Serialize;

use crate::domain::{
    ids::AreaId,
    parse::tokens::{Token, TokenKind},
    place::{
        Found, Place, PlaceKind,
        block::Along,
        corner::{Gap, Pair},
        gazetteer::Gazetteer,
        mention::Mention,
        named::Named,
        phrases::Span,
        prior::Hints,
        spelling::Slip,
        words::{Around, Marks, PlaceWords},
    },
};

/// What is asked of the gazetteer: the words of a text, and what is known besides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub tokens: &'a [Token],
    /// The tokens that may name a place; what is a time or a plate may not.
    pub open: &'a [bool],
    /// The areas of the room.
    pub near: &'a [AreaId],
    /// The place of an earlier report by the same person or in the same thread.
    pub earlier: Option<&'a Place>,
    /// The tokens are nothing but a place: a location field, or the answer to "Where?".
    pub is_field: bool,
}

/// What was found, and which tokens said it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Located {
    pub found: Found,
    /// Tokens that belong to place words: their numbers count nothing.
    pub used: Vec<Span>,
    /// The tokens that name the place found.
    pub words: Option<Span>,
}

/// A place that was considered, for those who want to know why another was taken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// The place, or the words where nothing is known by them.
    pub name: String,
    /// 0 to 1: how sure one could be of it.
    pub confidence: f64,
    /// Why it was taken or not.
    pub why: Why,
}

/// Why a place was taken or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It is the one.
    Taken,
    /// One of several that are equally likely: the writer is asked.
    Asked,
    /// The text says that it is not there.
    Denied,
    /// The text says that they were there before.
    Left,
    /// The text says that they are on their way there.
    Toward,
    /// Another place in the text is closer or surer.
    LessExact,
    /// Another place of the kind is named before it, or is said to be the newer one.
    Later,
    /// Nothing is known by these words.
    Unknown,
}

/// Something in the text that may be the place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meant {
    Along(Along),
    Landmark(usize),
    Corner(usize),
    /// The corner of an earlier or denied place, with one street put in the place of another.
    Replaced {
        kept: usize,
        new: usize,
    },
    Areas,
    Street(usize),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Guess {
    pub meant: Meant,
    pub span: Span,
    /// Said to be the place now (above 0), left (below), or not the place at all.
    role: Role,
    rank: u8,
}

/// What the words before a place say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Now,
    AfterMove,
    Plain,
    Toward,
    Left,
    Denied,
}

/// The words of a text, looked up in a city.
pub(crate) struct Search<'a> {
    pub(super) city: &'a Gazetteer,
    pub(super) words: &'a PlaceWords,
    pub(super) asked: &'a Asked<'a>,
    pub(super) marks: Marks,
    pub(super) mentions: Vec<Mention>,
    pub(super) landmarks: Vec<Named>,
    pub(super) areas: Vec<Named>,
    pub(super) hints: Hints,
    pairs: Vec<Pair>,
    along: Vec<(Along, Span)>,
    /// The first word that says they moved, or that something is put right.
    moved: usize,
}

impl<'a> Search<'a> {
    pub(crate) fn new(city: &'a Gazetteer, words: &'a PlaceWords, asked: &'a Asked<'a>) -> Self {
        let mut search = Self {
            city,
            words,
            asked,
            marks: words.marks(asked.tokens),
            mentions: Vec::new(),
            landmarks: Vec::new(),
            areas: Vec::new(),
            hints: Hints::default(),
            pairs: Vec::new(),
            along: Vec::new(),
            moved: 0,
        };
        search.landmarks = search.landmarks();
        // "powderhorn park and 35th": the park is no street.
        let landmarks = &search.landmarks;
        let is_covered = |mention: &Mention| {
            landmarks.iter().any(|named| {
                named.slip == Slip::None
                    && named.span.from <= mention.span.from
                    && mention.span.to <= named.span.to
                    && named.span.to - named.span.from > mention.span.to - mention.span.from
            })
        };
        let mut mentions = search.mentions();
        mentions.retain(|mention| !is_covered(mention));
        search.mentions = mentions;
        search.areas = search.area_mentions();
        search.hints = search.hints_named();
        search.pairs = search.pairs();
        search.along = search.along();
        search.moved = (0..asked.tokens.len())
            .find(|at| search.marks.is(*at, Around::Moved))
            .unwrap_or(usize::MAX);
        let areas: Vec<Named> = search
            .areas
            .iter()
            .filter(|named| {
                let mut tight = search.pairs.iter().filter(|pair| pair.gap > Gap::Loose);
                !tight.any(|pair| search.is_half(pair, named))
            })
            .cloned()
            .collect();
        search.areas = areas;
        search
    }

    /// Whether one street of a corner has the name of an area, and the other has not: "Como & Raymond".
    fn is_half(&self, pair: &Pair, named: &Named) -> bool {
        let span = |at: usize| {
            self.mentions
                .get(at)
                .map_or(Span { from: 0, to: 0 }, |mention| mention.span)
        };
        let is_area = |span: Span| self.areas.iter().any(|named| named.span.touches(span));
        let (one, other) = (span(pair.one), span(pair.other));
        named.span.touches(one) && !is_area(other) || named.span.touches(other) && !is_area(one)
    }

    /// The place meant, and the words that say it.
    pub(crate) fn located(&self) -> Located {
        let mut used: Vec<Span> = self
            .mentions
            .iter()
            .filter(|mention| mention.is_sure())
            .map(|mention| mention.span)
            .collect();
        used.extend(self.landmarks.iter().map(|named| named.span));
        let mut found = Found::Nothing;
        for option in self.options() {
            match self.place(&option) {
                Found::Nothing => {}
                Found::Unknown => found = Found::Unknown,
                Found::One(_) if found == Found::Unknown && option.rank >= AREA => break,
                settled => {
                    used.push(option.span);
                    return Located {
                        found: settled,
                        used,
                        words: Some(option.span),
                    };
                }
            }
        }
        Located {
            found,
            used,
            words: None,
        }
    }

    /// Every place considered, best first.
    pub(crate) fn explained(&self) -> Vec<Candidate> {
        let mut taken: Option<Guess> = None;
        let mut told = Vec::new();
        for option in self.options() {
            let why = match (option.role, taken) {
                (_, None) => Why::Taken,
                (Role::Denied, _) => Why::Denied,
                (Role::Left, _) => Why::Left,
                (Role::Toward, _) => Why::Toward,
                (_, Some(best)) if best.rank < option.rank => Why::LessExact,
                _ => Why::Later,
            };
            let candidate = |place: &Place, why| Candidate {
                name: place.name.clone(),
                confidence: place.confidence,
                why,
            };
            match self.place(&option) {
                Found::Nothing => continue,
                Found::Unknown => {
                    told.push(Candidate {
                        name: self.words_of(option.span.from, option.span.to),
                        confidence: 0.0,
                        why: Why::Unknown,
                    });
                    continue;
                }
                Found::One(place) => told.push(candidate(&place, why)),
                Found::Several(places) => {
                    let why = if why == Why::Taken { Why::Asked } else { why };
                    told.extend(places.iter().map(|place| candidate(place, why)));
                }
            }
            taken = taken.or(Some(option));
        }
        told
    }

    fn place(&self, option: &Guess) -> Found {
        match option.meant {
            Meant::Along(along) => self.along_place(along),
            Meant::Landmark(at) => self
                .landmarks
                .get(at)
                .map_or(Found::Nothing, |named| self.landmark_place(named)),
            Meant::Corner(at) => self
                .pairs
                .get(at)
                .filter(|pair| !pair.corners.is_empty() || self.is_of_sure_streets(pair))
                .map_or(Found::Nothing, |pair| self.corner_place(pair)),
            Meant::Replaced { kept, new } => self.replaced_place(kept, new),
            Meant::Areas => self.area_place(),
            Meant::Street(at) => self.street_alone(at),
        }
    }

    /// All that may be meant, likeliest first.
    fn options(&self) -> Vec<Guess> {
        let mut options: Vec<Guess> = Vec::new();
        let mut add = |meant, span: Span, rank| {
            options.push(Guess {
                meant,
                span,
                role: self.role(span.from),
                rank,
            });
        };
        for (along, span) in self.along.iter().copied() {
            add(
                Meant::Along(along),
                span,
                ALONG + u8::from(matches!(along, Along::House { .. })),
            );
        }
        for (at, pair) in self.pairs.iter().enumerate() {
            add(Meant::Corner(at), pair.span, self.rank(pair));
        }
        for (at, named) in self.landmarks.iter().enumerate() {
            let covers = self.pairs.iter().any(|pair| {
                pair.gap > Gap::Loose
                    && named.span.from <= pair.span.from
                    && pair.span.to <= named.span.to
            });
            let rank = match named.slip {
                _ if covers || self.is_at_house(named) || self.is_at_corner(named) => NAMED_CORNER,
                Slip::None => LANDMARK,
                _ => GUESSED_LANDMARK,
            };
            add(Meant::Landmark(at), named.span, rank);
        }
        if let (Some(first), Some(last)) = (self.areas.first(), self.areas.last()) {
            let span = Span {
                from: first.span.from,
                to: last.span.to,
            };
            add(Meant::Areas, span, AREA);
        }
        let replaced = self.replacements(&options);
        options.extend(replaced);
        if let Some((at, span)) = self.street_named() {
            options.push(Guess {
                meant: Meant::Street(at),
                span,
                role: self.role(span.from),
                rank: STREET,
            });
        }
        options.sort_by_key(|option| {
            let is_vague = option.rank >= AREA;
            let class = match (option.role, is_vague) {
                (Role::Denied, _) => 2,
                (_, true) => 1,
                (_, false) => 0,
            };
            (class, option.role, option.rank, option.span.from)
        });
        options
    }

    fn rank(&self, pair: &Pair) -> u8 {
        let slip = [pair.one, pair.other]
            .iter()
            .filter_map(|at| self.mentions.get(*at))
            .map(|mention| mention.slip)
            .max()
            .unwrap_or(Slip::None);
        match pair.gap {
            Gap::Loose => LOOSE_CORNER,
            _ if slip > Slip::Typo || pair.is_bent || self.is_only_everyday(pair) => WEAK_CORNER,
            _ => CORNER,
        }
    }

    /// Whether both names are streets for certain, so that a corner they do not make is worth asking about.
    fn is_of_sure_streets(&self, pair: &Pair) -> bool {
        [pair.one, pair.other]
            .iter()
            .all(|at| self.mentions.get(*at).is_some_and(Mention::is_sure))
    }

    /// Whether a corner is given beside a landmark that is the landmark's own: "Central High, Lexington & Marshall".
    fn is_at_corner(&self, named: &Named) -> bool {
        const OWN: f64 = 250.0;
        let ([only], Slip::None) = (named.which.as_slice(), named.slip) else {
            return false;
        };
        let Some(landmark) = self.city.landmarks.get(*only) else {
            return false;
        };
        self.pairs.iter().any(|pair| {
            pair.gap > Gap::Loose
                && named.span.to <= pair.span.from
                && pair.span.from - named.span.to <= 2
                && pair
                    .corners
                    .iter()
                    .any(|corner| corner.point.metres_to(landmark.point) <= OWN)
        })
    }

    /// Whether a landmark stands at the address that is given with it.
    fn is_at_house(&self, named: &Named) -> bool {
        let touches =
            |span: Span| span.touches(named.span) || span.to.abs_diff(named.span.from) <= 1;
        self.along.iter().any(|(along, span)| {
            matches!(along, Along::House { .. }) && {
                let landmark = named
                    .which
                    .first()
                    .and_then(|at| self.city.landmarks.get(*at));
                let is_there = match (self.along_place(*along), landmark) {
                    (Found::One(place), Some(landmark)) => place
                        .point
                        .is_some_and(|point| point.metres_to(landmark.point) <= 300.0),
                    _ => false,
                };
                is_there || touches(*span)
            }
        })
    }

    /// What the words before a token say of the place that begins there.
    fn role(&self, from: usize) -> Role {
        const OVER: [Around; 4] = [Around::At, Around::Article, Around::Filler, Around::Beside];
        for at in (from.saturating_sub(5)..from).rev() {
            let Some(token) = self.asked.tokens.get(at) else {
                break;
            };
            if matches!(token.kind, TokenKind::Sign | TokenKind::Newline) {
                break;
            }
            for (around, role) in [
                (Around::Now, Role::Now),
                (Around::Denied, Role::Denied),
                (Around::Left, Role::Left),
                (Around::Toward, Role::Toward),
            ] {
                if self.marks.is(at, around) {
                    return role;
                }
            }
            if !self.marks.is_any(at, &OVER) {
                break;
            }
        }
        if self.moved < from {
            Role::AfterMove
        } else {
            Role::Plain
        }
    }

    /// "not 38th & Chicago, 36th": the corner of one of those streets and the new one; so also after an earlier report.
    fn replacements(&self, options: &[Guess]) -> Vec<Guess> {
        let is_settled = options
            .iter()
            .any(|option| option.rank < AREA && option.role != Role::Denied);
        if is_settled {
            return Vec::new();
        }
        let mut streets: Vec<usize> = Vec::new();
        let mut within: Vec<Span> = Vec::new();
        for option in options {
            if let Meant::Corner(at) = option.meant
                && let Some(corner) = self.pairs.get(at).and_then(|pair| pair.corners.first())
            {
                within.push(option.span);
                streets.extend([corner.streets.0, corner.streets.1]);
            }
        }
        let is_correction = !within.is_empty()
            || (0..self.asked.tokens.len()).any(|at| {
                self.marks
                    .is_any(at, &[Around::Moved, Around::Now, Around::Denied])
            });
        if streets.is_empty() {
            streets = self.streets_before();
        }
        let new = self.mentions.iter().position(|mention| {
            (mention.is_sure() || is_correction && mention.is_everyday)
                && !within.iter().any(|span| span.touches(mention.span))
                && self.role(mention.span.from) != Role::Denied
        });
        let (Some(new), true) = (new, is_correction) else {
            return Vec::new();
        };
        let span = self
            .mentions
            .get(new)
            .map_or(Span { from: 0, to: 0 }, |mention| mention.span);
        streets
            .into_iter()
            .map(|kept| Guess {
                meant: Meant::Replaced { kept, new },
                span,
                role: Role::Plain,
                rank: LOOSE_CORNER,
            })
            .collect()
    }

    /// The streets of the earlier corner.
    fn streets_before(&self) -> Vec<usize> {
        let Some(earlier) = self
            .asked
            .earlier
            .filter(|place| place.kind == PlaceKind::Intersection)
        else {
            return Vec::new();
        };
        let Some(point) = earlier.point else {
            return Vec::new();
        };
        (0..self.city.streets.len())
            .filter(|at| {
                self.city.streets.get(*at).is_some_and(|street| {
                    let name = street.name_at(point, &self.city.sections);
                    earlier.streets.contains(&name) && street.metres_to(point) <= 50.0
                })
            })
            .collect()
    }

    /// The corner of a street that is kept and a new one, if it lies near the place before.
    fn replaced_place(&self, kept: usize, new: usize) -> Found {
        const NEAR: f64 = 1_000.0;
        let Some(mention) = self.mentions.get(new) else {
            return Found::Nothing;
        };
        if mention.streets.contains(&kept) {
            return Found::Nothing;
        }
        let corners = self.city.corners(&[kept], &mention.streets);
        let before = self.asked.earlier.and_then(|place| place.point);
        let places: Vec<Place> = corners
            .iter()
            .filter(|corner| before.is_none_or(|before| before.metres_to(corner.point) <= NEAR))
            .map(|corner| self.city.corner(corner, 0.55))
            .collect();
        if places.is_empty() {
            return Found::Nothing;
        }
        self.settle(places)
    }

    /// A street that is said to be where something is, without a cross street.
    fn street_named(&self) -> Option<(usize, Span)> {
        let is_named = |mention: &Mention| {
            let is_spanish = matches!(self.text(mention.span.from), "la")
                && mention.span.to > mention.span.from + 1;
            !mention.is_bare
                && mention.slip == Slip::None
                && (mention.is_typed
                    || is_spanish
                    || self.asked.is_field
                    || !mention.is_everyday
                        && !self.is_dated(mention)
                        && (self.is_led(mention.span.from)
                            || self.is_first(mention.span.from)
                                && mention.span.to > mention.span.from + 1))
        };
        self.mentions
            .iter()
            .enumerate()
            .filter(|(_, mention)| is_named(mention))
            .min_by_key(|(_, mention)| self.role(mention.span.from))
            .map(|(at, mention)| (at, mention.span))
    }

    fn street_alone(&self, at: usize) -> Found {
        let Some(mention) = self.mentions.get(at) else {
            return Found::Nothing;
        };
        let places: Vec<Place> = mention
            .streets
            .iter()
            .filter_map(|at| {
                let street = self.city.streets.get(*at)?;
                let end = street.lines.first().and_then(|line| line.last()).copied()?;
                let middle = self.asked.earlier.and_then(|place| place.point);
                let middle = middle.or_else(|| {
                    let near = self.asked.near.first()?;
                    let area = self.city.areas.iter().find(|area| &area.id == near)?;
                    Some(area.middle(self.city.map))
                });
                let point = middle
                    .and_then(|point| street.nearest_to(point))
                    .unwrap_or(end);
                Some(Place {
                    kind: PlaceKind::Street,
                    name: street.short.clone(),
                    streets: vec![street.name_at(point, &self.city.sections)],
                    number: None,
                    landmark: None,
                    city: self.city.city_of(*at),
                    point: Some(point),
                    areas: Vec::new(),
                    primary: Vec::new(),
                    confidence: 0.4,
                })
            })
            .collect();
        let first = places.first().cloned();
        let place = match self.settle(places) {
            Found::One(place) => Some(*place),
            Found::Several(places) => places.into_iter().next(),
            _ => first,
        };
        place.map_or(Found::Nothing, |place| {
            Found::One(Box::new(Place {
                point: None,
                confidence: 0.4,
                ..place
            }))
        })
    }

    /// Whether the word before says that a place follows.
    pub(super) fn is_led(&self, from: usize) -> bool {
        self.is_led_by(from, Around::At)
    }

    pub(super) fn is_led_by(&self, from: usize, around: Around) -> bool {
        self.marks
            .before(from, &[Around::Article])
            .is_some_and(|before| self.marks.is(before, around))
    }

    /// "the 29th", "the Lagoon": a day or something else, where no type makes it a street.
    pub(super) fn is_dated(&self, mention: &Mention) -> bool {
        let before = mention.span.from.checked_sub(1);
        !mention.is_typed && before.is_some_and(|before| self.text(before) == "the")
    }

    /// Whether a line begins at a token.
    fn is_first(&self, at: usize) -> bool {
        at.checked_sub(1).is_none_or(|before| {
            self.asked
                .tokens
                .get(before)
                .is_some_and(|token| token.kind == TokenKind::Newline)
        })
    }

    pub(super) fn is_open(&self, at: usize) -> bool {
        self.asked.open.get(at).copied().unwrap_or(false)
    }

    pub(super) fn is_glued(&self, at: usize) -> bool {
        self.asked.tokens.get(at).is_some_and(|token| token.glued)
    }

    /// The text of an open token.
    pub(super) fn text(&self, at: usize) -> &str {
        self.asked
            .tokens
            .get(at)
            .filter(|_| self.is_open(at))
            .map_or("", |token| token.text.as_str())
    }

    /// Some tokens in one line.
    pub(super) fn words_of(&self, from: usize, to: usize) -> String {
        let words: Vec<&str> = self
            .asked
            .tokens
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .map(|token| token.text.as_str())
            .collect();
        words.join(" ")
    }
}

// How exact the kinds of place are, the most exact first.
const NAMED_CORNER: u8 = 0;
const ALONG: u8 = 1;
const CORNER: u8 = 3;
const LANDMARK: u8 = 4;
const WEAK_CORNER: u8 = 5;
const GUESSED_LANDMARK: u8 = 6;
const LOOSE_CORNER: u8 = 7;
const AREA: u8 = 8;
const STREET: u8 = 9;
