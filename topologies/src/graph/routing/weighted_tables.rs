//! Routing by the tables of a Calxeda node: adaptive over weighted links, up*/down* as the way out (US 2013/0044587, US
//! 9,405,584: links marked up and down, an escape route; weights: [`CalxedaNodes`]).
//!
//! Needs two virtual channels, the last of which is the escape. Needs `WholePacketFits` or `Atomic` reallocation under
//! wormhole switching, so that a packet's head comes to stand in front of its buffer whatever else waits. Deadlock-free
//! (Duato, "A new theory of deadlock-free adaptive routing in wormhole networks", 1993), since at every switch the packet
//! in front may escape, packets that have escaped stay in the escape channel, and up*/down* has no cycle there.
//!
//! No livelock: a link of the highest weight begins a shortest way, another leads at most one link farther away; a packet
//! takes at most [`WeightedTables::MOST_ALTERNATES`] of those, and none back to where it came from.

use std::sync::Arc;

use fabricsim_core::{Candidate, Candidates, Draw, Place, PortRef, Routing, Selection};
use rayon::prelude::*;

use super::NotRoutable;
use super::adjacency::linked_ports;
use super::by_class::ByClass;
use super::class_channels::ClassChannels;
use super::port_table::PortTable;
use super::up_down::LegalTable;
use super::up_down_order::place;
use crate::compass::rotate;
use crate::graph::{CalxedaNodes, End, LINKS, WiredGraph};
use crate::walk::members;
use crate::{Proof, Provable, prove_with_escape};

/// Weights below the highest one that a link may have.
const ALTERNATE_RANKS: u8 = 2;

/// The rank of the escape.
const ESCAPE: u8 = 1 + ALTERNATE_RANKS;

/// Bits of a set in the table for the links of each weight.
const BITS: u8 = 8;

/// Towards each destination a node gives each of its five links a weight, 0 to 3. A packet takes the link of the highest
/// weight that has room for it, of equals the one with the most credits; where no link has room, the escape, on which it
/// stays.
///
/// The weights are those of the published reports: the links that begin a best way have the highest; alternates, by which
/// the way is longer, lower ones. A packet may take two alternates; it counts them in its tag, by looking at each
/// switch whether the link that it came by was one.
#[derive(Clone, Debug)]
pub struct WeightedTables {
    wired: Arc<WiredGraph>,
    virtual_channels: u8,
    linked: Vec<u64>,
    /// By switch and home: the ports of the highest weight, then in the next [`BITS`] those of the next, and so on.
    weights: PortTable,
    legal: LegalTable,
}

impl WeightedTables {
    /// Virtual channels that it needs: one for the weighted links, and the escape.
    pub const NEEDS: u8 = 2;

    /// Links that do not begin a best way that a packet may take.
    pub const MOST_ALTERNATES: u32 = 2;

    /// It offers every link, and every link as an escape.
    pub const MAX_CANDIDATES: usize = 2 * LINKS;

    /// Routing of a fabric of Calxeda nodes whose ports all have `virtual_channels`, 2 to 64.
    ///
    /// Finds the ways from each node to each in time proportional to nodes² x the nodes about as far away.
    ///
    /// # Errors
    /// [`NotRoutable::NotCalxeda`], [`NotRoutable::NotANode`] of a switch on top of a rack;
    /// [`NotRoutable::NotConnected`]; [`NotRoutable::TooFewChannels`].
    pub fn new(wired: Arc<WiredGraph>, virtual_channels: u8) -> Result<Self, NotRoutable> {
        NotRoutable::check_channels(Self::NEEDS, virtual_channels)?;
        let nodes = CalxedaNodes::of(wired.graph())?;
        check_nodes(&wired, &nodes)?;
        let legal = LegalTable::new(&wired)?;
        let by_pair = weights_by_pair(&wired, &nodes);
        let switches = wired.network().switches() as usize;
        let homes = legal.homes.switches();
        let weights = PortTable::new(switches, homes.len(), |home, sets| {
            let to = homes[home] as usize;
            for (from, set) in sets.iter_mut().enumerate() {
                *set = by_pair[from * switches + to].ports();
            }
            Ok::<(), NotRoutable>(())
        })?;
        Ok(Self {
            virtual_channels,
            linked: linked_ports(&wired),
            weights,
            legal,
            wired,
        })
    }

