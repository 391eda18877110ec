//! Sets of small numbers (ports, virtual channels of all ports) as bit masks.

use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not};

/// A set of numbers below `64 * W`. With `W` = 1, the common case, every operation is a few instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mask<const W: usize>([u64; W]);

impl<const W: usize> Default for Mask<W> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<const W: usize> Mask<W> {
    /// No member.
    pub const EMPTY: Self = Self([0; W]);

    /// The numbers `first .. first + count`.
    #[inline(always)]
    pub fn range(first: usize, count: usize) -> Self {
        if W == 1 {
            // `count` is at least 1 and at most 64: the shift stays below 64.
            return Self([(u64::MAX >> (64 - count)) << first; W]);
        }
        let mut mask = Self::EMPTY;
        for i in first..first + count {
            mask.insert(i);
        }
        mask
    }

    /// The number `i` alone.
    #[inline(always)]
    pub fn one(i: usize) -> Self {
        let mut mask = Self::EMPTY;
        mask.insert(i);
        mask
    }

    /// The word that `i` is in. With one word there is no other, and nothing to check.
    #[inline(always)]
    fn word_of(i: usize) -> usize {
        debug_assert!(i < 64 * W);
        if W == 1 { 0 } else { i / 64 }
    }

    #[inline(always)]
    pub fn insert(&mut self, i: usize) {
        self.0[Self::word_of(i)] |= 1 << (i % 64);
    }

    #[inline(always)]
    pub fn remove(&mut self, i: usize) {
        self.0[Self::word_of(i)] &= !(1 << (i % 64));
    }

    #[inline(always)]
    pub fn contains(&self, i: usize) -> bool {
        self.0[Self::word_of(i)] >> (i % 64) & 1 != 0
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|&word| word == 0)
    }

    /// The lowest member.
    #[inline(always)]
    pub fn first(&self) -> Option<usize> {
        self.iter().next()
    }

    /// There are two members or more.
    #[inline(always)]
    pub fn has_several(&self) -> bool {
        self.iter().nth(1).is_some()
    }

    /// Number of members.
    #[inline]
    pub fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// The members in ascending order.
    #[inline(always)]
    pub fn iter(self) -> Members<W> {
        Members { mask: self, word: 0 }
    }

    /// A round-robin arbiter: the first member at or after `pointer`, else the first of all. A pointer behind the last
    /// number there can be is as good as 0.
    #[inline(always)]
    pub fn round_robin(&self, pointer: usize) -> Option<usize> {
        if W == 1 {
            // Without a branch, but that on the empty set: where the pointer stands is anybody's guess.
            let pointer = pointer % 64;
            let ahead = self.0[0].rotate_right(pointer as u32).trailing_zeros() as usize;
            return (self.0[0] != 0).then_some((pointer + ahead) % 64);
        }
        let (word, bit) = (pointer / 64 % W, pointer % 64);
        let ahead = self.0[word] & u64::MAX << bit;
        if ahead != 0 {
            return Some(word * 64 + ahead.trailing_zeros() as usize);
        }
        let later = (word + 1..W).find(|&w| self.0[w] != 0);
        let w = later.or_else(|| (0..=word).find(|&w| self.0[w] != 0))?;
        Some(w * 64 + self.0[w].trailing_zeros() as usize)
    }
}

impl<const W: usize> BitAnd for Mask<W> {
    type Output = Self;

    #[inline(always)]
    fn bitand(mut self, other: Self) -> Self {
        self &= other;
        self
    }
}

impl<const W: usize> BitAndAssign for Mask<W> {
    #[inline(always)]
    fn bitand_assign(&mut self, other: Self) {
        for (a, b) in self.0.iter_mut().zip(other.0) {
            *a &= b;
        }
    }
}

impl<const W: usize> BitOr for Mask<W> {
    type Output = Self;

    #[inline(always)]
    fn bitor(mut self, other: Self) -> Self {
        self |= other;
        self
    }
}

impl<const W: usize> BitOrAssign for Mask<W> {
    #[inline(always)]
    fn bitor_assign(&mut self, other: Self) {
        for (a, b) in self.0.iter_mut().zip(other.0) {
            *a |= b;
        }
    }
}

impl<const W: usize> Not for Mask<W> {
    type Output = Self;

    #[inline(always)]
    fn not(self) -> Self {
        Self(self.0.map(|word| !word))
    }
}

/// Iterator over the members of a [`Mask`].
pub struct Members<const W: usize> {
    mask: Mask<W>,
    word: usize,
}

impl<const W: usize> Iterator for Members<W> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        while self.word < W {
            let bits = self.mask.0[self.word];
            if bits != 0 {
                self.mask.0[self.word] = bits & (bits - 1);
                return Some(self.word * 64 + bits.trailing_zeros() as usize);
            }
            self.word += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mask<const W: usize>(members: &[usize]) -> Mask<W> {
        let mut mask = Mask::EMPTY;
        members.iter().for_each(|&i| mask.insert(i));
        mask
    }

    proptest! {
        #[test]
        fn round_robin_is_the_first_member_in_cyclic_order(
            mut members in prop::collection::vec(0_usize..192, 0..12),
            pointer in 0_usize..=192,
        ) {
            members.sort_unstable();
            let expected = members.iter().find(|&&i| i >= pointer).or(members.first()).copied();
            prop_assert_eq!(mask::<3>(&members).round_robin(pointer), expected);
            members.retain(|&i| i < 64);
            let pointer = pointer.min(64);
            let expected = members.iter().find(|&&i| i >= pointer).or(members.first()).copied();
            prop_assert_eq!(mask::<1>(&members).round_robin(pointer), expected);
        }

        #[test]
        fn members_come_back_in_order(mut members in prop::collection::vec(0_usize..128, 0..20)) {
            members.sort_unstable();
            members.dedup();
            prop_assert_eq!(mask::<2>(&members).iter().collect::<Vec<_>>(), members);
        }

        #[test]
        fn members_are_counted(mut members in prop::collection::vec(0_usize..128, 0..20)) {
            members.sort_unstable();
            members.dedup();
            let of_all = mask::<2>(&members);
            prop_assert_eq!(of_all.count() as usize, members.len());
            prop_assert_eq!(of_all.has_several(), members.len() > 1);
            members.retain(|&i| i < 64);
            prop_assert_eq!(mask::<1>(&members).has_several(), members.len() > 1);
        }

        #[test]
        fn a_range_holds_its_numbers_and_no_others(first in 0_usize..64, count in 1_usize..64) {
            prop_assume!(first + count <= 64);
            let expected: Vec<_> = (first..first + count).collect();
            prop_assert_eq!(Mask::<1>::range(first, count).iter().collect::<Vec<_>>(), expected.clone());
            prop_assert_eq!(Mask::<2>::range(first, count).iter().collect::<Vec<_>>(), expected);
        }
    }
}
