//! Route computation: the ways on of each packet whose head is new at the front of its buffer.

use rand::RngExt;

use super::Step;
use crate::event::{LongStage, StageEnd};
use crate::mask::Mask;
use crate::model::Model;
use crate::switches::{InputVc, OutputVc};
use crate::watch::Watch;
use crate::{Cycle, Draw, LongStages, Place, Queue, Routing, Stream, WatchStage};

/// The routing's random choices at one switch, and the queues that it may look at.
pub(super) struct SwitchDraw<'a, R> {
    pub switch: usize,
    pub model: &'a Model<'a, R>,
    /// By unit.
    pub outputs: &'a [OutputVc],
    /// Of all switches: that of this one is looked for only where a routing asks.
    pub streams: &'a mut [Stream],
}

/// The flits that wait behind a port, by weight.
fn length<R: Routing>(model: &Model<R>, switch: usize, outputs: &[OutputVc], queue: Queue) -> u64 {
    let first = usize::from(queue.port) * model.vcs;
    let waiting = |unit: usize| u64::from(model.output_capacity(switch, unit) - outputs[unit].credits);
    let units = first..first + model.vcs;
    units.map(waiting).sum::<u64>() * u64::from(queue.weight)
}

// Inlined, so that nothing is put into memory for routings that do not draw.
impl<R: Routing> Draw for SwitchDraw<'_, R> {
    #[inline(always)]
    fn draw(&mut self, n: u32) -> u32 {
        below(&mut self.streams[self.switch], n)
    }

    #[inline(always)]
    fn is_no_longer(&mut self, first: Queue, second: Queue) -> bool {
        is_no_longer(self.model, self.switch, self.outputs, (first, second))
    }
}

#[inline(never)]
fn below(stream: &mut Stream, n: u32) -> u32 {
    stream.random_range(0..n)
}

#[inline(never)]
fn is_no_longer<R: Routing>(
    model: &Model<R>,
    switch: usize,
    outputs: &[OutputVc],
    (first, second): (Queue, Queue),
) -> bool {
    length(model, switch, outputs, first) <= length(model, switch, outputs, second)
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
            switch: self.switch,
            model: self.model,
            outputs: self.state.outputs(),
            streams: &mut self.occasional.streams,
        };
        self.model
            .routing
            .route(place, flit.dest, &mut flit.tag, draw, found);
        self.state.input_mut(unit).front_mut().tag = flit.tag;
        self.state.set_ways(unit, found);
        if flit.is_watched() {
            let (watch, input) = (&mut self.workspace.watch, self.state.input(unit));
            note_route(watch, self.now, self.model, self.switch, input);
        }
    }
}

/// Notes what the routing found first for the watched packet at the head of `input`.
#[cold]
pub(super) fn note_route<R: Routing>(
    watch: &mut Watch,
    now: Cycle,
    model: &Model<R>,
    switch: usize,
    input: &InputVc,
) {
    if input.way.vcs > 0 {
        let at = model.port_ref(switch, input.way.port);
        watch.note(now, input.front(), WatchStage::Routed { at });
    }
}
