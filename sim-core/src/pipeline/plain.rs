//! A cycle of a plain switch (see [`Model::is_plain`](crate::model::Model::is_plain)), which most experiments have.
//!
//! Each stage looks at its own part of the tables only, and of the configuration at what a plain switch may differ in. Most
//! flits want what nobody else at their switch does, and need no arbitration. Where two do, the stage goes the general way.

use super::Pass;
use super::route_computation::SwitchDraw;
use super::vc_allocation::free_with_room;
use crate::allocator::{Pointers, allocate_contested};
use crate::mask::Mask;
use crate::model::Model;
use crate::switches::{InputVc, NONE, OutputVc, Stages};
use crate::tile::Tile;
use crate::workspace::Workspace;
use crate::{Cycle, Place, Routing, Source, VcReallocation, WatchStage};

impl<R: Routing, S: Source, const W: usize> Tile<'_, R, S, W> {
    /// The only pass of plain switches in a cycle.
    pub fn plain_pass(&self) -> Pass {
        Pass {
            at_link: self.now + Cycle::from(self.model.config.traversal_delay()),
            next: self.now + 1,
            next_number: self.now + 1,
        }
    }

    /// A switch's cycle; whether it has something to do in the next one.
    #[inline(always)]
    pub fn step_plain(&mut self, switch: usize, pass: Pass, workspace: &mut Workspace<W>) -> bool {
        let stages = &mut self.switches.stages[switch];
        let routing = std::mem::take(&mut stages.routing);
        let bidding = stages.bidding;
        let mut waiting = stages.waiting;
        // They wait from then on: in the next cycle, or with lookahead in this one.
        stages.waiting |= routing;
        if self.model.config.routing_delay == 0 {
            self.compute_plain_routes(switch, routing, workspace);
            waiting |= routing;
        }
        if !waiting.is_empty() {
            self.allocate_plain_vcs(switch, waiting, workspace);
        }
        // Who wins the switch does not depend on what virtual channels are given now.
        if !bidding.is_empty() {
            self.pass_plain(switch, bidding, pass, workspace);
        }
        if self.model.config.routing_delay == 1 {
            self.compute_plain_routes(switch, routing, workspace);
        }
        self.switches.stages[switch].is_busy()
    }

    /// Route computation.
    #[inline(always)]
    fn compute_plain_routes(&mut self, switch: usize, heads: Mask<W>, workspace: &mut Workspace<W>) {
        for unit in heads.iter() {
            if self.switches.rest.has_other_ways() {
                self.step(switch, workspace).compute_route(unit);
                continue;
            }
            let port = self.model.port(unit);
            let at = Place {
                switch: self.model.wiring.switch_name(switch),
                in_port: port as u8,
                in_vc: (unit - port * self.model.vcs) as u8,
            };
            let found = &mut workspace.scratch.found;
            found.clear();
            let draw = &mut SwitchDraw {
                stream: &mut self.occasional.streams[switch],
                model: &self.model,
                switch,
                outputs: &self.switches.outputs,
            };
            let index = self.switches.index(switch, unit);
            let input = &mut self.switches.inputs[index];
            let flit = input.front_mut();
            self.model
                .routing
                .route(at, flit.dest, &mut flit.tag, draw, found);
            input.set_way(found);
            if input.front().is_watched() {
                self.step(switch, workspace).note_route(unit);
            }
        }
    }

    /// Virtual-channel allocation.
    #[inline(always)]
    fn allocate_plain_vcs(&mut self, switch: usize, waiting: Mask<W>, workspace: &mut Workspace<W>) {
        if !self.model.has_one_way {
            return self.step(switch, workspace).allocate_vcs(waiting);
        }
        let units = self.switches.units;
        let inputs = &mut self.switches.inputs[switch * units..][..units];
        let mut outputs = VcOutputs {
            stages: &mut self.switches.stages[switch],
            outputs: &mut self.switches.outputs[switch * units..][..units],
        };
        let requests = &mut workspace.scratch.vc_requests;
        requests.clear();
        for unit in waiting.iter() {
            let wanted = wanted(&self.model, switch, &outputs, &inputs[unit]);
            if !wanted.is_empty() {
                requests.add_row(unit, wanted);
            }
        }
        let mut watched = false;
        if requests.contested.is_empty() && self.model.grants_vcs_at_once {
            for unit in requests.rows.iter() {
                if let Some(output) = requests.by_row[unit].round_robin(outputs.outputs.of_row(unit)) {
                    outputs.outputs.move_past(unit, output);
                    watched |= outputs.give(output, unit, &mut inputs[unit]);
                }
            }
        } else if !requests.rows.is_empty() {
            let random = self.occasional.drawn_from(switch);
            allocate_contested(self.model.config.vc_allocator, requests, outputs.outputs, random);
            for &(unit, output) in &requests.matches {
                let unit = usize::from(unit);
                watched |= outputs.give(output.into(), unit, &mut inputs[unit]);
            }
        }
        if watched {
            self.step(switch, workspace).note_vcs(waiting);
        }
    }

    /// Switch allocation and traversal.
    #[inline(always)]
    fn pass_plain(&mut self, switch: usize, bidding: Mask<W>, pass: Pass, workspace: &mut Workspace<W>) {
        let (units, ports) = (self.switches.units, self.model.ports);
        let stages = &mut self.switches.stages[switch];
        let inputs = &mut self.switches.inputs[switch * units..][..units];
        let by_port = &mut self.switches.by_port[switch * ports..][..ports];
        let (mut rows, mut columns) = (Mask::<1>::EMPTY, Mask::<1>::EMPTY);
        let (mut row_twice, mut column_twice) = (false, false);
        for unit in bidding.iter() {
            let (row, column) = pair(&self.model, unit, &inputs[unit]);
            row_twice |= rows.contains(row);
            column_twice |= columns.contains(column);
            rows.insert(row);
            columns.insert(column);
        }
        let in_turn = self.model.grants_switch_at_once && !row_twice;
        let contested = column_twice || !in_turn;
        let mut winners = bidding;
        if contested {
            let scratch = &mut workspace.scratch;
            let bids = bidding
                .iter()
                .map(|unit| (unit, pair(&self.model, unit, &inputs[unit])));
            if in_turn {
                winners = scratch.bids.take_turns(bids, by_port);
            } else {
                scratch.bids.requests.clear();
                bids.for_each(|(unit, pair)| scratch.bids.add(pair, unit, false));
                let random = self.occasional.drawn_from(switch);
                winners = scratch
                    .bids
                    .arbitrate(self.model.config.sw_allocator, by_port, random);
            }
        }
        let outputs = &mut self.switches.outputs[switch * units..][..units];
        let links = self.model.wiring.of_switch(switch);
        let events = &mut self.events;
        let Workspace { watch, flit_hops, .. } = workspace;
        for unit in winners.iter() {
            let input = &mut inputs[unit];
            let (row, column) = pair(&self.model, unit, input);
            if !contested {
                by_port.move_past(row, column);
                by_port[row].next_unit = unit as u16 + 1;
            }
            let output = usize::from(input.output);
            let held = &mut outputs[output];
            let mut flit = self.switches.rest.pop(input, switch * units + unit);
            flit.hop();
            *flit_hops += 1;
            held.credits -= 1;
            if held.credits == 0 {
                stages.credited.remove(output);
            }
            stages.moved.insert(unit);
            if flit.is_tail() {
                (held.holder, input.output) = (NONE, NONE);
                stages.bidding.remove(unit);
                // `Atomic` waits for the last credit.
                if self.model.config.vc_reallocation != VcReallocation::Atomic {
                    stages.free.insert(output);
                }
                if input.flits > 0 {
                    stages.routing.insert(unit);
                }
            } else if input.flits == 0 || held.credits == 0 {
                stages.bidding.remove(unit);
            }

            by_port[column].flits += 1;
            let due = self.now + Cycle::from(links[row].credit_flight);
            events.send_credit(due, links[row].credit(unit));
            let due = pass.at_link + Cycle::from(links[column].flit_flight);
            events.send_flit(due, links[column].arrival(output, flit));
            if flit.is_watched() {
                let (at, vc) = self.model.channel(switch, output);
                watch.note(self.now, &flit, WatchStage::SwitchAllocated { at, vc });
                watch.note(pass.at_link, &flit, WatchStage::Departed { at });
            }
        }
    }
}

