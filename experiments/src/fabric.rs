//! A fabric ready to be simulated: network, routing and switches.

use std::sync::Arc;

use fabricsim_core::{
    CutSize, Execution, FlitTime, Link, Network, NetworkError, NetworkSize, PortBuffers, PortRef, Setup,
    Tiling, TrafficInside, memory_estimate,
};
use fabricsim_topologies::graph::{self, NotRoutable, ShortestPath, UpDown, WiredGraph};
use fabricsim_topologies::{
    ChannelLoads, Demand, Grid, Legs, MessageClasses, NotComputed, Proof, Walked, WorstCase, walked,
    worst_case,
};
use fabricsim_traffic::{Flow, TerminalSource, sources};
use thiserror::Error;

use crate::any_routing::AnyRouting;
use crate::experiment::{FabricSpec, LinkSpec, NoGraph, Routing, Topology, VIRTUAL_CHANNELS};

/// Why a fabric can't be simulated.
#[derive(Debug, Error)]
pub enum FabricError {
    /// The engine can't have such a network.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// A grid can't be taken as a graph.
    #[error(transparent)]
    Graph(#[from] NoGraph),
    /// Its routing does not route it.
    #[error(transparent)]
    Route(#[from] NotRoutable),
}

/// A fabric ready to be simulated.
#[derive(Debug)]
pub struct Fabric {
    /// What it is made of.
    pub spec: FabricSpec,
    wires: Wires,
    /// As the engine sees it: an algorithm in each message class.
    pub routing: MessageClasses<AnyRouting>,
}

/// How the switches are wired.
#[derive(Debug)]
enum Wires {
    /// A grid, routed by coordinates.
    Grid(Network),
    /// Anything else; a grid too whose routing takes it as a graph.
    Graph(Arc<WiredGraph>),
}

impl Fabric {
    /// Builds what the specification says.
    ///
    /// # Errors
    /// Where there is no such network, or its routing does not route it.
    pub fn new(spec: FabricSpec) -> Result<Self, FabricError> {
        match spec.routed_grid() {
            Some(grid) => {
                let grid = grid.clone();
                Self::on_grid(spec, &grid)
            }
            None => Self::on_graph(spec),
        }
    }

    fn on_grid(spec: FabricSpec, grid: &Grid) -> Result<Self, FabricError> {
        let link = |from: PortRef| {
            let link = spec.link_of(from.switch, from.port);
            (link.latency, link.flit_time)
        };
        let network = grid.wired(spec.terminal_latency, link)?;
        // Of each message class: where they can't be shared equally the experiment was refused.
        let channels = spec.class_channels(grid).unwrap_or_else(|| spec.channels(grid));
        let routing = AnyRouting::on_grid(&spec, grid, &channels)?;
        let routing = MessageClasses::new(routing, spec.message_classes, channels.by_port(grid));
        Ok(Self {
            spec,
            wires: Wires::Grid(network),
            routing,
        })
    }

    fn on_graph(spec: FabricSpec) -> Result<Self, FabricError> {
        let wired = match &spec.topology {
            Topology::Graph(topology) => {
                let link = |number, _: &_| parts(spec.links.of_link(spec.link, number));
                WiredGraph::new(topology.graph.clone(), spec.terminal_latency, link)?
            }
            topology @ (Topology::Torus(_) | Topology::Mesh(_)) => {
                let graph = topology.to_graph()?;
                // The graph has the grid's numbers of ports, which are at most 64.
                let link = |_, link: &graph::Link| {
                    let [from, _] = link.ends;
                    parts(spec.link_of(from.switch, from.port as u8))
                };
                WiredGraph::new(graph, spec.terminal_latency, link)?
            }
        };
        let wired = Arc::new(wired);
        let share = share_of_a_class(&spec);
        let routing = AnyRouting::on_graph(&spec, &wired, share)?;
        let by_port = vec![share; usize::from(wired.network().ports())];
        let routing = MessageClasses::new(routing, spec.message_classes, by_port);
        Ok(Self {
            spec,
            wires: Wires::Graph(wired),
            routing,
        })
    }

    /// Bytes that [`Fabric::new`] will allocate.
    fn bytes(spec: &FabricSpec) -> u64 {
        let topology = &spec.topology;
        let slots = u64::from(topology.switches()) * u64::from(topology.ports());
        // While a network is built, two flags for each port say what is taken.
        let port_bytes = size_of::<Option<Link>>() as u64 + 2;
        let terminal_bytes = size_of::<PortRef>() as u64 * u64::from(topology.terminals());
        slots * port_bytes + terminal_bytes + AnyRouting::bytes(spec)
    }

    /// As the engine sees it.
    pub fn network(&self) -> &Network {
        match &self.wires {
            Wires::Grid(network) => network,
            Wires::Graph(wired) => wired.network(),
        }
    }

    /// Number of terminals.
    pub fn terminals(&self) -> u32 {
        self.spec.topology.terminals()
    }

    /// The buffers of a terminal's port.
    pub fn terminal_buffers(&self) -> PortBuffers {
        match self.routed_grid() {
            Some(grid) => self.spec.buffers_of(grid.first_terminal_port()),
            None => self.spec.switch.port_buffers(),
        }
    }

    /// What people call a switch: `(3,0)`, `g1r2`.
    pub fn switch_name(&self, switch: u32) -> String {
        self.spec.topology.switch_name(switch)
    }

    /// The number of a port as the fabric's files and drawings have it.
    pub fn port_number(&self, at: PortRef) -> u32 {
        match &self.wires {
            Wires::Grid(_) => at.port.into(),
            Wires::Graph(wired) => wired.end(at).port,
        }
    }

    /// A port by the number that the fabric's files and drawings have.
    pub fn end_of(&self, at: PortRef) -> graph::End {
        graph::End {
            switch: at.switch,
            port: self.port_number(at),
        }
    }

    /// A cut into tiles, at most so many.
    pub fn tiling(&self, tiles: u32) -> Tiling {
        match self.routed_grid() {
            Some(grid) => grid.tiling(tiles),
            None => Tiling::balanced(self.network(), tiles),
        }
    }

    /// What its memory takes of a cut into tiles, at most so many.
    pub fn cut_size(&self, tiles: u32, threads: usize) -> CutSize {
        match self.routed_grid() {
            Some(grid) => grid.cut_size(tiles, threads),
            None => self.tiling(tiles).cut_size(self.network(), threads),
        }
    }

    /// Whether its routes can deadlock: those of each message class, no two of which wait for each other.
    pub fn prove(&self) -> Proof {
        let proof = self.routing.inner().prove();
        match (proof, self.spec.message_classes) {
            (Proof::Proved { argument }, classes @ 2..) => Proof::Proved {
                argument: format!(
                    "in each of {classes} message classes, {argument}; no class waits for another, so that replies in a \
                     class of their own free the requests that wait for them"
                ),
            },
            (proof @ Proof::Proved { .. }, _) => proof,
            (proof, _) => match self.least_change() {
                Some(change) => proof.broken_by(&change),
                None => proof,
            },
        }
    }

    /// The least change that breaks the cycles of shortest paths; other routings of graphs have none, and those of grids name
    /// theirs.
    fn least_change(&self) -> Option<String> {
        let Wires::Graph(wired) = &self.wires else {
            return None;
        };
        let AnyRouting::ShortestPath(routing) = self.routing.inner() else {
            return None;
        };
        let classes = self.spec.message_classes;
        let most = VIRTUAL_CHANNELS.end() / classes;
        let needs = ShortestPath::needs(wired, routing.spread()).ok()?;
        let of_each = match classes {
            1 => "",
            _ => " for each message class",
        };
        let channels = match needs <= most {
            true => format!("{needs} virtual channels{of_each} break it"),
            false => format!("{most} virtual channels{of_each}, the most there can be, do not break it"),
        };
        Some(format!("{channels}; `UpDown` needs {}", UpDown::NEEDS))
    }

    /// The expected loads of its links where packets are routed by the coordinates of a grid; `None` where the routing is
    /// adaptive.
    pub fn loads_on_grid(&self, demand: &Demand) -> Option<Result<ChannelLoads, NotComputed>> {
        self.routing.inner().loads_on_grid(&[(1.0, demand.clone())])
    }

    /// The expected loads of its links, and distances, where it is routed as a graph; `None` where the routing is adaptive.
    pub fn walked(&self, demand: &Demand) -> Option<Result<Walked, NotComputed>> {
        let Wires::Graph(wired) = &self.wires else {
            return None;
        };
        let share = share_of_a_class(&self.spec);
        self.is_oblivious()
            .then(|| walked(wired, self.routing.inner(), share, demand))
    }

    /// The permutation that its routing carries worst, `None` in it where no packet crosses a link; `None` where the
    /// routing is adaptive. Takes up to a minute.
    pub fn worst_case(&self) -> Option<Result<Option<WorstCase>, NotComputed>> {
        if !self.is_oblivious() {
            return None;
        }
        let routing = self.routing.inner();
        match &self.wires {
            Wires::Grid(_) if self.spec.links.is_empty() => {
                let rate = self.spec.link.flit_time.rate();
                let at_rate = |worst: WorstCase| WorstCase {
                    channel_bound: rate * worst.channel_bound,
                    ..worst
                };
                let of_flit_a_cycle = routing.worst_case_on_grid()?;
                Some(of_flit_a_cycle.map(|worst| worst.map(at_rate)))
            }
            // Packets without classes of messages may be injected into any virtual channel, the first too.
            Wires::Grid(network) => Some(worst_case(network, routing, 1)),
            Wires::Graph(wired) => Some(worst_case(wired.network(), routing, share_of_a_class(&self.spec))),
        }
    }

    /// Whether the ways of its packets do not depend on congestion.
    fn is_oblivious(&self) -> bool {
        !self.spec.routing.is_adaptive() && self.spec.routing != Routing::UgalL
    }

    /// The grid, where packets are routed by its coordinates.
    pub fn routed_grid(&self) -> Option<&Grid> {
        self.spec.routed_grid()
    }

    /// What the ways of its packets are made of, on a grid.
    pub fn legs(&self) -> Legs {
        match self.spec.routing {
            Routing::Valiant => Legs::ByRandomSwitch,
            _ => Legs::Minimal,
        }
    }

    /// A simulation of what its terminals send.
    pub fn setup(
        &self,
        flows: &[Flow],
        seed: u64,
        execution: Execution,
    ) -> Setup<'_, MessageClasses<AnyRouting>, TerminalSource> {
        Setup {
            network: self.network(),
            switch: self.spec.engine_switch(),
            buffers: self.spec.ports.clone(),
            routing: &self.routing,
            sources: sources(flows, self.terminals(), seed),
            seed,
            execution,
        }
    }

    /// Bytes of one simulation of a fabric, which need not have been built: the fabric and, at `source` each, the
    /// sources included.
    pub fn simulation_bytes(spec: &FabricSpec, source: usize, inside: TrafficInside, cut: CutSize) -> u64 {
        let topology = &spec.topology;
        let size = NetworkSize {
            switches: topology.switches(),
            ports: topology.ports(),
            terminals: topology.terminals(),
            slow_links: spec.has_slow_links(),
            latency: spec.link.latency,
        };
        let engine = memory_estimate(
            size,
            &spec.engine_switch(),
            AnyRouting::most_candidates(spec),
            source,
            inside,
            cut,
        );
        engine.saturating_add(Self::bytes(spec))
    }

    /// The switches at both ends of the link that an output port drives.
    pub fn ends_of(&self, from: PortRef) -> [String; 2] {
        let to = self.network().link(from).map_or(from, |link| link.to);
        [from.switch, to.switch].map(|switch| self.switch_name(switch))
    }

    /// A link in words: `(3,0)-(4,0)`.
    pub fn link_name(&self, from: u32, to: u32) -> String {
        format!("{}-{}", self.switch_name(from), self.switch_name(to))
    }
}

/// The virtual channels of a message class on a graph: where they can't be shared equally the experiment was refused.
fn share_of_a_class(spec: &FabricSpec) -> u8 {
    spec.class_share().unwrap_or(spec.switch.virtual_channels)
}

fn parts(link: LinkSpec) -> (u32, FlitTime) {
    (link.latency, link.flit_time)
}
