//! The mailbox against queues of other crates: letters in batches, as a tile sends those of its cycles.
//!
//! `cargo bench -p fabricsim-core --bench mailbox`. A sample is a thousand batches: microseconds of the report are
//! nanoseconds a batch. Between two threads it needs two free cores: the median counts, since in some samples one of the
//! two will not have run.

use std::collections::VecDeque;
use std::hint::{black_box, spin_loop};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crossbeam_queue::ArrayQueue;
use divan::Bencher;
use fabricsim_core::exchange::{Inbox, Letter, Outbox, mailbox};

fn main() {
    divan::main();
}

/// Batches of a sample.
const BATCHES: usize = 1_000;

/// Letters that a queue has room for: two of the largest batches.
const CAPACITY: usize = 512;

/// A bounded queue with one writer and one reader.
trait Queue {
    type Writer: Send;
    type Reader: Send + 'static;

    fn new() -> (Self::Writer, Self::Reader);

    /// Puts `count` letters, one after the other as a simulation comes by them, and lets the reader see them. Waits for
    /// room.
    fn send(writer: &mut Self::Writer, count: u64);

    /// Takes what is there.
    fn receive(reader: &mut Self::Reader, each: impl FnMut(Letter));
}

fn letter(number: u64) -> Letter {
    [number, number, number, number]
}

/// Spins until it is so, and lets others run if that takes long.
fn wait_until(mut is_so: impl FnMut() -> bool) {
    for turn in 1_u64.. {
        if is_so() {
            break;
        }
        if turn.is_multiple_of(1 << 10) {
            thread::yield_now();
        } else {
            spin_loop();
        }
    }
}

struct Mailbox;

impl Queue for Mailbox {
    type Writer = Outbox;
    type Reader = Inbox;

    fn new() -> (Outbox, Inbox) {
        mailbox(CAPACITY)
    }

    fn send(outbox: &mut Outbox, count: u64) {
        for number in 0..count {
            wait_until(|| outbox.has_room());
            outbox.put(letter(number));
        }
        outbox.publish();
    }

    fn receive(inbox: &mut Inbox, each: impl FnMut(Letter)) {
        inbox.drain(each);
    }
}

/// A letter at a time.
struct Rtrb;

impl Queue for Rtrb {
    type Writer = rtrb::Producer<Letter>;
    type Reader = rtrb::Consumer<Letter>;

    fn new() -> (Self::Writer, Self::Reader) {
        rtrb::RingBuffer::new(CAPACITY)
    }

    fn send(producer: &mut Self::Writer, count: u64) {
        for number in 0..count {
            wait_until(|| producer.push(letter(number)).is_ok());
        }
    }

    fn receive(consumer: &mut Self::Reader, mut each: impl FnMut(Letter)) {
        while let Ok(letter) = consumer.pop() {
            each(letter);
        }
    }
}

/// A chunk at a time, of a size that is known beforehand.
struct RtrbChunks;

impl Queue for RtrbChunks {
    type Writer = rtrb::Producer<Letter>;
    type Reader = rtrb::Consumer<Letter>;

    fn new() -> (Self::Writer, Self::Reader) {
        rtrb::RingBuffer::new(CAPACITY)
    }

    fn send(producer: &mut Self::Writer, count: u64) {
        wait_until(|| producer.slots() >= count as usize);
        let chunk = producer
            .write_chunk_uninit(count as usize)
            .expect("there is room");
        chunk.fill_from_iter((0..count).map(letter));
    }

    fn receive(consumer: &mut Self::Reader, each: impl FnMut(Letter)) {
        let chunk = consumer.read_chunk(consumer.slots()).expect("they are there");
        chunk.into_iter().for_each(each);
    }
}

struct Array;

impl Queue for Array {
    type Writer = Arc<ArrayQueue<Letter>>;
    type Reader = Arc<ArrayQueue<Letter>>;

    fn new() -> (Self::Writer, Self::Reader) {
        let queue = Arc::new(ArrayQueue::new(CAPACITY));
        (Arc::clone(&queue), queue)
    }

    fn send(queue: &mut Self::Writer, count: u64) {
        for number in 0..count {
            wait_until(|| queue.push(letter(number)).is_ok());
        }
    }