    /// The most bytes that [`WeightedTables::new`] allocates for its tables, what it needs in between included.
    ///
    /// # Errors
    /// [`NotRoutable::NotConnected`].
    pub fn table_bytes(wired: &WiredGraph) -> Result<u64, NotRoutable> {
        let switches = u64::from(wired.network().switches());
        let row = switches.next_multiple_of(256);
        // The weights of each pair as they are found, then two bytes a pair and four a row.
        let pairs = switches * row * (size_of::<Weights>() as u64 + 2) + switches * row / 64;
        let sets = 8 * (switches * switches).min(1 << 15);
        Ok(pairs + sets + 8 * switches + LegalTable::estimated_bytes(wired)?)
    }

    /// Bytes of its tables.
    pub fn bytes(&self) -> u64 {
        self.weights.bytes() + self.legal.bytes() + 8 * self.linked.len() as u64
    }

    fn escape_channel(&self) -> u8 {
        self.virtual_channels - 1
    }

    /// Whether the link that a packet came in by does not begin a best way.
    #[inline]
    fn came_by_alternate(&self, at: Place, home: u32) -> bool {
        let back = PortRef {
            switch: at.switch,
            port: at.in_port,
        };
        let Some(link) = self.wired.network().link(back) else {
            return false;
        };
        let best = self.weights.set(link.to.switch as usize, home);
        best >> link.to.port & 1 == 0
    }

    /// Adds the links of all weights, the highest first; alternates only for a packet that may take one more.
    #[inline]
    fn add_weighted(
        &self,
        at: Place,
        home: u32,
        may_stray: bool,
        draw: &mut impl Draw,
        out: &mut Candidates,
    ) {
        let sets = self.weights.set(at.switch as usize, home);
        let adaptive = |port| Candidate::new(port, 0, self.escape_channel());
        let first = out.len();
        let of_rank = |rank: u8| sets >> (rank * BITS) & ((1 << BITS) - 1);
        out.extend(members(of_rank(0)).map(adaptive));
        rotate(out, first, draw);
        if may_stray {
            for rank in 1..=ALTERNATE_RANKS {
                let onward = of_rank(rank) & !(1 << at.in_port);
                out.extend(members(onward).map(|port| adaptive(port).with_rank(rank)));
            }
        }
    }
}

impl Routing for WeightedTables {
    #[inline]
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let home = self.legal.homes.of(dest);
        if home.switch == at.switch {
            out.push(Candidate::new(home.port, 0, self.virtual_channels));
            return;
        }
        let injected = self.linked[at.switch as usize] >> at.in_port & 1 == 0;
        let escaped = !injected && at.in_vc == self.escape_channel();
        if !escaped {
            *tag += u32::from(!injected && self.came_by_alternate(at, home.number));
            let may_stray = *tag < Self::MOST_ALTERNATES;
            self.add_weighted(at, home.number, may_stray, draw, out);
        }
        let has_gone_down = escaped && self.legal.order.is_up(at.switch, at.in_port);
        let ports = self.legal.table.set(place(at.switch, has_gone_down), home.number);
        let escape = |port| Candidate::new(port, self.escape_channel(), 1).with_rank(ESCAPE);
        out.extend(members(ports).map(escape));
    }

    fn max_candidates(&self) -> usize {
        Self::MAX_CANDIDATES
    }

    fn selection(&self) -> Selection {
        Selection::MostCredits
    }
}

impl Provable for WeightedTables {
    fn prove(&self) -> Proof {
        let classes = ClassChannels::of_sizes([self.escape_channel(), 1].into_iter());
        let routing = ByClass {
            routing: &WeightsAlike(self),
            classes: &classes,
        };
        prove_with_escape(&self.wired, &routing, classes.classes())
    }
}

/// The same with all weights of the first rank, and the escape of the second: which of several ways a packet asks for
/// first makes no difference to whether it can escape.
///
/// A packet that has not escaped is told what one is told that begins there: any number of alternates, and back to where it
/// came from, too. Packets may wait for more than they do by that. It is no less proved: one that has escaped does not come
/// back, and up*/down* has no cycle from wherever a packet escapes.
struct WeightsAlike<'a>(&'a WeightedTables);

