//! How a thread that has nothing to do sleeps and is woken.

use crossbeam_utils::CachePadded;

use super::sync::{
    AtomicBool, Mutex, Ordering, PoisonError, SPINS, Thread, YIELDS, fence, spin_loop, thread,
};

/// Wakes the thread that owns it, if that sleeps.
#[derive(Debug)]
pub struct Doorbell {
    /// The owner sleeps or is about to, and nobody has set out to wake it since it said so.
    asleep: CachePadded<AtomicBool>,
    /// The owner, once it has slept.
    owner: Mutex<Option<Thread>>,
}

impl Doorbell {
    /// A doorbell that nobody owns yet.
    pub fn new() -> Self {
        Self {
            asleep: CachePadded::new(AtomicBool::new(false)),
            owner: Mutex::new(None),
        }
    }

    /// Returns when `is_ready`, and sleeps until then. By one thread at a time: the owner.
    pub fn wait_until(&self, mut is_ready: impl FnMut() -> bool) {
        for _ in 0..SPINS {
            if is_ready() {
                return;
            }
            spin_loop();
        }
        for _ in 0..YIELDS {
            if is_ready() {
                return;
            }
            thread::yield_now();
        }
        self.sleep_until(is_ready);
    }

    #[cold]
    fn sleep_until(&self, mut is_ready: impl FnMut() -> bool) {
        *self.owner.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread::current());
        loop {
            // Relaxed: the fence orders it before the look, the lock has ordered it after the owner's name.
            self.asleep.store(true, Ordering::Relaxed);
            // With the fence of `ring`: of two threads that each write and then read what the other writes, at least one
            // sees it. Either this look sees what was published, or the ringer sees that someone sleeps.
            fence(Ordering::SeqCst);
            if is_ready() {
                break;
            }
            // Wakes for no reason at times, and for a ring of long ago.
            thread::park();
        }
        // Relaxed: a ringer that still sees `true` wakes nobody, at the cost of a call.
        self.asleep.store(false, Ordering::Relaxed);
    }

    /// Wakes the owner if it sleeps. To be called after publishing, by stores to other atomics, what it may wait for.
    #[inline]
    pub fn ring(&self) {
        // With the fence of `sleep_until`: what was published comes before the look at who sleeps.
        fence(Ordering::SeqCst);
        // Relaxed: the fence orders it.
        if self.asleep.load(Ordering::Relaxed) {
            self.wake();
        }
    }

    #[cold]
    fn wake(&self) {
        // One of several ringers is enough. Relaxed: the lock orders the owner's name, and `unpark` what it sees then.
        if !self.asleep.swap(false, Ordering::Relaxed) {
            return;
        }
        let owner = self.owner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(owner) = &*owner {
            owner.unpark();
        }
    }
}

impl Default for Doorbell {
    fn default() -> Self {
        Self::new()
    }
}
