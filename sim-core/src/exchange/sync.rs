//! What the exchange needs of threads and atomics. `tests/loom` has a module of the same name with loom's in place of
//! these.

pub(super) use std::hint::spin_loop;
pub(super) use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
pub(super) use std::sync::{Arc, OnceLock};
pub(super) use std::thread::{self, Thread};

/// A word of a letter: read and written without order among threads, as the protocol has it ordered. The models have one
/// in its place that fails as soon as two threads could meet at it.
pub(super) type Word = AtomicU64;

/// Looks of a thread that waits before it lets others run: some tens of microseconds, as long as a neighbour takes for a few
/// cycles of its tiles, and as waking a thread up takes.
pub(super) const MOST_SPINS: usize = 2_000;

/// The same where they have been of no use, because there are more threads to run than processors.
pub(super) const LEAST_SPINS: usize = 16;

/// Looks with a yield between them, before it sleeps.
pub(super) const YIELDS: u32 = 4;