impl WeightsAlike<'_> {
    /// Where a packet begins at the switch; of one that has escaped, where it is.
    fn begin(&self, at: Place) -> Place {
        let linked = self.0.linked[at.switch as usize];
        let came_by_link = linked >> at.in_port & 1 == 1;
        match came_by_link && at.in_vc == self.0.escape_channel() {
            true => at,
            false => Place {
                in_port: linked.trailing_ones() as u8,
                in_vc: 0,
                ..at
            },
        }
    }
}

impl Routing for WeightsAlike<'_> {
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        let first = out.len();
        self.0.route(self.begin(at), dest, tag, draw, out);
        for way in &mut out[first..] {
            *way = way.with_rank(u8::from(way.rank() == ESCAPE));
        }
    }

    fn max_candidates(&self) -> usize {
        self.0.max_candidates()
    }

    fn terminals_are_alike(&self) -> bool {
        true
    }

    fn same_place(&self, at: Place) -> Place {
        self.begin(at)
    }
}

/// Ports by weight: those of the highest, the next, the one after. Links 0 to 4 are among the first five ports in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Weights([u8; 1 + ALTERNATE_RANKS as usize]);

impl Weights {
    /// As the table has it.
    fn ports(self) -> u64 {
        let ranks = (0..).step_by(BITS.into()).zip(self.0);
        ranks.fold(0, |all, (shift, ports)| all | u64::from(ports) << shift)
    }
}

/// By switch, then by destination's switch. All switches are nodes.
fn weights_by_pair(wired: &WiredGraph, nodes: &CalxedaNodes) -> Vec<Weights> {
    let switches = nodes.switches();
    let mut node_of = vec![0; switches.len()];
    for (node, &switch) in switches.iter().enumerate() {
        node_of[switch as usize] = node;
    }
    let mut all = vec![Weights::default(); switches.len() * switches.len()];
    let rows = all.par_chunks_mut(switches.len()).zip(&node_of);
    rows.for_each(|(row, &node)| fill_weights(wired, nodes, node, row));
    all
}

/// The weights of a node's links, by destination's switch.
fn fill_weights(wired: &WiredGraph, nodes: &CalxedaNodes, node: usize, row: &mut [Weights]) {
    let switches = nodes.switches();
    let port_of = |link: usize| {
        let end = End {
            switch: switches[node],
            port: link as u32,
        };
        wired.port(end).map(|at| at.port)
    };
    let ports: [Option<u8>; LINKS] = std::array::from_fn(port_of);
    nodes.for_each_weights(node, |to, weights| {
        let highest = weights.into_iter().max().unwrap_or(0);
        let of_pair = &mut row[switches[to] as usize];
        for (port, weight) in ports.iter().zip(weights).filter(|&(_, weight)| weight > 0) {
            let rank = (highest - weight) as usize;
            of_pair.0[rank] |= port.map_or(0, |port| 1 << port);
        }
    });
}

