//! The links of a fabric as a search wants them.

use fabricsim_core::Network;

use crate::graph::WiredGraph;

/// A link, from the switch that it leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hop {
    /// The port that it leaves by.
    pub port: u8,
    /// The switch that it leads to.
    pub to: u32,
    /// The port that it comes in by; the link back leaves by the same.
    pub to_port: u8,
}

/// The links of each switch, by port.
#[derive(Clone, Debug)]
pub(super) struct Adjacency {
    /// By switch: where its links begin; the last is their end.
    first: Vec<u32>,
    hops: Vec<Hop>,
}

impl Adjacency {
    pub fn new(network: &Network) -> Self {
        let mut first = vec![0; network.switches() as usize + 1];
        let hops = network.links().map(|link| {
            first[link.from.switch as usize + 1] += 1;
            Hop {
                port: link.from.port,
                to: link.to.switch,
                to_port: link.to.port,
            }
        });
        let hops = hops.collect();
        for switch in 1..first.len() {
            first[switch] += first[switch - 1];
        }
        Self { first, hops }
    }

    /// Number of switches.
    pub fn switches(&self) -> usize {
        self.first.len() - 1
    }

    /// Number of links, each direction counted.
    pub fn links(&self) -> usize {
        self.hops.len()
    }

    /// The links of a switch, by port.
    #[inline]
    pub fn of(&self, switch: u32) -> &[Hop] {
        &self.hops[self.range(switch)]
    }

    /// The numbers of the links of a switch among all.
    #[inline]
    pub fn range(&self, switch: u32) -> std::ops::Range<usize> {
        self.first[switch as usize] as usize..self.first[switch as usize + 1] as usize
    }

    /// A link by its number.
    pub fn hop(&self, link: usize) -> Hop {
        self.hops[link]
    }
}

/// By switch: the ports that lead to other switches. What comes in by another is from a terminal.
pub(super) fn linked_ports(wired: &WiredGraph) -> Vec<u64> {
    let mut ports = vec![0; wired.network().switches() as usize];
    for link in wired.network().links() {
        ports[link.from.switch as usize] |= 1 << link.from.port;
    }
    ports
}
