//! The channel dependency graph of a routing on a fabric (Dally & Seitz 1987).

use std::collections::VecDeque;
use std::ops::Range;

use fabricsim_core::{Link, Network, PortRef, Routing};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::walk::{Answer, Standing, Walk, members, range, slot};

/// Virtual channels of one link that the routing never tells apart: every packet that may have one of them
/// may have any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Channel {
    /// The output port that drives the link.
    pub from: PortRef,
    /// First virtual channel of the range.
    pub first_vc: u8,
    /// Number of virtual channels in the range.
    pub vcs: u8,
}

/// Which channels a packet may ask for while it holds another: an edge from the held to the wanted.
///
/// It is made by the routing that runs, asked at every place that a packet can be, for every outcome of its
/// draws. Without a cycle, and with terminals that take what arrives, no routing of this fabric can deadlock,
/// whatever the length of packets and the size of buffers (Dally & Seitz 1987); that holds for every rule of
/// [`VcReallocation`](fabricsim_core::VcReallocation).
#[derive(Clone, Debug)]
pub struct ChannelDependencyGraph {
    graph: DiGraph<Channel, ()>,
}

impl ChannelDependencyGraph {
    /// Follows every packet from every terminal to every terminal, in each virtual channel that it may come in by,
    /// with each tag. `virtual_channels` are those of the ports, by port.
    ///
    /// Takes time proportional to terminals x (terminals + links) x virtual channels x tags.
    pub fn new(network: &Network, routing: &impl Routing, virtual_channels: &[u8]) -> Self {
        let most = virtual_channels.iter().copied().max().unwrap_or(1);
        let mut survey = Survey::new(network, most);
        let mut walk = Walk::new(network, routing, virtual_channels);
        for dest in 0..network.terminals().len() as u32 {
            walk.packets_to(dest, |answer| survey.see(answer));
        }
        survey.graph()
    }

    /// Of dependencies that were found in another way.
    pub(crate) fn of(graph: DiGraph<Channel, ()>) -> Self {
        Self { graph }
    }

    /// Number of channels that packets use.
    pub fn channels(&self) -> usize {
        self.graph.node_count()
    }

    /// Number of dependencies between them.
    pub fn dependencies(&self) -> usize {
        self.graph.edge_count()
    }

    /// A cycle of channels, each waiting for the next and the last for the first; `None` if there is none.
    ///
    /// It is the shortest cycle through the first channel of the smallest set of channels that all depend on
    /// each other: a single ring where rings are what is wrong. The first is by (switch, port, virtual
    /// channel).
    pub fn cycle(&self) -> Option<Vec<Channel>> {
        let start = kosaraju_scc(&self.graph)
            .into_iter()
            .filter(|knot| knot.len() > 1 || self.graph.contains_edge(knot[0], knot[0]))
            .filter_map(|knot| Some((knot.len(), *knot.iter().min()?)))
            .min()?
            .1;
        self.shortest_cycle_through(start)
    }

    /// Breadth first from `start` until it is met again.
    fn shortest_cycle_through(&self, start: NodeIndex) -> Option<Vec<Channel>> {
        let mut found_from = vec![None; self.graph.node_count()];
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            for next in self.graph.neighbors(node) {
                if found_from[next.index()].is_some() {
                    continue;
                }
                found_from[next.index()] = Some(node);
                if next == start {
                    return Some(self.trace_back(start, &found_from));
                }
                queue.push_back(next);
            }
        }
        None
    }

    fn trace_back(&self, start: NodeIndex, found_from: &[Option<NodeIndex>]) -> Vec<Channel> {
        let mut cycle = Vec::new();
        let mut node = start;
        while let Some(before) = found_from[node.index()] {
            cycle.push(self.graph[before]);
            node = before;
            if node == start {
                break;
            }
        }
        cycle.reverse();
        cycle
    }
}

/// The output ports and virtual channels that were asked for from one place: few, so a list.
type Requests = Vec<(u8, u64)>;

/// Collects what packets ask for, one destination after the other.
struct Survey<'a> {
    network: &'a Network,
    /// The most virtual channels of any port.
    virtual_channels: u8,
    /// By input port: the virtual channels in which any packet comes in.
    used: Vec<u64>,
    /// By (input port, virtual channel).
    requests: Vec<Requests>,
    /// Virtual channels at which some range that was asked for begins, or the one before ended.
    boundaries: u64,
}

impl<'a> Survey<'a> {
    fn new(network: &'a Network, virtual_channels: u8) -> Self {
        let inputs = network.switches() as usize * usize::from(network.ports());
        Self {
            network,
            virtual_channels,
            used: vec![0; inputs],
            requests: vec![Requests::new(); inputs * usize::from(virtual_channels)],
            boundaries: 1,
        }
    }

