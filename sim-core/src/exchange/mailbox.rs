//! The mailbox from one tile to another.

use crossbeam_utils::CachePadded;

use super::sync::{Arc, AtomicUsize, Ordering, Word};

/// What goes through a mailbox: four words.
pub type Letter = [u64; 4];

/// A place for a letter. Two fill a cache line, and none lies across two.
#[derive(Debug)]
#[repr(align(32))]
struct Slot([Word; 4]);

/// How far each end has come, in letters since the start, modulo 2^(bits of a word).
#[derive(Debug)]
struct Ends {
    /// Letters published -- written by the outbox.
    tail: CachePadded<AtomicUsize>,
    /// Letters read, whose places are free again -- written by the inbox.
    head: CachePadded<AtomicUsize>,
}

/// The end of a [`mailbox`] at which letters are put.
#[derive(Debug)]
pub struct Outbox {
    slots: Arc<[Slot]>,
    ends: Arc<Ends>,
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
    slots: Arc<[Slot]>,
    ends: Arc<Ends>,
    /// Letters read.
    read: usize,
}

/// A mailbox for `capacity` letters, or the next power of two; at least one.
///
/// ```
/// use fabricsim_core::exchange::mailbox;
///
/// let (mut outbox, mut inbox) = mailbox(4);
/// outbox.put([1, 2, 3, 4]);
/// inbox.drain(|_| panic!("not yet published"));
/// outbox.put([5, 6, 7, 8]);
/// outbox.publish();
/// let mut letters = Vec::new();
/// inbox.drain(|letter| letters.push(letter));
/// assert_eq!(letters, [[1, 2, 3, 4], [5, 6, 7, 8]]);
/// ```
///
/// # Contract
///
/// *Order*: letters are taken in the order in which they were put, each once and whole.
///
/// *Publication*: a letter is seen by the first drain that looks after the [`publish`](Outbox::publish) that follows it.
/// Who knows of that publication, by a [`Clock`](super::Clock) say, finds the letter.
///
/// *Capacity* is for the caller to know beforehand, as [the tiles do](super). A letter too many is a bug and panics;
/// none is overwritten. A place is free again after the drain that took its letter has ended.
///
/// *Progress*: wait-free. No operation waits for the other end, none is tried again.
///
/// *Cost*:
///
/// | operation | |
/// | --- | --- |
/// | [`put`](Outbox::put) | four plain stores; when the mailbox looks full, which is at most once in `capacity` letters if the reader keeps up, a look at the reader's index |
/// | [`publish`](Outbox::publish) | one store, or nothing if nothing was put |
/// | [`drain`](Inbox::drain) | one load; if there are letters, four loads each, and one store |
///
/// # Memory
///
/// 32 bytes a letter, in powers of two, and some 400 bytes: the two indices do not share cache lines with anything. All is
/// allocated at once.
///
/// # Measured
///
/// Nanoseconds a letter, put and taken, on an x86-64 server; medians. Between two threads, each on a core of its own, the
/// machine was not idle: the better of two medians. To repeat it: `cargo bench -p fabricsim-core --bench mailbox`.
///
/// | | batch | mailbox | `rtrb`, chunks | `rtrb`, push | `ArrayQueue` | `crossbeam-channel` | `Mutex<VecDeque>` |
/// | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
/// | one thread | 1 | 3.8 | 8.6 | 9.7 | 12 | 18 | 11 |
/// | | 16 | 1.9 | 1.4 | 3.4 | 7.7 | 11 | 2.1 |
/// | | 256 | 1.8 | 1.1 | 3.6 | 8.0 | 11 | 1.7 |
/// | two threads | 1 | 11 | 12 | 12 | 19 | 15 | 250 |
/// | | 16 | 3.8 | 3.4 | 9.0 | 55 | 60 | 26 |
/// | | 256 | 3.2 | 2.0 | 34 | 160 | 140 | 18 |
///
/// # Why not
///
/// * *`rtrb`* is as good: in chunks it takes twice as long for single letters on one thread, and a third less for 256. But
///   the size of a chunk has to be known before its first letter, and a tile comes by its letters one by one: it would
///   collect them first, which is not in these figures. Pushed one by one each is published, and that is slower. Either
///   rests on unsafe code, which this does not need: a letter is four words, and a word can be an atomic. And of this the
///   source that runs is what `tests/loom` proves, together with the clocks that bound it.
/// * *Slots of one letter and its own flag*, without indices: not tried. A drain would not know where to stop before it
///   has touched a line that the writer is about to write.
/// * *The indices and the slots behind one `Arc`*: half as slow again with 256 letters on one thread, since each letter then
///   loads anew where the slots are.
pub fn mailbox(capacity: usize) -> (Outbox, Inbox) {
    let slot = || Slot([0; 4].map(Word::new));
    let slots: Arc<[Slot]> = std::iter::repeat_with(slot).take(places(capacity)).collect();
    let ends = Arc::new(Ends {
        tail: CachePadded::new(AtomicUsize::new(0)),
        head: CachePadded::new(AtomicUsize::new(0)),
    });
    let outbox = Outbox {
        slots: Arc::clone(&slots),
        ends: Arc::clone(&ends),
        put: 0,
        published: 0,
        read: 0,
    };
    let inbox = Inbox { slots, ends, read: 0 };
    (outbox, inbox)
}

/// Bytes that a [`mailbox()`] of this capacity allocates, beside its two ends.
pub fn bytes(capacity: usize) -> usize {
    // The two counts of an `Arc` come first, as far from what it holds as that has to be aligned.
    let counts = 2 * size_of::<usize>();
    let slots = counts.next_multiple_of(align_of::<Slot>()) + places(capacity) * size_of::<Slot>();
    let ends = counts.next_multiple_of(align_of::<Ends>()) + size_of::<Ends>();
    slots + ends
}

fn places(capacity: usize) -> usize {
    capacity.next_power_of_two()
}

/// The place of the letter with this index.
#[inline]
fn place(slots: &[Slot], index: usize) -> &[Word; 4] {
    &slots[index & (slots.len() - 1)].0
}

impl Outbox {
    /// Adds a letter, which the reader does not see before the next [`publish`](Self::publish).
    ///
    /// # Panics
    /// If there is no room.
    #[inline]
    pub fn put(&mut self, letter: Letter) {
        assert!(self.has_room(), "a mailbox overflows");
        for (word, value) in place(&self.slots, self.put).iter().zip(letter) {
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
        self.waiting() < self.slots.len() || self.look_for_room()
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
        self.read = self.ends.head.load(Ordering::Acquire);
        self.waiting() < self.slots.len()
    }

    /// Lets the reader see all letters put so far. Nothing happens where none was.
    #[inline]
    pub fn publish(&mut self) {
        if self.published != self.put {
            // Release: who reads this tail must see the words of the letters before it.
            self.ends.tail.store(self.put, Ordering::Release);
            self.published = self.put;
        }
    }
}

impl Inbox {
    /// Takes all letters published so far, in the order in which they were put.
    #[inline]
    pub fn drain(&mut self, mut each: impl FnMut(Letter)) {
        // Acquire: the words of the letters before this tail are there to be read.
        let tail = self.ends.tail.load(Ordering::Acquire);
        if tail == self.read {
            return;
        }
        let mut index = std::mem::replace(&mut self.read, tail);
        while index != tail {
            let words = place(&self.slots, index);
            // Relaxed: the tail has published them.
            each(words.each_ref().map(|word| word.load(Ordering::Relaxed)));
            index = index.wrapping_add(1);
        }
        // Release: the slots have been read before the writer may use them again.
        self.ends.head.store(tail, Ordering::Release);
    }
}
