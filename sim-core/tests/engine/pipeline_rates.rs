//! What the pipeline lets through one virtual channel: the next packet's head is routed only after the tail before
//! it has left. Rates measured on BookSim2, two nodes, one virtual channel, 32 flits.

use fabricsim_core::{FlitTime, SwitchConfig};

use crate::support::{Rings, Steady, fixed, run, run_on, switch};

/// Flits a cycle from one terminal to the next.
fn accepted(switch: SwitchConfig, flits: u16) -> f64 {
    let rings = Rings::new(&[2], switch.virtual_channels);
    let sources = vec![Steady::new(1, flits, flits.into()), Steady::silent()];
    let outcome = run(&rings, switch, sources, &fixed(600, 6_000));
    outcome.accepted as f64 / 6_000.0
}

#[test]
fn a_packet_a_pass_through_the_head_stages() {
    let plain = switch(1, 32);
    let lookahead = SwitchConfig {
        routing_delay: 0,
        ..plain
    };
    let speculative = SwitchConfig {
        speculative: true,
        ..plain
    };
    let both = SwitchConfig {
        routing_delay: 0,
        ..speculative
    };
    let near = |a: f64, b: f64| (a - b).abs() < 1e-3;
    assert!(near(accepted(plain, 1), 1.0 / 3.0));
    assert!(near(accepted(lookahead, 1), 0.5));
    assert!(near(accepted(speculative, 1), 0.5));
    assert!(near(accepted(both, 1), 1.0));
    assert!(near(accepted(plain, 4), 4.0 / 6.0));
}

/// Credits for four flits that take 2 (1 + 2) + 1 = 7 cycles to come round.
#[test]
fn credits_limit_a_small_buffer() {
    let rings = Rings::new(&[2], 1);
    let network = rings.network(2, FlitTime::ONE);
    let sources = vec![Steady::new(1, 20_000, 20_000), Steady::silent()];
    let outcome = run_on(&network, &rings, switch(1, 4), sources, &fixed(7_000, 7_000));
    assert_eq!(outcome.accepted, 4_000);
}

/// Twice as fast inside, a switch hands a link more than it can carry: what waits for it at the end of a window has not crossed
/// it, what waited at the beginning has.
#[test]
fn a_link_carries_no_more_than_it_can() {
    let fast = SwitchConfig {
        internal_speedup: 2,
        ..switch(4, 64)
    };
    let rings = Rings::new(&[3], 4);
    let sources = || vec![Steady::new(2, 8, 9), Steady::new(2, 8, 9), Steady::silent()];
    for (warmup, window) in [(0, 500), (300, 100), (2_000, 1_000)] {
        let outcome = run(&rings, fast, sources(), &fixed(warmup, window));
        let most = *outcome.link_flits.iter().max().expect("it has links");
        assert!(
            most <= window && most >= window * 9 / 10 - 20,
            "{most} in {window}"
        );
    }
}

/// A link of 4/3 cycles a flit carries exactly three flits in four cycles, for as long as it runs.
#[test]
fn a_slow_link_keeps_its_rate() {
    let rings = Rings::new(&[2], 2);
    let flit_time = FlitTime {
        numerator: 4,
        denominator: 3,
    };
    let network = rings.network(1, flit_time);
    let sources = vec![Steady::new(1, 16, 16), Steady::silent()];
    let outcome = run_on(&network, &rings, switch(2, 32), sources, &fixed(4_000, 40_000));
    assert_eq!(outcome.accepted, 30_000);
    assert_eq!(outcome.link_flits, [30_000, 0]);
}