    fn receive(queue: &mut Self::Reader, mut each: impl FnMut(Letter)) {
        while let Some(letter) = queue.pop() {
            each(letter);
        }
    }
}

struct Channel;

impl Queue for Channel {
    type Writer = crossbeam_channel::Sender<Letter>;
    type Reader = crossbeam_channel::Receiver<Letter>;

    fn new() -> (Self::Writer, Self::Reader) {
        crossbeam_channel::bounded(CAPACITY)
    }

    fn send(sender: &mut Self::Writer, count: u64) {
        for number in 0..count {
            wait_until(|| sender.try_send(letter(number)).is_ok());
        }
    }

    fn receive(receiver: &mut Self::Reader, each: impl FnMut(Letter)) {
        receiver.try_iter().for_each(each);
    }
}

/// Locked once a batch.
struct Locked;

impl Queue for Locked {
    type Writer = Arc<Mutex<VecDeque<Letter>>>;
    type Reader = Arc<Mutex<VecDeque<Letter>>>;

    fn new() -> (Self::Writer, Self::Reader) {
        let queue = Arc::new(Mutex::new(VecDeque::with_capacity(CAPACITY)));
        (Arc::clone(&queue), queue)
    }

    fn send(queue: &mut Self::Writer, count: u64) {
        wait_until(|| {
            let mut queue = queue.lock().expect("nobody panics");
            let has_room = queue.len() + count as usize <= CAPACITY;
            if has_room {
                queue.extend((0..count).map(letter));
            }
            has_room
        });
    }

    fn receive(queue: &mut Self::Reader, each: impl FnMut(Letter)) {
        queue.lock().expect("nobody panics").drain(..).for_each(each);
    }
}

/// Keeps this thread on a core of its own, where the system lets it: two threads of one core would pass letters through its
/// cache.
fn pin_to(core: usize) {
    #[cfg(target_os = "linux")]
    {
        let mut cores = nix::sched::CpuSet::new();
        cores.set(core).expect("there are so many");
        let this_thread = nix::unistd::Pid::from_raw(0);
        nix::sched::sched_setaffinity(this_thread, &cores).expect("two cores");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = core;
}

const SIZES: [u64; 3] = [1, 16, 256];

/// One thread puts and takes: what the instructions cost, all in its cache.
#[divan::bench(
    args = SIZES,
    types = [Mailbox, Rtrb, RtrbChunks, Array, Channel, Locked],
    sample_count = 1_000,
    sample_size = 1,
)]
fn one_thread<Q: Queue>(bencher: Bencher<'_, '_>, size: u64) {
    let (mut writer, mut reader) = Q::new();
    bencher.bench_local(|| {
        for _ in 0..BATCHES {
            Q::send(&mut writer, black_box(size));
            Q::receive(&mut reader, |letter| {
                black_box(letter);
            });
        }
    });
}

/// One thread puts, another takes: what the traffic between their caches costs besides.
#[divan::bench(
    args = SIZES,
    types = [Mailbox, Rtrb, RtrbChunks, Array, Channel, Locked],
    sample_count = 1_000,
    sample_size = 1,
)]
fn two_threads<Q: Queue>(bencher: Bencher<'_, '_>, size: u64) {
    let (mut writer, mut reader) = Q::new();
    let (taken, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let taker = {
        let (taken, stop) = (Arc::clone(&taken), Arc::clone(&stop));
        thread::spawn(move || {
            pin_to(1);
            let mut count = 0;
            while !stop.load(Ordering::Relaxed) {
                let before = count;
                wait_until(|| {
                    Q::receive(&mut reader, |letter| {
                        black_box(letter);
                        count += 1;
                    });
                    count != before || stop.load(Ordering::Relaxed)
                });
                taken.store(count, Ordering::Release);
            }
        })
    };
    pin_to(0);
    let mut sent = 0;
    bencher.bench_local(|| {
        for _ in 0..BATCHES {
            Q::send(&mut writer, black_box(size));
        }
        sent += BATCHES as u64 * size;
        wait_until(|| taken.load(Ordering::Acquire) == sent);
    });
    stop.store(true, Ordering::Relaxed);
    taker.join().expect("it does not panic");
}
