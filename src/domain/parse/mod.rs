//! Text → [`Parsed`]: what kind of message, which SALUTE fields, what is missing. Never fails, whatever the text.
//!
//! One message takes this path:
//!
//! ```text
//! tokens    lower case, no accents, numbers known
//! plate     number plates and phone numbers are closed: nothing reads them
//! lexicon   which words mean what, in the message's language
//! salute    labelled layouts → fields
//! place     street corners, blocks, landmarks, areas
//! when      times, relative to the message
//! count, people, vehicle, fleet, details   the other fields
//! evidence, weights         what it is for, and how sure we are
//! ```
//!
//! A word that is missing goes into `bot-config/lexicon/<language>.toml`, not into the code.

mod certainty;
mod clock;
mod count;
mod details;
mod evidence;
mod explain;
mod flags;
mod fleet;
mod language;
mod lexicon;
mod people;
mod plate;
mod salute;
mod threat;
pub(crate) mod tokens;
mod vehicle;
mod weights;
mod when;

#[cfg(test)]
pub(crate) mod tests;

use std::{borrow::Cow, collections::BTreeSet, ops::Range, sync::Arc};

pub use explain::{Evidence, Explanation, Given};
use flags::Exposing;
pub use flags::{Flags, Pii};
pub use lexicon::{Lexicon, LexiconProblem};
pub use plate::{has_plate, masked};

use crate::domain::{
    ids::AreaId,
    parse::{
        count::Counting,
        evidence::{Judged, Signs},
        language::Spoken,
        lexicon::{Category, Known, LANGUAGES, Vocabulary},
        salute::{Label, Layout},
        tokens::{Token, tokens},
        weights::Weights,
        when::When,
    },
    place::{Asked, Candidate, Found, Gazetteer, Located, Place, PlaceKind, Search, phrases::Span},
    report::{Activity, Equipment, Field, Kind, Report, Seen, Size, TimeBasis, Unit},
    timestamp::Timestamp,
};

/// What is known about a message besides its words.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    /// When it was sent; times in it are read relative to this.
    pub sent_at: Timestamp,
    /// The areas of the room it was written in, nearest meaning first; empty for direct messages.
    pub near: &'a [AreaId],
    /// Whether it answers an earlier report, so that its place may be left unsaid.
    pub is_reply: bool,
    /// The place of the writer's or the thread's earlier report: it decides between places, and "now on 36th" goes on from it.
    pub earlier: Option<&'a Place>,
}

/// What was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// What the message is for.
    pub kind: Kind,
    /// The SALUTE fields; `report.place` is filled when [`Parsed::found`] is one place.
    pub report: Report,
    /// What the place words point at.
    pub found: Found,
    /// What would make it useful and is missing, most useful first.
    pub missing: Vec<Field>,
    /// 0 to 1: how sure we are of `kind`. Below the policy's threshold the message is left alone.
    pub score: f64,
    /// `en`, `es`, `so` or `hmn`, where the text shows it.
    pub language: Option<&'static str>,
    /// Where the words that name the place stand in the text, in bytes; `None` if no place was found.
    pub place_words: Option<Range<usize>>,
    /// What moderators may have to look at before it goes on.
    pub flags: Flags,
}

impl Parsed {
    /// Whether the place words leave open which place is meant, so that an earlier report may decide.
    #[must_use]
    pub fn has_open_place(&self) -> bool {
        match &self.found {
            Found::Several(_) => true,
            Found::One(place) => place.kind == PlaceKind::Street,
            Found::Unknown | Found::Nothing => false,
        }
    }
}

/// Reads messages with the words of some languages and the places of a city.
#[derive(Debug, Clone)]
pub struct Reader {
    vocabulary: Vocabulary,
    gazetteer: Arc<Gazetteer>,
}

impl Reader {
    /// A reader for these languages and this city.
    #[must_use]
    pub fn new(lexicons: Vec<Lexicon>, gazetteer: Arc<Gazetteer>) -> Self {
        Self {
            vocabulary: Vocabulary::new(lexicons),
            gazetteer,
        }
    }

    /// The city's places.
    #[must_use]
    pub fn gazetteer(&self) -> &Gazetteer {
        &self.gazetteer
    }

    /// Reads a message.
    #[must_use]
    pub fn read(&self, text: &str, reading: &Reading<'_>) -> Parsed {
        self.understand(text, None, reading).0
    }

    /// Why a message is taken for its kind: the signs that were found, with what each weighs for it, heaviest first.
    fn because(&self, text: &str, reading: &Reading<'_>) -> Vec<(String, f64)> {
        let (parsed, signs) = self.understand(text, None, reading);
        Weights::shipped().because(&signs, parsed.kind)
    }

