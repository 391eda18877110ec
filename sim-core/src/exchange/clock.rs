//! How far a tile has come.

use crossbeam_utils::CachePadded;

use super::sync::{AtomicU64, Ordering};
use crate::Cycle;

/// The first cycle that a tile has not simulated, for its neighbours to read.
///
/// ```
/// use fabricsim_core::exchange::Clock;
///
/// let clock = Clock::new();
/// assert_eq!(clock.read(), 0);
/// clock.publish(12);
/// assert_eq!(clock.read(), 12);
/// ```
///
/// # Contract
///
/// One thread at a time publishes, and never an earlier cycle than before. Whoever reads a cycle sees all that the
/// publisher did before it published that cycle.
///
/// *Cost*: a store, and a load: on x86-64 plain instructions. A clock has cache lines of its own, so that a neighbour
/// that waits for one does not slow the writer of another.
#[derive(Debug)]
pub struct Clock(CachePadded<AtomicU64>);

impl Clock {
    /// A clock at cycle 0.
    pub fn new() -> Self {
        Self(CachePadded::new(AtomicU64::new(0)))
    }

    /// All cycles before this one have been simulated, and their letters published.
    #[inline]
    pub fn publish(&self, cycle: Cycle) {
        // Release: who reads the cycle must find the letters of those before it, and the places that were given back.
        self.0.store(cycle, Ordering::Release);
    }

    /// The cycle last published, or 0.
    #[inline]
    pub fn read(&self) -> Cycle {
        // Acquire: the drain and the puts that follow must see what was published before the cycle was.
        self.0.load(Ordering::Acquire)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}
