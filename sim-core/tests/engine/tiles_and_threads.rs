//! Cut into whatever tiles and simulated by however many threads, a fabric does the same to the bit.

use std::ops::ControlFlow;

use fabricsim_core::{
    Census, Cycle, Execution, FlitTime, Outcome, Packet, Setup, Source, Tiling, Verdict, WatchRequest,
    simulate,
};

use crate::random_switches::{CASES, KINDS, outcome};
use crate::support::{Rings, Steady, fixed, switch};

/// Every switch in a tile that a hash of its number and of `seed` tells: nothing lies together.
fn scattered(switches: u32, tiles: u32, seed: u32) -> Tiling {
    let tile = |switch: u32| match switch {
        // Each tile has one at least.
        switch if switch < tiles => switch,
        switch => ((switch + seed).wrapping_mul(0x9e37_79b9) >> 16) % tiles,
    };
    Tiling::new((0..switches).map(tile).collect())
}

#[test]
fn every_kind_of_switch_does_the_same() {
    for kind in KINDS {
        for case in 0..CASES {
            let whole = outcome(case, kind, |_| Execution::default());
            for threads in [1, 2, 3, 4, 7] {
                let tiles = threads as u32 + case % 3;
                let cut = outcome(case, kind, |network| Execution {
                    tiling: match case % 2 {
                        0 => scattered(network.switches(), tiles, case),
                        _ => Tiling::balanced(network, tiles),
                    },
                    threads,
                    pinned: threads == 2,
                });
                assert_eq!(
                    cut, whole,
                    "{}, case {case}, {tiles} tiles, {threads} threads",
                    kind.0
                );
            }
        }
    }
}

/// Rings of 5 and 4 switches, whose packets all go half-way and more: without a dateline they deadlock.
fn on_rings(has_dateline: bool, execution: Execution) -> Outcome {
    let mut rings = Rings::new(&[5, 4], 2);
    if has_dateline {
        rings = rings.with_dateline();
    }
    let dest = |terminal: u32| match terminal {
        terminal if terminal < 5 => (terminal + 3) % 5,
        terminal => 5 + (terminal - 5 + 2) % 4,
    };
    let setup = Setup {
        network: &rings.network(2, FlitTime::ONE),
        switch: switch(2, 3),
        buffers: Vec::new(),
        routing: &rings,
        sources: (0..9).map(|terminal| Steady::new(dest(terminal), 8, 9)).collect(),
        seed: 1,
        execution,
    };
    let watch = [0, 3, 7].map(|terminal| WatchRequest { terminal, packet: 2 });
    simulate(setup, &fixed(100, 4_000), &watch, &mut |_| {
        ControlFlow::Continue(())
    })
    .expect("nobody breaks it off")
}

#[test]
fn deadlocks_and_timetables_are_the_same() {
    for has_dateline in [false, true] {
        let whole = on_rings(has_dateline, Execution::default());
        assert_eq!(matches!(whole.verdict, Verdict::Deadlocked(_)), !has_dateline);
        assert!(!whole.watched.is_empty());
        for threads in [1, 2, 3, 4, 7] {
            for tiles in [2, 5, 9] {
                let tiling = scattered(9, tiles, threads as u32);
                let cut = on_rings(
                    has_dateline,
                    Execution {
                        tiling,
                        threads,
                        pinned: false,
                    },
                );
                assert_eq!(cut, whole, "{tiles} tiles, {threads} threads");
            }
        }
    }
}

/// Panics instead of creating its third packet.
struct Failing(Steady);

impl Source for Failing {
    fn next_creation(&self) -> Cycle {
        self.0.next_creation()
    }

    fn create(&mut self) -> Packet {
        assert!(self.0.next_creation() < 20, "no more packets");
        self.0.create()
    }

    fn created_before(&mut self, end: Cycle) -> Census {
        self.0.created_before(end)
    }
}

/// A panic in one thread is the caller's, and no other thread waits for ever.
#[test]
#[should_panic(expected = "no more packets")]
fn a_panic_ends_the_run() {
    let rings = Rings::new(&[6], 2).with_dateline();
    let setup = Setup {
        network: &rings.network(1, FlitTime::ONE),
        switch: switch(2, 3),
        buffers: Vec::new(),
        routing: &rings,
        sources: (0..6)
            .map(|terminal| match terminal {
                4 => Steady::new(1, 1, 10),
                _ => Steady::silent(),
            })
            .map(Failing)
            .collect(),
        seed: 1,
        execution: Execution {
            tiling: Tiling::new(vec![0, 0, 1, 1, 2, 2]),
            threads: 3,
            pinned: false,
        },
    };
    simulate(setup, &fixed(100, 4_000), &[], &mut |_| ControlFlow::Continue(()));
}
