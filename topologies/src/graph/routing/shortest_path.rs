//! Shortest-path routing of any fabric (Dally & Towles, section 8.2; equal-cost multi-path: Hopps, RFC 2992).
//!
//! Virtual channels: classes by links crossed, as many as the fabric needs, at most its diameter; any reallocation, any
//! switching. Deadlock-free, since a packet goes to a higher class with each link, and within the last class the
//! dependencies of the packets that get there have no cycle (Günther, "Prevention of Deadlocks in Packet-Switched Data
//! Transport Systems", IEEE Trans. Communications 29(4), 1981; Dally & Towles, section 14.2.1).

use std::sync::Arc;

use fabricsim_core::{Candidate, Candidates, Draw, Outcomes, Place, PortRef, Routing};

use super::NotRoutable;
use super::adjacency::{Adjacency, linked_ports};
use super::by_class::prove_by_class;
use super::class_channels::ClassChannels;
use super::homes::Homes;
use super::port_table::PortTable;
use super::shortest_ways::{Dependencies, ShortestWays};
use super::spread::{ByPacket, Spread, Spreads};
use crate::graph::WiredGraph;
use crate::{Proof, Provable};

/// Fabrics of more terminals have too many flows to be followed in seconds.
const MOST_FOLLOWED: u32 = 8192;

/// Every packet by a shortest way, of several as its [`Spread`] says.
///
/// A packet that has crossed n links takes the virtual channels of class n, or of the last class if there are no more.
/// The classes are the fewest that are free of deadlock, but no more than the virtual channels, which they share out
/// equally, the first ones taking what is left. The class is read off the virtual channel that the packet came in by.
#[derive(Clone, Debug)]
pub struct ShortestPath {
    wired: Arc<WiredGraph>,
    spread: Spread,
    virtual_channels: u8,
    classes: ClassChannels,
    homes: Homes,
    /// By switch and home: the ports that begin a shortest way.
    table: PortTable,
    linked: Vec<u64>,
}

impl ShortestPath {
    /// It offers one way on.
    pub const MAX_CANDIDATES: usize = 1;

    /// Shortest paths of a fabric whose ports all have `virtual_channels`, 1 to 64. With fewer than
    /// [`ShortestPath::needs`] it can deadlock.
    ///
    /// Takes time proportional to switches with terminals x links x links of a switch.
    ///
    /// # Errors
    /// [`NotRoutable::NotConnected`]; [`NotRoutable::TooFewChannels`] of none.
    pub fn new(wired: Arc<WiredGraph>, spread: Spread, virtual_channels: u8) -> Result<Self, NotRoutable> {
        NotRoutable::check_channels(1, virtual_channels)?;
        let (homes, adjacency) = (Homes::new(&wired), Adjacency::new(wired.network()));
        let mut dependencies = Dependencies::new(&adjacency, homes.switches());
        let mut search = Search::new(&wired, &homes, &adjacency);
        // Once all virtual channels are seen to be needed, dependencies need not be looked at any more.
        let mut all_needed = virtual_channels == 1;
        let table = PortTable::new(adjacency.switches(), homes.switches().len(), |home, ports| {
            search.to(home, ports)?;
            if !all_needed {
                dependencies.note(&search.ways, ports);
                all_needed = (home + 1).is_power_of_two() && !dependencies.is_acyclic(virtual_channels - 1);
            }
            Ok::<(), NotRoutable>(())
        })?;
        let classes = match all_needed {
            true => virtual_channels,
            false => dependencies.fewest_classes().min(virtual_channels),
        };
        Ok(Self {
            spread,
            virtual_channels,
            classes: ClassChannels::new(classes, virtual_channels),
            linked: linked_ports(&wired),
            homes,
            table,
            wired,
        })
    }

    /// The fewest virtual channels with which no packets can deadlock; 255 stands for all above too. Searches for all ways,
    /// as [`ShortestPath::new`] does, and follows each flow; of more than 8,192 terminals the flows are taken for packets that
    /// draw, which may need more.
    ///
    /// # Errors
    /// [`NotRoutable::NotConnected`].
    pub fn needs(wired: &WiredGraph, spread: Spread) -> Result<u8, NotRoutable> {
        let (homes, adjacency) = (Homes::new(wired), Adjacency::new(wired.network()));
        let mut dependencies = Dependencies::new(&adjacency, homes.switches());
        let mut search = Search::new(wired, &homes, &adjacency);
        let mut ports = vec![0; adjacency.switches()];
        let follows_flows = spread == Spread::Flow && wired.terminals() <= MOST_FOLLOWED;
        for home in 0..homes.switches().len() {
            search.to(home, &mut ports)?;
            match follows_flows {
                true => Flows::new(wired, &adjacency, &ports).to(&homes, home, &mut dependencies),
                false => dependencies.note(&search.ways, &ports),
            }
        }
        Ok(dependencies.fewest_classes())
    }

