//! A fabric ready to be simulated: network, routing and switches.

use std::ops::Range;

use fabricsim_core::{
    Candidates, CutSize, Draw, Execution, Link, Network, NetworkError, NetworkSize, Packet, Place, PortRef,
    Routing, Selection, Setup, TrafficInside, memory_estimate,
};
use fabricsim_topologies::{
    AdaptiveBubble, BubbleDimensionOrder, ChannelLoads, ChannelNeeds, Dateline, Demand, DimensionOrder, Grid,
    GridChannels, HalfWay, Legs, MessageClasses, MinimalAdaptive, NotComputed, O1Turn, OddEven, Proof, Romm,
    TurnModel, Turns, Valiant, VirtualOutputQueues, channel_loads, prove,
};
use fabricsim_traffic::{Flow, TerminalSource, sources};

use crate::experiment::{self, FabricSpec, Queueing};

/// The routing of a fabric: a variant an algorithm, so that the engine calls no virtual function.
#[derive(Debug)]
#[allow(missing_docs)]
pub enum AnyRouting {
    DimensionOrder(DimensionOrder),
    Valiant(Valiant),
    Romm(Romm),
    O1Turn(O1Turn),
    MinimalAdaptive(MinimalAdaptive),
    BubbleDimensionOrder(BubbleDimensionOrder),
    AdaptiveBubble(AdaptiveBubble),
    TurnModel(TurnModel),
    OddEven(OddEven),
    VirtualOutputQueues(VirtualOutputQueues),
}

/// Does the same with whatever routing it is.
macro_rules! of_any {
    ($any:expr, $routing:ident => $what:expr) => {
        match $any {
            AnyRouting::DimensionOrder($routing) => $what,
            AnyRouting::Valiant($routing) => $what,
            AnyRouting::Romm($routing) => $what,
            AnyRouting::O1Turn($routing) => $what,
            AnyRouting::MinimalAdaptive($routing) => $what,
            AnyRouting::BubbleDimensionOrder($routing) => $what,
            AnyRouting::AdaptiveBubble($routing) => $what,
            AnyRouting::TurnModel($routing) => $what,
            AnyRouting::OddEven($routing) => $what,
            AnyRouting::VirtualOutputQueues($routing) => $what,
        }
    };
}

/// The virtual channels that a routing needs, in each message class; `None` where it has other answers to too few.
pub fn channel_needs(routing: experiment::Routing) -> Option<ChannelNeeds> {
    use experiment::Routing as Name;
    match routing {
        Name::Valiant => Some(Valiant::NEEDS),
        Name::Romm => Some(Romm::NEEDS),
        Name::O1Turn => Some(O1Turn::NEEDS),
        Name::MinimalAdaptive => Some(MinimalAdaptive::NEEDS),
        Name::AdaptiveBubble => Some(AdaptiveBubble::NEEDS),
        // Dimension order is proved, or a cycle is shown.
        Name::DimensionOrder => None,
        Name::BubbleDimensionOrder
        | Name::WestFirst
        | Name::NorthLast
        | Name::NegativeFirst
        | Name::OddEven => None,
    }
}

impl AnyRouting {
    /// For the virtual channels of one message class.
    fn new(spec: &FabricSpec, channels: &GridChannels) -> Self {
        use experiment::Routing as Name;
        let grid = spec.topology.grid();
        // Where there is no ring nothing is half-way, and there is no dateline.
        let half_way = spec.half_way.map_or(HalfWay::Random, HalfWay::from);
        let dateline = spec.dateline.map_or(Dateline::AtDateline, Dateline::from);
        let selection = spec.selection.map_or(Selection::MostCredits, Selection::from);
        let turns = |turns| Self::TurnModel(TurnModel::new(grid, channels, turns, selection));
        match spec.routing {
            Name::DimensionOrder => {
                let dateline = spec.dateline.map(Dateline::from);
                let routing = DimensionOrder::new(grid, channels, dateline, half_way);
                match spec.queueing {
                    Queueing::VirtualOutputQueues => {
                        Self::VirtualOutputQueues(VirtualOutputQueues::new(routing))
                    }
                    _ => Self::DimensionOrder(routing),
                }
            }
            Name::Valiant => Self::Valiant(Valiant::new(grid, channels, dateline, half_way)),
            Name::Romm => Self::Romm(Romm::new(grid, channels, dateline, half_way)),
            Name::O1Turn => Self::O1Turn(O1Turn::new(grid, channels, dateline, half_way)),
            Name::MinimalAdaptive => {
                Self::MinimalAdaptive(MinimalAdaptive::new(grid, channels, half_way, selection))
            }
            Name::BubbleDimensionOrder => {
                Self::BubbleDimensionOrder(BubbleDimensionOrder::new(grid, channels, half_way))
            }
            Name::AdaptiveBubble => {
                Self::AdaptiveBubble(AdaptiveBubble::new(grid, channels, half_way, selection))
            }
            Name::WestFirst => turns(Turns::WestFirst),
            Name::NorthLast => turns(Turns::NorthLast),
            Name::NegativeFirst => turns(Turns::NegativeFirst),
            Name::OddEven => Self::OddEven(OddEven::new(grid, channels, selection)),
        }
    }

