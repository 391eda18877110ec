//! A fabric ready to be simulated: network, routing and switches.

use fabricsim_core::{
    Candidates, Draw, Link, Network, NetworkError, NetworkSize, Place, PortRef, Routing, Setup,
    memory_estimate,
};
use fabricsim_topologies::{
    ChannelLoads, Dateline, Demand, DimensionOrder, Grid, HalfWay, Proof, channel_loads, prove,
};
use fabricsim_traffic::{Flow, TerminalSource, sources};

use crate::experiment::{self, FabricSpec};

/// The routing of a fabric: a variant an algorithm, so that the engine calls no virtual function.
#[derive(Debug)]
pub enum AnyRouting {
    /// One dimension after the other.
    DimensionOrder(DimensionOrder),
}

impl AnyRouting {
    fn new(spec: &FabricSpec) -> Self {
        match spec.routing {
            experiment::Routing::DimensionOrder => Self::DimensionOrder(DimensionOrder::new(
                spec.topology.grid(),
                // Until it knows of ports with more: these are everywhere.
                spec.least_virtual_channels(),
                spec.dateline.map(Dateline::from),
                // Where there is no ring nothing is half-way.
                spec.half_way.map_or(HalfWay::Random, HalfWay::from),
            )),
        }
    }

    /// The most ways on that it will offer.
    fn most_candidates(spec: &FabricSpec) -> usize {
        match spec.routing {
            experiment::Routing::DimensionOrder => DimensionOrder::MAX_CANDIDATES,
        }
    }

    /// Bytes that it will take.
    fn bytes(spec: &FabricSpec) -> u64 {
        match spec.routing {
            experiment::Routing::DimensionOrder => DimensionOrder::table_bytes(spec.topology.grid()),
        }
    }
}

impl Routing for AnyRouting {
    #[inline]
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        match self {
            Self::DimensionOrder(routing) => routing.route(at, dest, tag, draw, out),
        }
    }

    fn max_candidates(&self) -> usize {
        match self {
            Self::DimensionOrder(routing) => routing.max_candidates(),
        }
    }
}

/// A fabric ready to be simulated.
#[derive(Debug)]
pub struct Fabric {
    /// What it is made of.
    pub spec: FabricSpec,
    /// As the engine sees it.
    pub network: Network,
    /// As the engine sees it.
    pub routing: AnyRouting,
}

impl Fabric {
    /// Builds what the specification says.
    ///
    /// # Errors
    /// Where the engine can't have such a network.
    pub fn new(spec: FabricSpec) -> Result<Self, NetworkError> {
        let link = |from: PortRef| {
            let link = spec.link_of(from.switch, from.port);
            (link.latency, link.flit_time)
        };
        let network = spec.topology.grid().wired(spec.terminal_latency, link)?;
        let routing = AnyRouting::new(&spec);
        Ok(Self {
            spec,
            network,
            routing,
        })
    }

    /// Bytes that [`Fabric::new`] will allocate.
    fn bytes(spec: &FabricSpec) -> u64 {
        let grid = spec.topology.grid();
        let slots = u64::from(grid.switches()) * u64::from(grid.ports());
        // While a network is built, two flags for each port say what is taken.
        let port_bytes = size_of::<Option<Link>>() as u64 + 2;
        let terminal_bytes = size_of::<PortRef>() as u64 * u64::from(grid.terminals());
        slots * port_bytes + terminal_bytes + AnyRouting::bytes(spec)
    }

    /// Its shape.
    pub fn grid(&self) -> &Grid {
        self.spec.topology.grid()
    }

    /// Whether its routes can deadlock.
    pub fn prove(&self) -> Proof {
        match &self.routing {
            AnyRouting::DimensionOrder(routing) => prove(routing),
        }
    }

    /// The expected loads of its links; `None` where the routing is adaptive.
    pub fn channel_loads(&self, mixture: &[(f64, Demand)]) -> Option<ChannelLoads> {
        match &self.routing {
            AnyRouting::DimensionOrder(routing) => Some(channel_loads(routing, mixture)),
        }
    }

    /// A simulation of what its terminals send.
    pub fn setup(&self, flows: &[Flow], seed: u64) -> Setup<'_, AnyRouting, TerminalSource> {
        Setup {
            network: &self.network,
            switch: self.spec.engine_switch(),
            buffers: self.spec.ports.clone(),
            routing: &self.routing,
            sources: sources(flows, self.grid().terminals(), seed),
            seed,
        }
    }

    /// Bytes of one simulation of a fabric, which need not have been built: the fabric and, at `source` each, the
    /// sources included.
    pub fn simulation_bytes(spec: &FabricSpec, source: usize) -> u64 {
        let grid = spec.topology.grid();
        let size = NetworkSize {
            switches: grid.switches(),
            ports: grid.ports(),
            terminals: grid.terminals(),
            slow_links: spec.has_slow_links(),
        };
        let engine = memory_estimate(
            size,
            &spec.engine_switch(),
            AnyRouting::most_candidates(spec),
            source,
        );
        engine.saturating_add(Self::bytes(spec))
    }

    /// A link in words: `(3,0)-(4,0)`.
    pub fn link_name(&self, from: u32, to: u32) -> String {
        let grid = self.grid();
        format!("{}-{}", grid.switch_name(from), grid.switch_name(to))
    }
}
