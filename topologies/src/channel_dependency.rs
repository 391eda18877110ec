//! The channel dependency graph of a routing on a fabric (Dally & Seitz 1987).

use std::collections::BTreeMap;

use fabricsim_core::{Candidate, Link, Network, PortRef, Routing};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::request_sets::{Request, RequestSets};
use crate::shortest_cycle::shortest_cycle;
use crate::walk::{Answer, Budget, Standing, Walk, inputs, members, range, representatives, share_out, slot};

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

/// A cycle of channels, each waiting for the next and the last for the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cycle {
    pub channels: Vec<Channel>,
    /// There is none with fewer channels; else the search was broken off.
    pub is_shortest: bool,
}

/// How packets that hold a channel want another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// In whichever of its virtual channels they are, some want nothing else: with no other way on, and with no condition
    /// on the room behind it.
    ForItAlone,
    /// They may go on by another.
    ForOthersToo,
}

/// Which channels a packet may ask for while it holds another: an edge from the held to the wanted.
///
/// It is made by the routing that runs, asked at every place that a packet can be, for every outcome of its
/// draws. Without a cycle, and with terminals that take what arrives, no routing of this fabric can deadlock,
/// whatever the length of packets and the size of buffers (Dally & Seitz 1987); that holds for every rule of
/// [`VcReallocation`](fabricsim_core::VcReallocation).
#[derive(Clone, Debug)]
pub struct ChannelDependencyGraph {
    graph: DiGraph<Channel, Wait>,
}

impl ChannelDependencyGraph {
    /// Follows every packet from every terminal to every terminal, in each virtual channel that it may come in by,
    /// with each tag. `virtual_channels` are those of the ports, by port. Where the routing says that the terminals of a
    /// switch are alike, one stands for them.
    ///
    /// Takes time proportional to terminals x (terminals + links) x virtual channels x tags, shared by the threads of the
    /// present pool.
    pub fn new(network: &Network, routing: &impl Routing, virtual_channels: &[u8]) -> Self {
        Survey::of(network, routing, virtual_channels, None).graph()
    }

    /// The same; `None` if the routing would have to be asked more than `most` times.
    pub(crate) fn within(
        network: &Network,
        routing: &impl Routing,
        virtual_channels: &[u8],
        most: u64,
    ) -> Option<Self> {
        let budget = Budget::new(most);
        let survey = Survey::of(network, routing, virtual_channels, Some(&budget));
        (!budget.is_exceeded()).then(|| survey.graph())
    }

    /// Number of channels that packets use.
    pub fn channels(&self) -> usize {
        self.graph.node_count()
    }

    /// Number of dependencies between them.
    pub fn dependencies(&self) -> usize {
        self.graph.edge_count()
    }

    /// A cycle that is as short as any (see [`Cycle::is_shortest`]); `None` if there is none. Of equally short ones it begins with
    /// the first channel by (switch, port, virtual channel).
    pub(crate) fn cycle(&self) -> Option<Cycle> {
        self.shortest(|_| true)
    }

    /// As [`ChannelDependencyGraph::cycle`], of waits for the next channel alone: packets that wait so all around it wait
    /// for ever.
    pub(crate) fn deadlock(&self) -> Option<Cycle> {
        self.shortest(|wait| wait == Wait::ForItAlone)
    }

    fn shortest(&self, counts: impl Fn(Wait) -> bool) -> Option<Cycle> {
        let edges = self.graph.edge_references();
        let edges = edges.filter(|edge| counts(*edge.weight()));
        let edges: Vec<_> = edges
            .map(|edge| (edge.source().index() as u32, edge.target().index() as u32))
            .collect();
        let (nodes, is_shortest) = shortest_cycle(self.graph.node_count(), &edges)?;
        let channel = |node| self.graph[NodeIndex::new(node as usize)];
        Some(Cycle {
            channels: nodes.into_iter().map(channel).collect(),
            is_shortest,
        })
    }
}

