//! Route computation: the ways on of each packet whose head is new at the front of its buffer.

use rand::RngExt;

use crate::engine::Engine;
use crate::event::{LongStage, StageEnd};
use crate::mask::Mask;
use crate::{Cycle, Draw, LongStages, Place, PortRef, Routing, Source, Stream, WatchStage};

/// The routing's random choices at one switch.
struct SwitchDraw<'a>(&'a mut Stream);

impl Draw for SwitchDraw<'_> {
    #[inline]
    fn draw(&mut self, n: u32) -> u32 {
        self.0.random_range(0..n)
    }
}

impl<R: Routing, S: Source, const W: usize> Engine<'_, R, S, W> {
    /// A head flit came to the front of `unit`; `cycle` is that of the pass that it can first take part in.
    #[inline]
    pub fn start_routing(&mut self, switch: usize, unit: usize, cycle: Cycle) {
        let delay = Cycle::from(self.config.routing_delay);
        if delay > 1 && self.config.long_stages == LongStages::Batched {
            self.switches.stages[switch].routing_next.insert(unit);
            self.busy.insert(switch);
            return;
        }
        if delay > 1 {
            let end = StageEnd {
                switch: switch as u32,
                input: unit as u16,
                stage: LongStage::RouteComputation,
            };
            self.events.stages.push(cycle + delay - 1, end);
            return;
        }
        self.switches.stages[switch].routing.insert(unit);
        self.busy.insert(switch);
    }

    /// Where route computation takes batches: those that wait enter in the pass after the batch before has left.
    pub(super) fn start_routing_batch(&mut self, switch: usize) {
        let stages = &mut self.switches.stages[switch];
        let leaving = !stages.routing.is_empty();
        if stages.routing_next.is_empty() || !stages.routing_batch.is_empty() || leaving {
            return;
        }
        stages.routing_batch = std::mem::take(&mut stages.routing_next);
        let end = StageEnd {
            switch: switch as u32,
            input: 0,
            stage: LongStage::RouteComputationBatch,
        };
        let delay = Cycle::from(self.config.routing_delay);
        self.events.stages.push(self.now + delay - 1, end);
    }

    /// Asks the routing about each head flit, which from now on waits for a virtual channel.
    pub fn compute_routes(&mut self, switch: usize, heads: Mask<W>) {
        self.switches.stages[switch].waiting |= heads;
        for unit in heads.iter() {
            self.compute_route(switch, unit);
        }
    }

    fn compute_route(&mut self, switch: usize, unit: usize) {
        let input = self.switches.index(switch, unit);
        let flit = *self.switches.front(input);
        debug_assert!(flit.is_head(), "a packet is routed without its head");
        let in_port = self.port_of[unit];
        let place = Place {
            switch: switch as u32,
            in_port,
            in_vc: flit.vc(),
        };
        self.found.clear();
        let draw = &mut SwitchDraw(&mut self.streams[switch]);
        let mut tag = flit.tag;
        self.routing
            .route(place, flit.dest, &mut tag, draw, &mut self.found);
        if tag != flit.tag {
            self.switches.set_front_tag(input, tag);
        }
        self.switches.set_candidates(input, &self.found);
        self.switches.inputs[input].packet_flits = flit.packet_flits() as u16;
        if let (true, Some(first)) = (flit.is_watched(), self.found.first()) {
            let at = PortRef {
                switch: switch as u32,
                port: first.port,
            };
            self.watch.note(self.now, &flit, WatchStage::Routed { at });
        }
    }
}
