//! The EnergyCard: four nodes, and which of their links are on the card.

use super::super::builder::{GraphBuilder, GraphError};
use super::super::fabric_graph::{End, Link};
use super::super::location::Location;

/// Nodes of a card (published).
pub const NODES: u32 = 4;

/// Nodes that a fabric can number with its 12 bits (published).
pub const MOST_NODES: u32 = 4096;

/// The port of a node's only terminal, behind links 0 to 4 (assumed).
const ETH0: u32 = 5;

/// Time of flight of a link \[ns\]: a hop takes 200, of which 160 are the switch's (published sum, assumed split).
const LATENCY: f64 = 40.0;

/// Rate of a link \[Gb/s\] (published).
const RATE: f64 = 10.0;

/// The links on a card, published: (node, its link, other node, its link). The last is the one that tori leave off.
const ON_CARD: [[u32; 4]; 4] = [[0, 3, 1, 3], [0, 1, 2, 3], [0, 4, 3, 3], [2, 4, 3, 4]];

/// The link that an uplink leaves node 0 by (assumed).
const UPLINK: u32 = 2;

/// Links of each node that may leave its card, in the order in which they are used: the rest of its five, less those
/// that uplinks take.
const LEAVING: [&[u32]; NODES as usize] = [&[0], &[0, 1, 2, 4], &[0, 1, 2], &[0, 1, 2]];

/// What people call a node.
pub fn node_name(node: u32) -> String {
    format!("Node {node}")
}

/// The links between Calxeda nodes in the making.
pub struct CardWiring<'a> {
    builder: &'a mut GraphBuilder,
    /// By node: how many of its links leave the card so far.
    leaving: Vec<usize>,
    /// The switch of node 0.
    first: u32,
}

impl<'a> CardWiring<'a> {
    /// For nodes that follow on the switches that are there.
    pub fn new(builder: &'a mut GraphBuilder) -> Self {
        Self {
            first: builder.switch_count(),
            builder,
            leaving: Vec::new(),
        }
    }

    /// Adds the next card: its nodes, each with a terminal, but no link yet. `chassis` and `card` number it, `at` says
    /// where its nodes are drawn.
    pub fn add_card(
        &mut self,
        chassis: u32,
        card: u32,
        at: [[u32; 2]; NODES as usize],
    ) -> Result<(), GraphError> {
        for (node, at) in (0..).zip(at) {
            let location = Location::Card {
                chassis,
                card,
                node,
                at,
            };
            let switch = self
                .builder
                .switch(node_name(card * NODES + node), Some(location))?;
            self.builder.terminal(End { switch, port: ETH0 })?;
            self.leaving.push(0);
        }
        Ok(())
    }

    /// Joins a card's nodes 1 to 3 to its node 0; `with_2_3` its nodes 2 and 3, too.
    pub fn link_card(&mut self, card: u32, with_2_3: bool) -> Result<(), GraphError> {
        let on = if with_2_3 { 4 } else { 3 };
        for [a, a_link, b, b_link] in &ON_CARD[..on] {
            let [a, b] = [(a, a_link), (b, b_link)].map(|(node, &port)| End {
                switch: self.first + card * NODES + node,
                port,
            });
            self.builder.link(link(a, b))?;
        }
        Ok(())
    }

    /// Joins two nodes of different cards, each by the next of its links that may leave the card.
    pub fn link_between(&mut self, a: u32, b: u32) -> Result<(), GraphError> {
        let ends = [self.next_leaving(a), self.next_leaving(b)];
        self.builder.link(link(ends[0], ends[1]))
    }

    fn next_leaving(&mut self, node: u32) -> End {
        let used = &mut self.leaving[node as usize];
        let port = LEAVING[(node % NODES) as usize][*used];
        *used += 1;
        End {
            switch: self.first + node,
            port,
        }
    }
}

/// The port by which an uplink leaves a card whose node 0 is this switch.
pub fn uplink_port(switch: u32) -> End {
    End { switch, port: UPLINK }
}

/// A link of the product.
pub fn link(a: End, b: End) -> Link {
    Link {
        ends: [a, b],
        latency: LATENCY,
        rate: RATE,
    }
}