    /// The signs by which the kind of a message is judged; what each weighs is fitted by `benches/fitting`.
    #[must_use]
    pub fn signs(&self, text: &str, reading: &Reading<'_>) -> BTreeSet<String> {
        let signs = self.understand(text, None, reading).1;
        signs.into_iter().map(Cow::into_owned).collect()
    }

    /// Reads a message up to where its place is looked for: plates, labels and times mean nothing else after that.
    fn begun(&self, text: &str, spoken: Option<Spoken>, reading: &Reading<'_>) -> Begun<'_> {
        let tokens = tokens(text);
        let known = self.vocabulary.known(&tokens);
        let spoken = spoken.unwrap_or_else(|| Vocabulary::spoken(&tokens, &known));
        let mut open = vec![true; tokens.len()];
        close(&mut open, plate::plates(&tokens));
        let hits = Vocabulary::hits(&tokens, &known, &open, spoken);
        let layout = salute::layout(&tokens, &hits);
        close(&mut open, layout.labels.iter().copied());
        let when = When {
            tokens: &tokens,
            open: &open,
            hits: &hits,
            field: layout.field(Label::Time),
        };
        let (seen, timed) = when.seen(reading.sent_at, &self.gazetteer.time_zone());
        close(&mut open, timed);
        let mut placing = open.clone();
        close(&mut placing, vehicle::named(&tokens, &hits));
        Begun {
            tokens,
            known,
            spoken,
            open,
            placing,
            layout,
            seen,
        }
    }

    /// What was understood of a message, and the signs by which the kind was judged. It is read in those languages, or in
    /// those that it shows.
    fn understand(
        &self,
        text: &str,
        spoken: Option<Spoken>,
        reading: &Reading<'_>,
    ) -> (Parsed, Signs) {
        let Begun {
            tokens,
            known,
            spoken,
            mut open,
            placing,
            layout,
            seen,
        } = self.begun(text, spoken, reading);
        let located = self.place(&tokens, &placing, &layout, reading);
        let place_words = located.words.and_then(|span| bytes(&tokens, span));
        close(&mut open, located.used.iter().copied());
        let hits = Vocabulary::hits(&tokens, &known, &open, spoken);
        let counting = Counting {
            tokens: &tokens,
            open: &open,
            hits: &hits,
            layout: &layout,
        };
        let vehicles = counting.vehicles();
        let mut report = Report {
            size: Size {
                people: counting.people(),
                vehicles: vehicles.total,
            },
            activity: details::activities(&tokens, &hits, &layout),
            place: one(&located.found),
            unit: details::unit(&tokens, &hits, &layout),
            seen,
            equipment: Equipment {
                vehicles: vehicles.described,
                weapons: details::said(&tokens, &hits, Category::Weapon),
                other: details::said(&tokens, &hits, Category::Gear),
            },
            certainty: certainty::certainty(&tokens, &hits),
        };
        let exposing = Exposing {
            vocabulary: &self.vocabulary,
            tokens: &tokens,
            hits: &hits,
            place: &located.used,
        };
        let flags = exposing.flags();
        let judged = Judged {
            tokens: &tokens,
            hits: &hits,
            report: &report,
            found: &located.found,
            place: &located.used,
            place_words: located.words,
            small_words: self.vocabulary.place_words(),
            flags: &flags,
            is_labelled: layout.is_used(),
            is_reply: reading.is_reply,
        };
        let signs = judged.signs();
        let (kind, score) = judged.kind(&signs);
        if kind == Kind::AllClear {
            is_no_more(&mut report);
        }
        let parsed = Parsed {
            kind,
            missing: missing(kind, &report, &located.found, reading),
            report,
            found: located.found,
            score,
            language: spoken.main.and_then(|at| LANGUAGES.get(at)).copied(),
            place_words,
            flags,
        };
        (parsed, signs)
    }

    /// The language of a text, where it shows one: `en`, `es`, `so` or `hmn`.
    #[must_use]
    pub fn language(&self, text: &str) -> Option<&'static str> {
        let at = self.spoken(text).main?;
        LANGUAGES.get(at).copied()
    }

    /// The languages that a text shows.
    fn spoken(&self, text: &str) -> Spoken {
        let tokens = tokens(text);
        Vocabulary::spoken(&tokens, &self.vocabulary.known(&tokens))
    }

    /// The place in a text that answers "Where?" and may be nothing but a place.
    #[must_use]
    pub fn locate(&self, text: &str, reading: &Reading<'_>) -> Found {
        let tokens = tokens(text);
        let mut open = vec![true; tokens.len()];
        close(&mut open, plate::plates(&tokens));
        let asked = Asked {
            is_field: true,
            ..asked(&tokens, &open, reading)
        };
        let found = self.search(&asked).located().found;
        if found == Found::Nothing
            && tokens
                .iter()
                .any(|token| token.text.chars().any(char::is_alphanumeric))
        {
            return Found::Unknown;
        }
        found
    }

