//! The state of a running fabric and its cycle loop.

use crate::active_set::ActiveSet;
use crate::allocator::Requests;
use crate::event::{Events, FlitArrival, LongStage, StageEnd};
use crate::measure::Meter;
use crate::pace::Pace;
use crate::pipeline::CrossbarBatch;
use crate::switches::{NONE, Switches};
use crate::terminals::Terminals;
use crate::watch::Watch;
use crate::wiring::Wiring;
use crate::{
    Candidates, Cycle, PortRef, Purpose, Routing, Selection, Setup, Source, Stream, SwitchConfig, Switching,
    VcReallocation, WatchRequest, WatchStage, stream,
};

/// A running fabric whose switches have at most `64 * W` virtual channels over all ports.
///
/// A cycle has three parts. Events of the cycle come first: flits enter buffers, credits return, packets are created.
/// Then terminals inject, then switches with something to do step through their pipeline. What terminals and
/// switches do takes effect in later cycles only, so neither their order nor the order of events matters.
pub struct Engine<'a, R, S, const W: usize> {
    pub now: Cycle,
    pub config: SwitchConfig,
    pub routing: &'a R,
    pub wiring: Wiring,
    pub switches: Switches<W>,
    /// Switches that have something to do.
    pub busy: ActiveSet,
    pub terminals: Terminals<S>,
    pub events: Events,
    pub meter: Meter,
    pub watch: Watch,
    /// Random choices of the routing, a stream a switch.
    pub streams: Vec<Stream>,
    /// Random choices of the allocators, likewise; empty where they make none.
    pub allocation_streams: Vec<Stream>,
    /// When each output's link is free; empty where the switch itself keeps to a flit a cycle.
    pub link_paces: Vec<Pace>,
    /// When each input can send its next credit; empty without internal speed-up.
    pub credit_paces: Vec<Pace>,
    /// The flits in each crossbar; empty unless they traverse it in batches.
    pub crossbars: Vec<CrossbarBatch>,
    /// Port of each virtual channel of a switch.
    pub port_of: Vec<u8>,
    /// Scratch of the allocators and the routing.
    pub vc_requests: Requests<W>,
    pub switch_requests: Requests<1>,
    /// (input virtual channel, output port) of the flits that won the switch in this pass.
    pub winners: Vec<(usize, usize)>,
    pub found: Candidates,
    pub selection: Selection,
    /// Flits through switches.
    pub flit_hops: u64,
}

impl<'a, R: Routing, S: Source, const W: usize> Engine<'a, R, S, W> {
    pub fn new(setup: Setup<'a, R, S>, watch: &[WatchRequest]) -> Self {
        let Setup {
            network,
            switch: config,
            buffers,
            routing,
            sources,
            seed,
        } = setup;
        let (count, ports) = (network.switches() as usize, usize::from(network.ports()));
        let wiring = Wiring::new(network);
        let vcs = usize::from(config.virtual_channels);
        let slots = count * ports;
        let sped_up = config.internal_speedup > 1;
        let paced = config.queues_at_outputs() || wiring.has_slow_links();
        let drawing_switches = if config.draws_in_allocation() {
            count as u32
        } else {
            0
        };
        let batched = config.batches_traversal();
        let first_port = wiring.first_port();
        let mut events = Events::new();
        let switches = Switches::new(&wiring, &config, &buffers, routing.max_candidates());
        let terminals = Terminals::new(sources, &config, &wiring, &switches, &mut events.wakes);
        Self {
            now: 0,
            switches,
            busy: ActiveSet::new(count),
            meter: Meter::new(terminals.len(), slots),
            terminals,
            events,
            watch: Watch::new(watch),
            streams: (0..network.switches())
                .map(|s| stream(seed, s, Purpose::Routing))
                .collect(),
            allocation_streams: (0..drawing_switches)
                .map(|s| stream(seed, s, Purpose::Allocation))
                .collect(),
            link_paces: vec![Pace::default(); if paced { slots } else { 0 }],
            credit_paces: vec![Pace::default(); if sped_up { slots } else { 0 }],
            crossbars: vec![CrossbarBatch::default(); if batched { count } else { 0 }],
            port_of: (0..ports * vcs).map(|unit| (unit / vcs) as u8).collect(),
            vc_requests: Requests::new(first_port * vcs, ports * vcs),
            switch_requests: Requests::new(first_port, ports),
            winners: Vec::with_capacity(ports),
            found: Candidates::with_capacity(routing.max_candidates()),
            selection: routing.selection(),
            flit_hops: 0,
            config,
            routing,
            wiring,
        }
    }