/// Collects what packets ask for.
struct Survey<'a> {
    network: &'a Network,
    /// The most virtual channels of any port.
    virtual_channels: u8,
    /// By (input port, virtual channel).
    requests: RequestSets,
    /// On the way to the present destination: the numbers of what all answers ask for, one answer after the other.
    numbers: Vec<usize>,
    /// By answer: where these end.
    answers: Vec<usize>,
}

/// What is asked for of the links.
struct Asked {
    /// By input port: the virtual channels in which any packet comes in.
    used: Vec<u64>,
    /// By input port: virtual channels at which some range that was asked for begins, or the one before ended.
    boundaries: Vec<u64>,
}

impl<'a> Survey<'a> {
    /// Of all packets, or of fewer where there are too many.
    fn of(
        network: &'a Network,
        routing: &impl Routing,
        virtual_channels: &[u8],
        budget: Option<&Budget>,
    ) -> Self {
        let most = virtual_channels.iter().copied().max().unwrap_or(1);
        let ends = representatives(network, routing);
        let walk = || {
            let walk = Walk::new(network, routing, virtual_channels);
            match budget {
                Some(budget) => walk.within(budget),
                None => walk,
            }
        };
        let mut workers: Vec<_> = (0..rayon::current_num_threads())
            .map(|_| (walk(), Self::new(network, most)))
            .collect();
        share_out(&mut workers, &ends, |(walk, survey), dest| {
            survey.forget_answers();
            walk.packets(ends.iter().copied(), dest, |answer| survey.see(answer));
        });
        let mut surveys = workers.into_iter().map(|(_, survey)| survey);
        let first = surveys.next().unwrap_or_else(|| Self::new(network, most));
        surveys.fold(first, Self::with)
    }

    fn new(network: &'a Network, virtual_channels: u8) -> Self {
        let (switches, ports) = (network.switches() as usize, usize::from(network.ports()));
        let places = ports * usize::from(virtual_channels);
        Self {
            network,
            virtual_channels,
            requests: RequestSets::new(switches, ports, places),
            numbers: Vec::new(),
            answers: Vec::new(),
        }
    }

    /// With what another saw.
    fn with(mut self, other: Self) -> Self {
        for (held, switch) in self.held() {
            for request in other.requests.of(held, switch) {
                let number = self.requests.number(switch, request);
                self.requests.insert(held, number);
            }
        }
        self
    }

    /// Every (input port, virtual channel), and its switch.
    fn held(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let each = usize::from(self.virtual_channels) * usize::from(self.network.ports());
        (0..inputs(self.network) * usize::from(self.virtual_channels)).map(move |held| (held, held / each))
    }

    /// Notes what a packet may ask for.
    fn see(&mut self, answer: &Answer) {
        let Standing { at, vc, .. } = answer.standing;
        if answer.answer == self.answers.len() {
            let request = |way: &Candidate| Request {
                port: way.port,
                channels: range(way.first_vc, way.vcs),
                is_only: answer.ways.len() == 1 && way.packets() <= 1,
            };
            let switch = at.switch as usize;
            let numbers = answer.ways.iter().map(request);
            self.numbers
                .extend(numbers.map(|request| self.requests.number(switch, request)));
            self.answers.push(self.numbers.len());
        }
        let held = slot(self.network, at) * usize::from(self.virtual_channels) + usize::from(vc);
        let first = answer
            .answer
            .checked_sub(1)
            .map_or(0, |before| self.answers[before]);
        for &number in &self.numbers[first..self.answers[answer.answer]] {
            self.requests.insert(held, number);
        }
    }

    fn forget_answers(&mut self) {
        self.numbers.clear();
        self.answers.clear();
    }

    fn asked(&self) -> Asked {
        let mut asked = Asked {
            used: vec![0; inputs(self.network)],
            boundaries: vec![1; inputs(self.network)],
        };
        for (switch, request) in self.requests.all() {
            let Some(link) = self.link(switch as u32, request.port) else {
                continue; // to a terminal, which waits for nobody
            };
            let (slot, channels) = (slot(self.network, link.to), request.channels);
            asked.used[slot] |= channels;
            asked.boundaries[slot] |= channels & !(channels << 1) | (channels << 1 & !channels);
        }
        asked
    }

