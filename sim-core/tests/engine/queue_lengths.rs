//! Routings that look at what waits for the ports of a switch.

use std::ops::ControlFlow;

use fabricsim_core::{
    Candidate, Candidates, Draw, Execution, FlitTime, Link, Network, Outcome, Place, Queue, Routing, Setup,
    simulate,
};

use crate::support::{Steady, fixed, port, switch};

const SLOW: u8 = 0;
const FAST: u8 = 1;
const TERMINAL: u8 = 2;

/// Two switches, joined by a link of a flit in four cycles and one of a flit a cycle.
fn pair() -> Network {
    let mut network = Network::builder(2, 3).expect("few ports");
    for (from, to) in [(0, 1), (1, 0)] {
        for (of, numerator) in [(SLOW, 4), (FAST, 1)] {
            let link = Link {
                from: port(from, of),
                to: port(to, of),
                latency: 1,
                flit_time: FlitTime {
                    numerator,
                    denominator: 1,
                },
            };
            network.link(link).expect("each link once");
        }
        network
            .terminal(port(from, TERMINAL))
            .expect("a terminal a switch");
    }
    network.build().expect("terminals exist")
}

/// The slow link, as long as what waits for it, so often, is no more than what waits for the fast one.
struct Shorter {
    weight: u32,
}

impl Routing for Shorter {
    fn route(&self, at: Place, dest: u32, _: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let queue = |port, weight| Queue { port, weight };
        let way = if at.switch == dest {
            TERMINAL
        } else if draw.is_no_longer(queue(SLOW, self.weight), queue(FAST, 1)) {
            SLOW
        } else {
            FAST
        };
        out.push(Candidate::new(way, 0, 2));
    }

    fn max_candidates(&self) -> usize {
        1
    }
}

/// A flit a cycle from one switch to the other.
fn run(weight: u32) -> Outcome {
    let setup = Setup {
        network: &pair(),
        switch: switch(2, 8),
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
