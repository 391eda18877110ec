//! The state of a running fabric and its cycle loop.

use crate::active_set::ActiveSet;
use crate::event::{Events, FlitArrival, LongStage, StageEnd};
use crate::fetch_ahead::pays_off;
use crate::measure::Meter;
use crate::model::Model;
use crate::occasional::Occasional;
use crate::pipeline::Scratch;
use crate::shared::Shared;
use crate::switches::{NONE, Switches};
use crate::terminals::Terminals;
use crate::watch::Watch;
use crate::{Cycle, Routing, Setup, Source, VcReallocation, WatchRequest, WatchStage};

/// A running fabric whose switches have at most `64 * W` virtual channels over all ports.
///
/// A cycle has three parts. Events of the cycle come first: flits enter buffers, credits return, packets are created.
/// Then terminals inject, then switches with something to do step through their pipeline. What terminals and
/// switches do takes effect in later cycles only, so neither their order nor the order of events matters.
pub struct Engine<'a, R, S, const W: usize> {
    pub now: Cycle,
    pub model: Model<'a, R>,
    /// The switches are of the plain kind (see [`Model::is_plain`]).
    is_plain: bool,
    /// The fabric is larger than the caches (see [`fetch_ahead`](crate::fetch_ahead)).
    pub fetches_ahead: bool,
    pub switches: Switches<W>,
    /// Switches that have something to do.
    pub busy: ActiveSet,
    pub terminals: Terminals<S>,
    pub meter: Meter,
    pub shared: Shared<W>,
}

impl<'a, R: Routing, S: Source, const W: usize> Engine<'a, R, S, W> {
    pub fn new(setup: Setup<'a, R, S>, watch: &[WatchRequest]) -> Self {
        let Setup {
            network,
            switch,
            buffers,
            routing,
            sources,
            seed,
        } = setup;
        let model = Model::new(network, switch, &buffers, routing);
        let switches_bytes = Switches::<W>::bytes(
            network.switches() as usize,
            model.ports,
            &switch,
            routing.max_candidates(),
        );
        let mut events = Events::new();
        let terminals = Terminals::new(sources, &model, &mut events.wakes);
        Self {
            now: 0,
            is_plain: model.is_plain(),
            fetches_ahead: pays_off(switches_bytes),
            switches: Switches::new(&model),
            busy: ActiveSet::new(network.switches() as usize),
            meter: Meter::new(terminals.len()),
            terminals,
            shared: Shared {
                events,
                scratch: Scratch::new(&model),
                occasional: Occasional::new(&model.wiring, &switch, seed),
                watch: Watch::new(watch),
                flit_hops: 0,
            },
            model,
        }
    }

