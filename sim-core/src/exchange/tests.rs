//! What the parts do, on threads of the system. That they do it in every interleaving is for `tests/loom` to say.

mod spins;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use proptest::prelude::*;

use super::*;

/// So many, or a hundredth of it where an interpreter runs the tests: it takes a thousand times as long.
const fn fewer(times: u64) -> u64 {
    if cfg!(miri) { times / 100 } else { times }
}

/// No word equals another, in this letter or any.
fn letter(number: u64) -> Letter {
    [4 * number, 4 * number + 1, 4 * number + 2, 4 * number + 3]
}

fn drained(inbox: &mut Inbox) -> Vec<Letter> {
    let mut letters = Vec::new();
    inbox.drain(|letter| letters.push(letter));
    letters
}

#[test]
fn a_letter_is_seen_once_published() {
    let (mut outbox, mut inbox) = mailbox(2);
    outbox.put(letter(1));
    assert!(drained(&mut inbox).is_empty());
    outbox.publish();
    assert_eq!(drained(&mut inbox), [letter(1)]);
    assert!(drained(&mut inbox).is_empty());
    outbox.publish();
    assert!(drained(&mut inbox).is_empty());
}

#[test]
fn the_capacity_is_at_least_what_was_asked_for() {
    for (asked, given) in [(0, 1), (1, 1), (2, 2), (3, 4), (9, 16)] {
        let (mut outbox, mut inbox) = mailbox(asked);
        for round in 0..3 {
            (0..given).for_each(|number| outbox.put(letter(round * given + number)));
            outbox.publish();
            assert_eq!(drained(&mut inbox).len() as u64, given);
        }
        assert!(mailbox_bytes(asked) as u64 >= given * size_of::<Letter>() as u64);
    }
}

#[test]
#[should_panic(expected = "a mailbox overflows")]
fn a_letter_too_many_is_refused() {
    let (mut outbox, mut inbox) = mailbox(4);
    (0..3).for_each(|number| outbox.put(letter(number)));
    outbox.publish();
    inbox.drain(drop);
    (3..8).for_each(|number| outbox.put(letter(number)));
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Put(u64),
    Publish,
    Drain,
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: fewer(300) as u32,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_mailbox_is_a_queue(
        capacity in 1_usize..20,
        steps in prop::collection::vec(
            prop_oneof![4 => any::<u64>().prop_map(Step::Put), 2 => Just(Step::Publish), 1 => Just(Step::Drain)],
            0..200,
        ),
    ) {
        let (mut outbox, mut inbox) = mailbox(capacity);
        let (mut put, mut published) = (VecDeque::new(), VecDeque::new());
        for step in steps {
            match step {
                Step::Put(value) if put.len() + published.len() < capacity => {
                    outbox.put([value; 4]);
                    put.push_back([value; 4]);
                }
                Step::Put(_) => {}
                Step::Publish => {
                    outbox.publish();
                    published.append(&mut put);
                }
                Step::Drain => prop_assert_eq!(std::mem::take(&mut published), drained(&mut inbox)),
            }
        }
    }
}

#[test]
fn letters_pass_between_threads_in_order_and_whole() {
    const BATCH: u64 = 20;
    let letters = fewer(100_000);
    let (mut outbox, mut inbox) = mailbox(64);
    let (read, written) = (Clock::new(), Clock::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..letters {
                while number >= read.read() + 64 {
                    thread::yield_now();
                }
                outbox.put(letter(number));
                if number % BATCH == BATCH - 1 {
                    outbox.publish();
                    written.publish(number + 1);
                }
            }
        });
        let mut next = 0;
        while next < letters {
            let at_least = written.read();
            inbox.drain(|found| {
                assert_eq!(found, letter(next));
                next += 1;
            });
            assert!(next >= at_least, "the clock runs ahead of the letters");
            read.publish(next);
            thread::yield_now();
        }
    });
}

#[test]
fn threads_ring_each_other_awake() {
    let rounds = fewer(4_000);
    let clocks = [Clock::new(), Clock::new()];
    let doorbells = [Doorbell::new(), Doorbell::new()];
    thread::scope(|scope| {
        for me in 0..2 {
            let (clocks, doorbells) = (&clocks, &doorbells);
            scope.spawn(move || {
                for round in 0..rounds {
                    doorbells[me].wait_until(|| clocks[1 - me].read() + me as u64 > round);
                    if round % 16 == 0 {
                        // Long enough for the other to fall asleep.
                        thread::sleep(Duration::from_micros(50));
                    }
                    clocks[me].publish(round + 1);
                    doorbells[1 - me].ring();
                }
            });
        }
    });
}

#[test]
fn a_stop_wakes_who_waits_for_something_else() {
    let (clock, doorbell, stop) = (
        Arc::new(Clock::new()),
        Arc::new(Doorbell::new()),
        Arc::new(AtomicBool::new(false)),
    );
    let sleeper = {
        let (clock, doorbell, stop) = (Arc::clone(&clock), Arc::clone(&doorbell), Arc::clone(&stop));
        thread::spawn(move || doorbell.wait_until(|| clock.read() > 0 || stop.load(Ordering::Acquire)))
    };
    thread::sleep(Duration::from_millis(10));
    stop.store(true, Ordering::Release);
    doorbell.ring();
    sleeper.join().expect("it does not panic");
    assert_eq!(clock.read(), 0);
}

/// Two tiles, each as far ahead of the other as it may be and asleep where it may not go on: mailboxes, clocks and
/// doorbells together.
#[test]
fn tiles_that_exchange_meet_every_letter_when_it_is_due() {
    const LOOKAHEAD: u64 = 3;
    const RATE: u64 = 2;
    let cycles = fewer(30_000);
    let clocks = [Clock::new(), Clock::new()];
    let doorbells = [Doorbell::new(), Doorbell::new()];
    let capacity = (2 * LOOKAHEAD * RATE) as usize;
    let (a_to_b, from_a) = mailbox(capacity);
    let (b_to_a, from_b) = mailbox(capacity);
    thread::scope(|scope| {
        for (me, mut outbox, mut inbox) in [(0, a_to_b, from_b), (1, b_to_a, from_a)] {
            let (clocks, doorbells) = (&clocks, &doorbells);
            scope.spawn(move || {
                let mut waiting = VecDeque::new();
                let mut now = 0;
                while now < cycles {
                    doorbells[me].wait_until(|| now < clocks[1 - me].read() + LOOKAHEAD);
                    let horizon = clocks[1 - me].read() + LOOKAHEAD;
                    inbox.drain(|[sent, number, ..]| waiting.push_back((sent + LOOKAHEAD, number)));
                    while now < horizon.min(cycles) {
                        for number in (0..RATE).filter(|_| now >= LOOKAHEAD) {
                            assert_eq!(waiting.pop_front(), Some((now, number)));
                        }
                        (0..RATE).for_each(|number| outbox.put([now, number, 0, 0]));
                        now += 1;
                    }
                    outbox.publish();
                    clocks[me].publish(now);
                    doorbells[1 - me].ring();
                }
            });
        }
    });
}