    /// The places considered in reading a message, best first, and why each was taken or not.
    #[must_use]
    pub fn explain_place(&self, text: &str, reading: &Reading<'_>) -> Vec<Candidate> {
        let begun = self.begun(text, None, reading);
        let (tokens, open) = (&begun.tokens, &begun.placing);
        if let Some(only) = only_field(open, &begun.layout) {
            let asked = Asked {
                is_field: true,
                ..asked(tokens, &only, reading)
            };
            let told = self.search(&asked).explained();
            if !told.is_empty() {
                return told;
            }
        }
        self.search(&asked(tokens, open, reading)).explained()
    }

    fn search<'a>(&'a self, asked: &'a Asked<'a>) -> Search<'a> {
        Search::new(&self.gazetteer, self.vocabulary.place_words(), asked)
    }

    /// The place: in the location field first, else anywhere.
    fn place(
        &self,
        tokens: &[Token],
        open: &[bool],
        layout: &Layout,
        reading: &Reading<'_>,
    ) -> Located {
        if let Some(only) = only_field(open, layout) {
            let asked = Asked {
                is_field: true,
                ..asked(tokens, &only, reading)
            };
            let located = self.search(&asked).located();
            if located.found != Found::Nothing {
                return located;
            }
        }
        self.search(&asked(tokens, open, reading)).located()
    }
}

/// A message read up to where its place is looked for.
struct Begun<'a> {
    tokens: Vec<Token>,
    known: Known<'a>,
    spoken: Spoken,
    /// The tokens that still may mean something.
    open: Vec<bool>,
    /// Of these, the ones that may be of a place: a Lincoln Navigator is no street.
    placing: Vec<bool>,
    layout: Layout,
    seen: Seen,
}

/// What is asked of the gazetteer about some tokens.
const fn asked<'a>(tokens: &'a [Token], open: &'a [bool], reading: &Reading<'a>) -> Asked<'a> {
    Asked {
        tokens,
        open,
        near: reading.near,
        earlier: reading.earlier,
        is_field: false,
    }
}

/// Only the location field open, if there is one.
fn only_field(open: &[bool], layout: &Layout) -> Option<Vec<bool>> {
    let field = layout.field(Label::Location)?;
    let only = open.iter().enumerate();
    Some(
        only.map(|(at, is_open)| *is_open && field.holds(at))
            .collect(),
    )
}

/// Where some tokens stand in the text.
fn bytes(tokens: &[Token], span: Span) -> Option<Range<usize>> {
    let last = span.to.checked_sub(1)?;
    Some(tokens.get(span.from)?.start..tokens.get(last)?.end)
}

/// Takes tokens out of further reading.
fn close(open: &mut [bool], spans: impl IntoIterator<Item = Span>) {
    for span in spans {
        for is_open in open.iter_mut().take(span.to).skip(span.from) {
            *is_open = false;
        }
    }
}

fn one(found: &Found) -> Option<crate::domain::place::Place> {
    match found {
        Found::One(place) => Some((**place).clone()),
        _ => None,
    }
}

/// What an all-clear names is what is no longer there, or never was: only that they left or took someone stands.
fn is_no_more(report: &mut Report) {
    report
        .activity
        .retain(|activity| matches!(activity, Activity::Leaving | Activity::Detaining));
    if !report.activity.contains(&Activity::Leaving) {
        report.size = Size::default();
    }
    report.unit = Unit::default();
    report.equipment = Equipment::default();
}

/// What would make a report useful and is missing.
fn missing(kind: Kind, report: &Report, found: &Found, reading: &Reading<'_>) -> Vec<Field> {
    let is_placed = match found {
        Found::One(place) => place.kind != PlaceKind::Street,
        Found::Several(_) | Found::Unknown | Found::Nothing => false,
    };
    let fields: &[(Field, bool)] = match kind {
        Kind::Sighting => &[
            (Field::Location, !is_placed),
            (
                Field::Size,
                report.size.people.is_none() && report.size.vehicles.is_none(),
            ),
            (Field::Activity, report.activity.is_empty()),
            (Field::Time, report.seen.basis == TimeBasis::Vague),
        ],
        Kind::Update | Kind::AllClear => &[(Field::Location, !is_placed && !reading.is_reply)],
        _ => &[],
    };
    fields
        .iter()
        .filter(|(_, is_missing)| *is_missing)
        .map(|(field, _)| *field)
        .collect()
}
