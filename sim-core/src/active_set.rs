//! The switches or terminals that have something to do.

/// A set of `n` numbers that is walked in ascending order while members are taken out.
#[derive(Debug)]
pub struct ActiveSet {
    words: Vec<u64>,
    /// Members.
    len: usize,
}

impl ActiveSet {
    pub fn new(n: usize) -> Self {
        Self {
            words: vec![0; n.div_ceil(64)],
            len: 0,
        }
    }

    #[inline]
    pub fn insert(&mut self, i: usize) {
        let word = &mut self.words[i / 64];
        let bit = 1 << (i % 64);
        self.len += usize::from(*word & bit == 0);
        *word |= bit;
    }

    #[inline]
    pub fn remove(&mut self, i: usize) {
        let word = &mut self.words[i / 64];
        let bit = 1 << (i % 64);
        self.len -= usize::from(*word & bit != 0);
        *word &= !bit;
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
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
