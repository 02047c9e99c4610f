//! Links in a text that ask for money or lead to other groups.

use super::HoldRules;

impl HoldRules {
    /// Whether a link in the text leads to one of the listed places, and the community has not allowed it.
    pub(super) fn has_untrusted_link(&self, text: &str, allowed: &[String]) -> bool {
        let text = text.to_lowercase();
        links(&text).any(|link| {
            let leads_to = |place: &String| is_under(link, place);
            self.money.iter().chain(&self.invites).any(leads_to) && !allowed.iter().any(leads_to)
        })
    }
}

/// What may be links: pieces with a dot in them, without a scheme and `www.`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"' | ','))
        .map(|piece| {
            let piece = piece.split_once("://").map_or(piece, |(_, rest)| rest);
            piece.strip_prefix("www.").unwrap_or(piece)
        })
        .filter(|piece| piece.contains('.'))
}

/// Whether a link is that place or lies under it: a page of the host, or a host of the host.
fn is_under(link: &str, place: &str) -> bool {
    let host = link.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let (domain, path) = place.split_once('/').unwrap_or((place, ""));
    let is_host = host == domain
        || host
            .strip_suffix(domain)
            .is_some_and(|sub| sub.ends_with('.'));
    is_host
        && (path.is_empty()
            || link
                .get(host.len()..)
                .and_then(|rest| rest.strip_prefix('/'))
                .is_some_and(|rest| rest.starts_with(path)))
}
