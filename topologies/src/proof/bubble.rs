//! Routing with bubbles cannot deadlock where every entry to a ring leaves one, and rings are entered in one order.

use std::collections::BTreeMap;

use fabricsim_core::{Network, PortRef, Routing};
use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};

use super::shortened::{in_words, shortened};
use super::{Proof, Provable, network};
use crate::grid::{axis_name, dimension_of, opposite};
use crate::walk::{Answer, Walk, range};
use crate::{AdaptiveBubble, BubbleDimensionOrder, Grid, GridChannels};

impl Provable for BubbleDimensionOrder {
    /// Follows every packet of the grid, or of a shortened one, in one virtual channel, which stands for all.
    fn prove(&self) -> Proof {
        let grid = shortened(self.grid());
        let channels = GridChannels::alike(&grid, 1);
        let alike = Self::new(&grid, &channels, self.compass().half_way());
        prove_bubbles(&grid, &alike, &channels, 0, &in_words(self.grid(), &grid))
    }
}

impl Provable for AdaptiveBubble {
    /// Follows every packet of the grid, or of a shortened one, with one adaptive virtual channel, which stands for all.
    fn prove(&self) -> Proof {
        let grid = shortened(self.grid());
        let channels = GridChannels::alike(&grid, 2);
        let alike = Self::new(&grid, &channels, self.half_way(), self.selection());
        prove_bubbles(&grid, &alike, &channels, 1, &in_words(self.grid(), &grid))
    }
}

/// `least_rank`: of the ways with bubbles; those of lower rank are adaptive.
pub(super) fn prove_bubbles(
    grid: &Grid,
    routing: &impl Routing,
    channels: &GridChannels,
    least_rank: u8,
    looked_at: &str,
) -> Proof {
    let network = network(grid);
    let vcs = channels.by_port(grid);
    let mut survey = Survey::new(grid, &network, least_rank);
    let mut walk = Walk::new(&network, routing, &vcs);
    for dest in 0..grid.terminals() {
        walk.packets_to(dest, |answer| survey.see_channels(answer));
    }
    for dest in 0..grid.terminals() {
        walk.packets_to(dest, |answer| survey.see_hops(answer));
    }
    survey.proof(looked_at)
}

/// All links of one direction of one line: the output port, and the lowest switch of the line.
type Ring = PortRef;

struct Survey<'a> {
    grid: &'a Grid,
    network: &'a Network,
    least_rank: u8,
    /// By port: the virtual channels with bubbles, and the adaptive ones.
    with_bubbles: Vec<u64>,
    adaptive: Vec<u64>,
    rings: BTreeMap<Ring, NodeIndex>,
    /// An edge from a ring to one that its packets enter.
    order: DiGraph<Ring, ()>,
    /// The first thing that is wrong.
    wrong: Option<String>,
}

impl<'a> Survey<'a> {
    fn new(grid: &'a Grid, network: &'a Network, least_rank: u8) -> Self {
        let ports = usize::from(grid.ports());
        Self {
            grid,
            network,
            least_rank,
            with_bubbles: vec![0; ports],
            adaptive: vec![0; ports],
            rings: BTreeMap::new(),
            order: DiGraph::new(),
            wrong: None,
        }
    }

    fn see_channels(&mut self, answer: &Answer) {
        let mut has_way_out = false;
        for way in answer.ways {
            let is_exit = way.port >= self.grid.first_terminal_port();
            has_way_out |= is_exit || way.rank() >= self.least_rank;
            let sets = if way.rank() >= self.least_rank {
                &mut self.with_bubbles
            } else {
                &mut self.adaptive
            };
            if !is_exit {
                sets[usize::from(way.port)] |= range(way.first_vc, way.vcs);
            }
        }
        if !has_way_out {
            let switch = self.grid.switch_name(answer.standing.at.switch);
            self.wrong
                .get_or_insert(format!("a packet at switch {switch} may enter no ring"));
        }
    }

    fn see_hops(&mut self, answer: &Answer) {
        let at = answer.standing.at;
        // The packet travels in the direction that the output port opposite to its input port has.
        let ahead = opposite(at.port);
        let is_link = at.port < self.grid.first_terminal_port();
        let in_ring = is_link && self.with_bubbles[usize::from(ahead)] >> answer.standing.vc & 1 == 1;
        let least_rank = self.least_rank;
        for way in answer.ways.iter().filter(|way| way.rank() >= least_rank) {
            let from = PortRef {
                switch: at.switch,
                port: way.port,
            };
            if self.network.link(from).is_none() || in_ring && way.port == ahead {
                continue;
            }
            let is_ring = self.grid.is_ring(dimension_of(way.port));
            if is_ring && way.packets() < 2 {
                let name = self.name(self.ring(from));
                self.wrong
                    .get_or_insert(format!("a packet may enter {name} without leaving a bubble"));
            }
            let entered = self.node(from);
            if in_ring {
                let left = self.node(PortRef { port: ahead, ..at });
                self.order.update_edge(left, entered, ());
            }
        }
    }

    fn ring(&self, from: PortRef) -> Ring {
        let dimension = dimension_of(from.port);
        let along = self.grid.coordinate(from.switch, dimension) * self.grid.stride(dimension);
        PortRef {
            switch: from.switch - along,
            port: from.port,
        }
    }

    fn node(&mut self, from: PortRef) -> NodeIndex {
        let ring = self.ring(from);
        let order = &mut self.order;
        *self.rings.entry(ring).or_insert_with(|| order.add_node(ring))
    }

    /// `the ring of x in + at (0,3)`.
    fn name(&self, ring: Ring) -> String {
        let dimension = dimension_of(ring.port);
        let kind = if self.grid.is_ring(dimension) {
            "ring"
        } else {
            "line"
        };
        let sign = if ring.port.is_multiple_of(2) { '+' } else { '-' };
        let (axis, switch) = (axis_name(dimension), self.grid.switch_name(ring.switch));
        format!("the {kind} of {axis} in {sign} at {switch}")
    }

    fn proof(self, looked_at: &str) -> Proof {
        if let Some(reason) = self.wrong {
            return Proof::NotProved { reason };
        }
        let mut both = self.with_bubbles.iter().zip(&self.adaptive);
        if both.any(|(bubbles, adaptive)| bubbles & adaptive != 0) {
            let reason = "a virtual channel has bubbles and is adaptive".to_owned();
            return Proof::NotProved { reason };
        }
        if let Err(cycle) = toposort(&self.order, None) {
            let name = self.name(self.order[cycle.node_id()]);
            let reason = format!("packets of {name} may enter others that lead back to it");
            return Proof::NotProved { reason };
        }
        let (rings, entries) = (self.order.node_count(), self.order.edge_count());
        Proof::Proved {
            argument: format!(
                "a packet enters a ring only where room for another remains, so that each ring always has a hole that its \
                 packets move into (Carrión et al. 1997), and rings are entered in one order: {looked_at}, {rings} rings \
                 and lines with {entries} ways from one to another have no cycle; with cut-through or store-and-forward switching, \
                 `WholePacketFits` reallocation, room for two packets in a buffer and packets of one length"
            ),
        }
    }
}
