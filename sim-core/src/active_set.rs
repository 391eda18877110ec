//! The switches or terminals that have something to do.

/// A set of `n` numbers that is walked in ascending order while members are taken out.
#[derive(Debug)]
pub struct ActiveSet {
    words: Vec<u64>,
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

    /// Number of words, for [`ActiveSet::word`].
    pub fn words(&self) -> usize {
        self.words.len()
    }

    /// The members `64 * i ..`, as bits. A copy, so that the set may change while it is walked.
    #[inline]
    pub fn word(&self, i: usize) -> u64 {
        self.words[i]
    }

    pub fn bytes(n: usize) -> usize {
        n.div_ceil(64) * 8
    }
}
