//! What an operator of the fabric sees: link map, routing table, depth chart and uplinks of a node.
//!
//! The rules reproduce every published sample. A path counts if it is the best one by its last node before the
//! destination; its distance is the number of nodes in between. A link's weight towards a destination is 3 if it leads
//! there directly, else 2 for the best path, one less for each longer distance, 0 of the rest.

use std::collections::BTreeMap;
use std::fmt::Write;

use thiserror::Error;

use super::super::fabric_graph::FabricGraph;
use super::super::location::Location;
use super::card::node_name;

/// Fabric links of a node.
pub const LINKS: usize = 5;

/// A kind of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// The links that are up: `Link 1: Node 2`.
    LinkMap,
    /// Weights of links 0 to 4 towards each node: `Node 2: rt - 0.3.0.0.2`.
    RoutingTable,
    /// The best paths to each node:
    /// `Node 4: Shortest Distance 2 hops via neighbor 6: other hops/neighbors - 3/7`.
    DepthChart,
}

/// Which uplink the interfaces of all nodes use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UplinkMode {
    /// All use uplink 0.
    #[default]
    Shared,
    /// `mgmt` uses 0, `eth0` and `eth1` use 1.
    ServersApart,
    /// `mgmt` and `eth0` use 0, `eth1` uses 1.
    Eth1Apart,
}

impl UplinkMode {
    /// Uplinks of `eth0`, `eth1` and `mgmt`.
    fn uplinks(self) -> [u32; 3] {
        match self {
            Self::Shared => [0, 0, 0],
            Self::ServersApart => [1, 1, 0],
            Self::Eth1Apart => [0, 1, 0],
        }
    }
}

/// Why there are no reports of a fabric.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum NotCalxeda {
    #[error("`{name}` is no Calxeda node: those are named `Node 0`, `Node 1`, …")]
    Name { name: String },
    #[error("`{name}` has a link at port {port}: the links of a Calxeda node are 0 to 4")]
    Port { name: String, port: u32 },
    #[error("there is no Calxeda node")]
    NoNode,
}

/// The nodes of a fabric by their numbers; switches on top of the rack are none.
#[derive(Clone, Debug)]
pub struct CalxedaNodes {
    numbers: Vec<u32>,
    /// By node, in the order of their numbers: its switch in the graph.
    switches: Vec<u32>,
    /// By node, in the order of their numbers: its links, in order, and which node each leads to.
    links: Vec<Vec<(u32, usize)>>,
    /// By node: its neighbours, in order, each once.
    neighbours: Vec<Vec<usize>>,
}

/// A way to a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Path {
    /// Nodes in between.
    hops: u32,
    /// The node next to the destination.
    last: usize,
    /// The node next to the source.
    first: usize,
}

impl CalxedaNodes {
    /// The nodes of a graph.
    ///
    /// # Errors
    /// Where its switches are no Calxeda nodes.
    pub fn of(graph: &FabricGraph) -> Result<Self, NotCalxeda> {
        let mut switches = BTreeMap::new();
        for (switch, node) in (0_u32..).zip(graph.switches()) {
            if matches!(node.location, Some(Location::TopOfRack(_))) {
                continue;
            }
            let number = node
                .name
                .strip_prefix("Node ")
                .and_then(|number| number.parse().ok());
            let is_canonical = |number: &u32| node.name == node_name(*number);
            let number: u32 = number.filter(is_canonical).ok_or_else(|| NotCalxeda::Name {
                name: node.name.clone(),
            })?;
            switches.insert(number, switch);
        }
        if switches.is_empty() {
            return Err(NotCalxeda::NoNode);
        }
        let index: BTreeMap<u32, usize> = switches.values().copied().zip(0..).collect();
        let all = graph.neighbours();
        let mut links = Vec::new();
        for &switch in switches.values() {
            let mut of_node = Vec::new();
            for &(port, there) in &all[switch as usize] {
                if port as usize >= LINKS {
                    let name = graph.switch(switch).name.clone();
                    return Err(NotCalxeda::Port { name, port });
                }
                of_node.extend(index.get(&there.switch).map(|&node| (port, node)));
            }
            of_node.sort_unstable();
            links.push(of_node);
        }
        let neighbours = links.iter().map(|links| {
            let mut nodes: Vec<usize> = links.iter().map(|&(_, node)| node).collect();
            nodes.sort_unstable();
            nodes.dedup();
            nodes
        });
        let (numbers, switches) = switches.into_iter().unzip();
        Ok(Self {
            numbers,
            switches,
            neighbours: neighbours.collect(),
            links,
        })
    }

