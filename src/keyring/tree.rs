//! Keys that can be destroyed one by one, and never come back: a tree whose root makes them all.
//!
//! Each key has a number of 64 bits, which is the way from the root to its leaf: left or right at every bit. What a node makes of
//! itself for its two children goes one way only (HMAC-SHA-256). As long as no key was destroyed only the root is kept, and any
//! number has its key without anything being written. To destroy a key, every node on the way to it is given up, and what stands
//! beside the way is kept instead: from that all other keys can still be made, and this one by nobody. (Goldreich, Goldwasser and
//! Micali's function, punctured.) So several processes that began with the same root and destroyed the same numbers have the same
//! keys, in whatever order they did.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretBox};

use super::{mac_with, secret};

/// How many steps a way has.
const DEPTH: u32 = u64::BITS;

/// The part of a tree that is kept.
pub struct Tree {
    /// By how deep a node lies, and the way to it.
    nodes: BTreeMap<(u32, u64), SecretBox<[u8; 32]>>,
}

impl Tree {
    /// A whole tree.
    pub fn new(root: [u8; 32]) -> Self {
        Self {
            nodes: BTreeMap::from([((0, 0), secret(root))]),
        }
    }

    /// A tree of which nothing is kept, for [`Self::put`].
    pub const fn empty() -> Self {
        Self {
            nodes: BTreeMap::new(),
        }
    }

    /// What is kept: how deep, the way to it, and itself.
    pub fn nodes(&self) -> impl Iterator<Item = (u32, u64, &[u8; 32])> {
        let nodes = self.nodes.iter();
        nodes.map(|((depth, way), seed)| (*depth, *way, seed.expose_secret()))
    }

    /// Adds what was kept; false if there is no such place.
    pub fn put(&mut self, depth: u32, way: u64, seed: [u8; 32]) -> bool {
        let is_there = depth <= DEPTH && (depth == DEPTH || way >> depth == 0);
        if is_there {
            self.nodes.insert((depth, way), secret(seed));
        }
        is_there
    }

    /// The key of a number; `None` if it was destroyed.
    pub fn key(&self, number: u64) -> Option<[u8; 32]> {
        let (depth, seed) = self.above(number)?;
        let leaf = (depth..DEPTH).fold(seed, |seed, depth| child(&seed, bit(number, depth)));
        Some(mac_with(&leaf, &["key"]))
    }

    /// Whether a number still has its key.
    pub fn has(&self, number: u64) -> bool {
        self.above(number).is_some()
    }

    /// Destroys the key of a number. False if that was done before.
    pub fn destroy(&mut self, number: u64) -> bool {
        let Some((depth, mut seed)) = self.above(number) else {
            return false;
        };
        self.nodes.remove(&(depth, way(number, depth)));
        for depth in depth..DEPTH {
            let goes_right = bit(number, depth);
            let beside = way(number, depth) << 1 | u64::from(!goes_right);
            self.nodes
                .insert((depth + 1, beside), secret(child(&seed, !goes_right)));
            seed = child(&seed, goes_right);
        }
        true
    }

    /// The node that is kept above a number.
    fn above(&self, number: u64) -> Option<(u32, [u8; 32])> {
        (0..=DEPTH).find_map(|depth| {
            let seed = self.nodes.get(&(depth, way(number, depth)))?;
            Some((depth, *seed.expose_secret()))
        })
    }
}

/// The first steps of the way to a number.
fn way(number: u64, steps: u32) -> u64 {
    number.checked_shr(DEPTH - steps).unwrap_or_default()
}

/// Whether the way to a number goes right after so many steps.
fn bit(number: u64, steps: u32) -> bool {
    number >> (DEPTH - 1 - steps) & 1 == 1
}

fn child(seed: &[u8; 32], is_right: bool) -> [u8; 32] {
    mac_with(seed, &[if is_right { "right" } else { "left" }])
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBERS: [u64; 5] = [0, 1, 7, 1 << 63, u64::MAX];

    #[test]
    fn every_number_has_a_key_of_its_own() {
        let tree = Tree::new([1; 32]);
        let mut keys: Vec<_> = NUMBERS.iter().map(|n| tree.key(*n).unwrap()).collect();
        assert_eq!(keys, NUMBERS.map(|n| tree.key(n).unwrap()));
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), NUMBERS.len());
        assert_ne!(tree.key(1), Tree::new([2; 32]).key(1));
    }

    #[test]
    fn what_is_destroyed_is_gone_and_nothing_else_is_changed() {
        for gone in NUMBERS {
            let whole = Tree::new([1; 32]);
            let mut tree = Tree::new([1; 32]);
            assert!(tree.destroy(gone) && !tree.destroy(gone));
            assert!(!tree.has(gone) && tree.key(gone).is_none());
            for other in NUMBERS.iter().filter(|other| **other != gone) {
                assert_eq!(tree.key(*other), whole.key(*other), "{other}");
            }
        }
    }

    #[test]
    fn in_whatever_order_the_same_is_kept() {
        let kept = |gone: &[u64]| {
            let mut tree = Tree::new([1; 32]);
            for number in gone {
                tree.destroy(*number);
            }
            let nodes: Vec<_> = tree.nodes().map(|(d, w, s)| (d, w, *s)).collect();
            nodes
        };
        assert_eq!(kept(&[1, u64::MAX, 7]), kept(&[7, 1, u64::MAX]));
        // 61 on the way that both have; below it 0, 2 and 3, 4 and 5, 6.
        assert_eq!(kept(&[1, 7, 7]).len(), 61 + 4);
    }

    #[test]
    fn what_was_kept_can_be_put_together_again() {
        let mut tree = Tree::new([1; 32]);
        tree.destroy(7);
        let mut again = Tree::empty();
        for (depth, way, seed) in tree.nodes() {
            assert!(again.put(depth, way, *seed));
        }
        assert_eq!(again.key(1), tree.key(1));
        assert!(!again.has(7) && !again.put(65, 0, [0; 32]) && !again.put(3, 8, [0; 32]));
    }
}
