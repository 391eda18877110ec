//! Which links of a fabric lead up, and the shortest ways that never go up after down.

use std::collections::VecDeque;

use super::adjacency::Adjacency;
use crate::graph::{FabricGraph, Location};

const UNREACHED: u32 = u32::MAX;

/// The places of a switch, by what a packet that stands there has done before.
pub(super) const PLACES: usize = 2;

/// The place where a packet may still go up, or only down.
#[inline(always)]
pub(super) fn place(switch: u32, has_gone_down: bool) -> usize {
    switch as usize * PLACES + usize::from(has_gone_down)
}

/// Which links lead up: to a switch nearer to the roots, of equally near ones to that of the lower number.
#[derive(Clone, Debug)]
pub(super) struct UpDownOrder {
    /// By switch: the ports whose links lead up. A packet that comes in by one of them has come down.
    up: Vec<u64>,
}

impl UpDownOrder {
    pub fn new(adjacency: &Adjacency, roots: &[u32]) -> Self {
        let mut levels = vec![UNREACHED; adjacency.switches()];
        let mut queue = VecDeque::new();
        for &root in roots {
            levels[root as usize] = 0;
            queue.push_back(root);
        }
        while let Some(here) = queue.pop_front() {
            for hop in adjacency.of(here) {
                if levels[hop.to as usize] == UNREACHED {
                    levels[hop.to as usize] = levels[here as usize] + 1;
                    queue.push_back(hop.to);
                }
            }
        }
        let rank = |switch: u32| (levels[switch as usize], switch);
        let up = (0..adjacency.switches() as u32).map(|here| {
            let up = adjacency.of(here).iter().filter(|hop| rank(hop.to) < rank(here));
            up.fold(0, |ports, hop| ports | 1 << hop.port)
        });
        Self { up: up.collect() }
    }

    /// Whether the link at a port leads up.
    #[inline(always)]
    pub fn is_up(&self, switch: u32, port: u8) -> bool {
        self.up[switch as usize] >> port & 1 == 1
    }

    pub fn bytes(&self) -> u64 {
        8 * self.up.len() as u64
    }
}

/// Roots to be tried one set after the other: of a tree its uppermost level, of any fabric the switch with the most
/// links, the first of equals.
pub(super) fn roots(graph: &FabricGraph, adjacency: &Adjacency) -> Vec<Vec<u32>> {
    let is_top = |switch: &u32| {
        let location = &graph.switch(*switch).location;
        matches!(location, Some(Location::Level { level: 0, .. }))
    };
    let switches = || 0..adjacency.switches() as u32;
    let top: Vec<u32> = switches().filter(is_top).collect();
    let links = |switch: u32| adjacency.of(switch).len();
    let most = switches().max_by_key(|&switch| (links(switch), std::cmp::Reverse(switch)));
    let mut roots = vec![most.into_iter().collect()];
    if !top.is_empty() {
        roots.insert(0, top);
    }
    roots
}

/// Searches for all shortest legal ways to one switch after the other: any number of links up, then any number down.
pub(super) struct LegalWays<'a> {
    adjacency: &'a Adjacency,
    order: &'a UpDownOrder,
    /// By [`place`].
    distances: Vec<u32>,
    /// Switches, and whether packets there have gone down, in the order in which they are reached.
    reached: Vec<(u32, bool)>,
}

impl<'a> LegalWays<'a> {
    pub fn new(adjacency: &'a Adjacency, order: &'a UpDownOrder) -> Self {
        let places = PLACES * adjacency.switches();
        Self {
            adjacency,
            order,
            distances: vec![UNREACHED; places],
            reached: Vec::with_capacity(places),
        }
    }

    /// Gives each place the set of its ports that begin a shortest legal way to `home`; none to those without one.
    pub fn to(&mut self, home: u32, ports: &mut [u64]) {
        ports.fill(0);
        self.distances.fill(UNREACHED);
        self.reached.clear();
        for has_gone_down in [false, true] {
            self.distances[place(home, has_gone_down)] = 0;
            self.reached.push((home, has_gone_down));
        }
        let mut next = 0;
        while let Some(&(here, has_gone_down)) = self.reached.get(next) {
            next += 1;
            let farther = self.distances[place(here, has_gone_down)] + 1;
            for hop in self.adjacency.of(here) {
                // Backwards: packets come from there, down where the link from here leads up.
                let comes_down = self.order.is_up(here, hop.port);
                if comes_down != has_gone_down {
                    continue;
                }
                let before: &[bool] = if comes_down { &[false, true] } else { &[false] };
                for &before in before {
                    let from = place(hop.to, before);
                    if self.distances[from] == UNREACHED {
                        self.distances[from] = farther;
                        self.reached.push((hop.to, before));
                    }
                    if self.distances[from] == farther {
                        ports[from] |= 1 << hop.to_port;
                    }
                }
            }
        }
    }
}
