//! Whether a Matrix message is addressed to the bot.

/// If the words begin by naming the bot, the words after that with `!` in front, so that the command parser sees them as
/// addressed to the bot; otherwise the words as they are.
///
/// `html` is the formatted body: clients write the mention there as a link to the user (a "pill"), and its text into the body.
#[must_use]
pub fn addressed(words: &str, html: Option<&str>, me: &str) -> String {
    rest_after_mention(words, html, me).map_or_else(|| words.to_owned(), |rest| format!("!{rest}"))
}

fn rest_after_mention<'w>(words: &'w str, html: Option<&str>, me: &str) -> Option<&'w str> {
    if let Some(rest) = after_markdown_link(words, me) {
        return Some(rest);
    }
    let localpart = me.trim_start_matches('@').split(':').next()?;
    let pill = html.and_then(|html| leading_pill(html, me));
    let at_localpart = format!("@{localpart}");
    let names = [
        pill.as_deref().filter(|name| !name.is_empty()),
        Some(me),
        Some(at_localpart.as_str()),
        Some(localpart),
    ];
    names
        .into_iter()
        .flatten()
        .find_map(|name| after_name(words, name))
}

/// What follows `name`, `name:` or `name,` at the beginning.
fn after_name<'w>(words: &'w str, name: &str) -> Option<&'w str> {
    let start = words.get(..name.len())?;
    if !start.eq_ignore_ascii_case(name) && start.to_lowercase() != name.to_lowercase() {
        return None;
    }
    let rest = &words[name.len()..];
    if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-') {
        return None;
    }
    Some(rest.trim_start_matches([':', ',']).trim_start())
}

/// What follows `[name](https://matrix.to/#/@bot:server)` at the beginning, as some clients write a pill into the body.
fn after_markdown_link<'w>(words: &'w str, me: &str) -> Option<&'w str> {
    let (_name, target) = words.strip_prefix('[')?.split_once("](")?;
    let (link, rest) = target.split_once(')')?;
    is_link_to(link, me).then(|| rest.trim_start_matches([':', ',']).trim_start())
}

/// The text of a link to the bot that the formatted body begins with.
fn leading_pill(html: &str, me: &str) -> Option<String> {
    let mut start = html.trim_start();
    if let Some((_quote, after)) = start.split_once("</mx-reply>") {
        start = after.trim_start();
    }
    start = start.strip_prefix("<p>").unwrap_or(start).trim_start();
    let (tag, after) = start.strip_prefix("<a ")?.split_once('>')?;
    let (name, _) = after.split_once("</a>")?;
    let link = tag.split_once("href=\"")?.1.split('"').next()?;
    is_link_to(link, me).then(|| unescaped(name))
}

fn is_link_to(link: &str, me: &str) -> bool {
    let Some(target) = link.strip_prefix("https://matrix.to/#/") else {
        return false;
    };
    let target = target.replace("%40", "@").replace("%3A", ":");
    target.split('?').next() == Some(me)
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platforms::own_words::own_words;

    const ME: &str = "@tocsin:example.org";
    const PILL: &str = "<a href=\"https://matrix.to/#/@tocsin:example.org\">The Bell</a>";

    #[test]
    fn words_that_begin_with_the_bots_name_are_addressed() {
        for (words, html, expected) in [
            ("ok k7", None, "ok k7"),
            ("@tocsin:example.org ok k7", None, "!ok k7"),
            ("@tocsin:example.org: ok k7", None, "!ok k7"),
            ("Tocsin, ok k7", None, "!ok k7"),
            ("@tocsin ok k7", None, "!ok k7"),
            ("tocsinville is calm", None, "tocsinville is calm"),
            ("is tocsin there", None, "is tocsin there"),
            ("The Bell: ok k7", Some(PILL), "!ok k7"),
            ("The Bell: ok k7", None, "The Bell: ok k7"),
            (
                "[The Bell](https://matrix.to/#/%40tocsin%3Aexample.org) ok k7",
                None,
                "!ok k7",
            ),
            (
                "[Ana](https://matrix.to/#/@ana:example.org) ok",
                None,
                "[Ana](https://matrix.to/#/@ana:example.org) ok",
            ),
            ("tocsin", None, "!"),
        ] {
            assert_eq!(addressed(words, html, ME), expected, "{words:?}");
        }
    }

    #[test]
    fn no_body_breaks_it() {
        for body in [
            "```",
            "``````",
            "[",
            "[](",
            "[](https://matrix.to/#/",
            "ß",
            "@tocsi\u{301}",
            "> ",
            "\u{202e}>",
        ] {
            let _ = addressed(&own_words(body), Some(body), ME);
        }
    }
}
