//! The bids of a switch's inputs for its outputs in one pass.

use crate::allocator::{Pointers, Requests, allocate};
use crate::mask::Mask;
use crate::switches::PortState;
use crate::{AllocatorKind, Stream};

/// An input port asks once for each output port; which virtual channels it asks for is kept beside.
#[derive(Debug)]
pub struct Bids<const W: usize> {
    /// Input ports ask for output ports.
    pub requests: Requests<1>,
    /// By output port, of those that are bid for: the input ports that do, where none bids twice.
    by_column: Vec<Mask<1>>,
    /// By input port: the virtual channel that bids.
    sole: Vec<u16>,
    /// By input port x ports + output port, of the pairs that are requested: the virtual channels that bid for it.
    by_pair: Vec<Mask<W>>,
    ports: usize,
}

impl<const W: usize> Bids<W> {
    /// For switches of so many ports, of which those below `first` are not used.
    pub fn new(first: usize, ports: usize) -> Self {
        Self {
            requests: Requests::new(first, ports),
            by_column: vec![Mask::EMPTY; ports],
            sole: vec![0; ports],
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
    pub fn bidder(&self, row: usize, column: usize, by_port: &mut [PortState]) -> usize {
        let turn = &mut by_port[row].next_unit;
        let bidders = self.by_pair[row * self.ports + column];
        let unit = bidders.round_robin((*turn).into()).unwrap_or(0);
        *turn = unit as u16 + 1;
        unit
    }

    /// Where no input port bids twice, each output port takes the next in turn of those that bid for it, which is what
    /// every separable allocator comes to. `bids` are (virtual channel, (input port, output port)); those that go through,
    /// whose pointers are still to be moved.
    #[inline(always)]
    pub fn take_turns(
        &mut self,
        bids: impl Iterator<Item = (usize, (usize, usize))>,
        by_port: &[PortState],
    ) -> Mask<W> {
        let mut columns = Mask::<1>::EMPTY;
        for (unit, (row, column)) in bids {
            let asking = &mut self.by_column[column];
            if !columns.contains(column) {
                *asking = Mask::EMPTY;
            }
            asking.insert(row);
            columns.insert(column);
            self.sole[row] = unit as u16;
        }
        let mut winners = Mask::EMPTY;
        for column in columns.iter() {
            if let Some(row) = self.by_column[column].round_robin(by_port.of_column(column)) {
                winners.insert(self.sole[row].into());
            }
        }
        winners
    }

    /// Matches input with output ports; the virtual channels that go through.
    #[inline(never)]
    pub fn arbitrate(
        &mut self,
        kind: AllocatorKind,
        by_port: &mut [PortState],
        random: &mut Stream,
    ) -> Mask<W> {
        allocate(kind, &mut self.requests, by_port, random);
        let matches = self.requests.matches.iter();
        let bidders = matches.map(|&(row, column)| self.bidder(row.into(), column.into(), by_port));
        bidders.fold(Mask::EMPTY, |all, unit| all | Mask::one(unit))
    }
}