    /// How packets are spread over several shortest ways.
    pub fn spread(&self) -> Spread {
        self.spread
    }

    /// Classes of virtual channels: as many as needed, or as there are.
    pub fn classes(&self) -> u8 {
        self.classes.classes()
    }

    /// About the bytes that [`ShortestPath::new`] allocates for its tables; of large fabrics from a sample, and rather
    /// more than it will be.
    ///
    /// # Errors
    /// [`NotRoutable::NotConnected`].
    pub fn table_bytes(wired: &WiredGraph) -> Result<u64, NotRoutable> {
        let (homes, adjacency) = (Homes::new(wired), Adjacency::new(wired.network()));
        let mut search = Search::new(wired, &homes, &adjacency);
        let places = adjacency.switches();
        let table = PortTable::estimated_bytes(places, homes.switches().len(), |home, ports| {
            search.to(home, ports)
        })?;
        Ok(table + homes.bytes() + 8 * places as u64)
    }

    /// Bytes of its tables.
    pub fn bytes(&self) -> u64 {
        self.table.bytes() + self.homes.bytes() + 8 * self.linked.len() as u64
    }
}

impl Spreads for ShortestPath {
    #[inline(always)]
    fn spread_by(
        &self,
        spread: Spread,
        at: Place,
        dest: u32,
        tag: &mut u32,
        draw: &mut impl Draw,
    ) -> Candidate {
        let home = self.homes.of(dest);
        if home.switch == at.switch {
            return Candidate::new(home.port, 0, self.virtual_channels);
        }
        let injected = self.linked[at.switch as usize] >> at.in_port & 1 == 0;
        let ports = self.table.set(at.switch as usize, home.number);
        let port = spread.choose(ports, (at, injected), dest, tag, draw);
        let class = if injected {
            0
        } else {
            self.classes.class(at.in_vc) + 1
        };
        self.classes.of(class).of_port(port)
    }

    /// All links of a class are the same.
    fn same_place(&self, at: Place) -> Place {
        let linked = self.linked[at.switch as usize];
        if linked >> at.in_port & 1 == 0 {
            return Place { in_vc: 0, ..at };
        }
        Place {
            in_port: linked.trailing_zeros() as u8,
            in_vc: self.classes.of(self.classes.class(at.in_vc)).first,
            ..at
        }
    }
}

impl Routing for ShortestPath {
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

    /// Of flows too: their hash is in the tag, but where they begin.
    fn same_place(&self, at: Place) -> Place {
        Spreads::same_place(self, at)
    }
}

impl Provable for ShortestPath {
    /// Flows take some of the ways that packets may take one by one, so that these are looked at first.
    fn prove(&self) -> Proof {
        let (wired, classes) = (&self.wired, &self.classes);
        let by_packet = prove_by_class(wired, &ByPacket(self), classes, self.virtual_channels);
        match (self.spread, &by_packet) {
            (Spread::Packet, _) | (_, Proof::Proved { .. }) => by_packet,
            (Spread::Flow, _) => prove_by_class(wired, self, classes, self.virtual_channels),
        }
    }
}

/// A search that sees that there is a way between all terminals.
struct Search<'a> {
    wired: &'a WiredGraph,
    homes: &'a Homes,
    ways: ShortestWays<'a>,
}

impl<'a> Search<'a> {
    fn new(wired: &'a WiredGraph, homes: &'a Homes, adjacency: &'a Adjacency) -> Self {
        Self {
            wired,
            homes,
            ways: ShortestWays::new(adjacency),
        }
    }

