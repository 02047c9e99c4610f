//! Names for people who are known by a keyed hash only: sayable, typeable, and telling nothing.

/// Consonants and vowels that are told apart on the phone.
const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
const VOWELS: &[u8; 4] = b"aeou";

/// A name such as `bagotu-42` made of a hash; the same for the same hash. Of some 20 million names, so that two people in one log
/// seldom share one; nobody finds the hash by it.
#[must_use]
pub fn of(hash: &str) -> String {
    let mut state = seed(hash);
    let mut draw = |below: u64| {
        let drawn = state % below;
        state /= below;
        usize::try_from(drawn).unwrap_or_default()
    };
    let mut name = String::new();
    for _ in 0..3 {
        name.push(char::from(CONSONANTS[draw(16)]));
        name.push(char::from(VOWELS[draw(4)]));
    }
    // No 0 and no 1, which look like letters.
    name.push('-');
    for _ in 0..2 {
        name.push(char::from(b"23456789"[draw(8)]));
    }
    name
}

/// FNV-1a, 64 bit: every part of the hash counts.
fn seed(hash: &str) -> u64 {
    hash.bytes().fold(0xcbf2_9ce4_8422_2325, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_hash_has_the_same_name_and_others_have_others() {
        assert_eq!(of("a1b2"), of("a1b2"));
        let names: std::collections::BTreeSet<String> =
            (0..2_000).map(|n| of(&format!("hash {n}"))).collect();
        assert!(names.len() > 1_990, "{}", names.len());
        assert!(names.iter().all(|name| name.len() == 9));
    }
}
