//! A fabric as switches, links, terminals and uplinks.

use std::collections::BTreeMap;
use std::fmt;

use petgraph::graph::{NodeIndex, UnGraph};

use super::builder::{GraphError, check_link};
use super::location::Location;

/// A switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// What people call it; no other switch of the fabric has the name.
    pub name: String,
    /// Where it is, if that is known.
    pub location: Option<Location>,
}

/// A port of a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct End {
    /// The switch, from 0.
    pub switch: u32,
    /// The number of the port, which need not follow on others.
    pub port: u32,
}

/// A full-duplex link between two switches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// The ports that it joins.
    pub ends: [End; 2],
    /// Time of flight, in the unit of the graph.
    pub latency: f64,
    /// What it carries each way, in the unit of the graph.
    pub rate: f64,
}

/// The units of all latencies and rates of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// Cycles, and flits a cycle.
    Abstract,
    /// Nanoseconds, and Gb/s.
    Physical,
}

impl Units {
    /// The unit of latencies.
    pub fn of_latency(self) -> &'static str {
        match self {
            Self::Abstract => "cycles",
            Self::Physical => "ns",
        }
    }

    /// The unit of rates.
    pub fn of_rate(self) -> &'static str {
        match self {
            Self::Abstract => "flits/cycle",
            Self::Physical => "Gb/s",
        }
    }
}

/// What a cable between two switches spans; ordered from near to far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CableKind {
    /// Along a dimension of a grid.
    Dimension(usize),
    /// Around a circle, or across it.
    Circle,
    /// From a level of a tree to the one above.
    Level(u32),
    /// Inside a group.
    Local,
    /// Between groups.
    Global,
    /// On a card.
    OnCard,
    /// Between cards of a chassis.
    BetweenCards,
    /// Between chassis.
    BetweenChassis,
    /// To the top of the rack.
    TopOfRack,
    /// Between switches of which it is not known where they are.
    Unknown,
}

impl CableKind {
    fn between(a: Option<&Location>, b: Option<&Location>) -> Self {
        use Location as L;
        let (Some(a), Some(b)) = (a, b) else {
            return Self::Unknown;
        };
        match (a, b) {
            (L::TopOfRack(_), _) | (_, L::TopOfRack(_)) => Self::TopOfRack,
            (L::Grid(a), L::Grid(b)) => {
                let dimension = a.iter().zip(b).position(|(a, b)| a != b);
                dimension.map_or(Self::Unknown, Self::Dimension)
            }
            (L::Circle(_), L::Circle(_)) => Self::Circle,
            (L::Level { level: a, .. }, L::Level { level: b, .. }) => Self::Level(*a.max(b)),
            (L::Group { group: a, .. }, L::Group { group: b, .. }) if a == b => Self::Local,
            (L::Group { .. }, L::Group { .. }) => Self::Global,
            (
                L::Card {
                    chassis: chassis_a,
                    card: a,
                    ..
                },
                L::Card {
                    chassis: chassis_b,
                    card: b,
                    ..
                },
            ) => match (a == b, chassis_a == chassis_b) {
                (true, _) => Self::OnCard,
                (false, true) => Self::BetweenCards,
                (false, false) => Self::BetweenChassis,
            },
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for CableKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dimension(dimension) => write!(f, "along {}", crate::grid::axis_name(*dimension)),
            Self::Circle => f.write_str("on the circle"),
            Self::Level(level) => write!(f, "level {level} to level {}", level.saturating_sub(1)),
            Self::Local => f.write_str("inside groups"),
            Self::Global => f.write_str("between groups"),
            Self::OnCard => f.write_str("on cards"),
            Self::BetweenCards => f.write_str("between cards"),
            Self::BetweenChassis => f.write_str("between chassis"),
            Self::TopOfRack => f.write_str("to the top of the rack"),
            Self::Unknown => f.write_str("of unknown length"),
        }
    }
}

/// A fabric: switches joined by full-duplex links, terminals on their ports, and uplinks, the ports that lead out of
/// it. Several links between two switches are several links. Made by a [`GraphBuilder`](super::GraphBuilder), so that
/// no port is used twice and no name given twice.
///
/// Switches, terminals and uplinks are numbered from 0 in the order in which they were added.
#[derive(Clone, Debug)]
pub struct FabricGraph {
    pub(super) units: Units,
    pub(super) graph: UnGraph<Switch, Link>,
    pub(super) terminals: Vec<End>,
    pub(super) uplinks: Vec<End>,
}

