//! A single switch with a queue for each output at every input (Tamir & Frazier, "High-performance multi-queue buffers
//! for VLSI communication switches", ISCA 1988), so that no packet waits behind one for another output.

use std::ops::Range;

use fabricsim_core::{Candidates, Draw, Packet, Place, Routing};

use crate::bounds::Oblivious;
use crate::{ChannelLoads, Demand, DimensionOrder, Grid, HalfWay, NotComputed, Proof, Provable};

/// A grid of one switch: the virtual channel of a terminal's link is the terminal that the packet is for.
#[derive(Clone, Debug)]
pub struct VirtualOutputQueues {
    routing: DimensionOrder,
}

impl VirtualOutputQueues {
    /// With the `routing` of one switch, whose ports have [`VirtualOutputQueues::queues`] virtual channels each.
    pub fn new(routing: DimensionOrder) -> Self {
        debug_assert!(Self::queues(routing.grid()).is_some());
        Self { routing }
    }

    /// Queues at every input: the terminals of its one switch; `None` where there are more switches.
    pub fn queues(grid: &Grid) -> Option<u8> {
        // A switch has at most 64 ports.
        (grid.switches() == 1).then_some(grid.concentration() as u8)
    }
}

impl Routing for VirtualOutputQueues {
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        self.routing.route(at, dest, tag, draw, out);
    }

    fn max_candidates(&self) -> usize {
        self.routing.max_candidates()
    }

    fn injection_vcs(&self, packet: &Packet, _: u8) -> Range<u8> {
        let queue = packet.dest as u8;
        queue..queue + 1
    }
}

impl Provable for VirtualOutputQueues {
    /// As of its switch without queues: no packet of it holds a channel.
    fn prove(&self) -> Proof {
        self.routing.prove()
    }
}

impl Oblivious for VirtualOutputQueues {
    fn grid(&self) -> &Grid {
        self.routing.grid()
    }

    fn half_way(&self) -> HalfWay {
        Oblivious::half_way(&self.routing)
    }

    fn loads(&self, demand: &Demand) -> Result<ChannelLoads, NotComputed> {
        self.routing.loads(demand)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GridChannels;

    #[test]
    fn each_output_has_its_queue() {
        let switch = Grid::mesh(vec![1], 4).expect("a single switch");
        let queues = VirtualOutputQueues::queues(&switch).expect("of one switch");
        let channels = GridChannels::alike(&switch, queues);
        let routing =
            VirtualOutputQueues::new(DimensionOrder::new(&switch, &channels, None, HalfWay::Random));
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
        assert_eq!(VirtualOutputQueues::queues(&more), None);
    }
}