    /// The numbers of all nodes, in order.
    pub fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// The switches in the graph of all nodes, in the order of their numbers.
    pub(in crate::graph) fn switches(&self) -> &[u32] {
        &self.switches
    }

    /// A report of a node, line by line, as the fabric's own files have it; `None` if there is no such node.
    pub fn report(&self, report: Report, number: u32) -> Option<String> {
        let node = self.numbers.binary_search(&number).ok()?;
        Some(match report {
            Report::LinkMap => self.link_map(node),
            Report::RoutingTable => self.routing_table(node),
            Report::DepthChart => self.depth_chart(node),
        })
    }

    /// The uplinks that the interfaces of a node use, in a line.
    pub fn uplink_info(number: u32, mode: UplinkMode) -> String {
        let [eth0, eth1, mgmt] = mode.uplinks();
        format!("Node {number}: eth0 {eth0}, eth1 {eth1}, mgmt {mgmt}\n")
    }

    fn link_map(&self, node: usize) -> String {
        let mut text = String::new();
        for &(link, other) in &self.links[node] {
            // Writing to a text does not fail.
            let _ = writeln!(text, "Link {link}: Node {}", self.numbers[other]);
        }
        text
    }

    fn routing_table(&self, node: usize) -> String {
        let mut text = String::new();
        self.for_each_weights(node, |to, weights| {
            let weights = weights.map(|weight| weight.to_string());
            let _ = writeln!(text, "Node {}: rt - {}", self.numbers[to], weights.join("."));
        });
        text
    }

    fn depth_chart(&self, node: usize) -> String {
        let mut text = String::new();
        self.for_each_destination(node, |to, paths| {
            let [best, others @ ..] = paths else {
                return;
            };
            let others = others
                .iter()
                .map(|path| format!(" {}/{}", path.hops, self.numbers[path.last]));
            let _ = writeln!(
                text,
                "Node {}: Shortest Distance {} hops via neighbor {}: other hops/neighbors -{}",
                self.numbers[to],
                best.hops,
                self.numbers[best.last],
                others.collect::<String>(),
            );
        });
        text
    }

    /// Calls back for every other node with the weights of the links towards it.
    pub(in crate::graph) fn for_each_weights(&self, from: usize, mut each: impl FnMut(usize, [u32; LINKS])) {
        self.for_each_destination(from, |to, paths| each(to, self.weights(from, paths)));
    }

    /// Calls back for every other node with the ways there, the best first; there are none to another part.
    fn for_each_destination(&self, from: usize, mut each: impl FnMut(usize, &[Path])) {
        let mut search = Search::new(&self.neighbours, from);
        let mut paths: Vec<Path> = Vec::new();
        for to in (0..self.numbers.len()).filter(|&to| to != from) {
            if !search.run(&self.neighbours, from, to) {
                continue;
            }
            let reached = self.neighbours[to].iter().copied();
            let reached = reached.filter_map(|last| search.path(from, last, to));
            paths.clear();
            paths.extend(reached);
            paths.sort_unstable();
            each(to, &paths);
        }
    }

