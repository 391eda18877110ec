//! The timing wheel.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::Cycle;

/// A queue of events by the cycle in which they are due: a ring of slots, a slot a cycle, and a heap beyond it.
///
/// ```
/// use fabricsim_core::Wheel;
///
/// let mut wheel = Wheel::new(64);
/// wheel.push(3, "flit");
/// wheel.push(500, "packet");
/// wheel.push(3, "credit");
/// while let Some(due) = wheel.next_due() {
///     wheel.advance(due);
///     let events = wheel.take();
///     assert!(if due == 3 { events == ["flit", "credit"] } else { events == ["packet"] });
///     wheel.recycle(events);
/// }
/// ```
///
/// # Contract
///
/// *Time* only goes forward. An event may be due in the present cycle or any later one, [`Cycle::MAX`] included. Before
/// time moves on, all that is due must have been taken; cycles in which nothing is due may be skipped. Debug builds
/// panic where this is broken; release builds do not check, and then lose events or their order.
///
/// *Order*: events of one cycle come out in the order in which they were pushed, however far ahead each was.
///
/// *Determinism*: what comes out depends on the calls alone, not on addresses, hashes or the number of slots.
///
/// *Capacity* is not limited.
///
/// *Cost*, where *n* events are pending beyond the ring:
///
/// | operation | |
/// | --- | --- |
/// | [`push`](Self::push) | O(1) to a cycle less than `slots` ahead, else O(log *n*) at worst, O(1) on average |
/// | [`advance`](Self::advance) | O(1), and O(log *n*) for each event that comes into the ring |
/// | [`take`](Self::take) | O(1), whatever the number of events |
/// | [`recycle`](Self::recycle) | O(1) (it drops the events that are left in the vector) |
/// | [`next_due`](Self::next_due) | O(`slots` / 64): a look at up to 17 words with 1,024 slots |
/// | [`iter`](Self::iter) | O(`slots` + pending events) |
///
/// # Memory
///
/// 24 bytes a slot, and a vector for each cycle that has events, of at least 256 bytes or an event. The vector that
/// [`take`](Self::take) gives out and [`recycle`](Self::recycle) returns serves the next slot that fills, the last used,
/// and so warmest, first. No memory is given back before the wheel is dropped.
///
/// Only a new maximum allocates: of cycles with events pending at once (the number of vectors doubles), of events beyond
/// the ring (their heap doubles), or of events in one cycle (its vector doubles). For that last one, where events are
/// spread evenly over the cycles, all vectors grow as soon as one has had to: else each would have to meet a busy cycle
/// of its own before the steady state is free of allocations. Where a few cycles are crowded and the others are not, a
/// vector grows alone: all of them at the size of the largest would take many times the memory of the events.
///
/// # Measured
///
/// Nanoseconds to take the first event and push another (the hold model), 24 bytes an event, on one core of an x86-64
/// server with 1 MiB of second-level cache; the middle one of three means. The heaps order by (cycle, number of the
/// push), without which they do not keep the contract. To repeat it:
/// `cargo bench -p fabricsim-core --bench event_queue`.
///
/// | delays | pending | wheel | `BinaryHeap` | `dary_heap`, 4 children | `radix-heap` |
/// | --- | ---: | ---: | ---: | ---: | ---: |
/// | fabric: 1 to 4 cycles | 10^2 | 4.9 | 37 | 34 | 41 |
/// | | 10^4 | 4.5 | 79 | 74 | 52 |
/// | | 10^6 | 5.0 | 1,030 | 580 | 75 |
/// | gaps: exponential, mean 100 | 10^2 | 18 | 46 | 41 | 63 |
/// | | 10^4 | 5.1 | 90 | 79 | 59 |
/// | | 10^6 | 27 | 1,100 | 590 | 83 |
/// | fabric, but 1 % of 1,024 to 10,240 cycles | 10^2 | 16 | 43 | 50 | 45 |
/// | | 10^4 | 6.6 | 96 | 84 | 48 |
/// | | 10^6 | 35 | 800 | 600 | 65 |
///
/// With 10^2 events and long delays there is about one in a cycle, so that each pays for a `next_due` and a `take` of its
/// own. With 10^6 over many cycles the slots no longer fit into the cache. In the last three lines 96 % of the pending
/// events were pushed far ahead, and four fifths are still beyond the ring.
///
/// # Why not
///
/// * *A linked list a slot, in one arena*, would allocate at a new maximum of pending events only. It took about twice
///   as long at 10^2 and 10^4 events with the delays of a fabric, and over 150 ns at 10^6, where every event is a cache
///   miss.
/// * *A chain of blocks of 1 KiB a slot*, likewise. It was the faster with 10^6 events over many cycles (16 ns), but the
///   copy that makes one vector of a chain cost it four times as much in the delays of a fabric.
/// * *More slots* than 1,024: no faster. With 256, gaps of 100 cycles took 1.3 to 2.5 times as long.
/// * *A second wheel for far events* in place of the heap: not tried. They are the next packets of nearly idle
///   terminals, each of which comes to tens of events in the ring; and with 128 slots, where the heap serves the same
///   1 %, the last line took 20 ns, so that the heap is at most half of it.
/// * *A bit for each word of occupied slots*, which would make `next_due` O(1): no difference to be seen.
#[derive(Debug)]
pub struct Wheel<E> {
    /// Slot `cycle % slots.len()` holds the events of the one such cycle in `now .. now + slots.len()`.
    slots: Vec<Vec<E>>,
    /// A bit a slot that is not empty.
    occupied: Vec<u64>,
    /// Empty vectors for slots to come.
    spare: Vec<Vec<E>>,
    /// Events that every vector has room for, once it has been recycled.
    room: usize,
    /// The largest capacity of a vector that was considered as room for all.
    considered: usize,
    /// Events due at `now + slots.len()` or later.
    far: BinaryHeap<Reverse<Far<E>>>,
    /// Far events pushed so far: keeps those of one cycle in order.
    pushed_far: u64,
    now: Cycle,
    /// The last cycle that has a slot.
    last: Cycle,
}

