//! What a message is for: evidence for a sighting weighed against what speaks for talk, questions and mutual aid.

use crate::domain::{
    parse::{
        details::{is_denied, is_weather},
        lexicon::{Category, Hits},
        tokens::{Token, TokenKind},
    },
    place::Found,
    report::{Activity, Certainty, Kind, Report, TimeBasis},
};

/// All that the kind is judged by.
pub(crate) struct Judged<'a> {
    pub tokens: &'a [Token],
    pub hits: &'a Hits,
    pub report: &'a Report,
    pub found: &'a Found,
    pub is_labelled: bool,
    pub is_reply: bool,
}

/// At this evidence a message is a sighting.
const SIGHTING: f64 = 0.5;

impl Judged<'_> {
    /// The kind, and how sure we are of it, 0 to 1.
    pub(crate) fn kind(&self) -> (Kind, f64) {
        let evidence = self.evidence();
        let cue = |tag: &str| self.hits.cue(tag);
        if cue("quiet") || cue("past") && !self.is_labelled || self.is_traffic() {
            return if self.is_question() {
                (Kind::Question, 0.8)
            } else {
                (Kind::Chatter, 0.8)
            };
        }
        let is_talk = evidence < SIGHTING;
        let asks = self.is_question() && !cue("firsthand")
            || self.is_open_question() && evidence < 0.75
            || cue("hypothetical");
        if asks && !self.is_labelled && !self.is_asking_for_aid() {
            return (Kind::Question, 0.8);
        }
        if !self.is_labelled {
            if self.is_said("all_clear") {
                return self.follow_up(Kind::AllClear, 0.4);
            }
            if self.is_said("update") || self.is_reply && evidence > 0.25 {
                return self.follow_up(Kind::Update, 0.35);
            }
        }
        if is_talk || self.is_aid_first(evidence) {
            if cue("event") && !(cue("need") && cue("need_thing")) {
                return (Kind::Event, 0.7);
            }
            if cue("need") && (cue("need_thing") || self.tokens.iter().any(|token| token.is("?"))) {
                return (Kind::Need, 0.7);
            }
            if cue("offer") && (cue("need_thing") || self.has_place_or_number()) {
                return (Kind::Offer, 0.7);
            }
            if cue("need") && !cue("chatter") && self.has_place_or_number() {
                return (Kind::Need, 0.55);
            }
        }
        if is_talk {
            (Kind::Chatter, (1.0 - evidence).max(0.5))
        } else {
            (Kind::Sighting, evidence)
        }
    }

    /// An update or all-clear: only beside something that makes it one of ours.
    fn follow_up(&self, kind: Kind, base: f64) -> (Kind, f64) {
        let mut score = base;
        for (is_so, weight) in [
            (self.is_reply, 0.35),
            (self.is_exact(), 0.25),
            (self.found != &Found::Nothing, 0.05),
            (self.hits.of(Category::Agency).next().is_some(), 0.2),
            (self.hits.has(Category::Person, "agent"), 0.2),
            (self.report.size.vehicles.is_some(), 0.15),
            (self.report.size.people.is_some(), 0.1),
            (
                self.report
                    .activity
                    .iter()
                    .any(|activity| *activity != Activity::Leaving),
                0.1,
            ),
            (self.hits.cue("sure_clear") && kind == Kind::AllClear, 0.2),
        ] {
            if is_so {
                score += weight;
            }
        }
        (kind, f64::min(score, 0.98))
    }

    /// How much speaks for a sighting.
    fn evidence(&self) -> f64 {
        let report = self.report;
        let uniform = |tags: &[&str]| {
            report
                .unit
                .uniform
                .iter()
                .any(|tag| tags.contains(&tag.as_str()))
        };
        let acts = |tags: &[Activity]| report.activity.iter().any(|tag| tags.contains(tag));
        let has_federal = report
            .unit
            .agency
            .iter()
            .any(|agency| agency != "LOCAL_POLICE");
        let marked = uniform(&["mask", "vest", "tactical", "police_marking", "camo"]);
        let strong = [
            Activity::Detaining,
            Activity::Knocking,
            Activity::Entering,
            Activity::VehicleStop,
            Activity::Questioning,
            Activity::Aerial,
        ];
        let is_vehicle = !report.equipment.vehicles.is_empty() || report.size.vehicles.is_some();
        let shouts = self.tokens.iter().filter(|token| token.is("!")).count() >= 2;
        let alarms = self
            .hits
            .of(Category::Cue)
            .filter(|hit| &*hit.tag == "alarm")
            .count();
        let sum = [
            (self.is_labelled, 0.6),
            (has_federal, 0.35),
            (!report.unit.agency.is_empty() && !has_federal, 0.1),
            (self.hits.has(Category::Person, "agent"), 0.3),
            (report.size.people.is_some(), 0.1),
            (marked, 0.2),
            (!marked && !report.unit.uniform.is_empty(), 0.1),
            (is_vehicle, 0.2),
            (acts(&strong), 0.25),
            (!acts(&strong) && !report.activity.is_empty(), 0.2),
            (self.is_exact(), 0.25),
            (!self.is_exact() && matches!(self.found, Found::One(_)), 0.1),
            (matches!(self.found, Found::Unknown), 0.1),
            (!report.equipment.weapons.is_empty(), 0.2),
            (!report.equipment.other.is_empty(), 0.1),
            (self.hits.cue("marks"), 0.2),
            (
                !is_vehicle && self.hits.of(Category::Body).next().is_some(),
                0.1,
            ),
            (self.hits.cue("sighting"), 0.1),
            (self.hits.cue("firsthand"), 0.1),
            (alarms >= 1, 0.3),
            (alarms >= 2, 0.15),
            (shouts, 0.1),
            (
                matches!(
                    report.seen.basis,
                    TimeBasis::Clock | TimeBasis::Relative | TimeBasis::Now
                ),
                0.05,
            ),
            (self.hits.cue("chatter"), -0.2),
        ]
        .into_iter()
        .filter(|(is_so, _)| *is_so)
        .map(|(_, weight)| weight)
        .sum::<f64>();
        ((sum * 100.0).round() / 100.0).clamp(0.0, 0.98)
    }

    fn is_exact(&self) -> bool {
        match self.found {
            Found::One(place) => place.is_exact(),
            Found::Several(_) => true,
            Found::Nothing | Found::Unknown => false,
        }
    }

    fn has_place_or_number(&self) -> bool {
        matches!(self.found, Found::One(_) | Found::Several(_))
            || self.tokens.iter().any(|token| token.digits > 0)
    }

    /// A crash, a fire, the plow, or the frozen kind of ice; and nothing of agents.
    fn is_traffic(&self) -> bool {
        let is_agents = self.hits.has(Category::Person, "agent")
            || self
                .report
                .unit
                .agency
                .iter()
                .any(|agency| agency != "LOCAL_POLICE")
            || self.is_labelled;
        let is_ice_only = self
            .hits
            .of(Category::Agency)
            .any(|hit| is_weather(self.tokens, self.hits, hit));
        !is_agents
            && (self.hits.cue("traffic") || is_ice_only && self.report.unit.agency.is_empty())
    }

    /// A question cue where a sentence begins, or anywhere before a question mark.
    fn is_question(&self) -> bool {
        let has_mark = self.tokens.iter().any(|token| token.is("?"));
        self.hits
            .of(Category::Cue)
            .filter(|hit| &*hit.tag == "question")
            .any(|hit| {
                let before = hit
                    .span
                    .from
                    .checked_sub(1)
                    .and_then(|at| self.tokens.get(at));
                let begins = before.is_none_or(|before| {
                    before.kind == TokenKind::Newline
                        || before.is_any(&[".", "!", "?", ",", ":", "-"])
                });
                begins || has_mark && self.mark_after(hit.span.to)
            })
    }

    /// "is 38th & chicago still active?": a sentence that begins with a verb and ends with a question mark.
    fn is_open_question(&self) -> bool {
        self.hits
            .of(Category::Cue)
            .filter(|hit| &*hit.tag == "question_start")
            .any(|hit| {
                let before = hit
                    .span
                    .from
                    .checked_sub(1)
                    .and_then(|at| self.tokens.get(at));
                before.is_none_or(|before| {
                    before.kind == TokenKind::Newline || before.is_any(&[".", "!", "?"])
                }) && self.mark_after(hit.span.to)
            })
    }

    /// Whether a cue stands without a denial: "no confirmado" confirms nothing.
    fn is_said(&self, tag: &str) -> bool {
        self.hits
            .of(Category::Cue)
            .any(|hit| &*hit.tag == tag && !is_denied(self.tokens, self.hits, hit.span.from))
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

    fn is_asking_for_aid(&self) -> bool {
        self.hits.cue("need") && self.hits.cue("need_thing")
    }

    /// Aid comes first where nobody of an agency is named and what is asked or given is.
    fn is_aid_first(&self, evidence: f64) -> bool {
        let is_agents = self.hits.has(Category::Person, "agent")
            || self
                .report
                .unit
                .agency
                .iter()
                .any(|agency| agency != "LOCAL_POLICE");
        !is_agents
            && !self.is_labelled
            && evidence < 0.8
            && self.hits.cue("need_thing")
            && (self.hits.cue("need") || self.hits.cue("offer"))
            || !is_agents
                && self.hits.cue("event")
                && evidence < 0.7
                && self.report.equipment.vehicles.is_empty()
    }
}

/// How the writer knows.
pub(crate) fn certainty(hits: &Hits) -> Certainty {
    if hits.cue("secondhand") {
        Certainty::Secondhand
    } else if hits.cue("hedge") {
        Certainty::Unclear
    } else {
        Certainty::Firsthand
    }
}
