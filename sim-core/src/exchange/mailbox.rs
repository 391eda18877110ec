//! The mailbox from one tile to another.

use crossbeam_utils::CachePadded;

use super::sync::{Arc, AtomicUsize, Ordering, Word};

/// What goes through a mailbox: four words.
pub type Letter = [u64; 4];

/// A place for a letter. Two fill a cache line, and none lies across two.
#[derive(Debug)]
#[repr(align(32))]
struct Slot([Word; 4]);

/// What both ends share. The indices count letters since the start, modulo 2^(bits of a word); letter `i` is in slot
/// `i % slots.len()`.
#[derive(Debug)]
struct Shared {
    /// Letters published -- written by the outbox.
    tail: CachePadded<AtomicUsize>,
    /// Letters read, whose places are free again -- written by the inbox.
    head: CachePadded<AtomicUsize>,
    slots: Box<[Slot]>,
}

impl Shared {
    #[inline]
    fn slot(&self, index: usize) -> &Slot {
        &self.slots[index & (self.slots.len() - 1)]
    }
}

/// The end of a [`mailbox`] at which letters are put.
#[derive(Debug)]
pub struct Outbox {
    shared: Arc<Shared>,
    /// Letters put.
    put: usize,
    /// Letters put that the reader may see.
    published: usize,
    /// Letters read, as of the last look.
    read: usize,
}

/// The end of a [`mailbox`] at which letters are taken.
#[derive(Debug)]
pub struct Inbox {
    shared: Arc<Shared>,
    /// Letters read.
    read: usize,
}

/// A mailbox for `capacity` letters, or the next power of two; at least one.
pub fn mailbox(capacity: usize) -> (Outbox, Inbox) {
    let slot = || Slot([0; 4].map(Word::new));
    let shared = Arc::new(Shared {
        tail: CachePadded::new(AtomicUsize::new(0)),
        head: CachePadded::new(AtomicUsize::new(0)),
        slots: std::iter::repeat_with(slot).take(slots(capacity)).collect(),
    });
    let outbox = Outbox {
        shared: Arc::clone(&shared),
        put: 0,
        published: 0,
        read: 0,
    };
    (outbox, Inbox { shared, read: 0 })
}

/// Bytes that a [`mailbox()`] of this capacity allocates, beside its two ends.
pub fn bytes(capacity: usize) -> usize {
    let counts_of_arc = 2 * size_of::<usize>();
    counts_of_arc.next_multiple_of(align_of::<Shared>())
        + size_of::<Shared>()
        + slots(capacity) * size_of::<Slot>()
}

fn slots(capacity: usize) -> usize {
    capacity.next_power_of_two()
}

impl Outbox {
    /// Adds a letter, which the reader does not see before the next [`publish`](Self::publish).
    ///
    /// # Panics
    /// If there is no room.
    #[inline]
    pub fn put(&mut self, letter: Letter) {
        assert!(self.has_room(), "a mailbox overflows");
        for (word, value) in self.shared.slot(self.put).0.iter().zip(letter) {
            // Relaxed: the store of the tail publishes it, and the load of the head came after the slot was last read.
            word.store(value, Ordering::Relaxed);
        }
        self.put = self.put.wrapping_add(1);
    }

    /// There is room for another letter. Letters not yet published take theirs, and so do those that are being read.
    ///
    /// For those who cannot know beforehand: tiles never ask.
    #[inline]
    pub fn has_room(&mut self) -> bool {
        self.waiting() < self.shared.slots.len() || self.look_for_room()
    }

    /// Letters put and not read, as of the last look.
    #[inline]
    fn waiting(&self) -> usize {
        self.put.wrapping_sub(self.read)
    }

    /// Looks how many letters have been read.
    #[cold]
    fn look_for_room(&mut self) -> bool {
        // Acquire: the letters up to this head were read before their slots are written again.
        self.read = self.shared.head.load(Ordering::Acquire);
        self.waiting() < self.shared.slots.len()
    }

    /// Lets the reader see all letters put so far. Nothing happens where none was.
    #[inline]
    pub fn publish(&mut self) {
        if self.published != self.put {
            // Release: who reads this tail must see the words of the letters before it.
            self.shared.tail.store(self.put, Ordering::Release);
            self.published = self.put;
        }
    }
}

impl Inbox {
    /// Takes all letters published so far, in the order in which they were put.
    #[inline]
    pub fn drain(&mut self, mut each: impl FnMut(Letter)) {
        // Acquire: the words of the letters before this tail are there to be read.
        let tail = self.shared.tail.load(Ordering::Acquire);
        if tail == self.read {
            return;
        }
        while self.read != tail {
            // Relaxed: the tail has published them.
            let letter = self
                .shared
                .slot(self.read)
                .0
                .each_ref()
                .map(|word| word.load(Ordering::Relaxed));
            self.read = self.read.wrapping_add(1);
            each(letter);
        }
        // Release: the slots have been read before the writer may use them again.
        self.shared.head.store(tail, Ordering::Release);
    }
}