    /// The ports of all switches towards the switch of the `home`-th home.
    fn to(&mut self, home: usize, ports: &mut [u64]) -> Result<(), NotRoutable> {
        let switches = self.homes.switches();
        self.ways.to(switches[home], ports);
        // Links go both ways: what the first reaches, all of that reach each other.
        let cut_off = |&&from: &&u32| from != switches[0] && ports[from as usize] == 0;
        match switches.iter().find(cut_off).filter(|_| home == 0) {
            Some(&from) => Err(NotRoutable::NotConnected {
                from: self.wired.switch_name(from).to_owned(),
                to: self.wired.switch_name(switches[0]).to_owned(),
            }),
            None => Ok(()),
        }
    }
}

/// Follows flows by the ports that begin a shortest way to a switch.
struct Flows<'a> {
    wired: &'a WiredGraph,
    adjacency: &'a Adjacency,
    /// By switch.
    ports: &'a [u64],
    /// The links of the present one.
    way: Vec<usize>,
}

impl<'a> Flows<'a> {
    fn new(wired: &'a WiredGraph, adjacency: &'a Adjacency, ports: &'a [u64]) -> Self {
        Self {
            wired,
            adjacency,
            ports,
            way: Vec::new(),
        }
    }

    /// Notes those of all terminals to the terminals of the `home`-th home.
    fn to(mut self, homes: &Homes, home: usize, dependencies: &mut Dependencies) {
        let is_here = |&dest: &u32| homes.of(dest).number as usize == home;
        for dest in (0..self.wired.terminals()).filter(is_here) {
            for &entry in self.wired.network().terminals() {
                self.follow(entry, homes.of(dest).switch, dest);
                dependencies.note_way(&self.way);
            }
        }
    }

