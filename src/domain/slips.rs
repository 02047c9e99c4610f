//! How many slips of the keyboard lie between two words: a letter too much, too few, another, or two changed about.

/// Whether two words are at most so many slips apart. What can be told from their letters alone is told without comparing them
/// letter by letter, which costs the product of their lengths.
#[must_use]
pub fn are_within(one: &str, other: &str, most: usize) -> bool {
    if one == other {
        return true;
    }
    if one.is_ascii() && other.is_ascii() && one.len().abs_diff(other.len()) > most {
        return false;
    }
    // A slip takes one letter away at most, and adds one at most.
    let (mine, theirs) = (letters(one), letters(other));
    let lacks = |these: u64, those: u64| (these & !those).count_ones() as usize > most;
    if lacks(mine, theirs) || lacks(theirs, mine) {
        return false;
    }
    let long = one.chars().count().abs_diff(other.chars().count());
    long <= most && strsim::osa_distance(one, other) <= most
}

/// Which characters a word has, as bits; different ones may share a bit.
fn letters(word: &str) -> u64 {
    word.chars()
        .fold(0, |bits, c| bits | 1 << (u32::from(c) % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted_as_by_comparing_every_letter() {
        let words = [
            "",
            "a",
            "ab",
            "ba",
            "stop",
            "sotp",
            "stoop",
            "start",
            "lake",
            "laek",
            "parar",
            "pare",
            "ñandú",
            "nandu",
            "quítame",
            "quitame",
            "bloomington",
            "blomingtno",
            "powderhorn park",
            "powderhorn",
            "👀",
            "joogi",
            "jooji",
        ];
        for one in words {
            for other in words {
                for most in 0..5 {
                    let truth = strsim::osa_distance(one, other) <= most;
                    assert_eq!(are_within(one, other, most), truth, "{one} {other} {most}");
                }
            }
        }
    }
}