    /// The most ways on that it will offer.
    fn most_candidates(spec: &FabricSpec) -> usize {
        use experiment::Routing as Name;
        let grid = spec.topology.grid();
        match spec.routing {
            Name::DimensionOrder => DimensionOrder::MAX_CANDIDATES,
            Name::Valiant => Valiant::MAX_CANDIDATES,
            Name::Romm => Romm::MAX_CANDIDATES,
            Name::O1Turn => O1Turn::MAX_CANDIDATES,
            Name::MinimalAdaptive => MinimalAdaptive::most_candidates(grid),
            Name::BubbleDimensionOrder => BubbleDimensionOrder::MAX_CANDIDATES,
            Name::AdaptiveBubble => AdaptiveBubble::most_candidates(grid),
            Name::WestFirst | Name::NorthLast | Name::NegativeFirst => TurnModel::most_candidates(grid),
            Name::OddEven => OddEven::MAX_CANDIDATES,
        }
    }

    /// Bytes that it will take: all have the table of dimension order.
    fn bytes(spec: &FabricSpec) -> u64 {
        DimensionOrder::table_bytes(spec.topology.grid())
    }
}

impl Routing for AnyRouting {
    #[inline(always)]
    fn route(&self, at: Place, dest: u32, tag: &mut u32, draw: &mut impl Draw, out: &mut Candidates) {
        of_any!(self, routing => routing.route(at, dest, tag, draw, out));
    }

    fn max_candidates(&self) -> usize {
        of_any!(self, routing => routing.max_candidates())
    }

    fn selection(&self) -> Selection {
        of_any!(self, routing => routing.selection())
    }

    #[inline]
    fn injection_vcs(&self, packet: &Packet, all: u8) -> Range<u8> {
        of_any!(self, routing => routing.injection_vcs(packet, all))
    }
}

/// A fabric ready to be simulated.
#[derive(Debug)]
pub struct Fabric {
    /// What it is made of.
    pub spec: FabricSpec,
    /// As the engine sees it.
    pub network: Network,
    /// As the engine sees it: an algorithm in each message class.
    pub routing: MessageClasses<AnyRouting>,
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
        // Of each message class: where they can't be shared equally the experiment was refused.
        let channels = spec.class_channels().unwrap_or_else(|| spec.channels());
        let routing = AnyRouting::new(&spec, &channels);
        let routing = MessageClasses::new(spec.topology.grid(), routing, spec.message_classes, &channels);
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

    /// Whether its routes can deadlock: those of each message class, no two of which wait for each other.
    pub fn prove(&self) -> Proof {
        let proof = of_any!(self.routing.inner(), routing => prove(routing));
        match (proof, self.spec.message_classes) {
            (Proof::Proved { argument }, classes @ 2..) => Proof::Proved {
                argument: format!("in each of {classes} message classes, {argument}"),
            },
            (proof, _) => proof,
        }
    }

    /// The expected loads of its links; `None` where the routing is adaptive.
    pub fn channel_loads(&self, mixture: &[(f64, Demand)]) -> Option<Result<ChannelLoads, NotComputed>> {
        match self.routing.inner() {
            AnyRouting::DimensionOrder(routing) => Some(channel_loads(routing, mixture)),
            AnyRouting::VirtualOutputQueues(routing) => Some(channel_loads(routing, mixture)),
            AnyRouting::BubbleDimensionOrder(routing) => Some(channel_loads(routing, mixture)),
            AnyRouting::Valiant(routing) => Some(channel_loads(routing, mixture)),
            AnyRouting::Romm(routing) => Some(channel_loads(routing, mixture)),
            AnyRouting::O1Turn(routing) => Some(channel_loads(routing, mixture)),
            AnyRouting::MinimalAdaptive(_)
            | AnyRouting::AdaptiveBubble(_)
            | AnyRouting::TurnModel(_)
            | AnyRouting::OddEven(_) => None,
        }
    }

    /// What the ways of its packets are made of.
    pub fn legs(&self) -> Legs {
        match self.routing.inner() {
            AnyRouting::Valiant(_) => Legs::ByRandomSwitch,
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
            network: &self.network,
            switch: self.spec.engine_switch(),
            buffers: self.spec.ports.clone(),
            routing: &self.routing,
            sources: sources(flows, self.grid().terminals(), seed),
            seed,
            execution,
        }
    }

    /// Bytes of one simulation of a fabric, which need not have been built: the fabric and, at `source` each, the
    /// sources included.
    pub fn simulation_bytes(spec: &FabricSpec, source: usize, inside: TrafficInside, cut: CutSize) -> u64 {
        let grid = spec.topology.grid();
        let size = NetworkSize {
            switches: grid.switches(),
            ports: grid.ports(),
            terminals: grid.terminals(),
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

    /// A link in words: `(3,0)-(4,0)`.
    pub fn link_name(&self, from: u32, to: u32) -> String {
        let grid = self.grid();
        format!("{}-{}", grid.switch_name(from), grid.switch_name(to))
    }
}
