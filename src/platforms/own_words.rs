//! What somebody wrote: without what they quote and without code.

/// A message body without the lines it quotes and without code blocks; empty if nothing else was there.
#[must_use]
pub(super) fn own_words(body: &str) -> String {
    let kept = without_code(body);
    let lines: Vec<&str> = kept
        .lines()
        .filter(|line| !line.trim_start().starts_with('>'))
        .collect();
    lines.join("\n").trim().to_owned()
}

/// Takes out what stands between two fences (```); a fence that is never closed takes out nothing but itself.
fn without_code(body: &str) -> String {
    const FENCE: &str = "```";
    let mut kept = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, after)) = rest.split_once(FENCE) {
        kept.push_str(before);
        rest = match after.split_once(FENCE) {
            Some((_code, after)) => after,
            None => after,
        };
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_code_are_not_somebodys_own_words() {
        for (body, words) in [
            ("4 agents at Lake", "4 agents at Lake"),
            ("> <@ana:x> ok k7\n> more\n\nno k7", "no k7"),
            ("see this:\n> ok k7", "see this:"),
            ("> only a quote", ""),
            ("```\nok k7\n```", ""),
            ("a ```ok k7``` b", "a  b"),
            ("```ok k7", "ok k7"),
            ("2 > 1 vans", "2 > 1 vans"),
            ("one\ntwo", "one\ntwo"),
            ("", ""),
        ] {
            assert_eq!(own_words(body), words, "{body:?}");
        }
    }
}
