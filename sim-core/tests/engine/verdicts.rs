//! Each way a run can end.

use std::ops::ControlFlow;

use fabricsim_core::{Execution, FlitTime, MeasurePlan, Setup, SwitchConfig, Verdict, Window, simulate};

use crate::support::{Rings, Steady, fixed, run, run_on, switch};

fn until_precise(max_cycles: u64, precision: f64) -> MeasurePlan {
    MeasurePlan {
        warmup: 500,
        window: Window::UntilPrecise,
        max_cycles,
        precision,
        is_overloaded: false,
    }
}

fn one_way(gap: u64) -> Vec<Steady> {
    vec![Steady::new(1, 1, gap), Steady::silent()]
}

#[test]
fn steady_latency_converges() {
    let outcome = run(
        &Rings::new(&[2], 2),
        switch(2, 8),
        one_way(10),
        &until_precise(1_000_000, 0.01),
    );
    assert_eq!(outcome.verdict, Verdict::Converged);
    let latency = outcome.latency.expect("it converged");
    // Two switches, links of one cycle: 5 H + 2.
    assert_eq!(
        (latency.mean, latency.p50, latency.p999, latency.max),
        (12.0, 12, 12, 12)
    );
    assert_eq!((latency.network_mean, latency.hops_mean), (12.0, 2.0));
    assert_eq!(outcome.packets, outcome.window / 10);
    assert!(outcome.window < 20_000, "it stops when it can");
}

#[test]
fn more_than_the_switch_can_take_saturates() {
    let plan = until_precise(1_000_000, 0.01);
    let outcome = run(&Rings::new(&[2], 1), switch(1, 8), one_way(2), &plan);
    assert_eq!(outcome.verdict, Verdict::Saturated);
    assert_eq!(outcome.latency, None);
    assert!(outcome.cycles < 100_000, "it is not run to the limit");
    let accepted = outcome.accepted as f64 / outcome.window as f64;
    assert!(
        (accepted - 1.0 / 3.0).abs() < 0.01,
        "a packet in three cycles, not {accepted}"
    );
}

/// Between two flits on a very slow link nothing moves for long, and yet nothing is wrong.
#[test]
fn a_slow_link_does_not_stall() {
    let rings = Rings::new(&[2], 2);
    let slow = FlitTime {
        numerator: 9_000,
        denominator: 1,
    };
    let sources = vec![Steady::new(1, 4, 100_000).at_most(3), Steady::silent()];
    let network = rings.network(1, slow);
    let outcome = run_on(&network, &rings, switch(2, 8), sources, &fixed(0, 300_000));
    assert_eq!(outcome.packets, 3, "{:?}: {}", outcome.verdict, outcome.reason);
    assert!(!matches!(
        outcome.verdict,
        Verdict::Stalled | Verdict::Deadlocked(_)
    ));
}

#[test]
fn an_empty_fabric_runs_out_of_time_at_once() {
    let silent = vec![Steady::silent(); 2];
    let outcome = run(
        &Rings::new(&[2], 1),
        switch(1, 8),
        silent,
        &until_precise(1_000_000, 0.01),
    );
    assert_eq!(outcome.verdict, Verdict::TimeLimit);
    assert_eq!((outcome.packets, outcome.latency), (0, None));
    assert!(outcome.reason.contains("too few packets"), "{}", outcome.reason);
}

#[test]
fn a_fixed_window_is_measured_to_its_end() {
    let outcome = run(&Rings::new(&[2], 1), switch(1, 8), one_way(2), &fixed(100, 7_777));
    assert_eq!(outcome.verdict, Verdict::Saturated);
    assert_eq!(outcome.window, 7_777);
    assert_eq!(outcome.generated, 7_777_u64.div_ceil(2));
}

#[test]
fn the_limit_of_cycles_holds() {
    let plan = MeasurePlan {
        max_cycles: 900,
        ..fixed(500, 1_000)
    };
    let outcome = run(&Rings::new(&[2], 2), switch(2, 8), one_way(10), &plan);
    assert_eq!((outcome.verdict, outcome.cycles), (Verdict::TimeLimit, 900));
    assert_eq!(outcome.reason, "the limit of 900 cycles came first");
}

