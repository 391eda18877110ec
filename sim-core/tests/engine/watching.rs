//! The timetable of a watched packet: BookSim2's trace. Injected t, at the switch t + 2, routed t + 2, virtual channel
//! t + 3, switch t + 4, on the link t + 5.

use std::ops::ControlFlow;

use fabricsim_core::{Execution, FlitTime, Setup, WatchRequest, WatchStage, simulate};

use crate::support::{BACK, ONWARD, Rings, Steady, TERMINAL, fixed, port, switch};

#[test]
fn every_stage_and_cycle() {
    let rings = Rings::new(&[2], 1);
    let watch = WatchRequest {
        terminal: 0,
        packet: 3,
    };
    let setup = Setup {
        network: &rings.network(2, FlitTime::ONE),
        switch: switch(1, 8),
        buffers: Vec::new(),
        routing: &rings,
        sources: vec![Steady::new(1, 2, 100), Steady::silent()],
        seed: 1,
        execution: Execution::default(),
    };
    let outcome = simulate(setup, &fixed(0, 1_000), &[watch], &mut |_| {
        ControlFlow::Continue(())
    });
    let events = outcome.expect("nobody breaks it off").watched;
    let stages = |flit| {
        let of_flit = events.iter().filter(move |e| e.flit == flit);
        of_flit.map(|e| (e.cycle - 300, e.stage)).collect::<Vec<_>>()
    };
    let (first, second) = (port(0, ONWARD), port(1, TERMINAL));
    let head = [
        (0, WatchStage::Created { dest: 1, flits: 2 }),
        (0, WatchStage::Injected { vc: 0 }),
        (
            2,
            WatchStage::Arrived {
                at: port(0, TERMINAL),
                vc: 0,
            },
        ),
        (2, WatchStage::Routed { at: first }),
        (3, WatchStage::VcAllocated { at: first, vc: 0 }),
        (4, WatchStage::SwitchAllocated { at: first, vc: 0 }),
        (5, WatchStage::Departed { at: first }),
        (
            8,
            WatchStage::Arrived {
                at: port(1, BACK),
                vc: 0,
            },
        ),
        (8, WatchStage::Routed { at: second }),
        (9, WatchStage::VcAllocated { at: second, vc: 0 }),
        (10, WatchStage::SwitchAllocated { at: second, vc: 0 }),
        (11, WatchStage::Departed { at: second }),
        (13, WatchStage::Ejected { terminal: 1 }),
    ];
    assert_eq!(stages(0), head);
    let tail = [
        (1, WatchStage::Injected { vc: 0 }),
        (
            3,
            WatchStage::Arrived {
                at: port(0, TERMINAL),
                vc: 0,
            },
        ),
        (5, WatchStage::SwitchAllocated { at: first, vc: 0 }),
        (6, WatchStage::Departed { at: first }),
        (
            9,
            WatchStage::Arrived {
                at: port(1, BACK),
                vc: 0,
            },
        ),
        (11, WatchStage::SwitchAllocated { at: second, vc: 0 }),
        (12, WatchStage::Departed { at: second }),
        (14, WatchStage::Ejected { terminal: 1 }),
    ];
    assert_eq!(stages(1), tail);
}
