//! Switch allocation: flits that have a virtual channel and a credit bid for the crossbar.
//!
//! An input port bids at most once for each output port; which of its virtual channels that is goes by
//! round robin. With speculation a head flit bids while it still asks for a virtual channel (Peh &
//! Dally, HPCA 2001); such bids come second at their input, and second everywhere under allocators that
//! know urgency. Where virtual channel and switch are allocated together, all heads bid, and as equals.

use super::{Held, Pass, Scratch, Standing, Step};
use crate::allocator::{Pointers, allocate};
use crate::mask::Mask;
use crate::stages::{Stages, UnderWay};
use crate::switches::{InputVc, NONE};
use crate::{Routing, SwitchConfig};

/// Whether the flit at the head of an input virtual channel, number `unit`, can bid for the switch.
#[inline(always)]
pub fn can_bid<const W: usize>(
    stages: &Stages<W>,
    under_way: Option<&UnderWay<W>>,
    input: &InputVc,
    unit: usize,
    config: &SwitchConfig,
) -> bool {
    if input.flits == 0 || input.output == NONE {
        return false;
    }
    // Where allocation takes several cycles a flit goes on bidding without a credit, as in BookSim2:
    // when it next bids depends on when it last did.
    if config.sw_alloc_delay > 1 {
        return under_way.is_some_and(|under_way| !under_way.switch_allocation.contains(unit));
    }
    stages.credited.contains(input.output.into())
}

impl<R: Routing, const W: usize> Step<'_, R, W> {
    /// Collects bids and matches input with output ports.
    pub(super) fn match_switch(&mut self, standing: &Standing<W>, pass: Pass) {
        self.workspace.scratch.bids.requests.clear();
        for unit in standing.bidding.iter() {
            self.bid(unit, &standing.held, pass);
        }
        if self.model.config.combined_allocation || self.model.config.speculative {
            self.bid_for_heads(standing, pass);
        }
        self.workspace.scratch.winners.clear();
        let Scratch { bids, winners, .. } = &mut self.workspace.scratch;
        if bids.requests.rows.is_empty() {
            return;
        }
        let random = self.occasional.drawn_from(self.switch);
        let by_port = self.state.switch_pointers();
        allocate(
            self.model.config.sw_allocator,
            &mut bids.requests,
            by_port,
            random,
        );
        for &(row, column) in &bids.requests.matches {
            let unit = bids.bidder(row.into(), column.into(), by_port);
            winners.push((unit as u16, column as u8));
        }
    }

    /// A flit whose packet holds a virtual channel bids for its port.
    #[inline(always)]
    fn bid(&mut self, unit: usize, held: &Held<W>, pass: Pass) {
        let output = usize::from(self.state.input(unit).output);
        let pair = (self.model.port(unit), self.model.port(output));
        if self.model.config.sw_alloc_delay > 1 && !self.state.has_credit(output) {
            return;
        }
        if self.is_open(pair, held, pass) {
            let urgent = self.model.config.speculative;
            self.workspace.scratch.bids.add(pair, unit, urgent);
        }
    }

    /// Heads without a virtual channel bid, too.
    #[inline(never)]
    fn bid_for_heads(&mut self, standing: &Standing<W>, pass: Pass) {
        if self.model.config.combined_allocation {
            for unit in self.workspace.scratch.vc_requests.rows.iter() {
                let wanted = self.workspace.scratch.vc_requests.by_row[unit];
                self.bid_for_both(unit, wanted, &standing.held, pass);
            }
        } else {
            for unit in self.speculators(standing).iter() {
                let wanted = self.state.wanted_vcs(self.model, unit);
                self.bid_for_both(unit, wanted, &standing.held, pass);
            }
        }
    }

    /// A head without a virtual channel bids for the ports at which it is to be given one of those that it wants, with a
    /// credit. A bid that can't succeed would only keep others from the switch. Where a flit of the same input that has
    /// a virtual channel bids for the port, it is that one's turn, unless all are equals.
    fn bid_for_both(&mut self, unit: usize, wanted: Mask<W>, held: &Held<W>, pass: Pass) {
        let row = self.model.port(unit);
        let mut credited = wanted & self.state.stages().credited;
        while let Some(output) = credited.first() {
            let port = self.model.port(output);
            credited &= !self.units_of(port);
            let bids = &self.workspace.scratch.bids;
            let comes_second = self.model.config.speculative && bids.requests.urgent(row).contains(port);
            if !comes_second && self.is_open((row, port), held, pass) {
                self.workspace.scratch.bids.add((row, port), unit, false);
            }
        }
    }

    /// An input and an output port can be connected: no packet holds either, and the link can take a flit.
    #[inline(always)]
    fn is_open(&self, pair: (usize, usize), held: &Held<W>, pass: Pass) -> bool {
        !held.has(pair) && self.link_is_free(pair.1, pass)
    }

    /// A slow link holds its output until it can take the flit, unless flits queue behind the switch.
    #[inline(always)]
    pub(super) fn link_is_free(&self, port: usize, pass: Pass) -> bool {
        let wiring = &self.model.wiring;
        if !wiring.has_slow_links() || self.model.config.queues_at_outputs() {
            return true;
        }
        let slot = wiring.slot(self.switch, port);
        self.occasional.link_paces[slot].is_free(pass.at_link, wiring.flit_time(slot))
    }

    /// Heads that ask for a virtual channel and are not yet in a long switch allocation.
    pub(super) fn speculators(&mut self, standing: &Standing<W>) -> Mask<W> {
        let asking = standing.waiting | standing.allocating;
        match self.state.under_way() {
            Some(under_way) => asking & !under_way.switch_allocation,
            None => asking,
        }
    }

    /// The virtual channel of `port` that the head in `unit`, which won the switch, takes: the next in turn of those
    /// that it asked for and that have a credit.
    pub(super) fn vc_won(&mut self, unit: usize, port: usize) -> Option<usize> {
        let credited = self.state.stages().credited & self.units_of(port);
        let open = self.workspace.scratch.vc_requests.by_row[unit] & credited;
        let output = open.round_robin(self.state.vc_pointers().of_row(unit))?;
        self.state.vc_pointers().move_past(unit, output);
        Some(output)
    }

    /// The virtual channels of a port.
    #[inline]
    fn units_of(&self, port: usize) -> Mask<W> {
        Mask::range(port * self.model.vcs, self.model.vcs)
    }
}