/// Memory of a vector at first. Four cache lines: of the terminals that wake in a cycle, say, all but a burst.
const FIRST_BYTES: usize = 256;

/// All vectors grow with one if they would still be filled to this part, on average.
const LEAST_FILLED: usize = 8;

#[derive(Debug)]
struct Far<E> {
    due: Cycle,
    order: u64,
    event: E,
}

impl<E> Far<E> {
    fn key(&self) -> (Cycle, u64) {
        (self.due, self.order)
    }
}

impl<E> PartialEq for Far<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<E> Eq for Far<E> {}

impl<E> PartialOrd for Far<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Far<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl<E> Wheel<E> {
    /// A wheel at cycle 0.
    ///
    /// # Panics
    /// Unless `slots` is a power of two, at least 64.
    pub fn new(slots: usize) -> Self {
        assert!(slots.is_power_of_two() && slots >= 64, "{slots} slots");
        let room = (FIRST_BYTES / size_of::<E>().max(1)).max(1);
        Self {
            slots: std::iter::repeat_with(Vec::new).take(slots).collect(),
            occupied: vec![0; slots / 64],
            spare: Vec::new(),
            room,
            considered: room,
            far: BinaryHeap::new(),
            pushed_far: 0,
            now: 0,
            last: slots as Cycle - 1,
        }
    }

    /// Adds an event that is due in the present cycle or a later one.
    #[inline(always)]
    pub fn push(&mut self, due: Cycle, event: E) {
        self.push_with(due, || event);
    }

    /// The same of an event that is made where it goes. One that exists before lies in memory, in parts, for the far events'
    /// sake; to copy it from there as a whole, a processor waits until the parts are written.
    #[inline(always)]
    pub fn push_with(&mut self, due: Cycle, event: impl FnOnce() -> E) {
        debug_assert!(due >= self.now, "an event for a cycle that has gone by");
        if self.is_near(due) {
            self.push_near(due, event());
        } else {
            self.push_far(due, event());
        }
    }

    /// It has a slot.
    #[inline]
    fn is_near(&self, due: Cycle) -> bool {
        due <= self.last
    }

    #[inline(always)]
    fn push_near(&mut self, due: Cycle, event: E) {
        let slot = self.slot(due);
        let events = &self.slots[slot];
        // Of events without a size a vector is never full.
        let is_full = events.len() == events.capacity() || size_of::<E>() == 0;
        let events = if is_full {
            self.opened(slot)
        } else {
            &mut self.slots[slot]
        };
        events.push(event);
    }

    /// A slot whose vector is full. An empty one has no memory, so that the first event of a cycle finds it full, too.
    #[cold]
    fn opened(&mut self, slot: usize) -> &mut Vec<E> {
        if self.slots[slot].is_empty() {
            self.occupied[slot / 64] |= 1 << (slot % 64);
            self.slots[slot] = self.spare.pop().unwrap_or_else(|| self.new_vectors());
        }
        &mut self.slots[slot]
    }