impl FabricGraph {
    /// The units of latencies and rates.
    pub fn units(&self) -> Units {
        self.units
    }

    /// Number of switches, at least 1.
    pub fn switch_count(&self) -> u32 {
        self.graph.node_count() as u32
    }

    /// A switch by its number.
    ///
    /// # Panics
    /// If there is no such switch.
    pub fn switch(&self, switch: u32) -> &Switch {
        &self.graph[NodeIndex::new(switch as usize)]
    }

    /// The switches, in order.
    pub fn switches(&self) -> impl ExactSizeIterator<Item = &Switch> {
        self.graph.raw_nodes().iter().map(|node| &node.weight)
    }

    /// The links, in the order in which they were added.
    pub fn links(&self) -> impl ExactSizeIterator<Item = &Link> {
        self.graph.raw_edges().iter().map(|edge| &edge.weight)
    }

    /// The same links with the latency and rate that `of` gives each, by its number, in `units`.
    ///
    /// # Errors
    /// [`GraphError::Latency`], [`GraphError::Rate`].
    pub fn set_links(
        &mut self,
        units: Units,
        of: impl Fn(u32, &Link) -> (f64, f64),
    ) -> Result<(), GraphError> {
        self.units = units;
        for (number, link) in (0..).zip(self.graph.edge_weights_mut()) {
            (link.latency, link.rate) = of(number, link);
            check_link(link)?;
        }
        Ok(())
    }

    /// The port of each terminal.
    pub fn terminals(&self) -> &[End] {
        &self.terminals
    }

    /// The port of each uplink.
    pub fn uplinks(&self) -> &[End] {
        &self.uplinks
    }

    /// Ways out: uplinks, and links to the top of the rack.
    pub fn ways_out(&self) -> usize {
        let is_top = |end: &End| matches!(self.switch(end.switch).location, Some(Location::TopOfRack(_)));
        let to_top = self.links().filter(|link| link.ends.iter().any(is_top));
        self.uplinks.len() + to_top.count()
    }

    /// Terminals of each switch, by its number.
    pub fn terminals_by_switch(&self) -> Vec<u32> {
        let mut counts = vec![0; self.graph.node_count()];
        for end in &self.terminals {
            counts[end.switch as usize] += 1;
        }
        counts
    }

    /// The links of each switch, by its number: its port, and the other end.
    pub fn neighbours(&self) -> Vec<Vec<(u32, End)>> {
        let mut neighbours = vec![Vec::new(); self.graph.node_count()];
        for &Link { ends: [a, b], .. } in self.links() {
            neighbours[a.switch as usize].push((a.port, b));
            neighbours[b.switch as usize].push((b.port, a));
        }
        neighbours
    }

    /// Ports in use on the switch with the most: links, terminals and uplinks.
    pub fn radix(&self) -> u32 {
        self.most_ports(&self.uplinks)
    }

    /// The same of the ports that lead nowhere out of the fabric: links and terminals.
    pub fn inner_radix(&self) -> u32 {
        self.most_ports(&[])
    }

    /// Of links, terminals and others.
    fn most_ports(&self, others: &[End]) -> u32 {
        let mut ports = self.terminals_by_switch();
        let ends = self.links().flat_map(|link| link.ends);
        for end in ends.chain(others.iter().copied()) {
            ports[end.switch as usize] += 1;
        }
        ports.into_iter().max().unwrap_or(0)
    }

    /// Parts of the fabric that no link joins; 1 where it is connected.
    pub fn parts(&self) -> usize {
        petgraph::algo::connected_components(&self.graph)
    }

    /// What a link of it spans.
    pub fn cable_kind(&self, link: &Link) -> CableKind {
        let [a, b] = link.ends.map(|end| self.switch(end.switch).location.as_ref());
        CableKind::between(a, b)
    }

    /// Cables by what they span, from near to far.
    pub fn cables(&self) -> Vec<(CableKind, u64)> {
        let mut counts = BTreeMap::new();
        for link in self.links() {
            *counts.entry(self.cable_kind(link)).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }
}

impl PartialEq for FabricGraph {
    /// The same switches, links, terminals and uplinks in the same order and units.
    fn eq(&self, other: &Self) -> bool {
        self.units == other.units
            && self.terminals == other.terminals
            && self.uplinks == other.uplinks
            && self.switches().eq(other.switches())
            && self.links().eq(other.links())
    }
}
