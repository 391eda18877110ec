//! loom's threads and atomics, under the names by which the exchange knows them.

pub use loom::hint::spin_loop;
pub use loom::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
pub use loom::thread::{self, Thread};
/// Only counts who holds what it points to: nothing to explore.
pub use std::sync::Arc;

use loom::cell::Cell;

/// A model goes to sleep at once: one spurious look more would only be another interleaving of the same.
pub const MOST_SPINS: usize = 0;
pub const LEAST_SPINS: usize = 0;
pub const YIELDS: u32 = 0;

/// A word of a letter, in place of an atomic: the model fails if one thread may write it while another reads or writes. So
/// no letter is torn, and none is overwritten before it was read, although loom tries no load that runs behind a later
/// store.
#[derive(Debug)]
pub struct Word(Cell<u64>);

impl Word {
    pub fn new(value: u64) -> Self {
        Self(Cell::new(value))
    }

    pub fn store(&self, value: u64, _: Ordering) {
        self.0.set(value);
    }

    pub fn load(&self, _: Ordering) -> u64 {
        self.0.get()
    }
}

/// The standard library's, which is seen to be set only where that is certain.
#[derive(Debug)]
pub struct OnceLock<T> {
    is_set: AtomicBool,
    value: std::sync::OnceLock<T>,
}

impl<T> OnceLock<T> {
    pub fn new() -> Self {
        Self {
            is_set: AtomicBool::new(false),
            value: std::sync::OnceLock::new(),
        }
    }

    pub fn get(&self) -> Option<&T> {
        if self.is_set.load(Ordering::Acquire) {
            self.value.get()
        } else {
            None
        }
    }

    /// By one thread alone.
    pub fn get_or_init(&self, init: impl FnOnce() -> T) -> &T {
        let value = self.value.get_or_init(init);
        self.is_set.store(true, Ordering::Release);
        value
    }
}