/// The input and output port of a flit whose packet holds a virtual channel.
#[inline(always)]
fn pair<R: Routing>(model: &Model<R>, unit: usize, input: &InputVc) -> (usize, usize) {
    (model.port(unit), model.port(input.output.into()))
}

/// What virtual-channel allocation gives away at a switch.
struct VcOutputs<'s, const W: usize> {
    stages: &'s mut Stages<W>,
    outputs: &'s mut [OutputVc],
}

impl<const W: usize> VcOutputs<'_, W> {
    /// Gives a virtual channel to the packet at the front of `unit`, which bids for the switch from the next cycle on;
    /// whether that is watched.
    #[inline(always)]
    fn give(&mut self, output: usize, unit: usize, input: &mut InputVc) -> bool {
        self.outputs[output].holder = unit as u16;
        input.output = output as u16;
        self.stages.free.remove(output);
        self.stages.waiting.remove(unit);
        if self.stages.credited.contains(output) {
            self.stages.bidding.insert(unit);
        }
        input.front().is_watched()
    }
}

/// What the head of an input virtual channel with one way on asks for.
#[inline(always)]
fn wanted<R: Routing, const W: usize>(
    model: &Model<R>,
    switch: usize,
    outputs: &VcOutputs<W>,
    input: &InputVc,
) -> Mask<W> {
    if input.way.vcs == 0 {
        return Mask::EMPTY;
    }
    free_with_room(model, switch, outputs.stages, outputs.outputs, input, input.way)
}