    fn weights(&self, node: usize, paths: &[Path]) -> [u32; LINKS] {
        let mut weights = [0; LINKS];
        let top = if paths.first().is_some_and(|path| path.hops == 0) {
            3
        } else {
            2
        };
        let (mut rank, mut hops) = (0, paths.first().map_or(0, |path| path.hops));
        for path in paths {
            rank += u32::from(path.hops > hops);
            hops = path.hops;
            for &(link, other) in &self.links[node] {
                if other == path.first {
                    let weight = &mut weights[link as usize];
                    *weight = (*weight).max(u32::saturating_sub(top, rank));
                }
            }
        }
        weights
    }
}

/// The distance of a node, and the first node on the way to it.
type Reached = Option<(u32, usize)>;

/// Breadth-first searches from one node that do not pass through the destination.
///
/// What lies no farther than the destination is reached as if that could be passed, so that each search begins there and
/// ends with the last neighbour of the destination.
struct Search {
    /// By node, as if all could be passed.
    reached: Vec<Reached>,
    /// The nodes in the order in which they are reached so.
    order: Vec<usize>,
    /// By node: the search that reached it last past a destination, and how.
    past: Vec<(u32, Reached)>,
    /// Number of the present search.
    number: u32,
    /// Distance of its destination.
    distance: u32,
    queue: Vec<usize>,
}

impl Search {
    fn new(neighbours: &[Vec<usize>], from: usize) -> Self {
        let mut reached = vec![None; neighbours.len()];
        reached[from] = Some((0, from));
        let mut order = vec![from];
        let mut next = 0;
        while let Some(&here) = order.get(next) {
            next += 1;
            for &there in &neighbours[here] {
                if reached[there].is_none() {
                    reached[there] = step(from, here, reached[here], there);
                    order.push(there);
                }
            }
        }
        Self {
            past: vec![(0, None); neighbours.len()],
            reached,
            order,
            number: 0,
            distance: 0,
            queue: Vec::new(),
        }
    }

    /// Searches for the neighbours of a destination; whether there is a way to it.
    fn run(&mut self, neighbours: &[Vec<usize>], from: usize, avoided: usize) -> bool {
        let Some((distance, _)) = self.reached[avoided] else {
            return false;
        };
        (self.number, self.distance) = (self.number + 1, distance);
        let is_farther = |reached: Reached| reached.is_some_and(|(other, _)| other > distance);
        let farther = neighbours[avoided]
            .iter()
            .filter(|&&last| is_farther(self.reached[last]));
        let mut missing = farther.count();
        let as_far = |node: &usize| self.reached[*node].map_or(0, |(distance, _)| distance);
        let first = self.order.partition_point(|node| as_far(node) < distance);
        let end = self.order.partition_point(|node| as_far(node) <= distance);
        self.queue.clear();
        self.queue
            .extend(self.order[first..end].iter().filter(|&&node| node != avoided));
        let mut next = 0;
        while let Some(&here) = self.queue.get(next).filter(|_| missing > 0) {
            next += 1;
            for &there in &neighbours[here] {
                if there != avoided && self.reached(there).is_none() {
                    self.past[there] = (self.number, step(from, here, self.reached(here), there));
                    self.queue.push(there);
                    missing -= usize::from(neighbours[avoided].binary_search(&there).is_ok());
                }
            }
        }
        true
    }

    /// How the present search reached a node.
    fn reached(&self, node: usize) -> Reached {
        let is_near = |&(distance, _): &(u32, usize)| distance <= self.distance;
        let (number, past) = self.past[node];
        self.reached[node]
            .filter(is_near)
            .or(past.filter(|_| number == self.number))
    }

    /// The way to `to` by `last`.
    fn path(&self, from: usize, last: usize, to: usize) -> Option<Path> {
        let (hops, first) = self.reached(last)?;
        let first = if last == from { to } else { first };
        Some(Path { hops, last, first })
    }
}

/// How `there` is reached from `here`.
fn step(from: usize, here: usize, reached: Reached, there: usize) -> Reached {
    let first = |first| if here == from { there } else { first };
    reached.map(|(distance, of_here)| (distance + 1, first(of_here)))
}
