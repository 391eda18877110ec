//! Up*/down* routing of any fabric (M. D. Schroeder et al., "Autonet: A High-speed, Self-configuring Local Area Network
//! Using Point-to-point Links", IEEE J. Selected Areas in Communications 9(8), 1991, section 6.6.4).
//!
//! Needs one virtual channel; any reallocation, any switching. Deadlock-free, since links lead up or down in an order of
//! the switches, and no packet goes up after it went down: a cycle of channels would have to do both.

use std::sync::Arc;

use fabricsim_core::{Candidate, Candidates, Draw, Place, Routing};

use super::NotRoutable;
use super::adjacency::{Adjacency, linked_ports};
use super::by_class::prove_alike;
use super::homes::Homes;
use super::port_table::PortTable;
use super::spread::{ByPacket, Spread, Spreads};
use super::up_down_order::{LegalWays, PLACES, UpDownOrder, place, roots};
use crate::graph::WiredGraph;
use crate::{Proof, Provable};

/// Every packet by a shortest of the ways that go up first and then down, of several as its [`Spread`] says.
///
/// Up is towards the root of a breadth-first spanning tree: the switch with the most links, the first of equals. In a tree
/// all switches of the uppermost level are roots, if all terminals can reach each other so. Between equally near switches
/// up is towards the lower number. Whether a packet has gone down is read off the port that it came in by.
#[derive(Clone, Debug)]
pub struct UpDown {
    wired: Arc<WiredGraph>,
    spread: Spread,
    virtual_channels: u8,
    linked: Vec<u64>,
    legal: LegalTable,
}

impl UpDown {
    /// Virtual channels that it needs.
    pub const NEEDS: u8 = 1;

    /// It offers one way on.
    pub const MAX_CANDIDATES: usize = 1;

    /// Up*/down* of a fabric whose ports all have `virtual_channels`, 1 to 64.
    ///
    /// # Errors
    /// [`NotRoutable::NotConnected`]; [`NotRoutable::TooFewChannels`] of none.
    pub fn new(wired: Arc<WiredGraph>, spread: Spread, virtual_channels: u8) -> Result<Self, NotRoutable> {
        NotRoutable::check_channels(Self::NEEDS, virtual_channels)?;
        Ok(Self {
            spread,
            virtual_channels,
            linked: linked_ports(&wired),
            legal: LegalTable::new(&wired)?,
            wired,
        })
    }

    /// About the bytes that [`UpDown::new`] allocates for its tables; of large fabrics from a sample, and rather more than
    /// it will be.
    ///
    /// # Errors
    /// [`NotRoutable::NotConnected`].
    pub fn table_bytes(wired: &WiredGraph) -> Result<u64, NotRoutable> {
        Ok(LegalTable::estimated_bytes(wired)? + 8 * u64::from(wired.network().switches()))
    }

    /// Bytes of its tables.
    pub fn bytes(&self) -> u64 {
        self.legal.bytes() + 8 * self.linked.len() as u64
    }
}

impl Spreads for UpDown {
    #[inline(always)]
    fn spread_by(
        &self,
        spread: Spread,
        at: Place,
        dest: u32,
        tag: &mut u32,
        draw: &mut impl Draw,
    ) -> Candidate {
        let all = |port| Candidate::new(port, 0, self.virtual_channels);
        let home = self.legal.homes.of(dest);
        if home.switch == at.switch {
            return all(home.port);
        }
        let injected = self.linked[at.switch as usize] >> at.in_port & 1 == 0;
        let has_gone_down = self.legal.order.is_up(at.switch, at.in_port);
        let ports = self.legal.table.set(place(at.switch, has_gone_down), home.number);
        all(spread.choose(ports, (at, injected), dest, tag, draw))
    }

    /// Port 1 stands for all that packets went down by, port 0 for the others.
    fn same_place(&self, at: Place) -> Place {
        Place {
            in_port: self.legal.order.is_up(at.switch, at.in_port).into(),
            in_vc: 0,
            ..at
        }
    }
}

impl Routing for UpDown {
    #[inline]
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        out.push(self.spread_by(self.spread, at, dest, tag, draw));
    }

    fn max_candidates(&self) -> usize {
        Self::MAX_CANDIDATES
    }

    /// Not where the terminals' numbers are hashed.
    fn terminals_are_alike(&self) -> bool {
        self.spread == Spread::Packet
    }

    fn same_place(&self, at: Place) -> Place {
        match self.spread {
            Spread::Packet => Spreads::same_place(self, at),
            // Where a flow begins its hash is made.
            Spread::Flow => at,
        }
    }
}

impl Provable for UpDown {
    /// Flows take some of the ways that packets may take one by one, so that these are looked at.
    fn prove(&self) -> Proof {
        prove_alike(&self.wired, &ByPacket(self), self.virtual_channels)
    }
}

/// The ports that begin a shortest legal way.
#[derive(Clone, Debug)]
pub(super) struct LegalTable {
    pub order: UpDownOrder,
    pub homes: Homes,
    /// By [`place`] and home.
    pub table: PortTable,
}

impl LegalTable {
    pub fn new(wired: &WiredGraph) -> Result<Self, NotRoutable> {
        Self::with(wired, |places, destinations, fill| {
            PortTable::new(places, destinations, fill)
        })
        .map(|(order, homes, table)| Self { order, homes, table })
    }

    pub fn estimated_bytes(wired: &WiredGraph) -> Result<u64, NotRoutable> {
        let (order, homes, table) = Self::with(wired, |places, destinations, fill| {
            PortTable::estimated_bytes(places, destinations, fill)
        })?;
        Ok(order.bytes() + homes.bytes() + table)
    }