    /// Simulates the cycles before `end`. Cycles in which nothing can happen are skipped, not stepped through.
    pub fn run_to(&mut self, end: Cycle) {
        while self.now < end {
            if self.busy.is_empty() && self.terminals.active.is_empty() {
                match self.shared.events.next_due() {
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
        self.shared.events.flits.advance(self.now);
        let arrivals = self.shared.events.flits.take();
        for (i, arrival) in arrivals.iter().enumerate() {
            if self.fetches_ahead {
                self.fetch_input(&arrivals, i);
            }
            if !self.model.wiring.is_terminal(arrival.node) {
                self.buffer_flit(arrival);
            }
        }
        for arrival in &arrivals {
            if self.model.wiring.is_terminal(arrival.node) {
                self.eject(arrival);
            }
        }
        self.shared.events.flits.recycle(arrivals);
    }

    #[inline(always)]
    fn buffer_flit(&mut self, arrival: &FlitArrival) {
        let (switch, unit) = (arrival.node as usize, usize::from(arrival.unit));
        let flit = &arrival.flit;
        let index = self.switches.index(switch, unit);
        debug_assert!(
            self.switches.inputs[index].flits < self.model.capacity[unit],
            "a buffer overflows"
        );
        if flit.is_watched() {
            let (at, vc) = self.model.channel(switch, unit);
            let stage = WatchStage::Arrived { at, vc };
            self.shared.watch.note(self.now, flit, stage);
        }
        let input = self.switches.push(index, flit);
        if input.flits > 1 {
            if self.model.stores_packets() && flit.is_tail() && self.switches.tails(index) == 1 {
                self.start_routing(switch, unit);
            }
            return;
        }
        if input.output != NONE {
            self.offer_bid(switch, unit);
            return;
        }
        debug_assert!(flit.is_head(), "a packet arrives without its head");
        if flit.is_tail() || !self.model.stores_packets() {
            self.start_routing(switch, unit);
        }
    }

    /// Credits return to the outputs that the buffer places were taken from.
    fn receive_credits(&mut self) {
        self.shared.events.credits.advance(self.now);
        let arrivals = self.shared.events.credits.take();
        for (i, arrival) in arrivals.iter().enumerate() {
            if self.fetches_ahead {
                self.fetch_output(&arrivals, i);
            }
            if !self.model.wiring.is_terminal(arrival.node) {
                self.credit_output(arrival.node as usize, usize::from(arrival.output));
            }
        }
        for arrival in &arrivals {
            if self.model.wiring.is_terminal(arrival.node) {
                let terminal = (arrival.node - self.model.wiring.switches) as usize;
                debug_assert!(
                    self.terminals.credits_of(terminal, arrival.output)
                        < self.injection_capacity(terminal, arrival.output.into()),
                    "a credit too many"
                );
                self.terminals.credit(terminal, arrival.output);
            }
        }
        self.shared.events.credits.recycle(arrivals);
    }

    #[inline(always)]
    fn credit_output(&mut self, switch: usize, unit: usize) {
        let index = self.switches.index(switch, unit);
        let output = &mut self.switches.outputs[index];
        output.credits += 1;
        let (credits, holder) = (output.credits, output.holder);
        debug_assert!(
            credits <= self.model.output_capacity(switch, unit),
            "a credit too many"
        );
        if credits == 1 {
            self.switches.stages[switch].credited.insert(unit);
            if holder != NONE {
                self.offer_bid(switch, usize::from(holder));
            }
        }
        if self.model.config.vc_reallocation == VcReallocation::Atomic
            && holder == NONE
            && credits == self.model.output_capacity(switch, unit)
        {
            self.switches.stages[switch].free.insert(unit);
        }
    }

    /// Stages of several cycles end: the switch handles them in this cycle's pass.
    fn end_long_stages(&mut self) {
        self.shared.events.stages.advance(self.now);
        let ends = self.shared.events.stages.take();
        for &StageEnd { switch, input, stage } in &ends {
            let (switch, unit) = (switch as usize, usize::from(input));
            let routing = &mut self.switches.stages[switch].routing;
            match stage {
                LongStage::RouteComputation => routing.insert(unit),
                LongStage::RouteComputationBatch => {
                    *routing |= std::mem::take(&mut self.switches.rest.under_way[switch].routing_batch)
                }
                LongStage::VcAllocation => self.switches.rest.under_way[switch].vc_due.insert(unit),
                LongStage::SwitchAllocation => self.switches.rest.under_way[switch].switch_due.insert(unit),
            }
            self.busy.insert(switch);
        }
        self.shared.events.stages.recycle(ends);
    }

    fn step_switches(&mut self) {
        let pass = self.plain_pass();
        for word in 0..self.busy.words() {
            let mut bits = self.busy.word(word);
            while bits != 0 {
                let switch = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if self.fetches_ahead {
                    self.fetch_after(switch);
                }
                let is_busy = if self.is_plain {
                    self.step_plain(switch, pass)
                } else {
                    self.step_switch(switch)
                };
                if !is_busy {
                    self.busy.remove(switch);
                }
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
        let flying = self.shared.events.flits.iter().count() as u64;
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
        let vcs = self.model.vcs;
        let switches = self.model.wiring.switches;
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
        for credit in self.shared.events.credits.iter() {
            places[of(credit.node, usize::from(credit.output))] += 1;
        }
        for (input, vc) in self.switches.inputs.iter().enumerate() {
            let (slot, channel) = (input / vcs, input % vcs);
            if vc.flits > 0 {
                let from = self
                    .model
                    .wiring
                    .at(slot / self.model.ports, slot % self.model.ports)
                    .fed_by;
                places[of(from.node, usize::from(from.first) + channel)] += u32::from(vc.flits);
            }
        }
        for arrival in self.shared.events.flits.iter() {
            let unit = usize::from(arrival.unit);
            let from = if self.model.wiring.is_terminal(arrival.node) {
                let terminal = (arrival.node - switches) as usize;
                self.model.wiring.entry(terminal)
            } else {
                self.model.wiring.at(arrival.node as usize, unit / vcs).fed_by
            };
            places[of(from.node, usize::from(from.first) + unit % vcs)] += 1;
        }
        self.forget_unconnected(&mut places);
        places
    }

    /// Of the buffers in the order of [`Engine::places_by_buffer`].
    fn capacity_at(&self, place: usize) -> u16 {
        let units = self.switches.outputs.len();
        if let Some(of_terminals) = place.checked_sub(units) {
            return self.injection_capacity(of_terminals / self.model.vcs, of_terminals % self.model.vcs);
        }
        let (switch, unit) = (place / self.switches.units, place % self.switches.units);
        self.model.output_capacity(switch, unit)
    }

    fn forget_unconnected(&self, places: &mut [u32]) {
        let vcs = self.model.vcs;
        for slot in 0..self.model.wiring.switches as usize * self.model.wiring.ports {
            if self
                .model
                .wiring
                .at(slot / self.model.ports, slot % self.model.ports)
                .feeds
                .node
                == u32::MAX
            {
                places[slot * vcs..(slot + 1) * vcs].fill(0);
            }
        }
    }
}