/// Latency is 12 cycles: of a packet every ten cycles the last was created in cycle 1,490.
#[test]
fn what_has_not_arrived_at_the_limit_is_counted() {
    let plan = MeasurePlan {
        max_cycles: 1_500,
        ..fixed(500, 995)
    };
    let outcome = run(&Rings::new(&[2], 2), switch(2, 8), one_way(10), &plan);
    assert_eq!(outcome.verdict, Verdict::TimeLimit);
    assert_eq!(
        outcome.reason,
        "the limit of 1500 cycles came first: 1 of 100 measured packets had not arrived"
    );
}

/// The window may end anywhere in a batch.
#[test]
fn a_mean_is_over_all_packets_of_a_window_that_was_cut_short() {
    let plan = MeasurePlan {
        max_cycles: 900,
        ..fixed(500, 10_000)
    };
    let outcome = run(&Rings::new(&[2], 2), switch(2, 8), one_way(20), &plan);
    let latency = outcome.latency.expect("every packet arrived");
    assert_eq!(outcome.packets, 20);
    assert_eq!(
        (latency.mean, latency.network_mean, latency.max),
        (12.0, 12.0, 12)
    );
}

#[test]
fn a_run_that_ends_before_its_window_begins_has_measured_nothing() {
    let plan = MeasurePlan {
        max_cycles: 3_000,
        ..fixed(5_000, 10_000)
    };
    let outcome = run(&Rings::new(&[2], 2), switch(2, 8), one_way(10), &plan);
    assert_eq!((outcome.verdict, outcome.cycles), (Verdict::TimeLimit, 3_000));
    assert_eq!((outcome.window, outcome.generated, outcome.accepted), (0, 0, 0));
    assert_eq!((outcome.link_flits, outcome.latency), (vec![0, 0], None));
}

#[test]
fn what_is_offered_too_much_is_saturated_whatever_the_window_shows() {
    for plan in [until_precise(1_000_000, 0.01), fixed(500, 1_000)] {
        let overloaded = MeasurePlan {
            is_overloaded: true,
            ..plan
        };
        let outcome = run(&Rings::new(&[2], 2), switch(2, 8), one_way(10), &overloaded);
        assert_eq!(outcome.verdict, Verdict::Saturated);
        assert!(outcome.reason.contains("can carry"), "{}", outcome.reason);
        assert!(outcome.cycles < 20_000, "it is not run to the limit");
    }
}

/// Deep buffers take for a while what the fabric can't carry, and the sources' backlog does not show it.
#[test]
fn what_piles_up_in_the_fabric_does_not_converge() {
    let plan = MeasurePlan {
        precision: 0.99,
        ..fixed(0, 1_000)
    };
    let outcome = run(&Rings::new(&[2], 1), switch(1, 4_096), one_way(2), &plan);
    assert_eq!((outcome.verdict, outcome.packets), (Verdict::TimeLimit, 500));
    assert!(outcome.reason.contains("accepted"), "{}", outcome.reason);
}

/// A flit may be longer in a switch than a head may stand still elsewhere.
#[test]
fn a_slow_pipeline_does_not_stall() {
    for start in (0..1_100).step_by(50) {
        let slow = SwitchConfig {
            routing_delay: 255,
            vc_alloc_delay: 255,
            sw_alloc_delay: 255,
            st_prepare_delay: 255,
            st_final_delay: 255,
            credit_delay: 255,
            ..switch(1, 1)
        };
        let sources = vec![
            Steady::new(1, 4, 100_000).at_most(1).starting_at(start),
            Steady::silent(),
        ];
        let outcome = run(&Rings::new(&[2], 1), slow, sources, &fixed(0, 50_000));
        assert_eq!(outcome.packets, 1, "{:?}: {}", outcome.verdict, outcome.reason);
    }
}

#[test]
fn the_caller_can_break_it_off() {
    let rings = Rings::new(&[2], 2);
    let setup = Setup {
        network: &rings.network(1, FlitTime::ONE),
        switch: switch(2, 8),
        buffers: Vec::new(),
        routing: &rings,
        sources: one_way(10),
        seed: 1,
        execution: Execution::default(),
    };
    assert!(simulate(setup, &fixed(500, 100_000), &[], &mut |_| ControlFlow::Break(())).is_none());
}
