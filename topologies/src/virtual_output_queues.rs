//! A single switch with a queue for each output at every input (Tamir & Frazier, "High-performance multi-queue buffers
//! for VLSI communication switches", ISCA 1988), so that no packet waits behind one for another output.

use std::ops::Range;

use fabricsim_core::{Candidate, Candidates, Draw, Packet, Place, Routing};

use crate::Grid;

/// A grid of one switch: the virtual channel of a terminal's link is the output that the packet is for.
#[derive(Clone, Debug)]
pub struct VirtualOutputQueues {
    first_terminal_port: u8,
    terminals: u8,
}

impl VirtualOutputQueues {
    /// It offers one way on.
    pub const MAX_CANDIDATES: usize = 1;

    /// On a grid of one switch; `None` on any other. Every port has [`VirtualOutputQueues::queues`] virtual channels.
    pub fn new(grid: &Grid) -> Option<Self> {
        Some(Self {
            first_terminal_port: grid.first_terminal_port(),
            terminals: Self::queues(grid)?,
        })
    }

    /// Queues at every input: the terminals of its one switch; `None` where there are more switches.
    pub fn queues(grid: &Grid) -> Option<u8> {
        // A switch has at most 64 ports.
        (grid.switches() == 1).then_some(grid.concentration() as u8)
    }
}

impl Routing for VirtualOutputQueues {
    fn route(&self, _: Place, dest: u32, _: &mut u32, _: &mut impl Draw, out: &mut Candidates) {
        let port = self.first_terminal_port + dest as u8;
        out.push(Candidate::new(port, 0, self.terminals));
    }

    fn max_candidates(&self) -> usize {
        Self::MAX_CANDIDATES
    }

    fn injection_vcs(&self, packet: &Packet, _: u8) -> Range<u8> {
        let queue = packet.dest as u8;
        queue..queue + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_output_has_its_queue() {
        let switch = Grid::mesh(vec![1], 4).expect("a single switch");
        let routing = VirtualOutputQueues::new(&switch).expect("of one switch");
        for dest in 0..4 {
            let packet = Packet {
                dest,
                flits: 1,
                class: 0,
            };
            let queue = dest as u8;
            assert_eq!(routing.injection_vcs(&packet, 4), queue..queue + 1);
        }
        let more = Grid::mesh(vec![2], 4).expect("two switches");
        assert!(VirtualOutputQueues::new(&more).is_none());
    }
}
