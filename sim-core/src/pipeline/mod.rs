//! The pipeline of the input-queued virtual-channel switch (Dally & Towles, chapter 16): route
//! computation, virtual-channel allocation, switch allocation, switch traversal. A stage a file.
//!
//! In a pass every stage first looks at the state as it was, then all of them change it, so that a
//! flit goes through one stage a pass.
//!
//! A switch is stepped through a [`Step`]: its own part of each table, so that a stage indexes by virtual channel and
//! port alone, and what it shares with the other switches. Switches of which nothing out of the ordinary is asked, most of
//! them, have a pass of their own, [`plain`], which gives the same results.

mod bids;
mod crossbar_batch;
mod held_switch;
mod plain;
mod route_computation;
mod switch_allocation;
mod switch_traversal;
mod vc_allocation;

pub use bids::Bids;
pub use crossbar_batch::CrossbarBatch;

use held_switch::Held;
pub use switch_allocation::can_bid;
pub use vc_allocation::free_with_room;

use crate::allocator::Requests;
use crate::event::Events;
use crate::mask::Mask;
use crate::model::Model;
use crate::occasional::Occasional;
use crate::stages::Stages;
use crate::switches::SwitchState;
use crate::tile::Tile;
use crate::wiring::Port;
use crate::workspace::Workspace;
use crate::{Candidates, Cycle, LongStages, PortRef, Routing, Source, SwitchConfig};

/// One pass of a switch through its pipeline.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// When a flit that wins the switch now is at its output link, if the crossbar is pipelined.
    at_link: Cycle,
    /// The cycle of the pass after this one.
    next: Cycle,
    /// The number of the pass after this one, counted from cycle 0.
    next_number: u64,
}

impl Pass {
    /// The passes of a cycle: as many as the switch's internal speed-up.
    #[inline(always)]
    fn all(now: Cycle, config: &SwitchConfig) -> impl Iterator<Item = Self> + use<> {
        let config = *config;
        (1..=u64::from(config.internal_speedup)).map(move |pass| Self::new(now, &config, pass))
    }

    /// The `pass`-th of a cycle, from 1.
    #[inline(always)]
    fn new(now: Cycle, config: &SwitchConfig, pass: u64) -> Self {
        let passes = u64::from(config.internal_speedup);
        // A flit begins its traversal in the pass after it won.
        let next = if pass < passes { now } else { now + 1 };
        Self {
            at_link: next + Cycle::from(config.traversal_delay()) - 1,
            next,
            next_number: now * passes + pass,
        }
    }
}

/// Who stood where when the pass began.
struct Standing<const W: usize> {
    waiting: Mask<W>,
    bidding: Mask<W>,
    /// In a virtual-channel allocation of several cycles.
    allocating: Mask<W>,
    vc_due: Mask<W>,
    switch_due: Mask<W>,
    held: Held<W>,
}

/// What stages hand to each other within a pass, and their scratch.
#[derive(Debug)]
pub struct Scratch<const W: usize> {
    /// Input ask for output virtual channels.
    vc_requests: Requests<W>,
    bids: Bids<W>,
    /// (input virtual channel, output port) of the flits that won the switch in this pass.
    winners: Vec<(u16, u8)>,
    found: Candidates,
    /// By port: its virtual channels.
    units_of: Vec<Mask<W>>,
}

impl<const W: usize> Scratch<W> {
    /// `first_port` is the lowest that any switch of the fabric uses.
    pub fn new<R: Routing>(model: &Model<R>, first_port: usize) -> Self {
        let (first, ports) = (first_port, model.ports);
        Self {
            vc_requests: Requests::new(first * model.vcs, model.units()),
            bids: Bids::new(first, ports),
            winners: Vec::with_capacity(ports),
            found: Candidates::with_capacity(model.routing.max_candidates()),
            units_of: (0..ports)
                .map(|port| Mask::range(port * model.vcs, model.vcs))
                .collect(),
        }
    }
}

/// A switch in its cycle.
struct Step<'s, R, const W: usize> {
    switch: usize,
    now: Cycle,
    model: &'s Model<'s, R>,
    /// What is connected to its ports.
    links: &'s [Port],
    state: SwitchState<'s, W>,
    events: &'s mut Events,
    occasional: &'s mut Occasional,
    workspace: &'s mut Workspace<W>,
}

