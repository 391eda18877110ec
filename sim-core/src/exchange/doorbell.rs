//! How a thread that has nothing to do sleeps and is woken.

use crossbeam_utils::CachePadded;

use super::spins::Spins;
use super::sync::{AtomicBool, OnceLock, Ordering, Thread, YIELDS, fence, spin_loop, thread};

/// Wakes the thread that owns it, if that sleeps.
///
/// ```
/// use fabricsim_core::exchange::{Clock, Doorbell};
///
/// let (clock, doorbell) = (Clock::new(), Doorbell::new());
/// std::thread::scope(|scope| {
///     scope.spawn(|| doorbell.wait_until(|| clock.read() >= 8));
///     clock.publish(8);
///     doorbell.ring();
/// });
/// ```
///
/// # Contract
///
/// *Owner*: the thread that waits first, and no other waits at this doorbell. Anyone may ring, at any time. Debug builds
/// panic where two threads wait.
///
/// *No wake-up is lost*: if a thread publishes what makes the owner ready and then rings, the owner wakes. The look at it
/// must read what was published with Acquire, as any look at data of another thread.
///
/// *Cost*: a wait that is over at once costs a look. [`ring`](Self::ring) costs a fence and a load where nobody sleeps,
/// 2 ns on an x86-64 server while no stores are pending; a system call where the owner sleeps, which runs again some 10 µs
/// later. One that waits a little does not sleep: it looks again and again, then lets others run, then sleeps.
#[derive(Debug)]
pub struct Doorbell {
    /// The owner sleeps or is about to -- written by the owner alone.
    asleep: CachePadded<AtomicBool>,
    /// The thread that waits, known once it sleeps.
    owner: OnceLock<Thread>,
    /// How often the owner looks before it lets others run.
    spins: Spins,
}

impl Doorbell {
    /// A doorbell that nobody owns yet.
    pub fn new() -> Self {
        Self {
            asleep: CachePadded::new(AtomicBool::new(false)),
            owner: OnceLock::new(),
            spins: Spins::new(),
        }
    }

    /// Returns when `is_ready`, and sleeps until then. The thread that calls it first owns the doorbell.
    pub fn wait_until(&self, mut is_ready: impl FnMut() -> bool) {
        for looks in 0..self.spins.looks() {
            if is_ready() {
                return self.spins.were_of_use(looks);
            }
            spin_loop();
        }
        self.spins.were_in_vain();
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
        let owner = self.owner.get_or_init(thread::current);
        debug_assert_eq!(owner.id(), thread::current().id(), "a doorbell has one owner");
        // Release: who sees it must find the owner's name.
        self.asleep.store(true, Ordering::Release);
        // With the fence of `ring`: of two threads that each write and then read what the other writes, at least one sees
        // the other's. Either the look below sees what was published, or the ringer sees that someone sleeps.
        fence(Ordering::SeqCst);
        while !is_ready() {
            // May end for no reason, or for a ring that came too late for an earlier sleep.
            thread::park();
        }
        // Relaxed: a ringer that does not see it yet wakes one who is awake, which does no harm.
        self.asleep.store(false, Ordering::Relaxed);
    }

    /// Wakes the owner if it sleeps. To be called after publishing, by stores to other atomics, what it may wait for.
    #[inline]
    pub fn ring(&self) {
        // With the fence of `sleep_until`: what was published comes before the look at who sleeps.
        fence(Ordering::SeqCst);
        // Acquire: for the owner's name. The fence is what orders the look.
        if self.asleep.load(Ordering::Acquire) {
            self.wake();
        }
    }

    #[cold]
    fn wake(&self) {
        // The second of two ringers finds that the first has left a token, and makes no system call.
        self.owner.get().expect("who sleeps has given its name").unpark();
    }
}

impl Default for Doorbell {
    fn default() -> Self {
        Self::new()
    }
}