    pub fn bytes(&self) -> u64 {
        self.order.bytes() + self.homes.bytes() + self.table.bytes()
    }

    /// What `make` makes of the ways of the first roots from which all terminals reach each other.
    fn with<T>(
        wired: &WiredGraph,
        mut make: impl FnMut(
            usize,
            usize,
            &mut dyn FnMut(usize, &mut [u64]) -> Result<(), NotRoutable>,
        ) -> Result<T, NotRoutable>,
    ) -> Result<(UpDownOrder, Homes, T), NotRoutable> {
        let (homes, adjacency) = (Homes::new(wired), Adjacency::new(wired.network()));
        let switches = homes.switches();
        let mut failure = None;
        for roots in roots(wired.graph(), &adjacency) {
            let order = UpDownOrder::new(&adjacency, &roots);
            let mut ways = LegalWays::new(&adjacency, &order);
            let made = make(
                PLACES * adjacency.switches(),
                switches.len(),
                &mut |home, ports: &mut [u64]| {
                    let to = switches[home];
                    ways.to(to, ports);
                    let is_cut_off = |&&from: &&u32| from != to && ports[place(from, false)] == 0;
                    switches.iter().find(is_cut_off).map_or(Ok(()), |&from| {
                        Err(NotRoutable::NotConnected {
                            from: wired.switch_name(from).to_owned(),
                            to: wired.switch_name(to).to_owned(),
                        })
                    })
                },
            );
            match made {
                Ok(made) => return Ok((order, homes, made)),
                Err(why) => failure = Some(why),
            }
        }
        Err(failure.unwrap_or_else(|| unreachable!("some switch has the most links")))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::graph::KAryNTree;
    use crate::graph::samples::{
        Dice, assert_promises_hold, connected_graphs, graph, links_crossed, path, wired, wired_family,
    };

    fn of(wired: &Arc<WiredGraph>, spread: Spread) -> UpDown {
        UpDown::new(Arc::clone(wired), spread, 1).unwrap()
    }

    /// Links of the shortest legal way between two switches, by trying all.
    fn legal_distance(wired: &WiredGraph, order: &UpDownOrder, from: u32, to: u32) -> u32 {
        let adjacency = Adjacency::new(wired.network());
        let mut at = vec![(from, false)];
        for distance in 0.. {
            if at.iter().any(|&(switch, _)| switch == to) {
                return distance;
            }
            let mut next = Vec::new();
            for &(switch, has_gone_down) in &at {
                for hop in adjacency.of(switch) {
                    let up = order.is_up(switch, hop.port);
                    if !(up && has_gone_down) {
                        next.push((hop.to, !up));
                    }
                }
            }
            next.sort_unstable();
            next.dedup();
            at = next;
        }
        unreachable!("there is a legal way")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn packets_arrive_by_a_shortest_legal_way(graph in connected_graphs(), seed in any::<u64>()) {
            let wired = wired(graph);
            for spread in Spread::ALL {
                let routing = of(&wired, spread);
                let proof = routing.prove();
                prop_assert!(matches!(proof, Proof::Proved { .. }), "{proof:?}");
                let (order, homes) = (&routing.legal.order, &routing.legal.homes);
                for source in 0..wired.terminals() {
                    for dest in 0..wired.terminals() {
                        let (from, to) = (homes.of(source).switch, homes.of(dest).switch);
                        let distance = legal_distance(&wired, order, from, to);
                        let found = links_crossed(&wired, &routing, (source, dest), distance);
                        prop_assert!(found.into_iter().eq([distance]));
                        let path = path(&wired, &routing, (source, dest), &mut Dice(seed));
                        let ups: Vec<bool> = path.iter().map(|at| order.is_up(at.switch, at.port)).collect();
                        prop_assert!(ups.is_sorted_by(|a, b| a >= b), "up after down: {:?}", path);
                    }
                }
            }
        }
    }

    proptest! {
        #[test]
        fn promises_hold(graph in connected_graphs(), vcs in 1_u8..=2) {
            let wired = wired(graph);
            let routing = UpDown::new(Arc::clone(&wired), Spread::Flow, vcs).unwrap();
            assert_promises_hold(&wired, &ByPacket(&routing), vcs);
        }
    }

    #[test]
    fn in_a_tree_all_roots_are_used() {
        let tree = KAryNTree::new(3, 2).unwrap();
        let wired = wired_family(&tree);
        let routing = of(&wired, Spread::Packet);
        let mut dice = Dice(1);
        let mut tops: Vec<u32> = (0..40)
            .map(|_| path(&wired, &routing, (0, 8), &mut dice))
            .map(|path| path[1].switch)
            .collect();
        tops.sort_unstable();
        tops.dedup();
        assert_eq!(tops, [0, 1, 2]);
    }

    #[test]
    fn the_root_is_the_first_with_the_most_links() {
        let star = wired(graph(&[(0, 1), (1, 2), (1, 3), (3, 4), (3, 5)], &[1; 6]));
        let adjacency = Adjacency::new(star.network());
        assert_eq!(roots(star.graph(), &adjacency), [vec![1]]);
        let apart = wired(graph(&[(0, 1), (2, 3)], &[1, 0, 0, 1]));
        assert!(matches!(
            UpDown::new(apart, Spread::Flow, 1),
            Err(NotRoutable::NotConnected { .. })
        ));
    }
}