impl<R: Routing, S: Source, const W: usize> Tile<'_, R, S, W> {
    /// A switch's cycle; whether it has something to do in the next one.
    pub fn step_switch(&mut self, switch: usize, workspace: &mut Workspace<W>) -> bool {
        let mut step = self.step(switch, workspace);
        step.cycle();
        step.is_busy()
    }

    /// The switch with all that it needs.
    #[inline(always)]
    fn step<'s>(&'s mut self, switch: usize, workspace: &'s mut Workspace<W>) -> Step<'s, R, W> {
        Step {
            switch,
            now: self.now,
            model: &self.model,
            links: self.model.wiring.of_switch(switch),
            state: self.switches.at(switch),
            events: &mut self.events,
            occasional: &mut self.occasional,
            workspace,
        }
    }

    /// A head flit came to the front of `unit`, and can take part in a pass of this cycle.
    #[inline(always)]
    pub fn start_routing(&mut self, switch: usize, unit: usize, workspace: &mut Workspace<W>) {
        if self.model.config.routing_delay <= 1 {
            self.busy.insert(switch);
            self.switches.stages[switch].routing.insert(unit);
            return;
        }
        // A batch has to be started; where there are none, the switch has nothing to do before the stage ends.
        if self.model.config.long_stages == LongStages::Batched {
            self.busy.insert(switch);
        }
        let now = self.now;
        self.step(switch, workspace).start_routing(unit, now);
    }

    /// `unit` holds a virtual channel: it bids from this cycle on if it has a flit and a credit.
    #[inline(always)]
    pub fn offer_bid(&mut self, switch: usize, unit: usize) {
        let input = &self.switches.inputs[self.switches.index(switch, unit)];
        let under_way = self.switches.rest.under_way.get(switch);
        let stages = &mut self.switches.stages[switch];
        if can_bid(stages, under_way, input, unit, &self.model.config) {
            stages.bidding.insert(unit);
            self.busy.insert(switch);
        }
    }
}

impl<R: Routing, const W: usize> Step<'_, R, W> {
    fn cycle(&mut self) {
        for pass in Pass::all(self.now, &self.model.config) {
            self.pass(pass);
        }
    }

    fn pass(&mut self, pass: Pass) {
        let lookahead = self.model.config.routing_delay == 0;
        self.start_routing_batch();
        let routing = std::mem::take(&mut self.state.stages_mut().routing);
        if lookahead {
            self.compute_routes(routing);
        }
        let standing = self.standing();

        self.match_vcs(standing.waiting);
        self.match_switch(&standing, pass);

        self.assign_vcs(&standing);
        self.traverse_switch(&standing, pass);
        if !lookahead {
            self.compute_routes(routing);
        }
    }

    fn standing(&mut self) -> Standing<W> {
        let Stages { waiting, bidding, .. } = *self.state.stages();
        let mut standing = Standing {
            waiting,
            bidding,
            allocating: Mask::EMPTY,
            vc_due: Mask::EMPTY,
            switch_due: Mask::EMPTY,
            held: self.held(),
        };
        if let Some(under_way) = self.state.under_way() {
            standing.allocating = under_way.vc_allocation;
            standing.vc_due = std::mem::take(&mut under_way.vc_due);
            standing.switch_due = std::mem::take(&mut under_way.switch_due);
        }
        standing
    }

    /// Anything to do in the next pass.
    fn is_busy(&mut self) -> bool {
        let under_way = self.state.under_way();
        under_way.is_some_and(|under_way| under_way.is_busy()) || self.state.stages().is_busy()
    }

    /// `unit` holds a virtual channel: it bids from the next pass on if it has a flit and a credit.
    #[inline(always)]
    fn offer_bid(&mut self, unit: usize) {
        let under_way = self.state.under_way().copied();
        if can_bid(
            self.state.stages(),
            under_way.as_ref(),
            self.state.input(unit),
            unit,
            &self.model.config,
        ) {
            self.state.stages_mut().bidding.insert(unit);
        }
    }

    /// The port and virtual channel of a unit.
    fn channel(&self, unit: usize) -> (PortRef, u8) {
        self.model.channel(self.switch, unit)
    }
}
