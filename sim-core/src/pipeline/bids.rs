//! The bids of a switch's inputs for its outputs in one pass.

use crate::allocator::{Requests, allocate};
use crate::mask::Mask;
use crate::switches::PortState;
use crate::{AllocatorKind, Stream};

/// An input port asks once for each output port; which virtual channels it asks for is kept beside.
#[derive(Debug)]
pub struct Bids<const W: usize> {
    /// Input ports ask for output ports.
    pub requests: Requests<1>,
    /// By input port x ports + output port, of the pairs that are requested: the virtual channels that bid for it.
    by_pair: Vec<Mask<W>>,
    ports: usize,
}

impl<const W: usize> Bids<W> {
    /// For switches of so many ports, of which those below `first` are not used.
    pub fn new(first: usize, ports: usize) -> Self {
        Self {
            requests: Requests::new(first, ports),
            by_pair: vec![Mask::EMPTY; ports * ports],
            ports,
        }
    }

    /// `unit` of input port `row` bids for output port `column`, ahead of others if `urgent`.
    #[inline(always)]
    pub fn add(&mut self, (row, column): (usize, usize), unit: usize, urgent: bool) {
        let bidders = &mut self.by_pair[row * self.ports + column];
        if self.requests.has(row, column) {
            bidders.insert(unit);
            return;
        }
        *bidders = Mask::one(unit);
        if urgent {
            self.requests.add_urgent(row, Mask::one(column));
        } else {
            self.requests.add(row, Mask::one(column));
        }
    }

    /// Which virtual channel of input port `row` goes to output port `column`: of those that bid for it the next in turn.
    /// Moves the turn on.
    #[inline(always)]
    pub fn bidder(&self, row: usize, column: usize, by_port: &mut [PortState<W>]) -> usize {
        let turn = &mut by_port[row].next_unit;
        let bidders = self.by_pair[row * self.ports + column];
        let unit = bidders.round_robin((*turn).into()).unwrap_or(0);
        *turn = unit as u16 + 1;
        unit
    }

    /// Matches input with output ports; the virtual channels that go through.
    #[inline(never)]
    pub fn arbitrate(
        &mut self,
        kind: AllocatorKind,
        by_port: &mut [PortState<W>],
        random: &mut Stream,
    ) -> Mask<W> {
        allocate(kind, &mut self.requests, by_port, random);
        let matches = self.requests.matches.iter();
        let bidders = matches.map(|&(row, column)| self.bidder(row.into(), column.into(), by_port));
        bidders.fold(Mask::EMPTY, |all, unit| all | Mask::one(unit))
    }
}