    /// Finds the way of a flow that comes in at `entry`.
    fn follow(&mut self, entry: PortRef, home: u32, dest: u32) {
        self.way.clear();
        let (mut at, mut tag) = (entry, 0);
        while at.switch != home {
            let place = Place {
                switch: at.switch,
                in_port: at.port,
                in_vc: 0,
            };
            let ports = self.ports[at.switch as usize];
            let injected = self.way.is_empty();
            let draw = &mut Outcomes::default(); // of which a flow takes none
            let port = Spread::Flow.choose(ports, (place, injected), dest, &mut tag, draw);
            let mut links = self.adjacency.range(at.switch);
            let Some(link) = links.find(|&link| self.adjacency.hop(link).port == port) else {
                unreachable!("a shortest way begins with a link");
            };
            self.way.push(link);
            let hop = self.adjacency.hop(link);
            at = PortRef {
                switch: hop.to,
                port: hop.to_port,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::graph::samples::{
        Dice, assert_promises_hold, connected_graphs, graph, links_crossed, path, wired, wired_family,
    };
    use crate::graph::{GridFabric, KAryNTree, Ring};

    fn of(wired: &Arc<WiredGraph>, spread: Spread, vcs: u8) -> ShortestPath {
        ShortestPath::new(Arc::clone(wired), spread, vcs).unwrap()
    }

    fn is_proved(routing: &impl Provable) -> bool {
        matches!(routing.prove(), Proof::Proved { .. })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn packets_arrive_by_a_shortest_way(graph in connected_graphs(), vcs in 1_u8..=4, seed in any::<u64>()) {
            let wired = wired(graph);
            let by_packet = of(&wired, Spread::Packet, vcs);
            let by_flow = of(&wired, Spread::Flow, vcs);
            let homes = &by_packet.homes;
            for source in 0..wired.terminals() {
                let distances = wired.graph().distances_from(homes.of(source).switch);
                for dest in 0..wired.terminals() {
                    let distance = distances[homes.of(dest).switch as usize].unwrap();
                    let pair = (source, dest);
                    for routing in [&by_packet, &by_flow] {
                        prop_assert_eq!(links_crossed(&wired, routing, pair, distance), BTreeSet::from([distance]));
                    }
                    let ways = [seed, !seed].map(|seed| path(&wired, &by_flow, pair, &mut Dice(seed)));
                    prop_assert_eq!(&ways[0], &ways[1], "a flow keeps its way");
                }
            }
        }

        #[test]
        fn promises_hold(graph in connected_graphs(), vcs in 1_u8..=5) {
            let wired = wired(graph);
            for spread in Spread::ALL {
                let routing = of(&wired, spread, vcs);
                assert_promises_hold(&wired, &routing, vcs);
                assert_promises_hold(&wired, &ByPacket(&routing), vcs);
            }
        }

        /// The search for the classes and the proof are made in different ways.
        #[test]
        fn the_classes_are_the_fewest_that_are_proved(graph in connected_graphs()) {
            let wired = wired(graph);
            let needed = ShortestPath::needs(&wired, Spread::Packet).unwrap();
            for spread in Spread::ALL {
                let routing = of(&wired, spread, needed);
                prop_assert_eq!(routing.classes(), needed);
                prop_assert_eq!(of(&wired, spread, needed + 2).classes(), needed);
                prop_assert!(is_proved(&routing));
            }
            if needed > 1 {
                prop_assert!(!is_proved(&of(&wired, Spread::Packet, needed - 1)));
            }
            let proved = (1..=needed).find(|&vcs| is_proved(&of(&wired, Spread::Flow, vcs)));
            prop_assert_eq!(ShortestPath::needs(&wired, Spread::Flow).unwrap(), proved.unwrap());
        }
    }

    #[test]
    fn rings_need_two_classes_and_more() {
        let needs = |switches| {
            ShortestPath::needs(&wired_family(&Ring::new(switches, 1).unwrap()), Spread::Packet).unwrap()
        };
        // In a ring of three or four (ties go both ways) packets that have crossed a link wait for nobody else's.
        let found: Vec<u8> = (3..=9).map(needs).collect();
        assert_eq!(found, [1, 2, 2, 3, 3, 4, 4]);
        let ring = wired_family(&Ring::new(5, 1).unwrap());
        assert!(!is_proved(&of(&ring, Spread::Packet, 1)));
        assert!(!is_proved(&of(&ring, Spread::Flow, 1)));
        assert!(is_proved(&of(&ring, Spread::Flow, 2)));
    }

    /// The last link of half a ring is asked for after half a ring in the other dimension, and all but one link of it.
    #[test]
    fn a_torus_needs_as_many_classes_as_its_diameter() {
        let torus = wired_family(&GridFabric::new(vec![8, 6], vec![true; 2], 1).unwrap());
        assert_eq!(ShortestPath::needs(&torus, Spread::Packet), Ok(7));
    }

    #[test]
    fn trees_need_one_class() {
        let tree = wired_family(&KAryNTree::new(2, 4).unwrap());
        let routing = of(&tree, Spread::Packet, 3);
        assert_eq!(routing.classes(), 1);
        assert!(is_proved(&routing));
    }

    #[test]
    fn tables_of_regular_fabrics_are_small() {
        let torus = GridFabric::new(vec![64, 64], vec![true; 2], 1).unwrap();
        let torus = wired_family(&torus);
        let routing = of(&torus, Spread::Packet, 2);
        assert_eq!(routing.classes(), 2);
        // A byte a pair would be 16.8 MB.
        assert!(routing.bytes() < 600_000, "{}", routing.bytes());
        let estimate = ShortestPath::table_bytes(&torus).unwrap();
        assert!((routing.bytes()..4_000_000).contains(&estimate), "{estimate}");
    }

    #[test]
    #[ignore = "minutes: 65,536 switches, and 65,536 terminals"]
    fn tables_of_the_largest_fabrics() {
        let torus = wired_family(&GridFabric::new(vec![256, 256], vec![true; 2], 1).unwrap());
        let tree = wired_family(&KAryNTree::new(16, 4).unwrap());
        for (name, fabric) in [("torus", torus), ("fat tree", tree)] {
            let begin = std::time::Instant::now();
            let estimate = ShortestPath::table_bytes(&fabric).unwrap();
            println!("{name}: estimated {estimate} bytes, {:?}", begin.elapsed());
            let routing = of(&fabric, Spread::Packet, 4);
            let bytes = routing.table.bytes();
            println!(
                "{name}: {} bytes, of which {bytes} hold the ways; {:?}",
                routing.bytes(),
                begin.elapsed()
            );
            assert!(routing.bytes() < 100_000_000);
        }
    }

    #[test]
    fn parts_that_no_link_joins_are_refused() {
        let apart = wired(graph(&[(0, 1), (2, 3)], &[1, 0, 0, 1]));
        let refused = ShortestPath::new(apart, Spread::Packet, 1).unwrap_err();
        assert_eq!(refused.to_string(), "no way leads from `s3` to `s0`");
        let part_without_terminals = wired(graph(&[(0, 1), (2, 3)], &[1, 1, 0, 0]));
        assert!(ShortestPath::new(part_without_terminals, Spread::Packet, 1).is_ok());
    }
}