    /// The graph of all that was noted.
    ///
    /// Ranges are cut at all boundaries of their link, so that the members of a node are asked for by the same packets. A
    /// cycle of nodes is then a cycle of virtual channels: in each node take the member that has the edge to
    /// the next.
    fn graph(&self) -> ChannelDependencyGraph {
        let mut graph = DiGraph::new();
        let asked = self.asked();
        let nodes = self.add_nodes(&asked, &mut graph);
        for link in self.network.links() {
            for &(class, held) in nodes.of(self.network, link.to) {
                let class = class & asked.used[slot(self.network, link.to)];
                for (wanted, wait) in self.wanted(link.to, class, &nodes) {
                    graph.add_edge(held, wanted, wait);
                }
            }
        }
        ChannelDependencyGraph { graph }
    }

    /// A node for each class of each link that a packet uses.
    fn add_nodes(&self, asked: &Asked, graph: &mut DiGraph<Channel, Wait>) -> Nodes {
        let mut nodes = vec![Vec::new(); asked.used.len()];
        for link in self.network.links() {
            let slot = slot(self.network, link.to);
            let classes = self.classes(asked.boundaries[slot]);
            for class in classes.filter(|class| asked.used[slot] & class != 0) {
                let node = graph.add_node(Channel {
                    from: link.from,
                    first_vc: class.trailing_zeros() as u8,
                    vcs: class.count_ones() as u8,
                });
                nodes[slot].push((class, node));
            }
        }
        Nodes(nodes)
    }

    /// The virtual channels from each boundary to before the next.
    fn classes(&self, boundaries: u64) -> impl Iterator<Item = u64> {
        let boundaries = boundaries & range(0, self.virtual_channels);
        members(boundaries).map(move |first| {
            let beyond = boundaries & !range(0, first + 1);
            let end = (beyond.trailing_zeros() as u8).min(self.virtual_channels);
            range(first, end - first)
        })
    }

    /// What packets in these virtual channels of an input ask for, in order, and how.
    fn wanted(&self, at: PortRef, class: u64, nodes: &Nodes) -> BTreeMap<NodeIndex, Wait> {
        let first = slot(self.network, at) * usize::from(self.virtual_channels);
        // By node: the members of the class in which some packets want it alone.
        let mut waits: BTreeMap<NodeIndex, u64> = BTreeMap::new();
        for vc in members(class) {
            for request in self.requests.of(first + usize::from(vc), at.switch as usize) {
                let Some(link) = self.link(at.switch, request.port) else {
                    continue;
                };
                for &(wanted, node) in nodes.of(self.network, link.to) {
                    if wanted & request.channels != 0 {
                        *waits.entry(node).or_default() |=
                            u64::from(request.is_only && wanted == request.channels) << vc;
                    }
                }
            }
        }
        let wait = |alone| match alone == class {
            true => Wait::ForItAlone,
            false => Wait::ForOthersToo,
        };
        waits
            .into_iter()
            .map(|(node, alone)| (node, wait(alone)))
            .collect()
    }

    fn link(&self, switch: u32, port: u8) -> Option<&'a Link> {
        self.network.link(PortRef { switch, port })
    }
}

/// The nodes of a graph by input port, each with its virtual channels.
struct Nodes(Vec<Vec<(u64, NodeIndex)>>);

impl Nodes {
    fn of(&self, network: &Network, at: PortRef) -> &[(u64, NodeIndex)] {
        &self.0[slot(network, at)]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use fabricsim_core::{Candidates, Draw, FlitTime, Place};
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
        let cycle = one_channel_torus(&[8, 4]).cycle().unwrap().channels;
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
                .is_some_and(|cycle| cycle.channels.iter().all(|c| c.from.port == 0))
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
                .channels
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
