//! What the exchange needs of threads and atomics. `tests/loom` has a module of the same name with loom's in place of
//! these.

pub(super) use std::hint::spin_loop;
pub(super) use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
pub(super) use std::sync::{Arc, OnceLock};
pub(super) use std::thread::{self, Thread};

/// A word of a letter: read and written without order among threads, as the protocol has it ordered. The models have one
/// in its place that fails as soon as two threads could meet at it.
pub(super) type Word = AtomicU64;

/// Looks of a thread that waits before it lets others run.
pub(super) const SPINS: u32 = 100;

/// Looks with a yield between them, before it sleeps.
pub(super) const YIELDS: u32 = 4;
