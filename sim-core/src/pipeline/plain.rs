//! A cycle of a plain switch (see [`Model::is_plain`](crate::model::Model::is_plain)), which most experiments have.
//!
//! Each stage looks at its own part of the tables only, and of the configuration at what a plain switch may differ in. Most
//! flits want what nobody else at their switch does, and need no arbitration. Where two do, the output ports of most kinds of
//! switch allocation choose; other allocation goes the general way.

use super::route_computation::{SwitchDraw, note_route};
use super::vc_allocation::{free_with_room, note_vcs};
use super::{Bids, Pass};
use crate::allocator::{Pointers, allocate_contested};
use crate::event::Events;
use crate::mask::Mask;
use crate::model::Model;
use crate::occasional::Occasional;
use crate::pace::Pace;
use crate::switches::{InputVc, NONE, SwitchParts};
use crate::tile::Tile;
use crate::wiring::Port;
use crate::workspace::Workspace;
use crate::{Cycle, FlitTime, Place, Routing, Source, VcReallocation, WatchStage};

/// A plain switch in its cycle.
struct PlainStep<'s, R, const W: usize> {
    switch: usize,
    now: Cycle,
    model: &'s Model<'s, R>,
    /// What is connected to its ports.
    links: &'s [Port],
    own: SwitchParts<'s, W>,
    events: &'s mut Events,
    occasional: &'s mut Occasional,
    workspace: &'s mut Workspace<W>,
}

/// Who stood where when the pass began.
struct PlainStanding<const W: usize> {
    routing: Mask<W>,
    waiting: Mask<W>,
    bidding: Mask<W>,
}

/// Ports of a switch at which flits bid in a pass.
#[derive(Default)]
struct BidPorts {
    /// Output ports that are bid for.
    columns: Mask<1>,
    /// Those that are bid for more than once.
    columns_twice: Mask<1>,
    /// Input ports that bid more than once.
    rows_twice: Mask<1>,
}

impl<R: Routing, S: Source, const W: usize> Tile<'_, R, S, W> {
    /// The first pass of switches in a cycle, which plain ones mostly have alone.
    pub fn first_pass(&self) -> Pass {
        Pass::new(self.now, &self.model.config, 1)
    }

    /// A switch's cycle; whether it has something to do in the next one.
    #[inline(always)]
    pub fn step_plain(&mut self, switch: usize, pass: Pass, workspace: &mut Workspace<W>) -> bool {
        if !(self.model.has_one_way && self.model.has_one_pass) {
            return self.step_in_passes(switch, workspace);
        }
        let lookahead = self.model.config.routing_delay == 0;
        let mut step = self.plain(switch, workspace);
        let standing = step.standing(lookahead);
        if lookahead {
            step.compute_routes(standing.routing);
        }
        step.allocate_vcs(standing.waiting);
        // Who wins the switch does not depend on what virtual channels are given now.
        step.pass_switch::<false>(standing.bidding, pass);
        if !lookahead {
            step.compute_routes(standing.routing);
        }
        step.own.stages.is_busy()
    }

    /// The same where packets may have several ways on, or choose by what is queued, and where a cycle has several passes:
    /// up to the switch the general way.
    #[inline(never)]
    fn step_in_passes(&mut self, switch: usize, workspace: &mut Workspace<W>) -> bool {
        for pass in Pass::all(self.now, &self.model.config) {
            self.step_in_pass(switch, pass, workspace);
            if !self.switches.stages[switch].is_busy() {
                return false;
            }
        }
        true
    }

    #[inline(always)]
    fn step_in_pass(&mut self, switch: usize, pass: Pass, workspace: &mut Workspace<W>) {
        let lookahead = self.model.config.routing_delay == 0;
        let standing = self.plain(switch, workspace).standing(lookahead);
        if lookahead && !standing.routing.is_empty() {
            self.step(switch, workspace).compute_routes(standing.routing);
        }
        if !standing.waiting.is_empty() {
            self.step(switch, workspace).allocate_vcs(standing.waiting);
        }
        self.plain(switch, workspace)
            .pass_switch::<true>(standing.bidding, pass);
        if !lookahead && !standing.routing.is_empty() {
            self.step(switch, workspace).compute_routes(standing.routing);
        }
    }

    #[inline(always)]
    fn plain<'s>(&'s mut self, switch: usize, workspace: &'s mut Workspace<W>) -> PlainStep<'s, R, W> {
        let own = self.switches.parts(switch);
        PlainStep {
            switch,
            now: self.now,
            model: &self.model,
            links: &self.model.wiring.of_switch(switch)[..own.by_port.len()],
            own,
            events: &mut self.events,
            occasional: &mut self.occasional,
            workspace,
        }
    }
}