/// Refuses switches that are no nodes.
fn check_nodes(wired: &WiredGraph, nodes: &CalxedaNodes) -> Result<(), NotRoutable> {
    let mut is_node = vec![false; wired.network().switches() as usize];
    for &switch in nodes.switches() {
        is_node[switch as usize] = true;
    }
    match (0..).zip(is_node).find(|&(_, is_node)| !is_node) {
        Some((switch, _)) => Err(NotRoutable::NotANode {
            name: wired.switch_name(switch).to_owned(),
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::graph::samples::{Dice, assert_promises_hold, links_crossed, path, wired_family};
    use crate::graph::{CalxedaRack, CardChain, CardGrid, EnergyCard, Product, Report, Ring};

    fn fabrics() -> Vec<Arc<WiredGraph>> {
        let torus = CardGrid::torus(&[4, 4], 0).unwrap();
        let mesh = CardGrid::mesh(&[4, 8], 0).unwrap();
        vec![
            wired_family(&EnergyCard),
            wired_family(&CardChain::new(3).unwrap()),
            wired_family(&torus),
            wired_family(&mesh),
        ]
    }

    fn of(wired: &Arc<WiredGraph>, vcs: u8) -> WeightedTables {
        WeightedTables::new(Arc::clone(wired), vcs).unwrap()
    }

    fn offered(routing: &WeightedTables, switch: u32, dest: u32) -> Candidates {
        let mut ways = Candidates::new();
        let at = routing.wired.network().terminals()[switch as usize];
        let place = Place {
            switch: at.switch,
            in_port: at.port,
            in_vc: 0,
        };
        routing.route(place, dest, &mut 0, &mut Dice(1), &mut ways);
        ways
    }

    /// The order in which links are offered is that of the weights in the nodes' own reports.
    #[test]
    fn links_are_offered_by_the_weights_of_the_reports() {
        for wired in fabrics() {
            let (routing, nodes) = (of(&wired, 2), CalxedaNodes::of(wired.graph()).unwrap());
            for node in nodes.numbers() {
                let report = nodes.report(Report::RoutingTable, *node).unwrap();
                for line in report.lines() {
                    let (to, weights) = line.strip_prefix("Node ").unwrap().split_once(": rt - ").unwrap();
                    let weights: Vec<u32> =
                        weights.split('.').map(|weight| weight.parse().unwrap()).collect();
                    let highest = *weights.iter().max().unwrap();
                    let ways = offered(&routing, *node, to.parse().unwrap());
                    let found = ways.iter().filter(|way| way.rank() < ESCAPE).map(|way| {
                        let port = way.port;
                        let end = wired.end(PortRef { switch: *node, port });
                        (end.port, highest - u32::from(way.rank()))
                    });
                    let found: BTreeSet<(u32, u32)> = found.collect();
                    let expected = (0..).zip(weights).filter(|&(_, weight)| weight > 0);
                    assert_eq!(found, expected.collect(), "node {node}: {line}");
                    assert!(ways.iter().any(|way| way.rank() == ESCAPE && way.first_vc == 1));
                }
            }
        }
    }

    #[test]
    fn packets_arrive_after_a_bounded_way() {
        for wired in fabrics() {
            let routing = of(&wired, 3);
            let diameter = wired.graph().distances().unwrap().diameter;
            // Two links more for each alternate, and one for each link of the tree up and down.
            let most = diameter + 2 * WeightedTables::MOST_ALTERNATES + 2 * diameter;
            for source in 0..wired.terminals() {
                let distances = wired.graph().distances_from(source);
                for dest in 0..wired.terminals() {
                    let found = links_crossed(&wired, &routing, (source, dest), most);
                    let distance = distances[dest as usize].unwrap();
                    assert_eq!(found.first(), Some(&distance));
                    // The first way offered is of the highest weight.
                    let path = path(&wired, &routing, (source, dest), &mut Dice(u64::from(dest)));
                    assert_eq!(path.len() as u32, distance);
                }
            }
        }
    }

    #[test]
    fn every_fabric_is_proved_with_two_virtual_channels() {
        for wired in fabrics() {
            for vcs in [WeightedTables::NEEDS, 3] {
                let routing = of(&wired, vcs);
                let proof = routing.prove();
                assert!(matches!(proof, Proof::Proved { .. }), "{proof:?}");
                assert_promises_hold(&wired, &WeightsAlike(&routing), vcs);
            }
        }
    }

    #[test]
    fn one_virtual_channel_and_other_fabrics_are_refused() {
        let refused = |wired, vcs| WeightedTables::new(wired, vcs).unwrap_err().to_string();
        assert_eq!(
            refused(wired_family(&EnergyCard), 1),
            "needs 2 virtual channels, but there is 1"
        );
        let ring = wired_family(&Ring::new(4, 1).unwrap());
        assert_eq!(
            refused(ring, 2),
            "`s0` is no Calxeda node: those are named `Node 0`, `Node 1`, …"
        );
        let rack = CalxedaRack::new(2, Product::Viridis, 1).unwrap();
        assert!(matches!(
            WeightedTables::new(wired_family(&rack), 2),
            Err(NotRoutable::NotANode { .. })
        ));
    }

    #[test]
    fn tables_take_no_more_than_was_said() {
        for wired in fabrics() {
            let estimate = WeightedTables::table_bytes(&wired).unwrap();
            let bytes = of(&wired, 2).bytes();
            assert!(bytes <= estimate, "{bytes} of {estimate}");
        }
    }

    #[test]
    #[ignore = "minutes: 4,096 nodes"]
    fn tables_of_the_largest_fabric() {
        let torus = wired_family(&CardGrid::torus(&[64, 64], 0).unwrap());
        let begin = std::time::Instant::now();
        let routing = of(&torus, 2);
        let estimate = WeightedTables::table_bytes(&torus).unwrap();
        println!(
            "{} bytes (estimated {estimate}), {:?}",
            routing.bytes(),
            begin.elapsed()
        );
        assert!(routing.bytes() < 50_000_000);
    }
}
