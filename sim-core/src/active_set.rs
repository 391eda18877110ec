//! The switches or terminals that have something to do.

/// A set of `n` numbers that is walked in ascending order while members are taken out.
#[derive(Debug)]
pub struct ActiveSet {
    words: Vec<u64>,
}

/// How far a walk over a set has come. Apart from the set, so that this may change behind it, and that several may be under
/// way.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    /// The first number of the word that it has come to, modulo 2^64.
    first: usize,
    /// Members in it that are still to come.
    bits: u64,
}

impl Default for Walk {
    /// Before the first word.
    fn default() -> Self {
        Self {
            first: 0_usize.wrapping_sub(64),
            bits: 0,
        }
    }
}

impl ActiveSet {
    pub fn new(n: usize) -> Self {
        Self {
            words: vec![0; n.div_ceil(64)],
        }
    }

    #[inline(always)]
    pub fn insert(&mut self, i: usize) {
        self.words[i / 64] |= 1 << (i % 64);
    }

    #[inline(always)]
    pub fn remove(&mut self, i: usize) {
        self.words[i / 64] &= !(1 << (i % 64));
    }

    /// Takes time in proportion to the words that are empty up to the first member.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// The next member of a walk.
    #[inline(always)]
    pub fn next(&self, walk: &mut Walk) -> Option<usize> {
        while walk.bits == 0 {
            let first = walk.first.wrapping_add(64);
            walk.bits = *self.words.get(first / 64)?;
            walk.first = first;
        }
        let bit = walk.bits.trailing_zeros() as usize;
        walk.bits &= walk.bits - 1;
        Some(walk.first + bit)
    }

    pub fn bytes(n: usize) -> usize {
        n.div_ceil(64) * 8
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// In order, each once, though each is taken out when it is reached, and whatever others have seen before.
        #[test]
        fn walks_go_over_all_members(
            members in prop::collection::btree_set(0..300_usize, 0..80),
            ahead in 0..10_usize,
        ) {
            let mut set = ActiveSet::new(300);
            members.iter().for_each(|&i| set.insert(i));
            prop_assert_eq!(set.is_empty(), members.is_empty());
            let (mut first, mut second) = (Walk::default(), Walk::default());
            let mut seen_first: BTreeSet<_> = (0..ahead).filter_map(|_| set.next(&mut first)).collect();
            let mut seen = Vec::new();
            while let Some(i) = set.next(&mut second) {
                seen_first.extend(set.next(&mut first));
                set.remove(i);
                seen.push(i);
            }
            prop_assert_eq!(seen, members.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(seen_first, members);
            prop_assert!(set.is_empty());
        }
    }
}
