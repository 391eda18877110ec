//! How often a thread that waits looks before it lets others run.

use super::sync::{AtomicUsize, LEAST_SPINS, MOST_SPINS, Ordering};

/// After so many waits in a row in which looking was of no use a thread looks [`MOST_SPINS`] times, to learn whether that
/// has changed: it would not find out by the few looks that it is then down to.
pub(super) const PROBE: usize = 256;

/// Adapts to how long waits are, and to whether the thread that is waited for has a processor: more looks after those that
/// were of use, half as many after those that were not. Its owner's alone, so that relaxed will do.
#[derive(Debug)]
pub struct Spins {
    looks: AtomicUsize,
    /// Waits in a row in which looking was of no use.
    in_vain: AtomicUsize,
}

impl Spins {
    /// As many as there can be.
    pub fn new() -> Self {
        Self {
            looks: AtomicUsize::new(MOST_SPINS),
            in_vain: AtomicUsize::new(0),
        }
    }

    /// Looks of the wait that begins.
    pub fn looks(&self) -> usize {
        let in_vain = self.in_vain.load(Ordering::Relaxed);
        if in_vain % PROBE == PROBE - 1 {
            MOST_SPINS
        } else {
            self.looks.load(Ordering::Relaxed)
        }
    }

    /// It was over after `looks`.
    pub fn were_of_use(&self, looks: usize) {
        let more = 2 * looks.max(self.looks.load(Ordering::Relaxed));
        self.looks.store(more.min(MOST_SPINS), Ordering::Relaxed);
        self.in_vain.store(0, Ordering::Relaxed);
    }

    /// It was not over after all of them.
    pub fn were_in_vain(&self) {
        let fewer = self.looks.load(Ordering::Relaxed) / 2;
        self.looks.store(fewer.max(LEAST_SPINS), Ordering::Relaxed);
        let in_vain = self.in_vain.load(Ordering::Relaxed);
        self.in_vain.store(in_vain.wrapping_add(1), Ordering::Relaxed);
    }
}