    /// Notes what a packet may ask for.
    fn see(&mut self, answer: &Answer) {
        let Standing { at, vc, .. } = answer.standing;
        let slot = self.slot(at);
        self.used[slot] |= 1 << vc;
        let held = slot * usize::from(self.virtual_channels) + usize::from(vc);
        for way in answer.ways {
            if self.link(at.switch, way.port).is_none() {
                continue; // to a terminal, which waits for nobody
            }
            let channels = range(way.first_vc, way.vcs);
            self.boundaries |= 1 << way.first_vc | (channels << 1 & !channels);
            note(&mut self.requests[held], way.port, channels);
        }
    }

    /// The graph of all that was noted.
    ///
    /// Ranges are cut at all boundaries, so that the members of a node are asked for by the same packets. A
    /// cycle of nodes is then a cycle of virtual channels: in each node take the member that has the edge to
    /// the next.
    fn graph(&self) -> ChannelDependencyGraph {
        let classes: Vec<u64> = members(self.boundaries & range(0, self.virtual_channels))
            .map(|first| self.class_from(first))
            .collect();
        let mut graph = DiGraph::new();
        let nodes = self.add_nodes(&mut graph, &classes);
        for link in self.network.links() {
            for (&class, held) in classes.iter().zip(&nodes[self.slots(link.to, classes.len())]) {
                let Some(held) = held else { continue };
                for (port, wanted) in self.requests_of_class(link.to, class) {
                    let Some(next) = self.link(link.to.switch, port) else {
                        continue;
                    };
                    let next_nodes = &nodes[self.slots(next.to, classes.len())];
                    for (class, node) in classes.iter().zip(next_nodes) {
                        if let Some(node) = node.filter(|_| class & wanted != 0) {
                            graph.add_edge(*held, node, ());
                        }
                    }
                }
            }
        }
        ChannelDependencyGraph { graph }
    }

    /// A node for each class of each link that a packet uses; returned by (input port, class).
    fn add_nodes(&self, graph: &mut DiGraph<Channel, ()>, classes: &[u64]) -> Vec<Option<NodeIndex>> {
        let mut nodes = vec![None; self.used.len() * classes.len()];
        for link in self.network.links() {
            let slots = self.slots(link.to, classes.len());
            for (node, class) in nodes[slots].iter_mut().zip(classes) {
                *node = (self.used[self.slot(link.to)] & class != 0).then(|| {
                    graph.add_node(Channel {
                        from: link.from,
                        first_vc: class.trailing_zeros() as u8,
                        vcs: class.count_ones() as u8,
                    })
                });
            }
        }
        nodes
    }

    /// The virtual channels from `first` to before the next boundary.
    fn class_from(&self, first: u8) -> u64 {
        let beyond = self.boundaries & !range(0, first + 1);
        let end = (beyond.trailing_zeros() as u8).min(self.virtual_channels);
        range(first, end - first)
    }

    /// What packets in any of these virtual channels of an input ask for.
    fn requests_of_class(&self, at: PortRef, class: u64) -> Requests {
        let requests = &self.requests[self.slots(at, self.virtual_channels.into())];
        let mut all = Requests::new();
        for vc in members(class) {
            for &(port, channels) in &requests[usize::from(vc)] {
                note(&mut all, port, channels);
            }
        }
        all
    }

    fn link(&self, switch: u32, port: u8) -> Option<&'a Link> {
        self.network.link(PortRef { switch, port })
    }

    fn slot(&self, at: PortRef) -> usize {
        slot(self.network, at)
    }

    /// The entries of an input port in a table of `each` for every one.
    fn slots(&self, at: PortRef, each: usize) -> Range<usize> {
        let first = self.slot(at) * each;
        first..first + each
    }
}

