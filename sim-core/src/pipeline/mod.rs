//! The pipeline of the input-queued virtual-channel switch (Dally & Towles, chapter 16): route
//! computation, virtual-channel allocation, switch allocation, switch traversal. A stage a file.
//!
//! In a pass every stage first looks at the state as it was, then all of them change it, so that a
//! flit goes through one stage a pass.

mod crossbar_batch;
mod held_switch;
mod route_computation;
mod switch_allocation;
mod switch_traversal;
mod vc_allocation;

pub use crossbar_batch::CrossbarBatch;

use held_switch::Held;

use crate::engine::Engine;
use crate::mask::Mask;
use crate::{Cycle, Routing, Source, Stream};

/// One pass of a switch through its pipeline.
#[derive(Clone, Copy, Debug)]
struct Pass {
    /// When a flit that wins the switch now is at its output link, if the crossbar is pipelined.
    at_link: Cycle,
    /// The cycle of the pass after this one.
    next: Cycle,
    /// The number of the pass after this one, counted from cycle 0.
    next_number: u64,
}

/// Who stood where when the pass began.
struct Standing<const W: usize> {
    routing: Mask<W>,
    waiting: Mask<W>,
    allocating: Mask<W>,
    bidding: Mask<W>,
    vc_due: Mask<W>,
    switch_due: Mask<W>,
    held: Held<W>,
}

/// What the allocators of a switch draw from. Where no stream is kept for them, they draw nothing, and any will do.
#[inline]
fn drawn_from<'a>(kept: &'a mut [Stream], others: &'a mut [Stream], switch: usize) -> &'a mut Stream {
    kept.get_mut(switch).unwrap_or(&mut others[switch])
}

impl<R: Routing, S: Source, const W: usize> Engine<'_, R, S, W> {
    /// A switch's cycle: one pass, or as many as its internal speed-up.
    pub fn step_switch(&mut self, switch: usize) {
        let passes = u64::from(self.config.internal_speedup);
        let traversal = Cycle::from(self.config.traversal_delay());
        for pass in 1..=passes {
            // A flit begins its traversal in the pass after it won.
            let next = if pass < passes { self.now } else { self.now + 1 };
            let at_link = next + traversal - 1;
            let next_number = self.now * passes + pass;
            let pass = Pass {
                at_link,
                next,
                next_number,
            };
            self.pass(switch, pass);
        }
        if !self.switches.stages[switch].busy() {
            self.busy.remove(switch);
        }
    }

    fn pass(&mut self, switch: usize, pass: Pass) {
        let lookahead = self.config.routing_delay == 0;
        self.start_routing_batch(switch);
        let stages = &mut self.switches.stages[switch];
        let routing = std::mem::take(&mut stages.routing);
        if lookahead {
            self.compute_routes(switch, routing);
        }
        let held = self.held(switch);
        let stages = &mut self.switches.stages[switch];
        let standing = Standing {
            held,
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
