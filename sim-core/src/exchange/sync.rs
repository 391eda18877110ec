//! What the exchange needs of threads and atomics. `tests/loom` has a module of the same name with loom's in place of
//! these.

pub(super) use std::hint::spin_loop;
pub(super) use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
pub(super) use std::sync::{Arc, OnceLock};
pub(super) use std::thread::{self, Thread};

/// A word of a letter: read and written without order among threads, as the protocol has it ordered. The models have one
/// in its place that fails as soon as two threads could meet at it.
pub(super) type Word = AtomicU64;

/// Looks of a thread that waits before it lets others run: some 160 µs at 25 ns for the hint between two (measured on an
/// x86-64 server), as long as a tile of a thousand switches takes for its cycles. To sleep and be woken takes 10 µs; as many
/// looks would bound what a wait costs (Karlin et al., "Empirical studies of competitive spinning for a shared-memory
/// multiprocessor", 1991), but the processor has nothing better to do, and waits of 15 µs would all be slept through.
pub(super) const MOST_SPINS: usize = 6_400;

/// The same where looking has been of no use, because there are more threads to run than processors.
pub(super) const LEAST_SPINS: usize = 16;

/// Looks with a yield between them, before it sleeps: where there are more threads than cores, the one that is waited for
/// may be waiting for this core. Half a microsecond each where there are not.
pub(super) const YIELDS: u32 = 4;
