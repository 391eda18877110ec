//! The doorbell. A lost wake-up is a deadlock, which loom reports.
//!
//! All fail with: no fence in `ring`, or one that is not `SeqCst`; the same of the sleeper's; no look between the fence and
//! the sleep; and, since the owner's name is not found, with the store or the load of `asleep` relaxed.

use std::sync::Arc;

use loom::sync::atomic::{AtomicBool, Ordering};

use crate::clock::Clock;
use crate::doorbell::Doorbell;
use crate::{model, run};

#[test]
fn who_waits_is_woken() {
    model(None, || {
        let (clock, doorbell) = (Arc::new(Clock::new()), Arc::new(Doorbell::new()));
        let (read, rung) = (Arc::clone(&clock), Arc::clone(&doorbell));
        run([
            Box::new(move || {
                for cycle in 1..=2 {
                    clock.publish(cycle);
                    doorbell.ring();
                }
            }),
            // Twice, so that the ring of the first sleep may come in the second.
            Box::new(move || {
                for cycle in 1..=2 {
                    rung.wait_until(|| read.read() >= cycle);
                }
            }),
        ]);
    });
}

#[test]
fn who_waits_for_two_is_woken_by_the_last() {
    model(None, || {
        let clocks = [(); 2].map(|()| Arc::new(Clock::new()));
        let doorbell = Arc::new(Doorbell::new());
        let [first, second] = clocks.clone().map(|clock| {
            let doorbell = Arc::clone(&doorbell);
            move || {
                clock.publish(1);
                doorbell.ring();
            }
        });
        run([
            Box::new(first),
            Box::new(second),
            Box::new(move || doorbell.wait_until(|| clocks.iter().all(|clock| clock.read() > 0))),
        ]);
    });
}

#[test]
fn a_stop_wakes_who_waits_for_a_clock() {
    model(None, || {
        let (clock, doorbell) = (Arc::new(Clock::new()), Arc::new(Doorbell::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (read, rung, stopped) = (Arc::clone(&clock), Arc::clone(&doorbell), Arc::clone(&stop));
        run([
            Box::new(move || {
                clock.publish(1);
                doorbell.ring();
                stop.store(true, Ordering::Release);
                doorbell.ring();
            }),
            Box::new(move || rung.wait_until(|| read.read() > 1 || stopped.load(Ordering::Acquire))),
        ]);
    });
}