    /// Simulates the cycles before `end`. Cycles in which nothing can happen are skipped, not stepped through.
    pub fn run_to(&mut self, end: Cycle) {
        while self.now < end {
            if self.busy.is_empty() && self.terminals.active.is_empty() {
                match self.events.next_due() {
                    Some(due) if due < end => self.now = due,
                    _ => {
                        self.now = end;
                        return;
                    }
                }
            }
            self.cycle();
            self.now += 1;
        }
    }

    fn cycle(&mut self) {
        self.receive_flits();
        self.receive_credits();
        self.end_long_stages();
        self.wake_terminals();
        self.inject();
        self.step_switches();
    }

    /// Flits come out of links: into input buffers, or into terminals.
    fn receive_flits(&mut self) {
        self.events.flits.advance(self.now);
        let arrivals = self.events.flits.take();
        for arrival in &arrivals {
            if self.wiring.is_terminal(arrival.node) {
                self.eject(arrival);
            } else {
                self.buffer_flit(arrival);
            }
        }
        self.events.flits.recycle(arrivals);
    }

    fn buffer_flit(&mut self, arrival: &FlitArrival) {
        let switch = arrival.node as usize;
        let flit = arrival.flit;
        let unit = usize::from(arrival.port) * self.switches.vcs + usize::from(flit.vc());
        let input = self.switches.index(switch, unit);
        self.switches.push(input, flit);
        if flit.is_watched() {
            let at = PortRef {
                switch: arrival.node,
                port: arrival.port,
            };
            let vc = flit.vc();
            self.watch.note(self.now, &flit, WatchStage::Arrived { at, vc });
        }
        let state = self.switches.inputs[input];
        if state.flits > 1 {
            if self.stores_packets() && flit.is_tail() && state.tails == 1 {
                self.start_routing(switch, unit, self.now);
            }
            return;
        }
        self.switches.stages[switch].moved.insert(unit);
        if state.output != NONE {
            self.offer_bid(switch, unit);
            return;
        }
        debug_assert!(flit.is_head(), "a packet arrives without its head");
        if flit.is_tail() || !self.stores_packets() {
            self.start_routing(switch, unit, self.now);
        }
    }

    /// Packets wait in every switch until they are there as a whole.
    #[inline]
    pub fn stores_packets(&self) -> bool {
        self.config.switching == Switching::StoreAndForward
    }

    /// Credits return to the outputs that the buffer places were taken from.
    fn receive_credits(&mut self) {
        self.events.credits.advance(self.now);
        let arrivals = self.events.credits.take();
        for arrival in &arrivals {
            if self.wiring.is_terminal(arrival.node) {
                let terminal = (arrival.node - self.wiring.switches) as usize;
                let capacity = self.injection_capacity(terminal, arrival.output.into());
                self.terminals.credit(terminal, arrival.output, capacity);
            } else {
                self.credit_output(arrival.node as usize, usize::from(arrival.output));
            }
        }
        self.events.credits.recycle(arrivals);
    }

    fn credit_output(&mut self, switch: usize, unit: usize) {
        let index = self.switches.index(switch, unit);
        let output = &mut self.switches.outputs[index];
        output.credits += 1;
        let (credits, holder) = (output.credits, output.holder);
        debug_assert!(
            credits <= self.switches.output_capacity(&self.wiring, switch, unit),
            "a credit too many"
        );
        if holder != NONE {
            if credits == 1 {
                self.offer_bid(switch, usize::from(holder));
            }
        } else if self.config.vc_reallocation == VcReallocation::Atomic
            && credits == self.switches.output_capacity(&self.wiring, switch, unit)
        {
            self.switches.stages[switch].free.insert(unit);
        }
    }

