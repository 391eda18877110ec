//! Route computation: the ways on of each packet whose head is new at the front of its buffer.

use rand::RngExt;

use super::Step;
use crate::event::{LongStage, StageEnd};
use crate::mask::Mask;
use crate::model::Model;
use crate::switches::OutputVc;
use crate::{Cycle, Draw, LongStages, Place, Queue, Routing, Stream, WatchStage};

/// The routing's random choices at one switch, and the queues that it may look at.
pub(super) struct SwitchDraw<'a, R> {
    pub stream: &'a mut Stream,
    pub model: &'a Model<'a, R>,
    pub switch: usize,
    /// Of all switches, by switch and unit: that of this one is looked for only where a routing asks.
    pub outputs: &'a [OutputVc],
}

impl<R: Routing> SwitchDraw<'_, R> {
    fn length(&self, queue: Queue) -> u64 {
        let of_switch = &self.outputs[self.switch * self.model.units()..];
        let first = usize::from(queue.port) * self.model.vcs;
        let waiting = |unit: usize| {
            let capacity = self.model.output_capacity(self.switch, unit);
            u64::from(capacity - of_switch[unit].credits)
        };
        let units = first..first + self.model.vcs;
        units.map(waiting).sum::<u64>() * u64::from(queue.weight)
    }
}

impl<R: Routing> Draw for SwitchDraw<'_, R> {
    #[inline]
    fn draw(&mut self, n: u32) -> u32 {
        self.stream.random_range(0..n)
    }

    #[inline(never)]
    fn is_no_longer(&mut self, first: Queue, second: Queue) -> bool {
        self.length(first) <= self.length(second)
    }
}

impl<R: Routing, const W: usize> Step<'_, R, W> {
    /// A head flit came to the front of `unit`; `cycle` is that of the pass that it can first take part in.
    #[inline(always)]
    pub fn start_routing(&mut self, unit: usize, cycle: Cycle) {
        if self.model.config.routing_delay > 1 {
            self.start_long_routing(unit, cycle);
        } else {
            self.state.stages_mut().routing.insert(unit);
        }
    }

    #[cold]
    fn start_long_routing(&mut self, unit: usize, cycle: Cycle) {
        if self.model.config.long_stages == LongStages::Batched {
            if let Some(under_way) = self.state.under_way() {
                under_way.routing_next.insert(unit);
            }
            return;
        }
        let end = StageEnd {
            switch: self.switch as u32,
            input: unit as u16,
            stage: LongStage::RouteComputation,
        };
        let delay = Cycle::from(self.model.config.routing_delay);
        self.events.stages.push(cycle + delay - 1, end);
    }

    /// Where route computation takes batches: those that wait enter in the pass after the batch before has left.
    #[inline(always)]
    pub(super) fn start_routing_batch(&mut self) {
        let leaving = !self.state.stages().routing.is_empty();
        let Some(under_way) = self.state.under_way() else {
            return;
        };
        if under_way.routing_next.is_empty() || !under_way.routing_batch.is_empty() || leaving {
            return;
        }
        under_way.routing_batch = std::mem::take(&mut under_way.routing_next);
        let end = StageEnd {
            switch: self.switch as u32,
            input: 0,
            stage: LongStage::RouteComputationBatch,
        };
        let delay = Cycle::from(self.model.config.routing_delay);
        self.events.stages.push(self.now + delay - 1, end);
    }

    /// Asks the routing about each head flit, which from now on waits for a virtual channel.
    pub(super) fn compute_routes(&mut self, heads: Mask<W>) {
        self.state.stages_mut().waiting |= heads;
        for unit in heads.iter() {
            self.compute_route(unit);
        }
    }

    #[inline(always)]
    pub(super) fn compute_route(&mut self, unit: usize) {
        let in_port = self.model.port(unit);
        let place = Place {
            switch: self.model.wiring.switch_name(self.switch),
            in_port: in_port as u8,
            in_vc: (unit - in_port * self.model.vcs) as u8,
        };
        let found = &mut self.workspace.scratch.found;
        found.clear();
        let mut flit = *self.state.input(unit).front();
        debug_assert!(flit.is_head(), "a packet is routed without its head");
        let draw = &mut SwitchDraw {
            stream: &mut self.occasional.streams[self.switch],
            model: self.model,
            switch: self.switch,
            outputs: self.state.all_outputs(),
        };
        self.model
            .routing
            .route(place, flit.dest, &mut flit.tag, draw, found);
        self.state.input_mut(unit).front_mut().tag = flit.tag;
        self.state.set_ways(unit, found);
        if flit.is_watched() {
            self.note_route(unit);
        }
    }

    #[cold]
    pub(super) fn note_route(&mut self, unit: usize) {
        let way = self.state.input(unit).way;
        if way.vcs > 0 {
            let at = self.model.port_ref(self.switch, way.port);
            let flit = self.state.input(unit).front();
            self.workspace
                .watch
                .note(self.now, flit, WatchStage::Routed { at });
        }
    }
}