    /// As many as are in use, so that the number of vectors doubles; one of them is for now.
    #[cold]
    fn new_vectors(&mut self) -> Vec<E> {
        let room = self.room;
        let more = (1..self.in_use()).map(|_| Vec::with_capacity(room));
        self.spare.extend(more);
        Vec::with_capacity(room)
    }

    /// Slots that are not empty.
    fn in_use(&self) -> usize {
        let ones: u32 = self.occupied.iter().map(|word| word.count_ones()).sum();
        ones as usize
    }

    #[cold]
    fn push_far(&mut self, due: Cycle, event: E) {
        self.far.push(Reverse(Far {
            due,
            order: self.pushed_far,
            event,
        }));
        self.pushed_far += 1;
    }

    /// Makes `now` the present cycle. Every event that was due before it must have been taken.
    #[inline]
    pub fn advance(&mut self, now: Cycle) {
        debug_assert!(now >= self.now, "time goes backwards");
        debug_assert!(
            self.next_due().is_none_or(|due| due >= now),
            "an event is left behind"
        );
        self.now = now;
        // No further than to the end of time.
        self.last = now.saturating_add(self.slots.len() as Cycle - 1);
        if !self.far.is_empty() {
            self.bring_near();
        }
    }

    /// Far events enter the ring as soon as it reaches them, before anything can be pushed behind them: that keeps the
    /// order of pushing.
    #[cold]
    fn bring_near(&mut self) {
        while self.far.peek().is_some_and(|Reverse(far)| self.is_near(far.due)) {
            if let Some(Reverse(far)) = self.far.pop() {
                self.push_near(far.due, far.event);
            }
        }
    }

    /// Takes the events that are due in the present cycle, in the order in which they were pushed. Hand the vector back
    /// with [`Wheel::recycle`]. Events pushed to the present cycle after that are there to be taken again.
    #[inline]
    pub fn take(&mut self) -> Vec<E> {
        let slot = self.slot(self.now);
        self.occupied[slot / 64] &= !(1 << (slot % 64));
        std::mem::take(&mut self.slots[slot])
    }

    /// Returns the vector of [`Wheel::take`], so that its memory is used again.
    #[inline]
    pub fn recycle(&mut self, mut events: Vec<E>) {
        let capacity = events.capacity();
        if capacity == 0 {
            return;
        }
        if capacity < self.room || capacity > self.considered {
            self.make_room(&mut events);
        }
        events.clear();
        self.spare.push(events);
    }

    /// Brings a vector up to the room of all; all of them, if it is the first that grew so far: see *Memory* above.
    #[cold]
    fn make_room(&mut self, events: &mut Vec<E>) {
        let capacity = events.capacity();
        if capacity > self.considered {
            self.considered = capacity;
            let pending = events.len() + self.slots.iter().map(Vec::len).sum::<usize>();
            let vectors = 1 + self.in_use() + self.spare.len();
            if capacity.saturating_mul(vectors) <= LEAST_FILLED * pending {
                self.room = capacity;
            }
        }
        events.clear();
        for vector in self.spare.iter_mut().chain([events]) {
            vector.reserve_exact(self.room);
        }
    }

    /// The first cycle, from the present one on, in which an event is due; `None` if none is pending.
    pub fn next_due(&self) -> Option<Cycle> {
        let size = self.slots.len();
        let first = self.slot(self.now);
        let words = self.occupied.len();
        // From the present slot to the end of its word, then whole words around, the present one last.
        let ahead = self.occupied[first / 64] & u64::MAX << (first % 64);
        let found = if ahead != 0 {
            Some(first / 64 * 64 + ahead.trailing_zeros() as usize)
        } else {
            (1..=words)
                .map(|i| (first / 64 + i) % words)
                .find(|&w| self.occupied[w] != 0)
                .map(|w| w * 64 + self.occupied[w].trailing_zeros() as usize)
        };
        match found {
            Some(slot) => Some(self.now + ((slot + size - first) % size) as Cycle),
            None => self.far.peek().map(|Reverse(far)| far.due),
        }
    }

    /// All pending events, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &E> {
        let far = self.far.iter().map(|Reverse(far)| &far.event);
        self.slots.iter().flatten().chain(far)
    }

    #[inline]
    fn slot(&self, cycle: Cycle) -> usize {
        cycle as usize & (self.slots.len() - 1)
    }
}
