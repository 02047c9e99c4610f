//! How the writer knows.

use crate::domain::{
    parse::{
        details::is_denied,
        lexicon::{Category, Hits},
        tokens::Token,
    },
    report::Certainty,
};

/// How the writer knows.
pub(crate) fn certainty(tokens: &[Token], hits: &Hits) -> Certainty {
    let is_said = |tag: &str| {
        hits.of(Category::Cue)
            .any(|hit| &*hit.tag == tag && !is_denied(tokens, hits, hit.span.from))
    };
    if is_said("secondhand") {
        Certainty::Secondhand
    } else if hits.cue("hedge") {
        Certainty::Unclear
    } else {
        Certainty::Firsthand
    }
}
