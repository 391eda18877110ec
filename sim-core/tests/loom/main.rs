//! Models of the exchange under [loom](https://docs.rs/loom): the source files that the engine is built from, with loom's
//! threads and atomics in place of the system's. Each model is run once for each interleaving of its threads and each
//! value that the memory model lets a load return, within the bound on preemptions that it names.
//!
//! A model that passes says nothing unless it fails where it should. So each names what was weakened to try it, one at a
//! time, and made it fail.

mod sync;

#[path = "../../src/exchange/clock.rs"]
mod clock;
#[path = "../../src/exchange/doorbell.rs"]
#[expect(clippy::reversed_empty_ranges, reason = "in a model nobody spins")]
mod doorbell;
#[path = "../../src/exchange/mailbox.rs"]
#[expect(dead_code, reason = "nobody asks for the memory")]
mod mailbox;
#[path = "../../src/exchange/spins.rs"]
#[expect(clippy::unnecessary_min_or_max, reason = "in a model nobody spins")]
mod spins;

mod doorbell_models;
mod mailbox_models;
mod tile_models;

use fabricsim_core::Cycle;

/// Explores `run`, with at most so many switches away from a thread that could have gone on.
fn model(preemptions: Option<usize>, run: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = preemptions;
    model.check(run);
}

/// Runs these threads to their end. Whoever may be rung must be one of them: loom wakes a thread that is rung from
/// whatever it waits for, so also from waiting for another's end.
fn run<const THREADS: usize>(threads: [Box<dyn FnOnce()>; THREADS]) {
    let threads = threads.map(loom::thread::spawn);
    for thread in threads {
        thread.join().expect("it does not panic");
    }
}
