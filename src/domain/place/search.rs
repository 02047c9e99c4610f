//! One search for the place meant in a text: what is known before it begins, and all that is named in the text.

use crate::domain::{
    ids::AreaId,
    parse::tokens::{Token, TokenKind},
    place::{
        Found, Place,
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
    pub(super) pairs: Vec<Pair>,
    pub(super) along: Vec<(Along, Span)>,
    /// The first word that says they moved, or that something is put right.
    pub(super) moved: usize,
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
    pub(super) fn is_first(&self, at: usize) -> bool {
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
