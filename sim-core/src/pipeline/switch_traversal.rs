//! Switch traversal: winners leave their buffers for the output links, and credits go back.

use super::{Pass, Standing};
use crate::engine::Engine;
use crate::event::{CreditArrival, FlitArrival, LongStage, StageEnd};
use crate::flit::Flit;
use crate::mask::Mask;
use crate::switches::{NONE, NOT_WON};
use crate::{Cycle, FlitTime, PortRef, Routing, Source, VcReallocation, WatchStage};

impl<R: Routing, S: Source, const W: usize> Engine<'_, R, S, W> {
    /// Sends what won the switch now, or, where allocation takes several cycles, what won it then.
    pub(super) fn traverse_switch(&mut self, switch: usize, standing: &Standing<W>, pass: Pass) {
        self.traverse_held(switch, standing, pass);
        if self.config.sw_alloc_delay > 1 {
            self.defer_traversal(switch, standing);
            self.traverse_due(switch, standing.switch_due, pass);
            return;
        }
        for i in 0..self.winners.len() {
            let (unit, port) = self.winners[i];
            if self.config.combined_allocation && self.vc_requests.rows.contains(unit) {
                let Some(output) = self.vc_won(switch, unit, port) else {
                    continue;
                };
                self.switches.stages[switch].waiting.remove(unit);
                self.give_vc(switch, unit, output);
            }
            self.traverse_if_able(switch, unit, port, pass);
        }
    }

    /// A speculative winner may have got no virtual channel, one of another port, or one without a credit.
    fn traverse_if_able(&mut self, switch: usize, unit: usize, port: usize, pass: Pass) -> bool {
        let output = self.switches.inputs[self.switches.index(switch, unit)].output;
        if output == NONE || usize::from(self.port_of[usize::from(output)]) != port {
            return false;
        }
        let index = self.switches.index(switch, usize::from(output));
        if self.switches.outputs[index].credits == 0 {
            return false;
        }
        self.traverse(switch, unit, usize::from(output), pass);
        true
    }

    pub(super) fn traverse(&mut self, switch: usize, unit: usize, output: usize, pass: Pass) {
        let input = self.switches.index(switch, unit);
        let index = self.switches.index(switch, output);
        let mut flit = self.switches.pop(input);
        flit.hop((output % self.switches.vcs) as u8);
        self.switches.outputs[index].credits -= 1;
        self.switches.stages[switch].moved.insert(unit);
        self.flit_hops += 1;

        self.return_credit(switch, unit);
        self.depart(switch, output, flit, pass);
        self.update_hold(switch, unit, flit.is_tail());
        if flit.is_tail() {
            self.release(switch, unit, output, pass);
        } else if !self.switches.stages[switch].bidding.contains(unit) {
            // It won without standing among the bidders: by speculation, or after a long allocation.
            self.offer_bid(switch, unit);
        } else if self.switches.inputs[input].flits == 0 || self.switches.outputs[index].credits == 0 {
            self.switches.stages[switch].bidding.remove(unit);
        }
    }

    /// The place in the buffer is free again: tells whoever fills it.
    fn return_credit(&mut self, switch: usize, unit: usize) {
        let port = self.port_of[unit];
        let slot = self.wiring.slot(switch as u32, port);
        let mut sent = self.now;
        if let Some(pace) = self.credit_paces.get_mut(slot) {
            sent = pace.depart(self.now, FlitTime::ONE);
        }
        let from = self.wiring.fed_by(slot);
        let vc = unit - usize::from(port) * self.switches.vcs;
        let credit = CreditArrival {
            node: from.node,
            output: (usize::from(from.port) * self.switches.vcs + vc) as u16,
        };
        let flight = 1 + Cycle::from(self.wiring.credit_latency(slot));
        let delay = if self.wiring.is_terminal(from.node) {
            0
        } else {
            self.config.credit_delay
        };
        self.events
            .credits
            .push(sent + flight + Cycle::from(delay), credit);
    }

    /// Puts the flit on the link behind its output.
    fn depart(&mut self, switch: usize, output: usize, flit: Flit, pass: Pass) {
        let port = self.port_of[output];
        let slot = self.wiring.slot(switch as u32, port);
        let mut departure = pass.at_link;
        if let Some(crossbar) = self.crossbars.get_mut(switch) {
            departure = crossbar.enter(pass.next_number, &self.config);
        }
        if let Some(pace) = self.link_paces.get_mut(slot) {
            departure = pace.depart(departure, self.wiring.flit_time(slot));
        }
        self.meter.count_link_flit(slot);
        let to = self.wiring.feeds(slot);
        let arrival = FlitArrival {
            node: to.node,
            port: to.port,
            flit,
        };
        let flight = 1 + Cycle::from(self.wiring.latency(slot));
        self.events.flits.push(departure + flight, arrival);
        if flit.is_watched() {
            let at = PortRef {
                switch: switch as u32,
                port,
            };
            let vc = flit.vc();
            self.watch
                .note(self.now, &flit, WatchStage::SwitchAllocated { at, vc });
            self.watch.note(departure, &flit, WatchStage::Departed { at });
        }
    }

    /// The tail has left: the output virtual channel is free as its reallocation policy has it, and the
    /// next packet of the input begins.
    fn release(&mut self, switch: usize, unit: usize, output: usize, pass: Pass) {
        let (input, index) = (
            self.switches.index(switch, unit),
            self.switches.index(switch, output),
        );
        self.switches.outputs[index].holder = NONE;
        self.switches.inputs[input].output = NONE;
        let stages = &mut self.switches.stages[switch];
        stages.bidding.remove(unit);
        // `Atomic` waits for the last credit.
        if self.config.vc_reallocation != VcReallocation::Atomic {
            stages.free.insert(output);
        }
        let next = self.switches.inputs[input];
        if next.flits > 0 && (next.tails > 0 || !self.stores_packets()) {
            self.start_routing(switch, unit, pass.next);
        }
    }

    /// All that bid now, winners or not, hear the answer when the stage ends.
    fn defer_traversal(&mut self, switch: usize, standing: &Standing<W>) {
        for &(unit, port) in &self.winners {
            let input = self.switches.index(switch, unit);
            self.switches.inputs[input].won = port as u8;
        }
        let mut bidders = standing.bidding;
        if self.config.speculative {
            bidders |= self.speculators(switch, standing);
        }
        let stages = &mut self.switches.stages[switch];
        stages.bidding &= !bidders;
        stages.in_switch_allocation |= bidders;
        let delay = Cycle::from(self.config.sw_alloc_delay);
        for unit in bidders.iter() {
            let end = StageEnd {
                switch: switch as u32,
                input: unit as u16,
                stage: LongStage::SwitchAllocation,
            };
            self.events.stages.push(self.now + delay - 1, end);
        }
    }

    fn traverse_due(&mut self, switch: usize, due: Mask<W>, pass: Pass) {
        for unit in due.iter() {
            self.switches.stages[switch].in_switch_allocation.remove(unit);
            let input = self.switches.index(switch, unit);
            let won = std::mem::replace(&mut self.switches.inputs[input].won, NOT_WON);
            if won == NOT_WON || !self.traverse_if_able(switch, unit, usize::from(won), pass) {
                self.offer_bid(switch, unit);
            }
        }
    }
}