impl<R: Routing, const W: usize> PlainStep<'_, R, W> {
    /// Who stands where when the pass begins. Heads that are routed now wait from then on: in the next cycle, or with
    /// `lookahead` in this one.
    #[inline(always)]
    fn standing(&mut self, lookahead: bool) -> PlainStanding<W> {
        let stages = &mut *self.own.stages;
        let routing = std::mem::take(&mut stages.routing);
        let before = stages.waiting;
        stages.waiting |= routing;
        PlainStanding {
            routing,
            waiting: if lookahead { stages.waiting } else { before },
            bidding: stages.bidding,
        }
    }

    /// Route computation, where a packet has one way on at the most.
    #[inline(always)]
    fn compute_routes(&mut self, heads: Mask<W>) {
        let Workspace { scratch, watch, .. } = &mut *self.workspace;
        let (model, found) = (self.model, &mut scratch.found);
        let draw = &mut SwitchDraw {
            switch: self.switch,
            model,
            outputs: self.own.outputs,
            streams: &mut self.occasional.streams,
        };
        let switch = model.wiring.switch_name(self.switch);
        for unit in heads.iter() {
            let port = model.port(unit);
            let at = Place {
                switch,
                in_port: port as u8,
                in_vc: (unit - port * model.vcs) as u8,
            };
            let input = &mut self.own.inputs[unit];
            let flit = input.front_mut();
            found.clear();
            model.routing.route(at, flit.dest, &mut flit.tag, draw, found);
            input.set_way(found);
            if input.front().is_watched() {
                note_route(watch, self.now, model, self.switch, input);
            }
        }
    }

    /// Virtual-channel allocation, where a packet has one way on at the most.
    #[inline(always)]
    fn allocate_vcs(&mut self, waiting: Mask<W>) {
        if waiting.is_empty() {
            return;
        }
        let (model, switch) = (self.model, self.switch);
        let Workspace { scratch, watch, .. } = &mut *self.workspace;
        let requests = &mut scratch.vc_requests;
        let mut collected = requests.collect();
        for unit in waiting.iter() {
            collected.add(unit, wanted(model, switch, &self.own, unit));
        }
        let all = collected.all();
        requests.set(all);
        self.own.block(waiting & !requests.rows);
        let mut watched = false;
        if requests.contested.is_empty() && model.grants_vcs_at_once {
            let by_row = requests.by_row.as_slice();
            for unit in requests.rows.iter() {
                if let Some(output) = by_row[unit].round_robin(self.own.outputs.of_row(unit)) {
                    self.own.outputs.move_past(unit, output);
                    watched |= give(&mut self.own, unit, output);
                }
            }
        } else if !requests.rows.is_empty() {
            let random = self.occasional.drawn_from(switch);
            allocate_contested(model.config.vc_allocator, requests, self.own.outputs, random);
            for &(unit, output) in &requests.matches {
                watched |= give(&mut self.own, unit.into(), output.into());
            }
        }
        if watched {
            note_vcs(watch, self.now, model, switch, self.own.inputs, waiting);
        }
    }

    /// Switch allocation and traversal. `PACED`: links may have to take turns, as the switch may be faster than they are.
    #[inline(always)]
    fn pass_switch<const PACED: bool>(&mut self, bidding: Mask<W>, pass: Pass) {
        if bidding.is_empty() {
            return;
        }
        let model = self.model;
        let bids = self.bids(bidding);
        let in_turn = model.outputs_choose || model.grants_switch_at_once && bids.rows_twice.is_empty();
        let winners = if !in_turn {
            self.arbitrate(bidding)
        } else if !(bids.rows_twice | bids.columns_twice).is_empty() {
            self.choose(bidding, bids.columns)
        } else {
            bidding
        };
        self.traverse::<PACED>(winners, in_turn, pass);
    }

    /// What is bid for, and how often.
    #[inline(always)]
    fn bids(&self, bidding: Mask<W>) -> BidPorts {
        let mut bids = BidPorts::default();
        let mut rows = Mask::<1>::EMPTY;
        for unit in bidding.iter() {
            let (row, column) = pair(self.model, unit, &self.own.inputs[unit]);
            let (row, column) = (Mask::one(row), Mask::one(column));
            bids.rows_twice |= rows & row;
            bids.columns_twice |= bids.columns & column;
            rows |= row;
            bids.columns |= column;
        }
        bids
    }

    /// What an allocator comes to whose outputs choose first (see [`columns_choose`](crate::allocator::columns_choose)) and,
    /// where no input port bids twice, any separable one. Each output port chooses the input port whose turn it is, and of
    /// its virtual channels that bid for it the next in turn; an input port that several choose takes the output whose turn
    /// it is. `columns`: output ports that are bid for.
    #[inline(always)]
    fn choose(&self, bidding: Mask<W>, columns: Mask<1>) -> Mask<W> {
        let (model, units_of) = (self.model, &self.workspace.scratch.units_of);
        let SwitchParts { inputs, by_port, .. } = &self.own;
        let mut winners = Mask::<W>::EMPTY;
        for column in columns.iter() {
            let port = &by_port[column];
            let asking = bidding & port.holders;
            let Some(chosen) = asking.round_robin(usize::from(port.pointer.column) * model.vcs) else {
                continue;
            };
            let row = model.port(chosen);
            let (own, state) = (units_of[row], &by_port[row]);
            let unit = (asking & own)
                .round_robin(state.next_unit.into())
                .unwrap_or(chosen);
            if let Some(other) = (winners & own).first() {
                let other_column = model.port(inputs[other].output.into());
                if !is_ahead(column, other_column, state.pointer.row.into()) {
                    continue;
                }
                winners.remove(other);
            }
            winners.insert(unit);
        }
        winners
    }

    /// Goes through the switch allocator.
    #[inline(always)]
    fn arbitrate(&mut self, bidding: Mask<W>) -> Mask<W> {
        let SwitchParts { inputs, by_port, .. } = &mut self.own;
        let bids = &mut self.workspace.scratch.bids;
        collect_bids(self.model, bids, inputs, bidding);
        let random = self.occasional.drawn_from(self.switch);
        bids.arbitrate(self.model.config.sw_allocator, by_port, random)
    }

    /// Switch traversal. `in_turn`: the pointers of switch allocation are still to be moved.
    #[inline(always)]
    fn traverse<const PACED: bool>(&mut self, winners: Mask<W>, in_turn: bool, pass: Pass) {
        let (model, events, occasional) = (self.model, &mut *self.events, &mut *self.occasional);
        let first_slot = model.wiring.slot(self.switch, 0);
        let SwitchParts {
            stages,
            inputs,
            outputs,
            by_port,
            first_unit,
            rest,
        } = &mut self.own;
        let Workspace { watch, flit_hops, .. } = &mut *self.workspace;
        stages.moved |= winners;
        for unit in winners.iter() {
            let input = &mut inputs[unit];
            let output = usize::from(input.output);
            let held = &mut outputs[output];
            let (row, column) = pair(model, unit, input);
            let (into, out) = (&self.links[row], &self.links[column]);
            if in_turn {
                by_port.move_past(row, column);
                by_port[row].next_unit = unit as u16 + 1;
            }
            by_port[column].flits += 1;
            let mut flit = rest.pop(input, *first_unit + unit);
            flit.hop();
            *flit_hops += 1;
            held.credits -= 1;
            if held.credits == 0 {
                stages.credited.remove(output);
            }
            if flit.is_tail() {
                (held.holder, input.output) = (NONE, NONE);
                by_port[column].holders.remove(unit);
                stages.bidding.remove(unit);
                // `Atomic` waits for the last credit.
                if model.config.vc_reallocation != VcReallocation::Atomic {
                    stages.release(output);
                }
                if input.flits > 0 {
                    stages.routing.insert(unit);
                }
            } else if input.flits == 0 || held.credits == 0 {
                stages.bidding.remove(unit);
            }
            let (mut freed, mut departure) = (self.now, pass.at_link);
            if PACED {
                freed = paced(&mut occasional.credit_paces, first_slot + row, freed);
                departure = paced(&mut occasional.link_paces, first_slot + column, departure);
            }
            let due = freed + Cycle::from(into.credit_flight);
            events.send_credit(due, into.credit(unit));
            let due = departure + Cycle::from(out.flit_flight);
            events.send_flit(due, out.feeds.node, out.feeds.unit(output), flit);
            if flit.is_watched() {
                // A copy, so that the flit itself need not be in memory.
                let flit = flit;
                let (at, vc) = model.channel(self.switch, output);
                watch.note(self.now, &flit, WatchStage::SwitchAllocated { at, vc });
                watch.note(departure, &flit, WatchStage::Departed { at });
            }
        }
    }
}

