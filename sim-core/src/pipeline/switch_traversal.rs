//! Switch traversal: winners leave their buffers for the output links, and credits go back.

use super::{Pass, Standing, Step};
use crate::event::{LongStage, StageEnd};
use crate::flit::Flit;
use crate::mask::Mask;
use crate::switches::{NONE, NOT_WON};
use crate::{Cycle, FlitTime, Routing, VcReallocation, WatchStage};

impl<R: Routing, const W: usize> Step<'_, R, W> {
    /// Sends what won the switch now, or, where allocation takes several cycles, what won it then.
    pub(super) fn traverse_switch(&mut self, standing: &Standing<W>, pass: Pass) {
        if self.model.config.hold_switch_for_packet {
            self.traverse_held(standing, pass);
        }
        if self.model.config.sw_alloc_delay > 1 {
            self.defer_traversal(standing);
            self.traverse_due(standing.switch_due, pass);
            return;
        }
        for i in 0..self.workspace.scratch.winners.len() {
            let (unit, port) = self.workspace.scratch.winners[i];
            let (unit, port) = (usize::from(unit), usize::from(port));
            if self.model.config.combined_allocation && !self.take_vc_won(unit, port) {
                continue;
            }
            if let Some(output) = self.way_through(unit, port) {
                self.traverse(unit, output, pass);
            }
        }
    }

    /// Gives the head in `unit`, which won the switch and a virtual channel of `port` in one, that virtual channel. Whoever
    /// had one keeps it.
    fn take_vc_won(&mut self, unit: usize, port: usize) -> bool {
        if !self.workspace.scratch.vc_requests.rows.contains(unit) {
            return true;
        }
        let won = self.vc_won(unit, port);
        if let Some(output) = won {
            self.give_vc(unit, output);
        }
        won.is_some()
    }

    /// The output virtual channel by which the winner of `port` leaves. A speculative one may have got none, one of another
    /// port, or one without a credit.
    #[inline(always)]
    fn way_through(&self, unit: usize, port: usize) -> Option<usize> {
        let output = self.state.input(unit).output;
        let is_won = output != NONE && self.model.port(output.into()) == port;
        (is_won && self.state.has_credit(output.into())).then_some(output.into())
    }

    #[inline(always)]
    pub(super) fn traverse(&mut self, unit: usize, output: usize, pass: Pass) {
        let mut flit = self.state.pop(unit);
        flit.hop();
        self.state.take_credit(output);
        self.state.stages_mut().moved.insert(unit);
        self.workspace.flit_hops += 1;
        if flit.is_tail() {
            self.release(unit, output, pass);
        } else {
            self.bid_on(unit, output);
        }
        self.update_hold(unit, flit.is_tail());
        self.return_credit(unit);
        self.depart(output, flit, pass);
    }

    /// The next flit of the packet bids, if it is there and has a credit.
    #[inline(always)]
    fn bid_on(&mut self, unit: usize, output: usize) {
        if !self.state.stages().bidding.contains(unit) {
            // It won without standing among the bidders: by speculation, or after a long allocation.
            self.offer_bid(unit);
        } else if self.state.input(unit).flits == 0 || !self.state.has_credit(output) {
            self.state.stages_mut().bidding.remove(unit);
        }
    }

    /// The place in the buffer is free again: tells whoever fills it.
    #[inline(always)]
    fn return_credit(&mut self, unit: usize) {
        let port = self.model.port(unit);
        let mut sent = self.now;
        if !self.occasional.credit_paces.is_empty() {
            let slot = self.model.wiring.slot(self.switch, port);
            sent = self.occasional.credit_paces[slot].depart(self.now, FlitTime::ONE);
        }
        let link = &self.links[port];
        let due = sent + Cycle::from(link.credit_flight);
        self.events.send_credit(due, link.credit(unit));
    }

    /// Puts the flit on the link behind its output.
    #[inline(always)]
    fn depart(&mut self, output: usize, flit: Flit, pass: Pass) {
        let port = self.model.port(output);
        let departure = self.departure(port, pass);
        self.state.port_mut(port).flits += 1;
        let link = &self.links[port];
        let due = departure + Cycle::from(link.flit_flight);
        self.events
            .send_flit(due, link.feeds.node, link.feeds.unit(output), flit);
        if flit.is_watched() {
            self.note_departure(output, flit, departure);
        }
    }

    /// When a flit that wins the switch now enters the link behind `port`.
    #[inline(always)]
    fn departure(&mut self, port: usize, pass: Pass) -> Cycle {
        let mut departure = pass.at_link;
        let slot = self.model.wiring.slot(self.switch, port);
        let occasional = &mut *self.occasional;
        if let Some(crossbar) = occasional.crossbars.get_mut(self.switch) {
            departure = crossbar.enter(pass.next_number, &self.model.config);
        }
        if let Some(pace) = occasional.link_paces.get_mut(slot) {
            departure = pace.depart(departure, self.model.wiring.flit_time(slot));
        }
        departure
    }

    #[cold]
    pub(super) fn note_departure(&mut self, output: usize, flit: Flit, departure: Cycle) {
        let (at, vc) = self.channel(output);
        self.workspace
            .watch
            .note(self.now, &flit, WatchStage::SwitchAllocated { at, vc });
        self.workspace
            .watch
            .note(departure, &flit, WatchStage::Departed { at });
    }

    /// The tail has left: the output virtual channel is free as its reallocation policy has it, and the
    /// next packet of the input begins.
    #[inline(always)]
    fn release(&mut self, unit: usize, output: usize, pass: Pass) {
        self.state.output_mut(output).holder = NONE;
        let port = self.model.port(output);
        self.state.port_mut(port).holders.remove(unit);
        self.state.input_mut(unit).output = NONE;
        self.state.stages_mut().bidding.remove(unit);
        // `Atomic` waits for the last credit.
        if self.model.config.vc_reallocation != VcReallocation::Atomic {
            self.state.stages_mut().release(output);
        }
        let waits = self.model.stores_packets() && self.state.tails(unit) == 0;
        if self.state.input(unit).flits > 0 && !waits {
            self.start_routing(unit, pass.next);
        }
    }

    /// All that bid now, winners or not, hear the answer when the stage ends.
    #[inline(never)]
    fn defer_traversal(&mut self, standing: &Standing<W>) {
        for &(unit, port) in &self.workspace.scratch.winners {
            self.state.decided(usize::from(unit)).port = port;
        }
        let mut bidders = standing.bidding;
        if self.model.config.speculative {
            bidders |= self.speculators(standing);
        }
        self.state.stages_mut().bidding &= !bidders;
        if let Some(under_way) = self.state.under_way() {
            under_way.switch_allocation |= bidders;
        }
        let delay = Cycle::from(self.model.config.sw_alloc_delay);
        for unit in bidders.iter() {
            let end = StageEnd {
                switch: self.switch as u32,
                input: unit as u16,
                stage: LongStage::SwitchAllocation,
            };
            self.events.stages.push(self.now + delay - 1, end);
        }
    }

    #[inline(never)]
    fn traverse_due(&mut self, due: Mask<W>, pass: Pass) {
        for unit in due.iter() {
            if let Some(under_way) = self.state.under_way() {
                under_way.switch_allocation.remove(unit);
            }
            let won = std::mem::replace(&mut self.state.decided(unit).port, NOT_WON);
            let way = (won != NOT_WON).then(|| self.way_through(unit, won.into()));
            match way.flatten() {
                Some(output) => self.traverse(unit, output, pass),
                None => self.offer_bid(unit),
            }
        }
    }
}
