//! How many slips of the keyboard lie between two words: a letter too much, too few, another, or two changed about.

/// What of a word tells at a glance that it is not another one.
#[derive(Debug, Clone, Copy)]
pub struct Outline {
    /// How many characters it has.
    width: usize,
    /// Which characters it has, as bits; different ones may share a bit.
    characters: u64,
}

impl Outline {
    /// The outline of a word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        let (mut width, mut characters) = (0, 0);
        for c in word.chars() {
            width += 1;
            characters |= 1 << (u32::from(c) % 64);
        }
        Self { width, characters }
    }

    /// Whether two words with these outlines may be at most so many slips apart. A slip takes one character away at most, and
    /// adds one at most.
    #[must_use]
    pub const fn may_be_within(self, other: Self, most: usize) -> bool {
        self.width.abs_diff(other.width) <= most
            && (self.characters & !other.characters).count_ones() as usize <= most
            && (other.characters & !self.characters).count_ones() as usize <= most
    }
}

/// Whether two words are at most so many slips apart. What can be told at a glance is told without comparing them letter by
/// letter, which costs the product of their lengths.
#[must_use]
pub fn are_within(one: &str, other: &str, most: usize) -> bool {
    // A character has one to four bytes.
    one.len() <= 4 * (other.len() + most)
        && other.len() <= 4 * (one.len() + most)
        && Outline::of(one).may_be_within(Outline::of(other), most)
        && strsim::osa_distance(one, other) <= most
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
