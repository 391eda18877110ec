//! A tile: switches and terminals that are simulated together, and their cycle loop.

use crate::active_set::{ActiveSet, Walk};
use crate::event::{Events, FlitArrival, LongStage, Slots, StageEnd};
use crate::exchange::{Inbox, Outgoing};
use crate::model::Model;
use crate::occasional::Occasional;
use crate::switches::{NONE, Switches};
use crate::terminals::Terminals;
use crate::workspace::Workspace;
use crate::{Cycle, Routing, Source, VcReallocation, WatchStage};

/// A tile of a running fabric whose switches have at most `64 * W` virtual channels over all ports. Switches and terminals
/// are numbered within it.
///
/// A cycle has three parts. Events of the cycle come first: flits enter buffers, credits return, packets are created.
/// Then terminals inject, then switches with something to do step through their pipeline. What terminals and
/// switches do takes effect in later cycles only, so neither their order nor the order of events matters.
#[derive(Debug)]
pub struct Tile<'a, R, S, const W: usize> {
    /// Its number in the fabric.
    pub number: u32,
    /// The first cycle that is not simulated yet.
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
    pub events: Events,
    pub occasional: Occasional,
    /// The tiles that it shares links with.
    pub neighbours: Vec<Neighbour>,
    /// Other threads that simulate some of these.
    pub watched_by: Vec<u32>,
}

/// What a tile shares with others.
#[derive(Debug)]
pub struct Border {
    pub neighbours: Vec<Neighbour>,
    pub outgoing: Outgoing,
    /// Other threads that simulate some of the neighbours.
    pub watched_by: Vec<u32>,
}

/// A tile that shares links with another, and what comes from it.
#[derive(Debug)]
pub struct Neighbour {
    pub tile: u32,
    pub inbox: Inbox,
}

impl<'a, R: Routing, S: Source, const W: usize> Tile<'a, R, S, W> {
    /// `sources` are those of its terminals.
    pub fn new(
        number: u32,
        model: Model<'a, R>,
        sources: Vec<S>,
        seed: u64,
        border: Border,
        fetches_ahead: bool,
    ) -> Self {
        let Border {
            neighbours,
            outgoing,
            watched_by,
        } = border;
        let longest = model.wiring.longest_flight() + model.config.longest_stage();
        let mut events = Events::new(Slots::new(longest, neighbours.is_empty()), outgoing);
        Self {
            number,
            now: 0,
            is_plain: model.is_plain(),
            fetches_ahead,
            switches: Switches::new(&model),
            busy: ActiveSet::new(model.wiring.switches as usize),
            terminals: Terminals::new(sources, &model, &mut events.wakes),
            occasional: Occasional::new(&model.wiring, &model.config, seed),
            events,
            model,
            neighbours,
            watched_by,
        }
    }

    /// The numbers of its neighbours.
    pub fn neighbours(&self) -> impl Iterator<Item = u32> {
        self.neighbours.iter().map(|neighbour| neighbour.tile)
    }

    /// Takes what its neighbours have sent.
    pub fn collect_mail(&mut self) {
        for neighbour in &mut self.neighbours {
            neighbour.inbox.drain(|letter| self.events.receive(letter));
        }
    }

    /// Flits that won the switch and will wait for the link of an output port, by its number among all, behind others. Those
    /// that are still in the crossbar, and then go on at once, do not count; nor does any where the crossbar takes batches, which
    /// are not through it at a known time.
    pub fn flits_before_link(&self, slot: usize) -> u64 {
        if self.model.config.batches_traversal() {
            return 0;
        }
        let through = self.now + Cycle::from(self.model.config.traversal_delay());
        let pace = self.occasional.link_paces.get(slot);
        pace.map_or(0, |pace| pace.waiting(through, self.model.wiring.flit_time(slot)))
    }

    /// No switch and no terminal has anything to do before the next event.
    pub fn is_idle(&self) -> bool {
        self.busy.is_empty() && self.terminals.active.is_empty()
    }

    /// Simulates the cycles before `end`. Cycles in which nothing can happen are skipped, not stepped through.
    pub fn run_to(&mut self, end: Cycle, workspace: &mut Workspace<W>) {
        while self.now < end {
            if self.is_idle() {
                match self.events.next_due() {
                    Some(due) if due < end => self.now = due,
                    _ => {
                        self.now = end;
                        return;
                    }
                }
            }
            self.cycle(workspace);
            self.now += 1;
        }
    }