fn note(requests: &mut Requests, port: u8, channels: u64) {
    match requests.iter_mut().find(|request| request.0 == port) {
        Some(request) => request.1 |= channels,
        None => requests.push((port, channels)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use fabricsim_core::{Candidate, Candidates, Draw, FlitTime, Place};
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{answers, port_ref, routings};
    use crate::{DimensionOrder, Grid, GridChannels, HalfWay};

    fn graph_of(routing: &DimensionOrder) -> ChannelDependencyGraph {
        let network = routing.grid().network(1, FlitTime::ONE).unwrap();
        ChannelDependencyGraph::new(&network, routing, &routing.channels().by_port(routing.grid()))
    }

    fn one_channel_torus(sides: &[u32]) -> ChannelDependencyGraph {
        let grid = Grid::torus(sides.to_vec(), 1).unwrap();
        graph_of(&DimensionOrder::new(
            &grid,
            &GridChannels::alike(&grid, 1),
            None,
            HalfWay::Plus,
        ))
    }

    #[test]
    fn the_cycle_of_a_torus_is_its_smallest_ring() {
        let cycle = one_channel_torus(&[8, 4]).cycle().unwrap();
        let switches: Vec<u32> = cycle.iter().map(|channel| channel.from.switch).collect();
        assert_eq!(switches, [0, 8, 16, 24]);
        assert!(
            cycle
                .iter()
                .all(|c| c.from.port == 2 && (c.first_vc, c.vcs) == (0, 1))
        );
    }

    #[test]
    fn a_ring_of_four_with_ties_to_plus_turns_in_one_direction_only() {
        // Going -, no packet takes two hops: 4 channels in + that depend on the next, 4 in - that wait for
        // nobody.
        let graph = one_channel_torus(&[4]);
        assert_eq!((graph.channels(), graph.dependencies()), (8, 4));
        assert!(
            graph
                .cycle()
                .is_some_and(|cycle| cycle.iter().all(|c| c.from.port == 0))
        );
    }

    /// Around a ring of four in +, with 3 virtual channels: by the one that a packet is in, the range (first, number)
    /// that it may have next.
    struct Around([(u8, u8); 3]);

    impl Routing for Around {
        fn route(&self, at: Place, dest: u32, _: &mut u32, _: &mut impl Draw, out: &mut Candidates) {
            let port = if at.switch == dest { 2 } else { 0 };
            let (first_vc, vcs) = self.0[usize::from(at.in_vc)];
            out.push(Candidate::new(port, first_vc, vcs));
        }

        fn max_candidates(&self) -> usize {
            1
        }
    }

    #[test]
    fn ranges_of_virtual_channels_are_told_apart() {
        let network = Grid::torus(vec![4], 1)
            .unwrap()
            .network(1, FlitTime::ONE)
            .unwrap();
        let cycle = |routing| -> Vec<(u8, u8)> {
            let graph = ChannelDependencyGraph::new(&network, &routing, &[3; 3]);
            graph
                .cycle()
                .unwrap()
                .iter()
                .map(|c| (c.first_vc, c.vcs))
                .collect()
        };
        assert_eq!(
            cycle(Around([(1, 2), (0, 1), (0, 1)])),
            [(0, 1), (1, 2), (0, 1), (1, 2)]
        );
        assert_eq!(cycle(Around([(0, 2); 3])), [(0, 2); 4]);
        assert_eq!(cycle(Around([(1, 1); 3])), [(1, 1); 4]);
    }

    /// Every (held, wanted) pair of links and virtual channels, by walking every packet on its own.
    fn dependencies_by_walking(routing: &DimensionOrder) -> BTreeSet<((PortRef, u8), (PortRef, u8))> {
        let grid = routing.grid();
        let network = grid.network(1, FlitTime::ONE).unwrap();
        let mut found = BTreeSet::new();
        for dest in 0..grid.terminals() {
            for &source in network.terminals() {
                // Channels held by the packet, hop by hop: the link (none yet), the input that it feeds, the
                // virtual channel.
                let mut held = BTreeSet::from([(None, source, 0)]);
                while !held.is_empty() {
                    let mut next = BTreeSet::new();
                    for (from, at, in_vc) in held {
                        for (c, _) in answers(routing, at, in_vc, dest) {
                            let Some(link) = network.link(port_ref(at.switch, c.port)) else {
                                continue;
                            };
                            for vc in c.first_vc..c.first_vc + c.vcs {
                                found.extend(from.map(|from| ((from, in_vc), (link.from, vc))));
                                next.insert((Some(link.from), link.to, vc));
                            }
                        }
                    }
                    held = next;
                }
            }
        }
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn edges_are_those_of_packets_walked_one_by_one(routing in routings()) {
            let graph = graph_of(&routing).graph;
            let mut edges = BTreeSet::new();
            for edge in graph.edge_indices() {
                let (held, wanted) = graph.edge_endpoints(edge).map(|(a, b)| (graph[a], graph[b])).unwrap();
                for vc in held.first_vc..held.first_vc + held.vcs {
                    for next in wanted.first_vc..wanted.first_vc + wanted.vcs {
                        edges.insert(((held.from, vc), (wanted.from, next)));
                    }
                }
            }
            prop_assert_eq!(edges, dependencies_by_walking(&routing));
        }
    }
}
