//! The timing wheel against heaps, in the hold model (Jones, "An empirical comparison of priority-queue and
//! event-set implementations", 1986): as many events pending as at the start; take the first, push one a random
//! delay later.
//!
//! `cargo bench -p fabricsim-core --bench event_queue`. A sample is a thousand holds: microseconds of the report are
//! nanoseconds a hold. Its mean is what counts, since the wheel's work is not spread evenly over the holds.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::fmt;

use dary_heap::QuaternaryHeap;
use divan::Bencher;
use fabricsim_core::{Cycle, Purpose, Stream, Wheel, stream};
use radix_heap::RadixHeapMap;
use rand::RngExt;

fn main() {
    divan::main();
}

/// Holds of a sample.
const HOLDS: usize = 1_000;

/// Slots of the engine's wheels.
const SLOTS: usize = 1 << 10;

/// As large as a flit that comes out of a link.
type Event = [u32; 6];

#[derive(Clone, Copy, Debug)]
enum Delays {
    /// Links and pipelines: 1 to 4 cycles, short ones more often.
    Fabric,
    /// Gaps between the packets of a source: exponential, 100 cycles on average.
    Gaps,
    /// As in a fabric, but 1 % from the wheel's end to ten times as far.
    Far,
}

impl Delays {
    fn draw(self, random: &mut Stream) -> Cycle {
        let slots = SLOTS as Cycle;
        match self {
            Self::Fabric => [1, 1, 1, 1, 2, 2, 2, 3, 3, 4][random.random_range(0..10)],
            Self::Gaps => 1 + (-100.0 * (1.0 - random.random::<f64>()).ln()) as Cycle,
            Self::Far if random.random_range(0..100) == 0 => random.random_range(slots..10 * slots),
            Self::Far => Self::Fabric.draw(random),
        }
    }
}

/// A queue that is taken from and pushed to in turn.
trait Queue {
    fn new() -> Self;
    fn push(&mut self, due: Cycle, event: Event);
    /// The first event and its cycle.
    fn pop(&mut self) -> (Cycle, Event);
}

/// What a heap orders by: first due, then first pushed.
struct Entry {
    key: (Cycle, u64),
    event: Event,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

/// The same for both comparison heaps, which have the same methods.
macro_rules! heap {
    ($(#[$doc:meta])* $name:ident, $heap:ident) => {
        $(#[$doc])*
        struct $name {
            heap: $heap<Reverse<Entry>>,
            pushed: u64,
        }

        impl Queue for $name {
            fn new() -> Self {
                Self {
                    heap: $heap::new(),
                    pushed: 0,
                }
            }

            fn push(&mut self, due: Cycle, event: Event) {
                let key = (due, self.pushed);
                self.heap.push(Reverse(Entry { key, event }));
                self.pushed += 1;
            }

            fn pop(&mut self) -> (Cycle, Event) {
                let Reverse(first) = self.heap.pop().expect("never empty");
                (first.key.0, first.event)
            }
        }
    };
}

heap!(
    /// The standard library's.
    Binary,
    BinaryHeap
);
heap!(
    /// Half as deep: fewer cache misses.
    Quaternary,
    QuaternaryHeap
);

/// For keys that never go back, as time does not.
struct Radix {
    heap: RadixHeapMap<Reverse<(Cycle, u64)>, Event>,
    pushed: u64,
}

impl Queue for Radix {
    fn new() -> Self {
        Self {
            heap: RadixHeapMap::new_at(Reverse((0, 0))),
            pushed: 0,
        }
    }

    fn push(&mut self, due: Cycle, event: Event) {
        self.heap.push(Reverse((due, self.pushed)), event);
        self.pushed += 1;
    }

    fn pop(&mut self) -> (Cycle, Event) {
        let (Reverse((due, _)), event) = self.heap.pop().expect("never empty");
        (due, event)
    }
}

/// The wheel, read as the engine reads it: a cycle at a time.
struct TimingWheel {
    wheel: Wheel<Event>,
    now: Cycle,
    taken: Vec<Event>,
    read: usize,
}

impl Queue for TimingWheel {
    fn new() -> Self {
        Self {
            wheel: Wheel::new(SLOTS),
            now: 0,
            taken: Vec::new(),
            read: 0,
        }
    }

    fn push(&mut self, due: Cycle, event: Event) {
        self.wheel.push(due, event);
    }

    fn pop(&mut self) -> (Cycle, Event) {
        if self.read == self.taken.len() {
            self.wheel.recycle(std::mem::take(&mut self.taken));
            self.now = self.wheel.next_due().expect("never empty");
            self.wheel.advance(self.now);
            self.taken = self.wheel.take();
            self.read = 0;
        }
        self.read += 1;
        (self.now, self.taken[self.read - 1])
    }
}

/// Delays drawn beforehand, so that drawing is not measured; a power of two.
const DRAWN: usize = 1 << 16;

/// A queue in its steady state.
struct Model<Q> {
    queue: Q,
    delays: Vec<u32>,
    next: usize,
}

impl<Q: Queue> Model<Q> {
    fn new(delays: Delays, pending: usize) -> Self {
        let mut random = stream(1, 0, Purpose::Arrivals(0));
        let delays: Vec<u32> = (0..DRAWN).map(|_| delays.draw(&mut random) as u32).collect();
        let mut queue = Q::new();
        for (number, due) in in_equilibrium(&delays, random).take(pending).enumerate() {
            queue.push(due, [number as u32; 6]);
        }
        let mut model = Self {
            queue,
            delays,
            next: 0,
        };
        model.hold(4 * pending.max(25_000));
        model
    }

    fn hold(&mut self, times: usize) {
        let delays = &self.delays[..DRAWN];
        for _ in 0..times {
            let (now, event) = self.queue.pop();
            self.next = (self.next + 1) % DRAWN;
            self.queue.push(now + Cycle::from(delays[self.next]), event);
        }
    }
}

/// What remains of the delays that are under way at a moment: long ones are met more often, somewhere on their way.
fn in_equilibrium(delays: &[u32], mut random: Stream) -> impl Iterator<Item = Cycle> {
    let mut sum = 0;
    let ends: Vec<u64> = delays
        .iter()
        .map(|&delay| {
            sum += u64::from(delay);
            sum
        })
        .collect();
    std::iter::repeat_with(move || {
        let at = random.random_range(0..sum);
        ends[ends.partition_point(|&end| end <= at)] - at
    })
}

/// One line of the report.
#[derive(Clone, Copy)]
struct Case {
    delays: Delays,
    pending: usize,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {} pending", self.delays, self.pending)
    }
}

fn cases() -> impl Iterator<Item = Case> {
    let delays = [Delays::Fabric, Delays::Gaps, Delays::Far];
    let pending = [100, 10_000, 1_000_000];
    delays
        .into_iter()
        .flat_map(move |delays| pending.map(|pending| Case { delays, pending }))
}

#[divan::bench(
    args = cases(),
    types = [TimingWheel, Binary, Quaternary, Radix],
    sample_count = 5_000,
    sample_size = 1,
)]
fn hold<Q: Queue>(bencher: Bencher<'_, '_>, case: Case) {
    let mut model = Model::<Q>::new(case.delays, case.pending);
    bencher.bench_local(|| model.hold(HOLDS));
}