    fn cycle(&mut self, workspace: &mut Workspace<W>) {
        self.receive_flits(workspace);
        self.receive_credits();
        self.end_long_stages();
        self.wake_terminals();
        self.inject(workspace);
        self.step_switches(workspace);
    }

    /// Flits come out of links: into input buffers, or into terminals. (A function of its own in the machine's code, too, as
    /// are other parts of a cycle: together they need more registers than there are.)
    #[inline(never)]
    fn receive_flits(&mut self, workspace: &mut Workspace<W>) {
        self.events.flits.advance(self.now);
        let arrivals = self.events.flits.take();
        for (i, arrival) in arrivals.iter().enumerate() {
            if self.fetches_ahead {
                self.fetch_input(&arrivals, i);
            }
            if self.model.wiring.is_terminal(arrival.node) {
                self.eject(arrival, workspace);
            } else {
                self.buffer_flit(arrival, workspace);
            }
        }
        self.events.flits.recycle(arrivals);
    }

    #[inline(always)]
    fn buffer_flit(&mut self, arrival: &FlitArrival, workspace: &mut Workspace<W>) {
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
            workspace.watch.note(self.now, flit, stage);
        }
        let input = self.switches.push(index, flit);
        if input.flits > 1 {
            if self.model.stores_packets() && flit.is_tail() && self.switches.tails(index) == 1 {
                self.start_routing(switch, unit, workspace);
            }
            return;
        }
        if input.output != NONE {
            self.offer_bid(switch, unit);
            return;
        }
        debug_assert!(flit.is_head(), "a packet arrives without its head");
        if flit.is_tail() || !self.model.stores_packets() {
            self.start_routing(switch, unit, workspace);
        }
    }

    /// Credits return to the outputs that the buffer places were taken from.
    #[inline(never)]
    fn receive_credits(&mut self) {
        self.events.credits.advance(self.now);
        let arrivals = self.events.credits.take();
        for (i, arrival) in arrivals.iter().enumerate() {
            if self.fetches_ahead {
                self.fetch_output(&arrivals, i);
            }
            if self.model.wiring.is_terminal(arrival.node) {
                let terminal = (arrival.node - self.model.wiring.switches) as usize;
                debug_assert!(
                    self.terminals.credits_of(terminal, arrival.output)
                        < self.injection_capacity(terminal, arrival.output.into()),
                    "a credit too many"
                );
                self.terminals.credit(terminal, arrival.output);
            } else {
                self.credit_output(arrival.node as usize, usize::from(arrival.output));
            }
        }
        self.events.credits.recycle(arrivals);
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
        }
        if holder == NONE {
            if u32::from(credits) <= self.switches.rest.telling_credits {
                self.credit_unheld(switch, unit, credits);
            }
        } else if credits == 1 {
            self.offer_bid(switch, usize::from(holder));
        }
    }

    /// An output that nobody holds has got a credit: it may be given now, or have room for who is blocked.
    #[inline(always)]
    fn credit_unheld(&mut self, switch: usize, unit: usize, credits: u16) {
        let stages = &mut self.switches.stages[switch];
        if self.model.config.vc_reallocation == VcReallocation::Atomic {
            if credits < self.model.output_capacity(switch, unit) {
                return;
            }
            stages.free.insert(unit);
        }
        if stages.unblock() {
            self.busy.insert(switch);
        }
    }

    /// Stages of several cycles end: the switch handles them in this cycle's pass.
    fn end_long_stages(&mut self) {
        self.events.stages.advance(self.now);
        let ends = self.events.stages.take();
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
        self.events.stages.recycle(ends);
    }

    #[inline(never)]
    fn step_switches(&mut self, workspace: &mut Workspace<W>) {
        let pass = self.first_pass();
        let mut walk = Walk::default();
        let mut ahead = self.start_fetching();
        while let Some(switch) = self.busy.next(&mut walk) {
            if self.fetches_ahead {
                self.fetch_next(&mut ahead);
            }
            let is_busy = if self.is_plain {
                self.step_plain(switch, pass, workspace)
            } else {
                self.step_switch(switch, workspace)
            };
            if !is_busy {
                self.busy.remove(switch);
            }
        }
    }
}
