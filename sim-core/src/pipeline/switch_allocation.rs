//! Switch allocation: flits that have a virtual channel and a credit bid for the crossbar.
//!
//! An input port bids at most once for each output port; which of its virtual channels that is goes by
//! round robin. With speculation a head flit bids while it still asks for a virtual channel (Peh &
//! Dally, HPCA 2001); such bids come second at their input, and second everywhere under allocators that
//! know urgency. Where virtual channel and switch are allocated together, all heads bid, and as equals.

use super::{Held, Pass, Standing, drawn_from};
use crate::allocator::allocate;
use crate::engine::Engine;
use crate::mask::Mask;
use crate::switches::NONE;
use crate::{Routing, Source};

impl<R: Routing, S: Source, const W: usize> Engine<'_, R, S, W> {
    /// `unit` holds a virtual channel: it bids from the next pass on if it has a flit and a credit.
    #[inline]
    pub fn offer_bid(&mut self, switch: usize, unit: usize) {
        if self.can_bid(switch, unit) && !self.switches.stages[switch].in_switch_allocation.contains(unit) {
            self.switches.stages[switch].bidding.insert(unit);
            self.busy.insert(switch);
        }
    }

    #[inline]
    fn can_bid(&self, switch: usize, unit: usize) -> bool {
        let input = self.switches.inputs[self.switches.index(switch, unit)];
        if input.flits == 0 || input.output == NONE {
            return false;
        }
        // Where allocation takes several cycles a flit goes on bidding without a credit, as in BookSim2:
        // when it next bids depends on when it last did.
        self.config.sw_alloc_delay > 1 || self.has_credit(switch, usize::from(input.output))
    }

    #[inline]
    pub(super) fn has_credit(&self, switch: usize, output: usize) -> bool {
        self.switches.outputs[self.switches.index(switch, output)].credits > 0
    }

    /// Collects bids and matches input with output ports.
    pub(super) fn match_switch(&mut self, switch: usize, standing: &Standing<W>, pass: Pass) {
        self.switch_requests.clear();
        for unit in standing.bidding.iter() {
            self.bid(switch, unit, standing.held, pass);
        }
        if self.config.combined_allocation {
            for unit in self.vc_requests.rows.iter() {
                self.bid_for_both(switch, unit, self.vc_requests.by_row[unit], standing.held, pass);
            }
        } else if self.config.speculative {
            for unit in self.speculators(switch, standing).iter() {
                let wanted = self.wanted_vcs(switch, unit);
                self.bid_for_both(switch, unit, wanted, standing.held, pass);
            }
        }
        self.winners.clear();
        if self.switch_requests.rows.is_empty() {
            return;
        }
        let pointers = &mut self.switches.switch_pointers(switch);
        let random = drawn_from(&mut self.allocation_streams, &mut self.streams, switch);
        allocate(
            self.config.sw_allocator,
            &mut self.switch_requests,
            pointers,
            random,
        );
        for i in 0..self.switch_requests.matches.len() {
            let (row, port) = self.switch_requests.matches[i];
            let unit = self.bidder(switch, row, port, standing);
            self.winners.push((unit, port));
        }
    }

    fn bid(&mut self, switch: usize, unit: usize, held: Held<W>, pass: Pass) {
        let input = self.switches.index(switch, unit);
        let output = usize::from(self.switches.inputs[input].output);
        let port = usize::from(self.port_of[output]);
        let row = usize::from(self.port_of[unit]);
        let long = self.config.sw_alloc_delay > 1;
        if long && !self.has_credit(switch, output) || !self.is_open(switch, (row, port), held, pass) {
            return;
        }
        if self.config.speculative {
            self.switch_requests.add_urgent(row, Mask::range(port, 1));
        } else {
            self.switch_requests.add(row, Mask::range(port, 1));
        }
    }

    /// An input and an output port can be connected: no packet holds either, and the link can take a flit.
    #[inline]
    fn is_open(&self, switch: usize, (row, port): (usize, usize), held: Held<W>, pass: Pass) -> bool {
        !held.has(row, port) && self.link_is_free(switch, port, pass)
    }

    /// A slow link holds its output until it can take the flit, unless flits queue behind the switch.
    #[inline]
    pub(super) fn link_is_free(&self, switch: usize, port: usize, pass: Pass) -> bool {
        if !self.wiring.has_slow_links() || self.config.queues_at_outputs() {
            return true;
        }
        let slot = switch * self.switches.ports + port;
        self.link_paces[slot].is_free(pass.at_link, self.wiring.flit_time(slot))
    }

    /// Heads that ask for a virtual channel and are not yet in a long switch allocation.
    pub(super) fn speculators(&self, switch: usize, standing: &Standing<W>) -> Mask<W> {
        (standing.waiting | standing.allocating) & !self.switches.stages[switch].in_switch_allocation
    }

    /// A head without a virtual channel bids for the ports at which it is to be given one of those that it wants, with a
    /// credit. A bid that can't succeed would only keep others from the switch.
    fn bid_for_both(&mut self, switch: usize, unit: usize, wanted: Mask<W>, held: Held<W>, pass: Pass) {
        let row = usize::from(self.port_of[unit]);
        for output in wanted.iter() {
            let port = usize::from(self.port_of[output]);
            if self.has_credit(switch, output) && self.is_open(switch, (row, port), held, pass) {
                self.switch_requests.add(row, Mask::range(port, 1));
            }
        }
    }

    /// Of the wanted virtual channels those of `port` that have a credit.
    fn with_credit(&self, switch: usize, wanted: Mask<W>, port: usize) -> Mask<W> {
        let vcs = self.switches.vcs;
        let mut credited = wanted & Mask::range(port * vcs, vcs);
        for output in credited.iter() {
            if !self.has_credit(switch, output) {
                credited.remove(output);
            }
        }
        credited
    }

    /// The virtual channel of `port` that the head in `unit`, which won the switch, takes: the next in turn of those
    /// that it asked for and that have a credit.
    pub(super) fn vc_won(&mut self, switch: usize, unit: usize, port: usize) -> Option<usize> {
        let open = self.with_credit(switch, self.vc_requests.by_row[unit], port);
        let mut pointers = self.switches.vc_pointers(switch);
        let output = open.round_robin(pointers.of_row[unit].into())?;
        pointers.move_past(unit, output);
        Some(output)
    }

    /// The virtual channel of input port `row` that bid for output `port`: the next in turn, those that hold
    /// a virtual channel before speculators. Moves the turn on.
    fn bidder(&mut self, switch: usize, row: usize, port: usize, standing: &Standing<W>) -> usize {
        let vcs = self.switches.vcs;
        let here = Mask::range(row * vcs, vcs);
        let mut bidders = Mask::<W>::EMPTY;
        for unit in (standing.bidding & here).iter() {
            let output = usize::from(self.switches.inputs[self.switches.index(switch, unit)].output);
            let credited = self.config.sw_alloc_delay == 1 || self.has_credit(switch, output);
            if usize::from(self.port_of[output]) == port && credited {
                bidders.insert(unit);
            }
        }
        if self.config.combined_allocation {
            for unit in (self.vc_requests.rows & here).iter() {
                let wanted = self.vc_requests.by_row[unit];
                if !self.with_credit(switch, wanted, port).is_empty() {
                    bidders.insert(unit);
                }
            }
        } else if bidders.is_empty() {
            for unit in (self.speculators(switch, standing) & here).iter() {
                let wanted = self.wanted_vcs(switch, unit);
                if !self.with_credit(switch, wanted, port).is_empty() {
                    bidders.insert(unit);
                }
            }
        }
        let turn = &mut self.switches.next_vc[switch * self.switches.ports + row];
        let unit = bidders
            .round_robin(row * vcs + usize::from(*turn))
            .unwrap_or(row * vcs);
        let vc = unit - row * vcs + 1;
        *turn = if vc == vcs { 0 } else { vc as u16 };
        unit
    }
}
