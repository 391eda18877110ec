//! Routings that look at what waits for the ports of a switch.

use std::ops::ControlFlow;

use fabricsim_core::{
    Candidate, Candidates, Draw, Execution, FlitTime, Link, Network, Outcome, Place, Queue, Routing, Setup,
    simulate,
};

use crate::support::{Steady, fixed, port, switch};

const BY_SLOW: u8 = 0;
const BY_FAST: u8 = 1;
const TERMINAL: u8 = 2;
const VCS: u8 = 4;

/// From switch 0 to switch 3 by switch 1, whose link onward carries a flit in four cycles, or by switch 2.
fn diamond() -> Network {
    let mut network = Network::builder(4, 3).expect("few ports");
    let links = [
        (port(0, BY_SLOW), port(1, 0), 1),
        (port(0, BY_FAST), port(2, 0), 1),
        (port(1, 1), port(3, BY_SLOW), 4),
        (port(2, 1), port(3, BY_FAST), 1),
    ];
    for (from, to, numerator) in links {
        let flit_time = FlitTime {
            numerator,
            denominator: 1,
        };
        let link = Link {
            from,
            to,
            latency: 1,
            flit_time,
        };
        network.link(link).expect("each link once");
    }
    for switch in [0, 3] {
        network
            .terminal(port(switch, TERMINAL))
            .expect("a terminal at either end");
    }
    network.build().expect("terminals exist")
}

/// By the slow link, as long as what waits behind the first switch's port to it, so often, is no more than what waits
/// behind the other.
struct Shorter {
    weight: u32,
}

impl Routing for Shorter {
    fn route(&self, at: Place, _: u32, _: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let queue = |port, weight| Queue { port, weight };
        let way = match at.switch {
            0 if draw.is_no_longer(queue(BY_SLOW, self.weight), queue(BY_FAST, 1)) => BY_SLOW,
            0 => BY_FAST,
            3 => TERMINAL,
            _ => 1,
        };
        out.push(Candidate::new(way, 0, VCS));
    }

    fn max_candidates(&self) -> usize {
        1
    }
}

/// A flit a cycle from one end to the other.
fn run(weight: u32) -> Outcome {
    let setup = Setup {
        network: &diamond(),
        switch: switch(VCS, 8),
        buffers: Vec::new(),
        routing: &Shorter { weight },
        sources: vec![Steady::new(1, 1, 1), Steady::silent()],
        seed: 1,
        execution: Execution::default(),
    };
    simulate(setup, &fixed(1_000, 4_000), &[], &mut |_| {
        ControlFlow::Continue(())
    })
    .expect("nobody breaks it off")
}

#[test]
fn the_longer_queue_is_avoided() {
    let outcome = run(1);
    let [slow, fast] = [outcome.link_flits[0], outcome.link_flits[1]];
    // Each carries what it can, or nearly: together all that is sent.
    assert!(slow > 600 && fast > 2_500, "{slow} flits and {fast}");
    assert!(outcome.accepted > 3_800, "{}", outcome.accepted);
}

#[test]
fn a_queue_is_as_long_as_its_weight_says() {
    let heavy = run(8);
    assert!(
        heavy.link_flits[0] < run(1).link_flits[0],
        "{:?}",
        heavy.link_flits
    );
    let weightless = run(0);
    assert_eq!(weightless.link_flits[1], 0, "no queue is shorter than none");
    assert!(weightless.accepted < 1_100, "{}", weightless.accepted);
}
