//! The place that is meant, out of all that may be: the surest, the most exact, the one that was not left or denied.

use serde::Serialize;

use crate::domain::{
    parse::tokens::TokenKind,
    place::{
        Found, Place,
        block::Along,
        corner::{Gap, Pair},
        mention::Mention,
        named::Named,
        phrases::Span,
        search::{Located, Search},
        spelling::Slip,
        words::Around,
    },
};

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

/// Something that may be meant, with what decides between several.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guess {
    pub meant: Meant,
    pub span: Span,
    /// What the words before it say of it.
    pub role: Role,
    /// How exact this kind of place is; less is more exact.
    pub rank: u8,
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

impl Search<'_> {
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
    pub(super) fn role(&self, from: usize) -> Role {
        const OVER: [Around; 4] = [Around::At, Around::Article, Around::Filler, Around::Beside];
        for at in (from.saturating_sub(5)..from).rev() {
            let Some(token) = self.asked.tokens.get(at) else {
                break;
            };
            if matches!(token.kind, TokenKind::Sign | TokenKind::Newline) {
                break;
            }
            // "wait no 36th": the "no" is for what came before.
            if self.marks.is(at, Around::Moved) && self.marks.is(at, Around::Denied) {
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
}

const NAMED_CORNER: u8 = 0;
const ALONG: u8 = 1;
const CORNER: u8 = 3;
const LANDMARK: u8 = 4;
const WEAK_CORNER: u8 = 5;
const GUESSED_LANDMARK: u8 = 6;
pub(super) const LOOSE_CORNER: u8 = 7;
pub(super) const AREA: u8 = 8;
const STREET: u8 = 9;
