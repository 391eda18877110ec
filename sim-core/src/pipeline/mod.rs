//! The pipeline of the input-queued virtual-channel switch (Dally & Towles, chapter 16): route
//! computation, virtual-channel allocation, switch allocation, switch traversal. A stage a file.
//!
//! In a pass every stage first looks at the state as it was, then all of them change it, so that a
//! flit goes through one stage a pass.

mod route_computation;
mod switch_allocation;
mod switch_traversal;
mod vc_allocation;

use crate::engine::Engine;
use crate::mask::Mask;
use crate::{Cycle, Routing, Source};

/// One pass of a switch through its pipeline.
#[derive(Clone, Copy, Debug)]
struct Pass {
    /// When a flit that wins the switch now is at its output link.
    at_link: Cycle,
    /// The cycle of the pass after this one.
    next: Cycle,
}

/// Who stood where when the pass began.
struct Standing<const W: usize> {
    routing: Mask<W>,
    waiting: Mask<W>,
    allocating: Mask<W>,
    bidding: Mask<W>,
    vc_due: Mask<W>,
    switch_due: Mask<W>,
}

impl<R: Routing, S: Source, const W: usize> Engine<'_, R, S, W> {
    /// A switch's cycle: one pass, or as many as its internal speed-up.
    pub fn step_switch(&mut self, switch: usize) {
        let passes = self.config.internal_speedup;
        let traversal = Cycle::from(self.config.traversal_delay());
        for pass in 1..=passes {
            // A flit begins its traversal in the pass after it won.
            let next = if pass < passes { self.now } else { self.now + 1 };
            let at_link = next + traversal - 1;
            self.pass(switch, Pass { at_link, next });
        }
        if !self.switches.stages[switch].busy() {
            self.busy.remove(switch);
        }
    }

    fn pass(&mut self, switch: usize, pass: Pass) {
        let lookahead = self.config.routing_delay == 0;
        let stages = &mut self.switches.stages[switch];
        let routing = std::mem::take(&mut stages.routing);
        if lookahead {
            self.compute_routes(switch, routing);
        }
        let stages = &mut self.switches.stages[switch];
        let standing = Standing {
            routing,
            waiting: stages.waiting,
            allocating: stages.allocating,
            bidding: stages.bidding,
            vc_due: std::mem::take(&mut stages.vc_due),
            switch_due: std::mem::take(&mut stages.switch_due),
        };

        self.match_vcs(switch, &standing);
        self.match_switch(switch, &standing, pass);

        self.assign_vcs(switch, &standing);
        self.traverse_switch(switch, &standing, pass);
        if !lookahead {
            self.compute_routes(switch, standing.routing);
        }
    }
}
