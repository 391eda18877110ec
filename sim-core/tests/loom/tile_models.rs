//! Two tiles, each as far ahead of the other as it may be.
//!
//! All three fail with: the store of a clock relaxed; its load relaxed; the inbox drained before the neighbour's clock is
//! read; the clock published before the mailbox; a cycle more than the lookahead allows; half the capacity; the tail of the
//! mailbox relaxed. Not with its head relaxed: the clocks order that as well, so that only the mailbox's own model needs it.

use std::collections::VecDeque;
use std::sync::Arc;

use loom::thread;

use crate::clock::Clock;
use crate::doorbell::Doorbell;
use crate::mailbox::{Inbox, Outbox, mailbox};
use crate::{Cycle, model, run};

/// How a tile waits for its neighbour.
#[derive(Clone, Copy)]
enum Wait {
    Spin,
    Sleep,
}

#[derive(Clone, Copy)]
struct Case {
    lookahead: Cycle,
    /// Letters that a tile sends in a cycle.
    rate: u64,
    cycles: Cycle,
    wait: Wait,
}

struct Tile {
    case: Case,
    clock: Arc<Clock>,
    doorbell: Arc<Doorbell>,
    neighbour: Arc<Clock>,
    neighbours_doorbell: Arc<Doorbell>,
    outbox: Outbox,
    inbox: Inbox,
}

impl Tile {
    /// Simulates all cycles, and checks in each that the letters due in it are there: those and no others.
    fn run(mut self) {
        let Case {
            lookahead,
            rate,
            cycles,
            wait,
        } = self.case;
        let mut waiting = VecDeque::new();
        let mut now = 0;
        while now < cycles {
            let mut horizon = 0;
            let mut may_go_on = || {
                horizon = self.neighbour.read() + lookahead;
                now < horizon
            };
            match wait {
                Wait::Sleep => self.doorbell.wait_until(may_go_on),
                Wait::Spin => {
                    while !may_go_on() {
                        thread::yield_now();
                    }
                }
            }
            self.inbox
                .drain(|[sent, number, ..]| waiting.push_back((sent + lookahead, number)));
            while now < horizon.min(cycles) {
                if now >= lookahead {
                    for number in 0..rate {
                        assert_eq!(waiting.pop_front(), Some((now, number)), "in cycle {now}");
                    }
                }
                for number in 0..rate {
                    self.outbox.put([now, number, 0, 0]);
                }
                now += 1;
            }
            self.outbox.publish();
            self.clock.publish(now);
            if let Wait::Sleep = wait {
                self.neighbours_doorbell.ring();
            }
        }
    }
}

fn two_tiles(preemptions: Option<usize>, case: Case) {
    let capacity = (2 * case.lookahead * case.rate) as usize;
    model(preemptions, move || {
        let clocks = [(); 2].map(|()| Arc::new(Clock::new()));
        let doorbells = [(); 2].map(|()| Arc::new(Doorbell::new()));
        let (to_second, from_first) = mailbox(capacity);
        let (to_first, from_second) = mailbox(capacity);
        let tile = |me: usize, outbox, inbox| Tile {
            case,
            clock: Arc::clone(&clocks[me]),
            doorbell: Arc::clone(&doorbells[me]),
            neighbour: Arc::clone(&clocks[1 - me]),
            neighbours_doorbell: Arc::clone(&doorbells[1 - me]),
            outbox,
            inbox,
        };
        let (first, second) = (tile(0, to_second, from_second), tile(1, to_first, from_first));
        run([Box::new(|| first.run()), Box::new(|| second.run())]);
    });
}

#[test]
fn no_letter_is_late_with_a_lookahead_of_1() {
    two_tiles(
        Some(3),
        Case {
            lookahead: 1,
            rate: 1,
            cycles: 3,
            wait: Wait::Spin,
        },
    );
}

#[test]
fn no_letter_is_late_with_a_lookahead_of_2() {
    two_tiles(
        Some(3),
        Case {
            lookahead: 2,
            rate: 1,
            cycles: 6,
            wait: Wait::Spin,
        },
    );
}

/// Fails, besides, with all that makes the models of the doorbell fail.
#[test]
fn tiles_that_sleep_are_woken() {
    two_tiles(
        Some(3),
        Case {
            lookahead: 1,
            rate: 1,
            cycles: 3,
            wait: Wait::Sleep,
        },
    );
}