    /// Stages of several cycles end: the switch handles them in this cycle's pass.
    fn end_long_stages(&mut self) {
        self.events.stages.advance(self.now);
        let ends = self.events.stages.take();
        for &StageEnd { switch, input, stage } in &ends {
            let stages = &mut self.switches.stages[switch as usize];
            let unit = usize::from(input);
            match stage {
                LongStage::RouteComputation => stages.routing.insert(unit),
                LongStage::RouteComputationBatch => {
                    stages.routing |= std::mem::take(&mut stages.routing_batch)
                }
                LongStage::VcAllocation => stages.vc_due.insert(unit),
                LongStage::SwitchAllocation => stages.switch_due.insert(unit),
            }
            self.busy.insert(switch as usize);
        }
        self.events.stages.recycle(ends);
    }

    fn step_switches(&mut self) {
        for word in 0..self.busy.words() {
            let mut bits = self.busy.word(word);
            while bits != 0 {
                let switch = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                self.step_switch(switch);
            }
        }
    }

    /// All that must hold between cycles: every place of every buffer is a credit with the sender, a flit
    /// in the buffer, or one of them on its way; and every injected flit is ejected or still inside.
    ///
    /// # Panics
    /// Where it does not hold: the engine is wrong.
    pub fn check_conservation(&self) {
        let places = self.places_by_buffer();
        for (place, &count) in places.iter().enumerate() {
            let full = u32::from(self.capacity_at(place));
            assert!(count == full || count == 0, "credits are not conserved");
        }
        let buffered: u64 = self.switches.inputs.iter().map(|vc| u64::from(vc.flits)).sum();
        let flying = self.events.flits.iter().count() as u64;
        assert_eq!(
            self.terminals.injected,
            self.terminals.ejected + buffered + flying,
            "flits are not conserved"
        );
    }

    /// For the buffer behind each output virtual channel, then of each terminal's injection link: credits, flits
    /// and those on their way. 0 where nothing is connected.
    fn places_by_buffer(&self) -> Vec<u32> {
        let units = self.switches.outputs.len();
        let vcs = self.switches.vcs;
        let switches = self.wiring.switches;
        let of = |node: u32, output: usize| {
            if node >= switches {
                units + (node - switches) as usize * vcs + output
            } else {
                node as usize * self.switches.units + output
            }
        };
        let mut places = vec![0; units + self.terminals.credits.len()];
        let ends = self.switches.outputs.iter().map(|output| output.credits);
        for (place, credits) in places
            .iter_mut()
            .zip(ends.chain(self.terminals.credits.iter().copied()))
        {
            *place += u32::from(credits);
        }
        for credit in self.events.credits.iter() {
            places[of(credit.node, usize::from(credit.output))] += 1;
        }
        for (input, vc) in self.switches.inputs.iter().enumerate() {
            let (slot, channel) = (input / vcs, input % vcs);
            if vc.flits > 0 {
                let from = self.wiring.fed_by(slot);
                places[of(from.node, usize::from(from.port) * vcs + channel)] += u32::from(vc.flits);
            }
        }
        for arrival in self.events.flits.iter() {
            let channel = usize::from(arrival.flit.vc());
            let from = if self.wiring.is_terminal(arrival.node) {
                let terminal = (arrival.node - switches) as usize;
                self.wiring.entry(terminal)
            } else {
                self.wiring.fed_by(self.wiring.slot(arrival.node, arrival.port))
            };
            places[of(from.node, usize::from(from.port) * vcs + channel)] += 1;
        }
        self.forget_unconnected(&mut places);
        places
    }

    /// Of the buffers in the order of [`Engine::places_by_buffer`].
    fn capacity_at(&self, place: usize) -> u16 {
        let units = self.switches.outputs.len();
        if let Some(of_terminals) = place.checked_sub(units) {
            return self
                .injection_capacity(of_terminals / self.switches.vcs, of_terminals % self.switches.vcs);
        }
        let (switch, unit) = (place / self.switches.units, place % self.switches.units);
        self.switches.output_capacity(&self.wiring, switch, unit)
    }

    fn forget_unconnected(&self, places: &mut [u32]) {
        let vcs = self.switches.vcs;
        for slot in 0..self.wiring.switches as usize * self.wiring.ports {
            if self.wiring.feeds(slot).node == u32::MAX {
                places[slot * vcs..(slot + 1) * vcs].fill(0);
            }
        }
    }
}
