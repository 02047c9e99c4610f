//! Talk that is passed on, in words: who says it, and what.

use crate::domain::{
    relay::{MARK, Talk},
    words::Words,
};

/// `» Ana: see you at six`. `word` says a message that takes no arguments.
pub(super) fn passed_on(talk: &Talk, word: impl Fn(&str) -> String) -> Words {
    let name = talk.name.clone().unwrap_or_else(|| word("relay-nobody"));
    let left_out = talk.has_picture.then(|| word("relay-left-out"));
    let said: Vec<&str> = [talk.words.as_str(), left_out.as_deref().unwrap_or_default()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    Words::of([
        (format!("{MARK} "), false),
        (name, true),
        (format!(": {}", said.join(" ")), false),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::relay::is_relayed;

    #[test]
    fn it_is_marked_and_says_who_speaks() {
        let word = |key: &str| match key {
            "relay-nobody" => "A neighbor".to_owned(),
            _ => "(left out)".to_owned(),
        };
        for (name, words, has_picture, expected) in [
            (
                Some("Ana"),
                "see you **at** six",
                false,
                "» Ana: see you **at** six",
            ),
            (Some("Ana"), "look", true, "» Ana: look (left out)"),
            (None, "", true, "» A neighbor: (left out)"),
        ] {
            let talk = Talk {
                name: name.map(str::to_owned),
                words: words.to_owned(),
                has_picture,
            };
            let said = passed_on(&talk, word);
            assert_eq!(said.plain(), expected);
            assert!(is_relayed(&said.plain()));
        }
        let html = passed_on(
            &Talk {
                name: Some("Ana".to_owned()),
                words: "<b>1 & 2</b>".to_owned(),
                has_picture: false,
            },
            word,
        );
        assert_eq!(
            html.html(),
            "» <strong>Ana</strong>: &lt;b&gt;1 &amp; 2&lt;/b&gt;"
        );
    }
}
