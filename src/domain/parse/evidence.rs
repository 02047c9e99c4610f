//! What in a message speaks for or against each kind, as named signs: cues of the lexicon, fields that were found, the
//! shape of the text, and its plain words. A sign is there or not; what it weighs is data (see [`crate::domain::parse::weights`]).

use std::borrow::Cow;

use rustc_hash::{FxBuildHasher, FxHashSet};

use crate::domain::{
    parse::{
        details::{is_denied, is_weather},
        flags::Flags,
        lexicon::{Category, Hits},
        tokens::{Token, TokenKind},
        weights::Weights,
    },
    place::{
        Found, PlaceKind,
        phrases::Span,
        words::{Around, PlaceWords},
    },
    report::{Activity, Kind, Report, TimeBasis},
};

/// All that the kind is judged by.
pub(crate) struct Judged<'a> {
    pub tokens: &'a [Token],
    pub hits: &'a Hits,
    pub report: &'a Report,
    pub found: &'a Found,
    /// Where the place words stand.
    pub place: &'a [Span],
    /// The words of the place that was found.
    pub place_words: Option<Span>,
    /// The small words around places.
    pub small_words: &'a PlaceWords,
    pub flags: &'a Flags,
    pub is_labelled: bool,
    pub is_reply: bool,
}

/// The signs of a message, each once. Hashed without a seed, so that the same text always gives the same answer.
pub(crate) type Signs = FxHashSet<Cow<'static, str>>;

/// A cue that ends within so many tokens of the beginning opens the message.
const OPENING: usize = 3;

/// How sure a labelled report is one, where its words say otherwise.
const LABELLED: f64 = 0.8;