/// When a link takes what is `ready` for it; at once where links keep no pace.
#[inline(always)]
fn paced(paces: &mut [Pace], slot: usize, ready: Cycle) -> Cycle {
    let pace = paces.get_mut(slot);
    pace.map_or(ready, |pace| pace.depart(ready, FlitTime::ONE))
}

/// What is bid for by whom. Told its parts, so that the step, which is in registers, need not be put into memory.
#[inline(never)]
fn collect_bids<R: Routing, const W: usize>(
    model: &Model<R>,
    bids: &mut Bids<W>,
    inputs: &[InputVc],
    bidding: Mask<W>,
) {
    bids.requests.clear();
    for unit in bidding.iter() {
        bids.add(pair(model, unit, &inputs[unit]), unit, false);
    }
}

/// The input and output port of a flit whose packet holds a virtual channel.
#[inline(always)]
fn pair<R: Routing>(model: &Model<R>, unit: usize, input: &InputVc) -> (usize, usize) {
    (model.port(unit), model.port(input.output.into()))
}

/// Gives a virtual channel to the packet at the front of `unit`, which bids for the switch from the next cycle on; whether
/// it is watched.
#[inline(always)]
fn give<const W: usize>(own: &mut SwitchParts<W>, unit: usize, output: usize) -> bool {
    let input = &mut own.inputs[unit];
    input.output = output as u16;
    own.outputs[output].holder = unit as u16;
    own.by_port[usize::from(input.way.port)].holders.insert(unit);
    own.stages.free.remove(output);
    own.stages.waiting.remove(unit);
    if own.stages.credited.contains(output) {
        own.stages.bidding.insert(unit);
    }
    input.front().is_watched()
}

/// What the head of an input virtual channel with one way on asks for.
#[inline(always)]
fn wanted<R: Routing, const W: usize>(
    model: &Model<R>,
    switch: usize,
    own: &SwitchParts<W>,
    unit: usize,
) -> Mask<W> {
    let input = &own.inputs[unit];
    if input.way.vcs == 0 {
        return Mask::EMPTY;
    }
    free_with_room(model, switch, own.stages, own.outputs, input, input.way)
}

/// From a pointer on, going round, `first` comes before `second`.
#[inline(always)]
fn is_ahead(first: usize, second: usize, pointer: usize) -> bool {
    first.wrapping_sub(pointer) < second.wrapping_sub(pointer)
}
