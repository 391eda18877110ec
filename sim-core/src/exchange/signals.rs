//! How far each tile is, for all to see, and who is to be woken when one has gone on.

use super::sync::{AtomicBool, Ordering};
use super::{Clock, Doorbell};
use crate::Cycle;

/// What the threads of a simulation share.
#[derive(Debug)]
pub struct Signals {
    /// Of each tile: the first cycle that it has not simulated.
    clocks: Vec<Clock>,
    /// Cycles before which nothing that a tile does can take effect in another.
    lookahead: Cycle,
    /// Of each thread.
    bells: Vec<Doorbell>,
    /// A thread has panicked: the others wait for it in vain.
    is_abandoned: AtomicBool,
}

impl Signals {
    pub fn new(tiles: usize, threads: usize, lookahead: Cycle) -> Self {
        Self {
            clocks: std::iter::repeat_with(Clock::new).take(tiles).collect(),
            lookahead,
            bells: std::iter::repeat_with(Doorbell::new).take(threads).collect(),
            is_abandoned: AtomicBool::new(false),
        }
    }

    /// Threads that simulate.
    pub fn threads(&self) -> usize {
        self.bells.len()
    }

    /// The cycle before which a tile with these neighbours may simulate.
    #[inline]
    pub fn horizon(&self, neighbours: impl Iterator<Item = u32>) -> Cycle {
        let clocks = neighbours.map(|tile| self.clocks[tile as usize].read());
        clocks.min().map_or(Cycle::MAX, |least| least + self.lookahead)
    }

    /// A tile has simulated all cycles before `now`, and its letters are published; `threads` have neighbours of it.
    #[inline]
    pub fn publish(&self, tile: u32, now: Cycle, threads: &[u32]) {
        self.clocks[tile as usize].publish(now);
        for &thread in threads {
            self.bells[thread as usize].ring();
        }
    }

    /// Sleeps until `is_ready`, which is asked again whenever a neighbour has gone on, or a thread has panicked.
    pub fn wait(&self, thread: usize, mut is_ready: impl FnMut() -> bool) {
        self.bells[thread].wait_until(|| is_ready() || self.is_abandoned());
    }

    /// The run can't be finished.
    pub fn abandon(&self) {
        // Nothing else is told by it, and whoever sleeps is woken by the bell, which orders the two.
        self.is_abandoned.store(true, Ordering::Relaxed);
        self.bells.iter().for_each(Doorbell::ring);
    }

    pub fn is_abandoned(&self) -> bool {
        self.is_abandoned.load(Ordering::Relaxed)
    }
}
