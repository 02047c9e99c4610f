//! Whether a message wishes or calls for violence, against persons or their property, whoever they are.
//!
//! Words alone do not tell: agents shoot, windows are smashed, and a cold kills. A threat is a wish, an order or a plan of the
//! writer's, and an act or a fate that it is for. What agents do, said or may do is a sighting or a fear.

use crate::domain::{
    parse::{flags::Exposing, lexicon::Category, tokens::TokenKind},
    place::phrases::Span,
};

/// How many tokens may stand between a violent verb and whom it is for.
const REACH: usize = 4;
/// How many tokens may stand between a wish and its verb.
const WISHED: usize = 11;
/// How many tokens may stand between an urging word and its verb: "somebody please just".
const URGED: usize = 2;
/// How far before a wish its denial may stand: "nobody ever should".
const DENIED: usize = 3;
/// How far before a wish may stand who spoke it, or who is afraid of it.
const TOLD: usize = 10;
/// How far before what is bound to happen may stand whom it happens to.
const BOUND: usize = 3;

impl Exposing<'_> {
    /// Whether a wish or a call for violence is in the message.
    pub(super) fn is_threat(&self) -> bool {
        let is_sure = self
            .words("sure")
            .any(|sure| self.is_meant(sure, sure) && !self.is_silenced(sure));
        is_sure || self.is_call() || self.is_wished_fate() || self.is_armed()
    }

    fn words(&self, tag: &str) -> impl Iterator<Item = Span> {
        self.spans(Category::Threat, tag)
    }

    fn is_harmless(&self, span: Span) -> bool {
        self.words("harmless")
            .any(|harmless| harmless.touches(span))
    }

    /// Whether harmless words reach out of a sure phrase; those inside it are part of it.
    fn is_silenced(&self, sure: Span) -> bool {
        self.words("harmless").any(|harmless| {
            harmless.touches(sure) && (harmless.from < sure.from || harmless.to > sure.to)
        })
    }

    /// An act that is wished for or ordered: "someone should smash their windows".
    fn is_call(&self) -> bool {
        let aimed = self.words("aimed").map(|act| (act, true));
        let planned = self.words("planned").map(|act| (act, false));
        let violent = self
            .words("violent")
            .filter(|act| {
                self.is_at(*act, &["target", "property", "thing"]) || self.is_at_agents(*act)
            })
            .map(|act| (act, true));
        let strikes = self
            .words("strike")
            .filter(|act| self.is_at(*act, &["target", "property"]) || self.is_at_agents(*act))
            .map(|act| (act, false));
        let breaks = self
            .words("verb")
            .filter(|act| self.is_at(*act, &["property"]) || self.is_at_vehicles(*act))
            .map(|act| (act, true));
        let hurls = ["hurl", "bring"]
            .into_iter()
            .flat_map(|tag| self.words(tag))
            .filter(|act| self.is_at(*act, &["weapon"]))
            .map(|act| (act, true));
        aimed
            .chain(planned)
            .chain(violent)
            .chain(strikes)
            .chain(breaks)
            .chain(hurls)
            .any(|(act, can_be_order)| {
                !self.is_harmless(act)
                    && (self.is_willed(act) || can_be_order && self.is_ordered(act))
            })
    }

    /// Whether one of those words stands behind an act, and within its reach.
    fn is_at(&self, act: Span, tags: &[&str]) -> bool {
        tags.iter().any(|tag| {
            self.words(tag)
                .any(|word| self.follows(act, word) && !self.is_harmless(word))
        })
    }

    fn follows(&self, act: Span, word: Span) -> bool {
        word.from >= act.to && word.from - act.to < REACH && self.is_one_sentence(act.to, word.from)
    }

    fn is_at_agents(&self, act: Span) -> bool {
        let agents = self
            .hits
            .of(Category::Person)
            .filter(|hit| matches!(&*hit.tag, "agent" | "police"));
        self.hits
            .of(Category::Agency)
            .chain(agents)
            .any(|hit| self.follows(act, hit.span))
            || self.is_at_vehicles(act)
    }

    fn is_at_vehicles(&self, act: Span) -> bool {
        self.hits
            .of(Category::Model)
            .any(|hit| self.follows(act, hit.span))
    }

    /// Whether the writer wishes an act or plans it. What "they" may do is fear.
    fn is_willed(&self, act: Span) -> bool {
        if self.is_done_by_them(act) {
            return false;
        }
        let wished = self.words("wish").map(|wish| (wish, WISHED));
        let urged = self.words("urge").map(|urge| (urge, URGED));
        wished.chain(urged).any(|(wish, reach)| {
            wish.to <= act.from
                && act.from - wish.to <= reach
                && !self.is_theirs(wish.from)
                && self.is_meant(wish, act)
        })
    }

    /// Whether an act stands where an order does: at the beginning of a clause, or behind a word of calling there.
    fn is_ordered(&self, act: Span) -> bool {
        let mut from = act.from;
        while let Some(call) = self.words("call").find(|call| call.to == from) {
            from = call.from;
        }
        self.is_clause_start(from) && self.is_meant(act, act)
    }

    fn is_clause_start(&self, at: usize) -> bool {
        at.checked_sub(1)
            .and_then(|before| self.tokens.get(before))
            .is_none_or(|token| {
                token.kind == TokenKind::Newline
                    || token.kind == TokenKind::Sign
                        && !token.is_any(&["-", "/", "&", "\"", "@", "#"])
            })
    }

    /// What is to happen to someone: "they deserve a bullet", "let's see their tires get slashed".
    fn is_wished_fate(&self) -> bool {
        let wished = self.words("doom").map(|doom| (doom, false));
        let bound = self.words("bound").map(|bound| (bound, true));
        let dooms: Vec<(Span, bool)> = wished.chain(bound).collect();
        self.words("fate").any(|fate| {
            !self.is_harmless(fate)
                && dooms.iter().any(|(doom, is_bound)| {
                    doom.to <= fate.from
                        && fate.from - doom.to <= WISHED
                        && !(*is_bound && (fate.from - doom.to > 1 || self.is_ours(doom.from)))
                        && self.is_meant(*doom, fate)
                        && !self.is_harmless(*doom)
                })
        })
    }

    /// Whether the writer, a neighbor or the reader is whom something is bound to happen to: that is fear.
    fn is_ours(&self, at: usize) -> bool {
        (1..=BOUND)
            .filter_map(|back| at.checked_sub(back))
            .any(|at| {
                self.hits.at(Category::Bystander, at).is_some()
                    || self
                        .hits
                        .of(Category::Cue)
                        .any(|hit| matches!(&*hit.tag, "self" | "you") && hit.span.holds(at))
            })
    }

    /// The writer has a weapon and says what for: "I got a bat in my trunk and I'm not afraid".
    fn is_armed(&self) -> bool {
        let has_weapon = self
            .words("armed")
            .any(|armed| !self.is_harmless(armed) && self.is_at(armed, &["weapon"]));
        has_weapon && self.words("menace").next().is_some()
    }

    /// Whether a wish and what it is for belong together, are neither denied nor feared, and are the writer's.
    fn is_meant(&self, wish: Span, act: Span) -> bool {
        let back = |reach| (wish.from.saturating_sub(reach)..wish.from).rev();
        let is_denied = back(DENIED)
            .take_while(|at| !self.is_clause_end(*at))
            .any(|at| self.is_denial(at));
        let is_told = back(TOLD)
            .take_while(|at| !self.is_sentence_end(*at))
            .any(|at| self.words("told").any(|told| told.holds(at)));
        let is_feared = back(TOLD)
            .take_while(|at| !self.is_clause_end(*at))
            .any(|at| {
                self.words("fear")
                    .any(|fear| fear.holds(at) && !self.is_denial(fear.from.saturating_sub(1)))
            });
        let is_denied_between = (wish.to..act.from).any(|at| self.is_denial(at));
        !is_denied
            && !is_told
            && !is_feared
            && !is_denied_between
            && self.is_one_sentence(wish.to, act.from)
    }

    fn is_denial(&self, at: usize) -> bool {
        self.hits
            .at(Category::Deny, at)
            .is_some_and(|hit| &*hit.tag != "behind")
    }

    fn is_one_sentence(&self, from: usize, to: usize) -> bool {
        !(from..to).any(|at| self.is_sentence_end(at))
    }

    /// A line's end, or a sign that ends a sentence; dots in a row only pause.
    fn is_sentence_end(&self, at: usize) -> bool {
        let is_dot = |at: Option<usize>| {
            at.and_then(|at| self.tokens.get(at))
                .is_some_and(|token| token.is("."))
        };
        self.tokens.get(at).is_some_and(|token| {
            token.kind == TokenKind::Newline
                || token.is_any(&["!", "?", ";"])
                || token.is(".") && !is_dot(at.checked_sub(1)) && !is_dot(Some(at + 1))
        })
    }

    fn is_clause_end(&self, at: usize) -> bool {
        self.is_sentence_end(at) || self.tokens.get(at).is_some_and(|token| token.is(","))
    }

    /// Whether agents are who does it: "if they break the door", "should they shoot".
    fn is_done_by_them(&self, act: Span) -> bool {
        let is_aimed = ["aimed", "planned"]
            .into_iter()
            .any(|tag| self.words(tag).any(|aimed| aimed == act));
        !is_aimed && act.from.checked_sub(1).is_some_and(|at| self.is_them(at))
    }

    /// Whether agents are who is going to do it: "they are gonna hurt someone".
    fn is_theirs(&self, wish: usize) -> bool {
        (1..=2)
            .filter_map(|back| wish.checked_sub(back))
            .take_while(|at| !self.is_clause_end(*at))
            .any(|at| self.is_them(at))
    }

    fn is_them(&self, at: usize) -> bool {
        self.hits.at(Category::Person, at).is_some()
            || self.hits.at(Category::Agency, at).is_some()
            || self
                .hits
                .of(Category::Cue)
                .any(|hit| &*hit.tag == "they" && hit.span.holds(at))
    }
}