impl Judged<'_> {
    /// The signs in the message.
    pub(crate) fn signs(&self) -> Signs {
        let mut signs = Signs::with_capacity_and_hasher(96, FxBuildHasher);
        self.cues(&mut signs);
        self.fields(&mut signs);
        self.shape(&mut signs);
        self.together(&mut signs);
        self.words(&mut signs);
        signs
    }

    /// Whether the message is a place and nothing else, not even an alarm about it.
    fn is_only_place(&self) -> bool {
        const SMALL: [Around; 6] = [
            Around::Area,
            Around::In,
            Around::At,
            Around::Article,
            Around::Filler,
            Around::Beside,
        ];
        if self.place_words.is_none() {
            return false;
        }
        let marks = self.small_words.marks(self.tokens);
        self.tokens.iter().enumerate().all(|(at, token)| {
            self.is_of_place(at)
                || token.kind == TokenKind::Newline
                || token.kind == TokenKind::Sign && !token.is("!")
                || marks.is_any(at, &SMALL)
        })
    }

    /// The plain words, without those of places, numbers and letters: no word list knows all the ways to ask, offer or joke.
    fn words(&self, signs: &mut Signs) {
        for (at, token) in self.tokens.iter().enumerate() {
            let is_plain = token.kind == TokenKind::Word && token.text.len() > 1;
            // What an agency's name means has signs of its own: "ICE" is in talk as often as in alarms.
            let is_agency = self.hits.at(Category::Agency, at).is_some();
            if is_plain && !is_agency && !self.is_of_place(at) {
                signs.insert(format!("word {}", token.text).into());
            }
        }
    }

    /// Whether a token belongs to the place that was found, or to another mention of one.
    fn is_of_place(&self, at: usize) -> bool {
        let is_main = self.place_words.is_some_and(|span| span.holds(at));
        is_main || self.place.iter().any(|span| span.holds(at))
    }

    /// The kind, and how sure we are of it, 0 to 1; a report is at least 0.5 sure. The weights decide, but a labelled report
    /// is a sighting unless it says that it is for practice, and what begins as practice is none.
    pub(crate) fn kind(&self, signs: &Signs) -> (Kind, f64) {
        let (kind, score) = Weights::shipped().kind(signs);
        let is_report = kind.is_report();
        if self.is_labelled && !is_report && !signs.contains("cue practice") {
            (Kind::Sighting, LABELLED)
        } else if is_report && !self.is_reply && self.is_only_place() {
            // "Whittier": somebody who says where they live, or what they ask about.
            (Kind::Chatter, 1.0 - score.min(0.5))
        } else if is_report && signs.contains("first practice") {
            (Kind::Chatter, 1.0 - score)
        } else {
            (kind, score)
        }
    }

    /// The cues: said, denied, or opening the message.
    fn cues(&self, signs: &mut Signs) {
        for hit in self.hits.of(Category::Cue) {
            if is_denied(self.tokens, self.hits, hit.span.from) {
                signs.insert(format!("not {}", hit.tag).into());
                continue;
            }
            signs.insert(format!("cue {}", hit.tag).into());
            if hit.span.from < OPENING {
                signs.insert(format!("first {}", hit.tag).into());
            }
            if hit.span.to > hit.span.from + 1 {
                signs.insert(format!("phrase {}", hit.tag).into());
            }
        }
    }

    /// The fields that were found.
    fn fields(&self, signs: &mut Signs) {
        let report = self.report;
        let uniform = |tags: &[&str]| report.unit.uniform.iter().any(|tag| tags.contains(&&**tag));
        let is_marked = uniform(&[
            "mask",
            "vest",
            "tactical",
            "police_marking",
            "camo",
            "helmet",
        ]);
        let has_federal = self.has_federal();
        let agencies = || self.hits.of(Category::Agency);
        let is_agent = self.hits.has(Category::Person, "agent");
        let strong = [
            Activity::Detaining,
            Activity::Knocking,
            Activity::Entering,
            Activity::VehicleStop,
            Activity::Questioning,
            Activity::Chemical,
            Activity::Crowd,
        ];
        let acts = |tags: &[Activity]| report.activity.iter().any(|tag| tags.contains(tag));
        let has_vehicle = self.has_vehicle();
        let groups = [
            has_federal || is_agent || is_marked || report.size.people.is_some(),
            !report.activity.is_empty(),
            self.is_placed(),
            has_vehicle,
            !report.equipment.weapons.is_empty() || !report.equipment.other.is_empty(),
        ]
        .into_iter()
        .filter(|is_so| *is_so)
        .count();
        for (name, is_so) in [
            ("labelled", self.is_labelled),
            ("reply", self.is_reply),
            ("agent", is_agent),
            ("federal", has_federal),
            ("police", !report.unit.agency.is_empty() && !has_federal),
            (
                "weather ice",
                agencies().any(|hit| is_weather(self.tokens, self.hits, hit)),
            ),
            (
                "agency denied",
                agencies().any(|hit| is_denied(self.tokens, self.hits, hit.span.from)),
            ),
            ("people", report.size.people.is_some()),
            ("person", self.hits.of(Category::Person).next().is_some()),
            (
                "bystander",
                self.hits.of(Category::Bystander).next().is_some(),
            ),
            ("vehicle", has_vehicle),
            ("vehicle described", !report.equipment.vehicles.is_empty()),
            ("marked", is_marked),
            ("uniform", !report.unit.uniform.is_empty()),
            ("weapon", !report.equipment.weapons.is_empty()),
            ("gear", !report.equipment.other.is_empty()),
            ("strong act", acts(&strong)),
            ("any act", !report.activity.is_empty()),
            ("leaving", acts(&[Activity::Leaving])),
            ("exact", self.is_exact()),
            ("placed", self.is_placed()),
            ("unknown place", matches!(self.found, Found::Unknown)),
            ("no place", matches!(self.found, Found::Nothing)),
            (
                "named place",
                matches!(self.found, Found::One(place) if place.kind == PlaceKind::Place),
            ),
            (
                "place first",
                self.place.iter().any(|span| span.from < OPENING),
            ),
            ("clock", report.seen.basis == TimeBasis::Clock),
            ("ago", report.seen.basis == TimeBasis::Relative),
            ("now", report.seen.basis == TimeBasis::Now),
            ("vague time", report.seen.basis == TimeBasis::Vague),
            ("1 group", groups >= 1),
            ("2 groups", groups >= 2),
            ("3 groups", groups >= 3),
            ("4 groups", groups >= 4),
            ("enforcers", has_federal || is_agent || is_marked),
            (
                "suspicious",
                has_federal
                    || is_agent
                    || is_marked
                    || acts(&strong)
                    || acts(&[Activity::Watching, Activity::Staging])
                    || !report.equipment.weapons.is_empty()
                    || self.hits.cue("marks"),
            ),
            ("threat", self.flags.threat),
            ("contact", !self.flags.pii.is_empty()),
        ] {
            if is_so {
                signs.insert(name.into());
            }
        }
    }

    /// The shape of the text.
    fn shape(&self, signs: &mut Signs) {
        let words = self
            .tokens
            .iter()
            .filter(|token| !matches!(token.kind, TokenKind::Sign | TokenKind::Newline))
            .count();
        let last = self
            .tokens
            .iter()
            .rev()
            .find(|token| token.kind != TokenKind::Newline && !token.is("•"));
        let has = |text: &str| self.tokens.iter().any(|token| token.is(text));
        let shouts = self.tokens.iter().filter(|token| token.is("!")).count();
        let capitals = self.tokens.iter().filter(|token| token.capitals).count();
        for (name, is_so) in [
            ("?", has("?")),
            ("ends in ?", last.is_some_and(|token| token.is("?"))),
            ("!", shouts > 0),
            ("!!", shouts > 1),
            ("$", has("$")),
            ("quoted", has("\"")),
            ("asks", self.is_question()),
            ("opens a question", self.is_open_question()),
            ("short", words <= 4),
            ("brief", words <= 9),
            ("long", words > 22),
            ("very long", words > 40),
            ("capitals", words > 3 && capitals * 2 > words),
            (
                "number first",
                self.tokens.first().is_some_and(|token| token.digits > 0),
            ),
            (
                "one question",
                last.is_some_and(|token| token.is("?"))
                    && self
                        .tokens
                        .iter()
                        .filter(|token| token.is_any(&[".", "!", "?", "\n"]))
                        .count()
                        == 1,
            ),
            (
                "answers a quote",
                self.tokens.first().is_some_and(|token| token.is(">")),
            ),
        ] {
            if is_so {
                signs.insert(name.into());
            }
        }
    }

    /// Signs that mean something together.
    fn together(&self, signs: &mut Signs) {
        const PAIRS: [(&str, &str, &str); 77] = [
            ("reply", "short", "reply and short"),
            ("reply", "no place", "reply without place"),
            ("exact", "cue gone", "gone from a place"),
            ("exact", "cue benign", "harmless at a place"),
            ("exact", "cue nothing", "nothing at a place"),
            ("exact", "cue still", "still at a place"),
            ("agent", "cue gone", "agents gone"),
            ("federal", "cue nothing", "no agents"),
            ("cue checked", "cue nothing", "checked and nothing"),
            ("cue checked", "cue benign", "checked and harmless"),
            ("cue need", "cue need_thing", "needs a thing"),
            ("cue offer", "cue need_thing", "offers a thing"),
            ("cue event", "cue future", "coming event"),
            ("cue event", "clock", "event with a time"),
            ("cue event", "cue invite", "invitation"),
            ("asks", "exact", "asks about a place"),
            ("asks", "federal", "asks about agents"),
            ("asks", "cue firsthand", "asks but saw"),
            ("cue past", "federal", "agents in the past"),
            ("cue past", "exact", "a place in the past"),
            ("labelled", "cue practice", "labelled practice"),
            ("labelled", "exact", "labelled at a place"),
            ("exact", "vehicle", "vehicle at a place"),
            ("exact", "people", "people at a place"),
            ("exact", "agent", "agents at a place"),
            ("exact", "federal", "agency at a place"),
            ("exact", "any act", "act at a place"),
            ("exact", "strong act", "strong act at a place"),
            ("cue correct", "reply", "corrects in reply"),
            ("exact", "now", "now at a place"),
            ("cue need", "asks", "asks for a need"),
            ("cue need", "ends in ?", "needs?"),
            ("cue need_thing", "ends in ?", "a thing?"),
            ("first question", "!suspicious", "opens asking of nothing"),
            ("one question", "!suspicious", "one question of nothing"),
            ("one question", "suspicious", "one question of agents"),
            ("one question", "exact", "one question of a place"),
            ("reply", "cue gone", "replies that they are gone"),
            ("reply", "cue benign", "replies that it is harmless"),
            ("reply", "cue nothing", "replies that there is nothing"),
            ("reply", "cue more", "replies that there are more"),
            ("reply", "cue still", "replies that they are still there"),
            ("reply", "people", "replies with people"),
            ("reply", "any act", "replies with an act"),
            ("reply", "first they", "replies of them"),
            ("reply", "cue firsthand", "replies from there"),
            ("placed", "!suspicious", "a place of nothing"),
            ("vehicle", "!suspicious", "a vehicle of nothing"),
            ("person", "!suspicious", "a person of nothing"),
            ("any act", "!suspicious", "an act of nothing"),
            ("cue traffic", "!enforcers", "traffic without agents"),
            ("cue weather", "!enforcers", "weather without agents"),
            ("cue benign", "!enforcers", "harmless without agents"),
            ("cue everyday", "!enforcers", "everyday without agents"),
            ("cue chatter", "!suspicious", "talk of nothing"),
            ("cue past", "!reply", "past, no reply"),
            ("cue media", "!exact", "news of no place"),
            (
                "cue everyday",
                "!suspicious",
                "everyday and nothing suspicious",
            ),
            ("cue practice", "!reply", "practice, no reply"),
            ("first they", "suspicious", "they do what agents do"),
            ("no place", "!suspicious", "nothing and nowhere"),
            ("police", "!enforcers", "police only"),
            ("cue hypothetical", "asks", "asks what if"),
            ("cue sighting", "enforcers", "agents seen"),
            ("a place of nothing", "!vehicle", "a place and no vehicle"),
            ("a place and no vehicle", "!person", "a place and nobody"),
            ("a place and nobody", "!any act", "a place alone"),
            ("first self", "!suspicious", "of oneself"),
            (
                "first question_start",
                "!suspicious",
                "begins like a question",
            ),
            ("cue need", "!suspicious", "needs and nothing suspicious"),
            ("cue everyday", "vehicle", "an everyday vehicle"),
            ("cue trade", "!enforcers", "tradesmen"),
            ("tradesmen", "reply", "tradesmen in reply"),
            ("tradesmen", "cue benign", "harmless tradesmen"),
            ("cue trade", "enforcers", "agents among tradesmen"),
            ("cue trade", "agency denied", "tradesmen, no agency"),
            ("first self", "exact", "oneself at a place"),
        ];
        for (one, other, both) in PAIRS {
            let holds = |sign: &str| match sign.strip_prefix('!') {
                Some(sign) => !signs.contains(sign),
                None => signs.contains(sign),
            };
            if holds(one) && holds(other) {
                signs.insert(both.into());
            }
        }
    }

    /// Whether an agency other than the local police is named.
    pub(crate) fn has_federal(&self) -> bool {
        let agency = &self.report.unit.agency;
        agency.iter().any(|agency| agency != "LOCAL_POLICE")
    }

    fn has_vehicle(&self) -> bool {
        !self.report.equipment.vehicles.is_empty()
            || self.report.size.vehicles.is_some()
            || self.hits.of(Category::Body).next().is_some()
    }

    fn is_exact(&self) -> bool {
        match self.found {
            Found::One(place) => place.is_exact(),
            Found::Several(_) => true,
            Found::Nothing | Found::Unknown => false,
        }
    }

    const fn is_placed(&self) -> bool {
        !matches!(self.found, Found::Nothing)
    }

    /// A question cue where a sentence begins, or anywhere before a question mark.
    fn is_question(&self) -> bool {
        self.cue_spans("question")
            .any(|span| self.begins(span.from) || self.mark_after(span.to))
    }

    /// "is 38th & chicago still active?": a sentence that begins with a verb and ends with a question mark.
    fn is_open_question(&self) -> bool {
        self.cue_spans("question_start")
            .any(|span| self.begins(span.from) && self.mark_after(span.to))
    }

    fn cue_spans(&self, tag: &str) -> impl Iterator<Item = Span> {
        self.hits
            .of(Category::Cue)
            .filter(move |hit| &*hit.tag == tag)
            .map(|hit| hit.span)
    }

    /// Whether a sentence begins at a token.
    fn begins(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.is_none_or(|before| {
            before.kind == TokenKind::Newline || before.is_any(&[".", "!", "?", ",", ":", "-"])
        })
    }

    /// A question mark ends the sentence that goes on at a token.
    fn mark_after(&self, at: usize) -> bool {
        self.tokens
            .get(at..)
            .unwrap_or_default()
            .iter()
            .find(|token| token.is_any(&[".", "!", "?", "\n"]))
            .is_some_and(|token| token.is("?"))
    }
}
